"""The bars of the scores, in the units of their drawing. Pure: the template only writes the numbers down."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.queries.figures.reading import Figures

WIDTH, HEIGHT = 340, 150
# Room above the highest bar for its number, and below for the scores.
ABOVE, BELOW = 22, 24
GAP = 6


@dataclass(frozen=True)
class Bar:
    """A step of the scores. `middle` is where its words stand, `start` its lower bound, `failed` below the pass mark."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    start: int
    count: int
    failed: bool


def bars_of(figures: Figures) -> list[Bar]:
    """A bar for each step; the highest takes the whole height."""
    most = max(figures.steps) or 1
    wide = WIDTH / len(figures.steps)
    ground = HEIGHT - BELOW
    found = []
    for step, count in enumerate(figures.steps):
        height = round((ground - ABOVE) * count / most, 1)
        failed = (step + 1) * 100 / len(figures.steps) <= figures.pass_percent
        x = round(step * wide + GAP / 2, 1)
        found.append(
            Bar(
                x,
                round(ground - height, 1),
                round(wide - GAP, 1),
                height,
                round((step + 0.5) * wide, 1),
                step,
                count,
                failed,
            )
        )
    return found


def sentence_of(figures: Figures) -> str:
    """What the bars show, for whoever does not see them and for whoever wants it said."""
    most = max(figures.steps)
    at = [step for step, count in enumerate(figures.steps) if count == most]
    told = ngettext(
        "Most often from %(start)d to %(end)d points: %(count)d attempt.",
        "Most often from %(start)d to %(end)d points: %(count)d attempts.",
        most,
    ) % {"start": at[-1], "end": at[-1] + 1, "count": most}
    below = sum(count for step, count in enumerate(figures.steps) if step < 5)
    return " ".join(
        [
            told,
            ngettext("Below 5 points: %(count)d attempt.", "Below 5 points: %(count)d attempts.", below)
            % {"count": below},
            _("Mean %(mean)s.") % {"mean": _mean(figures)},
        ]
    )


def _mean(figures: Figures) -> str:
    from quizzes.queries.figures.words import decimal

    return decimal(figures.scores.mean)
