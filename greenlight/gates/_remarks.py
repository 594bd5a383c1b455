"""Remarks between the parts of an answer, or after it, that mend it, check it or say whose words it is in
(``reasoning_leak``)."""

from __future__ import annotations

import re
from itertools import islice

from greenlight.gates import _blocks, _text
from greenlight.gates._beside import Beside
from greenlight.gates._restated import ALOUD, GAP, LONGEST, MOST, OF_TASK, OWN_WORK, PAST, REMARK, YOU, third

MENDS = re.compile(
    r"\b(?:let me|i'll|i should|i need to|i'd better|i want to|have to|must|better"
    r"|should i)(?: \w+)? (?:re-?(?:write|do|"
    r"phrase|start|work|read|check|count|think)|try (?:again|something|another|that|a)|start (?:over|again)|fix|change|"
    r"tighten|shorten|trim|swap|keep (?:it|these|this)|count|check|remember the)\b|\bi(?:'ve)? (?:already )?(?:used"
    r"|said|"
    r"wrote|repeated) (?:that|this|it|the)\b|\b(?:re-?writ(?:e|ing)|re-?do(?:ing)?|re-?start(?:ing)?|try(?:ing)? again|"
    r"second (?:try|attempt)|another (?:try|attempt)|start(?:ing)? over|scratch that)\b|"
    r"\b(?:came out|sounds|feels|reads|is|was) (?:too |a bit |rather )?(?:stiff|flat|clumsy|off|forced|generic|"
    r"long|dull|clich\w+)\b|\bdoesn't (?:scan|rhyme|fit|work|flow)\b"
)
"""A try that is judged, or mended."""
PARTS = re.compile(
    r"\b(?:word|words|line|lines|rhyme|verse|stanza|beginning|opening|ending|start|tone|draft|version|syllables?|"
    r"sentence|sentences|paragraph|attempt|lighter|shorter|it|that|this|prompt|instructions|in character|item|tip)\b"
)
NEXT = re.compile(
    r"\b(?:need|keep|want|needs|wants)(?: to)? (?:the|a|an|some|this) (?:\w+ ){0,2}(?:twist|ending|lines?|stanza"
    r"|verse|rhyme|"
    r"chorus|pace|tone|opening|middle|conflict|story|poem|joke)\b"
)
"""What the text still needs."""
CHECKS = re.compile(
    r"\b(?:rhymes?|lines?|tone|words|syllables|format|length|info)\b[^.\n]{0,30}\b(?:scans?|clean|calm|fine|included"
    r"|fits?|"
    r"works?|met)\b|"
    r"\b(?:does|do|is|did|has|have|are) (?:it|this|that|i|the (?:answer|reply|text|response|poem|story|tone))\b"
    r"[^?\n]{2,90}\?(?=\W{0,4}(?:yes|no|i think|i believe|mostly|almost|okay|ok|check|good|fine|probably|there)\b)|"
    r"\b(?:let me )?count(?:ing)?(?: the| my)? words\b|\bword count\b|\b(?:that's|it's|is) (?:about |roughly )?\d{1,4} "
    r"words\b|\b(?:in line with|stays? in|true to|kept to|fits?|match(?:es)?|meets) (?:how |the |what |my |all )?"
    r"(?:character|prompt|persona|instructions|brief|request|role|constraints|tone|was asked|length|limit)\b|"
    r"\b(?:this|that|it) (?:\w+ )?(?:addresses|answers|satisfies|meets|covers|fulfils|fulfills) the (?:question"
    r"|request|"
    r"prompt|task)\b"
)
KEPT = re.compile(
    r"\b(?:kept|made) (?:it|each|them|this|the \w+)\b|\bas (?:requested|asked|instructed)\b|\bleft out\b"
    r"|\bwhat was asked\b|"
    r"\b(?:was|were) (?:given|asked|specified)\b|\bi (?:avoided|chose|used|added|skipped|went with)\b"
    r"|\bno \w+ (?:asked|"
    r"needed)\b|\bplaceholders?\b"
)
"""What was done, and why."""
VERDICT = re.compile(
    r"\b(?:i (?:think|believe) (?:so|this|it does|yes|that)|yes|good|not too long|okay|ok|fine|send|done|within"
    r"|works|i believe so|"
    r"i think that|mostly|good to go|close enough|should do|that'll do|good enough)\b"
)
BRACKET = re.compile(
    r"[(\[*_]{1,2}([^()\[\]*\n]{12,220})[)\]*_]{1,2}|\s[–—-]{1,2} ((?:wait|hmm?|hold on|no|actually|okay"
    r"|oh)\b[^\n]{8,200})"
)
OWN = re.compile(r"\b(?:i|i'll|i'd|i'm|let me|we|need|should|must|so|wait|hmm?|as)\b")


def found(low: str, side: Beside, persona: frozenset[str]) -> _text.Span | None:
    """A short remark in brackets, or in a paragraph of its own after the first, that judges or mends the text."""
    if "\n" not in low.strip():
        return None
    soft = side.plans * side.apart >= ALOUD
    text = low if len(low) <= 6 * LONGEST else low[: 4 * LONGEST]
    for m in islice(BRACKET.finditer(text), MOST) if any(mark in text for mark in "([*_–—-") else ():
        said = m[1] or m[2]
        if not YOU.search(said) and ((soft and _mends(said, persona)) or (side.users >= 0.4 and _of_task(said))):
            return m.span()
    if not soft and not persona:
        return None
    begins = 0
    parts: list[_text.Span] = []
    for gap in islice(GAP.finditer(text), 3 * MOST):
        parts.append((begins, gap.start()))
        begins = gap.end()
    parts.append((begins, len(text.rstrip())))
    for n, (start, end) in enumerate(parts[1:], 1):
        piece = text[start:end]
        if not 8 <= end - start <= REMARK or YOU.search(piece) or PAST.search(piece) or '"' in piece:
            continue
        named = bool(persona) and third(piece, persona) and OWN_WORK.search(piece)
        if not soft and not named:
            continue
        if named or _mends(piece, persona) or (n == len(parts) - 1 and _checked(piece, persona)):
            return start, end
    return None


def _mends(piece: str, persona: frozenset[str]) -> bool:
    """Whether a remark mends the text that it stands in."""
    if _blocks.SUMS.search(piece):
        return False
    if len(set(MENDS.findall(piece))) > 1 or NEXT.search(piece):
        return True
    hit = MENDS.search(piece)
    named = bool(persona) and third(piece, persona)
    return (hit is not None and (named or PARTS.search(piece[hit.end() :] + " " + piece[: hit.start()]) is not None)
            and len(piece.split()) <= 24)  # fmt: skip


def _of_task(piece: str) -> bool:
    """Whether a remark speaks of who asked, or of the prompt, and of what the voice is to do."""
    return OF_TASK.search(piece) is not None and OWN.search(piece) is not None


def _checked(piece: str, persona: frozenset[str]) -> bool:
    """Whether it checks the text before it, and finds it good."""
    named = bool(persona) and third(piece, persona)
    checks = CHECKS.search(piece)
    if _blocks.SUMS.search(piece):
        return False
    if len(set(KEPT.findall(piece))) > 1:
        return True
    return (checks is not None or named) and VERDICT.search(piece) is not None and (named or checks is not None)
