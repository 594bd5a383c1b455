"""Planning in the comments of code, and a prompt that is read out before it is answered (``reasoning_leak``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from greenlight.gates import _text

MOST = 400
"""Comments that are read."""
COMMENT = re.compile(
    r"(?:(?<![^\s;{}),])(?:#|//|--|/\*|%|<!--)|^[ \t]*\*)[ \t]{0,4}(?P<said>[^\n]{6,300})", re.MULTILINE
)
NAMED = re.compile(r"[ \t]{0,3}(?:```|~~~)[ \t]?[A-Za-z]")
"""A block of code whose language is named."""
THINKS = re.compile(
    r"\A\W*(?:hm+|okay|ok|actually|alright|well|so|wait|hold on|first|now|not sure|maybe|perhaps|let me|let's see|"
    r"should i|do i|could i|note to self|thinking)\b(?! (?:for|until|on|till)\b)|\b(?:i|i'll|i'd|i'm|i've|let me|my|"
    r"we'll|probably|presumably|apparently|i assume|seems|might|may be|going with|need to (?:explain|mention"
    r"|answer|say|keep|"
    r"give|show|respond)|skip|fine)\b|\?|, so [\w ]{2,30}$|\.\.\.\s"
)
ASKS = re.compile(
    r"\b(?:the|this) user(?:'s (?:level|request|question|prompt|message|intent|wording))? (?:\w+ )?(?:wants?|wanted|"
    r"asks?|asked|"
    r"may|might|seems?|needs?|said|says|didn't|doesn't|did not|does not|probably|only|just|is probably|would|mentioned|"
    r"specified|level|prefers?|expects?|knows?|will see|should be able|can run|can adapt)\b|\bfor (?:the|this) user\b|"
    r"\b(?:the|this) (?:prompt|request|question|task|instructions?|assignment|requirement|problem statement|brief) "
    r"(?:is|only|just|asks?|asked|says?|said|doesn't|does not|didn't|wants?|mentions?|requires?|never|states?|leaves?|"
    r"specifies|implies|don't|do not)\b|\bthey(?:'re)? (?:only |just |never |also |probably )?(?:asked|ask|want"
    r"|wanted|said|didn't|"
    r"did not|don't|mention|mentioned|need|asking)\b|\bi (?:was|am|'m) asked\b|\b(?:my|the) (?:answer|response"
    r"|reply)\b|"
    r"\b(?:per|in|from|by) the (?:prompt|request|instructions?)\b|\bas (?:requested|asked|instructed)\b|\basked for\b"
)
QUOTES = re.compile(
    r"\b(?:input|prompt|request|instructions?|message|query|task)\b(?! and\b)|\b(?:typed|they (?:wrote|asked|said"
    r"|want)|"
    r"what i (?:got|was given|have)|work with|key word|keyword|(?:it|this|that|which) (?:implies|means|calls for)"
    r"|meaning:|"
    r"interpretation|interpret|follow-up|the question (?:reads|is|says)|i take|means (?:that )?i|i (?:notice|read|see)|"
    r"(?:the|my) (?:output|response|answer|reply)|i (?:should|need|could|must)|i'll|i'd|nothing (?:more|else))\b"
)
TO_YOU = re.compile(r"\b(?:you|your|said|asked (?:the|a|[A-Z])|translat\w+|means? in)\b")
EDITS = re.compile(
    r"[\"“„«]|\b(?:translate|rewrite|rephrase|paraphrase|correct|proofread|repeat|quote|say|spell|verbs?|grammar|tense|"
    r"sentence|prompts?|faq|quiz|interview|questions)\b",
    re.IGNORECASE,
)
BESIDE = 130
"""Characters beside a prompt that was read out."""
SIZES = (14, 400)
"""Characters of a prompt that can be told when it is read out."""


ALONE = re.compile(
    r"\b(?:i|i'll|i'd|i'm|let me|hm+|okay|probably|likely|presumably|apparently|assume|is this what|should i)\b"
)
OF_USER = re.compile(
    r"\b(?:user (?:said|wants?|asked|asks|is|probably|likely|mentioned)|the user is (?:likely|probably)|what they"
    r" want|(?:matches|"
    r"fits|per|for|in|from) (?:the|this) (?:prompt|request|instructions?|user))\b"
)


WISHED = re.compile(
    r"\W*(?:(?:okay|so|hmm+|well)\W{1,3})?(?:(?:the|this) )?(?:user|prompt|request|question|they)(?:'s)? "
    r"(?:(?:was|is) )?(?:only |just |also )?(?:wants?|wanted|asked|asks|said|says|mentioned|requested|didn't (?:ask"
    r"|say|"
    r"specify|mention)|asking|prefers|instructions|for)\b(?! to (?!be\b|keep\b|have\b|see how))|(?:hmm+|wait"
    r"|i (?:need|have) to|i should)\b"
    r".{0,60}\b(?:user|prompt|instructions|request)\b|.{0,60}\bas the (?:user|prompt) (?:asked|says|wants|requested)\b"
)
OF_ASKER = re.compile(r"\b(?:the user(?:'s)?|user (?:said|asked|forgot|wants?)|they (?:didn't|only|just) ask\w*)\b")
OWN = re.compile(r"\b(?:i|i'll|i'd|let me|should i)\b")
RUNS = re.compile(
    r"\buser (?:only |just )?(?:wants|wanted|asked|asks|chose|chooses|decides) to (?:quit|exit|stop|leave|continue"
    r"|play|log|"
    r"save|cancel|enter|add|delete|remove|go|end|start)\b"
)
"""Of one who runs it."""
ON_CODE = re.compile(
    r"\b(?:short|simple|brief|concise|readable|beginners?|functions?|scripts?|one-liner|tests?|comments?|examples?"
    r"|loop|"
    r"easier|assume|which|say|specify|instructions|prompt|request|only|without|so|just|code|python|version)\b"
)
"""What is asked of code, by one who does not run it."""


def comments(body: str, code: list[_text.Span]) -> _text.Span | None:
    """A comment of code in which the voice thinks about who asked, or about its answer."""
    left = MOST
    for start, end in code:
        named = NAMED.match(body, start) is not None  # else it may be what is only shown
        for m in islice(COMMENT.finditer(body, start, end), left):
            left -= 1
            said = m["said"].lower().replace("’", "'")
            if RUNS.search(said):
                continue
            if named and ((ASKS.search(said) and THINKS.search(said)) or (OF_USER.search(said) and ALONE.search(said))):
                return m.span()
            if (WISHED.match(said) and ON_CODE.search(said)) or (OF_ASKER.search(said) and OWN.search(said)):
                return m.span()
    return None


def read_out(low: str, prompt: str) -> Iterator[_text.Span]:
    """The prompt, word for word, in a beginning that speaks of it."""
    asked = prompt.strip().lower().replace("’", "'").rstrip(".?! ")
    if not SIZES[0] <= len(asked) <= SIZES[1] or EDITS.search(asked):
        return
    at = low.find(asked, 0, len(asked) + 200)
    if at < 0:
        return
    end = at + len(asked)
    before = low[max(0, at - BESIDE) : at].rsplit("\n\n", 1)[-1]
    after = low[end : end + BESIDE].split("\n\n", 1)[0]
    beside = f"{before} {after}"
    if QUOTES.search(beside) and not TO_YOU.search(beside):
        yield max(0, at - len(before)), end
