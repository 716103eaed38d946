"""«Ý kiến và thay đổi»: the public page, telling what was changed, and thanking teams."""

from typing import cast
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from schools.models import Consent, User
from schools.operations.privacy import record_consent, withdraw_consent
from support.models import ChangePage, Honour, Survey, Visit
from support.operations.opinions import give_honour, publish_change, take_back_honour
from support.permissions import keeps_visits, may_publish, reads_visits, works_at_desk
from support.queries import opinions as queries
from support.queries import to_tell, visits
from support.queries.desk import figures

PER_PAGE = 20
INPUT = {"class": "input"}
CONSENT_TEXT = "honour-2026-1"


@require_safe
@never_cache
def changes(request: HttpRequest) -> HttpResponse:
    """What people said and what was changed, how the desk does, whom the teams guided, and whom to thank."""
    language = get_language() or "vi"
    page = Paginator(queries.changes(language), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.with_sources(list(page.object_list))
    context = {
        "page": page,
        "desk": figures(),
        "visits": visits.public_figures(visits.period_of("")),
        "honours": queries.honours(),
    }
    return render(request, "support/changes.html", context)


class ChangeForm(forms.Form):
    """What people said, what is new because of it."""

    title = forms.CharField(
        label=gettext_lazy("What has changed, in one line"), max_length=160, widget=forms.TextInput(attrs=INPUT)
    )
    heard = forms.CharField(
        label=gettext_lazy("What people said, without anything personal"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, **INPUT}),
    )
    changed = forms.CharField(
        label=gettext_lazy("What is new because of it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, **INPUT}),
    )
    heard_from = forms.ChoiceField(
        label=gettext_lazy("How was it heard?"), choices=ChangePage.Source.choices, widget=forms.Select(attrs=INPUT)
    )
    said_by = forms.IntegerField(
        label=gettext_lazy("How many said so?"),
        min_value=1,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", **INPUT}),
        help_text=gettext_lazy("Fewer than five are not shown."),
    )
    changed_on = forms.DateField(
        label=gettext_lazy("When was it changed?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **INPUT}),
        help_text=gettext_lazy("A day ahead says what will change."),
    )
    redacted = forms.BooleanField(
        label=gettext_lazy("I have read it: nobody can be recognised"),
        error_messages={"required": gettext_lazy("Read it once more: can anybody be recognised?")},
    )
    guide = forms.UUIDField(widget=forms.HiddenInput, required=False)
    survey = forms.UUIDField(widget=forms.HiddenInput, required=False)
    question = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=40)
    difficulty = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=[("", ""), *Visit.Difficulty.choices]
    )
    service = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)
    key = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tell_change(request: HttpRequest) -> HttpResponse:
    """Tell in public what was changed; mostly after a guide was mended, whose questions then stand there already."""
    user = cast(User, request.user)
    if not works_at_desk(user):
        raise Http404
    if request.method == "POST":
        form = ChangeForm(request.POST)
    else:
        form = ChangeForm(
            initial={"key": uuid4(), "changed_on": timezone.localdate(), **_beginning(user, request.GET.dict())}
        )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        survey = _survey(user, data["survey"]) if data["survey"] else None
        # What it was heard by is known then, whatever the list says.
        known = ChangePage.Source.SURVEY if survey else ChangePage.Source.VISIT if data["difficulty"] else ""
        try:
            page = publish_change(
                key=data["key"],
                title=data["title"],
                heard=data["heard"],
                changed=data["changed"],
                heard_from=known or data["heard_from"],
                said_by=data["said_by"],
                changed_on=data["changed_on"],
                guide_key=data["guide"],
                survey=survey,
                question=data["question"],
                difficulty=data["difficulty"],
                procedure_code=data["service"],
                actor=user,
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            told = _("It stands on the public page.") if page.live else _("A reviewer looks at it, then it is public.")
            messages.success(request, told)
            return redirect("support:changes")
    context = {"form": form, "lets_through": may_publish(user)}
    return render(request, "support/tell_change.html", context, status=422 if form.errors else 200)


def _survey(user: User, uuid: UUID) -> Survey:
    return get_object_or_404(Survey.objects.visible_to(user), uuid=uuid)


def _beginning(user: User, asked: dict[str, str]) -> dict:
    """What stands in the form already, by where one comes from: a guide, a question of a survey, a difficulty."""
    try:
        if "guide" in asked:
            return to_tell.of_guide(user, UUID(asked["guide"]))
        if "survey" in asked:
            survey = _survey(user, UUID(asked["survey"]))
            if survey.results_public_at is None:
                raise Http404
            found = to_tell.of_survey(survey, asked.get("question", ""))
        elif "difficulty" in asked:
            difficulty = Visit.Difficulty(asked["difficulty"])
            found = to_tell.of_difficulty(user, difficulty, asked.get("service", ""))
        else:
            return {}
    except ValueError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
@never_cache
def heard(request: HttpRequest) -> HttpResponse:
    """What people said and nobody has answered in public yet: each leads to the form with what is known filled in."""
    user = cast(User, request.user)
    if not works_at_desk(user):
        raise Http404
    return render(request, "support/heard.html", {"offers": to_tell.offers(user)})


@require_POST
@login_required
@never_cache
def honour(request: HttpRequest, code: str) -> HttpResponse:
    """Thank the team of a commune, or one of it, for a period; or take that back (`undo`)."""
    user = cast(User, request.user)
    unit = visits.overseen_unit(user, code) if reads_visits(user) else None
    if unit is None:
        raise Http404
    asked = request.POST
    back = redirect(f"{reverse('support:visit_commune', args=[code])}?period={asked.get('period', '')}#honours")
    if "undo" in asked:
        try:
            found = get_object_or_404(Honour.objects.visible_to(user), unit=unit, uuid=UUID(asked["undo"]))
        except ValueError as error:
            raise Http404 from error
        take_back_honour(honour=found, actor=user)
        messages.success(request, _("It is no longer shown."))
        return back
    period = visits.period_of(asked.get("period", ""))
    member = None
    if asked.get("member"):
        team = visits.members_in(unit, period)
        member = next((one for one in team if str(one.uuid) == asked["member"]), None)
        if member is None:
            raise Http404
    try:
        give_honour(unit=unit, period=period, words=asked.get("words", ""), member=member, actor=user)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("It stands on the public page."))
    return back


@require_POST
@login_required
@never_cache
def named(request: HttpRequest) -> HttpResponse:
    """A member says whether they may be named when they are thanked; it can be taken back at any time."""
    user = cast(User, request.user)
    if not keeps_visits(user):
        raise Http404
    purpose, giver = Consent.Purpose.LEADERBOARD, Consent.Giver.PUPIL
    if request.POST.get("named") == "yes":
        evidence = _("By the person, signed in")
        record_consent(
            user=user, purpose=purpose, giver=giver, text_version=CONSENT_TEXT, evidence=evidence, actor=user
        )
        messages.success(request, _("Thank you. You are named when your work is honoured."))
    else:
        for one in Consent.objects.filter(user=user, purpose=purpose, giver=giver, withdrawn_at=None):
            withdraw_consent(consent=one, actor=user)
        messages.success(request, _("You are not named in public."))
    return redirect("support:team")
