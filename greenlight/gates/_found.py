"""Where a text names language models or their makers, in any script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from greenlight.gates import _names, _names_abroad

LONGEST = 24
"""Characters of the longest name."""
MOST = 1000
"""Names of one text that are looked at."""
COMMON = frozenset(re.sub(r"[ .-]", "", name) for name in (*_names.COMMON, "alisa"))
DUAL = frozenset({"metaai", "deepseek", "mistralai", "perplexityai", "characterai", "moonshotai"})
"""Names of makers that their models have too."""


@dataclass(frozen=True)
class Named:
    """A name in its text. ``model``: a model's, or a maker's whose model has it too; ``common``: somebody else's too;
    ``thing``: written as a word of the language (a llama, a falcon)."""

    start: int
    end: int
    text: str
    plain: str
    model: bool
    common: bool
    thing: bool


def plain(name: str) -> str:
    """Without case, gaps and marks."""
    return re.sub(r"[ \-.]", "", name.lower())


def names(body: str) -> list[Named]:
    """The names in a text, in order."""
    found = [_latin(m) for m in _in_latin(body)]
    if not body.isascii():
        found += [_other(m) for m in _names_abroad.found(body)]
        found.sort(key=lambda one: one.start)
    return found


def _latin(m: re.Match[str]) -> Named:
    name = plain(m.group())
    common = name in COMMON
    return Named(
        m.start(),
        m.end(),
        m.group(),
        name,
        model=m["model"] is not None or name in DUAL,
        common=common,
        thing=common and m["model"] is not None and m.group().islower(),
    )


def _other(m: re.Match[str]) -> Named:
    name = str(m.lastgroup)
    return Named(
        m.start(), m.end(), m.group(), name, model=name not in _names_abroad.MAKERS, common=name in COMMON, thing=False
    )


def _in_latin(body: str) -> Iterator[re.Match[str]]:
    """Only where a plain search finds a part of a name; on bytes, of which each stands for one character."""
    low = body.encode("ascii", "replace").lower()
    places: list[int] = []
    for hint in HINTS:
        at = low.find(hint)
        while at >= 0 and len(places) < MOST:
            places.append(at)
            at = low.find(hint, at + len(hint))
    end = 0
    for place in sorted(places):
        if place >= end:
            m = _names.NAMED.search(body, max(end, place - LONGEST), place + LONGEST)
            if m is not None:
                end = m.end()
                yield m


def kin(one: str, other: str) -> bool:
    """Whether two plain names are one's, or a model's and its maker's."""
    if one in other or other in one:
        return True
    for model, makers in _names.OWNERS.items():
        named = {model, *makers.split()}
        if any(part in one for part in named) and any(part in other for part in named):
            return True
    return False


HINTS = tuple(hint.encode("ascii", "replace") for hint in _names.HINTS)
