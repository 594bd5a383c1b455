"""Small models with random weights, in folders as ``fit`` leaves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from greenlight.gpt import checkpoint
from greenlight.gpt.model import Decoder, config_json
from greenlight.nouns import canonical
from greenlight.recipe import Model
from greenlight.tokenizer import Tokenizer, Use

TEXT = "the cat sat on the mat and the dog sat on the log"


def folder(path: Path, use: Use = "byte", text: str = TEXT, **options: Any) -> Path:
    """``options`` are the recipe's of the model. Weights are so large that the draws are not all alike."""
    tokenizer = Tokenizer.train(use, [text], 300)
    tokenizer.save(path / "tokenizer.json")
    arch = Model(**{"layers": 2, "width": 64, "heads": 2, "context": 64, **options}).resolve(tokenizer.vocab)
    model = Decoder(arch, 5)
    for name, value in model.weights().items():
        if "norm" not in name:
            value.mul_(8)
    (path / "config.json").write_text(canonical(config_json(arch, tokenizer.bos, tokenizer.eos)))
    checkpoint.save_weights(path / checkpoint.MODEL, model, {"format": "pt"})
    return path
