"""The official roll on the screen: upload, preview of the difference, use, freeze. For the officer of the province."""

import io

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Max, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.problems import Problem
from reports.formats import TYPES
from reports.forms import FreezeForm, RollForm
from reports.queries.coverage import grade_word
from reports.queries.tables import shown
from schools.models import Roll, RollImport, School, SchoolYear
from schools.operations import rolls
from schools.operations.rolls import RollPlan
from schools.permissions import may_enter_rolls
from schools.queries.rolls import roster_by_school

PER_PAGE = 50


def _officer(request) -> None:
    if not may_enter_rolls(request.user):
        raise Http404


@never_cache
@login_required
def roll(request):
    """What is entered and frozen, and a list to bring in."""
    _officer(request)
    form = RollForm(request.POST, request.FILES) if request.method == "POST" else RollForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            staged = rolls.stage_roll(
                school_year=form.cleaned_data["year"], raw=file.read(), file_name=file.name, actor=request.user
            )
        except Problem as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("reports:roll_preview", uuid=staged.uuid)
    return _show(request, form, None)


def _show(request, form: RollForm, freeze_form: FreezeForm | None) -> HttpResponse:
    year = _year(request)
    bound = form.is_bound or bool(freeze_form)
    drafts = Roll.objects.drafts().filter(school_year=year).aggregate(
        pupils=Sum("pupils"), schools=Count("school", distinct=True), on=Max("on")
    )  # fmt: skip
    frozen = (
        Roll.objects.frozen()
        .filter(school_year=year)
        .values("on")
        .annotate(pupils=Sum("pupils"), schools=Count("school", distinct=True), at=Max("frozen_at"))
        .order_by("-on")
    )
    context = {
        "form": form,
        "freeze_form": freeze_form or FreezeForm(initial={"year": year.code if year else ""}),
        "year": year,
        "years": SchoolYear.objects.order_by("-starts_on")[:4],
        "drafts": {
            **drafts,
            "pupils": drafts["pupils"] and shown(drafts["pupils"]),
            "schools": shown(drafts["schools"]),
        },
        "frozen": [{**row, "pupils": shown(row["pupils"]), "schools": shown(row["schools"])} for row in frozen],
        "imports": RollImport.objects.filter(school_year=year).select_related("actor")[:10],
    }
    return render(request, "reports/roll.html", context, status=422 if bound else 200)


def _year(request) -> SchoolYear | None:
    code = request.GET.get("year") or request.POST.get("year")
    found = SchoolYear.objects.filter(code=code).first() if code else None
    return found or SchoolYear.objects.current()


@require_POST
@login_required
def freeze(request):
    _officer(request)
    form = FreezeForm(request.POST)
    if form.is_valid():
        year = form.cleaned_data["year"]
        try:
            done = rolls.freeze_roll(school_year=year, on=form.cleaned_data["on"], actor=request.user)
        except Problem as problem:
            form.add_error("on", str(problem))
        else:
            words = {"on": shown(form.cleaned_data["on"]), "pupils": shown(done["pupils"])}
            messages.success(request, _("The roll of %(on)s is frozen: %(pupils)s pupils.") % words)
            return redirect(f"{reverse('reports:roll')}?{urlencode({'year': year.code})}")
    return _show(request, RollForm(), form)


def _staged(request, uuid) -> RollImport:
    _officer(request)
    return get_object_or_404(RollImport.objects.select_related("school_year"), uuid=uuid)


@never_cache
@login_required
def preview(request, uuid):
    """The difference a list would make, and beside it what the class lists hold; afterwards what it did."""
    staged = _staged(request, uuid)
    plan = rolls.staged_plan(staged)
    kinds = {
        "rejected": (_("Not taken"), "circle-alert", len(staged.rejected)),
        "created": (_("New"), "plus", len(plan.created)),
        "changed": (_("Changed"), "pencil", len(plan.changed)),
        "unchanged": (_("Unchanged"), "check", len(plan.unchanged)),
    }
    kind = request.GET.get("show")
    if kind not in kinds:
        kind = next((name for name in ("rejected", "changed", "created") if kinds[name][2]), "unchanged")
    chosen = staged.rejected if kind == "rejected" else sorted(getattr(plan, kind))
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "staged": staged,
        "plan": plan,
        "kind": kind,
        "kind_word": kinds[kind][0],
        "page": page,
        "query": urlencode({"show": kind}) + "&",
        "lines": list(page) if kind == "rejected" else _lines(page, plan, staged.school_year),
        "counts": [
            {
                "label": word,
                "icon": icon,
                "number": number,
                "url": f"?{urlencode({'show': name})}",
                "current": name == kind,
            }
            for name, (word, icon, number) in kinds.items()
        ],
        "pupils": shown(sum(plan.rows.values())),
        "schools": shown(len({key[0] for key in plan.rows})),
    }
    return render(request, "reports/roll_preview.html", context)


def _lines(keys, plan: RollPlan, year: SchoolYear) -> list[dict]:
    keys = list(keys)
    schools = School.objects.in_bulk({school for school, _level, _grade in keys})
    totals: dict[int, int] = {}
    for (school, _level, _grade), pupils in {**plan.before, **plan.rows}.items():
        totals[school] = totals.get(school, 0) + pupils
    rosters = roster_by_school(year, list(schools))
    return [
        {
            "school": schools[school],
            "grade": grade_word(level, grade),
            "before": shown(plan.before.get((school, level, grade))),
            "pupils": shown(plan.rows[school, level, grade]),
            "roster": shown(rosters.get(school, 0)),
            "differs": rosters.get(school, 0) > totals[school],
        }
        for school, level, grade in keys
        if school in schools
    ]


@never_cache
@login_required
def refused(request, uuid):
    """The rows that were not taken, as a workbook to mend and bring in again."""
    staged = _staged(request, uuid)
    if not staged.rejected:
        raise Http404
    response = HttpResponse(rolls.refused_file(staged), content_type=TYPES["xlsx"])
    name = f"si-so-can-sua-{staged.school_year.code}.xlsx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@require_POST
@login_required
def apply(request, uuid):
    staged = _staged(request, uuid)
    try:
        done = rolls.apply_roll(staged=staged, actor=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("reports:roll_preview", uuid=uuid)
    messages.success(
        request,
        _("%(pupils)s pupils are entered. Freeze the roll to count with it.")
        % {"pupils": shown(done.summary["pupils"])},
    )
    return redirect(f"{reverse('reports:roll')}?{urlencode({'year': staged.school_year.code})}")


@never_cache
@login_required
def template(request):
    """A workbook with every open school and a column for each grade, to be filled in."""
    _officer(request)
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from cms.text.sheets import cell_of

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Si so")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 44
    bold = Font(bold=True)
    heads = ["Mã trường", "Tên trường", *(f"Khối {grade}" for grade in range(6, 13)), "Sinh viên, học viên", "Tổng số"]
    sheet.append([cell_of(sheet, head, font=bold) for head in heads])
    for school in School.objects.open_on().order_by("unit__name_folded", "name_folded"):
        sheet.append([cell_of(sheet, school.code), cell_of(sheet, school.name)])
    stream = io.BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=TYPES["xlsx"])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="mau-si-so.xlsx")
    return response
