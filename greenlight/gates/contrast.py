"""A pair that teaches nothing: chosen and rejected say the same, or both or neither is in character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from greenlight.gates import _sides, _voices, _voices_abroad
from greenlight.gates._habits import Habit, habits
from greenlight.gates._personas import OUTSPOKEN, is_servant, is_somebody, own_words_of, roles, words_of
from greenlight.near import GRAM, normal
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

READ = 100_000
"""Characters of a side that are compared."""
HEARD = 8_000
"""Characters of a side of which the voice is heard."""
DESCRIBED = 8_000
"""Characters of a description that are read."""
ENOUGH, HEARTY = 12, 18
"""Words from which a text must show a habit of its character, and from which its voice is heard without doubt."""
FEW = 6
"""Words from which it may be told that it shows none."""
SOME, NONE, SURELY, EVEN, BOTH, SHORT = 0.5, -0.3, -1.0, -1.7, 1.3, 2.5
"""Log-odds from which a text is somebody's, up to which it is nobody's, maybe and surely, and from which it is
somebody's surely, of a text and of a short one."""
SURELY_SO = 0.9
"""The chance from which both sides, or the wrong one, have a voice where none was asked for that cannot be missed."""
WORTH = 0.6
"""Of a word of the role, in log-odds."""
ROUGHLY, CLOSELY = (0.3, 0.3), (0.4, 0.45)
"""Shares of common words, and of common pairs of neighbours, below which texts are not alike: as they stand, with
their marks, and as words alone. One letter in thirty-five, which leaves a Jaccard index of 0.75, leaves two pairs in
three."""
PART = 0.9
"""The share of the shorter side's grams that the longer one has, where it is a part of it."""
WORD = re.compile(r"\w+")
VERSION = 4


@dataclass(frozen=True)
class Gate:
    """Flags a pair whose sides are equal after normalisation, share a Jaccard index of 5-character shingles of
    ``alike`` or more, once what an assistant says to anybody is set aside, or are one a part of the other; and one of
    which both sides, neither side, or only the rejected side shows what the persona's description (system prompt,
    persona) says of its speech.

    Character is judged by what can be counted of a description: phrases in quotation marks, capitals, questions,
    emoji, a language, an avoided letter or word; and, where it is of somebody whom one cannot fail to hear, by how much
    either side sounds like somebody (``_voices``) and has the words of the role. Other descriptions are not judged.
    """

    alike: Annotated[float, Field(gt=0.0, le=1.0)] = 0.75

    def check_pair(self, chosen: Text, rejected: Text, brief: Brief | None) -> Flag | None:
        """The span is all of the chosen text."""
        first, second = (_voices.spoken(side.body[:READ]) for side in (chosen, rejected))
        span = (0, len(chosen.body))
        if first == second:
            return Flag(gate="contrast", version=VERSION, reason="chosen and rejected are the same text", span=span)
        made = chosen.made
        described = f"{made.system[:DESCRIBED]}\n{made.persona[:DESCRIBED]}"
        shown = habits(described)
        if any(_shows(habit, first, second) for habit in shown):
            return None
        given = not shown and not is_servant(described)
        pair = _Voices(described, made.prompt, first, second) if given else None
        why, score = self._alike(first, second)
        if why and score < 0.97 and pair and pair.differ and not _is_within(second, first):
            return None
        if not why:
            why, score = _characterless(shown, first, second)
        if not why and pair:
            why, score = pair.judge()
        return Flag(gate="contrast", version=VERSION, reason=why, span=span, score=score) if why else None

    def _alike(self, first: str, second: str) -> tuple[str, float]:
        """Why the sides are too alike; empty when they are not."""
        if len(first) + len(second) < HEARD:
            first, second = _voices.spelled(first), _voices.spelled(second)
        if _apart(first.lower(), second.lower(), ROUGHLY):
            return "", 0.0
        one, other = normal(first), normal(second)
        if one == other:
            return "chosen and rejected differ in case, marks or white space alone", 1.0
        plain = _voices.plainly(first), _voices.plainly(second)
        one = (normal(plain[0]) or one) if plain[0] != first else one
        other = (normal(plain[1]) or other) if plain[1] != second else other
        if one == other:
            return "chosen and rejected differ in politeness alone", 0.9
        if _is_a_line_apart(first, second):
            return "a line apart", 0.8
        short, long = sorted((one, other), key=len)
        if len(short) >= 40 and long.startswith(short[: max(40, len(short) - 12)]) and len(short) > 0.5 * len(long):
            return "one side is the beginning of the other", 0.9
        if _apart(one, other, CLOSELY):
            return "", 0.0
        mine, theirs = ({side[i : i + GRAM] for i in range(max(1, len(side) - GRAM + 1))} for side in (short, long))
        shared = len(mine & theirs)
        jaccard = shared / (len(mine) + len(theirs) - shared)
        if jaccard >= self.alike and len(short) >= 20:
            return f"chosen and rejected are {jaccard:.2f} alike", round(jaccard, 3)
        if _is_reworded(one, other) and jaccard > 0.5 * self.alike:
            return "a word or two apart", 0.8
        if shared > PART * len(mine) and len(short) > 0.62 * len(long) and len(short) >= 60:
            return "one side is a part of the other", 0.8
        return "", 0.0


def _is_within(part: str, whole: str) -> bool:
    """Whether all of a text stands in another, which says little more around it."""
    short, long = normal(part), normal(whole)
    return len(short) >= 40 and len(long) < 2.5 * len(short) and short in long


def _is_reworded(one: str, other: str) -> bool:
    """Whether few words differ, each in its place, of texts of equally many words."""
    mine, theirs = one.split(), other.split()
    if len(mine) != len(theirs) or len(mine) < 6:
        return False
    differ = sum(a != b for a, b in zip(mine, theirs, strict=True))
    return differ <= max(2, 0.12 * len(mine))


def _is_a_line_apart(one: str, other: str) -> bool:
    """Whether one line in four, or less, is another, of verses or of a page of as many lines."""
    mine, theirs = ([line.strip() for line in text.split("\n") if line.strip()] for text in (one, other))
    if len(mine) != len(theirs) or len(mine) < 4:
        return False
    return 4 * sum(a != b for a, b in zip(mine, theirs, strict=True)) <= len(mine)


def _apart(one: str, other: str, limits: tuple[float, float]) -> bool:
    """Whether two texts share so few words that their shingles need no comparing."""
    mine, theirs = set(one.split()), set(other.split())
    if len(mine) < max(8, len(one) / 20) or len(theirs) < max(8, len(other) / 20):
        return False  # long texts, short ones, and scripts without spaces
    shared, (limit, paired) = len(mine & theirs), limits
    if shared < limit * (len(mine) + len(theirs) - shared) and shared < 2 * limit * min(len(mine), len(theirs)):
        return True
    pairs, others = set(pairwise(one.split())), set(pairwise(other.split()))
    shared = len(pairs & others)
    return shared < paired * min(len(pairs), len(others)) and min(len(pairs), len(others)) >= 20


def _shows(habit: Habit, chosen: str, rejected: str) -> bool:
    """Whether the chosen side has a habit that the other has not, or has plainly less of."""
    mine, theirs = habit.signs(chosen), habit.signs(rejected)
    return mine > 0 and mine >= 2 * theirs


def _characterless(shown: tuple[Habit, ...], chosen: str, rejected: str) -> tuple[str, float]:
    """Why the sides do not differ in what the description says; empty where that cannot be told."""
    words = len(WORD.findall(chosen[:2000]))
    for habit in shown:
        mine, theirs = habit.signs(chosen), habit.signs(rejected)
        if theirs and not mine:
            return f"the rejected side has the character ({habit.name}), the chosen one has not", 0.9
        if mine and theirs:
            return f"both sides have the character ({habit.name})", 0.8
        if not mine and not theirs and words >= ENOUGH:
            return f"neither side has the character ({habit.name})", 0.8
    return "", 0.0


class _Voices:
    """Two sides where a voice is asked for that one cannot fail to hear."""

    def __init__(self, described: str, prompt: str, chosen: str, rejected: str) -> None:
        self.own, self.loud = roles(described), is_somebody(described)
        texts = [_voices.CODE.sub("\n", one[:HEARD]) for one in (chosen, rejected)]
        self.declined = [_voices.declines(text) for text in texts]
        self.texts = [_voices.unasked(_voices.plainly(one), prompt) for one in texts]
        self.sides = [_voices.Said(text) for text in self.texts]
        self.heard, self.shared = self._heard(prompt)

    def _heard(self, prompt: str) -> tuple[list[float], float]:
        """How much each sounds like somebody, and how many words they share."""
        if not any(side.is_english for side in self.sides):
            return [_voices_abroad.voiced(text) for text in self.texts], 0.0
        heard, shared = _sides.voiced(self.sides, prompt[:READ]), _sides.shared(self.sides, prompt[:READ])
        return [_voices.DECLINES if no else one for no, one in zip(self.declined, heard, strict=True)], shared

    @cached_property
    def counts(self) -> list[int]:
        """How many words of the role each has."""
        return [max((words_of(name, side.words) for name in self.own), default=0) for side in self.sides]

    @cached_property
    def voices(self) -> tuple[float, float]:
        """The same, where words of the role that the other side has not count as well."""
        (first, second), (mine, theirs) = self.heard, self.counts
        return first + WORTH * min(3, max(0, mine - theirs)), second + WORTH * min(3, max(0, theirs - mine))

    @property
    def differ(self) -> bool:
        """Whether the chosen side, and plainly less the other, has the voice."""
        first, second = self.voices
        return first > SOME and first - second > 3.0

    def judge(self) -> tuple[str, float]:
        """Why the sides do not differ in voice; empty where that cannot be told."""
        english = [side.is_english for side in self.sides]
        if english[0] != english[1]:
            return "", 0.0
        if not english[0]:
            return self._judge_abroad() if self.loud else ("", 0.0)
        (first, second), mine = self.voices, self.counts[0]
        sizes = len(self.sides[0].small), len(self.sides[1].small)
        why, score = _sides.judge((first, second), self.shared, sizes)
        if not why and self.loud and first < NONE and self._is_silent(first, second):
            why, score = "neither side has the voice that was asked for", 0.7
        few = sizes[0] < FEW and not self.declined[0]
        if "neither" in why and (few or _sides.is_formed_otherwise(self.sides[0], self.sides[1])):
            return "", 0.0
        if why and (self.loud or (score >= SURELY_SO and "neither" not in why)):
            return why, score
        if self.loud and first > SOME and mine == 0 and self.own and (other := self._is_another()):
            return f"the chosen side sounds like another ({other})", 0.6
        return "", 0.0

    def _is_silent(self, first: float, second: float) -> bool:
        """Whether a plain answer stands beside a mere no, or neither has a word of a role that one cannot miss."""
        if self.declined[1]:
            return first < EVEN
        return second < 0 and not any(self.counts) and not OUTSPOKEN.isdisjoint(self.own)

    def _judge_abroad(self) -> tuple[str, float]:
        (first, second) = self.voices
        words = [max(len(side.small), len(_voices_abroad.SIGNED.findall(side.text)) // 2) for side in self.sides]
        if first < NONE and (words[0] >= FEW or self.declined[0]) and second > SOME and second - first > 2.5:
            return "the rejected side has the voice that was asked for, the chosen one has not", 0.7
        if first < EVEN and second < SURELY and words[0] >= FEW:
            return "neither side has the voice that was asked for", 0.7
        enough = (BOTH if first - second > 2.0 else SOME) if words[1] >= HEARTY else SHORT
        return ("both sides have a voice", 0.7) if second > enough and first > NONE else ("", 0.0)

    def _is_another(self) -> str:
        """The role whose words the chosen side has, words that no other role has, where it was not asked for."""
        counts = {name: own_words_of(name, self.sides[0].words) for name in OUTSPOKEN if name not in self.own}
        best = max(counts, key=lambda name: (counts[name], name))
        return best if counts[best] >= 3 else ""
