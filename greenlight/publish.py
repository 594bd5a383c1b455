"""What a round leaves for others: its corpus with manifest and card, and its runs. Bytes live once, in the store."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from greenlight.nouns import Artifact, Round
from greenlight.screen import KEPT
from greenlight.store import link, write_file
from greenlight.study import Study

SHARD = "train-00000-of-00001.parquet"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""The size categories of dataset cards."""


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
    """(artifact, file, its second name) of every file of a round's models and scores."""
    found, runs = [], folder / "runs" / f"{row.number:02d}-{row.slug}"
    for key, artifact in row.artifacts.items():
        kind, _, rest = key.partition("-")
        metric, _, seed = rest.rpartition("-")
        if kind in ("model", "score"):
            inside = runs / rest if kind == "model" else runs / seed / metric
            found += [(artifact, file, inside / file) for file in artifact.files]
    return found


def _corpus(row: Round, study: Study, folder: Path) -> None:
    corpus, kept = row.artifacts["corpus"], row.artifacts["kept"]
    link(study.store.path(kept) / KEPT, folder / SHARD)
    facts = {**corpus.facts, **kept.facts}
    manifest = {"round": row.number, "corpus": corpus.fingerprint, "kept": kept.fingerprint, "sha256": kept.files[KEPT]}
    manifest |= {"synthetic": row.recipe["corpus"]["use"] != "text", "facts": facts, "plan": corpus.plan}
    manifest["balance"] = row.facts.get("balance", {})
    write_file(folder / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))
    write_file(folder / "README.md", card(row, study.card.title, facts))


def card(row: Round, title: str, facts: dict[str, Any]) -> str:
    """A dataset card in the form that hubs read; synthetic text is marked as such."""
    use = row.recipe["corpus"]["use"]
    synthetic = use != "text"
    size = facts["documents"]
    category = next((name for limit, name in SIZES if size < limit), "n>1M")
    head = ["---", "license: other", f"size_categories: [{category}]"]
    if synthetic:
        head += ["language: [en]", "tags: [synthetic]", "annotations_creators: [machine-generated]"]
    head += ["configs:", "- config_name: default", f"  data_files: {SHARD}", "---", ""]
    kind = {
        "voices": "Written by machines.",
        "import": "Taken from an import of stories by machines; the yardstick's topics are left out.",
        "text": "Cut from a text; the yardstick's part is left out.",
    }[use]
    lines = [f"# {_plain(title)}: {row.number:02d}-{row.slug}", "", kind, ""]
    lines += [f"- {size:,} documents, {facts['characters']:,} characters, {facts['topics']:,} topics"]
    if synthetic:
        lines += [f"- {voice}: {share:.1%} of the documents" for voice, share in facts["shares"].items()]
        account = facts["accounting"]
        refused = ", ".join(f"{gate} {count}" for gate, count in account["refused"].items()) or "nothing"
        lines += [f"- {account['asked']:,} asked, {account['kept']:,} accepted; refused by gate: {refused}"]
        lines += [f"- cleaning changed, by rule: {account['cleaned'] or 'nothing'}"]
    dropped = ", ".join(f"{gate} {count}" for gate, count in facts["dropped"].items()) or "nothing"
    lines += [f"- dropped from the whole set: {dropped}"]
    lines += [f"- largest overlap with the yardstick: {facts['largest_overlap']:.2f} of a document's runs of 13 words"]
    lines += [
        "",
        "Each row has its provenance beside it: voice, prompt, seed, attempt, raw text where cleaning changed it.",
    ]
    return "\n".join([*head, *lines]) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split())
