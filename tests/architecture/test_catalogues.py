"""Every string of the interface is translated, and written so that it can be."""

import polib
import pytest

from cms import catalogues


@pytest.fixture
def room(tmp_path):
    """A room with one of each way to say something."""
    (tmp_path / "views.py").write_text(
        "title = _('Late answers')\n"
        "text = ngettext('%(n)d pupil', '%(n)d pupils', n)\n"
        "word = pgettext('verb', 'Open')\n"
    )
    templates = tmp_path / "templates" / "room"
    templates.mkdir(parents=True)
    (templates / "page.html").write_text(
        "{% load i18n %}{% translate 'Sign in' %}{{ name|default:_('nobody') }}\n"
        "{% include 'x.html' with label=_('Send') %}\n"
        "{% blocktranslate count n=many trimmed %}\n  One school\n{% plural %}\n  {{ n }} schools\n{% endblocktranslate %}\n"
        "{% comment %}{% translate 'Not said' %}{% endcomment %}\n"
    )
    return tmp_path


def test_strings_are_found_in_code_and_templates(room):
    messages, faults = catalogues.extract(room)
    assert faults == []
    assert set(messages) == {
        ("", "Late answers"),
        ("", "%(n)d pupil"),
        ("verb", "Open"),
        ("", "Sign in"),
        ("", "nobody"),
        ("", "Send"),
        ("", "One school"),
    }
    assert messages["", "One school"].plural == "%(n)s schools"


def test_update_adds_and_keeps_and_check_names_what_is_left(room):
    assert catalogues.update(room) == {"added": 7, "removed": 0}
    assert catalogues.update(room) == {"added": 0, "removed": 0}
    assert len(catalogues.check(room)) == 7

    path = catalogues.catalogue_path(room, "vi")
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "bản dịch"}
        else:
            entry.msgstr = "bản dịch"
    catalogue.save()
    assert catalogues.check(room) == []

    (room / "views.py").unlink()
    assert len(catalogues.check(room)) == 3
    assert catalogues.update(room) == {"added": 0, "removed": 0}
    assert catalogues.update(room, prune=True) == {"added": 0, "removed": 3}
    assert catalogues.check(room) == []


def test_check_refuses_fuzzy_entries_and_foreign_placeholders(room):
    catalogues.update(room)
    path = catalogues.catalogue_path(room, "vi")
    catalogue = polib.pofile(str(path))
    catalogue.find("Sign in").msgstr = "Chào %(name)s"
    catalogue.find("Send").msgstr = "Gửi"
    catalogue.find("Send").flags.append("fuzzy")
    catalogue.save()
    faults = "\n".join(catalogues.check(room))
    assert "a placeholder of 'Chào %(name)s'" in faults
    assert "fuzzy: 'Send'" in faults


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("views.py", "_(f'{n} pupils')", "f-string"),
        ("views.py", "_('%s pupils' % n)", "joined"),
        ("templates/x.html", "{% load i18n %}{% blocktranslate %}\n two\n lines\n{% endblocktranslate %}", "trimmed"),
    ],
)
def test_strings_that_cannot_be_translated_are_refused(tmp_path, name, source, fault):
    (tmp_path / "templates").mkdir()
    (tmp_path / name).write_text(source)
    assert any(fault in found for found in catalogues.extract(tmp_path)[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(catalogues.rooms()))
def test_catalogue_is_complete(name):
    assert catalogues.check(catalogues.rooms()[name]) == []


def test_no_room_overrides_what_another_says():
    assert catalogues.collisions(catalogues.rooms()) == []


def test_two_ways_to_say_one_thing_are_named_unless_a_context_tells_them_apart(tmp_path):
    def room(name, source, text):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "views.py").write_text(source)
        catalogues.update(folder, prune=True)
        path = catalogues.catalogue_path(folder, "vi")
        catalogue = polib.pofile(str(path))
        catalogue[0].msgstr = text
        catalogue.save()
        return folder

    doors, contests = room("doors", "_('Open')", "Mở"), room("contests", "_('Open')", "Đang mở")
    (fault,) = catalogues.collisions({"doors": doors, "contests": contests})
    assert "'Open'" in fault and "doors: 'Mở'" in fault and "contests: 'Đang mở'" in fault
    assert catalogues.collisions({"doors": doors, "again": room("again", "_('Open')", "Mở")}) == []
    contests = room("contests", "pgettext('contest', 'Open')", "Đang mở")
    assert catalogues.collisions({"doors": doors, "contests": contests}) == []
