"""What each entry of a ledger says of costs: a round's trainings and voices, its verdict, marks, a researcher's turns.

A round's row is tens of kilobytes, of which its costs are one. They are worked out once and kept in
``store/costs.cache`` under the entry's hash, one record a line. The ledger's bytes are hashed again at every reading,
and a record counts only where it stands under that hash, whole, and made by this code. The file may be deleted at any
time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from greenlight import chain
from greenlight.errors import StudyError
from greenlight.ledger import Ledger
from greenlight.store import locked, write_file

KEPT_FROM = 50
"""Rounds from which on the cache is written."""
TRAINED = ("model", "student", "dpo", "sft")
"""What an artifact of a training is called, up to its first dash."""


class Training(NamedTuple):
    """One model that was trained: wall seconds, floating-point operations, tokens and characters seen."""

    key: str
    seconds: float | None
    flops: float | None
    tokens: float | None
    characters: float | None


class Asked(NamedTuple):
    """What one voice wrote for one corpus; USD is None where a price is unknown, seconds where nobody kept them, and
    tokens where its server did not tell them."""

    voice: str
    requests: int
    tokens_in: int | None
    tokens_out: int | None
    usd: float | None
    seconds: float | None


class Gain(NamedTuple):
    """A verdict's difference, turned so that above 0 is better."""

    metric: str
    unit: str
    against: int
    value: float
    low: float
    high: float
    margin: float


class Run(NamedTuple):
    """One row of the ledger: a round as it ran once."""

    number: int
    slug: str
    status: str
    outcome: str
    seconds: float
    device: str
    peak_memory: int
    trainings: tuple[Training, ...]
    corpora: tuple[tuple[str, tuple[Asked, ...]], ...]
    """Fingerprint, and what its voices wrote."""
    gain: Gain | None


@dataclass
class Book:
    """A ledger in costs. ``runs``, ``marks`` and ``turns``: (place among ``lines``, what stands there)."""

    lines: list[chain.Line] = field(default_factory=list)
    runs: list[tuple[int, Run]] = field(default_factory=list)
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    """(place, round, start or end)"""
    turns: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    broken: int = 0
    """Marks and turns that cannot be read."""


def read(ledger: Ledger, store: Path | None = None) -> Book:
    """All of a ledger, its chain checked; with ``store`` the cache is used and kept. Raises StudyError as it does."""
    with chain.uncollected():
        return _read(ledger, store)


def _read(ledger: Ledger, store: Path | None) -> Book:
    book, cache = Book(), _Cache(store)
    for line, raw in ledger.walk():
        place = len(book.lines)
        book.lines.append(line)
        if line.kind == "round":
            run = cache.get(line.hash) or cache.add(line.hash, _run(_body(ledger, line, raw)))
            book.runs.append((place, run))
        elif line.kind == "mark":
            body = _body(ledger, line, raw)
            number, event = body.get("round"), body.get("event")
            if type(number) is int and event in ("start", "end"):
                book.marks.append((place, number, str(event)))
            else:
                book.broken += 1
        elif line.kind == "research":
            body = _body(ledger, line, raw)
            if body.get("event") == "turn":
                book.turns.append((place, body))
    cache.close()
    return book


def _body(ledger: Ledger, line: chain.Line, raw: memoryview) -> dict[str, Any]:
    body, whole = None, bytes(raw)
    for told in (chain.without_scores(whole) if line.kind == "round" else whole, whole):
        with contextlib.suppress(ValueError):
            body = from_json(told, cache_strings="keys")["body"]
            break
    if not isinstance(body, dict) or (line.kind == "round" and type(body.get("number")) is not int):
        raise StudyError(f"{ledger.path} line {line.seq} is no {line.kind}: restore the file from git")
    return body


# ---------------------------------------------------------------- one round


def _run(body: Mapping[str, Any]) -> Run:
    artifacts, facts = _table(body.get("artifacts")), _table(body.get("facts"))
    trainings, corpora = [], []
    for name, made in sorted(artifacts.items()):
        told = _table(_table(made).get("facts"))
        trained = name.partition("-")[0] in TRAINED and ("seconds" in told or "flops" in told)
        if not trained and "bill" not in told:
            continue
        key = str(made.get("fingerprint", ""))[:32]
        if trained:
            amounts = (told.get("seconds"), told.get("flops"), told.get("tokens_seen"), told.get("characters_seen"))
            trainings.append(Training(key, *map(number, amounts)))
        if isinstance(told.get("bill"), dict):
            corpora.append((key, tuple(_asked(voice, _table(item)) for voice, item in sorted(told["bill"].items()))))
    if (teacher := _teacher(body.get("recipe"))) is not None and artifacts:
        corpora.append((str(_table(artifacts.get("pairs")).get("fingerprint", ""))[:32], (teacher,)))
    return Run(
        number=body["number"],
        slug=str(body.get("slug", "")),
        status=str(body.get("status", "")),
        outcome=str(_table(body.get("verdict")).get("outcome", "")),
        seconds=number(body.get("seconds")) or 0.0,
        device=str(facts.get("device", "")),
        peak_memory=int(number(facts.get("peak_memory_bytes")) or 0),
        trainings=tuple(trainings),
        corpora=tuple(corpora),
        gain=_gain(_table(body.get("verdict"))),
    )


def _asked(voice: str, item: Mapping[str, Any]) -> Asked:
    told = (number(item.get(key)) for key in ("requests", "prompt_tokens", "completion_tokens"))
    requests, given, said = (None if one is None else int(one) for one in told)
    return Asked(voice, requests or 0, given, said, number(item.get("usd")), number(item.get("seconds")))


def _teacher(recipe: Any) -> Asked | None:
    """The teacher behind a server of a round that makes a character: no bill of it is kept."""
    use = _table(_table(recipe).get("teacher")).get("use", "house")
    if _table(recipe).get("use") != "character" or use == "house":
        return None
    return Asked("teacher", 0, 0, 0, None, None)


def _gain(verdict: Mapping[str, Any]) -> Gain | None:
    difference = _table(verdict.get("difference"))
    value, low, high = (_finite(difference.get(key)) for key in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return None
    if verdict.get("better") == "lower":
        value, low, high = -value, -high, -low
    against = verdict.get("against")
    return Gain(
        metric=str(verdict.get("metric", "")),
        unit=str(verdict.get("unit", "")),
        against=against if type(against) is int else 0,
        value=value,
        low=low,
        high=high,
        margin=_finite(verdict.get("margin")) or 0.0,
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return found if math.isfinite(found) else None


def number(value: Any) -> float | None:
    """A finite amount, 0 or more; None for anything else."""
    found = _finite(value)
    return found if found is not None and found >= 0 else None


# ---------------------------------------------------------------- the cache


class _Cache:
    """``entry's hash, check, JSON``, one a line; the first line names the code. The check is the JSON's CRC-32."""

    def __init__(self, store: Path | None) -> None:
        self.path = None if store is None else store / "costs.cache"
        self.made_by = f"costs 1 {_code()}".encode()
        self._old: dict[bytes, bytes] = {}
        self._new: list[bytes] = []
        self._runs = 0
        self._size = 0
        if self.path is None:
            return
        with contextlib.suppress(OSError):
            data = self.path.read_bytes()
            head, *lines = data.split(b"\n")
            if head == self.made_by:
                self._size = len(data) if data.endswith(b"\n") else 0
                self._old = {line[:64]: line[65:] for line in lines if line}

    def get(self, hash_: str) -> Run | None:
        self._runs += 1
        record = self._old.get(hash_.encode())
        if record is None or record[:8] != b"%08x" % zlib.crc32(record[9:]):
            return None
        return _unpacked(from_json(record[9:]))

    def add(self, hash_: str, run: Run) -> Run:
        record = json.dumps(run, separators=(",", ":")).encode()
        self._new.append(b"%s %08x %s\n" % (hash_.encode(), zlib.crc32(record), record))
        return run

    def close(self) -> None:
        """Writes what is new: behind the rest, or the file anew where the rest is not this code's, or not whole."""
        if self.path is None or not self._new or self._runs < KEPT_FROM:
            return
        with contextlib.suppress(OSError), locked(self.path.with_name("costs.lock")):  # a disk may be read-only
            if self._size and self.path.stat().st_size == self._size:
                with open(self.path, "ab") as file:
                    file.write(b"".join(self._new))
            else:
                kept = [b"%s %s\n" % pair for pair in self._old.items()]
                write_file(self.path, b"".join([self.made_by + b"\n", *kept, *self._new]))


def _unpacked(data: Sequence[Any]) -> Run:
    """A run as it was before it was written as JSON."""
    trainings, corpora, gain = data[-3:]
    written = tuple((key, tuple(Asked(*item) for item in items)) for key, items in corpora)
    ends = (tuple(Training(*one) for one in trainings), written, None if gain is None else Gain(*gain))
    return Run(*(*data[:-3], *ends))


@functools.cache
def _code() -> str:
    """sha256 of the source that decides what a record says."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
