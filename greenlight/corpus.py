"""Samples on disk: one Parquet file (zstd), one row a sample, provenance in columns beside the text.

Beside what a sample knows of itself, a row has the hashes of its body, of its raw text and of its prompt, and its
place: ``shard`` and ``row``, and the ``offset`` (in characters) of its document in the one text that ``pack`` writes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight.errors import InputError
from greenlight.nouns import Flag, Provenance, Text, canonical, fingerprint
from greenlight.outside import read_text

FILE = "samples.parquet"
KEPT = "kept.parquet"
"""What is left after screening, in its step's folder: what models are trained on."""
SHARD = "train-00000-of-00001.parquet"
"""The same file by the name under which it is published."""
BETWEEN = "\n\n"
"""What stands behind every document of a corpus that is written as one text."""
LINED, TEXT, OFFSETS = "train.jsonl", "train.txt", "train.manifest.json"
"""A corpus as JSON lines, as one text, and where in it its documents are."""
AT_ONCE = 4096
"""Samples of a row group."""
TABLED = ("params", "usage", "asked")
"""Columns that hold a table, as JSON."""
DECIDED = "gates"
"""The column with the decisions of the gates, JSON too."""


def save(samples: Iterable[Text], path: Path, flags: Iterable[Flag | None] | None = None, shard: str = "") -> None:
    """Writes samples whole or not at all, ``AT_ONCE`` in memory; with ``flags``, the gate's decision beside each.

    ``shard`` is the name under which the file will be published.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows: Iterator[dict[str, Any]] = _rows(samples, shard)
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


def stream(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a corpus as they stand in its Parquet file, a few hundred in memory at a time.

    Raises InputError when the file is missing or damaged, or lacks one of ``columns``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            if lacks := sorted(set(columns or ()) - set(file.schema_arrow.names)):
                raise InputError(f"{path} has no column '{lacks[0]}': give a file that Greenlight wrote")
            for batch in file.iter_batches(batch_size=512, columns=columns):
                yield from batch.to_pylist()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is no readable Parquet file: {error}; give one that Greenlight wrote") from None


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
    kinds |= dict.fromkeys(("request", DECIDED, "body_sha256", "raw_sha256", "prompt_sha256", "shard"), pa.string())
    kinds |= {"row": pa.int64(), "offset": pa.int64()}
    return [pa.field(name, kind) for name, kind in kinds.items()]


def _rows(samples: Iterable[Text], shard: str) -> Iterator[dict[str, Any]]:
    offset = 0
    for row, sample in enumerate(samples):
        yield {**row_of(sample), "shard": shard, "row": row, "offset": offset}
        offset += len(sample.text) + len(BETWEEN)


def hashes(row: Mapping[str, Any]) -> dict[str, str]:
    """What the hashes of a row's texts are: of all of it, of the body, of what came, and of what was asked.

    What came is the body, where cleaning changed nothing; nothing was asked of a text that no voice wrote.
    """
    asked = row.get("prompt_rendered") or row.get("prompt") or ""
    return {
        "sha256": fingerprint(f"{row.get('control') or ''}{row.get('body') or ''}"),
        "body_sha256": fingerprint(row.get("body") or ""),
        "raw_sha256": fingerprint(row.get("raw") or row.get("body") or ""),
        "prompt_sha256": fingerprint(asked) if asked else "",
    }


def row_of(sample: Text) -> dict[str, Any]:
    """A sample as a row, without its place in a file."""
    made = sample.made.data()
    return {
        **hashes({**made, "control": sample.control, "body": sample.body}),
        "id": sample.id,
        "text": sample.text,
        "control": sample.control,
        "body": sample.body,
        **made,
        **{name: json.dumps(made[name]) for name in TABLED},
    }


def _sample(row: dict[str, Any]) -> Text:
    made = {name: row[name] for name in Provenance.model_fields if row.get(name) is not None}
    for name in TABLED:
        if isinstance(made.get(name), str):  # a row of a JSONL may have the table itself
            made[name] = json.loads(made[name])
    if isinstance(made.get(DECIDED), dict):
        made[DECIDED] = canonical(made[DECIDED])
    made[DECIDED] = sys.intern(made.get(DECIDED) or "")  # of most rows the same
    made = {"voice": "", "voice_fingerprint": "", "prompt": "", **made}
    return Text(id=row.get("id") or "", control=row["control"], body=row["body"], made=Provenance.model_validate(made))
