"""What stands around a size: a text that is given, the other rules of a system prompt, what else is to be shown."""

from __future__ import annotations

import re

from greenlight.gates._sizes_numbers import value
from greenlight.gates._sizes_words import GIVEN, NUMBERS, PART, UNITS
from greenlight.gates._text import word_set

WORKING = re.compile(
    r"\b(?:show|share|write (?:down|out)|include|give|print|keep|with)\b[^.?!]{0,20}\byour (?:\w+ )?"
    r"(?:drafts?|thinking|thoughts|reasoning|work(?:ing)?|steps|notes|revisions?)\b|"
    r"\bthink (?:aloud|out loud|step by step)\b|"
    r"\b(?:and|then) (?:also )?(?:give|state|add|note|show|say|count|write|list|mark|tell me) (?:its|their)\b",
    re.IGNORECASE,
)
"""More than the piece that has the size is to be shown."""
JSON_LIST = re.compile(
    r"\b(?:as|in|into|return|output|give me|make|write|produce|generate)\b(?: (?:a|an|the|one|valid|plain|"
    r"simple|single|only)"
    r"){0,3} json (?:arrays?|lists?)\b|\b(?:an?|as|in) csv\b(?: (?:file|table|list|data))?|\bcsv\b(?=[,:;])",
    re.IGNORECASE,
)
"""A program's form, yet one whose items can be counted."""
DRAFTS = re.compile(r"\b(?:drafts|revisions|versions|variants|variations|alternatives|iterations)\b", re.IGNORECASE)
PLURAL = re.compile(
    r"\b(?:write|give|tell|make|create|compose|draft|invent|generate|produce|suggest|provide|think of|come up with)"
    r"(?: me| us)?(?: (?:some|a few|several|many|more|\d+|[^\W\d_]+))?(?: [^\W\d_]+)? (?:memes|jokes|poems|"
    r"stories|tales|"
    r"riddles|limericks|haikus?|couplets|tweets|posts|captions|descriptions|summaries|reviews|letters|e-?mails|essays|"
    r"definitions|biographies|profiles|messages|ads|toasts|speeches|dialogues|scenes|monologues|epigrams|aphorisms|"
    r"prayers|sonnets|fables|anecdotes|obituaries|blurbs|reports|articles|paragraphs)\b(?! (?:about|on) (?:how|why))"
    r"[^.!?\n]*$",
    re.IGNORECASE,
)
"""Several pieces: a size behind them is that of each."""
BESIDE = re.compile(
    r"\b(?:with|and|plus|mit|avec|con|com) (?:(?:an?|the|its|their|your|[^\W\d_]{2,9}|eine?r?|une?|la|su) ){0,2}"
    r"(?:translations?|transliterations?|transcriptions?|pronunciations?|commentary|annotations?|word counts?|"
    r"übersetzung|"
    r"traduction|traducción|traduzione|tradução)\b|\b(?:plus|followed by|and(?: then)?|along with) (?:an?|one|"
    r"some|two|three|\d+) (?:[\w-]+ )?(?:examples?|illustrations?|quotes?|links?|sources?|tables?|lists?|jokes?|"
    r"questions?|recipes?|exercises?|samples?|formulas?|snippets?|analogy|tips?|diagrams?)\b",
    re.IGNORECASE,
)
"""What comes with a piece, and is no part of its size."""
QUOTE = re.compile(
    r"\s*(?:\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’(?!\w)|'(?:[^'\n]|(?<=\w)'(?=\w))*')(?=\s|$)",
)
BELOW = re.compile(r"[^\n:]{1,160}:[ \t]*\n[ \t]*\n(?=[\w\"“«'*#])")
OF_ONE = word_set("of to by in for per each who or more line word sentence paragraph years year")
PROSE = 120
"""Characters from which a paragraph is no rule."""
WHOLE = re.compile(
    r"answer|repl(?:y|ies)|respon[ds]|respuest|messag|mensaj|output|keep|limit|max|at most|always|everything|"
    r"every time|"
    r"never|longer|shorter|no more|only|speak|talk|write|brief|short|concise|terse|style|format|antwort|fass|schreib|"
    r"immer|höchst|répon|toujours|écri|rispo|risp|sempre|scriv|contest|siempre|escri|antwoord|altijd|отве|всегда|пиши|"
    r"yanıt|cevap|her zaman|summari[sz]e|translat|label",
    re.IGNORECASE,
)
"""What a rule speaks of that is for an answer as a whole."""
RULE = re.compile(r"[.!?](?=\s|$)|\n")


def without_given(text: str) -> str:
    """The text without what it gives to be worked on, where that stands behind a colon."""
    given = GIVEN.search(text)
    if given is None:
        below = BELOW.match(text)
        if below is None or not _sized(below.group()) or len(text) - below.end() < PROSE:
            return text
        first = text[below.end() :].split("\n", 1)[0]
        return text[: below.end()] if len(first) >= PROSE else text
    quoted = QUOTE.match(text, given.end())
    return text[: given.end()] + ("\n" + text[quoted.end() :] if quoted else "")


ALSO = re.compile(
    r"[^.!?;:\n]{0,80}?(?:\b(?:and|plus|und|et|y|e)|,|&)\s+(?P<number>\d{1,2}|[^\W\d_]+)\s+(?P<what>[^\W\d_]+)",
    re.IGNORECASE,
)
PAIRED = re.compile(
    r"\s+(?:and|or|&)\s+(?:cons|disadvantages|drawbacks|don['’]?ts|weaknesses|losses|risks)\b", re.IGNORECASE
)


def with_others(text: str, end: int) -> bool:
    """Whether other things are asked for beside so many items: "two rivers, three lakes", "3 pros and cons"."""
    if PAIRED.match(text[end:]):
        return True
    beside = ALSO.match(text[end:])
    while beside:
        number, what = beside["number"].lower(), beside["what"].lower()
        if (number.isdigit() or number in NUMBERS) and what not in UNITS and what not in OF_ONE:
            return True
        end += beside.start("number")
        beside = ALSO.match(text[end:])
    return False


def of_several(text: str, start: int, unit: str, rules: bool = False) -> bool:
    """Whether the size at this place may be that of each of several pieces, or of one of two that belong together."""
    if unit in ("items", "stanzas"):
        return False
    if not rules and PLURAL.search(text[:start][-160:]):
        return True
    return BESIDE.search(text[start:]) is not None or DRAFTS.search(text) is not None


def _sized(head: str) -> bool:
    words = re.findall(r"[^\W_]+", head.lower())
    return any(word[0].isdigit() or word in NUMBERS for word in words) and any(word in UNITS for word in words)


EACH_IS = re.compile(
    r"\b(?:each|every)\s+[\w-]+\s+(?:(?:must|should|has to) be|is|are|has|contains|runs)\b", re.IGNORECASE
)
EACH_ONE = re.compile(
    r"(?:\b(?:for|to|about|on|in|per|of|with)\s+)?\b(?:each|every|any|all|per)\s+(?:of (?:your|the)\s+)?"
    r"(?!(?:paragraph|sentence|line|bullet|point|item|step|section|stanza|verse|slide|heading|title|word|chapter|"
    r"option|"
    r"tip|idea|suggestion|card|row|day|time)s?\b)[\w-]+(?: (?:that |which )?(?:the user|users|people|i|they) \w+s?)?",
    re.IGNORECASE,
)
WHO = re.compile(
    r"[\s,]+(?:who|that|which)\s+(?:(?:always|only|never|usually)\s+)?(?=(?:answer|repl|respond|"
    r"writ|giv|speak|talk)\w*s\b)"
)
HABIT = re.compile(r"\byou (?:always|only|usually|normally|often)\b", re.IGNORECASE)


def as_asked(text: str) -> str:
    """The rules of a system prompt as if one answer were asked for: what holds for each is for this one."""
    text = HABIT.sub("you", WHO.sub(". You ", text))
    return EACH_ONE.sub(" ", EACH_IS.sub("The answer has to be", text))


def every_answers(text: str, start: int, end: int) -> bool:
    """Whether the rule of a system prompt that has a size at these places is for answers, not for some part of one."""
    cuts = [m.end() for m in RULE.finditer(text)]
    if re.search(PART, text[max([0, *(cut for cut in cuts if cut <= start)]) : start], re.IGNORECASE):
        return False
    if len([cut for cut in cuts if text[cut:].strip()]) < 2:
        return True
    first = max([0, *(cut for cut in cuts if cut <= start)])
    last = min([len(text), *(cut for cut in cuts if cut >= end)])
    rest = text[first:start] + text[end:last]
    return WHOLE.search(text[first:last]) is not None or len(re.findall(r"[^\W\d_]+", rest)) <= 4


EACH_PART = re.compile(
    r"[\s,(]*(?:long |in length )?(?:each|apiece|per (?:section|part|paragraph|chapter|scene|story|version)|jeweils|"
    r"chacun\w*|cada un[ao]|ciascun\w*)\b",
    re.IGNORECASE,
)
PART_EACH = re.compile(
    r"\b(?:each|jeweils|chacune?|cada una?)\b(?: (?:one|part|section|paragraph|story|chapter|of them)\b)?"
    r"(?=[^.!?]{0,40}$)",
    re.IGNORECASE,
)
PARTS = re.compile(
    r"\b(?:(\d{1,2}|[^\W\d_]{1,9}) )?(\d{1,2}|[^\W\d_]{1,12}) (?:sections|parts|paragraphs|stories|chapters|scenes|"
    r"versions|essays|letters|e-?mails|descriptions|reviews|articles|monologues|profiles|summaries|bios|teile|"
    r"absätze\w*|parties|partes|parti)\b",
    re.IGNORECASE,
)


def parts_of(text: str, start: int, end: int) -> tuple[str, int] | None:
    """The text without what says that the size is that of each of several parts, and how many there are."""
    said = EACH_PART.match(text, end) or PART_EACH.search(text, max(0, start - 60), start)
    parts = [
        value(m[2].lower()) or value((m[1] or "x").lower()) for m in PARTS.finditer(text, max(0, start - 120), end)
    ]
    if said is None or not parts or not parts[-1]:
        return None
    return text[: said.start()] + " " * len(said.group()) + text[said.end() :], min(30, parts[-1])
