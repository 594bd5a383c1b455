"""Hand-computed values, known values of the literature, and coverage by simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy import stats as reference

from greenlight import rates, stats, trends

A = [[0.0, 4.0], [2.0, 4.0]]  # seed means 2 and 3
B = [[3.0, 9.0], [5.0, 7.0]]  # seed means 6 and 6


def test_crossed_by_hand() -> None:
    found = stats.crossed(A, B)
    # seed means: A 2, 3 (variance 0.5), B 6, 6 (0): MS_seed 0.25 on 2 df; q = 1/2 + 1/2 = 1
    # block means of A centred on its mean: -1.5, 1.5; of B: -2, 2; profile -0.5, 0.5: v_block = 0.5 on 1 df
    # residuals: A ±0.5 four times, B ±1 four times: 1 + 4 = 5 on 2·1 df: v_res 2.5; 0.5 - 2.5 < 0
    assert found.interval.value == pytest.approx(3.5)
    assert found.seed_variance == pytest.approx(0.25)
    assert found.block_variance == 0
    assert found.se == pytest.approx(0.5)
    assert found.interval.df == 2
    assert found.interval.high == pytest.approx(3.5 + 0.5 * special.stdtrit(2, 0.975))


def test_block_term_and_satterthwaite_by_hand() -> None:
    rows = [[1.0, 2.0, 3.0, 6.0], [2.0, 3.0, 4.0, 7.0]]  # no residual: seeds are parallel
    flat = [[0.0] * 4, [1.0] * 4]
    found = stats.crossed(flat, rows)
    v_block = np.var([1.5, 2.5, 3.5, 6.5], ddof=1)
    seed_term, block_term = 0.5, v_block / 4
    assert found.block_variance == pytest.approx(v_block)
    assert found.se == pytest.approx(math.sqrt(seed_term + block_term))
    df = (seed_term + block_term) ** 2 / (seed_term**2 / 2 + block_term**2 / 3)
    assert found.interval.df == pytest.approx(df)
    assert df > 2


def test_unequal_numbers_of_seeds() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 6)), rng.normal(size=(5, 6))
    found = stats.crossed(a.tolist(), b.tolist())
    ms = (a.mean(1).var(ddof=1) + 4 * b.mean(1).var(ddof=1)) / 5
    assert found.seed_variance == pytest.approx(ms)
    assert found.seed_df == 5
    assert found.interval.df is not None
    assert found.interval.df >= 5
    assert found.interval.value == pytest.approx(b.mean() - a.mean())


def test_one_seed_against_two_has_a_degree_of_freedom_and_one_against_one_has_none() -> None:
    assert stats.crossed([[1.0, 2.0]], A).seed_df == 1
    with pytest.raises(ValueError, match="two seeds"):
        stats.crossed([[1.0, 2.0]], [[2.0, 3.0]])


def test_weights_give_the_value_of_the_whole_text() -> None:
    rng = np.random.default_rng(1)
    characters = rng.integers(100, 5000, 20).astype(float)
    nats_a, nats_b = (rng.gamma(5, 0.3, (3, 20)) * characters for _ in range(2))
    found = stats.crossed((nats_a / characters).tolist(), (nats_b / characters).tolist(), characters.tolist())
    whole = (nats_b.sum(1) / characters.sum()).mean() - (nats_a.sum(1) / characters.sum()).mean()
    assert found.interval.value == pytest.approx(whole)
    scaled = stats.crossed((nats_a / characters).tolist(), (nats_b / characters).tolist(), (7 * characters).tolist())
    assert scaled.interval.low == pytest.approx(found.interval.low)


def test_equal_shift_in_unequal_blocks_has_no_block_variance() -> None:
    level = np.array([1.0, 2.0, 3.0])
    weights = [1.0, 5.0, 30.0]
    a = [(level + s).tolist() for s in (0.0, 0.1)]
    b = [(level + 1 + s).tolist() for s in (0.0, 0.1)]
    assert stats.crossed(a, b, weights).block_variance == pytest.approx(0, abs=1e-12)


@given(
    st.integers(2, 5), st.integers(2, 5), st.integers(1, 8), st.floats(-5, 5), st.floats(0.1, 9), st.integers(0, 999)
)
@settings(max_examples=40, deadline=None)
def test_crossed_moves_and_scales_with_its_data(
    ka: int, kb: int, n: int, shift: float, scale: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    a, b, w = rng.normal(size=(ka, n)), rng.normal(size=(kb, n)), rng.uniform(1, 3, n).tolist()
    plain = stats.crossed(a.tolist(), b.tolist(), w)
    moved = stats.crossed((scale * a).tolist(), (scale * (b + shift)).tolist(), w)
    swapped = stats.crossed(b.tolist(), a.tolist(), w)
    assert moved.interval.low == pytest.approx(scale * (plain.interval.low + shift), abs=1e-6)
    assert moved.interval.high == pytest.approx(scale * (plain.interval.high + shift), abs=1e-6)
    assert swapped.interval.low == pytest.approx(-plain.interval.high, abs=1e-9)
    assert plain.interval.df is not None
    seeds = min(ka, kb) - 1 if stats.uneven([ka, kb]) else ka + kb - 2
    least = min(seeds, n - 1) if plain.block_variance > 0 else seeds
    assert plain.interval.df >= least - 1e-9


@pytest.mark.parametrize("bad", [[[1.0, math.nan], [1.0, 2.0]], [[1.0], [2.0]], [[math.inf, 1.0], [1.0, 2.0]]])
def test_unusable_values_are_refused(bad: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"finite|blocks"):
        stats.crossed(A, bad)


def _null_rounds(seed_sd: float, block_sd: float, noise_sd: float, rounds: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(3)
    k, n = 3, 60

    def arm() -> np.ndarray:
        seeds, noise = rng.standard_t(6, (k, 1)) / 1.5**0.5, rng.normal(size=(k, n))
        return seed_sd * seeds + block_sd * rng.normal(size=(1, n)) + noise_sd * noise

    return [(arm(), arm()) for _ in range(rounds)]


@pytest.mark.parametrize(("seed_sd", "block_sd", "noise_sd"), [(1.0, 0.3, 1.0), (0.12, 0.8, 0.8), (0.02, 1.0, 0.3)])
def test_coverage_of_a_null_difference(seed_sd: float, block_sd: float, noise_sd: float) -> None:
    rounds = _null_rounds(seed_sd, block_sd, noise_sd, 300)
    hits = [stats.crossed(a.tolist(), b.tolist()).interval for a, b in rounds]
    assert 0.91 <= np.mean([i.low <= 0 <= i.high for i in hits]) <= 0.985


def test_that_simulation_catches_a_percentile_bootstrap_over_three_seeds() -> None:
    rng, caught = np.random.default_rng(4), []
    for a, b in _null_rounds(1.0, 0.3, 1.0, 300):
        seeds, blocks = rng.integers(0, 3, (400, 3)), rng.integers(0, 60, (400, 60))
        means = (b - a)[seeds[:, :, None], blocks[:, None, :]].mean((1, 2))
        low, high = np.quantile(means, [0.025, 0.975])
        caught.append(low <= 0 <= high)
    assert np.mean(caught) < 0.88


def test_contrast_gives_the_interaction_of_four_rounds() -> None:
    rng = np.random.default_rng(5)
    arms = [rng.normal(size=(3, 10)) for _ in range(4)]
    found = stats.contrast([a.tolist() for a in arms], [1, -1, -1, 1])
    assert found.interval.value == pytest.approx(arms[0].mean() - arms[1].mean() - arms[2].mean() + arms[3].mean())
    assert found.seed_df == 8
    # with no block term: q = 4 / 3
    assert found.se**2 == pytest.approx(4 / 3 * found.seed_variance + found.block_variance / 10)


def test_one_arm_is_wider_than_its_seeds_alone() -> None:
    rng = np.random.default_rng(6)
    values = (rng.normal(size=(1, 30)) + 0.1 * rng.normal(size=(3, 1))).tolist()
    found = stats.one_arm(values)
    alone = stats.t_interval([float(np.mean(row)) for row in values])
    assert found.interval.value == pytest.approx(alone.value)
    assert found.se**2 > 0.5 / 30
    assert found.block_variance > 0


def test_t_interval_known_value() -> None:
    found = stats.t_interval([1.0, 2.0, 3.0])
    assert (found.low, found.high) == pytest.approx(reference.t.interval(0.95, 2, loc=2, scale=1 / math.sqrt(3)))
    with pytest.raises(ValueError, match="two values"):
        stats.t_interval([1.0])


# ---------------------------------------------------------------- pooling and the noise floor


def test_levene_is_the_textbook_one() -> None:
    rng = np.random.default_rng(7)
    groups = [rng.normal(size=n).tolist() for n in (3, 4, 6)]
    assert stats.levene(groups) == pytest.approx(reference.levene(*groups, center="mean").pvalue)
    assert stats.levene(groups[:1]) == 1.0


def test_pooling_adds_degrees_of_freedom_and_is_said() -> None:
    a, b = [[0.0], [1.0], [2.0]], [[0.5], [1.4], [2.6]]
    earlier = [[0.0, 1.1, 2.0], [3.0, 4.0, 5.2]]
    pooled = stats.pool([[0.0, 1.0, 2.0], [0.5, 1.4, 2.6]], earlier)
    assert pooled is not None
    assert (pooled.df, pooled.rounds, pooled.fits) == (4, 2, True)
    alone, more = stats.crossed(a, b), stats.crossed(a, b, pooled=pooled)
    assert (alone.pooled, more.pooled) == (False, True)
    assert (alone.seed_df, more.seed_df) == (4, 8)
    assert more.seed_variance == pytest.approx((4 * alone.seed_variance + 4 * pooled.variance) / 8)


def test_earlier_rounds_of_another_spread_are_not_pooled() -> None:
    arms = [[0.0, 10.0, 20.0], [5.0, 16.0, 24.0]]
    calm = stats.pool(arms, [[0.0, 0.1, 0.2], [0.0, 0.1, 0.25]])
    assert calm is not None
    assert not calm.fits
    values = [[[v] for v in arm] for arm in arms]
    assert stats.crossed(values[0], values[1], pooled=calm).seed_df == 4
    assert stats.pool(arms, [[1.0]]) is None


def test_noise_floor_from_three_seeds_is_known_to_a_factor_of_half_to_six() -> None:
    noise = stats.noise_floor([[1.0, 2.0, 3.0]])
    assert noise is not None
    assert (noise.sd, noise.df, noise.rounds) == (1.0, 2, 1)
    assert (noise.low, noise.high) == pytest.approx((0.5207, 6.285), abs=1e-3)
    more = stats.noise_floor([[1.0, 2.0, 3.0], [0.0, 2.0], [7.0]])
    assert more is not None
    assert (more.sd, more.df, more.rounds) == (pytest.approx(math.sqrt(4 / 3)), 3, 2)
    assert stats.noise_floor([[1.0]]) is None


# ---------------------------------------------------------------- the dial


def test_page_agrees_with_scipy_without_ties() -> None:
    rng = np.random.default_rng(10)
    table = (rng.normal(size=(15, 5)) + 0.3 * np.arange(5)).tolist()
    mine, theirs = trends.page(table), reference.page_trend_test(table, method="asymptotic")
    assert mine.statistic == pytest.approx(theirs.statistic)
    assert mine.p == pytest.approx(theirs.pvalue)
    assert mine.expected == pytest.approx(15 * 5 * 36 / 4)


@pytest.mark.parametrize("table", [[[0, 0, 1], [2, 2, 5], [0, 3, 3]], [[3, 1, 2], [0, 1, 2], [1, 0, 1]]])
def test_page_permutations_against_every_arrangement(table: list[list[float]]) -> None:
    found = trends.page(table, permutations=20_000)
    ranks = np.array([reference.rankdata(row) for row in table])
    every = [list(itertools.permutations(row)) for row in ranks]
    totals = [sum(np.dot(row, (1, 2, 3)) for row in rows) for rows in itertools.product(*every)]
    exact = np.mean(np.array(totals) >= found.statistic - 1e-9)
    assert found.p == pytest.approx(exact, abs=0.01)
    assert found.expected == pytest.approx(np.mean(totals))
    assert found.variance == pytest.approx(np.var(totals))


def test_page_of_rare_counts_keeps_its_size() -> None:
    rng = np.random.default_rng(11)
    tables = rng.poisson(0.3, (400, 40, 5)).astype(float)
    corrected = [trends.page(t.tolist()).p for t in tables]
    assert 0.025 <= np.mean(np.array(corrected) < 0.05) <= 0.085
    plain = [reference.page_trend_test(t, method="asymptotic").pvalue for t in tables[:200]]
    assert np.mean(np.array(plain) < 0.05) <= 0.02  # what no correction for ties does
    for t, p in list(zip(tables, corrected, strict=True))[:3]:
        assert trends.page(t.tolist(), permutations=4000).p == pytest.approx(p, abs=0.03)


def test_page_of_equal_values_shows_nothing() -> None:
    assert trends.page([[1.0, 1.0, 1.0]] * 4).p == 1.0
    assert trends.page([[1.0, 1.0, 1.0]] * 4, permutations=100).p == 1.0


def test_a_permutation_p_is_never_zero() -> None:
    assert trends.page([[1.0, 2.0, 3.0, 4.0, 5.0]] * 12, permutations=99).p == 0.01


def test_page_is_the_same_twice() -> None:
    table = np.random.default_rng(12).poisson(1, (10, 4)).astype(float).tolist()
    assert trends.page(table, permutations=500, seed=1) == trends.page(table, permutations=500, seed=1)


def test_slope_and_its_interval() -> None:
    table = [[0.0, 2.0, 4.0], [0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [3.0, 3.0, 9.0]]
    assert trends.slopes(table) == pytest.approx([2.0, 0.0, 1.0, 3.0])
    found = trends.slope(table)
    assert found.value == pytest.approx(1.5)
    assert found.low < 1.5 < found.high
    assert found == trends.slope(table)
    assert trends.slope([[0.0, 1.0]] * 5).low == pytest.approx(1.0)
    with pytest.raises(ValueError, match="two topics"):
        trends.slope([[0.0, 1.0]])


def test_resampled_mean_covers() -> None:
    rng = np.random.default_rng(13)
    hits = [stats.resampled_mean((rng.normal(size=12) + 1).tolist(), draws=1000, seed=i) for i in range(400)]
    assert 0.915 <= np.mean([i.low <= 1 <= i.high for i in hits]) <= 0.98


def test_auc_share_and_eta_squared() -> None:
    table = [[0.0, 1.0, 1.0], [0.0, 2.0, 1.0], [1.0, 1.0, 0.0]]
    assert trends.adjacent_auc(table) == pytest.approx((8 / 9, 1.5 / 9 + 0.5 / 9))
    assert trends.share_rising(table).value == pytest.approx(2 / 3)
    assert trends.eta_squared([0, 0, 2, 2], ["a", "a", "b", "b"]) == 1.0
    assert trends.eta_squared([0, 2, 0, 2], ["a", "a", "b", "b"]) == 0.0
    assert trends.eta_squared([1, 3, 3, 5], [1, 1, 2, 2]) == pytest.approx(0.5)
    assert trends.eta_squared([1, 1], [1, 2]) == 0.0


# ---------------------------------------------------------------- rates


@pytest.mark.parametrize(
    ("hits", "n", "method", "low", "high"),
    [
        (0, 5, "Clopper–Pearson", 0.0, 0.5218),
        (5, 5, "Clopper–Pearson", 0.4782, 1.0),
        (2, 18, "Clopper–Pearson", 0.0138, 0.3471),
        (4, 100, "Clopper–Pearson", 0.0110, 0.0993),
        (10, 100, "Wilson", 0.0552, 0.1744),
        (81, 263, "Wilson", 0.2553, 0.3662),  # Newcombe 1998, table I
    ],
)
def test_rates_known_values(hits: int, n: int, method: str, low: float, high: float) -> None:
    found = rates.rate(hits, n)
    assert found.method == method
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_clustered_trials_count_for_less() -> None:
    alike = [(8, 8)] * 20 + [(0, 8)] * 20
    found, free = rates.rate(160, 320, alike), rates.rate(160, 320)
    assert found.high - found.low == pytest.approx(
        rates.rate(20, 40).high - rates.rate(20, 40).low, rel=0.06
    )  # as 40 prompts
    assert found.high - found.low > 2 * (free.high - free.low)
    few = rates.rate(0, 40, [(0, 8)] * 5)
    assert few.high == pytest.approx(0.5218, abs=1e-4)  # five prompts, not forty trials
    assert rates.rate(12, 24, [(4, 8)] * 3).method == "Clopper–Pearson"


@pytest.mark.parametrize(("hits", "n", "clusters"), [(1, 0, None), (3, 2, None), (1, 4, [(1, 3)])])
def test_impossible_rates_are_refused(hits: int, n: int, clusters: list[tuple[int, int]] | None) -> None:
    with pytest.raises(ValueError, match=r"no rate|add up"):
        rates.rate(hits, n, clusters)


@given(st.integers(1, 300), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_rate_lies_in_its_interval(n: int, share: float) -> None:
    found = rates.rate(round(share * n), n)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_an_arm_of_many_seeds_does_not_rule_the_variance_of_one_of_few() -> None:
    """Null pairs of 8 quiet and 3 noisy seeds: with one shared variance 15 % of them would be told apart."""
    rng, told, shared = np.random.default_rng(3), 0, 0
    for _ in range(600):
        a, b = rng.normal(size=(8, 1)) + np.zeros((1, 4)), 2 * rng.normal(size=(3, 1)) + np.zeros((1, 4))
        found = stats.crossed(a.tolist(), b.tolist())
        told += not found.interval.low <= 0 <= found.interval.high
        means = a[:, 0], b[:, 0]
        pooled = sum(float(((m - m.mean()) ** 2).sum()) for m in means) / 9
        half = reference.t.ppf(0.975, 9) * math.sqrt(pooled * (1 / 8 + 1 / 3))
        shared += bool(abs(means[1].mean() - means[0].mean()) > half)
    assert told / 600 < 0.085
    assert shared / 600 > 0.11
