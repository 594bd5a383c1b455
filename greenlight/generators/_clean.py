"""Cleaning: what is taken out of a voice's text before it becomes a document. Explicit, rule by rule.

Every rule is a pure function and idempotent, and changes form only: letters stay as they are, in their order, and
digits, unless numbers are to be written out; but a thought goes whole. The raw text is kept by whoever calls this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from greenlight.errors import RecipeError, nearest
from greenlight.generators._numerals import numerals
from greenlight.thinking import THOUGHT

# Markers hug what they mark and stand at the edge of a word: `2 * 3 * 4`, `snake_case_name` and `* item` are text.
EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3})(?=[^\s*])([^\n]*?[^\s*\\])\1(?![\w*])")
UNDERLINE = re.compile(r"(?<![\w_\\])(_{1,3})(?=[^\s_])([^\n]*?[^\s_\\])\1(?![\w_])")
HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)

SENTENCE_END = re.compile(r"[.!?…][\"'”’)*_]*$")
SENTENCE = re.compile(r"[.!?…]+[\"'”’)*_]*(?=\s|$)")

PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad", ""),
        "…": "...",
        "•": "-",
        "·": "-",
    }
)
CUT_OFF = re.compile(r"[—―]+(?=[\"'”’»]|[ \t]*$)", re.MULTILINE)
DASH = re.compile(r"(?:^[ \t]*|[ \t]*)[—―]+[ \t]*", re.MULTILINE)


def markdown(text: str) -> str:
    """Emphasis (``*a*``, ``**a**``, ``_a_`` …) and heading marks go, what they mark stays."""
    before = ""
    while text != before:  # emphasis within emphasis
        before = text
        text = UNDERLINE.sub(r"\2", EMPHASIS.sub(r"\2", HEADING.sub("", text)))
    return text


def lines(text: str) -> str:
    """Sentences that stand on lines of their own become flowing prose.

    Inside a paragraph, a line that ends with a sentence is joined to the next. Paragraphs are joined when there are
    at least three, of at most 1.5 sentences on average. Verse and lists, whose lines end without a full stop, stay.
    """
    paragraphs = [_flow(p) for p in re.split(r"\n[ \t]*\n\s*", text.replace("\r\n", "\n"))]
    sentences = sum(len(SENTENCE.findall(p)) for p in paragraphs)
    each_ends = all(SENTENCE_END.search(p.rstrip()) for p in paragraphs)
    if len(paragraphs) >= 3 and each_ends and sentences <= 1.5 * len(paragraphs):
        return " ".join(p.strip() for p in paragraphs)
    return "\n\n".join(paragraphs)


def _flow(paragraph: str) -> str:
    first, *rest = paragraph.split("\n")
    out = first
    for line in rest:
        joined = SENTENCE_END.search(out.rstrip()) is not None and bool(line.strip())
        out = f"{out.rstrip()} {line.strip()}" if joined else f"{out}\n{line}"
    return out


def ascii_punctuation(text: str) -> str:
    """Typographic quotes, dashes, dots and spaces become their ASCII forms; letters with accents stay."""
    text = CUT_OFF.sub("-", text)
    text = DASH.sub(lambda m: "- " if text[: m.start()][-1:] in ("", "\n") else " - ", text)
    return text.translate(PUNCTUATION)


def thinking(text: str) -> str:
    """Thoughts in their tags before the answer go, as they do with a server that tells thought from answer."""
    before = ""
    while text != before:
        before, text = text, THOUGHT.sub("", text)
    return text


RULES: dict[str, Callable[[str], str]] = {
    "thinking": thinking,
    "markdown": markdown,
    "lines": lines,
    "ascii": ascii_punctuation,
    "numerals": numerals,
}


def clean(text: str, rules: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The cleaned text, and the names of the rules that changed something, in the order given.

    Raises RecipeError for a rule that is not known.
    """
    changed = []
    for name in rules:
        if name not in RULES:
            raise RecipeError(f"unknown cleaning rule '{name}'" + nearest(name, list(RULES)))
        after = RULES[name](text)
        if after != text:
            changed.append(name)
            text = after
    return text, tuple(changed)
