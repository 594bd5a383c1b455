"""The blend solved from scorecards: what it should come to is written down before a corpus is, and compared after.

Hours and money of a blend are linear in its weights: what an accepted document of each voice took, refused ones paid
for, times how many there will be. Voices of one server are asked one after the other, servers side by side.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from greenlight import dials, mentions, stats, weights
from greenlight.calibrate import texts_of
from greenlight.errors import RecipeError, StudyError
from greenlight.nouns import Interval, Noun, Text
from greenlight.recipe import Recipe, VoicesCorpus
from greenlight.scorecard import FOLDER, PREDICTION, Scorecard, load, stale
from greenlight.solve import Ask, Mixed, Solution, solve
from greenlight.store import write_file
from greenlight.study import Study

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

POINTS = 6
"""Of a front."""
LEAN = 0.4
"""Share of a voice at which it is shown what it does to the others."""
Z = 1.959964
METHOD = "{}, and the draw of a corpus of {:,} documents, in quadrature"


class Blend(Noun):
    """What is expected at some weights: mean mentions by level, and the slope.

    ``dial`` and ``slope`` have the uncertainty of the calibration; ``corpus_dial`` and ``corpus_slope`` that of a
    corpus's own draw too, so that 95 of 100 corpora should lie inside.
    """

    weights: dict[str, float]
    aim: Interval
    dial: tuple[Interval, ...]
    slope: Interval
    corpus_dial: tuple[Interval, ...]
    corpus_slope: Interval
    hours: float | None = None
    usd: float | None = None


class Forecast(Noun):
    """A prediction. ``cards`` are the hashes of the scorecards that it rests on, ``models`` what answered in them."""

    date: str
    round: int
    pattern: str
    size: int
    aim: str
    floor: float
    limits: dict[str, float] = {}
    levels: tuple[int, ...]
    cards: dict[str, str]
    models: dict[str, tuple[str, ...]]
    blends: dict[str, Blend]


class Point(Noun):
    """A blend on the front: none that takes less has more of the aim."""

    of: str
    """hours or usd."""
    weights: dict[str, float]
    aim: float
    slope: float
    hours: float | None = None
    usd: float | None = None


@dataclass(frozen=True)
class Wish:
    """What is asked for; ``size`` 0 is the recipe's."""

    aim: str = "eta2"
    floor: float = 0.05
    size: int = 0
    hours: float | None = None
    usd: float | None = None


@dataclass(frozen=True)
class Solved:
    """The answer, and what a reader of it must know."""

    solution: Solution
    forecast: Forecast
    front: tuple[Point, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Costs:
    """What a corpus by each voice alone would take: hours at each server, and USD. None: unknown for some voice."""

    hours: tuple[Mapping[str, float], ...] | None
    usd: Mapping[str, float] | None

    def at(self, blend: Mapping[str, float]) -> tuple[float | None, float | None]:
        def of(cost: Mapping[str, float]) -> float:
            return math.fsum(share * cost[voice] for voice, share in blend.items())

        return (
            None if self.hours is None else max(map(of, self.hours)),
            None if self.usd is None else of(self.usd),
        )


def foretell(study: Study, number: int, recipe: Recipe, wish: Wish = Wish()) -> Solved:
    """Solves the blend of a round from its voices' scorecards, and keeps the prediction in the study.

    Raises StudyError where a card is missing or stale, RecipeError for a limit on something unknown, and what
    ``solve`` raises.
    """
    corpus = recipe.corpus
    if not isinstance(corpus, VoicesCorpus):
        raise RecipeError(
            f"round {number} has no voices to calibrate (its corpus is {corpus.use}); the writers of an import are "
            f"weighed by greenlight blend --study {study.folder}"
        )
    cards, left = _fresh(study, number, recipe, corpus)
    texts = texts_of(study, recipe, cards.values())
    counts, _ = weights.count(texts, corpus.brief.pattern)
    size = wish.size or corpus.size
    known = {voice: cards[voice] for voice in counts.voices}
    costs = _costs(known, size)
    limits = _limits(costs, wish, known)
    now = {voice: share for voice, share in corpus.blend.items() if share > 0}
    asked = Ask(wish.aim, wish.floor, now=now if now.keys() <= known.keys() else None, limits=tuple(limits))
    found = solve(texts, corpus.brief.pattern, asked)
    spread = _spreads(texts, corpus.brief.pattern, counts)
    mixed = {"solved": found.solved, "even": found.even} | ({"recipe": found.now} if asked.now else {})
    forecast = Forecast(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        round=number,
        pattern=corpus.brief.pattern,
        size=size,
        aim=found.aim,
        floor=found.floor,
        limits={k: v for k, v in {"hours": wish.hours, "usd": wish.usd}.items() if v is not None},
        levels=found.levels,
        cards={voice: card.hash for voice, card in cards.items()},
        models={voice: tuple(card.answered_as) for voice, card in cards.items()},
        blends={name: _blend(at, costs, spread, size) for name, at in mixed.items()},
    )
    write_file(study.folder / FOLDER / PREDICTION, forecast.model_dump_json(indent=1) + "\n")
    base = counts.seen(_ones(counts))
    front = _front(base, counts.voices, found, costs, limits)
    return Solved(found, forecast, front, (*left, *_flat(base, known, found)))


def _fresh(study: Study, number: int, recipe: Recipe, corpus: VoicesCorpus) -> tuple[dict[str, Scorecard], list[str]]:
    """The scorecards that hold, and what is said of voices of weight 0 that have none."""
    found, left = {}, []
    for name in corpus.voices:
        card = load(study.folder, name)
        why = ["it has none"] if card is None else stale(card, recipe)
        if card is not None and not why:
            found[name] = card
            continue
        said = f"the scorecard of {name} {'is missing' if card is None else 'no longer holds: ' + '; '.join(why)}"
        if corpus.blend.get(name, 0.0) > 0:
            raise StudyError(f"{said}: run greenlight calibrate {study.folder} {number}, which pays for nothing twice")
        left.append(f"{name} is left out: {said}")
    return found, left


# ---------------------------------------------------------------- hours and money


def _costs(cards: Mapping[str, Scorecard], size: int) -> Costs:
    """Of a corpus of ``size`` by each voice alone; a voice of this process is asked before the servers are."""
    took = {voice: card.speed.per_document if card.speed else None for voice, card in cards.items()}
    money = {voice: card.money.per_document for voice, card in cards.items()}
    usd = {voice: each * size for voice, each in money.items() if each is not None}
    hours = {voice: each * size / 3600 for voice, each in took.items() if each is not None}
    servers = {card.made.server for card in cards.values()} - {""} or {""}
    rows = tuple(
        {voice: hours[voice] if card.made.server in ("", server) else 0.0 for voice, card in cards.items()}
        for server in sorted(servers)
        if len(hours) == len(cards)
    )
    return Costs(rows or None, usd if len(usd) == len(cards) else None)


def _limits(costs: Costs, wish: Wish, cards: Mapping[str, Scorecard]) -> list[tuple[Mapping[str, float], float]]:
    limits: list[tuple[Mapping[str, float], float]] = []
    if wish.hours is not None:
        if costs.hours is None:
            slow = [voice for voice, card in cards.items() if card.speed is None or card.speed.per_document is None]
            raise RecipeError(
                f"--hours: how long {', '.join(slow)} takes is not known, for all that it was asked was on record: "
                "calibrate on more topics, which are timed"
            )
        limits += [(row, wish.hours) for row in costs.hours]
    if wish.usd is not None:
        if costs.usd is None:
            dear = [voice for voice, card in cards.items() if card.money.per_document is None]
            raise RecipeError(
                f"--budget-usd: what {', '.join(dear)} costs is not known: state its price_in and price_out, in USD a "
                "million tokens, and calibrate again"
            )
        limits.append((costs.usd, wish.usd))
    return limits


def _front(
    base: weights.Seen,
    voices: Sequence[str],
    found: Solution,
    costs: Costs,
    limits: Sequence[tuple[Mapping[str, float], float]],
) -> tuple[Point, ...]:
    """The best blends for less time, and for less money, down to the least that one can take on this floor."""
    import numpy as np

    def row(cost: Mapping[str, float]) -> Array:
        return np.array([cost[voice] for voice in voices])

    kept = [(row(cost), most) for cost, most in limits]
    points: list[Point] = []
    for of, sides in (("hours", costs.hours), ("usd", None if costs.usd is None else (costs.usd,))):
        if sides is None or len(voices) < 2:
            continue
        rows = [row(cost) for cost in sides]
        plain = weights.vertices(len(voices), found.floor, kept)
        least = float(np.max([plain @ side for side in rows], axis=0).min())
        most = float(max(side @ list(found.exact_weights.values()) for side in rows))
        if most <= 0:
            continue
        for cap in np.linspace(least, most, POINTS):
            best, value = weights.best(
                base, found.floor, found.aim, [*kept, *((side, cap * (1 + 1e-9)) for side in rows)]
            )
            if math.isnan(value[0]) or (points and points[-1].of == of and value[0] <= points[-1].aim + 1e-9):
                continue
            shares = dict(zip(voices, map(float, best[0]), strict=True))
            hours, usd = costs.at(shares)
            slope = float(weights.slopes(best[0] @ base.means[0]))
            points.append(Point(of=of, weights=shares, aim=float(value[0]), slope=slope, hours=hours, usd=usd))
    return tuple(points)


# ---------------------------------------------------------------- what a corpus will have


def _ones(counts: weights.Counts) -> Array:
    import numpy as np

    return np.ones((1, int(counts.topic.max()) + 1))


@dataclass(frozen=True)
class _Spreads:
    """Variances of one story's count by voice and level, and of one topic's slope by voice; topics by voice.

    What a level shows is drawn half-way to the mean of all levels: in a dozen topics a level's counts may well be all
    the same without being so in the next dozen.
    """

    levels: Mapping[str, Sequence[float]]
    slope: Mapping[str, float]
    topics: Mapping[str, int]


def _spreads(texts: Sequence[Text], pattern: str, counts: weights.Counts) -> _Spreads:
    import numpy as np

    seen = counts.seen(_ones(counts))
    spread = (seen.shares @ seen.values**2 - seen.means**2)[0]
    spread = (spread + spread.mean(-1, keepdims=True)) / 2
    slopes, topics = {}, {}
    x = np.arange(len(counts.levels)) - (len(counts.levels) - 1) / 2
    for place, voice in enumerate(counts.voices):
        mine = [t for t in texts if t.made.voice == voice and t.made.finish_reason != "length"]
        counted = [dials.Counted("", t.made.topic, t.made.level, mentions.count(t.body, pattern)) for t in mine]
        _, whole = dials.whole_topics(counted)
        topics[voice] = len({c.topic for c in counted})
        if len(whole) > 1:
            slopes[voice] = float(np.var(np.array(list(whole.values())) @ x / (x @ x), ddof=1))
        else:  # as if levels of a topic were drawn by themselves
            slopes[voice] = float(spread[place] @ x**2 / (x @ x) ** 2)
    return _Spreads(dict(zip(counts.voices, spread.tolist(), strict=True)), slopes, topics)


def _blend(at: Mixed, costs: Costs, spread: _Spreads, size: int) -> Blend:
    """Each voice writes its share of the topics, so the spread between voices is in no draw."""
    from scipy import special

    topics, hours_usd = size / len(at.dial), costs.at(at.weights)
    shares = {voice: share for voice, share in at.weights.items() if share > 0}

    def wider(found: Interval, variance: Mapping[str, float], least: float = -math.inf) -> Interval:
        """As wide as the bootstrap says, or the variances in closed form (t, Satterthwaite) where that is wider."""
        terms = [(w**2 * variance[v] / spread.topics[v], spread.topics[v] - 1.0) for v, w in shares.items()]
        half = float(special.stdtrit(stats.satterthwaite(terms), 0.975)) * math.sqrt(sum(term for term, _ in terms))
        more = Z**2 * sum(share * variance[voice] for voice, share in shares.items()) / topics
        low = max(least, found.value - math.hypot(max(half, found.value - found.low), math.sqrt(more)))
        high = found.value + math.hypot(max(half, found.high - found.value), math.sqrt(more))
        return found.model_copy(update={"low": low, "high": high, "method": METHOD.format(found.method, size)})

    return Blend(
        weights=at.weights,
        aim=at.aim,
        dial=at.dial,
        slope=at.slope,
        corpus_dial=tuple(
            wider(level, {voice: of[i] for voice, of in spread.levels.items()}, 0.0) for i, level in enumerate(at.dial)
        ),
        corpus_slope=wider(at.slope, spread.slope),
        hours=hours_usd[0],
        usd=hours_usd[1],
    )


# ---------------------------------------------------------------- fast, clean and flat


def _flat(base: weights.Seen, cards: Mapping[str, Scorecard], found: Solution) -> list[str]:
    """A warning for each voice that one would choose for its virtues, and whose dial is flatter than the others'."""
    import numpy as np

    voices = [voice.voice for voice in found.voices]
    said = []
    for place, one in enumerate(found.voices):
        others = [v.slope.value for v in found.voices if v is not one]
        virtues = _virtues(one.voice, cards)
        if len(voices) < 2 or not virtues or one.slope.high >= float(np.median(others)):
            continue
        rest = np.where(np.arange(len(voices)) == place, 0.0, 1 / (len(voices) - 1))
        lean = np.where(np.arange(len(voices)) == place, LEAN, (1 - LEAN) * rest)
        aims = weights.score(base, np.array([rest, lean])[None], found.aim)[0]
        tilts = weights.slopes(np.array([rest, lean]) @ base.means[0])
        if aims[1] >= aims[0] and tilts[1] >= tilts[0]:
            continue
        name = "η²" if found.aim == "eta2" else "information"
        said.append(
            f"{one.voice} is {' and '.join(virtues)}, and flat: {one.slope.value:.2f} mentions per level "
            f"[{one.slope.low:.2f}, {one.slope.high:.2f}] against {min(others):.2f} to {max(others):.2f}. With "
            f"{LEAN:.0%} of it the others' dial falls from {tilts[0]:.2f} to {tilts[1]:.2f}, and {name} from "
            f"{aims[0]:.2f} to {aims[1]:.2f}"
        )
    return said


def _virtues(voice: str, cards: Mapping[str, Scorecard]) -> list[str]:
    """What one would choose this voice for."""

    def first(values: Mapping[str, float | None], sign: int) -> bool:
        known = [sign * value for value in values.values() if value is not None]
        own = values[voice]
        return own is not None and len(known) == len(values) and sign * own <= min(known) and len(set(known)) > 1

    speed = {v: c.speed.per_1000 if c.speed else None for v, c in cards.items()}
    money = {v: c.money.per_1000 for v, c in cards.items()}
    clean = {v: c.accepted.value for v, c in cards.items()}
    return [
        word
        for word, best in (
            (
                f"the fastest ({speed[voice]:.3g} s for 1,000 accepted characters)" if speed[voice] else "",
                first(speed, 1),
            ),
            ("the cheapest", first(money, 1)),
            (f"the cleanest ({clean[voice] or 0:.0%} accepted)", first(clean, -1)),
        )
        if best and word
    ]


def predicted(study: Study) -> Forecast:
    """The prediction that the study keeps. Raises StudyError where there is none that can be read."""
    path = study.folder / FOLDER / PREDICTION
    try:
        return Forecast.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise StudyError(
            f"{study.folder} has no prediction: greenlight blend {study.folder} ROUND --calibrated"
        ) from None
    except (ValidationError, OSError):
        raise StudyError(
            f"{path} is no prediction that can be read: greenlight blend --calibrated makes it anew"
        ) from None
