"""Files of training data from outside: JSON lines or Parquet, and what is a file of another kind; rows: ``forms``."""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from greenlight.errors import InputError
from greenlight.forms import (
    ANSWERED,
    ASKED,
    CHATS,
    COLUMNS,
    FORMS,
    GIVEN,
    IDS,
    Data,
    Row,
    Unreadable,
    form_of,
    of_data,
    pieces,
    said_in,
    strings,
)
from greenlight.outside import read_text

LIMIT = 1 << 24
"""Bytes of a line: a row that is longer is no sample of anything, and is passed over without being held whole."""
HEAD = 1000
"""Bytes at its beginning that are held of such a line."""
TABLES = (".parquet", ".pq")
TEXTS = (".txt", ".md", "")
"""How the names of plain texts end."""
PARTED = {"marks of an end": r"<\|endoftext\|>", "blank lines": r"\n(?:[^\S\n]*\n)+", "ends of lines": r"\n"}
"""What parts the documents of a plain text: the first of these that it has."""
LABELS = {*IDS, "role", "from", "type", "name"}
"""What stands in a turn, or in a call of a tool, and is no text."""
LINES = (".jsonl", ".ndjson")
"""How the names of JSON lines end."""
STDIN = Path("/dev/stdin")
"""What a file that is called ``-`` is."""
AS_JSON = {b"greenlight": b"json"}
"""What a Parquet file says of a column of texts that Greenlight wrote as JSON, whatever its values are."""
TABLED = ("brief", *CHATS)
"""Columns that hold tables and lists: a text there is JSON, whoever wrote it."""
DEEP = 200
"""Levels beyond which a row is held as text: how deep JSON can be read and written hangs on who does it."""
PACKED = "unpack it first"
KINDS = (
    (b"PAR1", "a Parquet file", "let its name end in .parquet"),
    (b"ARROW1", "an Arrow file", "write it as Parquet"),
    (b"\x1f\x8b", "packed by gzip", f"{PACKED} (gzip -d)"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", f"{PACKED} (zstd -d)"),
    (b"\xfd7zXZ\x00", "packed by xz", f"{PACKED} (xz -d)"),
    (b"BZh", "packed by bzip2", f"{PACKED} (bzip2 -d)"),
    (b"PK\x03\x04", "a zip archive", f"{PACKED} (unzip)"),
)
"""What no line of JSON begins with: the first bytes, what it is, and the way out."""
MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
UNMARKED = (("x000", "UTF-32LE"), ("000x", "UTF-32BE"), ("x0x0", "UTF-16LE"), ("0x0x", "UTF-16BE"))
"""Where NULs stand among the first four bytes, where the first characters are ASCII, as a line of JSON opens."""


@dataclass(frozen=True)
class Long:
    """What is known of a line of more than ``LIMIT`` bytes: how many, the sha256 of them all, and its first ones."""

    size: int
    sha256: str
    head: bytes

    def __len__(self) -> int:
        return self.size


def lines(path: Path, wider: int = 1) -> Iterator[tuple[int, bytes | Long]]:
    """Each line that is not blank, with its number from 1, without a byte-order mark; ``wider``: of how many ``LIMIT``.

    Raises InputError when the file is missing, cannot be read, or is of another kind.
    """
    limit = wider * LIMIT
    try:
        with path.open("rb") as file:
            _no_other(path, file.peek(8)[:8])  # a pipe can be read but once
            number = found = 0
            while line := file.readline(limit + 1):
                number += 1
                if not found and line.strip():
                    found = number
                    _is_first(path, line)
                line = line.removeprefix(codecs.BOM_UTF8)  # in the middle, too, where files with a mark were joined
                if len(line) > limit and not line.endswith(b"\n"):
                    yield number, _long(file, line)
                elif line.strip():
                    yield number, line
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the name") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: name a JSONL or Parquet file in it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _long(file: IO[bytes], start: bytes) -> Long:
    """Passes over the rest of a line."""
    size, hashed, piece = len(start), hashlib.sha256(start), start
    while not piece.endswith(b"\n") and (piece := file.readline(LIMIT)):
        size += len(piece)
        hashed.update(piece)
    return Long(size, hashed.hexdigest(), start[:HEAD])


def _no_other(path: Path, head: bytes) -> None:
    """Raises InputError where the first bytes are those of a file that is no text in UTF-8."""
    for magic, what, way in KINDS:
        if head.startswith(magic):
            raise InputError(f"{path} is {what}, not JSON lines: {way}")
    nuls = "".join("x" if byte else "0" for byte in head[:4])
    code = next((code for mark, code in MARKS if head.startswith(mark)), dict(UNMARKED).get(nuls))
    if code:
        raise InputError(f"{path} is in {code}: write it in UTF-8 (iconv -f {code} -t UTF-8)")


def _is_first(path: Path, line: bytes) -> None:
    """Raises InputError where the first line is one of a JSON array, of CSV, or of no text."""
    text = line.removeprefix(codecs.BOM_UTF8).strip()
    if text.startswith(b"[") and text[1:].lstrip()[:1] in (b"", b"{"):
        raise InputError(f"{path} is one JSON array: write one object a line (jq -c '.[]')")
    if not text.startswith(b"{") and b"\0" in text:
        raise InputError(f"{path} is no text: give JSON lines or Parquet")
    said = text[:2000].decode("utf-8", "replace")
    for comma, name in ((",", "CSV"), ("\t", "TSV"), (";", "CSV with semicolons")):
        cells = [cell.strip().lower() for cell in next(csv.reader([said], delimiter=comma), [])]
        if not COLUMNS.isdisjoint(cells) and all(len(cell) <= 40 for cell in cells):
            raise InputError(f"{path} is {name}, by its first line ({said[:60]}): write JSON lines or Parquet")


def table(path: Path, batch: int = 1024) -> Iterator[list[Data]]:
    """A Parquet file's rows, ``batch`` at a time; what a column holds as JSON text is read as what it was.

    Raises InputError when it is damaged or has no usable columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as start:
            head = start.read(8)
        if head.lstrip().startswith(b"{"):
            raise InputError(f"{path} is no Parquet file, but looks like JSON lines: let its name end in .jsonl")
        if not head.startswith(b"PAR1"):
            _no_other(path, head)
        with pq.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            if not form_of(names):
                raise InputError(f"{path} has no columns {FORMS}; it has {', '.join(sorted(names))[:200]}")
            packed = jsons(file.schema_arrow)
            for found in file.iter_batches(batch):
                some = found.to_pylist()
                for row in some if packed else ():
                    row.update((name, _value(row[name], marked)) for name, marked in packed.items())
                yield some
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the name") from None
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0][:120]
        raise InputError(f"{path} is no readable Parquet file ({said}): write it again") from None


def jsons(schema: Any) -> dict[str, bool]:
    """The columns of a Parquet file that hold JSON as text, and whether Greenlight marked them as such."""
    texts = [field for field in schema if str(field.type) in ("string", "large_string")]
    marked = {field.name: AS_JSON.items() <= (field.metadata or {}).items() for field in texts}
    return {name: is_marked for name, is_marked in marked.items() if is_marked or name in TABLED}


def _value(text: str | None, marked: bool) -> Any:
    """What a text of JSON says; of a column that is not ``marked``, tables and lists alone. What is none stays so."""
    if text is None or not (marked or text.lstrip()[:1] in ("{", "[")):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if is_deep(value) else value


def is_deep(value: Any) -> bool:
    """Whether a value is nested ``DEEP``."""
    waiting = [(value, 1)]
    while waiting:
        one, level = waiting.pop()
        if level > DEEP:
            return True
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting += [(each, level + 1) for each in inside if isinstance(each, dict | list)]
    return False


def count(path: Path) -> int:
    """Rows of a Parquet file that can be read, as its end says."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def parted(text: str) -> tuple[str, list[tuple[int, str]]]:
    """What parts a plain text (of ``PARTED``; empty where nothing does), and each document by the line it begins in."""
    how, spans = "", list[tuple[int, int]]()
    for name, mark in PARTED.items():
        places = [0, *(place for end in re.finditer(mark, text) for place in end.span()), len(text)]
        spans = [(a, b) for a, b in zip(places[::2], places[1::2], strict=True) if text[a:b].strip()]
        if len(spans) > 1:
            how = name
            break
    found, line, before = [], 1, 0
    for start, end in spans:
        body = text[start:end].lstrip()
        line += text.count("\n", before, end - len(body))
        before = end - len(body)
        found.append((line, body.rstrip()))
    return how, found


def documents(path: Path, whole: bool = True) -> Iterator[list[tuple[str, str]]]:
    """Each row's texts, with its number and their field (without it where there is only one).

    Of a plain text, its documents (``parted``), each by the line that it begins in; all of it goes by its name.

    ``whole``: all text that a row can train on, prompts and every turn too, and behind the fields all of it as one,
    for a text may be parted between two; else what gates judge. Raises InputError for rows that cannot be read.
    """
    if path.suffix in TEXTS and path != STDIN:
        text = read_text(path)
        how, some = parted(text)
        listed = [[(f"{line}", document)] for line, document in some]
        if whole and how:
            listed[-1].append((path.name, text))
        yield from listed
        return
    if path.suffix not in (*TABLES, *LINES) and path != STDIN:
        raise InputError(f"{path} is no .jsonl, .parquet, .txt or .md: write it as one of them")
    in_table = path.suffix in TABLES
    numbered: Any = enumerate((row for some in table(path) for row in some), 1) if in_table else lines(path)
    for number, found in numbered:
        try:
            row = of_data(number, found) if in_table else of_line(number, found)
        except Unreadable as error:
            way = f"greenlight screen {'-' if path == STDIN else path} --out FILE.jsonl leaves it out"
            if path == STDIN and str(error).startswith("no JSON"):  # a pipe has no name that could say what it is
                way = "- is read as JSON lines: give plain text as a .txt file"
            raise InputError(f"row {number} of {path} cannot be read ({error}): {way}") from None
        texts = _all(row.data) if whole else [(one.field, one.text.body) for one in row.parts]
        named = [(f"{number} {field}" if len(texts) > 1 else f"{number}", text) for field, text in texts]
        yield [*named, (f"{number}", "\n".join(text for _, text in texts))] if whole and len(texts) > 1 else named


def _all(data: Data) -> list[tuple[str, str]]:
    """Every text of a row that may be trained on, by its field; calls of tools, and what else a turn holds, too."""
    found: list[tuple[str, str]] = []
    for field in ("system", "control", *ASKED, *GIVEN, *CHATS, "text", *ANSWERED, "body", "chosen", "rejected"):
        value = data.get(field)
        value = [value] if isinstance(value, dict) else value  # a side of a pair may be one message
        turns = [one if isinstance(one, dict) else {} for one in value] if isinstance(value, list) else []
        for place, one in enumerate(turns):
            found.append((f"{field}[{place}]", "\n".join(pieces(said_in(one)))))
            found += ((f"{field}[{place}].{key}", text) for key, text in _beside(one))
        if not turns:
            found.append((field, "\n".join(pieces(value))))
    found += (("tools", text) for text in _values(data.get("tools")))
    return [(field, text) for field, text in found if text.strip()]


def _beside(turn: Data) -> Iterator[tuple[str, str]]:
    """What a turn holds beside what it says, by its key: calls of tools, what they gave, a thought."""
    for key, value in turn.items():
        if value is said_in(turn):
            value = [one for one in value if not pieces([one])] if isinstance(value, list) else None
        if key not in LABELS:
            yield from ((key, text) for text in _values(value))


def _values(value: Any) -> Iterator[str]:
    """Every text in a value; of one that is JSON, as the arguments of a call are, the texts that it holds."""
    for text in strings(value, LABELS):
        if text.lstrip()[:1] in ("{", "["):
            with suppress(ValueError, RecursionError):
                yield from strings(json.loads(text), set())
                continue
        yield text


def of_line(number: int, line: bytes | Long) -> Row:
    """Raises Unreadable, with the reason."""
    if isinstance(line, Long):
        raise Unreadable(f"a line may have {LIMIT:,} bytes: split it into several rows (it has {line.size:,})")
    try:
        data = json.loads(line)
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"no JSON: {error.msg} (character {error.pos + 1})") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {str(error)[:80]}") from None
    return of_data(number, data)
