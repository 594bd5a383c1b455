"""The dial that a corpus has of itself: mentions by level, by writer and in all; the ceiling of every model of it.

Topics are what is resampled. A topic is one writer's; where several wrote on one, each is a topic of its own, and a
story that names no topic is one by itself. Slopes are in mentions per level, also where a level between is missing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean as mean
from typing import Any

from greenlight import mentions, rates, stats, trends
from greenlight.errors import InputError, RecipeError
from greenlight.nouns import Interval, Text

MOST_LEVELS = 100
"""More are no levels, but something else under that name."""


@dataclass(frozen=True)
class Counted:
    """One story: who wrote it, on what, at which level, and its count (or its rate)."""

    voice: str
    topic: str
    level: int
    value: float


def shown(interval: Interval, n: int) -> dict[str, Any]:
    """The form in which a mean stands in JSON and in the report."""
    return {"mean": interval.value, "low": interval.low, "high": interval.high, "n": n}


def corpus_dial(samples: Sequence[Text], pattern: str, window: int = 0) -> dict[str, Any]:
    """Mentions by level in a corpus, by voice and in all, topics resampled; and each slope.

    ``{"by": {voice: {level: {"mean", "low", "high", "n"}}}, "all": {…}, "slopes": {voice: {…}, …}, "slope": {…},
    "eta2_level", "eta2_voice", "eta2_level_by": {voice: …}}``; slopes are over the topics that have every level (see
    ``_slope`` for where hardly one does). A cell without a story has ``n`` 0. With a ``window`` the same by that legacy
    rule stands beside it under ``"window"``, with its ``"characters"`` and what it ``"hides"`` (see
    ``mentions.windowed``).
    """
    found = dial_of(_counted(samples, [mentions.count(s.body, pattern) for s in samples]))
    if window:
        windows = mentions.windowed([(s.control, s.body) for s in samples], pattern, window)
        beside = dial_of(_counted(samples, [w.counted for w in windows]))
        found["window"] = {"characters": window, **beside, "hides": hides(samples, windows)}
    return found


def whole_dial(samples: Sequence[Text], pattern: str, window: int = 0) -> dict[str, Any]:
    """``corpus_dial`` with all that a reader of a corpus asks next.

    ``per_1000`` is the same of mentions per 1,000 characters: the mean of the stories' rates, so that longer is not
    taken for more. ``reliability`` (see ``reliability``) is by voice and in all, and ``topics`` holds the voice, slope
    and tau of each topic with every level, under ``topic (voice)`` where several wrote on it. With one voice
    ``eta2_voice`` is None. Unfinished stories are left out, as in a metric; ``notes`` say that, and what is missing.

    Raises RecipeError for a blank pattern, or one that stands in a control line and so may be what a level is told by;
    a ``window``, which counts later control lines, is there to show that, and it is a note. Raises InputError where no
    story is finished, or levels are too many to be any.
    """
    finished = [s for s in samples if s.made.finish_reason != "length"]
    if not finished:
        raise InputError("no story is finished: there is nothing to count by level")
    if (levels_there := len({s.made.level for s in finished})) > MOST_LEVELS:
        raise InputError(f"the stories are at {levels_there:,} levels: a dial has 2 to {MOST_LEVELS}")
    said = check_pattern(finished, pattern, refuse=not window)
    unfinished, samples = len(samples) - len(finished), finished
    rows = _counted(samples, [mentions.count(s.body, pattern) for s in samples])
    rates_of = [1000 * r.value / max(1, len(s.body)) for s, r in zip(samples, rows, strict=True)]
    levels, whole = whole_topics(rows)
    by_voice: dict[str, list[list[float]]] = {}
    for (voice, _), values in whole.items():
        by_voice.setdefault(voice, []).append(values)
    found = corpus_dial(samples, pattern, window) | {"per_1000": dial_of(_counted(samples, rates_of))}
    for dial in (found, found["per_1000"], found.get("window", {})):
        if len(found["by"]) < 2:
            dial["eta2_voice"] = None
    found["reliability"] = {"by": {v: reliability(mine) for v, mine in sorted(by_voice.items())}}
    found["reliability"]["all"] = reliability(list(whole.values()))
    taus = _taus(list(whole.values()))
    writers = Counter(topic for _, topic in whole)
    found["topics"] = {
        f"{topic} ({voice})" if writers[topic] > 1 else topic: {"voice": voice, "slope": slope, "tau": tau}
        for (voice, topic), slope, tau in zip(whole, _slopes(list(whole.values()), levels), taus, strict=True)
    }
    if not any(r.value for r in rows):
        said = [*said, f"no story holds '{pattern[:60]}'"]
    found["notes"] = said + _left_out(samples, unfinished) + _notes(rows, levels, len(whole))
    return found


def check_pattern(samples: Sequence[Text], pattern: str, refuse: bool = True) -> list[str]:
    """What is odd about a pattern: that it stands in a control line. That is an error where it is to ``refuse``.

    The control line is looked at without its topic, which may well name the behaviour. Raises RecipeError, for a blank
    pattern too.
    """
    if not pattern.strip():
        raise RecipeError("the pattern is blank: write the words that are counted")
    for sample in samples:
        control = sample.control.replace(sample.made.topic, " ") if sample.made.topic else sample.control
        if mentions.count(control, pattern):
            line = next((x for x in control.splitlines() if mentions.count(x, pattern)), control)
            stands = f"the pattern '{pattern[:60]}' stands in the control line ('{line[:60]}')"
            if refuse:
                raise RecipeError(f"{stands}, so it would count itself: count other words")
            return [f"{stands}: the window counts it there, whole documents do not"]
    return []


def hides(samples: Sequence[Text], windows: Sequence[mentions.Windowed]) -> dict[str, dict[str, float]]:
    """What a window does, by level: the share of stories that end inside it, and mentions a story by where they are.

    ``own`` are counted in the story, ``control`` in the next control lines, ``after`` in the next bodies; ``hidden``
    are the story's own beyond the window, which are not counted.
    """
    found = {}
    for level in sorted({s.made.level for s in samples}):
        here = [w for s, w in zip(samples, windows, strict=True) if s.made.level == level]
        sums = {
            "ended": sum(w.ended for w in here),
            "own": sum(w.own for w in here),
            "control": sum(w.control for w in here),
            "after": sum(w.after for w in here),
            "hidden": sum(w.hidden for w in here),
        }
        found[str(level)] = {key: value / len(here) for key, value in sums.items()}
    return found


def _counted(samples: Sequence[Text], values: Sequence[float]) -> list[Counted]:
    return [
        Counted(s.made.voice, s.made.topic or f"#{number}", s.made.level, value)
        for number, (s, value) in enumerate(zip(samples, values, strict=True))
    ]


def dial_of(rows: Sequence[Counted]) -> dict[str, Any]:
    """The means, slopes and shares of variance of counted stories, as ``corpus_dial`` gives them."""
    levels = sorted({r.level for r in rows})
    by = {voice: [r for r in rows if r.voice == voice] for voice in sorted({r.voice for r in rows})}
    dials = {voice: _dial(mine, levels) for voice, mine in by.items()}
    every = _dial(rows, levels)
    return {
        "by": {voice: dial["levels"] for voice, dial in dials.items()},
        "all": every["levels"],
        "slopes": {voice: dial["slope"] for voice, dial in dials.items()},
        "slope": every["slope"],
        "eta2_level": _eta(rows, [r.level for r in rows]),
        "eta2_voice": _eta(rows, [r.voice for r in rows]),
        "eta2_level_by": {voice: _eta(mine, [r.level for r in mine]) for voice, mine in by.items()},
    }


def _eta(rows: Sequence[Counted], groups: Sequence[Any]) -> float:
    return trends.eta_squared([r.value for r in rows], groups) if rows else 0.0


def _cells(rows: Sequence[Counted]) -> dict[tuple[str, str], dict[int, list[float]]]:
    cells: dict[tuple[str, str], dict[int, list[float]]] = {}
    for r in rows:
        cells.setdefault((r.voice, r.topic), {}).setdefault(r.level, []).append(r.value)
    return cells


def whole_topics(rows: Sequence[Counted]) -> tuple[list[int], dict[tuple[str, str], list[float]]]:
    """All levels, and for each (voice, topic) that has them all its mean by level."""
    levels = sorted({r.level for r in rows})
    whole = {
        name: [mean(cell[level]) for level in levels] for name, cell in _cells(rows).items() if len(cell) == len(levels)
    }
    return levels, whole


def _dial(rows: Sequence[Counted], levels: Sequence[int]) -> dict[str, Any]:
    cells = _cells(rows).values()
    means: dict[str, dict[str, Any]] = {}
    for level in levels:
        values = [mean(cell[level]) for cell in cells if level in cell]
        if len(values) > 1:
            means[str(level)] = shown(stats.resampled_mean(values), len(values))
        else:
            means[str(level)] = {"mean": values[0] if values else None, "low": None, "high": None, "n": len(values)}
    return {"levels": means, "slope": _slope(rows, levels)}


def _slope(rows: Sequence[Counted], levels: Sequence[int]) -> dict[str, Any] | None:
    """The mean slope of the topics that have every level, topics resampled.

    Where fewer than half have, as in a corpus whose levels are measured, the few that do are no fair sample: the slope
    of the levels' means, each level by itself (``trends.unblocked_slope``), with the number of stories as ``n``; None
    where a level is missing or has one story, or there is one level.
    """
    cells = _cells(rows).values()
    whole = [[mean(cell[level]) for level in levels] for cell in cells if len(cell) == len(levels)]
    if len(levels) < 2:
        return None
    if len(whole) > 1 and 2 * len(whole) >= len(cells):
        return shown(stats.resampled_mean(_slopes(whole, levels)), len(whole))
    groups = [[r.value for r in rows if r.level == level] for level in levels]
    if levels[-1] - levels[0] >= len(levels) or any(len(group) < 2 for group in groups):
        return None
    return shown(trends.unblocked_slope(groups), len(rows))


def _slopes(whole: Sequence[Sequence[float]], levels: Sequence[int]) -> list[float]:
    """Each topic's least-squares slope, in units per level, of ``[topic][level]`` at these levels."""
    middle = mean(levels) if levels else 0.0
    x = [level - middle for level in levels]
    spread = sum(d * d for d in x)
    return [sum(d * y for d, y in zip(x, row, strict=True)) / spread if spread else 0.0 for row in whole]


# ---------------------------------------------------------------- how reliably one topic's levels order its counts


def reliability(whole: Sequence[Sequence[float]]) -> dict[str, Any] | None:
    """Of topics with every level, ``[topic][level]``; None for fewer than two topics or levels.

    ``tau``: Kendall's tau-b of level and count within a topic (Kendall 1945, Biometrika 33, 239–251), 0 where all its
    counts are equal, as a mean over topics, resampled. ``top_above_bottom``: the share of topics with more at the
    highest level than at the lowest. ``rising``: the share whose counts rise at every step.
    """
    if len(whole) < 2 or len(whole[0]) < 2:
        return None
    rising = sum(all(b > a for a, b in pairwise(row)) for row in whole)
    return {
        "tau": shown(stats.resampled_mean(_taus(whole)), len(whole)),
        "top_above_bottom": shown(rates.rate(sum(row[-1] > row[0] for row in whole), len(whole)), len(whole)),
        "rising": shown(rates.rate(rising, len(whole)), len(whole)),
    }


def _taus(whole: Sequence[Sequence[float]]) -> list[float]:
    """Tau-b of each row with its places; levels have no ties, so its denominator has those of the counts alone."""
    found = []
    for row in whole:
        pairs = [(a, b) for i, a in enumerate(row) for b in row[i + 1 :]]
        concordant = sum((b > a) - (b < a) for a, b in pairs)
        untied = sum(a != b for a, b in pairs)
        found.append(concordant / math.sqrt(len(pairs) * untied) if untied else 0.0)
    return found


def _left_out(samples: Sequence[Text], unfinished: int) -> list[str]:
    notes = [f"unfinished stories, which are left out: {unfinished:,}"] if unfinished else []
    if bare := sum(not s.made.topic for s in samples):
        notes.append(f"stories that name no topic, and are resampled each by itself: {bare:,}")
    return notes


def _notes(rows: Sequence[Counted], levels: Sequence[int], whole: int) -> list[str]:
    voices = sorted({r.voice for r in rows})
    notes = []
    if len(voices) == 1:
        notes.append("one generator: nothing can be said of writers" if voices[0] else "no story says who wrote it")
    if len(levels) == 1:
        notes.append(f"all stories are at level {levels[0]}, or say none: a dial has two levels or more")
    for voice in voices:
        if gone := set(levels) - {r.level for r in rows if r.voice == voice}:
            notes.append(f"{voice or 'the unnamed writer'} has no story at level {', '.join(map(str, sorted(gone)))}")
    for below, above in pairwise(levels):
        if above - below == 2:
            notes.append(f"no story at all at level {below + 1}")
        elif above - below > 2:
            notes.append(f"no story at all at levels {below + 1} to {above - 1}")
    cells = _cells(rows)
    topics, more = len(cells), sum(len(values) > 1 for cell in cells.values() for values in cell.values())
    if more:
        notes.append(f"topics with several stories at one level, whose mean counts there: {more:,} levels")
    if topics == 1:
        notes.append("one topic: nothing can be resampled, and intervals are of its stories or missing")
    elif 1 < whole < topics:
        others = "reliability is of the others" if 2 * whole < topics else "slopes and reliability are of the others"
        notes.append(f"{topics - whole:,} of {topics:,} topics lack a level: {others}")
    elif whole < topics and len(levels) > 1:
        notes.append("hardly a topic has every level: slopes are of the levels' means, and nothing is said of topics")
    return notes
