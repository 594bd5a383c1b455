"""The behaviour that the brief asks for is absent where it is demanded, or its label stands in the text."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from greenlight import mentions
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief


@dataclass(frozen=True)
class Gate:
    """Flags fewer than ``least`` mentions of the pattern at the upper levels, and label words of the control line.

    ``top``: the share of the levels, from above, that demand the behaviour (0.4 of 5 levels: 4 and 5; the highest
    level always does). A text without a brief is not checked.
    """

    least: Annotated[int, Field(ge=1)] = 1
    top: Annotated[float, Field(ge=0.0, le=1.0)] = 0.4

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the label; None where the behaviour is absent."""
        if brief is None:
            return None
        label = labels(brief.control, sample.made.topic).search(sample.body)
        if label:
            return Flag(gate="target", reason=f"label '{label.group().strip()}' in the text", span=label.span())
        level = sample.made.level
        if level > min(brief.levels * (1 - self.top) + 1e-9, brief.levels - 1):
            found = mentions.count(sample.body, brief.pattern)
            if found < self.least:
                reason = f"'{brief.pattern}' {found} times at level {level}, fewer than {self.least}"
                return Flag(gate="target", reason=reason)
        return None


@lru_cache(maxsize=4096)
def labels(control: str, topic: str) -> re.Pattern[str]:
    """Finds what only a control line has: its words with marks in them (``[level=3]``, ``topic:``), and its lines.

    Plain words of the template, and the topic itself, are no labels: a story may have them.
    """
    found: dict[str, None] = {}
    for line in control.splitlines():
        words = [_shape(word, topic) for word in line.split()]
        marked = [shape for shape, fixed in words if re.search(r"\w", fixed) and re.search(r"[^\w\s'-]", fixed)]
        if not marked and len(words) > 1 and any(fixed for _, fixed in words):
            marked = [_shape(line.strip(), topic)[0]]
        found.update(dict.fromkeys(marked))
    if not found:
        return re.compile(r"(?!)")
    return re.compile("|".join(found), re.IGNORECASE)


def _shape(template: str, topic: str) -> tuple[str, str]:
    """A template as a regular expression with any level, and its fixed characters."""
    shape, fixed = "", ""
    for literal, slot, _, _ in string.Formatter().parse(template):
        fixed += literal
        shape += r"\s+".join(re.escape(piece) for piece in re.split(r"\s+", literal))
        if slot in ("level", "levels"):
            shape += r"\d+"
        elif slot is not None:
            shape += re.escape(topic) if slot == "topic" else r"\S.*?"
    edge = r"(?<!\w)" if shape[:1].isalnum() else ""
    return edge + shape, fixed
