"""The form of a slot: what a category asks for, with the limits its kind has."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contests.desk_forms import number_field
from contests.forms import INPUT, LineField
from contests.models import Slot
from media.checking import MEGABYTE, RULES
from media.models import Upload

# Sheets by name, in millimetres: ISO 216.
PAPERS = {
    "A5": (148, 210),
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "A1": (594, 841),
    "A0": (841, 1189),
}
# What a new slot of each kind begins with.
SLOT_DEFAULTS: dict[str, dict[str, Any]] = {
    Slot.Kind.POSTER: {"max_megabytes": 50, "paper": "A3", "min_dpi": 200},
    Slot.Kind.PHOTOS: {"min_files": 1, "max_files": 5, "max_megabytes": 20, "min_pixels": 1600},
    Slot.Kind.TEXT: {"max_words": 300},
    Slot.Kind.SHAPE: {"max_megabytes": 50},
    Slot.Kind.VIDEO: {"max_megabytes": 500, "min_pixels": 720, "max_seconds": "5"},
    Slot.Kind.LINK: {},
}
SLOT_FIELDS = {
    Slot.Kind.POSTER: {"paper", "min_dpi", "max_megabytes"},
    Slot.Kind.PHOTOS: {"min_files", "max_files", "min_pixels", "max_megabytes"},
    Slot.Kind.TEXT: {"max_words"},
    Slot.Kind.SHAPE: {"max_megabytes"},
    Slot.Kind.VIDEO: {"min_seconds", "max_seconds", "min_pixels", "max_megabytes"},
    Slot.Kind.LINK: set[str](),
}
# No file of a work may be larger, whatever its slot says.
MOST_MEGABYTES = RULES[Upload.Purpose.WORK].max_bytes // MEGABYTE
ADDABLE = [
    (Slot.Kind.POSTER, pgettext_lazy("add a slot", "Poster")),
    (Slot.Kind.PHOTOS, pgettext_lazy("add a slot", "Photos")),
    (Slot.Kind.VIDEO, pgettext_lazy("add a slot", "Video")),
    (Slot.Kind.TEXT, pgettext_lazy("add a slot", "Text")),
    (Slot.Kind.SHAPE, pgettext_lazy("add a slot", "3D model")),
    (Slot.Kind.LINK, pgettext_lazy("add a slot", "Link")),
]


class LengthField(forms.CharField):
    """Minutes, or minutes and seconds: «5», «5:30», «0:15». Gives seconds."""

    def __init__(self, **options):
        super().__init__(
            required=False,
            max_length=8,
            widget=forms.TextInput(attrs=INPUT | {"autocomplete": "off"}),
            help_text=_("In minutes, or as 5:30. Empty: no limit."),
            **options,
        )

    def prepare_value(self, value):
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value

    def clean(self, value):
        text = super().clean(value).strip()
        if not text:
            return None
        minutes, _colon, seconds = text.partition(":")
        if not (minutes.isascii() and minutes.isdigit() and (not seconds or (seconds.isascii() and seconds.isdigit()))):
            raise forms.ValidationError(gettext("Write the minutes as 5 or 5:30."))
        found = int(minutes) * 60 + int(seconds or 0)
        if int(seconds or 0) > 59 or not 1 <= found <= 4 * 3600:
            raise forms.ValidationError(gettext("Write the minutes as 5 or 5:30."))
        return found


class SlotForm(forms.Form):
    """One thing a category asks for; only the limits its kind has are asked."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Slot.Kind, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What it is called"), max_length=120, widget=forms.TextInput(attrs=INPUT))
    help = LineField(label=_("What entrants should know"), required=False, max_length=300)
    is_required = forms.BooleanField(label=_("Must be there"), required=False)
    min_files = number_field(_("Files at least"), most=20)
    max_files = number_field(_("Files at most"), most=20)
    paper = forms.ChoiceField(
        label=_("Large enough to print as"), required=False, widget=forms.Select(attrs=INPUT), choices=[]
    )
    min_dpi = number_field(
        _("Dots per inch at least"),
        least=50,
        most=600,
        help_text=_("150 is enough for a poster seen from two metres, 300 for one read close by."),
    )
    min_pixels = number_field(_("Pixels at least"), least=100, most=20000)
    min_seconds = LengthField(label=_("Shortest"))
    max_seconds = LengthField(label=_("Longest"))
    max_words = number_field(_("Words at most"), most=5000)
    max_megabytes = forms.IntegerField(
        label=_("Megabytes at most"),
        min_value=1,
        max_value=MOST_MEGABYTES,
        help_text=_("Of each file. A film of five minutes in 1080p has about 400."),
        widget=forms.NumberInput(attrs=INPUT),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kind = self["kind"].value()
        self.of = Slot.Kind(kind) if kind in Slot.Kind.values else Slot.Kind.TEXT
        for name in {"min_files", "max_files", "paper", "min_dpi", "min_pixels", "min_seconds", "max_seconds"} | {
            "max_words",
            "max_megabytes",
        }:
            if name not in SLOT_FIELDS[self.of]:
                del self.fields[name]
        if self.of == Slot.Kind.LINK:
            del self.fields["is_required"]
        if "min_files" in self.fields:
            self.fields["min_files"].required = self.fields["max_files"].required = True
        if "min_pixels" in self.fields:
            words = {
                Slot.Kind.PHOTOS: _("Longer side at least, in pixels"),
                Slot.Kind.VIDEO: _("Shorter side at least, in pixels"),
            }
            self.fields["min_pixels"].label = words[self.of]
        if "paper" in self.fields:
            held = str(self["paper"].value() or "")
            choices = [("", gettext("no check of the size")), *((name, _sheet(name)) for name in PAPERS)]
            if held and held not in PAPERS:
                choices.append((held, f"{held} mm"))
            self.fields["paper"].choices = choices

    @property
    def kind_label(self) -> str:
        return str(self.of.label)

    @property
    def values(self) -> dict[str, Any]:
        """The fields of a Slot; what its kind does not have is empty."""
        data = self.cleaned_data
        paper = data.get("paper") or ""
        sides = PAPERS.get(paper) or _sides(paper)
        return {
            "kind": data["kind"],
            "title": data["title"],
            "help": data["help"],
            "is_required": data.get("is_required", False),
            "min_files": data.get("min_files") or 1,
            "max_files": data.get("max_files") or 1,
            "max_megabytes": data.get("max_megabytes"),
            "print_short_mm": sides[0] if sides else None,
            "print_long_mm": sides[1] if sides else None,
            "min_dpi": data.get("min_dpi") if sides else None,
            "min_pixels": data.get("min_pixels"),
            "max_words": data.get("max_words"),
            "min_seconds": data.get("min_seconds"),
            "max_seconds": data.get("max_seconds"),
        }

    def clean(self):
        data = super().clean()
        for low, high in (("min_files", "max_files"), ("min_seconds", "max_seconds")):
            if data.get(low) and data.get(high) and data[low] > data[high]:
                self.add_error(high, gettext("At most must not be less than at least."))
        return data


def _sheet(name: str) -> str:
    return f"{name} ({PAPERS[name][0]} × {PAPERS[name][1]} mm)"


def _sides(paper: str) -> tuple[int, int] | None:
    """The sides of a sheet that has no name: «500 × 700»."""
    parts = [one.strip() for one in paper.split("×")]
    if len(parts) != 2 or not all(one.isascii() and one.isdigit() for one in parts):
        return None
    short, long = sorted(map(int, parts))
    return short, long


def initial_slot(slot: Slot) -> dict[str, Any]:
    sides = (slot.print_short_mm, slot.print_long_mm)
    named = next((name for name, of in PAPERS.items() if of == sides), None)
    names = [name for name in SlotForm.base_fields if name not in {"pk", "paper"}]
    return {name: getattr(slot, name) for name in names} | {
        "pk": slot.pk,
        "paper": named or (f"{sides[0]} × {sides[1]}" if sides[0] else ""),
    }
