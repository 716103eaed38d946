"""Loading the starter courses: course.yaml, lesson.yaml and quiz.yaml of courses/starter/ (docs: how to add a course)."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cms.loading import known_words, read_about, read_sources, section, terms
from cms.models import VideoPage
from cms.operations.starter import PictureFile, find_picture, read_blocks, store_picture, store_recording, sync_page
from cms.operations.starter.blocks import Body
from cms.starter import WRITTEN, Run
from cms.starter.reading import Entry, read_entry
from cms.vocabulary.models import Audience, Competence, Topic
from courses.models import CoursePage, LessonPage
from courses.models.pages import CUTS
from courses.operations.openings import open_lesson_quiz
from courses.starter_papers import read_papers
from quizzes.models import Quiz
from quizzes.operations import load_quiz

FOLDER = Path(__file__).resolve().parent / "starter"


@dataclass
class Clip:
    """A recording of a lesson: its file may be one that a script in the repository draws.

    With `own_page` it is also published by itself, among the videos.
    """

    titles: dict[str, str]
    captions: dict[str, str]
    transcripts: dict[str, str]
    own_page: "ClipPage | None" = None


@dataclass
class ClipPage:
    slug: str
    summaries: dict[str, str]
    cover: PictureFile | None
    cover_alt: dict[str, str]


@dataclass
class Material:
    """A course or lesson as its file says it, checked."""

    name: str
    key: UUID | None
    values: dict[str, dict]
    cover: PictureFile | None
    topics: list[str]
    audiences: list[str]
    competences: list[str] = field(default_factory=list)
    body: Body = field(default_factory=Body)
    clips: dict[str, Clip] = field(default_factory=dict)
    quiz: dict | None = None
    quiz_pictures: dict[str, PictureFile] = field(default_factory=dict)
    # Where a course stands among the others.
    order: int = 0
    lessons: list["Material"] = field(default_factory=list)


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_courses(run: Run) -> list[Material]:
    """The courses as a new site lists them: by `order`, then by folder. What editors have moved stays where it is."""
    found = []
    for file in sorted(FOLDER.glob("*/course.yaml")):
        entry = read_entry(run, file)
        if entry is None:
            continue
        made = _course(run, entry)
        for name in entry.texts("lessons"):
            lesson = read_entry(run, entry.folder / name / "lesson.yaml")
            if lesson is not None:
                made.lessons.append(_lesson(run, lesson, f"{made.name}/{name}"))
        entry.known()
        found.append(made)
    return sorted(found, key=lambda course: course.order)


def _key(entry: Entry) -> UUID | None:
    try:
        return UUID(entry.text("key"))
    except ValueError:
        entry.fault("key", _("the key is no UUID"))
        return None


def _shared(run: Run, entry: Entry, name: str) -> tuple[Material, dict[str, dict]]:
    """What courses and lessons have in common, and the values by language to which each adds its own."""
    title, summary, objectives = entry.words("title"), entry.words("summary"), entry.words_list("objectives")
    topics, audiences, cover, cover_alt = read_about(run, entry)
    if entry.has("audience"):
        audiences = [*audiences, entry.text("audience")]
        entry.one_of("audience", audiences, known_words(run)["audiences"])
    slug, plan_ids = entry.text("slug"), entry.texts("plan_ids", required=False)
    values = {
        language: {
            "slug": slug,
            "plan_ids": plan_ids,
            "title": title[language],
            "summary": summary[language],
            "cover_alt": cover_alt[language],
            "objectives": [{"type": "objective", "value": words[language]} for words in objectives],
        }
        for language in entry.languages
    }
    return Material(name, _key(entry), values, cover, topics, audiences), values


def _course(run: Run, entry: Entry) -> Material:
    made, values = _shared(run, entry, entry.text("slug"))
    made.name = entry.text("slug")
    grades = {name: entry.number(name, required=False) for name in ("grade_min", "grade_max")}
    rule = _certificate(entry)
    for words in values.values():
        words |= grades | rule
    made.order = entry.number("order", required=False) or 0
    return made


def _certificate(entry: Entry) -> dict:
    """What the course asks for its certificate: `certificate: {finished: true, mark: 60, months: 12}`, each optional."""
    asked = entry.entry("certificate", required=False)
    if asked is None:
        return {"certificate_finished": False, "certificate_mark": None, "certificate_months": None}
    rule = {
        "certificate_finished": asked.flag("finished"),
        "certificate_mark": asked.number("mark", required=False),
        "certificate_months": asked.number("months", required=False),
    }
    asked.known()
    return rule


def _lesson(run: Run, entry: Entry, name: str) -> Material:
    made, values = _shared(run, entry, name)
    known = known_words(run)
    made.body = read_blocks(entry, "blocks", page_key=f"lesson/{name}", procedures=known["procedures"])
    made.clips = {block.text("file"): _clip(run, block) for block in entry.entries("blocks") if _is_recording(block)}
    made.competences = entry.texts("competences", required=False)
    entry.one_of("competences", made.competences, known["competences"])
    subject, laws, sources = entry.words("subject", required=False), _laws(entry), read_sources(entry)
    shared = {
        "minutes": entry.number("minutes"),
        "license": entry.text("license", required=False),
        "legal_basis": laws,
        "sources": sources,
        "checked_on": entry.day("checked_on", required=False),
        "review_by": entry.day("review_by", required=False),
        **_cuts(entry, made.body),
    }
    for language, words in values.items():
        words |= shared | {"subject": subject[language]}
    entry.known()
    _read_papers(run, entry, values)
    _read_quiz(run, entry, made)
    return made


def _is_recording(block: Entry) -> bool:
    return block.values.get("type") in {"video", "audio"} and block.has("file")


def _clip(run: Run, block: Entry) -> Clip:
    captions = {}
    for language, name in (block.values.get("captions") or {}).items():
        file = block.folder / str(name)
        if file.is_file():
            captions[language] = file.read_text(encoding="utf-8")
        else:
            block.fault("captions", _("the file “%(name)s” is not there") % {"name": name})
    titles, transcripts = block.words("title", required=False), block.words("transcript", required=False)
    own_page = block.entry("own_page", required=False)
    return Clip(titles, captions, transcripts, _clip_page(run, own_page) if own_page else None)


def _clip_page(run: Run, entry: Entry) -> ClipPage:
    _topics, _audiences, cover, cover_alt = read_about(run, entry)
    page = ClipPage(entry.text("slug"), entry.words("summary"), cover, cover_alt)
    entry.known()
    return page


def _cuts(entry: Entry, body: Body) -> dict[str, list[str]]:
    ids = {block.name: block.id for block in body.blocks}
    found = {f"cut_{minutes}": [] for minutes in CUTS}
    for minutes, names in (entry.value("cuts", dict, required=False, default={}) or {}).items():
        if minutes not in CUTS:
            entry.fault("cuts", _("a lesson is cut to 15, 30 or 45 minutes, not %(minutes)s") % {"minutes": minutes})
            continue
        entry.one_of("cuts", names, set(ids))
        found[f"cut_{minutes}"] = [ids[name] for name in names if name in ids]
    return found


def _laws(entry: Entry) -> list[dict]:
    found = []
    for law in entry.entries("legal_basis", required=False):
        day = law.day("date", required=False)
        value = {
            "title": law.text("title"),
            "number": law.text("number", required=False),
            "date": day.isoformat() if day else None,
            "url": law.text("url", required=False),
        }
        found.append({"type": "law", "value": value})
        law.known()
    return found


def _read_papers(run: Run, entry: Entry, values: dict[str, dict]) -> None:
    """The words for the teacher's plan and the worksheet, in plan.yaml beside the lesson where there is one."""
    found = read_papers(run, entry.folder / "plan.yaml")
    for language, words in values.items():
        words |= found.get(language, {"plan": [], "worksheet": []})


def _read_quiz(run: Run, entry: Entry, made: Material) -> None:
    file = entry.folder / "quiz.yaml"
    if not file.is_file():
        return
    checked = read_entry(run, file)
    if checked is None:
        return
    for question in checked.entries("questions"):
        for part in (question, *question.entries("options", required=False)):
            picture = find_picture(part, "picture") if part.has("picture") else None
            if picture:
                made.quiz_pictures[part.text("picture")] = picture
    made.quiz = checked.values


# --- Writing ----------------------------------------------------------------------------------------------------------


def load_courses(run: Run, courses: list[Material]) -> None:
    parents = section("courses")
    for course in courses:
        pages = _store(run, CoursePage, f"course/{course.name}", parents, course, {})
        for lesson in course.lessons:
            quiz, files = _store_quiz(run, lesson), _files(run, lesson)
            extra = {
                language: {
                    "quiz_id": _quiz_in(quiz, language),
                    "body": lesson.body.raw(language, files.__getitem__),
                }
                for language in lesson.values
            }
            _store(run, LessonPage, f"lesson/{lesson.name}", pages, lesson, extra)
            _publish_clips(run, lesson, files)
            if quiz is not None and lesson.key:
                open_lesson_quiz(lesson_key=lesson.key, quiz_key=quiz.quiz_key)


def _store(run: Run, model, starter_key: str, parents: dict, made: Material, extra: dict[str, dict]) -> dict:
    cover = store_picture(run, made.cover) if made.cover else None
    many = {
        language: {
            "topics": terms(Topic, made.topics, language),
            "audiences": terms(Audience, made.audiences, language),
        }
        | ({"competences": terms(Competence, made.competences, language)} if model is LessonPage else {})
        for language in made.values
    }
    values = {
        language: words | {"cover_id": cover.pk if cover else None} | extra.get(language, {})
        for language, words in made.values.items()
    }
    return sync_page(run, model, starter_key, parents, values, many=many, translation_key=made.key)


def _files(run: Run, lesson: Material) -> dict:
    stored: dict[object, int] = {}
    for file in lesson.body.files():
        if isinstance(file, PictureFile):
            stored[file] = store_picture(run, file).pk
        elif isinstance(file, Path):
            stored[file] = _store_clip(run, lesson, file)
    return stored


def _publish_clips(run: Run, lesson: Material, files: dict) -> None:
    """Pages of their own for those clips that ask for one. A clip that could not be drawn has none."""
    stored = {file.name: pk for file, pk in files.items() if isinstance(file, Path)}
    for name, clip in lesson.clips.items():
        if clip.own_page is None or not stored.get(name):
            continue
        cover = store_picture(run, clip.own_page.cover) if clip.own_page.cover else None
        values = {
            language: {
                "slug": clip.own_page.slug,
                "title": clip.titles[language],
                "summary": clip.own_page.summaries[language],
                "transcript": clip.transcripts[language],
                "recording_id": stored[name],
                "cover_id": cover.pk if cover else None,
                "cover_alt": clip.own_page.cover_alt[language],
            }
            for language in WRITTEN
        }
        sync_page(run, VideoPage, f"video/{clip.own_page.slug}", section("videos"), values)


def _store_clip(run: Run, lesson: Material, file: Path) -> int | None:
    clip = lesson.clips[file.name]
    path, seconds, size = _drawn(file) if not file.is_file() else (file, 0, (None, None))
    if path is None:
        return None
    return store_recording(
        run,
        path,
        kind="video" if path.suffix == ".mp4" else "audio",
        title=clip.titles["vi"] or file.stem,
        duration=seconds,
        captions=clip.captions,
        transcripts=clip.transcripts,
        width=size[0],
        height=size[1],
    ).pk


def _drawn(file: Path) -> tuple[Path | None, float, tuple[int | None, int | None]]:
    """The clip that a script of the repository draws, made once; nothing where there is no encoder."""
    try:
        from courses.starter import make_clip
    except ImportError:
        return None, 0, (None, None)
    if file.name != make_clip.NAME:
        return None, 0, (None, None)
    path = Path(settings.VAR_DIR) / "clips" / f"{file.name}.mp4"
    script = Path(make_clip.__file__)
    if not path.is_file() or path.stat().st_mtime < script.stat().st_mtime:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_clip.build(path)
    return path, make_clip.SECONDS, (make_clip.WIDTH, make_clip.HEIGHT)


def _store_quiz(run: Run, lesson: Material) -> Quiz | None:
    if lesson.quiz is None:
        return None
    pictures = {name: store_picture(run, file) for name, file in lesson.quiz_pictures.items()}
    loaded = load_quiz(lesson.quiz, pictures=pictures)
    run.created += loaded.created
    run.changed += loaded.changed
    run.kept += loaded.kept
    return loaded.quiz


def _quiz_in(quiz: Quiz | None, language: str) -> int | None:
    if quiz is None:
        return None
    found = Quiz.objects.filter(translation_key=quiz.translation_key)
    return found.filter(locale__language_code=language).values_list("pk", flat=True).first() or quiz.pk
