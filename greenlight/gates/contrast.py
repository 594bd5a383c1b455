"""A pair that teaches nothing: chosen and rejected say the same, or both or neither is in character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates._habits import Habit, habits
from greenlight.near import GRAM, normal
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

READ = 100_000
"""Characters of a side that are compared."""
DESCRIBED = 8_000
"""Characters of a description that are read."""
ENOUGH = 12
"""Words from which a text must show its character."""
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Gate:
    """Flags a pair whose sides are equal after normalisation, share a Jaccard index of 5-character shingles of
    ``alike`` or more, or are one the beginning of the other; and one of which both sides, neither side, or only the
    rejected side shows what the persona's description (system prompt, persona) says of its speech.

    Character is judged only by what can be counted: phrases in quotation marks, capitals, questions, emoji, a
    language, an avoided letter or word, and the vocabulary of a few trades (pirate, cowboy, robot, ...). A
    description without any of these is not judged.
    """

    alike: Annotated[float, Field(gt=0.0, le=1.0)] = 0.75

    def check_pair(self, chosen: Text, rejected: Text, brief: Brief | None) -> Flag | None:
        """The span is all of the chosen text."""
        first, second = chosen.body[:READ], rejected.body[:READ]
        span = (0, len(chosen.body))
        if first == second:
            return Flag(gate="contrast", reason="chosen and rejected are the same text", span=span)
        made = chosen.made
        shown = habits(f"{made.system[:DESCRIBED]}\n{made.persona[:DESCRIBED]}")
        if any(_shows(habit, first, second) for habit in shown):
            return None
        why, score = self._alike(first, second)
        if not why:
            why, score = _characterless(shown, first, second)
        return Flag(gate="contrast", reason=why, span=span, score=score) if why else None

    def _alike(self, first: str, second: str) -> tuple[str, float]:
        """Why the sides are too alike; empty when they are not."""
        one, other = normal(first), normal(second)
        if one == other:
            return "chosen and rejected differ in case, marks or white space alone", 1.0
        short, long = sorted((one, other), key=len)
        if len(short) >= 40 and long.startswith(short[: max(40, len(short) - 12)]) and len(short) > 0.5 * len(long):
            return "one side is the beginning of the other", 0.9
        if _apart(one, other):
            return "", 0.0
        mine = {one[i : i + GRAM] for i in range(max(1, len(one) - GRAM + 1))}
        theirs = {other[i : i + GRAM] for i in range(max(1, len(other) - GRAM + 1))}
        jaccard = len(mine & theirs) / len(mine | theirs)
        if jaccard >= self.alike and len(short) >= 20:
            return f"chosen and rejected are {jaccard:.2f} alike", round(jaccard, 3)
        return "", 0.0


def _apart(one: str, other: str) -> bool:
    """Whether two texts share so few words that their shingles need no comparing."""
    mine, theirs = set(one.split()), set(other.split())
    if len(mine) < len(one) / 20 or len(theirs) < len(other) / 20:
        return False  # long texts, and scripts without spaces
    return len(mine & theirs) < 0.4 * len(mine | theirs)


def _shows(habit: Habit, chosen: str, rejected: str) -> bool:
    """Whether the chosen side has a habit that the other has not, or has plainly less of."""
    mine, theirs = habit.signs(chosen), habit.signs(rejected)
    return mine > 0 and mine >= 2 * theirs


def _characterless(shown: tuple[Habit, ...], chosen: str, rejected: str) -> tuple[str, float]:
    """Why the sides do not differ in character; empty where that cannot be told."""
    words = len(WORD.findall(chosen[:2000]))
    for habit in shown:
        mine, theirs = habit.signs(chosen), habit.signs(rejected)
        if theirs and not mine:
            return f"the rejected side has the character ({habit.name}), the chosen one has not", 0.9
        if mine and theirs and (theirs >= 2 or habit.name[:5] != "words"):
            return f"both sides have the character ({habit.name})", 0.8
        if not mine and not theirs and words >= ENOUGH:
            return f"neither side has the character ({habit.name})", 0.8
    return "", 0.0
