"""The editors' form of a recording: captions as files and transcripts as text, one of each per language."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtailmedia.forms import BaseMediaForm

from media.checking import FileRefused, check_captions


class RecordingForm(BaseMediaForm):
    """Base of the form wagtailmedia builds (WAGTAILMEDIA["MEDIA_FORM_BASE"])."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = self.instance.captions
        for code, language in settings.LANGUAGES:
            self.fields[f"captions_{code}"] = forms.FileField(
                label=_("Captions, %(language)s (.vtt)") % {"language": language},
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
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
        for code, _language in settings.LANGUAGES:
            if file := cleaned.get(f"captions_{code}"):
                try:
                    cleaned[f"captions_{code}"] = check_captions(file.read())
                except FileRefused as refusal:
                    self.add_error(f"captions_{code}", str(refusal))
        return cleaned

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
