"""What tuning computes by itself, and what must hold before and while a model is trained.

Shapes: ``B`` pairs, ``T`` places. Log-probabilities are in nats.
"""

from __future__ import annotations

import contextlib
import math
import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from greenlight.backends._data import PairRow, Row, padded
from greenlight.errors import RoundError

LN2 = math.log(2)
TOLERANCE = 0.02
"""At step 0: of the sigmoid part from ln 2; the margin's, in nats, is this over beta."""
FOLDED = 1e-4
"""The most that a logit of the folded model may be off, for logits of up to 1; larger ones in proportion."""
HELD_AT_ONCE = 2**25
"""Logits in memory at a time."""
DIVERGED, LOOKS = 3.0, 8
"""A loss that is this many times the first one's, in the mean of so many steps, has diverged."""


# ---------------------------------------------------------------- log-probabilities


def answer_logps(model: Any, rows: Sequence[Row]) -> Tensor:
    """Log-probability of what is learned in each row, in fp32 from the model's plain logits; shape (rows,)."""
    where = next(model.parameters()).device
    vocab = model.get_input_embeddings().weight.shape[0]
    longest = max(len(row.ids) for row in rows)
    step = max(1, HELD_AT_ONCE // (longest * vocab))
    sums = []
    with torch.no_grad():
        for start in range(0, len(rows), step):
            batch = {name: value.to(where) for name, value in padded(rows[start : start + step], 0).items()}
            logits_BTV = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1]
            logps_BTV = torch.log_softmax(logits_BTV.float(), dim=-1)
            said_BT = logps_BTV.gather(-1, batch["input_ids"][:, 1:, None]).squeeze(-1)
            sums.append((said_BT * batch["completion_mask"][:, 1:]).sum(dim=1).cpu())
    return torch.cat(sums)


@dataclass(frozen=True)
class Terms:
    """A batch's parts of the DPO loss, each computed here from log-probabilities by token; shape (B,) or ().

    ``margin`` is (log π(chosen) − log ref(chosen)) − (log π(rejected) − log ref(rejected)). ``sigmoid`` is
    −log σ(beta · margin), eq. 7 of Rafailov et al. 2023 (arXiv:2305.18290). ``nll`` is per token over all chosen
    tokens of the batch (eq. 1 of Pang et al. 2024, arXiv:2404.19733, normalises by each answer's length instead).
    """

    chosen: Tensor
    rejected: Tensor
    chosen_ratio: Tensor
    rejected_ratio: Tensor
    margin: Tensor
    sigmoid: Tensor
    nll: Tensor
    kl: Tensor


def terms(policy_BT: Tensor, reference_BT: Tensor, mask_BT: Tensor, beta: float, both: bool = False) -> Terms:
    """Parts of the loss; the first half of the rows is chosen, the second rejected, and all is 0 outside the mask.

    ``kl``: the mean over answers of the mean over their tokens of (log π − log ref)². Half of it estimates
    KL(π ‖ ref) on samples of π (k2 in J. Schulman, "Approximating KL divergence", 2020); on given answers it is a
    distance, and not the divergence. Open Character Training has it so, over ``both`` answers.
    """
    policy_BT, mask_BT = policy_BT * mask_BT, mask_BT.to(policy_BT.dtype)
    apart_BT = policy_BT - reference_BT * mask_BT
    chosen, rejected = policy_BT.sum(dim=1).chunk(2)
    chosen_ratio, rejected_ratio = apart_BT.sum(dim=1).chunk(2)
    margin = chosen_ratio - rejected_ratio
    lengths = mask_BT.sum(dim=1)
    far = apart_BT.square().sum(dim=1) / lengths
    return Terms(
        chosen=chosen,
        rejected=rejected,
        chosen_ratio=chosen_ratio,
        rejected_ratio=rejected_ratio,
        margin=margin,
        sigmoid=-F.logsigmoid(beta * margin),
        nll=-chosen.sum() / lengths.chunk(2)[0].sum(),
        kl=far.mean() if both else far.chunk(2)[0].mean(),
    )


# ---------------------------------------------------------------- step 0


@dataclass(frozen=True)
class Side:
    """One kind of answer at step 0: by how much trained model and reference differ, and where that is largest."""

    name: str
    apart: float
    pair: str


def start(
    policy: Any, reference: Any, rows: Sequence[PairRow], again: Sequence[PairRow], beta: float
) -> dict[str, Any]:
    """What holds before the first step: the model that is trained computes what the reference does.

    ``rows`` are what is trained; ``again`` are the same pairs, rendered a second time, which the reference is given.
    ``policy`` and ``reference`` give log-probabilities of rows. Every |margin| ≤ 0.02 / beta, and the mean sigmoid
    part within 0.02 of ln 2.

    Raises RoundError with the side that differs, by how much, and the likely cause.
    """
    sides = []
    ratios = []
    for name in ("chosen", "rejected"):
        apart = policy([getattr(row, name) for row in rows]) - reference([getattr(row, name) for row in again])
        worst = int(apart.abs().argmax())
        sides.append(Side(name, float(apart[worst]), rows[worst].id))
        ratios.append(apart)
    margin = ratios[0] - ratios[1]
    sigmoid = float(-F.logsigmoid(beta * margin).mean())
    worst_margin = float(margin.abs().max())
    other = _other_ids(rows, again)
    fine = worst_margin <= TOLERANCE / beta and abs(sigmoid - LN2) <= TOLERANCE
    if not fine or other:
        raise RoundError(_why(sides, worst_margin, sigmoid, beta, other))
    return {"pairs": len(rows), "margin": worst_margin, "sigmoid": sigmoid, "allowed": TOLERANCE / beta}


def _why(sides: Sequence[Side], margin: float, sigmoid: float, beta: float, other: str) -> str:
    off = [side for side in sides if abs(side.apart) > TOLERANCE / beta] or [max(sides, key=lambda s: abs(s.apart))]
    said = " and ".join(f"the {side.name} answer of {side.pair} by {side.apart:+.3g} nats" for side in off)
    cause = other or (
        "the ids are the same, so the reference is another model, or one of the two drops units at random: train "
        "from the folder that the reference is, without dropout"
    )
    return (
        f"nothing was trained: before the first step model and reference must agree, and differ on {said} (largest "
        f"margin {margin:.3g}, allowed {TOLERANCE / beta:.3g}; sigmoid part {sigmoid:.3f}, should be ln 2 = "
        f"{LN2:.3f}): {cause}"
    )


def _other_ids(rows: Sequence[PairRow], again: Sequence[PairRow]) -> str:
    """The first token that the reference is given otherwise; empty when there is none."""
    for row, other in zip(rows, again, strict=True):
        for name in ("chosen", "rejected"):
            ours, theirs = getattr(row, name).ids, getattr(other, name).ids
            if ours == theirs:
                continue
            at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
            at = min(len(ours), len(theirs)) if at is None else at
            asked = getattr(row, name).mask.index(1)
            what = "prompt or another template" if at < asked else "answer"
            found = f"{theirs[at]}" if at < len(theirs) else "its end"
            return (
                f"the reference was given another {what}: {row.id}, {name}, has token {found} at place {at} where "
                f"{ours[at] if at < len(ours) else 'the end'} is trained; a template must write the same every time "
                "(no dates, no chance)"
            )
    return ""


def first_batch(found: Terms, beta: float) -> None:
    """The same, of the log-probabilities that the loss is really computed from, before the first step.

    Raises RoundError.
    """
    margin, sigmoid = float(found.margin.abs().max()), float(found.sigmoid.mean())
    if margin <= TOLERANCE / beta and abs(sigmoid - LN2) <= TOLERANCE:
        return
    sides = [
        Side("chosen", float(found.chosen_ratio.abs().max()), "the first batch"),
        Side("rejected", float(found.rejected_ratio.abs().max()), "the first batch"),
    ]
    raise RoundError(_why(sides, margin, sigmoid, beta, ""))


# ---------------------------------------------------------------- on the way


def finite(step: int, **values: float | None) -> None:
    """Raises RoundError, with the way out, when one of a step's numbers is none."""
    for name, value in values.items():
        if value is not None and not math.isfinite(value):
            raise RoundError(
                f"step {step}: the {name.replace('_', ' ')} is {value}: training has diverged; set lr lower (a third), "
                "or clip at 1.0 where it is off, and look for broken examples"
            )


def diverged(losses: Sequence[float]) -> None:
    """Raises RoundError when the last steps' mean loss is ``DIVERGED`` times the first one's."""
    late = losses[-LOOKS:]
    if len(losses) <= LOOKS or losses[0] <= 0:
        return
    mean = sum(late) / len(late)
    if mean > DIVERGED * losses[0]:
        raise RoundError(
            f"step {len(losses)}: the loss was {losses[0]:.3g} and is {mean:.3g} in the mean of the last {LOOKS} "
            "steps: training has diverged; set lr lower (a third)"
        )


def displacement(first: dict[str, float], last: dict[str, float], share: float) -> dict[str, Any]:
    """Whether the chosen answers became less likely while the margin grew, by the same pairs before and after.

    ``lost`` is the share of their log-probability: (before − after) / |before|; over ``share`` it warns. Likelihood
    displacement: Razin et al. 2024 (arXiv:2410.08847).
    """
    lost = (first["chosen"] - last["chosen"]) / max(abs(first["chosen"]), 1e-9)
    warned = lost > share and last["margin"] > first["margin"]
    warning = (
        f"the chosen answers became less likely ({first['chosen']:.1f} to {last['chosen']:.1f} nats, {lost:.0%}) while "
        "the margin grew: raise nll, or lower lr"
    )
    return {"before": first["chosen"], "after": last["chosen"], "lost": lost, "warning": warning if warned else ""}


def same_logits(before: Sequence[Tensor], after: Sequence[Tensor]) -> dict[str, float]:
    """The largest difference of logits, which must not exceed ``FOLDED`` (of the largest logit, where that is over 1).

    Raises RoundError.
    """
    largest = max(float(one.abs().max()) for one in before)
    apart = max(float((a - b).abs().max()) for a, b in zip(before, after, strict=True))
    allowed = FOLDED * max(1.0, largest)
    if not apart <= allowed:
        raise RoundError(
            f"the folded model computes other logits than the trained one: they differ by {apart:.3g} of up to "
            f"{largest:.3g}, and {allowed:.3g} is allowed: fold it with weights in fp32"
        )
    return {"difference": apart, "allowed": allowed, "largest_logit": largest}


def probe(model: Any, rows: Sequence[Row]) -> list[Tensor]:
    """Plain logits of a few rows, in fp32 on the CPU."""
    where = next(model.parameters()).device
    with torch.no_grad():
        return [model(input_ids=torch.tensor([row.ids], device=where)).logits.float().cpu() for row in rows]


# ---------------------------------------------------------------- manners of the libraries


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the libraries' bars, remarks and warnings about their own doings."""
    from transformers.utils import logging as theirs

    logging: Any = theirs
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


@contextlib.contextmanager
def dice() -> Iterator[None]:
    """Whatever is drawn inside leaves the process's random numbers as they were."""
    import numpy as np

    states = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
