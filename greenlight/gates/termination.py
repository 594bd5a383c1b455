"""The text was cut: the server says so, or it stops in the middle of a sentence or a structure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlight.gates import _endings
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~~~(?!~))([^\n]*)", re.MULTILINE)
STATEMENT = re.compile(r"[=(){}<>].*;$")
TAG = re.compile(r"</\w+>$")
RULE = re.compile(r"\s*([-*_=~])(?: ?\1){2,}$")
JSON = re.compile(r"[\[{]\s*(?:[\"\[{\]}]|-?\d|true|false|null|$)")
JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"|["\[\]{}]')
ROOT = re.compile(
    r"<(html|body|head|div|ul|ol|table|p|section|article|svg|form|\?xml|!DOCTYPE)\b[^>]*>?", re.IGNORECASE
)
KEY = re.compile(r"[ \t]+[\w-]+:$")
THOUGHT = ("</think>", "</thinking>", "[/THINK]", "</seed:think>")
TAIL = 6000
"""Characters before the end in which lines are compared."""


@dataclass(frozen=True)
class Gate:
    """Flags a finish reason other than ``stop``, and a text that breaks off.

    A text may end without a full stop where none is due: verse, lists, tables, a closing line such as "The End", a
    signature, code, an answer of a few words, and whatever is like the lines above it. It breaks off where a block of
    code, a quotation, a bracket or JSON is left open, and where a heading or a number of a list has nothing under it.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the last line; None where only the finish reason tells."""
        if sample.made.finish_reason != "stop":
            return Flag(gate="termination", reason=f"finish reason '{sample.made.finish_reason}'")
        body = sample.body.rstrip()
        for tag in THOUGHT:
            if tag in body:
                thought = body.rfind(tag) + len(tag)
                body = " " * thought + body[thought:]  # spans stay true
        if not body.strip():
            return None
        why = _left_open(body, sample.made.prompt) or _broken(body, sample.made.prompt)
        if not why:
            return None
        return Flag(gate="termination", reason=why, span=(body.rfind("\n") + 1, len(body)), score=0.9)


def _left_open(body: str, prompt: str) -> str:
    """What of a structure is not closed: of code, JSON, markup, a formula."""
    if ("```" in body or "~~~" in body) and _fence_open(body):
        return "a code block is left open"
    start = body.lstrip()
    if start[:1] in "[{" and JSON.match(start):
        if _json_open(start):
            return "the JSON is left open"
    elif "json" in prompt[:2000].lower() and "```" not in body:
        at = min((i for i in (body.find("\n{"), body.find("\n[")) if i >= 0), default=-1)
        if at >= 0 and _json_open(body[at + 1 :]):
            return "the JSON is left open"
    if start[:1] == "<":
        root = ROOT.match(start)
        name = "html" if root and root[1] == "!DOCTYPE" else root[1] if root else ""
        if name and name != "?xml" and f"</{name.lower()}" not in body.lower():
            return f"<{name}> is left open"
    if "\\begin{" in body and body.count("\\begin{") > body.count("\\end{"):
        return "\\begin is left open"
    if body.count("$$") % 2 and "\\" in body[body.rfind("$$") :]:
        return "a formula is left open"
    if "{\n" in body + "\n" and "```" not in body and body.count("{") > body.count("}"):
        return "a block is left open"
    return ""


def _fence_open(body: str) -> bool:
    """Whether a fence has no end. One with a word after it opens a block within a block."""
    opened, count, last = "", 0, ""
    for found in FENCE.finditer(body):
        mark, rest = found[1], found[2].strip()
        if mark[0] == "`" and "`" in rest:
            continue  # code within a line
        count, last = count + 1, found.group()
        if not opened:
            opened = mark
        elif mark[0] == opened[0] and len(mark) >= len(opened) and not rest:
            opened = ""
    if opened[:1] == "`" and body.count("```") % 2 == 0:
        return False
    return bool(opened) and not (count % 2 == 0 and body.endswith(last.strip()))


def _json_open(text: str) -> bool:
    """Whether the first values of the text, or a string in them, are not closed."""
    depth, end = 0, 0
    for found in JSON_PART.finditer(text):
        part = found.group()
        if depth == 0 and end and (part not in "[{" or text[end : found.start()].strip(" \n\r\t,")):
            return False  # what follows is no JSON
        if part == '"':
            return True
        depth += (part in "[{") - (part in "]}")
        end = found.end()
        if depth < 0:
            return False
    return depth > 0


def _broken(body: str, prompt: str) -> str:
    """Why the text is not finished; empty when it is."""
    at = body.rfind("\n") + 1
    last = body[at:]
    mark = _endings.open_mark(last[-_endings.LAST :]) if len(last) > 1 or at == 0 else ""
    if mark:
        return f"'{mark}' is left open"
    bare = TAG.sub("", body[-200:]).rstrip(_endings.CLOSERS).rstrip()
    if not bare or RULE.match(last) or body.endswith("__"):
        return ""
    hanging = _hanging(body, at, last)
    if hanging:
        return hanging
    end = bare[-1]
    if end in _endings.ENDS or _endings.CONTINUES.search(bare):
        found = _endings.CONTINUES.search(body[-40:])
        return f"the text stops after '{found.group().strip()}'" if found else ""
    closed = bare != body[-200:] and body[-1] in _endings.CLOSERS
    spoken = body[-1] in _endings.QUOTES and end != ","
    if end in _endings.GOES_ON and not spoken and not _may_go_on(body, last, end, prompt):
        return f"the text stops after '{end}'"
    if closed or not _endings.is_letter(end):
        return ""  # a picture, a symbol, a sum of money: a way to end
    before = [line.strip() for line in body[max(0, at - TAIL) : at].split("\n") if line.strip()]
    return (
        ""
        if _endings.needs_no_stop(before, last[-_endings.LAST :], prompt[:4000])
        else "the last sentence does not end"
    )


def _hanging(body: str, at: int, last: str) -> str:
    """A heading, the number of an item, or a row of a table that has nothing after it."""
    if at == 0:
        return ""
    if last[:1] == "|" or last.lstrip()[:1] in "-*•+0123456789#_":
        above = [line for line in body[max(0, at - TAIL) : at].split("\n") if line.strip()]
        if not above:
            return ""
        if last[0] == "|":
            row = above[-1]
            whole = row.startswith("|") and row.rstrip().endswith("|")
            return "the row of the table is not whole" if whole and last.count("|") < row.count("|") else ""
        if _endings.EMPTY_ITEM.match(last) and any(map(_endings.ITEM.match, above)):
            return "an item of the list is empty"
        if _endings.HEADING.match(last) and not _endings.SIGN_OFF.fullmatch(last.strip("#*_ :")):
            if last[0] == "#" and any(len(line) > 60 or _endings.stopped(line) for line in above):
                return "nothing stands under the last heading"
            if last[0] in "*_" and any(map(_endings.HEADING.match, above)):
                return "nothing stands under the last heading"
    return ""


def _may_go_on(body: str, last: str, end: str, prompt: str) -> bool:
    """Whether a text may end with a mark after which texts go on."""
    if _endings.SMILE.search(last):
        return True
    if end == ";":
        return STATEMENT.search(last) is not None or any("\u0370" <= char <= "\u03ff" for char in last[-20:])
    if end == ":":
        asked = _endings.CODE_ASKED.search(prompt) is not None
        return asked and KEY.match(last) is not None
    if end in "-–—":
        return body.endswith("-->")
    return False
