"""The commands for what tuning leaves: merge, checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.backends.merge import MergeFacts

METHODS = ("cat", "fold", "svd", "linear")
RECORD, STEP = "checkpoint.json", "artifact.json"


def merge(
    first: Annotated[Path, typer.Argument(help="An adapter's folder, or a whole model's.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="The other one, trained on the same base.", metavar="B")],
    weights: Annotated[tuple[float, float], typer.Option(help="How much of each.", metavar="A B")] = (1.0, 1.0),
    base: Annotated[Path | None, typer.Option(help="The model both come from; a fold needs it.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to; default: A+B, beside A.")] = None,
    method: Annotated[
        str, typer.Option(help="cat: one adapter, or fold: the whole model; svd and linear are lossy.")
    ] = "cat",
    lossy: Annotated[bool, typer.Option("--lossy", help="Write it even where it is not what was asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put two trained changes of one base together, exactly.

    What was written is read back; if its coefficients are off, it is refused.

    Example: greenlight merge runs/dpo runs/sft --weights 1.0 0.25
    """
    from typing import cast

    from greenlight.errors import RecipeError, nearest

    if method not in METHODS:
        raise RecipeError(f"unknown method '{method}'{nearest(method, METHODS)}")
    from greenlight.backends.merge import Method
    from greenlight.backends.merge import merge as merged

    one, two = first.absolute(), second.absolute()
    target = out or one.parent / f"{one.name}+{two.name}"
    parts = [(first, weights[0]), (second, weights[1])]
    facts = merged(base, parts, target, cast(Method, method), lossy)
    data = {"folder": str(target), **facts.data()}
    show.answer(data, as_json, _told(target, (first, second), facts))


def _told(target: Path, parts: tuple[Path, Path], facts: MergeFacts) -> str:
    what = "an adapter" if facts.rank else "a whole model"
    lines = [f"{target}: {what}, by {facts.method}, {'exact' if facts.exact else 'LOSSY, and not what was asked'}"]
    for part, asked, found, rank in zip(parts, facts.asked, facts.recovered, facts.ranks, strict=True):
        got = "cannot be told apart" if found is None else f"recovered {found:.4f}"
        lines.append(f"  {part}: asked {asked:g}, {got}" + (f", rank {rank}" if rank else ""))
    lines.append(f"  residual {facts.residual:.2g} of the change, over {facts.modules} modules")
    return "\n".join([*lines, *(f"  {caution}" for caution in facts.cautions)])


def checkpoints(
    folder: Annotated[Path, typer.Argument(help="Looks in it, and in all below.", metavar="FOLDER")] = Path(),
    as_json: AsJson = False,
) -> None:
    """List the checkpoints of tuning: stage, step, losses, and where they are.

    Example: greenlight checkpoints my-study
    """
    from greenlight.errors import InputError

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: name one with tuned models in it")
    rows = [_row(path) for path in sorted(folder.rglob(f"checkpoints/*/{RECORD}"))]
    if not rows and not as_json:
        raise InputError(f"{folder} has no checkpoints in it, nor below: name the folder of a study or of a run")
    show.answer({"folder": str(folder), "checkpoints": rows}, as_json, _table(rows) if rows else "")


def _row(path: Path) -> dict[str, Any]:
    """One checkpoint; the persona is named by the step that its run belongs to, where it is one of a study."""
    from greenlight.outside import read_bytes

    said = _read(read_bytes(path), path)
    run = path.parents[2]
    plan = _read(read_bytes(run / STEP), run / STEP).get("plan") if (run / STEP).exists() else None
    persona = plan.get("persona") if isinstance(plan, dict) else None
    return {
        "persona": str(persona or ""),
        "run": run.name or str(run.absolute()),
        "stage": str(said.get("kind", "")),
        "step": said.get("step"),
        "steps": said.get("steps"),
        **{name: said.get(name) for name in ("share", "loss", "held_loss", "margin", "held_margin")},
        "address": str(path.parent),
    }


def _read(data: bytes, path: Path) -> dict[str, Any]:
    import json

    from greenlight.errors import InputError

    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{path} is damaged: restore it, or delete the folder {path.parent}")
    return found


def _table(rows: list[dict[str, Any]]) -> str:
    def number(value: Any) -> str:
        return f"{value:.3f}" if isinstance(value, int | float) else "–"

    head = ("persona", "stage", "step", "share", "loss", "held out", "margin", "address")
    body = [
        (
            row["persona"] or row["run"][:28],
            row["stage"],
            f"{row['step']}/{row['steps']}",
            f"{row['share']:.0%}" if isinstance(row["share"], int | float) else "–",
            number(row["loss"]),
            number(row["held_loss"]),
            number(row["held_margin"] if row["held_margin"] is not None else row["margin"]),
            row["address"],
        )
        for row in rows
    ]
    wide = [max(len(line[n]) for line in (head, *body)) for n in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, wide, strict=True)).rstrip() for line in (head, *body)
    )


COMMANDS = (merge, checkpoints)
