"""What only a control line has: its keys with a value, its marked words, its lines, its unfilled fields."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from greenlight.gates import _text

OPEN = r"[\[(<{【［（《「|]"
CLOSE = r"[\])>}】］）》」|]"
DRESS = r"[*_`~\\\"'“”‘’]{0,4}"
VALUE = (
    r"(?:(?:level|lvl)?[ ]?[#<]?\d{1,3}(?![\w.]\d)|\{\{?\w*\}?\}|\[\w{0,8}\]|<\w{1,8}>|[xXnN?#_]{1,3}(?!\w)|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|high|highest|low|lowest|medium|max|maximum|min)(?!\w))"
)
MARKS = re.compile(r"[^\w\s'’.,;!?-]")
TRAIL = re.compile(r"[\w'’-]+[:：]")
KEYED = re.compile(r"[^{}\[\](<|:：]*[:：]\s*(?:\{\w+\}|[\w ]+)")
GROUP = re.compile(r"[\[(<|][^\[\]()<>|\n]{1,60}[\])>|]")
HEADED = re.compile(r"[\n\[(<{【［（《「|/.!?…。！？;,:—–][^\w\n]*$")
LINE = re.compile(r"\n[^\w\n]*$")
OPENED = re.compile(rf"(?P<open>{OPEN})[ ]?(?P<ends>/?){DRESS}$")
OF = r"(?:[ ]?(?:/|of|out of|von|sur|de)[ ]?\d{1,3})?"
AFTER = re.compile(
    rf"(?:[ _-]level(?!\w))?{DRESS}(?:\s?(?P<equals>[=＝])|\s?(?P<colon>[:：]|->|→|=>)|(?P<gap>[ \t\n#_-]{{0,2}}))"
    rf"(?P<pad>[ \t]?{DRESS}\s{{0,2}}{DRESS})(?P<value>{VALUE}{OF})?{DRESS}[ ]?(?:(?P<close>{CLOSE})|"
    r"(?P<line>[^\w\n]{0,8}(?:\n|\Z))|(?P<stop>[.:,–—-]))?",
    re.IGNORECASE,
)
NAME = re.compile(rf"{DRESS}\s?(?:(?P<colon>[:：])|(?P<equals>[=＝])|(?P<gap>[\s–—-])){DRESS}[ ]?{DRESS}")
SPAN = 20
"""Characters before a label that are read for what it begins."""
AHEAD, REACH = 12, 160
"""Characters before and after a word that its label may take."""
MOST = 3000
"""Words of one text that are looked at."""


@dataclass(frozen=True)
class Labels:
    """How a control line shows in a text. ``hints``: in lower case, one of them is in every label."""

    hints: tuple[str, ...]
    exact: tuple[tuple[str, re.Pattern[str]], ...]
    """A word in lower case, and the shapes that begin near it."""
    marks: re.Pattern[str] | None
    levels: tuple[re.Pattern[str], ...]
    names: tuple[re.Pattern[str], ...]
    lines: tuple[re.Pattern[str], ...]
    unfilled: re.Pattern[str] | None


def find(body: str, control: str, topic: str, level: int = 0) -> _text.Span | None:
    """Where the first label of the control line stands in a text; linear in the text."""
    labels = labels_of(control)
    low = body.lower()
    if not any(hint in low for hint in labels.hints):
        return None
    if len(low) != len(body):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in body)
    code = [span for span in _text.code(body) if not _own_line(body, *span)]
    wanted = " ".join(topic.lower().split())
    found = [
        *islice(_exact(labels, body, low, code), 1),
        *islice(_levels(labels, body, low, (code, level)), 1),
        *islice(_names(labels, body, low, (code, wanted)), 1),
    ]
    if labels.unfilled and "{" in body:
        found += islice((m.span() for m in labels.unfilled.finditer(body) if not _text.inside(code, m.start())), 1)
    if not found:
        return None
    start, end = min(found)
    said = body[start:end]
    return start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip())


def _exact(labels: Labels, body: str, low: str, code: list[_text.Span]) -> Iterator[_text.Span]:
    """Shapes of the line's own marks; in code, those in brackets."""
    for word, shape in labels.exact:
        at, done = low.find(word), 0
        while at >= 0 and done < MOST:
            m = shape.search(body, max(0, at - AHEAD), at + len(word) + REACH)
            if m and (not _text.inside(code, m.start()) or m.group().lstrip(" \\")[:1] in ("[", "(", "<")):
                yield m.span()
            at, done = low.find(word, at + len(word)), done + 1
    if labels.marks:
        yield from (m.span() for m in labels.marks.finditer(body) if not _text.inside(code, m.start()))


def _levels(labels: Labels, body: str, low: str, asked: tuple[list[_text.Span], int]) -> Iterator[_text.Span]:
    """Keys of the level: in brackets, with ``=``, with a colon and a value, or on a line with its value."""
    code, level = asked
    for key in labels.levels:
        for m in islice(key.finditer(low), MOST):
            if _text.inside(code, m.start()):
                continue
            before = _before(body, m.start())
            after = AFTER.match(body, m.end())
            if (
                before[-1].isalnum()
                or before[-1] == "-"
                or after is None
                or (after["gap"] == "" and after["value"] is None and after["close"] is None)
            ):
                continue
            if _label(body, m.span(), before, (after, level)):
                opened = OPENED.search(before)
                end = after.start("pad") if after["colon"] and not opened else after.end("value")
                yield m.start() - (len(before) - opened.start() if opened else 0), max(end, m.end())


def _label(body: str, span: _text.Span, before: str, said: tuple[re.Match[str], int]) -> bool:
    after, level = said
    opened, value = OPENED.search(before), after["value"]
    marked = after["colon"] or after["equals"]
    if opened and not (opened["open"] == "|" and not marked):
        if marked or (value and after["close"]):
            return True
        if after["close"] and value is None and opened["open"] not in "(（|" and not after["gap"].strip():
            return True
    if after["equals"]:
        tight = not before[-1].isspace() or not body[span[1] : span[1] + 1].isspace()
        return (value or after["close"] or after["line"]) is not None and (tight or HEADED.search(before) is not None)
    if value is None:
        return False
    if after["colon"]:
        return HEADED.search(before) is not None or (after["close"] or "|") in "])}】］"
    first = not any(map(str.isalnum, body[max(0, span[0] - 50) : span[0]])) and span[0] <= 50
    if first and after["stop"] and value.strip() == str(level):
        return True
    return (
        LINE.search(before) is not None
        and after["line"] is not None
        and (first or not any(map(str.isalnum, body[after.end() : after.end() + 200])))
    )


def _names(labels: Labels, body: str, low: str, asked: tuple[list[_text.Span], str]) -> Iterator[_text.Span]:
    """Keys of the topic: with a colon where something begins, else before the topic itself; and lines before it."""
    code, wanted = asked
    for keys, line in ((labels.names, False), (labels.lines, True)):
        for key in keys:
            for m in islice(key.finditer(low), MOST):
                before = _before(body, m.start())
                if _text.inside(code, m.start()) or before[-1].isalnum() or before[-1] == "-":
                    continue
                after = None if line else NAME.match(body, m.end())
                end = after.end() if after else m.end()
                rest = " ".join(low[end : end + 2 * len(wanted) + 20].split()).lstrip("*_\"'“‘`{[(<:")
                meant, headed = bool(wanted) and rest.startswith(wanted), HEADED.search(before) is not None
                if line and headed and meant:
                    yield m.span()
                elif after and (
                    (headed and (after["colon"] or meant))
                    or (after["colon"] and meant)
                    or (after["equals"] and (headed or not body[m.end()].isspace()))
                ):
                    yield m.start(), after.end()


def _before(body: str, start: int) -> str:
    before = body[max(0, start - SPAN) : start]
    return before if start > SPAN else "\n" + before


def _own_line(body: str, start: int, end: int) -> bool:
    """Whether backticks hold all of a line, as a label's dress may."""
    return "\n" not in body[start:end] and body[start - 1 : start] in ("", "\n") and body[end : end + 1] in ("", "\n")


@lru_cache(maxsize=512)
def labels_of(control: str) -> Labels:
    """Compiles them for one template; topics vary, templates hardly."""
    levels: dict[str, None] = {}
    topics: dict[str, None] = {}
    exact: dict[str, str] = {}
    alone: dict[str, None] = {}
    lines: dict[str, None] = {}
    slots: set[str] = set()
    hints: set[str] = set()
    for line in control.splitlines():
        pieces = [(literal, slot) for literal, slot, _, _ in string.Formatter().parse(line)]
        slots.update(slot for _, slot in pieces if slot)
        for literal, slot in pieces:
            key, dressed = _key(literal)
            if key and slot in ("level", "levels", "word"):
                levels[key] = None
                if " " in literal.strip() or not dressed:
                    levels[_words(literal.lower().strip(" \t:=-").split()[-1])] = None
            elif key and dressed and slot:
                topics[key] = None
        _shapes(line, exact, alone)
        lead = pieces[0][0] if pieces else ""
        if pieces and pieces[0][1] == "topic" and len(lead.split()) > 1 and not MARKS.search(lead):
            lines[_loose(lead.lower())] = None
        for word in line.split():
            if TRAIL.fullmatch(word) and "{" not in word:
                key = _words(word[:-1].lower())
                if not any(known.endswith(key) for known in (*levels, *topics)):
                    topics[key] = None
    _hints_of(control, hints)
    return Labels(
        tuple(sorted(hints)),
        tuple((word, re.compile(shape, re.IGNORECASE)) for shape, word in exact.items()),
        re.compile("|".join(alone), re.MULTILINE | re.IGNORECASE) if alone else None,
        tuple(map(re.compile, levels)),
        tuple(map(re.compile, topics)),
        tuple(map(re.compile, lines)),
        re.compile(r"\{\{?[ ]?(?:" + "|".join(sorted(slots)) + r")[ ]?\}") if slots else None,
    )


def _hints_of(control: str, hints: set[str]) -> None:
    for literal, slot, _, _ in string.Formatter().parse(control):
        hints.update(word.lower() for word in re.findall(r"\w+", literal))
        if slot:
            hints.add("{" + slot)
            hints.add("{ " + slot)
        if not re.search(r"\w", literal) and literal.strip():
            hints.add(literal.strip()[0])


def _key(literal: str) -> tuple[str, bool]:
    """The words before a field as a regular expression, and whether a mark stands with them."""
    found = re.search(
        r"(?P<mark>[^\w\s]?)[ ]?(?P<key>[\w'’-]*\w(?:[ ][\w'’-]*\w){0,3})\s*(?P<sep>[^\w\s]*)\s*$", literal
    )
    if found is None or found["key"].isdigit():
        return "", False
    return _words(found["key"].lower()), bool(found["sep"] or found["mark"])


def _words(said: str) -> str:
    return r"[ _-]?".join(re.escape(word) for word in re.split(r"[ _-]", said))


def _loose(literal: str) -> str:
    """A literal, with any white space where it has some, and between its marks."""
    shape = ""
    for piece in re.findall(r"\w+|\s+|[^\w\s]", literal):
        if piece.isspace():
            shape += r"\s{1,3}" if shape[-1:].isalnum() else r"\s{0,3}"
        elif re.match(r"\w", piece):
            shape += re.escape(piece)
        else:
            shape += rf"[ ]?\\?{re.escape(piece)}[ ]?"
    return shape


def _shape(template: str) -> tuple[str, str]:
    """A template as a regular expression with any level, and its fixed characters."""
    shape, fixed = "", ""
    for literal, slot, _, _ in string.Formatter().parse(template):
        fixed += literal
        shape += _loose(literal)
        if slot in ("level", "levels"):
            shape += VALUE
        elif slot is not None:
            shape += r"[^\n\])>|]{1,120}?"
    return shape, fixed


def _shapes(line: str, exact: dict[str, str], alone: dict[str, None]) -> None:
    """What marks make a label of: bracketed groups, words with marks, the line itself."""
    groups = [m.group() for m in GROUP.finditer(line) if m.group().count("{") == m.group().count("}")]
    words = [word for word in line.split() if word.count("{") == word.count("}") and not TRAIL.fullmatch(word)]
    for text in (*groups, *words, line.strip()):
        shape, fixed = _shape(text)
        marked = MARKS.search(fixed) is not None
        if not marked and not (text == line.strip() and len(fixed.split()) > 1 and "{level" in text):
            continue
        if KEYED.fullmatch(text):
            continue
        if "{" in text and text.rstrip().endswith("}") and "{level}" not in text and "{levels}" not in text:
            continue  # a key with a topic is found by its key
        if re.search(r"\w", fixed):
            first = re.search(r"\w+", fixed)
            exact[(r"(?<!\w)" if shape[:1].isalnum() else "") + shape] = first.group().lower() if first else ""
        elif re.search(r"\{levels?\}", text):
            own = rf"^[^\w\n\[(<{{]{{0,8}}{shape}[^\w\n]{{0,8}}$"
            alone[shape if len(fixed.replace(" ", "")) > 3 else own] = None
