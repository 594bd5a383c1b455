"""The memory of a study: ``ledger.jsonl``, appended to and never changed.

Each line holds the hash of the line before it, so a changed line shows. A cut tail does not, which is why the head's
hash also stands in ``leaderboard.md``. A torn last line (a crash while writing) is set aside in ``ledger.torn``.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from greenlight.errors import StudyError
from greenlight.nouns import Noun, Round, canonical, fingerprint
from greenlight.store import locked

START = "0" * 64


class Entry(Noun):
    """One line: a round or a person's note. ``hash`` covers all of the line but itself."""

    seq: int
    time: str
    kind: Literal["round", "note", "plan"]
    body: dict[str, Any]
    previous: str
    hash: str = ""

    def sealed(self) -> Entry:
        return self.model_copy(update={"hash": fingerprint(self.model_dump(mode="json", exclude={"hash"}))})


class Ledger:
    """Opens on first use; every read checks the whole chain."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: Literal["round", "note", "plan"], body: dict[str, Any]) -> Entry:
        """Adds one line, flushed to disk before this returns. Safe against other processes."""
        with locked(self.path.with_name("ledger.lock")):
            self._set_torn_tail_aside()
            entries = self.entries()
            previous = entries[-1].hash if entries else START
            now = datetime.now(UTC).isoformat(timespec="seconds")
            entry = Entry(seq=len(entries) + 1, time=now, kind=kind, body=body, previous=previous).sealed()
            size = self.path.stat().st_size if self.path.exists() else 0
            try:
                with open(self.path, "ab") as file:
                    file.write((canonical(entry.data()) + "\n").encode())
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:  # a full disk: take back what was half-written, the line before it stays the last
                if self.path.exists():
                    os.truncate(self.path, size)
                raise
        return entry

    def _set_torn_tail_aside(self) -> None:
        if not self.path.exists():
            return
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            with open(self.path.with_name("ledger.torn"), "ab") as file:
                file.write(data[whole:] + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.truncate(self.path, whole)

    def entries(self) -> list[Entry]:
        """All whole lines, the chain checked.

        Raises StudyError with the line's number when a line was changed, removed or moved.
        """
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().split(b"\n")[:-1]  # what follows the last line end is a torn tail
        entries: list[Entry] = []
        previous = START
        for number, line in enumerate(lines, 1):
            try:
                entry = Entry.model_validate(json.loads(line))
            except (ValidationError, ValueError, RecursionError):
                raise StudyError(f"{self.path} line {number} cannot be read: restore the file from git") from None
            if entry.previous != previous or entry.sealed().hash != entry.hash:
                raise StudyError(
                    f"{self.path} line {number} does not follow from the line before it: restore the file from git"
                )
            entries.append(entry)
            previous = entry.hash
        return entries

    @property
    def head(self) -> str:
        """The hash of the last line; zeros for an empty ledger."""
        entries = self.entries()
        return entries[-1].hash if entries else START

    def rounds(self) -> list[Round]:
        """Every round that was run, in the order in which they ended; a number's last row is the one that counts."""
        return [self._round(e) for e in self.entries() if e.kind == "round"]

    def _round(self, entry: Entry) -> Round:
        try:
            return Round.model_validate(entry.body)
        except ValidationError:
            raise self._unread(entry) from None

    def _unread(self, entry: Entry) -> StudyError:
        return StudyError(
            f"{self.path} line {entry.seq} is no {entry.kind} that this version of Greenlight reads: "
            "restore the file from git, or use the version that wrote it"
        )

    def latest(self) -> dict[int, Round]:
        """The counting row of each round number, in order of number."""
        return dict(sorted({r.number: r for r in self.rounds()}.items()))

    def notes(self) -> list[tuple[int, str, str]]:
        """(round, text, time) of each note."""
        found = []
        for e in self.entries():
            if e.kind == "note":
                number, text = e.body.get("round"), e.body.get("text")
                if not isinstance(number, int) or not isinstance(text, str):
                    raise self._unread(e)
                found.append((number, text, e.time))
        return found
