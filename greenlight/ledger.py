"""The memory of a study: ``ledger.jsonl``, appended to and never changed.

Each line holds the hash of the line before it, so a changed line shows (``chain``). A cut tail does not, which is why
the head's hash also stands in ``leaderboard.md``: a ledger without the line that is named there is not read, nor
appended to. A torn last line (a crash while writing) is set aside in ``ledger.torn``.
"""

from __future__ import annotations

import os
import re
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
WITNESS = "leaderboard.md"
"""Beside the ledger; the file that names the ledger's head."""
NAMED = re.compile(rb"ledger head `([0-9a-f]{64})`")
Kind = Literal["round", "note", "plan", "audit", "import", "blend", "proposal", "ruling", "research", "mark"]
SHOWN = ("round", "note", "audit")
"""Kinds of entries that the tables show; behind any other they are as new as before."""
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
        self._seen: set[str] = {START}
        self.behind = False
        """Whether the tables lacked a round, a note or an audit when the whole ledger was last walked through."""

    def append(self, kind: Kind, body: dict[str, Any]) -> Entry:
        """Adds one line, flushed to disk before this returns. Safe against other processes.

        Raises StudyError when the last line was edited or is of a newer version, or when the tail is lost.
        """
        with locked(self.path.with_name("ledger.lock")):
            self._whole()
            last = self._last()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            seq, previous = (last.seq + 1, last.hash) if last else (1, START)
            content = {"seq": seq, "time": now, "kind": kind, "body": body, "previous": previous}
            hash_, line = chain.seal(content)
            self._write(line)
            self._seen.add(hash_)
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

        Raises StudyError that names the line that was torn, edited, moved, removed or repeated, or says that the tail
        is lost.
        """
        return [line for line, _ in self.walk()]

    def walk(self, at: int = 0, after: chain.Line | None = None) -> Iterator[tuple[chain.Line, memoryview]]:
        """Every whole line with its bytes, in order; raises as ``lines``, at the latest at the end.

        With ``at`` only what stands from that byte on, behind the line ``after``, up to which it was walked before.
        """
        wanted = self.named()  # before the lines are read: the file is written after them
        missing = set(wanted) - (self._seen if after else {START})
        behind = self.behind if after else False
        for line, raw in chain.walk(self.path, at, after):
            missing.discard(line.hash)
            if line.hash in wanted:
                behind = False
            elif line.kind in SHOWN:
                behind = True
            yield line, raw
        if missing and after:  # it may name a line further up
            for line, _ in chain.walk(self.path):
                missing.discard(line.hash)
                behind = line.hash not in wanted and (behind or line.kind in SHOWN)
        if missing:
            raise StudyError(
                f"{self.path} lost its tail, or was written anew: {WITNESS} names its entry "
                f"{next(hash_ for hash_ in wanted if hash_ in missing)[:12]}, which is not in it: restore the ledger "
                f"from git, or remove {WITNESS} where that is the wrong file"
            )
        self._seen.update(wanted)
        self.behind = behind

    def named(self) -> list[str]:
        """The heads that ``leaderboard.md`` names: none where it is not there, more where git left two versions."""
        try:
            text = self.path.with_name(WITNESS).read_bytes()
        except FileNotFoundError:
            return []
        return [str(hash_, "ascii") for hash_ in NAMED.findall(text)]

    def _whole(self) -> None:
        """Raises StudyError when the tail is lost; all of the ledger is read once, for a head that is not its last."""
        unseen = set(self.named()) - self._seen
        raw = chain.tail(self.path)[0] if unseen and self.path.exists() else b""
        last = chain.read(raw[:-1]) if raw else None
        if last is None or unseen != {last.hash}:
            for _ in self.walk() if unseen else ():
                pass

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
        """The round of one line of ``walk``; what was read before is remembered by the line's hash.

        A score that cannot be computed with is an invalid one here, with its reason.
        """
        known = self._rounds.get(line.hash)
        if known is not None:
            return known
        try:
            found = _usable(Round.model_validate(from_json(bytes(raw))["body"]))
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


def _usable(row: Round) -> Round:
    wrong = {name: said for name, score in row.scores.items() if not score.invalid and (said := score.misshapen())}
    if not wrong:
        return row
    broken = {name: row.scores[name].model_copy(update={"invalid": f"it {said}"}) for name, said in wrong.items()}
    return row.model_copy(update={"scores": {**row.scores, **broken}})
