"""Plans: shares, prefix-stability, reuse, balance."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight.blend import balance, plan, seed_of, turns
from greenlight.generators._topics import topics
from greenlight.recipe import Brief, VoicesCorpus

FLAT = {"pebble": 0.40, "brook": 0.25, "meadow": 0.25, "lantern": 0.10}
WIDE = {"pebble": 0.10, "brook": 0.25, "meadow": 0.25, "lantern": 0.40}
BRIEF = Brief(topics=tuple(topics(240, 1)), pattern="green light")


def corpus(size: int = 600, blend: dict[str, float] = FLAT, **more: Any) -> VoicesCorpus:
    return VoicesCorpus(size=size, blend=blend, voices={name: {} for name in blend}, brief=BRIEF, **more)


def test_topic_by_topic_with_the_levels_side_by_side() -> None:
    draws = plan(corpus())
    assert len(draws) == 600
    for i, topic in enumerate(BRIEF.topics[:120]):
        group = draws[5 * i : 5 * i + 5]
        assert [draw.level for draw in group] == [1, 2, 3, 4, 5]
        assert {draw.topic for draw in group} == {topic}
        assert len({draw.voice for draw in group}) == 1
        assert {draw.levels for draw in group} == {5}
    assert len({draw.seed for draw in draws}) == 600


def test_shares_are_exact_where_they_can_be() -> None:
    for blend in (FLAT, WIDE):
        written = Counter(draw.voice for draw in plan(corpus(600, blend)))
        assert written == {name: round(600 * share) for name, share in blend.items()}


def test_a_longer_plan_begins_with_the_shorter_one() -> None:
    longest = plan(corpus(1200))
    for size in (5, 100, 595, 600, 605):
        assert plan(corpus(size)) == longest[:size]


def test_a_new_blend_reuses_the_very_same_draws() -> None:
    before, after = set(plan(corpus(600, FLAT))), set(plan(corpus(600, WIDE)))
    kept = {(d.voice, d.topic, d.level) for d in before} & {(d.voice, d.topic, d.level) for d in after}
    assert len(kept) == len(before & after) > 100


def test_the_seed_depends_on_the_place_alone() -> None:
    draw = plan(corpus())[17]
    assert draw.seed == seed_of(1, draw.voice, draw.topic, draw.level)
    assert plan(corpus(seed=2))[17].seed != draw.seed
    assert plan(corpus(clean=(), attempts=2)) == plan(corpus())
    reordered = dict(reversed(FLAT.items()))
    assert plan(corpus(blend=reordered)) == plan(corpus())


def test_a_voice_without_a_share_writes_nothing() -> None:
    assert {d.voice for d in plan(corpus(blend={"pebble": 1.0, "brook": 0.0}))} == {"pebble"}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=9), st.integers(1, 300))
def test_every_prefix_is_within_one_topic_of_the_blend(weights: list[int], n: int) -> None:
    blend = {f"v{i}": weight / sum(weights) for i, weight in enumerate(weights)}
    given_: Counter[str] = Counter()
    for k, name in enumerate(turns(blend, n), start=1):
        given_[name] += 1
        for other, share in blend.items():
            assert abs(given_[other] - share * k) < 1.0


def test_balance_of_a_plan() -> None:
    facts = balance(plan(corpus()), FLAT)
    assert facts["topics"] == 120
    assert facts["realised"] == pytest.approx(FLAT)
    assert facts["asked"] == FLAT
    assert facts["shares_p"] == pytest.approx(1.0)
    assert facts["levels_p"] == pytest.approx(1.0)


def test_balance_sees_what_is_off() -> None:
    draws = plan(corpus())
    assert balance(draws, WIDE)["shares_p"] < 1e-6
    lost = [d for d in draws if d.voice != "pebble" or d.level < 4]
    assert balance(lost, FLAT)["levels_p"] < 1e-6
    alone = balance(plan(corpus(blend={"pebble": 1.0})), {"pebble": 1.0})
    assert (alone["shares_p"], alone["levels_p"]) == (None, None)
