"""Fills the site up to 5,000 things to be found and 500 contents on the language board, in sentences of the starter content."""

import os
import random
import sys

import django

FOUND, CONTENTS = 5000, 500
SENTENCES = (10, 60)


def fill_search(count: int = FOUND) -> int:
    """Vietnamese search entries, as long and as mixed as guides and lessons are. Returns how many there are then."""
    from cms.models import SearchEntry, SearchText
    from cms.search.indexing import Found, index_anew
    from cms.vocabulary.models import Audience, Topic

    lots = random.Random(8)
    written = SearchEntry.objects.filter(language="vi", is_material=True)
    lines = [
        line
        for text in SearchText.objects.filter(entry__in=written).values_list("text", flat=True)
        for line in text.split(". ")
    ]
    titles = list(written.values_list("title", flat=True))
    audiences = sorted(set(Audience.objects.values_list("slug", flat=True)))
    topics = sorted(set(Topic.objects.values_list("slug", flat=True)))
    formats = ("guide", "lesson", "video", "handbook", "news", "material")
    index_anew(
        Found(
            kind="page",
            key=f"filler-{number}",
            language="vi",
            format=lots.choice(formats),
            title=f"{lots.choice(titles)} {number}",
            url=f"/vi/them/{number}/",
            text=". ".join(lots.choices(lines, k=lots.randint(*SENTENCES))),
            audiences=lots.sample(audiences, 2),
            topics=lots.sample(topics, 1),
            levels=lots.choice([[], ["lower-secondary"], ["upper-secondary"]]),
            has_audio=number % 3 == 0,
        )
        for number in range(written.count(), count)
    )
    return written.count()


def fill_board(count: int = CONTENTS) -> int:
    """Guides in Vietnamese, one in three of them in English too. Returns how many contents the board has then."""
    from django.core.cache import cache
    from wagtail.models import Locale

    from cms.models import GuidePage, SectionPage
    from cms.translating.board import contents

    section = SectionPage.objects.get(kind=SectionPage.Kind.GUIDES, locale=Locale.get_default())
    other = SectionPage.objects.get(translation_key=section.translation_key, locale__language_code="en")
    for number in range(contents().count(), count):
        page = GuidePage(title=f"Hướng dẫn số {number}", slug=f"huong-dan-so-{number}", locale=section.locale)
        section.add_child(instance=page)
        if number % 3 == 0:
            key = page.translation_key
            guide = GuidePage(title=f"Guide {number}", slug=page.slug, locale=other.locale, translation_key=key)
            other.add_child(instance=guide)
    cache.clear()
    return contents().count()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print({"search": fill_search, "board": fill_board}[sys.argv[1]]())
