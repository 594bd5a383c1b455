"""What size a prompt plainly asks for: words, signs, sentences, paragraphs, lines, stanzas or items. In doubt, none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates._sizes_signs import in_signs
from greenlight.gates._sizes_words import (
    ABOUT_BEFORE,
    ADJECTIVES,
    AFTER_LESS,
    AFTER_MORE,
    AND_ANOTHER,
    AROUND_AFTER,
    ASKING,
    BEFORE_LESS,
    BEFORE_MORE,
    BELONGS,
    DOUBT,
    EACH_AFTER,
    EACH_BEFORE,
    ENGLISH,
    EXACTLY,
    FORMS,
    GENERIC,
    GIVEN,
    IN_BEFORE,
    INCLUDED,
    JOINED,
    LATER,
    LINK,
    LISTING,
    MEASURES,
    NAMING,
    NOT_SO,
    NUMBERS,
    OPENS,
    OTHER_TASK,
    PARTS,
    PREFIXES,
    PROGRAM,
    QUESTION,
    RELATIVE,
    SECOND_TASK,
    SUBJECT,
    TOPIC,
    UNITS,
    YES_NO,
)
from greenlight.gates._text import blank, code, quotes

REACH = 200
"""Signs before a size that are looked at."""
LONGEST = 700
"""Signs of a prompt that is read whole: of a longer one, its first and its last paragraph."""
TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,  ]\d{3})*(?!\d)|\d+")
CLAUSE = re.compile(r"[.!?。！？](?=\s|$)|[\n;]|(?<=\w):(?=\s)")
PIECE = re.compile(r"[,()\[\]—–]|\s-\s")
FILLER = re.compile(r"[^\W\d_]+")
SONG = re.compile(r"\b(?:songs?|lyrics|refrain|chorus|hymn|carol|bible|quran)\b", re.IGNORECASE)
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


ITEM_LINK = re.compile(r"(?<!table )\b(?:with|mit|avec|con|com|met|using|from|of)\s*$", re.IGNORECASE)
LISTED = re.compile(r"\b(?:list|liste|lista)\s+(?:of|von|de|di|met)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Size:
    """``low`` to ``high`` of a ``unit``; ``kind``: exact, bare, about, limit or form."""

    unit: str
    low: float
    high: float
    kind: str


@dataclass(frozen=True)
class Found:
    size: Size
    start: int
    end: int


@lru_cache(maxsize=256)
def asked(prompt: str, system: str = "") -> tuple[Size, ...]:
    """The sizes that the prompt asks for, or where it states none the system prompt; empty where it is not plain."""
    for text in (prompt, system):
        if text and not text.isspace():
            found, said = _read(text)
            if found or said:
                return found
    return ()


def _read(text: str) -> tuple[tuple[Size, ...], bool]:
    """The sizes, and whether any size was spoken of at all."""
    text = _ends(text).replace("one-liner", "oneyliner")
    words = TOKEN.findall(text.lower())
    wide = WIDE.search(text) is not None
    numbered = any(word[0].isdigit() or (word in NUMBERS and word != "on") or word in SINGLE for word in words)
    spoken = any(word in UNITS or word.startswith(PREFIXES) or word in NAMERS for word in words)
    form = not FORMS.keys().isdisjoint(words) or ("yes" in words and YES_NO.search(text) is not None)
    if not (wide or (numbered and spoken) or form):
        return (), False
    given = GIVEN.search(text) if ":" in text else None
    text = text[: given.end()] if given else text
    text = blank(blank(text, code(text)), [span for span in quotes(text) if span[1] - span[0] > 2])
    yes = YES_NO.search(text)
    every = in_signs(text) if wide else []
    found = [Found(Size(*one[:4]), one[4], one[5]) for one in every] + _spaced(text) + _forms(text)
    if yes and not found:
        only = re.search(r"\b(?:only|just|nothing else|simply|simple)\b", text, re.IGNORECASE)
        return (Size("words", 1, 3 if only else 12, "form"),), True
    if not found:
        return (), False
    if DOUBT.search(text) or OTHER_TASK.search(text) or PROGRAM.search(text):
        return (), True
    kept = [one for one in found if wide or _meant(text, one)]
    if SONG.search(text):
        kept = [one for one in kept if one.size.unit != "verses"]
    return _agreed(text, kept, found), True


NAMERS = NAMING | LISTING


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
        unit = UNITS.get(word) or next((PREFIX_UNIT[p] for p in PREFIXES if word.startswith(p)), "")
        if not unit or (english and word in ("phrase", "phrases", "verse", "verso")) or word == "vers":
            unit = "" if not unit else "lines" if word == "vers" and not english else ""
        if (
            not unit
            and at >= 2
            and ((word.endswith("s") and english) or not LISTING.isdisjoint((tokens[at - 2][0], tokens[at - 3][0])))
        ):
            unit = _generic(tokens, at)
        if not unit:
            continue
        made = _number(text, tokens, at, unit)
        if made and not (found and made[2] < found[-1].end):
            low, high, start = made
            found.append(Found(_bounded(text, unit, low, high, start, end), start, end))
    return [one for one in found if _possible(one.size) and not _idiom(text, one)]


def _idiom(text: str, one: Found) -> bool:
    """ "In two words" means briefly in many languages."""
    if one.size.unit != "words" or one.size.kind != "bare" or one.size.high > 2:
        return False
    return not re.search(r"words?$", text[one.start : one.end], re.I) and not re.search(
        r"antwort|répond|respond|rispond|antwoord|ответ", text, re.IGNORECASE
    )


SINGLE = ("sentence", "paragraph")
PREFIX_UNIT = {prefix: unit for unit, prefixes in {
    "words": "слов kelime", "sentences": "предложен cümle", "paragraphs": "абзац paragraf", "lines": "строк satır",
    "chars": "символ karakter", "items": "пункт пример совет шаг вопрос madde örnek ipucu adım soru",
    "stanzas": "строф kıta",
}.items() for prefix in prefixes.split()}  # fmt: skip


def _generic(tokens: list[tuple[str, int, int]], at: int) -> str:
    """``items`` for what is to be listed or named: "name three rivers"."""
    if tokens[at][0] in MEASURES:
        return ""
    for back in (1, 2, 3):
        if at - back >= 1 and _value(tokens[at - back][0]) is not None:
            before = [word for word, _, _ in tokens[max(0, at - back - 3) : at - back]]
            return (
                "items"
                if (before and (before[-1] in GENERIC or not LISTING.isdisjoint(before[-2:])))
                or before[-2:] in (["give", "me"], ["tell", "me"], ["list", "of"])
                else ""
            )
    return ""


def _value(word: str) -> int | None:
    if word[0].isdigit():
        digits = re.sub(r"\D", "", word)
        return int(digits) if len(digits) < 6 else None
    return NUMBERS.get(word)


def _number(text: str, tokens: list[tuple[str, int, int]], at: int, unit: str) -> tuple[int, int, int] | None:
    """Lowest, highest and where the number begins that stands before the unit at a token."""
    last = at - 1
    alone = ("in", "write", "me", "just", "compose", "draft", "into")
    while last >= 0 and at - last <= 3 and _value(tokens[last][0]) is None:
        if tokens[last][0] == "a" and last and tokens[last - 1][0] in alone and tokens[at][0] in SINGLE:
            return 1, 2 if re.match(r" or two\b", text[tokens[at][2] :]) else 1, tokens[last][1]
        if tokens[last][0] not in ADJECTIVES and unit != "items":
            return None
        last -= 1
    if last < 0 or at - last > 3:
        return None
    if any(re.search(r"[^\s*_\-‑'’]", text[tokens[k][2] : tokens[k + 1][1]]) for k in range(last, at)):
        return None
    value, first = _compound(tokens, last)
    start = tokens[first][1]
    lead = JOINED.search(text[:start][-24:])
    if lead and first:
        other = _value(lead[1].lower())
        if other is not None and other <= value:
            return other, value, start - len(lead[0])
    return value, value + (tokens[last][0] == "couple"), start


def _compound(tokens: list[tuple[str, int, int]], last: int) -> tuple[int, int]:
    """The value of "two hundred and fifty", and its first token."""
    value, first = _value(tokens[last][0]) or 0, last
    back = last - 1
    if back >= 0 and tokens[back][0] == "and" and value < 100 and back and tokens[back - 1][0] == "hundred":
        back -= 1
    if back >= 0 and tokens[back][0] == "hundred" and value < 100:
        value, first = value + 100, back
        back -= 1
        more = NUMBERS.get(tokens[back][0]) if back >= 0 else None
        return (value + 100 * (more - 1), back) if more and more < 10 else (value, first)
    scale = {"hundred", "thousand", "dozen", "cents", "hundert"}
    if tokens[last][0] in scale and back >= 0:
        more = _value(tokens[back][0])
        if more and more < 100:
            return value * more, back
        if tokens[back][0] == "a":
            return value, back
    return value, first


def _bounded(text: str, unit: str, low: int, high: int, start: int, end: int) -> Size:
    """The size that the words around a number make of it."""
    before, after = text[max(0, start - 40) : start], text[end : end + 30]
    middle = re.search(r"\bor (more|fewer|less)\b", text[start:end])
    if middle:
        return Size(unit, low, float("inf"), "limit") if middle[1] == "more" else Size(unit, 0, high, "limit")
    if low != high:
        return Size(unit, low, high, "limit")
    if BEFORE_LESS.search(before) or AFTER_LESS.match(after):
        return Size(unit, 0, high, "limit")
    if BEFORE_MORE.search(before) or AFTER_MORE.match(after):
        over = re.search(r"(?:more than|over|mehr als|plus de|más de|più di|mais de|meer dan|более)\s*$", before, re.I)
        return Size(unit, low + (1 if over and low < 10 else 0), float("inf"), "limit")
    if ABOUT_BEFORE.search(before) or AROUND_AFTER.match(after):
        return Size(unit, low, high, "about")
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
    found = []
    for name, (pattern, unit, low, high) in FORMS.items():
        if name in text.lower():
            found += [Found(Size(unit, low, high, "form"), *m.span()) for m in pattern.finditer(text)]
    return found


def _meant(text: str, one: Found) -> bool:
    """Whether the size is asked of the answer."""
    said = FILLER.findall(text[one.start : one.end])
    if one.start and len(said) > 1 and all(word[0].isupper() and word[1:].islower() for word in said):
        return text[one.start - 1] != " " or text[: one.start].rstrip()[-1:] in ".!?:"
    cuts = [m.end() for m in CLAUSE.finditer(text)]
    first = max([0, *(cut for cut in cuts if cut <= one.start)])
    last = min([len(text), *(cut for cut in cuts if cut >= one.end)])
    sentence, before, after = text[first:last], text[first : one.start][-REACH:], text[one.end : last]
    if BELONGS.search(before) or LATER.search(sentence) or EACH_AFTER.match(after) or EACH_BEFORE.search(before):
        return False
    if SUBJECT.search(before) or (one.size.kind != "limit" and NOT_SO.search(before)):
        return False
    if RELATIVE.match(after) or INCLUDED.search(before):
        return False
    if one.size.kind == "form":
        return not QUESTION.match(sentence.strip()) and not LINK.search(before)
    linked = one.size.unit == "items" and ITEM_LINK.search(before)
    if linked and not LISTED.search(before):
        return False
    topic = TOPIC.search(before) and not re.match(r"\W*(?:long|in length)\b", after, re.IGNORECASE)
    if topic and (one.size.unit not in ("words", "chars") or one.size.low < 50 or re.search(r"\w", after)):
        return False
    if IN_BEFORE.search(before) and not re.search(r"\bhow (?:do|can|should|to|would)\b", before, re.IGNORECASE):
        return not LINK.search(before)
    if QUESTION.match(sentence.strip()):
        return False
    if _fragment(before, after):
        return True
    verbs = [m.end() for m in ASKING.finditer(before)]
    if not verbs or LINK.search(before):
        return False
    few = one.size.unit == "words" and one.size.high < 10 and "-" not in text[one.start : one.end]
    return not few or len(FILLER.findall(before[verbs[-1] :])) < 3


def _fragment(before: str, after: str) -> bool:
    """Whether little more than the size stands between two marks."""
    left, right = PIECE.split(before)[-1], PIECE.split(after)[0]
    for bound in (ABOUT_BEFORE, BEFORE_LESS, BEFORE_MORE, EXACTLY):
        left = bound.sub("", left)
    fillers = re.sub(r"\b(?:of|with|in|von|de|из)\s*$", "", left).split()
    if len(fillers) > (
        3 if fillers and fillers[0].lower() in ("a", "an", "ein", "eine", "un", "une", "una") else 2
    ) or LINK.search(left):
        return False
    return len(FILLER.findall(right)) <= 3 or OPENS.match(after) is not None


def _agreed(text: str, kept: list[Found], found: list[Found]) -> tuple[Size, ...]:
    """Sizes that can hold together; none where a unit is asked for twice, or a part has a size of its own."""
    if len(found) > 1 and any(AND_ANOTHER.search(text[: one.start][-40:]) for one in found[1:] if one.start):
        return ()
    units = [one.size.unit for one in kept]
    for unit in set(units):
        these = [one.size for one in kept if one.size.unit == unit]
        if len(set(these)) > 1:
            low, high = max(one.low for one in these), min(one.high for one in these)
            merged = {one.kind for one in these} == {"limit"} and low <= high and len(these) == 2
            if not merged:
                return ()
            kept = [one for one in kept if one.size.unit != unit] + [Found(Size(unit, low, high, "limit"), 0, 0)]
    kept = [one for one in kept if not _within_other(text, one, found)]
    sizes = [one.size for one in kept]
    if sizes and PARTS.search(text) and SECOND_TASK.search(text):
        return ()
    worth = {"sentences": 3, "paragraphs": 12, "lines": 2, "items": 1, "stanzas": 8}
    words = min((s.high for s in sizes if s.unit == "words"), default=float("inf"))
    if any(s.unit in worth and s.low * worth[s.unit] > words for s in sizes):
        return ()
    counted = [s for s in sizes if s.unit in ("sentences", "items", "paragraphs", "lines", "stanzas")]
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
            and (other.size.unit != "words" and other.size.unit != "chars")
        ):
            return True
    before = text[max(0, one.start - 14) : one.start].lower().split()
    return bool(before) and "-" in text[one.start : one.end] and _value(before[-1].strip("\"'(") or "x") is not None
