"""From a study's data to what each chart shows: points, scales and names, without any colour."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from greenlight.nouns import Round, Verdict
from greenlight.report.cells import difference_cell, mark_of
from greenlight.report.charts import Panel, Strip
from greenlight.report.page import Page, by_seed, levels_of
from greenlight.report.text import bracket, count, fixed, line, number, short_float

DIAL = "dial.slope"
MOST_POINTS = 160
Point = dict[str, Any]


# ---------------------------------------------------------------- verdicts


def strip_of(r: Round) -> Strip | None:
    """A verdict's difference as one row of the forest plot; None where no interval was made."""
    verdict = r.verdict
    if verdict is None or verdict.difference is None:
        return None
    d = verdict.difference
    if None in (number(d.value), number(d.low), number(d.high)):
        return None
    mark = mark_of(r)
    margin = number(verdict.margin) or 0.0
    return Strip(
        f"{r.number} against {verdict.against}",
        d.value,
        d.low,
        d.high,
        margin,
        mark.tone,
        mark.sign,
        truth_of(verdict),
        difference_cell(r),
    )


def truth_of(verdict: Verdict) -> float | None:
    """The difference that is known by construction, where it is on the verdict's own scale."""
    return number(verdict.truth.get("difference")) if verdict.metric == DIAL else None


def domains(rounds: Sequence[Round]) -> dict[str, tuple[float, float]]:
    """One scale for each metric: zero, the margins, every interval and every truth are on it."""
    ends: dict[str, list[float]] = {}
    for r in rounds:
        strip = strip_of(r)
        if strip is not None and r.verdict is not None:
            known = [] if strip.truth is None else [strip.truth]
            ends.setdefault(r.verdict.metric, [0.0]).extend(
                [strip.low, strip.high, strip.margin, -strip.margin, *known]
            )
    out = {}
    for metric, values in ends.items():
        pad = 0.07 * ((max(values) - min(values)) or 1.0)
        out[metric] = (min(values) - pad, max(values) + pad)
    return out


# ---------------------------------------------------------------- the dial


def dial_panels(page: Page) -> dict[int, Panel]:
    """By round: the models' mean mentions by level, with the corpus and the truth beside them."""
    panels = {}
    for r in page.rounds:
        data = {
            "seeds": _seed_points(r),
            "corpus": _line(corpus_levels(page, r.number)),
            "truth": _line(levels_of(page.truth.get(r.number, {}).get("all"))),
        }
        if data["seeds"]:
            data["mean"] = _means(data["seeds"])
            panels[r.number] = Panel(f"{r.number} {line(r.slug)}", data)
    return panels


def corpus_levels(page: Page, number_: int) -> list[tuple[int, float, float | None, float | None, int | None]]:
    """The corpus's own dial in a round."""
    return levels_of(page.corpus_dial.get(number_, {}).get("all"))


def _seed_points(r: Round) -> list[Point]:
    found = {seed: levels_of(facts.get("levels")) for seed, facts in by_seed(r, DIAL).items()}
    step = min(0.16, 0.5 / max(1, len(found)))  # seeds stand side by side within their level
    points = []
    for place, (seed, levels) in enumerate(found.items()):
        shift = (place - (len(found) - 1) / 2) * step
        for level, mean, low, high, n in levels:
            whisker = "" if low is None or high is None else f" {bracket(low, high, signed=False)}"
            note = f"seed {seed}, level {level}: {short_float(mean)}{whisker}" + (f", n = {count(n)}" if n else "")
            points.append({"x": level + shift, "y": mean, "l": low, "h": high, "level": level, "note": note})
    return points


def _means(points: Sequence[Point]) -> list[Point]:
    levels = sorted({p["level"] for p in points})
    return [{"x": v, "y": statistics.mean(p["y"] for p in points if p["level"] == v)} for v in levels]


def _line(levels: Sequence[tuple[int, float, float | None, float | None, int | None]]) -> list[Point]:
    return [{"x": level, "y": mean} for level, mean, *_ in levels]


def voice_rounds(page: Page) -> dict[str, int]:
    """By voice: the round in which it wrote most, which is the one that is drawn."""
    best: dict[str, tuple[int, int]] = {}
    for r in page.rounds:
        for voice, data in _mapping(page.corpus_dial.get(r.number, {}).get("by")).items():
            total = sum(n or 0 for *_, n in levels_of(data))
            if levels_of(data) and (voice not in best or total > best[voice][0]):
                best[str(voice)] = (total, r.number)
    return {voice: number_ for voice, (_, number_) in best.items()}


def voice_panels(page: Page) -> dict[str, Panel]:
    """By voice: its dial in the corpus, from the round in which it wrote most."""
    panels = {}
    for voice, number_ in voice_rounds(page).items():
        points = []
        for level, mean, low, high, n in levels_of(page.corpus_dial[number_]["by"][voice]):
            whisker = "" if low is None or high is None else f" {bracket(low, high, signed=False)}"
            note = f"level {level}: {short_float(mean)}{whisker}" + (f", n = {count(n)}" if n else "")
            points.append({"x": level, "y": mean, "l": low, "h": high, "level": level, "note": note})
        truth = levels_of(_mapping(page.truth.get(number_, {}).get("by")).get(voice))
        panels[voice] = Panel(line(voice, 32), {"seeds": points, "mean": _means(points), "truth": _line(truth)})
    return panels


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def scale_of(panels: Sequence[Panel]) -> tuple[float, list[int]]:
    """The top of the shared axis and the levels that any of the panels has."""
    points = [p for panel in panels for layer in panel.data.values() for p in layer]
    tops = [p["y"] for p in points] + [p["h"] for p in points if p.get("h") is not None]
    levels = sorted({round(p["x"]) for p in points})
    return 1.06 * max([*tops, 0.1]), levels


# ---------------------------------------------------------------- learning


def loss_panels(page: Page) -> dict[int, Panel]:
    """By round: training and validation loss of each seed, thinned to what can be drawn."""
    panels = {}
    for r in page.rounds:
        data: dict[str, list[Point]] = {"train": [], "val": [], "best": []}
        for (number_, seed), records in page.curves.items():
            if number_ != r.number:
                continue
            val = _curve(records, "val_loss", seed)
            data["train"] += _thin(_curve(records, "train_loss", seed))
            data["val"] += _thin(val)
            if val:
                low = min(val, key=lambda p: float(p["y"]))
                data["best"].append(
                    {
                        **low,
                        "note": f"seed {seed}: lowest validation loss {fixed(low['y'], 3)} at step {count(low['x'])}",
                    }
                )
        if data["train"] or data["val"]:
            panels[r.number] = Panel(f"{r.number} {line(r.slug)}", data)
    return panels


def loss_unit(page: Page) -> str:
    """The unit of the loss curves."""
    chars = any(
        "val_loss_char" in entry or "train_loss_char" in entry
        for records in page.curves.values()
        for entry in records[:2]
    )
    return "nats per character" if chars else "nats per token"


def _curve(records: Sequence[Mapping[str, Any]], key: str, seed: int) -> list[Point]:
    pairs = [(number(entry.get("step")), number(entry.get(f"{key}_char", entry.get(key)))) for entry in records]
    return [{"x": x, "y": y, "seed": seed} for x, y in pairs if x is not None and y is not None]


def _thin(points: list[Point]) -> list[Point]:
    """At most ``MOST_POINTS``: means of neighbours, so that a thinned line hides no trend."""
    size = -(-len(points) // MOST_POINTS)
    if size < 2:
        return points
    groups = [points[i : i + size] for i in range(0, len(points), size)]
    return [{**g[-1], "y": statistics.mean(p["y"] for p in g)} for g in groups]
