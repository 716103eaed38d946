"""Two made-up agencies of the demo, and what their portals showed in the last weeks."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cms.sharing.models import Agency, MaterialUse, SharedMaterial

# Addresses that nobody can own (ADR 0009).
AGENCIES = (
    ("Trang thông tin xã Ben Dua", "https://bendua.example", "Văn phòng UBND xã"),
    ("Cổng thông tin Sở Nội vụ (mẫu)", "https://sonoivu.example", "Phòng Cải cách hành chính"),
)
DAYS = (1, 6, 13)


@transaction.atomic
def load_demo_agencies() -> int:
    """Make what is missing; returns how many agencies are new. A second run changes nothing."""
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
    return new
