"""The words of the data, and when what was typed is one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from support.assistant.index import Index
from support.assistant.words import Token, is_accented, tokens

V = TypeVar("V")


class Lexicon(Generic[V]):
    """Phrases by their folded words, each with the spellings in which the data has it, and a value."""

    def __init__(self) -> None:
        self.values: dict[str, V] = {}
        self._spelled: dict[str, set[tuple[Token, ...]]] = {}
        self._words: set[str] = set()

    def add(self, phrase: str, value: V) -> None:
        """`phrase` as it is written, accents and all; the value of the same words elsewhere accented is replaced."""
        words = tuple(tokens(phrase))
        if words:
            key = " ".join(word.plain for word in words)
            self.values[key] = value
            self._spelled.setdefault(key, set()).add(words)
            self._words.update(word.plain for word in words)

    def holds(self, words: Sequence[Token], *, single: bool = False, strict: bool = False) -> bool:
        """Whether `words` are a phrase of these: what has accents must have the same letters, for «chó» is not «cho».

        One bare syllable may be a dozen words: it is taken for an accented one only with `single`. Of two and more, a
        tone may be wrong, for hỏi and ngã are one in the south, but not all: «biển lại» is not «biên lai». With
        `strict` none may: «già làm» is not «giả làm».
        """
        return any(
            _same(words, spelled, single=single, strict=strict)
            for spelled in self._spelled.get(" ".join(word.plain for word in words), ())
        )

    @property
    def words(self) -> set[str]:
        """Every folded word of a phrase."""
        return self._words


def _same(typed: Sequence[Token], spelled: tuple[Token, ...], *, single: bool, strict: bool) -> bool:
    if len(typed) == 1:
        return typed[0].exact == spelled[0].exact or (
            not is_accented(typed[0]) and (single or not is_accented(spelled[0]))
        )
    slips = [
        (one, other) for one, other in zip(typed, spelled, strict=True) if is_accented(one) and one.exact != other.exact
    ]
    if strict:
        return not slips
    return len(slips) < len(typed) and all(one.letters == other.letters for one, other in slips)


@dataclass(frozen=True)
class Phrases:
    """The words of the data: see `support.models.Wording`."""

    # What is said → what the pages may say instead (folded), with how near it is.
    means: Lexicon[tuple[tuple[str, float], ...]] = field(default_factory=Lexicon)
    # Spelled exactly so → in full.
    short: Mapping[str, str] = field(default_factory=dict)
    aside: Lexicon[bool] = field(default_factory=Lexicon)
    elsewhere: Lexicon[bool] = field(default_factory=Lexicon)
    never: Lexicon[bool] = field(default_factory=Lexicon)
    # What is refused only when a phrase of the first is followed closely by one of the second: whose data is asked for.
    together: tuple[tuple[Lexicon[bool], Lexicon[bool]], ...] = ()
    # Whole questions that are none of ours.
    foreign: Index | None = None
    foreign_lines: tuple[str, ...] = ()
