"""Agents' transcripts: every response once, with exact totals; what is broken is counted and named, and never ends it.

The rows are made here; the totals beside them were added up by hand.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from greenlight import transcripts, usage
from greenlight.errors import InputError
from greenlight.transcripts import Transcripts, read
from greenlight.usage import Tokens, moment, usage_of

MODEL = "claude-sonnet-4-5-20250929"


def used(given: int, wrote: int, reads: int, said: int) -> dict[str, Any]:
    return {
        "input_tokens": given,
        "cache_creation_input_tokens": wrote,
        "cache_read_input_tokens": reads,
        "output_tokens": said,
    }


def row(message: str | None, when: str | None, tokens: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One row of a coding agent; ``request`` and ``uuid`` as they are given."""
    made: dict[str, Any] = {"type": "assistant", "sessionId": more.pop("session", "s1"), "isSidechain": False}
    if when is not None:
        made["timestamp"] = when
    told = {"role": "assistant", "model": more.pop("model", MODEL), "usage": tokens, "content": [{"type": "text"}]}
    if message is not None:
        told["id"] = message
        made["requestId"] = f"req_{message}"
    made["message"] = told
    return {**made, **more}


def write(folder: Path, name: str, rows: list[Any], end: str = "\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line if isinstance(line, str) else json.dumps(line, separators=(",", ":")) for line in rows]
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return path


def total(found: Transcripts) -> tuple[int, int, int, int]:
    sums = Tokens()
    for response in found.responses:
        sums = sums.plus(response.tokens)
    return tuple(sums)


def at(second: int) -> str:
    return f"2026-11-20T10:00:{second:02d}.500Z"


# ---------------------------------------------------------------- one response, several rows


def test_a_response_in_several_rows_counts_by_its_last(tmp_path: Path) -> None:
    rows = [
        row("m1", at(1), used(3, 1000, 0, 1)),  # a stream's first block
        row("m1", at(2), used(3, 1000, 0, 40)),
        row("m1", at(3), used(3, 1000, 0, 250)),
        row("m2", at(4), used(5, 200, 1000, 70)),  # the same usage with each of its blocks
        row("m2", at(5), used(5, 200, 1000, 70)),
        {"type": "user", "timestamp": at(6), "message": {"role": "user", "content": "go on"}},
    ]
    write(tmp_path, "a.jsonl", rows)
    found = read([tmp_path])
    assert total(found) == (8, 1200, 1000, 320)
    assert (len(found.responses), found.rows, found.repeated, found.files) == (2, 5, 3, 1)
    assert found.notes == []
    assert [r.when for r in found.responses] == [moment(at(1)), moment(at(4))]


def test_the_last_row_counts_also_where_it_says_less_and_it_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [row("m1", at(1), used(3, 0, 0, 90)), row("m1", at(2), used(3, 0, 0, 20))])
    found = read([tmp_path])
    assert total(found) == (3, 0, 0, 20)
    assert "1 responses end with a row that says less" in found.notes[0]


def test_a_row_that_cannot_be_counted_leaves_the_one_before_it(tmp_path: Path) -> None:
    rows = [row("m1", at(1), used(3, 0, 0, 90)), row("m1", at(2), {**used(3, 0, 0, 0), "output_tokens": -1})]
    write(tmp_path, "a.jsonl", rows)
    found = read([tmp_path])
    assert total(found) == (3, 0, 0, 90)
    assert found.skipped == {transcripts.WRONG: 1}
    assert found.first[transcripts.WRONG] == "a.jsonl line 2"


# ---------------------------------------------------------------- several files


def test_sub_agents_in_files_of_their_own_count_once(tmp_path: Path) -> None:
    helper = [row("h1", at(4), used(7, 300, 0, 20), isSidechain=True), row("h2", at(5), used(1, 0, 300, 5))]
    nested = {"type": "progress", "timestamp": at(4), "data": {"type": "agent_progress", "message": helper[0]}}
    told = {"type": "user", "timestamp": at(6), "toolUseResult": {"usage": used(8, 300, 300, 25)}, "message": {}}
    write(tmp_path, "main.jsonl", [row("m1", at(1), used(3, 10, 0, 30)), nested, told])
    write(tmp_path, "main/subagents/agent-1.jsonl", helper)
    found = read([tmp_path])
    assert total(found) == (11, 310, 300, 55)
    assert (len(found.responses), sum(r.agent for r in found.responses)) == (3, 1)


def test_forks_and_resumed_histories_count_once(tmp_path: Path) -> None:
    first = [row("m1", at(1), used(3, 100, 0, 10)), row("m2", at(2), used(4, 20, 100, 12))]
    forked = [{**one, "sessionId": "s2", "uuid": f"other-{i}"} for i, one in enumerate(first)]
    resumed = [{**one, "sessionId": "s3"} for one in first]
    write(tmp_path, "s1.jsonl", [*first, row("m3", at(3), used(1, 0, 120, 9))])
    write(tmp_path, "s2.jsonl", [*forked, row("m4", at(4), used(2, 5, 120, 8), session="s2")])
    write(tmp_path, "deep/er/s3.jsonl", [*resumed, row("m5", at(5), used(6, 0, 0, 1), session="s3")])
    found = read([tmp_path])
    assert total(found) == (3 + 4 + 1 + 2 + 6, 125, 340, 40)
    assert (found.rows, found.repeated) == (9, 4)


@pytest.mark.parametrize("late", ["a.jsonl", "b.jsonl"])
def test_between_files_the_later_row_counts_and_the_first_time(tmp_path: Path, late: str) -> None:
    """A history that was forked within a stream holds only the beginning of the response."""
    early = "b.jsonl" if late == "a.jsonl" else "a.jsonl"
    write(tmp_path, early, [row("m1", at(1), used(3, 100, 0, 1))])
    write(tmp_path, late, [row("m1", at(1), used(3, 100, 0, 1)), row("m1", at(9), used(3, 100, 0, 77))])
    found = read([tmp_path])
    assert total(found) == (3, 100, 0, 77)
    assert found.responses[0].when == moment(at(1))


def test_at_equal_times_the_larger_row_counts(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [row("m1", at(1), used(3, 100, 0, 60))])
    write(tmp_path, "b.jsonl", [row("m1", at(1), used(3, 100, 0, 6))])
    assert total(read([tmp_path])) == (3, 100, 0, 60)


def test_the_order_of_files_decides_nothing(tmp_path: Path) -> None:
    rng = random.Random(3)
    rows = [row(f"m{i % 12}", at(i), used(i, 2 * i, 3 * i, rng.randint(0, 500))) for i in range(40)]
    for name in "abcd":
        write(tmp_path / "one", f"{name}.jsonl", sorted(rng.sample(rows, 25), key=lambda r: r["timestamp"]))
    names = list("abcd")
    rng.shuffle(names)
    for place, name in enumerate(names):
        text = (tmp_path / "one" / f"{name}.jsonl").read_text()
        write(tmp_path / "two", f"{place}.jsonl", text.splitlines())
    one, two = (sorted(read([tmp_path / name]).responses) for name in ("one", "two"))
    assert one == two


# ---------------------------------------------------------------- ids


def test_missing_ids(tmp_path: Path) -> None:
    """By the request's id, by the row's uuid, by a hash of the row; a copy of a file adds nothing."""
    bare = row(None, at(3), used(100, 0, 0, 4))
    rows = [
        row(None, at(1), used(1, 0, 0, 1), requestId="r1", uuid="u1"),
        row(None, at(1), used(1, 0, 0, 9), requestId="r1", uuid="u2"),
        row(None, at(2), used(10, 0, 0, 2), uuid="u3"),
        bare,
        bare,  # two calls that look alike
    ]
    write(tmp_path, "a.jsonl", rows)
    write(tmp_path, "fork.jsonl", [{**one, "sessionId": "s2", "cwd": "elsewhere"} for one in rows])
    found = read([tmp_path])
    assert total(found) == (211, 0, 0, 9 + 2 + 4 + 4)
    assert found.nameless == 2
    assert found.notes == ["2 responses have no id: each row of theirs counts as one response"]


def test_a_message_id_without_and_with_its_request_is_one_response(tmp_path: Path) -> None:
    plain = row("m1", at(1), used(3, 0, 0, 1))
    del plain["requestId"]
    write(tmp_path, "a.jsonl", [plain, row("m1", at(2), used(3, 0, 0, 50)), {**plain, "timestamp": at(3)}])
    write(tmp_path, "b.jsonl", [plain])
    found = read([tmp_path])
    assert total(found) == (3, 0, 0, 1)  # the last row of a.jsonl
    assert len(found.responses) == 1


def test_one_message_id_in_two_requests_is_two_responses(tmp_path: Path) -> None:
    """Servers that count their answers from 1 use each id again."""
    rows = [row("1", at(1), used(3, 0, 0, 5), requestId="x"), row("1", at(2), used(4, 0, 0, 6), requestId="y")]
    write(tmp_path, "a.jsonl", rows)
    assert total(read([tmp_path])) == (7, 0, 0, 11)


# ---------------------------------------------------------------- other styles


def test_openai_rows(tmp_path: Path) -> None:
    cached = {"cached_tokens": 600}
    rows = [
        {"id": "c1", "created": 1_790_000_000, "model": "gpt-5", "usage": {
            "prompt_tokens": 1000, "completion_tokens": 50, "prompt_tokens_details": cached, "total_tokens": 1050}},
        {"response": {"id": "r1", "model": "gpt-5", "usage": {
            "input_tokens": 400, "output_tokens": 20, "input_tokens_details": {"cached_tokens": 100}}},
            "timestamp": at(2)},
        {"id": "c2", "model": "local", "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
        {"id": "c2", "model": "local", "usage": None},
    ]  # fmt: skip
    write(tmp_path, "a.jsonl", rows)
    found = read([tmp_path])
    assert total(found) == (400 + 300 + 7, 0, 700, 73)
    assert [r.model for r in found.responses] == ["gpt-5", "gpt-5", "local"]


def test_openai_rows_state_their_time_and_their_terms_beside_the_usage(tmp_path: Path) -> None:
    counts = {"input_tokens": 400, "output_tokens": 20, "input_tokens_details": {"cached_tokens": 100}}
    told = {"id": "r1", "model": "gpt-5", "created_at": 1_790_000_000, "service_tier": "flex", "usage": counts}
    chat = {"id": "c1", "model": "gpt-5", "timestamp": None, "created": 1_790_000_060, "service_tier": "default",
            "usage": {"prompt_tokens": 7, "completion_tokens": 3}}  # fmt: skip
    write(tmp_path, "a.jsonl", [{"type": "response.completed", "response": told}, chat])
    found = read([tmp_path])
    assert [(r.when, r.terms) for r in found.responses] == [(1_790_000_000, "flex"), (1_790_000_060, "")]


def test_codex_counts_its_cache_within_its_input_and_sums_up_a_session(tmp_path: Path) -> None:
    counts = {"input_tokens": 1000, "cached_input_tokens": 900, "output_tokens": 20}
    found = usage_of(counts)
    assert found is not None
    assert found.tokens == (100, 0, 900, 20)
    write(tmp_path, "a.jsonl", [{"type": "turn.completed", "usage": counts}, row("m1", at(1), counts)])
    read_ = read([tmp_path])
    assert (total(read_), read_.skipped) == ((100, 0, 900, 20), {transcripts.OTHER: 1})


def test_where_the_servers_stand_is_a_term() -> None:
    for place, terms in (("us", "us"), ("global", ""), ("not_available", ""), (None, "")):
        found = usage_of({**used(1, 0, 0, 1), "inference_geo": place})
        assert found is not None
        assert found.terms == terms


def test_what_is_kept_for_an_hour_searches_and_terms() -> None:
    split = {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 90}
    found = usage_of(
        {**used(1, 100, 0, 2), "cache_creation": split, "server_tool_use": {"web_search_requests": 3}, "speed": "fast"}
    )
    assert found is not None
    assert (found.tokens, found.hour, found.searches, found.terms) == (Tokens(1, 100, 0, 2), 90, 3, "fast")
    only = usage_of({"input_tokens": 1, "output_tokens": 2, "cache_creation": split, "service_tier": "standard"})
    assert only is not None
    assert (only.tokens, only.terms) == (Tokens(1, 100, 0, 2), "")


def test_rows_that_are_no_responses_of_a_model(tmp_path: Path) -> None:
    rows = [
        row("e1", at(1), used(0, 0, 0, 0), model="<synthetic>"),
        row("e2", at(2), used(9, 0, 0, 9), isApiErrorMessage=True),
        {"type": "result", "usage": used(5, 5, 5, 5), "session_id": "s"},
        {"type": "event_msg", "payload": {"info": {"last_token_usage": {"input_tokens": 3}}}},
        row("m1", at(3), used(1, 2, 3, 4)),
    ]
    write(tmp_path, "a.jsonl", rows)
    found = read([tmp_path])
    assert total(found) == (1, 2, 3, 4)
    assert found.skipped == {transcripts.MADE_UP: 2, transcripts.SUMMED: 1, transcripts.OTHER: 1}


# ---------------------------------------------------------------- broken input


@pytest.mark.parametrize(
    "tokens",
    [
        {"input_tokens": 1},
        {"output_tokens": 1},
        {"input_tokens": "12", "output_tokens": 1},
        {"input_tokens": True, "output_tokens": 1},
        {"input_tokens": 1.5, "output_tokens": 1},
        {"input_tokens": float("nan"), "output_tokens": 1},
        {"input_tokens": float("inf"), "output_tokens": 1},
        {"input_tokens": 10**40, "output_tokens": 1},
        {"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": -5},
        {"input_tokens": 1, "output_tokens": 1, "cache_creation": {"ephemeral_1h_input_tokens": 5}, **used(1, 1, 1, 1)},
        {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 6}},
        {},
    ],
)
def test_a_usage_that_is_none(tokens: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [row("m1", at(1), tokens), row("m2", at(2), used(1, 0, 0, 1))])
    found = read([tmp_path])
    assert total(found) == (1, 0, 0, 1)
    assert found.skipped == {transcripts.WRONG: 1}


def test_whole_numbers_written_with_a_point_are_taken() -> None:
    found = usage_of({"input_tokens": 12.0, "output_tokens": 3, "cache_read_input_tokens": None})
    assert found is not None
    assert found.tokens == (12, 0, 0, 3)


def test_torn_long_and_wrong_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "LINE_BYTES", 2_000)
    good = [row("m1", at(1), used(1, 0, 0, 1)), row("m2", at(2), used(2, 0, 0, 2))]
    long = json.dumps(row("m3", at(3), used(4, 0, 0, 4), extra="x" * 9_000))
    write(tmp_path, "a.jsonl", [good[0], "{not json, but it has a \"usage\": 3}", long, good[1]])  # fmt: skip
    write(tmp_path, "torn.jsonl", [row("m4", at(4), used(8, 0, 0, 8)), json.dumps(good[0])[:-20]], end="")
    write(tmp_path, "torn-early.jsonl", [row("m5", at(5), used(16, 0, 0, 16)), '{"type": "assi'], end="")
    found = read([tmp_path])
    assert total(found) == (27, 0, 0, 27)
    assert found.skipped == {transcripts.BROKEN: 1, transcripts.LONG: 1, transcripts.TORN: 2}
    assert found.first[transcripts.LONG] == "a.jsonl line 3"
    assert found.first[transcripts.TORN].startswith("torn")


def test_a_last_line_without_an_end_that_is_whole_counts(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [row("m1", at(1), used(1, 0, 0, 1))], end="")
    found = read([tmp_path])
    assert (total(found), found.notes) == ((1, 0, 0, 1), [])


def test_bytes_that_are_no_text_and_half_characters(tmp_path: Path) -> None:
    whole = json.dumps(row("m1", at(1), used(1, 0, 0, 1), text="TEXT")).encode()
    half = json.dumps(row("m2", at(2), used(2, 0, 0, 2), text="HALF")).replace("HALF", "\\ud83d").encode()
    deep = b'{"usage":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    lines = [b"\xef\xbb\xbf" + half, whole.replace(b"TEXT", b"\xff\xfe"), b"\x00\xff\x00", deep, b'["usage"]', b""]
    (tmp_path / "a.jsonl").write_bytes(b"\r\n".join(lines) + b"\n")
    found = read([tmp_path])
    assert total(found) == (3, 0, 0, 3)
    assert found.skipped == {transcripts.MENDED: 1, transcripts.BROKEN: 1}


def test_links_pipes_and_what_may_not_be_read(tmp_path: Path) -> None:
    write(tmp_path / "t", "a.jsonl", [row("m1", at(1), used(1, 0, 0, 1))])
    (tmp_path / "t" / "loop").symlink_to(tmp_path / "t", target_is_directory=True)
    (tmp_path / "t" / "gone.jsonl").symlink_to(tmp_path / "nowhere.jsonl")
    (tmp_path / "t" / "again.jsonl").symlink_to(tmp_path / "t" / "a.jsonl")
    (tmp_path / "t" / "folder.jsonl").mkdir()
    write(tmp_path, "t/folder.jsonl/b.jsonl", [row(None, None, used(2, 0, 0, 2))])
    os.mkfifo(tmp_path / "t" / "pipe.jsonl")
    found = read([tmp_path / "t"])
    assert total(found) == (3, 0, 0, 3)
    assert (found.files, found.rows) == (2, 2)
    assert found.skipped == {transcripts.UNREADABLE: 1, transcripts.STRANGE: 1}
    assert found.first[transcripts.UNREADABLE].startswith("gone.jsonl, No such file")


def test_packed_files_are_said(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.zst"):
        (tmp_path / name).write_bytes(b"\x1f\x8b")
    assert transcripts.read([tmp_path]).skipped == {transcripts.PACKED: 2}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist: name the folder"):
        read([tmp_path / "none"])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is no folder: name the folder"):
        read([tmp_path / "pipe"])


def test_a_folder_without_transcripts_is_said(tmp_path: Path) -> None:
    write(tmp_path / "none", "a.json", [row("m1", at(1), used(1, 0, 0, 1))])
    write(tmp_path / "one", "a.jsonl", [row("m1", at(1), used(1, 0, 0, 1))])
    found = read([tmp_path / "one", tmp_path / "none"])
    assert (total(found), found.skipped) == ((1, 0, 0, 1), {transcripts.EMPTY: 1})
    assert found.first[transcripts.EMPTY] == str(tmp_path / "none")


def test_rows_of_every_depth_end_nothing(tmp_path: Path) -> None:
    """Also the depth at which a row can just be read, but not be written again for its hash."""
    rows = ['{"usage":{"input_tokens":1,"output_tokens":1},"x":' + "[" * n + "]" * n + "}" for n in range(600, 1010)]
    write(tmp_path, "a.jsonl", rows)
    found = read([tmp_path])
    assert found.rows == len(found.responses)
    assert found.rows + found.skipped[transcripts.BROKEN] == len(rows)


def test_a_file_of_random_bytes_ends_nothing(tmp_path: Path) -> None:
    rng = random.Random(1)
    good = json.dumps(row("m1", at(1), used(1, 2, 3, 4))).encode()
    lines = []
    for _ in range(300):
        line = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            line[rng.randrange(len(line))] = rng.randrange(256)
        lines.append(bytes(line))
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([*lines, good]) + b"\n")
    found = read([tmp_path])
    assert any(r.tokens == (1, 2, 3, 4) for r in found.responses)
    assert all(isinstance(note, str) for note in found.notes)


# ---------------------------------------------------------------- time


def test_a_clock_that_went_back_is_told_and_the_order_of_the_file_counts(tmp_path: Path) -> None:
    rows = [
        row("m1", "2026-11-20T10:00:00Z", used(1, 0, 0, 1)),
        row("m2", "2026-11-20T08:30:00Z", used(1, 0, 0, 1)),
        row("m3", None, used(1, 0, 0, 1)),
        row("m4", "2026-11-20T10:05:00Z", used(1, 0, 0, 1)),
        row("m5", "2026-11-20T10:04:30Z", used(1, 0, 0, 1)),  # blocks that were written side by side
    ]
    write(tmp_path, "a.jsonl", rows)
    found = read([tmp_path])
    ten = moment("2026-11-20T10:00:00Z")
    assert ten is not None
    assert [r.when for r in found.responses] == [ten, ten, ten, ten + 300, ten + 300]
    assert found.skipped == {transcripts.CLOCK: 1}
    assert "a clock went back" in found.notes[0]
    assert "a.jsonl line 2" in found.notes[0]


def test_rows_without_any_time(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [row("m1", None, used(1, 0, 0, 1)), row("m2", "soon", used(1, 0, 0, 1))])
    assert [r.when for r in read([tmp_path]).responses] == [None, None]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-11-20T10:00:00Z", 1_795_168_800),
        ("2026-11-20T11:00:00+01:00", 1_795_168_800),
        ("2026-11-20T10:00:00", 1_795_168_800),
        (1_795_168_800, 1_795_168_800),
        (1_795_168_800_000, 1_795_168_800),
        ("0001-01-01T00:00:00+14:00", None),
        (-5, None),
        (float("nan"), None),
        (10**300, None),
        (True, None),
        ("x" * 100, None),
        (None, None),
    ],
)
def test_moments(value: Any, seconds: float | None) -> None:
    assert moment(value) == seconds


def test_lines_without_a_usage_are_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    real = transcripts.from_json
    monkeypatch.setattr(transcripts, "from_json", lambda line: parsed.append(line) or real(line))
    quoted = {"type": "user", "message": {"content": 'it prints {"usage": 3}'}}
    write(tmp_path, "a.jsonl", [quoted, "this is no JSON", row("m1", at(1), used(1, 0, 0, 1))])
    assert total(read([tmp_path])) == (1, 0, 0, 1)
    assert len(parsed) == 1


def test_the_largest_count_is_a_bound() -> None:
    assert usage_of({"input_tokens": usage.LARGEST, "output_tokens": 0}) is not None
    assert usage_of({"input_tokens": usage.LARGEST + 1, "output_tokens": 0}) is None
