"""A run's folder: the state that a killed run goes on from, the curve, and what is left when it is done.

``state.safetensors`` holds all of it in one file, replaced in one rename, so a run killed at any byte finds either
the state before or the one after. ``metrics.jsonl`` is cut back to the state's step when a run goes on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from greenlight.errors import StoreError
from greenlight.gpt.data import Batch
from greenlight.gpt.model import Decoder, config_json
from greenlight.gpt.optim import Optimiser
from greenlight.nouns import Architecture, canonical, fingerprint
from greenlight.store import code_of, file_sha256, link, write_file

STATE = "state.safetensors"
MODEL, BEST, LAST = "model.safetensors", "best.safetensors", "last.safetensors"
METRICS = "metrics.jsonl"
Dice = Sequence[torch.Generator]


@dataclass
class Progress:
    """Where a run is; all numbers that are not tensors."""

    precision: str
    shares: int  # that a batch is computed in
    plan: str  # fingerprint of what is trained, so that a state of another run is not gone on from
    compiled: bool = False
    step: int = 0
    tokens: int = 0
    places: int = 0
    seconds: float = 0.0
    step_seconds: float = 0.0
    loss_sum: float = 0.0  # since the last validation, of `loss_steps` steps
    loss_steps: int = 0
    window_sum: float = 0.0  # since the last look for divergence
    best_step: int = 0
    best_loss: float = float("inf")
    stale: int = 0  # validations since the best one
    stopped: str = ""  # why it ended before its last step
    curve: list[dict[str, Any]] = field(default_factory=list)

    def count(self, batch: Batch, loss: float, seconds: float) -> None:
        """One step more."""
        self.step += 1
        self.tokens += batch.tokens
        self.places += batch.inputs.size
        self.loss_sum += loss
        self.loss_steps += 1
        self.window_sum += loss
        self.step_seconds += seconds
        self.seconds += seconds

    def judge(self, row: dict[str, Any]) -> None:
        """One validation more."""
        self.curve.append(row)
        self.loss_sum, self.loss_steps = 0.0, 0
        if row["val_loss"] < self.best_loss:
            self.best_step, self.best_loss, self.stale = row["step"], row["val_loss"], 0
        else:
            self.stale += 1


@dataclass(frozen=True)
class About:
    """What every checkpoint says of itself, in its file's metadata."""

    arch: Architecture
    precision: str
    seed: int
    plan: str
    tokens: Path

    def at(self, step: int) -> dict[str, str]:
        """``greenlight``: architecture, step, precision in effect, and the hashes of all that it was made of."""
        tokenizer = self.tokens / "tokenizer.json"
        said = {
            "architecture": self.arch.data(),
            "step": step,
            "seed": self.seed,
            "precision": self.precision,
            "plan": self.plan,  # recipe, data and seed
            "tokenizer": file_sha256(tokenizer) if tokenizer.exists() else "",
            "data": fingerprint((self.tokens / "tokens.json").read_bytes()),
            "code": code_of("greenlight.gpt.fit"),
            "torch": torch.__version__,
        }
        return {"format": "pt", "greenlight": canonical(said)}


def every(step: int) -> str:
    """The name of a checkpoint that is kept beside the last one."""
    return f"step-{step:08d}.safetensors"


def begin(folder: Path, precision: str, shares: int, plan: str) -> Progress:
    """A run that has not begun; what an earlier one of another plan left is removed."""
    for path in (*(folder / name for name in (STATE, MODEL, BEST, LAST)), *folder.glob("step-*.safetensors")):
        path.unlink(missing_ok=True)
    return Progress(precision, shares, plan)


def save_state(folder: Path, progress: Progress, model: Decoder, optimiser: Optimiser, dice: Dice) -> None:
    """Writes all that the run needs to go on, bit for bit."""
    tensors = {f"model.{name}": p.detach() for name, p in model.named_parameters()}
    tensors |= {f"optimiser.{name}": value for name, value in optimiser.state().items()}
    tensors["dropout.rng"] = torch.stack([one.get_state() for one in dice])
    whole = {name: value.contiguous().cpu() for name, value in tensors.items()}
    # JSON writes inf as Infinity and reads it back; nothing but this module reads it
    write_file(folder / STATE, save(whole, {"progress": json.dumps(asdict(progress))}))


def load_state(folder: Path, plan: str, model: Decoder, optimiser: Optimiser, dice: Dice) -> Progress | None:
    """Puts the saved state into model, optimiser and generator; None when there is none, or it is another run's."""
    found = read_progress(folder, plan)
    if found is None:
        return None
    with safe_open(folder / STATE, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[f"model.{name}"])
        for name, value in optimiser.state().items():
            value.copy_(tensors[f"optimiser.{name}"])
    for one, state in zip(dice, tensors["dropout.rng"], strict=True):
        one.set_state(state.clone())  # it refuses a view into another tensor
    return found


def read_progress(folder: Path, plan: str) -> Progress | None:
    """Where the run in this folder is; None when it has not begun, or is a run of another plan.

    Raises StoreError when the state is damaged.
    """
    if not (folder / STATE).exists():
        return None
    try:
        with safe_open(folder / STATE, "pt") as file:
            progress = Progress(**json.loads(file.metadata()["progress"]))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{folder / STATE} is damaged ({error}): delete it, and the run begins anew") from None
    return progress if progress.plan == plan else None


def save_weights(path: Path, model: Decoder, about: dict[str, str]) -> None:
    """Weights by name in fp32, as ``transformers`` reads them, and what they are (see ``About``)."""
    weights = {name: value.cpu().contiguous() for name, value in model.weights().items()}
    write_file(path, _in_order(save(weights, about)))


def _in_order(file: bytes) -> bytes:
    """The same safetensors file, its header's keys in order: the library writes metadata in any, and hashes vary."""
    length = int.from_bytes(file[:8], "little")
    header = canonical(json.loads(file[8 : 8 + length])).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + file[8 + length :]


def load_weights(path: Path) -> dict[str, Tensor]:
    """Raises StoreError when the file is missing or damaged."""
    try:
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (OSError, SafetensorError) as error:
        raise StoreError(f"{path} cannot be read ({error}): train the model again") from None


def check_about(folder: Path, arch: Architecture) -> None:
    """Raises StoreError when the weights say that they belong to another architecture or another tokenizer.

    Two architectures can have weights of the same shapes (heads), and two tokenizers equally many tokens. A file
    without Greenlight's metadata says nothing, and passes.
    """
    with safe_open(folder / MODEL, "pt") as file:
        said = (file.metadata() or {}).get("greenlight", "{}")
    try:
        about = json.loads(said)
        made, spelled = about.get("architecture", arch.data()), about.get("tokenizer", "")
        odd = sorted(key for key, value in arch.data().items() if made.get(key, value) != value)
    except (ValueError, AttributeError, RecursionError):
        raise StoreError(f"{folder / MODEL}: its metadata is damaged: train the model again") from None
    if odd:
        raise StoreError(
            f"{folder / MODEL} was trained with {odd[0]} {made[odd[0]]!s:.40}, and config.json says "
            f"{arch.data()[odd[0]]}: put back the config.json that it was made with"
        )
    if spelled and spelled != file_sha256(folder / "tokenizer.json"):
        raise StoreError(
            f"{folder / MODEL} was trained with another tokenizer than the tokenizer.json beside it: put back the one "
            "that it was made with"
        )


def write_curve(folder: Path, progress: Progress) -> None:
    """``metrics.jsonl``: one line a validation."""
    write_file(folder / METRICS, "".join(json.dumps(row) + "\n" for row in progress.curve))


def clear_torn(folder: Path) -> None:
    """Removes what a killed run was writing."""
    for path in folder.glob(".*.part"):
        path.unlink(missing_ok=True)


def finish(folder: Path, model: Decoder, ids: tuple[int, int], progress: Progress, about: About, keep: str) -> None:
    """Leaves the kept model, its tokenizer and its description; the state goes last. ``ids`` are bos and eos.

    ``best.safetensors`` and ``last.safetensors`` stay where they are two different models; the kept one is then a
    second name of the same bytes.
    """
    write_file(folder / "config.json", json.dumps(config_json(model.arch, *ids), indent=1) + "\n")
    if (about.tokens / "tokenizer.json").exists():
        write_file(folder / "tokenizer.json", (about.tokens / "tokenizer.json").read_bytes())
    if progress.best_step in (0, progress.step):
        save_weights(folder / MODEL, model, about.at(progress.step))
        (folder / BEST).unlink(missing_ok=True)
    else:
        save_weights(folder / LAST, model, about.at(progress.step))
        link(folder / (BEST if keep == "best" else LAST), folder / MODEL)
    (folder / STATE).unlink(missing_ok=True)
