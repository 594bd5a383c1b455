"""Commands that read what a study has found: ledger, compare, report, verify."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder, round_of

if TYPE_CHECKING:
    from greenlight.nouns import FactorTable, Verdict


LOOKS = "each look at 95 % adds to the chance of a false verdict"


def ledger(folder: StudyFolder = Path(), as_json: AsJson = False) -> None:
    """Show every round with its verdict.

    The whole chain of the ledger is checked on the way.

    Example: greenlight ledger my-study --json
    """
    from greenlight.cli.studies import leaderboard
    from greenlight.study import Study

    study = Study(folder)
    entries = study.ledger.entries()
    notes = [
        f"  note on round {number} ({time[:10]}): {show.visible(text)}" for number, text, time in study.ledger.notes()
    ]
    crashes = [
        f"  crash of round {r.number}: {show.visible(r.reason)}" for r in study.ledger.rounds() if r.status == "crash"
    ]
    tail = f"{len(entries)} entries, chain whole, head {study.ledger.head[:12]}"
    show.answer([e.data() for e in entries], as_json, "\n".join([leaderboard(study), *crashes, *notes, tail]))


def compare(
    before: Annotated[str, typer.Argument(help="The earlier round.", metavar="A")],
    after: Annotated[str, typer.Argument(help="The round that is judged.", metavar="B")],
    folder: Annotated[Path, typer.Option("--study", help="The study's folder.")] = Path(),
    metric: Annotated[str, typer.Option(help="Default: the metric of B's keep_if.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write the recipes that would separate a package.")] = False,
    as_json: AsJson = False,
) -> int:
    """Judge round B against round A.

    Prints the verdict with its interval, what differed, and what would separate a package.

    Example: greenlight compare 1 2 --metric bpc
    """
    from greenlight.crew import Crew
    from greenlight.factors import separation_toml
    from greenlight.recipe import Recipe
    from greenlight.round import judge
    from greenlight.store import write_file
    from greenlight.study import Study

    numbers = round_of(before), round_of(after)
    study = Study(folder, show.watch())
    a, b = (study.round(number) for number in numbers)
    recipe = Recipe.model_validate(b.recipe)
    if metric:
        recipe = recipe.model_copy(update={"keep_if": recipe.keep_if.model_copy(update={"metric": metric, "by": None})})
    with Crew() as crew:
        verdict = judge(b, a, recipe, study, crew)
    written = []
    if write:
        for missing in (s for s in verdict.factors.separations if s.done_by is None):
            number = max(study.files()) + 1
            slug = re.sub(r"[^a-z0-9]+", "-", missing.factor.lower()).strip("-")
            path = study.folder / "rounds" / f"{number:02d}-{slug}-alone.toml"
            write_file(path, separation_toml(missing, a.number))
            written.append(str(path))
    data = {**verdict.data(), "written": written}
    show.answer(
        data, as_json, "\n".join([*_verdict(verdict, a.number, b.number), *(f"wrote {path}" for path in written)])
    )
    return 3 if verdict.outcome in ("worse", "invalid") else 0


def _verdict(verdict: Verdict, before: int, after: int) -> list[str]:
    lines = [f"round {after} against round {before}: {verdict.outcome.upper()}", show.folded(f"  {verdict.sentence}")]
    if verdict.missing:
        lines.append(show.folded(f"  {verdict.missing}"))
    if verdict.difference is not None:
        d = verdict.difference
        how = d.method + ("" if d.df is None else f", {d.df:.1f} df") + (", pooled" if verdict.pooled else "")
        lines.append(f"  difference {d.value:+.4g} [{d.low:+.4g}, {d.high:+.4g}] {verdict.unit}")
        lines.append(f"  by {how}")
        lines.append(f"  margin ±{verdict.margin:.3g} ({verdict.margin_from})")
    if verdict.looks > 1:
        lines.append(show.folded(f"  look {verdict.looks} at this round: {LOOKS}"))
    if verdict.truth:
        lines.append(f"  true difference of the corpora: {verdict.truth['difference']:+.3f} {verdict.truth['unit']}")
    names = (before, after)
    for number, values in zip(names, verdict.per_seed, strict=True):
        lines.append(f"  round {number} by seed: {', '.join(f'{v:.4g}' for v in values)}")
    return lines + _factors(verdict.factors, before)


def _factors(table: FactorTable, before: int) -> list[str]:
    rows = [
        [f.key, _cell(f.before), _cell(f.after), f.follows_from or "written"]
        for f in (*table.factors, *table.consequences)
    ]
    lines = ["", show.table(["what differed", f"round {before}", "then", "follows from"], rows)] if rows else []
    for s in table.separations:
        state = (
            f"done by round {s.done_by}"
            if s.done_by
            else (f"about {s.minutes:.1f} min" if s.minutes is not None else "not run yet")
        )
        lines.append(show.folded(f"  separates it: {s.sentence} ({state})", "    "))
    return lines


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return " ".join(f"{k} {_cell(v)}" for k, v in value.items())
    return "–" if value is None else str(value)


def report(
    folder: StudyFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the study's report.

    One HTML page that needs no network, its charts as PNG, and report.md.

    Example: greenlight report my-study
    """
    from greenlight.report.publish import report as write
    from greenlight.study import Study

    paths = write(Study(folder, show.watch()))
    show.answer({"files": [str(p) for p in paths]}, as_json, f"report: {paths[0]}")


def verify(folder: StudyFolder = Path(), as_json: AsJson = False) -> int:
    """Recompute every hash, and say what is wrong.

    Ledger, yardstick, store, and every row of every corpus.

    Example: greenlight verify my-study
    """
    from greenlight.study import Study
    from greenlight.verify import problems

    checked, bad = problems(Study(folder, show.watch()))
    text = "\n".join([*(f"  {line}" for line in bad), f"{checked} things checked, {len(bad)} wrong"])
    show.answer({"checked": checked, "problems": bad}, as_json, text)
    return 3 if bad else 0


COMMANDS = (ledger, compare, report, verify)
