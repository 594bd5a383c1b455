"""What one training run shows of itself: its curve, and the numbers that a diagnosis weighs.

Shares are of the validation loss, so they need no unit and mean the same for characters and for a BPE. A number that
the record does not hold is None, never a guess.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from greenlight.errors import InputError
from greenlight.nouns import Artifact, Round, fingerprint
from greenlight.outside import read_bytes
from greenlight.study import Study

CURVE = "metrics.jsonl"
LOSSES = ("batch_loss", "train_loss", "val_loss", "train_loss_char", "val_loss_char")
LIMIT_BYTES = 50_000_000
LEAST = 1e-6
"""Nats a token: a loss below counts as this, so that a share of it stays a number."""

MUON_STEP, ADAM_TABLE_STEP, ADAM_MATRIX_STEP = 0.5, 0.2, 0.02
"""Rates at which one step changes weights by about as much as there is of them, and the dose counts a half.

A step of Muon has the spectral norm of its rate, and a trained matrix one of 1 to 3. A step of AdamW moves each weight
by about its rate; a weight of a matrix begins at 0.02. Tables bear more, since a norm follows them: on the development
runs ten times the default rates still learned, and about a hundred times ended every run.
"""


@dataclass(frozen=True)
class Signs:
    """One seed's run. Losses in nats a token; ``gap``, ``turn`` and ``fall`` are shares of a validation loss.

    ``gap``: 1 − train / validation at the last check. ``turn``: how far the validation loss rose above its best.
    ``half``: the validation loss at half of the steps, ``fall``: how much it fell from there to its best after it, and
    ``rise``: how far the training loss ended above its own best check; None without a curve of two checks.
    """

    seed: int
    steps: int
    best_step: int
    kept_step: int
    kept_lr: float
    epochs: float
    best_epoch: float | None
    train: float
    val: float
    kept_train_char: float
    kept_val_char: float
    gap: float
    turn: float
    half: float | None
    fall: float | None
    rise: float | None


@dataclass(frozen=True)
class Record:
    """All that a diagnosis reads. ``runs``: one a seed; ``blind``: see there, None where it is not known."""

    row: Round
    runs: tuple[Signs, ...]
    blind: float | None

    @property
    def train(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.row.recipe["train"]
        return found

    @property
    def dial(self) -> Mapping[str, Any] | None:
        """The corpus's dial, where its writers and levels are known."""
        return self.row.facts.get("corpus_dial")

    def mean(self, of: Callable[[Signs], float | None]) -> float:
        """Over the seeds that know it; 0 where none does."""
        known = [value for value in map(of, self.runs) if value is not None]
        return sum(known) / len(known) if known else 0.0


def signs(seed: int, facts: Mapping[str, Any], rows: Sequence[Mapping[str, float]]) -> Signs:
    """From a model's facts and its curve; ``rows`` may be empty, and what needs them is None then."""
    last_train, last_val = float(facts["last_train_loss"]), float(facts["last_val_loss"])
    steps, best = int(facts["steps"]), int(facts["best_step"])
    known = len(rows) >= 2
    half = fall = rise = None
    if known:
        half = between(rows, steps / 2)
        late = [row["val_loss"] for row in rows if row["step"] > steps / 2] or [last_val]
        fall = 1 - min(late) / max(half, LEAST)
        rise = last_train / max(min(row["train_loss"] for row in rows), LEAST) - 1
    return Signs(
        seed=seed,
        steps=steps,
        best_step=best,
        kept_step=int(facts["kept_step"]),
        kept_lr=float(facts["kept_lr"]),
        epochs=float(facts["epochs"]),
        best_epoch=next((row["epoch"] for row in rows if row["step"] == best), None),
        train=last_train,
        val=last_val,
        kept_train_char=float(facts["kept_train_loss_char"]),
        kept_val_char=float(facts["kept_val_loss_char"]),
        gap=max(0.0, 1 - last_train / last_val) if last_val > 0 else 0.0,
        turn=max(0.0, last_val / float(facts["best_val_loss"]) - 1) if facts["best_val_loss"] else 0.0,
        half=half,
        fall=fall,
        rise=rise,
    )


def between(rows: Sequence[Mapping[str, float]], step: float) -> float:
    """The validation loss at ``step``, on straight lines between the checks; the nearest one outside them."""
    if step <= rows[0]["step"]:
        return rows[0]["val_loss"]
    for one, two in pairwise(rows):
        if step <= two["step"]:
            share = (step - one["step"]) / (two["step"] - one["step"])
            return one["val_loss"] + share * (two["val_loss"] - one["val_loss"])
    return rows[-1]["val_loss"]


# ---------------------------------------------------------------- curves, which may be missing or damaged


def curve(row: Round, seed: int, study: Study) -> tuple[list[dict[str, float]], str]:
    """The lines of ``metrics.jsonl`` of one seed, in order of their steps, and what is wrong with them.

    The published file is read, or the store's where that one is missing or was changed. Lines that are no whole
    record of finite numbers are left out, and counted in the complaint.
    """
    artifact = row.artifacts.get(f"model-{seed}")
    if artifact is None:
        return [], f"seed {seed} has no model"
    name = f"{row.number:02d}-{row.slug}"
    paths = (study.folder / "runs" / name / str(seed) / CURVE, study.store.path(artifact) / CURVE)
    complaint = f"runs/{name}/{seed}/{CURVE} is not there"
    for path in paths:
        try:
            data = read_bytes(path, LIMIT_BYTES)
        except InputError:
            continue
        if fingerprint(data) != artifact.files.get(CURVE, fingerprint(data)):
            complaint = f"runs/{name}/{seed}/{CURVE} was changed after the run, so it is not read"
            continue
        rows, bad = _lines(data)
        torn = f"{bad} of {bad + len(rows)} lines of seed {seed}'s {CURVE} are damaged and left out" if bad else ""
        return rows, torn if rows else torn or f"seed {seed}'s {CURVE} is empty"
    return [], complaint


def _lines(data: bytes) -> tuple[list[dict[str, float]], int]:
    rows: dict[float, dict[str, float]] = {}
    bad = 0
    for line in data.splitlines():
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            made = {key: _number(found[key]) for key in ("step", "epoch", "lr", *LOSSES)}
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            bad += 1
            continue
        rows[made["step"]] = made
    return [rows[step] for step in sorted(rows)], bad


def _number(value: Any) -> float:
    """A finite number that is not negative; raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    if not math.isfinite(made := float(value)) or made < 0:
        raise ValueError("not finite, or negative")
    return made


# ---------------------------------------------------------------- yardsticks for what was learned


def blind(tokens: Artifact, study: Study) -> float | None:
    """Nats a token of the validation side under the training side's token frequencies alone; None without the store.

    What a model must beat to have learned anything of order. Frequencies have one count added to each token.
    """
    import numpy as np

    folder = study.store.path(tokens)
    try:
        train, val = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("train", "val"))
        size = int(tokens.facts["vocab"])
        seen, asked = (np.bincount(side, minlength=size).astype(float) for side in (train, val))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if not asked.sum() or len(seen) != size or len(asked) != size:
        return None
    return float(-(asked * np.log((seen + 1) / (seen.sum() + size))).sum() / asked.sum())


def step_dose(train: Mapping[str, Any]) -> tuple[float, str]:
    """How much of the weights one step at the full rate rewrites, as x / (1 + x) in 0 … 1; and the key that says so."""
    lr, muon = float(train["lr"]), float(train["muon_lr"])
    tables = (lr / ADAM_TABLE_STEP, "train.lr")
    matrices = (muon / MUON_STEP, "train.muon_lr") if muon else (lr / ADAM_MATRIX_STEP, "train.lr")
    x, key = max(tables, matrices)
    return x / (1 + x), key


def forgetting(train: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[float, float]:
    """The dose of weight decay in 0 … 1, and the tokens per parameter that the weights remember.

    Under decoupled decay weights are an average of their updates over the last 1 / (lr · decay) steps (Wang and
    Aitchison 2024, arXiv 2405.13698). What they hold comes from the tokens of those steps: a memory of m tokens per
    parameter counts 1 / (1 + m), and only as far as the run was long enough for the decay to act: 1 − exp(−Σ lr ·
    decay), the rate being taken at its mean over a linear fall. Where a step rewrites the weights anyway, it is the
    rate that forgets: the dose counts as far as ``step_dose`` leaves it.
    """
    lr = float(train["muon_lr"]) or float(train["lr"])
    pull = lr * float(train["weight_decay"])
    steps, tokens = float(facts["steps"]), float(facts["tokens_seen"])
    if pull <= 0 or steps <= 0:
        return 0.0, math.inf
    memory = tokens / steps / pull / float(facts["parameters"])
    acted = 1 - math.exp(-pull * steps * (1 - float(train["decay"]) / 2))
    return acted / (1 + memory) * (1 - step_dose(train)[0]), memory
