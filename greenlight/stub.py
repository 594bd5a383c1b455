"""A server that misbehaves on purpose: an OpenAI-compatible stub on loopback, with a real queue and many personalities.

Its texts are ``personalities``; here are the queue, and the faults of the connection. Each answer's headers name it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from greenlight.errors import RecipeError, UserError, nearest
from greenlight.nouns import fingerprint
from greenlight.personalities import PERSONALITIES, Personality, Said, fault_of, say, tokens_in
from greenlight.thinking import SWITCHES

HEADER = "x-greenlight-stub"
CHAT = "/v1/chat/completions"
CONTEXT = 4096
RETRY_AFTER = "1"
BACKLOG = 2048
JSON_TYPE = b"application/json"


@dataclass(frozen=True)
class Settings:
    """How a stub behaves.

    ``slots`` requests are answered at a time, each in ``ms`` milliseconds; the others wait. ``share``: of the requests
    that get the personality's fault (default: the personality's own). ``after``: answers before a change. ``start_s``:
    seconds to the first answer of ``slow-start``. ``honours``: the thinking switches that turn thought off. ``key``:
    what must be sent; empty takes any. ``models``: the names it lists and answers to; by default one. ``refuses``:
    fields with which a request is a 400, as hosted models refuse some. ``script``: what it says instead, the first
    text to the first request and so on, the last one from then on; the same request again gets the same text. A text
    ``wait N`` is an answer that takes N seconds and says nothing.
    """

    personality: str = "plain"
    slots: int = 4
    ms: float = 0.0
    seed: int = 0
    share: float | None = None
    after: int = 200
    start_s: float = 30.0
    honours: tuple[str, ...] | None = None
    key: str = ""
    models: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    script: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.personality not in PERSONALITIES:
            known = list(PERSONALITIES)
            raise RecipeError(f"unknown personality '{self.personality}'{nearest(self.personality, known)}")
        if self.share is not None and self.kind.share is None:
            raise RecipeError(
                f"share has no meaning for '{self.personality}': it misbehaves always, or from a moment on"
            )
        if odd := [name for name in self.honours or () if name not in SWITCHES]:
            raise RecipeError(f"'{odd[0]}' is no thinking switch{nearest(odd[0], list(SWITCHES))}")

    @property
    def kind(self) -> Personality:
        return PERSONALITIES[self.personality]

    @property
    def names(self) -> tuple[str, ...]:
        return self.models or (f"stub-{self.personality}",)


@dataclass
class Queue:
    """Slots, and a line before them: first come, first served."""

    slots: int
    busy: int = 0
    most: int = 0
    """Requests that were inside at a time, in work or waiting."""
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    @property
    def inside(self) -> int:
        return self.busy + len(self.waiting)

    async def enter(self) -> None:
        self.most = max(self.most, self.inside + 1)
        if self.busy < self.slots and not self.waiting:
            self.busy += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        await turn

    def leave(self) -> None:
        self.busy -= 1
        while self.waiting and self.busy < self.slots:
            turn = self.waiting.popleft()
            if not turn.done():
                self.busy += 1
                turn.set_result(None)


@dataclass(frozen=True)
class _Reply:
    status: int
    body: bytes
    kind: bytes = JSON_TYPE
    headers: tuple[tuple[bytes, bytes], ...] = ()
    fault: str = ""
    """What is done to the connection: ``resets``, or ``breaks off`` after half of the body."""


class App:
    """The ASGI application; chat is answered without a framework in between."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.queue = settings, Queue(settings.slots)
        self.honours = settings.kind.honours if settings.honours is None else settings.honours
        self.share = (settings.kind.share if settings.share is None else settings.share) or 0.0
        self.asked = self.answered = self.faults = 0
        self._dice = Random(settings.seed)
        self._begun = 0.0
        self._parts: dict[str, int] = {}
        """The place in the script of each request that was asked."""
        self._rest = _starlette(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == CHAT and scope["method"] == "POST":
            await self._chat(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _chat(self, scope: Any, receive: Any, send: Any) -> None:
        data, more = b"", True
        while more:
            message = await receive()
            data, more = data + message.get("body", b""), message.get("more_body", False)
            if message["type"] == "http.disconnect":
                return
        self.asked += 1
        # a fault of the connection is drawn by request, so that the same one asked again may be answered
        bad = self._dice.random() < self.share
        name, seed = self.settings.personality, self._dice.getrandbits(31)
        reply = self._refused(scope, data)
        if reply is None and name.startswith("limited") and (bad or self.queue.inside >= 2 * self.queue.slots):
            headers = ((b"retry-after", RETRY_AFTER.encode()),) if name == "limited" else ()
            reply = _Reply(429, _error("too many requests", "rate_limit_exceeded"), headers=headers)
        if reply is None:
            reply = await self._worked(json.loads(data), bad, seed)
        else:
            self.faults += 1
        await _sent(reply, scope, send)

    def _refused(self, scope: Any, data: bytes) -> _Reply | None:
        if not self.admits(dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")):
            return _Reply(401, _error("Incorrect API key provided", "invalid_api_key"))
        try:
            body = json.loads(data)
        except (ValueError, RecursionError):
            return _Reply(400, _error("the body is no JSON"))
        if why := fault_of(body):
            return _Reply(400, _error(why))
        if odd := [name for name in self.settings.refuses if name in body]:
            return _Reply(400, _error(f"Unsupported parameter: '{odd[0]}'", "unsupported_parameter"))
        if body["model"] not in self.models():
            return _Reply(404, _error("The model does not exist", "model_not_found"))
        return None

    def models(self) -> tuple[str, ...]:
        """What it has now."""
        gone = self.settings.personality == "model-gone" and self.answered >= self.settings.after
        return () if gone else self.settings.names

    def admits(self, authorization: str) -> bool:
        """Whether a request with this header is let in."""
        return not self.settings.key or authorization == f"Bearer {self.settings.key}"

    async def _worked(self, body: dict[str, Any], bad: bool, seed: int) -> _Reply:
        """A slot's work: a text after ``ms`` milliseconds, whatever its length."""
        await self.queue.enter()
        try:
            if self.settings.personality == "slow-start":
                self._begun = self._begun or time.monotonic()
                if (left := self._begun + self.settings.start_s - time.monotonic()) > 0:
                    await asyncio.sleep(left)
            if self.settings.ms:
                await asyncio.sleep(self.settings.ms / 1000)
            if self.settings.script:
                said = await self._scripted(body)
            else:
                said = say(self.settings.personality, body, self.share, self.honours, seed)
            return self._wrapped(body, said, bad)
        finally:
            self.answered += 1
            if self.settings.personality == "slow-down" and self.answered == self.settings.after:
                self.queue.slots = max(1, self.settings.slots // 10)
            self.queue.leave()

    async def _scripted(self, body: dict[str, Any]) -> Said:
        place = self._parts.setdefault(fingerprint(body), len(self._parts))
        text = self.settings.script[min(place, len(self.settings.script) - 1)]
        if text.startswith("wait "):
            await asyncio.sleep(float(text.removeprefix("wait ")))
            text = ""
        return Said(text, "stop", tokens_in(text))

    def _wrapped(self, body: dict[str, Any], said: Said, bad: bool) -> _Reply:
        name = self.settings.personality
        message: dict[str, Any] = {"role": "assistant", "content": said.text}
        if said.reasoning:
            message["reasoning_content"] = said.reasoning
        prompt = sum(tokens_in(one["content"]) for one in body["messages"])
        usage = {"prompt_tokens": prompt, "completion_tokens": said.tokens, "total_tokens": prompt + said.tokens}
        whole = {
            "id": f"stub-{self.answered + 1}",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": said.finish}],
            "usage": {**usage, "completion_tokens_details": {"reasoning_tokens": said.thought}},
        }
        if name == "no-usage" and bad:
            del whole["usage"]
        if name == "empty-choices" and bad:
            whole["choices"] = []
        out = json.dumps(whole).encode()
        self.faults += bad and name in ("no-usage", "empty-choices", "resets", "half-json", "wrong-type")
        if name == "wrong-type" and bad:
            return _Reply(200, out, b"text/html; charset=utf-8")
        if name == "resets" and bad:
            return _Reply(200, b"", fault="resets")
        if name == "half-json" and bad:
            if self._dice.random() < 0.5:
                return _Reply(200, out, fault="breaks off")
            return _Reply(200, out[: len(out) // 2])
        return _Reply(200, out)

    def told(self) -> dict[str, Any]:
        """What happened so far, for whoever looks on: ``GET /stub``."""
        return {
            "personality": self.settings.personality,
            "asked": self.asked,
            "answered": self.answered,
            "faults": self.faults,
            "slots": self.queue.slots,
            "inside": self.queue.inside,
            "most_inside": self.queue.most,
        }


def _error(message: str, code: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": code}}).encode()


async def _sent(reply: _Reply, scope: Any, send: Any) -> None:
    if reply.fault == "resets":
        transport = scope["state"]["transport"]
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with RST, not FIN
        transport.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # until the server has seen that its connection is lost
        return
    length = str(len(reply.body)).encode()
    headers = [(b"content-type", reply.kind), (b"content-length", length), *reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.fault == "breaks off":  # an application that ends here has its connection closed
        await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
        return
    await send({"type": "http.response.body", "body": reply.body})


def _starlette(app: App) -> Any:
    """Everything but chat."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    entry = {"object": "model", "created": 0, "owned_by": "greenlight", "max_model_len": CONTEXT}

    def missing(_: Request, error: Exception) -> JSONResponse:
        said = json.loads(_error("there is no such page here: ask /v1/models or /v1/chat/completions"))
        return JSONResponse(said, getattr(error, "status_code", 404))

    async def models(request: Request) -> JSONResponse:
        if not app.admits(request.headers.get("authorization", "")):
            return JSONResponse(json.loads(_error("Incorrect API key provided", "invalid_api_key")), 401)
        return JSONResponse({"object": "list", "data": [{"id": name, **entry} for name in app.models()]})

    async def told(_: Request) -> JSONResponse:
        return JSONResponse(app.told())

    routes = [Route("/v1/models", models), Route("/stub", told)]
    return Starlette(routes=routes, exception_handlers={404: missing, 405: missing})


def bound(port: int) -> socket.socket:
    """A socket on loopback. Raises UserError when the port is taken or no port of a user's."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        sock.listen(BACKLOG)  # who knows the address may call, and waits
    except (OSError, OverflowError) as error:
        sock.close()
        said = getattr(error, "strerror", None) or error
        raise UserError(f"port {port} cannot be had ({said}): give another --port, or 0 for any free one") from None
    return sock


def address_of(sock: socket.socket) -> str:
    """The base URL for a client."""
    return f"http://127.0.0.1:{sock.getsockname()[1]}/v1"


def server_of(settings: Settings) -> Any:
    """A uvicorn server, for ``run(sockets=[sock])``. Raises UserError where the extra is not installed."""
    try:
        import uvicorn
        from uvicorn.protocols.http.h11_impl import H11Protocol

        app = App(settings)
    except ImportError:
        raise UserError("the stub server needs starlette and uvicorn: pip install 'greenlight-studio[stub]'") from None

    class Protocol(H11Protocol):
        """Lets the application reach its connection, to reset it."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {**self.app_state, "transport": transport}

    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        headers=[(HEADER, settings.personality)],
        backlog=BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@contextmanager
def serving(personality: str = "plain", port: int = 0, **options: Any) -> Iterator[str]:
    """A stub in a thread of this process; gives its address, such as ``http://127.0.0.1:40001/v1``.

    ``options``: those of ``Settings``.
    """
    server, sock = server_of(Settings(personality, **options)), bound(port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, name="stub", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.002)
    try:
        yield address_of(sock)
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
