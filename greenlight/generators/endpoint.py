"""A voice behind an OpenAI-compatible endpoint: LM Studio, Ollama, vLLM, llama.cpp, or a hosted one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from greenlight import thinking
from greenlight.errors import RecipeError
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

SEED_RANGE = 2**31
"""Servers keep seeds in 32 bits, some of them signed."""
SECRET = re.compile(r"api.?key|secret|password|authorization|bearer", re.IGNORECASE)


@dataclass(frozen=True)
class Generator:
    """A model that a server holds. Options that are left out are not sent: the server's own defaults apply.

    ``model``: its name on the server. ``base_url``: see ``greenlight.llm.Endpoint``. ``system``: a system prompt.
    ``thinking``: how hidden thought is kept from taking the answer's tokens. ``auto`` finds by behaviour what works at
    this server, with the first request, and sends that; where an answer comes back empty with tokens spent, the next
    switch is tried. ``leave`` sends nothing; a switch's name sends that one. ``reasoning_effort``: sent as it is, and
    then nothing is found.
    ``api``: ``chat`` sends the brief's prompt; ``completions`` the control line, to be continued, for a model that was
    trained by Greenlight and exported.
    ``extra``: further fields of the request, as they are. ``timeout_s`` and ``retries`` are per request; at most
    ``parallel`` requests are in flight at a time, fewer where more do not make the server faster. ``price_in`` and
    ``price_out``: USD a million tokens.
    """

    model: str = ""
    base_url: str = ""
    system: str = ""
    temperature: Annotated[float, Field(ge=0.0)] | None = None
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: tuple[str, ...] = ()
    thinking: Literal["auto", "leave", "reasoning_effort", "enable_thinking", "no_think", "prefill"] = "auto"
    reasoning_effort: str = ""
    api: Literal["chat", "completions"] = "chat"
    extra: dict[str, Any] = field(default_factory=dict)
    timeout_s: Annotated[float, Field(gt=0.0)] = 600.0
    retries: Annotated[int, Field(ge=0)] = 4
    parallel: Annotated[int, Field(ge=1, le=4096)] = 64
    price_in: Annotated[float, Field(ge=0.0)] | None = None
    price_out: Annotated[float, Field(ge=0.0)] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a secret: a recipe is kept in the ledger, and handed on."""
        if secret := next((name for name in self.extra if SECRET.search(name)), ""):
            raise ValueError(f"'{secret}' is a secret, and a recipe keeps none: set OPENAI_API_KEY")
        if "@" in urlsplit(self.base_url).netloc:
            raise ValueError("base_url holds a login, and a recipe keeps no secret: set OPENAI_API_KEY")

    @property
    def endpoint(self) -> Endpoint:
        """Where it is asked."""
        return Endpoint(self.base_url, self.timeout_s, self.retries, self.parallel)

    async def ask(self, draw: Draw, brief: Brief, desk: Desk) -> Answer:
        """One answer of the server to the brief's prompt.

        Raises RecipeError without a model's name; UserError and VoiceError as ``Desk.chat`` does.
        """
        if not self.model:
            raise RecipeError(f"the voice '{draw.voice}' names no model: set its option model")
        if self.api == "completions":
            return await desk.chat(self.endpoint, self.model, self.prompt_of(draw, brief), self._params(draw.seed))
        system = [{"role": "system", "content": self.system}] if self.system else []
        messages = [*system, {"role": "user", "content": self.prompt_of(draw, brief)}]
        switch = thinking.LEAVE if self.reasoning_effort and self.thinking == thinking.AUTO else self.thinking
        return await thinking.ask(desk, self.endpoint, self.model, messages, self._params(draw.seed), switch)

    def prompt_of(self, draw: Draw, brief: Brief) -> str:
        """What is sent."""
        return brief.asked(draw) if self.api == "chat" else brief.control_line(draw.topic, draw.level)

    def truth(self, brief: Brief) -> None:
        """Nothing is known about a model before it is measured."""
        return

    def _params(self, seed: int) -> dict[str, Any]:
        sent = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "stop": list(self.stop) or None,
            "reasoning_effort": self.reasoning_effort or None,
        }
        return {"seed": seed % SEED_RANGE, **{k: v for k, v in sent.items() if v is not None}, **self.extra}
