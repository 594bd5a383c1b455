"""``manifest.json`` of a corpus: what is in it, who wrote it with which settings, what it cost, and every file's hash.

Its form is ``manifest.schema.json``, which lies beside every manifest. It is counted from the rows of the corpus, in
one pass, and never holds a key: settings are looked through for anything that may be one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from greenlight import corpus, parts, rulings
from greenlight.nouns import Artifact, Round
from greenlight.outside import environment
from greenlight.store import file_sha256

NAME, SCHEMA, README, CROISSANT = "manifest.json", "manifest.schema.json", "README.md", "croissant.json"
FEW = 20
"""A character that is seen less often can hardly be learned, and is often a mistake of one row."""
HIDDEN = "***"
SECRET = re.compile(r"key|token$|secret|passw|authori|credential|bearer|cookie", re.IGNORECASE)
"""Names of settings whose values are kept out of sight."""
COLUMNS = ("control", "body", "voice", "voice_fingerprint", "model", "topic", "level", "cleaned_by")


@dataclass
class Seen:
    """What the rows of a corpus hold, counted as they pass."""

    documents: int = 0
    characters: int = 0
    topics: set[str] = field(default_factory=set)
    levels: Counter[str] = field(default_factory=Counter)
    voices: dict[str, dict[str, Any]] = field(default_factory=dict)
    cleaned: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    decided: dict[str, set[str]] = field(default_factory=dict)
    _alphabet: Counter[str] = field(default_factory=Counter)
    _rows: dict[str, list[int]] = field(default_factory=dict)
    _texts: set[str] = field(default_factory=set)

    def add(self, row: Mapping[str, Any]) -> None:
        """One more row, the next in order."""
        text = f"{row['control']}{row['body']}"
        voice = self.voices.setdefault(row["voice"] or "", {"documents": 0, "fingerprints": [], "models": Counter()})
        voice["documents"] += 1
        voice["models"][row["model"] or ""] += 1
        if row["voice_fingerprint"] not in voice["fingerprints"]:
            voice["fingerprints"].append(row["voice_fingerprint"])
        for rule in row["cleaned_by"] or ():
            mine = self.cleaned.setdefault(row["voice"] or "", {})
            mine.setdefault(rule, {"rows": 0, "first": self.documents})["rows"] += 1
        for letter, count in Counter(text).items():
            self._alphabet[letter] += count
            if self._alphabet[letter] < FEW:
                self._rows.setdefault(letter, []).append(self.documents)
            else:
                self._rows.pop(letter, None)
        if (said := row.get("gates") or "") not in self._texts:
            self._texts.add(said)
            for gate, ruling in rulings.read(said).items():
                self.decided.setdefault(gate, set()).add(str(ruling.get("version", "")))
        self.documents += 1
        self.characters += len(text)
        self.topics.add(row["topic"] or "")
        self.levels[str(row["level"] or 0)] += 1

    @property
    def counts(self) -> dict[str, Any]:
        return {
            "documents": self.documents,
            "characters": self.characters,
            "topics": len(self.topics),
            "levels": dict(sorted(self.levels.items(), key=lambda one: int(one[0]))),
            "vocabulary": len(self._alphabet),
        }

    @property
    def rare(self) -> list[dict[str, Any]]:
        """Characters seen fewer than ``FEW`` times, with their rows, the rarest first."""
        return [
            {
                "character": letter,
                "codepoint": f"U+{ord(letter):04X}",
                "name": unicodedata.name(letter, ""),
                "count": self._alphabet[letter],
                "rows": rows,
            }
            for letter, rows in sorted(self._rows.items(), key=lambda one: (self._alphabet[one[0]], one[0]))
        ]


def seen(path: Path) -> Seen:
    """Counts a corpus file of Greenlight's own. Raises InputError when it cannot be read."""
    import pyarrow.parquet as pq

    with_gates = path.exists() and "gates" in pq.read_schema(path).names
    found = Seen()
    for row in corpus.stream(path, (*COLUMNS, "gates") if with_gates else COLUMNS):
        found.add(row)
    return found


def manifest(row: Round, title: str, found: Seen, files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The manifest of a round's corpus. ``files``: by name, as ``measured`` gives them."""
    made, kept, wrote = row.artifacts["corpus"], row.artifacts["kept"], row.recipe["corpus"]
    shares = {name: one["documents"] / max(1, found.documents) for name, one in sorted(found.voices.items())}
    return {
        "$schema": SCHEMA,
        "version": 1,
        "name": f"{row.number:02d}-{row.slug}",
        "title": title,
        "round": row.number,
        "kind": wrote["use"],
        "synthetic": wrote["use"] != "text",
        "counts": found.counts,
        "blend": {"asked": wrote.get("blend") or {}, "realised": shares, "balance": row.facts.get("balance", {})},
        "accounting": made.facts.get("accounting", {}),
        "dropped": {"by_gate": kept.facts.get("dropped", {}), "by_voice": kept.facts.get("dropped_by_voice", {})},
        "cleaned": found.cleaned,
        "rare_characters": found.rare,
        "voices": _voices(wrote, found),
        "bill": _bill(made, wrote),
        "gates": _gates(row.recipe.get("gates", {}), found),
        "overlap": {"largest": kept.facts.get("largest_overlap", 0.0), "floor": kept.facts.get("overlap_floor", 0.0)},
        "plan": scrubbed(made.plan),
        "code": {"greenlight": _version(), "commit": row.code, "steps": {**made.code, **kept.code}},
        "made_from": {"corpus": made.fingerprint, "kept": kept.fingerprint, "yardstick": row.yardstick},
        "recipe_fingerprint": row.recipe_fingerprint,
        "written": row.started,
        "files": {name: dict(one) for name, one in files.items()},
    }


def measured(paths: Iterable[Path], rows: Mapping[str, int] | None = None) -> dict[str, dict[str, Any]]:
    """sha256 and size of files by name, and the rows of those that hold samples."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        found[path.name] = {"sha256": file_sha256(path), "bytes": path.stat().st_size}
        if rows and path.name in rows:
            found[path.name]["rows"] = rows[path.name]
    return found


def schema() -> str:
    """The text of ``manifest.schema.json``, as it comes with the package."""
    return Path(__file__).with_name(SCHEMA).read_text(encoding="utf-8")


def misshapen(data: Any) -> list[str]:
    """What is wrong with a manifest's form, by the schema; the first few places."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(json.loads(schema())).iter_errors(data), key=lambda e: str(e.json_path))
    return [f"{error.json_path}: {error.message[:200]}" for error in errors[:5]]


def scrubbed(value: Any, name: str = "") -> Any:
    """Settings without what may be a key: values of such names, the environment's key, and logins in addresses."""
    key = environment("OPENAI_API_KEY")
    if isinstance(value, Mapping):
        return {str(scrubbed(k)): scrubbed(v, str(k)) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [scrubbed(one, name) for one in value]
    if not isinstance(value, str):
        return value
    if value and SECRET.search(name):
        return HIDDEN
    if "://" in value and " " not in value:
        value = _address(value)
    return value.replace(key, HIDDEN) if len(key) >= 8 else value


def _address(url: str) -> str:
    """Without user, password and query."""
    try:
        found = urlsplit(url)
    except ValueError:
        return HIDDEN
    return urlunsplit((found.scheme, found.netloc.rpartition("@")[2], found.path, "", ""))


def _voices(wrote: Mapping[str, Any], found: Seen) -> dict[str, dict[str, Any]]:
    settings = wrote.get("voices") or {}
    return {
        name: {
            "documents": one["documents"],
            "fingerprints": one["fingerprints"],
            "models": dict(one["models"].most_common()),
            "use": str(settings.get(name, {}).get("use", name if name in settings else wrote["use"])),
            "settings": {k: v for k, v in scrubbed(settings.get(name, {})).items() if k != "use"},
        }
        for name, one in sorted(found.voices.items())
    }


def _bill(made: Artifact, wrote: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers cost, those that were refused included; USD is null where a price is unknown."""
    items: dict[str, dict[str, Any]] = made.facts.get("bill", {})
    settings = wrote.get("voices") or {}
    costs = [one.get("usd") for one in items.values()]
    return {
        "usd": None if None in costs else sum(costs),
        "by_voice": items,
        "usd_per_million_tokens": {
            name: {"in": settings[name].get("price_in"), "out": settings[name].get("price_out")}
            for name in sorted(items)
            if name in settings
        },
    }


def _gates(gates: Mapping[str, Any], found: Seen) -> list[dict[str, Any]]:
    """Every gate with the versions that decided on these rows."""
    listed = [(scope, name, options) for scope in ("each", "whole") for name, options in gates.get(scope, {}).items()]
    known = [
        {"gate": name, "of": scope, "use": parts.module_of("gates", name, options), "options": scrubbed(options)}
        for scope, name, options in listed
    ]
    known.append({"gate": "leak", "of": "whole", "use": "greenlight.leaks", "options": {}})
    return [{**one, "versions": sorted(found.decided.get(str(one["gate"]), ()))} for one in known]


def _version() -> str:
    try:
        return version("greenlight-studio")
    except PackageNotFoundError:
        return "unknown"
