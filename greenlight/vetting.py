"""The check of a proposal before it is frozen: one factor, within the bounds, on a round that ran, and new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from greenlight import bounds, changes, memory
from greenlight.effective import written
from greenlight.errors import RecipeError, StudyError, UserError
from greenlight.memory import Memory, Proposed, Ran
from greenlight.proposals import Bound, Proposal
from greenlight.recipe import KeepIf, Recipe
from greenlight.study import Study

NO_MODEL = "train.save_every"
"""Of the keys of the training the one that touches no model."""


@dataclass(frozen=True)
class Draft:
    """A proposal that passed: its one change, the tables of its file, and its effective recipe."""

    key: str
    value: Any
    tables: dict[str, Any]
    recipe: Recipe


def checked(study: Study, proposal: Proposal, allowed: Mapping[str, Bound], known: Memory, session: str = "") -> Draft:
    """Raises RecipeError or StudyError unless a proposal is one new change within the bounds, on a round that ran.

    A session may come to a recipe that another one came to from another base: it is found finished, and compared with
    this base.
    """
    base = base_recipe(study, proposal.base, known)
    key, new = bounds.settled(proposal.changes, allowed, base)
    tables = changes.tables(key, new, base)
    stated = {"question": proposal.hypothesis, "predict": {base.keep_if.metric: proposal.predict.data()}}
    change = study.recipe(proposal.base, (_set(key, tables),))
    told = {"against": f"round:{proposal.base}", "question": proposal.hypothesis}
    recipe = change.model_copy(update={**told, "predict": {base.keep_if.metric: proposal.predict}})
    factors = written(base.data(), recipe.data())
    if not factors:
        raise RecipeError(f"{key} changes nothing in round {proposal.base}: another key decides it there")
    if len(factors) > 1:
        names = ", ".join(factor.key for factor in factors)
        raise RecipeError(f"{key} would change {len(factors)} factors ({names}): propose one that changes one")
    theirs = {
        n for n, p in known.proposals.items() if session and p.session not in ("", session) and p.base != proposal.base
    }
    _new(study, recipe, known, theirs, memory.factor_of(key), allowed[key])
    return Draft(key, new, {**stated, **tables}, recipe)


def base_recipe(study: Study, number: int, known: Memory) -> Recipe:
    """The recipe that a proposal changes: of a round that ran as it is written."""
    study.file(number)
    if study.makes_character(number):
        raise RecipeError(
            f"round {number} makes a character: proposals are for rounds that train a model from a corpus"
        )
    there, ran = study.folder, known.rounds.get(number)
    if ran is None:
        raise StudyError(
            f"round {number} has not been run, so nothing can be built on it: greenlight run {there} {number}"
        )
    if ran.status != "done":
        raise StudyError(f"round {number} ended as a crash, so nothing can be built on it: choose another base")
    recipe = study.recipe(number)
    if moved := _moved(ran.data, recipe):
        raise StudyError(
            f"round {number} was run with another recipe than its file has ({', '.join(moved[:5])}): "
            f"greenlight run {there} {number}, or choose another base"
        )
    return recipe


def _moved(ran: Mapping[str, Any], recipe: Recipe) -> list[str]:
    """What a recipe's file has in another way than the round that ran: a proposal inherits all of it.

    Its seeds may be the first of those that ran, for a further look adds some.
    """
    moved = [factor.key for factor in written(ran, recipe.data())]
    if KeepIf.model_validate(ran["keep_if"]) != recipe.keep_if:
        moved.append("keep_if")
    if ran["metrics"].keys() != recipe.metrics.keys():
        moved.append("metrics")
    return moved if tuple(ran["seeds"][: len(recipe.seeds)]) == recipe.seeds else [*moved, "seeds"]


def _set(key: str, tables: Mapping[str, Any]) -> str:
    """As ``loading.apply_sets`` reads it."""
    if key.startswith(changes.BLEND):
        shares = tables["corpus"]["blend"]
        return "corpus.blend={ " + ", ".join(f"{json.dumps(v)} = {share!r}" for v, share in shares.items()) + " }"
    new: Any = tables
    for name in key.split("."):
        new = new[name]
    return f"{key}={json.dumps(new)}"


def _new(study: Study, recipe: Recipe, known: Memory, theirs: Set[int], factor: str, bound: Bound) -> None:
    """Raises StudyError where a round, run or not, is this recipe, or differs from it by nothing that counts.

    ``theirs`` may be this very recipe, which is no second draw; one that is near it would be.
    """
    data = recipe.data()
    for number, ran in known.rounds.items():
        if _same(ran.data, data, factor, bound) and not (number in theirs and not written(ran.data, data)):
            raise StudyError(f"that is round {number} ({ran.outcome}): {_instead(study, ran)}")
    for number, proposed in known.proposals.items():
        ruling = known.ruling(number) if known.outcome(number) == "rejected" else None
        if ruling is not None and _same(_recipe_of(study, proposed), data, factor, bound):
            raise StudyError(
                f"that is round {number}, rejected by {ruling.by}: {ruling.why}; a person can still approve it: "
                f"greenlight approve {number} {study.folder} --by NAME"
            )
    for number in study.files().keys() - known.rounds.keys():
        try:
            there = study.recipe(number).data()
        except UserError:  # running it says what is wrong with it
            continue
        if _same(there, data, factor, bound) and not (number in theirs and not written(there, data)):
            raise StudyError(f"that is round {number}, which has not been run: greenlight run {study.folder} {number}")


def _recipe_of(study: Study, proposed: Proposed) -> dict[str, Any]:
    """The effective recipe of a proposal whose file is gone."""
    try:
        base = study.recipe(proposed.base)
        key, new = next(iter(proposed.changes.items()))
        return study.recipe(proposed.base, (_set(key, changes.tables(key, new, base)),)).data()
    except UserError:  # its base is no longer what it was
        return {}


def _same(there: Mapping[str, Any], data: Mapping[str, Any], factor: str, bound: Bound) -> bool:
    if there.get("use") == "character" or "corpus" not in there or _apart(there, data, factor):
        return False
    found = written(there, data)
    return all(f.key == factor and changes.near(f.before, f.after, bound) for f in found)


def _apart(there: Mapping[str, Any], data: Mapping[str, Any], factor: str) -> bool:
    """Whether two recipes differ for certain in a key of the training other than this factor: seen at once."""
    one, other = there.get("train", {}), data["train"]
    return any(one[key] != other[key] for key in one.keys() & other.keys() if f"train.{key}" not in (factor, NO_MODEL))


def _instead(study: Study, ran: Ran) -> str:
    if ran.outcome == "undecided":
        return f"more seeds decide it, not another proposal: greenlight power {study.folder} {ran.number}"
    return "propose another change"
