"""Changes of one base put together: exactly, or not at all, unless it is said that they may be off.

A part is a LoRA adapter, whose change of a weight W is ΔW = s·B·A with s = alpha / rank, or a whole model of the
base's shapes, with ΔW = W' − W. What was written is read back, and the coefficients that it really has are recovered.

    cat     one adapter with the factors side by side: ranks add up, and every coefficient is exact
    fold    the changes added to the base's weights, one after the other, in fp32
    svd     cat, cut to the largest of the ranks: the nearest adapter of that rank (Eckart and Young 1936). Lossy
    linear  factors added, as peft's "linear" does: the product has cross terms, ΣᵢΣⱼ Bᵢ·Aⱼ. Lossy
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from pydantic import Field
from safetensors.torch import save_file
from torch import Tensor

from greenlight.backends import _folders
from greenlight.backends._parts import PREFIX, Adapter, Weights, open_adapter
from greenlight.errors import InputError
from greenlight.nouns import Noun
from greenlight.store import write_file

Method = Literal["cat", "fold", "svd", "linear"]
EXACT = ("cat", "fold")
OFF, RESIDUAL = 0.05, 0.01
"""The most that a coefficient may be off, as a share of the largest that was asked; and the residual's share."""
ALIKE = 1e-4
"""Of the normalised Gram matrix: with a smaller eigenvalue, the parts' coefficients cannot be told apart."""
RECORD, CHAT = "merge.json", "greenlight_chat.json"


class MergeFacts(Noun):
    """What was merged, and what came of it. Coefficients are None where they cannot be told apart."""

    method: str
    exact: bool = Field(description="every coefficient within 5 % and the residual under 1 %")
    asked: tuple[float, ...]
    recovered: tuple[float | None, ...]
    residual: float = Field(description="‖merged − Σ asked·part‖ / ‖Σ asked·part‖ over all modules")
    modules: int
    ranks: tuple[int, ...] = Field(description="of the parts; 0 for a whole model")
    rank: int = Field(description="the largest of the merged adapter; 0 where it is folded")
    parts: tuple[str, ...] = Field(description="sha256 of the parts' weights")
    base: str = Field(default="", description="hash of the base's weights; empty where it was not given")
    cautions: tuple[str, ...] = ()


# ---------------------------------------------------------------- the merge


def merge(
    base: Path | None,
    parts: Sequence[tuple[Path, float]],
    folder: Path,
    method: Method = "cat",
    lossy: bool = False,
) -> MergeFacts:
    """Puts parts with their weights together into ``folder``, reads it back, and tells what it has become.

    ``base`` may be None for adapters that are not folded; a recorded base is compared anyway. The folder is an adapter
    (``cat``, ``svd``, ``linear``), or a whole model in fp32 (``fold``), with ``merge.json``. Another merge there is
    replaced.

    Raises InputError when parts do not belong together, or the result is not what was asked and ``lossy`` is False;
    nothing is left then.
    """
    folder = folder.absolute()
    _may_take(folder)
    weights = [float(weight) for _, weight in parts]
    if not parts or not all(np.isfinite(weights)) or not any(weights):
        raise InputError("a merge needs parts, each with a finite weight, and one of them that is not 0")
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        kinds = {_is_adapter(path) for path, _ in parts}
        if kinds == {True}:
            facts = _adapters(base, [open_adapter(path) for path, _ in parts], weights, aside, method)
        elif kinds == {False}:
            facts = _models(base, [Weights.open(path) for path, _ in parts], weights, aside, method)
        else:
            raise InputError("a part is an adapter and another a whole model: fold the adapter into its base first")
        if not facts.exact and not lossy:
            raise InputError(_refusal(facts))
        write_file(aside / RECORD, facts.model_dump_json(indent=1) + "\n")
        _folders.put(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return facts


def _is_adapter(part: Path) -> bool:
    """Raises InputError when it is neither an adapter nor a model."""
    if any((part / name).exists() for name in (_folders.CONFIG, _folders.ADAPTER)):
        return True
    if (part / "config.json").exists():
        return False
    inside = next((f": give {part / name}" for name in (_folders.FOLDED,) if (part / name).is_dir()), "")
    raise InputError(f"{part} is no adapter ({_folders.CONFIG}) and no model (config.json){inside}")


def _may_take(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / RECORD).exists())):
        raise InputError(f"{folder} is there already, and is no merge: name another with --out")


def _refusal(facts: MergeFacts) -> str:
    got = ", ".join("?" if c is None else f"{c:.3g}" for c in facts.recovered)
    asked = ", ".join(f"{w:g}" for w in facts.asked)
    way = "say --lossy to have it so" if facts.method not in EXACT else "merge in fp32, or train the parts longer"
    instead = f"use --method cat, which is exact, or {way}" if facts.method not in EXACT else way
    return (
        f"{facts.method} gives the coefficients {got} where {asked} were asked, with a residual of "
        f"{facts.residual:.1%} (allowed: {OFF:.0%} and {RESIDUAL:.0%}): nothing was written; {instead}"
    )


def _adapters(
    base: Path | None, adapters: list[Adapter], weights: list[float], aside: Path, method: Method
) -> MergeFacts:
    known = _belong(base, adapters)
    first = adapters[0]
    parts: list[Callable[[str], Tensor]] = [one.change for one in adapters]
    rank = 0
    if method == "fold":
        if base is None:
            raise InputError("a fold needs the base: give it with --base DIR")
        _fold(known, _by_weight(known, adapters), weights, aside)
        _folders.take_over(base, aside)
        _folders.write_roots(aside, _folders.roots(base))
        written, turned = Weights.open(aside), bool(first.config.get("fan_in_fan_out"))

        def merged(module: str) -> Tensor:
            name = known.weight_of(module)
            change = written.read(name).double() - known.read(name).double()
            return change.T if turned else change

    else:
        made = {module: _factors(module, adapters, weights, method) for module in first.factors}
        roots = _roots(known.sha256 if base else "", adapters)
        said = {"kind": "merge", "roots": roots, "merged": [one.sha256 for one in adapters]}
        rank = _write(aside, first, made, said)
        merged = open_adapter(aside).change
    found = _recover(((module, merged(module), [p(module) for p in parts]) for module in first.factors), weights)
    unrecorded = [str(a.folder.name) for a in adapters if not a.roots]
    if unrecorded:
        found["cautions"] += (f"{', '.join(unrecorded)}: the base is not recorded; only shapes were compared",)
    return MergeFacts(
        method=method,
        asked=tuple(weights),
        modules=len(first.factors),
        ranks=tuple(one.rank for one in adapters),
        rank=rank,
        parts=tuple(one.sha256 for one in adapters),
        base=known.sha256 if base else "",
        **found,
    )


def _belong(base: Path | None, adapters: Sequence[Adapter]) -> Weights:
    """The base's weights. Raises InputError, in one line, unless all adapters are of it, and of the same modules."""
    first, known = adapters[0], Weights(Path(), {}) if base is None else Weights.open(base)
    for one in adapters if base is not None else ():
        if one.roots and known.sha256 not in one.roots:
            raise InputError(f"{one.folder} was trained on another base than {base} (its weights have another hash)")
    for other in adapters[1:]:
        if odd := sorted(set(first.factors) ^ set(other.factors)):
            raise InputError(f"{first.folder} and {other.folder} change other modules ({odd[0]}): train them alike")
        for module in first.factors:
            if (ours := first.shape(module)) != (theirs := other.shape(module)):
                raise InputError(
                    f"{first.folder} and {other.folder} are of other bases: {module} is {ours} and {theirs}"
                )
        if first.roots and other.roots and not set(first.roots) & set(other.roots):
            raise InputError(f"{first.folder} and {other.folder} were trained on other bases: merge parts of one")
        if bool(first.config.get("fan_in_fan_out")) != bool(other.config.get("fan_in_fan_out")):
            raise InputError(f"{first.folder} and {other.folder} store their factors in other orders")
    for one in adapters if base is not None else ():
        for module in one.factors:
            shape = known.shape(known.weight_of(module))
            shape = shape[::-1] if one.config.get("fan_in_fan_out") else shape
            if shape != one.shape(module):
                raise InputError(f"{one.folder} is not of {base}: {module} is {one.shape(module)}, there {shape}")
    return known


def _roots(base: str, adapters: Sequence[Adapter]) -> list[str]:
    """What the merged adapter can be put on, nearest first: the base, and what that was made from."""
    recorded = [one.roots for one in adapters if one.roots]
    shared = [root for root in (recorded[0] if recorded else []) if all(root in roots for roots in recorded)]
    return shared[shared.index(base) :] if base in shared else shared or ([base] if base else [])


def _by_weight(known: Weights, adapters: Sequence[Adapter]) -> list[dict[str, Callable[[], Tensor]]]:
    """Each adapter's changes by the name of the base's tensor, as that is stored."""

    def change(one: Adapter, module: str) -> Callable[[], Tensor]:
        return lambda: one.change(module).T if one.config.get("fan_in_fan_out") else one.change(module)

    return [{known.weight_of(module): change(one, module) for module in one.factors} for one in adapters]


def _factors(
    module: str, adapters: Sequence[Adapter], weights: Sequence[float], method: Method
) -> tuple[Tensor, Tensor]:
    """The merged A and B of a module, for a scaling of 1."""
    scaled = [
        (weight * one.scaling(module), *one.factors[module]) for one, weight in zip(adapters, weights, strict=True)
    ]
    if method == "cat":
        return torch.cat([s * a for s, a, _ in scaled]), torch.cat([b for _, _, b in scaled], dim=1)
    most = max(a.shape[0] for _, a, _ in scaled)
    if method == "svd":
        whole = sum((s * (b.double() @ a.double()) for s, a, b in scaled), torch.zeros((), dtype=torch.float64))
        u, values, v = torch.linalg.svd(whole, full_matrices=False)
        root = values[:most].sqrt()
        return (root[:, None] * v[:most]).float(), (u[:, :most] * root).float()
    a_sum, b_sum = (torch.zeros(most, scaled[0][1].shape[1]), torch.zeros(scaled[0][2].shape[0], most))
    for s, a, b in scaled:
        a_sum[: a.shape[0]] += a * (abs(s) ** 0.5) * (1 if s > 0 else -1)
        b_sum[:, : b.shape[1]] += b * abs(s) ** 0.5
    return a_sum, b_sum


def _write(folder: Path, like: Adapter, made: Mapping[str, tuple[Tensor, Tensor]], said: Mapping[str, Any]) -> int:
    """An adapter with a scaling of 1 everywhere, and the chat format of the first part; gives its largest rank."""
    ranks = {module: a.shape[0] for module, (a, _) in made.items()}
    most = max(ranks.values())
    odd = {module: rank for module, rank in ranks.items() if rank != most}
    config = {**like.config, "r": most, "lora_alpha": most, "use_rslora": False, "init_lora_weights": True}
    _folders.write_config(folder, {**config, "rank_pattern": odd, "alpha_pattern": odd})
    tensors: dict[str, Tensor] = {}
    for module, (a, b) in made.items():
        tensors |= {f"{PREFIX}{module}.lora_A.weight": a.float(), f"{PREFIX}{module}.lora_B.weight": b.float()}
    _folders.write_tensors(folder / _folders.ADAPTER, tensors, said)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        if (like.folder / name).exists():
            shutil.copyfile(like.folder / name, folder / name)
    if (like.folder / CHAT).exists():
        record = {**_folders.read_json(like.folder / CHAT), "base_sha256": next(iter(said["roots"]), None)}
        write_file(folder / CHAT, json.dumps({k: v for k, v in record.items() if v}, indent=1) + "\n")
    return most


def _models(base: Path | None, models: list[Weights], weights: list[float], aside: Path, method: Method) -> MergeFacts:
    if method != "fold" or base is None:
        raise InputError("whole models are merged with --method fold and --base DIR, the model that they come from")
    known = Weights.open(base)
    for one in models:
        if odd := sorted(set(known.files) ^ set(one.files)):
            raise InputError(f"{one.folder} has other weights than {base} ({odd[0]}): it does not come from it")
        for name in known.files:
            if known.shape(name) != one.shape(name):
                raise InputError(
                    f"{one.folder} is not of {base}: {name} is {one.shape(name)}, there {known.shape(name)}"
                )

    def change(one: Weights, name: str) -> Callable[[], Tensor]:
        return lambda: one.read(name).double() - known.read(name).double()

    names = [name for name in sorted(known.files) if known.read(name).is_floating_point()]
    changes = [{name: change(one, name) for name in names} for one in models]
    _fold(known, changes, weights, aside)
    _folders.take_over(models[0].folder, aside)
    _folders.write_roots(aside, _folders.roots(base))
    written = Weights.open(aside)
    rows = ((name, change(written, name)(), [part[name]() for part in changes]) for name in names)
    return MergeFacts(
        method=method,
        asked=tuple(weights),
        modules=len(names),
        ranks=(0,) * len(models),
        rank=0,
        parts=tuple(one.sha256 for one in models),
        base=known.sha256,
        **_recover(rows, weights),
    )


def _fold(
    known: Weights, changes: Sequence[Mapping[str, Callable[[], Tensor]]], weights: Sequence[float], aside: Path
) -> None:
    """The base's files again, in fp32, each weight with its changes added one after the other in fp64."""
    for path in sorted(set(known.files.values())):
        tensors: dict[str, Tensor] = {}
        for name in (name for name, file in known.files.items() if file == path):
            value = known.read(name)
            if value.is_floating_point():
                whole = value.double()
                for part, weight in zip(changes, weights, strict=True):
                    if name in part:
                        whole = whole + weight * part[name]()
                value = whole.float()
            tensors[name] = value.contiguous()
        save_file(tensors, aside / path.name, {"format": "pt"})
    for index in known.folder.glob("*.safetensors.index.json"):
        shutil.copyfile(index, aside / index.name)


# ---------------------------------------------------------------- what it has become


def _recover(rows: Iterator[tuple[str, Tensor, list[Tensor]]], weights: Sequence[float]) -> dict[str, Any]:
    """Least squares of the merged change on the parts' over all modules, in fp64, by the normal equations.

    ``residual`` is of the asked combination, so that it is known also where the coefficients are not.
    """
    size = len(weights)
    gram, target = np.zeros((size, size)), np.zeros(size)
    off = wanted = 0.0
    for _, merged, parts in rows:
        flat = torch.stack([part.flatten() for part in parts])
        asked = torch.tensor(weights, dtype=torch.float64) @ flat
        gram += (flat @ flat.T).numpy()
        target += (flat @ merged.flatten()).numpy()
        off += float((merged.flatten() - asked).square().sum())
        wanted += float(asked.square().sum())
    residual = float(np.sqrt(off / wanted)) if wanted else (0.0 if not off else float("inf"))
    norms = np.sqrt(np.diag(gram))
    cautions: list[str] = []
    live = [n for n in range(size) if norms[n] > 0]
    cautions += [f"part {n + 1} changes nothing: it has no coefficient" for n in range(size) if n not in live]
    recovered: list[float | None] = [None] * size
    if live:
        scale = norms[live]
        unit = gram[np.ix_(live, live)] / np.outer(scale, scale)
        if float(np.linalg.eigvalsh(unit)[0]) < ALIKE:
            cautions.append(
                "the parts are so alike that their coefficients cannot be told apart; only their sum was checked"
            )
        else:
            for n, value in zip(live, np.linalg.solve(unit, target[live] / scale) / scale, strict=True):
                recovered[n] = float(value)
    most = max(abs(weight) for weight in weights)
    near = all(c is None or abs(c - w) <= OFF * (abs(w) or most) for c, w in zip(recovered, weights, strict=True))
    exact = near and residual < RESIDUAL
    return {"recovered": tuple(recovered), "residual": residual, "exact": exact, "cautions": tuple(cautions)}
