"""A tokens folder as ``tokens.py`` writes it, made of a small grammar."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np

from greenlight.tokenizer import Tokenizer


def write_tokens(folder: Path, *, long: bool = False, documents: int = 60, longest: int = 30) -> Path:
    """Sentences of a small grammar, grouped by animal; or the same in one line of text."""
    dice = random.Random(4)
    folder.mkdir(parents=True, exist_ok=True)
    animals = [f"{sound}{vowel}t" for sound in "bcfhmprs" for vowel in "aeiou"]
    tokenizer = Tokenizer.train("byte", ["a"], 0)
    tokenizer.save(folder / "tokenizer.json")
    chars = {}
    for side, share in (("train", 0.8), ("val", 0.2)):
        groups, texts = [], []
        for _ in range(round(documents * share)):
            group = dice.randrange(len(animals) // 2) * 2 + (side == "val")
            verb, place = dice.choice(("sat", "ran", "hid")), dice.choice(("mat", "log", "bed"))
            texts.append(f"{animals[group]} {verb} on a {place}." + "!" * dice.randrange(longest - 20))
            groups.append(group)
        if long:
            texts, groups = [" ".join(texts * 4)], [0]
        lines = [[tokenizer.bos, *tokenizer.encode(text), tokenizer.eos] for text in texts]
        np.save(folder / f"{side}.npy", np.concatenate(lines).astype(np.uint16))
        np.save(folder / f"{side}_docs.npy", np.cumsum([0, *map(len, lines)]))
        np.save(folder / f"{side}_groups.npy", np.array(groups))
        chars[f"{side}_chars"] = sum(map(len, texts))
    facts = {"vocab": tokenizer.vocab, "bos": tokenizer.bos, "eos": tokenizer.eos, "dtype": "uint16", **chars}
    (folder / "tokens.json").write_text(json.dumps(facts))
    return folder
