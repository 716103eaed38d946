"""How long a text is, in the measure its script has: sixty words mean nothing where words are not set apart."""

import unicodedata
from dataclasses import dataclass

from django.utils.translation import ngettext

# A card of a handbook: what is read aloud in half a minute. Khmer and Chinese set no spaces between words; five Khmer
# letters or two Chinese ones stand for a Vietnamese syllable.
WORDS = 60
LETTERS = {"Khmr": 300, "Hans": 120, "Hant": 120, "Hani": 120, "Jpan": 120, "Thai": 300, "Laoo": 300, "Mymr": 300}


@dataclass(frozen=True)
class Length:
    """`count` of `most`, in words or in letters."""

    count: int
    most: int
    in_words: bool

    @property
    def is_over(self) -> bool:
        return self.count > self.most

    def __str__(self):
        if self.in_words:
            return ngettext("%(count)d word", "%(count)d words", self.count) % {"count": self.count}
        return ngettext("%(count)d letter", "%(count)d letters", self.count) % {"count": self.count}


def length_of(text: str, script: str = "Latn") -> Length:
    """How long `text` is for a card of a handbook, in a language written in `script` (ISO 15924)."""
    if script in LETTERS:
        # Marks sit on the letter before them; U+200B only says where a line may break.
        letters = [one for one in text if unicodedata.category(one)[0] in "LN"]
        return Length(len(letters), LETTERS[script], False)
    return Length(len([word for word in text.split() if any(c.isalnum() for c in word)]), WORDS, True)
