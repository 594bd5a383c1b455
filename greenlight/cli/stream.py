"""What a model writes, as it is shown: whole, or in a terminal token by token."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenlight.cli import show

if TYPE_CHECKING:
    from greenlight.gpt.player import ModelPlayer
    from greenlight.players import Sampling
    from greenlight.tokenizer import Tokenizer

OPEN_END = " …"
"""After a text that did not end by itself."""


class Stream:
    """What a text's tokens show so far. Tokens wait until no character of theirs is open; the rest comes at the end.

    All pieces together are ``decode`` of all tokens.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._waiting: list[int] = []

    def add(self, token: int) -> str:
        self._waiting.append(token)
        return self.end() if self._tokenizer.settled(self._waiting) else ""

    def end(self) -> str:
        text = self._tokenizer.decode(self._waiting)
        self._waiting = []
        return text


def told(player: ModelPlayer, start: str, ids: Sequence[int], seed: int, sampling: Sampling) -> None:
    """Continues one prompt, ``start`` in tokens, on stdout. An interrupt leaves what was drawn on a line of its own."""
    from greenlight.progress import SILENT

    stream = Stream(player.tokenizer)

    def write(text: str) -> None:
        sys.stdout.write(show.visible(text))
        sys.stdout.flush()

    write(start)
    try:
        with SILENT.bar("talk", 1, "texts") as bar:
            [said] = player.say([ids], [seed], sampling, bar, lambda _, token: write(stream.add(token)))
        write(stream.end() + ("" if said.finished else OPEN_END))
    finally:
        write("\n")


@dataclass(frozen=True)
class Talker:
    """``samples`` texts from each prompt: as data, whole, or, where one text goes to a terminal, as it is drawn."""

    player: ModelPlayer
    sampling: Sampling
    samples: int
    as_json: bool

    def say(self, start: str, seed: int) -> None:
        """Raises RecipeError when the prompt leaves no room in the context. Sample n has the seed ``seed + n``."""
        from greenlight.errors import RecipeError
        from greenlight.progress import SILENT

        tokenizer = self.player.tokenizer
        ids = [tokenizer.bos, *tokenizer.encode(start)]
        room = self.player.context - len(ids)
        if room <= 0:
            raise RecipeError(
                f"the prompt is {len(ids)} tokens long, and the model's context holds {self.player.context}: shorten it"
            )
        sampling = replace(self.sampling, max_new=min(self.sampling.max_new, room))
        if self.samples == 1 and not self.as_json and sys.stdout.isatty():
            told(self.player, start, ids, seed, sampling)
            return
        with SILENT.bar("talk", self.samples, "texts") as bar:
            said = self.player.say([ids] * self.samples, list(range(seed, seed + self.samples)), sampling, bar)
        texts = [(tokenizer.decode(list(one.ids)), one.finished) for one in said]
        data = [{"prompt": start, "text": text, "finished": finished} for text, finished in texts]
        shown = (show.visible(start + text) + ("" if finished else OPEN_END) for text, finished in texts)
        show.answer(data, self.as_json, "\n\n".join(shown))
