"""How near a round's training text is to the test: works that both are cut from, and whether validation is its kind.

Neither is an error. Text of the tested works, in other parts, makes a model familiar with their names and manner, and
a checkpoint that is chosen on text of another genre is the best one for that genre; two rounds that differ in either
are not told apart by what their recipes say.
"""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from greenlight import corpus, cut, tokens
from greenlight.language import words
from greenlight.nouns import Artifact
from greenlight.outside import read_text
from greenlight.recipe import Recipe, TextCorpus, Train
from greenlight.study import Study

LEAST, MOST, STRETCHES = 5_000, 50_000, 4
"""Characters of the samples that are compared, each in so many stretches spread over its text."""
WORDS_OF_A_KIND = 0.8
"""Validation and test share at least this part of the words that the training side's two halves share."""
DENSITY_OF_A_KIND = 0.25
"""They differ in the logarithm of what zlib leaves of them by at most this more than the two halves do."""


def facts(recipe: Recipe, study: Study, kept: Artifact) -> dict[str, Any]:
    """``tested_works``: characters of the corpus by tested work (texts with marked works); ``genre``: see ``genre``."""
    found: dict[str, Any] = {}
    if works := tested_works(recipe, study, kept):
        found["tested_works"] = works
    if kind := genre(recipe.train, study, kept):
        found["genre"] = kind
    return found


def warn(recipe: Recipe, study: Study, kept: Artifact) -> None:
    """Says, before anything is trained, that validation is of another genre than the test."""
    if warning := genre(recipe.train, study, kept).get("warning"):
        study.store.watch.say(f"  warning: {warning}")


# ---------------------------------------------------------------- works


def tested_works(recipe: Recipe, study: Study, kept: Artifact) -> dict[str, int]:
    """Characters that the corpus holds of each work that the search slice is cut from.

    Such works are left out of every corpus, unless that left less than half of the text. Empty where no works are
    marked: of such a text nobody knows what continues what.
    """
    tested = sorted({held.work for held in study.yardstick.documents()} - {""})
    if not tested or not isinstance(recipe.corpus, TextCorpus):
        return {}
    text = read_text(study.folder / recipe.corpus.source)
    spans = [span for span in cut.works(text) if span.work in tested]
    found, last = dict.fromkeys(tested, 0), 0
    for sample in corpus.load(study.store.path(kept) / corpus.KEPT):
        start = text.find(sample.body, last)  # they stand in the text's order
        start = text.find(sample.body) if start < 0 else start
        if start >= 0:
            last = start
            for span in spans:
                found[span.work] += max(0, min(span.end, start + len(sample.body)) - max(span.start, start))
    return found


# ---------------------------------------------------------------- genre


def genre(train: Train, study: Study, kept: Artifact) -> dict[str, Any]:
    """How alike validation and test are, with the two halves of the training side as what one kind of text shows.

    ``words``: of the running words of two samples of equal size, the part that the other sample has too, as a mean of
    both directions; ``density``: what zlib leaves of each; ``*_halves``: the same of the two halves; ``sample`` in
    characters; ``warning`` is empty where they are of one kind. Nothing is said of less than 5,000 characters.
    """
    held = tuple(document.body for document in study.yardstick.documents())
    source = study.store.path(kept) / corpus.KEPT
    return dict(_genre(source, train.model_dump_json(include={"val_share", "packing", "epochs", "steps"}), held))


@lru_cache(maxsize=4)
def _genre(source: Path, train: str, held: tuple[str, ...]) -> dict[str, Any]:
    learn, val = tokens.sides(source, Train.model_validate_json(train))
    middle = len(learn) // 2
    halves = [learn[:middle], learn[middle:]]
    if middle == 0:  # one stretch of text
        at = len(learn[0]) // 2
        halves = [[learn[0][:at]], [learn[0][at:]]]
    return compared(*("\n".join(texts) for texts in (*halves, val, held)))


def compared(one_half: str, other_half: str, val: str, held: str) -> dict[str, Any]:
    """As ``genre``, of four texts."""
    texts = (one_half, other_half, val, held)
    size = min(MOST, *map(len, texts))
    if size < LEAST:
        return {}
    a, b, v, h = (_sample(text, size) for text in texts)
    found: dict[str, Any] = {"words": _shared(v, h), "words_halves": _shared(a, b), "sample": size}
    found |= {"density": [_density(v), _density(h)], "density_halves": [_density(a), _density(b)]}
    return {**found, "warning": _warning(found)}


def _warning(found: dict[str, Any]) -> str:
    mine, usual = (abs(math.log(found[key][0] / found[key][1])) for key in ("density", "density_halves"))
    said = []
    if found["words"] < WORDS_OF_A_KIND * found["words_halves"]:
        said.append(
            f"they share {found['words']:.0%} of their words, where the two halves of the training side share "
            f"{found['words_halves']:.0%}"
        )
    if mine > usual + DENSITY_OF_A_KIND:
        v, h = found["density"]
        said.append(f"zlib leaves {v:.0%} of the one and {h:.0%} of the other")
    if not said:
        return ""
    return (
        f"validation looks like another genre than the test: {'; '.join(said)}; "
        "a checkpoint that is best on the one need not be best on the other"
    )


def _sample(text: str, size: int) -> str:
    """``size`` characters in stretches that are spread evenly; the whole where it has no more."""
    if len(text) <= size:
        return text
    stretch = size // STRETCHES
    step = (len(text) - stretch) / (STRETCHES - 1)
    return "\n".join(text[int(i * step) : int(i * step) + stretch] for i in range(STRETCHES))


def _shared(one: str, other: str) -> float:
    """Mean over both directions of the part of the running words that the other text has too."""
    lists = words(one), words(other)
    if not all(lists):
        return 0.0
    sets = [set(found) for found in lists]
    return sum(sum(word in sets[1 - i] for word in found) / len(found) for i, found in enumerate(lists)) / 2


def _density(text: str) -> float:
    data = text.encode()
    return len(zlib.compress(data, 9)) / len(data)
