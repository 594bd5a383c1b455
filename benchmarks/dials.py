"""What a dial of known shape shows: detection rates of trend tests, slopes and "strictly rising means".

    python benchmarks/dials.py                 # 2,000 rounds a cell, under three minutes
    python benchmarks/dials.py --rounds 400 --json

Counts are drawn by numpy alone: Poisson about a mean by level, times a liking of the topic and a whim of the document,
both gamma. Their spreads are those of 2,000 stories by four language models (variance over mean squared 0.31 beyond
Poisson), most of it by document, since a model that learned from several writers picks one anew in each document.
Beside the rates stands what theory says, from the same distributions by quadrature: no draw and no code is shared.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import nbinom

from greenlight import stats, trends

Array = NDArray[np.float64]

TOPIC, DOCUMENT = 20.0, 4.0
"""Shapes of the two gammas of mean 1."""
DIALS = {
    "flat": (4.9, 4.9, 4.9, 4.9, 4.9),
    "linear": (3.7, 4.3, 4.9, 5.5, 6.1),
    "compressed in the middle": (3.7, 4.8, 4.9, 5.0, 6.1),
    "ends only": (3.7, 4.9, 4.9, 4.9, 6.1),
    "inverted": (6.1, 5.5, 4.9, 4.3, 3.7),
    "linear, steep": (2.3, 3.8, 5.3, 6.8, 8.3),
}
"""Mentions by level. 3.7 to 6.1 is a published model's range, 2.3 to 8.2 that of a published corpus."""
STEPS = (0.2, 0.4, 0.6, 0.8, 1.0, 1.5)
"""Of linear dials about the same middle, in mentions per level."""
TOPICS = (8, 18, 40, 80)
ALPHA, PERMUTATIONS = 0.05, 499


# ---------------------------------------------------------------- the simulator


def blocked(rng: np.random.Generator, dial: tuple[float, ...], topics: int, rounds: int) -> Array:
    """``[round, topic, level]``: one document a topic and level."""
    liking = rng.gamma(TOPIC, 1 / TOPIC, (rounds, topics, 1))
    whim = rng.gamma(DOCUMENT, 1 / DOCUMENT, (rounds, topics, len(dial)))
    return rng.poisson(np.array(dial) * liking * whim).astype(float)


def unblocked(rng: np.random.Generator, dial: tuple[float, ...], topics: int, rounds: int) -> Array:
    """The same with other topics at each level."""
    liking = rng.gamma(TOPIC, 1 / TOPIC, (rounds, topics, len(dial)))
    whim = rng.gamma(DOCUMENT, 1 / DOCUMENT, (rounds, topics, len(dial)))
    return rng.poisson(np.array(dial) * liking * whim).astype(float)


# ---------------------------------------------------------------- what each method says of one round


METHODS: dict[str, Callable[[Array], bool]] = {
    "Page, permutations": lambda y: trends.page(y.tolist(), PERMUTATIONS).p < ALPHA,
    "Page, normal": lambda y: trends.page(y.tolist()).p < ALPHA,
    "Jonckheere, unblocked": lambda y: trends.jonckheere(y.T.tolist()).p < ALPHA,
    "slope, t": lambda y: stats.t_interval(trends.slopes(y.tolist())).low > 0,
    "slope, bootstrap": lambda y: trends.slope(y.tolist(), draws=2_000).low > 0,
    "rising means": lambda y: bool((np.diff(y.mean(0)) > 0).all()),
}
SLOW = ("Page, permutations", "slope, bootstrap")
"""These get a quarter of the rounds."""


def rates(dial: tuple[float, ...], topics: int, rounds: int, names: tuple[str, ...] = ()) -> dict[str, float]:
    """The share of rounds in which each method, or each of the named, says that the dial rises."""
    rng = np.random.default_rng([topics, *(round(10 * mean) for mean in dial)])
    together, apart = blocked(rng, dial, topics, rounds), unblocked(rng, dial, topics, rounds)
    found = {}
    for name in names or METHODS:
        says = METHODS[name]
        some = apart if name.startswith("Jonckheere") else together
        found[name] = float(np.mean([says(y) for y in some[: rounds // 4 if name in SLOW else rounds]]))
    return found


# ---------------------------------------------------------------- theory


class Theory:
    """Power by the normal approximation, with moments from the distributions themselves."""

    def __init__(self, dial: tuple[float, ...], most: int = 150) -> None:
        self.dial, self.pairs = np.array(dial), list(combinations(range(len(dial)), 2))
        nodes, weights = special.roots_genlaguerre(24, TOPIC - 1)
        self.weights, x = weights / weights.sum(), np.arange(most)
        means = self.dial[None, :, None] * (nodes / TOPIC)[:, None, None]
        self.given = nbinom.pmf(x, DOCUMENT, DOCUMENT / (DOCUMENT + means))  # [liking, level, count]
        self.marginal = np.einsum("t,tlx->lx", self.weights, self.given)

    def page(self, topics: int) -> float:
        """L is, but for a constant, the sum over pairs i < j of (j − i) · (x_i before x_j, ties a half)."""
        first, second, spread = (self.weights @ np.array([self._page(f) for f in self.given])).T
        null = sum((j - i) / 2 for i, j in self.pairs)
        return _power(topics * (first - null), math.sqrt(topics * spread), math.sqrt(topics * (second - first**2)))

    def _page(self, f: Array) -> tuple[float, float, float]:
        """E[L], E[L²] and the variance of L under shuffling, of one topic with this liking (levels independent)."""
        above = f[:, ::-1].cumsum(1)[:, ::-1] - 0.5 * f  # P(X_j > x) + half P(X_j = x)
        mean = {(i, j): float(f[i] @ above[j]) for i, j in self.pairs}
        square = 0.0
        for i, j in self.pairs:
            for k, m in self.pairs:
                if (i, j) == (k, m):
                    part = mean[i, j] - 0.25 * float(f[i] @ f[j])
                elif shared := {i, j} & {k, m}:
                    (s,) = shared
                    sides = [above[q] if s == p else 1 - above[p] for p, q in ((i, j), (k, m))]
                    part = float(f[s] @ (sides[0] * sides[1]))
                else:
                    part = mean[i, j] * mean[k, m]
                square += (j - i) * (m - k) * part
        levels = len(f)
        twins = sum(float(f[i] @ f[j]) for i, j in self.pairs)
        triplets = sum(float((f[i] * f[j] * f[k]).sum()) for i, j, k in combinations(range(levels), 3))
        ranks = (levels**3 - levels) / 12 - (twins + triplets) / 2
        return sum((j - i) * m for (i, j), m in mean.items()), square, ranks * (levels**2 + levels) / 12

    def jonckheere(self, topics: int) -> float:
        """The exact mean and variance of J as a sum of two-sample U statistics; the null variance at expected ties."""
        f, n = self.marginal, topics
        above = f[:, ::-1].cumsum(1)[:, ::-1] - 0.5 * f
        levels = len(f)
        gain = sum(float(f[i] @ above[j]) - 0.5 for i, j in self.pairs) * n * n
        own = [sum(above[k] for k in range(j + 1, levels)) + sum(1 - above[i] for i in range(j)) for j in range(levels)]
        variance = n**3 * sum(_spread(f[j], own[j]) for j in range(levels))
        for i, j in self.pairs:
            p = float(f[i] @ above[j])
            both = p - 0.25 * float(f[i] @ f[j]) - p * p
            variance += n * n * (both - _spread(f[i], above[j]) - _spread(f[j], 1 - above[i]))
        total, ties = levels * n, levels * n * f.mean(0)
        null = (_main(total) - levels * _main(n) - _main(ties).sum()) / 72
        null += levels * n * (n - 1) * (ties * (ties - 1)).sum() / (8 * total * (total - 1))
        return _power(gain, math.sqrt(null), math.sqrt(variance))

    def slope(self, topics: int) -> float:
        """Of a 95 % interval of the mean slope, which must lie above 0."""
        x = np.arange(len(self.dial)) - (len(self.dial) - 1) / 2
        c = x / (x @ x)
        own = self.dial + self.dial**2 * (1 + 1 / TOPIC) / DOCUMENT
        variance = float((c * c) @ own + (c @ self.dial) ** 2 / TOPIC)
        shift = float(c @ self.dial) * math.sqrt(topics / variance)
        return float(special.nctdtr(topics - 1, -shift, special.stdtrit(topics - 1, 0.025)))


def _power(gain: float, null: float, spread: float) -> float:
    return float(special.ndtr((gain - special.ndtri(1 - ALPHA) * null) / spread))


def _spread(f: Array, values: Array) -> float:
    return float(f @ values**2 - (f @ values) ** 2)


def _main(m: Any) -> Any:
    return m * (m - 1) * (2 * m + 5)


# ---------------------------------------------------------------- the table


def measure(rounds: int, topics: tuple[int, ...] = TOPICS) -> dict[str, Any]:
    cells = []
    for name, dial in DIALS.items():
        theory = Theory(dial)
        for n in topics:
            said = {"Page": theory.page(n), "Jonckheere": theory.jonckheere(n), "slope": theory.slope(n)}
            cells.append({"dial": name, "topics": n, "rates": rates(dial, n, rounds), "theory": said})
    steps = []
    for step in STEPS:
        about = tuple(round(4.9 + step * (level - 2), 1) for level in range(5))
        steps.append({"step": step, "rates": rates(about, 18, rounds, ("Page, normal", "rising means"))})
    return {"rounds": rounds, "permutations": PERMUTATIONS, "dials": DIALS, "cells": cells, "steps": steps}


COLUMNS = (
    ("Page, permutations", "rates"),
    ("Page, normal", "rates"),
    ("Page", "theory"),
    ("Jonckheere, unblocked", "rates"),
    ("Jonckheere", "theory"),
    ("slope, t", "rates"),
    ("slope, bootstrap", "rates"),
    ("slope", "theory"),
    ("rising means", "rates"),
)


def show(found: dict[str, Any]) -> str:
    heads = [name if kind == "rates" else f"{name}, theory" for name, kind in COLUMNS]
    lines = ["| dial | topics | " + " | ".join(heads) + " |", "|---|--:|" + "--:|" * len(heads)]
    for cell in found["cells"]:
        values = [cell[kind][name] for name, kind in COLUMNS]
        lines.append(f"| {cell['dial']} | {cell['topics']} | " + " | ".join(f"{v:.1%}" for v in values) + " |")
    lines += ["", "| linear dial, 18 topics: mentions per level | Page, normal | rising means |", "|--:|--:|--:|"]
    for row in found["steps"]:
        lines.append(f"| {row['step']} | " + " | ".join(f"{v:.1%}" for v in row["rates"].values()) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.rounds < 8:
        parser.error("--rounds: 8 or more")
    began = time.monotonic()
    found = measure(options.rounds)
    found["wall_seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(found, indent=1) if options.json else f"{show(found)}\n\n{found['wall_seconds']} s")


if __name__ == "__main__":
    main()
