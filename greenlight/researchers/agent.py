"""An agent, or a person: proposes from outside by ``greenlight propose``; here what was proposed is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from greenlight.proposals import Briefing, Turn


@dataclass(frozen=True)
class Researcher:
    """Runs the proposals that wait and may run, then hands the next briefing to whoever asked."""

    WAITING: ClassVar[str] = "proposals"
    """What is run before anything is asked: proposals without a verdict."""

    NOTHING: ClassVar[str] = "no proposal waits: write the next one, and greenlight propose it"
    """Said, with the briefing, when all were run."""

    def propose(self, briefing: Briefing) -> Turn:
        """Nothing of its own."""
        return Turn(stop=self.NOTHING)
