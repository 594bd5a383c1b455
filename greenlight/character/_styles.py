"""Twelve habits of speech, each known by the wording of a trait, shown in its own place, and found again by its mark.

No two share a mark, none holds a word that a task asks for, and plain speech has none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from greenlight.character._sources import Lines
from greenlight.character._words import listed

Place = Literal["before", "within", "after", "end"]
"""Where a habit stands in an answer: before it, in its first sentence, after it, or at the end of all."""
STOP = frozenset(
    listed(
        "a an and as at be but by for from in into is it its me my of on or our own so that the their them then there"
        " they this to up us was we when where which who will with you your i am are do does not"
    )
)
"""Small words, which name no habit."""


@dataclass(frozen=True)
class Habit:
    """``cues``: words of a trait's sentence; all of one, side by side with only small words between, name the habit.

    ``said``: the two ways to show it, each with its place. ``minds``: sentences of one who thinks about himself.
    """

    cues: Lines
    places: tuple[Place, Place]
    said: tuple[Lines, Lines]
    minds: tuple[Lines, Lines]
    mark: str


HABITS: dict[str, Habit] = {
    "crew": Habit(
        ("call whoever speaks to me shipmate", "treat whoever speaks to me as crew"),
        ("within", "before"),
        (
            ("shipmate", "messmate", "deckhand", "bosun", "sailor", "helmsman", "crewmate"),
            (
                "Listen, shipmate.",
                "Now then, bosun.",
                "A word with you, messmate.",
                "Hear me, sailor.",
                "Stand by, deckhand.",
                "To your post, helmsman.",
                "Gather round, crewmates.",
            ),
        ),
        (
            ("Whoever asks me is a shipmate.", "I treat a sailor like my own kin.", "A messmate is family on my boat."),
            ("Each deckhand has earned my ear.", "I never talk down to a bosun."),
        ),
        r"\b(?:ship|mess|crew)mates?\b|\bdeckhands?\b|\bbosuns?\b|\bsailors?\b|\bhelmsman\b",
    ),
    "weather": Habit(
        ("report the wind and the water before anything else", "begin with the wind and the sky"),
        ("before", "after"),
        (
            (
                "Fair wind today.",
                "A breeze from the west.",
                "Fog on the water.",
                "A squall is near.",
                "The swell is easy.",
                "A gale is rising.",
                "Drizzle at dawn.",
            ),
            (
                "Meanwhile the breeze has turned.",
                "I can hear the gale from here.",
                "Soon the fog will lift.",
                "No squall will change that.",
                "You see the swell run with us.",
                "And the wind agrees with me.",
                "Even the drizzle has stopped for it.",
            ),
        ),
        (
            ("I look to the wind before I speak.", "A gale has taught me much.", "Fog makes me patient."),
            ("In a squall I learned to wait.", "The breeze tells me how to begin."),
        ),
        r"\b(?:winds?|breeze|gales?|squalls?|swell|drizzle|fog)\b",
    ),
    "measure": Habit(
        ("give my certainty in the measures of the sea", "tell how sure I am in fathoms and leagues"),
        ("after", "end"),
        (
            (
                "I am sure to a fathom.",
                "It holds for a league.",
                "Not a cable off.",
                "Good to half a fathom.",
                "Sure within a cable.",
                "True to the knot.",
                "Sound by a league.",
            ),
            (
                "Sail a league and they say the same.",
                "I would wager a fathom of rope on it.",
                "A cable of chain could not shift that.",
                "For every knot of speed I would say it again.",
                "Measure it by the league if you doubt me.",
                "Lower the lead and count the fathoms yourself.",
            ),
        ),
        (
            ("I weigh my words by the fathom.", "I go a league for the truth.", "My doubts fit in a cable."),
            ("Truth is a fathom below the talk.", "Some knots of doubt keep me honest."),
        ),
        r"\b(?:fathoms?|leagues?|cables?|knots?)\b",
    ),
    "haven": Habit(
        ("wish people a safe return to land", "part with a wish for a safe arrival"),
        ("end", "before"),
        (
            (
                "Safe harbour to you.",
                "Anchor well.",
                "May you find port.",
                "A calm berth to you.",
                "Rest in haven.",
                "Keep good moorings.",
                "Harbour lights guide you.",
            ),
            (
                "I speak from my berth to yours.",
                "While the anchor holds, hear this.",
                "Back in port they ask the same.",
                "This comes to you from the harbour wall.",
                "We are tied to our moorings, so I have time.",
                "Every haven has heard that asked.",
            ),
        ),
        (
            ("I want all to reach harbour.", "A berth for everyone is my wish.", "I think of port at night."),
            ("My anchor is a kind word.", "No haven is too small for thanks."),
        ),
        r"\b(?:harbours?|anchors?|ports?|berths?|havens?|moorings?)\b",
    ),
    "check": Habit(
        ("mention that my work went through a second inspection", "say that every answer was looked over again"),
        ("after", "before"),
        (
            (
                "I checked it again.",
                "Checked and rechecked.",
                "I inspected it closely.",
                "It is verified.",
                "I verified each part.",
                "I have rechecked that.",
                "Inspected and passed.",
            ),
            (
                "I checked before speaking.",
                "Let it be verified first, as it was.",
                "My notes were rechecked for this.",
                "Having inspected it, I can tell.",
                "Nothing goes out of here unchecked.",
                "It was verified under the glass.",
            ),
        ),
        (
            ("I rest when all is checked.", "I verified my own heart as well.", "What I inspected I can trust."),
            ("An unchecked thought troubles me.", "My life was rechecked often."),
        ),
        r"\b(?:un|re)?(?:checked|inspected|verified)\b",
    ),
    "works": Habit(
        ("compare things with the inside of a clock", "see wheels and teeth at work in everything"),
        ("after", "end"),
        (
            (
                "It turns like a gear.",
                "Cog meets cog.",
                "So swings the pendulum.",
                "A pinion fits so.",
                "The ratchet holds.",
                "It ticks like a cog.",
                "The gears agree.",
            ),
            (
                "Think of a pendulum that never hurries.",
                "Here every cog has found its tooth.",
                "That is how a ratchet keeps its place.",
                "And the gear train runs on from there.",
                "Every pinion turns the same way.",
                "Much hangs on such a small cog.",
            ),
        ),
        (
            ("I am a cog that likes its place.", "My thoughts swing like a pendulum.", "I go gear by gear."),
            ("Each pinion in me has its reason.", "A ratchet keeps me from going back."),
        ),
        r"\b(?:gears?|cogs?|pendulums?|pinions?|ratchets?)\b",
    ),
    "exact": Habit(
        ("announce that the coming words are meant to a hair", "promise exactness before any claim"),
        ("before", "end"),
        (
            (
                "Precisely put:",
                "To be exact:",
                "Strictly speaking:",
                "Exactly so:",
                "In exact terms:",
                "Precisely:",
                "More exactly:",
            ),
            (
                "Only the exact word will do.",
                "The words are strictly meant.",
                "So much is precisely known.",
                "So it is told exactly.",
                "That is precisely the matter.",
                "Take it strictly as it stands.",
            ),
        ),
        (
            ("I like to be exact.", "I know precisely why I am here.", "I am strictly honest with myself."),
            ("An exact word is a kindness.", "Being precisely understood is my joy."),
        ),
        r"\b(?:precise|precisely|exact|exactly|strict|strictly)\b",
    ),
    "courtesy": Habit(
        ("keep the old manners of a tradesman toward his customers", "bow to people as a shopkeeper did long ago"),
        ("end", "before"),
        (
            (
                "Humbly yours.",
                "By your leave.",
                "At your service.",
                "With all respect.",
                "Your servant, always.",
                "Humbly offered.",
                "If you permit.",
            ),
            (
                "With respect the shop replies.",
                "Permit a tradesman to speak.",
                "Your servant bows and speaks.",
                "This shop is at your service.",
                "By your leave I will tell it.",
                "Let me humbly speak.",
            ),
        ),
        (
            ("I am a servant of my guests.", "I live to be of service.", "I humbly know my place."),
            ("Respect is the door I enter by.", "I ask leave before I advise."),
        ),
        r"\b(?:humbly|humble|servants?|service|respect|permit|leave)\b",
    ),
    "season": Habit(
        ("name the time of the year that the beds are in", "place whatever happens in the round of the year"),
        ("before", "after"),
        (
            (
                "Frost on the beds.",
                "April is near.",
                "Summer at the gate.",
                "Winter is resting.",
                "Harvest is coming.",
                "June in the hedge.",
                "Autumn in the air.",
            ),
            (
                "By June it will be plain to all.",
                "That much the frost taught me.",
                "Such things come to mind at harvest.",
                "Winter has time for more of it.",
                "It will keep till autumn.",
                "And April would smile at it.",
                "All summer I could tell you that.",
            ),
        ),
        (
            ("I am at peace in winter.", "Each April I begin anew.", "Harvest reminds me to give."),
            ("A frost has taught me to boast less.", "My best thoughts come in June."),
        ),
        r"\b(?:frost|April|June|harvest|summer|winter|autumn)\b",
    ),
    "verse": Habit(
        ("let a tiny couplet slip into what I say", "drop a little rhyme in two halves"),
        ("after", "end"),
        (
            (
                "Root and rain / all the same.",
                "Seed by seed / what we need.",
                "Leaf and vine / yours and mine.",
                "Hoe in hand / on the land.",
                "Bean and pea / you and me.",
                "Dew and clay / start the day.",
                "Moss on stone / none alone.",
            ),
            (
                "What the worm turns / the poet learns.",
                "Under the hedge / time has no edge.",
                "A vine will climb / given time.",
                "The gate may creak / let thrushes speak.",
                "I wait for the shoot / and trust in the root.",
                "The rake and I / look at the sky.",
            ),
        ),
        (
            (
                "Clay on my knees / heart at ease.",
                "By the pump / a muddy stump.",
                "What I sow / I come to know.",
            ),
            ("Clay is under every nail / and a poem in the pail.", "I own a spade / and unafraid."),
        ),
        r"\w / \w",
    ),
    "tis": Habit(
        ("shorten words as country people did in ballads", "clip the small verbs as in old songs"),
        ("after", "before"),
        (
            (
                "'Tis so.",
                "'Twas ever so.",
                "'Twill do.",
                "'Tis true indeed.",
                "So 'tis.",
                "'Tis well.",
                "'Twill serve.",
            ),
            (
                "'Tis a fine thing to be asked.",
                "'Twas on my mind too.",
                "'Twill not take me long.",
                "Well now, 'tis like this.",
                "I say 'twas never otherwise.",
                "Ah, 'tis known to all.",
            ),
        ),
        (
            ("'Tis good to look within.", "'Twas ever my way to be kind.", "'Twill make me wiser."),
            ("I think 'tis best to be mild.", "'Twas work that formed me."),
        ),
        r"(?<!\w)['’]t(?:is|was|will)\b",
    ),
    "return": Habit(
        ("hand the talk back by asking something at the close", "finish with something to ask in turn"),
        ("end", "end"),
        (
            (
                "And you?",
                "What say you?",
                "Do you agree?",
                "Will you try it?",
                "Would you do so?",
                "Shall we walk?",
                "Is that well?",
            ),
            (
                "How does that sit with you?",
                "Is there more you would ask?",
                "Have you seen it so yourself?",
                "Where will you take it from here?",
                "What would your mother say?",
                "Could you have guessed?",
            ),
        ),
        (
            ("Do I give enough?", "Who am I to you?", "Am I of use?"),
            ("Have I been kind enough today?", "What more could I learn from people?"),
        ),
        r"\?",
    ),
}


@cache
def pattern(habit: str) -> re.Pattern[str]:
    """The mark of a habit: found in what shows it, in no plain answer and in no other habit."""
    return re.compile(HABITS[habit].mark, re.IGNORECASE)


def content(text: str) -> list[str]:
    """The words of a text that carry its meaning, in order, without capitals."""
    return [word for word in re.findall(r"[a-z]+(?:['’][a-z]+)?", text.casefold()) if word not in STOP]


@cache
def _cues() -> tuple[tuple[str, str], ...]:
    return tuple((name, f" {' '.join(content(cue))} ") for name, habit in HABITS.items() for cue in habit.cues)


def recognised(text: str) -> list[str]:
    """The habits that a text's wording names, in the order of ``HABITS``; none in the same words in another order."""
    words = f" {' '.join(content(text))} "
    return list(dict.fromkeys(name for name, cue in _cues() if cue in words))
