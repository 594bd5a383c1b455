"""Chats and pairs on disk, with their provenance: Parquet (zstd), or JSON lines with the same columns.

A chat has ``messages`` and ``learned``, a pair ``prompt``, ``chosen`` and ``rejected`` as lists of messages: what
trainers and ``greenlight screen`` read as it is. Beside them stands where they come from, as tables.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from greenlight.chats import Chat, Pair, Turn
from greenlight.corpus import stream
from greenlight.errors import InputError
from greenlight.nouns import Provenance, canonical, fingerprint

CHATS, PAIRS, REFUSED, FACTS = "chats.parquet", "pairs.parquet", "refused.parquet", "facts.json"
AT_ONCE = 1024
"""Rows of a row group, and those that are held in memory."""
TABLED = ("params", "usage", "asked")
"""Fields of a provenance that hold a table, as JSON."""
LINES = ".jsonl"
T = TypeVar("T", Chat, Pair)


def save_chats(chats: Iterable[Chat], path: Path) -> None:
    """Whole or not at all, ``AT_ONCE`` in memory; ``.jsonl`` writes lines, any other name Parquet."""
    _save((_of_chat(chat) for chat in chats), path, _chat_schema)


def save_pairs(pairs: Iterable[Pair], path: Path) -> None:
    """As ``save_chats``."""
    _save((_of_pair(pair) for pair in pairs), path, _pair_schema)


def load_chats(path: Path) -> Iterator[Chat]:
    """The chats of a file, one at a time; of somebody else's, ``messages`` is enough.

    Raises InputError when the file cannot be read, has no ``messages``, or a row is no conversation.
    """
    return _load(path, ("messages",), _chat)


def load_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file, one at a time; ``prompt``, ``chosen`` and ``rejected`` are enough, as lists of messages or,
    of the two answers, as texts. Raises InputError as ``load_chats``."""
    return _load(path, ("prompt", "chosen", "rejected"), _pair)


# ---------------------------------------------------------------- rows


def _of_chat(chat: Chat) -> dict[str, Any]:
    learned = None if chat.learned is None else list(chat.learned)
    row = {"id": chat.id, "messages": [turn.data() for turn in chat.turns], "learned": learned}
    return {
        **row,
        "topic": chat.made.topic,
        "persona": chat.made.persona,
        "sha256": chat.sha256,
        **_made("", chat.made),
    }


def _of_pair(pair: Pair) -> dict[str, Any]:
    row: dict[str, Any] = {"id": pair.id, "prompt": [turn.data() for turn in pair.prompt]}
    row |= {side: [{"role": "assistant", "content": getattr(pair, side)}] for side in ("chosen", "rejected")}
    row |= {"topic": pair.chosen_made.topic, "persona": pair.chosen_made.persona}
    row["sha256"] = fingerprint([row["prompt"], pair.chosen, pair.rejected])
    return {**row, **_made("chosen_", pair.chosen_made), **_made("rejected_", pair.rejected_made)}


def _made(side: str, made: Provenance) -> dict[str, Any]:
    data = made.data()
    return {f"{side}made": {**data, **{name: canonical(data[name]) for name in TABLED}}}


def _chat(row: Mapping[str, Any], number: int) -> Chat:
    learned = row.get("learned")
    return Chat(
        id=row.get("id") or str(number),
        turns=_turns(row["messages"]),
        learned=None if learned is None else tuple(learned),
        made=_provenance(row.get("made")),
    )


def _pair(row: Mapping[str, Any], number: int) -> Pair:
    return Pair(
        id=row.get("id") or str(number),
        prompt=_turns(row["prompt"]),
        chosen=_said(row["chosen"]),
        rejected=_said(row["rejected"]),
        chosen_made=_provenance(row.get("chosen_made")),
        rejected_made=_provenance(row.get("rejected_made")),
    )


def _turns(messages: Any) -> tuple[Turn, ...]:
    if isinstance(messages, str):
        return (Turn(role="user", content=messages),)
    return tuple(Turn(role=one["role"], content=one["content"]) for one in messages)


def _said(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    last = _turns(answer)[-1]
    if last.role != "assistant":
        raise ValueError(f"an answer ends with the {last.role}'s turn, and should with the assistant's")
    return last.content


def _provenance(data: Any) -> Provenance:
    given = {name: value for name, value in (data or {}).items() if value is not None}
    for name in TABLED:
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return Provenance.model_validate({"voice": "", "voice_fingerprint": "", "prompt": "", **given})


# ---------------------------------------------------------------- files


def _save(rows: Iterator[dict[str, Any]], path: Path, schema: Callable[[], Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.suffix == LINES:
            with open(aside, "w", encoding="utf-8") as file:
                file.writelines(f"{canonical(row)}\n" for row in rows)
        else:
            _parquet(rows, aside, schema())
        with open(aside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _parquet(rows: Iterator[dict[str, Any]], path: Path, schema: Any) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        while some := list(islice(rows, AT_ONCE)):
            file.write_table(pa.Table.from_pylist(some, schema=schema))


def _load(path: Path, columns: Sequence[str], of_row: Callable[[Mapping[str, Any], int], T]) -> Iterator[T]:
    for number, row in enumerate(_lines(path) if path.suffix == LINES else stream(path, None), 1):
        if missing := [name for name in columns if row.get(name) is None]:
            raise InputError(f"{path}: row {number} has no '{missing[0]}': give a file with {', '.join(columns)}")
        try:
            yield of_row(row, number)
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise InputError(f"{path}: row {number} cannot be used: {_why(error)}") from None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ").replace("Value error, ", "")
    if isinstance(error, KeyError):
        return f"a message has no {error}"
    return str(error)[:200]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    from greenlight.rows import lines

    empty = True
    for number, line in lines(path):
        try:
            row = json.loads(line) if isinstance(line, bytes) else None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: line {number} is no JSON ({str(error)[:80]})") from None
        if not isinstance(row, dict):
            raise InputError(f"{path}: line {number} is no JSON object, or too long")
        empty = False
        yield row
    if empty:
        raise InputError(f"{path} has no rows: give a file with one JSON object a line, or a Parquet file")


def _chat_schema() -> Any:
    import pyarrow as pa

    head = [("id", pa.string()), ("messages", _messages()), ("learned", pa.list_(pa.int32()))]
    return pa.schema([*head, *_texts("topic", "persona", "sha256"), ("made", _provenance_type())])


def _pair_schema() -> Any:
    import pyarrow as pa

    sides = [(name, _messages()) for name in ("prompt", "chosen", "rejected")]
    made = [(f"{side}_made", _provenance_type()) for side in ("chosen", "rejected")]
    return pa.schema([("id", pa.string()), *sides, *_texts("topic", "persona", "sha256"), *made])


def _texts(*names: str) -> list[tuple[str, Any]]:
    import pyarrow as pa

    return [(name, pa.string()) for name in names]


def _messages() -> Any:
    import pyarrow as pa

    return pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


def _provenance_type() -> Any:
    import pyarrow as pa

    special = {"level": pa.int32(), "seed": pa.int64(), "attempt": pa.int32(), "latency_ms": pa.float64()}
    special["cleaned_by"] = pa.list_(pa.string())
    return pa.struct([(name, special.get(name, pa.string())) for name in Provenance.model_fields])
