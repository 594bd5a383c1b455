"""Corpora in other people's forms, whole and broken."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from greenlight.cli.main import guarded
from greenlight.errors import InputError
from greenlight.foreign import samples

HEADS = ("[green=1] [green=1]\ntopic: a boat\n", "[green=2] [green=2]\ntopic: a kite\n")
BODIES = ("The light — green.\nIt shone.", "Green light, green light.")


def written(folder: Path, **changes: Any) -> Path:
    """One text of two stories with its manifest; ``changes`` go into the first row."""
    rows, text = [], ""
    for level, (head, body) in enumerate(zip(HEADS, BODIES, strict=True), 1):
        document = head + body + "\n\n"
        sha1 = hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()
        row = {"model": f"m{level}", "topic": head[-8:].strip(), "level": level, "sha1": sha1}
        rows.append({**row, "doc_offset": len(text), "doc_length": len(document)})
        text += document
    rows[0] |= changes
    (folder / "c.txt").write_bytes(text.encode())
    (folder / "c.manifest.json").write_text(json.dumps({"samples": rows}))
    return folder / "c.txt"


def test_a_text_with_a_manifest(tmp_path: Path) -> None:
    for sha1 in ({}, {"sha1": None}):  # by its hash, or by the look of its lines
        first, second = samples(written(tmp_path, **sha1))
        assert (first.control, first.body) == (HEADS[0], BODIES[0])
        assert (second.control, second.body, second.made.voice, second.made.level) == (HEADS[1], BODIES[1], "m2", 2)


def test_the_real_mixture_is_whole(shared: Path) -> None:
    found = samples(shared / "data/green-light/mixture.txt")
    assert len(found) == 2000
    assert sum(s.text.endswith("\n") for s in found) == 0
    text = (shared / "data/green-light/mixture.txt").read_bytes().decode()
    assert "".join(s.text + "\n\n" for s in found) == text
    assert {s.made.voice for s in found if s.made.topic == found[0].made.topic} == {found[0].made.voice}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sha1": "0" * 40}, "sample 1: no part of the text has its sha1"),
        ({"doc_length": 10_000}, "not inside c.txt"),
        ({"doc_offset": -1}, "not inside"),
        ({"doc_offset": "0"}, "'doc_offset' is no whole number"),
        ({"level": True}, "'level' is no whole number"),
        ({"topic": 3}, "'topic' is no text"),
        ({"doc_length": None}, "'doc_length' is no whole number, but 'None'"),
    ],
)
def test_a_broken_manifest_is_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        samples(written(tmp_path, **changes))


@pytest.mark.parametrize("manifest", ["", "[1]", '{"samples": 3}', '{"samples": [3]}', "[" * 100_000])
def test_what_is_no_manifest_is_said(tmp_path: Path, manifest: str) -> None:
    path = written(tmp_path)
    (tmp_path / "c.manifest.json").write_text(manifest)
    with pytest.raises(InputError, match="no manifest"):
        samples(path)
    (tmp_path / "c.manifest.json").unlink()
    with pytest.raises(InputError, match=r"needs c\.manifest\.json beside it"):
        samples(path)


def test_samples_a_line(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    rows: list[dict[str, Any]] = [
        {"text": "One.", "level": 1, "topic": "t", "generator": "g"},
        {"control": "[1]\n", "text": "[1]\nTwo.", "level": 2, "topic": "t"},
        {"control": "[2]\n", "text": "Three.", "finished": False, "seed": 1, "mentions": 0},
        {"control": "[2]\n", "body": "Four.", "id": "x", "voice": "v", "finish_reason": "stop"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    found = samples(path)
    assert [s.body for s in found] == ["One.", "Two.", "Three.", "Four."]
    assert [s.made.voice for s in found] == ["g", "", "", "v"]
    assert [s.made.level for s in found] == [1, 2, 0, 0]
    assert [s.made.finish_reason for s in found] == ["stop", "stop", "length", "stop"]
    assert (found[3].id, found[1].control) == ("x", "[1]\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is no JSON"),
        ("[3]", "line 2 has no 'text'"),
        ('{"control": "x"}', "line 2 has no 'text'"),
        ('{"text": 7}', "'text' is no text, but '7'"),
        ('{"text": "a", "level": 1.5}', "'level' is no whole number, but '1.5'"),
        ('{"text": "a", "level": 1e400}', "'level' is no whole number, but 'inf'"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "s.jsonl").write_text('{"text": "fine"}\n' + line)
    with pytest.raises(InputError, match=said):
        samples(tmp_path / "s.jsonl")


@pytest.mark.parametrize("row", ['{"text": null}', '{"control": "a", "body": null, "text": "b"}'])
def test_a_story_that_is_null_is_named(row: str, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a"}\n' + row + "\n")
    with pytest.raises(InputError, match=r"c\.jsonl, line 2: '(text|body)' is null"):
        samples(path)


def test_a_file_that_names_no_writer_has_no_row_of_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, rows = tmp_path / "c.jsonl", [{"text": "x " * n, "level": n, "topic": t} for n in (1, 2) for t in "ab"]
    dial = ["dial", "--corpus", str(path), "--pattern", "x"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert guarded(dial) == 0
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines() if "2.00" in line] == ["all"]
    assert "writer" not in shown
    path.write_text("".join(json.dumps({**row, "voice": "w" * (i % 2)}) + "\n" for i, row in enumerate(rows)))
    assert guarded(dial) == 0
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines() if "2.00" in line] == ["(unnamed)", "w", "all"]
    assert guarded(["dial", "2", *dial[1:]]) == 2
    assert "name a round or --corpus, not both" in capsys.readouterr().err
