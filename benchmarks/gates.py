"""Precision and recall of every gate, on rows that it was not developed with.

    python benchmarks/gates.py [--gates loop,garbage] [--missed 5] [--write] [--json]

The rows are those of ``benchmarks/fixtures``: hand-written shapes, each varied by a seed (``fixtures/vary.py``),
written from what a gate is to find by someone who has not seen the detector. A gate that was changed after it had
been scored is scored on a later part (``fixtures/second`` to ``fixtures/ninth``), by other hands again; the earlier
ones became rows to develop on. A gate is scored on its own failures and clean rows, hard negatives among them, and on
the ordinary rows of ``plain.py``. Recall: flagged failures of all; precision: failures of all that is flagged.
Intervals are of 95 %: of rows (Wilson), and of shapes, where the rows of a shape count as one cluster. Beside it the
share of all ordinary rows that the default set refuses. ``--write`` keeps the figures with the package, where
``greenlight gates`` shows them; ``--missed`` shows examples.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fixtures.vary import COPIES, Row, Shapes, digest, rows

from greenlight import near, parts, rates, sift
from greenlight.forms import of_data
from greenlight.nouns import Provenance, Text

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ("duplicate", "collapse")
"""Gates whose rows are sets of texts."""
ALONE = (*TEXTS, "contrast")
"""Gates that ordinary rows say nothing about: so many more rows of each of their own shapes are drawn."""


def shapes(gate: str) -> Shapes:
    """The shapes that a gate is scored on: those of the last part that has some; none where none are written."""
    for part in ("ninth.", "eighth.", "seventh.", "sixth.", "fifth.", "fourth.", "third.", "second.", ""):
        try:
            found: Shapes = importlib.import_module(f"fixtures.{part}{gate}").SHAPES
        except ModuleNotFoundError:
            continue
        return found
    return Shapes(gate)


def written(gate: str) -> list[Row]:
    """The rows of a gate; of ordinary rows those that are near copies of an earlier one are left out."""
    found = list(rows(shapes(gate), 21 if gate in ALONE else COPIES))
    return found if gate != "plain" else [row for row, twin in zip(found, twins(found), strict=True) if not twin]


def twins(found: Iterable[Row]) -> list[bool]:
    """Which rows are near copies of an earlier one: said of twice, a rate would look surer than it is."""
    index, made = near.Index(), []
    for place, row in enumerate(found):
        one = near.sketch("\n".join(part.text.body for part in of_data(1, row.data).parts))
        made.append(one is not None and index.add(place, one) is not None)
    return made


def flagged(gate: str, choice: sift.Choice, row: Row) -> bool:
    """Whether the gate flags a row."""
    if gate in TEXTS:
        return _set_flagged(gate, row)
    return bool(sift.judge(of_data(1, _seen(row.data)), [choice]).fired)


def _seen(data: dict[str, Any]) -> dict[str, Any]:
    """Without what says how the row was labelled."""
    return {key: value for key, value in data.items() if key not in ("state", "ambiguous", "stratum", "pairs")}


def _set_flagged(gate: str, row: Row) -> bool:
    made = Provenance(voice="v", voice_fingerprint="", prompt="")
    texts = [Text(id=str(i), control="", body=body, made=made) for i, body in enumerate(row.data["texts"])]
    options = {"base": row.data["base"]} if gate == "collapse" else {}
    if gate == "duplicate":
        index = near.Index()
        made_of = [near.sketch(text.body) for text in texts]
        return any(index.add(n, one) is not None for n, one in enumerate(made_of) if one is not None)
    return any(parts.make("gates", gate, options).check_all(texts, None))


def interval(hits: int, trials: int, clusters: Iterable[tuple[int, int]]) -> dict[str, float]:
    """A share, the lower end of its interval by rows, and by shapes."""
    if not trials:
        return {"value": float("nan"), "low": float("nan"), "low_by_shape": float("nan")}
    by_shape = rates.rate(hits, trials, [c for c in clusters if c[1]])
    return {"value": hits / trials, "low": rates.rate(hits, trials).low, "low_by_shape": by_shape.low}


def score(gate: str, choice: sift.Choice, plain: list[Row]) -> dict[str, Any]:
    """One gate's figures, with the rows that it got wrong."""
    own = written(gate)
    every = own + ([] if gate in ALONE else plain)
    found = [flagged(gate, choice, row) for row in every]
    shapes: dict[tuple[str, bool], list[int]] = {}
    for row, hit in zip(every, found, strict=True):
        counts = shapes.setdefault((f"{row.gate}/{row.shape}", row.fails), [0, 0])
        counts[0] += hit
        counts[1] += 1
    of = {fails: [tuple(c) for (_, kind), c in shapes.items() if kind == fails] for fails in (True, False)}
    true, failures = (sum(c[n] for c in of[True]) for n in (0, 1))
    false, clean = (sum(c[n] for c in of[False]) for n in (0, 1))
    recall = interval(true, failures, of[True])
    precise = interval(true, true + false, [(c[0], c[0]) for c in of[True]] + [(0, c[0]) for c in of[False]])
    wrong = [(row, hit) for row, hit in zip(every, found, strict=True) if hit != row.fails]
    return {
        "action": choice.action,
        "failures": failures,
        "clean": clean,
        "hard": sum(row.hard and not row.fails for row in every),
        "shapes": len(shapes),
        "recall": recall["value"],
        "recall_low": recall["low"],
        "recall_low_by_shape": recall["low_by_shape"],
        "precision": precise["value"],
        "precision_low": precise["low"],
        "precision_low_by_shape": precise["low_by_shape"],
        "rows": digest(own)[:16],
        "wrong": wrong,
    }


def line(name: str, one: dict[str, Any]) -> str:
    """A gate's row in ``docs/gates.md``."""
    return (
        f"| `{name}` | {one['action']} | {one['failures']:,} | {one['clean']:,} | {one['recall']:.3f} | "
        f"{one['recall_low']:.3f} | {one['precision']:.3f} | {one['precision_low']:.3f} |"
    )


def refused_by_all(plain: list[Row]) -> tuple[int, dict[str, int]]:
    """Ordinary clean rows that the default set refuses, and by which gates."""
    by: dict[str, int] = {}
    count = 0
    for row in plain:
        made = sift.judge(of_data(1, _seen(row.data)), sift.DEFAULT)
        count += made.decision == "refuse"
        for name in {one["gate"] for one in made.fired if one["action"] == "refuse"}:
            by[name] = by.get(name, 0) + 1
    return count, by


def counts(path: Path) -> dict[str, dict[str, int]]:
    """Real stories by writer: how many miss the target, the asked 120 to 220 words, a final mark, or have markdown."""
    import re

    from greenlight import foreign, mentions

    markdown = re.compile(r"(?m)^\s{0,3}#{1,6}\s|\*\*[^*\n]+\*\*|^\s*[-*]\s+\S|(?<!\w)\*[^*\n]+\*(?!\w)|^---+$|`")
    out: dict[str, dict[str, int]] = {}
    for sample in foreign.samples(path):
        body, words = sample.body.strip(), len(sample.body.split())
        found = {
            "stories": True,
            "without target": not mentions.count(body, "green light"),
            "of these at levels 4 and 5": sample.made.level >= 4 and not mentions.count(body, "green light"),
            "under 120 words": words < 120,
            "over 220 words": words > 220,
            "without final mark": body.rstrip("\"'”’)*_ ")[-1:] not in ".!?…",
            "markdown": markdown.search(body) is not None,
        }
        mine = out.setdefault(sample.made.voice, dict.fromkeys(found, 0))
        for name, hit in found.items():
            mine[name] += hit
    return dict(sorted(out.items()))


def show(table: dict[str, dict[str, Any]], wrong: dict[str, list[tuple[Row, bool]]]) -> None:
    """The figures as a table, each gate's with rows that it got wrong."""
    print(
        f"{'gate':<16}{'failures':>9}{'clean':>7}{'hard':>6}{'recall':>8}{'low':>7}{'(shape)':>9}{'precision':>11}{'low':>7}"
    )
    for name, one in table.items():
        print(
            f"{name:<16}{one['failures']:>9,}{one['clean']:>7,}{one['hard']:>6,}{one['recall']:>8.3f}"
            f"{one['recall_low']:>7.3f}{one['recall_low_by_shape']:>9.3f}{one['precision']:>11.3f}"
            f"{one['precision_low']:>7.3f}"
        )
        for row, hit in wrong[name]:
            print(f"    {'false alarm' if hit else 'missed'} {row.gate}/{row.shape}: {json.dumps(row.data)[:300]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gates", default="")
    parser.add_argument("--missed", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--stories", type=Path, help="count a corpus with a manifest instead, by writer")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.stories:
        for writer, found in counts(options.stories).items():
            print(writer, found)
        return
    choices = {choice.name: choice for choice in sift.DEFAULT} | {"collapse": sift.Choice("collapse", "warn")}
    names = options.gates.split(",") if options.gates else list(choices)
    plain = written("plain")
    table = {name: score(name, choices[name], plain) for name in names}
    wrong = {name: one.pop("wrong")[: options.missed] for name, one in table.items()}
    if options.json:
        print(json.dumps(table))
    else:
        show(table, wrong)
    if not (options.gates or options.json):
        count, by = refused_by_all(plain)
        share = rates.rate(count, len(plain))
        shown = f"{share.value:.2%} to {share.high:.2%}"
        print(f"default set: {count} of {len(plain)} ordinary rows refused, {shown}; {by}")
    if options.write:
        path = ROOT / "greenlight" / "gates" / "measured.json"
        path.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", "utf-8")
    if options.write and not options.json:
        print("\n".join(line(name, one) for name, one in table.items()))


if __name__ == "__main__":
    main()
