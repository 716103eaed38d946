"""What is out of date: amber in the editors' lists, told to its owner once a week, out of the pools of contests."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cms.models import FreshnessFlag
from cms.operations.freshness import check_freshness, tell_owners
from cms.vocabulary.models import Procedure
from quizzes.models import Paper
from quizzes.operations import freeze_paper
from schools.models import Notification
from schools.operations.notifications import text_of
from tests.factories import quizzes as make
from tests.factories.cms import EditorFactory, GuidePageFactory, ProcedureFactory

pytestmark = pytest.mark.django_db

LONG_AGO = {"checked_on": date(2026, 1, 1), "review_by": date(2026, 2, 1)}


def test_what_is_stale_is_amber_in_lists_and_told_to_who_owns_it(client, django_capture_on_commit_callbacks):
    owner, other = EditorFactory(username="chu-so-huu"), EditorFactory(username="nguoi-khac")
    mine = ProcedureFactory("cap-ho-chieu", owner=owner, **LONG_AGO)
    ProcedureFactory("tam-tru", name="Đăng ký tạm trú", **LONG_AGO)
    ProcedureFactory("moi", name="Còn mới")
    with django_capture_on_commit_callbacks(execute=True):
        guide = GuidePageFactory(title="Làm hộ chiếu", procedure_codes=["cap-ho-chieu"])
        check_freshness()
    client.force_login(owner)
    listed = client.get(f"/admin/pages/{guide.get_parent().pk}/").content.decode()
    assert "⚠ cần kiểm tra lại: Làm hộ chiếu" in listed

    monday = date(2026, 11, 30)
    assert tell_owners(day=monday) == 2
    assert tell_owners(day=monday + timedelta(days=6)) == 0, "once a week"
    told = {note.user_id: text_of(note) for note in Notification.objects.filter(kind="procedures_stale")}
    assert "Cấp hộ chiếu; Đăng ký tạm trú" in told[owner.pk] and " 1 trang" in told[owner.pk]
    assert "Đăng ký tạm trú" in told[other.pk] and "hộ chiếu" not in told[other.pk]
    assert tell_owners(day=monday + timedelta(days=7)) == 2

    with django_capture_on_commit_callbacks(execute=True):
        Procedure.objects.filter(pk=mine.pk).update(review_by="2999-01-01")
        check_freshness()
    assert not FreshnessFlag.objects.filter(resolved_at=None).exists()
    assert "⚠" not in client.get(f"/admin/pages/{guide.get_parent().pk}/").content.decode()


def test_questions_on_a_stale_procedure_leave_the_pools_of_contests(django_capture_on_commit_callbacks):
    procedure = ProcedureFactory("cap-ho-chieu")
    about = [make.question(f"Hộ chiếu {number}?", procedure_code="cap-ho-chieu") for number in range(2)]
    rest = [make.question(f"Khác {number}?") for number in range(3)]
    quiz = make.quiz([], draws=[{"bank": make.bank(), "count": 3, "points": 1}])
    with django_capture_on_commit_callbacks(execute=True):
        make.signed(quiz)
        make.opening(quiz, context_kind="contest", context_key="thi")

    def pool() -> set[str]:
        return set(Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True).document["draws"][0]["ids"])

    def keys(questions) -> set[str]:
        return {str(one.translation_key) for one in questions}

    freeze_paper(quiz_key=quiz.quiz_key)
    assert pool() == keys([*about, *rest])
    Procedure.objects.update(**LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        check_freshness()
    assert pool() == keys(rest)
    # Checked by its owner, they come back.
    procedure.checked_on, procedure.review_by = timezone.localdate(), date(2999, 1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        procedure.save()
    assert pool() == keys([*about, *rest])
    # Where too few would be left everybody is still asked as many.
    rest[0].review = "draft"
    rest[0].save()
    Procedure.objects.update(**LONG_AGO)
    freeze_paper(quiz_key=quiz.quiz_key)
    assert pool() == keys([*about, *rest[1:]])
    # A quiz of a class is practice: nothing leaves it.
    practice = make.quiz([], draws=[{"bank": make.bank(), "count": 3, "points": 1}])
    document = Paper.objects.get(quiz_key=practice.quiz_key, is_current=True).document
    assert set(document["draws"][0]["ids"]) == keys([*about, *rest[1:]])
