"""The back end's own forms for pictures and documents take what media.checking takes, and nothing else.

The one for recordings has no such file: those come by media.operations alone. It takes captions as files and transcripts
as text, one of each per language.
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm
from wagtailmedia.widgets import AdminVideoChooser

from media.captions import check_rows, faults_by_row, read_file, write
from media.checking import check_announced, check_document, check_image
from media.models import Upload
from media.problems import FileRefused

# So many are said at once; the rest is counted.
MOST_FAULTS = 5


class CheckedFile:
    """Mixed into a form with a `file`: `check(file)` looks at a new one and raises FileRefused."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            try:
                self.check(file)
            except FileRefused as refusal:
                raise ValidationError(str(refusal), code=refusal.reason) from refusal
            finally:
                file.seek(0)
        return file


class PictureField(WagtailImageField):
    def check_image_pixel_size(self, f):
        """Counted by media.checking: Wagtail's own count falls over a file that breaks off."""


class PictureForm(CheckedFile, BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = PictureField(label=field.label, required=field.required, widget=field.widget)

    def check(self, file):
        check_announced(purpose=Upload.Purpose.IMAGE, file_name=file.name, size=file.size)
        check_image(file.read(), file_name=file.name)


class DocumentForm(CheckedFile, BaseDocumentForm):
    def check(self, file):
        check_announced(purpose=Upload.Purpose.DOCUMENT, file_name=file.name, size=file.size)
        check_document(file, file_name=file.name)


class RecordingForm(BaseMediaForm):
    """Base of the form wagtailmedia builds (WAGTAILMEDIA["MEDIA_FORM_BASE"])."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.type == "video":
            self.fields["sign_language"].widget = AdminVideoChooser()
        else:
            del self.fields["sign_language"]
        held = self.instance.captions
        for code, language in settings.LANGUAGES:
            self.fields[f"captions_{code}"] = forms.FileField(
                label=_("Captions, %(language)s (.vtt, .srt)") % {"language": language},
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
                help_text=_("There are captions; a new file takes their place.") if code in held else "",
            )
            if code in held:
                self.fields[f"no_captions_{code}"] = forms.BooleanField(
                    label=_("Remove the captions, %(language)s") % {"language": language}, required=False
                )
        for code, language in settings.LANGUAGES:
            self.fields[f"transcript_{code}"] = forms.CharField(
                label=_("Transcript, %(language)s") % {"language": language},
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
                initial=self.instance.transcripts.get(code, ""),
            )

    def clean(self):
        cleaned = super().clean()
        if (signed := cleaned.get("sign_language")) and signed.pk == self.instance.pk:
            self.add_error("sign_language", _("Choose another video: this is the one itself."))
        for code, _language in settings.LANGUAGES:
            if file := cleaned.get(f"captions_{code}"):
                try:
                    cleaned[f"captions_{code}"] = self._captions_in(file, code)
                except FileRefused as refusal:
                    self.add_error(f"captions_{code}", ValidationError(str(refusal), code=refusal.reason))
                except ValidationError as faults:
                    self.add_error(f"captions_{code}", faults)
        return cleaned

    def _captions_in(self, file, code: str) -> str:
        """WebVTT of a file that is right as it stands; what somebody has to look at first belongs into the caption editor."""
        rows, repairs = read_file(file.read(), language=code)
        faults = [
            _("“%(before)s” stands there in old letters (“%(after)s”).") % {"before": one.before, "after": one.after}
            for one in repairs[:1]
        ]
        cues = check_rows(rows, seconds=self.instance.duration)
        faults += faults_by_row(rows)
        if not faults:
            return write(cues)
        more = [_("… and %(count)s more.") % {"count": len(faults) - MOST_FAULTS}] if len(faults) > MOST_FAULTS else []
        # There the rows of the same file are shown, each with its fault.
        editor = format_html(
            '<a href="{}">{}</a>',
            reverse("media_captions", args=[self.instance.pk, code]),
            _("Read the file in the caption editor: there each row can be mended."),
        )
        raise ValidationError([*faults[:MOST_FAULTS], *more, editor])

    def save(self, commit=True):
        captions, transcripts = {**self.instance.captions}, {**self.instance.transcripts}
        for code, _language in settings.LANGUAGES:
            if self.cleaned_data.get(f"no_captions_{code}"):
                captions.pop(code, None)
            if text := self.cleaned_data.get(f"captions_{code}"):
                captions[code] = text
            if text := self.cleaned_data.get(f"transcript_{code}", "").strip():
                transcripts[code] = text
            else:
                transcripts.pop(code, None)
        self.instance.captions, self.instance.transcripts = captions, transcripts
        return super().save(commit=commit)
