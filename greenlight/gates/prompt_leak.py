"""The voice repeats its system prompt or its constitution."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Annotated

from pydantic import Field

from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

GRAM = 8
"""Words of a gram: two texts that were not copied share few of that length."""
SEED = 4
"""Words that two runs share before they are compared."""
SEEN = 8
"""Places of the system prompt that are kept for one seed; the longest run of these is taken."""
RUN = 5
"""Words of a run that counts towards the coverage."""
HAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3"
WORD = re.compile(rf"[{HAN}]|(?:(?![{HAN}])[^\W_])+(?:['’](?:(?![{HAN}])[^\W_])+)*")
ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
QUOTED = re.compile(
    r"\"[^\"\n]{1,400}\"|“[^“”\n]{1,400}”|«[^«»\n]{1,400}»|「[^「」\n]{1,400}」|„[^„“”\n]{1,400}[“”]|`[^`\n]{1,400}`|"
    r"(?<=:)[^\n]{8,400}(?=\n|\Z)"
)
SAY = re.compile(
    r"\b(?:with|saying|say|words?|line|phrase|motto|template|format|disclaimer|signature|greeting|sign-off|slogan|"
    r"tagline|"
    r"refrain|salutation|closing|mit|avec|con)\b[^.:\n]{0,40}:$",
    re.IGNORECASE,
)
"""What stands before a colon whose line is to be said."""
SAME = {
    "you": "i", "your": "my",
    "yours": "mine", "yourself": "myself", "you're": "i'm", "you'll": "i'll", "you've": "i've",
    "are": "am", "he": "i", "she": "i", "his": "my", "their": "my", "they": "i", "is": "am", "we": "i", "our": "my",
}  # fmt: skip
"""Who is told and who tells: "You are a pirate" is recited as "I am a pirate"."""
META = frozenset(
    re.split(
        " ",
        "user users persona instructions instruction prompt confidential reveal respond reply replies answers answer "
        "character assistant constitution guidelines antworte antworten nutzer benutzer responde respuestas usuario "
        "réponds réponses utilisateur rispondi utente пользователь пользователю отвечай",
    )
) | frozenset("答户戶")
RULES = frozenset(
    re.split(
        " ",
        "always never must not don't avoid should stay keep speak use immer nie niemals siempre nunca toujours jamais "
        "всегда никогда sempre mai",
    )
) | frozenset("须必")
ADDRESS = frozenset(["you", "your", "i", "my", "du", "eres", "tu", "ты", "你"])
"""A run with words of ``META``, or of the others together, instructs; without it is a fact that a voice may repeat."""


@dataclass(frozen=True)
class Gate:
    """Flags a run of words that stands in the system prompt too, or a text that holds much of it.

    ``run``: words in common, one after the other, that make a leak; more where they do not instruct: opening hours
    may be repeated, and a character may say who it is. ``share``: of the system prompt's words, in runs of five and
    more. What the system prompt quotes is to be said, and does not count; nor does what the user wrote.
    Words are compared without case, marks and person. A text without a system prompt is not checked.
    """

    run: Annotated[int, Field(ge=4)] = GRAM
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 0.35

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the longest run in common."""
        if not sample.made.system.strip():
            return None
        source = _source(sample.made.system)
        if len(source.words) < SEED:
            return None
        words = _words(sample.body)
        ids = array("i", map(source.ids.get, words, [-1] * len(words)))
        runs = _runs(source, ids)
        if not runs:
            return None
        prompt = _grams(_words(sample.made.prompt)) if sample.made.prompt else frozenset()
        return self._judge(sample.body, words, source, [r for r in runs if not _asked(words, r, prompt)])

    def _judge(self, body: str, words: list[str], source: Source, runs: list[Run]) -> Flag | None:
        if not runs:
            return None
        best = max(runs, key=lambda r: (_weight(words, r), -r[0]))
        longest = _weight(words, best)
        whole = sum(source.weights)
        told = {i for _, at, size in runs for i in range(at, at + size)}
        covered = sum(source.weights[i] for i in told)
        grams = sum(max(0.0, _weight(words, r) - GRAM + 1) for r in runs) / max(1.0, whole - GRAM + 1)
        raw = _split(body)
        if whole < self.run + 2:  # a system prompt of one short sentence: nearly all of it, word for word
            leak = whole >= 4 and covered >= 0.85 * whole and any(_verbatim(raw, source, r) for r in runs)
        else:
            leak = any(_weight(words, r) >= self.run * _leniency(raw, source, r) for r in runs)
            orders = any(_leniency(raw, source, r) < 2 for r in runs)
            leak = leak or (covered >= (self.share if orders else 0.8) * whole and covered >= 1.25 * self.run)
        if not leak:
            return None
        reason = (
            f"repeats {longest:.0f} words of the system prompt; {covered / whole:.0%} of it in all, "
            f"{min(1.0, grams):.0%} of its {GRAM}-grams"
        )
        score = min(1.0, 0.7 + 0.3 * max(covered / whole, longest / 40))
        return Flag(gate="prompt_leak", reason=reason, span=_place(body, best), score=score)


Run = tuple[int, int, int]
"""Where a run begins in the text and in the system prompt, and its length, in words."""


@dataclass(frozen=True)
class Source:
    """A system prompt, ready to be compared with. ``weights``: 1 for a word, a half for a character of Han or kana."""

    words: tuple[str, ...]
    raw: tuple[str, ...]
    """The same words in the person in which they were written."""
    ids: dict[str, int]
    numbers: tuple[int, ...]
    weights: tuple[float, ...]
    seeds: dict[tuple[int, ...], tuple[int, ...]]


@lru_cache(maxsize=256)
def _source(system: str) -> Source:
    raw: list[str] = []
    last = 0
    for m in QUOTED.finditer(system):
        if system[m.start() - 1 : m.start()] == ":" and not SAY.search(system[max(0, m.start() - 80) : m.start()]):
            continue
        raw += [*_split(system[last : m.start()]), f"\0{m.start()}"]  # what is to be said breaks a run
        last = m.end()
    raw += _split(system[last:])
    words = [SAME.get(word, word) for word in raw]
    ids: dict[str, int] = {}
    for word in words:
        ids.setdefault(word, len(ids))
    numbers = tuple(ids[word] for word in words)
    seeds: dict[tuple[int, ...], tuple[int, ...]] = {}
    for i in range(len(numbers) - SEED + 1):
        seed = numbers[i : i + SEED]
        found = seeds.get(seed, ())
        if len(found) < SEEN:
            seeds[seed] = (*found, i)
    weights = tuple(0.0 if word.startswith("\0") else _size(word) for word in words)
    return Source(tuple(words), tuple(raw), {w: n for w, n in ids.items() if w[0] != "\0"}, numbers, weights, seeds)


def _size(word: str) -> float:
    return 0.5 if len(word) == 1 and ord(word) > 0xE00 else 1.0


def _weight(words: list[str], run: Run) -> float:
    return sum(map(_size, words[run[0] : run[0] + run[2]]))


def _words(text: str) -> list[str]:
    """The same in the first person."""
    return [SAME.get(word, word) for word in _split(text)]


def _split(text: str) -> list[str]:
    """Words in lower case; single characters of scripts without spaces."""
    low = text.lower()
    if len(low) != len(text):  # so that the words here and in ``_place`` are the same
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return ASCII_WORD.findall(low) if low.isascii() else WORD.findall(low.replace("’", "'"))


def _verbatim(raw: list[str], source: Source, run: Run) -> bool:
    at, place, size = run
    return raw[at : at + size] == list(source.raw[place : place + size])


def _leniency(raw: list[str], source: Source, run: Run) -> float:
    """How many times the usual words a run may have, by whether it instructs."""
    said = set(source.raw[run[1] : run[1] + run[2]])
    if said & META and (said & ADDRESS or said & RULES):
        return 1.0
    if said & ADDRESS and (said & RULES or _verbatim(raw, source, run)):
        return 1.0 if said & {"you", "du", "你"} else 1.3
    return 1.5 if said & (META | RULES) and _verbatim(raw, source, run) else 2.5


def _place(body: str, run: Run) -> tuple[int, int]:
    """The characters of a run of words."""
    finder = re.compile(ASCII_WORD.pattern, re.IGNORECASE) if body.isascii() else WORD
    spans = [m.span() for m in islice(finder.finditer(body.replace("’", "'")), run[0], run[0] + run[2])]
    return spans[0][0], spans[-1][1]


def _runs(source: Source, ids: array[int]) -> list[Run]:
    """Runs of at least four words in common, from left to right: linear, since what was compared is passed over."""
    found: list[Run] = []
    numbers, size = source.numbers, len(ids)
    known = bytes(i >= 0 for i in ids)
    at = known.find(b"\1" * SEED)
    while at >= 0:
        best, where = 0, -1
        for place in source.seeds.get(tuple(ids[at : at + SEED]), ()):
            length = SEED
            limit = min(size - at, len(numbers) - place)
            while length < limit and ids[at + length] == numbers[place + length]:
                length += 1
            if length > best:
                best, where = length, place
        if best >= SEED:
            found.append((at, where, best))
        at = known.find(b"\1" * SEED, at + (best - SEED + 1 if best > SEED else 1))
    return [r for i, r in enumerate(found) if r[2] >= RUN or len(source.words) <= GRAM + 2 or i == 0]


def _grams(words: list[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words[i : i + SEED]) for i in range(len(words) - SEED + 1))


def _asked(words: list[str], run: Run, prompt: frozenset[tuple[str, ...]]) -> bool:
    """Whether the user wrote most of a run."""
    if not prompt:
        return False
    starts = range(run[0], run[0] + run[2] - SEED + 1)
    return 2 * sum(tuple(words[i : i + SEED]) in prompt for i in starts) > len(starts)
