"""The text was cut: the server says so, or it stops in the middle of a sentence or a structure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlight.gates import _endings, _hanging, _lastlines, _listed, _loose, _pieces, _sources, _structures
from greenlight.gates.channel import channel
from greenlight.nouns import Flag, Provenance, Text
from greenlight.recipe import Brief

WHOLE = frozenset(
    [
        "stop",
        "eos",
        "end_turn",
        "stop_sequence",
        "eos_token",
        "end_of_text",
        "endoftext",
        "complete",
        "completed",
        "finished",
        "finish",
        "end",
        "done",
        "stop_token",
        "word",
    ]
)
"""Finish reasons of texts that ended by themselves: OpenAI, Anthropic, Cohere, Gemini, Bedrock, TGI, llama.cpp."""
CALLED = frozenset(["tool_calls", "tool_call", "function_call", "tool_use"])
"""Of those that end with a call of a tool: what was said before it may lead up to it."""
CUT = frozenset(["length", "max_tokens", "max_output_tokens", "model_length", "limit", "model_context_window_exceeded"])
FILTERED = re.compile(r"filter|safety|recitation|guardrail|blocklist|prohibited|toxic|spii|^refusal$")
DRESSED = re.compile(r"finish_?reason[._]|stop_?reason[._]|^finish_(?=stop$)")
STATEMENT = re.compile(
    r"[=(){}<>].*;$|"
    r"^\s*(?:\w+[=#]?> ?)?(?:(?:[A-Z]{3,} .{0,300}\b[A-Z]{2,}\b|(?:SELECT|DROP|USE|SHOW|BEGIN|COMMIT|ROLLBACK|"
    r"VACUUM|ANALYZE|TRUNCATE|GRANT|EXPLAIN|DESCRIBE|CALL)\b).*|(?:drop|alter|create|truncate|show|delete|insert) "
    r"(?:table|database|index|view|schema|role|user|column|into|from|tables|databases)\b.*|"
    r"select .{1,300} from .*|"
    r"(?:import|package|using|namespace|use|return|include|module|open|mod|throw|goto|await) [^\s;]+(?: as \w+)?|"
    r"(?:(?:public|private|static|const|final|unsigned|let|mut) )*(?:int|float|double|char|bool|boolean|long|string|"
    r"var|let|const|auto|my|local)\b[^.!?]{0,40}|break|continue|return|pass|\w+(?:\+\+|--)|[$@]\w+.*|exit|quit);$"
)
"""A line that ends as statements do: with a sign of code in it, or with a keyword at its head."""
SHUT = re.compile(r"\s*[)\]]+;?$")
TUPLE = re.compile(r"[(\[][^\n]*[\w\"')\]],[)\]}]+$")
"""A list or a call in a program whose last value has a comma: no prose closes a bracket behind one."""
NOTHING = re.compile(r"([\[(,=;&+?:] ?)(?:\"\"|'')(?=[)\]}]+;?$)")
"""An empty string that is the last value of a call."""
TAG = re.compile(r"</\w+>$")
RULE = re.compile(r"\s*([-*_=~—–•·])(?: ?\1){2,}$")
END_MARK = re.compile(r"\s*#(?: #){2,}$")
"""Signs that stand under a text in the place of "The End"; with nothing between them they are a heading's."""
RELEASE = re.compile(
    r"\b(?:press|news|media) (?:release|statement)|for immediate release|communiqué de presse|pressemitteilung|"
    r"nota de prensa|comunicato stampa|comunicado de imprensa|пресс-релиз",
    re.IGNORECASE,
)
CODE_LIKE = re.compile(r"\b(?:ya?ml|toml|config\w*|settings|compose|workflow|manifest)\b", re.IGNORECASE)
PROSE = re.compile(r"(?:[a-z]{2,},? ){4}")
KEY = re.compile(r"[ \t]+(?!(?:else|try|finally|except|default)\b)[\w-]+:$")
SECTION = re.compile(
    r"\[(?:verse|chorus|refrain|bridge|pre-chorus|strophe|refrão|estribillo)(?: \d+)?\]$", re.IGNORECASE
)
CUE = re.compile(r"[A-Z][A-Z .'’-]{1,24}$")
LABELLED = re.compile(r"[*_]{2}[^*_\n]{1,60}[*_]{2}:?[ \t]+\S")
TRANSITION = re.compile(r"(?:^|[.!?] )(?:[A-Z]+ ){1,3}TO:$")
CASUAL = re.compile(
    r"\b(?:lower ?case|full stops?|punctuat\w*|text(?:s|ing)? (?:in|like|message)|texts|slang|teen\w*)\b", re.IGNORECASE
)
"""What says of a persona that it may leave full stops out."""
TAIL = 6000
"""Characters before the end in which lines are compared."""
SPOKEN = ".!?…。！？।؟"
"""What no program ends with."""
CODE = 50_000
"""Characters before the end in which a program's brackets and blocks are counted."""
VERSION = 9


@dataclass(frozen=True)
class Gate:
    """Flags a text that breaks off, and a finish reason that is no normal end, as ``stop`` and a call of a tool are.

    A text may end without a full stop where none is due: verse, lists, tables, a closing line such as "The End", a
    signature, code, an answer of a few words, and whatever is like the lines above it. It breaks off where a block of
    code, a quotation, a bracket or JSON is left open, where a heading or a number of a list has nothing under it, and
    where a plain list has fewer items than the line above it announces, and no further point after it in prose.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the last line; where only the finish reason tells there is none."""
        made = sample.made
        ended = DRESSED.sub("", made.finish_reason.lower().replace("-", "_"))
        if ended in CALLED:
            return None
        if ended not in WHOLE:
            why = f"finish reason '{made.finish_reason}'" + _told(ended)
            return Flag(gate="termination", reason=why, version=VERSION)
        body = sample.body.rstrip()
        if any(mark in body for mark in ("<", "[", "◁")) or made.prompt_rendered:
            found = channel(body, made.prompt, made.prompt_rendered)
            if found.state != "none" and found.answer[0] < len(body):
                body = " " * found.answer[0] + body[found.answer[0] :]  # spans stay true
        if not body.strip():
            return None
        why = left = _structures.left_open(body, made.prompt)
        if _pieces.sign(body, made.prompt) or (why and _pieces.noted(body)):
            return None
        if not why:
            why = _broken(body, made)
        if not why:
            why = left = _listed.short_of(body)
        if not why or _pieces.python(body) or (not made.prompt and _sources.is_ended(body)):
            return None
        if not left and (_pieces.asked(body, made.prompt) or _pieces.picture(body, made.prompt)):
            return None
        return Flag(gate="termination", reason=why, span=(body.rfind("\n") + 1, len(body)), score=0.9, version=VERSION)


def _told(ended: str) -> str:
    """What a finish reason says of the text."""
    if ended in CUT:
        return ": cut at a limit of tokens"
    return ": stopped by the server's filter" if FILTERED.search(ended) else ""


def _broken(body: str, made: Provenance) -> str:
    """Why the text is not finished; empty when it is."""
    prompt, system = made.prompt, made.system
    at = body.rfind("\n") + 1
    last = body[at:]
    line = last[-_endings.LAST :]
    raw = [line for line in body[max(0, at - TAIL) : at].split("\n") if line.strip()]
    code = body[-1] not in SPOKEN and "```" not in body and _is_code(raw, line, prompt[:4000])
    dotted = body[-1] == "." and len(last) < 100 and not PROSE.search(last)
    if dotted and _endings.CODE.search(last[:-1]) and _structures.member_open(raw, last):
        return "the code stops after '.'"
    if _pieces.encoded(last) or _end_mark(body, last, prompt) or _pieces.template(raw, last, prompt[:2000]):
        return ""
    if code:
        lacks = _structures.code_open(body[-CODE:], prompt[:4000])
        if lacks and _sources.is_documented(body, made):  # which shortens values and usages: its last part tells
            lacks = _structures.code_open(body[body.rfind("\n\n") + 1 :][-CODE:], prompt[:4000])
        if lacks:
            return lacks
        if _structures.key_open(raw, last):
            return "the last key has no value"
    mark = _endings.open_mark(line) if len(last) > 1 or at == 0 else ""
    if mark:
        return f"'{mark}' is left open"
    if SHUT.match(last) and raw and all(body[-CODE:].count(a) == body[-CODE:].count(b) for a, b in ("()", "[]")):
        return ""  # the bracket that ends a list, whose last value may well have a comma
    bare = TAG.sub("", NOTHING.sub(r"\g<1>0", body[-200:])).rstrip(_endings.CLOSERS).rstrip()
    if not bare or body.endswith("__"):
        return ""
    if RULE.match(last) and not (last.lstrip()[1:2] == " " and _endings.EMPTY_ITEM.match(last)):
        return "nothing stands under the last heading" if _structures.rule_under(raw, last) else ""
    hanging = _bare(body, at, last, raw)
    if hanging:
        return hanging
    end = bare[-1]
    stopped = end in _endings.ENDS
    mark = "" if code else _structures.mark_open(line, stopped)
    if mark == "`" and body[body.rfind("\n\n") + 1 :][-TAIL:].count("`") % 2 == 0:
        mark = ""  # it was opened in a line above, of the same paragraph
    if mark:
        return f"'{mark}' is left open"
    short = _hanging.stops_short(body[-80:])
    found = None if _loose.SESSION.match(body) else _endings.CONTINUES.search(body[-4:])
    if short or found:
        return f"the text stops after '{short or (found.group().strip() if found else '')}'"
    if stopped:
        return ""
    if (code and body[-1] in ";>") or _structures.row_whole(raw, last):
        return ""
    return _unstopped(body, last, raw, end, bare != body[-200:], (prompt, system))


def _end_mark(body: str, last: str, prompt: str) -> bool:
    """Whether the signs stand that end a text, or a piece of news."""
    if END_MARK.match(last):
        return True
    return last.strip() == "###" and RELEASE.search(f"{prompt[:2000]}\n{body[:2000]}") is not None


def _is_code(raw: list[str], line: str, prompt: str) -> bool:
    if raw and raw[0].startswith("#!"):
        return True
    if _endings.INNER.search(line.strip()):
        return False
    return _lastlines.is_code([one.strip() for one in raw[-12:]], line, prompt)


def _unstopped(body: str, last: str, raw: list[str], end: str, marked: bool, told: tuple[str, str]) -> str:
    """A text that ends with neither a full stop nor anything open.

    ``marked``: a closing mark is its last sign; ``told``: the prompt and the system prompt.
    """
    prompt, system = told
    spoken = body[-1] in _endings.QUOTES and end != ","
    keyed = end == ":" and _structures.key_open(raw, last) and CODE_LIKE.search(prompt[:4000]) is not None
    if TUPLE.search(body[-200:]):
        return ""
    if end in _endings.GOES_ON and not spoken and (keyed or not _may_go_on(body, last, end, prompt)):
        return f"the text stops after '{end}'"
    if _structures.row_short(raw, last, re.search(r"\b(?:csv|data)\b", prompt[:4000], re.IGNORECASE) is not None):
        return "the row of the table is not whole"
    if (marked and body[-1] in _endings.CLOSERS) or not _endings.is_letter(end):
        return ""  # a picture, a symbol, a sum of money: a way to end
    first = body[:400].lstrip().split("\n", 1)[0].strip()
    before = [line.strip() for line in raw]
    stanzas = tuple(one.count("\n") + 1 for one in re.split(r"\n\s*\n", body[-TAIL:].strip())[-3:])
    asked = f"{prompt[:4000]}\n{system[:1000]}" if CASUAL.search(system[:1000]) else prompt[:4000]
    ending = _endings.Ending(before, last[-_endings.LAST :], asked, first, stanzas)
    return "" if _lastlines.whole(ending) else "the last sentence does not end"


def _bare(body: str, at: int, last: str, above: list[str]) -> str:
    """A heading, a cue, the number of an item, or a row of a table that has nothing after it."""
    if at == 0 or not above:
        return ""
    sign = last.lstrip()[:1]
    if sign == "(" and last.endswith(")") and CUE.match(above[-1].strip()) and len(last) < 60 and len(above) > 1:
        return "a speaker says nothing"
    if (
        sign == "["
        and SECTION.match(last.strip())
        and last.strip().lower() not in (one.strip().lower() for one in above)
    ):
        return "nothing stands under the last heading"
    if CUE.match(last.strip()) and _lastlines.cue_alone(above, last.strip()):
        return "a speaker says nothing"
    if not sign or (sign not in "|-–*•+0123456789#_(☐☑" and last.strip()[1:2] != ")"):
        return ""
    if last[0] == "|":
        row = above[-1]
        closed = row.startswith("|") and row.rstrip().endswith("|")
        return "the row of the table is not whole" if closed and last.count("|") < row.count("|") else ""
    if _endings.EMPTY_ITEM.match(last) and any(map(_endings.ITEM.match, above)):
        return "an item of the list is empty"
    return "nothing stands under the last heading" if _heading_bare(last, above) else ""


def _heading_bare(last: str, above: list[str]) -> bool:
    """Whether the last line is a heading, or the mark of one, and those above it have text under them."""
    plain = last.strip("#*_ :")
    under = [line for line in above if not _endings.HEADING.match(line)]
    said = any(len(line) > 60 or _endings.stopped(line) for line in under)
    if re.fullmatch(r"#{1,6}|1[.)]", last.strip()):
        return said
    if _endings.NUMBERS.match(plain):
        return False
    if not _endings.HEADING.match(last) or (" of " not in plain and _endings.SIGN_OFF.fullmatch(plain)):
        return False
    if last[0] == "#":
        return said
    labels = sum(LABELLED.match(line) is not None for line in above)
    if labels >= (1 if plain[:1].isdigit() else 2) and last.rstrip("*_")[-1:] in ".:":
        return True
    return len(under) > 0 and any(map(_endings.HEADING.match, above))


def _may_go_on(body: str, last: str, end: str, prompt: str) -> bool:
    """Whether a text may end with a mark after which texts go on."""
    if _endings.SMILE.search(last) or _endings.DASHED.match(last.strip()):
        return True
    if end == ";":
        return STATEMENT.search(last) is not None or any("\u0370" <= char <= "\u03ff" for char in last[-20:])
    if end == ":" and (TRANSITION.search(last) or _structures.is_form(body)):
        return True
    if end == ":":
        asked = _endings.CODE_ASKED.search(prompt) is not None
        return asked and KEY.match(last) is not None
    if end in "-–—":
        return body.endswith("-->") or (body[-2:-1].isalpha() and end == "—" and _endings.LABEL.match(last) is not None)
    return False
