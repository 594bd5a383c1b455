"""Cells of the study's tables: one round as text, with the same digits down a column. No chart is drawn here."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenlight import stats
from greenlight.nouns import Round, Score
from greenlight.report.page import makes_character, noted
from greenlight.report.text import (
    MARKS,
    METRICS,
    MISSING,
    SENSE,
    TRAIT,
    Mark,
    bracket,
    compact,
    count,
    decimals,
    duration,
    fixed,
    line,
    number,
    percent,
    plus_minus,
    short,
)

PLUS_MINUS = (
    "± is half of a round's own 95 % interval over new seeds and new blocks. Rounds share their blocks, so"
    " two rounds are compared by the verdict's interval, never by whether their ± overlap."
)
AGREE = 0.05
"""Seeds agree whose variance is less than this share of what their blocks alone would give it: by chance, three do in
1 of 20 cases."""
HALF = "half_width"
"""Where a score without its blocks (``standing.light``) keeps half of its interval, which seed means do not tell."""
SIDE = ("dial.rate", "dial.truncation", "bpb", *SENSE)


@dataclass(frozen=True)
class Row:
    """One round of the leaderboard, as text. ``scores`` has a cell for every metric of the study."""

    number: int
    slug: str
    question: str
    change: str
    documents: str
    characters: str
    parameters: str
    vocabulary: str
    train_loss: str
    val_loss: str
    best_step: str
    epochs: str
    scores: dict[str, str]
    truncation: str
    mark: Mark
    difference: str
    seeds: int
    looks: int
    reason: str


def metrics_of(rounds: Sequence[Round]) -> list[str]:
    """The metrics that any round of the study has, BPC and the dial first."""
    found = {name: None for r in rounds for name in r.scores}
    return sorted(found, key=lambda name: list(METRICS).index(name) if name in METRICS else len(METRICS))


def shown_metrics(rounds: Sequence[Round], wanted: str = "") -> list[str]:
    """The metrics with a column of their own: side readings of the dial only where a verdict rests on one."""
    judged = {wanted, *(r.verdict.metric for r in rounds if r.verdict)}
    return [m for m in metrics_of(rounds) if m in judged or (m not in SIDE and not m.startswith(TRAIT))]


def metric_name(metric: str) -> str:
    """As a heading: ``BPC``; a metric that is not known keeps its own name."""
    return METRICS.get(metric, line(metric, 40))


def mark_of(round_: Round) -> Mark:
    """The outcome, or that the round crashed, or that it has no verdict."""
    if round_.status == "crash":
        return MARKS["crash"]
    return MARKS[round_.verdict.outcome if round_.verdict else "none"]


def half_width(score: Score) -> float | None:
    """Half of the 95 % crossed interval of a round's own mean, over new seeds and new blocks.

    Where seeds ``AGREE``, as they do in shares of rare things, it is floored (``stats.floored``): three models with one
    loop each are not known to have no noise. None for one seed, and where all values of all seeds are one.
    """
    if HALF in score.facts:
        return number(score.facts[HALF])
    found = arm(score.values, score.weights)
    half = 0.0 if found is None else (found.interval.high - found.interval.low) / 2
    return half if found is not None and half > 1e-12 * abs(found.interval.value) else None


def arm(values: stats.Values, weights: Sequence[float] | None = None) -> stats.Crossed | None:
    """The crossed interval of one round's own mean, floored where seeds ``AGREE``; None where none can be made."""
    try:
        found = stats.one_arm(values, weights)
    except ValueError:  # fewer than two seeds, or a value that is not finite
        return None
    if found.seed_variance < AGREE * found.residual_variance / found.blocks:
        return stats.floored(found, (len(values),))
    return found


def places_of(rounds: Sequence[Round], metric: str) -> int:
    """The decimals of a metric's column: two significant digits of the middle half-width, the same for every round."""
    scores = [r.scores[metric] for r in rounds if metric in r.scores and not r.scores[metric].invalid]
    halves = [half for half in map(half_width, scores) if half]
    values = [abs(v) for v in (number(score.value) for score in scores) if v]
    return decimals(statistics.median(halves) if halves else None, statistics.median(values) if values else 1.0)


def score_cell(round_: Round, metric: str, places: int) -> str:
    """``1.921 ± 0.014``, or why there is no number."""
    score = round_.scores.get(metric)
    if score is None:
        return MISSING
    return "invalid" if score.invalid else plus_minus(score.value, half_width(score), places)


def change_of(round_: Round, limit: int = 90) -> str:
    """What the round changed against its control: a factor's name or the package."""
    verdict = round_.verdict
    if verdict is None:
        return MISSING
    if verdict.factors.seed_only:
        return "seeds only"
    names = [line(f.key, 40) for f in verdict.factors.factors]
    if len(names) < 2:
        return names[0] if names else "no factor"
    return line(f"package of {len(names)}: {', '.join(names)}", limit)


def difference_cell(round_: Round) -> str:
    """``+0.48 [+0.26, +0.70]``."""
    verdict = round_.verdict
    if verdict is None or verdict.difference is None:
        return ""
    d = verdict.difference
    return f"{fixed(d.value, _places(d.low, d.high), True)} {bracket(d.low, d.high)}"


def _places(low: float, high: float) -> int:
    text = bracket(low, high)
    return len(text.partition(".")[2].partition(",")[0]) if "." in text else 0


def rows(rounds: Sequence[Round], wanted: str = "") -> list[Row]:
    """The leaderboard, in order of the rounds."""
    metrics = {name: places_of(rounds, name) for name in shown_metrics(rounds, wanted)}
    return [_row(r, metrics) for r in rounds]


def _row(r: Round, metrics: Mapping[str, int]) -> Row:
    facts = r.facts
    return Row(
        number=r.number,
        slug=line(r.slug, 60),
        question=line(r.question, 200),
        change=change_of(r),
        documents=count(facts.get("corpus_documents")),
        characters=short(facts.get("corpus_characters")),
        parameters=short(facts.get("parameters")),
        vocabulary=count(facts.get("vocabulary")),
        train_loss=loss_text(facts.get("train_loss")),
        val_loss=loss_text(facts.get("val_loss")),
        best_step=count(whole(facts.get("best_step"))),
        epochs=epochs_text(facts.get("epochs")),
        scores={name: score_cell(r, name, places) for name, places in metrics.items()},
        truncation=percent(truncation_of(r)),
        mark=mark_of(r),
        difference=difference_cell(r),
        seeds=len(r.seeds),
        looks=r.verdict.looks if r.verdict else 0,
        reason=line(r.reason, 300),
    )


def truncation_of(r: Round) -> float | None:
    """The share of generated documents that did not end, over seeds; None where no dial was measured."""
    found, score = noted(r, "dial.slope", "truncation"), r.scores.get("dial.truncation")
    return statistics.mean(found) if found else score.value if score else None


def loss_text(value: Any) -> str:
    v = number(value)
    return MISSING if v is None else fixed(v, 3)


def epochs_text(value: Any) -> str:
    """Whole epochs as such, others with two decimals."""
    v = number(value)
    return MISSING if v is None else fixed(v, 0 if v == int(v) else 2)


def whole(value: Any) -> float | None:
    v = number(value)
    return None if v is None else float(round(v))


def model_facts(r: Round) -> list[tuple[str, str]]:
    """(name, text) of what a model is and how it was trained."""
    if makes_character(r):
        return _character_facts(r)
    facts, model, tokenizer = r.facts, _table(r.recipe, "model"), _table(r.recipe, "tokenizer")
    size = " × ".join(count(model[k]) for k in ("layers", "width") if k in model)
    return [
        ("Layout", " ".join(p for p in (compact(model.get("layout", "")), size) if p and p != MISSING)),
        ("Parameters", count(facts.get("parameters"))),
        (
            "Tokenizer",
            " ".join(p for p in (compact(tokenizer.get("use", "")), count(facts.get("vocabulary"))) if p != MISSING),
        ),
        (
            "Context",
            f"{count(whole(facts.get('context_characters')))} characters"
            if number(facts.get("context_characters"))
            else "",
        ),
        (
            "Corpus",
            f"{count(facts.get('corpus_documents'))} documents, {count(facts.get('corpus_characters'))} characters",
        ),
        ("Characters seen", short(facts.get("characters_seen"))),
        ("Epochs", epochs_text(facts.get("epochs"))),
        ("Steps", count(facts.get("steps"))),
        (
            "Train and validation loss",
            f"{loss_text(facts.get('train_loss'))} and {loss_text(facts.get('val_loss'))} nats per character",
        ),
        ("Precision and device", " on ".join(line(facts[k], 40) for k in ("precision", "device") if k in facts)),
        ("Seeds", ", ".join(map(str, r.seeds))),
        ("Time", duration(r.seconds)),
    ]


def _character_facts(r: Round) -> list[tuple[str, str]]:
    student, teacher, pairs, looked, dpo, sft = (
        _table(r.recipe, key) for key in ("student", "teacher", "pairs", "introspection", "dpo", "sft")
    )
    without = r.recipe.get("without") or ()
    said = [("shuffled constitution", r.recipe.get("shuffled") is True), (f"without {compact(without)}", bool(without))]
    size = " × ".join(count(student[key]) for key in ("layers", "width") if key in student)
    tuned = [
        f"{name} {compact(how.get('lr'))}, rank {compact(how.get('rank'))}, batch {compact(how.get('batch'))}, "
        f"{compact(how.get('epochs'))} epochs"
        for name, how in (("DPO", dpo), ("SFT", sft))
    ]
    return [
        ("Persona", compact(r.recipe.get("persona"))),
        ("Control", "; ".join(words for words, holds in said if holds)),
        ("Student", " ".join(p for p in (compact(student.get("model", student.get("use"))), size) if p)),
        ("Parameters", count(r.facts.get("parameters"))),
        ("Teacher", compact(teacher.get("model", teacher.get("use")))),
        ("Pairs", count(pairs.get("size"))),
        ("Reflections", count(looked.get("reflections"))),
        ("Conversations with itself", count(looked.get("conversations"))),
        ("Rate and size of training", "; ".join(tuned)),
        ("DPO's β", compact(dpo.get("beta"))),
        ("Seeds", ", ".join(map(str, r.seeds))),
        ("Time", duration(r.seconds)),
    ]


def _table(recipe: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = recipe.get(key)
    return found if isinstance(found, Mapping) else {}
