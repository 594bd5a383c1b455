"""Opens a causal language model's folder of Hugging Face's format, to score text with it.

Only what stands in the folder is used: safetensors for the weights, ``tokenizer.json`` for the tokens, a class of the
installed ``transformers`` for the model. No code of the folder's runs, nothing is unpickled, nothing is looked up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from greenlight.errors import InputError
from greenlight.gpt import machine, scoring
from greenlight.outside import read_bytes
from greenlight.players import Floats, Ints

UNSAID = 2048
"""Tokens of context of a model that names no limit."""
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
LOOK_AHEAD: dict[machine.Precision, float] = {"fp32": 1e-4, "bf16": 5e-2}
"""By how much a logit, as a share of the largest, may move when a later token changes: sums in another order."""


class Spelling:
    """A ``tokenizer.json`` under its own ids, with ``bos`` as what stands before a text."""

    def __init__(self, core: Any, bos: int) -> None:
        """``core`` is a ``tokenizers.Tokenizer``."""
        core.no_truncation()  # either may be part of the file, and would shorten or lengthen a text in silence
        core.no_padding()
        core.encode_special_tokens = True  # a special spelled out in a text is text
        self._core, self.bos = core, bos

    def encode(self, text: str) -> list[int]:
        return list(self._core.encode(text, add_special_tokens=False).ids)

    def encode_with_offsets(self, text: str) -> tuple[list[int], list[int]]:
        encoding = self._core.encode(text, add_special_tokens=False)
        return list(encoding.ids), [start for start, _ in encoding.offsets]

    def decode(self, ids: Sequence[int]) -> str:
        text: str = self._core.decode(list(ids), skip_special_tokens=False)
        return text


@dataclass
class HubPlayer:
    """A ``players.Scorer`` over a model of ``transformers``."""

    model: Any
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
        found: Tensor = self.model(input_ids=ids_BT, use_cache=False).logits
        return found


def open_hub(folder: Path, precision: machine.Precision = "fp32", device: str = "auto") -> HubPlayer:
    """The model in ``folder``.

    Raises InputError when ``transformers`` is not installed, when the folder is not whole, would need code or pickles
    of its own, or holds no causal language model.
    """
    library = _library()
    config = _checked(folder)
    where = machine.device(device)
    with quiet(library):
        wrapper, core = _tokenizer(library, folder)
        model = _model(library, folder, machine.DTYPES[precision])
    vocab = int(model.get_input_embeddings().num_embeddings)
    bos, origin = _start(wrapper, model.config)
    highest = max(core.get_vocab(with_added_tokens=False).values(), default=-1)
    if max(bos, highest) >= vocab:
        raise InputError(f"{folder}: the tokenizer has a token {max(bos, highest)}, the model only {vocab}: not a pair")
    passes = scoring.Passes(vocab, _context(model.config), where, workers=False)
    facts = {
        "kind": f"Hugging Face, {type(model).__name__}",
        "model_type": str(config.get("model_type", "")),
        "start": origin,
        "precision": precision,
        "device": where.type,
        "parameters": sum(p.numel() for p in model.parameters()),
        "context": passes.context,
    }
    player = HubPlayer(model.to(where).eval(), Spelling(core, bos), passes, facts)
    _look_ahead(player, folder)
    return player


def _library() -> Any:
    try:
        import transformers
    except ImportError:
        raise InputError(
            "a Hugging Face model needs transformers, which is not installed: pip install 'greenlight-studio[hf]'"
        ) from None
    return transformers


@contextmanager
def quiet(library: Any) -> Iterator[None]:
    """Without the library's bars and remarks: what matters of them is checked here."""
    logging = library.utils.logging
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def _checked(folder: Path) -> dict[str, Any]:
    """``config.json``, of a folder that has all that is needed."""
    try:
        config = json.loads(read_bytes(folder / "config.json"))
        if not isinstance(config, dict):
            raise ValueError("it is no table")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{folder / 'config.json'} cannot be read ({str(error)[:80]}): save the model again") from None
    if not any((folder / name).exists() for name in WEIGHTS):
        pickled = next((name for name in PICKLED if (folder / name).exists()), "")
        if pickled:
            raise InputError(
                f"{folder} has its weights in {pickled}, a pickle, which can run code and is not opened: where you "
                "trust it, open it with transformers and save_pretrained, which writes model.safetensors"
            )
        raise InputError(f"{folder} has a config.json and no model.safetensors: save the model with its weights")
    if not (folder / "tokenizer.json").exists():
        raise InputError(
            f"{folder} has no tokenizer.json, so no character of a text could be placed: save its fast tokenizer "
            "there, with transformers' AutoTokenizer and save_pretrained"
        )
    return config


def _tokenizer(library: Any, folder: Path) -> tuple[Any, Any]:
    """The wrapper, which knows the specials, and the ``tokenizers.Tokenizer`` in it."""
    try:
        wrapper = library.AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the library's errors have no common kind, and the file is from outside
        raise InputError(f"the tokenizer in {folder} cannot be opened: {_short(error)}") from None
    core = getattr(wrapper, "backend_tokenizer", None) if wrapper.is_fast else None
    if core is None:
        raise InputError(
            f"the tokenizer in {folder} is a slow one ({type(wrapper).__name__}), which cannot place its tokens in a "
            "text: save its fast form, tokenizer.json"
        )
    return wrapper, core


def _model(library: Any, folder: Path, dtype: torch.dtype) -> Any:
    try:
        model, report = library.AutoModelForCausalLM.from_pretrained(
            str(folder),
            **{"dtype" if int(library.__version__.partition(".")[0]) > 4 else "torch_dtype": dtype},
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are in the report, and refused below, by their names
        )
    except Exception as error:  # as above
        if isinstance(error, MemoryError) or machine.is_out_of_memory(error):
            raise InputError(f"{folder} does not fit into memory: take a smaller model, or --precision bf16") from None
        raise InputError(f"the model in {folder} cannot be opened: {_short(error)}") from None
    for key, what in (("missing_keys", "lacks"), ("mismatched_keys", "has another shape of"), ("unexpected_keys", "")):
        names = sorted(str(name[0] if isinstance(name, tuple) else name) for name in report.get(key) or ())
        if names:
            said = f"{what or 'holds, beside what the model of config.json has,'} {', '.join(names[:3])}"
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            raise InputError(f"model.safetensors in {folder} {said}{more}: it is not this config.json's model")
    return model


def _start(wrapper: Any, config: Any) -> tuple[int, str]:
    """The token before a text, and what it is: the document start, or the end where a model has no start."""
    text = config.get_text_config()
    for name in ("bos", "eos"):
        for source in (wrapper, text):
            found = getattr(source, f"{name}_token_id", None)
            found = found[0] if isinstance(found, list) and found else found
            if isinstance(found, int) and found >= 0:
                return found, f"{name} ({found})"
    raise InputError("the model names no bos and no eos token, so nothing could stand before its first character")


def _context(config: Any) -> int:
    """How many tokens it was made for."""
    text = config.get_text_config()
    sizes = (getattr(text, name, None) for name in ("max_position_embeddings", "n_positions", "max_seq_len"))
    return next((size for size in sizes if isinstance(size, int) and size > 1), UNSAID)


@torch.no_grad()
def _look_ahead(player: HubPlayer, folder: Path) -> None:
    """Raises InputError when a later token changes an earlier place: its likelihoods would be too good to be true."""
    vocab, length = player.passes.vocab, min(8, player.context)
    ids = torch.arange(length, device=player.passes.device).repeat(2, 1) % vocab
    ids[1, length // 2 :] = (ids[1, length // 2 :] + 1) % vocab
    try:
        logits = player._logits(ids).float()
    except Exception as error:  # the model's own code, on a config from outside
        raise InputError(f"the model in {folder} does not run: {_short(error)}") from None
    if logits.shape != (2, length, vocab):
        raise InputError(f"the model in {folder} gives logits of shape {tuple(logits.shape)}, not one a token")
    early = logits[:, : length // 2]
    if float((early[0] - early[1]).abs().max()) > LOOK_AHEAD[player.facts["precision"]] * float(logits.abs().max()):
        raise InputError(f"the model in {folder} sees the tokens that it is to predict: it is no causal model")


def _short(error: BaseException) -> str:
    """The first line of what a library says."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if len(line) <= 200 else f"{line[:200]}…"
