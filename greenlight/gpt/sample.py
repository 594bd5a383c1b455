"""Sampling whole documents, many at a time, so that a document depends on its prompt and its seed alone.

Rows are independent of each other in every operation, but the bits of a product depend on its shape. So no shape
depends on what runs beside a row. Matrices are multiplied for all ``rows`` rows in every step, in fp32, with idle rows
where there is nothing to do. Each row attends over its own places alone, so a short text reads little memory. Prompts
are read in passes of ``LEAST_ROWS`` tokens, what is left of them token by token. A row that has ended takes the next
prompt at once. Randomness is one uniform number a token, from the sample's own seed.

Shapes: R rows, C width, V vocabulary, H query heads, K key heads, G = H / K, D head size, T places, P tokens of a pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from greenlight.errors import InputError
from greenlight.gpt import ops
from greenlight.gpt.model import Decoder
from greenlight.players import Heard, Said, Sampling
from greenlight.progress import Bar

LEAST_ROWS = 16
"""Fewer rows go through other matrix kernels, in which the bits of a row may depend on its place."""
Fed = tuple[int, int]
"""A token, and its place in the context."""


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
    """Keys and values of all rows, and steps of the decoder on them."""

    def __init__(self, model: Decoder, rows: int) -> None:
        arch, device = model.arch, model.matrices.device
        self.model, self.rows = model, rows
        self.weight = model.pieces()
        self.groups = (arch.kv_heads, arch.heads // arch.kv_heads, arch.head_dim)
        shape = (arch.layers, 2, rows, arch.kv_heads, arch.context, arch.head_dim)
        self.kv = torch.zeros(shape, dtype=model.dtype, device=device)
        self.row = torch.arange(rows, device=device)
        self.place = torch.arange(arch.context, device=device)

    def step(self, fed: Sequence[Fed | None]) -> Tensor:
        """Logits ``(R, V)`` in fp32 after one token for every row; None for an idle row, whose logits mean nothing."""
        model, arch = self.model, self.model.arch
        ids_R, places_R = torch.tensor([one or (0, 0) for one in fed], device=self.kv.device).unbind(1)
        rope = (model.cos[places_R][:, None], model.sin[places_R][:, None]) if arch.position == "rope" else None
        x_R1C = model.embed(ids_R[:, None], places_R[:, None], self.weight)
        heads_RKGD = x_R1C.new_zeros(self.rows, *self.groups)
        runs = _runs(fed)
        for layer in range(arch.layers):
            q_HR1D, k, v = ops.split_heads(*model.qkv(x_R1C, layer, self.weight), rope, model.form)
            # query heads that share keys become queries of one head
            q_RKGD = q_HR1D[:, :, 0].transpose(0, 1).reshape(heads_RKGD.shape)
            keys, values = self.kv[layer]
            keys[self.row, :, places_R] = k[:, :, 0].transpose(0, 1)
            values[self.row, :, places_R] = v[:, :, 0].transpose(0, 1)
            if self.kv.is_cpu:
                for rows, seen in runs:
                    own = keys[rows, :, :seen], values[rows, :, :seen]
                    heads_RKGD[rows] = F.scaled_dot_product_attention(q_RKGD[rows], *own)
            else:  # a step costs its number of operations
                mask_R11T = (self.place <= places_R[:, None])[:, None, None]
                heads_RKGD = F.scaled_dot_product_attention(q_RKGD, keys, values, attn_mask=mask_R11T)
            x_R1C = x_R1C + model.project(heads_RKGD.reshape(self.rows, 1, -1), layer, self.weight)
            x_R1C = x_R1C + model.mlp(x_R1C, layer, self.weight)
        return model.head(x_R1C, self.weight)[:, 0].float()

    def read(self, row: int, ids: Sequence[int]) -> int:
        """Reads the beginning of a row's prompt in passes of one shape; returns the place of the first unread token.

        The last token of the prompt is never read: its step draws the first new one.
        """
        read = (len(ids) - 1) // LEAST_ROWS * LEAST_ROWS
        for start in range(0, read, LEAST_ROWS):
            self._pass(row, torch.tensor(ids[start : start + LEAST_ROWS], device=self.kv.device), start)
        return read

    def _pass(self, row: int, ids_P: Tensor, start: int) -> None:
        model, arch, end = self.model, self.model.arch, start + LEAST_ROWS
        places = self.place[start:end]
        rope = (model.cos[start:end], model.sin[start:end]) if arch.position == "rope" else None
        mask_PT = self.place[:end] <= places[:, None]
        x_1PC = model.embed(ids_P[None], places[None], self.weight)
        for layer in range(arch.layers):
            q_H1PD, k, v = ops.split_heads(*model.qkv(x_1PC, layer, self.weight), rope, model.form)
            keys_KTD, values_KTD = self.kv[layer, :, row]
            keys_KTD[:, start:end], values_KTD[:, start:end] = k[:, 0], v[:, 0]
            q_KED = q_H1PD.view(self.groups[0], -1, self.groups[2])  # E is G P: each head's queries, then the next's
            own = keys_KTD[None, :, :end], values_KTD[None, :, :end]
            mask_ET = mask_PT.repeat(self.groups[1], 1)
            out_KED = F.scaled_dot_product_attention(q_KED[None], *own, attn_mask=mask_ET)
            heads_1PE = out_KED.view(arch.heads, LEAST_ROWS, -1).transpose(0, 1).reshape(1, LEAST_ROWS, -1)
            x_1PC = x_1PC + model.project(heads_1PE, layer, self.weight)
            x_1PC = x_1PC + model.mlp(x_1PC, layer, self.weight)


def _runs(fed: Sequence[Fed | None]) -> list[tuple[slice, int]]:
    """Neighbouring rows at the same place, and how many places they see; idle rows are in none."""
    runs: list[tuple[slice, int]] = []
    first = 0
    for seen, rows in groupby(fed, key=lambda one: 0 if one is None else one[1] + 1):
        end = first + len(list(rows))
        if seen:
            runs.append((slice(first, end), seen))
        first = end
    return runs


@dataclass(frozen=True)
class Sampler:
    """``start`` and ``end`` are the document-start token, which is never drawn, and the document-end token."""

    model: Decoder
    rows: int
    start: int
    end: int

    @torch.no_grad()
    def say(
        self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], sampling: Sampling, bar: Bar, heard: Heard
    ) -> list[Said]:
        """Continues each prompt until its document ends, the context is full, or ``max_new`` tokens are written.

        ``heard`` is told each token as it is drawn.

        Raises InputError when a prompt is empty or leaves no room in the context.
        """
        waiting = self._waiting(prompts, seeds, sampling.max_new)
        cache = Cache(self.model, self.rows)
        device = self.model.matrices.device
        done: dict[int, Said] = {}
        active: list[_Row | None] = [None] * self.rows
        while len(done) < len(prompts):
            for slot in range(self.rows):
                if active[slot] is None and waiting:
                    begun = active[slot] = waiting.pop()
                    begun.place = cache.read(slot, begun.ids)
            logits = cache.step([(row.ids[row.place], row.place) if row else None for row in active])
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
                    heard(row.index, drawn[slot])
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

    The filters apply in this order, each to what the one before has left: ``temperature``, ``top_k``, ``top_p`` (keeps
    the smallest set of likeliest tokens that reaches it; Holtzman et al. 2020), ``min_p`` (keeps the tokens whose share
    is at least ``min_p`` of the likeliest one's; Nguyen et al. 2024).
    """
    logits = logits_RV.clone() if logits_RV.device.type == "mps" else logits_RV.double()  # mps has no fp64
    logits[:, never] = float("-inf")
    if sampling.temperature == 0:
        return logits.argmax(-1)
    share = (logits / sampling.temperature).softmax(-1)
    if not (sampling.top_k or sampling.top_p < 1 or sampling.min_p):
        return _inverse(share, uniform_R)
    ordered, token = share.sort(dim=-1, descending=True, stable=True)
    if sampling.top_k:
        ordered[:, sampling.top_k :] = 0.0
        ordered = ordered / ordered.sum(-1, keepdim=True)
    if sampling.top_p < 1:
        before = ordered.cumsum(-1) - ordered
        ordered[before >= sampling.top_p] = 0.0  # the first token has nothing before it, and always stays
    if sampling.min_p:
        ordered[ordered < sampling.min_p * ordered[:, :1]] = 0.0
    return token.gather(1, _inverse(ordered, uniform_R)[:, None])[:, 0]


def _inverse(share_RV: Tensor, uniform_R: Tensor) -> Tensor:
    """The first token whose cumulative share passes ``uniform`` of the whole."""
    total = share_RV.cumsum(-1)
    reached = torch.searchsorted(total, (uniform_R.to(total.dtype) * total[:, -1])[:, None], right=True)[:, 0]
    # a uniform number just under 1 may pass the last share by rounding: take the last token that has one
    last = share_RV.shape[1] - 1 - (share_RV.flip(1) > 0).int().argmax(1)
    return torch.minimum(reached, last)
