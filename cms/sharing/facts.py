"""What a published page says of itself to programs: one reading for schema.org, Dublin Core and LRMI."""

import re

from django.utils.html import strip_tags

from cms.models import ContentPage
from cms.text.folding import normalize

# What the foot of every page says where a page says nothing else.
LICENSE = "CC BY 4.0"
LICENSE_PLACES = {
    "CC BY": "https://creativecommons.org/licenses/by/{}/",
    "CC BY-SA": "https://creativecommons.org/licenses/by-sa/{}/",
    "CC BY-NC": "https://creativecommons.org/licenses/by-nc/{}/",
    "CC BY-NC-SA": "https://creativecommons.org/licenses/by-nc-sa/{}/",
    "CC BY-ND": "https://creativecommons.org/licenses/by-nd/{}/",
    "CC0": "https://creativecommons.org/publicdomain/zero/{}/",
}
_LICENSE = re.compile(r"(CC(?:0| BY(?:-NC)?(?:-SA|-ND)?)) (\d\.\d)")
_HEADING = re.compile(r"<h[23][^>]*>(.*?)</h[23]>", re.DOTALL)
# A page that answers two questions or more is one of questions and answers.
LEAST_QUESTIONS = 2


def license_url(name: str) -> str:
    """Where a licence can be read; empty for one that is not of Creative Commons."""
    found = _LICENSE.fullmatch(name.strip())
    return LICENSE_PLACES[found[1]].format(found[2]) if found and found[1] in LICENSE_PLACES else ""


def facts_of(page: ContentPage) -> dict:
    """Plain data, in the page's language. What a page type knows besides comes from its `told_to_programs()`.

    Always there: license, topics and audiences (names), sources, steps, questions, checked_on. A page type may add:
    minutes, grades [lowest, highest], objectives, competences, subject, part_of and lessons ({title, url}), video.
    """
    facts = {
        "license": LICENSE,
        "topics": [term.name for term in page.topics.all()],
        "audiences": [term.name for term in page.audiences.all()],
        "sources": [{"title": source.value["title"], "url": source.value["url"] or ""} for source in page.sources],
        "steps": _steps(page),
        "questions": _questions(page),
        "checked_on": page.checked_on.isoformat() if page.checked_on else "",
    }
    return facts | {name: value for name, value in page.told_to_programs().items() if value}


def _plain(html) -> str:
    return " ".join(normalize(strip_tags(str(html).replace("<", " <"))).split())


def _steps(page: ContentPage) -> list[dict]:
    """Every step of the page's lists of steps."""
    return [
        {"name": step["title"], "text": _plain(step["text"].source) or step["title"]}
        for block in page.body
        if block.block_type == "steps"
        for step in block.value["steps"]
    ]


def _questions(page: ContentPage) -> list[dict]:
    """Headings that ask, with what stands under each; empty where the page asks less than two."""
    found = []
    for block in page.body:
        if block.block_type != "text":
            continue
        cut = _HEADING.split(block.value.source)
        for heading, text in zip(cut[1::2], cut[2::2], strict=True):
            question, answer = _plain(heading), _plain(text)
            if question.endswith("?") and answer:
                found.append({"question": question, "answer": answer})
    return found if len(found) >= LEAST_QUESTIONS else []
