"""What must stay true of the repository as a whole."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db.migrations.loader import MigrationLoader
from django.template import engines
from django.template.loader import get_template

from cms import catalogues

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs" / "operations.md"
ENV_EXAMPLE = ROOT / "deploy" / "env.example"


def our_apps():
    return [
        config
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
    ]


@pytest.mark.slow
def test_models_and_migrations_agree(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# A migration of wagtail-localize asks the database when it is imported, which a worker may do here first.
@pytest.mark.django_db
def test_migrations_have_one_end_per_app_and_no_cycle():
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    for node in loader.graph.leaf_nodes():
        # Raises on a cycle.
        loader.graph.forwards_plan(node)


@pytest.mark.parametrize(
    "path", ["media/__init__.py", "cms/settings/base.py", "media/models/__init__.py", "deploy/env.example"]
)
def test_source_is_not_ignored(path):
    done = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)
    assert done.returncode == 1, f"{path} is ignored by git"


@pytest.mark.parametrize("path", ["var/demo/db.sqlite3", ".venv/bin/python", "node_modules/x", "cms/locale/vi/x.mo"])
def test_what_the_commands_make_is_ignored(path):
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0


def templates() -> list[str]:
    found = []
    for room in catalogues.rooms().values():
        for folder in room.rglob("templates"):
            found += [
                str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in {".html", ".txt", ".xml"}
            ]
    return sorted(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", templates())
def test_template_parses(name):
    get_template(name)


def test_templates_have_no_inline_code():
    """The content security policy would block it; the admin's templates have a policy of their own."""
    pattern = re.compile(
        r"<script(?![^>]*(?:\bsrc=|type=\"application/(?:json|ld\+json)\"))|\son[a-z]+=\"|<style\b|\sstyle=\"", re.I
    )
    # For PDFs, which no browser sees, for Wagtail's admin, and for packs, which are read from a disk.
    exempt = re.compile(r"(^|/)(wagtail\w*|print|printing|pdf|admin)(/|_)|card_sheet|receipt_pdf|sharing/pack/|\.svg$")
    wrong = []
    for room in catalogues.rooms().values():
        for path in room.rglob("templates/**/*.html"):
            if not exempt.search(str(path.relative_to(ROOT))) and (found := pattern.search(path.read_text())):
                wrong.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert wrong == []


def test_lower_rooms_do_not_load_the_tags_of_upper_ones():
    order = ["schools", "media", "quizzes", "cms", "courses", "contests", "support", "reports"]
    libraries = {
        path.stem: room for room in order for path in (ROOT / room).glob("templatetags/*.py") if path.stem != "__init__"
    }
    wrong = []
    for room in order:
        for path in (ROOT / room).rglob("templates/**/*"):
            if path.is_file() and path.suffix in {".html", ".txt"}:
                for names in re.findall(r"{%\s*load\s+([^%]+)%}", path.read_text()):
                    for name in names.split():
                        owner = libraries.get(name)
                        # All templates may use those of cms.
                        if owner and owner != "cms" and order.index(owner) > order.index(room):
                            wrong.append(f"{path.relative_to(ROOT)} loads {name} of {owner}")
    assert wrong == []


def environment_variables() -> set[str]:
    found = set()
    for path in [*(ROOT / "cms" / "settings").glob("*.py"), ROOT / "deploy" / "gunicorn.conf.py"]:
        text = path.read_text()
        found |= set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z][A-Z0-9_]+)\"", text))
        found |= set(re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z][A-Z0-9_]+)\"", text))
    return found - {"DJANGO_SETTINGS_MODULE"}


def test_every_setting_is_explained():
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", ENV_EXAMPLE.read_text(), flags=re.M))
    assert environment_variables() <= explained
    assert explained <= environment_variables() | {"PROMETHEUS_MULTIPROC_DIR"}


def test_every_command_is_in_the_operations_manual():
    text = OPERATIONS.read_text()
    ours = {name for name, app in get_commands().items() if app in {config.name for config in our_apps()}}
    assert {name for name in ours if f"`{name}" not in text} == set()
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), flags=re.M)
    assert {target for target in targets if f"`make {target}" not in text} == set()


def test_third_party_browser_code_is_locked():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert all("integrity" in package for path, package in lock["packages"].items() if path)


@pytest.mark.slow
def test_production_refuses_unsafe_values(tmp_path):
    import os
    import sys

    def start(**values):
        env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("S3_", "SECRET", "SITE", "H5P", "CACHE", "BROKER", "DATABASE", "ALLOWED"))
        }
        env |= {"DJANGO_SETTINGS_MODULE": "cms.settings.production", **values}
        return subprocess.run(
            [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
        ).stderr

    assert "Set these environment variables" in start()
    whole = {
        "ALLOWED_HOSTS": "hoc.example.vn",
        "SITE_URL": "https://hoc.example.vn",
        "H5P_ORIGIN": "https://h5p.example.vn",
        "DATABASE_URL": "postgres://hdvc@127.0.0.1/hdvc",
        "CACHE_URL": "redis://127.0.0.1/1",
        "BROKER_URL": "redis://127.0.0.1/2",
        "S3_ENDPOINT_URL": "http://127.0.0.1:8333",
        "S3_PUBLIC_URL": "https://files.example.vn",
        "S3_BUCKET": "media",
        "S3_ACCESS_KEY_ID": "k",
        "S3_SECRET_ACCESS_KEY": "s",
    }
    assert "at least 50 random characters" in start(SECRET_KEY="short", **whole)
    assert start(SECRET_KEY="x7" * 40, **whole) == ""


def test_engines_are_djangos_only():
    assert [engine.name for engine in engines.all()] == ["django"]
