"""The blend that makes the level easiest to read from this corpus's counts, and what is sure about it.

The weights themselves are found without a search (``weights.best``). What is sure is asked by a Bayesian bootstrap over
topics (Rubin 1981): every topic has an exponential weight, the same for all voices that wrote on it, so that no cell of
a draw is empty. Quantiles are expanded for few topics as in ``stats.resampled_mean``, and moved by the bias that the
draws show: η² and mutual information, computed from few stories, are too high, and in a draw of these higher still.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenlight import weights as at
from greenlight.errors import InputError, RecipeError, nearest
from greenlight.nouns import Interval, Noun, Text
from greenlight.weights import Aim, Counts, Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DRAWS, CELLS = 1_000, 4_000_000
"""Draws of the bootstrap, and numbers that are held at once."""
WORTH = 0.5
"""Of a story under exponential weights: Kish's effective number, (Σ w)² / Σ w², is half of them."""
DEAR = "no blend with a floor of {:g} for each voice keeps the limits of time and money: raise them, or lower the floor"
FEW = 10
"""Topics of a voice under which its intervals are called rough."""


class Mixed(Noun):
    """What the corpus is, or would be, at some weights; ``dial`` is the mean count by level, ``slope`` per level."""

    weights: dict[str, float]
    eta2: float
    mi: float
    aim: Interval
    dial: tuple[Interval, ...]
    slope: Interval


class Voice(Noun):
    """One voice by itself and in the blend.

    ``alone`` is the aim within the voice, ``without`` what the best blend of the others reaches (None for the only
    voice), ``cost`` what the aim of the present blend would gain if the voice left it, the others in their shares;
    ``taken`` the share of draws in which the voice gets all that the floors leave, and ``share`` its weight with its
    interval over draws; ``usable`` its stories in whole sets of levels.
    """

    voice: str
    stories: int
    usable: int
    topics: int
    mean: float
    slope: Interval
    alone: float
    now: float
    share: Interval
    taken: float
    without: float | None
    cost: Interval | None


class Solution(Noun):
    """The weights that were found, and what is known about them.

    ``exact`` is the maximum, ``solved`` is at its weights rounded to ``step``, which are what can be written down.
    ``gain`` and ``gain_even`` are the aim of ``solved`` less that of the present and the even blend, on paired draws
    and with the optimism taken off; ``optimism`` is by how much the chosen blend looks better on the data that chose
    it than on the corpus it was drawn from (Efron 1983; Harrell 2001, §5.3). ``price`` is the best aim by floor.
    ``reach`` is how many stories of this corpus can be used at the weights, and ``limited_by`` whose run out first.
    """

    aim: Aim
    pattern: str
    floor: float
    levels: tuple[int, ...]
    stories: int
    topics: int
    voices: tuple[Voice, ...]
    now: Mixed
    even: Mixed
    solved: Mixed
    exact: float
    exact_weights: dict[str, float]
    step: float
    optimism: float
    gain: Interval
    gain_even: Interval
    price: dict[str, float]
    reach: int
    limited_by: str
    short: dict[str, int] = {}
    draws: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """What is asked for: the aim, the floor of each voice, how many stories (0: not said), and the draw.

    ``now``: the present shares by voice, where they are not those of the stories. ``limits``: what a whole corpus of
    each voice alone would cost, with what may be spent, in any unit.
    """

    aim: str = "eta2"
    floor: float = 0.05
    size: int = 0
    draws: int = DRAWS
    seed: int = 0
    now: Mapping[str, float] | None = None
    limits: tuple[tuple[Mapping[str, float], float], ...] = ()


def solve(samples: Sequence[Text], pattern: str, ask: Ask = Ask()) -> Solution:
    """The best blend of the corpus's own voices, what the present and the even one reach, and how sure that is.

    Deterministic by ``ask.seed``. Raises RecipeError for an aim, a floor, a size or a pattern that cannot be;
    InputError for stories that leave nothing to choose from, or where every blend on this floor has a falling dial.
    """
    import numpy as np

    aim = _aim(ask)
    counts, notes = at.count(samples, pattern)
    floor = _floor(ask.floor, len(counts.voices))
    if ask.size and (ask.size < 0 or ask.size % len(counts.levels)):
        raise RecipeError(f"size {ask.size} is no multiple of the {len(counts.levels)} levels: a topic has them all")
    base = counts.seen(np.ones((1, int(counts.topic.max()) + 1)))
    limits = [(np.array([cost[voice] for voice in counts.voices]), most) for cost, most in ask.limits]
    found, value, written, step = at.settled(base, floor, aim, limits)
    if math.isnan(value):
        fits = len(at.vertices(len(counts.voices), floor, limits))
        raise InputError(_falling(counts, base, floor) if fits else DEAR.format(floor))
    stock = counts.stories()
    now = stock.sum(1) if ask.now is None else np.array([ask.now.get(v, 0.0) for v in counts.voices])
    fixed = _blends(now / now.sum(), np.array(written))
    case = _Case(counts, aim, floor, base, fixed, _draws(counts, fixed, (floor, aim, limits), ask), limits)
    reach, limited = _reach(case, written)
    return Solution(
        aim=aim,
        pattern=pattern,
        floor=floor,
        levels=counts.levels,
        stories=int(stock.sum()),
        topics=int(counts.topic.max()) + 1,
        voices=tuple(case.voice(i) for i in range(len(written))),
        now=case.mixed(NOW),
        even=case.mixed(EVEN),
        solved=case.mixed(SOLVED),
        exact=value,
        exact_weights=dict(zip(counts.voices, map(float, found), strict=True)),
        step=step,
        optimism=case.optimism(),
        gain=case.gain(NOW),
        gain_even=case.gain(EVEN),
        price=case.price(),
        reach=reach,
        limited_by=limited,
        short=_short(case, written, ask.size),
        draws=ask.draws,
        notes=(*notes, *case.notes()),
    )


def _aim(ask: Ask) -> Aim:
    if ask.aim not in at.AIMS:
        raise RecipeError(f"unknown aim '{ask.aim}'{nearest(ask.aim, list(at.AIMS))}")
    return "eta2" if ask.aim == "eta2" else "mi"


def _floor(floor: float, voices: int) -> float:
    if not 0 <= floor <= 1:
        raise RecipeError(f"a floor of {floor:g} is no share: give one from 0 to 1, such as --floor 0.05")
    if floor * voices > 1 + 1e-9:
        most = math.floor(1e4 / voices) / 1e4
        raise RecipeError(
            f"a floor of {floor:g} for each of {voices} voices is more than the whole: {most:g} is the most"
        )
    return min(floor, 1 / voices)


def _falling(counts: Counts, base: Seen, floor: float) -> str:
    tilt = at.slopes(base.means)[0]
    falls = ", ".join(f"{voice} {slope:.2f}" for voice, slope in zip(counts.voices, tilt, strict=True) if slope < 0)
    way = "set the floor lower" if tilt.max() > 0 else "none of these voices can be used as the levels stand"
    return f"at a floor of {floor:g} the dial of every blend falls (mentions per level: {falls}): {way}"


NOW, EVEN, SOLVED, WITHOUT = range(4)
"""Rows of the fixed blends; from the last on, the present one without each voice in turn."""


def _blends(now: Array, solved: Array) -> Array:
    import numpy as np

    v = len(now)
    rows = [now, np.full(v, 1 / v), solved]
    if v > 1:
        left = [now if now[i] < 1 else np.ones(v) for i in range(v)]  # where one writes it all: the others alike
        rows += [np.where(np.arange(v) == i, 0.0, of) / (of.sum() - of[i]) for i, of in enumerate(left)]
    return np.array(rows)


@dataclass(frozen=True)
class _Drawn:
    """Per draw: the aim at the fixed blends [draw, blend], the best weights with their aim, and the mean counts."""

    fixed: Array
    best: Array
    value: Array
    means: Array


def _draws(counts: Counts, fixed: Array, goal: tuple[float, Aim, at.Limits], ask: Ask) -> _Drawn:
    """The corpus under ``ask.draws`` weightings of its topics, a handful at a time."""
    import numpy as np

    (floor, aim, limits), (v, n, k) = goal, counts.shape
    topics = int(counts.topic.max()) + 1
    most = max(1, CELLS // max(topics, v * n * k, (len(fixed) + v) * n * (k if aim == "mi" else 1)))
    rng, parts = np.random.default_rng(ask.seed), []
    for start in range(0, ask.draws, most):
        seen = counts.seen(rng.exponential(size=(min(most, ask.draws - start), topics)), WORTH)
        best, value = at.best(seen, floor, aim, limits)
        here = at.score(seen, fixed[None], aim)
        parts.append((here, best, value, seen.means))
    return _Drawn(*(np.concatenate(part) for part in zip(*parts, strict=True)))


@dataclass(frozen=True)
class _Case:
    """The corpus as it is (``base``), the fixed blends, and the draws: what every figure is taken from."""

    counts: Counts
    aim: Aim
    floor: float
    base: Seen
    fixed: Array
    drawn: _Drawn
    limits: at.Limits = ()

    def score(self, weights: Array, aim: Aim | None = None) -> Array:
        found: Array = at.score(self.base, weights[None], aim or self.aim)[0]
        return found

    @property
    def topics(self) -> list[int]:
        """Of each voice."""
        pairs = set(zip(self.counts.voice.tolist(), self.counts.topic.tolist(), strict=True))
        tally = Counter(voice for voice, _ in pairs)
        return [tally[i] for i in range(len(self.counts.voices))]

    def interval(self, value: float, draws: Array, bias: float = 0.0, low: float = -math.inf) -> Interval:
        """See ``weights.around``."""
        return at.around((value, draws), min(self.topics), bias, low)

    def mixed(self, row: int) -> Mixed:
        weights = self.fixed[row]
        value, drawn = float(self.score(weights[None])[0]), self.drawn.fixed[:, row]
        dial, dials = weights @ self.base.means[0], weights @ self.drawn.means
        return Mixed(
            weights=dict(zip(self.counts.voices, (float(w) for w in weights), strict=True)),
            eta2=float(self.score(weights[None], "eta2")[0]),
            mi=float(self.score(weights[None], "mi")[0]),
            aim=self.interval(value, drawn, float(drawn.mean()) - value, 0.0),
            dial=tuple(self.interval(float(dial[i]), dials[:, i]) for i in range(len(dial))),
            slope=self.interval(float(at.slopes(dial)), at.slopes(dials)),
        )

    def voice(self, i: int) -> Voice:
        import numpy as np

        counts, drawn, v = self.counts, self.drawn, len(self.counts.voices)
        stock = counts.stories()[i]
        table = self.base.means[0, i]
        weights, free = drawn.best[self.sure, i], 1 - v * self.floor
        low, high = (round(float(q), 9) for q in np.quantile(weights, [0.025, 0.975]))
        own = np.eye(v)[i][None]
        cost = None
        if v > 1:
            change = float(self.score(self.fixed[WITHOUT + i][None])[0] - self.score(self.fixed[NOW][None])[0])
            changes = drawn.fixed[:, WITHOUT + i] - drawn.fixed[:, NOW]
            cost = self.interval(change, changes, float(changes.mean()) - change)
        share = Interval(
            value=float(self.fixed[SOLVED, i]), low=low, high=high, level=at.LEVEL, method="solved anew in each draw"
        )
        return Voice(
            voice=counts.voices[i],
            stories=int(stock.sum()),
            usable=int(stock.min()) * len(stock),
            topics=self.topics[i],
            mean=float(table.mean()),
            slope=self.interval(float(at.slopes(table)), at.slopes(drawn.means[:, i])),
            alone=float(self.score(own)[0]),
            now=float(self.fixed[NOW, i]),
            share=share,
            taken=float((weights > self.floor + free / 2).mean()) if free > 1e-9 else 0.0,
            without=self._without(i),
            cost=cost,
        )

    def _without(self, i: int) -> float | None:
        """The best aim of the others, at the same floor."""

        if len(self.counts.voices) == 1:
            return None
        import numpy as np

        limits = [(np.delete(cost, i), most) for cost, most in self.limits]
        value = float(at.best(self.base.without(i), self.floor, self.aim, limits)[1][0])
        return None if math.isnan(value) else value

    def _few(self) -> bool:
        """Whether the correction is a tenth of what it corrects, for any of the blends: it is then no small thing."""
        import numpy as np

        plain = at.mi(self.base, self.fixed[None], corrected=False)[0, :WITHOUT]
        found = self.score(self.fixed)[:WITHOUT]
        return bool((plain - found > 0.1 * np.abs(found)).any())

    @property
    def sure(self) -> NDArray[np.bool_]:
        """The draws in which some blend rises."""
        import numpy as np

        return np.isfinite(self.drawn.value)

    def optimism(self) -> float:
        """Of the chosen blend: its aim in the draw that chose it, less its aim in the corpus, over draws."""
        return float((self.drawn.value - self.score(self.drawn.best))[self.sure].mean())

    def gain(self, row: int) -> Interval:
        """Of the solved blend over a fixed one: as wide as at these weights, less the optimism of choosing."""
        value = float(self.score(self.fixed[SOLVED][None])[0] - self.score(self.fixed[row][None])[0])
        chosen = self.drawn.value - self.drawn.fixed[:, row]
        here = self.score(self.drawn.best) - self.score(self.fixed[row][None])[0]
        bias = float((chosen - here)[self.sure].mean())
        return self.interval(value, self.drawn.fixed[:, SOLVED] - self.drawn.fixed[:, row], bias)

    def price(self) -> dict[str, float]:
        """The best aim at a floor of 0, 0.05, … and at equal shares: what diversity costs."""
        v = len(self.counts.voices)
        step = 0.05 if v >= 4 else 0.1
        floors = sorted({round(step * i, 2) for i in range(11) if step * i < 1 / v} | {self.floor, 1 / v})
        found = {f: float(at.best(self.base, f, self.aim, self.limits)[1][0]) for f in floors}
        return {f"{f:.4g}": value for f, value in found.items() if not math.isnan(value)}

    def notes(self) -> tuple[str, ...]:
        """What a reader must know of these voices and draws."""
        counts = self.counts
        tilt = at.slopes(self.base.means)[0]
        found = [
            f"{voice} has a dial that falls: no blend is taken that falls with it" for voice in _under(counts, tilt)
        ]
        few = [f"{v} ({n})" for v, n in zip(counts.voices, self.topics, strict=True) if n < FEW]
        if few:
            found.append(f"few topics, so the intervals are rough: {', '.join(few)}")
        if not self.sure.all():
            found.append(f"in {1 - self.sure.mean():.1%} of draws every blend falls; those choose no weights")
        stock = counts.stories()
        if self.aim == "mi" and self._few():
            found.append(
                "information is too high on so few stories a level, also with the first-order correction, and its "
                "intervals are too hopeful: take eta2, or count more stories"
            )
        if (stock != stock[:, :1]).any():
            found.append("levels have unlike numbers of stories; they are weighed alike, so η² is not that of the rows")
        return tuple(found)


def _under(counts: Counts, tilt: Array) -> list[str]:
    return [voice for voice, slope in zip(counts.voices, tilt, strict=True) if slope < 0]


def _reach(case: _Case, weights: Sequence[float]) -> tuple[int, str]:
    """Stories that can be used at these weights, each once and in whole topics, and whose run out first."""
    levels, stock = len(case.counts.levels), case.counts.stories().min(1)
    at_most = {v: have / w for v, have, w in zip(case.counts.voices, stock, weights, strict=True) if w > 0}
    first = min(at_most, key=lambda voice: at_most[voice])
    return levels * math.floor(at_most[first] + 1e-9), first


def _short(case: _Case, weights: Sequence[float], size: int) -> dict[str, int]:
    """How many stories each voice lacks for a corpus of ``size``."""
    levels, stock = len(case.counts.levels), case.counts.stories().min(1)
    lacks = {
        v: levels * (math.ceil(w * size / levels - 1e-9) - int(have))
        for v, have, w in zip(case.counts.voices, stock, weights, strict=True)
    }
    return {voice: n for voice, n in lacks.items() if n > 0}
