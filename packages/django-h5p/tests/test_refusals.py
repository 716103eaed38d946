"""What is not taken: a code for each fault, and nothing written anywhere."""

import io
import json
import os
import resource
import zipfile
from pathlib import Path

import pytest
from django_h5p.models import Content, Library, Package
from django_h5p.operations import import_package
from django_h5p.problems import PackageRefused
from django_h5p.reading import read_package
from django_h5p.testing import QUESTION, SHARED, dependency, library, pack, tiny_files

# A folder of real packages, where there is one: H5P_SAMPLES, or shared/samples/h5p beside the checkout.
_BESIDE = [folder / "shared" / "samples" / "h5p" for folder in Path(__file__).resolve().parents]
SAMPLES = Path(os.environ.get("H5P_SAMPLES", next((path for path in _BESIDE if path.is_dir()), _BESIDE[0])))


def changed(path: str, **fields) -> dict:
    files = tiny_files()
    files[path] = json.dumps(json.loads(files[path]) | fields)
    return files


def with_file(path: str, content="x") -> dict:
    return tiny_files() | {path: content}


def without(path: str) -> dict:
    return {name: content for name, content in tiny_files().items() if name != path}


LIBRARY = f"{QUESTION}-1.0/library.json"

FAULTS = [
    ("missing_h5p_json", without("h5p.json")),
    ("missing_content_json", without("content/content.json")),
    ("bad_h5p_json", with_file("h5p.json", "{")),
    ("bad_h5p_json", with_file("h5p.json", "[]")),
    ("bad_h5p_json", with_file("h5p.json", '{"title": NaN}')),
    ("bad_content_json", with_file("content/content.json", '{"a": "\\u0000"}')),
    ("bad_h5p_json", changed("h5p.json", title="")),
    ("bad_h5p_json", changed("h5p.json", mainLibrary="../x")),
    ("bad_h5p_json", changed("h5p.json", mainLibrary="H5P.Elsewhere")),
    ("bad_h5p_json", changed("h5p.json", language="<b>")),
    ("bad_h5p_json", changed("h5p.json", preloadedDependencies={})),
    ("bad_content_json", with_file("content/content.json", "[]")),
    ("bad_content_json", with_file("content/content.json", '{"a":' * 400 + "1" + "}" * 400)),
    ("bad_content_json", with_file("content/content.json", "[" * 100_000)),
    ("bad_library_json", with_file(LIBRARY, "no")),
    ("bad_library_json", changed(LIBRARY, title=None)),
    ("bad_library_json", changed(LIBRARY, majorVersion="one")),
    ("bad_library_json", changed(LIBRARY, preloadedJs=["main.js"])),
    ("bad_library_json", changed(LIBRARY, preloadedDependencies=[{"machineName": "x"}])),
    ("bad_library_json", changed(LIBRARY, coreApi="1.24")),
    ("bad_library_json", with_file(f"{QUESTION}-1.0/semantics.json", "no")),
    ("core_api", changed(LIBRARY, coreApi={"majorVersion": 9, "minorVersion": 0})),
    ("core_api", changed(LIBRARY, coreApi={"majorVersion": 1, "minorVersion": 29})),
    ("wrong_library_folder", changed(LIBRARY, machineName="H5P.Elsewhere")),
    ("missing_library_json", with_file("H5P.Empty-1.0/main.js")),
    ("missing_file", changed(LIBRARY, preloadedJs=[{"path": "gone.js"}])),
    ("missing_file", changed(LIBRARY, preloadedJs=[{"path": "../H5P.TinyShared-1.0/main.js"}])),
    ("not_runnable", changed(LIBRARY, runnable=0)),
    ("missing_library", changed(LIBRARY, preloadedDependencies=[dependency("H5P.Nowhere")])),
    ("missing_library", with_file("content/content.json", '{"a": {"library": "H5P.Nowhere 1.0", "params": {}}}')),
    ("svg_not_allowed", with_file("content/images/x.svg", "<svg onload='alert(1)'/>")),
    ("html_not_allowed", with_file("content/x.html", "<script>")),
    ("html_not_allowed", with_file(f"{QUESTION}-1.0/x.htm", "<script>")),
    ("file_type", with_file("content/x.php")),
    ("file_type", with_file("content/x.exe")),
    ("file_type", with_file("content/noending")),
    ("file_type", with_file("content/script.js")),
    ("file_type", with_file(f"{QUESTION}-1.0/x.exe")),
    ("unsafe_path", with_file("../evil.txt")),
    ("unsafe_path", with_file("content/../../evil.txt")),
    ("unsafe_path", with_file("/etc/evil.txt")),
    ("unsafe_path", with_file("content/..\\evil.txt")),
    ("unsafe_path", with_file("C:/evil.txt")),
    ("unsafe_path", with_file("content//evil.txt")),
    ("long_path", with_file(f"content/{'a' * 300}.txt")),
    ("duplicate_entry", with_file("content/Content.json", "{}")),
    ("bomb", with_file("content/zeros.txt", b"\0" * 3_000_000)),
]


@pytest.mark.parametrize(("code", "files"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_faulty_package_is_refused_and_leaves_nothing(author, stored, code, files):
    before = stored()
    with pytest.raises(PackageRefused) as refused:
        import_package(file=pack(files), file_name="x.h5p", user=author)
    assert refused.value.code == code
    assert len(str(refused.value)) > 20
    assert stored() == before
    assert (Content.objects.count(), Library.objects.count(), Package.objects.count()) == (0, 0, 0)


def code_of(file) -> str:
    with pytest.raises(PackageRefused) as refused:
        read_package(file)
    return refused.value.code


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04", pack(tiny_files()).getvalue()[:900]])
def test_what_is_no_zip(data):
    assert code_of(io.BytesIO(data)) == "not_a_zip"


def test_a_damaged_file_that_nobody_needs_is_still_a_damaged_package():
    data = bytearray(pack(with_file("stray.txt", os.urandom(500))).getvalue())
    place = data.rindex(b"stray.txt", 0, data.index(b"PK\x01\x02")) + 60
    data[place] ^= 0xFF
    assert code_of(io.BytesIO(bytes(data))) == "damaged"


def test_a_size_that_lies():
    """The announced size is smaller than what comes out."""
    data = bytearray(pack(with_file("content/long.txt", b"abc" * 1000)).getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("content/long.txt").file_size
    assert data.count(size.to_bytes(4, "little")) == 2
    assert code_of(io.BytesIO(bytes(data.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))))) == "damaged"


def test_a_password():
    data = bytearray(pack(tiny_files()).getvalue())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert code_of(io.BytesIO(bytes(data))) == "encrypted"


def test_a_link_out_of_the_package():
    stream = pack(tiny_files())
    with zipfile.ZipFile(stream, "a") as archive:
        info = zipfile.ZipInfo("content/link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert code_of(stream) == "unsafe_path"


def test_one_file_twice_is_fine_when_it_is_the_same():
    stream = pack(tiny_files())
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("content/content.json", tiny_files()["content/content.json"])
    assert read_package(stream).main.name == QUESTION
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("content/content.json", "{}")
    assert code_of(stream) == "duplicate_entry"


def test_the_limits_are_settings(settings):
    settings.H5P_MAX_ENTRIES = 3
    assert code_of(pack(tiny_files())) == "too_many_entries"
    settings.H5P_MAX_ENTRIES = 100
    settings.H5P_MAX_UNPACKED_BYTES = 50
    assert code_of(pack(tiny_files())) == "too_large"
    settings.H5P_MAX_UNPACKED_BYTES = 10**9
    settings.H5P_MAX_PACKAGE_BYTES = 50
    assert code_of(pack(tiny_files())) == "too_large"


def test_svg_and_html_are_settings(settings):
    settings.H5P_ALLOW_SVG = True
    assert read_package(pack(with_file("content/x.svg", "<svg/>")))
    settings.H5P_ALLOW_HTML = True
    assert read_package(pack(with_file("content/x.html", "<p>")))


def test_what_editors_leave_behind_is_ignored():
    files = with_file(".DS_Store") | with_file("__MACOSX/x.php") | with_file("stray.exe")
    files |= library("H5PEditor.Tiny", js="throw 1")
    files["h5p.json"] = json.dumps(
        json.loads(files["h5p.json"])
        | {"preloadedDependencies": [dependency(QUESTION), dependency(SHARED), dependency("H5PEditor.Tiny")]}
    )
    found = read_package(pack(files))
    assert {line.name for line in found.libraries} == {QUESTION, SHARED}
    assert {line.name for line in found.wanted} == {QUESTION, SHARED}


def test_a_bomb_costs_little_memory():
    big = with_file("content/zeros.txt", b"\0" * 80_000_000)
    stream = pack(big)
    del big
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(stream) == "bomb"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 20


def samples(folder: str):
    found = sorted((SAMPLES / folder).glob("*.h5p"))
    return found or [pytest.param(None, marks=pytest.mark.skip(reason="no sample packages (H5P_SAMPLES)"))]


@pytest.mark.parametrize("path", samples("malformed"), ids=lambda path: path.name if path else "none")
def test_every_malformed_sample_is_refused(author, stored, path):
    before = stored()
    with path.open("rb") as file, pytest.raises(PackageRefused) as refused:
        import_package(file=file, file_name=path.name, user=author)
    assert refused.value.code != "h5p_refused"
    assert stored() == before
    assert Library.objects.count() == 0


# It holds a web page, which is off by default.
REFUSED = {"H5P.IFrameEmbed-1.0.h5p": "html_not_allowed"}


@pytest.mark.parametrize(
    "path", [*samples("valid"), *samples("assembled")], ids=lambda path: path.name if path else "none"
)
def test_every_valid_sample_is_taken(author, path):
    with path.open("rb") as file:
        if path.name in REFUSED:
            assert code_of(file) == REFUSED[path.name]
            return
        report = import_package(file=file, file_name=path.name, user=author)
    assert report.created
    assert report.version.main_library.runnable
