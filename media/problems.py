"""What people are told when a file cannot be taken, and when the file store fails."""

import contextlib

from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class StorageUnavailable(Problem):
    status = 503
    code = "storage_unavailable"
    title = _("The file store does not answer")
    detail = _("Files cannot be saved right now. What you typed is kept; please try again in a few minutes.")


# Why a file is not taken, by a code that is stored: it is said in the language of whoever reads it.
REASONS = {
    "wrong_ending": _("“%(name)s” cannot be used here. Files that can: %(endings)s."),
    "empty": _("“%(name)s” is empty. Choose the file again."),
    "too_large": _("“%(name)s” is %(size)s; at most %(most)s is possible. Make the file smaller and try again."),
    "no_such_part": _("There is no part %(number)s in this upload."),
    "web_page": _("This file is a web page, not what its name says. Choose another file."),
    "other_content": _("The content of this file is not what its name says. Save it again in its program and retry."),
    "too_many_pixels": _("This picture is %(width)s × %(height)s pixels: too large. Save it smaller and try again."),
    "damaged_document": _("This document is damaged and cannot be opened. Save it again in its program and retry."),
    "unpacks_too_far": _("This file unpacks to far more than a document holds. Save it again and retry."),
    "macros": _("This document holds macros. Save it without them and retry."),
    "no_picture": _("There is no picture in this video. Choose another file."),
    "no_sound": _("There is no sound in this recording. Choose another file."),
    "damaged_video": _("This video is damaged and cannot be played. Save it again in its program and retry."),
    "damaged_sound": _("This recording is damaged and cannot be played. Save it again in its program and retry."),
    "too_long": _(
        "This recording is %(minutes)s minutes long; at most %(most)s are possible. Cut it into parts and send each of them."
    ),
    "turned_askew": _(
        "This video is to be turned by %(degrees)s degrees; only quarter turns can be shown. Save it upright and retry."
    ),
    "store_away": _("The file store did not answer for a long time. Have the copies made again."),
    "no_program": _("The program that makes the copies (ffmpeg) is missing on the server. Tell the administrator."),
    "no_original": _("The original file is no longer in the store. Upload it again."),
    "gave_up": _(
        "The copies could not be made in several tries. The original stays; have them made again or tell the administrator."
    ),
    "captions_too_large": _("These captions are larger than 1 MB. Choose the .vtt file."),
    "captions_unreadable": _("The letters of these captions cannot be read. Save them as UTF-8 and retry."),
    "too_many_captions": _(
        "There are %(count)s captions in this file; at most %(most)s are possible. Cut the recording."
    ),
    "no_captions_in_file": _(
        "There are no captions in this file. Choose a .srt or .vtt file that names times with -->."
    ),
    "damaged_picture": _("This picture is damaged and cannot be opened. Save it again and retry."),
    "changed_on_the_way": _("The file changed on its way here. Choose it again; it is sent once more."),
    "active_drawing": _(
        "This drawing holds more than shapes, text and pictures (%(what)s). Export it as plain SVG or as PNG and retry."
    ),
}


def reason_text(reason: str, facts: dict | None = None) -> str:
    """The sentence for a stored `reason`, in the language of now; an empty string for none."""
    return str(REASONS[reason]) % (facts or {}) if reason in REASONS else reason


class FileRefused(Problem):
    """`reason` is a key of REASONS, `facts` what its sentence names."""

    status = 422
    code = "file_refused"

    def __init__(self, reason: str, **facts):
        self.reason, self.facts = reason, facts
        super().__init__(reason_text(reason, facts), reason=reason)


@contextlib.contextmanager
def unavailable_as_problem():
    """Turn the store's connection errors into StorageUnavailable; a refusal by the store stays what it is."""
    try:
        yield
    except BotoCoreError as error:
        raise StorageUnavailable from error
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise StorageUnavailable from error
        raise
