"""Chance: a key and a value drawn blindly from the bounds. What a researcher must beat to have been worth anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from greenlight.proposals import Bound, Briefing, Turn
from greenlight.researchers import _drawing


@dataclass(frozen=True)
class Researcher:
    """Draws a key uniformly among those of the bounds, then a value uniformly (by its logarithm where the bound is
    ``log``), never the base's own nor one that was tried on it. Its draws follow from the session's seed and from the
    number of turns so far, so that a session that was interrupted goes on the same way.
    """

    def propose(self, briefing: Briefing) -> Turn:
        """One drawn change, without an effect predicted; the word that nothing is left where all was tried."""
        known = _drawing.seen(briefing)
        dice = Random(f"{briefing.seed}/{len(briefing.tried)}")
        for _ in range(_drawing.TRIES if briefing.bounds else 0):
            key = dice.choice(_drawing.keys(briefing))
            value = drawn(briefing.bounds[key], dice)
            if _drawing.is_new(known, key, value, briefing.bounds[key]):
                return _drawing.proposed(briefing, key, value, "drawn by chance")
        return Turn(stop=_drawing.EXHAUSTED)


def drawn(bound: Bound, dice: Random) -> bool | int | float | str:
    """One value of a bound."""
    if bound.any:
        return dice.choice(bound.any)
    low, high = _drawing.span(bound)
    if bound.whole and not bound.log:
        return dice.randint(math.ceil(low), math.floor(high))
    if bound.log:
        return _drawing.settled(bound, math.exp(dice.uniform(math.log(low), math.log(high))))
    return _drawing.settled(bound, dice.uniform(low, high))
