"""The dial's statistics: does a count rise with the level, and by how much.

Within topics (blocked) a table is ``values[topic][level]``, levels in rising order, topics of one model only; without
common topics (unblocked) there is one group of values a level. numpy and scipy.special are loaded on use.
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

CELLS = 4_000_000
"""Numbers that are held at once while many tables are ranked."""


@dataclass(frozen=True)
class Trend:
    """A trend test: its statistic (Page's L, or J), with mean and variance under no trend given the ties.

    ``p`` is one-sided, for rising with the level: normal with 0 ``permutations``, else from that many shuffles.
    """

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
    Raises ValueError without a topic or two levels, or where a value is not finite.
    """
    import numpy as np

    v = _table(values)
    n, k = v.shape
    ranks, order = _ranks(v), np.arange(1.0, k + 1)
    found, expected, variance = (float(part.sum()) for part in page_parts(v))
    if not permutations:
        return Trend(found, expected, variance, _upper(found, expected, variance), 0)
    rng, reached = np.random.default_rng(seed), 0
    for now in _pieces(permutations, n * k):
        shuffled = rng.permuted(np.broadcast_to(ranks, (now, n, k)), axis=2)
        reached += int(((shuffled @ order).sum(1) >= found - 1e-9).sum())
    return Trend(found, expected, variance, (1 + reached) / (1 + permutations), permutations)


def page_parts(values: Array) -> tuple[Array, Array, Array]:
    """What each topic of ``values[…, topic, level]`` adds to Page's L, and to its mean and variance: ``[…, topic]``.

    L, mean and variance of any set of topics are the sums over them, so that many sets can be tested at once.
    """
    import numpy as np

    k = values.shape[-1]
    ranks = _ranks(values)
    spread = ((ranks - (k + 1) / 2) ** 2).sum(-1) * (k**3 - k) / 12 / (k - 1)
    return ranks @ np.arange(1.0, k + 1), np.full(values.shape[:-1], k * (k + 1) ** 2 / 4), spread


def jonckheere(groups: Values, permutations: int = 0, seed: int = 0) -> Trend:
    """The Jonckheere–Terpstra trend test (1954, 1952) on unblocked data: ``groups[level]``, levels in rising order.

    ``J = Σ_{i<j} Σ (1 if x_i < x_j, ½ if equal)`` over all pairs from two levels. With N values in groups of n_i, and
    t_u values tied at u, its mean under no trend is ``(N² − Σ n_i²) / 4`` and its variance

        [N(N−1)(2N+5) − Σ n_i(n_i−1)(2n_i+5) − Σ t_u(t_u−1)(2t_u+5)] / 72
        + [Σ n_i(n_i−1)(n_i−2)] [Σ t_u(t_u−1)(t_u−2)] / (36 N(N−1)(N−2))
        + [Σ n_i(n_i−1)] [Σ t_u(t_u−1)] / (8 N(N−1))

    (Hollander & Wolfe, Nonparametric Statistical Methods, §6.2). p is normal, or with ``permutations`` the share of
    shuffles of all values over the groups (the data among them) that reach J. Groups may differ in size.
    Raises ValueError for fewer than two levels, a level without a value, or a value that is not finite.
    """
    import numpy as np

    each = [np.asarray(group, dtype=float).ravel() for group in groups]
    if len(each) < 2:
        raise ValueError("a trend needs at least two levels")
    if bare := [i + 1 for i, group in enumerate(each) if not len(group)]:
        raise ValueError(f"level {bare[0]} of {len(each)} has no value")
    pooled = np.concatenate(each)
    if not np.isfinite(pooled).all():
        raise ValueError("values must be finite")
    unique, codes = np.unique(pooled, return_inverse=True)
    place = np.repeat(np.arange(len(each)), [len(group) for group in each])
    parts = jonckheere_parts(_counted(place, codes[None, :], len(each), len(unique)))
    found, expected, variance = (float(part[0]) for part in parts)
    if not permutations:
        return Trend(found, expected, variance, _upper(found, expected, variance), 0)
    rng, reached = np.random.default_rng(seed), 0
    for now in _pieces(permutations, len(each) * len(unique) + len(codes)):
        shuffled = rng.permuted(np.broadcast_to(codes, (now, len(codes))), axis=1)
        reached += int((jonckheere_parts(_counted(place, shuffled, len(each), len(unique)))[0] >= found - 1e-9).sum())
    return Trend(found, expected, variance, (1 + reached) / (1 + permutations), permutations)


def jonckheere_parts(counts: Array) -> tuple[Array, Array, Array]:
    """J with its mean and variance under no trend, of ``counts[…, level, value]``: how often each value occurs.

    The last axis runs over the distinct values in rising order; the formula is ``jonckheere``'s.
    """
    import numpy as np

    before = counts.cumsum(-2) - counts  # of all lower levels, by value
    found = (counts * (before.cumsum(-1) - 0.5 * before)).sum((-1, -2))
    n, t = counts.sum(-1), counts.sum(-2)
    total = n.sum(-1)
    expected = (total**2 - (n**2).sum(-1)) / 4

    def pairs(m: Array) -> Array:
        return np.asarray((m * (m - 1)).sum(-1))

    def triples(m: Array) -> Array:
        return np.asarray((m * (m - 1) * (m - 2)).sum(-1))

    def main(m: Array) -> Array:
        return np.asarray((m * (m - 1) * (2 * m + 5)).sum(-1))

    variance = (main(total[..., None]) - main(n) - main(t)) / 72
    variance = variance + triples(n) * triples(t) / (36 * np.maximum(1.0, triples(total[..., None])))
    return found, expected, variance + pairs(n) * pairs(t) / (8 * np.maximum(1.0, pairs(total[..., None])))


def _counted(place: NDArray[np.int64], codes: NDArray[np.int64], levels: int, values: int) -> Array:
    """``counts[draw, level, value]`` of ``codes[draw, item]``, where ``place[item]`` is the item's level."""
    import numpy as np

    draws = len(codes)
    cell = (np.arange(draws)[:, None] * levels + place[None, :]) * values + codes
    counts = np.bincount(cell.ravel(), minlength=draws * levels * values)
    return counts.reshape(draws, levels, values).astype(float)


def _ranks(values: Array) -> Array:
    """Mid-ranks along the last axis."""
    import numpy as np

    here, there = values[..., :, None], values[..., None, :]
    return np.asarray(0.5 + (here > there).sum(-1) + 0.5 * (here == there).sum(-1))


def _upper(found: float, expected: float, variance: float) -> float:
    from scipy import special

    return float(special.ndtr(-(found - expected) / math.sqrt(variance))) if variance > 1e-12 else 1.0


def _pieces(whole: int, size: int) -> list[int]:
    """A number of draws in pieces that fit into memory; ``size`` is that of one draw."""
    most = max(1, CELLS // (2 * size))
    return [min(most, whole - start) for start in range(0, whole, most)]


def slopes(values: Values) -> list[float]:
    """Each topic's least-squares slope, in units per level, of ``values[topic][level]``."""
    import numpy as np

    v = _table(values)
    x = np.arange(v.shape[1]) - (v.shape[1] - 1) / 2
    return [float(s) for s in v @ x / (x @ x)]


def slope(values: Values, level: float = 0.95, draws: int = 10_000, seed: int = 0) -> Interval:
    """The mean slope per level, topics resampled."""
    return resampled_mean(slopes(values), level, draws, seed)


def unblocked_slope(groups: Values, level: float = 0.95) -> Interval:
    """The least-squares slope of the means of ``groups[level]``, in units per level; levels share no topics.

    A t interval in which each level has a variance of its own (Welch 1947). Raises ValueError for fewer than two
    levels, or a level with fewer than two values.
    """
    import numpy as np
    from scipy import special

    if len(groups) < 2 or any(len(group) < 2 for group in groups):
        raise ValueError("an unblocked slope needs two levels, and two values at each")
    x = np.arange(len(groups)) - (len(groups) - 1) / 2
    weights = x / (x @ x)
    value = float(weights @ [np.mean(group) for group in groups])
    terms = [(w * w * float(np.var(g, ddof=1)) / len(g), len(g) - 1) for w, g in zip(weights, groups, strict=True)]
    variance = sum(term for term, _ in terms)
    df = variance**2 / sum(term**2 / own for term, own in terms) if variance > 0 else float(len(groups))
    half = float(special.stdtrit(df, (1 + level) / 2)) * math.sqrt(variance)
    return Interval(value=value, low=value - half, high=value + half, level=level, method="Welch t", df=df)


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
    if not np.isfinite(v).all():
        raise ValueError("values must be finite")
    return v
