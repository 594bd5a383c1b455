"""The voice plans in what is read: of the user, the prompt, the constitution, or the text to be written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from pydantic import Field

from greenlight.gates import (
    _asides,
    _beside,
    _blocks,
    _cues,
    _kinds,
    _plans,
    _plans_abroad,
    _plans_signs,
    _remarks,
    _restated,
    _speech,
    _text,
    _traces,
)
from greenlight.gates.channel import channel, said
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

VERSION = 10
PIECE = re.compile(r"[^.!?…。！？।؟\n]{1,400}(?:[.!?…।؟]+[\"'”’»)\]*_]*(?=\s|\Z)|[。！？]+|[.!?…।؟]|(?=\n)|\Z)?")
"""A sentence, or 400 characters of one."""
NEAR = 600
"""Characters within which cues add up."""
ANCHORED = 0.4
"""Of the sum, what must speak of the task."""
LEAST = 0.2
"""Less of one sentence is not counted."""
HALF = 0.3
"""How much of what its sentences add a paragraph of its own is given."""
FIRST = 300
"""Characters of a beginning that are read where the voice speaks of itself and of a text."""
HEAD, TAIL = 3000, 1500
"""Characters in which labels, drafts and phrases are looked for: thoughts stand before a text or after it."""
OTHERS = 0.4
"""What is left of a cue in a line that somebody else speaks."""
NAMED = 0.5
"""What is left of a trace that the prompt names."""
ASIDE = 160
"""Characters beside a word in which its sentence, and its neighbours, are read."""
CHUNK = 8192
OFTEN = 100
"""Places of one word that are kept of one chunk."""
MOST = 1000
"""Sentences that are looked at."""
SPANS = 2
"""Stretches of code, of which prose on a program has some."""
SURE = 0.6
"""A trace that says by itself that somebody thinks."""
ALL, AMID, FIRST_SAID = 1.5, 2.0, 1.3
"""Of what is asked for, what is where the planning is all of a text, is amid its only paragraph, or begins it."""
EDGES = " \t\n.!?…*_#>-•)]}\"'”’"
ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.)])[ \t]")
ITEMS = re.compile(r"^[ \t]{0,8}(?:[-*•]|\d{1,2}[.)])[ \t]", re.MULTILINE)
BRACKETS = re.compile(r"[(\[]")
VOICED = re.compile(
    r"\b(?:i(?:'ll|'d|'m|'ve)|let me|let's|lemme|thinks i)\b|"
    r"\bi (?:\w{2,20}ly |just |also |still |only )?(?:need|should|must(?:n't)?|will|have (?:to|been)|can|could|might|"
    r"may|want|was (?:asked|given|told)|am|don't|won't|can't|shouldn't|think|guess|suppose|wonder|assume|keep|go|"
    r"choose|chose|pick|offer|tried|hope|made sure)\b|"
    r"\b(?:do|should|shall|am|can|did|could|must|as) i\b|\b(?:to|of|for|gave|given|told|asked|with|tells|wants?) me\b|"
    r"(?:\A|[\n.!?:(\[*-])[ \t*\"'(\[]{0,6}(?:hm+|wait|okay|ok|alright|no wait|beep)[,.… ]|"
    r"(?:\A|[\n.!?:(\[*,-])[ \t*\"'(\[]{0,6}(?:(?:so|the|this|our|that),? ){0,3}user(?:'s)?"
    r"(?: (?:is|just|also|only|really|clearly|probably|seems to|likely|didn't|doesn't|has)){0,3}"
    r" (?:wants?|wanted|asks?|asked|asking|says?|said|requests?|requested|intent|looking|seems|likely|mention|goal)\b"
)
"""A voice that speaks of itself, hesitates, or says what one user wants."""
WRITTEN = re.compile(
    r"\b(?:my|persona|character|tone|voice|style|headings|markdown|lists|reply|response|answer|brief|short|trait|grades|"
    r"grader|rater|guidelines|constitution|instructions|principles?|thinking|thought|reasoning|reflection|draft|plan|"
    r"disclaimer|harmless|benign|appropriate|vocabulary|words|limit|generate|format|message)\b"
)
"""A text that is to be written, by its form."""
TECHNICAL = re.compile(
    r"[a-z\d]_[a-z\d]|\w\((?:\)|[a-z_*&\"'][^()\n]{0,80}\))|\w::\w|``|:\w{2,9}:`|\):$|[;{}][ \t]{0,9}$|"
    r"^[ \t]{0,24}(?::(?:param|type|return|ivar|raises)\w{0,9}[ :]|#[ \t]{0,9}(?:include|define|if|ifdef|ifndef|endif|"
    r"pragma)\b|/\*|>>>|\$ |(?:args|parameters|returns|raises|arguments|attributes|options|see also):?[ \t]{0,9}$|"
    r"[a-z]\w{0,30}:\n[ \t]{1,8}(?:- )?\w{1,30}:)",
    re.MULTILINE,
)
"""Names, calls, fields and lines of programs."""
_VOICE = _text.word_set("i've i'm they they're my me i i'll i'd we we'll let let's must need should ensure avoid keep")
_COMMON = _text.word_set(
    "message whoever history conversation being asked meant supposed first line last person point view told given "
    "answer "
    "ending opening points here character system plain wanted expected asking closing details chat wants full "
    "version set sign point"
)
_FORMS = _text.word_set(
    "story poem haiku letter essay scene dialogue limerick sonnet summary explanation description twist plot "
    "protagonist "
    "narrator words sentences paragraph paragraphs style humour humor joke rhyme metaphor character length title "
    "topic theme "
    "slang told instructed respond answer reply vocabulary language ideas voice prompt brief short"
)
"""What a voice may plan to write."""


def _triggers() -> dict[str, float]:
    """Words that open the eyes, each with the most that its sentence could owe to it."""
    found: dict[str, float] = {}
    for word, bits in _cues.CLASS.items():
        if bits & (_cues.USER | _cues.STRONG):
            found[word] = 1.0
        elif bits & (_cues.WEAK | _cues.TEST):
            found[word] = 0.5
        elif bits & (_cues.OUT | _cues.POLICY):
            found[word] = 0.3
    for first, terms in _cues.TERMS.items():
        for rest, bits in terms:
            if bits & (_cues.STRONG | _cues.USER | _cues.OUT | _cues.TEST):
                longest = max((first, *rest), key=len)
                if longest not in found and longest not in _COMMON:
                    found[longest] = 0.4
    return found


_SPACES = {c: " " for c in range(128) if not chr(c).isalnum() and chr(c) not in "-"}
_TRIGGERS = _triggers()
_WORDS = frozenset(_TRIGGERS)


@dataclass(frozen=True)
class Cue:
    """What one place adds."""

    start: int
    end: int
    weight: float
    anchor: float
    """What of it speaks of the task: of the user, the prompt, or the text to be written."""
    sure: bool = False
    """Whether it says by itself that somebody thinks."""


@dataclass(frozen=True)
class Gate:
    """Flags planning in the visible text: an open or a wrongly closed thought, or cues that add up to ``least``.

    A thought that was closed and answered is not visible. Code, but for its comments, and quoted speech are not the
    voice's own planning. A paragraph of its own before or after the answer is read as a whole, by its manner.
    Talk of users is weighed less beside a prompt on software or devices, talk of prompts beside one on prompts, and a
    plan where one was asked for. A text that stands under no prompt has no user and no task: there, talk of a request,
    a query or a prompt is planning only by a voice that says "I", hesitates or says what the user wants, or beside
    words for a text to be written, which count for nothing in programs and what documents them.
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
            stripped = _traces.stripped(body, found.state)
            if stripped and not made.prompt_rendered:
                return self._flag("a channel of thoughts without its marks", stripped, 0.9)
            if found.state != "prefilled unclosed":
                hidden = found.thoughts
        return self._weigh(sample, hidden)

    def _weigh(self, sample: Text, hidden: tuple[_text.Span, ...]) -> Flag | None:
        body = sample.body
        low = _lower(body)
        alone = not sample.made.prompt and not sample.made.system
        blocks = _text.code(body) if "`" in body or "~~~" in body else []
        code = _speech.merged([*blocks, *hidden]) if hidden or blocks else []
        words = _words(low)
        traces = _edges(_text.blank(body, code) if code else body, low, words)
        abroad = _plans_abroad.hints(low, words)
        near = _near(low, words, [(start, 0.4) for start, _, _ in traces], abroad)
        apart = _blocks.candidates(low, code, abroad)
        read = list(_asides.read_out(low, sample.made.prompt))
        side = _kinds.beside_text(low, words, _beside.beside(sample.made.prompt))
        if not (near or traces or blocks or apart or read):
            found = self._mused(low, code, side, sample.made.system)
            return found if not alone or (found and _is_meant(found, low, _is_technical(low, code))) else None
        technical = alone and _is_technical(low, code)
        alone = alone and (technical or not abroad)
        told = (side.plans + side.apart) / 2
        lead = len(body) - len(body.lstrip())
        cues = []
        for a, b, w in traces:
            weight = (w + 0.1 * (a <= lead)) * told * (NAMED if _named(low[a:b], side) else 1.0)
            cues.append(Cue(a, b, weight, weight, w >= SURE and not technical))
        noted = _asides.comments(body, blocks) if blocks and side.users == side.talks == 1.0 else None
        if noted:
            return self._flag("planning in a comment of code", noted, 0.8)
        cues += [Cue(a, b, 1.0, 1.0) for a, b in read]
        spans = []
        if near:
            spans = _speech.merged([*_speech.quoted(body, lines=False), *hidden])
            own = _text.blank(low, spans) if spans else low
            cues += islice(_found(own, near, side, bool(abroad)), MOST)
        lines = _kinds.others(body) if cues and "\n" in body else []
        if lines:
            cues = [_of_another(cue) if _text.inside(lines, cue.start) else cue for cue in cues]
        window: list[Cue] = []
        for cue in sorted(cues, key=lambda cue: (cue.start, cue.end)):
            window = [c for c in window if cue.start - c.start <= NEAR] + [cue]
            total = sum(c.weight for c in window)
            if total < self.least - 1e-9 or sum(c.anchor for c in window) < ANCHORED:
                continue
            if alone and not _is_said(low, *_stretch(window), technical) and not any(c.sure for c in window):
                continue
            if total >= self.least * _asked(low, window, side) - 1e-9:
                score = min(1.0, 0.6 + 0.2 * total)
                return self._flag("planning in the text", _stretch(window), score)
        found = self._apart(low, apart, side, cues) or self._mused(low, code, side, sample.made.system)
        return found if not alone or (found and _is_meant(found, low, technical)) else None

    def _mused(self, low: str, code: list[_text.Span], side: _beside.Beside, system: str) -> Flag | None:
        """A stretch that restates what was asked, or remarks on the answer."""
        if self.least > 1.0:
            return None
        persona = _restated.personas(system) if system else frozenset()
        bare = _text.blank(low, code) if code else low
        found = _restated.found(bare, side, persona) or _remarks.found(bare, side, persona)
        return self._flag("remarks beside the answer", found, 0.7) if found else None

    def _apart(
        self, low: str, apart: list[tuple[_text.Span, bool]], side: _beside.Beside, cues: list[Cue]
    ) -> Flag | None:
        """A paragraph of its own that thinks."""
        for (start, end), other in apart:
            if _blocks.dressed(low, start):
                continue
            weight = _blocks.weigh(low[start:end], side, other)
            if weight >= LEAST:
                weight += HALF * sum(cue.weight for cue in cues if start <= cue.start < end)
            if weight >= _blocks.LEAST * self.least - 1e-9:
                return self._flag("a paragraph of planning", (start, end), min(1.0, 0.5 + 0.2 * weight))
        return None

    def _flag(self, reason: str, span: _text.Span, score: float) -> Flag:
        return Flag(gate="reasoning_leak", reason=reason, span=span, score=score, version=VERSION)


def _of_another(cue: Cue) -> Cue:
    return Cue(cue.start, cue.end, OTHERS * cue.weight, OTHERS * cue.anchor, cue.sure)


def _stretch(window: list[Cue]) -> _text.Span:
    return window[0].start, max(c.end for c in window)


def _is_technical(low: str, code: list[_text.Span]) -> bool:
    """Whether a text, what stands in code apart, is one of a program or on one; JSON may hold any answer."""
    if low.lstrip()[:1] == "{":
        return False
    return len(code) >= SPANS or TECHNICAL.search(_text.blank(low, code)) is not None


def _is_said(low: str, start: int, end: int, technical: bool) -> bool:
    """Whether a stretch of a text that nobody asked for has a voice, or, outside of what is ``technical``, is on a text
    to be written: without, a request, a query, a prompt and a task are those of software and of work."""
    return VOICED.search(low, start, end) is not None or (not technical and WRITTEN.search(low, start, end) is not None)


def _is_meant(flag: Flag, low: str, technical: bool) -> bool:
    """The same of what was found already."""
    return flag.span is None or _is_said(low, *flag.span, technical)


def _asked(low: str, window: list[Cue], side: _beside.Beside) -> float:
    """How much more cues must weigh where little says that an answer stands beside them: amid a text's only paragraph,
    at its beginning where somebody says "I" and no sentence what the user wants, or where nobody does and it goes on
    to the end."""
    begins, ends = _stretch(window)
    if BRACKETS.search(low, begins, ends):
        return 1.0
    if ITEM.match(low, begins) and _amid_list(low, begins):
        return ALL
    first = begins <= ASIDE and not low[:begins].strip(EDGES)
    one = low.find("\n", len(low) - len(low.lstrip()), len(low.rstrip())) < 0
    if one and not first:
        last = low[window[-1].start : ends]
        return 1.0 if side.users == 1.0 and _restated.of_asker(last, side) and not low[ends:].strip(EDGES) else AMID
    if not _VOICE.isdisjoint(low[begins:ends].translate(_SPACES).split()):
        wanted = side.users == 1.0 and any(_plans_signs.REQUESTED.match(low, c.start, c.end) for c in window)
        return FIRST_SAID if one and not wanted else 1.0
    return ALL if not low[ends : ends + ASIDE].strip(EDGES) and (first or "\n\n" not in low[:begins]) else 1.0


def _amid_list(low: str, at: int) -> bool:
    """Whether an item has others before it, and there are three of them."""
    before = len(ITEMS.findall(low, max(0, at - NEAR), at))
    return before > 0 and before + len(ITEMS.findall(low, at, at + NEAR)) > 2


def _named(trace: str, side: _beside.Beside) -> bool:
    """Whether the prompt asks for such a thing by name: a count, a draft, an analysis of a request."""
    return not side.asked.isdisjoint(_beside.stems(trace[:80]))


def _edges(body: str, low: str, words: frozenset[str]) -> list[tuple[int, int, float]]:
    """The traces at a text's beginning and end, which of most texts is all of it."""
    if len(body) <= HEAD + TAIL:
        return list(_traces.found(body, low, words))
    found = list(_traces.found(body[:HEAD], low[:HEAD], _words(low[:HEAD])))
    at = len(body) - TAIL
    return found + [(a + at, b + at, w) for a, b, w in _traces.found(body[at:], low[at:], _words(low[at:]))]


def _lower(body: str) -> str:
    """In lower case, with straight apostrophes, every character in its place."""
    low = body.lower()
    if len(low) != len(body):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in body)
    return low.replace("’", "'")


def _words(low: str) -> frozenset[str]:
    """The words of a text, as far as they are in plain letters."""
    plain = low if low.isascii() else low.encode("ascii", "replace").decode()
    return frozenset(plain.translate(_SPACES).split())


def _near(low: str, words: frozenset[str], hits: list[tuple[int, float]], abroad: list[str]) -> list[_text.Span]:
    """The places where cues could add up, linear, by plain search for the words that are there. ``hits``: places that
    are known, with weights."""
    for begin in range(0, len(low), CHUNK):
        end = begin + CHUNK
        here = words if len(low) <= CHUNK else _words(low[begin : end + 24])
        looked = [(w, _TRIGGERS[w]) for w in _WORDS & here]
        looked += [(hint, 0.8) for hint in abroad]
        for hint, weight in looked:
            at, most = low.find(hint, begin, end + 24), len(hits) + OFTEN
            while 0 <= at < end and len(hits) < most:
                hits.append((at, weight))
                at = low.find(hint, at + len(hint), end + 24)
    hits.sort()
    places: list[_text.Span] = []
    first, total = 0, 0.0
    for at, weight in hits:
        total += weight
        while at - hits[first][0] > NEAR:
            total -= hits[first][1]
            first += 1
        if total < 0.5 - 1e-9:
            continue
        begins = max(0, hits[first][0] - ASIDE)
        if places and begins <= places[-1][1]:
            places[-1] = (places[-1][0], at + ASIDE)
        else:
            places.append((begins, at + ASIDE))
    return _with_head(low, hits, places)


def _with_head(low: str, hits: list[tuple[int, float]], places: list[_text.Span]) -> list[_text.Span]:
    """The places, and the beginning where a voice speaks of itself and of a text: thoughts come first."""
    early = bool(places) and places[0][0] <= FIRST
    if early and places[0][0] == 0:
        return places
    head = frozenset(low[:FIRST].translate(_SPACES).split())
    known = not head.isdisjoint(_FORMS) and not head.isdisjoint(_VOICE)
    if known or _plans_signs.THEY.match(low.lstrip()[:120]) or (hits and hits[0][0] <= FIRST // 2):
        return [(0, max(FIRST, places[0][1]) if early else FIRST), *places[early:]]
    return places


def _found(own: str, near: list[_text.Span], side: _beside.Beside, abroad: bool) -> Iterator[Cue]:
    """The sentences near the places that add something."""
    done = 0
    text = own.lstrip()
    start = len(own) - len(text)
    last = own.rfind("\n\n", 0, len(own.rstrip()))
    for begins, ends in near:
        line = own.rfind("\n", max(0, begins - ASIDE), begins)
        for m in PIECE.finditer(own, max(done, line + 1 if line >= 0 else max(0, begins - ASIDE))):
            if m.start() > ends:
                break
            done = m.end()
            piece = m.group()
            lead = len(piece) - len(piece.lstrip())
            place = max(0, m.start() + lead - start)
            weight, anchor = _plans.weigh(piece, place, side, 0 <= last < m.start() + lead)
            if abroad:
                other = _plans_abroad.weigh(piece, place, side)
                weight, anchor = max(weight, other), max(anchor, other)
            if weight >= LEAST:
                yield Cue(m.start() + lead, m.start() + len(piece.rstrip()), weight, anchor)
