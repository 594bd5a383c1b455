"""The training loop.

Everything that decides a run is in its arguments: weights, order of the data and dropout come from generators of
their own, each from the seed. On a CPU a run on as many threads gives the same bits again, and a killed one goes on to
the same bits, on any number of threads.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from greenlight.errors import RoundError
from greenlight.gpt import checkpoint, compiling, data, machine, ops
from greenlight.gpt.checkpoint import Progress
from greenlight.gpt.compiling import Compiled
from greenlight.gpt.data import Batch, Rows, Schedule, Side
from greenlight.gpt.machine import Team
from greenlight.gpt.model import Decoder, layout, parameters
from greenlight.gpt.optim import Optimiser, divided, rate
from greenlight.nouns import Architecture, fingerprint
from greenlight.progress import Watch
from greenlight.recipe import Train

SAVE_SECONDS = 10.0
LOOK = 25
"""Steps between two looks for divergence."""
WORSE_THAN_GUESSING = 0.5
"""Nats a token above the loss of a uniform guess, at which a run counts as diverged."""
TRAIN_SAMPLE = 32_768
"""Targets at most of the fixed part of the training side that is scored beside the validation side, else as many."""
PIECE_PLACES = 4096
"""Places that go forward and backward at a time: what a layer leaves of more would not stay in a core's cache."""
EVAL_PLACES = 4096
"""Places of a batch when nothing is learned from it."""


def fit(
    arch: Architecture, train: Train, tokens: Path, folder: Path, seed: int, watch: Watch, threads: int | None
) -> dict[str, Any]:
    """Trains one model into ``folder`` and returns what is known about it; goes on from where it was killed.

    ``tokens`` is a tokens folder (see ``data``). ``folder`` ends with ``model.safetensors`` (the kept checkpoint),
    ``config.json``, ``tokenizer.json`` and ``metrics.jsonl``, and with ``best.safetensors`` and ``last.safetensors``
    where these are two models. Losses are nats a token; ``*_char`` are nats a character of the text that was scored.

    SIGTERM and Ctrl-C save the state and end (``errors.Stopped``, KeyboardInterrupt); a second Ctrl-C ends at once.

    Raises RoundError when the run diverges, the data cannot be trained on, or memory runs out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint.clear_torn(folder)
    machine.keep_freed_memory()
    device = machine.device(train.device)
    with machine.team(device, threads) as team:
        try:
            return _fit(Job(arch, train, tokens, folder, seed, device), team, watch) | {"threads": team.workers}
        except (MemoryError, RuntimeError) as error:
            if not machine.is_out_of_memory(error):
                raise
            raise RoundError(
                f"out of memory, with {parameters(arch) / 1e6:,.1f} M parameters and {train.batch:,} rows of "
                f"{arch.context:,} tokens: set {lower(arch, train)} lower, or train fewer models side by side"
            ) from None


@dataclass(frozen=True)
class Job:
    """What is trained, on what, into which folder."""

    arch: Architecture
    train: Train
    tokens: Path
    folder: Path
    seed: int
    device: torch.device


def _fit(job: Job, team: Team, watch: Watch) -> dict[str, Any]:
    arch, train, folder, seed, device = job.arch, job.train, job.folder, job.seed, job.device
    known = data.facts(job.tokens)
    settings = {**train.data(), "threads": None, "device": device.type}
    plan = fingerprint({"arch": arch.data(), "train": settings, "seed": seed, "tokens": known})
    before = checkpoint.read_progress(folder, plan)
    chosen = train.precision if train.precision != "auto" else machine.precision(device)
    precision = before.precision if before else chosen  # a run that goes on elsewhere keeps what it began with

    learn, held = (Side(job.tokens, name, arch.context, train.packing, train.learn) for name in ("train", "val"))
    order = seed if train.order_seed is None else train.order_seed
    schedule = Schedule(learn, order, train.batch, epochs=train.epochs, steps=train.steps)
    steps = schedule.steps
    shares = before.shares if before else team.workers  # of a batch; its own dropout for each
    init, dice = _generators(seed, train, shares, device)
    model = Decoder(arch, init, machine.DTYPES[precision]).to(device)  # type: ignore[index]
    optimiser = Optimiser(model, train)
    shown = optimiser.averaged()  # what is validated and kept
    drops = [ops.Dropout(arch.dropout, one) if arch.dropout else None for one in dice]
    progress = checkpoint.load_state(folder, plan, model, optimiser, dice) or checkpoint.begin(
        folder, precision, shares, plan
    )
    if not before:
        progress.compiled = compiling.wanted(train, model, flops(arch, steps * train.batch * arch.context), shares)
    work = _compiled(model, train, shares) if progress.compiled else Compiled(model)
    about = checkpoint.About(arch, precision, seed, plan, job.tokens)

    checks = {max(1, round(i * steps / train.evals)) for i in range(1, train.evals + 1)}
    passes = {"train": (learn, learn.sample(min(held.targets, TRAIN_SAMPLE))), "val": (held, held.in_order())}
    kind = "chars" if train.learn == "all" else "body_chars"
    chars = {name: known[f"{name}_{kind}"] / side.all_targets for name, (side, _) in passes.items()}
    saved = time.perf_counter()

    with watch.bar(f"train seed {seed}", steps, "steps") as bar, machine.interrupts() as asked:
        checkpoint.write_curve(folder, progress)
        bar.advance(progress.step)
        while progress.step < steps and not progress.stopped:
            step_started = time.perf_counter()
            share = rate(progress.step, steps, train)
            batch = schedule.batch(progress.step)
            value, grads = _gradients(work, batch, train.packing, drops, team)
            optimiser.step(grads, progress.step, share, team)
            now = time.perf_counter()
            progress.count(batch, value, now - step_started)
            _stop_if_diverged(value, progress, arch.vocab, train)
            late = train.max_minutes is not None and progress.seconds > 60 * train.max_minutes
            if progress.step in checks or late:
                nats = {name: _full_pass(shown, side, rows, team) for name, (side, rows) in passes.items()}
                progress.seconds += time.perf_counter() - now
                _stop_if_diverged(nats["val"][0], progress, arch.vocab, train)
                progress.judge(_row(progress, schedule, share * train.lr, nats, chars))
                progress.stopped = _stopped(progress, train, late) if progress.step < steps else ""
                if progress.best_step == progress.step < steps:
                    checkpoint.save_weights(folder / checkpoint.BEST, shown, about.at(progress.step))
                checkpoint.write_curve(folder, progress)
            if train.save_every and progress.step % train.save_every == 0:
                checkpoint.save_weights(folder / checkpoint.every(progress.step), shown, about.at(progress.step))
            bar.advance(1, f"loss {value:.3f}")
            due = progress.step in checks or asked.by is not None or time.perf_counter() - saved > SAVE_SECONDS
            if due and (progress.step < steps or asked.by is not None):
                checkpoint.save_state(folder, progress, model, optimiser, dice)
                saved = time.perf_counter()
                asked.obey()

    checkpoint.finish(folder, shown, (known["bos"], known["eos"]), progress, about, train.keep)
    return _facts(arch, train, progress, schedule) | {
        "device": f"{device.type}, untested" if device.type == "mps" else device.type,
        "repeatable": device.type == "cpu" and train.max_minutes is None,
        "compiled": progress.compiled,
        "documents_cut": learn.cut + held.cut,
        "peak_memory_bytes": machine.peak_memory(device),
        "characters_seen": round(progress.tokens * chars["train"]),
    }


def _stopped(progress: Progress, train: Train, late: bool) -> str:
    """Why training ends before its last step; empty while it does not."""
    if train.patience is not None and progress.stale >= train.patience:
        return "patience"
    return "max_minutes" if late else ""


def _generators(seed: int, train: Train, shares: int, device: torch.device) -> tuple[int, list[torch.Generator]]:
    """The seed of the first weights, and the generators of dropout; the data's order has its own (see ``data``)."""
    seeds = [seed if own is None else own for own in (train.init_seed, train.dropout_seed)]
    states = [np.random.SeedSequence(one % 2**64).generate_state(1 + shares, np.uint64).tolist() for one in seeds]
    return states[0][0], [torch.Generator(device).manual_seed(one) for one in states[1][1:]]


def _gradients(
    work: Compiled, batch: Batch, packing: data.Packing, drops: Sequence[ops.Dropout | None], team: Team
) -> tuple[float, dict[str, Tensor]]:
    """Loss in nats a token, and its gradients: the rows in shares, a share piece by piece, added up in their order."""
    model, wanted = work.model, max(1, batch.tokens)

    def share(of: tuple[Batch, ops.Dropout | None]) -> tuple[Tensor, tuple[Tensor, ...]]:
        part, drop = of
        total = torch.zeros((), device=model.matrices.device)
        sums: tuple[Tensor, ...] = ()
        for piece in part.split(_pieces(part.inputs.size)):
            loss = _loss(work, piece, packing, drop) / wanted
            grads = torch.autograd.grad(loss, list(model.parameters()))
            total = total + loss.detach()
            sums = _added(sums, grads) if sums else grads
        return total, sums

    (loss, grads), *rest = team.map(share, list(zip(batch.split(len(drops)), drops, strict=False)))
    for other, more in rest:
        loss += other
        for sums, extra in zip(grads, more, strict=True):
            team.map(lambda pair: pair[0].add_(pair[1]), divided(sums, extra))
    names = (name for name, _ in model.named_parameters())
    return loss.item(), dict(zip(names, grads, strict=True))


def _pieces(places: int) -> int:
    return -(-places // PIECE_PLACES)


def _compiled(model: Decoder, train: Train, shares: int) -> Compiled:
    """Compiled for the pieces that whole batches come in."""
    rows = max(1, train.batch // shares)
    piece = max(1, rows // _pieces(rows * model.arch.context))
    return compiling.compiled(model, piece, train.packing == "documents")


def _added(sums: tuple[Tensor, ...], more: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """``more`` added to ``sums``, in place."""
    for one, extra in zip(sums, more, strict=True):
        one += extra
    return sums


def _loss(work: Compiled, batch: Batch, packing: data.Packing, drop: ops.Dropout | None) -> Tensor:
    """Nats, summed over the targets of a batch."""
    device = work.model.matrices.device
    inputs, targets = (torch.from_numpy(x).to(device) for x in (batch.inputs, batch.targets))
    mask = None  # windows of a stream are one document each
    if packing == "documents":
        mask = ops.documents(torch.from_numpy(batch.docs).to(device), work.model.dtype)
    return work.loss(inputs, targets, mask, drop)


def _full_pass(model: Decoder, side: Side, rows: Rows, team: Team) -> tuple[float, int]:
    """Nats and targets of all rows, in the precision of the training."""
    size = max(1, EVAL_PLACES // side.context)

    @torch.no_grad()
    def work(first: int) -> tuple[float, int]:
        last = min(first + size, rows.count)
        batch = side.batch(rows.slice(first, last), last - first)
        return _loss(Compiled(model), batch, side.packing, None).item(), batch.tokens

    done = team.map(work, range(0, rows.count, size))
    return sum(nats for nats, _ in done), sum(targets for _, targets in done)


def _stop_if_diverged(loss: float, progress: Progress, vocab: int, train: Train) -> None:
    """Raises RoundError when the loss is no number, or has stayed above that of a uniform guess for ``LOOK`` steps."""
    broken = not math.isfinite(loss)
    if not broken and progress.step % LOOK == 0:
        worse = progress.window_sum / LOOK > math.log(vocab) + WORSE_THAN_GUESSING
        broken = worse and progress.step > LOOK  # the first steps may overshoot
        progress.window_sum = 0.0
    if broken:
        raise RoundError(
            f"training diverged at step {progress.step} (loss {loss:.3g} nats a token; a blind guess has "
            f"{math.log(vocab):.2f}): lower train.lr ({train.lr:g}) and train.muon_lr ({train.muon_lr:g}), "
            f"or set a longer train.warmup ({train.warmup})"
        )


def _row(
    progress: Progress,
    schedule: Schedule,
    lr: float,
    nats: Mapping[str, tuple[float, int]],
    chars: Mapping[str, float],
) -> dict[str, Any]:
    """A line of ``metrics.jsonl``: losses in nats a token, ``bpc`` in bits a character."""
    token = {name: total / targets for name, (total, targets) in nats.items()}
    char = {name: token[name] / chars[name] for name in nats}
    return {
        "step": progress.step,
        "epoch": round(schedule.epochs_at(progress.step), 4),
        "lr": lr,
        "batch_loss": progress.loss_sum / progress.loss_steps,
        "train_loss": token["train"],
        "val_loss": token["val"],
        "train_loss_char": char["train"],
        "val_loss_char": char["val"],
        "val_bpc": char["val"] / math.log(2),
        "tokens": progress.tokens,
        "seconds": round(progress.seconds, 3),
    }


def _facts(arch: Architecture, train: Train, progress: Progress, schedule: Schedule) -> dict[str, Any]:
    last = progress.curve[-1]
    best = next(row for row in progress.curve if row["step"] == progress.best_step)
    kept = best if train.keep == "best" else last
    losses = {
        f"{name}_{side}_loss{unit}": row[f"{side}_loss{unit}"]
        for name, row in (("best", best), ("last", last), ("kept", kept))
        for side in ("train", "val")
        for unit in ("", "_char")
    }
    return losses | {
        "parameters": parameters(arch),
        "steps": progress.step,
        "planned_steps": schedule.steps,
        "epochs": schedule.epochs_at(progress.step),
        "stopped": progress.stopped or "steps",
        "tokens_seen": progress.tokens,
        "best_step": progress.best_step,
        "kept_step": kept["step"],
        "kept_lr": kept["lr"],
        "kept_muon_lr": kept["lr"] / train.lr * train.muon_lr,
        "precision": progress.precision,
        "seconds": progress.seconds,
        "tokens_per_second": progress.tokens / progress.step_seconds,
        "flops": flops(arch, progress.places),
    }


def lower(arch: Architecture, train: Train) -> str:
    """The keys of what takes the most memory: what a batch leaves behind, or the weights and all that goes with them.

    In bytes: weights, gradients and two moments (4 each) of every parameter; of the places that go through at a time
    about 16 states of the width and two of the MLP a layer, and the weights of attention.
    """
    places = min(PIECE_PLACES, train.batch * arch.context)
    left = 4 * places * arch.layers * (16 * arch.width + 2 * arch.mlp_width + 2 * arch.heads * arch.context)
    if left > 16 * parameters(arch):
        return "train.batch or model.context" if places < PIECE_PLACES else "model.context"
    return "model.depth or model.width" if arch.vocab < arch.layers * 12 * arch.width else "tokenizer.vocab"


def flops(arch: Architecture, places: int) -> float:
    """Forward and backward over ``places`` places: ``places * (6 N + 6 L T HD)``, N the weights in matrix products.

    Kaplan et al. 2020, table 1 with the backward pass as twice the forward one: N are the hidden matrices and the
    head, L layers, T the context, HD the width of attention; places without a target are computed, so they count.
    """
    products = sum(piece.size for piece in layout(arch)["matrices"]) + arch.vocab * arch.width
    return float(places) * (6 * products + 6 * arch.layers * arch.context * arch.heads * arch.head_dim)
