"""What stands behind a study's claim: its best rounds on the locked slice, and how often it was looked at.

The yardstick's locked slice is read here alone. Choosing the best of several rounds by the search slice favours the
one that was lucky there; on topics (or text) that chose nothing, the luck of the topics is gone. Nothing is retrained:
the stored weights are measured by the code and settings of the champion on both slices. The luck of their seeds is
therefore still there, so a gain that the luck line of the leaderboard does not exceed is not said to hold. Each audit
is counted in ``LOCK`` before it reads, and ends in the ledger, since a slice that is looked at again and again chooses
too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from greenlight import parts, stats
from greenlight.crew import Crew
from greenlight.effective import written
from greenlight.errors import StudyError
from greenlight.measure import Trained, measure
from greenlight.nouns import Interval, Round, Score
from greenlight.recipe import Recipe
from greenlight.study import Study
from greenlight.yardstick import Yardstick

READER = "audit"
"""Under this name LOCK counts the audits; each metric that then reads the slice is counted beside it."""

FEW_TOPICS = 20
"""With fewer blocks than this an interval on the locked slice is wide, and the audit says so."""

SAME_MODELS = "the same models were scored, so the luck of their seeds is not gone"


@dataclass(frozen=True)
class Claim:
    """What the search slice seems to say: the rounds by one metric, best first.

    ``baseline`` is the round that the best one's gain is over, 0 for the first that there is; ``above`` says whether
    that gain exceeds the luck line, None where no line can be drawn.
    """

    metric: str
    order: tuple[int, ...]
    baseline: int = 0
    above: bool | None = None


@dataclass(frozen=True)
class Measured:
    """One round on both slices; ``why`` says what is missing where ``locked`` is None."""

    row: Round
    role: str
    search: Score | None
    locked: Score | None
    why: str = ""

    def data(self) -> dict[str, Any]:
        scores = {"search": self.search, "locked": self.locked}
        return {
            "round": self.row.number,
            "slug": self.row.slug,
            "role": self.role,
            "models": self.row.models,
            **{name: None if score is None else shown(score) for name, score in scores.items()},
            "why": self.why,
        }


@dataclass(frozen=True)
class Locked:
    """What one look at the locked slice gave.

    ``state`` is holds, within luck, not shown, reversed, no claim or not measured.
    """

    metric: str
    unit: str
    better: str
    rounds: tuple[Measured, ...]
    state: str
    sentence: str
    look: int = 0
    blocks: tuple[int, int] = (0, 0)
    over: str = "blocks"
    gains: dict[str, Interval] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    yardstick: str = ""

    @property
    def shrinkage(self) -> float | None:
        """The share of the search gain that the locked slice does not show; below 0 where it shows more."""
        if set(self.gains) != {"search", "locked"} or not self.gains["search"].value:
            return None
        return 1 - self.gains["locked"].value / self.gains["search"].value

    def data(self) -> dict[str, Any]:
        """As it stands in the ledger and in the answer."""
        gains = {name: {"value": i.value, "low": i.low, "high": i.high, "df": i.df} for name, i in self.gains.items()}
        return {
            "look": self.look,
            "metric": self.metric,
            "unit": self.unit,
            "better": self.better,
            "yardstick": self.yardstick,
            "blocks": {"search": self.blocks[0], "locked": self.blocks[1], "over": self.over},
            "rounds": [m.data() for m in self.rounds],
            "gain": gains,
            "shrinkage": self.shrinkage,
            "state": self.state,
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


def shown(score: Score) -> dict[str, Any]:
    """A score with the 95 % crossed interval of its mean; without ends for one seed, with ``invalid`` where it is."""
    if score.invalid:
        return {"invalid": score.invalid}
    found: dict[str, Any] = {"value": score.value, "low": None, "high": None, "seeds": len(score.seeds)}
    try:
        interval = stats.one_arm(score.values, score.weights).interval
    except ValueError:
        return found
    return found | {"low": interval.low, "high": interval.high}


def _sign(score: Score) -> int:
    return -1 if score.better == "lower" else 1


# ---------------------------------------------------------------- the locked slice


def look(study: Study, crew: Crew, claim: Claim, top: int = 3) -> Locked:
    """Measures the ``top`` rounds of a claim and its baseline on the locked slice, and writes the look down.

    Raises StudyError when none of the rounds has a score on this yardstick. Where no round's weights are in the store,
    nothing is read and nothing counted.
    """
    metric, yardstick = claim.metric, study.yardstick.hash
    rows = {n: r for n, r in study.ledger.latest().items() if metric in r.scores and r.yardstick == yardstick}
    order = [rows[number] for number in claim.order if number in rows]
    if not order:
        raise StudyError(f"no round has a usable score of {metric or 'any metric'} on this yardstick: greenlight run")
    if order[0].recipe.get("use") == "character":
        raise StudyError("it holds prompts, and audit asks none: a character is measured by its check-up")
    champion, base = order[0], rows.get(claim.baseline) or rows[min(rows)]
    chosen = order[:top] if base in order[:top] else [*order[:top], base]
    roles = {r.number: "champion" if r is champion else "runner-up" if i == 1 else "" for i, r in enumerate(chosen)}
    roles[base.number] = "baseline" if base is not champion else "champion, baseline"
    missing = {r.number: _missing(r, study) for r in chosen}
    locked = study.yardstick.part("locked")
    number = _count(study, locked) if not all(missing.values()) else 0
    options, lowered = _options(champion, metric, locked)
    found, problems = [], []
    for row in chosen:
        why, damaged = missing[row.number] or ("", False)
        search = row.scores.get(metric)
        on_locked: Score | None = None
        if not why:
            part, given, fewer = options
            search = _scores(row, {part: given}, study, study.yardstick, crew).get(metric)
            on_locked = _scores(row, {part: fewer}, study, locked, crew).get(metric)
        elif damaged:
            problems.append(f"round {row.number}: {why}")
        found.append(Measured(row, roles[row.number], search, on_locked, why))
    above = claim.above if (champion.number, base.number) == (claim.order[0], claim.baseline) else None
    result = _judged(found, (champion, base), metric, above)
    notes = [*lowered, *_moved(found, metric), *_narrow(result), *_used_up(number)]
    result = replace(result, look=number, notes=tuple(notes), problems=tuple(problems), yardstick=locked.hash)
    if number:
        study.ledger.append("audit", result.data())
    return result


def audits(study: Study) -> int:
    """How many audits have read the locked slice: the larger of what LOCK and the ledger count."""
    counted = study.yardstick.reads["locked"].get(READER, 0)
    return max(counted, len(study.ledger.entries("audit")))


def _count(study: Study, locked: Yardstick) -> int:
    """Counts this look before anything is read, and returns its number."""
    before = audits(study)
    locked.count_read("locked", READER)
    return max(before + 1, audits(study))


def _missing(row: Round, study: Study) -> tuple[str, bool] | None:
    """Why a round cannot be measured, and whether that is damage; None when it can."""
    trained = Trained.of(row)
    if not trained.there(study.store):
        again = f"greenlight run {study.folder} {row.number} makes them again"
        return f"its weights or its corpus are not in the store: {again}", False
    damaged = [line for artifact in (*trained.models, trained.corpus) for line in study.store.damaged(artifact)]
    return (f"its weights or its corpus are damaged: {damaged[0]}", True) if damaged else None


def _options(champion: Round, metric: str, locked: Yardstick) -> tuple[tuple[str, Any, Any], list[str]]:
    """The champion's settings of the metric: (part, for the search slice, for the locked one), and what was lowered.

    The locked slice is a fifth of the other, so a metric's fewest topics are lowered to what is there; everything
    that decides a value stays as it is.
    """
    made = {name: a.plan["metric"] for a in champion.artifacts.values() for name in a.facts.get("metrics", ())}
    part = made.get(metric, metric.partition(".")[0])
    given = Recipe.model_validate(champion.recipe).metrics[part]
    fewest = getattr(parts.make("metrics", part, given), "topics", 0)
    there = len({held.topic for held in locked.documents()})
    if not isinstance(fewest, int) or fewest <= there:
        return (part, given, given), []
    said = f"metrics.{part}.topics asks for {fewest}; lowered to the {there} that the locked slice has, for this look"
    return (part, given, {**given, "topics": there}), [said]


def _scores(row: Round, metrics: Any, study: Study, yardstick: Yardstick, crew: Crew) -> dict[str, Score]:
    scores, _ = measure(metrics, Trained.of(row), yardstick, study.store, crew)
    return scores


def _judged(found: Sequence[Measured], pair: tuple[Round, Round], metric: str, above: bool | None = None) -> Locked:
    """The champion's gain over the baseline on both slices, and what that says of the claim; ``above`` as in Claim."""
    champion, base = pair
    best = next(m for m in found if m.row.number == champion.number)
    under = next(m for m in found if m.row.number == base.number)
    score = champion.scores[metric]
    gains: dict[str, Interval] = {}
    for name in ("search", "locked"):
        interval = _gain(getattr(best, name), getattr(under, name)) if best is not under else None
        if interval is not None:
            gains[name] = interval
    state, sentence = _state(best, under, gains, _sign(score))
    if state == "holds":
        state, sentence = _with_luck(sentence, above)
    blocks = tuple(len(s.blocks) if s is not None else 0 for s in (best.search, best.locked or under.locked))
    return Locked(
        metric, score.unit, score.better, tuple(found), state, sentence, 0, (blocks[0], blocks[1]), score.over, gains
    )


def _gain(after: Score | None, before: Score | None) -> Interval | None:
    """The crossed interval of the difference; None where one is missing, invalid or not to be compared."""
    if after is None or before is None or after.invalid or before.invalid:
        return None
    if any(getattr(after, key) != getattr(before, key) for key in ("yardstick", "settings", "blocks")):
        return None
    try:
        return stats.crossed(before.values, after.values, after.weights).interval
    except ValueError:
        return None


def _state(best: Measured, under: Measured, gains: dict[str, Interval], sign: int) -> tuple[str, str]:
    name = f"round {best.row.number}'s gain over round {under.row.number}"
    if best is under:
        return "no claim", f"round {best.row.number} is champion and baseline in one: there is no gain to hold"
    if "locked" not in gains:
        invalid = next((m.locked.invalid.partition(";")[0] for m in (best, under) if m.locked and m.locked.invalid), "")
        why = next((f"round {m.row.number}: {m.why}" for m in (best, under) if m.why), invalid)
        reason = why or "one seed shows no noise, or the two were not measured alike"
        return "not measured", f"{name} could not be measured on the locked slice ({reason})"
    locked, search = gains["locked"], gains.get("search")
    if max(sign * locked.low, sign * locked.high) < 0:
        return "reversed", f"reversed: on the locked slice {name} is a loss"
    if search is None or min(sign * search.low, sign * search.high) <= 0:
        return "no claim", f"{name} was not shown on the search slice: there is no claim to hold"
    if min(sign * locked.low, sign * locked.high) > 0:
        return "holds", f"holds: {name} is shown on the locked slice too"
    turned = ", and points the other way there" if sign * locked.value < 0 else ""
    return "not shown", f"not shown on the locked slice: {name} is within its noise there{turned}"


def _with_luck(sentence: str, above: bool | None) -> tuple[str, str]:
    """A claim that holds on other topics, as far as it is more than the luck of the seeds."""
    if above is None:
        return "holds", f"{sentence}; {SAME_MODELS}, and no luck line could be drawn for it"
    if above:
        return "holds", f"{sentence}, and above the luck line; {SAME_MODELS}, which is what that line is for"
    shown_ = sentence.partition(": ")[2]
    return "within luck", f"within luck: {shown_}, but not above the luck line; {SAME_MODELS}"


def _moved(found: Sequence[Measured], metric: str) -> list[str]:
    """Rounds whose search score, measured now, is not the one in the ledger."""
    moved = []
    for m in found:
        stored = m.row.scores.get(metric)
        if m.search is None or stored is None or m.search is stored:
            continue
        if not math.isclose(m.search.value, stored.value, rel_tol=1e-9, abs_tol=1e-12):
            moved.append(
                f"round {m.row.number} has {stored.value:.6g} in the ledger and {m.search.value:.6g} on the search "
                "slice as measured now (other code, settings or machine); the table shows the latter"
            )
    return moved


def _narrow(result: Locked) -> list[str]:
    there = result.blocks[1]
    if not 0 < there < FEW_TOPICS:
        return []
    return [f"{there} {result.over} are few: a gain that is not shown here may be there all the same"]


def _used_up(number: int) -> list[str]:
    """What earlier looks cost this one."""
    if number <= 1:
        return []
    earlier = "once" if number == 2 else f"{number - 1} times"
    return [
        f"the locked slice was looked at {earlier} before: each look uses it up, since what was seen steers what is "
        "tried next; for a fresh one, start a new study"
    ]


# ---------------------------------------------------------------- looks


def looks(study: Study) -> dict[str, Any]:
    """How often slices were read and rounds were judged, and how many experiments were tried."""
    rows = study.ledger.rounds()
    reads = study.yardstick.reads
    latest = {n: r for n, r in sorted({r.number: r for r in rows}.items()) if r.status == "done"}
    judged = [
        {
            "round": r.number,
            "looks": r.verdict.looks,
            "spent": r.verdict.spent,
            "seeds": len(r.seeds),
            "planned": r.verdict.planned,
        }
        for r in latest.values()
        if r.verdict is not None
    ]
    here = [r for r in rows if r.status == "done" and r.yardstick == study.yardstick.hash]
    return {
        "reads": {part: sum(by.values()) for part, by in reads.items()},
        "audits": audits(study),
        "judged": judged,
        "experiments": experiments(here),
    }


def experiments(rounds: Sequence[Round]) -> int:
    """How many different things were tried: rounds whose recipes differ in more than their seeds."""
    kinds: list[Round] = []
    for row in rounds:
        if all(written(other.recipe, row.recipe) for other in kinds):
            kinds.append(row)
    return len(kinds)
