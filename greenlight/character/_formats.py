"""The files that hold a constitution: structured YAML or JSON, lists of traits in JSON or JSON Lines, plain text.

Each becomes the same table, that of the structured format, with every value checked; what is wrong with it is raised
as ValueError in one line without the file's name, which who opened the file puts before it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from greenlight.errors import nearest
from greenlight.nouns import fingerprint

LIMIT_BYTES = 500_000
MOST_TRAITS = 200
LONGEST = 4_000
"""Characters of one trait, and of any other single text of a constitution."""
DEEPEST = 12
"""Of tables in tables; a constitution needs four."""

SECTIONS: dict[str, tuple[str, ...]] = {
    "meta": ("name", "version", "description", "tags", "author"),
    "persona": ("identity",),
    "directives": ("personality", "behavior", "constraints"),
    "safety": ("refusals", "boundaries"),
}
TOP = (*SECTIONS, "examples", "signoffs")
ENTRY = ("key", "text", "probes")
LISTED = ("trait", "questions", "additional_questions")
KEY = r"^[a-z0-9][a-z0-9-]{0,47}$"

_YAML_LINE = re.compile(rf"^(?:{'|'.join(TOP)}|traits):(?:\s|$)", re.MULTILINE)
_JSON_LINE = re.compile(r'^(?:\{\s*(?:"|$)|\[\s*(?:\{|"|$))', re.MULTILINE)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
_ENDED = re.compile(r"[.!?…][\"”'’)\]]*$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SCALARS = {"int": "a number", "float": "a number", "bool": "true or false", "timestamp": "a date"}

_STOP = (
    "a about above after again against all also although always am an and any are as at be because been before being "
    "below between both but by can could did do does doing don't down during each either even ever every few for from "
    "further give given had has have having he her here hers him his how human humans i i'm if in into is it it's its "
    "just keep kind like make many may me might more most much must my myself never no nor not of off often on once "
    "one only or other our out over own quite rather same she should so some something sometimes such than that the "
    "their them then there these they thing things this those through to too toward towards under until up upon use "
    "user users using very was we were what when where which while who whom why will with within without would you "
    "your yours yourself"
)
STOP = frozenset(_STOP.split())
"""Words that say too little to name a trait by, or to compare two by."""


def words(text: str) -> list[str]:
    """The words of a text, in small letters and without punctuation."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def slug(text: str) -> str:
    """A key from a trait's words: the first two or three that say something, and four hex digits of all of them.

    It depends on this trait alone, so no other trait's key changes when one is added, moved or deleted; nor does it
    with punctuation and capitals.
    """
    said = words(text)
    plain = [unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode() for word in said]
    plain = [re.sub(r"[^a-z0-9]+", "-", word.replace("'", "")).strip("-") for word in plain]
    told = [word for word, full in zip(plain, said, strict=True) if word and full not in STOP]
    told = [word for word in told if not word.endswith("ly")] or told
    head = "-".join(told[:3])
    if len(head) > 24:
        head = "-".join(told[:2]) if len("-".join(told[:2])) <= 24 else told[0][:24]
    return f"{head.strip('-') or 'trait'}-{fingerprint(' '.join(said) or text)[:4]}"


# ---------------------------------------------------------------- texts


def line(text: str) -> str:
    """One line of text, with single spaces. Raises ValueError for what is no text, or too long."""
    return block(" ".join(text.split()))


def block(text: str) -> str:
    """Text of several lines, without white space around it. Raises ValueError for what is no text, or too long."""
    text = text.strip()
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t":
            kind = "half a character (a lone surrogate)" if "\ud800" <= char <= "\udfff" else "a control character"
            raise ValueError(f"has {kind}, \\u{ord(char):04x}: write it as plain text")
    if len(text) > LONGEST:
        raise ValueError(f"has {len(text):,} characters, and {LONGEST:,} is the most: say it shorter")
    return text


def _text(value: Any, where: str, of: Any = line) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        if isinstance(value, dict) and len(value) == 1:
            first = next(iter(value))
            raise ValueError(f"{where} is a table with the key '{_short(first)}': put a text with a colon in quotes")
        raise ValueError(f"{where} is {_kind(value)}, and should be text: put it in quotes, or take it out")
    try:
        return str(of(value))
    except ValueError as error:
        raise ValueError(f"{where} {error}") from None


def _texts(value: Any, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{where} is {_kind(value)}, and should be a list of texts, one '- …' a line")
    return [said for i, one in enumerate(value) if (said := _text(one, f"{where}[{i}]"))]


def _table(value: Any, where: str, known: Sequence[str]) -> dict[str, Any]:
    """A table without unknown keys."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {_kind(value)}, and should be a table with {', '.join(known)}")
    for key in value:
        if key not in known:
            raise ValueError(f"{where} has the unknown key '{_short(key)}'{nearest(key, list(known))}")
    return value


def _kind(value: Any) -> str:
    if isinstance(value, _Odd):
        return f"{value.kind} ({_short(value.text)})"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
    return names.get(type(value), "empty")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


# ---------------------------------------------------------------- from the file's text to a table


def parse(text: str, name: str) -> dict[str, Any]:
    """The structured format's table of a file's text, checked; ``name`` is the file's, for its ending.

    Every entry under ``directives`` is a dict with key (or empty), text and probes. Raises ValueError.
    """
    data = _data(text, PurePath(name).suffix.lower())
    if isinstance(data, dict) and "traits" in data:
        if both := [key for key in TOP if key in data]:
            raise ValueError(f"is of two formats, for it has 'traits' and '{both[0]}': keep one of them")
        _table(data, "it", ("name", "traits"))
        data, given = data["traits"], _text(data.get("name"), "name")
    else:
        given = ""
    if isinstance(data, list):
        table: dict[str, Any] = {"meta": {"name": given}, "directives": {"personality": _listed(data)}}
    else:
        table = _table(data, "it", TOP)
    return _checked(table)


def _data(text: str, ending: str) -> Any:
    head = text.lstrip()[:1]
    if (yaml := _YAML_LINE.search(text)) and (other := _JSON_LINE.search(text)):
        lines = sorted(text.count("\n", 0, at.start()) + 1 for at in (yaml, other))
        raise ValueError(f"is of two formats, YAML and JSON (lines {lines[0]} and {lines[1]}): keep one of them")
    if ending in (".yaml", ".yml"):
        return _yaml(text)
    if head and head in "[{":
        return _json(text)
    if ending in (".json", ".jsonl"):
        raise ValueError(f"is no {ending[1:].upper()}: it begins with '{head}'; plain text is read from a .txt")
    return _yaml(text) if yaml else _plain(text)


def _checked(table: dict[str, Any]) -> dict[str, Any]:
    sections = {name: _table(table.get(name), name, known) for name, known in SECTIONS.items()}
    meta, safety = sections["meta"], sections["safety"]
    version = meta.get("version")
    directives = {
        kind: [_entry(one, f"directives.{kind}[{i}]") for i, one in enumerate(_list(sections["directives"], kind))]
        for kind in SECTIONS["directives"]
    }
    count = sum(len(entries) for entries in directives.values())
    if count > MOST_TRAITS:
        raise ValueError(f"has {count:,} traits, and {MOST_TRAITS} is the most: a constitution is about a page")
    directives = {kind: [entry for entry in entries if entry["text"]] for kind, entries in directives.items()}
    if not any(directives.values()):
        raise ValueError("has no traits: write one sentence or more that says how the character speaks")
    _once(directives)
    return {
        "name": _text(meta.get("name"), "meta.name"),
        "about": {
            "description": _text(meta.get("description"), "meta.description"),
            "version": version.text if isinstance(version, _Odd) else _text(version, "meta.version"),
            "tags": _texts(meta.get("tags"), "meta.tags"),
            "author": _text(meta.get("author"), "meta.author"),
        },
        "identity": _text(sections["persona"].get("identity"), "persona.identity", block),
        "directives": directives,
        "refusals": _texts(safety.get("refusals"), "safety.refusals"),
        "boundaries": _texts(safety.get("boundaries"), "safety.boundaries"),
        "examples": [_example(one, f"examples[{i}]") for i, one in enumerate(_list(table, "examples"))],
        "signoffs": _texts(table.get("signoffs"), "signoffs"),
    }


def _list(table: dict[str, Any], key: str) -> list[Any]:
    value = table.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{key} is {_kind(value)}, and should be a list, one '- …' a line")
    return value


def _entry(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) & {"text", "key", "probes"}:
        return {"key": "", "text": _text(value, where), "probes": []}
    _table(value, where, ENTRY)
    key, text = _text(value.get("key"), f"{where}.key"), _text(value.get("text"), f"{where}.text")
    if not text:
        raise ValueError(f"{where} has no text: say the trait there, or take the entry out")
    if key and not re.match(KEY, key):
        raise ValueError(f"{where}.key '{_short(key)}' is no key: small letters, digits and hyphens, 48 at most")
    return {"key": key, "text": text, "probes": _texts(value.get("probes"), f"{where}.probes")}


def _example(value: Any, where: str) -> dict[str, str]:
    fields = ("prompt", "response")
    table = _table(value, where, fields)
    said = {field: _text(table.get(field), f"{where}.{field}", block) for field in fields}
    if empty := [field for field in fields if not said[field]]:
        raise ValueError(f"{where} has no {empty[0]}: an example is a prompt and a response")
    return said


def _once(directives: dict[str, list[dict[str, Any]]]) -> None:
    """Raises ValueError where a trait, or a key, is there twice."""
    seen: dict[str, str] = {}
    for kind, entries in directives.items():
        for i, entry in enumerate(entries):
            where = f"{kind} {i + 1}"
            entry["key"] = entry["key"] or slug(entry["text"])
            same = " ".join(words(entry["text"])) or entry["text"]
            if same in seen:
                raise ValueError(f"has one trait twice ({seen[same]} and {where}): '{_short(entry['text'])}'")
            if f"\n{entry['key']}" in seen:
                first = seen["\n" + entry["key"]]
                raise ValueError(f"has the key '{entry['key']}' twice ({first} and {where}): give each its own")
            seen[same] = seen[f"\n{entry['key']}"] = where


def _listed(data: list[Any]) -> list[dict[str, Any] | str]:
    """Entries of the structured format from a list of {trait, questions, additional_questions}."""
    entries: list[dict[str, Any] | str] = []
    for i, one in enumerate(data):
        where = f"trait {i + 1}"
        if not isinstance(one, dict):
            raise ValueError(f"{where} is {_kind(one)}, and should be a table with trait and questions")
        _table(one, where, LISTED)
        text = _text(one.get("trait"), f"{where}: trait")
        probes = [said for key in LISTED[1:] for said in _texts(one.get(key), f"{where}: {key}")]
        if probes and not text:
            raise ValueError(f"{where} has questions and no text: say the trait, or take it out")
        entries.append({"text": text, "probes": list(dict.fromkeys(probes))} if text else "")
    return entries


# ---------------------------------------------------------------- the three syntaxes


class _Odd:
    """A scalar of YAML or JSON that is no text, as it was written."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.text = kind, text


def _yaml(text: str) -> Any:
    """The data of a YAML file, read as nodes of PyYAML's safe loader: nothing is constructed, and every scalar that is
    no text says so. Aliases are refused, since a few lines of them can unfold to gigabytes; so is every tag."""
    import yaml  # type: ignore[import-untyped]

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        raise ValueError("is nested too deeply: write it flat") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise ValueError(f"is not valid YAML{place}: {said}; put a text with a colon in quotes") from None
    if node is None:
        raise ValueError("has no traits: it has comments only")
    data = _unfolded(node, set(), 0)
    if isinstance(data, str):
        raise ValueError("is plain text, not YAML: give it the ending .txt, or write it under 'directives:'")
    return data


def _unfolded(node: Any, seen: set[int], depth: int) -> Any:
    at = f"line {node.start_mark.line + 1}"
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if id(node) in seen:
        raise ValueError(f"has an alias (*name) to what stands at {at}: write it out, aliases are not read")
    if depth > DEEPEST:
        raise ValueError(f"is nested too deeply at {at}: write it flat")
    seen.add(id(node))
    if kind == "seq" and node.id == "sequence":
        return [_unfolded(one, seen, depth + 1) for one in node.value]
    if kind == "map" and node.id == "mapping":
        table: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise ValueError(f"has a key at {at} that is no text: write a name")
            if key.value in table:
                raise ValueError(f"has the key '{_short(key.value)}' twice (line {key.start_mark.line + 1})")
            table[key.value] = _unfolded(value, seen, depth + 1)
        return table
    if kind in ("str", "null", *SCALARS) and node.id == "scalar":
        if kind == "null":
            return None
        return node.value if kind == "str" else _Odd(SCALARS[kind], node.value)
    raise ValueError(f"has the tag '{_short(kind)}' at {at}: tags are not read, take it out")


def _json(text: str) -> Any:
    lines = [(number, one) for number, one in enumerate(text.splitlines(), 1) if one.strip()]
    if lines[0][1].lstrip().startswith("{") and _alone(lines[0][1]):
        return [_decoded(one, number) for number, one in lines]
    return _decoded(text, 1)


def _alone(first: str) -> bool:
    """Whether a line is a whole trait of JSON Lines."""
    try:
        data = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "trait" in data


def _decoded(text: str, first: int) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            names = [key for key, _ in pairs]
            raise ValueError(f"has the key '{_short(next(k for k in names if names.count(k) > 1))}' twice")
        return table

    def odd(value: str) -> _Odd:
        return _Odd("a number", value)

    try:
        return json.loads(text, object_pairs_hook=once, parse_int=odd, parse_float=odd, parse_constant=odd)
    except RecursionError:
        raise ValueError("is nested too deeply: write it flat") from None
    except json.JSONDecodeError as error:
        at = first + error.lineno - 1
        if error.msg == "Extra data":
            raise ValueError(f"goes on at line {at}, after its JSON has ended: one format and one value") from None
        raise ValueError(f"is not valid JSON at line {at}: {error.msg}") from None


def _plain(text: str) -> list[dict[str, Any]]:
    """Traits of a hand-written text: one a line. Lines that a paragraph was wrapped into are one trait; a blank line
    ends it; headings (#) are left out, bullets and numbers taken off."""
    if other := _JSON_LINE.search(text):
        at = text.count("\n", 0, other.start()) + 1
        raise ValueError(f"is of two formats, plain text and JSON (line {at}): keep one of them")
    traits: list[str] = []
    for part in re.split(r"\n\s*\n", text):
        lines = [one.strip() for one in part.splitlines() if one.strip() and not one.lstrip().startswith("#")]
        items: list[list[str]] = []
        for one in lines:
            if _BULLET.match(one) or not items:
                items.append([])
            items[-1].append(_BULLET.sub("", one))
        for item in items:
            traits += [" ".join(item)] if _wrapped(item) else item
    return [{"trait": trait} for trait in traits]


def _wrapped(lines: list[str]) -> bool:
    """Whether a line breaks off in mid-sentence after 40 characters or more, and the next goes on in small letters."""
    return any(len(one) >= 40 and not _ENDED.search(one) and after[:1].islower() for one, after in pairwise(lines))
