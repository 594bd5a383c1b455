"""The plan: the rounds that stand in the study's folder and wait, in their order; nothing is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from greenlight.proposals import Briefing, Turn


@dataclass(frozen=True)
class Researcher:
    """Runs what is written. Its rounds are the study's own, so they are frozen by nobody, and have no bounds."""

    WAITING: ClassVar[str] = "rounds"
    """What is run before anything is asked: the rounds without a verdict."""

    NOTHING: ClassVar[str] = "no round waits: write the next one into rounds/"
    """Said when all were run."""

    def propose(self, briefing: Briefing) -> Turn:
        """Nothing more: whoever wrote the rounds writes the next one."""
        return Turn(stop=self.NOTHING)
