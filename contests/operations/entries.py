"""Entering: who may, what they agree to, and the snapshot that is kept of them."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from contests.eligibility import OF_SCHOOL, Eligibility, Standing, age_on, judge
from contests.models import Acceptance, Category, Contest, Entry, IdentityKey, RulesVersion
from contests.operations.setting_up import log
from contests.problems import (
    AlreadyTaken,
    EntryOut,
    IdentityRefused,
    IdentityTaken,
    MustAccept,
    NoSuchCategory,
    NotEligible,
    NotOpen,
    ReasonMissing,
)
from contests.queries.contests import clock_of, rules_in_force
from contests.queries.people import Place, standing_on, units_above
from contests.rules import Rules
from schools.models import Person, Unit, User
from schools.operations.cards import IssuedCard, issue_cards

# No letters that are read or heard as one another: codes are read out and copied from paper.
LETTERS = "3456789ABCDEFGHJKMNPQRTWXY"
# Whoever is younger gives no number of a card or telephone, whatever the rules say.
IDENTITY_FROM = 16


@dataclass(frozen=True)
class Agreed:
    """What somebody ticked and typed when entering."""

    rules: bool = False
    pledge: bool = False
    guardian: str = ""
    used_ai: bool | None = None
    ai_note: str = ""


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(7))


def asks_guardian(rules: Rules, standing: Standing) -> bool:
    """Whether a parent or guardian must agree; a pupil whose age is not known is taken for young."""
    if rules.guardian_under is None:
        return False
    if standing.age is None:
        return standing.level in OF_SCHOOL - {"university", "college"}
    return standing.age < rules.guardian_under


def _require(rules: Rules, standing: Standing, agreed: Agreed) -> None:
    if not agreed.rules or (rules.pledge and not agreed.pledge):
        raise MustAccept()
    if asks_guardian(rules, standing) and not agreed.guardian.strip():
        raise MustAccept(_("A parent or guardian must agree: write their name."))
    if rules.ai_declaration and agreed.used_ai is None:
        raise MustAccept(_("Say whether AI was used: both answers are allowed, silence is not."))


def _open_for_entries(contest: Contest) -> RulesVersion:
    """The version to accept. Raises NotOpen."""
    version = rules_in_force(contest)
    if contest.state != Contest.State.OPEN or version is None or clock_of(contest).is_over:
        raise NotOpen()
    return version


def _open_for_newcomers(contest: Contest) -> RulesVersion:
    """The version to accept, while somebody who enters can still take part. Raises NotOpen."""
    version = _open_for_entries(contest)
    if not contest.takes_works and not clock_of(contest).takes_newcomers:
        raise NotOpen(_("What is left of this contest is for those who went on from an earlier round."))
    return version


def _accept(entry: Entry, version: RulesVersion, agreed: Agreed) -> Acceptance:
    accepted, _made = Acceptance.objects.get_or_create(
        entry=entry,
        rules=version,
        defaults={
            "pledged": agreed.pledge,
            "guardian": agreed.guardian.strip()[:120],
            "used_ai": agreed.used_ai,
            "ai_note": agreed.ai_note.strip()[:300],
        },
    )
    return accepted


@transaction.atomic
def enter_contest(*, contest: Contest, category: Category, user, agreed: Agreed) -> Entry:
    """Enter somebody who has an account, in a category that takes them on the reference date. Again: the same entry.

    Raises NotOpen, NoSuchCategory, NotEligible (with the reasons), MustAccept, EntryOut.
    """
    version = _open_for_newcomers(contest)
    if category.contest_id != contest.pk:
        raise NoSuchCategory()
    held = Entry.objects.filter(contest=contest, user=user).first()
    if held is not None:
        return _enter_again(held)
    standing, place = standing_on(user, contest.reference_date)
    if reasons := judge(Eligibility.read(category.eligibility), standing, contest.reference_date):
        raise NotEligible(reasons)
    _require(Rules.of(version), standing, agreed)
    entry = _make(contest, category, user, standing, place)
    _accept(entry, version, agreed)
    return entry


def _enter_again(held: Entry) -> Entry:
    if held.state == Entry.State.DISQUALIFIED:
        raise EntryOut()
    if held.state == Entry.State.WITHDRAWN:
        held.state, held.reason = Entry.State.ENTERED, ""
        held.save(update_fields=["state", "reason"])
    return held


def _make(contest: Contest, category: Category, user, standing: Standing, place: Place, *, open_track=False) -> Entry:
    """The entry with what it was judged by; no date of birth is kept, only the age on the day."""
    for _try in range(20):
        try:
            with transaction.atomic():
                return Entry.objects.create(
                    contest=contest,
                    category=category,
                    user=user,
                    code=new_code(),
                    snapshot={
                        "on": contest.reference_date.isoformat(),
                        "level": standing.level,
                        "grade": standing.grade,
                        "age": standing.age,
                        "class": place.class_name,
                        "unit": place.unit_name,
                        "units": sorted(standing.unit_keys),
                        "roles": sorted(standing.roles),
                    },
                    class_key=place.class_key,
                    school_key=place.school_key,
                    unit_key=place.unit_key,
                    unit_name=place.unit_name,
                    is_open_track=open_track,
                )
        except IntegrityError:
            # Either the code is taken, or another press of the same person came first.
            held = Entry.objects.filter(contest=contest, user=user).first()
            if held is not None:
                return held
    raise RuntimeError("no free entry code")


@dataclass(frozen=True)
class OpenEntry:
    """An entry of somebody without a school account. `card` opens the new account again: it is shown once."""

    entry: Entry
    user: User
    card: IssuedCard


@transaction.atomic
def enter_open_track(
    *,
    contest: Contest,
    category: Category,
    full_name: str,
    unit: Unit,
    agreed: Agreed,
    birth_date: date | None = None,
    identity: str = "",
    language: str = "vi",
) -> OpenEntry:
    """Enter somebody who has no account: name and unit from the list, and what the rules ask besides.

    The identity number is kept as a keyed hash with its last three digits, and never of anybody under 16. Raises NotOpen,
    NoSuchCategory, NotEligible, MustAccept, IdentityRefused, IdentityTaken.
    """
    version = _open_for_newcomers(contest)
    if category.contest_id != contest.pk or not category.open_track:
        raise NoSuchCategory()
    rules, conditions = Rules.of(version), Eligibility.read(category.eligibility)
    # Whoever has no account tells what they are by the category they choose.
    level = next((one for one in conditions.levels if one not in OF_SCHOOL), "citizen")
    age = age_on(birth_date, contest.reference_date)
    standing = Standing("", level, None, age, units_above(unit))
    if reasons := judge(conditions, standing, contest.reference_date):
        raise NotEligible(reasons)
    _require(rules, standing, agreed)
    digits = _digits(identity) if asks_identity(rules, age) else ""
    user = User(username=f"open-{uuid.uuid4().hex}", language=language)
    user.set_unusable_password()
    user.save()
    user.person = Person.objects.create(user=user, full_name=full_name)
    place = Place(unit_key=unit.uuid, unit_name=unit.name)
    entry = _make(contest, category, user, standing, place, open_track=True)
    _accept(entry, version, agreed)
    if digits:
        _keep_identity(entry, digits)
    return OpenEntry(entry, user, issue_cards(users=[user], actor=None)[0])


def asks_identity(rules: Rules, age: int | None) -> bool:
    """Whether a number is asked for: not of anybody under 16, and not of whoever has told no age."""
    return rules.identity and age is not None and age >= IDENTITY_FROM


def _digits(identity: str) -> str:
    digits = "".join(sign for sign in identity if sign not in " .-")
    if not digits.isascii() or not digits.isdigit() or not 9 <= len(digits) <= 12:
        raise IdentityRefused()
    return digits


def identity_digest(contest: Contest, digits: str) -> str:
    """Keyed by the site's secret and by the contest, so that two contests cannot be joined by it."""
    return salted_hmac(f"contests.identity:{contest.uuid}", digits, algorithm="sha256").hexdigest()


def _keep_identity(entry: Entry, digits: str) -> None:
    try:
        with transaction.atomic():
            IdentityKey.objects.create(
                entry=entry,
                contest=entry.contest,
                digest=identity_digest(entry.contest, digits),
                last_digits=digits[-3:],
            )
    except IntegrityError:
        raise IdentityTaken() from None


@transaction.atomic
def accept_rules(*, entry: Entry, agreed: Agreed) -> Acceptance:
    """Accept the version in force, for an entrant whose rules have changed. Raises NotOpen, MustAccept."""
    version = _open_for_entries(entry.contest)
    snapshot = entry.snapshot
    standing = Standing(str(entry.user.uuid), snapshot.get("level", ""), snapshot.get("grade"), snapshot.get("age"))
    _require(Rules.of(version), standing, agreed)
    return _accept(entry, version, agreed)


@transaction.atomic
def withdraw_entry(*, entry: Entry) -> Entry:
    """Take oneself out, before the first attempt. Raises AlreadyTaken, EntryOut."""
    entry = Entry.objects.select_for_update().get(pk=entry.pk)
    if entry.state == Entry.State.DISQUALIFIED:
        raise EntryOut()
    if entry.attempts.exists():
        raise AlreadyTaken()
    entry.state = Entry.State.WITHDRAWN
    entry.save(update_fields=["state"])
    return entry


@transaction.atomic
def disqualify_entry(*, entry: Entry, reason: str, by) -> Entry:
    """Take an entry out of every ranking made from now on; what it did is kept. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    entry = Entry.objects.select_for_update().select_related("contest").get(pk=entry.pk)
    entry.state, entry.reason = Entry.State.DISQUALIFIED, reason.strip()[:300]
    entry.save(update_fields=["state", "reason"])
    log(by, "disqualify_entry", entry.contest, entry=entry.code, reason=entry.reason)
    return entry


@transaction.atomic
def reinstate_entry(*, entry: Entry, reason: str, by) -> Entry:
    """Undo a disqualification, as after an appeal. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    entry = Entry.objects.select_for_update().select_related("contest").get(pk=entry.pk)
    entry.state, entry.reason = Entry.State.ENTERED, ""
    entry.save(update_fields=["state", "reason"])
    log(by, "reinstate_entry", entry.contest, entry=entry.code, reason=reason.strip()[:300])
    return entry


def forget_identity_keys() -> int:
    """Erase identity keys of contests whose results have been out for as many days as their rules say. Returns how many."""
    now, erased = timezone.now(), 0
    contests = Contest.objects.filter(state__in=[Contest.State.PUBLISHED, Contest.State.ARCHIVED])
    for contest in contests.filter(pk__in=IdentityKey.objects.filter(erased_at=None).values("contest")):
        step = contest.steps.filter(to_state=Contest.State.PUBLISHED).first()
        version = rules_in_force(contest)
        if step and version and step.at + timedelta(days=Rules.of(version).identity_days) <= now:
            erased += IdentityKey.objects.filter(contest=contest, erased_at=None).update(
                digest=None, last_digits="", erased_at=now
            )
    return erased
