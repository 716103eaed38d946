"""What a Vietnamese syllable may look like; the evidence by which legacy text is told from Unicode."""

import re
import unicodedata

from cms.text.folding import compare_key

_ONSETS = ("ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", *"bcdđghklmnprstvx")
_RHYMES_TEXT = """
    a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây e ec em en
    eng eo ep et ê êch êm ên ênh êp êt êu êng i ia ich im in inh ip it iu ing iêc iêm iên iêng iêp iêt
    iêu yêm yên yêng yêt yêu yêp o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng
    oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt ơng u ua
    uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ up ut uy uya uych uyên uyêt uynh uyt uyu uyn
    uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y ynh yt
"""
_RHYMES = frozenset(_RHYMES_TEXT.split())
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_STOPPED = re.compile(r"(?:c|ch|p|t)$")
_WORDS = re.compile(r"[^\W\d_]+")


def toneless(word: str) -> tuple[str, str]:
    """Return the word without its tone mark (shapes kept) and the marks it had, as combining characters."""
    letters, tones = [], []
    for char in unicodedata.normalize("NFD", word):
        (tones if char in _TONES else letters).append(char)
    return unicodedata.normalize("NFC", "".join(letters)), "".join(tones)


def words(text: str) -> list[str]:
    return _WORDS.findall(unicodedata.normalize("NFC", text))


def is_syllable(word: str) -> bool:
    """True when ``word`` is spelled like one Vietnamese syllable: onset, rhyme, one tone, ordinary
    capitals.
    """
    if not (word.islower() or word.isupper() or word.istitle() or word[1:].islower()):
        return False
    plain, tones = toneless(compare_key(word))
    if len(tones) > 1:
        return False
    for onset in (*_ONSETS, ""):
        if not plain.startswith(onset):
            continue
        rhyme = plain[len(onset) :]
        if onset == "gi" and rhyme[:1] != "" and f"i{rhyme}" in _RHYMES:
            rhyme = f"i{rhyme}"
        if onset == "qu" and f"u{rhyme}" in _RHYMES:
            rhyme = f"u{rhyme}"
        if onset == "gi" and not rhyme:
            return True
        if rhyme in _RHYMES:
            return not _STOPPED.search(rhyme) or tones in {"\u0301", "\u0323"}
    return False
