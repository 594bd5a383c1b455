"""Commands that judge data before anything is trained on it: screen, leak."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.character.apart import Seen
    from greenlight.sift import Decision
    from greenlight.tally import Summary
    from greenlight.yardstick import Held

LIMIT = 0.05
"""Share of a generator's rows that may be refused, where nothing is said."""
SHOWN = 20
"""Rows that are listed."""
MEANT = (
    'refusal: a refusal that was meant (data for safety) is kept where its row says so, with "brief": '
    '{"refusal": true}; --gates default,-refusal keeps all; a row that is no refusal is let through with '
)
SAID = 5
"""Words from which on a part of a plain text is looked for by itself: anybody writes "Chapter 2" or "Yes, sir."."""
NAMED = 28
"""Characters of a generator's or a persona's name in the summary, for 80 columns."""


def screen(
    file: Annotated[Path, typer.Argument(help="JSON lines or Parquet; - is the standard input.")],
    gates: Annotated[
        str, typer.Option(help="default, or names, comma-separated; -name takes one out.", metavar="NAMES")
    ] = "default",
    limit: Annotated[
        list[str] | None,
        typer.Option(
            help="GATE=SHARE of a generator's rows, or all=SHARE; unreadable=SHARE of the file; default: all=0.05.",
            metavar="GATE=SHARE",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="What was not refused, as .jsonl or .parquet.", metavar="FILE")
    ] = None,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            help="What was refused, with reason and place; beside it what was warned of.", metavar="FILE.jsonl"
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes; default: one a core.")] = None,
    as_json: AsJson = False,
) -> int:
    """Judge every row of a file by the gates: keep, warn or refuse.

    Rows have text; prompt and completion; messages; or chosen and rejected;
    or what Alpaca, ShareGPT and others call these. The exit code is 3 when a
    limit is broken for certain.

    Example: greenlight screen data.jsonl --out kept.jsonl --quarantine refused.jsonl
    """
    from greenlight import rows, sift, tally
    from greenlight.character.apart import Seen
    from greenlight.cli import gating, writers
    from greenlight.crew import cores
    from greenlight.errors import anew

    gating.refuse_others(gates.split(","), f"--gates {gates}: ")
    choices = sift.choose(gates)
    known = ("all", sift.UNREADABLE, sift.BRIEF, *(choice.name for choice in choices))
    limits = {"all": LIMIT} if not limit else dict(_limit(word, known) for word in limit)
    file = rows.STDIN if str(file) == "-" else file
    writers.check(file, out, quarantine)
    summary = tally.Summary(limits)
    pairs = Seen() if any(choice.name == "contrast" for choice in choices) else None
    with anew(), sift.Sieve(choices, workers or cores()) as sieve:
        _stream(file, sieve, summary, (out, quarantine), as_json, pairs)
    found = summary.data()
    if pairs is not None:
        found |= {"pairs": told} if (told := pairs.told()) else {}
        found |= {"pairs_few": pairs.few} if pairs.few else {}
    if as_json:
        show.answer({"summary": found}, True, "")
    else:
        show.answer(found, False, _told(file, quarantine, found))
    return 3 if found["broken"] else 0


def _limit(word: str, known: tuple[str, ...]) -> tuple[str, float]:
    from greenlight.errors import RecipeError, nearest

    name, equals, share = word.partition("=")
    if name not in known:
        raise RecipeError(f"--limit {word}: no such gate here{nearest(name, list(known))}")
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if not equals or not 0 <= value <= 1:
        raise RecipeError(f"--limit {word}: write {name}=0.05, a share from 0 to 1")
    return name, value


def _see(pairs: Seen, number: int, item: Any) -> None:
    """Where the row is a pair, it is one of those that are judged together."""
    from greenlight import forms, rows

    if isinstance(item, bytes) and b'"rejected"' not in item:
        return
    try:
        row = forms.of_data(number, item) if isinstance(item, dict) else rows.of_line(number, item)
    except forms.Unreadable:  # nested so deep that only the worker that judged it could read it
        return
    if row.is_pair:
        chosen, rejected = (part.text for part in row.parts)
        character = f"{chosen.made.persona}\n{chosen.made.system}".strip()
        pairs.add(number, character, (chosen.made.prompt, chosen.body, rejected.body))


def _stream(
    file: Path,
    sieve: Any,
    summary: Summary,
    paths: tuple[Path | None, Path | None],
    as_json: bool,
    pairs: Seen | None,
) -> None:
    from greenlight import quarantine as quarantines
    from greenlight.cli.writers import Sink, kept_in
    from greenlight.errors import InputError

    kept_path, held_path = paths
    free, of, warned_path = set[str](), "", None
    if held_path is not None:
        warned_path = quarantines.warned_of(held_path)
        free, of = quarantines.released(held_path), quarantines.origin(held_path, file)
    try:
        size = file.stat().st_size
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; check the name") from None
    bar_of = show.watch().bar("screen", max(size, 1), "bytes")
    with bar_of as bar, Sink(held_path) as held, Sink(warned_path) as warned, kept_in(kept_path, file) as kept:
        for item, decision in sieve.over(file, bar.advance):
            # what cannot be read is never let through: it would break the file that it is written into
            if (
                free
                and decision.decision == "refuse"
                and not quarantines.unreadable(decision.fired)
                and quarantines.fingerprint_of(item) in free
            ):
                decision = _freed(decision)
            outcome = summary.add(decision)
            if as_json:
                print(json.dumps(decision.data()))
            if outcome in ("refuse", "warn"):
                line = quarantines.line(decision.row, item, decision.fired, of)
                (held if outcome == "refuse" else warned).write(line)
            if outcome != "refuse":
                kept.write(item)
                if pairs is not None:
                    _see(pairs, decision.row, item)
        summary.readable(file)  # before the files take their names
    if warned_path is not None and not summary.outcomes["warn"]:
        warned_path.unlink(missing_ok=True)


def _freed(decision: Decision) -> Decision:
    from dataclasses import replace

    from greenlight.sift import RELEASED

    return replace(decision, decision="warn", fired=[{**one, "action": RELEASED} for one in decision.fired])


def _told(file: Path, held: Path | None, found: Mapping[str, Any]) -> str:
    """The summary for a person: what fired, and how much of each generator and persona can be used."""
    head = (
        f"{show.visible(file.name)}: {show.counted(found['rows'], 'row')}, {found['keep']:,} kept, "
        f"{found['warn']:,} kept with a warning, {found['refuse']:,} refused"
    )
    if free := found["released"]:
        named = ", ".join(f"{number:,}" for number in free[:SHOWN]) + " …" * (len(free) > SHOWN)
        head += f"; {show.counted(len(free), 'row')} released by a person, and kept: no. {named}"
    pieces = [show.folded(head)]
    if found["by_gate"]:
        rows = [
            [gate, f"{one['rows']:,}", f"{one['share']:.2%}", f"{one['low']:.2%} to {one['high']:.2%}"]
            for gate, one in found["by_gate"].items()
        ]
        pieces.append(show.table(["gate that fired", "rows", "share", "95 % interval"], rows))
    for why, count in list(found.get("unreadable", {}).items())[:1]:
        total = found["by_gate"]["unreadable"]["rows"]
        most = f" {total:,} rows; the commonest reason ({count:,} of them):" if count < total else ""
        pieces.append(show.folded(f"unreadable:{most} {show.visible(why)}", "  "))
    for kind in ("generator", "persona"):
        if f"by_{kind}" in found:
            groups = found[f"by_{kind}"]
            names = show.short([show.visible(name) for name in groups], NAMED)
            rows = [
                [
                    name,
                    f"{one['rows']:,}",
                    f"{one['usable']:,}",
                    f"{one['share']:.1%}",
                    f"{one['low']:.1%} to {one['high']:.1%}",
                    ", ".join(f"{gate} {n:,}" for gate, n in list(one["by_gate"].items())[:2]),
                ]
                for name, one in zip(names, groups.values(), strict=True)
            ]
            pieces.append(show.table([kind, "rows", "usable", "share", "95 %", "most of it"], rows))
    pieces += [show.folded(_paired(one), "  ") for one in found.get("pairs", ())]
    if few := found.get("pairs_few"):
        pieces.append(
            show.folded(f"{show.counted(few, 'kept pair')} of characters with fewer than 40, or of few prompts: what "
                        "they teach is not judged", "  ")
        )  # fmt: skip
    if "refusal" in found["by_gate"]:
        named = shlex.quote(str(held)) if held else "FILE.jsonl (of --quarantine)"
        pieces.append(show.folded(f"{MEANT}greenlight quarantine {named} --release ROW", "  "))
    pieces += [show.folded(f"limit broken: {line}") for line in found["broken"]]
    if found["refuse"] and not found["broken"]:
        pieces.append("no limit is broken")
    pieces += [show.folded(line) for line in _seen(held, found)]
    return "\n".join(pieces)


def _seen(held: Path | None, found: Mapping[str, Any]) -> list[str]:
    """How to look at the rows in which something fired."""
    from greenlight.quarantine import warned_of

    if held is None:
        return ["which rows, and why: --quarantine FILE.jsonl"] if found["refuse"] or found["warn"] else []
    named = (("refuse", "refused", held), ("warn", "kept with a warning", warned_of(held)))
    return [f"{what}: greenlight quarantine {shlex.quote(str(path))}" for key, what, path in named if found[key]]


def _paired(one: Mapping[str, Any]) -> str:
    """How well chosen is told from rejected, what that means, and which rows read otherwise."""
    from greenlight.character.pairfacts import ALIKE

    who = f" of '{show.visible(one['character'][:NAMED])}…'" if one["character"] else ""
    said = (
        f"{show.counted(one['pairs'], 'kept pair')}{who}: how an answer is written tells the chosen one on "
        f"{one['auc']:.0%} ({one['low']:.0%} to {one['high']:.0%}) of held-out prompts, where 50% is chance"
    )
    said += "; DPO has little to learn from them" if one["high"] < ALIKE else ""
    said += "; most rejected sides sound more like somebody: are they the wrong way round?" if one["turned"] else ""
    reads = "reads like a chosen one"
    kinds = (("both", "both sides read like chosen ones"), ("neither", f"neither side {reads}"),
             ("swapped", f"the rejected side alone {reads}"), ("alike", "the sides are alike"))  # fmt: skip
    for kind, what in kinds:
        if rows := one["odd"][kind]:
            more = f" and {len(rows) - SHOWN} more, with --json" if len(rows) > SHOWN else ""
            said += f"; {what} in row {', '.join(map(str, rows[:SHOWN]))}{more}"
    return said


def leak(
    corpus: Annotated[Path, typer.Argument(help="JSON lines (- is the standard input), Parquet, or .txt, .md.")],
    yardstick: Annotated[Path, typer.Argument(help="A study, or the held-out documents in a file of the same kinds.")],
    as_json: AsJson = False,
) -> int:
    """Look for held-out text in training data.

    A held-out document leaks when half of its runs of 13 words stand in one
    training document, or the two are near-duplicates. Exit code 3 when one does.
    All text of a row is looked at: prompts, system prompts, every turn, calls of
    tools, chosen and rejected; of held-out rows, the text, completion or answers.
    The documents of a text are what blank lines part (or marks: <|endoftext|>;
    without either, its lines); held out, it is looked for in blocks of 2,000
    characters as well.

    Example: greenlight leak corpus.jsonl my-study
    """
    from greenlight import rows
    from greenlight.errors import InputError, RecipeError, anew
    from greenlight.leaks import leaks

    corpus, yardstick = (rows.STDIN if str(path) == "-" else path for path in (corpus, yardstick))
    if corpus == yardstick == rows.STDIN:
        raise RecipeError("leak - -: the standard input can be read but once: name a file for one of the two")
    looked = _held(yardstick)
    if not any(one.body.strip() for one in looked.held):
        raise InputError(f"{yardstick} holds no held-out document: give a file with some, or a study")
    read = 0

    def counted() -> Iterator[tuple[str, str]]:
        nonlocal read
        for document in rows.documents(corpus):
            read += 1
            yield from document

    with anew():
        found = leaks(counted(), looked.held)
    if not read:
        raise InputError(f"{corpus} holds no training document: nothing was looked at")
    of: dict[str, tuple[str, str, float]] = {}
    for one in found.of:  # a row, or a text, as a whole comes last, and tells nothing more where a part of it leaks
        of.setdefault(one[0].partition(" ")[0], one)
    leaked = [one for one in of.values() if one[0] != corpus.name] or list(of.values())
    cells = [[show.visible(one)[:30], show.visible(other)[:30], f"{share:.0%}"] for one, other, share in leaked[:SHOWN]]
    table = show.table(["training document", "held-out document", "share"], cells) if cells else ""
    more = f"… {len(leaked) - SHOWN:,} more, with --json" if len(leaked) > SHOWN else ""
    data = {
        "leaked": [{"document": one, "held": other, "share": share} for one, other, share in leaked],
        "documents": read,
        "held": looked.documents,
        "largest": found.largest,
        "floor": found.floor,
    }
    said = _leaked(len(leaked), read, looked, found.largest, found.floor)
    show.answer(data, as_json, "\n".join(piece for piece in (show.folded(said), table, more) if piece))
    return 3 if leaked else 0


def _leaked(leaked: int, read: int, looked: _Looked, largest: float, floor: float) -> str:
    held = looked.documents
    one = "the held-out document" if held == 1 else f"one of the {held:,} held-out documents"
    who = f"{leaked:,}" if leaked else "none"
    found = f"s read: {who} of them {'carry' if leaked > 1 else 'carries'} {one}"
    if read == 1:
        found = f" read: it {'carries' if leaked else 'does not carry'} {one if leaked else one.replace('one', 'any')}"
    said = [
        f"{read:,} training document{found}",
        *([looked.note] if looked.note else []),
        f"the most of a held-out document in one training document: {largest:.1%} of its runs of 13 words",
    ]
    if len({one.topic for one in looked.held}) > 1:
        said.append(f"for comparison: held-out documents of different topics share up to {floor:.1%} of theirs")
    return "\n".join(said)


class _Looked(NamedTuple):
    """What is looked for: ``held``, of which ``documents`` are told, and what a file's documents are."""

    held: tuple[Held, ...]
    documents: int
    note: str = ""


def _held(path: Path) -> _Looked:
    from greenlight import rows
    from greenlight.outside import read_text
    from greenlight.study import Study
    from greenlight.yardstick import BLOCK, Held

    if (path / "study.toml").exists():
        windows = Study(path).yardstick.windows
        return _Looked(windows, len(windows))

    def blocks(name: str, body: str, topic: str) -> Iterator[Held]:
        for start in range(0, max(1, len(body)), BLOCK):
            block = name if len(body) <= BLOCK else f"{name}:{start // BLOCK}"
            yield Held(block, "", body[start : start + BLOCK], topic=topic)

    if path.suffix not in rows.TEXTS or path == rows.STDIN:
        documents = [one for document in rows.documents(path, whole=False) for one in document]
        held = tuple(block for name, body in documents for block in blocks(name, body, name))
        return _Looked(held, len(held))
    how, parts = rows.parted(text := read_text(path))
    # all of it is cut as a study's text is, whatever stands in it: a line of verse is too short to be looked for
    cut = tuple(blocks(path.name, text, path.name))
    said = [(f"{line}", body) for line, body in parts if len(body.split()) >= SAID]
    if not how or not said:
        few = f" ({how} part texts of fewer than {SAID} words)" if how else ""
        note = f"{path.name} is one text{few}, looked for in blocks of {BLOCK:,} characters" if len(cut) > 1 else ""
        return _Looked(cut, len(cut), note)
    held = (*(block for name, body in said for block in blocks(name, body, path.name)), *cut)
    short = len(parts) - len(said)
    note = (
        f"{path.name}: {show.counted(len(said), 'document')}, parted by {how}, each by the line that it begins in; "
        f"all of it was looked for too, in blocks of {BLOCK:,} characters"
    )
    return _Looked(held, len(said), note + (f", {short:,} of fewer than {SAID} words in these alone" if short else ""))


COMMANDS = (screen, leak)
