"""What the models do, as sections of the report: the dial, the voices behind it, how they learned, and samples."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from greenlight.nouns import Round
from greenlight.report import charts, figures
from greenlight.report.cells import half_width, places_of, score_cell, truncation_of
from greenlight.report.page import Page, by_seed, levels_of, noted, pattern_of
from greenlight.report.text import (
    MISSING,
    SENSE,
    bracket,
    clean,
    compact,
    count,
    fixed,
    highlight,
    line,
    number,
    p_value,
    percent,
    plus_minus,
)

View = dict[str, Any]
SAMPLE_CHARACTERS = 1200
SAMPLE_TOPICS = 2
SAMPLE_TEXTS = 3
FEW = 10
"""Documents below which a share is told as a count."""
SHARED_ROUNDS = 8
"""The newest rounds whose blends stand beside the voices."""


def dial(page: Page) -> View | None:
    """A panel and a line of numbers for each round in which the dial was measured."""
    panels = figures.dial_panels(page)
    if not panels:
        return None
    top, levels = figures.scale_of(list(panels.values()))
    shown = []
    for number_, panel in panels.items():
        spec = charts.dial_panel(panel, top, levels, charts.LIGHT)
        shown.append(Markup(charts.svg(spec, f"Mean mentions by level, round {panel.title}", f"dial-{number_}")))
    rounds = [r for r in page.rounds if r.number in panels]
    places = places_of(rounds, figures.DIAL)
    return {
        "panels": shown,
        "table": [_dial_row(r, page, places) for r in rounds],
        "levels": levels,
        "has": {key: any(panel.data.get(key) for panel in panels.values()) for key in ("corpus", "truth")},
        "means": _level_rows(panels, levels),
        "mixture": _mixture(rounds, page),
    }


def _level_rows(panels: Mapping[int, charts.Panel], levels: Sequence[int]) -> list[View]:
    kinds = (("mean", "models"), ("corpus", "corpus"), ("truth", "by construction"))
    out = []
    for panel in panels.values():
        for key, name in kinds:
            found = {round(p["x"]): p["y"] for p in panel.data.get(key, [])}
            if found:
                out.append(
                    {
                        "round": panel.title,
                        "kind": name,
                        "cells": [fixed(found[v], 2) if v in found else MISSING for v in levels],
                    }
                )
    return out


def _dial_row(r: Round, page: Page, places: int) -> View:
    corpus = _slope(page.corpus_dial.get(r.number, {}).get("slope"))
    truth = number(r.facts.get("true_slope"))
    eta, tests = noted(r, figures.DIAL, "eta2_level"), noted(r, figures.DIAL, "page_p")
    score = r.scores[figures.DIAL]
    ratio = score.value / corpus[0] if corpus and corpus[0] > 0 and not score.invalid else None
    return {
        "round": f"{r.number} {line(r.slug, 40)}",
        "slope": score_cell(r, figures.DIAL, places),
        "corpus": _shown(corpus),
        "truth": MISSING if truth is None else fixed(truth, 2),
        "ratio": percent(ratio),
        "eta": fixed(statistics.mean(eta), 2) if eta else MISSING,
        "page": p_value(max(tests)) if tests else MISSING,
        "truncation": percent(truncation_of(r)),
        "n": f"{count(len(score.blocks))} × {len(r.seeds)}",
    }


def _slope(entry: Any) -> tuple[float, float | None, float | None] | None:
    """(mean, low, high) of a slope as the corpus's dial states it."""
    if not isinstance(entry, Mapping):
        return None
    mean = number(entry.get("mean"))
    return None if mean is None else (mean, number(entry.get("low")), number(entry.get("high")))


def _shown(slope: tuple[float, float | None, float | None] | None) -> str:
    if slope is None:
        return MISSING
    mean, low, high = slope
    return fixed(mean, 2) if low is None or high is None else f"{fixed(mean, 2)} {bracket(low, high, False, 2)}"


def _mixture(rounds: Sequence[Round], page: Page) -> str:
    """Said where the voices explain more of a corpus than the levels do: such a mixture hides the dial."""
    found = []
    for r in rounds:
        of = page.corpus_dial.get(r.number, {})
        level, voice = number(of.get("eta2_level")), number(of.get("eta2_voice"))
        if level is not None and voice is not None and voice > level:
            found.append(f"round {r.number}: {fixed(voice, 2)} against {fixed(level, 2)}")
    if not found:
        return ""
    return (
        f"The voice explains more of the corpus's mentions than the level does (η², {'; '.join(found)}): the mixture"
        " hides a part of the dial. A writer tag in the control line, relabelling by measured intensity, or other"
        " shares would bring it out."
    )


def sense(page: Page) -> View | None:
    """Whether the same documents are still language and on topic, each figure with the corpus's own under it."""
    shown = {**SENSE, "dial.truncation": "Unfinished"}
    rounds = [r for r in page.rounds if any(name in r.scores for name in SENSE)]
    if not rounds:
        return None
    places = {name: places_of(rounds, name) for name in shown}
    heads = [f"{words} {_direction(rounds, name)}".strip() for name, words in shown.items()]
    table: list[View] = [
        {
            "round": f"{r.number} {line(r.slug, 40)}",
            "cells": [*(_sense_cell(r, name, places[name]) for name in shown), _copy_cell(r), _onset_cell(r)],
        }
        for r in rounds
    ]
    keys = [*shown, "words", "thirds"]
    rows = [
        {"round": r["round"], **{k: f"{c['model']} ({c['corpus']})" for k, c in zip(keys, r["cells"], strict=True)}}
        for r in table
    ]
    beside = ["Longest copy in words: median, most", "Mentions by thirds of a document"]
    return {"heads": heads, "beside": beside, "table": table, "rows": rows, "keys": keys}


def _direction(rounds: Sequence[Round], name: str) -> str:
    better = next((r.scores[name].better for r in rounds if name in r.scores), "")
    return {"lower": "↓", "higher": "↑"}.get(better, "")


def _sense_cell(r: Round, name: str, places: int) -> View:
    """``1.2 ± 0.4 %``, or ``3 of 720`` where so few tell no spread; and the corpus's figure."""
    score = r.scores.get(name)
    ceilings, documents = noted(r, name, "ceiling"), noted(r, name, "documents")
    if score is None or score.invalid:
        return {"model": "invalid" if score else MISSING, "corpus": MISSING}
    digits = max(0, places - 2)
    half = half_width(score)
    model = plus_minus(100 * score.value, None if half is None else 100 * half, digits) + " %"
    found = round(score.value * sum(documents))
    if documents and score.unit == "share of documents" and found < FEW:
        model = f"{found} of {count(sum(documents))}"
    return {"model": model, "corpus": f"{fixed(100 * statistics.mean(ceilings), digits)} %" if ceilings else MISSING}


def _copy_cell(r: Round) -> View:
    """``13, 36``: words of the median document's longest copy, and of the longest of any."""
    found = {}
    for key in ("model", "corpus"):
        notes = [facts.get(key) for facts in by_seed(r, "sense.copy").values()]
        known = [(number(n.get("median")), number(n.get("max"))) for n in notes if isinstance(n, Mapping)]
        pairs = [(median, longest) for median, longest in known if median is not None and longest is not None]
        middle = statistics.mean(median for median, _ in pairs) if pairs else 0.0
        found[key] = f"{fixed(middle, 0)}, {count(max(longest for _, longest in pairs))}" if pairs else MISSING
    return found


def _onset_cell(r: Round) -> View:
    """``16 · 53 · 31 %``: the mean over seeds of the share of mentions in each third of a document."""
    found = {}
    for key, kind in (("model", "onset"), ("corpus", "onset_corpus")):
        notes = [facts.get(kind) for facts in by_seed(r, figures.DIAL).values()]
        thirds = [n.get("thirds") for n in notes if isinstance(n, Mapping)]
        rows = [t for t in thirds if isinstance(t, Sequence) and len(t) == 3 and all(number(v) is not None for v in t)]
        means = [fixed(100 * statistics.mean(column), 0) for column in zip(*rows, strict=True)]
        found[key] = f"{' · '.join(means)} %" if means else MISSING
    return found


def voices(page: Page) -> View | None:
    """Each voice's dial in the corpus, and how much of each round it wrote."""
    panels, source = figures.voice_panels(page), figures.voice_rounds(page)
    if not panels:
        return None
    top, levels = figures.scale_of(list(panels.values()))
    rounds = list(page.rounds)[-SHARED_ROUNDS:]
    shown, table = [], []
    for place, (voice, panel) in enumerate(panels.items()):
        spec = charts.dial_panel(panel, top, levels, charts.LIGHT)
        words = f"Mean mentions by level in what {line(voice, 60)} wrote"
        shown.append(Markup(charts.svg(spec, words, f"voice-{place}")))
        means = {round(p["x"]): p["y"] for p in panel.data["mean"]}
        slopes = page.corpus_dial[source[voice]].get("slopes")
        table.append(
            {
                "voice": line(voice, 60),
                "means": [fixed(means[v], 2) if v in means else MISSING for v in levels],
                "slope": _shown(_slope(slopes.get(voice)) if isinstance(slopes, Mapping) else None),
                "truth": _true_slope(page, source[voice], voice),
                "shares": [_share(r, voice) for r in rounds],
            }
        )
    known = {key: any(row[key] != MISSING for row in table) for key in ("slope", "truth")}
    return {"panels": shown, "table": table, "levels": levels, "rounds": [r.number for r in rounds], "known": known}


def _true_slope(page: Page, number_: int, voice: str) -> str:
    """The least-squares slope of a voice's means as they are known by construction."""
    by = page.truth.get(number_, {}).get("by")
    points = [(level, mean) for level, mean, *_ in levels_of(by.get(voice))] if isinstance(by, Mapping) else []
    if len(points) < 2:
        return MISSING
    return fixed(statistics.linear_regression(*zip(*points, strict=True)).slope, 2)


def _share(r: Round, voice: str) -> str:
    shares = r.facts.get("shares")
    return percent(shares.get(voice)) if isinstance(shares, Mapping) else MISSING


def losses(page: Page) -> list[Markup]:
    """The loss curves of each round."""
    panels = figures.loss_panels(page)
    draw = (
        (n, charts.loss_panel(p, charts.LIGHT), f"Training and validation loss by step, round {p.title}")
        for n, p in panels.items()
    )
    return [Markup(charts.svg(spec, label, f"loss-{n}")) for n, spec, label in draw]


# ---------------------------------------------------------------- samples


def samples(page: Page, r: Round) -> View | None:
    """The first topics as they come, all levels side by side: chosen by place, never by how they look."""
    found = page.samples.get(r.number, ())
    if not found:
        return None
    pattern = pattern_of(r)
    levels = sorted({s["level"] for s in found if isinstance(s.get("level"), int)})
    head: View = {"number": r.number, "slug": line(r.slug, 60), "pattern": line(pattern, 80), "levels": levels}
    head["n"] = len(found)
    if len(levels) < 2:
        return {**head, "topics": [], "texts": [_sample(s, pattern) for s in found[:SAMPLE_TEXTS]]}
    by_topic: dict[str, dict[int, Mapping[str, Any]]] = {}
    for s in found:
        if s.get("level") in levels:
            by_topic.setdefault(str(s.get("topic", "")), {}).setdefault(s["level"], s)
    whole = [t for t, cells in by_topic.items() if len(cells) == len(levels)] or list(by_topic)
    topics = [
        {"topic": line(t, 80), "cells": [_sample(by_topic[t][v], pattern) for v in levels if v in by_topic[t]]}
        for t in whole[:SAMPLE_TOPICS]
    ]
    return {**head, "topics": topics, "texts": []}


def _sample(s: Mapping[str, Any], pattern: str) -> View:
    text = clean(s.get("text", "")).strip()
    left = max(0, len(text) - SAMPLE_CHARACTERS)
    text = text[:SAMPLE_CHARACTERS]
    found = number(s.get("mentions"))
    shown: View = {
        "level": s.get("level"),
        "text": text,
        "html": highlight(text, pattern),
        "left": count(left) if left else "",
    }
    shown |= {
        "mentions": "" if found is None else count(found),
        "finished": s.get("finished", True) is not False,
        "seed": compact(s.get("seed")),
    }
    shown["pattern"] = pattern
    return shown
