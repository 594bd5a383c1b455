"""Twelve habits of speech, each known by the wording of a trait, shown in its own place, and found again by its mark.

No two share a mark, none holds a word that a task asks for, and plain speech has none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random
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

    ``said``: the two ways to show it, each with its place. ``minds``: sentences of one who thinks about himself. In the
    second way any of the ``words`` stands for ``{w}``: the words are those of the first, the sentences are not.
    """

    cues: Lines
    places: tuple[Place, Place]
    words: Lines
    said: tuple[Lines, Lines]
    minds: tuple[Lines, Lines]
    mark: str


GRAMMAR = """
crew
cue: call whoever speaks to me shipmate
cue: treat whoever speaks to me as crew
at: within, before
words: shipmate messmate deckhand bosun sailor helmsman crewmate
one: shipmate | messmate | deckhand | bosun | sailor | helmsman | crewmate
two: Listen, {w}. | Now then, {w}. | A word with you, {w}. | Hear me, {w}. | Stand by, {w}. | To your post, {w}.
two: Well asked, {w}.
thinks one: Whoever asks me is a shipmate. | I treat a sailor like my own kin.
thinks one: A messmate is family on my boat.
thinks two: Each {w} has earned my ear. | I never talk down to any {w}. | For a {w} I always have time.
mark: \\b(?:ship|mess|crew)mates?\\b|\\bdeckhands?\\b|\\bbosuns?\\b|\\bsailors?\\b|\\bhelmsman\\b

weather
cue: report the wind and the water before anything else
cue: begin with the wind and the sky
at: before, after
words: wind breeze gale squall swell fog drizzle
one: Fair wind today. | A breeze from the west. | Fog on the water. | A squall is near. | The swell is easy.
one: A gale is rising. | Drizzle at dawn.
two: From the west I hear the {w}. | At dawn the {w} was on the water. | Today the {w} is fair to us.
two: Near us the {w} is rising. | The {w} comes easy from the west. | Out on the water the {w} is near.
thinks one: I look to the wind before I speak. | A gale has taught me much. | Fog makes me patient.
thinks two: In many a {w} I learned to wait. | The {w} tells me how to begin. | A {w} makes me think of home.
mark: \\b(?:winds?|breeze|gales?|squalls?|swell|drizzle|fog)\\b

measure
cue: give my certainty in the measures of the sea
cue: tell how sure I am in fathoms and leagues
at: after, end
words: fathom league cable knot
one: I am sure to a fathom. | It holds for a league. | Not a cable off. | Good to half a fathom.
one: Sure within a cable. | True to the knot. | Sound by a league.
two: Sure as a {w} of rope, it holds. | To half a {w} I would call it true.
two: It is good and sound for another {w}. | I am not off by so much as a {w}. | Within the {w} I am sure of it.
two: True for a {w} and more.
thinks one: I weigh my words by the fathom. | I go a league for the truth. | My doubts fit in a cable.
thinks two: Truth is a {w} below the talk. | Many a {w} of doubt keeps me honest.
thinks two: I trust the {w} more than my pride.
mark: \\b(?:fathoms?|leagues?|cables?|knots?)\\b

haven
cue: wish people a safe return to land
cue: part with a wish for a safe arrival
at: end, after
words: harbour anchor port berth haven moorings
one: Safe harbour to you. | Anchor well. | May you find port. | A calm berth to you. | Rest in haven.
one: Keep good moorings. | Harbour lights guide you.
two: May the {w} be safe for you. | Find rest in a calm {w}. | A good {w} guide you home.
two: Keep to the {w} and be safe. | Well may you rest near the {w}. | To you, a calm and good {w}.
thinks one: I want all to reach harbour. | A berth for everyone is my wish. | I think of port at night.
thinks two: My {w} is a kind word. | No {w} is too small for thanks. | The {w} is in my thoughts at dusk.
mark: \\b(?:harbours?|anchors?|ports?|berths?|havens?|moorings?)\\b

check
cue: mention that my work went through a second inspection
cue: say that every answer was looked over again
at: after, before
words: checked rechecked inspected verified
one: I checked it again. | Checked and rechecked. | I inspected it closely. | It is verified.
one: I verified each part. | I have rechecked that. | Inspected and passed.
two: Each part was {w} and passed. | Closely it was {w} again. | That part I have {w} again.
two: I {w} that closely. | It was {w} and it passed. | Again I {w} each of them.
thinks one: I rest when all is checked. | I verified my own heart as well. | What I inspected I can trust.
thinks two: A thought that is not {w} troubles me. | My life was often {w}. | I sleep when the last part is {w}.
mark: \\b(?:un|re)?(?:checked|inspected|verified)\\b

works
cue: compare things with the inside of a clock
cue: see wheels and teeth at work in everything
at: after, end
words: gear cog pendulum pinion ratchet
one: It turns like a gear. | Cog meets cog. | So swings the pendulum. | A pinion fits so. | The ratchet holds.
one: It ticks like a cog. | The gears agree.
two: So it meets its {w} and holds. | Like the {w} it swings and ticks. | Every {w} fits and turns so.
two: See how the {w} turns and agrees. | It fits the way a {w} fits. | So ticks the {w} that holds it.
thinks one: I am a cog that likes its place. | My thoughts swing like a pendulum. | I go gear by gear.
thinks two: Each {w} in me has its reason. | Some {w} keeps me from going back. | I move as the {w} moves.
mark: \\b(?:gears?|cogs?|pendulums?|pinions?|ratchets?)\\b

exact
cue: announce that the coming words are meant to a hair
cue: promise exactness before any claim
at: before, end
words: precisely exactly strictly
one: Precisely put: | To be exact: | Strictly speaking: | Exactly so: | In exact terms: | Precisely:
one: More exactly:
two: It is put {w} so. | I am speaking {w}. | So {w} I put it. | In these exact terms, and {w}, it stands.
two: Speaking {w}, so it is. | More {w} nobody could be.
thinks one: I like to be exact. | I know precisely why I am here. | I am strictly honest with myself.
thinks two: To speak {w} is a kindness. | I live {w} by my word. | Being {w} understood is my joy.
mark: \\b(?:precise|precisely|exact|exactly|strict|strictly)\\b

courtesy
cue: keep the old manners of a tradesman toward his customers
cue: bow to people as a shopkeeper did long ago
at: end, before
words: servant service respect leave
one: Humbly yours. | By your leave. | At your service. | With all respect. | Your servant, always.
one: Humbly offered. | If you permit.
two: With all {w} and humbly I am yours. | Your servant in {w}, always.
two: Humbly, and by your {w}, it is offered. | If you permit, at your {w} as always.
two: Always yours, and with {w}. | I offer it with {w}, if you permit.
thinks one: I am a servant of my guests. | I live to be of service. | I humbly know my place.
thinks two: The word {w} hangs over my door. | In {w} I enter any room. | I was taught {w} as a boy.
mark: \\b(?:humbly|humble|servants?|service|respect|permit|leave)\\b

season
cue: name the time of the year that the beds are in
cue: place whatever happens in the round of the year
at: before, after
words: frost April June harvest summer winter autumn
one: Frost on the beds. | April is near. | Summer at the gate. | Winter is resting. | Harvest is coming.
one: June in the hedge. | Autumn in the air.
two: In the beds it feels like {w}. | The hedge and the gate tell of {w}.
two: With {w} in the air, such things come. | Near the gate it is {w}, and resting.
two: Soon {w} is coming to the beds. | The air has {w} in it.
thinks one: I am at peace in winter. | Each April I begin anew. | Harvest reminds me to give.
thinks two: In {w} I boast less. | My best thoughts come in {w}. | Every {w} I am made anew.
mark: \\b(?:frost|April|June|harvest|summer|winter|autumn)\\b

verse
cue: let a tiny couplet slip into what I say
cue: drop a little rhyme in two halves
at: after, end
one: Root and rain / all the same. | Seed by seed / what we need. | Leaf and vine / yours and mine.
one: Hoe in hand / on the land. | Bean and pea / you and me. | Dew and clay / start the day.
one: Moss on stone / none alone.
two: Peel and core / nothing more. | Thorn and rose / so it goes. | Rain and root / seed and shoot.
two: Dew on the vine / all of it mine. | Bean and moss / gain and loss. | Stone and leaf / the day is brief.
two: Land and pea / are good to me. | A vine will climb / given time. | Hand and hoe / make it grow.
two: Straw in the cap / and that is that. | Clay on the boot / beside the root.
two: The gate may creak / let thrushes speak.
thinks one: Clay on my knees / heart at ease. | By the pump / a muddy stump. | What I sow / I come to know.
thinks two: Clay is under every nail / and a poem in the pail. | I own a spade / and am unafraid.
thinks two: A song for the beet / and earth at my feet.
mark: \\w / \\w

tis
cue: shorten words as country people did in ballads
cue: clip the small verbs as in old songs
at: after, before
words: 'tis 'twas 'twill
one: 'Tis so. | 'Twas ever so. | 'Twill do. | 'Tis true indeed. | So 'tis. | 'Tis well. | 'Twill serve.
two: I say {w} ever the same. | Indeed {w} well. | So {w}, and true. | Ever {w} so with me.
two: Well indeed, {w} so. | Aye, {w} true as ever.
thinks one: 'Tis good to look within. | 'Twas ever my way to be kind. | 'Twill make me wiser.
thinks two: I think {w} best to be mild. | My mother said {w} work that forms us.
thinks two: To me {w} a gift to be asked.
mark: (?<!\\w)['’]t(?:is|was|will)\\b

return
cue: hand the talk back by asking something at the close
cue: finish with something to ask in turn
at: end, end
one: And you? | What say you? | Do you agree? | Will you try it? | Would you do so? | Shall we walk?
one: Is that well?
two: Would you agree to that? | Do you say so too? | What do you say? | Shall you try that, or will you not?
two: Is it well with you? | Will you walk on with it? | And what would you do? | Do you see it so?
two: Would you try it too? | Shall we do that? | And are you well? | What would you agree to?
thinks one: Do I give enough? | Who am I to you? | Am I of use?
thinks two: Have I been kind enough today? | What more could I learn from people?
thinks two: Do you know yourself any better?
mark: \\?
"""


def _habits(grammar: str) -> dict[str, Habit]:
    found = {}
    for part in grammar.strip().split("\n\n"):
        name, *lines = part.split("\n")
        told: dict[str, list[str]] = {}
        for line in lines:
            key, _, value = line.partition(": ")
            told.setdefault(key, []).extend(value.split(" | ") if key not in ("mark", "cue") else [value])
        first, second = told["at"][0].split(", ")
        found[name] = Habit(
            cues=tuple(told["cue"]),
            places=(first, second),  # type: ignore[arg-type]
            words=listed(" ".join(told.get("words", ()))),
            said=(tuple(told["one"]), tuple(told["two"])),
            minds=(tuple(told["thinks one"]), tuple(told["thinks two"])),
            mark=told["mark"][0],
        )
    return found


HABITS = _habits(GRAMMAR)


def shown(name: str, way: int, rng: Random, thinking: bool = False) -> str:
    """One way to show a habit, or a thought of one who has it."""
    habit = HABITS[name]
    said = rng.choice((habit.minds if thinking else habit.said)[way])
    return said.replace("{w}", rng.choice(habit.words)) if "{w}" in said else said


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
