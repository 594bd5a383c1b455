"""What is merged: LoRA adapters and whole models, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from safetensors import safe_open
from torch import Tensor

from greenlight.backends import _folders
from greenlight.errors import InputError
from greenlight.store import file_sha256

PREFIX = "base_model.model."
PLAIN = {
    "peft_type": "LORA",
    "use_dora": False,
    "bias": "none",
    "modules_to_save": None,
    "trainable_token_indices": None,
}
"""What an adapter's configuration must say, where it says anything: changes that are s·B·A and nothing else."""


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter's factors by module; ``A`` is (rank, in), ``B`` is (out, rank), in fp32 as they are stored."""

    folder: Path
    config: Mapping[str, Any]
    factors: Mapping[str, tuple[Tensor, Tensor]]
    said: Mapping[str, Any]

    def scaling(self, module: str) -> float:
        """s of a module: alpha / rank, or alpha / √rank with rank-stabilised LoRA (arXiv:2312.03732)."""
        alpha = _matched(self.config.get("alpha_pattern") or {}, module, self.config.get("lora_alpha", 1))
        rank = self.factors[module][0].shape[0]
        return float(alpha) / (rank**0.5 if self.config.get("use_rslora") else rank)

    def change(self, module: str) -> Tensor:
        """ΔW in fp64, of shape (out, in)."""
        a, b = (factor.double() for factor in self.factors[module])
        return self.scaling(module) * (b @ a)

    def shape(self, module: str) -> tuple[int, int]:
        """Of ΔW: (out, in)."""
        a, b = self.factors[module]
        return b.shape[0], a.shape[1]

    @property
    def roots(self) -> list[str]:
        """Hashes of the models that its change can be put on, nearest first; empty where none is recorded."""
        return [str(root) for root in self.said.get("roots", ())]

    @property
    def rank(self) -> int:
        return max(a.shape[0] for a, _ in self.factors.values())

    @cached_property
    def sha256(self) -> str:
        return file_sha256(self.folder / _folders.ADAPTER)


def _matched(patterns: Mapping[str, Any], module: str, default: Any) -> Any:
    """peft's rule: a pattern is the end of a module's name, after a dot or whole."""
    return next((value for name, value in patterns.items() if re.fullmatch(rf"(.*\.)?({name})", module)), default)


def open_adapter(folder: Path) -> Adapter:
    """Raises InputError, in one line, when it is no adapter that is s·B·A alone, or a file of it is missing."""
    config = _folders.read_json(folder / _folders.CONFIG)
    for key, value in PLAIN.items():
        if config.get(key, value) not in (value, *((None, [], {}) if value is None else ())):
            raise InputError(f"{folder}: its {key} is {config[key]}, and only plain LoRA can be merged exactly")
    said = _folders.said_of(folder / _folders.ADAPTER)
    halves: dict[str, dict[str, Tensor]] = {}
    with safe_open(folder / _folders.ADAPTER, "pt") as file:
        for name in file.keys():  # noqa: SIM118 (not a dict)
            module, _, half = name.removeprefix(PREFIX).removesuffix(".weight").rpartition(".")
            if half not in ("lora_A", "lora_B"):
                raise InputError(f"{folder}: its tensor {name} is no factor of plain LoRA, and cannot be merged")
            halves.setdefault(module, {})[half] = file.get_tensor(name)
    factors = {}
    for module, two in sorted(halves.items()):
        if len(two) != 2 or two["lora_A"].ndim != 2 or two["lora_A"].shape[0] != two["lora_B"].shape[1]:
            raise InputError(f"{folder}: the factors of {module} do not belong together: is the file whole?")
        factors[module] = (two["lora_A"], two["lora_B"])
    if not factors:
        raise InputError(f"{folder}: its {_folders.ADAPTER} is empty")
    for module, (a, b) in factors.items():
        if not (a.isfinite().all() and b.isfinite().all()):
            raise InputError(f"{folder}: {module} holds numbers that are not finite: train it again")
    return Adapter(folder, config, factors, said)


@dataclass(frozen=True)
class Weights:
    """A model's tensors, read one at a time from its safetensors files."""

    folder: Path
    files: Mapping[str, Path]

    @classmethod
    def open(cls, folder: Path) -> Weights:
        files: dict[str, Path] = {}
        for path in _folders.weight_files(folder):
            _folders.said_of(path)
            with safe_open(path, "pt") as file:
                files |= dict.fromkeys(file.keys(), path)
        return cls(folder, files)

    def shape(self, name: str) -> tuple[int, ...]:
        with safe_open(self.files[name], "pt") as file:
            return tuple(file.get_slice(name).get_shape())

    def read(self, name: str) -> Tensor:
        with safe_open(self.files[name], "pt") as file:
            value: Tensor = file.get_tensor(name)
            return value

    def weight_of(self, module: str) -> str:
        """The tensor that a module's change is added to. Raises InputError when there is none."""
        wanted = f"{module}.weight"
        found = [name for name in self.files if name == wanted or wanted.endswith(f".{name}")]
        if len(found) != 1:
            raise InputError(f"{self.folder} has no weight for {module}: the adapter belongs to another base")
        return found[0]

    @cached_property
    def sha256(self) -> str:
        return _folders.base_hash(self.folder)
