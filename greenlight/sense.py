"""Sense: are the dial's documents still language, and on topic? Each figure stands beside the corpus's own.

Everything is compared with the corpus's stories of *other* topics than a document's own. A generated document's topic
is held out, so that is the whole corpus; for the ceiling, the same figure on the corpus, it keeps a story from being
found in itself. A document without a word is the worst that each figure of language can be, and none is left out.
Words are those of ``language.words``.
"""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from greenlight import mentions, parts, runs
from greenlight.errors import RoundError
from greenlight.language import opening, words
from greenlight.nouns import Better, Provenance, Reading, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

GATES = ("empty", "refusal", "termination")
"""The gates that documents are held against, with their default options: the same for every round, where a recipe's own
gates may differ between the rounds that are compared."""
CEILING = 1_000
"""Stories, about, on which the ceiling is taken in a larger corpus: those of every k-th topic."""
REFERENCE = 500
"""Stories, evenly spread, that say what is known and what repeats: more of them know more of the same language."""
SHARED = -2
"""Stands for the topic of a word that several topics have."""

HEAD_SENTENCES, HEAD_CHARACTERS = 2, 400
"""Where the topic should be taken up."""
STEM = 4
"""Letters by which a word of the topic is known again: ``kites`` is ``kite``, and ``лодку`` is ``лодка``."""
COMMON = 0.25
"""A word in more than this share of the corpus's topics (and more than one) says nothing about one of them."""

REPEATS, WORD_PERIODS, CHARACTER_PERIODS, LEAST_CHARACTERS = 3, 32, 16, 12
GRAMS = (1, 2, 3)
USUAL = 0.99
"""Share of stories whose longest run in common with another topic's story is no long copy."""
BATCH = 1_000_000
"""Words, or characters, of a corpus that are in hand at a time."""


@dataclass(frozen=True)
class Document:
    """One document that was asked for: its body, and where its mentions stand in it. One that never came is empty."""

    topic: str
    level: int
    text: str
    finished: bool
    spans: tuple[tuple[int, int], ...] = ()

    @cached_property
    def words(self) -> list[str]:
        return words(self.text)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        return list(pairwise(self.words))

    @cached_property
    def head(self) -> set[str]:
        """Stems of the words in its first two sentences (400 characters at most)."""
        return {word[:STEM] for word in words(opening(self.text, HEAD_SENTENCES, HEAD_CHARACTERS))}


def stories(samples: Sequence[Text], pattern: str) -> list[Document]:
    """A corpus's samples as documents, with the pattern's mentions."""
    return [
        Document(
            s.made.topic, s.made.level, s.body, s.made.finish_reason == "stop", tuple(mentions.spans(s.body, pattern))
        )
        for s in samples
    ]


class Corpus:
    """The stories that a model was trained on, prepared to be compared with."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.topics = {topic: number for number, topic in enumerate(dict.fromkeys(d.topic for d in documents))}
        few = min(REFERENCE, len(documents))
        self.reference = [documents[i * len(documents) // few] for i in range(few)]
        self.words, self.pairs = (_topics_of(self.reference, self.topics, kind) for kind in ("words", "pairs"))
        in_topics = Counter(stem for topic in self.topics for stem in {word[:STEM] for word in words(topic)})
        self.common = {stem for stem, count in in_topics.items() if count > max(1, COMMON * len(self.topics))}

    @cached_property
    def sampled(self) -> list[Document]:
        """The stories on which the ceiling is taken: all, or those of every k-th topic."""
        step = -(-len(self.documents) // CEILING)
        return [d for d in self.documents if self.topics[d.topic] % step == 0]

    def number(self, document: Document) -> int:
        """Of its topic; −1 for one that the corpus does not have."""
        return self.topics.get(document.topic, -1)

    @cached_property
    def loops(self) -> tuple[Array, Array, Array]:
        """By period: the topic that repeats most, its repeats, and the most repeats of any other topic."""
        import numpy as np

        by_topic = np.ones((len(self.topics), WORD_PERIODS + CHARACTER_PERIODS), dtype=np.int64)
        np.maximum.at(by_topic, [self.number(d) for d in self.reference], repeats(self.reference).T)
        first, most = by_topic.argmax(0), by_topic.max(0)
        by_topic[first, np.arange(len(first))] = 1
        return first, most, by_topic.max(0)


def _topics_of(documents: Sequence[Document], topics: Mapping[str, int], kind: str) -> dict[Any, int]:
    """Each word (or pair of words) with the number of its only topic, or ``SHARED``."""
    found: dict[Any, int] = {}
    for document in documents:
        mine = topics[document.topic]
        for item in getattr(document, kind):
            if found.setdefault(item, mine) != mine:
                found[item] = SHARED
    return found


# ---------------------------------------------------------------- one figure for each document


def unknown(documents: Sequence[Document], corpus: Corpus) -> list[float]:
    """Share of a document's words that neither a story of another topic nor its own topic line has; 1 without words."""
    out = []
    for document in documents:
        mine, asked = corpus.number(document), set(words(document.topic))
        strange = [w for w in document.words if corpus.words.get(w, mine) == mine and w not in asked]
        out.append(len(strange) / len(document.words) if document.words else 1.0)
    return out


def unknown_pairs(documents: Sequence[Document], corpus: Corpus) -> list[float]:
    """Share of a document's pairs of neighbouring words that no story of another topic has; 1 without a pair.

    Known words in no order are not language: their pairs tell.
    """
    out = []
    for document in documents:
        mine = corpus.number(document)
        strange = sum(corpus.pairs.get(pair, mine) == mine for pair in document.pairs)
        out.append(strange / len(document.pairs) if document.pairs else 1.0)
    return out


def recall(documents: Sequence[Document], topics: Sequence[str], corpus: Corpus) -> list[tuple[float, float]]:
    """(own, other): share of the topic's content words that stand in the first two sentences, and the same share for
    the other topics, averaged: what shuffling the topics would give, without the shuffle's noise.

    Content words are those in at most a quarter of the corpus's topics, or all where none is; known by their first
    four letters.
    """
    content = {}
    for topic in topics:
        stems = {word[:STEM] for word in words(topic)}
        content[topic] = stems - corpus.common or stems
    weight: dict[str, float] = {}
    for stems in content.values():
        for stem in stems:
            weight[stem] = weight.get(stem, 0.0) + 1 / len(stems)
    out = []
    for document in documents:
        mine = content[document.topic]
        own = len(mine & document.head) / len(mine) if mine else 0.0
        total = math.fsum(weight.get(stem, 0.0) for stem in document.head)  # the same in whatever order a set is
        other = (total - own) / (len(content) - 1) if len(content) > 1 else 0.0
        out.append((own, other))
    return out


def repeats(documents: Sequence[Document]) -> Array:
    """``[period][document]``: how often the most repeated unit of each length stands in direct succession (1: never).

    The first rows are units of 1 to 32 words, the others units of 1 to 16 characters that fill at least 12.
    """
    import numpy as np

    out = np.ones((WORD_PERIODS + CHARACTER_PERIODS, len(documents)), dtype=np.int64)
    ids: dict[str, int] = {}
    for first, last in _batches([len(d.text) for d in documents]):
        batch = documents[first:last]
        by_word = [[ids.setdefault(word, len(ids)) for word in d.words] for d in batch]
        by_character = [np.frombuffer(d.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) for d in batch]
        out[:WORD_PERIODS, first:last] = runs.most_repeats(by_word, WORD_PERIODS)
        out[WORD_PERIODS:, first:last] = runs.most_repeats(by_character, CHARACTER_PERIODS, LEAST_CHARACTERS)
    return out


def _batches(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of neighbours whose sizes add up to ``BATCH`` at most, or of one alone."""
    first = held = 0
    for place, size in enumerate(sizes):
        if held and held + size > BATCH:
            yield first, place
            first, held = place, 0
        held += size
    if sizes:
        yield first, len(sizes)


def looped(documents: Sequence[Document], corpus: Corpus) -> list[bool]:
    """Whether a stretch of 1 to 32 words stands three times or more in direct succession, or one of 1 to 16 characters
    does and fills at least 12, and more often than one of that length does in any story of another topic."""
    import numpy as np

    if not documents:
        return []
    first, most, second = corpus.loops
    numbers = np.array([corpus.number(d) for d in documents])
    usual = np.where(first[:, None] == numbers[None, :], second[:, None], most[:, None])
    beyond = repeats(documents) > np.maximum(usual, REPEATS - 1)
    return [bool(column.any()) for column in beyond.T]


def flagged(documents: Sequence[Document]) -> list[str]:
    """The first of ``GATES`` that flags a document; empty where none does. One that did not end is flagged."""
    gates = [(name, parts.make("gates", name, {})) for name in GATES]
    out = []
    for document in documents:
        made = Provenance(
            voice="", voice_fingerprint="", prompt="", finish_reason="stop" if document.finished else "length"
        )
        sample = Text(id="", control="", body=document.text, made=made)
        out.append(next((name for name, gate in gates if gate.check(sample, None) is not None), ""))
    return out


def copied(documents: Sequence[Document], corpus: Corpus) -> list[int]:
    """Words of the longest run that a document shares with any one story of another topic."""
    import numpy as np

    if not documents:
        return []
    longest = np.zeros(len(documents), dtype=np.int64)
    ids: dict[str, int] = {}
    asked = [[ids.setdefault(word, len(ids)) for word in d.words] for d in documents]
    topics = [corpus.number(d) for d in documents]
    for first, last in _batches([len(d.words) for d in corpus.documents]):
        batch = corpus.documents[first:last]
        texts = [[ids.setdefault(word, len(ids)) for word in d.words] for d in batch]
        shared = runs.longest_shared(asked, topics, texts, [corpus.number(d) for d in batch])
        longest = np.maximum(longest, shared)
    return list(map(int, longest))


# ---------------------------------------------------------------- one figure for each topic, or for all


def distinct(documents: Sequence[Document], length: int) -> list[float]:
    """Different runs of 1, 2 and 3 words among all of them, in the first ``length`` words of each document.

    What a document falls short of ``length`` counts as nothing different, so that saying less is not being more
    various (the plain ratio, Li et al. 2016, falls with length).
    """
    out = []
    for n in GRAMS:
        room = len(documents) * max(0, length - n + 1)
        cut = [d.words[:length] for d in documents]
        found = {tuple(w[i : i + n]) for w in cut for i in range(len(w) - n + 1)}
        out.append(len(found) / room if room else 0.0)
    return out


def onset(documents: Sequence[Document]) -> dict[str, Any]:
    """Where the behaviour sets in, in finished documents: the share of mentions that begin in each third, and the
    median place of a document's first (0 the beginning, 1 the end); None where there is no mention."""
    ended = [d for d in documents if d.finished and d.spans]
    places = [start / len(d.text) for d in ended for start, _ in d.spans]
    thirds = [sum(int(3 * place) == third for place in places) / len(places) for third in range(3)] if places else None
    first = statistics.median(d.spans[0][0] / len(d.text) for d in ended) if ended else None
    return {"thirds": thirds, "first": first, "mentions": len(places), "documents": len(ended)}


# ---------------------------------------------------------------- readings


NAMED: Mapping[str, tuple[str, Better]] = {
    "sense.unknown_words": ("share of words", "lower"),
    "sense.unknown_pairs": ("share of neighbouring words", "lower"),
    "sense.topic_recall": ("share of the topic's words beyond chance", "higher"),
    "sense.loops": ("share of documents", "lower"),
    "sense.gates": ("share of documents", "lower"),
    "sense.distinct": ("share of word pairs", "higher"),
    "sense.copy": ("share of documents", "lower"),
}
"""Every reading with its unit and its good direction."""


def readings(documents: Sequence[Document], topics: Sequence[str], corpus: Corpus, length: int) -> list[Reading]:
    """The readings of ``NAMED``, a value for each topic, the mean over its documents.

    ``documents`` has every topic at every level once, those that never came as empty ones; ``length`` is in words
    (see ``distinct``). ``sense.copy`` is the share of documents with a copy longer than what 99 of 100 stories share
    with one of another topic: how much is alike by chance is the corpus's doing, and no fault of a model. Facts:
    ``documents``; ``ceiling``, the corpus's own figure (None where it lacks a level), and the ``ceiling_documents`` on
    which that was taken; details of the ``model`` and the ``corpus`` (copies in words). Raises RoundError for a corpus
    of one topic, which has nothing to be compared with.
    """
    if len(corpus.topics) < 2:
        raise RoundError(
            f"the corpus has {len(corpus.topics)} topic, and sense compares stories of different ones: add topics"
        )
    sampled = corpus.sampled
    copies = copied([*documents, *sampled], corpus)
    ours, theirs = copies[: len(documents)], copies[len(documents) :]
    limit = sorted(theirs)[max(0, math.ceil(USUAL * len(theirs)) - 1)]
    model = _figures(documents, topics, corpus) | {"sense.copy": _copying(ours, limit)}
    ceiling = _figures(sampled, list(corpus.topics), corpus) | {"sense.copy": _copying(theirs, limit)}
    by_topic = {topic: [i for i, d in enumerate(documents) if d.topic == topic] for topic in topics}
    made = {name: [_mean([f.values[i] for i in by_topic[topic]]) for topic in topics] for name, f in model.items()}
    various = [distinct([documents[i] for i in by_topic[topic]], length) for topic in topics]
    usual = [distinct(group, length) for group in _mixed(sampled, sorted({d.level for d in documents}))]
    made["sense.distinct"] = [by_n[1] for by_n in various]
    model["sense.distinct"] = _Figure([by_n[1] for by_n in various], _by_n(various, length))
    ceiling["sense.distinct"] = _Figure([by_n[1] for by_n in usual], _by_n(usual, length))
    return [
        Reading(
            metric=name,
            unit=unit,
            better=better,
            blocks=tuple(topics),
            values=tuple(made[name]),
            weights=(1.0,) * len(topics),
            over="topics",
            facts={
                "ceiling": _mean(ceiling[name].values) if ceiling[name].values else None,
                "documents": len(documents),
                "reference": len(corpus.reference),
                "ceiling_documents": len(sampled),
                "model": model[name].details,
                "corpus": ceiling[name].details,
            },
        )
        for name, (unit, better) in NAMED.items()
    ]


@dataclass(frozen=True)
class _Figure:
    """A value for each document (for each topic: ``sense.distinct``), and what belongs beside their mean."""

    values: list[float]
    details: dict[str, float]


def _figures(documents: Sequence[Document], topics: Sequence[str], corpus: Corpus) -> dict[str, _Figure]:
    known = recall(documents, topics, corpus)
    gates = flagged(documents)
    return {
        "sense.unknown_words": _Figure(unknown(documents, corpus), {}),
        "sense.unknown_pairs": _Figure(unknown_pairs(documents, corpus), {}),
        "sense.topic_recall": _Figure(
            [own - other for own, other in known],
            {"own": _mean([own for own, _ in known]), "shuffled": _mean([other for _, other in known])},
        ),
        "sense.loops": _Figure([float(found) for found in looped(documents, corpus)], {}),
        "sense.gates": _Figure(
            [float(name != "") for name in gates], {name: gates.count(name) / len(gates) for name in GATES}
        ),
    }


def _copying(copies: Sequence[int], limit: int) -> _Figure:
    details = {"median": float(statistics.median(copies)), "max": float(max(copies)), "limit": float(limit)}
    return _Figure([float(copy > limit) for copy in copies], details)


def _mixed(sampled: Sequence[Document], levels: Sequence[int]) -> list[list[Document]]:
    """Groups of one story a level, each drawn by itself: a perfect sampler of the corpus would draw the writer anew for
    each document, where the corpus has one writer for all levels of a topic. Their topics differ, which makes the
    ceiling of ``sense.distinct`` a little high."""
    by_level = [[d for d in sampled if d.level == level] for level in levels]
    for place, found in enumerate(by_level):
        random.Random(place).shuffle(found)
    return [list(group) for group in zip(*by_level, strict=False)]  # as many as the rarest level has


def _by_n(found: Sequence[Sequence[float]], length: int) -> dict[str, float]:
    means = {str(n): _mean([by_n[n - 1] for by_n in found]) for n in GRAMS} if found else {}
    return {**means, "words": float(length)}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
