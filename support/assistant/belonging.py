"""Whose a question is: ours, or one of those that are none of ours. Naive Bayes over the questions in the data (ADR 0118)."""

import itertools
from math import log, sqrt

from support.assistant.index import Index
from support.assistant.reading import Question

# What a word that has been asked once, or never, counts for (additive smoothing).
SMOOTHING = 0.5


def foreignness(question: Question, ours: Index | None, foreign: Index | None) -> float:
    """How much sooner the words of a question, and their pairs, stand in questions that are none of ours (`foreign`) than
    in the ways in which people ask for what is told (`ours`): the log of the odds, mostly between -5 and 5; 0 where one
    of both is not known.

    Words that follow each other are no witnesses apart, so that a long question counts by the root of its length.
    """
    if not (ours and foreign and ours.living and foreign.living):
        return 0.0
    plain = question.plain
    terms = {*plain, *(f"{one} {two}" for one, two in itertools.pairwise(plain))}
    odds = 0.0
    for term in terms:
        here, there = ours.frequency(term), foreign.frequency(term)
        if here or there:
            odds += log((there + SMOOTHING) / (foreign.living + 1)) - log((here + SMOOTHING) / (ours.living + 1))
    return odds / sqrt(len(terms) + 1)
