"""Recomputes every hash of a study, and says what is wrong with which row."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from greenlight.chain import START, backwards
from greenlight.corpus import load
from greenlight.errors import GreenlightError
from greenlight.nouns import Round
from greenlight.publish import published
from greenlight.store import file_sha256
from greenlight.study import Study

WEIGHTS = ".safetensors"
"""Files of this kind are not committed, and may be absent."""


def problems(study: Study) -> tuple[int, list[str]]:
    """How many things were checked, and one line for each that is wrong.

    Checked: the ledger's chain and its head in ``leaderboard.md``; the yardstick's lock; every file of the artifacts
    that the ledger names, where the store has them; every published corpus, row by row; that every other file that is
    meant to be committed is there.
    """
    checked, bad = 0, []
    try:
        lines = study.ledger.lines()
        checked += len(lines)
    except GreenlightError as error:
        return 1, [str(error)]
    checked += 1
    bad += _head(study, lines[-1].hash if lines else START)
    checked += 1
    try:
        yardstick = study.yardstick.hash
    except GreenlightError as error:
        bad.append(str(error))
        yardstick = ""
    for entry in study.ledger.entries("import"):
        checked += 1
        bad += _imported(study.folder / str(entry.body["samples"]), str(entry.body["samples_sha256"]))
    for row in study.ledger.latest().values():
        if yardstick and row.yardstick != yardstick:
            bad.append(
                f"round {row.number} was measured on yardstick {row.yardstick[:12]}, the study now has {yardstick[:12]}"
            )
        for artifact in row.artifacts.values():
            if study.store.has(artifact):
                checked += len(artifact.files)
                bad += [f"round {row.number}: {line}" for line in study.store.damaged(artifact)]
        seen, wrong = _corpus(study.folder / "corpora" / f"{row.number:02d}-{row.slug}", row)
        checked += seen
        bad += wrong
        gone = [path for path in _runs(row, study) if path.suffix != WEIGHTS and not path.exists()]
        checked += 1
        bad += [f"{_named(gone, study)} missing: restore from git, or run round {row.number} again"] if gone else []
    return checked, bad


def _imported(path: Path, sha256: str) -> list[str]:
    """What is wrong with the stories that a study was made from."""
    if not path.exists():
        return [f"imported/{path.name} is missing: restore it from git, or import the stories again into a new study"]
    if file_sha256(path) != sha256:
        return [f"imported/{path.name} was changed since the study was made: restore it from git"]
    return []


def remarks(study: Study) -> list[str]:
    """What is no damage, and must be known: a clock that went back, a torn line, weights that are not here.

    Empty for a ledger that cannot be read, which ``problems`` names.
    """
    try:
        found, rows = backwards(study.ledger.lines()), study.ledger.latest()
    except GreenlightError:
        return []
    if torn := study.ledger.torn():
        found.append(f"{torn:,} bytes of a torn line end the ledger: the next run sets them aside in ledger.torn")
    gone: dict[int, int] = {}
    for number, row in rows.items():
        if count := sum(path.suffix == WEIGHTS and not path.exists() for path in _runs(row, study)):
            gone[number] = count
    if gone:
        count, numbers = sum(gone.values()), " ".join(map(str, gone))
        what = "1 file of weights is" if count == 1 else f"{count} files of weights are"
        again = f"greenlight run {shlex.quote(str(study.folder))} {numbers}"
        found.append(f"{what} not in runs (git ignores such files): {again} makes them again")
    return found


def _runs(row: Round, study: Study) -> list[Path]:
    """The files that a finished round has in ``runs``."""
    return published(row, study.folder) if row.status == "done" else []


def _named(paths: list[Path], study: Study) -> str:
    first = paths[0].relative_to(study.folder)
    return f"{first} is" if len(paths) == 1 else f"{first} and {len(paths) - 1} more files of its round are"


def _head(study: Study, head: str) -> list[str]:
    """What is wrong with the tables; a head that the chain lacks is the ledger's own error (``Ledger.walk``)."""
    tables = ("leaderboard.md", "results.tsv", "MODELS.md")
    missing = [name for name in tables if not (study.folder / name).exists()]
    if len(missing) == len(tables) and not any(line.kind == "round" for line, _ in study.ledger.walk()):
        return []  # nothing has been run yet
    bad = [f"{name} is missing: greenlight run writes it again" for name in missing]
    if (study.folder / tables[0]).exists() and study.ledger.named() != [head]:
        bad.append("leaderboard.md names another ledger head, or none: greenlight run writes it anew")
    return bad


def _corpus(folder: Path, row: Round) -> tuple[int, list[str]]:
    manifest_path = folder / "manifest.json"
    if "kept" not in row.artifacts:
        return 0, []
    if not manifest_path.exists():
        return 1, [f"{folder.name}/manifest.json is missing: run round {row.number} again"]
    try:
        manifest: Any = json.loads(manifest_path.read_bytes())
        path = folder / "train-00000-of-00001.parquet"
        samples = load(path)
        stored = _stored_hashes(path)
    except (ValueError, KeyError, RecursionError, OSError, GreenlightError) as error:
        return 1, [f"{folder.name} cannot be read: {error}; run round {row.number} again"]
    if not isinstance(manifest, dict):
        return 1, [f"{folder.name}/manifest.json is damaged: run round {row.number} again"]
    bad = []
    if file_sha256(path) != manifest.get("sha256"):
        bad.append(f"{folder.name}/{path.name} was changed (its sha256 is not the manifest's)")
    for place, (sample, sha) in enumerate(zip(samples, stored, strict=True)):
        if sample.sha256 != sha:
            bad.append(f"{folder.name} row {place} ({sample.id}): text and sha256 differ")
        if sample.made.raw == "" and sample.made.cleaned_by:
            bad.append(f"{folder.name} row {place} ({sample.id}): cleaned, but its raw text is missing")
    return len(samples) + 1, bad


def _stored_hashes(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    hashes: list[str] = pq.read_table(path, columns=["sha256"])["sha256"].to_pylist()
    return hashes
