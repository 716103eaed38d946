"""From the blocks of a lesson to screens: large type, one thought a screen, the same words as in the lesson."""

import re
from dataclasses import dataclass, field, replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from cms.vocabulary.models import Procedure
from courses.papers.texts import heading_of
from courses.queries.outlines import blocks_of

# So many letters are read from the last row of a classroom without scrolling.
FULL_SCREEN = 300
_BLOCK = re.compile(r"<(p|ul|ol|h[2-6])(?:\s[^>]*)?>.*?</\1>|<hr\s*/?>", re.DOTALL)
_ITEM = re.compile(r"<li(?:\s[^>]*)?>.*?</li>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Screen:
    """`title` is said by the outline and read aloud when the screen comes up; `html` is its content."""

    kind: str
    title: str
    html: SafeString = field(repr=False)
    # Of a text that goes on over several screens: «(2)»; 0 where there is one.
    part: int = 0
    # Of a question that the class can be asked by phone: its key, see courses.queries.polls.
    ask: str = ""


def screens_of(page, facts, cut: int) -> list[Screen]:
    """The screens of the form of `cut` minutes (0: the whole lesson), without its first and last one."""
    wanted = set(blocks_of(facts, cut))
    codes = page.procedures_used()
    procedures = {one.code: one for one in Procedure.objects.filter(code__in=codes, locale_id=page.locale_id)}
    found: list[Screen] = []
    for block in page.body:
        if str(block.id) in wanted:
            make = _MAKERS.get(block.block_type, _as_in_lesson)
            found += make(block, page, procedures)
    asked = [one.value["question"] for one in page.plan_for(cut or page.minutes) if one.block_type == "discussion"]
    place = next((place for place, screen in enumerate(found) if screen.kind == "family"), len(found))
    found[place:place] = [_drawn("discussion", _("Let us talk about it"), question=question) for question in asked]
    return found


def _drawn(kind: str, title: str, **context) -> Screen:
    html = render_to_string(f"courses/slides/{kind}.html", context)
    return Screen(kind, title, mark_safe(html))


# --- Texts ------------------------------------------------------------------------------------------------------------


def length_of(html: str) -> int:
    return len(" ".join(_TAG.sub(" ", html).split()))


def pieces_of(html: str) -> list[tuple[str, list[str]]]:
    """[(heading, [content of a screen, …]), …] of a rich text: a new heading begins a new screen, a long text goes on."""
    sections: list[tuple[str, list[str]]] = []
    for found in _BLOCK.finditer(html):
        block, tag = found.group(0), found.group(1)
        if tag and tag.startswith("h"):
            sections.append((heading_of(block), []))
            continue
        if not sections:
            sections.append(("", []))
        sections[-1][1].extend(_split(block, tag) if tag in {"ul", "ol"} else [block])
    return [(heading, _filled(blocks)) for heading, blocks in sections if blocks]


def _split(block: str, tag: str) -> list[str]:
    """A list that is too long for one screen as several, its numbers going on."""
    items = _ITEM.findall(block)
    if length_of(block) <= FULL_SCREEN or len(items) < 2:
        return [block]
    groups: list[list[str]] = [[]]
    for item in items:
        if groups[-1] and length_of("".join([*groups[-1], item])) > FULL_SCREEN:
            groups.append([])
        groups[-1].append(item)
    drawn, start = [], 1
    for group in groups:
        opening = f'<ol start="{start}">' if tag == "ol" else "<ul>"
        drawn.append(f"{opening}{''.join(group)}</{tag}>")
        start += len(group)
    return drawn


def _filled(blocks: list[str]) -> list[str]:
    """Paragraphs gathered into screens; the words that lead up to a list stay with it."""
    screens: list[str] = []
    for block in blocks:
        if (screens and length_of(screens[-1] + block) <= FULL_SCREEN) or (
            screens and screens[-1].rstrip().endswith(":</p>") and length_of(screens[-1]) < FULL_SCREEN // 3
        ):
            screens[-1] += block
        else:
            screens.append(block)
    return screens


def _text(block, page, procedures) -> list[Screen]:
    return _long("text", "", block.value.source)


def _long(kind: str, title: str, source: str, **context) -> list[Screen]:
    found = []
    for heading, screens in pieces_of(expand_db_html(source)):
        for number, html in enumerate(screens, start=1):
            part = number if len(screens) > 1 else 0
            drawn = _drawn("text", heading or title, html=mark_safe(html), **context)
            found.append(Screen(kind, drawn.title, drawn.html, part))
    return found


def _callout(block, page, procedures) -> list[Screen]:
    value = block.value
    names = {"tip": _("Tip"), "warning": _("Take care"), "remember": _("Remember"), "case": _("A true-to-life case")}
    return _long(value["kind"], value["title"] or names.get(value["kind"], ""), value["text"].source)


# --- Steps, questions, tasks ------------------------------------------------------------------------------------------


def _steps(block, page, procedures) -> list[Screen]:
    title, steps = block.value["title"], block.value["steps"]
    return [
        _drawn("step", step["title"], step=step, of=title, number=number, count=len(steps))
        for number, step in enumerate(steps, start=1)
    ]


def _self_check(block, page, procedures) -> list[Screen]:
    options = [
        {"letter": letter, "text": option["text"], "correct": option["correct"], "feedback": option["feedback"]}
        for letter, option in zip("ABCDEFGH", block.value["options"], strict=False)
    ]
    drawn = _drawn("check", _("Check yourself"), question=block.value["question"], options=options)
    return [replace(drawn, ask=str(block.id))]


def _mockup(block, page, procedures) -> list[Screen]:
    return [_drawn("mockup", _("What gives it away?"), value=block.value)]


def _family_task(block, page, procedures) -> list[Screen]:
    value = block.value
    text = expand_db_html(value["text"].source) if value["text"] else ""
    return [_drawn("family", value["title"], text=mark_safe(text), steps=value["steps"])]


def _image(block, page, procedures) -> list[Screen]:
    return [_drawn("image", block.value["caption"], value=block.value)]


def _h5p(block, page, procedures) -> list[Screen]:
    content = block.value["content"]
    return (
        [_drawn("exercise", content.title, text=block.value["text"], url=f"{page.url}#block-{block.id}")]
        if content
        else []
    )


def _simulation(block, page, procedures) -> list[Screen]:
    value = block.value
    return [_drawn("exercise", value["title"], text=value["case"], url=f"{page.url}#block-{block.id}")]


def _nothing(block, page, procedures) -> list[Screen]:
    return []


def _procedure(block, page, procedures) -> list[Screen]:
    procedure = procedures.get(block.value["code"])
    return [_drawn("procedure", procedure.name, procedure=procedure)] if procedure else []


def _as_in_lesson(block, page, procedures) -> list[Screen]:
    value = block.value
    title = value.get("title") or value.get("caption") or ""
    html = block.render({"page": page, "procedures": procedures})
    return [Screen(block.block_type, title, mark_safe(html))]


_MAKERS = {
    "text": _text,
    "callout": _callout,
    "steps": _steps,
    "self_check": _self_check,
    "mockup": _mockup,
    "family_task": _family_task,
    "image": _image,
    "h5p": _h5p,
    "simulation": _simulation,
    "download": _nothing,
    "procedure": _procedure,
}
