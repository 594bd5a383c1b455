"""What else says whether two rounds differ: the methods that verdicts are held against."""

from __future__ import annotations

import math
import time

import numpy as np
import simulator
from numpy.typing import NDArray
from scipy import special
from scipy.stats import binom

from greenlight import rates, stats

Array = NDArray[np.float64]

LEVEL, RESAMPLES = 0.95, 1000


class Bootstrap:
    """Percentile bootstraps that resample seeds and blocks, the same resamples for every round (they need no data)."""

    def __init__(self, rng: np.random.Generator, seeds: int, blocks: int) -> None:
        self.a, self.b = (rng.multinomial(seeds, np.full(seeds, 1 / seeds), RESAMPLES) / seeds for _ in range(2))
        self.blocks = rng.multinomial(blocks, np.full(blocks, 1 / blocks), RESAMPLES)

    def finds(self, a: Array, b: Array, w: Array, paired: bool) -> bool:
        """Whether 0 lies outside the interval; ``paired`` takes equal seed numbers for pairs."""
        counts = self.blocks * w
        values = [((own @ y) * counts).sum(1) for own, y in ((self.a, a), (self.a if paired else self.b, b))]
        low, high = np.quantile((values[1] - values[0]) / counts.sum(1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return not low <= 0 <= high


def seed_means(a: Array, b: Array, w: Array) -> bool:
    """Whether Student's t on the seeds' values alone names a difference."""
    x, y = a @ w / w.sum(), b @ w / w.sum()
    half = special.stdtrit(len(x) + len(y) - 2, (1 + LEVEL) / 2)
    return bool(abs(y.mean() - x.mean()) > half * math.sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y)))


def greedy(values: Array) -> tuple[int, float]:
    """Records after the first of values that should be high, and what the last one is above the first value."""
    best = np.maximum.accumulate(values)
    return int((np.diff(best) > 0).sum()), float(best[-1] - values[0])


def rate_table() -> dict[str, dict[str, float]]:
    """Exact coverage of ``rates.rate`` over p in 0.02 … 0.98, by n."""
    grid = np.linspace(0.02, 0.98, 193)
    out = {}
    for n in (5, 18, 32, 40, 100, 200, 400, 1000):
        found = [rates.rate(hits, n) for hits in range(n + 1)]
        low, high = np.array([i.low for i in found]), np.array([i.high for i in found])
        chances = binom.pmf(np.arange(n + 1)[None, :], n, grid[:, None])
        covered = (chances * ((low <= grid[:, None]) & (grid[:, None] <= high))).sum(1)
        out[str(n)] = {"mean": float(covered.mean()), "least": float(covered.min())}
    return out


def uneven_table(rounds: int) -> dict[str, dict[str, float]]:
    """Null rounds of unequal numbers of seeds, the fewer ones spreading more: the shared variance, and the tool's."""
    out = {}
    for many, few, ratio in ((8, 3, 1), (8, 3, 2), (12, 3, 2), (12, 3, 3), (6, 3, 2)):
        rng, shared, tool = np.random.default_rng([8, many, few, ratio]), 0, 0
        for _ in range(2 * rounds):
            a, b = rng.standard_normal((many, 1)), ratio * rng.standard_normal((few, 1))
            variance = (a.var() * many + b.var() * few) / (many + few - 2)
            half = special.stdtrit(many + few - 2, (1 + LEVEL) / 2) * math.sqrt(variance * (1 / many + 1 / few))
            shared += bool(abs(a.mean() - b.mean()) > half)
            found = stats.crossed(np.repeat(a, 2, 1), np.repeat(b, 2, 1)).interval
            tool += not found.low <= 0 <= found.high
        name = f"{many} against {few} seeds, sd × {ratio}"
        out[name] = {"one shared variance": shared / (2 * rounds), "the tool's": tool / (2 * rounds)}
    return out


# ---------------------------------------------------------------- the tool's own bootstrap


def bootstrap_table(rounds: int) -> dict[str, dict[str, float]]:
    """Coverage of ``stats.bootstrap`` where normal noise of the seeds is all there is, by seeds an arm."""
    out = {}
    for seeds in range(2, 9):
        rng = np.random.default_rng([6, seeds])
        hits = 0
        for at in range(2 * rounds):
            a, b = (np.repeat(rng.standard_normal((seeds, 1)), 2, axis=1) for _ in range(2))
            interval = stats.bootstrap(a, b, draws=600, seed=at)
            hits += interval.low <= 0 <= interval.high
        out[str(seeds)] = {"covers": hits / (2 * rounds)}
    return out


def bootstrap_seconds() -> float:
    """Seconds of the best of three for 10,000 draws over 3 + 3 seeds × 125 blocks."""
    study = simulator.DRAWN[0].study(np.random.default_rng(7), (3, 3))
    took = []
    for _ in range(3):
        began = time.perf_counter()
        stats.bootstrap(*study.rounds, study.weights)
        took.append(time.perf_counter() - began)
    return min(took)
