"""Who may open what: every address of the product, asked by everybody, must answer as docs/permissions.md says."""

import re
from copy import deepcopy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import get_resolver, resolve, reverse
from django.urls.resolvers import URLResolver

from tests.architecture.permission_calls import CALLS, Call
from tests.cast import whole_cast
from tests.factories import everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.any_database]

OURS = ("cms.", "courses.", "media.", "quizzes.", "schools.", "contests.", "reports.", "support.")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
ROLES = [
    *("visitor", "pupil", "other_pupil", "teacher", "other_teacher", "school_admin"),
    *("editor", "translator", "reviewer", "juror", "province_officer"),
]
# Wagtail's own addresses that answer before it asks who is there: pictures and words of its pages, and its way out.
WAGTAIL_OPEN = {
    "wagtailadmin_logout",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
    "wagtailimages_serve",
}
# Switched off (settings/base.py): passwords are reset by the office above.
WAGTAIL_OFF = "wagtailadmin_password_reset"


def table() -> dict[str, dict[str, dict[str, str]]]:
    """{part: {"GET name": {role: answer}}} as the document has it."""
    parts: dict[str, dict[str, dict[str, str]]] = {}
    rows: dict[str, dict[str, str]] = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if begins := re.match(r"<!-- part: (.+) -->$", line):
            rows = parts.setdefault(begins[1], {})
        elif found := re.match(r"\| `(.+?)` \|(.+)\|$", line):
            assert found[1] not in rows, f"{found[1]} is written twice"
            rows[found[1]] = dict(zip(ROLES, (cell.strip() for cell in found[2].split("|")), strict=True))
    return parts


def addresses(resolver=None, before: str = "", spaces: tuple[str, ...] = ()) -> dict[str, str]:
    """{route: name} of every address there is."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + (str(pattern.pattern).removeprefix("^") if before else str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            found |= addresses(pattern, route, inside)
        else:
            found[route] = ":".join([*spaces, pattern.name or ""])
    return found


def is_wagtails(route: str) -> bool:
    """Below /admin/ and not of this project: asked together."""
    if not route.startswith("admin/"):
        return False
    view = resolve(path_like(route)).func
    return not getattr(view, "view_class", view).__module__.startswith(OURS)


def path_like(route: str) -> str:
    """An address that fits `route`, with nothing behind it."""
    route = re.sub(r"\(\?P<\w+>(\w+|\\d\+|\.\+)(?:\|[^)]*)?\)", lambda found: _value(found[1]), route)
    route = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", route)
    route = re.sub(r"<int:\w+>", "1", route)
    route = re.sub(r"<(?:\w+:)?\w+>", "x", route)
    return "/" + route.replace(".*/", "x/").replace("\\.", ".").replace("$", "")


def _value(pattern: str) -> str:
    return pattern if pattern.isalpha() else "1"


def answer_of(response) -> str:
    """The status; or `sign-in`, or `refused`: back to the first page of the back end, which says why."""
    if response.status_code not in {301, 302}:
        return str(response.status_code)
    where = urlsplit(response["Location"]).path
    if where.endswith("/account/sign-in/") or where == "/admin/login/":
        return "sign-in"
    return "refused" if where == "/admin/" else str(response.status_code)


@pytest.fixture(scope="module")
def stage(shared_database):
    """Made once for all: what an address does is undone before the next is asked."""
    people = whole_cast()
    cast = {role: people.get(role) for role in ROLES}
    return everything.build(cast, people["school_class"])


@pytest.fixture
def ask(stage, as_user):
    """`ask(row)` → {role: answer}; what one of them does is undone before the next is asked."""
    clients = {role: as_user(person, raise_request_exception=False) for role, person in stage.cast.items()}
    sessions = {role: deepcopy(client.cookies) for role, client in clients.items()}
    written = False

    def asked(row: str) -> dict[str, str]:
        method, name = row.split(" ")[:2]
        call = CALLS.get(row, Call())
        path = reverse(name, args=call.args(stage.things))
        answers = {}
        nonlocal written
        for role, client in clients.items():
            # What was written is taken back, and what was kept of it with it; a way on may have been put into a session.
            if written or method != "GET":
                cache.clear()
            client.cookies = deepcopy(sessions[role])
            with transaction.atomic():
                answers[role] = answer_of(call.send(client, method, path, stage.things))
                transaction.set_rollback(True)
            written = method != "GET" or answers[role] == "302"
        return answers

    return asked


PARTS = ["account", "schools", "courses", "quizzes", "contests", "reports", "support", "site", "api", "back end"]


@pytest.mark.parametrize("part", PARTS)
def test_everybody_gets_what_the_table_says(part, ask):
    wrong = []
    for row, expected in table()[part].items():
        for role, answer in ask(row).items():
            if answer != expected[role]:
                wrong.append(f"{row}: {role} gets {answer}, the table says {expected[role]}")
    assert not wrong, "\n".join(wrong)


def test_the_table_knows_every_address(stage):
    known = set()
    for rows in table().values():
        for row in rows:
            path = reverse(row.split(" ")[1], args=CALLS.get(row, Call()).args(stage.things))
            known.add(resolve(path).route)
    assert set(table()) == set(PARTS)
    missing = {name or route for route, name in addresses().items() if route not in known and not is_wagtails(route)}
    assert not missing, f"docs/permissions.md does not say who may open: {', '.join(sorted(missing))}"


def test_a_call_without_a_row_is_a_slip():
    written = {row for rows in table().values() for row in rows}
    assert not CALLS.keys() - written


@pytest.mark.parametrize("role", ["visitor", "pupil", "teacher", "school_admin", "juror", "province_officer"])
def test_nobody_else_gets_into_the_back_end(role, stage, as_user):
    """Every address below /admin/, Wagtail's own included; nothing has to be there, for nobody gets so far."""
    client = as_user(stage.cast[role], raise_request_exception=False)
    entered, asked = [], 0
    for route, name in addresses().items():
        if not route.startswith("admin/") or name in WAGTAIL_OPEN:
            continue
        answer = answer_of(client.get(path_like(route)))
        asked += 1
        if answer != ("404" if name.startswith(WAGTAIL_OFF) else "sign-in"):
            entered.append(f"/{route} ({name}): {answer}")
    assert not entered, "\n".join(entered)
    assert asked > 300
