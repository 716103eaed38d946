"""Writing the frequently asked questions of a contest: they explain the rules and may change while it runs."""

from django.db import transaction

from contests.models import Contest
from contests.operations.setting_up import log


@transaction.atomic
def write_faq(*, contest: Contest, text: str, by) -> bool:
    """Keep the text, in any state of the contest; False where it stands already. Logged with how long it was and is."""
    held = Contest.objects.select_for_update().get(pk=contest.pk)
    text = text.strip()[:10_000]
    if held.faq == text:
        return False
    log(by, "write_faq", held, before=len(held.faq), after=len(text))
    held.faq = text
    held.save(update_fields=["faq"])
    return True
