"""A tokens folder as ``tokens.py`` writes it, made of a small grammar; and the smallest run on it."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from greenlight.gpt import checkpoint, machine
from greenlight.gpt.player import open_player
from greenlight.nouns import Architecture
from greenlight.recipe import Model, Train
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


def arch(context: int = 48, **options: Any) -> Architecture:
    return Model(**{"layers": 2, "width": 32, "heads": 1, "context": context, **options}).resolve(258)


def train(**options: Any) -> Train:
    steps = {} if "epochs" in options else {"steps": 30}
    return Train(**{**steps, "batch": 4, "warmup": 3, "evals": 3, "precision": "fp32", "device": "cpu", **options})


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def val_nats(folder: Path, tokens: Path, precision: machine.Precision = "fp32") -> float:
    """The validation loss of a saved model, by the player: every document in a row of its own."""
    player = open_player(folder, threads=1, precision=precision)
    line, offsets = np.load(tokens / "val.npy").astype(np.int64), np.load(tokens / "val_docs.npy")
    longest = int(np.diff(offsets).max()) - 1
    inputs = np.zeros((len(offsets) - 1, longest), dtype=np.int64)
    targets = np.full_like(inputs, -1)
    for row, (start, stop) in enumerate(pairwise(offsets)):
        inputs[row, : stop - start - 1] = line[start : stop - 1]
        targets[row, : stop - start - 1] = line[start + 1 : stop]
    return float(player.nats(inputs, targets).sum() / (targets >= 0).sum())


CHILD = """
import json, sys
from pathlib import Path
from greenlight.gpt import fit
from greenlight.nouns import Architecture, fingerprint
from greenlight.progress import SILENT
from greenlight.recipe import Train
job = json.loads(sys.argv[1])
fit.SAVE_SECONDS = 0.0
arch, train = Architecture(**job["arch"]), Train(**job["train"])
fit.fit(arch, train, Path(job["tokens"]), Path(job["run"]), 5, SILENT, job["threads"])
"""


def plan_of(run: Path) -> tuple[str]:
    """The fingerprint that a state carries, so that any state is read."""
    try:
        return (json.loads(state_header(run)["progress"])["plan"],)
    except (OSError, ValueError, KeyError):
        return ("",)


def state_header(run: Path) -> dict[str, str]:
    with open(run / checkpoint.STATE, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header: dict[str, str] = json.loads(file.read(size))["__metadata__"]
    return header
