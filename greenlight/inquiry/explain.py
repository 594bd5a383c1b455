"""On which rows a verdict rests: a small set of the yardstick's blocks without which it would be another one.

Blocks are left out one at a time, always the one whose loss moves the interval furthest towards another outcome, until
``verdict.decide``, called again on what is left, says that outcome, or half of the blocks are gone. Then every member
that is not needed for it is put back, each time deciding again. So a set that is shown does flip the verdict; but a
greedy search is no proof that no smaller one does, and the set is an upper bound (the idea, for regressions, is
Broderick, Giordano & Meager 2020, who rank rows by their influence; here the influence is not approximated).

A margin that is the noise floor is held as the whole verdict found it: with fewer rows the floor itself would move, and
a set could flip the verdict by moving the bar.

The influence of each block is the interval that would be left without it: weighted sums with one term taken away give
the seeds' means, MS_seed, v_block and v_res of ``stats.crossed`` exactly, for all blocks at once. Only what earlier
rounds lend (their seed variance, and whether it fits) is taken as it last was, until ``decide`` is asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenlight import stats
from greenlight.judge import Evidence
from greenlight.nouns import Outcome, Score, Verdict
from greenlight.verdict import decide, enough

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Ends = Callable[["Array", "Array", "Array"], "Array"]

AWAY: dict[str, tuple[Ends, ...]] = {
    "better": (lambda low, high, margin: low - margin,),
    "worse": (lambda low, high, margin: -margin - high,),
    "equivalent": (lambda low, high, margin: low + margin, lambda low, high, margin: margin - high),
    "undecided": (
        lambda low, high, margin: margin - low,
        lambda low, high, margin: high + margin,
        lambda low, high, margin: abs(low + high) / 2 + (high - low) / 2 - margin,
    ),
}
"""How far an interval of the gain still is from another outcome, by outcome and way out; at 0 or below it is there."""


HELD = "the noise floor of the whole verdict, held"

ASKED = 60
"""``decide`` is asked at least this often on a way out, so that what earlier rounds lend stays as it is."""


@dataclass(frozen=True)
class Row:
    """One block that was left out, with its value in both rounds (mean over seeds) and its weight in the whole."""

    block: str
    before: float
    after: float
    weight: float


@dataclass(frozen=True)
class WithoutSeed:
    """The verdict without one seed of one round. ``says`` is what the interval alone would say, whatever the rule
    about the fewest seeds."""

    round: str
    seed: int
    verdict: Verdict
    says: Outcome


@dataclass(frozen=True)
class Explanation:
    """``rows`` is empty where no set was found; ``tried`` is the most blocks that were left out at once.

    ``held``: whether the margin was the noise floor, and stayed as it was found over all blocks and seeds.
    """

    verdict: Verdict
    flipped: Verdict | None
    rows: tuple[Row, ...]
    blocks: int
    tried: int
    seeds: tuple[WithoutSeed, ...]
    held: bool = False

    @property
    def share(self) -> float:
        """Of the blocks."""
        return len(self.rows) / self.blocks if self.blocks else 0.0


def explain(evidence: Evidence) -> Explanation:
    """Searches for rows that flip a verdict, and leaves each seed out in turn. An invalid verdict rests on nothing."""
    verdict = _again(evidence)
    if verdict.outcome == "invalid":
        return Explanation(verdict, None, (), len(evidence.after.blocks), 0, ())
    blocks, held = len(evidence.after.blocks), False
    if evidence.keep_if.by is None and verdict.difference is not None:
        evidence, held = at_margin(evidence, verdict.margin), True
    found: tuple[list[int], Verdict] | None = None
    most = blocks // 2
    if _may_decide(verdict):
        for away in AWAY[verdict.outcome]:
            limit = most if found is None else len(found[0]) - 1
            found = _flip(evidence, verdict, away, limit) or found
    seeds = tuple(replace(s, verdict=_from(s.verdict, held)) for s in _without_seeds(evidence))
    if found is None:
        return Explanation(verdict, None, (), blocks, most, seeds, held)
    out, flipped = _needed(evidence, verdict, *found)
    return Explanation(verdict, _from(flipped, held), tuple(_rows(evidence, out)), blocks, most, seeds, held)


def at_margin(evidence: Evidence, margin: float) -> Evidence:
    """The evidence at a margin that what is left out does not move: the noise floor of fewer rows is another bar."""
    return replace(evidence, keep_if=evidence.keep_if.model_copy(update={"by": margin}))


def _from(verdict: Verdict, held: bool) -> Verdict:
    """With the margin's source as it is, where no keep_if.by states it."""
    return verdict.model_copy(update={"margin_from": HELD}) if held else verdict


def _again(evidence: Evidence) -> Verdict:
    e = evidence
    return decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)


# ---------------------------------------------------------------- parts of the evidence


def without(evidence: Evidence, out: Sequence[int]) -> Evidence:
    """The evidence without some blocks: of both rounds, of earlier rounds, and of guards on the same blocks."""
    names, gone = evidence.after.blocks, set(out)
    keep = [i for i in range(len(names)) if i not in gone]

    def cut(score: Score) -> Score:
        if score.blocks != names:
            return score
        changes = {
            "blocks": tuple(names[i] for i in keep),
            "weights": tuple(score.weights[i] for i in keep),
            "values": tuple(tuple(row[i] for i in keep) for row in score.values),
        }
        return score.model_copy(update=changes)

    beside = replace(
        evidence.beside,
        history=tuple(cut(score) for score in evidence.beside.history),
        guards={m: (cut(a), cut(b)) for m, (a, b) in evidence.beside.guards.items()},
    )
    return replace(evidence, after=cut(evidence.after), before=cut(evidence.before), beside=beside)


def _without_seeds(evidence: Evidence) -> Iterator[WithoutSeed]:
    before, after = evidence.before, evidence.after
    for name, score in (("before", before), ("after", after)):
        for place, seed in enumerate(score.seeds if len(score.seeds) > 1 else ()):
            less = _drop(score, place)
            parts = replace(evidence, before=less) if score is before else replace(evidence, after=less)
            verdict = _again(parts)
            yield WithoutSeed(name, seed, verdict, _says(verdict))


def _drop(score: Score, place: int) -> Score:
    others = [i for i in range(len(score.seeds)) if i != place]
    return score.model_copy(
        update={"seeds": tuple(score.seeds[i] for i in others), "values": tuple(score.values[i] for i in others)}
    )


def _says(verdict: Verdict) -> Outcome:
    """Where the interval lies, whatever else the outcome takes."""
    d = verdict.difference
    if d is None:
        return "undecided"
    low, high = (d.low, d.high) if verdict.better == "higher" else (-d.high, -d.low)
    if low > verdict.margin:
        return "better"
    if high < -verdict.margin:
        return "worse"
    return "equivalent" if d.within(verdict.margin) else "undecided"


# ---------------------------------------------------------------- the search


def _may_decide(verdict: Verdict) -> bool:
    """Whether rows could change the outcome: with too few seeds none can."""
    lent = verdict.noise_df - (sum(verdict.seeds) - 2) if verdict.pooled else 0
    return verdict.difference is not None and enough(min(verdict.seeds), lent)


def _flip(evidence: Evidence, verdict: Verdict, away: Ends, most: int) -> tuple[list[int], Verdict] | None:
    """Up to ``most`` blocks, in the order in which they were left out, and the verdict without them."""
    cells = _Cells(evidence, verdict)
    out: list[int] = []
    every = max(1, math.ceil(len(evidence.after.blocks) / 2 / ASKED))
    while len(out) < most:
        place, left = cells.nearest(away)
        cells.leave(place)
        out.append(place)
        if left <= 0 or len(out) == most or len(out) % every == 0:
            now = _again(without(evidence, out))
            if now.outcome != verdict.outcome:
                return out, now
            cells.lend(now)
    return None


def _needed(evidence: Evidence, verdict: Verdict, out: list[int], flipped: Verdict) -> tuple[list[int], Verdict]:
    """Without the members that it can do without; those that were taken last are tried first."""
    for place in list(reversed(out)):
        fewer = [i for i in out if i != place]
        now = _again(without(evidence, fewer))
        if fewer and now.outcome != verdict.outcome:
            out, flipped = fewer, now
    return out, flipped


def _rows(evidence: Evidence, out: Sequence[int]) -> Iterator[Row]:
    a, b = evidence.before, evidence.after
    total = sum(b.weights)
    for i in out:
        before, after = (math.fsum(row[i] for row in score.values) / len(score.values) for score in (a, b))
        yield Row(b.blocks[i], before, after, b.weights[i] / total)


class _Cells:
    """The blocks that are left, and the interval that would be left without each of them."""

    def __init__(self, evidence: Evidence, verdict: Verdict) -> None:
        import numpy as np

        self.arms = [np.asarray(score.values, dtype=float) for score in (evidence.before, evidence.after)]
        self.weights = np.asarray(evidence.after.weights, dtype=float)
        self.left = np.arange(len(self.weights))
        self.sign = 1.0 if evidence.after.better == "higher" else -1.0
        self.by = evidence.keep_if.by
        self.alpha = verdict.alpha
        self.q = sum(1 / len(y) for y in self.arms)
        self.df = sum(len(y) - 1 for y in self.arms)
        self.uneven = stats.uneven([len(y) for y in self.arms])
        self.lend(verdict)

    def lend(self, verdict: Verdict) -> None:
        """Takes what earlier rounds lend from a verdict: its noise floor is pooled over them and both rounds."""
        self.lent_df = verdict.noise_df - self.df if verdict.pooled else 0
        own = (verdict.seed_sd or 0.0) ** 2 * self.df
        self.lent = max(0.0, (verdict.noise_floor or 0.0) ** 2 * verdict.noise_df - own) if self.lent_df else 0.0

    def leave(self, place: int) -> None:
        self.left = self.left[self.left != place]

    def nearest(self, away: Ends) -> tuple[int, float]:
        """The block without which the interval is nearest to another outcome, and how far it would still be."""
        import numpy as np

        low, high, margin = self.ends()
        distance = away(low, high, margin)
        best = int(np.argmin(distance))
        return int(self.left[best]), float(distance[best])

    def ends(self) -> tuple[Array, Array, Array]:
        """Both ends of the interval of the gain, and the margin, without each block that is left: ``[block]``."""
        import numpy as np
        from scipy import special

        w, n = self.weights[self.left], len(self.left) - 1
        total, squares = w.sum() - w, (w * w).sum() - w * w
        means, rests, own = [], np.zeros(n + 1), []
        for arm in self.arms:
            y = arm[:, self.left]
            mean = ((y * w).sum(1)[:, None] - y * w) / total  # [seed, block that is left out]
            rest, off = y - y.mean(0), mean - mean.mean(0)
            own.append((off * off).sum(0))
            for weighted, factor in ((w * w * rest * rest, 1.0), (w * w * rest, -2 * off)):
                rests += (factor * (weighted.sum(1)[:, None] - weighted)).sum(0)
            rests += (off * off).sum(0) * squares
            means.append(mean.mean(0))
        gap = self.arms[1][:, self.left].mean(0) - self.arms[0][:, self.left].mean(0)
        d = means[1] - means[0]
        profile = [w * w * gap * gap, w * w * gap]
        blocks = (profile[0].sum() - profile[0]) - 2 * d * (profile[1].sum() - profile[1]) + d * d * squares
        scale = (n / total) ** 2
        v_block = scale * blocks / max(1, n - 1)
        v_res = scale * rests / (self.df * max(1, n - 1)) if self.df else np.zeros(n + 1)
        seed_df = self.df + self.lent_df
        shared = (np.sum(own, axis=0) + self.lent) / seed_df
        # as in stats.contrast: an arm of many seeds must not rule the variance of one of few
        apart = [squared / (len(y) * max(1, len(y) - 1)) for squared, y in zip(own, self.arms, strict=True)]
        alone = (np.sum(apart, axis=0) > self.q * shared) & self.uneven
        variance = np.where(alone, np.sum(apart, axis=0) / self.q, shared)
        seeds = [(np.where(alone, 0.0, self.q * shared), float(seed_df))]
        seeds += [
            (np.where(alone, part, 0.0), max(1.0, len(y) - 1.0)) for part, y in zip(apart, self.arms, strict=True)
        ]
        between = np.maximum(0.0, v_block - self.q * v_res)
        se = np.sqrt(self.q * variance + between / n)
        half = special.stdtrit(self._freedom(seeds, v_block, v_res, n), 1 - self.alpha / 2) * se
        margin = np.full(n + 1, self.by) if self.by is not None else np.sqrt(shared)
        return self.sign * d - half, self.sign * d + half, margin

    def _freedom(self, seeds: Sequence[tuple[Array, float]], v_block: Array, v_res: Array, n: int) -> Array:
        """Satterthwaite's degrees of freedom, as ``stats.satterthwaite`` has them, for each block left out."""
        import numpy as np

        used = v_block > self.q * v_res
        terms = [*seeds, (np.where(used, v_block / n, 0.0), max(1.0, n - 1.0))]
        least = np.min([np.where(term > 0, df, np.inf) for term, df in terms], axis=0)
        least = np.where(np.isinf(least), min(df for _, df in terms), least)
        terms.append((np.where(used, -self.q * v_res / n, 0.0), float(max(1, self.df * (n - 1)))))
        total = np.sum([term for term, _ in terms], axis=0)
        spread = np.sum([term * term / df for term, df in terms], axis=0)
        return np.asarray(np.maximum(least, total * total / np.maximum(spread, 1e-300)))
