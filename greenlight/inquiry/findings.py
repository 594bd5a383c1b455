"""What a diagnosis looked at, figure by figure, and what the record cannot show, with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from greenlight import power
from greenlight.inquiry.signs import Record, Signs
from greenlight.nouns import Round, Score

POWER = 0.8
"""The chance of seeing the corpus's own slope, under which a dial is not called flat."""
AGREE, LEVEL = 0.05, 0.05
"""A gap, and a fall over the second half, under which training and validation agree and the loss has levelled off."""
TURNED = 0.01
"""A rise of the validation loss above its best, over which it has turned."""


@dataclass(frozen=True)
class Fact:
    """One thing that was looked at: ``value`` for programs, ``shown`` for people."""

    name: str
    value: Any
    shown: str


def facts(record: Record) -> tuple[Fact, ...]:
    """The run, its size, its dial and its gates; what is not in the record is absent."""
    return (*_run(record), *_size(record), *_dial(record), *_corpus(record))


def _run(record: Record) -> list[Fact]:
    row, runs = record.row, record.runs
    planned = [int(row.artifacts[f"model-{s.seed}"].facts["planned_steps"]) for s in runs]
    found = [
        Fact(
            "best_step", [s.best_step for s in runs], f"{_list(s.best_step for s in runs)} of {_list(planned)} planned"
        ),
        Fact("kept_step", [s.kept_step for s in runs], _list(s.kept_step for s in runs)),
        Fact(
            "bits_per_character",
            {"train": _bits(runs, lambda s: s.kept_train_char), "val": _bits(runs, lambda s: s.kept_val_char)},
            f"train {_list(_bits(runs, lambda s: s.kept_train_char))}, "
            f"validation {_list(_bits(runs, lambda s: s.kept_val_char))} at the kept step",
        ),
        Fact("gap", [s.gap for s in runs], f"{_shares(s.gap for s in runs)} of the validation loss, at the end"),
        Fact("turn", [s.turn for s in runs], f"validation ended {_shares(s.turn for s in runs)} above its best"),
    ]
    falls = [s.fall for s in runs if s.fall is not None]
    if falls and record.mean(lambda s: s.turn) > TURNED:
        found.append(Fact("fall", falls, f"turned after step {_list(s.best_step for s in runs)}"))
    elif falls:
        state = "still falling" if sum(falls) / len(falls) > LEVEL else "levelled off"
        found.append(Fact("fall", falls, f"{state}: {_shares(falls)} over the second half of the steps"))
    rate = [s.kept_lr for s in runs]
    found.append(
        Fact("lr_at_kept", rate, f"{_list(f'{r:.2g}' for r in rate)} of train.lr {float(record.train['lr']):g}")
    )
    return found


def _size(record: Record) -> list[Fact]:
    held = record.row.facts
    parameters, per = int(held["parameters"]), float(held["tokens_per_parameter"])
    found = [
        Fact("epochs", held["epochs"], f"{held['epochs']:.2f} over {held['corpus_characters']:,} characters"),
        Fact("tokens_per_parameter", per, f"{per:.2f} ({held['tokens_seen']:,} seen, {parameters:,} parameters)"),
    ]
    if record.blind is not None:
        end = record.mean(lambda s: s.val)
        shown = f"{end:.3f} nats a token at the end, {record.blind:.3f} by token frequencies alone"
        found.append(Fact("blind_loss", record.blind, shown))
    return found


def _dial(record: Record) -> list[Fact]:
    score, dial = record.row.scores.get("dial.slope"), record.dial
    found: list[Fact] = []
    slope = (dial or {}).get("slope")
    if score is not None and not score.invalid:
        wide = spread(score)
        shown = f"model {wide[0]:+.2f} [{wide[1]:+.2f}, {wide[2]:+.2f}]" if wide else f"model {score.value:+.2f}"
        shown += f" {score.unit} over {len(score.blocks)} topics"
        value: dict[str, Any] = {"model": score.value, "interval": list(wide[1:3]) if wide else None}
        if slope:
            ratio = f" (ratio {score.value / slope['mean']:.2f})" if slope["mean"] > 0 else ""
            shown += f", corpus {slope['mean']:+.2f}{ratio}"
            value["corpus"] = slope["mean"]
        found.append(Fact("dial", value, shown + _verdict(record, score)))
    elif slope:
        found.append(Fact("dial", {"corpus": slope["mean"]}, f"corpus {slope['mean']:+.2f} mentions per level"))
    if dial is not None:
        voice, level = float(dial["eta2_voice"]), float(dial["eta2_level"])
        shown = f"the writer explains {voice:.1%} of the corpus's mentions, the level {level:.1%}"
        found.append(Fact("eta2", {"voice": voice, "level": level}, shown))
    cut = record.row.scores.get("dial.truncation")
    if cut is not None:
        shown = f"{_shares(cut.per_seed)} of the model's documents did not end"
        found.append(Fact("truncation", list(cut.per_seed), shown))
    return found


def _verdict(record: Record, score: Score) -> str:
    state = flat(record, score)
    return "; flat, though the corpus's is not" if state is not None and state >= POWER else ""


def _corpus(record: Record) -> list[Fact]:
    account = record.row.accounting
    if account is None or record.row.recipe["corpus"]["use"] != "voices":
        return []
    refused = ", ".join(f"{gate} {count}" for gate, count in account.refused.items()) or "none"
    share = sum(account.refused.values()) / account.asked if account.asked else 0.0
    shown = f"{share:.1%} of {account.asked:,} answers refused ({refused})"
    return [Fact("gates", {"refused": dict(account.refused), "share": share}, shown)]


# ---------------------------------------------------------------- the model's dial


def spread(score: Score) -> tuple[float, float, float, float, int] | None:
    """The mean slope of this round's models with its 95 % t interval over topics, its error and the topics.

    Topics are the blocks, each one's slope the mean over the seeds; None with fewer than two topics. The interval
    holds for these models: other seeds would give others.
    """
    from scipy import special

    columns = [sum(column) / len(column) for column in zip(*score.values, strict=True)]
    n = len(columns)
    if n < 2:
        return None
    mean = sum(columns) / n
    error = math.sqrt(sum((c - mean) ** 2 for c in columns) / (n - 1) / n)
    half = float(special.stdtrit(n - 1, 0.975)) * error
    return mean, mean - half, mean + half, error, n


def flat(record: Record, score: Score) -> float | None:
    """Where the model's slope is not above zero: the chance of having seen the corpus's own. None where it is."""
    slope, found = (record.dial or {}).get("slope"), spread(score)
    if found is None or not slope or slope["mean"] <= 0 or found[1] > 0:
        return None
    return power.power(float(slope["mean"]), found[3], found[4] - 1)


# ---------------------------------------------------------------- what cannot be said


def not_shown(record: Record, complaints: Sequence[str], unexplained: bool) -> tuple[str, ...]:
    """Each with its reason; ``unexplained`` when no limit is strong."""
    said = [f"the course of the losses: {line}" for line in complaints]
    if any(s.fall is None for s in record.runs):
        said.append("whether the loss was still falling: a curve of two checks or more is needed (train.evals)")
    if record.blind is None:
        said.append("how much was learned beyond token frequencies: the store no longer holds the round's tokens")
    said += _dial_not_shown(record) + _run_not_shown(record)
    if unexplained:
        said.append("one cause: on this record no rule of the diagnosis comes out strong")
    return tuple(said)


def _dial_not_shown(record: Record) -> list[str]:
    dial, score = record.dial, record.row.scores.get("dial.slope")
    if dial is None:
        return ["writer against level, and the corpus's dial: the corpus has neither writers nor levels"]
    said = []
    if len(dial["by"]) < 2:
        said.append("writer against level: there is one writer")
    if score is None:
        return [*said, "the model's dial: this round did not measure it (metrics.dial)"]
    if score.invalid:
        return [*said, f"the model's dial: {score.invalid}"]
    seen = flat(record, score)
    if seen is not None and seen < POWER:
        said.append(
            f"whether the model's dial is flat: with {len(score.blocks)} topics the corpus's own slope would have been "
            f"seen with a chance of {seen:.0%} only, so an interval around zero says little"
        )
    return said


def _run_not_shown(record: Record) -> list[str]:
    said = []
    gap, fall = record.mean(lambda s: s.gap), record.mean(lambda s: s.fall)
    if gap < AGREE and fall < LEVEL and all(s.fall is not None for s in record.runs):
        said.append(
            "whether a larger model would do better: training and validation agree and have levelled off, which a "
            "model that is too small shows, and so does a text that holds no more"
        )
    if warning := record.row.facts.get("genre", {}).get("warning"):
        said.append(f"which checkpoint the test would have chosen: {warning}")
    if len(record.runs) < 3:
        said.append(f"how much of it is this seed's luck: {len(record.runs)} of 3 seeds that would tell")
    return said


def after_a_crash(row: Round) -> tuple[str, ...]:
    """A crash has no facts and no curves; what was made before it is named."""
    made = ", ".join(kind for kind in ("corpus", "kept", "tokens") if kind in row.artifacts) or "nothing"
    return (f"losses, dial and doses: the round ended before it had a model (made before: {made})",)


def _bits(runs: Sequence[Signs], of: Callable[[Signs], float]) -> list[float]:
    return [round(of(s) / math.log(2), 4) for s in runs]


def _shares(values: Any) -> str:
    return ", ".join(f"{value:.0%}" for value in values)


def _list(values: Any) -> str:
    return ", ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in values)
