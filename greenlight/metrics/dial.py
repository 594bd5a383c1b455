"""The dial: how the behaviour's intensity follows the level of the control line, on whole generated documents.

A slope is mentions per level. Topics are the blocks: held out, the same at every level, one document each, and
generation seeds differ between levels. A document that did not end is reported apart and never counted as short.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from greenlight import mentions, rates, stats, trends
from greenlight.errors import RoundError
from greenlight.nouns import Better, Interval, Reading, Text, fingerprint
from greenlight.players import Player, Said, Sampling
from greenlight.progress import Bar, Watch
from greenlight.store import write_file
from greenlight.yardstick import Yardstick

SAMPLES = "samples.jsonl"


@dataclass(frozen=True)
class Metric:
    """Samples one document for each held-out topic and level, and counts the yardstick's pattern in its body."""

    topics: Annotated[int, Field(ge=2)] = 40
    """The fewest held-out topics it accepts; all that the yardstick has are used."""
    temperature: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    top_k: Annotated[int, Field(ge=0)] = 0
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    max_truncation: Annotated[float, Field(ge=0.0, le=1.0)] = 0.05
    """Share of unfinished documents above which the score is invalid."""

    def settings(self) -> dict[str, Any]:
        return {"temperature": self.temperature, "top_k": self.top_k, "top_p": self.top_p, "counted": "whole documents"}

    def read(self, player: Player, yardstick: Yardstick, seed: int, folder: Path, watch: Watch) -> list[Reading]:
        """``dial.slope`` (mentions per level), ``dial.rate`` (per 1,000 characters and level), ``dial.truncation``.

        Every sample goes to ``samples.jsonl``, so that every mean can be counted again. Raises RoundError when the
        yardstick has too few topics, or when a prompt leaves no room in the model's context.
        """
        prompts = yardstick.prompts()
        topics = tuple(dict.fromkeys(topic for topic, _, _ in prompts))
        levels = sorted({level for _, level, _ in prompts})
        if len(topics) < self.topics:
            raise RoundError(
                f"the dial needs {self.topics} held-out topics, the yardstick has {len(topics)}: "
                "set metrics.dial.topics, or make a larger yardstick"
            )
        with watch.bar(f"measure dial seed {seed}", len(prompts), "documents") as bar:
            said = self._say(player, prompts, seed, bar)
        rows = [_row(player, yardstick.pattern, prompt, one) for prompt, one in zip(prompts, said, strict=True)]
        write_file(
            folder / SAMPLES, "".join(json.dumps({**row, "seed": seed}, ensure_ascii=False) + "\n" for row in rows)
        )
        return readings(rows, topics, levels, self.max_truncation)

    def _say(self, player: Player, prompts: Sequence[tuple[str, int, str]], seed: int, bar: Bar) -> list[Said]:
        ids = [[player.tokenizer.bos, *player.tokenizer.encode(control)] for _, _, control in prompts]
        longest = max(map(len, ids))
        if longest >= player.context:
            raise RoundError(
                f"a control line is {longest} tokens long, and the context holds {player.context}: raise model.context"
            )
        seeds = [int(fingerprint([seed, topic, level])[:12], 16) for topic, level, _ in prompts]
        room = Sampling(player.context - longest, self.temperature, self.top_k, self.top_p)
        return player.say(ids, seeds, room, bar)


def _row(player: Player, pattern: str, prompt: tuple[str, int, str], said: Said) -> dict[str, Any]:
    topic, level, control = prompt
    text = player.tokenizer.decode(list(said.ids))
    found = mentions.count(text, pattern)
    return {
        "topic": topic,
        "level": level,
        "control": control,
        "text": text,
        "finished": said.finished,
        "mentions": found,
    }


def readings(
    rows: Sequence[Mapping[str, Any]], topics: Sequence[str], levels: Sequence[int], max_truncation: float
) -> list[Reading]:
    """The readings of one model from its samples, one a topic and level.

    A topic's missing cells (unfinished documents) take the mean of that level's finished ones, which leaves the
    level's mean as it is; with more than ``max_truncation`` missing the reading is invalid.
    """
    count = _filled(rows, topics, levels, lambda row: float(row["mentions"]))
    rate = _filled(rows, topics, levels, lambda row: 1000.0 * row["mentions"] / max(1, len(row["text"])))
    cut = sum(not row["finished"] for row in rows)
    truncation = rates.rate(cut, len(rows))
    facts: dict[str, Any] = {"truncation": truncation.value, "truncation_interval": [truncation.low, truncation.high]}
    if truncation.value > max_truncation:
        facts["invalid"] = (
            f"{cut} of {len(rows)} documents did not end (limit {max_truncation:.0%}): "
            "raise model.context, or train longer"
        )
    if count is None or rate is None:
        facts["invalid"] = (
            f"at one level no document ended ({cut} of {len(rows)} did not): raise model.context, or train longer"
        )
        count, rate = [[0.0] * len(levels) for _ in topics], [[0.0] * len(levels) for _ in topics]
    slope, trend = trends.slope(count), trends.page(count, permutations=10_000)
    flat = [value for row in count for value in row]
    facts |= {
        "levels": {
            str(level): shown(stats.resampled_mean([row[i] for row in count]), len(topics))
            for i, level in enumerate(levels)
        },
        "slope": shown(slope, len(topics)),
        "page_l": trend.statistic,
        "page_p": trend.p,
        "adjacent_auc": list(trends.adjacent_auc(count)),
        "eta2_level": trends.eta_squared(flat, list(levels) * len(topics)),
        "top_above_bottom": trends.share_rising(count).value,
        "characters": sum(len(row["text"]) for row in rows) / len(rows),
    }
    weights = (1.0,) * len(topics)
    invalid = {"invalid": facts["invalid"]} if "invalid" in facts else {}
    missing = tuple(sum(not row["finished"] for row in rows if row["topic"] == topic) / len(levels) for topic in topics)
    named: tuple[tuple[str, str, Better, tuple[float, ...], dict[str, Any]], ...] = (
        ("dial.slope", "mentions per level", "higher", tuple(trends.slopes(count)), facts),
        ("dial.rate", "mentions per 1,000 characters and level", "higher", tuple(trends.slopes(rate)), invalid),
        ("dial.truncation", "share of documents", "lower", missing, {}),
    )
    return [
        Reading(
            metric=name,
            unit=unit,
            better=better,
            blocks=tuple(topics),
            values=values,
            weights=weights,
            over="topics",
            facts=noted,
        )
        for name, unit, better, values, noted in named
    ]


def shown(interval: Interval, n: int) -> dict[str, Any]:
    """The form in which a mean stands in JSON and in the report."""
    return {"mean": interval.value, "low": interval.low, "high": interval.high, "n": n}


def _filled(
    rows: Sequence[Mapping[str, Any]], topics: Sequence[str], levels: Sequence[int], value: Any
) -> list[list[float]] | None:
    """``[topic][level]`` with unfinished documents at their level's mean; None when a level has no finished one."""
    cells = {(row["topic"], row["level"]): value(row) for row in rows if row["finished"]}
    means: dict[int, float] = {}
    for level in levels:
        found = [cells[topic, level] for topic in topics if (topic, level) in cells]
        if not found:
            return None
        means[level] = sum(found) / len(found)
    return [[cells.get((topic, level), means[level]) for level in levels] for topic in topics]


# ---------------------------------------------------------------- the corpus's own dial: the ceiling


def corpus_dial(samples: Sequence[Text], pattern: str) -> dict[str, Any]:
    """Mentions by level in a corpus, by voice and in all, topics resampled; and each slope.

    ``{"by": {voice: {level: {"mean", "low", "high", "n"}}}, "all": {…}, "slopes": {voice: {…}, …}, "slope": {…}}``;
    slopes are over the topics that have every level.
    """
    counted = [(s.made.voice, s.made.topic, s.made.level, mentions.count(s.body, pattern)) for s in samples]
    voices = sorted({voice for voice, _, _, _ in counted})
    by = {voice: _dial([c for c in counted if c[0] == voice]) for voice in voices}
    whole = _dial(counted)
    eta = {
        "eta2_level": trends.eta_squared([c[3] for c in counted], [c[2] for c in counted]) if counted else 0.0,
        "eta2_voice": trends.eta_squared([c[3] for c in counted], [c[0] for c in counted]) if counted else 0.0,
    }
    slopes = {voice: dial["slope"] for voice, dial in by.items()}
    return {
        "by": {v: d["levels"] for v, d in by.items()},
        "all": whole["levels"],
        "slopes": slopes,
        "slope": whole["slope"],
        **eta,
    }


def _dial(counted: Sequence[tuple[str, str, int, int]]) -> dict[str, Any]:
    cells: dict[str, dict[int, list[int]]] = {}
    for _, topic, level, found in counted:
        cells.setdefault(topic, {}).setdefault(level, []).append(found)
    levels = sorted({level for row in cells.values() for level in row})
    means = {}
    for level in levels:
        values = [sum(row[level]) / len(row[level]) for row in cells.values() if level in row]
        means[str(level)] = (
            shown(stats.resampled_mean(values), len(values))
            if len(values) > 1
            else {"mean": values[0], "low": None, "high": None, "n": 1}
        )
    whole = [
        [sum(row[level]) / len(row[level]) for level in levels] for row in cells.values() if len(row) == len(levels)
    ]
    slope = shown(trends.slope(whole), len(whole)) if len(whole) > 1 and len(levels) > 1 else None
    return {"levels": means, "slope": slope}
