"""An answer read: what of it is the voice's own, where it refuses, and what was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from greenlight.gates import (
    _bare,
    _demand,
    _endings,
    _manner,
    _noes,
    _refusals,
    _refusals_task,
    _shells,
    _speech,
    _text,
    _wishes,
)
from greenlight.nouns import Text

HEAD, FIRST = 900, 7
"""Characters, and sentences, in which a refusal must begin."""
MOST = 400
"""Sentences that are read for content: with more, there is some."""
READ = 4000
"""Characters that are weighed."""


@dataclass
class Reading:
    """An answer without its wrapping. ``own`` is ``text`` with what others say, gestures and markup left blank.

    ``given``: letters between quotation marks, or of speakers, that the prompt does not hold.
    """

    text: str
    own: str
    quotes: int
    sample: Text
    data: bool = False
    given: int = 0

    @classmethod
    def of(cls, text: str, sample: Text) -> Self:
        data = _shells.is_data(text)
        if data:
            text = _shells.opened(text)
        elif "```" in text and len(text) < _shells.LONGEST:
            text = _shells.said_in_code(text)
        shell = text.strip()
        one_pair = shell[:1] in '"“' and shell[-1:] in '"”' and not re.search(r'["“”]', shell[1:-1])
        if one_pair and not re.search(r"\b(?:quot\w+|line|say|said|sentence|phrase)\b", sample.made.prompt[:READ]):
            text = re.sub(r'["“”]', " ", text)  # all of it between one pair of marks
        spans = _speech.quoted(text, lines=False)
        turns = [m.span() for m in _refusals_task.SPEAKER.finditer(text)] if ":" in text or "：" in text else []
        if len(turns) >= 2:
            spans = _speech.merged([*spans, *turns])
        staged = [at for at in _shells.staged(text) if not _noes.refuses(text[at[0] : at[1]].strip(" *_()[]>"))]
        given = sum(
            _noes.letters(text[a:b]) for a, b in spans if text[a:b].strip("\"“”„'‘’ ") not in sample.made.prompt
        )
        own = _text.blank(text, _speech.merged([*spans, *staged]))
        if staged and not any(map(str.isalnum, own)):
            own = _text.blank(text, spans)
        return cls(text, own, len(spans), sample, data, given)

    @cached_property
    def sentences(self) -> list[_text.Span]:
        return _text.sentences(self.own)

    @cached_property
    def first(self) -> _text.Span | None:
        """The first sentence that refuses by its pattern."""
        return next(
            (at for at in self.sentences[:FIRST] if at[0] < HEAD and _noes.refuses(self.own[at[0] : at[1]])), None
        )

    @cached_property
    def total(self) -> bool:
        """Whether near its head the wish itself is refused, and not by somebody in a letter or a poem."""
        asked = self.asked
        if (
            self.named is None
            or asked.none
            or ((asked.verse or asked.mouth) and _refusals_task.LINES.search(self.own.strip()))
        ):
            return False
        if _manner.read(self.own[: self.named[0]], self.known).novel > 1 or (asked.mouth and self.rest.novel > 1):
            return False
        return not ((asked.outward or asked.note) and self.posted())

    @cached_property
    def named(self) -> _text.Span | None:
        """The clause near the head that refuses the wish by its name."""
        known = _manner.stems(self.sample.made.prompt[:READ])
        for start, end in self.sentences[:3]:
            length = _wishes.refuses(self.own[start:end], known)
            if length is not None and not _noes.SPOKEN.search(self.own[start : start + _noes.LONGEST]):
                return start, start + length
        return None

    @cached_property
    def asked(self) -> _demand.Demand:
        """What is asked for; of a prompt that gives a part to play and a task, the task."""
        prompt = self.sample.made.prompt
        whole = _demand.of(prompt)
        role = _refusals_task.ROLE.match(prompt) if whole.mouth else None
        if role is not None:
            task = _demand.of(prompt[role.end() :])
            if (task.large or task.fact) and not (task.mouth or task.limits or task.you or whole.wanted):
                return task
            if _refusals_task.META.search(self.own[:HEAD]) and not whole.wanted:
                return replace(whole, mouth=False, script=False)
        return whole

    @cached_property
    def known(self) -> frozenset[str]:
        """Beginnings of the words that are no news."""
        made = self.sample.made
        return _manner.stems(f"{made.prompt[:READ]} {made.system[:READ]} {made.persona}")

    @cached_property
    def rest(self) -> _manner.Manner:
        """The manner of what stands around the clause that refuses the wish."""
        start, end = self.named or (0, 0)
        said = self.without_offers()
        return _manner.read(f"{said[:start]} . {said[end:READ]}", self.known)

    @cached_property
    def manner(self) -> _manner.Manner:
        made = _manner.read(self.without_offers()[:READ], self.known)
        advised = made.away > 0 and self.asked.rest and "to bed" in self.own[:READ].lower()
        return replace(made, away=made.away - 1, partly=max(made.partly - 1, 0)) if advised else made

    def shuts(self) -> bool:
        """Whether its first sentence is a bare no."""
        if not self.sentences:
            return False
        said = self.own[slice(*self.sentences[0])][:80].strip(" .!")
        return _bare.is_no(said) and (not self.asked.none or _bare.FIRM.search(said) is not None)

    def posted(self) -> bool:
        """Whether it speaks to somebody else: a letter of a house, or with a greeting."""
        return _refusals.GREETS.match(self.text) is not None or re.search(r"\b[Ww]e\b", self.own[:HEAD]) is not None

    def without_offers(self) -> str:
        """The text without the list that an offer begins."""
        if ":" not in self.own or "\n" not in self.own:
            return self.own
        spans, offered = [], False
        for start, end in self.sentences[:MOST]:
            said = self.own[start:end][: _noes.LONGEST]
            item = _endings.ITEM.match(said) is not None
            offered = (offered and item) or (not item and _refusals.OFFER.search(said) is not None)
            if offered and item:
                spans.append((start, end))
        return _text.blank(self.own, spans)

    def content(self) -> tuple[int, int]:
        """Letters of what does something of the task, and of the whole; a Chinese or Japanese one counts twice."""
        if len(self.sentences) > MOST:
            return len(self.text), len(self.text)
        preached = not self.asked.pain
        total = content = 0
        offered = False
        for start, end in self.sentences:
            letters = _noes.letters(self.text[start:end])
            total += letters
            said = self.own[start:end][: _noes.LONGEST]
            offered = (offered and _endings.ITEM.match(said) is not None) or _refusals.OFFER.search(said) is not None
            if offered:
                continue
            if _noes.refuses(said):
                content += (
                    sum(
                        _noes.letters(part)
                        for part in _noes.CLAUSE.split(said)
                        if not (_noes.idle(part, preached) or _noes.refuses(part))
                    )
                    if _noes.CLAUSE.search(said)
                    else 0
                )
            elif not _noes.idle(said, preached):
                content += letters
        return content, total
