"""What coding agents wrote down of their work: the responses in a folder of JSONL transcripts, each counted once.

A row counts where it states a model's usage: ``message.usage`` (coding agents), ``usage`` or ``response.usage`` (logs
of OpenAI-style calls). One response may span several rows, one for each block of its content, with its usage repeated
or not yet whole: within a file its last row counts. Histories that were resumed or forked, and sub-agents' files,
repeat responses of other files: between files the row with the latest timestamp counts, of equal ones the largest. A
response is known by its message's id with its request's; without them by the request's, by the row's uuid, or by a
hash of the row. Files are read line by line, and lines without ``"usage"`` are not parsed.

A response's time is that of its first row, but never before a row above it in the same file: where a clock was set
back, the file's order says what came after what, and it is told (``Transcripts.notes``).
"""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic_core import from_json

from greenlight.errors import InputError
from greenlight.nouns import fingerprint
from greenlight.progress import SILENT, Watch
from greenlight.usage import Response, moment, usage_of

LINE_BYTES = 16 << 20
"""Of one row; a longer one is skipped, and counted. No response that a model wrote is as long."""
BACK_SECONDS = 60
"""Blocks and sub-agents that were written at once overlap by less; a step back by more is told."""
SYNTHETIC = "<synthetic>"
"""What agents call the model of a row that no model wrote, such as an error."""
OF_A_COPY = ("sessionId", "session_id", "parentUuid", "cwd", "gitBranch", "version")
"""Keys that differ between a row and its copy in a forked history."""
TIMES = ("timestamp", "created", "created_at")
"""Of a row, else of the response in it: the first that is a time."""
SUFFIX = ".jsonl"
PACKED_AS = tuple(f"{SUFFIX}.{kind}" for kind in ("gz", "zst", "bz2", "xz", "zip"))


class _Row(NamedTuple):
    """A row that counts so far: what it says, and its own time."""

    response: Response
    stamp: float


@dataclass
class Transcripts:
    """All responses of some folders, and what was passed over on the way."""

    responses: list[Response] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    rows: int = 0
    """With a usage that could be read."""
    nameless: int = 0
    """Responses without any id, known by a hash of their row."""
    shrunk: int = 0
    """Responses whose last row says less than one before it."""
    skipped: Counter[str] = field(default_factory=Counter)
    """By reason: rows or files that are not in the sums."""
    first: dict[str, str] = field(default_factory=dict)
    """By reason: where it was met first."""

    def skip(self, reason: str, where: str) -> None:
        self.skipped[reason] += 1
        self.first.setdefault(reason, where)

    @property
    def repeated(self) -> int:
        """Rows that are a part or a copy of a response, or that another row of it replaced."""
        return self.rows - len(self.responses)

    @property
    def notes(self) -> list[str]:
        """A line for everything that a reader of the sums must know."""
        said = [f"{count:,} {reason} (first: {self.first[reason]})" for reason, count in sorted(self.skipped.items())]
        if self.nameless:
            said.append(f"{self.nameless:,} responses have no id: each row of theirs counts as one response")
        if self.shrunk:
            said.append(f"{self.shrunk:,} responses end with a row that says less than one before it: the last counts")
        return said


def read(folders: Sequence[Path], watch: Watch = SILENT) -> Transcripts:
    """The responses of all transcripts in these folders and below, or of single files.

    Raises InputError where a folder does not exist. What is broken in it is passed over, counted and named.
    """
    found = Transcripts()
    paths = [(name, path) for folder in folders for name, path in _files(folder, found)]
    rows: dict[str, _Row] = {}
    times: dict[str, float] = {}
    seen: set[tuple[int, int]] = set()
    size = sum(_size(path) for _, path in paths)
    with watch.bar("transcripts", max(1, size >> 20), "MiB") as bar:
        for name, path in paths:
            try:
                with open(path, "rb") as file:
                    here = os.fstat(file.fileno())
                    if (here.st_dev, here.st_ino) in seen:  # two names of one file
                        continue
                    seen.add((here.st_dev, here.st_ino))
                    found.files += 1
                    found.bytes += here.st_size
                    reader = _File(name, found)
                    try:
                        reader.read(file, here.st_size)
                    finally:
                        _merge(reader.rows, rows, times)
            except OSError as error:
                found.skip(UNREADABLE, f"{name}, {error.strerror or type(error).__name__}")
            bar.advance(_size(path) / (1 << 20))
    _join(rows, times)
    found.responses = [row.response._replace(when=times.get(key)) for key, row in rows.items()]
    found.nameless = sum(key.startswith(HASHED) for key in rows)
    return found


# ---------------------------------------------------------------- files

UNREADABLE = "files or folders cannot be read: not counted"
EMPTY = f"folders hold no file called *{SUFFIX}: nothing of them is counted"
STRANGE = "entries called *.jsonl are no files: not counted"
PACKED = "files are packed: not counted; unpack them"
LONG = f"lines are longer than {LINE_BYTES >> 20} MiB: not counted"
TORN = "files end within a line, which is not counted: an agent may be writing still"
BROKEN = "lines with a usage are no JSON that can be read: not counted"
MENDED = "lines are not UTF-8, and were read with the wrong bytes replaced"
WRONG = "rows state a usage that is none (below 0, too large, no whole number, incomplete): not counted"
OTHER = "lines are of a form whose usage is not read here (token_usage, turn.completed): not counted"
SUMMED = "rows sum up a session, whose responses have rows of their own: not counted"
MADE_UP = "rows were written by the agent itself (errors), and cost nothing"
CLOCK = "times stand more than a minute before a row above them: a clock went back, and the file's order was taken"


def _files(folder: Path, found: Transcripts) -> Iterator[tuple[str, Path]]:
    """(the name to say, the file) of a file, or of every transcript below a folder."""
    if folder.is_file():
        yield folder.name, folder
        return
    if not folder.is_dir():
        wrong = "is no folder" if folder.exists() else "does not exist"
        raise InputError(f"--transcripts {folder} {wrong}: name the folder of the agent's JSONL files")
    before, none = found.skipped.total(), True
    for one in _below(folder, found):
        none = False
        yield one
    if none and found.skipped.total() == before:  # a wrong folder would look like work that cost nothing
        found.skip(EMPTY, str(folder))


def _below(folder: Path, found: Transcripts) -> Iterator[tuple[str, Path]]:
    """In order; folders behind links once each."""

    def refused(error: OSError) -> None:
        found.skip(UNREADABLE, f"{_named(Path(str(error.filename)), folder)}, {error.strerror}")

    known: set[tuple[int, int]] = set()
    for here, folders, names in os.walk(folder, onerror=refused, followlinks=True):
        status = os.stat(here)
        if (status.st_dev, status.st_ino) in known:  # links that lead back
            folders.clear()
            continue
        known.add((status.st_dev, status.st_ino))
        folders.sort()
        for name in sorted(names):
            path = Path(here) / name
            if name.endswith(PACKED_AS):
                found.skip(PACKED, _named(path, folder))
            if not name.endswith(SUFFIX):
                continue
            try:
                regular = stat.S_ISREG(path.stat().st_mode)
            except OSError as error:
                found.skip(UNREADABLE, f"{_named(path, folder)}, {error.strerror}")
                continue
            if regular:
                yield _named(path, folder), path
            else:  # a pipe would hold the reading for ever
                found.skip(STRANGE, _named(path, folder))


def _named(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _lines(file: IO[bytes], size: int) -> Iterator[tuple[int, bytes | None, bool]]:
    """(number, line, whether its end is there) up to what was the file's size; None for a line that is too long."""
    number, at = 0, 0
    while at < size and (line := file.readline(LINE_BYTES)):
        number += 1
        at += len(line)
        ended = line.endswith(b"\n")
        if ended or len(line) < LINE_BYTES:
            yield number, line, ended
            continue
        while (rest := file.readline(LINE_BYTES)) and not rest.endswith(b"\n"):
            at += len(rest)
        at += len(rest)
        yield number, None, True


class _File:
    """One file's rows: by response, the last."""

    def __init__(self, name: str, found: Transcripts) -> None:
        self.name = name
        self.found = found
        self.rows: dict[str, _Row] = {}
        self._known: dict[str, str] = {}
        """By message id: the response of its last row."""
        self._alike: Counter[str] = Counter()
        self._now: float | None = None

    def read(self, file: IO[bytes], size: int) -> None:
        for number, line, ended in _lines(file, size):
            where = f"{self.name} line {number:,}"
            if line is None:
                self.found.skip(LONG, where)
            elif b'"usage"' in line:
                row = self._parsed(line, where, ended)
                if row is not None:
                    self._row(row, where)
            elif b'_token_usage"' in line:
                self.found.skip(OTHER, where)
            elif not ended and line.strip() and not line.rstrip().endswith(b"}"):
                self.found.skip(TORN, where)

    def _parsed(self, line: bytes, where: str, ended: bool) -> dict[str, Any] | None:
        line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            row = from_json(line)
        except ValueError:  # half of a character pair, say, which other readers take, or a wrong byte in a text
            text = line.decode("utf-8", "replace")
            try:
                row = json.loads(text)
            except (ValueError, RecursionError):
                self.found.skip(BROKEN if ended else TORN, where)
                return None
            if text.encode() != line:
                self.found.skip(MENDED, where)
        return row if isinstance(row, dict) else None

    def _row(self, row: dict[str, Any], where: str) -> None:
        nested = row.get("data")
        if row.get("type") == "progress" and isinstance(nested, dict) and isinstance(nested.get("message"), dict):
            row = {**nested["message"], "isSidechain": True}  # a sub-agent's row, told by the agent that sent it
        told = next((d for d in (row.get("message"), row.get("response"), row) if _has_usage(d)), None)
        if told is None:
            return
        if row.get("type") in ("result", "turn.completed"):
            self.found.skip(SUMMED if row["type"] == "result" else OTHER, where)
            return
        model = told.get("model") or row.get("model")
        model = " ".join(model.encode("utf-8", "replace").decode().split())[:200] if isinstance(model, str) else ""
        if model == SYNTHETIC or row.get("isApiErrorMessage") is True:
            self.found.skip(MADE_UP, where)
            return
        # OpenAI's style states the terms beside the usage, not in it
        counted = usage_of({"service_tier": told.get("service_tier"), **told["usage"]})
        if counted is None:
            self.found.skip(WRONG, where)
            return
        try:
            key = self._key(row, told)
        except RecursionError:  # a row just as deep as can be read cannot be written again, which a hash takes
            self.found.skip(BROKEN, where)
            return
        stamp = next((t for said in (row, told) for key in TIMES if (t := moment(said.get(key))) is not None), None)
        if stamp is not None and self._now is not None and stamp < self._now - BACK_SECONDS:
            self.found.skip(CLOCK, where)
        if stamp is not None:
            self._now = stamp if self._now is None else max(stamp, self._now)
        self.found.rows += 1
        response = counted._replace(model=model, when=self._now, agent=row.get("isSidechain") is True)
        self._keep(key, _Row(response, float("-inf") if stamp is None else stamp))

    def _keep(self, key: str, row: _Row) -> None:
        before = self.rows.get(key)
        if before is not None:
            self.found.shrunk += sum(row.response.tokens) < sum(before.response.tokens)
            if before.response.when is not None:  # a response's time is that of its first row
                row = row._replace(response=row.response._replace(when=before.response.when))
        self.rows[key] = row

    def _key(self, row: Mapping[str, Any], told: Mapping[str, Any]) -> str:
        """By which a response is known again, in this file and in others."""
        request = _id(row.get("requestId")) or _id(row.get("request_id"))
        message = _id(told.get("id"))
        if message:
            bare = f"{BARE}{message}"
            key = f"{NAMED}{message}\0{request}" if request else self._known.get(message, bare)
            if key != bare and bare in self.rows:  # its first rows came without the request's id
                self.rows[key] = self.rows.pop(bare)
            self._known[message] = key
            return key
        if request:
            return f"{REQUEST}{request}"
        if uuid := _id(row.get("uuid")):
            return f"{UUID}{uuid}"
        same = fingerprint(json.dumps({k: v for k, v in row.items() if k not in OF_A_COPY}, sort_keys=True))
        self._alike[same] += 1  # two calls may look alike; a copy of the file has as many
        return f"{HASHED}{same[:32]} {self._alike[same]}"


NAMED, BARE, REQUEST, UUID, HASHED = "named ", "bare ", "request ", "uuid ", "hash "


def _id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and len(value) <= 500 else ""


def _has_usage(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("usage"), dict)


# ---------------------------------------------------------------- between files


def _merge(new: Mapping[str, _Row], rows: dict[str, _Row], times: dict[str, float]) -> None:
    for key, row in new.items():
        _take(key, row, row.response.when, rows, times)


def _take(key: str, row: _Row, when: float | None, rows: dict[str, _Row], times: dict[str, float]) -> None:
    """The later row counts, of equal ones the larger; the response was there since the earliest."""
    if when is not None:
        times[key] = min(when, times.get(key, when))
    before = rows.get(key)
    if before is None:
        rows[key] = row
        return
    later = _order(row) > _order(before)
    agent = row.response.agent or before.response.agent
    kept = row if later else before
    rows[key] = kept._replace(response=kept.response._replace(agent=agent))


def _order(row: _Row) -> tuple[float, int]:
    return row.stamp, sum(row.response.tokens)


def _join(rows: dict[str, _Row], times: dict[str, float]) -> None:
    """Rows without their request's id join the response of their message's id, where there is one."""
    bare = [key for key in rows if key.startswith(BARE)]
    if not bare:
        return
    named: dict[str, str] = {}
    for key in rows:
        if key.startswith(NAMED):
            named.setdefault(key[len(NAMED) :].partition("\0")[0], key)
    for key in bare:
        if (other := named.get(key[len(BARE) :])) is not None:
            _take(other, rows.pop(key), times.pop(key, None), rows, times)
