"""Windows a second: scoring a text by the block rule, beside one window at a time.

    python benchmarks/scoring.py [--text FILE] [--characters 250000] [--repeats 5] [--json]

A model of 10.7 M parameters (6 layers, 6 heads, 384 wide, context 256, characters, the modern layout) scores a text by
``greenlight.metrics.bpc``, encoding and all. Beside it, the same model as anyone would write it (``plain.py``), in fp32
with all of PyTorch's threads, one window of 256 a time. The two take turns, and medians are compared.

The score is computed in fp32, and in bf16 too where the machine multiplies matrices faster in it
(``machine.precision``). Where it does not, bf16 is emulated and not timed, and its difference from fp32 is measured on
the first ``--short`` characters. For that to mean anything the model has learned something: ``--steps`` steps on what
follows the text.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import torch
from plain import Plain
from torch.nn import functional as F
from twin import plain_of

from greenlight.gpt import machine
from greenlight.gpt.player import ModelPlayer, open_player
from greenlight.metrics.bpc import score_text
from greenlight.progress import SILENT

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "data" / "shakespeare" / "large.txt"
CONTEXT = 256


def source(path: Path | None, characters: int) -> tuple[str, str]:
    """The text to score, and another to learn from."""
    path = path or (TEXT if TEXT.exists() else None)
    if path is not None:
        text = path.read_text("utf-8")
    else:
        dice = random.Random(1)
        words = ["".join(dice.choices("etaoinshrdlu", k=dice.randint(2, 9))) for _ in range(3000)]
        text = " ".join(dice.choices(words, k=characters // 2))
    if len(text) < 2 * characters:
        raise SystemExit(f"the text has {len(text):,} characters, {2 * characters:,} are needed")
    return text[:characters], text[characters : characters + 2_000_000]


def trained(text: str, steps: int, folder: Path) -> Path:
    """The model, after a few steps: its folder."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from greenlight import recipe
    from greenlight.gpt.fit import fit
    from greenlight.tokens import encode_corpus

    pq.write_table(pa.Table.from_pylist([{"topic": "", "control": "", "body": text}]), folder / "kept.parquet")
    train = recipe.Train(steps=steps, batch=8, evals=1, packing="stream", precision="fp32", device="cpu")
    (folder / "tokens").mkdir()
    tokens = encode_corpus(recipe.Tokenizer(use="char"), CONTEXT, train, folder, folder / "tokens", SILENT)
    arch = recipe.Model(layers=6, heads=6, width=384, context=CONTEXT).resolve(tokens["vocab"])
    fit(arch, train, folder / "tokens", folder / "model", 1, SILENT, None)
    return folder / "model"


def plain(model: Plain, player: ModelPlayer, text: str) -> float:
    """Bits per character: batch 1, window after window."""
    line = torch.tensor([player.tokenizer.bos, *player.tokenizer.encode(text)])
    nats = 0.0
    with torch.no_grad():
        for first in range(0, len(line) - 1, CONTEXT):
            inputs, targets = line[first : first + CONTEXT][None], line[first + 1 : first + CONTEXT + 1]
            logits = model(inputs)[0, : len(targets)]
            nats += float(F.cross_entropy(logits, targets, reduction="sum"))
    return nats / len(text) / math.log(2)


def bpc(player: ModelPlayer, text: str) -> float:
    found: float = score_text(player, text, "block", SILENT)["bpc"]
    return found


def clocked(work: Any) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    value = work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "bpc": value}


def measure(given: argparse.Namespace) -> dict[str, Any]:
    text, other = source(given.text, given.characters)
    native: machine.Precision = machine.precision(machine.device("cpu"))
    with tempfile.TemporaryDirectory() as aside:
        folder = trained(other, given.steps, Path(aside))
        fine, coarse = (open_player(folder, "cpu", precision=p) for p in ("fp32", "bf16"))
    slow = plain_of(fine.model)
    ways = {"plain fp32": lambda: plain(slow, fine, text), "fp32": lambda: bpc(fine, text)}
    if native == "bf16":
        ways["bf16"] = lambda: bpc(coarse, text)
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(given.repeats):
        for name, way in ways.items():
            rows[name].append(clocked(way))
    short = text if native == "bf16" else text[: given.short]
    pair = [bpc(fine, short), bpc(coarse, short)]
    found: dict[str, Any] = {"characters": len(text), "threads": torch.get_num_threads(), "torch": torch.__version__}
    for name, times in rows.items():
        found[name] = {unit: median(one[unit] for one in times) for unit in ("wall", "cpu", "bpc")}
        found[name] |= {"walls": [one["wall"] for one in times]}
        for unit in ("wall", "cpu"):
            pairs = [a[unit] / b[unit] for a, b in zip(rows["plain fp32"], times, strict=True)]
            found[name][f"ratio_{unit}"] = median(pairs)
    found["native"] = native
    found["bf16_differs"] = {"characters": len(short), "fp32": pair[0], "bf16": pair[1], "by": pair[1] - pair[0]}
    return found


def table(found: dict[str, Any]) -> str:
    lines = [f"{found['characters']:,} characters, {found['threads']} threads, torch {found['torch']}"]
    lines.append(f"{'':<12}{'seconds':>9}{'lowest':>9}{'highest':>9}{'CPU s':>9}{'ratio':>8}{'by CPU':>8}{'BPC':>10}")
    for name in ("plain fp32", "fp32", "bf16"):
        if name in found:
            one = found[name]
            lines.append(
                f"{name:<12}{one['wall']:>9.2f}{min(one['walls']):>9.2f}{max(one['walls']):>9.2f}{one['cpu']:>9.2f}"
                f"{one['ratio_wall']:>8.2f}{one['ratio_cpu']:>8.2f}{one['bpc']:>10.5f}"
            )
    off = found["bf16_differs"]
    lines.append(
        f"bf16 against fp32 over {off['characters']:,} characters: {off['bf16']:.5f} − {off['fp32']:.5f} = "
        f"{off['by']:+.6f} BPC" + ("" if found["native"] == "bf16" else " (bf16 is emulated here, and not timed)")
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--text", type=Path, help="UTF-8; default: ../shared/data/shakespeare/large.txt, else made text"
    )
    parser.add_argument("--characters", type=int, default=250_000)
    parser.add_argument("--short", type=int, default=25_000)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given)
    print(json.dumps(found) if given.json else table(found))


if __name__ == "__main__":
    main()
