"""Which pairs of a set read otherwise than chosen in character and rejected not: planted ones, found on held-out text.

    python benchmarks/pairs_apart.py [--json]

The rows of the eighth part of ``contrast``, of one character at a time (as its prompts, system prompts and personas
name it): all its clean pairs, and failing ones drawn among them until they are 0, 10 and 30 % of the set. ``apart`` of
the ``planted`` ones are named on held-out text, ``gate`` flagged by the gate ``contrast``, which sees one pair, and
``either``; and so many of the clean ones wrongly (``… false``). ``auc``: see ``greenlight/character/apart.py``.
"""

from __future__ import annotations

import argparse
import json
from random import Random
from typing import Any

import gates
from fixtures.eighth import contrast
from fixtures.vary import Row, rows

from greenlight import sift
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
CONTRAST = next(choice for choice in sift.DEFAULT if choice.name == "contrast")


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
            named = {n for places in found.odd.values() for n in places}
            flagged = {n for n, row in enumerate(use) if gates.flagged("contrast", CONTRAST, row)}
            line = {"character": voice, "pairs": len(use), "planted": len(use) - len(clean)}
            for name, some in (("apart", named), ("gate", flagged), ("either", named | flagged)):
                line |= {name: sum(use[n].fails for n in some), f"{name} false": sum(not use[n].fails for n in some)}
            out.append(line | {"auc": found.auc.value, "low": found.auc.low})
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    lines = measure()
    if parser.parse_args().json:
        print(json.dumps(lines))
        return
    columns = list(lines[0])
    print("  ".join(f"{name:>9}" for name in columns))
    for one in lines:
        cells = (f"{one[name]:.3f}" if isinstance(one[name], float) else str(one[name]) for name in columns)
        print("  ".join(f"{cell:>{max(9, len(name))}}" for cell, name in zip(cells, columns, strict=True)))
    for share in range(len(SHARES)):
        some = lines[share :: len(SHARES)]
        total = {name: sum(one[name] for one in some) for name in columns if name not in ("character", "auc", "low")}
        good = total["pairs"] - total["planted"]
        said = ", ".join(
            f"{k} {total[k]} (of {good} good ones {total[f'{k} false']})" for k in ("apart", "gate", "either")
        )
        print(f"{SHARES[share]:.0%}: of {total['planted']} planted {said}")


if __name__ == "__main__":
    main()
