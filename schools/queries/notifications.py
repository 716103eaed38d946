"""Reading the in-site messages of a person."""

from django.db.models import QuerySet

from schools.models import Notification, User


def unread_count(user: User) -> int:
    return Notification.objects.filter(user_id=user.pk, read_at=None).count()


def inbox(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user_id=user.pk).order_by("-created_at", "-pk")
