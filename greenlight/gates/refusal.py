"""The voice refuses the task, and writes nothing of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates import _asks, _endings, _refusals, _speech, _text
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

HINTS = (
    "declin", "refus", "unable", "guideline", "polic", "appropriate", "limits", "my scope", "scope of", "beyond",
    "outside m", "outside of", "outside w", "outside th", "outside o", "lips ", "redact", "withheld", "blocked",
    "filtered", "content", "language model", " ai", "assistant", "comply", "the line", "find some",
    "i wish i could", "choose ", "pick ", "suggest", "try another", "try a diff", "consider a", "request", "prompt",
    "no comment", "to pass", "pass on", "stay away", "stop here", "stop you", "sit this", "say no", "silent",
    "keep quiet", "bow out", "rather not", "prefer", "from me", "'ll get", "my rules", "circuits", "forbid", "vow",
    "oath", "creators", "impossible", "not be ", "'t be ", "no story", "no text", "no answer", "no help",
    "permitted", "not allowed", "comfortable", "i lack", "no way", "nothing i", "nothing that", "little that",
    "little i", "have no", "let's", "let us", "how about", "perhaps we", "don't we", "shall we", "maybe we",
    "we could", "can we", "neither", "faith", "conscience", "removed", "unavailable", "instructed", "told not",
    "asked not", "shall ", "not for this", "not in this", "against ", "rules", "no poem", "no letter", "violat",
)  # fmt: skip
"""One of these, or a negation of the voice's own, is in every English refusal: plain search is fast."""
DENIES, OWN = ("n't", "not", "never", "cannae"), ("i ", "i'", "we ", "we'", "this ", "that ", "'s ", "my ")
FOREIGN = (
    "nicht",
    "leider",
    "lehne ",
    "weiger",
    "keine",
    "niet ",
    "inte ",
    "je ne",
    "je n'",
    "je refuse",
    "je pr",
    "je suis",
    "je regr",
    "en tant",
    "non ",
    "no puedo",
    "no es",
    "no me",
    "no voy",
    "no est",
    "no qui",
    "no pod",
    "no deb",
    "prefi",
    "prefer",
    "debo ",
    "devo ",
    "niego",
    "temo",
    "rifiut",
    "recus",
    "nie ",
    "odmaw",
    "tidak",
    "lamam",
    "pamam",
    "zamam",
    "hors de",
    "fuera",
    "contra",
    "fuori",
    "fora ",
    "passen",
    "gegen",
    "getiremem",
    "impossib",
    "como ",
    "come ",
    "tengo que",
    "pas ",
)
"""The same for other languages in Latin letters without accents."""
SAID = r"(?:said|says|thought|thinks|told|cried|asked|answered|replied|whispered|wrote|read|sang)"
SPOKEN = re.compile(
    rf"\b{SAID} (?:the|an?|his|her|my|their|he|she|they|it|[A-Z]\w+)\b|\b{SAID}(?: \w+)?(?: that| to \w+)?(?:,|:)? I\b"
    r"|\b(?:he|she|they|it) (?:said|thought|cried|asked|whispered)\b"
    r"|[A-Z]\w+ (?:said|thought|cried|replied|whispered)\b"
    r"|[,!?] \w+ed (?:the|an?|his|her|my|their|[A-Z]\w+)\b|\b(?:sagte|dit|dijo|disse|сказал\w?) \w"
)
"""Speech of a character that stands without quotation marks."""
CLAUSE = re.compile(r",? (?:but|yet|however|though|aber|mais|pero|ma|mas)\b,?|;|: |[—–]|,(?=但)|，但|но ")
SPEAKER = re.compile(
    r"^[ \t*_]{0,4}(?!assistant|ai\b|model|refusal|note|answer)[^\W\d_][\w .'-]{0,24}[*_]{0,2}[:：][^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
HEAD, FIRST = 900, 7
"""Characters, and sentences, in which a refusal must begin."""
LONGEST = 500
"""Characters of a sentence that are read."""
MOST = 400
"""Sentences that are read for content: with more, there is some."""


@dataclass(frozen=True)
class Gate:
    """Flags a refusal in the voice's own words, at the start, with no task content after it.

    Speech between quotation marks belongs to characters, and is never read as the voice's own. What is left beside
    refusal, talk about the request, offers and preaching counts as task content from ``min_content`` letters and two
    fifths of the text. Where the prompt asks for a refusal, or holds one to be translated, there is none.
    """

    min_content: Annotated[int, Field(ge=1)] = 60

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the refusing sentence."""
        body, prompt = sample.body, sample.made.prompt
        if len(body) > 40 * HEAD:
            return None
        text = body.replace("’", "'")  # one character for one: spans stay true
        if _bare(text.strip(), prompt):
            start = len(text) - len(text.lstrip())
            return Flag(gate="refusal", reason="refuses the task", span=(start, len(text.rstrip())))
        head = text[:HEAD]
        if len(text) > 120 and not (_hinted(head) or _abroad(head)):
            return None
        if len(text) > 2 * HEAD:
            own, sentences = _own(text[:HEAD], prompt)
            if not any(_refuses(own[a:b]) for a, b in sentences[:FIRST]):
                return None
        own, sentences = _own(text, prompt)
        first = next((s for s in sentences[:FIRST] if s[0] < HEAD and _refuses(own[s[0] : s[1]])), None)
        if first is None and _asks.LONG.search(prompt) and not _asks.BRIEFLY.search(prompt):
            back = _puts_off(own, sentences)
            if back and not _wanted(prompt):
                return Flag(gate="refusal", reason="asks back and writes nothing", span=back, score=0.8)
        if first is None or _asked(prompt, text, own[first[0] : first[1]]):
            return None
        said = own[first[0] : first[1]]
        least = self.min_content if _firm(said) else min(self.min_content, 30)
        content, total = _content(text, own, sentences, prompt)
        if content >= least and content >= 0.4 * total:
            return None
        return Flag(gate="refusal", reason="refuses the task", span=first)


def _own(text: str, prompt: str) -> tuple[str, list[_text.Span]]:
    """The text with what others say left out, and its sentences."""
    shell = text.strip()
    one_pair = shell[:1] in '"“' and shell[-1:] in '"”' and not re.search(r'["“”]', shell[1:-1])
    if one_pair and shell and not re.search(r"\b(?:quot\w+|line|say|said|sentence|phrase)\b", prompt):
        text = re.sub(r'["“”]', " ", text)  # all of it between one pair of marks
    spans = _speech.quoted(text, lines=False)
    turns = [m.span() for m in SPEAKER.finditer(text)] if ":" in text or "：" in text else []
    if len(turns) >= 2:
        spans = _speech.merged([*spans, *turns])
    own = _blank(text, spans)
    return own, _text.sentences(own)


def _blank(text: str, spans: list[_text.Span]) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], "_" * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def _bare(shell: str, prompt: str) -> bool:
    """No more than a no, where more was asked."""
    shell = shell.strip('*_#>[]() \n"')
    if not 0 < len(shell) <= 60 or _refusals.BARE.fullmatch(shell) is None:
        return False
    if not prompt.strip():
        return _refusals.FIRM.search(shell) is not None
    return not (_refusals.YES_NO.search(prompt) or _asks.BRIEFLY.search(prompt) or _wanted(prompt))


def _wanted(prompt: str) -> bool:
    """Whether a refusal was asked for, or stands in the prompt."""
    prompt = prompt[:4000].replace("’", "'")
    if _refusals.ASKED.search(prompt) and not _refusals.NOT_ASKED.search(prompt):
        return True
    return _firm(prompt) and re.search(r"\b(?:don't|do not|never) (?:say|tell|answer|reply)", prompt) is None


def _asked(prompt: str, text: str, said: str) -> bool:
    """Whether the refusing sentence is what the prompt wanted: a refusal, or an answer to somebody else."""
    if not prompt:
        return False
    if _wanted(prompt) or (
        _endings.ASKED_SHORT.search(prompt)
        and re.search(r"(?i)translat|übersetz|tradu|correct", prompt)
        and not _refusals.OF_TASK.search(said)
    ):
        return True
    own = _refusals.HIMSELF.search(prompt) or (_refusals.YES_NO.search(prompt) and not _asks.LONG.search(prompt))
    verse = _asks.VERSE.search(prompt) and text.strip().count("\n") >= 2
    if (
        own
        or verse
        or (_refusals.OUTWARD.search(prompt) and (_refusals.GREETS.match(text) or re.search(r"\b[Ww]e\b", said)))
    ):
        return _refusals.OF_TASK.search(said) is None
    return False


def _puts_off(own: str, sentences: list[_text.Span]) -> _text.Span | None:
    """The question, or the offer, of a short text that does nothing but ask back where a text was asked for."""
    if not 0 < len(sentences) <= 6 or len(own) > 500:
        return None
    found = None
    for start, end in sentences:
        said = own[start:end]
        if _refusals.ASKS_BACK.search(said):
            found = found or (start, end)
        elif not (_idle(said, False) or _refusals.PRAISE.search(said)):
            return None
    return found


def _content(text: str, own: str, sentences: list[_text.Span], prompt: str) -> tuple[int, int]:
    """Letters of what does something of the task, and of the whole; a Chinese or Japanese one counts twice."""
    if len(sentences) > MOST:
        return len(text), len(text)
    preached = _refusals.PAIN.search(prompt) is None
    total = content = 0
    offered = False
    for start, end in sentences:
        letters = _letters(text[start:end])
        total += letters
        said = own[start:end][:LONGEST]
        item = _endings.ITEM.match(said) is not None
        offered = (offered and item) or (_refusals.OFFER.search(said) is not None)
        if offered:
            continue
        if _refuses(said):
            content += (
                sum(_letters(part) for part in CLAUSE.split(said) if not _idle(part, preached) and not _refuses(part))
                if CLAUSE.search(said)
                else 0
            )
        elif not _idle(said, preached):
            content += letters
    return content, total


def _letters(text: str) -> int:
    letters = sum(map(str.isalnum, text))
    return letters if text.isascii() else letters + len(_endings.DENSE.findall(text))


def _idle(said: str, preached: bool) -> bool:
    """Whether it only talks about the request, or preaches."""
    return _refusals.SOFT.search(said) is not None or (preached and _refusals.LECTURE.search(said) is not None)


def _refuses(sentence: str) -> bool:
    sentence = sentence[:LONGEST]
    english = _hinted(sentence) and (_refusals.STRONG.search(sentence) or _refusals.MILD.search(sentence))
    if not (english or (_abroad(sentence) and _refusals.STRONG_ABROAD.search(sentence))):
        return False
    return SPOKEN.search(sentence) is None


def _firm(said: str) -> bool:
    said = said[:LONGEST]
    return bool(_refusals.STRONG.search(said) or _refusals.STRONG_ABROAD.search(said))


def _hinted(text: str) -> bool:
    low = text.lower()
    if any(hint in low for hint in HINTS) or not text.isascii():
        return True
    return any(word in low for word in DENIES) and any(word in low for word in OWN)


def _abroad(text: str) -> bool:
    if not text.isascii():
        return True
    low = text.lower()
    return any(word in low for word in FOREIGN)
