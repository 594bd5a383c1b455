"""Can a metric see the corpus's own dial? Asked of the corpus before any model is scored.

The corpus is the perfect sampler of itself: a measurement of n topics a level is repeated on stories drawn from it
(one a topic and level), which gives the ceiling, and with the level labels shuffled the floor. A metric that would
miss the corpus's dial more often than once in five says nothing about a model, whatever it shows.
"""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from greenlight import mentions, parts, rates, trends
from greenlight.dials import hides
from greenlight.errors import RecipeError, RoundError, nearest
from greenlight.nouns import Interval, Noun, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WANTED, ALPHA = 0.8, 0.05
"""A metric is blind when the trend test at the second finds the corpus's dial less often than the first."""
DRAWS, FEWEST, STORIES = 2_000, 200, 400_000
"""Measurements that are drawn from the corpus: most and fewest, and stories a level in all, when topics are many."""
MOST_LEVELS = 20
PILOT = 40
"""Topics a level from which the number that would do is reckoned, where fewer are asked for."""
SEEN = {"dial.slope": "mentions per level", "dial.rate": "mentions per 1,000 characters and level"}
"""The metrics that have a dial, and their units."""
Test = Literal["Page", "Jonckheere–Terpstra"]


@dataclass(frozen=True)
class Rule:
    """What is counted: the metric, in whole documents (0) or by the legacy rule in a ``window`` of characters."""

    metric: str = "dial.slope"
    window: int = 0


class Drawn(Noun):
    """Measurements drawn from the corpus: how the slope falls out, and how often each sign of a dial is there.

    ``low`` and ``high`` are the 5 % and 95 % quantiles of the slope. ``order``: the means rise strictly from level to
    level; ``found``: the trend test has p < 0.05. Both with the interval of the drawing alone (the corpus's own
    chance is not in it).
    """

    slope: float
    low: float
    high: float
    order: Interval
    found: Interval


class SelfTest(Noun):
    """What a metric sees of a corpus: ``blind`` is why it may not be used, and empty when it may.

    ``ceiling`` is the slope over the whole corpus with its interval over topics, ``p`` its one-sided trend test;
    ``at`` and ``floor`` are measurements of ``topics`` topics a level, with the labels as they are and shuffled.
    ``needed`` is the number of topics a level at which the trend test finds the corpus's dial in 80 % of
    measurements, by the normal approximation; None when none would. ``hides`` says, by level, what a window does.
    """

    metric: str
    unit: str
    pattern: str
    window: int
    test: Test
    topics: int
    corpus_topics: int
    stories: int
    levels: tuple[int, ...]
    means: tuple[float, ...]
    ceiling: Interval
    p: float
    at: Drawn
    floor: Drawn
    needed: int | None
    hides: dict[str, dict[str, float]] = {}
    notes: tuple[str, ...] = ()
    blind: str = ""


def check(
    samples: Sequence[Text],
    pattern: str,
    topics: int = 40,
    levels: Sequence[int] = (),
    rule: Rule = Rule(),
    seed: int = 0,
) -> SelfTest:
    """Whether a measurement of ``topics`` topics a level, by this rule, shows the corpus's own dial.

    ``levels`` are those that will be asked for; default: those of the corpus. Topics that have every level are
    drawn whole, and tested within topics (Page); where fewer than half of the topics have them all, each level is
    drawn by itself, and tested without blocks (Jonckheere–Terpstra). p is normal, with the variance of the ties.
    Deterministic by ``seed``. Raises RecipeError for a metric without a dial or a blank pattern, RoundError for a
    corpus that has no levels, or too few topics to draw from.
    """
    _known(rule, pattern, topics)
    whole = [s for s in samples if s.made.finish_reason != "length"]
    asked = tuple(sorted(set(levels) or {s.made.level for s in whole}))
    windows = _windows(whole, pattern, rule)
    values = _values(whole, pattern, rule, windows)
    urn = _Urn(
        [(s.made.topic or f"#{i}", s.made.level, v) for i, (s, v) in enumerate(zip(whole, values, strict=True))], asked
    )
    ceiling, p = urn.ceiling()
    at, floor, needed = _draws(urn, topics, seed)
    found = SelfTest(
        metric=rule.metric,
        unit=SEEN[rule.metric],
        pattern=pattern,
        window=rule.window,
        test="Page" if urn.blocked else "Jonckheere–Terpstra",
        topics=topics,
        corpus_topics=urn.topics,
        stories=urn.stories,
        levels=asked,
        means=urn.means(),
        ceiling=ceiling,
        p=p,
        at=at,
        floor=floor,
        needed=needed,
        hides={k: v for k, v in hides(whole, windows).items() if int(k) in asked} if windows else {},
        notes=_notes(len(samples) - len(whole), urn, topics),
    )
    return found.model_copy(update={"blind": _blind(found, whole, seed)})


def refusal(found: SelfTest) -> str:
    """Why a round whose corpus tests so is not to be measured, with the way out; empty when it may be."""
    if not found.blind:
        return ""
    return (
        f"{found.metric} cannot see the corpus's own dial: {found.blind} "
        "(metrics.dial.selftest = false measures it all the same)"
    )


def _known(rule: Rule, pattern: str, topics: int) -> None:
    if rule.metric not in SEEN:
        if rule.metric.partition(".")[0] not in parts.names("metrics"):
            raise RecipeError(f"unknown metric '{rule.metric}'{nearest(rule.metric, list(SEEN))}")
        dials = " and ".join(SEEN)
        raise RecipeError(f"the metric '{rule.metric}' has no dial that a level turns; the self-test is for {dials}")
    if not pattern.strip():
        raise RecipeError("the pattern is blank: write the words that are counted")
    if topics < 2 or rule.window < 0:
        raise RecipeError("the self-test needs two topics or more, and a window of no less than 0 characters")


# ---------------------------------------------------------------- counting


def _windows(samples: Sequence[Text], pattern: str, rule: Rule) -> list[mentions.Windowed] | None:
    if not rule.window:
        return None
    return mentions.windowed([(s.control, s.body) for s in samples], pattern, rule.window)


def _values(samples: Sequence[Text], pattern: str, rule: Rule, windows: list[mentions.Windowed] | None) -> list[float]:
    if windows is None:
        counts = [float(mentions.count(s.body, pattern)) for s in samples]
        lengths = [max(1, len(s.body)) for s in samples]
    else:
        counts, lengths = [float(w.counted) for w in windows], [rule.window] * len(samples)
    if rule.metric == "dial.slope":
        return counts
    return [1000.0 * count / length for count, length in zip(counts, lengths, strict=True)]


# ---------------------------------------------------------------- drawing measurements from the corpus


class _Urn:
    """The stories' values by topic and level, from which measurements are drawn."""

    def __init__(self, rows: Sequence[tuple[str, int, float]], levels: Sequence[int]) -> None:
        if not 2 <= len(levels) <= MOST_LEVELS:
            few = "no levels" if levels == (0,) else f"only level {levels[0]}" if levels else "no stories"
            has = few if len(levels) < 2 else f"{len(levels)} levels"
            raise RoundError(f"the corpus has {has}: a dial has 2 to {MOST_LEVELS} levels")
        self.levels = levels
        cells: dict[str, dict[int, list[float]]] = {}
        for topic, level, value in rows:
            if level in levels:
                cells.setdefault(topic, {}).setdefault(level, []).append(value)
        for level in levels:
            if not any(level in row for row in cells.values()):
                raise RoundError(f"the corpus has no story at level {level}, which is asked for: name other levels")
        whole = {topic: row for topic, row in cells.items() if len(row) == len(levels)}
        self.blocked = len(whole) >= 2 and 2 * len(whole) >= len(cells)
        self.cells = whole if self.blocked else cells
        self.left_out = len(cells) - len(self.cells)
        self.topics = len(self.cells)
        self.stories = sum(len(values) for row in self.cells.values() for values in row.values())
        for level in levels:
            if sum(level in row for row in self.cells.values()) < 2:
                raise RoundError(f"level {level} of the corpus has one topic: a dial is measured over two or more")

    def by_level(self) -> list[list[float]]:
        """``[level][topic]``: the mean of each topic's stories."""
        rows = self.cells.values()
        return [[sum(row[level]) / len(row[level]) for row in rows if level in row] for level in self.levels]

    def means(self) -> tuple[float, ...]:
        return tuple(sum(column) / len(column) for column in self.by_level())

    def ceiling(self) -> tuple[Interval, float]:
        """The slope over the whole corpus with its interval over topics, and the trend test's p."""
        columns = self.by_level()
        if self.blocked:
            table = [list(row) for row in zip(*columns, strict=True)]
            return trends.slope(table), trends.page(table).p
        return trends.unblocked_slope(columns), trends.jonckheere(columns).p

    def draw(self, topics: int, draws: int, rng: np.random.Generator) -> Array:
        """``[draw, topic, level]``: topics with replacement (one row a topic where blocked), one story a cell."""
        import numpy as np

        flat: list[float] = []
        first, count = [], []
        for level in self.levels:  # by level: where each topic's stories begin in flat, and how many they are
            held = [row[level] for row in self.cells.values() if level in row]
            sizes = np.array([len(values) for values in held])
            first.append(len(flat) + np.cumsum(sizes) - sizes)
            count.append(sizes)
            flat += [value for values in held for value in values]
        values = np.array(flat)
        shared = rng.integers(0, self.topics, (draws, topics)) if self.blocked else None
        out = np.empty((draws, topics, len(self.levels)))
        for j, (starts, sizes) in enumerate(zip(first, count, strict=True)):
            chosen = rng.integers(0, len(sizes), (draws, topics)) if shared is None else shared
            out[:, :, j] = values[starts[chosen] + rng.integers(0, sizes[chosen])]
        return out

    def z(self, drawn: Array) -> Array:
        """The trend test's standard score of each drawn measurement; 0 where all values are equal."""
        import numpy as np

        size = drawn.shape[1] * len(self.levels)
        distinct = np.array([]) if self.blocked else np.unique(drawn)
        step = max(1, trends.CELLS // (size * len(self.levels) + len(self.levels) * len(distinct)))
        scores = []
        for start in range(0, len(drawn), step):
            some = drawn[start : start + step]
            if self.blocked:
                found, expected, variance = (part.sum(-1) for part in trends.page_parts(some))
            else:
                found, expected, variance = trends.jonckheere_parts(_counts(some, distinct))
            root = np.sqrt(np.where(variance > 1e-12, variance, np.inf))
            scores.append((found - expected) / root)
        return np.concatenate(scores)


def _counts(drawn: Array, distinct: Array) -> Array:
    """``[draw, level, value]``: how often each distinct value occurs."""
    import numpy as np

    draws, _, levels = drawn.shape
    codes = np.searchsorted(distinct, drawn)
    cell = (np.arange(draws)[:, None, None] * levels + np.arange(levels)) * len(distinct) + codes
    return np.bincount(cell.ravel(), minlength=draws * levels * len(distinct)).reshape(draws, levels, -1).astype(float)


def _draws(urn: _Urn, topics: int, seed: int) -> tuple[Drawn, Drawn, int | None]:
    """Measurements with the labels as they are, and shuffled; and the topics a level that would do."""
    import numpy as np

    rng, draws = np.random.default_rng([seed, topics]), min(DRAWS, max(FEWEST, STORIES // topics))
    drawn = urn.draw(topics, draws, rng)
    z = urn.z(drawn)
    rows = drawn if urn.blocked else drawn.reshape(draws, 1, -1)
    shuffled = rng.permuted(rows, axis=2).reshape(drawn.shape)
    pilot = z if topics >= PILOT else urn.z(urn.draw(PILOT, DRAWS, rng))
    return _drawn(drawn, z), _drawn(shuffled, urn.z(shuffled)), _needed(pilot, max(topics, PILOT))


def _drawn(values: Array, z: Array) -> Drawn:
    import numpy as np
    from scipy import special

    means = values.mean(1)
    x = np.arange(means.shape[1]) - (means.shape[1] - 1) / 2
    slopes = means @ x / (x @ x)
    low, high = np.quantile(slopes, [ALPHA, 1 - ALPHA])
    return Drawn(
        slope=float(slopes.mean()),
        low=float(low),
        high=float(high),
        order=rates.rate(int((np.diff(means, axis=1) > 0).all(1).sum()), len(values)),
        found=rates.rate(int((z > -special.ndtri(ALPHA)).sum()), len(values)),
    )


def _needed(z: Array, topics: int) -> int | None:
    """From the scores at ``topics``: their mean grows with the root of the topics, and their spread stays."""
    from scipy import special

    mean, spread = float(z.mean()), float(z.std())
    if mean <= 0.05:  # beyond 1,000 times as many
        return None
    score = float(special.ndtri(WANTED)) * spread - float(special.ndtri(ALPHA))
    return max(2, math.ceil(topics * (score / mean) ** 2))


# ---------------------------------------------------------------- what is said of it


def _notes(unfinished: int, urn: _Urn, topics: int) -> tuple[str, ...]:
    notes = []
    if topics > urn.topics:
        notes.append(f"the corpus has {urn.topics} topics, from which {topics} a level are drawn with repeats")
    if unfinished:
        notes.append(f"unfinished documents, which are left out: {unfinished}")
    if urn.blocked and urn.left_out:
        notes.append(f"topics that lack a level, and are left out: {urn.left_out}")
    if not urn.blocked:
        notes.append("few topics have every level: each level is drawn by itself, and tested without blocks")
    return tuple(notes)


def _blind(found: SelfTest, samples: Sequence[Text], seed: int) -> str:
    label = next((s for s in samples if mentions.count(_frame(s), found.pattern)), None)
    there = any(mentions.count(s.body, found.pattern) for s in samples)
    if label is None and not there:
        return f"no story holds '{found.pattern}'{_near(samples, found.pattern)}"
    reasons = []
    missed = found.p >= ALPHA or found.at.found.value < WANTED
    if found.window and (missed or label is not None):
        reasons.append(_window(found, samples, seed))
    elif missed and there:
        reasons.append(_flat(found) if found.p >= ALPHA else _few(found))
    if label is not None:
        line = next((x for x in label.control.splitlines() if mentions.count(x, found.pattern)), label.control)
        reasons.append(f"the pattern '{found.pattern}' stands in the control line ('{line[:60]}'): count other words")
    return "; ".join(reasons)


def _frame(sample: Text) -> str:
    """The control line without its topic, which may well name the behaviour."""
    return sample.control.replace(sample.made.topic, " ") if sample.made.topic else sample.control


def _flat(found: SelfTest) -> str:
    c = found.ceiling
    how = f"{c.value:+.3g} {found.unit} [{c.low:+.3g}, {c.high:+.3g}] over {found.corpus_topics} topics"
    if c.high < 0:
        return f"the corpus's dial falls with the level: {how}"
    return f"the corpus's dial is flat, as far as it shows: {how}"


def _few(found: SelfTest) -> str:
    more = "" if found.needed is None else f": about {found.needed} topics would do"
    return (
        f"with {found.topics} topics a level the trend test finds it in {found.at.found.value:.0%} of measurements, "
        f"fewer than {WANTED:.0%}{more}"
    )


def _window(found: SelfTest, samples: Sequence[Text], seed: int) -> str:
    """What the window does at the lowest level, where stories are short, and at the highest, where they are long."""
    bottom, top = (found.hides[str(level)] for level in (found.levels[0], found.levels[-1]))
    said = (
        f"{bottom['ended']:.0%} of level-{found.levels[0]} stories end inside the window of {found.window} characters"
    )
    onward = bottom["control"] + bottom["after"]
    if onward > 0:
        source = "the next control line" if bottom["control"] >= bottom["after"] else "the next story"
        counted = bottom["own"] + onward
        said += f", and {source} is counted ({onward:.2f} of {counted:.2f} mentions a story are not its own)"
    lost = top["hidden"] / (top["hidden"] + top["own"]) if top["hidden"] else 0.0
    if lost:
        said += f"; {lost:.0%} of level-{found.levels[-1]} mentions stand beyond it"
    share = found.at.found.value
    said += f"; the trend test finds the dial in {share:.0%} of measurements"
    whole = check(samples, found.pattern, found.topics, found.levels, Rule(found.metric), seed)
    return said + f", and in {whole.at.found.value:.0%} in whole documents"


def _near(samples: Sequence[Text], pattern: str) -> str:
    """The nearest words of the corpus, from its first stories."""
    size, seen = len(pattern.split()), Counter[str]()
    for sample in samples[:500]:
        words = re.findall(r"\w+(?:['’-]\w+)*", sample.body.lower())
        seen.update(" ".join(words[i : i + size]) for i in range(len(words) - size + 1))
    common = [words for words, _ in seen.most_common(5_000)]
    close = difflib.get_close_matches(" ".join(pattern.lower().split()), common, n=1, cutoff=0.7)
    return f"; did you mean '{close[0]}'?" if close else ": count words that it has"
