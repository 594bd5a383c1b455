"""Lines and things that stand by themselves in the script of their own: lists of names, words and sayings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenlight.gates import _languages
from greenlight.nouns import Text

READ = 50_000
"""Characters of what was asked."""
ABROAD = re.compile(
    r"\b(?:worlds?|worldwide|global\w*|globe|international\w*|countr(?:y|ies)|nationalit\w*|anywhere|everywhere|abroad|"
    r"overseas|cultures?|cuisines?|continents?|originals?|multicultural|immigrants?|expats?|travel\w*|tourists?|"
    r"haikus?|tankas?|asian?|europe\w*|africa\w*|cities|airports?|embass\w+|quot(?:e|es|ed|ation|ations)|"
    r"classics?|ancient)\b",
    re.IGNORECASE,
)
"""What may be answered with lines and things that are named in the script of their own."""
SPEAKER = re.compile(r"^\W{0,2}[^\W\d_]{2,15}\W{0,2}: ", re.MULTILINE)
OPENS = re.compile(
    r"(?:[\n.!?。！？،,;:；：|•·]|\s[-–—=→/]\s|^)[^A-Za-zÀ-ɏ\n.!?,;:|]*(?:[A-Za-z]{1,2}[ .][^A-Za-zÀ-ɏ\n.!?,;:|]*)?$"
)
CLOSES = re.compile(r"[^A-Za-zÀ-ɏ\n.!?。！？،,;:；：|•·(\[–—]{0,80}(?:[\n.!?。！？،,;:；：|•·(\[–—]|\s[-=→/]|$)")
"""What stands before and behind something that is a line, or one of several things, by itself."""
MARKER = re.compile(r"[ \t]*(?:[-*•–+>#|]+|\d{1,3}[.)])?[ \t]*")
CUT = re.compile(r"\s[/|·•=→–—-]\s|[:：]\s|\t|\n|\|")
"""What parts the things of a line."""
GLOSSED = re.compile(
    r"[^A-Za-zÀ-ɏ\n.!?。]{1,40}(?:[ (]{1,2}[A-Za-zÀ-ʯʻ’'-]{1,24}){0,4}\)?(?:\s?[:,=–—(!-]|$)", re.MULTILINE
)
"""A word at the beginning of a line, how it is said, and a mark behind which it is explained."""
SMALL = re.compile(r"\b(?:the|is|are|was|of|to|and|you|it|that|with|for|your|in|on)\b")
LINES, LONGEST = 200, 140
"""Of what is looked at as a list."""


def within(sample: Text, places: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Without lines and things by themselves, where the prompt lets one think of other countries, or the text is a
    list of lines in several scripts."""
    body, made = sample.body, sample.made
    if not places:
        return places
    named = any(ABROAD.search(one[:READ]) for one in (made.prompt, made.topic)) or len(SPEAKER.findall(body[:READ])) > 2
    if is_polyglot(body, places):
        return []
    if not named:
        return places
    alone = {one for one in places[:400] if _is_alone(body, one[0], one[1]) or _is_short(body, one[0])}
    return [one for one in places if one not in alone]


def is_polyglot(body: str, places: Sequence[tuple[int, int, str]]) -> bool:
    """Whether a text is a list in several languages, each thing whole in its own script, or glossed behind it: what
    is broken has such words within its sentences."""
    lines = [line for line in body.splitlines() if line.strip()][: LINES + 1]
    if not 2 <= len(lines) <= LINES or max(map(len, lines)) > LONGEST:
        return False
    glossed, at = 0, -1
    for start, _, _ in places[:400]:
        first = body.rfind("\n", 0, start) + 1
        if first == at:
            continue
        last = body.find("\n", first)
        line = body[first : last if last >= 0 else len(body)]
        line = line[MARKER.match(line).end() :] if MARKER.match(line) else line  # type: ignore[union-attr]
        things = [one for one in CUT.split(line) if any(c > "\u036f" and c.isalpha() for c in one)]
        if GLOSSED.match(line):
            glossed += any(map(str.isascii, line)) and re.search("[A-Za-z]", line) is not None
        elif any(re.search("[A-Za-zÀ-ɏ]{2}", one) for one in things):
            return False
        elif len(CUT.split(line)) > 1:
            glossed += 1
        at = first
    others = [line for line in lines if not any(c > "\u036f" and c.isalpha() for c in line)]
    abroad = [line for line in others if not line.isascii() and not SMALL.search(line)]
    scripts = {_languages.script(c) for c in {*body} if c > "\u036f" and c.isalpha()} - {"latin", "other", "kana"}
    return glossed > 0 or len(scripts) > 1 or bool(abroad)


def _is_short(body: str, start: int) -> bool:
    """Whether a line is one of several that name things, and of a few words."""
    first, last = body.rfind("\n", 0, start) + 1, body.find("\n", start)
    line = body[first : last if last >= 0 else len(body)]
    return len(line) <= 45 and len(body) > len(line) and line.rstrip()[-1:] not in ".!?"


def _is_alone(body: str, start: int, end: int) -> bool:
    return OPENS.search(body[max(0, start - 80) : start]) is not None and CLOSES.match(body, end) is not None


def is_listed(body: str, start: int, end: int, strange: re.Pattern[str]) -> bool:
    """One of several things between commas, of few words."""
    before = max(body.rfind(c, max(0, start - 40), start) for c in ",;:،、\n")
    after = min((at for c in ",;،、\n" if (at := body.find(c, end, end + 40)) >= 0), default=-1)
    if before < 0 or after < 0:
        return False
    said = body[before + 1 : after].strip()
    return (
        len(said.split()) <= 4
        and all(not c.isalpha() or strange.match(c) for c in said)
        and not set(said) & set(".!?。")
    )


def follows(body: str, listed: int, start: int) -> bool:
    """The last of several things between commas."""
    return start - listed < 60 and body.rfind(",", listed, start) > body.rfind(".", listed, start)
