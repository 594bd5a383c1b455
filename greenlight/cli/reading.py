"""Commands that read what a study has found: ledger, report."""

from __future__ import annotations

from pathlib import Path

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder


def ledger(folder: StudyFolder = Path(), as_json: AsJson = False) -> None:
    """Show every round with its verdict.

    The whole chain of the ledger is checked on the way.

    Example: greenlight ledger my-study --json
    """
    from greenlight.cli.leaderboard import closing
    from greenlight.report.standing import Standings
    from greenlight.study import Study

    study = Study(folder)
    if as_json:
        show.answer([e.data() for e in study.ledger.entries()], True, "")
        return
    standings = Standings(study.ledger, study.store.folder)
    notes = [
        f"  note on round {number} ({time[:10]}): {show.visible(text)}" for number, text, time in study.ledger.notes()
    ]
    rows = [standings.round(row) for row in standings.every if row.status == "crash"]
    crashes = [show.folded(f"  crash of round {r.number}: {show.visible(r.reason)}", "    ") for r in rows]
    looks = [
        show.folded(
            f"  audit of {e.time[:10]}, a look at the locked slice: {show.visible(str(e.body.get('sentence')))}", "    "
        )
        for e in study.ledger.entries("audit")
    ]
    head = standings.lines[-1].hash[:12] if standings.lines else "none"
    tail = [f"{show.counted(len(standings.lines), 'entry')}, chain whole, head {head}"]
    if torn := study.ledger.torn():
        tail.append(f"{torn:,} bytes of a torn line at the end: the next run sets them aside in ledger.torn")
    show.answer(None, False, "\n".join([closing(study, standings), *crashes, *notes, *looks, *tail]))


def report(
    folder: StudyFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the study's report, and its tables anew.

    One HTML page that needs no network, its charts as PNG, and report.md; and
    leaderboard.md, results.tsv and MODELS.md as the ledger has them.

    Example: greenlight report my-study
    """
    from greenlight.report.publish import report as write
    from greenlight.report.publish import tables
    from greenlight.study import Study

    study = Study(folder, show.watch())
    paths = write(study)
    tables(study)
    show.answer({"files": [str(p) for p in paths]}, as_json, f"report: {paths[0]}")


COMMANDS = (ledger, report)
