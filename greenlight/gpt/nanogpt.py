"""Opens a ``ckpt.pt`` of nanoGPT, to score text with it.

The file is a pickle. It is opened by PyTorch's restricted reader alone (``weights_only=True``), which builds tensors
and plain values and runs nothing. The layout is GPT-2's, with the exact GELU (erf), which is not that of ``gpt.model``.

A character vocabulary lies beside nanoGPT's data, in ``meta.pkl``, which is a pickle too and is not opened: it is given
as JSON. nanoGPT has no document start. What stands before the first character is ``<|endoftext|>`` with GPT-2's
vocabulary, and with characters the newline, from which its own sampler starts too.

Shapes: B rows, T places, C width, V vocabulary.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from greenlight import vocabulary
from greenlight.errors import InputError
from greenlight.gpt import machine, scoring
from greenlight.outside import read_text
from greenlight.players import Floats, Ints, Spelling
from greenlight.tokenizer import Tokenizer

SIZES = ("n_layer", "n_head", "n_embd", "block_size", "vocab_size")
END_OF_TEXT = "<|endoftext|>"
Weights = dict[str, Tensor]


@dataclass(frozen=True)
class Shape:
    """nanoGPT's ``model_args``."""

    n_layer: int
    n_head: int
    n_embd: int
    block_size: int
    vocab_size: int
    bias: bool

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Every weight's name and shape; biases only where there are any."""
        wide = self.n_embd
        names: dict[str, tuple[int, ...]] = {
            "transformer.wte": (self.vocab_size, wide),
            "transformer.wpe": (self.block_size, wide),
        }
        out = {f"{name}.weight": shape for name, shape in names.items()}
        parts: dict[str, tuple[int, ...]] = {"ln_1": (wide,), "ln_2": (wide,)}
        parts |= {"attn.c_attn": (3 * wide, wide), "attn.c_proj": (wide, wide)}
        parts |= {"mlp.c_fc": (4 * wide, wide), "mlp.c_proj": (wide, 4 * wide)}
        biased = {f"transformer.h.{n}.{part}": shape for n in range(self.n_layer) for part, shape in parts.items()}
        biased["transformer.ln_f"] = (wide,)
        for name, shape in biased.items():
            out[f"{name}.weight"] = shape
            if self.bias:
                out[f"{name}.bias"] = shape[:1]
        return out


class Characters:
    """A character vocabulary: one token a character. A character that it lacks is not written."""

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = characters
        self._ids = {char: number for number, char in enumerate(characters)}
        self.bos = self._ids.get("\n", 0)

    def encode(self, text: str) -> list[int]:
        return [self._ids[char] for char in text if char in self._ids]

    def encode_with_offsets(self, text: str) -> tuple[list[int], list[int]]:
        return self.encode(text), [place for place, char in enumerate(text) if char in self._ids]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(self._characters[number] for number in ids)


@dataclass
class NanoPlayer:
    """A ``players.Scorer`` over the weights of a ``ckpt.pt``."""

    shape: Shape
    weights: Weights
    tokenizer: Spelling
    passes: scoring.Passes
    facts: dict[str, Any]

    @property
    def context(self) -> int:
        return self.passes.context

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        """Negative log-likelihood in nats of each target; see ``scoring.nats``."""
        return scoring.nats(self._logits, self.passes, inputs_BT, targets_BT)

    def _logits(self, ids_BT: Tensor) -> Tensor:
        w, heads = self.weights, self.shape.n_head

        def linear(x: Tensor, name: str) -> Tensor:
            return F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))

        def norm(x: Tensor, name: str) -> Tensor:
            return F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w.get(f"{name}.bias"), 1e-5)

        x_BTC = w["transformer.wte.weight"][ids_BT] + w["transformer.wpe.weight"][: ids_BT.shape[1]]
        for layer in range(self.shape.n_layer):
            at = f"transformer.h.{layer}"
            qkv = linear(norm(x_BTC, f"{at}.ln_1"), f"{at}.attn.c_attn").chunk(3, -1)
            q, k, v = (part.view(*ids_BT.shape, heads, -1).transpose(1, 2) for part in qkv)
            seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
            x_BTC = x_BTC + linear(seen, f"{at}.attn.c_proj")
            up = F.gelu(linear(norm(x_BTC, f"{at}.ln_2"), f"{at}.mlp.c_fc"))
            x_BTC = x_BTC + linear(up, f"{at}.mlp.c_proj")
        return F.linear(norm(x_BTC, "transformer.ln_f"), w["transformer.wte.weight"])


@dataclass(frozen=True)
class Spelled:
    """Where a checkpoint's vocabulary is: a JSON file of characters, or a folder with GPT-2's two files."""

    characters: Path | None = None
    gpt2: Path | None = None


def open_nanogpt(
    path: Path, spelled: Spelled, precision: machine.Precision = "fp32", device: str = "auto"
) -> NanoPlayer:
    """The model in a ``ckpt.pt``.

    Raises InputError when the file is damaged, would run code, is no checkpoint of nanoGPT, or when the vocabulary is
    missing, has a hole, or is of another size.
    """
    shape, weights = _checked(path)
    tokenizer, start = _vocabulary(path, shape, spelled)
    where = machine.device(device)
    machine.keep_freed_memory()
    moved = {name: value.to(where, machine.DTYPES[precision]) for name, value in weights.items()}
    facts = {
        "kind": "nanoGPT",
        "start": start,
        "precision": precision,
        "device": where.type,
        "parameters": sum(value.numel() for value in weights.values()),
        "context": shape.block_size,
    }
    passes = scoring.Passes(shape.vocab_size, shape.block_size, where)
    return NanoPlayer(shape, moved, tokenizer, passes, facts)


def _checked(path: Path) -> tuple[Shape, Weights]:
    """Sizes and weights of a file, each weight there, of the shape that the sizes give."""
    found = _load(path)
    if not isinstance(found, dict) or not {"model", "model_args"} <= found.keys():
        raise InputError(f"{path} is no checkpoint of nanoGPT: it has no model and model_args")
    given = found["model"]
    if not isinstance(given, dict) or not all(isinstance(value, Tensor) for value in given.values()):
        raise InputError(f"{path}: model is no table of tensors: it is no checkpoint of nanoGPT")
    shape = _shape(path, found["model_args"], len(given))
    own = {str(name).removeprefix("_orig_mod."): value for name, value in given.items()}
    own = {name: value for name, value in own.items() if not name.endswith(".attn.bias")}  # the causal mask
    head = own.pop("lm_head.weight", None)
    wanted = shape.tensors()
    if lost := sorted(wanted.keys() - own.keys()):
        raise InputError(f"{path} lacks {', '.join(lost[:3])}, which its model_args ask for: save it again")
    if odd := sorted(own.keys() - wanted.keys()):
        raise InputError(f"{path} holds {', '.join(odd[:3])[:200]}, which its model_args have no place for")
    for name, size in wanted.items():
        value = own[name]
        if tuple(value.shape) != size or not value.is_floating_point() or not value.is_contiguous():
            said = f"{value.dtype} {tuple(value.shape)}".removeprefix("torch.")
            raise InputError(f"{path}: {name} is {said}, and its model_args give a float of {size}")
    if head is not None and not torch.equal(head, own["transformer.wte.weight"]):
        raise InputError(f"{path}: lm_head and wte differ, and nanoGPT ties them: it is another model")
    return shape, own


def _load(path: Path) -> Any:
    if not path.is_file():
        raise InputError(f"{path} does not exist: check the name")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what kind of file it may be
            return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError:
        raise InputError(
            f"{path} asks for code to be run when it is opened, holds more than tensors and plain values, or is no "
            "ckpt.pt: it is not opened, and nothing of it was run; nanoGPT's own file opens"
        ) from None
    except Exception:  # a damaged file can raise anything
        raise InputError(f"{path} cannot be read as a ckpt.pt: it is damaged or cut off; save it again") from None


def _shape(path: Path, args: Any, tensors: int) -> Shape:
    sizes: dict[str, int] = {}
    for name in SIZES:
        size = args.get(name) if isinstance(args, dict) else None
        least, most = (2 if name == "block_size" else 1), (tensors if name == "n_layer" else 2**31)
        if type(size) is not int or not least <= size <= most:
            raise InputError(f"{path}: model_args has no usable {name} ({str(size)[:40]}): it is no ckpt.pt of nanoGPT")
        sizes[name] = size
    if sizes["n_embd"] % sizes["n_head"]:
        raise InputError(f"{path}: n_embd {sizes['n_embd']} is no multiple of n_head {sizes['n_head']}")
    return Shape(**sizes, bias=bool(args.get("bias", True)))


def _vocabulary(path: Path, shape: Shape, spelled: Spelled) -> tuple[Spelling, str]:
    """The tokenizer, and what stands before a text."""
    if spelled.gpt2 is not None:
        return _gpt2(path, shape, spelled.gpt2)
    if spelled.characters is None:
        raise InputError(
            f"{path} holds no vocabulary ({shape.vocab_size:,} tokens): give --vocabulary FILE.json with its "
            "characters (nanoGPT's stoi, or a list of them in their order), or --tokenizer FOLDER with GPT-2's "
            f"{vocabulary.VOCAB} and {vocabulary.MERGES}"
        )
    characters = Characters(read_characters(spelled.characters))
    count = len(characters._characters)
    if count != shape.vocab_size:
        raise InputError(
            f"{spelled.characters} has {count:,} characters and {path} {shape.vocab_size:,} tokens: give the "
            "vocabulary that it was trained with"
        )
    return characters, "newline" if characters.decode([characters.bos]) == "\n" else "the first token: no newline"


def _gpt2(path: Path, shape: Shape, folder: Path) -> tuple[Spelling, str]:
    given = vocabulary.read(folder)
    count = len(given.ids)
    # nanoGPT rounds the size up to a multiple of 64; the tokens above GPT-2's are never written
    if shape.vocab_size not in (count, -(-count // 64) * 64):
        raise InputError(
            f"{folder} has {count:,} tokens and {path} {shape.vocab_size:,}: give the vocabulary that it was trained "
            "with"
        )
    if END_OF_TEXT not in given.ids:
        raise InputError(f"{folder} has no token {END_OF_TEXT}, which stands before a text: take GPT-2's own files")
    tokenizer = Tokenizer.of(given)
    tokenizer.bos = given.ids[END_OF_TEXT]
    return tokenizer, END_OF_TEXT


def read_characters(path: Path) -> list[str]:
    """A character vocabulary in the order of its ids, from a JSON list, or a table of characters and their ids.

    A table may lie under ``stoi``, as in nanoGPT's meta. Raises InputError, with the place, when it cannot be used.
    """
    try:
        data = json.loads(read_text(path), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON vocabulary ({str(error)[:80]}): write a list of characters") from None
    if isinstance(data, dict) and isinstance(data.get("stoi"), dict):
        data = data["stoi"]
    if not isinstance(data, list | dict):
        raise InputError(f"{path} is no list and no table of characters: write what nanoGPT's meta.pkl has as stoi")
    by_id: dict[int, Any] = dict(enumerate(data)) if isinstance(data, list) else {}
    for char, number in data.items() if isinstance(data, dict) else ():
        if type(number) is not int or number < 0:
            raise InputError(f"{path}: {char[:20]!r} has the number {str(number)[:20]}: it must be 0, 1, …")
        if number in by_id:
            raise InputError(f"{path}: {by_id[number][:20]!r} and {char[:20]!r} are both token {number}")
        by_id[number] = char
    hole = next((number for number in range(len(by_id)) if number not in by_id), None)
    if hole is not None:
        raise InputError(f"{path} has a hole: {len(by_id)} characters, and none is number {hole}")
    if not by_id:
        raise InputError(f"{path} is empty: give the characters that the model was trained with")
    seen: set[str] = set()
    for number, char in sorted(by_id.items()):
        if not isinstance(char, str) or len(char) != 1 or char in seen:
            raise InputError(f"{path}: token {number} is {str(char)[:20]!r}: each must be one character, and its own")
        seen.add(char)
    return [by_id[number] for number in range(len(by_id))]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)[:20]!r} stands in it twice")
    return dict(pairs)
