"""What ``blend STUDY ROUND`` shows: the blend solved from scorecards, and what became of its prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from greenlight.cli import show
from greenlight.cli.calibrating import round_in
from greenlight.cli.dial import short

if TYPE_CHECKING:
    from greenlight.forecast import Blend, Point, Solved, Wish
    from greenlight.realised import Outcome
    from greenlight.scorecard import Figure
    from greenlight.study import Study

LEAST = 0.01
"""Hours, or USD, under which nobody chooses a blend by them."""
KINDS = {"solved": "the solved blend", "recipe": "the recipe's own", "even": "equal shares"}


def foretold(words: list[str] | None, wish: Wish, against: Sequence[int]) -> tuple[Solved, dict[str, Any], list[str]]:
    """Solves, keeps the prediction in the study and its ledger, and writes a round of the blend for each of
    ``against``; the answer, what ``--json`` tells beside it, and a line for each round."""
    from greenlight.forecast import foretell

    study, number, recipe = round_in(words)
    for other in against:
        study.recipe(other)  # what is no round is said before anything is kept
    found = foretell(study, number, recipe, wish)
    data = {
        "source": "calibration",
        "prediction": found.forecast.data(),
        "front": [point.data() for point in found.front],
        "cautions": list(found.cautions),
    }
    study.ledger.append("blend", {**found.solution.data(), **data})
    written, there = _rounds(study, number, found, against)
    lines = [f"wrote {path}" for path in written] + [show.folded(f"already there: {path}") for path in there]
    return found, data | {"wrote": written, "already_there": there}, [show.visible(line) for line in lines]


def _rounds(study: Study, number: int, found: Solved, against: Sequence[int]) -> tuple[list[str], list[str]]:
    """Files of rounds with the solved blend, of the size that was foretold, and else round ``number``'s recipe: those
    that were written, and those that were there."""
    from greenlight.cli.judging import new_rounds
    from greenlight.separate import toml_text

    solution, texts = found.solution, {}
    blend = {voice: share for voice, share in solution.solved.weights.items() if share > 0}
    corpus = {"size": found.forecast.size, "blend": blend}
    for other in dict.fromkeys(against):
        question = f"Does the blend that was solved for {solution.pattern!r} beat that of round {other}?"
        head = {"base": f"round:{number}", "against": f"round:{other}", "question": question}
        texts[f"solved-against-{other}"] = toml_text({**head, "corpus": corpus})
    return new_rounds(study, texts)


def page(found: Solved) -> list[str]:
    """The front, what the blends take, and the cautions."""
    unit = "η²" if found.solution.aim == "eta2" else "bits"
    lines = [_front(found.front, unit, of) for of in ("hours", "usd")]
    blends = found.forecast.blends
    rows = [[KINDS[name], *(_between(level) for level in one.corpus_dial)] for name, one in blends.items()]
    levels = [f"L{level}" for level in found.forecast.levels]
    if len(levels) <= 5:
        title = f"what a corpus of {found.forecast.size:,} will have: 95 of 100 lie inside"
        lines.append(show.table(["mentions a text", *levels], rows, title))
    lines += [_takes(name, one) for name, one in blends.items()]
    lines += [show.folded(f"  Caution: {show.visible(caution)}.", "    ") for caution in found.cautions]
    return [line for line in lines if line]


def _front(points: Sequence[Point], unit: str, of: str) -> str:
    """A front of several points, where it is about anything."""
    some = [point for point in points if point.of == of]
    if len(some) < 2 or (getattr(some[-1], of) or 0.0) < LEAST:
        return ""
    names = short(some[0].weights)
    rows = [
        [_amount(getattr(point, of)), f"{point.aim:.3f}", f"{point.slope:.2f}", _shares(point.weights, names)]
        for point in some
    ]
    what = "hours" if of == "hours" else "USD"
    return show.table([what, unit, "slope", "blend"], rows, f"the most {unit} for so many {what}")


def _shares(weights: Mapping[str, float], names: Mapping[str, str]) -> str:
    return ", ".join(f"{names[voice]} {share:.2g}" for voice, share in weights.items() if share > 0)


def _takes(name: str, one: Blend) -> str:
    hours = "time unknown" if one.hours is None else show.span(3600 * one.hours)
    usd = "money unknown" if one.usd is None else f"{_amount(one.usd)} USD"
    slope = f"{one.slope.value:.2f} mentions per level, in such a corpus {_between(one.corpus_slope)}"
    return show.folded(f"  {KINDS[name]}: {slope}; {hours}, {usd}", "    ")


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _between(interval: Any) -> str:
    return f"{interval.low:.2f}–{interval.high:.2f}"


def checked(words: list[str] | None, as_json: bool) -> None:
    """A round's corpus, and its model, beside what was foretold."""
    from greenlight.realised import compare

    study, number, _ = round_in(words)
    found = compare(study, number)
    show.answer(found.data(), as_json, _outcome(found))


def _outcome(found: Outcome) -> str:
    measured = any(line.model.value is not None for line in found.lines)
    rows = []
    for line in found.lines:
        inside = {True: "inside", False: "outside", None: "–"}[line.inside]
        foretold = f"{line.foretold.value:.2f} [{line.foretold.low:.2f}, {line.foretold.high:.2f}]"
        rows.append([line.name, foretold, _figure(line.came), inside, *([_figure(line.model)] if measured else [])])
    heads = ["", "foretold [95 %]", "the corpus", "", *(["the models"] if measured else [])]
    title = f"round {found.round}: {KINDS[found.blend]}"
    came = [line for line in found.lines if line.inside is not None]
    hits = sum(bool(line.inside) for line in came)
    said = [
        f"{hits} of {len(came)} figures of the corpus ({show.counted(found.documents, 'document')}) "
        f"lie inside what was foretold on {found.foretold_on[:10]}."
    ]
    slope = found.lines[-1]
    if slope.model.value is not None and slope.came.value:
        share = slope.model.value / slope.came.value
        tail = ": a model seldom has all of its corpus's dial" if share < 1 else ""
        said.append(f"The models' slope is {share:.0%} of the corpus's{tail}.")
    said += [f"Caution: {caution}." for caution in found.cautions]
    return "\n".join([show.table(heads, rows, title), *(show.folded("  " + show.visible(x), "    ") for x in said)])


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    ends = "" if figure.low is None or figure.high is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
    return f"{figure.value:.2f}{ends}"
