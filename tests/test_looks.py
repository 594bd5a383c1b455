"""α over looks: what is spent, and that it is never more than was promised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlight.looks import alphas, spent


def test_three_looks_at_three_planned_seeds() -> None:
    assert alphas(3, [1, 2, 3]) == pytest.approx([0.002, 0.008, 0.04])


def test_a_plan_without_looks_between_keeps_all() -> None:
    assert alphas(3, [3]) == [0.05]
    assert alphas(5, [5]) == [0.05]
    assert alphas(5, [9]) == [0.05]  # more at once than planned is still one look


def test_a_look_that_was_left_out_is_left_to_the_later_ones() -> None:
    assert alphas(3, [2, 3]) == pytest.approx([0.01, 0.04])
    assert alphas(3, [1, 3]) == pytest.approx([0.002, 0.048])


def test_a_plan_of_one_seed_is_spent_as_one_of_three() -> None:
    assert alphas(1, [1]) == pytest.approx([0.002])
    assert alphas(2, [2]) == pytest.approx([0.01])


def test_past_the_plan_and_with_other_seeds() -> None:
    assert alphas(3, [3, 4, 5, 6]) == pytest.approx([0.05, 0.01, 0.005, 0.0025])
    assert alphas(3, [3, 3]) == pytest.approx([0.05, 0.01])  # other seeds after the plan
    assert alphas(3, [2, 2, 3]) == pytest.approx([0.01, 0.01, 0.04])  # other seeds before its end


def test_a_look_without_seeds_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one seed"):
        alphas(3, [0])


@given(st.integers(1, 20), st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_no_more_is_spent_than_the_plan_and_the_looks_past_it_have(planned: int, seeds: list[int]) -> None:
    found = alphas(planned, seeds)
    assert all(a > 0 for a in found)
    assert sum(found) <= 0.05 + 0.02 + 1e-12
    rising = [s for i, s in enumerate(seeds) if s > max(seeds[:i], default=0)]
    assert sum(alphas(planned, rising[:1])) == pytest.approx(spent(planned, rising[0]))
