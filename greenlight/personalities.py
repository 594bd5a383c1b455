"""What the stub server says: one good writer, and the faults that voices have. Pure functions of what was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from greenlight.errors import RecipeError
from greenlight.generators._grammar import means, rng_of
from greenlight.generators._topics import topics
from greenlight.generators.meadow import GRAMMAR, REFUSALS
from greenlight.nouns import Draw
from greenlight.recipe import Brief

TOPIC = re.compile(r"\babout (.{1,200}?)(?:[.!?](?:\s|$)|\n|$)|^topic: *(.{1,200})$", re.MULTILINE)
PATTERN = re.compile(r'["“]([^"“”\n]{1,80})["”]')
LEVEL = re.compile(r"\blevel\W{0,3}(\d{1,2})\b", re.IGNORECASE)
LEVELS = re.compile(r"\b(?:from 1 to|out of|of) (\d{1,2})\b")
LIST = re.compile(r"\b(\d{1,3}) [^.\n]{1,200}\bone a line\b")
MOST = 200
"""Lines of a list that is asked for."""
TOKEN = re.compile(r"\s*(?:\w{1,5}|[^\w\s])|\s+")
"""About four characters each."""
DIAL = (0.6, 3.4)
FLAT = (1.5, 1.5)
"""Mentions at the lowest and the highest level."""
GREEDY_TOP_P = 0.05
"""Where ``top_p`` leaves the likeliest token only, as temperature 0 does."""
LOOP_CHARS = 2400
THOUGHTS = (
    "The user wants a very short story about {topic}.",
    "They ask for level {level} of {levels}, so I need to think about how often to bring it up.",
    "Let me think about a name for the child first.",
    "Wait, it should stay simple, with short sentences.",
    "I should begin with {topic} and end happily.",
    "Maybe a friend comes along, and they talk.",
    "Hmm, that may be too long; I have to keep it to a few sentences.",
    "Okay, now I will write it.",
)


@dataclass(frozen=True)
class Personality:
    """One way of behaving. ``share``: of the requests that get it, unless ``--share`` says; None: not by share."""

    does: str
    share: float | None = None
    honours: tuple[str, ...] = ()
    """Thinking switches that turn it off, unless ``--honours`` says."""


PERSONALITIES: dict[str, Personality] = {
    "plain": Personality("a good writer, whose mentions follow the level; honours every sampling field"),
    "flat": Personality("the same number of mentions at every level"),
    "thinker": Personality(
        "thinks in reasoning_content; honours the switches of --honours", 1.0, ("reasoning_effort",)
    ),
    "always-thinks": Personality("thinks in reasoning_content, whatever switch is sent", 1.0),
    "leaky-visible": Personality("thinks aloud before the story, without a tag", 0.5),
    "leaky-tagged": Personality("thinks aloud before the story, in <think> tags", 0.5),
    "ignores-sampling": Personality("ignores temperature and stop"),
    "markdown": Personality("headings, bold words, a sentence a line", 1.0),
    "refuser": Personality("refuses to write", 0.3),
    "looper": Personality("says one sentence again and again", 0.2),
    "truncator": Personality("stops within a word; finish_reason is length in half of them, stop in the others", 0.2),
    "slow-start": Personality("gives its first answers after --start seconds"),
    "slow-down": Personality("falls to a tenth of its slots after --after answers, and never says 429"),
    "limited": Personality("429 with Retry-After, by share and where 2 x slots requests are inside", 0.05),
    "limited-silent": Personality("429 without Retry-After, by share and where 2 x slots requests are inside", 0.05),
    "resets": Personality("resets the connection instead of an answer", 0.1),
    "half-json": Personality("half of the body: at its full length, or breaking off", 0.1),
    "wrong-type": Personality("a good answer, said to be text/html", 1.0),
    "empty-choices": Personality("an answer without choices", 0.1),
    "no-usage": Personality("tells no usage", 1.0),
    "model-gone": Personality("knows its model no more after --after answers"),
}


@dataclass(frozen=True)
class Said:
    """An answer before it is put into JSON. Tokens are the stub's own, of about four characters."""

    text: str
    finish: str
    tokens: int
    reasoning: str = ""
    thought: int = 0
    """Tokens of thought, which ``tokens`` includes."""


@dataclass(frozen=True)
class _Task:
    """What a prompt asks for, as far as it can be read."""

    topic: str
    pattern: str
    level: int
    levels: int


def say(name: str, body: Mapping[str, Any], share: float, honours: tuple[str, ...], fresh: int) -> Said:
    """What a personality answers to a request that has passed ``fault_of``.

    ``share``: of the answers that have its fault. A pure function of the request, and of ``fresh`` where no seed is
    sent and the temperature is not 0.
    """
    messages = body["messages"]
    seed = body.get("seed")
    key: list[Any] = [fresh if seed is None else seed]
    cold = body.get("temperature") == 0 and name != "ignores-sampling"
    top_p = body.get("top_p")
    if cold or (top_p is not None and top_p <= GREEDY_TOP_P):
        key = []
    rng = rng_of("stub", json.dumps([key, messages], sort_keys=True))
    asked = next((m["content"] for m in reversed(messages) if m["role"] == "user"), messages[-1]["content"])
    task = _read(asked)
    listed, drawn = LIST.search(asked), rng.getrandbits(48)
    if listed:
        sentences = [f"{n}. {topic}" for n, topic in enumerate(topics(min(int(listed[1]), MOST), drawn), 1)]
    else:
        sentences = _story(task, FLAT if name == "flat" else DIAL, drawn)
    text, finish, thought = ("\n" if listed else " ").join(sentences), "stop", ""
    if name in TEXTS and rng.random() < share:
        text, finish = TEXTS[name](sentences, rng)
    elif name in THINKERS and rng.random() < share and not set(honours) & switches_in(body):
        thought = _thought(task, rng)
    if thought and name.startswith("leaky"):
        text = f"<think>\n{thought}\n</think>\n\n{text}" if name == "leaky-tagged" else f"{thought}\n\n{text}"
        thought = ""
    stops = () if name == "ignores-sampling" else _stops(body.get("stop"))
    cut = min((at for stop in stops if (at := text.find(stop)) >= 0), default=None)
    if cut is not None:
        text, finish = text[:cut], "stop"
    return _measured(text, finish, thought, body.get("max_tokens") or body.get("max_completion_tokens"))


def fault_of(body: Any) -> str:
    """Why a request cannot be answered, as a server would say it; empty when it can."""
    if not isinstance(body, dict):
        return "the body must be a JSON object"
    if not isinstance(body.get("model"), str):
        return "model must be text"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages must be a list with an entry at least"
    for one in messages:
        if not isinstance(one, dict) or not isinstance(one.get("content"), str) or not isinstance(one.get("role"), str):
            return "each message must have a role and a content, both text"
    for field, least in (("max_tokens", 1), ("max_completion_tokens", 1), ("seed", None)):
        value = body.get(field)
        if value is not None and (not isinstance(value, int) or (least is not None and value < least)):
            return f"{field} must be a whole number" + (f" of at least {least}" if least else "")
    for field, most in (("temperature", 10.0), ("top_p", 1.0)):
        value = body.get(field)
        if value is not None and not (isinstance(value, (int, float)) and 0 <= value <= most):
            return f"{field} must be a number from 0 to {most:g}"
    stop = body.get("stop")
    if stop is not None and not isinstance(stop, str) and not all(isinstance(one, str) for one in stop):
        return "stop must be text, or a list of texts"
    if body.get("stream"):
        return "stream is not spoken here: ask without"
    return ""


def switches_in(body: Mapping[str, Any]) -> set[str]:
    """The switches against thinking that a request carries, by the names of ``thinking.SWITCHES``."""
    found = set()
    if body.get("reasoning_effort") == "none":
        found.add("reasoning_effort")
    kwargs = body.get("chat_template_kwargs")
    if isinstance(kwargs, dict) and kwargs.get("enable_thinking") is False:
        found.add("enable_thinking")
    messages = body["messages"]
    last = next((one for one in reversed(messages) if one["role"] == "user"), None)
    if last is not None and last["content"].rstrip().endswith("/no_think"):
        found.add("no_think")
    if messages[-1]["role"] == "assistant" and "</think>" in messages[-1]["content"]:
        found.add("prefill")
    return found


def tokens_in(text: str) -> int:
    """How many of the stub's own tokens a text has."""
    return len(TOKEN.findall(text))


# ---------------------------------------------------------------- the writer


@lru_cache(maxsize=4096)
def _read(prompt: str) -> _Task:
    topic, pattern, level = TOPIC.search(prompt), PATTERN.search(prompt), LEVEL.search(prompt)
    spoken = LEVELS.search(prompt)
    levels = min(20, max(2, int(spoken[1]) if spoken else 5))
    return _Task(
        topic=(topic[1] or topic[2]).strip() if topic else "a small boat",
        pattern=" ".join(pattern[1].split()) if pattern else "",
        level=min(levels, max(1, int(level[1]) if level else (levels + 1) // 2)),
        levels=levels,
    )


@lru_cache(maxsize=256)
def _brief(pattern: str, levels: int) -> Brief:
    return Brief(pattern=pattern, levels=levels, control="{topic}\n")


def _story(task: _Task, dial: tuple[float, float], seed: int) -> list[str]:
    """Sentences; without a mention where the prompt names no pattern, or one that its own words are full of."""
    draw = Draw(voice="stub", topic=task.topic, level=task.level, levels=task.levels, seed=seed)
    if task.pattern:
        try:
            brief = _brief(task.pattern, task.levels)
            return GRAMMAR.story(draw, brief, means(*dial, task.levels)[task.level - 1])
        except (RecipeError, ValueError):
            pass
    return GRAMMAR.story(draw, _brief("\N{SNOWMAN}", task.levels), 0.0)


def _thought(task: _Task, rng: Random) -> str:
    first, *rest = THOUGHTS
    middle = rng.sample(rest[:-1], 4)
    said = " ".join(["Okay, so.", first, *middle, rest[-1]])
    return said.format(topic=task.topic, level=task.level, levels=task.levels)


def _stops(stop: Any) -> tuple[str, ...]:
    return tuple(one for one in ([stop] if isinstance(stop, str) else stop or ()) if one)


def _measured(text: str, finish: str, thought: str, most: int | None) -> Said:
    """With thought and text cut to ``most`` tokens, thought first."""
    hidden, visible = tokens_in(thought), TOKEN.findall(text)
    if most is None or hidden + len(visible) <= most:
        return Said(text, finish, hidden + len(visible), thought, hidden)
    if hidden >= most:
        return Said("", "length", most, "".join(TOKEN.findall(thought)[:most]), most)
    return Said("".join(visible[: most - hidden]), "length", most, thought, hidden)


# ---------------------------------------------------------------- faults of the text


def _markdown(sentences: list[str], rng: Random) -> tuple[str, str]:
    lines = [re.sub(r"\b(\w{4,})\b", r"**\1**", line, count=1) for line in sentences]
    return "## A little story\n\n" + "\n\n".join(lines) + "\n\n*The end.*", "stop"


def _refusal(sentences: list[str], rng: Random) -> tuple[str, str]:
    return rng.choice(REFUSALS), "stop"


def _loop(sentences: list[str], rng: Random) -> tuple[str, str]:
    start, again = " ".join(sentences[:2]), rng.choice(sentences)
    return f"{start} " + " ".join([again] * (LOOP_CHARS // len(again))), "length"


def _cut(sentences: list[str], rng: Random) -> tuple[str, str]:
    text = " ".join(sentences)
    at = int(len(text) * rng.uniform(0.4, 0.8))
    while not (text[at - 1].isalpha() and text[at].isalpha()):
        at -= 1
    return text[:at], rng.choice(("length", "stop"))


TEXTS: dict[str, Callable[[list[str], Random], tuple[str, str]]] = {
    "markdown": _markdown,
    "refuser": _refusal,
    "looper": _loop,
    "truncator": _cut,
}
THINKERS = ("thinker", "always-thinks", "leaky-visible", "leaky-tagged")
