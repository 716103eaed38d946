"""Groups, review, urgent publication, freshness, translation, and the editors' admin."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone
from pytest_django.asserts import assertRedirects
from wagtail.models import Workflow
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cms.models import RESERVED_SLUGS, FreshnessFlag, GuidePage, ProcedureUse, SectionPage, UrgentPublication
from cms.operations.editorial import UrgencyRefused, prepare_editorial, publish_urgently, sign_review
from cms.operations.freshness import check_freshness, confirm_page
from cms.pictures import pictures_without_words
from cms.queries import amber_procedures, translations_to_publish, urgent_unreviewed, waiting_for_review
from cms.urls import urlpatterns
from cms.vocabulary.usage import uses_of
from schools.models import Role, User
from tests.factories.cms import (
    EditorFactory,
    GuidePageFactory,
    HomePageFactory,
    LocaleFactory,
    PictureFactory,
    ProcedureFactory,
    SectionPageFactory,
    TopicFactory,
    VideoPageFactory,
)
from tests.factories.schools import make_with_role, province

pytestmark = pytest.mark.django_db


def draft_of(page, by, title="Bản mới"):
    page = page.specific
    page.title = title
    return page.save_revision(user=by)


# --- Review ---


@pytest.mark.slow
def test_page_is_called_a_draft_until_a_reviewer_signs(client, django_capture_on_commit_callbacks):
    guide = GuidePageFactory()
    editor, reviewer = EditorFactory(), EditorFactory("Reviewers")
    assert "chờ thẩm định" in client.get(guide.url).content.decode()
    draft_of(guide, editor)
    workflow = Workflow.objects.get(name="Thẩm định")
    state = workflow.start(guide.specific, editor)
    assert [row.revision.content_object.pk for row in waiting_for_review()] == [guide.pk]
    with django_capture_on_commit_callbacks(execute=True):
        state.current_task_state.approve(user=reviewer)
    guide = GuidePage.objects.get(pk=guide.pk)
    assert guide.title == "Bản mới"
    assert guide.is_reviewed
    assert guide.reviewed_by == reviewer
    assert "chờ thẩm định" not in client.get(guide.url).content.decode()
    guide.title = "Sửa không ai duyệt"
    guide.save_revision().publish()
    guide.refresh_from_db()
    assert not guide.is_reviewed


@pytest.mark.slow
def test_editors_hand_in_and_reviewers_publish():
    guide = GuidePageFactory()
    rights = {
        group: guide.permissions_for_user(EditorFactory(group)) for group in ("Editors", "Translators", "Reviewers")
    }
    assert rights["Editors"].can_edit() and not rights["Editors"].can_publish()
    assert rights["Translators"].can_edit() and not rights["Translators"].can_publish()
    assert rights["Reviewers"].can_publish()
    assert guide.get_workflow().name == "Thẩm định"


def test_preparing_twice_is_harmless():
    HomePageFactory()
    prepare_editorial()
    prepare_editorial()
    assert Workflow.objects.filter(name="Thẩm định").count() == 1


def test_a_role_brings_its_group_and_takes_it_away():
    user = User.objects.create(username="an")
    role = Role.objects.create(user=user, kind=Role.Kind.EDITOR)
    assert user.groups.filter(name="Editors").exists()
    role.ends_on = timezone.localdate() - timedelta(days=1)
    role.starts_on = role.ends_on - timedelta(days=1)
    role.save()
    assert not user.groups.filter(name="Editors").exists()


# --- Urgent publication ---


@pytest.mark.slow
def test_a_second_editor_publishes_urgently_with_a_reason():
    guide, writer, second = GuidePageFactory(), EditorFactory(), EditorFactory()
    draft_of(guide, writer)
    urgent = publish_urgently(page=guide, by=second, reason="Cổng đổi địa chỉ tối nay")
    guide.refresh_from_db()
    assert guide.title == "Bản mới"
    assert not guide.is_reviewed
    assert [row.pk for row in urgent_unreviewed()] == [urgent.pk]
    sign_review(page=guide, by=EditorFactory("Reviewers"))
    assert urgent_unreviewed() == []
    assert GuidePage.objects.get(pk=guide.pk).is_reviewed


@pytest.mark.slow
@pytest.mark.parametrize("case", ["own", "no reason", "reviewer", "nothing new"])
def test_urgent_publication_is_refused(case):
    guide, writer, second = GuidePageFactory(), EditorFactory(), EditorFactory()
    if case != "nothing new":
        draft_of(guide, writer)
    by = {"own": writer, "reviewer": EditorFactory("Reviewers")}.get(case, second)
    with pytest.raises(UrgencyRefused):
        publish_urgently(page=guide, by=by, reason="  " if case == "no reason" else "Gấp")
    assert not UrgentPublication.objects.exists()


def test_database_keeps_the_second_person():
    guide, editor = GuidePageFactory(), EditorFactory()
    with pytest.raises(IntegrityError):
        UrgentPublication.objects.create(page=guide, revision_id=1, written_by=editor, published_by=editor, reason="x")


# --- Freshness ---


def stale_guide(**values):
    procedure = ProcedureFactory()
    guide = GuidePageFactory(procedure_codes=[procedure.code], **values)
    return procedure, guide


@pytest.mark.slow
def test_changed_procedure_warns_readers_in_every_language(client, django_capture_on_commit_callbacks):
    procedure, guide = stale_guide()
    ProcedureFactory(procedure.code, "en", name="Passport")
    english_section = SectionPageFactory(HomePageFactory("en"))
    english = GuidePageFactory(english_section, procedure_codes=[procedure.code], title="Passport guide")
    assert "đã thay đổi ngày" not in client.get(guide.url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        procedure.fee = "300.000 đồng"
        procedure.save()
    text = client.get(guide.url).content.decode()
    assert "đã thay đổi ngày" in text
    assert "300.000 đồng" in text
    assert "The procedure changed on" in client.get(english.url).content.decode()
    assert {use.language for use in uses_of([procedure.code])} == {"vi", "en"}
    with django_capture_on_commit_callbacks(execute=True):
        assert confirm_page(page=guide, by=EditorFactory()) == 1
    assert "đã thay đổi ngày" not in client.get(guide.url).content.decode()


def test_saving_without_a_change_of_facts_warns_nobody():
    procedure, _guide = stale_guide()
    procedure.checked_on = timezone.localdate()
    procedure.save()
    assert not FreshnessFlag.objects.exists()


@pytest.mark.slow
def test_overdue_procedure_is_listed_with_what_uses_it(capsys):
    procedure, guide = stale_guide()
    type(procedure).objects.update(checked_on="2026-01-01", review_by="2026-02-01")
    report = check_freshness()
    assert [row["code"] for row in report["procedures"]] == [procedure.code]
    assert report["flagged"] == 1
    assert check_freshness()["flagged"] == 0
    (amber,) = amber_procedures()
    assert [use.title for use in amber.uses] == [guide.title]
    assert confirm_page(page=guide, by=EditorFactory()) == 0
    call_command("check_freshness", "--json")
    assert guide.title in capsys.readouterr().out
    type(procedure).objects.update(checked_on="2026-02-01", review_by="2999-01-01")
    assert check_freshness()["settled"] == 1


@pytest.mark.slow
def test_a_page_published_with_a_later_check_is_right_again():
    procedure, guide = stale_guide()
    procedure.fee = "khác"
    procedure.save()
    assert FreshnessFlag.objects.filter(resolved_at=None).count() == 1
    guide = GuidePage.objects.get(pk=guide.pk)
    guide.checked_on = timezone.localdate()
    guide.save_revision().publish()
    assert not FreshnessFlag.objects.filter(resolved_at=None).exists()


def test_an_unpublished_page_uses_nothing():
    procedure, guide = stale_guide()
    assert ProcedureUse.objects.count() == 1
    guide.unpublish()
    assert uses_of([procedure.code]) == []


# --- Translation ---


@pytest.mark.slow
def test_translation_is_submitted_translated_and_published(client, django_capture_on_commit_callbacks):
    LocaleFactory("en")
    home, topic = HomePageFactory(), TopicFactory()
    TopicFactory("cu-tru", "en", "Residence", translation_key=topic.translation_key)
    english_home = HomePageFactory("en")
    section = SectionPageFactory(home, title="Hướng dẫn")
    guide = GuidePageFactory(section, title="Cấp hộ chiếu", topics=[topic])
    editor = EditorFactory()
    client.force_login(editor)
    english = LocaleFactory("en")
    url = f"/admin/localize/submit/page/{guide.pk}/"
    assert client.get(url).status_code == 200
    sent = client.post(url, {"locales": [english.pk], "include_subtree": ""})
    assert sent.status_code == 302
    translated = guide.get_translation(english)
    assert translated.get_parent().locale == english
    assert [term.name for term in translated.specific.topics.all()] == ["Residence"]
    source = TranslationSource.objects.get_for_instance(guide)
    translation = Translation.objects.get(source=source, target_locale=english)
    desk = f"/admin/languages/translate/{translation.pk}/"
    assertRedirects(client.get(f"/admin/pages/{translated.pk}/edit/"), desk)
    segments = list(source.stringsegment_set.select_related("string"))
    assert len(segments) > 1
    for segment in segments:
        assert translations_to_publish() == [], "some of it is still to be translated"
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=english,
            context=segment.context,
            data=segment.string.data.replace("Cấp hộ chiếu", "Passport").replace("Bước đầu tiên", "The first step"),
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
    assert translations_to_publish() == [translated.page_ptr]
    client.force_login(EditorFactory("Reviewers"))
    desk = client.get("/admin/").content.decode()
    assert f'href="/admin/pages/{translated.pk}/edit/"' in desk, "the reviewer hears of it"
    with django_capture_on_commit_callbacks(execute=True):
        for parent in (english_home, translated.get_parent()):
            if not parent.live:
                parent.specific.save_revision().publish()
        translation.save_target(user=editor, publish=True)
    assert translations_to_publish() == []
    translated = GuidePage.objects.get(pk=translated.pk)
    assert translated.live
    assert translated.title == "Passport"
    assert [block.id for block in translated.body] == [block.id for block in guide.body]
    text = client.get(translated.url).content.decode()
    assert "The first step" in text
    client.logout()
    # the switcher keeps the place, both ways
    assert f'href="{translated.url}"' in client.get(guide.url).content.decode()
    assert f'href="{guide.url}"' in client.get(translated.url).content.decode()


@pytest.mark.slow
def test_switcher_leads_to_the_nearest_translated_page_and_says_so(client):
    home = HomePageFactory("vi")
    english = HomePageFactory("en")
    guide = GuidePageFactory(SectionPageFactory(home))
    text = client.get(guide.url).content.decode()
    assert f'href="{english.url}?untranslated=vi"' in text
    assert 'hreflang="vi"' in text
    landed = client.get(f"{english.url}?untranslated=vi").content.decode()
    assert "not available in this language yet" in landed
    assert "not available in this language yet" not in client.get(english.url).content.decode()


# --- The admin ---


@pytest.mark.slow
@pytest.mark.parametrize("make", [HomePageFactory, SectionPageFactory, GuidePageFactory, VideoPageFactory])
def test_edit_and_preview_open_for_every_page_type(client, make):
    page = make()
    client.force_login(EditorFactory())
    assert client.get(f"/admin/pages/{page.pk}/edit/").status_code == 200
    for mode in ("", "print"):
        preview = client.get(f"/admin/pages/{page.pk}/view_draft/", {"mode": mode})
        assert preview.status_code == 200
    assert [size["device_width"] for size in page.preview_sizes] == [360, 1280]


@pytest.mark.slow
def test_lists_of_words_open_with_their_columns(client):
    ProcedureFactory()
    client.force_login(EditorFactory())
    for model in ("procedure", "topic", "audience", "competence", "contentlanguage", "portallink"):
        assert client.get(f"/admin/snippets/vocabulary/{model}/").status_code == 200, model
    assert client.get("/admin/snippets/cms/searchsynonym/").status_code == 200


@pytest.mark.slow
def test_first_page_of_the_admin_lists_what_is_amber_and_what_waits(client):
    procedure, guide = stale_guide(title="Trang cần xem lại")
    type(procedure).objects.update(checked_on="2026-01-01", review_by="2026-02-01")
    check_freshness()
    editor = EditorFactory()
    draft_of(guide, editor)
    publish_urgently(page=guide, by=EditorFactory(), reason="Gấp lắm")
    client.force_login(editor)
    answer = client.get("/admin/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert procedure.name in text
    assert "Gấp lắm" in text
    assert client.get("/admin/freshness/").status_code == 200
    assert "script-src 'self' 'unsafe-inline'" in answer["Content-Security-Policy"]
    assert "'unsafe-inline'" not in client.get(guide.url)["Content-Security-Policy"]


@pytest.mark.slow
def test_screens_of_urgent_publication_and_signing(client):
    guide, writer = GuidePageFactory(), EditorFactory()
    draft_of(guide, writer)
    client.force_login(writer)
    refused = client.post(f"/admin/urgent/{guide.pk}/", {"reason": "Gấp"})
    assert refused.status_code == 200
    assert not UrgentPublication.objects.exists()
    client.force_login(EditorFactory())
    assert client.post(f"/admin/urgent/{guide.pk}/", {"reason": "Gấp"}).status_code == 302
    client.force_login(EditorFactory("Reviewers"))
    assert client.get(f"/admin/review/{guide.pk}/sign/").status_code == 200
    assert client.post(f"/admin/review/{guide.pk}/sign/").status_code == 302
    assert GuidePage.objects.get(pk=guide.pk).is_reviewed


ADDED = {"kind": "other", "summary": "", "cover_alt": "", "body-count": "0", "sources-count": "0"}


def first_segments(patterns) -> set[str]:
    found = set()
    for pattern in patterns:
        first = str(pattern.pattern).split("/")[0]
        if first:
            found.add(first)
        else:
            found |= first_segments(getattr(pattern, "url_patterns", []))
    return found


def test_every_address_of_the_application_is_reserved():
    """What the site answers itself below a language, and what contract.md promises there."""
    (below,) = [pattern for pattern in urlpatterns if isinstance(pattern.pattern, LocalePrefixPattern)]
    answered = {name for name in first_segments(below.url_patterns) if name.isalpha()}
    assert answered >= {"account", "teach", "schools"}
    assert answered <= RESERVED_SLUGS
    promised = {"learn", "teach", "quiz", "contests", "schools", "reports", "support", "account", "feeds"}
    assert promised <= RESERVED_SLUGS


@pytest.mark.slow
def test_the_address_of_a_new_page_has_no_vietnamese_marks(client):
    home = HomePageFactory()
    client.force_login(User.objects.create_superuser("quan-tri"))
    # As the browser proposes it from the title
    proposed = {"title": "Đi thử việc", "slug": "đi-thử-việc"}
    client.post(f"/admin/pages/add/cms/sectionpage/{home.pk}/", proposed | ADDED)
    made = SectionPage.objects.get(title="Đi thử việc")
    assert made.slug == "di-thu-viec"

    # An address already out in the world stays.
    kept = SectionPageFactory(home, title="Đi làm", slug="đi-làm")
    client.post(f"/admin/pages/{kept.pk}/edit/", {"title": "Đi làm xa", "slug": "đi-làm", **ADDED})
    latest = SectionPage.objects.get(pk=kept.pk).get_latest_revision_as_object()
    assert (latest.title, latest.slug) == ("Đi làm xa", "đi-làm")


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
@pytest.mark.slow
def test_reserved_slug_is_refused_however_it_is_taken(client, slug):
    home = HomePageFactory()
    section = SectionPageFactory(home)
    inside = SectionPageFactory(section, title="Bên trong", slug=slug)
    client.force_login(User.objects.create_superuser("quan-tri"))
    made = client.post(f"/admin/pages/add/cms/sectionpage/{home.pk}/", {"title": "Học", "slug": slug, **ADDED})
    assert made.status_code == 200
    assert f"{slug}-page" in made.content.decode()

    moved = client.post(f"/admin/pages/{inside.pk}/move/{home.pk}/confirm/", follow=True)
    assert f"{slug}-page" in moved.content.decode()
    together = client.post(f"/admin/bulk/wagtailcore/page/move/?id={inside.pk}", {"chooser": home.pk}, follow=True)
    assert f"{slug}-page" in together.content.decode()
    copy = {"new_title": "Bản sao", "new_slug": slug, "new_parent_page": home.pk}
    for alias in ({}, {"alias": "on"}):
        copied = client.post(f"/admin/pages/{inside.pk}/copy/", copy | alias)
        assert copied.status_code == 200
        assert f"{slug}-page" in copied.content.decode()
    for moving in (lambda: inside.move(home, pos="last-child"), lambda: inside.move(section, pos="right")):
        with pytest.raises(ValidationError):
            moving()
    with pytest.raises(ValidationError):
        inside.copy(to=home)
    inside.refresh_from_db()
    assert inside.get_parent().pk == section.pk
    assert set(home.get_children().values_list("slug", flat=True)) == {section.slug}


@pytest.mark.slow
def test_a_page_with_another_slug_is_moved_and_copied(client):
    home = HomePageFactory()
    inside = SectionPageFactory(SectionPageFactory(home), slug="learn-page")
    client.force_login(User.objects.create_superuser("quan-tri"))
    copy = {"new_title": "Bản sao", "new_slug": "ban-sao", "new_parent_page": home.pk}
    assert client.post(f"/admin/pages/{inside.pk}/copy/", copy).status_code == 302
    assert client.post(f"/admin/pages/{inside.pk}/move/{home.pk}/confirm/").status_code == 302
    assert {"learn-page", "ban-sao"} <= set(home.get_children().values_list("slug", flat=True))


@pytest.mark.slow
def test_an_editor_chooses_among_terms_of_the_pages_own_language(client):
    section = SectionPageFactory()
    here = TopicFactory()
    there = TopicFactory("cu-tru", "en", "Residence", translation_key=here.translation_key)
    guide = GuidePageFactory(section)
    client.force_login(EditorFactory())
    for address in (f"/admin/pages/{guide.pk}/edit/", f"/admin/pages/add/cms/guidepage/{section.pk}/"):
        form = client.get(address).context["form"]
        assert list(form.fields["topics"].queryset) == [here], address
    guide.topics.set([there])
    guide.save_revision()
    form = client.get(f"/admin/pages/{guide.pk}/edit/").context["form"]
    assert set(form.fields["topics"].queryset) == {here, there}, "what is on the page can be seen and taken away"


@pytest.mark.slow
def test_pictures_without_words_are_named_before_publishing(client):
    """To the writer with each save, to the reviewer on opening what was handed in and on signing; and from the page's
    menu its staff is asked to read it."""
    bare, told, in_text = PictureFactory(title="Sơ đồ"), PictureFactory(title="Ảnh"), PictureFactory(title="Chữ ký")
    body = [
        ("image", {"image": bare, "alt": " ", "caption": ""}),
        ("image", {"image": told, "alt": "Một người cầm điện thoại", "caption": ""}),
        ("steps", {"title": "", "steps": [{"title": "Mở", "text": "", "image": bare, "alt": ""}]}),
        ("text", f'<p>Xem</p><embed embedtype="image" id="{in_text.pk}" alt="" format="left"/>'),
        ("text", f'<embed embedtype="image" id="{told.pk}" alt="Tờ khai" format="left"/>'),
    ]
    guide, editor = GuidePageFactory(body=body), EditorFactory()
    assert pictures_without_words(guide) == ["Sơ đồ", "Chữ ký"]
    assert pictures_without_words(GuidePageFactory(guide.get_parent())) == []
    draft_of(guide, editor)
    Workflow.objects.get(name="Thẩm định").start(guide.specific, editor)
    reviewer = EditorFactory("Reviewers")
    client.force_login(reviewer)
    named = "2 hình chưa có chữ thay thế: “Sơ đồ”; “Chữ ký”."
    assert named in client.get(f"/admin/pages/{guide.pk}/edit/").content.decode()
    assert "<li>Sơ đồ</li>" in client.get(f"/admin/review/{guide.pk}/sign/").content.decode()
    client.force_login(EditorFactory())
    assert "<li>Chữ ký</li>" in client.get(f"/admin/urgent/{guide.pk}/").content.decode()
    asked = f"{reverse('courses:reading_new')}?key={guide.translation_key}"
    menu = f"/admin/pages/{guide.get_parent().pk}/"
    assert asked not in client.get(menu).content.decode(), "an editor's group is not yet the office"
    province()
    boss = make_with_role("editor", "Bùi Văn Bút")
    client.force_login(boss)
    assert asked in client.get(menu).content.decode()
    assert asked in client.get(f"/admin/pages/{guide.pk}/edit/").content.decode()
    assert GuidePage.objects.get(pk=guide.pk).title in client.get(asked).content.decode(), "what readers see now"
