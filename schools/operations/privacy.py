"""Consents with their evidence, one person's data in their hands, and its end (Law 91/2025; product.md §2.1)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from cms.audit.operations import record
from cms.jobs.models import Job
from schools import privacy
from schools.models import (
    ChannelChoice,
    Consent,
    JoinRequest,
    Membership,
    Notification,
    PasswordRequest,
    Person,
    PersonMerge,
    RosterChange,
    SchoolIdentifier,
    SignInCard,
    Transfer,
    User,
)
from schools.problems import EvidenceMissing
from schools.queries.desks import forget_viewer

# Kinds of messages that name somebody else, under «name».
NAMING = ("password_request", "guest_waiting")
READ_FOR, UNREAD_FOR = timedelta(days=365), timedelta(days=2 * 365)
CARD_FOR, REQUEST_FOR, UNPROVED_FOR = timedelta(days=365), timedelta(days=365), timedelta(days=7)


@transaction.atomic
def record_consent(
    *, user: User, purpose: str, giver: str, text_version: str, evidence: str, actor, given_at: datetime | None = None
) -> Consent:
    """Keep that `giver` has consented for `user`, by which text and with what evidence (where the signed paper is).

    The same again while one is in force is the same. Raises EvidenceMissing.
    """
    if not evidence.strip() or not text_version.strip():
        raise EvidenceMissing()
    row, made = Consent.objects.get_or_create(
        user=user,
        purpose=purpose,
        giver=giver,
        withdrawn_at=None,
        defaults={
            "text_version": text_version.strip()[:40],
            "evidence": evidence.strip()[:255],
            "recorded_by": actor,
            "given_at": given_at or timezone.now(),
        },
    )
    if made:
        _log(actor, "record_consent", user, purpose=purpose, giver=giver, text_version=row.text_version)
    return row


@transaction.atomic
def withdraw_consent(*, consent: Consent, actor) -> Consent:
    """From this moment it allows nothing: whoever shows a name or a work asks for consents in force each time. Twice is once."""
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = max(timezone.now(), row.given_at)
        row.save(update_fields=["withdrawn_at"])
        _log(actor, "withdraw_consent", row.user, purpose=row.purpose, giver=row.giver)
    return row


def export_person(*, user: User, actor) -> dict:
    """Everything the rooms keep of one person, as plain values for a file of JSON."""
    found = {room: part.export(user) for room, part in sorted(privacy.parts.items())}
    _log(actor, "export_person", user)
    return {"taken_at": timezone.now().isoformat(), "account": str(user.uuid), **found}


@transaction.atomic
def erase_person(*, user: User, reason: str, actor) -> int:
    """Erase what names a person and what they wrote; results stay under a key that leads to nobody, as the roll needs.

    The account is closed for good: it cannot sign in, and nothing brings the name back. Returns how many rows were
    touched. Twice is once. Raises EvidenceMissing without a reason. The caller has checked that `actor` may.
    """
    if not reason.strip():
        raise EvidenceMissing()
    row = User.objects.select_for_update().get(pk=user.pk)
    person = Person.objects.filter(user=row).first()
    if person is None or person.erased_at:
        return 0
    count = sum(part.erase(row) for part in privacy.parts.values())
    _log(actor, "erase_person", row, reason=reason.strip()[:300])
    forget_viewer(row)
    return count


def _log(actor, action: str, user: User, **detail) -> None:
    """By key alone: the log outlives the name."""
    record(actor=actor, action=action, target_kind="person", target_key=str(user.uuid), detail=detail)


# --- This room's own part ---------------------------------------------------------------------------------------------


def _export(user: User) -> dict:
    person = user.person
    return {
        "full_name": person.full_name,
        "birth_date": person.birth_date and person.birth_date.isoformat(),
        "gender": person.gender,
        "username": user.username,
        "language": user.language,
        "joined": user.date_joined.isoformat(),
        "last_sign_in": user.last_login and user.last_login.isoformat(),
        "codes": [
            {"school": one.school.name, "code": one.code, "until": one.valid_to and one.valid_to.isoformat()}
            for one in user.identifiers.select_related("school")
        ],
        "classes": [
            {
                "class": one.school_class.name,
                "school": one.school_class.school.name,
                "year": one.school_class.school_year.code,
                "from": one.starts_on.isoformat(),
                "until": one.ends_on and one.ends_on.isoformat(),
            }
            for one in user.memberships.select_related("school_class__school", "school_class__school_year")
        ],
        "transfers": [
            {
                "from": one.from_class.school.name,
                "to": one.to_school.name,
                "state": one.state,
                "applied": one.giver,
                "evidence": one.evidence,
                "asked": one.asked_at.isoformat(),
            }
            for one in user.transfers.select_related("from_class__school", "to_school").order_by("asked_at")
        ],
        "offices": [
            {"office": one.kind, "from": one.starts_on.isoformat(), "until": one.ends_on and one.ends_on.isoformat()}
            for one in user.roles.all()
        ],
        "consents": [
            {
                "purpose": one.purpose,
                "by": one.giver,
                "text": one.text_version,
                "evidence": one.evidence,
                "given": one.given_at.isoformat(),
                "withdrawn": one.withdrawn_at and one.withdrawn_at.isoformat(),
            }
            for one in user.consents.order_by("given_at")
        ],
        "channels": [{"channel": one.channel, "address": one.address} for one in user.channel_choices.all()],
        "messages": [
            {"at": one.created_at.isoformat(), "kind": one.kind, "about": one.context}
            for one in user.notifications.order_by("created_at")
        ],
    }


def _erase(user: User) -> int:
    now, name = timezone.now(), user.person.full_name
    count = Notification.objects.filter(user=user).delete()[0]
    if name:
        count += Notification.objects.filter(kind__in=NAMING, context__name=name).delete()[0]
    for model in (SignInCard, ChannelChoice, PasswordRequest):
        count += model.objects.filter(user=user).delete()[0]
    count += JoinRequest.objects.filter(user=user, state=JoinRequest.State.WAITING).delete()[0]
    count += Consent.objects.filter(user=user, withdrawn_at=None).update(withdrawn_at=now)
    count += Consent.objects.filter(user=user).update(evidence="")
    count += Transfer.objects.filter(user=user).update(evidence="…", reason="")
    # Kept for the undo of a merge for seven days.
    count += PersonMerge.objects.filter(Q(kept=user) | Q(other=user)).update(changes={})
    count += Membership.objects.filter(user=user).update(name_sort="")
    for one in SchoolIdentifier.objects.filter(user=user):
        # A code leads back through the school's own books.
        SchoolIdentifier.objects.filter(pk=one.pk).update(
            code=f"x{one.pk}", code_stripped=f"X{one.pk}", valid_to=max(one.valid_from, timezone.localdate(now))
        )
        count += 1
    # Kept for the undo of a class list for seven days; the undo would bring the name back.
    own = Q(model__in=["schools.user", "schools.person"], object_id=user.pk)
    for rows in (Membership.objects.filter(user=user), SchoolIdentifier.objects.filter(user=user)):
        own |= Q(model=rows.model._meta.label_lower, object_id__in=rows.values("pk"))
    count += RosterChange.objects.filter(own).delete()[0]
    Job.objects.filter(owner=user).update(doing="")
    Person.objects.filter(user=user).update(
        full_name="", name_sort="", name_folded="", birth_date=None, gender="", erased_at=now
    )
    User.objects.filter(pk=user.pk).update(
        username=f"erased-{get_random_string(16).lower()}",
        password="!",  # noqa: S106 (no password fits it)
        email="",
        first_name="",
        last_name="",
        is_active=False,
        is_staff=False,
        last_login=None,
        language=settings.LANGUAGE_CODE,
        session_number=user.session_number + 1,
    )
    return count + 2


def _forget(now: datetime) -> int:
    """Messages read long ago, cards and requests long done with, addresses nobody proved."""
    old = Notification.objects
    return (
        old.filter(read_at__lt=now - READ_FOR).delete()[0]
        + old.filter(created_at__lt=now - UNREAD_FOR).delete()[0]
        + SignInCard.objects.filter(expires_at__lt=now - CARD_FOR).delete()[0]
        + PasswordRequest.objects.filter(handled_at__lt=now - REQUEST_FOR).delete()[0]
        + ChannelChoice.objects.filter(confirmed_at=None, created_at__lt=now - UNPROVED_FOR).delete()[0]
    )


OWN = privacy.Part(_export, _erase, _forget)


def forget_by_time(now: datetime | None = None) -> dict[str, int]:
    """What the data map says is not kept longer; {room: rows}."""
    now = now or timezone.now()
    return {room: part.forget(now) for room, part in sorted(privacy.parts.items())}
