"""Effective recipes, key by key: what is written differently in two of them.

A factor is a key that differs. Blends, each voice, topic lists, and gates that one side lacks are one key each; the
length of training is one key whether it is told in epochs or in steps; a value that is stated and equal to the default
is no difference. What touches no model is no factor: question, against, predict, keep_if, a metric that is added; nor
are seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from greenlight import depth, parts
from greenlight.errors import RecipeError
from greenlight.nouns import Factor, Round, fingerprint
from greenlight.recipe import Gates, ImportedCorpus, Model, TextCorpus, Tokenizer, Train, VoicesCorpus

Data = Mapping[str, Any]

NOT_FACTORS = ("question", "against", "predict", "keep_if", "seeds", "train.save_every")

PARTS = {"gates.each": "gates", "gates.whole": "gates", "metrics": "metrics", "corpus.voices": "generators"}
"""Tables of parts, with the folder that their parts live in."""

ORDER = {
    "corpus": [*VoicesCorpus.model_fields, *TextCorpus.model_fields, *ImportedCorpus.model_fields],
    "gates": [*Gates.model_fields],
    "tokenizer": [*Tokenizer.model_fields],
    "model": [*Model.model_fields],
    "train": [*Train.model_fields],
    "metrics": [],
}
"""The recipe's tables with their keys, as its schema has them."""

ENVIRONMENT = ("code", "precision", "device", "torch")
"""Facts that are factors of their own where they differ: no line of a recipe would explain what they do."""

MACHINE = ("threads", "cpu", "gpu")
"""Facts that follow from where a round ran."""


def written(before: Data, after: Data) -> tuple[Factor, ...]:
    """The factors between two effective recipes (``Recipe.data()``), in the order of the recipe's keys."""
    one, other = flat(before), flat(after)
    if one.get("corpus.use") != other.get("corpus.use"):
        one, other = ({k: v for k, v in x.items() if k == "corpus.use" or k[:7] != "corpus."} for x in (one, other))
    found = []
    for key in sorted({**one, **other}, key=_place):
        a, b = one.get(key), other.get(key)
        if a == b or _carried_by_another(key, one, other):
            continue
        if _is_part(key) and a is not None and b is not None and a["use"] == b["use"] and "voices" not in key:
            options = [o for o in {**a, **b} if a.get(o) != b.get(o)]
            found += [Factor(key=f"{key}.{o}", before=a.get(o), after=b.get(o)) for o in options]
        else:
            found.append(Factor(key=key, before=_brief(key, a), after=_brief(key, b)))
    return tuple(_one_length(_of_model(found, before, after)))


def _place(key: str) -> tuple[int, int, str]:
    """Where a recipe has a key: by its schema, since a recipe from the ledger has its keys in the alphabet's order."""
    table, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    tables, names = list(ORDER), ORDER.get(table, [])
    return (
        tables.index(table) if table in tables else len(tables),
        names.index(name) if name in names else len(names),
        key,
    )


def flat(recipe: Data) -> dict[str, Any]:
    """Dotted keys of an effective recipe, parts with their defaults; each part, the blend and the topics are leaves."""
    out: dict[str, Any] = {}

    def walk(data: Data, path: str) -> None:
        for name, value in data.items():
            key = f"{path}{name}"
            if key in NOT_FACTORS:
                continue
            if path[:-1] in PARTS:
                out[key] = _part(PARTS[path[:-1]], name, value)
            elif key == "corpus.blend":
                out[key] = {voice: share for voice, share in value.items() if share > 0}
            elif isinstance(value, Mapping):
                walk(value, f"{key}.")
            else:
                out[key] = list(value) if isinstance(value, tuple) else value

    walk(recipe, "")
    for table, noun in (("model", Model), ("train", Train)):  # a ledger's rows may be older than a key
        if table in recipe:
            for name, known in noun.model_fields.items():
                if f"{table}.{name}" not in NOT_FACTORS:
                    out.setdefault(f"{table}.{name}", known.default)
    if out.get("corpus.source_sha256"):  # the text counts, not the name of its file
        out["corpus.source"] = out.pop("corpus.source_sha256")
    if sha := out.pop("tokenizer.source_sha256", ""):
        out["tokenizer.source"] = sha
    return out


def _part(folder: str, name: str, options: Data) -> dict[str, Any]:
    try:
        made = parts.make(folder, name, dict(options))
        return {"use": parts.module_of(folder, name, dict(options)), **asdict(made)}
    except RecipeError:  # a part of another time or place: what is written is all that is known
        return {"use": name, **options}


def _is_part(key: str) -> bool:
    return key.rpartition(".")[0] in PARTS


def _carried_by_another(key: str, one: Data, other: Data) -> bool:
    table, _, name = key.rpartition(".")
    if all(_of_depth(key, x) for x in (one, other)):  # both follow from a depth, and the depths are told
        return True
    if key == "tokenizer.vocab":  # a size that only a BPE has; beside another tokenizer it follows from the swap
        return {one.get("tokenizer.use"), other.get("tokenizer.use")} != {"bpe"}
    if key == "tokenizer.source":  # files that only a vocabulary from outside has
        return {one.get("tokenizer.use"), other.get("tokenizer.use")} != {"gpt2"}
    if table == "metrics":  # a metric that only one side has touches no model
        return key not in one or key not in other
    if table == "corpus.voices":  # a voice that only one blend uses is part of the change of blend
        return any(name not in x.get("corpus.blend", {}) for x in (one, other))
    return False


def _of_depth(key: str, recipe: Data) -> bool:
    """Whether a key is what the recipe's depth makes it."""
    table, _, name = key.partition(".")
    model = {"depth": recipe.get("model.depth"), "context": recipe.get("model.context")}
    keys = depth.followed(model).get(table, {})
    return name in keys and keys[name] == recipe[key]


def _brief(key: str, value: Any) -> Any:
    """Long values in short: how many topics, and which by hash."""
    if key == "corpus.brief.topics" and value is not None:
        return f"{len(value)} topics, sha {fingerprint(list(value))[:8]}"
    if key == "corpus.source" and value is not None:
        return f"text, sha {value[:8]}"
    if key == "tokenizer.source" and value is not None and len(value) == 64:
        return f"files, sha {value[:8]}"
    return value


def _of_model(factors: list[Factor], before: Data, after: Data) -> list[Factor]:
    """Model keys by their resolved values: a key that only states what the others give anyway is no factor."""
    one, other = architecture(before), architecture(after)
    kept = []
    for f in factors:
        name = f.key.removeprefix("model.")
        if f.key == name or not one or not other or name in ("layout", "depth"):
            kept.append(f)
        elif one[name] != other[name] and not (_given_anyway(name, before) and _given_anyway(name, after)):
            kept.append(Factor(key=f.key, before=one[name], after=other[name]))
    return kept


def _given_anyway(name: str, recipe: Data) -> bool:
    """Whether the model would have this value too if its recipe did not state it."""
    model = recipe.get("model", {})
    if model.get(name) is None:
        return True
    without = architecture({"model": {key: value for key, value in model.items() if key != name}})
    return bool(without) and without[name] == architecture(recipe)[name]


def architecture(recipe: Data) -> dict[str, Any]:
    """Every size and choice of the model, for one vocabulary; empty when the recipe has no valid model."""
    try:
        return Model.model_validate(recipe.get("model", {})).resolve(vocab=1024).data()
    except (RecipeError, ValidationError):
        return {}


def _one_length(factors: list[Factor]) -> list[Factor]:
    """Epochs replaced by steps, or steps by epochs, is one factor."""
    both = {f.key: f for f in factors if f.key in ("train.epochs", "train.steps")}
    if len(both) < 2:
        return factors
    gone = next(f for f in both.values() if f.before is not None)
    new = next(f for f in both.values() if f.after is not None)
    told = [f"{value:g} {f.key[6:]}" for value, f in ((gone.before, gone), (new.after, new))]
    one = Factor(key=new.key, before=told[0], after=told[1])
    return [one if f.key == new.key else f for f in factors if f.key != gone.key]


# ---------------------------------------------------------------- what is there in fact


def resolved(row: Round, beside: Round | None = None) -> dict[str, Any]:
    """A round's facts as dotted keys, tables and lists one level deep, with its code and machine.

    ``code`` is one hash over the steps' modules; each part's own stands beside it, as ``code.<module>``. With a round
    ``beside`` it, only modules count that both have: a step that one of them has not is a factor of its own.
    """
    known = None if beside is None else set(beside.facts.get("code", {}))
    out: dict[str, Any] = {key: row.machine[key] for key in (*MACHINE, "torch") if key in row.machine}
    for key, value in row.facts.items():
        if key == "code" and isinstance(value, Mapping):
            steps = {module: made for module, made in value.items() if module.count(".") == 1 or ".gpt." in module}
            told = {module: made for module, made in steps.items() if known is None or module in known}
            out["code"] = fingerprint(told)[:12]
            out |= {f"code.{module}": made for module, made in value.items() if module not in steps}
        elif key == "threads":  # of each seed's training; how many seeds there are says nothing
            out[key] = " and ".join(map(str, sorted(set(value)))) if isinstance(value, (list, tuple)) else value
        elif isinstance(value, Mapping):
            out |= {f"{key}.{name}": inner for name, inner in value.items()}
        elif isinstance(value, (list, tuple)):
            out |= {f"{key}.{place}": inner for place, inner in enumerate(value)}
        else:
            out[key] = value
    return out


def worked(row: Round) -> float:
    """Wall seconds of a round's work; where its steps were found rather than made, those of its training."""
    side_by_side = min(len(row.seeds), int(row.machine.get("cores", 1)))
    return max(row.seconds, float(row.facts.get("train_seconds", 0.0)) / side_by_side)
