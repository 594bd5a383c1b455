"""What a server's reply holds, as an answer: its strings are cleaned and bounded, and what is no answer is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from greenlight.errors import VoiceError
from greenlight.nouns import Answer

LARGEST = 4_000_000
"""Characters of a response; no answer to train a small model on is longer."""
WORD = 200
"""Characters of a name that a server gives: its model's, a request's."""
LONE = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which no file can hold: they become replacement characters, and gates see those."""


class Unreadable(VoiceError):
    """A response that is no answer: broken off, or of another kind. The next one may be whole."""


def answer_of(text: str, name: str, body: Mapping[str, Any], seconds: float) -> Answer:
    """The answer in a response of the server ``name`` to the request ``body``.

    Raises Unreadable for what is none, and VoiceError for one that is too long.
    """
    if len(text) > LARGEST:
        raise VoiceError(f"{name} sent an answer of {len(text) / 1e6:.0f} MB: set max_tokens of the voice")
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"{name} sent an answer that cannot be read, {len(text)} characters") from None
    choice = _first_choice(reply, name)
    message = choice.get("message")
    message = message if isinstance(message, dict) and message else {"content": choice.get("text")}
    content = _joined(message.get("content") or "")
    if content is None:
        raise Unreadable(f"{name} sent an answer whose content is no text")
    thought = message.get("reasoning_content") or message.get("reasoning") or ""
    return Answer(
        text=LONE.sub("\ufffd", content),
        reasoning=LONE.sub("\ufffd", thought) if isinstance(thought, str) else "",
        finish_reason=_word(choice.get("finish_reason")) or "unknown",
        model=_word(reply.get("model")) or str(body["model"]),
        params={key: value for key, value in body.items() if key not in ("messages", "prompt")},
        usage=_usage(reply.get("usage")),
        latency_ms=round(1000 * seconds, 1),
        response_id=_word(reply.get("id")),
    )


def _joined(content: Any) -> str | None:
    """A text, or the texts of its parts, one after the other; parts of other kinds are left out. None: it is none."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        return None
    texts = [part.get("text") for part in content if part.get("type") in ("text", "output_text")]
    return "".join(texts) if texts and all(isinstance(text, str) for text in texts) else None


def _word(value: Any) -> str:
    """A name on one line that any file can hold; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**WORD else ""
    return LONE.sub("\ufffd", value[:WORD]).replace("\0", "\ufffd")


def _first_choice(reply: Any, name: str) -> dict[str, Any]:
    choices = reply.get("choices") if isinstance(reply, dict) else None
    if not isinstance(choices, list):
        said = reply.get("error") if isinstance(reply, dict) else None
        more = f": {LONE.sub('', str(said))[:200]}" if said else ""
        raise Unreadable(f"{name} sent an answer that is no chat completion{more}")
    if not choices:
        raise Unreadable(f"{name} sent an answer without choices")
    choice = choices[0]
    if not isinstance(choice, dict) or ("text" not in choice and not isinstance(choice.get("message"), dict)):
        raise Unreadable(f"{name} sent a choice without a message")
    return choice


def _usage(usage: Any) -> dict[str, int]:
    """Token counts by their name in the protocol; what a server leaves out is left out, and so is what is no count."""
    usage = usage if isinstance(usage, dict) else {}
    found = {name: usage.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    for group, name in (("prompt_tokens_details", "cached_tokens"), ("completion_tokens_details", "reasoning_tokens")):
        inner = usage.get(group)
        found[name] = inner.get(name) if isinstance(inner, dict) else None
    return {name: n for name, n in found.items() if isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**53}
