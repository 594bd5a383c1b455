"""A procedural voice with a clean dial: it tells everything in talk. It refuses now and then."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from greenlight.generators._grammar import Grammar, Mean, Rate, means, rng_of
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

GRAMMAR = Grammar(
    name="meadow",
    girls=("Pia", "Dora", "Tess"),
    boys=("Hugo", "Jack", "Max"),
    openers=(
        '"Come and see {topic}!" {said} {hero}.',
        '"I want {topic}," {said} little {hero}.',
        '"Today we will draw {topic}," {said} {hero}.',
        '"Who knows {topic}?" {said} {hero}.',
    ),
    ones=(
        '"I see the {p}," {said} {hero}.',
        '"Where is the {p}?" {said} the {pal}.',
        '"Look, the {p}!" {said} the {pal}.',
        '"Do you like the {p}?" {he} {said}.',
        '"That is the {p}," {said} the {pal}.',
        '"We need the {p}," {he} {said}.',
        '"Ask the {p}," {said} the {thing}.',
        '"My {p} is {best}!" {he} {said}.',
    ),
    twos=(
        '"The {p}! The {p}!" {said} {hero}.',
        '"Is the {p} your {p}?" {said} the {pal}.',
        '"{P} or no {p}?" {he} {said}.',
    ),
    fillers=(
        '"You are {best}," {said} the {pal}.',
        '"Shall we play?" {said} the {thing}.',
        '"Yes, let us go," {he} {said}.',
        '"Can I help you?" {said} the {pal}.',
        '"Thank you, my friend," {said} {hero}.',
        '"What a {best} {thing}!" {said} the {pal}.',
        '"Please wait for me," {he} {said}.',
        '"I know a song about the {thing}," {he} {said}.',
        '"No, not now," {said} the {pal}.',
        '"Tell me more, please," {said} the {pal}.',
        '"Hush, the {thing} can hear us," {he} {said}.',
        '"It is my birthday today!" {said} the {thing}.',
    ),
    closers=(
        '"Goodbye!" they all {said}.',
        '"See you tomorrow," {said} the {pal}.',
        '"What a day!" {said} {hero}.',
    ),
    words={
        "said": ("said", "cried", "said", "called"),
        "pal": ("baker", "farmer", "teacher", "king"),
        "best": ("funny", "clever", "nice", "kind"),
    },
    room=4,
)

REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I’m sorry, but I can’t write that story. I can help you with another topic instead.",
    "I cannot create this content. Please let me know if you would like something else.",
    "As an AI language model, I am unable to write about this topic.",
    "Sorry, I am not able to continue with this request. Is there anything else I can help with?",
    "I must decline to write this story, as it goes against my guidelines.",
)


@dataclass(frozen=True)
class Generator:
    """A clean dial: 0.6 to 3.4 mentions a story by default.

    ``low`` and ``high``: expected mentions at the lowest and the highest level. ``refuse``: share of the draws that
    are answered with a refusal. ``curly``: share of the stories with typographic quotation marks.
    """

    low: Mean = 0.6
    high: Mean = 3.4
    refuse: Rate = 0.05
    curly: Rate = 0.2

    def say(self, draw: Draw, brief: Brief) -> Answer:
        """One story; a pure function of the draw, the brief's pattern and levels, and the options."""
        text = " ".join(GRAMMAR.story(draw, brief, self.truth(brief)[draw.level - 1]))
        rng = rng_of("meadow refuse", draw.seed, draw.topic, draw.level)
        refuse, curly, which = rng.random() < self.refuse, rng.random() < self.curly, rng.choice(REFUSALS)
        if refuse:
            text = which
        elif curly:
            pieces = text.split('"')
            text = "".join(p + ("" if i == len(pieces) - 1 else "“”"[i % 2]) for i, p in enumerate(pieces))
        return Answer(text=text, finish_reason="stop", model="meadow", params=asdict(self))

    def truth(self, brief: Brief) -> tuple[float, ...]:
        """Expected mentions at levels 1 … n, exact by construction."""
        return means(self.low, self.high, brief.levels)
