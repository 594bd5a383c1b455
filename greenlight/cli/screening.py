"""Commands that judge data before anything is trained on it: screen, gates, quarantine, leak."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.nouns import Round
    from greenlight.sift import Decision, Summary

LIMIT = 0.05
"""Share of a generator's rows that may be refused, where nothing is said."""
SHOWN = 20
"""Rows of a quarantine that are listed."""
JUDGED = ("corpus", "kept", "pairs-", "introspection-")
"""What the artifacts are called whose rows gates have judged."""


def screen(
    file: Annotated[Path, typer.Argument(help="JSON lines or Parquet.")],
    gates: Annotated[
        str, typer.Option(help="default, or names, comma-separated; -name takes one out.", metavar="NAMES")
    ] = "default",
    limit: Annotated[
        list[str] | None,
        typer.Option(help="GATE=SHARE of a generator's rows, or all=SHARE; default: all=0.05.", metavar="GATE=SHARE"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="What was not refused, as .jsonl or .parquet.", metavar="FILE")
    ] = None,
    quarantine: Annotated[
        Path | None, typer.Option(help="What was refused, with reason and place.", metavar="FILE.jsonl")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes; default: one a core.")] = None,
    as_json: AsJson = False,
) -> int:
    """Judge every row of a file by the gates: keep, warn or refuse.

    Rows have text; prompt and completion; messages; or prompt, chosen and
    rejected. The exit code is 3 when a limit is broken for certain.

    Example: greenlight screen data.jsonl --out kept.jsonl --quarantine refused.jsonl
    """
    from greenlight import sift
    from greenlight.crew import cores
    from greenlight.errors import RecipeError, anew

    choices = sift.choose(gates)
    known = ("all", *(choice.name for choice in choices))
    limits = {"all": LIMIT} if not limit else dict(_limit(word, known) for word in limit)
    for path in (out, quarantine):
        if path is not None and path.resolve() == file.resolve():
            raise RecipeError(f"{path} is the file that is judged: give another name")
    summary = sift.Summary(limits)
    with anew(), sift.Sieve(choices, workers or cores()) as sieve:
        _stream(file, sieve, summary, (out, quarantine), as_json)
    found = summary.data()
    if as_json:
        show.answer({"summary": found}, True, "")
    else:
        show.answer(found, False, _told(file, summary, found))
    return 3 if found["broken"] else 0


def _limit(word: str, known: tuple[str, ...]) -> tuple[str, float]:
    from greenlight.errors import RecipeError, nearest

    name, equals, share = word.partition("=")
    if name not in known:
        raise RecipeError(f"--limit {word}: no such gate here{nearest(name, list(known))}; known: {', '.join(known)}")
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if not equals or not 0 <= value <= 1:
        raise RecipeError(f"--limit {word}: write {name}=0.05, a share from 0 to 1")
    return name, value


def _stream(file: Path, sieve: Any, summary: Summary, paths: tuple[Path | None, Path | None], as_json: bool) -> None:
    from greenlight import quarantine as quarantines
    from greenlight.errors import InputError

    kept_path, held_path = paths
    free = quarantines.released(held_path) if held_path is not None else set()
    try:
        size = file.stat().st_size
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; check the name") from None
    bar_of = show.watch().bar("screen", max(size, 1), "bytes")
    with bar_of as bar, quarantines.Sink(held_path) as held, _writer(kept_path, file) as kept:
        for item, decision in sieve.over(file, bar.advance):
            if decision.decision == "refuse" and free and quarantines.fingerprint_of(item) in free:
                decision = _freed(decision)
            summary.add(decision)
            if as_json:
                print(json.dumps(decision.data()))
            if decision.decision == "refuse":
                held.write(quarantines.line(decision.row, item, decision.fired).encode())
            else:
                kept.write(item)


def _freed(decision: Decision) -> Decision:
    from dataclasses import replace

    from greenlight.sift import RELEASED

    return replace(decision, decision="warn", fired=[{**one, "action": RELEASED} for one in decision.fired])


def _writer(path: Path | None, source: Path) -> Any:
    from greenlight import rows
    from greenlight.cli.writers import Lines, Table

    return Table(path, source) if path is not None and path.suffix in rows.TABLES else Lines(path)


def _told(file: Path, summary: Summary, found: Mapping[str, Any]) -> str:
    """The summary for a person: what fired, and how much of each generator and persona can be used."""
    head = (
        f"{show.visible(file.name)}: {found['rows']:,} rows, {found['keep']:,} kept, {found['warn']:,} kept with a "
        f"warning, {found['refuse']:,} refused"
    )
    if free := found["released"]:
        named = ", ".join(f"{number:,}" for number in free[:SHOWN]) + " …" * (len(free) > SHOWN)
        head += f"; {len(free):,} released by a person, and kept: row{'s' * (len(free) > 1)} {named}"
    pieces = [show.folded(head)]
    if found["by_gate"]:
        rows = [
            [gate, f"{one['rows']:,}", f"{one['share']:.2%}", f"{one['low']:.2%} to {one['high']:.2%}"]
            for gate, one in found["by_gate"].items()
        ]
        pieces.append(show.table(["gate that fired", "rows", "share", "95 % interval"], rows))
    for kind in ("generator", "persona"):
        if f"by_{kind}" in found:
            rows = [
                [
                    name[:28],
                    f"{one['rows']:,}",
                    f"{one['usable']:,}",
                    f"{one['share']:.1%}",
                    f"{one['low']:.1%} to {one['high']:.1%}",
                    ", ".join(f"{gate} {n:,}" for gate, n in list(one["by_gate"].items())[:2]),
                ]
                for name, one in found[f"by_{kind}"].items()
            ]
            pieces.append(show.table([kind, "rows", "usable", "share", "95 %", "most of it"], rows))
    pieces += [show.folded(f"limit broken: {line}") for line in found["broken"]]
    if found["refuse"] and not found["broken"]:
        pieces.append("no limit is broken")
    return "\n".join(pieces)


def quarantine(
    file: Annotated[Path, typer.Argument(help="What screen --quarantine wrote, or a study.")],
    number: Annotated[str, typer.Argument(help="Of a study: the round.", metavar="[ROUND]")] = "",
    gate: Annotated[str, typer.Option(help="Only rows in which this gate fired.")] = "",
    row: Annotated[int | None, typer.Option(min=1, help="All of one row, each finding in its place.")] = None,
    page: Annotated[int, typer.Option(min=1, help=f"Which {SHOWN} rows.")] = 1,
    release: Annotated[int | None, typer.Option(min=1, help="Let this row through; it is recorded.")] = None,
    why: Annotated[str, typer.Option(help="Why it is let through.")] = "",
    as_json: AsJson = False,
) -> None:
    """Look at what was refused, and release a row.

    The next screening into the same file keeps a released row; in a study, the
    next run (or write) of a round whose voice gives the same answer.

    Example: greenlight quarantine refused.jsonl --release 12 --why "a song"
    """
    from greenlight import quarantine as quarantines
    from greenlight.errors import RecipeError
    from greenlight.unrun import IN_PART

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
    if row is not None and not shown:
        raise RecipeError(f"{file} holds no row {row}{f' in which {gate} fired' if gate else ''}")
    pages = max(1, -(-len(shown) // SHOWN))
    if page > pages:
        raise RecipeError(f"--page {page}: there {'is 1 page' if pages == 1 else f'are {pages:,} pages'} of them")
    data = [
        {"row": one.row, "fired": one.fired, "released": one.sha256 in free, "data": one.data}
        for one in (shown if as_json else shown[(page - 1) * SHOWN : page * SHOWN])
    ]
    what = f"refused of the answers to round {number}; {IN_PART}"
    what = what if judged is not None and judged.reason == IN_PART else "rows"
    head = f"{show.visible(file.name)}: {total:,} {what}: " + ", ".join(f"{n} {c:,}" for n, c in counts.items())
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
    from greenlight.errors import RecipeError, StudyError
    from greenlight.screen import DROPPED
    from greenlight.study import Study
    from greenlight.write import REFUSED

    if not (file / "study.toml").exists():
        if number:
            raise RecipeError(f"{file} is no study: a round is named after a study's folder")
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


def leak(
    corpus: Annotated[Path, typer.Argument(help="JSON lines, Parquet, or a text (.txt, .md).")],
    yardstick: Annotated[Path, typer.Argument(help="A study, or the held-out documents in a file of the same kinds.")],
    as_json: AsJson = False,
) -> int:
    """Look for held-out text in training data.

    A held-out document leaks when half of its runs of 13 words stand in one
    training document, or the two are near-duplicates. Exit code 3 when one does.
    All text of a row is looked at: prompts, system prompts, every turn, chosen
    and rejected; of held-out rows, the text, completion or answers.

    Example: greenlight leak corpus.jsonl my-study
    """
    from greenlight import rows
    from greenlight.errors import InputError, anew
    from greenlight.leaks import leaks
    from greenlight.study import Study

    held = Study(yardstick).yardstick.windows if (yardstick / "study.toml").exists() else _held(yardstick)
    if not any(one.body.strip() for one in held):
        raise InputError(f"{yardstick} holds no held-out document: give a file with some, or a study")
    read = 0

    def counted() -> Iterator[tuple[str, str]]:
        nonlocal read
        for document in rows.documents(corpus):
            read += 1
            yield from document

    with anew():
        found = leaks(counted(), held)
    if not read:
        raise InputError(f"{corpus} holds no training document: nothing was looked at")
    of: dict[str, tuple[str, str, float]] = {}
    for one in found.of:  # a row as a whole comes after its fields, and tells nothing more where one of them leaks
        of.setdefault(one[0].partition(" ")[0], one)
    leaked = list(of.values())
    cells = [[show.visible(one)[:30], show.visible(other)[:30], f"{share:.0%}"] for one, other, share in leaked[:SHOWN]]
    table = show.table(["training document", "held-out document", "share"], cells) if cells else ""
    more = f"… {len(leaked) - SHOWN:,} more, with --json" if len(leaked) > SHOWN else ""
    data = {
        "leaked": [{"document": one, "held": other, "share": share} for one, other, share in leaked],
        "documents": read,
        "held": len(held),
        "largest": found.largest,
        "floor": found.floor,
    }
    said = _leaked(len(leaked), read, len(held), found.largest, found.floor)
    show.answer(data, as_json, "\n".join(piece for piece in (show.folded(said), table, more) if piece))
    return 3 if leaked else 0


def _leaked(leaked: int, read: int, held: int, largest: float, floor: float) -> str:
    one = "the held-out document" if held == 1 else f"one of the {held:,} held-out documents"
    who = f"{leaked:,}" if leaked else "none"
    found = f"s read: {who} of them {'carry' if leaked > 1 else 'carries'} {one}"
    if read == 1:
        found = f" read: it {'carries' if leaked else 'does not carry'} {one if leaked else one.replace('one', 'any')}"
    said = [
        f"{read:,} training document{found}",
        f"the most of a held-out document in one training document: {largest:.1%} of its runs of 13 words",
    ]
    if held > 1:
        said.append(f"for comparison: held-out documents of different topics share up to {floor:.1%} of theirs")
    return "\n".join(said)


def _held(path: Path) -> Any:
    from greenlight import rows
    from greenlight.yardstick import BLOCK, Held

    documents = [one for document in rows.documents(path, whole=False) for one in document]
    return tuple(
        Held(name if len(body) <= BLOCK else f"{name}:{start // BLOCK}", "", body[start : start + BLOCK], topic=name)
        for name, body in documents
        for start in range(0, max(1, len(body)), BLOCK)
    )


def gates(as_json: AsJson = False) -> None:
    """List the gates, with what each was measured to find and to flag wrongly.

    Example: greenlight gates --json
    """
    from greenlight.gates import _measured as measured

    data = measured.read()
    shares = ("recall", "recall_low", "precision", "precision_low")
    rows = [
        [name, one["action"], *(f"{one[key]:.1%}" for key in shares), f"{one['failures']:,}", f"{one['clean']:,}"]
        for name, one in data.items()
    ]
    head = (
        "low: the lower end of the 95 % interval. On rows that no detector was developed with: failures, and clean "
        "rows of which more than half look like failures"
    )
    columns = ["gate", "action", "recall", "low", "precision", "low", "failures", "clean"]
    text = show.table(columns, rows, "gates")
    show.answer(data, as_json, f"{text}\n{show.folded(head)}")


COMMANDS = (screen, gates, quarantine, leak)
