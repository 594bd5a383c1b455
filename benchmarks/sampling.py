"""Tokens a second: sampling many documents, beside one at a time without a cache.

    python benchmarks/sampling.py [--documents 200] [--repeats 5] [--json]

A model of 10.7 M parameters (6 layers, 6 heads, 384 wide, context 256, 100 tokens, the modern layout, random weights,
fp32) writes 200 documents of 256 tokens: no token ends a document, so all are equally long. Beside it, the same model
as anyone would write it (``benchmarks/plain.py``), with all of PyTorch's threads, one document at a time, the whole
text read again for each token. That is measured on ``--plain`` documents, since each costs the same. The two take
turns, and medians are compared. Every document's tokens are drawn from the same kind of distribution, temperature 1.

Two things are checked beside: that the two models give the same logits (or nothing is measured), and that documents
are the same, token for token, when drawn alone.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from plain import Plain
from twin import model_of

from greenlight.gpt import machine
from greenlight.gpt.player import ModelPlayer
from greenlight.players import Sampling
from greenlight.progress import SILENT

TOKENS, VOCAB = 256, 100


@dataclass
class NoEnd:
    """What the sampler needs of a tokenizer; the document end is no token of the model."""

    bos: int = 0
    eos: int = -1


def plain(model: Plain, documents: int, seed: int) -> None:
    """One document at a time; every token reads all before it once more."""
    dice = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _ in range(documents):
            ids = torch.zeros(1, 1, dtype=torch.long)
            for _ in range(TOKENS):
                logits = model(ids)[0, -1]
                logits[NoEnd.bos] = -torch.inf
                ids = torch.cat((ids, torch.multinomial(logits.softmax(-1), 1, generator=dice)[None]), 1)


def say(player: ModelPlayer, seeds: list[int]) -> list[tuple[int, ...]]:
    with SILENT.bar("sampling", len(seeds), "documents") as bar:
        said = player.say([[NoEnd.bos]] * len(seeds), seeds, Sampling(TOKENS), bar)
    assert all(len(one.ids) == TOKENS for one in said)
    return [one.ids for one in said]


def clocked(work: Any) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--plain", type=int, default=2, help="documents of the plain way")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    machine.keep_freed_memory()
    model, slow = model_of(VOCAB)
    player = ModelPlayer(model, NoEnd(), TOKENS, 64, None, {})  # type: ignore[arg-type] (bos and eos are all it uses)
    seeds = list(range(given.documents))
    plain(slow, 1, 0)
    whole = say(player, seeds)
    alone = [n for n in (0, given.documents // 2, given.documents - 1) if say(player, [n]) != [whole[n]]]
    rows: dict[str, list[dict[str, float]]] = {"plain": [], "greenlight": []}
    counts = {"plain": given.plain * TOKENS, "greenlight": given.documents * TOKENS}
    for repeat in range(given.repeats):
        rows["plain"].append(clocked(lambda: plain(slow, given.plain, repeat)))  # noqa: B023 (called at once)
        rows["greenlight"].append(clocked(lambda: say(player, seeds)))
    found: dict[str, Any] = {"threads": torch.get_num_threads(), "torch": torch.__version__, "alone_differs": alone}
    for name, times in rows.items():
        rates = [counts[name] / one["wall"] for one in times]
        cpu = median(one["cpu"] for one in times) / counts[name] * 1000
        found[name] = {"tokens": counts[name], "rates": rates, "tokens_per_second": median(rates), "cpu_ms": cpu}
    pairs = [b / a for a, b in zip(found["plain"]["rates"], found["greenlight"]["rates"], strict=True)]
    found["ratio"], found["ratio_cpu"] = median(pairs), found["plain"]["cpu_ms"] / found["greenlight"]["cpu_ms"]
    print(json.dumps(found) if given.json else table(found))


def table(found: dict[str, Any]) -> str:
    lines = [f"{'':<12}{'tokens':>8}{'tokens/s':>10}{'lowest':>9}{'highest':>9}{'CPU ms a token':>16}"]
    for name in ("plain", "greenlight"):
        one = found[name]
        lines.append(
            f"{name:<12}{one['tokens']:>8,}{one['tokens_per_second']:>10,.0f}{min(one['rates']):>9,.0f}"
            f"{max(one['rates']):>9,.0f}{one['cpu_ms']:>16.3f}"
        )
    same = f"differ: documents {found['alone_differs']}" if found["alone_differs"] else "are the same"
    lines.append(f"greenlight / plain: {found['ratio']:.1f} × (median of the pairs), {found['ratio_cpu']:.1f} × by CPU")
    lines.append(f"documents drawn alone {same}; {found['threads']} threads, fp32, torch {found['torch']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
