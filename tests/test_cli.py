"""The command line: fast to list, exact in its exit codes, one line for every mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import made

from greenlight.cli.main import guarded
from greenlight.create import create
from greenlight.study import Study

COMMANDS = [
    "new",
    "run",
    "plan",
    "leaderboard",
    "ledger",
    "compare",
    "explain",
    "power",
    "report",
    "note",
    "dial",
    "score",
    "talk",
    "export",
    "demo",
    "doctor",
    "calibrate",
    "topics",
    "probe",
    "stub",
    "verify",
    "why",
    "pack",
    "audit",
    "propose",
    "approve",
    "reject",
    "research",
    "cost",
    "mark",
    "release",
]


def test_help_loads_nothing_heavy_and_is_quick() -> None:
    code = (
        "import sys; from greenlight.cli.main import guarded; guarded(['--help'])\n"
        "heavy = {'torch', 'scipy', 'pyarrow', 'altair', 'openai', 'pydantic', 'numpy'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "heavy: []" in done.stdout
    for command in COMMANDS:
        assert f"  {command} " in done.stdout or f" {command}\n" in done.stdout, command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Example: greenlight {command}" in said
    assert "--json" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["runn"], 2, "No such command 'runn'"),
        (["run", "--sed", "3"], 2, "No such option: --sed"),
        (["run", "nowhere"], 1, "nowhere is no study"),
        (["run", "."], 1, "is no study"),
        (["new", "x", "--from", "green"], 2, "unknown recipe 'green'; did you mean 'green-light'?"),
        (["new", "x", "--from", "bpc-ladder"], 2, "needs a text"),
        (["new", "x", "--from", "bpc-ladder", "--text", "none.txt"], 1, "none.txt does not exist"),
        (["new", "x", "--from", "bpc-ladder", "--text", "http://127.0.0.1:9/x"], 1, "cannot be fetched"),
        (["new", "x", "--sha256", "00"], 2, "give --text too"),
        (["compare", "one", "2"], 2, "'one' is no round"),
        (["score", "1"], 2, "Missing option '--text'"),
        (["score", "none", "--text", "none.txt"], 1, "is no study"),
        (["dial", "--corpus", "none.parquet", "--pattern", "x"], 1, "none.parquet does not exist"),
        (["dial", "--corpus", "none.parquet"], 2, "needs --pattern"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert guarded(arguments) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("greenlight: ")
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_every_reading_command_answers_with_json_and_with_text(
    tiny: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Once there was a small boat. It saw a green light.\n" * 5)
    here = ["--study", str(tiny.folder)]
    commands = [
        ["plan", str(tiny.folder), "2"],
        ["ledger", str(tiny.folder)],
        ["compare", "1", "2", *here],
        ["dial", "1", *here],
        ["score", "1", "--text", str(text), *here],
        ["talk", "1", "--level", "3", *here],
        ["run", str(tiny.folder)],
        ["verify", str(tiny.folder)],
    ]
    for command in commands:
        plain = guarded(command)
        said = capsys.readouterr().out
        assert said.strip(), command
        if command[0] not in ("plan", "talk"):  # a recipe's own text, and a model's, are not folded
            assert max(map(len, said.splitlines())) <= 80, command
        assert guarded([*command, "--json"]) == plain, command
        json.loads(capsys.readouterr().out)


def test_a_note_stands_in_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = create(tmp_path / "s", "green-light")
    assert guarded(["note", "2", "a [bold]note[/bold]", "--study", str(study.folder)]) == 0
    assert guarded(["note", "9", "x", "--study", str(study.folder)]) == 1
    assert guarded(["note", "2", " ", "--study", str(study.folder)]) == 2
    capsys.readouterr()
    assert guarded(["ledger", str(study.folder)]) == 0
    assert "a [bold]note[/bold]" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupts_end_with_their_code_and_the_next_run_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    study = made(tmp_path / "s")
    path = study.file(1)
    path.write_text(path.read_text().replace("steps  = 50", "steps  = 4000"))
    command = [sys.executable, "-m", "greenlight", "run", str(study.folder)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    end = time.monotonic() + 60
    while not list(study.folder.glob("store/model-*/metrics.jsonl")) and time.monotonic() < end:
        time.sleep(0.05)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:  # what a scheduler sends, to the one process that it knows
        process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert (
        error.strip().splitlines()[-1] == "greenlight: interrupted; the same command goes on from the last whole step"
    )
    assert "Traceback" not in error
    assert study.ledger.entries() == []
    assert list(study.folder.glob("store/model-*/state.safetensors")), "the step in progress is saved"


def test_exit_codes_of_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = made(tmp_path / "s", seed=5)
    folder = str(study.folder)
    assert guarded(["run", folder, "1", "--dry-run"]) == 0
    assert study.ledger.entries() == []
    assert guarded(["run", folder, "1", "--seeds", "1"]) == 0
    bpc = ["--seeds", "1", "--set", "keep_if.metric=bpc"]
    assert guarded(["run", folder, "2", *bpc]) == 0, "undecided is no failure"
    assert guarded(["run", folder, "2", *bpc, "--require", "better"]) == 3
    assert guarded(["run", folder, "2", "--require", "good"]) == 2
    assert guarded(["run", folder, "1", "--set", "model.context=40"]) == 1
    assert "crash" in capsys.readouterr().err
