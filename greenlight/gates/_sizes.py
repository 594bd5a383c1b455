"""What size a prompt plainly asks for: words, signs, sentences, paragraphs, lines, stanzas or items. In doubt, none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from greenlight.gates._sizes_around import (
    JSON_LIST,
    WORKING,
    as_asked,
    every_answers,
    of_several,
    parts_of,
    with_others,
    without_given,
)  # fmt: skip
from greenlight.gates._sizes_forms import FORMS, JUST, YES_AND_WHY, YES_NO, many, pages
from greenlight.gates._sizes_items import things, tops
from greenlight.gates._sizes_meant import Said, meant
from greenlight.gates._sizes_numbers import SINGLE, generic, labelled, number_before, value
from greenlight.gates._sizes_scripts import in_scripts
from greenlight.gates._sizes_signs import in_signs
from greenlight.gates._sizes_tongues import TONGUES
from greenlight.gates._sizes_words import (
    ABOUT_BEFORE,
    AFTER_LESS,
    AFTER_MORE,
    AND_ANOTHER,
    AROUND_AFTER,
    BEFORE_LESS,
    BEFORE_MORE,
    DOUBT,
    ENGLISH,
    EXACTLY,
    LISTING,
    NOT_OVER,
    NOT_UNDER,
    NUMBERS,
    OTHER_TASK,
    PART_TOO,
    PREFIXES,
    PROGRAM,
    UNITS,
)
from greenlight.gates._text import blank, code, quotes, word_set

LONGEST = 700
"""Signs of a prompt that is read whole: of a longer one, its first and its last paragraph."""
TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,  ]\d{3})*(?!\d)|\d+")
SONG = re.compile(r"\b(?:songs?|lyrics|refrain|chorus|hymn|carol|bible|quran)\b", re.IGNORECASE)
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
FAR = re.compile("[\u0600-\u06ff\u0900-\u097f\uac00-\ud7a3]")


@dataclass(frozen=True)
class Size:
    """``low`` to ``high`` of a ``unit``; ``kind``: exact, bare, about, limit, page or form."""

    unit: str
    low: float
    high: float
    kind: str


@dataclass(frozen=True)
class Found:
    size: Size
    start: int
    end: int
    sure: bool = False  # whether its language's reader has looked at what stands around it


@lru_cache(maxsize=256)
def asked(prompt: str, system: str = "") -> tuple[Size, ...]:
    """The sizes that the prompt asks for, or where it states none the system prompt; empty where it is not plain."""
    for text in (prompt, system):
        if text and not text.isspace():
            found, said = _read(text, text is system and text is not prompt)
            if found or said:
                return found
    return ()


ONLY = re.compile(
    r"\b(?:only|just|nothing else|simply|simple|bare|plain|no explanation|without|nothing more|nur|solo|"
    r"seulement|только)\b",
    re.IGNORECASE,
)


def _read(text: str, rules: bool) -> tuple[tuple[Size, ...], bool]:
    """The sizes, and whether any size was spoken of at all. ``rules``: they are for every answer."""
    text = _ends(text).replace("one-liner", "oneyliner").replace("İ", "i")
    words = TOKEN.findall(text.lower())
    wide = WIDE.search(text) is not None
    far = FAR.search(text) is not None
    numbered = any(word[0].isdigit() or (word in NUMBERS and word != "on") or word in SINGLE for word in words)
    form = not FORMS.keys().isdisjoint(words) or (not YES.isdisjoint(words) and YES_NO.search(text) is not None)
    form = form or (not MARKS.isdisjoint(words) and JUST.search(text) is not None)
    tongues = () if not PLAINLY.isdisjoint(words) else tuple(one for one in TONGUES if one.seen.search(text))
    if not (wide or far or numbered or form or tongues):
        return (), False
    text = as_asked(text) if rules else text
    text = without_given(text) if ":" in text else text
    yes = not YES.isdisjoint(words) and YES_NO.search(text) and not YES_AND_WHY.search(text)
    text = blank(blank(text, code(text)), [span for span in quotes(text) if span[1] - span[0] > 2])
    text = SAID.sub(lambda m: " " * len(m.group()), text) if "'" in text else text
    every = in_signs(text) if wide else (in_scripts(text) if far else []) + in_scripts(text, tongues)
    found = [Found(Size(*one[:4]), one[4], one[5], True) for one in every if _possible(Size(*one[:4]))]
    found += [Found(Size(*one[:4]), one[4], one[5]) for one in labelled(text) if _possible(Size(*one[:4]))]
    found += [one for one in _spaced(text) if all(one.end <= o.start or one.start >= o.end for o in found if o.sure)]
    found += _forms(text) + [Found(Size(*one[:4]), one[4], one[5]) for one in tops(text)]
    found = found or _pages(text)
    if yes and not found:
        return (Size("words", 1, 3 if ONLY.search(text) else 12, "form"),), True
    if not (found or MARKS.isdisjoint(words)) and JUST.search(text) and not YES_AND_WHY.search(text):
        return (Size("words", 1, 20, "form"),), True
    listed = [Found(Size(*one[:4]), one[4], one[5]) for one in things(text)]
    if not (found or listed):
        return (), False
    doubt = any(pattern.search(text) for pattern in (DOUBT, SEVERAL, OTHER_TASK, WORKING))
    program = PROGRAM.search(JSON_LIST.sub(" ", text))
    if doubt or program:
        return (), True
    sizes = _agreed(text, _kept(text, found, listed, rules), found)
    return sizes + (() if rules or any(one.unit == "words" for one in sizes) else _of_parts(text, found)), True


def _kept(text: str, found: list[Found], listed: list[Found], rules: bool) -> list[Found]:
    """The sizes that are asked of the answer."""
    blind = WIDE.search(text) is not None or FAR.search(text) is not None
    kept = [one for one in found if one.sure or blind or meant(text, _said(text, one), one.start, one.end)]
    kept = [one for one in kept if not of_several(text, one.start, one.size.unit, rules)]
    kept += listed if all(one.size.unit != "items" for one in kept) else []
    kept = [one for one in kept if one.size.unit != "items" or not with_others(text, one.end)]
    if JSON_LIST.search(text):
        kept = [
            replace(one, size=replace(one.size, unit="items")) for one in kept if one.size.unit in ("items", "lines")
        ]
    kept = [one for one in kept if every_answers(text, one.start, one.end)] if rules else kept
    if SONG.search(text):
        kept = [one for one in kept if one.size.unit != "verses"]
    return kept


ALONE_SAID = re.compile(
    r"\b(?:nur|lediglich|einzige[nms]?|seule?|seulement|solo|sola|sólo|única?|unica|só|apenas|slechts|только|"
    r"единственн\w+|tek|sadece|yalnızca|genau|exact\w*|esatt\w*|ровно)\b",
    re.IGNORECASE,
)
SAID = re.compile(r"(?<!\w)'[^'\n]{3,80}'(?!\w)")
SEVERAL = re.compile(
    r"\bsystem prompts?\b|\bprompt for an?\b|\b(?:and|then) (?:also |then )?(?:this|the other|the second):|"
    r"(?:^|[.!?\n]\s*)(?:two|three) (?:more |quick )?(?:questions|things|requests|tasks)\b[^?]{0,12}[.:]|"
    r"\bfirst(?:ly)?[:,][^\x00]{0,400}\b(?:second(?:ly)?|then|next)[:,]",
    re.IGNORECASE,
)
"""Several requests, or one for a prompt: a size is not of the whole answer."""
PLAINLY = word_set("the of and please what how write about explain give should")
"""Words of English alone: nothing further is read beside them."""
MARKS = word_set("just only simply")
YES = word_set("yes ja oui sí sì sim да evet true")


def _ends(text: str) -> str:
    """Of a long prompt what is likely to ask for something: how it begins and how it ends."""
    if len(text) <= LONGEST:
        return text
    text = text if len(text) < 8000 else f"{text[:4000]}\n\n{text[-4000:]}"
    pieces = [piece for piece in re.split(r"\n\s*\n", text.strip()) if piece.strip()]
    ends = [pieces[0], pieces[-1]] if len(pieces) > 1 else [text]
    return "\n".join(piece if len(piece) <= LONGEST else f"{piece[:300]}\n{piece[-300:]}" for piece in ends)


def _spaced(text: str) -> list[Found]:
    """Numbers with a unit behind them, in languages that set words apart."""
    tokens = [(m.group().lower(), m.start(), m.end()) for m in TOKEN.finditer(text)]
    english = not ENGLISH.isdisjoint(word for word, _, _ in tokens)
    found: list[Found] = []
    for at, (word, _, end) in enumerate(tokens):
        unit = UNITS.get(word, "")
        if not unit and word.startswith(PREFIXES):
            unit = next(PREFIX_UNIT[p] for p in PREFIXES if word.startswith(p))
        if not unit or (english and word in ("phrase", "phrases", "verse", "verso")) or word == "vers":
            unit = "lines" if unit and word == "vers" and not english else ""
        if (
            not unit
            and at >= 2
            and ((word.endswith("s") and english) or not LISTING.isdisjoint((tokens[at - 2][0], tokens[at - 3][0])))
        ):
            unit = generic(tokens, at)
        unit = "stanzas" if unit == "verses" and re.match(r" (?:of|with) \w+ lines", text[end:]) else unit
        if unit == "words" and WORDS_THAT.match(text[end:]):
            unit = "items"
        if not unit:
            continue
        made = number_before(text, tokens, at, unit)
        if made and not (found and made[2] < found[-1].end):
            low, high, start = made
            if unit == "words" and 1 < high < 20 and WORDS_FOR.match(text[end:]) and not LONG_AS.search(text[:start]):
                unit = "items"
            found.append(Found(_bounded(text, unit, low, high, start, end), start, end))
    return [one for one in found if _possible(one.size) and not _idiom(text, one)]


WORDS_THAT = re.compile(
    r" (?:(?:that|which) (?:rhyme|start|begin|end|mean|contain|describe|sound|have|are|come)|rhyming|starting|"
    r"beginning|ending|"
    r"meaning|containing|related|synonymous|opposite|similar|with (?:the|a|an|two|three|double|no|four|five|six)\b)",
    re.IGNORECASE,
)
WORDS_FOR = re.compile(r" (?:for|to describe|to say|(?:in|of) (?:[A-Z]\w+)|with (?:their|its)|and their)\b")
"""Words to be listed, whose number is no length."""


LONG_AS = re.compile(
    r"\b(?:of|in|with|using|within|to|under|than|most|least|about|max(?:imum)?\.?(?: of)?|exactly|between)\s+$",
    re.IGNORECASE,
)
"""What makes their number a length after all: "a title of five words for"."""


def _idiom(text: str, one: Found) -> bool:
    """ "In two words" means briefly in many languages."""
    if one.size.unit != "words" or one.size.kind != "bare" or one.size.high > 2:
        return False
    before, after = text[max(0, one.start - 24) : one.start], text[one.end : one.end + 3]
    if ALONE_SAID.search(before + text[one.start : one.end]) or (
        one.size.high < 2 and after.lstrip()[:1] in (":", "：")
    ):
        return False
    return not re.search(r"words?$", text[one.start : one.end], re.I) and not re.search(
        r"antwort|répond|respond|rispond|antwoord|ответ|cevap|yanıt|résum|resum|riassum|опиш|beschreib|décri|describ",
        text,
        re.IGNORECASE,
    )


PREFIX_UNIT = {prefix: unit for unit, prefixes in {
    "words": "слов kelime", "sentences": "предложен cümle", "paragraphs": "абзац paragraf", "lines": "строк satır",
    "chars": "символ karakter", "items": "пункт пример совет шаг вопрос madde örnek ipucu adım soru öneri fikir neden",
    "stanzas": "строф kıta",
}.items() for prefix in prefixes.split()}  # fmt: skip


INTO = re.compile(r"\b(?:in|to|into|en|auf|em|su|within)\s+(?:just |only )?$", re.IGNORECASE)
"""Of signs a number is the room that there is."""


def _bounded(text: str, unit: str, low: int, high: int, start: int, end: int) -> Size:
    """The size that the words around a number make of it."""
    before, after = text[max(0, start - 40) : start], text[end : end + 30]
    middle = re.search(r"\bor (more|fewer|less)\b", text[start:end].replace("+", " or more "))
    if middle:
        return Size(unit, low, float("inf"), "limit") if middle[1] == "more" else Size(unit, 0, high, "limit")
    if low != high:
        return Size(unit, low, high, "limit")
    if NOT_UNDER.search(before):
        return Size(unit, low, float("inf"), "limit")
    if NOT_OVER.search(before):
        return Size(unit, 0, high, "limit")
    if BEFORE_LESS.search(before) or AFTER_LESS.match(after):
        return Size(unit, 0, high, "limit")
    if BEFORE_MORE.search(before) or AFTER_MORE.match(after):
        over = re.search(r"(?:more than|over|mehr als|plus de|más de|più di|mais de|meer dan|более)\s*$", before, re.I)
        return Size(unit, low + (1 if over and low < 10 else 0), float("inf"), "limit")
    if ABOUT_BEFORE.search(before) or AROUND_AFTER.match(after):
        return Size(unit, low, high, "about")
    if unit == "chars" and INTO.search(before):
        return Size(unit, 0, high, "limit")
    return Size(unit, low, high, "exact" if EXACTLY.search(before) else "bare")


def _possible(size: Size) -> bool:
    """No story's "two characters", no single example, no million words."""
    top = size.high if size.high != float("inf") else size.low
    if size.unit == "chars":
        return top >= 20
    if size.unit == "items":
        return 2 <= top <= 60
    return 1 <= top <= (20_000 if size.unit == "words" else 60)


def _forms(text: str) -> list[Found]:
    """Forms whose size is known: a haiku, a limerick, a tweet."""
    found, lower = [], text.lower()
    for name, (pattern, unit, low, high) in FORMS.items():
        if name in lower:
            found += [Found(Size(unit, low, high, "form"), *m.span()) for m in pattern.finditer(text)]
    return found + [Found(Size(*one[:4]), one[4], one[5]) for one in many(text)]


def _of_parts(text: str, found: list[Found]) -> tuple[Size, ...]:
    """What so many words for each of several parts make of the whole, at the least."""
    for one in found:
        parts = parts_of(text, one.start, one.end) if one.size.unit == "words" and one.size.low >= 20 else None
        if parts and meant(parts[0], _said(text, one), one.start, one.end):
            return (Size("words", one.size.low * parts[1] * 0.6, float("inf"), "limit"),)
    return ()


def _pages(text: str) -> list[Found]:
    found = []
    for _, low, high, kind, start, end in pages(text):
        bound = _bounded(text, "words", 1, 1, start, end)
        size = Size("words", low if bound.low else 0, high if bound.high == 1 else bound.high, kind)
        found.append(Found(size, start, end))
    return found


def _said(text: str, one: Found) -> Said:
    return Said(one.size.unit, one.size.low, one.size.high, one.size.kind, text[one.start : one.end])


ONE_OF_MANY = ([("paragraphs", False), ("sentences", True)], [("sentences", True), ("paragraphs", False)])
"""One paragraph and its sentences."""


def _agreed(text: str, kept: list[Found], found: list[Found]) -> tuple[Size, ...]:
    """Sizes that can hold together; none where a unit is asked for twice, or a part has a size of its own."""
    if len(found) > 1 and any(AND_ANOTHER.search(text[: one.start][-40:]) for one in found[1:] if one.start):
        return ()
    units = [one.size.unit for one in kept]
    for unit in set(units):
        told = [one for one in kept if one.size.unit == unit and one.size.kind != "form"]
        kept = [one for one in kept if one.size.unit != unit or not told or one in told]
        these = [one.size for one in kept if one.size.unit == unit]
        if len(set(these)) > 1:
            low, high = max(one.low for one in these), min(one.high for one in these)
            merged = {one.kind for one in these} == {"limit"} and low <= high and len(these) == 2
            if not merged:
                return ()
            kept = [one for one in kept if one.size.unit != unit] + [Found(Size(unit, low, high, "limit"), 0, 0)]
    kept = [one for one in kept if not _within_other(text, one, found)]
    sizes = [one.size for one in kept]
    if sizes and PART_TOO.search(text):
        return ()
    worth = {"sentences": 3, "paragraphs": 12, "lines": 2, "items": 1, "stanzas": 8}
    words = min((s.high for s in sizes if s.unit == "words"), default=float("inf"))
    if any(s.unit in worth and s.low * worth[s.unit] > words for s in sizes):
        return ()
    counted = [s for s in sizes if s.unit in ("sentences", "items", "paragraphs", "lines", "stanzas")]
    if [(s.unit, s.high > 1) for s in counted] in ONE_OF_MANY:
        return tuple(dict.fromkeys(sizes))
    if len({s.unit for s in counted}) > 1 and any(s.high < 2 for s in counted):
        return ()
    return tuple(dict.fromkeys(sizes))


def _within_other(text: str, one: Found, found: list[Found]) -> bool:
    """Whether the size is one of a part: "three paragraphs of two sentences", "five one-sentence tips"."""
    for other in found:
        between = text[other.end : one.start] if other.end <= one.start else ""
        if (
            between
            and re.fullmatch(r"\s*(?:of|with|von|mit|de|di|met|по|in)\s+(?:\w+ ){0,2}", between)
            and (other.size.unit != "words" and other.size.unit != "chars" and other.size.high > 1)
        ):
            return True
    before = text[max(0, one.start - 14) : one.start].lower().split()
    return bool(before) and "-" in text[one.start : one.end] and value(before[-1].strip("\"'(") or "x") is not None
