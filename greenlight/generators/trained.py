"""A round's model as a voice: what one corpus taught writes the next one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from greenlight.errors import RecipeError, RoundError
from greenlight.nouns import Answer, Draw
from greenlight.players import Player, Sampling
from greenlight.progress import SILENT
from greenlight.recipe import Brief

if TYPE_CHECKING:
    from greenlight.store import Store


@dataclass(frozen=True)
class Generator:
    """The model of ``round``, trained with ``seed`` (0: the round's first), given the control line of this brief.

    ``model`` is filled in when the recipe is read: which model that was. ``temperature``, ``top_k``, ``top_p`` and
    ``min_p`` are how it is sampled; 0, 1 and 0 switch the last three off.
    """

    round: Annotated[int, Field(ge=1)] = 1
    seed: Annotated[int, Field(ge=0)] = 0
    model: str = ""
    temperature: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    top_k: Annotated[int, Field(ge=0)] = 0
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    min_p: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0

    def at(self, store: Store) -> Opened:
        """The voice with its model. Raises RecipeError where the round has none, RoundError where it is gone."""
        if not self.model:
            raise RecipeError(f"a voice is the model of round {self.round}, which has not been run: run it first")
        folder = store.folder / self.model
        if not folder.is_dir():
            raise RoundError(f"the model of round {self.round} is not in the store: run that round again")
        return Opened(self, folder)

    def prompt_of(self, draw: Draw, brief: Brief) -> str:
        """What the model is given: the control line that it was trained with."""
        return brief.control_line(draw.topic, draw.level)

    def say(self, draw: Draw, brief: Brief) -> Answer:
        """Never: a model is in a study's store, and ``at`` takes it from there."""
        raise RecipeError(f"the voice '{draw.voice}' is a model of a study: it speaks in that study's rounds alone")

    def truth(self, brief: Brief) -> None:
        """Nothing is known about a model before it is measured."""
        return


@dataclass(frozen=True)
class Opened:
    """A model that answers, many at a time."""

    options: Generator
    folder: Path

    def say(self, draw: Draw, brief: Brief) -> Answer:
        return self.say_all([draw], brief)[0]

    def say_all(self, draws: list[Draw], brief: Brief) -> list[Answer]:
        """One document each; what a draw gives does not depend on the others. Raises RoundError for a control line that
        fills the context."""
        player, begun, how = _player(self.folder), time.perf_counter(), self.options
        ids = [[player.tokenizer.bos, *player.tokenizer.encode(self.prompt_of(draw, brief))] for draw in draws]
        longest = max(map(len, ids))
        if longest >= player.context:
            raise RoundError(f"a control line is {longest} tokens long, and {how.model} holds {player.context}")
        room = Sampling(player.context - longest, how.temperature, how.top_k, how.top_p, how.min_p)
        with SILENT.bar("say", len(ids), "documents") as bar:
            said = player.say(ids, [draw.seed for draw in draws], room, bar)
        seconds = (time.perf_counter() - begun) / len(draws)
        settings = {"temperature": how.temperature, "top_k": how.top_k, "top_p": how.top_p, "min_p": how.min_p}
        return [
            Answer(
                text=player.tokenizer.decode(one.ids),
                finish_reason="stop" if one.finished else "length",
                model=how.model,
                params={**settings, "seed": draw.seed},
                usage={"prompt_tokens": len(given), "completion_tokens": len(one.ids)},
                latency_ms=round(1000 * seconds, 1),
            )
            for draw, given, one in zip(draws, ids, said, strict=True)
        ]

    def prompt_of(self, draw: Draw, brief: Brief) -> str:
        return self.options.prompt_of(draw, brief)

    def truth(self, brief: Brief) -> Any:
        return self.options.truth(brief)


@lru_cache(maxsize=4)
def _player(folder: Path) -> Player:
    from greenlight.gpt.player import open_player

    return open_player(folder)
