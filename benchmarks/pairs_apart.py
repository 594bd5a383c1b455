"""Which pairs of a set teach nothing: found by the gate, which sees one pair, and by what the others teach.

    python benchmarks/pairs_apart.py [--dev] [--json]

Sets of 90 preference pairs, each of one character, written by hand (``fixtures/sets``): twelve that nothing was
developed on, or with ``--dev`` the seven that were. 60 pairs of a set are good, half of them hard ones; of 30 bad ones
12 have neither side in character, 7 both, 7 sides that are alike, 4 the sides swapped. Beside the whole set (a third
bad) the good ones are judged with 7 of the bad ones (10 %). ``gate``: flagged by ``contrast``; ``set``: named by
``greenlight/character/apart.py``; ``either``: by one of them. recall and precision have lower ends of 95 % intervals
(Wilson). ``auc``: see ``apart.py``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import gates
from fixtures.vary import Row

from greenlight import sift
from greenlight.character.apart import told_apart
from greenlight.rates import rate

SETS = Path(__file__).parent / "fixtures" / "sets"
CONTRAST = next(choice for choice in sift.DEFAULT if choice.name == "contrast")
FEW = 7
WAYS = ("gate", "set", "either")


def read(dev: bool) -> dict[str, list[dict[str, Any]]]:
    """The rows of each set, by its name."""
    files = sorted(file for file in SETS.glob("*.jsonl") if file.stem.startswith("dev_") is dev)
    return {file.stem: [json.loads(line) for line in file.read_text().splitlines()] for file in files}


def judged(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What either way names of a set, by kind, and the AUC."""
    described = f"{rows[0].get('persona', '')}\n{rows[0].get('system', '')}".strip()
    prompts, chosen, rejected = ([row[key] for row in rows] for key in ("prompt", "chosen", "rejected"))
    found = told_apart(prompts, chosen, rejected, described)
    assert found is not None, "too few pairs"
    plain = [{key: value for key, value in row.items() if key not in ("fails", "kind")} for row in rows]
    alone = [Row("contrast", "", False, False, data) for data in plain]
    named = {
        "gate": {n for n, row in enumerate(alone) if gates.flagged("contrast", CONTRAST, row)},
        "set": {n for places in found.odd.values() for n in places},
    }
    named["either"] = named["gate"] | named["set"]
    kinds = {way: Counter(rows[n]["kind"] for n in some) for way, some in named.items()}
    hits = {
        way: [sum(rows[n]["fails"] is fails for n in some) for fails in (True, False)] for way, some in named.items()
    }
    bad = sum(row["fails"] for row in rows)
    return {"pairs": len(rows), "bad": bad, "auc": found.auc.value, "low": found.auc.low, "hits": hits, "kinds": kinds}


def fewer(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The set with ``FEW`` of its bad pairs."""
    bad = [n for n, row in enumerate(rows) if row["fails"]]
    kept = set(Random(3).sample(bad, FEW))
    return [row for n, row in enumerate(rows) if not row["fails"] or n in kept]


def summed(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Recall and precision over sets, and how many of each kind were named."""
    out: dict[str, Any] = {}
    bad = sum(line["bad"] for line in lines)
    for way in WAYS:
        right, wrong = (sum(line["hits"][way][k] for line in lines) for k in (0, 1))
        recall, precision = rate(right, bad), rate(right, max(1, right + wrong))
        out[way] = {
            "recall": recall.value, "recall_low": recall.low, "precision": precision.value,
            "precision_low": precision.low, "right": right, "wrong": wrong, "bad": bad,
            "good": sum(line["pairs"] for line in lines) - bad,
            "kinds": dict(sum((line["kinds"][way] for line in lines), Counter())),
        }  # fmt: skip
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets = read(options.dev)
    found = {
        share: {name: judged(fewer(rows) if share == "tenth" else rows) for name, rows in sets.items()}
        for share in ("third", "tenth")
    }
    totals = {share: summed(list(lines.values())) for share, lines in found.items()}
    if options.json:
        print(json.dumps({"sets": found, "totals": totals}))
        return
    for share, lines in found.items():
        print(f"{'a ' + share + ' bad':<20} pairs  bad    auc    " + "  ".join(f"{way:>6}  false" for way in WAYS))
        for name, line in lines.items():
            cells = "  ".join("{:>6}  {:>5}".format(*line["hits"][way]) for way in WAYS)
            print(f"{name:<20} {line['pairs']:>5}  {line['bad']:>3}  {line['auc']:.3f}    {cells}")
        for way, one in totals[share].items():
            print(
                f"{way:<8} recall {one['recall']:.3f} (at least {one['recall_low']:.3f}), precision "
                f"{one['precision']:.3f} (at least {one['precision_low']:.3f}): {one['right']} of {one['bad']} bad, "
                f"{one['wrong']} of {one['good']} good"
            )
        kinds = sorted({row["kind"]: None for rows in sets.values() for row in rows})
        for kind in kinds if share == "third" else ():
            of = sum(row["kind"] == kind for rows in sets.values() for row in rows)
            print(
                f"  {kind:<18} {of:>4}  "
                + "  ".join(f"{way} {totals[share][way]['kinds'].get(kind, 0)}" for way in WAYS)
            )
        print()


if __name__ == "__main__":
    main()
