"""What preference pairs teach, on held-out text: whether how an answer is written tells that it is the chosen one.

Each of ``FOLDS`` parts of the prompts is judged by classifiers that were trained on the other parts, of the difference
of the two sides, so that what a prompt is about counts on neither: one of runs of letters and words (``classify``), one
of the set's own common words and measures, as stylometry does (Burrows 2002), and one of the manners that the gate
``contrast`` counts; all are logistic regressions with an L2 penalty. Added to them is how that gate hears a pair by
itself. Where the sides can be told apart, a pair whose difference is far below what is usual in the set teaches little,
or the wrong thing. One pair alone does not show what a character is; a few dozen do, without a description. numpy and
scipy are loaded on use.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from greenlight.character import ratings
from greenlight.character.classify import featurise
from greenlight.gates import contrast
from greenlight.nouns import Interval, Noun
from greenlight.rates import rate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
USUAL = 0.3
"""The share of the usual difference, the median of the pairs that have it, below which a pair reads otherwise."""
COMMON = 200
"""The set's commonest words."""
PENALTIES = (0.003, 0.3, 0.03)
"""Half the weight of the squared coefficients of letters, words and manners, beside the mean loss of a pair in nats."""
GATE = 0.5
"""What the gate's hearing counts, beside 1 for each classifier."""
FARTHEST = 2.5
"""Root mean squares from 0 that a pair may be taken for: no pair decides alone."""
TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]")

Reading = Literal["both", "neither", "swapped", "alike"]


class Apart(Noun):
    """``auc``: the share of prompts whose chosen side reads more like a chosen one than the rejected side, on held-out
    prompts (0.5: they cannot be told apart). ``voiced``: the share of pairs whose chosen side sounds more like somebody
    than the rejected one, as the gate hears each by itself. ``odd``: places in what was given of the pairs that read
    otherwise."""

    pairs: int
    auc: Interval
    voiced: Interval
    odd: dict[Reading, list[int]]


class Seen:
    """Pairs of a file as they come by, of which at most ``MOST`` are held, drawn from all of them by a fixed seed."""

    def __init__(self) -> None:
        self.count = self.few = 0
        self._held: list[tuple[int, str, tuple[str, str, str]]] = []
        self._draw = Random(0)

    def add(self, number: int, character: str, pair: tuple[str, str, str]) -> None:
        """``character``: what says who is to speak; ``pair``: prompt, chosen, rejected."""
        self.count += 1
        place = self.count - 1 if self.count <= MOST else self._draw.randrange(self.count)
        if place < MOST:
            self._held[place : place + 1] = [(number, character, (pair[0], pair[1][:READ], pair[2][:READ]))]

    def told(self) -> list[dict[str, Any]]:
        """Of each character with pairs enough: its name, ``pairs``, ``auc`` with ``low`` and ``high``, ``turned``,
        whether the rejected sides are for certain the ones that sound like somebody, and ``odd``, the numbers of the
        rows that read otherwise. How many pairs there are of the others stands in ``few`` then."""
        groups: dict[str, list[tuple[int, tuple[str, str, str]]]] = {}
        for number, character, pair in sorted(self._held):
            groups.setdefault(character, []).append((number, pair))
        out = []
        for character, some in groups.items():
            prompts, chosen, rejected = ([pair[k] for _, pair in some] for k in range(3))
            found = told_apart(prompts, chosen, rejected, character)
            if found is None:
                self.few += len(some)
            else:
                auc = {"auc": found.auc.value, "low": found.auc.low, "high": found.auc.high}
                odd = {kind: [some[n][0] for n in places] for kind, places in found.odd.items()}
                said = {"character": character[:NAME], "pairs": found.pairs, "turned": found.voiced.high < 0.5}
                out.append(said | auc | {"odd": odd})
        return out


def spread(size: int) -> list[int]:
    """Places of at most ``MOST`` pairs of so many, from all over."""
    return list(range(size)) if size <= MOST else [n * size // MOST for n in range(MOST)]


def told_apart(
    prompts: Sequence[str], chosen: Sequence[str], rejected: Sequence[str], described: str = ""
) -> Apart | None:
    """Of pairs that are to teach one character; the first three are of one length, an entry a pair. ``described``: who
    is to speak, where something says it.

    None for fewer than ``LEAST`` pairs, or for prompts too few to hold some out.
    """
    import numpy as np

    places = spread(len(prompts))
    names = [prompts[n] for n in places]
    fold = np.asarray([zlib.crc32(name.encode("utf-8", "surrogatepass")) % FOLDS for name in names])
    if len(names) < LEAST or len(set(names)) < LEAST / 2 or len(set(fold.tolist())) < FOLDS:
        return None
    sides = [[side[n][:READ] for n in places] for side in (chosen, rejected)]
    heard = [contrast.heard(described, *one) for one in zip(names, *sides, strict=True)]
    differ = np.asarray([not one.alike for one in heard])
    learned = _Learned(sides, [one.manners for one in heard], fold)
    first = learned.differences(np.ones(len(names), dtype=np.bool_))
    won: dict[str, list[float]] = {}
    for name, one in zip(names, first.tolist(), strict=True):
        won.setdefault(name, []).append(0.5 if one == 0 else float(one > 0))
    auc, louder = ratings.points(won), [one.voice > 0 for one in heard if one.voice]
    odd: dict[Reading, list[int]] = {"both": [], "neither": [], "swapped": [], "alike": []}
    if auc.low >= TOLD and differ.any():
        alone = [(max(-6.0, min(6.0, one.voice)), max(-4.0, min(4.0, one.teaches))) for one in heard]
        gate = GATE * sum(_measured(values, differ) for values in np.asarray(alone).T)
        # once more without what reads otherwise, which has taught what it should not; which pairs are left out hangs
        # on all prompts, so this round's AUC would be no held-out one
        usual = differ
        for _ in range(2):
            found = learned.differences(usual)
            heard_too = found + gate
            usual = differ & (heard_too > USUAL * _usual(heard_too[differ]))
        turned = found < -USUAL * _usual(found[differ])
        both = learned.both(usual)
        for n in np.flatnonzero(~usual).tolist():
            kind: Reading = "swapped" if turned[n] else "both" if both[n] else "neither"
            odd[kind if differ[n] else "alike"].append(places[n])
    return Apart(pairs=len(names), auc=auc, voiced=rate(sum(louder), max(1, len(louder))), odd=odd)


class _Learned:
    """What the other parts' pairs teach of each: classifiers of differences, in the dual, for pairs are few."""

    def __init__(self, sides: Sequence[Sequence[str]], manners: Sequence[tuple[float, ...]], fold: Array) -> None:
        import numpy as np

        self.fold, size = fold, len(fold)
        rows = featurise([text for side in sides for text in side])
        letters = rows[:size] - rows[size:]
        length = np.sqrt(np.asarray(letters.multiply(letters).sum(1)).ravel()) + 1e-9
        self.level = ((rows[:size] + rows[size:]) @ letters.T).toarray() / length
        kinds = (_words(sides), np.asarray(manners))
        self.kernels = [
            (letters @ letters.T).toarray() / np.outer(length, length),
            *(scaled @ scaled.T for scaled in map(_scaled, kinds)),
        ]

    def differences(self, taught: NDArray[np.bool_]) -> Array:
        """How much more each pair's chosen side reads like a chosen one than its rejected side, by what the taught
        pairs of other parts teach."""
        import numpy as np

        some = [
            _measured(self._held_out(kernel, kernel, penalty, taught), taught)
            for kernel, penalty in zip(self.kernels, PENALTIES, strict=True)
        ]
        total: Array = np.sum(some, axis=0)
        return total

    def both(self, taught: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the two sides of a pair together read more like chosen ones than in most pairs, by their letters."""
        import numpy as np

        level = self._held_out(self.kernels[0], self.level, PENALTIES[0], taught)
        return level > np.median(level[taught])

    def _held_out(self, kernel: Array, read: Array, penalty: float, taught: NDArray[np.bool_]) -> Array:
        """What the taught pairs of the other parts say of each pair. ``read``: of each pair, how near it is to each
        that teaches."""
        import numpy as np

        found = np.zeros(len(self.fold))
        for part in range(FOLDS):
            out, into = np.flatnonzero(self.fold == part), np.flatnonzero((self.fold != part) & taught)
            if len(into) and len(out):
                found[out] = read[np.ix_(out, into)] @ _dual(kernel[np.ix_(into, into)], penalty)
        return found


def _dual(kernel: Array, penalty: float) -> Array:
    """Weights of pairs, so that the first side of each is told: logistic regression with an L2 penalty and no constant
    term, by L-BFGS (the dual form of Jaakkola and Haussler 1999)."""
    import numpy as np
    from scipy.optimize import minimize

    def loss(weights: Array) -> tuple[float, Array]:
        odds = kernel @ weights
        slope = -1 / (1 + np.exp(np.clip(odds, -500, 500))) / len(odds)
        nats = float(np.logaddexp(0, -odds).mean() + penalty * (weights @ odds))
        return nats, kernel @ (slope + 2 * penalty * weights)

    found = minimize(loss, np.zeros(len(kernel)), jac=True, method="L-BFGS-B", options={"maxiter": 60, "ftol": 1e-6})
    weights: Array = found.x
    return weights


def _words(sides: Sequence[Sequence[str]]) -> Array:
    """Of each pair, chosen less rejected: roots of the shares of the set's common words, and measures of a text."""
    import numpy as np

    tokens = [[TOKEN.findall(text.lower()) for text in side] for side in sides]
    there = Counter(word for side in tokens for words in side for word in sorted(set(words)))
    columns = {word: n for n, (word, _) in enumerate(there.most_common(COMMON))}
    found = np.zeros((2, len(sides[0]), len(columns) + 6))
    for side, texts in enumerate(sides):
        for row, text in enumerate(texts):
            words = tokens[side][row]
            size, parts = max(5, len(words)), max(1, sum(map(text.count, ".!?…\n")))
            for word, count in Counter(words).items():
                if word in columns:
                    found[side, row, columns[word]] = (count / size) ** 0.5
            found[side, row, len(columns) :] = (
                np.log(size), np.log(size / parts + 1), sum(map(len, words)) / size, len(set(words)) / size,
                text.count("\n") / parts, sum(map(str.isupper, text)) / max(1, len(text)),
            )  # fmt: skip
    out: Array = found[0] - found[1]
    return out


def _scaled(columns: Array) -> Array:
    """Each column by its root mean square, and no value far out."""
    import numpy as np

    out: Array = np.clip(columns / (np.sqrt((columns**2).mean(0)) + 1e-6), -3, 3)
    return out


def _measured(values: Array, among: NDArray[np.bool_]) -> Array:
    """Values by their root mean square among some of them."""
    import numpy as np

    out: Array = np.clip(values / (np.sqrt((values[among] ** 2).mean()) + 1e-9), -FARTHEST, FARTHEST)
    return out


def _usual(differences: Array) -> float:
    """The median of the differences that are no small ones, measured by itself."""
    import numpy as np

    usual = float(np.median(differences))
    for _ in range(5):
        usual = float(np.median(differences[differences > USUAL * usual]))
    return max(usual, 1e-9)
