"""What makes a question answerable, apart from forms and files: the admin form, the loader and imports all ask here."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


def faults_of(*, type: str, options: Sequence[tuple[str, bool]]) -> list[str]:
    """What is wrong with a question of `type` whose options are (text, is_correct), in sentences; [] if nothing is."""
    faults = []
    right = sum(correct for _text, correct in options)
    texts = [" ".join(text.split()).casefold() for text, _correct in options]
    if len(options) < 2:
        faults.append(_("Give at least two options."))
    if any(not text for text in texts):
        faults.append(_("An option has no text."))
    if len(set(texts)) < len(texts):
        faults.append(_("Two options say the same."))
    if type == "true_false" and len(options) != 2:
        faults.append(_("A true-or-false question has exactly two options."))
    if type in {"single", "true_false"} and right != 1:
        faults.append(_("Mark exactly one option as right (now: %(count)d).") % {"count": right})
    if type == "multiple" and right == 0:
        faults.append(_("Mark at least one option as right."))
    return faults
