"""Reads a corpus through mlcroissant, the reference reader of Croissant, and counts its rows.

mlcroissant brings pandas and rdflib, so it is no dependency here: install it with ``pip install mlcroissant pyarrow``,
into an environment of its own if you like; nothing of Greenlight is imported.

    python benchmarks/croissant.py my-study/corpora/01-first --json
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def check(folder: Path) -> dict[str, Any]:
    """What mlcroissant says of ``croissant.json``, and whether the rows that it reads have the hash that they say.

    A corpus that is one text alone has no record set, and no rows are read.
    """
    from importlib.metadata import version

    import mlcroissant

    folder = folder.resolve()
    os.chdir(folder)  # files are named relative to the description
    data = mlcroissant.Dataset(jsonld="croissant.json")
    issues = data.metadata.ctx.issues
    rows = wrong = 0
    for row in data.records("samples") if data.metadata.record_sets else ():
        rows += 1
        wrong += hashlib.sha256(row["samples/text"]).hexdigest() != row["samples/sha256"].decode()
    provenance = sorted(key for key in data.metadata.extra_properties if key.startswith("prov:"))
    return {
        "mlcroissant": version("mlcroissant"),
        "errors": sorted(issues.errors),
        "warnings": sorted(issues.warnings),
        "provenance": provenance,
        "rows": rows,
        "rows_with_another_hash": wrong,
        "rows_in_the_manifest": json.loads(Path("manifest.json").read_bytes())["counts"]["documents"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with croissant.json, manifest.json and the corpus")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        found = check(given.folder)
    except ImportError:
        print("mlcroissant is not installed: pip install mlcroissant pyarrow", file=sys.stderr)
        return 1
    print(json.dumps(found) if given.json else "\n".join(f"{key}: {value}" for key, value in found.items()))
    bad = found["errors"] or found["rows_with_another_hash"] or found["rows"] not in (0, found["rows_in_the_manifest"])
    return 3 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
