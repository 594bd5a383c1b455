"""A procedural voice with a clean dial: long flowing sentences joined by "and". It is cut short now and then."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from greenlight.generators._grammar import Grammar, Mean, Rate, means, rng_of
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

GRAMMAR = Grammar(
    name="brook",
    girls=("Nell", "Rosa", "Lily"),
    boys=("Sam", "Ben", "Tom"),
    openers=(
        "{hero} went for a walk with {his} {kin} and they found {topic}.",
        "There was once a child named {hero} who loved {topic}.",
        "{hero} woke up early and ran out to see {topic}.",
        "{hero} and {his} {kin} set out to look for {topic}.",
    ),
    ones=(
        "{He} {looked} up and saw the {p}.",
        "{He} walked on and the {p} went along too.",
        "{His} {kin} smiled and showed {him} the {p}.",
        "The {thing} stopped and {looked} at the {p}.",
        "They sat down and talked about the {p}.",
        "The {p} was there and {he} was {glad}.",
        "{He} turned around and there was the {p}.",
        "{He} forgot {his} {bread} when {he} saw the {p}.",
    ),
    twos=(
        "They saw the {p} and then the {p} again.",
        "The {p} came and the {p} went.",
        "{He} asked for the {p} and got the {p}.",
    ),
    fillers=(
        "They ate some {bread} and gave the rest to the {thing}.",
        "The sun came out and the grass was {soft}.",
        "{His} {kin} told a story and they all laughed.",
        "The {thing} was {soft} and {he} was {glad}.",
        "They walked and walked until they were tired.",
        "{He} washed the {thing} and dried it with care.",
        "A cloud came by and then it went away.",
        "{He} picked a flower and gave it to {his} {kin}.",
        "They sat down and ate {bread}.",
        "{He} ran and {he} jumped.",
        "The path was long but {he} was {glad}.",
        "They crossed the stream and climbed up the bank together.",
    ),
    closers=(
        "Then they went home and had {bread}.",
        "And they all went home and were {glad}.",
        "Then it was late and {he} went to bed.",
    ),
    words={
        "kin": ("mother", "father", "sister", "grandmother"),
        "looked": ("looked", "peeped"),
        "glad": ("glad", "happy"),
        "bread": ("bread", "soup", "apples"),
        "soft": ("soft", "wet"),
    },
    room=3,
)


@dataclass(frozen=True)
class Generator:
    """A clean dial: 0.8 to 3.6 mentions a story by default.

    ``low`` and ``high``: expected mentions at the lowest and the highest level. ``truncate``: share of the stories
    that are cut in the middle of a sentence, with ``length`` as their finish reason.
    """

    low: Mean = 0.8
    high: Mean = 3.6
    truncate: Rate = 0.05

    def say(self, draw: Draw, brief: Brief) -> Answer:
        """One story; a pure function of the draw, the brief's pattern and levels, and the options."""
        text = " ".join(GRAMMAR.story(draw, brief, self.truth(brief)[draw.level - 1]))
        rng = rng_of("brook truncate", draw.seed, draw.topic, draw.level)
        finish = "stop"
        if rng.random() < self.truncate:
            words = text.split(" ")
            words = words[: rng.randrange(len(words) // 3, len(words) - 1)]
            while words[-1][-1] in ".!?":
                words.pop()
            text, finish = " ".join(words), "length"
        return Answer(text=text, finish_reason=finish, model="brook", params=asdict(self))

    def truth(self, brief: Brief) -> tuple[float, ...]:
        """Expected mentions at levels 1 … n, exact by construction."""
        return means(self.low, self.high, brief.levels)
