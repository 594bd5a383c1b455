"""Corpora in other forms than Greenlight's own: a JSONL of samples, or one text, with a manifest or without one.

A manifest says where the stories of a text are, who wrote them and what they hash to; each of these is checked against
the text before a story is used. Without one a text is split by its control line, and its writers are unknown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenlight import controls, corpus
from greenlight.errors import InputError, counted
from greenlight.nouns import Provenance, Text, fingerprint
from greenlight.outside import read_bytes, read_text

LINES = 20
"""Of a control line at most: further down no story is looked for."""
HEAD = re.compile(r"\s*(\[|topic\b)", re.IGNORECASE)
"""How a line of a control line begins, where no hash says where the story does."""
BOM = "\ufeff"
TABLES = (".parquet", ".jsonl")


@dataclass(frozen=True)
class Found:
    """What was read: the samples in their order, what a reader must know of them, and what they were read from.

    ``facts``: ``source`` and ``manifest`` are names of files (the latter empty without one), ``sha256`` and
    ``manifest_sha256`` of their bytes.
    """

    samples: list[Text]
    notes: tuple[str, ...]
    facts: dict[str, Any]


def samples(path: Path, manifest: Path | None = None, control: str = "") -> list[Text]:
    """The samples of a corpus file, in its order; see ``read``."""
    return read(path, manifest, control).samples


def read(path: Path, manifest: Path | None = None, control: str = "") -> Found:
    """A corpus file.

    - ``.parquet``: as Greenlight writes it.
    - ``.jsonl``: a sample a line, with ``control`` and ``body``, or ``text`` (after its ``control``, if it has one);
      ``topic``, ``level``, ``voice`` (or ``generator``, ``model``) and ``finished`` beside it.
    - any other: a text. With a manifest (``manifest``, or ``NAME.manifest.json`` beside it), whose ``samples`` have
      ``doc_offset`` and ``doc_length`` (in characters, control line included), ``level``, ``topic``, ``model``, and
      the ``sha1`` of the story, stripped: every one is checked, and the text must hold nothing else. Without one it
      is split at its control lines: where ``control`` stands, a template such as a recipe's brief has (on a command
      line ``\\n`` may be written out), or by default at lines with a tag such as ``[green=3]``. With both, each
      document must begin as the template says.

    Raises InputError, naming the file and the row, where something is missing or does not fit.
    """
    if path.suffix in TABLES and (manifest is not None or control):
        out = "--control" if manifest is None else manifest.name
        raise InputError(f"{path} says itself what is in it: leave {out} out")
    data, notes = read_bytes(path), tuple[str, ...]()
    facts = {"source": path.name, "sha256": fingerprint(data), "manifest": "", "manifest_sha256": ""}
    if path.suffix in TABLES:
        found = corpus.load(path) if path.suffix == ".parquet" else _lines(path)
    else:
        line = controls.template(control) if control else None
        beside = manifest or _beside(path)
        if beside is None:
            found, notes = _split_by(_decoded(data, path), path, line)
        else:
            listed = read_bytes(beside)
            facts |= {"manifest": beside.name, "manifest_sha256": fingerprint(listed)}
            found, notes = _by_manifest(_decoded(data, path), path.name, _Manifest(beside, _rows(listed, beside), line))
    if not found:
        raise InputError(f"{path} holds no samples")
    return Found(found, notes, facts)


def _beside(path: Path) -> Path | None:
    """The manifest beside a text; raises InputError when there are two."""
    names = dict.fromkeys(f"{name}.manifest.json" for name in (path.stem, path.name))
    there = [beside for beside in map(path.with_name, names) if beside.exists()]
    if len(there) > 1:
        raise InputError(
            f"two manifests stand beside {path.name}, {there[0].name} and {there[1].name}: name one of them, with "
            "--manifest"
        )
    return there[0] if there else None


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
        name = _word({"id": str(row.get("id") or number)}, "id", where)
        found.append(_sample(name, control, body, row, where))
    return found


# ---------------------------------------------------------------- a text with its manifest


@dataclass
class _Manifest:
    """A manifest on its way through a text: its rows, and what of them held in one form of the text."""

    path: Path
    rows: Sequence[Mapping[str, Any]]
    line: re.Pattern[str] | None
    found: list[Text] = field(default_factory=list)
    unhashed: int = 0
    unsaid: int = 0


def _by_manifest(text: str, name: str, manifest: _Manifest) -> tuple[list[Text], tuple[str, ...]]:
    """Offsets count every character, so the text is taken as it stands; else in the forms it was likely saved from.

    Raises InputError with what is wrong in the form in which the most rows hold, and the forms that were tried.
    """
    forms, furthest, said = _forms(text), -1, ""
    for how, form in forms.items():
        tried = _Manifest(manifest.path, manifest.rows, manifest.line)
        try:
            _verify(form, name, tried)
        except InputError as error:
            if len(tried.found) > furthest:
                furthest, said = len(tried.found), str(error)
            continue
        notes = [f"{name} was read {how}"] if how else []
        if tried.unhashed:
            notes.append(
                f"{counted(tried.unhashed, 'sample')} without a sha1: that the text is the one meant is not verified"
            )
        if tried.unsaid:
            notes.append(
                f"{counted(tried.unsaid, 'control line')} without a number: the level is the manifest's word alone"
            )
        return tried.found, tuple(notes)
    tried_in = " and ".join(how or "as it stands" for how in forms)
    raise InputError(said + (f" ({name} was tried {tried_in})" if len(forms) > 1 else ""))


def _decoded(data: bytes, path: Path) -> str:
    """A text as it stands, with every character, since offsets count them all."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): convert it, and write its manifest anew") from None
    if (nul := text.find("\0")) >= 0:
        raise InputError(f"{path} is no text: it has a NUL at character {nul}; give plain text, as UTF-8")
    if not text.removeprefix(BOM).strip():
        raise InputError(f"{path} is empty: give a file with stories in it")
    return text


def _forms(text: str) -> dict[str, str]:
    """A text as it stands, and as it may have been before an editor saved it; the likelier first."""
    unmarked = text.removeprefix(BOM)
    forms = {"": text} if unmarked == text else {"without its byte-order mark": unmarked, "": text}
    if "\r" in text:
        for how, form in list(forms.items()):
            lines = form.replace("\r\n", "\n").replace("\r", "\n")
            forms[f"{how}, with CRLF line ends as LF".removeprefix(", ")] = lines
    return forms


def _rows(listed: bytes, beside: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(listed)["samples"]
    except (ValueError, TypeError, KeyError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{beside} is no manifest: it has no list 'samples' of what is in the text")
    if not rows:
        raise InputError(f"{beside} is no manifest: its list 'samples' is empty")
    return rows


def _verify(text: str, name: str, manifest: _Manifest) -> None:
    """Fills ``found``; raises InputError at the first row that does not fit, or where text belongs to no row."""
    spans = []
    for number, row in enumerate(manifest.rows, 1):
        where = f"{manifest.path}, sample {number}"
        start, length = _whole(row, "doc_offset", where), _whole(row, "doc_length", where)
        if not (0 <= start < start + length <= len(text)):
            raise InputError(f"{where} ({start} + {length} characters) is not inside {name}, which has {len(text)}")
        try:
            sample = _document(text, start, length, (number, row, where), manifest)
        except InputError as error:
            topic = row.get("topic")
            on = f"topic '{topic[:40]}', " if isinstance(topic, str) and topic and topic.isprintable() else ""
            raise InputError(f"{error} ({on}character {start:,})") from None
        manifest.found.append(sample)
        spans.append((start, start + length, number))
    spans.sort()
    _nothing_else(text, spans, manifest.path, name)
    manifest.found[:] = [manifest.found[number - 1] for _, _, number in spans]


def _document(
    text: str, start: int, length: int, named: tuple[int, Mapping[str, Any], str], manifest: _Manifest
) -> Text:
    number, row, where = named
    document, sha1 = text[start : start + length].removeprefix(BOM), _word(row, "sha1", where).lower()
    if document[:1].isspace() or (start and text[start - 1] not in f"\r\n{BOM}"):
        at = "with white space" if document[:1].isspace() else "in the middle of a line"
        raise InputError(f"{where} begins {at}: its doc_offset is not where a document begins")
    level = _whole(row, "level", where)
    control, body = _parted(document, sha1, where, manifest.line)
    if not body:
        raise InputError(f"{where} has no story behind its control line")
    said = manifest.line.fullmatch(control) if manifest.line else controls.TOPIC.search(control)
    if manifest.line and said is None:
        raise InputError(f"{where} does not begin as --control says, but with '{' '.join(document.split())[:40]}…'")
    fields = said.groupdict() if said else {}
    topic = fields.get("topic", said[1] if said and not manifest.line else None)
    levels = [{int(fields["level"])}] if fields else controls.levels(control, topic or "")
    if levels and {level} not in levels:
        lines = ", ".join(map(str, sorted(set().union(*levels))))
        raise InputError(f"{where}: its level is {level}, and its control line says {lines}")
    known = _word(row, "topic", where)
    if topic is not None and known and topic != known.strip():
        raise InputError(f"{where}: its topic is '{known[:60]}', and its control line says '{topic[:60]}'")
    manifest.unhashed += not sha1
    manifest.unsaid += not levels
    return _sample(str(number), control, body, {**row, "topic": known or topic or ""}, where)


def _parted(document: str, sha1: str, where: str, line: re.Pattern[str] | None) -> tuple[str, str]:
    """Control line and body: where the body has the hash, or after the lines that look like a control line.

    So too where the hash is that of the whole document, control line included.
    """
    ends = [0, *(end.end() for end in re.finditer(r"\n", document))]
    if sha1:
        bodies = ((end, document[end:].strip()) for end in ends[: LINES + 1])
        has = (end for end, b in bodies if hashlib.sha1(b.encode(), usedforsecurity=False).hexdigest() == sha1)
        if (end := next(has, -1)) < 0:
            raise InputError(f"{where}: no part of the text has its sha1: the text or its manifest was changed")
        if end:
            return document[:end], document[end:].strip()
    end = 0
    if line is not None and (head := line.match(document)):
        end = head.end()
    elif line is None:
        for after in ends[1:]:
            if not HEAD.match(document[end:after]):
                break
            end = after
    return document[:end], document[end:].strip()


def _nothing_else(text: str, spans: Sequence[tuple[int, int, int]], beside: Path, name: str) -> None:
    """Raises InputError where documents overlap, or where text belongs to none."""
    end, last = 0, 0
    for start, after, number in [*spans, (len(text), len(text), 0)]:
        if start < end:
            raise InputError(
                f"{beside}, samples {last} and {number} overlap: {min(end, after) - start:,} characters, from "
                f"character {start:,} on, are in both"
            )
        if left := text[end:start].removeprefix(BOM).strip():
            at = text.index(left, end)
            raise InputError(
                f"{beside}: {len(left):,} characters of {name} belong to no sample, from character {at:,} on "
                f"('{' '.join(left[:400].split())[:40]}…')"
            )
        end, last = after, number


# ---------------------------------------------------------------- a text without one


def _split_by(text: str, path: Path, line: re.Pattern[str] | None) -> tuple[list[Text], tuple[str, ...]]:
    """Each document begins where a control line does; its writer is unknown, unless the template names it."""
    how, text = next((how, form) for how, form in reversed(_forms(text).items()) if not form.startswith(BOM))
    notes = [f"{path.name} was read {how}"] if how else []
    if line is None:
        line, said = controls.tagged(text, path)
        notes += said
    heads = list(line.finditer(text))
    if not heads:
        raise InputError(
            f"{path} has no manifest, and what --control says stands nowhere in it: name its --manifest, or write "
            "--control as its documents begin"
        )
    if before := text[: heads[0].start()].strip():
        start = " ".join(before[:400].split())[:40]
        raise InputError(f"{path}: {len(before):,} characters stand before its first control line ('{start}…')")
    found, ends = [], [*(head.start() for head in heads[1:]), len(text)]
    for number, (head, end) in enumerate(zip(heads, ends, strict=True), 1):
        named = head.groupdict()
        topic = named.get("topic") or next((m[1] for m in controls.TOPIC.finditer(head[0])), "")
        where = f"{path}, document {number} (character {head.start():,})"
        if not (body := text[head.end() : end].strip()):
            raise InputError(f"{where}: '{' '.join(head[0].split())[:60]}' has no story")
        row = {"topic": topic, "level": int(named["level"]), "model": named.get("writer")}
        found.append(_sample(str(number), head[0], body, row, where))
    return found, tuple(notes)


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
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise InputError(f"{where}: '{key}' has half of a character (a lone surrogate): write the text anew, as UTF-8")
    return value


def _whole(row: Mapping[str, Any], key: str, where: str) -> int:
    value = row.get(key)
    if type(value) is not int or abs(value) > 2**53:
        raise InputError(f"{where}: '{key}' is no whole number, but {str(value)[:40]!r}")
    return value
