"""The audit log, for the province: who did what to whom or what, in words."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from schools.models import Role, User
from schools.permissions import current_roles
from schools.queries.audit import Asked, choices, events_of, in_words
from schools.views.common import day_of, show

PER_PAGE = 50


def may_read_log(user: User) -> bool:
    """The log holds the whole province's offices: its officers and the superuser read it."""
    if user.is_superuser:
        return True
    offices = current_roles(user).filter(kind=Role.Kind.PROVINCE_OFFICER, unit__depth=1)
    return offices.exists()


@never_cache
@login_required
@require_safe
def log(request):
    """Who did what, the newest first: by person, kind of act, words of the thing, and day."""
    if not may_read_log(cast(User, request.user)):
        raise Http404
    typed = {name: request.GET.get(name, "").strip()[:80] for name in ("who", "q", "act", "since", "until")}
    asked = Asked(typed["who"], typed["q"], typed["act"], day_of(typed["since"]), day_of(typed["until"]))
    page = Paginator(events_of(asked), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "page": page,
        "lines": in_words(page.object_list),
        "choices": choices(),
        "typed": typed,
        "asked": any(typed.values()),
        "query": f"{query.urlencode()}&" if query else "",
        "taken_at": timezone.now(),
    }
    return show(request, "schools/audit_log.html", shown)
