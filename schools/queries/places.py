"""Schools and units as the province keeps them: what they are called, what they came from and what followed them."""

from datetime import date

from django.db.models import Q, QuerySet

from cms.text.folding import fold
from schools.models import FormerName, School, Unit, User
from schools.permissions import schools_kept, units_kept

Place = School | Unit


def places(user: User, kind: str, text: str = "") -> QuerySet:
    """Schools or units `user` keeps, with what followed the closed ones; found also by former name, code and unit."""
    base: QuerySet = schools_kept(user).select_related("unit") if kind == "schools" else units_kept(user)
    found = base
    for word in fold(text).split():
        named = Q(name_folded__contains=word) | Q(code__icontains=word)
        if kind == "schools":
            named |= Q(unit__name_folded__contains=word)
        found = found.filter(named)
    if text.strip():
        former = FormerName.objects.filter(name__icontains=text.strip()).exclude(**{_of(kind): None})
        found = found | base.filter(pk__in=former.values(_of(kind)))
    return found.prefetch_related("successions__successor").order_by("name_folded", "pk")


def _of(kind: str) -> str:
    return "school" if kind == "schools" else "unit"


def name_on(place: Place, day: date) -> str:
    """What a school or unit was called on a day."""
    earlier = place.former_names.filter(used_until__gte=day).order_by("used_until").first()  # type: ignore[union-attr]  # both have it
    return earlier.name if earlier else place.name


def find_successors(user: User, kind: str, codes: str) -> tuple[list, list[str]]:
    """The places of the whole province with these codes (by comma or blank), and the codes that mean none."""
    base = School.objects.all() if kind == "schools" else Unit.objects.all()
    found, unknown = [], []
    for code in codes.replace(",", " ").replace(";", " ").split():
        place = base.filter(code__iexact=code).first()
        if place is None:
            unknown.append(code)
        elif place not in found:
            found.append(place)
    return found, unknown


def history_of(place: Place) -> list[dict]:
    """What happened to a place, the latest first: {on, what, names, decision}; `what` is renamed, from or into."""
    lines = [
        {"on": row.used_until, "what": "renamed", "names": [row.name], "decision": row.decision}
        for row in place.former_names.all()  # type: ignore[union-attr]  # both have it
    ]
    for what, rows, other in (
        ("into", place.successions.select_related("successor"), "successor"),  # type: ignore[union-attr]  # both have it
        ("from", place.predecessions.select_related("predecessor"), "predecessor"),  # type: ignore[union-attr]  # both have it
    ):
        by_day: dict = {}
        for row in rows.order_by("pk"):
            line = by_day.setdefault(
                (row.on, row.decision), {"on": row.on, "what": what, "names": [], "decision": row.decision}
            )
            one = getattr(row, other)
            line["names"].append(f"{one.name} ({one.code})")
        lines += by_day.values()
    return sorted(lines, key=lambda line: line["on"], reverse=True)
