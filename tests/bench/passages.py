"""Fills the assistant up to 5,000 passages, as long and as mixed as real ones: sentences of the starter content, shuffled."""

import os
import random
from uuid import uuid4

import django

PASSAGES = 5000
PER_THING = 10
SENTENCES = 5


def fill(count: int = PASSAGES) -> int:
    """Returns how many passages there are then."""
    from support.assistant.chunking import Chunk
    from support.assistant.indexing import Published, put
    from support.models import Passage

    lots = random.Random(8)
    passages = Passage.objects.filter(quotable__language="vi").exclude(quotable__format="filler").order_by("pk")
    lines = [line for text in passages.values_list("text", flat=True) for line in text.split("\n")]
    words = sorted({word for line in lines for word in line.split()})
    number = 0
    while (there := Passage.objects.count()) < count:
        number += 1
        chunks = [
            Chunk(
                (*lots.choices(lines, k=SENTENCES), " ".join(lots.choices(words, k=12))),
                heading=" ".join(lots.choices(words, k=4)),
            )
            for _one in range(PER_THING)
        ]
        title = " ".join(lots.choices(words, k=6))
        put(
            Published(
                kind="page",
                key=str(uuid4()),
                language="vi",
                title=title,
                url=f"/vi/them/{number}/",
                chunks=chunks,
                format="filler",
            )
        )
    return there


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print(fill())
