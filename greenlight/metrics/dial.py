"""The dial: how the behaviour's intensity follows the level of the control line, on whole generated documents.

A slope is mentions per level. Topics are the blocks: held out, the same at every level, one document each, and
generation seeds differ between levels. A document that did not end is reported apart and never counted as short, and
one that never came counts as one that did not end. On the same documents: ``sense`` says whether they are language.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from greenlight import mentions, rates, sense, stats, trends
from greenlight.dials import shown
from greenlight.errors import RoundError
from greenlight.language import words
from greenlight.nouns import Better, Reading, fingerprint
from greenlight.parts import Setup
from greenlight.players import Player, Said, Sampling
from greenlight.progress import Bar
from greenlight.store import write_file
from greenlight.yardstick import Yardstick

SAMPLES = "samples.jsonl"


@dataclass(frozen=True)
class Metric:
    """Samples one document for each held-out topic and level, and counts the yardstick's pattern in its body."""

    READINGS: ClassVar[tuple[str, ...]] = ("dial.slope", "dial.rate", "dial.truncation", *sense.NAMED)
    LOADS: ClassVar[tuple[str, ...]] = tuple(f"greenlight.gates.{name}" for name in sense.GATES)

    topics: Annotated[int, Field(ge=2)] = 40
    """The fewest held-out topics it accepts; all that the yardstick has are used."""
    temperature: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    top_k: Annotated[int, Field(ge=0)] = 0
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    max_truncation: Annotated[float, Field(ge=0.0, le=1.0)] = 0.05
    """Share of unfinished documents above which the score is invalid."""
    selftest: bool = True
    """Refuses a corpus whose own dial the count cannot see; false measures a dial that the corpus does not show."""

    def settings(self) -> dict[str, Any]:
        return {"temperature": self.temperature, "top_k": self.top_k, "top_p": self.top_p, "counted": "whole documents"}

    def read(self, player: Player, setup: Setup) -> list[Reading]:
        """``dial.slope`` (mentions per level), ``dial.rate`` (per 1,000 characters and level), ``dial.truncation``, and
        the readings of ``sense``, all on the same documents.

        Every sample goes to ``samples.jsonl``, so that every mean can be counted again. Raises RoundError when the
        yardstick has too few topics or asks for them at different levels, when a prompt leaves no room in the model's
        context, or when the model does not answer prompt by prompt.
        """
        yardstick, seed, prompts = setup.yardstick, setup.seed, setup.yardstick.prompts()
        topics, levels = grid([(topic, level) for topic, level, _ in prompts])
        if len(topics) < self.topics:
            raise RoundError(
                f"the dial needs {self.topics} held-out topics, the yardstick has {len(topics)}: "
                "set metrics.dial.topics, or make a larger yardstick"
            )
        with setup.watch.bar(f"measure dial seed {seed}", len(prompts), "documents") as bar:
            said = self._say(player, prompts, seed, bar)
        if len(said) != len(prompts):
            raise RoundError(f"{len(prompts)} prompts got {len(said)} answers, so none can be told from another's")
        rows = [_row(player, yardstick.pattern, prompt, one) for prompt, one in zip(prompts, said, strict=True)]
        write_file(
            setup.folder / SAMPLES,
            "".join(json.dumps({**row, "seed": seed}, ensure_ascii=False) + "\n" for row in rows),
        )
        found = readings(rows, topics, levels, self.max_truncation)
        return with_sense(found, rows, sense.stories(setup.corpus, yardstick.pattern), yardstick)

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


def grid(asked: Sequence[tuple[str, int]]) -> tuple[tuple[str, ...], list[int]]:
    """The topics, and the levels in rising order, of prompts that ask for each topic at each level once.

    Raises RoundError when they do not, naming the topic.
    """
    topics, levels = tuple(dict.fromkeys(topic for topic, _ in asked)), sorted({level for _, level in asked})
    if len(topics) < 2 or len(levels) < 2:
        raise RoundError(f"a dial needs two topics and two levels; the yardstick asks for {len(topics)}, {len(levels)}")
    times = Counter(asked)
    for topic in topics:
        for level in levels:
            if times[topic, level] != 1:
                raise RoundError(
                    f"the yardstick asks for '{topic}' at level {level} {times[topic, level]} times: "
                    "the dial needs every topic at every level once"
                )
    return topics, levels


def checked(
    rows: Sequence[Mapping[str, Any]], topics: Sequence[str], levels: Sequence[int]
) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The samples by (topic, level); a place without one is an unfinished, empty document.

    Raises RoundError when there is no sample at all, when two stand for one place or one stands for none, or when one
    holds no text or no count: nothing is left out in silence.
    """
    if not rows:
        raise RoundError("the dial has no document to count in")
    grid([(topic, level) for topic in topics for level in levels])
    cells: dict[tuple[str, int], Mapping[str, Any]] = {}
    for row in rows:
        place = (row["topic"], row["level"])
        if place[0] not in topics or place[1] not in levels:
            raise RoundError(f"a document of '{place[0]}' at level {place[1]} was not asked for")
        if place in cells:
            raise RoundError(f"two documents of '{place[0]}' at level {place[1]}: which one counts is not said")
        if not isinstance(row["text"], str):
            raise RoundError(f"the document of '{place[0]}' at level {place[1]} has no text")
        found = row["mentions"]
        if not isinstance(found, int | float) or not math.isfinite(found) or found < 0 or found != int(found):
            raise RoundError(
                f"the document of '{place[0]}' at level {place[1]} has {found} mentions, which is no count"
            )
        cells[place] = row
    missing: dict[str, Any] = {"text": "", "finished": False, "mentions": 0}
    return {
        (topic, level): cells.get((topic, level), {"topic": topic, "level": level, **missing})
        for topic in topics
        for level in levels
    }


def with_sense(
    found: Sequence[Reading], rows: Sequence[Mapping[str, Any]], stories: Sequence[sense.Document], yardstick: Yardstick
) -> list[Reading]:
    """The dial's readings with what ``sense`` finds in the same documents: its readings, and where the mentions set in.

    Documents of different lengths are compared on their first words: as many as nine in ten held-out stories have.
    """
    topics, levels = grid([(topic, level) for topic, level, _ in yardstick.prompts()])
    documents = [
        sense.Document(
            topic, level, row["text"], bool(row["finished"]), tuple(mentions.spans(row["text"], yardstick.pattern))
        )
        for (topic, level), row in checked(rows, topics, levels).items()
    ]
    sizes = sorted(len(words(held.body)) for held in yardstick.documents())
    beside = sense.readings(documents, topics, sense.Corpus(stories), max(sizes[len(sizes) // 10], sense.GRAMS[-1]))
    unfinished = sum(not story.finished for story in stories) / len(stories)
    writers = yardstick.writers()
    by_writer = {
        who: shown(stats.resampled_mean(mine), len(mine))
        for who in sorted(set(writers.values()))
        if len(mine := [v for t, v in zip(found[0].blocks, found[0].values, strict=True) if writers[t] == who]) > 1
    }
    more: dict[str, dict[str, Any]] = {
        "dial.slope": ({"by_writer": by_writer} if by_writer else {})
        | {"onset": sense.onset(documents), "onset_corpus": sense.onset(stories)},
        "dial.truncation": {"ceiling": unfinished, "documents": len(documents)},
    }
    told = [r.model_copy(update={"facts": {**r.facts, **more.get(r.metric, {})}}) for r in found]
    return [*told, *beside]


def readings(
    rows: Sequence[Mapping[str, Any]], topics: Sequence[str], levels: Sequence[int], max_truncation: float
) -> list[Reading]:
    """The readings of one model from its samples, one a topic and level; raises RoundError as ``checked`` does.

    A topic's missing cells (documents that did not end, or never came) take the mean of that level's finished ones,
    which leaves the level's mean; above ``max_truncation`` the reading is invalid. Shares are of all asked for.
    """
    rows = list(checked(rows, topics, levels).values())
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
