"""What the null researchers share: which values are new, and what someone who knows nothing predicts."""

from __future__ import annotations

import math
from typing import Any

from greenlight import changes
from greenlight.proposals import Bound, Briefing, Proposal, Turn
from greenlight.recipe import Prediction

DIGITS = 3
"""Significant digits of a drawn number: what a person could read, and write again."""
TRIES = 200
"""Draws after which a bound counts as exhausted."""
FEWEST = 3
"""Measured differences from which their spread says how far a change may move the metric."""
BLIND = 0.1
"""Half width of a prediction before that, where no margin is stated: in the metric's unit."""
EXHAUSTED = "nothing within the bounds is left to try on this base"


def keys(briefing: Briefing) -> list[str]:
    """The keys that may be changed, in an order that does not depend on how they were written."""
    return sorted(briefing.bounds)


def settled(bound: Bound, value: float) -> int | float:
    """A drawn number as it is proposed: short, whole where the bound is, and within it."""
    low, high = span(bound)
    if bound.whole:
        return int(min(max(round(value), math.ceil(low)), math.floor(high)))
    return min(max(float(f"{value:.{DIGITS}g}"), low), high)


def span(bound: Bound) -> tuple[float, float]:
    """The ends of a range; it has both (``bounds``)."""
    return float(bound.low or 0.0), float(bound.high or 0.0)


Known = dict[str, list[Any]]
"""By key, the values that are not worth a turn."""


def seen(briefing: Briefing) -> Known:
    """What was tried on this base, what is known as a dead end, and the base's own values."""
    found: Known = {key: [value] for key, value in briefing.values.items()}
    tried = [one.changes for one in briefing.tried if one.base == briefing.base]
    for changed in (*tried, *(one.changes for one in briefing.dead_ends)):
        for key, value in changed.items():
            found.setdefault(key, []).append(value)
    return found


def is_new(known: Known, key: str, value: Any, bound: Bound) -> bool:
    """Whether a change is none of ``seen``, nor so near to one that it would be refused as the same."""
    return not any(changes.near(value, other, bound) for other in known.get(key, ()))


def proposed(briefing: Briefing, key: str, value: Any, by: str) -> Turn:
    """A turn that changes one key and predicts no effect; ``by`` says how the value was found."""
    before = briefing.values.get(key)
    was = "" if before is None else f" instead of {before}"
    return Turn(
        proposal=Proposal(
            base=briefing.base,
            changes={key: value},
            hypothesis=f"{key} = {value}{was}, {by}.",
            predict=no_effect(briefing),
        )
    )


def no_effect(briefing: Briefing) -> Prediction:
    """Effect 0, with ± twice the root mean square of the differences that were measured so far.

    With fewer than three of them: ± twice the margin, or ± 0.1 where none is stated.
    """
    found = [one.difference for one in briefing.tried if one.difference is not None]
    half = 2 * math.sqrt(math.fsum(d * d for d in found) / len(found)) if len(found) >= FEWEST else 0.0
    half = half or 2 * (briefing.margin or 0.0) or BLIND
    half = float(f"{half:.{DIGITS}g}")
    return Prediction(effect=0.0, low=-half, high=half)
