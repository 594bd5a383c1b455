"""A model behind an OpenAI-compatible server as a speaker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from greenlight import thinking
from greenlight.chats import Manner, Reply, Turns
from greenlight.errors import RecipeError, UserError, VoiceError
from greenlight.generators.endpoint import SECRET, SEED_RANGE
from greenlight.llm import Desk, Endpoint, Unfit
from greenlight.nouns import Answer, fingerprint
from greenlight.progress import Bar

T = TypeVar("T")
UNPROVED = "sent as an assistant turn to be continued; whether the server goes on from it is not proved"


@dataclass
class Served:
    """A ``chats.Speaker`` over a server. No key is part of it, its fingerprint or its facts.

    ``thinking``: what is sent where a manner does not want thinking, or where ``always`` (see ``thinking.ask``):
    ``auto`` finds what works, ``leave`` sends nothing, a switch's name sends that. A manner that leaves thinking to the
    template sends nothing, and one that wants it sends ``enable_thinking``. ``extra``: further fields of a request.
    ``price_in`` and ``price_out``: USD a million tokens.
    """

    name: str
    model: str
    endpoint: Endpoint = field(default_factory=Endpoint)
    thinking: str = thinking.AUTO
    always: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    price_in: float | None = None
    price_out: float | None = None
    switches: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    """What keeps the model from thinking, where that was found."""

    def __post_init__(self) -> None:
        """Raises RecipeError for a secret, or a switch that is none."""
        if secret := next((name for name in self.extra if SECRET.search(name)), ""):
            raise RecipeError(f"'{secret}' is a secret, and is kept nowhere: set OPENAI_API_KEY")
        if self.thinking not in (thinking.AUTO, thinking.LEAVE, *thinking.SWITCHES):
            known = [thinking.AUTO, thinking.LEAVE, *thinking.SWITCHES]
            raise RecipeError(f"'{self.thinking}' is no thinking switch; known: {', '.join(known)}")

    @property
    def fingerprint(self) -> str:
        said = {"server": self.endpoint.name, "model": self.model, "thinking": self.thinking, "always": self.always}
        return fingerprint({**said, "extra": dict(self.extra)})

    @property
    def facts(self) -> dict[str, Any]:
        found = self.switches.get((self.endpoint.name, self.model))
        return {
            "server": self.endpoint.name,
            "model": self.model,
            "template": "the server's own",
            "thinking": found.told if found is not None else self.thinking,
            "opening": UNPROVED,
        }

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        """See ``chats.Speaker``. As many requests are in flight as make it faster (``pace``).

        Raises VoiceError when nothing is answered because of what a person must put right: no server, no such model, a
        refused key, a template that only a local model can take.
        """
        if manner.template:
            raise VoiceError(f"{self.endpoint.name} has a chat template of its own: '{manner.template}' cannot be sent")
        found: dict[int, Reply] = {}
        broken: list[UserError] = []

        async def one(desk: Desk, index: int) -> None:
            try:
                answer = await self._asked(desk, chats[index], seeds[index], manner)
            except (VoiceError, UserError) as error:
                found[index] = Reply("", False, error=str(error))
                broken.extend([error] if isinstance(error, UserError) and not isinstance(error, Unfit) else [])
            else:
                found[index] = _reply(answer)
            bar.advance(1)

        async def all_of_them() -> None:
            async with Desk(switches=self.switches) as desk:
                # the first alone: where it cannot be answered at all, nothing more is sent
                for index in range(min(1, len(chats))):
                    await one(desk, index)
                if not broken:
                    await asyncio.gather(*(one(desk, index) for index in range(1, len(chats))))

        _run(all_of_them())
        if broken and not any(not reply.error for reply in found.values()):
            raise VoiceError(str(broken[0])) from None
        return [found[index] for index in range(len(chats))]

    async def _asked(self, desk: Desk, turns: Turns, seed: int, manner: Manner) -> Answer:
        messages = [{"role": turn.role, "content": turn.content} for turn in turns]
        params: dict[str, Any] = {
            "seed": seed % SEED_RANGE,
            "temperature": manner.temperature,
            "top_p": manner.top_p,
            "max_tokens": manner.max_new,
            **self.extra,
        }
        switch = self.thinking if self.always or manner.thinking is False else thinking.LEAVE
        if manner.thinking:
            given = params.get("chat_template_kwargs")
            kwargs = {**(given if isinstance(given, dict) else {}), "enable_thinking": True}
            switch, params["chat_template_kwargs"] = thinking.LEAVE, kwargs
        if manner.opening:
            messages.append({"role": "assistant", "content": manner.opening})
            params |= {"continue_final_message": True, "add_generation_prompt": False}
        return await thinking.ask(desk, self.endpoint, self.model, messages, params, switch)


def _reply(answer: Answer) -> Reply:
    return Reply(
        text=answer.text,
        finished=answer.finish_reason == "stop",
        hidden=answer.reasoning,
        usage=dict(answer.usage),
        seconds=answer.latency_ms / 1000,
    )


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In an event loop of its own; in a thread where the caller is in one already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    failed: list[BaseException] = []

    def inside() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


class Settings(Protocol):
    """What a recipe says of a served model (``recipe.ServedTeacher``)."""

    @property
    def model(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def thinking(self) -> str: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def parallel(self) -> int: ...
    @property
    def price_in(self) -> float | None: ...
    @property
    def price_out(self) -> float | None: ...


def served(asked: Settings, name: str = "") -> Served:
    """The speaker of a recipe's entry; its thinking setting holds for every manner that does not want thinking."""
    endpoint = Endpoint(asked.base_url, asked.timeout_s, parallel=asked.parallel)
    return Served(
        name or asked.model,
        asked.model,
        endpoint,
        asked.thinking,
        always=True,
        price_in=asked.price_in,
        price_out=asked.price_out,
    )
