"""How often the tool's own verdicts are wrong, and how often they see what they promise to, on simulated rounds.

    python benchmarks/verdicts.py [--rounds 2000] [--only NAME…] [--json]

The rounds come from ``simulator.py``, which knows nothing of the statistics that are judged here: real scores of two
dozen models a recipe, drawn again, and, harsher, drawn data with heavy and skewed tails. The verdicts are those of
``verdict.decide``, with and without earlier rounds, judged once or at looks; its rivals stand beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import rivals
import simulator
from simulator import Array, Real, Source

from greenlight import power, stats
from greenlight.inquiry import sensitivity
from greenlight.nouns import Factor, FactorTable, Round, Score, Verdict
from greenlight.recipe import KeepIf
from greenlight.verdict import Beside, decide

Row = dict[str, float]

SEEDS = 3
ONE = FactorTable(factors=(Factor(key="corpus.blend", before={"a": 1.0}, after={"b": 1.0}),))
AT_ZERO, AT_NOISE = KeepIf(metric="simulated", by=0.0), KeepIf(metric="simulated")


# ---------------------------------------------------------------- judging


def score(values: Array, weights: Array, better: str = "higher") -> Score:
    """A round's score, as the tool keeps it."""
    return Score(
        metric="simulated",
        unit="units",
        better="higher" if better == "higher" else "lower",
        seeds=tuple(range(1, len(values) + 1)),
        blocks=tuple(map(str, range(len(weights)))),
        values=tuple(map(tuple, values.tolist())),
        weights=tuple(weights.tolist()),
        yardstick="simulated",
        settings={},
    )


def judge(a: Score, b: Score, beside: Beside, keep_if: KeepIf = AT_ZERO) -> Verdict:
    return decide(b, a, keep_if, ONE, 1, beside)


def said(verdict: Verdict) -> bool:
    """Whether a direction was named; on null rounds, falsely."""
    return verdict.outcome in ("better", "worse")


def crossed(a: Array, b: Array, w: Array) -> stats.Crossed:
    return stats.crossed(a, b, w)


def misses(interval: Any, truth: float = 0.0) -> bool:
    return not interval.low <= truth <= interval.high


def generator(table: int, name: str) -> np.random.Generator:
    return np.random.default_rng([table, *name.encode()])


# ---------------------------------------------------------------- the tables, one row each


def false_row(source: Source, rounds: int) -> Row:
    """Shares of null rounds of 3 + 3 seeds, judged once, in which a direction is named."""
    rng = generator(0, source.name)
    boot: rivals.Bootstrap | None = None
    found: dict[str, list[bool]] = {}
    pooled: list[bool] = []
    for _ in range(rounds):
        study = source.study(rng, (SEEDS,) * 8)
        a, b, w = study.rounds[0], study.rounds[1], study.weights
        boot = boot or rivals.Bootstrap(rng, *a.shape)
        before, after, *earlier = (score(y, w) for y in study.rounds)
        with_six = judge(before, after, Beside(history=earlier))
        pooled.append(with_six.pooled)
        now = {
            "bootstrap, paired": boot.finds(a, b, w, paired=True),
            "bootstrap, unpaired": boot.finds(a, b, w, paired=False),
            "t on seed means": rivals.seed_means(a, b, w),
            "verdict": said(judge(before, after, Beside())),
            "verdict, 2 earlier rounds": said(judge(before, after, Beside(history=earlier[:2]))),
            "verdict, 6 earlier rounds": said(with_six),
        }
        for key, value in now.items():
            found.setdefault(key, []).append(value)
    return {key: float(np.mean(value)) for key, value in found.items()} | {"6 pooled": float(np.mean(pooled))}


PLAN, BEYOND = ((3, 1), (3, 2), (3, 3)), ((4, 4), (5, 5), (6, 6))
BOTH = ((1, 1), (2, 2), (3, 3))
"""Seeds of the earlier round and of this one at each look: while the plan is carried out, and past it."""


def sequence(a: Array, b: Array, w: Array, looks: Sequence[tuple[int, int]], earlier: Sequence[Score]) -> list[bool]:
    """Whether a direction has been named by each look, every look told of the ones before it."""
    named, seen = [], False
    for at, (i, j) in enumerate(looks):
        beside = Beside(history=earlier, planned=SEEDS, earlier=tuple(k for _, k in looks[:at]))
        seen = seen or said(judge(score(a[:i], w), score(b[:j], w), beside))
        named.append(seen)
    return named


def naive(a: Array, b: Array, w: Array) -> bool:
    """The same interval, with 5 % at each of the looks at 2, 3, 4, 5 and 6 seeds."""
    return any(misses(crossed(a[:k], b[:k], w).interval) for k in range(2, 7))


def looks_row(source: Source, rounds: int) -> Row:
    """Shares of null rounds in which a direction is named at any look."""
    rng = generator(1, source.name)
    found: dict[str, list[bool]] = {}
    for _ in range(rounds):
        study = source.study(rng, (6, 6, SEEDS, SEEDS))
        (a, b, *others), w = study.rounds, study.weights
        earlier = [score(y, w) for y in others]
        pooled = sequence(a, b, w, PLAN + BEYOND, earlier)
        now = {
            "5 % at each of 2 … 6": naive(a, b, w),
            "at 1, 2, 3": pooled[2],
            "at 1, 2, 3, both growing": sequence(a, b, w, BOTH, earlier)[-1],
            "then at 4, 5, 6": pooled[-1],
        }
        for key, value in now.items():
            found.setdefault(key, []).append(value)
    return {key: float(np.mean(value)) for key, value in found.items()}


def alone_row(source: Source, rounds: int) -> Row:
    """The same where no earlier round lends its noise: no look before 3 seeds."""
    rng, named = generator(6, source.name), []
    for _ in range(rounds):
        study = source.study(rng, (6, 6))
        named.append(sequence(*study.rounds, study.weights, (*PLAN[2:], *BEYOND), ()))
    return {"at 3": float(np.mean(named, 0)[0]), "then at 4, 5, 6": float(np.mean(named, 0)[-1])}


def coverage_row(source: Source, rounds: int) -> Row:
    """Shares of intervals that hold the truth: of null differences, of an uneven effect, of one round's mean."""
    rng = generator(2, source.name)
    missed: dict[str, list[bool]] = {}
    for _ in range(rounds):
        for k in (2, 3, 5, 8):
            study = source.study(rng, (k, k))
            (a, b), w = study.rounds, study.weights
            miss = misses(crossed(a, b, w).interval)
            missed.setdefault(f"difference, {k} seeds", []).append(miss)
            if k == 2 and not tied(a) and not tied(b):
                missed.setdefault("difference, 2 seeds, no tie", []).append(miss)
            if k > 2:
                own = stats.one_arm(a, w).interval
                missed.setdefault(f"mean, {k} seeds", []).append(misses(own, source.truth))
            if k == SEEDS:
                effect = 3 * float((a @ w / w.sum()).std(ddof=1))
                changed = crossed(a, simulator.uneven(rng, b, effect), w)
                missed.setdefault("uneven effect, 3 seeds", []).append(misses(changed.interval, effect))
    return {key: 1 - float(np.mean(value)) for key, value in sorted(missed.items())}


def tied(values: Array) -> bool:
    """Whether one committed model was drawn twice."""
    return bool(np.ptp(values.mean(1)) < 1e-6 * np.abs(values).mean())


def power_row(source: Source, rounds: int) -> Row:
    """How often "better" is said at the effect that the tool promises 0.8 for, as ``greenlight power`` finds it.

    Beside it the closed form, for the mean variances of 1,000 rounds; adding an effect moves an interval by it.
    """
    rng = generator(3, source.name)
    out: Row = {}
    for seeds, others in ((3, 0), (6, 0), (3, 6)):
        plan = expected(source, rng, seeds, 2 * others)
        effect = foreseen(source, rng, seeds, others, power.planned(plan, seeds)[0])
        closed = power.smallest_effect(*power.planned(plan, seeds))
        even, formula, unlike = [], [], []
        for _ in range(rounds):
            study = source.study(rng, (seeds, seeds, *(SEEDS,) * others))
            (a, b, *rest), w = study.rounds, study.weights
            beside = Beside(history=[score(y, w) for y in rest])
            found = judge(score(a, w), score(b + effect, w), beside)
            even.append(found.outcome == "better")
            formula.append(found.difference is not None and found.difference.low > effect - closed)
            if (seeds, others) == (3, 0):
                changed = simulator.uneven(rng, b, effect, 0.2)
                unlike.append(judge(score(a, w), score(changed, w), beside).outcome == "better")
        key = f"{seeds} seeds" + (f", {others} earlier rounds" if others else "")
        out |= {key: float(np.mean(even)), f"{key}: effect in seed sd": effect / math.sqrt(plan.seed_variance)}
        out[f"{key}: closed form"] = float(np.mean(formula))
        if unlike:
            out[f"{key}, uneven effect"] = float(np.mean(unlike))
    return out


def foreseen(source: Source, rng: np.random.Generator, seeds: int, others: int, se: float) -> float:
    """The effect that ``greenlight power`` names, were the noise known: in standard errors, times their mean ``se``.

    The mean of 30 studies that have seen 2 × 60 seeds. A promise from few seeds is off by as much as their sd is: that
    is no fault of its formula, and the tool prints it beside the promise.
    """
    effects = []
    for at in range(30):
        study = source.study(rng, (60, 60))
        rows = {n: finished(n, score(y, study.weights)) for n, y in enumerate(study.rounds, 1)}
        noise = sensitivity.gather(rows, rows[1], rows[2], "simulated")
        assert noise is not None, "60 seeds show noise"
        noise = replace(noise, earlier=(SEEDS,) * others)
        plan = sensitivity.Plan((seeds, seeds), len(study.weights), 0.0)
        named = sensitivity.simulate(noise, plan, draws=200, seed=at).smallest()[0]
        effects.append(named / power.planned(noise.found, seeds)[0])
    return se * float(np.mean(effects))


def finished(number: int, found: Score) -> Round:
    """A row of a ledger that holds a score."""
    head = {"number": number, "slug": "simulated", "status": "done", "recipe": {}, "recipe_fingerprint": ""}
    return Round.model_validate(
        head | {"seeds": found.seeds, "yardstick": "simulated", "scores": {found.metric: found}}
    )


def expected(source: Source, rng: np.random.Generator, seeds: int, pooled_df: int) -> stats.Crossed:
    """The mean pieces of an interval at so many seeds an arm, over 1,000 rounds."""
    drawn = (source.study(rng, (seeds, seeds)) for _ in range(1000))
    found = [crossed(s.rounds[0], s.rounds[1], s.weights) for s in drawn]
    seed_variance, block_variance = np.mean([(c.seed_variance, c.block_variance) for c in found], axis=0).tolist()
    return replace(found[0], seed_variance=seed_variance, block_variance=block_variance, pooled_df=pooled_df)


def greedy_row(source: Source, rounds: int) -> Row:
    """100 null rounds one after the other, the best so far kept: by its one seed, and by the tool's verdict."""
    assert isinstance(source, Real)
    rng, sign = generator(4, source.name), 1 if source.better == "higher" else -1
    records, gains = [], []
    for _ in range(rounds):
        kept, gain = rivals.greedy(sign * source.mixed(rng, 101))
        records.append(kept)
        gains.append(gain)
    out = {
        "greedy: false records": float(np.mean(records)),
        "greedy: fake progress": float(np.mean(gains)),
        "in seed sd": float(np.mean(gains)) / source.seed_sd,
    }
    for name, keep_if in (("verdict, margin 0", AT_ZERO), ("verdict, margin of the noise", AT_NOISE)):
        loops = [by_verdict(source, rng, keep_if) for _ in range(max(1, rounds // 50))]
        out[f"{name}: false records"] = float(np.mean([kept for kept, _ in loops]))
        out[f"{name}: fake progress"] = float(np.mean([gain for _, gain in loops]))
    return out


def by_verdict(source: Real, rng: np.random.Generator, keep_if: KeepIf) -> tuple[int, float]:
    """False records, and what they add up to, of 100 null rounds of 3 seeds, each against the best so far."""
    study = source.study(rng, (SEEDS,) * 101)
    scores = [score(y, study.weights, source.better) for y in study.rounds]
    best, kept, gain = 0, 0, 0.0
    for at in range(1, 101):
        earlier = [s for number, s in enumerate(scores[:at]) if number != best]
        found = judge(scores[best], scores[at], Beside(history=earlier), keep_if)
        if found.outcome == "better":
            gain += abs(scores[at].value - scores[best].value)
            best, kept = at, kept + 1
    return kept, gain


def luck_row(source: Source, rounds: int) -> Row:
    """Shares of studies of null rounds whose best is above the luck line over the round they started from."""
    assert isinstance(source, Real)
    rng, sign = generator(5, source.name), 1 if source.better == "higher" else -1
    out: Row = {}
    for n in (5, 20, 100):
        above, typical = [], []
        for _ in range(rounds // 2):
            study = source.study(rng, (SEEDS,) * (n + 1))
            means = [sign * (y @ study.weights) / study.weights.sum() for y in study.rounds]
            noise = stats.noise_floor(means)
            assert noise is not None, "every round has two seeds"
            se = noise.sd / math.sqrt(SEEDS)
            line = stats.luck([se] * n, se, noise.df, draws=4000)
            gain = max(float(m.mean()) for m in means[1:]) - float(means[0].mean())
            above.append(gain > line.line)
            typical.append(gain > line.typical)
        out[f"best of {n}: above the line"] = float(np.mean(above))
        out[f"best of {n}: above the typical gain"] = float(np.mean(typical))
    return out


# ---------------------------------------------------------------- the whole

TABLES: dict[str, tuple[str, Callable[[Source, int], Row]]] = {
    "false": ("A direction named on null rounds of 3 + 3 seeds, margin 0 (nominal 5 %)", false_row),
    "looks": ("A direction named at any look, null rounds, margin 0, 2 earlier rounds", looks_row),
    "alone": ("The same without earlier rounds", alone_row),
    "coverage": ("Coverage (nominal 95 %)", coverage_row),
    "power": ("“Better” at the effect with a promised power of 80 %", power_row),
    "greedy": ("100 null rounds, each kept when it beats the best so far", greedy_row),
    "luck": ("Studies of null rounds whose best is above the luck line (nominal 5 and 50 %)", luck_row),
}


def sources(table: str) -> list[Source]:
    """A table's rows: real scores, the same with rounds that have their own way with a block, drawn data."""
    real = [simulator.load(name) for name in simulator.committed()]
    own_way: list[Source] = [replace(r, name=f"{r.name}, own way with a block", arm_sd=1.0) for r in real]
    if table in ("greedy", "luck"):
        return list(real)
    return [*real, *(own_way if table == "false" else []), *simulator.DRAWN]


MORE = {"false": 2, "looks": 2, "alone": 5}
"""Real scores get so many times the rounds where the question is how often a verdict is false."""


def row(table: str, source: Source, rounds: int) -> Row:
    return TABLES[table][1](source, rounds * (MORE.get(table, 1) if isinstance(source, Real) else 1))


def measure(rounds: int, only: Sequence[str]) -> dict[str, Any]:
    jobs = [(table, source) for table in only for source in sources(table)]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        rows = [pool.submit(row, table, source, rounds) for table, source in jobs]
        found: dict[str, Any] = {"rounds": rounds, "tables": {table: {} for table in only}}
        for (table, source), done in zip(jobs, rows, strict=True):
            found["tables"][table][source.name] = done.result()
    found["rates"], found["uneven"] = rivals.rate_table(), rivals.uneven_table(rounds)
    found["bootstrap"] = {"coverage": rivals.bootstrap_table(rounds), "seconds": rivals.bootstrap_seconds()}
    return found


def show(found: dict[str, Any]) -> str:
    lines: list[str] = []

    def table(title: str, rows: dict[str, Row], first: str = "") -> None:
        columns = list(next(iter(rows.values())))
        lines.extend(["", title + ":", "", f"| {first} | " + " | ".join(columns) + " |"])
        lines.append("|---" * (len(columns) + 1) + "|")
        lines.extend(f"| {name} | " + " | ".join(cell(c, r[c]) for c in columns) + " |" for name, r in rows.items())

    for name, rows in found["tables"].items():
        table(TABLES[name][0], rows)
    table("Rates, exact coverage over p in 0.02–0.98 (nominal 95 %)", found["rates"], "n")
    table("Null rounds of unequal numbers of seeds (nominal 5 %)", found["uneven"])
    boot = found["bootstrap"]
    table("Percentile bootstrap, coverage where the seeds' normal noise is all (nominal 95 %)", boot["coverage"], "k")
    lines.append(f"\n10,000 bootstrap draws over 3 + 3 seeds × 125 blocks: {boot['seconds']:.3f} s")
    return "\n".join(lines[1:])


def cell(column: str, value: float) -> str:
    plain = any(word in column for word in ("records", "progress", "seed sd"))
    return f"{value:.3g}" if plain else f"{100 * value:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2000, help="real scores get up to five times as many")
    parser.add_argument("--only", nargs="*", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    found = measure(options.rounds, options.only)
    found["wall_seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(found, indent=1) if options.json else f"{show(found)}\n\n{found['wall_seconds']} s")


if __name__ == "__main__":
    main()
