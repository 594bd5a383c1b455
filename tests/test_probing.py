"""The probe and the switches against thinking, at the real stub on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import typing
import urllib.request
from typing import Any

import pytest

from greenlight import parts, probing, stub, thinking
from greenlight.cli.main import guarded
from greenlight.errors import RecipeError, UserError, VoiceError
from greenlight.generators.endpoint import Generator
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Answer, Draw
from greenlight.probing import Probe
from greenlight.recipe import Brief
from greenlight.thinking import SWITCHES, Switch, find_switch, sign_of

BRIEF = Brief(topics=("a kite",), pattern="green light")
DRAW = Draw(voice="v", topic="a kite", level=3, levels=5, seed=5)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def told(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stub", timeout=10) as reply:
        found: dict[str, Any] = json.load(reply)
    return found


def probe(url: str, model: str = "", concurrency: tuple[int, ...] = (1,), retries: int = 0) -> Probe:
    async def one() -> Probe:
        async with Desk() as desk:
            return await probing.probe(desk, Endpoint(url, timeout_s=30, retries=retries), model, concurrency)

    return asyncio.run(one())


def found(personality: str, **options: Any) -> Switch:
    async def one(url: str) -> Switch:
        async with Desk() as desk:
            return await find_switch(desk, Endpoint(url, timeout_s=30, retries=0), f"stub-{personality}")

    with stub.serving(personality, **options) as url:
        switch = asyncio.run(one(url))
        assert told(url)["asked"] == switch.requests <= thinking.MOST
    return switch


def asked(url: str, draws: int = 1, known: Switch | None = None, **options: Any) -> tuple[list[Answer], Desk]:
    """Answers of an endpoint voice, all asked at once. ``known``: a switch that was found before."""
    options = {"base_url": url, "model": f"stub-{told(url)['personality']}", "retries": 0, **options}
    voice = parts.make("generators", "endpoint", options)

    async def all_of_them() -> tuple[list[Answer], Desk]:
        async with Desk() as desk:
            if known is not None:
                desk.switches[voice.endpoint.name, voice.model] = known
            each = [DRAW.model_copy(update={"seed": seed}) for seed in range(draws)]
            return list(await asyncio.gather(*(voice.ask(draw, BRIEF, desk) for draw in each))), desk

    return asyncio.run(all_of_them())


# ---------------------------------------------------------------- switches


def test_the_option_names_every_switch() -> None:
    choices = typing.get_args(typing.get_type_hints(Generator)["thinking"])
    assert set(choices) == {thinking.AUTO, thinking.LEAVE, *SWITCHES}
    with pytest.raises(RecipeError, match="thinking"):
        parts.make("generators", "endpoint", {"thinking": "no"})


@pytest.mark.parametrize("name", SWITCHES)
def test_the_switch_that_works_is_found(name: str) -> None:
    switch = found("thinker", honours=(name,))
    assert (switch.name, switch.thinks, switch.works) == (name, True, True)
    assert list(switch.tried) == list(SWITCHES)[: list(SWITCHES).index(name)]
    assert f"{name} turns that off" in switch.told


def test_a_model_that_does_not_think_needs_none() -> None:
    switch = found("plain")
    assert switch == Switch(requests=2)
    assert switch.told == "it does not think: no switch is needed"


def test_it_is_said_when_nothing_works() -> None:
    switch = found("always-thinks")
    assert (switch.name, switch.thinks, switch.works) == ("", True, False)
    assert list(switch.tried) == list(SWITCHES)
    assert "nothing turns that off" in switch.told
    for leaky in ("leaky-visible", "leaky-tagged"):
        assert found(leaky, share=1.0).tried.keys() == SWITCHES.keys()
        assert found(leaky, share=1.0, honours=("no_think",)).name == "no_think"


def test_switches_and_limits_that_a_server_refuses_are_left_out() -> None:
    refused = found("thinker", honours=("enable_thinking",), refuses=("reasoning_effort", "max_tokens"))
    assert (refused.name, refused.tried) == ("enable_thinking", {"reasoning_effort": "refused"})


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        ({"text": "8"}, ""),
        ({"text": "Okay, here is a story about a kite."}, ""),
        ({"text": "So the user manual was lost at sea."}, ""),
        ({"text": "8", "reasoning": "17 - 9"}, "a field of its own"),
        ({"text": "<think>17</think>8"}, "a thinking tag"),
        ({"text": "[THINK]17[/THINK]8"}, "a thinking tag"),
        ({"text": "8", "usage": {"completion_tokens": 400}}, "more tokens"),
        ({"text": "8", "usage": {"completion_tokens": 9, "reasoning_tokens": 8}}, "are counted"),
        ({"text": "", "usage": {"completion_tokens": 256}}, "no text comes"),
        ({"text": "", "usage": {"completion_tokens": 1}}, ""),  # the end token alone
        ({"text": "Hmm. The user wants a number. Let me think: 8"}, "aloud"),
    ],
)
def test_signs_of_thought(answer: dict[str, Any], sign: str) -> None:
    seen = sign_of(Answer(finish_reason="stop", model="m", **answer))
    assert (sign in seen) if sign else seen == ""


# ---------------------------------------------------------------- the voice


def test_a_voice_finds_its_switch_once() -> None:
    with stub.serving("thinker", honours=("enable_thinking",)) as url:
        answers, desk = asked(url, 8)
        (switch,) = desk.switches.values()
        assert switch.name == "enable_thinking"
        assert told(url)["asked"] == switch.requests + 8
    for answer in answers:
        assert answer.params["thinking"] == "enable_thinking"
        assert answer.params["chat_template_kwargs"] == {"enable_thinking": False}
        assert answer.text
        assert not answer.reasoning


@pytest.mark.parametrize(
    ("personality", "options", "label"),
    [
        ("plain", {}, "none needed"),
        ("always-thinks", {}, "none works"),
        ("thinker", {"thinking": "no_think"}, "no_think"),
        ("thinker", {"thinking": "leave"}, None),
        ("thinker", {"reasoning_effort": "low"}, None),
    ],
)
def test_an_answer_says_what_was_sent(personality: str, options: dict[str, Any], label: str | None) -> None:
    with stub.serving(personality) as url:
        (answer,), desk = asked(url, **options)
        assert answer.params.get("thinking") == label
        assert bool(desk.switches) == (label in ("none needed", "none works"))
        assert answer.text


def test_kwargs_of_the_template_stay() -> None:
    with stub.serving("thinker", honours=("enable_thinking",)) as url:
        (answer,), _ = asked(url, thinking="enable_thinking", extra={"chat_template_kwargs": {"a": 1}})
    assert answer.params["chat_template_kwargs"] == {"a": 1, "enable_thinking": False}
    assert not answer.reasoning


def test_an_empty_answer_with_tokens_spent_is_asked_again() -> None:
    with stub.serving("thinker", honours=("no_think",), refuses=("chat_template_kwargs",)) as url:
        (answer,), desk = asked(url, known=Switch(), max_tokens=30)
        assert told(url)["asked"] == 4  # as it is, reasoning_effort, the refused one, /no_think
    assert answer.text
    assert answer.params["thinking"] == "no_think"
    assert answer.usage["completion_tokens"] == 3 * 30
    assert [switch.name for switch in desk.switches.values()] == ["no_think"]


def test_where_nothing_helps_it_is_asked_again_once_only() -> None:
    with stub.serving("always-thinks") as url:
        (answer,), desk = asked(url, known=Switch(), max_tokens=10)
        assert told(url)["asked"] == 1 + len(SWITCHES)
        assert (answer.text, answer.params["thinking"]) == ("", "none works")
        assert answer.usage["completion_tokens"] == 10 * (1 + len(SWITCHES))
        (known,) = desk.switches.values()
        asked(url, known=known, max_tokens=10)
        assert told(url)["asked"] == 2 + len(SWITCHES)


def test_a_server_that_fails_at_first_is_asked_anew() -> None:
    with stub.serving("empty-choices", share=1.0) as url, pytest.raises(VoiceError, match="without choices"):
        asked(url)
    with stub.serving("empty-choices", share=0.3, seed=3) as url:
        answers, _ = asked(url, 4, retries=9)
        assert len(answers) == 4


# ---------------------------------------------------------------- the probe


def test_a_good_server_honours_everything() -> None:
    with stub.serving("plain", ms=15, models=("stub-plain", "nomic-embed-text-v1.5")) as url:
        got = probe(url, concurrency=(1, 4, 16))
        seen = told(url)
    assert {name: proof.state for name, proof in got.fields.items()} == dict.fromkeys(probing.FIELDS, "honoured")
    assert (got.model, got.models, got.embeddings) == ("stub-plain", ("stub-plain",), ("nomic-embed-text-v1.5",))
    assert (got.context, got.usage, got.leaks) == (stub.CONTEXT, True, 0)
    assert got.requests == seen["asked"] <= probing.most_requests((1, 4, 16))
    assert [(one.concurrency, one.answers) for one in got.speeds] == [(1, 2), (4, 4), (16, 16)]
    rates = [one.tokens_a_second for one in got.speeds]
    assert None not in rates
    assert set(got.finish_reasons) <= {"stop", "length"}
    assert got.first_seconds >= 0.015
    assert Probe.model_validate(got.data()) == got


def test_as_many_are_in_flight_as_are_measured() -> None:
    async def one(url: str) -> tuple[probing.Speed, int]:
        async with Desk() as desk:
            endpoint = Endpoint(url, retries=0)
            before = desk.line(endpoint)
            speed = await probing._Asker(desk, endpoint, "stub-plain", lambda: None).speed(16)
            assert desk.line(endpoint) is before
            return speed, told(url)["most_inside"]

    with stub.serving("plain", slots=16, ms=1000) as url:
        speed, inside = asyncio.run(one(url))
    assert (speed.answers, inside) == (16, 16)
    assert speed.median_s >= 1.0


def test_fields_that_are_ignored_or_refused() -> None:
    with stub.serving("ignores-sampling") as url:
        got = probe(url)
    states = {name: proof.state for name, proof in got.fields.items()}
    assert states == {
        "temperature": "ignored",
        "stop": "ignored",
        "seed": "honoured",
        "top_p": "honoured",
        "max_tokens": "honoured",
    }
    with stub.serving("plain", refuses=("temperature", "seed", "max_tokens")) as url:
        got = probe(url)
    states = {name: proof.state for name, proof in got.fields.items()}
    assert states == {
        "temperature": "refused",
        "stop": "honoured",
        "seed": "refused",
        "top_p": "honoured",
        "max_tokens": "refused",
    }


def test_what_does_not_show_is_unproved() -> None:
    with stub.serving("empty-choices", share=0.0) as url:
        good = probe(url)
    assert good.fields["seed"].state == "honoured"
    same = ["the same words, whatever is sent, in more than sixty characters of text"] * 3
    assert probing._temperature(same, same).state == "ignored"
    assert probing._temperature(same, ["a", "b"]).state == "honoured"
    assert probing._temperature(["a", "b", "a"], ["a", "b", "c"]).state == "unproved"
    assert probing._temperature(["", "", ""], ["", "", ""]).state == "unproved"
    assert probing._seed(same, same[:1]).state == "unproved"
    assert probing._seed(["a", "b"], ["c"]).state == "ignored"
    assert probing._top_p(same, same[:2]).state == "unproved"
    kept = Answer(text="The lighthouse", finish_reason="stop", model="m")
    assert probing._stop("e", "e lives here, he sees the sea" * 3, kept).how.endswith("the text keeps it")
    short = Answer(text="The light stands on", finish_reason="stop", model="m")
    assert probing._max_tokens("x" * 100, short).how == "cut after 5 tokens, and finish_reason says stop"
    assert probing._max_tokens("x" * 10, short).state == "unproved"
    assert probing._max_tokens("", Answer(text="x" * 90, finish_reason="stop", model="m")).state == "ignored"


def test_thinkers_and_servers_with_faults_are_probed() -> None:
    with stub.serving("always-thinks") as url:
        got = probe(url)
        assert not got.thinking.works
        assert got.leaks > 10
        assert got.fields["stop"].state == "honoured"
    with stub.serving("thinker") as url:
        got = probe(url)
        assert (got.thinking.name, got.leaks) == ("reasoning_effort", 0)
    with stub.serving("half-json", share=0.2, seed=5) as url:
        assert probe(url, retries=6).fields["temperature"].state == "honoured"
    with stub.serving("no-usage") as url:
        got = probe(url)
        assert (got.usage, got.speeds[0].tokens, got.speeds[0].tokens_a_second) == (False, None, None)
        assert got.speeds[0].characters > 0


@pytest.mark.parametrize(
    ("entry", "context"),
    [
        ({"max_model_len": 8192}, 8192),
        ({"max_context_length": 32768, "loaded_context_length": 4096}, 4096),
        ({"meta": {"n_ctx_train": 2048}}, 2048),
        ({"context_length": "many", "context_window": True}, None),
        ({"meta": []}, None),
    ],
)
def test_the_context_length_where_it_is_told(entry: dict[str, Any], context: int | None) -> None:
    assert probing._context(entry) == context


@pytest.mark.parametrize("name", ["text-embedding-3-small", "BAAI/bge-m3", "intfloat/e5-large", "jina-reranker-v2"])
def test_models_that_do_not_chat_are_known_by_name(name: str) -> None:
    assert probing._embeds(name, [{"id": name}])
    assert not probing._embeds("qwen3-8b-e5m2", [{"id": "qwen3-8b-e5m2"}])
    assert probing._embeds("mine", [{"id": "mine", "type": "embeddings"}])


# ---------------------------------------------------------------- the command


def test_the_page_fits_and_the_data_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with stub.serving("thinker", honours=()) as url:
        assert guarded(["probe", url]) == 0
        page = capsys.readouterr().out
        assert guarded(["probe", url, "--model", "stub-thinker", "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
    assert max(map(len, page.splitlines())) <= 80
    for word in ("stub-thinker", "nothing turns that off", "temperature", "honoured", "tokens/s", "requests"):
        assert word in page
    assert Probe.model_validate(data).fields["seed"].state == "honoured"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert guarded(["probe", *arguments]) in (1, 2)
    said = capsys.readouterr()
    assert said.out == ""
    before, mark, line = said.err.partition("greenlight: ")
    assert before == "" or before.startswith("at most "), "nothing but what it was expected to take"
    assert mark
    assert line.count("\n") == 1
    return line


def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no server is named" in refused(capsys)
    assert "is no address: write it as" in refused(capsys, "localhost:1234")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        assert f"no server answers at {nobody}: start it" in refused(capsys, nobody)
        assert "no server answers" in refused(capsys, nobody, "--model", "m")
    with stub.serving(key="k-123") as url:
        assert "see that the address ends in /v1" in refused(capsys, url.removesuffix("/v1"))
        assert "refused the key (401): set OPENAI_API_KEY" in refused(capsys, url)
        monkeypatch.setenv("OPENAI_API_KEY", "k-wrong")
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        assert "k-wrong" not in refused(capsys)
        monkeypatch.setenv("OPENAI_API_KEY", "k-123")
        assert "knows no model 'stub-plane'; did you mean 'stub-plain'" in refused(capsys, "--model", "stub-plane")
        assert guarded(["probe", "--json"]) == 0
    monkeypatch.delenv("OPENAI_BASE_URL")
    with stub.serving(models=("bge-m3", "nomic-embed-text")) as url:
        assert "has embedding models only (bge-m3, nomic-embed-text)" in refused(capsys, url)
    with stub.serving("model-gone", after=0) as url:
        assert "has no model: load one there, or name it" in refused(capsys, url)
    with pytest.raises(UserError), stub.serving("model-gone", after=3) as url:
        probe(url)


def test_what_a_probe_takes_is_said_first_and_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    with stub.serving() as url:
        assert guarded(["probe", url, "--dry-run"]) == 0
        out = capsys.readouterr().out
        assert "at most 47 requests" in out
        assert "cost unknown without --price-in and --price-out" in out
        priced = ["--price-in", "1", "--price-out", "2"]
        assert guarded(["probe", url, *priced, "--max-hours", "1", "--dry-run", "--json"]) == 0
        expected = json.loads(capsys.readouterr().out)["expected"]
        assert (expected["requests_most"], expected["minutes_most"]) == (47, 60)
        assert told(url)["asked"] == 0
        assert guarded(["probe", url, *priced, "--json"]) == 0
        said = capsys.readouterr()
        assert "at most 47 requests" in said.err
        found = Probe.model_validate_json(said.out)
        assert 0 < found.tokens_in + found.tokens_out <= expected["tokens_most"]  # type: ignore[operator]
        assert found.usd == pytest.approx((found.tokens_in + 2 * found.tokens_out) / 1e6)  # type: ignore[operator]
        assert found.usd <= expected["usd_most"]
        before = told(url)["asked"]
        assert "the budget is used up: " in refused(capsys, url, *priced, "--budget-usd", "0.0005")
        assert 0 < told(url)["asked"] - before < found.requests
        assert "state --price-in and --price-out" in refused(capsys, url, "--budget-usd", "1")
        assert "the time is up: 0 hours" in refused(capsys, url, "--max-hours", "0")
        assert "but no /completions" in refused(capsys, url, "--api", "completions")
    with stub.serving("no-usage") as url:
        assert "does not tell the tokens" in refused(capsys, url, *priced, "--budget-usd", "1")
        assert guarded(["probe", url]) == 0
        assert "tokens unknown" in capsys.readouterr().out
