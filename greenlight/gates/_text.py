"""What gates share: where code, quotations and sentences stand in a text. All of it in linear time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TypeVar

Span = tuple[int, int]
T = TypeVar("T")


class Kept(dict[str, T]):
    """What a function says of words, kept: reading thousands of them is a search in a table, by ``map``."""

    def __init__(self, of: Callable[[str], T], most: int = 50_000) -> None:
        super().__init__()
        self.of, self.most = of, most

    def __missing__(self, word: str) -> T:
        if len(self) >= self.most:
            self.clear()
        made = self[word] = self.of(word)
        return made


FENCE = re.compile(r"^[ \t]{0,3}(```|~~~)", re.MULTILINE)
TICKS = re.compile(r"`[^`\n]+`")
QUOTED = re.compile(
    r'"[^"\n]*"|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|»[^«»\n]*«|「[^「」\n]*」|『[^『』\n]*』|(?<!\w)‘[^‘’\n]*’(?!\w)'
)
PLAIN_QUOTED = re.compile(r'"[^"\n]*"')
"""The same in ASCII, where a search for one sign is many times faster."""
SENTENCE = re.compile(r"[^.!?…。！？।؟\n]+(?:[.!?…।؟]+[\"'”’»)\]*_]*(?=\s|$)|[。！？]+[」』”’）]*|[.!?…।؟]|$|(?=\n))")
WORDS = re.compile(r"[^\W_]+")
DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def word_set(words: str) -> frozenset[str]:
    """The words of a written list."""
    return frozenset(words.split())


def code(body: str) -> list[Span]:
    """Fenced blocks, one that is left open to the end of the text, and what stands between backticks."""
    if "`" not in body and "~~~" not in body:
        return []
    found: list[Span] = []
    opened, mark = -1, ""
    for fence in FENCE.finditer(body):
        if opened < 0:
            opened, mark = fence.start(), fence[1]
        elif fence[1] == mark:
            end = body.find("\n", fence.end())
            found.append((opened, len(body) if end < 0 else end))
            opened = -1
    if opened >= 0:
        found.append((opened, len(body)))
    ticks = [m.span() for m in TICKS.finditer(body) if not inside(found, m.start())]
    return sorted([*found, *ticks])


def quotes(body: str) -> list[Span]:
    """What stands between quotation marks, within a line."""
    return [m.span() for m in (PLAIN_QUOTED if body.isascii() else QUOTED).finditer(body)]


def sentences(body: str) -> list[Span]:
    """Sentences, and lines without a full stop, without the white space around them."""
    found = []
    for m in SENTENCE.finditer(body):
        said = m.group()
        start, end = m.start() + len(said) - len(said.lstrip()), m.end() - len(said) + len(said.rstrip())
        if start < end:
            found.append((start, end))
    return found


def inside(spans: Sequence[Span], place: int) -> bool:
    """Whether a character stands in one of the spans, which are in order and do not overlap."""
    at = bisect_right(spans, (place, 1 << 62)) - 1
    return at >= 0 and spans[at][0] <= place < spans[at][1]


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that overlap made one."""
    out: list[Span] = []
    for start, end in spans:
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def blank(body: str, spans: Sequence[Span]) -> str:
    """The text with spaces in place of the spans: every character left stays where it is."""
    pieces, last = [], 0
    for start, end in spans:
        if start >= last:
            pieces += [body[last:start], " " * (end - start)]
            last = end
    return "".join([*pieces, body[last:]]) if spans else body


def count_words(body: str) -> tuple[int, int]:
    """The fewest and the most words that a reader may count: with hyphens or without, two characters to a word of a
    script without spaces or each of them one."""
    spaced = sum(any(map(str.isalnum, word)) for word in body.split())
    runs = len(WORDS.findall(body))
    if body.isascii():
        return min(spaced, runs), max(spaced, runs)
    dense = len(DENSE.findall(body))
    if dense < len(body) / 10:
        return min(spaced, runs), max(spaced, runs)
    rest = len(WORDS.findall(DENSE.sub(" ", body)))
    return rest + dense // 3, rest + dense
