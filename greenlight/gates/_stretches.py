"""Which stretches of a text are looked at together, and what they are plainly in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenlight.gates import _noise, _tongues

CHUNK = 45
"""Words whose language is looked at together."""


def is_english(words: Sequence[str]) -> bool:
    """Whether it is plain everywhere."""
    pieces = [words[at : at + _noise.WORDS_READ] for at in range(0, len(words), _noise.WORDS_READ)]
    return all(len(_tongues.ENGLISH.intersection(piece)) > 0.17 * len(piece) for piece in pieces)


def stands_alone(body: str, start: int, end: int) -> bool:
    """Whether a stretch is the first or the last paragraph."""
    before, after = body[:start], body[end:]
    return (not after.strip() and before.rstrip(" ")[-1:] == "\n") or (
        len(before) < 25 and "\n" not in before and after[:1] == "\n"
    )


def meet(words: Sequence[str], strange: frozenset[str]) -> bool:
    """Whether three of these words stand near one another."""
    return any(len(strange.intersection(words[at : at + CHUNK])) >= 3 for at in range(0, len(words), CHUNK // 2))


def paragraphs(body: str) -> list[str]:
    """Pieces that together are the text, at empty lines; short ones together."""
    pieces: list[str] = []
    for piece in re.split(r"(?<=\n\n)", body):
        if pieces and len(pieces[-1]) < 150:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def home(words: Sequence[str]) -> str:
    """The language of the beginning, else of the rest, where it is plain."""
    if len(_tongues.ENGLISH.intersection(words[:40])) >= 6:
        return "en"
    for at in (0, len(words) // 2):
        found = _tongues.language_of(_tongues.stripped(words[at : at + 60]))
        if found:
            return found
    return ""
