"""«My team»: the first page of a community team member."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms.sharing.models import Station
from courses.queries.readings import waiting_for
from courses.queries.trainings import coming_for, latest_until
from schools.models import Consent, User
from schools.queries.consents import has_consented
from support.permissions import keeps_visits, units_guided
from support.queries import team as queries
from support.queries import visits


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What a member does next, holds in hand and has done: visits, training, materials, answers of the desk."""
    user = cast(User, request.user)
    if not keeps_visits(user):
        raise Http404
    language = get_language() or "vi"
    today = timezone.localdate()
    until = latest_until(user)
    context = {
        "places": [one.name for one in units_guided(user, today)],
        "totals": visits.own_totals(user),
        "readings": waiting_for(user),
        "trainings": coming_for(user),
        "trained_until": until,
        "is_trained": until is not None and until >= today,
        "courses": queries.courses_for(user, language),
        "at_hand": queries.to_take_along(language),
        "materials": queries.to_publish(language),
        "notes_broadcasts": Station.objects.visible_to(user).exists(),
        "asked": queries.asked_of_desk(user),
        "is_named": has_consented(user, Consent.Purpose.LEADERBOARD),
    }
    return render(request, "support/team.html", context)
