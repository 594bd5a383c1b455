"""A character from its constitution to its report card, at the smoke scale as it is shipped."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = create(tmp_path_factory.mktemp("character") / "s", "character", Given(scale="smoke"))
    assert guarded(["run", str(made.folder), "1", "--seeds", "1"]) == 0
    return made


def answered(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> Any:
    capsys.readouterr()
    assert guarded([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_round_ends_with_a_card_of_every_stage(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    row = study.round(1)
    kinds = {artifact.kind for artifact in row.artifacts.values()}
    assert {"student", "pairs", "dpo", "introspection", "sft", "model", "checkup"} <= kinds
    card = answered(["checkup", "1", "--study", str(study.folder)], capsys)[0]
    assert [one["stage"] for one in card["stages"]] == ["base", "prompted", "dpo", "sft only", "sft", "merged"]
    assert all(one["n"] == 24 for one in card["stages"])
    assert set(row.scores) >= {"character.rate", "character.lift", "response.rate", "task.rate", "neutral.bpb"}
    assert row.accounting is not None
    assert row.accounting.kept > 16


def test_the_same_command_does_nothing_twice(study: Study) -> None:
    before = sorted(path.name for path in (study.folder / "store").iterdir())
    answers = {path.name: path.stat().st_size for path in (study.folder / "store" / "answers").iterdir()}
    assert guarded(["run", str(study.folder), "1", "--seeds", "1"]) == 0
    assert sorted(path.name for path in (study.folder / "store").iterdir()) == before
    assert {path.name: path.stat().st_size for path in (study.folder / "store" / "answers").iterdir()} == answers


def test_what_its_gates_refused_is_shown_and_not_released(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    told = answered(["quarantine", str(study.folder), "1"], capsys)
    assert told["rows"] == sum(told["by_gate"].values()) > 0
    assert {re.split("[/:]", one["data"]["id"])[0] for one in told["shown"]} <= {
        "chosen",
        "rejected",
        "reflection",
        "conversation",
    }
    capsys.readouterr()
    assert guarded(["quarantine", str(study.folder), "1", "--release", "1", "--why", "it is a song"]) == 2
    assert "no row is released" in capsys.readouterr().err
