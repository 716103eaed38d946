"""The one-command demo: its helpers' addresses and secrets come from state.json in DEMO_DIR."""

import json
import os
from pathlib import Path

_state = Path(os.environ.get("DEMO_DIR", "var/demo")) / "state.json"
if _state.exists():
    for _name, _value in json.loads(_state.read_text())["environment"].items():
        os.environ.setdefault(_name, _value)

from cms.settings.base import *  # noqa: E402  (the environment comes first)

SECRET_KEY = SECRET_KEY or "demo only, never in production"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DEMO_ACCOUNTS = True
REQUIRE_TOTP = False

# Letters become files in DEMO_DIR/mail: they can be read, and nobody is ever written to. A real server may be named.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
if not EMAIL_HOST:
    EMAIL_HOST = "localhost"
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
