"""What asking a server takes at most, told before it is asked; and a desk that counts what it takes, and stops."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenlight import thinking
from greenlight.errors import RoundError, UserError
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Answer, Draw
from greenlight.prices import Bill, cost
from greenlight.recipe import Brief

TEMPLATE = 300
"""Tokens that a model's chat template may put around a prompt; the prompt itself has at most one a byte."""


def most(voice: Any, draws: Sequence[Draw], brief: Brief, times: int = 1) -> dict[str, float | None]:
    """``requests_most``, ``tokens_most`` and ``usd_most`` of draws that are each asked so many times.

    To find its switch against thinking is in it. Empty where the voice is none of a server, or states no
    ``max_tokens``; without prices only the money is None.
    """
    if not draws or not hasattr(voice, "price_in") or getattr(voice, "max_tokens", None) is None:
        return {}
    finds = voice.thinking == thinking.AUTO and voice.api == "chat" and not voice.reasoning_effort
    extra = thinking.MOST if finds else 0
    prompts = sum(len(voice.prompt_of(draw, brief).encode()) for draw in draws)
    given = times * (prompts + len(draws) * (len(voice.system.encode()) + TEMPLATE)) + extra * 2 * TEMPLATE
    said = times * len(draws) * voice.max_tokens + extra * thinking.LIMIT
    usd = cost({"prompt_tokens": given, "completion_tokens": said}, voice.price_in, voice.price_out)
    return {"requests_most": times * len(draws) + extra, "tokens_most": given + said, "usd_most": usd}


@dataclass
class Metered(Desk):
    """A desk for what keeps no record: it counts requests, tokens and money, and asks nothing beyond its bounds.

    Its ``chat`` raises RoundError where a bound is reached, and UserError where the money cannot be known.
    """

    price_in: float | None = None
    price_out: float | None = None
    usd: float | None = None
    hours: float | None = None
    bill: Bill = field(default_factory=Bill)
    begun: float = field(default_factory=time.monotonic)

    async def chat(
        self, endpoint: Endpoint, model: str, messages: Sequence[Mapping[str, str]] | str, params: Mapping[str, Any]
    ) -> Answer:
        """As a desk's, within the bounds."""
        self._check(model)
        answer = await super().chat(endpoint, model, messages, params)
        self.bill.add(model, answer, self)
        return answer

    def _check(self, model: str) -> None:
        spent = self.bill.usd
        if self.usd is not None and (spent is None or self.price_in is None or self.price_out is None):
            way = "state --price-in and --price-out, in USD a million tokens"
            told = "the server does not tell the tokens of its answers: go on without it"
            raise UserError(f"--budget-usd cannot be kept: {way if None in (self.price_in, self.price_out) else told}")
        if self.usd is not None and spent is not None and spent >= self.usd:
            raise RoundError(f"the budget is used up: {spent:.4f} of {self.usd:g} USD; begin again with more")
        if self.hours is not None and time.monotonic() - self.begun >= 3600 * self.hours:
            raise RoundError(f"the time is up: {self.hours:g} hours; begin again with more")
