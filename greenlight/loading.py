"""From TOML to a whole recipe: merged over its base, changed by ``--set``, checked, its files read in.

Precedence: defaults < the base round < the file < ``--set``. The effective recipe is whole by itself. Unknown keys are
errors that name the nearest known key.
"""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError

from greenlight import depth, mentions, parts, vocabulary
from greenlight import recipe as recipes
from greenlight.errors import InputError, RecipeError, nearest
from greenlight.nouns import Architecture, fingerprint
from greenlight.outside import read_bytes, read_text, read_toml
from greenlight.recipe import PartTable, Recipe, VoicesCorpus, round_number

WHOLE_TABLES = ("corpus.blend", "corpus.voices", "predict", "rivals")
"""Tables of free keys: a round that states one replaces its base's table instead of adding to it."""

ENDPOINT = "greenlight.generators.endpoint"
"""The voice behind a server: what it can be asked is known only by a model's name."""
FEW = 3
"""Topics that one error names."""


def written(path: Path, base: Callable[[int], Mapping[str, Any]]) -> dict[str, Any]:
    """The file's keys over those of its base, before defaults."""
    data = read_toml(path)
    reference = data.pop("base", None)
    if reference is None:
        return data
    if not isinstance(reference, str):
        raise RecipeError(f"{path.name}: base must be text such as 'round:1', not {reference!r}")
    below = {k: v for k, v in base(round_number(reference)).items() if k not in ("question", "predict", "against")}
    return merge(below, data)


def merge(below: Mapping[str, Any], above: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """``above`` over ``below``; tables are merged key by key, but for ``WHOLE_TABLES``; ``false`` takes one away.

    Another ``model.depth`` takes back what followed from the one below.
    """
    out = dict(below)
    if not path and isinstance(table := above.get("model"), Mapping) and "depth" in table:
        out = depth.without(out)
    for key, value in above.items():
        here = f"{path}{key}"
        if isinstance(value, Mapping) and isinstance(out.get(key), Mapping) and here not in WHOLE_TABLES:
            out[key] = merge(out[key], value, f"{here}.")
        elif value is False and isinstance(out.get(key), Mapping):
            del out[key]
        else:
            out[key] = value
    for one, other in (("epochs", "steps"), ("steps", "epochs")):  # stating one of the two takes the other back
        if path == "train." and one in above and other not in above:
            out.pop(other, None)
    return out


def apply_sets(data: Mapping[str, Any], sets: tuple[str, ...]) -> dict[str, Any]:
    """``train.steps=200`` over the data. The value is read as TOML, and as plain text when it is not."""
    out = dict(data)
    for item in sets:
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise RecipeError(f"--set {item}: write it as table.key=value")
        try:
            parsed = tomllib.loads(f"v = {value}")["v"]
        except tomllib.TOMLDecodeError:
            parsed = value.strip()
        except RecursionError:
            raise RecipeError(f"--set {key.strip()}: its value is nested too deeply: write it flat") from None
        table: dict[str, Any] = {}
        inner = table
        *tables, last = key.strip().split(".")
        for name in tables:
            inner[name] = {}
            inner = inner[name]
        inner[last] = parsed
        out = merge(out, table)
    return out


def check(data: Mapping[str, Any], study: Path, name: str = "recipe") -> Recipe:
    """Data to a whole recipe: files read in, parts found and their options checked.

    Raises RecipeError with one line that names the key, its value and the way out.
    """
    data = _read_in(dict(data), study, name)
    try:
        recipe = Recipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{name}: {explain(error, Recipe)}") from None
    for folder, table in part_tables(recipe):
        for key, options in table.items():
            parts.make(folder, key, options, where=name)
    if isinstance(recipe.corpus, VoicesCorpus):
        _askable(recipe.corpus, name)
    for here, table, method, other in (
        ("each", recipe.gates.each, "check", "whole"),
        ("whole", recipe.gates.whole, "check_all", "each"),
    ):
        for key, options in table.items():
            if not hasattr(parts.make("gates", key, options), method):
                raise RecipeError(f"{name}: gates.{here}.{key} is no gate of this table: move it to gates.{other}")
    if recipe.keep_if.metric in recipe.keep_if.guards:
        raise RecipeError(
            f"{name}: keep_if.guards names '{recipe.keep_if.metric}', which keep_if.metric judges: guard another one"
        )
    known = parts.readings(recipe.metrics)
    for metric in (recipe.keep_if.metric, *recipe.keep_if.guards):
        if known is not None and metric not in known:
            raise RecipeError(f"{name}: keep_if names '{metric}', which is not measured" + nearest(metric, known))
    try:
        recipe.model.resolve(recipe.tokenizer.vocab)
    except RecipeError as error:
        raise RecipeError(f"{name}: {error}") from None
    except ValidationError as error:
        raise RecipeError(f"{name}: model: {explain(error, Architecture)}") from None
    return recipe


def part_tables(recipe: Recipe) -> list[tuple[str, PartTable]]:
    """Every table of parts in a recipe, with the folder that its parts live in."""
    tables = [("gates", recipe.gates.each), ("gates", recipe.gates.whole), ("metrics", recipe.metrics)]
    if isinstance(recipe.corpus, VoicesCorpus):
        tables.append(("generators", recipe.corpus.voices))
    return tables


def _askable(corpus: VoicesCorpus, name: str) -> None:
    """Raises RecipeError for a topic that counts itself, and for a voice behind a server that names no model."""
    pattern = corpus.brief.pattern
    if own := next((topic for topic in corpus.brief.topics if mentions.count(topic, pattern)), ""):
        raise RecipeError(
            f"{name}: the topic '{own}' holds '{pattern}', which is counted, so it would count itself: take it out of "
            "corpus.brief.topics (greenlight topics --without does)"
        )
    for voice, options in corpus.voices.items():
        if parts.module_of("generators", voice, options) == ENDPOINT and not options.get("model"):
            raise RecipeError(f"{name}: corpus.voices.{voice} names no model: set its option model")


def _topics(path: Path, file: str, name: str) -> list[str]:
    """The topics of a file, one a line. Raises RecipeError where one stands there twice."""
    lines = [line.strip() for line in read_text(path).splitlines()]
    first, twice = dict[str, int](), list[str]()
    for number, line in enumerate(lines, 1):
        if line and (before := first.setdefault(line, number)) != number:
            twice.append(f"'{line[:80]}' (lines {before} and {number})")
    if twice:
        more = f", and {len(twice) - FEW:,} more" if len(twice) > FEW else ""
        raise RecipeError(f"{name}: topics of {file} occur twice: {', '.join(twice[:FEW])}{more}: take one of each out")
    return [line for line in lines if line]


def _read_in(data: dict[str, Any], study: Path, name: str) -> dict[str, Any]:
    tokenizer, corpus = data.get("tokenizer"), data.get("corpus")
    if isinstance(tokenizer, Mapping) and tokenizer.get("use") == "gpt2":
        data = {**data, "tokenizer": _vocabulary(tokenizer, study, name)}
    if not isinstance(corpus, Mapping):
        return data
    corpus = dict(corpus)
    if "use" not in corpus:
        corpus["use"] = "voices" if "brief" in corpus or "blend" in corpus else "text"
    brief = corpus.get("brief")
    if isinstance(brief, Mapping) and isinstance(brief.get("topics"), str):
        file = brief["topics"]
        corpus["brief"] = {**brief, "topics": _topics(_inside(study, file, name), file, name)}
    if corpus["use"] == "import":
        source = corpus.get("source", "imported/samples.parquet")
        if isinstance(source, str):
            corpus["source_sha256"] = fingerprint(_imported(_inside(study, source, name), source, name))
    if corpus["use"] == "text":
        source = corpus.get("source", "text/source.txt")
        if isinstance(source, str):
            corpus["source_sha256"] = fingerprint(read_text(_inside(study, source, name)))
    return {**data, "corpus": corpus}


def _vocabulary(tokenizer: Mapping[str, Any], study: Path, name: str) -> dict[str, Any]:
    """With the hash and the size of its files; a study may wait for them, so without them it has GPT-2's size."""
    source = tokenizer.get("source", recipes.Tokenizer.model_fields["source"].default)
    filled = {**tokenizer, "vocab": vocabulary.GPT2_TOKENS + len(vocabulary.SPECIALS), "source_sha256": ""}
    if isinstance(source, str) and (folder := _inside(study, source, name)).exists():
        try:
            found = vocabulary.read(folder)
        except InputError as error:
            raise RecipeError(f"{name}: tokenizer.source: {error}") from None
        filled |= {"vocab": found.tokens, "source_sha256": found.sha256}
    return filled


def _imported(path: Path, source: str, name: str) -> bytes:
    if not path.exists():
        raise RecipeError(f"{name}: {source} is missing: make the study with greenlight new … --import FILE")
    return read_bytes(path)


def _inside(study: Path, file: str, name: str) -> Path:
    path = (study / file).resolve()
    if not path.is_relative_to(study.resolve()):
        raise RecipeError(f"{name}: '{file}' lies outside the study; copy it in")
    return path


# ---------------------------------------------------------------- errors that help


WORDS = {
    "tuple_type": "must be a list: […]",
    "too_short": "must not be empty",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_type": 'must be text: "…"',
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
}
"""Kinds of errors in TOML's words, not in Python's."""


def explain(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors()[0]
    # the tag of the corpus union stands in pydantic's path right after 'corpus'; 'corpus.voices.x' is a real key
    tagged = first["loc"][:1] == ("corpus",) and first["loc"][1:2] in (("voices",), ("text",), ("import",))
    loc = [str(part) for part in (first["loc"][:1] + first["loc"][2:] if tagged else first["loc"])]
    key = ".".join(loc) or "the recipe"
    message = WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        return f"unknown key '{key}'" + nearest(loc[-1], _keys_at(model, loc[:-1]))
    if first["type"] == "missing":
        return f"the key '{key}' is missing"
    if first["type"] == "value_error":
        return f"{key}: {message}" if loc else message
    value = first.get("input")
    shown = repr(value) if not isinstance(value, (dict, list)) or len(repr(value)) < 60 else type(value).__name__
    return f"{key} = {shown[:200]}: {message[0].lower()}{message[1:]}"


def _keys_at(model: Any, loc: list[str]) -> list[str]:
    """The keys that are known at a place of the schema; empty for tables of free keys."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        if not loc:
            return list(model.model_fields)
        field = model.model_fields.get(loc[0])
        return [] if field is None else _keys_at(field.annotation, loc[1:])
    if typing.get_origin(model) is dict:
        return _keys_at(typing.get_args(model)[1], loc[1:])
    if typing.get_origin(model) in (typing.Union, types.UnionType, Annotated):
        return sorted({key for arg in typing.get_args(model) for key in _keys_at(arg, loc)})
    return []
