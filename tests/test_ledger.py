"""The ledger: appended to, chained, and honest about damage."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from ledger import made, writers

from greenlight import chain, seals
from greenlight.chain import START, seal
from greenlight.errors import StudyError
from greenlight.ledger import Entry, Ledger
from greenlight.nouns import fingerprint
from greenlight.report.standing import Standings

Lines = list[bytes]


def filled(folder: Path, lines: int = 3) -> Ledger:
    ledger = Ledger(folder / "ledger.jsonl")
    for number in range(lines):
        ledger.append("note", {"round": number, "text": f"note {number}: “ä”"})
    return ledger


def rewritten(ledger: Ledger, change: Callable[[Lines], Lines]) -> Ledger:
    lines = change(ledger.path.read_bytes().splitlines())
    ledger.path.write_bytes(b"".join(line + b"\n" for line in lines))
    return Ledger(ledger.path)


def edited(line: bytes, **changes: object) -> bytes:
    return chain.canonical({**json.loads(line), **changes}).encode()


def resealed(lines: Lines, start: int, **changes: object) -> Lines:
    """Lines from ``start`` on with changes, each sealed over again."""
    out, previous = lines[:start], json.loads(lines[start - 1])["hash"] if start else START
    for line in lines[start:]:
        row = {**json.loads(line), **changes, "previous": previous}
        del row["hash"]
        previous, sealed = seal(row)
        out.append(sealed[:-1])
    return out


def test_lines_are_chained(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "ledger.jsonl").head == START
    ledger = filled(tmp_path)
    entries = ledger.entries()
    assert [e.seq for e in entries] == [1, 2, 3]
    assert [e.previous for e in entries] == [START, entries[0].hash, entries[1].hash]
    assert ledger.head == entries[-1].hash
    assert [n[:2] for n in ledger.notes()] == [(i, f"note {i}: “ä”") for i in range(3)]
    for entry in entries:  # the definition of the hash, on which every older ledger rests
        data = entry.data()
        assert data.pop("hash") == fingerprint(data)
        assert sorted(data) == ["body", "kind", "previous", "seq", "time"]


def moved(lines: Lines, old: int, new: int) -> Lines:
    rest = lines[: old - 1] + lines[old:]
    return [*rest[: new - 1], lines[old - 1], *rest[new - 1 :]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: [*x[:6], edited(x[6], body={"round": 1, "text": "another"}), *x[7:]], "line 7 was edited"),
        (lambda x: [*x[:6], edited(x[6], time="2020-01-01T00:00:00+00:00"), *x[7:]], "line 7 was edited"),
        (lambda x: [*x[:9], edited(x[9], hash="0" * 64)], "line 10 was edited"),
        (lambda x: [*x[:3], x[4], x[3], *x[5:]], "lines 4 and 5 have changed places"),
        (lambda x: [x[9], *x[1:9], x[0]], "lines 1 and 10 have changed places"),
        (lambda x: x[:5] + x[6:], "line 6 is missing"),
        (lambda x: x[2:], "lines 1 and 2 are missing"),
        (lambda x: [*x[:2], *x[5:7], *x[8:]], "lines 3 to 5 are missing, line 8 is missing"),
        (lambda x: [*x[:4], x[3], *x[4:]], "line 5 repeats line 4"),
        (lambda x: moved(x, 3, 7), "line 3 was moved behind line 7"),
        (lambda x: moved(x, 8, 1), "line 8 was moved to the top"),
        (lambda x: x[:3] + x[:2:-1], "lines 4 to 10 are out of order"),
        (lambda x: [*x[:6], x[6][:60], *x[7:]], "line 7 cannot be read: it is torn, its end is missing"),
        (lambda x: [*x[:6], b"\x00{", *x[7:]], "line 7 cannot be read: restore"),
        (lambda x: [*x[:6], b"", *x[7:]], "line 7 cannot be read"),
        (lambda x: [*x[:6], b"[" * 100_000, *x[7:]], "line 7 cannot be read"),
        (lambda x: [*x[:6], b'{"body":NaN}', *x[7:]], "line 7 cannot be read"),
        (lambda x: [*x[:4], b"\xff", x[6], *x[7:]], "line 5 cannot be read, line 6 is missing"),
        (
            lambda x: [*x[:6], b"<<<<<<< HEAD", x[6], b"=======", edited(x[6], seq=7), b">>>>>>> other"],
            "line 7 is the mark of a git conflict",
        ),
        (
            lambda x: [*x, *resealed(x, 8, body={"round": 5, "text": "other"})[8:]],
            "lines 9 and 11 both follow line 8: two copies of it were merged",
        ),
        (
            lambda x: [*x[:6], resealed(x, 6, body={"round": 1, "text": "another"})[6], *x[7:]],
            "line 8 does not follow from line 7: one of the two was written anew",
        ),
        (lambda x: [edited(x[0]), resealed(x, 1)[1], edited(x[2], seq=True), *x[3:]], "line 3 cannot be read"),
    ],
)
def test_damage_is_named_with_its_line_and_the_way_out(
    change: Callable[[Lines], Lines], said: str, tmp_path: Path
) -> None:
    ledger = rewritten(filled(tmp_path, 10), change)
    for read in (ledger.lines, ledger.rounds, ledger.entries, ledger.notes, lambda: ledger.head):
        with pytest.raises(StudyError) as error:
            read()
        assert said in str(error.value)
        assert "from git" in str(error.value)
        assert str(ledger.path) in str(error.value)


def test_a_line_in_another_form_is_held_to_the_same_hash(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 4)
    before = ledger.lines()
    spaced = rewritten(ledger, lambda x: [json.dumps(dict(reversed(json.loads(line).items()))).encode() for line in x])
    assert spaced.lines() == before
    assert [e.body["round"] for e in spaced.entries()] == [0, 1, 2, 3]
    spaced.append("note", {"round": 4, "text": "after"})
    assert len(spaced.lines()) == 5
    wrong = rewritten(spaced, lambda x: [*x[:1], x[1].replace(b"note 1", b"note 9"), *x[2:]])
    with pytest.raises(StudyError, match="line 2 was edited"):
        wrong.lines()


def test_a_newer_version_is_named(tmp_path: Path) -> None:
    ledger = rewritten(filled(tmp_path, 9), lambda x: resealed(x, 8, version=2))
    text = "line 9 is of version 2, this Greenlight reads 1: upgrade greenlight-studio"
    for act in (ledger.lines, lambda: ledger.append("note", {"round": 1, "text": "x"})):
        with pytest.raises(StudyError, match=text):
            act()
    other = rewritten(ledger, lambda x: [*x[:8], json.dumps({**json.loads(x[8]), "sealed_by": "later"}).encode()])
    with pytest.raises(StudyError, match=text):  # whatever a later version seals and how
        other.lines()
    same = rewritten(filled(tmp_path / "same"), lambda x: resealed(x, 2, version=1))
    assert same.entries()[-1].version == 1
    unknown = rewritten(filled(tmp_path / "kind"), lambda x: resealed(x, 2, kind="wish"))
    with pytest.raises(StudyError, match="line 3 is of the kind 'wish'"):
        unknown.lines()


def test_a_clock_that_went_back_is_named_and_stops_nothing(tmp_path: Path) -> None:
    times = [f"2026-11-20T10:0{minute}:00+00:00" for minute in (1, 2, 3, 1, 4)]
    lines, previous = [], START
    for seq, time in enumerate(times, 1):
        entry = {"seq": seq, "time": time, "kind": "note", "body": {"round": 1, "text": "x"}, "previous": previous}
        previous, line = seal(entry)
        lines.append(line)
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(lines))
    ledger = Ledger(path)
    assert len(ledger.entries()) == 5
    (said,) = chain.backwards(ledger.lines())
    assert said.startswith(f"entry 4 is dated {times[3]}, before entry 3 ({times[2]})")
    ledger.append("note", {"round": 1, "text": "y"})
    zones = [
        ledger.lines()[0]._replace(time=t) for t in ("2026-11-20T10:00:00+00:00", "2026-11-20T09:59:00-01:00", "?")
    ]
    assert chain.backwards(zones) == []


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_torn_tail_is_set_aside(tmp_path: Path, cut: int) -> None:
    ledger = filled(tmp_path)
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data[:-cut])
    assert len(ledger.entries()) == 2
    assert ledger.torn() == len(data.splitlines()[-1]) + 1 - cut
    ledger.append("note", {"round": 9, "text": "after"})
    assert [e.body["round"] for e in ledger.entries()] == [0, 1, 9]
    assert (tmp_path / "ledger.torn").read_bytes()
    assert ledger.torn() == 0


def test_an_append_reads_the_last_line_and_no_other(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 5)
    whole = ledger.path.read_bytes()
    at = whole.index(b"note 1")
    ledger.path.write_bytes(whole[:at] + b"NOTE" + whole[at + 4 :])
    ledger.append("note", {"round": 5, "text": "after damage further up"})
    with pytest.raises(StudyError, match="line 2 was edited"):
        ledger.lines()
    ledger.path.write_bytes(whole.replace(b"note 4", b"note 5"))
    with pytest.raises(StudyError, match="line 5 was edited"):
        ledger.append("note", {"round": 6, "text": "x"})


def test_long_lines_and_many_blocks(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    rng = random.Random(5)
    sizes = [10, 3 * chain.BLOCK, 0, chain.BLOCK - 300, *(rng.randrange(chain.BLOCK // 3) for _ in range(12))]
    for size in sizes:
        ledger.append("note", {"round": size, "text": "x" * size})
    assert [len(text) for _, text, _ in ledger.notes()] == sizes
    ledger.path.write_bytes(ledger.path.read_bytes() + b"y" * 2 * chain.BLOCK)
    assert len(ledger.lines()) == len(sizes)
    ledger.append("audit", {"anything": [1, 2]})
    assert ledger.entries("audit")[0].body == {"anything": [1, 2]}
    assert (tmp_path / "ledger.torn").stat().st_size == 2 * chain.BLOCK + 1


@pytest.mark.parametrize("helper", ["works", "dies", "cannot be started"])
def test_a_large_ledger_is_hashed_ahead_by_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, helper: str
) -> None:
    ledger = filled(tmp_path, 40)
    lines, told = ledger.path.read_bytes().splitlines(keepends=True), []
    monkeypatch.setattr(seals, "LARGE", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    if helper == "dies":
        (tmp_path / "dies.py").write_text("raise SystemExit(3)")
        monkeypatch.setattr(seals, "__file__", str(tmp_path / "dies.py"))
    elif helper == "cannot be started":
        monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))
    of = seals.Ahead.odd
    monkeypatch.setattr(seals.Ahead, "odd", lambda *given: told.append(of(*given)) or told[-1])

    def read(*written: bytes) -> list[int]:
        ledger.path.write_bytes(b"".join(written))
        return [line.seq for line in ledger.lines()]

    assert read(*lines, b"torn") == list(range(1, 41))
    assert told == {"works": [set()], "dies": [None], "cannot be started": []}[helper]
    spaced = json.dumps(json.loads(lines[7])).encode() + b"\n"  # in another form: nothing that is wrong
    assert read(*lines[:7], spaced, *lines[8:]) == list(range(1, 41))
    before = sum(map(len, lines[:7]))
    after = chain.read(lines[6][:-1])
    assert [line.seq for line, _ in chain.walk(ledger.path, before, after)] == list(range(8, 41))
    with pytest.raises(StudyError, match="line 31 was edited"):
        read(*lines[:30], lines[30].replace(b"note 30", b"NOTE 30"), *lines[31:])
    with pytest.raises(StudyError, match="line 31 is missing"):
        read(*lines[:30], *lines[31:])
    with pytest.raises(StudyError, match="line 9 cannot be read"):
        read(*lines[:8], b"\xff\n", *lines[9:])


def test_rounds_are_read_once_and_stay_equal(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    rng = random.Random(3)
    rows = [made(number, rng) for number in (1, 2, 10, 2)]
    for row in rows:
        ledger.append("round", row.data())
    assert ledger.rounds() == rows
    assert ledger.rounds()[0] is ledger.rounds()[0]
    assert list(ledger.latest()) == [1, 2, 10]
    assert ledger.latest()[2] == rows[3]
    body = json.loads(ledger.path.read_bytes().splitlines()[1])["body"]
    Entry.model_validate({"seq": 2, "time": "", "kind": "round", "body": body, "previous": ""})


def test_writers_that_die_lose_and_tear_nothing(tmp_path: Path) -> None:
    found = writers(tmp_path, count=8, seconds=3, killed=2)
    assert found["failed"] == 0
    assert found["lost"] == found["twice"] == found["torn_bytes_left"] == 0
    assert found["untold"] <= 2  # a writer that was killed between the flush and its note of it
    assert found["there"] >= found["told"] > 8
    assert 0 < found["read_midway"] <= found["there"]


def test_a_ledger_without_the_line_that_the_leaderboard_names_is_neither_read_nor_appended_to(tmp_path: Path) -> None:
    ledger, board = filled(tmp_path), tmp_path / "leaderboard.md"
    lines, head = ledger.path.read_bytes().splitlines(keepends=True), ledger.head
    board.write_text(f"# t\n\nYardstick `{'1' * 64}` · ledger head `{head}` · greenlight 0.1.0\n")
    ledger.append("note", {"round": 4, "text": "a kill before the tables leaves an older head there"})
    assert len(Ledger(ledger.path).lines()) == 4
    Ledger(ledger.path).append("note", {"round": 5, "text": "and the next command goes on"})
    for left in (b"".join(lines[:-1]), b"".join(lines[:-1]) + lines[-1][:20], b"", None):
        ledger.path.write_bytes(left) if left is not None else ledger.path.unlink()
        cut = Ledger(ledger.path)
        for use in (cut.lines, cut.rounds, cut.notes, cut.entries, partial(cut.append, "note", {"round": 1})):
            with pytest.raises(
                StudyError, match=f"names its entry {head[:12]}, which is not in it: restore the ledger"
            ):
                use()
        assert (ledger.path.read_bytes() if ledger.path.exists() else None) == left
        assert not (tmp_path / "ledger.torn").exists()
    board.write_text(f"ledger head `{START}`\n")
    assert Ledger(ledger.path).lines() == []
    assert Ledger(ledger.path).append("note", {"round": 1, "text": ""}).seq == 1


def test_the_tables_are_behind_what_they_show_and_not_behind_a_mark(tmp_path: Path) -> None:
    ledger, board = filled(tmp_path), tmp_path / "leaderboard.md"
    head = ledger.head
    assert ledger.behind
    board.write_text(f"ledger head `{head}`\n")
    marked = ledger.append("mark", {"round": 4, "event": "start"})
    assert [line.hash for line in Ledger(ledger.path).lines()][-2:] == [head, marked.hash]
    read = Ledger(ledger.path)
    assert read.head == marked.hash
    assert not read.behind
    ledger.append("note", {"round": 3, "text": "which they show"})
    assert read.head != marked.hash
    assert read.behind


BROKEN: dict[str, tuple[dict[str, object], str]] = {
    "a value short": ({"values": [[1.0], [1.0, 2.0]]}, "one value and one weight for each of its 2"),
    "a seed short": ({"values": [[1.0, 2.0]]}, "names 2 seeds and holds the values of 1"),
    "no weight": ({"weights": [0.0, 0.0]}, "weights that are not numbers above 0"),
    "a weight below 0": ({"weights": [1.0, -1.0]}, "weights that are not numbers above 0"),
    "a value out of reach": ({"values": [[1.0, 2.0], [1.0, 1e300]]}, "a value beyond 1e+100"),
    "no seeds": ({"seeds": [], "values": []}, "holds no seeds"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_score_in_a_whole_chain_is_an_invalid_one(name: str, tmp_path: Path) -> None:
    change, said = BROKEN[name]
    row = made(1, random.Random(3)).data()
    metric = next(iter(row["scores"]))
    whole = {"seeds": [1, 2], "blocks": ["a", "b"], "values": [[1.0, 2.0], [1.5, 2.5]], "weights": [1.0, 1.0]}
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number, changes in ((1, {}), (2, change)):
        score = {**row["scores"][metric], **whole, **changes}
        ledger.append("round", {**row, "number": number, "seeds": [1, 2], "scores": {metric: score}})
    standings = Standings(ledger, tmp_path / "store")
    assert [r.values[metric].usable for r in standings.rows] == [True, False]
    assert said in ledger.latest()[2].scores[metric].invalid
    assert said in standings.round(standings.rows[1]).scores[metric].invalid
    assert not ledger.latest()[1].scores[metric].invalid
