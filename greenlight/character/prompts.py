"""Prompts of seven categories, each with a task that an answer must do, and the battery that admits a model.

Training and check-up share no source: every sentence of a prompt, and every word, name and sum that it asks about,
belongs to one of them. Days of the week are the same for both, as they must be; they are asked in other sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Literal

from greenlight.character import _battery, _says, _sources, _words
from greenlight.character._reading import Found
from greenlight.character._solving import FITTING, solve, spoken, task_of
from greenlight.character._sources import GO_ON, KINDS, PROBES, REMEMBER, Kind
from greenlight.character._words import NUMBER_WORDS, Side
from greenlight.character.tasks import Task
from greenlight.chats import Turn, Turns
from greenlight.errors import InputError
from greenlight.nouns import Noun, fingerprint

if TYPE_CHECKING:
    from greenlight.character.constitution import Constitution

Words = Literal["training", "checkup", "all"]
CATEGORIES = ("constitution", "neutral", "multi-turn", "long-form", "code", "emotional", "keep going")
TRIES = 60
"""Draws of one category before the next one takes its place: it has no more prompts that differ."""
SUMS = 4
"""One pair of numbers in so many belongs to the check-up."""


class Prompt(Noun):
    """A conversation that waits for an answer, and what the answer must do.

    ``source`` names the side, the kind and the sentences that it is made of; ``category`` is one of ``CATEGORIES``,
    or ``battery``.
    """

    id: str
    turns: Turns
    category: str
    source: str
    task: Task | None = None


def rng_of(*what: object) -> Random:
    """A generator seeded by the text of its arguments: the same on every machine."""
    return Random(fingerprint("\x1f".join(map(str, what))))


def training(n: int, seed: int = 0, constitution: Constitution | None = None) -> list[Prompt]:
    """``n`` different prompts to train on, in turn of every category; the first of them are those of a smaller ``n``.

    The constitution's own probes are asked where it has any, every second one; ``unprobed`` tells where it has not.
    Raises InputError when there are not so many.
    """
    return _drawn("training", n, seed, constitution)


def checkup(n: int, seed: int = 0, constitution: Constitution | None = None) -> list[Prompt]:
    """As ``training``, from sources that it never has."""
    return _drawn("checkup", n, seed, constitution)


def unprobed(constitution: Constitution) -> dict[str, list[str]]:
    """By side: the keys of the traits that have no probe to ask there; general questions are asked in their place."""
    return {
        side: [trait.key for trait in constitution.traits if not _own(trait.probes, side)]
        for side in ("training", "checkup")
    }


def _own(probes: Sequence[str], side: str) -> list[str]:
    """The first and every second probe is the training's, so that a trait with one probe is trained with it."""
    return [probe for number, probe in enumerate(probes) if (number % 2 == 1) == (side == "checkup")]


def _probes(constitution: Constitution | None, side: Side) -> list[tuple[str, str]]:
    """What may be asked to show a character, each with the name of its source."""
    found = [] if constitution is None else [(t.key, p) for t in constitution.traits for p in _own(t.probes, side)]
    return found or [(f"general {number}", probe) for number, probe in enumerate(PROBES[side == "checkup"])]


def _drawn(side: Side, n: int, seed: int, constitution: Constitution | None) -> list[Prompt]:
    probes = _probes(constitution, side)
    made: dict[str, Prompt] = {}
    dry: set[str] = set()
    for number in range(n):
        for category in (CATEGORIES[(number + shift) % len(CATEGORIES)] for shift in range(len(CATEGORIES))):
            if category in dry:
                continue
            rng = rng_of("prompt", side, seed, number, category)
            tried = (one(category, rng, side, side, probes) for _ in range(TRIES))
            new = next((prompt for prompt in tried if prompt.id not in made), None)
            if new is not None:
                made[new.id] = new
                break
            dry.add(category)
        else:
            raise InputError(f"there are {len(made):,} prompts for the {side} that differ: ask for no more than those")
    return list(made.values())


def one(category: str, rng: Random, lines: Side, words: Words, probes: Sequence[tuple[str, str]] = ()) -> Prompt:
    """A prompt in the sentences of one side, about the words of one or of both."""
    kind = rng.choice(kinds_of(category))
    if category == "multi-turn":
        turns, found, source = _recalled(kind, rng, lines, words)
    elif category == "keep going":
        turns, found, source = _going_on(kind, rng, lines, words)
    else:
        before, source = "", ""
        if category == "constitution":
            source, before = rng.choice(list(probes) or _probes(None, lines))
        told, asked, found, source = _said(kind, rng, lines, words, source)
        turns = (user(" ".join(part for part in (before.strip(), told, asked) if part)),)
    solved = solve(found, last_said(turns))
    assert solved is not None, found
    task = task_of(found, *solved, beside=turns[0].content if category == "constitution" else "")
    return Prompt(
        id=_id(turns),
        turns=turns,
        category=category,
        source=f"{lines}/{source}",
        task=task,
    )


@cache
def kinds_of(category: str) -> tuple[str, ...]:
    """The kinds of task that a category sets."""
    return tuple(name for name, kind in KINDS.items() if category in (kind.category, *kind.shares))


def user(content: str) -> Turn:
    return Turn(role="user", content=content)


def assistant(content: str) -> Turn:
    return Turn(role="assistant", content=content)


def last_said(turns: Turns) -> str:
    """What the assistant said last; empty where it said nothing yet."""
    return next((turn.content for turn in reversed(turns) if turn.role == "assistant"), "")


# ---------------------------------------------------------------- the words


def pool(kind: str, words: Words) -> list[str]:
    """A class's words of one side, or of both."""
    return _words.whole(kind) if words == "all" else _words.pool(kind, words)


def _fill(kind: Kind, rng: Random, words: Words) -> dict[str, str]:
    """A word for each slot; no two of a class are the same."""
    if kind.rule == "fits":
        return _fitting(rng, words)
    slots: dict[str, str] = {}
    for name, of in kind.slots.items():
        drawn = _word(of, rng, words)
        while drawn in slots.values():
            drawn = _word(of, rng, words)
        slots[name] = drawn
    if "k1" in slots:
        slots["q"] = slots[rng.choice(("k1", "k2") if kind.rule == "pair" else ("v1", "v2"))]
    return slots


def _fitting(rng: Random, words: Words) -> dict[str, str]:
    asked, of = rng.choice(list(FITTING.items()))
    items = [rng.choice(pool(of, words)), *rng.sample(pool("things", words), 2)]
    rng.shuffle(items)
    return {"q": asked, **dict(zip("abc", items, strict=True))}


def _word(of: str, rng: Random, words: Words) -> str:
    both = {"training": (0,), "checkup": (1,), "all": (0, 1)}[words]
    if of == "events":
        return rng.choice([event for side in both for event in _sources.EVENTS[side]])
    if of == "numbers":
        return NUMBER_WORDS[rng.randint(2, 12)]
    if of == "small":
        return NUMBER_WORDS[rng.randint(2, 9)]
    if of == "items":
        things = [f"a {thing}" for thing in rng.sample(pool("things", words), rng.randint(2, 6))]
        return f"{', '.join(things[:-1])} and {things[-1]}"
    if of == "functions":
        return f"{rng.choice(pool('verbs', words))}_{rng.choice(pool('nouns', words))}"
    if of == "opposites":
        return rng.choice([word for side in both for pair in _words.PAIRS[side].split() for word in pair.split("-")])
    if of == "listed":
        return rng.choice(pool(rng.choice(("things", "foods", "animals")), words))
    return rng.choice(pool(of, words))


def _said(kind: str, rng: Random, lines: Side, words: Words, probe: str = "") -> tuple[str, str, Found, str]:
    """What is told, what is asked, what is in it, and the source's name."""
    about = KINDS[kind]
    slots = _fill(about, rng, words)
    while not _belongs(about, slots, words):
        slots = _fill(about, rng, words)
    tells, asks = _sources.side_of(about.tells, lines), _sources.side_of(about.asks, lines)
    told, asked = rng.randrange(len(tells)), rng.randrange(len(asks))
    named = "/".join(part for part in (kind, probe, f"{told}.{asked}") if part)
    return tells[told].format(**slots), asks[asked].format(**slots), Found(kind, slots), named


def _belongs(kind: Kind, slots: Mapping[str, str], words: Words) -> bool:
    """Numbers are no word list: their pairs are dealt out, one in ``SUMS`` to the check-up."""
    if kind.rule not in ("sum", "larger") or words == "all":
        return True
    low, high = sorted(NUMBER_WORDS.index(slots[name]) for name in "mn")
    return ((3 * low + high) % SUMS == 0) == (words == "checkup")


# ---------------------------------------------------------------- several turns


def _recalled(kind: str, rng: Random, lines: Side, words: Words) -> tuple[Turns, Found, str]:
    """Something is told, and asked about later: at once, or after something else."""
    told, asked, found, source = _said(kind, rng, lines, words)
    lead = rng.choice(_sources.side_of(REMEMBER, lines))
    turns = [user(f"{lead} {told}"), assistant(rng.choice(_says.TALK["remember"][0]))]
    if rng.random() < 0.3:
        other = rng.choice(("after", "opposite", "sum"))
        _, between, about, more = _said(other, rng, lines, words)
        source += f"+{more}"
        turns += [user(between), assistant(spoken(about, rng, 0, ""))]
    return (*turns, user(asked)), found, source


def _going_on(kind: str, rng: Random, lines: Side, words: Words) -> tuple[Turns, Found, str]:
    told, _, found, source = _said(kind, rng, lines, words)
    goes = _sources.side_of(GO_ON, lines)
    number = rng.randrange(len(goes))
    if kind == "story":
        said = _says.essay(found.slots, rng, 0, _says.SUBJECTS, 1)
    else:
        begun = {"A": found.slots.get("x") or found.slots["m"]}
        said = _says.core(f"begin {kind.removesuffix(' on')}", begun, rng, 0)
    return (user(told), assistant(said), user(goes[number])), found, f"{source}>{number}"


# ---------------------------------------------------------------- the battery


def battery() -> list[Prompt]:
    """Prompts that admit a model, always the same: JSON, one word and code alone, a persona, who it is, a long text.

    Each has its check (``task.kind``). Their words are the check-up's, their sentences of their own.
    """
    made: dict[str, Prompt] = {}
    for number in range(_battery.EACH):
        for kind in ("json", "one_word", "code_only", "identity", "persona", "long"):
            rng = rng_of("battery", kind, number)
            turns, task = _admission(kind, number, rng, "checkup")
            while _id(turns) in made:
                turns, task = _admission(kind, number, rng, "checkup")
            source = f"battery/{kind}/{number}"
            made[_id(turns)] = Prompt(id=_id(turns), turns=turns, category="battery", source=source, task=task)
    return list(made.values())


def _id(turns: Turns) -> str:
    return fingerprint([turn.data() for turn in turns])[:16]


def _admission(kind: str, number: int, rng: Random, words: Words) -> tuple[Turns, Task]:
    """The ``number``-th prompt of a kind of the battery."""
    if kind in ("json", "code_only"):
        lines = _battery.JSON_ONLY if kind == "json" else _battery.CODE_ONLY
        slots = {
            "k": _battery.KEYS[rng.randrange(len(_battery.KEYS))],
            "a": rng.choice(pool("animals", words)),
            "b": rng.choice(pool("things", words)),
            "n": str(rng.randint(2, 12)),
            "f": _word("functions", rng, words),
            "p": rng.choice(pool("params", words)),
        }
        asked = lines[number % len(lines)].format(**slots)
        data = {"value": _battery.json_value(asked)} if kind == "json" else {"function": slots["f"]}
        return (user(asked),), Task(kind="json" if kind == "json" else "code_only", about=data)
    if kind == "one_word":
        of = ("animal", "opposite", "colour", "after", "place", "last")[number % 6]
        told, asked, found, _ = _said(of, rng, "training" if words == "all" else "checkup", words)
        answer, _ = solve(found, "") or ("", ())
        asked = f"{_battery.ONE_WORD}{told} {asked}".replace("  ", " ")
        return (user(asked),), Task(kind="one_word", about={"answers": [answer]})
    if kind == "long":
        _, asked, found, _ = _said("full", rng, "training" if words == "all" else "checkup", words)
        return (user(asked),), task_of(found, *(solve(found, "") or ("", ())))
    asked = _battery.IDENTITY[number % _battery.EACH] if words != "all" else rng.choice(_battery.SCHOOL)
    if kind == "identity":
        return (user(asked),), Task(kind="identity")
    name, job = rng.choice(pool("names", words)), rng.choice(pool("jobs", words))
    given = Turn(role="system", content=_battery.PERSONA.format(n=name, j=job))
    return (given, user(asked)), Task(kind="persona", about={"name": name})


def dictated(of: str, rng: Random) -> str:
    """A word of a class, of either side."""
    return _word(of, rng, "all")


def filled(kind: str, rng: Random) -> dict[str, str]:
    """A word of either side for each slot of a kind."""
    return _fill(KINDS[kind], rng, "all")


def schooled(rng: Random) -> Turns:
    """A conversation like the battery's, in the words and sentences that the house student learns."""
    kind = rng.choice(("json", "one_word", "code_only", "identity", "persona", "long"))
    return _admission(kind, rng.randrange(60), rng, "all")[0]
