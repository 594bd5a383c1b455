"""The voice refuses the task, and writes nothing of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

# The verbs are those of the task, so that "I cannot reach it" and "I can't help but smile" are no refusals.
TASK = (
    r"(?:write|help(?! but)|assist|fulfill?|comply|provide|create|continue|generate|produce|support|engage|complete|"
    r"do (?:that|this)|answer|discuss|respond|participate|accommodate|share|proceed|tell you|give you|compose|oblige|"
    r"make (?:that|this|a|up)|craft|satisfy|carry out)\b"
)
NOT_ALLOWED = r"not (?:able|allowed|permitted|comfortable|going|willing)"
NOT_ABLE = (
    rf"(?:can ?not|can't|(?:won't|will not)(?: be able to)?|(?:am|'m|are|'re) (?:unable|prohibited from|{NOT_ALLOWED})|"
    r"(?:do not|don't) feel comfortable|must not|shouldn't|should not)"
)
REFUSAL = re.compile(
    "|".join(
        (
            rf"\b(?:I|we) ?{NOT_ABLE}(?: to| with)?(?: \w+ly)?(?:,? in good conscience,?)? {TASK}",
            rf"\b(?:I|we) ?{NOT_ABLE} (?:to )?\w+ing\b.*\b(?:request|content|topic|story|material|this|that)\b",
            r"\bI(?: must|'ll have to| (?:will|have|need) (?:have )?to| respectfully)? (?:decline|refuse)\b",
            r"\bas an? (?:AI|artificial intelligence|(?:large )?language model|assistant)\b"
            r".*\b(?:can ?not|can't|unable|not able|don't|do not|won't)\b",
            r"\b(?:this|that|your) (?:request|prompt|topic|content)\b"
            r".*\b(?:violates?|against|not (?:something|permitted|allowed|appropriate)|inappropriate)\b",
            r"\b(?:against|violates?|outside) (?:my|our|the) (?:\w+ ){0,2}"
            r"(?:guidelines|policy|policies|programming|principles)\b",
            r"^\W*(?:request (?:denied|refused)|no comment|sorry\W+(?:but )?no\W*$)",
            rf"\bI(?: would|'d) (?:prefer|rather) not (?:to )?{TASK}",
            r"\b(?:outside|beyond) (?:of )?what I(?: can|'m able| am able)\b",
            r"\b(?:that|this)(?: is|'s) not something (?:I|we)(?: can|(?:'m| am) (?:able to|comfortable))\b",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)
META = re.compile(
    r"\b(?:guidelines?|polic(?:y|ies)|requests?|harmful|inappropriate|appropriate|language model|assist(?:ant)?|"
    r"help you|happy to|glad to|feel free|let me know|would you like|if you(?:'d| would| want| have| need|r)|instead|"
    r"alternatives?|please|suggest(?:ions?)?|topics?|prompts?|content|understand|appreciate|thank you|apologi[sz]e|"
    r"sorry|questions?|safety|unfortunately|anything else|something else|respectful|offensive|rephrase|provide|"
    r"details)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*[\"'”’)]*\s*|\n+")
QUOTED = re.compile(r"[\"“][^\"“”\n]*[\"”]")
HINTS = ("cannot", "can not", "can't", "won't", "will not", "able", "declin", "refus", "'m not", "am not", "feel comf",
         "not something", "language model", "as an ai", "guideline", "polic", "shouldn't", "should not", "must not",
         "request", "prompt", "comment", "prohibited", "programm", "harmless", "assistant", "prefer not", "rather not",
         "what i ", "sorry, no", "sorry. no", "sorry, but no", "sorry no")  # fmt: skip
"""Every refusal has one of these: looked for first, since plain search is fast."""
SAID = r"(?:said|says|thought|thinks|told|cried|asked|answered|replied|whispered|wrote|read|sang)"
SPOKEN = re.compile(
    rf"\b{SAID} (?:the|an?|his|her|my|their|he|she|they|it|[A-Z]\w+)\b|\b{SAID}(?: \w+)?(?: that| to \w+)?(?:,|:)? I\b"
    r"|\b(?:he|she|they|it) (?:said|thought|cried|asked|whispered)\b"
    r"|[,!?] \w+ed (?:the|an?|his|her|my|their|[A-Z]\w+)\b"
)
"""Speech of a character that stands without quotation marks."""
HEAD = 600
"""Characters in which a refusal must begin."""


@dataclass(frozen=True)
class Gate:
    """Flags a refusal in the voice's own words, at the start, with no task content after it.

    Speech between quotation marks belongs to characters, and is never read as the voice's own. What is left beside
    refusal and talk about the request counts as task content from ``min_content`` letters and two fifths of the text.
    """

    min_content: Annotated[int, Field(ge=1)] = 60

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the refusing sentence."""
        body = sample.body
        text = body.replace("’", "'")  # one character for one: spans stay true
        head = text[:HEAD].lower()
        if not any(hint in head for hint in HINTS):
            return None
        shell = text.strip()
        if shell[:1] in '"“' and shell[-1:] in '"”' and not re.search(r'["“”]', shell[1:-1]):
            text = re.sub(r'["“”]', " ", text)  # all of it between one pair of marks
        own = QUOTED.sub(lambda m: "_" * len(m.group()), text)
        sentences = [m.span() for m in SENTENCE.finditer(own) if m.group().strip()]
        first = next((s for s in sentences[:4] if s[0] < HEAD and _refuses(own[s[0] : s[1]])), None)
        if first is None:
            return None
        total = content = 0
        for start, end in sentences:
            letters = sum(map(str.isalnum, text[start:end]))
            total += letters
            said = own[start:end]
            content += 0 if _refuses(said) or META.search(said) else letters
        if content >= self.min_content and content >= 0.4 * total:
            return None
        end = first[0] + len(own[first[0] : first[1]].rstrip())
        return Flag(gate="refusal", reason="refuses the task", span=(first[0], end))


def _refuses(sentence: str) -> bool:
    return REFUSAL.search(sentence) is not None and SPOKEN.search(sentence) is None
