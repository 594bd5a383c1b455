"""What gates that a recipe does not name find in what it keeps: no reason to refuse it, but to be told.

A voice behind a server may begin to think aloud, or loop, in a recipe that was written for voices which cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from greenlight import corpus as corpora
from greenlight import parts
from greenlight.nouns import Artifact, Text
from greenlight.rates import rate
from greenlight.recipe import Brief, PartTable
from greenlight.store import Store

WATCHED = (
    *("channel", "empty", "garbage", "loop", "fake_turns"),
    *("refusal", "reasoning_leak", "identity", "prompt_leak", "termination"),
)
"""Gates that judge a sample by itself, whatever was asked for."""
LOOKED_AT = 200
"""Samples of each voice that are looked at, spread over all of its samples."""
FLOOR = 0.01
"""A gate's share is told once its lower end is above this: gates flag some ordinary text too (docs/gates.md)."""


def look(each: PartTable, kept: Artifact, brief: Brief, store: Store) -> dict[str, Any]:
    """By voice: how many of its kept samples were looked at, and how many of these each gate would have refused.

    ``{"voice": {"looked_at": 200, "found": {"reasoning_leak": 97}}}``; voices in which nothing is found are left out.
    """
    asked = {parts.module_of("gates", name, options).rpartition(".")[2] for name, options in each.items()}
    names = [name for name in WATCHED if name not in asked]
    modules = [parts.module_of("gates", name, {}) for name in names]

    def make(folder: Path) -> dict[str, Any]:
        by_voice: dict[str, list[Text]] = {}
        for sample in corpora.load(store.path(kept) / corpora.KEPT):
            by_voice.setdefault(sample.made.voice, []).append(sample)
        gates = {name: parts.make("gates", name, {}) for name in names}
        return {"voices": {voice: _found(samples, gates, brief) for voice, samples in sorted(by_voice.items())}}

    plan = {"gates": names, "brief": brief.data()}
    facts = store.step("unscreened", plan, {"kept": kept}, make, ("greenlight.unscreened", *sorted(modules))).facts
    return {voice: one for voice, one in facts["voices"].items() if one["found"]}


def _found(samples: Sequence[Text], gates: Mapping[str, Any], brief: Brief) -> dict[str, Any]:
    shown = [samples[n * len(samples) // LOOKED_AT] for n in range(LOOKED_AT)] if len(samples) > LOOKED_AT else samples
    fired = Counter(name for text in shown for name, gate in gates.items() if gate.check(text, brief) is not None)
    return {"looked_at": len(shown), "found": dict(fired.most_common())}


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each voice and gate whose share is above ``FLOOR`` for certain, with the way to ask that gate."""
    for voice, one in found.items():
        for gate, count in one["found"].items():
            share = rate(count, one["looked_at"])
            if share.low > FLOOR:
                yield (
                    f"{gate}, which this recipe does not name, would refuse {count} of {one['looked_at']} kept samples "
                    f"of {voice} ({share.low:.0%} to {share.high:.0%}): [gates.each] {gate} = {{}} has it refuse them"
                )
