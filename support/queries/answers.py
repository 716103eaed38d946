"""Answers of the desk that everybody may read."""

from cms.keeping import kept
from support.models import AnswerPage

NEWEST = 6


def newest_answers(language: str) -> list[dict]:
    """The newest published answers in a language, as {title, url}; kept until content changes."""

    def read() -> list[dict]:
        pages = (
            AnswerPage.objects.live()
            .public()
            .filter(locale__language_code=language)
            .select_related("locale")
            .order_by("-first_published_at")[:NEWEST]
        )
        return [{"title": page.title, "url": page.url, "summary": page.summary} for page in pages]

    return kept(f"answers:{language}", read)
