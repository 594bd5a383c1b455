"""Small words that never meet: an article before a preposition, a clause that ends in *the*. Where words were shuffled
or strung up at random, small ones stand side by side as no sentence has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from greenlight.gates import _salad, _scripts, _soup, _stretches, _text
from greenlight.gates._signs import Place, hidden

SMALL = {
    "en": ("the a an my your our their every", "of from into with at during against", "and or but because than",
           "is was are were has had will can't didn't doesn't don't it's i'm i",
           "to in on for by it he she we you them us this that these those so"),
    "de": ("zum zur im am vom beim ins einem", "von für gegen ohne bei wegen", "und oder weil dass sowie",
           "ist sind war wird werden hat haben kann man nicht es",
           "der die das den dem des ein eine einen ich du er sie wir"),
    "fr": ("le la les au aux du des cette sa leurs ces mes un", "de à dans pour sur avec par sans chez entre",
           "et ou mais", "est sont était a ont fait peut il ils elle c'est n'est très",
           "une je tu nous vous on"),
    "es": ("el los las un del al mis tus este esta cada la", "de a en con por para sin sobre entre",
           "y e o pero porque", "es son está están fue ha han era se hay no", "una uno unos unas"),
    "it": ("il gli i del della dei delle al alla nel nella dal dalla ogni lo la", "di in con per tra da a",
           "e ed o ma", "è sono era ha hanno si non c'è può", "una un uno"),
    "pt": ("os um uma do da dos das no na ao aos cada o", "de em com por para sem sobre", "e ou mas porque",
           "é são está foi era tem não há ele"),
    "nl": ("de een mijn elke", "van voor bij tot", "en of maar omdat",
           "is was zijn heeft wordt kan niet"),
    "pl": ("", "w z na do od dla przez po przy bez ze we", "i a ale oraz lub że bo", "jest są był ma nie się"),
    "cs": ("", "v z na do od pro přes po při bez ze ve s k", "a ale nebo že protože aby", "je jsou byl má se"),
    "ru": ("", "в с на к по от из для за у при без под над со во", "и а но или что чтобы потому",
           "не есть это я он она"),
    "uk": ("", "в з на до від для за при без під із", "і й та але або що щоб", "не є це я він вона"),
    "tr": ("her", "", "ve veya ama fakat çünkü", "değil mi mı için kadar gibi ile"),
    "sv": ("ett min din varje denna", "av med från till hos utan", "och eller men att som", "är var har kan inte"),
    "hi": ("", "के की का को ने में से पर तक", "और कि या लेकिन क्योंकि", "है हैं था थी थे"),
    "ar": ("", "في من إلى على عن مع بين", "أو ثم أن التي الذي", "هو هي كان كانت هذا لا"),
    "id": ("setiap para sebuah", "di ke dari untuk dengan pada oleh", "dan atau tetapi yang karena", "adalah ini itu"),
}  # fmt: skip
"""Of a language: what a noun must follow, what stands before a noun, and what joins."""
BAD = re.compile(b"d(?=[dpcvtDPCVT])|p(?=[pcvPCV])|[DPC]")
ONE = _text.word_set("un uno um een")
"""Articles that are a number too, which stands twice around a preposition: *un à un*, one by one."""
ENDS = ".!?।؟"
ENGLISH = 120
"""Words of an English text, of which longer ones are looked at by how all their words follow one another."""
NEAR, MOST = 30, 12_000
"""Words within which they stand near one another, and so many of a text that are looked at."""


@cache
def _kinds(code: str) -> _text.Kept[str]:
    """One letter for each word: a large one where a sentence ends with it."""
    classes = {word: kind for kind, words in zip("dpcvt", SMALL[code], strict=False) for word in words.split()}

    def kind(word: str) -> str:
        small = word.strip("\"'«»„“”()*_").lower() if len(word) < NEAR and word[:2] not in ("A", "A.") else ""
        bare = small.rstrip(ENDS)
        one = classes.get(bare, "x")
        if one == "x" and classes.get(small.rstrip(",;")) == "d":
            return "D"
        return one if bare == small else one.upper() if len(bare) > 1 or code == "en" else "x"

    return _text.Kept(kind)


def unmet(body: str, words: Sequence[str], code: str) -> Place | None:
    """The first stretch where such words meet again and again. ``words``: of the text. ``code``: its language."""
    if code not in SMALL or (code == "en" and len(words) > ENGLISH) or not _near(words, code):
        return None
    masked = hidden(body)
    words = _text.blank(masked, _scripts.frames(masked)).split()[:MOST]
    found = _near(words, code)
    said = " ".join(words[found[0] : found[-1] + 3]) if found else ""
    if not found or _stretches.is_list(said) or len({*_soup.TECHNICAL.findall(said)}) > 1:
        return None  # words of a program, spoken of
    if _salad.ABOUT.search(body[:MOST]):
        return None
    return Place("words that make no sentence", (max(0, body.find(words[found[0]])), len(body)), 0.7)


def _near(words: Sequence[str], code: str) -> list[int]:
    """Where different ones stand near one another: in English three, of a short text two, and two elsewhere."""
    kinds = "".join(map(_kinds(code).__getitem__, words[:MOST])).encode()
    least = 3 if code == "en" and len(words) > 12 else 2
    found = [m.start() for m in BAD.finditer(kinds) if not _counts(words, m.start())]
    for first in range(len(found) - least + 1):
        near = [at for at in found[first : first + 8] if at - found[first] < NEAR]
        if len({(words[at].lower(), (*words[at + 1 : at + 2], "")[0].lower()) for at in near}) >= least:
            return near
    return []


def _counts(words: Sequence[str], at: int) -> bool:
    """Whether a word is one of *un à un*."""
    one = words[at].strip(",;").lower()
    around = (*words[max(0, at - 2) : at - 1], *words[at + 2 : at + 3])
    return one in ONE and any(word.strip(",;.:!").lower() == one for word in around)
