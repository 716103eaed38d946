"""What the records of procedures tell, and what of it is not proved."""

from collections.abc import Iterable

from cms.vocabulary.facts import Unproved, lacking
from cms.vocabulary.models import Procedure

# Every one of these changes with a decree, even where it holds no number ("free of charge").
FACTS = ("fee", "time", "who")


def procedure_facts() -> Iterable[Unproved]:
    """Facts of procedures without a source, and laws that are named without number and date."""
    for row in Procedure.objects.select_related("locale").order_by("code"):
        language = row.locale.language_code
        told = [getattr(row, name) for name in FACTS if getattr(row, name)]
        yield from lacking(
            told,
            kind="procedure",
            where=row.code,
            language=language,
            source=bool(row.sources),
            date=row.checked_on is not None,
        )
        unnamed = [law["title"] for law in row.legal_basis if not (law.get("number") or law.get("date"))]
        yield from lacking(unnamed, kind="procedure", where=row.code, language=language, source=True, date=False)
