"""What a text only quotes: speech that runs over lines or stands in single marks, and quoted lines."""

from __future__ import annotations

import re

from greenlight.gates import _text

LONG = re.compile(
    r"\"(?=\S)[^\"]{1,1500}(?:\"(?!\w)|(?<=\n)(?=\"))|“[^“”]{1,1500}(?:”|(?<=\n)(?=“))|„[^„“”]{1,1500}[“”]|"
    r"«[^«»]{1,1500}»|「[^「」]{1,1500}」|『[^『』]{1,1500}』"
)
"""A speech that goes on in the next paragraph opens its marks again without closing them."""
SINGLE = re.compile(
    r"(?<![^\s(\[—–])'(?=[^\W\d_])[^'\n]{1,400}(?:'\w[^'\n]{0,400}){0,8}(?<=[.,!?…—])'(?!\w)|"
    r"(?<![^\s(\[—–])‘[^‘’\n]{1,400}(?:’\w[^‘’\n]{0,400}){0,8}’(?!\w)"
)
FENCED = re.compile(r"```[^`]{1,8000}(?:`{1,2}[^`]{1,8000}){0,20}```")
"""Also where no line begins with it."""
BLOCK = re.compile(r"^[ \t]{0,3}>[^\n]*", re.MULTILINE)


def quoted(body: str, lines: bool = True) -> list[_text.Span]:
    """Code and quoted speech, in order and without overlap; ``lines``: quoted lines (``> …``) too."""
    found = _text.code(body)
    if "```" in body:
        found += [m.span() for m in FENCED.finditer(body)]
    if '"' in body or not body.isascii():
        found += [m.span() for m in LONG.finditer(body)]
    if "'" in body or "‘" in body:
        found += [m.span() for m in SINGLE.finditer(body)]
    if lines and ">" in body:
        found += [m.span() for m in BLOCK.finditer(body)]
    return merged(found)


def merged(spans: list[_text.Span]) -> list[_text.Span]:
    """The same places, in order, as spans that do not overlap."""
    out: list[_text.Span] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def unquoted(piece: str) -> str:
    """Without what it only quotes."""
    spans = quoted(piece, lines=False)
    return _text.blank(piece, spans) if spans else piece
