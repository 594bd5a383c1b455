"""Writing a corpus: gates that are blind, voices that waste most of what they are asked, and what a person releases."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from made_texts import prose
from refusals import Capture, refused

from greenlight import blend, corpus, corruption, factors, parts, quarantine, rates
from greenlight.answers import voices_of
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.errors import InputError, RecipeError, RoundError
from greenlight.nouns import Draw, Flag, Provenance, Text, fingerprint
from greenlight.places import FIRST_LOOK, Place, Tally
from greenlight.prices import Bounds
from greenlight.progress import SILENT
from greenlight.recipe import Brief, VoicesCorpus
from greenlight.screen import DROPPED, dropped, moved, screen
from greenlight.store import Store
from greenlight.study import Study
from greenlight.write import DECIDED, REFUSED, Writer, write

BRIEF = Brief(topics=tuple(f"topic {n}" for n in range(40)), pattern="green light")
MADE = Provenance(voice="v", voice_fingerprint="", prompt="")


@pytest.mark.parametrize("name", sorted(corruption.CASES))
def test_a_gate_with_its_own_options_finds_its_failure(name: str) -> None:
    assert corruption.unseen({name: parts.make("gates", name, {})}, BRIEF) == []


def test_clean_text_is_clean() -> None:
    gates = [parts.make("gates", name, {}) for name in corruption.CASES if name != "target"]
    made = MADE.model_copy(update={"prompt": corruption.ASKED, "system": corruption.SYSTEM, "level": 1})
    sample = Text(id="x", control="", body=corruption.CLEAN, made=made)
    assert [gate.check(sample, BRIEF) for gate in gates] == [None] * len(gates)


@pytest.mark.parametrize(
    ("options", "blind"),
    [
        ({"min_chars": 0, "max_chars": 10**9}, ["one word", "ten million characters"]),
        ({"min_chars": 0}, []),  # one side alone may be wanted
        ({"max_chars": 10**9}, []),
    ],
)
def test_a_gate_that_lets_everything_through_is_blind(options: dict[str, Any], blind: list[str]) -> None:
    gate = parts.make("gates", "length", options)
    assert [what for _, what in corruption.unseen({"mine": gate}, BRIEF)] == blind


@dataclass(frozen=True)
class Gate:
    """Somebody's own: no Z. It is ``blind`` or not, and brings its own case."""

    blind: bool = False

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        return Flag(gate="no_z", reason="a Z") if "Z" in sample.body and not self.blind else None

    def corrupted(self, brief: Brief) -> list[tuple[str, Text]]:
        return [("a Z", Text(id="z", control="", body=f"{corruption.CLEAN} Z", made=MADE))]


def test_a_gate_of_ones_own_brings_its_case() -> None:
    assert corruption.unseen({"a": Gate(), "b": Gate(blind=True)}, BRIEF) == [("b", "a Z")]


VOICE = '''
from dataclasses import dataclass
from greenlight.corruption import CLEAN
from greenlight.nouns import Answer

@dataclass(frozen=True)
class Generator:
    """Of its answers every ``period``-th is good; at the same place the next attempt may be."""
    period: int = 3

    def say(self, draw, brief):
        good = f"{CLEAN} The end of {draw.topic} at level {draw.level}, under a green light."
        return Answer(text=good if draw.seed % self.period == 0 else "No.", finish_reason="stop", model="m")

    def truth(self, brief):
        return
'''
GATE = '''
from dataclasses import dataclass
from greenlight.nouns import Flag

SEEN = []

@dataclass(frozen=True)
class Gate:
    """Refuses the word, and remembers what it was shown."""
    word: str = "No."

    def check(self, sample, brief):
        SEEN.append(sample.body)
        return Flag(gate="shy", reason="the word") if self.word in sample.body else None
'''


@pytest.fixture(autouse=True)
def own_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_voices").mkdir()
    (tmp_path / "own_voices" / "__init__.py").write_text("")
    (tmp_path / "own_voices" / "wasteful.py").write_text(VOICE)
    (tmp_path / "own_voices" / "shy.py").write_text(GATE)
    for name in [name for name in sys.modules if name.startswith("own_voices")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))


def recipe(most: float, period: int, attempts: int = 1000) -> VoicesCorpus:
    return VoicesCorpus(
        size=200,
        blend={"v": 1.0},
        voices={"v": {"use": "own_voices.wasteful", "period": period}},
        brief=BRIEF,
        most_refused=most,
        attempts=attempts,
    )


def test_a_voice_that_wastes_most_of_its_answers_is_stopped(tmp_path: Path) -> None:
    wanted = recipe(0.34, 3)
    with pytest.raises(RoundError, match=r"voice v is stopped: \d+ of \d+ answers are refused, at least") as error:
        write(wanted, {"empty": {}, "length": {}}, blend.plan(wanted), Store(tmp_path / "store"), SILENT)
    assert "raise corpus.most_refused" in str(error.value)
    (told,) = (tmp_path / "store" / "answers").glob("*.jsonl")
    assert FIRST_LOOK <= len(told.read_text().splitlines()) < 4 * FIRST_LOOK  # what was answered is there to go on from
    wanted = recipe(1.0, 3)
    made = write(wanted, {"empty": {}, "length": {}}, blend.plan(wanted), Store(tmp_path / "store"), SILENT)
    assert made.facts["accounting"]["kept"] == 200
    assert made.facts["accounting"]["asked"] == 200 + sum(made.facts["accounting"]["refused"].values())


def test_a_blind_gate_stops_the_round_before_anything_is_asked(tmp_path: Path) -> None:
    wanted = recipe(1.0, 1)
    gates = {"length": {"min_chars": 0, "max_chars": 10**9}}
    with pytest.raises(RoundError, match="gates do not find what they are for: length lets through one word; length"):
        write(wanted, gates, blend.plan(wanted), Store(tmp_path / "store"), SILENT)
    assert not (tmp_path / "store" / "answers").exists()


def places(outcomes: list[bool]) -> list[Place]:
    """One answer each: refused, and then one accepted, where the outcome is False."""
    draw = Draw(voice="v", topic="t", level=1, levels=5, seed=1)
    refusal = (0, Flag(gate="loop", reason="r"))
    return [Place(draw, 0 if good else 1, [] if good else [refusal]) for good in outcomes]


def stopped_at(limit: float, outcomes: list[bool]) -> int | None:
    tally = Tally("v", limit)
    for number, place in enumerate(places(outcomes), 1):
        tally.add(place)
        try:
            tally.check()
        except RoundError:
            return number
    return None


def test_looks_do_not_add_up_to_false_stops() -> None:
    """A voice exactly at the limit is stopped in at most 5 % of runs, however long they are."""
    import random

    dice, limit = random.Random(7), 1 / 3  # half of the places with one refusal: a third of the answers
    stops = sum(stopped_at(limit, [dice.random() < 0.5 for _ in range(1500)]) is not None for _ in range(300))
    assert rates.rate(stops, 300).low <= 0.05


def test_a_bad_voice_is_stopped_soon_and_a_good_one_never() -> None:
    soon = stopped_at(0.1, [False] * 40)  # each place with one refused and one good answer: a half
    assert soon == FIRST_LOOK // 2
    assert stopped_at(1.0, [False] * 400) is None
    assert stopped_at(0.34, [True] * 4000) is None


def test_what_set_gates_dropped_is_released_but_held_out_text_never(tiny: Study, tmp_path: Path) -> None:
    study = Study(Path(shutil.copytree(tiny.folder, tmp_path / "s")))
    written = study.ledger.latest()[1].artifacts["corpus"]
    gates = {"duplicate": {"threshold": 0.3}}
    kept = screen(gates, written, None, study.yardstick, study.store)
    held = list(quarantine.of_samples(study.store.path(kept) / DROPPED))
    assert len(held) == kept.facts["dropped"]["duplicate"] > 1
    quarantine.release(study.folder / quarantine.IN_STUDY, held, 2, "a refrain")
    again = screen(gates, written, None, study.yardstick, study.store)
    stays = {sample.sha256 for sample in corpus.load(study.store.path(again) / corpus.KEPT)}
    assert held[1].sha256 in stays
    assert held[0].sha256 not in stays
    assert again.facts["documents"] == kept.facts["documents"] + 1
    leaked = quarantine.Held(1, "0" * 64, [{"gate": "leak"}], {})
    with pytest.raises(InputError, match="carries held-out text"):
        quarantine.release(study.folder / quarantine.IN_STUDY, [leaked], 1, "please")


def test_a_blend_that_set_gates_changed_is_told_by_voice() -> None:
    facts = {"documents": 74, "shares": {"a": 5 / 74, "b": 69 / 74}, "dropped_by_voice": {"a": {"collapse": 20}}}
    assert list(dropped(facts)) == ["20 of 25 documents of a (collapse 20)"]
    said = moved(facts, {"a": 0.25, "b": 0.75})
    assert "it is now a 0.07, b 0.93, and the recipe says a 0.25, b 0.75" in said
    assert "20 of 25 documents of a (collapse 20), and nothing is asked for in their place" in said
    last = {"documents": 1, "shares": {"a": 1.0}, "dropped_by_voice": {"b": {"collapse": 1}}}
    assert list(dropped(last)) == ["1 of 1 document of b (collapse 1)"]
    few = {"documents": 99, "shares": {"a": 0.5, "b": 0.5}, "dropped_by_voice": {"a": {"duplicate": 1}}}
    assert moved(few, {"a": 0.5, "b": 0.5}) == ""
    gone = {"documents": 10, "shares": {"b": 1.0}, "dropped_by_voice": {"a": {"collapse": 10}}}
    assert "it is now a 0.00, b 1.00" in moved(gone, {"a": 0.5, "b": 0.5})


def test_write_and_the_report_name_the_blend_that_is_left(tiny: Study, tmp_path: Path, capsys: Capture) -> None:
    study = Study(Path(shutil.copytree(tiny.folder, tmp_path / "s")))
    assert guarded(["write", str(study.folder), "1", "--set", "gates.whole.duplicate.threshold=0.3"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "dropped as a set: " in shown
    assert "warning: the set gates changed the blend: it is now" in shown
    assert "blend_moved" not in study.ledger.latest()[1].facts
    assert "blend_moved" in factors.OUTCOMES


# ---------------------------------------------------------------- a model writes


def with_model(tiny: Study, tmp_path: Path, voices: str) -> Study:
    study = Study(Path(shutil.copytree(tiny.folder, tmp_path / "s")))
    last = max(study.files())
    body = f'base = "round:1"\nquestion = "Does a model write?"\n[corpus]\nsize = 20\n{voices}\n'
    (study.folder / "rounds" / f"{last + 1:02d}-a-model-writes.toml").write_text(body)
    return study


def test_a_round_is_a_voice(tiny: Study, tmp_path: Path) -> None:
    study = with_model(tiny, tmp_path, "blend = { old = 1.0 }\nvoices.old = { use = 'trained', round = 2, top_k = 50 }")
    recipe = study.recipe(max(study.files()))
    assert isinstance(recipe.corpus, VoicesCorpus)
    first = study.round(2).artifacts[f"model-{study.round(2).seeds[0]}"]
    assert recipe.corpus.voices["old"]["model"] == first.name
    draws = blend.plan(recipe.corpus)
    made = write(recipe.corpus, {}, draws, study.store, SILENT)
    samples = corpus.load(study.store.path(made) / corpus.FILE)
    assert [(s.made.topic, s.made.level, s.made.model) for s in samples] == [
        (d.topic, d.level, first.name) for d in draws
    ]
    assert len({s.body for s in samples}) > 10
    assert samples[0].made.prompt == samples[0].control
    assert samples[0].made.usage["completion_tokens"] > 0
    # what a draw gives does not depend on the others, and what is recorded needs no model
    part = parts.make("generators", "old", recipe.corpus.voices["old"]).at(study.store)
    alone = part.say(draws[7], recipe.corpus.brief)
    assert samples[7].body in (alone.text, alone.text.strip()) or samples[7].made.raw == alone.text
    shutil.rmtree(study.store.path(first))
    shutil.rmtree(study.store.path(made))
    again = write(recipe.corpus, {}, draws, study.store, SILENT, Bounds(replay=True))
    assert again.files == made.files


def test_a_model_that_is_not_there_is_named(tiny: Study, tmp_path: Path) -> None:
    study = with_model(tiny, tmp_path, "blend = { old = 1.0 }\nvoices.old = { use = 'trained', round = 77 }")
    recipe = study.recipe(max(study.files()))
    assert isinstance(recipe.corpus, VoicesCorpus)
    with pytest.raises(RecipeError, match="the model of round 77, which has not been run"):
        write(recipe.corpus, {}, blend.plan(recipe.corpus), study.store, SILENT)


def test_a_replay_asks_nobody(tmp_path: Path) -> None:
    wanted, store = recipe(1.0, 1), Store(tmp_path / "store")
    with pytest.raises(RoundError, match="v has no recorded answer for 'topic 0'"):
        write(wanted, {"empty": {}}, blend.plan(wanted), store, SILENT, Bounds(replay=True))


def test_time_that_is_up_stops_and_the_next_run_goes_on(tmp_path: Path) -> None:
    wanted, store = recipe(1.0, 1), Store(tmp_path / "store")
    with pytest.raises(RoundError, match="the time is up: 0 hours; what was written stays"):
        write(wanted, {}, blend.plan(wanted), store, SILENT, Bounds(hours=0.0))
    assert write(wanted, {}, blend.plan(wanted), store, SILENT).facts["accounting"]["kept"] == 200


def interrupted(store: Store) -> None:
    """As if the run had stopped before its corpus was saved."""
    for folder in store.folder.glob("corpus-*"):
        shutil.rmtree(folder)


def test_a_run_that_goes_on_judges_nothing_twice(tmp_path: Path) -> None:
    wanted, store = recipe(1.0, 3), Store(tmp_path / "store")

    def run(size: int = 200, bounds: Bounds | None = None, **options: Any) -> tuple[list[str], dict[str, Any], str]:
        seen = importlib.import_module("own_voices.shy").SEEN
        seen.clear()
        gates = {"shy": {"use": "own_voices.shy", **options}}
        made = write(wanted, gates, blend.plan(wanted)[:size], store, SILENT, bounds)
        samples = [(one.id, one.sha256) for one in corpus.load(store.path(made) / corpus.FILE)]
        dropped = [(one.sha256, one.fired) for one in quarantine.of_samples(store.path(made) / REFUSED)]
        return list(seen), made.facts["accounting"], fingerprint([samples, dropped])

    _, counts, whole = run()
    interrupted(store)
    assert run() == ([], counts, whole)
    (kept,) = (store.folder / DECIDED).iterdir()
    lines = kept.read_bytes().splitlines(keepends=True)
    interrupted(store)
    kept.write_bytes(b"".join(lines[:150]) + b"nothing\n" + lines[160][:70])  # lost and torn by a crash
    seen, *found = run()
    assert found == [counts, whole]
    assert 50 <= len(seen) < counts["asked"], "the other 50 places are judged, and no more"
    interrupted(store)
    assert run()[0] == [], "they were written down anew"
    interrupted(store)
    seen, *found = run(bounds=Bounds(replay=True))
    assert (len(seen), found) == (counts["asked"], [counts, whole]), "a replay judges for itself"
    assert len(run(word="nothing of this")[0]) == 200, "other options are another gate"


def test_an_answer_that_was_edited_is_judged_again(tmp_path: Path) -> None:
    wanted, store, gates = recipe(1.0, 3), Store(tmp_path / "store"), {"shy": {"use": "own_voices.shy"}}
    before = write(wanted, gates, blend.plan(wanted), store, SILENT).facts["accounting"]
    (told,) = (store.folder / "answers").glob("*.jsonl")
    lines = told.read_text().splitlines(keepends=True)
    good, bad = (next(n for n, line in enumerate(lines) if ('"No."' in line) == no) for no in (False, True))
    lines[good] = lines[good].replace("The end", "No. The end")
    lines[bad] = lines[bad].replace('"No."', '"Yes, there was a green light, and that was the end of it all."')
    told.write_text("".join(lines))
    interrupted(store)
    after = write(wanted, gates, blend.plan(wanted), store, SILENT).facts["accounting"]
    interrupted(store)
    again = write(wanted, gates, blend.plan(wanted), store, SILENT, Bounds(replay=True)).facts["accounting"]
    assert after == again != before


@pytest.mark.parametrize(
    "line",
    [
        '"accepted":Infinity',
        '"accepted":-1',
        '"accepted":"x"',
        '"refused":[[0,{"gate":"a","reason":"b"}]]',
        f'"rules":{"[" * 99_999}',
    ],
)
def test_a_damaged_decision_is_made_again(tmp_path: Path, line: str) -> None:
    wanted, store = recipe(1.0, 1), Store(tmp_path / "store")
    before = write(wanted, {"empty": {}}, blend.plan(wanted), store, SILENT).facts
    (kept,) = (store.folder / DECIDED).iterdir()
    name = line.partition(":")[0]
    kept.write_text(re.sub(f"{name}:(?:\\[\\]|[^,]*)", lambda _: line, kept.read_text()))
    assert line in kept.read_text()
    interrupted(store)
    assert write(wanted, {"empty": {}}, blend.plan(wanted), store, SILENT).facts == before


def test_fewer_attempts_are_kept_to_by_a_run_that_goes_on(tmp_path: Path) -> None:
    wanted, store, gates = recipe(1.0, 3), Store(tmp_path / "store"), {"shy": {"use": "own_voices.shy"}}
    write(wanted, gates, blend.plan(wanted), store, SILENT)
    fewer = wanted.model_copy(update={"attempts": 2})
    with pytest.raises(RoundError, match="in 2 attempts"):
        write(fewer, gates, blend.plan(fewer), store, SILENT)


def test_a_stopped_voice_is_stopped_again_before_it_is_asked(tmp_path: Path) -> None:
    wanted, store, there = recipe(0.34, 3), Store(tmp_path / "store"), list[int]()
    for _ in range(3):
        with pytest.raises(RoundError, match="voice v is stopped"):
            write(wanted, {"empty": {}, "length": {}}, blend.plan(wanted), store, SILENT)
        (told,) = (store.folder / "answers").glob("*.jsonl")
        there.append(len(told.read_text().splitlines()))
    assert there == [there[0]] * 3


def test_two_names_of_one_voice_share_its_answers(tmp_path: Path) -> None:
    one = recipe(1.0, 3)
    wanted = one.model_copy(
        update={"blend": {"a": 0.5, "b": 0.5}, "voices": {"a": one.voices["v"], "b": one.voices["v"]}}
    )
    made = write(wanted, {"empty": {}, "length": {}}, blend.plan(wanted), Store(tmp_path / "store"), SILENT)
    assert {name: counts["kept"] for name, counts in made.facts["accounting"]["by_voice"].items()} == {
        "a": 100,
        "b": 100,
    }


def test_a_second_run_waits_for_the_voice_that_another_asks(tmp_path: Path) -> None:
    wanted, store, said = recipe(1.0, 1), Store(tmp_path / "store"), list[str]()
    voices = voices_of(wanted, wanted.blend, store)
    with Writer(wanted, voices, {}, store.folder / "answers") as first, SILENT.bar("", 0, "") as bar:
        first.fill(blend.plan(wanted)[:5], bar)

        def run() -> None:
            with Writer(wanted, voices, {}, store.folder / "answers", say=said.append) as second:
                second.fill(blend.plan(wanted)[:10], bar)
                said.append(str(second.bill.items["v"].requests))

        thread = threading.Thread(target=run)
        thread.start()
        while not said:
            thread.join(0.01)
    thread.join()
    assert said == ["another run is asking v; waiting", "5"], "the first run's five are taken"


# ---------------------------------------------------------------- by command


def test_write_says_what_it_takes_and_replay_gives_it_again(tiny: Study, tmp_path: Path, capsys: Capture) -> None:
    study = Study(Path(shutil.copytree(tiny.folder, tmp_path / "s")))
    folder = str(study.folder)
    capsys.readouterr()
    assert guarded(["write", folder, "1", "--set", "corpus.seed=77", "--dry-run", "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)["expected"]
    recipe = study.recipe(1).corpus
    assert isinstance(recipe, VoicesCorpus)
    assert sum(one["places"] for one in expected.values()) == recipe.size
    assert all(one["requests"] >= one["places"] and one["tokens_out"] is None for one in expected.values())
    assert guarded(["write", folder, "1", "--set", "corpus.seed=77", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    account = said["accounting"]
    assert account["asked"] == account["kept"] + sum(account["refused"].values()) + account["failed"]
    assert said["documents"] == account["kept"] - sum(said["dropped"].values())
    assert guarded(["write", folder, "1", "--set", "corpus.seed=77", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "still to be asked" in told
    assert max(map(len, told.splitlines())) <= 80
    assert guarded(["replay", folder, "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["same"]
    assert found["accounting"] == study.round(1).artifacts["corpus"].facts["accounting"]
    assert not list(study.store.folder.glob(".replay-*"))
    (study.folder / "store" / "answers").rename(study.folder / "store" / "lost")
    refused(["replay", folder, "1"], 1, f"round 1 has no recorded answers: greenlight write {folder} 1", capsys)


def test_a_replay_of_half_an_answered_plan_says_how_much_is_there(tmp_path: Path, capsys: Capture) -> None:
    study = create(tmp_path / "s", "green-light")
    folder = str(study.folder)
    refused(["replay", folder, "1"], 1, f"round 1 has no recorded answers: greenlight write {folder} 1", capsys)
    recipe = study.recipe(1)
    assert isinstance(recipe.corpus, VoicesCorpus)
    half = blend.plan(recipe.corpus)[:50]
    write(recipe.corpus, recipe.gates.each, half, study.store, SILENT)
    refused(["replay", folder, "1"], 1, "recorded answers for 50 of its 600 places: greenlight write", capsys)


def test_only_voices_write(tmp_path: Path, capsys: Capture) -> None:
    create(tmp_path / "s", "bpc-ladder", Given(text=prose(1, 120_000)))
    refused(["write", str(tmp_path / "s"), "1"], 2, "round 1 has no voices", capsys)
