"""What the product can use of the machine but does not bring along: a browser for its tests, Pango for PDFs."""

import ctypes.util
import os
import shutil
from pathlib import Path

CHROMIUM_MISSING = (
    "Chromium is missing, so browser tests cannot run. Install it with `sudo apt-get install chromium`, "
    "or name one with CHROMIUM=/path/to/chromium."
)
PANGO_MISSING = (
    "Pango is missing, so PDFs (cards, receipts, certificates) are switched off. "
    "Install it with `sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`."
)
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_PLACES = (
    "/snap/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def chromium() -> str | None:
    """Path of a Chromium: the one named by CHROMIUM, one of the usual places, or the one Playwright fetched."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else None
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    for place in _PLACES:
        if Path(place).exists():
            return place
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    fetched = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(fetched[-1]) if fetched else None


def has_pango() -> bool:
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz"))
