"""Words that make no sentence: English at random, and pieces of words."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from greenlight.gates import _tongues
from greenlight.gates._never import ENDS, PAIRS, PIECES
from greenlight.gates._signs import Place, hidden
from greenlight.gates._text import Span, joined, word_set

STOPPED = re.compile(r"\. [a-z]")
TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?|[.,;]|[^\sA-Za-z.,;]|\n")
NEAR, MOST, AROUND = 80, 500, 800
"""Words in which pairs must stand that no sentence has; so many of them are looked at; and characters around one."""
ABOUT = re.compile(
    r"\b(?:prepositions?|conjunctions?|stop ?words?|grammar|suffix\w*|prefix\w*|syllab\w*|tokens?)\b", re.IGNORECASE
)
MEANT = re.compile(
    r"\b(?:random\w*|gibberish|nonsense|babbl\w*|salad|cut-?up|dada\w*|surreal\w*|stream of consciousness|"
    r"aphasia|markov|"
    r"scrambl\w*|jumbl\w*|shuffl\w*|unscrambl\w*|anagrams?|backwards?|revers\w+|broken|prepositions?|conjunctions?|"
    r"articles?|stop ?words?|function words|grammar|mistakes?|errors?|passphrases?|glitch\w*|corrupt\w*|word order|"
    r"memory game|toddler|caveman|learner\w*|tokeni\w+|tokens|suffix\w*|prefix\w*|syllab\w*|morphem\w*|endings?|"
    r"word parts?|crossword|hyphenat\w*|refrigerator|magnet\w*)\b",
    re.IGNORECASE,
)
"""What asks for words without a sentence, or is about the words themselves."""
SMALL, ROW, TWICE = "a small letter after a full stop", "six large words in a row", "a word twice"
LARGE = "a large small word within"
SLIGHT = frozenset((SMALL, ROW, TWICE, LARGE))
WITHIN = word_set("She He It They We If When But So My Your Our Their This That These Because")
"""What a sentence may have, but seldom has beside words that are never neighbours."""
SMALL_WORDS = frozenset(first for first, _ in PAIRS)
DOUBLED = word_set("that had very so no ha really many much more bye now there again yes on well down up far long old")
A_VOWEL = re.compile(r"[aei](?!u|wo?k)[a-z]{2}")
AN_CONSONANT = re.compile(r"[bcdfgjklmnpqrstvwyz][a-z]{2}")


def salad(body: str, words: Sequence[str]) -> Place | None:
    """English words at random: small words meet that never do. ``words``: in small letters, with their marks."""
    found = PAIRS.intersection(pairwise(words))
    ends = ENDS.intersection(words)
    several = len(found) + len(ends) or 2 * (sum(1 for _ in zip(STOPPED.finditer(body), range(3), strict=False)) == 3)
    if not several or (several == 1 and len(words) > 200 and len(set(words)) > 0.5 * len(words)):
        return None
    masked = hidden(body)
    for begin, stop in _around(body, [" ".join(pair) for pair in found] + [*ends]):
        wrong = _wrong(masked[begin:stop])
        first = 0
        for last, one in enumerate(wrong):
            while one.at - wrong[first].at > NEAR:
                first += 1
            near = wrong[first : last + 1]
            loose = sum(one.kind == LARGE for one in near)
            if (loose >= 2 and sum(one.kind == SMALL for one in near) >= 2) or _is_salad(
                [one for one in near if one.kind not in SLIGHT], {one.kind for one in near} & SLIGHT
            ):
                start, end = begin + near[0].start, begin + one.end
                around = _tongues.stripped(body[max(0, start - 80) : end + 80].lower().split())
                if _tongues.language_of(around, 3) in ("", "en"):
                    return Place("words that make no sentence", (start, end), 0.7)
    return None


def _around(body: str, found: Sequence[str]) -> list[Span]:
    """Of a long text where these words stand, with what is near them."""
    small, spans = body.lower(), list[Span]()
    if len(body) < 4 * AROUND or len(found) > 4 or len(small) != len(body):
        return [(0, len(body))]
    for said in found:
        at = small.find(said)
        while at >= 0:
            spans.append((max(0, at - AROUND), at + AROUND))
            if len(spans) > 20:
                return [(0, len(body))]
            at = small.find(said, at + 1)
    return joined(sorted(spans))


class Wrong(NamedTuple):
    """A place where words go wrong: the number of the word, where it is, and how."""

    at: int
    start: int
    end: int
    kind: str


def _is_salad(near: Sequence[Wrong], slight: Set[str]) -> bool:
    """Whether so much goes wrong near one another, in more ways than one, or in one way again and again."""
    kinds = {one.kind for one in near}
    if len(slight) >= 2 and sum(not kind.startswith("an ") and kind != "a so" for kind in kinds) >= 2:
        return True
    heads = {"the" if kind.split()[0] in ("a", "an") else kind.split()[0] for kind in kinds}
    if len(heads) >= 2 and (len(kinds) + bool(slight) >= 3 or len(near) >= 8):
        return True
    same = [one.at for one in near if one.kind == near[-1].kind]
    return len(same) >= 4 and same[-1] - same[-2] == same[-2] - same[-3] == same[-3] - same[-4] > 4


def _wrong(body: str) -> list[Wrong]:
    """Neighbours that never are, and what else sentences seldom have."""
    found: list[Wrong] = []
    before, start, count, row, ended = "", 0, 0, 0, False
    for token in TOKEN.finditer(body):
        if len(found) >= MOST:
            break
        said, end = token.group(), token.end()
        if not said[0].isalpha():
            if before + said in ENDS:
                found.append(Wrong(count, start, end, before + said))
            before, row, ended = "", 0, said == "." and len(before) > 3
            continue
        count += 1
        if ended and said.islower():
            found.append(Wrong(count, token.start(), end, SMALL))
        if said in WITHIN and before.islower() and not ended:
            found.append(Wrong(count, start, end, LARGE))
        small = said.islower()
        if small and before and (kind := _kind(before, said)):
            found.append(Wrong(count, start, end, kind))
        row = row + 1 if small and said not in _tongues.ENGLISH and said not in SMALL_WORDS else 0
        if row == 6:
            found.append(Wrong(count, start, end, ROW))
        before = said.lower() if small or not before else ""  # a name is no neighbour
        start, ended = token.start(), False
    return found


def _kind(before: str, word: str) -> str:
    """What is wrong with two words side by side; empty where nothing is."""
    if (before, word) in PAIRS:
        return f"{before} {word}"
    if before == word and word not in DOUBLED:
        return TWICE
    if before == "a" and A_VOWEL.match(word):
        return "a before a vowel"
    return "an before a consonant" if before == "an" and AN_CONSONANT.match(word) else ""


def pieces(body: str, words: Sequence[str]) -> Place | None:
    """Pieces of words between spaces."""
    if len(PIECES.intersection(words)) < 2:
        return None
    places = [at for at, word in enumerate(words) if word in PIECES]
    first = 0
    for last, at in enumerate(places):
        while at - places[first] > 30:
            first += 1
        near = [words[i] for i in places[first : last + 1]]
        if (len(near) >= 5 and len(set(near)) >= 3) or (len(near) >= 6 and len(set(near)) >= 2):
            start = body.lower().find(near[0])
            return Place("pieces of words", (max(0, start), len(body)), 0.7)
    return None
