"""Nothing is said: no letters or digits, or next to none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from pydantic import Field

from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief


@dataclass(frozen=True)
class Gate:
    """Flags a body with fewer than ``min_letters`` letters and digits, of any script."""

    min_letters: Annotated[int, Field(ge=1)] = 1

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the whole body."""
        # stops at the first few letters, so that long bodies cost nothing
        found = len(list(islice(filter(str.isalnum, sample.body), self.min_letters)))
        if found >= self.min_letters:
            return None
        reason = "no letters or digits" if not found else f"{found} letters or digits, fewer than {self.min_letters}"
        return Flag(gate="empty", reason=reason, span=(0, len(sample.body)))
