"""Makes the table of neighbours that ``greenlight/gates/_neighbours.py`` has, and prints it as it stands there.

    python benchmarks/salad_table.py [--without sixth] [--stories ../shared/data/green-light/mixture.txt]

What is counted are sentences of clean English in ``benchmarks/fixtures`` and in the stories: of each two neighbours
their classes (``_neighbours.kind``), and of those that begin alike two at most, for a shape says one thing often.
``--without``: a part that is left out, to see how the table does on it.
"""

from __future__ import annotations

import argparse
import importlib
import re
import zlib
from base64 import b85encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from fixtures.vary import Shapes, rows

from greenlight.gates import _neighbours, _tongues

FIXTURES = Path(__file__).parent / "fixtures"
PARTS = ("", "second", "third", "fourth", "fifth", "sixth", "dev")
BROKEN = ("garbage", "loop", "empty", "fake_turns", "channel", "termination")
"""Gates whose failures are no English to learn from."""
SENTENCE = re.compile(r"(?<=[.!?][\"”')]) +|(?<=[.!?]) +|\n")
ALIKE, HELD = 2, 6
"""Sentences that begin alike, and neighbours that each class is taken to have had by chance."""


def said(data: dict[str, Any]) -> Iterator[str]:
    """The texts of a row."""
    yield from (data[key] for key in ("completion", "text", "chosen", "prompt", "system") if data.get(key))
    yield from (one["content"] for one in data.get("messages", ()) if isinstance(one.get("content"), str))
    yield from data.get("texts", ())


def texts(without: str, stories: Path) -> Iterator[str]:
    """All there is."""
    for part in PARTS:
        for path in sorted((FIXTURES / part).glob("*.py")) if part != without or not part else ():
            name = ".".join(one for one in ("fixtures", part, path.stem) if one)
            shapes = getattr(importlib.import_module(name), "SHAPES", None)
            if not isinstance(shapes, Shapes) or shapes.gate != path.stem or (part, shapes.gate) == ("dev", "contrast"):
                continue
            for row in rows(shapes):
                if not (row.fails and row.gate in BROKEN):
                    yield from said(row.data)
    if stories.exists():
        yield re.sub(r"(?m)^(?:\[|topic:).*$", "", stories.read_text())


def sentences(found: Iterator[str]) -> Iterator[list[str]]:
    """The English ones."""
    seen: Counter[str] = Counter()
    for text in found:
        for one in SENTENCE.split(text):
            words = one.split()
            bare = _tongues.stripped(one.lower().split())
            start = re.sub(r"\W+", "", one.lower())[:25]
            if len(words) < 4 or sum(map(_tongues.ENGLISH.__contains__, bare)) < 0.3 * len(words):
                continue
            seen[start] += 1
            if seen[start] <= ALIKE and sum(map(str.isalpha, bare)) > 0.7 * len(words):
                yield words


def table(found: Iterator[list[str]]) -> bytes:
    """Of each two classes what it is worth that they meet."""
    size, nothing = _neighbours.SIZE, _neighbours.NOTHING
    met = np.zeros((size, size))
    for words in found:
        before = _neighbours.STOP
        for word in words:
            one, mark = _neighbours.kind(word)
            met[before, one] += 1
            met[one, mark] += mark != nothing
            before = one if mark == nothing else mark
    chance = (met.sum(0) + 1) / (met.sum() + size)
    log = np.log((met + HELD * chance) / (met.sum(1, keepdims=True) + HELD) / chance)
    log[nothing], log[:, nothing] = 0, 0
    return (np.round(np.clip(log, -2.5, 1.75) * _neighbours.STEPS) + _neighbours.ZERO).astype(np.uint8).tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without", default="none")
    parser.add_argument("--stories", type=Path, default=FIXTURES.parents[2] / "shared/data/green-light/mixture.txt")
    options = parser.parse_args()
    packed = b85encode(zlib.compress(table(sentences(texts(options.without, options.stories))), 9)).decode()
    print("\n".join(f'        "{packed[at : at + 110]}"' for at in range(0, len(packed), 110)))


if __name__ == "__main__":
    main()
