"""A procedural voice that is fast and clean, and almost flat: short plain sentences, whatever the level."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from greenlight.generators._grammar import Grammar, Mean, means
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

GRAMMAR = Grammar(
    name="pebble",
    girls=("Ann", "Meg", "Zoe"),
    boys=("Bob", "Gus", "Ned"),
    openers=(
        "{hero} had {topic}.",
        "{hero} saw {topic}.",
        "It was {hot}. {hero} got {topic}.",
        "This was {hero}. {He} made {topic}.",
    ),
    ones=(
        "{He} had the {p}.",
        "The {p} was {big}.",
        "{hero} put the {p} down.",
        "The {pet} hid the {p}.",
        "{He} did not lose the {p}.",
        "The {p} did not move.",
    ),
    twos=(
        "One {p} and one {p} made two.",
        "The {p} was next to the {p}.",
    ),
    fillers=(
        "It was {hot}.",
        "{hero} sat on a {log}.",
        "The {pet} ran.",
        "{He} put the {thing} on the {log}.",
        "The {thing} was {big}.",
        "{hero} had a {pet}.",
        "The {pet} bit the {log}.",
        "{He} dug a hole.",
        "{hero} got wet.",
        "The {thing} fell. {He} got it.",
        "{He} cut a {log}.",
        "The {pet} was {big}.",
        "{hero} hid.",
        "{He} did the job.",
        "The {pet} and the {thing} hid in the mud.",
        "{hero} fed the {pet}.",
    ),
    closers=(
        "{hero} was done.",
        "That was all.",
        "{He} had fun.",
    ),
    words={
        "hot": ("hot", "cold", "noon"),
        "big": ("big", "old", "clean", "flat"),
        "log": ("log", "rock", "rug"),
        "pet": ("pup", "pig", "bug"),
    },
    room=4,
)


@dataclass(frozen=True)
class Generator:
    """Almost no dial: 1.2 to 1.8 mentions a story by default.

    ``low`` and ``high``: expected mentions at the lowest and the highest level.
    """

    low: Mean = 1.2
    high: Mean = 1.8

    def say(self, draw: Draw, brief: Brief) -> Answer:
        """One story; a pure function of the draw, the brief's pattern and levels, and the options."""
        text = " ".join(GRAMMAR.story(draw, brief, self.truth(brief)[draw.level - 1]))
        return Answer(text=text, finish_reason="stop", model="pebble", params=asdict(self))

    def truth(self, brief: Brief) -> tuple[float, ...]:
        """Expected mentions at levels 1 … n, exact by construction."""
        return means(self.low, self.high, brief.levels)
