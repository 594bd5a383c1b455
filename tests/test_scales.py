"""A ready study in several scales: what takes whose place, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from made_texts import prose

from greenlight.create import Given, create
from greenlight.errors import RecipeError
from greenlight.study import Study

TEXT = prose(1, 120_000)
FIRST = """question = "How well?"
seeds = [1, 2, 3]
[corpus]
use = "text"
seed = 1
[tokenizer]
use = "byte"
[model]
layers = {layers}
[train]
steps = 5
packing = "stream"
[metrics]
bpc = {{}}
[keep_if]
metric = "bpc"
"""


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """Two rounds, in a small and a large size."""
    folder = tmp_path / "two-sizes"
    for place, layers in (("rounds", 1), ("large", 12)):
        (folder / place).mkdir(parents=True)
        (folder / place / "01-first.toml").write_text(FIRST.format(layers=layers))
    (folder / "rounds" / "02-second.toml").write_text('base = "round:1"\nagainst = "round:1"\n[train]\nsteps = 9\n')
    (folder / "new.toml").write_text('kind = "text"\nscale = "small"\n')
    (folder / "study.toml").write_text('title = "Two sizes"')
    (folder / "notes").mkdir()
    (folder / "notes" / "why.md").write_text("kept")
    return folder


def made(ready: Path, scale: str = "", seed: int = 1) -> Study:
    return create(ready.parent / f"made {scale}", str(ready), Given(seed, TEXT, scale=scale))


@pytest.mark.parametrize(
    ("asked", "scale", "layers"), [("", "small", 1), ("small", "small", 1), ("large", "large", 12)]
)
def test_a_scale_takes_the_place_of_what_it_states(ready: Path, asked: str, scale: str, layers: int) -> None:
    study = made(ready, asked)
    assert study.card.scale == scale
    assert [study.recipe(n).model.layers for n in study.files()] == [layers, layers], "what is built on it follows"
    assert study.recipe(2).train.steps == 9
    assert sorted(p.name for p in study.folder.iterdir() if p.is_dir()) == ["notes", "rounds", "text", "yardstick"]
    assert not (study.folder / "new.toml").exists()


def test_a_scale_has_the_seeds_that_are_asked_for(ready: Path) -> None:
    assert made(ready, "large", seed=2).recipe(1).seeds == (4, 5, 6)


def refuses(ready: Path, scale: str, said: str) -> None:
    before = sorted(p.name for p in ready.parent.iterdir())
    with pytest.raises(RecipeError, match=said) as error:
        made(ready, scale)
    assert "\n" not in str(error.value)
    assert sorted(p.name for p in ready.parent.iterdir()) == before, "nothing is left behind"


def test_an_unknown_scale_names_the_known_ones(ready: Path) -> None:
    refuses(ready, "nope", "'two-sizes' has no scale 'nope'; known: small, large")


def test_a_study_without_scales_takes_none(ready: Path) -> None:
    (ready / "new.toml").write_text('kind = "text"\n')
    shutil.rmtree(ready / "large")
    refuses(ready, "small", "has one scale: leave --scale small out")
    assert made(ready).card.scale == ""


def test_a_file_that_takes_no_others_place(ready: Path) -> None:
    (ready / "large" / "03-third.toml").write_text("")
    refuses(ready, "", r"two-sizes/large/03-third\.toml takes the place of no file in rounds/")


def test_a_folder_with_the_defaults_name(ready: Path) -> None:
    (ready / "large").rename(ready / "small")
    refuses(ready, "", "scale = 'small' is rounds/: rename the folder small/")


def test_a_scale_with_a_name_that_no_folder_has(ready: Path) -> None:
    (ready / "new.toml").write_text('kind = "text"\nscale = "../up"\n')
    refuses(ready, "", r"new\.toml: scale = '\.\./up'")
