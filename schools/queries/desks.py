"""Who is looking at a page, and where their own work is: the head of every page, the home page, the way in."""

from collections.abc import Callable
from typing import TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from schools.channels import set_up
from schools.models import Role, User
from schools.permissions import takes_papers, teaches

# Every page of a signed-in person asks; a new office may take so long to show, nobody's rights depend on it.
SECONDS = 60
TOLD = "_viewers"
# Whose page of figures is worth a place in the menu; a school's stands on its own page.
FIGURES = {Role.Kind.PROVINCE_OFFICER, Role.Kind.COMMUNE_OFFICER}
# Who guides people from door to door, and writes it down.
GUIDES = {Role.Kind.COMMUNITY_MEMBER, Role.Kind.COMMUNE_OFFICER}
EDITORS = {Role.Kind.EDITOR, Role.Kind.TRANSLATOR, Role.Kind.REVIEWER}


class Desk(TypedDict):
    """Where somebody's own work is."""

    label: str
    url: str
    icon: str


class Viewer(TypedDict):
    """`roles` as in the session API; `desks` the most pressing first, never empty; `edits`: works on the pages.

    `is_pupil`: holds no office and teaches nobody. `takes_papers`: is offered slides, plans and tests on paper.
    """

    name: str
    roles: list[str]
    is_pupil: bool
    takes_papers: bool
    edits: bool
    desks: list[Desk]


_first: list[Callable[[User], list[Desk]]] = []


def register_first(find: Callable[[User], list[Desk]]) -> None:
    """Called by a room above in its `AppConfig.ready()`: `find(user)` gives what stands first on somebody's own page."""
    _first.append(find)


def first_things(user: User) -> list[Desk]:
    """What a person has to do before everything else, such as a reading to confirm."""
    return [one for find in _first for one in find(user)]


def viewer_of(user: User) -> Viewer:
    """Name, roles and desks of a signed-in person in the active language. At most three statements a minute.

    A page asks more than once: what it was told stays with the account it was told of, which lives as long as a request.
    """
    told, language = user.__dict__.setdefault(TOLD, {}), get_language()
    if language not in told:
        told[language] = _viewer(user)
    return told[language]


def _viewer(user: User) -> Viewer:
    facts = cache.get_or_set(f"viewer:{user.pk}:{user.session_number}", lambda: _facts(user), SECONDS)
    roles = facts["roles"]
    edits = "admin" in roles or bool(EDITORS.intersection(roles))
    return {
        "name": facts["name"],
        "roles": roles,
        "is_pupil": not roles and not facts["teaches"],
        "takes_papers": takes_papers(user, roles, is_teacher=facts["teaches"]),
        "edits": edits,
        "desks": _desks(
            roles, facts["schools"], edits=edits, is_teacher=facts["teaches"], reads_log=facts.get("reads_log", False)
        ),
    }


def landing_of(user: User, wanted: str = "") -> str:
    """Where a person lands who has signed in: the page they asked for, else the first of their desks.

    The home page is nobody's wish: it is where the sign-in link stands. Whoever chose another language than the site's
    main one on the way in stays in it; else the account's language holds.
    """
    homes = {"/", *(f"/{code}/" for code in dict(settings.LANGUAGES))}
    if wanted and urlsplit(wanted).path not in homes:
        return wanted
    language = get_language()
    if language == settings.LANGUAGE_CODE and user.language in dict(settings.LANGUAGES):
        language = user.language
    with translation.override(language):
        return viewer_of(user)["desks"][0]["url"]


def forget_viewer(user: User) -> None:
    """Let the next page ask anew: the name or an office has changed."""
    user.__dict__.pop(TOLD, None)
    cache.delete(f"viewer:{user.pk}:{user.session_number}")


def _facts(user: User) -> dict:
    today = timezone.localdate()
    roles = list(
        Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user=user, starts_on__lte=today)
        .order_by("pk")
        .values_list("kind", "school__code", "school__name", "unit__depth")
    )
    kinds = list(dict.fromkeys(kind for kind, *_place in roles))
    return {
        "name": user.get_short_name() or user.username,
        "roles": (["admin"] if user.is_superuser else []) + kinds,
        "teaches": teaches(user, kinds),
        "schools": [(code, name) for kind, code, name, _depth in roles if kind == Role.Kind.SCHOOL_ADMIN and code],
        "reads_log": user.is_superuser
        or any(kind == Role.Kind.PROVINCE_OFFICER and depth == 1 for kind, _code, _name, depth in roles),
    }


def _desks(
    roles: list[str], schools: list[tuple[str, str]], *, edits: bool, is_teacher: bool, reads_log: bool
) -> list[Desk]:
    if not roles and not is_teacher:
        return [{"label": _("My work"), "url": reverse("courses:today"), "icon": "list-checks"}]
    found: list[Desk] = []
    for code, name in schools:
        label = name if len(schools) > 1 else _("My school")
        found.append({"label": label, "url": reverse("schools:home", args=[code]), "icon": "school"})
    if is_teacher:
        found.append({"label": _("My classes"), "url": reverse("courses:teach"), "icon": "users"})
    if edits:
        found.append({"label": _("Edit the pages"), "url": reverse("wagtailadmin_home"), "icon": "pencil"})
    if Role.Kind.CONTEST_SECRETARY in roles:
        found.append({"label": _("Contests I look after"), "url": reverse("contests:desk"), "icon": "trophy"})
    if Role.Kind.JUROR in roles:
        found.append({"label": _("My jury work"), "url": reverse("contests:jury_home"), "icon": "clipboard-list"})
    if Role.Kind.COMMUNE_OFFICER in roles:
        found.append({"label": _("My commune"), "url": reverse("reports:mine"), "icon": "landmark"})
    if "admin" in roles or FIGURES.intersection(roles):
        found.append({"label": _("Coverage"), "url": reverse("reports:home"), "icon": "chart-column"})
    if "admin" in roles or FIGURES.intersection(roles):
        found.append({"label": _("Trainings"), "url": reverse("courses:trainings"), "icon": "calendar-check"})
    if (
        "admin" in roles
        or FIGURES.intersection(roles)
        or EDITORS.difference({Role.Kind.TRANSLATOR}).intersection(roles)
    ):
        found.append({"label": _("Questions of people"), "url": reverse("support:desk"), "icon": "messages-square"})
    if "admin" in roles or Role.Kind.PROVINCE_OFFICER in roles:
        found.append({"label": _("Reports of the year"), "url": reverse("reports:rounds"), "icon": "clipboard-list"})
        found.append({"label": _("Schools and units"), "url": reverse("schools:places"), "icon": "school"})
        found.append({"label": _("Staff accounts"), "url": reverse("schools:people"), "icon": "user-check"})
        found.append({"label": _("People's data"), "url": reverse("schools:person_data_find"), "icon": "shield-check"})
    if reads_log:
        found.append({"label": _("Log of what was changed"), "url": reverse("schools:audit_log"), "icon": "file-text"})
        if set_up():
            found.append({"label": _("Messages sent out"), "url": reverse("schools:deliveries"), "icon": "send"})
    if GUIDES.intersection(roles):
        found.append({"label": _("My team"), "url": reverse("support:team"), "icon": "heart-handshake"})
    if "admin" in roles or FIGURES.intersection(roles):
        found.append({"label": _("People guided"), "url": reverse("support:visits"), "icon": "heart-handshake"})
    # Staff take training courses as pupils take lessons; for some it is all they have here.
    found.append({"label": _("My learning"), "url": reverse("courses:today"), "icon": "book-open"})
    return found
