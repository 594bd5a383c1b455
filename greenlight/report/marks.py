"""What stands under a leaderboard: who leads and whether that is luck, the noise, the looks, the predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from greenlight.errors import counted
from greenlight.report.board import TOLERANCE, Board, Bracket, Calibration, Prediction
from greenlight.report.cells import metric_name
from greenlight.report.page import ENOUGH
from greenlight.report.standing import Standing
from greenlight.report.text import count, decimals, duration, fixed, line, percent, plus_minus, short, short_float

PACKAGE = "A package changed several things at once: its verdict is about all of them together and names no cause."
UNITS = {"steps": "steps", "characters": "characters seen", "flops": "FLOPs", "seconds": "seconds of training"}
SHOWN = 3
"""Predictions told one by one in a sentence; the rest are in ``--json``."""


@dataclass(frozen=True)
class Marks:
    """A board with its calibration, in words. ``champion`` is the number of the round that leads."""

    champion: int | None
    lines: tuple[str, ...]


def marks(found: Board, told: Calibration) -> Marks:
    """The lines under a leaderboard, most important first."""
    lines = [
        _champion(found),
        _personas(found),
        _cost(found),
        _luck(found),
        _noise(found),
        _package(found),
        _looks(found),
        _left_out(found),
    ]
    lines += [calibration_line(told)]
    champion = None if found.champion is None else found.champion.number
    return Marks(champion, tuple(text for text in lines if text))


def round_name(row: Standing) -> str:
    """``round 2 (rebalanced)``."""
    return f"round {row.number} ({line(row.slug, 40)})"


def value_text(found: Board, row: Standing) -> str:
    """``0.89 ± 0.26 mentions per level``."""
    value = found.value(row)
    return f"{plus_minus(value.mean, value.half, decimals(value.half, value.mean))} {line(value.unit, 60)}"


def _champion(found: Board) -> str:
    row, first = found.champion, found.baseline
    name = metric_name(found.metric)
    if row is None or first is None:
        return f"Champion by {name}: none; no round has a usable score." if found.metric else ""
    head = f"Champion by {name}: {round_name(row)}, {value_text(found, row)}"
    if found.gain is None:
        return f"{head}; it is the first round, and no later one leads."
    return f"{head}; a gain of {_gain(found, found.gain)} over {round_name(first)}."


def _personas(found: Board) -> str:
    """The best round of each other persona; it ranks with none of the champion's."""
    if not found.personas:
        return ""
    best = "; ".join(f"{line(row.persona, 40)} {round_name(row)}, {value_text(found, row)}" for row in found.personas)
    return f"Of other personas: {best}. A character's rate is of its own persona, and ranks among its rounds alone."


def _cost(found: Board) -> str:
    """What a dearer champion cost more than the first round, and who is best at that cost."""
    row, first = found.champion, found.baseline
    if row is None or first is None or not {*row.budget} & {*first.budget} & {"characters"}:
        return ""
    at = first.budget["characters"] * (1 + TOLERANCE)
    if row.budget["characters"] <= at:
        return ""
    best = next((r for r in found.ranked if r.budget.get("characters", at + 1) <= at and not found.broke(r)), first)
    times = short_float(round(row.budget["characters"] / first.budget["characters"], 1))
    head = f"Cost: the champion saw {times} times the characters that round {first.number} saw"
    return f"{head}; of those that saw no more than round {first.number}, {round_name(best)} leads."


def _gain(found: Board, gain: float) -> str:
    size = found.luck.line if found.luck else None
    return fixed(gain, decimals(size, gain))


def _luck(found: Board) -> str:
    if found.gain is None:
        return ""
    if found.luck is None:
        return "Luck: no line can be drawn, for no round has two seeds."
    n, typical, far = found.luck.n, _gain(found, found.luck.typical), _gain(found, found.luck.line)
    head = f"the best of {count(n)} rounds that differ in nothing would gain {typical} in the median"
    head = "one round that differs in nothing would gain nothing in the median" if n == 1 else head
    verdict = "within luck: such a gain is no sign of a better recipe" if found.within_luck else "beyond luck"
    return f"Luck: {head} and more than {far} in 1 of 20 cases; the champion is {verdict}."


def _noise(found: Board) -> str:
    noise = found.noise
    if noise is None:
        return ""
    over = f"{noise.df} degrees of freedom over {counted(noise.rounds, 'round')}"
    return f"Noise floor: {short_float(noise.sd)} {line(found.unit, 60)}, the standard deviation of one seed; {over}."


def _package(found: Board) -> str:
    shown = [row for row in (*found.ranked, *(row for row, _ in found.rest)) if row.verdict and row.verdict.package > 1]
    if not shown:
        return ""
    lead = found.champion
    own = lead.verdict.package if lead and lead.verdict else 0
    return PACKAGE + (f" The champion's verdict is on a package of {own}." if own > 1 else "")


def _looks(found: Board) -> str:
    if not found.judged:
        return ""
    return f"Looks: {count(found.looks)} at {counted(found.judged, 'judged round')}."


def _left_out(found: Board) -> str:
    parts = []
    for reason, words in (
        ("crashed", "crashed"),
        ("invalid score", "with an invalid score"),
        ("measured otherwise", "measured in another way than most"),
        ("too few prompts", f"with fewer than {ENOUGH} prompts, which rank nothing"),
        (f"has no {found.metric}", f"without {metric_name(found.metric)}"),
    ):
        numbers = [row.number for row, why in found.rest if why == reason]
        if numbers:
            parts.append(f"{_rounds(numbers)} {words}")
    broken = [row.number for row in found.ranked if row.verdict and row.verdict.broken]
    if broken:
        parts.append(f"{_rounds(broken)} whose verdict broke a guard")
    text = f"Not leading: {'; '.join(parts)}." if parts else ""
    if found.codes > 1:
        text += (
            f" The scores were made by {found.codes} versions of the metric's code; a verdict measures both sides anew."
        )
    return text.strip()


def _rounds(numbers: Sequence[int]) -> str:
    if len(numbers) > 5:
        return f"{count(len(numbers))} rounds"
    return f"round{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def calibration_line(told: Calibration) -> str:
    """``Predictions: 2 of 3 intervals held … ``; empty for a study that predicted nothing."""
    if not told.predictions:
        return ""
    if told.rate is None:
        head = "Predictions: none can be counted"
    else:
        low, high = percent(told.rate.low), percent(told.rate.high)
        head = f"Predictions: {told.held} of {told.counted} intervals held the difference that was measured"
        head += f" ({percent(told.rate.value)}, 95 % interval {low} to {high})"
    newest = list(reversed(told.predictions))[:SHOWN]
    more = len(told.predictions) - len(newest)
    tail = f"; and {count(more)} earlier" if more else ""
    return f"{head}: {'; '.join(map(_prediction, newest))}{tail}."


def _prediction(p: Prediction) -> str:
    places = decimals((p.high - p.low) / 2, p.high)
    interval = f"{fixed(p.low, places, True)} to {fixed(p.high, places, True)}"
    head = f"round {p.number}, {metric_name(p.metric)} {interval}"
    if p.held is None or p.measured is None:
        return f"{head}, not counted since {p.why}"
    return f"{head}, {'held' if p.held else 'missed'} with {fixed(p.measured, places, True)}"


# ---------------------------------------------------------------- equal budgets


def bracket_lines(found: Board, limit: int = 12) -> list[str]:
    """The best at each cost, one line a bracket, after the rule; empty where all rounds cost the same."""
    if len([b for b in found.brackets if b.cost is not None]) < 2:
        return []
    more = len(found.brackets) - limit
    lines = [bracket_line(found, b) for b in found.brackets[:limit]]
    return [rule(found.equal), *lines, *([f"and {count(more)} more brackets"] if more > 0 else [])]


def bracket_line(found: Board, bracket: Bracket) -> str:
    """One bracket in a line: its cost, its champion, and whether a cheaper round does as well."""
    n = counted(len(bracket.rounds), "round")
    if bracket.cost is None:
        return f"unknown {UNITS[found.equal]}: {n}, not compared"
    cost = cost_text(found.equal, *bracket.cost)
    if bracket.champion is None or bracket.so_far is None:
        return f"{cost}: {n}, none of which can lead"
    text = f"{cost}: {n}, best {round_name(bracket.champion)}, {value_text(found, bracket.champion)}"
    if bracket.so_far is not bracket.champion:
        text += f"; {round_name(bracket.so_far)} is better and costs less"
    return text


def cost_text(equal: str, low: float, high: float) -> str:
    """``1.2 M characters seen``, or the range where a bracket has one."""
    show = duration if equal == "seconds" else (lambda v: short_float(v)) if equal == "flops" else short
    one, two = show(low), show(high)
    unit = "of training" if equal == "seconds" else UNITS[equal]
    return f"{one} {unit}" if one == two else f"{one} to {two} {unit}"


def rule(equal: str) -> str:
    """How the brackets were cut, in one line."""
    more = percent(TOLERANCE)
    return f"At equal {UNITS[equal]} (a bracket takes in what costs up to {more} more than its cheapest round):"


# ---------------------------------------------------------------- as data


def as_data(found: Board, told: Calibration) -> dict[str, Any]:
    """The board without its rows: what ``--json`` says beside them."""
    noise, luck = found.noise, found.luck
    return {
        "metric": found.metric,
        "unit": found.unit,
        "better": "lower" if found.lower else "higher",
        "champion": None if found.champion is None else found.champion.number,
        "baseline": None if found.baseline is None else found.baseline.number,
        "gain": found.gain,
        "luck": luck and {"typical": luck.typical, "line": luck.line, "n": luck.n, "within": found.within_luck},
        "noise": noise and {"sd": noise.sd, "df": noise.df, "rounds": noise.rounds},
        "looks": {"looks": found.looks, "rounds": found.judged},
        "equal": found.equal or None,
        "brackets": [_bracket_data(b) for b in found.brackets],
        "predictions": calibration_data(told),
    }


def _bracket_data(b: Bracket) -> dict[str, Any]:
    names = {"champion": b.champion, "at_most": b.so_far}
    found = {key: None if row is None else row.number for key, row in names.items()}
    return {"cost": b.cost, "rounds": [row.number for row in b.rounds], **found}


def calibration_data(told: Calibration) -> dict[str, Any]:
    """Predictions as plain data."""
    rate = None if told.rate is None else {"value": told.rate.value, "low": told.rate.low, "high": told.rate.high}
    fields = ("number", "metric", "low", "high", "measured", "held", "why")
    each = [{key: getattr(p, key) for key in fields} for p in told.predictions]
    return {"held": told.held, "counted": told.counted, "rate": rate, "each": each}
