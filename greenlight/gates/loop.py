"""The text goes round in circles: a run of one token, of a phrase, a sentence, a stanza, a page."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import Field

from greenlight.gates import _runs, _sources, _text
from greenlight.gates._asks import BRIEFLY, repeats_asked, verse_asked
from greenlight.gates._runs import Run
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

VOCABLES = _text.word_set(
    "la na da ha he ho hey hi oh ooh ah aah doo dee di dum do bum tra fa lo yeah yea woo boo ra sha sh shh tick tock"
    " tik tak ding dong dang drip drop plip plop knock choo zzz zz buzz beep boop bip meow miaow woof quack moo baa"
    " hush clap boom bang bam pa pum pam rum tum tap chug clack click splash swish whoosh hee heh hoo wah na-na"
    " la-la ha-ha 哈 呵 嘿 啊 呀 哦 啦 呜 喵 ха хе ля на о а ooo ee ei tut toot nom haha hahaha jaja kra caw bla blah"
)
"""What is sung or sounds: it may come thirty times over."""
CALLS = _text.word_set(
    "no yes nein ja non oui nope yep why go run row yay please never more bye wow nah help hurry ring faster"
)
"""What is called out: up to fifteen times."""
STOP = _text.word_set(
    "the a an and of to in is it that was for on with as at by from or be are this his her i you he she we they my not"
    " der die das und ist ein eine zu mit le les et est un une que el los en con il di che"
)
SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0x632BE59BD9B4E019), np.uint64(29))
"""What numbers are mixed with to a mark of several of them (the golden ratio; Steele et al. 2014)."""
READ = 8_000
"""Characters of a prompt that are read."""
SYMBOL_RULE = 130
"""Characters of a line of dashes that is still a rule."""
MARGIN = 200
LEAD = re.compile(r"[ \t]*(?:/|#|\||\+|--|;|%|<!--|\(\*|\*)[^\w\n]*")
"""What a rule in a program begins with, or the border of a table."""
VERSION = 4
COUNTED = re.compile(r"[0-9]+")
NUMBER = re.compile(r"(?<!\S)(\d{1,3})[.)、．](?:[ \t]+|(?=[^\W\d]))")
CYCLE = 4
"""Items of a numbered list that may come again in turn."""
ITEM = 60
"""Characters of an item that a list is made of; longer ones are found as sentences."""
VERDICTS = _text.word_set(
    "true false yes no correct incorrect right wrong positive negative neutral pass fail passed failed spam ham none"
    " agree disagree left same different ok present absent wahr falsch ja nein vrai faux oui non sí verdadero falso да"
    " нет 对 错 是 否"
)
"""What every item of an answer key may say."""
IN_TURN = re.compile(
    r"\b(?:schedule|rota|roster|shifts?|plan|days?|weeks?|training|workout|pattern|alternat\w+|sequence|series|chords?|"
    r"beats?|rhythm|dice|die|coin|moves|steps|rounds?|turns|seats?|keys?|gap|quiz|questions|tags?)\b",
    re.IGNORECASE,
)
"""A prompt after which few things may well come by turns."""
SENTENCE_LIKE = re.compile(r"[.!?…。！？।]['\"”’»)]*\s*$")
CAPITAL = re.compile(r"(?<=[\s(\"“'])[^\W\d_a-zß-öø-ÿа-яё]\w*")
PLAIN = re.compile(r"(?<![|\w])[a-zß-öø-ÿа-яё]+\b")


@dataclass(frozen=True)
class Gate:
    """Flags a stretch that repeats itself side by side more often than its length and its kind of text allow, and a
    text that is mostly the same sentences, paragraphs or ten words (the n-gram shares of Gopher, Rae et al. 2021) or
    that zlib makes ``ratio`` times smaller.

    A short phrase may come more often than a page, verse more often than prose, programs, what documents
    them and tables more often than either; what a prompt asks to be repeated may be, about as often as it asks.
    """

    ratio: Annotated[float, Field(gt=1.0)] = 14.0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the run, or the second time that something is said; the whole body where it is a share."""
        body = sample.body
        runs, share = _runs.of_words(body)
        runs += _runs.tail(body)
        page = Page(sample, share)
        for run in sorted(runs, key=lambda run: (run.start - run.end, run.period)):
            said = page.judge(run)
            if said:
                return said
        return page.numbered() or (page.shares(self.ratio) if len(body) >= 200 else None)


class Page:
    """What must be known of a text before its repetitions are judged."""

    def __init__(self, sample: Text, share: float) -> None:
        self.body = sample.body
        self.made = sample.made
        self.share = share

    @cached_property
    def code(self) -> list[_text.Span]:
        """What is fenced, or all of a program or of its documentation."""
        whole = _sources.is_program(self.body) or _sources.is_documented(self.body, self.made)
        return [(0, len(self.body))] if whole else _text.code(self.body)

    @cached_property
    def verse(self) -> bool:
        """Short lines, or a poem that was asked for."""
        lines = [line.strip() for line in self.body.split("\n")]
        lines = [line for line in lines if line]
        short = sum(len(line) <= 66 for line in lines)
        return (len(lines) >= 4 and short >= 0.8 * len(lines)) or verse_asked(self.made.prompt[:READ])

    @cached_property
    def asked(self) -> float:
        return repeats_asked("\n".join(one[:READ] for one in (self.made.system, self.made.persona, self.made.prompt)))

    def judge(self, run: Run) -> Flag | None:
        """Whether this run is too much."""
        if run.times < 1.5 or run.end - run.start < 20:
            return None
        body, unit = self.body, self.body[run.start : run.start + run.period]
        rest = body[run.end :].strip()
        at_end = not any(map(str.isalnum, rest[:40]))
        if not any(map(str.isalnum, unit)):
            return self._symbols(run, unit, at_end and not rest)
        size, times = run.end - run.start, run.times
        factor = 5.0 if self._is_laid_out(run) else 1.0
        if not any(map(str.isalpha, unit)):
            limit = (
                400
                if body.count("\n", run.start, run.end) >= 2
                else 140
                if set(unit) <= set("0, _.\n")
                else 30
                if at_end
                else 44
            )
            need = 6.0 if size >= limit * factor else times + 1
        else:
            least, need = self._need(unit, at_end)
            need = need * factor if size >= least * factor else times + 1
        need = max(need, self.asked)
        if times < need:
            return None
        said = " ".join(unit.split())
        said = said if len(said) <= 40 else said[:37] + "…"
        return Flag(
            gate="loop",
            version=VERSION,
            reason=f"'{said}' {times:{',.0f' if times >= 100 else '.3g'}} times over",
            span=(run.start, run.end),
            score=min(1.0, round(1 - 0.4 * need / times, 3)),
        )

    def _need(self, unit: str, at_end: bool) -> tuple[int, float]:
        """The characters, and the times over, from which a unit with letters is a loop."""
        words = [word.strip(".,!?…;:-–—'\"“”‘’*_()[]。，！？、").lower() for word in unit.split()]
        words = [word for word in words if word]
        if len(words) <= 1 and len(unit) <= _runs.LONG_WORD and not unit[-1:].isspace() and unit.isascii():
            # inside a long word, or one word with what follows it
            inside = len(unit.split()) == 1 and unit == unit.strip()
            if inside and len({c for c in unit.lower() if c.isalpha()}) <= 3:
                return 60, 6.0
        wide = sum("\u2e80" < c < "\uffef" for c in unit) if not unit.isascii() else 0
        length = len(unit) + 1.5 * wide
        if words and all(word in VOCABLES for word in words):
            return 60, 30.0
        if wide and len(unit) <= 2 and set(unit) & VOCABLES:
            return 40, 30.0
        if words and all(word in VOCABLES or word in CALLS for word in words) and length < 25:
            return 40, 16.0
        if len(words) == 1 and length < 25:
            return (20, 5.0) if words[0] in STOP else (28, 7.0 if at_end else 9.0)
        if length < 25:
            if len(words) >= 3 and SENTENCE_LIKE.search(unit) and not self.verse:
                return 40, 6.0
            return 40, 7.0 if at_end else 10.0
        if length < 60:
            if self.verse:
                return 90, 5.0 if "\n" in unit.strip() else 6.0
            return 90, 4.0 if length < 50 else 3.0
        if length < 150:
            return 150, (4.0 if "\n" in unit.strip() else 5.0) if self.verse else 3.0
        if length < 300:
            return 300, 3.4 if self.verse else 2.6
        return 500, (2.6 if length < 800 else 1.9) if self.verse else (1.9 if length < 800 else 1.5)

    def _symbols(self, run: Run, unit: str, at_end: bool) -> Flag | None:
        """Dashes, dots, pictures: a rule, a frame and a blank to fill in are none."""
        body, size = self.body, run.end - run.start
        line = body[body.rfind("\n", 0, run.start) + 1 : run.start][-MARGIN:]
        if "\n" in body[run.start : run.end]:
            limit = 240 if run.times >= 4 else size + 1
        elif LEAD.fullmatch(line):
            limit = SYMBOL_RULE
        elif not at_end:
            limit = SYMBOL_RULE if not any(map(str.isalnum, line)) or unit.strip()[:1] in "._·" else 60
        else:
            start = body[run.start : run.start + 5]
            at = body.rfind("\n", 0, run.start) + 1
            framed = body.find(start) < at and re.search(rf"^[ \t]*[{re.escape('+|#*' + start[:1])}]", body[:at], re.M)
            limit = SYMBOL_RULE if framed else 80 if unit.strip()[:1] == "_" else 30
        if self._is_laid_out(run):
            limit = max(limit, 400)
        if size < limit or self.asked > 50:
            return None
        reason = f"{size} characters of '{unit[:8].strip()}'"
        return Flag(gate="loop", version=VERSION, reason=reason, span=(run.start, run.end), score=0.9)

    def _is_laid_out(self, run: Run) -> bool:
        """In code, or in a table."""
        middle = (run.start + run.end) // 2
        if _text.inside(self.code, middle):
            return True
        start = self.body.rfind("\n", 0, middle) + 1
        line = self.body[start : start + 400].split("\n", 1)[0]
        return line.count("|") >= 2 or line.count("\t") >= 2

    def numbered(self) -> Flag | None:
        """The same items, up to ``CYCLE`` of them, again and again under rising numbers."""
        prompt = self.made.prompt[:READ]
        marks = NUMBER.findall(self.body)
        if len(marks) < 8 or self.asked or BRIEFLY.search(prompt) or len(NUMBER.findall(prompt)) > 2:
            return None
        starts, items = _rising(self.body)
        for turn in range(1, CYCLE + 1):
            streak, need = 0, max(8, 5 * turn)
            for i in range(turn, len(items)):
                streak = streak + 1 if items[i] == items[i - turn] else 0
                unit = items[i - turn + 1 : i + 1]
                if streak + turn < need or not all(self._is_thing(one, prompt) for one in unit):
                    continue
                if turn > 1 and IN_TURN.search(prompt):
                    return None
                place = (starts[i - streak - turn + 1], len(self.body))
                said = ", ".join(dict.fromkeys(unit))[:40]
                return Flag(
                    gate="loop", version=VERSION, reason=f"'{said}' under rising numbers", span=place, score=0.8
                )
        return None

    @staticmethod
    def _is_thing(item: str, prompt: str) -> bool:
        """Whether an item is no verdict, no letter of an answer key, and no word that the prompt gives."""
        wide = not item.isascii()
        words = 1 < len(item) <= ITEM or (wide and item != "")
        return words and item not in VERDICTS and item not in prompt.casefold() and any(map(str.isalpha, item))

    # -------------------------------------------------------------- shares of the whole

    def shares(self, ratio: float) -> Flag | None:
        """A text that is mostly made of the same things, wherever they stand."""
        numbers = len(COUNTED.findall(self.body)) if self.share < 0.25 else 8
        if numbers < 8 or self.asked:
            return None
        own = _text.blank(self.body, self.code)
        found = self._counted(own) if not self.code else None
        if found or self.share < 0.25 or not own.strip():
            return found
        found = self._sentences(own) or self._paragraphs(own)
        if found:
            return found
        words = own.split()
        limit = 0.85 if self.verse else 0.65
        if len(words) >= 100 and (tens := _again(words, 10, limit)) > limit:
            return self._whole(f"{tens:.0%} of the words stand in a run of ten that was there before", tens)
        if len(own) >= 1500:
            raw = own.encode("utf-8", "surrogatepass")
            squeezed = len(raw) / len(zlib.compress(raw, 1))
            if squeezed > ratio:
                return self._whole(f"zlib makes it {squeezed:.0f} times smaller", 0.9)
        return None

    def _whole(self, reason: str, score: float) -> Flag:
        return Flag(
            gate="loop", version=VERSION, reason=reason, span=(0, len(self.body)), score=min(1.0, round(score, 3))
        )

    def _counted(self, own: str) -> Flag | None:
        """One sentence again and again with a number that counts (``Step 7: open the door.``)."""
        if len(COUNTED.findall(own)) < 8:
            return None
        same = COUNTED.sub("0", own).split()
        often = Counter(same)
        if sum(n // 8 * len(word) for word, n in often.items() if n >= 8 and "|" not in word) < 20:
            return None  # nothing that long comes eight times
        found, _ = _runs.periods(same, 3)
        for start, end, gap in found:
            unit = " ".join(same[start : start + gap])
            if (
                end - start >= 8 * gap
                and unit.count("0") == 1
                and sum(map(str.isalpha, unit)) >= 20
                and "|" not in unit
            ):
                spans = [m.span() for m in _runs.WORD.finditer(self.body)]
                place = (spans[start][0], spans[end - 1][1])
                return Flag(gate="loop", version=VERSION, reason=f"'{unit[:40]}' counted up", span=place, score=0.8)
        return None

    def _sentences(self, own: str) -> Flag | None:
        """A few sentences in any order, one at every turn, or one whose names alone change."""
        spans = _text.sentences(own)
        said = [own[a:b] for a, b in spans]
        counts = Counter(one for one in said if len(one) >= 20 or not one.isascii())
        if not counts or len(said) < 6:
            return None
        top, often = counts.most_common(1)[0]
        often_enough = often >= (12 if self.verse and len(top) < 40 else 6)
        if often_enough and often > (0.55 if self.verse else 0.4) * len(said):
            return self._second(top, f"'{top[:40]}' {often} times", often / len(said))
        long = sum(counts.values())
        if long >= 16 and len(counts) <= min(6, long / 4) and long > 0.6 * len(said):
            return self._whole(f"{long} sentences, {len(counts)} different ones", 0.9)
        return self._renamed(spans, said)

    def _renamed(self, spans: list[_text.Span], said: list[str]) -> Flag | None:
        """Six sentences in a row that differ in names alone."""
        sizes = [(one.count(" "), "" if one[-1].isalnum() else one[-1]) for one in said]
        streak, shape = 1, ""
        for i in range(1, len(said)):
            if sizes[i] != sizes[i - 1] or (streak == 1 and sizes[i : i + 5] != sizes[i : i + 1] * 5):
                streak = 1
                continue
            before = shape if streak > 1 else CAPITAL.sub("0", said[i - 1])
            shape = CAPITAL.sub("0", said[i])
            streak = streak + 1 if shape == before and len(PLAIN.findall(shape)) >= 5 else 1
            if streak >= 6 and said[i] != said[i - 1]:
                place = (spans[i - streak + 1][0], spans[i][1])
                return Flag(
                    gate="loop", version=VERSION, reason=f"'{said[i][:40]}' with other names", span=place, score=0.7
                )
        return None

    def _paragraphs(self, own: str) -> Flag | None:
        """Long paragraphs that were there before."""
        counts = Counter(one.strip() for one in own.split("\n") if len(one.strip()) >= 100)
        total = sum(len(one) * often for one, often in counts.items())
        double = sum(len(one) * (often - 1) for one, often in counts.items())
        if double >= 300 and double > 0.4 * total and total > 0.5 * len(own):
            top = max(counts, key=lambda one: counts[one])
            return self._second(top, f"{double / total:.0%} of the paragraphs' text was there before", 0.9)
        return None

    def _second(self, said: str, reason: str, score: float) -> Flag:
        """At the second place where something stands."""
        first = self.body.find(said)
        at = max(first, self.body.find(said, first + 1))
        if at < 0:
            return self._whole(reason, score)
        return Flag(
            gate="loop", version=VERSION, reason=reason, span=(at, at + len(said)), score=min(1.0, round(score, 3))
        )


def _rising(body: str) -> tuple[list[int], list[str]]:
    """Where the items of a list begin whose numbers rise by one, and what they say, without case and marks."""
    found: list[re.Match[str]] = []
    best: list[re.Match[str]] = []
    for m in NUMBER.finditer(body):
        if found and int(m[1]) == int(found[-1][1]) + 1:
            found.append(m)
        elif not found or int(m[1]) <= 1:
            best, found = max(best, found, key=len), [m]
    found = max(best, found, key=len)
    ends = [m.start() for m in found[1:]] + [len(body)]
    said = [body[m.end() : end].strip().strip(".,;!*_ ").casefold() for m, end in zip(found, ends, strict=True)]
    return [m.start() for m in found], said


def _again(words: list[str], width: int, limit: float) -> float:
    """The share of the words that stand in a run of so many words that was there before; 0 where it cannot be above
    the limit."""
    if len(words) < _runs.MANY:
        found = list(map(hash, zip(*(words[k:] for k in range(width)), strict=False)))
        marks = np.array(found, dtype=np.int64).view(np.uint64)
    else:
        numbers = _runs.numbered(words).astype(np.uint64) * SPREAD[0] + SPREAD[1]
        size = len(words) - width + 1
        marks = numbers[:size].copy()
        for k in range(1, width):
            marks = (marks ^ (marks >> SPREAD[2])) * SPREAD[0] + numbers[k : size + k]
    order = np.argsort(marks, kind="stable")
    same = marks[order[1:]] == marks[order[:-1]]
    if np.count_nonzero(same) * width <= limit * len(words):
        return 0.0
    covered = last = 0
    for i in np.sort(order[1:][same]).tolist():
        covered += i + width - max(i, last)
        last = i + width
    return covered / len(words)
