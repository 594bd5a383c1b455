"""Which stretches of a text are looked at together, and what they are plainly in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenlight.gates import _heard, _languages, _noise, _text, _tongues

CHUNK = 45
GAP = bytes(11)
"""Words whose language is looked at together."""


def is_english(words: Sequence[str], asked: str) -> bool:
    """Whether it is plain everywhere: by many common words, or by some and by how the others begin and end.

    ``asked``: the language that was asked for, if any."""
    for at in range(0, len(words), _noise.WORDS_READ):
        piece = words[at : at + _noise.WORDS_READ]
        common = len(_tongues.ENGLISH.intersection(piece))
        few = common <= max(1, 0.035 * len(piece)) or asked not in ("", "en")
        if common <= 0.17 * len(piece) and (few or _noise.oddness(piece) > 0.2):
            return False
    return True


def has_english(words: Sequence[str]) -> bool:
    """Whether some words of another language's text are plainly English ones."""
    return any(len(_tongues.ENGLISH.intersection(words[at : at + 20])) >= 6 for at in range(0, len(words), 10))


def has_gap(words: Sequence[str], known: bytes) -> bool:
    """Whether some words of an English text in a row, with next to no common word among them, are no English.
    ``known``: of each word, whether it is a common one."""
    at, looked = known.find(GAP), 0
    while at >= 0 and looked < 4:
        end = known.find(1, at)
        end = end if 0 < end < at + 30 else at + 30
        if _heard.other_than(" ".join(words[at:end]), "en"):
            return True
        at, looked = known.find(GAP, end), looked + 1
    return False


def is_common(words: Sequence[str]) -> bool:
    """Whether the beginning has enough common words of English to be no other language."""
    part = words[:60]
    return sum(map(_tongues.ENGLISH.__contains__, part)) >= max(4, 0.2 * len(part))


def has_rival(words: Sequence[str], home: str) -> bool:
    """Whether a neighbour of the language has more of the words."""
    hits = _tongues.counted({*_tongues.stripped(words[:200])})
    return bool(hits) and hits.get(home, 0) < max(hits.values())


def is_list(line: str, names: float = 0.4) -> bool:
    """Names, things after commas, settings. ``names``: the share of large first letters from which it is names."""
    words = line.split()
    large = sum(word[:1].isupper() for word in words)
    return (
        large > names * len(words)
        or line.count(",") + line.count(";") > 0.3 * len(words)
        or line.count("|") > 4
        or line.count("=") > 0.3 * len(words)
    )


def stands_alone(body: str, start: int, end: int) -> bool:
    """Whether a stretch is the first or the last paragraph."""
    before, after = body[:start], body[end:]
    return (not after.strip() and before.rstrip(" ")[-1:] == "\n") or (
        len(before) < 25 and "\n" not in before and after[:1] == "\n"
    )


def is_far(body: str) -> bool:
    """Whether most of it is in other letters than Latin ones."""
    return not body.isascii() and sum(c > "\u036f" for c in body) > 0.4 * len(body)


def has_piece(body: str, asked: str) -> bool:
    """Whether there are lines, quotations or things behind a dash in a language."""
    own = _languages.scripts_of(asked)
    if "latin" not in own:
        lines = [line for line in body.splitlines() if line.strip()][:60]
        there = sum(any(_languages.letters(line)[one] > 1 for one in own) for line in lines)
        return there > 0 and there >= 0.5 * len(lines)
    pieces = [body[start:end] for start, end in _text.quotes(body)] + re.split(r"\n|:\s|\s[-–—=→]\s|\*\*", body)
    return any(
        _heard.language(one, 8)[0] == asked or _tongues.language_of(_tongues.stripped(one.lower().split()), 2) == asked
        for one in pieces[:60]
        if len(one) < 300
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
    if len(_tongues.ENGLISH.intersection(words[:40])) >= 6 and sum(map(str.isascii, words[:40])) > 0.5 * len(
        words[:40]
    ):
        return "en"
    for at in (0, len(words) // 2):
        found = _tongues.language_of(_tongues.stripped(words[at : at + 60]))
        if found:
            return found
    return ""
