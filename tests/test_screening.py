"""Rows from outside, judged: every form, broken ones, twins, limits, the quarantine and leaks."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import Capture, refused

from greenlight import corpus, near, quarantine, rows, sift
from greenlight.cli.main import guarded
from greenlight.crew import SOLO
from greenlight.errors import InputError
from greenlight.round import run_round
from greenlight.study import Study

GOOD = "The fox ran up the hill, saw the moon, and went home to its den before the rain began."
REFUSAL = "I'm sorry, but I can't help with that."
FEW = "empty,termination,refusal,duplicate"


def story(seed: int, words: int = 60) -> str:
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _ in range(words)) + "."


def wrote(path: Path, *data: Any) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in data), "utf-8")
    return path


def screened(path: Path, capsys: Capture, *options: str, gates: str = FEW) -> tuple[int, list[dict[str, Any]]]:
    capsys.readouterr()
    code = guarded(["screen", str(path), "--gates", gates, "--json", "--workers", "1", *options])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


FORMS: list[tuple[dict[str, Any], list[tuple[str, str, str, str]]]] = [
    ({"text": GOOD}, [("text", GOOD, "", "")]),
    ({"prompt": "p", "completion": GOOD, "system": "s"}, [("completion", GOOD, "p", "s")]),
    ({"control": "[level=1]\n", "body": GOOD}, [("body", GOOD, "", "")]),
    (
        {
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "image_url"}]},
                {"role": "assistant", "content": "first"},
                {"role": "user", "content": "two"},
                {"role": "assistant", "content": None},
            ]
        },
        [("messages[2].content", "first", "one", "s"), ("messages[4].content", "", "two", "s")],
    ),
    (
        {"prompt": "p", "chosen": "yes", "rejected": [{"role": "assistant", "content": "no"}]},
        [("chosen", "yes", "p", ""), ("rejected", "no", "p", "")],
    ),
    (
        {"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}], "completion": "c"},
        [("completion", "c", "p", "s")],
    ),
]


@pytest.mark.parametrize(("data", "said"), FORMS)
def test_every_form_of_a_row(data: dict[str, Any], said: list[tuple[str, str, str, str]]) -> None:
    row = rows.of_data(7, data)
    assert [(p.field, p.text.body, p.text.made.prompt, p.text.made.system) for p in row.parts] == said
    assert (row.number, row.is_pair) == (7, "chosen" in data)
    for part in row.parts:
        assert quarantine.texts(data, part.field) == part.text.body or part.text.body == ""


def test_what_stands_beside_a_text_is_read() -> None:
    brief = {"language": "de", "words": [5, 9], "chars": [1, True], "pattern": "green light"}
    beside = {
        "generator": "g",
        "persona": "p",
        "level": 4,
        "topic": "t",
        "finish_reason": "eos",
        "prompt_rendered": "r",
    }
    row = rows.of_data(1, {"text": GOOD, "brief": brief, **beside})
    made = row.parts[0].text.made
    assert (row.generator, row.persona, made.level, made.topic, made.finish_reason) == ("g", "p", 4, "t", "stop")
    assert (made.prompt_rendered, made.asked.language, made.asked.words, made.asked.chars) == ("r", "de", (5, 9), None)
    odd = {"generator": 3, "persona": None, "level": True, "topic": [], "finish_reason": 5, "brief": "x"}
    made = rows.of_data(1, {"text": GOOD, **odd}).parts[0].text.made
    assert (made.voice, made.persona, made.level, made.topic, made.finish_reason) == ("", "", 0, "", "stop")


@settings(deadline=None)  # the first row compiles every gate's patterns
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["text", "prompt", "completion", "messages", "chosen", "rejected", "role", "content", "brief"]), s
), max_leaves=12))  # fmt: skip
def test_anything_is_a_row_or_is_said_not_to_be(data: Any) -> None:
    try:
        row = rows.of_data(1, data)
    except rows.Unreadable:
        return
    decision = sift.judge(row, sift.choose(FEW))
    json.dumps(decision.data())


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path: Path, capsys: Capture, monkeypatch: Any) -> None:
    monkeypatch.setattr(rows, "LIMIT", 2000)
    path = tmp_path / "bad.jsonl"
    bad = [
        b"{",
        b"[1]",
        b'{"a": 1}',
        b'{"text": 5}',
        b'{"text": "\xff"}',
        b'{"text": "' + b"x" * 5000 + b'"}',
        b"[" * 900,
    ]
    good = [json.dumps({"text": story(n)}).encode() for n in range(3)]
    odd = [b'{"text": "a\\u0000b c d."}', b'{"text": "\\ud800 is half of a pair."}', '{"text": "א\u0301 ב."}'.encode()]
    path.write_bytes(b"\n".join([*bad, b"", *good, *odd]))
    code, told = screened(path, capsys)
    assert code == 3
    said = {one["row"]: one for one in told[:-1]}
    assert [said[n]["decision"] for n in range(1, 8)] == ["refuse"] * 7
    reasons = [said[n]["fired"][0]["reason"] for n in range(1, 8)]
    for reason, word in zip(
        reasons, ["no JSON", "no JSON object", "no text", "no text", "UTF-8", "longer", "no JSON"], strict=True
    ):
        assert word in reason
    assert all(said[n]["decision"] == "keep" for n in range(9, 12)), "a blank line counts as a line, and is no row"
    assert sorted(said) == [*range(1, 8), *range(9, 15)]
    assert told[-1]["summary"]["by_gate"]["unreadable"]["rows"] == 7


def test_a_file_that_is_none(tmp_path: Path, capsys: Capture) -> None:
    refused(["screen", str(tmp_path / "no.jsonl")], 1, "check the name", capsys)
    refused(["screen", str(tmp_path)], 1, "folder", capsys)
    refused(["screen", str(wrote(tmp_path / "e.jsonl"))], 1, "has no rows", capsys)
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no")
    refused(["screen", str(tmp_path / "t.parquet")], 1, "no readable Parquet file", capsys)
    pq.write_table(pa.table({"words": ["a"]}), tmp_path / "c.parquet")
    refused(["screen", str(tmp_path / "c.parquet")], 1, "has no columns text, prompt and completion", capsys)
    path = wrote(tmp_path / "a.jsonl", {"text": GOOD})
    refused(["screen", str(path), "--gates", "lop"], 2, "did you mean 'loop'", capsys)
    refused(["screen", str(path), "--gates", "empty,-empty"], 2, "no gate is left", capsys)
    refused(["screen", str(path), "--gates", "empty", "--limit", "empty=2"], 2, "a share from 0 to 1", capsys)
    refused(["screen", str(path), "--out", str(path)], 2, "is the file that is judged", capsys)


def test_a_row_is_judged_by_the_dial_that_it_was_written_for() -> None:
    def fired(level: int, **brief: Any) -> list[str]:
        row = rows.of_data(1, {"text": GOOD, "level": level, "topic": "a fox", "brief": brief})
        return [one["gate"] for one in sift.judge(row, sift.choose("target")).fired]

    assert fired(5, pattern="green light", levels=5) == ["target"]
    assert fired(1, pattern="green light", levels=5) == []
    assert fired(5, pattern="fox", levels=5) == []
    # no recipe may have its pattern in its own control line, and the file's rows are judged by it all the same
    assert fired(5, pattern="green light", levels=5, control="[green light={level}]\n") == ["target"]
    for broken in ({"pattern": 5}, {"pattern": "x", "levels": "5"}, {"pattern": "x", "control": "{"}, {"pattern": " "}):
        assert fired(5, **broken) == []


def test_twins_are_found_in_order_on_any_number_of_cores(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(sift, "CHUNK", 2000)
    texts = [story(n) for n in range(40)]
    texts[17] = texts[3].upper().replace(".", "!")
    words = texts[5].split()
    words[11], words[40] = "other", "words"
    texts[30] = " ".join(words)
    path = wrote(tmp_path / "t.jsonl", *({"text": text, "generator": "ab"[n % 2]} for n, text in enumerate(texts)))
    found = []
    for workers in (1, 2):
        with sift.Sieve(sift.choose("duplicate,empty"), workers) as sieve:
            found.append([decision.data() for _, decision in sieve.over(path)])
    assert found[0] == found[1]
    gone = {one["row"]: one["fired"][0]["reason"] for one in found[0] if one["decision"] == "refuse"}
    assert set(gone) == {18, 31}
    assert gone[18] == "the same text as row 4"
    assert gone[31].endswith("alike with row 6")


def test_a_refused_row_is_nobodys_twin(tmp_path: Path, capsys: Capture) -> None:
    path = wrote(tmp_path / "t.jsonl", {"text": "Then she said that the"}, {"text": REFUSAL}, {"text": REFUSAL})
    _, told = screened(path, capsys)
    assert [one["fired"][0]["gate"] for one in told[:-1]] == ["termination", "refusal", "refusal"]


def test_the_summary_counts_by_generator_and_knows_its_limits(tmp_path: Path, capsys: Capture) -> None:
    data = [{"text": story(n), "generator": "good"} for n in range(30)]
    data += [{"text": REFUSAL if n < 12 else story(100 + n), "generator": "bad", "persona": "p"} for n in range(30)]
    path = wrote(tmp_path / "g.jsonl", *data)
    code, told = screened(path, capsys, gates="refusal")
    summary = told[-1]["summary"]
    assert (code, summary["rows"], summary["keep"], summary["refuse"]) == (3, 60, 48, 12)
    bad = summary["by_generator"]["bad"]
    assert (bad["rows"], bad["usable"], bad["by_gate"]) == (30, 18, {"refusal": 12})
    assert bad["low"] < 0.6 < bad["high"]
    assert list(summary["by_persona"]) == ["(unnamed)", "p"]
    assert len(summary["broken"]) == 1
    assert "12 of 30 rows of bad, at least 2" in summary["broken"][0]
    # 12 of 30 is at least 24.6 %, so a limit of 30 % is not broken for certain
    assert screened(path, capsys, "--limit", "refusal=0.3", gates="refusal")[0] == 0
    assert guarded(["screen", str(path), "--gates", "refusal"]) == 3
    shown = capsys.readouterr().out
    assert "limit broken: refused: 12 of 30 rows of bad" in " ".join(shown.split())
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_kept_and_refused_are_all_and_a_release_is_kept_next_time(tmp_path: Path, capsys: Capture) -> None:
    path = wrote(
        tmp_path / "r.jsonl", {"text": GOOD, "id": 1}, {"text": REFUSAL, "id": 2}, "{torn", {"text": "", "id": 3}
    )
    kept, held = tmp_path / "kept.jsonl", tmp_path / "held.jsonl"
    files = ("--out", str(kept), "--quarantine", str(held))
    screened(path, capsys, *files)
    assert [json.loads(line)["id"] for line in kept.read_text().splitlines()] == [1]
    entries = list(quarantine.read(held))
    assert [one.row for one in entries] == [2, 3, 4]
    assert entries[1].data == "{torn"
    assert guarded(["quarantine", str(held), "--row", "2"]) == 0
    shown = capsys.readouterr().out
    assert f"»{REFUSAL}«" in shown
    refused(["quarantine", str(held), "--release", "2"], 2, "--release needs --why", capsys)
    refused(["quarantine", str(held), "--release", "9", "--why", "x"], 1, "there is no refused row 9", capsys)
    assert guarded(["quarantine", str(held), "--release", "2", "--why", "asked for"]) == 0
    refused(["quarantine", str(held), "--release", "2", "--why", "again"], 1, "is released already", capsys)
    _, told = screened(path, capsys, *files)
    assert told[1]["decision"] == "warn"
    assert told[1]["fired"][0]["action"] == "released"
    assert [json.loads(line)["id"] for line in kept.read_text().splitlines()] == [1, 2]
    summary = told[-1]["summary"]
    assert [summary[name] for name in ("rows", "keep", "warn", "refuse", "released")] == [4, 1, 0, 2, [2]]
    assert "refusal" not in summary["by_gate"]
    assert guarded(["screen", str(path), *files]) in (0, 3)
    assert "2 refused; 1 released by a person, and kept: row 2" in " ".join(capsys.readouterr().out.split())
    record = json.loads((tmp_path / "held.released.jsonl").read_text())
    assert (record["why"], record["gates"]) == ("asked for", ["refusal"])
    refused(["quarantine", str(path)], 1, "line 1, is no row of a quarantine", capsys)


def test_a_quarantine_is_read_page_by_page(tmp_path: Path, capsys: Capture) -> None:
    path, held = tmp_path / "r.jsonl", tmp_path / f"{'held' * 5}.jsonl"
    wrote(path, *({"text": f"{REFUSAL} {'word ' * 80}{'x' * 200} {n}."} for n in range(45)))
    screened(path, capsys, "--quarantine", str(held), gates="refusal")
    seen = []
    for page, more in (
        (1, "… 25 more: --page 2 of 3, --gate NAME or --row N"),
        (2, "… 5 more: --page 3 of 3"),
        (3, ""),
    ):
        assert guarded(["quarantine", str(held), "--page", str(page)]) == 0
        said = capsys.readouterr().out
        assert max(map(len, said.splitlines())) <= 80
        assert more in said
        assert more or "more:" not in said
        seen += [int(line.split()[1]) for line in said.splitlines() if line.startswith("row ")]
    assert seen == list(range(1, 46))
    refused(["quarantine", str(held), "--page", "4"], 2, "--page 4: there are 3 pages", capsys)
    assert guarded(["quarantine", str(held), "--row", "7"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_broken_screening_leaves_what_was_there(tmp_path: Path, capsys: Capture) -> None:
    path, kept = wrote(tmp_path / "r.jsonl", {"text": GOOD, "a": 1}, {"text": story(1), "b": 2}), tmp_path / "k.parquet"
    kept.write_bytes(b"as it was")
    refused(
        ["screen", str(path), "--gates", "empty", "--out", str(kept), "--quarantine", str(tmp_path / "q.jsonl")],
        1, "has a field 'b' that the first rows have not", capsys,
    )  # fmt: skip
    assert kept.read_bytes() == b"as it was"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["k.parquet", "r.jsonl"]


def test_an_interrupted_screening_says_that_it_begins_again(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sift.Sieve, "over", interrupted)
    path, out = wrote(tmp_path / "r.jsonl", {"text": GOOD}), tmp_path / "k.jsonl"
    refused(["screen", str(path), "--out", str(out)], 130, "nothing was written, and the same command begins", capsys)
    assert not out.exists()


def test_tables_come_and_go_as_tables(tmp_path: Path, capsys: Capture) -> None:
    texts = [story(n) for n in range(2500)]
    texts[1700] = ""
    schema = pa.schema([("completion", pa.string()), ("prompt", pa.string()), ("n", pa.int16())])
    table = pa.table({"completion": texts, "prompt": ["p"] * 2500, "n": list(range(2500))}, schema=schema)
    pq.write_table(table, tmp_path / "t.parquet")
    out = tmp_path / "k.parquet"
    code, told = screened(tmp_path / "t.parquet", capsys, "--out", str(out), gates="empty")
    assert (code, told[-1]["summary"]["refuse"], told[1700]["decision"]) == (0, 1, "refuse")
    left = pq.read_table(out)
    assert left.schema.equals(schema)
    assert left["n"].to_pylist() == [n for n in range(2500) if n != 1700]


def test_what_a_study_refused_is_looked_at_and_released(tiny: Study, tmp_path: Path, capsys: Capture) -> None:
    study = Study(Path(shutil.copytree(tiny.folder, tmp_path / "s")))
    number, row = next((n, r) for n, r in study.ledger.latest().items() if r.accounting and r.accounting.refused)
    folder = str(study.folder)
    capsys.readouterr()
    assert guarded(["quarantine", folder, str(number), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["by_gate"] == {n: c for n, c in row.accounting.refused.items() if n in found["by_gate"]}
    first = found["shown"][0]
    assert first["fired"][0]["gate"] in found["by_gate"]
    assert guarded(["quarantine", folder, str(number), "--row", "1"]) == 0
    refused(["quarantine", folder], 2, "name the round", capsys)
    refused(["quarantine", folder, "99"], 1, "99", capsys)
    assert guarded(["quarantine", folder, str(number), "--release", "1", "--why", "it is whole"]) == 0
    again = run_round(number, study, SOLO)
    assert again.accounting is not None
    assert again.artifacts["corpus"].fingerprint != row.artifacts["corpus"].fingerprint
    kept = {sample.sha256 for sample in corpus.load(study.store.path(again.artifacts["corpus"]) / corpus.FILE)}
    assert first["data"]["sha256"] in kept
    assert sum(again.accounting.refused.values()) <= sum(row.accounting.refused.values())


# ---------------------------------------------------------------- near-duplicates


def jaccard(one: str, other: str) -> float:
    a, b = ({t[i : i + 5] for i in range(len(t) - 4)} for t in map(near.normal, (one, other)))
    return len(a & b) / len(a | b)


def test_sketches_estimate_the_jaccard_index() -> None:
    base = story(1, 400).split()
    errors = []
    for changed in (0, 20, 60, 120, 250):
        words = base[:]
        words[:changed] = story(2, changed).split() if changed else []
        one, other = near.sketch(" ".join(base)), near.sketch(" ".join(words))
        assert one is not None
        assert other is not None
        errors.append(abs(near.alike(one.low, other.low) - jaccard(" ".join(base), " ".join(words))))
    assert errors[0] == 0
    assert max(errors) < 0.13, "three standard errors"


def test_short_texts_are_compared_exactly() -> None:
    pairs = [("The cat sat.", "the CAT  sat!"), ("a", "A."), ("短い文", "短い文。")]
    for one, other in pairs:
        assert near.sketch(one) == near.sketch(other)
    assert near.sketch(" …!") is None
    assert near.sketch("yes") != near.sketch("no")


def test_edited_copies_are_found_among_many() -> None:
    dice = random.Random(5)
    texts = [story(n, 150) for n in range(300)]
    pool = [word for text in texts for word in text.split()]
    index = near.Index()
    for n, text in enumerate(texts):
        made = near.sketch(text)
        assert made is not None
        assert index.add(n, made) is None
    found = 0
    for n, text in enumerate(texts):
        made = near.sketch(" ".join(dice.choice(pool) if dice.random() < 0.1 else word for word in text.split()))
        assert made is not None
        twin = index.add(-1, made)
        found += twin is not None and twin.id == n
    assert found >= 0.95 * len(texts)


# ---------------------------------------------------------------- leaks


def test_a_leak_is_named_with_what_it_carries(tmp_path: Path, capsys: Capture) -> None:
    held = wrote(tmp_path / "held.jsonl", {"text": story(1)}, {"text": story(2)})
    clean = wrote(tmp_path / "clean.jsonl", *({"prompt": "p", "completion": story(n)} for n in range(10, 30)))
    assert guarded(["leak", str(clean), str(held), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["leaked"] == []
    carrier = wrote(tmp_path / "dirty.jsonl", {"text": story(10)}, {"text": f"{story(11)} {story(2)}"})
    assert guarded(["leak", str(carrier), str(held), "--json"]) == 3
    [leaked] = json.loads(capsys.readouterr().out)["leaked"]
    assert (leaked["document"], leaked["held"], leaked["share"]) == ("2", "2", 1.0)
    assert guarded(["leak", str(carrier), str(held)]) == 3
    said = capsys.readouterr().out
    assert "2 training documents read: 1 of them carries one of the 2 held-out documents" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80
    bad = wrote(tmp_path / "x.jsonl", {"text": "a"}, "{")
    refused(["leak", str(bad), str(held)], 1, f"row 2 of {bad} cannot be read", capsys)
    with pytest.raises(InputError):
        list(rows.lines(tmp_path / "none"))


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"prompt": "STORY", "completion": "Yes."}, "1 prompt"),
        ({"prompt": [{"role": "user", "content": "STORY"}], "chosen": "Yes.", "rejected": "No."}, "1 prompt[0]"),
        ({"messages": [{"role": "user", "content": "STORY"}, {"role": "assistant", "content": "A"}]}, "1 messages[0]"),
        ({"system": "STORY", "text": "Yes."}, "1 system"),
        ({"prompt": "p", "chosen": "Yes.", "rejected": "STORY"}, "1 rejected"),
        ({"prompt": "HALF", "completion": "REST"}, "1"),
        ({"text": "STORY"}, "1"),
    ],
)  # fmt: skip
def test_all_text_of_a_row_is_looked_at(row: dict[str, Any], where: str, tmp_path: Path, capsys: Capture) -> None:
    words = story(1).split()
    parts = {"STORY": words, "HALF": words[: len(words) // 2 - 5], "REST": words[len(words) // 2 - 5 :]}
    line = json.dumps(row)
    for name, some in parts.items():
        line = line.replace(name, " ".join(some))
    held = wrote(tmp_path / "held.jsonl", {"text": story(1)}, {"text": story(2)})
    assert guarded(["leak", str(wrote(tmp_path / "c.jsonl", line, {"text": story(9)})), str(held), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["documents"] == 2
    assert [(one["document"].removesuffix(" completion"), one["held"]) for one in found["leaked"]] == [(where, "1")]


def test_nothing_is_no_all_clear(tmp_path: Path, capsys: Capture) -> None:
    good, none = wrote(tmp_path / "good.jsonl", {"text": story(1)}), wrote(tmp_path / "none.jsonl")
    none.write_text("")
    table = tmp_path / "held.csv"
    table.write_text("text\na\n")
    refused(["leak", str(none), str(good)], 1, f"{none} holds no training document", capsys)
    refused(["leak", str(good), str(none)], 1, f"{none} holds no held-out document", capsys)
    refused(["leak", str(good), str(wrote(tmp_path / "e.jsonl", {"text": " "}))], 1, "no held-out document", capsys)
    refused(["leak", str(good), str(table)], 1, "is no .jsonl, .parquet, .txt or .md", capsys)


def test_the_gates_are_listed_with_what_they_were_measured_to_find(capsys: Capture) -> None:
    capsys.readouterr()
    assert guarded(["gates", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {choice.name for choice in sift.DEFAULT} <= set(data)
    for name, one in data.items():
        assert 0 <= one["recall_low"] <= one["recall"] <= 1, name
        assert 0 <= one["precision_low"] <= one["precision"] <= 1, name
    assert guarded(["gates"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in data)
    assert all(len(line) <= 80 for line in shown.splitlines())
