"""The leaderboard: who leads, by which metric, at which cost, and whether that is more than luck."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder

if TYPE_CHECKING:
    from greenlight.report.board import Board, Calibration
    from greenlight.report.standing import Standing, Standings
    from greenlight.study import Study

MOST = 30
"""Rounds that a terminal shows without --all."""
COLUMNS = ("rank", "round", "verdict", "difference", "looks", "steps", "characters", "flops", "seconds")
"""What --sort takes beside the metrics; costs and round numbers rise, all else falls."""


def leaderboard(
    folder: StudyFolder = Path(),
    metric: Annotated[str, typer.Option(help="Rank by this one; default: the one that most verdicts use.")] = "",
    equal: Annotated[
        str, typer.Option(help="Compare at equal steps, characters, flops or seconds.", metavar="COST")
    ] = "",
    sort: Annotated[
        str, typer.Option(help="A metric, round, verdict, difference, looks, or a cost.", metavar="COLUMN")
    ] = "rank",
    everything: Annotated[bool, typer.Option("--all", help="Every round, not the best 30.")] = False,
    as_json: AsJson = False,
) -> None:
    """Rank the rounds, and say what is luck.

    The champion, the noise floor, looks, packages and predictions stand below.

    Example: greenlight leaderboard my-study --equal characters
    """
    from greenlight.report.board import board, calibration
    from greenlight.report.marks import as_data
    from greenlight.report.standing import Standings
    from greenlight.study import Study

    study = Study(folder)
    standings = Standings(study.ledger, study.store.folder)
    _known(standings, metric, equal, sort)
    found = board(standings.every, metric, equal, standings.luck)
    told = calibration(standings.every, standings.plans)
    order = _sorted(found, sort)
    if as_json:
        rows = [_row(found, row, place) for place, row in order]
        data = {"study": str(folder), **as_data(found, told), "rounds": rows, "head": _head(standings)}
        show.answer(data, True, "")
        return
    if found.brackets:
        text = _brackets(study, standings, found, sort, everything)
    else:
        text = _table(standings, found, [row for _, row in order], study.card.title, everything)
    show.answer(None, False, "\n".join([text, *_marks(found, told, standings)]) if order else NONE)


NONE = "no round has been run yet"


def closing(study: Study, standings: Standings | None = None) -> str:
    """The study's leaderboard for the terminal, in order of the rounds where they are few, and its marks."""
    from greenlight.report.board import board, calibration
    from greenlight.report.standing import Standings

    standings = standings or Standings(study.ledger, study.store.folder)
    rows = standings.rows
    if not rows:
        return NONE
    found = board(standings.every, luck=standings.luck)
    order = rows if len(rows) <= MOST else [row for _, row in _sorted(found, "rank")]
    told = calibration(standings.every, standings.plans)
    return "\n".join([_table(standings, found, order, study.card.title, False), *_marks(found, told, standings)])


def _known(standings: Standings, metric: str, equal: str, sort: str) -> None:
    """Raises RecipeError for an option that names nothing here."""
    from greenlight.errors import RecipeError, nearest
    from greenlight.report.standing import BUDGETS

    metrics = list(dict.fromkeys(name for row in standings.every for name in row.values))
    if metric and metric not in metrics:
        raise RecipeError(f"--metric {metric}: no round was measured by it" + nearest(metric, metrics))
    if equal and equal not in BUDGETS:
        raise RecipeError(f"--equal {equal}: no such cost" + nearest(equal, list(BUDGETS)))
    if sort not in (*COLUMNS, *metrics):
        raise RecipeError(f"--sort {sort}: no such column" + nearest(sort, [*COLUMNS, *metrics]))


def _sorted(found: Board, sort: str) -> list[tuple[int | None, Standing]]:
    """(rank, round), those without a rank last: in the order of a column, the unknown behind the known."""
    placed: list[tuple[int | None, Standing]] = [*enumerate(found.ranked, 1)]
    placed += [(None, row) for row, _ in found.rest]
    if sort == "rank":
        return placed
    return sorted(placed, key=lambda pair: _key(pair[1], sort, pair[0] is None))


def _key(row: Standing, sort: str, unranked: bool) -> tuple[bool, float | str, int]:
    verdict = row.verdict
    value: float | str | None
    if sort == "round":
        return (False, row.number, 0)
    if sort == "verdict":
        order = ("better", "equivalent", "undecided", "worse", "invalid")
        value = None if verdict is None else order.index(verdict.outcome)
    elif sort == "difference":
        value = None if verdict is None or verdict.difference is None else -verdict.difference
    elif sort == "looks":
        value = None if verdict is None else -verdict.looks
    elif sort in COLUMNS:
        value = row.budget.get(sort)
    else:
        score = row.values.get(sort)
        usable = score is not None and score.usable and not score.few and row.status == "done"
        value = None if score is None or not usable else score.mean if score.better == "lower" else -score.mean
    return (value is None or (unranked and sort == "rank"), 0.0 if value is None else value, row.number)


def _table(standings: Standings, found: Board, order: Sequence[Standing], title: str, everything: bool) -> str:
    from greenlight.report.tables import leaderboard_text

    shown = order if everything else order[:MOST]
    rounds = [standings.round(row) for row in shown]
    headers, rows = leaderboard_text(rounds, found.champion.number if found.champion else None, found.metric)
    more = len(order) - len(shown)
    tail = [f"and {more:,} more rounds: greenlight leaderboard --all shows them"] if more else []
    return "\n".join([show.table(headers, rows, title), *tail])


def _brackets(study: Study, standings: Standings, found: Board, sort: str, everything: bool) -> str:
    """One table a bracket, each with its best on top; a few rows of each where there are many."""
    from greenlight.report.marks import bracket_line, rule

    each = len(found.ranked) if everything else max(1, MOST // len(found.brackets))
    shown = found.brackets if everything else found.brackets[:MOST]
    parts = [show.visible(study.card.title), show.folded(rule(found.equal))]
    for bracket in shown:
        rows = list(bracket.rounds)
        rows = rows if sort == "rank" else sorted(rows, key=lambda row: _key(row, sort, False))
        parts += ["", show.folded(show.visible(bracket_line(found, bracket)))]
        parts.append(_table(standings, found, rows[:each], "", True))
        if len(rows) > each:
            parts.append(f"  and {len(rows) - each:,} more")
    hidden = len(found.brackets) - len(shown)
    return "\n".join([*parts, *([f"and {hidden:,} more brackets: --all shows them"] if hidden else [])])


def _marks(found: Board, told: Calibration, standings: Standings) -> list[str]:
    from greenlight.chain import backwards
    from greenlight.report.marks import marks

    said = marks(found, told)
    clock = backwards(standings.lines)
    return [show.folded(show.visible(text)) for text in (*said.lines, *clock[:1])]


def _head(standings: Standings) -> str:
    from greenlight.chain import START

    return standings.lines[-1].hash if standings.lines else START


def _row(found: Board, row: Standing, place: int | None) -> dict[str, Any]:
    """One round for ``--json``: plain numbers, None where there is none."""
    reasons = {other.seq: reason for other, reason in found.rest}
    value, verdict = row.values.get(found.metric), row.verdict
    score = value if value is not None and value.usable else None
    return {
        "rank": place,
        "round": row.number,
        "name": row.slug,
        "status": row.status,
        "why_unranked": reasons.get(row.seq, ""),
        "value": None if score is None else score.mean,
        "half_width": None if score is None else score.half,
        "scores": {name: v.mean for name, v in row.values.items() if v.usable},
        "verdict": None if verdict is None else verdict.outcome,
        "against": row.against,
        "difference": None if verdict is None else [verdict.difference, verdict.low, verdict.high],
        "package": None if verdict is None else verdict.package,
        "looks": None if verdict is None else verdict.looks,
        "seeds": row.seeds,
        "cost": row.budget,
    }


COMMANDS = (leaderboard,)
