"""``model.depth``: one dial for the size of a model, from which its other sizes, its batch and its rates follow.

    layers = depth    width = 64 · depth    heads = depth (of 64)    batch = 2,048 tokens    lr = 0.01    muon_lr = 0.02

So parameters go with the cube of the depth: 0.4 M at 2 layers, 1.3 M at 3, 3.1 M at 4, 10.6 M at 6, 49 M at 10, beside
those of the vocabulary. Batch and rates were read off real runs (``benchmarks/depth.py``, ``docs/trainer.md``). A key
that the recipe states is the recipe's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WIDTH, TOKENS, CONTEXT, MOST = 64, 2048, 192, 1_024
"""Width a layer, tokens a batch, the context of a recipe that states none, and the deepest model."""

Data = Mapping[str, Any]


def followed(model: Data) -> dict[str, dict[str, Any]]:
    """What the depth that a ``[model]`` table states makes of the keys of a recipe, by table; empty without one."""
    depth, context = _whole(model.get("depth")), _whole(model.get("context", CONTEXT))
    if not depth or not context or depth > MOST:
        return {}  # none, or the schema says what is wrong with it
    return {
        "model": {"layers": depth, "width": WIDTH * depth, "heads": depth},
        "train": {"batch": max(1, round(TOKENS / context)), "lr": 0.01, "muon_lr": 0.02},
    }


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def filled(recipe: Data) -> dict[str, Any]:
    """The recipe with what follows from its depth, where it does not say otherwise."""
    out, model = dict(recipe), recipe.get("model")
    for name, keys in (followed(model) if isinstance(model, Mapping) else {}).items():
        table = recipe.get(name)
        if isinstance(table, Mapping):
            out[name] = {**keys, **table}
    return out


def without(recipe: Data) -> dict[str, Any]:
    """The recipe without what followed from its depth, for one that is built on it with another."""
    out, model = dict(recipe), recipe.get("model")
    for name, keys in (followed(model) if isinstance(model, Mapping) else {}).items():
        table = recipe.get(name)
        if isinstance(table, Mapping):
            out[name] = {key: value for key, value in table.items() if keys.get(key) != value}
    return out
