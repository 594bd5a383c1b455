"""``greenlight research``: what it prints, what it gives to programs, and its one-line refusals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from made_research import answer, small
from refusals import Capture, refused

from greenlight import stub
from greenlight.cli.main import guarded
from greenlight.crew import SOLO
from greenlight.round import run_round


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = small(tmp_path_factory.mktemp("cli") / "study", "[1]")
    run_round(1, study, SOLO)
    return study.folder


@pytest.fixture
def folder(run_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("greenlight.crew.cores", lambda: 1)  # rounds in this process
    return Path(shutil.copytree(run_once, tmp_path / "study"))


def said(arguments: list[str], capsys: Capture, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert guarded(arguments) == code, capsys.readouterr().err
    out, err = capsys.readouterr()
    return out, err


def told(arguments: list[str], capsys: Capture, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said([*arguments, "--json"], capsys, code)[0])
    return found


def test_a_session_for_people_and_for_programs(folder: Path, capsys: Capture) -> None:
    command = ["research", str(folder), "--by", "chance", "--rounds", "1"]
    out, err = said(command, capsys)
    assert "session chance-1" in out
    assert "it stands on round 1; 1 turn," in out
    assert "1 of 1 rounds are used" in out
    assert "turn 1: chance is asked, on round 1" in err
    assert all(len(line) <= 80 for line in out.splitlines())
    data = told(command, capsys)
    assert (data["session"], data["ended"], data["base"]) == ("chance-1", "rounds", 1)
    (turn,) = data["turns"]
    assert (turn["round"], turn["outcome"], turn["kept"]) == (2, "undecided", False)
    assert "chance-1" in (folder / "ledger.jsonl").read_text()
    slug = next((folder / "rounds").glob("02-*.toml")).stem[3:]
    assert slug in (folder / "leaderboard.md").read_text(), "the tables follow each round"
    assert told(["research", str(folder), "--by", "chance", "--max-hours", "1e-7"], capsys, 4)["ended"] == "hours"
    report = told(["research", str(folder), "--report"], capsys)
    assert [one["session"] for one in report["sessions"]] == ["chance-1"]
    out, _ = said(["research", str(folder), "--report"], capsys)
    assert "gain a turn" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_an_agent_gets_its_briefing(folder: Path, capsys: Capture) -> None:
    data = told(["research", str(folder), "--by", "agent"], capsys)
    assert data["briefing"]["base"] == 1
    assert data["briefing"]["proposal_schema"]["additionalProperties"] is False
    out, _ = said(["research", str(folder), "--by", "agent"], capsys)
    assert "no proposal waits" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_oversight_says_how_to_approve(folder: Path, capsys: Capture) -> None:
    out, _ = said(["research", str(folder), "--by", "chance", "--rounds", "1", "--oversight"], capsys)
    assert f"greenlight approve 2 {folder} --by NAME" in out.replace("\n  ", " ")
    assert told(["research", str(folder), "--by", "chance", "--rounds", "1", "--oversight"], capsys)["waiting"] == [2]


def test_lost_turns_fail(folder: Path, capsys: Capture, tmp_path: Path) -> None:
    with stub.serving(script=("no", "\x1b[2Jno")) as url:
        with open(folder / "research.toml", "a") as file:
            file.write(f'[llm]\nmodel = "stub-plain"\nbase_url = "{url}"\n')
        out, _ = said(["research", str(folder), "--by", "llm", "--rounds", "9"], capsys, 1)
    assert "5 turns in a row were no round" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "--by is missing: name a researcher"),
        (["--by", "chanse"], 2, "unknown researcher 'chanse'; did you mean 'chance'?"),
        (["--by", "chance", "--over", "x"], 2, "--over belongs to --report"),
        (["--report", "--over", "x"], 2, "--over x: no such session"),
        (["--by", "chance", "--rounds", "0"], 2, "--rounds"),
        (["--by", "chance", "--start", "7"], 1, "there is no round 7"),
        (["--by", "chance", "--session", "../x"], 2, "a name has 1 to 64"),
        (["--by", "llm"], 2, "the researcher llm has no model: set model in [llm] of research.toml"),
        (["--by", "llm", "--budget-usd", "1"], 2, "--budget-usd cannot be kept"),
    ],
)
def test_refusals(folder: Path, options: list[str], code: int, words: str, capsys: Capture) -> None:
    refused(["research", str(folder), *options], code, words, capsys)


def test_the_stub_reads_a_script(tmp_path: Path, capsys: Capture) -> None:
    from greenlight.cli.servers import _script

    path = tmp_path / "script.json"
    path.write_text(json.dumps(["prose", json.loads(answer("train.lr", 0.01))]))
    first, second = _script(path)
    assert first == "prose"
    assert json.loads(second)["change"] == {"key": "train.lr", "value": 0.01}
    for text, words in (("{", "is no JSON"), ("[]", "holds no list of answers"), ("{}", "holds no list of answers")):
        path.write_text(text)
        refused(["stub", "--script", str(path)], 1, words, capsys)
