"""A causal language model of ``transformers`` as a speaker: answers drawn many at a time, and their likelihoods.

The loop is our own, on the model's forward pass with its cache of keys and values, so that the ids of a prompt are
exactly the renderer's, the ids of an answer exactly those that were drawn, and each answer has randomness of its own.

What a row computes does not depend on what the rows beside it say; only the last bits of its sums depend on how many
they are and on how far it is padded. In fp32 that rarely moves a draw, in bf16 more often.

Shapes: R rows, T places, V vocabulary. Rows are padded on the left, and places are counted from a row's first token.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from greenlight.backends import adapters
from greenlight.backends.adapters import ADAPTER
from greenlight.character.chat_folder import TOKENIZER
from greenlight.character.render import Rendered, Renderer
from greenlight.chats import Manner, Reply, Turns
from greenlight.errors import InputError, VoiceError
from greenlight.gpt import machine
from greenlight.gpt.hf import open_hub
from greenlight.gpt.sample import draw
from greenlight.nouns import fingerprint
from greenlight.players import Sampling
from greenlight.progress import Bar

ROWS = 64
"""Answers that are drawn at a time."""
SCORED_AT_ONCE = 2**26
"""Logits of a scoring pass in memory at a time."""
EXTRA = "pip install 'greenlight-studio[hf]'"


@dataclass
class _Row:
    """An answer on its way."""

    index: int
    prompt: list[int]
    uniforms: NDArray[np.float64]
    drawn: list[int] = field(default_factory=list)
    finished: bool = False
    seconds: float = 0.0

    @property
    def done(self) -> bool:
        return self.finished or len(self.drawn) == len(self.uniforms)


@dataclass
class LocalSpeaker:
    """A ``chats.Speaker``; ``open_speaker`` makes one. ``context`` in tokens."""

    name: str
    folder: Path
    renderer: Renderer
    model: Any
    context: int
    about: dict[str, Any]
    base: Path | None = None
    threads: int | None = None
    rows: int = ROWS

    def __post_init__(self) -> None:
        self._renderers = {"": self.renderer}
        taken = inspect.signature(self.model.forward).parameters
        self._places = "position_ids" in taken
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in taken else {}

    @cached_property
    def fingerprint(self) -> str:
        """Of the weights, the chat format and the precision."""
        weights = [adapters.weights(folder) for folder in (self.folder, self.base) if folder is not None]
        return fingerprint([*weights, self.renderer.hash, self.about["precision"]])

    @property
    def facts(self) -> dict[str, Any]:
        return {**self.about, "template": self.renderer.hash, "rows": self.rows}

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        """See ``chats.Speaker``. An answer's randomness is one uniform number a token, from its own seed.

        A conversation that its template refuses, or that fills the context, is a reply with an error. Raises VoiceError
        when the model's numbers are none, InputError when ``manner.template`` cannot be used.
        """
        renderer = self.rendering(manner.template)
        replies: dict[int, Reply] = {}
        rows: list[_Row] = []
        for index, (turns, seed) in enumerate(zip(chats, seeds, strict=True)):
            try:
                prompt = renderer.prompt(turns, manner)
            except InputError as error:
                replies[index] = Reply("", False, error=str(error))
                continue
            room = min(manner.max_new, self.context - len(prompt))
            if room < 1:
                said = f"the prompt has {len(prompt):,} tokens, and the model's context {self.context:,}: shorten it"
                replies[index] = Reply("", False, usage={"prompt_tokens": len(prompt)}, error=said)
                continue
            rows.append(_Row(index, prompt, np.random.default_rng(seed % 2**64).random(room)))
        bar.advance(len(replies))
        rows.sort(key=lambda row: len(row.prompt))
        with machine.threads(self.threads), torch.inference_mode():
            waiting = rows
            while waiting:
                part = self._together(waiting)
                if self._drawn(part, manner, renderer, bar):
                    waiting = waiting[len(part) :]
        for row in rows:
            text, hidden, finished = renderer.parse(row.drawn, manner)
            usage = {"prompt_tokens": len(row.prompt), "completion_tokens": len(row.drawn)}
            replies[row.index] = Reply(text, finished, hidden, tuple(row.drawn), usage, row.seconds)
        return [replies[index] for index in range(len(chats))]

    def nats(self, rendered: Sequence[Rendered]) -> list[list[float]]:
        """For each token of each sequence, its negative log-likelihood in nats given the tokens before it; 0 where it
        is not learned. At temperature 1 and top_p 1 an answer is drawn with exactly these likelihoods.

        Raises InputError when a sequence is longer than the context.
        """
        scored: list[list[float]] = []
        with machine.threads(self.threads), torch.inference_mode():
            for one in rendered:
                if not 0 < len(one.ids) <= self.context:
                    raise InputError(f"a conversation has {len(one.ids):,} tokens, and the context {self.context:,}")
                ids = torch.tensor([one.ids], device=self.model.device)
                values = [0.0]
                logits_TV = self._forward(ids, torch.ones_like(ids), None, whole=True)[0]
                step = max(1, SCORED_AT_ONCE // logits_TV.shape[-1])
                for start in range(0, len(one.ids) - 1, step):
                    targets = ids[0, start + 1 : start + 1 + step]
                    piece = logits_TV[start : start + len(targets)].float()
                    values += F.cross_entropy(piece, targets, reduction="none").tolist()
                scored.append([value * mask for value, mask in zip(values, one.mask, strict=True)])
        return scored

    def rendering(self, template: str) -> Renderer:
        """The renderer of a template by name; empty is the one that it was opened with. Raises InputError."""
        if template not in self._renderers:
            self._renderers[template] = Renderer.open(self.renderer.folder, template)
        return self._renderers[template]

    # ------------------------------------------------------------ the loop

    def _together(self, waiting: list[_Row]) -> list[_Row]:
        """The next rows: of one length where the model cannot be told the place of a token."""
        part = waiting[: self.rows]
        if self._places:
            return part
        return [row for row in part if len(row.prompt) == len(part[0].prompt)]

    def _drawn(self, rows: list[_Row], manner: Manner, renderer: Renderer, bar: Bar) -> bool:
        """Draws the rows' answers; False where memory ran out, and fewer are to be tried at a time."""
        try:
            self._draw(rows, manner, renderer.ends)
        except (MemoryError, RuntimeError) as error:
            if not machine.is_out_of_memory(error):
                raise
            if self.rows == 1:
                raise VoiceError(f"{self.name} does not fit into memory with an answer: take a smaller model") from None
            self.rows = max(1, min(self.rows, len(rows)) // 2)
            for row in rows:
                row.drawn, row.finished = [], False
            return False
        bar.advance(len(rows))
        return True

    def _draw(self, rows: list[_Row], manner: Manner, ends: frozenset[int]) -> None:
        begun, sampling = time.perf_counter(), Sampling(1, manner.temperature, top_p=manner.top_p)
        longest, device = max(len(row.prompt) for row in rows), self.model.device
        gaps = [longest - len(row.prompt) for row in rows]
        ids_RT = torch.tensor([[0] * gap + row.prompt for gap, row in zip(gaps, rows, strict=True)], device=device)
        seen_RT = torch.tensor([[0] * gap + [1] * (longest - gap) for gap in gaps], device=device)
        cache = _cache()
        while True:
            logits_RV = self._forward(ids_RT, seen_RT, cache)[:, -1].float()
            # an embedding may have more rows than the tokenizer has tokens; the column after them is draw's `never`
            logits_RV = F.pad(logits_RV[:, : self.renderer.spelling.vocab], (0, 1), value=float("-inf"))
            if not bool(logits_RV.amax(-1).isfinite().all()):
                raise VoiceError(f"{self.name} gives logits that are no numbers: its weights are damaged")
            uniform = [0.5 if row.done else float(row.uniforms[len(row.drawn)]) for row in rows]
            uniform_R = torch.tensor(uniform, device=device, dtype=torch.float64)
            drawn_R = draw(logits_RV, uniform_R, sampling, logits_RV.shape[-1] - 1)
            for row, token in zip(rows, drawn_R.tolist(), strict=True):
                if not row.done:
                    row.drawn.append(token)
                    row.finished = token in ends
                    row.seconds = time.perf_counter() - begun
            live = [n for n, row in enumerate(rows) if not row.done]
            if not live:
                return
            ids_RT = drawn_R[:, None]
            seen_RT = F.pad(seen_RT, (0, 1), value=1)
            if len(live) <= 3 * len(rows) // 4:
                keep = torch.tensor(live, device=device)
                cache.batch_select_indices(keep)
                ids_RT, seen_RT, rows = ids_RT[keep], seen_RT[keep], [rows[n] for n in live]

    def _forward(self, ids_RT: Tensor, seen_RT: Tensor, cache: Any, whole: bool = False) -> Tensor:
        """Logits ``(R, T, V)``; of the last place alone where the model can, and ``whole`` is not asked for."""
        more: dict[str, Any] = {} if whole else dict(self._last_only)
        if self._places:
            more["position_ids"] = (seen_RT.cumsum(-1) - 1).clamp(min=0)[:, -ids_RT.shape[1] :]
        if cache is not None:
            more["past_key_values"] = cache
        made = self.model(input_ids=ids_RT, attention_mask=seen_RT, use_cache=cache is not None, **more)
        logits: Tensor = made.logits
        return logits


def _cache() -> Any:
    from transformers import DynamicCache

    return DynamicCache()


# ---------------------------------------------------------------- opening


def open_speaker(
    folder: Path,
    name: str = "",
    device: str = "auto",
    threads: int | None = None,
    template: str = "",
    base: Path | None = None,
) -> LocalSpeaker:
    """The model in a ``transformers`` folder, or an adapter of peft's on its base, with its chat format.

    fp32 on a CPU, else what ``machine.precision`` takes. ``template``: see ``Renderer.open``. ``base``: of an adapter;
    default: what its ``adapter_config.json`` names.

    Raises InputError as ``gpt.hf.open_hub`` and ``Renderer.open`` do, and for an adapter without a base or of another.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder of a model: name one with config.json and model.safetensors")
    adapted = (folder / ADAPTER).exists()
    if base is not None and not adapted:
        raise InputError(f"{folder} is no adapter (it has no {ADAPTER}), and a base is named for it: leave that out")
    below = adapters.base_of(folder, base) if adapted else None
    renderer = Renderer.open(folder if below is None or (folder / TOKENIZER).exists() else below, template)
    machine.keep_freed_memory()
    where = machine.device(device)
    hub = open_hub(below or folder, "fp32" if where.type == "cpu" else machine.precision(where), device)
    rows = int(hub.model.get_input_embeddings().num_embeddings)
    highest = max((*renderer.ends, *renderer.spelling.control.values()), default=0)
    if highest >= rows:
        raise InputError(f"{folder}: the chat format has a token {highest}, and the model only {rows}: not a pair")
    about = {key: hub.facts[key] for key in ("kind", "parameters", "context", "precision", "device")}
    model = hub.model
    if below is not None:
        model = adapters.put_on(model, folder, below)
        about |= {"adapter": folder.name, "base": below.name}
    return LocalSpeaker(name or folder.name, folder, renderer, model, hub.context, about, below, threads)


def found(model: str) -> Path:
    """The folder of a model as people name it: a folder, or a name on the hub, whose safetensors are fetched.

    Raises InputError when it is neither, or cannot be fetched.
    """
    if Path(model).is_dir():
        return Path(model)
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        raise InputError(f"{model} is no folder here, and the hub's client is not installed: {EXTRA}") from None
    try:
        return Path(snapshot_download(model, allow_patterns=["*.safetensors", "*.json", "*.jinja"]))
    except HFValidationError:
        raise InputError(f"{model} is no folder here, and no name on the model hub: check it") from None
    except Exception as error:  # the client's errors of the network have no common kind
        said = (str(error).strip() or type(error).__name__).splitlines()[0][:160]
        raise InputError(
            f"{model} is no folder here, and the model hub does not give it ({said}): name a folder"
        ) from None
