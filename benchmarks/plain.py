"""The plain way, for benchmarks to stand beside: the modern layout and its training as anyone would write them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, eps: float) -> None:
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.norm1, self.norm2 = (nn.RMSNorm(width, eps=eps) for _ in range(2))
        self.norm_q, self.norm_k = (nn.RMSNorm(self.size, eps=eps) for _ in range(2))
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.gate, self.up = (nn.Linear(width, hidden, bias=False) for _ in range(2))
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        parts = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, self.size))
        q, k, v = parts.permute(2, 0, 3, 1, 4).contiguous()
        q, k = (torch.addcmul(y * cos, y.roll(self.size // 2, -1), sin) for y in (self.norm_q(q), self.norm_k(k)))
        x = x + self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        y = self.norm2(x)
        z: Tensor = x + self.down(F.silu(self.gate(y)) * self.up(y))
        return z


class Plain(nn.Module):
    """Logits ``(B, T, V)`` of whole texts; ``rope`` is ``cos`` and signed ``sin`` of every place, ``(T, D)``."""

    def __init__(
        self, vocab: int, layers: int, heads: int, width: int, hidden: int, eps: float, rope: tuple[Tensor, Tensor]
    ) -> None:
        super().__init__()
        self.table, self.norm, self.rope = nn.Embedding(vocab, width), nn.RMSNorm(width, eps=eps), rope
        self.blocks = nn.ModuleList(Block(width, heads, hidden, eps) for _ in range(layers))

    def forward(self, ids_BT: Tensor) -> Tensor:
        x, (cos, sin) = self.table(ids_BT), (part[: ids_BT.shape[1]] for part in self.rope)
        for block in self.blocks:
            x = block(x, cos, sin)
        return F.linear(self.norm(x), self.table.weight)


class Loop:
    """Forward, backward, clipping and AdamW, in fp32, eager."""

    def __init__(self, model: Plain) -> None:
        self.model = model.train()
        self.optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1)

    def step(self, inputs_BT: Tensor, targets_BT: Tensor) -> None:
        loss = F.cross_entropy(self.model(inputs_BT).flatten(0, 1), targets_BT.flatten())
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
