"""What asking voices costs, and when it is to stop. A price that nobody stated is unknown, never zero."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from greenlight.errors import RecipeError, RoundError
from greenlight.nouns import Answer

MILLION = 1_000_000


def cost(usage: dict[str, int], price_in: float | None, price_out: float | None) -> float | None:
    """USD of one answer; None where its price or its tokens are unknown. Prices: USD a million tokens."""
    if price_in is None or price_out is None or not {"prompt_tokens", "completion_tokens"} <= usage.keys():
        return None
    return (usage["prompt_tokens"] * price_in + usage["completion_tokens"] * price_out) / MILLION


def dollars(usd: float) -> str:
    """With two decimals, and with more where these would hide the amount."""
    return f"{usd:.{2 if usd >= 0.1 or usd <= 0 else min(12, 1 - math.floor(math.log10(usd)))}f}"


@dataclass
class Item:
    """What one voice was asked in this run."""

    requests: int = 0
    tokens_in: int | None = 0
    """None while no answer has told them; of answers that did not, nothing is in them."""
    tokens_out: int | None = 0
    usd: float | None = 0.0
    """None once an answer's cost is unknown."""
    first: float = 0.0
    last: float = 0.0

    @property
    def tokens_a_second(self) -> float:
        return (self.tokens_out or 0) / max(self.last - self.first, 1e-9) if self.requests > 1 else 0.0


@dataclass
class Bill:
    """Requests, tokens and money of a run, by voice. What was recorded before costs nothing again."""

    items: dict[str, Item] = field(default_factory=dict)

    def add(self, voice: str, answer: Answer, part: Any) -> None:
        """``part``: the voice; one that has no ``price_in`` runs here, and is free."""
        known = None if hasattr(part, "price_in") else 0
        item = self.items.setdefault(voice, Item(tokens_in=known, tokens_out=known, first=time.monotonic()))
        item.requests += 1
        item.tokens_in = _more(item.tokens_in, answer.usage.get("prompt_tokens"))
        item.tokens_out = _more(item.tokens_out, answer.usage.get("completion_tokens"))
        item.last = time.monotonic()
        if hasattr(part, "price_in"):
            spent = cost(answer.usage, part.price_in, part.price_out)
            item.usd = None if spent is None or item.usd is None else item.usd + spent

    @property
    def usd(self) -> float | None:
        """In all; None where one voice's is unknown."""
        total = 0.0
        for item in self.items.values():
            if item.usd is None:
                return None
            total += item.usd
        return total

    def note(self, voice: str) -> str:
        """A voice's name, with its speed where tokens are counted."""
        item = self.items.get(voice)
        return f"{voice} {item.tokens_a_second:,.0f} tokens/s" if item and item.tokens_a_second else voice

    def data(self) -> dict[str, Any]:
        return {
            name: {
                "requests": item.requests,
                "prompt_tokens": item.tokens_in,
                "completion_tokens": item.tokens_out,
                "usd": item.usd,
            }
            for name, item in sorted(self.items.items())
        }


def _more(so_far: int | None, told: int | None) -> int | None:
    return so_far if told is None else (so_far or 0) + told


@dataclass
class Bounds:
    """When a run stops asking. ``replay``: it asks nobody, and takes what is recorded."""

    usd: float | None = None
    hours: float | None = None
    replay: bool = False
    _until: float | None = None

    def begin(self) -> None:
        """The clock starts."""
        self._until = None if self.hours is None else time.monotonic() + 3600 * self.hours

    def priced(self, voices: Mapping[str, Any]) -> None:
        """Before anything is asked. Raises RecipeError where there is a budget, and a voice's prices are not stated."""
        prices = {
            name: (voice.price_in, voice.price_out) for name, voice in voices.items() if hasattr(voice, "price_in")
        }
        if self.usd is not None and (unknown := [name for name, both in prices.items() if None in both]):
            raise _unpriced(unknown)

    def check(self, bill: Bill) -> None:
        """Before something is asked. Raises RoundError where a bound is reached, and RecipeError for unknown money."""
        if self.usd is not None:
            spent = bill.usd
            if spent is None:
                raise _unpriced([name for name, item in bill.items.items() if item.usd is None])
            if spent >= self.usd:
                raise RoundError(
                    f"the budget is used up: {dollars(spent)} of {dollars(self.usd)} USD; what was written stays, and "
                    "the same command goes on, with as much again or another --budget-usd"
                )
        if self._until is not None and time.monotonic() >= self._until:
            raise RoundError(
                f"the time is up: {self.hours:g} hours; what was written stays, and the same command goes on"
            )


def _unpriced(names: list[str]) -> RecipeError:
    return RecipeError(
        f"--budget-usd cannot be kept: what {', '.join(names)} costs is unknown: state its price_in and price_out, in "
        "USD a million tokens"
    )
