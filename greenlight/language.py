"""Words and sentences in any script.

A word is a run of letters, marks and digits, with the apostrophes inside it, in one form and case (NFC, casefold).
Scripts that put no space between words (Han, kana, Thai, Lao, Khmer, Burmese) have overlapping pairs of characters in
their place: 月光下 is 月光 and 光下.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
SENTENCE_END = re.compile(r"[.!?…।؟]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”’）]*|\n\s*\n")


def words(text: str) -> list[str]:
    """The words of a text, in order; a lone character of a script without spaces stands as it is."""
    if text.isascii():
        return ASCII_WORD.findall(text.casefold())
    found: list[str] = []
    word, unspaced = _patterns()
    for run in word.findall(unicodedata.normalize("NFC", text).casefold().replace("’", "'")):
        if len(run) > 1 and unspaced.match(run):
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(run)
    return found


def opening(text: str, sentences: int, characters: int) -> str:
    """The first sentences of a text, cut after so many characters; an empty line ends a sentence too."""
    text = text[:characters].lstrip()
    ends = [found.end() for found in SENTENCE_END.finditer(text)]
    return text[: ends[sentences - 1]] if len(ends) >= sentences else text


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    r"""A word, and one character of a script without spaces.

    Python's ``\w`` leaves out the marks of Indic, Thai and other scripts, which would cut their words to pieces.
    """
    marks = "".join(chr(c) for c in range(0x300, 0x1F000) if unicodedata.category(chr(c))[0] == "M")
    unspaced = re.compile(f"[{UNSPACED}]")
    spaced = "".join(mark for mark in marks if not unspaced.match(mark))
    letter = rf"[^\W_{UNSPACED}]"
    rest = f"(?:{letter}|[{spaced}])"
    return re.compile(rf"(?:(?=[{UNSPACED}])(?:[^\W_]|[{marks}]))+|{letter}{rest}*(?:'{rest}+)*"), unspaced
