"""The commands of oversight, as a person or a program types them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from made_proposals import copied, ended, study_of_text
from refusals import Capture, refused

from greenlight.bounds import FILE
from greenlight.cli.main import guarded
from greenlight.study import Study

ANSWER = {
    "change": {"key": "train.lr", "value": 0.006},
    "hypothesis": "a larger step gets further",
    "predict": {"effect": -0.04, "low": -0.1, "high": 0.02},
    "stop": None,
}
FROM_OUTSIDE = (
    *("2,000,000 bytes", "nested too deeply", "NaN is no number", "'high' stands twice", "no valid JSON"),
    "there is no round 99",
)
"""A file that cannot be read, or a study that is not so far: code 1; a proposal that is off is code 2."""
MARK = '"high": 0.02}'


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = study_of_text(tmp_path_factory.mktemp("proposing") / "study")
    ended(study, 1)
    return study


@pytest.fixture
def study(pattern: Study, tmp_path: Path) -> Study:
    return copied(pattern, tmp_path / "study")


def told(capsys: Capture, *arguments: str) -> dict[str, Any]:
    """What a command answers as JSON, and nothing on stderr."""
    capsys.readouterr()
    assert guarded([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found: dict[str, Any] = json.loads(out)
    return found


def file_of(study: Study, text: str | bytes | None = None, name: str = "p.json") -> str:
    path = study.folder.parent / name
    data = json.dumps(ANSWER) if text is None else text
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def test_propose_freezes_and_says_the_next_command(study: Study, capsys: Capture) -> None:
    assert guarded(["propose", file_of(study), str(study.folder), "--by", "Claude 4"]) == 0
    text = capsys.readouterr().out
    assert f"round 2 is frozen: {study.folder}/rounds/02-train-lr-0-006.toml" in text
    assert "train.lr = 0.006 in place of what round 1 has" in text
    assert f"next: greenlight run {study.folder} 2" in text
    assert study.recipe(2).train.lr == 0.006
    again = told(capsys, "propose", file_of(study), str(study.folder), "--by", "Claude 4")
    assert (again["round"], again["base"], again["by"], again["changes"]) == (2, 1, "Claude 4", {"train.lr": 0.006})
    assert again["waits_for_approval"] is False
    assert len(study.ledger.entries("proposal")) == 1


def test_under_oversight_a_person_is_named_as_the_next_step(study: Study, capsys: Capture) -> None:
    (study.folder / FILE).write_text("oversight = true")
    made = told(capsys, "propose", file_of(study), str(study.folder))
    assert made["waits_for_approval"] is True
    assert made["next"] == f"greenlight approve 2 {study.folder} --by NAME"
    refused(["run", str(study.folder), "2"], 1, made["next"], capsys)
    assert list(study.ledger.latest()) == [1], "nothing ran"
    refused(["approve", "2", str(study.folder)], 2, "a name has 1 to 64", capsys)
    refused(["approve", "2", str(study.folder), "--by", "agent"], 1, "does not rule on it", capsys)
    refused(["reject", "2", str(study.folder), "--by", "Ada"], 2, "--why is missing", capsys)
    refused(["approve", "5", str(study.folder), "--by", "Ada"], 1, "there is no round 5", capsys)
    refused(["approve", "two", str(study.folder), "--by", "Ada"], 2, "'two' is no round", capsys)
    said = told(capsys, "reject", "2", str(study.folder), "--by", "Ada", "--why", "not today")
    assert (said["approved"], said["waiting"]) == (False, [])
    assert list(study.files()) == [1]
    said = told(capsys, "approve", "02", str(study.folder), "--by", "Ada")
    assert said["next"] == f"greenlight run {study.folder} 2"
    assert [e.body["approved"] for e in study.ledger.entries("ruling")] == [False, True]


def test_a_dry_run_checks_and_writes_nothing(study: Study, capsys: Capture) -> None:
    head, files = study.ledger.head, sorted(study.folder.rglob("*"))
    made = told(capsys, "propose", file_of(study), str(study.folder), "--dry-run")
    assert (made["ok"], made["base"], made["changes"]) == (True, 1, {"train.lr": 0.006})
    bad = file_of(study, json.dumps(ANSWER).replace("0.006", "6"))
    refused(["propose", bad, str(study.folder), "--dry-run"], 2, "out of bounds", capsys)
    refused(["propose", file_of(study, "{"), str(study.folder), "--dry-run"], 1, "no valid JSON", capsys)
    assert study.ledger.head == head
    assert sorted(study.folder.rglob("*")) == files
    assert guarded(["propose", file_of(study), str(study.folder)]) == 0
    assert made["recipe_fingerprint"] == study.recipe(2).hash


def test_the_briefing_and_the_schema_are_json(study: Study, capsys: Capture) -> None:
    assert guarded(["propose", "--schema", str(study.folder)]) == 0
    schema = json.loads(capsys.readouterr().out)
    briefing = told(capsys, "propose", "--briefing", str(study.folder))
    assert briefing["proposal_schema"] == schema
    assert (briefing["base"], briefing["values"]["train.lr"]) == (1, 0.003)
    refused(["propose", "--briefing", str(study.folder), "--base", "4"], 1, "there is no round 4", capsys)


def test_a_proposal_from_stdin(study: Study, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = 'hypothesis = "h"\npredict = { effect = 0, low = -1, high = 1 }\n[changes]\n"train.batch" = 8\n'
    for number, text in enumerate((json.dumps(ANSWER), toml), 2):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert told(capsys, "propose", "-", str(study.folder))["round"] == number
    assert told(capsys, "propose", file_of(study, toml.replace("8", "6"), "p.toml"), str(study.folder))["round"] == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"x" * 2_000_000, "2,000,000 bytes"),
        (b'{"change":' * 5_000, "nested too deeply"),
        (json.dumps(ANSWER).replace("0.02", "NaN").encode(), "NaN is no number"),
        (json.dumps(ANSWER).replace(MARK, '"high": 0.02, "high": 9}').encode(), "'high' stands twice"),
        (json.dumps(ANSWER).replace(MARK, '"high": -0.2}').encode(), "low ≤ effect ≤ high"),
        (json.dumps({**ANSWER, "slug": "../../../tmp/x"}).encode(), "slug"),
        (json.dumps({**ANSWER, "slug": "x\n"}).encode(), "slug"),
        (json.dumps({**ANSWER, "base": 99}).encode(), "there is no round 99"),
        (json.dumps({**ANSWER, "hypothesis": ""}).encode(), "hypothesis"),
        (b"Certainly! I would raise the rate.", "no valid JSON"),
        (b"\x00\x01", "no valid JSON"),
    ],
)
def test_what_is_no_proposal_is_one_line_and_is_kept(study: Study, capsys: Capture, text: bytes, said: str) -> None:
    code = 1 if said in FROM_OUTSIDE else 2
    line = refused(["propose", file_of(study, text), str(study.folder)], code, said, capsys)
    assert len(line) < 800
    (entry,) = study.ledger.entries("proposal")
    assert entry.body["round"] is None
    assert said in entry.body["refused"]
    assert len(json.dumps(entry.body)) < 4_000
    assert list(study.files()) == [1]


def test_control_characters_do_not_reach_a_terminal(study: Study, capsys: Capture) -> None:
    answer = {**ANSWER, "hypothesis": "a\x1b]0;x\x07 larger \u202estep"}
    assert guarded(["propose", file_of(study, json.dumps(answer)), str(study.folder)]) == 0
    assert study.recipe(2).question == r"a\u001b]0;x\u0007 larger \u202estep"
    text = study.file(2).read_text() + capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    refused(["propose", file_of(study), str(study.folder), "--by", "x\x1b[2J"], 2, "a name has", capsys)


def test_a_wrong_call_says_what_is_meant(study: Study, tmp_path: Path, capsys: Capture) -> None:
    refused(["propose"], 2, "greenlight propose proposal.json", capsys)
    refused(["propose", file_of(study), str(study.folder), "more"], 2, "name one proposal", capsys)
    refused(["propose", str(tmp_path / "none.json"), str(study.folder)], 1, "does not exist", capsys)
    refused(["propose", str(tmp_path), str(study.folder)], 1, "is a folder", capsys)
    refused(["propose", file_of(study), str(tmp_path)], 1, "is no study", capsys)
    refused(["reject", "2", str(tmp_path), "--by", "Ada", "--why", "x"], 1, "is no study", capsys)
    assert study.ledger.entries("proposal") == []


def test_help_has_an_example_in_eighty_columns(capsys: Capture) -> None:
    for command in ("propose", "approve", "reject"):
        assert guarded([command, "--help"]) == 0
        text = capsys.readouterr().out
        assert f"Example: greenlight {command}" in text
        assert max(map(len, text.splitlines())) <= 80
