"""Two made-up agencies of the demo and the loudspeakers of two communes: what was shown and read out in the last weeks."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cms.sharing.models import Agency, Broadcast, MaterialUse, SharedMaterial, Station
from schools.models import Unit

# Addresses that nobody can own (ADR 0009).
AGENCIES = (
    ("Trang thông tin xã Ben Dua", "https://bendua.example", "Văn phòng UBND xã"),
    ("Cổng thông tin Sở Nội vụ (mẫu)", "https://sonoivu.example", "Phòng Cải cách hành chính"),
)
DAYS = (1, 6, 13)
# Name, where it is heard, unit, and how often a bulletin was read out on each of these days.
STATIONS = (
    ("Đài truyền thanh phường Bến Dừa (mẫu)", "Sáu cụm loa của phường", "BD01", (2, 1, 2)),
    ("Đài truyền thanh xã Đồi Mây (mẫu)", "Bốn cụm loa, hai cụm ở ấp Suối Nhỏ", "DM02", (1, 2, 1)),
)
# So many bulletins each.
AIRED = 3


@transaction.atomic
def load_demo_agencies() -> dict[str, int]:
    """Make what is missing; a second run changes nothing. Returns {"created", "kept"}: agencies and stations."""
    new = _stations()
    shown = list(SharedMaterial.objects.open().filter(format="guide", language="vi").order_by("opened_at", "pk")[:4])
    for place, (name, origin, contact) in enumerate(AGENCIES):
        agency, made = Agency.objects.get_or_create(name=name, defaults={"origins": [origin], "contact": contact})
        new += made
        if not made:
            continue
        MaterialUse.objects.bulk_create(
            MaterialUse(
                agency=agency,
                material=material,
                title=material.title,
                revision_id=material.revision_id,
                kind=MaterialUse.Kind.EMBED,
                day=timezone.localdate() - timedelta(days=days),
                count=7 * (place + 1) + 3 * number + days,
            )
            for number, material in enumerate(shown[place:])
            for days in DAYS
        )
    return {"created": new, "kept": len(AGENCIES) + len(STATIONS) - new}


def _stations() -> int:
    """Returns how many are new."""
    units = {unit.code: unit for unit in Unit.objects.filter(code__in={code for _n, _p, code, _t in STATIONS})}
    aired = _bulletins()
    new = 0
    for name, place, code, times in STATIONS:
        station, made = Station.objects.get_or_create(name=name, defaults={"place": place, "unit": units.get(code)})
        new += made
        if not made:
            continue
        Broadcast.objects.bulk_create(
            Broadcast(
                station=station,
                code=material.code,
                material=material,
                title=material.title,
                language=material.language,
                revision_id=material.revision_id,
                aired_on=timezone.localdate() - timedelta(days=days + number),
                times=often,
            )
            for number, material in enumerate(aired)
            for days, often in zip(DAYS, times, strict=True)
        )
    return new


def _bulletins() -> list[SharedMaterial]:
    """What loudspeakers would read out: the handbook, what is handed out, then guides."""
    open_now = SharedMaterial.objects.open().filter(language="vi", format__in=("handbook", "material", "guide"))
    found = list(open_now.order_by("opened_at", "pk"))
    return sorted(found, key=lambda one: ("handbook", "material", "guide").index(one.format))[:AIRED]
