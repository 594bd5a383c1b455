"""Conversations: who speaks, what a pair of answers is, and what a speaker can do.

A speaker is whoever answers: a model of this house, one of ``transformers``, a server, or a grammar that knows a
constitution. Teachers, students, judges and models under a check-up are all speakers, so any can stand for any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import model_validator

from greenlight.nouns import Noun, Provenance, fingerprint
from greenlight.progress import Bar

Role = Literal["system", "user", "assistant"]


class Turn(Noun):
    """What one side says. ``content`` is text as it stands: no marks of a template are read in it."""

    role: Role
    content: str


Turns = tuple[Turn, ...]


class Chat(Noun):
    """A conversation to learn from: what its assistant says is learned, ``learned`` of it alone where that is named."""

    id: str
    turns: Turns
    made: Provenance
    learned: tuple[int, ...] | None = None
    """Indices of the assistant's turns that are learned; None is all of them."""

    @model_validator(mode="after")
    def _alternates(self) -> Chat:
        if problem := misordered(self.turns, "assistant"):
            raise ValueError(problem)
        for index in self.learned or ():
            if not 0 <= index < len(self.turns) or self.turns[index].role != "assistant":
                raise ValueError(f"turn {index} is to be learned, and is none of the assistant's")
        return self

    @property
    def sha256(self) -> str:
        return fingerprint([turn.data() for turn in self.turns])


class Pair(Noun):
    """Two answers to one prompt, of which the first is preferred. The prompt is what the student is given: it has no
    constitution, also where the preferred answer was written with one (``chosen_made.system``)."""

    id: str
    prompt: Turns
    chosen: str
    rejected: str
    chosen_made: Provenance
    rejected_made: Provenance

    @model_validator(mode="after")
    def _alternates(self) -> Pair:
        if problem := misordered(self.prompt, "user"):
            raise ValueError(problem)
        if not self.chosen or not self.rejected:
            raise ValueError("a pair has two answers, and one of them is empty")
        return self


def misordered(turns: Sequence[Turn], last: Role) -> str:
    """What is wrong with the order of turns; empty where nothing is.

    One system turn at most and first, then user and assistant in turn, ended by ``last``.
    """
    rest = turns[1:] if turns and turns[0].role == "system" else turns
    if not rest:
        return "the conversation is empty"
    for number, turn in enumerate(rest):
        if turn.role != ("user", "assistant")[number % 2]:
            return f"turn {number + 1} is the {turn.role}'s, and should be the {('user', 'assistant')[number % 2]}'s"
    return "" if rest[-1].role == last else f"the last turn is the {rest[-1].role}'s, and should be the {last}'s"


@dataclass(frozen=True)
class Manner:
    """How an answer is drawn. ``max_new`` in tokens; temperature 0 takes the likeliest token.

    ``template`` names the chat template (empty: the speaker's own). ``thinking``: on, off, or as the template has it.
    ``opening`` is put after the template's generation prompt: the model goes on from there, and it is part of no
    answer. It exists to show what a harness does that opens ``<think>`` by itself.
    """

    max_new: int = 256
    temperature: float = 0.7
    top_p: float = 0.95
    template: str = ""
    thinking: bool | None = None
    opening: str = ""


@dataclass(frozen=True)
class Reply:
    """One answer. ``text`` is what a user sees; ``hidden`` is what came in a thinking channel.

    ``ids`` are the tokens as they were drawn, the end token included, and empty where a server tells none.
    """

    text: str
    finished: bool
    hidden: str = ""
    ids: tuple[int, ...] = ()
    usage: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""
    """Why there is no answer: a server that failed. Empty where there is one, also an empty one."""


class Speaker(Protocol):
    """Whoever answers."""

    @property
    def name(self) -> str:
        """As tables show it."""

    @property
    def fingerprint(self) -> str:
        """Of all that decides its answers beside the conversation, the seed and the manner."""

    @property
    def facts(self) -> dict[str, Any]:
        """``parameters``, ``template`` (its hash), ``server``, …: what a record says of it."""

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        """One answer to each conversation, which ends with a user's turn; they depend on no other in the batch.

        Never raises for one answer that fails (``Reply.error``). Raises VoiceError when nothing can be answered.
        """
