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
from greenlight.sense import NAMED, REFERENCE
from greenlight.study import Study
from greenlight.verdict import Beside, decide

GUARDED = frozenset(NAMED) - {"sense.distinct"}
"""What is guarded unasked. A steeper dial repeats its pattern, so that fewer pairs are distinct is its right."""

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
    return verdict.model_copy(update={"truth": true_difference(row, control, verdict)})


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
    guards = {m: (before[m], after[m]) for m in wanted[1:]}
    scales = {m: _two_scales(*pair) for m, pair in {metric: (before[metric], after[metric]), **guards}.items()}
    planned, earlier = looked(row, control, metric, rounds)
    beside = Beside(
        history=factors.poolable(latest.values(), row, metric),
        minutes_per_seed=row.facts["train_seconds"] / len(row.seeds) / 60 if "train_seconds" in row.facts else None,
        planned=planned,
        earlier=earlier,
        guards={m: pair for m, pair in guards.items() if not scales[m] or m in recipe.keep_if.guards},
        cautions=(
            *moved_margin(row, recipe.keep_if, rounds),
            *cautions(control, metric, rounds),
            *factors.cautions(control, row, table),
            *sorted({said for said in scales.values() if said}),
        ),
    )
    return Evidence(after[metric], before[metric], recipe.keep_if, table, control.number, beside)


def _two_scales(before: Score, after: Score) -> str:
    """Said where sense was held against references of different sizes: the larger knows more of the same language."""
    counts = [facts.get("reference") for score in (before, after) for facts in score.facts.values()]
    known = [count for count in counts if isinstance(count, int)]
    if not known or max(known) <= 1.1 * min(known):
        return ""
    return (
        f"sense was held against {min(known)} stories in one round and {max(known)} in the other, for a corpus has "
        f"under {REFERENCE}: its figures are on two scales, and guard nothing"
    )


def looked(row: Round, control: Round, metric: str, rounds: Sequence[Round]) -> tuple[int, tuple[int, ...]]:
    """The seeds that a change was planned with, and how many it had at each earlier look.

    A look is a verdict on one change: on one recipe (its seeds and how it is measured apart) against another, by
    whatever round number, models of either side, or metric. Judging the same models by the same metric again is the
    same look; another change, or one against another recipe, is another question. The plan is the file's, as it was at
    the first look: it cannot grow with what was seen.
    """
    by_models = {r.models: r for r in rounds if r.status == "done"}
    mine, seen = (row.models, control.models, metric), dict[tuple[str, str, str], Round]()
    for other in rounds:
        verdict = other.verdict
        if verdict is None or verdict.outcome == "invalid" or not _same_change(other.recipe, row.recipe):
            continue  # an invalid one tested nothing
        its = by_models.get(other.control or control.models)
        if its is not None and not _same_change(its.recipe, control.recipe):
            continue
        key = (other.models, other.control or control.models, verdict.metric)
        if key == mine:
            break
        seen.setdefault(key, other)
    first = next(iter(seen.values()), row)
    return first.planned or len(first.seeds), tuple(len(r.seeds) for r in seen.values())


def _same_change(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two recipes ask one question of the training: seeds, and how it is measured, are no other one."""
    return all(f.key == "corpus.seed" or f.key.startswith("metrics.") for f in written(one, other))


def cautions(control: Round, metric: str, rounds: Sequence[Round]) -> tuple[str, ...]:
    """What choosing the control did to its record: of several rounds the best is, in part, the luckiest, and the worst
    the unluckiest."""
    others = {r.number: r.scores[metric] for r in rounds if r.status == "done" and metric in r.scores}
    usable = {n: s for n, s in others.items() if not s.invalid and s.yardstick == control.yardstick}
    mine = usable.get(control.number)
    if mine is None or len(usable) < CHOSEN_OF or control.number == min(usable):
        return ()
    gains = [s.value - mine.value for n, s in usable.items() if n != control.number]
    if mine.better == "lower":
        gains = [-gain for gain in gains]
    if max(gains) <= 0:
        return (
            f"round {control.number} is the best of {len(usable)} rounds, so part of its record is luck, and a change "
            "is held against that luck too: run its recipe as a round of its own with seeds that were not in the "
            "choice",
        )
    if min(gains) >= 0:
        return (
            f"round {control.number} is the worst of {len(usable)} rounds, so a gain over it is in part its bad luck: "
            f"compare with round {min(usable)}, where the study began",
        )
    return ()


def moved_margin(row: Round, keep_if: KeepIf, rounds: Sequence[Round]) -> tuple[str, ...]:
    """Said when the same models were judged before, at another margin."""
    for other in rounds:
        verdict = other.verdict
        if verdict is None or other.models != row.models or verdict.metric != keep_if.metric:
            continue
        stated = other.recipe["keep_if"].get("by")
        if stated != keep_if.by:
            was = "the noise floor" if stated is None else f"{stated:g}"
            return (f"the margin was {was} when these models were first judged",)
        return ()
    return ()


def parts_of(row: Round) -> dict[str, str]:
    """The metric part that each of a round's scores comes from: ``dial`` for ``dial.slope``."""
    made = [a for a in row.artifacts.values() if a.kind == "score"]
    return {name: a.plan["metric"] for a in made for name in a.facts.get("metrics", ())}


def remeasure(
    row: Round, metrics: Sequence[str], made_by: Mapping[str, str], recipe: Recipe, study: Study, crew: Crew
) -> dict[str, Score]:
    """A round's scores under the recipe's settings, found where they were just made; nothing is trained again.

    ``made_by`` names the part of each metric (``parts_of``). Without the round's weights or corpus its stored scores
    stand, and the verdict checks that their settings are the same.
    """
    trained = Trained.of(row)
    if row.yardstick == study.yardstick.hash and trained.there(study.store):
        if unknown := [metric for metric in metrics if made_by.get(metric) not in recipe.metrics]:
            raise RoundError(f"round {row.number} does not say which part measures {unknown[0]}: run it again")
        needed = {made_by[metric]: recipe.metrics[made_by[metric]] for metric in metrics}
        scores, _ = measure(needed, trained, study.yardstick, study.store, crew)
        return {metric: scores[metric] for metric in metrics}
    for metric in metrics:
        if metric not in row.scores:
            raise RoundError(f"round {row.number} was not measured by {metric}, and its weights are gone: run it again")
        if why := carried_over(row, metric):
            raise RoundError(f"round {row.number}'s score of {metric} was carried over: {why}; run the round again")
    return {metric: row.scores[metric] for metric in metrics}


def true_difference(row: Round, control: Round, verdict: Verdict) -> dict[str, Any]:
    """For procedural voices: the slope of each corpus by construction, and their difference.

    Nothing for a verdict that is not on the dial, or found no difference to hold it against.
    """
    if verdict.difference is None or not verdict.metric.startswith("dial."):
        return {}
    slopes = [r.facts.get("true_slope") for r in (control, row)]
    if slopes[0] is None or slopes[1] is None:
        return {}
    return {
        "before": slopes[0],
        "after": slopes[1],
        "difference": slopes[1] - slopes[0],
        "unit": "mentions per level in the corpus",
    }
