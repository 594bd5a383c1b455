"""The leaderboard: who leads, at which cost, whether that is luck; predictions; its cache and its speed."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ledger import ledger_of, made
from report_pages import green_page
from report_rounds import green_rounds, text_rounds

import greenlight as gl
from greenlight import rates, stats
from greenlight.cli.main import guarded
from greenlight.ledger import Ledger
from greenlight.nouns import Guard, Interval, Round, Score
from greenlight.report.board import board, calibration
from greenlight.report.marks import bracket_lines, marks
from greenlight.report.publish import gather, table_texts
from greenlight.report.standing import Plan, Standing, Standings, light, standing
from greenlight.report.tables import leaderboard_md, leaderboard_text, models_md, results_tsv
from greenlight.study import Study


def ranked(rounds: list[Round]) -> list[Standing]:
    return [standing(r, seq) for seq, r in enumerate(rounds, 1)]


def plain(number: int, value: float, sd: float = 0.05, **changes: Any) -> Round:
    """A finished round with one score of about this value, and its own models."""
    rng = random.Random(number)
    first = made(1, rng)
    base = first.scores["dial.slope"]
    rows = [[value + shift * sd for _ in base.blocks] for shift in (-1.0, 0.0, 1.0)]
    score = base.model_copy(update={"values": tuple(map(tuple, rows)), "weights": (1.0,) * len(base.blocks)})
    update = {
        "number": number,
        "slug": f"r{number}",
        "scores": {"dial.slope": score},
        "against": 1 if number > 1 else None,
    }
    return first.model_copy(update=update | changes)


def folder_with(tmp_path: Path, rounds: list[Round], title: str = "A study") -> Path:
    (tmp_path / "study.toml").write_text(f'title = "{title}"\n')
    for r in rounds:
        Ledger(tmp_path / "ledger.jsonl").append("round", r.data())
    return tmp_path


# ---------------------------------------------------------------- who leads


def test_crashes_and_invalid_scores_never_lead() -> None:
    best = plain(2, 9.0, status="crash", reason="broke")
    invalid = plain(3, 8.0)
    score = invalid.scores["dial.slope"]
    invalid = invalid.model_copy(update={"scores": {"dial.slope": score.model_copy(update={"invalid": "truncated"})}})
    other = plain(4, 7.0)
    score = other.scores["dial.slope"].model_copy(update={"settings": {"temperature": 0.0}})
    other = other.model_copy(update={"scores": {"dial.slope": score}})
    found = board(ranked([plain(1, 1.0), best, invalid, other, plain(5, 1.2), plain(6, 1.1)]))
    assert found.champion is not None
    assert [row.number for row in found.ranked] == [5, 6, 1]
    assert {row.number: why for row, why in found.rest} == {
        2: "crashed",
        3: "invalid score",
        4: "measured otherwise",
    }
    assert found.gain == pytest.approx(0.2)
    assert any(
        "round 2 crashed; round 3 with an invalid score" in text for text in marks(found, calibration([], [])).lines
    )
    none = board(ranked([best]))
    assert (none.champion, none.luck, none.noise) == (None, None, None)


def test_a_round_that_broke_a_guard_does_not_lead() -> None:
    one, two, three, _ = green_rounds()
    assert two.verdict is not None
    worse = Interval(value=-0.4, low=-0.6, high=-0.2, level=0.95, method="t")
    broken = Guard(
        metric="sense.loops", unit="share", better="higher", state="broken", difference=worse, margin=0.0, named=False
    )
    two = two.model_copy(update={"verdict": two.verdict.model_copy(update={"guards": (broken,)})})
    found = board(ranked([one, two, three]), "dial.slope")
    assert found.ranked[0].number == 2
    assert found.champion is not None
    assert found.champion.number == 3
    assert "round 2 whose verdict broke a guard" in " ".join(marks(found, calibration([], [])).lines)


def test_a_metric_that_should_fall_is_ranked_from_below() -> None:
    rounds = text_rounds()
    found = board(ranked(rounds))
    assert found.metric == "bpc"
    assert found.lower
    order = sorted(rounds[:3], key=lambda r: r.scores["bpc"].value)
    assert [row.number for row in found.ranked] == [r.number for r in order]
    assert order[-1].number == 1
    assert found.baseline is not None
    assert found.baseline.number == 1
    assert found.gain == pytest.approx(found.ranked[2].values["bpc"].mean - found.ranked[0].values["bpc"].mean)


def test_the_noise_floor_is_the_pooled_spread_of_seeds() -> None:
    rounds = text_rounds()
    found = board(ranked(rounds))
    want = stats.noise_floor([r.scores["bpc"].per_seed for r in rounds if r.scores])
    assert found.noise is not None
    assert want is not None
    assert (found.noise.df, found.noise.rounds) == (want.df, want.rounds) == (6, 3)
    assert found.noise.sd == pytest.approx(want.sd)


def test_the_luck_line_comes_from_the_verdicts_errors() -> None:
    rounds = green_rounds()
    found = board(ranked(rounds), "dial.slope")
    assert found.noise is not None
    variance, beyond = found.noise.sd**2, []
    for r in rounds[1:]:
        control = rounds[0].scores["dial.slope"]
        square = stats.crossed(control.values, r.scores["dial.slope"].values).se ** 2
        beyond.append(square - variance * (1 / 3 + 1 / 3))
    blocks = max(0.0, statistics.mean(beyond) / 2)
    assert blocks > 0
    se = (variance / 3 + blocks) ** 0.5
    want = stats.luck([se] * 3, se, found.noise.df)
    assert found.luck is not None
    assert found.luck.line == pytest.approx(want.line, rel=1e-6)
    assert found.luck.typical == pytest.approx(want.typical, rel=1e-6)
    assert not found.within_luck
    text = " ".join(marks(found, calibration([], [])).lines)
    assert "the best of 3 rounds that differ in nothing" in text
    assert "beyond luck" in text
    assert "names no cause. The champion's verdict is on a package of 2." in text


def test_the_best_of_many_null_rounds_is_within_luck_about_19_times_in_20() -> None:
    rng, rows, unit = random.Random(11), [standing(plain(number, 1.0), number) for number in range(1, 13)], {}

    def luck(ses: Sequence[float], root: float, df: float) -> stats.Luck:
        assert set(ses) == {root}
        n = len(ses)
        if (n, df) not in unit:
            unit[n, df] = stats.luck([1.0] * n, 1.0, df)
        return stats.Luck(root * unit[n, df].typical, root * unit[n, df].line, n)

    beyond, studies = 0, 1000
    for _ in range(studies):
        null = []
        for row in rows:
            seeds = [rng.gauss(1.0, 0.05) for _ in range(3)]
            mean = statistics.mean(seeds)
            squares = sum((x - mean) ** 2 for x in seeds)
            value = row.values["dial.slope"]._replace(mean=mean, squares=squares)
            null.append(row._replace(values={"dial.slope": value}))
        found = board(null, luck=luck)
        beyond += found.gain is not None and not found.within_luck
    assert list(unit) == [(11, 24)]
    assert 0.03 <= beyond / studies <= 0.07  # 1 in 20, within three standard errors


@pytest.mark.parametrize("seeds", [[3, *[2] * 10, *[6] * 10], [3, *[1] * 5, *[12] * 15]])
def test_rounds_of_unequal_seeds_keep_the_lines_size(seeds: list[int]) -> None:
    """Nothing differs, and the champion is beyond luck in about 1 of 20 studies, however the seeds are spread."""
    rng = np.random.default_rng(len(seeds))
    bare = [standing(plain(number, 1.0), number) for number in range(1, len(seeds) + 1)]
    rows = [row._replace(models=f"{row.number:016x}", verdict=None) for row in bare]
    unit: dict[tuple[float, ...], stats.Luck] = {}

    def luck(ses: Sequence[float], root: float, df: float) -> stats.Luck:
        key = (*(round(se / root, 6) for se in ses), df)
        if key not in unit:
            unit[key] = stats.luck(key[:-1], 1.0, df)
        return stats.Luck(root * unit[key].typical, root * unit[key].line, unit[key].n)

    beyond, studies = 0, 1000
    for _ in range(studies):
        null = []
        for row, k in zip(rows, seeds, strict=True):
            drawn = rng.normal(1.0, 0.05, k)
            squares = float(((drawn - drawn.mean()) ** 2).sum())
            value = row.values["dial.slope"]._replace(mean=float(drawn.mean()), squares=squares, df=k - 1)
            null.append(row._replace(values={"dial.slope": value}, seeds=k))
        found = board(null, luck=luck)
        beyond += found.gain is not None and not found.within_luck
    assert len(unit) == 1
    assert 0.03 <= beyond / studies <= 0.07  # 1 in 20, within three standard errors


def test_the_baseline_is_not_the_users_choice() -> None:
    """The champion was judged against the worst round; its gain is over the first all the same."""
    worst, best = plain(2, 0.4), plain(3, 1.1, against=2)
    found = board(ranked([plain(1, 1.0), worst, best, plain(4, 0.9)]))
    assert found.champion is not None
    assert found.baseline is not None
    assert (found.champion.number, found.baseline.number) == (3, 1)
    assert found.gain == pytest.approx(0.1)
    first = board(ranked([plain(1, 2.0), worst, best]))
    assert (first.champion, first.gain, first.luck) == (first.baseline, None, None)
    assert "it is the first round, and no later one leads" in marks(first, calibration([], [])).lines[0]


def test_the_same_models_under_another_number_are_one_try() -> None:
    rows = ranked([plain(n, 1.0 + n) for n in range(1, 5)])
    found = board([*rows, rows[1]._replace(seq=5, number=5), rows[0]._replace(seq=6, number=6)])
    assert found.luck is not None
    assert found.luck.n == 3


def test_reruns_count_as_tries_and_looks() -> None:
    one, two, three, four = ranked(green_rounds())
    again = four._replace(seq=5, models="f" * 32)
    found = board([one, two, three, four, again], "dial.slope")
    assert found.luck is not None
    assert found.luck.n == 4
    assert (found.looks, found.judged) == (4, 3)
    same = board([one, two, three, four, four._replace(seq=5)], "dial.slope")
    assert (same.looks, same.judged) == (3, 3)


# ---------------------------------------------------------------- equal budgets


def cost(r: Round, steps: float) -> Round:
    return r.model_copy(
        update={"facts": {**r.facts, "steps": steps, "characters_seen": 100 * steps, "train_seconds": 3 * steps}}
    )


def test_a_dear_round_does_not_lead_the_cheap_ones() -> None:
    rounds = [cost(plain(1, 1.0), 100), cost(plain(2, 1.3), 109), cost(plain(3, 1.2), 110), cost(plain(4, 2.0), 400)]
    rounds += [cost(plain(5, 1.25), 1600), plain(6, 1.1, facts={})]
    found = board(ranked(rounds), equal="steps")
    assert [[row.number for row in b.rounds] for b in found.brackets] == [[2, 3, 1], [4], [5], [6]]
    assert [b.champion and b.champion.number for b in found.brackets] == [2, 4, 5, None]
    assert [b.so_far and b.so_far.number for b in found.brackets] == [2, 4, 4, None]
    assert found.brackets[0].cost == (100.0, 110.0)
    lines = bracket_lines(found)
    assert "round 4 (r4) is better and costs less" in lines[3]
    assert lines[4] == "unknown steps: 1 round, not compared"
    text = " ".join(marks(board(ranked(rounds)), calibration([], [])).lines)
    assert "the champion saw 4 times the characters that round 1 saw" in text
    assert "of those that saw no more than round 1, round 2 (r2) leads" in text
    seconds = board(ranked(rounds), equal="seconds")
    assert seconds.brackets[0].cost == (100.0, 110.0)  # of one seed


# ---------------------------------------------------------------- predictions


def predicted(r: Round, low: float, high: float, metric: str = "dial.slope") -> Round:
    predict = {metric: {"effect": (low + high) / 2, "low": low, "high": high}}
    return r.model_copy(update={"recipe": {**r.recipe, "predict": predict}})


def test_predictions_are_scored_against_what_was_measured() -> None:
    one, two, three, four = green_rounds()
    rounds = [one, predicted(two, 0.0, 2.0), predicted(three, 5.0, 6.0), predicted(four, -9.0, 9.0, "bpc")]
    rows = [standing(r, 10 * r.number) for r in rounds]
    plans = [Plan(row.seq - 1, row.number, row.recipe) for row in rows]
    told = calibration(rows, plans)
    assert [(p.number, p.held) for p in told.predictions] == [(2, True), (3, False), (4, True)]
    assert (told.held, told.counted) == (2, 3)
    assert told.rate == rates.rate(2, 3)
    assert three.verdict is not None
    assert three.verdict.difference is not None
    assert told.predictions[1].measured == three.verdict.difference.value
    assert told.predictions[2].measured == pytest.approx(four.scores["bpc"].value - one.scores["bpc"].value)
    said = marks(board(rows), told).lines[-1]
    assert "Predictions: 2 of 3 intervals held the difference that was measured" in said
    assert "round 3, Dial slope +5.0 to +6.0, missed with" in said


def test_a_prediction_made_after_the_fact_does_not_count() -> None:
    one, two, *_ = green_rounds()
    rows = [standing(one, 1), standing(predicted(two, 0.0, 2.0), 3)]
    right = rows[1].recipe
    assert calibration(rows, [Plan(2, 2, right)]).counted == 1
    for plans in ([], [Plan(4, 2, right)], [Plan(2, 2, "another recipe")], [Plan(2, 3, right)]):
        told = calibration(rows, plans)
        assert (told.counted, told.rate) == (0, None)
        assert told.predictions[0].why == "it was stated after the round"
    # the same models were seen, then the prediction was stated, then the round was run again
    seen = [
        row._replace(models="m" * 32) for row in (rows[1]._replace(recipe="0" * 64, seq=2), rows[1]._replace(seq=5))
    ]
    seen.insert(0, rows[0])
    assert calibration(seen, [Plan(4, 2, right)]).counted == 0
    crash = standing(predicted(two, 0.0, 2.0).model_copy(update={"status": "crash", "verdict": None}), 3)
    assert calibration([rows[0], crash], [Plan(2, 2, right)]).predictions[0].why == "nothing was measured"


def honest_miss() -> tuple[list[Standing], list[Plan]]:
    """A prediction of round 2 that stood in the ledger first, and missed."""
    one, two, *_ = green_rounds()
    first, second = standing(one, 1), standing(predicted(two, 5.0, 6.0), 3)
    return [first, second._replace(models="a1 a2 a3")], [Plan(2, 2, second.recipe)]


def counts(rows: list[Standing], plans: list[Plan]) -> tuple[int, int, list[str]]:
    told = calibration(rows, plans)
    return told.held, told.counted, [p.why for p in told.predictions]


def restated(row: Standing, seq: int, **changes: Any) -> Standing:
    """The row once more, with an interval that holds what was measured, and the recipe that says so."""
    predict = {"dial.slope": (1.0, -9.0, 9.0)}
    return row._replace(**{"seq": seq, "recipe": f"{seq:064x}", "predict": predict, **changes})


def test_an_honest_miss_stays_a_miss() -> None:
    rows, plans = honest_miss()
    assert counts(rows, plans) == (0, 1, [""])
    again = rows[1]._replace(seq=5, models="a1 a2 a3 a4", recipe="5" * 64)  # one more seed, the same prediction
    assert counts([*rows, again], [*plans, Plan(4, 2, "5" * 64)]) == (0, 1, [""])


def test_a_prediction_that_is_edited_and_run_again_is_restated() -> None:
    rows, plans = honest_miss()
    edited = restated(rows[1], 5)
    found = counts([*rows, edited], [*plans, Plan(4, 2, edited.recipe)])
    assert found == (0, 1, ["", "it was restated after the round"])
    gone = rows[1]._replace(seq=5, predict={}, recipe="5" * 64)
    assert counts([*rows, gone], plans) == (0, 1, [""])
    said = marks(board(rows), calibration([*rows, edited], [*plans, Plan(4, 2, edited.recipe)])).lines[-1]
    assert "Predictions: 0 of 1 intervals held" in said
    assert "Dial slope -9 to +9, not counted since it was restated after the round" in said.replace("−", "-")


def test_one_more_seed_does_not_replace_a_prediction() -> None:
    rows, plans = honest_miss()
    more = restated(rows[1], 5, models="a1 a2 a3 a4")
    plans.append(Plan(4, 2, more.recipe))
    assert counts([*rows, more], plans) == (0, 1, ["", "it was restated after the round"])
    silent = rows[1]._replace(predict={})  # nothing was predicted before three of the four models were seen
    assert counts([rows[0], silent, more], plans) == (0, 0, ["it was stated after the round"])


def test_a_copy_under_another_number_is_no_new_prediction() -> None:
    rows, plans = honest_miss()
    for models in ("a1 a2 a3", "a1 a2 a3 a4"):
        copied = restated(rows[1], 5, number=3, models=models)
        found = counts([*rows, copied], [*plans, Plan(4, 3, copied.recipe)])
        assert found == (0, 1, ["", "round 2 had shown its models before it was stated"])
    other = restated(rows[1], 5, number=3, models="b1 b2 b3")
    assert counts([*rows, other], [*plans, Plan(4, 3, other.recipe)]) == (1, 2, ["", ""])


# ---------------------------------------------------------------- light rows and their cache


def test_light_rows_make_the_same_tables() -> None:
    for rounds in (green_rounds(), text_rounds()):
        page = replace(green_page(), rounds=rounds)
        thin = [Round.model_validate_json(json.dumps(light(r).data())) for r in rounds]
        assert sum(len(json.dumps(r.data())) for r in thin) < 0.5 * sum(len(json.dumps(r.data())) for r in rounds)
        for table in (leaderboard_md, results_tsv, models_md):
            assert table(replace(page, rounds=thin)) == table(page)


def test_an_invalid_score_stays_invalid_in_a_light_row() -> None:
    r = plain(1, 1.0)
    empty = Score(
        **{**r.scores["dial.slope"].data(), "values": ((), (), ()), "blocks": (), "weights": (), "invalid": "no text"}
    )
    thin = light(r.model_copy(update={"scores": {"dial.slope": empty}}))
    assert thin.scores["dial.slope"].invalid == "no text"
    assert not standing(thin, 1).values["dial.slope"].usable


def test_the_cache_is_believed_only_where_the_ledger_agrees(tmp_path: Path) -> None:
    path, store = tmp_path / "ledger.jsonl", tmp_path / "store"
    ledger_of(path, 60)
    fresh = Standings(Ledger(path), store)
    cache = store / "leaderboard.cache"
    whole = cache.read_bytes()
    assert len(whole.splitlines()) == 61

    def same() -> bool:
        now = Standings(Ledger(path), store)
        return now.every == fresh.every and all(now.round(r) == fresh.round(r) for r in fresh.every)

    lines = whole.splitlines(keepends=True)
    value = repr(fresh.every[20].values["bpc"].mean).encode()
    assert lines[21].count(value) >= 1
    for damaged in (
        b"",
        b"\x00" * 100,
        whole[:-40],
        whole.replace(value, b"9.9"),
        b"".join([lines[0], *lines[2:]]),
        b"".join([*lines[:30], lines[31], lines[30], *lines[32:]]),
        b"made by other code\n" + b"".join(lines[1:]),
        whole + b"more",
        whole + lines[-1],
    ):
        cache.write_bytes(damaged)
        assert same()
    cache.write_bytes(whole)
    ledger_of(path, 60, seed=2)  # another ledger under the same cache
    assert Standings(Ledger(path), store).every != fresh.every
    assert cache.read_bytes() != whole


def test_the_cache_grows_with_the_ledger_and_is_not_made_for_a_small_one(tmp_path: Path) -> None:
    path, store = tmp_path / "ledger.jsonl", tmp_path / "store"
    ledger_of(path, 49)
    Standings(Ledger(path), store)
    assert not store.exists()
    rng = random.Random(1)
    Ledger(path).append("round", made(50, rng).data())
    Standings(Ledger(path), store)
    before = (store / "leaderboard.cache").read_bytes()
    Ledger(path).append("note", {"round": 1, "text": "x"})
    Ledger(path).append("round", made(51, rng).data())
    grown = Standings(Ledger(path), store)
    after = (store / "leaderboard.cache").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == before.count(b"\n") + 1
    assert [row.seq for row in grown.every[-2:]] == [50, 52]
    ses = [0.5] * 5 + [0.25] * 2
    first, want = grown.luck(ses, 0.5, 12), stats.luck([1.0] * 5 + [0.5] * 2, 1.0, 12)
    assert first == stats.Luck(0.5 * want.typical, 0.5 * want.line, 7)
    kept = (store / "leaderboard.luck").read_bytes()
    again = Standings(Ledger(path), store).luck([*reversed(ses)], 0.5 * (1 + 1e-15), 12)
    assert again.line == pytest.approx(first.line)
    assert (store / "leaderboard.luck").read_bytes() == kept
    assert grown.luck([0.5] * 7, 0.5, 12).line > first.line, "an answer is kept for these errors alone"
    for damaged in (b"[]", b"{", kept.replace(b"typical", b"usual")):
        (store / "leaderboard.luck").write_bytes(damaged)
        assert grown.luck(ses, 0.5, 12) == first
    assert grown.luck([0.0, 0.0], 0.0, 12) == stats.Luck(0.0, 0.0, 2)


# ---------------------------------------------------------------- the command


def test_the_command_ranks_and_sorts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = [cost(plain(n, 1.0 + 0.1 * n), 100 * n) for n in range(1, 5)]
    folder = folder_with(tmp_path, [*rounds, plain(5, 9.0, status="crash", reason="broke", scores={})])
    assert guarded(["leaderboard", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["rank"], row["round"]) for row in found["rounds"]] == [(1, 4), (2, 3), (3, 2), (4, 1), (None, 5)]
    assert found["champion"] == 4
    assert found["baseline"] == 1
    assert found["gain"] == pytest.approx(0.3)
    assert found["luck"]["n"] == 3
    assert found["noise"] == {"sd": pytest.approx(0.05), "df": 8, "rounds": 4}
    assert found["rounds"][4]["why_unranked"] == "crashed"
    for column, order in (("round", [1, 2, 3, 4, 5]), ("steps", [1, 2, 3, 4, 5]), ("dial.slope", [4, 3, 2, 1, 5])):
        assert guarded(["leaderboard", str(folder), "--sort", column, "--json"]) == 0
        assert [row["round"] for row in json.loads(capsys.readouterr().out)["rounds"]] == order
    assert guarded(["leaderboard", str(folder), "--equal", "steps"]) == 0
    said = capsys.readouterr().out
    assert "At equal steps (a bracket takes in what costs up to 10 % more than its cheapest" in said
    assert "400 steps: 1 round, best round 4" in said
    for wrong, text in (
        (["--metric", "dial.slop"], "did you mean 'dial.slope'?"),
        (["--equal", "step"], "did you mean 'steps'?"),
        (["--sort", "rond"], "did you mean 'round'?"),
    ):
        assert guarded(["leaderboard", str(folder), *wrong]) == 2
        assert text in capsys.readouterr().err


def test_many_rounds_show_the_best_thirty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger_of(tmp_path / "ledger.jsonl", 70)
    (tmp_path / "study.toml").write_text('title = "Many"\n')
    for command in ("leaderboard", "ledger"):
        assert guarded([command, str(tmp_path)]) == 0
        said = capsys.readouterr().out
        assert "and 40 more rounds: greenlight leaderboard --all shows them" in said
        table = said.partition("more rounds")[0]
        assert sum(" ± " in line and "try-" in line for line in table.splitlines()) == 30
        assert "★" in said
        assert "Luck: the best of 62 rounds" in said
        assert max(map(len, said.splitlines())) <= 80
    assert guarded(["leaderboard", str(tmp_path), "--all"]) == 0
    said = capsys.readouterr().out
    assert "more rounds" not in said
    table = said.partition("Champion by")[0]
    assert sum("try-" in line for line in table.splitlines() if "±" in line or "crashed" in line) == 70


def test_an_empty_study_has_an_empty_board(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_with(tmp_path, [])
    for command in ("leaderboard", "ledger"):
        assert guarded([command, str(folder)]) == 0
        assert "no round has been run yet" in capsys.readouterr().out
    assert guarded(["leaderboard", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["champion"] is None


def test_the_same_lines_stand_in_every_table(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    page = gather(tiny, whole=False)
    assert table_texts(page) == table_texts(gather(tiny))
    assert page.marks
    board_md = (tiny.folder / "leaderboard.md").read_text()
    assert f"| ★ {page.champion} " in board_md
    assert "- Champion by Dial slope: round " in board_md
    for command in ("leaderboard", "ledger"):
        assert guarded([command, str(tiny.folder)]) == 0
        said = " ".join(capsys.readouterr().out.split())
        for text in page.marks:
            assert " ".join(text.split()) in said
    rows = gl.leaderboard(gl.open(tiny.folder))
    assert rows == gl.open(tiny.folder).leaderboard()
    assert [row["round"] for row in rows] == [1, 2, 3, 4]
    assert all("bpc" in row for row in rows)


def test_a_leaderboard_loads_no_numbers_it_does_not_need(tmp_path: Path) -> None:
    ledger_of(tmp_path / "ledger.jsonl", 60)
    (tmp_path / "study.toml").write_text('title = "Many"\n')
    code = (
        "import sys\nfrom greenlight.cli.main import guarded\n"
        "guarded(['leaderboard', sys.argv[1]])\n"
        "print([m for m in ('torch', 'scipy', 'numpy', 'pyarrow', 'altair', 'jinja2') if m in sys.modules])"
    )
    said = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
        said.append(done.stdout.splitlines()[-1])
    assert said[1] == "[]"
    assert "scipy" in said[0]


def test_cells_of_the_terminal_mark_champion_and_looks() -> None:
    one, two, *_ = green_rounds()
    assert two.verdict is not None
    two = two.model_copy(update={"verdict": two.verdict.model_copy(update={"looks": 3})})
    headers, cells = leaderboard_text([one, two], 2, "bpc")
    assert headers[3:5] == ["BPC", "Dial slope"]
    assert [row[0] for row in cells] == ["1", "★ 2"]
    assert cells[1][2] == "package of 2"
    assert cells[1][-1].endswith(", 3 looks")
