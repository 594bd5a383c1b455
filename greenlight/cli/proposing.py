"""Commands of oversight: propose freezes a round before it runs, approve and reject are a person's word on it."""

from __future__ import annotations

import shlex
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder, round_of

if TYPE_CHECKING:
    from greenlight.proposals import Briefing, Proposal
    from greenlight.study import Study

MOST = 10_000_000
"""Bytes that are read of a proposal, to keep the hash of one that is too long."""
Number = Annotated[str, typer.Argument(help="The proposed round.", metavar="ROUND")]
Base = Annotated[
    int | None,
    typer.Option(min=1, help="The round to change; default: the last kept of what was proposed so.", metavar="ROUND"),
]
Person = Annotated[str, typer.Option("--by", help="Who says so: a person, not who proposed it.", metavar="NAME")]


def propose(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="A proposal (JSON, or TOML), - for stdin; then the study's folder.",
            metavar="[FILE|-] [STUDY]",
            show_default=False,
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="Who proposes.", metavar="NAME")] = "agent",
    base: Base = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Check it, and write nothing.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a proposal.")] = False,
    briefed: Annotated[bool, typer.Option("--briefing", help="Print what a researcher is told, as JSON.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a proposal, and freeze it into a round.

    A proposal changes one key of one round, within the bounds of
    research.toml, with a hypothesis and a prediction. The ledger has both
    before anything runs.

    Example: greenlight propose proposal.json my-study --by agent
    """
    from greenlight import bounds, sessions
    from greenlight import propose as proposing
    from greenlight.errors import RecipeError
    from greenlight.study import Study

    words = list(words or [])
    file = None if schema or briefed else words.pop(0) if words else ""
    if file == "" or len(words) > 1:
        raise RecipeError("name one proposal, then the study: greenlight propose proposal.json my-study")
    study = Study(Path(words[0]) if words else Path())
    on = sessions.agents_base(study.ledger, bounds.read(study).start) if base is None else base
    if file is None:
        told = _briefing(study, on)
        data = told.proposal_schema if schema else told.data()
        show.answer(data, True, "")
        return
    proposal = _proposal(study, file, on, by, dry)
    if dry:
        _checked(study, proposal, as_json)
        return
    frozen = proposing.freeze(study, proposal, by)
    waits = frozen.number in {one.number for one in proposing.waiting(study)}
    there = "" if study.folder == Path() else f" {shlex.quote(str(study.folder))}"
    after = (
        f"greenlight approve {frozen.number}{there} --by NAME"
        if waits
        else (f"greenlight run{there or ' .'} {frozen.number}")
    )
    data = {"round": frozen.number, "file": str(frozen.path), "recipe_fingerprint": frozen.fingerprint}
    data |= {"base": frozen.base, "changes": frozen.changes, "by": frozen.by}
    data |= {"waits_for_approval": waits, "next": after}
    lines = [f"round {frozen.number} is frozen: {frozen.path}", *_told(proposal, frozen.changes)]
    lines.append(f"{'it waits for a person' if waits else 'next'}: {after}")
    show.answer(data, as_json, show.visible("\n".join(lines)))


def _proposal(study: Study, file: str, base: int, by: str, dry: bool) -> Proposal:
    """From a file or stdin; what is no proposal is kept as a refusal."""
    from greenlight import bounds, proposals
    from greenlight import propose as proposing
    from greenlight.errors import UserError
    from greenlight.outside import read_bytes

    data, name = (sys.stdin.buffer.read(MOST), "stdin") if file == "-" else (read_bytes(Path(file), MOST), file)
    try:
        toml = file.endswith(".toml") or (file == "-" and data.removeprefix(BOM_UTF8).lstrip()[:1] != b"{")
        return bounds.proposal_from(proposals.parse(data, name, toml), base)
    except UserError as error:
        if not dry:
            proposing.refuse(study, by, "", str(error), data)
        raise


def _told(proposal: Proposal, changes: dict[str, Any]) -> list[str]:
    key = next(iter(changes))
    effect, low, high = (f"{x:+g}" if x else "0" for x in vars(proposal.predict).values())
    return [
        show.folded(f"  {key} = {changes[key]} in place of what round {proposal.base} has; all else as there"),
        show.folded(f"  predicted: {effect}, between {low} and {high}"),
    ]


def _checked(study: Study, proposal: Proposal, as_json: bool) -> None:
    from greenlight import bounds, memory, vetting

    research = bounds.read(study)
    allowed = bounds.of(research, study.recipe(research.start))
    made = vetting.checked(study, proposal, allowed, memory.read(study.ledger))
    changes = {made.key: made.value}
    data = {"ok": True, "base": proposal.base, "changes": changes, "recipe_fingerprint": made.recipe.hash}
    lines = ["it can be frozen; nothing was written", *_told(proposal, changes)]
    show.answer(data, as_json, show.visible("\n".join(lines)))


def _briefing(study: Study, base: int) -> Briefing:
    from greenlight import memory
    from greenlight import propose as proposing
    from greenlight.inquiry.diagnose import diagnose

    row = memory.read(study.ledger, whole=base).whole
    done = row is not None and row.status == "done" and not study.makes_character(base)
    said = proposing.limits(diagnose(row, study).data()) if row is not None and done else []
    return proposing.briefing(study, "", base, diagnosis=said)


# ---------------------------------------------------------------- a person's word


def approve(number: Number, folder: StudyFolder = Path(), by: Person = "", as_json: AsJson = False) -> None:
    """Let a proposed round run.

    Example: greenlight approve 5 my-study --by Ada
    """
    _rule(number, folder, True, by, "", as_json)


def reject(
    number: Number,
    folder: StudyFolder = Path(),
    by: Person = "",
    why: Annotated[str, typer.Option(help="What speaks against it; researchers are told.", metavar="TEXT")] = "",
    as_json: AsJson = False,
) -> None:
    """Keep a proposed round from running, and say why.

    Example: greenlight reject 5 my-study --by Ada --why "too wide for our
    server"
    """
    _rule(number, folder, False, by, why, as_json)


def _rule(number: str, folder: Path, approved: bool, by: str, why: str, as_json: bool) -> None:
    from greenlight import propose as proposing
    from greenlight.study import Study

    study, which = Study(folder), round_of(number)
    proposing.rule(study, which, approved, by, why)
    left = [one.number for one in proposing.waiting(study)]
    there = shlex.quote(str(folder))
    after = f"greenlight run {there} {which}" if approved else f"greenlight propose --briefing {there}"
    data = {"round": which, "approved": approved, "by": by, "why": why, "waiting": left, "next": after}
    lines = [f"round {which} is {'approved' if approved else 'rejected'} by {by}"]
    lines += [f"waiting still: {', '.join(map(str, left))}"] if left else []
    show.answer(data, as_json, show.visible("\n".join([*lines, f"next: {after}"])))


COMMANDS = (propose, approve, reject)
