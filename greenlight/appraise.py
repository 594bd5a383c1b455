"""What a voice's texts come to: its dial beside the other voices', what gates find in it, its form and its sense."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean as mean
from typing import TYPE_CHECKING, Any

from greenlight import dials, forms, mentions, near, rates, sense, sift, stats, weights
from greenlight.errors import InputError
from greenlight.generators._clean import RULES, clean
from greenlight.language import words
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief
from greenlight.scorecard import Dial, Figure, Form, Screened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DRAWS = 1_000
OPENER = 3
"""Words of an opener."""


@dataclass(frozen=True)
class Said:
    """What one voice answered: accepted by the gates of the recipe, or refused; ``failed`` never came, by topic."""

    accepted: Sequence[Text]
    refused: Sequence[tuple[Text, Flag]] = ()
    failed: Sequence[str] = ()

    @property
    def answers(self) -> list[Text]:
        return [*self.accepted, *(text for text, _ in self.refused)]

    @property
    def finished(self) -> list[Text]:
        """What is counted in: a count of a text that was cut is not whole."""
        return [text for text in self.accepted if text.made.finish_reason != "length"]


@dataclass(frozen=True)
class Found:
    """Of one voice; the parts of its scorecard that come from texts."""

    accepted: Figure
    screened: Screened
    dial: Dial
    form: Form
    sense: dict[str, Figure]
    notes: tuple[str, ...]


def appraise(said: Mapping[str, Said], pattern: str, brief: Brief | None = None) -> dict[str, Found]:
    """Every voice, compared with all of them. ``brief``: what they were asked, where that is known."""
    offsets = _offsets({voice: _cells(one.finished, pattern) for voice, one in said.items()})
    senses = _senses({voice: sense.stories(one.accepted, pattern) for voice, one in said.items()})
    given: dict[str, Any] = {"pattern": pattern}
    if brief is not None:
        given |= {"levels": brief.levels, "control": brief.control}
    found = {}
    for voice, one in said.items():
        dial, notes = _dial(one.finished, pattern, offsets[voice])
        decisions = [sift.judge(_row(number, text, given), sift.DEFAULT) for number, text in enumerate(one.answers)]
        whole = [(_topic(t), True) for t in one.accepted] + [(_topic(t), False) for t, _ in one.refused]
        found[voice] = Found(
            accepted=share([*whole, *((topic, False) for topic in one.failed)]),
            screened=_screened(one.answers, decisions),
            dial=dial,
            form=_form(one, decisions),
            sense=senses[voice],
            notes=tuple(notes),
        )
    return found


def _topic(text: Text) -> str:
    """What is resampled; a text without a topic stands by itself."""
    return text.made.topic or f"#{text.id}"


def over(values: Iterable[tuple[str, float]]) -> Figure:
    """The mean over topics of (topic, value), each the mean of its own values; topics resampled."""
    by_topic: dict[str, list[float]] = {}
    for topic, value in values:
        by_topic.setdefault(topic, []).append(value)
    each = [mean(own) for own in by_topic.values()]
    if len(each) < 2:
        return Figure(value=each[0] if each else None, n=len(each))
    return Figure.of(stats.resampled_mean(each), len(each))


def share(flags: Iterable[tuple[str, bool]]) -> Figure:
    """The share of (topic, flag) that is true; texts of one topic are no more than alike."""
    by_topic: dict[str, tuple[int, int]] = {}
    for topic, flag in flags:
        hits, n = by_topic.get(topic, (0, 0))
        by_topic[topic] = (hits + flag, n + 1)
    hits, n = (sum(part) for part in zip(*by_topic.values(), strict=True)) if by_topic else (0, 0)
    if not n:
        return Figure()
    clusters = list(by_topic.values()) if len(by_topic) > 1 else None
    return Figure.of(rates.rate(hits, n, clusters), n)


# ---------------------------------------------------------------- the dial


def _cells(texts: Sequence[Text], pattern: str) -> dict[tuple[str, int], float]:
    """Mean mentions by topic and level."""
    cells: dict[tuple[str, int], list[int]] = {}
    for text in texts:
        cells.setdefault((_topic(text), text.made.level), []).append(mentions.count(text.body, pattern))
    return {cell: mean(found) for cell, found in cells.items()}


def _dial(texts: Sequence[Text], pattern: str, offset: Figure) -> tuple[Dial, list[str]]:
    counted = [dials.Counted("", _topic(t), t.made.level, mentions.count(t.body, pattern)) for t in texts]
    found = dials.dial_of(counted)
    means = {level: _shown(cell) for level, cell in found["all"].items()}
    eta2, auc, notes = _levels(texts, pattern)
    return Dial(means=means, slope=_shown(found["slope"]), auc=auc, eta2=eta2, offset=offset), notes


def _shown(cell: Mapping[str, Any] | None) -> Figure:
    return Figure() if cell is None else Figure(value=cell["mean"], low=cell["low"], high=cell["high"], n=cell["n"])


def _levels(texts: Sequence[Text], pattern: str) -> tuple[Figure, Figure, list[str]]:
    """η² and AUC of one voice; unknown, with the reason, where its texts do not tell them."""
    import numpy as np

    try:
        named = [
            t if t.made.voice else t.model_copy(update={"made": t.made.model_copy(update={"voice": "?"})})
            for t in texts
        ]
        counts, _ = weights.count(named, pattern)
    except InputError as error:
        return Figure(), Figure(), [f"nothing is said of levels: {error}"]
    topics = int(counts.topic.max()) + 1
    base = counts.seen(np.ones((1, topics)))
    drawn = counts.seen(np.random.default_rng(0).exponential(size=(DRAWS, topics)))
    figures = []
    for of in (lambda seen: weights.eta2(seen, np.ones((1, 1, 1)))[:, 0], _auc):
        value, draws = float(of(base)[0]), of(drawn)
        around = weights.around((value, draws), topics, float(draws.mean()) - value, 0.0)
        figures.append(Figure.of(around.model_copy(update={"high": min(1.0, around.high)}), topics))
    return figures[0], figures[1], []


def _auc(seen: weights.Seen) -> Array:
    """P(more at the higher of two levels) + P(as many) / 2, over all pairs of levels [draw]; of the first voice."""
    import numpy as np

    p = seen.shares[:, 0]
    under = p.cumsum(-1) - p / 2
    n = p.shape[1]
    return np.asarray(np.mean([(p[:, j] * under[:, i]).sum(-1) for j in range(n) for i in range(j)], axis=0))


def _offsets(cells: Mapping[str, Mapping[tuple[str, int], float]]) -> dict[str, Figure]:
    """Mentions a text beyond the mean of the voices: in the same topic and level where they share them.

    Where each topic has one writer, of the means over topics: Welch's t interval.
    """
    shared = Counter(cell for own in cells.values() for cell in own)
    if len(cells) < 2:
        return {voice: Figure() for voice in cells}
    if not any(n > 1 for n in shared.values()):
        return _apart(cells)
    middle = {cell: mean(own[cell] for own in cells.values() if cell in own) for cell, n in shared.items() if n > 1}
    return {
        voice: over(
            (topic, value - middle[topic, level]) for (topic, level), value in own.items() if (topic, level) in middle
        )
        for voice, own in cells.items()
    }


def _apart(cells: Mapping[str, Mapping[tuple[str, int], float]]) -> dict[str, Figure]:
    from scipy import special

    topics: dict[str, list[float]] = {}
    for voice, own in cells.items():
        by_topic: dict[str, list[float]] = {}
        for (topic, _), value in own.items():
            by_topic.setdefault(topic, []).append(value)
        topics[voice] = [mean(values) for values in by_topic.values()]
    known = {voice: (mean(own), _variance(own) / len(own), len(own)) for voice, own in topics.items() if len(own) > 1}
    if len(known) < 2:
        return {voice: Figure() for voice in cells}
    middle, v = mean(one[0] for one in known.values()), len(known)
    found = {voice: Figure() for voice in cells}
    for voice in known:
        terms = [
            (part * ((1 - 1 / v) ** 2 if other == voice else 1 / v**2), n - 1.0)
            for other, (_, part, n) in known.items()
        ]
        spread = math.sqrt(sum(term for term, _ in terms))
        half = float(special.stdtrit(stats.satterthwaite(terms), 0.975)) * spread
        value = known[voice][0] - middle
        found[voice] = Figure(value=value, low=value - half, high=value + half, n=known[voice][2])
    return found


def _variance(values: Sequence[float]) -> float:
    centre = mean(values)
    return sum((value - centre) ** 2 for value in values) / (len(values) - 1)


# ---------------------------------------------------------------- gates, form, sense


def _row(number: int, text: Text, brief: Mapping[str, Any]) -> forms.Row:
    made = text.made
    told = {"topic": made.topic, "level": made.level, "finish_reason": made.finish_reason, "system": made.system}
    return forms.of_data(
        number, {"control": text.control, "body": text.body, "prompt": made.prompt, "brief": dict(brief)} | told
    )


def _screened(answers: Sequence[Text], decisions: Sequence[sift.Decision]) -> Screened:
    by_action: dict[str, Counter[str]] = {"refuse": Counter(), "warn": Counter()}
    for decision in decisions:
        for gate, action in {(one["gate"], one["action"]) for one in decision.fired}:
            by_action[action][gate] += 1
    clean_ones = ((_topic(t), d.decision != "refuse") for t, d in zip(answers, decisions, strict=True))
    return Screened(clean=share(clean_ones), **{action: dict(sorted(n.items())) for action, n in by_action.items()})


def _form(said: Said, decisions: Sequence[sift.Decision]) -> Form:
    answers, raw = said.answers, [t.made.raw or t.body for t in said.answers]
    topics = [_topic(t) for t in answers]
    sizes = sorted(len(words(t.body)) for t in said.accepted)
    rules = [clean(text, tuple(RULES))[1] for text in raw]
    missed = [any(one["gate"] == "topic" for one in d.fired) for d in decisions]
    openers, commonest = _openers(said.accepted)
    return Form(
        words=over((_topic(t), float(len(words(t.body)))) for t in said.accepted),
        words_5=_quantile(sizes, 0.05),
        words_95=_quantile(sizes, 0.95),
        outside_ascii=over(
            (topic, sum(not c.isascii() for c in text) / len(text))
            for topic, text in zip(topics, raw, strict=True)
            if text
        ),
        artefacts={
            rule: share((topic, rule in found) for topic, found in zip(topics, rules, strict=True)) for rule in RULES
        },
        openers=openers,
        opener=commonest,
        duplicates=_duplicates(said.accepted),
        topic=share((topic, not miss) for topic, miss in zip(topics, missed, strict=True)),
        cut=share((topic, t.made.finish_reason == "length") for topic, t in zip(topics, answers, strict=True)),
    )


def _quantile(ordered: Sequence[int], at: float) -> float | None:
    return float(ordered[min(len(ordered) - 1, int(at * len(ordered)))]) if ordered else None


def _openers(texts: Sequence[Text]) -> tuple[float | None, tuple[str, float] | None]:
    """Entropy of the first words, of what all different ones would have; the commonest with its share."""
    found = Counter(" ".join(words(t.body[:400])[:OPENER]) for t in texts)
    n = found.total()
    if n < 2:
        return None, None
    bits = -sum(count / n * math.log2(count / n) for count in found.values())
    first, count = found.most_common(1)[0]
    return bits / math.log2(n), (first[:60], count / n)


def _duplicates(texts: Sequence[Text]) -> Figure:
    index, found = near.Index(), []
    for number, text in enumerate(texts):
        made = near.sketch(text.body)
        found.append((_topic(text), made is not None and index.add(number, made) is not None))
    return share(found)


def _senses(documents: Mapping[str, Sequence[sense.Document]]) -> dict[str, dict[str, Figure]]:
    """Beside the stories of all voices on other topics; nothing where there is one topic."""
    every = [document for own in documents.values() for document in own]
    topics = list(dict.fromkeys(document.topic for document in every))
    if len(topics) < 2:
        return {voice: {} for voice in documents}
    corpus = sense.Corpus(every)
    sizes = sorted(len(document.words) for document in every)
    length = max(sizes[len(sizes) // 10], sense.GRAMS[-1])
    most = max(len(group) for own in documents.values() for group in _by_topic(own).values())
    found = {}
    for voice, own in documents.items():
        on = [document.topic for document in own]
        known = [mine - other for mine, other in sense.recall(own, topics, corpus)]
        groups = _by_topic(own)
        found[voice] = {
            "topic_recall": over(zip(on, known, strict=True)),
            "unknown_words": over(zip(on, sense.unknown(own, corpus), strict=True)),
            "unknown_pairs": over(zip(on, sense.unknown_pairs(own, corpus), strict=True)),
            "loops": share(zip(on, sense.looped(own, corpus), strict=True)),
            # of as many texts as a whole topic has: fewer of them repeat each other less
            "distinct": over(
                (t, sense.distinct(group, length)[1]) for t, group in groups.items() if len(group) == most
            ),
        }
    return found


def _by_topic(documents: Sequence[sense.Document]) -> dict[str, list[sense.Document]]:
    groups: dict[str, list[sense.Document]] = {}
    for document in documents:
        groups.setdefault(document.topic, []).append(document)
    return groups
