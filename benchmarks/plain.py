"""The plain way, for benchmarks to stand beside: the modern layout as anyone would write it in PyTorch, no cache."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from greenlight.gpt.model import Decoder
from greenlight.gpt.ops import rope_table
from greenlight.nouns import Architecture


class Block(nn.Module):
    def __init__(self, arch: Architecture) -> None:
        super().__init__()
        wide = arch.heads * arch.head_dim
        self.heads, self.size = arch.heads, arch.head_dim
        self.norm1, self.norm2 = (nn.RMSNorm(arch.width, eps=arch.norm_eps) for _ in range(2))
        self.norm_q, self.norm_k = (nn.RMSNorm(arch.head_dim, eps=arch.norm_eps) for _ in range(2))
        self.q, self.k, self.v = (nn.Linear(arch.width, wide, bias=False) for _ in range(3))
        self.out = nn.Linear(wide, arch.width, bias=False)
        self.gate, self.up = (nn.Linear(arch.width, arch.mlp_width, bias=False) for _ in range(2))
        self.down = nn.Linear(arch.mlp_width, arch.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        y = self.norm1(x)
        q, k, v = (part(y).unflatten(-1, (self.heads, self.size)).transpose(1, 2) for part in (self.q, self.k, self.v))
        q, k = (
            one * cos + one.roll(self.size // 2, -1) * sin
            for one in (norm(part) for norm, part in ((self.norm_q, q), (self.norm_k, k)))
        )
        x = x + self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        y = self.norm2(x)
        z: Tensor = x + self.down(F.silu(self.gate(y)) * self.up(y))
        return z


class Plain(nn.Module):
    """Logits ``(B, T, V)`` of whole texts, with the weights of a decoder in the modern layout."""

    cos: Tensor
    sin: Tensor

    def __init__(self, model: Decoder) -> None:
        super().__init__()
        arch = model.arch
        self.table = nn.Embedding(arch.vocab, arch.width)
        self.blocks = nn.ModuleList(Block(arch) for _ in range(arch.layers))
        self.norm = nn.RMSNorm(arch.width, eps=arch.norm_eps)
        for name, value in zip(("cos", "sin"), rope_table(arch.context, arch.head_dim, arch.rope_base), strict=True):
            self.register_buffer(name, value, persistent=False)
        self.load_state_dict({_name(name): value for name, value in model.weights().items()})

    def forward(self, ids_BT: Tensor) -> Tensor:
        x, cos, sin = self.table(ids_BT), self.cos[: ids_BT.shape[1]], self.sin[: ids_BT.shape[1]]
        for block in self.blocks:
            x = block(x, cos, sin)
        return F.linear(self.norm(x), self.table.weight)


def _name(saved: str) -> str:
    """A weight's name here."""
    for theirs, ours in (
        ("model.embed_tokens", "table"),
        ("model.layers", "blocks"),
        ("model.norm", "norm"),
        ("input_layernorm", "norm1"),
        ("post_attention_layernorm", "norm2"),
        ("self_attn.q_norm", "norm_q"),
        ("self_attn.k_norm", "norm_k"),
        ("self_attn.o_proj", "out"),
        ("self_attn.", ""),
        ("mlp.", ""),
        ("_proj", ""),
    ):
        saved = saved.replace(theirs, ours)
    return saved


def model_of(vocab: int, seed: int = 1) -> tuple[Decoder, Plain]:
    """10.7 M parameters: 6 layers, 6 heads, 384 wide, context 256, the modern layout, random weights; both ways.

    Raises SystemExit when the two do not say the same.
    """
    from greenlight.recipe import Model

    sizes: dict[str, Any] = {"layers": 6, "heads": 6, "width": 384, "context": 256}
    model = Decoder(Model(**sizes).resolve(vocab), seed).eval()
    plain = Plain(model).eval()
    ids = torch.randint(vocab, (2, 256), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        apart = float((model(ids) - plain(ids)).abs().max())
    if not apart < 1e-4:
        raise SystemExit(f"the plain model's logits differ by {apart}: the comparison is void")
    return model, plain
