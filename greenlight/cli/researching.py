"""The command of research: many rounds by one researcher, and what researchers were worth."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder

if TYPE_CHECKING:
    from greenlight.lift import Told
    from greenlight.research import Outcome
    from greenlight.sessions import Session, Step
    from greenlight.study import Study

CODES = {"hours": 4, "usd": 4, "tries": 1}
"""Exit codes of sessions that ended so; 0 for all others."""


def research(
    folder: StudyFolder = Path(),
    by: Annotated[str, typer.Option(help="agent, llm, optuna, chance, or plan.", metavar="RESEARCHER")] = "",
    rounds: Annotated[int | None, typer.Option(min=1, help="Turns in all; one that is refused counts.")] = None,
    max_hours: Annotated[
        float | None, typer.Option(min=0, help="Of asking and of rounds, as recorded; a round is never cut.")
    ] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Of asking the researcher.")] = None,
    oversight: Annotated[bool, typer.Option("--oversight", help="Nothing runs before a person approves it.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of what the researcher draws.")] = 1,
    session: Annotated[str, typer.Option(help="Its name; default: researcher and seed.")] = "",
    start: Annotated[
        int | None, typer.Option(min=1, help="The round to build on; default: research.toml's.", metavar="ROUND")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Say what each session was worth; run nothing.")] = False,
    over: Annotated[
        str, typer.Option(help="With --report: the session to tell lifts over; default: chance's.", metavar="SESSION")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Let a researcher improve the model, round by round.

    Each turn proposes one change; it is frozen with its prediction, run,
    judged, and kept or not. Interrupted, the same command goes on. What may be
    changed, and when to stop, stands in research.toml.

    Example: greenlight research my-study --by chance --rounds 8
    """
    from greenlight.errors import RecipeError
    from greenlight.study import Study

    if report:
        told = _report(folder, over)
        show.answer(told.data(), as_json, show.visible("\n".join(_told(told))))
        return 0
    if not by:
        raise RecipeError("--by is missing: name a researcher: agent, llm, optuna, chance, or plan")
    if over:
        raise RecipeError("--over belongs to --report: give both, or neither")
    from greenlight.crew import Crew
    from greenlight.research import Settings
    from greenlight.research import research as go

    study = Study(folder, show.watch())
    settings = Settings(by, session, seed, start, rounds, max_hours, budget_usd, oversight)
    with Crew() as crew:
        outcome = go(study, crew, settings, lambda row: _tables(study))
    if outcome.why or study.ledger.behind:  # a session's end is a line to name; or a kill came before the tables
        _tables(study)
    show.answer(_data(outcome), as_json, show.visible("\n".join(_lines(outcome, study))))
    return CODES.get(outcome.why, 0)


def _tables(study: Study) -> None:
    from greenlight.report.publish import tables

    tables(study)


# ---------------------------------------------------------------- where a session stands


def _data(outcome: Outcome) -> dict[str, Any]:
    s = outcome.session
    return {
        "session": s.name,
        "by": s.by,
        "reason": outcome.reason,
        "ended": outcome.why,
        "waiting": list(outcome.waiting),
        "base": s.base,
        "turns": [_step(place, step) for place, step in enumerate(s.counted, 1)],
        "hours": s.seconds / 3600,
        "usd": s.usd,
        "tokens": s.tokens,
        "briefing": None if outcome.briefing is None else outcome.briefing.data(),
    }


def _step(place: int, step: Step) -> dict[str, Any]:
    found = step.difference
    return {
        "turn": place,
        "round": step.number,
        "base": step.base,
        "changes": step.proposal.changes if step.proposal else {},
        "outcome": step.outcome or "waiting",
        "refused": step.refused,
        "taken": step.taken,
        "kept": step.kept,
        "difference": None if found is None else [found["value"], found["low"], found["high"]],
        "predict": step.proposal.predict.data() if step.proposal else None,
        "seconds": round(step.seconds, 2),
        "usd": step.turn.usd if step.turn else None,
    }


def _lines(outcome: Outcome, study: Study) -> list[str]:
    s = outcome.session
    rows = [_row(place, step) for place, step in enumerate(s.counted, 1)]
    headers = ["turn", "round", "change", "outcome", "difference", ""]
    lines = [show.table(headers, rows, f"session {s.name}")] if rows else []
    lines.append(f"it stands on round {s.base}; {_cost(s)}")
    lines.append(show.folded(outcome.reason))
    if outcome.briefing is not None:
        there = "" if study.folder == Path() else f" {shlex.quote(str(study.folder))}"
        lines.append(show.folded(f"the briefing as data: greenlight research{there} --by {s.by} --json"))
        lines += _short(outcome)
    return lines


def _row(place: int, step: Step) -> list[str]:
    changes = step.proposal.changes if step.proposal else {}
    what = ", ".join(f"{key} = {value}" for key, value in changes.items())
    found = step.difference
    shown = "" if found is None else f"{found['value']:+.3g} ({found['low']:+.3g} to {found['high']:+.3g})"
    number = "" if step.number is None else str(step.number)
    said = what or (step.refused if len(step.refused) <= 60 else f"{step.refused[:59]}…")
    return [str(place), number, said, step.outcome or "waiting", shown, "kept" if step.kept else ""]


def _cost(s: Session) -> str:
    usd = s.usd
    money = "the money is unknown" if usd is None else f"{usd:.4f} USD" if usd else "no money"
    turns = len(s.counted)
    return f"{show.counted(turns, 'turn')}, {show.span(s.seconds)}, {money}"


def _short(outcome: Outcome) -> list[str]:
    b = outcome.briefing
    assert b is not None
    known = [f"{key} = {b.values.get(key)}" for key in sorted(b.bounds)]
    lines = [b.question, f"round {b.base} has {', '.join(known)}", *b.diagnosis]
    return [show.folded(line) for line in lines if line]


# ---------------------------------------------------------------- what sessions were worth


def _report(folder: Path, over: str) -> Told:
    from greenlight.errors import RecipeError, nearest
    from greenlight.lift import report
    from greenlight.study import Study

    told = report(Study(folder, show.watch()), over)
    names = [one.session for one in told.worths]
    if over and over not in names:
        raise RecipeError(f"--over {over}: no such session" + nearest(over, names))
    return told


def _told(told: Told) -> list[str]:
    if not told.worths:
        return ["no session of research has begun: greenlight research --by chance --rounds 8"]
    from greenlight.report.worth import HEADERS, lift_words, row_of, words_of

    lines = [
        show.table(list(HEADERS), [row_of(one) for one in told.worths], f"gains in {told.metric}, above 0 is better")
    ]
    for one in told.worths:
        lines += [show.folded(line) for line in words_of(one, told.unit)]
    for lift in told.lifts:
        lines += ["", *(show.folded(line) for line in lift_words(lift, told.unit))]
    if not told.lifts and len(told.worths) > 1:
        lines.append("no session of chance, so no lift: greenlight research --by chance, or --over SESSION")
    return lines


COMMANDS = (research,)
