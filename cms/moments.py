"""A day and time as people type or pick it, in the site's time zone."""

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What a date picker sends, and what people type where there is none.
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y"]
LAST_MINUTE = time(23, 59)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **options):
        super().__init__(attrs={"class": "input", **options.pop("attrs", {})}, format="%Y-%m-%dT%H:%M", **options)


class MomentField(forms.DateTimeField):
    """A date and time; a date alone means its last minute."""

    widget = MomentInput
    default_error_messages = {"invalid": _("Write the day and time as 29/11/2026 23:59.")}

    def __init__(self, **options):
        super().__init__(input_formats=MOMENT_FORMATS, **options)

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip()
            try:
                day = datetime.strptime(value, "%d/%m/%Y")
            except ValueError:
                pass
            else:
                return timezone.make_aware(datetime.combine(day.date(), LAST_MINUTE))
        return super().to_python(value)

    def prepare_value(self, value):
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.localtime(value).replace(tzinfo=None)
        return super().prepare_value(value)
