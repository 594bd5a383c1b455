"""power, compare and explain on real rounds, as a person calls them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenlight import plan
from greenlight.cli import judged, judging, sights
from greenlight.cli.main import guarded
from greenlight.create import create
from greenlight.crew import SOLO
from greenlight.effective import worked
from greenlight.inquiry import outlook
from greenlight.inquiry.explain import explain
from greenlight.judge import evidence, looked
from greenlight.nouns import Factor, FactorTable, Guard, Interval, Score
from greenlight.recipe import KeepIf, Recipe
from greenlight.study import Study
from greenlight.verdict import decide

ONE = FactorTable(factors=(Factor(key="train.lr", before=1, after=2),))
BPC = ("keep_if.metric=bpc",)
"""The small study's models write no dial; their bits per character are as good as any."""


def ahead_of(study: Study, number: int, **asked: Any) -> outlook.Outlook:
    return plan.ahead_of(study, number, BPC, outlook.Question(**asked))


def flat(lines: list[str]) -> str:
    return " ".join("\n".join(lines).split())


# ---------------------------------------------------------------- power


def test_power_of_a_round_that_has_run(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["power", str(tiny.folder), "3", "--metric", "bpc", "--effect", "0.05", "--margin", "0.01"]
    assert guarded([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    answer = found["answer"]
    assert [row["seeds"] for row in answer["table"]] == [[k, k] for k in outlook.SEEDS]
    quiet, planned, loud = (answer[key]["smallest"] for key in ("quiet", "plan", "loud"))
    assert quiet <= 1.02 * planned <= 1.04 * loud, "here the blocks' noise rules, and a simulated quantile has its own"
    assert found["noise"]["low"] < found["noise"]["sd"] < found["noise"]["high"]
    assert answer["plan"]["minutes"] == 0.0, "its seeds have been run"
    assert answer["table"][2]["minutes"] == pytest.approx(3 * sum(found["minutes"]))
    # its verdict is invalid, and by another metric: no look at this one yet
    assert [row["alpha"] for row in answer["table"][:2]] == [0.05, 0.05]
    assert answer["needed"] is None or answer["needed"]["chance"] >= 0.8
    assert answer["draws"] == 2000


def test_what_power_says(tiny: Study) -> None:
    ahead = ahead_of(tiny, 3, margin=0.01, effect=0.05)
    found = outlook.answer(ahead, draws=200)
    lines = [*sights.head(ahead, "blend-alone"), *sights.answer(ahead, found)]
    assert max(len(line) for text in lines for line in text.splitlines()) <= 80
    text = flat(lines)
    assert "power of round 3 (blend-alone) against round 1: bpc, in bits per character" in text
    assert "margin: 0.01 (--margin)" in text
    assert f"a true change of {found.plan.smallest:.3g}" in text
    assert f"{found.quiet.smallest:.3g} or {found.loud.smallest:.3g} where the noise is as low or as high" in text
    assert f"a true change of 0.05 is called better in {100 * (found.plan.chance or 0):.0f} %" in text
    assert sights.FLAT not in text
    assert sights.FLAT in flat(sights.answer(replace(ahead, metric="dial.slope"), found))
    inside = ahead_of(tiny, 3, margin=0.1, effect=0.05)
    assert "called equivalent, for it lies inside the margin" in flat(
        sights.answer(inside, outlook.answer(inside, draws=100))
    )


def test_two_seeds_can_decide_nothing(tiny: Study) -> None:
    ahead = ahead_of(tiny, 3, seeds=2)
    assert ahead.noise is not None
    assert outlook.sees(ahead) is not None, "another round lends 4 degrees of freedom"
    alone = replace(ahead.noise, earlier=(), found=replace(ahead.noise.found, pooled_df=0))
    ahead = replace(ahead, noise=alone)
    assert outlook.sees(ahead) is None
    found = outlook.answer(ahead, draws=100)
    assert "take 3 or more" in flat(sights.answer(ahead, found))
    assert sights.data(ahead, found, [])["answer"]["plan"]["smallest"] is None


def test_what_an_effect_takes(tiny: Study) -> None:
    """The simulation agrees that the seeds are enough, and that one fewer is not; blocks the same, to a tenth."""
    ahead = ahead_of(tiny, 3, margin=0.0)
    sees = outlook.sees(ahead)
    assert sees is not None
    ahead = replace(ahead, effect=0.8 * sees)
    found = outlook.answer(ahead, draws=300)
    assert found.plan.chance is not None
    assert found.plan.chance < 0.8
    assert found.needed is None or ((found.needed.chance or 0) >= 0.8 and found.needed.seeds[0] > 3)
    assert found.needed_blocks is not None
    more = outlook.seen(outlook.anew(ahead, found.needed_blocks), (3, 3), draws=300)
    assert (more.chance or 0) >= 0.8
    assert found.blocks_minutes == pytest.approx(3 * sum(m or 0 for m in ahead.minutes))


def looked_at(tiny: Study, folder: Path) -> Study:
    """A copy whose round 3 was judged by its bits per character."""
    shutil.copytree(tiny.folder, folder / "copy")
    study = Study(folder / "copy")
    row, recipe = study.round(3), study.recipe(3, BPC)
    e = evidence(row, study.round(1), recipe, study, SOLO)
    verdict = decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)
    assert verdict.outcome != "invalid"
    study.ledger.append("round", row.model_copy(update={"verdict": verdict, "recipe": recipe.data()}).data())
    return study


def test_other_blocks_are_a_study_of_its_own(tiny: Study, tmp_path: Path) -> None:
    study = looked_at(tiny, tmp_path)
    here = ahead_of(study, 3, margin=0.01)
    there = ahead_of(study, 3, margin=0.01, blocks=400, seeds=5)
    assert (here.anew, here.seen, here.alpha(5)) == (False, (3,), pytest.approx(0.01))
    assert (there.anew, there.seen, there.alpha(5)) == (True, (), 0.05)
    assert there.noise is not None
    assert there.noise.earlier == ()
    assert here.price((3, 3)) == 0.0
    assert there.price((3, 3)) == pytest.approx(3 * sum(m or 0 for m in there.minutes))
    found = outlook.answer(there, draws=100)
    assert [row.seeds[0] for row in found.table] == [3, 4, 5, 6, 9, 12, 17]
    text = flat([*sights.head(there, "x"), *sights.answer(there, found)])
    assert "topics: 400 (the yardstick has 8)" in text
    assert "With 5 seeds in each round:" in text
    assert "As planned" not in text
    assert "looks so far" not in text
    same = ahead_of(study, 3, margin=0.01, blocks=8)
    assert not same.anew
    assert [m.minutes for m in outlook.noise_study(there)] == [m.minutes for m in outlook.noise_study(here)]


def test_a_plan_of_a_round_that_has_run_is_its_record(tiny: Study) -> None:
    row, done = tiny.round(2), plan.foresee(tiny, 2)
    assert done.done
    assert (done.steps, done.parameters) == (row.facts["steps"], row.facts["parameters"])
    assert done.minutes == pytest.approx(worked(row) / 60)
    assert "the ledger has it, with its verdict" in done.text()
    assert "with its verdict" not in plan.foresee(tiny, 1).text()
    asks = replace(done, question="Does this go on for longer than one line of a terminal can hold, " * 3)
    assert max(map(len, asks.text().split("\n\n")[0].splitlines())) <= 80


def test_a_first_round_has_the_power_of_a_later_one(tiny: Study) -> None:
    ahead = ahead_of(tiny, 1)
    assert (ahead.first_of_line, ahead.have, ahead.seen) == (True, (3, 0), ())
    assert "is compared with no round" in flat(sights.head(ahead, "flat-blend"))
    assert outlook.seen(ahead, (3, 3), draws=100).minutes == pytest.approx(3 * (ahead.minutes[1] or 0))


def test_without_noise_a_noise_study_is_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = create(tmp_path / "s", "green-light")
    here = str(study.folder)
    assert guarded(["power", here]) == 0
    text = capsys.readouterr().out
    assert "No round has shown the noise of its seeds yet" in text
    assert f"greenlight run {here} 1 --seeds 8" in " ".join(text.split())
    assert guarded(["power", here, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["number"], found["answer"], found["noise"]) == (2, None, None)
    by_seeds = {row["seeds"]: row for row in found["noise_study"]}
    assert by_seeds[3]["high"] == pytest.approx(6.28, abs=0.01)  # √(2 / χ²(0.025; 2))
    assert by_seeds[5]["high"] == pytest.approx(2.87, abs=0.01)
    assert by_seeds[8]["t"] == pytest.approx(2.262, abs=0.001)  # t(0.975; 9)
    assert by_seeds[3]["sees"] == pytest.approx(3.07, abs=0.01)
    proxy = found["proxy"]
    (study.folder / proxy["file"]).write_text(proxy["recipe"])
    recipe = study.recipe(5)
    assert recipe.train.epochs == pytest.approx(7 / 4)
    assert len(recipe.seeds) == 8
    line = plan.foresee(study, 2)
    assert line.sees is None
    assert "greenlight power 2" in line.noise


def test_plan_says_what_a_round_can_see(tiny: Study) -> None:
    seen = plan.foresee(tiny, 3, BPC)
    ahead = ahead_of(tiny, 3)
    assert seen.sees == outlook.sees(ahead)
    assert seen.sees is not None
    assert f"sees a true change of {seen.sees:.3g}" in seen.noise
    text = seen.text()
    assert "in 4 of 5 cases" in text
    # the closed form is near what simulation finds
    assert outlook.seen(ahead, (3, 3)).smallest == pytest.approx(seen.sees, rel=0.15)
    first = plan.foresee(tiny, 1, BPC)
    assert first.sees is None
    assert "compared with no round" in first.noise


def test_a_changed_recipe_counts_no_seeds_and_no_looks(tiny: Study, tmp_path: Path) -> None:
    assert ahead_of(tiny, 3).seen == (), "a verdict that is invalid, and by its dial, tested nothing here"
    tiny = looked_at(tiny, tmp_path)
    ran = ahead_of(tiny, 3)
    assert (ran.have, len(ran.seen)) == ((3, 3), 1)
    assert looked(tiny.round(3), tiny.round(1), "dial.slope", tiny.ledger.rounds())[0] == ran.planned == 3
    changed = plan.ahead_of(tiny, 3, (*BPC, "train.lr=0.02"), outlook.Question())
    assert (changed.have, changed.seen) == ((3, 0), ())
    assert changed.noise is not None
    assert 3 not in changed.noise.rounds, "what the round was before is not its noise"
    more = plan.ahead_of(tiny, 3, (*BPC, "seeds=[1,2,3,4,5]"), outlook.Question())
    assert (more.have, more.seeds) == ((3, 3), (3, 5))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["9"], 1, "there is no round 9"),
        (["1", "2"], 2, "name one"),
        (["3", "--effect", "0"], 2, "above 0"),
        (["3", "--effect", "-0.1"], 2, "above 0"),
        (["3", "--effect", "inf"], 2, "above 0"),
        (["3", "--margin", "-1"], 2, "0 or a number above it"),
        (["3", "--seeds", "1"], 2, "--seeds"),
        (["3", "--metric", "dial.slop"], 2, "did you mean 'dial.slope'?"),
    ],
)
def test_wrong_calls_of_power(
    tiny: Study, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(["power", str(tiny.folder), *arguments]) == code
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_a_study_without_rounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = create(tmp_path / "s", "green-light")
    shutil.rmtree(study.folder / "rounds")
    assert guarded(["power", str(study.folder)]) == 1
    assert "holds no recipe" in capsys.readouterr().err


# ---------------------------------------------------------------- compare


def test_compare_shows_every_block(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["compare", "1", "3", "--study", str(tiny.folder), "--metric", "bpc", "--bootstrap"]
    assert guarded([*call, "--json"]) in (0, 3)
    found = json.loads(capsys.readouterr().out)
    blocks = found["per_block"]
    assert len(blocks) == found["blocks"] == 8
    total = sum(block["weight"] for block in blocks)
    mean = sum(block["weight"] * block["difference"] for block in blocks) / total
    assert mean == pytest.approx(found["difference"]["value"])
    assert found["bootstrap"]["value"] == pytest.approx(found["difference"]["value"])
    assert found["cause"] == "One factor differs: the verdict may name it."


def test_what_compare_says(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["compare", "1", "3", "--study", str(tiny.folder), "--metric", "bpc", "--bootstrap"]) in (0, 3)
    e = evidence(tiny.round(3), tiny.round(1), tiny.recipe(3, BPC), tiny, SOLO)
    means = [[sum(column) / 3 for column in zip(*s.values, strict=True)] for s in (e.before, e.after)]
    moved = [after - before for before, after in zip(*means, strict=True)]
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    text = " ".join(text.split())
    assert f"round 3 is better in {sum(m < 0 for m in moved)} of 8 topics" in text
    assert f"gained most: {e.after.blocks[moved.index(min(moved))]}" in text
    assert "α 0.05 (a comparison that no round planned)" in text, "round 3 plans to be judged by its dial"
    assert "true difference of the corpora" not in text, "that is in mentions, and this is in bits"
    assert "for comparison only" in text
    assert "percentile bootstrap" in text


def two_rounds(tiny: Study, folder: Path) -> Path:
    """A copy without rounds 3 and 4, which are the very recipes that separate round 2."""
    shutil.copytree(tiny.folder, folder)
    lines = (folder / "ledger.jsonl").read_text().splitlines(keepends=True)
    last = next(i for i, line in enumerate(lines) if json.loads(line)["body"].get("number") == 2)
    (folder / "ledger.jsonl").write_text("".join(lines[: last + 1]))
    (folder / "leaderboard.md").unlink(missing_ok=True)  # it names the ledger's last entry
    for path in sorted((folder / "rounds").glob("0[34]-*.toml")):
        path.unlink()
    return folder


def test_separating_recipes_are_printed_and_written_cheapest_first(
    tiny: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = two_rounds(tiny, tmp_path / "copy")
    (folder / "leaderboard.md").unlink(missing_ok=True)  # it names the entry that is cut
    guarded(["compare", "1", "2", "--study", str(folder), "--metric", "bpc", "--recipes", "--write"])
    text = capsys.readouterr().out
    assert "A package of 2: no cause may be named." in text
    assert "because" not in text
    assert "bootstrap" not in text
    found = Study(folder)
    table = evidence(found.round(2), found.round(1), found.recipe(2, BPC), found, SOLO).factors
    minutes = {s.factor: s.minutes or 0.0 for s in table.separations}
    order = sorted(minutes, key=lambda factor: minutes[factor])
    assert set(order) == {"corpus.blend", "corpus.size"}
    assert text.index(f"change {order[0]} alone") < text.index(f"change {order[1]} alone")
    assert [found.slug(n) for n in (3, 4)] == [f"{factor.replace('.', '-')}-alone" for factor in order]
    assert isinstance(found.recipe(3), Recipe)
    assert found.file(3).read_text().strip() in text


def test_recipes_that_are_there_are_not_written_again(
    tiny: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = two_rounds(tiny, tmp_path / "copy")
    call = ["compare", "1", "2", "--study", str(folder), "--metric", "bpc", "--write"]
    guarded([*call, "--json"])
    first = json.loads(capsys.readouterr().out)
    assert (len(first["written"]), first["already_there"]) == (2, [])
    (folder / "rounds" / "05-broken.toml").write_text("base = 'round:1'\n[corpus]\nnope = 1\n")
    changed = Path(first["written"][0])
    changed.write_text(changed.read_text() + "\n[train]\nlr = 0.02\n")
    guarded([*call, "--json"])
    again = json.loads(capsys.readouterr().out)
    assert again["already_there"] == [first["written"][1]], "its question may be another, its changes are the same"
    assert [Path(path).name[:2] for path in again["written"]] == ["06"], "what was changed since is another recipe"
    guarded(call)
    assert "already there, with the same changes" in capsys.readouterr().out


def test_a_verdict_that_is_another_one_now_is_said(
    tiny: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny.folder, folder)
    study, call = Study(folder), ["compare", "1", "3", "--study", str(folder)]
    guarded([*call, "--json"])
    now = json.loads(capsys.readouterr().out)
    row = study.round(3)
    assert row.verdict is not None
    assert now["recorded"] == {
        "outcome": row.verdict.outcome,
        "date": row.started[:10],
        "differs": False,
        "control_changed": False,
    }
    assert now["planned_comparison"]
    other = next(o for o in ("better", "undecided") if o != now["outcome"])
    changed = row.model_copy(update={"verdict": row.verdict.model_copy(update={"outcome": other})})
    study.ledger.append("round", changed.data())
    guarded(call)
    said = flat([capsys.readouterr().out])
    recorded = f"the ledger recorded {other.upper()} on {row.started[:10]}"
    assert f"{recorded}; judged again now: {now['outcome'].upper()}" in said
    for elsewhere in (["3", "1"], ["1", "3", "--metric", "bpc"]):
        guarded(["compare", *elsewhere, "--study", str(folder), "--json"])
        found = json.loads(capsys.readouterr().out)
        assert (found["recorded"], found["planned_comparison"]) == (None, False)


def test_kept_scores_of_other_code_name_the_way_out(tiny: Study) -> None:
    e = evidence(tiny.round(3), tiny.round(1), tiny.recipe(3, BPC), tiny, SOLO)
    other = e.before.model_copy(update={"settings": {**e.before.settings, "code": "0" * 16}})
    e = replace(e, before=other)
    verdict = decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)
    assert verdict.outcome == "invalid"
    assert "without --keep" in judging._way_out(verdict, e, keep=True)
    assert judging._way_out(verdict, e, keep=False) == verdict.missing


def test_harm_that_is_not_ruled_out_is_said_with_its_interval() -> None:
    def guard(name: str, better: str, low: float, high: float) -> Guard:
        middle = (low + high) / 2
        interval = Interval(value=middle, low=low, high=high, level=0.95, method="t", df=4.0)
        made = {"metric": name, "unit": "share", "better": better, "state": "kept", "margin": 0.02, "named": False}
        return Guard.model_validate({**made, "difference": interval})

    guards = (
        guard("sense.loops", "lower", -0.01, 0.03),
        guard("sense.copy", "lower", -0.30, 0.01),
        guard("sense.topic_recall", "higher", -0.04, 0.30),
    )
    verdict = decide(*unlike(), ONE, 1).model_copy(update={"guards": guards})
    text = flat(judged.noted(verdict, None, planned=True))
    assert "guarded, and not shown to be worse: sense.loops, sense.copy, sense.topic_recall" in text
    assert "sense.loops: worse by more than its limit of 0.02 is not ruled out (+0.01 [-0.01, +0.03] share)" in text
    assert "sense.topic_recall: worse by more than" in text
    assert "sense.copy: worse" not in text


def unlike() -> tuple[Score, Score, KeepIf]:
    one = Score(
        metric="bpc",
        unit="bits per character",
        better="lower",
        seeds=(1, 2),
        blocks=("a", "b"),
        values=((1.0, 2.0), (1.1, 2.2)),
        weights=(1.0, 1.0),
        yardstick="y",
        settings={},
    )
    return one, one.model_copy(update={"values": ((1.5, 2.5), (1.4, 2.6))}), KeepIf(metric="bpc")


def test_keys_keep_their_words_whole_and_large_numbers_their_commas() -> None:
    factors = (Factor(key="corpus.blend", before={"brook": 0.25, "lantern": 0.1, "pebble": 0.65}, after="x" * 90),)
    follow = tuple(
        Factor(key=key, before=before, after=after, follows_from="corpus.size, corpus.blend")
        for key, before, after in (
            ("tokens_per_parameter", 0.8912, 1.77),
            ("characters_seen", 1184708, 2379202),
            ("kept_step", 519.0, 1054.3333),
            ("flops", 1.098e12, 2.2e12),
        )
    )
    text = "\n".join(judged.factor_lines(FactorTable(factors=factors, consequences=follow), 1, []))
    assert max(map(len, text.splitlines())) <= 80
    for whole in ("tokens_per_parameter", "1,184,708", "2,379,202", "1,054", "1.098e+12"):
        assert whole in text
    assert "are those of the first seed; kept_step is the mean" in " ".join(text.split())


@pytest.mark.parametrize("command", ["compare", "explain"])
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["2", "2"], 2, "with itself"),
        (["1", "9"], 1, "there is no round 9"),
        (["1", "2", "--metric", "bpd"], 2, "was not measured by 'bpd'"),
    ],
)
def test_wrong_pairs(
    tiny: Study, command: str, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded([command, *arguments, "--study", str(tiny.folder)]) == code
    assert words in capsys.readouterr().err


# ---------------------------------------------------------------- explain


def test_explain_names_rows_and_seeds(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["explain", "1", "3", "--study", str(tiny.folder), "--metric", "bpc", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    a, b = tiny.round(1), tiny.round(3)
    assert [(s["round"], s["seed"]) for s in said["seeds"]] == [(r.number, seed) for r in (a, b) for seed in r.seeds]
    assert said["bound"] == "upper: a smaller set may exist"
    assert said["tried"] == 4
    if said["rows"]:
        assert said["flipped"]["outcome"] != said["verdict"]["outcome"]
        assert said["flipped"]["blocks"] == 8 - len(said["rows"])


def test_what_explain_says(tiny: Study) -> None:
    """At a margin that the interval's end just clears or just fails, some topic decides."""
    a, b = tiny.round(1), tiny.round(3)
    e = evidence(b, a, tiny.recipe(3, BPC), tiny, SOLO)
    found = explain(replace(e, keep_if=e.keep_if.model_copy(update={"by": 0.0})))
    d = found.verdict.difference
    assert d is not None
    gain = max(-d.high, 0.0)
    near = explain(replace(e, keep_if=e.keep_if.model_copy(update={"by": gain + 1e-9})))
    for one in (found, near):
        lines = judged.explained(one, a, b)
        assert max(len(line) for text in lines for line in text.splitlines()) <= 80
        text = flat(lines)
        if one.flipped is None:
            assert "No set of up to 4 of the 8 topics" in text
        else:
            assert f"Without {len(one.rows)} of 8 topics" in text
            assert "no reason to leave any out" in text
        by_rule = any(s.says != s.verdict.outcome for s in one.seeds)
        assert by_rule == ("With under 3 seeds a verdict is undecided by rule" in text)
    assert near.flipped is not None
