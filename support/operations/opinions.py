"""Telling in public what was changed because of what people said, and thanking those who listened."""

from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.text.folding import fold
from schools.models import Unit, User
from support.assistant.masking import mask
from support.models import ChangePage, Honour, Survey
from support.naming import without_people
from support.operations.publishing import free_slug, let_through, section_of
from support.operations.surveys import follow_up
from support.problems import NothingChanged, NotPublishable, ResultsNotPublic, TooFewToHonour
from support.queries.desk import FEWEST
from support.queries.visits import Period, visits_in

SECTION = "section/changes"


def changes_section(language: str):
    """The list of changes in a language, made when it is first needed; None where there is no home page."""
    return section_of(
        language,
        key=SECTION,
        title=gettext_lazy("Opinions and changes"),
        summary=gettext_lazy("What people said about this site and its guides, and what was changed because of it."),
    )


@transaction.atomic
def publish_change(
    *,
    key: UUID,
    title: str,
    heard: str,
    changed: str,
    actor: User,
    language: str = "vi",
    heard_from: str = ChangePage.Source.DESK,
    said_by: int = 1,
    changed_on: date | None = None,
    guide_key: UUID | None = None,
    survey: Survey | None = None,
    question: str = "",
    difficulty: str = "",
    procedure_code: str = "",
) -> ChangePage:
    """Make a page of an opinion and of what was changed because of it. Public at once where `actor` may let through, else
    a draft in the reviewers' queue. The same `key` again is the page that is there.

    `survey` with the key of a `question`: where it was heard; the page leads to the public results, and the survey is
    offered no longer. `difficulty` in a service: what community teams heard.

    Raises NothingChanged, NotPublishable while a number or a name of somebody stands in the text, and ResultsNotPublic.
    """
    there = ChangePage.objects.filter(translation_key=key).first()
    if there is not None:
        return there
    title, heard, changed = (text.strip() for text in (title, heard, changed))
    if not (title and heard and changed):
        raise NothingChanged
    if mask(title).kinds or mask(changed).kinds or without_people(heard).kinds:
        raise NotPublishable
    if survey is not None and survey.results_public_at is None:
        raise ResultsNotPublic
    section = changes_section(language) or changes_section("vi")
    if section is None:
        raise NotPublishable(_("There is no home page to publish below."))
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in changed.splitlines() if line.strip())
    page = ChangePage(
        title=title[:255],
        slug=free_slug(section, slugify(fold(title))),
        summary=" ".join(changed.split())[:300],
        heard=heard[:2000],
        heard_from=heard_from,
        said_by=max(1, said_by),
        changed_on=changed_on or timezone.localdate(),
        guide_key=guide_key,
        survey_key=survey and survey.uuid,
        survey_question=question if survey else "",
        difficulty=difficulty,
        procedure_code=procedure_code,
        body=[{"type": "text", "value": paragraphs, "id": str(uuid4())}],
        locale=section.locale,
        translation_key=key,
        live=False,
    )
    section.add_child(instance=page)
    let_through(page, actor)
    if survey is not None:
        follow_up(survey=survey, actor=actor, changes=True)
    record(actor=actor, action="publish_change", target_kind="change", target_key=str(key), target_label=page.title)
    return page


@transaction.atomic
def give_honour(*, unit: Unit, period: Period, words: str, actor: User, member: User | None = None) -> Honour:
    """Thank a team, or one of it, in public for a period, with how many people they guided then; the same again is one.

    A member is named only while they consent (schools.queries.consents); else the page says «a member of the team».
    Raises TooFewToHonour, and NotPublishable where the words hold something personal or nothing.
    """
    rows = visits_in([unit], period)
    if member is not None:
        rows = rows.filter(member=member)
    people = sum(rows.values_list("people", flat=True))
    if people < FEWEST:
        raise TooFewToHonour
    words = words.strip()[:300]
    if not words or without_people(words).kinds:
        raise NotPublishable
    honour, made = Honour.objects.get_or_create(
        unit=unit,
        member=member,
        since=period.since,
        until=period.until,
        withdrawn_at=None,
        defaults={"words": words, "people": people, "given_by": actor},
    )
    if made:
        record(actor=actor, action="give_honour", target_kind="honour", target_key=honour.uuid, target_label=str(unit))
    return honour


@transaction.atomic
def take_back_honour(*, honour: Honour, actor: User) -> Honour:
    """From this moment it is read by nobody. Twice is once."""
    row = Honour.objects.select_for_update().get(pk=honour.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        record(
            actor=actor,
            action="take_back_honour",
            target_kind="honour",
            target_key=row.uuid,
            target_label=str(row.unit),
        )
    return row
