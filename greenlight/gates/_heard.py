"""Which language a stretch of text is in, by py3langid: a model of 140 languages, loaded when it is first needed."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from greenlight.gates import _languages, _text, _tongues

ENOUGH, SURE = 24, 0.95
"""Letters that a language is told by, and how likely it has to be."""
READ = 600
"""Characters that are listened to."""
KNOWN = _text.word_set(
    "ar be bg bn ca cs cy da de el en es et eu fa fi fr ga he hi hr hu id is it ja ka kk ko la lt lv mk mr ms mt nl "
    "no pl pt ro ru sk sl sq sr sv sw th tl tr uk ur uz vi zh zu az"
)
"""Languages between which it decides: of neighbours that are seldom written it would see more than there are."""
SIGNS = frozenset("0123456789@#/_=<>{}\\|")
"""What no word of a language has in it."""
KIN = {
    one: frozenset(family.split())
    for family in (
        "da no sv is", "hr sr sl mk bg", "id ms", "gl pt", "es gl ca", "nl", "cs sk", "ru uk be bg mk sr", "ar fa ur",
        "hi mr", "tr az uz", "it la",
    )
    for one in family.split()
}  # fmt: skip
"""Languages that are taken for one another where a text is short."""


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(KNOWN)
    return model


@lru_cache(maxsize=1024)
def language(text: str, least: int = ENOUGH) -> tuple[str, float]:
    """The likeliest language of a text, and how likely it is; empty where there are too few letters."""
    if _is_english(text[:READ].lower().split()):
        return "en", 1.0
    words = [word for word in text[:READ].split() if not SIGNS.intersection(word)]
    said = " ".join(words)
    if least == ENOUGH and len(words) < 6 and said < "\u2e80":
        return "", 0.0
    if sum(map(str.isalpha, said)) < least * (1 if said.isascii() or max(said) < "\u0250" else 0.4):
        return "", 0.0
    if sum(map(str.isupper, said)) > 0.4 * len(said):
        said = said.lower()
    found, sure = _model().classify(said)
    return found, float(sure)


def _is_english(words: list[str]) -> bool:
    """Whether a fifth of the words are small ones of English, and eight different ones: the model takes longer to say
    so than all else that is looked at."""
    small = sum(map(_tongues.ENGLISH.__contains__, words))
    return 5 * small >= len(words) and small >= 8 and len(_tongues.ENGLISH.intersection(words)) >= 8


def other_than(text: str, home: str) -> str:
    """The language that a text is plainly in, where it is plainly neither this one nor near it; else empty."""
    found, sure = language(text)
    apart = 0.999 if home in KIN.get(found, ()) else SURE
    if found in ("", "la", home) or sure < apart or (found, home) in _tongues.NEAR:
        return ""
    return "" if home not in KNOWN and _languages.scripts_of(home) == _languages.scripts_of(found) else found
