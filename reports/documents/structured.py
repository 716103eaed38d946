import json

from reports.queries.coverage import Ledger
from reports.queries.gaps import Gap
from reports.queries.tables import document


def as_json(ledger: Ledger, gaps: list[Gap]) -> bytes:
    return json.dumps(document(ledger, gaps), ensure_ascii=False, indent=1).encode()
