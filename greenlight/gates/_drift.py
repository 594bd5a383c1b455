"""A text that leaves the language of its prompt."""

from __future__ import annotations

from collections import Counter

from greenlight.gates import _languages, _orders, _scripts, _text, _tongues
from greenlight.gates._signs import Place
from greenlight.nouns import Text

READ = 4_000


def elsewhere(sample: Text) -> Place | None:
    """A whole text in another language than its prompt, where neither names one."""
    made, body = sample.made, sample.body
    asked = _text.blank(made.prompt[:READ], _scripts.frames(made.prompt[:READ]))
    free = _text.blank(body[:READ], _scripts.frames(body[:READ]))
    if not asked:
        return None
    theirs, ours = _languages.letters(asked), _languages.letters(free)
    if sum(theirs.values()) < 6 or sum(ours.values()) < 12:
        return None
    first, second = _script(theirs), _script(ours)
    if not first or not second or (first == "latin" != second and _is_bare(asked)):
        return None
    place = _by_script(sample, theirs, ours) if first != second else _by_words(sample, asked, free)
    if place is None or _scripts.is_told_of_languages(sample):
        return None
    return None if _orders.ASKED_HOW.search(asked) or _orders.ENGLISH_SAID.search(asked) else place


def prompted(sample: Text) -> str:
    """The language of a prompt, where it is plain and not English, and none is spoken of."""
    prompt = sample.made.prompt[:READ]
    if _orders.ENGLISH_SAID.search(prompt) or _orders.ASKED_HOW.search(prompt):
        return ""
    found = _tongues.language_of(_tongues.stripped(prompt.lower().split()), 2)
    return found if found != "en" and found in _tongues.WORDS else ""


def _is_bare(asked: str) -> bool:
    """Whether a prompt is too short to say what language it is in."""
    words = asked.lower().split()
    if len(words) >= 6:
        return False
    return not asked.rstrip().endswith("?") or len(_tongues.ENGLISH.intersection(_tongues.stripped(words))) < 2


def _by_script(sample: Text, theirs: Counter[str], ours: Counter[str]) -> Place | None:
    first, second, body = _script(theirs), _script(ours), sample.body
    if {first, second} != {"han", "kana"}:
        far = ours[first] < 0.05 * sum(ours.values()) and theirs[second] < 0.05 * sum(theirs.values())
    else:
        far = theirs["han"] + theirs["kana"] > 8 and ours["han"] + ours["kana"] > 20
    return Place(f"in {second} where the prompt is in {first}", (0, len(body)), 0.9) if far else None


def _by_words(sample: Text, asked: str, free: str) -> Place | None:
    said, words = ({*_tongues.stripped(one.lower().split()[:200])} for one in (asked, free))
    home = _tongues.language_of(said, 2)
    far_off = _tongues.other_than(words, home) if home and len(words) >= 8 else ""
    if not far_off or (home == "en" and len(asked.split()) < 6):
        return None
    own = (said & _tongues.WORDS[home]) - _tongues.WORDS[far_off] - _tongues.MIXED
    if (
        len(own)
        < (
            1
            if home == "en" or (far_off == "en" and home in _tongues.FURTHER and said.isdisjoint(_tongues.ENGLISH))
            else 2
        )
        or _tongues.WORDS[far_off] & said - _tongues.WORDS[home]
    ):
        return None
    if _tongues.speaks(words, home) or _tongues.language_of(words) != far_off:
        return None
    return Place(f"in {far_off} where the prompt is in {home}", (0, len(sample.body)), 0.85)


def _script(found: Counter[str]) -> str:
    """What nearly all letters are of; Japanese has two."""
    total = sum(found.values())
    if found["kana"] + found["han"] > 0.8 * total:
        return "kana" if found["kana"] > 0.1 * total else "han"
    best = max(found, key=lambda one: found[one])
    return best if found[best] > 0.8 * total else ""


def scattered(sample: Text, strange: frozenset[str]) -> Place | None:
    """Small words of several languages between English ones, in no frame."""
    strange = frozenset(word for word in strange if len(word) > 3 or not word.isascii())
    if len(strange) < 5 or _scripts.is_about_languages(sample):
        return None
    free = _text.blank(sample.body, _scripts.frames(sample.body)).lower()
    there = strange.intersection(free.split())
    if len(there) < 5 or max(_tongues.counted(there).values()) > len(there) - 2:
        return None
    return Place("words of several languages", (min(map(free.find, there)), len(sample.body)), 0.7)
