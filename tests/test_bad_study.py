"""A study in a hostile world: touched files, damaged steps, closed streams, a full disk. One line, and a way out."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import made
from kill import small
from refusals import Capture, refused

from greenlight.chain import START, seal
from greenlight.cli.main import guarded
from greenlight.create import create
from greenlight.study import Study


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study with its first round in the ledger, one seed; tests copy it."""
    study = made(tmp_path_factory.mktemp("whole") / "study")
    assert guarded(["run", str(study.folder), "1", "--seeds", "1"]) == 0
    return study.folder


def test_a_training_that_diverges_is_a_crash_and_so_is_what_leans_on_it(
    whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = str(shutil.copytree(whole, tmp_path / "s"))
    study = Study(Path(folder))
    for rate in ("100.0", "1e30"):
        assert guarded(["run", folder, "1", "--seeds", "1", "--set", f"train.lr={rate}"]) == 1
        reason = study.ledger.rounds()[-1].reason
        assert int(reason.partition("at step ")[2].split()[0]) <= 50
        assert "lower train.lr" in reason
    assert guarded(["run", folder, "3", "--seeds", "1"]) == 1
    assert "round 1, which it is compared with, ended as a crash" in study.ledger.rounds()[-1].reason
    refused(["talk", "1", "hello", "--study", folder], 1, "ended as a crash", capsys)
    refused(["run", folder, "4", "--set", 'against="round:2"'], 1, "round 2 has not been run", capsys)
    assert guarded(["run", folder, "1", "--seeds", "1"]) == 0
    assert guarded(["verify", folder]) == 0


# ---------------------------------------------------------------- what lies in a study


def _lock(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        lock = json.loads((folder / "LOCK").read_bytes())
        change(lock)
        (folder / "LOCK").write_text(json.dumps(lock))

    return apply


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda yard: (yard / "search.jsonl").write_bytes(b"{}\n"), "search.jsonl was changed after locking"),
        (lambda yard: (yard / "locked.jsonl").unlink(), "locked.jsonl is missing"),
        (lambda yard: (yard / "notes.txt").write_text("x"), "notes.txt was added after locking"),
        (lambda yard: (yard / "LOCK").unlink(), "is no locked yardstick"),
        (lambda yard: (yard / "LOCK").write_bytes(b"\xff\0"), "LOCK is damaged"),
        (lambda yard: (yard / "LOCK").write_bytes(b"[" * 100_000), "LOCK is damaged"),
        (_lock(lambda lock: lock.update(reads={})), "LOCK is damaged"),
        (_lock(lambda lock: lock.update(files={})), "LOCK does not cover"),
        (shutil.rmtree, "is no locked yardstick"),
    ],
)
def test_a_yardstick_that_was_touched(
    change: Callable[[Path], None], said: str, whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    change(folder / "yardstick")
    line = refused(["run", str(folder), "1"], 3, said, capsys)
    assert "restore it from git" in line or "move it elsewhere" in line
    assert guarded(["verify", str(folder)]) == 3
    assert said in capsys.readouterr().out


def _resealed(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """Other bodies under a chain that holds: what another version would have written."""
    lines, previous = [], START
    for line in data.splitlines():
        row = json.loads(line)
        change(row)
        del row["hash"]
        previous, sealed = seal({**row, "previous": previous})
        lines.append(sealed)
    return b"".join(lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"garbage\n", "line 1 cannot be read"),
        (lambda data: b"\xff\xfe\n", "line 1 cannot be read"),
        (lambda data: b"[" * 100_000 + b"\n", "line 1 cannot be read"),
        (lambda data: data.replace(b"pebble", b"pebbly", 1), "line 1 was edited"),
        (lambda data: _resealed(data, lambda row: row["body"].pop("slug")), "use the version that wrote it"),
        (lambda data: _resealed(data, lambda row: row.update(kind="note", body={})), "use the version that wrote it"),
    ],
)
def test_a_ledger_that_was_touched_stops_a_run_before_it_costs_a_minute(
    change: Callable[[bytes], bytes], said: str, whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    path = folder / "ledger.jsonl"
    bad = change(path.read_bytes())
    path.write_bytes(bad)
    shutil.rmtree(folder / "store")
    (folder / "leaderboard.md").unlink()  # the chain alone must show it
    for command in (["ledger", str(folder)], ["run", str(folder), "1"]):
        refused(command, 1, said, capsys)
    assert path.read_bytes() == bad
    assert not (folder / "store").exists()


def test_an_emptied_ledger_is_found_by_verify(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    (folder / "ledger.jsonl").unlink()
    board = (folder / "leaderboard.md").read_bytes()
    assert guarded(["verify", str(folder)]) == 3
    assert "lost its tail" in capsys.readouterr().out
    at = ["--study", str(folder)]
    for command in (["ledger", str(folder)], ["leaderboard", str(folder)], ["compare", "1", "2", *at]):
        refused(command, 1, "restore the ledger from git", capsys)
    for command in (["run", str(folder), "1"], ["note", "1", "gone", *at], ["report", str(folder)]):
        refused(command, 1, "restore the ledger from git", capsys)
    assert (folder / "leaderboard.md").read_bytes() == board
    assert not (folder / "ledger.jsonl").exists()


def test_verify_says_what_is_gone(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    for path in (*folder.glob("store/model-*"), *folder.glob("runs/*/*/model.safetensors")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "ledger.jsonl").write_bytes((folder / "ledger.jsonl").read_bytes() + b'{"bo')
    assert guarded(["verify", str(folder)]) == 0, "git ignores weights"
    said = capsys.readouterr().out
    assert f"1 file of weights is not in runs (git ignores such files): greenlight run {folder} 1 makes" in said
    assert "4 bytes of a torn line end the ledger" in said
    gone = ("results.tsv", "runs/01-flat-blend/1/metrics.jsonl", "corpora/01-flat-blend/manifest.json")
    for name in gone:
        (folder / name).unlink()
    assert guarded(["verify", str(folder), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert len(found["problems"]) == 3
    assert len(found["remarks"]) == 2
    for name in gone:
        assert any(f"{name.removeprefix('corpora/')} is missing" in line for line in found["problems"])


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("corpus", "samples.parquet"),
        ("model", "model.safetensors"),
        ("score-dial", "readings.json"),
    ],
)
def test_a_damaged_step_is_named_and_made_again(
    kind: str, file: str, whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    study = Study(folder)
    artifacts = study.round(1).artifacts
    found = next(a for name, a in artifacts.items() if f"{name}-".startswith(kind))
    path = study.store.path(found) / file
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    run = ["run", str(folder), "1", "--seeds", "1"]
    line = refused(run, 1, f"{found.name}/{file} was changed: delete the folder", capsys)
    assert str(path.parent) in line
    if kind == "model":
        refused(["talk", "1", "hi", "--study", str(folder)], 1, "was changed", capsys)
        refused(["talk", str(path.parent), "hi"], 1, "model.safetensors cannot be read", capsys)
    shutil.rmtree(path.parent)
    assert guarded(run) == 0
    assert guarded(["verify", str(folder)]) == 0


def test_a_run_s_damaged_curve_is_named_by_the_report(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    (folder / "runs" / "01-flat-blend" / "1" / "metrics.jsonl").write_text('{"step": 1}\n{"ste')
    refused(["report", str(folder)], 1, "metrics.jsonl line 2 cannot be read", capsys)
    assert not (folder / "reports").exists()


# ---------------------------------------------------------------- commands


def test_a_corpus_file_that_cannot_be_counted(tmp_path: Path, capsys: Capture) -> None:
    text = pa.string()
    tables = {
        "columns": (pa.table({"a": [1]}), "has no columns 'control' and 'body'"),
        "numbers": (pa.table({"control": [1], "body": [2]}), "wrong type in the column 'control'"),
        "nulls": (pa.table({"control": pa.array([None], text), "body": pa.array([None], text)}), "wrong type"),
        "params": (pa.table({"control": ["a"], "body": ["b"], "params": ["{{"]}), "in the column 'params'"),
    }
    for name, (table, said) in tables.items():
        path = tmp_path / f"{name}.parquet"
        pq.write_table(table, path)
        refused(["dial", "--corpus", str(path), "--pattern", "x"], 1, said, capsys)
    (tmp_path / "c.csv").write_text("control,body\na,b\n")
    refused(["dial", "--corpus", str(tmp_path / "c.csv"), "--pattern", "x"], 1, "name its --manifest", capsys)
    refused(["dial", "--corpus", str(tmp_path / "c.csv"), "--pattern", " "], 2, "needs --pattern", capsys)
    pq.write_table(pa.table({"control": pa.array([], text), "body": pa.array([], text)}), tmp_path / "empty.parquet")
    refused(["dial", "--corpus", str(tmp_path / "empty.parquet"), "--pattern", "((("], 1, "holds no samples", capsys)


def test_talk_with_input_that_is_no_text(whole: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    talk = ["talk", "1", "--study", str(whole)]
    refused([*talk, "a " * 3000], 2, "shorten it", capsys)
    refused([*talk, "--level", "9"], 2, "this study's dial goes from 1 to 5", capsys)
    refused([*talk, "--temperature", "nan", "x"], 2, "--temperature", capsys)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n")))
    refused(talk, 1, "line 1 of the input is not UTF-8", capsys)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert guarded(talk) == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\x1b[31m дом 😀\n".encode())))
    assert guarded(talk) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_note_may_hold_anything_and_moves_no_cursor(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = str(shutil.copytree(whole, tmp_path / "s"))
    assert guarded(["note", "1", "\x1b[31mred\x07", "--study", folder]) == 0
    refused(["note", "1", "\udcff", "--study", folder], 2, "not UTF-8", capsys)
    for command in (["ledger", folder], ["report", folder]):
        assert guarded(command) == 0
        assert "\x1b" not in capsys.readouterr().out
    assert b"\x1b" not in (Path(folder) / "reports" / "report.html").read_bytes()


# ---------------------------------------------------------------- the world around a process

ENTRY = [sys.executable, "-m", "greenlight"]


def test_closed_streams_and_a_poor_locale(whole: Path) -> None:
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": os.environ["PATH"], "TERM": "dumb"}
    done = subprocess.run([*ENTRY, "ledger", str(whole)], capture_output=True, env=poor, check=True)
    assert done.stdout.isascii()
    done = subprocess.run([*ENTRY, "ledger", str(whole), "--json"], capture_output=True, env=poor, check=True)
    assert len(json.loads(done.stdout)) == 1
    process = subprocess.Popen(
        [*ENTRY, "ledger", str(whole), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=poor
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()
    closed = ["sh", "-c", 'exec "$0" -m greenlight ledger "$1" >&- 2>&-', sys.executable, str(whole)]
    assert subprocess.run(closed, check=False).returncode == 0


def test_what_a_killed_new_left_is_gone_after_the_next(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f".s.{gone.pid}.abcd_123", f".s.{os.getpid()}.abcd_123", ".s.notes"):
        (tmp_path / name / "study").mkdir(parents=True)
    create(tmp_path / "s", str(small(tmp_path / "recipe")))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted([f".s.{os.getpid()}.abcd_123", ".s.notes", "recipe", "s"])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """``disk(kilobytes)`` gives the folder of a real disk, made or grown to this size."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options: str) -> bool:
        call = ["mount", *options, str(folder)]
        return subprocess.run(call, capture_output=True, check=False).returncode == 0

    if shutil.which("mount") is None or not mount("-t", "tmpfs", "-o", "size=1m", "tmpfs"):
        pytest.skip("no disk of a chosen size: mounting a tmpfs is not permitted here")

    def sized(kilobytes: int) -> Path:
        assert mount("-o", f"remount,size={kilobytes}k")
        return folder

    yield sized
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_costs_no_more_than_the_step(disk: Callable[[int], Path], tmp_path: Path) -> None:
    recipe, full = str(small(tmp_path / "recipe")), "greenlight: the disk is full: free some space"

    def call(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([*ENTRY, *arguments], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    for size in (4, 60):  # in the copy of the recipe, and in the yardstick's corpus
        folder = disk(size)
        code, error = call("new", str(folder / "s"), "--from", recipe)
        assert (code, error.count("\n")) == (1, 1)
        assert full in error
        assert list(folder.iterdir()) == []
    study = str(disk(4000) / "s")
    assert call("new", study, "--from", recipe)[0] == 0
    run = ("run", study, "1", "--seeds", "2")
    for size in (170, 1100):  # in the corpus, and in the workers' trainings
        disk(size)
        code, error = call(*run)
        assert code == 1, size
        assert error.splitlines()[-1].startswith(full)
        assert not (Path(study) / "ledger.jsonl").exists()
        assert list(Path(study).rglob(".*.part")) == []
    disk(8000)
    assert call(*run)[0] == 0
    assert call("verify", study)[0] == 0
