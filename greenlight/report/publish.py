"""Gathers a study into a page, and writes what is published of it: tables after every round, the report on demand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from greenlight import factors, unscreened
from greenlight.errors import StoreError
from greenlight.ledger import START
from greenlight.nouns import Round
from greenlight.release import listed
from greenlight.report.board import board, calibration
from greenlight.report.marks import bracket_lines, marks
from greenlight.report.page import Page, Released, makes_character
from greenlight.report.standing import Standing, Standings
from greenlight.report.tables import leaderboard_md, models_md, results_tsv
from greenlight.store import write_file
from greenlight.study import Study

COUNTED = ("stage", "prompt", "valid", "why", "in_character", "task", "traits")
"""What the report takes of an answer to a character's check-up: all but what it says."""
SHOWN_TOPICS = 3
"""Topics of which the report shows samples at every level."""


def tables(study: Study) -> None:
    """``leaderboard.md`` (with the ledger's head), ``results.tsv`` and ``MODELS.md``; only what changed is written."""
    for name, text in table_texts(gather(study, whole=False)).items():
        path = study.folder / name
        if not path.exists() or path.read_bytes() != text.encode():
            write_file(path, text)


def table_texts(page: Page) -> dict[str, str]:
    """The tables by the names of their files."""
    return {"leaderboard.md": leaderboard_md(page), "results.tsv": results_tsv(page), "MODELS.md": models_md(page)}


def rendered(study: Study, whole: bool = True, name: str = "", reads: int | None = None) -> dict[str, str]:
    """What is published of a study as it would be written now, by path in its folder; nothing is written.

    Without ``whole`` the tables alone. ``name`` and ``reads`` stand in for the folder's name and the reads so far,
    which no round decides.
    """
    page = gather(study, whole)
    page = replace(page, study_name=name or page.study_name, reads=page.reads if reads is None else reads)
    if not whole:
        return table_texts(page)
    from greenlight.report.build import texts

    return table_texts(page) | {f"reports/{file}": text for file, text in texts(page).items()}


def report(study: Study) -> list[Path]:
    """Writes the report; the first path is the page."""
    from greenlight.report.build import write

    return write(gather(study), study.folder / "reports", study.store.watch)


def gather(study: Study, whole: bool = True) -> Page:
    """All that a report needs; without ``whole`` the curves and samples stay on disk."""
    standings = Standings(study.ledger, study.store.folder)
    found = board(standings.every, equal="characters", luck=standings.luck)
    said = marks(found, calibration(standings.every, standings.plans))
    if whole:
        from greenlight.checkups import plainly

        rows = study.ledger.latest()
        told = {number: plainly(r) for number, r in rows.items()}
        rounds = [refreshed(r, told) for r in rows.values()]
    else:  # light rows: a table has no use for a round's blocks, artifacts and separations
        rounds = [standings.round(row) for row in standings.rows]
    done = [r for r in rounds if r.status == "done"]
    curves: dict[tuple[int, int], list[dict[str, Any]]] = {}
    samples: dict[int, list[dict[str, Any]]] = {}
    answers: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for r in done if whole else []:
        folder = study.folder / "runs" / f"{r.number:02d}-{r.slug}"
        for seed in r.seeds:
            if makes_character(r):
                seen = _lines(folder / str(seed) / "checkup" / "seen.jsonl")
                answers[r.number, seed] = [{key: one.get(key) for key in COUNTED} for one in seen]
            curves[r.number, seed] = _lines(folder / str(seed) / "metrics.jsonl")
        samples[r.number] = _few(_lines(folder / str(r.seeds[0]) / "dial" / "samples.jsonl"))
    return Page(
        title=study.card.title,
        question=study.card.question,
        study_name=study.folder.resolve().name,
        yardstick_hash=study.yardstick.hash,
        reads=sum(study.yardstick.reads["search"].values()),
        rounds=rounds,
        head=standings.lines[-1].hash if standings.lines else START,
        machine=_machine(rounds[-1].machine) if rounds else "",
        version=_version(),
        notes=study.ledger.notes(),
        curves=curves,
        samples=samples,
        answers=answers,
        tasks=_tasks(study) if answers else frozenset(),
        corpus_dial={r.number: r.facts["corpus_dial"] for r in done if "corpus_dial" in r.facts},
        truth={r.number: r.facts["truth"] for r in done if "truth" in r.facts},
        champion=said.champion,
        marks=said.lines,
        equal=bracket_lines(found),
        releases=[Released(one.round, one.tag, at, one.weights, sha) for at, one, sha in listed(study.folder)],
        **(_spent(study, standings.every) if whole else {}),
        takeaways=factors.takeaway([plainly(r) for r in rounds]) if whole else (),
        limits=limits(done) if whole else (),
    )


def _spent(study: Study, every: Sequence[Standing]) -> dict[str, Any]:
    """What the study cost by its ledger alone, what its sessions of research were worth, and its voices' scorecards."""
    from greenlight import costs, lift, tariff, transcripts
    from greenlight.report import bill, calibrated, worth

    found = costs.bill(study.ledger, study.store.folder, transcripts.read([]), tariff.tariff(None))
    told = lift.report(study, champions=False)
    lines = [line for one in told.worths for line in worth.words_of(one, told.unit)]
    lines += [line.strip() for one in told.lifts for line in worth.lift_words(one, told.unit)]
    return {
        "returns": bill.returns(found, every),
        "bill": bill.table(found),
        "worths": [worth.row_of(one) for one in told.worths],
        "lifts": lines,
        "scorecards": calibrated.rows(study),
    }


def _tasks(study: Study) -> frozenset[str]:
    from greenlight.character.held import held_prompts

    if study.yardstick.kind != "prompts":
        return frozenset()
    return frozenset(prompt.id for prompt in held_prompts(study.yardstick) if prompt.task is not None)


def refreshed(row: Round, rows: dict[int, Round]) -> Round:
    """The round with its separations as the ledger now stands: the rounds that separate a package come after it.

    ``rows`` as a factor table reads them (``plainly``).
    """
    control = rows.get(row.against or 0)
    if row.verdict is None or control is None:
        return row
    now = factors.compare(control, rows[row.number], list(rows.values())).separations
    table = row.verdict.factors.model_copy(update={"separations": now})
    return row.model_copy(update={"verdict": row.verdict.model_copy(update={"factors": table})})


def limits(rounds: list[Round]) -> list[str]:
    """What these rounds cannot show, from their factor tables, seeds and settings."""
    out = []
    for r in rounds:
        v = r.verdict
        if v is None:
            continue
        if len(v.factors.factors) > 1:
            out.append(
                f"Round {r.number} against {v.against} is a {v.factors.name}: "
                "whatever it shows belongs to all of it together."
            )
        if v.looks > 1:
            past = " (the plan's 5 % and what was looked at past it)" if v.spent > 0.05 else ""
            out.append(
                f"Round {r.number} was judged {v.looks} times; over these looks the chance of a false verdict is at "
                f"most {100 * v.spent:.3g} %{past}."
            )
        if v.outcome == "undecided":
            out.append(f"Round {r.number} is undecided. {v.missing}".strip())
        out += [f"Round {r.number} against {v.against}: {caution}." for caution in v.cautions]
    for warning in dict.fromkeys(w for r in rounds if (w := r.facts.get("genre", {}).get("warning"))):
        told = ", ".join(str(r.number) for r in rounds if r.facts.get("genre", {}).get("warning") == warning)
        out.append(f"In round {told}, {warning}.")
    for r in rounds:
        out += [f"In round {r.number}, {warning}." for warning in unscreened.told(r.facts.get("unscreened", {}))]
        out += [f"In round {r.number}, {r.facts['blend_moved']}."] if "blend_moved" in r.facts else []
    few = {len(r.seeds) for r in rounds}
    if few and min(few) < 5:
        out.append(
            f"{min(few)} seeds a round see effects of about three seed standard deviations; "
            "a smaller one may be there unseen."
        )
    if any(r.facts.get("precision") == "bf16" for r in rounds):
        out.append("Models were trained in bf16; scores are computed in the precision that their settings name.")
    if rounds:
        out.append(
            "Every figure is about this yardstick and models of this size; nothing was shown to hold for larger ones."
        )
    return out


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise StoreError(f"{path} line {number} cannot be read: greenlight verify says what to make again")
            found.append(row)
    return found


def _few(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The samples of the first topics, at every level: chosen by place, never by how they look."""
    topics = list(dict.fromkeys(row.get("topic") for row in rows))[:SHOWN_TOPICS]
    return [row for row in rows if row.get("topic") in topics]


def _machine(found: dict[str, Any]) -> str:
    named = {"cores": "{} cores", "torch": "torch {}"}
    shown = [named.get(k, "{}").format(found[k]) for k in ("cpu", "cores", "gpu", "system", "torch") if found.get(k)]
    return ", ".join(shown)


def _version() -> str:
    try:
        return version("greenlight-studio")
    except PackageNotFoundError:
        return "unknown"
