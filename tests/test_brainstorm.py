"""Topics that voices think of: so many, no two alike, from whatever they answer, and never asked for twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from greenlight import brainstorm, stub
from greenlight.brainstorm import Wish, alike, bare, wrong
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.errors import RecipeError, RoundError
from greenlight.prices import Bounds
from greenlight.progress import SILENT


def voices(address: str, *models: str, **options: Any) -> dict[str, dict[str, Any]]:
    given = {"use": "endpoint", "base_url": address, "thinking": "leave", "retries": 1, **options}
    return {model: {**given, "model": model} for model in models}


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("1. a red kite", "a red kite"),
        ("12) A boat that sings", "A boat that sings"),
        ("- **the lost key**", "the lost key"),
        ("“a snail in the rain”,", "a snail in the rain"),
        ("•  why   owls stay up", "why owls stay up"),
        ("2001 a winter", "2001 a winter"),
    ],
)
def test_a_line_of_a_list_is_bared(line: str, topic: str) -> None:
    assert bare(line) == topic
    assert wrong(topic, Wish(1)) == ""


@pytest.mark.parametrize(
    ("topic", "why"),
    [
        ("Sure! Here are 20 topics:", "a remark"),
        ("Let me know if you need more!", "a remark"),
        ("One. Two more", "a remark"),
        ("***", "no words"),
        ("12 34", "no words"),
        ("word " * 13, "too long"),
        ("x" * 81, "too long"),
        ("a {level} of joy", "signs of markup"),
        ("<b>a kite</b>", "signs of markup"),
        ("## Topics", "signs of markup"),
        ("a\u202ekite", "signs of markup"),
        ("the Green Light of the harbour", "a word that was not to be named"),
        ("The kite", "there already"),
    ],
)
def test_what_is_no_topic_is_named(topic: str, why: str) -> None:
    wish = Wish(1, without=("green light",), besides=frozenset({alike("a kite")}))
    assert wrong(topic, wish) == why


def test_a_longer_list_begins_with_the_shorter_one_and_asks_for_the_rest_alone(tmp_path: Path) -> None:
    with stub.serving("plain", slots=4, models=("one", "two")) as address:
        asked = voices(address, "one", "two")
        short = brainstorm.brainstorm(asked, Wish(50), tmp_path / "a", SILENT)
        requests = sum(item.requests for item in short.bill.items.values())
        whole = brainstorm.brainstorm(asked, Wish(130), tmp_path / "b", SILENT)
        other = brainstorm.brainstorm(asked, Wish(50, seed=2), tmp_path / "c", SILENT)
    lines = [len(path.read_text().splitlines()) for path in (tmp_path / "a" / "answers").glob("*.jsonl")]
    assert sum(lines) == requests
    assert len(short.names) == 50
    assert len({alike(name) for name in whole.names}) == 130
    assert whole.names[:50] == short.names != other.names
    assert set(Counter(one["voice"] for one in whole.topics)) == {"one", "two"}
    # the server is gone: what was answered is enough
    again = brainstorm.brainstorm(asked, Wish(130), tmp_path / "b", SILENT, Bounds(replay=True))
    assert again.topics == whole.topics
    assert whole.lines["kept"] == 130
    assert whole.lines.total() == brainstorm.LIST * len(whole.places)


@pytest.mark.parametrize(
    ("personality", "gate"), [("refuser", "refusal"), ("leaky-visible", "reasoning_leak"), ("leaky-tagged", "")]
)
def test_of_voices_that_refuse_or_think_aloud_only_topics_are_taken(
    personality: str, gate: str, tmp_path: Path
) -> None:
    with stub.serving(personality, slots=4, share=0.3) as address:
        found = brainstorm.brainstorm(voices(address, f"stub-{personality}"), Wish(120), tmp_path, SILENT)
    assert len(found.names) == 120
    assert all(name.startswith("a ") for name in found.names)
    assert {flag.gate for place in found.places for _, flag in place.refused} == ({gate} if gate else set())
    assert found.lines.total() >= 20 * sum(place.accepted is not None for place in found.places)


def test_voices_that_repeat_themselves_are_stopped(tmp_path: Path) -> None:
    script = ("a kite\nthe kite\n A kite.\n\n1. the tenth kite",)
    with stub.serving("plain", script=script) as address:
        with pytest.raises(RoundError, match=r"2 of 30 topics after 9 answers.*repeated 34.*ask for 2, "):
            brainstorm.brainstorm(voices(address, "stub-plain"), Wish(30), tmp_path / "few", SILENT)
        found = brainstorm.brainstorm(voices(address, "stub-plain"), Wish(2), tmp_path / "few", SILENT)
    assert found.names == ["a kite", "the tenth kite"]


def test_a_list_that_was_cut_off_loses_its_last_line(tmp_path: Path) -> None:
    with stub.serving("plain") as address:
        cut = voices(address, "stub-plain", max_tokens=60)
        found = brainstorm.brainstorm(cut, Wish(10), tmp_path / "cut", SILENT)
    assert found.lines["cut off"] == len(found.places)
    assert all(len(name.split()) >= 5 for name in found.names)


@pytest.mark.parametrize("about", ["", "  ", "a {level}", "two\nlines"])
def test_a_wish_that_no_prompt_can_state(about: str) -> None:
    with pytest.raises(RecipeError, match="is one line, without braces"):
        brainstorm.corpus_of(voices("http://127.0.0.1:9/v1", "m"), Wish(3, about))


def test_as_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with stub.serving("plain", slots=4) as address:
        command = ["topics", address, "--model", "stub-plain", "--count", "60", "--without", "kite"]
        assert guarded([*command, "--dry-run"]) == 0
        assert "stub-plain" in capsys.readouterr().out
        assert not Path("topics.txt").exists()
        assert guarded([*command, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert Path("topics.txt").read_text().splitlines() == told["topics"]
        assert len(told["topics"]) == 60
        assert guarded(command) == 0  # again: it may write over what it wrote itself
        with open("topics.txt", "a") as file:
            file.write("one of my own\n")
        assert guarded(command) == 1
        assert "was not written by this command" in capsys.readouterr().err
        besides = ["--besides", "topics.txt", "--out", "more.txt", "--seed", "2"]
        assert guarded([*command, *besides]) == 0
        assert not {*map(alike, told["topics"])} & {*map(alike, Path("more.txt").read_text().splitlines())}
        capsys.readouterr()
        assert guarded(["topics", address]) == 2
        assert "--model is missing" in capsys.readouterr().err


def ready(folder: Path) -> Path:
    """A recipe of stories, small."""
    (folder / "rounds").mkdir(parents=True)
    (folder / "new.toml").write_text("kind = 'stories'\ntopics = 6\nheld_out = 3\nlocked = 2\n")
    (folder / "study.toml").write_text("title = 'Mine'\nquestion = 'What?'\n")
    (folder / "rounds" / "01-first.toml").write_text(
        "question = 'What?'\n[corpus]\nsize = 30\n[corpus.blend]\npebble = 1.0\n[corpus.voices.pebble]\n"
        "[corpus.brief]\ntopics = 'topics.txt'\npattern = 'green light'\n[train]\nsteps = 4\n[model]\nlayers = 1\n"
        "[metrics]\nbpc = {}\n[keep_if]\nmetric = 'bpc'\n"
    )
    return folder


def test_a_study_is_made_of_ones_own_topics(tmp_path: Path) -> None:
    recipe, own = ready(tmp_path / "recipe"), tuple(f"a kite, number {n}" for n in range(20))
    study = create(tmp_path / "study", str(recipe), Given(topics=own))
    written = (tmp_path / "study" / "topics.txt").read_text().splitlines()
    held = {held.topic for part in ("search", "locked") for held in study.yardstick.documents(part)}
    assert len(written) == 15
    assert len(held) == 5
    assert {*written, *held} == set(own)
    assert written != list(own[:15])
    with pytest.raises(RecipeError, match="--topics holds 10 topics, and this recipe needs 11: 6 to write on and 5"):
        create(tmp_path / "few", str(recipe), Given(topics=own[:10]))
    with pytest.raises(RecipeError, match="the topic 'a Green Light' holds 'green light', which is counted"):
        create(tmp_path / "counted", str(recipe), Given(topics=(*own, "a Green Light")))
    with pytest.raises(RecipeError, match="takes no --topics"):
        create(tmp_path / "text", "bpc-ladder", Given(text="x", topics=own))
    assert not (tmp_path / "few").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a kite\na boat\na kite\n", "line 3 repeats line 1"),
        ("a kite\n" + "x" * 200, "line 2 is no topic: too long"),
        ("a kite\n[level=3]\n", "line 2 is no topic: signs of markup"),
        ("\n\n", "is empty"),
    ],
)
def test_a_file_of_topics_that_is_none(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.txt").write_text(text)
    assert guarded(["new", "study", "--topics", "mine.txt"]) == 1
    assert said in capsys.readouterr().err
    assert not Path("study").exists()
