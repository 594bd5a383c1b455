"""How easily the level is read from the count in a mixture of voices, and the weights at which it is easiest.

In a mixture with weights w (shares of topics by voice, every level alike) the level's share of the count's variance is

    η²(w) = Var_l(Σ_v w_v μ_vl) / [Σ_v w_v m_v − (Σ_v w_v μ_v)²]

with μ_vl a voice's mean count at a level, μ_v its mean over levels, and m_v its mean square: what the voices differ by
(writer offsets) stands in the denominator, with the spread inside each cell. The numerator is convex in w and the
denominator concave and not negative, so η² is quasi-convex (Boyd & Vandenberghe, Convex Optimization, §3.4), and its
maximum over a polytope lies at a corner. The mutual information of level and count is convex in w, since w mixes the
channels p(count | level) at fixed levels (Cover & Thomas, Elements of Information Theory, theorem 2.7.4), with the
same consequence; there the corners are compared with the bias of few stories taken off. So no search is needed: all
corners of {w_v ≥ floor, Σ w = 1, slope ≥ 0} are tried, and the best is the maximum. It also says what the answer looks
like: one voice has all that the floors leave, unless its dial falls, or limits of time and money (linear in w too, and
so more sides of the same polytope) are in its way.

Neither η² nor mutual information knows up from down; the slope of the mixture, which is linear in w, keeps them to
rising dials. Levels count alike, whatever numbers of stories they have.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from greenlight import mentions
from greenlight.errors import InputError, RecipeError, counted
from greenlight.nouns import Interval, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Aim = Literal["eta2", "mi"]
AIMS: tuple[Aim, ...] = ("eta2", "mi")
LEVEL = 0.95
METHOD = "expanded percentile, Bayesian bootstrap over topics, bias taken off"
MOST_LEVELS, MOST_VOICES, MOST_VALUES = 20, 50, 2_000


@dataclass(frozen=True)
class Seen:
    """``shares[draw, voice, level, value]`` is p(count | voice, level), ``stories[voice, level]`` what it rests on."""

    shares: Array
    values: Array
    stories: Array

    @property
    def means(self) -> Array:
        """μ[draw, voice, level]."""
        return self.shares @ self.values

    def without(self, voice: int) -> Seen:
        import numpy as np

        return Seen(np.delete(self.shares, voice, 1), self.values, np.delete(self.stories, voice, 0))


@dataclass(frozen=True)
class Counts:
    """Stories as counts: a row of each index array is a story. ``values`` are the distinct counts, in rising order."""

    voices: tuple[str, ...]
    levels: tuple[int, ...]
    values: Array
    voice: NDArray[np.intp]
    level: NDArray[np.intp]
    value: NDArray[np.intp]
    topic: NDArray[np.intp]

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.voices), len(self.levels), len(self.values)

    def seen(self, weights: Array, worth: float = 1.0) -> Seen:
        """The corpus as ``weights[draw, topic]`` weigh it; a story is then ``worth`` so much of one."""
        import numpy as np
        from scipy import sparse

        v, n, k = self.shape
        column = (self.voice * n + self.level) * k + self.value
        size = (weights.shape[1], v * n * k)
        table = sparse.csr_array((np.ones(len(column)), (self.topic, column)), shape=size)
        found = np.asarray(weights @ table, dtype=float).reshape(-1, v, n, k)
        return Seen(found / found.sum(-1, keepdims=True), self.values, np.asarray(self.stories() * worth, dtype=float))

    def stories(self) -> NDArray[np.intp]:
        """How many each voice has at each level: [voice, level]."""
        import numpy as np

        v, n, _ = self.shape
        return np.bincount(self.voice * n + self.level, minlength=v * n).reshape(v, n)


def count(samples: Sequence[Text], pattern: str) -> tuple[Counts, tuple[str, ...]]:
    """The stories' counts, and a note for each thing that was left out.

    Left out are stories that do not end (their count is not whole) or name no voice, and voices that lack a level or
    have a single topic. A story without a topic is one of its own. Raises RecipeError for a blank pattern, InputError
    where nothing is left to choose from.
    """
    import numpy as np

    if not pattern.strip():
        raise RecipeError("the pattern is blank: write the words that are counted, such as --pattern 'green light'")
    rows, notes = _usable(samples)
    levels = tuple(sorted({s.made.level for s in rows}))
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise InputError(f"the stories have {len(levels)} level(s): a dial has 2 to {MOST_LEVELS}")
    left = _bare(rows, levels)
    voices = tuple(sorted({s.made.voice for s in rows} - set(left)))
    if not voices:
        raise InputError(f"no voice can be used: {'; '.join(left.values())}")
    if len(voices) > MOST_VOICES:
        raise InputError(f"{len(voices)} voices are more than the {MOST_VOICES} that can be weighed at once")
    kept = [s for s in rows if s.made.voice in voices]
    found = [mentions.count(s.body, pattern) for s in kept]
    if not any(found):
        raise InputError(f"no story holds '{pattern}': count words that the stories have")
    if len(set(found)) == 1:
        raise InputError(f"every story has {found[0]} of '{pattern}': nothing varies, so there is nothing to maximise")
    values, value = np.unique(np.asarray(found, dtype=float), return_inverse=True)
    if len(values) > MOST_VALUES:
        raise InputError(f"'{pattern}' is counted in {len(values)} different numbers: count rarer words")
    names: dict[str, int] = {}
    topic = [names.setdefault(s.made.topic or f"\n{i}", len(names)) for i, s in enumerate(kept)]
    voice, level = [voices.index(s.made.voice) for s in kept], [levels.index(s.made.level) for s in kept]
    shared = len({(t, v) for t, v in zip(topic, voice, strict=True)}) - len(names)
    notes += [f"left out: {why}" for why in left.values()]
    if shared:
        notes.append("some topics were written on by several voices: a draw weighs such a topic alike for all of them")
    if any(mentions.count(s.control, pattern) for s in kept):
        notes.append(f"'{pattern}' also stands in the control line, which is not counted")
    arrays = (np.asarray(each, dtype=np.intp) for each in (voice, level, value, topic))
    return Counts(voices, levels, values, *arrays), tuple(notes)


def _usable(samples: Sequence[Text]) -> tuple[list[Text], list[str]]:
    """Those that end and name their voice, and a note on the others."""
    whole = [s for s in samples if s.made.finish_reason != "length"]
    rows = [s for s in whole if s.made.voice]
    if not whole:
        raise InputError("no story is whole: there is nothing to count in")
    if not rows:
        raise InputError("no story names its voice: give a --manifest, or a JSONL with 'voice', that names the writers")
    notes = (
        [f"left out: {counted(len(samples) - len(whole), 'story')} without an end"] if len(whole) < len(samples) else []
    )
    if len(rows) < len(whole):
        notes.append(f"left out: {counted(len(whole) - len(rows), 'story')} without a voice's name")
    return rows, notes


def _bare(rows: Sequence[Text], levels: tuple[int, ...]) -> dict[str, str]:
    """The voices that cannot be weighed, each with the reason."""
    has: dict[str, Counter[int]] = {}
    topics: dict[str, set[str]] = {}
    for i, s in enumerate(rows):
        has.setdefault(s.made.voice, Counter())[s.made.level] += 1
        topics.setdefault(s.made.voice, set()).add(s.made.topic or f"\n{i}")
    left = {}
    for voice in sorted(has):
        if lacks := [str(level) for level in levels if not has[voice][level]]:
            left[voice] = f"{voice} has no story at level {', '.join(lacks)} ({has[voice].total():,} in all)"
        elif len(topics[voice]) < 2:
            left[voice] = f"{voice} has a single topic, which says nothing of another"
    return left


# ---------------------------------------------------------------- the aim, at weights


def slopes(table: Array) -> Array:
    """The least-squares slope over the last axis, per level."""
    import numpy as np

    x = np.arange(table.shape[-1]) - (table.shape[-1] - 1) / 2
    return np.asarray(table @ x / (x @ x))


def eta2(seen: Seen, weights: Array) -> Array:
    """η² [draw, blend] of ``weights[draw or 1, blend, voice]``; 0 where nothing varies."""
    import numpy as np

    centred = seen.values - seen.values.mean()  # so that large counts do not cancel
    by_level = weights @ (seen.shares @ centred)
    square = (weights @ (seen.shares @ centred**2).mean(-1)[..., None])[..., 0]
    total = square - by_level.mean(-1) ** 2
    there = total > 1e-12 * (1e-300 + square)
    return np.where(there, by_level.var(-1) / np.where(there, total, 1.0), 0.0)


def mi(seen: Seen, weights: Array, corrected: bool = True) -> Array:
    """The mutual information of level and count in bits, shape as ``eta2``.

    ``corrected`` takes off the bias that few stories give it, to the first order (Miller 1955, for a mixture): an
    entropy of shares q is too low by ``½ Σ Var(q̂_c) / q_c``, with ``Var(q̂_c) = Σ_v w_v² p_vc (1 − p_vc) / n_v``. For
    a single voice that is (values − 1) / 2n. It can make a small information negative.
    """
    import numpy as np
    from scipy import special

    draws, v, n, k = seen.shares.shape
    flat = seen.shares.reshape(draws, v, n * k)
    channel = (weights @ flat).reshape(draws, -1, n, k)
    whole = channel.mean(-2)
    found = special.entr(whole).sum(-1) - special.entr(channel).sum(-1).mean(-1)
    if corrected:
        noise = (seen.shares * (1 - seen.shares) / seen.stories[..., None]).reshape(draws, v, n * k)
        spread = (weights**2 @ noise).reshape(draws, -1, n, k)
        within = _over(spread, channel).sum(-1).mean(-1)
        found = found + (_over(spread.mean(-2) / n, whole).sum(-1) - within) / 2
    return np.asarray(found / math.log(2))


def _over(above: Array, below: Array) -> Array:
    import numpy as np

    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0))


def around(drawn: tuple[float, Array], n: int, bias: float = 0.0, low: float = -math.inf) -> Interval:
    """Around ``drawn``, a value and its draws, less its bias, as wide as the draws spread; ``low`` is the least that
    can be.

    Dirichlet weights spread a mean's variance by (n − 1) / (n + 1) of what n topics give, which the wider quantiles
    make good.
    """
    import numpy as np
    from scipy import special

    value, draws = drawn
    tail = special.ndtr(-math.sqrt((n + 1) / (n - 1)) * special.stdtrit(n - 1, (1 + LEVEL) / 2))
    ends = np.quantile(draws, [tail, 1 - tail]) - draws.mean() + value - bias
    return Interval(value=value, low=max(low, ends[0]), high=max(low, ends[1]), level=LEVEL, method=METHOD)


def score(seen: Seen, weights: Array, aim: Aim) -> Array:
    return (eta2 if aim == "eta2" else mi)(seen, weights)


Limits = Sequence[tuple["Array", float]]
"""``(cost[voice], most)``: what the weights may cost, ``weights @ cost <= most``."""


def vertices(voices: int, floor: float, limits: Limits = ()) -> Array:
    """The corners [corner, voice] of the weights with a floor, in what ``limits`` leave of them; none where that is
    nothing.

    At a corner of a polytope as many constraints are tight as there are weights: some limits, and the floors of all
    voices but as many, and one more for the sum.
    """
    import numpy as np

    free = 1 - voices * floor
    if not limits:
        return np.asarray(np.full((voices, voices), floor) + np.eye(voices) * free)
    costs = np.array([cost for cost, _ in limits])
    room = np.array([most for _, most in limits]) - floor * costs.sum(1)
    slack = 1e-9 * np.maximum(np.abs(costs).max(1), 1e-300)
    found: dict[tuple[float, ...], Array] = {}
    for tight in (t for size in range(len(limits) + 1) for t in combinations(range(len(limits)), size)):
        for above in combinations(range(voices), len(tight) + 1):
            left = np.vstack([np.ones(len(above)), costs[np.ix_(tight, above)]])
            try:
                part = np.linalg.solve(left, np.array([free, *room[list(tight)]]))
            except np.linalg.LinAlgError:
                continue
            more = np.zeros(voices)
            more[list(above)] = part
            if (more >= -1e-9).all() and (costs @ more <= room + slack).all():
                corner = floor + np.maximum(more, 0.0)
                found.setdefault(tuple(np.round(corner, 9)), corner)
    return np.array(list(found.values())).reshape(-1, voices)


def corners(slope: Array, plain: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The corners ``plain[corner, voice]`` cut to what does not fall, of ``slope[draw, voice]``.

    ``[draw, corner, voice]``, and which of them count. They are the corners that do not fall, and the points without a
    slope between one that rises and one that falls (all of them allowed, and the true corners among them).
    """
    import numpy as np

    draws, (n, v) = len(slope), plain.shape
    tilt = slope @ plain.T
    rises = tilt >= -1e-12 * np.abs(slope).max()
    found = np.broadcast_to(plain, (draws, n, v))
    pairs = [(i, j) for i in range(n) for j in range(n) if (rises[:, i] & ~rises[:, j]).any()]
    if not pairs:
        return found, rises
    up, down = (np.array(side) for side in zip(*pairs, strict=True))
    cross = rises[:, up] & ~rises[:, down]
    along = np.where(cross, tilt[:, up] / np.where(cross, tilt[:, up] - tilt[:, down], 1.0), 0.0)[..., None]
    edges = plain[up] * (1 - along) + plain[down] * along
    return np.concatenate([found, edges], axis=1), np.concatenate([rises, cross], axis=1)


def best(seen: Seen, floor: float, aim: Aim, limits: Limits = ()) -> tuple[Array, Array]:
    """The best weights [draw, voice] of each draw and their aim [draw]; NaN where every blend falls, or costs more."""
    import numpy as np

    slope = slopes(seen.means)
    plain = vertices(slope.shape[1], floor, limits)
    if not len(plain):
        return np.full(slope.shape, np.nan), np.full(len(slope), np.nan)
    weights, counts = corners(slope, plain)
    found = np.where(counts, score(seen, weights, aim), -np.inf)
    at = found.argmax(1)
    value = found[np.arange(len(at)), at]
    return weights[np.arange(len(at)), at], np.where(np.isfinite(value), value, np.nan)


def settled(seen: Seen, floor: float, aim: Aim, limits: Limits = ()) -> tuple[Array, float, list[float], float]:
    """Of one draw: the best weights, their aim, the best ones in whole steps that keep the limits too, and the step."""
    first: tuple[Array, float] | None = None
    whole: list[float] = []
    step = math.nan
    for less in (0.0, 0.001, 0.003, 0.01, 0.03, 0.1):
        found, value = best(seen, floor, aim, [(cost, most * (1 - less)) for cost, most in limits])
        if math.isnan(value[0]):
            break
        first = first or (found[0], float(value[0]))
        whole, step = rounded([float(w) for w in found[0]], floor)
        if all(float(cost @ whole) <= most * (1 + 1e-9) for cost, most in limits):
            break
    return (*(first or (found[0], math.nan)), whole, step)


def rounded(weights: Sequence[float], floor: float) -> tuple[list[float], float]:
    """The weights in whole steps that add up to 1 and keep the floor, and the step: 0.01, or finer where it must be.

    What is left over goes to the largest remainders.
    """
    for digits in range(2, 7):
        unit = 10**digits
        least = math.ceil(floor * unit - 1e-7) if digits < 6 else math.floor(floor * unit)
        if least * len(weights) <= unit:
            break
    parts = [max(least, math.floor(w * unit + 1e-7)) for w in weights]
    while (left := unit - sum(parts)) != 0:
        step = 1 if left > 0 else -1
        may = [i for i, part in enumerate(parts) if step > 0 or part > least]
        parts[max(may, key=lambda i: (step * (weights[i] * unit - parts[i]), -i))] += step
    return [part / unit for part in parts], 1 / unit
