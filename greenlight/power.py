"""Power: what a comparison can see, and how many seeds or blocks would decide it. scipy.special is loaded on use.

All of it is for two arms under the crossed interval of ``stats``, with the variances taken as
found: a plan made from three seeds an arm is itself uncertain by the factor that ``stats.noise_floor`` states. It is
exact where seeds are the only noise and normal (Student's t), and near elsewhere; ``sensitivity`` simulates the rest.

*Other numbers of blocks.* The variance of one seed's value holds what is left of its cells, ``v_res / B``, which
shrinks with more blocks; ``residual`` is v_res. What is taken to shrink is never more than the whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from greenlight.stats import Crossed, satterthwaite

MOST_SEEDS = 1000
"""Beyond this many seeds an arm, a comparison counts as out of reach."""

LARGEST = 30.0
"""The largest effect looked at, in standard errors: the noncentral t has no digits left there, and power is 1."""


def power(effect: float, se: float, df: float, level: float = 0.95) -> float:
    """The probability that a t interval lies wholly above zero when the truth is ``effect`` (noncentral t)."""
    from scipy import special

    if se <= 0:
        return 1.0 if effect > 0 else 0.0
    return float(1 - special.nctdtr(df, min(effect / se, LARGEST), special.stdtrit(df, (1 + level) / 2)))


def smallest_effect(se: float, df: float, wanted: float = 0.8, level: float = 0.95) -> float:
    """The true effect that a comparison sees with probability ``wanted``, in units of the metric."""
    low, high = 0.0, LARGEST
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if power(middle, 1.0, df, level) < wanted else (low, middle)
    return high * se


def planned(
    found: Crossed, seeds: int | tuple[int, int], blocks: int | None = None, residual: float = 0.0
) -> tuple[float, float]:
    """Standard error and degrees of freedom of the same comparison at ``seeds`` an arm, or with other blocks.

    Raises ValueError when there is no degree of freedom between seeds.
    """
    first, second = seeds if isinstance(seeds, tuple) else (seeds, seeds)
    blocks = blocks or found.blocks
    df = first + second - 2 + found.pooled_df
    if min(first, second) < 1 or df < 1:
        raise ValueError("a comparison needs a seed in each arm, and two in one or earlier rounds' noise")
    variance = found.seed_variance * shrunk(found.seed_variance, residual, found.blocks, blocks)
    terms = [((1 / first + 1 / second) * variance, float(df))]
    if found.block_variance > 0:
        terms.append((found.block_variance / blocks, max(1.0, blocks - 1.0)))
    return math.sqrt(sum(t for t, _ in terms)), satterthwaite(terms)


def shrunk(variance: float, residual: float, blocks: int, wanted: int) -> float:
    """What is left of a seed's ``variance`` over ``blocks`` when it is measured on ``wanted`` of them, as a share."""
    cells = min(1.0, residual / blocks / variance) if variance > 0 else 0.0
    return 1 - cells + cells * blocks / wanted


def chance(
    found: Crossed, effect: float, margin: float, seeds: int, blocks: int | None = None, residual: float = 0.0
) -> float:
    """The probability of a decision at a true ``effect``: beyond the margin if it lies there, else inside ±margin."""
    se, df = planned(found, seeds, blocks, residual)
    level = found.interval.level
    if abs(effect) > margin:
        return power(abs(effect) - margin, se, df, level)
    return max(0.0, power(margin - abs(effect), se, df, level) + power(margin + abs(effect), se, df, level) - 1)


def seeds_needed(found: Crossed, effect: float, margin: float = 0.0, wanted: float = 0.8) -> int | None:
    """The fewest seeds an arm (at least 3) that decide with probability ``wanted``; None beyond ``MOST_SEEDS``."""
    return _fewest(lambda seeds: chance(found, effect, margin, seeds) >= wanted, 3, MOST_SEEDS)


def blocks_needed(
    found: Crossed, effect: float, margin: float, seeds: int, residual: float = 0.0, wanted: float = 0.8
) -> int | None:
    """The fewest blocks that decide at ``seeds`` an arm; None beyond 1,000 times as many as there are."""
    least, most = max(2, found.blocks), 1000 * found.blocks
    return _fewest(lambda blocks: chance(found, effect, margin, seeds, blocks, residual) >= wanted, least, most)


def _fewest(enough: Callable[[int], bool], least: int, most: int) -> int | None:
    """By bisection; ``enough`` stays true once it is true."""
    if not enough(most):
        return None
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) else (middle + 1, most)
    return least
