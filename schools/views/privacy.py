"""One's own data; the consents and the data of a pupil, for the school."""

import json
from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from schools.models import Consent, School, SchoolIdentifier, User
from schools.operations.privacy import erase_person, export_person, record_consent, withdraw_consent
from schools.permissions import schools_administered
from schools.queries.consents import givers_needed, who_consented
from schools.views.common import show


def _consents(user: User) -> list[dict]:
    """Each purpose: whether it is allowed today, and the rows behind it, the newest first."""
    rows = list(user.consents.select_related("recorded_by__person").order_by("-given_at"))
    return [
        {
            "purpose": purpose,
            "label": label,
            "allowed": user.pk in who_consented([user.pk], purpose),
            "rows": [row for row in rows if row.purpose == purpose],
        }
        for purpose, label in Consent.Purpose.choices
    ]


def give_file(user: User, actor) -> HttpResponse:
    """Everything kept of `user` as a file to save; the log says who took it."""
    found = json.dumps(export_person(user=user, actor=actor), ensure_ascii=False, indent=1)
    return HttpResponse(
        found,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="du-lieu-ca-nhan.json"'},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request):
    """What I agreed to, what is kept of me, and how it ends."""
    user = cast(User, request.user)
    if request.method == "POST":
        if "export" in request.POST:
            return give_file(user, user)
        consent = get_object_or_404(
            user.consents.filter(giver=Consent.Giver.PUPIL, withdrawn_at=None), pk=_number(request.POST.get("consent"))
        )
        withdraw_consent(consent=consent, actor=user)
        messages.success(request, _("Withdrawn. It allows nothing any more from now on."))
        return redirect("schools:privacy")
    return show(request, "schools/privacy.html", {"consents": _consents(user)})


def _number(text) -> int:
    return int(text) if str(text or "").isdigit() else 0


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=Consent.Purpose, widget=forms.Select(attrs={"class": "input"})
    )
    giver = forms.ChoiceField(
        label=gettext_lazy("Who agreed"), choices=Consent.Giver, widget=forms.Select(attrs={"class": "input"})
    )
    text_version = forms.CharField(
        label=gettext_lazy("Which text"),
        max_length=40,
        help_text=gettext_lazy("The version printed at the foot of the form."),
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Where the signed paper is"),
        max_length=255,
        widget=forms.TextInput(attrs={"class": "input"}),
    )


class EraseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Who asked for it, and how"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
        error_messages={"required": gettext_lazy("Say who asked for it.")},
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone"),
        error_messages={"required": gettext_lazy("Tick this if you are sure.")},
    )


def _pupil_of(school: School, uuid) -> User:
    """Somebody who has or had a code of this school."""
    mine = SchoolIdentifier.objects.filter(school=school).values("user")
    return get_object_or_404(User.objects.select_related("person"), uuid=uuid, pk__in=mine)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_pupil(request, code, uuid):
    """A pupil's consents and data, for the administrator of the school."""
    school = get_object_or_404(schools_administered(request.user), code=code)
    user = _pupil_of(school, uuid)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    consent_form, erase_form = ConsentForm(), EraseForm()
    if do == "export":
        return give_file(user, request.user)
    if do == "withdraw":
        row = get_object_or_404(user.consents.filter(withdrawn_at=None), pk=_number(request.POST.get("consent")))
        withdraw_consent(consent=row, actor=request.user)
        messages.success(request, _("Withdrawn. It allows nothing any more from now on."))
        return redirect("schools:privacy_of_pupil", code, uuid)
    if do == "record":
        consent_form = ConsentForm(request.POST)
        if consent_form.is_valid():
            record_consent(user=user, actor=request.user, **consent_form.cleaned_data)
            messages.success(request, _("The consent is kept."))
            return redirect("schools:privacy_of_pupil", code, uuid)
    if do == "erase":
        erase_form = EraseForm(request.POST)
        if erase_form.is_valid():
            try:
                erase_person(user=user, reason=erase_form.cleaned_data["reason"], actor=request.user)
            except Problem as problem:
                erase_form.add_error("reason", str(problem))
            else:
                messages.success(request, _("The person's data is erased. Their results stay without a name."))
                return redirect("schools:home", code)
    person = user.person
    shown = {
        "school": school,
        "person": person,
        "consents": _consents(user),
        "needed": [Consent.Giver(giver).label for giver in sorted(givers_needed(person.birth_date, is_pupil=True))],
        "consent_form": consent_form,
        "erase_form": erase_form,
    }
    return show(request, "schools/privacy_of_pupil.html", shown)
