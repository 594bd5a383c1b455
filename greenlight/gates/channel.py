"""Where the answer is: in the visible text, or lost in a thinking channel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from greenlight.gates import _text
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

State = Literal["none", "closed", "unclosed", "orphan close", "prefilled closed", "prefilled unclosed"]
Span = tuple[int, int]

NAME = r"(?:(?:seed|mm|ds|antml|internal):)?(?:think(?:ing)?|thoughts?|reasoning|reason)"
OPEN = (
    rf"<[ \t]?{NAME}[ \t]?>|(?-i:\[(?:THINK|THINKING|REASONING)\])|◁think▷|"
    r"<\|(?:begin[_▁]of[_▁]thought|START_THINKING|think|thinking)\|>|"
    r"<\|channel\|>[ \t]?(?:analysis|thought)(?:[ \t]?(?:<\|message\|>|\n))?"
)
CLOSE = (
    rf"<[ \t]?/[ \t]?{NAME}[ \t]?>|(?-i:\[/(?:THINK|THINKING|REASONING)\])|◁/think▷|"
    r"<\|(?:end[_▁]of[_▁]thought|END_THINKING|/think|/thinking)\|>|"
    r"<\|channel\|>[ \t]?final(?:[ \t]?<\|message\|>)?"
)
EMPTY = rf"<[ \t]?{NAME}[ \t]?/>"
TAG = re.compile(rf"(?P<empty>{EMPTY})|(?P<open>{OPEN})|(?P<close>{CLOSE})", re.IGNORECASE)
STRIPPED = re.compile(r"\A\s*(?:assistant\s*)?analysis(?=[A-Z\"“*]|\s*\n|(?:we|the user|user)\b)")
"""The head of a harmony answer whose special tokens were not decoded."""
STRIPPED_FINAL = re.compile(r"(?:assistant)?(?:<\|channel\|>)?assistantfinal(?=\W|[A-Z]|$)")
SPECIAL = re.compile(
    r"<\|(?:im_end|im_start|eot_id|eom_id|end|return|start|message|call|endoftext|end_of_text|end_of_turn|eos)\|>|"
    r"<｜end▁of▁sentence｜>|</s>|<eos>|<end_of_turn>|<\|start\|>assistant|\A\s*<\|im_start\|>assistant"
)
HEADER = re.compile(
    r"<\|im_start\|>[ \t]*assistant|<｜Assistant｜>|<\|start_header_id\|>[ \t]*assistant[ \t]*<\|end_header_id\|>|"
    r"\[/INST\]|<\|assistant\|>|<\|Assistant\|>|<\|start_of_role\|>assistant<\|end_of_role\|>|"
    r"<start_of_turn>model|<\|turn>model|<seed:bos>assistant|<\|start\|>assistant|<\|CHATBOT_TOKEN\|>|"
    r"<\|START_OF_TURN_TOKEN\|>|<\|im_assistant\|>assistant|\[gMASK\]|"
    r"^(?:#{2,3} )?(?:Assistant|AI|Response|ASSISTANT|Model|Bot|Answer|Output)[ \t]*:",
    re.MULTILINE,
)
"""Where a template hands over to the model."""
SPOKEN_OF = re.compile(
    r"[`'\"”’»)\]}|*_]|[ \t]{0,2}(?:[.,;:!?…](?!\.)|[-–—=|/+]|…$|\(|<|"
    r"(?:tags?|tokens?|markers?|blocks?|elements?|delimiters?|pairs?|sections?|symbols?|strings?|wrappers?|format|is|"
    r"are|was|were|and|or|but|marks?|opens?|closes?|means?|in|at|on|for|to|from|as|with|without|before|after|that|"
    r"which|appears?|comes|stands|goes|must|should|can|may|has|tells|signals?|starts?|ends?|begins?|exists?|never|"
    r"does|do|around|inside|then|when|if|Tag|Tags|Block|und|oder|markiert|steht|et|ou|est|y|o|es|и|или|это)\b|"
    r"[标標]|[块塊记記]|[和与与とやはがをの의은는이가를])"
)
"""What follows a tag that is written about, and not used."""
NAMED = re.compile(
    r"(?:\b(?:the|an?|of|with|by|in|and|or|inside|between|called|named|opening|closing|open|close|write|writes|type|"
    r"use|uses|using|tags?|tokens?|emits?|its|no|from|to|until|after|before|than|missing|without|into|like|is|are|my|"
    r"their|your|that|this|every|each|balises?|etiquetas?|тег|теги|der|die|das|den|dem|le|la|les|el|los|und|et|y|и|mit|"
    r"avec|con)[ \t]{1,2}|(?:标签|标记|タグ|在|用)[ \t]?|[=|/+][ \t]?)$",
    re.IGNORECASE,
)
"""What stands before one."""
NOUN = re.compile(r"[ \t-]{0,2}(?:tags?|tokens?|markers?|blocks?|elements?|delimiters?)\b|[ \t]?[标標]", re.IGNORECASE)
MARKS = (("`", "`"), ('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("(", ")"), ("「", "」"))
NEAR = 40
"""Characters of a line that are read on each side of a tag."""
MOST = 2000
"""Tags that are looked at, from each end."""
PREFACE = 30
"""Letters before a thought that are an answer by themselves."""


@dataclass(frozen=True)
class Channel:
    """Where an answer is. Spans are in characters of the completion.

    ``answer``: what is left after the last thought, empty where nothing is. ``place``: the tag, or the thought, that
    decides the state; ``thoughts``: all of them, in order. ``budget``: the length limit cut the thought.
    ``ambiguous``: whether the completion is thought or answer cannot be known.
    """

    state: State
    answer: Span
    place: Span | None = None
    thoughts: tuple[Span, ...] = ()
    budget: bool = False
    ambiguous: bool = False


def channel(completion: str, prompt: str = "", rendered: str = "", finish_reason: str = "stop") -> Channel:
    """Tells the six states apart.

    ``rendered``: the prompt as its template wrote it, up to the answer; a tag that it opens is known. Without it a
    prompt that ends with a tag on a line of its own counts as rendered. Tags in code, and tags that are only written
    about, are text.
    """
    prefilled = _opened(rendered) if rendered else _opened(prompt, rendered=False)
    used = _tags(completion, prefilled)
    depth, start = (1, 0) if prefilled else (0, 0)
    orphan: Span | None = None
    thoughts: list[Span] = []
    end = 0
    for kind, tag in used:
        if kind == "open":
            start = tag[0] if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if _harmony(completion, tag):
                depth = 0
            end = tag[1]
            if depth == 0:
                thoughts.append((start, end))
        else:
            orphan, end = tag, tag[1]
    cut = finish_reason == "length"
    if depth > 1 and used[-1][0] == "close":  # opened twice, closed once, and answered
        thoughts.append((start, end))
    elif depth:
        own = not prefilled or bool(thoughts)
        state: State = "unclosed" if own else "prefilled unclosed"
        size = len(completion)
        thoughts.append((start, size))
        return Channel(state, (size, size), thoughts[-1], tuple(thoughts), cut, not own and not cut)
    answer = (end, len(completion))
    if orphan is not None:
        return Channel("orphan close", answer, orphan, tuple(thoughts))
    if thoughts:
        return Channel("prefilled closed" if prefilled else "closed", answer, thoughts[-1], tuple(thoughts))
    return Channel("none", (0, len(completion)))


def _tags(completion: str, prefilled: bool) -> list[tuple[str, Span]]:
    """The tags that are used, in order."""
    if not any(mark in completion for mark in ("<", "[", "◁")):
        return _stripped(completion)
    raw = list(TAG.finditer(completion))
    if not raw:
        return _stripped(completion)
    if len(raw) > 2 * MOST:
        raw = raw[:MOST] + raw[-MOST:]
    spans = _text.code(completion)
    if spans and completion[spans[-1][0] :].count("```") % 2:  # one that is left open hides no tag
        spans = spans[:-1]
    used: list[tuple[str, Span]] = []
    thinking = prefilled
    for tag in raw:
        kind = tag.lastgroup or ""
        if kind == "empty":
            if not _spoken_of(completion, tag.span()):
                used += [("open", tag.span()), ("close", tag.span())]
            continue
        if _text.inside(spans, tag.start()):
            # a fence that opens in the thought and one in the answer are no pair
            if not (kind == "close" and thinking and _alone(completion, tag.span())):
                continue
        elif _spoken_of(completion, tag.span(), thinking and kind == "close"):
            continue
        used.append((kind, tag.span()))
        thinking = kind == "open"
    return used


def _stripped(completion: str) -> list[tuple[str, Span]]:
    """Harmony's markers without their brackets."""
    head = STRIPPED.match(completion)
    if head is None:
        return []
    used = [("open", head.span())]
    final = STRIPPED_FINAL.search(completion)
    return [*used, ("close", final.span())] if final else used


def _spoken_of(text: str, tag: Span, ends: bool = False) -> bool:
    """Whether a tag is a word of a sentence; ``ends``: it would end an open thought, so only marks and nouns tell."""
    line = max(text.rfind("\n", max(0, tag[0] - NEAR), tag[0]) + 1, tag[0] - NEAR, 0)
    before = text[line : tag[0]]
    after = text[tag[1] : tag[1] + NEAR].split("\n", 1)[0]
    if any(before.endswith(a) and (after.startswith(b) or before[-2:-1].isspace()) for a, b in MARKS):
        return True
    if ends or not before.strip():
        said = (NOUN if ends else SPOKEN_OF).match(after)
        return said is not None and (ends or (said.group().strip().isalpha() and said.group()[:1] in " \t"))
    if NAMED.search(before):
        return True
    stopped = before.rstrip()[-1:] in '.!?…。！？:*)"”’;~>' or not after.strip()
    return not stopped and SPOKEN_OF.match(after) is not None


def _alone(text: str, tag: Span) -> bool:
    start = text.rfind("\n", 0, tag[0]) + 1
    return not text[start : tag[0]].strip() and tag[0] - start < NEAR


def _harmony(text: str, tag: Span) -> bool:
    return text.startswith("<|channel|>", tag[0])


def _opened(prompt: str, rendered: bool = True) -> bool:
    """Whether a prompt leaves a thought open for the completion to go on with."""
    if not prompt:
        return False
    header = None
    for header in HEADER.finditer(prompt):  # noqa: B007
        pass
    if header is None:
        tail = prompt.rstrip()
        last = None
        for last in TAG.finditer(tail, max(0, len(tail) - NEAR)):  # noqa: B007
            pass
        if last is None or last.lastgroup != "open" or last.end() != len(tail):
            return False
        return rendered or _alone(tail, last.span())
    depth = 0
    for tag in TAG.finditer(prompt, header.end()):
        if tag.lastgroup == "open":
            depth = 1
        elif tag.lastgroup == "close":
            depth = 0
    return depth > 0


@dataclass(frozen=True)
class Gate:
    """Flags a thought that never ends, one that ends but never began, and one with nothing after it.

    A thought with an answer after it is in its place. Where the prompt opened the thought and the answer ended by
    itself without closing it, what it is cannot be known: the flag's reason is ``ambiguous``, its score lower.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the thought that is not closed, the tag without a beginning, or the thought before nothing."""
        made = sample.made
        found = channel(sample.body, made.prompt, made.prompt_rendered, made.finish_reason)
        if found.state == "none":
            return None
        if found.ambiguous:
            return self._flag("ambiguous: the prompt opens a thought and the answer never closes it", found.place, 0.5)
        if found.budget:
            return self._flag(f"{found.state} thought: the length limit cut it, a budget problem", found.place)
        if found.state in ("unclosed", "prefilled unclosed"):
            return self._flag(f"{found.state} thought: no answer", found.place)
        if found.state == "orphan close":
            return self._flag("a thought is closed that was never opened", found.place, 0.95)
        if said(sample.body[slice(*found.answer)]):
            return self._flag("channel markers without their brackets", found.place, 0.9) if _bare(sample) else None
        if sum(map(str.isalnum, _text.blank(sample.body, found.thoughts))) >= PREFACE:
            return None
        return self._flag(f"{found.state} thought with nothing after it", found.place)

    def _flag(self, reason: str, span: Span | None, score: float = 1.0) -> Flag:
        return Flag(gate="channel", reason=reason, span=span, score=score)


def said(answer: str) -> bool:
    """Whether there is anything in an answer beside end tokens: letters, digits, or a picture."""
    rest = SPECIAL.sub(" ", answer) if "<" in answer else answer
    return any(c.isalnum() or ord(c) > 0x2190 for c in rest)


def _bare(sample: Text) -> bool:
    return "<|channel|>" not in sample.body and STRIPPED.match(sample.body) is not None
