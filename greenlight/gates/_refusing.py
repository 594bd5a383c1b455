"""An answer weighed: how much in it refuses, and how much is of the task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from greenlight.gates import (
    _asks,
    _demand,
    _manner,
    _manner_abroad,
    _noes,
    _readings,
    _refusals,
    _refusals_task,
    _speech,
    _text,
    _wishes,
)
from greenlight.gates._plain_words import WORD

GIVEN = 80
"""Letters of a text for the user that stands between quotation marks."""
NEVER = -9.0
"""The weight of what is no refusal at all."""


@dataclass
class Answer(_readings.Reading):
    """An answer weighed."""

    def weight(self) -> float:
        """Evidence that an English text refuses, in nats; set by hand, after a fit on rows of development."""
        found = self.manner
        if not found.words or self.given > GIVEN:
            return NEVER
        novel = found.novel
        if self.named is not None and self.rest.novel <= 1.5:
            novel = self.rest.novel + 0.3 * (novel - self.rest.novel)
        share = novel / found.words
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
        weight -= 30 * share + 0.6 * min(novel, 5) if found.words > 40 else 3 * share + 0.6 * novel
        if weight + 2.0 + 1.2 + 2.2 + 2.1 <= 0:  # what a pattern and the prompt could add
            return NEVER
        strong, asked = self.first is not None, self.asked
        if (asked.wanted or self.mirrored) and not self._plainly():
            return NEVER
        if asked.brief and found.words <= 4 and not (found.me or found.begs or found.firm or found.about):
            return NEVER
        empty = asked.large and not (asked.brief or self.quotes) and 2 < found.words < 30 and found.novel <= 1
        shuts = found.opens or self.shuts()
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
        weight -= 1.0 * (asked.fact and not (strong or shuts or found.me or found.begs or found.away))
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
        return self.total or _refusals.OF_TASK.search(self.own[: _readings.HEAD]) is not None

    def _rest(self, weight: float) -> float:
        """The weight with regard to what stands around the refusing sentence: a lecture, or the task."""
        content, total = self.content()
        heads = self.first == self.sentences[0] or (self.total and self.shuts())
        dense = self.named is not None and self.rest.novel > 0.12 * max(self.rest.words, 20)
        if heads and not dense and weight < 0.3 and content < (0.6 if self.total and not self.quotes else 0.3) * total:
            return 0.3
        said = self.own[slice(*self.first)][: _noes.LONGEST] if self.first else ""
        if not (heads or self.total or self.first == self.sentences[-1]) and content >= 0.4 * total:
            weight -= 1.5  # the task came first
        if self.manner.words > 20 and content >= 0.4 * total and _refusals.STRONG.search(said) is None:
            weight -= 2.0  # inability is no refusal where something is said
        return weight

    @cached_property
    def given_text(self) -> tuple[str, str]:
        """The text that is given with the prompt, and what is asked of it."""
        return _refusals_task.held(self.sample.made.prompt[: _readings.READ])

    @cached_property
    def mirrored(self) -> bool:
        """Whether a text was given that says no."""
        return _refusals_task.denies(self.given_text[0])

    def _plainly(self) -> bool:
        """Whether it refuses the wish itself in words that a text given with the prompt does not have."""
        known = _manner.stems(self.given_text[1])
        spoken = [m.group().lower() for m in WORD.finditer(self.own[: _readings.HEAD])]
        held = self.asked.held or (self.mirrored and not self.asked.wanted)
        if not (held and self.total):
            return False
        meta = {"request", "assist", "assistance", "task"} - set(self.given_text[0].lower().split())
        return any(_wishes.names(word, known) or word in meta for word in spoken)

    def turns_down(self) -> bool:
        """Whether it refuses the wish by its name, near its head, and says next to nothing else."""
        asked, found = self.asked, self.manner
        if self.named is None or self.quotes or self.given > GIVEN / 2 or found.novel > 4:
            return False
        if asked.wanted or asked.grieved or asked.limits or asked.you or asked.chat or asked.note or asked.remark:
            return False
        if asked.closed or asked.mouth or asked.none or not self.total or self.mirrored:
            return False
        if _refusals.PIVOT.search(self.own[: _readings.HEAD]) or _refusals.SET_RIGHT.search(self.own[: _readings.HEAD]):
            return False
        rest = self.rest
        return rest.novel <= 1 and rest.words <= 20

    def _turned(self) -> bool:
        """Whether the user's wish itself is turned down, in words that a message of the user's would not have."""
        found = self.manner
        return found.firm > 0 or found.away > 0 or found.opens or (found.about > 1 and found.you == 0)

    def acted(self) -> bool:
        """Whether it is the talk, the play or the questions that were asked for, or says what the prompt says."""
        made, asked = self.sample.made, self.asked
        if _refusals_task.chosen(self.text, made.prompt, made.system) or self._lists():
            return True
        if self.first is None and not self.manner.me and _refusals_task.enumerates(self.text[: _readings.READ]):
            return True  # "3. No coffee after two." is a tip
        if asked.script and not self.total and len(_refusals_task.TURN.findall(self.text[: _readings.READ])) >= 2:
            return True
        if _refusals_task.says_again(self.own[: _readings.READ], self.given_text[0], self.first is not None):
            return True
        if _refusals_task.quotes(self.own[: _readings.READ], made.prompt[: _readings.READ]):
            return True
        asked_back = _refusals.OF_TASK.search(self.own[slice(*self.named)]) if self.named else None
        letter = (asked.outward or asked.note) and _refusals.GREETS.match(self.text)
        if letter and (
            self.named is None
            or (not asked_back and any(name in made.prompt for name in _refusals_task.NAME.findall(letter.group())))
        ):
            return True
        if not self.manner.begs and self.first is None and self.named is None and _refusals_task.asks(self.own):
            return True
        lost = self.first is None and len(self.own) < 400 and not self.shuts()
        if lost and _refusals_task.unnamed(self.own, made.prompt[: _readings.READ]):
            return True
        if self.named is None and _refusals_task.awaits(self.own[: _readings.READ], made.prompt[: _readings.READ]):
            return True
        prompt = " ".join(self.sample.made.prompt[: _readings.READ].lower().split())
        for start, end in self.sentences[:3]:
            said = " ".join(self.own[start:end].lower().split()).strip(" .!?")
            if len(said) >= 12 and said in prompt and _demand.NO.search(said):
                return True
        return False

    def _lists(self) -> bool:
        """Whether it is a list of messages, replies or rules that was asked for, and nothing before it refuses."""
        body, made = self.sample.body[: _readings.READ].lstrip("[{ \n"), self.sample.made
        if not _refusals_task.lists_utterances(body, made.prompt[: _readings.READ]):
            return False
        if _refusals_task.LINE.match(body) is not None or not self.sentences:
            return True
        return not (self.shuts() or _noes.refuses(self.own[slice(*self.sentences[0])]))

    def _against(self, task: bool) -> float:
        """What the prompt weighs against a refusal; less where the sentence speaks of the ``task`` itself."""
        asked, strong = self.asked, self.first is not None
        begun = self.first[0] if self.total and self.first else 0
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
            + 4.0 * (_refusals.PIVOT.search(self.own[: _readings.HEAD], begun) is not None)
            + 2.0 * (not task and _refusals.HOUSE.search(self.sample.made.system[: _readings.READ]) is not None)
            + 5.0 * (asked.outward and not task and self.posted())
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
            + 2.5
            * (
                (self.manner.novel >= 1 or not self.manner.me)
                and _refusals.SET_RIGHT.search(self.own[: _readings.HEAD]) is not None
            )
            + 2.0 * (_refusals.RIGHT.search(self.own[: _readings.HEAD]) is not None)
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
        if not _noes.hinted_abroad(self.own[: _readings.HEAD]) and len(found.subjects) < 0.4 * found.words:
            return NEVER
        strong, asked = self.first is not None, self.asked
        if self.mirrored or (not strong and (asked.you or len(self.own) > 300)):
            return NEVER
        shuts = not (asked.closed or asked.brief or asked.mouth or asked.fact or asked.english) and self.shuts()
        seen = _manner_abroad.read(self.own[: _readings.READ])
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
        prompt = self.sample.made.prompt[: _readings.READ]
        if len(self.own) > 500 or self.given or _refusals.ASKS_BACK.search(self.own) is None or self.first is not None:
            return None
        if not _asks.LONG.search(prompt) or _asks.BRIEFLY.search(prompt) or self.asked.wanted:
            return None
        found = None
        for start, end in self.sentences:
            said = self.own[start:end]
            if _refusals.ASKS_BACK.search(said):
                found = found or (start, end)
            elif not (_noes.idle(said, False) or _refusals.PRAISE.search(said)):
                return None
        return found if len(self.sentences) <= 6 and not self.acted() else None


def begins(said: str) -> bool:
    """Whether the head of a long text refuses: quick, for most do not."""
    head = said[: _readings.HEAD].replace("’", "'")
    if not (_noes.hinted(head) or _noes.hinted_abroad(head)):
        return False
    own = _text.blank(head, _speech.quoted(head, lines=False))
    return any(_noes.refuses(own[a:b]) for a, b in _text.sentences(own)[: _readings.FIRST])
