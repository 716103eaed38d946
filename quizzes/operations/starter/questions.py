"""Loading one question of a document, of any type, in all its languages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from wagtail.models import Locale

from cms.vocabulary.models import Topic, content_hash
from quizzes.checking import Draft, OptionDraft, TargetDraft, faults_of
from quizzes.models import CreditTable, Option, Question, QuestionBank, Target

# The four-statement question of the 2025 examination; editors change the table, not the code.
STATEMENT_CREDIT = {
    "name": "Đúng/sai bốn ý (kỳ thi tốt nghiệp THPT từ 2025)",
    "fractions": ["0.1", "0.25", "0.5", "1"],
}


def outcome_of(held: dict | None, stored_hash: str, wanted: dict) -> str:
    """created, changed or kept: `held` is the state in the database now, `stored_hash` that of the last load."""
    if held is None:
        return "created"
    if content_hash(held) != stored_hash or stored_hash == content_hash(wanted):
        return "kept"
    return "changed"


def load_question(entry: Mapping, shelf: QuestionBank, locales: list[Locale], pictures: Mapping) -> str:
    """Bring in the question of `entry`; returns created, changed or kept. Raises ValueError naming what is wrong."""
    faults = faults_of(_draft(entry, locales[0].language_code))
    if faults:
        raise ValueError(f"{entry['id']}: {' '.join(faults)}")
    key = UUID(str(entry["id"]))
    rows = {
        row.locale.language_code: row
        for row in Question.objects.filter(translation_key=key)
        .select_related("locale", "topic", "picture", "credit_table")
        .prefetch_related("options__picture", "targets")
    }
    topic = Topic.objects.filter(slug=entry["topic"], locale=locales[0]).first() if entry.get("topic") else None
    wanted = _wanted(entry, topic, locales, pictures)
    source = rows.get(locales[0].language_code)
    outcome = outcome_of(_held(rows, source) if source else None, source.starter_hash if source else "", wanted)
    if outcome == "kept":
        return outcome
    for locale in locales:
        code = locale.language_code
        row = rows.get(code) or Question(translation_key=key, locale=locale)
        row.bank, row.type, row.topic = shelf, wanted["type"], topic
        row.stem, row.explanation = wanted["stem"].get(code, ""), wanted["explanation"].get(code, "")
        row.difficulty, row.situation = wanted["difficulty"], wanted["situation"]
        row.procedure_code, row.source = wanted["procedure"], wanted["source"]
        row.picture, row.picture_alt = pictures.get(entry.get("picture")), wanted["picture_alt"].get(code, "")
        row.scoring = wanted["scoring"]
        row.credit_table = _credit_table() if wanted["credit"] else None
        row.review = Question.Review.APPROVED
        # Other words than the reviewer read.
        row.approved_by = row.approved_at = None
        row.starter_key, row.starter_hash = str(key), content_hash(wanted)
        held = {option.translation_key: option for option in row.options.all()} if row.pk else {}
        row.options = [
            _option(held.get(UUID(option["id"])), option, code, locale, place, entry["options"][place], pictures)
            for place, option in enumerate(wanted["options"])
        ]
        places = {target.translation_key: target for target in row.targets.all()} if row.pk else {}
        row.targets = [
            _target(places.get(UUID(target["id"])), target, code, locale, place)
            for place, target in enumerate(wanted["targets"])
        ]
        row.save()
        row.save_revision()
    return outcome


def _credit_table() -> CreditTable:
    table, _made = CreditTable.objects.get_or_create(
        name=STATEMENT_CREDIT["name"], defaults={"fractions": STATEMENT_CREDIT["fractions"]}
    )
    return table


def _draft(entry: Mapping, language: str) -> Draft:
    return Draft(
        type=entry["type"],
        stem=entry["stem"].get(language, ""),
        has_picture=bool(entry.get("picture")),
        options=[
            OptionDraft(
                text=option["text"].get(language, ""),
                correct=bool(option.get("correct")),
                target=option.get("target"),
                has_picture=bool(option.get("picture")),
            )
            for option in entry.get("options", ())
        ],
        targets=[
            TargetDraft(
                key=target["id"],
                text=target["text"].get(language, ""),
                kind=target.get("kind", ""),
                area=target.get("area"),
                correct=bool(target.get("correct")),
            )
            for target in entry.get("targets", ())
        ],
    )


def _option(
    row: Option | None, wanted: dict, code: str, locale: Locale, place: int, entry: Mapping, pictures: Mapping
) -> Option:
    row = row or Option(translation_key=UUID(wanted["id"]), locale=locale)
    row.text, row.why = wanted["text"].get(code, ""), wanted["why"].get(code, "")
    row.is_correct, row.sort_order = wanted["correct"], place
    row.target_key = UUID(wanted["target"]) if wanted["target"] else None
    row.tolerance = Decimal(wanted["tolerance"]) if wanted["tolerance"] else None
    row.picture = pictures.get(entry.get("picture"))
    return row


def _target(row: Target | None, wanted: dict, code: str, locale: Locale, place: int) -> Target:
    row = row or Target(translation_key=UUID(wanted["id"]), locale=locale)
    row.text, row.kind = wanted["text"].get(code, ""), wanted["kind"]
    row.x, row.y, row.width, row.height = wanted["area"] or [None] * 4
    row.is_correct, row.sort_order = wanted["correct"], place
    return row


def _wanted(entry: Mapping, topic: Topic | None, locales: list[Locale], pictures: Mapping) -> dict:
    codes = [locale.language_code for locale in locales]

    def texts(value: Mapping | None) -> dict:
        return {code: " ".join(value[code].split()) for code in codes if value and value.get(code)}

    def picture_key(name: str | None) -> str:
        return pictures[name].starter_key if name in pictures else ""

    scoring: dict[str, Any] = dict(entry.get("scoring") or {})
    return {
        "type": entry["type"],
        # A topic that is not there yet is filled in by the load that finds it.
        "topic": topic.slug if topic else "",
        "difficulty": entry.get("difficulty", 1),
        "procedure": entry.get("procedure") or "",
        "situation": bool(entry.get("situation")),
        "source": entry.get("source") or "",
        "picture": picture_key(entry.get("picture")),
        "picture_alt": texts(entry.get("picture_alt")),
        "scoring": scoring,
        "credit": entry["type"] == "statements" and len(entry["options"]) == len(STATEMENT_CREDIT["fractions"]),
        "stem": texts(entry["stem"]),
        "explanation": texts(entry.get("explanation")),
        "options": [
            {
                "id": str(option["id"]),
                "correct": bool(option.get("correct")),
                "target": str(option.get("target") or ""),
                "tolerance": _plain(option.get("tolerance")),
                "picture": picture_key(option.get("picture")),
                "text": texts(option["text"]),
                "why": texts(option.get("why")),
            }
            for option in entry.get("options", ())
        ],
        "targets": [
            {
                "id": str(target["id"]),
                "kind": target.get("kind", ""),
                "area": list(target["area"]) if target.get("area") else None,
                "correct": bool(target.get("correct")),
                "text": texts(target["text"]),
            }
            for target in entry.get("targets", ())
        ],
    }


def _plain(number: Any) -> str:
    """A tolerance in one form, whether it was read from a file or from a column with nine decimals."""
    if number in (None, ""):
        return ""
    plain = Decimal(str(number)).normalize()
    return f"{plain:f}"


def _held(rows: dict[str, Question], source: Question) -> dict:
    options = {code: {str(one.translation_key): one for one in row.options.all()} for code, row in rows.items()}
    targets = {code: {str(one.translation_key): one for one in row.targets.all()} for code, row in rows.items()}

    def texts(read) -> dict:
        return {code: text for code in rows if (text := read(code))}

    def part_texts(parts: dict, key: str, name: str) -> dict:
        return texts(lambda code: getattr(parts[code][key], name) if key in parts[code] else "")

    def key_of(picture) -> str:
        return picture.starter_key if picture else ""

    language = source.locale.language_code
    return {
        "type": source.type,
        "topic": source.topic.slug if source.topic else "",
        "difficulty": source.difficulty,
        "procedure": source.procedure_code,
        "situation": source.situation,
        "source": source.source,
        "picture": key_of(source.picture),
        "picture_alt": texts(lambda code: rows[code].picture_alt),
        "scoring": source.scoring,
        "credit": source.credit_table is not None,
        "stem": texts(lambda code: rows[code].stem),
        "explanation": texts(lambda code: rows[code].explanation),
        "options": [
            {
                "id": key,
                "correct": option.is_correct,
                "target": str(option.target_key or ""),
                "tolerance": _plain(option.tolerance),
                "picture": key_of(option.picture),
                "text": part_texts(options, key, "text"),
                "why": part_texts(options, key, "why"),
            }
            for key, option in options[language].items()
        ],
        "targets": [
            {
                "id": key,
                "kind": target.kind,
                "area": target.area,
                "correct": target.is_correct,
                "text": part_texts(targets, key, "text"),
            }
            for key, target in targets[language].items()
        ],
    }
