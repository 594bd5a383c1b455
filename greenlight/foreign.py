"""Corpora in other forms than Greenlight's own: a JSONL of samples, or one text with a manifest beside it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight import corpus
from greenlight.errors import InputError
from greenlight.nouns import Provenance, Text, fingerprint
from greenlight.outside import read_bytes, read_text

HEAD = re.compile(r"\s*(\[|topic\b)", re.IGNORECASE)
"""How a line of a control line begins, where no hash says where the story does."""


@dataclass(frozen=True)
class Found:
    """What was read."""

    samples: list[Text]
    notes: tuple[str, ...]
    facts: dict[str, Any]


def read(path: Path, manifest: Path | None = None, control: str = "") -> Found:
    """As ``samples``, with where they come from."""
    beside = manifest or path.with_name(f"{path.stem}.manifest.json")
    known = beside.name if beside.exists() and path.suffix not in (".jsonl", ".parquet") else ""
    facts = {"source": path.name, "sha256": fingerprint(read_bytes(path)), "manifest": known}
    facts["manifest_sha256"] = fingerprint(read_bytes(beside)) if known else ""
    return Found(samples(path), (), facts)


def samples(path: Path) -> list[Text]:
    """The samples of a corpus file, in its order.

    - ``.parquet``: as Greenlight writes it.
    - ``.jsonl``: a sample a line, with ``control`` and ``body``, or ``text`` (after its ``control``, if it has one);
      ``topic``, ``level``, ``voice`` (or ``generator``, ``model``) and ``finished`` beside it.
    - any other: a text with ``NAME.manifest.json`` beside it, whose ``samples`` have ``doc_offset`` and
      ``doc_length`` (in characters, control line included), ``level``, ``topic``, ``model``, and the ``sha1`` of the
      story, stripped, which then must be found in it.

    Raises InputError, naming the file and the row, where something is missing or does not fit.
    """
    if path.suffix == ".parquet":
        return corpus.load(path)
    found = _lines(path) if path.suffix == ".jsonl" else _manifest(path)
    if not found:
        raise InputError(f"{path} holds no samples")
    return found


def _lines(path: Path) -> list[Text]:
    found = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{where} is no JSON: {error}") from None
        if not isinstance(row, dict) or not ("body" in row or "text" in row):
            raise InputError(f"{where} has no 'text', and no 'control' and 'body'")
        key = "body" if "body" in row else "text"
        if row[key] is None:
            raise InputError(f"{where}: '{key}' is null: write the story there, or leave the row out")
        control = _word(row, "control", where)
        body = _word(row, "body", where) if "body" in row else _word(row, "text", where).removeprefix(control)
        found.append(_sample(str(row.get("id") or number), control, body, row, where))
    return found


def _manifest(path: Path) -> list[Text]:
    beside = path.with_name(f"{path.stem}.manifest.json")
    try:
        text = read_bytes(path).decode("utf-8")  # as it stands: offsets count every character
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): convert it, and write its manifest anew") from None
    if not beside.exists():
        raise InputError(f"{path} needs {beside.name} beside it, to say where its stories are; or give a JSONL")
    try:
        rows = json.loads(read_bytes(beside))["samples"]
    except (ValueError, TypeError, KeyError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{beside} is no manifest: it has no list 'samples'")
    found = []
    for number, row in enumerate(rows, 1):
        where = f"{beside}, sample {number}"
        start, length = _whole(row, "doc_offset", where), _whole(row, "doc_length", where)
        if not (0 <= start < start + length <= len(text)):
            raise InputError(f"{where} ({start} + {length} characters) is not inside {path.name}")
        control, body = _split(text[start : start + length], _word(row, "sha1", where), where)
        found.append(_sample(str(number), control, body, row, where))
    return found


def _split(document: str, sha1: str, where: str) -> tuple[str, str]:
    """Control line and body: where the body has the hash, or after the lines that look like a control line."""
    ends = [0, *(line.end() for line in re.finditer(r"\n", document))]
    if sha1:
        for end in ends:
            body = document[end:].strip()
            if hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest() == sha1:
                return document[:end], body
        raise InputError(f"{where}: no part of the text has its sha1: the text or its manifest was changed")
    end = 0
    for after in ends[1:]:
        if not HEAD.match(document[end:after]):
            break
        end = after
    return document[:end], document[end:].strip()


def _sample(name: str, control: str, body: str, row: Mapping[str, Any], where: str) -> Text:
    voice = next((_word(row, key, where) for key in ("voice", "generator", "model") if row.get(key)), "")
    made = Provenance(
        voice=voice,
        voice_fingerprint="",
        prompt="",
        topic=_word(row, "topic", where),
        level=_whole(row, "level", where) if row.get("level") is not None else 0,
        finish_reason="length" if row.get("finished") is False else _word(row, "finish_reason", where) or "stop",
    )
    return Text(id=name, control=control, body=body, made=made)


def _word(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{where}: '{key}' is no text, but {str(value)[:40]!r}")
    return value


def _whole(row: Mapping[str, Any], key: str, where: str) -> int:
    value = row.get(key)
    if type(value) is not int or abs(value) > 2**53:
        raise InputError(f"{where}: '{key}' is no whole number, but {str(value)[:40]!r}")
    return value
