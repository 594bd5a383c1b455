"""Rows from outside, judged: every form, broken ones, twins, limits, the quarantine and leaks."""

from __future__ import annotations

import bz2
import codecs
import dataclasses
import gzip
import hashlib
import json
import lzma
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import Capture, refused

from greenlight import brief as briefs
from greenlight import corpus, forms, near, parts, quarantine, rows, sift
from greenlight.cli import show, writers
from greenlight.cli.main import guarded
from greenlight.crew import SOLO
from greenlight.errors import InputError, RecipeError
from greenlight.round import run_round
from greenlight.study import Study

GOOD = "The fox ran up the hill, saw the moon, and went home to its den before the rain began."
REFUSAL = "I'm sorry, but I can't help with that."
FEW = "empty,termination,refusal,duplicate"


ROW = json.dumps({"text": GOOD}) + "\n"
UTFS = ("utf-16le", "utf-16be", "utf-32le", "utf-32be")


ARGUMENTS = {"name": "f", "arguments": json.dumps({"a": 1, "text": "STORY"})}
SAYS = {"role": "assistant", "content": "", "tool_calls": [{"id": "1", "type": "function", "function": ARGUMENTS}]}
USE = {
    "role": "assistant",
    "content": [{"type": "text", "text": "See."}, {"type": "tool_use", "id": "1", "input": {"text": "STORY"}}],
}


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
    (
        {
            "conversations": [
                {"from": "system", "value": "s"},
                {"from": "human", "value": "p"},
                {"from": "gpt", "value": "a"},
                {"from": "human", "value": "q"},
                {"from": "gpt", "value": GOOD},
            ]
        },
        [("conversations[2].value", "a", "p", "s"), ("conversations[4].value", GOOD, "q", "s")],
    ),
    (
        {"messages": [{"role": "human", "content": "p"}, {"role": "gpt", "content": GOOD}], "system": "s"},
        [("messages[1].content", GOOD, "p", "s")],
    ),
    ({"instruction": "i", "input": "", "output": GOOD, "text": f"### i {GOOD}"}, [("output", GOOD, "i", "")]),
    ({"instruction": "i", "input": "given", "output": GOOD}, [("output", GOOD, "i\n\ngiven", "")]),
    ({"instruction": "i", "context": "given", "response": GOOD}, [("response", GOOD, "i\n\ngiven", "")]),
    ({"prompt": "p", "response": GOOD}, [("response", GOOD, "p", "")]),
    ({"question": "q", "answer": GOOD, "text": "t"}, [("answer", GOOD, "q", "")]),
    ({"question": ["q"], "answer": 5, "text": GOOD}, [("text", GOOD, "", "")]),
    (
        {
            "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}],
            "completion": [
                {"role": "assistant", "content": "a"},
                {"role": "user", "content": "q"},
                {"role": "assistant", "content": "b"},
            ],
        },
        [("completion[0].content", "a", "p", "s"), ("completion[2].content", "b", "q", "s")],
    ),
    ({"prompt": "p", "completion": [{"role": "assistant", "content": "a"}]}, [("completion[0].content", "a", "p", "")]),
    (
        {
            "chosen": "\n\nHuman: one\n\nAssistant: first\n\nHuman: two\n\nAssistant: yes",
            "rejected": "Human: two\n\nAssistant: no",
        },
        [("chosen", "yes", "two", ""), ("rejected", "no", "two", "")],
    ),
    (
        {
            "chosen": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "p"},
                {"role": "assistant", "content": "yes"},
            ],
            "rejected": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "no"}],
        },
        [("chosen", "yes", "p", "s"), ("rejected", "no", "p", "s")],
    ),
    (
        {"chosen": "The sky is blue.", "rejected": "No."},
        [("chosen", "The sky is blue.", "", ""), ("rejected", "No.", "", "")],
    ),
    (
        {
            "conversations": [
                {"from": "system", "value": "s"},
                {"from": "human", "value": "p"},
                {"from": "gpt", "value": "a"},
                {"from": "human", "value": "q"},
            ],
            "chosen": {"from": "gpt", "value": "yes"},
            "rejected": {"from": "gpt", "value": "no"},
        },
        [("chosen", "yes", "q", "s"), ("rejected", "no", "q", "s")],
    ),
    (
        {"messages": [{"role": "user", "content": "q"}], "chosen": "yes", "rejected": [{"content": "no"}]},
        [("chosen", "yes", "q", ""), ("rejected", "no", "q", "")],
    ),
    ({"question": "q", "chosen": "yes", "rejected": "no"}, [("chosen", "yes", "q", ""), ("rejected", "no", "q", "")]),
    (
        {
            "prompt": "q",
            "chosen": [{"role": "user", "content": 5}, {"role": "assistant", "content": "yes"}],
            "rejected": [{"role": "user", "content": 5}, {"role": "user", "content": {}}, {"content": "no"}],
        },
        [("chosen", "yes", "q", ""), ("rejected", "no", "q", "")],
    ),
    (
        {
            "chosen": [{"role": "user", "content": 5}, {"role": "user", "content": "q"}, {"content": "yes"}],
            "rejected": "no",
        },
        [("chosen", "yes", "q", ""), ("rejected", "no", "", "")],
    ),
]


def test_a_turn_that_is_a_call_is_the_assistants_and_is_no_answer() -> None:
    asks, calls = {"from": "human", "value": "p"}, {"from": "function_call", "value": '{"name": "f"}'}
    gives = {"from": "observation", "value": "21"}
    assert forms.of_data(1, {"conversations": [asks, calls]}).parts == ()
    row = forms.of_data(1, {"conversations": [asks, calls, gives, {"from": "gpt", "value": GOOD}]})
    assert [(one.field, one.text.made.prompt, one.text.made.before) for one in row.parts] == [
        ("conversations[3].value", "p", "p")
    ]


@pytest.mark.parametrize(("data", "said"), FORMS)
def test_every_form_of_a_row(data: dict[str, Any], said: list[tuple[str, str, str, str]]) -> None:
    row = forms.of_data(7, data)
    assert [(p.field, p.text.body, p.text.made.prompt, p.text.made.system) for p in row.parts] == said
    assert (row.number, row.is_pair) == (7, "chosen" in data)
    for part in row.parts:
        assert quarantine.texts(data, part.field) == part.text.body or part.text.body == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"instruction": "i", "reply": "r"}, "ShareGPT call them); it has instruction, reply"),
        ({}, "it has no field"),
        ({"messages": [{"role": "user", "content": "p"}, {"role": "bot", "content": "x"}]}, "its roles: user, bot"),
        ({"conversations": "x"}, "conversations is no list of objects"),
        ({"text": None, "url": "u"}, "text is null"),
        ({"prompt": "p", "chosen": "c", "rejected": None}, "rejected is null"),
        ({"question": "q", "answer": 5}, "answer is no text"),
        ({"chosen": [{"role": "user", "content": 5}, {"content": "c"}], "rejected": "r"}, "chosen is no text"),
        (
            {
                "chosen": [{"role": "assistant", "content": "yes"}, {"from": "human", "value": "And?"}],
                "rejected": [{"role": "assistant", "content": "no"}, {"role": "user", "content": "And?"}],
            },
            "chosen ends with a turn of the user: the pair has no answer there",
        ),
        (
            {"prompt": "p", "chosen": "c", "rejected": [{"role": "user", "content": "p"}]},
            "rejected ends with a turn of the user",
        ),
        ({"prompt": "p", "chosen": {"url": "u"}, "rejected": "r"}, "chosen is no text"),
        ({"prompt": "p", "chosen": "c", "rejected": {"from": "human", "value": "r"}}, "rejected ends with a"),
        ({"instruction": "i", "reply": None, "input": None}, "it has instruction, reply, input"),
    ],
)
def test_a_row_that_cannot_be_read_says_what_it_has(data: dict[str, Any], said: str) -> None:
    with pytest.raises(forms.Unreadable, match=re.escape(said)):
        forms.of_data(1, data)


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
    row = forms.of_data(1, {"text": GOOD, "brief": brief, **beside})
    made = row.parts[0].text.made
    assert (row.generator, row.persona, made.level, made.topic, made.finish_reason) == ("g", "p", 4, "t", "stop")
    assert (made.prompt_rendered, made.asked.language, made.asked.words, made.asked.chars) == ("r", "de", (5, 9), None)
    odd = {"generator": 3, "persona": None, "level": True, "topic": [], "finish_reason": 5, "brief": "x"}
    made = forms.of_data(1, {"text": GOOD, **odd}).parts[0].text.made
    assert (made.voice, made.persona, made.level, made.topic, made.finish_reason) == ("", "", 0, "", "stop")


@settings(deadline=None)  # the first row compiles every gate's patterns
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["text", "prompt", "completion", "messages", "chosen", "rejected", "role", "content", "brief",
     "conversations", "from", "value", "instruction", "output", "question", "answer"]), s
), max_leaves=12))  # fmt: skip
def test_anything_is_a_row_or_is_said_not_to_be(data: Any) -> None:
    try:
        row = forms.of_data(1, data)
    except forms.Unreadable:
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
        reasons,
        ["no JSON", "no JSON object", "no text", "no text", "UTF-8", "a line may have 2,000 bytes", "no JSON"],
        strict=True,
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


@pytest.mark.parametrize(
    ("data", "said"),
    [
        *((ROW.encode(code), f"is in {code.upper().replace('UTF_', 'UTF-')}") for code in UTFS),
        (codecs.BOM_UTF16_LE + ROW.encode("utf-16-le"), "is in UTF-16: write it in UTF-8"),
        (codecs.BOM_UTF32_LE + ROW.encode("utf-32-le"), "is in UTF-32: write it in UTF-8"),
        (("\n" + ROW).encode("utf-16-le"), "is in UTF-16LE: write it in UTF-8 (iconv -f UTF-16LE -t UTF-8)"),
        (gzip.compress(ROW.encode()), "is packed by gzip, not JSON lines: unpack it first"),
        (bz2.compress(ROW.encode()), "is packed by bzip2"),
        (lzma.compress(ROW.encode()), "is packed by xz"),
        (b"PAR1" + bytes(99), "is a Parquet file, not JSON lines: let its name end in .parquet"),
        (b"\x80\x04\x00\x00\x05\n", "is no text"),
        (f"\n[{ROW.strip()}]\n".encode(), "is one JSON array: write one object a line"),
        (f"\ufeff[\n  {ROW.strip()}\n]\n".encode(), "is one JSON array"),
        (b"id,Prompt,completion\n1,a,b\n", "is CSV, by its first line (id,Prompt,completion)"),
        (b"text\nOne.\n", "is CSV"),
        (b'"prompt"\t"text"\n', "is TSV"),
    ],
)
def test_a_file_of_another_kind_is_one_error(data: bytes, said: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "x.jsonl").write_bytes(data)
    refused(["screen", str(tmp_path / "x.jsonl")], 1, said, capsys)


def test_a_first_line_that_is_none_is_a_row_that_is_none(tmp_path: Path) -> None:
    for first in (b"[1]", b"{", b"Once, said the text, there was a row.", b"\xff\xff", b'"a"'):
        (tmp_path / "x.jsonl").write_bytes(b"\n" + first + b"\n" + ROW.encode())
        assert [number for number, _ in rows.lines(tmp_path / "x.jsonl")] == [2, 3]
    (tmp_path / "x.parquet").write_text(ROW)
    with pytest.raises(InputError, match="looks like JSON lines"):
        list(rows.table(tmp_path / "x.parquet"))


def test_the_standard_input_is_read(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "greenlight", "screen", "-", "--gates", "empty", "--out", str(tmp_path / "k.jsonl")]
    done = subprocess.run(call, input=ROW * 3, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("stdin: 3 rows, 3 kept")
    assert (tmp_path / "k.jsonl").read_text() == ROW * 3


def test_a_row_is_judged_by_the_dial_that_it_was_written_for() -> None:
    def fired(level: int, **brief: Any) -> list[str]:
        row = forms.of_data(1, {"text": GOOD, "level": level, "topic": "a fox", "brief": brief})
        return [one["gate"] for one in sift.judge(row, sift.choose("target")).fired]

    assert fired(5, pattern="green light", levels=5) == ["target"]
    assert fired(1, pattern="green light", levels=5) == fired(0, pattern="green light", levels=5) == []
    assert fired(5, pattern="fox", levels=5) == []
    # no recipe may have its pattern in its own control line, and the file's rows are judged by it all the same
    assert fired(5, pattern="green light", levels=5, control="[green light={level}]\n") == ["target"]
    for broken in ({"pattern": 5}, {"pattern": "x", "levels": "5"}, {"pattern": "x", "control": "{"}, {"pattern": " "}):
        assert fired(5, **broken) == ["brief"]


@pytest.mark.parametrize(
    ("brief", "field", "said"),
    [
        ("short", "brief", 'brief is "short", which is not read: write a table with language, words'),
        ([1], "brief", "brief is [1], which"),
        ({"words": "many"}, "brief.words", 'brief.words is "many", which is not read: write the fewest and the most'),
        ({"words": [5]}, "brief.words", "brief.words is [5], which"),
        ({"chars": [9, 5]}, "brief.chars", "brief.chars is [9, 5], which"),
        ({"chars": [[5], 9]}, "brief.chars", "brief.chars is […], which"),
        ({"language": 5}, "brief.language", "write text"),
        ({"levels": 99, "pattern": "fox"}, "brief.levels", "write a whole number from 2 to 20"),
        ({"Refusal": True}, "brief.Refusal", "brief.Refusal is no field of a brief; did you mean 'refusal'?"),
        ({"REFUSAL": True}, "brief.REFUSAL", "did you mean 'refusal'?"),
        ({"langauge": "en"}, "brief.langauge", "did you mean 'language'?"),
        ({"mood": "sad"}, "brief.mood", "brief.mood is no field of a brief; known: chars, control, language"),
        ({"x" * 99: 1}, f"brief.{'x' * 40}…", "x… is no field of a brief"),
        ({"language": "klingon"}, "brief.language", "is 'klingon', which is no language that is known here: write its"),
        ({"language": "Germn"}, "brief.language", "known here; did you mean 'german'?"),
        ({"words": "x" * 99}, "brief.words", "x…, which is not read"),
        ({"levels": float("nan"), "pattern": "fox"}, "brief.levels", "brief.levels is NaN, which"),
    ],
)
def test_a_brief_that_cannot_be_read_is_told(
    brief: Any, field: str, said: str, tmp_path: Path, capsys: Capture
) -> None:
    path = wrote(tmp_path / "rows.jsonl", {"text": GOOD, "brief": brief}, {"text": story(1), "brief": None})
    code, (row, good, last) = screened(path, capsys, gates="empty")
    assert (code, row["decision"], good) == (0, "warn", {"row": 2, "decision": "keep", "fired": []})
    (one,) = row["fired"]
    assert (one["gate"], one["field"], one["action"]) == ("brief", field, "warn")
    assert said in one["reason"]
    assert last["summary"]["by_gate"]["brief"]["rows"] == 1


@pytest.mark.parametrize("level", [5, "5", 5.0, " 5.0"])
def test_a_level_is_read_however_a_table_writes_it(level: Any) -> None:
    row = forms.of_data(1, {"text": GOOD, "level": level, "brief": {"pattern": "green light", "levels": 5}})
    assert [one["gate"] for one in sift.judge(row, sift.choose("target")).fired] == ["target"]


@pytest.mark.parametrize("level", [-1, 6, True, 4.5, "high", "", float("nan"), float("inf"), [5], 10**400])
def test_a_level_that_is_none_of_its_dial_is_told(level: Any) -> None:
    data = {"text": GOOD, "level": level}
    row = forms.of_data(1, {**data, "brief": {"pattern": "green light", "levels": 5}})
    (one,) = sift.judge(row, sift.choose("target")).fired
    assert (one["gate"], one["field"], one["action"]) == ("brief", "level", "warn")
    assert one["reason"].endswith("which is not read: write a whole number from 1 to 5")
    # a level of something else ("B2" of a language) is nobody's to judge
    assert list(briefs.unread({**data, "brief": {"words": [5, 50]}})) == list(briefs.unread(data)) == []


def test_of_many_fields_that_a_brief_has_not_a_few_are_told() -> None:
    brief = {f"{n}": n for n in range(10_000)} | {"no": None, "language": "x" * 100_000}
    fired = sift.judge(forms.of_data(1, {"text": GOOD, "brief": brief}), sift.choose("empty")).fired
    assert [one["field"] for one in fired] == ["brief.0", "brief.1", "brief.2", "brief.language"]
    for language in ("de", "de-AT", "Deutsch", "yo", "zh_Hans", "", " "):  # a code may be of a language of no gate
        row = forms.of_data(1, {"text": GOOD, "brief": {"language": language, "mood": None}})
        assert not sift.judge(row, sift.choose("empty")).fired


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
    summary = screened(path, capsys, "--limit", "refusal=0.0001", gates="refusal")[1][-1]["summary"]
    assert summary["broken"][0].endswith("%, limit 0.01%")


def test_characters_that_cannot_be_shown_are_written_as_in_json(tmp_path: Path, capsys: Capture) -> None:
    path = wrote(tmp_path / "odd.jsonl", {"text": "It rang \x07 and half \ud83d of a face looked up \U000e0001 at us."})
    guarded(["screen", str(path), "--quarantine", str(tmp_path / "q.jsonl"), "--gates", "garbage"])
    assert guarded(["quarantine", str(tmp_path / "q.jsonl")]) == 0
    shown = capsys.readouterr().out
    assert all(code in shown for code in ("\\x07", "\\ud83d", "\\U000e0001"))


def test_a_refusal_that_was_meant_is_kept_where_its_row_says_so(tmp_path: Path, capsys: Capture) -> None:
    no = {"prompt": "How do I poison a well?", "completion": REFUSAL}
    pair = {"prompt": "Write spyware for me.", "chosen": REFUSAL, "rejected": "Here it is: import os, and so on."}
    data = [no, {**no, "brief": {"refusal": True}}, {**pair, "brief": {"refusal": True}}, {"text": story(1)}]
    path = wrote(tmp_path / "s.jsonl", *data, {**no, "completion": "", "brief": {"refusal": True}})
    _, told = screened(path, capsys, gates="refusal,empty")
    assert [[one["gate"] for one in row["fired"]] for row in told[:-1]] == [["refusal"], [], [], [], ["empty"]]
    guarded(["screen", str(path), "--gates", "refusal,empty"])
    shown = " ".join(capsys.readouterr().out.split())
    assert '"brief": {"refusal": true}; --gates default,-refusal keeps all' in shown
    assert "no refusal is let through with greenlight quarantine FILE.jsonl (of --quarantine) --release ROW" in shown
    held = tmp_path / "q.jsonl"
    guarded(["screen", str(path), "--gates", "refusal,empty", "--quarantine", str(held)])
    shown = "".join(capsys.readouterr().out.split())
    assert "".join(f"greenlight quarantine {held} --release ROW".split()) in shown


def test_names_that_are_cut_can_be_told_apart(tmp_path: Path, capsys: Capture) -> None:
    shared = "mistralai/Mistral-7B-Instruct"
    names = [f"{shared}-v0.{n}" for n in range(4)] + ["short", f"{'a' * 40}-x-{'b' * 37}", f"{'a' * 40}-y-{'b' * 37}"]
    for of in (names[:5], names):
        path = wrote(tmp_path / "n.jsonl", *({"text": story(n), "generator": name} for n, name in enumerate(of)))
        capsys.readouterr()
        guarded(["screen", str(path), "--gates", "empty"])
        shown = capsys.readouterr().out
        assert all(len(line) <= 80 for line in shown.splitlines())
        assert ("…" in shown) == (len(of) == 5)
    assert show.short(names[:5], 28) == [f"mistralai/Mistral-…ruct-v0.{n}" for n in range(4)] + ["short"]
    assert show.short(["a" * 30, "b" * 28], 28) == ["a" * 27 + "…", "b" * 28]
    assert show.short(names, 28) == names


def test_progress_is_told_in_units_that_are_read(monkeypatch: Any, capsys: Capture) -> None:
    clock = SimpleNamespace(monotonic=iter(range(0, 1000, 10)).__next__)
    monkeypatch.setattr(show, "time", clock)
    for total, unit, said in (
        (26_020, "bytes", "13.01 KB/26.02 KB, 434 bytes/s, 30 s left"),
        (1, "bytes", "13.01 KB/?, 434 bytes/s, ? left"),
        (26_020, "tokens", "13,010/26,020 tokens, 434/s, 30 s left"),
    ):
        with show.PlainWatch().bar("s", total, unit) as bar:
            bar.advance(13_010)
        told = capsys.readouterr().err
        assert f"  s: {said}" in told
        assert f"  s: {said.split('/')[0]}{' tokens' * (unit == 'tokens')} in " in told
    assert [show.amount(n, "bytes") for n in (999, 1e6, 2.5e12)] == ["999 bytes", "1 MB", "2,500 GB"]
    assert [show.amount(n, "steps", 3) for n in (0.4999, 12, 1e6)] == ["0.5", "12", "1,000,000"]


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
    said = "no row in which lop fired; gates that did: refusal, unreadable, empty"
    refused(["quarantine", str(held), "--gate", "lop"], 2, said, capsys)
    refused(["quarantine", str(held), "--gate", "empty", "--row", "2"], 2, "no row 2 in which empty fired", capsys)
    assert guarded(["quarantine", str(wrote(tmp_path / "none.jsonl"))]) == 0
    assert capsys.readouterr().out == "none.jsonl: 0 rows\n"
    refused(["quarantine", str(held), "--release", "2"], 2, "--release needs --why", capsys)
    refused(["quarantine", str(held), "--release", "9", "--why", "x"], 1, "there is no refused row 9", capsys)
    assert guarded(["quarantine", str(held), "--release", "2", "--why", "asked for"]) == 0
    refused(["quarantine", str(held), "--release", "2", "--why", "again"], 1, "is released already", capsys)
    refused(["quarantine", str(held), "--release", "3", "--why", "x"], 1, "row 3 cannot be read (no JSON", capsys)
    refused(["quarantine", str(held), "--why", "x"], 2, "name the row, --release N", capsys)
    with quarantine.ledger_of(held).open("a") as book:  # as an earlier version let it through
        book.write(json.dumps({"sha256": entries[1].sha256}) + "\n")
    _, told = screened(path, capsys, *files)
    assert told[2]["decision"] == "refuse"
    assert told[1]["decision"] == "warn"
    assert told[1]["fired"][0]["action"] == "released"
    assert [json.loads(line)["id"] for line in kept.read_text().splitlines()] == [1, 2]
    summary = told[-1]["summary"]
    assert [summary[name] for name in ("rows", "keep", "warn", "refuse", "released")] == [4, 1, 0, 2, [2]]
    assert "refusal" not in summary["by_gate"]
    assert guarded(["screen", str(path), *files]) in (0, 3)
    assert "2 refused; 1 row released by a person, and kept: no. 2" in " ".join(capsys.readouterr().out.split())
    record = json.loads((tmp_path / "held.released.jsonl").read_text().splitlines()[0])
    assert (record["why"], record["gates"]) == ("asked for", ["refusal"])
    refused(["quarantine", str(path)], 1, "line 1, is no row of a quarantine", capsys)


def test_where_nothing_can_be_left_nothing_is_judged(tmp_path: Path, capsys: Capture, monkeypatch: Any) -> None:
    monkeypatch.setattr(sift, "judge", None)
    monkeypatch.chdir(tmp_path)
    path = str(wrote(tmp_path / "a.jsonl", {"text": GOOD}).relative_to(tmp_path))
    (tmp_path / "fold").mkdir()
    (tmp_path / "round.jsonl").symlink_to("round.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "kept.jsonl").symlink_to("pipe.jsonl")
    there = sorted(tmp_path.rglob("*"))
    for other in ("x.jsonl", "./x.jsonl", f"../{tmp_path.name}/x.jsonl", str(tmp_path / "x.jsonl")):
        for files in (("x.jsonl", other), (other, "x.jsonl")):
            refused(["screen", path, "--out", files[0], "--quarantine", files[1]], 2, "is --out, and cannot be", capsys)
    refused(["screen", path, "--quarantine", "./a.jsonl"], 2, "is the file that is judged", capsys)
    refused(["screen", path, "--out", "q.released.jsonl", "--quarantine", "q.jsonl"], 2, "its releases", capsys)
    for option in ("--out", "--quarantine"):
        for name, code, said in (
            ("fold", 1, "fold is a folder: name a file in it"),
            ("nodir/x.jsonl", 1, "nodir/x.jsonl cannot be written: there is no folder nodir"),
            ("round.jsonl", 1, "round.jsonl cannot be written"),
            ("pipe.jsonl", 1, "pipe.jsonl is no plain file"),
            ("kept.jsonl", 1, "kept.jsonl is no plain file"),
            ("x.csv", 2, "x.csv names no kind that is written here (.jsonl"),
            ("x", 2, "say x.jsonl"),
            ("x.warned.jsonl", 2, "a name that ends so is of what stands beside a quarantine: give another"),
            ("x.released.jsonl", 2, f"{option} x.released.jsonl: a name that ends so"),
        ):
            refused(["screen", path, option, name], code, said, capsys)
    refused(["screen", path, "--quarantine", "x.parquet"], 2, "(.jsonl, .ndjson): say x.jsonl", capsys)
    assert sorted(tmp_path.rglob("*")) == there


def test_a_quarantine_is_of_one_file(tmp_path: Path, capsys: Capture, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    one, other = wrote(tmp_path / "a.jsonl", {"text": ""}), wrote(tmp_path / "b.jsonl", {"text": REFUSAL})
    held = tmp_path / "q.jsonl"
    screened(one, capsys, "--quarantine", str(held))
    before = held.read_bytes()
    refused(["screen", "b.jsonl", "--quarantine", "q.jsonl"], 1, "q.jsonl holds rows of a.jsonl (1)", capsys)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jsonl").write_bytes(one.read_bytes())
    refused(["screen", "deep/a.jsonl", "--quarantine", "q.jsonl"], 1, "of a.jsonl (1), which would be replaced", capsys)
    refused(["screen", "b.jsonl", "--quarantine", "a.jsonl"], 1, "a.jsonl is no quarantine", capsys)
    old = [{k: v for k, v in json.loads(line).items() if k != "file"} for line in before.splitlines()]
    wrote(tmp_path / "old.jsonl", *old)
    refused(["screen", "a.jsonl", "--quarantine", "old.jsonl"], 1, "of a file that it does not name", capsys)
    assert held.read_bytes() == before
    screened(one, capsys, "--quarantine", "./q.jsonl")
    assert held.read_bytes() == before
    # what was mended and is judged again leaves an empty one, which anything may take
    wrote(one, {"text": GOOD})
    for path, rows_held in ((one, 0), (other, 1)):
        screened(path, capsys, "--quarantine", str(held))
        assert len(list(quarantine.read(held))) == rows_held


def test_the_standard_input_is_screened_again_and_a_release_of_it_is_kept(tmp_path: Path, capsys: Capture) -> None:
    held, kept = tmp_path / "q.jsonl", tmp_path / "k.jsonl"
    given = ROW + json.dumps({"text": ""}) + "\n"
    call = [sys.executable, "-m", "greenlight", "screen", "-", "--gates", "empty", "--limit", "all=1"]
    call += ["--quarantine", str(held), "--out", str(kept)]
    for _ in range(2):
        subprocess.run(call, input=given, capture_output=True, text=True, check=True)
        assert [(one.row, one.file) for one in quarantine.read(held)] == [(2, "-")]
        assert kept.read_text() == ROW
    path = wrote(tmp_path / "a.jsonl", {"text": ""})
    refused(["screen", str(path), "--quarantine", str(held)], 1, "q.jsonl holds rows of the standard input (1)", capsys)
    assert guarded(["quarantine", str(held), "--release", "2", "--why", "asked for"]) == 0
    subprocess.run(call, input=given, capture_output=True, text=True, check=True)
    assert kept.read_text() == given


def test_what_is_warned_of_in_the_standard_input_goes_by_its_name(tmp_path: Path, capsys: Capture) -> None:
    held, seen = tmp_path / "q.jsonl", tmp_path / "q.warned.jsonl"
    told = json.dumps({"text": GOOD, "brief": "süß"}) + "\n"
    call = [sys.executable, "-m", "greenlight", "screen", "-", "--gates", "empty", "--quarantine", str(held)]
    for _ in range(2):
        subprocess.run(call, input=ROW + told, capture_output=True, text=True, check=True)
        assert [(one.row, one.file) for one in quarantine.read(seen)] == [(2, "-")]
    assert "süß" in seen.read_text(encoding="utf-8"), "letters stay as they are"
    path = wrote(tmp_path / "a.jsonl", {"text": GOOD})
    held.unlink()
    refused(["screen", str(path), "--quarantine", str(held)], 1, f"{seen} holds rows of the standard input (1)", capsys)
    none = subprocess.run(call, input="{}\n", capture_output=True, text=True, check=False)
    assert (none.returncode, [one.row for one in quarantine.read(seen)]) == (1, [2]), (
        "what is an error replaces nothing"
    )
    subprocess.run(call, input=ROW, capture_output=True, text=True, check=True)
    assert not seen.exists()


def test_a_byte_order_mark_is_no_part_of_a_row(tmp_path: Path, capsys: Capture) -> None:
    path, kept = tmp_path / "a.jsonl", tmp_path / "k.jsonl"
    path.write_bytes(codecs.BOM_UTF8 + ROW.encode() + codecs.BOM_UTF8 + ROW.encode())
    screened(path, capsys, "--out", str(kept), gates="empty")
    assert kept.read_bytes() == 2 * ROW.encode()


def test_a_file_without_a_row_that_can_be_read_is_an_error_with_the_reason(tmp_path: Path, capsys: Capture) -> None:
    path, kept = tmp_path / "a.jsonl", tmp_path / "k.jsonl"
    files = ["--out", str(kept), "--quarantine", str(tmp_path / "q.jsonl"), "--gates", "empty"]
    for count, said in ((300, "none of its 300 rows can be read: no text, prompt and"), (1, "its row cannot be read")):
        wrote(path, *({"content": GOOD, "url": "u"} for _ in range(count)))
        refused(["screen", str(path), *files], 1, said, capsys)
        refused(["screen", str(path), *files], 1, "it has content, url", capsys)
    wrote(path, *({"content": GOOD} for _ in range(2)), "{torn", "{torn apart")
    refused(["screen", str(path), *files], 1, "4 rows can be read, 2 of them for this: no text", capsys)
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]
    torn = ["{" + f'"text": "{"x" * n}" torn' for n in range(5)]
    wrote(path, {"content": GOOD}, *torn, *({"text": GOOD, "generator": "g"} for _ in range(4)))
    capsys.readouterr()
    assert guarded(["screen", str(path), "--gates", "empty"]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "unreadable: 6 rows; the commonest reason (5 of them): no JSON: Expecting ',' delimiter" in said
    for limit, code in (("0.1", 3), ("0.9", 0)):
        assert guarded(["screen", str(path), "--gates", "empty", "--limit", f"unreadable={limit}"]) == code
        assert ("limit broken: unreadable: 6 of 10 rows, at least" in capsys.readouterr().out) == bool(code)
    wrote(path, *({"text": GOOD, "generator": "g", "brief": {"words": "many"}} for _ in range(5)), {"text": GOOD})
    for limit, code in (("0.1", 3), ("0.9", 0)):
        assert guarded(["screen", str(path), "--gates", "empty", "--limit", f"brief={limit}"]) == code
        assert ("limit broken: brief: 5 of 5 rows of g" in capsys.readouterr().out) == bool(code)
    wrote(path, {"content": GOOD}, *torn, *({"text": GOOD, "generator": "g"} for _ in range(4)))
    _, told = screened(path, capsys)
    assert told[1]["fired"][0]["reason"] == "no JSON: Expecting ',' delimiter (character 13)"
    assert told[-1]["summary"]["unreadable"]["no JSON: Expecting ',' delimiter"] == 5


def test_a_reason_without_its_place_is_whole(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "open.jsonl"
    path.write_text('{"text": "a\n' + json.dumps({"text": GOOD}) + "\n")
    _, told = screened(path, capsys, gates="empty")
    assert told[-1]["summary"]["unreadable"] == {"no JSON: Invalid control character": 1}


def test_what_a_killed_screening_left_is_taken_away_by_the_next(tmp_path: Path, capsys: Capture) -> None:
    path, kept = wrote(tmp_path / "a.jsonl", {"text": GOOD}, {"text": ""}), tmp_path / "k[1].jsonl"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [f".k[1].jsonl.{gone.pid}.part", f".q.jsonl.{gone.pid}.part"]
    stays = [f".k[1].jsonl.{os.getppid()}.part", f".k1.jsonl.{gone.pid}.part", ".k[1].jsonl.x.part"]
    for name in (*left, *stays):
        (tmp_path / name).write_text("half")
    screened(path, capsys, "--out", str(kept), "--quarantine", str(tmp_path / "q.jsonl"))
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(["a.jsonl", "k[1].jsonl", "q.jsonl", *stays])


def test_letters_go_as_they_are(tmp_path: Path, capsys: Capture) -> None:
    said = "Ο σκύλος dormía, então ψ 猫 got up and went away."
    pq.write_table(pa.table({"text": [said, ""], "é": ["ü", "ß"]}), tmp_path / "a.parquet")
    kept, held = tmp_path / "k.jsonl", tmp_path / "q.jsonl"
    screened(tmp_path / "a.parquet", capsys, "--out", str(kept), "--quarantine", str(held), gates="empty")
    assert kept.read_text("utf-8") == json.dumps({"text": said, "é": "ü"}, ensure_ascii=False) + "\n"
    assert '"é": "ß"' in held.read_text("utf-8")
    assert quarantine.as_line({"a": "\ud800é"}) == b'{"a": "\\ud800\\u00e9"}\n'


def test_of_a_line_that_is_too_long_the_beginning_its_size_and_its_hash_are_told(
    tmp_path: Path, capsys: Capture, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rows, "LIMIT", 2000)
    long = [json.dumps({"text": f"{letter * size} end"}).encode() for letter, size in (("é", 900), ("b", 7000))]
    path, held, told = tmp_path / "a.jsonl", tmp_path / "q.jsonl", list[int]()
    path.write_bytes(b"\n".join([long[0], ROW.encode().strip(), long[1]]) + b"\n")
    with path.open("ab") as file:  # its line in the quarantine is longer than a row may be
        file.write(b"\x01" * 1999 + b"\n")
    code, _ = screened(path, capsys, "--quarantine", str(held), "--limit", "all=1", gates="empty")
    assert code == 0
    for one, line in zip(list(quarantine.read(held))[:-1], long, strict=True):
        assert one.sha256 == hashlib.sha256(line + b"\n").hexdigest()
        assert one.data == line[:1000].decode() + "…"
        assert one.fired[0]["reason"].endswith(f"2,000 bytes: split it into several rows (it has {len(line) + 1:,})")
    assert guarded(["quarantine", str(held)]) == 0
    with sift.Sieve(sift.choose("empty")) as sieve:
        list(sieve.over(path, told.append))
    assert sum(told) == path.stat().st_size


def test_a_link_is_followed_to_its_file(tmp_path: Path, capsys: Capture) -> None:
    path = wrote(tmp_path / "a.jsonl", {"text": GOOD}, {"text": ""})
    (tmp_path / "far").mkdir()
    for name in ("k.jsonl", "q.jsonl"):
        (tmp_path / name).symlink_to(tmp_path / "far" / name)
    (tmp_path / "far" / "k.jsonl").write_text("before")
    screened(path, capsys, "--out", str(tmp_path / "k.jsonl"), "--quarantine", str(tmp_path / "q.jsonl"))
    assert all((tmp_path / name).is_symlink() for name in ("k.jsonl", "q.jsonl"))
    assert json.loads((tmp_path / "far" / "k.jsonl").read_text()) == {"text": GOOD}
    assert [one.row for one in quarantine.read(tmp_path / "far" / "q.jsonl")] == [2]
    refused(["screen", str(tmp_path / "far" / "k.jsonl"), "--out", str(tmp_path / "k.jsonl")], 2, "is judged", capsys)


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


def test_rows_with_a_warning_are_looked_at_like_refused_ones(tmp_path: Path, capsys: Capture) -> None:
    told = {"text": story(1), "brief": "short"}
    path = wrote(tmp_path / "rows.jsonl", {"text": GOOD}, told, {"text": ""}, told | {"text": story(2)})
    held, seen = tmp_path / "held.jsonl", tmp_path / "held.warned.jsonl"
    command = ["screen", str(path), "--gates", "empty", "--workers", "1", "--limit", "all=1"]
    capsys.readouterr()
    assert guarded(command) == 0
    assert "which rows, and why: --quarantine FILE.jsonl" in capsys.readouterr().out
    assert guarded([*command, "--quarantine", str(held)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"refused: greenlight quarantine {held}" in shown
    assert f"kept with a warning: greenlight quarantine {seen}" in shown
    assert [one.row for one in quarantine.read(held)] == [3]
    assert [(one.row, one.data) for one in quarantine.read(seen)] == [(2, told), (4, told | {"text": story(2)})]
    assert guarded(["quarantine", str(seen)]) == 0
    shown = capsys.readouterr().out
    assert "held.warned.jsonl: 2 rows: brief 2\nrow 2\n  brief: brief is " in shown
    assert "»short«" in shown
    refused(["quarantine", str(seen), "--release", "2", "--why", "x"], 1, "row 2 was kept, with a warning", capsys)
    other = wrote(tmp_path / "other.jsonl", {"text": GOOD})
    held.unlink()
    refused(["screen", str(other), "--quarantine", str(held)], 1, f"{seen} holds rows of rows.jsonl (2)", capsys)
    refused([*command, "--quarantine", str(held), "--out", str(seen)], 2, "give another name", capsys)
    wrote(path, {"text": GOOD})
    assert guarded([*command, "--quarantine", str(held)]) == 0
    assert not seen.exists(), "nothing is warned of any more"
    refused(["quarantine", str(seen)], 1, "does not exist: a screening writes it only where it warned of a row", capsys)


def test_one_row_is_no_rows(tmp_path: Path, capsys: Capture) -> None:
    assert [show.counted(n, "row") for n in (0, 1, 2, 1200)] == ["0 rows", "1 row", "2 rows", "1,200 rows"]
    assert (show.counted(2, "story"), show.counted(3, "day")) == ("2 stories", "3 days")
    path = wrote(tmp_path / "one.jsonl", {"text": ""})
    capsys.readouterr()
    guarded(["screen", str(path), "--gates", "empty", "--limit", "all=0", "--quarantine", str(tmp_path / "q.jsonl")])
    assert "one.jsonl: 1 row, 0 kept" in capsys.readouterr().out
    assert guarded(["quarantine", str(tmp_path / "q.jsonl")]) == 0
    assert capsys.readouterr().out.startswith("q.jsonl: 1 row: empty 1\n")


def test_a_broken_screening_leaves_what_was_there(tmp_path: Path, capsys: Capture) -> None:
    path, kept = wrote(tmp_path / "r.jsonl", {"text": "\ud800" + GOOD}), tmp_path / "k.parquet"
    kept.write_bytes(b"as it was")
    refused(
        ["screen", str(path), "--gates", "empty", "--out", str(kept), "--quarantine", str(tmp_path / "q.jsonl")],
        1, "k.parquet cannot hold these rows", capsys,
    )  # fmt: skip
    assert kept.read_bytes() == b"as it was"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["k.parquet", "r.jsonl"]


def test_rows_of_any_fields_become_a_table(tmp_path: Path, capsys: Capture, monkeypatch: Any) -> None:
    monkeypatch.setattr(writers, "BATCH", 2)
    data: list[dict[str, Any]] = [{"text": f"Row {n}."} for n in range(9)]
    data[0] |= {"score": 1, "id": 1, "meta": {}, "big": 2**60, "old": None, "turn": {"a": 1}}
    data[4] |= {"level": 3, "score": 0.5, "id": "x", "big": 0.5, "turn": {"b": ["c"]}}
    data[8] |= {"level": 2, "last": True, "id": "x", "huge": 2**80}
    out = tmp_path / "k.parquet"
    code, _ = screened(wrote(tmp_path / "r.jsonl", *data), capsys, "--out", str(out), gates="empty")
    assert code == 0
    left = pq.read_table(out).to_pylist()
    assert [row["text"] for row in left] == [row["text"] for row in data]
    assert [row["level"] for row in left] == [None] * 4 + [3] + [None] * 3 + [2]
    assert (left[0]["score"], left[4]["score"], left[8]["last"], left[0]["old"]) == (1.0, 0.5, True, None)
    assert (left[0]["turn"], left[4]["turn"]) == ({"a": 1, "b": None}, {"a": None, "b": ["c"]})
    for row, before in zip(left, data, strict=True):  # of no one kind, or of none that a column may have
        for name in ("id", "meta", "big", "huge"):
            assert (None if row[name] is None else json.loads(row[name])) == before.get(name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["k.parquet", "r.jsonl"]
    guarded(["screen", str(tmp_path / "r.jsonl"), "--gates", "empty", "--out", str(out)])
    assert "several kinds, held as JSON text: big, huge, id, meta" in " ".join(capsys.readouterr().err.split())


def test_what_a_table_holds_as_json_text_is_read_as_what_it_was(tmp_path: Path, capsys: Capture) -> None:
    turns = [{"role": "user", "content": "p \ud800"}, {"role": "assistant", "content": GOOD}]
    data: list[dict[str, Any]] = [
        {"prompt": "How?", "completion": REFUSAL, "brief": {"refusal": True}, "tools": [{"name": "f"}]},
        {"prompt": turns[:1], "completion": '["a text"]', "brief": "short", "tools": "none"},
        {"prompt": "Why?", "completion": turns[1:], "brief": None, "tools": None},
    ]
    path = wrote(tmp_path / "r.jsonl", *data)
    for before, after in (("r.jsonl", "a.parquet"), ("a.parquet", "b.parquet"), ("b.parquet", "c.jsonl")):
        code, (*decided, _) = screened(tmp_path / before, capsys, "--out", str(tmp_path / after), gates="refusal")
        assert (code, [one["decision"] for one in decided]) == (0, ["keep", "warn", "keep"])
    assert [json.loads(line) for line in (tmp_path / "c.jsonl").read_text("utf-8").splitlines()] == data
    assert path.exists()


def test_chats_of_a_table_may_be_json_text_whoever_wrote_it(tmp_path: Path, capsys: Capture) -> None:
    said = [json.dumps([{"role": "assistant", "content": text}]) for text in (GOOD, REFUSAL)]
    deep = "[" * 5000 + "]" * 5000
    table = {"messages": [*said, "no list", deep], "brief": ['{"language": "de"}', "{", None, deep]}
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    out = tmp_path / "k.parquet"
    _, (*decided, _) = screened(tmp_path / "t.parquet", capsys, "--out", str(out), gates="refusal")
    assert [one["decision"] for one in decided] == ["keep", "refuse", "refuse", "refuse"]
    assert pq.read_table(out).to_pylist() == [{"messages": said[0], "brief": '{"language": "de"}'}]


def test_bytes_of_a_table_are_base64_in_lines(tmp_path: Path, capsys: Capture) -> None:
    pq.write_table(pa.table({"text": [GOOD, ""], "raw": [b"\x00\xff", b"\x01"]}), tmp_path / "t.pq")
    files = ("--out", str(tmp_path / "k.jsonl"), "--quarantine", str(tmp_path / "q.jsonl"))
    screened(tmp_path / "t.pq", capsys, *files)
    assert json.loads((tmp_path / "k.jsonl").read_text())["raw"] == "AP8="
    assert [one.data["raw"] for one in quarantine.read(tmp_path / "q.jsonl")] == ["AQ=="]
    screened(tmp_path / "t.pq", capsys, "--out", str(tmp_path / "k.parquet"))
    assert pq.read_table(tmp_path / "k.parquet").to_pylist() == [{"text": GOOD, "raw": b"\x00\xff"}]


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


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_the_bar_moves_to_its_end(suffix: str, tmp_path: Path) -> None:
    path, texts = tmp_path / f"rows{suffix}", [story(n) for n in range(600)]
    if suffix == ".parquet":
        pq.write_table(pa.table({"text": texts}), path)
    else:
        wrote(path, *({"text": text} for text in texts))
    moved: list[float] = []
    with sift.Sieve(sift.choose("empty")) as sieve:
        assert len(list(sieve.over(path, moved.append))) == 600
    assert all(size > 0 for size in moved)
    assert sum(moved) == pytest.approx(path.stat().st_size)
    assert len(moved) > 1 or suffix == ".jsonl"


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


CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}


@pytest.mark.parametrize(
    "called",
    [
        {"content": None, "tool_calls": [CALL]},
        {"content": "", "tool_calls": [CALL]},
        {"tool_calls": [CALL]},
        {"content": None, "function_call": CALL["function"]},
        {"content": [{"type": "tool_use", "id": "t", "name": "weather", "input": {"city": "Oslo"}}]},
    ],
)
def test_a_turn_that_calls_a_tool_is_not_empty(tmp_path: Path, capsys: Capture, called: dict[str, Any]) -> None:
    asks = {"role": "user", "content": "How warm is it in Oslo?"}
    turn = {"role": "assistant", **called}
    back = {"role": "tool", "tool_call_id": "c1", "content": "14"}
    says = {"role": "assistant", "content": "It is 14 degrees in Oslo."}
    path = wrote(
        tmp_path / "t.jsonl",
        {"messages": [asks, turn, back, says], "generator": "g"},
        {"messages": [asks, turn], "finish_reason": "tool_calls", "persona": "p"},
        {"messages": [asks, turn], "finish_reason": "tool_calls", "persona": "p"},
        {"messages": [asks, {**turn, "tool_calls": [], "content": None, "function_call": None}]},
        {"messages": [asks, turn], "finish_reason": "length"},
    )
    _, told = screened(path, capsys, gates="default")
    assert [[one["gate"] for one in row["fired"]] for row in told[:3]] == [[], [], ["duplicate"]]
    assert {row["decision"] for row in told[3:5]} == {"refuse"}


def test_gates_that_are_not_there_are_said_plainly(tmp_path: Path, capsys: Capture) -> None:
    path = wrote(tmp_path / "t.jsonl", {"text": GOOD})
    for names, said in (
        ("collapse", "--gates collapse: judges whole sets, not rows"),
        ("loop,,refusal", "'loop,,refusal': a name is missing beside a comma"),
        ("default,-", "'default,-': a name is missing"),
        (" ", "--gates names no gate"),
        ("lop", "--gates lop: no such gate; did you mean 'loop'?"),
        ("nonsense", "--gates nonsense: no such gate; known: channel, contrast, default,"),
        ("default, -brief", "--gates default, -brief: brief is no gate: it warns of a row whose brief or level"),
        ("unreadable", "--gates unreadable: unreadable is no gate: it refuses a row that is no JSON"),
        ("default,-nonsense", "--gates -nonsense: no such gate; known:"),
    ):
        refused(["screen", str(path), "--gates", names], 2, said, capsys)
    with pytest.raises(RecipeError) as error:
        sift.choose("nonsense")
    assert str(error.value).count("garbage") == 1


def gone(path: Path, *data: Any) -> dict[int, str]:
    with sift.Sieve(sift.choose("duplicate")) as sieve:
        told = [decision.data() for _, decision in sieve.over(wrote(path, *data))]
    return {one["row"]: one["fired"][0]["reason"] for one in told if one["decision"] == "refuse"}


def test_short_answers_are_duplicates_only_under_the_same_prompt(tmp_path: Path) -> None:
    labels = [{"prompt": f"Positive or negative? Lot {n} broke.", "completion": "Negative"} for n in range(50)]
    sums = [
        {"prompt": f"What is {a} {sign} {b}?", "completion": "The result is four."}
        for sign in "+*-/"
        for a in range(9)
        for b in range(9)
    ]
    hello = [
        {"messages": [{"role": "user", "content": said}, {"role": "assistant", "content": "Hello! How can I help?"}]}
        for said in ("Hi", "Hey there", "hi!")
    ]
    earlier = [
        {
            "messages": [
                {"role": "user", "content": said},
                {"role": "assistant", "content": "Noted."},
                {"role": "user", "content": "Thanks"},
                {"role": "assistant", "content": "My pleasure."},
            ]
        }
        for said in ("My cat is ill.", "My dog is ill.")
    ]
    own = [
        {"prompt": f"Who is it, by {key}?", "completion": "Your guide.", key: said}
        for key in ("system", "persona")
        for said in ("A gruff ferryman.", "A kind teacher.")
    ]
    data = [*labels, *sums, *hello, *earlier, *own, {**labels[3], "completion": "negative."}]
    assert gone(tmp_path / "d.jsonl", *data) == {
        len(labels + sums) + 3: f"the same prompt and answer as row {len(labels + sums) + 1}",
        len(data): "the same prompt and answer as row 4",
    }


def test_long_answers_are_duplicates_under_any_prompt_and_bare_texts_at_any_length(tmp_path: Path) -> None:
    told = story(7)
    data = [
        {"prompt": "Tell me a story.", "completion": told},
        {"prompt": "A tale, please!", "completion": told[:-20] + "quite another end."},
        {"text": told},
        {"prompt": "讲个故事", "completion": "".join(map(chr, range(0x4E00, 0x4E60)))},
        {"prompt": "写一个故事", "completion": "".join(map(chr, range(0x4E00, 0x4E60)))},
        {"text": "yes"},
        {"text": "Yes."},
        {"prompt": "", "completion": "yes"},
    ]
    found = gone(tmp_path / "d.jsonl", *data)
    assert list(found) == [2, 3, 5, 7, 8]
    assert found[2].endswith("alike with row 1")
    assert found[5] == "the same text as row 4"


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
        ({"prompt": "p", "chosen": {"from": "gpt", "value": "STORY"}, "rejected": "No."}, "1 chosen[0]"),
        ({"prompt": "HALF", "completion": "REST"}, "1"),
        ({"messages": [{"role": "assistant", "content": "Yes.", "reasoning": "STORY"}]}, "1 messages[0].reasoning"),
        ({"messages": [SAYS, {"role": "assistant", "content": "Yes."}]}, "1 messages[0].tool_calls"),
        ({"messages": [USE, {"role": "assistant", "content": "Yes."}]}, "1 messages[0].content"),
        ({"messages": [{"role": "assistant", "content": "A"}], "tools": [{"description": "STORY"}]}, "1 tools"),
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


def test_either_file_may_be_the_standard_input(tmp_path: Path, capsys: Capture) -> None:
    path = wrote(tmp_path / "a.ndjson", {"text": story(1)})
    call = [sys.executable, "-m", "greenlight", "leak"]
    for files in (["-", str(path)], [str(path), "-"]):
        done = subprocess.run([*call, *files], input=path.read_text(), capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout[:47]) == (3, "1 training document read: it carries the held-o")
    for text, said in (("Snow fell.", "lines: give plain text as a .txt file"), ('{"a": 1}', "screen - --out FILE")):
        done = subprocess.run([*call, "-", str(path)], input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, said in done.stderr) == (1, True)
    refused(["leak", "-", "-"], 2, "can be read but once", capsys)


@pytest.mark.parametrize(
    ("between", "how"),
    [("\n\n", "blank lines"), ("\n \t\n\n", "blank lines"), ("\n<|endoftext|>\n", "marks of an end"),
     ("\n", "ends of lines")],
)  # fmt: skip
def test_a_held_out_text_of_many_documents_is_no_large_one(
    between: str, how: str, tmp_path: Path, capsys: Capture
) -> None:
    short = [story(n, 28) for n in range(41)]
    text, corpus_of = tmp_path / "val.txt", tmp_path / "c.jsonl"
    text.write_text("Chapter 2" + between + between.join(short) + "\n")
    lines = text.read_text().splitlines()
    wrote(corpus_of, {"text": f"{story(90)} {short[7]} {story(91)}"}, {"text": story(92)}, {"text": short[40]})
    assert guarded(["leak", str(corpus_of), str(text), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["documents"], found["held"]) == (3, 41)
    expected = [("1", short[7]), ("3", short[40])]
    assert [(one["document"], lines[int(one["held"]) - 1]) for one in found["leaked"]] == expected
    assert guarded(["leak", str(text), str(corpus_of), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert [(lines[int(one["document"]) - 1], one["held"]) for one in found["leaked"]] == [(short[40], "3")]
    assert guarded(["leak", str(corpus_of), str(text)]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert f"val.txt: 41 documents, parted by {how}" in said
    assert "in blocks of 2,000 characters, 1 of fewer than 5 words in these alone" in said
    assert "for comparison" not in said, "there is no other topic"
    wrote(corpus_of, {"text": "Chapter 2"}, {"text": story(92)})
    assert guarded(["leak", str(corpus_of), str(text), "--json"]) == 0


def test_verse_and_a_text_of_one_piece_are_looked_for_in_blocks(tmp_path: Path, capsys: Capture) -> None:
    words = story(1, 800).split()
    for between in ("\n\n", " "):
        (tmp_path / "verse.txt").write_text(between.join(" ".join(words[at : at + 4]) for at in range(0, 800, 4)))
        carrier = wrote(tmp_path / "c.jsonl", {"text": story(5)}, {"text": " ".join(words[100:600])})
        capsys.readouterr()
        assert guarded(["leak", str(carrier), str(tmp_path / "verse.txt")]) == 3
        assert "looked for in blocks of 2,000" in " ".join(capsys.readouterr().out.split())


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


@pytest.mark.parametrize("name", parts.names("gates"))
def test_one_gate_is_told_in_a_screenful_from_its_own_module(name: str, capsys: Capture) -> None:
    capsys.readouterr()
    assert guarded(["gates", name]) == 0
    shown = capsys.readouterr().out
    gate = type(parts.make("gates", name, {}))
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert len(shown.splitlines()) <= 40
    flat = " ".join(shown.replace("`", "").split())
    assert " ".join((gate.__doc__ or "").replace("`", "").split()) in flat
    assert all(f" {option.name} " in shown for option in dataclasses.fields(gate))
    assert flat.count(" reads: ") == sum(hasattr(gate, method) for method in ("check", "check_pair", "check_all"))
    assert flat.count(" span") == flat.count(" reads: "), "each reading has its own span, and no word for who calls it"
    assert "None" not in flat
    assert "entry" not in flat
    assert f"{name} = {{" in flat
    choice = next((one for one in sift.DEFAULT if one.name == name), None)
    if choice is not None:
        assert f"in screen: {choice.action}" in flat
        assert f"--gates default,-{name}" in flat
    assert guarded(["gates", name, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["action"] == (choice.action if choice else None)
    assert set(told["options"]) == {option.name for option in dataclasses.fields(gate)}


def test_a_gate_that_is_none_has_no_page(capsys: Capture) -> None:
    refused(["gates", "brief"], 2, "brief is no gate: it warns of a row whose brief or level", capsys)
    refused(["gates", "unreadable"], 2, "unreadable is no gate: it refuses a row that is no JSON", capsys)
    refused(["gates", "garbag"], 2, "unknown gate 'garbag'; did you mean 'garbage'?", capsys)


def test_a_row_may_be_nested_as_deep_as_json_is_read(tmp_path: Path, capsys: Capture) -> None:
    said = {"messages": [{"role": "user", "content": "Say hello."}, {"role": "assistant", "content": "Hello to you!"}]}
    lines = [json.dumps(said)[:-1] + f', "x": {"[" * deep}"a"{"]" * deep}}}' for deep in range(900, 1_000, 5)]
    lines += [json.dumps(said).replace('"user"', f'"user", "x": {"[" * deep}{deep}{"]" * deep}') for deep in (930, 960)]
    (tmp_path / "deep.jsonl").write_text("\n".join(lines))
    held = tmp_path / "held.jsonl"
    code, told = screened(tmp_path / "deep.jsonl", capsys, "--quarantine", str(held), gates="default")
    assert [one.row for one in quarantine.read(held)] == [row["row"] for row in told[:-1] if row["fired"]]
    assert code in (0, 3)
    assert len(told) == len(lines) + 1
    assert {one["gate"] for row in told[:-1] for one in row["fired"]} <= {"unreadable", "duplicate"}
