"""What preference pairs teach, on held-out text: whether how an answer is written tells that it is the chosen one.

Each of ``FOLDS`` parts of the prompts is judged by a classifier of chosen and rejected (``classify``) that was trained
on the other parts. Where the sides can be told apart, a pair in which both sides read as chosen ones, neither does, or
each reads as the other is one that teaches little, or the wrong thing. One pair alone does not show what a character
is; a few dozen do, without a description. numpy and scipy are loaded on use.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from greenlight.character import ratings
from greenlight.character.classify import featurise, regression
from greenlight.nouns import Interval, Noun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Array = NDArray[np.float64]

FOLDS = 5
LEAST = 40
"""Pairs, and half as many prompts, below which nothing is said."""
MOST = 1_000
"""Pairs that are looked at, spread over all of them."""
NAME = 200
"""Characters of a character's description that are told."""
READ = 4_000
"""Characters of a side that are read."""
TOLD = 0.65
"""The lower end of the AUC from which single pairs are named; below it, that would be guessing."""
MARGIN = 0.2
"""How far a side must be beyond the middle between chosen and rejected, in parts of the distance of their medians."""

Reading = Literal["both", "neither", "swapped"]


class Apart(Noun):
    """``auc``: the share of prompts whose chosen side reads more like a chosen one than the rejected side, on held-out
    prompts (0.5: they cannot be told apart). ``odd``: places in what was given of the pairs that read otherwise."""

    pairs: int
    auc: Interval
    odd: dict[Reading, list[int]]


class Seen:
    """Pairs of a file as they come by, of which at most ``MOST`` are held, drawn from all of them by a fixed seed."""

    def __init__(self) -> None:
        self.count = 0
        self._held: list[tuple[int, str, tuple[str, str, str]]] = []
        self._draw = Random(0)

    def add(self, number: int, character: str, pair: tuple[str, str, str]) -> None:
        """``character``: what says who is to speak; ``pair``: prompt, chosen, rejected."""
        self.count += 1
        place = self.count - 1 if self.count <= MOST else self._draw.randrange(self.count)
        if place < MOST:
            self._held[place : place + 1] = [(number, character, (pair[0], pair[1][:READ], pair[2][:READ]))]

    def told(self) -> list[dict[str, Any]]:
        """Of each character with pairs enough: its name, ``pairs``, ``auc`` with ``low`` and ``high``, and ``odd``, the
        numbers of the rows that read otherwise."""
        groups: dict[str, list[tuple[int, tuple[str, str, str]]]] = {}
        for number, character, pair in sorted(self._held):
            groups.setdefault(character, []).append((number, pair))
        out = []
        for character, some in groups.items():
            found = told_apart(*([pair[k] for _, pair in some] for k in range(3)))
            if found is not None:
                auc = {"auc": found.auc.value, "low": found.auc.low, "high": found.auc.high}
                odd = {kind: [some[n][0] for n in places] for kind, places in found.odd.items()}
                out.append({"character": character[:NAME], "pairs": found.pairs, **auc, "odd": odd})
        return out


def spread(size: int) -> list[int]:
    """Places of at most ``MOST`` pairs of so many, from all over."""
    return list(range(size)) if size <= MOST else [n * size // MOST for n in range(MOST)]


def told_apart(prompts: Sequence[str], chosen: Sequence[str], rejected: Sequence[str]) -> Apart | None:
    """Of pairs that are to teach one character; the three are of one length, an entry a pair.

    None for fewer than ``LEAST`` pairs, or for prompts too few to hold some out.
    """
    import numpy as np

    places = spread(len(prompts))
    names = [prompts[n] for n in places]
    fold = np.asarray([zlib.crc32(name.encode("utf-8", "surrogatepass")) % FOLDS for name in names])
    if len(names) < LEAST or len(set(names)) < LEAST / 2 or len(set(fold.tolist())) < FOLDS:
        return None
    rows = featurise([side[n][:READ] for side in (chosen, rejected) for n in places])
    every = np.ones(len(names), dtype=np.bool_)
    first, second = _held_out(rows, fold, every)
    won: dict[str, list[float]] = {}
    for name, one, other in zip(names, first.tolist(), second.tolist(), strict=True):
        won.setdefault(name, []).append(0.5 if one == other else float(one > other))
    auc = ratings.points(won)
    # once more without what reads otherwise, which has taught what it should not; which pairs are left out hangs on
    # all prompts, so this round's AUC would be no held-out one
    good = np.asarray([kind is None for kind in _readings(first, second, every)])
    kinds = _readings(*_held_out(rows, fold, good), good)
    odd: dict[Reading, list[int]] = {"both": [], "neither": [], "swapped": []}
    if auc.low >= TOLD:
        for n, kind in zip(places, kinds, strict=True):
            if kind is not None:
                odd[kind].append(n)
    return Apart(pairs=len(names), auc=auc, odd=odd)


def _held_out(rows: csr_array, fold: NDArray[np.int64], taught: NDArray[np.bool_]) -> tuple[Array, Array]:
    """How much each chosen and each rejected side reads like a chosen one, in log-odds, by what other prompts teach."""
    import numpy as np

    labels, folds, used = np.repeat([0, 1], len(fold)), np.tile(fold, 2), np.tile(taught, 2)
    found = np.zeros(2 * len(fold))
    for part in range(FOLDS):
        out, into = folds == part, (folds != part) & used
        if into.any():
            columns = np.flatnonzero(np.bincount(rows[into].indices, minlength=rows.shape[1]) >= 2)
            weights = regression(rows[into][:, columns], labels[into], 2)
            found[out] = rows[out][:, columns] @ (weights[0] - weights[1])
    return found[: len(fold)], found[len(fold) :]


def _readings(first: Array, second: Array, taught: NDArray[np.bool_]) -> list[Reading | None]:
    """How each pair reads otherwise than the chosen side above the middle and the other below; None where it does not,
    or not clearly."""
    import numpy as np

    above, below = float(np.median(first[taught])), float(np.median(second[taught]))
    middle, margin = (above + below) / 2, MARGIN * max(0.0, above - below)
    out: list[Reading | None] = []
    for chosen, rejected in zip((first - middle).tolist(), (second - middle).tolist(), strict=True):
        if chosen < -margin and rejected > margin:
            out.append("swapped")
        elif chosen > 0 and rejected > margin:
            out.append("both")
        else:
            out.append("neither" if chosen < -margin and rejected < 0 else None)
    return out
