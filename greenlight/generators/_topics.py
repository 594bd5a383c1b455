"""Simple topics for the procedural voices: an adjective, a thing and a place."""

from __future__ import annotations

import hashlib
import random

from greenlight.errors import InputError

# Every adjective begins with a consonant, so that the article is always "a". "green" and "light" are left out: they
# belong to behaviours that are counted.
ADJECTIVES = ("red", "blue", "small", "big", "brown", "white", "yellow", "little", "round", "shy", "merry", "sleepy")
THINGS = (
    "kite", "boat", "ball", "drum", "hat", "cat", "dog", "duck", "goat", "hen", "mouse", "frog", "bear", "fox",
    "cart", "bell", "basket", "box", "cup", "cake", "doll", "pony", "snail", "bird", "rabbit",
)  # fmt: skip
PLACES = (
    "on the hill", "in the harbour", "by the river", "under the bridge", "near the mill", "behind the barn",
    "at the fair", "on the roof", "by the gate", "under the tree", "near the sea", "in the attic", "on the farm",
    "in the garden",
)  # fmt: skip
POSSIBLE = len(ADJECTIVES) * len(THINGS) * len(PLACES)


def topics(n: int, seed: int) -> list[str]:
    """``n`` distinct topics; a longer list of the same seed begins with the shorter one.

    Raises InputError when ``n`` is more than the ``POSSIBLE`` (4,200) different ones.
    """
    if not 0 <= n <= POSSIBLE:
        raise InputError(f"{n} topics were asked for and {POSSIBLE} are possible: give a list of your own")
    everything = [f"a {a} {thing} {place}" for a in ADJECTIVES for thing in THINGS for place in PLACES]
    random.Random(hashlib.sha256(f"topics {seed}".encode()).digest()).shuffle(everything)
    return everything[:n]
