"""Who leads, and how far that can be believed: champion, luck, noise, equal budgets, and the study's predictions.

*Champion.* The best usable mean of one metric among finished rounds that were measured alike (same yardstick, settings
and blocks; of several such groups the largest). A crash, an invalid score, or a round whose verdict broke a guard
never leads. The champion is named before anything is tested about it.

A character's score is of its own persona: rounds of another one are ranked among themselves (``personas``).

*Luck.* The best of many rounds that differ in nothing still gains on the first. The gain is over the first usable
round, whatever the champion was compared with: a baseline that could be chosen would be chosen low. A mean of k seeds
has ``se² = sd²/k + b``, with sd the noise floor and b the blocks' part, half of what the squared standard errors of
the metric's verdicts hold beyond the seeds' part. From these ``stats.luck`` says what the best of all others gains in
the median, and what in 1 of 20 cases; under the latter, the champion is within luck. Every set of models that was ever
finished counts as a try, with its own number of seeds.

*Equal budgets.* Rounds sorted by their cost are cut into brackets: one begins with its cheapest round and takes in all
that cost at most 10 % more. Beside a bracket's own champion stands the best round of this cost *or less*: where that
is a cheaper one, the bracket's cost bought nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from greenlight import rates, stats
from greenlight.nouns import Interval
from greenlight.report.standing import Plan, Standing, Value

LuckOf = Callable[[Sequence[float], float, float], stats.Luck]
TOLERANCE = 0.10
"""By how much the costs of one bracket may differ: the dearest against the cheapest."""


@dataclass(frozen=True)
class Noise:
    """The standard deviation of one seed's value within rounds, pooled over ``rounds``, with its degrees of freedom."""

    sd: float
    df: int
    rounds: int


@dataclass(frozen=True)
class Bracket:
    """Rounds of equal cost, best first; ``cost`` from the cheapest to the dearest, None where it is not known.

    ``so_far`` is the best of this cost or less.
    """

    cost: tuple[float, float] | None
    rounds: tuple[Standing, ...]
    champion: Standing | None
    so_far: Standing | None


@dataclass(frozen=True)
class Prediction:
    """A predicted interval of a difference beside what was measured; ``held`` is None where it does not count."""

    number: int
    metric: str
    low: float
    high: float
    measured: float | None
    held: bool | None
    why: str = ""


@dataclass(frozen=True)
class Calibration:
    """How many predicted intervals held the measured difference; ``rate`` is None where none counts."""

    held: int
    counted: int
    rate: Interval | None
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True)
class Board:
    """One metric's leaderboard. ``ranked`` best first, ``rest`` those without a place in it, with the reason.

    ``baseline`` is the first usable round, over which ``gain`` is.
    """

    metric: str
    unit: str
    lower: bool
    ranked: tuple[Standing, ...]
    rest: tuple[tuple[Standing, str], ...]
    champion: Standing | None
    baseline: Standing | None
    gain: float | None
    noise: Noise | None
    luck: stats.Luck | None
    brackets: tuple[Bracket, ...]
    equal: str
    codes: int
    looks: int
    judged: int
    personas: tuple[Standing, ...] = ()
    """Of each other persona the best round."""

    @property
    def within_luck(self) -> bool:
        """Whether the best of as many rounds that differ in nothing would often gain as much."""
        return self.luck is not None and self.gain is not None and self.gain <= self.luck.line

    def broke(self, row: Standing) -> bool:
        """Whether the round's verdict broke a guard, so that it cannot lead."""
        return _broken(row)

    def value(self, row: Standing) -> Value:
        return row.values[self.metric]


def wanted_metric(rows: Sequence[Standing]) -> str:
    """The metric that most verdicts rest on; before there is one, what the newest recipe's keep rule names."""
    judged = Counter(row.verdict.metric for row in rows if row.verdict)
    if judged:
        return max(judged, key=lambda metric: judged[metric])
    named = [row.wanted for row in rows if row.wanted in row.values]
    return named[-1] if named else next((name for row in rows for name in row.values), "")


def board(every: Sequence[Standing], metric: str = "", equal: str = "", luck: LuckOf = stats.luck) -> Board:
    """The leaderboard of a ledger's rounds, given in its order; ``equal`` is a key of ``standing.BUDGETS`` or empty.

    ``luck`` is ``stats.luck``, or what remembers its answers (``Standings.luck``).
    """
    rows = [row for _, row in sorted({row.number: row for row in every}.items())]
    metric = metric or wanted_metric(rows)
    kept, rest = _usable(rows, metric)
    sample = kept[0].values[metric] if kept else None
    lower = sample is not None and sample.better == "lower"
    ranked = tuple(sorted(kept, key=lambda row: (_badness(row, metric, lower), row.number)))
    leads = [row for row in ranked if not _broken(row)]
    champion = leads[0] if leads else None
    baseline = kept[0] if champion is not None else None
    gain = None
    if champion is not None and baseline is not None and champion is not baseline:
        gain = _badness(baseline, metric, lower) - _badness(champion, metric, lower)
    noise = _noise(kept, metric)
    return Board(
        metric=metric,
        unit=sample.unit if sample else "",
        lower=lower,
        ranked=ranked,
        rest=tuple(rest),
        champion=champion,
        baseline=baseline,
        gain=gain,
        noise=noise,
        luck=_luck(every, baseline, noise, metric, luck) if gain is not None else None,
        brackets=_brackets(ranked, metric, lower, equal) if equal else (),
        equal=equal,
        codes=len({row.values[metric].code for row in kept}),
        looks=len(_looked(every)),
        judged=len({row.number for row in every if row.verdict}),
        personas=_personas([row for row, why in rest if why == "another persona"], metric, lower),
    )


def _usable(rows: Sequence[Standing], metric: str) -> tuple[list[Standing], list[tuple[Standing, str]]]:
    """The rounds that can be ranked, and the others with the reason."""
    have = [row for row in rows if row.status == "done" and metric in row.values and row.values[metric].usable]
    groups = Counter(row.values[metric].like for row in have if not row.values[metric].few)
    largest = max(groups, key=lambda like: groups[like]) if groups else ""
    persona = next((row.persona for row in have if row.values[metric].like == largest), "")
    kept, rest = [], []
    for row in rows:
        value = row.values.get(metric)
        if row.status != "done":
            rest.append((row, "crashed"))
        elif value is None:
            rest.append((row, f"has no {metric}"))
        elif not value.usable:
            rest.append((row, "invalid score"))
        elif value.few:
            rest.append((row, "too few prompts"))
        elif value.like != largest:
            other = row.persona and row.persona != persona
            rest.append((row, "another persona" if other else "measured otherwise"))
        else:
            kept.append(row)
    return kept, rest


def _personas(rows: Sequence[Standing], metric: str, lower: bool) -> tuple[Standing, ...]:
    found = {}
    for name in dict.fromkeys(row.persona for row in rows):
        own = [row for row in rows if row.persona == name and not _broken(row)]
        if own:
            found[name] = min(own, key=lambda row: (_badness(row, metric, lower), row.number))
    return tuple(found.values())


def _badness(row: Standing, metric: str, lower: bool) -> float:
    mean = row.values[metric].mean
    return mean if lower else -mean


def _broken(row: Standing) -> bool:
    return row.verdict is not None and bool(row.verdict.broken)


def _noise(kept: Sequence[Standing], metric: str) -> Noise | None:
    values = [row.values[metric] for row in kept if row.values[metric].df > 0]
    df = sum(v.df for v in values)
    return Noise(math.sqrt(sum(v.squares for v in values) / df), df, len(values)) if df else None


def _looked(every: Sequence[Standing]) -> set[tuple[int, str]]:
    """A look is a verdict on other models than before."""
    return {(row.number, row.models) for row in every if row.verdict}


def _luck(
    every: Sequence[Standing], root: Standing | None, noise: Noise | None, metric: str, luck: LuckOf
) -> stats.Luck | None:
    if noise is None or root is None:
        return None
    tried = {row.models: _seeds(row, metric) for row in every if row.status == "done" and metric in row.values}
    own = tried.pop(root.models)
    blocks = _block_part(every, metric, noise)
    ses = [math.sqrt(noise.sd**2 / k + blocks) for k in (own, *tried.values())]
    return luck(ses[1:] or ses, ses[0], noise.df)  # the same models under another number are one try


def _seeds(row: Standing, metric: str) -> int:
    """The seeds behind a round's mean; those that it trained where the mean cannot be used."""
    value = row.values[metric]
    return value.df + 1 if value.usable else max(1, row.seeds)


def _block_part(every: Sequence[Standing], metric: str, noise: Noise) -> float:
    """What the blocks add to the variance of one round's mean, from all verdicts on the metric; 0 without one."""
    latest: dict[int, Standing] = {}
    found = []
    for row in every:
        verdict = row.verdict
        control = latest.get(verdict.against) if verdict is not None else None
        if verdict is not None and control is not None and verdict.metric == metric and verdict.se:
            sides = [_seeds(side, metric) for side in (control, row) if metric in side.values]
            if len(sides) == 2:
                found.append(verdict.se**2 - noise.sd**2 * sum(1 / k for k in sides))
        if row.status == "done":
            latest[row.number] = row
    return max(0.0, sum(found) / len(found) / 2) if found else 0.0


def _brackets(ranked: Sequence[Standing], metric: str, lower: bool, equal: str) -> tuple[Bracket, ...]:
    known = sorted((row for row in ranked if equal in row.budget), key=lambda row: row.budget[equal])
    groups: list[list[Standing]] = []
    for row in known:
        if groups and row.budget[equal] <= groups[-1][0].budget[equal] * (1 + TOLERANCE):
            groups[-1].append(row)
        else:
            groups.append([row])
    out, so_far = [], None
    for group in groups:
        best = sorted(group, key=lambda row: (_badness(row, metric, lower), row.number))
        own = next((row for row in best if not _broken(row)), None)
        if own and (so_far is None or _badness(own, metric, lower) < _badness(so_far, metric, lower)):
            so_far = own
        out.append(Bracket((group[0].budget[equal], group[-1].budget[equal]), tuple(best), own, so_far))
    unknown = tuple(row for row in ranked if equal not in row.budget)
    return (*out, Bracket(None, unknown, None, None)) if unknown else tuple(out)


# ---------------------------------------------------------------- predictions


def calibration(every: Sequence[Standing], plans: Sequence[Plan]) -> Calibration:
    """How many of the study's predicted intervals held the difference that was then measured.

    Of each round number, the first finished run with a prediction is the one that counts: to change the prediction, or
    to take it away, after that run changes nothing. It counts when it stood in the ledger, with the recipe's
    fingerprint, before a round of any number had finished with one of these models, and its difference was measured.
    """
    if not any(row.predict for row in every):
        return Calibration(0, 0, None, ())
    stated: dict[tuple[int, str], int] = {}
    for plan in plans:
        stated.setdefault((plan.number, plan.recipe), plan.seq)
    seen: dict[str, Standing] = {}
    latest: dict[int, Standing] = {}
    told: dict[int, list[Prediction]] = {}
    for row in every:
        latest[row.number] = row
        if row.status == "done":
            for model in row.models.split():
                seen.setdefault(model, row)
            if row.predict and row.number not in told:
                told[row.number] = _told(row, latest, _late(row, stated.get((row.number, row.recipe)), seen))
            elif row.predict:
                before = {(p.metric, p.low, p.high) for p in told[row.number]}
                again = _told(row, latest, "it was restated after the round")
                told[row.number] += [p for p in again if (p.metric, p.low, p.high) not in before]
    for row in every:
        if row.predict and row.number not in told:
            told[row.number] = _told(row, latest, "nothing was measured")
    found = [p for _, predictions in sorted(told.items()) for p in predictions]
    counted = [p for p in found if p.held is not None]
    held = sum(bool(p.held) for p in counted)
    rate = rates.rate(held, len(counted)) if counted else None
    return Calibration(held, len(counted), rate, tuple(found))


def _late(row: Standing, said: int | None, seen: Mapping[str, Standing]) -> str:
    """Why a prediction that was stated at this place of the ledger was no prediction; empty where it was one."""
    if said is None:
        return "it was stated after the round"
    known = {first.number for first in map(seen.__getitem__, row.models.split()) if first.seq < said}
    if not known or row.number in known:
        return "it was stated after the round" if known else ""
    return f"round {min(known)} had shown its models before it was stated"


def _told(row: Standing, latest: Mapping[int, Standing], why: str) -> list[Prediction]:
    """A row's predictions beside what it measured against its control as it then was."""
    found = []
    for metric, (_, low, high) in sorted(row.predict.items()):
        measured = _difference(row, latest, metric)
        reason = why or ("nothing was measured" if measured is None else "")
        held = None if reason or measured is None else low <= measured <= high
        found.append(Prediction(row.number, metric, low, high, measured, held, reason))
    return found


def _difference(row: Standing, rows: Mapping[int, Standing], metric: str) -> float | None:
    """This round minus the one it is compared with: the verdict's difference, or that of the stored means."""
    if row.status != "done":
        return None
    verdict = row.verdict
    if verdict is not None and verdict.metric == metric:
        return verdict.difference
    control = rows.get(row.against or 0)
    a, b = (r.values.get(metric) if r is not None and r.status == "done" else None for r in (control, row))
    if a is None or b is None or not (a.usable and b.usable) or a.like != b.like:
        return None
    return b.mean - a.mean
