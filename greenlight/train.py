"""Trains one model for each seed of a round; each is a step of its own, that resumes where it was killed."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greenlight.crew import Crew
from greenlight.errors import RoundError
from greenlight.nouns import Architecture, Artifact
from greenlight.progress import Watch
from greenlight.recipe import Train
from greenlight.store import Store

CODE = ("greenlight.gpt.fit",)


def train(
    arch: Architecture, recipe: Train, tokens: Artifact, seeds: tuple[int, ...], store: Store, crew: Crew
) -> list[Artifact]:
    """The models of a round, in order of its seeds: ``model.safetensors``, ``config.json``, ``metrics.jsonl``, …"""
    fits_memory(arch, recipe, min(crew.workers, len(seeds)))
    jobs = [
        (arch, recipe, tokens, seed, store.folder, store.keep, recipe.threads or threads)
        for seed, threads in zip(seeds, crew.threads(len(seeds)), strict=True)
    ]
    found: list[Artifact] = crew.run(one, jobs, store.watch)
    return found


def fits_memory(arch: Architecture, recipe: Train, together: int) -> None:
    """Raises RoundError where not even the least that a training needs fits into memory, before any of it is taken.

    The least, in bytes: weights, gradients and two moments (4 each) of every parameter; of a batch the logits, one
    state a layer, and with ``documents`` the mask; for as many models as train side by side.
    """
    from greenlight.gpt import machine
    from greenlight.gpt.model import parameters

    device = machine.device(recipe.device)
    if device.type != "cpu" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return
    places = recipe.batch * arch.context
    batch = 4 * places * (arch.vocab + arch.layers * arch.width)
    if recipe.packing == "documents":
        batch += places * arch.context
    weights = 16 * parameters(arch)
    need, there = together * (weights + batch), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if need > there:
        keys = "train.batch or model.context" if batch > weights else "model.width, model.mlp_width or model.layers"
        models = "a model" if together == 1 else f"{together} models side by side, each"
        raise RoundError(
            f"{models} of {parameters(arch) / 1e6:,.1f} M parameters at {places:,} tokens a batch, would take more "
            f"than {need / 1e9:,.0f} GB of memory, this machine has {there / 1e9:,.0f} GB: set {keys} lower"
        )


def one(
    arch: Architecture, recipe: Train, tokens: Artifact, seed: int, folder: Path, keep: bool, threads: int, watch: Watch
) -> Artifact:
    """One model. Threads divide a batch, and so reach its last bits and its dropout masks: a fact, not the plan."""
    store = Store(folder, watch, keep)
    settings = {**recipe.data(), "threads": None}
    plan = {"architecture": arch.data(), "train": settings, "seed": seed, "torch": version("torch").split("+")[0]}

    def make(step: Path) -> dict[str, Any]:
        from greenlight.gpt.fit import fit

        return fit(arch, recipe, store.path(tokens), step, seed, watch, threads)

    return store.step("model", plan, {"tokens": tokens}, make, CODE, resumes=True)
