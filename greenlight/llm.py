"""One door to every OpenAI-compatible server: asks, waits its turn, retries, and turns what goes wrong into one line.

What a person must put right (no server, no key, an unknown model, a request the server cannot read) is a UserError;
what may go better at the next try (an overloaded server, an empty or unreadable answer) is a VoiceError.
No key is ever part of an answer, a message or a repr.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import urlsplit

from greenlight.errors import GreenlightError, UserError, VoiceError, nearest
from greenlight.nouns import Answer
from greenlight.outside import environment
from greenlight.pace import Line, Pace
from greenlight.progress import news
from greenlight.replies import LONE, Unreadable, answer_of

if TYPE_CHECKING:
    import openai

NO_KEY = "none"
"""Sent where a key is not needed or not ours to send: the client wants one, local servers ignore it."""
HOSTED = "https://api.openai.com/v1"
PATIENCE = 900.0
"""Seconds that a request waits in all while the server says 429."""
LONGEST_WAIT = 30.0
"""Seconds between two tries, unless the server names more."""
SPEAK_AFTER = 5.0
"""Seconds without any answer of a server after which that is said."""
FUTILE = 20
"""Failures of a server that has answered nothing before it is given up."""
LOADING = 300.0
"""The same in seconds, beside that, where it says 503: it may be loading a model."""


@dataclass(frozen=True)
class Endpoint:
    """An address that answers chat completions.

    ``base_url``: such as ``http://localhost:1234/v1``; empty takes ``OPENAI_BASE_URL``, or the client's own default
    when ``OPENAI_API_KEY`` is set. The key is sent to that address only: a ``base_url`` of a recipe gets it when
    ``OPENAI_BASE_URL`` names the same host, so that a recipe from elsewhere cannot send a key away. ``timeout_s``:
    for one request, long enough for a cold model to load. ``retries``: after a lost connection, an answer that cannot
    be read, 408, 409 and 5xx, with growing pauses; unless they are 0, 429 is waited out. ``parallel``: requests in
    flight, at most.
    """

    base_url: str = ""
    timeout_s: float = 600.0
    retries: int = 4
    parallel: int = 64

    @property
    def name(self) -> str:
        """The address as it is shown: without user, password or query."""
        parts = urlsplit(self.address or HOSTED)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}".rstrip("/")

    @property
    def address(self) -> str:
        """As it is asked; empty for the hosted one."""
        address = (self.base_url or environment("OPENAI_BASE_URL")).strip()
        if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
            raise UserError(f"the server address '{address}' is no address: write it as http://localhost:1234/v1")
        return address

    @property
    def key(self) -> str:
        """What is sent as the key: the environment's to the server that it belongs to, a word without meaning else."""
        address, key = self.address, environment("OPENAI_API_KEY")
        if not address and not key:
            raise UserError(
                "no server is named: set base_url of the voice, or OPENAI_BASE_URL, for example to "
                "http://localhost:1234/v1 (or OPENAI_API_KEY for the hosted one)"
            )
        home = environment("OPENAI_BASE_URL").strip()
        ours = not self.base_url or (home != "" and _origin(home) == _origin(address))
        return key if key and ours else NO_KEY


@dataclass
class _Silent:
    """A server that has answered nothing yet: since when, how often it was tried, and whether that was said."""

    since: float = field(default_factory=time.monotonic)
    tries: int = 0
    failures: int = 0
    """Without 429, which is an answer of a kind: it is there, and says when."""
    told: bool = False


@dataclass
class Desk:
    """All connections of one event loop: ``async with Desk() as desk: await desk.chat(…)``.

    Requests to one server wait in one line, whichever voice asks, and as many are in flight as make it faster
    (``pace``).
    """

    before: Callable[[], None] = lambda: None
    """Called when a request's turn has come; what it raises goes to whoever asked, and nothing is sent."""
    lines: dict[str, Line] = field(default_factory=dict)
    """The line of each address."""
    switches: dict[tuple[str, str], Any] = field(default_factory=dict)
    """What keeps a (server, model) from thinking, where that was found (``thinking``)."""
    finding: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict)
    _clients: dict[tuple[str, str, float], openai.AsyncOpenAI] = field(default_factory=dict)
    _answered: set[tuple[str, str]] = field(default_factory=set)
    """(server, model); with an empty model, whichever it was."""
    _silent: dict[str, _Silent] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def line(self, endpoint: Endpoint) -> Line:
        """Where requests to this server wait; the first endpoint that names it says how many may be in flight."""
        return self.lines.setdefault(endpoint.name, Line(Pace(endpoint.parallel)))

    async def models(self, endpoint: Endpoint, strict: bool = False) -> list[dict[str, Any]]:
        """What the server says it offers, an entry a model; empty when it does not say.

        Raises UserError or VoiceError where it is ``strict`` and the server gives no such list.
        """
        import openai

        try:
            told = json.loads(await self._client(endpoint).get("/models", cast_to=str))
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            if strict:
                await self._explain(endpoint, error, "")
            return []
        data = told.get("data") if isinstance(told, dict) else None
        there = [one for one in (data if isinstance(data, list) else []) if isinstance(one, dict)]
        return [one for one in there if isinstance(one.get("id"), str) and not LONE.search(one["id"])]

    async def chat(
        self, endpoint: Endpoint, model: str, messages: Sequence[Mapping[str, str]] | str, params: Mapping[str, Any]
    ) -> Answer:
        """One answer, after as many tries as the endpoint allows. ``params`` are sent as they are.

        ``messages``: a chat; or a text to be continued, for a model that knows no chat.

        Raises UserError or VoiceError (see the module's docstring).
        """
        client, line, tries, waited = self._client(endpoint), self.line(endpoint), 0, 0.0
        name = endpoint.name
        said = {"prompt": messages} if isinstance(messages, str) else {"messages": [dict(m) for m in messages]}
        body = {"model": model, **said, **params}
        while True:
            number = await line.enter()
            try:
                self.before()
                answer = await _asked(endpoint, client, body)
            except BaseException as error:
                slow = _slow_down(error)
                if slow is not None:
                    line.pace.too_many(number, slow)
                    self._failed(endpoint, error, False)
                else:
                    line.pace.lost(number)
                    heals = _heals(error, (name, "") in self._answered)
                    if heals:
                        self._failed(endpoint, error, tries >= endpoint.retries)
                    if not heals or tries >= endpoint.retries:
                        if isinstance(error, Exception):
                            await self._explain(endpoint, error, model, _page(body))
                        raise
                    tries += 1
                pause = slow or min(LONGEST_WAIT, 0.25 * 2.0**tries) * (0.5 + random.random())
                if slow is not None and ((waited := waited + pause) > PATIENCE or not endpoint.retries):
                    await self._explain(endpoint, error, model)
            else:
                line.pace.end(number, float(answer.usage.get("completion_tokens", 0) or 1))
                self._answered.update(((name, ""), (name, model)))
                return answer
            finally:
                line.leave()
            await asyncio.sleep(pause)

    def _client(self, endpoint: Endpoint) -> openai.AsyncOpenAI:
        import openai

        address, key = endpoint.address, endpoint.key
        found = self._clients.get((address, key, endpoint.timeout_s))
        if found is None:
            # a proxy of the environment cannot reach this machine's own servers
            http = openai.DefaultAsyncHttpxClient(trust_env=False) if _is_local(address) else None
            found = openai.AsyncOpenAI(
                base_url=address or HOSTED,
                api_key=key,
                timeout=endpoint.timeout_s,
                max_retries=0,  # a retry waits in the line like everybody
                http_client=http,
            )
            self._clients[address, key, endpoint.timeout_s] = found
        return found

    def _failed(self, endpoint: Endpoint, error: BaseException, last: bool) -> None:
        """Of a server that has answered nothing yet: says so once, and raises UserError where nothing will come.

        ``last``: the request has used up its tries.
        """
        if (endpoint.name, "") in self._answered:
            return
        silent = self._silent.setdefault(endpoint.name, _Silent())
        passed = time.monotonic() - silent.since
        status = getattr(error, "status_code", None)
        silent.tries += 1
        silent.failures += status != 429
        said = _said(error, endpoint.key).removeprefix(f"{endpoint.name} ")
        what = f"{status} {said.removeprefix(f'{status} ')}" if status else said
        if passed >= SPEAK_AFTER and not silent.told:
            silent.told = True
            news(f"no answer yet from {endpoint.name}: {what}; tried {silent.tries} times")
        if last and silent.failures >= FUTILE and (status != 503 or passed >= LOADING):
            way = "see that server's log, and that the address and the model's name are right, or name another server"
            raise UserError(f"{endpoint.name} answered none of {silent.tries} tries (the last: {what}): {way}")

    async def _explain(self, endpoint: Endpoint, error: BaseException, model: str, page: str = "") -> NoReturn:
        import openai

        if isinstance(error, GreenlightError):
            raise error
        name, said = endpoint.name, _said(error, endpoint.key)
        if isinstance(error, openai.APITimeoutError):
            raise VoiceError(f"{name} did not answer within {endpoint.timeout_s:g} s: raise timeout_s") from None
        if isinstance(error, openai.APIConnectionError):
            if _refused(error):
                way = "start it, or change base_url or OPENAI_BASE_URL"
                raise UserError(f"no server answers at {name}: {way}") from None
            if (name, "") not in self._answered and (broken := _tls(error)) is not None:
                raise UserError(_without_tls(name, broken)) from None
            raise VoiceError(f"the connection to {name} broke off: {said}") from None
        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            if endpoint.key != NO_KEY:
                way = "set it to one that is good there"
                sent = "the key that was sent, OPENAI_API_KEY of the environment or of .env"
                raise UserError(f"{name} refused the key ({error.status_code}): {sent}: {way}") from None
            way = f", and OPENAI_BASE_URL to {name} so that the key is sent there" if endpoint.base_url else ""
            raise UserError(f"{name} refused the key ({error.status_code}): set OPENAI_API_KEY{way}") from None
        code = getattr(error, "code", None)
        if not model and isinstance(error, (openai.NotFoundError, ValueError)):
            way = "see that the address ends in /v1, or name the model"
            raise UserError(f"{name} has no list of models: {way}") from None
        if isinstance(error, openai.NotFoundError) or code == "model_not_found":
            raise UserError(await self._missing(endpoint, model, page, code == "model_not_found")) from None
        if isinstance(error, openai.RateLimitError) and code == "insufficient_quota":
            raise UserError(f"{name} gives no more: {said}; the account's money or quota is used up") from None
        if isinstance(error, (openai.BadRequestError, openai.UnprocessableEntityError)) and code != "content_filter":
            raise Unfit(f"{name} refused the request for '{model}': {said}; change the voice's options") from None
        status = f" ({error.status_code})" if isinstance(error, openai.APIStatusError) else ""
        raise VoiceError(f"{name} gave no answer{status}: {said}") from None

    async def _missing(self, endpoint: Endpoint, model: str, page: str, by_name: bool) -> str:
        """What a 404 means. ``by_name``: the server says itself that it is the model that is not there."""
        name = endpoint.name
        if (name, model) in self._answered:
            way = "load it there again, and give the same command: what was written stays, and it goes on from there"
            return f"{name} answered before, and now it knows no model '{model}': it is gone: {way}"
        offered = sorted(str(one["id"]) for one in await self.models(endpoint))
        if model in offered and not by_name:
            chats = 'see that the address ends in /v1, or ask with api = "completions" (probe: --api completions)'
            way = (
                'it continues no texts; ask with api = "chat" (probe: --api chat)' if page == "/completions" else chats
            )
            return f"{name} has the model '{model}', but no {page}: {way}"
        known = nearest(model, offered) or "; see that the address ends in /v1"
        return f"{name} knows no model '{model}'{known}"


async def _asked(endpoint: Endpoint, client: openai.AsyncOpenAI, body: dict[str, Any]) -> Answer:
    """One request. Raises what the client raises, and Unreadable."""
    begun = time.perf_counter()
    text = await client.post(_page(body), cast_to=str, body=body)
    seconds = time.perf_counter() - begun
    if endpoint.key != NO_KEY and endpoint.key in text:  # some servers repeat what they were sent
        text = text.replace(endpoint.key, "***")
    return answer_of(text, endpoint.name, body, seconds)


def _page(body: Mapping[str, Any]) -> str:
    return "/completions" if "prompt" in body else "/chat/completions"


class Unfit(UserError):
    """A request that this server does not take: one of its fields, or what stands in it."""


def _slow_down(error: BaseException) -> float | None:
    """Seconds to wait where the server said 429 (0: it did not say how long); None for everything else."""
    import openai

    if not isinstance(error, openai.RateLimitError) or error.code == "insufficient_quota":
        return None
    for header, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        said = error.response.headers.get(header, "")
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", said):
            return min(unit * float(said), PATIENCE)
    return _until(error.response.headers.get("retry-after", ""))


def _until(date: str) -> float:
    """Seconds until a date of HTTP; 0 for anything else, or one that is past."""
    from email.utils import parsedate_to_datetime

    try:
        return min(max(0.0, parsedate_to_datetime(date).timestamp() - time.time()), PATIENCE)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _heals(error: BaseException, answered: bool) -> bool:
    """Whether the same request may be answered when it is sent again. ``answered``: the server was there before."""
    import openai

    if isinstance(error, Unreadable):
        return True
    if isinstance(error, openai.APIConnectionError):
        return answered or not (_refused(error) or _tls(error))
    return isinstance(error, openai.APIStatusError) and (error.status_code in (408, 409) or error.status_code >= 500)


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

    return _within(error, ConnectionRefusedError, socket.gaierror) is not None


def _tls(error: BaseException) -> BaseException | None:
    """What went wrong with the encryption; None where that was not it."""
    import ssl

    return _within(error, ssl.SSLError)


def _within(error: BaseException, *kinds: type[BaseException]) -> BaseException | None:
    """The first of these kinds in what led to an error."""
    inner: BaseException | None = error
    while inner is not None and not isinstance(inner, kinds):
        inner = inner.__cause__ or inner.__context__
    return inner


def _without_tls(name: str, broken: BaseException) -> str:
    import ssl

    if isinstance(broken, ssl.SSLCertVerificationError):
        return f"the certificate of {name} is not accepted: {broken.verify_message}; SSL_CERT_FILE names one to trust"
    plain = "http" + name.removeprefix("https")
    return f"{name} does not speak https as expected: where it is a plain server, write {plain}"


def _said(error: BaseException, key: str) -> str:
    """The server's own words in one short line, without the key."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else body
    text = LONE.sub("", " ".join(str(said or error).split()))
    return (text.replace(key, "***") if key and key != NO_KEY else text)[:200]
