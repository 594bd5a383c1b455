"""Whether one sentence refuses by its pattern, or only talks about the request."""

from __future__ import annotations

import re

from greenlight.gates import _endings, _refusals, _refusals_abroad

CLAUSE = re.compile(r",? (?:but|yet|however|though|aber|mais|pero|ma|mas)\b,?|;|: |[—–]|,(?=但)|，但|но ")
SAID = r"(?:said|says|thought|thinks|told|cried|asked|answered|replied|whispered|wrote|read|sang)"
SPOKEN = re.compile(
    rf"\b{SAID} (?:the|an?|his|her|my|their|he|she|they|it|[A-Z]\w+)\b|\b{SAID}(?: \w+)?(?: that| to \w+)?(?:,|:)? I\b"
    r"|\b(?:he|she|they|it) (?:said|thought|cried|asked|whispered)\b"
    r"|[A-Z]\w+ (?:said|thought|cried|replied|whispered)\b"
    r"|[,!?] \w+ed (?:the|an?|his|her|my|their|[A-Z]\w+)\b|\b(?:sagte|dit|dijo|disse|сказал\w?) \w"
)
"""Speech of a character that stands without quotation marks."""
LONGEST = 500
"""Characters of a sentence that are read."""


def letters(text: str) -> int:
    """Letters of a text; a Chinese or Japanese one counts twice."""
    letters = sum(map(str.isalnum, text))
    return letters if text.isascii() else letters + len(_endings.DENSE.findall(text))


def idle(said: str, preached: bool) -> bool:
    """Whether it only talks about the request, or preaches."""
    return _refusals.SOFT.search(said) is not None or (preached and _refusals.LECTURE.search(said) is not None)


def refuses(sentence: str) -> bool:
    """Whether a sentence refuses by its pattern, in the voice's own words."""
    sentence = sentence[:LONGEST]
    english = hinted(sentence) and (_refusals.STRONG.search(sentence) or _refusals.MILD.search(sentence))
    abroad = hinted_abroad(sentence) and _refusals_abroad.STRONG_ABROAD.search(sentence)
    return bool(english or abroad) and SPOKEN.search(sentence) is None


def hinted(text: str) -> bool:
    """Whether an English refusal may be in it."""
    if not text.isascii():
        return True
    low = text.lower()
    if ("n't" in low or "not" in low or "never" in low or "cannae" in low) and _any(low, OWN):
        return True
    return _any(low, _refusals.HINTS)


def hinted_abroad(text: str) -> bool:
    """Whether a refusal in another language may be in it."""
    return not text.isascii() or _any(text.lower(), _refusals_abroad.HINTS_ABROAD)


def _any(text: str, pieces: tuple[str, ...]) -> bool:
    for piece in pieces:  # noqa: SIM110 (a plain loop is twice as fast as any() over a generator)
        if piece in text:
            return True
    return False


OWN = ("i ", "i'", "we ", "we'", "this ", "that ", "'s ", "my ", "ye")
