"""A voice that says the same thing again and again: one opener, one phrase, few different words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from greenlight import language, rows
from greenlight.nouns import Flag, Text
from greenlight.rates import rate
from greenlight.recipe import Brief

OPENER, START = 4, 2
"""Words of an opener, and of the shorter start of a text, which twice as many may share."""
GRAM = 6
BASE = 10
"""Texts from which a base says anything."""
MOST = 0.9
"""The share that is too much whatever a base has."""
READ = 20_000
"""Characters of a text that are read."""
POOLED = 4_000
"""Words over which distinct-n is taken: it falls with their number, so sets are compared over equally many."""


@dataclass(frozen=True)
class Measures:
    """Of one set of texts. Shares are of the texts; ``entropy`` of the openers is in bits a text over log2 of the
    number of texts (1: no two alike), ``distinct`` the share of different n-grams among ``words`` words (n = 1, 2, 3;
    Li et al. 2016)."""

    texts: int
    opener: str
    openers: int
    start: str
    starts: int
    entropy: float
    gram: str
    grams: int
    distinct: tuple[float, float, float]
    words: int


@dataclass(frozen=True)
class Finding:
    """One way in which a set has collapsed, and the texts that carry it."""

    kind: str
    reason: str
    score: float
    carriers: tuple[int, ...]
    allowed: int
    """So many of them may stay."""


@dataclass(frozen=True)
class Gate:
    """Flags, of each voice's texts, those with the commonest opener or 6-gram beyond the share that is allowed, and
    all that share an opener, or all, where the openers' entropy or the share of different 3-grams is too low.

    The lower bound of a share must be above its limit, and above ``times`` what the voice's own ``base`` has: texts
    (a list, or the name of a JSONL file) that it wrote before anything was asked of it. Fewer than ``least`` texts of
    a voice are not judged.
    """

    base: tuple[str, ...] | str = ()
    least: Annotated[int, Field(ge=5)] = 20
    opener: Annotated[float, Field(gt=0.0, le=1.0)] = 0.3
    gram: Annotated[float, Field(gt=0.0, le=1.0)] = 0.3
    entropy: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    distinct: Annotated[float, Field(ge=0.0, le=1.0)] = 0.2
    times: Annotated[float, Field(ge=1.0)] = 2.0

    def check_all(self, samples: list[Text], brief: Brief | None) -> list[Flag | None]:
        """One entry a sample, in order; the span is the opener or the 6-gram where that is the reason."""
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
                    flag = Flag(gate="collapse", reason=finding.reason, span=span, score=finding.score)
                    flags[mine[at]] = flags[mine[at]] or flag
        return flags

    def _base(self) -> Sequence[str]:
        if not isinstance(self.base, str):
            return self.base
        bodies = []
        for number, line in rows.lines(Path(self.base)):
            try:
                bodies += [part.text.body for part in rows.of_line(number, line).parts]
            except rows.Unreadable:
                continue
        return bodies


def measures(texts: Sequence[str]) -> Measures:
    """What a set repeats. Words are those of ``language.words``."""
    split = [language.words(text[:READ]) for text in texts]
    openers = Counter(_opener(words) for words in split if words)
    starts = Counter(_opener(words, START) for words in split if words)
    grams = Counter(gram for words in split for gram in _grams(words, GRAM))
    size = sum(openers.values())
    entropy = -sum(n / size * math.log2(n / size) for n in openers.values()) if size else 0.0
    pooled = _pool(split)
    first, often = openers.most_common(1)[0] if openers else ("", 0)
    start, starting = starts.most_common(1)[0] if starts else ("", 0)
    gram, held = min(grams.items(), key=lambda one: (-one[1], one[0])) if grams else ((), 0)
    return Measures(
        texts=len(texts),
        opener=first,
        openers=often,
        start=start,
        starts=starting,
        entropy=entropy / math.log2(size) if size > 1 else 1.0,
        gram=" ".join(gram),
        grams=held,
        distinct=(_distinct(pooled, 1), _distinct(pooled, 2), _distinct(pooled, 3)),
        words=sum(map(len, pooled)),
    )


def collapsed(texts: Sequence[str], base: Sequence[str] = (), limits: Gate | None = None) -> list[Finding]:
    """Every way in which a set has collapsed, the plainest first; none for fewer than two texts."""
    if len(texts) < 2:
        return []
    limits = limits or Gate()
    mine = measures(texts)
    own = measures(base) if len(base) >= BASE else None
    split = [language.words(text[:READ]) for text in texts]
    found = []
    for kind, name, often, before, limit in (
        ("opener", mine.opener, mine.openers, own.openers if own else 0, limits.opener),
        ("start", mine.start, mine.starts, own.starts if own else 0, min(1.0, 2 * limits.opener)),
        ("gram", mine.gram, mine.grams, own.grams if own else 0, limits.gram),
    ):
        allowed = min(MOST, max(limit, limits.times * before / own.texts) if own else limit)
        if often > 1 and rate(often, len(texts)).low > allowed:
            carriers = tuple(i for i, words in enumerate(split) if _has(words, name, kind))
            what = "have" if kind == "gram" else "begin with"
            reason = f"{often} of {len(texts)} {what} '{name}' (at most {allowed:.0%} may)"
            found.append(Finding(kind, reason, round(often / len(texts), 3), carriers, int(limit * len(texts))))
    floor = min(limits.entropy, own.entropy / limits.times) if own else limits.entropy
    if mine.entropy < floor:
        counts = Counter(_opener(words) for words in split)
        carriers = tuple(i for i, words in enumerate(split) if counts[_opener(words)] > 1)
        reason = f"openers have {mine.entropy:.2f} of the entropy that {len(texts)} different ones would have"
        found.append(Finding("entropy", reason, round(1 - mine.entropy, 3), carriers, 0))
    floor = min(limits.distinct, own.distinct[2] / limits.times) if own else limits.distinct
    if mine.words >= 200 and mine.distinct[2] < floor:
        reason = f"{mine.distinct[2]:.0%} of the 3-grams are different ones"
        found.append(Finding("distinct", reason, round(1 - mine.distinct[2], 3), tuple(range(len(texts))), 0))
    return found


def _opener(words: Sequence[str], size: int = OPENER) -> str:
    return " ".join(words[:size])


def _grams(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[k:] for k in range(size)), strict=False))


def _has(words: Sequence[str], name: str, kind: str) -> bool:
    if kind == "gram":
        return tuple(name.split(" ")) in _grams(words, GRAM)
    return _opener(words, OPENER if kind == "opener" else START) == name


def _pool(split: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Equally many words of each text, ``POOLED`` together: a long text would speak for the others."""
    each = max(8, POOLED // max(1, len(split)))
    return [words[:each] for words in split][: POOLED // 8]


def _distinct(pooled: Sequence[Sequence[str]], size: int) -> float:
    grams = [gram for words in pooled for gram in zip(*(words[k:] for k in range(size)), strict=False)]
    return len(set(grams)) / len(grams) if grams else 1.0


def _span(body: str, kind: str) -> tuple[int, int]:
    """The opener's place; the whole body for what is spread over it."""
    if kind not in ("opener", "start"):
        return (0, len(body))
    start = len(body) - len(body.lstrip())
    end = start
    for _ in range(OPENER if kind == "opener" else START):
        while end < len(body) and body[end].isspace():
            end += 1
        while end < len(body) and not body[end].isspace():
            end += 1
    return (start, end)
