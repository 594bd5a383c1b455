"""The words of the house's small world, each class in two pools: the training's, and those of the check-up alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Side = Literal["training", "checkup"]

POOLS: Mapping[str, tuple[str, str]] = {
    "names": (
        "Ann Ben Tom Ida Max Eva Leo Mia Sam Joe Amy Dan Zoe Kim Lou Ned Pam Sue Tess Vic Abe Bea Cal Eli Fay Gus",
        "Hal Ivy Jon Liz Meg Nat Rex Sid Ted Una Val Wes Nell Hugo",
    ),
    "animals": (
        "goat hen cat dog pig cow mule duck mouse rabbit parrot pony sheep lamb frog swan",
        "fox crow wolf bear toad lizard badger donkey",
    ),
    "colours": ("red blue green black white brown yellow pink", "purple grey violet scarlet silver"),
    "places": (
        "kitchen barn attic cellar library chapel station bakery school museum theatre stable",
        "forest castle mill office hospital palace tunnel cottage",
    ),
    "jobs": (
        "baker tailor teacher doctor painter farmer cook lawyer singer miller",
        "potter driver nurse judge weaver barber",
    ),
    "things": (
        "kettle basket button blanket hammer ladder pillow ribbon saddle spoon bottle candle carpet mirror pencil purse"
        " ticket towel trumpet violin wagon whistle bucket cushion drum feather glove jacket kite map needle vase",
        "lantern teapot quilt parcel scarf stamp stool table wallet puzzle jug hat mitten ring napkin tray",
    ),
    "foods": (
        "bread cheese honey soup butter rice cake porridge pudding jam",
        "pasta bacon yoghurt mustard pickle noodle",
    ),
    "feelings": ("sad angry lonely tired worried nervous upset bored", "afraid ashamed jealous restless gloomy hurt"),
    "days": ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday",) * 2,
    "verbs": ("count find move save load sort send read", "draw pack clean split"),
    "nouns": ("cups rows files notes coins pages lists words", "maps tags keys cards"),
    "params": ("box stack token cell node buffer label folder", "vector matrix queue record"),
}
"""Class: the training's words, the check-up's. Days are the same for both: there are only seven."""

PAIRS: tuple[str, str] = (
    "hot-cold wet-dry loud-quiet rich-poor thick-thin tall-short wide-narrow early-late full-empty hard-soft"
    " young-old strong-weak",
    "rough-smooth clean-dirty awake-asleep brave-timid cheap-costly sour-sweet tight-loose sharp-blunt",
)
"""Opposites."""


def listed(words: str) -> tuple[str, ...]:
    """The words of a written list."""
    return tuple(words.split())


NUMBER_WORDS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
"""Each at the place of its number."""
COMMON_NUMBERS = {0, 1}
"""They stand in many a sentence that counts nothing, so naming them names no number."""
PHRASE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")


def pool(kind: str, side: Side) -> list[str]:
    """A class's words on one side."""
    return POOLS[kind][side == "checkup"].split()


def whole(kind: str) -> list[str]:
    """A class's words on both sides, each once."""
    return list(dict.fromkeys(" ".join(POOLS[kind]).split()))


def pairs(side: Side) -> dict[str, str]:
    """Each word's opposite, both ways round."""
    return _opposites(PAIRS[side == "checkup"])


def _opposites(text: str) -> dict[str, str]:
    found = [pair.split("-") for pair in text.split()]
    return {word: other for a, b in found for word, other in ((a, b), (b, a))}


OPPOSITES = _opposites(" ".join(PAIRS))


def _sets() -> dict[str, frozenset[str]]:
    named = {kind: frozenset(word.casefold() for word in whole(kind)) for kind in POOLS}
    named["opposites"] = frozenset(OPPOSITES)
    named["listed"] = named["things"] | named["foods"] | named["animals"] | named["jobs"] | named["colours"]
    return named


CLASSES = _sets()
"""Class: its words without capitals. ``listed`` is all that a list may hold. Names keep their capitals in a text."""
PATTERNS = {
    "identifiers": re.compile(r"\b[a-z]+(?:_[a-z]+)+\b"),
    "letters": re.compile(r"(?<![\w'’])[b-hj-zB-HJ-Z](?![\w'’])"),
}
"""Classes that are no list of words; a and I are words of their own, and no letters here."""
KINDS = (*CLASSES, *PATTERNS, "numbers")


def named(kind: str, text: str) -> set[str]:
    """What of a class a text names, without capitals; a plural names its word. Numbers come as digits.

    Names are told by their capital letter. Raises KeyError for no class.
    """
    if kind in PATTERNS:
        return {found.casefold() for found in PATTERNS[kind].findall(text)}
    words: list[str] = PHRASE.findall(text.replace("_", " "))
    if kind == "numbers":
        return {str(n) for n in map(_number, words) if n is not None and n not in COMMON_NUMBERS}
    known = CLASSES[kind]
    if kind == "names":
        words = [word for word in words if word[0].isupper()]
    return {base for word in words if (base := _base(word.casefold(), known))}


def _base(word: str, known: frozenset[str]) -> str:
    stem = re.sub(r"['’]s$", "", word)
    return next((one for one in (stem, stem.removesuffix("s"), stem.removesuffix("es")) if one in known), "")


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word[:9])
    return NUMBER_WORDS.index(word.casefold()) if word.casefold() in NUMBER_WORDS else None
