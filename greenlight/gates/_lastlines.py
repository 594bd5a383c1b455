"""Whether a last line that ends with a letter or a digit is whole: verse, lists, names, labels, code, short "
"answers."""

from __future__ import annotations

import functools
import itertools
import re

from greenlight.gates import _asks, _feet, _listed, _loose, _pieces, _written
from greenlight.gates import _endings as ends
from greenlight.gates import _hanging as hanging
from greenlight.gates._endings import Ending
from greenlight.gates._hanging import dangles, hangs, opens
from greenlight.gates._text import word_set

VERSE_STOPS = word_set("but if when while which he she they with at by as would his very")
REPLIES = word_set(
    "nothing nobody maybe never now tomorrow today tonight soon still always none here there both everything "
    "enough you "
    "me us them everyone all perhaps almost again later no yes please probably somewhere someone something yours"
)
"""Words that sentences begin with, and that are an answer by themselves."""
JOKES = re.compile(r"\b(?:jokes?|riddles?|knock|puns?|quiz|trivia|flash ?cards?)\b", re.IGNORECASE)
SENTENCE = re.compile(r"[A-Z][a-z']+(?: [\w']+){2,}")
FINAL = re.compile(r"(?:です|ます|ました|ません|でした|かった|だった|よね?|ね|니다|까요|어요|아요|세요|죠|네요)$")
"""How sentences of Japanese and Korean end, with or without a mark."""
BEEN = re.compile(
    r"\b(?:what|where|how|as|than|who|all|that) (?:\S+ ){1,6}(?:is|was|were|been|are|be)$|\bto (?:do|"
    r"be)$",
    re.IGNORECASE,
)
FORM = re.compile(r"(?:Did you know|Have you (?:ever|tried|heard|considered|thought)|What do you (?:call|get)) [a-z]")
"""How a question begins, which ends with its mark."""
RESULT = re.compile(
    r"\b(?:answer|result|solution|total|sum|product|difference|probability|x|n) (?:is|=|equals|comes to|"
    r"makes) (?:about )?"
    r"[$€£]?-?\d[\d.,/]*(?: ?[^\W\d_]{1,9})?$|"
    r"\b\d[\d.,]* ?(?:kg|km|cm|mm|m|km/h|k?m²|mph|k?Hz|°[CF]|%|k?W|V|ml|GB|MB|kB|a\.?m|p\.?m|kcal|ft|lbs?|oz)$"
)
"""The outcome of a sum, and a measure."""
INSIDE = re.compile(r" (?:IN|ON|OF|FOR|WITH|TO|ABOUT|FROM|UNDER|LIKE|AT|BY) (?:IT|HER|THIS|THAT|THESE|THOSE)$")
"""A pronoun in its place at the end of a sentence in capitals."""
CUE = re.compile(r"[A-Z][A-Z .'’-]{1,24}(?: \([^)]{1,30}\))?$|(?:INT|EXT)\. ")


def whole(end: Ending) -> bool:
    plain, words = end.plain, end.plain.split()
    if not words:
        return True
    item = ends.ITEM.match(end.last) is not None
    if ends.NUMBERS.match(plain) and not item:
        return True
    if _metre_open(end):
        return False
    if _by_custom(end, item) or ends.UNSPACED.match(plain[-1]) or _feet.closes_a_letter(end):
        return True
    if _pieces.word_list(plain):
        return True
    if hangs(plain, end.around) and (len(words) > 1 or _hangs_alone(end)):
        return False
    if _opens_again(end):
        return False
    if is_code(end.before, end.last, end.prompt) or _is_table(end.before, end.last):
        return True
    everything = " ".join([end.prompt[:500], end.first, *end.before[-12:]])
    if hanging.fragment(plain, everything, hanging.is_english(f"{everything} {plain}"), _shouts(end)):
        return False
    if _loose.loose(end) or _pieces.documented(end.before, end.last, dangles(plain, end.around)):
        return True
    if end.before and _feet.begins_a_letter(end):
        return False
    if _entry(end) or _unmarked(end, item) or (_feet.foot(end) and not hanging.begins(words[-1], _feet.LAST_WORDS)):
        return True
    inner = ends.INNER.search(plain) is not None
    if item:
        return _listed.item(end, inner)
    if inner:
        return _tail(end)
    return _short_or_alike(end)


def cue_alone(above: list[str], last: str) -> bool:
    """Whether a script ends with the name of a speaker who has spoken above, on a line of its own as all of them."""
    cues = {
        line.strip()
        for line, after in itertools.pairwise(above)
        if CUE.match(line.strip()) and not CUE.match(after.strip())
    }
    return len(cues) >= 2 and last in cues and any(map(ends.stopped, above))


def _entry(end: Ending) -> bool:
    """Whether the line has two parts, as those above it have, most of which end without a full stop: a word list."""
    for mark in (" – ", " — ", " - ", " = ", " → ", "\t"):
        if mark in end.last:
            above = [line for line in end.before[-8:] if mark in line]
            bare = sum(not line.endswith((".", "!", "。")) for line in above)
            return len(above) >= 2 and 2 * bare >= len(above) and not hangs(end.plain, end.around, soft=True)
    return False


def _metre_open(end: Ending) -> bool:
    """Whether lines of as many signs each, with a mark at the end, are followed by a shorter one without."""
    if len(end.before) < 2 or not ends.DENSE.search(end.plain) or end.plain[-1] in "，。！？；、…":
        return False
    sizes = {len(ends.DENSE.findall(line)) for line in end.before[-8:]}
    return (
        len(sizes) == 1
        and all(line[-1] in "，。！？；、" for line in end.before[-8:])
        and len(ends.DENSE.findall(end.plain)) < sizes.pop()
    )


def _hangs_alone(end: Ending) -> bool:
    """Whether the one word of the last line stands under lines of more words."""
    return end.last[:1].isalpha() and len(end.before) > 1 and sum(map(ends.size, end.before)) >= 3 * len(end.before)


def _unmarked(end: Ending, item: bool) -> bool:
    """Whether no line has a full stop, and all begin with small letters, as in a chat; or all are headings."""
    lines = [*end.before[-24:], end.last.strip()]
    if end.before and all(map(ends.HEADING.match, lines)):
        return True
    if len(lines) > 3 and max(map(ends.size, lines)) <= 2 and not any(map(ends.stopped, lines)):
        return True
    if " / " in end.plain and end.plain.count(" / ") > 1 and not end.before:
        return not hangs(end.plain, end.prompt, soft=True)
    if item or any(not line[0].islower() or ends.stopped(line) or line[-1] in ",;:" for line in lines):
        return False
    if len(lines) == 1:
        return ends.CASUAL.search(end.prompt) is not None and not dangles(end.plain, end.around)
    return not hangs(end.plain, end.around) and max(map(ends.size, lines)) <= 16


def _opens_again(end: Ending) -> bool:
    """Whether the line is the first part of one above it: of a speaker's name, or of a refrain, up to inside a "
    "word."""
    last = end.last.strip()
    if len(last) < 3:
        return False
    for line in end.before:
        if len(line) > len(last) and line.startswith(last):
            inside = line[len(last)].isalnum()
            if inside and (" " in last or line[: len(last) + 24].find(":", len(last)) >= 0):
                return not ends.NUMBERS.match(last)
            if ":" in line[len(last) : len(last) + 24] and ":" not in last and CUE.match(last):
                return True
    return False


def _by_custom(end: Ending, item: bool) -> bool:
    """Addresses, tags, smiles, "The End", wishes, postscripts, credits, a line in capitals."""
    plain, tail = end.plain, end.tail
    words = plain.split()
    if ends.ADDRESS.match(words[-1]) or ends.SMILE.search(plain):
        return True
    if hangs(tail, end.around):
        return False
    few = len(tail.split())
    if tail != plain and 2 < few <= 12 and tail.isupper() and not _shouts(end):
        return not hangs(INSIDE.sub("", tail), end.around, soft=True)
    if ends.SIGN_OFF.fullmatch(tail) and few <= 8 and not (item and few > 3):
        return True
    if hangs(tail, end.around, soft=True):
        return False
    if ends.CLOSED_WITH.match(tail) or ends.CLOSED_WITH.search(plain[-100:]) or re.search(r"\d ?°[CF]$", plain):
        return True
    if few <= 4 and tail.isupper() and len(tail) > 2 and (tail != plain or end.before) and not _shouts(end):
        label = ends.LABEL.match(tail)
        return label is None or not opens(label[1].split()[0])
    if item or len(words) > 24:
        return False
    if ends.POSTSCRIPT.match(plain):
        return plain[0] != "-" or not any(map(ends.ITEM.match, end.before))
    if end.before and (ends.SOURCE.search(plain) or ends.DATE.search(plain)) and not opens(words[0]):
        return True
    return few <= 8 and not opens(tail.split()[0]) and _credit(tail)


def _shouts(end: Ending) -> bool:
    """Whether most of the text is in capitals."""
    text = "".join([end.first, *end.before[-6:], end.plain])
    return sum(map(str.isupper, text)) > sum(map(str.islower, text))


def _credit(tail: str) -> bool:
    return ends.CREDIT.match(tail) is not None and ends.CREDITED.search(f"{tail} ") is not None


def is_code(before: list[str], last: str, prompt: str) -> bool:
    """A program, a command, a query, settings; the lines before count as one text."""
    text = "\n".join([*before[-12:], last])
    hits = sum(1 for line in text.split("\n") if ends.CODE.search(line))
    lines = text.count("\n") + 1
    if ends.CODE_ASKED.search(prompt) and not ends.INNER.search(last):
        short = lines == 1 and len(last.split()) <= 12 and not _asks.LONG.search(prompt)
        if hits * 2 >= lines or (short and not hangs(last, soft=True)):
            return True
    if SENTENCE.fullmatch(last.strip()) and not ends.CODE_ASKED.search(prompt):
        return False
    if ends.FORMULA.match(last.strip()) and len(last.split()) <= 16 and not hangs(last, soft=True):
        return True
    return (
        hits * 2 > lines >= 2
        and re.search(r"[=(){};<>]|^\s*(?:end|return|SELECT|\w+: )", text, re.MULTILINE) is not None
        and not all(ends.LABEL.match(line) for line in before)
    )


def _is_table(before: list[str], last: str) -> bool:
    """Values with one separator, as many of them as in the lines above."""
    for mark in (",", ";", "\t", "|"):
        count = last.count(mark)
        if (
            count
            and before
            and all(line.count(mark) == count for line in before[-4:])
            and (mark not in ",;" or f"{mark} " not in last)
        ):
            return True
    return False


def _tail(end: Ending) -> bool:
    """What follows a whole sentence in the last line: a label, a price, a name to a note."""
    tail = end.tail
    if FINAL.search(tail):
        return True
    words = tail.split()
    dated = all(len(line) < 40 and not ends.stopped(line) for line in end.before) and len(end.before) < 3
    brief = dated and len(end.plain.split()) <= 50 and not _asks.LONG.search(end.prompt)
    brief = brief and (ends.CASUAL.search(end.prompt) or ends.NOTED.search(end.prompt)) is not None
    if (
        words
        and brief
        and len(words) <= 14
        and (len(words) > 4 or not opens(words[0]))
        and not dangles(tail, end.around)
    ):
        return True
    if not words or hangs(tail, end.around, soft=True):
        return False
    if RESULT.search(tail):
        return True
    found = ends.LABEL.match(tail)
    if (
        found
        and not opens(words[0])
        and ends.size(found[1]) <= 7
        and not opens(found[1].split()[0])
        and not ends.ITEM.match(end.last)
    ):
        return True
    number = ends.NUMBERED.search(tail)
    if number and len(words) <= 4 and (not opens(words[0]) or re.search(r"[$€£¥]\d+[.,]\d\d$", tail)):
        return True
    note = ends.MAIL_ASKED.search(end.prompt) and len(end.before) < 2 and not ends.SALUTE.match(end.first)
    casual = ends.CASUAL.search(end.prompt) or note
    return (
        bool(casual) and len(words) <= (4 if note else 8) and not opens(words[0]) and not _asks.LONG.search(end.prompt)
    )


def _short_or_alike(end: Ending) -> bool:
    """A title, a label, an answer of a few words, or a line like those above it: verse, names, values."""
    before, plain = end.before, end.plain
    body = [
        line
        for at, line in enumerate(before)
        if not ends.HEADING.match(line)
        and not ends.FORMULA.match(line)
        and not (at == 0 and len(before) > 1 and not ends.stopped(line) and len(line) < 60 and ends.stopped(before[1]))
    ]
    length = ends.size(plain)
    if _asks.verse_asked(end.prompt) and _verse(end, length):
        return True
    found = ends.LABEL.match(end.last.strip())
    if found and length <= 16:
        return _label(end, found[1])
    if not body or (len(before) == 1 and not ends.stopped(before[0]) and len(before[0]) < 60 and length > 8):
        return _answers(end, length) and not (before and length > 4)
    sums = any(map(ends.FORMULA.match, before))
    if sums and all(line.endswith((":", ".")) for line in body) and length >= 2:
        return False
    if (len(body) >= 2 or not any(map(ends.stopped, body))) and _like_those_above(end, body, length):
        return True
    words = plain.split()
    if hangs(plain, end.around, soft=True):
        return False
    if length <= 4 and ends.NUMBERED.search(plain) and not opens(words[0]):
        return True
    joke = length <= 8 and JOKES.search(end.prompt) is not None
    asked = before[-1].rstrip('*_"”').endswith("?") and length <= 5
    if joke or (asked and not opens(words[0])):
        return length > 1 or not opens(words[0])
    if length <= 8 and not opens(words[0]) and _is_script(before, end.prompt):
        return True
    prose = all(map(ends.stopped, before[-3:])) and ends.INNER.search(before[-1]) is not None
    return _is_name(plain) and not (prose and len(words) == 1)


def _verse(end: Ending, length: int) -> bool:
    """Whether the last line of a poem is about as long as those above it."""
    before = end.before
    if not before or max(map(len, before)) > 80 or ends.ITEM.match(end.last):
        return False
    marked = 2 * sum(not ends.is_letter(line[-1]) for line in before) >= len(before)
    hung = hangs(end.plain, end.around, soft=True) if marked else dangles(end.plain, end.around)
    if hung and not end.plain.endswith((" to do", " to be")):
        return False
    return length >= max(3.0, 0.6 * sum(map(ends.size, before)) / len(before))


def _label(end: Ending, value: str) -> bool:
    """``Name: value``, and what a speaker says."""
    value = re.sub(r"^\([^()]{1,40}\) ", "", value.strip("*_ "))
    words = value.split()
    if not words or (dangles if words[0][0].islower() else functools.partial(hangs, soft=True))(value, end.around):
        return len(words) == 1 and not opens(words[0])
    if len(words) == 1 and words[0].lower() in REPLIES:
        return True
    labels = [line for line in end.before if ends.LABEL.match(line)]
    if len(words) <= 2 and opens(words[-1]) and not words[0][0].islower():
        return len(labels) >= 2 and not any(map(ends.stopped, labels))
    if len(labels) >= 2 and sum(map(ends.stopped, labels)) * 2 > len(labels):
        return len(words) <= 3 and words[0][0].isupper() and not opens(words[0]) and len(words[0]) > 1
    return True


def _is_script(before: list[str], prompt: str) -> bool:
    spoken = sum(1 for line in before if ends.LABEL.match(line) or CUE.match(line))
    return spoken >= 2 or (spoken >= 1 and _asks.script_asked(prompt))


def _answers(end: Ending, length: int) -> bool:
    """A text of one line without a full stop: what was asked for tells."""
    plain, prompt = end.plain, end.prompt
    sole = ends.SOLE.search(prompt) is not None
    long = not sole and (not prompt or _written.asked(prompt) or ends.TOLD.search(_written.request(prompt)))
    brief = ends.ASKED_SHORT.search(prompt) or (_asks.BRIEFLY.search(prompt) and not _asks.AMOUNT.search(prompt))
    if FORM.match(plain):
        return False
    loose = brief or ends.CASUAL.search(prompt) or prompt.rstrip().endswith("?")
    hung = dangles(plain, prompt, lone=True) if loose else hangs(plain, prompt, soft=True)
    if hung and length > 1 and not (plain.istitle() and length < 7):
        return False
    if length == 1 and not hung and _asks.closed(prompt):
        return True
    if brief or sole:
        return length <= (12 if long and not _loose.ONE_LINE.search(prompt) else 30)
    if not long and (ends.CASUAL.search(prompt) or ends.QUESTION.search(prompt)):
        return length <= 30
    words = [word for word in plain.split() if len(word) > 3]
    title = words and all(word[0].isupper() or not word[0].isalpha() for word in words)
    if length >= 3 and title and not ends.DENSE.search(plain):
        return True
    if long:
        first = plain.split()[0].lower()
        starts = opens(first) and not (length >= 3 and first in ("a", "an", "the"))
        return length <= 4 and not starts and _asks.fewest_words(prompt) < 40
    return length <= (8 if opens(plain.split()[0]) else 12)


def _like_those_above(end: Ending, body: list[str], length: int) -> bool:
    """Whether lines end without a full stop throughout, as in verse, and are no wrapped prose."""
    plain, body = end.plain, body[-24:]
    ended = sum(map(ends.stopped, body))
    if ended * 2 > len(body) or sum(ends.INNER.search(line) is not None for line in body) * 4 >= len(body) > 1:
        return False
    if ended and max(map(len, body)) > 90:
        return False
    sizes = [ends.size(line) for line in body]
    mean = sum(sizes) / len(sizes)
    marked = sum(not ends.is_letter(line[-1]) for line in body)
    if len(body) >= 3 and 2 * marked >= len(body) and length <= 3 and min(sizes) >= 4 and length < 0.5 * mean:
        return False
    if len(body) >= 4 and marked > 0.75 * len(body):
        same = len(end.stanzas) >= 2 and end.stanzas[-1] == end.stanzas[-2] > 1
        return (
            (same or _asks.verse_asked(end.prompt)) and length >= 0.6 * mean and not hangs(plain, end.around, soft=True)
        )
    kept = 2 * marked >= len(body) if len(body) > 2 else marked == len(body) == 2
    if kept and hangs(plain, end.around, soft=True) and not BEEN.search(plain[-80:]):
        return False
    verse = _asks.verse_asked(end.prompt) or sum(line[0].islower() for line in body) * 3 > len(body)
    if not verse and (hangs(plain, end.around, soft=True) or (ended and length >= 3 and opens(plain.split()[0]))):
        return False
    if len(body) >= 3 and hanging.last_word(plain) in VERSE_STOPS:
        return False
    return not (len(body) >= 4 and length <= 2 and min(sizes) >= 4)


def _is_name(plain: str) -> bool:
    """A few words of which the first and the last are capitalised, as a name, and unlike a sentence's beginning."""
    words = re.findall(r"[^\W\d_][^\W_]*", plain)
    if not 0 < len(words) <= 7 or opens(words[0]) or not (words[0][0].isupper() and words[-1][0].isupper()):
        return False
    return len(words) <= 4 or all(word[0].isupper() or len(word) <= 3 for word in words)
