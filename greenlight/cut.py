"""Cuts a text into the yardstick's two slices and the training side.

The search slice lies 45 % of the way, the locked one, a fifth of its size, 80 %. Where works, acts, scenes or
chapters are marked, a slice is whole ones; else it begins and ends at blank lines. Next to a slice 2,000 characters
are dropped, and of a work that a slice cuts, the rest is left out too, so no training text continues held-out text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from greenlight.errors import InputError
from greenlight.yardstick import BLOCK, Held

SEARCH_CHARS, SEARCH_SHARE = 250_000, 0.05
SEARCH_AT, LOCKED_AT = 0.45, 0.80
LOCKED_OF_SEARCH = 5
NEARBY = 0.10
"""How far from its place, as a share of the text, a slice of whole units may begin; keeps the two slices apart."""
FITS = ((0.8, 1.25), (0.5, 1.5))
"""Total lengths of whole units, as shares of the target, that come near it: the first that any run meets."""
LEAST_SEARCH = 2 * BLOCK
LEAST_TRAIN = 10 * BLOCK
LEAST_LEFT = 0.5
"""Share of the text that must be left to train on for cut works to be left out; where less is left, they stay."""


class Span(NamedTuple):
    """Characters ``start`` to ``end`` of the stripped text; ``work`` names what they are cut from, where marked."""

    start: int
    end: int
    work: str = ""


@dataclass(frozen=True)
class Cut:
    """``text`` is what is left of the source without its wrapping; ``spans`` are characters of it, none overlapping.

    ``counts`` account for every character: chars = train + search + locked + trimmed + excluded.
    """

    text: str
    spans: dict[str, tuple[Span, ...]]
    counts: dict[str, Any]

    @property
    def search(self) -> tuple[Held, ...]:
        """One document per work that the slice touches; one in all where no works are marked."""
        return self._held("search")

    @property
    def locked(self) -> tuple[Held, ...]:
        return self._held("locked")

    def facts(self) -> dict[str, Any]:
        """For ``yardstick.json``: the training spans, where the slices lie, and what was left out and why."""
        return {**self.counts, "train": [[span.start, span.end] for span in self.spans["train"]]}

    def _held(self, part: str) -> tuple[Held, ...]:
        spans = self.spans[part]
        return tuple(Held(f"{part}-{s.start}", "", self.text[s.start : s.end], work=s.work) for s in spans)


def cut(text: str) -> Cut:
    """The one cut of a text; the same text gives the same cut.

    Raises InputError, with the numbers, when the text is too short for a search slice of two blocks of 2,000
    characters, or when too little is left to train on.
    """
    text, wrapping = strip_gutenberg(text)
    target = min(SEARCH_CHARS, int(SEARCH_SHARE * len(text)))
    if target < LEAST_SEARCH:
        raise InputError(
            f"the text has {len(text):,} characters; a yardstick of {LEAST_SEARCH:,} characters, at {SEARCH_SHARE:.0%} "
            f"of the text, needs {int(LEAST_SEARCH / SEARCH_SHARE):,}: use a longer text, or join several"
        )
    found = works(text)
    made = _cut_with(text, target, found, exclude=True)
    if made.counts["works_cut"] and made.counts["train_chars"] < LEAST_LEFT * len(text):
        made = _cut_with(text, target, found, exclude=False)
    left = made.counts["train_chars"]
    if left < LEAST_TRAIN:
        raise InputError(
            f"{left:,} characters would be left to train on, of {len(text):,}; at least {LEAST_TRAIN:,} are needed: "
            "use a longer text"
        )
    return replace(made, counts={**made.counts, "wrapping": wrapping})


def _cut_with(text: str, target: int, works: list[Span], exclude: bool) -> Cut:
    units = (("works", works), ("scenes or chapters", _split(text, SCENES)))
    places = {"search": (SEARCH_AT, target, LEAST_SEARCH), "locked": (LOCKED_AT, target // LOCKED_OF_SEARCH, 1)}
    found = {part: _slice(text, int(at * len(text)), size, least, units) for part, (at, size, least) in places.items()}
    held = [Span(spans[0].start, spans[-1].end) for spans, _ in found.values()]
    cut_works = _cut_works(held, works)
    rest = cut_works if exclude else []
    train = _complement([*held, *_around(held, len(text)), *rest], len(text))
    excluded = _length(rest) - sum(_overlap(work, span) for work in rest for span in held)
    slices = {
        part: {"start": span.start, "end": span.end, "chars": span.end - span.start, "whole": unit}
        for (part, (_, unit)), span in zip(found.items(), held, strict=True)
    }
    counts: dict[str, Any] = {
        "chars": len(text),
        "train_chars": _length(train),
        **slices,
        "trimmed_chars": len(text) - _length(train) - _length(held) - excluded,
        "excluded_chars": excluded,
        "works": len(works),
        "works_cut": [work.work for work in cut_works],
        "works_left_out": bool(rest),
    }
    spans = {part: _named(span, works) for part, span in zip(found, held, strict=True)}
    return Cut(text, {**spans, "train": tuple(train)}, counts)


# ---------------------------------------------------------------- slices


def _slice(
    text: str, place: int, size: int, least: int, units: Sequence[tuple[str, list[Span]]]
) -> tuple[list[Span], str]:
    """Whole units near ``place`` of about ``size`` characters, else paragraphs; and which of the two it is."""
    for name, spans in units:
        for low, high in FITS:
            sizes = (max(least, int(low * size)), int(high * size))
            if run := _run(spans, place, sizes, int(NEARBY * len(text))):
                return run, name
    start, leeway = border(text, place), size // 5
    return [Span(start, border(text, start + max(size, least + leeway), leeway))], "paragraphs"


def _run(units: list[Span], place: int, size: tuple[int, int], nearby: int) -> list[Span]:
    """The run of whole neighbouring units, of a length within ``size``, that begins nearest to ``place``; or none."""
    middle = (size[0] + size[1]) / 2
    best: tuple[int, float, list[Span]] | None = None
    for first, unit in enumerate(units):
        away = abs(unit.start - place)
        if away > nearby or (best is not None and away > best[0]):
            continue
        for last in range(first, len(units)):
            length = units[last].end - unit.start
            if length > size[1]:
                break
            key = (away, abs(length - middle))
            if length >= size[0] and (best is None or key < best[:2]):
                best = (*key, units[first : last + 1])
    return best[2] if best else []


def border(text: str, place: int, within: int = BLOCK) -> int:
    """The border nearest to a place: after blank lines, else after a line, else after a space.

    The place itself, where there is none ``within`` so many characters.
    """
    for pattern in ("\n\n", "\n", " "):
        # a border at the place itself, or one whose blank line it lies in, counts as before it
        before = text.rfind(pattern, max(0, place - within - len(pattern)), place + len(pattern) - 1)
        after = text.find(pattern, place, place + within)
        ends = [at + len(pattern) for at in (before, after) if at >= 0]
        if ends:
            end = min(ends, key=lambda end: abs(end - place))
            while text[end : end + 1] == "\n":
                end += 1
            return end
    return place


def _around(held: Iterable[Span], length: int) -> list[Span]:
    sides = [(span.start - BLOCK, span.start) for span in held] + [(span.end, span.end + BLOCK) for span in held]
    return [Span(max(0, start), min(end, length)) for start, end in sides]


def _cut_works(held: list[Span], works: list[Span]) -> list[Span]:
    """The works that hold a part of a slice and are not wholly in slices."""
    return [work for work in works if 0 < sum(_overlap(work, span) for span in held) < work.end - work.start]


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _complement(spans: Iterable[Span], length: int) -> list[Span]:
    left, at = [], 0
    for span in sorted(spans):
        if span.start > at:
            left.append(Span(at, span.start))
        at = max(at, span.end)
    return [*left, Span(at, length)] if at < length else left


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _named(whole: Span, works: list[Span]) -> tuple[Span, ...]:
    """A slice as one span per work that it touches; scenes of one work, and chapters, stay joined."""
    borders = sorted({whole.start, whole.end, *(w.start for w in works if whole.start < w.start < whole.end)})
    named = []
    for start, end in pairwise(borders):
        inside = [work.work for work in works if work.start <= start < work.end]
        named.append(Span(start, end, inside[0] if inside else ""))
    return tuple(named)


# ---------------------------------------------------------------- headings

NUMBER = r"(?:[IVXLC]+|\d+|[A-Z][a-z]+(?:-[a-z]+)?|THE [A-Z]+|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN)"
SCENES = re.compile(
    rf"^[ \t]*(?:(?:ACT|Act|SCENE|Scene|CHAPTER|Chapter|CANTO|Canto) {NUMBER}(?=[.:\s—-]|$)[^\n]{{0,80}}"
    r"|PROLOGUE\.?|EPILOGUE\.?)$",
    re.MULTILINE,
)
TITLES = re.compile(r"^[ \t]*(?:THE [A-Z ]{0,40}(?:TRAGEDY|COMEDY|HISTORY|LIFE|PART) OF [^a-z\n]{3,60})$", re.MULTILINE)
CONTENTS = re.compile(r"^[ \t]*(?:TABLE OF )?CONTENTS:?\.?[ \t]*\n", re.MULTILINE | re.IGNORECASE)
LEAST_WORK = 5_000
"""Characters from one title to the next for a title to mark a work, and not a line of a list."""


def works(text: str) -> list[Span]:
    """The works of a collection: titles listed under its contents that stand alone in a line later, or title lines.

    Fewer than two are no collection.
    """
    titles = _listed_titles(text) or [(m.start(), m.group().strip()) for m in TITLES.finditer(text)]
    kept: list[tuple[int, str]] = []
    for at, title in titles:
        if kept and at - kept[-1][0] < LEAST_WORK:
            # an entry of a list, or a title's second line, is followed at once by the next: the last one counts
            kept.pop()
        kept.append((at, title))
    if len(kept) < 2:
        return []
    return [Span(at, end, title) for (at, title), (end, _) in pairwise([*kept, (len(text), "")])]


def _listed_titles(text: str) -> list[tuple[int, str]]:
    """Where the entries of the table of contents at the head stand again as lines of their own."""
    head = CONTENTS.search(text, 0, 50_000)
    if head is None:
        return []
    listing = re.split(r"\n[ \t]*\n[ \t]*\n", text[head.end() :].lstrip("\n")[:20_000], maxsplit=1)[0]
    entries = {line.strip() for line in listing.splitlines() if len(line.strip()) > 3 and not SCENES.match(line)}
    after = head.end() + len(listing)
    found: dict[str, int] = {}
    for match in re.finditer(r"^[^\n]{4,100}$", text[after:], re.MULTILINE):
        line = match.group().strip()
        if line in entries and line not in found:
            found[line] = after + match.start()
    # a contents list whose titles stand nowhere else lists something else than works
    return sorted((at, title) for title, at in found.items()) if len(found) >= max(2, len(entries) / 2) else []


def _split(text: str, heading: re.Pattern[str]) -> list[Span]:
    """From each heading to the next; the text before the first belongs to none."""
    starts = [match.start() for match in heading.finditer(text)]
    return [Span(start, end) for start, end in pairwise([*starts, len(text)])]


# ---------------------------------------------------------------- wrapping

STARTS = (
    re.compile(
        r"^\*\*\*[ \t]*START OF (?:THE|THIS) PROJECT GUTENBERG.{0,300}?\*\*\*[^\n]*\n", re.MULTILINE | re.DOTALL
    ),
    re.compile(r"^[^\n]{0,20}\*END\*?[ \t]*THE SMALL PRINT!.{0,200}?\*END\*?[^\n]*\n", re.MULTILINE | re.DOTALL),
)
ENDS = (
    re.compile(r"^\*\*\*[ \t]*END OF (?:THE|THIS) PROJECT GUTENBERG", re.MULTILINE),
    re.compile(r"^[ \t]*End of (?:the |this )?Project Gutenberg[^\n]*$", re.MULTILINE | re.IGNORECASE),
)
CREDITS = re.compile(r"\s*(?:Produced by|E-?text prepared by|This etext was prepared by).{0,600}?\n[ \t]*\n", re.DOTALL)
NOTICES = re.compile(r"<<THIS ELECTRONIC VERSION OF.{0,1500}?>>[ \t]*\n?", re.DOTALL)


def strip_gutenberg(text: str) -> tuple[str, dict[str, int]]:
    """The work inside a Project Gutenberg file, and how many characters were cut where.

    Knows the ``*** START OF`` and ``*** END OF`` markers, the small print of the older files, the line of credits
    after them, and the notices between the works of the old collections. A text without them is returned as it is.
    """
    start = 0
    for pattern in STARTS:
        # markers stand in the first part of a file; a later one would be the text's own words
        for match in pattern.finditer(text, 0, max(50_000, len(text) // 5)):
            start = max(start, match.end())
    end = len(text)
    for pattern in ENDS:
        if footer := pattern.search(text, max(start, len(text) // 2)):
            end = min(end, footer.start())
    body = text[start:end]
    if start and (credit := CREDITS.match(body)):
        start += credit.end()
        body = body[credit.end() :]
    without = NOTICES.sub("", body)
    notices = len(body) - len(without)
    if not (start or notices or end < len(text)):
        return text, {"header": 0, "footer": 0, "notices": 0}
    return without.strip("\n") + "\n", {"header": start, "footer": len(text) - end, "notices": notices}
