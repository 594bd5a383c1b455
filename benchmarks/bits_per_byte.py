"""Bits per byte as lm-evaluation-harness computes them, beside Greenlight's, of the same models on the same texts.

    python benchmarks/bits_per_byte.py [--text FILE] [--json]

Needs lm-evaluation-harness, in an environment of its own that also sees Greenlight:

    python -m venv --system-site-packages harness && harness/bin/pip install "lm-eval[hf]==0.4.13" -e .

Three small models are trained here, one for each tokenizer, and exported as Hugging Face folders: the run's own
``config.json``, ``model.safetensors`` and ``tokenizer.json``, and a ``tokenizer_config.json`` that names the start and
end tokens. The harness opens them with ``--model hf`` and runs a local task of ``output_type: loglikelihood_rolling``;
nothing comes from a hub.

The harness's rolling rule (``max_length`` tokens, ``context_len`` 1) is Greenlight's ``block`` rule but for the last
window: it takes a full window that ends with the text, of which only the tokens that are left are scored, so these see
more than ``block`` shows them. Where the tokens fill their windows, or fit into one, the two are the same figure; for
any other text the harness's rule is written out here over Greenlight's player. Exits with 1 where figures that must be
equal differ by more than 1e-4.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONTEXT, STEPS, TOLERANCE = 96, 150, 1e-4
USES = ("char", "byte", "bpe")
TASK = """task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {data}
test_split: test
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{{{text}}}}"
metric_list:
  - metric: bits_per_byte
metadata:
  version: 1
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--text", type=Path, help="UTF-8; default: this repository's README and docs")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    # before the harness is imported: nothing may be looked up anywhere
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    with tempfile.TemporaryDirectory() as aside:
        os.environ["HF_HOME"] = os.environ["HF_DATASETS_CACHE"] = f"{aside}/cache"
        try:
            import lm_eval  # noqa: F401
        except ImportError as error:
            print(f"skipped: lm-evaluation-harness is not here ({error}); --help says how to install it")
            return
        rows = compared(_source(given.text), Path(aside))
    worst = max(row["apart"] for row in rows)
    if given.json:
        print(json.dumps({"rows": rows, "worst": worst, "tolerance": TOLERANCE, "context": CONTEXT}))
    else:
        print(_table(rows))
        print(f"largest difference of figures that must be equal: {worst:.1e} (allowed {TOLERANCE:.0e})")
    sys.exit(worst > TOLERANCE)


def _source(path: Path | None) -> str:
    if path is not None:
        return path.read_text(encoding="utf-8")
    return "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))))


def compared(text: str, folder: Path) -> list[dict[str, Any]]:
    """One row for each model and text, with both figures by each rule."""
    from greenlight.gpt.player import open_player
    from greenlight.metrics.bpc import score_text
    from greenlight.progress import SILENT

    middle = int(0.9 * len(text))
    rows = []
    for use in USES:
        exported = export(use, text[:middle], folder / use)
        player = open_player(exported)
        texts = {
            "windows filled": _filled(player.tokenizer, text[middle:], 12 * CONTEXT),
            "one window": _filled(player.tokenizer, text[middle:], CONTEXT - 7),
            "any length": _filled(player.tokenizer, text[middle:], 7 * CONTEXT + CONTEXT // 3),
        }
        theirs = harness(exported, texts, folder / use)
        for name, body in texts.items():
            row = {"tokenizer": use, "text": name, "characters": len(body), "bytes": len(body.encode())}
            row |= {rule: score_text(player, body, rule, SILENT)["bpb"] for rule in ("block", "strided")}
            row |= {"harness": theirs[name], "harness_rule": rolling(player, body)}
            same = [row["harness_rule"]] + ([row["block"]] if name != "any length" else [])
            row["apart"] = max(abs(value - row["harness"]) for value in same)
            rows.append(row)
    return rows


def export(use: str, text: str, folder: Path) -> Path:
    """A small model trained on a text, as a folder that Hugging Face's classes open."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from greenlight import recipe
    from greenlight.gpt.fit import fit
    from greenlight.progress import SILENT
    from greenlight.tokens import encode_corpus

    (folder / "tokens").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([{"topic": "", "control": "", "body": text}]), folder / "kept.parquet")
    train = recipe.Train(steps=STEPS, batch=8, lr=0.01, evals=1, packing="stream", precision="fp32", device="cpu")
    tokenizer = recipe.Tokenizer(use=use, vocab=512)
    facts = encode_corpus(tokenizer, CONTEXT, train, folder, folder / "tokens", SILENT)
    arch = recipe.Model(layers=2, width=64, heads=2, context=CONTEXT).resolve(facts["vocab"])
    fit(arch, train, folder / "tokens", folder / "run", 1, SILENT, None)
    out = folder / "exported"
    out.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        shutil.copyfile(folder / "run" / name, out / name)
    names = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|start|>", "eos_token": "<|end|>"}
    (out / "tokenizer_config.json").write_text(json.dumps(names))
    return out


def _filled(tokenizer: Any, text: str, tokens: int) -> str:
    """The longest beginning of a text that is written in at most so many tokens, ``tokens`` where a cut allows it."""
    ids, starts = tokenizer.encode_with_offsets(text)
    if len(ids) <= tokens:
        raise SystemExit(
            f"the last tenth of the text has {len(ids)} tokens, {tokens + 1} are needed: give a longer one"
        )
    for count in range(tokens, 0, -1):
        body: str = text[: starts[count]]
        if len(tokenizer.encode(body)) == tokens:
            return body
    for end in range(starts[tokens], len(text)):  # a cut inside a word is written in other tokens
        if len(tokenizer.encode(text[:end])) == tokens:
            return text[:end]
    raise SystemExit(f"no beginning of the text is {tokens} tokens long")


def harness(model: Path, texts: dict[str, str], folder: Path) -> dict[str, float]:
    """``bits_per_byte`` of each text by lm-evaluation-harness."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    tasks = folder / "tasks"
    tasks.mkdir()
    names = {name: f"greenlight_{name.replace(' ', '_')}" for name in texts}
    for name, body in texts.items():
        data = tasks / f"{names[name]}.jsonl"
        data.write_text(json.dumps({"text": body}) + "\n")
        (tasks / f"{names[name]}.yaml").write_text(TASK.format(name=names[name], data=data))
    found = lm_eval.simple_evaluate(
        model="hf",
        model_args={"pretrained": str(model), "dtype": "float32", "max_length": CONTEXT},
        tasks=list(names.values()),
        task_manager=TaskManager(include_path=str(tasks), include_defaults=False),
        device="cpu",
        batch_size=4,
        bootstrap_iters=0,
    )
    return {name: found["results"][task]["bits_per_byte,none"] for name, task in names.items()}


def rolling(player: Any, text: str) -> float:
    """The harness's rolling rule over Greenlight's player, in bits per byte."""
    import numpy as np

    line = [player.tokenizer.bos, *player.tokenizer.encode(text)]
    places = len(line) - 1
    total = 0.0
    for first in range(0, places, CONTEXT):
        end = min(first + CONTEXT, places)
        start = max(0, end - CONTEXT) if first else 0  # the last window is a full one
        inputs = np.array([line[start:end]])
        targets = np.full_like(inputs, -1)
        targets[0, first - start :] = line[first + 1 : end + 1]
        total += float(player.nats(inputs, targets).sum())
    return total / len(text.encode()) / math.log(2)


def _table(rows: list[dict[str, Any]]) -> str:
    head = ("tokenizer", "text", "bytes", "harness", "block", "harness's rule", "strided")
    keys = ("tokenizer", "text", "bytes", "harness", "block", "harness_rule", "strided")
    cells = [[f"{row[k]:.6f}" if isinstance(row[k], float) else str(row[k]) for k in keys] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = [head, *cells]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


if __name__ == "__main__":
    main()
