"""The training loop: data in the right order, the right steps, and the same bits whatever interrupts it."""

from __future__ import annotations

import json
import math
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from gpt_tokens import CHILD, arch, lines, plan_of, train, val_nats, write_tokens

from greenlight.errors import RecipeError, RoundError, StoreError
from greenlight.gpt import checkpoint, machine, optim
from greenlight.gpt import fit as fitting
from greenlight.gpt.compiling import Compiled
from greenlight.gpt.data import Side
from greenlight.gpt.fit import fit, flops
from greenlight.gpt.machine import Team
from greenlight.gpt.model import Decoder, parameters
from greenlight.gpt.optim import BETAS, AdamW, Muon, Optimiser, momentum, rate
from greenlight.progress import SILENT
from greenlight.store import file_sha256

SOLO = Team(1)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small operations on two threads of a busy machine wait for each other."""
    with machine.threads(1):
        yield


# ---------------------------------------------------------------- optimisers


@pytest.mark.parametrize("workers", [1, 2])
def test_muon_is_pytorchs(workers: int) -> None:
    """GQA and an MLP: tall, wide and square matrices, alone and in runs."""
    dice = torch.Generator().manual_seed(0)
    shapes = [(32, 32), (16, 32), (16, 32), (32, 32), (32, 32), (48, 32), (48, 32), (32, 48), (32, 48)]
    first = [torch.randn(shape, generator=dice) for shape in shapes]
    theirs = [torch.nn.Parameter(matrix.clone()) for matrix in first]
    optimiser = torch.optim.Muon(theirs, lr=0.05, weight_decay=0.1)
    flat = torch.cat([matrix.flatten() for matrix in first])
    ours, team = Muon(flat, shapes, 0.1, torch.bfloat16), Team(workers)
    for _ in range(3):
        grads = [torch.randn(shape, generator=dice) for shape in shapes]
        for parameter, grad in zip(theirs, grads, strict=True):
            parameter.grad = grad.clone()
        optimiser.step()  # type: ignore[no-untyped-call]
        ours.step(torch.cat([grad.flatten() for grad in grads]), 0.05, 0.95, team)
    team.close()
    moved = torch.cat([p.detach().flatten() for p in theirs]) - torch.cat([m.flatten() for m in first])
    difference = flat - torch.cat([p.detach().flatten() for p in theirs])
    assert moved.norm() > 1
    assert difference.norm() / moved.norm() < 0.01  # bf16 inside, and other blocks of the products


@pytest.mark.parametrize("part", [1 << 18, 99], ids=["whole", "in parts"])
def test_adamw_is_pytorchs(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optim, "PART", part)
    dice = torch.Generator().manual_seed(0)
    first = torch.randn(500, generator=dice)
    theirs = torch.nn.Parameter(first.clone())
    optimiser = torch.optim.AdamW([theirs], lr=0.05, weight_decay=0.1, betas=BETAS)
    ours, team = AdamW(first, 0.1), Team(2)
    for step in range(5):
        theirs.grad = torch.randn(500, generator=dice)
        ours.step(theirs.grad * 2, torch.tensor(0.5), 0.05, step, team)
        optimiser.step()
        torch.testing.assert_close(ours.flat, theirs.detach(), atol=1e-6, rtol=1e-5)
    team.close()


def test_one_clip_over_all_gradients() -> None:
    model = Decoder(arch(), 1)
    optimiser = Optimiser(model, train(muon_lr=0, clip=1.0))
    dice = torch.Generator().manual_seed(0)
    grads = {name: torch.randn(p.shape, generator=dice) * 100 for name, p in model.named_parameters()}
    norm = torch.cat(list(grads.values())).norm()
    optimiser.step({name: grad.clone() for name, grad in grads.items()}, 0, 1.0, SOLO)
    for name, grad in grads.items():
        torch.testing.assert_close(optimiser.adam[name].mean, 0.1 * grad / norm, rtol=1e-4, atol=1e-9)
    assert optimiser.adam["gains"].weight_decay == 0 < optimiser.adam["tables"].weight_decay


def test_pieces_of_a_batch_add_up_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that leave rows part empty, in one piece, in pieces of two rows, and by two workers."""
    side = Side(write_tokens(tmp_path), "train", 48, "documents")
    rows = side.in_order()
    batch, model = side.batch(rows.slice(0, 7), 7), Decoder(arch(), 1)
    found = []
    for places, workers in ((10_000, 1), (96, 1), (48, 2)):
        monkeypatch.setattr(fitting, "PIECE_PLACES", places)
        found.append(fitting._gradients(Compiled(model), batch, "documents", [None] * workers, Team(workers)))
    (loss, grads), *others = found
    for other, more in others:
        assert other == pytest.approx(loss, rel=1e-6)
        for name, grad in grads.items():
            torch.testing.assert_close(more[name], grad, atol=1e-6, rtol=1e-4)


def test_the_rate_goes_up_and_to_zero() -> None:
    whole = train(steps=100, warmup=9, decay=1.0)
    assert [rate(step, 100, whole) for step in (0, 4, 50, 99)] == pytest.approx([0.1, 0.5, 0.5, 0.01])
    late = train(steps=100, warmup=0, decay=0.2)
    assert [rate(step, 100, late) for step in (0, 79, 90, 99)] == pytest.approx([1, 1, 0.5, 0.05])
    assert rate(99, 100, train(steps=100, decay=0.0)) == 1
    assert max(rate(step, 4, train(steps=4, warmup=50)) for step in range(4)) <= 1


def test_momentum_rises() -> None:
    assert [momentum(step) for step in (0, 150, 300, 5000)] == pytest.approx([0.85, 0.9, 0.95, 0.95])


# ---------------------------------------------------------------- runs


def test_a_run_learns_and_says_what_it_did(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens", documents=200)
    facts = fit(arch(), train(epochs=6.0, evals=4), tokens, tmp_path / "run", 1, SILENT, 1)
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert left == {"model.safetensors", "config.json", "tokenizer.json", "metrics.jsonl"}
    curve = lines(tmp_path / "run")
    assert [row["step"] for row in curve][-1] == facts["steps"] == facts["best_step"]
    assert len(curve) == 4
    assert curve[-1]["val_loss"] < 0.6 * curve[0]["val_loss"]
    assert all(row["train_loss"] < row["val_loss"] + 0.2 for row in curve)
    side = Side(tokens, "train", 48, "documents")
    known = json.loads((tokens / "tokens.json").read_text())
    assert facts["tokens_seen"] == 6 * side.targets
    assert facts["characters_seen"] == 6 * known["train_chars"]
    assert facts["parameters"] == parameters(arch())
    assert (facts["precision"], facts["device"], facts["threads"]) == ("fp32", "cpu", 1)
    assert facts["kept_val_loss"] == curve[-1]["val_loss"]
    assert curve[-1]["val_bpc"] == pytest.approx(facts["last_val_loss_char"] / math.log(2))
    assert facts["flops"] >= flops(arch(), facts["tokens_seen"])
    assert facts["kept_lr"] == pytest.approx(rate(facts["steps"] - 1, facts["steps"], train()) * 0.003)


@pytest.mark.parametrize("layout", ["modern", "classic"])
def test_the_saved_model_scores_as_it_did_in_training(tmp_path: Path, layout: str) -> None:
    tokens = write_tokens(tmp_path / "tokens")
    facts = fit(arch(layout=layout), train(), tokens, tmp_path / "run", 1, SILENT, 1)
    fine = val_nats(tmp_path / "run", tokens)
    assert fine == pytest.approx(facts["kept_val_loss"], abs=2e-5)
    assert val_nats(tmp_path / "run", tokens, "bf16") == pytest.approx(fine, abs=0.01)


def test_bf16_learns_as_well(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens")
    coarse, fine = (
        fit(arch(), train(precision=p), tokens, tmp_path / p, 1, SILENT, 1)["last_val_loss"] for p in ("bf16", "fp32")
    )
    assert coarse != fine
    assert coarse == pytest.approx(fine, abs=0.05)


def test_seeds_and_dropout_change_a_run_and_nothing_else_does(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens")

    def weights(name: str, seed: int, **options: Any) -> str:
        fit(arch(**options), train(steps=6), tokens, tmp_path / name, seed, SILENT, 1)
        return file_sha256(tmp_path / name / "model.safetensors")

    assert weights("a", 1) == weights("b", 1)
    assert len({weights("c", 1), weights("d", 2), weights("e", 1, dropout=0.1)}) == 3


def test_best_and_last_are_kept_where_they_differ(tmp_path: Path) -> None:
    """A tiny corpus and many epochs: the loss turns, and patience ends the run."""
    tokens = write_tokens(tmp_path / "tokens", documents=12)
    settings = train(steps=400, evals=40, lr=0.01, decay=0.0, keep="best", patience=3)
    facts = fit(arch(), settings, tokens, tmp_path / "run", 1, SILENT, 1)
    curve = lines(tmp_path / "run")
    assert facts["steps"] < 400
    assert facts["planned_steps"] == 400
    assert facts["best_step"] == curve[-4]["step"] == facts["kept_step"]
    assert facts["kept_val_loss"] == min(row["val_loss"] for row in curve) < facts["last_val_loss"]
    best, last, model = (file_sha256(tmp_path / "run" / f"{n}.safetensors") for n in ("best", "last", "model"))
    assert best == model != last
    assert val_nats(tmp_path / "run", tokens) == pytest.approx(facts["best_val_loss"], abs=2e-5)


def test_a_diverging_run_says_so(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path / "tokens")
    with pytest.raises(RoundError, match=r"diverged at step \d+ .*lower train\.lr \(50\)") as error:
        fit(arch(), train(steps=300, lr=50.0, muon_lr=50.0, clip=1e6), tokens, tmp_path / "run", 1, SILENT, 1)
    assert int(str(error.value).split("step ")[1].split(" ")[0]) <= 50


@pytest.mark.parametrize(
    ("has", "expected"),
    [({"avx512_bf16": True}, "bf16"), ({"amx_bf16": True, "avx512_bf16": False}, "bf16"), ({"avx512_f": True}, "fp32")],
)
def test_the_precision_is_what_the_processor_multiplies_in(
    monkeypatch: pytest.MonkeyPatch, has: dict[str, bool], expected: str
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    assert machine.precision(torch.device("cpu")) == expected
    assert machine.precision(torch.device("mps")) == "fp32"


def test_a_device_that_is_absent_is_refused(tmp_path: Path) -> None:
    absent = next((name for name in ("mps", "cuda") if machine.device("auto").type != name), "mps")
    if absent == "mps" and torch.backends.mps.is_available():
        pytest.skip("this machine has every device")
    with pytest.raises(RecipeError, match=r"is not on this machine, which has: .*cpu"):
        fit(arch(), train(device=absent), write_tokens(tmp_path), tmp_path / "run", 1, SILENT, 1)


# ---------------------------------------------------------------- going on


@pytest.mark.parametrize(("precision", "threads"), [("fp32", 1), ("bf16", 2)])
def test_a_killed_run_goes_on_to_the_same_bits(tmp_path: Path, precision: str, threads: int) -> None:
    tokens = write_tokens(tmp_path / "tokens")
    settings = train(steps=60, evals=4, precision=precision, keep="best")
    shape = arch(dropout=0.1)
    fit(shape, settings, tokens, tmp_path / "whole", 5, SILENT, threads)
    run = tmp_path / "broken"
    job = {"arch": shape.data(), "train": settings.data(), "tokens": str(tokens), "run": str(run), "threads": threads}
    dice, reached = random.Random(int(time.time())), [0]
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(job)], cwd=Path(__file__).parents[1])
        while child.poll() is None:
            try:
                progress = checkpoint.read_progress(run, *plan_of(run))
            except RuntimeError:  # it opens the file twice, and the child replaced it in between
                continue
            if progress is not None and progress.step > reached[-1]:
                time.sleep(dice.uniform(0, 0.02))
                child.send_signal(signal.SIGKILL)
                child.wait()
                break
            time.sleep(0.001)
        if child.returncode == 0:  # it was quicker than the knife
            break
        assert child.returncode == -signal.SIGKILL
        left = checkpoint.read_progress(run, *plan_of(run))
        assert left is not None
        reached.append(left.step)
    assert reached[1] > 0
    assert reached == sorted(reached)
    if (run / checkpoint.STATE).exists():
        with open(run / "metrics.jsonl", "a") as file:
            file.write('{"step": 999, "torn')
        (run / ".state.safetensors.1.part").write_bytes(b"half")
        fit(shape, settings, tokens, run, 5, SILENT, threads)
    assert {path.name for path in run.iterdir()} == {path.name for path in (tmp_path / "whole").iterdir()}
    for name in ("model.safetensors", "config.json"):
        assert file_sha256(run / name) == file_sha256(tmp_path / "whole" / name), (name, reached)
    timeless = [[{**row, "seconds": 0} for row in lines(folder)] for folder in (run, tmp_path / "whole")]
    assert timeless[0] == timeless[1]


def test_a_state_keeps_its_precision_and_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was timed or counted when the run began holds when it goes on elsewhere."""
    tokens, settings = write_tokens(tmp_path / "tokens"), train(precision="auto", steps=8, evals=2)
    monkeypatch.setattr(machine, "precision", lambda _: "bf16")
    fit(arch(dropout=0.1), settings, tokens, tmp_path / "whole", 1, SILENT, 2)

    real, calls = checkpoint.save_state, []

    def save_and_stop(*args: Any) -> None:
        real(*args)
        calls.append(args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_state", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            fit(arch(dropout=0.1), settings, tokens, tmp_path / "broken", 1, SILENT, 2)
    monkeypatch.setattr(machine, "precision", lambda _: "fp32")
    facts = fit(arch(dropout=0.1), settings, tokens, tmp_path / "broken", 1, SILENT, 1)
    assert len(calls) == 1
    assert facts["precision"] == "bf16"
    assert file_sha256(tmp_path / "broken/model.safetensors") == file_sha256(tmp_path / "whole/model.safetensors")


def test_another_plan_begins_anew_and_damage_is_named(tmp_path: Path) -> None:
    tokens, run = write_tokens(tmp_path / "tokens"), tmp_path / "run"
    run.mkdir()
    model = Decoder(arch(), 1)
    dice = [torch.Generator().manual_seed(1)]
    optimiser = Optimiser(model, train())
    progress = checkpoint.begin(run, "fp32", 1, "another")
    checkpoint.save_state(run, replace(progress, step=7), model, optimiser, dice)
    assert checkpoint.read_progress(run, "another").step == 7  # type: ignore[union-attr]
    assert checkpoint.read_progress(run, "this") is None
    assert fit(arch(), train(steps=3), tokens, run, 1, SILENT, 1)["steps"] == 3
    (run / checkpoint.STATE).write_bytes(b"\x07")
    with pytest.raises(StoreError, match="delete it, and the run begins anew"):
        fit(arch(), train(steps=3), tokens, run, 1, SILENT, 1)
