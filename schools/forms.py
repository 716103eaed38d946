"""Forms of sign-in, accounts and the people of a class. Labels speak to the reader; errors say what to do."""

from allauth.account.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from schools.codes import RESERVED_USERNAMES
from schools.passwords import PIN_DIGITS
from schools.rosters.values import NAME_LENGTH, read_name

CURRENT_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "current-password"})


class PersonNameField(forms.CharField):
    """A person's name by the rule of the class lists, whichever door it comes through."""

    def __init__(self, **kwargs):
        super().__init__(max_length=NAME_LENGTH, **kwargs)

    def clean(self, value):
        name, problem = read_name(super().clean(value))
        if problem:
            raise forms.ValidationError(str(problem))
        return name


class PupilSignInForm(forms.Form):
    username = forms.CharField(
        label=_("Pupil code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Zeros at the start may be left out."),
        error_messages={"required": _("Type your pupil code. It is on your card and in your school record.")},
    )
    password = forms.CharField(
        label=_("Password or PIN"),
        strip=False,
        max_length=128,
        widget=CURRENT_PASSWORD,
        error_messages={"required": _("Type your password or PIN.")},
    )
    shared = forms.BooleanField(label=_("Shared phone or computer: sign out when it is closed"), required=False)


class StaffSignInForm(PupilSignInForm):
    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Type your username.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=CURRENT_PASSWORD,
        error_messages={"required": _("Type your password.")},
    )


class CodeForm(forms.Form):
    """The eight characters of a card."""

    code = forms.CharField(
        label=_("Code on the card"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "input-code"}
        ),
        help_text=_("Eight letters and digits, printed under the QR code."),
        error_messages={"required": _("Type the code printed on the card.")},
    )


class NewSecretForm(forms.Form):
    """A new password, or for a pupil also a PIN, typed twice. What is good enough is decided by the operation."""

    new = forms.CharField(
        label=_("New password or PIN"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("A PIN of six digits, or a password of at least eight characters."),
        error_messages={"required": _("Type a new password or PIN.")},
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Type it once more, so that a slip does not lock you out.")},
    )

    def __init__(self, *args, pin_allowed: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if not pin_allowed:
            self.fields["new"].label = _("New password")
            self.fields["new"].help_text = _("At least eight characters; not only digits.")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("The two are not the same. Type the new one twice."))
        return cleaned


class ChangeSecretForm(NewSecretForm):
    current = forms.CharField(
        label=_("Present password or PIN"),
        strip=False,
        max_length=128,
        widget=CURRENT_PASSWORD,
        error_messages={"required": _("Type your present password or PIN.")},
    )
    field_order = ("current", "new", "again")


class ForgottenForm(forms.Form):
    username = PupilSignInForm.base_fields["username"]


class JoinForm(forms.Form):
    code = forms.CharField(
        label=_("Class code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "input-code"}
        ),
        help_text=_("Six letters and digits from your teacher."),
        error_messages={"required": _("Type the class code your teacher shows.")},
    )


class GuestForm(forms.Form):
    full_name = PersonNameField(
        label=_("Your full name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
        error_messages={"required": _("Type your full name, as on the class list.")},
    )
    pin = forms.CharField(
        label=_("Choose a PIN of six digits"),
        max_length=PIN_DIGITS,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "inputmode": "numeric"}),
        help_text=_("You need it to come back. Not 123456 and not your birthday."),
        error_messages={"required": _("Choose six digits.")},
    )


class OpenJoinCodeForm(forms.Form):
    hours = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=[(2, _("2 hours")), (24, _("1 day")), (24 * 7, _("1 week"))],
        coerce=int,
        initial=24,
    )
    max_uses = forms.IntegerField(label=_("How many pupils at most"), min_value=1, max_value=500, initial=50)
    needs_approval = forms.BooleanField(label=_("I let each pupil in myself"), required=False, initial=True)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class StaffForm(forms.Form):
    """One new member of a school's staff."""

    full_name = PersonNameField(label=_("Full name"))
    username = forms.RegexField(
        label=_("Username"),
        regex=r"^[A-Za-z0-9._-]{3,60}$",
        help_text=_("Letters without accents, digits, dots; at least three."),
        error_messages={"invalid": _("Only letters without accents, digits, dots, - and _; at least three.")},
    )
    subject = forms.CharField(label=_("Subject"), max_length=80, required=False)

    def clean_username(self):
        username = self.cleaned_data["username"]
        if username.lower() in RESERVED_USERNAMES:
            raise forms.ValidationError(
                _("The sign-in name %(value)s is kept for the site itself. Choose another one.") % {"value": username}
            )
        return username


def _second_factor_field(label) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Type the code.")},
    )


class SecondFactorForm(AuthenticateForm):
    code = _second_factor_field(_("Code of the app, or recovery code"))


class SecondFactorAgainForm(ReauthenticateForm):
    code = _second_factor_field(_("Code of the app, or recovery code"))


class SetUpSecondFactorForm(ActivateTOTPForm):
    code = _second_factor_field(_("The six digits of the app"))


class PasswordAgainForm(BaseReauthenticateForm):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=CURRENT_PASSWORD,
        error_messages={"required": _("Type your password.")},
    )
