"""The main path on a tiny study: every arrow runs, the ledger keeps it, the verdict is honest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import made

from greenlight.crew import SOLO
from greenlight.judge import cautions
from greenlight.nouns import Round
from greenlight.round import run_round
from greenlight.study import Study
from greenlight.verify import problems


@pytest.fixture
def copy(tiny: Study, tmp_path: Path) -> Study:
    """The tiny study, to change."""
    shutil.copytree(tiny.folder, tmp_path / "study")
    return Study(tmp_path / "study")


def test_every_round_is_in_the_ledger(tiny: Study) -> None:
    rows = tiny.ledger.latest()
    assert list(rows) == [1, 2, 3, 4]
    assert {r.status for r in rows.values()} == {"done"}
    assert tiny.pending() == []
    assert {"dial.slope", "dial.rate", "dial.truncation", "bpc"} <= set(rows[1].scores)
    assert rows[1].verdict is None
    assert all(r.verdict is not None and r.verdict.against == 1 for n, r in rows.items() if n > 1)


def test_a_package_is_called_one_and_its_rounds_are_found(tiny: Study) -> None:
    rows = tiny.ledger.latest()
    table = rows[2].verdict.factors  # type: ignore[union-attr]
    assert {f.key for f in table.factors} == {"corpus.blend", "corpus.size"}
    assert not table.causal
    assert {s.factor for s in table.separations} == {"corpus.blend", "corpus.size"}
    assert "because" not in rows[2].verdict.sentence  # type: ignore[union-attr]
    assert [f.key for f in rows[3].verdict.factors.factors] == ["corpus.blend"]  # type: ignore[union-attr]
    assert [f.key for f in rows[4].verdict.factors.factors] == ["corpus.size"]  # type: ignore[union-attr]


def test_the_accounting_adds_up_to_the_row(tiny: Study) -> None:
    for row in tiny.ledger.latest().values():
        account = row.accounting
        assert account is not None
        assert account.asked == account.kept + sum(account.refused.values()) + account.failed
        assert account.kept == row.facts["corpus_documents"]
        assert row.facts["corpus_documents"] <= row.recipe["corpus"]["size"]


def test_what_is_published_is_what_the_store_holds(tiny: Study) -> None:
    checked, bad = problems(tiny)
    assert bad == []
    assert checked > 500
    runs = sorted(p.name for p in (tiny.folder / "runs").iterdir())
    assert runs == ["01-flat-blend", "02-rebalanced-and-doubled", "03-blend-alone", "04-size-alone"]
    folder = tiny.folder / "runs" / runs[0] / "7"
    assert {"config.json", "metrics.jsonl", "model.safetensors", "tokenizer.json"} <= {p.name for p in folder.iterdir()}
    assert (folder / "dial" / "samples.jsonl").exists()


def test_a_second_run_finds_every_step(copy: Study) -> None:
    before = copy.ledger.latest()[1]
    stamps = {p: p.stat().st_mtime_ns for p in copy.folder.glob("store/*/artifact.json")}
    again = run_round(1, copy, SOLO)
    assert {p: p.stat().st_mtime_ns for p in copy.folder.glob("store/*/artifact.json")} == stamps
    assert again.scores == before.scores


def test_damage_is_found_with_its_row(copy: Study) -> None:
    path = copy.folder / "corpora" / "01-flat-blend" / "train-00000-of-00001.parquet"
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-8] + b"damage!!")
    _, bad = problems(copy)
    assert any("01-flat-blend" in line or "round 1" in line for line in bad)
    entry = copy.ledger.path.read_text().replace('"kept":', '"Kept":', 1)
    copy.ledger.path.write_text(entry)
    _, bad = problems(copy)
    assert bad == [f"{copy.ledger.path} line 1 was edited: restore the file from git"]


def test_a_cut_tail_shows_against_the_leaderboard(copy: Study) -> None:
    lines = copy.ledger.path.read_bytes().splitlines(keepends=True)
    copy.ledger.path.write_bytes(b"".join(lines[:-1]))
    _, bad = problems(copy)
    assert len(bad) == 1
    assert "lost its tail" in bad[0]
    (copy.folder / "leaderboard.md").unlink()
    _, bad = problems(copy)
    assert "leaderboard.md is missing: greenlight run writes it again" in bad


def test_without_weights_the_stored_score_stands(copy: Study) -> None:
    for folder in copy.folder.glob("store/model-*"):
        shutil.rmtree(folder)
    from greenlight.judge import parts_of, remeasure

    control = copy.round(1)
    score = remeasure(control, ["dial.slope"], parts_of(control), copy.recipe(2), copy, SOLO)["dial.slope"]
    assert score == control.scores["dial.slope"]


def crash(tmp_path: Path, old: str, new: str) -> tuple[Study, Round]:
    study = made(tmp_path / "s")
    path = study.file(1)
    path.write_text(path.read_text().replace(old, new))
    return study, run_round(1, study, SOLO)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("context = 192", "context = 48", "model.context"),
        ("length = { min_chars = 120", "length = { min_chars = 590", "is stopped: 32 of 32 answers are refused"),
        ("topics = 8 }", "topics = 400 }", "held-out topics"),
    ],
)
def test_a_bad_round_is_a_crash_in_the_ledger_and_the_next_one_runs(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    study, row = crash(tmp_path, old, new)
    assert row.status == "crash"
    assert said in row.reason
    assert study.ledger.latest()[1] == row
    assert study.pending() == [2, 3, 4], "the same recipe would break again"
    path = study.file(1)
    path.write_text(path.read_text().replace(new, old))
    assert study.pending() == [1, 2, 3, 4], "a changed one may not"


def test_too_many_unfinished_documents_make_a_score_invalid(tmp_path: Path) -> None:
    _, row = crash(tmp_path, "max_truncation = 1.0", "max_truncation = 0.05")
    assert row.status == "done"
    assert "did not end" in row.scores["dial.slope"].invalid


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("corpus.brief.pattern='golden bell'", "what is measured cannot change within a study"),
        ("corpus={use='text', source='topics.txt', share=1.0}", "was not cut from topics.txt"),
    ],
)
def test_a_corpus_that_does_not_fit_its_yardstick_is_refused(tmp_path: Path, change: str, said: str) -> None:
    study = made(tmp_path / "s")
    sets = (change,) if "use" not in change else ("corpus=false", change)
    row = run_round(1, study, SOLO, sets)
    assert row.status == "crash"
    assert said in row.reason


def test_a_held_out_topic_is_never_written(tmp_path: Path) -> None:
    study = made(tmp_path / "s")
    held = study.yardstick.documents("locked")[0].topic
    path = study.folder / "topics.txt"
    path.write_text(f"{held}\n{path.read_text()}")
    assert f"the topic '{held}' is held out" in run_round(1, study, SOLO).reason


def test_a_round_waits_again_when_its_control_was_run_again(copy: Study) -> None:
    assert copy.pending() == []
    run_round(1, copy, SOLO, ("seeds=[11, 12, 13]",))
    assert copy.pending() == [2, 3, 4], "their verdicts are against models that no longer count"
    row = run_round(3, copy, SOLO)
    assert row.verdict is not None
    assert row.verdict.looks == 1, "the same models again are the same look"
    assert copy.pending() == [2, 4]


def test_more_seeds_are_another_look_and_pay_for_it(copy: Study) -> None:
    bpc = "keep_if.metric=bpc"  # the tiny models end too few documents for their dial to be judged
    first = run_round(3, copy, SOLO, (bpc,)).verdict
    assert first is not None
    assert (first.looks, first.planned, first.alpha) == (1, 3, 0.05)
    again = run_round(3, copy, SOLO, (bpc,)).verdict
    assert again is not None
    assert again.looks == 1, "the same models are the same look"
    row = run_round(3, copy, SOLO, ("seeds=[7, 8, 9, 10]", bpc))
    assert row.verdict is not None
    assert (row.planned, row.verdict.planned, row.verdict.looks) == (3, 3, 2), "the plan is the file's, not --seeds"
    assert (row.verdict.alpha, row.verdict.spent) == (0.01, pytest.approx(0.06))
    assert row.verdict.difference is not None, row.verdict.sentence
    assert row.verdict.difference.level == pytest.approx(0.99)
    other = run_round(3, copy, SOLO, ("seeds=[7, 8]", "train.lr=0.02", bpc))
    assert other.verdict is not None
    assert other.verdict.looks == 1, "another recipe is another round, not another look"


def test_a_control_that_was_chosen_as_the_best_of_several_is_named(tiny: Study) -> None:
    rounds = tiny.ledger.rounds()
    value = {r.number: r.scores["bpc"].value for r in rounds}
    best = min(value, key=lambda n: value[n])
    said = [cautions(r, "bpc", rounds) for r in rounds if r.number != best]
    assert said == [(), (), ()], "what was not chosen by its record carries no luck of the choice"
    lucky = cautions(tiny.round(best), "bpc", rounds)
    if best == 1:
        assert lucky == (), "the first round was chosen by nobody"
    else:
        assert lucky[0].startswith(f"round {best} is the best of 4 rounds, so part of its record is luck")
    assert cautions(tiny.round(best), "bpc", rounds[:2]) == (), "two rounds are no choice yet"


def test_a_metric_that_cannot_see_the_corpus_own_dial_is_refused_before_a_model_is_trained(tmp_path: Path) -> None:
    study = made(tmp_path / "s")
    flat = ("corpus.blend={ pebble = 1.0 }",)
    row = run_round(1, study, SOLO, flat)
    assert row.status == "crash"
    assert row.reason.startswith("dial.slope cannot see the corpus's own dial: ")
    assert row.reason.endswith("(metrics.dial.selftest = false measures it all the same)")
    assert not any(name.startswith("model") for name in row.artifacts)
    assert run_round(1, study, SOLO, (*flat, "metrics.dial.selftest=false")).status == "done"
    seen = run_round(1, study, SOLO)
    assert seen.facts["selftest"]["blind"] == ""
    assert seen.facts["selftest"]["at"]["found"]["value"] >= 0.8
