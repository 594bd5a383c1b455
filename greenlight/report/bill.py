"""Diminishing returns: each round's value over all that was spent up to it, and the best that is more than luck.

The line of the best starts at the first round and moves only where a verdict says better; every other round is a dot
that cost as much. Costs stand in the order in which rounds ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from greenlight.costs import Bill, Share, efficiency
from greenlight.report.charts import Palette, Spec
from greenlight.report.standing import Standing
from greenlight.report.text import MARKS, METRICS, MISSING, bracket, duration, line, plus_minus, short_float
from greenlight.usage import NOTHING, Sum

By = Literal["minutes", "usd"]
UNITS: dict[By, str] = {"minutes": "minutes of training, all rounds up to here", "usd": "USD, all rounds up to here"}
MOST_POINTS = 300
HEADERS = ("Round", "Training", "USD", "Gain", "Minutes for a unit", "USD for a unit")


@dataclass(frozen=True)
class Point:
    """One round: what had been spent when it ended, its value with half of its interval, and how it was judged."""

    number: int
    spent: float
    value: float
    half: float | None
    outcome: str
    kept: bool


@dataclass(frozen=True)
class Returns:
    """A study's rounds in one metric over one cost. ``best``: (spent, value) at every step of the best."""

    metric: str
    unit: str
    by: By
    points: tuple[Point, ...]
    best: tuple[tuple[float, float], ...]
    whole: bool
    """Whether all of the cost is known."""


def returns(bill: Bill, standings: Sequence[Standing], by: By = "minutes") -> Returns | None:
    """The chart's content; None where no verdict rests on a metric, or nothing of this cost was spent.

    ``standings`` are the ledger's rows in its order; a round's last row counts, and values on another scale than most
    are left out.
    """
    judged = Counter(share.gain.metric for share in bill.shares if share.gain is not None)
    if not judged:
        return None
    metric = judged.most_common(1)[0][0]
    last = {row.number: row for row in standings}
    usable = {n: v for n, row in last.items() if (v := row.values.get(metric)) is not None and v.usable}
    if not usable:
        return None
    like = Counter(value.like for value in usable.values()).most_common(1)[0][0]
    shares = {share.number: share for share in bill.shares if share.number is not None}
    points: list[Point] = []
    best: list[tuple[float, float]] = []
    spent, whole = 0.0, True
    for row in sorted(last.values(), key=lambda row: row.seq):
        share = shares.get(row.number)
        if share is None:
            continue
        cost = _cost(share, by)
        spent, whole = spent + cost.known, whole and cost.whole
        value = usable.get(row.number)
        if value is None or value.like != like:
            continue
        kept = share.significant and share.gain is not None and share.gain.metric == metric
        points.append(Point(row.number, spent, value.mean, value.half, share.outcome, kept))
        better = not best or (value.mean < best[-1][1]) == (value.better == "lower")
        if not best or (kept and better):
            best.append((spent, value.mean))
    if not points or not spent:
        return None
    best.append((spent, best[-1][1]))
    return Returns(metric, next(iter(usable.values())).unit, by, tuple(points), tuple(best), whole)


def _cost(share: Share, by: By) -> Sum:
    seconds = share.training.seconds
    return share.usd if by == "usd" else Sum(seconds.known / 60, seconds.whole)


def chart(found: Returns, palette: Palette, width: int = 560) -> Spec:
    """Dots with their intervals in the colour of the verdict, and the best as a stepped line."""
    shown = _thinned(found.points)
    rows: list[dict[str, Any]] = [
        {
            "x": p.spent,
            "y": p.value,
            "l": p.value - (p.half or 0.0),
            "h": p.value + (p.half or 0.0),
            "tone": palette[_mark(p.outcome).tone],
            "note": f"round {p.number}: {plus_minus(p.value, p.half, 3)}, {_mark(p.outcome).word.lower()}, "
            f"{short_float(p.spent)} {'USD' if found.by == 'usd' else 'minutes'}",
        }
        for p in shown
    ]
    least = "" if found.whole else ", the known part"
    x: Spec = {"field": "x", "type": "quantitative", "scale": {"nice": False, "domain": [0, 1.03 * found.best[-1][0]]}}
    # no SI prefixes: 400m, for 0.4 minutes, reads as 400 of them
    x["axis"] = {"title": f"{UNITS[found.by]}{least}", "tickCount": 6, "grid": False, "format": ",~f"}
    title = f"{METRICS.get(found.metric, line(found.metric, 32))}, {line(found.unit, 40)}"
    axis = {"title": title, "tickCount": 5, "domain": False, "ticks": False}
    y: Spec = {"field": "y", "type": "quantitative", "scale": {"zero": False}, "axis": axis}
    look = {
        "color": {"field": "tone", "type": "nominal", "scale": None},
        "description": {"field": "note", "type": "nominal"},
    }
    step = {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": palette["model"], "aria": False}
    bar = {"type": "rule", "strokeWidth": 1.4, "opacity": 0.75, "aria": True}
    dot = {"type": "point", "shape": "circle", "size": 62, "filled": True, "opacity": 1, "aria": True}
    ends = [{"x": spent, "y": value} for spent, value in found.best]
    whiskers = [row for row in rows if row["h"] > row["l"]]
    return {
        "width": width,
        "height": 240,
        "layer": [
            {"mark": step, "data": {"values": ends}, "encoding": {"x": x, "y": y}},
            {
                "mark": bar,
                "data": {"values": whiskers},
                "encoding": {"x": x, "y": {**y, "field": "l"}, "y2": {"field": "h"}, **look},
            },
            {"mark": dot, "data": {"values": rows}, "encoding": {"x": x, "y": y, **look}},
        ],
    }


def _thinned(points: Sequence[Point]) -> list[Point]:
    """All that moved the best, and of the others as many as can be drawn."""
    step = -(-len(points) // MOST_POINTS)
    return [point for place, point in enumerate(points) if point.kept or place % step == 0]


def _mark(outcome: str) -> Any:
    return MARKS.get(outcome, MARKS["none"])


def table(bill: Bill) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """(headers, rows): each judged round's cost and gain, and what a unit of the gain cost where it is one."""
    rows: list[tuple[str, ...]] = []
    for share in bill.shares:
        if share.gain is None:
            continue
        gain, minutes, usd = share.gain, f"{MISSING}, within noise or no gain", MISSING
        if share.significant:
            each = efficiency(share.training.seconds.known / 60, gain)
            shown = f"{short_float(each.value)} {bracket(each.low, each.high, signed=False)}"
            minutes = _at_least(share.training.seconds, shown)
        if share.significant and share.usd != NOTHING:
            money = efficiency(share.usd.known, gain)
            usd = _at_least(share.usd, f"{short_float(money.value)} {bracket(money.low, money.high, signed=False)}")
        rows.append(
            (
                f"{share.number} {line(share.name)}",
                _at_least(share.training.seconds, duration(share.training.seconds.known)),
                _at_least(share.usd, short_float(share.usd.known)),
                f"{short_float(gain.value)} {bracket(gain.low, gain.high)}",
                minutes,
                usd,
            )
        )
    return HEADERS, rows


def _at_least(amount: Sum, shown: str) -> str:
    if amount.whole:
        return shown
    return f"≥ {shown}" if amount.known else "unknown"
