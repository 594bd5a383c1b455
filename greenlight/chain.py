"""The ledger's lines: how one is sealed, how the chain is checked at the speed of the disk, what damage is called.

A line is canonical JSON of an entry. Its hash is that of the same JSON without the hash, so it is recomputed from the
line's bytes with that piece cut out, and nothing is parsed. A line that was written in another form (its keys in
another order, with spaces) is parsed and held to the same hash.
"""

from __future__ import annotations

import gc
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from greenlight import seals
from greenlight.errors import StudyError
from greenlight.nouns import canonical, fingerprint

START = "0" * 64
VERSION = 1
"""Of a line and the record in it; lines that state none are of version 1."""
KINDS = ("round", "note", "plan", "audit", "import", "blend", "proposal", "ruling", "research", "mark")
RESTORE = "restore the file from git"

BLOCK = 1 << 21
"""Bytes that are read at once."""


class Line(NamedTuple):
    """What a line says of itself."""

    seq: int
    hash: str
    previous: str
    kind: str
    time: str
    version: int


def seal(entry: dict[str, Any]) -> tuple[str, bytes]:
    """The hash of an entry that has none yet, and its line, with the line end."""
    hash_ = fingerprint(entry)
    return hash_, (canonical({**entry, "hash": hash_}) + "\n").encode()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looks for cycles, while what ten thousand rounds say is made: these take longer than the making."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def without_scores(raw: bytes) -> bytes:
    """The line of a round without its scores, which are half of it; a line in another form comes back as it is.

    In canonical JSON the scores stand behind the recipe's fingerprint and before the seconds, and a quotation mark
    inside a text is escaped, so neither mark stands in one. Scores hold names and numbers, never a round.
    """
    seconds = raw.rfind(b'},"seconds":', 0, raw.rfind(b',"started":"'))
    scores = raw.rfind(b'","scores":{', 0, seconds)
    start = raw.rfind(b',"recipe_fingerprint":"', 0, scores)
    return raw if start < 0 else raw[: scores + 1] + raw[seconds + 1 :]


def read(raw: bytes | memoryview) -> Line | None:
    """What a line, without its end, says of itself, where its hash is that of its content; else None."""
    match = seals.tail(raw)
    return _reformatted(bytes(raw)) if match is None or not seals.holds(raw, match) else _stated(match)


def _stated(match: re.Match[bytes]) -> Line:
    kind, previous, time = str(match[3], "ascii"), str(match[4], "ascii"), str(match[6], errors="replace")
    return Line(int(match[5]), str(match[2], "ascii"), previous, kind, time, int(match[7] or 1))


def _reformatted(raw: bytes) -> Line | None:
    entry = _parsed(raw)
    if entry is None or not isinstance(entry, dict) or not _shaped(entry):
        return None
    content = {key: value for key, value in entry.items() if key != "hash"}
    try:
        same = fingerprint(content) == entry["hash"]
    except (ValueError, UnicodeEncodeError):  # NaN, or half of a character pair: nothing that was ever sealed
        return None
    return _line(entry) if same else None


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _shaped(entry: dict[str, Any]) -> bool:
    texts = all(isinstance(entry.get(key), str) for key in ("hash", "previous", "kind", "time"))
    numbers = [entry.get("seq"), entry.get("version", 1)]
    return texts and isinstance(entry.get("body"), dict) and all(type(n) is int and n > 0 for n in numbers)


def _line(entry: dict[str, Any]) -> Line:
    named = {key: entry[key] for key in ("seq", "hash", "previous", "kind", "time")}
    return Line(**named, version=entry.get("version", 1))


def walk(path: Path, at: int = 0, after: Line | None = None) -> Iterator[tuple[Line, memoryview]]:
    """Every whole line with its bytes, in order, the chain checked on the way; a torn tail is passed over.

    With ``at`` only those from that byte on, which follow the line ``after``. The bytes stand until the next line is
    asked for. Raises StudyError, at the latest at the end, that names the first damage and the way out, or a line of a
    newer version or of an unknown kind.
    """
    if not path.exists():
        return
    previous, first = (after.hash, after.seq + 1) if after else (START, 1)
    for number, (line, raw) in enumerate(_read_lines(path, at), first):
        if line is None or line.previous != previous or line.seq != number:
            wrong = damage(path) or "was changed while it was read: run the same command again"
            raise StudyError(f"{path} {wrong}")
        _known(path, number, line.version, line.kind)
        previous = line.hash
        yield line, raw


def _read_lines(path: Path, at: int) -> Iterator[tuple[Line | None, memoryview]]:
    """Each line with what ``read`` says of it; the lines of a large file are hashed by a second process, ahead."""
    ahead = seals.ahead(path, at)
    try:
        for lines in _blocks(path, at):
            end = at + sum(map(len, lines)) + len(lines)
            odd = ahead.odd(end) if ahead else None
            for raw in lines:
                match = seals.tail(raw) if odd is not None and at not in odd else None
                yield (_stated(match) if match else read(raw)), raw
                at += len(raw) + 1
    finally:
        if ahead:
            ahead.close()


def _blocks(path: Path, at: int) -> Iterator[list[memoryview]]:
    """The whole lines of a file without their ends, block by block; a block's bytes are used again in the next."""
    buffer, have = bytearray(BLOCK), 0
    with open(path, "rb", buffering=0) as file:
        file.seek(at)
        while got := file.readinto(memoryview(buffer)[have:]):
            have, at, lines, view = have + got, 0, [], memoryview(buffer)
            while (end := buffer.find(b"\n", at, have)) >= 0:
                lines.append(view[at:end])
                at = end + 1
            yield lines
            have -= at
            if have == len(buffer):  # a line longer than a block
                buffer = buffer + bytes(len(buffer))
            buffer[:have] = buffer[at : at + have]


def _known(path: Path, number: int, version: int, kind: str) -> None:
    if version > VERSION:
        raise StudyError(f"{path} {_newer(number, version)}")
    if kind not in KINDS:
        raise StudyError(
            f"{path} line {number} is of the kind '{kind[:20]}', which this Greenlight does not know: "
            "upgrade greenlight-studio"
        )


def _newer(number: int, version: int) -> str:
    return f"line {number} is of version {version}, this Greenlight reads {VERSION}: upgrade greenlight-studio"


def tail(path: Path) -> tuple[bytes, bytes, int]:
    """(the last whole line, what was torn after it, the bytes up to there); nothing before that line is read."""
    data = b""
    with open(path, "rb") as file:
        at = file.seek(0, os.SEEK_END)
        while at > 0 and data.count(b"\n") < 2:
            step = min(at, max(1 << 16, len(data)))
            at = file.seek(at - step)
            data = file.read(step) + data
    whole = data.rfind(b"\n") + 1
    start = data.rfind(b"\n", 0, max(0, whole - 1)) + 1
    return data[start:whole], data[whole:], at + whole


def backwards(lines: Sequence[Line]) -> list[str]:
    """One line for each entry that is dated before the one it follows: a clock was set back, or another machine's."""
    found = []
    for before, after in pairwise(lines):
        if after.time < before.time and _moment(after.time) < _moment(before.time):
            found.append(
                f"entry {after.seq} is dated {after.time}, before entry {before.seq} ({before.time}): "
                "a clock went back, so the times of this ledger cannot be trusted; its order can"
            )
    return found


def _moment(time: str) -> float:
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError, OSError):
        return float("nan")  # which is before nothing


# ---------------------------------------------------------------- what is wrong with it


@dataclass(frozen=True)
class _Seen:
    """A line of a damaged ledger: where it stands, what it says of itself, and what is wrong with it by itself."""

    number: int
    line: Line | None
    wrong: str = ""


def damage(path: Path) -> str:
    """The first damages of a ledger in words, and the way out; empty where it is whole. Reads all of it."""
    lines = path.read_bytes().split(b"\n")[:-1]
    seen = [_look(number, raw) for number, raw in enumerate(lines, 1)]
    for one in seen:
        if one.line is not None and one.line.version > VERSION:
            return _newer(one.number, one.line.version)
    found = [f"line {one.number} {one.wrong}" for one in seen if one.wrong]
    conflict = any("conflict" in text for text in found)
    found += [] if conflict else _misplaced(seen)
    if not found:
        return ""
    more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
    merged = conflict or any("both follow" in text for text in found)
    way = "two copies of it were merged; take one side's file from git and run the other side's rounds again"
    return f"{', '.join(found[:3])}{more}: {way if merged else RESTORE}"


def _look(number: int, raw: bytes) -> _Seen:
    line = read(raw)
    if line is not None:
        return _Seen(number, line)
    if raw.startswith((b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")):
        return _Seen(number, None, "is the mark of a git conflict")
    entry = _parsed(raw)
    if isinstance(entry, dict) and _shaped(entry):
        return _Seen(number, _line(entry), "was edited")
    if entry is None and raw.startswith(seals.HEAD) and seals.tail(raw) is None:
        return _Seen(number, None, "cannot be read: it is torn, its end is missing")
    return _Seen(number, None, "cannot be read")


def _misplaced(seen: Sequence[_Seen]) -> list[str]:
    """Lines that stand twice, are missing, have moved, or do not follow from the one before."""
    found: list[str] = []
    once: list[_Seen] = []
    first: dict[str, int] = {}
    for one in seen:
        if one.line is None:
            once.append(one)
        elif one.line.hash in first:
            found.append(f"line {one.number} repeats line {first[one.line.hash]}")
        else:
            first[one.line.hash] = one.number
            once.append(one)
    places: dict[int, int] = {}
    for one in once:
        if one.line is not None:
            if one.line.seq in places:
                both = f"lines {places[one.line.seq]} and {one.number} both follow line {one.line.seq - 1}"
                return [*found, both]
            places[one.line.seq] = one.number
    order = list(places)
    there, last = set(order), 0
    for one in once:  # a line that cannot be read stands for the place after the one before it
        last = one.line.seq if one.line is not None else last + 1
        there.add(last)
    found += _missing([seq for seq in range(1, max(order, default=0)) if seq not in there])
    found += _moved(order)
    return found or _broken(once)


def _missing(gone: Sequence[int]) -> list[str]:
    runs: list[list[int]] = []
    for seq in gone:
        if runs and runs[-1][-1] == seq - 1:
            runs[-1].append(seq)
        else:
            runs.append([seq])
    return [
        f"line {run[0]} is missing"
        if len(run) == 1
        else f"lines {run[0]} {'and' if len(run) == 2 else 'to'} {run[-1]} are missing"
        for run in runs
    ]


def _moved(order: Sequence[int]) -> list[str]:
    """What happened to an order of places that should rise."""
    away = [(now, then) for now, then in zip(order, sorted(order), strict=True) if now != then]
    if not away:
        return []
    if len(away) == 2:
        return [f"lines {away[0][1]} and {away[1][1]} have changed places"]
    for seq in order:
        rest = [other for other in order if other != seq]
        if rest == sorted(rest):
            at = order.index(seq)
            return [f"line {seq} was moved " + (f"behind line {order[at - 1]}" if at else "to the top")]
    return [f"lines {min(now for now, _ in away)} to {max(now for now, _ in away)} are out of order"]


def _broken(once: Sequence[_Seen]) -> list[str]:
    """Lines that are whole and in place, and do not follow: one was edited and sealed again."""
    previous = START
    for one in once:
        if one.line is None:
            previous = ""
            continue
        if previous and one.line.previous != previous and not one.wrong:
            rest = f"line {one.number - 1}: one of the two was written anew" if one.number > 1 else "the start"
            return [f"line {one.number} does not follow from {rest}"]
        previous = one.line.hash
    return []
