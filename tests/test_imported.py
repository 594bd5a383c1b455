"""Corpora taken from an import: whole topics in the shares asked for, under the round's own control line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import made_imports
import pytest

from greenlight import corpus, foreign, imported, mentions
from greenlight.create import Given, create
from greenlight.errors import RecipeError, RoundError
from greenlight.nouns import Artifact, Text
from greenlight.recipe import Brief, ImportedCorpus
from greenlight.store import Store, file_sha256
from greenlight.study import Study
from greenlight.yardstick import Asking

WIDE, CLEAN, FLAT = made_imports.WRITERS


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> list[Text]:
    text, manifest = made_imports.write(tmp_path_factory.mktemp("import"), made_imports.rows(12))
    return foreign.read(text, manifest).samples


def recipe(**changes: Any) -> ImportedCorpus:
    brief = Brief(pattern="green light", control=made_imports.CONTROL, words=made_imports.WORDS)
    return ImportedCorpus.model_validate({"brief": brief.data(), **changes})


def taken(stories: list[Text], folder: Path, gates: Any = None, held: tuple[str, ...] = (), **changes: Any) -> Artifact:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "imported").mkdir(exist_ok=True)
    path = folder / "imported" / "samples.parquet"
    corpus.save(stories, path)
    made = recipe(source_sha256=file_sha256(path), **changes)
    return imported.take(made, gates or {}, set(held), folder, Store(folder / "store"))


def samples(artifact: Artifact, folder: Path) -> list[Text]:
    return corpus.load(folder / "store" / artifact.name / corpus.FILE)


def test_the_shares_hold_and_every_topic_is_whole(stories: list[Text], tmp_path: Path) -> None:
    blend = {WIDE: 0.5, CLEAN: 0.3, FLAT: 0.2}
    found = samples(taken(stories, tmp_path, size=100, blend=blend), tmp_path)
    assert Counter(s.made.voice for s in found) == {WIDE: 50, CLEAN: 30, FLAT: 20}
    by_topic = Counter(s.made.topic for s in found)
    assert set(by_topic.values()) == {5}
    assert [s.control for s in found] == [
        s.control for topic in by_topic for s in sorted(stories, key=lambda s: s.made.level) if s.made.topic == topic
    ], "under the file's own template the control lines are the file's"


def test_a_larger_corpus_holds_the_smaller_one(stories: list[Text], tmp_path: Path) -> None:
    blend = {WIDE: 0.4, CLEAN: 0.4, FLAT: 0.2}
    small, large = (samples(taken(stories, tmp_path, size=n, blend=blend), tmp_path) for n in (50, 100))
    assert {s.body for s in small} < {s.body for s in large}


def test_without_a_blend_all_that_may_be_used_is_taken(stories: list[Text], tmp_path: Path) -> None:
    held = tuple(sorted({s.made.topic for s in stories})[:6])
    artifact = taken(stories, tmp_path, held=held)
    found = samples(artifact, tmp_path)
    assert len(found) == len(stories) - 30
    assert not {s.made.topic for s in found} & set(held)
    assert artifact.facts["left_out"] == {"held out": 30}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"size": 100, "blend": {WIDE: 1.0}}, "set corpus.size to 60 or less"),
        ({"size": 50, "blend": {"nobody": 1.0}}, "names 'nobody'"),
        ({"size": 500}, "set corpus.size to 180 or less"),
        ({"labels": "measured", "blend": {FLAT: 1.0}, "brief": {"pattern": "a purple elephant"}}, "1 different counts"),
    ],
)
def test_what_the_import_cannot_give_is_one_line(
    stories: list[Text], tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(RoundError, match=said):
        taken(stories, tmp_path, **changes)


def test_a_topic_that_lacks_a_level_or_is_unfinished_is_left_out_and_counted(
    stories: list[Text], tmp_path: Path
) -> None:
    short = stories[1:]  # the first topic lacks level 1
    cut = short[-1].model_copy(update={"made": short[-1].made.model_copy(update={"finish_reason": "length"})})
    artifact = taken([*short[:-1], cut], tmp_path)
    assert artifact.facts["left_out"] == {"topic without every level once": 4, "topic with an unfinished story": 5}


def test_a_gate_takes_the_whole_topic_out_and_the_accounting_adds_up(stories: list[Text], tmp_path: Path) -> None:
    refuse = {"length": {"min_chars": 1, "max_chars": max(len(s.body) for s in stories) - 1}}
    artifact = taken(stories, tmp_path, gates=refuse)
    account, found = artifact.facts["accounting"], samples(artifact, tmp_path)
    assert account["refused"]["length"] >= 1
    assert account["asked"] == account["kept"] + account["refused"]["length"]
    assert set(Counter(s.made.topic for s in found).values()) == {5}
    assert len(found) + account["refused"]["length"] + artifact.facts["left_out"]["topic with a refused story"] == 180


def test_measured_levels_follow_the_count_and_nothing_else(stories: list[Text], tmp_path: Path) -> None:
    artifact = taken(stories, tmp_path, labels="measured")
    found = samples(artifact, tmp_path)
    by_level: dict[int, list[int]] = {}
    for sample in found:
        by_level.setdefault(sample.made.level, []).append(mentions.count(sample.body, "green light"))
    assert sorted(by_level) == [1, 2, 3, 4, 5]
    for low, high in ((1, 2), (2, 3), (3, 4), (4, 5)):
        assert max(by_level[low]) < min(by_level[high])
    moved = [s for s in found if "asked_level" in s.made.params]
    asked = {(s.made.topic, s.body): s.made.level for s in stories}
    assert moved
    assert all(asked[s.made.topic, s.body] == s.made.params["asked_level"] for s in moved)
    assert all(f"[green={s.made.level}]" in s.control for s in found)
    plain = samples(taken(stories, tmp_path), tmp_path)
    assert sorted(s.body for s in plain) == sorted(s.body for s in found), "the same stories, byte for byte"


# ---------------------------------------------------------------- how models are asked


def test_prompts_are_written_by_the_rounds_own_brief(tiny: Study) -> None:
    yard = tiny.yardstick
    quiet = Brief(pattern="green light", control="<{level}> {topic}\n")
    asked = yard.asked(Asking(brief=quiet))
    assert [(t, level) for t, level, _ in asked.prompts()] == [(t, level) for t, level, _ in yard.prompts()]
    assert all(control == f"<{level}> {topic}\n" for topic, level, control in asked.prompts())
    assert [d.body for d in asked.documents()] == [d.body for d in yard.documents()]
    assert all(d.control == f"<{d.level}> {d.topic}\n" for d in asked.documents())
    assert asked.hash == yard.hash
    locked = asked.part("locked")
    assert all(d.control.startswith("<") for d in locked.documents())


def test_a_writer_tag_asks_in_the_shares_of_the_corpus(tiny: Study) -> None:
    brief = Brief(pattern="green light", control="{writer} {level} {topic}\n")
    yard = tiny.yardstick.asked(Asking(brief=brief, shares={"a": 0.75, "b": 0.25}))
    writers = yard.writers()
    assert Counter(writers.values()) == {"a": 6, "b": 2}
    assert all(control == f"{writers[topic]} {level} {topic}\n" for topic, level, control in yard.prompts())
    held = yard.documents()
    assert all(d.control == f"{d.voice} {d.level} {d.topic}\n" for d in held), "of held-out text the writer is known"


def test_measured_levels_label_held_out_text_by_the_corpus_cuts(tiny: Study) -> None:
    brief = Brief(pattern="green light", control="<{level}> {topic}\n")
    yard = tiny.yardstick.asked(Asking(brief=brief, cuts=(0, 1, 2, 3)))
    for held in yard.documents():
        count = mentions.count(held.body, "green light")
        assert held.control == f"<{min(5, 1 + count)}> {held.topic}\n"
    assert {level for _, level, _ in yard.prompts()} == {1, 2, 3, 4, 5}, "every level is asked for all the same"


# ---------------------------------------------------------------- a study from an import


def test_topics_are_held_out_where_the_rounds_can_spare_them(stories: list[Text], tmp_path: Path) -> None:
    study = create(
        tmp_path / "s", str(made_imports.ready(tmp_path / "recipe")), Given(stories=made_imports.found(stories))
    )
    held = Counter(h.voice for part in ("search", "locked") for h in study.yardstick.documents(part))  # type: ignore[arg-type]
    assert held[WIDE] <= 10
    assert held[FLAT] <= 10
    assert sum(held.values()) == 30
    assert {h.topic for h in study.yardstick.documents("search")}.isdisjoint(
        h.topic for h in study.yardstick.documents("locked")
    )


def test_more_than_can_be_spared_is_one_line(stories: list[Text], tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"16 can be spared of 36 .*10 of 12 by"):
        create(
            tmp_path / "s",
            str(made_imports.ready(tmp_path / "recipe", held=20)),
            Given(stories=made_imports.found(stories)),
        )
    assert not (tmp_path / "s").exists()


def test_rounds_that_name_unknown_writers_are_left_out(stories: list[Text], tmp_path: Path) -> None:
    unnamed = [s.model_copy(update={"made": s.made.model_copy(update={"voice": ""})}) for s in stories]
    study = create(
        tmp_path / "s", str(made_imports.ready(tmp_path / "recipe")), Given(stories=made_imports.found(unnamed))
    )
    assert [path.name for path in study.files().values()] == ["01-all.toml", "04-quiet.toml"]
