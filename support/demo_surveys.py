"""The demo's surveys: satisfaction asked twice, the first time published; needs, still being written; lessons rated."""

from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from courses.models import LessonPage
from schools.models import Role, Unit, User
from support.models import Survey, SurveyWords
from support.operations.survey_answers import keep_answer
from support.operations.surveys import (
    close_survey,
    copy_survey,
    judge_words,
    make_survey,
    open_survey,
    publish_results,
    version_in_force,
)
from support.surveys.presets import presets

NAMESPACE = uuid5(NAMESPACE_URL, "hoc-dich-vu-cong/demo/surveys")
FIRST, SECOND, NEEDS = "hai-long-dot-1", "hai-long-dot-2", "nhu-cau-2026"
UNITS = ("BD01", "DM02", "ST03")
AUDIENCES = ("hoc-sinh-thpt", "nguoi-dan", "nguoi-cao-tuoi", "")
SAID = (
    "Nên có người chỉ tại nhà văn hoá ấp vào buổi tối.",
    "Chữ trên điện thoại nhỏ quá, ông bà đọc không rõ.",
    "Phần tải giấy tờ lên hay báo lỗi, không biết lỗi gì.",
    "Video ngắn dễ hiểu hơn đọc chữ.",
    "Hỏi tôi qua 0912 345 678 nếu cần.",
)


def _answers(survey: Survey, count: int, *, chance: Random, kind: tuple[int, ...], since: datetime, days: int) -> None:
    """Answers as people give them: most have done it with help, few write anything."""
    version = version_in_force(survey)
    units = {code: Unit.objects.filter(code=code).first() for code in UNITS}
    for number in range(count):
        way = chance.choices(("tu-lam", "duoc-giup", "chua"), (5, 6, 3))[0]
        given: dict = {"da-lam": way}
        if way == "chua":
            given["vi-sao-chua"] = chance.sample(("khong-can", "khong-biet", "so-sai", "thieu-may"), 2)
        else:
            given["hai-long-chung"], given["de-lam"] = chance.choice(kind), chance.choice(kind)
            given["vuong-o-dau"] = chance.sample(("dang-nhap", "dien-mau", "tai-giay-to", "mang-yeu"), 2)
        if number % 12 == 0:
            given["gop-y"] = SAID[number // 12 % len(SAID)]
        keep_answer(
            survey=survey,
            version=version,
            key=uuid5(NAMESPACE, f"{survey.slug}-{number}"),
            language="en" if number % 20 == 0 else "vi",
            audience=chance.choice(AUDIENCES),
            unit=units[chance.choice(UNITS)],
            given=given,
            now=since + timedelta(hours=chance.randrange(days * 24)),
        )


def _named(survey: Survey, slug: str) -> Survey:
    Survey.objects.filter(pk=survey.pk).update(slug=slug)
    survey.refresh_from_db()
    return survey


@transaction.atomic
def load_demo_surveys(counts: dict[str, int]) -> None:
    """Make what is missing, by the operations that clicks call; counts what was made and kept."""
    role = (
        Role.objects.filter(kind="province_officer", user__is_demo=True).select_related("user").order_by("pk").first()
    )
    if role is None:
        return
    if Survey.objects.filter(slug=FIRST).exists():
        counts["kept"] += 3
        return
    # Not for secrets: the same demo each time.
    officer, chance, now = role.user, Random("surveys"), timezone.now()  # noqa: S311 (no secret)
    first = _named(make_survey(actor=officer, preset=presets()["hai-long"]), FIRST)
    first = open_survey(survey=first, actor=officer)
    _answers(first, 60, chance=chance, kind=(2, 3, 3, 3, 4, 4, 5), since=now - timedelta(days=140), days=20)
    first = close_survey(survey=first, actor=officer, now=now - timedelta(days=115))
    _let_words_through(first, officer)
    publish_results(survey=first, actor=officer, public=True)
    second = _named(copy_survey(survey=first, actor=officer, as_wave=True), SECOND)
    second = open_survey(survey=second, actor=officer)
    _answers(second, 60, chance=chance, kind=(3, 3, 4, 4, 4, 5, 5), since=now - timedelta(days=9), days=9)
    _named(make_survey(actor=officer, preset=presets()["nhu-cau"]), NEEDS)
    counts["created"] += 3
    _rate_lessons(chance, now)


def _let_words_through(survey: Survey, officer: User) -> None:
    words = SurveyWords.objects.filter(answer__survey=survey).values_list("uuid", flat=True)
    judge_words(survey=survey, words=list(words), state=SurveyWords.State.SHOWN, actor=officer)


def _rate_lessons(chance: Random, now: datetime) -> None:
    survey = Survey.objects.taking().filter(purpose=Survey.Purpose.LESSON).first()
    lessons = LessonPage.objects.live().filter(locale__language_code="vi").order_by("pk")[:2]
    if survey is None or survey.answers.exists():
        return
    version = version_in_force(survey)
    for lesson in lessons:
        for number in range(12):
            keep_answer(
                survey=survey,
                version=version,
                key=uuid5(NAMESPACE, f"{lesson.translation_key}-{number}"),
                about=str(lesson.translation_key),
                given={"bai-hoc": chance.choice((3, 4, 4, 5, 5)), "y-kien": "Cho thêm ví dụ." if number == 5 else ""},
                now=now - timedelta(hours=number),
            )
