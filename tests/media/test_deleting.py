"""What is used somewhere is not deleted: whoever tries is told where."""

import pytest
from django.urls import reverse

from media.models import Picture, Recording
from tests.factories.cms import EditorFactory, HomePageFactory, SectionPageFactory, VideoPageFactory
from tests.factories.media import RecordingFactory
from tests.factories.schools import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.references]


def test_a_used_recording_stays_and_its_places_are_named(client):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    recording, free = RecordingFactory(b"a"), RecordingFactory(b"b", name="khac.mp4")
    page = VideoPageFactory(
        SectionPageFactory(HomePageFactory(), kind="videos"), recording=recording, title="Trang dùng phim"
    )
    address = reverse("wagtailmedia:delete", args=[recording.pk])
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 409
        assert "Trang dùng phim" in answer.content.decode()
        assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in answer.content.decode()
    assert Recording.objects.filter(pk=recording.pk).exists()
    # The conversion of a recording is no use of it.
    from media.operations import request_conversion

    request_conversion(recording=free)
    other = reverse("wagtailmedia:delete", args=[free.pk])
    assert client.get(other).status_code == 200
    assert client.post(other).status_code == 302
    assert not Recording.objects.filter(pk=free.pk).exists()
    # A picture on a cover, one by one and together with others.
    picture = Picture.objects.create(title="Bìa", file="original_images/bia.png", width=1, height=1)
    page.cover, page.cover_alt = picture, "Bìa"
    page.save_revision().publish()
    assert client.post(reverse("wagtailimages:delete", args=[picture.pk])).status_code == 409
    together = reverse("wagtail_bulk_action", args=["media", "picture", "delete"]) + f"?id={picture.pk}"
    assert client.post(together).status_code == 302
    new = reverse("wagtailimages:delete_multiple", args=[picture.pk])
    assert client.post(new, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 409
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_editors_may_delete_and_yet_not_what_is_used(client):
    """Their right is the one over files of the collection, or over their own: not that of an administrator."""
    editor = EditorFactory()
    used, own = RecordingFactory(b"a"), RecordingFactory(b"b", name="khac.mp4", uploaded_by_user=editor)
    section = SectionPageFactory(HomePageFactory(), kind="videos")
    VideoPageFactory(section, recording=used, title="Trang dùng phim")
    client.force_login(editor)
    address = reverse("wagtailmedia:delete", args=[used.pk])
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 409
        assert "Trang dùng phim" in answer.content.decode()
    assert client.post(reverse("wagtailmedia:delete", args=[own.pk])).status_code == 302
    assert list(Recording.objects.all()) == [used]
    # Who may not delete is not told where it is used.
    client.force_login(make_staff("Người Lạ", username="nguoi.la"))
    answer = client.post(address)
    assert answer.status_code == 302 and "Trang dùng phim" not in answer.content.decode()
    assert Recording.objects.filter(pk=used.pk).exists()
