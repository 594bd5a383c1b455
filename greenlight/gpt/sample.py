"""Sampling whole documents, many at a time, so that a document depends on its prompt and its seed alone.

Rows are independent of each other in every operation, but the bits of a matrix product depend on its shape. So the
shape never changes: every step runs all ``rows`` rows over the whole ``context`` of the cache, in fp32, with idle rows
where there is nothing to do. A row that has ended takes the next prompt at once. Randomness is one uniform number a
token, from the sample's own seed.

Shapes: R rows, C width, V vocabulary, H query heads, K key heads, D head size, T context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from greenlight.errors import InputError
from greenlight.gpt import ops
from greenlight.gpt.model import Decoder
from greenlight.players import Said, Sampling
from greenlight.progress import Bar

LEAST_ROWS = 16
"""Fewer rows go through other matrix kernels, in which the bits of a row may depend on its place."""


@dataclass
class _Row:
    """One sample on its way: ``ids`` begin with the prompt."""

    index: int
    ids: list[int]
    prompt: int
    uniforms: NDArray[np.float64]
    place: int = 0  # of the token that is fed next

    @property
    def new(self) -> int:
        return len(self.ids) - self.prompt

    def uniform(self) -> float:
        return float(self.uniforms[self.new])


class Cache:
    """Keys and values of all rows, and one step of the decoder on them."""

    def __init__(self, model: Decoder, rows: int) -> None:
        arch = model.arch
        self.model, self.rows = model, rows
        self.weight = model.pieces()
        device = model.matrices.device
        shape = (arch.layers, 2, arch.kv_heads, rows, arch.context, arch.head_dim)
        self.kv = torch.zeros(shape, dtype=model.dtype, device=device)
        self.row = torch.arange(rows, device=device)
        self.place = torch.arange(arch.context, device=device)

    def step(self, ids_R: Tensor, places_R: Tensor) -> Tensor:
        """Logits ``(R, V)`` in fp32 after one token for every row, each at its own place of the context."""
        model, arch = self.model, self.model.arch
        bias = torch.where(self.place <= places_R[:, None], 0.0, float("-inf"))[:, None].to(model.dtype)  # R 1 T
        rope = (model.cos[places_R][:, None], model.sin[places_R][:, None]) if arch.position == "rope" else None
        x_R1C = model.embed(ids_R[:, None], places_R[:, None], self.weight)
        for layer in range(arch.layers):
            q_HR1D, k, v = ops.split_heads(*model.qkv(x_R1C, layer, self.weight), rope, model.form)
            keys, values = self.kv[layer]
            keys[:, self.row, places_R] = k[:, :, 0]
            values[:, self.row, places_R] = v[:, :, 0]
            x_R1C = x_R1C + model.project(self._attend(q_HR1D, keys, values, bias), layer, self.weight)
            x_R1C = x_R1C + model.mlp(x_R1C, layer, self.weight)
        return model.head(x_R1C, self.weight)[:, 0].float()

    def _attend(self, q_HR1D: Tensor, keys_KRTD: Tensor, values_KRTD: Tensor, bias_R1T: Tensor) -> Tensor:
        heads, rows, _, size = q_HR1D.shape
        groups = keys_KRTD.shape[0]
        # query heads that share keys become the places of one small matrix
        q = q_HR1D.view(groups, heads // groups, rows, size).transpose(1, 2).flatten(0, 1)
        score = torch.bmm(q, keys_KRTD.flatten(0, 1).mT).view(groups, rows, heads // groups, -1)
        share = torch.add(bias_R1T, score, alpha=size**-0.5).softmax(-1)
        out = torch.bmm(share.flatten(0, 1), values_KRTD.flatten(0, 1)).view(groups, rows, heads // groups, size)
        return out.permute(1, 0, 2, 3).reshape(rows, 1, heads * size)


@dataclass(frozen=True)
class Sampler:
    """``start`` and ``end`` are the document-start token, which is never drawn, and the document-end token."""

    model: Decoder
    rows: int
    start: int
    end: int

    @torch.no_grad()
    def say(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], sampling: Sampling, bar: Bar) -> list[Said]:
        """Continues each prompt until its document ends, the context is full, or ``max_new`` tokens are written.

        Raises InputError when a prompt is empty or leaves no room in the context.
        """
        waiting = self._waiting(prompts, seeds, sampling.max_new)
        cache = Cache(self.model, self.rows)
        device = self.model.matrices.device
        done: dict[int, Said] = {}
        active: list[_Row | None] = [None] * self.rows
        while len(done) < len(prompts):
            active = [row or (waiting.pop() if waiting else None) for row in active]
            fed = [(row.ids[row.place], row.place) if row else (0, 0) for row in active]
            logits = cache.step(*torch.tensor(fed, device=device).unbind(1))
            drawing = [row is not None and row.place == len(row.ids) - 1 for row in active]
            drawn: list[int] = []
            if any(drawing):
                uniform = [row.uniform() if row and now else 0.5 for row, now in zip(active, drawing, strict=True)]
                drawn = draw(logits, torch.tensor(uniform, device=device), sampling, self.start).tolist()
            for slot, row in enumerate(active):
                if row is None:
                    continue
                row.place += 1
                if not drawing[slot]:  # still reading its prompt
                    continue
                finished = drawn[slot] == self.end
                if not finished:
                    row.ids.append(drawn[slot])
                if finished or row.new == sampling.max_new or row.place == self.model.arch.context:
                    done[row.index] = Said(tuple(row.ids[row.prompt :]), finished)
                    active[slot] = None
                    bar.advance(1)
        return [done[index] for index in range(len(prompts))]

    def _waiting(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], max_new: int) -> list[_Row]:
        """The samples, last one first."""
        context = self.model.arch.context
        rows: list[_Row] = []
        for index, (prompt, seed) in enumerate(zip(prompts, seeds, strict=True)):
            if not 0 < len(prompt) < context:
                raise InputError(
                    f"prompt {index + 1} has {len(prompt)} tokens; the model's context of {context} needs one or more, "
                    f"and room for what follows: shorten the prompt"
                )
            uniforms = np.random.default_rng(seed % 2**64).random(max_new)
            rows.append(_Row(index, list(prompt), len(prompt), uniforms))
        return rows[::-1]


def draw(logits_RV: Tensor, uniform_R: Tensor, sampling: Sampling, never: int) -> Tensor:
    """A token for each row, by the inverse of the cumulative distribution; temperature 0 takes the likeliest.

    ``top_p`` keeps the smallest set of likeliest tokens that reaches it (Holtzman et al. 2020), after ``top_k``.
    """
    logits = logits_RV.clone() if logits_RV.device.type == "mps" else logits_RV.double()  # mps has no fp64
    logits[:, never] = float("-inf")
    if sampling.temperature == 0:
        return logits.argmax(-1)
    share = (logits / sampling.temperature).softmax(-1)
    if not (sampling.top_k or sampling.top_p < 1):
        return _inverse(share, uniform_R)
    ordered, token = share.sort(dim=-1, descending=True, stable=True)
    if sampling.top_k:
        ordered[:, sampling.top_k :] = 0.0
        ordered = ordered / ordered.sum(-1, keepdim=True)
    if sampling.top_p < 1:
        before = ordered.cumsum(-1) - ordered
        ordered[before >= sampling.top_p] = 0.0  # the first token has nothing before it, and always stays
    return token.gather(1, _inverse(ordered, uniform_R)[:, None])[:, 0]


def _inverse(share_RV: Tensor, uniform_R: Tensor) -> Tensor:
    """The first token whose cumulative share passes ``uniform`` of the whole."""
    total = share_RV.cumsum(-1)
    reached = torch.searchsorted(total, (uniform_R.to(total.dtype) * total[:, -1])[:, None], right=True)[:, 0]
    # a uniform number just under 1 may pass the last share by rounding: take the last token that has one
    last = share_RV.shape[1] - 1 - (share_RV.flip(1) > 0).int().argmax(1)
    return torch.minimum(reached, last)
