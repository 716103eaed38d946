"""The scripts whose letters the site's own face lacks: which face has them, and how much a word weighs in them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """A face from the registry of packages. `piece` is the part of it with the script's letters, `ranges` those letters."""

    family: str
    package: str
    piece: str
    weights: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    # Those whose texts stand in this face first; where none asks, whatever the machine has might come before it.
    languages: tuple[str, ...]


# By ISO 15924 code. Latin letters beyond Vietnamese are in Noto Sans (cms.frontend), Chinese ones in faces of pieces.
SCRIPTS = {
    "Khmr": Script(
        "Noto Sans Khmer", "noto-sans-khmer", "khmer", (400, 600), ((0x1780, 0x17FF), (0x19E0, 0x19FF)), ("km",)
    ),
    "Cham": Script("Noto Sans Cham", "noto-sans-cham", "cham", (400, 600), ((0xAA00, 0xAA5F),), ("cjm",)),
    "Tavt": Script("Noto Sans Tai Viet", "noto-sans-tai-viet", "tai-viet", (400,), ((0xAA80, 0xAADF),), ("blt", "twh")),
    "Arab": Script(
        "Noto Naskh Arabic",
        "noto-naskh-arabic",
        "arabic",
        (400, 600),
        ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
        ("cja", "ar"),
    ),
}
# Chinese faces by their packages: the same code point is drawn otherwise in the two ways of writing.
HAN_FACES = {"Noto Sans TC": "noto-sans-tc", "Noto Sans SC": "noto-sans-sc"}
TRADITIONAL, SIMPLIFIED = HAN_FACES
# What is written in simplified letters; every other Chinese text is traditional, as Chinese people of the province write.
SIMPLIFIED_LANGUAGES = ("zh-hans", "zh-cn", "zh-sg")
HAN = ((0x2E80, 0x2FDF), (0x3000, 0x303F), (0x3100, 0x312F), (0x31A0, 0x31EF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
       (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x323AF))  # fmt: skip


def scripts_in(text: str) -> list[str]:
    """Codes of the scripts `text` has letters of, of those in `SCRIPTS`; the order is that of the table."""
    letters = {ord(letter) for letter in text}
    return [code for code, script in SCRIPTS.items() if _any_in(letters, script.ranges)]


def has_han(text: str) -> bool:
    """Whether there is a Chinese letter in `text`; which of the two faces draws it depends on its language."""
    return _any_in({ord(letter) for letter in text}, HAN)


def _any_in(letters: set[int], ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= letter <= last for letter in letters for first, last in ranges)
