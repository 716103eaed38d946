"""A field in which an editor names an account: a list of all of them would be the whole province."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from schools.models import SchoolIdentifier, User
from schools.queries.people import find_pupil


class PersonField(forms.CharField):
    """A sign-in name, or «school code/pupil code». The clean value is the account or None."""

    def __init__(self, **options):
        options.setdefault("label", _("This person's account"))
        options.setdefault(
            "help_text", _("The sign-in name; of a pupil the school code and the pupil code: DOIMAY/0012345.")
        )
        super().__init__(**{"required": False, "max_length": 160} | options)

    def prepare_value(self, value):
        if isinstance(value, User):
            value = value.pk
        if not isinstance(value, int):
            return value
        identifier = SchoolIdentifier.objects.filter(user=value, valid_to=None).select_related("school").first()
        if identifier is not None:
            return f"{identifier.school.code}/{identifier.code}"
        return User.objects.filter(pk=value).values_list("username", flat=True).first() or ""

    def to_python(self, value):
        text = super().to_python(value)
        return self._found(text.strip()) if isinstance(text, str) and text.strip() else None

    def _found(self, text: str) -> User:
        school, slash, code = text.partition("/")
        found = (
            find_pupil(school_code=school, code=code)
            if slash
            else User.objects.filter(username=text, is_active=True).first()
        )
        if found is None:
            raise ValidationError(_("Nobody has this account: “%(text)s”.") % {"text": text}, code="unknown")
        return found

    def run_validators(self, value):
        """Lengths are those of what was typed; an account has none."""

    def has_changed(self, initial, data) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")
