"""What this room writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _

from media.models import Upload

TITLE = _("Media")
ACTS = {
    "upload": _("File taken in"),
    "convert": _("Copies of a recording made anew"),
    "import_h5p": _("H5P exercise taken in"),
    "delete_h5p": _("H5P exercise deleted"),
}
KINDS = {**dict(Upload.Purpose.choices), "recording": _("recording")}
