"""The optimisers: Muon for the hidden matrices, AdamW for embeddings, norms and biases; and the learning rate.

Muon (Jordan et al. 2024; the formula and defaults of ``torch.optim.Muon``): the momentum of a matrix is brought near
the closest orthogonal one by Newton–Schulz steps before it is taken. Here matrices of equal shape are stacked, so one
step is a few batched products instead of five times three for every matrix; ``tests/test_gpt_fit.py`` holds it against
``torch.optim.Muon``.
"""

from __future__ import annotations

import math
from itertools import groupby

import torch
from torch import Tensor

from greenlight.gpt.machine import Team
from greenlight.gpt.model import Decoder
from greenlight.recipe import Train

NS_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
NS_STEPS = 5
PARTS = 2
"""Parts of a stack that workers take one each; a constant, so that their number reaches no bit."""
MOMENTUM, FIRST_MOMENTUM, RISE = 0.95, 0.85, 300
"""Muon's momentum rises over its first steps, as in Jordan's speed runs; short runs gain most by it."""
BETAS, EPS = (0.9, 0.99), 1e-8
PART = 262_144
"""Numbers of a long vector at a time: a formula's passes over them find them in a core's cache."""


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
        parts = [(n, part) for n, whole in enumerate(wholes) for part in whole.tensor_split(min(PARTS, len(whole)))]
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


def divided(*flats: Tensor) -> list[tuple[Tensor, ...]]:
    """Flat vectors of one length in ``PART`` numbers at a time, on a CPU; elsewhere as they are."""
    size = PART if flats[0].device.type == "cpu" else flats[0].numel()
    return list(zip(*(torch.split(flat, size) for flat in flats), strict=True))


class AdamW:
    """Over one flat vector, by the formula of ``torch.optim.AdamW`` (Loshchilov and Hutter 2019).

    PyTorch's own class takes a second to make, because it brings the compiler in.
    """

    def __init__(self, flat: Tensor, weight_decay: float) -> None:
        self.flat, self.weight_decay = flat, weight_decay
        self.mean, self.square = torch.zeros_like(flat), torch.zeros_like(flat)

    def step(self, grad: Tensor, scale: Tensor, lr: float, step: int, team: Team) -> None:
        """Takes step number ``step`` (from 0) by ``scale * grad``."""
        slow, slower = BETAS
        up, rate = (1 - slower ** (step + 1)) ** -0.5, -lr / (1 - slow ** (step + 1))

        @torch.no_grad()
        def part(of: tuple[Tensor, ...]) -> None:
            flat, mean, square, new = of
            new = new * scale
            mean.lerp_(new, 1 - slow)
            square.lerp_(new.square(), 1 - slower)
            root = square.sqrt().mul_(up).add_(EPS)
            flat.mul_(1 - lr * self.weight_decay).addcdiv_(mean, root, value=rate)

        team.map(part, divided(self.flat, self.mean, self.square, grad))


class Optimiser:
    """Muon for a model's matrices, AdamW for its tables and gains, and one gradient clip over all of them.

    With ``train.muon_lr = 0`` the matrices are AdamW's too. Gains (norms and biases) are not decayed. With
    ``train.ema`` it keeps an exponential moving average of the weights beside them.
    """

    def __init__(self, model: Decoder, train: Train) -> None:
        self.train, self.model = train, model
        self.average: Decoder | None = None
        if train.ema is not None:
            self.average = Decoder(model.arch, dtype=model.dtype).to(model.matrices.device)
            self.average.load(model.weights())
        self.muon: Muon | None = None
        self.adam: dict[str, AdamW] = {}
        for name, parameter in model.named_parameters():
            if name == "matrices" and train.muon_lr:
                shapes = [(rows, columns) for piece in model.plan[name] for _, (rows, columns) in piece.rows]
                self.muon = Muon(parameter.data, shapes, train.weight_decay, model.dtype)
            else:
                self.adam[name] = AdamW(parameter.data, 0.0 if name == "gains" else train.weight_decay)

    @torch.no_grad()
    def step(self, grads: dict[str, Tensor], step: int, share: float, team: Team) -> None:
        """Takes step number ``step`` (from 0) at ``share`` of the full rates. ``grads``, by name, are used up."""
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in grads.values()]))
        scale = (self.train.clip / (norm + 1e-6)).clamp_max(1.0)
        for name, grad in grads.items():
            if name in self.adam:
                self.adam[name].step(grad, scale, self.train.lr * share, step, team)
            elif self.muon is not None:
                self.muon.step(grad.mul_(scale), self.train.muon_lr * share, momentum(step), team)

        if self.average is not None and self.train.ema is not None:
            # while few steps are taken a short memory: the first weights are no part of what was learned
            keep = min(self.train.ema, (step + 1) / (step + 10))
            for mean, parameter in zip(self.average.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(parameter, 1 - keep)

    def averaged(self) -> Decoder:
        """The model with the averaged weights; without ``train.ema`` the model itself."""
        return self.model if self.average is None else self.average

    def state(self) -> dict[str, Tensor]:
        """All that a resumed run needs beside its step; the tensors themselves, so writing to one restores it."""
        out: dict[str, Tensor] = {}
        if self.average is not None:
            out |= {f"average.{name}": mean.detach() for name, mean in self.average.named_parameters()}
        out |= {f"adam.{name}.mean": adam.mean for name, adam in self.adam.items()}
        out |= {f"adam.{name}.square": adam.square for name, adam in self.adam.items()}
        return out if self.muon is None else out | {"muon.momentum": self.muon.momentum}


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
