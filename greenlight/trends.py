"""The dial's statistics: does a count rise with the level, within topics, and by how much.

A table is ``values[topic][level]``, levels in rising order; topics of one model only. numpy and scipy.special are
loaded on use.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenlight.nouns import Interval
from greenlight.rates import rate
from greenlight.stats import resampled_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Values = Sequence[Sequence[float]]
"""``values[topic][level]``, levels in rising order."""


@dataclass(frozen=True)
class Trend:
    """Page's L with its mean and variance under no trend; ``p`` is one-sided, for rising with the level."""

    statistic: float
    expected: float
    variance: float
    p: float
    permutations: int


def page(values: Values, permutations: int = 0, seed: int = 0) -> Trend:
    """Page's trend test within topics (1963) on ``values[topic][level]``, levels in rising order.

    Ties get mid-ranks, and the variance is that of the ranks as they are: over topics, ``Σ (j − j̄)² · Σ (r − r̄)² /
    (levels − 1)``, which without ties is Page's own. p is normal, or with ``permutations`` the share of within-topic
    shuffles (the data among them) that reach L. Topics of one model only: seeds are not further blocks.
    """
    import numpy as np
    from scipy import special

    v = _table(values)
    n, k = v.shape
    ranks = 0.5 + (v[:, :, None] > v[:, None, :]).sum(2) + 0.5 * (v[:, :, None] == v[:, None, :]).sum(2)
    order = np.arange(1.0, k + 1)
    found, expected = float((ranks @ order).sum()), n * k * (k + 1) ** 2 / 4
    variance = float(((ranks - (k + 1) / 2) ** 2).sum()) * (k**3 - k) / 12 / (k - 1)
    if not permutations:
        p = float(special.ndtr(-(found - expected) / math.sqrt(variance))) if variance > 0 else 1.0
        return Trend(found, expected, variance, p, 0)
    rng, reached, left = np.random.default_rng(seed), 0, permutations
    while left:
        now = min(left, max(1, 2_000_000 // (n * k)))
        shuffled = rng.permuted(np.broadcast_to(ranks, (now, n, k)), axis=2)
        reached += int(((shuffled @ order).sum(1) >= found - 1e-9).sum())
        left -= now
    return Trend(found, expected, variance, (1 + reached) / (1 + permutations), permutations)


def slopes(values: Values) -> list[float]:
    """Each topic's least-squares slope, in units per level, of ``values[topic][level]``."""
    import numpy as np

    v = _table(values)
    x = np.arange(v.shape[1]) - (v.shape[1] - 1) / 2
    return [float(s) for s in v @ x / (x @ x)]


def slope(values: Values, level: float = 0.95, draws: int = 10_000, seed: int = 0) -> Interval:
    """The mean slope per level, topics resampled."""
    return resampled_mean(slopes(values), level, draws, seed)


def adjacent_auc(values: Values) -> tuple[float, ...]:
    """For each pair of neighbouring levels, P(a text of the upper has more) + half of P(equal) (Mann–Whitney)."""
    v = _table(values)
    pairs = [(v[:, j][:, None], v[:, j + 1][None, :]) for j in range(v.shape[1] - 1)]
    return tuple(float((low < high).mean() + 0.5 * (low == high).mean()) for low, high in pairs)


def share_rising(values: Values, level: float = 0.95) -> Interval:
    """The share of topics whose top level has more than their bottom level."""
    v = _table(values)
    return rate(int((v[:, -1] > v[:, 0]).sum()), len(v), level=level)


def eta_squared(values: Sequence[float], groups: Sequence[Hashable]) -> float:
    """The share of the variance that the grouping explains: SS between / SS total, 0 where nothing varies."""
    import numpy as np

    y = np.asarray(values, dtype=float)
    total = float(((y - y.mean()) ** 2).sum())
    _, place = np.unique([str(g) for g in groups], return_inverse=True)
    counts, sums = np.bincount(place), np.bincount(place, weights=y)
    return float((counts * (sums / counts - y.mean()) ** 2).sum()) / total if total > 0 else 0.0


def _table(values: Values) -> Array:
    import numpy as np

    v: Array = np.asarray(values, dtype=float)
    if v.ndim != 2 or v.shape[0] < 1 or v.shape[1] < 2:
        raise ValueError("values[topic][level] needs a topic and two levels")
    return v
