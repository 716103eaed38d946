"""H5P contents: a tiny one made in code, and the real packages of the sample folder where it is there."""

import io
import json
import os
from pathlib import Path
from uuid import uuid4

import pytest
from django_h5p.models import Content
from django_h5p.operations import import_package
from django_h5p.testing import dependency, library, pack, tiny_package

_BESIDE = [folder / "shared" / "samples" / "h5p" for folder in Path(__file__).resolve().parents]
SAMPLES = Path(os.environ.get("H5P_SAMPLES", next((path for path in _BESIDE if path.is_dir()), _BESIDE[0])))


def sample(name: str) -> io.BytesIO:
    """A real package, such as `assembled/TrueFalse.h5p`; skips the test where the samples are not there."""
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"the sample package {name} is not there (H5P_SAMPLES)")
    return io.BytesIO(path.read_bytes())


def content(file: io.BytesIO | None = None, *, name: str = "tiny.h5p", **options) -> Content:
    """An imported content, its libraries installed."""
    return import_package(file=file or tiny_package(), file_name=name, may_install=True, **options).content


def block(made: Content, text: str = "Em làm thử nhé.") -> dict:
    return {"type": "h5p", "id": str(uuid4()), "value": {"content": made.pk, "text": text}}


OF_QUESTIONS = ("H5P.QuestionSet", "H5P.MultiChoice", "H5P.TrueFalse", "H5P.Blanks", "H5P.DragText", "H5P.Image")


def install_named(*names: str) -> None:
    """Small libraries that bear these names, version 1.10; the first can be played."""
    files = {}
    for name in names:
        files |= library(name, minor=10, js="var H5P = H5P || {};", runnable=1)
    about = {"title": "Thư viện", "mainLibrary": names[0], "preloadedDependencies": [dependency(n, 10) for n in names]}
    content(pack(files | {"h5p.json": json.dumps(about), "content/content.json": "{}"}), name="libraries.h5p")
