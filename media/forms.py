"""The back end's own forms for pictures and documents take what media.checking takes, and nothing else.

The one for recordings has no file: those come by media.operations alone.
"""

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from media.checking import HEAD_BYTES, check_announced, check_document, check_drawing, check_head, check_picture
from media.models import Upload
from media.problems import FileRefused


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
        check_announced(purpose=Upload.Purpose.IMAGE, file_name=file.name, size=file.size, also=(".svg",))
        data = file.read()
        if file.name.lower().endswith(".svg"):
            check_drawing(data)
        else:
            check_head(purpose=Upload.Purpose.IMAGE, head=data[:HEAD_BYTES])
            check_picture(data)


class DocumentForm(CheckedFile, BaseDocumentForm):
    def check(self, file):
        check_announced(purpose=Upload.Purpose.DOCUMENT, file_name=file.name, size=file.size)
        check_document(file, file_name=file.name)
