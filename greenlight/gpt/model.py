"""The decoder: ``nouns.Architecture`` in, logits out.

Weights live in three flat fp32 vectors (``matrices``, ``tables``, ``gains``), so that casting, clipping, averaging and
the optimisers are a few operations on long vectors instead of many on short ones: at the sizes that Greenlight is for,
the number of operations is what a step costs. ``weights()`` names every piece as a view.

The names of the modern layout are those of Hugging Face's ``Qwen3ForCausalLM``, so ``save`` writes a folder that
``transformers`` opens as it is. Other layouts use the same names, and only Greenlight opens them.

Shapes: B rows, T places, C width, V vocabulary, H query heads, K key heads, D head size, F width of the MLP.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from greenlight.gpt import ops
from greenlight.nouns import Architecture

INIT_STD = 0.02
Weights = dict[str, Tensor]


class Piece(NamedTuple):
    """A run of one flat vector: one fused matrix, and the names that its parts are saved under."""

    key: str
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def size(self) -> int:
        return sum(math.prod(shape) for _, shape in self.rows)


def layout(arch: Architecture) -> dict[str, list[Piece]]:
    """The flat vectors, piece by piece. A layer's q, k and v are one matrix to the forward pass.

    ``matrices`` are the hidden matrices (Muon's), ``tables`` the embeddings and the head, ``gains`` the rest.
    """
    wide, narrow = arch.heads * arch.head_dim, arch.kv_heads * arch.head_dim
    attention: list[Piece] = []
    wide_mlp: list[Piece] = []
    down: list[Piece] = []
    gains: list[Piece] = []

    def piece(name: str, *shape: int) -> Piece:
        return Piece(name, ((name, shape),))

    def norm(name: str, size: int) -> None:
        gains.append(piece(f"{name}.weight", size))
        if arch.norm == "layer" and arch.bias:
            gains.append(piece(f"{name}.bias", size))

    for layer in range(arch.layers):
        at = f"model.layers.{layer}"
        qkv = tuple((f"{at}.self_attn.{n}_proj", size) for n, size in (("q", wide), ("k", narrow), ("v", narrow)))
        ups = [f"{at}.mlp.{n}_proj" for n in (("gate", "up") if arch.mlp == "swiglu" else ("up",))]
        attention.append(Piece(f"{at}.qkv.weight", tuple((f"{n}.weight", (size, arch.width)) for n, size in qkv)))
        attention.append(piece(f"{at}.self_attn.o_proj.weight", arch.width, wide))
        wide_mlp += [piece(f"{name}.weight", arch.mlp_width, arch.width) for name in ups]
        down.append(piece(f"{at}.mlp.down_proj.weight", arch.width, arch.mlp_width))
        norm(f"{at}.input_layernorm", arch.width)
        norm(f"{at}.post_attention_layernorm", arch.width)
        if arch.qk_norm:
            gains += [piece(f"{at}.self_attn.{n}_norm.weight", arch.head_dim) for n in "qk"]
        if arch.bias:
            gains.append(Piece(f"{at}.qkv.bias", tuple((f"{n}.bias", (size,)) for n, size in qkv)))
            gains.append(piece(f"{at}.self_attn.o_proj.bias", arch.width))
            gains += [piece(f"{name}.bias", arch.mlp_width) for name in ups]
            gains.append(piece(f"{at}.mlp.down_proj.bias", arch.width))
    norm("model.norm", arch.width)

    tables = [piece("model.embed_tokens.weight", arch.vocab, arch.width)]
    if arch.position == "learned":
        tables.append(piece("model.embed_positions.weight", arch.context, arch.width))
    if not arch.tied:
        tables.append(piece("lm_head.weight", arch.vocab, arch.width))
    return {"matrices": attention + wide_mlp + down, "tables": tables, "gains": gains}


def parameters(arch: Architecture) -> int:
    """How many numbers the model learns; tied embeddings count once."""
    return sum(piece.size for pieces in layout(arch).values() for piece in pieces)


class Decoder(nn.Module):
    """A decoder-only transformer. ``dtype`` is what products are computed in; weights are kept in fp32."""

    def __init__(self, arch: Architecture, seed: int = 0, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.arch, self.dtype = arch, dtype
        self.plan = layout(arch)
        self.form = ops.Form(arch.heads, arch.kv_heads, arch.head_dim, arch.norm_eps)
        self.matrices, self.tables, self.gains = (
            nn.Parameter(torch.zeros(sum(p.size for p in self.plan[name]))) for name in ("matrices", "tables", "gains")
        )
        self._initialise(torch.Generator().manual_seed(seed))
        cos, sin = ops.rope_table(arch.context, arch.head_dim, arch.rope_base)
        self.cos: Tensor
        self.sin: Tensor
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        # GPT-2's: normal(0, 0.02), the projections that write to the residual stream divided by sqrt(2 * layers)
        for name, value in self.weights().items():
            if name.endswith(".bias"):
                value.zero_()
            elif "norm" in name:
                value.fill_(1.0)
            else:
                out = name.endswith(("o_proj.weight", "down_proj.weight"))
                value.normal_(0.0, INIT_STD / math.sqrt(2 * self.arch.layers) if out else INIT_STD, generator=generator)

    def weights(self) -> dict[str, Tensor]:
        """Every weight by the name it is saved under: views, so writing to one changes the model."""
        return dict(_named(self.plan, {name: flat.data for name, flat in self.named_parameters()}))

    @torch.no_grad()
    def load(self, weights: dict[str, Tensor]) -> None:
        """Copies saved weights in. Raises KeyError or RuntimeError when names or shapes are not this model's."""
        own = self.weights()
        if own.keys() != weights.keys():
            raise KeyError(f"weights that do not belong: {sorted(own.keys() ^ weights.keys())[:4]}")
        for name, value in own.items():
            value.copy_(weights[name].view_as(value))

    def pieces(self) -> dict[str, Tensor]:
        """Fused weights by key, in the computing dtype, except the tables and gains that are used in fp32.

        Called once per forward pass: gradients then come back as one vector per group.
        """
        out: dict[str, Tensor] = {}
        for name, flat in (("matrices", self.matrices.to(self.dtype)), ("tables", self.tables), ("gains", self.gains)):
            parts = flat.split_with_sizes([p.size for p in self.plan[name]])
            for piece, part in zip(self.plan[name], parts, strict=True):
                rest = piece.rows[0][1][1:]
                out[piece.key] = part.view(-1, *rest) if rest else part
        return out

    def forward(self, ids_BT: Tensor, mask: ops.Mask | None = None) -> Tensor:
        """Logits ``(B, T, V)`` in the computing dtype. Without a mask every row is one causal window."""
        weight = self.pieces()
        return F.linear(self._states(ids_BT, mask, None, weight), self._table(weight))

    def loss(
        self, ids_BT: Tensor, targets_BT: Tensor, mask: ops.Mask | None = None, drop: ops.Dropout | None = None
    ) -> Tensor:
        """Nats, summed over the targets that are not −1; logits never exist all at once (see ``ops.token_loss``)."""
        weight = self.pieces()
        x_BTC = self._states(ids_BT, mask, drop, weight)
        return ops.token_loss(x_BTC.flatten(0, 1), self._table(weight), targets_BT.flatten())

    def _states(self, ids_BT: Tensor, mask: ops.Mask | None, drop: ops.Dropout | None, weight: Weights) -> Tensor:
        """What the head reads, ``(B, T, C)``: the last layer's output, normed."""
        mask = mask or ops.causal(ids_BT.shape[1], self.dtype, ids_BT.device)
        rope = (self.cos[: ids_BT.shape[1]], self.sin[: ids_BT.shape[1]]) if self.arch.position == "rope" else None
        x_BTC = ops.dropout(self.embed(ids_BT, mask.positions, weight), drop)
        for layer in range(self.arch.layers):
            qkv, gain = self.qkv(x_BTC, layer, weight)
            heads = ops.attention(qkv, gain, rope, mask, self.form)
            x_BTC = x_BTC + ops.dropout(self.project(heads, layer, weight), drop)
            x_BTC = x_BTC + ops.dropout(self.mlp(x_BTC, layer, weight), drop)
        return self._norm(x_BTC, "model.norm", weight)

    # The steps of a forward pass, one by one: the sampler takes the same ones with a cache in between.

    def embed(self, ids_BT: Tensor, positions_BT: Tensor, weight: Weights) -> Tensor:
        x_BTC = F.embedding(ids_BT, weight["model.embed_tokens.weight"])
        if self.arch.position == "learned":
            x_BTC = x_BTC + F.embedding(positions_BT, weight["model.embed_positions.weight"])
        return x_BTC.to(self.dtype)

    def qkv(self, x_BTC: Tensor, layer: int, weight: Weights) -> tuple[Tensor, Tensor | None]:
        """The fused projection ``(B, T, (H + 2 K) D)``, and the gain of the queries' and keys' norm."""
        arch, at = self.arch, f"model.layers.{layer}"
        y = self._norm(x_BTC, f"{at}.input_layernorm", weight)
        y = self._linear(y, f"{at}.qkv", weight)
        if not arch.qk_norm:
            return y, None
        q, k = (weight[f"{at}.self_attn.{name}_norm.weight"] for name in "qk")
        return y, torch.cat((q.expand(arch.heads, -1), k.expand(arch.kv_heads, -1)))[:, None, None]

    def project(self, heads_BTE: Tensor, layer: int, weight: Weights) -> Tensor:
        return self._linear(heads_BTE, f"model.layers.{layer}.self_attn.o_proj", weight)

    def mlp(self, x_BTC: Tensor, layer: int, weight: Weights) -> Tensor:
        at = f"model.layers.{layer}.mlp"
        y = self._norm(x_BTC, f"model.layers.{layer}.post_attention_layernorm", weight)
        up = self._linear(y, f"{at}.up_proj", weight)
        if self.arch.mlp == "swiglu":
            up = F.silu(self._linear(y, f"{at}.gate_proj", weight)) * up
        elif self.arch.mlp == "relu2":
            up = F.relu(up).square()
        else:
            up = ops.gelu(up)
        return self._linear(up, f"{at}.down_proj", weight)

    def head(self, x_BTC: Tensor, weight: Weights) -> Tensor:
        return F.linear(self._norm(x_BTC, "model.norm", weight), self._table(weight))

    def _table(self, weight: Weights) -> Tensor:
        table = weight["model.embed_tokens.weight"] if self.arch.tied else weight["lm_head.weight"]
        return table.to(self.dtype)

    def _norm(self, x: Tensor, name: str, weight: Weights) -> Tensor:
        gain = weight[f"{name}.weight"]
        if self.arch.norm == "rms":
            return ops.rms_norm(x, gain, self.arch.norm_eps)
        bias = weight.get(f"{name}.bias")
        return F.layer_norm(
            x, (x.shape[-1],), gain.to(x.dtype), None if bias is None else bias.to(x.dtype), self.arch.norm_eps
        )

    def _linear(self, x: Tensor, name: str, weight: Weights) -> Tensor:
        bias = weight[f"{name}.bias"].to(self.dtype) if self.arch.bias else None
        return F.linear(x, weight[f"{name}.weight"], bias)


def _named(plan: dict[str, list[Piece]], flats: dict[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for group, pieces in plan.items():
        start = 0
        for name, shape in (row for piece in pieces for row in piece.rows):
            size = math.prod(shape)
            yield name, flats[group][start : start + size].view(shape)
            start += size


def config_json(arch: Architecture, bos: int, eos: int) -> dict[str, Any]:
    """``config.json``: Qwen3's keys for the modern layout, and the architecture under ``greenlight`` for any."""
    own: dict[str, Any] = {
        "bos_token_id": bos,
        "eos_token_id": eos,
        "pad_token_id": eos,
        "vocab_size": arch.vocab,
        "greenlight": arch.data(),
    }
    if not is_qwen3(arch):
        return {"model_type": "greenlight", **own}
    return {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "hidden_size": arch.width,
        "intermediate_size": arch.mlp_width,
        "num_hidden_layers": arch.layers,
        "num_attention_heads": arch.heads,
        "num_key_value_heads": arch.kv_heads,
        "head_dim": arch.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": arch.context,
        "rms_norm_eps": arch.norm_eps,
        "rope_theta": arch.rope_base,
        "rope_scaling": None,
        "tie_word_embeddings": arch.tied,
        "attention_bias": False,
        "attention_dropout": 0.0,
        "use_sliding_window": False,
        "initializer_range": INIT_STD,
        "torch_dtype": "float32",
        "use_cache": True,
        **own,
    }


def is_qwen3(arch: Architecture) -> bool:
    """Whether this is exactly Qwen3's layout, which other software opens."""
    return (arch.norm, arch.position, arch.mlp, arch.bias, arch.qk_norm) == ("rms", "rope", "swiglu", False, True)
