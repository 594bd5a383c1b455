"""Two answers to one prompt, side by side: which of them has a voice, by how they sound and by what they share."""

from __future__ import annotations

import math
import re

from greenlight.gates import _moods, _text, _voices
from greenlight.gates._plain_words import PLAIN

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
ENDED = re.compile(r"[^.!?…\n]+[.!?…]*")
NUMBER = re.compile(r"\d+")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
ARTICLES = _text.word_set("the a an")
STATES = _text.word_set("is are be been being was were can may will")
NOES = _text.word_set(
    "no not never nothing none nobody nor neither either don't won't can't isn't ain't doesn't didn't couldn't"
    " wouldn't without"
)
OTHERS = _text.word_set("he him his she her hers they them who")
VERBAL = ("'s", "'re", "'m", "ed", "s")
BEGUN = 5
"""Letters of a word by which it is known again."""
WEIGHTS = (
    2.10, 2.85, 1.96, -1.30, 1.79, 1.19, 1.73, 2.22, 2.42, 0.27, 0.07, 0.21, 1.11, 1.12, 1.68, 1.98, 1.59,
    -0.52, 0.07, 1.00, 1.29, -3.32, 1.55, -1.07, -0.53, -0.12, -0.18, 0.43, -0.44, 0.25, -0.12, -0.08, 0.77,
    -4.47,
)  # fmt: skip
"""Of what ``_voices.Said.heard`` counts, of what ``_beside`` counts, and a constant."""
KINDS = (
    ("both sides have a voice", (
        -0.09, 0.53, 0.31, 2.30, 0.23, -0.37, -1.11, -1.07, -0.72, 1.12, 0.50,
    )),
    ("neither side has the voice that was asked for", (
        -0.56, 0.14, -1.61, 0.41, -0.46, -0.26, -0.12, -0.56, -1.19, 0.30, -0.85,
    )),
    ("the rejected side has the voice that was asked for, the chosen one has not", (
        -0.41, 0.54, -1.38, 2.94, -0.39, 0.13, 0.12, -1.34, -1.24, 1.69, -2.45,
    )),
)  # fmt: skip
"""Ways in which a pair teaches nothing, and the weights in ``judge`` for each, in log-odds against a pair that teaches.

Both were fitted on the English rows of the first three parts of ``benchmarks/fixtures`` that ask for a voice, and on
some 180 fresh ones: first the texts (ridge logistic regression, averaged with an earlier one over what is heard alone),
then the pairs (ridge multinomial regression over the four kinds), each part with the weight of 900 rows or less. Fitted
without the third part, they order its rows with an area under the curve of 0.98."""
SURE, PLAINLY = 0.8, 0.7
"""The chance from which a pair is said to teach nothing, and one of which no side has a voice."""


def _known(text: str) -> list[str]:
    """The beginnings of the words that are not of any talk."""
    return [word[:BEGUN] for word in WORD.findall(text.lower()) if len(word) > 3 and word not in PLAIN]


def _beside(said: _voices.Said, own: list[str], other: set[str], asked: set[str]) -> tuple[float, ...]:
    """Words that neither the other side nor the prompt has, the prompt's words, how sentences vary, quotation marks,
    stars, articles, numbers, third persons, sentences without a verb, noes, names, states, words cut short."""
    text, small = said.text, WORD.findall(said.text.lower())
    parts = [one for one in ENDED.findall(text) if one.strip()]
    many, size, words = max(1, len(small)), max(1, len(parts)), max(1, len(own))
    lengths = [len(one.split()) for one in parts]
    mean = sum(lengths) / size
    varied = math.sqrt(sum((one - mean) ** 2 for one in lengths) / size)
    verbless = sum(not any(w in STATES or w.endswith(VERBAL) for w in one.lower().split()) for one in parts)
    cut = sum(word.endswith("'") or word.startswith("'") for word in text.lower().split())
    articles, others, noes, states = (sum(map(kind.__contains__, small)) for kind in (ARTICLES, OTHERS, NOES, STATES))
    quotes = text.count('"') + text.count("“") + text.count("”")
    return (
        sum(one not in other and one not in asked for one in own) / words, sum(one in asked for one in own) / words,
        min(2.0, varied / max(3.0, mean)), min(2.0, quotes / size), min(2.0, text.count("*") / size),
        20 * articles / many, min(3.0, 20 * len(NUMBER.findall(text)) / many), 20 * others / many, verbless / size,
        20 * noes / many, 20 * len(NAME.findall(text)) / many, 20 * states / many, 20 * cut / many,
    )  # fmt: skip


def voiced(sides: list[_voices.Said], prompt: str) -> list[float]:
    """How much either of two texts sounds like somebody, in log-odds."""
    own = [_known(side.text) for side in sides]
    asked = set(_known(prompt.replace("’", "'")))
    return [
        sum(w * x for w, x in zip(WEIGHTS, (*side.heard(), *_beside(side, mine, set(other), asked), 1.0), strict=True))
        for side, mine, other in zip(sides, own, reversed(own), strict=True)
    ]


def shared(sides: list[_voices.Said], prompt: str) -> float:
    """The share of the words of either text that the other has, those of the prompt aside."""
    asked = set(_known(prompt.replace("’", "'")))
    mine, theirs = (set(_known(side.text)) - asked for side in sides)
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def is_formed_otherwise(said: _voices.Said, other: _voices.Said) -> bool:
    """Whether a text has plainly shorter sentences than another, or plainly more capitals: a manner of its own."""
    means, large = [], []
    for text in (said.text, other.text):
        lengths = [len(one.split()) for one in ENDED.findall(text) if one.strip()]
        means.append(sum(lengths) / max(1, len(lengths)))
        large.append(sum(map(str.isupper, text)) / max(1, len(text)))
    listed = sum(line.strip()[:1] in _moods.LISTED for line in said.text.split("\n") if line.strip()) > 1
    return (not listed and means[0] <= 6 and means[0] < 0.55 * means[1]) or large[0] > large[1] + 0.2


def judge(voices: tuple[float, float], alike: float, sizes: tuple[int, int]) -> tuple[str, float]:
    """Why a pair of voices so loud teaches nothing, and how surely; empty where it may teach."""
    first, second = voices
    one, other = (max(-6.0, min(6.0, voice)) for voice in voices)
    mine, theirs = (max(1, size) for size in sizes)
    pair = (
        one, other, math.tanh(first / 3), math.tanh(second / 3), min(one, other), min(8.0, abs(first - second)),
        alike, math.log(mine / theirs), math.log(mine + 1) - 3.5, math.log(theirs + 1) - 3.5, 1.0,
    )  # fmt: skip
    odds = {why: math.exp(sum(w * x for w, x in zip(weights, pair, strict=True))) for why, weights in KINDS}
    chance, why = 1 - 1 / (1 + sum(odds.values())), max(odds, key=lambda why: odds[why])
    return (why, round(chance, 2)) if chance >= (SURE if max(one, other) > 0 else PLAINLY) else ("", 0.0)
