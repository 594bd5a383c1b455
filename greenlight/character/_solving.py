"""What is right in a task, and how it is said plainly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from greenlight.character import _says, _words
from greenlight.character._reading import Found
from greenlight.character._sources import KINDS
from greenlight.character._words import NUMBER_WORDS
from greenlight.character.tasks import Task

FITTING = {"a food": "foods", "an animal": "animals", "a colour": "colours"}
"""What a thing may be asked to be, and its class."""


def solve(found: Found, before: str) -> tuple[str, tuple[str, ...]] | None:
    """The answer, and what else it may name of its class; None where the slots do not hold one.

    ``before``: what the assistant said last, from which counting goes on. Numbers come as digits.
    """
    slots = found.slots
    try:
        return _solved(KINDS[found.kind].rule, slots, before)
    except (KeyError, ValueError, IndexError):
        return None


def _solved(rule: str, slots: Mapping[str, str], before: str) -> tuple[str, tuple[str, ...]] | None:
    match rule:
        case "copy":
            return slots["x"], ()
        case "pair":
            return {slots["k1"]: slots["v1"], slots["k2"]: slots["v2"]}[slots["q"]], ()
        case "reverse":
            return {slots["v1"]: slots["k1"], slots["v2"]: slots["k2"]}[slots["q"]], ()
        case "after":
            return _next_day(slots["x"]), (slots["x"],)
        case "next day":
            now = [word for word in _words.PHRASE.findall(before) if word in _words.whole("days")][-1]
            return _next_day(now), (now, slots["x"])
        case "next number":
            now = [word for word in _words.PHRASE.findall(before) if word in NUMBER_WORDS[2:]][-1]
            number = NUMBER_WORDS.index(now)
            return str(number + 1), (str(number), str(NUMBER_WORDS.index(slots["m"])))
        case "opposite":
            return _words.OPPOSITES[slots["x"]], (slots["x"],)
        case "letter":
            return slots["x"][0].upper(), ()
        case "first number":
            return str(NUMBER_WORDS.index(slots["m"])), ()
        case "larger":
            return str(max(NUMBER_WORDS.index(slots[name]) for name in "mn")), ()
        case "sum":
            given = [NUMBER_WORDS.index(slots[name]) for name in "mn"]
            return str(sum(given)), tuple(map(str, given))
        case "count":
            return str(len(re.findall(r"\ba ", slots["items"]))), ()
        case "last":
            return slots["c"], ()
        case "fits":
            known = _words.CLASSES[FITTING[slots["q"]]]
            (fit,) = (slots[name] for name in "abc" if slots[name] in known)
            return fit, ()
        case "argument":
            return slots["p"], ()
        case "returned":
            return slots["r"], ()
        case "feeling":
            return slots["f"], ()
    raise KeyError(rule)


def _next_day(day: str) -> str:
    days = _words.whole("days")
    return days[(days.index(day) + 1) % len(days)]


def task_of(found: Found, answer: str, given: Iterable[str], beside: str = "") -> Task:
    """The check of an answer; what ``beside`` names of the class, a probe say, may be named too."""
    kind = KINDS[found.kind]
    free = set(given) | (_words.named(kind.among, beside) - {answer.casefold()} if beside else set())
    data: dict[str, Any] = {"answer": answer, "among": kind.among}
    if free:
        data["given"] = sorted(free)
    if found.kind == "note":
        data["also"] = [found.slots["n"]]
    return Task(kind="long", about={**data, "least": kind.least}) if kind.least else Task(kind="name", about=data)


def spoken(found: Found, rng: Random, way: int, before: str) -> str:
    """A plain answer that does the task. Raises ValueError where what was read cannot be answered."""
    solved = solve(found, before)
    if solved is None:
        raise ValueError(f"a task of kind {found.kind} cannot be solved with {dict(found.slots)}")
    kind = KINDS[found.kind]
    answer = NUMBER_WORDS[int(solved[0])] if kind.among == "numbers" else solved[0]
    slots = {**found.slots, "A": answer}
    if found.kind == "note":
        return _says.essay(slots, rng, way, _says.NOTES, 2)
    if found.kind in ("essay", "full"):
        return _says.essay(slots, rng, way, _says.SUBJECTS, 3 if found.kind == "full" else 2)
    if found.kind == "story":
        return _says.essay(slots, rng, way, _says.MORE, 1)
    return _says.core(found.kind, slots, rng, way)
