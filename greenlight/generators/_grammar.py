"""What the procedural voices share: a seeded grammar whose mentions of the pattern follow a known law.

The number of mentions at level L of n is drawn around ``mean(L) = low + (high − low)·(L − 1)/(n − 1)``: rounded up
or down at random so that its expectation is the mean, then moved by ±1 with equal chance in a share ``jitter`` of
the stories where the rounded number is at least 2. So the expectation is exact, the number is never negative, and
it is at least 1 wherever the mean is. Length is kept apart from the number of mentions: sentences without a mention
fill up what the mentions leave of a target that does not depend on the level.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight import mentions
from greenlight.errors import RecipeError
from greenlight.nouns import Draw
from greenlight.recipe import Brief

Mean = Annotated[float, Field(ge=0.0, le=12.0)]
"""Expected mentions of a story."""
Rate = Annotated[float, Field(ge=0.0, le=1.0)]
"""A share of the stories."""

JITTER = 0.25
PREPOSITION = re.compile(
    r"\b(?:in|on|at|by|under|over|near|behind|beside|with|without|of|for|from|to|into|and|who|that|which)\b",
    re.IGNORECASE,
)


def means(low: float, high: float, levels: int) -> tuple[float, ...]:
    """Expected mentions at levels 1 … n: a straight line from ``low`` to ``high``."""
    return tuple(round(low + (high - low) * i / (levels - 1), 12) for i in range(levels))


def rng_of(*what: object) -> random.Random:
    """A generator seeded by the text of its arguments; the same on every machine and Python."""
    return random.Random(hashlib.sha256("\x1f".join(map(str, what)).encode()).digest())


def number(mean: float, rng: random.Random) -> int:
    """A whole number with expectation ``mean`` and little spread (see the module's docstring)."""
    n = int(mean) + (rng.random() < mean - int(mean))
    if n >= 2 and rng.random() < JITTER:
        n += 1 if rng.random() < 0.5 else -1
    return n


def thing_of(topic: str) -> str:
    """The noun that a topic is about, near enough: the last word before the first preposition.

    ``a red kite on the hill`` → ``kite``.
    """
    words = PREPOSITION.split(topic.strip())[0].split() or topic.split() or ["thing"]
    return words[-1].strip(".,;:!?\"'") or "thing"


class _Slots(dict[str, str]):
    """Slots of one story: what is fixed stands in the dict, any other word is chosen anew at each use."""

    def __init__(self, fixed: Mapping[str, str], words: Mapping[str, tuple[str, ...]], rng: random.Random) -> None:
        super().__init__(fixed)
        self.words = words
        self.random = rng.random

    def __missing__(self, key: str) -> str:
        choices = self.words[key]
        return choices[int(self.random() * len(choices))]


@dataclass(frozen=True)
class Grammar:
    """One voice's way of writing: sentence templates and words.

    Templates may use ``{hero} {he} {him} {his} {He} {His} {thing}`` and the keys of ``words``; openers have
    ``{topic}``, ``ones`` have ``{p}`` or ``{P}`` (capitalised) once and ``twos`` twice, all others never. ``room`` is
    how many sentences with a mention fit beside opener and closer; what is more is written as twos.
    """

    name: str
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    openers: tuple[str, ...]
    ones: tuple[str, ...]
    twos: tuple[str, ...]
    fillers: tuple[str, ...]
    closers: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    room: int
    chars: tuple[int, int] = (236, 266)

    def story(self, draw: Draw, brief: Brief, mean: float) -> list[str]:
        """The sentences of one story, with a number of mentions drawn around ``mean``.

        Raises RecipeError when the topic or the voice's own words contain the pattern, since the truth would be lost.
        """
        rng = rng_of(self.name, draw.seed, draw.topic, draw.level)
        count = number(mean, rng)
        slots = self._slots(draw.topic, brief.pattern, rng)
        opener, closer = (_pick(pool, rng).format_map(slots) for pool in (self.openers, self.closers))
        twos = max(0, count - self.room)
        if twos == 0 and count >= 3 and rng.random() < 0.15:
            twos = 1
        twos = min(twos, count // 2)
        body = [t.format_map(slots) for t in _some(self.twos, twos, rng) + _some(self.ones, count - 2 * twos, rng)]
        target = self.chars[0] + int(rng.random() * (self.chars[1] - self.chars[0]))
        left = target - len(opener) - len(closer) - 1 - sum(len(s) + 1 for s in body)
        body += self._fill(left, slots, rng)
        rng.shuffle(body)
        sentences = [opener, *body, closer]
        if mentions.count(" ".join(sentences), brief.pattern) != count:
            raise RecipeError(
                f"the pattern '{brief.pattern}' stands in the topic '{draw.topic}' or in the words of the voice "
                f"'{self.name}', so its mentions cannot be known: choose another pattern or topic"
            )
        return sentences

    def _slots(self, topic: str, pattern: str, rng: random.Random) -> _Slots:
        girl = rng.random() < 0.5
        fixed = {
            "hero": _pick(self.girls if girl else self.boys, rng),
            "topic": topic,
            "thing": thing_of(topic),
            "p": pattern,
            "P": pattern[:1].upper() + pattern[1:],
        }
        for she, he in (("she", "he"), ("her", "him"), ("her", "his"), ("She", "He"), ("Her", "His")):
            fixed[he] = she if girl else he
        return _Slots(fixed, self.words, rng)

    def _fill(self, left: int, slots: _Slots, rng: random.Random) -> list[str]:
        """Sentences without a mention that take up ``left`` characters as nearly as a few tries allow."""
        pool = list(self.fillers)
        rng.shuffle(pool)
        out: list[str] = []
        while left > 75 and len(pool) > 5:
            out.append(pool.pop().format_map(slots))
            left -= len(out[-1]) + 1
        while left > 8 and pool:
            tries = [t.format_map(slots) for t in pool]
            best = min(range(len(tries)), key=lambda i: abs(left - len(tries[i]) - 1))
            if abs(left - len(tries[best]) - 1) >= left:
                break
            out.append(tries[best])
            left -= len(tries[best]) + 1
            pool.pop(best)
        return out


def _pick(pool: tuple[str, ...], rng: random.Random) -> str:
    return pool[int(rng.random() * len(pool))]


def _some(pool: tuple[str, ...], n: int, rng: random.Random) -> list[str]:
    """``n`` templates, none twice while the pool lasts."""
    out: list[str] = []
    while n > len(out):
        out += rng.sample(pool, min(len(pool), n - len(out)))
    return out
