"""A quiz as a document in all its languages, with the right answers: what a paper freezes and a preview shows."""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from wagtail.models import Locale

from cms.vocabulary.models import Procedure
from media.models import Picture, Recording
from quizzes.models import Option, Question, Quiz, Target

CENT = Decimal("0.01")


def source_first(row) -> tuple[bool, int]:
    """Sorts translations: the row in the site's first language, else the oldest, is the source."""
    return (not row.locale.is_default, row.pk)


def document_of_question(question: Question) -> dict:
    """A document that asks this one question, in its language alone, as the row stands, saved or not."""
    if question.locale_id is None:
        # The admin gives a new row its language when it is saved.
        question.locale = Locale.get_default()
    return {
        "title": {},
        "description": {},
        "settings": {},
        "questions": [_question([question], "1.00", 0)],
        "draws": [],
    }


def _fresh(pool: dict[UUID, str], count: int) -> list[UUID]:
    """The questions of a contest's pool without those on procedures nobody has checked in time (product.md §3).

    While fewer would be left than are drawn the whole pool stays: everybody is asked as many.
    """
    codes = {code for code in pool.values() if code}
    stale = set(Procedure.objects.stale().filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    fresh = [key for key, code in pool.items() if code not in stale]
    return fresh if len(fresh) >= count else list(pool)


def document_of(quizzes: list[Quiz], *, only_signed: bool = False) -> dict:
    """A quiz in all its translations, the source first. `only_signed` leaves out what no reviewer answers
    for, and of pools what is about procedures past their review date: a contest's paper.
    """
    source = quizzes[0]
    points: dict[UUID, str] = {}
    sections: dict[UUID, int] = {}
    for line in source.quiz_questions.select_related("question").order_by("sort_order", "pk"):
        points[line.question.translation_key] = str(line.points.quantize(CENT))
        sections[line.question.translation_key] = line.section
    draws: list[dict] = []
    for rule in source.draws.all():
        pool = Question.objects.filter(bank=rule.bank_id, review=Question.Review.APPROVED)
        if rule.topic_id:
            pool = pool.filter(topic__translation_key=rule.topic.translation_key)
        if rule.difficulty:
            pool = pool.filter(difficulty=rule.difficulty)
        rows_of_pool = pool.order_by("pk").values_list("translation_key", "procedure_code")
        found = {key: code for key, code in rows_of_pool if key not in points}
        keys = _fresh(found, rule.count) if only_signed else list(found)
        worth = str(rule.points.quantize(CENT))
        draws.append({"ids": keys, "count": rule.count, "points": worth, "section": rule.section})
        points |= dict.fromkeys(keys, worth)

    rows: dict[UUID, list[Question]] = defaultdict(list)
    for question in (
        Question.objects.filter(translation_key__in=points)
        .select_related("locale", "picture", "audio", "topic", "competence", "credit_table", "rubric")
        .prefetch_related("options__picture", "options__audio", "targets", "rubric__criteria", "more_pictures__picture")
    ):
        rows[question.translation_key].append(question)
    questions = []
    for key, worth in points.items():
        translations = sorted(rows[key], key=source_first)
        approved = translations[0].review == Question.Review.APPROVED
        if approved and (translations[0].approved_by_id or not only_signed):
            questions.append(_question(translations, worth, sections.get(key, 0)))
    known = {question["id"] for question in questions}
    return {
        "title": {quiz.locale.language_code: quiz.title for quiz in quizzes},
        "description": {quiz.locale.language_code: quiz.description for quiz in quizzes if quiz.description},
        "settings": {
            "time_limit_seconds": source.time_limit_minutes * 60 if source.time_limit_minutes else None,
            "attempts": source.attempts,
            "which_counts": source.which_counts,
            "pass_percent": source.pass_percent,
            "shuffle_questions": source.shuffle_questions,
            "shuffle_options": source.shuffle_options,
            "feedback": source.feedback,
            "navigation": source.navigation,
            "layout": source.layout,
            "instant_feedback": source.instant_feedback,
        },
        "sections": _sections(quizzes),
        "questions": questions,
        "draws": [rule | {"ids": [str(key) for key in rule["ids"] if str(key) in known]} for rule in draws],
    }


def _sections(quizzes: list[Quiz]) -> list[dict]:
    """Headings in the source's order, in all languages."""
    told = {
        section.translation_key: {"title": {}, "introduction": {}}
        for section in quizzes[0].sections.order_by("sort_order")
    }
    for quiz in quizzes:
        for section in quiz.sections.all():
            if section.translation_key in told:
                told[section.translation_key]["title"][quiz.locale.language_code] = section.title
                if section.introduction:
                    told[section.translation_key]["introduction"][quiz.locale.language_code] = section.introduction
    return list(told.values())


def _question(translations: list[Question], points: str, section: int) -> dict:
    source = translations[0]
    options = {option.translation_key: _option(option) for option in source.options.all()}
    targets = {target.translation_key: _target(target) for target in source.targets.all()}
    for question in translations:
        language = question.locale.language_code
        for option in question.options.all():
            if option.translation_key in options:
                options[option.translation_key]["text"][language] = option.text
                if option.why:
                    options[option.translation_key]["why"][language] = option.why
        for target in question.targets.all():
            if target.translation_key in targets:
                targets[target.translation_key]["text"][language] = target.text
    more = _more_pictures(translations)
    for key, option in options.items():
        if key in more:
            option["more_pictures"] = more[key]
    return {
        "id": str(source.translation_key),
        "type": source.type,
        "points": points,
        "section": section,
        "stem": {question.locale.language_code: question.stem for question in translations},
        "options": list(options.values()),
        "targets": list(targets.values()),
        "explanation": {
            question.locale.language_code: question.explanation for question in translations if question.explanation
        },
        "picture": _picture(source.picture, {row.locale.language_code: row.picture_alt for row in translations}),
        # Of a question with one picture or none a paper says no more than it always did.
        **({"more_pictures": more[None]} if None in more else {}),
        "audio": _audio(source.audio),
        "scoring": _scoring(source),
        "topic": source.topic.slug if source.topic else "",
        "difficulty": source.difficulty,
        "procedure": source.procedure_code,
        "competence": source.competence.code if source.competence else "",
    }


def _more_pictures(translations: list[Question]) -> dict[UUID | None, list[dict]]:
    """The pictures after the first by the option they belong to, None for the question; in words in all languages."""
    told: dict[UUID, dict[str, str]] = defaultdict(dict)
    for question in translations:
        for one in question.more_pictures.all():
            told[one.translation_key][question.locale.language_code] = one.alt
    found: dict[UUID | None, list[dict]] = defaultdict(list)
    for one in translations[0].more_pictures.all():
        if shown := _picture(one.picture, told[one.translation_key]):
            found[one.option_key].append(shown)
    return dict(found)


def _option(option: Option) -> dict:
    told: dict = {"id": str(option.translation_key), "text": {}, "correct": option.is_correct, "why": {}}
    if option.fraction is not None:
        told["fraction"] = str(option.fraction)
    if option.tolerance is not None:
        told["tolerance"] = str(option.tolerance)
    if option.target_key is not None:
        told["target"] = str(option.target_key)
    if option.picture is not None:
        told["picture"] = _picture(option.picture, {})
    if option.audio is not None:
        told["audio"] = _audio(option.audio)
    return told


def _target(target: Target) -> dict:
    return {
        "id": str(target.translation_key),
        "text": {},
        "kind": target.kind,
        "area": target.area,
        "correct": target.is_correct,
    }


def _scoring(question: Question) -> dict:
    """The rules of marking with their tables as they are now: a later change of a table changes no paper."""
    rules = dict(question.scoring)
    if question.credit_table:
        rules["credit"] = question.credit_table.fractions
    if question.rubric:
        rules["rubric"] = [
            {"id": str(one.uuid), "title": one.title, "anchors": one.anchors, "points": str(one.points)}
            for one in question.rubric.criteria.all()
        ]
    return rules


def _picture(picture: Picture | None, alt: dict[str, str]) -> dict | None:
    """Where a picture is kept, by width; the address is made when it is shown, as storage may move."""
    if picture is None:
        return None
    sources = []
    for spec in _specs(picture):
        rendition = picture.get_rendition(spec)
        sources.append({"file": rendition.file.name, "width": rendition.width, "height": rendition.height})
    return {"alt": alt, "sources": sources}


def _specs(picture: Picture) -> list[str]:
    """The filters of a picture: a drawing is kept as it is, a photograph in two widths."""
    return ["original"] if picture.is_svg() else [f"width-{width}|format-webp" for width in (360, 800)]


def _audio(recording: Recording | None) -> dict | None:
    if recording is None:
        return None
    return {"recording": str(recording.uuid), "transcript": recording.transcripts, "seconds": recording.duration}
