"""A model plays: whatever answers (``say``) and scores text (``nats``) can be measured, and can be a voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from greenlight.progress import Bar
from greenlight.tokenizer import Tokenizer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """How documents are drawn from a model. ``max_new`` in tokens; 0 and 1.0 switch top_k and top_p off."""

    max_new: int
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0


@dataclass(frozen=True)
class Said:
    """One generated document: its tokens without specials, and whether it ended by itself."""

    ids: tuple[int, ...]
    finished: bool


class Player(Protocol):
    """An opened model."""

    tokenizer: Tokenizer
    context: int
    facts: dict[str, Any]
    """Said in every score: ``precision`` in effect, ``device``, ``parameters``, ``batch`` (rows of a forward pass)."""

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        """Negative log-likelihood in nats of each target given the inputs up to its place; 0 where target is −1.

        T is at most ``context``. Any number of rows; the player batches them.
        """

    def say(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], sampling: Sampling, bar: Bar) -> list[Said]:
        """Continues each prompt (token ids, beginning with the document-start token) until the document ends.

        The result of a sample depends on its prompt and seed alone, not on the batch it ran in.
        """
