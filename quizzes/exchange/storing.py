"""Between the bank and files: items brought in as questions, questions given out as items."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from wagtail.models import Locale, ReferenceIndex
from wagtail.search.backends import get_search_backends

from cms.audit.operations import record
from cms.text.folding import compare_key
from cms.vocabulary.models import Topic
from media.models import Picture
from quizzes.checking import Draft, OptionDraft, TargetDraft, faults_of
from quizzes.exchange.items import Attachment, Item, OptionItem, Reading, Skipped, TargetItem
from quizzes.models import CreditTable, Option, Question, QuestionBank, QuestionPicture, Target

Progress = Callable[[int, int], None]
CHUNK = 100


@dataclass
class Stored:
    """What storing did, or with a dry run would do. `created` are the new questions' keys."""

    created: list[UUID] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    def as_json(self, reading: Reading) -> dict:
        """The document of `import_questions --json` (contract)."""
        return {
            "format": reading.format,
            "created": len(self.created),
            "unchanged": self.unchanged,
            "skipped": [{"item": one.label, "reason": str(one.reason)} for one in self.skipped],
            "warnings": [str(one) for one in reading.warnings],
        }


def fingerprint(item: Item) -> str:
    """The same for the same question, however its file spells blanks: type, words, places, what is right."""

    def text(words: str) -> str:
        return compare_key(words)

    content = [
        item.type,
        text(item.stem),
        [
            [text(one.text), one.correct, _plain(one.fraction), _plain(one.tolerance), one.target, _digest(one.picture)]
            for one in item.options
        ],
        # The label of a gap is only there for screen readers.
        [["" if one.kind else text(one.text), one.kind, one.area, one.correct] for one in item.targets],
        _digest(item.picture),
    ]
    if more := [[_digest(one) for one in of.more_pictures] for of in (item, *item.options) if of.more_pictures]:
        # Questions with one picture or none keep the fingerprint they have.
        content.append(more)
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _digest(picture: Attachment | None) -> str:
    return hashlib.sha256(picture.data).hexdigest() if picture else ""


def draft_of(item: Item) -> Draft:
    return Draft(
        type=item.type,
        stem=item.stem,
        has_picture=item.picture is not None,
        options=[
            OptionDraft(
                text=one.text,
                correct=one.correct,
                fraction=one.fraction,
                target=one.target,
                has_picture=one.picture is not None,
            )
            for one in item.options
        ],
        targets=[
            TargetDraft(key=place, text=one.text, kind=one.kind, area=one.area, correct=one.correct)
            for place, one in enumerate(item.targets)
        ],
    )


def fault_of(item: Item) -> str:
    """Why an item cannot be a question of the bank, in a sentence; empty if it can."""
    faults = faults_of(draft_of(item))
    if not item.stem.strip():
        faults.insert(0, _("The question has no text."))
    if any(len(one.text) > 1000 or len(one.why) > 500 for one in item.options):
        faults.append(_("An option is longer than 1,000 characters, or its reason longer than 500."))
    if any(len(one.text) > 500 for one in item.targets):
        faults.append(_("A place is longer than 500 characters."))
    if len(item.options) > 100 or len(item.targets) > 50:
        faults.append(_("It has too many options (more than 100)."))
    return " ".join(faults)


def store_items(
    *, bank: QuestionBank, reading: Reading, actor=None, dry_run: bool = False, progress: Progress | None = None
) -> Stored:
    """Bring a reading's items into `bank` as drafts, all in one transaction; the same question again is unchanged.

    What cannot be a question is skipped with its reason; nothing is ever half stored. With `dry_run` nothing is written.
    """
    stored = Stored(skipped=list(reading.skipped))
    known = set(bank.questions.exclude(fingerprint="").values_list("fingerprint", flat=True)) if bank.pk else set()
    fresh: list[tuple[str, Item]] = []
    for item in reading:
        fault = fault_of(item)
        mark = "" if fault else fingerprint(item)
        if fault:
            stored.skipped.append(Skipped(item.label, fault))
        elif mark in known:
            stored.unchanged += 1
        else:
            known.add(mark)
            fresh.append((mark, item))
    if dry_run:
        stored.created = [UUID(int=place) for place in range(len(fresh))]
        return stored
    with transaction.atomic():
        locale = Locale.get_default()
        topics = {compare_key(one.name): one for one in Topic.objects.filter(locale=locale)}
        topics |= {one.slug: one for one in topics.values()}
        for start in range(0, len(fresh), CHUNK):
            chunk = fresh[start : start + CHUNK]
            stored.created += _insert(chunk, bank, locale, topics)
            if progress:
                progress(start + len(chunk), len(fresh))
        if fresh:
            record(
                actor=actor,
                action="import_questions",
                target_kind="question_bank",
                target_key=bank.slug,
                detail={"format": reading.format, "created": len(fresh)},
            )
    return stored


def _insert(chunk: list[tuple[str, Item]], bank: QuestionBank, locale: Locale, topics: dict[str, Topic]) -> list[UUID]:
    """Questions with their places and options, a table at a time: each alone would take ten times as long.

    No signal is sent, so what listens is told here: the search index, and the index of what uses a picture or a topic.
    Papers need not be told: they hold approved questions, and these are drafts.
    """
    questions, targets, options, pictures = [], [], [], []
    for mark, item in chunk:
        question = _question(item, mark, bank, locale, topics)
        places = [_target(one, place, question, locale) for place, one in enumerate(item.targets)]
        questions.append(question)
        targets += places
        made = [_option(one, place, question, places, locale) for place, one in enumerate(item.options)]
        options += made
        pictures += _more_pictures(item, question, made, locale)
    Question.objects.bulk_create(questions)
    for child in (*targets, *options, *pictures):
        child.question_id = child.question.pk
    Target.objects.bulk_create(targets)
    Option.objects.bulk_create(options)
    QuestionPicture.objects.bulk_create(pictures)
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(Question, questions)
    pictured = {one.question_id for one in (*options, *pictures) if one.picture_id}
    linked = [one.pk for one in questions if one.picture_id or one.topic_id or one.pk in pictured]
    for question in Question.objects.filter(pk__in=linked):
        ReferenceIndex.create_or_update_for_object(question)
    return [question.translation_key for question in questions]


def _question(item: Item, mark: str, bank: QuestionBank, locale: Locale, topics: dict[str, Topic]) -> Question:
    return Question(
        bank=bank,
        locale=locale,
        type=item.type,
        stem=item.stem,
        explanation=item.explanation,
        picture=_picture(item.picture),
        picture_alt=item.picture.alt[:250] if item.picture else "",
        topic=topics.get(compare_key(item.topic)),
        difficulty=item.difficulty or Question.Difficulty.RECALL,
        source=item.source[:255],
        scoring=item.scoring,
        credit_table=_credit_table(item.credit),
        fingerprint=mark,
        review=Question.Review.DRAFT,
    )


def _target(one: TargetItem, place: int, question: Question, locale: Locale) -> Target:
    return Target(
        question=question,
        locale=locale,
        sort_order=place,
        text=one.text,
        kind=one.kind,
        is_correct=one.correct,
        **dict(zip(("x", "y", "width", "height"), one.area or [None] * 4, strict=True)),
    )


def _option(one: OptionItem, place: int, question: Question, targets: list[Target], locale: Locale) -> Option:
    return Option(
        question=question,
        locale=locale,
        sort_order=place,
        text=one.text,
        is_correct=one.correct,
        why=one.why,
        fraction=one.fraction,
        tolerance=one.tolerance,
        target_key=None if one.target is None else targets[one.target].translation_key,
        picture=_picture(one.picture),
    )


def _more_pictures(item: Item, question: Question, options: list[Option], locale: Locale) -> list[QuestionPicture]:
    owners: list[tuple[UUID | None, list[Attachment]]] = [(None, item.more_pictures)]
    owners += [(row.translation_key, one.more_pictures) for row, one in zip(options, item.options, strict=True)]
    rows = [(key, attached) for key, shown in owners for attached in shown]
    return [
        QuestionPicture(
            question=question,
            locale=locale,
            sort_order=place,
            picture=_picture(attached),
            alt=attached.alt[:250],
            option_key=key,
        )
        for place, (key, attached) in enumerate(rows)
    ]


def _picture(attached: Attachment | None) -> Picture | None:
    if attached is None:
        return None
    name = get_valid_filename(attached.name.rsplit("/", 1)[-1])[-80:]
    return Picture.objects.create(title=(attached.alt or name)[:255], file=ContentFile(attached.data, name=name))


def _credit_table(fractions: list[str] | None) -> CreditTable | None:
    if not fractions:
        return None
    for table in CreditTable.objects.all():
        if [Decimal(one) for one in table.fractions] == [Decimal(one) for one in fractions]:
            return table
    return CreditTable.objects.create(name=" / ".join(fractions), fractions=fractions)


def items_of(questions: Iterable[Question]) -> list[Item]:
    """Questions as items, in the order given; pictures are read from storage. Pass them with `for_export`."""
    return [_item(question) for question in questions]


def for_export(bank: QuestionBank | None = None, *, keys: Iterable[UUID] | None = None):
    """A bank's questions, those of `keys` or both, in the site's first language with what `items_of` needs.

    A constant number of queries.
    """
    every = Question.objects.all() if bank is None else bank.questions.all()
    questions = every.filter(locale=Locale.get_default()).order_by("pk")
    if keys is not None:
        questions = questions.filter(translation_key__in=list(keys))
    return questions.select_related("picture", "topic", "credit_table").prefetch_related(
        "options__picture", "targets", "more_pictures__picture"
    )


def _item(question: Question) -> Item:
    targets = list(question.targets.all())
    places = {target.translation_key: place for place, target in enumerate(targets)}
    more: dict[UUID | None, list[Attachment]] = defaultdict(list)
    for one in question.more_pictures.all():
        if attached := _attachment(one.picture, one.alt):
            more[one.option_key].append(attached)
    return Item(
        label=str(question.translation_key),
        type=question.type,
        stem=question.stem,
        explanation=question.explanation,
        picture=_attachment(question.picture, question.picture_alt),
        more_pictures=more[None],
        topic=question.topic.name if question.topic else "",
        difficulty=question.difficulty,
        source=question.source,
        scoring=question.scoring,
        credit=question.credit_table.fractions if question.credit_table else None,
        targets=[TargetItem(one.text, one.kind, one.area, one.is_correct) for one in targets],
        options=[
            OptionItem(
                text=one.text,
                correct=one.is_correct,
                why=one.why,
                fraction=one.fraction,
                tolerance=one.tolerance,
                target=places.get(one.target_key) if one.target_key else None,
                picture=_attachment(one.picture, one.text),
                more_pictures=more[one.translation_key],
            )
            for one in question.options.all()
        ],
    )


def _attachment(picture: Picture | None, alt: str) -> Attachment | None:
    if picture is None:
        return None
    with picture.file.open("rb") as file:
        return Attachment(picture.file.name.rsplit("/", 1)[-1], file.read(), alt)
