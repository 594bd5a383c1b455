"""Runs: stretches of a text that repeat themselves with a period, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

WORD = re.compile(r"\S+")
LONG_WORD = 24
"""Characters of a word from which it is searched for runs of its own (``333,333,333,…``, ``-----``)."""
WINDOW, OVERLAP = 8000, 1000
"""Words that are searched together, and how many of them again with the next ones: a page and a half."""
MANY = 250
"""Items from which sorting them is faster than a dictionary."""
CLAUSE = re.compile(r"[^，。！？、；：…\s]+[，。！？、；：…\s]*|[，。！？、；：…]+\s*")
"""What stands for a word in scripts without spaces."""
FEW = 6
"""Runs whose places are looked up one by one."""
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
    again, starts = (_met_again if len(items) < MANY else _met_again_among_many)(items, width)
    walked: dict[int, int] = {}
    found: list[tuple[int, int, int]] = []
    done, size = walked.get, len(items)
    for i, gap in starts:
        if i < done(gap, 0):
            continue
        start, end = i, i + width
        while end < size and items[end] == items[end - gap]:
            end += 1
        while start > gap and items[start - 1] == items[start - 1 - gap]:
            start -= 1
        walked[gap] = end
        if 2 * (end - start) >= gap:
            found.append((start - gap, end, gap))
    return found, again


def _met_again(items: Sequence[str], width: int) -> tuple[int, list[tuple[int, int]]]:
    """How many n-grams were there before, and where, with how far back; of neighbours with one distance the first."""
    grams = list(zip(*(items[k:] for k in range(width)), strict=False))
    again = len(grams) - len(set(grams))
    if not again:
        return 0, []
    seen: dict[tuple[str, ...], int] = {}
    last, found, place, distance = seen.get, [], -2, 0
    for i, gram in enumerate(grams):
        before = last(gram)
        seen[gram] = i
        if before is not None:
            if i - before != distance or i - 1 != place:
                distance = i - before
                found.append((i, distance))
            place = i
    return again, found


def _met_again_among_many(items: Sequence[str], width: int) -> tuple[int, list[tuple[int, int]]]:
    """The same by sorting."""
    numbers = numbered(items)
    keys = numbers[: len(items) - width + 1]
    for k in range(1, width):
        keys = keys * WINDOW + numbers[k : len(items) - width + 1 + k]
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    before = np.full(len(keys), -1, dtype=np.int64)
    before[order[1:][same]] = order[:-1][same]
    places = np.flatnonzero(before >= 0)
    gaps = places - before[places]
    fresh = np.ones(len(places), dtype=bool)
    fresh[1:] = (np.diff(gaps) != 0) | (np.diff(places) != 1)
    return len(places), list(zip(places[fresh].tolist(), gaps[fresh].tolist(), strict=True))


def numbered(items: Sequence[str]) -> npt.NDArray[np.int64]:
    """Each item as the place where it stands first."""
    table: dict[str, int] = {}
    return np.fromiter(map(table.setdefault, items, count()), dtype=np.int64, count=len(items))


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
    if pattern is WORD and not long and len(found) <= FEW:
        starts = _starts(body, {one for i, j, gap in found for one in (i, j - 1, i + gap)})
    else:
        starts = dict(enumerate(map(re.Match.start, pattern.finditer(body))))
    runs = [Run(starts[i], starts[j - 1] + len(words[j - 1]), starts[i + gap] - starts[i]) for i, j, gap in found]
    for start, word in zip(starts.values(), words, strict=True) if long else ():
        if len(word) > LONG_WORD:
            inner, _ = periods(word, 3)
            runs += [Run(start + i, start + j, gap) for i, j, gap in inner]
    return runs, share


def _starts(body: str, wanted: set[int]) -> dict[int, int]:
    """Where some of the words begin."""
    found, at, passed = {}, 0, 0
    for index in sorted(wanted):
        rest = body[at:].split(None, index - passed)
        at = len(body) - len(rest[-1]) if index > passed else at + len(body[at:]) - len(body[at:].lstrip())
        found[index], passed = at, index
    return found
