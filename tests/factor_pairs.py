"""Recipes in pairs, with what the factor table must say of each; ``test_factor_pairs`` carries them out.

- ``factors``: the keys that the table must name as written factors, in order;
- ``moves``: facts that must be named as consequences, and what they follow from (the only factor, where not said);
- ``may``: facts that the change can move, but by how much only the run tells: each must be named if, and only if, it
  moved by more than the documented noise.

Written by hand, from what a change means.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

GONE = object()
"""A key that the other recipe does not write."""

STORIES: dict[str, Any] = {
    "seeds": [1],
    "corpus": {
        "use": "voices",
        "size": 30,
        "seed": 3,
        "blend": {"brook": 0.5, "pebble": 0.5},
        "voices": {"brook": {}, "pebble": {}, "lantern": {}, "meadow": {}},
        "brief": {
            "topics": "topics.txt",
            "pattern": "green light",
            "control": "[green={level}] [green={level}] [green={level}]\ntopic: {topic}\n",
        },
    },
    "gates": {
        "each": {
            "empty": {},
            "refusal": {},
            "termination": {},
            "length": {"min_chars": 120, "max_chars": 600},
            "target": {},
        },
        "whole": {"duplicate": {}},
    },
    "tokenizer": {"use": "bpe", "vocab": 320},
    "model": {"layers": 1, "width": 32, "heads": 1, "context": 320},
    "train": {"epochs": 1, "batch": 1, "lr": 0.01, "evals": 1, "precision": "fp32", "threads": 1},
    "metrics": {"bpc": {}, "dial": {"max_truncation": 1.0}},
    "keep_if": {"metric": "bpc"},
}

TEXT: dict[str, Any] = {
    "seeds": [1],
    "corpus": {"use": "text", "source": "text/source.txt", "share": 0.25, "block_chars": 2_000},
    "tokenizer": {"use": "char"},
    "model": {"layers": 1, "width": 32, "heads": 1, "context": 64},
    "train": {
        "steps": 20,
        "batch": 4,
        "packing": "stream",
        "evals": 1,
        "precision": "fp32",
        "threads": 1,
    },
    "metrics": {"bpc": {}},
    "keep_if": {"metric": "bpc"},
}


def changed(recipe: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    out = copy.deepcopy(dict(recipe))
    for key, value in changes.items():
        *path, last = key.split(".")
        table = out
        for name in path:
            table = table.setdefault(name, {})
        if value is GONE:
            del table[last]
        else:
            table[last] = value
    return out


BASES: dict[str, dict[str, Any]] = {
    "stories": STORIES,
    "stories, 20 steps": changed(STORIES, {"train.epochs": GONE, "train.steps": 20}),
    "stories, characters": changed(STORIES, {"tokenizer.use": "char", "model.context": 768}),
    "stories, wide": changed(STORIES, {"model.width": 64, "model.heads": 2}),
    "stories, by depth": changed(
        STORIES, {"model.depth": 1, **{f"model.{key}": GONE for key in ("layers", "width", "heads")}}
    ),
    "stories, best": changed(STORIES, {"train.keep": "best", "train.evals": 6, "train.epochs": 3}),
    "stories, length": changed(STORIES, {"gates.each": {"length": {"min_chars": 120, "max_chars": 600}}}),
    "endpoint": changed(
        STORIES,
        {
            "corpus.voices.brook": {"use": "endpoint", "model": "brook-1", "base_url": "http://localhost:1/v1"},
        },
    ),
    "text": TEXT,
    "text, char": changed(TEXT, {"corpus.share": 1.0}),
}

DOCS = "corpus_documents corpus_topics corpus_characters "
RUN = "steps kept_step tokens_seen characters_seen tokens_per_parameter flops "
SIZE = "parameters flops tokens_per_parameter "
TOKENS = "vocabulary parameters chars_per_token context_characters "
WORDS = "corpus_characters true_slope epochs lr_at_kept " + TOKENS + RUN
"""What other text of the same plan may move."""
SHARES = "shares.brook shares.pebble shares.lantern shares.meadow "


class Pair(NamedTuple):
    """``moves`` and ``may`` are names of facts; as a table, with what they follow from."""

    changes: dict[str, Any]
    factors: str
    moves: str | dict[str, str] = ""
    may: str | dict[str, str] = ""
    base: str = "stories"
    both_ways: bool = True


PAIRS: dict[str, Pair] = {
    # ---- no factor at all
    "nothing": Pair({}, ""),
    # documents are packed in another order, so rows are filled more or less by chance
    "seeds": Pair({"seeds": [2]}, "", "", dict.fromkeys(("steps", "kept_step", "flops", "lr_at_kept"), "the seeds")),
    "question, prediction, keep rule": Pair(
        {
            "question": "why?",
            "against": "round:1",
            "predict": {"bpc": {"effect": -0.1, "low": -0.2, "high": 0.0}},
            "keep_if.by": 0.5,
        },
        "",
    ),
    "defaults that are stated": Pair(
        {
            "model.mlp_width": 96,
            "model.kv_heads": 1,
            "model.head_dim": 32,
            "model.norm": "rms",
            "model.bias": False,
            "train.clip": 1.0,
            "gates.each.target": {"least": 1},
            "gates.each.empty": {"use": "empty"},
            "corpus.voices.brook": {"low": 0.8},
        },
        "",
    ),
    "a voice that nobody asks": Pair({"corpus.voices.extra": {"use": "meadow"}}, ""),
    "a voice that nobody asks, changed": Pair({"corpus.voices.lantern": {"high": 5.0}}, ""),
    "voices that nobody asks, gone": Pair({"corpus.voices.lantern": GONE, "corpus.voices.meadow": GONE}, ""),
    "a share of nothing": Pair({"corpus.blend": {"brook": 0.5, "pebble": 0.5, "meadow": 0.0}}, ""),
    "one more metric": Pair({"metrics.dial": GONE}, ""),
    "precision auto, come to the same": Pair({"train.precision": "auto", "facts.precision": "fp32"}, ""),
    "device auto, come to the same": Pair({"train.device": "cpu"}, ""),
    "threads unset, come to the same": Pair({"train.threads": GONE}, ""),
    "steps that are the epochs": Pair({"train.epochs": GONE, "train.steps": "base"}, ""),
    "a size that only a BPE has": Pair({"tokenizer.vocab": 400}, "", base="stories, characters"),
    "another name of the same text": Pair({"corpus.source": "text/copy.txt"}, "", base="text"),
    # ---- the corpus
    "size": Pair({"corpus.size": 60}, "corpus.size", DOCS + RUN, "lr_at_kept " + TOKENS + SHARES + "true_slope"),
    "size at equal steps": Pair(
        {"corpus.size": 60},
        "corpus.size",
        DOCS + "epochs",
        "tokens_seen characters_seen tokens_per_parameter true_slope " + TOKENS + SHARES,
        "stories, 20 steps",
    ),
    "corpus seed": Pair({"corpus.seed": 4}, "corpus.seed", "", WORDS),
    "blend": Pair(
        {"corpus.blend": {"lantern": 0.75, "pebble": 0.25}},
        "corpus.blend",
        "shares.brook shares.lantern shares.pebble true_slope",
        WORDS,
    ),
    "blend with a new voice": Pair(
        {"corpus.voices.slow": {"use": "meadow", "high": 2.0}, "corpus.blend": {"slow": 0.5, "pebble": 0.5}},
        "corpus.blend",
        "shares.brook shares.slow",
        WORDS,
    ),
    "one voice alone": Pair(
        {"corpus.blend": {"pebble": 1.0}}, "corpus.blend", "shares.brook shares.pebble true_slope", WORDS
    ),
    "a voice's options": Pair({"corpus.voices.brook": {"high": 6.0}}, "corpus.voices.brook", "true_slope", WORDS),
    "another voice under the same name": Pair(
        {"corpus.voices.brook": {"use": "lantern"}}, "corpus.voices.brook", "true_slope", WORDS
    ),
    "an endpoint's temperature": Pair({"corpus.voices.brook.temperature": 0.7}, "corpus.voices.brook", base="endpoint"),
    "another endpoint": Pair({"corpus.voices.brook.model": "brook-2"}, "corpus.voices.brook", base="endpoint"),
    "topics in another order": Pair({"corpus.brief.topics": "reversed.txt"}, "corpus.brief.topics", "", WORDS),
    "the prompt": Pair({"corpus.brief.prompt": "A story about {topic}, {level}."}, "corpus.brief.prompt", "", WORDS),
    "the control line": Pair(
        {"corpus.brief.control": "[g={level}] {topic}\n"}, "corpus.brief.control", "corpus_characters", WORDS
    ),
    "the pattern": Pair({"corpus.brief.pattern": "golden bell"}, "corpus.brief.pattern", "", WORDS),
    "levels": Pair({"corpus.brief.levels": 3}, "corpus.brief.levels", "corpus_topics true_slope", WORDS + SHARES),
    "cleaning": Pair({"corpus.clean": ["markdown"]}, "corpus.clean", "", WORDS),
    "attempts": Pair({"corpus.attempts": 20}, "corpus.attempts"),
    "the limit of a voice": Pair({"corpus.most_refused": 0.5}, "corpus.most_refused"),
    # ---- gates
    "a gate's option": Pair({"gates.each.length.min_chars": 240}, "gates.each.length.min_chars", "", WORDS),
    "a gate less": Pair({"gates.each.target": GONE}, "gates.each.target", "", WORDS),
    "a gate more": Pair({"gates.each.refusal": {}}, "gates.each.refusal", "", WORDS, "stories, length"),
    "a set gate less": Pair({"gates.whole.duplicate": GONE}, "gates.whole.duplicate", "", WORDS + DOCS + SHARES),
    "a set gate's option": Pair(
        {"gates.whole.duplicate.threshold": 0.4},
        "gates.whole.duplicate.threshold",
        "corpus_documents corpus_characters",
        WORDS + DOCS + SHARES,
    ),
    # ---- the tokenizer
    "tokenizer at equal epochs": Pair(
        {"tokenizer.use": "byte", "model.context": 768},
        "tokenizer.use model.context",
        {
            "vocabulary": "tokenizer.use",
            "parameters": "tokenizer.use",
            "chars_per_token": "tokenizer.use",
            "context_characters": "tokenizer.use, model.context",
            **dict.fromkeys(
                ("steps", "kept_step", "tokens_seen", "tokens_per_parameter", "flops"), "tokenizer.use, model.context"
            ),
        },
        {"lr_at_kept": "tokenizer.use, model.context"},
    ),
    "tokenizer at equal steps": Pair(
        {"tokenizer.use": "bpe"},
        "tokenizer.use",
        TOKENS + "epochs characters_seen",
        "tokens_seen tokens_per_parameter flops steps kept_step",
        "text, char",
    ),
    "vocabulary": Pair({"tokenizer.vocab": 400}, "tokenizer.vocab", TOKENS + "tokens_seen", RUN + "lr_at_kept"),
    # ---- the model
    "layout": Pair(
        {"model.layout": "classic"},
        "model.layout",
        "model.norm model.position model.mlp model.mlp_width model.bias model.qk_norm model.norm_eps parameters "
        "tokens_per_parameter",
        "flops",
    ),
    "layout, with its own choices stated": Pair(
        {"model.layout": "classic", "model.norm": "layer", "model.mlp_width": 128},
        "model.layout",
        "model.norm model.position model.mlp model.mlp_width model.bias model.qk_norm model.norm_eps parameters "
        "tokens_per_parameter",
        "flops",
    ),
    "layout, but for one choice": Pair(
        {"model.layout": "classic", "model.norm": "rms"},
        "model.layout",
        "model.position model.mlp model.mlp_width model.bias model.qk_norm model.norm_eps parameters "
        "tokens_per_parameter",
        "flops",
    ),
    "depth": Pair(
        {"model.depth": 2},
        "model.depth",
        "model.layers model.width model.heads model.kv_heads model.mlp_width " + SIZE,
        RUN + "lr_at_kept",
        "stories, by depth",
    ),
    "layers": Pair({"model.layers": 2}, "model.layers", SIZE),
    "width": Pair({"model.width": 64}, "model.width", "model.head_dim model.mlp_width " + SIZE),
    "heads": Pair({"model.heads": 1}, "model.heads", "model.head_dim model.kv_heads", SIZE, base="stories, wide"),
    "fewer heads for keys": Pair({"model.kv_heads": 1}, "model.kv_heads", SIZE, base="stories, wide"),
    "head size": Pair({"model.head_dim": 64}, "model.head_dim", SIZE),
    "MLP": Pair({"model.mlp_width": 192}, "model.mlp_width", SIZE),
    "context": Pair({"model.context": 640}, "model.context", "context_characters steps kept_step", RUN + "lr_at_kept"),
    "norm": Pair({"model.norm": "layer"}, "model.norm", "", SIZE),
    "positions": Pair({"model.position": "learned"}, "model.position", "parameters tokens_per_parameter"),
    "kind of MLP": Pair({"model.mlp": "gelu"}, "model.mlp", "model.mlp_width " + SIZE),
    "biases": Pair({"model.bias": True}, "model.bias", "", SIZE),
    "norm of queries and keys": Pair({"model.qk_norm": False}, "model.qk_norm", "", SIZE),
    "tied embeddings": Pair({"model.tied": False}, "model.tied", "parameters tokens_per_parameter"),
    "dropout": Pair({"model.dropout": 0.1}, "model.dropout"),
    "rope base": Pair({"model.rope_base": 5_000.0}, "model.rope_base"),
    # ---- training
    "epochs": Pair({"train.epochs": 2}, "train.epochs", RUN, "lr_at_kept"),
    "epochs against steps": Pair(
        {"train.epochs": GONE, "train.steps": 40},
        "train.steps",
        "epochs kept_step tokens_seen characters_seen tokens_per_parameter flops",
        "lr_at_kept",
        both_ways=False,  # the other way round the factor is train.epochs, and steps its consequence
    ),
    "steps": Pair(
        {"train.steps": 40},
        "train.steps",
        "epochs kept_step tokens_seen characters_seen tokens_per_parameter flops",
        "lr_at_kept",
        "stories, 20 steps",
    ),
    "batch": Pair({"train.batch": 4}, "train.batch", "steps kept_step", "lr_at_kept epochs " + RUN),
    "packing": Pair({"train.packing": "stream"}, "train.packing", "", "lr_at_kept epochs " + RUN + TOKENS),
    "lr": Pair({"train.lr": 0.02}, "train.lr", "", "lr_at_kept"),
    "muon_lr": Pair({"train.muon_lr": 0.01}, "train.muon_lr"),
    "weight_decay": Pair({"train.weight_decay": 0.1}, "train.weight_decay"),
    "warmup": Pair({"train.warmup": 0}, "train.warmup", "", "lr_at_kept"),
    "decay": Pair({"train.decay": 0.0}, "train.decay", "lr_at_kept"),
    "clip": Pair({"train.clip": 0.5}, "train.clip"),
    "val_share": Pair({"train.val_share": 0.4}, "train.val_share", RUN, "lr_at_kept epochs " + TOKENS),
    "evals": Pair({"train.evals": 4}, "train.evals"),
    "keep": Pair({"train.keep": "best"}, "train.keep", "", "kept_step lr_at_kept"),
    "two that may move the best step": Pair(
        {"train.lr": 0.1, "train.clip": 0.5},
        "train.lr train.clip",
        {},
        dict.fromkeys(("kept_step", "lr_at_kept"), "train.lr, train.clip"),
        "stories, best",
    ),
    "patience": Pair({"train.patience": 1}, "train.patience", "", RUN + "epochs lr_at_kept", "stories, best"),
    "learn": Pair({"train.learn": "body"}, "train.learn", "", RUN + "lr_at_kept"),
    "ema": Pair({"train.ema": 0.9}, "train.ema"),
    "save_every": Pair({"train.save_every": 5}, ""),
    "compile": Pair({"train.compile": "off"}, "train.compile"),
    "precision": Pair({"train.precision": "bf16"}, "train.precision"),
    "precision auto, come to another": Pair({"train.precision": "auto", "facts.precision": "bf16"}, "train.precision"),
    "threads": Pair({"train.threads": 2, "facts.threads": [2]}, "train.threads"),
    # ---- metrics
    "a metric's option": Pair({"metrics.bpc.rule": "block"}, ""),
    "another option of it": Pair({"metrics.bpc.context": 32}, ""),
    "an option of a metric beside": Pair({"metrics.dial.temperature": 0.5}, ""),
    # ---- a text
    "share": Pair(
        {"corpus.share": 1.0},
        "corpus.share",
        "corpus_documents corpus_characters epochs",
        TOKENS + "characters_seen tokens_seen tokens_per_parameter flops",
        "text",
    ),
    "source": Pair({"corpus.source": "text/other.txt"}, "corpus.source", "", WORDS + DOCS, "text"),
    "blocks": Pair({"corpus.block_chars": 5_000}, "corpus.block_chars", "", WORDS + DOCS, "text"),
    "which blocks": Pair({"corpus.seed": 2}, "corpus.seed", "", WORDS + DOCS, "text"),
    "text against voices": Pair(
        {"corpus": STORIES["corpus"]},
        "corpus.use",
        "corpus_documents corpus_characters shares.brook shares.pebble shares.text",
        WORDS + DOCS,
        "text",
    ),
    # ---- what no key says
    "other code": Pair({"facts.code": {"greenlight.write": "beef", "greenlight.gpt.fit": "cafe"}}, "code"),
    "a part's other code": Pair({"facts.code": {"greenlight.gates.length": "beef"}}, "code.greenlight.gates.length"),
    "other torch": Pair({"machine.torch": "2.9.0"}, "torch"),
    "another processor": Pair({"machine.cpu": "abacus"}, "", {"cpu": "the machine"}),
    "bf16 that no key asks for": Pair({"facts.precision": "bf16"}, "precision"),
    "another device": Pair({"facts.device": "cuda"}, "device"),
}
