"""Writing to the audit log."""

from collections.abc import Callable

from cms.audit.models import AuditEvent
from cms.observability import current_request_id

_year_now: Callable[[], str] = str


def register_year(year_now: Callable[[], str]) -> None:
    """Called by the room that knows the calendar, in its `AppConfig.ready()`: the code of the present school year or ""."""
    global _year_now
    _year_now = year_now


def record(
    *,
    actor,
    action: str,
    target_kind: str,
    target_key: str,
    target_label: str = "",
    detail: dict | None = None,
) -> AuditEvent:
    """Append one event, in the caller's transaction.

    `actor` is the account that acted, or None for the system; only its uuid and username are kept. `action` is a verb
    (`reset_password`), `target_key` the key under which the thing is known outside. `detail` holds no personal data.
    The school year and the id of the request, which is also in the logs, are added here.
    """
    return AuditEvent.objects.create(
        actor=getattr(actor, "uuid", None),
        actor_label=getattr(actor, "username", "") or "",
        action=action,
        target_kind=target_kind,
        target_key=str(target_key),
        target_label=target_label[:200],
        detail=detail or {},
        school_year=_year_now(),
        request_id=current_request_id(),
    )
