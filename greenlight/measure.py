"""Measures the models of a round on the yardstick. A score is found again only when nothing that decides it changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from greenlight import parts
from greenlight.crew import Crew
from greenlight.nouns import Artifact, Reading, Score, fingerprint
from greenlight.progress import Watch
from greenlight.recipe import PartTable
from greenlight.store import Store, write_file
from greenlight.yardstick import Yardstick

READINGS = "readings.json"


def measure(
    metrics: PartTable, models: list[Artifact], seeds: tuple[int, ...], yardstick: Yardstick, store: Store, crew: Crew
) -> tuple[dict[str, Score], list[Artifact]]:
    """Every metric on every seed's model: scores by name, and the artifacts that hold the samples.

    Seeds train and are measured side by side; precision, device and batch are the same for all of them.
    """
    pairs = [(name, model, seed) for name in metrics for model, seed in zip(models, seeds, strict=True)]
    threads = crew.threads(len(pairs))
    jobs = [
        (name, metrics[name], model, seed, yardstick.folder, store.folder, store.keep, count)
        for (name, model, seed), count in zip(pairs, threads, strict=True)
    ]
    artifacts: list[Artifact] = crew.run(one, jobs, store.watch)
    scores: dict[str, Score] = {}
    for place, (name, options) in enumerate(metrics.items()):
        mine = artifacts[place * len(models) : (place + 1) * len(models)]
        scores |= stack(name, options, mine, seeds, yardstick, store)
    return scores, artifacts


def modules_of(name: str, options: dict[str, Any]) -> tuple[str, ...]:
    """The code that decides a score."""
    return ("greenlight.measure", parts.module_of("metrics", name, options), "greenlight.gpt.player")


def one(
    name: str,
    options: dict[str, Any],
    model: Artifact,
    seed: int,
    yard: Path,
    folder: Path,
    keep: bool,
    threads: int,
    watch: Watch,
) -> Artifact:
    """One metric on one model, as an artifact with ``readings.json`` and what the metric keeps beside it."""
    store = Store(folder, watch, keep)
    yardstick = Yardstick.open(yard)

    def make(step: Path) -> dict[str, Any]:
        from greenlight.gpt.player import open_player

        player = open_player(store.path(model), threads=threads)
        metric = parts.make("metrics", name, options)
        yardstick.count_read("search", f"{name} of {model.name}")  # first: a read that breaks was a read too
        readings = metric.read(player, yardstick, seed, step, watch)
        write_file(step / READINGS, json.dumps([r.data() for r in readings]))
        return {"player": player.facts, "metrics": [r.metric for r in readings]}

    plan = {"metric": name, "options": options, "yardstick": yardstick.hash, "seed": seed}
    return store.step("score", plan, {"model": model}, make, modules_of(name, options))


def stack(
    name: str,
    options: dict[str, Any],
    artifacts: list[Artifact],
    seeds: tuple[int, ...],
    yardstick: Yardstick,
    store: Store,
) -> dict[str, Score]:
    """The readings of all seeds as one score per measured name."""
    by_seed = [
        [Reading.model_validate(r) for r in json.loads((store.path(a) / READINGS).read_bytes())] for a in artifacts
    ]
    players = [a.facts["player"] for a in artifacts]
    metric = parts.make("metrics", name, options)
    # the code that made the readings, which --keep may have found made by other code than this
    settings = {**metric.settings(), "code": " ".join(sorted({fingerprint(a.code)[:16] for a in artifacts}))}
    settings |= {key: " ".join(sorted({str(p.get(key)) for p in players})) for key in ("precision", "device")}
    scores = {}
    for readings in zip(*by_seed, strict=True):
        first = readings[0]
        reasons = {str(r.facts["invalid"]) for r in readings if r.facts.get("invalid")}
        scores[first.metric] = Score(
            metric=first.metric,
            unit=first.unit,
            better=first.better,
            seeds=seeds,
            blocks=first.blocks,
            values=tuple(r.values for r in readings),
            weights=first.weights,
            yardstick=yardstick.hash,
            settings=settings,
            over=first.over,
            facts={str(seed): r.facts for seed, r in zip(seeds, readings, strict=True)},
            invalid="; ".join(sorted(reasons)),
        )
    return scores
