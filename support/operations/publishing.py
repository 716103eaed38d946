"""From an answer for one to an answer for all: redacted, let through by a reviewer, found by everybody."""

from uuid import uuid4

from django.db import transaction
from django.utils import translation
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale, Page

from cms.audit.operations import record
from cms.models import HomePage, SectionPage
from cms.text.folding import fold
from schools.models import User
from support.assistant.masking import mask
from support.models import AnswerPage, Ticket
from support.permissions import may_publish
from support.problems import NotPublishable

SECTION = "section/answers"


def answers_section(language: str) -> SectionPage | None:
    """The list of published answers in a language, made when it is first needed; None where there is no home page."""
    return section_of(
        language,
        key=SECTION,
        title=gettext_lazy("Questions and answers"),
        summary=gettext_lazy("What people asked the desk, and what it answered."),
    )


def section_of(language: str, *, key: str, title, summary) -> SectionPage | None:
    """A list of this room's pages in a language, known by its `key`; `title` and `summary` are lazy strings."""
    home = HomePage.objects.filter(locale__language_code=language, depth=2).first()
    if home is None:
        return None
    there = SectionPage.objects.filter(starter_key=key, locale=home.locale_id).first()
    if there is not None:
        return there
    twin = SectionPage.objects.filter(starter_key=key).values_list("translation_key", flat=True).first() or uuid4()
    with translation.override(language):
        page = SectionPage(
            title=str(title),
            slug=free_slug(home, slugify(fold(str(title)))),
            summary=str(summary),
            kind=SectionPage.Kind.OTHER,
            show_in_menus=False,
            starter_key=key,
            translation_key=twin,
            locale=Locale.objects.get(language_code=language),
        )
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def free_slug(parent: Page, wanted: str) -> str:
    """`wanted`, or with a number where it is taken below `parent`."""
    wanted = (wanted or "hoi-dap")[:200]
    taken = set(Page.objects.child_of(parent).filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for slug in [wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)


@transaction.atomic
def publish_answer(*, ticket: Ticket, title: str, question: str, answer: str, actor: User) -> AnswerPage:
    """Make a page of an answered ticket, in the words `actor` has redacted. Public at once where `actor` may let through,
    else a draft in the reviewers' queue. Once a ticket: the page that is there is returned.

    Raises NotPublishable while something personal stands in the text, or nothing does.
    """
    found = Ticket.objects.select_for_update().get(pk=ticket.pk)
    there = AnswerPage.objects.filter(translation_key=found.page_key).first() if found.page_key else None
    if there is not None:
        return there
    texts = [text.strip() for text in (title, question, answer)]
    if found.state != Ticket.State.ANSWERED or not all(texts) or any(mask(text).kinds for text in texts):
        raise NotPublishable
    section = answers_section(found.language) or answers_section("vi")
    if section is None:
        raise NotPublishable(_("There is no home page to publish below."))
    title, question, answer = texts
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in answer.splitlines() if line.strip())
    page = AnswerPage(
        title=title[:255],
        slug=free_slug(section, slugify(fold(title))),
        summary=" ".join(question.split())[:300],
        question=question[:2000],
        body=[{"type": "text", "value": paragraphs, "id": str(uuid4())}],
        checked_on=found.answered_at.date() if found.answered_at else None,
        guide_key=found.guide_key,
        locale=section.locale,
        live=False,
    )
    section.add_child(instance=page)
    let_through(page, actor)
    found.page_key = page.translation_key
    found.save(update_fields=["page_key"])
    record(actor=actor, action="publish_answer", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    return page


def let_through(page: Page, actor: User) -> None:
    """Public at once where `actor` may let through, else a draft in the reviewers' queue."""
    revision = page.save_revision(user=actor)
    if may_publish(actor):
        revision.publish(user=actor)
    elif (workflow := page.get_workflow()) is not None:
        workflow.start(page, actor)
    page.refresh_from_db()
