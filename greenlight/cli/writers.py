"""Files of rows that a command leaves: as lines, or as a table; whole, or not at all."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self

from greenlight import quarantine
from greenlight.cli import show
from greenlight.errors import InputError, RecipeError
from greenlight.rows import AS_JSON, LINES, TABLES, jsons
from greenlight.store import clear_parts

BATCH = 1024
"""Rows of a Parquet row group."""


def check(file: Path, out: Path | None, held: Path | None) -> None:
    """Before ``file`` is judged: raises RecipeError or InputError where ``out`` and the quarantine cannot be left."""
    book, warned = (quarantine.ledger_of(held), quarantine.warned_of(held)) if held is not None else (None, None)
    named = {"the file that is judged": file, "--out": out, "--quarantine": held, "the record of its releases": book}
    _apart({**named, "where its rows with a warning stand": warned})
    for what, path in (("--out", out), ("--quarantine", held)):
        if path is not None and any(one.name.endswith(quarantine.BESIDE) for one in (path, _real(path))):
            raise RecipeError(f"{what} {path}: a name that ends so is of what stands beside a quarantine: give another")
    if out is not None:
        _may_be(out, (*LINES, *TABLES))
    if held is not None:
        _may_be(held, LINES)
        quarantine.renewable(held, file)
    if warned is not None:
        _may_be(warned, LINES)
        quarantine.renewable(warned, file)


def _apart(named: dict[str, Path | None]) -> None:
    """Raises RecipeError when two of the files, by what each is of the call, are one, however they are spelled."""
    seen: dict[Path, str] = {}
    for what, path in named.items():
        if path is None:
            continue
        if (other := seen.setdefault(_real(path), what)) != what:
            raise RecipeError(f"{path} is {other}, and cannot be {what} as well: give another name")


def _real(path: Path) -> Path:
    """Where a path leads to, through links. Raises InputError for links that go round."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from None


def _may_be(path: Path, kinds: tuple[str, ...]) -> None:
    """Raises RecipeError or InputError where no file of these kinds can be written to ``path``.

    Only a plain file can be there whole or not at all: a pipe or a device is refused, and so is the file that this
    command's own answer goes to. A link is followed to its file.
    """
    there = _real(path)
    if there.is_dir():
        raise InputError(f"{path} is a folder: name a file in it")
    if there.exists() and (not there.is_file() or any(_is(there, stream) for stream in (1, 2))):
        raise InputError(f"{path} is no plain file (a pipe, a device, or where the answer goes): name a plain file")
    if path.suffix not in kinds:
        raise RecipeError(f"{path} names no kind that is written here ({', '.join(kinds)}): say {path.stem}{kinds[0]}")
    if not there.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}; make it first")
    if not os.access(there.parent, os.W_OK | os.X_OK):
        raise InputError(f"{path} cannot be written: no permission in {path.parent}; name another folder")


def _is(path: Path, stream: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(stream))
    except OSError:  # the stream is closed
        return False


class Sink:
    """A file that is written bit by bit and is there whole, or not at all. ``None`` writes nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            there = _real(self.path)
            self._aside = there.with_name(f".{there.name}.{os.getpid()}.part")
            clear_parts(there)
            try:
                self.file = self._aside.open("wb")
            except OSError as error:
                raise self._failed(error) from None
        return self

    def write(self, data: bytes) -> None:
        if self.file is not None:
            try:
                self.file.write(data)
            except OSError as error:
                raise self._failed(error) from None

    def finish(self) -> None:
        """What is still to be written, before the file takes its name."""

    def close(self) -> None:
        """What wrote into the file is let go, also where it is not to be."""

    def __exit__(self, kind: object, *_: object) -> None:
        if self.file is None or self.path is None:
            return
        try:
            try:
                if kind is None:
                    self.finish()
            finally:
                self.close()
                self.file.close()
            if kind is None:
                os.replace(self._aside, _real(self.path))
        except OSError as error:
            raise self._failed(error) from None
        finally:
            self._aside.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> Exception:
        """By the name that was given; a full disk is said by the command line."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return error
        return InputError(f"{self.path} cannot be written: {error.strerror or error}")


class Lines(Sink):
    """JSON lines; a row that came as a line goes as it came."""

    def write(self, data: Any) -> None:
        line = data if isinstance(data, bytes) else quarantine.as_line(data)
        super().write(line if line.endswith(b"\n") else line + b"\n")


class Table(Sink):
    """A Parquet file: with the columns of the one that was read, or with all the fields that its rows have.

    Rows that come as lines wait in a file without a name until the last one's fields are known. A field whose values
    are of no one kind (a text here, a number there) becomes a column of JSON text, and that is said.
    """

    def __init__(self, path: Path, source: Path) -> None:
        super().__init__(path)
        self.source = source
        self._rows: list[Any] = []
        self._writer: Any = None
        self._waiting: IO[bytes] | None = None
        self._kinds: dict[str, Any] = {}
        self._mixed: set[str] = set()

    def __enter__(self) -> Self:
        super().__enter__()
        if self.source.suffix not in TABLES:
            self._waiting = tempfile.TemporaryFile(dir=self._aside.parent)
        return self

    def write(self, data: Any) -> None:
        row = data
        if self._waiting is not None:
            row = json.loads(data)
            try:
                self._waiting.write(json.dumps(row).encode() + b"\n")
            except OSError as error:
                raise self._failed(error) from None
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        if self._waiting is not None:
            self._learn(rows)
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pq.read_schema(self.source)
        packed = jsons(schema).items()  # read as what it was, and written as it came
        rows = [{**row, **{name: _packed(row[name], marked) for name, marked in packed}} for row in rows]
        try:
            self._pour([pa.Table.from_pylist(rows, schema=schema)], schema)
        except (pa.ArrowException, UnicodeEncodeError) as error:
            raise self._cannot(error) from None

    def _learn(self, rows: list[Any]) -> None:
        """What kinds the fields of some more rows are of."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        for name in dict.fromkeys(name for row in rows for name in row):
            before = self._kinds.get(name, pa.null())
            try:
                kind = pa.array([row.get(name) for row in rows]).type
                both = [pa.schema([("", one)]) for one in (before, kind)]
                self._kinds[name] = pa.unify_schemas(both, promote_options="permissive").field(0).type
                pq.write_table(pa.schema([(name, self._kinds[name])]).empty_table(), pa.BufferOutputStream())
            except UnicodeEncodeError as error:
                raise self._cannot(error) from None
            except (pa.ArrowException, OverflowError):
                self._kinds[name] = before
                self._mixed.add(name)

    def _column(self, name: str, rows: list[Any]) -> Any:
        import pyarrow as pa

        values = [row.get(name) for row in rows]
        if name in self._mixed:
            return pa.array([None if value is None else json.dumps(value) for value in values], pa.string())
        return pa.array(values, self._kinds[name])

    def _batches(self) -> Iterator[Any]:
        """What waits, as tables; a field that its kind cannot hold after all becomes mixed, and ends it."""
        import pyarrow as pa

        assert self._waiting is not None
        self._waiting.seek(0)
        while lines := list(islice(self._waiting, BATCH)):
            rows, columns = [json.loads(line) for line in lines], {}
            for name in self._kinds:
                try:
                    columns[name] = self._column(name, rows)
                except (pa.ArrowException, OverflowError):  # a whole number that is none of its column's fractions
                    self._mixed.add(name)
                    return
            yield pa.table(columns)

    def _pour(self, tables: Iterable[Any], schema: Any) -> None:
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(self.file, schema, compression="zstd")
        for table in tables:
            self._writer.write_table(table)

    def finish(self) -> None:
        import pyarrow as pa

        if self._rows or (self._writer is None and self._waiting is None):
            self._flush()
        if self._waiting is None or self.file is None:
            return
        known = -1
        while known != len(self._mixed):
            known = len(self._mixed)
            self.close()
            self.file.seek(0)
            self.file.truncate()
            mixed = pa.field("", pa.string(), metadata=AS_JSON)  # so that it is read again as what it was
            kinds = [
                mixed.with_name(name) if name in self._mixed else pa.field(name, kind)
                for name, kind in self._kinds.items()
            ]
            self._pour(self._batches(), pa.schema(kinds))
        if self._mixed:
            names = ", ".join(sorted(self._mixed))
            show.tell(show.folded(f"{self.path}: values of several kinds, held as JSON text: {show.visible(names)}"))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def __exit__(self, *error: Any) -> None:
        try:
            super().__exit__(*error)
        finally:
            if self._waiting is not None:
                self._waiting.close()

    def _cannot(self, error: Exception) -> InputError:
        said = str(error).splitlines()[0][:100]
        return InputError(f"{self.path} cannot hold these rows ({said}): write .jsonl instead")


def _packed(value: Any, marked: bool) -> Any:
    """A value of a column that holds JSON as text; where it is not ``marked``, a text is none."""
    if value is None or (isinstance(value, str) and not marked):
        return value
    return quarantine.as_line(value).decode().rstrip("\n")


def kept_in(path: Path | None, source: Path) -> Lines | Table:
    """Where rows of ``source`` go that are kept: by the name of ``path``, which is None where none is wanted."""
    return Table(path, source) if path is not None and path.suffix in TABLES else Lines(path)
