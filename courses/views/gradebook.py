"""The class gradebook: everything given to a class in one table, on the screen, on paper and as .xlsx."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.gradebook_form import FilterForm
from courses.queries import catalogue
from courses.queries.gradebook import Filters, Gradebook, class_gradebook
from courses.queries.gradebook_list import cells, columns, summary
from courses.queries.parent_letters import letters_of
from schools.models import SchoolClass, User
from schools.queries.addresses import absolute

PER_PAGE = 100


def _gradebook(request: HttpRequest, uuid: UUID) -> tuple[Gradebook, FilterForm]:
    school_class = get_object_or_404(
        SchoolClass.objects.visible_to(request.user).select_related("school", "school_year"), uuid=uuid
    )
    form = FilterForm(request.GET or None)
    filters = form.filters() if form.is_bound and form.is_valid() else Filters()
    book = class_gradebook(user=request.user, school_class=school_class, language=get_language() or "", filters=filters)
    form.offer(
        [
            (str(row.uuid), catalogue.title_here(row.target_key, row.assignment.title_at_the_time))
            for row in book.choices
        ]
    )
    return book, form


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    book, form = _gradebook(request, uuid)
    printing = request.GET.get("print") == "1"
    per_page = max(1, len(book.pupils)) if printing else PER_PAGE
    listed = Paginator(book.pupils, per_page).get_page(request.GET.get("page"))
    headings = columns(book)
    kept = urlencode(
        {name: str(value) for name, value in request.GET.items() if name in FilterForm.base_fields and value}
    )
    shown = {
        "book": book,
        "form": form,
        "school_class": book.school_class,
        "columns": headings,
        "lines": [{"pupil": pupil, "cells": cells(book, headings, pupil)} for pupil in listed.object_list],
        "summary": summary(book, headings),
        "listed": listed,
        "query": f"{kept}&" if kept else "",
        "kept": kept,
        "printing": printing,
    }
    return render(request, "courses/gradebook.html", shown, status=422 if form.errors else 200)


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same table: with the same filters it has the same cells."""
    book, _form = _gradebook(request, uuid)
    # What writes tables is large: no web process holds it before somebody asks.
    from courses import gradebook_file

    response = HttpResponse(gradebook_file.workbook(book), content_type=gradebook_file.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{gradebook_file.file_name(book)}"'
    return response


@require_safe
@login_required
@never_cache
def parent_letters(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A page for the parents of each pupil, to be printed; with the gradebook's filters, and `?pupil=` for one."""
    book, _form = _gradebook(request, uuid)
    pupil = None
    if asked := request.GET.get("pupil"):
        pupil = next((one.user_key for one in book.members if str(one.user_key) == asked), None)
        if pupil is None:
            raise Http404
    shown = {
        "school_class": book.school_class,
        "book": book,
        "letters": letters_of(book, pupil),
        "teacher": cast(User, request.user).get_full_name(),
        "address": absolute("/").split("://", 1)[-1].rstrip("/"),
    }
    return render(request, "courses/parent_letters.html", shown)
