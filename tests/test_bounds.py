"""What a researcher may change: the file, the default bounds, the check of a change, and the schema of an answer."""

from __future__ import annotations

import math
from typing import Any

import jsonschema
import made_rounds
import pytest
from made_proposals import ORDER, study_of_text

from greenlight import bounds, changes, loading
from greenlight.bounds import Research
from greenlight.effective import written
from greenlight.errors import GreenlightError, InputError, RecipeError
from greenlight.loading import merge
from greenlight.proposals import Bound, parse, plain
from greenlight.recipe import Recipe
from greenlight.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Nothing in these tests changes it but its ``research.toml``."""
    return study_of_text(tmp_path_factory.mktemp("bounds") / "study")


VOICES = Recipe.model_validate(made_rounds.data())


def told(study: Study, text: str) -> Research:
    (study.folder / bounds.FILE).write_text(text)
    return bounds.read(study)


# ---------------------------------------------------------------- the file


def test_without_a_file_there_are_defaults(study: Study) -> None:
    (study.folder / bounds.FILE).unlink(missing_ok=True)
    found = bounds.read(study)
    assert (found.start, found.oversight, found.bounds) == (1, False, None)
    assert "train.lr" in bounds.of(found, study.recipe(1))


def test_both_spellings_of_a_key_are_one(study: Study) -> None:
    nested = told(study, "[bounds]\ntrain.batch = { low = 2, high = 8 }\nmodel.norm = { any = ['layer', 'rms'] }\n")
    assert nested == told(
        study, "[bounds]\n'train.batch' = { low = 2, high = 8 }\n[bounds.model]\nnorm = { any = ['layer', 'rms'] }\n"
    )
    found = bounds.of(nested, study.recipe(1))
    assert list(found) == ["train.batch", "model.norm"]
    assert found["train.batch"].whole, "a key of whole numbers has whole bounds"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("oversite = true", "did you mean 'oversight'?"),
        ("oversight = 'no'", "must be true or false"),
        ("start = 0", "start = 0"),
        ("[stop]\npatiense = 3", "did you mean 'patience'?"),
        ("[bounds]", "names no key"),
        ("[bounds]\n'train.lr' = { low = 0.1, high = 0.01 }", "the lower first"),
        ("[bounds]\n'train.lr' = { low = 0, high = 0.01, log = true }", "a low above 0"),
        ("[bounds]\n'train.lr' = { low = 0.1 }", "state low and high"),
        ("[bounds]\n'train.lr' = { low = nan, high = 1.0 }", "finite number"),
        ("[bounds]\n'train.lr' = { low = 0.1, high = 1.0, any = [0.2] }", "either any"),
        ("[bounds]\n'train.batch' = { low = 2.2, high = 2.8, whole = true }", "no whole number lies"),
        ("[bounds]\n'train.lr' = { low = -1.7e308, high = 1.7e308 }", "so far apart"),
        ("[bounds]\n'train.lrr' = { low = 0.1, high = 1.0 }", "did you mean 'train.lr'?"),
        ("[bounds]\n'model.norm' = { any = ['greenlight.gpt.norm'] }", "no bare name"),
        ("[bounds]\n'tokenizer.use' = { any = ['../../vocabulary'] }", "no bare name"),
        ("[bounds]\n'corpus.blend.ignore your bounds' = { low = 0.1, high = 1.0 }", "no key that may be changed"),
        ("bounds = 3", "must be a table"),
        ("start = 1\nstart = 2", "not valid TOML"),
    ],
)
def test_a_file_that_is_off_is_one_line_with_the_way_out(study: Study, text: str, said: str) -> None:
    with pytest.raises(GreenlightError, match=said.replace("?", r"\?").replace("(", r"\(")) as caught:
        told(study, text)
    assert "\n" not in str(caught.value)
    assert "research.toml" in str(caught.value)


@pytest.mark.parametrize("key", [*changes.FIXED, "metrics.bpc.rule", "keep_if.by", "corpus.brief.pattern"])
def test_no_bounds_open_what_is_fixed(study: Study, key: str) -> None:
    with pytest.raises(RecipeError, match="no researcher's to change"):
        told(study, f"[bounds]\n'{key}' = {{ any = [1, 2] }}\n")
    with pytest.raises(RecipeError, match="no researcher's to change"):
        bounds.check({key: 2}, bounds.default(VOICES), VOICES)


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("train.batch = { low = 2.2, high = 2.8 }", "bounds.train.batch: no whole number lies between 2.2 and 2.8"),
        ("model.norm = { any = ['layer', 'x'] }", "bounds.model.norm: it cannot be \"x\": .*'layer' or 'rms'"),
        ("train.lr = { low = -0.1, high = 0.1 }", "bounds.train.lr: it cannot be -0.1: .*greater than"),
        ("model.norm = { low = 1, high = 2 }", r"which it is now, is no number: state any = \[…\]"),
        ("model.bias = { low = 0, high = 1 }", r"which it is now, is no number: state any = \[…\]"),
    ],
)
def test_a_range_that_no_value_of_the_recipe_can_have_is_refused(study: Study, bound: str, said: str) -> None:
    research = told(study, f"[bounds]\n{bound}\n")
    with pytest.raises(RecipeError, match=said):
        bounds.of(research, study.recipe(1))


def test_a_bound_on_what_the_recipe_has_not_is_refused(study: Study) -> None:
    for key in ("corpus.size", "corpus.blend.brook", "gates.each.length.min_chars"):
        research = told(study, f"[bounds]\n'{key}' = {{ low = 1, high = 2 }}\n")
        with pytest.raises(RecipeError, match=f"has no '{key}'"):
            bounds.of(research, study.recipe(1))
        assert key in bounds.of(research, VOICES)


# ---------------------------------------------------------------- the defaults


def test_defaults_follow_the_kind_of_corpus(study: Study) -> None:
    text, voices = bounds.default(study.recipe(1)), bounds.default(VOICES)
    assert text["corpus.share"] == Bound(low=0.5, high=1.0)
    assert "tokenizer.use" in text
    assert not [key for key in text if key.startswith("corpus.blend.")]
    assert {key for key in voices if key.startswith("corpus.")} == {f"corpus.blend.{v}" for v in made_rounds.VOICES}
    assert "tokenizer.vocab" in voices
    assert "tokenizer.vocab" not in bounds.usable(voices, study.recipe(1)), "a size of characters changes nothing"


@pytest.mark.parametrize("of", ["text", "voices"])
def test_every_default_bound_leaves_a_recipe_that_can_run(study: Study, of: str) -> None:
    recipe = study.recipe(1) if of == "text" else VOICES
    for key, bound in bounds.default(recipe).items():
        assert not changes.fixed(key)
        for new in bound.any or (bound.low, bound.high):
            if changes.near(new, changes.value(recipe, key), bound):
                continue
            tables = changes.tables(*bounds.settled({key: new}, {key: bound}, recipe), recipe)
            made = loading.check(merge(recipe.data(), tables), study.folder)
            moved = written(recipe.data(), made.data())
            assert len(moved) == 1 or (key == "model.layout" and not moved), (key, new, moved)


@pytest.mark.parametrize(("share", "rest"), [(0.3, 0.7), (1.0, 0.0), (0.0, 1.0), (0.123456, 0.876544)])
def test_a_share_is_taken_from_the_other_voices(share: float, rest: float) -> None:
    blend = changes.tables("corpus.blend.brook", share, VOICES)["corpus"]["blend"]
    assert blend == {name: part for name, part in {"brook": share, "pebble": rest}.items() if part}
    alone = VOICES.model_copy(update={"corpus": VOICES.corpus.model_copy(update={"blend": {"brook": 1.0}})})
    back = changes.tables("corpus.blend.brook", 0.1, alone)["corpus"]["blend"]
    assert math.isclose(sum(back.values()), 1.0, abs_tol=1e-9)
    assert set(back) == set(made_rounds.VOICES), "nobody else wrote, so all share the rest"


# ---------------------------------------------------------------- one change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"train.lr": 0.06}, "train.lr = 0.06 is out of bounds: choose a number from 0.0003 to 0.03"),
        ({"train.lr": "0.006"}, 'train.lr = "0.006" is no number'),
        ({"train.lr": True}, "train.lr = true is no number"),
        ({"train.lr": 3e-3}, "the base has it already"),
        ({"train.lr": 0.003001}, "the base has it already"),
        ({"train.batch": 4.5}, "no whole number"),
        ({"train.keep": "newest"}, "choose one of last, best"),
        ({"model.norm": "layer"}, "the base has it already"),
        ({"model.bias": 0}, "model.bias = 0 is out of bounds"),
        ({"train.steps": 10_000}, "'train.steps' is not within the bounds"),
        ({"train.init_seed": 7}, "another seed is luck"),
        ({"corpus.source": "yardstick/search.jsonl"}, "names a file"),
        ({"metrics.bpc.rule": "block"}, "how every round is measured"),
        ({"gates.each.length.min_chars": 3}, "not within the bounds"),
        ({"model.norm": "os.system"}, "choose one of layer, rms"),
        ({"train.lr": 0.006, "train.batch": 8}, "2 keys are changed"),
        ({}, "0 keys are changed"),
    ],
)
def test_a_change_that_is_none_says_why(study: Study, change: dict[str, Any], said: str) -> None:
    recipe = study.recipe(1)
    with pytest.raises(RecipeError) as caught:
        bounds.check(change, bounds.default(recipe), recipe)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_number_has_one_form(study: Study) -> None:
    recipe = study.recipe(1)
    allowed = bounds.default(recipe)
    assert bounds.settled({"train.batch": 8.0}, allowed, recipe) == ("train.batch", 8)
    assert isinstance(bounds.settled({"train.batch": 8.0}, allowed, recipe)[1], int)
    assert bounds.settled({"train.lr": 6.0000000001e-3}, allowed, recipe) == ("train.lr", 0.006)
    assert bounds.settled({"train.weight_decay": 0}, allowed, recipe)[1] == 0.0


def test_near_is_within_a_hundredth() -> None:
    assert changes.near(100, 101)
    assert not changes.near(100, 102)
    assert not changes.near(True, 1)
    assert not changes.near(0.0, 0.001)
    assert changes.near(0.0, 0.001, Bound(low=0.0, high=1.0)), "a hundredth of the range"
    assert not changes.near(0.0, 0.001, Bound(low=0.0001, high=1.0, log=True))
    assert changes.near({"a": 0.5, "b": 0.5}, {"a": 0.505, "b": 0.495})
    assert not changes.near({"a": 1.0}, {"a": 0.9, "b": 0.1})


# ---------------------------------------------------------------- what may be answered


def test_the_schema_is_strict_and_takes_what_the_check_takes(study: Study) -> None:
    recipe = study.recipe(1)
    allowed = bounds.default(recipe)
    schema = bounds.schema(allowed, 1)
    jsonschema.Draft202012Validator.check_schema(schema)

    def strict(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])
            for inner in node.values():
                strict(inner)
        elif isinstance(node, list):
            for inner in node:
                strict(inner)

    strict(schema)
    good = {"change": {"key": "train.lr", "value": 0.006}, "hypothesis": "h", "stop": None}
    good["predict"] = {"effect": 0, "low": -1, "high": 1}
    valid = jsonschema.Draft202012Validator(schema).is_valid
    assert valid(good)
    assert bounds.proposal_from(good, 3).changes == {"train.lr": 0.006}
    assert bounds.proposal_from(good, 3).base == 3
    assert valid({"change": None, "hypothesis": "", "predict": None, "stop": "nothing pays"})
    for key, value in (("train.lr", 1.0), ("train.lr", "0.006"), ("seeds", 4), ("train.batch", 4.5)):
        assert not valid(good | {"change": {"key": key, "value": value}})
    assert not valid(good | {"code": "import os"})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"change": None, "stop": "enough"}, "change: write"),
        ({"change": {"key": "train.lr"}}, "change: write"),
        ({"change": {"key": "a", "value": 1}, "stop": "and no more"}, "a change and a stop"),
        ({"change": {"key": "a", "value": 1}, "changes": {"b": 2}}, "give one of them"),
        ({"changes": {}}, "changes"),
        ({"changes": {"a": [1, 2]}}, "changes"),
        ({"changes": {"a": {"b": 1}}}, "changes"),
        ({"changes": {"a": 1, "b": 2}}, "changes"),
        ({"changes": {"a": 1}, "hypothesis": ""}, "hypothesis"),
        ({"changes": {"a": 1}, "hypothesis": "x" * 3_000}, "hypothesis"),
        ({"changes": {"a": 1}, "predict": {"effect": 0, "low": 1, "high": 2}}, "low ≤ effect ≤ high"),
        ({"changes": {"a": 1}, "predict": {"effect": 0, "low": -math.inf, "high": 2}}, "finite number"),
        ({"changes": {"a": 1}, "slug": "../../etc/x"}, "slug"),
        ({"changes": {"a": 1}, "base": 0}, "base = 0"),
        ({"changes": {"a": 1}, "seeds": [7]}, "unknown key 'seeds'"),
    ],
)
def test_an_answer_that_is_no_proposal(answer: dict[str, Any], said: str) -> None:
    whole = {"hypothesis": "h", "predict": {"effect": 0, "low": -1, "high": 1}, **answer}
    with pytest.raises(RecipeError) as caught:
        bounds.proposal_from(whole, 1)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 20_000, "nested too deeply"),
        (b"x" * 2_000_000, "2,000,000 bytes"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": 1e999}', "no finite number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "no valid JSON"),
        (b"[1, 2]", "holds no object"),
        (b"I propose a larger rate.", "no valid JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "no valid JSON"),
    ],
)
def test_bytes_that_are_no_proposal(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(data, "p.json")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_proposal_may_be_toml() -> None:
    assert parse(b'hypothesis = "h"\n[changes]\n"train.lr" = 0.006\n', "p.toml", toml=True)["changes"] == {
        "train.lr": 0.006
    }
    with pytest.raises(InputError, match="nan is no finite"):
        parse(b"a = nan", "p.toml", toml=True)


def test_text_is_on_one_line_and_shows_what_would_hide() -> None:
    said = plain("a\x1b[2J\u202eb\n\nc\ud800\x00 \u200b")
    assert said == r"a\u001b[2J\u202eb c\ud800\u0000 \u200b"
    assert plain("é 漢") == "é 漢"
    assert plain(ORDER * 100, 50).endswith("…")
    assert len(plain("\x00" * 5_000, 50)) == 50
