"""What a chat template does, found by what it writes for small conversations; nothing is read from its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenlight.character.sandbox import DAY
from greenlight.character.thoughts import EMPTY, OPENED
from greenlight.chats import Turn
from greenlight.errors import InputError

if TYPE_CHECKING:
    from greenlight.character.render import Renderer

ASKED, SAID, THOUGHT = "Qxzq", "Axzq", "Txzq"
"""Words that no template holds."""
FIRST = 0xF0000
"""Of the private characters that stand for marks."""
USER, ANSWER = {"role": "user", "content": ASKED}, {"role": "assistant", "content": SAID}


def facts(renderer: Renderer) -> dict[str, Any]:
    """``opens_thinking``: a prompt ends in an open thought. ``adds_empty_thinking``: where an empty thought is written,
    in words; empty where none is. ``thinking_switch``: ``enable_thinking`` changes the prompt. ``default_system``: what
    it says where no system prompt is given. ``drops_earlier_thinking``: from answers that are not the last.
    ``pins_date``: it asks for the date, and is told a fixed one."""
    prompts = {thinking: renderer.written([USER], True, thinking) for thinking in (None, True, False)}
    empty = [
        name
        for name, thinking in (("prompt", None), ("prompt, thinking off", False))
        if EMPTY.search(prompts[thinking])
    ]
    if empty[:1] == ["prompt"]:
        empty = ["prompt"]
    last = renderer.written([USER, ANSWER], False, None).partition(SAID)[0]
    earlier = renderer.written([USER, ANSWER, USER], True, None).partition(SAID)[0]
    if EMPTY.search(last):
        empty.append("every answer" if EMPTY.search(earlier) else "the last answer")
    tags = re.search(r"<think>|<thinking>|<thought>|<reasoning>|\[THINK\]", renderer.source)
    name = renderer.spelling.name
    return {
        "template": renderer.template,
        "hash": renderer.hash,
        "bos": None if renderer.bos is None else name(renderer.bos),
        "bos_from": "none" if renderer.bos is None else "the tokenizer" if renderer._adds_bos else "the template",
        "ends": sorted(name(one) for one in renderer.ends),
        "opens_thinking": bool(OPENED.search(prompts[None])),
        "adds_empty_thinking": empty,
        "thinking_switch": prompts[True] != prompts[False],
        "default_system": _default_system(renderer),
        "drops_earlier_thinking": _drops(renderer, tags[0] if tags else "<think>"),
        "takes_system": _takes_system(renderer),
        "pins_date": f"{DAY[0]}" in prompts[None] and "strftime_now" in renderer.source,
        "notes": _notes(renderer),
    }


def _drops(renderer: Renderer, tag: str) -> bool:
    end = tag.replace("[", "[/") if tag.startswith("[") else tag.replace("<", "</")
    thinking = {"role": "assistant", "content": f"{tag}\n{THOUGHT}\n{end}\n\n{SAID}"}
    return THOUGHT not in renderer.written([USER, thinking, USER], True, None)


def _takes_system(renderer: Renderer) -> bool:
    try:
        return THOUGHT in renderer.written([{"role": "system", "content": THOUGHT}, USER], True, None)
    except InputError:
        return False


def _default_system(renderer: Renderer) -> str:
    """The words before the first user's turn that do not stand before the second one's."""
    text = renderer.written([USER, ANSWER, {"role": "user", "content": THOUGHT}], True, None)
    whole = renderer.spelling.marks.sub(lambda found: chr(FIRST + renderer.spelling.control[found[0]]), text)
    first = whole.partition(ASKED)[0]
    second = whole.partition(SAID)[2].partition(THOUGHT)[0]
    same = next((n for n, (a, b) in enumerate(zip(first[::-1], second[::-1], strict=False)) if a != b), None)
    head = first[: len(first) - (min(len(first), len(second)) if same is None else same)]
    rest = re.sub(f"[{chr(FIRST)}-\U0010ffff]", "\n", head)
    return re.sub(r"\A\s*system\s*:?\s*\n", "", rest, flags=re.IGNORECASE).strip()


def _notes(renderer: Renderer) -> list[str]:
    """What ``whole`` puts between a prompt and its answer, and does beside what the template writes, in words."""
    turns = (Turn(role="user", content=ASKED), Turn(role="assistant", content=SAID))
    shown = renderer.written([USER, ANSWER], False, None).partition(SAID)[0]
    made = renderer._completed(turns, None)
    before, asked = made.text[: made.said[1][0]], renderer.written([USER], True, None)
    if before == shown:
        if not before[len(asked) :].strip() or OPENED.search(asked):
            return []
        return [
            "an empty thought that the prompt does not have stands before the answer, and is not learned: ask with "
            "thinking off, or the model has to begin with it by itself"
        ]
    if before == asked:
        return ["the prompt's empty thought stands before the answer too"]
    return ["the thought that the prompt opens is closed, empty, before the answer; it is not learned"]
