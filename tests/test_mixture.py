"""The mixture's study from end to end, on made-up stories everywhere and on real ones where they are."""

from __future__ import annotations

import json
from pathlib import Path

import made_imports
import pytest

from greenlight import factors, foreign, verify
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.report.publish import tables
from greenlight.round import run_round
from greenlight.study import Study

WIDE, CLEAN, FLAT = made_imports.WRITERS
MORE = {
    "05-writer-tag.toml": (
        'base = "round:1"\nagainst = "round:1"\n[corpus.brief]\ncontrol = "[green={level}] by {writer}: {topic}\\n"\n'
    ),
    "06-measured.toml": 'base = "round:1"\nagainst = "round:1"\n[corpus]\nlabels = "measured"\n',
    "07-asked-of-one.toml": f'base = "round:5"\nagainst = "round:5"\n[corpus]\nwriter = "{WIDE}"\n',
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Every kind of round on 36 topics by three writers, tiny; read it, do not change it."""
    folder = tmp_path_factory.mktemp("mixture")
    text, manifest = made_imports.write(folder / "import", made_imports.rows(12))
    ready = made_imports.ready(folder / "recipe")
    for name, recipe in MORE.items():
        (ready / "rounds" / name).write_text(recipe)
    study = create(folder / "study", str(ready), Given(stories=foreign.read(text, manifest)))
    for number in study.files():
        run_round(number, study, SOLO)
    tables(study)
    return study


def samples(study: Study, round_: str) -> list[dict[str, str]]:
    path = study.folder / "runs" / round_ / "1" / "dial" / "samples.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_round_is_done_and_each_change_is_one_factor(study: Study) -> None:
    rows = study.ledger.latest()
    assert {n: (r.status, r.reason) for n, r in rows.items()} == dict.fromkeys(range(1, 8), ("done", ""))
    named = {n: factors.compare(study.round(r.against), r, []).name for n, r in rows.items() if r.against}
    assert named == {
        3: "corpus.blend",
        4: "corpus.brief.control",
        5: "corpus.brief.control",
        6: "corpus.labels",
        7: "corpus.writer",
    }


def test_a_model_is_asked_under_its_own_control_line(study: Study) -> None:
    assert all(
        row["control"].startswith("[green=") and row["control"].count("[") == 3 for row in samples(study, "01-all")
    )
    assert all(row["control"].count("[") == 1 for row in samples(study, "04-quiet"))
    named = [row["control"] for row in samples(study, "05-writer-tag")]
    assert {who for who in (WIDE, CLEAN, FLAT) if any(f"by {who}:" in line for line in named)} == {WIDE, CLEAN, FLAT}
    assert all(f"by {WIDE}:" in row["control"] for row in samples(study, "07-asked-of-one"))
    facts = study.round(7).scores["dial.slope"].facts["1"]
    assert list(facts["by_writer"]) == [WIDE]


def test_asking_another_writer_trains_and_writes_nothing_again(study: Study) -> None:
    five, seven = study.round(5), study.round(7)
    assert five.models == seven.models
    assert five.artifacts["corpus"].fingerprint == seven.artifacts["corpus"].fingerprint
    assert five.scores["bpc"].values == seven.scores["bpc"].values, "of held-out text the writer is known"
    assert samples(study, "05-writer-tag") != samples(study, "07-asked-of-one")


def test_what_is_there_holds_together(study: Study) -> None:
    assert verify.problems(study)[1] == []
    stories = study.folder / "imported" / "samples.parquet"
    kept = stories.read_bytes()
    try:
        stories.write_bytes(kept + b"x")
        assert any("was changed since the study was made" in line for line in verify.problems(study)[1])
        stories.unlink()
        assert any("is missing" in line for line in verify.problems(study)[1])
    finally:
        stories.write_bytes(kept)


def test_a_round_that_cannot_be_filled_is_a_crash_that_says_how(study: Study) -> None:
    row = run_round(2, study, SOLO, ("corpus.size=300",))
    assert row.status == "crash"
    assert "set corpus.size to" in row.reason


def test_the_report_and_the_talk_know_an_import(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["report", str(study.folder)]) == 0
    said = ["talk", "5", "--study", str(study.folder), "--level", "3", "--writer", FLAT]
    assert guarded(said) == 0
    assert f"by {FLAT}:" in capsys.readouterr().out
    assert guarded([*said[:-1], "flat-9b"]) == 2
    assert "wrote nothing" in capsys.readouterr().err


def test_the_blend_of_a_study_is_solved_without_what_is_held_out_and_kept(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(["blend", "--study", str(study.folder)]) == 0
    assert "6 held-out topics are left out" in " ".join(capsys.readouterr().out.split())
    kept = study.ledger.entries("blend")[-1].body
    assert kept["stories"] == 150
    assert kept["solved"]["aim"]["value"] >= kept["now"]["aim"]["value"]
    assert guarded(["blend"]) == 2
    assert guarded(["blend", "--study", str(study.folder), "--pattern", "x"]) == 2


def test_the_recipe_on_the_real_stories(shared: Path, tmp_path: Path) -> None:
    """All ten rounds of the mixture, scaled down: nothing is learned, everything is run."""
    text = shared / "data" / "green-light" / "mixture.txt"
    made = create(tmp_path / "s", "mixture", Given(stories=foreign.read(text), scale="smoke"))
    held = made.yardstick.documents("search")
    assert {d.voice for d in held} == {"ministral-3-8b-instruct-2512", "olmo-3-7b-instruct"}, "only these can be spared"
    for number in made.files():
        row = run_round(number, made, SOLO)
        assert row.status == "done", row.reason
    package = made.round(5).verdict
    assert package is not None
    assert {f.key for f in package.factors.factors} == {"corpus.blend", "corpus.size"}
    assert {s.done_by for s in factors.compare(made.round(2), made.round(5), made.ledger.rounds()).separations} == {
        3,
        4,
    }
    tables(made)
    assert verify.problems(made)[1] == []
