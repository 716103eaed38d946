"""Writes with a rule: bringing files in (`uploads`), making the copies that readers get (`conversions`)."""

from media.operations.conversions import (
    convert,
    forget_conversion_files,
    request_conversion,
    take_up_conversions,
)
from media.operations.uploads import (
    UploadIncomplete,
    UploadOver,
    abort_upload,
    begin_upload,
    check_forgotten_uploads,
    check_upload,
    clean_abandoned_uploads,
    complete_upload,
    register_keeper,
    sign_upload_part,
)

__all__ = [
    "UploadIncomplete",
    "UploadOver",
    "abort_upload",
    "begin_upload",
    "check_forgotten_uploads",
    "check_upload",
    "clean_abandoned_uploads",
    "complete_upload",
    "convert",
    "forget_conversion_files",
    "register_keeper",
    "request_conversion",
    "sign_upload_part",
    "take_up_conversions",
]
