"""What a comparison can see: the noise that a study has shown so far, and power by resampling it.

The closed form (``power``) takes seeds, blocks and cells as normal, and the pooling of earlier rounds as settled. Here
each simulated pair of rounds is drawn from the study's own scores and judged by the calls that ``verdict.decide`` makes
(pooling with its guards, the margin, the fewest seeds), so that the power found is what the tool will do:

- *seeds*: deviations of seeds from their round's mean, over all rounds of the size, drawn with replacement. A round of
  k seeds gives deviations whose squares are too small by (k − 1)/k, and a few atoms drawn again and again repeat
  themselves; so they are scaled to the pooled variance and smoothed: ``x = (atom + h·s·z) / √(1 + h²)`` with z normal,
  which keeps the variance (Silverman & Young 1987), and Silverman's bandwidth ``h = 1.06·n^(−1/5)``. Few atoms are
  nearly normal (h = 0.85 at 3), many keep their own shape (0.4 at 100).
- *blocks*: drawn with replacement, each with its weight, its cells (what is left of each seed there) and the
  difference of a pair of rounds there, seeds taken out. Both are scaled to the variances that ``stats.crossed`` finds.
- *earlier rounds*, whose spread would be pooled, are drawn anew each time, with as many seeds as they have.

A draw with no true difference serves for all effects: adding one to every value of a round moves the interval by it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from greenlight import factors, power, stats
from greenlight.errors import StudyError, nearest
from greenlight.nouns import Better, Interval, Round, Score
from greenlight.verdict import LEAST_SEEDS, enough

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DRAWS = 2_000
"""Simulated pairs: a power of 0.8 is known to ± 0.018 (95 %)."""

WANTED = 0.8


@dataclass(frozen=True)
class Noise:
    """The noise of one metric as a comparison with round ``control`` will meet it; variances in squared units.

    ``sd`` is that of one seed's value, over ``rounds``. ``found`` is the comparison as it would be with no effect, for
    ``power``; its block variance is 0 where no pair of rounds has shown one (``pairs`` is empty). ``earlier``: seeds of
    the rounds whose spread a verdict would pool. ``seeds`` has a deviation per atom, ``cells`` a row of blocks per
    atom, ``profiles`` a row of blocks per pair.
    """

    metric: str
    unit: str
    better: Better
    over: str
    rounds: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    sd: stats.Noise
    found: stats.Crossed
    residual_variance: float
    earlier: tuple[int, ...]
    weights: Array
    seeds: Array
    cells: Array
    profiles: Array


def score_of(row: Round, metric: str) -> Score:
    """A round's score of a metric; raises StudyError when it has none that can be used."""
    if metric not in row.scores:
        known = list(row.scores)
        raise StudyError(f"round {row.number} was not measured by '{metric}'" + nearest(metric, known))
    score = row.scores[metric]
    if score.invalid:
        raise StudyError(f"round {row.number}'s {metric} is invalid ({score.invalid}), so it shows no noise")
    return score


def gather(rounds: Mapping[int, Round], control: Round, row: Round, metric: str) -> Noise | None:
    """The noise of a comparison of ``row`` with ``control``, from the ledger's latest rounds; None when none was seen.

    ``row`` is the round as it was run, or the control with the number and the size (``parameters``,
    ``characters_seen``) of the round that is planned. Only scores that were measured as the control's are used; the
    blocks' part comes from the pair itself where both have run, else from all pairs of rounds.
    """
    reference = score_of(control, metric)
    alike = _distinct({n: r.scores[metric] for n, r in rounds.items() if metric in r.scores}, reference)
    arms = [n for n in dict.fromkeys((control.number, row.number)) if n in alike]
    lent = factors.poolable(rounds.values(), row, metric)
    earlier = [n for n in alike if n not in arms and len(alike[n].seeds) > 1 and any(alike[n] is s for s in lent)]
    spread = stats.pool([alike[n].per_seed for n in arms], [alike[n].per_seed for n in earlier])
    shown = [n for n in arms if len(alike[n].seeds) > 1]
    if shown and (spread is None or not spread.fits):
        earlier = []
    sources = [*shown, *earlier]
    sd = stats.noise_floor([alike[n].per_seed for n in sources])
    if sd is None or sd.sd <= 0:
        return None
    pairs = [(arms[0], arms[1])] if len(arms) == 2 else list(itertools.combinations(alike, 2))
    seeds, cells, residual = _atoms([alike[n] for n in sources], sd)
    profiles, block_variance = _profiles([(alike[a], alike[b]) for a, b in pairs], residual)
    lengths = tuple(len(alike[n].seeds) for n in earlier)
    found = _no_effect(sd.sd**2, block_variance, len(reference.blocks), sum(k - 1 for k in lengths))
    return Noise(
        metric=metric,
        unit=reference.unit,
        better=reference.better,
        over=reference.over,
        rounds=tuple(sources),
        pairs=tuple(pairs),
        sd=sd,
        found=found,
        residual_variance=residual,
        earlier=lengths,
        weights=_weights(reference),
        seeds=seeds,
        cells=cells,
        profiles=profiles,
    )


def _distinct(scores: Mapping[int, Score], reference: Score) -> dict[int, Score]:
    """The scores measured as ``reference`` was, each set of models once."""
    keys = ("metric", "unit", "better", "yardstick", "settings", "blocks", "weights")
    found: dict[int, Score] = {}
    for number, score in scores.items():
        alike = not score.invalid and all(getattr(score, key) == getattr(reference, key) for key in keys)
        finite = all(math.isfinite(v) for row in score.values for v in row)
        if alike and finite and all(score.per_seed != other.per_seed for other in found.values()):
            found[number] = score
    return found


def _weights(score: Score) -> Array:
    import numpy as np

    weights = np.asarray(score.weights, dtype=float)
    return np.asarray(weights / weights.mean())


def _no_effect(seed_variance: float, block_variance: float, blocks: int, pooled_df: int) -> stats.Crossed:
    """The comparison as ``power`` takes it, at 3 seeds a round and with no effect."""
    nothing = Interval(value=0.0, low=0.0, high=0.0, level=0.95, method="planned")
    bare = stats.Crossed(nothing, 0.0, seed_variance, 4 + pooled_df, block_variance, blocks, pooled_df)
    return replace(bare, se=power.planned(bare, LEAST_SEEDS)[0])


def _atoms(scores: Sequence[Score], sd: stats.Noise) -> tuple[Array, Array, float]:
    """Deviations of seeds ``[atom]``, what is left of their cells ``[atom, block]``, and its mean square v_res.

    Cells are scaled so that v_res is their mean square, seeds to ``sd``.
    """
    import numpy as np

    w = _weights(scores[0])
    deviations, cells, left, df = [], [], 0.0, 0
    for score in scores:
        y = np.asarray(score.values, dtype=float)
        k, blocks = y.shape
        means = y @ w / blocks
        rest = y - y.mean(0) - (means - means.mean())[:, None]
        deviations.append((means - means.mean()) * math.sqrt(k / (k - 1)))
        cells.append(rest * math.sqrt(k / (k - 1)))
        left += float(((w * rest) ** 2).sum())
        df += (k - 1) * (blocks - 1)
    seeds, rows = np.concatenate(deviations), np.concatenate(cells)
    seeds = seeds * (sd.sd / math.sqrt(float((seeds**2).mean())))
    residual = left / df if df else 0.0
    square = float(((w * rows) ** 2).mean())
    return seeds, rows * (math.sqrt(residual / square) if square > 0 else 0.0), residual


def _profiles(pairs: Sequence[tuple[Score, Score]], residual: float) -> tuple[Array, float]:
    """Differences of pairs by block ``[pair, block]``, and their mean variance with the seeds' part taken out.

    They are scaled so that their mean square is that variance; nothing is left of them where it is not above 0.
    """
    import numpy as np

    if not pairs or len(pairs[0][0].blocks) < 2:
        return np.zeros((0, 0)), 0.0
    w = _weights(pairs[0][0])
    rows, net = [], 0.0
    for before, after in pairs:
        a, b = (np.asarray(score.values, dtype=float) for score in (before, after))
        profile = b.mean(0) - a.mean(0)
        profile = profile - float(profile @ w) / len(w)
        rows.append(profile)
        net += float(((w * profile) ** 2).sum()) / (len(w) - 1) - (1 / len(a) + 1 / len(b)) * residual
    variance, profiles = max(0.0, net / len(pairs)), np.stack(rows)
    square = float(((w * profiles) ** 2).mean())
    return profiles * (math.sqrt(variance / square) if square > 0 else 0.0), variance


# ---------------------------------------------------------------- simulated pairs


@dataclass(frozen=True)
class Plan:
    """What is simulated: seeds of the earlier round and of this one, blocks, the margin (None: the noise floor of each
    draw), the chance of a false verdict that the look may spend, and a factor on the noise of seeds."""

    seeds: tuple[int, int]
    blocks: int
    margin: float | None
    alpha: float = 0.05
    scale: float = 1.0


@dataclass(frozen=True)
class Simulated:
    """Simulated pairs without a difference: the ends of each interval ``[draw]``, its margin, and whether the verdict
    had what it needs to decide."""

    low: Array
    high: Array
    margin: Array
    decides: NDArray[np.bool_]

    def better(self, effect: float) -> float:
        """The share of draws whose verdict would be better, at a true gain of ``effect``."""
        return float((self.decides & (self.low + effect > self.margin)).mean())

    def equivalent(self, effect: float) -> float:
        """The share of draws whose verdict would be equivalent."""
        inside = (self.low + effect >= -self.margin) & (self.high + effect <= self.margin)
        return float((self.decides & inside).mean())

    def chance(self, effect: float, margin: float) -> float:
        """The share that decides rightly: better beyond ``margin``, equivalent inside it."""
        return self.better(effect) if effect > margin else self.equivalent(effect)

    def smallest(self, wanted: float = WANTED) -> tuple[float, float, float]:
        """The smallest gain that is called better with probability ``wanted``, and its Monte-Carlo interval (95 %).

        Infinite where too many draws cannot decide at any effect.
        """
        import numpy as np

        needed = np.sort(np.where(self.decides, self.margin - self.low, np.inf))
        n = len(needed)
        error = 1.96 * math.sqrt(n * wanted * (1 - wanted))
        places = [min(n - 1, max(0, math.ceil(n * wanted + shift) - 1)) for shift in (0.0, -error, error)]
        middle, low, high = (float(needed[place]) for place in places)
        return middle, low, high


def error_of(share: float, draws: int) -> float:
    """Half of the 95 % interval of a simulated share."""
    return 1.96 * math.sqrt(max(share * (1 - share), 1 / draws) / draws)


@dataclass(frozen=True)
class Pair:
    """A simulated pair without a difference: values ``[seed, block]``, weights, and earlier rounds' values by seed."""

    before: Array
    after: Array
    weights: Array
    earlier: tuple[list[float], ...]


def pairs(noise: Noise, plan: Plan, draws: int = DRAWS, seed: int = 0) -> Iterator[Pair]:
    """Draws pairs of rounds; the head of this module says how. Each seed's value is exactly its deviation."""
    import numpy as np

    rng = np.random.default_rng(seed)
    sizes = [*plan.seeds, *noise.earlier]
    cells = power.shrunk(noise.found.seed_variance, noise.residual_variance, noise.found.blocks, plan.blocks)
    deviations = _smoothed(noise.seeds, (draws, sum(sizes)), rng) * math.sqrt(cells) * plan.scale
    ends = np.cumsum(sizes)[:-1]
    for row in deviations:
        first, second, *earlier = np.split(row, ends)
        chosen = rng.integers(0, len(noise.weights), plan.blocks)
        w = noise.weights[chosen]
        arms = []
        for values in (first, second):
            which = rng.integers(0, len(noise.cells), (len(values), plan.blocks))
            rest = noise.cells[which, chosen]
            arms.append(rest - (rest @ w / w.sum())[:, None] + values[:, None])
        if len(noise.profiles):
            profile = noise.profiles[rng.integers(0, len(noise.profiles)), chosen]
            arms[1] = arms[1] + profile * rng.choice((-1.0, 1.0))
        yield Pair(arms[0], arms[1], w, tuple(values.tolist() for values in earlier))


def simulate(noise: Noise, plan: Plan, draws: int = DRAWS, seed: int = 0) -> Simulated:
    """Judges as many pairs as ``draws``, as ``verdict.decide`` would."""
    import numpy as np

    low, high, margins = np.zeros(draws), np.zeros(draws), np.zeros(draws)
    decides = np.zeros(draws, dtype=bool)
    for i, pair in enumerate(pairs(noise, plan, draws, seed)):
        arms = [(y @ pair.weights / pair.weights.sum()).tolist() for y in (pair.before, pair.after)]
        pooled = stats.pool(arms, pair.earlier)
        a, b = (cast("stats.Values", y) for y in (pair.before, pair.after))
        try:
            found = stats.crossed(a, b, pair.weights.tolist(), pooled, 1 - plan.alpha)
        except ValueError:  # one seed each and nothing pooled: no verdict, whatever the effect
            continue
        low[i], high[i] = found.interval.low, found.interval.high
        margins[i] = _margin(plan, [*arms, *(pair.earlier if found.pooled else ())])
        decides[i] = enough(min(plan.seeds), found.pooled_df) and found.seed_variance > 0
    return Simulated(low, high, margins, decides)


def _smoothed(atoms: Array, shape: tuple[int, int], rng: np.random.Generator) -> Array:
    import numpy as np

    bandwidth = 1.06 * len(atoms) ** -0.2
    sd = math.sqrt(float((atoms**2).mean()))
    drawn = atoms[rng.integers(0, len(atoms), shape)] + bandwidth * sd * rng.standard_normal(shape)
    return np.asarray(drawn / math.sqrt(1 + bandwidth**2))


def _margin(plan: Plan, groups: Sequence[Sequence[float]]) -> float:
    if plan.margin is not None:
        return plan.margin
    floor = stats.noise_floor(groups)
    return 0.0 if floor is None else floor.sd
