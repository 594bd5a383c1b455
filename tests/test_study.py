"""A study's folder, and making one."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlight.create import Given, create
from greenlight.errors import InputError, RecipeError, StudyError, YardstickError
from greenlight.study import Study
from greenlight.yardstick import Yardstick


def test_a_new_study_is_whole(tmp_path: Path) -> None:
    study = create(tmp_path / "s", "green-light", Given(seed=2))
    assert list(study.files()) == [1, 2, 3, 4]
    assert study.pending() == [1, 2, 3, 4]
    yardstick = study.yardstick
    held = {d.topic for part in ("search", "locked") for d in yardstick.documents(part)}  # type: ignore[arg-type]
    assert len(held) == 60
    corpus = study.recipe(1).corpus
    assert not held & set(corpus.brief.topics)  # type: ignore[union-attr]
    by_voice: dict[str, int] = {}
    for document in yardstick.documents("search"):
        by_voice[document.voice] = by_voice.get(document.voice, 0) + 1
    assert max(by_voice.values()) - min(by_voice.values()) <= 5, "every voice writes an equal share of the yardstick"
    assert (tmp_path / "s" / "AGENTS.md").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["s"], "nothing is left beside it"


def test_a_seed_moves_everything(tmp_path: Path) -> None:
    one, two = (create(tmp_path / str(n), "green-light", Given(seed=n)) for n in (1, 2))
    assert one.yardstick.hash != two.yardstick.hash
    assert one.recipe(1).seeds == (1, 2, 3)
    assert two.recipe(1).seeds == (4, 5, 6)
    assert two.recipe(1).corpus.seed == one.recipe(1).corpus.seed + 1


def test_a_text_study_never_trains_on_its_yardstick(tmp_path: Path) -> None:
    text = "".join(f"Line {i} of a long and plain text about nothing, number {i * i}.\n\n" for i in range(4000))
    study = create(tmp_path / "s", "bpc-ladder", Given(text=text, source="made here"))
    source = (tmp_path / "s" / "text" / "source.txt").read_text()
    trained = "".join(source[a:b] for a, b in study.yardstick.training_spans)
    for part in ("search", "locked"):
        for document in study.yardstick.documents(part):  # type: ignore[arg-type]
            assert document.body in source
            assert document.body[:200] not in trained


@pytest.mark.parametrize(
    ("recipe", "text", "error", "said"),
    [
        ("green-lihgt", None, RecipeError, "did you mean 'green-light'"),
        ("bpc-ladder", None, RecipeError, "needs a text"),
        ("green-light", "x", RecipeError, "takes no --text"),
        ("bpc-ladder", "a short text. " * 50, InputError, "characters"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    tmp_path: Path, recipe: str, text: str | None, error: type, said: str
) -> None:
    with pytest.raises(error, match=said):
        create(tmp_path / "s", recipe, Given(text=text))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StudyError, match="not empty"):
        create(tmp_path, "green-light")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_mistakes_in_a_study_are_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no study"):
        Study(tmp_path)
    study = create(tmp_path / "s", "green-light")
    (study.folder / "rounds" / "Two.toml").write_text("")
    with pytest.raises(StudyError, match="02-rebalanced"):
        study.files()
    (study.folder / "rounds" / "Two.toml").rename(study.folder / "rounds" / "02-again.toml")
    with pytest.raises(StudyError, match="same number"):
        study.files()
    (study.folder / "rounds" / "02-again.toml").rename(study.folder / "rounds" / "05-loop.toml")
    (study.folder / "rounds" / "05-loop.toml").write_text('base = "round:5"\n')
    with pytest.raises(RecipeError, match="its own base"):
        study.recipe(5)
    (study.folder / "rounds" / "05-loop.toml").write_text('base = "round:1"\nagainst = "round:9"\n')
    with pytest.raises(RecipeError, match="no such round"):
        study.recipe(5)
    with pytest.raises(StudyError, match="known: 1, 2, 3, 4, 5"):
        study.recipe(7)
    with pytest.raises(StudyError, match="has not been run"):
        study.round(1)
    (study.folder / "study.toml").write_text('titel = "x"\n')
    with pytest.raises(RecipeError, match="did you mean 'title'"):
        Study(study.folder)


def test_a_changed_yardstick_refuses(tmp_path: Path) -> None:
    study = create(tmp_path / "s", "green-light")
    path = study.folder / "yardstick" / "search.jsonl"
    path.write_text(path.read_text().replace("green light", "red light", 1))
    with pytest.raises(YardstickError, match=r"search\.jsonl"):
        Yardstick.open(study.folder / "yardstick")
