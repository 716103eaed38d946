"""The data officer's desk: find a person of one's own school or unit, see what is held, hand it over, erase it."""

from typing import cast

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from schools import privacy
from schools.models import User
from schools.operations.privacy import erase_person
from schools.permissions import people_whose_data_kept_by
from schools.queries.people import find_people
from schools.views.audit import may_read_log
from schools.views.common import show
from schools.views.privacy import EraseForm, give_file


@never_cache
@login_required
@require_safe
def find(request):
    """A search over the people whose data one answers for; 404 for whoever answers for nobody's."""
    people = people_whose_data_kept_by(cast(User, request.user))
    if not people.exists():
        raise Http404
    text = request.GET.get("q", "").strip()[:80]
    shown = {"text": text, "found": find_people(people, text) if text else [], "reads_log": may_read_log(request.user)}
    return show(request, "schools/person_data_find.html", shown)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, uuid):
    """What is held of one person by room. Erasing asks for a reason, then once more with the person's name."""
    people = people_whose_data_kept_by(cast(User, request.user)).select_related("person")
    user = get_object_or_404(people, uuid=uuid)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "export":
        return give_file(user, request.user)
    form, asks = EraseForm(request.POST if do in {"erase", "sure"} else None), False
    if do in {"erase", "sure"} and form.is_valid():
        asks = True
        if do == "sure":
            try:
                erase_person(user=user, reason=form.cleaned_data["reason"], actor=request.user)
            except Problem as problem:
                form.add_error("reason", str(problem))
                asks = False
            else:
                messages.success(request, _("The person's data is erased. Their results stay without a name."))
                return redirect("schools:person_data_find")
    shown = {"who": user, "held": held_of(user), "form": form, "asks": asks}
    return show(request, "schools/person_data.html", shown, status=422 if form.errors else 200)


def held_of(user: User) -> list[dict]:
    """How much each room holds of `user`: the room's name and the number of entries the file would have."""
    found = []
    for room, part in sorted(privacy.parts.items()):
        told = part.export(user)
        entries = sum(
            len(value) if isinstance(value, list) else int(value not in (None, "")) for value in told.values()
        )
        found.append({"room": apps.get_app_config(room).verbose_name, "entries": entries})
    return found
