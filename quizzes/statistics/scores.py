"""The whole quiz: how the scores lie, how far they can be trusted, and who are the best and the weakest third."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum, sqrt

from quizzes.statistics.items import NOTHING


@dataclass(frozen=True)
class ScoreFigures:
    """How scores lie, in the unit they came in. `deviation` needs two attempts, `skewness` three, `kurtosis` four.

    `skewness` and `kurtosis` are those of a sample (Fisher's k-statistics, k3/k2^1.5 and k4/k2²): zero is a bell;
    None where all scores are the same.
    """

    attempts: int
    mean: float | None = None
    median: float | None = None
    deviation: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None


def score_figures(scores: Mapping[float, int]) -> ScoreFigures:
    """The figures of `scores`, {score: how many attempts had it}."""
    counted = sorted((score, times) for score, times in scores.items() if times)
    n = sum(times for _score, times in counted)
    if not n:
        return ScoreFigures(0)
    mean = fsum(score * times for score, times in counted) / n
    median = (_at(counted, (n - 1) // 2) + _at(counted, n // 2)) / 2
    if n < 2:
        return ScoreFigures(n, mean, median)
    second, third, fourth = (
        fsum((score - mean) ** power * times for score, times in counted) / n for power in (2, 3, 4)
    )
    k2 = n * second / (n - 1)
    skewness = kurtosis = None
    if k2 > NOTHING and n > 2:
        skewness = n * n * third / ((n - 1) * (n - 2)) / k2**1.5
    if k2 > NOTHING and n > 3:
        k4 = n * n * ((n + 1) * fourth - 3 * (n - 1) * second**2) / ((n - 1) * (n - 2) * (n - 3))
        kurtosis = k4 / k2**2
    return ScoreFigures(n, mean, median, sqrt(k2), skewness, kurtosis)


def _at(counted: list[tuple[float, int]], place: int) -> float:
    """The value at `place`, from 0, among sorted counted values."""
    for value, times in counted:
        if place < times:
            return value
        place -= times
    raise IndexError(place)


def median_of(counted: Mapping[float, int]) -> float | None:
    """The middle one of counted values, the mean of two where their number is even; None of nothing."""
    return score_figures(counted).median


@dataclass(frozen=True)
class Reliability:
    """How far a score can be trusted.

    - `consistency`: Cronbach's alpha (coefficient of internal consistency): do the questions measure the same thing?
      At most 1; below zero where they pull in different directions.
    - `error_ratio`: the part of the spread that is chance: √(1 − consistency).
    - `standard_error`: by how many points a score may miss what the pupil knows: error ratio × standard deviation.
    """

    consistency: float
    error_ratio: float
    standard_error: float


def reliability(*, variances: Iterable[float], score_variance: float) -> Reliability | None:
    """From the variance of each question's mark and of the score, all with n − 1, where all were asked the same.

    None with fewer than two questions, or where all scores are the same.
    """
    each = list(variances)
    if len(each) < 2 or score_variance <= NOTHING:
        return None
    consistency = len(each) / (len(each) - 1) * (1 - fsum(each) / score_variance)
    ratio = sqrt(max(0.0, 1 - consistency))
    return Reliability(consistency, ratio, ratio * sqrt(score_variance))


@dataclass(frozen=True)
class Thirds:
    """Where the weakest third ends and the best one begins; both bounds belong to their third.

    Attempts with the same score are never torn apart, so a third may hold more than a third. `low` and `high` say how
    many there are.
    """

    to: float
    start: float
    low: int
    high: int

    def is_low(self, score: float) -> bool:
        return score <= self.to

    def is_high(self, score: float) -> bool:
        return score >= self.start


def thirds(scores: Mapping[float, int]) -> Thirds | None:
    """The thirds of `scores`; None with fewer than three attempts, or where the two would meet."""
    counted = sorted((score, times) for score, times in scores.items() if times)
    n = sum(times for _score, times in counted)
    if n < 3:
        return None
    size = n // 3
    to, start = _at(counted, size - 1), _at(counted, n - size)
    if to >= start:
        return None
    low = sum(times for score, times in counted if score <= to)
    high = sum(times for score, times in counted if score >= start)
    return Thirds(to, start, low, high)
