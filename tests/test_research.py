"""The loop: what is proposed is frozen, run, judged and kept or not; it goes on from wherever it was stopped."""

from __future__ import annotations

import datetime as dates
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from made_research import RESEARCH, answer, small

from greenlight import bounds, ledger, propose, sessions, stub
from greenlight.crew import SOLO
from greenlight.errors import RecipeError, StudyError, UserError
from greenlight.lift import calibration, report, welch
from greenlight.memory import Ran
from greenlight.proposals import Proposal, Turn
from greenlight.research import Outcome, Settings, alone, ended, research, sure_gain
from greenlight.round import run_round
from greenlight.sessions import Session, Step
from greenlight.study import Study

ASK = '[llm]\nmodel = "stub-plain"\nbase_url = "{url}"\nprice_in = 1.0\nprice_out = 2.0\nretries = 0\n{more}'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The start of a study, run with three seeds and with one."""
    folder = tmp_path_factory.mktemp("research")
    for name, seeds in (("three", "[1, 2, 3]"), ("one", "[1]")):
        assert run_round(1, small(folder / name, seeds), SOLO).status == "done"
    return {name: folder / name for name in ("three", "one")}


def copied(made: dict[str, Path], tmp_path: Path, name: str = "one", research_toml: str = "") -> Study:
    shutil.copytree(made[name], tmp_path / "study")
    (tmp_path / "study" / "research.toml").write_text(RESEARCH + research_toml)
    return Study(tmp_path / "study")


def scripted(study: Study, script: list[str], more: str = "", **options: Any) -> Outcome:
    """One call of the loop with an LLM that says this."""
    with stub.serving(script=tuple(script)) as url:
        (study.folder / "research.toml").write_text(RESEARCH + ASK.format(url=url, more=more))
        return research(Study(study.folder), SOLO, Settings("llm", **options))


def entries(study: Study, event: str) -> list[dict[str, Any]]:
    return [e.body for e in study.ledger.entries("research") if e.body["event"] == event]


def story(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [(s.number, s.base, s.proposal.changes if s.proposal else {}, s.outcome) for s in outcome.session.steps]


# ---------------------------------------------------------------- a session


def test_a_scripted_llm_from_silly_to_good(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path, "three")
    script = [
        "I would simply train it longer.",
        answer("train.steps", 5_000),
        answer("keep_if.by", 0.0),
        answer("train.steps", 40, effect=-0.5),
        answer("train.steps", 40, effect=-0.5, hypothesis="once more"),
        answer("model.dropout", 0.2, effect=0.05),
    ]
    outcome = scripted(study, script, rounds=6, session="mine")
    steps = outcome.session.steps
    assert [s.outcome for s in steps[:5]] == ["refused", "refused", "refused", "better", "refused"]
    for one, said in zip(
        steps, ("there is no JSON object", "out of bounds", "no researcher's to change"), strict=False
    ):
        assert said in one.refused
    assert (steps[3].number, steps[3].base, steps[3].kept) == (2, 1, True)
    assert (steps[5].number, steps[5].base) == (3, 2), "what was kept is the next base"
    assert (outcome.why, outcome.session.base) == ("rounds", 2)
    assert study.recipe(3).train.steps == 40
    assert study.recipe(3).model.dropout == 0.2
    assert len(entries(study, "turn")) == 6
    assert outcome.session.usd == pytest.approx(sum(t["usd"] for t in entries(study, "turn")))
    assert all(set(t["usage"]) == {"input", "cache_write", "cache_read", "output"} for t in entries(study, "turn"))
    kinds = [e.body.get("event", e.kind) for e in study.ledger.entries()]
    order = ["turn", "proposal", "plan", "round", "end"]
    assert kinds[-5:] == order, "a turn is recorded before it is a proposal, a prediction before its round"
    told = calibration(outcome.session.judged)
    assert told.counted == 2
    assert told.signs is not None
    assert scripted(study, script, rounds=6, session="mine").reason == outcome.reason, "an end is an end"
    assert len(entries(study, "end")) == 1
    _reported(study, outcome)


def _reported(study: Study, outcome: Outcome) -> None:
    told = report(study)
    (mine,) = told.worths
    assert (mine.turns, mine.ran, mine.refused, mine.kept, mine.champion) == (6, 2, 4, 1, 2)
    assert mine.best is not None
    assert mine.best[1].value == pytest.approx(-outcome.session.steps[3].difference["value"])  # type: ignore[index]
    assert mine.gains.count(0.0) == 5
    assert mine.over_start is not None
    assert mine.over_start.outcome == "better"
    assert mine.luck is not None
    assert 0 < mine.luck < mine.best[1].value
    assert told.lifts == (), "without chance there is nothing to tell a lift over"
    assert json.loads(json.dumps(told.data()))["sessions"][0]["calibration"]["counted"] == 2
    file = study.file(2)
    file.write_text(f"{file.read_text()}\n[keep_if]\nmetric = 'bpc'\nby = 100.0\n")
    assert report(study).worths[0].over_start == mine.over_start, "the keep rule is the one that it ran with"


def test_chance_and_optuna_each_from_the_start(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    first = research(study, SOLO, Settings("chance", rounds=2))
    assert (first.why, len(first.session.steps)) == ("rounds", 2)
    assert {s.base for s in first.session.steps} == {1}
    by_chance = {s.number for s in first.session.steps}
    for number in by_chance:
        assert number is not None
        assert study.recipe(number).against == "round:1"
        assert study.recipe(number).predict["bpc"].effect == 0
    second = research(study, SOLO, Settings("optuna", rounds=2, seed=4))
    assert second.session.name == "optuna-4"
    assert {s.base for s in second.session.steps} == {1}, "no session builds on another one's rounds"
    assert len(entries(study, "turn")) == 4
    assert all(t["usd"] == 0 for t in entries(study, "turn"))
    more = research(study, SOLO, Settings("chance", rounds=3))
    assert story(more)[:2] == story(first)
    assert len(more.session.steps) == 3, "a larger budget goes on"
    told = report(study)
    (lift,) = told.lifts
    assert (lift.session, lift.over) == ("optuna-4", "chance-1")
    assert "2 turns against 3: not one budget" in lift.cautions
    assert lift.per_usd is None


def test_what_another_session_did_is_taken_over_and_not_told(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    scripted(study, [answer("train.lr", 0.01), answer("model.dropout", 0.1)], rounds=2, session="one")
    seen: list[Any] = []

    class Watching:
        def propose(self, told: Any) -> Turn:
            seen.append(told)
            return Turn(proposal=Proposal.model_validate(_plain("train.lr", 0.01002)), usd=0.0)

    outcome = _with(study, Watching(), Settings("chance", rounds=1, session="two"))
    assert (seen[0].tried, seen[0].dead_ends) == ((), ()), "the first session's rounds are not its own"
    (step,) = outcome.session.steps
    assert (step.number, step.taken, step.outcome) == (2, True, "undecided")
    assert step.seconds >= study.ledger.latest()[2].seconds, "and they cost it their time"
    assert len(study.ledger.latest()) == 3
    assert len(entries(study, "taken")) == 1


def test_a_round_is_taken_over_once_and_within_the_bounds_of_today(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    scripted(study, [answer("train.steps", 40)], rounds=1, session="one")
    again = [answer("train.steps", 40), answer("train.steps", 40, hypothesis="once more")]
    outcome = scripted(study, again, rounds=2, session="two")
    assert [(s.number, s.taken) for s in outcome.session.steps] == [(2, True), (None, False)]
    assert "that is round 2" in outcome.session.steps[1].refused, "counted twice it would be two rounds' evidence"
    closed = RESEARCH.replace("[4, 40, 60]", "[4, 60]")
    with stub.serving(script=(answer("train.steps", 40),)) as url:
        (study.folder / "research.toml").write_text(closed + ASK.format(url=url, more=""))
        (step,) = research(Study(study.folder), SOLO, Settings("llm", rounds=1, session="three")).session.steps
    assert (step.taken, step.refused.partition(":")[0]) == (False, "train.steps = 40 is out of bounds")


def _plain(key: str, value: Any) -> dict[str, Any]:
    said = json.loads(answer(key, value))
    return {"base": 1, "changes": {key: value}, "hypothesis": said["hypothesis"], "predict": said["predict"]}


def _with(study: Study, researcher: Any, settings: Settings) -> Outcome:
    """The loop with a researcher of the test's own."""
    from greenlight.research import _Loop

    with alone(study):
        loop = _Loop(study, SOLO, settings, lambda row: None)
        loop.researcher = researcher
        return loop.run()


def test_oversight_waits_for_a_person(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    settings = Settings("chance", rounds=2, oversight=True)
    first = research(study, SOLO, settings)
    assert first.waiting == (2,)
    assert f"greenlight approve 2 {study.folder} --by NAME" in first.reason
    assert len(study.ledger.latest()) == 1, "nothing ran"
    assert research(study, SOLO, settings).waiting == (2,), "asking again changes nothing"
    assert len(entries(study, "turn")) == 1
    propose.rule(study, 2, False, "Ada", "too slow for us")
    second = research(study, SOLO, settings)
    assert second.waiting == (3,)
    assert story(second)[0][3] == "rejected", "which cost a turn"
    propose.rule(study, 3, True, "Ada")
    third = research(study, SOLO, settings)
    assert (third.why, len(study.ledger.latest())) == ("rounds", 2)
    assert second.session.steps[1].told("chance").outcome == "waiting"


def test_a_plan_runs_what_is_written(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    for number, lr in ((2, 0.01), (3, 0.001)):
        text = f'base = "round:1"\nagainst = "round:1"\n[train]\nlr = {lr}\n'
        (study.folder / "rounds" / f"{number:02d}-rate.toml").write_text(text)
    first = research(study, SOLO, Settings("plan", rounds=1))
    assert (first.why, sorted(study.ledger.latest())) == ("rounds", [1, 2])
    second = research(study, SOLO, Settings("plan"))
    assert sorted(study.ledger.latest()) == [1, 2, 3]
    assert second.reason.startswith("no round waits")
    assert [t["round"] for t in entries(study, "turn")] == [2, 3]


def test_a_plan_goes_on_without_a_round_that_was_taken_back(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    broken = study.folder / "rounds" / "02-broken.toml"
    broken.write_text('base = "round:1"\n[train]\nlrr = 1\n')
    with pytest.raises(RecipeError, match="lrr"):
        research(study, SOLO, Settings("plan"))
    broken.unlink()
    assert research(study, SOLO, Settings("plan")).reason.startswith("no round waits")


def test_an_agent_is_handed_the_next_briefing(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    first = research(study, SOLO, Settings("agent"))
    assert first.briefing is not None
    assert first.briefing.base == 1
    propose.freeze(study, Proposal.model_validate(_plain("train.lr", 0.01)), "agent")
    propose.freeze(study, Proposal.model_validate(_plain("model.dropout", 0.1)), "agent", oversight=True)
    second = research(study, SOLO, Settings("agent"))
    assert sorted(study.ledger.latest()) == [1, 2], "what waits for a person holds nothing else up"
    assert second.waiting == (3,)
    assert second.briefing is not None
    assert [one.outcome for one in second.briefing.tried] == ["undecided", "waiting"]


def test_a_crash_is_data(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    study_text = study.folder / "research.toml"
    study_text.write_text("[bounds]\n'model.context' = { any = [32, 131072] }\n")
    outcome = research(Study(study.folder), SOLO, Settings("chance"))
    assert [s.outcome for s in outcome.session.steps if s.number] == ["crash"]
    assert outcome.why == "stop"
    assert "nothing within the bounds is left" in outcome.reason


def test_more_bounds_are_a_reason_to_ask_again(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    (study.folder / "research.toml").write_text("[bounds]\nmodel.norm = { any = ['layer'] }\n")
    assert research(Study(study.folder), SOLO, Settings("chance")).why == "stop"
    (study.folder / "research.toml").write_text("[bounds]\nmodel.norm = { any = ['layer', 'rms'] }\n")
    outcome = research(Study(study.folder), SOLO, Settings("chance", rounds=1))
    assert (outcome.why, [s.number for s in outcome.session.counted]) == ("rounds", [2])


def test_a_name_has_single_spaces(made: dict[str, Path], tmp_path: Path) -> None:
    outcome = scripted(copied(made, tmp_path), [answer("keep_if.by", 0.0)], rounds=1, session="my  run ")
    assert (outcome.session.name, outcome.why) == ("my run", "rounds"), "what answers a turn is known by its session"
    with pytest.raises(RecipeError, match=r"--session \.\./x: a name has"):
        Settings("llm", session="../x").name  # noqa: B018


def test_a_wrong_start_does_not_hold_the_name(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    with pytest.raises(StudyError, match="there is no round 9"):
        research(study, SOLO, Settings("chance", rounds=1, start=9))
    assert entries(study, "start") == []


def test_a_number_of_hundreds_of_digits_is_refused_and_the_session_goes_on(
    made: dict[str, Path], tmp_path: Path
) -> None:
    huge = answer("train.lr", 1).replace('"value": 1', '"value": 1' + "0" * 400)
    wide = answer("train.lr", 0.01, predict={"effect": 0.0, "low": -1.7e308, "high": 1.7e308})
    outcome = scripted(copied(made, tmp_path), [huge, wide], rounds=2)
    assert (outcome.why, [s.outcome for s in outcome.session.steps]) == ("rounds", ["refused", "refused"])
    assert "is no size of a change" in outcome.session.steps[1].refused


# ---------------------------------------------------------------- interrupted

DRIVER = """
import os, signal, sys
from pathlib import Path
from greenlight import ledger, store
from greenlight.crew import SOLO
from greenlight.research import Settings, research
from greenlight.study import Study

moment = sys.argv[2]
append, write = ledger.Ledger.append, store.write_file

def appended(self, kind, body):
    found = append(self, kind, body)
    if moment in (kind, body.get("event")):
        os.kill(os.getpid(), signal.SIGKILL)
    return found

def written(path, data):
    if moment in str(path):
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, data)

ledger.Ledger.append, store.write_file = appended, written
research(Study(Path(sys.argv[1])), SOLO, Settings("chance", rounds=2))
"""


def test_killed_at_three_moments_it_goes_on_the_same(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    shutil.copytree(study.folder, tmp_path / "unbroken")
    unbroken = research(Study(tmp_path / "unbroken"), SOLO, Settings("chance", rounds=2))
    for moment in ("turn", "proposal", "model-"):
        found = subprocess.run([sys.executable, "-c", DRIVER, str(study.folder), moment], capture_output=True)
        assert found.returncode == -signal.SIGKILL, found.stderr.decode()
        assert len(entries(study, "turn")) == 1, "a recorded turn is not asked again"
    assert len(study.ledger.entries("proposal")) == 1
    assert len(study.ledger.latest()) == 1
    outcome = research(Study(study.folder), SOLO, Settings("chance", rounds=2))
    assert story(outcome) == story(unbroken)
    kinds = [e.kind for e in study.ledger.entries()]
    assert kinds == [e.kind for e in Study(tmp_path / "unbroken").ledger.entries()]


def test_a_server_that_is_down_stops_it_and_the_same_command_goes_on(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    with stub.serving() as gone:
        pass
    (study.folder / "research.toml").write_text(RESEARCH + ASK.format(url=gone, more=""))
    with pytest.raises(UserError, match=r"no server answers at .*; the session 'llm-1' is kept, and the same command"):
        research(Study(study.folder), SOLO, Settings("llm", rounds=1))
    assert entries(study, "turn") == []
    assert scripted(study, [answer("train.lr", 0.01)], rounds=1).session.steps[0].number == 2


def test_five_lost_turns_in_a_row_end_it(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    first = scripted(study, [f"prose {i}" for i in range(9)], rounds=20)
    assert (first.why, len(first.session.steps)) == ("tries", 5)
    assert "5 turns in a row were no round; the last: there is no JSON object" in first.reason
    again = scripted(study, ["prose", answer("train.lr", 0.01), "prose"], rounds=7)
    assert (again.why, len(again.session.steps)) == ("rounds", 7), "the same command tries again, within the budget"
    assert again.session.steps[6].number == 2 or again.session.steps[5].number == 2


def test_nothing_until_the_timeout_costs_a_turn(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    outcome = scripted(study, ["wait 30"], "timeout_s = 0.3\n", rounds=1)
    assert [s.refused for s in outcome.session.steps] == ["there was no answer within 0.3 s"]
    assert outcome.session.usd is None, "what it cost is unknown"


def test_two_at_once_are_refused(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    with alone(study), pytest.raises(StudyError, match="another researcher is at work on"):
        research(Study(study.folder), SOLO, Settings("chance", rounds=1))
    assert entries(study, "start") == []


def test_a_session_is_its_researchers(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    research(study, SOLO, Settings("agent", session="mine"))
    for other, said in (
        (Settings("chance", session="mine"), "by = agent, not chance"),
        (Settings("agent", session="mine", seed=2), "seed = 1, not 2"),
        (Settings("agent", session="mine", start=3), "start = 1, not 3"),
    ):
        with pytest.raises(StudyError, match=f"the session 'mine' was begun with {said}"):
            research(study, SOLO, other)
    with pytest.raises(RecipeError, match="unknown researcher 'chanse'; did you mean 'chance'"):
        research(study, SOLO, Settings("chanse"))


# ---------------------------------------------------------------- when it stops


def test_a_clock_that_jumps_ends_nothing_and_extends_nothing(
    made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, years = copied(made, tmp_path), iter((2099, 1990, 2050, 1970) * 20)

    class Jumping(dates.datetime):
        @classmethod
        def now(cls, tz: dates.tzinfo | None = None) -> Any:
            return dates.datetime(next(years), 1, 1, tzinfo=tz)

    monkeypatch.setattr(ledger, "datetime", Jumping)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    outcome = research(study, SOLO, Settings("chance", rounds=1, hours=1.0))
    assert (outcome.why, len(outcome.session.judged)) == ("rounds", 1)
    assert 0 < outcome.session.seconds < 600
    spent = research(study, SOLO, Settings("chance", rounds=9, hours=1e-6))
    assert (spent.why, len(spent.session.steps)) == ("hours", 1)


def test_unknown_money_is_refused_at_the_start_and_known_money_stops_it(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    (study.folder / "research.toml").write_text(RESEARCH + '[llm]\nmodel = "m"\nbase_url = "http://localhost:1"\n')
    with pytest.raises(RecipeError, match=r"--budget-usd cannot be kept: .*price_in and price_out"):
        research(Study(study.folder), SOLO, Settings("llm", usd=1.0))
    outcome = scripted(study, ["prose"] * 4, rounds=9, usd=0.0011)
    paid = [t["usd"] for t in entries(study, "turn")]
    assert outcome.why == "usd"
    assert sum(paid) >= 0.0011 > sum(paid[:-1])


def test_an_agents_money_is_unknown_and_no_budget(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    with pytest.raises(RecipeError, match="--budget-usd cannot be kept: what an agent costs"):
        research(study, SOLO, Settings("agent", usd=1.0))
    (study.folder / "research.toml").write_text(RESEARCH + "[stop]\nusd = 1.0\n")
    assert research(Study(study.folder), SOLO, Settings("agent")).session.usd is None
    assert report(study).worths[0].usd is None
    with pytest.raises(RecipeError, match="--max-hours inf"):
        research(study, SOLO, Settings("chance", hours=float("inf")))


def step(outcome: str, kept: bool = False, gain: float = 0.0, refused: str = "") -> Step:
    """A step that gained so much, with ± 0.1, where lower is better."""
    d = {"value": -gain, "low": -gain - 0.1, "high": -gain + 0.1, "level": 0.95, "method": "t"}
    verdict = {"outcome": "better" if kept else outcome, "better": "lower", "guards": [], "difference": d}
    ran = None if refused else Ran(1, 2, "x", "done", "", b"{}", (), 1800.0, json.dumps(verdict).encode())
    proposal = None if refused else Proposal.model_validate(_plain("train.lr", 0.01))
    return Step(1, Turn(usd=0.5), None if refused else 2, refused, False, 1, proposal, ran, outcome, True)


def why(steps: list[Step], stop: dict[str, Any] | None = None, **settings: Any) -> str | None:
    found = ended(Session("s", "llm", steps=steps), Settings("llm", **settings), bounds.Stop(**(stop or {})))
    return found and found[0]


def test_the_rules_of_stopping() -> None:
    good, bad, lost = step("better", True, 0.4), step("worse"), step("refused", refused="no")
    assert why([good, lost], rounds=2) == "rounds"
    assert why([good, good], rounds=3) is None
    assert why([good, good], hours=1.0) == "hours"
    assert why([good, good], hours=1.01) is None
    assert why([good, good], usd=1.0) == "usd"
    assert why([good, good], usd=1.01) is None
    assert why([lost] * 5) == "tries"
    assert why([lost] * 4 + [bad]) is None
    assert why([good] + [bad] * 8) == "patience"
    assert why([good] + [bad] * 7) is None
    assert why([bad] * 3, {"patience": 3}) == "patience"
    assert sure_gain(good) == pytest.approx(0.3)
    assert sure_gain(bad) == 0
    assert why([good, bad, bad, bad, bad], {"gain": 0.061}) == "gain", "0.3 in five rounds"
    assert why([good, bad, bad, bad, bad], {"gain": 0.059}) is None
    assert why([good, bad, bad, bad], {"gain": 0.5}) is None, "five rounds first"


def test_calibration_counts_what_was_predicted() -> None:
    found = calibration([step("worse", gain=0.2), step("worse", gain=-0.4), step("worse", gain=0.1)])
    assert (found.held, found.counted) == (2, 3), "−0.1 ± 0.2 was predicted each time"
    assert found.width == pytest.approx(0.4)
    assert (found.signed, found.signs and found.signs.value) == (3, pytest.approx(2 / 3))
    assert calibration([step("refused", refused="no")]).rate is None


def test_welch() -> None:
    from scipy import stats as scipy_stats

    one, other = [0.0, 0.1, 0.0, 0.3, 0.0], [0.4, 0.0, 0.6, 0.5]
    found = welch(one, other)
    expected = scipy_stats.ttest_ind(other, one, equal_var=False).confidence_interval()
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert welch([0.0, 0.0], [0.0, 0.0]) is None
    assert welch([0.0], other) is None


def test_sessions_are_read_from_the_ledger_alone(made: dict[str, Path], tmp_path: Path) -> None:
    study = copied(made, tmp_path)
    study.ledger.append("research", {"session": "s", "by": "llm", "event": "turn", "invalid": 5})
    with pytest.raises(StudyError, match="line 2 is no research that this version"):
        sessions.read(study.ledger)
