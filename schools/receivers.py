"""Deciding at sign-in, once, what a person must do first."""

from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from schools.models import Person, Role
from schools.operations.signin import SECOND_FACTOR_STEP, STEPS, step_done, steps_before_anything
from schools.queries.desks import forget_viewer


@receiver(user_logged_in)
def decide_steps(sender, request, user, **kwargs):
    steps = steps_before_anything(user)
    if steps:
        request.session[STEPS] = steps


@receiver(authenticator_added)
def second_factor_is_there(sender, request, **kwargs):
    step_done(request, SECOND_FACTOR_STEP)


@receiver([post_save, post_delete], sender=Role)
@receiver(post_save, sender=Person)
def viewer_has_changed(sender, instance, **kwargs):
    forget_viewer(instance.user)
