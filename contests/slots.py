"""What a slot of a category takes, and what its entrants are told. Pure; the check itself is `contests.checking`."""

from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from contests.models import Slot
from contests.problems import FileNotTaken
from media.checking import MEGABYTE, readable_size
from media.problems import REASONS as MEDIA_REASONS

ENDINGS = {
    Slot.Kind.POSTER: (".pdf", ".png", ".jpg", ".jpeg"),
    Slot.Kind.PHOTOS: (".jpg", ".jpeg", ".png"),
    Slot.Kind.SHAPE: (".glb", ".stl"),
    Slot.Kind.VIDEO: (".mp4",),
}
REASONS = {
    "wrong_ending": MEDIA_REASONS["wrong_ending"],
    "empty": MEDIA_REASONS["empty"],
    "too_large": MEDIA_REASONS["too_large"],
    "no_room": ngettext_lazy(
        "This place takes %(most)s file. Remove one first.",
        "This place takes %(most)s files. Remove one first.",
        "most",
    ),
    "other_content": MEDIA_REASONS["other_content"],
    "web_page": MEDIA_REASONS["web_page"],
    "too_many_pixels": MEDIA_REASONS["too_many_pixels"],
    "damaged_picture": MEDIA_REASONS["damaged_picture"],
    "damaged_document": MEDIA_REASONS["damaged_document"],
    "damaged_video": MEDIA_REASONS["damaged_video"],
    "no_picture": MEDIA_REASONS["no_picture"],
    "changed_on_the_way": MEDIA_REASONS["changed_on_the_way"],
    "too_coarse": _(
        "The picture is %(width)s × %(height)s pixels. To print %(short)s × %(long)s mm at %(dpi)s dpi it needs at least "
        "%(need_short)s × %(need_long)s. Export it larger; enlarging a small one does not help."
    ),
    "print_too_small": _(
        "The page is %(width)s × %(height)s mm; at least %(short)s × %(long)s mm is asked for. Set the page size and export "
        "it again."
    ),
    "too_few_pixels": _("The photo is %(width)s × %(height)s pixels; its longer side needs at least %(need)s."),
    "several_pages": _("The PDF has %(pages)s pages; a poster is one page."),
    "locked_pdf": _("The PDF is locked with a password. Export it without one."),
    "active_pdf": _("The PDF holds something that acts (%(what)s). Export it again as a plain PDF, or send a PNG."),
    "damaged_shape": _("This 3D model is damaged or cut off. Export it again as GLB or binary STL."),
    "outside_shape": _("This 3D model needs other files. Export it as one GLB with everything inside."),
    "too_short": _("The video lasts %(seconds)s seconds; at least %(need)s are asked for."),
    "too_long": _("The video lasts %(seconds)s seconds; at most %(most)s are possible."),
    "too_low": _("The video is %(width)s × %(height)s; its shorter side needs at least %(need)s."),
    "other_codec": _("The video is coded as %(codec)s. Export it as MP4 with H.264, which every juror can play."),
    "too_many_words": _("The text has %(words)s words; at most %(most)s are possible."),
    "no_link": _("Write a whole address that begins with https://."),
    "missing": _("“%(slot)s” is missing."),
    "too_few": _("“%(slot)s” needs at least %(need)s files; there are %(count)s."),
    "still_checked": _("“%(slot)s”: a file is still on its way or being checked. Wait a minute."),
    "refused_file": _("“%(slot)s”: a file cannot be taken. Remove it or send another."),
    "link_alone": _("A link counts only together with an uploaded copy."),
}


def sentence(reason: str, facts: dict) -> str:
    """What an entrant reads, in the language of now."""
    return str(REASONS[reason] % facts) if reason in REASONS else reason


def check_slot(slot: Slot, *, file_name: str, size: int) -> None:
    """Refuse by name and size what need not be sent at all. Raises FileNotTaken."""
    endings = ENDINGS.get(Slot.Kind(slot.kind), ())
    ending = PurePosixPath(file_name).suffix.lower()
    if ending not in endings:
        raise FileNotTaken("wrong_ending", name=file_name, endings=", ".join(endings))
    if size <= 0:
        raise FileNotTaken("empty", name=file_name)
    most = (slot.max_megabytes or 0) * MEGABYTE
    if size > most:
        raise FileNotTaken("too_large", name=file_name, size=readable_size(size), most=readable_size(most))


def check_text(slot: Slot, text: str) -> None:
    """Raises FileNotTaken for too many words, or a link that is none."""
    if slot.kind == Slot.Kind.LINK:
        if not text.startswith("https://") or len(text.split()) != 1 or len(text) > 500 or "." not in text[8:]:
            raise FileNotTaken("no_link")
    elif slot.max_words and len(text.split()) > slot.max_words:
        raise FileNotTaken("too_many_words", words=len(text.split()), most=slot.max_words)
