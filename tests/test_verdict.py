"""All five outcomes, and the words that go with them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from greenlight import stats
from greenlight.nouns import Factor, FactorTable, Score
from greenlight.recipe import KeepIf
from greenlight.verdict import Beside, decide

BLEND = Factor(key="corpus.blend", before={"a": 1.0}, after={"b": 1.0})
SIZE = Factor(key="corpus.size", before=500, after=1000)
ONE, TWO = FactorTable(factors=(BLEND,)), FactorTable(factors=(BLEND, SIZE))
SLOPE = KeepIf(metric="dial.slope", by=0.0)


def score(mean: float, k: int = 3, seed: int = 0, spread: float = 0.1, **changes: Any) -> Score:
    rng = np.random.default_rng(seed)
    values = mean + spread * rng.normal(size=(k, 1)) + 0.2 * rng.normal(size=(k, 40))
    data: dict[str, Any] = {
        "metric": "dial.slope",
        "unit": "mentions per level",
        "better": "higher",
        "seeds": tuple(range(1, k + 1)),
        "blocks": tuple(f"topic {i}" for i in range(40)),
        "values": tuple(map(tuple, values.tolist())),
        "weights": (1.0,) * 40,
        "yardstick": "y" * 64,
        "settings": {"temperature": 1.0, "precision": "bf16"},
    }
    return Score.model_validate(data | changes)


def test_better_names_the_single_cause_with_its_numbers() -> None:
    a, b = score(0.5, seed=1), score(1.5, seed=2)
    verdict = decide(b, a, SLOPE, ONE, 1)
    found = stats.crossed(a.values, b.values)
    assert verdict.outcome == "better"
    assert verdict.difference == found.interval
    assert verdict.per_seed == (a.per_seed, b.per_seed)
    assert (verdict.seeds, verdict.blocks, verdict.pooled) == ((3, 3), 40, False)
    assert verdict.sentence.startswith(
        f"dial.slope rose by {found.interval.value:.3f} mentions per level (95 % interval "
    )
    assert f"; 3 against 3 seeds, 40 blocks, {found.interval.df:.1f} df)" in verdict.sentence
    assert verdict.sentence.endswith(" because of corpus.blend.")
    assert verdict.missing == ""
    assert (verdict.margin, verdict.margin_from) == (0.0, "keep_if.by")


def test_a_package_gets_no_causal_word() -> None:
    verdict = decide(score(1.5, seed=2), score(0.5, seed=1), SLOPE, TWO, 1)
    assert verdict.outcome == "better"
    assert "because" not in verdict.sentence
    assert verdict.sentence.endswith("as a package of 2 (corpus.blend, corpus.size): no single cause can be named.")


def test_worse_and_the_direction_of_the_metric() -> None:
    fell = decide(score(0.5, seed=2), score(1.5, seed=1), SLOPE, ONE, 4)
    assert fell.outcome == "worse"
    assert " fell by " in fell.sentence
    assert "-" not in fell.sentence.split("(")[1].split(";")[0]  # "fell by" carries the sign
    lower = {"better": "lower", "unit": "bits per character"}
    assert decide(score(0.5, seed=2, **lower), score(1.5, seed=1, **lower), SLOPE, ONE, 4).outcome == "better"
    assert decide(score(1.5, seed=2, **lower), score(0.5, seed=1, **lower), SLOPE, ONE, 4).outcome == "worse"


def test_the_interval_must_lie_beyond_the_margin() -> None:
    a, b = score(0.5, seed=1), score(1.5, seed=2)
    low = stats.crossed(a.values, b.values).interval.low
    inside = KeepIf(metric="dial.slope", by=low - 0.01)
    assert decide(b, a, inside, ONE, 1).outcome == "better"
    assert f"by more than the margin of {inside.by:.3g}, because of" in decide(b, a, inside, ONE, 1).sentence
    assert decide(b, a, KeepIf(metric="dial.slope", by=low + 0.01), ONE, 1).outcome == "undecided"
    assert decide(a, b, KeepIf(metric="dial.slope", by=low + 0.01), ONE, 1).outcome == "undecided"


def test_equivalent_only_when_all_of_the_interval_is_inside() -> None:
    a, b = score(1.0, k=8, seed=1), score(1.02, k=8, seed=2)
    found = stats.crossed(a.values, b.values).interval
    widest = max(-found.low, found.high)
    verdict = decide(b, a, KeepIf(metric="dial.slope", by=widest + 0.01), ONE, 1)
    assert verdict.outcome == "equivalent"
    assert "because" not in verdict.sentence
    assert "equivalent" in verdict.sentence
    assert decide(b, a, KeepIf(metric="dial.slope", by=widest - 0.01), ONE, 1).outcome == "undecided"
    assert decide(b, a, SLOPE, ONE, 1).outcome == "undecided"  # nothing is equivalent at no margin


def test_undecided_says_what_would_decide_and_what_it_costs() -> None:
    a, b = score(1.0, seed=1, spread=0.3), score(1.3, seed=5, spread=0.3)
    verdict = decide(b, a, SLOPE, ONE, 1, Beside(minutes_per_seed=2.0))
    assert verdict.outcome == "undecided"
    assert "because" not in verdict.sentence
    words = verdict.missing.split(": ")[1]
    wanted = int(words.split(" seeds in each round")[0])
    assert wanted > 3
    assert f"({wanted - 3} more for this one, {wanted - 3} more for round 1)" in words
    cost = (wanted - 3) * 2 * 2.0
    assert (f"about {cost:.0f} minutes here" if cost < 120 else f"about {cost / 60:.1f} hours here") in words
    assert "is seen in 4 of 5 cases" in verdict.missing
    assert "minutes" not in decide(b, a, SLOPE, ONE, 1).missing


@pytest.mark.parametrize(("ka", "kb"), [(2, 3), (3, 2), (2, 2), (1, 3), (1, 1)])
def test_under_three_seeds_nothing_is_decided(ka: int, kb: int) -> None:
    verdict = decide(score(90.0, k=kb, seed=2), score(0.0, k=ka, seed=1), SLOPE, ONE, 7, Beside(minutes_per_seed=5.0))
    assert verdict.outcome == "undecided"
    assert "3 seeds in each round" in verdict.missing
    assert f"about {5 * (max(0, 3 - ka) + max(0, 3 - kb))} minutes here" in verdict.missing
    assert (verdict.difference is None) == (ka + kb == 2)
    if verdict.difference is not None and verdict.difference.low > verdict.margin:
        assert f"but {min(ka, kb)} seeds are too few to say so" in verdict.sentence
    assert "not surely more" not in verdict.sentence
    assert (f"{3 - ka} more for round 7" in verdict.missing) == (ka < 3)


def test_seeds_without_any_spread_decide_nothing() -> None:
    flat_a = score(0, values=((1.0,) * 40,) * 3)
    flat_b = score(0, values=((2.0,) * 40,) * 3)
    verdict = decide(flat_b, flat_a, SLOPE, ONE, 1)
    assert verdict.outcome == "undecided"
    assert "exactly the same value" in verdict.missing
    assert "show no noise" in verdict.sentence


def test_the_default_margin_is_the_sd_of_one_seed_pooled_over_rounds() -> None:
    a, b = score(0.5, seed=1), score(1.5, seed=2)
    earlier = [score(0.9, seed=3), score(1.1, seed=4), score(1.1, seed=4)]  # the last is the same set of models
    unset = KeepIf(metric="dial.slope")
    alone = decide(b, a, unset, ONE, 1)
    own = stats.noise_floor([a.per_seed, b.per_seed])
    assert own is not None
    assert (alone.margin, alone.noise_floor, alone.noise_df) == (own.sd, own.sd, 4)
    assert alone.margin_from == "the noise floor: the sd of one seed, with 4 df over 2 rounds"
    verdict = decide(b, a, unset, ONE, 1, Beside(history=[*earlier, a, b]))
    pooled = stats.noise_floor([s.per_seed for s in (a, b, *earlier[:2])])
    assert pooled is not None
    assert verdict.pooled
    assert verdict.noise_df == 8
    assert verdict.margin == pytest.approx(pooled.sd)
    assert verdict.seed_sd == own.sd
    assert "seed variance pooled" in verdict.sentence


def test_history_that_was_measured_otherwise_or_spreads_otherwise_is_left_out() -> None:
    a, b = score(0.5, seed=1), score(1.5, seed=2)
    others = [
        score(1, seed=3, settings={"temperature": 0.5}),
        score(1, seed=4, yardstick="z" * 64),
        score(1, seed=5, invalid="truncated"),
        score(1, seed=6, metric="dial.rate"),
        score(1, seed=7, k=1),
    ]
    assert not decide(b, a, SLOPE, ONE, 1, Beside(history=others)).pooled
    wild = [score(1, seed=8, spread=20.0), score(1, seed=9, spread=30.0)]
    verdict = decide(b, a, SLOPE, ONE, 1, Beside(history=wild))
    assert (verdict.pooled, verdict.noise_df) == (False, 4)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"yardstick": "z" * 64}, "the yardstick differs (zzzzzzzz here, yyyyyyyy in round 3)"),
        ({"settings": {"temperature": 0.8, "precision": "bf16"}}, "temperature is 0.8 here and 1.0 in round 3"),
        ({"settings": {"temperature": 1.0}}, "precision is None here and bf16 in round 3"),
        ({"invalid": "9 of 200 documents did not end"}, "this round's score is invalid: 9 of 200 documents"),
        ({"values": ((math.nan,) * 40,) * 3}, "not a finite number"),
        ({"unit": "mentions"}, "the unit differs"),
        ({"weights": (2.0,) * 40}, "other weights here than in round"),
        ({"metric": "bpc"}, "the metric differs"),
    ],
)
def test_invalid_names_what_differs(changes: dict[str, Any], reason: str) -> None:
    verdict = decide(score(1.5, seed=2, **changes), score(0.5, seed=1), SLOPE, ONE, 3)
    assert verdict.outcome == "invalid"
    assert reason in verdict.sentence
    assert verdict.difference is None
    assert verdict.per_seed == ((), ())
    assert "because" not in verdict.sentence


def test_invalid_without_a_control_a_factor_or_the_metric() -> None:
    a, b = score(0.5, seed=1), score(1.5, seed=2)
    assert "only" in decide(b, a, SLOPE, FactorTable(seed_only=True), 3).sentence.replace("nothing but", "only")
    assert "no factor differs" in decide(b, a, SLOPE, FactorTable(), 3).sentence
    assert "round 3 has no score of it" in decide(b, None, SLOPE, ONE, 3).sentence
    assert "keep_if asks for bpc" in decide(b, a, KeepIf(metric="bpc"), ONE, 3).sentence
    broken = decide(b, score(0.5, invalid="its context was too short"), SLOPE, ONE, 3)
    assert "round 3's score is invalid: its context was too short" in broken.sentence
    for verdict in (decide(b, a, SLOPE, FactorTable(seed_only=True), 3), decide(b, None, SLOPE, ONE, 3), broken):
        assert verdict.outcome == "invalid"


def test_null_rounds_are_rarely_decided() -> None:
    decided = [
        decide(score(1.0, seed=2 * i), score(1.0, seed=2 * i + 1), SLOPE, ONE, 1).outcome != "undecided"
        for i in range(300)
    ]
    assert 0.01 <= np.mean(decided) <= 0.09  # a method that never decides fails as well


# ---------------------------------------------------------------- looks


def spread(mean: float, metric: str = "dial.slope", k: int = 3, seed: int = 0, **changes: Any) -> Score:
    return score(mean, k=k, seed=seed, **changes).model_copy(update={"metric": metric})


def test_a_plan_that_is_carried_out_at_once_keeps_its_five_percent() -> None:
    verdict = decide(score(1.5, seed=2), score(0.5, seed=1), SLOPE, ONE, 1, Beside(planned=3))
    assert (verdict.alpha, verdict.spent, verdict.looks, verdict.planned) == (0.05, 0.05, 1, 3)
    assert verdict.difference is not None
    assert verdict.difference.level == 0.95
    assert "(95 % interval" in verdict.sentence


def test_a_look_before_the_end_widens_the_interval_and_leaves_less_for_the_last() -> None:
    a = score(0.5, seed=1)
    history = [score(1.0, seed=10 + i) for i in range(3)]
    early = decide(score(1.5, k=2, seed=2), a, SLOPE, ONE, 1, Beside(history=history, planned=3, earlier=(1,)))
    last = decide(score(1.5, k=3, seed=2), a, SLOPE, ONE, 1, Beside(history=history, planned=3, earlier=(1, 2)))
    assert early.difference is not None
    assert early.alpha == pytest.approx(0.008)
    assert early.difference.level == pytest.approx(0.992)
    assert "(99.2 % interval" in early.sentence
    assert (last.looks, last.alpha, last.spent) == (3, pytest.approx(0.04), pytest.approx(0.05))


def test_two_seeds_decide_only_with_four_pooled_degrees_of_freedom_and_one_never() -> None:
    a, b = score(0.5, seed=1), score(9.0, k=2, seed=2)
    assert decide(b, a, SLOPE, ONE, 1, Beside(planned=3)).outcome == "undecided"
    one = [score(1.0, seed=30)]
    two = [*one, score(1.0, seed=31)]
    assert decide(b, a, SLOPE, ONE, 1, Beside(history=one, planned=3)).outcome == "undecided"
    pooled = decide(b, a, SLOPE, ONE, 1, Beside(history=two, planned=3))
    assert pooled.pooled
    assert (pooled.outcome, pooled.alpha) == ("better", pytest.approx(0.01))
    one_seed = decide(score(9.0, k=1, seed=2), a, SLOPE, ONE, 1, Beside(history=two, planned=3))
    assert (one_seed.outcome, one_seed.alpha) == ("undecided", pytest.approx(0.002))


def test_going_on_past_the_plan_has_an_alpha_of_its_own() -> None:
    verdict = decide(score(1.5, k=4, seed=2), score(0.5, seed=1), SLOPE, ONE, 1, Beside(planned=3, earlier=(3,)))
    assert (verdict.alpha, verdict.spent) == (0.01, pytest.approx(0.06))


# ---------------------------------------------------------------- guards and cautions


def pair(before: float, after: float, better: str = "lower", metric: str = "sense.unknown_words") -> dict[str, Any]:
    kinds = [spread(m, metric, seed=i, better=better) for m, i in ((before, 5), (after, 6))]
    return {metric: tuple(kinds)}


def test_a_model_whose_sense_is_worse_is_never_plainly_better() -> None:
    b, a = score(1.5, seed=2), score(0.5, seed=1)
    assert decide(b, a, SLOPE, ONE, 1, Beside(guards=pair(0.0, 0.0))).outcome == "better"
    worse = decide(b, a, SLOPE, ONE, 1, Beside(guards=pair(0.0, 3.0)))
    assert worse.outcome == "undecided"
    assert "No green light for it: sense.unknown_words got worse (+3" in worse.sentence
    assert worse.missing.startswith("It is a trade")
    assert [g.state for g in worse.guards] == ["broken"]
    assert decide(b, a, SLOPE, ONE, 1, Beside(guards=pair(3.0, 0.0))).outcome == "better"
    recall = pair(3.0, 0.0, "higher", "sense.topic_recall")
    assert decide(b, a, SLOPE, ONE, 1, Beside(guards=recall)).outcome == "undecided"


def test_a_broken_guard_changes_nothing_where_the_dial_is_not_better() -> None:
    b, a = score(0.5, seed=2), score(1.5, seed=1)
    verdict = decide(b, a, SLOPE, ONE, 1, Beside(guards=pair(0.0, 3.0)))
    assert verdict.outcome == "worse"
    assert verdict.guards[0].state == "broken"


def test_a_named_guard_must_be_shown_to_hold() -> None:
    b, a = score(1.5, seed=2), score(0.5, seed=1)
    bpc = pair(2.0, 2.0, "lower", "bpc")
    interval = decide(b, a, SLOPE, ONE, 1, Beside(guards=bpc)).guards[0].difference
    tight, loose = (KeepIf(metric="dial.slope", by=0.0, guards={"bpc": interval.high + d}) for d in (-0.01, 0.01))
    unclear = decide(b, a, tight, ONE, 1, Beside(guards=bpc))
    assert (unclear.outcome, unclear.guards[0].state) == ("undecided", "unclear")
    assert "is not shown to be worse by less than" in unclear.sentence
    assert "More seeds would show" in unclear.missing
    assert decide(b, a, loose, ONE, 1, Beside(guards=bpc)).outcome == "better"


def test_a_guard_that_was_not_measured_is_said_and_one_that_cannot_be_compared_too() -> None:
    b, a = score(1.5, seed=2), score(0.5, seed=1)
    named = KeepIf(metric="dial.slope", by=0.0, guards={"bpc": 0.1})
    missing = decide(b, a, named, ONE, 1, Beside(cautions=("first",)))
    assert missing.cautions == ("first", "bpc is not guarded: it was not measured in both rounds")
    assert missing.outcome == "undecided", "what must be shown and was not measured is not shown"
    assert "No green light for it: the guard bpc could not be measured." in missing.sentence
    assert "measure it in both rounds" in missing.missing
    before, after = pair(0.0, 0.0)["sense.unknown_words"]
    other = {"sense.unknown_words": (before, after.model_copy(update={"settings": {"temperature": 0.5}}))}
    assert "measuring settings differ" in decide(b, a, SLOPE, ONE, 1, Beside(guards=other)).cautions[0]


def test_seeds_that_agree_to_the_last_bit_do_not_break_a_guard() -> None:
    """Two looping documents of 240 in every seed, and then three: no noise was measured, which is not no noise."""
    rows = {
        n: tuple(tuple(float(i in {(s + 7 * j) % 48 for j in range(n)}) / 5 for i in range(48)) for s in range(3))
        for n in (2, 3)
    }
    one, two = (
        spread(0.0, "sense.loops", better="lower").model_copy(
            update={"values": rows[n], "blocks": tuple(map(str, range(48))), "weights": (1.0,) * 48}
        )
        for n in (2, 3)
    )
    assert len(set(one.per_seed)) == len(set(two.per_seed)) == 1
    verdict = decide(score(1.5, seed=2), score(0.5, seed=1), SLOPE, ONE, 1, Beside(guards={"sense.loops": (one, two)}))
    assert verdict.outcome == "better"
    assert verdict.guards[0].state == "kept"
    assert verdict.guards[0].difference.low < 0 < verdict.guards[0].difference.high
