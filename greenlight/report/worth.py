"""What sessions of research were worth, in words: a row of each, its sentences, and its lift over another."""

from __future__ import annotations

import re

from greenlight.lift import Lift, Worth
from greenlight.nouns import Interval, Verdict

HEADERS = ("session", "turns", "ran", "kept", "gain a turn", "effect of a round", "stands on", "USD")
LESS = re.compile(r"(?<!e)-")
"""The sign of a number, not of its power of ten."""


def row_of(one: Worth) -> list[str]:
    """Under ``HEADERS``; gains above 0 are better."""
    usd = "unknown" if one.usd is None else f"{one.usd:.4f}"
    ran, at = f"{one.ran}" + (f" ({one.taken} taken)" if one.taken else ""), one.champion or one.start
    return [one.session, str(one.turns), ran, str(one.kept), _plus(one.gain), _plus(one.effect), f"round {at}", usd]


def _plus(found: Interval | None) -> str:
    if found is None:
        return "no spread"
    return LESS.sub("−", f"{found.value:+.3g} ({found.low:+.3g} to {found.high:+.3g})")


def words_of(one: Worth, unit: str) -> list[str]:
    """Its best gain, its champion, and how its predictions were calibrated."""
    c = one.calibration
    lines = []
    if one.best is not None:
        lines.append(f"{one.session}: best gain {_plus(one.best[1])} {unit}, in round {one.best[0]}")
    if one.over_start is not None:
        luck = "" if one.luck is None else f" Of {one.ran} rounds that differ in nothing the best gains {one.luck:.3g}."
        lines.append(f"{one.session}: its champion over its start: {one.over_start.sentence}{luck}")
    if c.rate is not None and c.width is not None:
        held = f"{c.held} of {c.counted} predicted intervals held what was measured ({_share(c.rate)})"
        signs = f"; the direction was right in {_share(c.signs)} of {c.signed}" if c.signs else "; no direction stated"
        lines.append(f"{one.session}: {held}; they were {c.width:.3g} {unit} wide in the mean{signs}")
    return lines


def _share(found: Interval) -> str:
    return f"{found.value:.0%}, {found.low:.0%} to {found.high:.0%}"


def lift_words(lift: Lift, unit: str) -> list[str]:
    """One session over another, with what speaks against taking it at its word."""
    if lift.gain is None:
        said = "no lift can be told: fewer than two turns, or nothing was kept by either"
    else:
        sure = lift.gain.low > 0 or lift.gain.high < 0
        said = f"{_plus(lift.gain)} {unit} a turn" + ("" if sure else ": not shown to be any")
    lines = [f"lift of {lift.session} over {lift.over}: {said}"]
    if lift.effect is not None:
        lines.append(f"  of what its rounds measured, kept or not: {_plus(lift.effect)} {unit}")
    if lift.champions is not None:
        lines.append(f"  champion against champion: {_outcome(lift.champions)}")
    if lift.per_usd is not None:
        lines.append(f"  a dollar buys {_plus(lift.per_usd)} {unit}")
    else:
        lines.append("  no gain per dollar: the lift is not above 0, or what it cost more is unknown or nothing")
    return [*lines, *(f"  {caution}" for caution in lift.cautions)]


def _outcome(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.sentence}"
