"""What a prediction came to: the foretold dial beside the corpus that was written, and the model trained on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean as mean
from typing import Any

from greenlight import corpus as corpora
from greenlight import dials, mentions, stats
from greenlight.errors import RecipeError, StudyError
from greenlight.forecast import Blend, Forecast, predicted
from greenlight.nouns import Interval, Noun, Round, Score, Text, canonical
from greenlight.recipe import Recipe, VoicesCorpus
from greenlight.scorecard import Figure, load, stale
from greenlight.study import Study
from greenlight.unrun import steps

CLOSE = 0.005
"""Between two shares that are the same, rounded."""


class Line(Noun):
    """One figure: foretold for a corpus of this size, and as it came; ``model`` where the round was measured.

    ``inside``: whether what came lies in the interval that was foretold; None where nothing came.
    """

    name: str
    foretold: Interval
    came: Figure
    inside: bool | None
    model: Figure = Figure()


class Outcome(Noun):
    """The comparison of one round. ``blend`` names which of the foretold blends it has."""

    round: int
    blend: str
    shares: dict[str, float]
    documents: int
    size: int
    foretold_on: str
    lines: tuple[Line, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class _Written:
    samples: list[Text]
    row: Round | None
    whole: bool
    """Whether set gates have already taken from it what they take."""


def compare(study: Study, number: int) -> Outcome:
    """A round's corpus and model beside the prediction that the study keeps.

    Raises StudyError without a prediction, or a corpus of this recipe; RecipeError where the round's blend is none of
    those that were foretold.
    """
    forecast, recipe = predicted(study), study.recipe(number)
    corpus = recipe.corpus
    if not isinstance(corpus, VoicesCorpus):
        raise RecipeError(f"round {number} has no voices (its corpus is {corpus.use}): nothing was foretold of it")
    name, blend = _foretold(forecast, corpus.blend, number)
    if (corpus.brief.pattern, corpus.brief.levels) != (forecast.pattern, len(forecast.levels)):
        raise RecipeError(f"round {number} counts something else than was foretold: solve its blend anew, --calibrated")
    written = _written(study, number, recipe, corpus)
    finished = [s for s in written.samples if s.made.finish_reason != "length"]
    found = dials.dial_of(
        [
            dials.Counted(s.made.voice, s.made.topic, s.made.level, mentions.count(s.body, forecast.pattern))
            for s in finished
        ]
    )
    score = written.row.scores.get("dial.slope") if written.row is not None else None
    lines = [
        _line(f"L{level}", blend.corpus_dial[i], found["all"].get(str(level)), _model_level(score, level))
        for i, level in enumerate(forecast.levels)
    ]
    lines.append(_line("slope", blend.corpus_slope, found["slope"], _model_slope(score)))
    documents = len(written.samples)
    return Outcome(
        round=number,
        blend=name,
        shares={v: sum(s.made.voice == v for s in written.samples) / documents for v in blend.weights},
        documents=documents,
        size=forecast.size,
        foretold_on=forecast.date,
        lines=tuple(lines),
        cautions=tuple(_cautions(study, recipe, forecast, written)),
    )


def _foretold(forecast: Forecast, blend: Mapping[str, float], number: int) -> tuple[str, Blend]:
    for name, one in forecast.blends.items():
        voices = one.weights.keys() | blend.keys()
        if all(abs(one.weights.get(v, 0.0) - blend.get(v, 0.0)) <= CLOSE for v in voices):
            return name, one
    solved = ", ".join(f"{voice} {share:.3g}" for voice, share in forecast.blends["solved"].weights.items())
    raise RecipeError(
        f"round {number} has another blend than was foretold ({solved}): write that one into its corpus.blend, or "
        "solve anew with --calibrated, which foretells the recipe's own blend too"
    )


def _written(study: Study, number: int, recipe: Recipe, corpus: VoicesCorpus) -> _Written:
    """The corpus of the round's own row, or of a step that wrote this very corpus."""
    row = study.ledger.latest().get(number)
    if row is not None and row.status == "done" and row.recipe["corpus"] == recipe.data()["corpus"]:
        return _Written(corpora.load(study.store.path(row.artifacts["kept"]) / corpora.KEPT), row, True)
    asked = canonical(corpus.data())
    for _, made in steps(study, "corpus"):
        if canonical(made.plan.get("corpus")) != asked or made.plan.get("gates") != recipe.gates.each:
            continue
        for _, kept in steps(study, "kept"):
            if kept.made_from.get("corpus") == made.fingerprint:
                return _Written(corpora.load(study.store.path(kept) / corpora.KEPT), None, True)
        return _Written(corpora.load(study.store.path(made) / corpora.FILE), None, False)
    raise StudyError(
        f"round {number} has written no corpus of its present recipe: greenlight write {study.folder} {number}, or run"
    )


def _line(name: str, foretold: Interval, came: Mapping[str, Any] | None, model: Figure) -> Line:
    if came is None or came["mean"] is None:
        return Line(name=name, foretold=foretold, came=Figure(), inside=None, model=model)
    figure = Figure(value=came["mean"], low=came["low"], high=came["high"], n=came["n"])
    inside = foretold.low <= came["mean"] <= foretold.high
    return Line(name=name, foretold=foretold, came=figure, inside=inside, model=model)


def _model_level(score: Score | None, level: int) -> Figure:
    """The mean over seeds."""
    if score is None:
        return Figure()
    cells: Sequence[Any] = [facts["levels"].get(str(level), {}).get("mean") for facts in score.facts.values()]
    known = [cell for cell in cells if cell is not None]
    return Figure(value=mean(known) if known else None, n=len(known))


def _model_slope(score: Score | None) -> Figure:
    """Over new seeds and topics, where there are two seeds; over topics with one."""
    if score is None:
        return Figure()
    try:
        found = stats.one_arm(score.values).interval if len(score.values) > 1 else stats.resampled_mean(score.values[0])
    except ValueError:
        return Figure(value=score.value, n=len(score.seeds))
    return Figure.of(found, len(score.seeds))


def _cautions(study: Study, recipe: Recipe, forecast: Forecast, written: _Written) -> list[str]:
    said = []
    if written.row is not None and written.row.started and written.row.started < forecast.date:
        said.append("the round had begun before this was foretold, so it is no prediction of it")
    if not written.whole:
        said.append("the set gates have not seen this corpus yet")
    if len(written.samples) != forecast.size:
        said.append(f"{forecast.size:,} documents were foretold, and {len(written.samples):,} are there")
    for voice in forecast.cards:
        card = load(study.folder, voice)
        if card is not None and voice in recipe.corpus.data()["voices"] and (why := stale(card, recipe)):
            said.append(f"{voice} is not what was calibrated: {'; '.join(why)}")
        models = {s.made.model for s in written.samples if s.made.voice == voice}
        if models and not models <= set(forecast.models[voice]):
            said.append(
                f"{voice} answered as {', '.join(sorted(models))}, when calibrated as "
                f"{', '.join(forecast.models[voice])}"
            )
    return said
