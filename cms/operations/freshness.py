"""The freshness guard: a page whose facts may have changed warns its readers until an editor has checked it."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from cms.audit.operations import record
from cms.jobs.steps import Step, untold
from cms.keeping import drop_kept_pages
from cms.models import ContentPage, FreshnessFlag, ProcedureUse
from cms.operations.editorial import EDITORS
from cms.vocabulary.models import Procedure
from cms.vocabulary.places import stale_points
from cms.vocabulary.signals import procedure_stale
from schools.models import User
from schools.operations.notifications import notify

# Names in one message; the list behind it has them all.
NAMED = 5


@transaction.atomic
def record_uses(*, page: Page) -> list[str]:
    """Write down which procedures a published page tells of; none when it is not published. Returns their codes."""
    page = page.specific
    codes = page.procedures_used() if page.live and isinstance(page, ContentPage) else []
    ProcedureUse.objects.filter(page_id=page.pk).exclude(code__in=codes).delete()
    ProcedureUse.objects.bulk_create(
        [ProcedureUse(page_id=page.pk, code=code) for code in codes], ignore_conflicts=True
    )
    return codes


@transaction.atomic
def flag_pages(*, code: str, reason: str, since: date) -> int:
    """Warn the readers of every published page that tells of procedure `code`. Returns how many flags are new.

    A page that is flagged already for the same reason keeps one flag, with the later date where facts changed again.
    """
    pages = list(ProcedureUse.objects.filter(code=code).values_list("page_id", flat=True))
    open_flags = FreshnessFlag.objects.filter(page_id__in=pages, procedure_code=code, reason=reason, resolved_at=None)
    if reason == FreshnessFlag.Reason.CHANGED:
        open_flags.update(since=since)
    have = set(open_flags.values_list("page_id", flat=True))
    made = FreshnessFlag.objects.bulk_create(
        [
            FreshnessFlag(page_id=page, procedure_code=code, reason=reason, since=since)
            for page in pages
            if page not in have
        ],
        ignore_conflicts=True,
    )
    drop_kept_pages(bodies=True)
    return len(made)


@transaction.atomic
def confirm_page(*, page: Page, by) -> int:
    """An editor says that the page is right again. Returns how many warnings that ends.

    A warning that its procedure is overdue stays until the procedure itself has been checked.
    """
    stale = Procedure.objects.stale().values("code")
    flags = FreshnessFlag.objects.filter(page_id=page.pk, resolved_at=None).exclude(
        reason=FreshnessFlag.Reason.OVERDUE, procedure_code__in=stale
    )
    ended = flags.update(resolved_at=timezone.now(), resolved_by=by)
    if ended:
        record(
            actor=by,
            action="confirm_page",
            target_kind="page",
            target_key=page.translation_key,
            target_label=page.title,
            detail={"flags": ended},
        )
        drop_kept_pages(bodies=True)
    return ended


def settle_published(*, page: ContentPage) -> int:
    """After a publish: warnings older than the day on which the editor says the facts were checked are over."""
    if page.checked_on is None:
        return 0
    return (
        FreshnessFlag.objects.filter(page_id=page.pk, resolved_at=None, since__lte=page.checked_on)
        .filter(
            Q(reason=FreshnessFlag.Reason.CHANGED)
            | (Q(reason=FreshnessFlag.Reason.PAGE_OVERDUE) if not page.is_overdue else Q(pk=None))
        )
        .update(resolved_at=timezone.now())
    )


@transaction.atomic
def check_freshness(*, day: date | None = None, step: Step = untold) -> dict:
    """Flag what has become overdue on `day`, end the warnings of what was checked, and say what is stale.

    Returns {"procedures": [{code, name, language, review_by}], "pages": [{title, language, review_by}], "help_points":
    [{name, unit, review_by}], "flagged": n, "settled": n}. Sends `procedure_stale` once for each stale procedure that has no open warning yet. `step` hears
    (done, total, what).
    """
    day = day or timezone.localdate()
    stale = list(Procedure.objects.stale(day).select_related("locale").order_by("code", "locale"))
    codes = {procedure.code for procedure in stale}
    flagged = 0
    for number, procedure in enumerate(stale):
        step(number, len(stale), procedure.code)
        made = flag_pages(code=procedure.code, reason=FreshnessFlag.Reason.OVERDUE, since=procedure.review_by)
        flagged += made
        procedure_stale.send(sender=Procedure, procedure=procedure)
    settled = (
        FreshnessFlag.objects.filter(reason=FreshnessFlag.Reason.OVERDUE, resolved_at=None)
        .exclude(procedure_code__in=codes)
        .update(resolved_at=timezone.now())
    )
    overdue_pages = [page for model in content_page_models() for page in _overdue(model, day)]
    have = set(
        FreshnessFlag.objects.filter(
            page_id__in=[page.pk for page in overdue_pages],
            reason=FreshnessFlag.Reason.PAGE_OVERDUE,
            resolved_at=None,
        ).values_list("page_id", flat=True)
    )
    new = FreshnessFlag.objects.bulk_create(
        [
            FreshnessFlag(page_id=page.pk, reason=FreshnessFlag.Reason.PAGE_OVERDUE, since=page.review_by)
            for page in overdue_pages
            if page.pk not in have
        ]
    )
    if flagged or settled or new:
        drop_kept_pages(bodies=True)
    return {
        "procedures": [
            {
                "code": procedure.code,
                "name": procedure.name,
                "language": procedure.locale.language_code,
                "review_by": procedure.review_by.isoformat(),
            }
            for procedure in stale
        ],
        "pages": [
            {"title": page.title, "language": page.locale.language_code, "review_by": page.review_by.isoformat()}
            for page in overdue_pages
        ],
        "help_points": [
            {"name": point.name, "unit": point.unit.name, "review_by": point.review_by.isoformat()}
            for point in stale_points(day)
        ],
        "flagged": flagged + len(new),
        "settled": settled,
    }


@transaction.atomic
def tell_owners(*, day: date | None = None) -> int:
    """Once a week: tell the owner of each stale procedure which of theirs wait, and on how many pages readers are warned.

    What nobody owns is told to all editors. Asked twice in a week it tells nobody twice. Returns how many were told.
    """
    day = day or timezone.localdate()
    year, week, _weekday = day.isocalendar()
    names: dict[int | None, dict[str, str]] = {}
    for procedure in Procedure.objects.stale(day).order_by("review_by", "code", "locale_id"):
        names.setdefault(procedure.owner_id, {}).setdefault(procedure.code, procedure.name)
    editors = set(User.objects.filter(groups__name=EDITORS, is_active=True).values_list("pk", flat=True))
    known = set(User.objects.filter(pk__in=[pk for pk in names if pk], is_active=True).values_list("pk", flat=True))
    told = 0
    lists: dict[int, dict[str, str]] = {}
    for owner, mine in names.items():
        for pk in [owner] if owner in known else editors:
            lists.setdefault(pk, {}).update(mine)
    for pk, mine in lists.items():
        pages = FreshnessFlag.objects.filter(resolved_at=None, procedure_code__in=mine).values("page").distinct()
        told += notify(
            users=[pk],
            key=f"stale:{year}-{week:02}",
            kind="procedures_stale",
            context={
                "count": len(mine),
                "names": "; ".join(list(mine.values())[:NAMED]) + ("…" if len(mine) > NAMED else ""),
                "pages": pages.count(),
            },
            url=reverse("cms_freshness"),
        )
    return told


@transaction.atomic
def tell_owners_of_points(*, day: date | None = None) -> int:
    """Once a week: tell each owner how many help points wait to be checked; what nobody owns is told to all editors.

    Returns how many were told; asked twice in a week it tells nobody twice.
    """
    day = day or timezone.localdate()
    year, week, _weekday = day.isocalendar()
    editors = set(User.objects.filter(groups__name=EDITORS, is_active=True).values_list("pk", flat=True))
    active = set(User.objects.filter(groups__isnull=False, is_active=True).values_list("pk", flat=True))
    lists: dict[int, list[str]] = {}
    for point in stale_points(day):
        for pk in [point.owner_id] if point.owner_id in active else editors:
            lists.setdefault(pk, []).append(f"{point.name} ({point.unit.name})")
    return sum(
        notify(
            users=[pk],
            key=f"stale-points:{year}-{week:02}",
            kind="help_points_stale",
            context={"count": len(mine), "names": "; ".join(mine[:NAMED]) + ("…" if len(mine) > NAMED else "")},
            url=reverse("cms_freshness"),
        )
        for pk, mine in lists.items()
    )


def content_page_models() -> list[type[ContentPage]]:
    """Every concrete type of page with content, those of upper rooms too."""
    from wagtail.models import get_page_models

    return [model for model in get_page_models() if issubclass(model, ContentPage)]


def _overdue(model: type[ContentPage], day: date) -> Iterable[ContentPage]:
    return model.objects.live().filter(review_by__lt=day).select_related("locale").order_by("review_by")
