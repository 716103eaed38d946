"""Every page type, as whoever meets it, in both languages, on a small phone and on a desk: no accessibility fault.

The quiz has its own (test_quiz_taking.py), the second factor too (test_sign_in.py).
"""

import pytest
from django.urls import reverse

from cms.loading import section
from cms.models import GuidePage, MaterialPage, NewsPage
from cms.translating.models import GlossaryTerm, InterfaceString, LanguageRole, NativeReview
from cms.vocabulary.models import ContentLanguage
from courses.models import CoursePage, LessonPage
from quizzes.operations import start_attempt, submit_attempt
from schools.operations import accounts, joining
from schools.operations.cards import issue_cards
from tests.factories import courses as make
from tests.factories import figures, h5p, quizzes
from tests.factories.cms import EditorFactory, GuidePageFactory, HomePageFactory, VideoPageFactory
from tests.factories.schools import PIN, make_class, make_pupil, make_school, make_teacher, make_with_role, school_year
from tests.live import PHONE, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def site(live_starter_site):
    """The starter content, and a class that has been at work with it: {role: (person, its addresses in Vietnamese)}."""
    school_year()
    school = make_school("Trường THPT Sông Trong", code="SONGTRONG")
    school_class = make_class(school, "10A1")
    pupil = make_pupil(school_class, "Trần Thị Bưởi", code="0012345")
    for number in range(12):
        make_pupil(school_class, f"Lê Thị Mận {number}", code=f"00200{number:02d}")
    teacher = make_teacher(school_class, can_edit_roster=True)
    clerk = make_with_role("school_admin", "Đặng Văn Trường", school=school)
    course = CoursePage.objects.live().filter(locale__language_code="vi").order_by("path").first()
    lesson = LessonPage.objects.child_of(course).order_by("path").first()
    played = make.lesson(course, "Bài có bài tập", body=[h5p.block(h5p.content())])
    given = make.assignment(lesson, school_class, teacher)
    accounts.request_password(user=pupil)
    code = joining.open_join_code(school_class=school_class, actor=teacher)
    joining.join_class(join_code=code, full_name="Khách Chờ Duyệt", pin=PIN)
    issue_cards(users=[pupil], actor=None)
    quiz = quizzes.quiz(1)
    quizzes.opening(quiz)
    attempt = submit_attempt(
        user=pupil, attempt_uuid=start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="crawl")[0].uuid
    )
    video = VideoPageFactory(section("videos")["vi"])
    guide = GuidePage.objects.live().filter(locale__language_code="vi").order_by("path").first()
    materials = MaterialPage.objects.live().filter(locale__language_code="vi").order_by("path")
    news = NewsPage.objects.live().filter(locale__language_code="vi").order_by("path").first()
    taken = quizzes.quiz([quizzes.of_type(one) for one in ("single", "statements", "matching", "short")])
    quizzes.opening(taken)
    figures.class_takes(school_class, taken, pupils=12)
    of_class, of_school = [school_class.uuid], [school.code]
    home = course.get_parent().get_parent()
    return {
        "visitor": (
            None,
            [
                home.url,
                section("guides")["vi"].url,
                course.get_parent().url,
                course.url,
                lesson.url,
                reverse("courses:slides", args=[lesson.translation_key]),
                played.url,
                guide.url,
                video.url,
                *(page.url for page in (materials.first(), news, materials.first().get_parent(), news.get_parent())),
                "/vi/search/?q=tai+khoan",
                "/vi/search/?q=xyzzy",
                "/vi/khong-co-trang-nay/",
                f"{reverse('account_login')}?school={school.code}",
                f"{reverse('account_login')}?as=staff",
                reverse("schools:card"),
                reverse("schools:join"),
                f"{reverse('schools:join')}?code={code.code}",
                f"{reverse('schools:forgotten')}?school={school.code}",
                reverse("receipt", args=[attempt.receipt_code]),
            ],
        ),
        "pupil": (
            pupil,
            [
                home.url,
                reverse("courses:today"),
                lesson.url,
                reverse("schools:account"),
                reverse("schools:change_password"),
                reverse("mfa_index"),
                reverse("receipt", args=[attempt.receipt_code]),
            ],
        ),
        "teacher": (
            teacher,
            [
                home.url,
                *(reverse(f"courses:{name}") for name in ("teach", "assigned", "assign", "papers")),
                reverse("courses:lesson_papers", args=[lesson.translation_key]),
                reverse("courses:give", args=[course.translation_key]),
                *(reverse(f"courses:{name}", args=[given.uuid]) for name in ("status", "message", "change_due")),
                reverse("courses:pupil", args=[given.uuid, pupil.uuid]),
                reverse("courses:attendance", args=[school_class.uuid, lesson.translation_key]),
                reverse("courses:gradebook", args=of_class),
                reverse("quiz_class_figures", args=of_class),
                *(reverse("quiz_figures", args=[each.quiz_key]) for each in (quiz, taken)),
                f"{reverse('quiz_figures', args=[taken.quiz_key])}?print=1",
                reverse("schools:class_pupils", args=of_class),
                reverse("schools:join_code", args=[school_class.uuid, code.uuid]),
                reverse("schools:class_cards", args=of_class),
            ],
        ),
        "clerk": (
            clerk,
            [
                *(reverse(f"schools:{name}", args=of_school) for name in ("home", "staff", "roster")),
                reverse("schools:people"),
                reverse("schools:member", args=[teacher.uuid]),
            ],
        ),
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_has_an_accessibility_fault(language, site, open_page, sign_in, look):
    faults = []
    for role, (person, addresses) in site.items():
        page = open_page()
        # A colour half-way through its change is nobody's contrast.
        page.emulate_media(reduced_motion="reduce")
        if person:
            sign_in(page, person)
        for place, address in enumerate(addresses):
            page.goto(in_language(address, language))
            try:
                look(page, f"{role}-{place}", language)
            except AssertionError as error:
                faults.append(str(error))
    assert not faults, "\n\n".join(faults)


def in_language(address: str, language: str) -> str:
    """Pages keep their slugs in a language of ours, or say that they are not translated; a receipt is asked by name."""
    if not address.startswith("/vi/"):
        return f"{address}?language={language}"
    return f"/{language}/{address.removeprefix('/vi/')}"


def test_the_editors_own_panels_have_no_accessibility_fault(live_site, desktop, sign_in, axe):
    sign_in(desktop, EditorFactory())
    for address in ("freshness/", "h5p/", "h5p/upload/", "h5p/libraries/", "media/video/add/"):
        desktop.goto(f"/admin/{address}")
        axe(desktop)


def test_the_desk_of_translators_has_no_accessibility_fault_and_fits_a_phone(live_site, open_page, sign_in, axe):
    """A translator begins on the board and hands in; a native reviewer reads, signs and finds the words of the interface."""
    HomePageFactory("en")
    guide = GuidePageFactory(
        title="Nộp hồ sơ từ nhà", body=[("text", "<p>Mở <b>Cổng dịch vụ công</b>.</p><p>Nộp.</p>")]
    )
    english_table = {"autonym": "English", "name_vi": "Tiếng Anh", "name_en": "English", "fallbacks": ["vi"]}
    english, _new = ContentLanguage.objects.get_or_create(tag="en", defaults=english_table)
    khmer_table = {"autonym": "ភាសាខ្មែរ", "name_vi": "Tiếng Khmer", "name_en": "Khmer", "fallbacks": ["vi"]}
    khmer, _new = ContentLanguage.objects.get_or_create(tag="km", defaults=khmer_table)
    ContentLanguage.objects.filter(pk=khmer.pk).update(site_allowed=True)
    InterfaceString.objects.create(language=khmer, digest="0" * 40, msgid="Contests", room="contests")
    GlossaryTerm.objects.create(language=english, term="hồ sơ", translation="file")
    translator, native = EditorFactory("Translators"), EditorFactory("Translators")
    for user, kind in ((translator, "translator"), (native, "reviewer")):
        for language in (english, khmer):
            LanguageRole.objects.create(user=user, language=language, kind=kind)
    page = open_page(viewport=PHONE)
    # The back end's own scripts are held to its own policy, not ours.
    page.forgiven = True
    page.emulate_media(reduced_motion="reduce")
    seen = []

    def fits(name: str) -> None:
        # Messages of the back end fade in.
        eventually(page, lambda: page.evaluate("document.getAnimations().every(one => one.playState !== 'running')"))
        axe(page)
        seen.append((name, page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]))

    sign_in(page, translator)
    page.goto("/admin/languages/board/?language=en")
    fits("board")
    page.locator("tr").filter(has_text="Nộp hồ sơ từ nhà").get_by_role("button", name="Bắt đầu dịch").click()
    page.wait_for_url("**/languages/translate/*/")
    page.locator("summary").first.click()
    fits("desk and files")
    page.locator(".lb-row textarea").first.fill("Filing from home")
    page.get_by_role("button", name="Lưu và gửi duyệt").click()
    page.get_by_text("đoạn chưa xong").wait_for()
    fits("handed in")
    page.goto("/admin/languages/mine/")
    fits("queue")
    sign_in(page, native)
    page.goto("/admin/languages/mine/")
    fits("to sign")
    page.get_by_role("button", name="Tôi đã đọc: ký duyệt").first.click()
    page.get_by_text("đã ký duyệt").first.wait_for()
    assert NativeReview.objects.get().content_key == guide.translation_key
    for address in ("", "km/words/", "km/sign/"):
        page.goto(f"/admin/languages/{address}")
        fits(address or "languages")
    assert [name for name, fitting in seen if not fitting] == []
