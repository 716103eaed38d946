"""Teaching the assistant how people ask for a page, from a question that came to the desk."""

from django.db import transaction

from cms.audit.operations import record
from cms.search.folding import folded
from cms.text.folding import normalize
from schools.models import User
from support.models import Asking, Quotable

MAX_WAY = 200


@transaction.atomic
def teach_asking(*, thing: Quotable, language: str, said: str, actor: User) -> bool:
    """Add `said`, of at most MAX_WAY characters and without anything personal, to the ways in which people ask for `thing`.

    Returns False where the same was there already, whatever its accents.
    """
    line = " ".join(normalize(said).split())[:MAX_WAY]
    asking, made = Asking.objects.select_for_update().get_or_create(
        kind=thing.kind, key=thing.key, language=language, defaults={"said": line}
    )
    lines = asking.said.splitlines()
    if not made:
        if folded(line) in map(folded, lines):
            return False
        asking.said = "\n".join([*lines, line])
        asking.save()
    record(
        actor=actor, action="teach_asking", target_kind="asking", target_key=str(asking.pk), target_label=thing.title
    )
    return True
