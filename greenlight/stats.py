"""The numbers behind a verdict: intervals of means and differences, and the noise floor.

Scores are ``values[seed][block]``. Nothing here knows of rounds or recipes; numpy and scipy.special are loaded on use.

*Crossed interval.* Several models (seeds) of each arm are measured on the same blocks (topics, documents), so the
mean of an arm moves for two reasons that a new experiment would draw again: the seeds, nested in their arm, and the
blocks, crossed with both arms. For a contrast ``d = Σ c_i · mean_i`` of arms with ``k_i`` seeds on ``B`` blocks

    Var(d) = q · MS_seed + max(0, v_block − q · v_res) / B        with q = Σ c_i² / k_i

MS_seed is the variance of the seeds' means within arms, v_block the variance over blocks of the contrast of the arms'
block means, v_res the mean square of seed × block within arms. With two arms of k seeds, q = 2/k. Arms share one
seed variance. The degrees of freedom are Satterthwaite's, and not fewer than those of the scarcer source (seeds or
blocks), so that an estimate below zero in the second term cannot lower them; the interval is ± t · √Var.
Where one arm has twice the seeds of the other or more, it would rule the shared variance: when the arms' own variances
make a larger first term, that is taken, with its degrees of freedom (Welch 1947).
Sources: the reader × case analysis of radiology, seeds being the readers (Obuchowski & Rockette 1995; Hillis 2007;
Gallas 2006), and Satterthwaite 1946 for the degrees of freedom.

*Block weights.* A model's value is ``Σ w y / Σ w``: for bits per character, with characters as weights, exactly the
total over the whole text. The variance terms take ``w_b / mean(w) · (y_b − value)``, the linearised ratio estimator
(Cochran 1977, §6.4), which is the plain value where the weights are equal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenlight.nouns import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Values = Sequence[Sequence[float]]
"""``values[seed][block]`` of one arm, or ``values[topic][level]`` of one model's dial."""

LEVENE_GUARD, LARGER_GUARD = 0.05, 0.20
"""Earlier rounds are pooled only when Levene's p is not under the first, and the one-sided F test that the arms
spread more than they do not under the second. Levene's test about the mean refuses 9–20 % of equal spreads at three
seeds a round (about the median it refuses none, whatever the spreads): a needless refusal only costs width. Alone it
is too weak: with six earlier rounds of half the spread the interval covers 87 %, with the F test 93 %."""


@dataclass(frozen=True)
class PooledVariance:
    """The spread of the seeds in earlier rounds: ``variance`` of one seed's value, with ``df`` over ``rounds``.

    ``levene_p``: that all spreads are one; ``larger_p``: that the arms at hand do not spread more than the rounds did.
    """

    variance: float
    df: int
    rounds: int
    levene_p: float
    larger_p: float = 1.0

    @property
    def fits(self) -> bool:
        """Whether there is no sign that the spreads differ."""
        return self.levene_p >= LEVENE_GUARD and self.larger_p >= LARGER_GUARD


@dataclass(frozen=True)
class Crossed:
    """A contrast's interval with its pieces.

    ``seed_variance`` is MS_seed, the variance of one seed's value; ``block_variance`` is that of the contrast over
    blocks, seeds taken out (the numerator over B), ``residual_variance`` is v_res, what is left of a seed's value on
    one block; all in squared units of the metric.
    """

    interval: Interval
    se: float
    seed_variance: float
    seed_df: int
    block_variance: float
    blocks: int
    pooled_df: int
    residual_variance: float = 0.0

    @property
    def pooled(self) -> bool:
        """Whether earlier rounds' seeds helped to estimate the seed variance."""
        return self.pooled_df > 0


def crossed(
    values_a: Values,
    values_b: Values,
    weights: Sequence[float] | None = None,
    pooled: PooledVariance | None = None,
    level: float = 0.95,
) -> Crossed:
    """The interval of ``mean_B − mean_A``; see the head of this module. Numbers of seeds may differ.

    ``pooled`` adds the seed variance of earlier rounds when it fits (``PooledVariance.fits``).
    Raises ValueError without a degree of freedom between seeds, or when shapes differ or a value is not finite.
    """
    return contrast([values_a, values_b], [-1.0, 1.0], weights, pooled, level)


def one_arm(
    values: Values, weights: Sequence[float] | None = None, pooled: PooledVariance | None = None, level: float = 0.95
) -> Crossed:
    """The interval of one round's mean, over new seeds and new blocks. Raises ValueError as ``crossed``."""
    return contrast([values], [1.0], weights, pooled, level)


def contrast(
    arms: Sequence[Values],
    coefficients: Sequence[float],
    weights: Sequence[float] | None = None,
    pooled: PooledVariance | None = None,
    level: float = 0.95,
) -> Crossed:
    """The interval of ``Σ c_i · mean_i`` over arms on the same blocks; +1 −1 −1 +1 is a 2 × 2 interaction."""
    import numpy as np

    ys, w = _arrays(arms, weights)
    blocks = len(w)
    means = [y @ w / blocks for y in ys]  # w has mean 1
    errors = [w * (y - m[:, None]) for y, m in zip(ys, means, strict=True)]
    own, df = _within(means)
    used = pooled if pooled is not None and pooled.fits and pooled.df > 0 else None
    seed_df = df + (used.df if used else 0)
    if seed_df < 1:
        raise ValueError("no degree of freedom between seeds: at least two seeds in one arm are needed")
    seed_variance = (own * df + (used.variance * used.df if used else 0.0)) / seed_df
    q = sum(c * c / len(m) for c, m in zip(coefficients, means, strict=True))
    profile = np.sum([c * e.mean(0) for c, e in zip(coefficients, errors, strict=True)], axis=0)
    v_block = float(profile @ profile) / (blocks - 1) if blocks > 1 else 0.0
    left = sum(float(((e - e.mean(0)) ** 2).sum()) for e in errors)
    v_res = left / (df * (blocks - 1)) if df and blocks > 1 else 0.0
    block_variance = max(0.0, v_block - q * v_res)
    terms = [(q * seed_variance, float(seed_df))]
    own_terms = _apart(means, coefficients)
    if (apart := sum(t for t, _ in own_terms)) > q * seed_variance:
        terms, seed_variance = own_terms, apart / q
    if block_variance > 0:
        terms += [(v_block / blocks, blocks - 1.0), (-q * v_res / blocks, float(max(1, df * (blocks - 1))))]
    se = math.sqrt(q * seed_variance + block_variance / blocks)
    value = float(sum(c * m.mean() for c, m in zip(coefficients, means, strict=True)))
    interval = _t_interval(value, se, satterthwaite(terms), level, "crossed random-effects t")
    lent = used.df if used else 0
    return Crossed(interval, se, seed_variance, seed_df, block_variance, blocks, lent, v_res)


def uneven(counts: Sequence[int]) -> bool:
    """Whether the numbers of seeds are so far apart that one arm would rule a shared variance."""
    return min(counts) > 1 and max(counts) >= 2 * min(counts)


def _apart(means: Sequence[Array], coefficients: Sequence[float]) -> list[tuple[float, float]]:
    """Each arm's own part of the first term, with its df, where one arm has twice the seeds of another or more."""
    counts = [len(m) for m in means]
    if not uneven(counts):
        return []
    parts = [(c * c / k * float(m.var(ddof=1)), k - 1.0) for c, k, m in zip(coefficients, counts, means, strict=True)]
    return [part for part in parts if part[0] > 0]


def floored(found: Crossed, seeds: Sequence[int]) -> Crossed:
    """The interval with a seed variance of at least ``v_res / B``: what the cells of a seed alone would give its mean.

    ``seeds`` counts those of each arm: two for ``crossed``, one for ``one_arm``.
    For shares of rare things, where a few seeds often agree to the last bit without being without noise.
    """
    least = found.residual_variance / found.blocks
    if found.seed_variance >= least:
        return found
    q = sum(1 / k for k in seeds)
    se = math.sqrt(q * least + found.block_variance / found.blocks)
    shown = found.interval
    interval = _t_interval(shown.value, se, shown.df or 1.0, shown.level, f"{shown.method}, floored")
    return replace(found, interval=interval, se=se, seed_variance=least)


def _arrays(arms: Sequence[Values], weights: Sequence[float] | None) -> tuple[list[Array], Array]:
    import numpy as np

    ys = [np.atleast_2d(np.asarray(a, dtype=float)) for a in arms]
    w = np.ones(ys[0].shape[1]) if weights is None else np.asarray(weights, dtype=float)
    if not len(w) or any(y.shape[1:] != w.shape or not len(y) for y in ys):
        raise ValueError("every arm needs a seed, and the same blocks, and a weight for each block")
    if not all(np.isfinite(y).all() for y in ys) or not (w > 0).all():
        raise ValueError("values must be finite, and weights positive")
    return ys, w / w.mean()


def satterthwaite(terms: Sequence[tuple[float, float]]) -> float:
    """Degrees of freedom of a sum of mean squares, given as (term, df); subtracted ones are negative.

    ``(Σ term)² / Σ (term² / df)``, and not fewer than the fewest of an added term (Satterthwaite 1946).
    """
    total, spread = sum(t for t, _ in terms), sum(t * t / df for t, df in terms)
    least = min((df for t, df in terms if t > 0), default=min(df for _, df in terms))
    return max(least, total * total / spread) if spread > 0 else least


def pool(arms: Sequence[Sequence[float]], earlier: Sequence[Sequence[float]]) -> PooledVariance | None:
    """The seed variance of ``earlier`` rounds (values by seed), with the tests of whether the ``arms`` spread alike.

    None when no earlier round has two seeds.
    """
    from scipy import special

    earlier, arms = ([g for g in groups if len(g) > 1] for groups in (earlier, arms))
    if not earlier:
        return None
    variance, df = _within(earlier)
    here, here_df = _within(arms)
    larger = 1.0
    if here > 0:
        larger = float(special.fdtrc(here_df, df, here / variance)) if variance > 0 else 0.0
    return PooledVariance(variance, df, len(earlier), levene([*arms, *earlier]), larger)


def _within(groups: Sequence[Sequence[float] | Array]) -> tuple[float, int]:
    """The variance within groups, and its degrees of freedom; 0 and 0 for none."""
    import numpy as np

    df = sum(len(g) - 1 for g in groups)
    squares = sum(float(((np.asarray(g) - np.mean(g)) ** 2).sum()) for g in groups)
    return (squares / df if df else 0.0), df


def levene(groups: Sequence[Sequence[float] | Array]) -> float:
    """p of Levene's test (1960, deviations from the group's mean) that groups of ≥ 2 values share one variance."""
    import numpy as np
    from scipy import special

    deviations = [np.abs(np.asarray(g, dtype=float) - np.mean(g)) for g in groups]
    n, g = sum(len(d) for d in deviations), len(deviations)
    if g < 2 or n <= g:
        return 1.0
    grand = float(np.concatenate(deviations).mean())
    between = sum(len(d) * (float(d.mean()) - grand) ** 2 for d in deviations) / (g - 1)
    within = sum(float(((d - d.mean()) ** 2).sum()) for d in deviations) / (n - g)
    if within <= 1e-15 * max(between, 1e-300):
        return 1.0 if between <= 1e-30 else 0.0
    return float(special.fdtrc(g - 1, n - g, between / within))


@dataclass(frozen=True)
class Noise:
    """The standard deviation of one seed's value, with ``df`` over ``rounds`` and its own interval."""

    sd: float
    df: int
    rounds: int
    low: float
    high: float


def noise_floor(rounds: Sequence[Sequence[float]], level: float = 0.95) -> Noise | None:
    """The pooled spread of seeds within rounds (values by seed), or None when no round has two seeds.

    Interval from chi-square: from 3 seeds an sd is known only to a factor of 0.5 to 6.
    """
    from scipy import special

    if (pooled := pool([], rounds)) is None:
        return None
    sd, df, tail = math.sqrt(pooled.variance), pooled.df, (1 - level) / 2
    low, high = (sd * math.sqrt(df / float(special.chdtri(df, p))) for p in (tail, 1 - tail))
    return Noise(sd, df, pooled.rounds, low, high)


@dataclass(frozen=True)
class Luck:
    """What choosing the best of ``n`` rounds gains when none of them differs: in half of all cases at least
    ``typical`` over the study's first round, in 1 of 20 more than ``line``. In units of the metric."""

    typical: float
    line: float
    n: int


def luck(ses: Sequence[float], root: float, df: float, draws: int = 40_000, seed: int = 0) -> Luck:
    """The gain of the best of several null rounds over one more, the root, with which all are compared.

    ``ses`` holds the standard error of each round's mean and ``root`` that of the root's, all known with ``df`` degrees
    of freedom in common. Quantiles of ``(max(se_i · z_i) − root · z_0) / √(χ²_df / df)``, the one-sided many-to-one
    statistic of Dunnett (1955) with unequal groups, by ``draws`` of a fixed seed. The largest of n normals is drawn at
    once, as the quantile at ``U^(1/n)``, for each error that occurs. Raises ValueError without a degree of freedom,
    and for an error below 0.
    """
    import numpy as np
    from scipy import special

    if df <= 0:
        raise ValueError("a luck line needs a degree of freedom between seeds")
    if not all(se >= 0 for se in (*ses, root)):
        raise ValueError("a standard error is 0 or more")
    if not ses:
        return Luck(0.0, 0.0, 0)
    rng = np.random.default_rng(seed)
    best = np.full(draws, -np.inf)
    for se, n in sorted(Counter(ses).items()):
        best = np.maximum(best, se * special.ndtri(rng.random(draws) ** (1 / n)))
    gain = (best - root * rng.standard_normal(draws)) / np.sqrt(rng.chisquare(df, draws) / df)
    typical, line = (max(0.0, float(q)) for q in np.quantile(gain, [0.5, 0.95]))
    return Luck(typical, line, len(ses))


BOOTSTRAP_COVERAGE = {2: 0.66, 3: 0.80, 4: 0.85, 5: 0.88, 6: 0.89, 7: 0.90}
"""What a 95 % percentile bootstrap covers at so many seeds an arm, where the seeds' noise rules: 8,000 simulated null
rounds of normal seed effects each (``benchmarks/verdicts.py`` draws them again)."""


def bootstrap(
    values_a: Values,
    values_b: Values,
    weights: Sequence[float] | None = None,
    draws: int = 10_000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """The percentile bootstrap of ``mean_B − mean_A``: seeds resampled within arms, blocks for both arms at once.

    For comparison only: with few seeds it is too short (``BOOTSTRAP_COVERAGE``), and its method says so.
    Raises ValueError when shapes differ or a value is not finite.
    """
    import numpy as np

    ys, w = _arrays([values_a, values_b], weights)
    rng, blocks = np.random.default_rng(seed), len(w)
    places = rng.integers(0, blocks, (draws, blocks)) + blocks * np.arange(draws)[:, None]
    counts = np.bincount(places.ravel(), minlength=draws * blocks).reshape(draws, blocks) * w
    means = []
    for y in ys:
        chosen = rng.multinomial(len(y), np.full(len(y), 1 / len(y)), draws) / len(y)
        means.append(np.einsum("db,db->d", chosen @ y, counts))
    found = (means[1] - means[0]) / counts.sum(1)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    fewest = min(len(y) for y in ys)
    covers = BOOTSTRAP_COVERAGE.get(fewest)
    method = "percentile bootstrap over seeds and blocks"
    if fewest < 2:
        method += ", which sees no noise of the seeds with one of them"
    elif covers is not None and level == 0.95:
        method += f", which covers {covers:.0%} and not 95 % where the noise of {fewest} seeds rules"
    value = float((ys[1] @ w).mean() - (ys[0] @ w).mean()) / blocks
    return Interval(value=value, low=float(low), high=float(high), level=level, method=method)


def _t_interval(value: float, se: float, df: float, level: float, method: str) -> Interval:
    from scipy import special

    half = float(special.stdtrit(df, (1 + level) / 2)) * se
    return Interval(value=value, low=value - half, high=value + half, level=level, method=method, df=df)


def t_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Student's interval of a mean. Raises ValueError for fewer than two values."""
    variance, df = _within([values])
    if df < 1:
        raise ValueError("a t interval needs at least two values")
    return _t_interval(math.fsum(values) / (df + 1), math.sqrt(variance / (df + 1)), float(df), level, "t")


def resampled_mean(values: Sequence[float], level: float = 0.95, draws: int = 10_000, seed: int = 0) -> Interval:
    """The mean over topics, topics resampled: the expanded percentile interval (Hesterberg 2015, §5.3).

    The plain percentile interval is short by √((n−1)/n) and by the normal in place of t: at 40 topics it covers 94 %.
    For one model only: it says nothing of other seeds. Raises ValueError for fewer than two topics.
    """
    import numpy as np
    from scipy import special

    y = np.asarray(values, dtype=float)
    n = len(y)
    if n < 2:
        raise ValueError("resampling needs at least two topics")
    tail = float(special.ndtr(-math.sqrt(n / (n - 1)) * special.stdtrit(n - 1, (1 + level) / 2)))
    rng = np.random.default_rng(seed)
    means = np.concatenate([y[rng.integers(0, n, (draws // 10, n))].mean(1) for _ in range(10)])
    low, high = np.quantile(means, [tail, 1 - tail])
    method = "expanded percentile bootstrap over topics"
    return Interval(value=float(y.mean()), low=float(low), high=float(high), level=level, method=method)
