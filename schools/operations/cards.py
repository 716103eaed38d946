"""Cards: made when they are printed, known afterwards by a keyed hash only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from schools import limits
from schools.codes import CARD_LENGTH, card_hash, card_hashes, new_card_code, tidy_code
from schools.models import SchoolYear, SignInCard, User
from schools.problems import CardRefused, CardReplaced


@dataclass(frozen=True)
class IssuedCard:
    """A card as it is printed; `code` exists nowhere else."""

    user: User
    code: str
    expires_at: datetime


def card_end() -> datetime:
    """Cards hold to the end of the school year, and at least sixty days."""
    today = timezone.localdate()
    year = SchoolYear.objects.current()
    last = max(year.ends_on if year else today, today + timedelta(days=60))
    return timezone.make_aware(datetime.combine(last, time.max))


@transaction.atomic
def issue_cards(*, users: Iterable[User], actor: User | None) -> list[IssuedCard]:
    """New cards for `users`, in their order; each voids the card the person had. Four statements however many they are.

    The caller has checked that the people are in the care of `actor`.
    """
    users = list(users)
    now, end = timezone.now(), card_end()
    SignInCard.objects.filter(user__in=users, voided_at=None).update(voided_at=now)
    issued = [IssuedCard(user=user, code=new_card_code(), expires_at=end) for user in users]
    SignInCard.objects.bulk_create(
        [
            SignInCard(user=card.user, code_hash=card_hash(card.code), issued_by=actor, expires_at=end)
            for card in issued
        ],
        batch_size=500,
    )
    record(
        actor=actor,
        action="print_cards",
        target_kind="account" if len(users) == 1 else "accounts",
        target_key=str(users[0].uuid) if len(users) == 1 else str(len(users)),
        detail={"cards": len(users)},
    )
    return issued


def find_card(*, code: str, address: str) -> SignInCard:
    """The working card with this typed or scanned code. One look-up, no slow hash.

    Raises `CardRefused`; `CardReplaced` where its owner has a newer one; `TooManyTries` where one address guesses.
    """
    by_address = (limits.CODES, f"card:{address}")
    limits.check(by_address)
    code = tidy_code(code)
    card = None
    if len(code) == CARD_LENGTH:
        card = (
            SignInCard.objects.filter(
                code_hash__in=card_hashes(code),
                voided_at=None,
                expires_at__gt=timezone.now(),
                user__is_active=True,
            )
            .select_related("user__person")
            .first()
        )
    if card is None:
        limits.count(by_address)
        old = SignInCard.objects.filter(code_hash__in=card_hashes(code), user__is_active=True)
        working = SignInCard.objects.filter(voided_at=None, expires_at__gt=timezone.now(), user__in=old.values("user"))
        raise CardReplaced if len(code) == CARD_LENGTH and working.exists() else CardRefused
    return card


def card_used(*, card: SignInCard) -> None:
    SignInCard.objects.filter(pk=card.pk).update(last_used_at=timezone.now())
