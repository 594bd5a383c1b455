"""Looks at what gates refused, in a file or a round, and lets rows through: quarantine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.nouns import Round

SHOWN = 20
"""Rows of a quarantine that are listed on a page."""
JUDGED = ("corpus", "kept", "pairs-", "introspection-")
"""What the artifacts are called whose rows gates have judged."""


def quarantine(
    file: Annotated[
        Path, typer.Argument(help="What screen --quarantine wrote (NAME.jsonl, NAME.warned.jsonl), or a study.")
    ],
    number: Annotated[str, typer.Argument(help="Of a study: the round.", metavar="[ROUND]")] = "",
    gate: Annotated[str, typer.Option(help="Only rows in which this gate fired.")] = "",
    row: Annotated[int | None, typer.Option(min=1, help="All of one row, each finding in its place.")] = None,
    page: Annotated[int, typer.Option(min=1, help=f"Which {SHOWN} rows.")] = 1,
    release: Annotated[int | None, typer.Option(min=1, help="Let this row through; it is recorded.")] = None,
    why: Annotated[str, typer.Option(help="Why it is let through.")] = "",
    as_json: AsJson = False,
) -> None:
    """Look at what was refused or warned of, and release a refused row.

    The next screening into the same file keeps a released row; in a study, the
    next run (or write) of a round whose voice gives the same answer.

    Example: greenlight quarantine refused.jsonl --release 12 --why "a song"
    """
    from greenlight import quarantine as quarantines
    from greenlight.errors import RecipeError
    from greenlight.unrun import IN_PART

    if why and release is None:
        raise RecipeError("--why says why a row is let through: name the row, --release N")
    book, entries, judged = _refused(file, number)
    if release is not None:
        return _release(file, (book, entries, judged), release, why, as_json)
    free = quarantines.released(book)
    shown, counts, total = [], dict[str, int](), 0
    for held in entries:
        gates = [one["gate"] for one in held.fired]
        total += 1
        for name in dict.fromkeys(gates):
            counts[name] = counts.get(name, 0) + 1
        if (row is None or held.row == row) and (not gate or gate in gates):
            shown.append(held)
    if gate and gate not in counts:
        raise RecipeError(f"{file} holds no row in which {gate} fired; gates that did: {', '.join(counts) or 'none'}")
    if row is not None and not shown:
        raise RecipeError(f"{file} holds no row {row}{f' in which {gate} fired' if gate else ''}")
    pages = max(1, -(-len(shown) // SHOWN))
    if page > pages:
        raise RecipeError(f"--page {page}: there {'is 1 page' if pages == 1 else f'are {pages:,} pages'} of them")
    data = [
        {"row": one.row, "fired": one.fired, "released": one.sha256 in free, "data": one.data}
        for one in (shown if as_json else shown[(page - 1) * SHOWN : page * SHOWN])
    ]
    in_part = f"{total:,} refused of the answers that are there to what round {number} asks; {IN_PART}"
    what = in_part if judged is not None and judged.reason == IN_PART else show.counted(total, "row")
    by_gate = ", ".join(f"{n} {c:,}" for n, c in counts.items())
    head = f"{show.visible(file.name)}: {what}" + (f": {by_gate}" if counts else "")
    lines = [show.folded(head), *(_shown(one, full=row is not None) for one in data)]
    if page < pages:
        left = len(shown) - page * SHOWN
        lines.append(f"… {left:,} more: --page {page + 1} of {pages:,}, --gate NAME or --row N")
    show.answer({"rows": total, "by_gate": counts, "shown": data}, as_json, "\n".join(lines))


def _release(file: Path, of: tuple[Path, Any, Round | None], release: int, why: str, as_json: bool) -> None:
    from greenlight import quarantine as quarantines
    from greenlight.errors import RecipeError

    book, entries, judged = of
    if judged is not None and judged.recipe.get("use") == "character":
        raise RecipeError(
            "a character's round asks anew for what was refused, until enough is kept: no row is released; "
            "gates that refuse too much are named in its recipe, under [gates]"
        )
    if not why.strip():
        raise RecipeError("--release needs --why: who reads the record later must know")
    held = quarantines.release(book, entries, release, why)
    again = f"screen the file again, with --quarantine {file}"
    if judged is not None:
        again = f"{'run' if judged.status == 'done' else 'write'} the round again in {file}"
    text = f"row {held.row} is released: {again}, and it is kept"
    show.answer({"released": held.row, "sha256": held.sha256}, as_json, show.folded(text))


def _refused(file: Path, number: str) -> tuple[Path, Any, Round | None]:
    """Where releases are recorded, what gates refused of a file or a round, and the round, run or only written."""
    from greenlight import quarantine as quarantines
    from greenlight import unrun
    from greenlight.cli.options import round_of
    from greenlight.errors import InputError, RecipeError, StudyError
    from greenlight.screen import DROPPED
    from greenlight.study import Study
    from greenlight.write import REFUSED

    if not (file / "study.toml").exists():
        if number:
            raise RecipeError(f"{file} is no study: a round is named after a study's folder")
        if file.name.endswith(quarantines.BESIDE[0]) and not file.exists():
            raise InputError(f"{file} does not exist: a screening writes it only where it warned of a row")
        return file, quarantines.read(file), None
    study = Study(file)
    if not number:
        raise RecipeError(f"name the round: greenlight quarantine {file} 1")
    at = round_of(number)
    row = unrun.of_round(study, at)
    unmade = row is None and "corpus" not in getattr(study.ledger.latest().get(at), "artifacts", {})
    if unmade and (told := unrun.refused(study, at)) is not None:
        return study.folder / quarantines.IN_STUDY, iter(told[1]), told[0]
    row = row or study.round(at)
    judged = [a for name, a in sorted(row.artifacts.items()) if name.startswith(JUDGED)]
    where = [(study.store.path(a), name) for a in judged for name in a.files if Path(name).name in (REFUSED, DROPPED)]
    if not where:
        raise StudyError(f"round {row.number} has nothing that gates have judged: greenlight run {file} {row.number}")
    if missing := [folder for folder, name in where if not (folder / name).exists()]:
        raise StudyError(
            f"{missing[0].name} of round {row.number} is not in the store: greenlight run {file} {row.number}"
        )
    found = quarantines.of_samples(*(folder / name for folder, name in where))
    return study.folder / quarantines.IN_STUDY, found, row


def _shown(one: Mapping[str, Any], full: bool) -> str:
    """A refused row: each finding with its place in the text."""
    from greenlight import quarantine as quarantines

    lines = [f"row {one['row']}" + ("  (released)" if one["released"] else "")]
    for finding in one["fired"]:
        text = quarantines.texts(one["data"], finding["field"])
        around = 600 if full else 60
        before, inside, after = quarantines.in_context(text, finding["span"], around)
        marks = ("\x1b[7m", "\x1b[0m") if sys.stdout.isatty() else ("»", "«")
        said = f"{show.visible(before)}{marks[0]}{show.visible(inside)}{marks[1]}{show.visible(after)}"
        said = said if full else said.replace("\n", "⏎")
        lines.append(show.folded(f"  {finding['gate']}: {show.visible(finding['reason'])}", "    "))
        lines.append(show.folded(f"    {said}", "    ", cut=True))
    return "\n".join(lines)


COMMANDS = (quarantine,)
