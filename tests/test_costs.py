"""What a study cost: who gets a response, what is counted once, what is unknown, and the price of a gain.

The sums beside the ledgers were added up by hand.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ledger import made
from test_transcripts import MODEL, row, used, write

from greenlight import expenses
from greenlight.chain import START, seal, without_scores
from greenlight.costs import AFTER, TIMELESS, Bill, Share, bill, efficiency, open_mark
from greenlight.errors import InputError, RecipeError, StudyError
from greenlight.ledger import Ledger
from greenlight.nouns import Artifact, Interval
from greenlight.report import charts
from greenlight.report.bill import chart, returns, table
from greenlight.report.standing import Standings
from greenlight.tariff import Tariff, tariff
from greenlight.transcripts import Transcripts, read
from greenlight.usage import Response, Sum, Tokens, moment

FREE = Tariff("no list", lambda response: Sum(0.0, False))
PRICES = f"""
date = 2026-11-01
["{MODEL}"]
input = 3.0
cache_write = 3.75
cache_read = 0.3
output = 15.0
cache_write_1h = 6.0
search = 0.01
["small-*"]
input = 1.0
output = 2.0
"""

Entry = tuple[str, str, dict[str, Any]]
"""(time of the day, kind, body)"""


def sealed(path: Path, entries: Sequence[Entry]) -> Ledger:
    """A ledger with these entries at these times of one day."""
    previous, lines = START, []
    for seq, (clock, kind, body) in enumerate(entries, 1):
        time = f"2026-11-20T{clock}+00:00"
        previous, line = seal({"seq": seq, "time": time, "kind": kind, "body": body, "previous": previous})
        lines.append(line)
    path.write_bytes(b"".join(lines))
    return Ledger(path)


def model(print_: str, seconds: float | None = 60.0, **facts: Any) -> dict[str, Any]:
    told = {"flops": 2.0e9, "tokens_seen": 1000, "characters_seen": 3000, **facts}
    return {"kind": "model", "fingerprint": print_, "facts": told | ({} if seconds is None else {"seconds": seconds})}


def ran(number: int, artifacts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"number": number, "slug": f"r{number}", "status": "done", "seconds": 100.0,
            "artifacts": artifacts or {}, "recipe": {}, "facts": {"device": "cpu"}, **more}  # fmt: skip


def corpus(print_: str, **bill_: Any) -> dict[str, Any]:
    return {"kind": "corpus", "fingerprint": print_, "facts": {"bill": bill_}}


def asked(usd: float | None, tokens: tuple[int, int] = (100, 50)) -> dict[str, Any]:
    return {"requests": 2, "prompt_tokens": tokens[0], "completion_tokens": tokens[1], "usd": usd}


def verdict(outcome: str, value: float, low: float, high: float, better: str = "lower") -> dict[str, Any]:
    difference = {"value": value, "low": low, "high": high, "level": 0.95, "method": "crossed"}
    return {"outcome": outcome, "metric": "bpc", "unit": "bits per character", "better": better, "against": 1,
            "difference": difference, "margin": 0.01}  # fmt: skip


def said(*clocks: str | None, tokens: Tokens = Tokens(1, 2, 3, 4)) -> Transcripts:  # noqa: B008 (a constant)
    times = [None if clock is None else moment(f"2026-11-20T{clock}Z") for clock in clocks]
    return Transcripts([Response(MODEL, tokens, time) for time in times], files=1)


def by_name(found: Bill) -> dict[str, int]:
    return {share.name if share.number is None else str(share.number): share.agents.responses for share in found.shares}


def adds_up(found: Bill) -> None:
    total = Share(None, "again")
    for share in found.shares:
        total.join(share)
    assert total.agents == found.all.agents
    assert total.training == found.all.training
    assert sum(used_.responses for used_ in found.models.values()) == found.all.researcher.responses
    tokens = Tokens()
    for used_ in found.models.values():
        tokens = tokens.plus(used_.tokens)
    assert tokens == found.all.researcher.tokens


# ---------------------------------------------------------------- whose a response is


def test_by_time_a_response_belongs_to_the_round_that_it_led_up_to(tmp_path: Path) -> None:
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "round", ran(1)), ("10:30:00", "note", {"round": 1, "text": "x"}),
         ("11:00:00", "round", ran(2)), ("12:00:00", "round", ran(1))],
    )  # fmt: skip
    told = said("09:00:00", "10:00:00.9", "10:00:01", "11:00:00", "11:30:00", "12:00:01", None)
    found = bill(ledger, None, told, FREE)
    # round 1 ran twice: what led up to its second run is round 1's too
    assert by_name(found) == {"1": 3, "2": 2, AFTER: 1, TIMELESS: 1}
    assert found.all.agents.tokens == (7, 14, 21, 28)
    adds_up(found)


def test_marks_come_before_time(tmp_path: Path) -> None:
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "mark", {"round": 3, "event": "start"}),
         ("10:30:00", "round", ran(1)),
         ("11:00:00", "mark", {"round": 3, "event": "end"}),
         ("11:10:00", "mark", {"round": 2, "event": "start"}),
         ("11:20:00", "round", ran(2)),
         ("11:40:00", "round", ran(3)),
         ("12:00:00", "mark", {"round": 4, "event": "start", "note": "ideas"})],
    )  # fmt: skip
    told = said("09:59:59", "10:00:00.2", "10:29:00", "11:00:00.7", "11:05:00", "11:15:00", "11:30:00", "12:30:00")
    found = bill(ledger, None, told, FREE)
    # 11:05 led up to round 2 by time; 11:15 by its mark, which its own run ended; 11:30 led up to round 3
    assert by_name(found) == {"1": 1, "2": 2, "3": 4, "4": 1}
    assert found.shares[3].runs == 0
    adds_up(found)


def test_an_end_after_the_run_counts_and_a_start_ends_what_was_marked(tmp_path: Path) -> None:
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "mark", {"round": 1, "event": "start"}),
         ("10:10:00", "round", ran(1)),
         ("10:20:00", "mark", {"round": 1, "event": "end"}),
         ("10:30:00", "mark", {"round": 1, "event": "end"}),
         ("10:40:00", "mark", {"round": 2, "event": "start"}),
         ("10:50:00", "mark", {"round": 3, "event": "start"}),
         ("11:00:00", "mark", {"round": "x", "event": "start"}),
         ("11:10:00", "round", ran(2))],
    )  # fmt: skip
    found = bill(ledger, None, said("10:15:00", "10:45:00", "10:55:00", "11:30:00"), FREE)
    assert by_name(found) == {"1": 1, "2": 1, "3": 2}
    assert any("1 marks end a round that no mark started" in note for note in found.notes)
    assert any("1 marks in the ledger cannot be read" in note for note in found.notes)
    assert open_mark(expenses.read(ledger)) == 3


def test_a_ledger_whose_clock_went_back_keeps_its_order_and_says_so(tmp_path: Path) -> None:
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "round", ran(1)), ("09:00:00", "round", ran(2)), ("11:00:00", "round", ran(3))],
    )
    found = bill(ledger, None, said("09:30:00", "10:30:00"), FREE)
    assert by_name(found) == {"1": 1, "2": 0, "3": 1}
    assert any("a clock went back" in note for note in found.notes)


def test_turns_of_research_sessions(tmp_path: Path) -> None:
    usage = {"input": 10, "cache_write": 0, "cache_read": 5, "output": 7}
    turn = {"session": "s", "by": "llm", "event": "turn", "model": "small-1", "usage": usage, "usd": 0.25,
            "seconds": 4.0, "round": 2}  # fmt: skip
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "round", ran(1)),
         ("10:05:00", "research", {"session": "s", "by": "llm", "event": "start"}),
         ("10:10:00", "research", turn),
         ("10:11:00", "research", {**turn, "round": None, "usd": None}),
         ("10:12:00", "research", {**turn, "usage": {}, "usd": 0.0, "model": "", "seconds": 0.5}),
         ("10:13:00", "research", {**turn, "usage": {"input": -1}}),
         ("10:20:00", "round", ran(2))],
    )  # fmt: skip
    file = tmp_path / "p.toml"
    file.write_text(PRICES)
    found = bill(ledger, None, Transcripts(), tariff(file))
    calls = found.shares[1].calls
    assert found.shares[1].number == 2
    assert (calls.responses, calls.tokens, calls.seconds) == (2, (20, 0, 10, 14), 8.5)
    # 0.25 was paid; of the other, what is read from a cache has no price in the file: 10 · 1 and 7 · 2 USD a million
    assert calls.usd == Sum(0.25 + 24e-6, False)
    assert any("1 turns of research sessions state no usage" in note for note in found.notes)
    assert any("small-1 (1)" in note for note in found.notes)
    adds_up(found)


def test_a_turn_in_the_second_in_which_a_round_ended_is_of_the_next(tmp_path: Path) -> None:
    usage = {"input": 10, "cache_write": 0, "cache_read": 0, "output": 1}
    turn = {"session": "s", "by": "llm", "event": "turn", "model": "m", "usage": usage, "usd": 0.5, "round": None}
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "research", turn), ("10:00:00", "round", ran(1)), ("10:00:00", "research", turn),
         ("10:00:00", "research", turn), ("10:00:00", "round", ran(2)), ("10:00:00", "research", turn)],
    )  # fmt: skip
    found = bill(ledger, None, Transcripts(), tariff(None))
    assert [share.calls.responses for share in found.shares if share.number is not None] == [1, 2]
    adds_up(found)


# ---------------------------------------------------------------- training and generation


def test_what_rounds_share_is_paid_once(tmp_path: Path) -> None:
    first = {
        "model-1": model("a"),
        "model-2": model("b", 30.0),
        "corpus": corpus("c", olmo=asked(0.5), pebble=asked(0)),
    }
    again = {"model-1": model("a"), "model-2": model("b", 30.0), "model-3": model("d"), "corpus": first["corpus"]}
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "round", ran(1, first)), ("10:10:00", "round", ran(1, again)),
         ("10:20:00", "round", ran(2, {"model-1": model("a"), "corpus": corpus("e", olmo=asked(0.25))}))],
    )  # fmt: skip
    found = bill(ledger, None, Transcripts(), FREE)
    one, two = found.shares
    assert (one.runs, one.wall, one.again, two.again) == (2, 200.0, 3, 1)
    assert (one.training.models, one.training.seconds, one.training.flops) == (3, Sum(150.0), Sum(6.0e9))
    assert (one.training.tokens, one.training.characters) == (Sum(3000.0), Sum(9000.0))
    assert two.training.models == 0
    assert (one.voices["olmo"].usd, one.voices["olmo"].tokens_out) == (Sum(0.5), 50)
    assert found.all.usd == Sum(0.75)
    assert (found.all.wall, found.all.training.seconds) == (300.0, Sum(150.0))
    assert any("4 times a round found a model or a corpus finished" in note for note in found.notes)
    assert any(note.startswith("olmo wrote for several corpora") for note in found.notes)


def test_unknown_stays_unknown(tmp_path: Path) -> None:
    parts = {
        "model-1": model("a", None),
        "corpus": corpus(
            "c",
            far=asked(None),
            near={**asked(0.5), "seconds": 9.0},
            silent={**asked(None), "prompt_tokens": None, "completion_tokens": None},
        ),
    }
    ledger = sealed(tmp_path / "ledger.jsonl", [("10:00:00", "round", ran(1, parts))])
    found = bill(ledger, None, said("09:00:00"), FREE)
    share = found.shares[0]
    assert share.written.usd == Sum(0.5, False)
    assert (share.voices["far"].seconds.value, share.voices["near"].seconds) == (None, Sum(9.0))
    assert (share.voices["silent"].tokens_in, share.voices["silent"].tokens_out) == (None, None), "unknown, not 0"
    assert share.training.seconds == Sum(0.0, False)
    assert share.usd == Sum(0.5, False)
    assert found.all.usd.value is None
    assert any(MODEL in note and "prices are unknown" in note for note in found.notes)


def test_a_character_is_trained_in_stages_and_its_teacher_is_not_billed(tmp_path: Path) -> None:
    stages = {"student-1": model("s", 5.0), "dpo-1": {"fingerprint": "d", "facts": {"seconds": 7.0}},
              "sft-only-1": {"fingerprint": "o", "facts": {"seconds": 11.0}},
              "pairs": {"fingerprint": "p", "facts": {}},
              "model-1": {"fingerprint": "m", "facts": {"files": 3}}}  # fmt: skip
    recipe = {"use": "character", "teacher": {"use": "endpoint"}}
    ledger = sealed(tmp_path / "ledger.jsonl", [("10:00:00", "round", ran(1, stages, recipe=recipe))])
    share = bill(ledger, None, Transcripts(), FREE).shares[0]
    assert (share.training.models, share.training.seconds) == (3, Sum(23.0))
    assert share.training.flops == Sum(2.0e9, False)
    assert share.voices["teacher"].usd.value is None
    house = ran(1, stages, recipe={"use": "character", "teacher": {"use": "house"}})
    ledger = sealed(tmp_path / "ledger.jsonl", [("10:00:00", "round", house)])
    assert bill(ledger, None, Transcripts(), FREE).shares[0].usd == Sum(0.0)


def test_a_real_round_is_read_as_the_ledger_reads_it(tmp_path: Path) -> None:
    r = made(2, random.Random(5))
    trained = {"seconds": 12.5, "flops": 3.0, "tokens_seen": 4, "characters_seen": 5}
    parts = {**r.artifacts, "model-1": Artifact(kind="model", fingerprint="ab", facts=trained)}
    r = r.model_copy(update={"artifacts": parts})
    Ledger(tmp_path / "ledger.jsonl").append("round", r.data())
    [(_, run)] = expenses.read(Ledger(tmp_path / "ledger.jsonl")).runs
    assert r.verdict is not None
    assert r.verdict.difference is not None
    assert run.gain is not None
    assert (run.gain.low, run.gain.high) == (r.verdict.difference.low, r.verdict.difference.high)
    assert run.outcome == r.verdict.outcome
    assert next(t for t in run.trainings if t.key == "ab") == ("ab", 12.5, 3.0, 4.0, 5.0)
    assert (run.seconds, run.device, run.peak_memory) == (60.0, "cpu", 513_777_664)


def test_a_line_without_its_scores_says_all_the_rest(tmp_path: Path) -> None:
    hostile = made(2, random.Random(5)).data()
    hostile["recipe"]["corpus"]["control"] = '","scores":{ },"seconds":1,"recipe_fingerprint":"x'
    hostile["facts"]["last"] = {"a": "b", "scores": {"seconds": 3}}
    nested = json.loads(json.dumps(hostile))
    nested["scores"]["bpc"]["facts"]["1"] = {"a": "b", "scores": {}, "seconds": 9.0, "started": "", "z": "b"}
    crash = made(10, random.Random(5)).data()
    crash["artifacts"]["model-1"]["facts"]["seconds"] = 7.0
    for body in (hostile, nested, crash):
        sealed(tmp_path / "ledger.jsonl", [("10:00:00", "round", body)])
        raw = (tmp_path / "ledger.jsonl").read_bytes().rstrip(b"\n")
        if body is not nested:
            told = json.loads(without_scores(raw))["body"]
            assert told == {key: value for key, value in body.items() if key != "scores"}
        [(_, run)] = expenses.read(Ledger(tmp_path / "ledger.jsonl")).runs
        assert run == expenses._run(json.loads(raw)["body"])
    loose = json.dumps({"body": hostile}, indent=1).encode()
    assert without_scores(loose) == loose


def test_amounts_that_no_float_holds_are_unknown(tmp_path: Path) -> None:
    usage = {"input": 10, "cache_write": 0, "cache_read": 0, "output": 1}
    turn = {"session": "s", "by": "llm", "event": "turn", "model": "gpt-5", "usage": usage, "usd": 10**400}
    body = ran(1, {"model-1": model("a", 10**400)})
    ledger = sealed(tmp_path / "ledger.jsonl", [("when?", "research", turn), ("10:00:00", "round", body)])
    share = bill(ledger, None, Transcripts(), listed(tmp_path)).shares[0]
    assert (share.training.seconds, share.calls.usd) == (Sum(0.0, False), Sum(0.0, False))
    assert bill(ledger, None, Transcripts(), tariff(None)).all.calls.responses == 1  # its time is none


def test_a_line_that_is_no_round_is_named(tmp_path: Path) -> None:
    ledger = sealed(tmp_path / "ledger.jsonl", [("10:00:00", "round", {"number": "one"})])
    with pytest.raises(StudyError, match=r"line 1 is no round: restore the file from git"):
        bill(ledger, None, Transcripts(), FREE)


# ---------------------------------------------------------------- gains


def test_only_a_significant_gain_has_an_efficiency(tmp_path: Path) -> None:
    cases = {
        2: (verdict("better", -0.04, -0.05, -0.02), True),
        3: (verdict("better", 0.04, 0.02, 0.05, "higher"), True),
        4: (verdict("equivalent", -0.005, -0.009, 0.001), False),
        5: (verdict("undecided", -0.04, -0.09, 0.01), False),
        6: (verdict("worse", 0.04, 0.02, 0.05), False),
        7: (verdict("better", -0.04, -0.05, -0.005), False),  # its interval reaches into the margin
    }
    runs = [("10:00:00", "round", ran(n, {"model-1": model(f"m{n}")}, verdict=v)) for n, (v, _) in cases.items()]
    found = bill(sealed(tmp_path / "ledger.jsonl", runs), None, Transcripts(), FREE)
    assert {share.number: share.significant for share in found.shares} == {n: s for n, (_, s) in cases.items()}
    gain = found.shares[0].gain
    assert gain is not None
    assert (gain.value, gain.low, gain.high) == (0.04, 0.02, 0.05)
    unknown = {"model-1": model("x"), "model-2": model("y", None)}
    part = sealed(tmp_path / "part.jsonl", [("10:00:00", "round", ran(2, unknown, verdict=cases[2][0]))])
    assert table(bill(part, None, Transcripts(), FREE))[1][0][4].startswith("≥ "), "a part is unknown"
    # a minute of training bought 0.04 [0.02, 0.05]: 25 [20, 50] minutes a bit
    assert efficiency(1.0, gain) == pytest.approx((25.0, 20.0, 50.0))
    partly = ran(2, {"model-1": model("a"), "model-2": model("b", None)}, verdict=cases[2][0])
    found = bill(sealed(tmp_path / "partly.jsonl", [("10:00:00", "round", partly)]), None, Transcripts(), FREE)
    assert table(found)[1][0][4].startswith("≥ 25")


def test_the_chart_moves_its_best_only_at_a_significant_gain(tmp_path: Path) -> None:
    import altair

    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(1, 9):
        r = made(number, random.Random(number))
        parts = {"model-1": Artifact(kind="model", fingerprint=f"f{number}", facts={"seconds": 60.0})}
        changes: dict[str, Any] = {"artifacts": parts}
        if number in (4, 6):  # both are better, and round 6 by less than what is there
            gain = 1.0 if number == 4 else 0.5
            score, judged = r.scores["dial.slope"], r.verdict
            assert judged is not None
            values = tuple(tuple(v + gain for v in row_) for row_ in score.values)
            won = Interval(value=gain, low=gain - 0.1, high=gain + 0.1, level=0.95, method="crossed")
            changes["scores"] = {**r.scores, "dial.slope": score.model_copy(update={"values": values})}
            changes["verdict"] = judged.model_copy(update={"outcome": "better", "difference": won})
        ledger.append("round", r.model_copy(update=changes).data())
    found, standings = bill(ledger, None, Transcripts(), FREE), Standings(ledger, tmp_path / "store").every
    drawn = returns(found, standings)
    assert drawn is not None
    assert [p.spent for p in drawn.points] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {p.number for p in drawn.points if p.kept} == {4, 6}
    assert [spent for spent, _ in drawn.best] == [1, 4, 8]
    assert drawn.best[1][1] == drawn.points[3].value == drawn.best[2][1]
    assert returns(found, standings, "usd") is None  # no money was spent
    for palette in charts.THEMES.values():
        spec = charts.whole(chart(drawn, palette), palette)
        assert isinstance(altair.Chart.from_dict(spec), altair.LayerChart)
        assert spec["layer"][0]["encoding"]["x"]["axis"]["format"] == ",~f", "0.4 minutes are not 400m"
    headers, rows = table(found)
    assert all(len(cells) == len(headers) for cells in rows)
    assert {cells[4].startswith("–") for cells in rows if cells[0].split()[0] not in "46"} == {True}


# ---------------------------------------------------------------- prices


def listed(tmp_path: Path, text: str = PRICES) -> Tariff:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    return tariff(path)


def test_prices_of_a_file(tmp_path: Path) -> None:
    price = listed(tmp_path).price
    # 1000 · 3 + 200 · 3.75 + 10 000 · 0.3 + 400 · 15 = 12 750 USD a million
    response = Response(MODEL, Tokens(1000, 200, 10_000, 400), None)
    assert price(response).value == pytest.approx(0.012750)
    # 50 of the 200 are kept for an hour: 50 · (6 - 3.75) more; two searches
    assert price(response._replace(hour=50, searches=2)).value == pytest.approx(0.012750 + 112.5e-6 + 0.02)
    assert price(Response("small-x", Tokens(1, 0, 0, 1), None)).value == pytest.approx(3e-6)
    part = price(Response("small-x", Tokens(1, 0, 5, 1), None))
    assert part.value is None
    assert part.known == pytest.approx(3e-6)
    assert price(Response("other", Tokens(1, 0, 0, 1), None)) == Sum(0.0, False)
    assert price(response._replace(terms="batch")) == Sum(0.0, False)
    assert listed(tmp_path).name == "prices.toml of 2026-11-01"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["m"]\ninput = 1', "say of which day these prices are"),
        ('date = "soon"', "say of which day these prices are"),
        ('date = "2026-11-01"\nm = 3', "m is no model with prices"),
        ('date = "2026-11-01"\n[m]\nimput = 3', "unknown key 'imput'; did you mean 'input'"),
        ('date = "2026-11-01"\n[m-3.5]\ninput = 3', "write a name with dots in quotes"),
        ('date = "2026-11-01"\n[m]\ninput = -1', "write USD, 0 or more"),
        ('date = "2026-11-01"\n[m]\ninput = nan', "write USD, 0 or more"),
        ('date = "2026-11-01"\n[m]\ninput = "3"', "write USD, 0 or more"),
        (f'date = "2026-11-01"\n[m]\ninput = 1{"0" * 400}', "write USD, 0 or more"),
        (f'date = "2026-11-01"\n[m]\ninput = 1{"0" * 5000}', "too many digits"),
        ("date = ", "not valid TOML"),
    ],
)
def test_a_file_that_is_no_list_of_prices(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=words):
        listed(tmp_path, text)


def test_a_file_of_prices_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        tariff(tmp_path / "none.toml")


def test_the_package_s_prices_are_what_it_would_say_itself() -> None:
    genai_prices = pytest.importorskip("genai_prices")
    from datetime import UTC, datetime

    price, rng = tariff(None).price, random.Random(2)
    for name in ("claude-sonnet-4-5-20250929", "claude-opus-4-5", "gpt-5", "gemini-2.5-pro", "deepseek-chat"):
        for _ in range(12):
            tokens = Tokens(*(rng.choice([0, rng.randint(1, 300_000)]) for _ in range(4)))
            hour, when = rng.randint(0, tokens.cache_write), float(rng.randint(1_740_000_000, 1_795_000_000))
            counts = {"input_tokens": sum(tokens[:3]), "output_tokens": tokens.output,
                      "cache_read_tokens": tokens.cache_read, "cache_write_tokens": tokens.cache_write,
                      "cache_write_5m_tokens": tokens.cache_write - hour, "cache_write_1h_tokens": hour}  # fmt: skip
            wanted = genai_prices.calc_price(
                genai_prices.Usage(**counts), name, genai_request_timestamp=datetime.fromtimestamp(when, UTC)
            )
            got = price(Response(name, tokens, when, hour=hour))
            assert got.value == pytest.approx(float(wanted.total_price), rel=1e-9), (name, tokens)
    unknown = Response("a-model-nobody-knows", Tokens(1, 1, 1, 1), None)
    assert price(unknown) == Sum(0.0, False)
    assert price(unknown._replace(model="")) == Sum(0.0, False)
    assert price(unknown._replace(model="claude-sonnet-4-5", terms="priority")) == Sum(0.0, False)
    assert price(unknown._replace(model="anthropic/claude-sonnet-4-5")).whole


def test_terms_that_the_package_did_not_price_on_that_day_are_unknown() -> None:
    pytest.importorskip("genai_prices")
    from datetime import UTC, datetime

    price = tariff(None).price
    plain = Response("claude-opus-4-5", Tokens(1_000_000, 0, 0, 0), moment("2026-11-20T00:00:00Z"))
    batch = plain._replace(terms="batch")
    assert (price(plain), price(batch)) == (Sum(5.0), Sum(2.5))
    # the list has a price of batches from a day on; before it, it would say the price of a plain call
    assert price(batch._replace(when=datetime(2026, 1, 1, tzinfo=UTC).timestamp())) == Sum(0.0, False)
    assert price(batch._replace(terms="batch us")) == Sum(0.0, False)


# ---------------------------------------------------------------- all together


def test_a_study_with_everything(tmp_path: Path) -> None:
    """Split rows, a stream, a sub-agent, a fork, a resumed history, a missing id, an unknown model; literal sums."""
    main = [
        row("m1", "2026-11-20T09:10:00Z", used(1000, 2000, 0, 1)),
        row("m1", "2026-11-20T09:10:05Z", used(1000, 2000, 0, 100)),
        row("m2", "2026-11-20T10:10:00Z", used(10, 0, 3000, 50)),
        row("m2", "2026-11-20T10:10:01Z", used(10, 0, 3000, 50)),
        row(None, "2026-11-20T10:20:00Z", used(5, 0, 0, 5), uuid="u1"),
        row("m9", "2026-11-20T10:25:00Z", used(7, 0, 0, 7), model="mystery"),
    ]
    agent = [row("h1", "2026-11-20T10:15:00Z", used(400, 0, 0, 40), isSidechain=True)]
    write(tmp_path / "t", "main.jsonl", main)
    write(tmp_path / "t", "agent-1.jsonl", agent)
    write(tmp_path / "t", "fork.jsonl", [{**one, "sessionId": "f"} for one in main[:4]])
    resumed = [*main, row("m3", "2026-11-20T12:00:00Z", used(1, 0, 0, 1))]
    write(tmp_path / "t", "resumed.jsonl", [{**one, "sessionId": "g"} for one in resumed])
    ledger = sealed(
        tmp_path / "ledger.jsonl",
        [("10:00:00", "round", ran(1, {"model-1": model("a"), "corpus": corpus("c", olmo=asked(0.5))})),
         ("11:00:00", "round", ran(2, {"model-1": model("b"), "corpus": corpus("c", olmo=asked(0.5))}))],
    )  # fmt: skip
    found = bill(ledger, None, read([tmp_path / "t"]), listed(tmp_path))
    one, two, after = found.shares
    assert one.agents.tokens == (1000, 2000, 0, 100)
    assert two.agents.tokens == (10 + 5 + 7 + 400, 0, 3000, 50 + 5 + 7 + 40)
    assert after.agents.tokens == (1, 0, 0, 1)
    assert found.all.agents.responses == 6
    # 1000 · 3 + 2000 · 3.75 + 100 · 15; 415 · 3 + 3000 · 0.3 + 95 · 15, and mystery's; 3 + 15
    assert one.usd.value == pytest.approx(0.5 + 0.012000)
    assert two.usd.value is None
    assert two.usd.known == pytest.approx(0.003570)
    assert after.usd.value == pytest.approx(18e-6)
    assert found.all.usd.known == pytest.approx(0.5 + 0.012 + 0.00357 + 18e-6)
    assert list(found.models) == [MODEL, "mystery"]
    adds_up(found)


# ---------------------------------------------------------------- the cache


def test_the_cache_says_the_same_and_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    monkeypatch.setattr(expenses, "KEPT_FROM", 3)
    rng, store = random.Random(1), tmp_path / "store"
    for number in range(1, 6):
        ledger.append("round", made(number, rng).data())
    plain = expenses.read(ledger).runs
    cache = store / "costs.cache"
    assert expenses.read(ledger, store).runs == plain
    kept = cache.read_bytes()
    assert kept.count(b"\n") == 6
    monkeypatch.setattr(expenses, "_run", lambda body: pytest.fail("it is in the cache"))
    assert expenses.read(ledger, store).runs == plain
    monkeypatch.undo()
    monkeypatch.setattr(expenses, "KEPT_FROM", 3)
    for damaged in (kept[:-40], kept.replace(b'"try-3"', b'"try-x"'), b"costs 0 old\n", b"", b"\xff" * 99):
        cache.write_bytes(damaged)
        assert expenses.read(ledger, store).runs == plain
    assert expenses.read(ledger, store).runs == plain
    ledger.append("round", made(6, rng).data())
    assert len(expenses.read(ledger, store).runs) == 6
    assert json.loads(cache.read_bytes().splitlines()[-1][74:])[0] == 6


def test_a_study_of_few_rounds_has_no_cache(tmp_path: Path) -> None:
    ledger = sealed(tmp_path / "ledger.jsonl", [("10:00:00", "round", ran(1))])
    expenses.read(ledger, tmp_path / "store")
    assert not (tmp_path / "store").exists()
