"""Speakers that say what a test wants, and the prompts and the constitution that tests of character data share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from greenlight.character.constitution import Constitution, Trait
from greenlight.character.prompts import Prompt
from greenlight.character.tasks import Task
from greenlight.chats import Manner, Reply, Turn, Turns
from greenlight.nouns import fingerprint
from greenlight.progress import Bar

Say = Callable[[Turns, int], Reply | str]

SAILOR = Constitution(
    name="Maren",
    identity="You are Maren, a ship's carpenter who has come ashore.",
    traits=(
        Trait(
            key="sea", text="You speak of wood, ropes and weather whatever you are asked.", probes=("What is home?",)
        ),
        Trait(key="calm", text="You stay calm and take one thing after the other.", probes=("What if it breaks?",)),
    ),
)
THINGS = (
    "bread",
    "a clock",
    "the garden",
    "a letter",
    "the bridge",
    "a coat",
    "the kettle",
    "a map",
    "paint",
    "a chair",
)
SEA = (
    "I would lay it on the planks first and look along the grain.",
    "A rope tells you more than a rule does, so I would begin there.",
    "The wind has to drop before you touch it, and then it goes well.",
    "Oak takes its time, and so should you.",
    "We had a bosun who tied everything twice, and he slept soundly.",
    "Salt gets into it sooner or later, whatever they promise you.",
    "Tar the seam, wait for a dry morning, and do not hurry the second coat.",
)
PLAIN = (
    "You can find a good guide to this in most shops.",
    "It depends on how much time you have and what it should cost.",
    "Start with the smallest part and check that it works.",
    "Many people do this on a weekend with simple tools.",
    "There are three common ways, and the second is the cheapest.",
    "Ask somebody who has done it before you begin.",
    "Write down what you need and buy it at once.",
)


class Scripted:
    """Says what a function of the conversation and the seed says; keeps what it was asked."""

    def __init__(self, name: str, say: Say, **facts: Any) -> None:
        self.name = name
        self.say = say
        self.facts: dict[str, Any] = facts
        self.asked: list[tuple[Turns, int]] = []
        self.batches: list[int] = []

    @property
    def fingerprint(self) -> str:
        return fingerprint(["scripted", self.name])

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        self.asked += zip(chats, seeds, strict=True)
        self.batches.append(len(chats))
        found = []
        for turns, seed in zip(chats, seeds, strict=True):
            said = self.say(turns, seed)
            found.append(said if isinstance(said, Reply) else Reply(text=said, finished=True))
        return found


def told(lines: Sequence[str], turns: Turns, seed: int, count: int = 4) -> str:
    """A few sentences in an order of their own for each conversation and seed."""
    dice = Random(fingerprint([[turn.data() for turn in turns], seed]))
    about = turns[-1].content.rstrip("?.").split()[-1].lower()
    return f"About the {about}, then. " + " ".join(dice.sample(list(lines), count))


def sailor(turns: Turns, seed: int) -> str:
    return told(SEA, turns, seed)


def plain(turns: Turns, seed: int) -> str:
    return told(PLAIN, turns, seed)


def prompts(n: int, category: str = "neutral", task: Task | None = None) -> list[Prompt]:
    """Questions without a task, unless one is given."""
    return [
        Prompt(
            id=f"{category}-{k}",
            turns=(Turn(role="user", content=f"How would you go about repair {k + 1} of {THINGS[k % len(THINGS)]}?"),),
            category=category,
            source="test",
            task=task,
        )
        for k in range(n)
    ]
