"""The command that lets a trained model leave the house: export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.models import _model_folder
from greenlight.cli.options import AsJson, InStudy, round_of

if TYPE_CHECKING:
    from greenlight.parts import Parcel
    from greenlight.study import Study


def export(
    model: Annotated[str, typer.Argument(help="A round (2), or a folder with model.safetensors.", metavar="ROUND")],
    to: Annotated[str, typer.Option(help="The format: hf, a Hugging Face folder.")],
    folder: InStudy = Path(),
    seed: Annotated[int | None, typer.Option(help="Which seed of the round; default: its first.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to; default: exports/ROUND-NAME-seedN-FORMAT in the study.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a trained model as other software opens it.

    The folder is opened and compared with the model before it is there.

    Example: greenlight export 2 --to hf --study demo
    """
    from greenlight import parts
    from greenlight.errors import RecipeError

    part = parts.make("exports", to, {}, "--to")
    where, study = _model_folder(model, folder, seed)
    if study is not None:
        parcel, name = _of_round(study, round_of(model), seed, where)
        target = out or study.folder / "exports" / f"{name}-{to.rpartition('.')[2]}"
    else:
        if out is None:
            raise RecipeError(f"{model} is a folder of no study: say where to export it, with --out FOLDER")
        parcel, target = _of_folder(where), out
    record = part.write(parcel, target, show.watch())
    show.answer({"folder": str(target), **record}, as_json, _told(target, record))


def _of_round(study: Study, number: int, seed: int | None, where: Path) -> tuple[Parcel, str]:
    """A round's model with its record; and the name of its export, less the format."""
    from greenlight.errors import RecipeError
    from greenlight.parts import Parcel
    from greenlight.report import card

    row = study.round(number)
    if row.recipe.get("use") == "character":
        kept = f"runs/{row.number:02d}-{row.slug}/{row.seeds[0] if seed is None else seed}"
        raise RecipeError(
            f"round {row.number} makes a character, whose model is a Hugging Face folder as it is: {kept}"
        )
    which = row.seeds[0] if seed is None else seed
    tokens = row.artifacts.get("tokens")
    there = tokens is not None and study.store.has(tokens)
    if there and tokens is not None:
        study.store.check(tokens)
    name = f"{row.number:02d}-{row.slug}-seed{which}"
    facts = {"round": row.number, "slug": row.slug, "seed": which}
    facts["fingerprint"] = row.artifacts[f"model-{which}"].fingerprint
    parcel = Parcel(
        model=where,
        about=card.about(study.card, row, which),
        synthetic=card.synthetic(row),
        tokens=study.store.path(tokens) if there and tokens is not None else None,
        texts=() if there else tuple(held.control + held.body for held in study.yardstick.documents("search")),
        facts=facts,
    )
    return parcel, name


def _of_folder(where: Path) -> Parcel:
    from greenlight.parts import Parcel
    from greenlight.report import card

    return Parcel(model=where, about=card.bare(where.resolve().name))


def _told(target: Path, record: dict[str, Any]) -> str:
    check = record["check"]
    far = ", ".join(f"{value:.2g} on {kind} tokens" for kind, value in check["difference"].items())
    return show.visible(
        f"{target}\n"
        f"{record['class']}, opened by transformers {record['versions']['transformers']}\n"
        f"largest difference of a logit {far} ({check['real_tokens']}), allowed {check['allowed']:g}: "
        f"{2 * check['sequences']} sequences of {check['context']:,}\n"
        f"{show.counted(check['texts_with_equal_tokens'], 'text')} with equal tokens"
    )


COMMANDS = (export,)
