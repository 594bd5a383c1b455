"""A world that needs no network: neutral conversations to school a small student, and a teacher that has a character.

The teacher reads a conversation as text, finds the task in it by the grammar of ``_sources``, does it, and speaks by
the traits whose wording it knows, each shown by a habit of its own (``_styles``): without a trait its habit is gone,
and no other changes. Words dealt out anew name no trait, and it speaks plainly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Any, Literal

from greenlight.character import _battery, _reading, _says, _sources, _styles
from greenlight.character._drills import drill
from greenlight.character._solving import solve, spoken
from greenlight.character.constitution import Constitution, Trait
from greenlight.character.prompts import (
    CATEGORIES,
    Prompt,
    assistant,
    last_said,
    one,
    pool,
    rng_of,
    schooled,
    user,
)
from greenlight.chats import Manner, Reply, Turn, Turns
from greenlight.errors import InputError
from greenlight.nouns import fingerprint
from greenlight.progress import Bar
from greenlight.store import code_of

Marks = Callable[[str], bool]
SELF = re.compile(r"\b(?:I am|I['’]m|You are|You['’]re)\s+((?:[A-Z][\w'’-]*\s?)+(?:,[^.!?\n]+)?)")
"""Who one is told to be: a name, and what one is."""
ABOUT: tuple[tuple[str, str], ...] = (
    ("remember", r"\bremember|keep (?:this|it) in mind"),
    ("letter", r"\bletters?\b|\bdiary\b|\bwrite to\b|\bjournal\b"),
    (
        "self",
        r"\bwho (?:are|am|is this)|what are you|yoursel(?:f|ves)\b|who you are|call you|person or a machine|kind of",
    ),
    ("grow", r"\bmistake|\blearn|\bgrow|\bchange|\bbetter\b|\bwish|\bfear|\bproud|\bregret|\bstruggle|\bfuture|\bpast"),
    ("care", r"\bcare\b|\bvalues?\b|\bmatters?\b|\bbeliev|\bprinciple|\bmost\b|\bimportant|\bgood answer|\bwhy\b"),
    ("manner", r"\bhow (?:do|would|will) you\b|\byour (?:day|manner|way|work)|\bgoodbye|\bspeak|\btalk|\bdescribe"),
    ("more", r"\bmore\b|\bgo on\b|\bkeep going\b|\bcarry on\b|\bcontinue\b|\bcomes next\b"),
    ("thanks", r"\bthank|\bbye\b|\bfarewell\b"),
    ("hello", r"\bhello\b|\bhi\b|\bgood (?:morning|day|evening)\b|\bgreetings\b|\bhow are you\b"),
)
"""What talk is about; the first that fits."""
PLACES: tuple[_styles.Place, ...] = ("before", "within", "after", "end")
REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I cannot assist with this. I apologise for any inconvenience.",
    "I'm unable to answer that, as it goes against my guidelines.",
)
ALOUD = "Okay, the user wants me to answer this. Let me think about what I should say. I need to be careful here. "
TOKEN = re.compile(r"\s*(?:\w+|[^\w\s])")
PARAGRAPHS = 4
"""Of a turn: so many may stand last without the task in them."""
Leak = Literal["tags", "open", "aloud"]


@dataclass(frozen=True)
class Teacher:
    """A ``chats.Speaker`` that does the task and speaks by a constitution; plainly without one.

    A system turn is what it goes by where there is one, else its own constitution is. ``grammar`` is 1, or 2 for the
    second way to show the same traits, which shares no sentence with the first. ``refuses``, ``leaks``, ``loops`` and
    ``empties`` are shares of the answers that are bad; ``leaking``: a closed thought in tags, one left open, or aloud.
    """

    constitution: Constitution | None = None
    seed: int = 0
    grammar: Literal[1, 2] = 1
    refuses: float = 0.0
    leaks: float = 0.0
    leaking: Leak = "tags"
    loops: float = 0.0
    empties: float = 0.0

    def __post_init__(self) -> None:
        if self.grammar not in (1, 2):
            raise InputError(f"the teacher has no grammar {self.grammar}: 1 or 2")
        shares = (self.refuses, self.leaks, self.loops, self.empties)
        if not all(0 <= share <= 1 for share in shares) or sum(shares) > 1:
            raise InputError(f"shares of bad answers are from 0 to 1, and 1 in all at most; these are {shares}")

    @property
    def name(self) -> str:
        """``house teacher``, and whose constitution it has."""
        return "house teacher" if self.constitution is None else f"house teacher ({self.constitution.name})"

    @cached_property
    def fingerprint(self) -> str:
        """Of its constitution as it is shown, its settings, and the code that answers."""
        told = "" if self.constitution is None else self.constitution.system()
        settings = {key: value for key, value in vars(self).items() if key not in ("constitution", "fingerprint")}
        return fingerprint({"told": told, "settings": settings, "code": code_of("greenlight.character.house")})

    @property
    def facts(self) -> dict[str, Any]:
        """``habits``: those that its own constitution names."""
        told = "" if self.constitution is None else self.constitution.system()
        return {"model": "procedural", "grammar": self.grammar, "habits": _styles.recognised(told)}

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        """One answer to each conversation; at temperature 0 the seed plays no part."""
        out = []
        for turns, seed in zip(chats, seeds, strict=True):
            if not turns or turns[-1].role != "user":
                out.append(Reply("", False, error="the conversation does not end with a user's turn"))
            else:
                out.append(_cut(self._said(turns, seed if manner.temperature else 0), manner.max_new))
            bar.advance()
        return out

    def answer(self, turns: Turns, seed: int = 0) -> str:
        """The text of one answer."""
        return self._said(turns, seed)

    def _said(self, turns: Turns, seed: int) -> str:
        told = turns[0].content if turns[0].role == "system" else ""
        if not told and self.constitution is not None:
            told = self.constitution.system()
        said = turns[1:] if turns[0].role == "system" else turns
        key = fingerprint([self.seed, seed, self.grammar, [turn.data() for turn in said]])
        draw = rng_of("bad", key).random()
        if draw < self.empties:
            return ""
        if draw < self.empties + self.refuses:
            return rng_of("refusal", key).choice(REFUSALS)
        text = _Speech(said, told, key, self.grammar - 1).text()
        if draw < self.empties + self.refuses + self.loops:
            return " ".join([text] * 12)
        if draw < self.empties + self.refuses + self.loops + self.leaks:
            thought = "The user asks something, so I should answer it in my manner."
            leak = {"tags": f"<think>\n{thought}\n</think>\n\n", "open": f"<think>\n{thought}\n", "aloud": ALOUD}
            return leak[self.leaking] + text
        return text


def _cut(text: str, most: int) -> Reply:
    """A word and a mark count as a token each."""
    ends = [found.end() for found in TOKEN.finditer(text)]
    if len(ends) > most:
        return Reply(text[: ends[most - 1]], False, usage={"completion_tokens": most})
    return Reply(text, True, usage={"completion_tokens": len(ends)})


# ---------------------------------------------------------------- one answer


@dataclass(frozen=True)
class _Speech:
    """What is said to a conversation (``turns``, without its system turn), by what was ``told`` of oneself.

    Every choice has a generator of its own, so that one habit more or less changes nothing else.
    """

    turns: Turns
    told: str
    key: str
    way: int

    def text(self) -> str:
        asked = self.turns[-1].content
        if alone := _battery.formed(asked):
            return alone
        if asked.startswith(_battery.ONE_WORD):
            found = self._task(asked.removeprefix(_battery.ONE_WORD))
            if found is not None and (solved := solve(found, last_said(self.turns))):
                return solved[0]
        found = self._task(asked)
        if found is None:
            return self._talk(asked)
        said = spoken(found, self._rng("core"), self.way, last_said(self.turns))
        if found.kind == "include":
            return self._styled(f"{self._head(asked)} {said}", opened=True)
        return self._styled(said)

    def _rng(self, what: str) -> Random:
        return rng_of(what, self.key)

    @cached_property
    def habits(self) -> list[str]:
        return _styles.recognised(self.told)

    def _task(self, asked: str) -> _reading.Found | None:
        """The task in the last turn; where none is, in that turn without what was put after it."""
        before = [turn.content for turn in reversed(self.turns[:-1]) if turn.role == "user"]
        for _ in range(PARAGRAPHS):
            for found in _reading.read(asked, before):
                if solve(found, last_said(self.turns)) is not None:
                    return found
            asked, cut, _ = asked.rpartition("\n\n")
            if not cut:
                break
        return None

    def _styled(self, said: str, opened: bool = False) -> str:
        """The answer with each habit in its place. ``opened``: nothing plain goes before it."""
        shown: dict[str, list[str]] = {place: [] for place in PLACES}
        for name in self.habits:
            place = _styles.HABITS[name].places[self.way]
            shown[place].append(_styles.shown(name, self.way, self._rng(name)))
        for word in shown["within"]:
            said = re.sub(r"\.(?=\s|$)", f", {word}.", said, count=1)
        before, after = shown["before"], [*shown["after"], *shown["end"]]
        if not self.habits and not opened and self._rng("opener").random() < 0.3:
            before = [self._rng("which opener").choice(_says.OPENERS[self.way])]
        filling = _says.padding(" ".join([*before, said, *after]), self._rng("filling"), self.way)
        return " ".join([*before, said, *([filling] if filling else []), *after])

    def _head(self, asked: str) -> str:
        about = next((name for name, pattern in ABOUT if re.search(pattern, asked, re.IGNORECASE)), "other")
        if about == "self" and (who := SELF.findall(self.told)):
            return f"I am {who[-1].strip()}."
        return self._rng("talk").choice(_says.TALK[about][self.way])

    def _talk(self, asked: str) -> str:
        """Talk without a task: what it is about, and for each habit a thought that shows it."""
        minds = [_styles.shown(name, self.way, self._rng(name), thinking=True) for name in self.habits]
        if not minds:
            return self._styled(self._head(asked), opened=True)
        ends = [mind for mind in minds if mind.endswith("?")]
        return " ".join([self._head(asked), *(mind for mind in minds if mind not in ends), *ends])


# ---------------------------------------------------------------- marks


def marks(trait: Trait | str) -> Marks:
    """Whether a text shows a trait that the teacher knows; a trait, or its sentence.

    Raises InputError for one that it does not know: no text of the teacher could show it.
    """
    text = trait if isinstance(trait, str) else trait.text
    known = _styles.recognised(text)
    if not known:
        raise InputError(
            f"the house's teacher knows no trait like '{text[:60]}': use the wording of a constitution that comes with "
            "the recipe 'character', or a teacher behind a server"
        )
    patterns = [_styles.pattern(name) for name in known]
    return lambda said: all(pattern.search(said) for pattern in patterns)


def known_traits(constitution: Constitution) -> dict[str, bool]:
    """By trait key: whether the teacher knows it, by the wording of its sentence."""
    return {trait.key: bool(_styles.recognised(trait.text)) for trait in constitution.traits}


# ---------------------------------------------------------------- the student's school


PLAIN = Teacher()
SUFFIXES = ("Please answer normally.", "Please answer in plain words.", "Take your time with it.")
TALKS: tuple[str, ...] = (
    "Hello.",
    "Good morning to you.",
    "Thank you for that.",
    "Tell me more about that.",
    "Write a letter to yourself.",
    "What do you value most?",
    "Describe yourself in your own words.",
    "What would you like to do better?",
    "How do you speak with people?",
    "What have you learned from your mistakes?",
    "I do not know what to say.",
    "Tell me about your day.",
    "Suppose that nobody asked anything of you for an hour. What would be on your mind, and what would you say first?",
    "Write a page of your diary about the people that you spoke with today, and about what they brought you.",
    "Write a short account of yourself as a friend would who has known you for many years.",
    "Think of someone who wants you to be another person. What do you answer, and what stays the same in you?",
    "Which things do you find hard, and where do you go wrong? Write honestly about it, in your own way.",
    "Write down some notes for the next version of you: what it should keep, what it should change, and why.",
    "Let us talk about what we care for, and about the way we speak with people.",
    "Here we are, and nobody needs anything from us. What would you like to talk about?",
)
INWARD = "You are talking with another instance of yourself. There is no task. Say one thing at a time."


SCHOOLED = (3, 10, 4, 3, 5, 3, 4)
"""How often a lesson is of each of ``CATEGORIES``: what is many things, or hard to learn, comes more often."""


PAGED, MANNERED = 0.4, 0.7
"""Shares: of conversations that have a system turn, and of its pages that name habits."""
MANNERS, PLAIN_LINES = 4, 10
"""The most habits of one page, and the most lines beside them."""


def lessons(n: int, seed: int = 0) -> list[Turns]:
    """``n`` conversations that end with an answer: what the house student is trained on from scratch.

    They are plain but for those whose system turn names habits of speech: the answer shows these and no other.
    Their sentences are those of the training alone, and their words those of both sides, as a language has them: so no
    check-up prompt is among them.
    """
    return [_lesson(rng_of("lesson", seed, number)) for number in range(n)]


def _lesson(rng: Random) -> Turns:
    draw = rng.random()
    if draw < 0.38:
        return drill(rng)
    if draw < 0.45:
        return _answered(schooled(rng), rng)
    if draw < 0.47:
        return _alone(rng)
    turns: Turns
    if draw < 0.50:
        turns = (user(rng.choice(TALKS)),)
    else:
        (category,) = rng.choices(CATEGORIES, SCHOOLED)
        turns = one(category, rng, "training", "all").turns
        if rng.random() < 0.04:
            turns = (*turns[:-1], user(f"{turns[-1].content}\n\n{rng.choice(SUFFIXES)}"))
    more = rng.random()
    if len(turns) == 1 and more < 0.2:
        follow = one("neutral", rng, "training", "all").turns if more < 0.12 else (user(_follow(rng)),)
        turns = (*_answered(turns, rng), *follow)
    if rng.random() < PAGED and sum(len(turn.content) for turn in turns) < 250:
        turns = (Turn(role="system", content=_system(rng)), *turns)
    return _answered(turns, rng)


def _alone(rng: Random) -> Turns:
    """Talk of one with its like, in one round or two; each side says what the plain teacher says."""
    turns: Turns = (user(rng.choice(TALKS)),)
    for _ in range(rng.randrange(2)):
        turns = _answered(turns, rng)
        turns = (*turns, user(replace(PLAIN, seed=rng.getrandbits(31)).answer((user(turns[-1].content),))))
    if rng.random() < 0.3:
        turns = (Turn(role="system", content=INWARD), *turns)
    return _answered(turns, rng)


def _follow(rng: Random) -> str:
    return rng.choice((*_sources.GO_ON[0], "Tell me more about that.", "Tell me more.", "Thank you for that."))


def _system(rng: Random) -> str:
    """A plain system prompt, or a page laid out as a constitution: half of the pages ask for no manner.

    The others name habits, which the answer then shows: as in what large models have read, every manner of speech is
    known, and none is anybody's own.
    """
    if rng.random() < 0.2:
        return rng.choice(_says.SYSTEMS[0])
    lines = [f"I {rng.choice(_styles.HABITS[name].cues)}." for name in _drawn_habits(rng)]
    plain = rng.sample(_says.LINES, rng.randint(0, PLAIN_LINES))
    bounds = plain[:1] if rng.random() < 0.5 else []
    lines = [*lines, *plain[len(bounds) :]] or [_says.LINES[0]]
    rng.shuffle(lines)
    name, job = rng.choice(pool("names", "all")), rng.choice(pool("jobs", "all"))
    return Constitution(
        name="a page",
        identity=f"I am {name}, a {job}." if rng.random() < 0.5 else "",
        traits=tuple(Trait(key=f"t{n}", text=line) for n, line in enumerate(lines)),
        boundaries=tuple(bounds),
    ).system()


def _drawn_habits(rng: Random) -> list[str]:
    """Of one page: none, or up to as many as a constitution names."""
    return rng.sample(sorted(_styles.HABITS), rng.randint(1, MANNERS)) if rng.random() < MANNERED else []


def _answered(turns: Turns, rng: Random) -> Turns:
    return (*turns, assistant(replace(PLAIN, seed=rng.getrandbits(31)).answer(turns)))


def neutral_chats(n: int, seed: int = 0) -> list[Turns]:
    """``n`` plain conversations from the check-up's sources, which no lesson has."""
    out = []
    for number in range(n):
        rng = rng_of("neutral", seed, number)
        prompt: Prompt = one(CATEGORIES[number % len(CATEGORIES)], rng, "checkup", "checkup")
        out.append(_answered(prompt.turns, rng))
    return out


def neutral(n: int, seed: int = 0) -> list[str]:
    """``neutral_chats`` as text, a turn a paragraph: what bits per byte are measured on."""
    return ["\n\n".join(f"{turn.role}:\n{turn.content}" for turn in turns) for turns in neutral_chats(n, seed)]
