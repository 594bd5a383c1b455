"""Runs: stretches of a text that repeat themselves with a period, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\S+")
LONG_WORD = 24
"""Characters of a word from which it is searched for runs of its own (``333,333,333,…``, ``-----``)."""
WINDOW, OVERLAP = 8000, 1000
"""Words that are searched together, and how many of them again with the next ones: a page and a half."""
CLAUSE = re.compile(r"[^，。！？、；：…\s]+[，。！？、；：…\s]*|[，。！？、；：…]+\s*")
"""What stands for a word in scripts without spaces."""
NEEDLES = (12, 60)
CANDIDATES = 6


@dataclass(frozen=True)
class Run:
    """``body[start:end]`` equals itself shifted by ``period`` characters (white space apart, where found in words)."""

    start: int
    end: int
    period: int

    @property
    def times(self) -> float:
        """The last one counts as whole without the space that would follow it."""
        space = 2 if self.period > 8 else 1 if self.period > 2 else 0
        return (self.end - self.start + space) / self.period


def periods(items: Sequence[str], width: int) -> tuple[list[tuple[int, int, int]], int]:
    """Runs ``(start, end, period)`` over a sequence, of at least ``width`` items that are the ones before them again,
    and the number of n-grams of ``width`` items that were there shortly before.

    They are searched for in windows that overlap, which keeps what is remembered small; of a run that is longer than
    a window there are several pieces.
    """
    if len(items) <= WINDOW:
        return _periods(items, width)
    found, again = [], 0
    for at in range(0, len(items) - OVERLAP, WINDOW - OVERLAP):
        runs, before = _periods(items[at : at + WINDOW], width)
        found += [(at + start, at + end, gap) for start, end, gap in runs]
        again += before
    return found, again * (WINDOW - OVERLAP) // WINDOW


def _periods(items: Sequence[str], width: int) -> tuple[list[tuple[int, int, int]], int]:
    """Linear but for nested runs, whose number over one place is logarithmic (Fine & Wilf 1965): each n-gram is
    looked up once, and a run of one period is walked once.
    """
    seen: dict[tuple[str, ...], int] = {}
    walked: dict[int, int] = {}
    found: list[tuple[int, int, int]] = []
    again = 0
    last = seen.get
    for i, gram in enumerate(zip(*(items[k:] for k in range(width)), strict=False)):
        before = last(gram)
        seen[gram] = i
        if before is None:
            continue
        again += 1
        gap = i - before
        if i < walked.get(gap, 0):
            continue
        start, end = i, i + width
        while end < len(items) and items[end] == items[end - gap]:
            end += 1
        while start > gap and items[start - 1] == items[start - 1 - gap]:
            start -= 1
        walked[gap] = end
        if 2 * (end - start) >= gap:
            found.append((start - gap, end, gap))
    return found, again


def tail(body: str) -> Iterator[Run]:
    """What ends the text and repeats: candidates of a few periods, the smallest ones first."""
    end = len(body.rstrip())
    for size in NEEDLES:
        if end < 2 * size:
            continue
        needle, at = body[end - size : end], end - 1
        for _ in range(CANDIDATES):
            found = body.rfind(needle, 0, at)
            if found < 0:
                break
            period, at = end - size - found, found + size - 1
            start = _back(body, end, period)
            if end - start >= 1.5 * period:
                yield Run(start, end, period)


def _back(body: str, end: int, period: int) -> int:
    """Where the run of this period that ends here begins; steps double while slices are equal, then halve."""
    at, step, growing = end - period, 64, True
    while at > 0 and step:
        step = min(step, at)
        if body[at - step : at] == body[at - step + period : at + period]:
            at -= step
            step *= 2 if growing else 1
        else:
            step, growing = step // 2, False
    return at


def of_words(body: str) -> tuple[list[Run], float]:
    """Runs of words (of clauses in scripts without spaces), runs within long words, and the share of word trigrams
    that were there before."""
    words = body.split()
    if not words:
        return [], 0.0
    pattern, width = WORD, 3
    if len(body) > 15 * len(words) and len(body) >= 40 and not body.isascii():
        pattern, width = CLAUSE, 2
        words = CLAUSE.findall(body)
    found, again = periods(words, width)
    share = again / max(1, len(words) + 1 - width)
    found = [(i, j, gap) for i, j, gap in found if j - i >= 3 * gap or sum(map(len, words[i:j])) >= 60]
    long = max(map(len, words)) > LONG_WORD
    if not found and not long:
        return [], share
    spans = [m.span() for m in pattern.finditer(body)]
    runs = [Run(spans[i][0], spans[j - 1][1], spans[i + gap][0] - spans[i][0]) for i, j, gap in found]
    for start, end in spans if long else ():
        if end - start > LONG_WORD:
            inner, _ = periods(body[start:end], 3)
            runs += [Run(start + i, start + j, gap) for i, j, gap in inner]
    return runs, share
