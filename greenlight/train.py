"""Trains one model for each seed of a round; each is a step of its own, that resumes where it was killed."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from greenlight.crew import Crew
from greenlight.nouns import Architecture, Artifact
from greenlight.progress import Watch
from greenlight.recipe import Train
from greenlight.store import Store

CODE = ("greenlight.gpt.fit",)


def train(
    arch: Architecture, recipe: Train, tokens: Artifact, seeds: tuple[int, ...], store: Store, crew: Crew
) -> list[Artifact]:
    """The models of a round, in order of its seeds: ``model.safetensors``, ``config.json``, ``metrics.jsonl``, …"""
    jobs = [
        (arch, recipe, tokens, seed, store.folder, store.keep, recipe.threads or threads)
        for seed, threads in zip(seeds, crew.threads(len(seeds)), strict=True)
    ]
    found: list[Artifact] = crew.run(one, jobs, store.watch)
    return found


def one(
    arch: Architecture, recipe: Train, tokens: Artifact, seed: int, folder: Path, keep: bool, threads: int, watch: Watch
) -> Artifact:
    """One model. Threads are not part of the plan: they change a model's last bits, not what it is."""
    store = Store(folder, watch, keep)
    settings = {**recipe.data(), "threads": None}
    plan = {"architecture": arch.data(), "train": settings, "seed": seed, "torch": version("torch").split("+")[0]}

    def make(step: Path) -> dict[str, Any]:
        from greenlight.gpt.fit import fit

        return fit(arch, recipe, store.path(tokens), step, seed, watch, threads)

    return store.step("model", plan, {"tokens": tokens}, make, CODE, resumes=True)
