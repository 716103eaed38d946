"""Two made-up agencies of the demo and a commune's loudspeakers: what was shown and read out in the last weeks."""

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


@transaction.atomic
def load_demo_agencies() -> dict[str, int]:
    """Make what is missing; a second run changes nothing. Returns {"created", "kept"}: agencies and stations."""
    new = 0
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
    station, made = Station.objects.get_or_create(
        name="Đài truyền thanh xã Ben Dua",
        defaults={
            "place": "Sáu cụm loa của xã",
            "unit": Unit.objects.filter(name__endswith="Bến Dừa").first(),
        },
    )
    if made:
        Broadcast.objects.bulk_create(
            Broadcast(
                station=station,
                code=material.code,
                material=material,
                title=material.title,
                language=material.language,
                revision_id=material.revision_id,
                aired_on=timezone.localdate() - timedelta(days=days),
                times=2,
            )
            for material in shown[:2]
            for days in DAYS
        )
    new += made
    return {"created": new, "kept": len(AGENCIES) + 1 - new}
