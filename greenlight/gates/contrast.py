"""A pair that teaches nothing: chosen and rejected say the same, or both or neither is in character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import Field

from greenlight.gates import _described, _sides, _voices, _voices_abroad
from greenlight.gates._habits import Habit, habits
from greenlight.gates._personas import is_servant
from greenlight.near import GRAM, normal
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

READ = 100_000
"""Characters of a side that are compared."""
HEARD = 8_000
"""Characters of a side of which the voice is heard."""
DESCRIBED = 8_000
"""Characters of a description that are read."""
ENOUGH = 12
"""Words from which a text must show a habit of its character."""
ROUGHLY, CLOSELY = (0.3, 0.3), (0.4, 0.45)
"""Shares of common words, and of common pairs of neighbours, below which texts are not alike: as they stand, with
their marks, and as words alone. One letter in thirty-five, which leaves a Jaccard index of 0.75, leaves two pairs in
three."""
FORM_ALONE = "chosen and rejected differ in case, marks or white space alone"
LIKELY = 0.98
"""The score of a pair that somebody may want, at most."""
PART = 0.9
"""The share of the shorter side's grams that the longer one has, where it is a part of it."""
WORD, LETTERS = re.compile(r"\w+"), re.compile(r"[^\W_]+")
KEPT = re.compile(
    r"\b(?:never|no|not|don't)\b[^.\n]{0,40}\b(?:role|character|persona|imitat|impersonat|voice|play)", re.IGNORECASE
)
"""Who is to play nobody, whatever a prompt says."""
VERSION = 9


@dataclass(frozen=True)
class Gate:
    """Flags a pair whose sides are equal after normalisation, share a Jaccard index of 5-character shingles of
    ``alike`` or more, once what an assistant says to anybody is set aside, or are one a part of the other; and one of
    which both sides, neither side, or only the rejected side shows what the persona's description (system prompt,
    persona) says of its speech. Where neither describes anybody, the prompt is read for it.

    Character is judged by what can be counted of a description: phrases in quotation marks, capitals, questions,
    emoji, a language, an avoided letter or word; and else by how much either side sounds like somebody and like the
    one described, weighed together. A mere assistant's pairs are not judged.

    The score is 1 only where the sides are equal but for white space at their ends, and come after the same words. A
    capital, a mark or a line break may be what is to be learned: a pair that differs in such alone scores less.
    """

    alike: Annotated[float, Field(gt=0.0, le=1.0)] = 0.75

    def check_pair(self, chosen: Text, rejected: Text, brief: Brief | None) -> Flag | None:
        """The span is all of the chosen text."""
        first, second = (_voices.spoken(side.body[:READ]) for side in (chosen, rejected))
        span, equal = (0, len(chosen.body)), _are_equal(chosen, rejected)
        if equal or first == second:
            why, score = "chosen and rejected are the same text", 1.0 if equal else LIKELY
            return Flag(gate="contrast", version=VERSION, reason=why, span=span, score=score)
        made = chosen.made
        described, prompt = f"{made.system[:DESCRIBED]}\n{made.persona[:DESCRIBED]}", made.prompt[:READ]
        if is_servant(described) and not KEPT.search(described):
            told, asked = _described.apart(prompt)
            described, prompt = (told, asked) if told else (described, prompt)
        shown = habits(described)
        if any(_shows(habit, first, second) for habit in shown):
            return None
        given = not shown and not is_servant(described)
        pair = _Voices(described, prompt, first, second) if given else None
        why, score = self._alike(first, second)
        if why and score < 0.97 and pair and pair.differ and not _is_within(second, first):
            return None
        if not why:
            why, score = _characterless(shown, first, second)
        if not why and pair:
            why, score = pair.judge()
        return Flag(gate="contrast", version=VERSION, reason=why, span=span, score=min(score, LIKELY)) if why else None

    def _alike(self, first: str, second: str) -> tuple[str, float]:
        """Why the sides are too alike; empty when they are not."""
        if len(first) + len(second) < HEARD:
            first, second = _voices.spelled(first), _voices.spelled(second)
        if _apart(first.lower(), second.lower(), ROUGHLY):  # with their marks: a list is apart from one without commas
            same = _begin_alike(first, second) and normal(first) == normal(second)
            return (FORM_ALONE, LIKELY) if same else ("", 0.0)
        one, other = normal(first), normal(second)
        if one == other:
            return FORM_ALONE, LIKELY
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


def _are_equal(chosen: Text, rejected: Text) -> bool:
    """Whether no one could want the pair: both sides are equal but for white space at their ends, as is what was said
    before them."""
    made, other = chosen.made, rejected.made
    before = (made.prompt, made.before) == (other.prompt, other.before)
    return before and chosen.body.strip() == rejected.body.strip()


def _begin_alike(one: str, other: str) -> bool:
    """Whether two texts have the same first word: without reading either to its end."""
    mine, theirs = (LETTERS.search(text) for text in (one, other))
    return mine is not None and theirs is not None and mine[0].casefold() == theirs[0].casefold()


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


class Heard(NamedTuple):
    """What a pair by itself says of its sides, for a judgement of many together (``character/apart.py``).

    ``alike``: whether they say the same. ``voice``: by how much chosen sounds more like somebody than rejected, in
    log-odds. ``teaches``: how likely the pair teaches something, in log-odds. ``manners``: of chosen, less of rejected,
    what is counted of an English text (in another language little of it means anything)."""

    alike: bool
    voice: float
    teaches: float
    manners: tuple[float, ...]


def heard(described: str, prompt: str, chosen: str, rejected: str) -> Heard:
    """``described``: who is to speak, where something says it."""
    first, second = (_voices.spoken(side[:READ]) for side in (chosen, rejected))
    pair = _Voices(described[:DESCRIBED], prompt[:READ], first, second)
    mine, theirs = pair.pair.styles()
    teaches = _sides.teaches(pair.pair.signs(*pair.voices)) if pair.is_english else 0.0
    alike = first == second or bool(Gate()._alike(first, second)[0])
    manners = tuple(a - b for a, b in zip(mine, theirs, strict=True))
    return Heard(alike, pair.voices[0] - pair.voices[1], teaches, manners)


class _Voices:
    """Two sides where a voice is asked for."""

    def __init__(self, described: str, prompt: str, chosen: str, rejected: str) -> None:
        self.described, texts = described, [_voices.uncoded(one[:HEARD]) for one in (chosen, rejected)]
        self.declined = [_voices.declines(text) for text in texts]
        self.texts = [_voices.unasked(_voices.plainly(one), prompt) for one in texts]
        self.pair = _sides.Pair(described, prompt, self.texts, [_voices.served(text) for text in texts])
        self.is_english = any(side.is_english for side in self.pair.sides)

    @cached_property
    def voices(self) -> tuple[float, float]:
        """How much each sounds like somebody."""
        if not self.is_english:
            return _voices_abroad.voiced(self.texts[0]), _voices_abroad.voiced(self.texts[1])
        first, second = (
            _voices.DECLINES if no else one for no, one in zip(self.declined, self.pair.voices, strict=True)
        )
        return first, second

    @property
    def differ(self) -> bool:
        """Whether the chosen side, and plainly less the other, has the voice."""
        (first, second), (mine, theirs) = self.voices, self.pair.fit
        return first + mine > _sides.SOME and first + mine - second - theirs > 3.0

    def judge(self) -> tuple[str, float]:
        """Why the sides do not differ in voice; empty where that cannot be told."""
        if self.is_english:
            return self.pair.judge(*self.voices)
        return _sides.judge_abroad(self.texts, self.voices, self.described)
