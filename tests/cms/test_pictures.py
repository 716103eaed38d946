"""Pictures are encoded ahead, and pages stand without the object store."""

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.pictures import make_renditions, picture_html, pictures_of, renditions_of, specs_of
from tests.factories.cms import GuidePageFactory, PictureFactory, VectorPictureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.s3]


@pytest.mark.slow
def test_a_picture_has_every_format_never_wider_than_itself():
    picture = PictureFactory(800, 500)
    assert make_renditions(picture) == 6
    assert make_renditions(picture) == 0
    renditions = renditions_of([picture])[picture.pk]
    assert sorted({r.width for r in renditions.values()}) == [360, 720]
    html = picture_html(picture, alt="Một hình")
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert 'width="720" height="450"' in html
    assert 'loading="lazy"' in html
    assert all(storages["public"].exists(r.file.name) for r in renditions.values())


@pytest.mark.slow
def test_a_small_picture_is_not_enlarged():
    picture = PictureFactory(200, 100)
    assert len(specs_of(picture)) == 3
    make_renditions(picture)
    assert {r.width for r in picture.renditions.all()} == {200}


@pytest.mark.slow
def test_a_drawing_is_served_as_it_is():
    picture = VectorPictureFactory()
    assert specs_of(picture) == ["original"]
    make_renditions(picture)
    html = picture_html(picture, alt="Hình vẽ")
    assert html.startswith("<img")
    assert ".svg" in html
    assert 'width="400" height="300"' in html


@pytest.mark.slow
def test_a_picture_not_made_yet_leaves_its_words():
    picture = PictureFactory()
    assert "Bà bấm, cháu chỉ" in picture_html(picture, alt="Bà bấm, cháu chỉ")
    assert picture_html(picture, alt="") == ""
    assert picture_html(None) == ""


def test_words_in_attributes_are_escaped():
    picture = VectorPictureFactory()
    make_renditions(picture)
    assert 'alt="&quot;&gt;&lt;script&gt;"' in picture_html(picture, alt='"><script>')


@pytest.mark.slow
def test_pictures_of_a_page_are_its_cover_and_those_in_its_blocks():
    cover, inside, step = PictureFactory(), PictureFactory(), PictureFactory()
    guide = GuidePageFactory(
        cover=cover,
        cover_alt="Bìa",
        body=[
            ("image", {"image": inside, "alt": "Trong bài", "caption": ""}),
            ("steps", {"title": "", "steps": [{"title": "Một", "text": "", "image": step, "alt": "Bước"}]}),
        ],
    )
    assert {p.pk for p in pictures_of(guide)} == {cover.pk, inside.pk, step.pk}


@pytest.mark.slow
def test_publishing_makes_the_renditions(client, django_capture_on_commit_callbacks):
    picture = PictureFactory()
    with django_capture_on_commit_callbacks(execute=True):
        guide = GuidePageFactory(body=[("image", {"image": picture, "alt": "Hình", "caption": "Chú thích"})])
    assert picture.renditions.count() == 6
    assert "image/avif" in client.get(guide.url).content.decode()


@pytest.mark.slow
def test_pages_answer_while_the_object_store_is_down(client, monkeypatch, settings):
    import botocore.httpsession
    from botocore.exceptions import EndpointConnectionError

    picture = PictureFactory()
    make_renditions(picture)
    guide = GuidePageFactory(
        cover=picture, cover_alt="Bìa", body=[("image", {"image": picture, "alt": "Hình", "caption": ""})]
    )

    def down(*args, **kwargs):
        raise EndpointConnectionError(endpoint_url="store")

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", down)
    for url in (guide.url, guide.get_parent().url, "/vi/"):
        answer = client.get(url)
        assert answer.status_code == 200
    assert "image/avif" in client.get(guide.url).content.decode()


@pytest.mark.slow
def test_covers_of_a_list_cost_two_queries_for_all():
    pictures = [PictureFactory() for _number in range(3)]
    for picture in pictures:
        make_renditions(picture)
    with CaptureQueriesContext(connection) as captured:
        renditions_of(pictures)
    assert len(captured) == 1
