"""What kind of text one plainly is, beside which talk of users, prompts or plans says less (``reasoning_leak``)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from greenlight.gates import _traces
from greenlight.gates._beside import Beside

HEAD = 300
"""Characters in which a text says of what it is."""
SECTIONS = 3
"""Headings of a document."""
LONGEST = 400
"""Characters of a question back."""
ITSELF = re.compile(r"\W*(?:you are|you're|act as|your role is|role:|please play|system:|you will be)\b", re.IGNORECASE)
"""A text that is itself a prompt."""
HEADED = re.compile(r"^(?:#{1,4}[ \t]{1,4}[^\n]{2,60}|\*\*[^*\n]{2,60}\*\*:?)[ \t]{0,4}$", re.MULTILINE)
WANTED = re.compile(r"\bas an? [\w'/ -]{2,40}, i (?:want|need|can|would like)\b")
"""A wish of one role among several, as a backlog has them."""
MODELS = re.compile(r"\b(?:language|reasoning|chat|ai) models\b|\bchat ?bots\b|\bllms\b")
ASKING = re.compile(r"^[^\w\n]{0,5}(?:the )?user(?: \d)?[*_]{0,2}[ \t]?:", re.MULTILINE)
REPLYING = re.compile(
    r"^[^\w\n]{0,5}(?:the )?(?:assistant|(?:chat)?bot|agent|ai|app|system|machine|human|computer|model|me|guest|"
    r"support)[*_]{0,2}[ \t]?:",
    re.MULTILINE,
)
"""The labels of a transcript."""
LISTED = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]", re.MULTILINE)
TELLS = re.compile(r"\b(?:he|she|his|her|him|said|muttered|whispered|stared|nodded)\b")
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
    if _headed(low) or (("models" in words or "llms" in words or "bots" in low) and MODELS.search(low, 0, HEAD)):
        users, talks, plans = users * 0.5, talks * 0.5, plans * 0.5
    if "as a" in low[:HEAD] and _wanted(low):
        users, talks, plans = users * 0.3, talks * 0.3, plans * 0.3
    if low[-8:].rstrip().endswith("?") and len(low) <= LONGEST and ASKS.match(low):
        users, talks, plans = users * 0.5, talks * 0.5, plans * 0.5
    if "user" in words and ASKING.search(low) and REPLYING.search(low):
        users, talks, plans = users * 0.3, talks * 0.4, plans * 0.5
    listed = len(LISTED.findall(low)) if low.lstrip()[:1] in "-*•[1" else 0
    if listed >= SECTIONS and listed == len([line for line in low.splitlines() if line.strip()]):
        talks, plans = talks * 0.5, plans * 0.5  # nothing but a list: it is the answer
    tale = len(TELLS.findall(low)) > 2
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
