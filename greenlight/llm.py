"""One door to every OpenAI-compatible server: asks, retries, and turns what can go wrong into one clear line.

What a person must put right (no server, no key, an unknown model, a request the server cannot read) is a UserError;
what may go better at the next try (an overloaded server, an empty or unreadable answer) is a VoiceError.
No key is ever part of an answer, a message or a repr.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from greenlight.errors import UserError, VoiceError, nearest
from greenlight.nouns import Answer
from greenlight.outside import environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import openai

NO_KEY = "none"
"""Sent where a key is not needed or not ours to send: the client wants one, local servers ignore it."""


HOSTED = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Endpoint:
    """An address that answers chat completions.

    ``base_url``: such as ``http://localhost:1234/v1``; empty takes ``OPENAI_BASE_URL``, or the client's own default
    when ``OPENAI_API_KEY`` is set. The key is sent to that address only: a ``base_url`` of a recipe gets it when
    ``OPENAI_BASE_URL`` names the same host, so that a recipe from elsewhere cannot send a key away. ``timeout_s``:
    for one request, long enough for a cold model to load. ``retries``: after a lost connection, 408, 409, 429 and
    5xx, with growing pauses and ``Retry-After`` honoured.
    """

    base_url: str = ""
    timeout_s: float = 600.0
    retries: int = 4

    def chat(self, model: str, messages: Sequence[Mapping[str, str]], params: Mapping[str, Any]) -> Answer:
        """One answer. ``params`` are sent as they are; those the client has no name for go into the body.

        Raises UserError or VoiceError (see the module's docstring).
        """
        import openai

        client = self._client()
        begun = time.perf_counter()
        try:
            reply = client.chat.completions.create(
                model=model,
                messages=[dict(m) for m in messages],  # type: ignore[misc]
                extra_body=dict(params),
            )
        except openai.OpenAIError as error:
            self._explain(error, client, model)
        except (ValueError, TypeError, AttributeError) as error:
            raise VoiceError(f"{self.name} sent an answer that cannot be read ({type(error).__name__})") from None
        seconds = time.perf_counter() - begun
        choice = _first_choice(reply, self.name)
        text = choice.message.content or ""
        if not isinstance(text, str):
            raise VoiceError(f"{self.name} sent an answer whose content is no text")
        return Answer(
            text=text,
            finish_reason=str(choice.finish_reason or "unknown"),
            model=str(reply.model or model),
            params={"model": model, **params},
            usage=_usage(reply.usage),
            latency_ms=round(1000 * seconds, 1),
            response_id=str(reply.id or ""),
        )

    def models(self) -> list[str]:
        """What the server offers; empty when it does not say."""
        import openai

        try:
            return sorted(str(m.id) for m in self._client().models.list().data)
        except (openai.OpenAIError, ValueError, TypeError, AttributeError):
            return []

    @property
    def name(self) -> str:
        """The address as it is shown: without user, password or query."""
        parts = urlsplit(self._address() or HOSTED)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}".rstrip("/")

    def _address(self) -> str:
        address = (self.base_url or environment("OPENAI_BASE_URL")).strip()
        if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
            raise UserError(f"the server address '{address}' is no address: write it as http://localhost:1234/v1")
        return address

    def _client(self) -> openai.OpenAI:
        address, key = self._address(), environment("OPENAI_API_KEY")
        if not address and not key:
            raise UserError(
                "no server is named: set base_url of the voice, or OPENAI_BASE_URL, for example to "
                "http://localhost:1234/v1 (or OPENAI_API_KEY for the hosted one)"
            )
        home = environment("OPENAI_BASE_URL").strip()
        ours = not self.base_url or (home != "" and _origin(home) == _origin(address))
        return _open(address, key if key and ours else NO_KEY, self.timeout_s, self.retries)

    def _explain(self, error: Exception, client: openai.OpenAI, model: str) -> NoReturn:
        import openai

        name, said = self.name, _said(error, client)
        if isinstance(error, openai.APITimeoutError):
            raise VoiceError(f"{name} did not answer within {self.timeout_s:g} s: raise timeout_s") from None
        if isinstance(error, openai.APIConnectionError):
            if _refused(error):
                way = "start it, or change base_url or OPENAI_BASE_URL"
                raise UserError(f"no server answers at {name}: {way}") from None
            raise VoiceError(f"the connection to {name} broke off: {said}") from None
        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            way = f", and OPENAI_BASE_URL to {name} so that the key is sent there" if self.base_url else ""
            raise UserError(f"{name} refused the key ({error.status_code}): set OPENAI_API_KEY{way}") from None
        code = getattr(error, "code", None)
        if isinstance(error, openai.NotFoundError) or code == "model_not_found":
            known = nearest(model, self.models()) or "; see that the address ends in /v1"
            raise UserError(f"{name} knows no model '{model}'{known}") from None
        if isinstance(error, (openai.BadRequestError, openai.UnprocessableEntityError)) and code != "content_filter":
            raise UserError(f"{name} refused the request for '{model}': {said}; change the voice's options") from None
        status = f" ({error.status_code})" if isinstance(error, openai.APIStatusError) else ""
        raise VoiceError(f"{name} gave no answer{status}: {said}") from None


@lru_cache(maxsize=32)
def _open(address: str, key: str, timeout_s: float, retries: int) -> openai.OpenAI:
    import openai

    # a proxy of the environment cannot reach this machine's own servers
    http = openai.DefaultHttpxClient(trust_env=False) if _is_local(address) else None
    return openai.OpenAI(
        base_url=address or HOSTED,
        api_key=key,
        timeout=timeout_s,
        max_retries=retries,
        http_client=http,
    )


def _is_local(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port


def _refused(error: BaseException) -> bool:
    """Whether nothing listens there (or the name is unknown), as against a connection that broke."""
    import socket

    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, (ConnectionRefusedError, socket.gaierror)):
            return True
        inner = inner.__cause__ or inner.__context__
    return False


def _first_choice(reply: Any, name: str) -> Any:
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, list):
        said = getattr(reply, "error", None)
        raise VoiceError(f"{name} sent an answer that is no chat completion" + (f": {str(said)[:200]}" if said else ""))
    if not choices:
        raise VoiceError(f"{name} sent an answer without choices")
    if getattr(choices[0], "message", None) is None:
        raise VoiceError(f"{name} sent a choice without a message")
    return choices[0]


def _said(error: Exception, client: openai.OpenAI) -> str:
    """The server's own words in one short line, without the key."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else body
    text = " ".join(str(said or error).split())
    key = client.api_key
    return (text.replace(key, "***") if key and key != NO_KEY else text)[:200]


def _usage(usage: Any) -> dict[str, int]:
    """Token counts by their name in the protocol; what a server leaves out is left out."""
    found = {name: getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    for group, name in (("prompt_tokens_details", "cached_tokens"), ("completion_tokens_details", "reasoning_tokens")):
        found[name] = getattr(getattr(usage, group, None), name, None)
    return {name: value for name, value in found.items() if isinstance(value, int)}
