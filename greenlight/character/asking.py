"""Asks speakers, and keeps every answer on the disk before it is looked at: nothing is asked, or paid for, twice.

``Asked(folder)`` holds one file of JSON lines for each speaker, named by its fingerprint and only ever appended to. An
answer is known by what was asked: the conversation, the seed, the manner and the speaker. New conversations go to the
speaker in batches of ``BATCH``; a batch is on the disk before the next one is asked, so that a process killed at any
byte loses the batch in flight at most. Only the places of answers are held in memory, some 200 bytes each.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from greenlight.chats import Manner, Reply, Speaker, Turns
from greenlight.errors import Stopped, VoiceError
from greenlight.nouns import canonical, fingerprint
from greenlight.progress import SILENT, Bar, Watch
from greenlight.store import locked

BATCH = 64
"""Conversations that a speaker is given at a time."""
TRIES = 3
"""Times that an answer which fails is asked for, one after the other."""
OUTAGES = 2
"""Calls in which nothing but failures came, after which a conversation counts as one that has no answer."""
ENDING = re.compile(rb',"key":"([0-9a-f]{64})"\}$')
"""How a whole answer's line ends: its keys are in the order of the alphabet."""

Ask = tuple[Turns, int]
"""A conversation that ends with a user's turn, and a seed."""


def key_of(speaker: str, turns: Turns, seed: int, manner: Manner) -> str:
    """What an answer is known by: sha256 (hex) of all that decides it; ``speaker`` is a fingerprint."""
    return fingerprint([[turn.data() for turn in turns], seed, asdict(manner), speaker])


class Asked:
    """The answers of all speakers in a folder. Several processes may ask: each waits until another's call is over."""

    def __init__(self, folder: Path, watch: Watch = SILENT) -> None:
        self.folder = folder
        self.watch = watch
        self._records: dict[str, _Record] = {}

    def ask(self, speaker: Speaker, asks: Sequence[Ask], manner: Manner, bar: Bar) -> list[Reply]:
        """One answer to each, in order; those that are known are taken. The bar gets one unit an answer.

        What a speaker of this process cannot answer has its ``error``, and is asked again by the next call. A server's
        answer that failed ``TRIES`` times while others came has it for good; where nothing else came, VoiceError is
        raised. What came before is kept, and the same call goes on. SIGTERM ends it between two batches.
        """
        who = speaker.fingerprint
        keys = [key_of(who, turns, seed, manner) for turns, seed in asks]
        record = self._record(speaker)
        with locked(record.path, lambda: self.watch.say(f"{speaker.name}: another process is asking it; waiting")):
            record.catch_up(speaker)
            found = {key: reply for key in dict.fromkeys(keys) if (reply := record.get(key)) is not None}
            new = {key: ask for key, ask in zip(keys, asks, strict=True) if key not in found}
            bar.advance(len(asks) - len(new))
            waiting = list(new.items())
            for start in range(0, len(waiting), BATCH):
                found |= _asked(record, speaker, waiting[start : start + BATCH], manner, bar)
        return [found[key] for key in keys]

    def get(self, speaker: Speaker, key: str) -> Reply | None:
        """The answer that is known by ``key_of``; None where it was never asked for, or cannot be read."""
        record = self._record(speaker)
        with locked(record.path):
            record.catch_up(speaker)
            return record.get(key)

    def count(self, speaker: Speaker) -> int:
        """How many answers of a speaker are there, those that failed for good included."""
        record = self._record(speaker)
        with locked(record.path):
            record.catch_up(speaker)
            return len(record.places)

    def _record(self, speaker: Speaker) -> _Record:
        name = fingerprint(speaker.fingerprint)[:16]
        return self._records.setdefault(name, _Record(self.folder / f"{name}.jsonl"))


@dataclass
class _Record:
    """One speaker's file. All that is here is done under its lock."""

    path: Path
    places: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    """By key: where the line begins, and its bytes."""
    outages: Counter[bytes] = field(default_factory=Counter)
    end: int = 0

    def catch_up(self, speaker: Speaker) -> None:
        """Reads what is new in the file. A line that a crash tore is closed, and is no answer."""
        size = self.path.stat().st_size
        if size < self.end:  # somebody put another file there
            self.places, self.outages, self.end = {}, Counter(), 0
        if size > self.end:
            with open(self.path, "rb") as file:
                file.seek(self.end)
                for line in file:
                    self._note(line)
            if not line.endswith(b"\n"):
                self._append(b"\n")
        elif not size:
            head = {"speaker": speaker.name, "fingerprint": speaker.fingerprint, "facts": speaker.facts}
            self._append(json.dumps(head, default=str).encode() + b"\n")

    def _note(self, line: bytes) -> None:
        ending = ENDING.search(line.rstrip(b"\n"), max(0, len(line) - 80))
        if ending and line.endswith(b"\n"):
            self.places[bytes.fromhex(ending[1].decode())] = (self.end, len(line))
        elif line.startswith(b'{"outage":"') and line.endswith(b"\n"):
            with contextlib.suppress(ValueError, KeyError, TypeError):
                self.outages[bytes.fromhex(json.loads(line)["outage"])] += 1
        self.end += len(line)

    def get(self, key: str) -> Reply | None:
        place = self.places.get(bytes.fromhex(key))
        if place is None:
            return None
        with open(self.path, "rb") as file:
            line = os.pread(file.fileno(), place[1], place[0])
        try:
            row = json.loads(line)
            said = row["answer"]
            reply = Reply(**{**said, "ids": tuple(said["ids"])})
        except (ValueError, KeyError, TypeError):
            return None
        whole = isinstance(reply.text, str) and isinstance(reply.hidden, str) and isinstance(reply.error, str)
        return reply if whole and row["key"] == key else None

    def keep(self, replies: dict[str, Reply]) -> None:
        """On disk first, and only then used."""
        lines = [canonical({"answer": asdict(reply), "key": key}).encode() + b"\n" for key, reply in replies.items()]
        at = self.end
        self._append(b"".join(lines))
        for key, line in zip(replies, lines, strict=True):
            self.places[bytes.fromhex(key)] = (at, len(line))
            at += len(line)

    def strike(self, key: str) -> int:
        """How often nothing came for it while nothing came for anything else, this time included."""
        self._append(canonical({"outage": key}).encode() + b"\n")
        self.outages[bytes.fromhex(key)] += 1
        return self.outages[bytes.fromhex(key)]

    def _append(self, data: bytes) -> None:
        with open(self.path, "ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.end += len(data)


def _asked(
    record: _Record, speaker: Speaker, waiting: Sequence[tuple[str, Ask]], manner: Manner, bar: Bar
) -> dict[str, Reply]:
    """The answers of one batch, all on the disk; those that failed are not, where they would fail again at once."""
    found: dict[str, Reply] = {}
    failed: dict[str, Reply] = {}
    left, counted = list(waiting), _Counted(bar)
    away = bool(speaker.facts.get("server"))
    for _ in range(TRIES if away else 1):
        with _whole():
            said = speaker.reply([ask[0] for _, ask in left], [ask[1] for _, ask in left], manner, counted)
            if len(said) != len(left):
                raise VoiceError(f"{speaker.name} gave {len(said)} answers to {len(left)} conversations: mend it")
            came = {key: _storable(reply) for (key, _), reply in zip(left, said, strict=True)}
            record.keep({key: reply for key, reply in came.items() if not reply.error})
        found |= {key: reply for key, reply in came.items() if not reply.error}
        failed = {key: reply for key, reply in came.items() if reply.error}
        left = [(key, ask) for key, ask in left if key in failed]
        if not left:
            break
    if failed and away:
        record.keep(_given_up(record, speaker, failed, alone=not found))
    bar.advance(max(0.0, len(waiting) - counted.done))
    return found | failed


def _given_up(record: _Record, speaker: Speaker, failed: dict[str, Reply], alone: bool) -> dict[str, Reply]:
    """The failures that count as answers. Where nothing else came (``alone``) the server may be down: it raises
    VoiceError, until they have failed in ``OUTAGES`` calls."""
    done = {key: reply for key, reply in failed.items() if not alone or record.strike(key) >= OUTAGES}
    if len(done) < len(failed):
        record.keep(done)
        last = " ".join(list(failed.values())[-1].error.split())[:200]
        raise VoiceError(
            f"{speaker.name} failed {TRIES} times on each of {len(failed)} conversations ({last}); what it answered "
            "before is kept, and the same command goes on"
        )
    return done


def _storable(reply: Reply) -> Reply:
    """With what no file can hold (halves of surrogate pairs) as question marks, so that gates see it."""

    def whole(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    texts = whole(reply.text), whole(reply.hidden), whole(reply.error)
    if texts == (reply.text, reply.hidden, reply.error) and isinstance(reply.ids, tuple):
        return reply
    return replace(reply, text=texts[0], hidden=texts[1], error=texts[2], ids=tuple(reply.ids))


class _Counted:
    """A bar that knows how far a speaker has moved it."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.done = 0.0

    def advance(self, n: float = 1, note: str = "") -> None:
        self.done += n
        self.bar.advance(n, note)


@contextlib.contextmanager
def _whole() -> Iterator[None]:
    """Inside, SIGTERM only leaves word, and the process ends after it; a second one ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def hear(number: int, _: Any) -> None:
        if came:
            raise Stopped
        came.append(number)

    before = signal.signal(signal.SIGTERM, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
        if came:
            raise Stopped
