"""Power against the literature's seeds by effect, and against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special
from scipy import stats as reference

from greenlight import power, stats


@pytest.mark.parametrize(("effect", "seeds"), [(1.0, 17), (1.5, 9), (2.0, 6), (3.0, 4)])
def test_seeds_that_an_effect_takes(effect: float, seeds: int) -> None:
    found = stats.crossed([[0.0], [1.0], [2.0]], [[0.0], [1.0], [2.0]])  # seed sd 1, one block
    assert found.seed_variance == 1.0
    assert power.seeds_needed(found, effect) == seeds


def test_smallest_effect_and_power_are_each_other_s_inverse() -> None:
    for df in (4, 8.3, 40):
        effect = power.smallest_effect(0.7, df)
        assert power.power(effect, 0.7, df) == pytest.approx(0.8, abs=1e-6)
    assert power.smallest_effect(math.sqrt(2 / 3), 4) == pytest.approx(3.07, abs=0.01)
    assert power.power(1e6, 1.0, 4) == pytest.approx(1.0)
    assert power.power(0.0, 1.0, 4) == pytest.approx(0.025)


def test_a_plan_keeps_the_pooled_degrees_of_freedom() -> None:
    pooled = stats.PooledVariance(variance=1.0, df=12, rounds=6, levene_p=0.5)
    found = stats.crossed([[0.0], [1.0], [2.0]], [[0.0], [1.0], [2.0]], pooled=pooled)
    assert power.planned(found, 3) == pytest.approx((math.sqrt(2 / 3), 16.0))
    assert power.smallest_effect(*power.planned(found, 3)) == pytest.approx(2.437, abs=0.01)


def test_chance_of_equivalence_agrees_with_simulation() -> None:
    rng = np.random.default_rng(14)
    found = stats.crossed([[0.0], [1.0], [2.0]], [[0.0], [1.0], [2.0]])
    a, b = rng.normal(size=(4000, 12)), rng.normal(size=(4000, 12)) + 0.2
    half = special.stdtrit(22, 0.975) * np.sqrt((a.var(1, ddof=1) + b.var(1, ddof=1)) / 12)
    inside = np.mean(np.abs(b.mean(1) - a.mean(1)) + half < 1.3)
    assert power.chance(found, 0.2, 1.3, 12) == pytest.approx(inside, abs=0.02)
    assert power.chance(found, 0.0, 0.1, 12) == 0.0


def test_power_agrees_with_simulation() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=(4000, 5)), rng.normal(size=(4000, 5)) + 2.0
    p = reference.ttest_ind(b, a, axis=1)
    seen = np.mean((p.pvalue < 0.05) & (p.statistic > 0))
    assert power.power(2.0, math.sqrt(2 / 5), 8) == pytest.approx(seen, abs=0.02)


def test_blocks_are_asked_for_where_seeds_cannot_decide() -> None:
    rng = np.random.default_rng(9)
    a = (rng.normal(size=(1, 20)) + 0.001 * rng.normal(size=(3, 20))).tolist()
    b = (rng.normal(size=(1, 20)) + 0.001 * rng.normal(size=(3, 20))).tolist()
    found = stats.crossed(a, b)
    assert power.seeds_needed(found, 0.3) is None
    blocks = power.blocks_needed(found, 0.3, 0.0, 3)
    assert blocks is not None
    assert power.chance(found, 0.3, 0.0, 3, blocks) >= 0.8 > power.chance(found, 0.3, 0.0, 3, blocks - 1)


def test_arms_of_different_sizes() -> None:
    found = stats.crossed([[0.0], [1.0], [2.0]], [[0.0], [1.0], [2.0]])
    assert power.planned(found, (3, 8)) == pytest.approx((math.sqrt(1 / 3 + 1 / 8), 9.0))
    assert power.planned(found, (4, 4)) == power.planned(found, 4)
    with pytest.raises(ValueError, match="a seed in each arm"):
        power.planned(found, (1, 1))
    with pytest.raises(ValueError, match="a seed in each arm"):
        power.planned(found, (0, 3))


def test_more_blocks_take_their_part_of_the_seeds_noise() -> None:
    """Models that differ only by their cells: on four times the blocks their means differ half as much."""
    rng = np.random.default_rng(10)
    a, b = rng.normal(size=(600, 25)), rng.normal(size=(600, 25))
    found = stats.crossed(a.tolist(), b.tolist())
    left = sum(float(((y - y.mean(0) - (y.mean(1) - y.mean())[:, None]) ** 2).sum()) for y in (a, b)) / (2 * 599 * 24)
    assert power.shrunk(found.seed_variance, left, 25, 25) == pytest.approx(1.0)
    now, more = (power.planned(found, 3, blocks, left)[0] for blocks in (25, 100))
    assert now == pytest.approx(power.planned(found, 3)[0])
    wide = float(rng.normal(size=(4000, 100)).mean(1).std()) * math.sqrt(2 / 3)
    assert more == pytest.approx(wide, rel=0.1)
    assert power.shrunk(1.0, 1000.0, 10, 40) == 0.25, "never more than the whole"
    assert power.shrunk(0.0, 1.0, 10, 40) == 1.0
    effect = power.smallest_effect(*power.planned(found, 3, 50, left))
    needed = power.blocks_needed(found, effect, 0.0, 3, left)
    assert needed is not None
    assert needed == pytest.approx(50, abs=1)
    without = power.blocks_needed(found, effect, 0.0, 3)
    assert without is None or without > needed
