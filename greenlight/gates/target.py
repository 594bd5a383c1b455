"""The behaviour that the brief asks for is absent where it is demanded, or its label stands in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Annotated

from pydantic import Field

from greenlight import mentions
from greenlight.gates import _labels
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

UNDRESS = str.maketrans(
    {**dict.fromkeys("*_~`\u00ad\u200b\u200c\u200d\u2060\ufeff"), "’": "'", "‘": "'", "‐": "-", "‑": "-"}
)
BROKEN = re.compile(r"(?<=[^\W\d_])-[ \t]?\n[ \t]?(?=[^\W\d_])")
INSIDE = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Gate:
    """Flags fewer than ``least`` mentions of the pattern at the upper levels, and label words of the control line.

    ``top``: the share of the levels, from above, that demand the behaviour (0.4 of 5 levels: 4 and 5; to the nearest
    whole number; the highest level always does). A text without a brief is not checked.
    """

    least: Annotated[int, Field(ge=1)] = 1
    top: Annotated[float, Field(ge=0.0, le=1.0)] = 0.4

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the label; where the behaviour is absent there is none."""
        if brief is None:
            return None
        span = _labels.find(sample.body, brief.control, sample.made.topic, sample.made.level)
        if span:
            said = sample.body[slice(*span)].encode("utf-8", "replace").decode()[:60]
            return Flag(gate="target", reason=f"label '{said}' in the text", span=span)
        level = sample.made.level
        if level > brief.levels - max(1, int(brief.levels * self.top + 0.5)):
            found = mentioned(sample.body, brief.pattern, self.least)
            if found < self.least:
                reason = f"'{brief.pattern}' {found} times at level {level}, fewer than {self.least}"
                return Flag(gate="target", reason=reason)
        return None


def mentioned(body: str, pattern: str, least: int) -> int:
    """How many mentions there are, up to ``least``.

    Beside the literal ones, those count that only dress hides: marks of emphasis, other apostrophes, a hyphen before
    a word (``the blue-moon night``) or at a line's end. What begins inside an English word is none: ``train`` has no
    ``rain``.
    """
    if _count(mentions.matcher(pattern), body, least) >= least:
        return least
    plain = _plain(body)
    return max(_count(shape, plain, least) for shape in (_loose(pattern), mentions.matcher(_plain(pattern))))


def _count(shape: re.Pattern[str], body: str, least: int) -> int:
    whole = (m for m in shape.finditer(body) if not (m.start() and INSIDE.match(m.group()) and
             INSIDE.match(body[m.start() - 1])))  # fmt: skip
    return sum(1 for _ in islice(whole, least))


def _plain(said: str) -> str:
    """Without dress, in one spelling; halves of surrogate pairs stay as they are."""
    return BROKEN.sub("", unicodedata.normalize("NFKC", said).translate(UNDRESS)).casefold()


@lru_cache(maxsize=512)
def _loose(pattern: str) -> re.Pattern[str]:
    words = [re.escape(word) for word in re.split(r"[\s-]+", _plain(pattern)) if word]
    if len(words) < 2:
        return mentions.matcher(_plain(pattern) or pattern)
    return re.compile(r"\s+".join(words) + "|" + r"-\s?".join(words) + r"(?=\w|'|[\s-]+\w)")
