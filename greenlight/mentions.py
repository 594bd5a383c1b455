"""What counts as a mention of the behaviour: one definition, for writing, gating and measuring."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=64)
def matcher(pattern: str) -> re.Pattern[str]:
    """The literal pattern, case-insensitive, with any white space between its words."""
    return re.compile(r"\s+".join(re.escape(word) for word in pattern.split()), re.IGNORECASE)


def spans(text: str, pattern: str) -> list[tuple[int, int]]:
    """Every mention in a body (control and topic lines left out by the caller), as character spans."""
    return [found.span() for found in matcher(pattern).finditer(text)]


def count(text: str, pattern: str) -> int:
    """How often the pattern is mentioned."""
    return len(matcher(pattern).findall(text))
