"""Writing to the audit log."""

from cms.audit.models import AuditEvent


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
    """
    return AuditEvent.objects.create(
        actor=getattr(actor, "uuid", None),
        actor_label=getattr(actor, "username", "") or "",
        action=action,
        target_kind=target_kind,
        target_key=str(target_key),
        target_label=target_label,
        detail=detail or {},
    )
