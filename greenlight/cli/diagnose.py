"""The command that says why a round came out as it did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, no_character, round_of

if TYPE_CHECKING:
    from greenlight.inquiry.diagnose import Diagnosis, Limit

LOOKED_AT = {
    "best_step": "best step",
    "kept_step": "kept step",
    "bits_per_character": "bits per character",
    "lr_at_kept": "rate at the kept step",
    "tokens_per_parameter": "tokens per parameter",
    "blind_loss": "learned so far",
    "eta2": "writer and level",
}
"""Facts whose name in JSON is not what a person would call them."""
NAMES = 21
"""Columns of the facts' names."""


def diagnose(
    number: Annotated[str, typer.Argument(help="The round to explain.", metavar="ROUND")],
    folder: Annotated[Path, typer.Option("--study", help="The study's folder.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Say why a round came out as it did.

    Reads the record: the likely limits in order, with their numbers and what to try, what was looked at, and what
    the record does not show. Nothing is trained or measured again.

    Example: greenlight diagnose 2 --study my-study
    """
    from greenlight.errors import StudyError
    from greenlight.inquiry.diagnose import diagnose as found_by
    from greenlight.study import Study

    study = Study(folder)
    which = round_of(number)
    row = study.ledger.latest().get(which)
    if row is None:
        study.file(which)
        raise StudyError(f"round {which} has not been run: greenlight run {folder} {which}")
    no_character(row, "diagnose", "loss curves of a corpus")
    found = found_by(row, study)
    show.answer(found.data(), as_json, show.visible(_letter(found, row.slug)))


def _letter(found: Diagnosis, slug: str) -> str:
    from greenlight.inquiry.diagnose import STRONG

    strong = [limit for limit in found.limits if limit.strength >= STRONG]
    weak = [limit for limit in found.limits if limit.strength < STRONG]
    lines = [f"round {found.round} ({slug})", ""]
    lines.append("likely limits, the strongest first (0 to 1)" if strong else "no limit stands out")
    lines += [line for place, limit in enumerate(strong, 1) for line in _limit(f"{place}.", limit)]
    if weak:
        lines += ["", "weaker signs" if strong else "the nearest to one"]
        lines += [line for limit in weak for line in _limit("-", limit)]
    if any(limit.tries for limit in found.limits):
        again = f'each try is a round of its own: base and against = "round:{found.round}", and that change'
        lines += ["", show.folded(again)]
    if found.facts:
        lines += ["", "what was looked at"]
        for fact in found.facts:
            name = LOOKED_AT.get(fact.name, fact.name)
            lines.append(show.folded(f"  {name:<{NAMES}} {fact.shown}", " " * (NAMES + 3)))
    if found.not_shown:
        lines += ["", "not shown", *(show.folded(f"  - {line}", "    ") for line in found.not_shown)]
    return "\n".join(lines)


def _limit(mark: str, limit: Limit) -> list[str]:
    indent = " " * (len(mark) + 3)
    lines = [show.folded(f"  {mark} {limit.name} ({limit.strength:.2f}): {limit.sentence}", indent)]
    for change in limit.tries:
        sets = " ".join(f"--set {_set(key, value)}" for key, value in change.items())
        alone = "" if len(change) == 1 else f" (a package of {len(change)})"
        lines.append(f"{indent}try {sets}{alone}")
    return lines


def _set(key: str, value: Any) -> str:
    """As a shell takes it: TOML, quoted where it has spaces."""
    import json
    import shlex

    if isinstance(value, dict):
        value = "{ " + ", ".join(f"{json.dumps(k)} = {v:g}" for k, v in value.items()) + " }"
    elif isinstance(value, float):
        value = f"{value:g}"
    return shlex.quote(f"{key}={value}") if " " in str(value) else f"{key}={value}"


COMMANDS = (diagnose,)
