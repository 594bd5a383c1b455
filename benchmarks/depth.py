"""The rule behind ``model.depth``: validation loss over learning rates and batches, for models of 2, 3 and 4 layers.

    python benchmarks/depth.py [--text FILE] [--depths 2 3 4] [--tokens 2000000] [--out FILE] [--json]

Each run trains a ``modern`` model of ``depth`` layers, 64 · depth wide with ``depth`` heads of 64, on the first 95 % of
the text (a BPE of 1,024 tokens made of it) for equally many tokens, and scores the rest. One factor is moved at a time
from the middle of the grid, and the two learning rates also together. One seed, fp32: what is read off is the shape
of a valley, not a difference between two neighbours. Runs are kept in ``--out`` as they end, so the same command goes
on after an interruption.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "data" / "shakespeare" / "large.txt"
CONTEXT, VOCAB, SEED = 256, 1024, 1
MUON, ADAM, ROWS = (0.01, 0.02, 0.04), (0.003, 0.01, 0.03), (4, 8, 16)


def grid() -> list[tuple[float, float, int]]:
    """(muon_lr, lr, rows of 256 tokens): the plane of the rates at 8 rows, then the rows."""
    plane = [(muon, adam, 8) for muon, adam in itertools.product(MUON, ADAM)]
    middle = sorted(plane, key=lambda run: (run[0] != 0.02) + (run[1] != 0.01))
    return [*middle, *((0.02, 0.01, rows) for rows in ROWS if rows != 8)]


def tokens_of(text: Path, folder: Path) -> Path:
    """A tokens folder of the text."""
    from greenlight.tokenizer import Tokenizer

    body = text.read_text("utf-8")
    border = int(0.95 * len(body))
    parts = {"train": body[:border], "val": body[border:]}
    made = Tokenizer.train("bpe", [parts["train"]], VOCAB)
    facts: dict[str, Any] = {"vocab": made.vocab, "bos": made.bos, "eos": made.eos}
    folder.mkdir(parents=True)
    for name, part in parts.items():
        line = np.array([made.bos, *made.encode(part)], dtype=np.uint16)
        np.save(folder / f"{name}.npy", line)
        np.save(folder / f"{name}_docs.npy", np.array([0, len(line)]))
        np.save(folder / f"{name}_groups.npy", np.array([0]))
        facts[f"{name}_chars"] = len(part)
    (folder / "tokens.json").write_text(json.dumps(facts))
    return folder


def run(depth: int, setting: tuple[float, float, int], tokens: Path, budget: int, threads: int) -> dict[str, Any]:
    """One model, and what it came to in bits a character."""
    from greenlight.gpt.fit import fit
    from greenlight.progress import SILENT
    from greenlight.recipe import Model, Train

    muon, adam, rows = setting
    arch = Model(layers=depth, width=64 * depth, heads=depth, context=CONTEXT).resolve(VOCAB)
    steps = budget // (rows * CONTEXT)
    train = Train(
        steps=steps, batch=rows, packing="stream", muon_lr=muon, lr=adam, warmup=steps // 50, evals=1, precision="fp32"
    )
    with tempfile.TemporaryDirectory() as folder:
        facts = fit(arch, train, tokens, Path(folder), SEED, SILENT, threads)
    bpc = facts["last_val_loss_char"] / math.log(2)
    row = {"depth": depth, "parameters": facts["parameters"], "muon_lr": muon, "lr": adam, "rows": rows}
    return {**row, "steps": steps, "val_bpc": bpc, "seconds": facts["seconds"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, default=TEXT)
    parser.add_argument("--depths", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--tokens", type=int, default=2_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("depth.jsonl"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    with tempfile.TemporaryDirectory() as folder:
        tokens = tokens_of(options.text, Path(folder) / "tokens")
        for depth, setting in itertools.product(options.depths, grid()):
            if any((row["depth"], row["muon_lr"], row["lr"], row["rows"]) == (depth, *setting) for row in rows):
                continue
            rows.append(run(depth, setting, tokens, options.tokens, options.threads))
            with options.out.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
    if options.json:
        print(json.dumps(rows))
        return
    for row in sorted(rows, key=lambda row: (row["depth"], row["val_bpc"])):
        print("{depth:>2}{parameters:>11,}{muon_lr:>7}{lr:>7}{rows:>4}{steps:>6}{val_bpc:>8.4f}".format(**row))


if __name__ == "__main__":
    main()
