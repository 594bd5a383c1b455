"""What gates refused, kept beside what they judged: to be looked at, counted and released.

A quarantine is a file with one JSON object a line: ``row``, ``sha256`` of the row, ``file`` that it stands in (by its
path from the quarantine's folder, or ``-``), ``fired`` (as ``screen --json`` tells it) and ``data``, the row itself. A
release is a line in ``NAME.released.jsonl`` beside it: the row's hash, what was overruled and why. The next screening
into the same quarantine keeps a released row. Rows that were kept with a warning stand in ``NAME.warned.jsonl``, in the
same form.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from greenlight.errors import InputError
from greenlight.forms import Unreadable, of_data
from greenlight.nouns import canonical, fingerprint
from greenlight.rows import Long, is_deep, lines

IN_STUDY = "refused.jsonl"
"""The name by which a study's releases go: they stand in ``refused.released.jsonl``."""
PIPE = "-"
"""What comes through a pipe goes by this name, like the standard input: another time it is taken for the same."""
WIDER = 8
"""How much longer than a row its line in a quarantine may be: one byte may be written as six."""
BESIDE = (".warned.jsonl", ".released.jsonl")
"""How the names of what stands beside a quarantine end; no quarantine's own does."""
AROUND = 60
"""Characters on each side of a span that are shown."""


@dataclass(frozen=True)
class Held:
    """One refused row."""

    row: int
    sha256: str
    fired: list[dict[str, Any]]
    data: Any
    file: str = ""


def fingerprint_of(item: Any) -> str:
    """What a row is known by: the hash of its content, however its line was spelled."""
    if isinstance(item, Long):
        return item.sha256
    if isinstance(item, bytes):
        try:
            item = json.loads(item)
        except (ValueError, RecursionError):
            return fingerprint(item)
    return fingerprint(json.dumps(item, sort_keys=True, default=str))


def unjson(value: Any) -> str:
    """What a Parquet file may hold and JSON may not: bytes in base64, times and the like as they are written."""
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)


def as_line(row: Any) -> bytes:
    """A row as a line of JSON, its letters as they are; half of a character, which UTF-8 cannot write, is escaped."""
    try:
        return json.dumps(row, default=unjson, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, default=unjson).encode() + b"\n"


def origin(path: Path, file: Path) -> str:
    """How the quarantine ``path`` names the file that it is of: by its path from there; ``PIPE`` for a pipe."""
    return os.path.relpath(file.resolve(), path.resolve().parent) if file.is_file() else PIPE


def renewable(path: Path, file: Path) -> None:
    """A screening of ``file`` may take the place of what ``path`` holds.

    Raises InputError where that is of another file, or of one that it does not name, or is no quarantine.
    """
    if not path.exists():
        return
    try:
        of = [held.file for held in read(path)]
    except InputError:
        raise InputError(f"{path} is no quarantine, and would be replaced by one: give another name") from None
    same = origin(path, file)
    if set(of) - {same}:
        name = next(name for name in of if name != same)
        whose = {"": "a file that it does not name", PIPE: "the standard input"}.get(name, name)
        raise InputError(
            f"{path} holds rows of {whose} ({len(of):,}), which would be replaced by those of {file}: give "
            "another name, or move it away (what was released of it stays so)"
        )


def line(row: int, item: Any, fired: list[dict[str, Any]], file: str = "") -> bytes:
    """A row's line in the quarantine.

    What is no JSON, or ``DEEP``, is kept as text, its bytes as they can be read; of a ``Long`` line the beginning.
    """
    data = f"{_text(item.head)}…" if isinstance(item, Long) else item
    if isinstance(item, bytes):
        text = _text(item)
        try:
            data = json.loads(item)
            data = text if is_deep(data) else data
        except (ValueError, RecursionError):
            data = text
    held = {"row": row, "sha256": fingerprint_of(item), "file": file, "fired": fired, "data": data}
    return as_line(held)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace").rstrip("\r\n")


def read(path: Path) -> Iterator[Held]:
    """Raises InputError, with the line, where the file is no quarantine."""
    for number, found in lines(path, WIDER):
        try:
            held = json.loads(_whole(found))
            yield Held(
                int(held["row"]), str(held["sha256"]), list(held["fired"]), held["data"], str(held.get("file", ""))
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InputError(
                f"{path}, line {number}, is no row of a quarantine: give the file that screen --quarantine wrote"
            ) from None


def _whole(found: bytes | Long) -> bytes:
    """A line; of one that is too long for any of these files, nothing, which is no row of it."""
    return found if isinstance(found, bytes) else b""


def ledger_of(path: Path) -> Path:
    """Where a quarantine's releases stand."""
    return path.with_name(f"{path.name.removesuffix('.jsonl')}.released.jsonl")


def warned_of(path: Path) -> Path:
    """Where the rows stand that were kept with a warning, in the form of a quarantine."""
    return path.with_name(f"{path.name.removesuffix('.jsonl')}.warned.jsonl")


def released(path: Path) -> set[str]:
    """Hashes of the rows that were released from a quarantine; none where nothing was."""
    book = ledger_of(path)
    if not book.exists():
        return set()
    found = set()
    for number, entry in lines(book, WIDER):
        try:
            found.add(str(json.loads(_whole(entry))["sha256"]))
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{book}, line {number}, is damaged: take the line out") from None
    return found


def of_samples(*paths: Path) -> Iterator[Held]:
    """The refused samples of a study's corpus (``refused.parquet``, ``dropped.parquet``), in their order."""
    import pyarrow.parquet as pq

    for number, row in enumerate((row for path in paths for row in pq.read_table(path).to_pylist()), 1):
        yield of_sample(number, row, json.loads(row.pop("gate_flags")))


def of_sample(number: int, row: dict[str, Any], flag: dict[str, Any]) -> Held:
    """A refused sample, as a row of a corpus, with what a gate found in it."""
    return Held(number, row["sha256"], [{**flag, "field": "body", "action": "refuse"}], row)


def unreadable(fired: list[dict[str, Any]]) -> bool:
    """Whether what a decision fired on is no row at all, which nothing that reads the file could use."""
    return any(one["gate"] == "unreadable" for one in fired)


def release(path: Path, entries: Iterable[Held], row: int, why: str) -> Held:
    """Records that a row of ``entries`` is let through, beside ``path``.

    Raises InputError when it is not there, was kept or released before, cannot be read, or carries held-out text.
    """
    held = next((one for one in entries if one.row == row), None)
    if held is None:
        raise InputError(f"there is no refused row {row}: greenlight quarantine lists those there are")
    if any(one["gate"] == "leak" for one in held.fired):
        raise InputError(f"row {row} carries held-out text: what is measured with is never trained on")
    if unreadable(held.fired):
        raise InputError(f"row {row} cannot be read ({held.fired[0]['reason']}), and is not let through: mend its line")
    if all(one.get("action") == "warn" for one in held.fired):
        raise InputError(f"row {row} was kept, with a warning: there is nothing to release")
    if held.sha256 in released(path):
        raise InputError(f"row {row} is released already: screen the file, or run the round, again, and it is kept")
    entry = {
        "row": row,
        "sha256": held.sha256,
        "gates": sorted({one["gate"] for one in held.fired}),
        "why": why,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with ledger_of(path).open("a", encoding="utf-8") as book:
        book.write(canonical(entry) + "\n")
        book.flush()
        os.fsync(book.fileno())
    return held


def texts(data: Any, field: str) -> str:
    """The text of a row that a finding's ``field`` names, as it was judged; all of the row where it names none."""
    try:
        for part in of_data(0, data).parts:
            if part.field == field:
                return part.text.body
    except Unreadable:
        pass
    found: Any = data
    for step in field.replace("]", "").replace("[", ".").split(".") if field else ():
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    if isinstance(found, list) and found and isinstance(found[-1], dict):
        found = found[-1].get("content")
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)


def in_context(text: str, span: list[int] | None, around: int = AROUND) -> tuple[str, str, str]:
    """What stands before a span, in it, and after it, each shortened to what a person reads at a glance."""
    if not span:
        return "", text[: 3 * around] + ("…" if len(text) > 3 * around else ""), ""
    first, last = max(0, span[0]), min(len(text), span[1])
    inside = text[first:last]
    if len(inside) > 3 * around:
        inside = f"{inside[: 2 * around]} … {inside[-around:]}"
    before, after = text[max(0, first - around) : first], text[last : last + around]
    return ("…" if first > around else "") + before, inside, after + ("…" if last + around < len(text) else "")
