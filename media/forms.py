"""The back end's own forms for pictures, documents and recordings take what media.checking takes, and nothing else."""

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

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


class PictureForm(CheckedFile, BaseImageForm):
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


class RecordingForm(CheckedFile, BaseMediaForm):
    def check(self, file):
        purpose = Upload.Purpose(self.instance.type)
        check_announced(purpose=purpose, file_name=file.name, size=file.size)
        check_head(purpose=purpose, head=file.read(HEAD_BYTES))
