"""Deciding at sign-in, once, what a person must do first."""

from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from schools.operations.signin import SECOND_FACTOR_STEP, STEPS, step_done, steps_before_anything


@receiver(user_logged_in)
def decide_steps(sender, request, user, **kwargs):
    steps = steps_before_anything(user)
    if steps:
        request.session[STEPS] = steps


@receiver(authenticator_added)
def second_factor_is_there(sender, request, **kwargs):
    step_done(request, SECOND_FACTOR_STEP)
