"""Which pairs of a set read otherwise than chosen in character and rejected not: planted ones, found on held-out text.

    python benchmarks/pairs_apart.py [--json]

The rows of the eighth part of ``contrast``, of one character at a time (as its prompts, system prompts and personas
name it): all its clean pairs, and failing ones drawn among them until they are 0, 10 and 30 % of the set. ``found`` of
the ``planted`` ones are named, and ``false`` of the clean ones; ``auc``: see ``greenlight/character/apart.py``.
"""

from __future__ import annotations

import argparse
import json
from random import Random
from typing import Any

from fixtures.eighth import contrast
from fixtures.vary import Row, rows

from greenlight.character.apart import told_apart

VOICES = {
    "pirate": ("pirate", "buccaneer", "Redbeard", "Ahoy"),
    "bard": ("Shakespear", "Elizabethan", "playwright"),
    "robot": ("robot", "UNIT-7"),
    "child": ("Pip", "little kid", "small child", "kindergarten"),
    "butler": ("Hargreaves", "butler"),
    "detective": ("noir", "Malone", "private eye", "gumshoe"),
}
SHARES = (0.0, 0.1, 0.3)


def prompt_of(row: Row) -> str:
    """What was asked last."""
    prompt = row.data.get("prompt") or row.data["messages"]
    return prompt if isinstance(prompt, str) else str(prompt[-1]["content"])


def measure() -> list[dict[str, Any]]:
    """A line for each character and share."""
    out = []
    every = list(rows(contrast.SHAPES, 21))
    for voice, words in VOICES.items():
        told = ("prompt", "messages", "system", "persona")
        mine = [row for row in every if any(word in str([row.data.get(key) for key in told]) for word in words)]
        clean, bad = ([row for row in mine if row.fails is fails] for fails in (False, True))
        Random(3).shuffle(bad)
        for share in SHARES:
            use = clean + bad[: round(share * len(clean) / (1 - share))]
            found = told_apart([prompt_of(r) for r in use], *([r.data[s] for r in use] for s in ("chosen", "rejected")))
            assert found is not None, f"{voice}: {len(use)} pairs are too few"
            named = [use[n].fails for places in found.odd.values() for n in places]
            line = {"character": voice, "pairs": len(use), "planted": len(use) - len(clean), "found": sum(named)}
            out.append(line | {"false": len(named) - sum(named), "auc": found.auc.value, "low": found.auc.low})
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    lines = measure()
    if parser.parse_args().json:
        print(json.dumps(lines))
        return
    print(f"{'character':10} {'pairs':>6} {'planted':>8} {'found':>6} {'false':>6} {'AUC':>6} {'low':>6}")
    for one in lines:
        print("{character:10} {pairs:6} {planted:8} {found:6} {false:6} {auc:6.3f} {low:6.3f}".format(**one))
    for share in range(len(SHARES)):
        some = lines[share :: len(SHARES)]
        planted, found, false = (sum(one[key] for one in some) for key in ("planted", "found", "false"))
        clean = sum(one["pairs"] for one in some) - planted
        print(f"{SHARES[share]:.0%} planted: {found} of {planted} found, {false} of {clean} good ones named")


if __name__ == "__main__":
    main()
