"""A model plays: whatever answers (``say``) and scores text (``nats``) can be measured, and can be a voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from greenlight.progress import Bar

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Heard = Callable[[int, int], None]
"""Is told each drawn token, as the number of its sample and its id, as soon as it is drawn."""


def unheard(sample: int, token: int) -> None:
    """Where nobody listens."""


@dataclass(frozen=True)
class Sampling:
    """How documents are drawn from a model. ``max_new`` in tokens; 0, 1.0 and 0 switch top_k, top_p and min_p off."""

    max_new: int
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0


@dataclass(frozen=True)
class Said:
    """One generated document: its tokens without specials, and whether it ended by itself."""

    ids: tuple[int, ...]
    finished: bool


class Spelling(Protocol):
    """A tokenizer as a player shows it; ``tokenizer.Tokenizer`` is one."""

    bos: int
    """What a document begins with."""

    def encode(self, text: str) -> list[int]:
        """Token ids of the text as it stands, without specials."""

    def encode_with_offsets(self, text: str) -> tuple[list[int], list[int]]:
        """Ids, and for each the index of the character of ``text`` in which it starts."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the tokens, without specials. Differs from what was encoded where that cannot be written."""


class Scorer(Protocol):
    """An opened model that scores text."""

    facts: dict[str, Any]
    """Said in every score: ``precision`` in effect, ``device``, ``parameters``, ``batch`` (rows of a forward pass)."""

    @property
    def tokenizer(self) -> Spelling:
        """Its own."""

    @property
    def context(self) -> int:
        """The most tokens that it sees."""

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        """Negative log-likelihood in nats of each target given the inputs up to its place; 0 where target is −1.

        T is at most ``context``. Any number of rows; the player batches them.
        """


class Player(Scorer, Protocol):
    """An opened model that scores, and writes."""

    def say(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], sampling: Sampling, bar: Bar) -> list[Said]:
        """Continues each prompt (token ids, beginning with the document-start token) until the document ends.

        The result of a sample depends on its prompt and seed alone, not on the batch it ran in.
        """
