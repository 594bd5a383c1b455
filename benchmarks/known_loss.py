"""Seconds from a cold start to 1.4697 nats a character on tiny Shakespeare, a figure known from a datacentre's GPU.

    python benchmarks/known_loss.py [--text FILE] [--seeds 3] [--json]

The text's first 90 % is trained on, all of its last 10 % is scored, by the block rule: windows side by side, each of
tokens that together see at most 256 characters, the token before a window (its first input) included; nothing outside
a window is seen. The well-known recipe (10.7 M parameters on characters, 5,000 steps of 64 × 256) reports 1.4697 under
that context. The model here reads a BPE of 1,024 tokens made of the training side; nats of all tokens are summed and
divided by characters, so the unit is the same, and a token that is chosen with sight of the next characters pays for
them. Nothing of the last 10 % is seen before the score.

A run is a process of its own, and its time is all of that process: imports, the BPE, encoding, training by
``greenlight.gpt.fit`` with its validation, and the saved model. Afterwards, outside the time, the saved model is opened
from its folder and scored in fp32, and that loss is the one that counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

TARGET, CHARACTERS, VOCAB, FIRST_SEED = 1.4697, 256, 1024, 7001
ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "data" / "shakespeare" / "tiny.txt"

MODEL: dict[str, Any] = {"layers": 3, "width": 192, "heads": 3, "context": 128, "dropout": 0.1}
TRAIN: dict[str, Any] = {
    "steps": 1100,
    "batch": 16,
    "packing": "stream",
    "lr": 0.01,
    "muon_lr": 0.02,
    "warmup": 20,
    "evals": 1,
}


def sides(text: Path) -> tuple[str, str]:
    """What is trained on, and what is scored."""
    body = text.read_text("utf-8")
    border = int(0.9 * len(body))
    return body[:border], body[border:]


def run(text: Path, folder: Path, seed: int, threads: int) -> dict[str, Any]:
    """The product's own parts, as ``greenlight run`` calls them."""
    import numpy as np

    from greenlight.gpt.fit import fit
    from greenlight.progress import SILENT
    from greenlight.recipe import Model, Train
    from greenlight.tokenizer import Tokenizer

    train, val = sides(text)
    made = Tokenizer.train("bpe", [train], VOCAB)
    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    made.save(tokens / "tokenizer.json")
    counts = {"vocab": made.vocab, "bos": made.bos, "eos": made.eos, "train_chars": len(train), "val_chars": len(val)}
    for name, part in (("train", train), ("val", val)):
        line = np.array([made.bos, *made.encode(part)], dtype=np.uint16)
        np.save(tokens / f"{name}.npy", line)
        np.save(tokens / f"{name}_docs.npy", np.array([0, len(line)]))
        np.save(tokens / f"{name}_groups.npy", np.array([0]))
    (tokens / "tokens.json").write_text(json.dumps(counts))
    facts = fit(Model(**MODEL).resolve(made.vocab), Train(**TRAIN), tokens, folder / "model", seed, SILENT, threads)
    return {name: facts[name] for name in ("parameters", "steps", "tokens_seen", "epochs", "precision", "threads")}


def windows(sizes: list[int], most: int) -> list[tuple[int, int]]:
    """``(first, end)`` of the targets of each window; ``sizes`` are the characters of each token, the start's 0.

    The inputs of a window are the tokens ``first − 1 … end − 2``, and have at most ``CHARACTERS`` characters together.
    """
    found, first = [], 1
    while first < len(sizes):
        seen, end = sizes[first - 1], first + 1
        while end < len(sizes) and seen + sizes[end - 1] <= CHARACTERS and end - first < most:
            seen += sizes[end - 1]
            end += 1
        found.append((first, end))
        first = end
    return found


def loss(text: Path, folder: Path) -> float:
    """Nats a character of the saved model over all of the scored side."""
    import numpy as np

    from greenlight.gpt.player import open_player

    player, val = open_player(folder / "model"), sides(text)[1]
    ids, starts = player.tokenizer.encode_with_offsets(val)
    ids, ends = [player.tokenizer.bos, *ids], [*starts[1:], len(val)]
    cut = windows([0, *(end - start for start, end in zip(starts, ends, strict=True))], player.context)
    width = max(end - first for first, end in cut)
    inputs, targets = np.zeros((len(cut), width), np.int64), np.full((len(cut), width), -1)
    for row, (first, end) in enumerate(cut):
        inputs[row, : end - first], targets[row, : end - first] = ids[first - 1 : end - 1], ids[first:end]
    assert (targets >= 0).sum() == len(ids) - 1, "every token is scored once"
    return float(player.nats(inputs, targets).sum() / len(val))


def timed(text: Path, folder: Path, seed: int, threads: int) -> dict[str, Any]:
    """Starts one run as a process and waits for it: its facts, its wall seconds and its processor seconds."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", str(folder), "--text", str(text)]
    command += ["--seed", str(seed), "--threads", str(threads)]
    before, start = os.times(), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    facts = json.loads(done.stdout.splitlines()[-1])
    return {"seed": seed, "wall": wall, "cpu": cpu, "loss": loss(text, folder), **facts}


def table(rows: list[dict[str, Any]]) -> str:
    lines = [f"{'seed':>6}{'params':>11}{'tokens':>11}{'loss':>9}{'wall s':>9}{'cpu s':>9}  precision"]
    for row in rows:
        lines.append(
            f"{row['seed']:>6}{row['parameters']:>11,}{row['tokens_seen']:>11,}{row['loss']:>9.4f}"
            f"{row['wall']:>9.1f}{row['cpu']:>9.1f}  {row['precision']}, {row['threads']} threads"
        )
    reached = [row for row in rows if row["loss"] <= TARGET]
    lines.append(
        f"median {median(row['wall'] for row in rows):.1f} s wall, {median(row['cpu'] for row in rows):.1f} s "
        f"processor; {len(reached)} of {len(rows)} runs at {TARGET} or under"
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, default=TEXT, help=f"default: {TEXT.relative_to(ROOT.parent)}")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.text.is_file():
        parser.error(f"{options.text} does not exist: give the text of tiny Shakespeare with --text")
    if options.child:
        print(json.dumps(run(options.text, options.child, options.seed, options.threads)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
        rows = [timed(options.text, Path(temporary) / str(seed), seed, options.threads) for seed in seeds]
    print(json.dumps({"target": TARGET, "rows": rows}) if options.json else table(rows))


if __name__ == "__main__":
    main()
