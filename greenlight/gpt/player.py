"""Opens a trained model's folder as a player: it continues prompts, and it scores text."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from torch.nn import functional as F

from greenlight.errors import InputError, StoreError
from greenlight.gpt import machine
from greenlight.gpt.checkpoint import MODEL, load_weights
from greenlight.gpt.model import Decoder, parameters
from greenlight.gpt.sample import LEAST_ROWS, Sampler
from greenlight.nouns import Architecture
from greenlight.players import Floats, Ints, Said, Sampling
from greenlight.progress import Bar
from greenlight.tokenizer import Tokenizer


@dataclass
class ModelPlayer:
    """A ``players.Player`` over one decoder. Every forward pass has ``batch`` rows, idle ones included."""

    model: Decoder
    tokenizer: Tokenizer
    context: int
    batch: int
    threads: int | None
    facts: dict[str, Any]

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        """Negative log-likelihood in nats of each target given the inputs up to its place; 0 where target is −1.

        Raises InputError when the rows are longer than the context, or hold a token that the model does not have.
        """
        rows, length = inputs_BT.shape
        vocab, device = self.model.arch.vocab, self.model.matrices.device
        if length > self.context:
            raise InputError(f"rows of {length} tokens do not fit the model's context of {self.context}: cut them")
        if rows and (max(inputs_BT.max(), targets_BT.max()) >= vocab or inputs_BT.min() < 0 or targets_BT.min() < -1):
            raise InputError(f"the text holds tokens outside the model's {vocab}: it was encoded by another tokenizer")
        out = np.zeros((rows, length), dtype=np.float64)

        @torch.no_grad()
        def work(first: int) -> None:
            count = min(self.batch, rows - first)
            inputs = np.zeros((self.batch, length), dtype=np.int64)
            targets = np.full((self.batch, length), -1, dtype=np.int64)
            inputs[:count], targets[:count] = inputs_BT[first : first + count], targets_BT[first : first + count]
            logits = self.model(torch.from_numpy(inputs).to(device)).flatten(0, 1).float()
            wanted = torch.from_numpy(targets).flatten().to(device)
            nats = F.cross_entropy(logits, wanted, ignore_index=-1, reduction="none")
            out[first : first + count] = nats.view(self.batch, length)[:count].cpu().double().numpy()

        with machine.team(device, self.threads) as team:
            team.map(work, range(0, rows, self.batch))
        return out

    def say(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], sampling: Sampling, bar: Bar) -> list[Said]:
        """Continues each prompt until the document ends; see ``sample.Sampler``."""
        sampler = Sampler(self.model, self.batch, self.tokenizer.bos, self.tokenizer.eos)
        shared = _SharedBar(bar)
        with machine.team(self.model.matrices.device, self.threads) as team:
            parts = [(prompts[n :: team.workers], seeds[n :: team.workers]) for n in range(team.workers)]
            said = team.map(lambda part: sampler.say(part[0], part[1], sampling, shared), parts)
        return [said[n % len(parts)][n // len(parts)] for n in range(len(prompts))]


class _SharedBar:
    """A bar that several workers may advance."""

    def __init__(self, bar: Bar) -> None:
        self.bar, self.lock = bar, threading.Lock()

    def advance(self, n: float = 1, note: str = "") -> None:
        with self.lock:
            self.bar.advance(n, note)


def open_player(
    folder: Path,
    device: str = "auto",
    threads: int | None = None,
    batch: int = 64,
    precision: machine.Precision = "fp32",
) -> ModelPlayer:
    """The model that ``fit`` left in ``folder``.

    ``batch`` rows are computed at a time, at least 16; it belongs to a score's settings, as ``precision`` does,
    because both reach the last bits.

    Raises StoreError when the folder does not hold a whole model.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        arch = Architecture.model_validate(config["greenlight"])
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise StoreError(f"{folder} does not hold a model of Greenlight (config.json: {error})") from None
    where = machine.device(device)
    machine.keep_freed_memory()
    model = Decoder(arch, dtype=machine.DTYPES[precision])
    try:
        model.load(load_weights(folder / MODEL))
    except (KeyError, RuntimeError) as error:
        raise StoreError(f"{folder / MODEL} does not belong to its config.json ({error}): train it again") from None
    facts = {
        "precision": precision,
        "device": where.type,
        "parameters": parameters(arch),
        "batch": max(batch, LEAST_ROWS),
        "context": arch.context,
    }
    tokenizer = Tokenizer.open(folder / "tokenizer.json")
    return ModelPlayer(model.to(where).eval(), tokenizer, arch.context, max(batch, LEAST_ROWS), threads, facts)
