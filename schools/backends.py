"""Who a session belongs to: asked with every request of everybody who is signed in."""

from django.contrib.auth.backends import ModelBackend
from django.db import models

from cms.querying import BuiltOnce, Param
from schools.models import User

_ACCOUNT = BuiltOnce(lambda: User.objects.filter(pk=Param("account", models.BigAutoField())))


class AccountBackend(ModelBackend):
    """Django's own, with the one query that every request runs built once (ADR 0051)."""

    def get_user(self, user_id):
        try:
            user = _ACCOUNT.one(account=user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None
