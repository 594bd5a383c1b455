"""Simple topics for the procedural voices: an adjective, a thing and a place."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from greenlight.errors import InputError, RecipeError

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


def dealt(own: Sequence[str] | None, corpus: int, held: int, seed: int) -> tuple[list[str], list[str]]:
    """Topics to write on, and ``held`` more to hold out; of one's ``own``, in an order drawn by the seed, all the rest.

    Raises RecipeError when one's own are too few.
    """
    if own is None:
        drawn = topics(corpus + held, seed)
    elif len(own) < corpus + held:
        raise RecipeError(
            f"--topics holds {len(own):,} topics, and this recipe needs {corpus + held:,}: {corpus:,} to write on and "
            f"{held:,} to hold out"
        )
    else:
        drawn = random.Random(f"topics of one's own {seed}").sample(list(own), len(own))
    return drawn[:-held], drawn[-held:]
