"""The verdict: what one round was worth against one earlier round, and what is missing where nothing can be said.

The difference is ``mean_B − mean_A`` (this round minus the earlier one) in the metric's unit, with the crossed
random-effects t interval (``stats.crossed``) at 1 − α, where α is what this look may spend (``looks``; 5 % for a plan
that is carried out and judged once). With the gain as the difference in the good direction:

- better, worse: the whole interval lies beyond the margin, on the good or on the bad side;
- equivalent: the whole interval lies inside ±margin (the two-sided interval: stricter than the usual test of
  equivalence, which takes 90 %);
- undecided: neither; or under 3 seeds in a round (2 where earlier rounds lend 4 degrees of freedom), or no spread
  between seeds at all; or better, at the cost of a guard. ``missing`` says what would decide in 4 of 5 cases if the
  observed effect were the true one;
- invalid: the two scores must not be compared, or nothing but seeds differs; the sentence names what.

A guard is another metric that must not get worse. One that ``keep_if.guards`` names must be shown not to be worse by
more than its margin, and one that cannot be measured is not shown. What is guarded without being named (the sense of
the samples) breaks when it is shown at 95 % to be worse by more than its own noise floor: one of six does by chance in
at most about 5 % of rounds.

The margin is ``keep_if.by``, else the noise floor: the standard deviation of *one* seed's value, pooled over both
rounds and, where the spreads agree, earlier ones. It is not a standard error: what is shipped is one model, so a
change that another seed would make as well is not worth a green light, however many seeds have proved it; and it does
not shrink with the number of seeds, so that all rounds are held to one margin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from greenlight import looks, power, stats
from greenlight.nouns import FactorTable, Guard, Interval, Outcome, Score, Verdict
from greenlight.recipe import KeepIf

LEAST_SEEDS = 3
"""In each round, for any outcome but undecided; they give at least 4 degrees of freedom between seeds."""

LEAST_POOLED = 4
"""Degrees of freedom that earlier rounds must lend before two seeds may decide."""


@dataclass(frozen=True)
class Beside:
    """What is known beside the two scores.

    ``history``: scores of other rounds of the study, of the same size (``factors.poolable``); those of another metric,
    yardstick, measuring setting or set of blocks are left out. ``minutes_per_seed`` prices what is missing.
    ``planned``: seeds that the round's plan has (0: as many as there are); ``earlier``: how many it had at each look
    before this one. ``guards``: the scores before and after, by metric. ``cautions`` go into the verdict as they are.
    """

    history: Sequence[Score] = ()
    minutes_per_seed: float | None = None
    planned: int = 0
    earlier: tuple[int, ...] = ()
    guards: Mapping[str, tuple[Score, Score]] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()


def decide(
    score_b: Score,
    score_a: Score | None,
    keep_if: KeepIf,
    factors: FactorTable,
    against: int,
    beside: Beside | None = None,
) -> Verdict:
    """Judges this round's score B against the score A of round ``against``; the rules stand above.

    In the verdict's pairs (``seeds``, ``per_seed``) the earlier round comes first. A score that cannot be used gives
    an invalid verdict, not an error.
    """
    beside = beside or Beside()
    counts = [*beside.earlier, max(1, len(score_b.values))]
    planned = beside.planned or counts[-1]
    alphas = looks.alphas(planned, counts)
    head: dict[str, Any] = {
        "metric": score_b.metric,
        "unit": score_b.unit,
        "better": score_b.better,
        "against": against,
        "factors": factors,
        "seeds": (0 if score_a is None else len(score_a.values), len(score_b.values)),
        "blocks": len(score_b.blocks),
        "over": score_b.over,
        "looks": len(counts),
        "planned": planned,
        "alpha": alphas[-1],
        "spent": math.fsum(alphas),
        "cautions": beside.cautions,
    }
    reason = f"round {against} has no score of it" if score_a is None else _unusable(score_b, score_a, against)
    reason = reason or _no_change(factors) or _other_metric(score_b, keep_if)
    if score_a is None or reason:
        sentence = f"{score_b.metric}: no verdict against round {against}: {reason}."
        return Verdict(outcome="invalid", sentence=sentence, **head)
    guards, unmeasured = _guards(keep_if, beside.guards, against)
    head |= {"guards": guards, "cautions": (*beside.cautions, *unmeasured)}
    if len(score_b.blocks) < 2:
        head["cautions"] += (f"one of {score_b.over} only: what another one would change was not measured",)
    return _judge(score_b, score_a, keep_if, head, beside)


def _judge(b: Score, a: Score, keep_if: KeepIf, head: dict[str, Any], beside: Beside) -> Verdict:
    arms, earlier, minutes = [a.per_seed, b.per_seed], _earlier(beside.history, a, b), beside.minutes_per_seed
    pooled = stats.pool(arms, earlier)
    used = pooled is not None and pooled.fits
    own, noise = stats.noise_floor(arms), stats.noise_floor([*arms, *(earlier if used else [])])
    margin, margin_from = _margin(keep_if, noise)
    head |= {"per_seed": tuple(arms), "pooled": used, "margin": margin, "margin_from": margin_from}
    if own is not None:
        head["seed_sd"] = own.sd
    found = None if noise is None else _crossed(a, b, pooled, 1 - head["alpha"])
    if noise is None or found is None:
        missing = _more_seeds(LEAST_SEEDS, head, minutes)
        sentence = f"{b.metric} changed by {b.value - a.value:+.3g} {b.unit}: undecided, for one seed shows no noise."
        return Verdict(outcome="undecided", sentence=sentence, missing=f"A verdict takes {missing}.", **head)
    head |= {"difference": found.interval, "noise_floor": noise.sd, "noise_df": noise.df}
    outcome = _outcome(found, b.better, margin, min(head["seeds"]))
    after = [*beside.earlier, head["seeds"][1]]
    after.append(max(head["planned"], after[-1] + 1))
    next_alpha = looks.alphas(head["planned"], after)[-1]
    missing = _missing(found, next_alpha, head, minutes) if outcome == "undecided" else ""
    sentence = _sentence(outcome, found, head)
    if outcome == "better" and (held := _held_back(keep_if, head["guards"])):
        outcome, sentence, missing = "undecided", f"{sentence} No green light for it: {held[0]}.", held[1]
    return Verdict(outcome=outcome, sentence=sentence, missing=missing, **head)


def _crossed(a: Score, b: Score, pooled: stats.PooledVariance | None, level: float) -> stats.Crossed | None:
    """None where no seed shows any noise: one seed each, and earlier rounds that spread otherwise."""
    try:
        return stats.crossed(a.values, b.values, b.weights, pooled, level)
    except ValueError:
        return None


def _margin(keep_if: KeepIf, noise: stats.Noise | None) -> tuple[float, str]:
    if keep_if.by is not None:
        return keep_if.by, "keep_if.by"
    if noise is None:
        return 0.0, "no noise floor yet: no round has two seeds"
    return noise.sd, f"the noise floor: the sd of one seed, with {noise.df} df over {noise.rounds} rounds"


def enough(seeds: int, lent: int) -> bool:
    """Whether this many seeds in the smaller arm may decide, with so many degrees of freedom lent by earlier rounds.

    One seed never does: where a recipe fails once in 24 seeds, a look at one at α = 0.2 % is wrong in 2 % of rounds
    (``benchmarks/verdicts.py``), for earlier rounds seldom show such a failure.
    """
    return seeds >= LEAST_SEEDS or (seeds == LEAST_SEEDS - 1 and lent >= LEAST_POOLED)


def _outcome(found: stats.Crossed, better: str, margin: float, least: int) -> Outcome:
    low, high = found.interval.low, found.interval.high
    if better == "lower":
        low, high = -high, -low
    if not enough(least, found.pooled_df) or found.seed_variance <= 0:
        return "undecided"
    if low > margin:
        return "better"
    if high < -margin:
        return "worse"
    return "equivalent" if found.interval.within(margin) else "undecided"


# ---------------------------------------------------------------- what must not get worse


def _guards(
    keep_if: KeepIf, scores: Mapping[str, tuple[Score, Score]], against: int
) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
    """Every guard's state, and a line for each that could not be measured."""
    unnamed = [m for m in scores if m not in keep_if.guards]
    found, cautions = [], []
    for metric in (*keep_if.guards, *unnamed):
        before, after = scores.get(metric, (None, None))
        reason = "it was not measured in both rounds"
        if before is not None and after is not None:
            reason = _unusable(after, before, against)
        guard = None
        if before is not None and after is not None and not reason:
            guard = _guard(before, after, keep_if.guards.get(metric))
            reason = "one seed shows no noise"
        if guard is None:
            cautions.append(f"{metric} is not guarded: {reason}")
        else:
            found.append(guard)
    return tuple(found), tuple(cautions)


def _held_back(keep_if: KeepIf, guards: Sequence[Guard]) -> tuple[str, str] | None:
    """Why a better metric gets no green light, and what is missing; None when every guard is kept."""
    held = [guard for guard in guards if guard.state != "kept"]
    unshown = [metric for metric in keep_if.guards if metric not in {guard.metric for guard in guards}]
    if not held and not unshown:
        return None
    reasons = "; ".join([*map(_held, held), *(f"the guard {metric} could not be measured" for metric in unshown)])
    if any(guard.state == "broken" for guard in held):
        return reasons, "It is a trade: weigh the two, or find a change that does not cost it."
    if unshown:
        return reasons, "A named guard must be shown to hold: measure it in both rounds, with two seeds or more."
    return reasons, "More seeds would show whether the guard holds; greenlight power --metric says how many."


def _guard(before: Score, after: Score, margin: float | None) -> Guard | None:
    found = _crossed(before, after, None, 0.95)
    if found is None:
        return None
    found = stats.floored(found, (len(before.values), len(after.values)))
    least, most = found.interval.low, found.interval.high  # how much worse: at least, at most
    if after.better == "higher":
        least, most = -most, -least
    limit = math.sqrt(found.seed_variance) if margin is None else margin
    state: Literal["kept", "broken", "unclear"] = "broken" if least > limit else "kept"
    if margin is not None and least <= limit < most:
        state = "unclear"
    return Guard(
        metric=after.metric,
        unit=after.unit,
        better=after.better,
        state=state,
        difference=found.interval,
        margin=limit,
        named=margin is not None,
    )


def _held(guard: Guard) -> str:
    d, digits = guard.difference, _digits(guard.difference)
    what = "got worse" if guard.state == "broken" else f"is not shown to be worse by less than {guard.margin:.3g}"
    return f"{guard.metric} {what} ({d.value:+.{digits}f} {guard.unit}, {d.low:+.{digits}f} to {d.high:+.{digits}f})"


# ---------------------------------------------------------------- what must not be compared


def _unusable(b: Score, a: Score, against: int) -> str:
    """Why two scores must not be compared; empty when they may."""
    for score, whose in ((b, "this round's score"), (a, f"round {against}'s score")):
        if score.invalid:
            return f"{whose} is invalid: {score.invalid}"
        if wrong := score.misshapen():
            return f"{whose} {wrong}"
    for what in ("metric", "unit", "better"):
        if getattr(b, what) != getattr(a, what):
            return f"the {what} differs: {getattr(b, what)} here, {getattr(a, what)} in round {against}"
    if b.yardstick != a.yardstick:
        here, there = b.yardstick[:8], a.yardstick[:8]
        return f"the yardstick differs ({here} here, {there} in round {against}): score both on one yardstick"
    keys = sorted(k for k in b.settings.keys() | a.settings.keys() if b.settings.get(k) != a.settings.get(k))
    if keys:
        each = [f"{k} is {b.settings.get(k)} here and {a.settings.get(k)} in round {against}" for k in keys]
        return f"measuring settings differ: {'; '.join(each)}: measure both with the same ones"
    if b.blocks != a.blocks:
        only = sorted(set(b.blocks) ^ set(a.blocks))
        how = f"'{only[0]}' is in one of them only" if only else "they come in another order"
        counts = f"{len(b.blocks)} here, {len(a.blocks)} in round {against}"
        return f"the {b.over} differ ({counts}; {how}): measure both on the same ones"
    if b.weights != a.weights:
        return f"the {b.over} have other weights here than in round {against}: measure both by the same code"
    return ""


def _no_change(factors: FactorTable) -> str:
    if factors.seed_only:
        return "nothing but the seeds differs: seeds show the noise, and are no factor"
    if not factors.factors:
        return "no factor differs between the two recipes"
    return ""


def _other_metric(score: Score, keep_if: KeepIf) -> str:
    return "" if score.metric == keep_if.metric else f"keep_if asks for {keep_if.metric}"


def _earlier(history: Sequence[Score], a: Score, b: Score) -> list[Sequence[float]]:
    """Values by seed of the rounds whose spread may be pooled: measured alike, and each model counted once."""
    seen = {*a.values, *b.values}  # two models never score every block alike; one that is in two rounds does
    groups: list[Sequence[float]] = []
    for score in history:
        if score.metric != b.metric or score.unit != b.unit or _unusable(b, score, 0):
            continue
        fresh = [value for row, value in zip(score.values, score.per_seed, strict=True) if row not in seen]
        if len(fresh) > 1:
            seen.update(score.values)
            groups.append(fresh)
    return groups


# ---------------------------------------------------------------- in words


def _sentence(outcome: Outcome, found: stats.Crossed, head: dict[str, Any]) -> str:
    metric, unit, factors, margin = head["metric"], head["unit"], head["factors"], head["margin"]
    shown = found.interval
    digits = _digits(shown)
    decided = outcome in ("better", "worse")
    if decided and shown.value < 0:  # "fell by" carries the sign
        shown = shown.model_copy(update={"value": -shown.value, "low": -shown.high, "high": -shown.low})
    spread = f"{shown.low:.{digits}f} to {shown.high:.{digits}f}"
    seeds = f"{head['seeds'][1]} against {head['seeds'][0]} seeds"
    pooled = ", seed variance pooled" if found.pooled else ""
    level = f"{100 * shown.level:.4g} %"
    numbers = f"({level} interval {spread}; {seeds}, {found.blocks} {head['over']}, {shown.df:.1f} df{pooled})"
    if decided:
        moved = "rose" if found.interval.value > 0 else "fell"
        beyond = f", by more than the margin of {margin:.3g}," if margin > 0 else ""
        return f"{metric} {moved} by {shown.value:.{digits}f} {unit} {numbers}{beyond} {_cause(factors)}."
    changed = f"{metric} changed by {shown.value:+.{digits}f} {unit} {numbers}"
    if outcome == "equivalent":
        return f"{changed}: equivalent, inside a margin of ±{margin:.3g}. What differed: {factors.name}."
    nearest = min(abs(found.interval.low), abs(found.interval.high))
    if found.interval.low * found.interval.high > 0 and nearest > margin:
        lacks = f"{min(head['seeds'])} seeds are too few to say so"
        if found.seed_variance <= 0:
            lacks = "seeds without any spread show no noise"
        why = f"beyond the margin of {margin:.3g}, but {lacks}"
        return f"{changed}: undecided, {why}. What differed: {factors.name}."
    if margin > 0 and found.interval.low * found.interval.high > 0:
        why = f"more than nothing, and not surely more than the margin of {margin:.3g}"
        return f"{changed}: undecided, {why}. What differed: {factors.name}."
    return f"{changed}: undecided at a margin of {margin:.3g}. What differed: {factors.name}."


def _cause(factors: FactorTable) -> str:
    if factors.causal:
        return f"because of {factors.name}"
    return f"as a {factors.name}: no single cause can be named"


def _digits(interval: Interval) -> int:
    """Decimals that show two significant digits of the interval's half width."""
    half = (interval.high - interval.low) / 2
    return min(8, max(0, 1 - math.floor(math.log10(half)))) if half > 0 else 3


def _missing(found: stats.Crossed, next_alpha: float, head: dict[str, Any], minutes: float | None) -> str:
    """What would decide with probability 0.8 if the observed effect were the true one.

    More seeds are a further look, at the α that it has; more blocks are another yardstick, and so a study anew.
    """
    margin = head["margin"]
    if min(head["seeds"]) < LEAST_SEEDS:
        return f"A verdict takes {_more_seeds(LEAST_SEEDS, head, minutes)}."
    if found.seed_variance <= 0:
        return (
            "All seeds gave exactly the same value, so no noise was measured. Where every metric is the same too, the "
            "seeds do not reach the training."
        )
    effect, most = found.interval.value, max(head["seeds"])
    smallest = margin + power.smallest_effect(found.se, found.interval.df or 1.0, level=found.interval.level)
    sees = f" As it stands, a true change of {smallest:.3g} or more is seen in 4 of 5 cases."
    # without what earlier rounds lent: they may not fit the next time, and a promise must not count on it
    further = replace(found, pooled_df=0, interval=found.interval.model_copy(update={"level": 1 - next_alpha}))
    seeds = power.seeds_needed(further, effect, margin)
    if seeds is not None:
        wanted = _more_seeds(seeds, head, minutes) + (
            f", at the next look's α of {next_alpha:.3g}" * (next_alpha < 0.05)
        )
        return f"To decide in 4 of 5 cases, if the true change is the one seen: {wanted}.{sees}"
    blocks = power.blocks_needed(found, effect, margin, most, found.residual_variance)
    if blocks is not None:
        over, now = head["over"], f"(now {found.blocks})"
        return f"More seeds would not decide, for the {over} differ too much; about {blocks} {now} would.{sees}"
    for more in (2 * most, 4 * most, 8 * most):
        both = power.blocks_needed(found, effect, margin, more, found.residual_variance)
        if both is not None:
            return (
                f"It takes both: about {more} seeds in each round and {both} {head['over']} (now {found.blocks}).{sees}"
            )
    return f"Nothing within reach would decide: the change seen is too near the margin.{sees}"


def _more_seeds(wanted: int, head: dict[str, Any], minutes: float | None) -> str:
    """``5 seeds in each round (2 more for this one, 2 more for round 1), about 12 minutes here``."""
    more_a, more_b = (max(0, wanted - k) for k in head["seeds"])
    places = [f"{more_b} more for this one"] if more_b else []
    places += [f"{more_a} more for round {head['against']}"] if more_a else []
    cost = "" if minutes is None else f", {_minutes((more_a + more_b) * minutes)} here"
    return f"{wanted} seeds in each round ({', '.join(places) or 'as there are'}){cost}"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "under a minute"
    return f"about {minutes:.0f} minutes" if minutes < 120 else f"about {minutes / 60:.1f} hours"
