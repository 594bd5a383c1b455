"""A study: a folder with one question, one yardstick and a ledger of rounds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight import loading
from greenlight.character import recipe as characters
from greenlight.character.recipe import CharacterRecipe
from greenlight.errors import RecipeError, StudyError, UserError, nearest
from greenlight.ledger import Ledger
from greenlight.nouns import Noun, Round
from greenlight.outside import read_toml
from greenlight.progress import SILENT, Watch
from greenlight.recipe import Recipe
from greenlight.store import Store
from greenlight.yardstick import Yardstick

ROUND_FILE = re.compile(r"([0-9]{1,9})-([a-z0-9][a-z0-9-]*)\.toml")


class Card(Noun):
    """``study.toml``: what the study asks."""

    title: str
    question: str = ""
    made_from: str = ""
    scale: str = ""


class Study:
    """Opened from its folder; everything that it holds is read from there when asked for."""

    def __init__(self, folder: Path, watch: Watch = SILENT, keep: bool = False) -> None:
        self.folder = folder
        path = folder / "study.toml"
        if not path.exists():
            raise StudyError(f"{folder} is no study (no study.toml): cd into one, or make one with greenlight new")
        data = read_toml(path)
        for key in data:
            if key not in Card.model_fields:
                raise RecipeError(f"study.toml: unknown key '{key}'" + nearest(key, list(Card.model_fields)))
        if not isinstance(data.get("title"), str):
            raise RecipeError('study.toml: the key title is missing, or is no text: title = "…"')
        try:
            self.card = Card.model_validate(data)
        except ValidationError as error:
            raise RecipeError(f"study.toml: {loading.explain(error, Card)}") from None
        self.store = Store(folder / "store", watch, keep)
        self.ledger = Ledger(folder / "ledger.jsonl")
        self._yardstick: Yardstick | None = None

    @property
    def yardstick(self) -> Yardstick:
        """Opened once; raises YardstickError when a locked file was changed."""
        if self._yardstick is None:
            self._yardstick = Yardstick.open(self.folder / "yardstick")
        return self._yardstick

    def files(self) -> dict[int, Path]:
        """The rounds' recipes, by number."""
        found: dict[int, Path] = {}
        for path in sorted((self.folder / "rounds").glob("*.toml")):
            match = ROUND_FILE.fullmatch(path.name)
            if match is None:
                raise StudyError(f"rounds/{path.name}: name it like 02-rebalanced.toml (number, dash, a-z 0-9 -)")
            number = int(match[1])
            if number < 1:
                raise StudyError(f"rounds/{path.name}: rounds are counted from 1: rename it")
            if number in found:
                raise StudyError(f"rounds/{path.name} and rounds/{found[number].name} have the same number: rename one")
            found[number] = path
        return found

    def file(self, number: int) -> Path:
        files = self.files()
        if number not in files:
            known = ", ".join(map(str, files)) or "none"
            raise StudyError(f"there is no round {number} in {self.folder / 'rounds'}; known: {known}")
        return files[number]

    def slug(self, number: int) -> str:
        return self.file(number).stem.partition("-")[2]

    def written(self, number: int, above: tuple[int, ...] = ()) -> dict[str, Any]:
        """The keys that were written for a round, over those of its base."""
        if number in above:
            raise RecipeError(f"round {number} is its own base: rounds {' → '.join(map(str, (*above, number)))}")
        if above and number not in self.files():
            raise RecipeError(f"{self.file(above[-1]).name}: base = 'round:{number}', but there is no such round")
        return loading.written(self.file(number), lambda n: self.written(n, (*above, number)))

    def recipe(self, number: int, sets: tuple[str, ...] = ()) -> Recipe:
        """The effective recipe of a round: defaults < base < file < ``sets``.

        Raises RecipeError also for a round that makes a character (``character``).
        """
        data, name = loading.apply_sets(self.written(number), sets), self.file(number).name
        if characters.is_character(data):
            raise RecipeError(
                f"{name} makes a character, for which this command is not: greenlight run, checkup, report"
            )
        recipe = loading.check(self._with_models(data), self.folder, name)
        self._compared(recipe, number)
        return recipe

    def makes_character(self, number: int) -> bool:
        """Whether a round makes a character, by what is written for it."""
        return characters.is_character(self.written(number))

    def character(self, number: int, sets: tuple[str, ...] = ()) -> CharacterRecipe:
        """As ``recipe``, of a round that makes a character."""
        data = loading.apply_sets(self.written(number), sets)
        recipe = characters.check(data, self.folder, self.file(number).name)
        self._compared(recipe, number)
        return recipe

    def any_recipe(self, number: int, sets: tuple[str, ...] = ()) -> Recipe | CharacterRecipe:
        """Of either kind."""
        return self.character(number, sets) if self.makes_character(number) else self.recipe(number, sets)

    def _compared(self, recipe: Recipe | CharacterRecipe, number: int) -> None:
        name, against = self.file(number).name, recipe.against_number
        if against is not None and against not in self.files():
            raise RecipeError(f"{name}: against = '{recipe.against}', but there is no such round")
        if against == number:
            raise RecipeError(f"{name}: against = '{recipe.against}' is the round itself")

    def _with_models(self, data: dict[str, Any]) -> dict[str, Any]:
        """Voices that are models of rounds get the name of the very model, where the round has been run."""
        voices = data.get("corpus", {}).get("voices") if isinstance(data.get("corpus"), dict) else None
        if not isinstance(voices, dict):
            return data
        told, rows = dict(voices), None
        for name, options in voices.items():
            if not isinstance(options, dict) or options.get("use", name) != "trained":
                continue
            rows = self.ledger.latest() if rows is None else rows
            row = rows.get(options.get("round", 1))
            if row is not None and row.status == "done":
                made = row.artifacts.get(f"model-{options.get('seed') or row.seeds[0]}")
                told[name] = {**options, "model": made.name if made else ""}
        return {**data, "corpus": {**data["corpus"], "voices": told}}

    def round(self, number: int) -> Round:
        """The counting ledger row of a round that ended well; raises StudyError otherwise."""
        row = self.ledger.latest().get(number)
        if row is None:
            self.file(number)  # where there is none, nothing can be run
            raise StudyError(f"round {number} has not been run: greenlight run {self.folder} {number}")
        if row.status != "done":
            raise StudyError(f"round {number} ended as a crash ({row.reason}): change its recipe and run it again")
        return row

    def leaderboard(self) -> list[dict[str, Any]]:
        """One row a round, for ``pandas.DataFrame``: number, name, verdict and every usable score's mean over seeds."""
        return [
            {"round": r.number, "name": r.slug, "verdict": r.verdict.outcome if r.verdict else r.status}
            | {name: score.value for name, score in r.scores.items() if not score.invalid}
            for r in self.ledger.latest().values()
        ]

    def pending(self) -> list[int]:
        """Rounds without a verdict, or whose recipe or control changed since.

        A crash is not waiting until its recipe or its control changes: the same would only break again.
        """
        rows = self.ledger.latest()
        waiting = []
        for number in self.files():
            row = rows.get(number)
            if row is None or self._changed(row) or self._superseded(row, rows):
                waiting.append(number)
        return waiting

    def _changed(self, row: Round) -> bool:
        try:
            return not same_recipe(row, self.any_recipe(row.number, row.sets))
        except UserError:  # a recipe that cannot be read has no verdict; running it says what is wrong
            return True

    def _superseded(self, row: Round, rows: dict[int, Round]) -> bool:
        """Whether the round that this one was compared with has been run again since, with other models."""
        control = rows.get(row.against or 0)
        return control is not None and row.control != control.models


def same_recipe(row: Round, recipe: Recipe | CharacterRecipe) -> bool:
    """Whether a round ran this recipe; a key that its version of Greenlight did not know yet has its default."""
    if row.recipe_fingerprint == recipe.hash:
        return True
    try:
        return type(recipe).model_validate(row.recipe).hash == recipe.hash
    except (ValidationError, RecipeError):
        return False
