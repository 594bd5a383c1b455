"""Training throughput at 10.7 M parameters: Greenlight's loop beside a plain one, and both beside the machine's peak.

    python benchmarks/train_speed.py [--repeats 5] [--steps 6] [--json]

6 layers, 6 heads, 384 wide, context 256, batches of 16 rows, a vocabulary of 100; AdamW on both sides, all cores. The
plain loop is that of ``plain.py`` (PyTorch's own modules and ``AdamW``) with the same weights, in fp32, eager. FLOPs a
token are ``6 N + 12 · layers · width · context``, N all parameters. The peak is the fastest of many products of 2,048 ×
2,048 matrices, in each precision. Pairs are interleaved, and medians are of ``--repeats``. The plain loop must reach
80 % of the fp32 peak, or the comparison is void, and says so.

The loop's own precision is what ``precision = auto`` takes here; its time is that of ``_gradients`` and the optimiser's
step, as in ``fit``. Muon's share is that of the optimiser in a step that gives it the matrices.
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median
from typing import Any

import numpy as np
import torch
from plain import Loop
from twin import plain_of

ROWS, VOCAB = 16, 100
LEAST = 0.8
"""Share of the fp32 peak under which the plain loop is no comparison."""


def batches(steps: int) -> list[Any]:
    from greenlight.gpt.data import Batch

    dice = np.random.default_rng(0)
    lines = [dice.integers(0, VOCAB, (ROWS, 257)) for _ in range(steps)]
    return [Batch(line[:, :-1].copy(), line[:, 1:].copy(), np.zeros((ROWS, 256), np.int64)) for line in lines]


def peak(dtype: torch.dtype) -> float:
    """FLOP/s of a product of two large matrices."""
    left, right = (torch.randn(2048, 2048).to(dtype) for _ in range(2))
    best = float("inf")
    for _ in range(12):
        start = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - start)
    return float(2 * 2048**3 / best)


class OurLoop:
    """What ``fit`` does in a step."""

    def __init__(self, precision: Any, muon_lr: float) -> None:
        from greenlight.gpt import machine
        from greenlight.gpt.model import Decoder
        from greenlight.gpt.optim import Optimiser
        from greenlight.recipe import Model, Train

        arch = Model(layers=6, heads=6, width=384, context=256).resolve(VOCAB)
        self.model = Decoder(arch, 1, machine.DTYPES[precision])
        train = Train(steps=1000, batch=ROWS, packing="stream", lr=1e-3, muon_lr=muon_lr, weight_decay=0.1)
        self.optimiser = Optimiser(self.model, train)
        self.spent = 0.0

    def step(self, batch: Any, number: int) -> None:
        from greenlight.gpt import machine
        from greenlight.gpt.compiling import Compiled
        from greenlight.gpt.fit import _gradients

        with machine.team(torch.device("cpu"), None) as team:
            _, grads = _gradients(Compiled(self.model), batch, "stream", [None] * team.workers, team)
            start = time.perf_counter()
            self.optimiser.step(grads, number, 1.0, team)
            self.spent += time.perf_counter() - start


class TheirLoop:
    def __init__(self, model: Any) -> None:
        self.loop = Loop(plain_of(model))

    def step(self, batch: Any, number: int) -> None:
        self.loop.step(torch.from_numpy(batch.inputs), torch.from_numpy(batch.targets))


def timed(loop: Any, steps: int) -> float:
    """Tokens a second over ``steps`` steps."""
    work = batches(steps)
    start = time.perf_counter()
    for number, batch in enumerate(work):
        loop.step(batch, number)
    return steps * ROWS * 256 / (time.perf_counter() - start)


def measure(repeats: int, steps: int) -> dict[str, Any]:
    from greenlight.gpt import machine
    from greenlight.gpt.model import Decoder, parameters

    machine.keep_freed_memory()
    precision = machine.precision(torch.device("cpu"))
    ours, muon = (OurLoop(precision, rate) for rate in (0.0, 0.02))
    plain = TheirLoop(Decoder(ours.model.arch, 1))
    per_token = 6 * parameters(ours.model.arch) + 12 * 6 * 384 * 256
    for loop in (plain, ours, muon):
        timed(loop, 1)
    muon.spent = 0.0
    rows = []
    for _ in range(repeats):
        row = {"fp32_peak": peak(torch.float32), "peak": peak(machine.DTYPES[precision])}
        row |= {"plain": timed(plain, steps), "ours": timed(ours, steps)}
        before = muon.spent
        row["muon"] = timed(muon, steps)
        row["muon_share"] = (muon.spent - before) / (steps * ROWS * 256 / row["muon"])
        row["ratio"] = row["ours"] / row["plain"]
        row["plain_share"] = row["plain"] * per_token / row["fp32_peak"]
        row["ours_share"] = row["ours"] * per_token / row["peak"]
        rows.append(row)
    medians = {key: median(row[key] for row in rows) for key in rows[0]}
    return {
        "parameters": parameters(ours.model.arch),
        "precision": precision,
        "cores": torch.get_num_threads(),
        "void": medians["plain_share"] < LEAST,
        "median": medians,
        "rows": rows,
    }


def table(found: dict[str, Any]) -> str:
    m, own = found["median"], found["precision"]
    rows = [
        ("plain, fp32, AdamW", m["plain"], m["plain_share"], m["fp32_peak"]),
        (f"greenlight, {own}, AdamW", m["ours"], m["ours_share"], m["peak"]),
    ]
    lines = [
        f"{found['parameters']:,} parameters, {found['cores']} threads, median of {len(found['rows'])}",
        f"{'loop':<28}{'tokens/s':>10}{'GFLOP/s':>10}{'of peak':>9}",
        *(f"{name:<28}{speed:>10,.0f}{part * top / 1e9:>10.0f}{part:>9.0%}" for name, speed, part, top in rows),
        f"{f'greenlight, {own}, Muon':<28}{m['muon']:>10,.0f}   the optimiser: {m['muon_share']:.0%} of a step",
        f"peaks: fp32 {m['fp32_peak'] / 1e9:,.0f}, {own} {m['peak'] / 1e9:,.0f} GFLOP/s",
        f"ratio: {m['ratio']:.2f} times the plain loop's tokens/s",
    ]
    if found["void"]:
        lines.append(f"VOID: the plain loop is under {LEAST:.0%} of the fp32 peak, so the ratio says nothing")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.repeats, options.steps)
    print(json.dumps(found) if options.json else table(found))


if __name__ == "__main__":
    main()
