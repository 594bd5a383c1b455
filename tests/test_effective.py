"""What is a factor between two effective recipes, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from made_rounds import data, keys

from greenlight import effective, factors


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
        ({"model__kv_heads": 2}, ["model.kv_heads"]),
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


def test_flat_keys_cover_the_recipe() -> None:
    found = effective.flat(data())
    assert {"corpus.blend", "corpus.brief.topics", "gates.each.length", "train.lr", "model.width"} <= found.keys()
    assert found["gates.each.length"]["max_chars"] == 4000
