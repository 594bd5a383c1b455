"""Held-out text in training data: looks for each held-out document in each training document."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from greenlight.yardstick import Held

GRAM = 13
"""Words of a run that counts as shared."""
LEAKED = 0.5
"""Share of a held-out document's runs in one training document from which on it is leaked."""
SHINGLE, SKETCH, NEAR = 5, 16, 0.8
"""Near-duplicates: Jaccard similarity of 5-character shingles; 16 of a document's shingles find the candidates."""
SHORT_GRAM, ALIKE = 3, 0.5
"""Near-duplicates also share half of the runs of 3 words: long texts of few words share all shingles by chance."""


class Leaks(NamedTuple):
    """``ids`` of the training documents that carry a held-out one; shares are of word 13-grams, 0 to 1.

    ``of`` says of each which held-out document, and the share of it (1.0 for a near-duplicate).

    ``largest`` is the largest share of one held-out document in one training document. ``floor`` is the largest
    that held-out documents of different topics have in one another: what such texts share without any leak
    (for text: windows of different works, or of the two slices).
    """

    ids: list[str]
    largest: float
    floor: float
    of: list[tuple[str, str, float]]


def leaks(train: Iterable[tuple[str, str]], held: Sequence[Held]) -> Leaks:
    """Looks for the held-out documents, of both parts, in the training documents (id, body without control line).

    Leaked: at least half of a held-out document's 13-grams of words stand in *one* training document, or the two
    are equal or near-duplicates once case, punctuation and spacing are set aside.
    """
    index = _Index(held)
    largest = 0.0
    found: list[tuple[str, str, float]] = []
    for document, body in train:
        words = _words(body)
        share, which = max(((share, -number) for number, share in index.shares(words).items()), default=(0.0, 0))
        largest = max(largest, share)
        if share >= LEAKED:
            found.append((document, held[-which].id, share))
        elif (twin := index.twin(words)) is not None:
            found.append((document, held[twin].id, 1.0))
    return Leaks([document for document, _, _ in found], largest, index.floor(), found)


class _Index:
    """Held-out documents by their runs of words and by a sketch of their shingles."""

    def __init__(self, documents: Sequence[Held]) -> None:
        self.documents = documents
        self.words = [_words(held.body) for held in documents]
        self.exact = {" ".join(words): number for number, words in enumerate(self.words) if words}
        self.by_gram: dict[str, list[int]] = {}
        self.grams: list[int] = []
        self.by_shingle: dict[str, list[int]] = {}
        self.shingles: list[set[str]] = []
        for number, words in enumerate(self.words):
            grams = _grams(words)
            self.grams.append(len(grams))
            for gram in grams:
                self.by_gram.setdefault(gram, []).append(number)
            shingles = _shingles(words)
            self.shingles.append(shingles)
            # the lowest hashes are a sample that does not depend on order, process or machine
            for shingle in sorted(shingles, key=lambda s: (zlib.crc32(s.encode()), s))[:SKETCH]:
                self.by_shingle.setdefault(shingle, []).append(number)

    def shares(self, words: Sequence[str]) -> dict[int, float]:
        """Share of each held-out document's distinct 13-grams that stand in the words; those with none left out."""
        found = Counter(number for gram in _grams(words) for number in self.by_gram.get(gram, ()))
        return {number: count / self.grams[number] for number, count in found.items()}

    def twin(self, words: Sequence[str]) -> int | None:
        """The held-out document that is this one, or a near-duplicate of it."""
        if (same := self.exact.get(" ".join(words))) is not None:
            return same
        shingles = _shingles(words)
        found = Counter(number for shingle in shingles for number in self.by_shingle.get(shingle, ()))
        for number, count in found.items():
            theirs = self.shingles[number]
            # at a Jaccard of 0.8 they share 8 of 9 shingles: fewer than half of a sketch is then one in a million
            if count >= min(SKETCH, len(theirs)) / 2:
                shared = len(shingles & theirs)
                if shared >= NEAR * (len(shingles) + len(theirs) - shared) and self._alike(number, words):
                    return number
        return None

    def _alike(self, number: int, words: Sequence[str]) -> bool:
        theirs = _grams(self.words[number], SHORT_GRAM)
        return len(theirs & _grams(words, SHORT_GRAM)) >= ALIKE * len(theirs)

    def floor(self) -> float:
        most = 0.0
        for here, words in zip(self.documents, self.words, strict=True):
            for number, share in self.shares(words).items():
                if self.documents[number].topic != here.topic:
                    most = max(most, share)
        return most


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _grams(words: Sequence[str], size: int = GRAM) -> set[str]:
    return {" ".join(words[i : i + size]) for i in range(len(words) - size + 1)}


def _shingles(words: Sequence[str]) -> set[str]:
    text = " ".join(words)
    return {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}
