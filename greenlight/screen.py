"""Screens a whole corpus: set gates (duplicates), and the leak check against the yardstick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from greenlight import corpus as corpora
from greenlight import parts, quarantine, rulings
from greenlight.errors import RoundError
from greenlight.leaks import leaks
from greenlight.nouns import Artifact, Flag, Text
from greenlight.recipe import Brief, PartTable
from greenlight.store import Store
from greenlight.yardstick import Yardstick

KEPT = corpora.KEPT
DROPPED = "dropped.parquet"
LEAK_LIMIT = 0.01
"""Share of the corpus that may leak before the round stops (the leak rule of docs/measurement.md)."""


def screen(gates: PartTable, corpus: Artifact, brief: Brief | None, yardstick: Yardstick, store: Store) -> Artifact:
    """What is left of a corpus after the set gates, as ``kept.parquet``; what went is in ``dropped.parquet``.

    What a person released stays (``greenlight quarantine``), but held-out text never does.
    Raises RoundError when nothing is left, or when more than 1 % of the corpus stands in the yardstick.
    """

    free = quarantine.released(store.folder.parent / quarantine.IN_STUDY)

    def make(folder: Path) -> dict[str, Any]:
        samples = corpora.load(store.path(corpus) / corpora.FILE)
        flags: list[Flag | None] = [None] * len(samples)
        freed: dict[str, Flag] = {}
        checks = {name: parts.make("gates", name, options) for name, options in gates.items()}
        for gate in checks.values():
            found = gate.check_all(samples, brief)
            freed |= {s.id: new for s, new in zip(samples, found, strict=True) if new and s.sha256 in free}
            flags = [
                old or (new if new is None or s.sha256 not in free else None)
                for s, old, new in zip(samples, flags, found, strict=True)
            ]
        leaked, largest, floor, _ = leaks([(s.id, s.body) for s in samples], yardstick.windows)
        carriers = set(leaked)
        flags = [
            f or (Flag(gate="leak", reason="carries held-out text") if s.id in carriers else None)
            for s, f in zip(samples, flags, strict=True)
        ]
        if len(carriers) > LEAK_LIMIT * len(samples):
            raise RoundError(
                f"{len(carriers)} of {len(samples)} documents carry text of the yardstick "
                "(limit 1 %): write the corpus on other topics, or start a new study"
            )
        kept = [s for s, f in zip(samples, flags, strict=True) if f is None]
        if not kept:
            raise RoundError("the set gates left nothing of the corpus: loosen [gates.whole]")
        gone = [(s, f) for s, f in zip(samples, flags, strict=True) if f is not None]
        corpora.save(_ruled(kept, checks, freed), folder / KEPT, shard=corpora.SHARD)
        corpora.save([s for s, _ in gone], folder / DROPPED, [f for _, f in gone])
        by_voice: dict[str, Counter[str]] = {}
        for sample, flag in gone:
            by_voice.setdefault(sample.made.voice, Counter())[flag.gate] += 1
        return {
            **describe(kept),
            "dropped_by_voice": {voice: dict(counts) for voice, counts in by_voice.items()},
            "dropped": dict(Counter(f.gate for _, f in gone)),
            "largest_overlap": largest,
            "overlap_floor": floor,
        }

    plan = {"gates": gates, "yardstick": yardstick.hash}
    if free and gates:
        plan["released"] = sorted(free)
    modules = sorted(parts.module_of("gates", name, options) for name, options in gates.items())
    return store.step("kept", plan, {"corpus": corpus}, make, ("greenlight.screen", *modules))


def _ruled(kept: list[Text], checks: Mapping[str, Any], freed: Mapping[str, Flag]) -> Iterator[Text]:
    """What is kept, with what the set gates decided behind what the others did."""
    known: dict[tuple[str, Flag | None], str] = {}
    for sample in kept:
        key = sample.made.gates, freed.get(sample.id)
        if key not in known:
            known[key] = rulings.passed("greenlight.leaks", "leak", rulings.decided(checks, key[1], key[0]))
        yield sample.model_copy(update={"made": sample.made.model_copy(update={"gates": known[key]})})


def describe(samples: list[Text]) -> dict[str, Any]:
    """What a corpus really contains: documents, characters, shares by voice, documents by level, topics."""
    voices = Counter(s.made.voice for s in samples)
    return {
        "documents": len(samples),
        "characters": sum(len(s.text) for s in samples),
        "topics": len({s.made.topic for s in samples}),
        "shares": {name: count / len(samples) for name, count in sorted(voices.items())},
        "levels": {str(level): count for level, count in sorted(Counter(s.made.level for s in samples).items())},
    }
