"""The memory of a study: ``ledger.jsonl``, appended to and never changed.

Each line holds the hash of the line before it, so a changed line shows (``chain``). A cut tail does not, which is why
the head's hash also stands in ``leaderboard.md``. A torn last line (a crash while writing) is set aside in
``ledger.torn``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import from_json

from greenlight import chain
from greenlight.errors import StudyError
from greenlight.nouns import Noun, Round
from greenlight.store import locked

START = chain.START
Kind = Literal["round", "note", "plan", "audit"]
REMEMBERED = 2_000
"""Rounds that a ledger keeps in memory once they were read (about 100 kB each); the others are parsed each time."""


class Entry(Noun):
    """One line: a round, a person's note, a prediction, or a look at the locked slice.

    ``hash`` covers all of the line but itself. Version 1 is not written, so that older ledgers keep their hashes.
    """

    seq: int
    time: str
    kind: Kind
    body: dict[str, Any]
    previous: str
    hash: str = ""
    version: int = 1

    def data(self) -> dict[str, Any]:
        data = super().data()
        return data if self.version > 1 else {key: value for key, value in data.items() if key != "version"}


class Ledger:
    """Opens on first use; every read checks the whole chain, an append only the last line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rounds: dict[str, Round] = {}

    def append(self, kind: Kind, body: dict[str, Any]) -> Entry:
        """Adds one line, flushed to disk before this returns. Safe against other processes.

        Raises StudyError when the last line was edited or is of a newer version.
        """
        with locked(self.path.with_name("ledger.lock")):
            last = self._last()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            seq, previous = (last.seq + 1, last.hash) if last else (1, START)
            content = {"seq": seq, "time": now, "kind": kind, "body": body, "previous": previous}
            hash_, line = chain.seal(content)
            self._write(line)
        return Entry(seq=seq, time=now, kind=kind, body=body, previous=previous, hash=hash_)

    def _write(self, line: bytes) -> None:
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with open(self.path, "ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError:  # a full disk: take back what was half-written, the line before it stays the last
            if self.path.exists():
                os.truncate(self.path, size)
            raise

    def _last(self) -> chain.Line | None:
        """The last whole line; what a crash tore after it is set aside."""
        if not self.path.exists():
            return None
        raw, torn, whole = chain.tail(self.path)
        if torn:
            with open(self.path.with_name("ledger.torn"), "ab") as file:
                file.write(torn + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.truncate(self.path, whole)
        if not raw:
            return None
        line = chain.read(raw[:-1])
        if line is None or line.version > chain.VERSION:
            for _ in chain.walk(self.path):  # names the line and what is wrong with it
                pass
            raise StudyError(f"{self.path} was changed while it was appended to: run the same command again")
        return line

    def lines(self) -> list[chain.Line]:
        """What every whole line says of itself, the chain checked; no body is parsed.

        Raises StudyError that names the line that was torn, edited, moved, removed or repeated.
        """
        return [line for line, _ in chain.walk(self.path)]

    def walk(self) -> Iterator[tuple[chain.Line, memoryview]]:
        """Every whole line with its bytes, in order; raises as ``lines``, at the latest at the end."""
        return chain.walk(self.path)

    def entries(self, kind: Kind | None = None) -> list[Entry]:
        """All whole lines, or those of one kind, the chain checked; raises as ``lines``."""
        return [self._entry(line, raw) for line, raw in self.walk() if kind in (None, line.kind)]

    def _entry(self, line: chain.Line, raw: memoryview) -> Entry:
        try:
            return Entry.model_validate(from_json(bytes(raw)))
        except (ValidationError, ValueError, RecursionError):
            raise self._unread(line) from None

    @property
    def head(self) -> str:
        """The hash of the last line; zeros for an empty ledger."""
        lines = self.lines()
        return lines[-1].hash if lines else START

    def torn(self) -> int:
        """Bytes of a line that a crash tore at the end; the next append sets them aside in ``ledger.torn``."""
        return len(chain.tail(self.path)[1]) if self.path.exists() else 0

    def rounds(self) -> list[Round]:
        """Every round that was run, in the order in which they ended; a number's last row is the one that counts."""
        return [self.round(line, raw) for line, raw in self.walk() if line.kind == "round"]

    def round(self, line: chain.Line, raw: memoryview) -> Round:
        """The round of one line of ``walk``; what was read before is remembered by the line's hash."""
        known = self._rounds.get(line.hash)
        if known is not None:
            return known
        try:
            found = Round.model_validate(from_json(bytes(raw))["body"])
        except (ValidationError, ValueError, RecursionError):
            raise self._unread(line) from None
        if len(self._rounds) < REMEMBERED:
            self._rounds[line.hash] = found
        return found

    def _unread(self, line: chain.Line) -> StudyError:
        return StudyError(
            f"{self.path} line {line.seq} is no {line.kind} that this version of Greenlight reads: "
            "restore the file from git, or use the version that wrote it"
        )

    def latest(self) -> dict[int, Round]:
        """The counting row of each round number, in order of number."""
        return dict(sorted({r.number: r for r in self.rounds()}.items()))

    def notes(self) -> list[tuple[int, str, str]]:
        """(round, text, time) of each note."""
        found = []
        for line, raw in self.walk():
            if line.kind == "note":
                body = self._entry(line, raw).body
                number, text = body.get("round"), body.get("text")
                if not isinstance(number, int) or not isinstance(text, str):
                    raise self._unread(line)
                found.append((number, text, line.time))
        return found
