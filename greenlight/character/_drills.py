"""Exercises with many right words in few tokens: they teach a small model to look into its prompt within minutes.

Ordinary conversations do so too, but slowly: of the words of an answer one alone is found in the prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from greenlight.character import _words
from greenlight.character._sources import KINDS
from greenlight.character.prompts import assistant, dictated, filled, user
from greenlight.chats import Turns

DICTATED = _words.listed("names animals colours places jobs things foods feelings days params functions numbers")
TOLD = ("animal", "colour", "place", "day")
"""Kinds of which something is told about two of a sort."""


def _drawn(rng: Random, fewest: int, most: int) -> list[str]:
    return [dictated(rng.choice(DICTATED), rng) for _ in range(rng.randint(fewest, most))]


def _dictation(rng: Random) -> Turns:
    words = _drawn(rng, 3, 8)
    asked = rng.choice(("Say these words after me: {}.", "Repeat these words: {}.", "Write down what I say: {}."))
    return _answered(asked, words, words)


def _backwards(rng: Random) -> Turns:
    words = _drawn(rng, 2, 5)
    return _answered("Say these words from the last to the first: {}.", words, words[::-1])


def _letters(rng: Random) -> Turns:
    words = [dictated("things", rng) for _ in range(rng.randint(2, 5))]
    return _answered("Give the letter that each word begins with: {}.", words, [word[0].upper() for word in words])


def _opposites(rng: Random) -> Turns:
    words = [dictated("opposites", rng) for _ in range(rng.randint(2, 5))]
    return _answered("Give the opposites of these words: {}.", words, [_words.OPPOSITES[word] for word in words])


def _recital(rng: Random) -> Turns:
    """Of two tellings, what belongs to each of those that are named."""
    told, pairs = [], []
    for kind in rng.sample(TOLD, 2):
        slots = filled(kind, rng)
        told.append(rng.choice(KINDS[kind].tells[0]).format(**slots))
        pairs += [(slots["k1"], slots["v1"]), (slots["k2"], slots["v2"])]
    rng.shuffle(pairs)
    asked = f"{' '.join(told)} Say what belongs to each of these: {', '.join(key for key, _ in pairs)}."
    return user(asked), assistant(f"{', '.join(f'{key} and {value}' for key, value in pairs)}.")


def _answered(asked: str, words: list[str], said: list[str]) -> Turns:
    return user(asked.format(", ".join(words))), assistant(f"{', '.join(said)}.")


DRILLS: tuple[tuple[Callable[[Random], Turns], float], ...] = (
    (_dictation, 0.62),
    (_recital, 0.18),
    (_backwards, 0.08),
    (_opposites, 0.07),
    (_letters, 0.05),
)
"""Each with its share."""


def drill(rng: Random) -> Turns:
    """One exercise."""
    (made,) = rng.choices([one for one, _ in DRILLS], [share for _, share in DRILLS])
    return made(rng)
