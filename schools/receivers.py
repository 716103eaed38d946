"""Deciding at sign-in, once, what a person must do first; keeping groups in step with roles."""

from allauth.mfa.signals import authenticator_added
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from schools.models import Person, Role, User
from schools.operations.accounts import GROUPS, end_sessions, settle_group
from schools.operations.signin import SECOND_FACTOR_STEP, STEPS, has_second_factor, step_done, steps_before_anything
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


@receiver(post_save, sender=Role)
@receiver(post_delete, sender=Role)
def role_changes(sender, instance, **kwargs):
    """Who is an editor, translator or reviewer belongs to that group of the back end for as long as they are."""
    if instance.kind in GROUPS:
        settle_group(user=instance.user, kind=instance.kind)


@receiver(m2m_changed, sender=User.groups.through)
def group_is_given(sender, instance, action, reverse, pk_set, **kwargs):
    """Whom a group lets into the back end signs in again, now with a second factor, also when it was given by hand."""
    if action != "post_add":
        return
    groups = [instance] if reverse else Group.objects.filter(pk__in=pk_set)
    opens = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin", group__in=groups
    ).exists()
    if opens:
        for user in User.objects.filter(pk__in=pk_set) if reverse else [instance]:
            if not has_second_factor(user):
                end_sessions(user=user)
