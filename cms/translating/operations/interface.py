"""The interface's words in a language: taken in from the catalogues, written by translators, signed by native speakers."""

import gettext
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

import django
import polib
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

from cms import catalogues
from cms.audit.operations import record
from cms.problems import Problem
from cms.translating.gettexts import words_have_changed
from cms.translating.models import InterfaceString
from cms.translating.permissions import may_review, may_translate
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.signals import site_language_changed

PLACEHOLDERS = re.compile(r"%\(\w+\)[sdf]|\{\w*\}|%[sd]")
# Places whose words no reader meets: the back end, commands, the names of tables.
BACK_END = re.compile(
    r"wagtail_hooks|/admin/|/management/|/models/|models\.py|acts\.py|vocabulary/|translating/|/loads?/"
)


class NotYourLanguage(Problem):
    status = 403
    code = "not_your_language"
    title = _("This is not one of your languages")
    detail = _("An administrator gives out languages: ask for the one you work in.")


# So many of a hundred strings that readers meet are signed before the site opens by the signature alone (ADR 0082).
OPENS_AT = 90


class SignOffRefused(Problem):
    status = 409
    code = "sign_off_refused"
    title = _("This language cannot be opened yet")


@dataclass(frozen=True)
class Written:
    """A text somebody has typed for a string, and what stood there when they began."""

    pk: int
    text: str
    before: str


@dataclass
class Saved:
    """What became of a page of texts. `clashes` maps a string to the text that was typed while another was saved."""

    changed: int = 0
    reviewed: int = 0
    clashes: dict[int, str] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)


def digest_of(context: str, msgid: str) -> str:
    return hashlib.sha1(f"{context}\x04{msgid}".encode(), usedforsecurity=False).hexdigest()


@transaction.atomic
def take_strings(*, language: ContentLanguage) -> dict[str, int]:
    """Bring the rows of a language in step with what the code says. Texts are kept, also of strings nobody says any more.

    What the libraries' own catalogues offer is noted as a proposal. Idempotent: {"created", "changed", "kept"}.
    """
    offers = _offers(language.code)
    known = {row.digest: row for row in InterfaceString.objects.filter(language=language)}
    counts: Counter[str] = Counter(created=0, changed=0, kept=0)
    new, changed, seen = [], [], set()
    for room, entry in _entries():
        context, digest = entry.msgctxt or "", digest_of(entry.msgctxt or "", entry.msgid)
        if digest in seen:
            continue
        seen.add(digest)
        text, source = "", ""
        if not context:
            text, source = offers.get(entry.msgid, ("", ""))
        values = {
            "context": context,
            "msgid": entry.msgid,
            "plural": entry.msgid_plural,
            "room": room,
            "for_readers": any(not BACK_END.search(place) for place, _line in entry.occurrences),
            "proposal": text,
            "proposal_from": source,
            "is_used": True,
        }
        row = known.get(digest)
        if row is None:
            new.append(InterfaceString(language=language, digest=digest, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
        else:
            counts["kept"] += 1
    for digest in known.keys() - seen:
        if known[digest].is_used:
            known[digest].is_used = False
            changed.append(known[digest])
    InterfaceString.objects.bulk_create(new, batch_size=500)
    names = ["context", "msgid", "plural", "room", "for_readers", "proposal", "proposal_from", "is_used"]
    InterfaceString.objects.bulk_update(changed, names, batch_size=200)
    counts["created"], counts["changed"] = len(new), len(changed)
    if changed:
        words_have_changed()
    return dict(counts)


def _entries() -> Iterable[tuple[str, polib.POEntry]]:
    for name, room in catalogues.rooms().items():
        path = catalogues.catalogue_path(room, settings.LANGUAGE_CODE)
        if path.exists():
            yield from ((name, entry) for entry in polib.pofile(str(path)) if not entry.obsolete)


def _offers(code: str) -> dict[str, tuple[str, str]]:
    """{msgid: (text, whose)} of every library's catalogue in the language."""
    found: dict[str, tuple[str, str]] = {}
    ours = str(catalogues.ROOT) + "/"
    places = [("Django", Path(django.__file__).parent / "conf" / "locale")]
    places += [
        (str(config.verbose_name), Path(config.path) / "locale")
        for config in apps.get_app_configs()
        if not config.path.startswith(ours) or "site-packages" in config.path
    ]
    for name, path in places:
        if gettext.find("django", str(path), [to_locale(code)]) is None:
            continue
        words = gettext.translation("django", str(path), [to_locale(code)])._catalog
        for msgid, text in words.items():
            if isinstance(msgid, str) and msgid and text and msgid != text:
                found.setdefault(msgid, (normalize("NFC", text), name))
    return found


def fault_of(row: InterfaceString, text: str) -> str:
    """What is wrong with `text` as the translation of `row`, in words; empty when nothing is."""
    wanted = set(PLACEHOLDERS.findall(f"{row.msgid} {row.plural}"))
    used = set(PLACEHOLDERS.findall(text))
    if strange := used - wanted:
        return str(_("These places do not exist in the original: %(places)s.") % {"places": ", ".join(sorted(strange))})
    if missing := {place for place in PLACEHOLDERS.findall(row.msgid) if place not in used}:
        return str(_("These places are missing: %(places)s.") % {"places": ", ".join(sorted(missing))})
    return ""


@transaction.atomic
def save_texts(*, language: ContentLanguage, texts: Iterable[Written], by, review: Iterable[int] = ()) -> Saved:
    """Save what was typed; sign those of `review` as they stand then.

    Nobody's text is lost: where another was saved meanwhile, what was typed comes back as a clash and changes nothing.
    Raises NotYourLanguage.
    """
    wanted = set(review)
    if not may_translate(by, language.tag) or (wanted and not may_review(by, language.tag)):
        raise NotYourLanguage()
    typed = {one.pk: one for one in texts}
    rows = InterfaceString.objects.select_for_update().filter(language=language, pk__in=typed.keys() | wanted)
    saved, now = Saved(), timezone.now()
    for row in rows:
        one = typed.get(row.pk)
        text = normalize("NFC", one.text).replace("\r\n", "\n").strip() if one else row.text
        if one and text != row.text:
            if row.text != normalize("NFC", one.before).replace("\r\n", "\n").strip():
                saved.clashes[row.pk] = text
                continue
            if text and (fault := fault_of(row, text)):
                saved.faults[row.pk] = fault
                continue
            row.text, row.written_by, row.written_at = text, by, now
            saved.changed += 1
        if row.pk in wanted and row.text and row.text != row.reviewed_text:
            row.reviewed_text, row.reviewed_by, row.reviewed_at = row.text, by, now
            saved.reviewed += 1
        elif not row.text and row.reviewed_text and row.pk in wanted:
            row.reviewed_text = ""
        row.save()
    if saved.reviewed:
        words_have_changed()
    return saved


@transaction.atomic
def sign_off(*, language: ContentLanguage, by, reason: str = "") -> ContentLanguage:
    """Open the site in a language, in the name of a native speaker. May be repeated; who signed first stays.

    With fewer than `OPENS_AT` of a hundred strings signed it takes a `reason`, which is logged. Raises NotYourLanguage for
    anybody but a native reviewer, SignOffRefused where the language may not be the site's, nothing of its interface is
    signed, or too little without a reason.
    """
    language = ContentLanguage.objects.select_for_update().get(pk=language.pk)
    if not may_review(by, language.tag):
        raise NotYourLanguage()
    if not language.site_allowed:
        raise SignOffRefused(_("The table of languages does not allow the site to be switched to it."))
    met = InterfaceString.objects.filter(language=language, is_used=True, for_readers=True)
    share = met.exclude(reviewed_text="").count() * 100 // max(1, met.count())
    if not met.exclude(reviewed_text="").exists():
        raise SignOffRefused(_("Not one string of its interface is signed: readers would find a site in Vietnamese."))
    if language.signed_off_at is None and share < OPENS_AT and not reason.strip():
        raise SignOffRefused(
            _(
                "%(share)s of 100 strings are signed; the site opens from %(least)s on. To open it earlier, write down why: "
                "readers find the rest in Vietnamese."
            )
            % {"share": share, "least": OPENS_AT}
        )
    if language.signed_off_at is None:
        language.signed_off_at, language.signed_off_by = timezone.now(), by
        language.save(update_fields=["signed_off_at", "signed_off_by"])
        detail = {"share": share} | ({"reason": reason.strip()[:300]} if share < OPENS_AT else {})
        record(actor=by, action="sign_off_language", target_kind="language", target_key=language.tag, detail=detail)
        words_have_changed()
        site_language_changed.send(ContentLanguage, code=language.code)
    return language


@transaction.atomic
def withdraw_sign_off(*, language: ContentLanguage, by) -> ContentLanguage:
    """Close the site in a language again. Raises NotYourLanguage for anybody but a native reviewer."""
    language = ContentLanguage.objects.select_for_update().get(pk=language.pk)
    if not may_review(by, language.tag):
        raise NotYourLanguage()
    if language.signed_off_at is not None:
        language.signed_off_at, language.signed_off_by = None, None
        language.save(update_fields=["signed_off_at", "signed_off_by"])
        record(actor=by, action="close_language", target_kind="language", target_key=language.tag)
        words_have_changed()
        site_language_changed.send(ContentLanguage, code=language.code)
    return language
