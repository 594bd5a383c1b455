"""Measures the models of a round on the yardstick. A score is found again only when nothing that decides it changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from greenlight import corpus as corpora
from greenlight import parts
from greenlight.crew import Crew
from greenlight.errors import RoundError
from greenlight.nouns import Artifact, Reading, Round, Score, fingerprint
from greenlight.progress import Watch
from greenlight.recipe import PartTable, Recipe
from greenlight.store import Store, write_file
from greenlight.yardstick import Asking, Part, Yardstick

READINGS = "readings.json"


@dataclass(frozen=True)
class Trained:
    """A round's models, one a seed, the kept corpus that they were trained on, and how they are asked."""

    models: tuple[Artifact, ...]
    seeds: tuple[int, ...]
    corpus: Artifact
    asking: Asking | None = None

    @classmethod
    def of(cls, row: Round) -> Self:
        """Those of a finished round."""
        models = tuple(row.artifacts[f"model-{seed}"] for seed in row.seeds)
        written, kept = row.artifacts["corpus"], row.artifacts["kept"]
        asking = Asking.of(Recipe.model_validate(row.recipe), written.facts, kept.facts)
        return cls(models, row.seeds, kept, asking)

    def there(self, store: Store) -> bool:
        """Whether the store still holds them, so that they can be measured."""
        return all(store.has(artifact) for artifact in (*self.models, self.corpus))


def measure(
    metrics: PartTable, trained: Trained, yardstick: Yardstick, store: Store, crew: Crew
) -> tuple[dict[str, Score], list[Artifact]]:
    """Every metric on every seed's model: scores by name, and the artifacts that hold the samples.

    Seeds train and are measured side by side; precision, device and batch are the same for all of them.
    """
    models, seeds = trained.models, trained.seeds
    pairs = [(name, model, seed) for name in metrics for model, seed in zip(models, seeds, strict=True)]
    threads, yard = crew.threads(len(pairs)), (yardstick.folder, yardstick.slice, trained.asking)
    jobs = [
        (name, metrics[name], (model, trained.corpus), seed, yard, store.folder, store.keep, count)
        for (name, model, seed), count in zip(pairs, threads, strict=True)
    ]
    artifacts: list[Artifact] = crew.run(one, jobs, store.watch)
    scores: dict[str, Score] = {}
    for place, (name, options) in enumerate(metrics.items()):
        mine = artifacts[place * len(models) : (place + 1) * len(models)]
        scores |= stack(name, options, mine, seeds, yardstick, store)
    return scores, artifacts


def carried_over(row: Round, metric: str) -> str:
    """Why a stored score is not one of a round's own models; empty when it is.

    Each seed's readings name the model and the yardstick that they were made of: they must be this round's.
    """
    score = row.scores[metric]
    if score.seeds != row.seeds or score.yardstick != row.yardstick:
        return "it has other seeds or another yardstick than the round"
    made = [a for a in row.artifacts.values() if a.kind == "score" and metric in a.facts.get("metrics", ())]
    by_seed = {a.plan["seed"]: a for a in made}
    for seed in row.seeds:
        found, model = by_seed.get(seed), row.artifacts[f"model-{seed}"]
        if found is None:
            return f"nothing says which model its seed {seed} was measured on"
        if found.made_from["model"] != model.fingerprint or found.plan["yardstick"] != score.yardstick:
            return f"seed {seed} was measured on another model, or another yardstick"
    return ""


def modules_of(name: str, options: dict[str, Any]) -> tuple[str, ...]:
    """The code that decides a score."""
    loads = getattr(parts.make("metrics", name, options), "LOADS", ())
    return ("greenlight.measure", parts.module_of("metrics", name, options), "greenlight.gpt.player", *loads)


def one(
    name: str,
    options: dict[str, Any],
    given: tuple[Artifact, Artifact],
    seed: int,
    yard: tuple[Path, Part, Asking | None],
    folder: Path,
    keep: bool,
    threads: int,
    watch: Watch,
) -> Artifact:
    """One metric on one model, as an artifact with ``readings.json`` and what the metric keeps beside it.

    ``given`` is the model and its corpus; ``yard`` the yardstick's folder, its slice, and how the model is asked.
    """
    store = Store(folder, watch, keep)
    model, corpus = given
    yardstick = Yardstick.open(*yard[:2]).asked(yard[2])

    def make(step: Path) -> dict[str, Any]:
        from greenlight.gpt.player import open_player

        player = open_player(store.path(model), threads=threads)
        metric = parts.make("metrics", name, options)
        yardstick.count_read(yardstick.slice, f"{name} of {model.name}")  # first: a read that breaks was a read too
        load = partial(corpora.load, store.path(corpus) / corpora.KEPT)
        readings = metric.read(player, parts.Setup(yardstick, seed, step, watch, load))
        write_file(step / READINGS, json.dumps([r.data() for r in readings]))
        return {"player": player.facts, "metrics": [r.metric for r in readings]}

    plan = {"metric": name, "options": options, "yardstick": yardstick.hash, "seed": seed}
    if yard[2] is not None:
        plan["asked"] = fingerprint(yard[2].data())
    return store.step("score", plan, {"model": model, "corpus": corpus}, make, modules_of(name, options))


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
    known = getattr(metric, "READINGS", None) or tuple(r.metric for r in by_seed[0])
    if any(tuple(r.metric for r in readings) != known for readings in by_seed):
        raise RoundError(f"scores of {name} were kept that other code made, with other readings: run without --keep")
    # the code that made the readings, which --keep may have found made by other code than this
    settings = {**metric.settings(), "code": " ".join(sorted({fingerprint(a.code)[:16] for a in artifacts}))}
    settings |= {key: " ".join(sorted({str(p.get(key)) for p in players})) for key in ("precision", "device", "batch")}
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
