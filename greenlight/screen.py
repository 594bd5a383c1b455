"""Screens a whole corpus: set gates (duplicates), and the leak check against the yardstick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from greenlight import corpus as corpora
from greenlight import parts, quarantine, rulings
from greenlight.errors import RoundError, counted
from greenlight.leaks import leaks
from greenlight.nouns import Artifact, Flag, Text
from greenlight.recipe import Brief, PartTable
from greenlight.store import Store
from greenlight.yardstick import Yardstick

KEPT = corpora.KEPT
DROPPED = "dropped.parquet"
MOVED = 0.02
"""A voice's share of the corpus may change by so much, through what set gates drop, and it is no other blend."""
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
                f"{len(carriers):,} of {counted(len(samples), 'document')} carry text of the yardstick "
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


def dropped(facts: Mapping[str, Any]) -> Iterator[str]:
    """What went of each voice, in words; ``facts``: those of what was kept."""
    for voice, gates in facts["dropped_by_voice"].items():
        gone = sum(gates.values())
        whole = counted(gone + _left(facts, voice), "document")
        named = ", ".join(f"{gate} {count:,}" for gate, count in gates.items())
        yield f"{gone:,} of {whole} of {voice} ({named})"


def moved(facts: Mapping[str, Any], blend: Mapping[str, float]) -> str:
    """A sentence where the blend is no longer what it was before the set gates, by more than ``MOVED``; else empty.

    Nothing is asked for in the place of what they drop: a voice that says the same thing would say it again.
    """
    lost = {voice: sum(gates.values()) for voice, gates in facts["dropped_by_voice"].items()}
    total = facts["documents"] + sum(lost.values())
    voices = sorted({*facts["shares"], *lost})
    before = {voice: (_left(facts, voice) + lost.get(voice, 0)) / total for voice in voices}
    if all(abs(facts["shares"].get(voice, 0.0) - before[voice]) <= MOVED for voice in voices):
        return ""
    now, asked = (
        ", ".join(f"{voice} {one.get(voice, 0.0):.2f}" for voice in voices) for one in (facts["shares"], blend)
    )
    return (
        f"the set gates changed the blend: it is now {now}, and the recipe says {asked}; they dropped "
        f"{', '.join(dropped(facts))}, and nothing is asked for in their place: mend that voice, take it out of "
        "corpus.blend, or loosen or take out the gate under [gates.whole]"
    )


def _left(facts: Mapping[str, Any], voice: str) -> int:
    share: float = facts["shares"].get(voice, 0.0)
    documents: int = facts["documents"]
    return round(share * documents)


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
