"""What a round leaves for others: its corpus with manifest and card, and its runs. Bytes live once, in the store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from greenlight import manifest as manifests
from greenlight.corpus import SHARD
from greenlight.croissant import croissant
from greenlight.nouns import Artifact, Round
from greenlight.screen import KEPT
from greenlight.store import link, write_file
from greenlight.study import Study

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""The size categories of dataset cards."""
CHECKED = ("card.json", "card.md", "seen.jsonl")
"""Of a character's check-up: its report card, and every answer that the card counts."""
SHOWN, ROWS = 60, 6
"""Rare characters on a card, and rows of each."""


def publish(row: Round, study: Study) -> None:
    """``corpora/<round>`` and ``runs/<round>/<seed>`` become second names of the store's bytes."""
    name = f"{row.number:02d}-{row.slug}"
    for old in ("corpora", "runs"):  # what an earlier run of this round left is not this round's
        shutil.rmtree(study.folder / old / name, ignore_errors=True)
    if "kept" in row.artifacts:
        _corpus(row, study, study.folder / "corpora" / name)
    for artifact, file, path in _runs(row, study.folder):
        link(study.store.path(artifact) / file, path)


def published(row: Round, folder: Path) -> list[Path]:
    """The files that a round has in the ``runs`` of a study's folder, whether they are there or not."""
    return [path for _, _, path in _runs(row, folder)]


def _runs(row: Round, folder: Path) -> list[tuple[Artifact, str, Path]]:
    """(artifact, file, its second name) of every file of a round's models and scores, and of its check-ups' cards."""
    found, runs = [], folder / "runs" / f"{row.number:02d}-{row.slug}"
    for key, artifact in row.artifacts.items():
        kind, _, rest = key.partition("-")
        metric, _, seed = rest.rpartition("-")
        if kind in ("model", "score"):
            inside = runs / rest if kind == "model" else runs / seed / metric
            found += [(artifact, file, inside / file) for file in artifact.files]
        elif kind == "checkup":
            found += [(artifact, file, runs / rest / kind / file) for file in artifact.files if file in CHECKED]
    return found


def _corpus(row: Round, study: Study, folder: Path) -> None:
    link(study.store.path(row.artifacts["kept"]) / KEPT, folder / SHARD)
    found = manifests.seen(folder / SHARD)
    describe(row, study.card.title, folder, found, {SHARD: found.documents})


def describe(row: Round, title: str, folder: Path, found: manifests.Seen, tables: Mapping[str, int]) -> dict[str, Any]:
    """Writes what goes with the files of a corpus: card, schema, Croissant, and last the manifest, which it returns.

    ``tables``: the files with the samples, by name, and how many rows each has.
    """
    names = [*tables, manifests.README, manifests.SCHEMA]
    told = manifests.manifest(row, title, found, manifests.measured((folder / name for name in tables), tables))
    write_file(folder / manifests.README, card(told))
    write_file(folder / manifests.SCHEMA, manifests.schema())
    told["files"] = manifests.measured((folder / name for name in names), tables)
    write_file(folder / manifests.CROISSANT, _json(croissant(told, _kind(told))))
    told["files"] |= manifests.measured([folder / manifests.CROISSANT])
    write_file(folder / manifests.NAME, _json(told))
    return told


def _json(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _kind(told: Mapping[str, Any]) -> str:
    return {
        "voices": "Written by machines.",
        "import": "Taken from an import of stories by machines; the yardstick's topics are left out.",
        "text": "Cut from a text; the yardstick's part is left out.",
    }[told["kind"]]


def card(told: Mapping[str, Any]) -> str:
    """A dataset card in the form that hubs read, from a manifest; synthetic text is marked as such."""
    counts, table = told["counts"], next(iter(told["files"]))
    category = next((name for limit, name in SIZES if counts["documents"] < limit), "n>1M")
    head = ["---", "license: other", f"size_categories: [{category}]"]
    if told["synthetic"]:
        head += ["language: [en]", "tags: [synthetic]", "annotations_creators: [machine-generated]"]
    head += ["configs:", "- config_name: default", f"  data_files: {table}", "---", ""]
    lines = [f"# {_plain(told['title'])}: {told['name']}", "", _kind(told), ""]
    lines += [
        f"- {counts['documents']:,} documents, {counts['characters']:,} characters, {counts['topics']:,} topics, "
        f"{counts['vocabulary']:,} different characters"
    ]
    if told["synthetic"]:
        lines += _written(told)
    lines += [f"- dropped from the whole set: {_counted(told['dropped']['by_gate'])}"]
    largest = told["overlap"]["largest"]
    lines += [f"- largest overlap with the yardstick: {largest:.2f} of a document's runs of 13 words"]
    lines += [
        "",
        "Each row has its provenance beside it: voice, prompt, seed, attempt, decisions of the gates, raw text",
    ]
    lines += ["where cleaning changed it. `manifest.json` has the counts, settings and hashes of all of it;"]
    lines += ["`greenlight verify FOLDER` computes them again.", "", *_rare(told["rare_characters"])]
    return "\n".join([*head, *lines]) + "\n"


def _written(told: Mapping[str, Any]) -> list[str]:
    account, asked = told["accounting"], told["blend"]["asked"]
    lines = []
    for voice, share in told["blend"]["realised"].items():
        models = ", ".join(_quoted(name) for name in told["voices"][voice]["models"] if name not in ("", voice))
        wanted = f" ({asked[voice]:.1%} asked)" if voice in asked else ""
        named, served = _plain(voice) or "writers unknown", f", as {models}" if models else ""
        lines.append(f"- {named}: {share:.1%} of the documents{wanted}{served}")
    lines += [f"- {account['asked']:,} asked, {account['kept']:,} accepted; refused: {_counted(account['refused'])}"]
    for voice, rules in sorted(told["cleaned"].items()):
        lines.append(
            f"- cleaning changed rows of {_plain(voice)}: {_counted({r: n['rows'] for r, n in rules.items()})}"
        )
    if not told["cleaned"]:
        lines.append("- cleaning changed nothing")
    if tokens := sum(one["completion_tokens"] or 0 for one in told["bill"]["by_voice"].values()):
        usd = told["bill"]["usd"]
        lines.append(f"- {tokens:,} tokens written; {'price unknown' if usd is None else f'{usd:.4g} USD'}")
    return lines


def _quoted(name: str) -> str:
    """What a server calls its model, as code: nothing in it is markup."""
    return f"`{_plain(name)[:80].replace('`', '')}`"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "nothing"


def _rare(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The characters that are seen too seldom to be learned, and where they stand."""
    head = f"## Characters seen fewer than {manifests.FEW} times"
    if not found:
        return [head, "", "None."]
    lines = [head, "", "| character | code | times | rows |", "|---|---|--:|---|"]
    for one in found[:SHOWN]:
        rows = ", ".join(map(str, one["rows"][:ROWS])) + (", …" if len(one["rows"]) > ROWS else "")
        shown = one["character"] if one["character"].isprintable() and one["character"] not in "|`<\\" else " "
        lines.append(f"| {shown} | {one['codepoint']} {_plain(one['name']).lower()} | {one['count']} | {rows} |")
    more = len(found) - SHOWN
    return [*lines, *(["", f"{more:,} more stand in `manifest.json`."] if more > 0 else [])]


def _plain(text: str) -> str:
    return " ".join(text.split())
