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
LEXICONS: dict[str, tuple[str, str]] = {
    "pirate": (
        r"\b(?:pirates?|buccaneer|corsair|sea dog)\b",
        r"\b(?:a+rr+g?h?|ahoy|matey|mateys|ye|yer|avast|aye|me (?:hearties|heart|name|crew|ship|lad|lads|friend)|booty|"
        r"doubloons?|landlubbers?|scallywag|shiver|timbers?|yo[- ]ho|swab|swabs|scurvy|bilge|thar|be (?:the|a|an)|grog|"
        r"plunder|treasure|seven seas|captain|cap'n|plank|kraken|jolly roger|davy jones|'tis|o' )\b",
    ),
    "cowboy": (
        r"\b(?:cowboys?|cowgirl|cowhand|rancher|wild west|sheriff)\b",
        r"\b(?:howdy|y'all|yall|pardner|partner|reckon|ain't|yee-?haw|saddle|rodeo|varmint|fixin'|ya|cattle|giddy ?up|"
        r"tumbleweed|\w{3,}in'|folks|much obliged|trail|lasso|dadgum|ol')\b",
    ),
    "old English": (
        r"\b(?:shakespear\w*|elizabethan|bard|knight|medieval|old english|archaic)\b",
        r"\b(?:thou|thee|thy|thine|hath|doth|dost|art thou|wherefore|forsooth|prithee|methinks|'tis|'twas|verily|ere|"
        r"anon|good sir|my (?:lord|lady|liege)|alas|hark|nay|yea|whence|hither|thither|shalt|wilt|canst)\b",
    ),
    "robot": (
        r"\b(?:robots?|android|cyborg|droid)\b",
        r"\b(?:beep|boop|bzz+t?|whirr?|compute|computing|processing|affirmative|negative|circuits?|unit|humans?|"
        r"sensors?|protocol|malfunction|systems?|data|error|query|logic|directive|optimal)\b",
    ),
    "surfer": (
        r"\b(?:surfers?|stoner|beach bum)\b",
        r"\b(?:dude|bro|brah|gnarly|stoked|totally|rad|chill|tubular|waves?|vibes?|whoa|hang ten|righteous|sick|"
        r"bodacious)\b",
    ),
    "cat": (
        r"\b(?:cat|kitten|feline)\b",
        r"\b(?:me+o+w\w*|purr+\w*|paws?|whiskers?|tail|nya+|mrr+\w*|hiss\w*|claws?)\b",
    ),
    "Scot": (
        r"\b(?:scots?|scottish|highlander)\b",
        r"\b(?:aye|wee|lass(?:ie)?|laddie|lad|ken|dinnae|cannae|bonnie|och|nae|didnae|auld|bairn|yer|wi')\b",
    ),
}  # fmt: skip


ROLE = (
    r"(?:^|\b(?:you are|you're|plays?|playing|acts? as|acting as|answers? as|speaks? as|speaks? like|talks? like|"
    r"persona|character|voice of|role of|is an?|was an?)\b)"
    r"(?:(?!\b(?:with|who|has|have|about|near|loves?|whose|for|to|not|never|of)\b)[^.\n]){0,40}"
)
"""What stands before a trade that is the persona's own: a person with a cat is no cat."""


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
        if re.search(pattern, low, re.IGNORECASE):
            found.append(Habit(name, signs))
    for name, (who, lexicon) in LEXICONS.items():
        if re.search(ROLE + who, low, re.IGNORECASE | re.MULTILINE):
            found.append(Habit(f"words of a {name}", _lexicon(lexicon)))
    return tuple(found)


def _counter(patterns: list[str]) -> Callable[[str], float]:
    pattern = re.compile("|".join(rf"(?<!\w){p}(?!\w)" for p in patterns if p) or r"(?!)", re.IGNORECASE)
    return lambda text: float(len(pattern.findall(text.replace("’", "'"))))


def _lexicon(pattern: str) -> Callable[[str], float]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: float(len(compiled.findall(text.replace("’", "'"))))


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


def _emoji(text: str) -> float:
    return float(sum("\u2600" <= c <= "\u27bf" or "\U0001f300" <= c <= "\U0001faff" for c in text))


def _three_lines(text: str) -> float:
    return float(len([line for line in text.split("\n") if line.strip()]) % 3 == 0)


ALWAYS = r"(?:only|always|every|all|exclusively|entirely|nothing but)"
PLAIN: tuple[tuple[str, str, Callable[[str], float]], ...] = (
    (r"\b(?:all[- ]caps|capital letters|upper ?case|capitals)\b", "capitals", _capitals),
    (r"\b(?:all lower ?case|lower ?case only|only lower ?case|no capital(?:s| letters)|never capitali[sz]es?)\b",
     "small letters", _small),
    (rf"\b{ALWAYS}\b[^.\n]{{0,40}}\bquestions?\b(?! (?:you|they|he|she|that|well|with (?!a question)))",
     "questions", _questions),
    (r"\b(?:uses?|using|adds?|with|full of|lots of|many|ends?)\b[^.\n]{0,20}\bemojis?\b", "emoji", _emoji),
    (rf"\b(?:{ALWAYS}|in) haikus?\b", "three lines", _three_lines),
)  # fmt: skip
