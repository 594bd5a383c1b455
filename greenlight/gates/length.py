"""Too short or too long, in words or characters of the body; of a pair, how much longer the one than the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates._text import WORDS, count_words
from greenlight.nouns import Flag, Interval, Text
from greenlight.rates import rate
from greenlight.recipe import Brief


@dataclass(frozen=True)
class Gate:
    """Flags a body of fewer than ``min_chars`` or more than ``max_chars`` characters, white space at the ends apart.

    Where a length was asked for (words or characters, fewest and most), that holds instead; a number of words within
    which two ways of counting fall is inside. Of a pair, flags the longer one from ``max_ratio`` times the shorter.
    """

    min_chars: Annotated[int, Field(ge=0)] = 40
    max_chars: Annotated[int, Field(ge=1)] = 4000
    max_ratio: Annotated[float, Field(gt=1.0)] = 4.0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is what is too much, or the whole body."""
        body, asked = sample.body, sample.made.asked
        if asked.words is None and asked.chars is None:
            return _outside(body, self.min_chars, self.max_chars)
        if asked.words is not None:
            low, high = asked.words
            least, most = count_words(body)
            if most < low:
                return _flag(f"{most} words, fewer than {low}", (0, len(body)))
            if least > high:
                starts = [m.start() for m in WORDS.finditer(body)]
                return _flag(f"{least} words, more than {high}", (starts[min(high, len(starts) - 1)], len(body)))
        return _outside(body, *asked.chars) if asked.chars is not None else None

    def check_pair(self, chosen: Text, rejected: Text, brief: Brief | None) -> Flag | None:
        """The span is all of the chosen text, whichever is the longer."""
        sizes = len(chosen.body.strip()), len(rejected.body.strip())
        ratio = max(sizes) / max(1, min(sizes))
        if ratio < self.max_ratio or max(sizes) < 2 * self.min_chars:
            return None
        which = "chosen" if sizes[0] > sizes[1] else "rejected"
        return _flag(f"{which} is {ratio:.1f} times as long ({max(sizes)} and {min(sizes)})", (0, len(chosen.body)))


def foretells(pairs: Iterable[tuple[str, str]]) -> Interval | None:
    """How often the longer text is the chosen one, with its interval; None without pairs of two lengths.

    Far from a half, length alone tells what was chosen, and a model learns that first.
    """
    longer = [len(chosen) > len(rejected) for chosen, rejected in pairs if len(chosen) != len(rejected)]
    return rate(sum(longer), len(longer)) if longer else None


def _outside(body: str, low: int, high: int) -> Flag | None:
    size = len(body.strip())
    if size < low:
        return _flag(f"{size} characters, fewer than {low}", (0, len(body)))
    if size > high:
        start = len(body) - len(body.lstrip()) + high
        return _flag(f"{size} characters, more than {high}", (start, len(body)))
    return None


def _flag(reason: str, span: tuple[int, int]) -> Flag:
    return Flag(gate="length", reason=reason, span=span)
