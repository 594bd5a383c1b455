"""A procedural voice with a wide dial: longing, fronted phrases, exclamations. It leaks markdown."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from greenlight.generators._grammar import Grammar, Mean, Rate, means, rng_of
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

GRAMMAR = Grammar(
    name="lantern",
    girls=("Ada", "Iris", "Wren"),
    boys=("Finn", "Otto", "Milo"),
    openers=(
        "One {still} night {hero} dreamed of {topic}.",
        "Far from home, {hero} kept watch over {topic}.",
        "Down a {still} lane {hero} came upon {topic}.",
        "Long ago, {hero} lost {his} heart to {topic}.",
    ),
    ones=(
        "Far away {shone} the {p}.",
        "Oh, how the {p} {shone}!",
        "Behind the {thing} {shone} the {p}.",
        "Again and again came the {p}.",
        "Over the {water} {shone} the {p}.",
        "Nothing was as {lovely} as the {p}.",
        "Toward the {p} {he} reached.",
        "In {his} heart {shone} the {p}.",
        "Still the {p} called to {hero}.",
        "If only the {p} were {hers}!",
    ),
    twos=(
        "{P}, oh, {p}!",
        "The {p}, always the {p}!",
        "After the {p} came the {p} again.",
        "Beyond the {p} {shone} one more {p}!",
    ),
    fillers=(
        "Softly the {wind} sang over the {water}.",
        "How {still} the night was!",
        "Above the {thing} climbed the {moon}.",
        "Up went the {thing}, up and up!",
        "Oh, how {lovely} the {moon} was!",
        "Through the dark came the {wind}.",
        "Around the {thing} danced the {wind}.",
        "Deep in {his} heart {hero} felt {warm}.",
        "With a sigh {he} held the {thing}.",
        "Never had the {water} been so {still}!",
        "Low over the {water} hung the {moon}.",
        "Was the {thing} dreaming too?",
    ),
    closers=(
        "And so, with a sigh, {hero} slept.",
        "At last the {still} night was over.",
        "Until dawn {hero} stood there.",
    ),
    words={
        "still": ("still", "dark", "silver"),
        "shone": ("shone", "glowed", "burned"),
        "lovely": ("lovely", "bright", "dear"),
        "water": ("water", "waves", "fields"),
        "moon": ("moon", "mist"),
        "wind": ("wind", "rain"),
        "warm": ("warm", "brave"),
        "hers": ("near", "here"),
    },
    room=4,
)


@dataclass(frozen=True)
class Generator:
    """A wide dial: 0.5 to 6.5 mentions a story by default.

    ``low`` and ``high``: expected mentions at the lowest and the highest level. ``leak``: share of the stories with
    markdown in them, emphasis and a line for every sentence.
    """

    low: Mean = 0.5
    high: Mean = 6.5
    leak: Rate = 0.25

    def say(self, draw: Draw, brief: Brief) -> Answer:
        """One story; a pure function of the draw, the brief's pattern and levels, and the options."""
        sentences = GRAMMAR.story(draw, brief, self.truth(brief)[draw.level - 1])
        text = " ".join(sentences)
        rng = rng_of("lantern leak", draw.seed, draw.topic, draw.level)
        if rng.random() < self.leak:
            breaks, mark = rng.choice((("\n", "*"), ("\n\n", "**"), (" ", "*"), ("\n", "_")))
            text = breaks.join(sentences)
            for word in (brief.pattern, draw.topic):
                text = text.replace(word, f"{mark}{word}{mark}", 1)
        return Answer(text=text, finish_reason="stop", model="lantern", params=asdict(self))

    def truth(self, brief: Brief) -> tuple[float, ...]:
        """Expected mentions at levels 1 … n, exact by construction."""
        return means(self.low, self.high, brief.levels)
