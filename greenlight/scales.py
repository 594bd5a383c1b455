"""The scales of a ready study: the same rounds for a laptop and for a larger machine.

``new.toml`` names the scale that ``rounds/`` has as it stands. Each other scale is a folder of its name beside it,
whose files take the place of those of the same name; what is built on them (``base = "round:1"``) follows. A
``new.toml`` in it says how that scale's yardstick is drawn.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from greenlight.errors import RecipeError

ROUNDS, NEW = "rounds", "new.toml"


@dataclass(frozen=True)
class Scales:
    """Of one ready study: its folder, and the folder of each scale by name; none where ``new.toml`` names no scale."""

    study: Path
    folders: Mapping[str, Path]

    def choose(self, asked: str) -> str:
        """The scale that was asked for, else the default; empty without scales. Raises RecipeError on another name."""
        if not asked:
            return next(iter(self.folders), "")
        if not self.folders:
            raise RecipeError(f"the recipe '{self.study.name}' has one scale: leave --scale {asked} out")
        if asked not in self.folders:
            known = ", ".join(self.folders)
            raise RecipeError(f"the recipe '{self.study.name}' has no scale '{asked}'; known: {known}")
        return asked

    def copy(self, chosen: str, made: Path) -> None:
        """The ready study's files to ``made``, in one of its scales."""
        left = {NEW, *(folder.name for folder in self.folders.values())} - {ROUNDS}
        top = str(self.study)
        shutil.copytree(self.study, made, ignore=lambda here, inside: left & {*inside} if here == top else set())
        if chosen and self.folders[chosen].name != ROUNDS:
            left_here = shutil.ignore_patterns(NEW)
            shutil.copytree(self.folders[chosen], made / ROUNDS, dirs_exist_ok=True, ignore=left_here)

    def drawn_by(self, chosen: str) -> Path:
        """The folder whose ``new.toml`` says how a scale's yardstick is drawn."""
        own = self.folders.get(chosen)
        return own if own is not None and (own / NEW).is_file() else self.study


def scales(study: Path, default: str) -> Scales:
    """Of a ready study whose ``new.toml`` names ``default``.

    Raises RecipeError when a scale has the default's name, or holds a file that takes no other's place.
    """
    rounds = study / ROUNDS
    found = {default: rounds}
    for folder in sorted({path.parent for path in study.glob("*/*.toml")} - {rounds} if default else set()):
        if folder.name == default:
            raise RecipeError(f"{study.name}/new.toml: scale = '{default}' is {ROUNDS}/: rename the folder {default}/")
        for path in sorted(folder.iterdir()):
            if path.name != NEW and not (rounds / path.name).is_file():
                raise RecipeError(
                    f"{study.name}/{folder.name}/{path.name} takes the place of no file in {ROUNDS}/: rename it"
                )
        found[folder.name] = folder
    return Scales(study, found if default else {})
