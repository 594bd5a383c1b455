"""What a session of research was worth: its gains, how well its predictions were calibrated, its lift over another's.

*Gain of a turn.* What it brought: the verdict's difference in the good direction where its round was kept, else 0; a
turn that was refused, or whose round crashed, brought 0 as well. The mean over all turns that the budget paid for has
Student's t interval; kept gains are chosen by being large, in every session alike.

*Measured effect.* The same difference of every round that was judged, kept or not: what proposals are worth before
any is chosen.

*Lift.* The difference of two sessions' means, with Welch's t interval (Welch 1947). Turns of one session are taken as
independent, which those of a researcher that learns are only nearly. Per dollar only where the interval is above 0:
lift a turn over what a turn costs more.

*Calibration.* How many predicted intervals held the measured difference (``rates.rate``), how wide they were, and how
often a predicted direction was the measured one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from greenlight import judge, rates, sessions, stats
from greenlight.crew import SOLO
from greenlight.errors import RoundError
from greenlight.nouns import Interval, Verdict
from greenlight.recipe import Recipe
from greenlight.sessions import Session, Step
from greenlight.study import Study

NULL = "chance"
"""The researcher over which a lift is told, where there is a session of it."""


@dataclass(frozen=True)
class Calibration:
    """Of the predictions whose rounds were judged. ``width``: the mean one of the intervals, in the metric's unit;
    ``signs``: of those that predicted a direction. None where there is nothing to count."""

    held: int
    counted: int
    rate: Interval | None
    width: float | None
    signs: Interval | None
    signed: int


@dataclass(frozen=True)
class Worth:
    """One session in numbers; ``seconds`` and ``usd`` as recorded, ``usd`` None where a turn's is unknown.

    ``best``: the largest kept gain, with its round. ``champion``: where the session stands, None where nothing was
    kept; ``over_start`` is its verdict against the start, ``luck`` what the best of as many rounds that differ in
    nothing would show in 1 of 20 cases (seeds' noise alone), None where no noise was measured.
    """

    session: str
    by: str
    start: int
    turns: int
    ran: int
    refused: int
    kept: int
    taken: int
    seconds: float
    usd: float | None
    tokens: dict[str, int]
    gains: tuple[float, ...]
    effects: tuple[float, ...]
    gain: Interval | None
    effect: Interval | None
    best: tuple[int, Interval] | None
    champion: int | None
    over_start: Verdict | None
    luck: float | None
    calibration: Calibration
    ended: str
    bounds_sha256: str

    def data(self) -> dict[str, Any]:
        """As plain JSON-able data."""
        return {key: _data(value) for key, value in vars(self).items()} | {"calibration": _calibrated(self.calibration)}


@dataclass(frozen=True)
class Lift:
    """One session over another. ``champions``: the verdict of its champion against the other's, where they differ.

    ``per_usd``: gain a dollar, where ``gain`` is above 0 and what it cost more is known and above 0.
    """

    session: str
    over: str
    gain: Interval | None
    effect: Interval | None
    champions: Verdict | None
    per_usd: Interval | None
    cautions: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """As plain JSON-able data."""
        return {key: _data(value) for key, value in vars(self).items()}


@dataclass(frozen=True)
class Told:
    """All sessions of a study, and the lift of each over the null researcher's."""

    metric: str
    unit: str
    worths: tuple[Worth, ...]
    lifts: tuple[Lift, ...]

    def data(self) -> dict[str, Any]:
        """As plain JSON-able data."""
        sessions_, lifts = [w.data() for w in self.worths], [lift.data() for lift in self.lifts]
        return {"metric": self.metric, "unit": self.unit, "sessions": sessions_, "lifts": lifts}


def report(study: Study, over: str = "", champions: bool = True) -> Told:
    """Every session of a study; ``over`` names the session that lifts are told over, default: the first of chance.

    ``champions``: with verdicts between champions, made anew by the house's rules; where the code has changed since,
    both models are measured again. Nothing is trained.
    """
    found = sessions.read(study.ledger)
    worths = [worth(study, session, champions) for session in found.by_name.values()]
    verdicts = [s.ran.verdict for session in found.by_name.values() for s in session.judged if s.ran and s.ran.verdict]
    metric, unit = (str(verdicts[-1][key]) for key in ("metric", "unit")) if verdicts else ("", "")
    null = next((w for w in worths if w.session == over or (not over and w.by == NULL)), None)
    lifts = [lift(study, one, null, champions) for one in worths if null is not None and one is not null]
    return Told(metric, unit, tuple(worths), tuple(lifts))


# ---------------------------------------------------------------- one session


def worth(study: Study, session: Session, champions: bool = True) -> Worth:
    """One session in numbers; ``champions`` as for ``report``."""
    counted = [step for step in session.counted if step.answered and step.outcome]
    gains = [_gain(step) if step.kept else 0.0 for step in counted]
    effects = [_gain(step) for step in session.judged if step.difference is not None]
    kept = [step for step in counted if step.kept]
    start = int(session.settings.get("start", 1))
    champion = session.base if session.base != start else None
    over_start = compared(study, champion, start) if champion is not None and champions else None
    best = max(kept, key=_gain, default=None)
    return Worth(
        session=session.name,
        by=session.by,
        start=start,
        turns=len(counted),
        ran=len(session.judged),
        refused=sum(step.number is None for step in counted),
        kept=len(kept),
        taken=sum(step.taken for step in counted),
        seconds=round(session.seconds, 2),
        usd=session.usd,
        tokens=session.tokens,
        gains=tuple(gains),
        effects=tuple(effects),
        gain=_mean(gains),
        effect=_mean(effects),
        best=None if best is None else (best.number or 0, _turned(best)),
        champion=champion,
        over_start=over_start,
        luck=_luck(over_start, len(session.judged)),
        calibration=calibration(session.judged),
        ended=session.ended,
        bounds_sha256=str(session.settings.get("bounds_sha256", "")),
    )


def _gain(step: Step) -> float:
    return _turned(step).value if step.difference is not None else 0.0


def _turned(step: Step) -> Interval:
    """The verdict's difference in the good direction."""
    assert step.difference is not None
    assert step.ran is not None
    assert step.ran.verdict is not None
    d, lower = Interval.model_validate(step.difference), step.ran.verdict["better"] == "lower"
    return d.model_copy(update={"value": -d.value, "low": -d.high, "high": -d.low}) if lower else d


def _mean(values: Sequence[float]) -> Interval | None:
    return stats.t_interval(values) if len(values) > 1 and len(set(values)) > 1 else None


def compared(study: Study, number: int, against: int) -> Verdict | None:
    """The verdict of one round against another, by the house's rules; None where they cannot be compared.

    Raises StudyError for a round that did not end well.
    """
    row, control = study.round(number), study.round(against)
    try:
        rule = Recipe.model_validate(row.recipe)  # as it stood when the round ran, whatever its file says by now
        return judge.judge(row, control, rule, study, SOLO)
    except RoundError:
        return None


def _luck(verdict: Verdict | None, tried: int) -> float | None:
    """What the best of so many null rounds gains over the start in 1 of 20 cases, by the noise of the seeds."""
    if verdict is None or not verdict.noise_floor or verdict.noise_df < 1 or min(verdict.seeds) < 1 or not tried:
        return None
    start, mine = (verdict.noise_floor / math.sqrt(seeds) for seeds in verdict.seeds)
    return stats.luck([mine] * tried, start, verdict.noise_df).line


def calibration(steps: Sequence[Step]) -> Calibration:
    """Of the predictions of rounds that were judged; a round that was taken over was predicted unseen as well."""
    pairs = [(s.proposal.predict, s.difference["value"]) for s in steps if s.proposal and s.difference is not None]
    held = sum(p.low <= measured <= p.high for p, measured in pairs)
    signed = [(p.effect, measured) for p, measured in pairs if p.effect and measured]
    right = sum((effect > 0) == (measured > 0) for effect, measured in signed)
    return Calibration(
        held=held,
        counted=len(pairs),
        rate=rates.rate(held, len(pairs)) if pairs else None,
        width=math.fsum(p.high - p.low for p, _ in pairs) / len(pairs) if pairs else None,
        signs=rates.rate(right, len(signed)) if signed else None,
        signed=len(signed),
    )


# ---------------------------------------------------------------- two sessions


def lift(study: Study, mine: Worth, null: Worth, champions: bool = True) -> Lift:
    """One session over another, with what speaks against taking it at its word."""
    cautions = []
    if mine.bounds_sha256 != null.bounds_sha256:
        cautions.append("the two had other bounds, so they are not one question")
    if mine.start != null.start:
        cautions.append("the two began from other rounds")
    if mine.turns != null.turns:
        cautions.append(f"{mine.turns} turns against {null.turns}: not one budget")
    gain, judged = welch(null.gains, mine.gains), None
    mine_at, null_at = mine.champion or mine.start, null.champion or null.start
    if mine_at != null_at:
        judged = compared(study, mine_at, null_at) if champions else None
        cautions.append(
            f"each champion is the best of {mine.ran} and {null.ran} rounds, so part of each one's record is luck"
        )
    dearer = None if mine.usd is None or null.usd is None or not mine.turns else mine.usd / mine.turns
    dearer = dearer - (null.usd or 0.0) / max(1, null.turns) if dearer is not None else None
    per_usd = None
    if gain is not None and gain.low > 0 and dearer is not None and dearer > 0:
        scaled = {key: getattr(gain, key) / dearer for key in ("value", "low", "high")}
        per_usd = gain.model_copy(update=scaled)
    effect = welch(null.effects, mine.effects)
    return Lift(mine.session, null.session, gain, effect, judged, per_usd, tuple(cautions))


def welch(one: Sequence[float], other: Sequence[float], level: float = 0.95) -> Interval | None:
    """``mean(other) − mean(one)`` with Welch's t interval, its df by Satterthwaite; None without any spread, or under
    two values on a side."""
    from scipy import special

    if min(len(one), len(other)) < 2:
        return None
    sides = []
    for values in (one, other):
        mean = math.fsum(values) / len(values)
        variance = math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)
        sides.append((mean, variance / len(values), len(values) - 1.0))
    (a, va, dfa), (b, vb, dfb) = sides
    if va + vb <= 0:
        return None
    df = stats.satterthwaite([(va, dfa), (vb, dfb)])
    half = float(special.stdtrit(df, (1 + level) / 2)) * math.sqrt(va + vb)
    return Interval(value=b - a, low=b - a - half, high=b - a + half, level=level, method="Welch", df=df)


def _data(value: Any) -> Any:
    if isinstance(value, (Interval, Verdict)):
        return value.data()
    return [_data(one) for one in value] if isinstance(value, tuple) else value


def _calibrated(found: Calibration) -> dict[str, Any]:
    told = asdict(found)
    return {key: _data(getattr(found, key)) for key in told}
