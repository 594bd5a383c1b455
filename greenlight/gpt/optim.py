"""The optimisers: Muon for the hidden matrices, AdamW for embeddings, norms and biases; and the learning rate.

Muon (Jordan et al. 2024; the formula and defaults of ``torch.optim.Muon``): the momentum of a matrix is brought near
the closest orthogonal one by Newton–Schulz steps before it is taken. Here matrices of equal shape are stacked, so one
step is a few batched products instead of five times three for every matrix; ``tests/test_gpt_fit.py`` holds it against
``torch.optim.Muon``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from greenlight.gpt.machine import Team
from greenlight.gpt.model import Decoder
from greenlight.recipe import Train

NS_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
NS_STEPS = 5
MOMENTUM, FIRST_MOMENTUM, RISE = 0.95, 0.85, 300
"""Muon's momentum rises over its first steps, as in Jordan's speed runs; short runs gain most by it."""
Grads = Sequence[Tensor]
BETAS = (0.9, 0.99)


def orthogonal(stack_NAB: Tensor, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    """Each matrix of ``(N, A, B)``, A ≤ B, with its singular values brought near 1, by Newton–Schulz steps."""
    a, b, c = NS_COEFFICIENTS
    x = stack_NAB.to(dtype)
    x = x / torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True).clamp_min(1e-7)
    for _ in range(NS_STEPS):
        gram = torch.bmm(x, x.mT)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class Muon:
    """Over one flat vector of matrices. ``shapes`` are their sizes, in order.

    The rate of a matrix of A rows and B columns is ``lr * sqrt(max(1, A / B))``, PyTorch's ``original``.
    """

    def __init__(self, flat: Tensor, shapes: list[tuple[int, int]], weight_decay: float, dtype: torch.dtype) -> None:
        self.flat, self.weight_decay, self.dtype = flat, weight_decay, dtype
        self.momentum = torch.zeros_like(flat)
        self.runs: list[tuple[int, int, int, int]] = []  # start, matrices, rows, columns: equal neighbours are one run
        start = 0
        for (rows, columns), same in groupby(shapes):
            count = len(list(same))
            self.runs.append((start, count, rows, columns))
            start += count * rows * columns

    @torch.no_grad()
    def step(self, grad: Tensor, lr: float, momentum: float, team: Team) -> None:
        """Takes one step; ``grad`` is used up."""
        self.momentum.lerp_(grad, 1 - momentum)
        update = grad.lerp_(self.momentum, momentum)  # Nesterov
        stacks = list(self._stacks(update).values())
        wholes = [torch.cat([view.mT if turned else view for view, turned in views]) for views in stacks]
        parts = [
            (n, part) for n, whole in enumerate(wholes) for part in whole.tensor_split(min(team.workers, len(whole)))
        ]
        made = team.map(lambda part: orthogonal(part[1], self.dtype), parts)
        for n, views in enumerate(stacks):
            whole = torch.cat([part for (of, _), part in zip(parts, made, strict=True) if of == n])
            lengths = [len(view) for view, _ in views]
            for (view, turned), part in zip(views, whole.split_with_sizes(lengths), strict=True):
                adjusted = math.sqrt(max(1.0, view.shape[1] / view.shape[2]))
                view.copy_(part.mT if turned else part).mul_(adjusted)
        self.flat.mul_(1 - lr * self.weight_decay).sub_(update, alpha=lr)

    def _stacks(self, flat: Tensor) -> dict[tuple[int, int], list[tuple[Tensor, bool]]]:
        """The runs of one shape together, lying matrices as they are and standing ones marked as turned."""
        stacks: dict[tuple[int, int], list[tuple[Tensor, bool]]] = {}
        for start, count, rows, columns in self.runs:
            view = flat[start : start + count * rows * columns].view(count, rows, columns)
            stacks.setdefault((min(rows, columns), max(rows, columns)), []).append((view, rows > columns))
        return stacks


class Optimiser:
    """Muon and AdamW over a model's three vectors, with one gradient clip over all of them."""

    def __init__(self, model: Decoder, train: Train) -> None:
        self.model, self.train = model, train
        self.muon: Muon | None = None
        groups: list[dict[str, Any]] = [
            {"params": [model.tables], "weight_decay": train.weight_decay},
            {"params": [model.gains], "weight_decay": 0.0},
        ]
        if train.muon_lr:
            shapes = [(rows, columns) for piece in model.plan["matrices"] for _, (rows, columns) in piece.rows]
            self.muon = Muon(model.matrices.data, shapes, train.weight_decay, model.dtype)
        else:
            groups.append({"params": [model.matrices], "weight_decay": train.weight_decay})
        self.adam = torch.optim.AdamW(groups, lr=train.lr, fused=True, betas=BETAS)

    @torch.no_grad()
    def step(self, grads: Grads, step: int, share: float, team: Team) -> None:
        """Step number ``step`` (from 0) at ``share`` of the full rates. ``grads`` are those of the model's parameters, and are used up."""
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]))
        scale = (self.train.clip / (norm + 1e-6)).clamp_max(1.0)
        for parameter, grad in zip(self.model.parameters(), grads, strict=True):
            grad.mul_(scale)
            if self.muon is not None and parameter is self.model.matrices:
                self.muon.step(grad, self.train.muon_lr * share, momentum(step), team)
            else:
                parameter.grad = grad
        for group in self.adam.param_groups:
            group["lr"] = self.train.lr * share
        self.adam.step()
        for parameter in self.model.parameters():
            parameter.grad = None

    def state(self) -> dict[str, Tensor]:
        """All that a resumed run needs, by name."""
        out = dict(self._adam_state())
        if self.muon is not None:
            out["muon.momentum"] = self.muon.momentum
        return out

    def load(self, state: dict[str, Tensor]) -> None:
        """Puts back what ``state`` gave."""
        if self.muon is not None:
            self.muon.momentum.copy_(state["muon.momentum"])
        for group in self.adam.param_groups:
            for parameter in group["params"]:
                name = self._name(parameter)
                keys = ("step", "exp_avg", "exp_avg_sq")
                found = {key: state[f"adam.{name}.{key}"] for key in keys}
                self.adam.state[parameter] = {k: v if k == "step" else v.to(parameter.device) for k, v in found.items()}

    def _adam_state(self) -> Iterator[tuple[str, Tensor]]:
        for group in self.adam.param_groups:
            for parameter in group["params"]:
                for key, value in self.adam.state[parameter].items():
                    yield f"adam.{self._name(parameter)}.{key}", value

    def _name(self, parameter: Tensor) -> str:
        return {id(own): name for name, own in self.model.named_parameters()}[id(parameter)]


def momentum(step: int) -> float:
    """Muon's momentum at ``step`` (from 0)."""
    return FIRST_MOMENTUM + (MOMENTUM - FIRST_MOMENTUM) * min(1.0, step / RISE)


def rate(step: int, steps: int, train: Train) -> float:
    """The share of the full learning rate at ``step`` (from 0): up over ``warmup``, level, to zero over ``decay``.

    Linear both ways; a warm-up longer than the run is cut to it. The step after the last one would have rate zero.
    """
    up = min(train.warmup, steps)
    rise = (step + 1) / (up + 1) if step < up else 1.0
    last = train.decay * steps
    fall = (steps - step) / last if last > 0 else 1.0
    return min(rise, 1.0, fall)
