"""What a researcher may change: ``research.toml``, the bounds that hold without one, and the check of one change.

    start     = 2            # the round that researchers start from
    oversight = true         # nothing that is proposed runs before a person approves it

    [bounds]
    train.lr      = { low = 0.001, high = 0.02, log = true }
    model.norm    = { any = ["layer", "rms"] }

Whatever the bounds say, no researcher changes seeds, metrics, the keep rule, what a round is compared with, the
yardstick, voices, or anything that names a file, an address or a machine (``changes.fixed``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from greenlight import loading
from greenlight.changes import BARE, BLEND, DIGITS, fixed, near, number, value, voices
from greenlight.effective import architecture
from greenlight.errors import RecipeError
from greenlight.nouns import Noun
from greenlight.outside import read_toml
from greenlight.proposals import Bound, Proposal
from greenlight.recipe import (
    Count,
    ImportedCorpus,
    Number,
    Recipe,
    Switch,
    TextCorpus,
    Tokenizer,
)
from greenlight.study import Study

FILE = "research.toml"
LARGEST = 1e100
"""Of a prediction's ends: what sums of their squares and widths can hold."""


class Stop(Noun):
    """When a session ends, where its command line does not say otherwise."""

    rounds: Count | None = None
    hours: Annotated[Number, Field(gt=0)] | None = None
    usd: Annotated[Number, Field(ge=0)] | None = None
    patience: Count | None = Field(default=None, description="rounds in a row of which none was kept")
    gain: Annotated[Number, Field(ge=0)] | None = Field(
        default=None, description="in the metric's unit: the least that a further round must be expected to bring"
    )


class Research(Noun):
    """``research.toml``. ``llm``: options of the researcher of that name; each of them is checked when it is asked."""

    start: Count = 1
    oversight: Switch = False
    bounds: dict[str, Bound] | None = Field(default=None, description="default: by the start's recipe")
    stop: Stop = Stop()
    llm: dict[str, Any] = {}


def read(study: Study) -> Research:
    """The study's ``research.toml``, or its defaults.

    Raises RecipeError for an unknown key, a value that is off, or a bound on what no researcher may change.
    """
    path = study.folder / FILE
    if not path.exists():
        return Research()
    data = read_toml(path)
    if isinstance(data.get("bounds"), Mapping):
        data["bounds"] = _dotted(data["bounds"])
    try:
        found = Research.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{FILE}: {loading.explain(error, Research)}") from None
    if found.bounds is not None and not found.bounds:
        raise RecipeError(f"{FILE}: [bounds] names no key: leave it out for the default ones")
    for key, bound in (found.bounds or {}).items():
        if why := fixed(key):
            raise RecipeError(f"{FILE}: bounds: {why}")
        for name in bound.any:
            if isinstance(name, str) and not BARE.fullmatch(name):
                raise RecipeError(f"{FILE}: bounds.{key}: '{name[:60]}' is no bare name: no path, dot or sentence")
    return found


def _dotted(table: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested tables as dotted keys: ``train.lr = {…}`` and ``"train.lr" = {…}`` are one."""
    out: dict[str, Any] = {}
    for name, found in table.items():
        inner = isinstance(found, Mapping) and bool(found) and not (found.keys() & Bound.model_fields.keys())
        out |= _dotted(found, f"{path}{name}.") if inner and isinstance(found, Mapping) else {f"{path}{name}": found}
    return out


# ---------------------------------------------------------------- bounds


def of(research: Research, recipe: Recipe) -> dict[str, Bound]:
    """The study's bounds, or those that follow from a recipe, on the kinds of values that it has.

    Raises RecipeError for a bound on a key that this recipe has not.
    """
    if research.bounds is None:
        return default(recipe)
    found = {}
    for key, bound in research.bounds.items():
        if not _has(recipe, key):
            raise RecipeError(f"{FILE}: bounds: the recipe of round {research.start} has no '{key}' to change")
        has, found[key] = value(recipe, key), bound
        if not bound.any and has is not None:
            if not number(has):
                raise RecipeError(
                    f"{FILE}: bounds.{key}: {_shown(has)}, which it is now, is no number: state any = […]"
                )
            if isinstance(has, int):
                found[key] = bound.model_copy(update={"whole": True})
                if not bound.counts:
                    raise RecipeError(
                        f"{FILE}: bounds.{key}: no whole number lies between {bound.low:g} and {bound.high:g}"
                    )
        for one in bound.any or (bound.low, bound.high):
            if why := _unfit(recipe, key, one):
                raise RecipeError(f"{FILE}: bounds.{key}: it cannot be {_shown(one)}: {why}")
    return found


def _unfit(recipe: Recipe, key: str, new: Any) -> str:
    """Why this field of a recipe takes no such value; empty where it may, or where only another key is in its way."""
    data = recipe.data()
    *tables, last = key.split(".")
    at: Any = data
    for table in tables:
        at = at.get(table) if isinstance(at, dict) else None
    if key.startswith(BLEND) or not isinstance(at, dict):
        return ""
    at[last] = int(new) if number(new) and new == int(new) else new
    try:
        Recipe.model_validate(data)
    except ValidationError as error:
        mine = [one["msg"] for one in error.errors() if one["loc"] and one["loc"][-1] == last]
        return mine[0] if mine else ""
    return ""


def _has(recipe: Recipe, key: str) -> bool:
    table, _, name = key.partition(".")
    if key.startswith(BLEND):
        return key.removeprefix(BLEND) in voices(recipe)
    if table == "corpus":
        return name in type(recipe.corpus).model_fields
    if table == "gates":
        place, gate, _ = name.split(".")
        return gate in getattr(recipe.gates, place)
    return True


def usable(bounds: Mapping[str, Bound], recipe: Recipe) -> dict[str, Bound]:
    """Those of the bounds by which this recipe can be changed: a vocabulary's size is a BPE's alone."""
    found = {key: bound for key, bound in bounds.items() if _has(recipe, key)}
    if recipe.tokenizer.use != "bpe":
        found.pop("tokenizer.vocab", None)
    return {k: b for k, b in found.items() if not b.any or any(not near(one, value(recipe, k)) for one in b.any)}


def default(recipe: Recipe) -> dict[str, Bound]:
    """Bounds around a recipe: rates over two decades, sizes from a half to twice, and each choice of the layout.

    Longer training is no part of them, nor is more text, but for what a share below 1 leaves. Batch and sizes move what
    a round costs all the same: ``greenlight leaderboard --equal flops`` sets rounds of equal cost side by side.
    """
    has, heads = architecture(recipe.data()), recipe.model.heads
    found: dict[str, Bound] = {}
    for key in ("train.lr", "train.muon_lr"):
        rate = float(value(recipe, key))
        low, high = (float(f"{rate * by:.2g}") for by in (0.1, 10.0))
        found[key] = Bound(low=low, high=high, log=True) if rate else _choice(0.0, 0.005, 0.01, 0.02, 0.04)
    found["train.weight_decay"] = _choice(0.0, 0.01, 0.03, 0.1, 0.3)
    found["train.warmup"] = Bound(low=0, high=max(100, 4 * recipe.train.warmup), whole=True)
    found["train.decay"] = Bound(low=0.0, high=1.0)
    found["train.keep"] = _choice("last", "best")
    found["train.batch"] = Bound(low=max(1, recipe.train.batch // 2), high=2 * recipe.train.batch, whole=True)
    layers, width = recipe.model.layers, recipe.model.width
    found["model.layers"] = Bound(low=max(1, layers // 2), high=2 * layers, whole=True)
    widths = [width * by // 4 for by in (2, 3, 4, 6, 8)]
    found["model.width"] = _choice(*(w for w in widths if _fits(recipe, w, heads)))
    found["model.dropout"] = _choice(0.0, 0.05, 0.1, 0.2, 0.3)
    found["model.norm"] = _choice("layer", "rms")
    found["model.position"] = _choice("learned", "rope")
    found["model.mlp"] = _choice("gelu", "swiglu", "relu2")
    found["model.bias"] = found["model.qk_norm"] = _choice(False, True)
    if has.get("head_dim", 0) >= 32:
        found["model.layout"] = _choice("classic", "modern")
    if recipe.tokenizer.use == "bpe":
        vocab = recipe.tokenizer.vocab
        found["tokenizer.vocab"] = Bound(low=max(258, vocab // 2), high=min(65_536, 4 * vocab), log=True, whole=True)
    return found | _of_corpus(recipe)


def _of_corpus(recipe: Recipe) -> dict[str, Bound]:
    corpus = recipe.corpus
    if isinstance(corpus, TextCorpus):
        uses = {"tokenizer.use": _choice("char", "byte", "bpe")}
        return uses | ({"corpus.share": Bound(low=corpus.share, high=1.0)} if corpus.share < 1 else {})
    names = [name for name in voices(recipe) if BARE.fullmatch(name)]
    found = {f"{BLEND}{name}": Bound(low=0.0, high=1.0) for name in names if len(names) > 1}
    return found | ({"corpus.labels": _choice("asked", "measured")} if isinstance(corpus, ImportedCorpus) else {})


def _choice(*names: bool | int | float | str) -> Bound:
    return Bound(any=names)


def _fits(recipe: Recipe, width: int, heads: int) -> bool:
    try:
        made = recipe.model.model_copy(update={"width": width, "heads": heads}).resolve(Tokenizer().vocab)
    except (RecipeError, ValidationError):
        return False
    return made.width == width


# ---------------------------------------------------------------- one change


def check(changes: Mapping[str, Any], bounds: Mapping[str, Bound], recipe: Recipe) -> None:
    """Raises RecipeError, with key, value, range and the way out, unless this is one change within the bounds."""
    settled(changes, bounds, recipe)


def settled(changes: Mapping[str, Any], bounds: Mapping[str, Bound], recipe: Recipe) -> tuple[str, Any]:
    """The key and its new value as a recipe takes it: 3e-3 and 0.003, 8.0 and 8 are one. Raises as ``check``."""
    if len(changes) != 1:
        raise RecipeError(f"{len(changes)} keys are changed: a proposal changes one, so that a cause can be named")
    key, new = next(iter(changes.items()))
    bound = bounds.get(key)
    if bound is None:
        why = fixed(key) or f"'{key[:100]}' is not within the bounds"
        raise RecipeError(f"{why}: change one of {_listed(sorted(bounds))}")
    found = _within(key, new, bound)
    if near(found, value(recipe, key), bound):
        raise RecipeError(f"{key} = {_shown(found)} changes nothing: the base has it already; propose another value")
    return key, found


def holds(bound: Bound, new: Any) -> bool:
    """Whether a value is within a bound."""
    try:
        _within("", new, bound)
    except RecipeError:
        return False
    return True


def _within(key: str, new: Any, bound: Bound) -> Any:
    if bound.any:
        for known in bound.any:
            if known == new and (type(known) is type(new) or (number(known) and number(new))):
                return known
        raise RecipeError(f"{key} = {_shown(new)} is out of bounds: choose one of {_listed(bound.any)}")
    assert bound.low is not None
    assert bound.high is not None
    span = f"from {bound.low:g} to {bound.high:g}"
    if not number(new):
        raise RecipeError(f"{key} = {_shown(new)} is no number: write one {span}, without quotes")
    if not bound.low <= new <= bound.high:
        raise RecipeError(f"{key} = {new:g} is out of bounds: choose a number {span}")
    if bound.whole:
        if new != int(new):
            raise RecipeError(f"{key} = {new:g} is no whole number: choose one {span}")
        return int(new)
    return float(f"{new:.{DIGITS}g}")


def _shown(new: Any) -> str:
    text = f'"{new}"' if isinstance(new, str) else str(new).lower() if isinstance(new, bool) else str(new)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _listed(names: Any) -> str:
    told = [name if isinstance(name, str) else _shown(name) for name in names]
    return ", ".join(told[:30]) + (f" and {len(told) - 30} more" if len(told) > 30 else "")


# ---------------------------------------------------------------- what may be answered


def schema(bounds: Mapping[str, Bound], base: int) -> dict[str, Any]:
    """JSON schema of an answer, as structured output takes it: no further keys, every key required.

    ``{"change": {"key", "value"} or null, "hypothesis", "predict": {"effect", "low", "high"} or null, "stop"}``; a
    researcher that wants no further round gives null for change and predict, and says in ``stop`` why.
    """
    changes = [
        _object({"key": {"type": "string", "enum": [key]}, "value": _value(bounds[key])}) for key in sorted(bounds)
    ]
    numbers = {name: {"type": "number"} for name in ("effect", "low", "high")}
    predict = _object(numbers) | {"description": "of the metric, this round minus its base: low ≤ effect ≤ high"}
    return _object(
        {
            "change": {"anyOf": [*changes, {"type": "null"}], "description": f"the one key to change in round {base}"},
            "hypothesis": {"type": "string", "description": "why this should help, in at most 2,000 characters"},
            "predict": {"anyOf": [predict, {"type": "null"}]},
            "stop": {"type": ["string", "null"], "description": "why nothing more pays; null with a change"},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value(bound: Bound) -> dict[str, Any]:
    if bound.any:
        return {"enum": list(bound.any)}
    if bound.whole:
        return {"type": "integer", "minimum": bound.counts[0], "maximum": bound.counts[-1]}
    return {"type": "number", "minimum": float(bound.low or 0), "maximum": float(bound.high or 0)}


def proposal_from(answer: Mapping[str, Any], base: int) -> Proposal:
    """A proposal from an answer of ``schema``, or from a proposal's own keys; ``base`` where it names none.

    Raises RecipeError that names the key and the way out.
    """
    data = dict(answer)
    if "change" in data:
        change = data.pop("change")
        if "changes" in data:
            raise RecipeError("the proposal has a change and changes: give one of them")
        if not isinstance(change, Mapping) or set(change) != {"key", "value"} or not isinstance(change["key"], str):
            raise RecipeError('the proposal: change: write {"key": "train.lr", "value": 0.002}, or null with a stop')
        data["changes"] = {change["key"]: change["value"]}
        if data.pop("stop", None):
            raise RecipeError("the proposal has a change and a stop: give one of them")
    try:
        made = Proposal.model_validate({"base": base, **data})
    except ValidationError as error:
        raise RecipeError(f"the proposal: {loading.explain(error, Proposal)}") from None
    if (most := max(abs(made.predict.low), abs(made.predict.high))) > LARGEST:
        raise RecipeError(f"the proposal: predict: {most:g} is no size of a change: state what you expect")
    return made
