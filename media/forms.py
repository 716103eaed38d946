"""The back end's own forms for pictures and documents take what media.checking takes, and nothing else.

The one for recordings has no such file: those come by media.operations alone. It takes captions as files and transcripts
as text, one of each per language.
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm
from wagtailmedia.widgets import AdminVideoChooser

from media.captions import check_rows, read_file, write
from media.checking import check_announced, check_document, check_image
from media.models import Upload
from media.problems import FileRefused

# So many faults of a file of captions are named at once.
MOST_FAULTS = 10


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
                label=_("Captions, %(language)s (.vtt or .srt)") % {"language": language},
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
                    cleaned[f"captions_{code}"] = self.read_captions(file.read())
                except (FileRefused, ValidationError) as refusal:
                    self.add_error(
                        f"captions_{code}", refusal if isinstance(refusal, ValidationError) else str(refusal)
                    )
        return cleaned

    def read_captions(self, data: bytes) -> str:
        """The captions of a file as WebVTT. Raises FileRefused, and ValidationError with each row's faults."""
        rows = read_file(data)
        cues = check_rows(rows, seconds=self.instance.duration or 0)
        faults = [
            gettext("Row %(number)d (%(start)s): %(fault)s") % {"number": number, "start": row.start, "fault": fault}
            for number, row in enumerate(rows, 1)
            for fault in row.faults
        ]
        if faults:
            more = [gettext("Mend them in the file, or row by row in the caption editor.")]
            raise ValidationError([*faults[:MOST_FAULTS], *more], code="captions_at_fault")
        return write(cues)

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
