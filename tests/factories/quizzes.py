"""Quizzes as an editor publishes them, and people who may take them."""

import itertools
from datetime import date

from wagtail.models import Locale

from cms.vocabulary.models import Topic
from quizzes.kinds import kind_of
from quizzes.models import Opening, Option, Paper, Question, QuestionBank, Quiz, QuizDraw, QuizQuestion, Target
from quizzes.operations import approve_questions, freeze_paper, open_quiz, unsigned_questions
from schools.models import Membership, Person, School, SchoolClass, SchoolYear, Teaching, Unit, User

_numbers = itertools.count(1)


def locale(code: str = "vi") -> Locale:
    return Locale.objects.get_or_create(language_code=code)[0]


def person(name: str = "Nguyễn Thị Lan", **fields) -> User:
    user = User.objects.create(username=f"person-{next(_numbers)}", **fields)
    Person.objects.create(user=user, full_name=name)
    return user


def school_class(name: str = "10A1") -> SchoolClass:
    number = next(_numbers)
    province = Unit.get_first_root_node() or Unit.add_root(name="Tỉnh Mẫu", code="00", kind=Unit.Kind.PROVINCE)
    commune = province.add_child(name=f"Xã Mẫu {number}", code=f"unit-{number}", kind=Unit.Kind.COMMUNE)
    school = School.objects.create(
        code=f"SCH{number}",
        name=f"Trường Mẫu {number}",
        kind=School.Kind.COMBINED,
        unit=commune,
        grade_min=6,
        grade_max=12,
    )
    year, _made = SchoolYear.objects.get_or_create(
        code="2026-2027", defaults={"starts_on": date(2026, 9, 5), "ends_on": date(2027, 5, 31)}
    )
    return SchoolClass.objects.create(school=school, school_year=year, name=name, grade=10)


def pupil(of: SchoolClass | None = None, name: str = "Nguyễn Thị Lan") -> User:
    user = person(name)
    if of is not None:
        Membership.objects.create(user=user, school_class=of, starts_on=date(2026, 9, 5))
    return user


def teacher(of: SchoolClass, name: str = "Trần Văn Hùng", **rights) -> User:
    user = person(name)
    Teaching.objects.create(
        user=user, school_class=of, kind=Teaching.Kind.HOMEROOM, starts_on=date(2026, 9, 5), **rights
    )
    return user


def topic(slug: str = "dinh-danh") -> Topic:
    return Topic.objects.get_or_create(slug=slug, locale=locale(), defaults={"name": slug})[0]


def bank(slug: str = "ngan-hang") -> QuestionBank:
    return QuestionBank.objects.get_or_create(slug=slug, defaults={"title": slug})[0]


def question(
    stem: str = "Cổng Dịch vụ công quốc gia có địa chỉ nào?",
    options: tuple[tuple[str, bool], ...] = (("dichvucong.gov.vn", True), ("dichvucong.vn", False), ("dvc.com", False)),
    *,
    english: bool = False,
    **fields,
) -> Question:
    """An approved question; with `english` also its translation, whose texts end in "(en)"."""
    fields = {
        "bank": bank(),
        "review": Question.Review.APPROVED,
        "explanation": "Địa chỉ kết thúc bằng .gov.vn.",
    } | fields
    made = Question(stem=stem, locale=locale(), **fields)
    made.options = [
        Option(text=text, is_correct=right, why=f"Vì {text}", locale=locale(), sort_order=place)
        for place, (text, right) in enumerate(options)
    ]
    made.save()
    if english:
        translated = Question(
            stem=f"{stem} (en)",
            locale=locale("en"),
            translation_key=made.translation_key,
            **fields | {"explanation": ""},
        )
        translated.options = [
            Option(
                text=f"{option.text} (en)",
                is_correct=not option.is_correct,  # what a translation says about this must not count
                locale=locale("en"),
                translation_key=option.translation_key,
                sort_order=option.sort_order,
            )
            for option in made.options.all()
        ]
        translated.save()
    return made


def true_false(
    stem: str = "Công an không bao giờ hỏi mã OTP qua điện thoại.", right: bool = True, **fields
) -> Question:
    return question(stem, (("Đúng", right), ("Sai", not right)), type=Question.Type.TRUE_FALSE, **fields)


def multiple(stem: str = "Những việc nào nên làm?", **fields) -> Question:
    options = (("Tự gõ địa chỉ", True), ("Kiểm tra tên miền", True), ("Bấm đường dẫn lạ", False))
    return question(stem, options, type=Question.Type.MULTIPLE, **fields)


def quiz(
    questions: list[Question] | int = 3, *, draws: list[dict] | None = None, english: bool = False, **fields
) -> Quiz:
    """A published quiz with its paper. `questions` may be a number: so many single choices are made."""
    if isinstance(questions, int):
        questions = [question(f"Câu hỏi số {number}?", english=english) for number in range(1, questions + 1)]
    made = Quiz(title=fields.pop("title", "Bài kiểm tra mẫu"), locale=locale(), live=True, **fields)
    made.quiz_questions = [
        QuizQuestion(question=one, points=1, sort_order=place) for place, one in enumerate(questions)
    ]
    made.draws = [QuizDraw(sort_order=place, **draw) for place, draw in enumerate(draws or [])]
    made.save()
    if english:
        Quiz(title="Sample quiz", locale=locale("en"), translation_key=made.translation_key, live=True).save()
    freeze_paper(quiz_key=made.quiz_key)
    return made


def opening(quiz: Quiz, audience: dict | None = None, **fields) -> Opening:
    return open_quiz(
        quiz_key=quiz.quiz_key,
        **{"context_kind": "open", "context_key": str(quiz.quiz_key)} | fields,
        audience=audience or {"kind": "everyone"},
    )


def signed(quiz: Quiz) -> Quiz:
    """The quiz after a reviewer has approved every question of it, as a contest asks."""
    from tests.factories.schools import make_with_role

    approve_questions(questions=unsigned_questions(quiz_key=quiz.quiz_key), by=make_with_role("reviewer"))
    return quiz


def right_answers(quiz: Quiz) -> dict:
    """{question id: the value that earns full marks} of the quiz's current paper."""
    answers = {}
    for one in Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True).document["questions"]:
        answers[one["id"]] = kind_of(one).right(one)
    return answers


def of_type(type: str, **fields) -> Question:
    """An approved question of `type` with believable content; see SHAPES."""
    shape = SHAPES[type]
    targets = [
        Target(text=row[0], locale=locale(), sort_order=place, **(dict(row[1]) if len(row) > 1 else {}))
        for place, row in enumerate(shape.get("targets", ()))
    ]
    made = Question(
        type=type,
        stem=shape["stem"],
        locale=locale(),
        **{"bank": bank(), "review": Question.Review.APPROVED, "explanation": "Xem lại bài 1."}
        | shape.get("fields", {})
        | fields,
    )
    made.targets = targets
    made.options = [
        Option(
            text=text,
            locale=locale(),
            sort_order=place,
            **{name: value for name, value in more.items() if name != "target"},
            target_key=targets[more["target"]].translation_key if "target" in more else None,
        )
        for place, (text, more) in enumerate(shape.get("options", ()))
    ]
    made.save()
    return made


RIGHT = {"is_correct": True}
SHAPES: dict[str, dict] = {
    "single": {
        "stem": "Nên làm gì khi người lạ hỏi mã OTP?",
        "options": [("Không đưa cho ai", RIGHT), ("Đọc cho họ", {}), ("Gửi qua Zalo", {})],
    },
    "true_false": {
        "stem": "Cổng Dịch vụ công quốc gia là dichvucong.gov.vn.",
        "options": [("Đúng", RIGHT), ("Sai", {})],
    },
    "multiple": {
        "stem": "Những việc nào nên làm?",
        "options": [("Tự gõ địa chỉ", RIGHT), ("Kiểm tra tên miền", RIGHT), ("Bấm đường dẫn lạ", {})],
    },
    "statements": {
        "stem": "Về tài khoản VNeID, mỗi ý sau đúng hay sai?",
        "options": [
            ("Mức 2 phải gặp công an một lần", RIGHT),
            ("Ai cũng được biết mật khẩu", {}),
            ("Thẻ hết hạn thì tài khoản ngừng", RIGHT),
            ("Cài từ đường dẫn trong tin nhắn", {}),
        ],
    },
    "matching": {
        "stem": "Ghép mỗi việc với nơi làm.",
        "targets": [("Công an xã",), ("Cổng Dịch vụ công",), ("Cửa hàng ứng dụng",), ("Chợ",)],
        "options": [
            ("Lấy vân tay", {"target": 0}),
            ("Nộp hồ sơ", {"target": 1}),
            ("Tải VNeID", {"target": 2}),
        ],
    },
    "ordering": {
        "stem": "Xếp các bước theo thứ tự.",
        "options": [("Tìm thủ tục", {}), ("Điền tờ khai", {}), ("Trả phí", {}), ("Nhận kết quả", {})],
    },
    "gaps": {
        "stem": "Đăng nhập bằng tài khoản [[1]], mã OTP chỉ [[2]] biết, hồ sơ có [[3]] bước.",
        "targets": [
            ("chỗ trống 1", {"kind": "select"}),
            ("chỗ trống 2", {"kind": "text"}),
            ("chỗ trống 3", {"kind": "number"}),
        ],
        "options": [
            ("VNeID", RIGHT | {"target": 0}),
            ("Zalo", {"target": 0}),
            ("mình em", RIGHT | {"target": 1}),
            ("em", RIGHT | {"target": 1}),
            ("5", RIGHT | {"target": 2}),
        ],
    },
    "zones": {
        "stem": "Xếp mỗi địa chỉ vào nhóm.",
        "targets": [("Đáng tin",), ("Đáng ngờ",)],
        "options": [
            ("dichvucong.gov.vn", {"target": 0}),
            ("vneid.gov.vn", {"target": 0}),
            ("dichvucong.example", {"target": 1}),
        ],
    },
    "hotspot": {
        "stem": "Chỉ vào tên miền thật sự của trang này.",
        "targets": [
            ("Phần đầu địa chỉ", {"x": 50, "y": 100, "width": 400, "height": 200}),
            ("Phần ngay trước dấu gạch chéo", {"x": 500, "y": 100, "width": 300, "height": 200, "is_correct": True}),
            ("Phần sau dấu gạch chéo", {"x": 820, "y": 100, "width": 150, "height": 200}),
        ],
    },
    "numeric": {"stem": "Một hồ sơ có mấy bước?", "options": [("5", RIGHT | {"tolerance": "0"})]},
    "short": {
        "stem": "Tài khoản để đăng nhập Cổng tên là gì?",
        "options": [("VNeID", RIGHT), ("tài khoản VNeID", RIGHT)],
    },
    "long": {"stem": "Kể cách em giúp người nhà tra cứu một hồ sơ."},
    "picture_choice": {
        "stem": "Hình nào là cửa hàng ứng dụng?",
        "options": [("Cửa hàng ứng dụng", RIGHT), ("Tin nhắn lạ", {})],
    },
}
