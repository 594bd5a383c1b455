"""Recipes: closed data, one line for every mistake, base and --set merging."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlight import loading
from greenlight import recipe as recipes
from greenlight.errors import InputError, RecipeError
from greenlight.outside import read_text

ROOT = Path(__file__).parents[1]
FIRST = ROOT / "recipes" / "green-light" / "rounds" / "01-flat-blend.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "topics.txt").write_text("\n".join(f"a red kite {i}" for i in range(240)))
    return tmp_path


def data() -> dict[str, Any]:
    return tomllib.loads(FIRST.read_text())


def test_the_ready_recipe_is_whole_and_reads_its_topics_in(folder: Path) -> None:
    recipe = loading.check(data(), folder)
    assert isinstance(recipe.corpus, recipes.VoicesCorpus)
    assert len(recipe.corpus.brief.topics) == 240
    assert loading.check(data(), folder).hash == recipe.hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("train.epoch=2", "unknown key 'train.epoch'; did you mean 'epochs'?"),
        ("tran.epochs=2", "unknown key 'tran'; did you mean 'train'?"),
        ("corpus.brief.level=2", "unknown key 'corpus.brief.level'; did you mean 'levels'?"),
        ("train.batch='many'", "train.batch = 'many'"),
        ("train.batch=0", "train.batch = 0"),
        ("train.steps=10", None),
        ("model.width=100", "not a multiple of model.heads 3"),
        ("gates.each.lenght={}", "unknown gate 'lenght'; did you mean 'length'?"),
        ("gates.each.length={min_char=1}", "unknown option 'min_char' of gates.length; did you mean 'min_chars'?"),
        ("gates.each.length={min_chars='x'}", "gates.length.min_chars = 'x'"),
        ("corpus.blend={pebble=0.5, brook=0.4}", "add up to 0.9"),
        ("corpus.blend={pebbles=1.0}", "did you mean 'pebble'?"),
        ("corpus.size=601", "multiple of the 5 levels"),
        ("corpus.size=6000", "the brief has 240"),
        ("corpus.brief.pattern='topic'", "stands in the control line"),
        ("corpus.brief.control='{nope}'", "control template"),
        ("keep_if.metric='dail.slope'", "'dail.slope', which is not measured; did you mean 'dial.slope'?"),
        ("keep_if.metric='dial'", "keep_if names 'dial', which is not measured"),
        ("keep_if.metric='sense.copy'", None),
        ("keep_if.guards={'dial.slope'=0.1}", "keep_if.guards names 'dial.slope', which keep_if.metric judges"),
        ("keep_if.guards={'sense.loop'=0.1}", "'sense.loop', which is not measured; did you mean 'sense.loops'?"),
        ("seeds=[1,1]", "seeds occur twice"),
        ("metrics={dial=false, bpc=false}", "at least one metric"),
        ("train.patience=3", "train.keep = 'best'"),
        ("corpus.brief.topics=['a', 'b', 'c', 'b', 'a']", "topics occur twice: 'a', 'b': take one of each out"),
        (
            "corpus.voices={pebble={}, brook={use='endpoint'}, meadow={}, lantern={}}",
            "corpus.voices.brook names no model: set its option model",
        ),
    ],
)
def test_every_mistake_is_one_line_that_names_the_way_out(folder: Path, change: str, said: str | None) -> None:
    changed = loading.apply_sets(data(), (change,))
    if said is None:
        loading.check(changed, folder)
        return
    with pytest.raises(RecipeError) as caught:
        loading.check(changed, folder)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_topics_of_a_file_that_cannot_be_used_are_named_with_their_lines(folder: Path) -> None:
    path = folder / data()["corpus"]["brief"]["topics"]
    topics = path.read_text().splitlines()
    path.write_text("\n".join([*topics, "", *topics[:5]]) + "\n")
    with pytest.raises(RecipeError) as caught:
        loading.check(data(), folder)
    named = ", ".join(f"'{topic}' (lines {n} and {n + len(topics) + 1})" for n, topic in enumerate(topics[:3], 1))
    assert f"topics of {path.name} occur twice: {named}, and 2 more: take one of each out" in str(caught.value)
    path.write_text("\n".join([*topics[1:], "a GREEN light"]) + "\n")
    with pytest.raises(RecipeError, match=r"the topic 'a GREEN light' holds 'green light', .* take it out"):
        loading.check(data(), folder)


def test_steps_and_epochs_take_each_other_back() -> None:
    changed = loading.apply_sets(data(), ("train.steps=10",))
    assert changed["train"]["steps"] == 10
    assert "epochs" not in changed["train"]


def test_a_base_gives_its_keys_but_not_its_question(tmp_path: Path) -> None:
    path = tmp_path / "02-next.toml"
    path.write_text('base = "round:1"\n[corpus]\nblend = { brook = 1.0 }\n')
    merged = loading.written(path, lambda number: data())
    assert merged["corpus"]["blend"] == {"brook": 1.0}, "a blend is replaced, never mixed with its base's"
    assert merged["corpus"]["size"] == 600
    assert "question" not in merged


@pytest.mark.parametrize("base", ["round:0", "one", "round:", "round:x"])
def test_a_base_that_is_no_round_is_named(tmp_path: Path, base: str) -> None:
    path = tmp_path / "02-next.toml"
    path.write_text(f'base = "{base}"\n')
    with pytest.raises(RecipeError, match="is not a round"):
        loading.written(path, lambda number: data())


def test_files_outside_the_study_are_refused(folder: Path) -> None:
    with pytest.raises(RecipeError, match="outside the study"):
        loading.check(loading.apply_sets(data(), ("corpus.brief.topics='../../etc/passwd'",)), folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "does not exist"), (b"", "is empty"), (b" \n\t", "is empty"), (b"ab\xff\xfe", "is not UTF-8 (byte 2)")],
)
def test_texts_from_outside(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "text.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert said in str(caught.value)


def test_texts_lose_their_mark_and_their_carriage_returns(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert read_text(path) == "one\ntwo\nthree\n"


@given(
    st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=8), max_size=6)
)
def test_any_data_is_a_recipe_error_or_a_recipe(data: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        loading.check(data, ROOT)


@given(st.text(max_size=30))
def test_any_set_is_a_recipe_error_or_data(item: str) -> None:
    try:
        changed = loading.apply_sets({"train": {"epochs": 1}}, (item,))
    except RecipeError:
        return
    assert isinstance(changed, dict)


def test_settings_of_the_layouts() -> None:
    modern = recipes.Model(layout="modern", width=384, heads=6, layers=6).resolve(1024)
    assert (modern.head_dim, modern.kv_heads, modern.mlp_width, modern.mlp) == (64, 6, 1024, "swiglu")
    assert (modern.norm, modern.position, modern.bias, modern.qk_norm, modern.tied) == (
        "rms",
        "rope",
        False,
        True,
        True,
    )
    classic = recipes.Model(layout="classic", width=128, heads=4).resolve(100)
    assert (classic.norm, classic.position, classic.mlp, classic.bias, classic.qk_norm) == (
        "layer",
        "learned",
        "gelu",
        True,
        False,
    )
    assert classic.mlp_width == 512


# ---------------------------------------------------------------- depth


def by_depth(depth: int, **model: object) -> dict[str, Any]:
    """A recipe that states its depth and nothing that follows from it."""
    return {**data(), "model": {"depth": depth, "context": 256, **model}, "train": {"epochs": 1.0, "warmup": 5}}


def test_depth_sets_sizes_batch_and_rates(folder: Path) -> None:
    recipe = loading.check(by_depth(3), folder)
    assert (recipe.model.layers, recipe.model.width, recipe.model.heads) == (3, 192, 3)
    assert recipe.model.resolve(768).head_dim == 64
    assert (recipe.train.batch, recipe.train.lr, recipe.train.muon_lr) == (8, 0.01, 0.02)
    assert loading.check(by_depth(3, context=4096), folder).train.batch == 1
    assert loading.check(recipe.data(), folder) == recipe, "what was filled in reads back as it is"


def test_what_is_stated_beside_the_depth_counts(folder: Path) -> None:
    table = by_depth(3, width=128, heads=2)
    table["train"]["muon_lr"] = 0.05
    recipe = loading.check(table, folder)
    assert (recipe.model.layers, recipe.model.width, recipe.model.heads) == (3, 128, 2)
    assert (recipe.train.muon_lr, recipe.train.lr) == (0.05, 0.01)


def test_another_depth_takes_back_what_followed_from_the_base(folder: Path) -> None:
    """A base's effective recipe states everything; what was its own choice stays, what followed goes."""
    table = by_depth(3)
    table["train"]["muon_lr"] = 0.05
    base = loading.check(table, folder).data()
    made = loading.check(loading.merge(base, {"model": {"depth": 4}}), folder)
    assert (made.model.layers, made.model.width, made.model.heads) == (4, 256, 4)
    assert made.train.muon_lr == 0.05
    assert loading.check(loading.apply_sets(base, ("model.depth=2",)), folder).model.width == 128


@pytest.mark.parametrize("depth", [0, -1, 5000, "3", True, 2.5])
def test_a_depth_that_is_none_is_named(depth: object, folder: Path) -> None:
    with pytest.raises(RecipeError, match=r"model\.depth"):
        loading.check(by_depth(depth), folder)  # type: ignore[arg-type]
