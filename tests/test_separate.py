"""The rounds that separate a package: their recipes load, differ in one factor, and are found when done."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from made_rounds import data, keys, row

from greenlight import factors
from greenlight.loading import check, merge
from greenlight.nouns import Round
from greenlight.recipe import Recipe


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


def test_a_larger_corpus_at_the_same_steps_costs_the_same() -> None:
    a, b = (
        row(1, data(train__steps=320)),
        row(2, data(train__steps=320, corpus__size=1000, train__batch=16), {"train_seconds": 90.0}),
    )
    minutes = {s.factor: s.minutes for s in factors.compare(a, b, [a]).separations}
    assert minutes == {"corpus.size": 1.0, "train.batch": 2.0}
    unknown = a.model_copy(update={"seconds": 0.0, "facts": {}})
    assert {s.minutes for s in factors.compare(unknown, b, [a]).separations} == {None}


@pytest.mark.parametrize(
    "changes",
    [
        {
            "corpus__size": 1000,
            "corpus__blend": {"brook": 0.1, "new": 0.9},
            "corpus__voices": {"brook": {}, "new": {"use": "meadow"}},
        },
        {"train__steps": 900, "gates__each__refusal": {}},
        {"model__layout": "classic", "model__width": 256, "tokenizer__use": "char"},
        {
            "corpus__brief__prompt": 'Say\x7f "{topic}"\nand \\ {pattern} in {levels}',
            "gates__each__length__min_chars": 60,
        },
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
    for other in ({"status": "crash"}, {"yardstick": "z"}):
        ledger = [a, row(6, data(), {"code": "beef"}, **other)]
        assert factors.compare(a, b, ledger).separations[1].done_by is None


def test_nothing_is_changed_by_being_compared() -> None:
    a, b = package()
    kept = copy.deepcopy((a.recipe, b.recipe))
    factors.compare(a, b, [a, b])
    assert (a.recipe, b.recipe) == kept
    assert Recipe.model_validate(a.recipe).data() == a.recipe
