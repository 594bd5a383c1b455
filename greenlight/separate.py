"""The rounds that would tell the causes in a package apart: their recipes, their price, and which are done."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from greenlight.effective import ENVIRONMENT, Data, resolved, worked, written
from greenlight.errors import RecipeError
from greenlight.loading import merge
from greenlight.nouns import Factor, Round, Separation
from greenlight.recipe import Recipe

_WORK_IS_THE_VALUE = ("corpus.size", "corpus.share", "train.epochs", "train.steps")
_WORK = ("model", "tokenizer", "train.batch", "train.packing", "corpus.source", "corpus.use", "train.precision")


def separations(
    before: Round, after: Round, factors: Sequence[Factor], rounds: Sequence[Round]
) -> tuple[Separation, ...]:
    """For each factor of a package, the round with A's recipe and this factor alone.

    If factors only added up, k − 1 such rounds would do, the last effect being what is left of the package. They
    often interact, and what is left would then be credited with the interaction: so all k are listed, and with two
    factors the four rounds together measure the interaction itself (``factors.takeaway``). A factor that cannot be
    changed alone (a size that needs more topics) has none: the package against the other factor's round separates it.
    """
    found = []
    for factor in factors:
        alone = _alone(factor.key, before, after)
        if alone is None:
            continue
        recipe, changes = alone
        wanted = {key: resolved(after if key == factor.key else before).get(key) for key in ENVIRONMENT}
        if factor.key in ("train.precision", "train.device"):
            wanted[factor.key[6:]] = resolved(after).get(factor.key[6:])
        done = (r for r in rounds if r.number not in (before.number, after.number) and _is(r, recipe, wanted, before))
        if _outside(factor.key):
            sentence = f"run round {before.number}'s recipe again with the {factor.key} of round {after.number}"
        else:
            sentence = f"change {factor.key} alone, all else as in round {before.number}"
        found.append(
            Separation(
                factor=factor.key,
                changes=changes,
                sentence=sentence,
                minutes=_minutes(factor, factors, before, after),
                done_by=next((r.number for r in done), None),
            )
        )
    return tuple(found)


def _is(row: Round, recipe: Data, environment: Data, before: Round) -> bool:
    """Whether a round is this recipe, run and measured as the earlier round was."""
    facts = resolved(row)
    alike = all(not want or not facts.get(key) or facts[key] == want for key, want in environment.items())
    return row.status == "done" and row.yardstick == before.yardstick and alike and not written(recipe, row.recipe)


def _outside(key: str) -> bool:
    """Whether a factor is what ran the recipe, which no recipe can state."""
    return key in ("code", "torch") or key.startswith("code.")


def _alone(key: str, before: Round, after: Round) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A's recipe with one factor of B's, and the changes that say so on ``base``; None when that is no valid recipe.

    What a base cannot take (a key or a part that goes) is told by the whole recipe as ``changes``.
    """
    a, b = before.recipe, after.recipe
    head, _, last = key.rpartition(".")
    changes: dict[str, Any] | None
    if _outside(key):
        changes = {}
    elif key in ("precision", "device"):
        changes = {"train": {key: resolved(after)[key]}}
    elif key == "corpus.use":
        changes = None
    elif key == "corpus.blend":
        here, there = (x["corpus"].get("voices", {}) for x in (a, b))  # an import's voices have no options
        voices = {**here, **{v: there[v] for v in b["corpus"]["blend"] if v in there and v not in a["corpus"]["blend"]}}
        changes = {"corpus": {"blend": b["corpus"]["blend"]}}
        if voices != here:
            changes["corpus"]["voices"] = voices
    elif key == "tokenizer.use":  # the size of a BPE and the place of a vocabulary from outside go with it
        goes = {"bpe": ("use", "vocab"), "gpt2": ("use", "source")}.get(b["tokenizer"]["use"], ("use",))
        changes = {"tokenizer": {name: b["tokenizer"][name] for name in goes if name in b["tokenizer"]}}
    elif head == "corpus.voices":
        changes = {"corpus": {"voices": {**a["corpus"]["voices"], last: b["corpus"]["voices"][last]}}}
    else:
        changes = _nested(key, b)
    if changes is None:
        whole = _replaced(a, b, ["corpus"] if key == "corpus.use" else _path(key, a))
        changes = {k: v for k, v in _stated(whole).items() if k not in ("question", "against", "predict")}
    recipe = merge(a, changes)
    if key == "tokenizer.use":
        recipe["tokenizer"] = b["tokenizer"]
    if "keep_if" in changes:
        recipe = changes
    try:
        made = Recipe.model_validate(recipe)
        made.model.resolve(made.tokenizer.vocab)
    except (ValidationError, RecipeError):
        return None
    return made.data(), changes


def _path(key: str, recipe: Data) -> list[str]:
    """The dotted key as the names that lead to it; names of parts may hold dots themselves."""
    path, here, rest = [], recipe, key
    while rest:
        name = next((n for n in sorted(here, key=len, reverse=True) if f"{rest}.".startswith(f"{n}.")), rest)
        path.append(name)
        rest = rest[len(name) + 1 :]
        here = here[name] if isinstance(here.get(name), Mapping) else {}
    return path


def _nested(key: str, recipe: Data) -> dict[str, Any] | None:
    """``a.b.c`` of a recipe as nested tables; None when it is not stated there."""
    value: Any = recipe
    path = _path(key, recipe)
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        return None
    for name in reversed(path):
        value = {name: value}
    return dict(value)


def _replaced(a: Data, b: Data, path: Sequence[str]) -> dict[str, Any]:
    """``a`` with one place as it is in ``b``, or without it when ``b`` has none."""
    name, *rest = path
    below = b.get(name)
    out = {k: v for k, v in a.items() if k != name}
    if rest:
        inner = a.get(name)
        out[name] = _replaced(
            inner if isinstance(inner, Mapping) else {}, below if isinstance(below, Mapping) else {}, rest
        )
    elif below is not None:
        out[name] = below
    return out


def _stated(data: Data) -> dict[str, Any]:
    """Without the keys that are left to their default, which TOML cannot write."""
    return {k: _stated(v) if isinstance(v, Mapping) else v for k, v in data.items() if v is not None}


def _minutes(factor: Factor, factors: Sequence[Factor], before: Round, after: Round) -> float | None:
    """A's time on this machine, scaled where the factor changes the amount of work."""
    seconds = worked(before)
    if not seconds:
        return None
    a, b = factor.before, factor.after
    ratio = 1.0
    if factor.key in _WORK_IS_THE_VALUE and isinstance(a, (int, float)) and isinstance(b, (int, float)) and a > 0:
        ratio = b / a
        if factor.key.startswith("corpus.") and before.recipe["train"].get("steps") is not None:
            ratio = 1.0  # a larger corpus at the same steps is no more training
    elif any(f"{factor.key}.".startswith(f"{work}.") for work in _WORK):
        per_seed = [r.facts.get("train_seconds", 0) / len(r.seeds) for r in (before, after)]
        ratio = per_seed[1] / per_seed[0] if per_seed[0] and per_seed[1] else 1.0
    return seconds * ratio / 60


def separation_toml(separation: Separation, base: int) -> str:
    """The text of a recipe file that runs a separation on the recipe of round ``base``."""
    whole = "keep_if" in separation.changes
    head = {"question": f"What does {separation.factor} do alone?", "against": f"round:{base}"}
    if not whole:
        head = {"base": f"round:{base}", **head}
    return toml_text({**head, **separation.changes})


def toml_text(data: Data, path: str = "") -> str:
    """Nested mappings of plain values as TOML, the plain ones of each table before its tables."""
    plain = {k: v for k, v in data.items() if not isinstance(v, Mapping)}
    tables = {k: v for k, v in data.items() if isinstance(v, Mapping)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in plain.items()]
    text = "".join(f"{line}\n" for line in lines)
    for name, table in tables.items():
        here = f"{path}{_key(name)}"
        only_tables = table and all(isinstance(v, Mapping) for v in table.values())
        text += ("" if only_tables else f"\n[{here}]\n") + toml_text(table, f"{here}.")
    return text


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    # JSON's text is TOML's, but for the delete character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
