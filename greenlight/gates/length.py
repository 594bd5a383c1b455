"""Too short or too long, in words or characters of the body; of a pair, one side much longer than the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates import _counted, _sizes
from greenlight.gates._text import DENSE
from greenlight.gates.channel import channel
from greenlight.nouns import Flag, Interval, Text
from greenlight.rates import rate
from greenlight.recipe import Brief

VERSION = 9
SHORT = 200
"""Characters within which a pair may be of any two lengths, a sign of Chinese, Japanese or Korean as three: how long a
short answer is follows from its prompt and its words, and is no habit that a model could learn."""
RUNS = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+['’](?:s|t|re|ve|ll|d|m)\b|[^\W_]+", re.IGNORECASE)
"""Words as a careful counter has them: at hyphens and strokes apart, numbers and English contractions whole."""
IN_SIGNS = re.compile(
    r"\d\s*(?:个|個)?(?:汉|漢|文)?字|字数|文字|글자|\d\s*자(?:\s|로|이|내|$)|\bcharacters?\b", re.IGNORECASE
)
IN_WORDS = re.compile(r"\d\s*(?:个|個)?(?:词|詞|单词|單詞|単語|語(?:で|以)|ワード)", re.IGNORECASE)
WIDE = re.compile("[\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
GAP = re.compile(r"[ \t]{9,}|(?:[ \t]*\n){4,}")
"""White space that is no part of a text's layout."""


@dataclass(frozen=True)
class Gate:
    """Flags a body of fewer than ``min_chars`` or more than ``max_chars`` characters, white space at the ends apart.

    Where a length was asked for (words or characters, fewest and most), that holds instead; where words may be counted
    in two ways, one that is inside is enough. Where none was, what the prompt or the system prompt plainly asks for
    holds, and only what is clearly outside is flagged. Thoughts before an answer are no part of it.

    Flags a pair, too, of which one side is ``max_ratio`` times as long as the other or more, unless both are short
    answers, of under 200 characters.
    """

    min_chars: Annotated[int, Field(ge=0)] = 40
    max_chars: Annotated[int, Field(ge=1)] = 4000
    max_ratio: Annotated[float, Field(gt=1.0)] = 3.5

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is what is too much, or the whole answer."""
        asked = sample.made.asked
        start = _answer(sample)
        body = sample.body[start:] if start else sample.body
        if asked.words is None and asked.chars is None:
            sizes = _sizes.asked(sample.made.prompt, sample.made.system)
            if sizes and body.strip():
                return next(
                    (flag for flag in (_told(body, sample.made.prompt, one, start) for one in sizes) if flag), None
                )
            return _outside(body, self.min_chars, self.max_chars, start)
        found = _words(body, sample.made.prompt, asked.words, start) if asked.words is not None else None
        if found is None and asked.chars is not None:
            found = _outside(body, *asked.chars, start)
        return found

    def check_pair(self, chosen: Text, rejected: Text, brief: Brief | None) -> Flag | None:
        """The span is all of the chosen side, whichever is the longer."""
        sides = [text.body[_answer(text) :].strip() for text in (chosen, rejected)]
        first, second = map(len, sides)
        if _kept(chosen, rejected, first):
            return None
        most, least = max(first, second), min(first, second)
        if most < self.max_ratio * max(1, least) or most < 2 * self.min_chars or all(map(_is_short, sides)):
            return None
        longer, other = ("chosen", "rejected") if first > second else ("rejected", "chosen")
        reason = (
            f"{longer} is {most / max(1, least):.1f} times as long as {other} ({most:,} characters and {least:,}), "
            f"{self.max_ratio:g} times or more"
        )
        return _flag(reason, (0, len(chosen.body)))


def _is_short(body: str) -> bool:
    size = len(body)
    return size < SHORT and (body.isascii() or size + 2 * len(WIDE.findall(body)) < SHORT)


def _kept(chosen: Text, rejected: Text, size: int) -> bool:
    """Whether a length was asked for and the chosen text has it: then the lengths tell what was asked, no habit."""
    asked = chosen.made.asked
    if asked.chars is None and asked.words is None:
        sizes = _sizes.asked(chosen.made.prompt, chosen.made.system)
        off = [
            any(_told(text.body[_answer(text) :], chosen.made.prompt, one, 0) for one in sizes)
            for text in (chosen, rejected)
        ]
        return off == [False, True]
    if asked.chars is not None and not asked.chars[0] <= size <= asked.chars[1]:
        return False
    if asked.words is not None:
        return _words(chosen.body[_answer(chosen) :], chosen.made.prompt, asked.words, 0) is None
    return asked.chars is not None


def _answer(sample: Text) -> int:
    """Where the answer begins: behind the last thought, where one is closed."""
    body, made = sample.body, sample.made
    if not made.prompt_rendered and not any(mark in body for mark in ("<", "[", "◁")):
        return 0
    found = channel(body, made.prompt, made.prompt_rendered, made.finish_reason)
    return found.answer[0] if found.state in ("closed", "prefilled closed", "orphan close") else 0


def _words(body: str, prompt: str, asked: tuple[int, int], start: int) -> Flag | None:
    low, high = asked
    split = body.split()
    if len(split) <= high and sum(map(str.isalnum, split)) >= low:
        return None  # inside by the strictest count, which costs least
    least, most = count(body, prompt)
    if most < low:
        return _flag(f"{most} words, fewer than {low}", (start, start + len(body)))
    if least > high:
        places = [m.start() for m in RUNS.finditer(body)]
        return _flag(
            f"{least} words, more than {high}",
            (start + places[min(high, len(places) - 1)], start + len(body)),
        )
    return None


def _told(body: str, prompt: str, size: _sizes.Size, start: int) -> Flag | None:
    """A flag where the body is clearly outside of what its prompt says."""
    if size.unit not in ("words", "chars"):
        reason = _counted.outside(body, size)
        return _flag(reason, (start, start + len(body))) if reason else None
    if size.unit == "words":
        least, most = count(body, prompt)
    else:
        least, most = sum(map(str.isalnum, body)), len(body.strip())
        least = least if DENSE.search(body) else len("".join(body.split()))
    low, high = bounds(size)
    if most < low:
        return _flag(f"{most} {size.unit}, fewer than the {size.low:g} asked for", (start, start + len(body)))
    if least > high:
        return _flag(f"{least} {size.unit}, more than the {size.high:g} asked for", (start, start + len(body)))
    return None


def bounds(size: _sizes.Size) -> tuple[float, float]:
    """Where words and characters are clearly outside: from half to double of "about" or "in" so many, and 15 % beyond
    a limit."""
    low, high = size.low, size.high
    if size.kind == "page":
        return low, high
    if size.kind == "about":
        return low / 2, high * 2
    if size.kind == "exact":
        return (low, high) if low <= 10 else (low * 0.9, high * 1.1)
    if size.kind == "bare":
        return (low * 0.6, high * 1.5) if low > 5 else (low - 1, high + 1)
    return low * 0.85, max(high * 1.15, high + (2 if size.unit == "words" and size.kind == "limit" else 0))


def count(body: str, prompt: str = "") -> tuple[int, int]:
    """The fewest and the most words that a reader may count: with hyphens or without.

    Scripts without spaces: the signs, where the prompt counts in signs, and else from one word in about two signs (in
    five, where a sign is a letter) to each sign a word.
    """
    spaced = sum(1 for word in body.split() if any(map(str.isalnum, word)))
    runs = len(RUNS.findall(body))
    if body.isascii():
        return min(spaced, runs), max(spaced, runs)
    dense = len(DENSE.findall(body))
    if dense < len(body) / 10:
        return min(spaced, runs), max(spaced, runs)
    wide = len(WIDE.findall(body))
    rest = len(RUNS.findall(DENSE.sub(" ", body)))
    if IN_SIGNS.search(prompt) and not IN_WORDS.search(prompt):
        return min(rest + dense, sum(map(str.isalnum, body))), sum(map(len, body.split()))
    least, most = 5 * wide // 11 + (dense - wide) // 5, dense
    if IN_WORDS.search(prompt):
        most = 4 * wide // 5 + (dense - wide) // 2
    return rest + least, rest + most


def foretells(pairs: Iterable[tuple[str, str]]) -> Interval | None:
    """How often the longer text is the chosen one, with its interval; None without pairs of two lengths.

    Far from a half, length alone tells what was chosen, and a model learns that first.
    """
    longer = [len(chosen) > len(rejected) for chosen, rejected in pairs if len(chosen) != len(rejected)]
    return rate(sum(longer), len(longer)) if longer else None


def _outside(body: str, low: int, high: int, start: int) -> Flag | None:
    text = body.strip()
    size = len(text)
    if size > high:
        first = start + len(body) - len(body.lstrip()) + high
        return _flag(f"{size} characters, more than {high}", (first, start + len(body)))
    if size >= low:
        size = len(GAP.sub("\n\n", text)) if low and (" " * 9 in text or "\n\n\n\n" in text) else size
    if size < low:
        return _flag(f"{size} characters, fewer than {low}", (start, start + len(body)))
    return None


def _flag(reason: str, span: tuple[int, int]) -> Flag:
    return Flag(gate="length", reason=reason, span=span, version=VERSION)
