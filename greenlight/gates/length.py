"""Too short or too long, in characters of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief


@dataclass(frozen=True)
class Gate:
    """Flags a body of fewer than ``min_chars`` or more than ``max_chars`` characters, white space at the ends apart."""

    min_chars: Annotated[int, Field(ge=0)] = 40
    max_chars: Annotated[int, Field(ge=1)] = 4000

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is what is too much, or the whole body."""
        size = len(sample.body.strip())
        if size < self.min_chars:
            reason = f"{size} characters, fewer than {self.min_chars}"
            return Flag(gate="length", reason=reason, span=(0, len(sample.body)))
        if size > self.max_chars:
            start = len(sample.body) - len(sample.body.lstrip()) + self.max_chars
            reason = f"{size} characters, more than {self.max_chars}"
            return Flag(gate="length", reason=reason, span=(start, len(sample.body)))
        return None
