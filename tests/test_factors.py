"""Factors, consequences, separations and what can be said in the end, on real recipes with real parts."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from greenlight import effective, factors, stats
from greenlight.nouns import Factor, FactorTable, Round, Score, Verdict
from greenlight.recipe import KeepIf, Recipe, check, merge
from greenlight.verdict import decide

VOICES = ("brook", "lantern", "meadow", "pebble")
FACTS: dict[str, Any] = {
    "parameters": 700_000,
    "vocabulary": 768,
    "epochs": 6.0,
    "steps": 320,
    "characters_seen": 1_300_000,
    "corpus_documents": 500,
    "corpus_characters": 120_000,
    "shares": {"brook": 0.5, "pebble": 0.5},
    "lr_at_kept": 0.0,
    "train_loss": 1.21,
    "precision": "bf16",
    "device": "cpu",
    "threads": 2,
    "code": "c0de",
    "train_seconds": 45.0,
}


def data(**changes: Any) -> dict[str, Any]:
    """An effective recipe; ``corpus__size=1000`` changes a key of a table."""
    written: dict[str, Any] = {
        "corpus": {
            "use": "voices",
            "size": 500,
            "blend": {"brook": 0.5, "pebble": 0.5},
            "voices": {name: {} for name in VOICES},
            "brief": {"topics": [f"topic {i}" for i in range(200)], "pattern": "green light"},
        },
        "gates": {"each": {"length": {"min_chars": 40}}},
        "train": {"epochs": 6},
        "metrics": {"dial": {}},
        "keep_if": {"metric": "dial.slope"},
    }
    for key, value in changes.items():
        table: dict[str, Any] = {}
        inner = table
        *path, last = key.split("__")
        for name in path:
            inner[name] = inner = {}
        inner[last] = value
        written = merge(written, table)
    return check(written, Path()).data()


def row(number: int, recipe: dict[str, Any], facts: dict[str, Any] | None = None, **changes: Any) -> Round:
    made: dict[str, Any] = {
        "number": number,
        "slug": "x",
        "status": "done",
        "seeds": (1, 2, 3),
        "recipe": recipe,
        "recipe_fingerprint": str(number),
        "yardstick": "y",
        "facts": FACTS | (facts or {}),
        "seconds": 60.0,
    }
    return Round.model_validate(made | changes)


def keys(found: tuple[Factor, ...]) -> list[str]:
    return [f.key for f in found]


# ---------------------------------------------------------------- what is a factor


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"corpus__size": 1000}, ["corpus.size"]),
        ({"corpus__blend": {"lantern": 0.2, "brook": 0.3, "pebble": 0.5}}, ["corpus.blend"]),
        ({"corpus__blend": {"brook": 0.5, "pebble": 0.5, "meadow": 0.0}}, []),
        ({"corpus__brief__topics": [f"t {i}" for i in range(240)]}, ["corpus.brief.topics"]),
        ({"gates__each__length__min_chars": 90}, ["gates.each.length.min_chars"]),
        ({"gates__each__length__max_chars": 4000}, []),  # its default, stated
        ({"gates__each__empty": {}}, ["gates.each.empty"]),
        ({"model__mlp_width": 352}, []),  # what 128 wide comes to
        ({"model__mlp_width": 512}, ["model.mlp_width"]),
        ({"model__kv_heads": 4, "model__norm": "rms", "model__bias": False}, []),
        ({"model__layout": "classic"}, ["model.layout"]),
        ({"model__layout": "classic", "model__layers": 4}, ["model.layout", "model.layers"]),
        ({"train__steps": 320}, ["train.steps"]),
        ({"train__epochs": 12}, ["train.epochs"]),
        ({"train__lr": 0.003}, []),
        ({"tokenizer__use": "char"}, ["tokenizer.use"]),
        ({"metrics__bpc": {}}, []),  # touches no model
        ({"metrics__dial__temperature": 0.7}, ["metrics.dial.temperature"]),
        ({"seeds": [4, 5]}, []),
        ({"question": "?", "against": "round:1", "keep_if__by": 0.3}, []),
        ({"predict": {"dial.slope": {"effect": 1, "low": 0, "high": 2}}}, []),
        ({"corpus__blend": {"brook": 1.0}, "train__batch": 16}, ["corpus.blend", "train.batch"]),
    ],
)
def test_written_factors(changes: dict[str, Any], expected: list[str]) -> None:
    assert keys(factors.written(data(), data(**changes))) == expected
    assert len(factors.written(data(**changes), data())) == len(expected)


def test_a_voice_that_only_the_new_blend_uses_is_part_of_the_blend() -> None:
    one = {"corpus__voices": {"brook": {}, "pebble": {}}}
    two = {"corpus__voices": {"brook": {}, "pebble": {}, "slow": {"use": "meadow"}}}
    assert keys(factors.written(data(**one), data(**two))) == []
    both = two | {"corpus__blend": {"brook": 0.5, "slow": 0.5}}
    assert keys(factors.written(data(**one), data(**both))) == ["corpus.blend"]
    swapped = {"corpus__voices": {"brook": {}, "pebble": {"use": "meadow"}}}
    assert keys(factors.written(data(**one), data(**swapped))) == ["corpus.voices.pebble"]


def test_values_are_told_in_short() -> None:
    (topics,) = factors.written(data(), data(corpus__brief__topics=[f"t {i}" for i in range(240)]))
    assert topics.before.startswith("200 topics, sha ")
    assert topics.after.startswith("240 topics, sha ")
    (length,) = factors.written(data(), data(train__steps=320))
    assert (length.before, length.after) == ("6 epochs", "320 steps")
    (width,) = factors.written(data(model__mlp_width=512), data())
    assert (width.before, width.after) == (512, 352)


def test_text_counts_by_its_content() -> None:
    def text(source: str, sha: str) -> dict[str, Any]:
        recipe = data()
        recipe["corpus"] = {"use": "text", "source": source, "source_sha256": sha, "share": 1.0}
        return recipe

    assert factors.written(text("a.txt", "1" * 64), text("b.txt", "1" * 64)) == ()
    assert keys(factors.written(text("a.txt", "1" * 64), text("a.txt", "2" * 64))) == ["corpus.source"]
    assert keys(factors.written(data(), text("a.txt", "1" * 64))) == ["corpus.use"]


# ---------------------------------------------------------------- rounds


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


# ---------------------------------------------------------------- separations


def package(**facts: Any) -> tuple[Round, Round]:
    a = row(1, data())
    return a, row(2, data(corpus__size=1000, corpus__blend={"brook": 0.1, "meadow": 0.9}), facts)


def test_a_package_is_priced_and_its_missing_rounds_are_written() -> None:
    a, b = package(train_seconds=90.0)
    table = factors.compare(a, b, [a, b])
    assert [s.factor for s in table.separations] == ["corpus.size", "corpus.blend"]
    size, blend = table.separations
    assert size.changes == {"corpus": {"size": 1000}}
    assert blend.changes == {"corpus": {"blend": {"brook": 0.1, "meadow": 0.9}}}
    assert (size.minutes, blend.minutes) == (2.0, 1.0)  # twice the corpus at equal epochs; another blend costs the same
    assert blend.sentence == "change corpus.blend alone, all else as in round 1"
    assert (size.done_by, blend.done_by) == (None, None)
    assert factors.compare(a, row(2, data(corpus__size=1000)), [a]).separations == ()


@pytest.mark.parametrize(
    "changes",
    [
        {
            "corpus__size": 1000,
            "corpus__blend": {"brook": 0.1, "new": 0.9},
            "corpus__voices": {"brook": {}, "new": {"use": "meadow"}},
        },
        {"train__steps": 900, "gates__each__refusal": {}},
        {"model__layout": "classic", "model__width": 64, "tokenizer__use": "char"},
        {"corpus__brief__prompt": 'Say "{topic}"\nand \\ {pattern} in {levels}', "gates__each__length__min_chars": 60},
        {"corpus__brief__topics": [f"t {i}" for i in range(150)], "train__keep": "best"},
    ],
)
def test_a_written_separation_is_that_one_factor(changes: dict[str, Any]) -> None:
    """The text of each recipe, loaded over its base, differs from A in its one factor, and its round is then found."""
    a, b = row(1, data()), row(2, data(**changes), {"steps": 900, "epochs": 17.0})
    table = factors.compare(a, b, [a, b])
    assert len(table.separations) == len(table.factors) >= 2
    for place, separation in enumerate(table.separations):
        made = tomllib.loads(factors.separation_toml(separation, 1))
        assert made.pop("base") == "round:1"
        recipe = check(merge(a.recipe, made), Path())
        assert recipe.against == "round:1"
        assert keys(factors.written(a.recipe, recipe.data())) == [separation.factor]
        ledger = [a, b, row(3 + place, recipe.data() | {"seeds": (7, 8)})]
        assert factors.compare(a, b, ledger).separations[place].done_by == 3 + place


def test_what_a_base_cannot_take_back_is_written_whole() -> None:
    a = row(1, data(gates__each__empty={}, train__keep="best", train__patience=3))
    b = row(2, data(corpus__size=1000, train__keep="best"))
    table = factors.compare(a, b, [a, b])
    assert keys(table.factors) == ["corpus.size", "gates.each.empty", "train.patience"]
    for separation in table.separations:
        made = tomllib.loads(factors.separation_toml(separation, 1))
        assert ("base" in made) == (separation.factor == "corpus.size")
        recipe = check(merge(a.recipe, made) if made.pop("base", None) else made, Path())
        assert keys(factors.written(a.recipe, recipe.data())) == [separation.factor]


def test_a_factor_that_cannot_be_changed_alone_has_no_separation() -> None:
    a = row(1, data(corpus__brief__topics=[f"t {i}" for i in range(100)]))
    b = row(2, data(corpus__size=1000))
    table = factors.compare(a, b, [a, b])
    assert keys(table.factors) == ["corpus.size", "corpus.brief.topics"]
    assert [s.factor for s in table.separations] == ["corpus.brief.topics"]  # 1,000 documents need 200 topics


def test_other_code_is_separated_by_running_the_same_recipe_again() -> None:
    a, b = row(1, data()), row(2, data(corpus__size=1000), {"code": "beef"})
    again = row(3, data(), {"code": "beef"})
    size_then, size_now = row(4, data(corpus__size=1000)), row(5, data(corpus__size=1000), {"code": "beef"})
    table = factors.compare(a, b, [a, b, again, size_now])
    assert [s.done_by for s in table.separations] == [None, 3]  # round 5 has other code than round 1 as well
    assert table.separations[1].changes == {}
    assert factors.compare(a, b, [a, b, again, size_then]).separations[0].done_by == 4
    assert factors.compare(a, b, [a, row(6, data(), {"code": "beef"}, status="crash")]).separations[1].done_by is None


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
    (said,) = factors.takeaway(rounds)
    assert said.startswith("Round 2 changed corpus.size and corpus.blend at once: dial.slope +")
    assert (
        "It cannot be said what did it: no round that can be compared changes corpus.size or corpus.blend alone."
        in said
    )
    assert "because" not in said


def test_takeaway_of_two_parts_that_add_up() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(**SIZE), 1.0)
    (said,) = factors.takeaway(rounds)
    arms = [rounds[i].scores["dial.slope"].values for i in (0, 3, 2, 1)]
    expected = stats.contrast(arms, [1, -1, -1, 1]).interval
    assert "corpus.blend alone (round 3) +" in said
    assert "corpus.size alone (round 4) " in said
    assert (
        f"Package minus parts is {expected.value:+.3g} [{expected.low:+.3g}, {expected.high:+.3g}]: no interaction"
        in said
    )
    assert "On its own, corpus.blend raised dial.slope." in said
    assert "For corpus.size alone it cannot be said" in said


def test_takeaway_of_an_interaction() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 4.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(**SIZE), 1.0)
    (said,) = factors.takeaway(rounds)
    assert "The two do not add up: their interaction is +2" in said


def test_takeaway_of_half_a_separation_and_of_single_factors() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(train__epochs=12), 3.0)
    package_said, single = factors.takeaway(rounds)
    assert "changes corpus.size alone" in package_said
    assert "On its own, corpus.blend raised dial.slope." in package_said
    assert single.startswith("Round 4 against round 1: dial.slope rose by ")
    assert single.endswith("because of train.epochs.")


def test_takeaway_without_scores_that_can_be_compared() -> None:
    rounds = judged(judged([], 1, data(), 1.0), 2, data(**BLEND, **SIZE), 2.0)
    rounds = judged(judged(rounds, 3, data(**BLEND), 2.0), 4, data(**SIZE), 1.0)
    other = rounds[3].scores["dial.slope"].model_copy(update={"settings": {"temperature": 0.1}})
    rounds[3] = rounds[3].model_copy(update={"scores": {"dial.slope": other}, "verdict": None})
    (said,) = factors.takeaway(rounds)
    assert "no round that can be compared changes corpus.size alone" in said
    assert factors.takeaway([]) == []


def test_nothing_is_changed_by_being_compared() -> None:
    a, b = package()
    kept = copy.deepcopy((a.recipe, b.recipe))
    factors.compare(a, b, [a, b])
    assert (a.recipe, b.recipe) == kept
    assert Recipe.model_validate(a.recipe).data() == a.recipe


def test_flat_keys_cover_the_recipe() -> None:
    found = effective.flat(data())
    assert {"corpus.blend", "corpus.brief.topics", "gates.each.length", "train.lr", "model.width"} <= found.keys()
    assert found["gates.each.length"]["max_chars"] == 4000


def test_a_table_without_factors_is_named_so() -> None:
    assert FactorTable().name == "no factor"
    verdict = Verdict(outcome="invalid", metric="m", unit="u", better="lower", against=1, sentence="s")
    assert not verdict.factors.causal
