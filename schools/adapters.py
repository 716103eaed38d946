"""How allauth behaves here: nobody signs up through it, and second-factor secrets are encrypted at rest."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from schools.queries.desks import landing_of


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("Too many wrong tries. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        """After the second factor: the half-way page people left, else the first of their desks."""
        return landing_of(request.user, request.session.pop("sign_in_next", ""))

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """The pages themselves say what happened; allauth's own messages would repeat it."""


def _fernet() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (salted_hmac("schools.second_factor", "key", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):
    # allauth has no Vietnamese catalogue: the sentences people may meet are ours.
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or too old. Wait for the next code of the app and type that."),
        "cannot_delete_authenticator": _("The second factor cannot be taken away now."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app first; recovery codes belong to it."),
    }

    def get_totp_label(self, user):
        return user.username

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(self, *args, **kwargs) -> None:
        """Accounts have no e-mail address; the audit log and in-site messages tell instead."""
