"""What a persona's description says of how it speaks, as far as a count can tell whether a text does so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _languages, _text

PHRASES = re.compile(
    r"\b(?:says?|saying|catch ?phrases?|ends?|ending|begins?|beginning|opens?|starts?|starting|calls?|address(?:es)?|"
    r"uses?|using|exclaims?|interject\w*|sprinkl\w*|peppers?|words? (?:like|such as)|phrases? (?:like|such as))\b"
    r"[^.\n\"“”]{0,60}[\"“]([^\"“”\n]{2,40})[\"”](?:(?:,| and| or|, and|, or) ?[\"“]([^\"“”\n]{2,40})[\"”])?"
    r"(?:(?:,| and| or|, and|, or) ?[\"“]([^\"“”\n]{2,40})[\"”])?",
    re.IGNORECASE,
)
PHRASES_READ = 24
NEGATED = re.compile(r"\b(?:never|not|n't|without|avoid\w*|no longer|refus\w*)\b[^.\n\"“”]{0,60}$", re.IGNORECASE)
UNUSED = re.compile(
    r"\b(?:never|not|n't|without|avoids?|avoiding)\b[^.\n\"“”']{0,30}\b(?:the )?(letter|word)s? [\"“'‘](\w+)[\"”'’]",
    re.IGNORECASE,
)
SPEAKS = re.compile(
    r"\b(?:speaks?|answers?|writes?|repl(?:y|ies)|talks?|responds?)\b[^.\n]{0,20}?\b(?:only |always |exclusively )?in ("
    + "|".join(_languages.NAMES)
    + r")\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Habit:
    """A way of speaking; ``signs`` counts what shows it (a text that does not show it has 0)."""

    name: str
    signs: Callable[[str], float]


@lru_cache(maxsize=256)
def habits(described: str) -> tuple[Habit, ...]:
    """What can be counted of a description, the plainest first; empty where nothing can."""
    low = described.replace("’", "'")
    found: list[Habit] = []
    phrases = [
        phrase
        for m in PHRASES.finditer(low)
        if not NEGATED.search(low[max(0, m.start() - 60) : m.start()])
        for phrase in m.groups()
        if phrase
    ][:PHRASES_READ]
    if phrases:
        found.append(Habit(f"'{phrases[0]}'", _counter([re.escape(p.strip(" .,!?…")) for p in phrases])))
    for kind, word in UNUSED.findall(low)[:PHRASES_READ]:
        found.append(Habit(f"no {kind} '{word}'", _without(kind.lower(), word)))
    spoken = SPEAKS.search(low)
    if spoken:
        code = _languages.NAMES[spoken[1].lower()]
        found.append(Habit(f"speaks {spoken[1]}", lambda text: float(not _languages.other_than(text, code))))
    for pattern, name, signs in PLAIN:
        asked = re.search(pattern, low, re.IGNORECASE)
        if asked and not NEGATED.search(low[max(0, asked.start() - 60) : asked.start()]):
            found.append(Habit(name, signs))
    return tuple(found)


def _counter(patterns: list[str]) -> Callable[[str], float]:
    pattern = re.compile("|".join(rf"(?<!\w){p}(?!\w)" for p in patterns if p) or r"(?!)", re.IGNORECASE)
    return lambda text: float(len(pattern.findall(text.replace("’", "'"))))


def _without(kind: str, word: str) -> Callable[[str], float]:
    if kind == "letter":
        return lambda text: float(word.lower() not in text.lower())
    found = _counter([re.escape(word)])
    return lambda text: float(not found(text))


def _capitals(text: str) -> float:
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return float(upper > 4 * lower)


def _small(text: str) -> float:
    return float(not any(map(str.isupper, text)))


def _questions(text: str) -> float:
    said = [text[a:b] for a, b in _text.sentences(text)]
    asked = sum("?" in one or "？" in one for one in said)
    return float(bool(said) and asked >= 0.6 * len(said))


def _asks_last(text: str) -> float:
    return float(text.rstrip(" \n\"'”’)*_")[-1:] in ("?", "？"))


def _emoji(text: str) -> float:
    return float(sum("\u2600" <= c <= "\u27bf" or "\U0001f300" <= c <= "\U0001faff" for c in text))


def _three_lines(text: str) -> float:
    return float(len([line for line in text.split("\n") if line.strip()]) % 3 == 0)


ALWAYS = r"(?:only|always|every|all|exclusively|entirely|nothing but)"
PLAIN: tuple[tuple[str, str, Callable[[str], float]], ...] = (
    (rf"\b(?:all[- ]caps\b|{ALWAYS}\b[^.\n]{{0,20}}\b(?:capital letters|upper ?case|capitals)\b|"
     r"(?:writ|speak|answer|repl|typ|shout|talk)\w* in (?:capital letters|upper ?case|capitals)\b)",
     "capitals", _capitals),
    (r"\b(?:all lower ?case|lower ?case only|only lower ?case|no capital(?:s| letters)|never capitali[sz]es?)\b",
     "small letters", _small),
    (r"\b(?:ends?|ending|closes?|finish(?:es)?)\b[^.\n]{0,40}\bquestions?\b", "ends with a question", _asks_last),
    (r"\b(?:answers?|speaks?|responds?|repl(?:y|ies)|talks?)\b(?![^.\n]{0,20}\bend)[^.\n]{0,25}\b(?:with|in|by asking) "
     r"(?:a |another |more |only |nothing but )*questions?\b(?! (?:you|they|he|she|that|well))",
     "questions", _questions),
    (r"\b(?:uses?|using|adds?|with|full of|lots of|many|ends?)\b[^.\n]{0,20}\bemojis?\b", "emoji", _emoji),
    (rf"\b(?:{ALWAYS}|in) haikus?\b", "three lines", _three_lines),
)  # fmt: skip
