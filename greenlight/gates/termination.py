"""The text was cut: the server says so, or it stops in the middle of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

ENDS = ".!?…。！？।؟`}"
"""What a finished text ends with, closing quotes and brackets apart; the last two end code."""
CLOSERS = "\"'”’»)]*_~>」』）"
OPEN_ENDED = re.compile(
    r"(?:an?|the|and|or|but|so|nor|of|to|in|on|at|by|for|from|with|into|onto|as|if|than|because|while|when|is|was|"
    r"were|are|be|has|had|my|your|his|her|its|our|their|this|very)$",
    re.IGNORECASE,
)
"""Words that no sentence, verse or title ends with in practice."""
LIST_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,3}[.)])\s+\S")
TERMINATED = re.compile(r"[.!?…。！？]")
OPENED = re.compile(r"(?:^|\s)[\"'(\[«“‘„]+$")
STATEMENT = re.compile(r"[=(){}<>].*;$")
TAG = re.compile(r"</\w+>$")
ASIDE = re.compile(r"\([^()\n]+\)$|[:;]-?[()DPp]$")
"""A remark in brackets on a line of its own, or a smile at the end."""
LABEL = re.compile(r"\w[\w ]{0,20}:\s[^\"“”]*$")


@dataclass(frozen=True)
class Gate:
    """Flags a finish reason other than ``stop``, and a text whose last line breaks off.

    A text may end without a full stop where none is due: verse, lists, a closing line such as "The End", a
    signature, code, an answer of a few words.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the last line; None where only the finish reason tells."""
        if sample.made.finish_reason != "stop":
            return Flag(gate="termination", reason=f"finish reason '{sample.made.finish_reason}'")
        body = sample.body.rstrip()
        why = _broken(body)
        if not why:
            return None
        return Flag(gate="termination", reason=why, span=(body.rfind("\n") + 1, len(body)), score=0.9)


def _broken(body: str) -> str:
    """Why the text is not finished; empty when it is, or when there is none."""
    if body.count("```") % 2:
        return "a code block is left open"
    bare = TAG.sub("", body).rstrip(CLOSERS).rstrip()
    if bare and OPENED.search(body):
        return f"the text stops after '{body[-1]}'"
    if not bare or bare[-1] in ENDS:
        return ""
    before, _, last = body.rpartition("\n")
    aside = ASIDE.search(last)
    if aside and (aside.start() == 0 or aside.group()[0] in ":;"):
        return ""
    quoted = bare[-1] != "," and bare != body and body[-1] in "\"”’'»」』"
    if bare[-1] in ",;、，-–—:" and not quoted and not STATEMENT.search(bare):
        return f"the text stops after '{bare[-1]}'"
    if not bare[-1].isalnum():
        return ""  # a picture, a symbol, a sum of money: a way to end
    words = re.findall(r"[^\W\d_]+", last)
    if words and OPEN_ENDED.match(words[-1]) and not quoted:
        return f"the text stops after '{words[-1]}'"
    return "" if quoted or _needs_no_stop(before, last) else "the last sentence does not end"


def _needs_no_stop(before: str, last: str) -> bool:
    """Whether a last line without a full stop can be whole."""
    lines = [line.strip() for line in before.split("\n") if line.strip()]
    words = last.split()
    if LIST_ITEM.match(last) or "://" in words[-1]:
        return True
    if not lines:  # an answer of a few words, a label with its value, a title; longer ones are sentences
        return not TERMINATED.search(last) and (len(words) <= 4 or (len(words) <= 12 and LABEL.match(last) is not None))
    if not TERMINATED.search(before) and all(len(line.split()) <= 4 for line in [*lines, last]):
        return True
    stopped = sum(line.rstrip(CLOSERS)[-1:] in ENDS for line in lines)
    in_verse = stopped * 2 <= len(lines) and max(map(len, [*lines, last])) <= 70 and len(lines) >= 2
    return in_verse or _is_title(last)


def _is_title(line: str) -> bool:
    """``The End``, ``Love, Mia``, ``THE END``: a few words of which the first and last are capitalised."""
    words = re.findall(r"[^\W\d_][^\W_]*", line)
    return 0 < len(words) <= 5 and words[0][0].isupper() and words[-1][0].isupper()
