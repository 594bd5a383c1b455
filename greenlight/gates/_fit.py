"""How well a text fits the character that was asked for: its field of words, its manners and what it is said to say."""

from __future__ import annotations

import math
import re
from functools import cached_property, lru_cache

from greenlight.gates import _moods, _personas, _voices
from greenlight.gates._plain_words import PLAIN
from greenlight.gates._text import word_set

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*'?")
ENDED = re.compile(r"[^.!?…\n]+[.!?…]*")
REFUSED = re.compile(r"\b(?:never|not|no|nor|without)\b[^.\n;]{0,40}", re.IGNORECASE)
"""What a description says that its character is not."""
QUOTED = re.compile(r"(?<!\w)[\"“‘']([^\"“”\n]{2,30}?)[\"”’'](?!\w)")
SIGNS = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
ACTED = re.compile(r"\*[^*\n]{3,60}\*")
SELF = word_set("i you your my me we i'm you're")
BEGUN = 5
"""Letters by which a word is known again."""
GENERAL = frozenset(
    word[:BEGUN]
    for word in word_set(
        "speak talk answer every everything always character persona user reply replies message says voice word"
        " question call uses style sentence manner like address asks person people help assistant tells short long"
        " great good gives name known keep treats speech habits rules traits"
    )
)
"""What any description says."""
MANNERS = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        r"rhym|vers(?:e|es)\b|couplet|poems?\b|sonnet|limerick|\braps?\b|\bsongs?\b|\bsings\b",
        r"capitals|\bcaps\b|upper ?case|shout|bark|yell|loud",
        r"lower ?case|no capital",
        r"questions\b[^.\n]{0,30}(?:only|nothing)|(?:only|nothing but|exclusively|always)[^.\n]{0,30}questions|socrat",
        r"excite|enthusias|hyper|breathless|energetic|exclam|peppy|bubbly|cheer|hype|gush",
        r"few words|terse|laconic|fragment|clipped|short sentences|taciturn|\bcurt|monosyllab|brief(?:ly)?\b|chatter",
        r"emoji",
        r"\*|stage direction|purr|gesture|actions",
        r"casual|folksy|slang|dialect|drawl|southern|brogue|accent|teen",
        r"impersonal|passive|formal|official|archiv|neutral|encyclop|scholar|academic|legal|clinical|dry\b",
        r"long-winded|elaborate|circumlocut|verbose|rambl|pedant|florid|flowery|ornate|courteous|pompous",
        r"lyric|poet|image|metaphor|dream|wistful|melanchol|mystic|gothic|romantic|seasons",
        r"dialect|brogue|pirate|southern|cockney|scot|drops|accent|cowboy|slang|folksy",
    )
)
"""How a description asks for a manner, in the order of ``manners``."""
EVEN = re.compile(
    r"\b(?:plain(?:ly)?|neutral\w*|factual\w*|encyclop\w+|sober|no (?:persona|role-?play|jokes|character)|never adopt|"
    r"objective\w*|matter-of-fact|straightforward\w*|to the point|concise\w*|professional\w*|honest\w*|candid\w*|"
    r"truthful\w*|no flattery|accurate\w*)\b",
    re.IGNORECASE,
)
"""Who is to sound like nobody."""
QUIET = re.compile(
    r"\b(?:quiet\w*|gentl\w+|calm\w*|soft\w*|reserved|understated|level|stoic\w*|few words|terse|laconic|patient\w*|"
    r"tender\w*|warm\w*|kind\w*|modest\w*|formal\w*|official\w*|precise\w*|pedant\w*|dry|wistful|slowly|measured|"
    r"discreet|impersonal|archiv\w+|teacher|lawyer|diplomat\w*|taciturn|careful\w*|cautious\w*|muted|subtl\w+|"
    r"thoughtful\w*|brief\w*|hush\w*|dignified|courteous\w*)\b",
    re.IGNORECASE,
)
"""Who has a voice that is not loud."""
CALLED = _voices.SLANG | _voices.CALLS | _voices.NAMED
MANY = 20
"""Phrases of a description that are looked for."""


def profile(words: frozenset[str]) -> tuple[float, ...]:
    """How many words of each role are among these; one that other roles have as well counts for less."""
    return tuple(math.log1p(sum(_personas.WEIGHED[one] for one in own & words)) for _, own in _personas.ROLES.values())


class Wanted:
    """What a description asks for."""

    def __init__(self, described: str) -> None:
        told = REFUSED.sub(" ", described.replace("’", "'"))
        small = frozenset(WORD.findall(told.lower()))
        named = profile(small)
        fields = [
            min(4.0, 2.0 * bool(who.search(told)) + min(2.0, one))
            for who, one in zip(_personas.WHO.values(), named, strict=True)
        ]
        self.known = max(fields) >= 2
        self.fields = tuple(one / max(2.0, *fields) for one in fields)
        self.manners = tuple(float(one.search(told) is not None) for one in MANNERS)
        said = sorted({one.lower().strip(" .,!?…") for one in QUOTED.findall(told)} - {""})[:MANY]
        self.said = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in said) or r"(?!)")
        self.quotes = bool(said)
        self.words = frozenset(w[:BEGUN] for w in small if len(w) > 3 and w not in PLAIN) - GENERAL
        counts = (len(kind.findall(described)) for kind in (EVEN, QUIET, _personas.MILD))
        self.even, self.quiet, self.mild = (min(3, one) for one in counts)
        self.loud = float(_personas.is_loud(described) or (self.known and not self.mild))
        self.unmarked = float(not (self.even or self.quiet or self.mild))
        self.somebody = float(_personas.is_somebody(described))

    @property
    def may_be_missed(self) -> bool:
        """Whether a voice was asked for whose absence tells something."""
        return bool(self.loud or self.somebody or self.unmarked)


@lru_cache(maxsize=256)
def wanted(described: str) -> Wanted:
    """What a description asks for, once for each description."""
    return Wanted(described)


class Shown:
    """What a text shows of a character, whichever it is."""

    def __init__(self, said: _voices.Said, prompt: frozenset[str]) -> None:
        self.text, self.small = said.text, said.small
        self.words = frozenset(word for word in said.words if word[:BEGUN] not in prompt)
        self.profile = profile(self.words)
        self.begun = frozenset(word[:BEGUN] for word in self.words if len(word) > 3)
        self.called = self.words & CALLED

    @cached_property
    def manners(self) -> tuple[float, ...]:
        """Rhyme, capitals, small letters, questions, exclamations, few words, emoji, actions between stars, words cut
        short, nobody who speaks or listens, many words, images and dialect, each from 0 to 1."""
        text, small = self.text, self.small
        many, parts = max(1, len(small)), [one for one in ENDED.findall(text) if one.strip()]
        size = max(1, len(parts))
        shouted = sum(one.isupper() and len(one) > 2 for one in WORD.findall(text)) / many
        lower = sum(one.strip(" \"'“*-")[:1].islower() for one in parts) / size
        cut, own = (sum("'" in one for one in small) / many, sum(map(SELF.__contains__, small)) / many)
        images = sum(map(_moods.IMAGES.__contains__, small)) / many
        clipped = sum(one[0] == "'" or one[-1] == "'" for one in small) / many
        return (
            _rhymes(text), min(1.0, 6 * shouted), lower, sum("?" in one for one in parts) / size,
            sum("!" in one for one in parts) / size, 1 / (1 + math.exp(min(50.0, (many / size - 7) / 1.5))),
            min(1.0, len(SIGNS.findall(text)) / size), min(1.0, 2 * len(ACTED.findall(text)) / size),
            min(1.0, 8 * cut), math.exp(-30 * own - 20 * cut), min(1.0, many / size / 25), min(1.0, 8 * images),
            min(1.0, 8 * clipped),
        )  # fmt: skip


def _rhymes(text: str) -> float:
    """The share of lines that end as one of their neighbours does."""
    ends = [words[-1].strip("'") for line in text.lower().split("\n") if (words := WORD.findall(line))]
    if len(ends) < 2:
        return 0.0
    near = ((one, ends[max(0, at - 2) : at] + ends[at + 1 : at + 3]) for at, one in enumerate(ends))
    return sum(any(one != other and one[-2:] == other[-2:] for other in others) for one, others in near) / len(ends)


def fits(asked: Wanted, sides: list[Shown]) -> tuple[list[float], list[float]]:
    """How far either text is in the field that was asked for, and what says how they fit, in the order of the weights
    of ``_sides.KINDS``: fields, what they share, words and phrases of the description, manners, and the description."""
    apart = [tuple(max(0.0, a - b) for a, b in zip(one.profile, two.profile, strict=True))
             for one, two in (sides, sides[::-1])]  # fmt: skip
    fit = [max(d * x for d, x in zip(asked.fields, one.profile, strict=True)) for one in sides]
    off = [max((1 - d) * x * (d < 0.5) for d, x in zip(asked.fields, one, strict=True)) for one in apart]
    first, second = (one.profile for one in sides)
    norm = math.sqrt(sum(x * x for x in first) * sum(x * x for x in second))
    alike = sum(x * y for x, y in zip(first, second, strict=True)) / norm if norm else 0.0
    words = [min(4, len(asked.words & one.begun)) / 2 for one in sides]
    said = [min(3, len(set(asked.said.findall(one.text.lower())))) for one in sides]
    shown = [sum(a * x for a, x in zip(asked.manners, one.manners, strict=True)) for one in sides]
    differ = sum(abs(x - y) for x, y in zip(sides[0].manners, sides[1].manners, strict=True))
    calls = sides[0].called & sides[1].called
    few = max(1, min(len(one.called) for one in sides))
    known = float(asked.known)
    return fit, [
        *fit, *off, known * fit[0], known * fit[1], *(known * max(0.0, o - f) for o, f in zip(off, fit, strict=True)),
        known, alike, min(fit), *words, *said, min(words), min(said),
        *(float(asked.quotes and not one) for one in said), *shown, min(shown), differ, len(calls) / few,
        min(4, len(calls)) / 2, asked.even, asked.quiet, asked.mild, asked.loud, asked.somebody, asked.unmarked,
    ]  # fmt: skip
