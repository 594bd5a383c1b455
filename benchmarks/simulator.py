"""Simulated rounds whose truth is known: committed scores of real models, drawn again; numpy and nothing of the tool.

    python benchmarks/simulator.py LEDGER METRIC OUT.json     keeps a round's scores from a study's ledger.jsonl

*Real.* ``scores/*.json`` hold ``values[seed][block]`` of two dozen models of one recipe. A simulated round draws its
seeds, and all rounds of one study their shared blocks, independently and with replacement: the committed models stand
for all models that the recipe could give, so the truth is their mean and a pair of rounds is null by construction.
(Drawn without replacement, two rounds would be negatively correlated, and a round's own mean nearer to the truth than
new seeds bring it.) Rows are kept whole: which blocks a model is good at, together, stays as it was in the real model.
A model that is drawn twice ties with itself, in 12 % of rounds of 3; real rounds have no ties, and these make spreads
too small at times: a harder test, not an easier one. Only in the 9th digit do such two differ, for equality to the
last bit is how one model is known in two rounds.

*Drawn.* ``DRAWN`` are rounds with heavy tails, skewed seeds and blocks of unequal size, in which an arm also has its
own way with each block. They are harsher than what the committed models show, and again not what an interval assumes.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SCORES = Path(__file__).parent / "scores"


@dataclass(frozen=True)
class Study:
    """Rounds of one recipe on shared blocks: ``rounds[i]`` is ``[seed, block]``, ``weights`` is ``[block]``."""

    rounds: tuple[Array, ...]
    weights: Array


class Source(Protocol):
    """Where simulated rounds come from; ``truth`` is the mean that every round of it has."""

    @property
    def name(self) -> str: ...

    @property
    def truth(self) -> float: ...

    def study(self, rng: np.random.Generator, seeds: Sequence[int]) -> Study:
        """Null rounds with so many seeds each."""
        ...


# ---------------------------------------------------------------- real scores


@dataclass(frozen=True)
class Real:
    """Committed scores ``values[seed, block]`` of one recipe, to be drawn again.

    ``arm_sd`` gives each round its own way with each block: the blocks' real profile, shuffled, at so many times the
    sd of seed × block. A change of recipe does that even where it leaves the mean as it was; 0 is the same recipe.
    """

    name: str
    values: Array
    weights: Array
    better: str = "higher"
    unit: str = ""
    arm_sd: float = 0.0

    @property
    def truth(self) -> float:
        """The mean of the committed models over all blocks."""
        return float(self.values.mean(0) @ self.weights / self.weights.sum())

    @property
    def seed_sd(self) -> float:
        """The sd of the committed models' values."""
        return float((self.values @ self.weights / self.weights.sum()).std(ddof=1))

    def study(self, rng: np.random.Generator, seeds: Sequence[int]) -> Study:
        models, size = self.values.shape
        blocks = rng.integers(0, size, size)
        w = self.weights[blocks]
        rows = [self.values[np.ix_(rng.integers(0, models, k), blocks)] for k in seeds]
        rows = [y + 1e-9 * self.seed_sd * rng.standard_normal((len(y), 1)) for y in rows]
        if self.arm_sd:
            own = self._profile() * self.arm_sd
            rows = [y + own[rng.integers(0, size, size)] for y in rows]
        return Study(tuple(rows), w)

    def _profile(self) -> Array:
        """What each block is apart from the mean of the blocks, scaled to the sd of seed × block."""
        blocks = self.values.mean(0)
        left = self.values - blocks - self.values.mean(1, keepdims=True) + blocks.mean()
        apart = blocks - blocks.mean()
        return apart * (left.std() / apart.std())

    def mixed(self, rng: np.random.Generator, models: int) -> Array:
        """Values of new models on the committed blocks, ``[model]``: two committed ones mixed by a random angle.

        Around the mean, ``cos φ · one + sin φ · other`` keeps the mean and the spread of the committed models, and has
        no ties: a loop that keeps records would otherwise run out of 24 values.
        """
        own = self.values @ self.weights / self.weights.sum()
        apart = own - own.mean()
        one, other = apart[rng.integers(0, len(own), models)], apart[rng.integers(0, len(own), models)]
        angle = rng.uniform(0, 2 * math.pi, models)
        return np.asarray(own.mean() + np.cos(angle) * one + np.sin(angle) * other)


def load(name: str) -> Real:
    """The committed scores ``scores/NAME.json``. Raises ValueError for fewer than 8 seeds or values that are none."""
    data = json.loads((SCORES / f"{name}.json").read_text(encoding="utf-8"))
    values, weights = np.asarray(data["values"], dtype=float), np.asarray(data["weights"], dtype=float)
    if values.ndim != 2 or len(values) < 8 or values.shape[1:] != weights.shape:
        raise ValueError(f"{name}: at least 8 seeds are needed, and a weight for each block")
    if not np.isfinite(values).all() or not (weights > 0).all():
        raise ValueError(f"{name}: values must be finite, and weights positive")
    return Real(name, values, weights, data["better"], data["unit"])


def committed() -> list[str]:
    """The names of all committed scores."""
    return sorted(path.stem for path in SCORES.glob("*.json"))


# ---------------------------------------------------------------- true effects


def shifted(values: Array, effect: float) -> Array:
    """The same change for every model on every block."""
    return values + effect


def uneven(rng: np.random.Generator, values: Array, effect: float, spread: float = 0.5) -> Array:
    """A change that is ``effect`` on the mean, and differs by block and by model with an sd of ``spread · effect``.

    Both parts are skewed: a few blocks and models take most of it.
    """
    seeds, blocks = values.shape
    return values + effect * (1 + spread * skewed(rng, (seeds, 1)) + spread * skewed(rng, (1, blocks)))


# ---------------------------------------------------------------- drawn data, harsher than the real ones


def heavy(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Student's t with 5 degrees of freedom, scaled to variance 1."""
    return rng.standard_t(5, shape) * math.sqrt(3 / 5)


def skewed(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A gamma of shape 4, centred, scaled to variance 1: seeds that fail do so on one side."""
    return (rng.gamma(4.0, 1.0, shape) - 4.0) / 2.0


@dataclass(frozen=True)
class Text:
    """Rounds of a text metric: seeds, the arm's own way with a block, and the rest; blocks of unequal size."""

    name: str
    seed_sd: float
    block_sd: float
    residual_sd: float
    blocks: int = 125
    truth: float = 2.0

    def study(self, rng: np.random.Generator, seeds: Sequence[int]) -> Study:
        weights = rng.lognormal(0.0, 0.3, self.blocks)
        difficulty = self.truth + 0.3 * heavy(rng, (self.blocks,))  # shared by all rounds

        def one(k: int) -> Array:
            own = self.seed_sd * skewed(rng, (k, 1)) + self.block_sd * heavy(rng, (1, self.blocks))
            return difficulty + own + self.residual_sd * heavy(rng, (k, self.blocks))

        return Study(tuple(one(k) for k in seeds), weights)


@dataclass(frozen=True)
class Dial:
    """Rounds of the dial: slopes by topic of overdispersed counts at five levels; a seed turns the dial by 10 %."""

    name: str
    topics: int = 40
    truth: float = 0.75

    def study(self, rng: np.random.Generator, seeds: Sequence[int]) -> Study:
        levels = np.arange(1, 6)
        liking = rng.gamma(4.0, 0.25, (self.topics, 1))

        def one(k: int) -> Array:
            steep = self.truth * (1 + 0.1 * skewed(rng, (k, 1, 1)))
            counts = rng.poisson(steep * levels * liking * rng.gamma(5.0, 0.2, (k, self.topics, 5)))
            return np.asarray((counts * (levels - 3)).sum(2) / 10, dtype=float)

        return Study(tuple(one(k) for k in seeds), np.ones(self.topics))


DRAWN: tuple[Source, ...] = (
    Text("seed noise rules", 1.0, 0.5, 1.0),
    Text("seeds and text equal", 0.10, 0.75, 0.75),
    Text("text blocks rule", 0.02, 1.0, 0.3),
    Dial("dial, 40 topics"),
)


# ---------------------------------------------------------------- keeping scores


def keep(ledger: Path, metric: str, out: Path, number: int = 1) -> dict[str, Any]:
    """Writes one metric of a study's round in compact form: no text, no names of blocks, 6 significant digits."""
    rows = [json.loads(line)["body"] for line in ledger.read_text(encoding="utf-8").splitlines()]
    row = [r for r in rows if r.get("number") == number and metric in r.get("scores", {})][-1]
    score = row["scores"][metric]

    def short(values: Sequence[float]) -> list[float]:
        return [float(f"{v:.6g}") for v in values]

    data = {key: score[key] for key in ("metric", "unit", "better", "over")}
    data |= {"recipe_fingerprint": row["recipe_fingerprint"], "machine": row["machine"], "date": row["started"][:10]}
    data |= {"seeds": score["seeds"], "blocks": len(score["blocks"]), "weights": short(score["weights"])}
    data |= {"values": [short(values) for values in score["values"]]}
    lines = (f" {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
    out.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return data


def main(arguments: Sequence[str]) -> None:
    ledger, metric, out = arguments
    data = keep(Path(ledger), metric, Path(out))
    print(f"{data['metric']}: {len(data['seeds'])} seeds × {data['blocks']} {data['over']}")


if __name__ == "__main__":
    main(sys.argv[1:])
