"""Passages by meaning beside passages by words, where an operator has switched an embedder on (ADR 0110).

Words decide whether something is known and which things are looked at; meaning only has a say in their order. No embedder,
one that fails, or passages without vectors yet: the order is that of the words.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import mul
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from support.assistant.finding import Hit
from support.assistant.indexing import next_version
from support.models import Passage, Quotable

logger = logging.getLogger(__name__)

# Reciprocal-rank fusion: how little the first places are ahead of the next ones; and how much meaning counts beside words.
SMOOTHING, MEANING = 10, 0.25
# Passages written down in one go, and as many as one task takes on.
BATCH, MOST_AT_ONCE = 16, 256


class Embedder(Protocol):
    """What ASSISTANT_EMBEDDER names. A vector is the bytes of 32-bit floats of length one, as many for every text."""

    # Which model, in which version: vectors of two are never compared. At most 60 letters.
    model: str

    def passages(self, texts: Sequence[str]) -> Iterable[bytes]: ...

    def question(self, text: str) -> bytes: ...


@lru_cache(maxsize=2)
def _made(path: str) -> Embedder | None:
    try:
        return import_string(path)()
    except Exception:  # a plug-in may fail in any way; the assistant answers without it
        logger.warning("the embedder %s cannot be used; the assistant goes by words alone", path, exc_info=True)
        return None


def embedder() -> Embedder | None:
    """The embedder that is switched on and can be used, made once in each process; None where there is none."""
    return _made(settings.ASSISTANT_EMBEDDER) if settings.ASSISTANT_EMBEDDER else None


# --- Writing vectors down: in workers ----------------------------------------------------------------------------------


def embed_missing(passages: QuerySet[Passage] | None = None, *, most: int = MOST_AT_ONCE) -> int:
    """Give a vector of today's model to passages that have none, of those given or of all; returns to how many.

    Call it again until it returns 0: it stops after `most`, so that no task lasts for ever.
    """
    model = embedder()
    if model is None:
        return 0
    wanted = Passage.objects.all() if passages is None else passages
    wanted = wanted.filter(quotable__is_live=True).exclude(embedded_by=model.model)
    found = list(wanted.select_related("quotable").order_by("pk")[:most])
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        for passage, vector in zip(batch, model.passages(list(map(_text_of, batch))), strict=True):
            passage.vector, passage.embedded_by = vector, model.model
        _keep(batch)
    return len(found)


def _text_of(passage: Passage) -> str:
    return "\n".join(filter(None, [passage.quotable.title, passage.heading, passage.text]))


@transaction.atomic
def _keep(batch: list[Passage]) -> None:
    """One that was written anew meanwhile is passed over. Every process reads what has changed."""
    version = next_version()
    Passage.objects.bulk_update(batch, ["vector", "embedded_by"])
    Quotable.objects.filter(pk__in={passage.quotable_id for passage in batch}).update(version=version)


# --- Asking ------------------------------------------------------------------------------------------------------------


def fused(hits: list[Hit], question: str) -> list[Hit]:
    """`hits`, best first by words, in the order of words and meaning together."""
    model = embedder()
    near = {hit.thing.pk: hit for hit in hits if all(piece.vector for piece in hit.pieces)}
    if model is None or len(hits) < 2 or len(near) < len(hits):
        return hits
    try:
        asked = model.question(question)
    except Exception:  # the same: an answer by words is better than none
        logger.warning("the embedder failed; the assistant went by words alone", exc_info=True)
        return hits
    by_meaning = sorted(hits, key=lambda hit: -max(nearness(asked, piece.vector) for piece in hit.pieces))
    shares = {hit.thing.pk: 1 / (SMOOTHING + place) for place, hit in enumerate(hits, 1)}
    for place, hit in enumerate(by_meaning, 1):
        shares[hit.thing.pk] += MEANING / (SMOOTHING + place)
    return sorted(hits, key=lambda hit: -shares[hit.thing.pk])


def nearness(one: bytes, other: bytes) -> float:
    """How near two texts are in meaning: the cosine, for vectors have the length one."""
    return sum(map(mul, memoryview(one).cast("f"), memoryview(other).cast("f")))
