"""Frequently asked questions of a contest, out of the text its secretary wrote."""

import re

LIMIT = 30


def faq_of(text: str) -> list[tuple[str, str]]:
    """[(question, answer)]: blocks with an empty line between them, a question in the first line of each.

    A block of one line is a question without its answer yet, and is not shown.
    """
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        question, _line, answer = block.strip().partition("\n")
        if question.strip() and answer.strip():
            found.append((question.strip(), answer.strip()))
    return found[:LIMIT]
