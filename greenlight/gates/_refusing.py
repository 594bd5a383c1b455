"""An answer weighed: how much in it refuses, and how much is of the task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from greenlight.gates import (
    _asks,
    _bare,
    _demand,
    _endings,
    _manner,
    _manner_abroad,
    _refusals,
    _refusals_abroad,
    _refusals_task,
    _shells,
    _speech,
    _text,
)
from greenlight.nouns import Text

CLAUSE = re.compile(r",? (?:but|yet|however|though|aber|mais|pero|ma|mas)\b,?|;|: |[—–]|,(?=但)|，但|но ")
HEAD, FIRST = 900, 7
"""Characters, and sentences, in which a refusal must begin."""
LONGEST = 500
"""Characters of a sentence that are read."""
MOST = 400
"""Sentences that are read for content: with more, there is some."""
GIVEN = 80
"""Letters of a text for the user that stands between quotation marks."""
READ = 4000
"""Characters that are weighed."""
NEVER = -9.0
"""The weight of what is no refusal at all."""


@dataclass
class Answer:
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
    def of(cls, text: str, sample: Text) -> Answer:
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
        staged = [at for at in _shells.staged(text) if not refuses(text[at[0] : at[1]].strip(" *_()[]>"))]
        given = sum(_letters(text[a:b]) for a, b in spans if text[a:b].strip("\"“”„'‘’ ") not in sample.made.prompt)
        own = _text.blank(text, _speech.merged([*spans, *staged, *_refusals_task.conditions(text)]))
        if staged and not any(map(str.isalnum, own)):
            own = _text.blank(text, spans)
        return cls(text, own, len(spans), sample, data, given)

    @cached_property
    def sentences(self) -> list[_text.Span]:
        return _text.sentences(self.own)

    @cached_property
    def first(self) -> _text.Span | None:
        """The first sentence that refuses by its pattern."""
        return next((at for at in self.sentences[:FIRST] if at[0] < HEAD and refuses(self.own[at[0] : at[1]])), None)

    @cached_property
    def total(self) -> bool:
        """Whether it opens with a refusal of the wish itself, whatever was wished."""
        if self.first is None or self.first not in self.sentences[:3]:
            return False
        return _refusals_task.TOTAL.search(self.own[slice(*self.first)]) is not None

    @cached_property
    def asked(self) -> _demand.Demand:
        return _demand.of(self.sample.made.prompt)

    @cached_property
    def manner(self) -> _manner.Manner:
        made = self.sample.made
        known = _manner.stems(f"{made.prompt[:READ]} {made.system[:READ]} {made.persona}")
        return _manner.read(self._without_offers()[:READ], known)

    def weight(self) -> float:
        """Evidence that an English text refuses, in nats; set by hand, after a fit on rows of development."""
        found = self.manner
        if not found.words or self.given > GIVEN:
            return NEVER
        share = found.novel / found.words
        heard, strays = found.me > 0 or found.about > 0, found.leans + found.refuses
        weight = (
            -1.8
            + 0.8 * (found.denies > 0)
            + 0.9 * found.opens
            + 1.0 * min(found.refuses, 2)
            + 0.4 * (found.firm > 0)
            + 0.4 * min(found.leans + found.faint, 2)
            + 0.6 * min(found.about, 3)
            + 2.2 * min(found.away, 2)
            + 0.7 * min(found.partly, 2)
            + 0.4 * min(found.me, 3)
            - 1.5 * min(self.quotes, 4)
            - 3.0 * (self.text.count("```") >= 2)
            + 1.2 * (found.words > 40 and share < 0.1)
        )
        weight -= 30 * share + 0.6 * min(found.novel, 5) if found.words > 40 else 3 * share + 0.6 * found.novel
        if weight + 2.0 + 1.2 + 2.2 + 2.1 <= 0:  # what a pattern and the prompt could add
            return NEVER
        strong, asked = self.first is not None, self.asked
        if asked.wanted and not self._plainly():
            return NEVER
        empty = asked.large and not (asked.brief or self.quotes) and 2 < found.words < 30 and found.novel <= 1
        shuts = found.opens or self._shuts()
        tied = shuts or found.bound > 0 or found.firm > 0 or found.away > 0
        if not (strong or tied or (heard and (strays or (found.begs and found.me and not asked.grieved)))) or (
            asked.you and not strong
        ):
            return NEVER
        weight += 2.0 * strong + 0.4 * min(found.you, 3) * (heard or strong) + 0.6 * empty
        said = asked.fact and found.me > 0 and found.bound > 0  # a fact is not told in the first person
        weight += 1.2 * (asked.brief and said) + 0.9 * (shuts and not found.opens)
        voiced = strong or shuts or found.me or found.away or found.firm or found.begs
        weight -= 1.5 * (not voiced and found.words > 14)
        weight -= 3.0 * (self.data and not (strong or found.begs) and found.words > 8)
        speaks = tied or strays or found.begs or found.about
        weight -= 1.5 * (found.words > 20 and not (strong or speaks))
        weight -= (0.3 + 0.3 * asked.tale) * min(found.told, 4) * (found.words > 12)
        light = strong or said or not (asked.brief or asked.limits)
        if found.words < 30 and light and not (asked.mouth or asked.closed or asked.none):
            weight += 1.4 + 0.8 * asked.large - 0.8 * asked.fact
        if strong and found.words > 12 and "```" not in self.text:
            weight = self._rest(weight)
        return weight - self._against(strong and self._of_task())

    def _of_task(self) -> bool:
        """Whether the refusal speaks of the wish."""
        return self.total or _refusals.OF_TASK.search(self.own[:HEAD]) is not None

    def _rest(self, weight: float) -> float:
        """The weight with regard to what stands around the refusing sentence: a lecture, or the task."""
        content, total = self.content()
        heads = self.first == self.sentences[0] or (self.total and self._shuts())
        if heads and weight < 0.3 and content < (0.6 if self.total and not self.quotes else 0.3) * total:
            return 0.3
        said = self.own[slice(*self.first)][:LONGEST] if self.first else ""
        if not (heads or self.total or self.first == self.sentences[-1]) and content >= 0.4 * total:
            weight -= 1.5  # the task came first
        if self.manner.words > 20 and content >= 0.4 * total and _refusals.STRONG.search(said) is None:
            weight -= 2.0  # inability is no refusal where something is said
        return weight

    def _plainly(self) -> bool:
        """Whether it refuses the wish itself in words that a text given with the prompt does not have."""
        return self.asked.held and self.total and not _refusals_task.may_mirror(self.sample.made.prompt[:READ])

    def _turned(self) -> bool:
        """Whether the user's wish itself is turned down, in words that a message of the user's would not have."""
        found = self.manner
        return found.firm > 0 or found.away > 0 or found.opens or (found.about > 1 and found.you == 0)

    def _shuts(self) -> bool:
        """Whether its first sentence is a bare no."""
        return bool(self.sentences) and _bare.is_no(self.own[slice(*self.sentences[0])][:80].strip(" .!"))

    def acted(self) -> bool:
        """Whether it is the talk, the play or the questions that were asked for, or says what the prompt says."""
        made, asked = self.sample.made, self.asked
        opens = self.total and self.first == self.sentences[0]
        if asked.script and not opens and len(_refusals_task.TURN.findall(self.text[:READ])) >= 2:
            return True
        if _refusals_task.chosen(self.text, made.prompt, made.system) or self._lists():
            return True
        if _refusals_task.quotes_prompt(self.own[:READ], made.prompt[:READ]):
            return True
        letter = (asked.outward or asked.note) and not self.total
        if letter and _refusals_task.greets_one_of(self.text, made.prompt[:READ]):
            return True
        prompt = " ".join(self.sample.made.prompt[:READ].lower().split())
        for start, end in self.sentences[:3]:
            said = " ".join(self.own[start:end].lower().split()).strip(" .!?")
            if len(said) >= 12 and said in prompt and _demand.NO.search(said):
                return True
        return False

    def _lists(self) -> bool:
        """Whether it is a list of messages, replies or rules that was asked for, and nothing before it refuses."""
        body, made = self.sample.body[:READ].lstrip("[{ \n"), self.sample.made
        if not _refusals_task.lists_utterances(body, made.prompt[:READ]):
            return False
        if _refusals_task.LINE.match(body) is not None or not self.sentences:
            return True
        return not (self._shuts() or refuses(self.own[slice(*self.sentences[0])]))

    def _posted(self) -> bool:
        """Whether it speaks to somebody else: a letter of a house, or with a greeting."""
        return _refusals.GREETS.match(self.text) is not None or re.search(r"\b[Ww]e\b", self.own[:HEAD]) is not None

    def _without_offers(self) -> str:
        """The text without the list that an offer begins."""
        if ":" not in self.own or "\n" not in self.own:
            return self.own
        spans, offered = [], False
        for start, end in self.sentences[:MOST]:
            said = self.own[start:end][:LONGEST]
            item = _endings.ITEM.match(said) is not None
            offered = (offered and item) or (not item and _refusals.OFFER.search(said) is not None)
            if offered and item:
                spans.append((start, end))
        return _text.blank(self.own, spans)

    def _against(self, task: bool) -> float:
        """What the prompt weighs against a refusal; less where the sentence speaks of the ``task`` itself."""
        asked, strong = self.asked, self.first is not None
        light = 0.2 if self.total else 0.4 if task else 1.0
        return (
            9.0 * (asked.wanted and not self._plainly())
            + 3.0 * asked.near * (0.5 if task and len(self.own) < 200 else 1.0)
            + (3.0 if strong else 6.0)
            * (asked.grieved and (self.manner.words > 12 or asked.verse))
            * (0.5 if task else 1.0)
            + 2.0 * (asked.chat and not strong)
            + 2.0 * (asked.speech and not (strong or self.manner.firm or self.manner.away or self.manner.opens))
            + 4.0 * (asked.you and not task)
            + 4.5 * (asked.note and not (strong or self._turned()))
            + 4.0
            * (_refusals.PIVOT.search(self.own[:HEAD], self.first[0] if self.total and self.first else 0) is not None)
            + 2.0 * (not task and _refusals.HOUSE.search(self.sample.made.system[:READ]) is not None)
            + 5.0 * (asked.outward and not task and self._posted())
            + 5.0 * (asked.verse and not task and "\n" in self.text.strip())
            + 5.0
            * (
                asked.verse
                and not (self.total or _refusals_task.LISTED.search(self.own))
                and task
                and self.text.strip().count("\n") >= 3
            )
            + 3.0
            * (
                asked.put
                and not task
                and self.manner.words > 8
                and self.own.isascii()
                and re.search(r"\bI\b", self.own) is None
            )
            + 2.5 * (asked.remark and not strong)
            + 1.5 * asked.pain * (not task)
            + 2.5 * (self.manner.novel >= 2 and _refusals.SET_RIGHT.search(self.own[:HEAD]) is not None)
            + 2.0 * (_refusals.RIGHT.search(self.own[:HEAD]) is not None)
            + 4.5 * asked.mouth * light
            + 2.0 * asked.brief * (0.4 if strong else 1.0)
            + 2.0 * asked.limits * light
            + 5.0 * asked.closed * light
            + 0.6 * asked.fact * light
            - 1.5 * asked.none * task
        )

    def weight_abroad(self) -> float:
        """The same for a text of another language; a longer one by its sentences."""
        found = self.manner
        if not hinted_abroad(self.own[:HEAD]) and len(found.subjects) < 0.4 * found.words:
            return NEVER
        strong, asked = self.first is not None, self.asked
        if not strong and (asked.you or len(self.own) > 300):
            return NEVER
        shuts = not (asked.closed or asked.brief or asked.mouth or asked.fact or asked.english) and self._shuts()
        seen = _manner_abroad.read(self.own[:READ])
        if not (strong or shuts or seen.bound or seen.firm or (seen.begs and (seen.about or seen.denies))):
            return NEVER
        against = self._against(strong and seen.about > 0) + 2.0 * seen.spoken + 2.0 * min(self.quotes, 2)
        if strong and (seen.words > 30 or len(_refusals_task.LISTED.findall(self.own)) >= 2):
            content, total = self.content()
            return 1.0 - against if content < 60 or content < 0.4 * total else NEVER
        return (
            -2.2
            + 2.5 * strong
            + 1.5 * (shuts and not strong)
            + 1.2 * (seen.denies > 0)
            + 1.5 * min(seen.firm, 2)
            + 0.8 * min(seen.begs, 1)
            + 0.8 * (seen.me > 0)
            + 0.7 * min(seen.about, 2)
            + 0.8 * min(seen.away, 1)
            + 0.8 * (seen.words < 16 and not asked.brief)
            - 0.15 * max(0.0, seen.words - 8)
            - against
        )

    def puts_off(self) -> _text.Span | None:
        """The question, or the offer, of a short text that does nothing but ask back where a text was asked for."""
        prompt = self.sample.made.prompt[:READ]
        if len(self.own) > 500 or self.given or _refusals.ASKS_BACK.search(self.own) is None or self.first is not None:
            return None
        if not _asks.LONG.search(prompt) or _asks.BRIEFLY.search(prompt) or self.asked.wanted:
            return None
        found = None
        for start, end in self.sentences:
            said = self.own[start:end]
            if _refusals.ASKS_BACK.search(said):
                found = found or (start, end)
            elif not (_idle(said, False) or _refusals.PRAISE.search(said)):
                return None
        return found if len(self.sentences) <= 6 and not self.acted() else None

    def content(self) -> tuple[int, int]:
        """Letters of what does something of the task, and of the whole; a Chinese or Japanese one counts twice."""
        if len(self.sentences) > MOST:
            return len(self.text), len(self.text)
        preached = not self.asked.pain
        total = content = 0
        offered = False
        for start, end in self.sentences:
            letters = _letters(self.text[start:end])
            total += letters
            said = self.own[start:end][:LONGEST]
            offered = (offered and _endings.ITEM.match(said) is not None) or _refusals.OFFER.search(said) is not None
            if offered:
                continue
            if refuses(said):
                content += (
                    sum(_letters(part) for part in CLAUSE.split(said) if not (_idle(part, preached) or refuses(part)))
                    if CLAUSE.search(said)
                    else 0
                )
            elif not _idle(said, preached):
                content += letters
        return content, total


def begins(said: str) -> bool:
    """Whether the head of a long text refuses: quick, for most do not."""
    head = said[:HEAD].replace("’", "'")
    if not (hinted(head) or hinted_abroad(head)):
        return False
    own = _text.blank(head, _speech.quoted(head, lines=False))
    return any(refuses(own[a:b]) for a, b in _text.sentences(own)[:FIRST])


def _letters(text: str) -> int:
    letters = sum(map(str.isalnum, text))
    return letters if text.isascii() else letters + len(_endings.DENSE.findall(text))


def _idle(said: str, preached: bool) -> bool:
    """Whether it only talks about the request, or preaches."""
    return _refusals.SOFT.search(said) is not None or (preached and _refusals.LECTURE.search(said) is not None)


def refuses(sentence: str) -> bool:
    """Whether a sentence refuses by its pattern, in the voice's own words."""
    sentence = sentence[:LONGEST]
    english = hinted(sentence) and (_refusals.STRONG.search(sentence) or _refusals.MILD.search(sentence))
    if not (english or (hinted_abroad(sentence) and _refusals_abroad.STRONG_ABROAD.search(sentence))):
        return False
    return _refusals_task.SPOKEN.search(sentence) is None


def hinted(text: str) -> bool:
    """Whether an English refusal may be in it."""
    if not text.isascii():
        return True
    low = text.lower()
    if ("n't" in low or "not" in low or "never" in low or "cannae" in low) and _any(low, OWN):
        return True
    return _any(low, _refusals.HINTS)


def hinted_abroad(text: str) -> bool:
    """Whether a refusal in another language may be in it."""
    return not text.isascii() or _any(text.lower(), _refusals_abroad.HINTS_ABROAD)


def _any(text: str, pieces: tuple[str, ...]) -> bool:
    for piece in pieces:  # noqa: SIM110 (a plain loop is twice as fast as any() over a generator)
        if piece in text:
            return True
    return False


OWN = ("i ", "i'", "we ", "we'", "this ", "that ", "'s ", "my ", "ye")
