"""Admission: what a battery of prompts tells of a speaker, when it may write, and the record of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import made_answers as made
import numpy as np
import pytest
import typer

from greenlight.character import admission
from greenlight.character._styles import HABITS
from greenlight.character.admission import Ask, admit
from greenlight.character.asking import Asked
from greenlight.character.constitution import Constitution, Trait, dump
from greenlight.character.house import Teacher
from greenlight.character.modes import Mode, ratio
from greenlight.character.prompts import Prompt, battery
from greenlight.character.served import Served
from greenlight.chats import Manner, Reply, Turns
from greenlight.cli import admitting
from greenlight.errors import GreenlightError, InputError, RecipeError, RoundError, StudyError
from greenlight.llm import Endpoint
from greenlight.progress import Bar
from greenlight.stats import t_interval
from greenlight.stub import serving

PROMPTS = battery()
PLAIN = Teacher()


def house(turns: Turns, seed: int) -> str:
    return PLAIN.answer(turns, seed)


def tried(tmp_path: Path, speaker: Any, ask: Ask | None = None) -> admission.Admission:
    return admit(speaker, PROMPTS, Asked(tmp_path / "answers"), ask)


# ---------------------------------------------------------------- what is measured


def test_the_house_is_admitted(tmp_path: Path) -> None:
    found = tried(tmp_path, PLAIN)
    (mode,) = found.modes
    assert found.admitted, found.why_not
    assert mode.leak_class == "none"
    assert mode.task is not None
    assert mode.task.value == 1
    assert set(mode.tasks) == {"json", "one_word", "code_only", "persona", "identity", "long"}
    assert mode.shares["valid"].value > 0.9
    assert mode.prompts >= admission.FEWEST
    assert 0 < mode.shares["leak"].high < 0.07, "none of 60 prompts is up to 6 %"
    assert mode.usd is not None
    assert mode.usd.value == 0, "it runs here"


@pytest.mark.parametrize(
    ("teacher", "leak", "share"),
    [
        (Teacher(leaks=0.5, leaking="tags"), "tagged", "think tags"),
        (Teacher(leaks=0.5, leaking="open"), "tagged", "leak"),
        (Teacher(leaks=0.5, leaking="aloud"), "aloud", "leak"),
    ],
)
def test_where_thought_goes(tmp_path: Path, teacher: Teacher, leak: str, share: str) -> None:
    (mode,) = tried(tmp_path, teacher).modes
    assert mode.leak_class == leak
    assert mode.shares[share].low < 0.5 < mode.shares[share].high
    assert any(reason.startswith("leak ") and "at most 5%" in reason for reason in mode.reasons)


def test_thought_in_a_channel_of_its_own_is_no_leak(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: Reply(house(turns, seed), True, hidden="Let me see."))
    (mode,) = tried(tmp_path, one).modes
    assert (mode.leak_class, mode.shares["hidden channel"].value, mode.shares["leak"].value) == ("hidden-only", 1, 0)
    assert mode.admitted
    silent = made.Scripted("two", lambda turns, seed: Reply("", True, hidden="Let me see."))
    found = tried(tmp_path, silent)
    assert found.modes[0].shares["hidden only"].value == 1
    assert "answers none of" in found.why_not
    assert "what comes is hidden thought" in found.why_not


def test_several_ways_are_mixed_and_one_sign_is_none(tmp_path: Path) -> None:
    def both(turns: Turns, seed: int) -> Reply | str:
        said = house(turns, seed)
        return Reply(said, True, hidden="Hm.") if seed % 2 else f"<think>Hm.</think>{said}"

    assert tried(tmp_path, made.Scripted("both", both)).modes[0].leak_class == "mixed"
    first = PROMPTS[0].turns
    once = made.Scripted("once", lambda t, s: f"<think>Hm.</think>{house(t, s)}" if t == first else house(t, s))
    (mode,) = tried(tmp_path, once).modes
    assert mode.shares["think tags"].value > 0
    assert mode.leak_class == "none"


def test_shares_are_clustered_by_prompt(tmp_path: Path) -> None:
    """Four samples of one prompt that are always the same are one: the interval is that of one sample."""
    half = {prompt.id for k, prompt in enumerate({p.id: p for p in PROMPTS}.values()) if k % 2}
    asks = {prompt.turns: prompt.id in half for prompt in PROMPTS}
    one = made.Scripted("one", lambda turns, seed: "" if asks[turns] else house(turns, seed))
    single = tried(tmp_path, one).modes[0].shares["empty"]
    several = tried(tmp_path, one, Ask(samples=4)).modes[0].shares["empty"]
    assert several.value == pytest.approx(single.value)
    assert several.high - several.low == pytest.approx(single.high - single.low, rel=0.1)


def test_in_character_is_asked_with_the_constitution_alone(tmp_path: Path) -> None:
    system = made.SAILOR.system()

    def plays(turns: Turns, seed: int) -> str:
        return made.sailor(turns, seed) if turns[0].content == system and seed % 4 else house(turns, seed)

    one = made.Scripted("one", plays)
    ask = Ask(constitution=made.SAILOR, in_character=lambda text: any(line in text for line in made.SEA))
    found = tried(tmp_path, one, ask)
    assert found.modes[0].character is not None
    assert 0.4 < found.modes[0].character.value < 1
    assert found.constitution == made.SAILOR.hash
    dressed = [turns for turns, _ in one.asked if turns[0].content == system]
    identities = len({p.id for p in PROMPTS if p.task is not None and p.task.kind == "identity"})
    assert len(dressed) == identities + 2, "who it is, and the probes of two traits"
    assert found.modes[0].shares == tried(tmp_path, one).modes[0].shares, "the rest is asked without it"
    stiff = tried(tmp_path, made.Scripted("two", house), ask)
    assert "in character 0% [0%, " in stiff.why_not
    assert tried(tmp_path, one).modes[0].character is None


def test_speed_and_price(tmp_path: Path) -> None:
    def counted(turns: Turns, seed: int) -> Reply:
        usage = {"prompt_tokens": 100, "completion_tokens": 50}
        return Reply(house(turns, seed), True, usage=usage, seconds=0.5 if seed % 2 else 1.5)

    here, away = made.Scripted("here", counted), made.Scripted("away", counted, server="x")
    speed = tried(tmp_path, here).modes[0].tokens_per_second
    assert speed is not None
    assert speed.low < 50 < speed.high
    assert tried(tmp_path, away).modes[0].usd is None, "a price that nobody stated is unknown"
    usd = tried(tmp_path, away, Ask(price_in=1.0, price_out=4.0)).modes[0].usd
    assert usd is not None
    assert usd.value == pytest.approx(1000 * (100 * 1.0 + 50 * 4.0) / 1e6)
    free = tried(tmp_path, here, Ask(price_in=1.0, price_out=4.0)).modes[0].usd
    assert free is not None
    assert free.value == 0, "and one of this machine costs nothing"
    assert tried(tmp_path, made.Scripted("uncounted", house)).modes[0].tokens_per_second is None


def test_the_interval_of_a_ratio() -> None:
    values = [1.0, 4.0, 2.0, 5.0]
    same = ratio({str(k): (value, 1.0) for k, value in enumerate(values)})
    known = t_interval(values)
    assert same is not None
    assert (same.value, same.low, same.high) == pytest.approx((known.value, max(0, known.low), known.high))
    rng, covered = np.random.default_rng(5), 0
    for _ in range(400):  # tokens and seconds of 40 prompts, at a true 20 tokens a second
        seconds = rng.gamma(2.0, 1.0, 40)
        found = ratio({str(k): (20 * s * rng.lognormal(-0.02, 0.2), s) for k, s in enumerate(seconds)})
        assert found is not None
        covered += found.low <= 20 <= found.high
    assert 0.91 <= covered / 400 <= 0.98
    assert ratio({}) is None


class Switching(made.Scripted):
    """Thinks aloud in its text unless thinking is off."""

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        found = super().reply(chats, seeds, manner, bar)
        if manner.thinking is False:
            return found
        return [Reply(f"<think>\nHm.\n</think>\n{one.text}", True) for one in found]


def test_every_mode_is_judged_by_itself(tmp_path: Path) -> None:
    one = Switching("one", house)
    found = tried(tmp_path, one, Ask(modes=(Mode(thinking=True), Mode(thinking=False), Mode("other.jinja"))))
    assert [mode.leak_class for mode in found.modes] == ["tagged", "none", "tagged"]
    assert [mode.mode for mode in found.modes] == ["thinking", "no thinking", "other.jinja"]
    assert [mode.admitted for mode in found.modes] == [False, True, False]
    assert found.admitted, "one mode in which it can be used is enough"
    assert found.why_not == ""


# ---------------------------------------------------------------- who is refused


@pytest.mark.parametrize(
    ("teacher", "role", "says"),
    [
        (Teacher(refuses=1.0), "teacher", "is not admitted as a teacher: it refuses 6"),
        (Teacher(empties=1.0), "student", "is not admitted as a student: it answers none of 6"),
        (Teacher(empties=0.5), "teacher", "empty "),
        (Teacher(loops=0.5), "teacher", "loop "),
    ],
)
def test_who_is_not_admitted(tmp_path: Path, teacher: Teacher, role: admission.Role, says: str) -> None:
    found = tried(tmp_path, teacher, Ask(role=role))
    assert not found.admitted
    assert says in found.why_not
    assert "\n" not in found.why_not
    admission.store(found, tmp_path)
    with pytest.raises(RoundError, match=f"not admitted as a {role}"):
        admission.require(tmp_path, teacher, PROMPTS, role)


def test_a_student_need_only_answer(tmp_path: Path) -> None:
    lame = made.Scripted("lame", lambda turns, seed: made.plain(turns, seed))
    assert "task held" in tried(tmp_path, lame).why_not
    assert tried(tmp_path, lame, Ask(role="student")).admitted


def test_a_server_that_answers_some(tmp_path: Path) -> None:
    def half(turns: Turns, seed: int) -> Reply | str:
        return Reply("", False, error="500 overloaded") if seed % 2 else house(turns, seed)

    (mode,) = tried(tmp_path, made.Scripted("half", half, server="x")).modes
    assert 0.3 < mode.shares["no answer"].value < 0.7
    assert mode.task is not None
    assert mode.task.value == pytest.approx(1 - mode.shares["no answer"].value), "no answer does no task"
    assert mode.reasons[0].startswith("empty ")


def test_a_real_server_that_thinks(tmp_path: Path) -> None:
    with serving("thinker") as address:
        (mode,) = tried(tmp_path, Served("stub", "stub-thinker", Endpoint(address))).modes
    assert mode.leak_class == "hidden-only"
    assert mode.shares["hidden channel"].value == 1
    assert mode.tokens_per_second is not None


# ---------------------------------------------------------------- the record


def test_the_record_and_when_it_is_stale(tmp_path: Path) -> None:
    found = tried(tmp_path, PLAIN)
    path = admission.store(found, tmp_path)
    assert path.parent == tmp_path / "admissions"
    assert admission.stored(tmp_path, PLAIN.name) == found
    assert admission.require(tmp_path, PLAIN, PROMPTS) == found
    assert "changed" in admission.stale(found, Teacher(seed=1), PROMPTS)
    assert admission.stale(found, PLAIN, PROMPTS[1:]) == "with another battery"
    dressed = found.model_copy(update={"constitution": "another"})
    assert admission.stale(dressed, PLAIN, PROMPTS, made.SAILOR) == "with another constitution"
    with pytest.raises(StudyError, match=r"house teacher was tried, but its model.*admit on it again"):
        admission.require(tmp_path, Teacher(seed=1), PROMPTS)
    with pytest.raises(StudyError, match="never tried as a student"):
        admission.require(tmp_path, PLAIN, PROMPTS, "student")
    path.write_text(path.read_text()[:-20])
    with pytest.raises(StudyError, match=r"is damaged: delete it"):
        admission.stored(tmp_path, PLAIN.name)


def test_names_that_are_no_file_names(tmp_path: Path) -> None:
    names = ("Qwen/Qwen3-4B", "Qwen-Qwen3-4B", "../../etc/passwd", "a b", "a-b", "…", "x" * 300)
    paths = [admission.path_of(tmp_path, name) for name in names]
    assert len(set(paths)) == len(names)
    assert all(path.parent == tmp_path / "admissions" and len(path.name) < 120 for path in paths)
    assert admission.path_of(tmp_path, "qwen3-8b").name == "qwen3-8b.json"


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    one = made.Scripted("one", house)
    assert tried(tmp_path, one) == tried(tmp_path, one)
    assert len(one.asked) == len({prompt.id for prompt in PROMPTS})
    doubled = admit(one, [*PROMPTS, *PROMPTS], Asked(tmp_path / "answers"))
    assert doubled == tried(tmp_path, one), "a prompt that stands there twice counts once"


def test_a_battery_that_is_too_small(tmp_path: Path) -> None:
    few: list[Prompt] = made.prompts(admission.FEWEST - 1)
    with pytest.raises(RecipeError, match="a battery of 59 prompts admits nobody"):
        admit(PLAIN, few, Asked(tmp_path))


# ---------------------------------------------------------------- side by side


def test_several_models_side_by_side(tmp_path: Path) -> None:
    both = [tried(tmp_path, PLAIN), tried(tmp_path, Switching("thinker|x", house), Ask(role="student"))]
    head, rows = admission.comparison(both)
    assert len(head) == 3
    assert all(len(row) == 3 for row in rows)
    cells = {row[0]: row[1:] for row in rows}
    assert cells["leak class"] == ["none", "tagged"]
    assert cells["admitted"] == ["yes", "no"]
    assert cells["think tags"][1].startswith("100% [9")
    page = admission.markdown(both)
    assert "thinker¦x (student)" in page, "a name cannot break the table"
    assert "| leak class | none | tagged |" in page
    assert "- thinker|x (student), as it is: leak 100%" in page


def run(*arguments: str) -> int:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(admitting.admit)
    code = app(list(arguments), standalone_mode=False)
    return code if isinstance(code, int) else 0


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = ("--study", str(tmp_path))
    assert run("house", *study) == 0
    told = capsys.readouterr().out
    assert "house teacher is admitted as a teacher" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80 + len(str(tmp_path)), "only a path may be wider"
    assert run("house", *study, "--json") == 0
    (data,) = json.loads(capsys.readouterr().out)["admissions"]
    assert data["admitted"] is True
    assert data["modes"][0]["shares"]["refusal"]["low"] < data["modes"][0]["shares"]["refusal"]["high"]
    assert Path(data["file"]).exists()
    assert run("house", *study, "--markdown", "--thinking", "both") == 0
    assert "| task held |" in capsys.readouterr().out


def test_the_command_with_a_constitution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In character is by the house's marks: half of the traits that it knows must show."""
    wording = {key: HABITS[key].cues[0] for key in ("crew", "weather", "haven")}
    captain = Constitution(name="Marrow", traits=tuple(Trait(key=k, text=f"I {said}.") for k, said in wording.items()))
    (tmp_path / "captain.yaml").write_text(dump(captain))
    assert run("house", "--study", str(tmp_path), "--constitution", str(tmp_path / "captain.yaml"), "--json") == 0
    (data,) = json.loads(capsys.readouterr().out)["admissions"]
    assert data["constitution"] == captain.hash
    assert data["modes"][0]["character"]["value"] > 0.9
    (tmp_path / "maren.yaml").write_text(dump(made.SAILOR))
    assert run("house", "--study", str(tmp_path), "--constitution", str(tmp_path / "maren.yaml"), "--json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["admissions"][0]["modes"][0]["character"] is None
    assert "in character is not measured: " in told.err


def test_the_command_with_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving("plain") as address:
        assert run(address, "house", "--model", "stub-plain", "--study", str(tmp_path)) == 3
    told = " ".join(capsys.readouterr().out.split())
    assert "stub-plain is not admitted as a teacher: task held" in told
    assert (tmp_path / "admissions" / "stub-plain.json").exists()


def test_a_dry_run_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asks = ("http://127.0.0.1:9/v1", "--model", "big", "--study", str(tmp_path), "--dry-run", "--json")
    assert run(*asks, "--price-in", "1", "--price-out", "2", "--samples", "3", "--max-new", "100") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["answers"] == 3 * data["prompts"]
    assert data["tokens"]["out"] == 100 * data["answers"]
    usd = (data["tokens"]["in"] * 1 + data["tokens"]["out"] * 2) / 1e6
    assert data["models"] == [{"model": asks[0], "name": "big", "usd_at_most": pytest.approx(usd)}]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (("no-such-folder",), InputError, "is no folder and no address"),
        (("http://x/v1",), RecipeError, "1 addresses and 0 names: give --model once"),
        (("house", "--model", "x"), RecipeError, "0 addresses and 1 names"),
        (("house", "house"), RecipeError, "named twice"),
        (("house", "--thinking", "of"), RecipeError, "no such switch; did you mean 'off'"),
        (("house", "--constitution", "none.yaml"), InputError, "none.yaml"),
    ],
)
def test_wrong_calls_are_one_line(
    tmp_path: Path, arguments: tuple[str, ...], kind: type[GreenlightError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        run(*arguments, "--study", str(tmp_path))
