"""The tokens of one answer of a model, as agents and servers state them: four classes, in two styles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

LARGEST = 10**9
"""Tokens of one response; a larger number is a mistake."""
LATEST = 1e11
"""Seconds since 1970 that a time may be: what is larger is in milliseconds, or none."""
PLAIN = ("", "standard", "default", "auto", "on_demand", "global", "not_available")
"""Terms of a call that change no price."""


class Tokens(NamedTuple):
    """The four classes of tokens, which have four prices. ``input`` is what was neither written to nor read from a
    cache."""

    input: int = 0
    cache_write: int = 0
    cache_read: int = 0
    output: int = 0

    def plus(self, other: Tokens) -> Tokens:
        return Tokens(*(a + b for a, b in zip(self, other, strict=True)))


NO_TOKENS = Tokens()


class Sum(NamedTuple):
    """Of money or time. ``whole`` is false where a part of it is unknown; ``known`` is what the other parts come to."""

    known: float = 0.0
    whole: bool = True

    def plus(self, other: Sum) -> Sum:
        return Sum(self.known + other.known, self.whole and other.whole)

    @property
    def value(self) -> float | None:
        """None where a part is unknown."""
        return self.known if self.whole else None

    @classmethod
    def of(cls, value: float | None) -> Sum:
        return cls(0.0, False) if value is None else cls(value)


NOTHING = Sum()


class Response(NamedTuple):
    """One answer of a model. ``when``: seconds since 1970, None where no row of its file has a time."""

    model: str
    tokens: Tokens
    when: float | None
    hour: int = 0
    """Of ``cache_write``: what is kept for an hour, at a price of its own."""
    searches: int = 0
    """Web searches that the server made, which have a price each."""
    terms: str = ""
    """Of the call, where they change the price: batch, priority, fast, the country of its servers."""
    agent: bool = False
    """Whether a sub-agent asked for it."""


def usage_of(usage: Mapping[str, Any]) -> Response | None:
    """The tokens that a usage states, in either style; None where it states none that can be.

    OpenAI's style counts what a cache gave or took within its prompt tokens, Anthropic's beside its input tokens.
    """
    if "prompt_tokens" in usage:
        sides = ("prompt_tokens", "completion_tokens", "prompt_tokens_details")
    elif "input_tokens_details" in usage or "cached_input_tokens" in usage:
        sides = ("input_tokens", "output_tokens", "input_tokens_details")
    else:
        return _anthropic(usage)
    details = usage.get(sides[2])
    cached = usage.get("cached_tokens", usage.get("cached_input_tokens"))
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else cached
    kept = details.get("cache_write_tokens") if isinstance(details, Mapping) else None
    given, said = _count(usage.get(sides[0])), _count(usage.get(sides[1]))
    reads, wrote = _count(cached, 0), _count(kept, 0)
    if given is None or said is None or reads is None or wrote is None or reads + wrote > given:
        return None
    return Response("", Tokens(given - reads - wrote, wrote, reads, said), None, terms=_terms(usage))


def _anthropic(usage: Mapping[str, Any]) -> Response | None:
    names = ("cache_creation_input_tokens", "cache_read_input_tokens")
    wrote, reads = (_count(usage.get(name), 0) for name in names)
    given, said = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    if given is None or said is None or wrote is None or reads is None:
        return None
    split, tools = usage.get("cache_creation"), usage.get("server_tool_use")
    hour = _count(split.get("ephemeral_1h_input_tokens"), 0) if isinstance(split, Mapping) else 0
    if isinstance(split, Mapping) and "cache_creation_input_tokens" not in usage:
        short = _count(split.get("ephemeral_5m_input_tokens"), 0)
        wrote = None if short is None or hour is None else short + hour
    searches = _count(tools.get("web_search_requests"), 0) if isinstance(tools, Mapping) else 0
    if wrote is None or hour is None or searches is None or hour > wrote:
        return None
    return Response("", Tokens(given, wrote, reads, said), None, hour, searches, _terms(usage))


def _terms(usage: Mapping[str, Any]) -> str:
    said = [value for key in ("service_tier", "speed", "inference_geo") if isinstance(value := usage.get(key), str)]
    return " ".join(word[:40] for word in said if word not in PLAIN)


def _count(value: Any, absent: int | None = None) -> int | None:
    """A number of tokens; None for what is none. ``absent``: what a value that is not there stands for."""
    if value is None:
        return absent
    if isinstance(value, float) and value.is_integer():  # not for NaN and infinity
        value = int(value)
    return value if type(value) is int and 0 <= value <= LARGEST else None


def moment(value: Any) -> float | None:
    """Seconds since 1970 of an ISO time (UTC where it names no zone), or of seconds or milliseconds as a number."""
    try:
        if isinstance(value, str) and len(value) <= 64:
            found = datetime.fromisoformat(value)
            seconds = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = float(value) / (1000 if value > LATEST else 1)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < LATEST else None
