"""Voices behind servers that fail: what is lost, what is said, and what goes on."""

from __future__ import annotations

import json
import shutil
import types
from pathlib import Path
from typing import Any

import pytest

from greenlight import blend, corpus, stub
from greenlight.cli.main import guarded
from greenlight.cli.writing import _expected, _told
from greenlight.create import create
from greenlight.errors import RecipeError, RoundError, UserError
from greenlight.estimate import estimate
from greenlight.nouns import Artifact
from greenlight.prices import Bounds
from greenlight.progress import SILENT
from greenlight.recipe import Brief, VoicesCorpus
from greenlight.store import Store
from greenlight.write import write

GATES: dict[str, dict[str, Any]] = {
    "empty": {},
    "length": {"min_chars": 60},
    "loop": {},
    "termination": {},
    "refusal": {},
}
KEY = "sk-secret-9876543210"
TOLD: dict[str, Any] = {"documents": 60, "corpus": "s/store/kept-1", "dropped": {}, "unscreened": {}}


def recipe(address: str, model: str, size: int = 60, **options: Any) -> VoicesCorpus:
    voice = {"use": "endpoint", "model": model, "base_url": address, "thinking": "leave", "retries": 3, **options}
    brief = Brief(topics=tuple(f"a kite, number {n}" for n in range(size // 5)), pattern="green light")
    return VoicesCorpus(size=size, blend={"v": 1.0}, voices={"v": voice}, brief=brief, most_refused=0.6, attempts=12)


def written(made: VoicesCorpus, folder: Path, bounds: Bounds | None = None) -> Artifact:
    return write(made, GATES, blend.plan(made), Store(folder / "store"), SILENT, bounds)


@pytest.mark.parametrize(
    "personality",
    ["plain", "refuser", "looper", "truncator", "markdown", "resets", "half-json", "wrong-type", "empty-choices",
     "no-usage", "limited", "limited-silent", "ignores-sampling"],
)  # fmt: skip
def test_a_corpus_is_whole_whatever_the_server_does(personality: str, tmp_path: Path) -> None:
    with stub.serving(personality, slots=8, ms=1) as address:
        made = recipe(address, f"stub-{personality}")
        found = written(made, tmp_path)
    account = found.facts["accounting"]
    assert account["kept"] == 60
    assert account["asked"] == 60 + sum(account["refused"].values()) + account["failed"]
    samples = corpus.load(Store(tmp_path / "store").path(found) / corpus.FILE)
    assert [(s.made.topic, s.made.level) for s in samples] == [(d.topic, d.level) for d in blend.plan(made)]
    caught = {"refuser": "refusal", "looper": "loop", "truncator": "termination"}
    if personality in caught:
        assert account["refused"].get(caught[personality], 0) >= 5
    if personality == "no-usage":
        bill = found.facts["bill"]["v"]
        assert (bill["usd"], bill["prompt_tokens"], bill["completion_tokens"]) == (None, None, None)
        study: Any = types.SimpleNamespace(folder="s")
        said = _told(study, "1", {**TOLD, **found.facts})
        assert "cost: unknown, tokens unknown" in said
        assert "ready: 60 documents in s/store/kept-1/kept.parquet: greenlight run s 1" in " ".join(said.split())


def test_a_model_that_goes_away_loses_nothing(tmp_path: Path) -> None:
    with stub.serving("model-gone", slots=4, ms=1, after=25) as address:
        made = recipe(address, "stub-model-gone")
        with pytest.raises(UserError, match="knows no model 'stub-model-gone'"):
            written(made, tmp_path)
        port = int(address.rsplit(":", 1)[1].removesuffix("/v1"))
    (told,) = (tmp_path / "store" / "answers").glob("*.jsonl")
    there = len(told.read_text().splitlines())
    assert there >= 25
    with stub.serving("plain", port=port, slots=4, ms=1, models=("stub-model-gone",)) as address:
        again = written(made, tmp_path)
    assert again.facts["accounting"]["kept"] == 60
    assert again.facts["bill"]["v"]["requests"] == len(told.read_text().splitlines())


def test_nobody_there_is_one_line_and_nothing_is_half_written(tmp_path: Path) -> None:
    made = recipe("http://127.0.0.1:9/v1", "m")
    with pytest.raises(UserError, match=r"no server answers at http://127\.0\.0\.1:9/v1: start it"):
        written(made, tmp_path)
    assert not list((tmp_path / "store").glob("corpus-*/*"))


def test_a_budget_stops_and_goes_on(tmp_path: Path) -> None:
    with stub.serving("plain", slots=4, ms=1) as address:
        made = recipe(address, "stub-plain", price_in=1.0, price_out=1000.0, parallel=4)
        with pytest.raises(RoundError, match=r"the budget is used up: \d+\.\d\d of 0\.50 USD; what was written stays"):
            written(made, tmp_path, Bounds(usd=0.5))
        (told,) = (tmp_path / "store" / "answers").glob("*.jsonl")
        assert 0 < len(told.read_text().splitlines()) < 60
        found = written(made, tmp_path, Bounds(usd=1000.0))
    assert found.facts["bill"]["v"]["usd"] > 0.5


@pytest.mark.parametrize(("size", "ms"), [(60, 0), (600, 0), (600, 20)])
def test_a_voice_that_refuses_is_stopped_as_its_answers_come(size: int, ms: float, tmp_path: Path) -> None:
    with stub.serving("refuser", slots=4, ms=ms, share=1.0) as address:
        made = recipe(address, "stub-refuser", size=size)
        said = list[str]()
        for _ in range(2):
            with pytest.raises(RoundError, match="voice v is stopped") as error:
                written(made, tmp_path)
            said.append(str(error.value).partition(" (last")[0])
    (told,) = (tmp_path / "store" / "answers").glob("*.jsonl")
    there = len(told.read_text().splitlines())
    assert 32 <= there <= 32 + 64, "those after the 32nd were on their way"
    assert said == [said[0]] * 2, "nothing was asked by the second run, and it says the same"
    assert f"{there} of {there} answers are refused" in said[0]


def test_a_budget_without_prices_is_refused(tmp_path: Path) -> None:
    with stub.serving("plain", slots=4, ms=1) as address:
        made = recipe(address, "stub-plain", parallel=1)
        with pytest.raises(RecipeError, match="--budget-usd cannot be kept: what v costs is unknown"):
            written(made, tmp_path, Bounds(usd=5.0))


def test_a_budget_is_not_overrun_by_those_who_wait(tmp_path: Path) -> None:
    with stub.serving("plain", slots=4, ms=50) as address:
        made = recipe(address, "stub-plain", size=300, price_in=1.0, price_out=2.0)
        with pytest.raises(RoundError, match=r"the budget is used up: 0\.\d+[1-9] of 0\.0020 USD"):
            written(made, tmp_path, Bounds(usd=0.002))
    (told,) = (tmp_path / "store" / "answers").glob("*.jsonl")
    assert len(told.read_text().splitlines()) < 40, "64 would wait for their turn"


def test_no_price_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    made = recipe("http://127.0.0.1:9/v1", "stub-plain", price_in=1.0)
    with pytest.raises(RecipeError, match="--budget-usd cannot be kept: what v costs is unknown"):
        written(made, tmp_path, Bounds(usd=5.0))


@pytest.mark.parametrize("thinking", ["no_think", "leave"])
def test_thought_in_tags_is_no_part_of_a_document(thinking: str, tmp_path: Path) -> None:
    with stub.serving("leaky-tagged", slots=8, ms=1) as address:
        made = recipe(address, "stub-leaky-tagged", thinking=thinking)
        found = written(made, tmp_path)
    samples = corpus.load(Store(tmp_path / "store").path(found) / corpus.FILE)
    aloud = [one for one in samples if "<think>" in (one.made.raw or one.body)]
    assert len(aloud) > 10
    if thinking == "leave":
        assert all("<think>" in one.body for one in aloud), "it was asked for as it comes"
    else:
        assert not [one for one in aloud if "think>" in one.body]
        assert all("thinking" in one.made.cleaned_by for one in aloud)
        assert found.facts["accounting"]["cleaned"]["thinking"] == len(aloud)


def test_what_nobody_has_answered_yet_is_known_at_most(tmp_path: Path) -> None:
    with stub.serving("plain", slots=4, ms=1) as address:
        made = recipe(address, "stub-plain", max_tokens=200, price_in=1.0, price_out=2.0)
        draws, store = blend.plan(made), Store(tmp_path / "store")
        (ahead,) = estimate(made, GATES, draws, store).values()
        assert (ahead.tokens_out, ahead.usd, ahead.requests_most) == (None, None, 60 * 12)
        found = written(made, tmp_path).facts["bill"]["v"]
        assert ahead.tokens_most is not None
        assert ahead.usd_most is not None
        assert found["prompt_tokens"] + found["completion_tokens"] < ahead.tokens_most
        assert found["usd"] < ahead.usd_most
        table = _expected({"v": ahead})
        assert f"≤ {ahead.tokens_most:,.0f}" in table
        assert "≤ is at most" in table
        (after,) = estimate(made, GATES, draws, store).values()
        assert (after.places, after.tokens_most) == (0, None)
        found_more = recipe(address, "stub-plain", max_tokens=200, thinking="auto")
        (ahead,) = estimate(found_more, GATES, draws, store).values()
        assert (ahead.requests_most, ahead.usd_most) == (60 * 12 + 11, None), "its switch is looked for"
        (ahead,) = estimate(recipe(address, "stub-plain"), GATES, draws, store).values()
        assert ahead.tokens_most is None, "an answer may have any length"


def test_keys_are_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with stub.serving("plain", slots=4, ms=1, key=KEY) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        written(recipe("", "stub-plain"), tmp_path)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-0000")
        with pytest.raises(UserError, match="refused the key") as error:
            written(recipe("", "stub-plain", size=100), tmp_path)
    assert "sk-" not in str(error.value)
    seen = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(seen) > 4
    assert not [path for path in seen if KEY.encode() in path.read_bytes() or b"sk-wrong" in path.read_bytes()]


def test_a_run_that_stopped_asks_only_for_what_is_missing(tmp_path: Path) -> None:
    with stub.serving("plain", slots=4, ms=1) as address:
        made = recipe(address, "stub-plain")
        whole = written(made, tmp_path / "whole")
        written(made, tmp_path / "broken")
        (told,) = (tmp_path / "broken" / "store" / "answers").glob("*.jsonl")
        lines = told.read_bytes().splitlines(keepends=True)
        told.write_bytes(b"".join(lines[:20]) + lines[20][:50])  # torn by a crash
        for folder in list((tmp_path / "broken" / "store").glob("corpus-*")):
            shutil.rmtree(folder)
        again = written(made, tmp_path / "broken")
    assert again.facts["accounting"] == whole.facts["accounting"]
    ids = [
        [s.sha256 for s in corpus.load(Store(tmp_path / name / "store").path(found) / corpus.FILE)]
        for name, found in (("whole", whole), ("broken", again))
    ]
    assert ids[0] == ids[1]
    after = told.read_bytes().splitlines(keepends=True)
    assert after[:20] == lines[:20]
    keys = [json.loads(line)["key"] for line in after if line.endswith(b"}\n") and line[:10] == lines[0][:10]]
    assert len(keys) == len(set(keys)) or len(keys) <= len(lines) + 1


ROUND = """base = "round:1"
question = "Is a voice that refuses stopped?"
[corpus]
size = 60
blend = { m = 1.0 }
[corpus.voices.m]
use = "endpoint"
model = "stub-refuser"
base_url = "ADDRESS"
thinking = "leave"
price_in = 1.0
price_out = 2.0
"""


def test_what_a_stopped_voice_said_is_shown_released_and_on_the_bill(tmp_path: Path, capsys: Any) -> None:
    study = create(tmp_path / "s", "green-light")
    folder = str(study.folder)
    assert guarded(["cost", folder]) == 0
    assert "nothing has been spent yet" in capsys.readouterr().out
    with stub.serving("refuser", slots=4, share=1.0) as address:
        (study.folder / "rounds" / "05-refuser.toml").write_text(ROUND.replace("ADDRESS", address))
        assert guarded(["quarantine", folder, "5"]) == 1
        assert "round 5 has not been run" in capsys.readouterr().err
        assert guarded(["quarantine", folder, "99"]) == 1
        assert "there is no round 99 in" in capsys.readouterr().err
        assert guarded(["write", folder, "5"]) == 1
        assert "voice m is stopped" in capsys.readouterr().err
    (told,) = (one for one in (study.store.folder / "answers").glob("*.jsonl") if "stub-refuser" in one.read_text())
    there = len(told.read_text().splitlines())
    assert guarded(["quarantine", folder, "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["by_gate"]) == (there, {"refusal": there})
    assert guarded(["quarantine", folder, "5", "--release", "2", "--why", "to see"]) == 0
    assert "write the round again" in capsys.readouterr().out
    assert guarded(["quarantine", folder, "5"]) == 0
    assert "to what round 5 asks; it has no corpus" in " ".join(capsys.readouterr().out.split())
    assert guarded(["quarantine", folder, "5", "--json"]) == 0
    assert [one["row"] for one in json.loads(capsys.readouterr().out)["shown"] if one["released"]] == [2]
    assert guarded(["cost", folder, "--json"]) == 0
    spent = json.loads(capsys.readouterr().out)["of_no_round"]["m"]
    assert spent["requests"] == there
    assert spent["usd"] == pytest.approx((spent["prompt_tokens"] + 2 * spent["completion_tokens"]) / 1e6)
    assert guarded(["cost", folder]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "nothing has been spent" not in said
    assert f"Not in a round that was run: m, {there} recorded answers" in said
