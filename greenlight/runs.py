"""Runs in sequences of numbers: what stands several times in succession, and what two sequences share. numpy on use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.int64]


def most_repeats(sequences: Sequence[ArrayLike], periods: int, least: int = 0) -> Array:
    """``[period − 1][sequence]``: the most times that a unit of ``period`` numbers stands in direct succession.

    1 where none does. A stretch shorter than ``least`` numbers counts as none. Numbers are 0 or more.
    """
    import numpy as np

    flat, starts = _joined(sequences, periods)
    places = np.arange(len(flat) - periods)
    rows = []
    for period in range(1, periods + 1):
        # n numbers equal to the one a period later make a stretch of n + period, which is n // period + 1 whole units
        differs = flat[: len(places)] != flat[period : len(places) + period]
        equal = np.maximum.reduceat(places - np.maximum.accumulate(np.where(differs, places, -1)), starts)
        rows.append(np.where(equal + period >= least, equal // period + 1, 1))
    return np.array(rows)


def longest_shared(
    asked: Sequence[ArrayLike], asked_labels: Sequence[int], texts: Sequence[ArrayLike], text_labels: Sequence[int]
) -> Array:
    """For each asked sequence: the length of the longest run that it shares with any one text of another label.

    All suffixes are sorted by prefix doubling (Manber & Myers 1993): equal windows get equal ranks, so nothing rests on
    a hash. The longest prefix that a suffix shares with any of a set is the one with its nearest neighbours in that
    order. Time grows as n log n for each doubling, up to the longest repeated run.
    """
    import numpy as np

    flat, starts = _joined([*asked, *texts])
    labels = np.repeat([*asked_labels, *text_labels], np.diff([*starts, len(flat)]))
    border = int(starts[len(asked)])
    ranks = [np.unique(flat, return_inverse=True)[1].astype(np.int64)]
    while ranks[-1].max() + 1 < len(flat):
        size, after = 1 << (len(ranks) - 1), np.zeros(len(flat), dtype=np.int64)
        after[: len(flat) - size] = ranks[-1][size:] + 1
        ranks.append(np.unique(ranks[-1] * (len(flat) + 1) + after, return_inverse=True)[1].astype(np.int64))
    order = np.empty(len(flat), dtype=np.int64)
    order[ranks[-1]] = np.arange(len(flat))
    longest = np.zeros(border, dtype=np.int64)
    for direction in (order, order[::-1]):
        ours, theirs = _neighbours(direction, labels, border)
        length = np.zeros(len(ours), dtype=np.int64)
        for level in range(len(ranks) - 1, -1, -1):
            length += np.where(ranks[level][ours + length] == ranks[level][theirs + length], 1 << level, 0)
        np.maximum.at(longest, ours, length)
    return np.maximum.reduceat(longest, starts[: len(asked)])


def _neighbours(order: Array, labels: Array, border: int) -> tuple[Array, Array]:
    """Each place before ``border``, with the place after it that is nearest of those earlier in ``order`` with another
    label; places that have none are left out."""
    import numpy as np

    texts = np.flatnonzero(order >= border)  # the texts' suffixes, by where they stand in the order
    of = labels[order[texts]]
    begins = np.concatenate([[True], of[1:] != of[:-1]])
    run = np.maximum.accumulate(np.where(begins, np.arange(len(texts)), 0))  # where each run of one label begins
    latest = np.cumsum(order >= border) - 1  # of each place in the order: the text's suffix before it, or −1
    ours = np.flatnonzero((order < border) & (latest >= 0))
    nearest = latest[ours]
    nearest = np.where(of[nearest] == labels[order[ours]], run[nearest] - 1, nearest)
    known = nearest >= 0
    return order[ours[known]], order[texts[nearest[known]]]


def _joined(sequences: Sequence[ArrayLike], tail: int = 0) -> tuple[Array, Array]:
    """All sequences as one, and where each begins. After each, and ``tail`` times at the end, stands a negative number
    that stands nowhere else, so no run goes over a border."""
    import numpy as np

    parts = [np.asarray(sequence, dtype=np.int64) for sequence in sequences]
    sizes = np.array([len(part) + 1 for part in parts])
    ends = np.cumsum(sizes)
    flat = np.empty(int(ends[-1]) + tail, dtype=np.int64)
    for end, part in zip(ends, parts, strict=True):
        flat[end - 1 - len(part) : end - 1] = part
    own = np.concatenate([ends - 1, np.arange(ends[-1], len(flat))])
    flat[own] = -1 - np.arange(len(own))
    return flat, ends - sizes
