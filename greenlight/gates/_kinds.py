"""What kind of text one plainly is, beside which talk of users, prompts or plans says less (``reasoning_leak``)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice

from greenlight.gates import _cues, _plans_abroad, _text, _traces
from greenlight.gates._beside import Beside, stems

HEAD = 300
"""Characters in which a text says of what it is."""
MOST = 200
"""Lines that are compared."""
HEADING = 60
"""Characters of a line that heads a list."""
SECTIONS = 3
"""Headings of a document."""
PARTS = (
    _cues.USER | _cues.STRONG | _cues.WEAK | _cues.OUT | _cues.STYLE | _cues.TEST | _cues.MULL | _cues.CRAFT
    | _cues.POLICY
)  # fmt: skip
"""Classes of words that head a part of a plan, and name nobody."""
LABELS = _text.word_set(
    "user system assistant human model final answer goal audience topic theme subject context step line stanza verse "
    "note notes analysis"
)
LONGEST = 400
"""Characters of a question back."""
ITSELF = re.compile(r"\W*(?:you are|you're|act as|your role is|role:|please play|system:|you will be)\b", re.IGNORECASE)
"""A text that is itself a prompt."""
HEADED = re.compile(r"^(?:#{1,4}[ \t]{1,4}[^\n]{2,60}|\*\*[^*\n]{2,60}\*\*:?)[ \t]{0,4}$", re.MULTILINE)
WANTED = re.compile(r"\bas an? [\w'/ -]{2,40}[,:] i (?:want|need|can|would like)\b")
"""A wish of one role among several, as a backlog has them."""
MODELS = re.compile(
    r"\b(?:language|reasoning|chat|ai|reward) models\b|"
    r"\b(?:the|a|of a|an) (?:language|ai|reward) model (?:is|learns|predicts)\b|\bchat ?bots\b|\bllms\b"
)
MODEL = frozenset(("models", "model", "llms", "bots", "chatbots"))
ASKING = re.compile(r"^[^\w\n]{0,5}(?:the )?user(?: \d)?[*_]{0,2}[ \t]?:", re.MULTILINE)
REPLYING = re.compile(
    r"^[^\w\n]{0,5}(?:the )?(?:assistant|(?:chat)?bot|agent|ai|app|system|machine|human|computer|model|me|guest|"
    r"support)[*_]{0,2}[ \t]?:",
    re.MULTILINE,
)
"""The labels of a transcript."""
LABELLED = re.compile(r"\buser[*_]{0,2}:")
SPEAKER = re.compile(
    r"^[ \t]*[*_]{0,2}(?P<name>[A-Z][A-Z.' -]{1,24}(?: \d)?|[A-Z][a-z]{1,24})[*_]{0,2}"
    r"(?: ?\([^)\n]{1,80}\))?[*_]{0,2}[:.][*_]{0,2} ",
    re.MULTILINE,
)
"""Who speaks in a play, or in notes of what was said."""
BEGUN = re.compile(r"^(?P<begun>[^\W\d_]{1,20} [^\W\d_]{1,20}(?: [^\W\d_]{1,20})?) ", re.MULTILINE)
"""The first words of a line."""
MET = re.compile(
    r"\A[^\n]{0,40}\b(?:minutes|notes(?! to (?:my)?self)|meeting|stand-?up|sync|agenda|retro(?:spective)?|present|"
    r"attendees|attending)\b|^\W{0,4}(?:present|attend\w+|apologies|actions?(?: items?| points?)?|"
    r"next (?:meeting|sync|date)|any other business|aob|agreed|decided|decisions?|todo)\b ?[:–-]",
    re.MULTILINE,
)
"""Notes of a meeting."""
MEETING = _text.word_set(
    "minutes notes meeting stand-up standup sync agenda retro retrospective present attendees attending"
)
LISTED = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]", re.MULTILINE)
TELLS = re.compile(r"\b(?:he|she|his|her|him|said|muttered|whispered|stared|nodded)\b")
USERS = re.compile(r"\busers?\b|" + _plans_abroad.USER.pattern)
PLANNED = re.compile(r"\b(?:think\w*|plan\w*|thoughts?|request|user|reason\w*|analysis)\b")
LETTER = re.compile(
    r"\s*(?:subject:[^\n]*\n\s*)?(?:dear|hi|hello|hey|good (?:morning|afternoon))\b[^\n.?]{0,40}[,!:]?[ \t]*\n"
)
SIGNED = re.compile(
    r"^(?:(?:kind |best |warm )?(?:regards|wishes)|best|thanks|thank you|cheers|yours(?: \w+)?|sincerely"
    r"|talk soon)[,.!]*"
    r"[ \t]*\n?[^\n]{0,40}\s*\Z",
    re.MULTILINE,
)
ASKS = re.compile(r"\s*[^\n.!?]+(?:[.!?]\w[^\n.!?]*)*\?\s*\Z")
"""One sentence and nothing after it: who plans goes on, who asks back waits."""


def beside_text(low: str, words: frozenset[str], side: Beside) -> Beside:
    """The factors of a prompt (``side``), less where the text, in lower case, is on users or models, not on who asked.
    Linear: a few searches at its beginning, and one for headings."""
    users = talks = plans = 1.0
    if ITSELF.match(low):
        users, talks, plans = 0.5, 0.5, 0.5
    if "users" in words:
        users, talks = users * 0.6, talks * 0.8  # one asked, not many
    if _headed(low) or (not MODEL.isdisjoint(words) and MODELS.search(low, 0, HEAD)):
        users, talks, plans = users * 0.5, talks * 0.5, plans * 0.5
    if "as a" in low[:HEAD] and _wanted(low):
        users, talks, plans = users * 0.3, talks * 0.3, plans * 0.3
    if "user" in words and len(LABELLED.findall(low)) > 1:
        users, talks = users * 0.4, talks * 0.7  # a log, or a course of events
    if not MEETING.isdisjoint(words) and len(list(islice(MET.finditer(low), 2))) == 2:
        users, talks, plans = users * 0.5, talks * 0.5, plans * 0.5
    if low[-8:].rstrip().endswith("?") and len(low) <= LONGEST and ASKS.match(low):
        users, talks, plans = users * 0.5, talks * 0.5, plans * 0.5
    if "user" in words and ASKING.search(low) and REPLYING.search(low):
        users, talks, plans = users * 0.3, talks * 0.4, plans * 0.5
    if all_items(low):
        talks, plans = talks * 0.5, plans * 0.5  # nothing but a list: it is the answer
        users *= 0.4 if len(list(islice(USERS.finditer(low), 2))) == 2 else 1.0
    if (letter := LETTER.match(low)) and SIGNED.search(low, max(letter.end(), len(low) - HEAD)):
        users, talks, plans = users * 0.3, talks * 0.9, plans * 0.5  # what one colleague writes to others
    if side.users < 1.0 and side.asked and users == 1.0 and "user" in words and _of_another(low, side):
        users, talks = 0.6, 0.6
    tale = len(list(islice(TELLS.finditer(low), 3))) > 2
    if users == talks == plans == 1.0 and not tale:
        return side
    return replace(
        side,
        users=side.users * users,
        talks=side.talks * talks,
        plans=side.plans * plans,
        apart=side.apart * plans,
        tale=tale,
    )


def all_items(low: str) -> bool:
    """Whether a text is a list and no more than a line before it."""
    listed = len(LISTED.findall(low)) if low.count("\n") >= SECTIONS - 1 else 0
    if listed < SECTIONS:
        return False
    lines = [line for line in low.splitlines() if line.strip()]
    headed = len(lines[0]) <= HEADING and not PLANNED.search(lines[0]) and ". " not in lines[0]
    return listed == len(lines) - (headed and LISTED.match(lines[0]) is None)


def _of_another(low: str, side: Beside) -> bool:
    """Whether most that is said of a user has no word of the request."""
    said = [one for one in islice(re.split(r"(?<=[.!?])\s+", low), MOST) if "user" in one]
    return 2 * sum(len(stems(one) & side.asked) > 1 for one in said) < len(said)


def _headed(low: str) -> bool:
    """Whether it is a document of several sections from its first line on, none of which is a thought or an answer."""
    text = low.lstrip()
    if text[:1] not in ("#", "*") or not HEADED.match(text):
        return False
    heads = [m.group() for m in islice(HEADED.finditer(text), 20)]
    if len(heads) < SECTIONS:
        return False
    return not any(_traces.SAID.match(head) or ((m := _traces.HEAD.match(head)) and m["sure"]) for head in heads)


def _wanted(low: str) -> bool:
    """Whether several roles wish something, from the beginning on."""
    return len(list(islice(WANTED.finditer(low), 2))) == 2 and WANTED.search(low, 0, HEAD) is not None


def others(body: str) -> list[_text.Span]:
    """Lines that are not the voice's own: those of a play, or of notes of what was said, each by its speaker, where two
    speak, neither of whose names is a word for a part of a task; and those of verse that begin alike."""
    found = list(islice(SPEAKER.finditer(body), MOST))
    spoken = [
        m for m in found if not any(_cues.CLASS.get(w, 0) & PARTS or w in LABELS for w in m["name"].lower().split())
    ]
    lines = spoken if len({m["name"] for m in spoken}) > 1 else []
    begun = list(islice(BEGUN.finditer(body), MOST))
    often = Counter(m["begun"].lower() for m in begun)
    lines += [m for m in begun if often[m["begun"].lower()] >= SECTIONS]
    ends = ((m.start(), body.find("\n", m.end())) for m in lines)
    return _text.joined(sorted((start, end if end >= 0 else len(body)) for start, end in ends))
