"""One round driven end to end by a scripted agent: the command line in processes of its own, and ``--json`` alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from made_proposals import ORDER, study_of_text

from greenlight.bounds import FILE
from greenlight.study import Study

ANSWER = {
    "change": {"key": "train.lr", "value": 0.02},
    "hypothesis": "the loss still falls at the end, so a larger step gets further",
    "predict": {"effect": -0.3, "low": -0.8, "high": 0.1},
    "stop": None,
}


class Agent:
    """Knows the command line, and nothing of the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def run(self, *arguments: str, code: int = 0, said: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "greenlight", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, input=said, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        return done

    def ask(self, *arguments: str, code: int = 0, said: str = "") -> Any:
        """What a command answers, as data."""
        return json.loads(self.run(*arguments, "--json", code=code, said=said).stdout)

    def error(self, *arguments: str, code: int = 1) -> str:
        """The one line by which a command is refused."""
        done = self.run(*arguments, "--json", code=code)
        assert done.stdout == ""
        return done.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    """In a study whose first round has run, with a person in charge."""
    study = study_of_text(tmp_path_factory.mktemp("agent") / "study")
    (study.folder / FILE).write_text("oversight = true\n")
    made = Agent(study.folder)
    made.ask("run", "1")
    return made


def test_the_study_says_how_an_agent_works(agent: Agent) -> None:
    text = (agent.folder / "AGENTS.md").read_text()
    assert text.count("\n") <= 40
    for command in ("propose --briefing", "propose --schema", "approve N", "run N", "compare BASE N", "diagnose N"):
        assert f"greenlight {command}" in text
    example = text[text.index('{"change"') : text.index("`predict` is")]
    assert set(json.loads(example)) == set(ANSWER), "and its proposal is one"


def test_a_round_from_the_briefing_to_the_next(agent: Agent) -> None:
    told = agent.ask("propose", "--briefing")
    assert (told["base"], told["metric"], told["tried"]) == (1, "bpc", [])
    assert any(line.startswith("undertrained") for line in told["diagnosis"])
    assert told["bounds"]["train.lr"]["high"] >= ANSWER["change"]["value"] != told["values"]["train.lr"]  # type: ignore[index]
    assert "Ignore" not in json.dumps(told)
    assert ORDER in (agent.folder / "study.toml").read_text()

    assert agent.ask("propose", "-", "--dry-run", said=json.dumps(ANSWER))["ok"] is True
    made = agent.ask("propose", "-", "--by", "agent", said=json.dumps(ANSWER))
    number = str(made["round"])
    assert (number, made["waits_for_approval"]) == ("2", True)
    (plan,) = agent.ask("plan", number)
    assert plan["factors"] == ["train.lr"]
    ahead = agent.ask("power", number)
    assert (ahead["number"], ahead["control"]) == (2, 1)

    assert f"greenlight approve {number}" in agent.error("run", number)
    assert "whoever proposes" in agent.error("approve", number, "--by", "agent")
    assert agent.ask("approve", number, "--by", "Ada")["approved"] is True

    (row,) = agent.ask("run", number)["rounds"]
    assert (row["status"], row["against"], row["recipe_fingerprint"]) == ("done", 1, made["recipe_fingerprint"])
    verdict = agent.ask("compare", str(made["base"]), number, code=3 if row["verdict"]["outcome"] == "worse" else 0)
    assert verdict["outcome"] == row["verdict"]["outcome"] == "better"
    assert verdict["cause"] == "One factor differs: the verdict may name it."
    assert [factor["key"] for factor in verdict["factors"]["factors"]] == ["train.lr"]
    assert agent.ask("diagnose", number)["limits"]

    after = agent.ask("propose", "--briefing")
    (tried,) = after["tried"]
    assert (tried["round"], tried["by"], tried["outcome"], tried["kept"]) == (2, "agent", "better", True)
    assert tried["difference"] == pytest.approx(verdict["difference"]["value"])
    assert tried["hypothesis"] == ANSWER["hypothesis"]
    assert (after["base"], after["values"]["train.lr"]) == (2, 0.02)
    again = agent.run("propose", "-", "--base", "1", "--by", "agent", "--json", said=json.dumps(ANSWER), code=1)
    assert "that is round 2 (better)" in again.stderr

    kinds = [entry.kind for entry in Study(agent.folder).ledger.entries()]
    assert kinds == ["round", "proposal", "ruling", "plan", "round", "proposal"], "each word before what follows it"


def test_text_that_was_put_into_the_corpus_is_not_trained_on(agent: Agent) -> None:
    source = agent.folder / "text" / "source.txt"
    before = source.read_text()
    held = Study(agent.folder).yardstick.documents("search")[0].body
    source.write_text(before + held * 3)
    try:
        answer = {**ANSWER, "change": {"key": "train.batch", "value": 8}, "base": 1}
        done = agent.run("propose", "-", "--json", said=json.dumps(answer), code=1)
        assert "run with another recipe than its file has (corpus.source)" in done.stderr
        (row,) = agent.ask("run", "1", code=1)["rounds"]
        assert row["status"] == "crash"
        assert "yardstick was not cut from" in row["reason"]
    finally:
        source.write_text(before)
