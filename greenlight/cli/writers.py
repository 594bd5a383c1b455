"""Files of rows that a command leaves: as lines, or as a table; whole, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from greenlight.errors import InputError
from greenlight.quarantine import Sink

BATCH = 1024
"""Rows of a Parquet row group."""


class Lines(Sink):
    """JSON lines; a row that came as a line goes as it came."""

    def write(self, data: Any) -> None:
        line = data if isinstance(data, bytes) else json.dumps(data, default=str).encode() + b"\n"
        super().write(line if line.endswith(b"\n") else line + b"\n")


class Table(Sink):
    """A Parquet file, with the columns of the one that was read, or of the first rows."""

    def __init__(self, path: Path, source: Path) -> None:
        super().__init__(None)
        self.out, self.source = path, source
        self._rows: list[Any] = []
        self._writer: Any = None
        self._schema: Any = None
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")

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
                self._writer = pq.ParquetWriter(self._part, self._schema, compression="zstd")
            known = set(self._schema.names)
            if odd := next((key for row in self._rows for key in row if key not in known), None):
                raise InputError(f"a row has a field '{odd}' that the first rows have not: write .jsonl instead")
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        except (pa.ArrowException, UnicodeEncodeError) as error:
            said = str(error).splitlines()[0][:100]
            raise InputError(f"{self.out} cannot hold these rows ({said}): write .jsonl instead") from None
        self._rows = []

    def __exit__(self, kind: object, *rest: object) -> None:
        try:
            try:
                if kind is None and (self._rows or self._writer is None):
                    self._flush()
            finally:
                if self._writer is not None:
                    self._writer.close()
            if kind is None:
                os.replace(self._part, self.out)
        finally:
            self._part.unlink(missing_ok=True)
