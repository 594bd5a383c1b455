"""The voice plans in what is read: of the user, the prompt, the constitution, or the text to be written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from pydantic import Field

from greenlight.gates import _cues, _plans, _plans_abroad, _speech, _text
from greenlight.gates.channel import channel, said
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

PIECE = re.compile(r"[^.!?…。！？।؟\n]{1,400}(?:[.!?…।؟]+[\"'”’»)\]*_]*(?=\s|\Z)|[。！？]+|[.!?…।؟]|(?=\n)|\Z)?")
"""A sentence, or 400 characters of one."""
OPENS = re.compile(
    r"\W*(?:okay|ok|alright|all right|right|so|first|hmm+|got it|let me|let['’]s|i need to|i should|i must|i have to|"
    r"we need|"
    r"we should|the (?:user|prompt|task|request|question)|thinking|this is a|to (?:answer|write|respond)|how should|"
    r"i['’]m being|brainstorm|"
    r"planning|plan:|analysis|reasoning|draft|thought process|note to self|internal|user)\b",
    re.IGNORECASE,
)
NEAR = 700
"""Characters within which cues add up."""
HEAD = 250
"""Characters of a beginning: thoughts come first."""
ANCHORED = 0.3
"""Of the sum, what must speak of the task."""
FIRST = re.compile(r"\S")
ASIDE = 160
"""Characters beside a hint in which its sentence, and its neighbours, are read."""
LEAST = 0.7
"""Of the weights that hints stand for, within ``NEAR``: with less, no sentence is read."""
CHUNK = 8192
LONGEST = 40
"""Characters that are searched at once, so that few hints are looked for; no hint is longer than the second."""
OFTEN = 100
"""Hits of one hint that are kept of one chunk."""
MOST = 1000
"""Sentences with a cue that are looked at."""
PLAIN = frozenset(
    re.split(
        ", ",
        "modal, wish, will, we, let, how, shall, maybe, opener, hmm, step, size, check, final, head, shape, self, "
        "goal, "
        "brief, plot, keep it, before",
    )
)
TALKS = frozenset(
    {"prompt", "per prompt", "system", "theirs", "in character", "assistant", "task", "persona", "adhere"}
)


def _hints() -> dict[str, list[tuple[str, float, str]]]:
    """By the longest of its words, each hint with what its cue can add, and the cue's name."""
    found: dict[str, list[tuple[str, float, str]]] = {}
    for name, hints in _plans.HINTED.items():
        weight = _cues.CUES[name][0] if name in _cues.CUES else 0.7
        weight += _cues.OBJECT_WEIGHT if name in _cues.OF_OBJECT else 0.0
        for hint in hints.split("|"):
            words = hint.translate(_SPACES).split()
            found.setdefault(max(words, key=len), []).append((hint, weight, name))
    return found


_SPACES = {c: " " for c in range(128) if not chr(c).isalnum()}
_BY_WORD = _hints()
_WORDS = frozenset(_BY_WORD)
_ALWAYS = tuple(name for name in _cues.CUES if name not in _plans.HINTED)


@dataclass(frozen=True)
class Cue:
    """What one sentence adds."""

    start: int
    end: int
    weight: float
    anchor: float
    """What of it speaks of the task: of the user, the prompt, or the text to be written."""
    opens: bool = False
    """Whether it is the first sentence, and begins as thoughts do."""


@dataclass(frozen=True)
class Gate:
    """Flags planning in the visible text: an open or a wrongly closed thought, or cues that add up to ``least``.

    A thought that was closed and answered is not visible. Code and quoted speech are not the voice's own planning.
    Talk of users is weighed less beside talk of software, talk of a plan where one was asked for, and an offer made to
    the reader less than a note to oneself.
    """

    least: Annotated[float, Field(gt=0.0)] = 1.0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the planning: from its first cue to its last, or the thought."""
        body = sample.body
        hidden: tuple[_text.Span, ...] = ()
        if "<" in body or "[" in body or "◁" in body or sample.made.prompt_rendered or "analysis" in body[:20]:
            made = sample.made
            found = channel(body, made.prompt, made.prompt_rendered, made.finish_reason)
            if found.state == "orphan close" and found.place and said(body[: found.place[0]]):
                return self._flag("planning before a closing tag", (0, found.place[1]), 0.95)
            if found.state == "unclosed" and found.place and said(body[found.place[0] + 7 :]):
                return self._flag("a thought that stays open", found.place, 0.9)
            if found.state != "prefilled unclosed":
                hidden = found.thoughts
        spans = _near(body)
        return self._weigh(sample, hidden, spans) if spans else None

    def _weigh(self, sample: Text, hidden: tuple[_text.Span, ...], near: list[Place]) -> Flag | None:
        body = sample.body
        spans = _speech.merged([*_speech.quoted(body, lines=False), *hidden])
        own = _text.blank(body, spans) if spans else body
        factors = _factors(sample.made.prompt)
        first = FIRST.search(own)
        start = first.start() if first else 0
        window: list[Cue] = []
        for cue in islice(_found(own, near, factors, start), MOST):
            window = [c for c in window if cue.start - c.start <= NEAR] + [cue]
            total = sum(c.weight for c in window) + (0.2 if window[0].opens and len(window) > 1 else 0.0)
            if total >= self.least - 1e-9 and sum(c.anchor for c in window) >= ANCHORED:
                score = min(1.0, 0.6 + 0.2 * total)
                return self._flag("planning in the text", (window[0].start, window[-1].end), score)
        return None

    def _flag(self, reason: str, span: _text.Span, score: float) -> Flag:
        return Flag(gate="reasoning_leak", reason=reason, span=span, score=score)


@dataclass(frozen=True)
class Factors:
    """How much the cues count beside this prompt."""

    users: float
    talks: float
    plans: float


def _factors(prompt: str) -> Factors:
    return Factors(
        users=0.25 if _plans.ABOUT_USERS.search(prompt) else 1.0,
        talks=0.4 if _plans.ABOUT_PROMPTS.search(prompt) else 1.0,
        plans=0.5 if _plans.ALOUD.search(prompt) else 1.0,
    )


@dataclass
class Place:
    """A stretch of text where cues could add up, and which."""

    start: int
    end: int
    names: set[str]


def _near(body: str) -> list[Place]:
    """The places where cues could add up: linear, by plain search for the hints whose words are there."""
    low = body.lower()
    if len(low) != len(body):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in body)
    low = low.replace("’", "'")
    abroad = _plans_abroad.PLAIN_HINTS if body.isascii() else _plans_abroad.HINTS
    hits: list[tuple[int, float, str]] = []
    for begin in range(0, len(low), CHUNK):
        end = begin + CHUNK
        found = _WORDS.intersection(low[begin : end + LONGEST].translate(_SPACES).split())
        looked = [hint for word in found for hint in _BY_WORD[word]]
        looked += [(hint, 0.8, "") for hint in abroad]
        for hint, weight, name in looked:
            at, most = low.find(hint, begin, end + LONGEST), len(hits) + OFTEN
            while 0 <= at < end and len(hits) < most:
                hits.append((at, weight, name))
                at = low.find(hint, at + len(hint), end + LONGEST)
    if sum(weight for _, weight, _ in hits) < LEAST:
        return []
    hits.sort()
    places: list[Place] = []
    first, total = 0, 0.0
    for i, (at, weight, _) in enumerate(hits):
        total += weight
        while at - hits[first][0] > NEAR:
            total -= hits[first][1]
            first += 1
        if total < LEAST - 1e-9:
            continue
        begins = max(0, hits[first][0] - ASIDE)
        if places and begins <= places[-1].end:
            places[-1].end = at + ASIDE
            places[-1].names.add(hits[i][2])
        else:
            places.append(Place(begins, at + ASIDE, set()))
        places[-1].names.update(hit[2] for hit in hits[max(first, i - 40) : i + 1])
    return places


def _found(own: str, near: list[Place], factors: Factors, start: int) -> Iterator[Cue]:
    """The sentences near the places that have a cue."""
    done = 0
    for place in near:
        begins, ends = place.start, place.end
        names = [*_ALWAYS, *(name for name in _cues.CUES if name in place.names)]
        line = own.rfind("\n", max(0, begins - ASIDE), begins)
        for m in PIECE.finditer(own, max(done, line + 1 if line >= 0 else max(0, begins - ASIDE))):
            if m.start() > ends:
                break
            done = m.end()
            piece = m.group()
            weight, anchor = _weight(own, m, factors, start, names)
            if not piece.isascii() or _plans_abroad.LATIN.search(piece):
                other = _other(own, m, factors, start)
                weight, anchor = max(weight, other), max(anchor, other)
            if weight > 0:
                lead = len(piece) - len(piece.lstrip())
                opens = m.start() + lead <= start and OPENS.match(piece) is not None
                yield Cue(m.start() + lead, m.start() + len(piece.rstrip()), weight, anchor, opens)


def _weight(own: str, m: re.Match[str], factors: Factors, start: int, names: list[str]) -> tuple[float, float]:
    """What a sentence's cues add up to, and how much of it speaks of the task."""
    piece = m.group().lstrip()
    total = anchor = 0.0
    to_you = _cues.YOU.search(piece) is not None
    object_ = False
    if "user" in piece.lower():
        total = anchor = _user(own, m, factors.users, start)
    for name in names:
        weight, pattern = _cues.CUES[name]
        if not pattern.search(piece):
            continue
        weight *= factors.plans if name in PLAIN else factors.talks if name in TALKS else 1.0
        if to_you and name in _cues.ADDRESSED:
            weight *= 0.4
        elif name in _cues.OF_OBJECT and not object_ and _cues.OBJECT.search(piece):
            object_ = True
            weight += _cues.OBJECT_WEIGHT * factors.plans
            anchor += _cues.OBJECT_WEIGHT
        total += weight
        anchor += weight if name in _cues.ANCHORS else 0.0
    return total, anchor


def _user(own: str, m: re.Match[str], factor: float, start: int) -> float:
    piece = m.group()
    found = _plans.USER.search(piece.lstrip())
    if found is None:
        return 0.0
    if _plans.CONDITION.search(piece):
        return 0.2 * factor
    weight = 0.7
    if _plans.WISH.search(found.group() + piece.lstrip()[found.end() : found.end() + 60]):
        weight += 0.35
    if m.start() <= start:
        weight += 0.35
    elif m.start() <= start + HEAD:
        weight += 0.2
    if _plans.SCREEN.search(own[max(0, m.start() - 150) : m.end() + 30]):
        factor *= 0.4
    return weight * factor


def _other(own: str, m: re.Match[str], factors: Factors, start: int) -> float:
    """The same in other languages."""
    piece = m.group().strip()
    total = 0.0
    if _plans_abroad.USERS.search(piece):
        weight = 0.8 + (0.3 if m.start() <= start + HEAD else 0.0)
        if _plans.SCREEN.search(own[max(0, m.start() - 150) : m.end() + 30]):
            weight *= 0.4
        total += weight * factors.users
    if _plans_abroad.PLANS.search(piece):
        total += 0.5 * factors.plans
    if _plans_abroad.META.search(piece):
        total += 0.25 * factors.plans
    if _plans_abroad.OPENERS.match(piece):
        total += 0.25
    return total
