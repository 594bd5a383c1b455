"""A decoder of Greenlight's and the plain model of ``plain.py`` with the same weights, held to the same logits."""

from __future__ import annotations

from typing import Any

import torch
from plain import Plain
from torch import Tensor

from greenlight.gpt.model import Decoder
from greenlight.gpt.ops import rope_table


def plain_of(model: Decoder) -> Plain:
    """The modern layout's weights in the plain model.

    Raises SystemExit when the two do not say the same.
    """
    arch = model.arch
    rope = rope_table(arch.context, arch.head_dim, arch.rope_base)
    plain = Plain(arch.vocab, arch.layers, arch.heads, arch.width, arch.mlp_width, arch.norm_eps, rope).eval()
    plain.load_state_dict(_renamed(model.weights(), arch.layers))
    ids = torch.randint(arch.vocab, (2, arch.context), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        apart = float((model(ids) - plain(ids)).abs().max())
    if not apart < 1e-4:
        raise SystemExit(f"the plain model's logits differ by {apart}: the comparison is void")
    return plain


def model_of(vocab: int, seed: int = 1) -> tuple[Decoder, Plain]:
    """10.7 M parameters: 6 layers, 6 heads, 384 wide, context 256, the modern layout, random weights; both ways."""
    from greenlight.recipe import Model

    sizes: dict[str, Any] = {"layers": 6, "heads": 6, "width": 384, "context": 256}
    model = Decoder(Model(**sizes).resolve(vocab), seed).eval()
    return model, plain_of(model)


def _renamed(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    out = {"table.weight": weights["model.embed_tokens.weight"], "norm.weight": weights["model.norm.weight"]}
    for layer in range(layers):
        for name, parts in (
            ("norm1", ("input_layernorm",)),
            ("norm2", ("post_attention_layernorm",)),
            ("norm_q", ("self_attn.q_norm",)),
            ("norm_k", ("self_attn.k_norm",)),
            ("qkv", ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")),
            ("out", ("self_attn.o_proj",)),
            ("gate", ("mlp.gate_proj",)),
            ("up", ("mlp.up_proj",)),
            ("down", ("mlp.down_proj",)),
        ):
            whole = [weights[f"model.layers.{layer}.{part}.weight"] for part in parts]
            out[f"blocks.{layer}.{name}.weight"] = torch.cat(whole)
    return out
