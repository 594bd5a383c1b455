"""Finds kind and slots of a task in a text again: all that whoever answers by this grammar knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from greenlight.character._sources import BLANK, GO_ON, KINDS

ITEM = r"a [a-z]+"
SHAPES = {"items": rf"{ITEM}(?:, {ITEM})*(?: and {ITEM})?", "q": r"an? [a-z]+|[A-Za-z]+", "x": r"[A-Za-z_]+"}


@dataclass(frozen=True)
class Found:
    """What was read: the kind, and the word in each slot."""

    kind: str
    slots: Mapping[str, str]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
    """Kind, the pattern of an asking at a text's end, and that of its telling; None where it has none."""
    made = []
    for name, kind in KINDS.items():
        tells = [line for lines in kind.tells for line in lines if line]
        told = None if not tells else _any(tells, r"(?<!\w)(?:{})")
        asks = [line for lines in kind.asks for line in lines] if kind.asks != BLANK else [a for g in GO_ON for a in g]
        made.append((name, _any(asks, r"(?:^|(?<=\s))(?:{})\s*$"), told))
    return tuple(made)


def _any(lines: list[str], around: str) -> re.Pattern[str]:
    """One pattern for any of the lines; a slot's group is told apart by the line's number."""
    return re.compile(around.format("|".join(_one(line, number) for number, line in enumerate(dict.fromkeys(lines)))))


def _one(line: str, number: int) -> str:
    def group(found: re.Match[str]) -> str:
        name = found[1]
        return rf"(?P<{name}__{number}>{SHAPES.get(name, r'[A-Za-z]+')})"

    plain = re.escape(line.strip()).replace(r"\{", "{").replace(r"\}", "}")
    return re.sub(r"\{(\w+)\}", group, plain)


def _slots(found: re.Match[str]) -> dict[str, str]:
    return {name.partition("__")[0]: said for name, said in found.groupdict().items() if said is not None}


def read(asked: str, before: list[str]) -> Iterator[Found]:
    """What a user's last turn may ask for. ``before``: what the user said earlier, the latest first."""
    for name, ask, tell in _patterns():
        last = ask.search(asked)
        if last is None:
            continue
        if tell is None:
            yield Found(name, _slots(last))
            continue
        for text in (asked[: last.start()], *before):
            if told := list(tell.finditer(text)):
                yield Found(name, {**_slots(told[-1]), **_slots(last)})
                break
