"""Libraries once, contents by hash, versions for ever, and two imports at once."""

import io
import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_h5p.models import Content, ContentVersion, Library, Package
from django_h5p.operations import delete_content, delete_unused_libraries, import_package, start_attempt
from django_h5p.problems import InUse, LibraryMissing
from django_h5p.storing import package_storage
from django_h5p.testing import QUESTION, SHARED, library, pack, tiny_files, tiny_package


def take(file, user, **options):
    return import_package(file=file, file_name="x.h5p", user=user, **options)


def test_the_same_file_again_changes_nothing(author, stored):
    first = take(tiny_package(), author)
    before = stored()
    again = take(tiny_package(), author)
    assert (again.created, again.content, again.libraries_added, again.objects_written) == (
        False,
        first.content,
        [],
        0,
    )
    assert stored() == before
    assert Package.objects.count() == 1


def test_two_packages_share_their_libraries(author, stored):
    first = take(tiny_package("One?"), author)
    before = {name for name in stored() if "/libs/" in name}
    second = take(tiny_package("Two?"), author)
    assert first.libraries_added == [f"{SHARED} 1.0.0", f"{QUESTION} 1.0.0"]
    assert second.libraries_added == []
    assert {name for name in stored() if "/libs/" in name} == before
    assert [pin.library for pin in second.version.pins.order_by("position")] == [
        pin.library for pin in first.version.pins.order_by("position")
    ]


def test_dependencies_come_before_what_needs_them(author):
    version = take(tiny_package(), author).version
    assert [pin.library.machine_name for pin in version.pins.order_by("position")] == [SHARED, QUESTION]


def test_a_circle_of_libraries_is_cut(author):
    files = tiny_files() | library(SHARED, js="H5P.TinyShared = {};", needs=(QUESTION,))
    assert take(pack(files), author).version.pins.count() == 2


def test_another_patch_stands_beside_the_installed_one(author):
    """A package plays with what it brought; what plays already keeps what it has."""
    old = take(tiny_package("Old?"), author)
    files = tiny_files("New?") | library(SHARED, js="H5P.TinyShared = {label: 1};", patch=5)
    new = take(pack(files), author)
    assert new.libraries_added == [f"{SHARED} 1.0.5"]
    assert {pin.library.patch for pin in old.version.pins.all()} == {0}
    # Without libraries of its own it plays with the newest.
    bare = take(tiny_package("Bare?", with_libraries=False), author)
    assert {pin.library.patch for pin in bare.version.pins.all()} == {0, 5}


def test_content_without_libraries_says_what_is_missing_and_plays_once_it_is_there(author, learner):
    with pytest.raises(LibraryMissing) as missing:
        take(tiny_package("Bare?", with_libraries=False), author)
    assert missing.value.extra["libraries"] == [f"{QUESTION} 1.0", f"{SHARED} 1.0"]
    take(tiny_package(), author)
    assert take(tiny_package("Bare?", with_libraries=False), learner).created


def test_new_libraries_need_the_right_to_install_them(author, learner):
    with pytest.raises(LibraryMissing) as refused:
        take(tiny_package(), learner)
    assert refused.value.code == "may_not_install"
    take(tiny_package(), author)
    assert take(tiny_package("Mine?"), learner).libraries_added == []


def test_changed_code_under_a_known_version_does_not_get_in_without_the_right(author, learner):
    take(tiny_package(), author)
    files = tiny_files("Evil?", question_js="steal()")
    report = take(pack(files), learner)
    played = report.version.pins.get(library__machine_name=QUESTION).library
    assert played.trusted_by == author
    assert report.warnings
    assert Library.objects.filter(machine_name=QUESTION).count() == 1


def test_a_new_version_leaves_attempts_with_the_old(author, learner):
    report = take(tiny_package("First?"), author)
    attempt = start_attempt(user=learner, content=report.content)
    attempt.states.create(data_type="state", value="{}")
    second = take(tiny_package("Second?"), author, content=report.content)
    assert (second.content, second.version.number) == (report.content, 2)
    attempt.refresh_from_db()
    assert attempt.version == report.version
    assert start_attempt(user=learner, content=second.content).version == report.version
    assert ContentVersion.objects.get(number=1).params["question"] == "First?"


def test_an_open_attempt_without_answers_moves_to_the_new_version(author, learner):
    report = take(tiny_package("First?"), author)
    attempt = start_attempt(user=learner, content=report.content)
    second = take(tiny_package("Second?"), author, content=report.content)
    again = start_attempt(user=learner, content=second.content)
    assert (again.pk, again.version) == (attempt.pk, second.version)


def test_a_version_cannot_be_changed(content):
    with pytest.raises(TypeError):
        content.current_version.save()


def test_the_package_comes_back_byte_for_byte(author):
    data = tiny_package().getvalue()
    version = take(io.BytesIO(data), author).version
    with package_storage().open(version.package.name) as file:
        assert file.read() == data


def test_unused_libraries_go_and_used_ones_stay(author, stored):
    kept = take(tiny_package(), author)
    gone = take(pack(tiny_files("Gone?") | library(SHARED, js="1", patch=7)), author)
    assert delete_unused_libraries() == []
    delete_content(content=gone.content)
    assert delete_unused_libraries() == [f"{SHARED} 1.0.7"]
    assert Library.objects.count() == 2
    assert not [name for name in stored() if gone.version.prefix in name]
    assert kept.version.pins.count() == 2


def test_what_was_played_is_kept(content, learner):
    start_attempt(user=learner, content=content)
    with pytest.raises(InUse):
        delete_content(content=content)
    assert Content.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_imports_at_the_same_moment_do_not_race(stored):
    """Six imports of three packages that share their libraries: each library and each content once, no file too many."""
    errors, reports = [], []
    start = threading.Barrier(6)

    def work(number):
        try:
            start.wait()
            reports.append(import_package(file=tiny_package(f"Q{number % 3}?"), file_name="x.h5p", may_install=True))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    before = stored()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (Library.objects.count(), Content.objects.count(), Package.objects.count()) == (2, 3, 3)
    files = sum(len(one.files) for one in Library.objects.all()) + sum(
        len(v.files) for v in ContentVersion.objects.all()
    )
    assert len(stored() - before) == files + 3


def test_a_store_that_fails_leaves_nothing(author, stored, monkeypatch):
    from django_h5p import storing

    before, write, count = stored(), storing.write_exactly, []

    def sometimes(store, name, content):
        count.append(name)
        if len(count) == 3:
            raise OSError("disk full")
        write(store, name, content)

    monkeypatch.setattr(storing, "write_exactly", sometimes)
    with pytest.raises(OSError, match="disk full"):
        take(tiny_package(), author)
    assert stored() == before
    assert Library.objects.count() == 0


def test_the_command(db, tmp_path, capsys):
    path = tmp_path / "tiny.h5p"
    path.write_bytes(tiny_package().getvalue())
    call_command("import_h5p", path, "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["title"], said["main_library"], said["libraries_added"]) == ("Is water wet?", f"{QUESTION} 1.0.0", 2)
    assert said["id"] == str(Content.objects.get().uuid)
    assert said["content_hash"] == ContentVersion.objects.get().sha256
    call_command("import_h5p", path, "--json")
    assert json.loads(capsys.readouterr().out)["libraries_added"] == 0
    path.write_bytes(b"nonsense")
    with pytest.raises(CommandError) as refused:
        call_command("import_h5p", path, "--json")
    assert refused.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["code"] == "not_a_zip"
    with pytest.raises(CommandError) as wrong:
        call_command("import_h5p", tmp_path / "gone.h5p")
    assert wrong.value.returncode == 2
