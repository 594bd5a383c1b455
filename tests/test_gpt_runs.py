"""What a recipe can ask of a run: seeds apart, averaged weights, checkpoints, stops; and how it ends when it must."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gpt_tokens import CHILD, arch, lines, plan_of, train, val_nats, write_tokens
from safetensors import safe_open

from greenlight.errors import RoundError
from greenlight.gpt import checkpoint, machine
from greenlight.gpt import fit as fitting
from greenlight.gpt.data import Side
from greenlight.gpt.fit import fit
from greenlight.gpt.machine import Team
from greenlight.gpt.model import Decoder
from greenlight.gpt.optim import Optimiser
from greenlight.nouns import fingerprint
from greenlight.progress import SILENT
from greenlight.recipe import Model
from greenlight.store import file_sha256


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with machine.threads(1):
        yield


def test_the_parts_of_a_seed_can_be_held_still(tmp_path: Path) -> None:
    """Each of the three seeds moves its own part alone, and stating the round's own seed for all changes nothing."""
    tokens, shape = write_tokens(tmp_path / "tokens"), arch(dropout=0.2)
    runs = (name for name in map(str, range(99)))

    def weights(seed: int, **options: Any) -> str:
        run = tmp_path / next(runs)
        fit(shape, train(steps=4, **options), tokens, run, seed, SILENT, 1)
        return torch_sum(run)

    own = {"init_seed": 1, "order_seed": 1, "dropout_seed": 1}
    plain = weights(1)
    assert weights(2, **own) == plain
    assert len({plain, *(weights(1, **{name: 2}) for name in own)}) == 4
    assert weights(2, init_seed=1, dropout_seed=1) == weights(1, order_seed=2)


def torch_sum(run: Path) -> str:
    """A hash of the weights, without what the file says of its seed."""
    with safe_open(run / "model.safetensors", "pt") as file:
        return fingerprint({name: file.get_tensor(name).double().sum().item() for name in file.keys()})  # noqa: SIM118


def test_averaged_weights_are_an_average_and_go_on_after_an_interruption(tmp_path: Path) -> None:
    model = Decoder(arch(), 1)
    optimiser = Optimiser(model, train(ema=0.75))
    shown, seen = optimiser.averaged(), [model.matrices.detach().clone()]
    assert shown is not model
    for step in range(40):
        grads = {name: torch.randn_like(p) for name, p in model.named_parameters()}
        optimiser.step(grads, step, 1.0, Team(1))
        seen.append(model.matrices.detach().clone())
    mean = seen[0]
    for step, weights in enumerate(seen[1:]):
        keep = min(0.75, (step + 1) / (step + 10))
        mean = keep * mean + (1 - keep) * weights
    torch.testing.assert_close(shown.matrices.detach(), mean)
    assert Optimiser(model, train()).averaged() is model
    assert optimiser.state()["average.matrices"].data_ptr() == shown.matrices.data_ptr(), "it is saved and restored"


def test_averaged_weights_are_validated_and_kept(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens")
    facts = fit(arch(), train(ema=0.9, decay=0.0), tokens, tmp_path / "mean", 1, SILENT, 1)
    plain = fit(arch(), train(decay=0.0), tokens, tmp_path / "plain", 1, SILENT, 1)
    assert val_nats(tmp_path / "mean", tokens) == pytest.approx(facts["kept_val_loss"], abs=2e-5)
    assert facts["kept_val_loss"] != plain["kept_val_loss"]
    assert [row["batch_loss"] for row in lines(tmp_path / "mean")] == [
        row["batch_loss"] for row in lines(tmp_path / "plain")
    ], "the run itself is the same"


def test_every_checkpoint_says_what_it_is(tmp_path: Path) -> None:
    tokens, run = write_tokens(tmp_path / "tokens"), tmp_path / "run"
    facts = fit(arch(), train(save_every=12, keep="best"), tokens, run, 3, SILENT, 1)
    names = sorted(path.name for path in run.glob("step-*"))
    assert names == ["step-00000012.safetensors", "step-00000024.safetensors"]
    about = {}
    for name in (*names, "model.safetensors"):
        with safe_open(run / name, "pt") as file:
            about[name] = json.loads(file.metadata()["greenlight"])
            assert file.metadata()["format"] == "pt"
    assert [about[name]["step"] for name in names] == [12, 24]
    said = about["model.safetensors"]
    assert said["step"] == facts["kept_step"]
    assert (said["seed"], said["precision"], said["architecture"]) == (3, "fp32", arch().data())
    assert said["tokenizer"] == file_sha256(tokens / "tokenizer.json")
    assert said["data"] == file_sha256(tokens / "tokens.json")
    assert said["torch"] == torch.__version__
    assert len(said["code"]) == 64
    fit(arch(), train(save_every=20), tokens, run, 3, SILENT, 1)
    assert [path.name for path in run.glob("step-*")] == ["step-00000020.safetensors"], "another run's are removed"


def test_a_time_budget_ends_a_run_with_a_model(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens")
    facts = fit(arch(), train(steps=10**6, max_minutes=0.02), tokens, tmp_path / "run", 1, SILENT, 1)
    assert facts["stopped"] == "max_minutes"
    assert 0 < facts["steps"] < facts["planned_steps"] == 10**6
    assert facts["kept_step"] == facts["steps"] == lines(tmp_path / "run")[-1]["step"]
    assert facts["repeatable"] is False
    assert val_nats(tmp_path / "run", tokens) == pytest.approx(facts["kept_val_loss"], abs=2e-5)
    assert fit(arch(), train(), tokens, tmp_path / "whole", 1, SILENT, 1)["stopped"] == "steps"


def test_the_control_line_need_not_be_learned(tmp_path: Path) -> None:
    """The loss is that of the body alone, and so is what a character of it costs."""
    tokens = write_tokens(tmp_path / "tokens")
    known = json.loads((tokens / "tokens.json").read_text())
    for side in ("train", "val"):
        groups = np.load(tokens / f"{side}_groups.npy")
        np.save(tokens / f"{side}_prompts.npy", np.full(len(groups), 4))
        known[f"{side}_body_chars"] = known[f"{side}_chars"] - 4 * len(groups)
    (tokens / "tokens.json").write_text(json.dumps(known))
    facts = fit(arch(), train(learn="body"), tokens, tmp_path / "run", 1, SILENT, 1)
    side = Side(tokens, "val", 48, "documents", "body")
    per_char = facts["kept_val_loss"] * side.targets / known["val_body_chars"]
    assert facts["kept_val_loss_char"] == pytest.approx(per_char)
    whole = fit(arch(), train(), tokens, tmp_path / "whole", 1, SILENT, 1)
    assert facts["tokens_seen"] < whole["tokens_seen"]


@pytest.mark.parametrize(
    ("model", "batch", "way_out"),
    [
        ({"layers": 2, "width": 64, "heads": 2, "context": 64}, 8, "train.batch or model.context"),
        ({"layers": 2, "width": 64, "heads": 2, "context": 2048}, 8, "model.context"),
        ({"layers": 12, "width": 1024, "heads": 16, "context": 64}, 1, "model.depth or model.width"),
        ({"layers": 1, "width": 256, "heads": 4, "context": 64, "vocab": 50_259}, 1, "tokenizer.vocab"),
    ],
)
def test_what_to_set_lower_is_what_takes_the_memory(model: dict[str, Any], batch: int, way_out: str) -> None:
    shape = Model(**{key: value for key, value in model.items() if key != "vocab"}).resolve(model.get("vocab", 258))
    assert fitting.lower(shape, train(batch=batch)) == way_out


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
    ],
)
def test_out_of_memory_is_one_line(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise error

    monkeypatch.setattr(fitting, "_gradients", full)
    with pytest.raises(RoundError, match=r"out of memory, .* set train.batch or model.context lower"):
        fit(arch(), train(), write_tokens(tmp_path), tmp_path / "run", 1, SILENT, 1)


def test_other_errors_of_the_loop_are_not_called_out_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(fitting, "_gradients", broken)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        fit(arch(), train(), write_tokens(tmp_path), tmp_path / "run", 1, SILENT, 1)


def test_sigterm_saves_and_ends(tmp_path: Path) -> None:
    """The state is that of the step in progress, not of seconds ago, and the run goes on to the same bits."""
    tokens, run = write_tokens(tmp_path / "tokens"), tmp_path / "run"
    settings = train(steps=4000, evals=1)
    job = {"arch": arch().data(), "train": settings.data(), "tokens": str(tokens), "run": str(run), "threads": 1}
    code = CHILD.replace("SAVE_SECONDS = 0.0", "SAVE_SECONDS = 1e9")
    child = subprocess.Popen(
        [sys.executable, "-c", code, json.dumps(job)], cwd=Path(__file__).parents[1], stderr=subprocess.PIPE
    )
    while not (run / "metrics.jsonl").exists():
        assert child.poll() is None
        time.sleep(0.01)
    time.sleep(0.5)
    child.send_signal(signal.SIGTERM)
    assert b"Stopped" in child.communicate()[1]
    left = checkpoint.read_progress(run, *plan_of(run))
    assert left is not None
    assert 0 < left.step < 4000


LARGE = """
import json, resource, sys
from pathlib import Path
from greenlight.gpt.fit import fit
from greenlight.nouns import Architecture
from greenlight.progress import SILENT
from greenlight.recipe import Train
job = json.loads(sys.argv[1])
limit = 1_500_000_000
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
facts = fit(Architecture(**job["arch"]), Train(**job["train"]), Path(job["tokens"]), Path(job["run"]), 1, SILENT, 1)
try:
    bytearray(limit)
except MemoryError:
    print(json.dumps(facts))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited by Linux's RLIMIT_DATA")
def test_a_corpus_larger_than_memory_trains(tmp_path: Path) -> None:
    """4 GB of tokens (a file with holes) in a process that may have 1.5 GB."""
    tokens = write_tokens(tmp_path / "tokens", long=True)
    size = 2_000_000_000
    np.lib.format.open_memmap(tokens / "train.npy", mode="w+", dtype=np.uint16, shape=(size,)).flush()
    np.save(tokens / "train_docs.npy", np.array([0, size]))
    known = json.loads((tokens / "tokens.json").read_text())
    (tokens / "tokens.json").write_text(json.dumps({**known, "train_chars": size}))
    settings = train(steps=3, packing="stream", evals=1)
    job = {"arch": arch().data(), "train": settings.data(), "tokens": str(tokens), "run": str(tmp_path / "run")}
    done = subprocess.run(
        [sys.executable, "-c", LARGE, json.dumps(job)], cwd=Path(__file__).parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-500:]
    facts = json.loads(done.stdout)
    assert facts["steps"] == 3
    assert 0 < facts["epochs"] < 1e-4


def test_a_corpus_smaller_than_a_context_or_a_batch_trains(tmp_path: Path) -> None:
    """One short window; and batches that go round the corpus more than once, every epoch being whole."""
    tokens = write_tokens(tmp_path / "tokens", documents=6)
    facts = fit(
        arch(context=512), train(packing="stream", batch=64, steps=3, evals=1), tokens, tmp_path / "run", 1, SILENT, 1
    )
    side = Side(tokens, "train", 512, "stream")
    assert side.epoch(1, 0).count < 64
    assert facts["epochs"] > 20
    assert facts["tokens_seen"] == pytest.approx(facts["epochs"] * side.targets, rel=0.02)
