"""The entries in memory: in step with the database, change by change, also where another process did the publishing."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.models import SearchEntry, SearchState, SearchSynonym
from cms.search import shelf as memory
from cms.search.indexing import Found, forget, index, index_anew
from cms.search.queries import entries, page_of, search
from cms.search.shelf import Shelf, bits_of, places_in, shelf

pytestmark = pytest.mark.django_db


def thing(key: str, title: str, text: str = "", **values) -> Found:
    return Found(**({"kind": "page", "key": key, "language": "vi", "format": "guide", "title": title,
                     "url": f"/vi/{key}/", "text": text} | values))  # fmt: skip


def keys(query: str, **chosen: str) -> list[str]:
    return [entry.key for entry in page_of(search(query, entries(language="vi", **chosen)).ids)]


@pytest.fixture
def many(db):
    """Enough that a change is put in, and not everything read anew."""
    index_anew(thing(f"k{number}", f"Giấy tờ số {number}", "nộp ở xã") for number in range(60))
    assert len(keys("giay to")) == 60


@pytest.mark.parametrize("places", [[], [0], [7, 8], [3, 64, 65, 1000], list(range(300))])
def test_bits_are_places(places):
    assert places_in(bits_of(places, 1001)) == places


def test_every_change_is_seen_by_the_next_search(many):
    before = shelf()
    index(thing("k7", "Hộ chiếu", "thị thực"))
    index(thing("new", "Giấy tờ mới"))
    forget(kind="page", key="k8")
    assert keys("ho chieu") == ["k7"]
    assert not {"k7", "k8"} & set(keys("giay to"))
    assert keys("giay to moi") == ["new"]
    assert shelf() is before, "only what has changed is read"
    # The new one stands where its title belongs, and counts where it belongs.
    assert len(keys("")) == 60 and keys("")[0] == "new"
    assert search("", entries(language="vi")).counted.counts["format"] == {"guide": 60}
    SearchSynonym.objects.create(slug="a", words="passport\nhộ chiếu")
    assert keys("passport") == ["k7"]
    index(thing("k9", "Đi xa", "cần có hộ chiếu"))
    assert keys("passport") == ["k7", "k9"], "a phrase of a synonym is looked for in what is new"


def test_what_another_process_did_is_seen_and_what_was_undone_is_not(many, monkeypatch):
    elsewhere = Shelf()
    here = memory._shelf
    # Another web worker publishes.
    monkeypatch.setattr(memory, "_shelf", elsewhere)
    index(thing("theirs", "Hộ chiếu"))
    forget(kind="page", key="k1")
    monkeypatch.setattr(memory, "_shelf", here)
    assert keys("ho chieu") == ["theirs"] and "k1" not in keys("giay to")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        index(thing("undone", "Xe máy"))
        assert keys("xe may") == ["undone"]
        raise ZeroDivisionError
    assert keys("xe may") == []
    assert len(keys("")) == 60


def test_when_too_much_is_out_of_use_everything_is_read_anew(many):
    before = shelf()
    for number in range(30):
        index(thing(f"k{number}", f"Giấy tờ số {number}", "nộp ở phường"))
        shelf()
    assert shelf() is not before
    assert len(keys("giay to phuong")) == 30 and len(keys("giay to xa")) == 30
    assert len(shelf().pks) <= 90


def test_a_search_asks_once_whether_anything_has_changed(many):
    search("giay to", entries(language="vi"))
    with CaptureQueriesContext(connection) as asked:
        search("giay", entries(language="vi"))
    assert [SearchState._meta.db_table in one["sql"] for one in asked] == [True]


def test_letters_that_begin_a_word_find_rare_and_frequent_ones(many):
    index_anew([thing("rare", "Xuất cảnh"), thing("rarer", "Xuân")])
    assert set(keys("xu")) == {"rare", "rarer"}
    # In all, and in a few that are kept as numbers.
    assert set(keys("x")) == {*keys(""), "rare", "rarer"}
    assert SearchEntry.objects.count() == 62
