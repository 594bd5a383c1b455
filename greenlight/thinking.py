"""Keeps hidden thought out of what a voice says: which switch of a server works is found by what it does.

Servers take a switch without a word and think on, so none is believed. A model is asked twice with nothing sent; where
it thinks, each switch is tried in turn until two answers come without thought.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from greenlight.errors import VoiceError
from greenlight.llm import Desk, Endpoint, Unfit
from greenlight.nouns import Answer, Noun

AUTO, LEAVE = "auto", "leave"
QUESTIONS = (
    "A farmer has 17 sheep. All but 9 run away. How many are left? Answer with the number alone.",
    "Which is heavier, a pound of feathers or half a pound of iron? Answer in three words at most.",
)
"""They tempt a model that can think to do so, and their answers are short."""
LIMIT = 256
"""Tokens of an answer to them; thought that goes on is cut there, and shows as well."""
UNSEEN = 24
"""Tokens beyond one a byte that are told for an answer before that counts as thought nobody sees."""
MOST = 11
"""Requests that ``find_switch`` sends at most: two, two for each switch, and one where max_tokens is refused."""

TAG = re.compile(
    r"<\s*/?\s*(?:think(?:ing)?|thoughts?|reason(?:ing)?|scratchpad|reflection)\b[^<>\n]{0,40}>"
    r"|\[/?THINK\]|<\|channel\|>\s*analysis|<\|/?(?:think|thinking)\|>",
    re.IGNORECASE,
)
ALOUD = re.compile(
    r"\A\W{0,9}(?:okay|ok|alright|hmm+|so|well|let me|let's|first|we|i|the user|thinking process|here'?s (?:a|my))\b"
    r".{0,400}?\b(?:the user (?:wants|asks|asked|is|needs|said|would)|let me think|thinking process|wait,"
    r"|(?:i|we) (?:need|should|have) to)",
    re.IGNORECASE | re.DOTALL,
)
"""How thought begins that a model says aloud."""

THOUGHT = re.compile(
    r"\A\s*(?:<(think(?:ing)?|thoughts?|reasoning|seed:think)>.*?</\1>|\[THINK\].*?\[/THINK\]"
    r"|<\|channel\|>\s*analysis.*?<\|channel\|>\s*final\s*<\|message\|>)\s*",
    re.IGNORECASE | re.DOTALL,
)
"""A whole thought, in its tags, before an answer."""

Messages = list[dict[str, str]]
Request = tuple[Messages, dict[str, Any]]
"""The messages and the other fields of a request."""
EMPTY_THOUGHT = "<think>\n\n</think>\n\n"


def _effort(messages: Messages, params: dict[str, Any]) -> Request:
    return messages, {**params, "reasoning_effort": "none"}


def _template(messages: Messages, params: dict[str, Any]) -> Request:
    given = params.get("chat_template_kwargs")
    kwargs = {**(given if isinstance(given, dict) else {}), "enable_thinking": False}
    return messages, {**params, "chat_template_kwargs": kwargs}


def _word(messages: Messages, params: dict[str, Any]) -> Request:
    out = [dict(one) for one in messages]
    last = next((one for one in reversed(out) if one["role"] == "user"), None)
    if last is not None:
        last["content"] += " /no_think"
    return out, params


def _prefill(messages: Messages, params: dict[str, Any]) -> Request:
    begun = [*messages, {"role": "assistant", "content": EMPTY_THOUGHT}]
    # vLLM ends the turn and begins another unless it is told; others do not know the fields
    return begun, {**params, "continue_final_message": True, "add_generation_prompt": False}


SWITCHES: dict[str, Callable[[Messages, dict[str, Any]], Request]] = {
    "reasoning_effort": _effort,
    "enable_thinking": _template,
    "no_think": _word,
    "prefill": _prefill,
}
"""In the order in which they are tried: what each makes of a request."""


class Switch(Noun):
    """How a model is kept from thinking. ``name``: of ``SWITCHES``; empty where nothing is sent.

    ``thinks``: with nothing sent, as ``sign`` shows. ``works``: with ``name`` sent, it does not.
    """

    name: str = ""
    thinks: bool = False
    works: bool = True
    sign: str = ""
    tried: dict[str, str] = Field(default={}, description="switches that did not work, and what was seen")
    requests: int = Field(default=0, description="that it took to find")

    @property
    def told(self) -> str:
        """In one sentence."""
        if not self.thinks:
            return "it does not think: no switch is needed"
        failed: dict[str, list[str]] = {}
        for name, what in self.tried.items():
            failed.setdefault(what, []).append(name)
        tried = "; ".join(f"{', '.join(names)}: {what}" for what, names in failed.items())
        found = f"{self.name} turns that off" if self.works else "nothing turns that off"
        return f"it thinks ({self.sign}); {found}" + (f" ({tried})" if tried else "")

    @property
    def label(self) -> str:
        """As it stands in an answer's params."""
        return self.name or ("none works" if self.thinks else "none needed")


def sign_of(answer: Answer) -> str:
    """By what an answer shows that the model thought; empty where it shows nothing."""
    if answer.reasoning.strip():
        return "thought in a field of its own"
    if TAG.search(answer.text):
        return "a thinking tag in the text"
    if answer.usage.get("reasoning_tokens", 0) > 0:
        return "tokens of thought are counted"
    if silent(answer):
        return "tokens are spent and no text comes"
    if answer.usage.get("completion_tokens", 0) > len(answer.text.encode()) + UNSEEN:
        return "more tokens are counted than the text can have"
    return "the text thinks aloud" if ALOUD.match(answer.text) else ""


def silent(answer: Answer) -> bool:
    """A channel refusal: nothing to see, though tokens were spent or there is thought."""
    spent = answer.usage.get("completion_tokens", 0) > 1 or answer.reasoning.strip()  # one: the end token alone
    return not answer.text.strip() and bool(spent)


async def find_switch(desk: Desk, endpoint: Endpoint, model: str) -> Switch:
    """How this model is kept from thinking, by its answers; at most ``MOST`` requests.

    Raises UserError or VoiceError as ``Desk.chat`` does, when it does not answer with nothing sent.
    """
    search = _Search(desk, endpoint, model)
    try:
        sign = await search.tried("")
    except Unfit:  # models of the hosted sort take another field, or none
        search.limit = {}
        sign = await search.tried("")
    if not sign:
        return Switch(requests=search.sent)
    failed: dict[str, str] = {}
    for name in SWITCHES:
        try:
            left = await search.tried(name)
        except Unfit:
            left = "refused"
        except VoiceError:
            left = "no answer"
        if not left:
            return Switch(name=name, thinks=True, sign=sign, tried=failed, requests=search.sent)
        failed[name] = left
    return Switch(thinks=True, works=False, sign=sign, tried=failed, requests=search.sent)


@dataclass
class _Search:
    desk: Desk
    endpoint: Endpoint
    model: str
    limit: dict[str, Any] = field(default_factory=lambda: {"max_tokens": LIMIT})
    sent: int = 0

    async def tried(self, name: str) -> str:
        """The first sign of thought in the answers to the questions, with this switch sent; empty where none is."""
        for question in QUESTIONS:
            messages, params = applied(name, [{"role": "user", "content": question}], self.limit)
            self.sent += 1
            answer = await self.desk.chat(self.endpoint, self.model, messages, params)
            if sign := sign_of(answer):
                return sign
            if name and not answer.text.strip():
                return "no text comes"
        return ""


def applied(name: str, messages: Messages, params: Mapping[str, Any]) -> Request:
    """A request with a switch; as it was where the name is empty."""
    return SWITCHES[name](messages, dict(params)) if name else (messages, dict(params))


async def switch_of(desk: Desk, endpoint: Endpoint, model: str) -> Switch:
    """What was found for this server and model; found now where it was not, once, while all others wait."""
    key = (endpoint.name, model)
    async with desk.finding.setdefault(key, asyncio.Lock()):
        if key not in desk.switches:
            desk.switches[key] = await find_switch(desk, endpoint, model)
        found: Switch = desk.switches[key]
        return found


async def ask(
    desk: Desk, endpoint: Endpoint, model: str, messages: Messages, params: Mapping[str, Any], thinking: str
) -> Answer:
    """One answer, with thinking turned off as ``thinking`` says (``Generator.thinking``).

    Its params say which switch was sent. With ``auto`` a channel refusal is asked again with the next switches, each
    once; the usage and the time of all tries are the answer's. Raises as ``Desk.chat`` does.
    """
    if thinking == LEAVE:
        return await desk.chat(endpoint, model, messages, params)
    if thinking != AUTO:
        answer = await desk.chat(endpoint, model, *applied(thinking, messages, params))
        return _with(answer, [], thinking)
    found = await switch_of(desk, endpoint, model)
    answer = await desk.chat(endpoint, model, *applied(found.name, messages, params))
    if not silent(answer) or not found.works:
        return _with(answer, [], found.label)
    tries = []
    for name in SWITCHES:
        if name == found.name:
            continue
        tries.append(answer)
        try:
            answer = await desk.chat(endpoint, model, *applied(name, messages, params))
        except (Unfit, VoiceError):
            tries.pop()
            continue
        if not silent(answer):
            desk.switches[endpoint.name, model] = Switch(name=name, thinks=True, sign=sign_of(tries[0]))
            return _with(answer, tries, name)
    desk.switches[endpoint.name, model] = found.model_copy(update={"thinks": True, "works": False})
    return _with(answer, tries, "none works")


def _with(answer: Answer, tries: Sequence[Answer], label: str) -> Answer:
    """With the switch in its params, and with what the tries before it took."""
    usage = dict(answer.usage)
    for before in tries:
        for name, count in before.usage.items():
            usage[name] = usage.get(name, 0) + count
    latency = answer.latency_ms + sum(before.latency_ms for before in tries)
    told = {"params": {**answer.params, "thinking": label}, "usage": usage, "latency_ms": round(latency, 1)}
    return answer.model_copy(update=told)
