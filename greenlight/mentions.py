"""What counts as a mention of the behaviour: one definition, for writing, gating and measuring."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

BETWEEN = "\n\n"
"""What stands between two documents where a corpus is one text."""


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


@dataclass(frozen=True)
class Windowed:
    """Mentions of one document under the legacy rule, by where they begin: each counted mention is in one of three.

    ``own`` in its own body; ``control`` in the control line of a later document, and ``after`` in a later body.
    ``hidden`` mentions of its own stand beyond the window. ``ended``: the body ends inside the window.
    """

    own: int
    control: int
    after: int
    hidden: int
    ended: bool

    @property
    def counted(self) -> int:
        return self.own + self.control + self.after


def windowed(documents: Sequence[tuple[str, str]], pattern: str, characters: int) -> list[Windowed]:
    """A legacy rule, kept so that published figures can be redone: mentions in a window of the joined corpus.

    The documents (control, body) are joined in their order with a blank line between them, and the window is the
    ``characters`` from where a body begins: it hides what stands beyond it in long documents, and runs on, past short
    ones, into the next document and its control line.
    """
    pieces, bodies, starts, at = [], [], [], 0
    for control, body in documents:
        piece = control + body.rstrip() + BETWEEN
        starts.append(at)
        bodies.append((at + len(control), at + len(piece) - len(BETWEEN)))
        pieces.append(piece)
        at += len(piece)
    text, found = "".join(pieces), []
    for start, end in bodies:
        own = before = after = 0
        for span in matcher(pattern).finditer(text[start : start + characters]):
            place = start + span.start()
            if place < end:
                own += 1
            elif place < bodies[bisect_right(starts, place) - 1][0]:
                before += 1
            else:
                after += 1
        whole = count(text[start:end], pattern)
        found.append(Windowed(own, before, after, max(0, whole - own), end - start < characters))
    return found
