"""Which build of the pages this is. What an older build left in the cache must never be shown: it names styles that are gone."""

import hashlib
from pathlib import Path


def fingerprint(root: Path, static_root: Path) -> str:
    """Eight characters that change with any template, compiled catalogue or published static file below `root`."""
    digest = hashlib.sha256()
    manifest = static_root / "staticfiles.json"
    if manifest.exists():
        digest.update(manifest.read_bytes())
    for pattern in ("*/templates/**/*.html", "*/locale/*/LC_MESSAGES/django.mo"):
        for path in sorted(root.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
