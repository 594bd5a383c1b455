"""Corpora in other people's forms, whole and broken."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import made_imports
import pytest

from greenlight.cli.main import guarded
from greenlight.errors import InputError
from greenlight.foreign import read, samples

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


# ---------------------------------------------------------------- a manifest is checked, row by row


def change(path: Path, number: int, **values: Any) -> None:
    """Changes one row of the manifest beside a text."""
    beside = path.with_name(f"{path.stem}.manifest.json")
    data = json.loads(beside.read_text())
    data["samples"][number - 1] |= values
    beside.write_text(json.dumps(data))


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    return made_imports.write(tmp_path, made_imports.rows(2))[0]


@pytest.mark.parametrize(
    ("number", "values", "said"),
    [
        (7, {"sha1": "0" * 40}, "sample 7: no part of the text has its sha1"),
        (7, {"doc_offset": 10**6}, "sample 7 .* is not inside"),
        (7, {"doc_offset": -1}, "sample 7 .* is not inside"),
        (7, {"doc_offset": 1.5}, "sample 7: 'doc_offset' is no whole number"),
        (7, {"level": 4}, "sample 7: its level is 4, and its control line says 2"),
        (7, {"level": "2"}, "sample 7: 'level' is no whole number"),
        (7, {"topic": "a hat"}, "sample 7: its topic is 'a hat', and its control line says 'a boat number 1'"),
        (7, {"model": 3}, "sample 7: 'model' is no text"),
        (7, {"doc_length": 5}, "sample 7: no part of the text has its sha1"),
    ],
)
def test_a_wrong_row_of_a_manifest_is_named(stories: Path, number: int, values: dict[str, Any], said: str) -> None:
    change(stories, number, **values)
    with pytest.raises(InputError, match=said):
        samples(stories)


def test_overlapping_and_missing_documents_are_named(stories: Path) -> None:
    beside = stories.with_name("stories.manifest.json")
    data = json.loads(beside.read_text())
    rows = data["samples"]
    gone = rows.pop(3)
    beside.write_text(json.dumps(data))
    with pytest.raises(InputError, match=rf"belong to no sample, from character {gone['doc_offset']:,} on"):
        samples(stories)
    rows.insert(3, gone)
    rows.append(dict(rows[5]))
    beside.write_text(json.dumps(data))
    with pytest.raises(InputError, match=r"samples 6 and 31 overlap"):
        samples(stories)


def test_two_manifests_are_one_too_many(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = stories.with_name("stories.manifest.json")
    second = stories.with_name("stories.txt.manifest.json")
    second.write_text(first.read_text())
    with pytest.raises(InputError, match="two manifests stand beside"):
        samples(stories)
    assert len(samples(stories, first)) == 30
    said = ["dial", "--corpus", str(stories), "--manifest", str(first), "--manifest", str(second), "--pattern", "x"]
    assert guarded(said) == 2
    assert "two manifests" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("how", "note"),
    [
        (lambda data: b"\xef\xbb\xbf" + data, "without its byte-order mark"),
        (lambda data: data.replace(b"\n", b"\r\n"), "with CRLF line ends as LF"),
        (lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"), "with CRLF line ends as LF"),
    ],
)
def test_a_text_that_was_saved_in_another_form_is_read_and_said(stories: Path, how: Any, note: str) -> None:
    before = samples(stories)
    stories.write_bytes(how(stories.read_bytes()))
    for manifest in (True, False):
        found = read(stories)
        assert [(s.control, s.body, s.made.level) for s in found.samples] == [
            (s.control, s.body, s.made.level) for s in before
        ]
        if manifest:
            assert any(note in line for line in found.notes)
            stories.with_name("stories.manifest.json").unlink()
        else:
            assert found.notes


def test_in_no_form_that_fits_the_error_says_what_was_tried(stories: Path) -> None:
    stories.write_bytes(stories.read_bytes().replace(b"\n", b"\r\n"))
    change(stories, 3, sha1="f" * 40)
    with pytest.raises(InputError, match=r"sample 3: .* sha1.* was tried as it stands and with CRLF"):
        samples(stories)


def test_without_a_manifest_a_text_is_split_by_its_control_line(stories: Path) -> None:
    before = samples(stories)
    stories.with_name("stories.manifest.json").unlink()
    for control in ("", made_imports.CONTROL):
        found = samples(stories, control=control)
        assert [(s.control, s.body, s.made.topic, s.made.level) for s in found] == [
            (s.control, s.body, s.made.topic, s.made.level) for s in before
        ]
        assert {s.made.voice for s in found} == {""}


def test_a_template_may_name_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("<3> by ann: a kite\nIt flew.\n<1> by bob: a boat\nIt sank.\n")
    first, second = samples(path, control="<{level}> by {writer}: {topic}\n")
    assert (first.made.voice, first.made.level, first.made.topic, first.body) == ("ann", 3, "a kite", "It flew.")
    assert (second.made.voice, second.made.level) == ("bob", 1)


@pytest.mark.parametrize(
    ("text", "control", "said"),
    [
        ("Once there was a kite.\n", "", "say what a document begins with"),
        ("[a=1]\nx\n", "<{level}>", "stands nowhere"),
        ("[a=1]\nx\n", "{level", "is no template"),
        ("[a=1]\nx\n", "[a=1]", "has no {level}"),
        ("[a=1]\n[a=2]\ny\n", "", "document 1 .* has no story"),
        ("preface\n[a=1]\nx\n", "", "stand before its first control line"),
        ("", "", "is empty"),
    ],
)
def test_what_cannot_be_split_is_said(tmp_path: Path, text: str, control: str, said: str) -> None:
    path = tmp_path / "t.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        samples(path, control=control)


def test_the_real_mixture_verifies_and_splits_alike(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "green-light" / "mixture.txt"
    found = read(path)
    assert len(found.samples) == 2000
    assert found.facts["manifest"] == "mixture.manifest.json"
    alone = tmp_path / "alone.txt"
    alone.write_bytes(path.read_bytes())
    for control in ("", made_imports.CONTROL):
        split = samples(alone, control=control)
        assert [(s.control, s.body, s.made.topic, s.made.level) for s in split] == [
            (s.control, s.body, s.made.topic, s.made.level) for s in found.samples
        ]


def shifted(row: dict[str, Any], by: int) -> None:
    row["doc_offset"] += by
    row["doc_length"] -= by


@pytest.mark.parametrize(
    ("change_rows", "said"),
    [
        (
            lambda rows: shifted(rows[6], 5),
            r"sample 7 begins in the middle of a line.* \(topic 'a boat number 1', char",
        ),
        (lambda rows: [shifted(row, -1) for row in rows[1:]], "sample 2 begins with white space"),
        (lambda rows: rows[6].pop("level"), "sample 7: 'level' is no whole number"),
        (lambda rows: rows[6].update(model="\ud800"), "sample 7: 'model' has half of a character"),
        (lambda rows: rows[6].update(topic="\ud800"), "sample 7: 'topic' has half of a character"),
        (lambda rows: rows.clear(), "list 'samples' is empty"),
    ],
)
def test_a_row_that_begins_elsewhere_or_says_nothing_is_named(stories: Path, change_rows: Any, said: str) -> None:
    beside = stories.with_name("stories.manifest.json")
    data = json.loads(beside.read_text())
    change_rows(data["samples"])
    beside.write_text(json.dumps(data))
    with pytest.raises(InputError, match=said):
        samples(stories)


def test_samples_stand_in_the_order_of_the_text(stories: Path) -> None:
    """The legacy window runs on into the next document, which is the next of the text."""
    before = samples(stories)
    beside = stories.with_name("stories.manifest.json")
    rows = json.loads(beside.read_text())["samples"]
    beside.write_text(json.dumps({"samples": rows[::-1]}))
    assert [s.text for s in samples(stories)] == [s.text for s in before]


@pytest.mark.parametrize("counted", [True, False])
def test_offsets_may_count_a_byte_order_mark(stories: Path, counted: bool) -> None:
    before = samples(stories)
    stories.write_bytes(b"\xef\xbb\xbf" + stories.read_bytes())
    for number in range(1, 31 if counted else 0):
        row = json.loads(stories.with_name("stories.manifest.json").read_text())["samples"][number - 1]
        change(stories, number, doc_offset=row["doc_offset"] + 1)
    assert [s.text for s in samples(stories)] == [s.text for s in before]


def test_a_hash_of_the_whole_document_is_one_too(stories: Path) -> None:
    before, text = samples(stories), stories.read_text()
    rows = json.loads(stories.with_name("stories.manifest.json").read_text())["samples"]
    for number, row in enumerate(rows, 1):
        document = text[row["doc_offset"] : row["doc_offset"] + row["doc_length"]].strip()
        change(stories, number, sha1=hashlib.sha1(document.encode(), usedforsecurity=False).hexdigest().upper())
    assert [(s.control, s.body) for s in samples(stories)] == [(s.control, s.body) for s in before]


def test_what_nobody_can_verify_is_noted(stories: Path) -> None:
    for number in (1, 2):
        change(stories, number, sha1=None)
    assert read(stories).notes == ("2 samples without a sha1: that the text is the one meant is not verified",)


def test_a_template_checks_a_manifest_too(stories: Path) -> None:
    before = samples(stories)
    for control in (made_imports.CONTROL, made_imports.CONTROL.replace("\n", "\\n")):  # as a shell gives it
        assert samples(stories, control=control) == before
    with pytest.raises(InputError, match="sample 1 does not begin as --control says"):
        samples(stories, control="<{level}>")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"[a=1]\nx\xe9\n", "is not UTF-8"),
        (b"[a=1]\nx\0\n", "has a NUL"),
        (b"[" * 500_000, "no line with a tag"),
        (b"x " * 500_000, "no line with a tag"),
    ],
)
def test_what_is_no_text_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "t.txt").write_bytes(data)
    with pytest.raises(InputError, match=said):
        samples(tmp_path / "t.txt")


def test_a_story_may_quote_a_tag_and_a_line_may_hold_two(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("[age=7] [g=1] [g=1]\nHe said [g=3].\n\n[age=9] [g=2] [g=2]\nIt ended.\n")
    found = read(path)
    assert [(s.made.level, s.body) for s in found.samples] == [(1, "He said [g=3]."), (2, "It ended.")]
    assert found.notes == (
        "the level is taken from [g=…], not from [age=…]: --control says another",
        "tags that stand in stories, and begin none: 1",
    )


@pytest.mark.parametrize("control", ["{foo} {level}", "{level.real}", "{} {level}", "}{level}", "   "])
def test_a_template_names_what_a_brief_may(tmp_path: Path, control: str) -> None:
    (tmp_path / "t.txt").write_text("[a=1]\nx\n")
    with pytest.raises(InputError, match=r"is no template: "):
        samples(tmp_path / "t.txt", control=control)


def test_a_table_says_itself_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"text": "\\ud800"}\n')
    for given in ({"manifest": path}, {"control": "{level}"}):
        with pytest.raises(InputError, match="says itself what is in it"):
            samples(path, **given)
    with pytest.raises(InputError, match="line 1: 'text' has half of a character"):
        samples(path)


def test_the_self_test_reads_a_text_with_and_without_its_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, manifest = made_imports.write(tmp_path, made_imports.rows(8))
    call = ["selftest", "dial.slope", str(text), "--pattern", "green light", "--topics", "8", "--json"]
    manifest.rename(tmp_path / "m.json")
    seen = []
    for more in (["--manifest", str(tmp_path / "m.json")], ["--control", made_imports.CONTROL], []):
        assert guarded([*call, *more]) in (0, 3)
        seen.append(json.loads(capsys.readouterr().out)["means"])
    assert seen[0] == seen[1] == seen[2]
    assert guarded(["selftest", "dial.slope", "2", "--control", "x"]) == 2
    assert "belong to a corpus file" in capsys.readouterr().err
