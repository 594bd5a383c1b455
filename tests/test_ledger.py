"""The ledger: appended to, chained, and honest about damage."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from greenlight.errors import StudyError
from greenlight.ledger import START, Ledger


def filled(folder: Path, lines: int = 3) -> Ledger:
    ledger = Ledger(folder / "ledger.jsonl")
    for number in range(lines):
        ledger.append("note", {"round": number, "text": f"note {number}"})
    return ledger


def test_lines_are_chained(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "ledger.jsonl").head == START
    ledger = filled(tmp_path)
    entries = ledger.entries()
    assert [e.seq for e in entries] == [1, 2, 3]
    assert [e.previous for e in entries] == [START, entries[0].hash, entries[1].hash]
    assert ledger.head == entries[-1].hash
    assert [n[:2] for n in ledger.notes()] == [(0, "note 0"), (1, "note 1"), (2, "note 2")]


@pytest.mark.parametrize("damage", ["change", "remove", "swap", "garbage"])
def test_a_changed_line_is_named(tmp_path: Path, damage: str) -> None:
    ledger = filled(tmp_path)
    lines = ledger.path.read_text().splitlines()
    if damage == "change":
        row = json.loads(lines[1])
        row["body"]["text"] = "another"
        lines[1] = json.dumps(row)
    elif damage == "remove":
        del lines[1]
    elif damage == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        lines[1] = "\x00{"
    ledger.path.write_text("\n".join(lines) + "\n")
    with pytest.raises(StudyError, match="line 2"):
        ledger.entries()


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_torn_tail_is_set_aside(tmp_path: Path, cut: int) -> None:
    ledger = filled(tmp_path)
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data[:-cut])
    assert len(ledger.entries()) == 2
    ledger.append("note", {"round": 9, "text": "after"})
    assert [e.body["round"] for e in ledger.entries()] == [0, 1, 9]
    assert (tmp_path / "ledger.torn").read_bytes()


def test_processes_take_turns(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from greenlight.ledger import Ledger\n"
        "for i in range(10): Ledger(Path(sys.argv[1])).append('note', {'round': i, 'text': sys.argv[2]})\n"
    )
    path = tmp_path / "ledger.jsonl"
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(3)]
    assert [p.wait(timeout=60) for p in processes] == [0, 0, 0]
    assert len(Ledger(path).entries()) == 30
