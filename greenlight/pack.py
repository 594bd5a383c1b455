"""A round's corpus as a folder for others: Parquet, JSON lines, or one text with the offsets of its documents.

Every form holds the same rows in the same order; card, manifest and Croissant lie beside them. The text is the form
that ``greenlight new --import`` reads (``foreign``).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight import corpus, manifest, unrun
from greenlight.corpus import LINED, OFFSETS, TEXT
from greenlight.errors import RecipeError, StudyError, nearest
from greenlight.exports._target import aside
from greenlight.foreign import HEAD, LINES
from greenlight.nouns import Round
from greenlight.progress import Bar, Watch
from greenlight.publish import describe
from greenlight.screen import KEPT
from greenlight.study import Study

FORMS = ("parquet", "jsonl", "text")


@dataclass
class Packed:
    """What was written: the manifest, and how many documents the text alone does not give back as they were."""

    folder: Path
    told: dict[str, Any]
    bent: int = 0

    @property
    def notes(self) -> list[str]:
        if not self.bent:
            return []
        return [
            f"{self.bent:,} of {self.told['counts']['documents']:,} documents begin or end with white space, or have "
            f"a control line that does not end with its line: {TEXT} alone does not give them back as they are; "
            "Parquet and JSON lines do"
        ]


def pack(study: Study, number: int, target: Path, forms: tuple[str, ...], watch: Watch) -> Packed:
    """Writes the corpus of a round into the folder ``target``, whole or not at all.

    Raises RecipeError for an unknown form, StudyError where the round has no corpus or something else is at the
    target, InputError where the corpus cannot be read.
    """
    for form in forms:
        if form not in FORMS:
            raise RecipeError(f"--as {form}: no such form{nearest(form, list(FORMS))}")
    row, source = found(study, number)
    seen = manifest.seen(source)
    with (
        aside(target, manifest.NAME) as folder,
        watch.bar("pack", seen.documents * len(forms), "documents") as bar,
    ):
        tables, bent = dict[str, int](), 0
        if "parquet" in forms:
            _parquet(source, folder / corpus.SHARD)
            bar.advance(seen.documents)
            tables[corpus.SHARD] = seen.documents
        if "jsonl" in forms:
            _jsonl(source, folder / LINED, bar)
            tables[LINED] = seen.documents
        if "text" in forms:
            bent = _text(source, folder, bar)
            tables |= {TEXT: seen.documents, OFFSETS: seen.documents}
        told = describe(row, study.card.title, folder, seen, tables)
    return Packed(target, told, bent)


def found(study: Study, number: int) -> tuple[Round, Path]:
    """A round's ledger row and the file with its corpus: the published one, or else the store's.

    A round that was written and not run has the row that ``unrun`` gives it.
    """
    row = unrun.of_round(study, number) or study.ledger.latest().get(number)
    kept = row.artifacts.get("kept") if row else None
    if row is not None and row.recipe.get("use") == "character":
        raise StudyError(f"round {number} makes a character: its pairs and conversations lie in store/, and no corpus")
    if row is None or kept is None:
        raise StudyError(f"round {number} has no corpus: greenlight run {study.folder} {number}")
    published = study.folder / "corpora" / f"{row.number:02d}-{row.slug}" / corpus.SHARD
    path = published if published.exists() else study.store.path(kept) / KEPT
    if not path.exists():
        raise StudyError(f"the corpus of round {number} is gone: greenlight run {study.folder} {number} makes it again")
    return row, path


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a corpus with all their columns; those of an older file are filled in."""
    offset = 0
    for number, row in enumerate(corpus.stream(path)):
        made = {**row, **corpus.hashes(row), "shard": corpus.SHARD, "row": number, "offset": offset}
        made |= {name: json.loads(row.get(name) or "{}") for name in (*corpus.TABLED, corpus.DECIDED)}
        offset += len(row["control"]) + len(row["body"]) + len(corpus.BETWEEN)
        yield made


def survives(control: str, body: str) -> bool:
    """Whether the text form gives control line and body back as they are."""
    document = control + body
    if not body or body != body.strip() or document[:1].isspace() or "\0" in document or document[:1] == "\ufeff":
        return False
    if not control:
        return not HEAD.match(body.partition("\n")[0] + "\n") or "\n" not in body
    return control.endswith("\n") and control.count("\n") <= LINES and control == control.rstrip() + "\n"


def _parquet(source: Path, target: Path) -> None:
    import pyarrow.parquet as pq

    if "offset" in pq.read_schema(source).names:
        shutil.copyfile(source, target)  # no second name: what leaves the house may be changed there
    else:  # an older file
        corpus.save(corpus.load(source), target, shard=corpus.SHARD)


def _jsonl(source: Path, target: Path, bar: Bar) -> None:
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        for row in rows(source):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            bar.advance()


def _text(source: Path, folder: Path, bar: Bar) -> int:
    """Writes the text and its offsets; returns how many documents it does not give back as they are."""
    bent = 0
    with (
        open(folder / TEXT, "w", encoding="utf-8", newline="") as text,
        open(folder / OFFSETS, "w", encoding="utf-8", newline="\n") as offsets,
    ):
        offsets.write(f'{{"tool": "greenlight", "text": "{TEXT}", "unit": "characters", "samples": [')
        for row in rows(source):
            text.write(f"{row['control']}{row['body']}{corpus.BETWEEN}")
            offsets.write(("," if row["row"] else "") + "\n" + json.dumps(_placed(row), ensure_ascii=False))
            bent += not survives(row["control"], row["body"])
            bar.advance()
        offsets.write("\n]}\n")
    return bent


def _placed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A document's line in the manifest of offsets; its hash is that of the story, where a line ends before it."""
    whole = row["control"] and not row["control"].endswith("\n")
    story = (f"{row['control']}{row['body']}" if whole else row["body"]).strip()
    return {
        "doc_offset": row["offset"],
        "doc_length": len(row["control"]) + len(row["body"]),
        "model": row["model"] or row["voice"],
        "voice": row["voice"],
        "topic": row["topic"],
        "level": row["level"],
        "sha1": hashlib.sha1(story.encode(), usedforsecurity=False).hexdigest(),
        "sha256": row["sha256"],
        "id": row["id"],
        "finish_reason": row["finish_reason"],
    }
