"""Which way a text runs."""

import unicodedata

# Fewer words may all be names («VNeID», «QR»), which keep their own direction in every language.
FEW = 3


def runs_against(text: str, *, rtl: bool) -> bool:
    """Whether `text` is written the other way than its language: the text of another language, most likely."""
    strong = [unicodedata.bidirectional(letter) for letter in text]
    left, right = strong.count("L"), strong.count("R") + strong.count("AL")
    return (right == 0 and len(text.split()) > FEW and left > 0) if rtl else right > left
