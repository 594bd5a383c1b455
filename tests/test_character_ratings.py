"""Rates by prompt, and what a judge's error does to them: known values, edges, and simulated coverage."""

from __future__ import annotations

import numpy as np
import pytest

from greenlight import rates
from greenlight.character.ratings import ByPrompt, Checked, corrected, lift, points, rate
from greenlight.errors import InputError

Draws = np.ndarray


def named(rows: Draws) -> ByPrompt:
    return {f"p{number:04}": row.tolist() for number, row in enumerate(rows)}


def same(value: bool, prompts: int, samples: int) -> ByPrompt:
    return {f"p{number}": [value] * samples for number in range(prompts)}


def test_none_of_five_prompts_is_up_to_52_per_cent() -> None:
    for samples in (1, 3, 50):
        found = rate(same(False, 5, samples))
        assert (found.value, found.low) == (0, 0)
        assert found.high == pytest.approx(1 - 0.025 ** (1 / 5)) == pytest.approx(0.5218, abs=5e-5)
        turned = rate(same(True, 5, samples))
        assert (turned.low, turned.high) == (pytest.approx(1 - found.high), 1)


def test_samples_of_one_prompt_are_no_new_prompts() -> None:
    alike = rate({f"p{n}": [n % 2 == 0] * 10 for n in range(60)})
    once = rate({f"p{n}": [n % 2 == 0] for n in range(60)})
    apart = rate({f"p{n}": [n % 2 == 0] for n in range(600)})
    assert alike.high - alike.low == pytest.approx(once.high - once.low, rel=0.05)
    assert alike.high - alike.low > 2.5 * (apart.high - apart.low)


@pytest.mark.parametrize(("prompts", "samples", "a", "b"), [(100, 3, 7, 3), (100, 3, 19, 1), (40, 5, 0.5, 0.5)])
def test_a_rate_covers(prompts: int, samples: int, a: float, b: float) -> None:
    rng, held = np.random.default_rng(1), 0
    for _ in range(800):
        found = rate(named(rng.random((prompts, samples)) < rng.beta(a, b, (prompts, 1))))
        held += found.low <= a / (a + b) <= found.high
    assert 0.93 <= held / 800 <= 0.98


def test_the_lift_of_one_sample_a_prompt_is_newcombes() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.random(60) < 0.7, rng.random(60) < 0.4
    found = lift(named(one[:, None]), named(other[:, None]))
    assert found == rates.difference(other.tolist(), one.tolist())
    assert found.value > 0


@pytest.mark.parametrize(("prompts", "samples"), [(100, 3), (24, 2)])
def test_a_lift_covers(prompts: int, samples: int) -> None:
    rng, held = np.random.default_rng(3), 0
    for _ in range(600):
        base = rng.beta(2, 2, (prompts, 1))
        found = lift(
            named(rng.random((prompts, samples)) < base + 0.15 * (1 - base)),
            named(rng.random((prompts, samples)) < base),
        )
        held += found.low <= 0.075 <= found.high
    assert 0.925 <= held / 600 <= 0.985


def test_pairing_helps_where_prompts_differ() -> None:
    rng = np.random.default_rng(4)
    base = rng.beta(0.4, 0.4, (100, 1))
    one, other = rng.random((100, 3)) < base, rng.random((100, 3)) < base
    paired, mixed = lift(named(one), named(other)), lift(named(one), named(other[rng.permutation(100)]))
    assert paired.value == pytest.approx(mixed.value)
    assert paired.high - paired.low < 0.75 * (mixed.high - mixed.low)


def test_a_lift_at_the_edges_has_a_width() -> None:
    whole = lift(same(True, 5, 3), same(False, 5, 3))
    assert (whole.value, whole.high) == (1, 1)
    assert whole.low < 0.3
    none = lift(same(True, 40, 3), same(True, 40, 3))
    assert none.low < 0 < none.high


def test_points_count_a_tie_as_half() -> None:
    found = points({"p": [1, 0.5], "q": [0.5, 0], "r": [1, 1]})
    assert found.value == pytest.approx(4 / 6)
    rng, held = np.random.default_rng(5), 0
    for _ in range(600):
        lean = rng.beta(6, 4, 80)
        scores = {str(n): rng.choice([1, 0.5, 0], 3, p=[0.8 * w, 0.2, 0.8 * (1 - w)]) for n, w in enumerate(lean)}
        found = points(scores)
        held += found.low <= 0.1 + 0.8 * 0.6 <= found.high
    assert 0.93 <= held / 600 <= 0.985
    with pytest.raises(ValueError, match="prompt 'p' has others"):
        points({"p": [0.7]})


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        (({}, {}), "at least one prompt"),
        (({"p": []}, {"p": [True]}), "prompt 'p' has no sample"),
        (({"p": [True], "q": [True]}, {"p": [True], "r": [True]}), "2 are in one of them alone .'q'."),
    ],
)
def test_what_cannot_be_compared_is_said(arms: tuple[ByPrompt, ByPrompt], said: str) -> None:
    with pytest.raises(InputError, match=said):
        lift(*arms)


# ---------------------------------------------------------------- a judge's error


def test_a_judge_without_error_changes_nothing_much() -> None:
    found = {f"p{n}": [n < 30] for n in range(100)}
    true, seen = corrected(found, Checked(right=2000, n=2000), Checked(right=2000, n=2000)), rate(found)
    assert true.value == pytest.approx(0.3)
    assert (true.low, true.high) == (pytest.approx(seen.low, abs=0.01), pytest.approx(seen.high, abs=0.01))


@pytest.mark.parametrize(
    ("true", "se", "sp", "labelled"), [(0.6, 0.9, 0.8, 60), (0.9, 0.9, 0.8, 60), (0.3, 0.85, 0.85, 40)]
)
def test_a_corrected_rate_is_the_true_one(true: float, se: float, sp: float, labelled: int) -> None:
    """Bias under 0.02, coverage 93 to 97 %, give or take the simulation's own noise (two standard errors: 0.01)."""
    rng, held, values, beyond = np.random.default_rng(6), 0, [], 0
    for _ in range(1_500):
        inside = rng.random((100, 3)) < rng.beta(4 * true, 4 - 4 * true, (100, 1))
        found = np.where(inside, rng.random((100, 3)) < se, rng.random((100, 3)) >= sp)
        checks = (Checked(right=int(rng.binomial(labelled, share)), n=labelled) for share in (se, sp))
        try:
            interval = corrected(named(found), *checks)
        except InputError:
            beyond += 1
            continue
        values.append(interval.value)
        held += interval.low <= true <= interval.high
    assert beyond <= 15
    assert abs(np.mean(values) - true) < 0.02
    assert 0.92 <= held / 1_500 <= 0.98
    naive = np.mean(true * se + (1 - true) * (1 - sp))
    assert abs(naive - true) > 0.02, "the case is one in which the judge's error matters"


def test_a_judge_at_chance_is_refused() -> None:
    found = same(True, 40, 2)
    with pytest.raises(InputError, match="finds 100% of what is in character and 100% of what is not: it does not"):
        corrected(found, Checked(right=50, n=50), Checked(right=0, n=50))
    with pytest.raises(InputError, match=r"sensitivity \+ specificity = 0.80"):
        corrected(found, Checked(right=20, n=50), Checked(right=20, n=50))
    with pytest.raises(InputError, match="too few to tell it from chance"):
        corrected(found, Checked(right=3, n=5), Checked(right=3, n=5))
    with pytest.raises(InputError, match="specificity needs labelled items: 0 of 0"):
        corrected(found, Checked(right=3, n=5), Checked(right=0, n=0))


def test_a_corrected_rate_stays_a_rate() -> None:
    checks = (Checked(right=95, n=100), Checked(right=97, n=100))
    for value in (True, False):
        found = corrected(same(value, 30, 2), *checks)
        assert found.value == float(value)
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.high - found.low > 0.01


def test_errors_that_were_not_made_here_are_said() -> None:
    checks = (Checked(right=80, n=100), Checked(right=80, n=100))
    with pytest.raises(InputError, match=r"finds 100% in character, and by its errors .* at most 80% whatever is true"):
        corrected(same(True, 200, 2), *checks)
    with pytest.raises(InputError, match=r"finds 0% in character, .* at least 20% whatever is true"):
        corrected(same(False, 200, 2), *checks)
