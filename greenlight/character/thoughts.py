"""How models mark a thought that is no part of an answer."""

from __future__ import annotations

import re

TAGS = (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"),
        ("<reasoning>", "</reasoning>"), ("[THINK]", "[/THINK]"))  # fmt: skip
"""How a thought begins and ends."""
_OPEN, _SHUT = ("|".join(re.escape(pair[side]) for pair in TAGS) for side in (0, 1))
OPENED = re.compile(rf"\s*(?P<tag>{_OPEN})\s*\Z")
EMPTY = re.compile(rf"\s*(?:{_OPEN})\s*(?:{_SHUT})\s*\Z")
SHUT = re.compile(rf"\s*(?:{_SHUT})\s*\Z")
