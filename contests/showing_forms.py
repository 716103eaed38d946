"""Forms around what is shown of a contest: the gallery, requests to take something down, frequently asked questions."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contests.forms import INPUT
from contests.models import TakeDown
from contests.operations import FilmWords
from media.captions import check_rows, faults_by_row, read_file, write
from media.problems import FileRefused


class HangForm(forms.Form):
    caption = forms.CharField(
        label=_("Caption"),
        max_length=300,
        help_text=_("One sentence under the picture. It names nobody: makers are named as far as they allow it."),
        widget=forms.TextInput(attrs=INPUT),
    )
    alt_text = forms.CharField(
        label=_("What the picture shows"),
        max_length=400,
        help_text=_("For readers who cannot see it: what is drawn, and the words on it."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 3}),
    )

    def __init__(
        self, *args, pictures: Sequence[tuple[UUID, str]] = (), shown: Mapping[str, str] | None = None, **kwargs
    ):
        """`pictures` are further ones of the work (copy, name of the file), `shown` what stands under them now."""
        super().__init__(*args, **kwargs)
        self.pictures = list(pictures)
        for number, (copy, name) in enumerate(self.pictures, 1):
            self.fields[f"alt_{copy.hex}"] = forms.CharField(
                label=gettext("What further picture %(number)s shows") % {"number": number},
                max_length=400,
                required=False,
                initial=(shown or {}).get(str(copy), ""),
                help_text=gettext("File “%(name)s”. Empty: this picture is not shown.") % {"name": name},
                widget=forms.Textarea(attrs=INPUT | {"rows": 2}),
            )

    @property
    def others(self) -> dict[UUID, str]:
        return {copy: self.cleaned_data.get(f"alt_{copy.hex}", "") for copy, _name in self.pictures}


class FilmForm(HangForm):
    """A film besides: what is said in it, for who cannot hear it, and the picture before it plays."""

    captions_file = forms.FileField(
        label=_("Captions from a file"),
        help_text=_(
            "A file .vtt or .srt, as the team or a video program makes it. It takes the place of what stands below."
        ),
        required=False,
        widget=forms.FileInput(attrs=INPUT | {"accept": ".vtt,.srt"}),
    )
    captions = forms.CharField(
        label=_("Captions"),
        help_text=_("When it begins and ends, then what is said, an empty line between two: 00:01.000 --> 00:04.000"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs=INPUT | {"rows": 8, "spellcheck": "false"}),
    )
    spoken = forms.ChoiceField(label=_("Language that is spoken"), widget=forms.Select(attrs=INPUT))
    is_wordless = forms.BooleanField(
        label=_("Nothing is said in it, or all that is said stands in the picture"), required=False
    )
    poster_at = forms.IntegerField(
        label=_("Picture before it plays: at which second"),
        help_text=_("Empty: a picture from the first third."),
        required=False,
        min_value=0,
        max_value=3600,
        widget=forms.NumberInput(attrs=INPUT | {"inputmode": "numeric"}),
    )
    field_order = ["caption", "alt_text", "captions_file", "captions", "spoken", "is_wordless", "poster_at"]

    def __init__(self, *args, seconds: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.seconds = seconds
        self.fields["spoken"].choices = list(settings.LANGUAGES)
        self.fields["alt_text"].label = _("What the film shows")
        self.fields["alt_text"].help_text = _(
            "For readers who cannot see it: what happens, and the words in the picture."
        )

    def clean(self):
        data = super().clean()
        data["captions"] = self._captions(data)
        if not data["captions"] and not data.get("is_wordless") and not self.errors:
            self.add_error("captions", gettext("Add captions of what is said, or tick that nothing is said."))
        return data

    def _captions(self, data: dict) -> str:
        """WebVTT of the file, or of what was typed; faults are told by row."""
        chosen = data.get("captions_file")
        name = "captions_file" if chosen else "captions"
        raw = chosen.read(1024 * 1024 + 1) if chosen else data.get("captions", "").encode()
        if not raw.strip():
            return ""
        try:
            rows, repairs = read_file(raw)
        except FileRefused as refused:
            self.add_error(name, str(refused))
            return ""
        cues = check_rows(rows, seconds=self.seconds)
        for fault in (faults := faults_by_row(rows)):
            self.add_error(name, fault)
        if repairs and not faults:
            shown = cast(QueryDict, self.data).copy()
            shown[self.add_prefix("captions")] = write(cues)
            self.data = shown
            self.add_error(
                "captions",
                gettext(
                    "These captions were written in old letters (TCVN3, VNI). They stand here in today's: "
                    "look through them and save again."
                ),
            )
        return write(cues) if cues else ""

    @property
    def film(self) -> FilmWords:
        data = self.cleaned_data
        names = ("captions", "spoken", "is_wordless", "poster_at")
        return FilmWords(**{name: data[name] for name in names})


class TakeDownForm(forms.Form):
    # Made with the page, so that a second press is the same request.
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    code = forms.CharField(
        label=_("Entry code in the results"),
        max_length=20,
        help_text=_("It stands beside the name, for example K7M2Q."),
        widget=forms.TextInput(attrs=INPUT | {"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(label=_("Who asks?"), choices=TakeDown.Relation, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why should it not be shown?"),
        max_length=1000,
        help_text=_("A few words are enough. Write no telephone number and no identity number."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 4}),
    )

    def __init__(self, data=None, *, of_work: bool, **kwargs):
        super().__init__(data, **kwargs)
        if of_work:
            del self.fields["code"]


class FaqForm(forms.Form):
    faq = forms.CharField(
        label=_("Frequently asked questions"),
        required=False,
        max_length=10_000,
        help_text=_("A question in a line of its own, the answer below it, an empty line before the next question."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 14}),
    )


class DecideForm(forms.Form):
    decision = forms.CharField(
        label=pgettext_lazy("request", "Answer"),
        max_length=500,
        help_text=_("Whoever asked reads it."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 2}),
    )
