"""The operations of a decoder, written as few passes over memory as eager PyTorch allows.

Backward passes are written out where PyTorch's own take many small steps: on one CPU core in bf16, both ways at 2,048
places of width 128, RMSNorm takes 0.53 ms here and 0.83 by autograd. Tests hold each to finite differences.

Shapes: B rows, T places, C width, H heads, D head size; ``HBTD`` is heads first, so that each head is contiguous.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import functional as F

Context = Any
Rope = tuple[Tensor, Tensor]
_apply: Any = lambda function, *args: function.apply(*args)  # noqa: E731 (PyTorch gives it no type)


@dataclass(frozen=True)
class Form:
    """The sizes of attention: query heads, key heads, head size; and the eps of the heads' norm."""

    heads: int
    kv_heads: int
    size: int
    eps: float


# ---------------------------------------------------------------- normalisation


class _RMSNorm(Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, gain: Tensor, eps: float) -> Tensor:
        wide = x.float()
        scale = _inverse_rms(wide, eps)
        unit = wide * scale
        ctx.save_for_backward(unit, scale, gain)
        return (unit * gain).to(x.dtype)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        unit, scale, gain = ctx.saved_tensors
        wide = grad.float()
        d_gain = (wide * unit).flatten(0, -2).sum(0)
        return _through_unit(wide * gain, unit, scale).to(grad.dtype), d_gain, None


def _inverse_rms(x: Tensor, eps: float) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return norm.square_().mul_(1.0 / x.shape[-1]).add_(eps).rsqrt_()


def _through_unit(grad: Tensor, unit: Tensor, scale: Tensor) -> Tensor:
    """The gradient of x from that of ``unit = x * scale``: scale * (grad - unit * mean(grad * unit))."""
    along = torch.linalg.vecdot(grad, unit).unsqueeze(-1)
    return torch.addcmul(grad, unit, along, value=-1.0 / unit.shape[-1]).mul_(scale)


def rms_norm(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    """``x / sqrt(mean(x²) + eps) * gain`` over the last axis, computed in fp32, returned in the dtype of ``x``."""
    out: Tensor = _apply(_RMSNorm, x, gain, eps)
    return out


# ---------------------------------------------------------------- positions


def rope_table(context: int, head_dim: int, base: float) -> Rope:
    """``cos`` and signed ``sin``, each ``(context, head_dim)`` in fp32, for the rotate-half form of RoPE.

    ``rotated = x * cos + roll(x, D/2) * sin`` with the first half of ``sin`` negated: the same as
    ``x * cos + cat(-x2, x1) * sin`` (Su et al. 2021, in the order of GPT-NeoX and Hugging Face).
    """
    half = torch.arange(0, head_dim, 2, dtype=torch.int64).float() / head_dim
    angle = torch.outer(torch.arange(context).float(), 1.0 / base**half)
    return torch.cat((angle.cos(), angle.cos()), -1), torch.cat((-angle.sin(), angle.sin()), -1)


def _turn(unit: Tensor, gain: Tensor | None, rope: Rope | None) -> Tensor:
    """Gain, then rotation, of normed heads; a new tensor if there is either."""
    y = unit if gain is None else unit * gain
    if rope is None:
        return y
    cos, sin = rope
    return (y * cos).addcmul_(y.roll(y.shape[-1] // 2, -1), sin)


def _turn_back(grad: Tensor, rope: Rope | None) -> Tensor:
    if rope is None:
        return grad
    cos, sin = rope
    return (grad * cos).add_((grad * sin).roll(grad.shape[-1] // 2, -1))


class _NormRope(Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, gain: Tensor | None, rope: Rope | None, eps: float) -> Tensor:
        unit, scale = _unit(x, gain, eps)
        ctx.rope = rope
        ctx.save_for_backward(*(() if scale is None else (unit, scale, gain)))
        return _turn(unit, gain, rope).to(x.dtype)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        wide = _turn_back(grad.float(), ctx.rope)
        d_gain = None
        if ctx.saved_tensors:
            unit, scale, gain = ctx.saved_tensors
            d_gain = (wide * unit).sum((1, 2), keepdim=True)
            wide = _through_unit(wide * gain, unit, scale)
        return wide.to(grad.dtype), d_gain, None, None


def _unit(x: Tensor, gain: Tensor | None, eps: float) -> tuple[Tensor, Tensor | None]:
    wide = x.float()
    if gain is None:
        return wide, None
    scale = _inverse_rms(wide, eps)
    return wide * scale, scale


def norm_rope(x_HBTD: Tensor, gain_H11D: Tensor | None, rope: Rope | None, eps: float) -> Tensor:
    """RMSNorm of each head (where there is a gain), then the rotation (where there is one), in fp32 inside.

    Rotations depend on differences of places only, so documents packed in one row need no positions of their own.
    """
    if gain_H11D is None and rope is None:
        return x_HBTD
    out: Tensor = _apply(_NormRope, x_HBTD, gain_H11D, rope, eps)
    return out


# ---------------------------------------------------------------- attention


@dataclass(frozen=True)
class Mask:
    """Who may look at whom. ``bias`` is 0 or −inf, ``(T, T)`` or ``(B, T, T)``; ``positions`` are ``(B or 1, T)``."""

    bias: Tensor
    positions: Tensor
    causal: bool


def causal(length: int, dtype: torch.dtype, device: torch.device) -> Mask:
    """Each place sees itself and all before it."""
    bias = torch.full((length, length), float("-inf"), dtype=dtype, device=device).triu_(1)
    return Mask(bias, torch.arange(length, device=device)[None], True)


def documents(docs_BT: Tensor, dtype: torch.dtype) -> Mask:
    """Each place sees itself and what is before it in the same document (equal neighbouring ids)."""
    rows, length = docs_BT.shape
    place = torch.arange(length, device=docs_BT.device)
    seen = (docs_BT[:, :, None] == docs_BT[:, None, :]) & (place[:, None] >= place[None, :])
    bias = torch.zeros(rows, length, length, dtype=dtype, device=docs_BT.device)
    bias.masked_fill_(~seen, float("-inf"))
    starts = torch.ones_like(docs_BT, dtype=torch.bool)
    starts[:, 1:] = docs_BT[:, 1:] != docs_BT[:, :-1]
    first = torch.where(starts, place, 0).cummax(1).values
    return Mask(bias, place[None] - first, False)


class _Attention(Function):
    """From the fused projection to the heads' output: norm and rotation, softmax(q kᵀ / √D + bias) v.

    One function, so that the gradients of q, k and v are written straight into the gradient of the projection. Queries
    go block by block, each with the keys up to its own end: what no query may see is not computed.
    """

    @staticmethod
    def forward(
        ctx: Context, qkv: Tensor, gain: Tensor | None, rope: Rope | None, bias: Tensor, form: tuple[int, int, float]
    ) -> Tensor:
        heads, size, eps = form
        rows, length, _ = qkv.shape
        each = qkv.view(rows, length, 3 * heads, size).permute(2, 0, 1, 3).contiguous()
        unit, scale = _unit(each[: 2 * heads], gain, eps) if gain is not None or rope is not None else (None, None)
        qk = each[: 2 * heads] if unit is None else _turn(unit, gain, rope).to(qkv.dtype)
        q, k = qk.view(2, heads * rows, length, size)
        v = each[2 * heads :].view(heads * rows, length, size)
        out, shares = torch.empty_like(v), []
        for start, end in _query_blocks(length):
            score = torch.bmm(q[:, start:end], k[:, :end].mT).view(heads, rows, end - start, end)
            torch.add(bias[..., start:end, :end], score, alpha=size**-0.5, out=score)
            shares.append(score.softmax(-1).flatten(0, 1))
            torch.bmm(shares[-1], v[:, :end], out=out[:, start:end])
        ctx.rope, ctx.form = rope, form
        ctx.save_for_backward(q, k, v, scale, None if gain is None else unit, gain, *shares)
        return out.view(heads, rows, length, size).permute(1, 2, 0, 3).reshape(rows, length, heads * size)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor | None, None, None, None]:
        q, k, v, scale, unit, gain, *shares = ctx.saved_tensors
        (heads, size, _), (rows, length, _) = ctx.form, grad.shape
        grad = grad.view(rows, length, heads, size).permute(2, 0, 1, 3).reshape(q.shape)
        each = grad.new_empty(3, *q.shape)
        d_q, d_k, d_v = each
        for (start, end), share in reversed(list(zip(_query_blocks(length), shares, strict=True))):
            part, queries = grad[:, start:end], q[:, start:end]
            d_score = torch._softmax_backward_data(torch.bmm(part, v[:, :end].mT), share, -1, share.dtype)
            torch.baddbmm(queries, d_score, k[:, :end], beta=0, alpha=size**-0.5, out=d_q[:, start:end])
            new = 0 if end == length else 1  # the last block is the first one here, and the only one to see all keys
            torch.baddbmm(d_k[:, :end], d_score.mT, queries, beta=new, alpha=size**-0.5, out=d_k[:, :end])
            torch.baddbmm(d_v[:, :end], share.mT, part, beta=new, out=d_v[:, :end])
        each = each.view(3 * heads, rows, length, size)
        d_gain = None if unit is None else torch.empty_like(gain)
        if d_gain is not None or ctx.rope is not None:
            for some in _head_blocks(2 * heads, rows * length * size):
                wide = _turn_back(each[some].float(), ctx.rope)
                if d_gain is not None:
                    torch.sum(wide * unit[some], (1, 2), keepdim=True, out=d_gain[some])
                    wide = _through_unit(wide.mul_(gain[some]), unit[some], scale[some])
                each[some] = wide
        return each.permute(1, 2, 0, 3).reshape(rows, length, -1), d_gain, None, None, None


def _query_blocks(length: int) -> list[tuple[int, int]]:
    return [(start, min(start + QUERIES, length)) for start in range(0, length, QUERIES)]


def _head_blocks(heads: int, values: int) -> list[slice]:
    """As many heads of so many values at a time as stay in a core's cache."""
    some = max(1, 2 * BLOCK // values)
    return [slice(start, min(start + some, heads)) for start in range(0, heads, some)]


QUERIES = 128
"""Queries that attend at a time."""
FUSED_FROM = 4096
"""Context from which PyTorch's fused attention is taken on a CPU, for its memory: blocks keep ``B H T² / 2`` weights.

Milliseconds, forward and backward with norm and rotation, one core of an AMD EPYC with AVX-512 and bf16, causal, as
many rows of 6 heads of 64 as make 2,048 places (4,096: one row), blocks / fused:

    context          64       128       256       512        1024        2048         4096
    bf16      13.8/43.5 15.6/53.9 19.5/51.1 26.3/77.0   37.0/89.4  64.5/134.6  242.0/473.6
    fp32      17.6/22.2 27.6/31.6 35.1/43.7 52.5/92.1  86.9/109.6 146.7/170.3  582.3/609.4
"""


def attention(qkv_BTE: Tensor, gain_H11D: Tensor | None, rope: Rope | None, mask: Mask, form: Form) -> Tensor:
    """Attention from the fused projection ``(B, T, (H + 2 K) D)`` to the heads' outputs ``(B, T, H D)``.

    ``gain`` is that of the queries' and keys' norm, ``(H + K, 1, 1, D)``. On a CPU it is computed by products up to
    the context of ``FUSED_FROM``; elsewhere, for shared keys (K < H) and beyond it by PyTorch's fused attention.
    """
    _, length, _ = qkv_BTE.shape
    if qkv_BTE.device.type == "cpu" and length < FUSED_FROM and form.heads == form.kv_heads:
        shape = (form.heads, form.size, form.eps)
        out: Tensor = _apply(_Attention, qkv_BTE, gain_H11D, rope, mask.bias, shape)
        return out
    q, k, v = (x.transpose(0, 1) for x in split_heads(qkv_BTE, gain_H11D, rope, form))
    bias = None if mask.causal else mask.bias[:, None]
    out = F.scaled_dot_product_attention(
        q, k, v, attn_mask=bias, is_causal=mask.causal, enable_gqa=form.heads != form.kv_heads
    )
    return out.transpose(1, 2).flatten(2)


def split_heads(
    qkv_BTE: Tensor, gain_H11D: Tensor | None, rope: Rope | None, form: Form
) -> tuple[Tensor, Tensor, Tensor]:
    """Queries ``HBTD``, keys and values ``KBTD``, normed and rotated."""
    turned = form.heads + form.kv_heads
    each = qkv_BTE.view(*qkv_BTE.shape[:2], turned + form.kv_heads, form.size).permute(2, 0, 1, 3).contiguous()
    qk, v = each[:turned], each[turned:]
    qk = norm_rope(qk, gain_H11D, rope, form.eps)
    return qk[: form.heads], qk[form.heads :], v


# ---------------------------------------------------------------- activation

GELU_SLOPE, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715
BLOCK = 65_536
"""Values that stay in a core's cache over the passes of one formula."""


class _Gelu(Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor) -> Tensor:
        out, tanh = torch.empty_like(x), torch.empty(x.shape, dtype=torch.float32, device=x.device)
        for x_N, out_N, tanh_N in _blocks(x, out, tanh):
            wide = x_N.float()
            torch.mul(wide, wide, out=tanh_N)
            tanh_N.mul_(GELU_SLOPE * GELU_CUBE).add_(GELU_SLOPE).mul_(wide).tanh_()
            out_N.copy_(torch.addcmul(wide, wide, tanh_N).mul_(0.5))
        ctx.save_for_backward(x, tanh)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> Tensor:
        x, tanh = ctx.saved_tensors
        out = torch.empty_like(x)
        for x_N, tanh_N, grad_N, out_N in _blocks(x, tanh, grad.contiguous(), out):
            wide = x_N.float()
            slope = (wide * wide).mul_(3 * GELU_SLOPE * GELU_CUBE).add_(GELU_SLOPE).mul_(wide)  # x du/dx
            slope.addcmul_(slope, tanh_N.square(), value=-1).add_(tanh_N).add_(1.0)
            out_N.copy_(slope.mul_(grad_N).mul_(0.5))
        return out


def _blocks(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    return zip(*(torch.split(tensor.view(-1), BLOCK) for tensor in tensors), strict=True)


def gelu(x: Tensor) -> Tensor:
    """``x / 2 * (1 + tanh(sqrt(2/π) (x + 0.044715 x³)))`` (Hendrycks and Gimpel 2016; GPT-2's form), fp32 inside.

    On a CPU forward and backward take two thirds of the time of ``F.gelu``, whose tanh is a slower one than ``tanh``.
    """
    if x.device.type != "cpu" or not x.is_contiguous():
        return F.gelu(x, approximate="tanh")
    out: Tensor = _apply(_Gelu, x)
    return out


# ---------------------------------------------------------------- loss

LOGITS = 1 << 23
"""Logits that are held at a time: with a vocabulary of 50,000, whole batches of them would be gigabytes."""


class _TokenLoss(Function):
    """Gradients are made beside the loss, chunk by chunk, so that no more logits than one chunk's ever exist."""

    @staticmethod
    def forward(ctx: Context, x: Tensor, table: Tensor, targets: Tensor) -> Tensor:
        d_x, d_table = torch.empty_like(x), None
        total = torch.zeros((), dtype=torch.float64 if x.device.type == "cpu" else torch.float32, device=x.device)
        for chunk in _chunks(len(x), len(table)):
            share = F.linear(x[chunk], table).float().log_softmax(-1)
            wanted = targets[chunk]
            place, learned = wanted.clamp_min(0)[:, None], wanted >= 0
            total -= torch.where(learned, share.gather(1, place)[:, 0], 0.0).sum()
            share.exp_().scatter_add_(1, place, torch.full_like(share[:, :1], -1.0))
            grad = share.mul_(learned[:, None]).to(x.dtype)
            torch.mm(grad, table, out=d_x[chunk])
            d_table = grad.mT @ x[chunk] if d_table is None else d_table.addmm_(grad.mT, x[chunk])
        ctx.save_for_backward(d_x, d_table)
        return total.to(torch.float32)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        d_x, d_table = ctx.saved_tensors
        return d_x.mul_(grad), d_table.mul_(grad), None


def _chunks(rows: int, vocab: int) -> list[slice]:
    size = max(32, LOGITS // vocab // 32 * 32)
    return [slice(first, first + size) for first in range(0, rows, size)]


def token_loss(x_NC: Tensor, table_VC: Tensor, targets_N: Tensor) -> Tensor:
    """Cross entropy in nats, summed over the targets that are not −1, of the logits ``x tableᵀ``; softmax in fp32.

    Its gradient can be taken once.
    """
    if torch.is_grad_enabled():
        out: Tensor = _apply(_TokenLoss, x_NC, table_VC, targets_N)
        return out
    total = torch.zeros((), dtype=torch.float64 if x_NC.device.type == "cpu" else torch.float32, device=x_NC.device)
    for chunk in _chunks(len(x_NC), len(table_VC)):
        logits = F.linear(x_NC[chunk], table_VC).float()
        total += F.cross_entropy(logits, targets_N[chunk], ignore_index=-1, reduction="sum")
    return total.to(torch.float32)


# ---------------------------------------------------------------- dropout


@dataclass(frozen=True)
class Dropout:
    """Drops with probability ``p``, rounded to 1/256, by a generator of its own, so that a run can be resumed."""

    p: float
    generator: torch.Generator

    @property
    def dropped(self) -> int:
        """Of 256."""
        return min(255, round(self.p * 256))


def dropout(x: Tensor, drop: Dropout | None) -> Tensor:
    """``x`` with values dropped and the rest scaled up. One random byte a value: under half of ``F.dropout``'s time."""
    if drop is None or drop.dropped == 0:
        return x
    words = torch.empty((x.numel() + 7) // 8, dtype=torch.int64, device=x.device)
    words.random_(-(2**63), None, generator=drop.generator)  # the default range would leave every eighth byte under 128
    keep = words.view(torch.uint8)[: x.numel()].view(x.shape) >= drop.dropped
    return x * keep.to(x.dtype).mul_(256 / (256 - drop.dropped))
