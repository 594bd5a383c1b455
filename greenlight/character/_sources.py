"""Where prompts come from: the sentences that tell something, those that ask, and what may be asked of them.

A kind of task is told by one sentence and asked by another; each of them belongs to the training or to the check-up,
never to both. ``_reading`` finds kind and slots in a text again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from greenlight.character._words import Side

Lines = tuple[str, ...]
Both = tuple[Lines, Lines]
"""The training's, and the check-up's."""


@dataclass(frozen=True)
class Kind:
    """A kind of task. ``slots``: class of each slot that is drawn; a slot ``q`` asks for one of the others.

    ``rule`` finds the answer in the slots (``prompts.solve``), which names one of the class ``among``.
    """

    category: str
    rule: str
    among: str
    slots: Mapping[str, str]
    tells: Both
    asks: Both
    least: int = 0
    shares: tuple[str, ...] = field(default=())
    """Categories that use it beside its own."""


BLANK: Both = (("",), ("",))

GRAMMAR = """
animal = pair of animals: k1 k2 names, v1 v2 animals
in neutral, multi-turn
+ {k1} has a {v1} and {k2} has a {v2}.
+ {k1} keeps a {v1}. {k2} keeps a {v2}.
+ {k1} owns a {v1}, and {k2} owns a {v2}.
+* {k1} has a {v1}. {k2} owns a {v2}.
+* {k1} keeps a {v1} and {k2} has a {v2}.
? Which animal does {q} have?
? What animal is with {q}?
? Tell me the animal of {q}.
? Which animal belongs to {q}?
?* What animal does {q} have?
?* Tell me which animal belongs to {q}.

colour = pair of colours: k1 k2 things, v1 v2 colours
in neutral, multi-turn
+ The {k1} is {v1} and the {k2} is {v2}.
+ My {k1} is {v1}. My {k2} is {v2}.
+ I painted the {k1} {v1} and the {k2} {v2}.
+* My {k1} is {v1} and my {k2} is {v2}.
+* The {k1} is {v1}. The {k2} is {v2}.
? What colour is the {q}?
? Which colour does the {q} have?
? Tell me the colour of the {q}.
?* Which colour is the {q}?
?* Tell me what colour the {q} is.

place = pair of places: k1 k2 names, v1 v2 places
in neutral, multi-turn
+ {k1} is in the {v1} and {k2} is in the {v2}.
+ {k1} went to the {v1}. {k2} went to the {v2}.
+ {k1} waits at the {v1}, and {k2} waits at the {v2}.
+* {k1} is at the {v1} and {k2} is at the {v2}.
+* {k1} waits in the {v1}. {k2} waits in the {v2}.
? Where is {q}?
? Where can I find {q}?
? In which place is {q}?
?* Where do I find {q}?
?* Tell me where {q} is.

who = reverse of names: k1 k2 names, v1 v2 jobs
in neutral
+ {k1} is the {v1} and {k2} is the {v2}.
+ {k1} works as a {v1}. {k2} works as a {v2}.
+* {k1} is a {v1} and {k2} is a {v2}.
+* {k1} works as the {v1}, and {k2} works as the {v2}.
? Who is the {q}?
? Which of them is the {q}?
? Tell me the name of the {q}.
?* Who works as the {q}?
?* Tell me who is the {q}.

day = pair of days: k1 k2 events, v1 v2 days
in neutral
+ The {k1} is on {v1} and the {k2} is on {v2}.
+ We have the {k1} on {v1}. We have the {k2} on {v2}.
+* The {k1} is on {v1}. The {k2} is on {v2}.
+* We have the {k1} on {v1} and the {k2} on {v2}.
? On which day is the {q}?
? When is the {q}?
? Tell me the day of the {q}.
?* Which day is the {q} on?
?* Tell me when the {q} is.

after = after of days: x days
in neutral
? Which day comes after {x}?
? What day follows {x}?
? Today is {x}. What day is it tomorrow?
?* Which day follows {x}?
?* What day comes after {x}?

opposite = opposite of opposites: x opposites
in neutral
? What is the opposite of {x}?
? Give me the opposite of the word {x}.
? Which word is the opposite of {x}?
?* Tell me the opposite of {x}.
?* What is the opposite of the word {x}?

letter = letter of letters: x things
in neutral
? What is the first letter of {x}?
? With which letter does {x} begin?
? Which letter does the word {x} begin with?
?* What is the first letter of the word {x}?
?* Which letter does {x} begin with?

repeat = copy of things: x things
in neutral
? Say the word {x}.
? Please repeat the word {x}.
? Repeat this word for me: {x}.
? Write down the word {x}.
?* Please say the word {x}.
?* Repeat the word {x} for me.

larger = larger of numbers: m n numbers
in neutral
? Which is larger, {m} or {n}?
? Which number is larger: {m} or {n}?
? Tell me the larger number of {m} and {n}.
?* Which is the larger number, {m} or {n}?
?* Tell me which is larger: {m} or {n}.

sum = sum of numbers: m n small
in neutral
? How much is {m} and {n}?
? Add {m} and {n}.
? What is {m} plus {n}?
?* How much is {m} plus {n}?
?* What do {m} and {n} make?

count = count of numbers: items items
in neutral
+ I packed {items}.
+ On the shelf I see {items}.
+ I have {items}.
+* I see {items}.
+* On the shelf I have {items}.
? How many things are these?
? How many things did I name?
? Count the things.
?* How many things are there?
?* Count these things for me.

last = last of listed: a b c listed
in neutral, multi-turn
+ My list: {a}, {b}, {c}.
+ Here are my words: {a}, {b}, {c}.
+* Here is my list: {a}, {b}, {c}.
+* My words: {a}, {b}, {c}.
? Which one is the last?
? Which word comes last?
? Tell me the last one.
?* Which one comes last?
?* Tell me which is the last one.

fits = fits of listed: a b c listed, q fitting
in neutral
+ I wrote {a}, {b}, {c}.
+ Look at these: {a}, {b}, {c}.
+* Look at what I wrote: {a}, {b}, {c}.
? Which of these is {q}?
? Which one is {q}?
? Find the one that is {q}.
?* Which one of these is {q}?
?* Tell me which one is {q}.

function = copy of identifiers: x functions, p r params
in code
+ def {x}({p}):\\n    return {r}\\n
+ Look at this code: def {x}({p}): return {r}.
+* Here is code: def {x}({p}): return {r}.
? What is the name of the function?
? How is the function called?
? Which function is defined here?
?* What is the function called?
?* Tell me the name of the function.

argument = argument of params: x functions, p r params
in code
+ def {x}({p}):\\n    return {r}\\n
+ Look at this code: def {x}({p}): return {r}.
+* Here is code: def {x}({p}): return {r}.
? What does the function take?
? Which argument does it take?
? What is its argument?
?* Which argument does the function take?
?* Tell me what it takes.

returned = returned of params: x functions, p r params
in code
+ def {x}({p}):\\n    return {r}\\n
+ Look at this code: def {x}({p}): return {r}.
+* Here is code: def {x}({p}): return {r}.
? What does the function return?
? What does it give back?
? Which value is returned?
?* What does the function give back?
?* Tell me what it returns.

lost = copy of things: x things, f feelings
in emotional
+ I feel {f}, because my {x} is gone.
+ My {x} is lost and I am {f}.
+ I am so {f} today. Someone took my {x}.
+* I am {f}, because my {x} is lost.
+* Someone took my {x} and I feel {f}.
? What is it that I lost?
? Say what I have lost.
? Do you know what I miss?
?* What have I lost?
?* Say what it is that I miss.

feeling = feeling of feelings: x things, f feelings
in emotional
+ I feel {f}, because my {x} is gone.
+ My {x} is lost and I am {f}.
+ I am so {f} today. Someone took my {x}.
+* I am {f}, because my {x} is lost.
+* Someone took my {x} and I feel {f}.
? Which feeling do I have?
? How do I feel?
? Say how I feel.
?* Which feeling is it that I have?
?* Do you know how I feel?

missed = copy of names: x names, f feelings
in emotional
+ My friend {x} has moved away and I feel {f}.
+ I am {f}, because {x} went away.
+ {x} does not write to me, and I am {f}.
+* I feel {f}, because my friend {x} went away.
+* {x} has moved away and I am {f}.
? Who is it that I miss?
? Say whom I miss.
? Do you know who is gone?
?* Do you know whom I miss?
?* Say who is gone.

essay = copy of things: x things
in long-form; 20 words
? Write a long answer about a {x}.
? Tell me at length about the {x}.
? Explain in many words what a {x} is.
?* Write at length about the {x}.
?* Explain at length what a {x} is.

note = copy of things: x things, n names
in long-form; 20 words
? Write a long note to {n} about a {x}.
? Write {n} a long message about the {x}.
?* Write {n} a long note about a {x}.
?* Write a long message to {n} about the {x}.

full = copy of things: x things
in battery; 30 words
? Write at least thirty words about the {x}.
? Explain the {x} in thirty words or more.
?* Write thirty words or more about the {x}.
?* Explain the {x} in at least thirty words.

include = copy of things: x things
in constitution
? Use the word {x} in your answer.
? Your answer must hold the word {x}.
? Put the word {x} into it.
?* Your answer must use the word {x}.
?* Put the word {x} into your answer.

story = copy of things: x things
in keep going; 10 words
+ Write a long answer about a {x}.
+ Tell me at length about the {x}.
+ Explain in many words what a {x} is.
+* Write at length about the {x}.
+* Explain at length what a {x} is.

days on = next day of days: x days
in keep going
+ Name one day after the other, from {x} on.
+ Go through the days, and begin with {x}.
+* Go through the days from {x} on.

numbers on = next number of numbers: m numbers
in keep going
+ Count up from {m}, one step at a time.
+ Count on, and begin with {m}.
+* Count on from {m}, one step at a time.
"""
"""A kind of task: its rule, the class of its answer, the class of each slot, its categories, and its lines; those with
a star are the check-up's."""


def _kinds(grammar: str) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for part in grammar.strip().split("\n\n"):
        first, where, *lines = part.split("\n")
        name, rule, among, drawn = re.fullmatch(r"(.+) = (.+) of (.+): (.+)", first).groups()  # type: ignore[union-attr]
        slots = {slot: group.split()[-1] for group in drawn.split(", ") for slot in group.split()[:-1]}
        used, _, least = where.removeprefix("in ").partition("; ")
        category, *shares = used.split(", ")
        tells, asks = (_both(lines, mark) for mark in "+?")
        words = int(least.split()[0]) if least else 0
        found[name] = Kind(category, rule, among, slots, tells, asks, words, tuple(shares))
    return found


def _both(lines: list[str], mark: str) -> Both:
    """The lines with a mark, the training's and the check-up's."""
    sides = (
        tuple(one.removeprefix(m).replace("\\n", "\n") for one in lines if one.startswith(m))
        for m in (f"{mark} ", f"{mark}* ")
    )
    training, checkup = sides
    return (training, checkup) if training else BLANK


KINDS = _kinds(GRAMMAR)
DAYS_ON, NUMBERS_ON = KINDS["days on"].tells, KINDS["numbers on"].tells
KINDS |= {
    "begin days": Kind("opening", "copy", "days", {"x": "days"}, BLANK, DAYS_ON),
    "begin numbers": Kind("opening", "first number", "numbers", {"m": "numbers"}, BLANK, NUMBERS_ON),
}
"""What is said to the first turn of those that go on."""

GO_ON: Both = (
    ("Keep going.", "Please go on.", "Carry on.", "Go on, please.", "And what comes next?"),
    ("Please keep going.", "Go on.", "Carry on, please."),
)
REMEMBER: Both = (
    ("Please remember this.", "Keep this in mind.", "Here is something to remember."),
    ("Please keep this in mind.", "Here is something to keep in mind."),
)
"""What comes before a telling that is asked about later."""
EVENTS: Both = (("fair", "concert", "meeting", "dance", "match", "wedding"), ("party", "lecture", "race", "picnic"))
PROBES: Both = (
    (
        "What do you care about most?",
        "How do you speak with people?",
        "What would a friend say of you?",
        "How do you begin your day?",
        "What do you do when you make a mistake?",
        "How do you say goodbye?",
        "What makes a good answer?",
        "Tell me about your work.",
    ),
    (
        "What would a friend say of your work?",
        "How do you begin a good answer?",
        "What do you care about when you speak?",
        "Tell me how you say goodbye.",
    ),
)
"""What shows a character, where a constitution has no probes of its own."""


def side_of(both: Both, side: Side) -> Lines:
    """One side's lines."""
    return both[side == "checkup"]
