"""Rates: shares of clear-cut trials, with the interval that fits their number. scipy.special is loaded on use."""

from __future__ import annotations

import math
from collections.abc import Sequence

from greenlight.nouns import Interval


def rate(successes: int, n: int, clusters: Sequence[tuple[int, int]] | None = None, level: float = 0.95) -> Interval:
    """The interval of a share: Wilson (1927) with ≥ 30 clusters and ≥ 5 successes and failures, else Clopper–Pearson.

    ``clusters`` gives (successes, trials) of each prompt where several trials share one; they must add up. The trials
    then count as ``n / design effect`` with a t correction (Korn & Graubard 1998), at most n; where all or none
    succeed no design effect can be measured, and each cluster counts as one trial. Without ``clusters`` every trial
    is its own. Raises ValueError for no trials, or counts that do not fit.
    """
    from scipy import special

    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no rate")
    size, units = (float(n), n) if clusters is None else (_effective(successes, n, clusters, level), len(clusters))
    p, tail = successes / n, (1 - level) / 2
    if units >= 30 and min(successes, n - successes) >= 5:
        z = -float(special.ndtri(tail))
        middle, half = p + z * z / (2 * size), z * math.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
        low, high = (middle - half) / (1 + z * z / size), (middle + half) / (1 + z * z / size)
        return Interval(value=p, low=low, high=high, level=level, method="Wilson")
    hits = p * size
    low = float(special.betaincinv(hits, size - hits + 1, tail)) if successes else 0.0
    high = float(special.betaincinv(hits + 1, size - hits, 1 - tail)) if successes < n else 1.0
    return Interval(value=p, low=low, high=high, level=level, method="Clopper–Pearson")


def _effective(successes: int, n: int, clusters: Sequence[tuple[int, int]], level: float) -> float:
    from scipy import special

    m, p = len(clusters), successes / n
    if sum(s for s, _ in clusters) != successes or sum(t for _, t in clusters) != n:
        raise ValueError("the clusters do not add up to the whole")
    if successes in (0, n) or m < 2:
        return float(m)
    between = m / (m - 1) * sum((s - p * t) ** 2 for s, t in clusters) / n**2
    if between <= 0:
        return float(n)
    shrink = float(special.stdtrit(n - 1, (1 + level) / 2) / special.stdtrit(m - 1, (1 + level) / 2)) ** 2
    return min(float(n), p * (1 - p) / between * shrink)


def difference(before: Sequence[bool], after: Sequence[bool], level: float = 0.95) -> Interval:
    """``rate(after) − rate(before)`` of the same prompts, in the same order: paired, so what a prompt is like cancels.

    Square-and-add of the two Wilson intervals with the pairs' correlation (Newcombe 1998, Statistics in Medicine
    17:2635, method 10). A prompt without an answer is a failure and stays in both. Raises ValueError when the two have
    different lengths, or no prompt.
    """
    from scipy import special

    if len(before) != len(after) or not before:
        raise ValueError(f"{len(before)} and {len(after)} answers are not pairs of one list of prompts")
    n = len(before)
    both = sum(a and b for a, b in zip(before, after, strict=True))
    one, other = sum(map(bool, before)), sum(map(bool, after))
    z = -float(special.ndtri((1 - level) / 2))

    def wilson(hits: int) -> tuple[float, float, float]:
        p = hits / n
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return p, (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)

    (p, low_p, high_p), (q, low_q, high_q) = wilson(other), wilson(one)
    spread = one * (n - one) * other * (n - other)
    agree = float(both * (n - one - other + both) - (one - both) * (other - both))
    if agree > 0:  # Newcombe's continuity correction of the correlation
        agree = max(agree - n / 2, 0.0)
    phi = agree / math.sqrt(spread) if spread else 0.0
    down, up = p - low_p, high_p - p
    left, right = high_q - q, q - low_q
    low = p - q - math.sqrt(max(0.0, down**2 - 2 * phi * down * left + left**2))
    high = p - q + math.sqrt(max(0.0, up**2 - 2 * phi * up * right + right**2))
    return Interval(value=p - q, low=low, high=high, level=level, method="Newcombe's paired interval")
