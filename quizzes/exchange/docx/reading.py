"""A paper's lines as questions: finds where each starts, what belongs to it, and which answers the key tells."""

from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from quizzes.exchange.docx import signs
from quizzes.exchange.docx.answers import Key, pairs_in_table, pairs_in_text, truth_table
from quizzes.exchange.docx.building import Refusal, build
from quizzes.exchange.docx.lines import MOST_LINES, Line, LineReader, Look
from quizzes.exchange.docx.package import opened
from quizzes.exchange.items import Reading, Skipped, Unreadable

MOST_QUESTIONS = 5_000
# Numbers without «Câu» start a question only where they go on counting.
FURTHEST = 20


@dataclass
class Found:
    """A question's lines as they stood, before they are understood."""

    number: int
    part: str
    essay: bool
    label: str
    lines: list[Line] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    explanation: list[Line] = field(default_factory=list)
    truths: list[bool | None] | None = None
    statements: list[Line] = field(default_factory=list)
    explained: bool = False


class Paper:
    """Goes through the lines once. `state` is paper, key, explanations, or other (a second variant)."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.found: list[Found] = []
        self.key = Key()
        self.state = "paper"
        self.part, self.essay = "", False
        self.code: str | None = None
        self.codes: list[str] = []
        self.own_key = True
        self.current: Found | None = None
        self.last = self.before_part = 0
        self.with_word = False

    def read(self, lines: list[Line]) -> None:
        self.with_word = any(signs.QUESTION.match(line.text) for line in lines)
        for table, group in groupby(lines, key=lambda line: line.cell[0] if line.cell else None):
            block = list(group)
            if table is None:
                for line in block:
                    self.line(line)
            else:
                self.table(block)

    # --- Tables ---

    def table(self, lines: list[Line]) -> None:
        rows = _grid(lines)
        words = [["\n".join(line.text.strip() for line in cell) for cell in row] for row in rows]
        if self.state in {"key", "explanations"}:
            pairs = pairs_in_table(words, self.code)
            # A table with a column for each variant is ours wherever it stands.
            if pairs and (self.own_key or any(cell.strip() == self.code for row in words for cell in row)):
                for number, answer in pairs:
                    self.key.add(self.part, number, answer)
                return
            if self.state == "key" and not any(signs.QUESTION.match(line.text) for line in lines):
                if self.own_key:
                    self.reading.warnings.append(_("A table in the answer key was not understood."))
                return
        elif self.state == "paper" and self.current and not _has_labels(lines):
            if not self._truth_table(rows, words):
                self._data_table(rows)
            return
        for line in lines:
            self.line(line)

    def _truth_table(self, rows: list[list[list[Line]]], words: list[list[str]]) -> bool:
        read = truth_table(words)
        if self.current is None or read is None or self.current.statements:
            return False
        places, values = read
        cells = [rows[row][column] for row, column in places]
        if not all(len(cell) == 1 and cell[0].words for cell in cells):
            return False
        self.current.statements = [cell[0] for cell in cells]
        self.current.truths = values
        return True

    def _data_table(self, rows: list[list[list[Line]]]) -> None:
        """A table of data is part of the question's text, its cells apart by bars."""
        if self.current is None:
            return
        for row in rows:
            whole = Line()
            for place, cell in enumerate(row):
                for number, line in enumerate(cell):
                    if place or number:
                        whole.add(" | " if number == 0 else " ", line.looks[0] if line.looks else Look())
                    shift = len(whole.text)
                    whole.text += line.text
                    whole.looks += line.looks
                    whole.pictures |= {at + shift: one for at, one in line.pictures.items()}
                    whole.faults += line.faults
                    whole.remarks += line.remarks
            self._belongs(whole)

    # --- Lines ---

    def line(self, line: Line) -> None:
        text = line.text.strip()
        if not text and not line.faults:
            return
        if self._turns(line, text) or self.state == "other":
            return
        if self.state == "explanations" and not self.own_key:
            return
        if self.state == "key":
            self._in_key(line, text)
        elif start := self._start(line, text):
            self._begin(line, *start)
        elif self.current is not None:
            self._belongs(line)

    def _turns(self, line: Line, text: str) -> bool:
        """Headings that change what the following lines are."""
        if signs.END.match(text):
            self.state = "key" if self.state == "paper" else self.state
            self.current = None
            self._next_part("")
            return True
        if code := signs.CODE.match(text):
            self._code(code.group(1))
            return True
        if self._expects(line):
            return False
        if signs.ANSWERS.match(text) and self.found:
            self.state, self.current = "key", None
            self._next_part("")
            return True
        if part := signs.GROUP.match(line.text):
            if self.state == "paper" or self.part != signs.group_key(part):
                self._next_part(signs.group_key(part), essay="tự luận" in text.lower())
            self.current = None
            # "PHẦN I" of a key may stand on one line with its answers.
            if self.state == "key":
                self._in_key(line.part(part.end()), line.text[part.end() :].strip(" .:-–"))
            return True
        if self.state != "other" and (told := signs.EXPLAINED.match(text)):
            self._explain(line.part(len(line.text) - len(line.text.lstrip()) + told.end()))
            return True
        return False

    def _next_part(self, part: str, *, essay: bool = False) -> None:
        self.part, self.essay = part, essay
        if self.state == "paper" and self.last:
            self.before_part, self.last = self.last, 0

    def _expects(self, line: Line) -> bool:
        """Whether this line is the next option of the question: "I." after "H." is an option, not a part."""
        label = signs.starts_with_label(line)
        if self.current is None or label is None or (label.group(1) in "IVX" and not self.current.lines):
            return False
        letters = [found.group(1) for one in self.current.lines if (found := signs.starts_with_label(one))]
        return bool(letters) and ord(label.group(1)) == ord(letters[-1]) + 1

    def _code(self, code: str) -> None:
        if code not in self.codes:
            self.codes.append(code)
        if self.state in {"key", "explanations"} and not self.found:
            self.state = "paper"
        if self.state == "paper" and not self.found:
            self.code = code
        elif self.state == "paper" and code != self.code:
            self.state, self.current = "other", None
        self.own_key = code == self.code

    def _explain(self, line: Line) -> None:
        if self.current is not None and not self.current.explained and self.state == "paper":
            self.current.explained = True
            if line.words:
                self.current.explanation.append(line)
            return
        self.state, self.current = "explanations", None
        self.own_key = self.own_key or len(self.codes) < 2

    def _start(self, line: Line, text: str) -> tuple[int, int] | None:
        """The number of a question that starts here, and where its text begins."""
        if match := signs.QUESTION.match(line.text):
            return int(match.group(1)), match.end()
        if not self.with_word and (match := signs.NUMBER.match(line.text)):
            number = int(match.group(1))
            last = self.last or (self.before_part if number > 1 else 0)
            if self.state == "explanations" or last < number <= last + FURTHEST:
                return number, match.end()
        return None

    def _begin(self, line: Line, number: int, end: int) -> None:
        known = [one for one in self.found if one.number == number and (one.part == self.part or not self.part)]
        if self.state == "paper" and self.current and self.current.explained and not self.current.explanation and known:
            # «Lời giải» of the last question was the heading of a section.
            self.current.explained = False
            self.state = "explanations"
        if self.state == "explanations":
            self.current = known[0] if len(known) == 1 else None
            if self.current is not None:
                self.current.explained = True
                self._belongs(line.part(end))
            return
        if len(self.found) >= MOST_QUESTIONS:
            raise Unreadable(_("There are more than 5,000 questions in the file. Split it into several files."))
        label = _("question %(number)d") % {"number": number}
        if self.part:
            label = _("part %(part)s, %(question)s") % {"part": self.part, "question": label}
        if known:
            self.reading.warnings.append(_("%(label)s: its number occurs twice.") % {"label": label})
        elif number not in {1, (last := self.last or self.before_part) + 1}:
            self.reading.warnings.append(
                _("Numbers are missing before %(label)s (the last was %(last)d).") % {"label": label, "last": last}
            )
        self.last = number
        self.current = Found(number, self.part, self.essay, label)
        self.found.append(self.current)
        self._belongs(line.part(end))

    def _belongs(self, line: Line) -> None:
        """A line of the question that is being read."""
        current = self.current
        if current is None:
            return
        if current.explained:
            if (chosen := signs.CHOSEN.match(line.text)) and not current.explanation:
                current.told.append(chosen.group(1))
            if line.words:
                current.explanation.append(line)
            if line.pictures or line.faults:
                self.reading.warnings.append(
                    _("%(label)s: a picture in the explanation was left out.") % {"label": current.label}
                )
        elif told := signs.TOLD.match(line.text):
            current.told.append((told.group(1) or told.group(2)).strip())
        else:
            current.lines.append(line)

    # --- The key ---

    def _in_key(self, line: Line, text: str) -> None:
        if not self.own_key or not text:
            return
        if pairs := pairs_in_text(text):
            for number, answer in pairs:
                self.key.add(self.part, number, answer)
            return
        start = signs.QUESTION.match(line.text) or signs.NUMBER.match(line.text)
        if start is None:
            return
        rest = line.part(start.end())
        number = int(start.group(1))
        known = [one for one in self.found if one.number == number and (one.part == self.part or not self.part)]
        if len(known) == 1 and (chosen := signs.CHOSEN.match(rest.text)):
            known[0].told.append(chosen.group(1))
            known[0].explanation.append(rest)
        elif rest.words:
            self.key.add(self.part, number, rest.words)


def _grid(lines: list[Line]) -> list[list[list[Line]]]:
    rows: list[list[list[Line]]] = []
    for _row, group in groupby(lines, key=lambda line: line.cell and line.cell[1]):
        rows.append([list(cell) for _column, cell in groupby(group, key=lambda line: line.cell and line.cell[2])])
    return rows


def _has_labels(lines: list[Line]) -> bool:
    starts = [match.group(1) for line in lines if (match := signs.starts_with_label(line))]
    return len(starts) > 1 or any(signs.QUESTION.match(line.text) for line in lines)


def read(data: bytes, *, name: str) -> Reading:
    """The questions of a Word paper. Raises Unreadable for a file that is no sound .docx, or has no questions."""
    reading = Reading("docx")
    reader = LineReader(opened(data))
    reading.before_after = reader.before_after
    lines = []
    for line in reader.lines():
        lines.append(line)
        if len(lines) > MOST_LINES:
            raise Unreadable(
                _("The file has more than %(count)d lines. Split it into several files.") % {"count": MOST_LINES}
            )
    paper = Paper(reading)
    paper.read(lines)
    if not paper.found:
        raise Unreadable(
            _("No question was found. A question starts with “Câu 1.”, “Câu 1:” or “1.” at the beginning of a line.")
        )
    if len(paper.codes) > 1:
        reading.warnings.append(
            _("The file holds several variants (%(codes)s); the questions of the first one are read.")
            % {"codes": ", ".join(paper.codes)}
        )
    numbers = [(one.part, one.number) for one in paper.found]
    bare = [one.number for one in paper.found]
    for one in paper.found:
        try:
            own = paper.key.told.get((one.part, one.number), []) if one.part else []
            loose = paper.key.told.get(("", one.number), [])
            if loose and bare.count(one.number) > 1:
                raise Refusal(_("The answer key does not tell which of the questions with this number it means."))
            if numbers.count((one.part, one.number)) > 1 and own:
                raise Refusal(_("The answer key does not tell which of the questions with this number it means."))
            item, remarks = build(one, [*one.told, *own, *loose])
        except Refusal as refusal:
            reading.skipped.append(Skipped(one.label, str(refusal)))
            continue
        reading.items.append(item)
        reading.warnings += [f"{one.label}: {remark}" for remark in remarks]
    return reading
