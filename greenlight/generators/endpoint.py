"""A voice behind an OpenAI-compatible endpoint: LM Studio, Ollama, vLLM, llama.cpp, or a hosted one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from greenlight.errors import RecipeError
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

SEED_RANGE = 2**31
"""Servers keep seeds in 32 bits, some of them signed."""


@dataclass(frozen=True)
class Generator:
    """A model that a server holds. Options that are left out are not sent: the server's own defaults apply.

    ``model``: its name on the server. ``base_url``: see ``greenlight.llm.Endpoint``. ``system``: a system prompt.
    ``reasoning_effort``: ``none`` keeps many local reasoning models from spending their tokens on hidden thought.
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
    reasoning_effort: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    timeout_s: Annotated[float, Field(gt=0.0)] = 600.0
    retries: Annotated[int, Field(ge=0)] = 4
    parallel: Annotated[int, Field(ge=1, le=4096)] = 64
    price_in: Annotated[float, Field(ge=0.0)] | None = None
    price_out: Annotated[float, Field(ge=0.0)] | None = None

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
        system = [{"role": "system", "content": self.system}] if self.system else []
        messages = [*system, {"role": "user", "content": brief.asked(draw)}]
        return await desk.chat(self.endpoint, self.model, messages, self._params(draw.seed))

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
