"""The commands cost and mark: what they print, what they write, what they refuse."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from ledger import ledger_of, made
from test_costs import PRICES, asked, corpus, model, ran, sealed, verdict
from test_transcripts import MODEL, row, used, write

from greenlight.cli.main import guarded
from greenlight.ledger import Ledger


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Two rounds that ran, the second one better, and transcripts beside them."""
    folder = tmp_path / "study"
    (folder / "rounds").mkdir(parents=True)
    (folder / "study.toml").write_text('title = "A \\u001b[31mstudy"\n')
    for name in ("01-first", "02-wider"):
        (folder / "rounds" / f"{name}.toml").write_text("seeds = [1]\n")
    better = ran(2, {"model-1": model("b", 600.0)}, verdict=verdict("better", -0.04, -0.05, -0.02))
    sealed(
        folder / "ledger.jsonl",
        [("10:00:00", "round", ran(1, {"model-1": model("a"), "corpus": corpus("c", olmo=asked(0.5))})),
         ("11:00:00", "round", better)],
    )  # fmt: skip
    rows = [
        row("m1", "2026-11-20T09:30:00Z", used(1000, 200, 10_000, 400)),
        row("m2", "2026-11-20T10:30:00Z", used(1000, 200, 10_000, 400), isSidechain=True),
        row("m3", "2026-11-20T12:30:00Z", used(7, 0, 0, 7), model="mystery\u202e"),
    ]
    write(tmp_path / "agent", "a.jsonl", [*rows, "{torn"])
    (tmp_path / "prices.toml").write_text(PRICES)
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert guarded(list(arguments)) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(capsys, *arguments, "--json"))
    return found


def given(study: Path) -> list[str]:
    return [str(study), "--transcripts", str(study.parent / "agent"), "--prices", str(study.parent / "prices.toml")]


def test_cost_for_people(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "cost", *given(study), "--by-model")
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\u202e" not in text
    lines = [re.sub(r" {2,}", "  ", line.strip()) for line in text.splitlines()]
    assert "1 r1  1 min 00 s  1 min 40 s  0.50  0.0128  0.51" in lines
    assert "2 r2  10 min 00 s  1 min 40 s  0.00  0.0128  0.0128" in lines
    assert "after the last round  0 s  0 s  0.00  unknown  unknown" in lines
    assert "in all  11 min 00 s  3 min 20 s  0.50  ≥ 0.0255  ≥ 0.53" in lines
    assert "in all  2,007  400  20,000  807  ≥ 0.0255" in lines
    assert f"{MODEL}  2,000  400  20,000  800  0.0255" in lines
    whole = " ".join(lines)
    # ten minutes for 0.04 [0.02, 0.05]; 0.01275 USD
    assert "a unit of it cost 250 [200, 500] minutes of training and 0.319 [0.255, 0.638] USD" in whole
    assert "prices.toml of 2026-11-01" in whole
    assert "3 responses (1 of sub-agents) in 3 rows" in whole


def test_cost_for_programs(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, "cost", *given(study))
    assert [r["round"] for r in found["rounds"]] == [1, 2]
    assert [r["name"] for r in found["rest"]] == ["after the last round"]
    assert found["rounds"][0]["usd"] == pytest.approx(0.51275)
    assert (found["all"]["usd"], found["all"]["usd_known"]) == (None, pytest.approx(0.5255))
    parts = [*found["rounds"], *found["rest"]]
    for name in ("input", "cache_write", "cache_read", "output", "responses"):
        assert sum(part["researcher"][name] for part in parts) == found["all"]["researcher"][name]
    assert found["rounds"][1]["gain"]["per_unit"]["minutes"] == pytest.approx([250, 200, 500])
    assert found["rounds"][0]["gain"] is None
    assert found["transcripts"]["sub_agents"] == 1
    assert found["transcripts"]["first"] == "2026-11-20T09:30:00+00:00"


def test_without_transcripts_there_is_no_researcher(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "cost", str(study))
    assert "Cache write" not in text
    assert "Prices" not in text
    assert "0.50" in text


def test_a_round_within_noise_has_no_efficiency(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = ran(3, {"model-1": model("n")}, verdict=verdict("undecided", -0.01, -0.04, 0.02))
    Ledger(study / "ledger.jsonl").append("round", body)
    text = " ".join(said(capsys, "cost", str(study)).split())
    assert "Round 3: —, within noise or no gain, so without an efficiency." in text
    assert data(capsys, "cost", str(study))["rounds"][2]["gain"]["per_unit"] is None


def test_what_is_known_only_in_part_says_so(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = ran(3, {"model-1": model("n"), "model-2": model("o", None)}, verdict=verdict("better", -0.1, -0.2, -0.05))
    Ledger(study / "ledger.jsonl").append("round", body)
    write(study.parent / "agent", "b.jsonl", [row("x", None, {**used(1, 0, 0, 1), "service_tier": "batch"})])
    text = " ".join(said(capsys, "cost", *given(study)).split())
    assert "a unit of it cost ≥ 10 [5, 20] minutes of training" in text
    assert f"{MODEL} batch (1), mystery" in text


def test_many_rounds_are_folded_and_still_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.toml").write_text('title = "Many"\n')
    runs = [(f"10:{n:02d}:00", "round", ran(n, {"model-1": model(f"m{n}")})) for n in range(1, 41)]
    sealed(tmp_path / "ledger.jsonl", runs)
    text = said(capsys, "cost", str(tmp_path))
    assert re.search(r"10 earlier +10 min 00 s", text)
    assert re.search(r"in all +40 min 00 s", text)
    assert " 11 r11" in text
    assert " 10 r10" not in text
    assert " 10 r10" in said(capsys, "cost", str(tmp_path), "--all")


def test_nothing_spent_and_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.toml").write_text('title = "Empty"\n')
    assert "nothing has been spent yet" in said(capsys, "cost", str(tmp_path))
    (tmp_path / "logs").mkdir()
    text = " ".join(said(capsys, "cost", str(tmp_path), "--transcripts", str(tmp_path / "logs")).split())
    assert "no transcript holds a response 1 folders hold no file called *.jsonl" in text
    assert "does not exist" in said(capsys, "cost", str(tmp_path), "--transcripts", "nowhere", code=1)
    assert "does not exist" in said(capsys, "cost", str(tmp_path), "--prices", "nowhere.toml", code=1)
    assert "is no study" in said(capsys, "cost", str(tmp_path / "none"), code=1)


# ---------------------------------------------------------------- mark


def test_mark_writes_an_entry_and_cost_follows_it(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ["--study", str(study)]
    found = data(capsys, "mark", "round", "3", "start", "--note", "a wider \x1b model", *there)
    assert (found["round"], found["event"], found["ended"]) == (3, "start", None)
    [entry] = Ledger(study / "ledger.jsonl").entries("mark")
    assert entry.body == {"round": 3, "event": "start", "note": "a wider \x1b model"}
    assert entry.time == found["time"]
    assert "it ends what was marked of round 3" in said(capsys, "mark", "round", "02", "start", *there)
    assert said(capsys, "mark", "round", "2", "end", *there).startswith("round 2: end at 20")
    numbers = [r["round"] for r in data(capsys, "cost", str(study))["rounds"]]
    assert numbers == [1, 2]  # nobody spent anything within the marks


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["round", "4", "start"], 1, "there is no round 4 in"),
        (["round", "0", "start"], 2, "'0' is no round"),
        (["round", "three", "start"], 2, "'three' is no round"),
        (["lap", "3", "start"], 2, "'lap' cannot be marked: write greenlight mark round 3 start"),
        (["round", "3", "begin"], 2, "'begin' is no event of a round: write start or end"),
        (["round", "3", "end"], 1, "work on round 3 was not started (no round is marked)"),
        (["round", "3", "start", "--note", "x" * 2001], 2, "--note has 2,001 characters"),
    ],
)
def test_mark_refuses(words: list[str], code: int, why: str, study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (study / "ledger.jsonl").read_bytes()
    text = said(capsys, "mark", *words, "--study", str(study), code=code)
    assert why in text
    assert text.count("\n") == 1
    assert (study / "ledger.jsonl").read_bytes() == before


def test_mark_of_another_round_s_end_names_the_open_one(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "mark", "round", "1", "start", "--study", str(study))
    assert "(round 1 is)" in said(capsys, "mark", "round", "2", "end", "--study", str(study), code=1)


# ---------------------------------------------------------------- real rows


def test_cost_of_rounds_as_large_as_real_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the cache and without, the same; its rows are nouns of the ledger."""
    (tmp_path / "study.toml").write_text('title = "Real"\n')
    ledger_of(tmp_path / "ledger.jsonl", 55)
    first = data(capsys, "cost", str(tmp_path))
    assert (tmp_path / "store" / "costs.cache").exists()
    assert data(capsys, "cost", str(tmp_path)) == first
    assert len(first["rounds"]) == 55
    assert first["all"]["wall_seconds"] == 55 * 60.0


def test_every_run_of_a_tiny_study_is_billed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.toml").write_text('title = "Real"\n')
    Ledger(tmp_path / "ledger.jsonl").append("round", made(1, random.Random(1)).data())
    assert data(capsys, "cost", str(tmp_path))["rounds"][0]["wall_seconds"] == 60.0
