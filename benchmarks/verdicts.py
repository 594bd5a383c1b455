"""How often a verdict is wrong: null rounds, coverage, and power, at 3 + 3 seeds.

    python benchmarks/verdicts.py [--rounds 2000] [--scores FILE] [--json]

The data are drawn here, and not from the model that the interval assumes: seed effects, blocks and residuals have
heavy or skewed tails, blocks differ in size, and the topics of the dial are counts. ``--scores`` resamples real scores
instead: a JSON file with ``values[seed][block]`` (at least 8 seeds) and, if blocks differ in size, ``weights`` (a score
of the ledger is such a file). Its null rounds are disjoint sets of seeds of that one recipe, on resampled blocks.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import binom

from greenlight import power, rates, stats

Array = NDArray[np.float64]
Arms = tuple[Array, Array, Array]
"""Two arms as ``[seed, block]`` on the same blocks, and the blocks' weights; the true difference is 0."""

SEEDS = 3
LEVEL = 0.95
RESAMPLES = 1000


# ---------------------------------------------------------------- data


def heavy(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Student's t with 5 degrees of freedom, scaled to variance 1."""
    return rng.standard_t(5, shape) * math.sqrt(3 / 5)


def skewed(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A gamma of shape 4, centred, scaled to variance 1: seeds that fail do so on one side."""
    return (rng.gamma(4.0, 1.0, shape) - 4.0) / 2.0


def text(seed_sd: float, block_sd: float, residual_sd: float, blocks: int = 125) -> Callable[..., Arms]:
    """Rounds of a text metric: seeds, the arm's own way with a block, and the rest; blocks of unequal size."""

    def draw(rng: np.random.Generator, seeds: int = SEEDS) -> Arms:
        weights = rng.lognormal(0.0, 0.3, blocks)
        difficulty = 2 + 0.3 * heavy(rng, (blocks,))  # shared by both arms

        def arm() -> Array:
            own = seed_sd * skewed(rng, (seeds, 1)) + block_sd * heavy(rng, (1, blocks))
            return difficulty + own + residual_sd * heavy(rng, (seeds, blocks))

        return arm(), arm(), weights

    return draw


def dial(rng: np.random.Generator, seeds: int = SEEDS, topics: int = 40) -> Arms:
    """Rounds of the dial: slopes by topic of overdispersed counts at five levels; a seed turns the dial by 10 %."""
    levels = np.arange(1, 6)
    liking = rng.gamma(4.0, 0.25, (topics, 1))

    def arm() -> Array:
        steep = 0.75 * (1 + 0.1 * skewed(rng, (seeds, 1, 1)))
        counts = rng.poisson(steep * levels * liking * rng.gamma(5.0, 0.2, (seeds, topics, 5)))
        return np.asarray((counts * (levels - 3)).sum(2) / 10, dtype=float)

    return arm(), arm(), np.ones(topics)


REGIMES: dict[str, Callable[..., Arms]] = {
    "seed noise rules": text(1.0, 0.5, 1.0),
    "seeds and text equal": text(0.10, 0.75, 0.75),
    "text blocks rule": text(0.02, 1.0, 0.3),
    "dial, 40 topics": dial,
}


def resampled(path: Path) -> Callable[..., Arms]:
    """Null rounds out of one recipe's real scores."""
    data = json.loads(path.read_text(encoding="utf-8"))
    values = np.asarray(data["values"], dtype=float)
    weights = np.asarray(data.get("weights") or np.ones(values.shape[1]), dtype=float)
    if len(values) < 8:
        raise SystemExit(f"{path} has {len(values)} seeds; resampling needs at least 8")

    def draw(rng: np.random.Generator, seeds: int = SEEDS) -> Arms:
        chosen = rng.permutation(len(values))[: 2 * seeds]
        blocks = rng.integers(0, values.shape[1], values.shape[1])
        taken = values[np.ix_(chosen, blocks)]
        return taken[:seeds], taken[seeds:], weights[blocks]

    return draw


# ---------------------------------------------------------------- methods: does the interval miss 0?


def crossed(a: Array, b: Array, w: Array, earlier: list[Array] | None = None) -> stats.Crossed:
    means = [y @ w / w.sum() for y in (a, b)]
    pooled = None if earlier is None else stats.pool(means, [y @ w / w.sum() for y in earlier])
    return stats.crossed(a, b, w, pooled, LEVEL)  # type: ignore[arg-type]


def misses(found: stats.Crossed, truth: float = 0.0) -> bool:
    return not found.interval.low <= truth <= found.interval.high


class Bootstrap:
    """Percentile bootstraps that resample seeds and blocks, the same resamples for every round (they need no data)."""

    def __init__(self, rng: np.random.Generator, seeds: int, blocks: int) -> None:
        self.a, self.b = (rng.multinomial(seeds, np.full(seeds, 1 / seeds), RESAMPLES) / seeds for _ in range(2))
        self.blocks = rng.multinomial(blocks, np.full(blocks, 1 / blocks), RESAMPLES)

    def miss(self, a: Array, b: Array, w: Array, paired: bool) -> bool:
        counts = self.blocks * w
        values = [((own @ y) * counts).sum(1) for own, y in ((self.a, a), (self.a if paired else self.b, b))]
        low, high = np.quantile((values[1] - values[0]) / counts.sum(1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return not low <= 0 <= high


def seed_means(a: Array, b: Array, w: Array) -> bool:
    x, y = a @ w / w.sum(), b @ w / w.sum()
    half = special.stdtrit(2 * SEEDS - 2, (1 + LEVEL) / 2) * math.sqrt((x.var(ddof=1) + y.var(ddof=1)) / SEEDS)
    return bool(abs(y.mean() - x.mean()) > half)


# ---------------------------------------------------------------- the tables


def false_rates(name: str, draw: Callable[..., Arms], rounds: int) -> dict[str, Any]:
    """Shares of null rounds whose interval misses 0, in one regime."""
    rng = np.random.default_rng(list(name.encode()))
    missed: dict[str, list[bool]] = {}
    boot: Bootstrap | None = None
    for _ in range(rounds):
        a, b, w = draw(rng)
        boot = boot or Bootstrap(rng, *a.shape)
        found = {
            "bootstrap, paired": boot.miss(a, b, w, paired=True),
            "bootstrap, unpaired": boot.miss(a, b, w, paired=False),
            "t on seed means": seed_means(a, b, w),
            "crossed t": misses(crossed(a, b, w)),
        }
        for key, value in found.items():
            missed.setdefault(key, []).append(value)
    return {key: float(np.mean(value)) for key, value in missed.items()}


def pooled_rates(name: str, draw: Callable[..., Arms], rounds: int) -> dict[str, Any]:
    """The same with the seeds of 2 and of 6 earlier rounds (4 and 12 df), and when those spread half as much."""
    rng = np.random.default_rng([1, *name.encode()])
    out: dict[str, Any] = {}
    for earlier, scale in ((2, 1.0), (6, 1.0), (6, 0.5)):
        missed, used = [], []
        for _ in range(rounds):
            a, b, w = draw(rng)
            history = []
            for _ in range(earlier):
                y = draw(rng)[0]
                centre = y.mean(0)
                history.append(centre + scale * (y - centre))
            found = crossed(a, b, w, history)
            missed.append(misses(found))
            used.append(found.pooled)
        key = f"ν={2 * earlier}" + ("" if scale == 1 else ", half the spread")
        out[key] = {"false": float(np.mean(missed)), "pooled": float(np.mean(used))}
    return out


def coverage(name: str, draw: Callable[..., Arms], rounds: int, truth: float) -> dict[str, float]:
    """Coverage of the difference at 2 to 8 seeds, and of one round's own mean at 3 (its truth is ``truth``)."""
    rng = np.random.default_rng([2, *name.encode()])
    out = {}
    for seeds in (2, 5, 8):
        out[f"difference, {seeds} seeds"] = 1 - float(
            np.mean([misses(crossed(*draw(rng, seeds))) for _ in range(rounds)])
        )
    if not math.isnan(truth):
        arms = [draw(rng) for _ in range(rounds)]
        own = [stats.one_arm(a, w) for a, _, w in arms]  # type: ignore[arg-type]
        out["one mean, 3 seeds"] = 1 - float(np.mean([misses(o, truth) for o in own]))
    return out


def promised(name: str, draw: Callable[..., Arms], rounds: int) -> dict[str, float]:
    """How often "better" is said at the effect that ``power`` promises 0.8 for, at 3 and 6 seeds an arm.

    The variances that a plan needs are taken from 300 rounds drawn beforehand.
    """
    rng = np.random.default_rng([3, *name.encode()])
    out = {}
    for seeds in (3, 6):
        before = [crossed(*draw(rng, seeds)) for _ in range(300)]
        variances = [float(np.mean([getattr(c, key) for c in before])) for key in ("seed_variance", "block_variance")]
        plan = stats.Crossed(before[0].interval, 0.0, variances[0], 2 * (seeds - 1), variances[1], before[0].blocks, 0)
        effect = power.smallest_effect(*power.planned(plan, seeds))
        said = []
        for _ in range(rounds):
            a, b, w = draw(rng, seeds)
            said.append(crossed(a, b + effect, w).interval.low > 0)
        out[f"{seeds} seeds"] = float(np.mean(said))
        out[f"{seeds} seeds, effect in seed sd"] = effect / math.sqrt(variances[0])
    return out


def rate_table() -> dict[str, dict[str, float]]:
    """Exact coverage of ``rates.rate`` over p in 0.02 … 0.98, by n."""
    grid = np.linspace(0.02, 0.98, 193)
    out = {}
    for n in (5, 18, 32, 40, 100, 200, 400, 1000):
        found = [rates.rate(hits, n) for hits in range(n + 1)]
        low, high = np.array([i.low for i in found]), np.array([i.high for i in found])
        chances = binom.pmf(np.arange(n + 1)[None, :], n, grid[:, None])
        covered = (chances * ((low <= grid[:, None]) & (grid[:, None] <= high))).sum(1)
        out[str(n)] = {"mean": float(covered.mean()), "least": float(covered.min())}
    return out


def measure(rounds: int, scores: Path | None) -> dict[str, Any]:
    regimes = REGIMES if scores is None else {scores.stem: resampled(scores)}
    truths = dict.fromkeys(regimes, 2.0 if scores is None else math.nan) | (
        {"dial, 40 topics": 0.75} if not scores else {}
    )
    found: dict[str, Any] = {"rounds": rounds, "seeds": SEEDS, "level": LEVEL, "regimes": {}}
    for name, draw in regimes.items():
        found["regimes"][name] = {
            "false": false_rates(name, draw, rounds),
            "pooled": pooled_rates(name, draw, rounds // 2) if scores is None else {},
            "coverage": coverage(name, draw, rounds // 2, truths[name]) if scores is None else {},
            "power": promised(name, draw, rounds) if scores is None else {},
        }
    return found | {"rates": rate_table()}


def show(found: dict[str, Any]) -> str:
    lines = []

    def table(title: str, key: str, cell: Callable[[Any], str]) -> None:
        rows = {name: regime[key] for name, regime in found["regimes"].items() if regime[key]}
        if not rows:
            return
        columns = list(next(iter(rows.values())))
        lines.extend(["", f"**{title}**", "", "| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"])
        lines.extend(
            f"| {name} | " + " | ".join(cell(row[c]) if c in row else "–" for c in columns) + " |"
            for name, row in rows.items()
        )

    half = found["rounds"] // 2
    table(
        f"False verdicts at margin 0, {found['rounds']:,} null rounds of 3 + 3 seeds (nominal 5 %)",
        "false",
        "{:.1%}".format,
    )
    table(
        f"Crossed t with earlier rounds, {half:,} null rounds: false verdicts (pooled in so many)",
        "pooled",
        lambda c: f"{c['false']:.1%} ({c['pooled']:.0%})",
    )
    table(f"Coverage of the crossed t, {half:,} rounds (nominal 95 %)", "coverage", "{:.1%}".format)
    table(
        f"“Better” at the effect with a promised power of 80 %, {found['rounds']:,} rounds",
        "power",
        lambda c: f"{c:.1%}" if c <= 1 else f"{c:.2f}",
    )
    lines += [
        "",
        "**Rates: exact coverage over p in 0.02–0.98 (nominal 95 %)**",
        "",
        "| n | mean | least |",
        "|---|---|---|",
    ]
    lines += [f"| {n} | {row['mean']:.1%} | {row['least']:.1%} |" for n, row in found["rates"].items()]
    return "\n".join(lines[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    found = measure(options.rounds, options.scores)
    found["wall_seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(found, indent=1) if options.json else f"{show(found)}\n\n{found['wall_seconds']} s")


if __name__ == "__main__":
    main()
