"""«Kế hoạch bài dạy»: one page for the teacher, and behind it the answers to the worksheet."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext
from docx.enum.text import WD_BREAK

from cms import word, word_height
from courses.blocks import LEARNING, OPENING, PHASES, PRACTICE
from courses.papers.sheets import Made, Sheet, right_answers

# In points; the first in which the plan stays on one page is taken.
SIZES = (11, 10.5, 10, 9.5)
MARGIN = 1.6
# So much of the page stays free, because the height is reckoned and every word processor breaks lines a little differently.
FREE = 50
NAMED = 6


def write_plan(sheet: Sheet, *, school: str = "", teacher: str = "") -> Made:
    """The plan of a lesson in its language and in the form of `sheet.minutes`.

    Objectives, what is needed, the course of the class with minutes, how one sees the learning, what to take care of;
    on a sheet of its own the answers. `school` and `teacher` fill in the head; without them there are dots to write on.
    """
    with override(sheet.page.language):
        for size in SIZES:
            document = _one_page(sheet, school, teacher, size)
            if fits(document):
                break
        _answers(document, sheet)
        return Made(word.as_bytes(document), word.file_name(_("Lesson plan"), sheet.page.title, sheet.length))


def fits(document) -> bool:
    """Whether the plan is sure to stay on its page."""
    return word_height.height(document) <= word_height.room(document) - FREE


def _one_page(sheet: Sheet, school: str, teacher: str, size: float):
    page, name = sheet.page, _("Lesson plan")
    document = word.new_document(
        title=f"{name}: {page.title}", language=page.language, size=size, margin=MARGIN, tight=True
    )
    word.number_pages(document.sections[0], f"{sheet.address} · ")
    _head(document, sheet, school, teacher)
    word.add_heading(document, name.upper(), 1, centred=True)
    word.add_line(document, page.title, bold=True, centred=True, size=size + 2)
    word.add_line(document, " · ".join(_facts(sheet)), centred=True)
    _objectives(document, sheet)
    word.add_heading(document, _("II. Equipment and materials"))
    _points(document, _equipment(sheet))
    word.add_heading(document, _("III. Course of the class"))
    word.add_table(document, _heads(sheet), _course(sheet), widths=[2.2, 8.2, 4.6, 2.8], size=size - 0.5)
    word.add_heading(document, _("IV. How one sees the learning"))
    _points(document, _evidence(sheet))
    word.add_heading(document, _("V. Take care in class"))
    _points(document, [*_cautions(), *sheet.words("note")])
    return document


def _points(document, lines: list[str]) -> None:
    for line in lines:
        word.add_point(document, line, after=0)


def _head(document, sheet: Sheet, school: str, teacher: str) -> None:
    """Who teaches where, on one line; dots for what is not known."""
    place = pgettext("adult", "School:") if sheet.for_adults else _("School:")
    person = pgettext("adult", "Teacher:") if sheet.for_adults else _("Teacher:")
    known = [f"**{school}**" if school else "", f"{person} {teacher}" if teacher else ""]
    if any(known):
        word.add_line(document, " · ".join(one for one in known if one))
    blanks = [label for label, value in ((place, school), (person, teacher)) if not value]
    if blanks:
        word.add_blanks(document, *blanks)


def _heads(sheet: Sheet) -> list[str]:
    if sheet.for_adults:
        people = [pgettext("adult", "Teacher"), pgettext("adult", "Pupils")]
    else:
        people = [_("Teacher"), _("Pupils")]
    return [_("Activity"), *people, _("What comes of it")]


def _facts(sheet: Sheet) -> list[str]:
    found = [sheet.page.subject]
    if sheet.grades:
        found.append(_("Grade %(grades)s") % {"grades": sheet.grades})
    found.append(_("Time: %(length)s") % {"length": sheet.length})
    return [fact for fact in found if fact]


def _objectives(document, sheet: Sheet) -> None:
    word.add_heading(document, _("I. Objectives"))
    if sheet.objectives:
        can = pgettext("adult", "After the class pupils can:") if sheet.for_adults else _("After the class pupils can:")
        word.add_line(document, f"**{_('1. Knowledge and skills.')}** {can}", keep=True)
        _points(document, sheet.objectives)
    if sheet.for_adults:
        # The framework of competences and the qualities belong to schools.
        return
    competences = [f"{one.name} ({one.slug})" for one in sheet.page.competences.order_by("slug")]
    if competences:
        text = _("2. Digital competences (Circular 02/2025/TT-BGDĐT).")
        word.add_line(document, f"**{text}** {'; '.join(competences)}.")
    text = _("Responsible with one's own data and that of the family; patient and respectful when helping others.")
    word.add_line(document, f"**{_('3. Qualities.')}** {text}")


def _equipment(sheet: Sheet) -> list[str]:
    return [
        _("Projector or television; open the lesson and press “Slides”: %(address)s") % {"address": sheet.address},
        _("Worksheet, one for each pupil or pair. Without devices and without a line the class works on paper."),
        *sheet.words("equipment"),
    ]


# --- The course of the class ------------------------------------------------------------------------------------------


def _course(sheet: Sheet) -> list[list[str]]:
    rows, names = [], {phase: str(name) for phase, name in PHASES}
    for number, (phase, minutes) in enumerate(sheet.minutes_by_phase().items(), start=1):
        length = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        moves = [move.value for move in sheet.moves if move.value["phase"] == phase]
        cells = _written(moves) if moves else _general(sheet, phase)
        if phase == LEARNING:
            cells[0] = "\n".join([cells[0], *(_discussed(one) for one in sheet.discussions)])
        rows.append([f"**{number}. {names[phase]}**\n({length})", *cells])
    return rows


def _written(moves: list) -> list[str]:
    return ["\n".join(move[name].strip() for move in moves if move[name]) for name in ("teacher", "pupils", "product")]


def _discussed(discussion) -> str:
    return _("**Discuss:** %(question)s") % {"question": " ".join(discussion["question"].split())}


def _general(sheet: Sheet, phase: str) -> list[str]:
    """What is done in a phase, told from the lesson alone."""
    titles = "; ".join(f"“{title}”" for title in sheet.titles(phase)[:NAMED])
    if phase == OPENING:
        teacher = _("Show the first screens and ask who has met something like it at home; let two pupils answer.")
        if titles:
            teacher += " " + _("Tell the story %(titles)s and stop before its end: what would you do?") % {
                "titles": titles
            }
        return [
            teacher,
            _("Tell what they know from home; name no person and no number."),
            _("A question to go on with"),
        ]
    if phase == LEARNING:
        teacher = _("Go through the screens and stop after each part; a pupil says it in their own words.")
        if titles:
            teacher = _("Go through the screens: %(titles)s.") % {"titles": titles}
            teacher += " " + _("Stop after each part; a pupil says it in their own words.")
        return [
            teacher,
            _("Follow, ask, do the tasks of the worksheet alone or in pairs."),
            _("Tasks of the worksheet"),
        ]
    if phase == PRACTICE:
        teacher = _(
            "Read out each question, let everybody choose with a raised hand or a card, ask one of them why, then show the answer."
        )
        if titles:
            teacher += " " + _("On the screen: %(titles)s.") % {"titles": titles}
        return [teacher, _("Choose, give the reason, correct themselves on the worksheet."), _("Answers with reasons")]
    if sheet.family_task:
        teacher = _(
            "Hand out the task for home: %(titles)s. Show with a pupil how it goes: the relative holds the phone and types, the pupil points."
        )
        teacher %= {"titles": f"“{sheet.family_task['title']}”"}
        pupils, product = (
            _("Choose whom they will help, and when."),
            _("Two sentences about what was easy and what was hard"),
        )
    else:
        teacher = _("Go over the three things to remember; each pupil names one thing they will do at home.")
        pupils, product = _("Fill in the last table of the worksheet."), _("One thing each will do at home")
    if sheet.facts.quiz_key:
        teacher += " " + _("The quiz is at the end of the lesson, on a device or on paper.")
    return [teacher, pupils, product]


def _evidence(sheet: Sheet) -> list[str]:
    found = sheet.words("evidence")
    if sheet.checks and not found:
        found = [_("In class: questions to check oneself, with the reason said or written.")]
    quiz = sheet.page.quiz
    if quiz and quiz.pass_percent:
        text = _(
            "“%(title)s”: passed from %(percent)d %% of the points; marks are not the aim, what was wrong is gone through."
        )
        found = [*found, text % {"title": quiz.title, "percent": quiz.pass_percent}]
    return [
        *found,
        _("Pupils without a device hand in the worksheet; the teacher enters who was present, which counts alike."),
    ]


def _cautions() -> list[str]:
    return [
        _(
            "In class nobody signs in with a real account and nobody types, shows or photographs a number of a paper, a password or an OTP."
        ),
        _("Fees, times and forms change: the number that counts is the one on the portal today."),
    ]


# --- Answers ----------------------------------------------------------------------------------------------------------


def _answers(document, sheet: Sheet) -> None:
    """On a new page, so that the plan itself may lie open on the desk."""
    told = [(number, task.answer) for number, task in enumerate(sheet.tasks, start=1) if task.answer]
    listened = [one for one in sheet.discussions if one["listen_for"]]
    if not (told or sheet.checks or listened):
        return
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    word.add_heading(document, _("Answers, for the teacher only"), 1, centred=True)
    for number, answer in told:
        word.add_line(document, f"**{_('Task %(number)d') % {'number': number}}.** {answer}")
    if sheet.checks:
        word.add_heading(document, _("Check yourself"))
        for number, check in enumerate(sheet.checks, start=1):
            word.add_line(document, f"**{number}.** {right_answers(check)}")
            reason = next((option["feedback"] for option in check["options"] if option["correct"]), "")
            if reason:
                word.add_line(document, reason, italic=True, indent=0.5)
    if listened:
        word.add_heading(document, _("What to listen for in the discussion"))
        for one in listened:
            word.add_line(document, f"**{' '.join(one['question'].split())}** {one['listen_for']}")
