"""``torch.compile``, where it pays: the loss of a piece of a batch as one compiled function, forward and backward.

The rule is a function of the recipe, so that two runs of it give the same bits: a run is compiled when what it is
expected to save is twice what compiling costs. ``docs/trainer.md`` has the measurements that the constants come from.
"""

from __future__ import annotations

import math
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from greenlight.errors import RecipeError
from greenlight.gpt import ops
from greenlight.gpt.model import Decoder
from greenlight.recipe import Train

COST = 45.0
"""Seconds that compiling takes, without a cache."""
GAIN = {("cpu", torch.float32): 1.15, ("cuda", torch.bfloat16): 1.3, ("cuda", torch.float32): 1.3}
"""Eager seconds over compiled ones; where nothing is stated, none: bf16 on a CPU is as fast without. CUDA: untested."""
SPEED = {"cpu": 4e10, "cuda": 5e13}
"""FLOP/s of the eager loop, of a core and of a GPU, at the fast end: a run is rather left as it is."""
WORTH = 2.0

Loss = Callable[[Tensor, Tensor, ops.Mask | None, ops.Dropout | None], Tensor]


def saved_seconds(seconds: float, device: str, dtype: torch.dtype) -> float:
    """What a run of so many eager seconds is expected to save by being compiled, compiling not counted."""
    return seconds * (1 - 1 / GAIN.get((device, dtype), 1.0))


def eager_seconds(flops: float, train: Train, device: str, workers: int) -> float:
    """What a run of so many FLOPs takes at the least, by ``SPEED``; no more than its budget of time."""
    most = math.inf if train.max_minutes is None else 60 * train.max_minutes
    return min(most, flops / (SPEED.get(device, math.inf) * workers))


def wanted(train: Train, model: Decoder, flops: float, workers: int) -> bool:
    """Whether a run is compiled. With ``auto``: where it pays, there is a compiler, and nothing is dropped by chance.

    Raises RecipeError where ``train.compile = 'on'`` cannot be.
    """
    device = model.matrices.device.type
    if train.compile == "off":
        return False
    lacks = ""
    if model.arch.dropout:
        lacks = "dropout, whose generators a compiled function cannot use: set model.dropout = 0"
    elif device == "cpu" and not any(map(shutil.which, ("g++", "clang++", "c++"))):
        lacks = "a machine without a C++ compiler: install g++"
    if train.compile == "on" and lacks:
        raise RecipeError(f"train.compile = 'on' does not go with {lacks}, or leave it to 'auto'")
    saved = saved_seconds(eager_seconds(flops, train, device, workers), device, model.dtype)
    return not lacks and (train.compile == "on" or saved > WORTH * COST)


@dataclass
class Compiled:
    """A model's loss; pieces of the first one's shape go through the compiled function, others through the model's."""

    model: Decoder
    run: Any = None
    shape: torch.Size | None = None

    def loss(
        self, ids_BT: Tensor, targets_BT: Tensor, mask: ops.Mask | None = None, drop: ops.Dropout | None = None
    ) -> Tensor:
        """As ``Decoder.loss``."""
        if self.run is None or ids_BT.shape != self.shape:
            return self.model.loss(ids_BT, targets_BT, mask, drop)
        out: Tensor = self.run(ids_BT, targets_BT, mask or ops.causal(ids_BT.shape[1], self.model.dtype, ids_BT.device))
        return out


def compiled(model: Decoder, rows: int, documents: bool) -> Compiled:
    """Compiles the loss of pieces of ``rows`` rows, before workers share it: compiling is not for several threads."""
    shape = torch.Size((rows, model.arch.context))
    device = model.matrices.device
    ids = torch.zeros(shape, dtype=torch.int64, device=device)
    mask = ops.documents(ids, model.dtype) if documents else ops.causal(shape[1], model.dtype, device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the compiler's own parts
        run = torch.compile(lambda ids, targets, mask: model.loss(ids, targets, mask), dynamic=False)
        torch.autograd.grad(run(ids, ids.clone(), mask), list(model.parameters()))
    return Compiled(model, run, shape)
