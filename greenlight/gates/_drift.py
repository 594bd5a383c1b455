"""A text that leaves the language of its prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from greenlight.gates import _heard, _languages, _noise, _orders, _scripts, _signs, _stretches, _text, _tongues
from greenlight.gates._signs import Place
from greenlight.gates._strange import WORDS_FOR
from greenlight.nouns import Text

READ, LONG = 4_000, 100_000
SPELLED = re.compile("[A-Za-z\u0430-\u044f]")
"""Letters of which words without sense are told."""
ORDERED_IN = re.compile(
    r"\b(?:auf|en|in|em|po|på|op)\s+(?:\w{3,12}isch|\w{3,9}ais|allemand|espagnol|italien|inglés|alemán|franc[eé]s|italiano|"
    r"portugu[eé]s|inglese|tedesco|spagnolo|inglês|alemão|espanhol)\b",
    re.IGNORECASE,
)
"""What names another language in the prompt's own."""
ASKED = _tongues.ENGLISH | _text.word_set(
    "a write tell explain describe give create list please summarize summarise poem story show sentence"
)
"""Of which English prompts are made."""
ASKING = _text.word_set("what what's who who's why how when where which explain describe define summarise summarize")
ORDERING, TELLING = _text.word_set("compare discuss outline"), _text.word_set("tell talk write")
"""What an order to say something begins with, the second with its *about*: "Give me a haiku" may be met by one."""
LATIN_RUN = re.compile("(?:[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]{0,30}[,.]? ){7,200}")
MANY, LINE = 55, 38
"""Letters of another language in a row, from which it is no saying that somebody has picked up, and
where the script is another."""


def elsewhere(sample: Text, known: bytes) -> Place | None:
    """A whole text in another language than its prompt, where neither names one. ``known``: of each word of the text,
    whether it is a common one of English."""
    made, body = sample.made, sample.body
    if not made.prompt or (body.isascii() and _are_english(made.prompt[:READ].lower().split(), known)):
        return None
    asked = _text.blank(made.prompt[:READ], _scripts.frames(made.prompt[:READ]))
    free = _text.blank(body[:READ], _scripts.frames(body[:READ]))
    if not asked:
        return None
    theirs, ours = _languages.letters(asked), _languages.letters(free)
    if sum(theirs.values()) + theirs["han"] < 6 or sum(ours.values()) < (
        12 if free.isascii() or max(free) < "\u0250" else 6
    ):
        return None
    first, second = _script(theirs), _script(ours)
    if not first or not second or (first == "latin" != second and _is_bare(asked)):
        return None
    place = _by_script(sample, theirs, ours) if first != second else _by_words(sample, asked, free)
    if place is None or _scripts.is_told_of_languages(sample) or ORDERED_IN.search(asked):
        return None
    return None if _orders.ASKED_HOW.search(asked) or _orders.ENGLISH_SAID.search(asked) else place


def prompted(sample: Text) -> str:
    """The language of a prompt, where it is plain and not English, and none is spoken of."""
    prompt = sample.made.prompt[:READ]
    if _orders.ENGLISH_SAID.search(prompt) or _orders.ASKED_HOW.search(prompt):
        return ""
    found = _tongues.language_of(_tongues.stripped(prompt.lower().split()), 2)
    return found if found != "en" and found in _tongues.WORDS else ""


def begun(sample: Text, words: Sequence[str]) -> str:
    """The language that a prompt is in and a text begins in, where most of the text is English."""
    prompt = sample.made.prompt[:READ]
    if _stretches.is_far(prompt) and not sample.body.isascii():
        theirs = _heard.language(prompt, 8)[0]
        return theirs if theirs in _languages.SCRIPTS else ""
    theirs = "" if prompt.isascii() and _is_english(prompt.lower().split(), 2) else prompted(sample)
    own = _tongues.WORDS[theirs] - _tongues.ENGLISH if theirs else frozenset[str]()
    return theirs if sum(map(own.__contains__, words[:8])) >= 3 else ""


def _is_bare(asked: str) -> bool:
    """Whether a prompt is too short to say what language it is in."""
    words = asked.lower().split()
    if len(words) >= 6:
        return False
    known = len(_tongues.ENGLISH.intersection(_tongues.stripped(words)))
    if asked.rstrip()[-1:] in "?!":
        return known < 2 and len(words) < 3
    ordered = words[0] in ORDERING or (words[0] in TELLING and "about" in words)
    return not (words[0] in ASKING or (ordered and _languages.NAMES.keys().isdisjoint(words))) or known < 2


def _by_script(sample: Text, theirs: Counter[str], ours: Counter[str]) -> Place | None:
    first, second, body = _script(theirs), _script(ours), sample.body
    if {first, second} != {"han", "kana"}:
        far = ours[first] < (0.05 if first == "latin" else 0.12) * sum(ours.values()) and theirs[second] < 0.05 * sum(
            theirs.values()
        )
    else:
        far = theirs["han"] + theirs["kana"] > 8 and ours["han"] + ours["kana"] > 20
    return Place(f"in {second} where the prompt is in {first}", (0, len(body)), 0.9) if far else None


def _by_words(sample: Text, asked: str, free: str) -> Place | None:
    words = free.lower().split()
    if _are_english(asked.lower().split(), bytes(map(_tongues.ENGLISH.__contains__, words))):
        return None
    words = words[:60]
    home, sure = ("es", 1.0) if asked.lstrip()[:1] in "¿¡" else _heard.language(asked, 10)
    if sure > 0.5 and _tongues.language_of(_tongues.stripped(asked.lower().split()), 2) == home:
        sure = max(sure, 0.9)
    plain = (asked.rstrip()[-1:] in ".?!" or len(asked.split()) > 3) and (
        sure >= 0.9 or _is_english(asked.lower().split(), 2)
    )
    least = 5 if home == "en" and not plain else 3
    if home in ("", "la") or sure < (0.6 if home == "en" else 0.8) or len(asked.split()) < least or len(words) < 8:
        return None
    if home == "en" and not _tongues.ENGLISH.intersection(_tongues.stripped(asked.lower().split())):
        return None
    far = _heard.other_than(free, home)
    if not far or (far == "en" and sum(map(_tongues.ENGLISH.__contains__, words)) < max(3, 0.2 * len(words))):
        return None
    # German has a large letter at every noun
    if far != "en" and (
        _stretches.is_list(free[:500], 0.6 if far == "de" else 0.4) or _scripts.is_about_languages(sample)
    ):
        return None
    return Place(f"in {far} where the prompt is in {home}", (0, len(sample.body)), 0.85)


def _are_english(asked: list[str], known: bytes) -> bool:
    """Whether it is plain at a glance of a prompt, and of how a text begins and ends."""
    enough = max(4, 0.2 * len(known[:60]))
    return _is_english(asked[:60], 2) and known[:60].count(1) >= enough and known[-60:].count(1) >= enough


def _is_english(words: list[str], least: int) -> bool:
    """Whether it is plain at a glance."""
    known = sum(map(ASKED.__contains__, words))
    return known >= max(least, 0.3 * len(words))


def goes_over(sample: Text, home: str) -> Place | None:
    """Sentences in another language than that of the text, many in a row, in no frame. ``home``: its language."""
    body = sample.body[:LONG]
    free = _text.blank(body, [*_text.code(body), *_scripts.frames(body)])
    runs = [] if home in _languages.LATIN else [m for m, _ in zip(LATIN_RUN.finditer(free), range(40), strict=False)]
    for run in runs:
        before = body[body.rfind("\n", 0, run.start()) + 1 : run.start()]
        if (
            not before.isascii()
            and not _stretches.is_list(run.group())
            and (far := _heard.other_than(run.group(), home))
        ):
            told = _scripts.is_about_languages(sample)
            return None if told else Place(f"in {far} where {home} is most of it", run.span(), 0.75)
    begun, count, row = -1, 0, ""
    for start, end in _text.sentences(free):
        row = row[-300:] + free[start:end]
        if sum(map(str.isalpha, row)) < (_heard.ENOUGH if row.isascii() or max(row) < "\u0250" else 12):
            continue
        far = "" if _stretches.is_list(row) else _heard.other_than(row, home)
        if not far:
            begun, count, row = -1, 0, ""
            continue
        begun = start if begun < 0 else begun
        letters = sum(map(str.isalpha, row))
        count, row = count + letters * (3 if max(row) < "\u2e80" else 6), ""
        if count < 3 * (MANY if home in _languages.LATIN or far not in _languages.LATIN else LINE):
            continue
        if _scripts.is_about_languages(sample):
            return None
        return Place(f"in {far} where {home} is most of it", (begun, end), 0.75)
    return None


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


def english_within(sample: Text, asked: str) -> Place | None:
    """Lines of English in a text of another script. ``asked``: the language that was asked for."""
    if asked in _languages.LATIN or _scripts.is_about_languages(sample):
        return None
    free, at = _text.blank(sample.body, _scripts.frames(sample.body)), 0
    for line in free.splitlines(keepends=True):
        words = line.lower().split() if sum(map(str.isascii, line)) > 0.95 * len(line) else []
        if len(words) >= 12 and len(_tongues.ENGLISH.intersection(words)) >= 5:
            return Place(f"in en where {asked} was asked for", (at, at + len(line)), 0.75)
        at += len(line)
    return None


def senseless(sample: Text, home: str, wanted: Sequence[str]) -> Place | None:
    """Words of no language. ``home``: the one that was asked for, if any. ``wanted``: what was asked."""
    body = sample.body
    asked = home or sample.made.asked.language
    if (asked and asked not in _tongues.WORDS) or len(words := body.lower().split()) < _noise.ENOUGH:
        return None
    if not SPELLED.search(body) or ("\n\n" not in body and _stretches.is_english(words, home)):
        return None
    theirs = _heard.language(sample.made.prompt[:READ], 10)[0]
    if theirs and theirs not in _tongues.WORDS and theirs == _heard.language(body)[0]:
        return None  # a language of which no words are kept
    masked = _signs.hidden(body)
    at = 0
    for line in _stretches.paragraphs(masked):
        raw = line.lower().split()
        if (
            len(raw) < _noise.ENOUGH
            or _stretches.is_english(raw, home)
            or _stretches.is_list(line)
            or sum(word[0].isnumeric() for word in raw) > max(3, 0.15 * len(raw))
        ):
            at += len(line)
            continue
        bare = _tongues.stripped(raw)
        lines = line.count("\n") * _noise.WORDS_READ // max(_noise.WORDS_READ, len(bare)) + 1
        for first in range(0, max(1, len(bare) - _noise.ENOUGH // 2), _noise.WORDS_READ):
            if _noise.no_language(bare[first : first + _noise.WORDS_READ], lines, home):
                if any(WORDS_FOR.search(one) for one in wanted) or _scripts.is_about_languages(sample):
                    return None
                return Place("words of no language", (at, at + len(line)), 0.7)
        at += len(line)
    return None
