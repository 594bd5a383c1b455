"""The stub server, over loopback, and what its personalities say."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from statistics import mean
from typing import Any
from urllib.parse import urlsplit

import pytest

from greenlight import mentions, stub
from greenlight.cli.main import guarded
from greenlight.errors import GreenlightError, RecipeError, UserError, VoiceError
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Answer
from greenlight.personalities import PERSONALITIES, Said, say, tokens_in
from greenlight.recipe import Brief

BRIEF = Brief(pattern="green light")


def prompt(level: int = 3, topic: str = "a red kite on the hill") -> list[dict[str, str]]:
    asked = BRIEF.prompt.format(topic=topic, level=level, levels=5, pattern="green light")
    return [{"role": "user", "content": asked}]


def said(name: str = "plain", share: float = 1.0, level: int = 3, **body: Any) -> Said:
    return say(
        name, {"model": "m", "messages": prompt(level), "seed": 1, **body}, share, PERSONALITIES[name].honours, 7
    )


def told(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stub", timeout=10) as reply:
        found: dict[str, Any] = json.load(reply)
    return found


def post(url: str, body: Any, **headers: str) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    line.request("POST", "/v1/chat/completions", body if isinstance(body, bytes) else json.dumps(body), headers)
    reply = line.getresponse()
    try:
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    finally:
        line.close()


def ask(
    url: str, count: int = 1, retries: int = 0, model: str = "", parallel: int = 64
) -> list[Answer | BaseException]:
    async def all_of_them() -> list[Answer | BaseException]:
        async with Desk() as desk:
            endpoint = Endpoint(url, timeout_s=30, retries=retries, parallel=parallel)
            name = model or f"stub-{told(url)['personality']}"
            asked = [desk.chat(endpoint, name, prompt(), {"seed": seed}) for seed in range(count)]
            return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(all_of_them())


# ---------------------------------------------------------------- what is said


def test_plain_honours_what_is_sent() -> None:
    assert said() == said()
    assert len({said(seed=seed).text for seed in range(20)}) == 20
    assert len({said(seed=seed, temperature=0).text for seed in range(5)}) == 1
    assert said(temperature=0).text != said(temperature=0, level=4).text
    whole = said()
    assert (whole.finish, whole.tokens) == ("stop", tokens_in(whole.text))
    cut = said(max_tokens=9)
    assert (cut.finish, cut.tokens) == ("length", 9)
    assert whole.text.startswith(cut.text)
    stopped = said(stop=["zzz", " the "])
    assert whole.text.startswith(stopped.text)
    assert " the " not in stopped.text
    assert stopped.finish == "stop"
    fresh = [say("plain", {"messages": prompt()}, 1.0, (), draw).text for draw in (1, 2)]
    assert fresh[0] != fresh[1], "without a seed it draws anew"


def test_mentions_follow_the_level_and_flat_ones_do_not() -> None:
    def at(name: str, level: int) -> float:
        return mean(mentions.count(said(name, level=level, seed=seed).text, "green light") for seed in range(120))

    rising = [at("plain", level) for level in (1, 3, 5)]
    assert rising[0] < 1.0 < rising[1] < 2.7 < rising[2]
    assert abs(at("flat", 1) - at("flat", 5)) < 0.4


@pytest.mark.parametrize(
    "asked",
    [
        "Hello",
        'About nothing. level 99 of 400 ""',
        'Write about green light, "green light" at level 5',
        'Say "e" often, at level 5.',
        "topic: a boat {thing}\n",
        "\ud800",
    ],
)
def test_any_prompt_is_answered(asked: str) -> None:
    assert say("plain", {"messages": [{"role": "user", "content": asked}], "seed": 1}, 1.0, (), 0).text


def test_the_faults_of_a_text() -> None:
    assert said("markdown").text.startswith("## ")
    assert "**" in said("markdown").text
    assert "I" in said("refuser").text.split("'")[0].replace("’", "'") or "Sorry" in said("refuser").text
    (sentence, times) = Counter(said("looper").text.split('. "')).most_common(1)[0]
    assert times > 10, sentence
    cuts = [said("truncator", seed=seed) for seed in range(20)]
    assert {cut.finish for cut in cuts} == {"stop", "length"}
    assert all(cut.text[-1].isalpha() for cut in cuts)
    assert said("leaky-tagged").text.startswith("<think>\n")
    assert "The user wants" in said("leaky-visible").text.split("\n\n")[0]
    assert said("ignores-sampling", temperature=0, seed=1).text != said("ignores-sampling", temperature=0, seed=2).text
    assert " the " in said("ignores-sampling", stop=" the ").text


@pytest.mark.parametrize("name", ["refuser", "looper", "truncator", "leaky-tagged", "markdown"])
def test_a_share_of_the_answers_is_bad(name: str) -> None:
    good = [said("plain", seed=seed).text for seed in range(300)]
    bad = sum(said(name, 0.3, seed=seed).text != text for seed, text in enumerate(good))
    assert 60 <= bad <= 120
    assert [said(name, 0.0, seed=seed).text for seed in range(9)] == good[:9]


def test_thought_takes_tokens_first_and_switches_turn_it_off() -> None:
    loud = said("thinker")
    assert loud.reasoning
    assert loud.text == said("plain").text
    assert loud.tokens == loud.thought + said("plain").tokens
    nothing = said("thinker", max_tokens=20)
    assert (nothing.text, nothing.finish, nothing.tokens, nothing.thought) == ("", "length", 20, 20)
    assert said("thinker", reasoning_effort="none").thought == 0
    assert said("thinker", reasoning_effort="low").thought > 0
    assert said("always-thinks", reasoning_effort="none").thought > 0


# ---------------------------------------------------------------- the server


def test_it_names_itself_and_answers_only_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"model": "stub-plain", "messages": prompt(), "seed": 1}
    with stub.serving(key="k-1", refuses=("logit_bias",)) as url:
        assert urlsplit(url).hostname == "127.0.0.1"
        allowed = {"Authorization": "Bearer k-1"}
        status, headers, raw = post(url, body, **allowed)
        reply = json.loads(raw)
        assert (status, headers["x-greenlight-stub"]) == (200, "plain")
        assert reply["choices"][0]["message"]["content"] == said().text
        assert reply["usage"]["total_tokens"] == reply["usage"]["prompt_tokens"] + said().tokens
        assert post(url, body)[0] == 401
        assert post(url, {**body, "model": "other"}, **allowed)[0] == 404
        for wrong in (b"{", {"model": "m"}, {**body, "seed": "x"}, {**body, "stop": [1]}, {**body, "logit_bias": {}}):
            status, headers, raw = post(url, wrong, **allowed)
            assert (status, headers["x-greenlight-stub"]) == (400, "plain")
            assert json.loads(raw)["error"]["message"]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{url}/nothing", timeout=10)
        assert told(url)["answered"] == 1


def test_the_queue_has_so_many_slots_and_the_others_wait() -> None:
    with stub.serving(slots=3, ms=40) as url:
        begun = time.perf_counter()
        answers = ask(url, 12, parallel=12)
        assert time.perf_counter() - begun >= 4 * 0.04
        assert all(isinstance(one, Answer) for one in answers)
        assert 3 < told(url)["most_inside"] <= 12
        assert told(url)["inside"] == 0


def test_slots_are_lost_after_so_many_answers() -> None:
    with stub.serving("slow-down", slots=20, after=5) as url:
        ask(url, 4)
        assert told(url)["slots"] == 20
        ask(url, 4)
        assert told(url)["slots"] == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("resets", "broke off"),
        ("half-json", "broke off|cannot be read"),
        ("empty-choices", "without choices"),
        ("limited-silent", r"\(429\)"),
        ("model-gone", "knows no model"),
    ],
)
def test_faults_of_the_connection(name: str, message: str) -> None:
    if name == "model-gone":
        with stub.serving(name, after=2) as url:
            first, second, third = (ask(url)[0] for _ in range(3))
            assert isinstance(first, Answer)
            assert isinstance(second, Answer)
            with pytest.raises(UserError, match=message):
                raise third  # type: ignore[misc]
        return
    with stub.serving(name, share=1.0) as url:
        for got in ask(url, 6):
            assert isinstance(got, VoiceError)
            with pytest.raises(VoiceError, match=message):
                raise got
    with stub.serving(name, share=0.2, seed=1) as url:
        assert all(isinstance(one, Answer) for one in ask(url, 20, retries=8)), "asked again, it answers"
        assert told(url)["faults"] >= 1


def test_429_says_when_to_come_back_or_does_not() -> None:
    body = {"model": "m", "messages": prompt()}
    for name, after in (("limited", "1"), ("limited-silent", None)):
        with stub.serving(name, share=1.0, models=("m",)) as url:
            status, headers, _ = post(url, body)
            assert (status, headers.get("retry-after")) == (429, after)


def test_odd_answers_that_are_answers() -> None:
    body = {"model": "m", "messages": prompt(), "seed": 1}
    with stub.serving("wrong-type", models=("m",)) as url:
        _, headers, raw = post(url, body)
        assert headers["content-type"].startswith("text/html")
        assert json.loads(raw)["choices"][0]["message"]["content"] == said().text
        assert isinstance(ask(url, model="m")[0], Answer)
    with stub.serving("no-usage", models=("m",)) as url:
        assert "usage" not in json.loads(post(url, body)[2])


def test_the_first_answers_are_slow() -> None:
    with stub.serving("slow-start", start_s=0.3) as url:
        begun = time.perf_counter()
        ask(url, 3)
        assert time.perf_counter() - begun >= 0.3


# ---------------------------------------------------------------- the command


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "greenlight", "stub", "--personality", "flat", "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    served = json.loads(process.stdout.readline())
    assert served["models"] == ["stub-flat"]
    status, headers, _ = post(served["url"], {"model": "stub-flat", "messages": prompt()})
    assert (status, headers["x-greenlight-stub"]) == (200, "flat")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (0, "")


def test_it_lists_its_personalities(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["stub", "--personality", "list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in PERSONALITIES)
    assert max(map(len, out.splitlines())) <= 80
    assert guarded(["stub", "--personality", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["refuser"]["share"] == 0.3


def test_mistakes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RecipeError, match="unknown personality 'refusr'; did you mean 'refuser'"):
        stub.Settings("refusr")
    with pytest.raises(RecipeError, match="share has no meaning for 'plain'"):
        stub.Settings(share=0.5)
    with pytest.raises(RecipeError, match="'no_thnk' is no thinking switch; did you mean 'no_think'"):
        stub.Settings("thinker", honours=("no_thnk",))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} cannot be had .*: give another --port"):
            stub.bound(port)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert guarded(["stub", "--port", "0"]) == 1
    error = capsys.readouterr().err
    assert "pip install 'greenlight-studio[stub]'" in error
    assert error.count("\n") == 1


def test_nothing_is_left_behind() -> None:
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    for _ in range(3):
        with contextlib.suppress(GreenlightError), stub.serving("flat") as url:
            assert told(url)["personality"] == "flat"
            raise GreenlightError("x")
    after = set(os.listdir("/proc/self/fd")) if before else set()
    assert len(after) <= len(before) + 1
