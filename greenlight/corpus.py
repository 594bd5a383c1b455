"""Samples on disk: one Parquet file (zstd), one row a sample, provenance in columns beside the text."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight.errors import InputError
from greenlight.nouns import Flag, Provenance, Text
from greenlight.outside import read_text

FILE = "samples.parquet"
KEPT = "kept.parquet"
"""What is left after screening, in its step's folder: what models are trained on."""


AT_ONCE = 4096
"""Samples of a row group."""
TABLED = ("params", "usage", "asked")
"""Columns that hold a table, as JSON."""


def save(samples: Iterable[Text], path: Path, flags: Iterable[Flag | None] | None = None) -> None:
    """Writes samples whole or not at all, ``AT_ONCE`` in memory; with ``flags``, the gate's decision beside each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows: Iterator[dict[str, Any]] = map(_row, samples)
    if flags is not None:
        rows = (
            {**row, "gate_flags": json.dumps(flag.data() if flag else None)}
            for row, flag in zip(rows, flags, strict=True)
        )
    schema = pa.schema(_schema() if flags is None else [*_schema(), pa.field("gate_flags", pa.string())])
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with pq.ParquetWriter(aside, schema, compression="zstd") as file:
            while some := list(islice(rows, AT_ONCE)):
                file.write_table(pa.Table.from_pylist(some, schema=schema))
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def load(path: Path) -> list[Text]:
    """The samples of a file that ``save`` wrote, or of a JSONL with the same columns (``.jsonl``).

    Raises InputError when the file is missing, damaged, or has no columns ``control`` and ``body``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in read_text(path).split("\n") if line.strip()]
        else:
            rows = pq.read_table(path).to_pylist()
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path} is no JSONL: a line is no JSON ({error})") from None
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is no readable Parquet file: {error}; give one that Greenlight wrote") from None
    for row in rows:
        if not isinstance(row, dict) or not {"control", "body"} <= set(row):
            has = ", ".join(row) if isinstance(row, dict) else "rows that are no tables"
            raise InputError(f"{path} has no columns 'control' and 'body'; it has {has[:200]}")
    try:
        return [_sample(row) for row in rows]
    except ValueError as error:  # pydantic's and json's errors are ValueErrors
        wrong = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ("params",)
        raise InputError(
            f"{path} has values of a wrong type in the column '{wrong[-1]}': give a file that Greenlight wrote"
        ) from None


def _schema() -> list[Any]:
    import pyarrow as pa

    text = ["id", "text", "control", "body", "voice", "voice_fingerprint", "model", "params", "prompt", "topic"]
    kinds = dict.fromkeys(text, pa.string()) | {"level": pa.int32(), "seed": pa.int64(), "attempt": pa.int32()}
    kinds |= {"finish_reason": pa.string(), "usage": pa.string(), "latency_ms": pa.float64(), "raw": pa.string()}
    kinds |= {"cleaned_by": pa.list_(pa.string()), "sha256": pa.string()}
    kinds |= dict.fromkeys(("system", "prompt_rendered", "persona", "asked", "response_id"), pa.string())
    return [pa.field(name, kind) for name, kind in kinds.items()]


def _row(sample: Text) -> dict[str, Any]:
    made = sample.made.data()
    made |= {name: json.dumps(made[name]) for name in TABLED}
    return {
        "id": sample.id,
        "text": sample.text,
        "control": sample.control,
        "body": sample.body,
        "sha256": sample.sha256,
        **made,
    }


def _sample(row: dict[str, Any]) -> Text:
    made = {name: row[name] for name in Provenance.model_fields if row.get(name) is not None}
    for name in TABLED:
        if name in made:
            made[name] = json.loads(made[name])
    made = {"voice": "", "voice_fingerprint": "", "prompt": "", **made}
    return Text(id=row.get("id") or "", control=row["control"], body=row["body"], made=Provenance.model_validate(made))
