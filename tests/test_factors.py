"""Factors, consequences, and what can be said in the end, on real recipes with real parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_rounds import data, keys, row

from greenlight import factors, stats
from greenlight.nouns import FactorTable, Round, Score, Verdict
from greenlight.recipe import KeepIf
from greenlight.verdict import decide


def test_seeds_alone_are_no_factor() -> None:
    table = factors.compare(row(1, data()), row(2, data(seeds=[4, 5, 6])), [])
    assert table.seed_only
    assert (table.factors, table.causal) == ((), False)
    assert factors.compare(row(1, data()), row(2, data()), []).seed_only


def test_consequences_follow_from_the_factor_that_moves_them() -> None:
    after = row(
        2,
        data(corpus__size=1000, tokenizer__vocab=512),
        {
            "corpus_documents": 1000,
            "corpus_characters": 240_000,
            "vocabulary": 512,
            "parameters": 650_000,
            "steps": 640,
            "epochs": 6.01,
            "train_loss": 0.9,
            "threads": 1,
            "shares": {"brook": 0.51, "pebble": 0.49},
        },
    )
    table = factors.compare(row(1, data()), after, [])
    assert keys(table.factors) == ["corpus.size", "tokenizer.vocab"]
    follows = {f.key: f.follows_from for f in table.consequences}
    assert follows == {
        "corpus_documents": "corpus.size",
        "corpus_characters": "corpus.size",
        "parameters": "tokenizer.vocab",
        "steps": "corpus.size, tokenizer.vocab",
        "threads": "the machine",
        "vocabulary": "corpus.size, tokenizer.vocab",
    }


def test_a_fact_without_a_rule_follows_from_the_only_factor_or_from_the_package() -> None:
    odd = {"rope_scale": 2}
    one = factors.compare(row(1, data(), {"rope_scale": 1}), row(2, data(train__lr=0.01), odd), [])
    assert [f.follows_from for f in one.consequences] == ["train.lr"]
    two = factors.compare(row(1, data(), {"rope_scale": 1}), row(2, data(train__lr=0.01, train__clip=2.0), odd), [])
    assert [f.follows_from for f in two.consequences] == ["the package"]


def test_realised_shares_and_resolved_sizes_are_consequences() -> None:
    after = row(2, data(corpus__blend={"brook": 0.1, "meadow": 0.9}), {"shares": {"brook": 0.1, "meadow": 0.9}})
    follows = {
        f.key: (f.before, f.after, f.follows_from) for f in factors.compare(row(1, data()), after, []).consequences
    }
    assert follows["shares.brook"] == (0.5, 0.1, "corpus.blend")
    assert follows["shares.meadow"] == (0.0, 0.9, "corpus.blend")
    assert follows["shares.pebble"] == (0.5, 0.0, "corpus.blend")
    classic = factors.compare(row(1, data()), row(2, data(model__layout="classic")), [])
    assert classic.causal
    assert {"model.norm", "model.position", "model.mlp_width"} <= {f.key for f in classic.consequences}
    assert {f.follows_from for f in classic.consequences} == {"model.layout"}


@pytest.mark.parametrize(("key", "value"), [("code", "beef"), ("precision", "fp32"), ("device", "cuda")])
def test_other_code_precision_or_device_is_a_factor(key: str, value: str) -> None:
    alone = factors.compare(row(1, data()), row(2, data(), {key: value}), [])
    assert keys(alone.factors) == [key]
    assert not alone.seed_only
    package = factors.compare(row(1, data()), row(2, data(corpus__size=1000), {key: value}), [])
    assert keys(package.factors) == ["corpus.size", key]
    assert not package.causal


def test_auto_and_what_it_came_to_are_the_same() -> None:
    assert factors.compare(row(1, data()), row(2, data(train__precision="bf16")), []).seed_only
    told = factors.compare(row(1, data()), row(2, data(train__precision="fp32"), {"precision": "fp32"}), [])
    assert keys(told.factors) == ["train.precision"]
    assert factors.compare(row(1, data()), row(2, data(train__steps=320)), []).seed_only  # 6 epochs were 320 steps
    longer = row(2, data(train__steps=640), {"steps": 640, "epochs": 12.0})
    table = factors.compare(row(1, data()), longer, [])
    assert keys(table.factors) == ["train.steps"]
    assert [(f.key, f.follows_from) for f in table.consequences] == [("epochs", "train.steps")]


def test_lists_of_facts_are_compared_place_by_place() -> None:
    before, after = row(1, data(), {"rates": [0.1, 0.2]}), row(2, data(train__lr=0.01), {"rates": [0.1, 0.3, 0.5]})
    assert keys(factors.compare(before, after, []).consequences) == ["rates.1"]


def test_poolable_keeps_rounds_of_the_same_size() -> None:
    near, far = (
        row(1, data(), scores={"m": score(0)}),
        row(2, data(), {"parameters": 2_000_000}, scores={"m": score(1)}),
    )
    crashed = row(3, data(), status="crash", scores={"m": score(2)})
    assert factors.poolable([near, far, crashed, row(5, data())], row(4, data()), "m") == [near.scores["m"]]


# ---------------------------------------------------------------- what can be said in the end


def score(mean: float, seed: int = 0, k: int = 3) -> Score:
    rng = np.random.default_rng(seed)
    values = mean + 0.05 * rng.normal(size=(k, 1)) + 0.1 * rng.normal(size=(k, 40))
    return Score(
        metric="dial.slope",
        unit="mentions per level",
        better="higher",
        seeds=tuple(range(k)),
        blocks=tuple(map(str, range(40))),
        values=tuple(map(tuple, values.tolist())),
        weights=(1.0,) * 40,
        yardstick="y",
        settings={},
    )


def judged(rounds: list[Round], number: int, recipe: dict[str, Any], mean: float) -> list[Round]:
    """The ledger with one more round, measured at ``mean`` and judged against round 1."""
    new = row(number, recipe, scores={"dial.slope": score(mean, seed=number)})
    if rounds:
        table = factors.compare(rounds[0], new, rounds)
        verdict = decide(
            new.scores["dial.slope"], rounds[0].scores["dial.slope"], KeepIf(metric="dial.slope", by=0.0), table, 1
        )
        new = new.model_copy(update={"verdict": verdict})
    return [*rounds, new]


BLEND = {"corpus__blend": {"brook": 0.1, "meadow": 0.9}}
SIZE = {"corpus__size": 1000}


def test_takeaway_of_a_package_that_nothing_separates() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    package, missing = factors.takeaway(rounds)
    assert package.startswith("Round 2 changed corpus.size and corpus.blend at once, for +")
    assert "alone" not in package
    assert missing == (
        "It cannot be said what did it: no round that can be compared changes corpus.size or corpus.blend alone."
    )
    assert "because" not in package + missing


def test_takeaway_of_two_parts_that_add_up() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(**SIZE), 1.0)
    package, together = factors.takeaway(rounds)
    arms = [rounds[i].scores["dial.slope"].values for i in (0, 3, 2, 1)]
    expected = stats.contrast(arms, [1, -1, -1, 1]).interval
    assert "corpus.blend alone is worth +" in package
    assert "(round 3: better)" in package
    assert f"(round 4: {rounds[3].verdict.outcome})" in package  # type: ignore[union-attr]
    assert together.startswith(
        f"The package minus its two parts is {expected.value:+.3g} [{expected.low:+.3g}, {expected.high:+.3g}]: no"
    )


def test_takeaway_of_an_interaction() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 4.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(**SIZE), 1.0)
    _, together = factors.takeaway(rounds)
    assert "The two do not add up: their interaction is +2" in together


def test_takeaway_of_half_a_separation_and_of_single_factors() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(train__epochs=12), 3.0)
    package, missing, single = factors.takeaway(rounds)
    assert "corpus.blend alone is worth" in package
    assert "changes corpus.size alone" in missing
    assert single.startswith("Round 4 against round 1: dial.slope rose by ")
    assert single.endswith("because of train.epochs.")


def test_takeaway_without_scores_that_can_be_compared() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(**SIZE), 1.0)
    other = rounds[3].scores["dial.slope"].model_copy(update={"settings": {"temperature": 0.1}})
    rounds[3] = rounds[3].model_copy(update={"scores": {"dial.slope": other}, "verdict": None})
    _, missing = factors.takeaway(rounds)
    assert "no round that can be compared changes corpus.size alone" in missing
    assert factors.takeaway([]) == []


def test_a_table_without_factors_is_named_so() -> None:
    assert FactorTable().name == "no factor"
    verdict = Verdict(outcome="invalid", metric="m", unit="u", better="lower", against=1, sentence="s")
    assert not verdict.factors.causal
