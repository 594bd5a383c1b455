"""Greenlight: a studio for small language models whose behaviour comes from their data.

In a notebook::

    import greenlight as gl
    study = gl.open("my-study")
    study.leaderboard()        # rows for pandas.DataFrame
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenlight.study import Study


def open(folder: str | Path = ".") -> Study:
    """A study, from its folder."""
    from greenlight.study import Study

    return Study(Path(folder))


def leaderboard(study: Study) -> list[dict[str, Any]]:
    """One row a round: its number, name, verdict and every usable score's mean over seeds."""
    return study.leaderboard()
