"""An exported folder against the model that it was made of: the same tokens, and the same logits in fp32."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from greenlight.errors import InputError, StoreError
from greenlight.gpt.hf import quiet
from greenlight.gpt.player import ModelPlayer
from greenlight.parts import Parcel
from greenlight.players import Sampling
from greenlight.progress import SILENT, Bar, Watch
from greenlight.tokenizer import Tokenizer
from greenlight.vocabulary import END, START

SEQUENCES = 64
"""Of each kind, of the full context."""
LARGEST = 1e-4
"""The largest difference of a logit that counts as none: fp32 sums in another order."""
HELD_AT_ONCE = 2**25
"""Logits of one model in memory at a time."""
AWKWARD = (
    "",
    " ",
    f"{START}a special spelled out{END} in a text, and <|endoftext|>",
    "<0x41> Ä é 漢字 🙂 \u200d\ufeff",
    " two  spaces,\r\n\ttabs \n\n\n and ends ",
    "don't 've 12345 !!! ,a. [level=3]\ntopic: x\n",
)
"""Texts that tokenizers disagree on."""


def library() -> Any:
    """``transformers``. Raises InputError where it is not installed."""
    try:
        import transformers
    except ImportError:
        raise InputError("--to hf needs transformers: pip install 'greenlight-studio[hf]'") from None
    return transformers


def check(folder: Path, player: ModelPlayer, parcel: Parcel, watch: Watch) -> dict[str, Any]:
    """Opens the folder as anyone would and compares. Returns what was found, for the record.

    Raises InputError with the difference when logits differ by more than ``LARGEST``, or a text has other tokens.
    """
    theirs, tokenizer = opened(folder)
    stream, source = _stream(parcel, player)
    context, vocab = player.context, player.model.arch.vocab
    random = np.random.default_rng(0).integers(vocab, size=(SEQUENCES, context))
    real = windows(stream, context)
    texts = [*AWKWARD, *(player.tokenizer.decode(row.tolist()) for row in real)]
    _same_tokens(texts, player.tokenizer, tokenizer)
    found: dict[str, Any] = {"difference": {}, "largest_logit": {}}
    with watch.bar("check", 2 * SEQUENCES, "sequences") as bar:
        for kind, rows in (("random", random), ("real", real)):
            far, size = _compare(player.model, theirs, rows, bar)
            found["difference"][kind], found["largest_logit"][kind] = far, size
            if not math.isfinite(size):
                raise StoreError("the model's weights give logits that are not finite: train it again")
            if not far <= LARGEST:  # a NaN too
                raise InputError(
                    f"transformers computes other logits than greenlight from these weights: they differ by {far:.3g} "
                    f"of up to {size:.3g}, on {kind} tokens, and {LARGEST:g} is allowed: nothing was exported"
                )
    return {
        **found,
        "allowed": LARGEST,
        "sequences": SEQUENCES,
        "context": context,
        "real_tokens": source,
        "texts_with_equal_tokens": len(texts),
    }


def opened(folder: Path) -> tuple[Any, Any]:
    """The folder's model and tokenizer, by ``transformers``' own automatic classes.

    Raises InputError when weights are missing from it, or it has some that the class does not know.
    """
    with quiet(library()):
        model, report = library().AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
        tokenizer = library().AutoTokenizer.from_pretrained(folder)
    for what in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if odd := sorted(map(str, report.get(what, ()))):
            raise InputError(f"transformers reports {what.replace('_', ' ')} in the export: {', '.join(odd[:3])}")
    return model.float().eval(), tokenizer


# ---------------------------------------------------------------- real tokens


def _stream(parcel: Parcel, player: ModelPlayer) -> tuple[NDArray[Any], str]:
    """Tokens in a row, as training saw them where they are there, and where they come from."""
    tokenizer, context = player.tokenizer, player.context
    if parcel.tokens is not None:
        held, learned = (np.load(parcel.tokens / f"{side}.npy", mmap_mode="r") for side in ("val", "train"))
        if len(held) >= SEQUENCES * context:
            return held, "the validation tokens"
        return np.concatenate([held, learned[: SEQUENCES * context]]), "the validation and training tokens"
    if parcel.texts:
        said = [tokenizer.encode(text) for text in parcel.texts]
        source = "the yardstick's text"
    else:
        sampling = Sampling(max_new=context - 1)
        with SILENT.bar("samples", SEQUENCES, "texts") as bar:
            drawn = player.say([[tokenizer.bos]] * SEQUENCES, range(SEQUENCES), sampling, bar)
        said = [list(one.ids) for one in drawn]
        source = "the model's own samples"
    return np.array([token for ids in said for token in (tokenizer.bos, *ids, tokenizer.eos)]), source


def windows(stream: NDArray[Any], context: int) -> NDArray[np.int64]:
    """``(SEQUENCES, context)`` of the stream at even distances; one that is too short is repeated."""
    if len(stream) < context:
        stream = np.tile(stream, -(-context // len(stream)))
    starts = np.linspace(0, len(stream) - context, SEQUENCES).astype(np.int64)
    return np.stack([stream[start : start + context] for start in starts]).astype(np.int64)


# ---------------------------------------------------------------- the two comparisons


def _same_tokens(texts: Sequence[str], ours: Tokenizer, theirs: Any) -> None:
    """Text to ids, the start token first, and back. Raises InputError with the first text that differs."""
    with quiet(library()):
        for text in texts:
            ids = [ours.bos, *ours.encode(text)]
            found = list(theirs(text)["input_ids"])
            if found != ids:
                raise InputError(f"transformers reads {text[:60]!r} as {found[:12]} and greenlight as {ids[:12]}")
            back = theirs.decode(ids, skip_special_tokens=True)
            if back != ours.decode(ids):
                raise InputError(f"transformers writes {text[:60]!r} back as {back[:60]!r}")


@torch.no_grad()
def _compare(ours: Any, theirs: Any, rows: NDArray[np.int64], bar: Bar) -> tuple[float, float]:
    """The largest absolute difference of a logit, and the largest logit; NaN where either has one."""
    step = max(1, min(16, HELD_AT_ONCE // (rows.shape[1] * ours.arch.vocab)))
    far, size = torch.zeros(()), torch.zeros(())
    for start in range(0, len(rows), step):
        ids = torch.from_numpy(rows[start : start + step])
        expected: Tensor = ours(ids)
        found: Tensor = theirs(ids, use_cache=False).logits
        far = torch.maximum(far, (expected - found).abs().max())  # keeps a NaN
        size = torch.maximum(size, expected.abs().max())
        bar.advance(len(ids))
    return float(far), float(size)
