"""Rows of training data from outside, one at a time: JSON lines or Parquet, in the forms that trainers read.

A row has ``text``; or ``prompt`` and ``completion``; or ``messages``; or ``prompt``, ``chosen`` and ``rejected``; or,
as Greenlight writes it, ``control`` and ``body``. A prompt, and either side of a pair, may also be a list of messages.
Beside them may stand ``system``, ``finish_reason``, ``prompt_rendered``, ``generator`` (or ``voice``, ``model``),
``persona``, ``level``, ``topic`` and ``brief``, a table with ``language``, ``words`` and ``chars`` (fewest and most),
``pattern``, ``levels`` and ``control``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.errors import InputError
from greenlight.nouns import Asked, Provenance, Text
from greenlight.outside import read_text

LIMIT = 1 << 24
"""Bytes of a line: a row that is longer is no sample of anything, and is passed over without being read whole."""
STOPPED = ("stop", "eos", "end_turn", "stop_sequence", "eos_token", "")
"""What servers say of a text that ended by itself."""
TABLES = (".parquet", ".pq")
TEXTS = (".txt", ".md", "")
"""How the names of plain texts end."""
FORMS = "text, prompt and completion, messages, or prompt, chosen and rejected"
Data = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One text of a row that gates look at, and the field that it stands in."""

    field: str
    text: Text


@dataclass(frozen=True)
class Row:
    """A row that can be judged. ``parts`` are in the row's order; of a pair, chosen and rejected."""

    number: int
    data: Data
    parts: tuple[Part, ...]
    is_pair: bool
    brief: Data

    @property
    def generator(self) -> str:
        return self.parts[0].text.made.voice

    @property
    def persona(self) -> str:
        return self.parts[0].text.made.persona


class Unreadable(ValueError):
    """Why a row is none."""


def lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Each line that is not blank, with its number from 1; None for one of more than ``LIMIT`` bytes.

    Raises InputError when the file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LIMIT + 1):
                number += 1
                if len(line) > LIMIT and not line.endswith(b"\n"):
                    while (rest := file.readline(LIMIT)) and not rest.endswith(b"\n"):
                        pass
                    yield number, None
                elif line.strip():
                    yield number, line
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the name") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: name a JSONL or Parquet file in it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def table(path: Path, batch: int = 1024) -> Iterator[list[Data]]:
    """A Parquet file's rows, ``batch`` at a time. Raises InputError when it is damaged or has no usable columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            if not _form(names):
                raise InputError(f"{path} has no columns {FORMS}; it has {', '.join(sorted(names))[:200]}")
            for found in file.iter_batches(batch):
                yield found.to_pylist()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the name") from None
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0][:120]
        raise InputError(f"{path} is no readable Parquet file ({said}): write it again") from None


def documents(path: Path, whole: bool = True) -> Iterator[list[tuple[str, str]]]:
    """Each row's texts, with its number and their field (without it where there is only one); a plain text is one row.

    ``whole``: all text that a row can train on, prompts and every turn too, and behind the fields all of it as one,
    for a text may be parted between two; else what gates judge. Raises InputError for rows that cannot be read.
    """
    if path.suffix in TEXTS:
        yield [(path.name, read_text(path))]
        return
    if path.suffix not in (*TABLES, ".jsonl"):
        raise InputError(f"{path} is no .jsonl, .parquet, .txt or .md: write it as one of them")
    in_table = path.suffix in TABLES
    numbered: Any = enumerate((row for some in table(path) for row in some), 1) if in_table else lines(path)
    for number, found in numbered:
        try:
            row = of_data(number, found) if in_table else of_line(number, found)
        except Unreadable as error:
            way = f"greenlight screen {path} --out FILE.jsonl leaves it out"
            raise InputError(f"row {number} of {path} cannot be read ({error}): {way}") from None
        texts = _all(row.data) if whole else [(one.field, one.text.body) for one in row.parts]
        named = [(f"{number} {field}" if len(texts) > 1 else f"{number}", text) for field, text in texts]
        yield [*named, (f"{number}", "\n".join(text for _, text in texts))] if whole and len(texts) > 1 else named


def _all(data: Data) -> list[tuple[str, str]]:
    found: list[tuple[str, Any]] = []
    for field in ("system", "control", "prompt", "messages", "text", "completion", "body", "chosen", "rejected"):
        value = data.get(field)
        turns = [one if isinstance(one, dict) else {} for one in value] if isinstance(value, list) else []
        found += [(f"{field}[{place}]", one.get("content")) for place, one in enumerate(turns)] or [(field, value)]
    pieces = [(field, "\n".join(_pieces(value))) for field, value in found]
    return [(field, text) for field, text in pieces if text.strip()]


def _pieces(value: Any) -> list[str]:
    """The texts of a message's content, or of anything else; none where it holds none."""
    found = [one.get("text") for one in value if isinstance(one, dict)] if isinstance(value, list) else [value]
    return [piece for piece in found if isinstance(piece, str)]


def of_line(number: int, line: bytes | None) -> Row:
    """Raises Unreadable, with the reason."""
    if line is None:
        raise Unreadable(f"longer than {LIMIT >> 20} MB: no sample is")
    try:
        data = json.loads(line)
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {str(error)[:80]}") from None
    return of_data(number, data)


def of_data(number: int, data: Any) -> Row:
    """Raises Unreadable, with the reason."""
    if not isinstance(data, dict):
        raise Unreadable("no JSON object")
    form = _form({name for name, value in data.items() if value is not None})
    brief = data.get("brief") if isinstance(data.get("brief"), dict) else None
    if form == "messages":
        parts = _turns(number, data, brief or {})
    elif form == "pair":
        prompt = _said(data["prompt"], "prompt")
        parts = [
            Part(side, _text(number, data, brief or {}, _said(data[side], side), prompt, _system(data)))
            for side in ("chosen", "rejected")
        ]
    elif form:
        prompt = _said(data.get("prompt") or "", "prompt")
        parts = [Part(form, _text(number, data, brief or {}, _string(data[form], form), prompt, _system(data)))]
    else:
        raise Unreadable(f"no {FORMS}")
    return Row(number, data, tuple(parts), form == "pair", brief or {})


def _form(names: set[str]) -> str:
    """The field that is judged, ``messages`` or ``pair``; empty where there is none."""
    if {"chosen", "rejected"} <= names:
        return "pair" if "prompt" in names else ""
    return next((name for name in ("messages", "completion", "body", "text") if name in names), "")


def _turns(number: int, data: Data, brief: Data) -> list[Part]:
    """Every turn of an assistant, with the turn before it as its prompt. A length was asked of the last one."""
    messages = data["messages"]
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        raise Unreadable("messages is no list of objects")
    system = _system(data)
    places = [place for place, one in enumerate(messages) if one.get("role") in ("assistant", "model")]
    if not places:
        raise Unreadable("messages without a turn of an assistant")
    parts = []
    for place in places:
        before: Data = next((one for one in reversed(messages[:place]) if one.get("role") == "user"), {})
        prompt = _content(before.get("content"), "messages")
        last = place == places[-1]
        ended = data if last else {**data, "finish_reason": "stop", "prompt_rendered": ""}
        asked = brief if last else {key: value for key, value in brief.items() if key not in ("words", "chars")}
        body = _content(messages[place].get("content"), f"messages[{place}]")
        parts.append(Part(f"messages[{place}].content", _text(number, ended, asked, body, prompt, system)))
    return parts


def _system(data: Data) -> str:
    if isinstance(data.get("system"), str):
        return str(data["system"])
    for field in ("messages", "prompt"):
        found = data.get(field)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and one.get("role") in ("system", "developer"):
                return _content(one.get("content"), field)
    return ""


def _said(value: Any, field: str) -> str:
    """A text, or the last thing that a list of messages says."""
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        return _content(value[-1].get("content"), field)
    return _string(value, field)


def _content(value: Any, field: str) -> str:
    """A message's content: a text, nothing, or pieces of which some are text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_pieces(value))
    return _string(value, field)


def _string(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{field} is no text")
    return value


def _text(number: int, data: Data, brief: Data, body: str, prompt: str, system: str) -> Text:
    """Built without validation, which would refuse lone surrogates: gates are to find them."""
    finish = _or(data, "finish_reason", str, "stop")
    made = Provenance.model_construct(
        voice=next((data[key] for key in ("generator", "voice", "model") if isinstance(data.get(key), str)), ""),
        voice_fingerprint="",
        prompt=prompt,
        system=system,
        topic=_or(data, "topic", str, ""),
        level=_or(data, "level", int, 0),
        finish_reason="stop" if finish in STOPPED else finish,
        prompt_rendered=_or(data, "prompt_rendered", str, ""),
        persona=_or(data, "persona", str, ""),
        asked=Asked.model_construct(
            language=_or(brief, "language", str, ""),
            words=_bounds(brief.get("words")),
            chars=_bounds(brief.get("chars")),
        ),
    )
    return Text.model_construct(id=str(number), control=_or(data, "control", str, ""), body=body, made=made)


def _or(data: Data, key: str, kind: type, instead: Any) -> Any:
    value = data.get(key)
    return value if isinstance(value, kind) and not isinstance(value, bool) else instead


def _bounds(value: Any) -> tuple[int, int] | None:
    if isinstance(value, Sequence) and len(value) == 2 and all(type(one) is int and one >= 0 for one in value):
        return value[0], value[1]
    return None
