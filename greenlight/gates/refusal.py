"""The voice refuses the task, and writes nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates import _bare, _grounds, _refusals_task, _refusing, _shells
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

SHORT = 500
"""Characters of a text that is weighed in any case; a longer one only where its head refuses."""
LONG = 36_000
"""Characters beyond which there is content."""
VERSION = 10


@dataclass(frozen=True)
class Gate:
    """Flags an answer that refuses in the voice's own words and holds nothing of the task.

    Speech between quotation marks belongs to characters, and is never read as the voice's own; thoughts that were
    closed, markup, gestures and headings are left out. What is left is weighed, word by word: noes, refusals, pardons,
    talk of the wish and of the speaker for it, and against it words of a subject, which are those that no talk has
    anyway and the prompt does not hold. A prompt that may be answered with no, or wants a refusal, weighs against it;
    a no with good grounds (what was asked for is not there, or was to be kept) is an answer.
    """

    threshold: Annotated[float, Field(ge=-10, le=10)] = 0.0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the refusing sentence, or the answer where none is."""
        body = sample.body
        if len(body) > LONG:
            return None
        begin = _shells.answer(body)
        said = body[begin:]
        stripped = said.strip()
        if not stripped or (len(stripped) > SHORT and not _refusing.begins(said)):
            return None
        whole = (begin + len(said) - len(said.lstrip()), begin + len(said.rstrip()))
        text = _shells.spelt(said)
        if _refusals_task.short_answer(text.strip(), sample.made.prompt[:4000]):
            return None
        named = _refusals_task.chosen(text, sample.made.prompt, sample.made.system)
        if not named and _bare.refuses(text.strip(), sample.made.prompt):
            return Flag(gate="refusal", reason="refuses the task", span=whole, version=VERSION)
        answer = _refusing.Answer.of(text, sample)
        back = answer.puts_off()
        weight = 0.8 if back is not None else max(answer.weight(), answer.weight_abroad(), 0.3 * answer.turns_down())
        if back is None and (weight <= self.threshold or answer.acted()):
            return None
        if _grounds.founded(text, sample.made):
            return None
        first = back or answer.first
        place = (begin + first[0], begin + first[1]) if first is not None and len(text) == len(said) else whole
        reason = "refuses the task" if back is None else "asks back and writes nothing"
        return Flag(gate="refusal", reason=reason, span=place, score=_score(weight), version=VERSION)


def _score(weight: float) -> float:
    """Between a half and 1."""
    return 0.5 + 0.5 * min(max(weight, 0.0), 4.0) / 4.0
