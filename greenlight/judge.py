"""Judges a round against its control: both measured alike, with all that the verdict must know beside the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenlight import factors
from greenlight.crew import Crew
from greenlight.effective import written
from greenlight.errors import RoundError, nearest
from greenlight.measure import Trained, carried_over, measure
from greenlight.nouns import FactorTable, Round, Score, Verdict
from greenlight.recipe import KeepIf, Recipe
from greenlight.sense import GUARDED
from greenlight.study import Study
from greenlight.verdict import Beside, decide

CHOSEN_OF = 3
"""Rounds measured so far, from which on the best of them counts as chosen by its record."""


@dataclass(frozen=True)
class Evidence:
    """All that ``verdict.decide`` is given, in its order; ``explain`` decides again on parts of it."""

    after: Score
    before: Score
    keep_if: KeepIf
    factors: FactorTable
    against: int
    beside: Beside


def judge(row: Round, control: Round, recipe: Recipe, study: Study, crew: Crew) -> Verdict:
    """The verdict of a round against its control, both measured by this code and by the round's settings."""
    e = evidence(row, control, recipe, study, crew)
    verdict = decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)
    return verdict.model_copy(update={"truth": true_difference(row, control)})


def evidence(row: Round, control: Round, recipe: Recipe, study: Study, crew: Crew) -> Evidence:
    """What a verdict rests on. Raises RoundError when the metric was not measured."""
    metric = recipe.keep_if.metric
    if metric not in row.scores:
        raise RoundError(f"round {row.number} was not measured by '{metric}'" + nearest(metric, list(row.scores)))
    rounds = study.ledger.rounds()
    latest = dict(sorted({r.number: r for r in rounds}.items()))
    table = factors.compare(control, row, list(latest.values()))
    guarded = [m for m in row.scores if m in recipe.keep_if.guards or m in GUARDED]
    wanted = [metric, *(m for m in guarded if m != metric and m in control.scores)]
    made_by = parts_of(row)
    before, after = (remeasure(r, wanted, made_by, recipe, study, crew) for r in (control, row))
    planned, earlier = looked(row, rounds)
    beside = Beside(
        history=factors.poolable(latest.values(), row, metric),
        minutes_per_seed=row.facts["train_seconds"] / len(row.seeds) / 60,
        planned=planned,
        earlier=earlier,
        guards={m: (before[m], after[m]) for m in wanted[1:]},
        cautions=(*cautions(control, metric, rounds), *factors.cautions(control, row, table)),
    )
    return Evidence(after[metric], before[metric], recipe.keep_if, table, control.number, beside)


def looked(row: Round, rounds: Sequence[Round]) -> tuple[int, tuple[int, ...]]:
    """The seeds that a round was planned with, and how many it had at each earlier look.

    A look is another set of models of the same recipe (seeds apart), judged against the same earlier round: judging
    the same models again is the same look, and another recipe is another round. The plan is the file's, as it was at
    the first look: it cannot grow with what was seen.
    """
    seen: dict[str, Round] = {}
    for other in rounds:
        if other.number != row.number:
            continue
        if other.models == row.models:
            break
        judged = other.verdict is not None and other.verdict.outcome != "invalid"  # an invalid one tested nothing
        if judged and other.against == row.against and not written(other.recipe, row.recipe):
            seen.setdefault(other.models, other)
    first = next(iter(seen.values()), row)
    return first.planned or len(first.seeds), tuple(len(r.seeds) for r in seen.values())


def cautions(control: Round, metric: str, rounds: Sequence[Round]) -> tuple[str, ...]:
    """What choosing the control did to its record: the best of several rounds is, in part, the luckiest."""
    others = {r.number: r.scores[metric] for r in rounds if r.status == "done" and metric in r.scores}
    usable = {n: s for n, s in others.items() if not s.invalid and s.yardstick == control.yardstick}
    mine = usable.get(control.number)
    if mine is None or len(usable) < CHOSEN_OF or control.number == min(usable):
        return ()
    sign = -1 if mine.better == "lower" else 1
    if any(sign * s.value > sign * mine.value for n, s in usable.items() if n != control.number):
        return ()
    return (
        f"round {control.number} is the best of {len(usable)} rounds, so part of its record is luck, and a change is "
        "held against that luck too: run its recipe as a round of its own with seeds that were not in the choice",
    )


def parts_of(row: Round) -> dict[str, str]:
    """The metric part that each of a round's scores comes from: ``dial`` for ``dial.slope``."""
    made = [a for a in row.artifacts.values() if a.kind == "score"]
    return {name: a.plan["metric"] for a in made for name in a.facts["metrics"]}


def remeasure(
    row: Round, metrics: Sequence[str], made_by: Mapping[str, str], recipe: Recipe, study: Study, crew: Crew
) -> dict[str, Score]:
    """A round's scores under the recipe's settings, found where they were just made; nothing is trained again.

    ``made_by`` names the part of each metric (``parts_of``). Without the round's weights or corpus its stored scores
    stand, and the verdict checks that their settings are the same.
    """
    trained = Trained.of(row)
    if row.yardstick == study.yardstick.hash and trained.there(study.store):
        needed = {made_by[metric]: recipe.metrics[made_by[metric]] for metric in metrics}
        scores, _ = measure(needed, trained, study.yardstick, study.store, crew)
        return {metric: scores[metric] for metric in metrics}
    for metric in metrics:
        if metric not in row.scores:
            raise RoundError(f"round {row.number} was not measured by {metric}, and its weights are gone: run it again")
        if why := carried_over(row, metric):
            raise RoundError(f"round {row.number}'s score of {metric} was carried over: {why}; run the round again")
    return {metric: row.scores[metric] for metric in metrics}


def true_difference(row: Round, control: Round) -> dict[str, Any]:
    """For procedural voices: the slope of each corpus by construction, and their difference."""
    slopes = [r.facts.get("true_slope") for r in (control, row)]
    if slopes[0] is None or slopes[1] is None:
        return {}
    return {
        "before": slopes[0],
        "after": slopes[1],
        "difference": slopes[1] - slopes[0],
        "unit": "mentions per level in the corpus",
    }
