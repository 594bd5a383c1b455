"""A text study so small that a round takes about a second, for researchers at work; and briefings without a study."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from made_texts import prose

from greenlight import bounds
from greenlight.create import Given, create
from greenlight.proposals import Bound, Briefing, Tried
from greenlight.study import Study

ROUND = """question = "Where does it begin?"
seeds = [1, 2, 3]

[corpus]
use = "text"

[tokenizer]
use = "byte"

[model]
layout = "classic"
layers = 1
width = 32
heads = 1
context = 32

[train]
steps = 4
batch = 2
packing = "stream"
lr = 0.003
muon_lr = 0
warmup = 0
evals = 1
precision = "fp32"
threads = 1

[metrics]
bpc = {}

[keep_if]
metric = "bpc"
by = 0.01
"""
RESEARCH = """[bounds]
train.steps = { any = [4, 40, 60] }
train.lr = { low = 0.0001, high = 0.03, log = true }
model.dropout = { any = [0.0, 0.1, 0.2] }

"""
"""With 40 steps in place of 4 the model is better for certain."""


def small(folder: Path, seeds: str = "[1, 2, 3]") -> Study:
    """The study, its first round not run yet."""
    create(folder, "bpc-ladder", Given(text=prose(1, 80_000)))
    shutil.rmtree(folder / "rounds")
    (folder / "rounds").mkdir()
    (folder / "rounds" / "01-start.toml").write_text(ROUND.replace("[1, 2, 3]", seeds))
    (folder / "research.toml").write_text(RESEARCH)
    return Study(folder)


def answer(key: str, value: Any, effect: float = -0.1, **more: Any) -> str:
    """What an LLM says that proposes this."""
    predict = {"effect": effect, "low": effect - 0.2, "high": effect + 0.2}
    said = {"change": {"key": key, "value": value}, "hypothesis": "it learns too slowly", "predict": predict}
    return json.dumps({**said, "stop": None, **more})


BOUNDS = {
    "train.lr": Bound(low=1e-4, high=1e-1, log=True),
    "train.warmup": Bound(low=0, high=50, whole=True),
    "train.decay": Bound(low=0.0, high=1.0),
    "model.norm": Bound(any=("layer", "rms")),
    "model.bias": Bound(any=(False, True)),
}
VALUES = {"train.lr": 0.003, "train.warmup": 20, "train.decay": 1.0, "model.norm": "layer", "model.bias": True}


def briefing(tried: tuple[Tried, ...] = (), **changes: Any) -> Briefing:
    """What a researcher is told of a study that is not there."""
    told: dict[str, Any] = {
        "session": "s",
        "metric": "bpc",
        "unit": "bits per character",
        "better": "lower",
        "base": 1,
        "values": VALUES,
        "bounds": BOUNDS,
        "proposal_schema": bounds.schema(BOUNDS, 1),
        "tried": tried,
    }
    return Briefing.model_validate(told | changes)


def tried(key: str, value: Any, difference: float | None = None, **changes: Any) -> Tried:
    """A change that was made on round 1."""
    told: dict[str, Any] = {"round": 2, "base": 1, "changes": {key: value}, "outcome": "undecided"}
    return Tried.model_validate({**told, "difference": difference, **changes})
