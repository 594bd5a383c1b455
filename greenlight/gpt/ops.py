"""The operations of a decoder, written as few passes over memory as eager PyTorch allows.

Backward passes are written out where PyTorch's own take many small steps. Measured on two CPU cores, forward and
backward, at 2,048 tokens of width 128 (4 heads): QK-norm with RoPE 2.2 ms by autograd and 0.5 ms here, SwiGLU 1.2 and
0.6 ms. ``tests/test_gpt_model.py`` holds each against autograd and finite differences.

Shapes: B rows, T places, C width, H heads, D head size; ``HBTD`` is heads first, so that each head is contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import functional as F

Context = Any


# ---------------------------------------------------------------- normalisation


class _RMSNorm(Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, gain: Tensor, eps: float) -> Tensor:  # type: ignore[override]
        wide = x.float()
        scale = _inverse_rms(wide, eps)
        unit = wide * scale
        ctx.save_for_backward(unit, scale, gain)
        return (unit * gain).to(x.dtype)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor, None]:  # type: ignore[override]
        unit, scale, gain = ctx.saved_tensors
        wide = grad.float()
        d_gain = (wide * unit).flatten(0, -2).sum(0)
        return _through_unit(wide * gain, unit, scale).to(grad.dtype), d_gain, None


def _inverse_rms(x: Tensor, eps: float) -> Tensor:
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return norm.square_().mul_(1.0 / x.shape[-1]).add_(eps).rsqrt_()


def _through_unit(grad: Tensor, unit: Tensor, scale: Tensor) -> Tensor:
    """The gradient of x from that of ``unit = x * scale``: scale * (grad - unit * mean(grad * unit))."""
    along = torch.linalg.vecdot(grad, unit).unsqueeze(-1)
    return torch.addcmul(grad, unit, along, value=-1.0 / unit.shape[-1]).mul_(scale)


def rms_norm(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    """``x / sqrt(mean(x²) + eps) * gain`` over the last axis, computed in fp32, returned in the dtype of ``x``."""
    out: Tensor = _RMSNorm.apply(x, gain, eps)
    return out


# ---------------------------------------------------------------- positions


def rope_table(context: int, head_dim: int, base: float) -> tuple[Tensor, Tensor]:
    """``cos`` and signed ``sin``, each ``(context, head_dim)`` in fp32, for the rotate-half form of RoPE.

    ``rotated = x * cos + roll(x, D/2) * sin`` with the first half of ``sin`` negated: the same as
    ``x * cos + cat(-x2, x1) * sin`` (Su et al. 2021, in the order of GPT-NeoX and Hugging Face).
    """
    half = torch.arange(0, head_dim, 2, dtype=torch.int64).float() / head_dim
    angle = torch.outer(torch.arange(context).float(), 1.0 / base**half)
    return torch.cat((angle.cos(), angle.cos()), -1), torch.cat((-angle.sin(), angle.sin()), -1)


class _NormRope(Function):
    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Context, x: Tensor, gain: Tensor | None, rope: tuple[Tensor, Tensor] | None, eps: float
    ) -> Tensor:
        half = x.shape[-1] // 2
        unit = x.float()
        scale: Tensor | None = None
        y = unit
        if gain is not None:
            scale = _inverse_rms(unit, eps)
            unit = unit * scale
            y = unit * gain
        if rope is not None:
            cos, sin = rope
            y = (y * cos).addcmul_(y.roll(half, -1), sin)
        ctx.rope = rope
        ctx.save_for_backward(*((unit, scale, gain) if gain is not None else ()))
        return y.to(x.dtype)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor | None, None, None]:  # type: ignore[override]
        wide = grad.float()
        if ctx.rope is not None:
            cos, sin = ctx.rope
            wide = (wide * cos).add_((wide * sin).roll(wide.shape[-1] // 2, -1))
        if not ctx.saved_tensors:
            return wide.to(grad.dtype), None, None, None
        unit, scale, gain = ctx.saved_tensors
        d_gain = (wide * unit).sum((1, 2), keepdim=True)
        return _through_unit(wide * gain, unit, scale).to(grad.dtype), d_gain, None, None


def norm_rope(x_HBTD: Tensor, gain_H11D: Tensor | None, rope: tuple[Tensor, Tensor] | None, eps: float) -> Tensor:
    """RMSNorm of each head (where there is a gain), then the rotation (where there is one), in fp32 inside.

    Rotations depend on differences of places only, so documents packed in one row need no positions of their own.
    """
    if gain_H11D is None and rope is None:
        return x_HBTD
    out: Tensor = _NormRope.apply(x_HBTD, gain_H11D, rope, eps)
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
    """softmax(q kᵀ / √D + bias) v, with the three products as batched matrix multiplications."""

    @staticmethod
    def forward(ctx: Context, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:  # type: ignore[override]
        heads, rows, length, size = q.shape
        q, k, v = q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)
        score = torch.bmm(q, k.mT).view(heads, rows, length, length)
        torch.add(bias, score, alpha=size**-0.5, out=score)
        share = score.softmax(-1).flatten(0, 1)
        ctx.save_for_backward(q, k, v, share)
        return torch.bmm(share, v).view(heads, rows, length, size)

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:  # type: ignore[override]
        q, k, v, share = ctx.saved_tensors
        shape, scale = grad.shape, q.shape[-1] ** -0.5
        grad = grad.reshape(q.shape)
        d_v = torch.bmm(share.mT, grad)
        d_score = torch._softmax_backward_data(torch.bmm(grad, v.mT), share, -1, share.dtype)
        d_q = torch.baddbmm(q, d_score, k, beta=0, alpha=scale)
        d_k = torch.baddbmm(k, d_score.mT, q, beta=0, alpha=scale)
        return d_q.view(shape), d_k.view(shape), d_v.view(shape), None


FUSED_FROM = {torch.float32: 1024, torch.bfloat16: 2048}
"""Context from which PyTorch's fused attention is the faster one on a CPU (forward and backward, 2 cores)."""


def attention(q_HBTD: Tensor, k_KBTD: Tensor, v_KBTD: Tensor, mask: Mask) -> Tensor:
    """Attention with H query heads and K key heads, H a multiple of K; returns ``HBTD``."""
    heads, rows, length, _ = q_HBTD.shape
    if k_KBTD.shape[0] != heads:
        k_KBTD, v_KBTD = (x.repeat_interleave(heads // x.shape[0], 0) for x in (k_KBTD, v_KBTD))
    if q_HBTD.device.type == "cpu" and length < FUSED_FROM.get(q_HBTD.dtype, 1024):
        out: Tensor = _Attention.apply(q_HBTD, k_KBTD, v_KBTD, mask.bias)
        return out
    q, k, v = (x.transpose(0, 1) for x in (q_HBTD, k_KBTD, v_KBTD))
    bias = None if mask.causal else mask.bias[:, None]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias, is_causal=mask.causal).transpose(0, 1)


# ---------------------------------------------------------------- the MLP's gates


class _SwiGLU(Function):
    @staticmethod
    def forward(ctx: Context, both: Tensor) -> Tensor:  # type: ignore[override]
        gate, up = both.chunk(2, -1)
        half = torch.sigmoid(gate)
        silu = half * gate
        ctx.save_for_backward(half, silu, up)
        return silu * up

    @staticmethod
    def backward(ctx: Context, grad: Tensor) -> Tensor:  # type: ignore[override]
        half, silu, up = ctx.saved_tensors
        out = grad.new_empty(*grad.shape[:-1], 2 * grad.shape[-1])
        d_gate, d_up = out.chunk(2, -1)
        torch.mul(grad, silu, out=d_up)
        slope = (half + silu).addcmul_(half, silu, value=-1.0)  # d silu / d gate = s + silu (1 - s)
        torch.mul(slope.mul_(grad), up, out=d_gate)
        return out


def swiglu(both: Tensor) -> Tensor:
    """``silu(gate) * up`` of the two halves of the last axis, gate first."""
    out: Tensor = _SwiGLU.apply(both)
    return out


def activate(x: Tensor, kind: str) -> Tensor:
    """``gelu`` is GPT-2's tanh form; ``relu2`` the squared ReLU; ``swiglu`` halves the width."""
    if kind == "swiglu":
        return swiglu(x)
    return F.gelu(x, approximate="tanh") if kind == "gelu" else F.relu(x).square()


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
    """``x`` with values dropped and the rest scaled up. One random byte a value: a sixth of the time of ``F.dropout``."""
    if drop is None or drop.dropped == 0:
        return x
    words = torch.empty((x.numel() + 7) // 8, dtype=torch.int64, device=x.device)
    words.random_(-(2**63), None, generator=drop.generator)  # the default range would leave every eighth byte under 128
    keep = words.view(torch.uint8)[: x.numel()].view(x.shape) >= drop.dropped
    return x * keep.to(x.dtype).mul_(256 / (256 - drop.dropped))
