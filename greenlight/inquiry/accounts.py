"""Every round's accounting, added up again: what was asked for is kept, refused or failed, and nothing else.

Read from the ledger's lines as they stand, so that a sum that no longer adds up is named and not merely unreadable;
held against the published manifest, the rows of the published corpus, and the refused samples with their reasons.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.corpus import SHARD
from greenlight.errors import GreenlightError
from greenlight.nouns import Artifact
from greenlight.screen import DROPPED
from greenlight.store import Store
from greenlight.study import Study
from greenlight.write import REFUSED

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Sums:
    """How many sums were made, one line for each that is broken, and what could not be looked at."""

    checked: int
    broken: tuple[str, ...]
    unseen: tuple[str, ...]


def sums(study: Study) -> Sums:
    """Checks the counting row of each round. Raises StudyError where the ledger's chain is broken."""
    bodies = {e.body.get("number"): e.body for e in study.ledger.entries("round")}
    checked, broken, unseen = 0, [], []
    for number, body in sorted((n, b) for n, b in bodies.items() if isinstance(n, int)):
        if not isinstance(body.get("accounting"), dict):
            continue
        made = _Round(study, body)
        for name, left, right in made.equations():
            checked += 1
            if left != right:
                broken.append(f"round {number}: {name}: {left} is not {right}")
        broken += [f"round {number}: {line}" for line in made.broken]
        unseen += [f"round {number}: {line}" for line in made.unseen]
        checked += made.reasons
    return Sums(checked, tuple(broken), tuple(unseen))


class _Round:
    """One round's numbers, from the ledger and from what is published and stored of it."""

    def __init__(self, study: Study, body: Data) -> None:
        self.study = study
        self.body = body
        self.account: Data = body["accounting"]
        self.broken: list[str] = []
        self.unseen: list[str] = []
        self.reasons = 0

    def equations(self) -> Iterator[tuple[str, Any, Any]]:
        """(what, one side, the other side), which must be equal."""
        a = self.account
        refused = _counts(a.get("refused"))
        yield "asked = kept + refused + failed", a.get("asked"), _total(a.get("kept"), a.get("failed"), refused)
        if self.body.get("recipe", {}).get("use") == "character":
            yield from self._answers(refused)
            return
        yield from self._voices(refused)
        dropped = _counts(_facts(self.body, "kept").get("dropped"))
        written = _facts(self.body, "corpus").get("accounting", {})
        yield from self._stages("the corpus as it was written", written, dropped, refused)
        size = self.body.get("recipe", {}).get("corpus", {}).get("size")
        if size is not None:
            yield "kept + dropped from the whole = corpus.size", _total(a.get("kept"), 0, dropped), size
        if "corpus_documents" in self.body.get("facts", {}):
            yield "kept = the documents that were trained on", a.get("kept"), self.body["facts"]["corpus_documents"]
        yield from self._published(dropped, refused)
        yield from self._refused(refused)

    def _answers(self, refused: Data) -> Iterator[tuple[str, Any, Any]]:
        """Of a character: the round's accounting is the sum of both sides of its pairs and of its introspection."""
        books: list[Data] = []
        for name, made in self.body.get("artifacts", {}).items():
            told = made.get("facts", {})
            parts = list(told.get("sides", {}).values()) if name.startswith("pairs-") else []
            parts += told.get("parts", []) if name.startswith("introspection-") else []
            books += [part["accounting"] for part in parts]
        for key in ("asked", "kept", "failed"):
            yield f"{key}, the stages' sum", sum(book.get(key, 0) for book in books), self.account.get(key, 0)
        together = sum((Counter(_counts(book.get("refused"))) for book in books), Counter[str]())
        yield "refused by gate, the stages' sum", _ordered(together), _ordered(refused)

    def _by_voice(self) -> dict[str, Data]:
        """The counts of each voice; a corpus that was cut from a text has none, whatever was dropped from it."""
        if not _facts(self.body, "corpus").get("accounting", {}).get("by_voice"):
            return {}
        return {v: c for v, c in (self.account.get("by_voice") or {}).items() if isinstance(c, Mapping)}

    def _voices(self, refused: Data) -> Iterator[tuple[str, Any, Any]]:
        by_voice = self._by_voice()
        if not by_voice:
            return
        for voice, counts in sorted(by_voice.items()):
            gates = {k: n for k, n in counts.items() if k not in ("asked", "kept", "failed")}
            total = _total(counts.get("kept", 0), counts.get("failed", 0), gates)
            yield f"voice {voice}, asked = kept + refused + failed", counts.get("asked", 0), total
        keys = {"asked": self.account.get("asked"), "kept": self.account.get("kept")}
        keys |= {"failed": self.account.get("failed", 0), **refused}
        for key in sorted({*keys, *(k for counts in by_voice.values() for k in counts)}):
            name = f"{key}, the voices' sum" if key in ("asked", "kept", "failed") else f"refused by {key}, by voice"
            yield name, sum(counts.get(key, 0) for counts in by_voice.values()), keys.get(key, 0)

    def _stages(self, where: str, written: Any, dropped: Data, refused: Data) -> Iterator[tuple[str, Any, Any]]:
        """The row's accounting is that of the writing, with what the set gates dropped moved from kept to refused."""
        if not isinstance(written, Mapping) or not written:
            return
        a = self.account
        yield f"kept + dropped = accepted, in {where}", _total(a.get("kept"), 0, dropped), written.get("kept")
        yield f"asked, in the round and in {where}", a.get("asked"), written.get("asked")
        together = Counter(_counts(written.get("refused"))) + Counter(dropped)
        yield f"refused by gate, in the round and in {where}", _ordered(refused), _ordered(together)

    def _published(self, dropped: Data, refused: Data) -> Iterator[tuple[str, Any, Any]]:
        folder = self.study.folder / "corpora" / f"{self.body['number']:02d}-{self.body.get('slug', '')}"
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            voices = _column(folder / SHARD, "voice")
        except (OSError, ValueError, KeyError, RecursionError, GreenlightError):
            self.broken.append(f"corpora/{folder.name} cannot be read: greenlight run makes it again")
            return
        told = manifest if isinstance(manifest, dict) else {}
        told = {**told, **told.get("facts", {})}  # an older manifest holds these there
        documents = told.get("counts", told).get("documents")
        yield from self._stages("the manifest", told.get("accounting"), dropped, refused)
        yield "kept = documents in the manifest", self.account.get("kept"), documents
        yield "kept = rows of the corpus", self.account.get("kept"), len(voices)
        rows = Counter(voices)
        for voice, counts in sorted(self._by_voice().items()):
            yield f"voice {voice}, kept = rows of the corpus", counts.get("kept", 0), rows.get(voice, 0)

    def _refused(self, refused: Data) -> Iterator[tuple[str, Any, Any]]:
        """Every refused sample is in the store, by gate, and says why."""
        flags: list[Any] = []
        for kind, file in (("corpus", REFUSED), ("kept", DROPPED)):
            artifact = self.body.get("artifacts", {}).get(kind)
            if artifact is None or (kind == "corpus" and file not in artifact.get("files", {})):
                continue  # a corpus cut from a text refuses nothing
            found = _flags(self.study.store, artifact, file)
            if found is None:
                if refused:
                    self.unseen.append(f"{file} is not in the store, so the refused samples' reasons cannot be read")
                return
            flags += found
        by_gate: Counter[str] = Counter()
        silent = 0
        for flag in flags:
            named = isinstance(flag, dict) and str(flag.get("gate") or "").strip()
            by_gate[str(named or "no gate")] += 1
            silent += not (named and str(flag.get("reason") or "").strip())
        self.reasons = len(flags)
        if silent:
            self.broken.append(f"{silent} of {len(flags)} refused samples carry no reason")
        yield "refused by gate = refused samples in the store", _ordered(refused), _ordered(by_gate)


def _facts(body: Data, kind: str) -> Data:
    facts: Data = (body.get("artifacts", {}).get(kind) or {}).get("facts", {})
    return facts


def _counts(found: Any) -> dict[str, int]:
    return {k: n for k, n in found.items() if isinstance(n, int)} if isinstance(found, Mapping) else {}


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {gate: n for gate, n in sorted(counts.items()) if n}


def _total(kept: Any, failed: Any, refused: Data) -> int:
    return sum(n for n in (kept, failed, *refused.values()) if isinstance(n, int))


def _column(path: Path, name: str) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        values: list[str] = pq.read_table(path, columns=[name])[name].to_pylist()
    except pa.ArrowException as error:
        raise ValueError(str(error)) from None
    return values


def _flags(store: Store, artifact: Any, file: str) -> list[Any] | None:
    """What the gates said of each refused sample; None where the store does not have them."""
    try:
        path = store.path(Artifact.model_validate(artifact)) / file
        return [json.loads(flag or "null") for flag in _column(path, "gate_flags")]
    except (OSError, ValueError, KeyError):
        return None
