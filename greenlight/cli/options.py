"""Arguments and options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from greenlight.nouns import Round

StudyFolder = Annotated[Path, typer.Argument(help="The study's folder; default: the current one.", metavar="[STUDY]")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON on stdout.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="Change a recipe key: --set train.epochs=2", metavar="KEY=VALUE")
]
Manifests = Annotated[
    list[Path] | None,
    typer.Option(
        "--manifest", help="Of a text: where its stories are, by whom, and what they hash to.", metavar="FILE"
    ),
]
Control = Annotated[
    str,
    typer.Option(
        help="Of a text: what its documents begin with, such as '[level={level}]\\ntopic: {topic}\\n'.",
        metavar="TEMPLATE",
    ),
]
InStudy = Annotated[Path, typer.Option("--study", help="The study's folder.")]
Keep = Annotated[bool, typer.Option("--keep", help="Take steps that other code made, where only the code differs.")]


def round_of(word: str) -> int:
    """A round as people write it: 2, 02, round:2 or 02-slug."""
    from greenlight.errors import RecipeError

    digits = word.removeprefix("round:").partition("-")[0]
    if not digits.isdecimal() or len(digits) > 9 or int(digits) < 1:
        raise RecipeError(f"'{word}' is no round: write its number, such as 2")
    return int(digits)


def no_character(row: Round, command: str, needs: str) -> None:
    """Raises RecipeError for a round that makes a character: a command that needs what such a round has not."""
    from greenlight.errors import RecipeError

    if row.recipe.get("use") == "character":
        raise RecipeError(
            f"round {row.number} makes a character, which has no {needs}: {command} is not for it; "
            "greenlight checkup, report, compare and leaderboard are"
        )


def study_and_rounds(words: list[str] | None) -> tuple[Path, list[int]]:
    """``[STUDY] [ROUND…]``: the first word is a study when it is a folder, or does not look like a round."""
    rest = list(words or [])
    here = Path()
    if rest and (Path(rest[0]).is_dir() or not rest[0].removeprefix("round:")[:1].isdigit()):
        here = Path(rest.pop(0))
    return here, [round_of(word) for word in rest]
