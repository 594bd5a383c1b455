"""Asks a server what it is, and believes nothing: what it does with each field of a request is found by its answers.

Servers ignore fields in silence. So each field that a voice may send is *honoured* or *ignored* by what came back,
*refused* where a request with it is, and *unproved* where the answers do not tell.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from pydantic import Field

from greenlight.errors import UserError, VoiceError
from greenlight.llm import Desk, Endpoint, Unfit
from greenlight.metered import TEMPLATE
from greenlight.nouns import Answer, Noun
from greenlight.pace import Line, Pace
from greenlight.thinking import LIMIT, Switch, applied, find_switch, sign_of
from greenlight.thinking import MOST as MOST_FOR_SWITCH

State = Literal["honoured", "ignored", "refused", "unproved"]
FIELDS = ("temperature", "seed", "top_p", "stop", "max_tokens")
PROMPT = "Write four sentences about a lighthouse and the people who live in it."
LENGTH = 64
"""Tokens of an answer here."""
THINKING_LENGTH = 512
"""The same for a model that nothing keeps from thinking."""
SHORT = 5
"""Tokens of the answer by which max_tokens is proved, and the characters that one of them has at most."""
LONGEST_TOKEN = 12
TINY = 0.001
"""A top_p that leaves the likeliest token only."""
DRAWS = (1, 2, 3)
"""Seeds."""
MOST_FOR_FIELDS = 12
CONCURRENCY = (1, 4, 16)

EMBEDDING = re.compile(
    r"embed|rerank|(?:^|[/_-])(?:bge|gte|e5|minilm|mpnet|colbert|sbert|voyage|whisper|tts)(?:[-_.:]|$)|all-minilm",
    re.IGNORECASE,
)
"""Names of models that do not chat."""
CONTEXT_KEYS = (
    "loaded_context_length",
    "n_ctx",
    "max_model_len",
    "context_length",
    "context_window",
    "max_context_length",
    "n_ctx_train",
)
"""Where servers put the context length in their list of models, the one in force first."""


class Proof(Noun):
    """What became of one field, and by what that is known."""

    state: State
    how: str


class Speed(Noun):
    """Answers with so many requests in flight. ``tokens`` is None where a server does not count them."""

    concurrency: int
    requests: int
    answers: int
    seconds: float
    tokens: int | None
    characters: int
    median_s: float

    @property
    def tokens_a_second(self) -> float | None:
        return None if self.tokens is None else self.tokens / self.seconds


Api = Literal["chat", "completions"]


class Probe(Noun):
    """What was found about a server and one of its models."""

    server: str
    model: str
    api: Api = "chat"
    models: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()
    thinking: Switch = Switch()
    leaks: int = Field(default=0, description="answers that show thought all the same")
    fields: dict[str, Proof] = {}
    context: int | None = None
    finish_reasons: dict[str, int] = {}
    speeds: tuple[Speed, ...] = ()
    first_seconds: float = 0.0
    usage: bool = False
    requests: int = 0
    tokens_in: int | None = Field(default=None, description="of all requests, where the server tells")
    tokens_out: int | None = None
    usd: float | None = None


def most_requests(concurrency: Sequence[int] = CONCURRENCY, api: Api = "chat") -> int:
    """How many requests a probe sends at most, tries again after a fault left out."""
    finding = MOST_FOR_SWITCH if api == "chat" else 0
    return 2 + finding + MOST_FOR_FIELDS + sum(_asked_at(one) for one in concurrency)


def most_tokens(concurrency: Sequence[int] = CONCURRENCY, api: Api = "chat") -> tuple[int, int]:
    """Tokens of its prompts and of its answers at most, where the server honours ``max_tokens``."""
    finding = MOST_FOR_SWITCH if api == "chat" else 0
    rest = most_requests(concurrency, "completions") - 2
    given = (2 + rest) * (len(PROMPT) + TEMPLATE) + finding * 2 * TEMPLATE
    return given, 2 * LENGTH + finding * LIMIT + rest * THINKING_LENGTH


def _asked_at(concurrency: int) -> int:
    return max(2, concurrency)


async def probe(
    desk: Desk,
    endpoint: Endpoint,
    model: str = "",
    concurrency: Sequence[int] = CONCURRENCY,
    step: Callable[[], None] = lambda: None,
    api: Api = "chat",
) -> Probe:
    """Everything that is found out about a model; ``most_requests`` says in how many requests. ``step``: after each.

    ``api``: ``completions`` has texts continued, for a model without a chat template; how it is kept from thinking is
    not looked for then.

    Without a ``model`` it is the first that is listed. Raises UserError or VoiceError as ``Desk.chat`` does, and where
    there is no model that chats.
    """
    listed = await desk.models(endpoint, strict=not model)
    names = [str(one["id"]) for one in listed]
    chats = tuple(name for name in names if not _embeds(name, listed))
    chosen = model or _first(endpoint, names, chats)
    asker = _Asker(desk, endpoint, chosen, step, api)
    begun = time.perf_counter()
    await asker.begin()
    first = time.perf_counter() - begun
    await asker.find()
    fields = await _fields(asker)
    speeds = tuple([await asker.speed(one) for one in concurrency])
    return Probe(
        server=endpoint.name,
        model=chosen,
        api=api,
        models=chats,
        embeddings=tuple(name for name in names if name not in chats),
        thinking=asker.switch,
        leaks=sum(bool(sign_of(answer)) for answer in asker.answers[asker.before :]),
        fields={name: fields[name] for name in FIELDS},
        context=_context(next((one for one in listed if one["id"] == chosen), {})),
        finish_reasons=dict(Counter(answer.finish_reason for answer in asker.answers).most_common()),
        speeds=speeds,
        first_seconds=round(first, 3),
        usage=all("completion_tokens" in answer.usage for answer in asker.answers),
        requests=asker.sent,
    )


def _embeds(name: str, listed: Sequence[dict[str, Any]]) -> bool:
    kind = next((str(one.get("type") or one.get("task") or "") for one in listed if one["id"] == name), "")
    return bool(EMBEDDING.search(name)) or "embed" in kind.lower()


def _first(endpoint: Endpoint, names: Sequence[str], chats: Sequence[str]) -> str:
    if chats:
        return chats[0]
    if names:
        said = ", ".join(names[:4])
        raise UserError(f"{endpoint.name} has embedding models only ({said}): load one that chats, or give --model")
    raise UserError(f"{endpoint.name} has no model: load one there, or name it with --model")


def _context(entry: dict[str, Any]) -> int | None:
    """Tokens, where the list of models says so."""
    meta = entry.get("meta")
    for place in (entry, meta if isinstance(meta, dict) else {}):
        for key in CONTEXT_KEYS:
            value = place.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None


@dataclass
class _Asker:
    """Asks one model, and keeps its answers."""

    desk: Desk
    endpoint: Endpoint
    model: str
    step: Callable[[], None]
    api: Api = "chat"
    switch: Switch = field(default_factory=Switch)
    answers: list[Answer] = field(default_factory=list)
    before: int = 0
    """Answers from before the switch was known."""
    sent: int = 0
    refused: set[str] = field(default_factory=set)
    limit: dict[str, Any] = field(default_factory=lambda: {"max_tokens": LENGTH})

    async def begin(self) -> None:
        """The first answer, for which a server may have to load the model."""
        try:
            await self.chat({})
        except Unfit:
            self.limit = {}
            await self.chat({})

    async def find(self) -> None:
        """How it is kept from thinking; left at the desk, too."""
        self.before = len(self.answers)
        if self.api == "completions":
            return
        self.switch = await find_switch(self.desk, self.endpoint, self.model)
        self.desk.switches[self.endpoint.name, self.model] = self.switch
        for _ in range(self.switch.requests):
            self.count()
        if self.limit and not self.switch.works:
            self.limit = {"max_tokens": THINKING_LENGTH}

    async def chat(self, params: dict[str, Any]) -> Answer:
        asked: list[dict[str, str]] | str = PROMPT
        fields = {**self.limit, **params}
        if self.api == "chat":
            asked, fields = applied(self.switch.name, [{"role": "user", "content": PROMPT}], fields)
        self.count()
        answer = await self.desk.chat(self.endpoint, self.model, asked, fields)
        self.answers.append(answer)
        return answer

    def count(self) -> None:
        self.sent += 1
        self.step()

    async def new(self, name: str, params: dict[str, Any]) -> Answer | None:
        """An answer to a request whose field ``name`` was not sent before; None where it is refused, or none comes."""
        try:
            return await self.chat(params)
        except Unfit:
            self.refused.add(name)
        except VoiceError:
            pass
        return None

    async def texts(self, each: Sequence[dict[str, Any]]) -> list[str]:
        """What comes, one after the other: in one batch the same request may have other rounding errors."""
        got = [await self.new("", params) for params in each]
        return [answer.text for answer in got if answer is not None]

    async def speed(self, concurrency: int) -> Speed:
        """As many requests as are in flight, or two, all at once."""
        requests, name = _asked_at(concurrency), self.endpoint.name
        usual = self.desk.lines.get(name)
        self.desk.lines[name] = Line(Pace(concurrency, concurrency))
        begun = time.perf_counter()
        try:
            got = await asyncio.gather(*(self.chat({}) for _ in range(requests)), return_exceptions=True)
        finally:
            if usual is None:
                del self.desk.lines[name]
            else:
                self.desk.lines[name] = usual
        seconds = max(time.perf_counter() - begun, 1e-9)
        answers = [one for one in got if isinstance(one, Answer)]
        for error in got:
            if isinstance(error, BaseException) and not isinstance(error, VoiceError):
                raise error
        told = bool(answers) and all("completion_tokens" in one.usage for one in answers)
        return Speed(
            concurrency=concurrency,
            requests=requests,
            answers=len(answers),
            seconds=round(seconds, 4),
            tokens=sum(one.usage["completion_tokens"] for one in answers) if told else None,
            characters=sum(len(one.text) + len(one.reasoning) for one in answers),
            median_s=round(median([one.latency_ms for one in answers]) / 1000, 4) if answers else 0.0,
        )


# ---------------------------------------------------------------- what is proved


async def _fields(asker: _Asker) -> dict[str, Proof]:
    """Each field by what it does; at most ``MOST_FOR_FIELDS`` requests."""
    cold = await asker.new("temperature", {"temperature": 0})
    drawn: dict[str, Any] = {} if "temperature" in asker.refused else {"temperature": 1}
    first = await asker.new("seed", {**drawn, "seed": DRAWS[0]})
    seeds: list[dict[str, Any]] = [{} if "seed" in asker.refused else {"seed": seed} for seed in DRAWS]
    colds = [] if cold is None else [cold.text, *await asker.texts([{"temperature": 0, **one} for one in seeds[1:]])]
    warms = [] if first is None else [first.text]
    warms += await asker.texts([{**drawn, **one} for one in seeds[1:]])
    again = [] if first is None else await asker.texts([{**drawn, **seeds[0]}])
    narrow = await asker.new("top_p", {**drawn, **seeds[0], "top_p": TINY})
    narrows = [] if narrow is None else [narrow.text, *await asker.texts([{**drawn, **seeds[1], "top_p": TINY}])]
    longest = max((*colds, *warms), key=len, default="")
    letter = Counter(c for c in longest if c.isalpha()).most_common(1)
    stopped = await asker.new("stop", {**drawn, "stop": [letter[0][0]]}) if letter else None
    short = await asker.new("max_tokens", {"max_tokens": SHORT})
    proofs = {
        "temperature": _temperature(colds, warms),
        "seed": _seed(warms, again),
        "top_p": _top_p(warms, narrows),
        "stop": _stop(letter[0][0] if letter else "", longest, stopped),
        "max_tokens": _max_tokens(longest, short),
    }
    refused = asker.refused if asker.limit else {*asker.refused, "max_tokens"}
    return {
        name: Proof(state="refused", how="a request with it is refused") if name in refused else proof
        for name, proof in proofs.items()
    }


def _unproved(how: str) -> Proof:
    return Proof(state="unproved", how=how)


def _temperature(colds: list[str], warms: list[str]) -> Proof:
    if len(colds) < 3 or len(warms) < 2 or not any((*colds, *warms)):
        return _unproved("too few answers with text")
    cold, warm = len(set(colds)), len(set(warms))
    if cold == 1 and warm > 1:
        return Proof(state="honoured", how=f"{len(colds)} equal answers at 0, {warm} different ones at 1")
    if warm == 1:
        return Proof(state="ignored", how="at 1 the answers are equal as at 0: it always takes the likeliest")
    if cold == len(colds):
        return Proof(state="ignored", how=f"{cold} different answers at 0")
    return _unproved(f"{cold} different answers of {len(colds)} at 0")


def _seed(warms: list[str], again: list[str]) -> Proof:
    if not again or len(warms) < 2 or len(set(warms)) == 1:
        return _unproved("answers do not differ, whatever the seed" if again else "too few answers")
    if again[0] == warms[0]:
        return Proof(state="honoured", how="the same answer to the same seed, others to others")
    return Proof(state="ignored", how="another answer to the same seed")


def _top_p(warms: list[str], narrows: list[str]) -> Proof:
    if len(narrows) < 2 or len(set(warms)) < 2:
        return _unproved("answers do not differ without it" if narrows else "too few answers")
    if len(set(narrows)) == 1:
        return Proof(state="honoured", how=f"equal answers at {TINY:g}, different ones without it")
    return Proof(state="ignored", how=f"different answers at {TINY:g}")


def _stop(letter: str, usual: str, stopped: Answer | None) -> Proof:
    """By the commonest letter of an answer: hardly a text is without it."""
    if stopped is None or usual.count(letter) < 4:
        return _unproved("too few answers with text")
    at = stopped.text.find(letter)
    if at < 0 and len(stopped.text) < len(usual) / 2:
        return Proof(state="honoured", how=f"nothing from the first '{letter}' on")
    if at >= 0 and len(stopped.text) - at <= LONGEST_TOKEN and len(stopped.text) < len(usual) / 2:
        return Proof(state="honoured", how=f"it ends at the first '{letter}', and the text keeps it")
    if at >= 0:
        return Proof(state="ignored", how=f"the text goes on after '{letter}'")
    return _unproved(f"an answer without '{letter}'")


def _max_tokens(usual: str, short: Answer | None) -> Proof:
    if short is None:
        return _unproved("no answer")
    tokens = short.usage.get("completion_tokens")
    if len(short.text) > SHORT * LONGEST_TOKEN or (tokens is not None and tokens > SHORT + 1):
        return Proof(state="ignored", how=f"{len(short.text)} characters where {SHORT} tokens were allowed")
    if len(usual) <= SHORT * LONGEST_TOKEN:
        return _unproved("its answers are short anyway")
    ended = "" if short.finish_reason == "length" else f", and finish_reason says {short.finish_reason}"
    return Proof(state="honoured", how=f"cut after {SHORT} tokens{ended}")
