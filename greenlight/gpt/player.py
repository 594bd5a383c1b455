"""Opens a trained model's folder as a player: it continues prompts, and it scores text."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight.errors import StoreError
from greenlight.gpt import machine, scoring
from greenlight.gpt.checkpoint import MODEL, check_about, load_weights
from greenlight.gpt.model import Decoder, parameters
from greenlight.gpt.sample import LEAST_ROWS, Sampler
from greenlight.nouns import Architecture
from greenlight.players import Floats, Heard, Ints, Said, Sampling, unheard
from greenlight.progress import Bar
from greenlight.tokenizer import Tokenizer


@dataclass
class ModelPlayer:
    """A ``players.Player`` over one decoder. Every step of sampling has ``batch`` rows, idle ones included."""

    model: Decoder
    tokenizer: Tokenizer
    context: int
    batch: int
    threads: int | None
    facts: dict[str, Any]

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        """Negative log-likelihood in nats of each target; see ``scoring.nats``."""
        passes = scoring.Passes(self.model.arch.vocab, self.context, self.model.matrices.device, self.threads)
        return scoring.nats(self.model, passes, inputs_BT, targets_BT)

    def say(
        self,
        prompts: Sequence[Sequence[int]],
        seeds: Sequence[int],
        sampling: Sampling,
        bar: Bar,
        heard: Heard = unheard,
    ) -> list[Said]:
        """Continues each prompt until the document ends; see ``sample.Sampler``. ``heard`` is called by one at a time.

        When the call is interrupted, all workers stop at their next token.
        """
        sampler = Sampler(self.model, self.batch, self.tokenizer.bos, self.tokenizer.eos)
        shared = _Shared(bar, heard)
        with machine.team(self.model.matrices.device, self.threads) as team:
            workers = max(1, min(team.workers, len(prompts)))

            def part(n: int) -> list[Said]:
                own = (prompts[n::workers], seeds[n::workers])
                return sampler.say(*own, sampling, shared, lambda i, token: shared.heard(i * workers + n, token))

            try:
                said = team.map(part, range(workers))
            except BaseException:
                shared.stopped = True
                raise
        return [said[n % workers][n // workers] for n in range(len(prompts))]


class _Shared:
    """What several workers may call: the bar, and who listens."""

    stopped = False

    def __init__(self, bar: Bar, heard: Heard) -> None:
        self._bar, self._heard, self._lock = bar, heard, threading.Lock()

    def advance(self, n: float = 1, note: str = "") -> None:
        with self._lock:
            self._bar.advance(n, note)

    def heard(self, sample: int, token: int) -> None:
        if self.stopped:
            raise KeyboardInterrupt
        with self._lock:
            self._heard(sample, token)


def open_player(
    folder: Path,
    device: str = "auto",
    threads: int | None = None,
    batch: int = 64,
    precision: machine.Precision = "fp32",
) -> ModelPlayer:
    """The model that ``fit`` left in ``folder``.

    ``batch`` samples are drawn at a time, at least 16; it belongs to a score's settings, as ``precision`` does,
    because both reach the last bits.

    Raises StoreError when the folder does not hold a whole model, or parts of two; InputError when its tokenizer cannot
    be used.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        arch = Architecture.model_validate(config["greenlight"])
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise StoreError(f"{folder} does not hold a model of Greenlight (config.json: {error})") from None
    tokenizer = Tokenizer.open(folder / "tokenizer.json")
    if tokenizer.vocab != arch.vocab:
        raise StoreError(
            f"{folder / 'tokenizer.json'} has {tokenizer.vocab:,} tokens, and the model beside it {arch.vocab:,}: put "
            "back the tokenizer that it was trained with"
        )
    where = machine.device(device)
    machine.keep_freed_memory()
    model = Decoder(arch, dtype=machine.DTYPES[precision])
    try:
        model.load(load_weights(folder / MODEL))
    except (KeyError, RuntimeError) as error:
        raise StoreError(f"{folder / MODEL} does not belong to its config.json ({error}): train it again") from None
    check_about(folder, arch)
    facts = {
        "precision": precision,
        "device": where.type,
        "parameters": parameters(arch),
        "batch": max(batch, LEAST_ROWS),
        "context": arch.context,
    }
    return ModelPlayer(model.to(where).eval(), tokenizer, arch.context, max(batch, LEAST_ROWS), threads, facts)
