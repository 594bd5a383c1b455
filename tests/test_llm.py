"""Endpoints, against a real server on the loopback address that speaks the protocol, well and badly."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from greenlight import llm, parts
from greenlight.errors import RecipeError, UserError, VoiceError
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Draw, canonical
from greenlight.progress import heard
from greenlight.recipe import Brief
from greenlight.replies import Unreadable

KEY = "sk-secret-0123456789"
BRIEF = Brief(topics=("a kite",), pattern="green light")
DRAW = Draw(voice="olmo", topic="a kite", level=3, levels=5, seed=2**40 + 5)

Reply = tuple[int, str, bytes]


class Server(ThreadingHTTPServer):
    """Answers with ``replies`` in turn, the last one again and again, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: list[Reply] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.models = ["olmo-3-7b", "granite-4"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in self.server.models]
        self._send((200, "application/json", json.dumps({"object": "list", "data": data}).encode()))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers, body))
        self._send(self.server.replies.pop(0) if len(self.server.replies) > 1 else self.server.replies[0])

    def _send(self, reply: Reply) -> None:
        status, kind, body = reply
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body) + (100 if status == 299 else 0)))  # 299: the body breaks off
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


def reply(status: int = 200, **fields: Any) -> Reply:
    return status, "application/json", json.dumps(fields).encode()


def said(content: str | None, finish: str = "stop", **fields: Any) -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 22, "total_tokens": 33}
    usage |= {"completion_tokens_details": {"reasoning_tokens": 7}}  # type: ignore[dict-item]
    whole = {"id": "r-1", "object": "chat.completion", "created": 1, "model": "olmo-3-7b@q4", "usage": usage}
    return reply(200, **{**whole, "choices": [choice], **fields})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    one = Server()
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield one
    one.shutdown()
    one.server_close()
    thread.join()


def ask(server: Server, *replies: Reply, retries: int = 0, **options: Any) -> Any:
    server.replies = list(replies)
    options = {"model": "olmo-3-7b", "base_url": server.url, "retries": retries, "thinking": "leave", **options}
    return asked(parts.make("generators", "endpoint", options))


def asked(voice: Any) -> Any:
    async def one() -> Any:
        async with Desk() as desk:
            return await voice.ask(DRAW, BRIEF, desk)

    return asyncio.run(one())


def chat(endpoint: Endpoint) -> Any:
    async def one() -> Any:
        async with Desk() as desk:
            return await desk.chat(endpoint, "m", [{"role": "user", "content": "x"}], {})

    return asyncio.run(one())


def models(endpoint: Endpoint) -> list[str]:
    async def one() -> Any:
        async with Desk() as desk:
            return [found["id"] for found in await desk.models(endpoint)]

    return asyncio.run(one())


def test_what_is_no_count_is_no_usage(server: Server) -> None:
    for odd in (-1, 10**400, 1.5, True, "9"):
        answer = ask(server, said("A kite flew.", usage={"prompt_tokens": odd, "completion_tokens": 3}))
        assert answer.usage == {"completion_tokens": 3}, "a negative count would be money given back"


def test_an_answer_comes_whole(server: Server) -> None:
    answer = ask(server, said("A kite flew.", "stop"), temperature=0.7, max_tokens=300, reasoning_effort="none")
    assert answer.text == "A kite flew."
    assert (answer.finish_reason, answer.model, answer.response_id) == ("stop", "olmo-3-7b@q4", "r-1")
    assert answer.usage == {"prompt_tokens": 11, "completion_tokens": 22, "total_tokens": 33, "reasoning_tokens": 7}
    assert answer.latency_ms > 0
    sent = {"temperature": 0.7, "max_tokens": 300, "reasoning_effort": "none", "seed": 5}
    assert answer.params == {"model": "olmo-3-7b", **sent}
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert {k: v for k, v in body.items() if k in sent} == sent
    assert [m["role"] for m in body["messages"]] == ["user"]
    assert "about a kite" in body["messages"][0]["content"]
    assert headers["authorization"] == "Bearer none"


def test_options_that_are_left_out_are_not_sent(server: Server) -> None:
    ask(server, said("x"))
    assert set(server.asked[0][2]) == {"model", "messages", "seed"}
    ask(server, said("x"), system="Be brief.", stop=["\n\n"], top_p=0.9, extra={"chat_template_kwargs": {"a": False}})
    body = server.asked[1][2]
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (body["stop"], body["top_p"], body["chat_template_kwargs"]) == (["\n\n"], 0.9, {"a": False})


def test_cut_and_empty_answers_are_answers_for_the_gates(server: Server) -> None:
    assert ask(server, said("A kite fl", "length")).finish_reason == "length"
    empty = ask(server, said(None, "length"))
    assert (empty.text, empty.usage["completion_tokens"]) == ("", 22)


def test_the_environment_names_the_server_and_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    answer = ask(server, said("x"), base_url="")
    assert server.asked[0][1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in answer.model_dump_json() + repr(Endpoint(server.url))
    ask(server, said("x"))  # the same server, named by the recipe
    assert server.asked[1][1]["authorization"] == f"Bearer {KEY}"


def test_a_recipe_cannot_send_the_key_elsewhere(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for home in ("", "http://127.0.0.1:9/v1", "https://127.0.0.1/v1"):
        monkeypatch.setenv("OPENAI_BASE_URL", home)
        ask(server, said("x"))
    assert {headers["authorization"] for _, headers, _ in server.asked} == {"Bearer none"}


def test_a_proxy_of_the_environment_is_not_asked_for_a_local_server(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert ask(server, said("x")).text == "x"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (reply(choices=[], id="x", model="m"), "without choices"),
        (reply(choices=[{"index": 0, "finish_reason": "stop"}]), "without a message"),
        (reply(error={"message": "model crashed"}), "no chat completion: .*model crashed"),
        (reply(), "no chat completion"),
        ((200, "application/json", b'{"id": "r-1", "choices": [{"ind'), "cannot be read"),
        ((200, "application/json", b""), "cannot be read|no chat completion"),
        ((200, "application/json", b"[1, 2]"), "no chat completion"),
        ((200, "text/html", b"<html>Welcome</html>"), "cannot be read"),
        ((299, "application/json", b'{"id": '), "broke off|cannot be read"),
        (said("x", choices=[{"index": 0, "message": {"content": ["a"]}, "finish_reason": "stop"}]), "no text"),
        (said("x", choices=[{"index": 0, "message": {"content": 42}, "finish_reason": "stop"}]), "no text"),
        (said("x", choices=[{"index": 0, "message": {"content": [{"type": "image"}]}}]), "no text"),
        (reply(500, error={"message": f"out of memory, key {KEY}"}), r"no answer \(500\): out of memory, key \*\*\*"),
        ((503, "text/plain", b"busy"), r"\(503\): busy"),
        (reply(429, error={"message": "slow down"}), r"\(429\): slow down"),
        (reply(400, error={"message": "filtered", "code": "content_filter"}), r"\(400\): filtered"),
    ],
)
def test_what_may_heal_is_a_voice_error(
    server: Server, monkeypatch: pytest.MonkeyPatch, bad: Reply, message: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(VoiceError, match=message) as caught:
        ask(server, bad)
    line = str(caught.value)
    assert server.url in line
    assert "\n" not in line
    assert KEY not in line


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            reply(401, error={"message": f"Incorrect API key provided: {KEY}"}),
            r"refused the key \(401\): set OPENAI_API_K",
        ),
        (reply(403, error={"message": "no"}), r"refused the key \(403\)"),
        (reply(404, error={"message": "not found"}), "knows no model 'olmo-3-8b'; did you mean 'olmo-3-7b'"),
        (reply(400, error={"message": "x", "code": "model_not_found"}), "knows no model 'olmo-3-8b'"),
        (reply(400, error={"message": "max_tokens is too large"}), "max_tokens is too large; change the voice's opt"),
        (reply(422, error={"message": "bad field"}), "refused the request for 'olmo-3-8b': bad field"),
    ],
)
def test_what_a_person_must_put_right_is_a_user_error(server: Server, bad: Reply, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        ask(server, bad, model="olmo-3-8b", retries=3)
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(server.asked) == 1, "a request that cannot heal is not sent again"


def test_retries(server: Server) -> None:
    quick = (503, "text/plain", b"busy")
    assert ask(server, quick, said("at last"), retries=2).text == "at last"
    assert len(server.asked) == 2


def test_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with socket.socket() as taken:  # bound and not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(UserError, match=f"no server answers at {url}: start it"):
            chat(Endpoint(url, retries=0))
        assert models(Endpoint(url, retries=0)) == []


def test_a_server_that_says_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        with pytest.raises(VoiceError, match=r"did not answer within 0\.2 s"):
            chat(Endpoint(url, timeout_s=0.2, retries=0))


def test_no_server_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UserError, match="no server is named"):
        chat(Endpoint())
    with pytest.raises(UserError, match="is no address: write it as"):
        chat(Endpoint("localhost:1234"))
    with pytest.raises(RecipeError, match="'olmo' names no model"):
        asked(parts.make("generators", "endpoint", {}))
    assert parts.make("generators", "endpoint", {}).truth(BRIEF) is None


def test_a_password_in_the_address_is_not_shown() -> None:
    assert Endpoint("http://me:hush@127.0.0.1:1/v1?key=hush").name == "http://127.0.0.1:1/v1"


def test_models_are_listed(server: Server) -> None:
    assert sorted(models(Endpoint(server.url))) == ["granite-4", "olmo-3-7b"]


def test_the_client_is_loaded_when_it_is_used() -> None:
    code = "import sys, greenlight.llm, greenlight.generators.endpoint; sys.exit('openai' in sys.modules)"
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


@pytest.mark.parametrize("options", [{"extra": {"api_key": KEY}}, {"base_url": f"http://me:{KEY}@127.0.0.1:1/v1"}])
def test_a_recipe_keeps_no_secret(options: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="keeps no") as error:
        parts.make("generators", "endpoint", options)
    assert "set OPENAI_API_KEY" in str(error.value)
    assert KEY not in str(error.value)


def test_a_server_that_repeats_the_key_is_not_believed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    answer = ask(server, said(f"A kite with {KEY} on it."), base_url="")
    assert answer.text == "A kite with *** on it."


def test_a_text_in_parts_is_a_text(server: Server) -> None:
    parts_ = [
        {"type": "text", "text": "A kite "},
        {"type": "thinking", "thinking": []},
        {"type": "text", "text": "flew."},
    ]
    choice = {"index": 0, "message": {"role": "assistant", "content": parts_}, "finish_reason": "stop"}
    assert ask(server, said("", choices=[choice])).text == "A kite flew."


def test_names_that_a_server_gives_fit_into_any_file(server: Server) -> None:
    odd = {"model": "m\0\ud800" + "x" * 9999, "id": {"a": 1}}
    answer = ask(server, said("A kite flew.", finish="st\ud800op", **odd))
    canonical(answer.data()).encode()
    assert answer.model.startswith("m\ufffd\ufffdx")
    assert len(answer.model) <= 200
    assert (answer.response_id, answer.finish_reason) == ("", "st\ufffdop")
    assert ask(server, said("x", model=["m"], id=7)).model == "olmo-3-7b"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses, and silence is told at once."""
    monkeypatch.setattr(llm, "LONGEST_WAIT", 0.0)
    monkeypatch.setattr(llm, "SPEAK_AFTER", 0.0)


def many(server: Server, requests: int, *replies: Reply) -> tuple[list[str], list[BaseException], int]:
    """Requests one after the other at one desk: the news, the errors, and how many tries the server saw."""
    server.replies, before = list(replies), len(server.asked)
    told: list[str] = []
    errors: list[BaseException] = []

    async def all_of_them() -> None:
        async with Desk() as desk:
            for _ in range(requests):
                try:
                    await desk.chat(Endpoint(server.url), "m", [{"role": "user", "content": "x"}], {})
                except (UserError, VoiceError) as error:
                    errors.append(error)

    with heard(told.append):
        asyncio.run(all_of_them())
    return told, errors, len(server.asked) - before


@pytest.mark.parametrize("bad", [(500, "text/plain", b"oops"), (200, "application/json", b"[]")])
@pytest.mark.usefixtures("hurried")
def test_a_server_that_never_answers_is_given_up(server: Server, bad: Reply) -> None:
    told, errors, asked_ = many(server, 4, bad)
    what = "500 oops" if bad[0] == 500 else "sent an answer that is no chat completion"
    assert told == [f"no answer yet from {server.url}: {what}; tried 1 times"], "said once"
    assert [type(error) for error in errors] == [VoiceError if bad[0] == 500 else Unreadable] * 3 + [UserError]
    assert asked_ == 20
    assert f"{server.url} answered none of 20 tries (the last: {what}): see that server's log" in str(errors[-1])


@pytest.mark.usefixtures("hurried")
def test_patience_with_a_server_that_answers_or_loads_its_model(server: Server) -> None:
    told, errors, _ = many(server, 7, said("x"), (500, "text/plain", b"oops"))
    assert told == []
    assert [type(error) for error in errors] == [VoiceError] * 6
    _, errors, asked_ = many(server, 5, (503, "text/plain", b"loading model"))
    assert (asked_, [type(error) for error in errors]) == (25, [VoiceError] * 5)


def test_a_model_that_is_gone_was_there_before(server: Server) -> None:
    _, errors, _ = many(server, 2, said("x"), reply(404, error={"message": "no such model", "code": "model_not_found"}))
    assert "answered before, and now it knows no model 'm': it is gone: load it there again" in str(errors[0])
    assert "what was written stays" in str(errors[0])


def test_a_page_that_is_not_there_is_no_missing_model(server: Server) -> None:
    lost = reply(404, detail="Not Found")
    with pytest.raises(UserError, match="has the model 'olmo-3-7b', but no /completions: it continues no texts"):
        ask(server, lost, api="completions")
    with pytest.raises(UserError, match="no /chat/completions: see that the address ends in /v1"):
        ask(server, lost)


def test_a_key_that_was_sent_is_said_to_be_wrong(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(UserError, match=r"refused the key \(401\): the key that was sent, OPENAI_API_KEY") as caught:
        ask(server, reply(401, error={"message": f"Incorrect API key provided: {KEY}"}))
    assert "OPENAI_BASE_URL" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_https_at_a_plain_server_says_what_to_write(server: Server) -> None:
    secure = server.url.replace("http:", "https:")
    with pytest.raises(UserError, match=f"write {server.url}$"):
        chat(Endpoint(secure))


def test_a_list_of_models_that_is_none(server: Server) -> None:
    server.models = ["good", "b\ud800d"]
    assert models(Endpoint(server.url)) == ["good"]
