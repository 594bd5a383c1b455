"""The optimisers: Muon for the hidden matrices, AdamW for embeddings, norms and biases; and the learning rate.

Muon (Jordan et al. 2024; the formula and defaults of ``torch.optim.Muon``): the momentum of a matrix is brought near
the closest orthogonal one by Newton–Schulz steps before it is taken. Here matrices of equal shape are stacked, so one
step is a few batched products instead of five times three for every matrix; ``tests/test_gpt_fit.py`` holds it against
``torch.optim.Muon``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from greenlight.gpt.model import Decoder
from greenlight.recipe import Train

NS_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
NS_STEPS = 5
MOMENTUM = 0.95
ADAM = {"betas": (0.9, 0.95), "eps": 1e-8}


def orthogonal(stack_NAB: Tensor, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    """Each matrix of ``(N, A, B)`` with its singular values brought near 1, by ``NS_STEPS`` Newton–Schulz steps."""
    a, b, c = NS_COEFFICIENTS
    x = stack_NAB.to(dtype)
    tall = x.shape[1] > x.shape[2]
    x = x.mT.contiguous() if tall else x
    x = x / torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True).clamp_min(1e-7)
    for _ in range(NS_STEPS):
        gram = torch.bmm(x, x.mT)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


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
    def step(self, grad: Tensor, lr: float) -> None:
        self.momentum.lerp_(grad, 1 - MOMENTUM)
        update = grad.lerp(self.momentum, MOMENTUM)  # Nesterov
        for shape, views in self._stacks(update).items():
            stacked = torch.cat([view.mT if turned else view for view, turned in views]) if len(views) > 1 else None
            first, first_turned = views[0]
            whole = orthogonal((first.mT if first_turned else first) if stacked is None else stacked, self.dtype)
            for (view, turned), part in zip(views, whole.split([len(v) for v, _ in views]), strict=True):
                rows, columns = view.shape[1:]
                view.copy_(part.mT if turned else part).mul_(math.sqrt(max(1.0, rows / columns)))
            assert whole.shape[1:] == shape
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
        shapes = [shape for piece in model.plan["matrices"] for _, shape in piece.rows]
        self.muon = Muon(model.matrices.data, [(a, b) for a, b in shapes], train.weight_decay, model.dtype) if train.muon_lr else None
        groups: list[dict[str, Any]] = [
            {"params": [model.tables], "weight_decay": train.weight_decay},
            {"params": [model.gains], "weight_decay": 0.0},
        ]
        if self.muon is None:
            groups.append({"params": [model.matrices], "weight_decay": train.weight_decay})
        self.adam = torch.optim.AdamW(groups, lr=train.lr, fused=True, **ADAM)

    def step(self, share: float) -> Tensor:
        """One step at ``share`` of the full rates; the gradients are used up. Returns their norm before the clip."""
        grads = [p.grad for p in self.model.parameters() if p.grad is not None]
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
        scale = (self.train.clip / (norm + 1e-6)).clamp_max(1.0)
        for grad in grads:
            grad.mul_(scale)
        for group in self.adam.param_groups:
            group["lr"] = self.train.lr * share
        if self.muon is not None and self.model.matrices.grad is not None:
            self.muon.step(self.model.matrices.grad, self.train.muon_lr * share)
            self.model.matrices.grad = None
        self.adam.step()
        for parameter in self.model.parameters():
            parameter.grad = None
        return norm

    def state(self) -> dict[str, Tensor]:
        """All that a resumed run needs, by name."""
        out = {name: tensor for name, tensor in self._adam_state()}
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
        return next(name for name, own in self.model.named_parameters() if own is parameter)


def rate(step: int, steps: int, train: Train) -> float:
    """The share of the full learning rate at ``step`` (from 0): up over ``warmup``, level, to zero over ``decay``.

    Linear both ways; a warm-up longer than the run is cut to it. The step after the last one would have rate zero.
    """
    up = min(train.warmup, steps)
    rise = (step + 1) / (up + 1) if step < up else 1.0
    last = train.decay * steps
    fall = (steps - step) / last if last > 0 else 1.0
    return min(rise, 1.0, fall)
