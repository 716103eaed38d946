"""Pages of the editors' admin besides Wagtail's own."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Page

from cms.audit.operations import record
from cms.operations.editorial import UrgencyRefused, is_reviewer, may_publish_urgently, publish_urgently, sign_review
from cms.operations.freshness import confirm_page
from cms.pictures import pictures_without_words
from cms.problems import Problem
from cms.queries import amber_pages, amber_procedures
from cms.vocabulary.places import stale_points

# A commune's table is a few rows; a province's some thousand.
MOST_BYTES = 5_000_000


def freshness(request: HttpRequest) -> HttpResponse:
    """The whole amber list."""
    context = {
        "procedures": amber_procedures(),
        "flags": amber_pages(),
        "points": stale_points(),
        "header_title": _("Freshness of facts"),
    }
    return render(request, "cms/admin/freshness.html", context)


@require_POST
def confirm(request: HttpRequest, page_id: int) -> HttpResponse:
    page = _editable(request, page_id)
    ended = confirm_page(page=page, by=request.user)
    if ended:
        messages.success(request, _("“%(title)s” is marked as right again.") % {"title": page.title})
    else:
        messages.warning(request, _("Check the procedure itself first: it is past its review date."))
    return redirect("cms_freshness")


class UrgentForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why can this not wait for the review?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "POST"])
def urgent(request: HttpRequest, page_id: int) -> HttpResponse:
    page = _editable(request, page_id)
    if not may_publish_urgently(request.user):
        raise PermissionDenied
    form = UrgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publish_urgently(page=page, by=request.user, reason=form.cleaned_data["reason"])
        except UrgencyRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("“%(title)s” is published. It waits for its review.") % {"title": page.title})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    context = {
        "form": form,
        "page": page,
        "header_title": _("Publish urgently"),
        "wordless": pictures_without_words(page.get_latest_revision_as_object()),
    }
    return render(request, "cms/admin/urgent.html", context)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, page_id: int) -> HttpResponse:
    page = _editable(request, page_id)
    if not is_reviewer(request.user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            sign_review(page=page, by=request.user)
        except UrgencyRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("You signed “%(title)s” as reviewed.") % {"title": page.title})
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    context = {"page": page, "header_title": _("Sign as reviewed"), "wordless": pictures_without_words(page)}
    return render(request, "cms/admin/sign.html", context)


class WordForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Word file (.docx)"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        allow_empty_file=True,
    )
    page_type = forms.ChoiceField(label=gettext_lazy("What it becomes"))

    def __init__(self, *args, parent: Page, **kwargs):
        super().__init__(*args, **kwargs)
        from cms.operations import documents

        self.fields["page_type"].choices = [
            (model._meta.label_lower, capfirst(model._meta.verbose_name))
            for model in documents.page_types_below(parent)
        ]
        self.fields["page_type"].initial = documents.usual_page_type(parent)
        self.fields["file"].help_text = _("At most %(size)s MB.") % {"size": documents.MAX_BYTES // 1_000_000}


@require_http_methods(["GET", "POST"])
def word(request: HttpRequest, parent_id: int) -> HttpResponse:
    """Upload a Word file and get a draft, with a list of what could not be taken."""
    parent = get_object_or_404(Page, pk=parent_id).specific
    if not parent.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    # What reads Word files is large and rarely asked for: no web process holds it before it is.
    from cms.operations import documents

    form = WordForm(request.POST or None, request.FILES or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        try:
            draft = documents.draft_from_word(
                file=form.cleaned_data["file"],
                parent=parent,
                page_type=form.cleaned_data["page_type"],
                by=request.user,
            )
        except Problem as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(
                request, _("The draft “%(title)s” is ready. Read it through.") % {"title": draft.page.title}
            )
            if draft.left_out:
                text = ngettext(
                    "%(count)s thing was not taken: %(list)s",
                    "%(count)s things were not taken: %(list)s",
                    len(draft.left_out),
                )
                messages.warning(request, text % {"count": len(draft.left_out), "list": "; ".join(draft.left_out[:20])})
            for note in draft.notes:
                messages.info(request, note)
            return redirect(reverse("wagtailadmin_pages:edit", args=[draft.page.pk]))
    context = {"form": form, "parent": parent, "header_title": _("New page from a Word file")}
    return render(request, "cms/admin/word.html", context, status=422 if form.errors else 200)


def _editable(request: HttpRequest, page_id: int) -> Page:
    page = get_object_or_404(Page, pk=page_id).specific
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


class HelpPointsForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Table of help points"))
    dry_run = forms.BooleanField(label=gettext_lazy("Only say what would be done"), required=False, initial=True)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("At most %(size)s MB.") % {"size": MOST_BYTES // 1_000_000})
        return file


@require_http_methods(["GET", "POST"])
@permission_required("vocabulary.add_helppoint", raise_exception=True)
def import_help_points(request: HttpRequest) -> HttpResponse:
    """Upload the table a commune keeps; what is wrong in it is named row by row, the rest is taken."""
    # What reads workbooks is large and rarely asked for.
    from cms.vocabulary.place_files import import_points

    form = HelpPointsForm(request.POST or None, request.FILES or None)
    context = {"form": form, "header_title": _("Help points from a table")}
    if request.method == "POST" and form.is_valid():
        dry_run = form.cleaned_data["dry_run"]
        try:
            done = import_points(raw=form.cleaned_data["file"].read(), dry_run=dry_run)
        except Problem as problem:
            form.add_error("file", str(problem))
        else:
            if not dry_run:
                record(
                    actor=request.user,
                    action="help_points_imported",
                    target_kind="helppoint",
                    target_key="",
                    target_label=form.cleaned_data["file"].name[:80],
                    detail={"created": done.created, "changed": done.changed, "left_out": len(done.rejected)},
                )
            context |= {"done": done, "dry_run": dry_run}
    return render(request, "cms/admin/import_help_points.html", context)
