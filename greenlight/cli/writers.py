"""Files of rows that a command leaves: as lines, or as a table; whole, or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import IO, Any, Self

from greenlight.errors import InputError, RecipeError

BATCH = 1024
"""Rows of a Parquet row group."""
LINES = (".jsonl", ".ndjson")
"""How a file of JSON lines may be named."""


def apart(named: dict[str, Path | None]) -> None:
    """Raises RecipeError when two of the files, by what each is of the call, are one, however they are spelled."""
    seen: dict[Path, str] = {}
    for what, path in named.items():
        if path is None:
            continue
        if (other := seen.setdefault(real(path), what)) != what:
            raise RecipeError(f"{path} is {other}, and cannot be {what} as well: give another name")


def real(path: Path) -> Path:
    """Where a path leads to, through links. Raises InputError for links that go round."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from None


def check(path: Path, kinds: tuple[str, ...]) -> None:
    """Before anything is judged: raises RecipeError or InputError where no such file can be written to ``path``.

    Only a plain file can be there whole or not at all: a pipe or a device is refused, and so is the file that this
    command's own answer goes to. A link is followed to its file.
    """
    there = real(path)
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
            there = real(self.path)
            self._aside = there.with_name(f".{there.name}.{os.getpid()}.part")
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
                os.replace(self._aside, real(self.path))
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
        line = data if isinstance(data, bytes) else json.dumps(data, default=str).encode() + b"\n"
        super().write(line if line.endswith(b"\n") else line + b"\n")


class Table(Sink):
    """A Parquet file, with the columns of the one that was read, or of the first rows."""

    def __init__(self, path: Path, source: Path) -> None:
        super().__init__(path)
        self.out, self.source = path, source
        self._rows: list[Any] = []
        self._writer: Any = None
        self._schema: Any = None

    def write(self, data: Any) -> None:
        self._rows.append(json.loads(data) if isinstance(data, bytes) else data)
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            if self._writer is None:
                same = self.source.suffix == self.out.suffix
                self._schema = pq.read_schema(self.source) if same else pa.Table.from_pylist(self._rows).schema
                self._writer = pq.ParquetWriter(self.file, self._schema, compression="zstd")
            known = set(self._schema.names)
            if odd := next((key for row in self._rows for key in row if key not in known), None):
                raise InputError(f"a row has a field '{odd}' that the first rows have not: write .jsonl instead")
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        except (pa.ArrowException, UnicodeEncodeError) as error:
            said = str(error).splitlines()[0][:100]
            raise InputError(f"{self.out} cannot hold these rows ({said}): write .jsonl instead") from None
        self._rows = []

    def finish(self) -> None:
        if self._rows or self._writer is None:
            self._flush()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
