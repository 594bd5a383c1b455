"""Two rates of the same prompts. The interval of one rate is tested with the other intervals."""

from __future__ import annotations

import numpy as np
import pytest

from greenlight.rates import difference


def answers(both: int, lost: int, won: int, neither: int) -> tuple[list[bool], list[bool]]:
    before = [True] * both + [True] * lost + [False] * won + [False] * neither
    after = [True] * both + [False] * lost + [True] * won + [False] * neither
    return before, after


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((36, 2, 12, 0), 0.0569, 0.3404), ((54, 0, 0, 0), -0.0664, 0.0664)],
)
def test_newcombes_own_examples(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """Two rows of Table II of Newcombe 1998, method 10."""
    found = difference(*answers(*counts))
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_pairs_say_more_than_two_unpaired_rates() -> None:
    same = difference(*answers(20, 2, 6, 20))
    rng = np.random.default_rng(1)
    before, after = answers(20, 2, 6, 20)
    shuffled = [after[i] for i in rng.permutation(len(after))]
    mixed = difference(before, shuffled)
    assert same.value == mixed.value == pytest.approx(4 / 48)
    assert same.high - same.low < 0.8 * (mixed.high - mixed.low)


def test_it_covers_the_true_difference() -> None:
    rng, held = np.random.default_rng(2), 0
    for _ in range(600):
        base = rng.random(48)
        other = np.where(rng.random(48) < 0.6, base, rng.random(48))
        found = difference((base < 0.5).tolist(), (other < 0.6).tolist())
        held += found.low <= 0.1 <= found.high
    assert 0.92 <= held / 600 <= 0.98


def test_a_prompt_that_was_left_out_is_an_error() -> None:
    with pytest.raises(ValueError, match="3 and 2 answers are not pairs"):
        difference([True, False, True], [True, False])
    with pytest.raises(ValueError, match="not pairs"):
        difference([], [])
