"""The keys of a recipe that a researcher may be given, what a recipe has for them, and one change as its tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from greenlight.effective import architecture
from greenlight.errors import RecipeError, nearest
from greenlight.proposals import Bound
from greenlight.recipe import Model, Recipe, TextCorpus, Train

BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""A name that is no path, no address, no module and no sentence."""
NEAR = 0.01
"""Numbers closer than this share of the larger, or of a range, are one value: a repeat by another name is no round."""
DIGITS = 6
BLEND = "corpus.blend."

OPEN = {
    "model": [*Model.model_fields],
    "train": sorted(set(Train.model_fields) - {"device", "threads", "compile", "save_every", "max_minutes"}),
    "tokenizer": ["use", "vocab"],
    "corpus": ["size", "share", "block_chars", "labels"],
}
"""Tables of the recipe with the keys that bounds may name; beside them shares of the blend, and numbers of gates."""
FIXED = {
    "seeds": "another seed is luck",
    "train.init_seed": "another seed is luck",
    "train.order_seed": "another seed is luck",
    "train.dropout_seed": "another seed is luck",
    "corpus.seed": "another seed is luck",
    "metrics": "it is how every round is measured",
    "keep_if": "it is how every round is judged",
    "predict": "a proposal has its own",
    "against": "a proposal is compared with its base",
    "base": "a proposal names its own",
    "yardstick": "it is the fixed measure",
    "corpus.source": "it names a file",
    "corpus.source_sha256": "it names a file",
    "tokenizer.source": "it names a file",
    "tokenizer.source_sha256": "it names a file",
    "corpus.voices": "it names who is asked, and where",
    "corpus.brief": "it says what is asked of voices, and what is counted",
    "corpus.use": "another kind of corpus is another study",
    "corpus.writer": "it is how models are asked",
    "train.device": "it is the machine's",
    "train.threads": "it is the machine's",
    "train.compile": "it is the machine's",
    "train.max_minutes": "it is the machine's",
    "train.save_every": "it changes no model",
    "question": "a proposal has its hypothesis",
}


def fixed(key: str) -> str:
    """Why no researcher may change a key, whatever the bounds say; empty where bounds may allow it."""
    for stem, why in FIXED.items():
        if key == stem or key.startswith(f"{stem}."):
            return f"'{key[:100]}' is no researcher's to change ({why})"
    table, _, name = key.partition(".")
    known = OPEN.get(table, [])
    if name in known or (key.startswith(BLEND) and BARE.fullmatch(key.removeprefix(BLEND))):
        return ""
    if re.fullmatch(r"gates\.(each|whole)\.[a-z0-9_]+\.[a-z0-9_]+", key):
        return ""
    every = [f"{table}.{name}" for table, names in OPEN.items() for name in names]
    close = nearest(key, every)
    return f"'{key[:100]}' is no key that may be changed" + (close if "did you mean" in close else "")


def value(recipe: Recipe, key: str) -> Any:
    """What a recipe has for a key of bounds, resolved; None where it has nothing."""
    if key.startswith(BLEND):
        return None if isinstance(recipe.corpus, TextCorpus) else recipe.corpus.blend.get(key.removeprefix(BLEND), 0.0)
    here: Any = recipe.data()
    for name in key.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    table, _, name = key.partition(".")
    return architecture(recipe.data()).get(name) if here is None and table == "model" else here


def values(recipe: Recipe, bounds: Mapping[str, Bound]) -> dict[str, Any]:
    """What a recipe has for each key of the bounds."""
    return {key: value(recipe, key) for key in bounds}


def tables(key: str, new: Any, recipe: Recipe) -> dict[str, Any]:
    """One change as tables of a recipe's file; a share of the blend is taken from the others, each in its share."""
    if key.startswith(BLEND):
        return {"corpus": {"blend": _blended(recipe, key.removeprefix(BLEND), float(new))}}
    out: Any = new
    for name in reversed(key.split(".")):
        out = {name: out}
    return dict(out)


def voices(recipe: Recipe) -> list[str]:
    """The voices that a blend of this recipe can name."""
    corpus = recipe.corpus
    return [] if isinstance(corpus, TextCorpus) else list(corpus.blend if corpus.use == "import" else corpus.voices)


def _blended(recipe: Recipe, voice: str, share: float) -> dict[str, float]:
    old = {name: float(value(recipe, f"{BLEND}{name}")) for name in voices(recipe)}
    others = {name: part for name, part in old.items() if name != voice}
    if sum(others.values()) <= 0:
        others = dict.fromkeys(others, 1.0)
    if share < 1 and not others:
        raise RecipeError(f"{BLEND}{voice} = {share:g}: there is no other voice to write the rest")
    whole = sum(others.values()) or 1.0
    new = {name: round((1 - share) * part / whole, DIGITS) for name, part in others.items()}
    if new:
        largest = max(new, key=lambda name: new[name])
        new[largest] = round(new[largest] + 1 - share - sum(new.values()), DIGITS)
    return {name: part for name, part in {**new, voice: share}.items() if part > 0}


def near(one: Any, other: Any, bound: Bound | None = None) -> bool:
    """Whether two values of a key are one: equal, or numbers within 1 % of the larger, or of the bound's range.

    Blends are near where each voice's share is, within 0.01.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(abs(one.get(voice, 0.0) - other.get(voice, 0.0)) <= NEAR for voice in {**one, **other})
    if not (number(one) and number(other)):
        return bool(one == other and isinstance(one, bool) == isinstance(other, bool))
    wide = 0.0 if bound is None or bound.log or bound.low is None or bound.high is None else bound.high - bound.low
    return bool(abs(one - other) <= NEAR * max(abs(one), abs(other), wide))


def number(one: Any) -> bool:
    return isinstance(one, (int, float)) and not isinstance(one, bool)
