"""Strings and numbers as a reader sees them: made safe, made visible, and given sensible digits."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from greenlight import mentions

MISSING = "–"
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
KEPT = {"\n", "\t", "\u200c", "\u200d"}  # the joiners carry meaning in several scripts
MD_ALWAYS = re.compile(r"([\\`*_\[\]|~$])")
MD_AT_START = re.compile(r"^(#|=|[-+](?=[-+\s]|$)|\d+(?=[.)](?:\s|$)))")


@dataclass(frozen=True)
class Mark:
    """An outcome as word, sign and colour name, so that it never hangs on colour alone."""

    word: str
    sign: str
    tone: str


MARKS = {
    "better": Mark("Better", "▲", "good"),
    "worse": Mark("Worse", "▼", "bad"),
    "equivalent": Mark("Equivalent", "≈", "same"),
    "undecided": Mark("Undecided", "?", "open"),
    "invalid": Mark("Invalid", "×", "void"),
    "crash": Mark("Crashed", "!", "void"),
    "none": Mark("No verdict", "○", "plain"),
}
SENSE = {
    "sense.unknown_words": "Unknown words",
    "sense.unknown_pairs": "Unknown pairs",
    "sense.topic_recall": "Topic recall",
    "sense.loops": "Loops",
    "sense.gates": "Flagged",
    "sense.distinct": "Distinct pairs",
    "sense.copy": "Long copies",
}
"""Whether the samples are language: a table of their own beside the dial, no columns of the leaderboard."""
CHARACTER = {
    "character.rate": "Character rate",
    "response.rate": "Response rate",
    "task.rate": "Task held",
    "character.lift": "Lift",
    "neutral.bpb": "Neutral BPB",
}
TRAIT = "trait."
"""Before the key of a character's trait: a table of their own, no columns of the leaderboard."""
METRICS = {"bpc": "BPC", "bpb": "BPB", "dial.slope": "Dial slope", **SENSE, **CHARACTER}


OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
"""How a command's option is written."""

# ---------------------------------------------------------------- text from outside


def clean(text: object) -> str:
    """Text from outside with nothing hidden in it: control and direction characters are shown by name.

    ``\\u202e`` becomes ``⟨U+202E⟩``, so a text cannot turn its line round or hide a part of itself; line ends and
    tabs stay.
    """
    if isinstance(text, Markup):
        return text
    string = text if isinstance(text, str) else str(text)
    if string.isascii() and string.isprintable():
        return string
    return "".join(c if c in KEPT or unicodedata.category(c) not in INVISIBLE else _named(c) for c in string)


def whole(said: str) -> Markup:
    """A sentence for HTML in which an option's name stays in one line: browsers break lines at hyphens."""
    return Markup(OPTION.sub(r'<span class="whole">\g<0></span>', str(escape(clean(said)))))


def _named(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\ufffd" if 0xD800 <= code < 0xE000 else f"⟨U+{code:04X}⟩"


def line(text: object, limit: int = 0) -> str:
    """Cleaned text on one line, cut with … after ``limit`` characters (0: not cut)."""
    flat = " ".join(clean(text).split())
    return flat if not limit or len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def md(text: object) -> str:
    """Text as it stands, for GitHub markdown: no tag, link, table cell, heading or formula can arise from it."""
    safe = MD_ALWAYS.sub(r"\\\1", line(text))
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = safe.replace("://", "\\://").replace("www.", "www\\.").replace("@", "&#64;")
    start = MD_AT_START.match(safe)
    if start is None:
        return safe
    at = start.end() if start[1].isdigit() else 0  # "1." is a list by its point, the others by themselves
    return f"{safe[:at]}\\{safe[at:]}"


def md_lines(text: object) -> str:
    """A text of several lines as a markdown quote, line by line."""
    lines = [md(part) for part in clean(text).split("\n")]
    return "\n".join(
        f"> {part}\\" if part and lines[i + 1 : i + 2] and lines[i + 1] else f"> {part}" for i, part in enumerate(lines)
    )


def highlight(text: object, pattern: str) -> Markup:
    """HTML of a text, escaped, with each mention of the pattern in ``<mark>``."""
    string, out, at = clean(text), Markup(), 0
    for start, end in mentions.spans(string, clean(pattern)) if pattern.strip() else ():
        out += escape(string[at:start]) + Markup("<mark>") + escape(string[start:end]) + Markup("</mark>")
        at = end
    return out + escape(string[at:])


def compact(value: Any, limit: int = 160) -> str:
    """A recipe's value in a table cell: shares as per cent, lists and tables on one line, long ones cut."""
    if isinstance(value, Mapping):
        shares = value and all(isinstance(v, float) and 0 <= v <= 1 for v in value.values())
        return (
            line(" · ".join(f"{k} {_share(v) if shares else compact(v, 60)}" for k, v in value.items()), limit)
            or "none"
        )
    if isinstance(value, (list, tuple)):
        return line(", ".join(compact(v, 60) for v in value), limit) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return short_float(value)
    return MISSING if value is None or value == "" else line(value, limit)


def _share(value: float) -> str:
    return f"{100 * value:.3g} %"


# ---------------------------------------------------------------- numbers


def number(value: Any) -> float | None:
    """The value as a finite float, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def decimals(width: float | None, value: float) -> int:
    """Places after the point, by the Particle Data Group's rule: a half-width keeps two digits up to 35, else one.

    Without a half-width the value keeps three significant digits.
    """
    size = width or abs(value)
    if size <= 0 or not math.isfinite(size):
        return 2
    order = math.floor(math.log10(size))
    digits = 3 if not width else 2 if size / 10**order < 3.55 else 1
    return min(4, max(0, digits - 1 - order))


def fixed(value: float, places: int, signed: bool = False) -> str:
    """A number with a true minus sign; zero has none."""
    text = f"{abs(value):,.{places}f}"
    zero = not text.strip("0.,")
    return ("" if zero else "−" if value < 0 else "+" if signed else "") + text


def plus_minus(value: Any, half: float | None, places: int) -> str:
    """``1.921 ± 0.014``, or the value alone where there is no interval."""
    v = number(value)
    if v is None:
        return MISSING
    return fixed(v, places) + (f" ± {fixed(half, places)}" if half is not None else "")


def bracket(low: float, high: float, signed: bool = True, places: int | None = None) -> str:
    """``[+0.26, +0.70]``."""
    places = decimals((high - low) / 2, high) if places is None else places
    return f"[{fixed(low, places, signed)}, {fixed(high, places, signed)}]"


def short_float(value: Any) -> str:
    """Three or four significant digits, never an exponent between 1e-4 and 1e6."""
    v = number(value)
    if v is None:
        return MISSING
    if v and not 1e-4 <= abs(v) < 1e6:
        return f"{v:.2e}".replace("-", "−")
    return f"{v:,.4g}".replace("-", "−") if abs(v) < 1000 else fixed(v, 0)


def count(value: Any) -> str:
    """``12,345``."""
    v = number(value)
    return MISSING if v is None else fixed(v, 0) if v == int(v) else short_float(v)


def short(value: Any) -> str:
    """``702 k``, ``1.2 M``: sizes in a table."""
    v = number(value)
    if v is None:
        return MISSING
    for scale, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(v) >= 0.9995 * scale:
            return f"{v / scale:.3g}{unit}"
    return count(v)


def percent(value: Any) -> str:
    """A share as per cent; small ones keep a digit."""
    v = number(value)
    return MISSING if v is None else f"{100 * v:.1f} %" if abs(v) < 0.1 else f"{100 * v:.0f} %"


def p_value(value: Any) -> str:
    """``p = 0.03``; below 1e-4 the order of size is enough."""
    v = number(value)
    if v is None:
        return MISSING
    return (
        f"p = {v:.2g}"
        if v >= 1e-4
        else f"p < 10⁻{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(d)] for d in str(min(300, math.floor(-math.log10(max(v, 1e-300))))))}"
    )


def moment(time: object) -> str:
    """``2026-11-20 10:31`` of an ISO time; any other text as it is, on one line."""
    text = line(time, 40)
    return f"{text[:10]} {text[11:16]}" if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", text) else text


def duration(seconds: Any) -> str:
    """``42 s``, ``3 min 20 s``, ``2 h 5 min``."""
    v = number(seconds)
    if v is None or v < 0:
        return MISSING
    whole = round(v)
    if whole < 90:
        return f"{whole} s"
    if whole < 5400:
        return f"{whole // 60} min {whole % 60} s" if whole < 600 else f"{round(v / 60)} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
