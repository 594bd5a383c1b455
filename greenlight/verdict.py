"""The verdict: what one round was worth against one earlier round, and what is missing where nothing can be said.

The difference is ``mean_B − mean_A`` (this round minus the earlier one) in the metric's unit, with the crossed
random-effects t interval at 95 % (``stats.crossed``). With the gain as the difference in the good direction:

- better, worse: the whole interval lies beyond the margin, on the good or on the bad side;
- equivalent: the whole interval lies inside ±margin (the two-sided 95 % interval: stricter than the usual test of
  equivalence, which takes 90 %);
- undecided: neither; or under 3 seeds in a round, or no spread between seeds at all. ``missing`` says what would
  decide in 4 of 5 cases if the observed effect were the true one;
- invalid: the two scores must not be compared, or nothing but seeds differs; the sentence names what.

The margin is ``keep_if.by``, else the noise floor: the standard deviation of *one* seed's value, pooled over both
rounds and, where the spreads agree, earlier ones. It is not a standard error: what is shipped is one model, so a
change that another seed would make as well is not worth a green light, however many seeds have proved it; and it does
not shrink with the number of seeds, so that all rounds are held to one margin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from greenlight import power, stats
from greenlight.nouns import FactorTable, Interval, Outcome, Score, Verdict
from greenlight.recipe import KeepIf

LEAST_SEEDS = 3
"""In each round, for any outcome but undecided; they give at least 4 degrees of freedom between seeds."""


def decide(
    score_b: Score,
    score_a: Score | None,
    keep_if: KeepIf,
    factors: FactorTable,
    against: int,
    history: Sequence[Score] = (),
    minutes_per_seed: float | None = None,
) -> Verdict:
    """Judges this round's score B against the score A of round ``against``; the rules stand above.

    ``history`` are scores of other rounds of the study, of the same size (``factors.poolable``); those of another
    metric, yardstick, measuring setting or set of blocks are left out here. ``minutes_per_seed`` prices what is
    missing. In the verdict's pairs (``seeds``, ``per_seed``) the earlier round comes first. A score that cannot be used
    gives an invalid verdict, not an error.
    """
    head: dict[str, Any] = {
        "metric": score_b.metric,
        "unit": score_b.unit,
        "better": score_b.better,
        "against": against,
        "factors": factors,
        "seeds": (0 if score_a is None else len(score_a.values), len(score_b.values)),
        "blocks": len(score_b.blocks),
        "over": score_b.over,
    }
    reason = f"round {against} has no score of it" if score_a is None else _unusable(score_b, score_a, against)
    reason = reason or _no_change(factors) or _other_metric(score_b, keep_if)
    if score_a is None or reason:
        sentence = f"{score_b.metric}: no verdict against round {against}: {reason}."
        return Verdict(outcome="invalid", sentence=sentence, **head)
    return _judge(score_b, score_a, keep_if, head, _earlier(history, score_a, score_b), minutes_per_seed)


def _judge(
    b: Score, a: Score, keep_if: KeepIf, head: dict[str, Any], earlier: list[Sequence[float]], minutes: float | None
) -> Verdict:
    arms = [a.per_seed, b.per_seed]
    pooled = stats.pool(arms, earlier)
    used = pooled is not None and pooled.fits
    own, noise = stats.noise_floor(arms), stats.noise_floor([*arms, *(earlier if used else [])])
    margin, margin_from = _margin(keep_if, noise)
    head |= {"per_seed": tuple(arms), "pooled": used, "margin": margin, "margin_from": margin_from}
    if own is not None:
        head["seed_sd"] = own.sd
    if noise is None:
        missing = _more_seeds(LEAST_SEEDS, head, minutes)
        sentence = f"{b.metric} changed by {b.value - a.value:+.3g} {b.unit}: undecided, for one seed shows no noise."
        return Verdict(outcome="undecided", sentence=sentence, missing=f"A verdict takes {missing}.", **head)
    found = stats.crossed(a.values, b.values, b.weights, pooled)
    head |= {"difference": found.interval, "noise_floor": noise.sd, "noise_df": noise.df}
    outcome = _outcome(found, b.better, margin, min(head["seeds"]))
    missing = _missing(found, margin, head, minutes) if outcome == "undecided" else ""
    return Verdict(outcome=outcome, sentence=_sentence(outcome, found, head), missing=missing, **head)


def _margin(keep_if: KeepIf, noise: stats.Noise | None) -> tuple[float, str]:
    if keep_if.by is not None:
        return keep_if.by, "keep_if.by"
    if noise is None:
        return 0.0, "no noise floor yet: no round has two seeds"
    return noise.sd, f"the noise floor: the sd of one seed, with {noise.df} df over {noise.rounds} rounds"


def _outcome(found: stats.Crossed, better: str, margin: float, least: int) -> Outcome:
    low, high = found.interval.low, found.interval.high
    if better == "lower":
        low, high = -high, -low
    if least < LEAST_SEEDS or found.seed_variance <= 0:
        return "undecided"
    if low > margin:
        return "better"
    if high < -margin:
        return "worse"
    return "equivalent" if found.interval.within(margin) else "undecided"


# ---------------------------------------------------------------- what must not be compared


def _unusable(b: Score, a: Score, against: int) -> str:
    """Why two scores must not be compared; empty when they may."""
    for score, whose in ((b, "this round's score"), (a, f"round {against}'s score")):
        if score.invalid:
            return f"{whose} is invalid: {score.invalid}"
        if not all(math.isfinite(v) for row in score.values for v in row):
            return f"{whose} holds a value that is not a finite number"
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
    if b.blocks != a.blocks or b.weights != a.weights:
        return (
            f"the blocks differ: {len(b.blocks)} here, {len(a.blocks)} in round {against}, or others, or other weights"
        )
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
    seen = {*a.per_seed, *b.per_seed}  # two models never score the same to the last bit; one that is in two rounds does
    groups: list[Sequence[float]] = []
    for score in history:
        usable = score.metric == b.metric and score.unit == b.unit and not _unusable(b, score, 0)
        fresh = [value for value in score.per_seed if value not in seen]
        if usable and len(fresh) > 1:
            seen.update(fresh)
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
    numbers = (
        f"({shown.level:.0%} interval {spread}; {seeds}, {found.blocks} {head['over']}, {shown.df:.1f} df{pooled})"
    )
    numbers = numbers.replace("% interval", " % interval", 1)
    if decided:
        moved = "rose" if found.interval.value > 0 else "fell"
        beyond = f", by more than the margin of {margin:.3g}," if margin > 0 else ""
        return f"{metric} {moved} by {shown.value:.{digits}f} {unit} {numbers}{beyond} {_cause(factors)}."
    changed = f"{metric} changed by {shown.value:+.{digits}f} {unit} {numbers}"
    if outcome == "equivalent":
        return f"{changed}: equivalent, inside a margin of ±{margin:.3g}. What differed: {factors.name}."
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


def _missing(found: stats.Crossed, margin: float, head: dict[str, Any], minutes: float | None) -> str:
    """What would decide with probability 0.8 if the observed effect were the true one."""
    if min(head["seeds"]) < LEAST_SEEDS:
        return f"A verdict takes {_more_seeds(LEAST_SEEDS, head, minutes)}."
    if found.seed_variance <= 0:
        return "All seeds gave exactly the same value, so no noise was measured: check that seeds reach the training."
    effect, most = found.interval.value, max(head["seeds"])
    smallest = margin + power.smallest_effect(found.se, found.interval.df or 1.0)
    sees = f" As it stands, a true change of {smallest:.3g} or more is seen in 4 of 5 cases."
    seeds = power.seeds_needed(found, effect, margin)
    if seeds is not None:
        wanted = _more_seeds(seeds, head, minutes)
        return f"To decide in 4 of 5 cases, if the true change is the one seen: {wanted}.{sees}"
    blocks = power.blocks_needed(found, effect, margin, most)
    if blocks is not None:
        over, now = head["over"], f"(now {found.blocks})"
        return f"More seeds would not decide, for the {over} differ too much; about {blocks} {now} would.{sees}"
    return f"Neither more seeds nor more {head['over']} would decide: the change seen is too near the margin.{sees}"


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
