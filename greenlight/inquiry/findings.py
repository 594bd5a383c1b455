"""What a diagnosis looked at, figure by figure, and what the record cannot show, with the reason."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from greenlight import power, stats
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
    slope = _corpus_slope(record)
    if score is not None and not score.invalid and finite(score):
        wide = spread(score)
        shown = f"model {score.value:+.2f}" + (f" [{wide.low:+.2f}, {wide.high:+.2f}]" if wide else "")
        shown += f" {score.unit} over {_over(score)}"
        value: dict[str, Any] = {"model": score.value, "interval": [wide.low, wide.high] if wide else None}
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
    if cut is not None and finite(cut):
        shown = f"{_shares(cut.per_seed)} of the model's documents did not end"
        found.append(Fact("truncation", list(cut.per_seed), shown))
    return found


def _verdict(record: Record, score: Score) -> str:
    state = flat(record, score)
    return "; flat, though the corpus's is not" if state is not None and state >= POWER else ""


def _corpus(record: Record) -> list[Fact]:
    account = record.row.accounting
    if account is None or record.row.recipe["corpus"]["use"] == "text":
        return []
    refused = ", ".join(f"{gate} {count}" for gate, count in account.refused.items()) or "none"
    share = sum(account.refused.values()) / account.asked if account.asked else 0.0
    shown = f"{share:.1%} of {account.asked:,} answers refused ({refused})"
    return [Fact("gates", {"refused": dict(account.refused), "share": share}, shown)]


# ---------------------------------------------------------------- the model's dial


def _corpus_slope(record: Record) -> Any:
    slope = (record.dial or {}).get("slope")
    return slope if slope and _number(slope.get("mean")) else None


@dataclass(frozen=True)
class Spread:
    """A 95 % interval of a round's mean, its standard error, and its degrees of freedom."""

    low: float
    high: float
    se: float
    df: float


def finite(score: Score) -> bool:
    return all(math.isfinite(value) for row in score.values for value in row)


def spread(score: Score) -> Spread | None:
    """Over new seeds and new topics, as the leaderboard has it; with one seed over topics alone, for this model only.

    None with fewer than two topics, or a value that is not finite.
    """
    if len(score.blocks) < 2 or not finite(score):
        return None
    if len(score.seeds) < 2:
        (row,) = score.values
        shown = stats.t_interval(row)
        return Spread(shown.low, shown.high, statistics.stdev(row) / math.sqrt(len(row)), len(row) - 1.0)
    found = stats.floored(stats.one_arm(score.values, score.weights), (len(score.values),))
    return Spread(found.interval.low, found.interval.high, found.se, found.interval.df or 1.0)


def _over(score: Score) -> str:
    topics = f"{len(score.blocks)} topics"
    return f"{len(score.seeds)} seeds and {topics}" if len(score.seeds) > 1 else f"{topics}, for this one model"


def flat(record: Record, score: Score) -> float | None:
    """Where the model's slope is not above zero: the chance of having seen the corpus's own. None where it is."""
    slope, found = _corpus_slope(record), spread(score)
    if found is None or not slope or slope["mean"] <= 0 or found.low > 0:
        return None
    return power.power(float(slope["mean"]), found.se, found.df)


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
    if not finite(score):
        return [*said, "the model's dial: its score holds a value that is not a finite number: run the round again"]
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


NEEDED = (
    "steps",
    "epochs",
    "parameters",
    "vocabulary",
    "corpus_characters",
    "tokens_seen",
    "tokens_per_parameter",
)
"""Facts of a round without which its losses cannot be weighed."""

NEEDED_OF_MODELS = (
    "planned_steps",
    "steps",
    "best_step",
    "kept_step",
    "kept_lr",
    "epochs",
    "last_train_loss",
    "last_val_loss",
    "best_val_loss",
    "kept_train_loss_char",
    "kept_val_loss_char",
)
"""The same of each of its models."""


def lacking(row: Round) -> tuple[str, ...]:
    """What a row of the ledger would have to hold for a diagnosis; empty where it holds all of it."""
    wanting = [f"the fact {key}" for key in NEEDED if not _number(row.facts.get(key))]
    if "tokens" not in row.artifacts:
        wanting.append("the tokens")
    for seed in row.seeds:
        model = row.artifacts.get(f"model-{seed}")
        if model is None:
            wanting.append(f"the model of seed {seed}")
        else:
            bad = [key for key in NEEDED_OF_MODELS if not _number(model.facts.get(key))]
            wanting += [f"{key} of seed {seed}" for key in bad]
    if not wanting:
        return ()
    more = f" and {len(wanting) - 3} more" if len(wanting) > 3 else ""
    return (f"why it came out so: its row of the ledger lacks {', '.join(wanting[:3])}{more}; run the round again",)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _bits(runs: Sequence[Signs], of: Callable[[Signs], float]) -> list[float]:
    return [round(of(s) / math.log(2), 4) for s in runs]


def _shares(values: Any) -> str:
    return ", ".join(f"{value:.0%}" for value in values)


def _list(values: Any) -> str:
    return ", ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in values)
