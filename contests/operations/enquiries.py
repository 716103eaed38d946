"""Questions about a contest and their answers, published without names."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Enquiry
from contests.operations.setting_up import log
from contests.problems import NotOpen, ReasonMissing, TooManyAsked

A_DAY = 5


@transaction.atomic
def ask(*, contest: Contest, user, text: str) -> Enquiry:
    """Ask the secretary. The same question sent twice is one. Raises ReasonMissing, NotOpen, TooManyAsked."""
    text = text.strip()[:1000]
    if not text:
        raise ReasonMissing(_("Write your question."))
    if contest.state in {Contest.State.DRAFT, Contest.State.PUBLISHED, Contest.State.ARCHIVED}:
        raise NotOpen()
    own = Enquiry.objects.filter(contest=contest, asked_by=user)
    if held := own.filter(text=text).first():
        return held
    if own.filter(asked_at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY:
        raise TooManyAsked()
    return Enquiry.objects.create(contest=contest, asked_by=user, text=text)


@transaction.atomic
def answer_enquiry(*, enquiry: Enquiry, answer: str, public_text: str, publish: bool, by) -> Enquiry:
    """Answer to the asker alone or for everybody, in words that name nobody; an answer may be put right later.

    Raises ReasonMissing (no answer, or nothing to publish).
    """
    if not answer.strip() or (publish and not public_text.strip()):
        raise ReasonMissing(_("Write the answer, and the question as everybody may read it."))
    enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("contest").get(pk=enquiry.pk)
    enquiry.state = Enquiry.State.PUBLISHED if publish else Enquiry.State.ANSWERED
    enquiry.public_text = public_text.strip()[:1000] if publish else ""
    enquiry.answer, enquiry.answered_by, enquiry.answered_at = answer.strip()[:2000], by, timezone.now()
    enquiry.save()
    log(by, "answer_enquiry", enquiry.contest, enquiry=str(enquiry.uuid), published=publish)
    return enquiry
