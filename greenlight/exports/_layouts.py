"""Which class of ``transformers`` holds which architecture exactly: its settings, and its names for the weights.

A class holds an architecture when it computes the same function from the same numbers. It may have biases where the
architecture has none, and zeros stand there; it may lack nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from greenlight.errors import InputError
from greenlight.gpt.model import INIT_STD
from greenlight.nouns import Architecture

Weights = dict[str, Tensor]
Facts = dict[str, Any]
PLAIN = ("gelu", "relu2")


@dataclass(frozen=True)
class Layout:
    """One class: the choices that it has, and how an architecture that makes them is written for it.

    ``own_heads``: it takes a head size apart from the width. ``keys``: how many key heads it takes.
    """

    name: str
    norm: str
    position: str
    mlp: tuple[str, ...]
    bias: tuple[bool, ...]
    qk_norm: bool
    config: Callable[[Architecture], Facts]
    weights: Callable[[Architecture, Weights], Weights] = lambda arch, weights: weights
    own_heads: bool = True
    keys: str = "any"

    def lacks(self, arch: Architecture) -> dict[str, str]:
        """The architecture's choices that it does not have, each with what it has instead."""
        found = {}
        if arch.norm != self.norm:
            found[f"norm = '{arch.norm}'"] = f"norm = '{self.norm}'"
        if arch.position != self.position:
            found[f"position = '{arch.position}'"] = f"position = '{self.position}'"
        if arch.mlp not in self.mlp:
            found[f"mlp = '{arch.mlp}'"] = f"mlp = '{self.mlp[0]}'"
        if arch.bias not in self.bias:
            found[f"bias = {str(arch.bias).lower()}"] = f"bias = {str(self.bias[0]).lower()}"
        if arch.qk_norm != self.qk_norm:
            found[f"qk_norm = {str(arch.qk_norm).lower()}"] = f"qk_norm = {str(self.qk_norm).lower()}"
        if not self.own_heads and arch.heads * arch.head_dim != arch.width:
            found[f"head_dim = {arch.head_dim}"] = f"width = {arch.heads * arch.head_dim}"
        least = {"any": arch.kv_heads, "all": arch.heads, "one": 1}[self.keys]
        if arch.kv_heads != least:
            found[f"kv_heads = {arch.kv_heads}"] = f"kv_heads = {least}"
        return found

    def settings(self, arch: Architecture, bos: int, eos: int) -> Facts:
        """``config.json``."""
        return {
            "architectures": [self.name],
            "vocab_size": arch.vocab,
            "tie_word_embeddings": arch.tied,
            "bos_token_id": bos,
            "eos_token_id": eos,
            "pad_token_id": eos,
            "initializer_range": INIT_STD,
            "use_cache": True,
            "torch_dtype": "float32",
            **self.config(arch),
        }


def choose(arch: Architecture) -> Layout:
    """The class for an architecture. Raises InputError, with the choices that no class has together."""
    every = [(layout.lacks(arch), layout) for layout in LAYOUTS]
    lacks, nearest = min(every, key=lambda found: len(found[0]))  # the first of several
    if not lacks:
        return nearest
    said, instead = (" and ".join(f"model.{choice}" for choice in side) for side in (lacks, lacks.values()))
    raise InputError(
        f"no class of transformers holds this model exactly: the nearest, {nearest.name}, lacks {said}; greenlight "
        f"score and talk open it as it is, and a round with {instead} can be exported"
    )


# ---------------------------------------------------------------- settings


def _shared(arch: Architecture) -> Facts:
    """What all but GPT-2's kind call alike. ``rope_theta`` is for versions before 5, ``rope_parameters`` from 5 on."""
    return {
        "hidden_size": arch.width,
        "intermediate_size": arch.mlp_width,
        "num_hidden_layers": arch.layers,
        "num_attention_heads": arch.heads,
        "num_key_value_heads": arch.kv_heads,
        "head_dim": arch.head_dim,
        "hidden_act": {"gelu": "gelu_pytorch_tanh", "relu2": "relu2", "swiglu": "silu"}[arch.mlp],
        "max_position_embeddings": arch.context,
        "attention_dropout": 0.0,
        "rope_theta": arch.rope_base,
        "rope_parameters": {"rope_type": "default", "rope_theta": arch.rope_base},
    }


def _rms(model_type: str, **more: Any) -> Callable[[Architecture], Facts]:
    def config(arch: Architecture) -> Facts:
        biases = {"attention_bias": arch.bias, "mlp_bias": arch.bias}
        return {"model_type": model_type, **_shared(arch), "rms_norm_eps": arch.norm_eps, **biases, **more}

    return config


def _hy(arch: Architecture) -> Facts:
    """A class for mixtures of experts, with no layer that has any."""
    return {**_rms("hy_v3")(arch), "mlp_layer_types": ["dense"] * arch.layers}


def _starcoder2(arch: Architecture) -> Facts:
    own = {"norm_epsilon": arch.norm_eps, "use_bias": arch.bias, "residual_dropout": 0.0, "embedding_dropout": 0.0}
    return {"model_type": "starcoder2", **_shared(arch), **own, "sliding_window": None}


def _stablelm(arch: Architecture) -> Facts:
    shared = _shared(arch)
    # its own default turns a quarter of each head
    shared["rope_parameters"]["partial_rotary_factor"] = 1.0
    own = {"layer_norm_eps": arch.norm_eps, "use_qkv_bias": False, "hidden_dropout": 0.0, "partial_rotary_factor": 1.0}
    return {"model_type": "stablelm", **shared, **own}


def _gpt2(model_type: str, **more: Any) -> Callable[[Architecture], Facts]:
    def config(arch: Architecture) -> Facts:
        return {
            "model_type": model_type,
            "n_positions": arch.context,
            "n_embd": arch.width,
            "n_layer": arch.layers,
            "n_head": arch.heads,
            "n_inner": arch.mlp_width,
            "activation_function": "gelu_new" if arch.mlp == "gelu" else arch.mlp,
            "layer_norm_epsilon": arch.norm_eps,
            "resid_pdrop": 0.0,
            "embd_pdrop": 0.0,
            "attn_pdrop": 0.0,
            **more,
        }

    return config


# ---------------------------------------------------------------- weights


APERTUS_NAMES = {"input_layernorm": "attention_layernorm", "post_attention_layernorm": "feedforward_layernorm"}
STARCODER2_NAMES = {"up_proj": "c_fc", "down_proj": "c_proj"}
GPT2_NAMES = {
    "input_layernorm": "ln_1",
    "self_attn.o_proj": "attn.c_proj",
    "post_attention_layernorm": "ln_2",
    "mlp.up_proj": "mlp.c_fc",
    "mlp.down_proj": "mlp.c_proj",
}


def _renamed(names: dict[str, str]) -> Callable[[Architecture, Weights], Weights]:
    def rename(arch: Architecture, weights: Weights) -> Weights:
        found = {}
        for name, value in weights.items():
            for ours, theirs in names.items():
                name = name.replace(f".{ours}.", f".{theirs}.")
            found[name] = value
        return found

    return rename


def _gpt2_weights(turned: bool) -> Callable[[Architecture, Weights], Weights]:
    """Queries, keys and values in one matrix; ``turned`` is GPT-2's own form, inputs by outputs (``Conv1D``)."""

    def weights(arch: Architecture, own: Weights) -> Weights:
        found = {
            "transformer.wte.weight": own["model.embed_tokens.weight"],
            "transformer.wpe.weight": own["model.embed_positions.weight"],
        }
        found |= {name: own[name] for name in ("lm_head.weight",) if name in own}
        for kind in ("weight", "bias"):
            if f"model.norm.{kind}" in own:
                found[f"transformer.ln_f.{kind}"] = own[f"model.norm.{kind}"]
        for layer in range(arch.layers):
            ours, theirs = f"model.layers.{layer}", f"transformer.h.{layer}"
            for kind in ("weight", "bias"):
                names = {f"{ours}.{a}.{kind}": f"{theirs}.{b}.{kind}" for a, b in GPT2_NAMES.items()}
                pieces = {new: own[name] for name, new in names.items() if name in own}
                qkv = [f"{ours}.self_attn.{n}_proj.{kind}" for n in "qkv"]
                if qkv[0] in own:
                    pieces[f"{theirs}.attn.c_attn.{kind}"] = torch.cat([own[name] for name in qkv])
                found |= {new: value.T if turned and value.dim() == 2 else value for new, value in pieces.items()}
        return found

    return weights


LAYOUTS = (
    Layout("Qwen3ForCausalLM", "rms", "rope", ("swiglu",), (False,), True, _rms("qwen3", use_sliding_window=False)),
    Layout("LlamaForCausalLM", "rms", "rope", ("swiglu",), (False, True), False, _rms("llama")),
    Layout("ArceeForCausalLM", "rms", "rope", PLAIN, (False, True), False, _rms("arcee")),
    Layout("ApertusForCausalLM", "rms", "rope", PLAIN, (False,), True, _rms("apertus"), _renamed(APERTUS_NAMES)),
    Layout("HYV3ForCausalLM", "rms", "rope", ("swiglu",), (True,), True, _hy),
    Layout(
        "GPT2LMHeadModel",
        "layer",
        "learned",
        PLAIN,
        (True, False),
        False,
        _gpt2("gpt2"),
        _gpt2_weights(turned=True),
        own_heads=False,
        keys="all",
    ),
    Layout(
        "GPTBigCodeForCausalLM",
        "layer",
        "learned",
        PLAIN,
        (True, False),
        False,
        _gpt2("gpt_bigcode", multi_query=True),
        _gpt2_weights(turned=False),
        own_heads=False,
        keys="one",
    ),
    Layout(
        "Starcoder2ForCausalLM",
        "layer",
        "rope",
        PLAIN,
        (True, False),
        False,
        _starcoder2,
        _renamed(STARCODER2_NAMES),
    ),
    Layout("StableLmForCausalLM", "layer", "rope", ("swiglu",), (False,), False, _stablelm, own_heads=False),
)
"""In the order in which they are tried."""
