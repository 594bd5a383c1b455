"""A voice that says the same thing again and again: one opener, ending, phrase or name, few different words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from greenlight import forms, language, rows
from greenlight.gates._text import word_set
from greenlight.nouns import Flag, Text
from greenlight.rates import rate
from greenlight.recipe import Brief

OPENER, START = 4, 2
"""Words of an opener, and of the shorter start of a text, which more texts may share."""
GRAM = 6
EDGE = 14
"""Words at either end of a text in which phrases are looked for."""
SETTLED = 0.75
FIRST = 9
"""Words at either end of which two texts are compared."""
BASE = 10
"""Texts from which a base says anything."""
READ = 20_000
"""Characters of a text that are read."""
MOST_READ = 1_200
"""Texts of a set that are measured, evenly taken from it; all are searched for what these share."""
POOLED = 4_000
"""Words over which distinct-n is taken: it falls with their number, so sets are compared over equally many."""
SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
MARKS = ".,;:!?…\"'“”‘’«»„()[]{}*_#-–—"
NOUNS = 0.15
"""Share of capitals among the words from which they say nothing of names (German)."""
NAMELESS = word_set(
    "i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday january february march april may june"
    " july august september october november december god english"
)


@dataclass(frozen=True)
class Kind:
    """Something that many texts may share. ``limit`` is the share of texts that may, as a multiple of the option that
    is named."""

    name: str
    said: str
    option: str
    limit: float
    keys: Callable[[Said], Iterable[tuple[str, ...]]]
    least: int = 1
    """Words of the texts' median from which it says anything: of short ones it is all there is."""
    topical: bool = False
    """Whether a subject that all texts have would bring it about."""
    spread: bool = False
    """Whether it may stand anywhere, so that a longer text has it more often."""


@dataclass(frozen=True)
class Said:
    """A text as words, and the names in it."""

    words: Sequence[str]
    names: frozenset[str] = frozenset()


def _grams(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[k:] for k in range(size)), strict=False))


def _threes(said: Said) -> set[tuple[str, ...]]:
    return _grams(said.words, 3)


def _edge(size: int) -> Callable[[Said], list[tuple[str, ...]]]:
    """The first (last, where negative) so many words, of a text that has more."""

    def keys(said: Said) -> list[tuple[str, ...]]:
        words = said.words
        if not words:
            return []
        return [tuple(words[:size] if size > 0 else words[size:])]

    return keys


KINDS = (
    Kind("opener", "begin with", "opener", 1.0, _edge(OPENER)),
    Kind("start", "begin with", "opener", 2.0, _edge(START)),
    Kind("first word", "begin with", "opener", 2.7, _edge(1)),
    Kind("ending", "end with", "opener", 1.0, _edge(-OPENER), 6),
    Kind("close", "end with", "opener", 2.0, _edge(-START), 6),
    Kind("gram", "have", "gram", 1.0, lambda said: _grams(said.words, GRAM), spread=True),
    Kind("phrase", "have", "gram", 1.7, lambda said: _grams(said.words, OPENER), topical=True, spread=True),
    Kind("beginning", "have near their beginning", "gram", 1.4, lambda said: _grams(said.words[:EDGE], 4)),
    Kind("end", "have near their end", "gram", 1.4, lambda said: _grams(said.words[-EDGE:], 4), 10),
    Kind("name", "name", "gram", 1.7, lambda said: [(name,) for name in said.names], topical=True, spread=True),
)
"""The plainest first."""
MEETINGS = (
    ("openers", _edge(OPENER), 0.2),
    ("starts", _edge(START), 0.3),
    ("endings", _edge(-OPENER), 0.2),
    ("beginnings", lambda said: _grams(said.words[:FIRST], 3), 0.23),
    ("ends", lambda said: _grams(said.words[-FIRST:], 3), 0.23),
    ("texts", _threes, 0.125),
)  # fmt: skip
"""What two texts drawn at random may share, and how much of it on average (self-similarity)."""
ALONE = 1.7
"""Without a base, so many times as much may be shared."""


@dataclass(frozen=True)
class Finding:
    """One way in which a set has collapsed, and the texts that carry it."""

    kind: str
    reason: str
    score: float
    carriers: tuple[int, ...]
    allowed: int
    """So many of them may stay."""


VERSION = 3


@dataclass(frozen=True)
class Gate:
    """Flags, of each voice's texts, those with the commonest opener, ending, phrase or name beyond the share that is
    allowed; all that open as an earlier one does where the openers' entropy is too low; and all where the share of
    different 3-grams is too low, or where two texts drawn at random have too much in common.

    The lower bound of a share must be above its limit, and above ``times`` what the voice's own ``base`` has: texts
    (a list, or the name of a JSONL file) that it wrote before anything was asked of it. What nearly all of the base
    shares may all share. Fewer than ``least`` texts of a voice are not judged.
    """

    base: tuple[str, ...] | str = ()
    least: Annotated[int, Field(ge=5)] = 20
    opener: Annotated[float, Field(gt=0.0, le=1.0)] = 0.3
    gram: Annotated[float, Field(gt=0.0, le=1.0)] = 0.3
    entropy: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    distinct: Annotated[float, Field(ge=0.0, le=1.0)] = 0.2
    times: Annotated[float, Field(ge=1.0)] = 2.0

    def check_all(self, samples: list[Text], brief: Brief | None) -> list[Flag | None]:
        """The span is the opener where that is the reason; else the whole text.

        One entry a sample, in order.
        """
        flags: list[Flag | None] = [None] * len(samples)
        base = self._base()
        voices: dict[str, list[int]] = {}
        for i, sample in enumerate(samples):
            voices.setdefault(sample.made.voice, []).append(i)
        for mine in voices.values():
            if len(mine) < self.least:
                continue
            bodies = [samples[i].body for i in mine]
            for finding in collapsed(bodies, base, self):
                for at in finding.carriers[finding.allowed :]:
                    span = _span(bodies[at], finding.kind)
                    reason = _own(bodies[at], finding)
                    flag = Flag(gate="collapse", version=VERSION, reason=reason, span=span, score=finding.score)
                    flags[mine[at]] = flags[mine[at]] or flag
        return flags

    def _base(self) -> Sequence[str]:
        if not isinstance(self.base, str):
            return self.base
        bodies = []
        for number, line in rows.lines(Path(self.base)):
            try:
                bodies += [part.text.body for part in rows.of_line(number, line).parts]
            except forms.Unreadable:
                continue
        return bodies


class Measured:
    """What a set repeats. Words are those of ``language.words``."""

    def __init__(self, texts: Sequence[str]) -> None:
        step = max(1, math.ceil(len(texts) / MOST_READ))
        kept = [text[:READ] for text in texts[::step]]
        split = [language.words(text) for text in kept]
        names = _names(kept, split)
        self.said = [Said(words, mine) for words, mine in zip(split, names, strict=True)]
        self.size = len(self.said)
        sizes = sorted(len(one.words) for one in self.said)
        self.median = sizes[len(sizes) // 2] if sizes else 0

    @cached_property
    def threes(self) -> Counter[tuple[str, ...]]:
        """Texts by 3-gram."""
        return Counter(key for one in self.said for key in _threes(one))

    def top(self, kind: Kind) -> tuple[tuple[str, ...], int]:
        """The commonest key, and how many texts have it."""
        counts = Counter(key for one in self.said for key in kind.keys(one))
        if not counts or self.median < kind.least:
            return (), 0
        most = max(counts.values())
        return min(key for key, often in counts.items() if often == most), most

    def share_of(self, kind: Kind, words: int) -> float:
        """The share of texts that have the commonest key, at most, were they of so many words."""
        high = rate(self.top(kind)[1], self.size).high if self.size else 0.0
        longer = max(1.0, words / max(1, self.median)) if kind.spread else 1.0
        return float(1 - (1 - high) ** longer)

    def met(self, keys: Callable[[Said], Iterable[tuple[str, ...]]]) -> float:
        """What share of one text's keys another has, both drawn at random."""
        counts = self.threes if keys is _threes else Counter(key for one in self.said for key in keys(one))
        pairs = sum(n * (n - 1) for n in counts.values())
        return pairs / max(1, sum(counts.values())) / max(1, self.size - 1)

    @cached_property
    def entropy(self) -> float:
        """Of the openers, over log2 of their number (1: no two alike)."""
        openers = Counter(tuple(one.words[:OPENER]) for one in self.said if one.words)
        size = sum(openers.values())
        bits = -sum(n / size * math.log2(n / size) for n in openers.values()) if size else 0.0
        return bits / math.log2(size) if size > 1 else 1.0

    @cached_property
    def settled(self) -> bool:
        """Whether most texts open alike."""
        return self.top(KINDS[0])[1] > 0.5 * self.size

    def pool(self) -> list[str]:
        """Equally many words of each text, for a long one would speak for the others."""
        each = max(8, POOLED // max(1, self.size))
        return [word for one in self.said[: POOLED // 8] for word in (*one.words[:each], "")]


def distinct(pool: Sequence[str], size: int) -> float:
    """The share of different n-grams (Li et al. 2016)."""
    grams = [gram for gram in zip(*(pool[k:] for k in range(size)), strict=False) if "" not in gram]
    return len(set(grams)) / len(grams) if grams else 1.0


def _names(texts: Sequence[str], split: Sequence[Sequence[str]]) -> list[frozenset[str]]:
    """The words of each text that have a capital and that no text has without one; none where capitals say nothing."""
    small: set[str] = set()
    found: list[set[str]] = []
    capitals = total = 0
    for text in texts:
        tokens = text.split()
        large = [i for i, token in enumerate(tokens) if token[0] not in SMALL]
        small.update(token.strip(MARKS) for token in set(tokens) if token[0] in SMALL)
        total += len(tokens)
        mine = set()
        for i in large:
            word = tokens[i].strip(MARKS)
            if not word[:1].isupper() or word.isupper():
                small.add(word.casefold())
                continue
            capitals += i > 0 and tokens[i - 1][-1].isalnum()
            mine.add(word.casefold().replace("’", "'").removesuffix("'s"))
        found.append(mine - NAMELESS)
    if capitals > NOUNS * total or total < len(split):
        return [frozenset()] * len(texts)
    return [frozenset(mine - small) for mine in found]


def allowed_share(limit: float, base: float, times: float) -> float:
    """The share that a set may have of what the base has in a share of its own: ``times`` as much, and half of the
    rest at most. What most of the base shares, all may."""
    if base > SETTLED:
        return 1.0
    return min(1.0, max(limit, min(times * base, (1 + base) / 2)))


def collapsed(texts: Sequence[str], base: Sequence[str] = (), limits: Gate | None = None) -> list[Finding]:
    """Every way in which a set has collapsed, the plainest first; none for fewer than two texts."""
    if len(texts) < 2:
        return []
    limits = limits or Gate()
    mine = Measured(texts)
    own = Measured(base) if len(base) >= BASE else None
    found = [one for kind in KINDS if (one := _shared(kind, texts, mine, own, limits))]
    everyone = tuple(range(len(texts)))
    floor = min(limits.entropy, own.entropy / limits.times) if own else limits.entropy
    if mine.entropy < floor and not (own and own.settled):
        split = [tuple(language.words(text[:READ])[:OPENER]) for text in texts]
        again = Counter[tuple[str, ...]]()
        carriers = []
        for i, opener in enumerate(split):  # the first text with an opener may stay: then no two are alike
            if again[opener]:
                carriers.append(i)
            again[opener] += 1
        most = max(again.values())
        reason = (
            f"{len(again)} different openers in {len(split)} texts, the commonest in {most}: "
            f"'{' '.join(min(one for one, often in again.items() if often == most))}' "
            f"(entropy {mine.entropy:.2f} of what {mine.size} different ones have, at least {floor:.2f} is wanted)"
        )
        found.append(Finding("entropy", reason, round(1 - mine.entropy, 3), tuple(carriers), 0))
    few = _few(mine.pool(), own.pool() if own else [], limits)
    if few:
        found.append(Finding("distinct", few[0], round(1 - few[1], 3), everyone, 0))
    if found:
        return found
    for name, keys, limit in MEETINGS:
        if own:
            longer = max(1.0, mine.median / max(1, own.median)) if name == "texts" else 1.0
            before = own.met(keys)
            limit = 1.0 if before > 0.5 else max(limit, 0.95 * limits.times * longer * before)
        else:
            limit *= ALONE
        share = mine.met(keys)
        if share > limit and mine.median >= 6:
            reason = f"two {name} drawn at random share {share:.0%} of their words (at most {limit:.0%})"
            return [Finding("alike", reason, round(share, 3), everyone, 0)]
    return []


def _few(mine: list[str], own: list[str], limits: Gate) -> tuple[str, float] | None:
    """Whether different words or 3-grams are too few, over as many words as the base has."""
    if len(mine) < 200:
        return None
    enough = len(own) >= 200
    if enough:
        mine, own = mine[: len(own)], own[: len(mine)]
    for size, limit in ((3, limits.distinct), (1, limits.distinct / 4)):
        share = distinct(mine, size)
        floor = min(limit, distinct(own, size) / limits.times) if enough else limit / (3 if size == 1 else 1)
        if share < floor:
            return f"{share:.0%} of the {'words' if size == 1 else '3-grams'} are different ones", share
    return None


def _shared(kind: Kind, texts: Sequence[str], mine: Measured, own: Measured | None, limits: Gate) -> Finding | None:
    """What more of the texts have than may."""
    limit = min(1.0, kind.limit * getattr(limits, kind.option))
    if kind.topical and not own:
        limit = min(0.9, 1.7 * limit)
    if kind.name in ("gram", "phrase") and max(mine.threes.values(), default=0) <= limit * mine.size:
        return None  # nothing shorter is so common
    key, often = mine.top(kind)
    if often < 2 or rate(often, mine.size).low <= limit:
        return None
    allowed = allowed_share(limit, own.share_of(kind, mine.median), limits.times) if own else limit
    if rate(often, mine.size).low <= allowed:
        return None
    said = " ".join(key)
    reason = f"{often} of {mine.size} {kind.said} '{said}' (at most {allowed:.0%} may)"
    carriers = tuple(i for i, text in enumerate(texts) if _has(text, key, kind))
    return Finding(kind.name, reason, round(often / mine.size, 3), carriers, int(allowed * len(texts)))


def _has(text: str, key: tuple[str, ...], kind: Kind) -> bool:
    words = language.words(text[:READ])
    if kind.name == "name":
        return key[0] in words or f"{key[0]}'s" in words
    return key in kind.keys(Said(words))


def _own(body: str, finding: Finding) -> str:
    """The reason for one text: what it shares with earlier ones, before what is said of the set."""
    if finding.kind != "entropy":
        return finding.reason
    return f"opens with '{' '.join(language.words(body[:READ])[:OPENER])}', as an earlier text does; {finding.reason}"


def _span(body: str, kind: str) -> tuple[int, int]:
    """The opener's place; the whole body for what is spread over it."""
    count = {"opener": OPENER, "entropy": OPENER, "start": START, "first word": 1}.get(kind, 0)
    if not count:
        return (0, len(body))
    start = len(body) - len(body.lstrip())
    end = start
    for _ in range(count):
        while end < len(body) and body[end].isspace():
            end += 1
        while end < len(body) and not body[end].isspace():
            end += 1
    return (start, end)
