"""The likelihood of texts under any model that gives logits: passes of one shape, divided among the cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from greenlight.errors import InputError
from greenlight.gpt import machine
from greenlight.players import Floats, Ints

Logits = Callable[[Tensor], Tensor]
"""Token ids ``(B, T)`` to logits ``(B, T, V)`` of any floating type; place t sees nothing after t."""
PLACES = {"cpu": 2048}
ELSEWHERE = 16384
"""Places of one pass. On a CPU the passes are as small as the products allow, so that what lies between them stays in
the cache: at 10.7 M parameters 2,048 places take 15 % less processor time than 16,384."""
NUMBERS = 2**29
"""Logits of one pass; a large vocabulary takes fewer rows, one at least."""


@dataclass(frozen=True)
class Passes:
    """What a model can take, and where it runs: ``workers`` passes at a time, each on one core.

    Without ``workers`` passes go one after the other, on all of PyTorch's threads.
    """

    vocab: int
    context: int
    device: torch.device
    threads: int | None = None
    workers: bool = True

    def rows(self, length: int) -> int:
        """Rows of a pass of so many places each: of the length alone, so that no result depends on its company."""
        places = PLACES.get(self.device.type, ELSEWHERE)
        return max(1, min(places // length, NUMBERS // (self.vocab * length)), -(-16 // length))


def nats(logits: Logits, passes: Passes, inputs_BT: Ints, targets_BT: Ints) -> Floats:
    """Negative log-likelihood in nats of each target given the inputs up to its place; 0 where target is −1.

    Raises InputError when the rows are longer than the context, hold a token that the model does not have, or do not
    fit into memory.
    """
    rows, length = inputs_BT.shape
    vocab, device = passes.vocab, passes.device
    if length > passes.context:
        raise InputError(f"rows of {length} tokens do not fit the model's context of {passes.context}: cut them")
    if rows and (max(inputs_BT.max(), targets_BT.max()) >= vocab or inputs_BT.min() < 0 or targets_BT.min() < -1):
        raise InputError(f"the text holds tokens outside the model's {vocab}: it was encoded by another tokenizer")
    out = np.zeros((rows, length), dtype=np.float64)
    if not out.size:
        return out
    batch = passes.rows(length)

    @torch.no_grad()
    def work(first: int) -> None:
        count = min(batch, rows - first)
        inputs = np.zeros((batch, length), dtype=np.int64)
        targets = np.full((batch, length), -1, dtype=np.int64)
        inputs[:count], targets[:count] = inputs_BT[first : first + count], targets_BT[first : first + count]
        found = logits(torch.from_numpy(inputs).to(device)).flatten(0, 1).float()
        wanted = torch.from_numpy(targets).flatten().to(device)
        each = F.cross_entropy(found, wanted, ignore_index=-1, reduction="none")
        out[first : first + count] = each.view(batch, length)[:count].cpu().double().numpy()

    firsts = range(0, rows, batch)
    try:
        if passes.workers:
            with machine.team(device, passes.threads) as team:
                team.map(work, firsts)
        else:
            with machine.threads(passes.threads):
                for first in firsts:
                    work(first)
    except (RuntimeError, MemoryError) as error:
        if not machine.is_out_of_memory(error):
            raise
        raise InputError(
            f"out of memory with {batch} × {length} tokens at a time: score with a smaller --context"
        ) from None
    return out
