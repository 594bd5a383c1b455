"""An adapter of peft's on the base that it was trained on, and on no other."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from greenlight.character import chat_folder
from greenlight.errors import InputError
from greenlight.nouns import fingerprint
from greenlight.outside import read_bytes
from greenlight.store import file_sha256

ADAPTER, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


def weights(folder: Path) -> str:
    """What the weights in a folder are known by, its settings included."""
    settings = [path for path in (folder / "config.json", folder / ADAPTER) if path.exists()]
    return fingerprint([file_sha256(path) for path in (*sorted(folder.glob("*.safetensors")), *settings)])


def base_of(folder: Path, given: Path | None) -> Path:
    """The folder of an adapter's base. Raises InputError when there is none, or the adapter was trained on another."""
    try:
        config = json.loads(read_bytes(folder / ADAPTER))
        if not isinstance(config, dict):
            raise ValueError("it is no table")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{folder / ADAPTER} cannot be read ({str(error)[:80]}): save the adapter again") from None
    if config.get("peft_type") != "LORA":
        raise InputError(f"{folder} is an adapter of the kind {config.get('peft_type')!r}: only LORA is opened")
    if not (folder / WEIGHTS).exists():
        old = "; adapter_model.bin is a pickle" if (folder / "adapter_model.bin").exists() else ""
        raise InputError(f"{folder} has an {ADAPTER} and no {WEIGHTS}{old}: save the adapter with its weights")
    named = config.get("base_model_name_or_path")
    below = given or (Path(named) if isinstance(named, str) and named else None)
    if below is None or not (below / "config.json").exists():
        said = f"{below}, which is no folder of a model here" if below else "a base that it does not name"
        raise InputError(f"the adapter in {folder} belongs on {said}: name the base's folder")
    recorded = chat_folder.record(folder).get("base_sha256")
    if recorded is not None:
        from greenlight.backends._folders import base_hash

        if recorded != (there := base_hash(below)):
            raise InputError(
                f"the adapter in {folder} was trained on another base ({str(recorded)[:12]}) than {below} "
                f"({there[:12]}): name the right one"
            )
    return below


def put_on(model: Any, folder: Path, below: Path) -> Any:
    """The model with the adapter on it, not merged. Raises InputError where their shapes or names differ."""
    try:
        from peft import PeftModel, get_peft_model_state_dict
    except ImportError:
        raise InputError(f"{folder} is an adapter, and peft is not installed: {EXTRA}") from None
    from safetensors import SafetensorError, safe_open

    other = f"the adapter in {folder} does not fit {below}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about names that it does not find, which are looked for below
            whole = PeftModel.from_pretrained(model, str(folder), local_files_only=True)
        with safe_open(folder / WEIGHTS, "pt") as file:
            held = {str(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (RuntimeError, ValueError, KeyError, TypeError, OSError, SafetensorError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in lines if "size mismatch" in line), lines[0] if lines else type(error).__name__)
        raise InputError(f"{other} ({said[:160]}): name its own base") from None
    there = set(get_peft_model_state_dict(whole, save_embedding_layers=False))
    if odd := sorted(held ^ there):
        where = "the adapter" if odd[0] in held else "the base"
        raise InputError(f"{other} ({odd[0][:120]} is only in {where}): name its own base")
    return whole.eval()


EXTRA = "pip install 'greenlight-studio[character]'"
