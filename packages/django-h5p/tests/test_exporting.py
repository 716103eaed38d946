"""Packages made here: checked by the same reader as every upload, and played with the same libraries."""

import io
import json
import zipfile

import pytest
from django_h5p.models import Library
from django_h5p.operations import import_package, write_package
from django_h5p.problems import LibraryMissing
from django_h5p.reading import read_package
from django_h5p.testing import QUESTION, SHARED, library, pack, tiny_files

PARAMS = {"question": "Nước có ướt không?", "correct": True}


def made(**options):
    main = Library.objects.newest(QUESTION)
    return write_package(title="Thử", language="vi", main=main, params=PARAMS, **options)


def test_what_is_made_is_taken_and_plays_with_the_very_same_libraries(content, learner):
    data = made(files={"images/a.png": b"\x89PNG"})
    found = read_package(io.BytesIO(data))
    assert (found.params, found.metadata["title"], found.metadata["language"]) == (PARAMS, "Thử", "vi")
    assert [line.name for line in found.wanted][:2] == [QUESTION, SHARED]
    # Somebody who may install nothing can bring it in: nothing in it is new.
    report = import_package(file=io.BytesIO(data), file_name="made.h5p", user=learner)
    assert (report.created, report.libraries_added, report.warnings) == (True, [], [])
    assert set(report.version.libraries.all()) == set(content.current_version.libraries.all())
    assert list(report.version.files) == ["images/a.png"]


def test_the_same_is_the_same_bytes(content):
    assert made() == made()


def test_the_newest_version_is_chosen(content, author):
    files = tiny_files() | library(QUESTION, minor=2, js="var a;", needs=(SHARED,), runnable=1)
    json_file = json.loads(files["h5p.json"])
    json_file["preloadedDependencies"].append({"machineName": QUESTION, "majorVersion": 1, "minorVersion": 2})
    import_package(file=pack(files | {"h5p.json": json.dumps(json_file)}), file_name="x.h5p", user=author)
    assert Library.objects.newest(QUESTION).minor == 2
    assert Library.objects.newest("H5P.Nothing") is None
    with zipfile.ZipFile(io.BytesIO(made())) as archive:
        assert f"{QUESTION}-1.2/library.json" in archive.namelist()


def test_a_library_whose_need_is_gone_is_told(content):
    lonely = Library.objects.get(machine_name=QUESTION)
    lonely.definition = lonely.definition | {
        "preloadedDependencies": [{"machineName": "H5P.Gone", "majorVersion": 2, "minorVersion": 1}]
    }
    lonely.save()
    with pytest.raises(LibraryMissing) as refused:
        made()
    assert refused.value.extra["libraries"] == ["H5P.Gone 2.1"]
