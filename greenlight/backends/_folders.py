"""Folders of tuning: students that are read, adapters, checkpoints and whole models that are written.

Everything is written aside and renamed. No pickle is written, and none is read.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from greenlight.backends._checks import quiet
from greenlight.backends._data import Renderer
from greenlight.errors import InputError, StoreError
from greenlight.gpt.checkpoint import _in_order
from greenlight.nouns import canonical, fingerprint
from greenlight.outside import read_bytes
from greenlight.store import file_sha256, write_file

ADAPTER, CONFIG = "adapter_model.safetensors", "adapter_config.json"
FOLDED, STATE, METRICS, RECORD, CHECKPOINT = "folded", "state", "metrics.jsonl", "tuning.json", "checkpoint.json"
ROOTS = "greenlight_fold.json"
BESIDE = (
    "generation_config.json",
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
)
TEMPLATES = ("chat_template*", "*.jinja", "additional_chat_templates", "greenlight_chat.json")
"""What a model's folder has beside its weights and config.json, and what a folded one takes over as it is."""


# ---------------------------------------------------------------- reading


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model's folder. Raises InputError when it is none, or has weights as pickle only."""
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder} is no model: it has no config.json; give a folder that transformers opens")
    found = sorted(path for path in folder.glob("*.safetensors") if path.name != ADAPTER)
    if not found:
        old = next((path.name for kind in ("*.bin", "*.pt", "*.pth") for path in folder.glob(kind)), "")
        held = f"its weights are pickle ({old}), which is not opened: save them as safetensors" if old else "no weights"
        raise InputError(f"{folder} has {held}" + ("" if old else " (*.safetensors): is it whole?"))
    return found


def base_hash(folder: Path) -> str:
    """What a model's weights are known by: over the bytes of its safetensors files, whatever their names."""
    return fingerprint(sorted(file_sha256(path) for path in weight_files(folder)))


def roots(folder: Path) -> list[str]:
    """A model's hash, and those of the models that it was folded from, nearest first.

    So a change that was trained on a folded model is known to stand on the model before it.
    """
    record = read_json(folder / ROOTS) if (folder / ROOTS).exists() else {}
    return [base_hash(folder), *(str(root) for root in record.get("roots", ()))]


def write_roots(folder: Path, of: Sequence[str]) -> None:
    """Records what a folded model was made from."""
    write_file(folder / ROOTS, json.dumps({"roots": list(of)}, indent=1) + "\n")


def open_model(folder: Path) -> Any:
    """The causal language model in a folder, in fp32 on the CPU.

    Raises InputError when it is none, or weights are missing from it (``transformers`` would draw those at random).
    """
    from transformers import AutoModelForCausalLM

    weight_files(folder)
    opener: Any = AutoModelForCausalLM
    try:
        with quiet():
            model, report = opener.from_pretrained(
                folder, dtype=torch.float32, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise InputError(f"{folder}: transformers cannot open it: {_first_line(error)}") from None
    for what in ("missing_keys", "mismatched_keys"):
        if odd := sorted(map(str, report.get(what, ()))):
            raise InputError(f"{folder}: transformers reports {what.replace('_', ' ')}: {', '.join(odd[:3])}")
    return model.eval()


def open_tokenizer(folder: Path) -> Any:
    """The folder's tokenizer. Raises InputError."""
    from transformers import AutoTokenizer

    try:
        with quiet():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # tokenizers raises a bare Exception for a damaged file
        raise InputError(f"{folder}: its tokenizer cannot be opened: {_first_line(error)}") from None
    if tokenizer.pad_token is None and tokenizer.eos_token is None:
        raise InputError(f"{folder}: its tokenizer names no end token: set eos_token in tokenizer_config.json")
    return tokenizer


def read_json(path: Path) -> dict[str, Any]:
    """A record. Raises InputError when it is missing, or no JSON table."""
    try:
        data = json.loads(read_bytes(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON ({str(error)[:80]}): restore it") from None
    if not isinstance(data, dict):
        raise InputError(f"{path} is no table: restore it")
    return data


def said_of(path: Path) -> dict[str, Any]:
    """What Greenlight recorded in a safetensors file; empty where it did not write it. Raises InputError."""
    try:
        with safe_open(path, "pt") as file:
            said = json.loads((file.metadata() or {}).get("greenlight", "{}"))
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: is the folder whole?") from None
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged ({_first_line(error)}): restore it") from None
    return said if isinstance(said, dict) else {}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


# ---------------------------------------------------------------- writing


def write_tensors(path: Path, tensors: Mapping[str, Tensor], said: Mapping[str, Any]) -> None:
    """Tensors by name with a record, the same bytes for the same content."""
    whole = {name: value.detach().cpu().contiguous() for name, value in sorted(tensors.items())}
    write_file(path, _in_order(save(whole, {"format": "pt", "greenlight": canonical(dict(said))})))


def write_adapter(folder: Path, model: Any, said: Mapping[str, Any], renderer: Renderer) -> None:
    """The adapter in peft's format, with the chat format that it was trained in.

    The base is named by the hash of its weights (``said["roots"]``), not by a path of this machine.
    """
    from peft import get_peft_model_state_dict

    config = model.peft_config["default"].to_dict()
    config |= {"base_model_name_or_path": None, "inference_mode": True}
    write_config(folder, config)
    renderer.write(folder, base_sha256=str(said["roots"][0]))
    write_tensors(folder / ADAPTER, get_peft_model_state_dict(model, save_embedding_layers=False), said)


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """peft's description of an adapter; sets in the order of their names."""
    write_file(folder / CONFIG, json.dumps(config, indent=1, sort_keys=True, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def write_model(folder: Path, model: Any, base: Path, renderer: Renderer, of: Sequence[str]) -> None:
    """A whole model in fp32 as ``transformers`` opens it: the tokenizer of ``base``, the template of ``renderer``.

    ``of``: the ``roots`` of the base.
    """
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    with quiet():
        model.save_pretrained(aside)
    take_over(base, aside)
    renderer.write(aside)
    write_roots(aside, of)
    put(aside, folder)


def take_over(base: Path, folder: Path) -> None:
    """Copies all that a model's folder has beside weights; config.json says fp32."""
    for pattern in (*BESIDE, *TEMPLATES):
        for path in base.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
            else:
                shutil.copyfile(path, folder / path.name)
    config = read_json(base / "config.json")
    config["dtype"] = "float32"
    if "torch_dtype" in config:  # the name before version 5, which wins where it is there
        config["torch_dtype"] = "float32"
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def put(aside: Path, folder: Path) -> None:
    """``aside`` takes the place of ``folder``, whose old content goes."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(aside, folder)
    shutil.rmtree(old, ignore_errors=True)


# ---------------------------------------------------------------- the state to go on from


def save_state(folder: Path, model: Any, optimizer: Any, about: Mapping[str, Any]) -> None:
    """All that training needs to go on bit for bit, in one file that is replaced in one rename."""
    tensors = {f"model.{name}": p for name, p in model.named_parameters() if p.requires_grad}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{key}": torch.as_tensor(value) for key, value in state.items()}
    write_tensors(folder / STATE / "state.safetensors", tensors, about)


def read_state(folder: Path, plan: str) -> dict[str, Any] | None:
    """What ``save_state`` recorded; None when there is nothing to go on from, or it is of another plan."""
    path = folder / STATE / "state.safetensors"
    if not path.exists():
        return None
    try:
        about = said_of(path)
    except InputError as error:
        raise StoreError(f"{error}, or delete it, and the run begins anew") from None
    return about if about.get("plan") == plan else None


def load_weights(folder: Path, model: Any) -> None:
    """Puts the saved weights into a model."""
    with safe_open(folder / STATE / "state.safetensors", "pt") as file, torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(file.get_tensor(f"model.{name}"))


def load_optimizer(folder: Path, optimizer: Any) -> None:
    """Puts the saved moments into an optimiser; its groups stay as they are."""
    state: dict[int, dict[str, Tensor]] = {}
    with safe_open(folder / STATE / "state.safetensors", "pt") as file:
        for name in file.keys():  # noqa: SIM118 (not a dict)
            kind, _, rest = name.partition(".")
            if kind == "optimizer":
                number, _, key = rest.partition(".")
                state.setdefault(int(number), {})[key] = file.get_tensor(name)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
