"""Surveys: anybody answers once without an account, nothing is lost or counted twice, no small group is told."""

import json
from copy import deepcopy
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from cms.audit.models import AuditEvent
from support.models import Survey, SurveyAnswer, SurveyVersion, SurveyWords
from support.operations import surveys as operations
from support.operations.privacy import DEVICES_FOR, OWN, WORDS_FOR
from support.operations.survey_answers import ON_ITS_WAY, takes
from support.queries.survey_figures import figures, satisfied_between, waves
from support.surveys.problems import (
    AnswersRefused,
    HangsTogether,
    HasAnswers,
    KeyTaken,
    MeaningChanged,
    NotInForce,
    SurveyMoved,
    SurveyNotOpen,
)
from tests.factories import schools as make
from tests.factories.constraints import once, refused
from tests.factories.surveys import SATISFIED, answer, open_preset

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def people_made(shared_database):
    ward = make.make_unit("Phường Sông Trong")
    return {
        "ward": ward,
        "other_ward": make.make_unit("Xã Núi Xa"),
        "officer": make.make_with_role("commune_officer", "Trần Thị Xã", unit=ward, username="cb.xa"),
        "editor": make.make_with_role("editor", "Hồ Thị Biên", username="bien"),
    }


@pytest.fixture
def people(db, people_made):
    return deepcopy(people_made)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, survey: Survey, **body):
    sent = {"key": str(uuid4()), "version": 1, "values": SATISFIED} | body
    return client.post(f"/api/v1/surveys/{survey.slug}/answers", json.dumps(sent), content_type="application/json")


# --- Taking it ----------------------------------------------------------------------------------------------------------


def test_a_stranger_answers_without_a_script_and_changes_it_once_more(people):
    survey, client = open_preset(), Client()
    assert client.get(f"/k/{survey.code.lower()}").url == f"/vi/support/surveys/{survey.slug}/"
    page = client.get(f"/vi/support/surveys/{survey.slug}/")
    body = page.content.decode()
    assert page.status_code == 200 and "csrftoken" not in page.cookies and page.cookies["khao_sat"]["httponly"]
    assert "chỉ hỏi khi “Trong 6 tháng qua" in body, "said where no script hides it"
    assert 'data-when="da-lam"' in body and "rất hài lòng" in body and people["ward"].name in body
    key = page.context["key"]
    sent = {"key": str(key), "seq": "1", "version": "1", "language": "vi", "unit": people["ward"].code}
    refused_page = client.post(f"/vi/support/surveys/{survey.slug}/", sent | {"q-gop-y": "Mạng yếu quá"})
    body = refused_page.content.decode()
    assert refused_page.status_code == 422 and "Mạng yếu quá" in body and str(key) in body
    assert 'href="#q-da-lam"' in body and "q-hai-long-chung:" not in body
    # What hangs on another answer is dropped, and a number is taken out of the words.
    whole = sent | {"q-da-lam": "chua", "q-hai-long-chung": "1", "q-vi-sao-chua": ["so-sai", "khong-biet"]}
    whole["q-gop-y"] = "Gọi tôi 0912 345 678 nhé"
    for _twice in range(2):
        done = client.post(f"/vi/support/surveys/{survey.slug}/", whole)
        assert done.status_code == 302 and "masked=1" in done.url
    kept = SurveyAnswer.objects.get()
    assert kept.values == {"da-lam": "chua", "vi-sao-chua": ["khong-biet", "so-sai"]} and kept.unit == people["ward"]
    assert "0912" not in kept.words.get().text and kept.device and kept.audience == ""
    thanks = client.get(done.url).content.decode()
    assert "Cảm ơn bạn" in thanks and "?change=1" in thanks
    assert "?change=1" in client.get(f"/vi/support/surveys/{survey.slug}/").content.decode()
    changing = client.get(f"/vi/support/surveys/{survey.slug}/?change=1")
    assert changing.context["key"] == key and changing.context["seq"] == 2 and "Gọi tôi" in changing.content.decode()
    client.post(
        f"/vi/support/surveys/{survey.slug}/", sent | {"seq": "2", "q-da-lam": "tu-lam", "q-hai-long-chung": "4"}
    )
    kept.refresh_from_db()
    assert kept.values == {"da-lam": "tu-lam", "hai-long-chung": 4} and not kept.words.exists()
    # The next person with the same phone begins anew.
    assert client.post(f"/vi/support/surveys/{survey.slug}/another/").status_code == 302
    assert client.get(f"/vi/support/surveys/{survey.slug}/").context["key"] != key
    assert not {field.name for field in SurveyAnswer._meta.get_fields()} & {"ip", "address", "user", "name"}


def test_a_program_or_a_waiting_phone_sends_the_same_twice_and_it_counts_once(people):
    survey, phone, key = open_preset(), Client(), str(uuid4())
    phone.get(f"/vi/support/surveys/{survey.slug}/")
    asked = phone.get(f"/api/v1/surveys/{survey.slug}?language=en").json()
    assert asked["language"] == "en" and asked["version"] == 1 and asked["takes_answers"]
    assert asked["questions"][1]["asked_when"] == {"question": "da-lam", "is": ["tu-lam", "duoc-giup"]}
    first = post(phone, survey, key=key)
    assert first.status_code == 201 and first.json()["state"] == "kept"
    again = post(phone, survey, key=key)
    assert again.status_code == 200 and again.json()["key"] == key
    post(phone, survey, key=key, seq=3, values=SATISFIED | {"hai-long-chung": 2})
    # A copy that comes late changes nothing; another tab of the same phone changes the same answer.
    post(phone, survey, key=key, seq=2)
    assert SurveyAnswer.objects.get().values["hai-long-chung"] == 2
    other = post(phone, survey, values=SATISFIED | {"hai-long-chung": 1}).json()
    assert other["key"] == key and other["seq"] == 4 and SurveyAnswer.objects.get().values["hai-long-chung"] == 1
    assert post(Client(), survey).status_code == 201 and SurveyAnswer.objects.count() == 2
    wrong = post(Client(), survey, values={"da-lam": "tu-lam"})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "hai-long-chung"
    assert post(Client(), survey, key="x").status_code == 422 and post(Client(), survey, seq=0).status_code == 422
    elsewhere = open_preset("nhu-cau")
    taken = post(Client(), elsewhere, key=key, values={"can-hoc": ["vneid"], "cach-hoc": "video"})
    assert (taken.status_code, taken.json()["code"]) == (409, "key_taken")
    assert phone.get("/api/v1/surveys/khong-co").status_code == 404
    assert phone.get(f"/api/v1/surveys/{survey.slug}/results").status_code == 404


def test_what_was_answered_in_time_comes_in_late_and_nothing_else_does(people):
    now = timezone.now()
    survey = open_preset(closes_at=now + timedelta(hours=1))
    closing = survey.closes_at
    hour = timedelta(hours=1)
    assert takes(survey, answered_at=closing - hour, now=closing + hour)
    assert not takes(survey, answered_at=closing, now=closing)
    assert not takes(survey, answered_at=closing - hour, now=closing + ON_ITS_WAY)
    assert answer(survey, age=2 * hour, now=closing + hour).is_new
    with pytest.raises(SurveyNotOpen):
        answer(survey, now=closing + hour)
    # A clock that runs ahead makes nobody younger.
    with pytest.raises(SurveyNotOpen):
        answer(survey, age=-2 * hour, now=closing + hour)
    Survey.objects.filter(pk=survey.pk).update(closes_at=None, opens_at=now + hour)
    survey.refresh_from_db()
    with pytest.raises(SurveyNotOpen):
        answer(survey)
    page = Client().get(f"/vi/support/surveys/{survey.slug}/").content.decode()
    assert "Khảo sát này bắt đầu" in page and "<form" not in page.partition("<main")[2]
    assert post(Client(), survey).json()["code"] == "survey_not_open"
    draft = operations.copy_survey(survey=survey, actor=None, as_wave=False)
    assert Client().get(f"/vi/support/surveys/{draft.slug}/").status_code == 404


def test_a_language_it_is_not_in_is_said_and_the_next_is_shown(people):
    survey = open_preset("danh-gia-bai-hoc")
    page = Client().get(f"/vi/support/surveys/{survey.slug}/?language=en").content.decode()
    assert "Did this lesson help you?" in page and 'lang="en"' in page
    page = Client().get(f"/vi/support/surveys/{survey.slug}/?language=km").content.decode()
    assert "chưa có bằng" in page and "Bài học này giúp được bạn nhiều không?" in page
    half = deepcopy(survey.questions)
    del half[1]["texts"]["en"]
    Survey.objects.filter(pk=survey.pk).update(questions=half)
    operations.renew_survey(survey=survey, actor=None)
    page = Client().get(f"/en/support/surveys/{survey.slug}/").content.decode()
    assert (
        "is not in English yet" in page and "Bài học này" in page and 'hreflang="en"' not in page.partition("<main")[2]
    )


def test_a_lesson_is_rated_in_one_press_and_each_lesson_apart(people):
    lesson, other = uuid4(), uuid4()
    assert Client().get(f"/vi/support/rate/{lesson}/?r=4").status_code == 404
    survey, client = open_preset("danh-gia-bai-hoc"), Client()
    page = client.get(f"/vi/support/rate/{lesson}/?r=4", follow=True)
    assert 'value="4" checked' in page.content.decode() and page.context["about"] == str(lesson)
    for key in (lesson, other):
        sent = {"key": str(uuid4()), "about": str(key), "version": "1", "q-bai-hoc": "4"}
        assert client.post(f"/vi/support/surveys/{survey.slug}/", sent).status_code == 302
    assert {row.about for row in SurveyAnswer.objects.all()} == {str(lesson), str(other)}
    listed = client.get("/vi/support/surveys/").content.decode()
    assert survey.slug not in listed and open_preset().slug in client.get("/vi/support/surveys/").content.decode()


# --- Building it --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_editor_builds_a_survey_by_hand_and_opens_it(people):
    client = signed_in(people["editor"])
    assert client.post("/vi/support/desk/surveys/new/", {"preset": "", "title": ""}).status_code == 422
    client.post("/vi/support/desk/surveys/new/", {"preset": "", "title": "Ý kiến về trụ sở mới"})
    survey = Survey.objects.get()
    assert survey.slug == "y-kien-ve-tru-so-moi" and survey.state == "draft"
    desk = f"/vi/support/desk/surveys/{survey.uuid}/"
    assert "ít nhất một câu hỏi" in client.get(desk).content.decode()
    assert client.post(f"{desk}do/", {"do": "open"}).status_code == 422
    new = f"{desk}questions/new/"
    assert client.get(f"{new}?kind=picture").status_code == 404
    empty = client.post(f"{new}?kind=single", {"text": "Bạn đã đến chưa?", "option_0": "Rồi"})
    assert empty.status_code == 422 and "ít nhất hai" in empty.content.decode()
    client.post(
        f"{new}?kind=single", {"text": "Bạn đã đến chưa?", "required": "on", "option_0": "Rồi", "option_2": "Chưa"}
    )
    survey.refresh_from_db()
    lead = survey.questions[0]
    assert [one["texts"]["vi"] for one in lead["options"]] == ["Rồi", "Chưa"] and lead["required"]
    been = lead["options"][0]["key"]
    scale = {"text": "Có hài lòng không?", "low": "không", "high": "rất", "top": "5", "tells": "on"}
    client.post(f"{new}?kind=scale", scale | {"when": f"{lead['key']}:{been}"})
    client.post(f"{new}?kind=section", {"text": "Phần cuối"})
    client.post(f"{new}?kind=long", {"text": "Góp ý khác"})
    survey.refresh_from_db()
    assert [row["kind"] for row in survey.questions] == ["single", "scale", "section", "long"]
    assert survey.questions[1]["when"] == {"question": lead["key"], "is": [been]}
    # What hangs on a question neither passes it nor loses it.
    for press in (f"up:{survey.questions[1]['key']}", f"remove:{lead['key']}"):
        assert client.post(f"{desk}do/", {"do": press}).status_code == 409
    client.post(f"{desk}do/", {"do": f"up:{survey.questions[3]['key']}"})
    # In English: the words only, beside those of the main language.
    page = client.get(f"{desk}questions/{lead['key']}/?in=en").content.decode()
    assert "Bạn đã đến chưa?" in page and 'name="required"' not in page
    words = {"text": "Have you been there?", "option_0": "Yes", "option_1": "No"}
    keys = {f"key_{place}": one["key"] for place, one in enumerate(lead["options"])}
    client.post(f"{desk}questions/{lead['key']}/?in=en", words | keys)
    dates = {"title": "Ý kiến về trụ sở mới", "purpose": "satisfaction", "asks_unit": "on"}
    bad = client.post(f"{desk}words-around/", dates | {"opens_at": "2026-12-02T08:00", "closes_at": "2026-12-01T08:00"})
    assert bad.status_code == 422
    client.post(f"{desk}words-around/", dates | {"intro": "Một phút."})
    client.post(f"{desk}words-around/?in=en", {"title": "The new building"})
    survey.refresh_from_db()
    assert survey.asks_unit and survey.texts["en"]["title"] == "The new building" and survey.opens_at is None
    assert survey.questions[0]["options"][0]["texts"] == {"vi": "Rồi", "en": "Yes"}
    assert [row["kind"] for row in survey.questions] == ["single", "scale", "long", "section"]
    preview = client.get(f"{desk}preview/").content.decode()
    assert "Có hài lòng không?" in preview and "data-survey=" not in preview and not SurveyVersion.objects.exists()
    assert client.post(f"{desk}do/", {"do": "open"}).status_code == 302
    assert SurveyVersion.objects.get().questions[0]["key"] == lead["key"]
    page = client.get(desk).content.decode()
    assert "3 chữ còn thiếu" in page.replace("\xa0", " ") and survey.code in page
    assert client.get(f"{desk}poster/").status_code == 200
    assert AuditEvent.objects.filter(action="open_survey", target_key=str(survey.uuid)).count() == 1


def test_questions_are_frozen_by_answers_and_an_edit_makes_a_version(people):
    survey = open_preset()
    answer(survey)
    rows = deepcopy(survey.questions)
    rows[1]["texts"]["vi"]["text"] = "Bạn hài lòng chứ?"
    with pytest.raises(MeaningChanged):
        operations.put_question(survey=survey, question={**rows[1], "top": 10})
    with pytest.raises(HangsTogether):
        operations.put_question(survey=survey, question={**rows[0], "options": rows[0]["options"][:2]})
    operations.put_question(survey=survey, question=rows[1])
    page = Client().get(f"/vi/support/surveys/{survey.slug}/").content.decode()
    assert "Bạn hài lòng chứ?" not in page
    survey = operations.renew_survey(survey=survey, actor=people["editor"])
    assert (survey.number, operations.renew_survey(survey=survey, actor=people["editor"]).number) == (2, 2)
    assert "Bạn hài lòng chứ?" in Client().get(f"/vi/support/surveys/{survey.slug}/").content.decode()
    kept = SurveyAnswer.objects.get()
    assert kept.version.number == 1 and kept.version.questions[1]["texts"]["vi"]["text"] != "Bạn hài lòng chứ?"
    # A page that was open meanwhile sends what it was drawn with.
    assert post(Client(), survey, version=1).status_code == 201
    assert SurveyAnswer.objects.filter(version__number=1).count() == 2
    with pytest.raises(HasAnswers):
        operations.delete_survey(survey=survey, actor=people["editor"])
    with pytest.raises(SurveyMoved):
        operations.publish_results(survey=survey, actor=people["editor"], public=True)
    closed = operations.close_survey(survey=survey, actor=people["editor"])
    assert operations.open_survey(survey=closed, actor=people["editor"]).state == "live"
    gone = operations.copy_survey(survey=survey, actor=None, as_wave=False)
    Survey.objects.filter(pk=gone.pk).update(closes_at=timezone.now())
    with pytest.raises(NotInForce):
        operations.open_survey(survey=gone, actor=None)
    operations.delete_survey(survey=gone, actor=people["editor"])
    assert not Survey.objects.filter(pk=gone.pk).exists()


def test_who_sees_which_survey(people, pupil, province_officer):
    own, others, whole = (open_preset(unit=unit) for unit in (people["ward"], people["other_ward"], None))
    seen = {
        name: set(Survey.objects.visible_to(user))
        for name, user in [*people.items(), ("pupil", pupil)]
        if "ward" not in name
    }
    assert seen == {"officer": {own}, "editor": {own, others, whole}, "pupil": set()}
    assert set(Survey.objects.visible_to(province_officer)) == {own, others, whole}
    officer = signed_in(people["officer"])
    for part in ("", "results/", "results.xlsx", "words/", "preview/", "words-around/", "poster/"):
        assert officer.get(f"/vi/support/desk/surveys/{others.uuid}/{part}").status_code == 404, part
        assert officer.get(f"/vi/support/desk/surveys/{own.uuid}/{part}").status_code == 200, part
    assert officer.post(f"/vi/support/desk/surveys/{whole.uuid}/do/", {"do": "close"}).status_code == 404
    assert signed_in(pupil).get("/vi/support/desk/surveys/").status_code == 404
    # An officer of a commune runs it for that commune.
    assert officer.post("/vi/support/desk/surveys/new/", {"preset": "nhu-cau", "title": ""}).status_code == 422
    begun = {"preset": "nhu-cau", "title": "", "unit": people["ward"].code}
    assert officer.post("/vi/support/desk/surveys/new/", begun).status_code == 302


# --- What was found -----------------------------------------------------------------------------------------------------


def many(survey, counts: dict[int, int], **values) -> None:
    for step, count in counts.items():
        for _one in range(count):
            answer(survey, SATISFIED | {"hai-long-chung": step}, **values)


def test_the_same_figures_stand_on_the_screen_in_the_file_and_in_public(people):
    survey = open_preset()
    many(survey, {5: 6, 4: 7}, audience="hoc-sinh", unit=people["ward"])
    many(survey, {2: 2}, audience="nguoi-dan", unit=people["other_ward"])
    assert not figures(open_preset("nhu-cau")).is_told
    answer(survey, {"da-lam": "chua", "gop-y": "Nên mở thêm buổi tối"}, audience="nguoi-dan")
    found = figures(survey, by="audience")
    told = {one.question.key: one for one in found.questions}
    scale = told["hai-long-chung"]
    assert (found.answers, scale.answered, scale.mean) == (16, 15, 4.1)
    # Two people chose 2: their bar is joined, and no percentage of the satisfied tells of them.
    assert [(bar.label, bar.count) for bar in scale.bars] == [("1–4", 9), ("5", 6)] and scale.satisfied is None
    assert told["vi-sao-chua"].answered is None
    assert [group.name for group in found.groups] == [] and found.hidden == 2
    client = signed_in(people["editor"])
    desk = f"/vi/support/desk/surveys/{survey.uuid}/"
    page = client.get(f"{desk}results/?by=unit").content.decode()
    assert "4,1" in page and "1–4" in page and "<strong>16" not in page
    book = load_workbook(BytesIO(client.get(f"{desk}results.xlsx").content))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].rows]
    assert [None if value == "" else value for value in cells[[row[0] for row in cells].index(scale.text)][2:5]] == [
        15,
        None,
        4.1,
    ]
    assert ["1–4", 9, 60] in [row[1:4] for row in cells]
    # Words are read first; what may be shown is public once the results are.
    wrote = SurveyWords.objects.get()
    assert "Nên mở thêm buổi tối" in client.get(f"{desk}words/").content.decode()
    client.post(f"{desk}words/", {"words": [str(wrote.uuid)], "state": "shown"})
    public = f"/vi/support/surveys/{survey.slug}/results/"
    assert Client().get(public).status_code == 404
    client.post(f"{desk}do/", {"do": "close"})
    client.post(f"{desk}do/", {"do": "publish"})
    page = Client().get(public).content.decode()
    assert "4,1" in page and "1–4" in page and "Nên mở thêm buổi tối" in page
    told_by_api = Client().get(f"/api/v1/surveys/{survey.slug}/results").json()
    assert told_by_api["answers"] == 16 and told_by_api["questions"][1]["mean"] == 4.1
    client.post(f"{desk}words/?state=shown", {"words": [str(wrote.uuid)], "state": "hidden"})
    assert "Nên mở thêm" not in Client().get(public).content.decode()
    assert survey.slug in Client().get("/vi/support/surveys/").content.decode()
    # A published survey takes nothing any more, and its results can be taken back.
    assert post(Client(), survey).status_code == 409
    client.post(f"{desk}do/", {"do": "withdraw"})
    assert Client().get(public).status_code == 404


def test_groups_of_five_are_told_and_smaller_ones_hide_together(people):
    survey = open_preset()
    many(survey, {5: 6}, audience="hoc-sinh")
    many(survey, {3: 8}, audience="nguoi-dan")
    many(survey, {1: 3}, audience="can-bo")
    many(survey, {1: 2}, audience="phu-huynh")
    found = figures(survey, by="audience")
    assert [(group.answers, group.cells[1][1]) for group in found.groups] == [(8, "3,0"), (6, "5,0")]
    assert found.hidden == 2
    assert figures(survey, by="address").groups == []


def test_waves_are_compared_by_the_keys_of_their_questions(people):
    first = open_preset()
    many(first, {3: 6})
    operations.close_survey(survey=first, actor=None)
    second = operations.copy_survey(survey=first, actor=people["editor"], as_wave=True)
    assert (second.wave, second.lineage, second.state) == (2, first.lineage, "draft")
    second = operations.open_survey(survey=second, actor=None)
    many(second, {5: 5})
    found, lines = waves(second)
    assert [one.wave for one in found] == [1, 2]
    scale = next(line for line in lines if line.question.key == "hai-long-chung")
    assert [told for _survey, _count, told in scale.cells] == ["3,0", "5,0"]
    assert waves(second, public=True) == ([], [])
    assert satisfied_between(timezone.now() - timedelta(days=1), timezone.now(), "satisfaction") == (5, 11)


def test_figures_and_lists_ask_as_much_for_three_as_for_one(people):
    client = signed_in(people["editor"])
    client.get("/vi/support/desk/surveys/")
    open_preset("nhu-cau")
    Client().get("/vi/support/surveys/")
    counts = []
    for _round in range(2):
        survey = open_preset()
        for _one in range(len(counts) * 5 + 5):
            answer(survey, SATISFIED | {"gop-y": "Tốt"})
        with CaptureQueriesContext(
            connection,
        ) as listed:
            client.get("/vi/support/desk/surveys/")
        with CaptureQueriesContext(connection) as found:
            figures(survey)
        with CaptureQueriesContext(connection) as words:
            client.get(f"/vi/support/desk/surveys/{survey.uuid}/words/")
        with CaptureQueriesContext(connection) as public:
            Client().get("/vi/support/surveys/")
        counts.append([len(each) for each in (listed, found, words, public)])
        open_preset("nhu-cau")
    assert counts[0] == counts[1]


# --- Rules that the tables keep -----------------------------------------------------------------------------------------


def test_what_the_tables_refuse(people):
    survey = open_preset()
    first = answer(survey, number="a").answer
    rows = Survey.objects.filter(pk=survey.pk)
    for name, values in {
        "survey_results_public_when_closed": {"results_public_at": timezone.now()},
        "closed_survey_has_a_time": {"state": "closed"},
        "survey_in_force_has_a_version": {"number": 0},
        "survey_wave_from_one": {"wave": 0},
    }.items():
        with refused(name):
            rows.update(**values)
    with refused(once("survey_wave_once", "support_survey.lineage", "support_survey.wave")):
        Survey.objects.create(slug="khac", title="Khác", lineage=survey.lineage)
    same = {"survey": survey, "version": first.version, "language": "vi", "device": first.device}
    columns = [f"support_surveyanswer.{name}" for name in ("survey_id", "about", "device")]
    with refused(once("one_survey_answer_a_device", *columns)):
        SurveyAnswer.objects.create(key=uuid4(), **same)
    with refused("survey_answer_seq_from_one"):
        SurveyAnswer.objects.create(key=uuid4(), seq=0, **same | {"device": ""})
    with refused("survey_words_say_something"):
        SurveyWords.objects.create(answer=first, question="gop-y", text="")
    with pytest.raises(AnswersRefused):
        answer(survey, {})
    with pytest.raises(KeyTaken):
        answer(open_preset("nhu-cau"), {"can-hoc": ["vneid"], "cach-hoc": "video"}, key=first.key)


def test_words_and_devices_are_forgotten_and_figures_stay(people):
    survey = operations.make_survey(actor=people["editor"], title="Của biên tập")
    assert OWN.export(people["editor"])["surveys_made"][0]["title"] == "Của biên tập"
    assert OWN.erase(people["editor"]) == 1
    survey = open_preset()
    answer(survey, SATISFIED | {"gop-y": "Tốt"}, number="a")
    now = timezone.now()
    assert OWN.forget(now) == 0
    operations.close_survey(survey=survey, actor=None)
    assert OWN.forget(now + DEVICES_FOR + timedelta(days=1)) == 1
    kept = SurveyAnswer.objects.get()
    assert kept.device == "" and kept.words.exists()
    assert OWN.forget(now + WORDS_FOR + timedelta(days=1)) == 1
    assert not SurveyWords.objects.exists() and SurveyAnswer.objects.get().values == SATISFIED
