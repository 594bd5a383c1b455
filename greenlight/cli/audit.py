"""The command that audits a study: its claim on the locked slice, its looks, its sums and its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, Keep, StudyFolder

if TYPE_CHECKING:
    from greenlight.inquiry.accounts import Sums
    from greenlight.inquiry.audit import Claim, Locked
    from greenlight.study import Study

TABLES = ("leaderboard.md", "results.tsv", "MODELS.md")
REPORTS = ("reports/report.md", "reports/report.html")
MOST = 10
"""Lines that the terminal shows of one file; ``--json`` has them all."""


@dataclass
class Found:
    """All that an audit found: ``problems`` are what is broken, by what it is of; ``notes`` what a reader must know."""

    checked: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    figures: int = 0
    files: list[str] = field(default_factory=list)
    sums: Sums | None = None
    looks: dict[str, Any] = field(default_factory=dict)
    luck: dict[str, Any] | None = None
    locked: Locked | None = None

    def add(self, of: str, lines: list[str] | tuple[str, ...]) -> None:
        if lines:
            self.problems.setdefault(of, []).extend(lines)

    @property
    def broken(self) -> bool:
        return bool(self.problems) or (self.locked is not None and self.locked.state == "reversed")

    def data(self) -> dict[str, Any]:
        accounting = {} if self.sums is None else {"sums": self.sums.checked, "broken": list(self.sums.broken)}
        return {
            "broken": self.broken,
            "locked": None if self.locked is None else self.locked.data(),
            "looks": self.looks | {"luck": self.luck},
            "accounting": accounting,
            "numbers": {"figures": self.figures, "files": self.files},
            "checked": self.checked,
            "problems": self.problems,
            "notes": self.notes,
        }


def audit(
    folder: StudyFolder = Path(),
    top: Annotated[int, typer.Option(min=1, max=100, help="Rounds to measure on the locked slice.")] = 3,
    metric: Annotated[str, typer.Option(help="Rank by this; default: what the study's rounds decide by.")] = "",
    no_locked: Annotated[bool, typer.Option("--no-locked", help="Audit all else, without spending a look.")] = False,
    doc: Annotated[
        list[Path] | None, typer.Option("--doc", help="Trace this text's figures too.", metavar="FILE")
    ] = None,
    keep: Keep = False,
    as_json: AsJson = False,
) -> int:
    """Audit a study's claim, looks, sums and numbers.

    Measures the top rounds on the locked slice, which uses it up a little.

    Example: greenlight audit my-study --top 3
    """
    from greenlight.outside import read_text
    from greenlight.study import Study

    texts = {str(path): read_text(path) for path in doc or []}
    study = Study(folder, show.watch(), keep)
    found = Found()
    if _whole(study, found):
        _known(study, metric)
        _reports(study, found)
        _texts(study, texts, found)
        _locked(study, found, None if no_locked else top, metric)
    show.answer(found.data(), as_json, "\n".join(_lines(found)))
    return 3 if found.broken else 0


# ---------------------------------------------------------------- what is checked


def _known(study: Study, metric: str) -> None:
    from greenlight.errors import RecipeError, nearest

    measured = {name for r in study.ledger.latest().values() for name in r.scores}
    if metric and metric not in measured:
        raise RecipeError(f"--metric {metric}: no round measured that" + nearest(metric, sorted(measured)))


def _whole(study: Study, found: Found) -> bool:
    """Chain, hashes and sums; False where the ledger or the yardstick cannot be read, and nothing else can be said."""
    from greenlight.errors import UserError
    from greenlight.inquiry.accounts import sums
    from greenlight.verify import problems

    try:
        found.sums = sums(study)
        found.add("accounting", found.sums.broken)
        found.notes += found.sums.unseen
        found.checked, bad = problems(study)
        # which head the tables name is looked at closer, with their figures
        found.add("chain and hashes", [line for line in bad if "names an older ledger head" not in line])
        study.ledger.rounds(), study.ledger.notes(), study.yardstick.reads
    except UserError as error:
        if str(error) not in found.problems.get("chain and hashes", []):
            found.add("chain and hashes", [str(error)])
        return False
    return True


def _reports(study: Study, found: Found) -> None:
    """Every figure of what is published, against what the ledger gives; see ``trace``."""
    from greenlight.inquiry import trace
    from greenlight.ledger import START
    from greenlight.outside import read_text

    entries = study.ledger.lines()
    heads = {START: 0} | {line.hash: line.seq for line in entries}
    texts = {name: read_text(study.folder / name) for name in (*TABLES, *REPORTS) if (study.folder / name).is_file()}
    if entries and (gone := [name for name in TABLES if name not in texts]):
        found.add("numbers", [f"{name} is missing: {_again(name)}" for name in gone])
    if any(name in texts for name in REPORTS):
        found.notes += [f"{name} is missing: {_again(name)}" for name in REPORTS if name not in texts]
    owns = {name: trace.own(text, heads) for name, text in texts.items()}
    counted = sum(study.yardstick.reads["search"].values())
    name = next((own.name for own in owns.values() if own.name), "")
    reads = next((own.reads for own in owns.values() if own.reads is not None), None)
    board = owns["leaderboard.md"].head if "leaderboard.md" in owns else entries[-1].hash if entries else START
    rendered: dict[Any, dict[str, str]] = {}
    for file, text in texts.items():
        own = owns[file]
        head = own.head or (board if file in TABLES[1:] else "")
        if not head:
            found.add(file, [f"{file} names no head of this ledger: {_again(file)}, if the ledger is whole"])
            continue
        newer = [line for line in entries[heads[head] :] if line.kind != "audit"]
        if newer:
            made = f"was made when the ledger had {heads[head]} of its {show.counted(len(entries), 'entry')}"
            found.notes.append(f"{file} is stale: it {made}; {_again(file)}")
        if any(line.kind == "round" for line in newer) and _run_again(study, heads[head]):
            continue  # the curves and samples that it shows are no longer there
        key = (head, own.name or name, min(counted, own.reads if own.reads is not None else reads or counted))
        if key not in rendered:
            with _as_of(study, head, heads[head]) as then:
                from greenlight.report.publish import rendered as render

                rendered[key] = render(then, any(name in texts for name in REPORTS), *key[1:])
        found.figures += len(trace.tokens(file, text))
        found.files.append(file)
        wrong = trace.differing(file, text, rendered[key][file])
        found.add(file, [f"{line}: {_again(file)}" if "laid out" in line else line for line in wrong])


def _again(file: str) -> str:
    return "greenlight report writes it anew" if file in REPORTS else "greenlight run writes it anew"


def _run_again(study: Study, place: int) -> bool:
    """Whether a round that stood in the first ``place`` entries was run again after them."""
    rows = [(e.seq, e.body.get("number")) for e in study.ledger.entries("round")]
    before = {number for seq, number in rows if seq <= place}
    return any(number in before for seq, number in rows if seq > place)


@contextmanager
def _as_of(study: Study, head: str, place: int) -> Iterator[Study]:
    """The study as it was when the ledger's head was this one."""
    import tempfile

    from greenlight.ledger import Ledger
    from greenlight.study import Study

    if study.ledger.head == head:
        yield study
        return
    with tempfile.TemporaryDirectory() as aside:
        path = Path(aside) / "ledger.jsonl"
        lines = study.ledger.path.read_bytes().split(b"\n") if place else []
        path.write_bytes(b"".join(line + b"\n" for line in lines[:place]))
        then = Study(study.folder)
        then.ledger = Ledger(path)
        yield then


def _texts(study: Study, texts: dict[str, str], found: Found) -> None:
    """Figures of hand-written text, which name their round, and of the ledger's notes, which belong to theirs."""
    from greenlight.inquiry import handwritten

    notes = study.ledger.notes()
    sources = handwritten.sources(study, [*texts.values(), *(text for _, text, _ in notes)])
    for name, text in texts.items():
        figures = handwritten.written(text, sources)
        found.figures += len(figures)
        found.files.append(name)
        found.add(name, [f"{name}:{f.line}: {f.text} [{f.mark}]: {f.source}" for f in figures if f.state == "wrong"])
        found.notes += [f"{name}:{f.line}: {f.text} carries no mark" for f in figures if f.state == "unmarked"]
        if cited := sum(f.state == "cited" for f in figures):
            found.notes.append(f"{name}: {show.counted(cited, 'cited figure')}, which no ledger can check")
    for number, text, time in notes:
        figures = handwritten.written(text, sources, f"r{number}")
        found.figures += len(figures)
        name = f"note of {time[:10]} on round {number}"
        wrong = [f"{name}: {f.text} [{f.mark}]: {f.source}" for f in figures if f.state == "wrong"]
        if handwritten.MARK.search(text):
            found.add("notes", wrong)
        else:
            found.notes += wrong


def claim_of(study: Study, metric: str = "") -> tuple[Claim, dict[str, Any] | None]:
    """The leaderboard's champion and its followers, and its luck line, None where none can be drawn.

    A round whose verdict broke a guard is no candidate, as on the leaderboard.
    """
    from greenlight.inquiry.audit import Claim
    from greenlight.report.board import board
    from greenlight.report.standing import Standings

    standings = Standings(study.ledger, study.store.folder)
    lead = board(standings.every, metric)
    if not any(row.status == "done" for row in standings.rows):
        return Claim("", ()), None
    order = tuple(row.number for row in lead.ranked if not lead.broke(row))
    first = 0 if lead.baseline is None else lead.baseline.number
    if lead.luck is None:
        return Claim(lead.metric, order, first), None
    line = {"tried": lead.luck.n, "typical": lead.luck.typical, "line": lead.luck.line}
    above = not lead.within_luck
    return Claim(lead.metric, order, first, above), line | {"gain": lead.gain, "champion": order[0], "above": above}


def _locked(study: Study, found: Found, top: int | None, metric: str) -> None:
    """The look at the locked slice, unless the study is damaged; then the counts, this look included."""
    from greenlight.crew import Crew
    from greenlight.errors import RoundError, StudyError
    from greenlight.inquiry import audit as audits
    from greenlight.report.publish import tables

    claim, found.luck = claim_of(study, metric)
    if not claim.metric:
        found.notes.append("no round has been finished yet, so there is no claim to audit: greenlight run")
        return
    if "chain and hashes" in found.problems and top is not None:
        found.notes.append("the locked slice was not looked at: a damaged study would only waste the look")
    elif top is not None:
        sound = not any(name in found.problems for name in TABLES)
        try:
            with Crew() as crew:
                found.locked = audits.look(study, crew, claim, top)
            found.add("locked slice", found.locked.problems)
            found.notes += found.locked.notes
        except (RoundError, StudyError) as error:
            found.notes.append(f"the locked slice could not be measured: {error}")
        if sound:  # the ledger has a new head; tables with a wrong figure are left as they are, to be looked into
            tables(study)
    found.looks = audits.looks(study)


# ---------------------------------------------------------------- what is said


def _lines(found: Found) -> list[str]:
    lines = []
    if found.locked is not None:
        lines += _money(found.locked)
    if found.looks:
        lines += _looks(found.looks, found.luck)
    sums = 0 if found.sums is None else found.sums.checked
    broken = len(found.problems.get("accounting", []))
    wrong = sum(len(found.problems.get(name, [])) for name in (*found.files, "notes"))
    lines += [
        f"chain and hashes  {found.checked:,} checked, {len(found.problems.get('chain and hashes', []))} wrong",
        f"accounting        {sums:,} sums, {broken} broken",
        f"numbers           {show.counted(found.figures, 'figure')} of {show.counted(len(found.files), 'file')}, "
        f"{wrong} not the ledger's",
    ]
    if found.notes:
        lines += ["", *(show.visible(show.folded(f"note: {note}", "      ")) for note in found.notes)]
    for of, problems in found.problems.items():
        lines += ["", f"wrong: {of}", *(show.visible(show.folded(f"  {p}", "    ")) for p in problems[:MOST])]
        if len(problems) > MOST:
            lines.append(f"  … and {len(problems) - MOST} more (--json has them all)")
    return lines


def _money(locked: Locked) -> list[str]:
    """Rounds on both slices, the champion's gain on each, and the sentence."""
    from greenlight.report.text import bracket, decimals, fixed, plus_minus

    def cell(score: dict[str, Any] | None) -> str:
        if score is None:
            return "weights gone"
        if "invalid" in score:
            return "invalid"
        half = None if score["low"] is None else (score["high"] - score["low"]) / 2
        return plus_minus(score["value"], half, decimals(half, score["value"]))

    rows = []
    for m in locked.rounds:
        data = m.data()
        rows.append([str(data["round"]), data["slug"][:28], data["role"], cell(data["search"]), cell(data["locked"])])
    title = f"{locked.metric}, {locked.unit} ({locked.better} is better)"
    lines = [show.table(["", "round", "", "search", "locked"], rows, title)]
    if locked.look:
        on = f"on {locked.blocks[0]} and {locked.blocks[1]} {locked.over}"
        lines.append(f"  {on}; audit {locked.look} of this yardstick")
    else:
        lines.append("  no look at the locked slice was spent")
    gains = [
        f"    {name:6} {fixed(i.value, decimals((i.high - i.low) / 2, i.value), True)} {bracket(i.low, i.high)}"
        for name, i in locked.gains.items()
    ]
    if gains:
        lines += ["  gain of the champion over the baseline:", *gains]
    if locked.shrinkage is not None:
        shrunk = f"{100 * locked.shrinkage:.0f} %" if locked.shrinkage > 0 else "none: the locked gain is no smaller"
        lines.append(f"    shrinkage {shrunk}")
    for row in (m.data() for m in locked.rounds):
        for part in ("search", "locked"):
            if reason := (row[part] or {}).get("invalid"):
                lines.append(show.folded(f"  round {row['round']}, {part}: {reason.partition(';')[0]}", "    "))
    return [*lines, show.folded(f"  {locked.sentence}"), ""]


def _looks(found: dict[str, Any], luck: dict[str, Any] | None) -> list[str]:
    """Reads, luck line, and each round's looks."""
    from greenlight.report.text import short_float

    reads = found["reads"]
    audits = f"{found['audits']} {'audit' if found['audits'] == 1 else 'audits'}"
    lines = [f"looks             search read {show.counted(reads['search'], 'time')}; locked by {audits}"]
    lines.append(f"experiments       {found['experiments']} tried on this yardstick")
    if luck is None:
        lines.append("luck line         none: the leaderboard compares its champion with nothing")
    else:
        said = f"luck line         the best of {luck['tried']} that change nothing gains {short_float(luck['line'])} "
        said += f"or more in 1 of 20 cases (typically {short_float(luck['typical'])})"
        where = "above it" if luck["above"] else "UNDER it"
        said += f"; round {luck['champion']} gained {short_float(luck['gain'])}: {where}"
        lines.append(show.folded(said, " " * 18))
    rows = [
        [str(j["round"]), str(j["looks"]), short_float(j["spent"]), f"{j['seeds']} of {j['planned'] or '?'}"]
        for j in found["judged"]
        if j["looks"] > 1 or j["spent"] > 0.05
    ]
    if rows:
        lines.append(show.table(["round", "looks", "α spent", "seeds"], rows))
    else:
        lines.append("                  every verdict is a first look, within α = 0.05")
    return [*lines, ""]


COMMANDS = (audit,)
