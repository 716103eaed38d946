"""Which way imports go: the contracts of pyproject.toml, and that they bite."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("media", "quizzes", "courses", "contests", "schools", "support", "reports")
# What one room may use of another (docs/architecture.md).
FRONT = {
    "blocks",
    "captions",
    "checking",
    "codes",
    "demo",
    "demo_channels",
    "ffmpeg",
    "kinds",
    "limits",
    "listing_sheets",
    "merging",
    "models",
    "moment",
    "notifications",
    "operations",
    "papers",
    "permissions",
    "playing",
    "privacy",
    "probing",
    "problems",
    "queries",
    "recipes",
    "rosters",
    "schemas",
    "signals",
    "storage",
}


def lint(root: Path) -> subprocess.CompletedProcess:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache"], cwd=root, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )


def test_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("planted", "line", "contract"),
    [
        ("schools/planted.py", "from courses import models", "Imports go downwards"),
        ("cms/problems/planted.py", "import quizzes.models", "Imports go downwards"),
        ("cms/planted.py", "", "Every module of cms has a declared place"),
        ("quizzes/planted.py", "import boto3", "Only media.storage talks to the object store"),
        ("quizzes/models/attempts.py", "from wagtail.models import Page", "Records of what people did"),
        ("cms/__init__.py", "import cms.problems", "The package cms itself"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path, planted, line, contract):
    skip = shutil.ignore_patterns("static", "templates", "locale", "__pycache__", "*.yaml", "*.svg", "*.vtt")
    for room in (*ROOMS, "cms"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / planted
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert any(contract in said and "BROKEN" in said for said in done.stdout.splitlines()), done.stdout[-2000:]


def test_rooms_use_only_the_front_of_another_room():
    graph = grimp.build_graph("cms", *ROOMS, cache_dir=None)
    wrong = []
    for importer in sorted(graph.modules):
        room = importer.split(".")[0]
        # The site's wiring puts the rooms together.
        if importer in {"cms.urls", "cms.api", "cms.wsgi"} or importer.startswith(("cms.settings", "cms.starter")):
            continue
        for imported in graph.find_modules_directly_imported_by(importer):
            other, _, inside = imported.partition(".")
            if other != room and other in ROOMS and inside and inside.split(".")[0] not in FRONT:
                wrong.append(f"{importer} -> {imported}")
    assert wrong == []


def test_package_knows_no_room():
    graph = grimp.build_graph("django_h5p", include_external_packages=True, cache_dir=None)
    assert not {"cms", *ROOMS} & {module.split(".")[0] for module in graph.modules}
