"""Trend tests against exact enumeration, other people's special cases, and their own size."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats as reference

from greenlight import trends

TABLES = [
    [[1.0, 2.0, 3.0], [2.0, 1.0, 3.0], [1.0, 3.0, 2.0], [3.0, 1.0, 2.0]],
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [2.0, 0.0, 2.0], [0.0, 3.0, 5.0]],
]
GROUPS = [
    [[1.0, 4.0, 2.0], [3.0, 7.0], [5.0, 6.0, 8.0]],
    [[0.0, 0.0, 1.0], [0.0, 2.0, 2.0], [1.0, 2.0]],
    [[0.0], [0.0, 0.0, 1.0], [3.0, 0.0], [1.0]],
]
HOLLANDER_WOLFE = [[40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42], [48, 40, 45, 43, 46, 44]]
"""The data of their example 6.2, with ties; J = 79."""


def page_l(rows: list[list[float]]) -> float:
    return float(sum(np.dot(reference.rankdata(row), np.arange(1, len(row) + 1)) for row in rows))


def pairs_j(groups: list[list[float]]) -> float:
    return sum(
        (x < y) + 0.5 * (x == y)
        for low, high in itertools.combinations(groups, 2)
        for x, y in itertools.product(low, high)
    )


def divisions(values: list[float], sizes: list[int]) -> Iterator[list[list[float]]]:
    """Every way of giving the values to groups of these sizes, each as likely as any other."""
    if not sizes:
        yield []
        return
    for chosen in itertools.combinations(range(len(values)), sizes[0]):
        rest = [v for i, v in enumerate(values) if i not in chosen]
        for more in divisions(rest, sizes[1:]):
            yield [[values[i] for i in chosen], *more]


@pytest.mark.parametrize("table", TABLES, ids=["no ties", "ties"])
def test_page_is_exact(table: list[list[float]]) -> None:
    every = itertools.product(*(itertools.permutations(row) for row in table))
    totals = np.array([page_l([list(row) for row in rows]) for rows in every])
    found, shuffled = trends.page(table), trends.page(table, permutations=40_000, seed=3)
    assert found.statistic == pytest.approx(page_l(table))
    assert (found.expected, found.variance) == (pytest.approx(totals.mean()), pytest.approx(totals.var()))
    exact = float(np.mean(totals >= found.statistic - 1e-9))
    assert shuffled.p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 40_000))
    assert found.p == pytest.approx(exact, abs=0.12)  # four topics: the normal is rough, and goes the same way


@pytest.mark.parametrize("groups", GROUPS, ids=["no ties", "ties", "sizes 1 to 3"])
def test_jonckheere_is_exact(groups: list[list[float]]) -> None:
    values = [v for group in groups for v in group]
    totals = np.array([pairs_j(some) for some in divisions(values, [len(group) for group in groups])])
    found, shuffled = trends.jonckheere(groups), trends.jonckheere(groups, permutations=40_000, seed=3)
    assert found.statistic == pytest.approx(pairs_j(groups))
    assert (found.expected, found.variance) == (pytest.approx(totals.mean()), pytest.approx(totals.var()))
    exact = float(np.mean(totals >= found.statistic - 1e-9))
    assert shuffled.p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 40_000))
    assert found.p == pytest.approx(exact, abs=0.12)
    assert (found.permutations, shuffled.permutations) == (0, 40_000)


def test_jonckheere_of_the_textbook() -> None:
    found = trends.jonckheere(HOLLANDER_WOLFE)
    assert (found.statistic, found.expected) == (79.0, 54.0)
    assert found.variance < 153.0  # what it would be without ties
    assert found.p == pytest.approx(trends.jonckheere(HOLLANDER_WOLFE, permutations=40_000).p, abs=0.004)


def test_jonckheere_of_two_groups_is_mann_whitneys_test() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        low, high = rng.poisson(1.0, 23).astype(float), rng.poisson(1.4, 17).astype(float)
        theirs = reference.mannwhitneyu(high, low, alternative="greater", method="asymptotic", use_continuity=False)
        mine = trends.jonckheere([low.tolist(), high.tolist()])
        assert (mine.statistic, mine.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))


def test_jonckheere_of_single_values_is_kendalls_test() -> None:
    values = [3.0, 1.0, 1.0, 4.0, 5.0, 2.0, 6.0, 6.0, 6.0]
    tau = reference.kendalltau(range(len(values)), values, method="asymptotic", alternative="greater")
    assert trends.jonckheere([[v] for v in values]).p == pytest.approx(tau.pvalue)


@pytest.mark.parametrize("mean", [0.3, 3.0])
def test_jonckheere_keeps_its_size_with_ties(mean: float) -> None:
    tables = np.random.default_rng(5).poisson(mean, (2000, 5, 18))
    mine = [trends.jonckheere(table.tolist()) for table in tables]
    assert 0.035 <= np.mean([t.p < 0.05 for t in mine]) <= 0.065
    plain = (90**2 * 183 - 5 * 18**2 * 41) / 72
    without = [(t.statistic - t.expected) / math.sqrt(plain) > 1.645 for t in mine]
    assert (np.mean(without) < 0.02) == (mean < 1)  # what no correction for ties does to rare counts


def test_a_trend_turned_round_is_its_mirror() -> None:
    rng = np.random.default_rng(6)
    groups = [rng.poisson(2 + 0.2 * level, 6 + level).astype(float).tolist() for level in range(4)]
    table = rng.poisson(2, (9, 4)).astype(float)
    there, back = trends.jonckheere(groups), trends.jonckheere([[-x for x in group] for group in groups])
    assert trends.jonckheere(groups[::-1]).statistic == back.statistic == 2 * there.expected - there.statistic
    assert there.p + back.p == pytest.approx(1.0)
    assert trends.page(table.tolist()).p + trends.page(table[:, ::-1].tolist()).p == pytest.approx(1.0)


def test_only_the_order_counts() -> None:
    groups = [[1.0, 2.0, 2.0], [2.0, 5.0], [4.0, 9.0]]
    assert trends.jonckheere([[math.exp(x) for x in g] for g in groups]) == trends.jonckheere(groups)


def test_many_tables_are_tested_at_once() -> None:
    tables = np.random.default_rng(7).poisson(2, (5, 12, 4)).astype(float)
    parts = [part.sum(-1) for part in trends.page_parts(tables)]
    for i, table in enumerate(tables):
        one = trends.page(table.tolist())
        assert [float(part[i]) for part in parts] == pytest.approx([one.statistic, one.expected, one.variance])


def test_equal_values_show_nothing() -> None:
    for permutations in (0, 200):
        assert trends.jonckheere([[2.0, 2.0], [2.0], [2.0, 2.0, 2.0]], permutations).p == 1.0
        assert trends.page([[2.0, 2.0, 2.0]] * 3, permutations).p == 1.0


def test_a_permutation_p_is_never_zero_and_the_same_twice() -> None:
    groups = [[float(10 * level + i) for i in range(8)] for level in range(5)]
    assert trends.jonckheere(groups, permutations=99).p == 0.01
    near = [[1.0, 2.0, 4.0], [2.0, 3.0, 5.0]]
    assert trends.jonckheere(near, 500, seed=2) == trends.jonckheere(near, 500, seed=2)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([], "two levels"),
        ([[1.0, 2.0]], "two levels"),
        ([[1.0], []], "level 2 of 2 has no value"),
        ([[1.0], [math.nan]], "finite"),
        ([[1.0], [math.inf]], "finite"),
    ],
)
def test_jonckheere_says_what_it_lacks(groups: list[list[float]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        trends.jonckheere(groups)


@pytest.mark.parametrize("table", [[], [[]], [[1.0], [2.0]], [[1.0, math.nan]], [[1.0, 2.0], [1.0]]])
def test_page_says_what_it_lacks(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"two levels|finite|inhomogeneous"):
        trends.page(table)


def test_an_unblocked_slope_of_two_levels_is_welchs_interval() -> None:
    low, high = [1.0, 2.0, 2.0, 5.0], [3.0, 3.5, 9.0]
    theirs = reference.ttest_ind(high, low, equal_var=False).confidence_interval(0.95)
    mine = trends.unblocked_slope([low, high])
    assert (mine.low, mine.high) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    assert trends.unblocked_slope([[0.0, 2.0], [3.0, 3.0], [4.0, 6.0]]).value == pytest.approx(2.0)
    with pytest.raises(ValueError, match="two values"):
        trends.unblocked_slope([[1.0], [2.0, 3.0]])
