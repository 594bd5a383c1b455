"""Sense in a round: measured with the dial, judged, shown, and absent from the ledgers of rounds that had none."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_pages import HOSTILE, green_page

from greenlight import sense
from greenlight.crew import SOLO
from greenlight.errors import RoundError
from greenlight.judge import judge, parts_of, remeasure
from greenlight.measure import stack
from greenlight.metrics import dial
from greenlight.nouns import Round, Score
from greenlight.report.build import texts
from greenlight.report.page import Page
from greenlight.report.publish import gather
from greenlight.study import Study


@pytest.fixture
def copy(tiny: Study, tmp_path: Path) -> Study:
    shutil.copytree(tiny.folder, tmp_path / "study")
    return Study(tmp_path / "study")


def before_sense(row: Round) -> Round:
    """The row as it was written before there was sense."""
    scores = {name: score for name, score in row.scores.items() if not name.startswith("sense.")}
    artifacts = {
        name: a.model_copy(
            update={"facts": {**a.facts, "metrics": [m for m in a.facts["metrics"] if "sense" not in m]}}
        )
        if a.kind == "score"
        else a
        for name, a in row.artifacts.items()
    }
    return row.model_copy(update={"scores": scores, "artifacts": artifacts})


def test_every_round_is_measured_on_the_dials_own_documents(tiny: Study) -> None:
    row = tiny.round(2)
    assert set(dial.Metric.READINGS) <= set(row.scores)
    assert {name: parts_of(row)[name] for name in sense.NAMED} == dict.fromkeys(sense.NAMED, "dial")
    seed = row.seeds[0]
    folder = tiny.store.path(row.artifacts[f"score-dial-{seed}"])
    rows = [json.loads(line) for line in (folder / "samples.jsonl").read_text().splitlines()]
    first = row.scores["sense.gates"]
    flagged = sense.flagged([sense.Document(r["topic"], r["level"], r["text"], r["finished"]) for r in rows])
    assert first.per_seed[0] == pytest.approx(sum(name != "" for name in flagged) / len(rows))
    assert first.blocks == row.scores["dial.slope"].blocks
    assert first.facts[str(seed)]["ceiling"] == 0.0
    assert row.artifacts[f"score-dial-{seed}"].made_from["corpus"] == row.artifacts["kept"].fingerprint


def test_a_verdict_may_rest_on_a_reading_of_sense(copy: Study) -> None:
    before, after = copy.round(1), copy.round(2)
    recipe = copy.recipe(2, ("keep_if.metric='sense.copy'",))
    assert judge(after, before, recipe, copy, SOLO).metric == "sense.copy"
    wrong = recipe.model_copy(update={"keep_if": recipe.keep_if.model_copy(update={"metric": "sense.copies"})})
    with pytest.raises(RoundError, match=r"was not measured by .*did you mean 'sense.copy'"):
        judge(after, before, wrong, copy, SOLO)


def test_rounds_from_before_sense_are_judged_and_shown(copy: Study) -> None:
    before, after = before_sense(copy.round(1)), before_sense(copy.round(2))
    for one, other in ((before, after), (before, copy.round(2)), (copy.round(1), after)):
        verdict = judge(other, one, copy.recipe(2), copy, SOLO)
        assert verdict.metric == "dial.slope"
        assert not verdict.guards
    page = replace(gather(copy), rounds=[before, after])
    assert 'id="sense"' not in texts(page)["report.html"]
    assert '<th scope="row">1 ' not in section(replace(page, rounds=[before, copy.round(2)]))


def test_without_the_corpus_the_stored_scores_stand(copy: Study) -> None:
    row = copy.round(1)
    for folder in copy.folder.glob("store/kept-*"):
        shutil.rmtree(folder)
    names = ["dial.slope", "sense.copy"]
    found = remeasure(row, names, parts_of(row), copy.recipe(2), copy, SOLO)
    assert found == {name: row.scores[name] for name in names}


def test_a_kept_score_of_other_readings_is_refused(copy: Study) -> None:
    row = copy.round(1)
    made = [row.artifacts[f"score-dial-{seed}"] for seed in row.seeds]
    path = copy.store.path(made[0]) / "readings.json"
    path.write_text(json.dumps([r for r in json.loads(path.read_text()) if r["metric"] != "sense.copy"]))
    with pytest.raises(RoundError, match="run without --keep"):
        stack("dial", row.recipe["metrics"]["dial"], made, row.seeds, copy.yardstick, copy.store)


# ---------------------------------------------------------------- the report


def shown(facts: dict[str, Any], values: tuple[tuple[float, ...], ...] = ((0.0, 0.0), (0.0, 0.5))) -> Page:
    """The made-up dial study, its first round with sense."""
    page = green_page()
    first = page.rounds[0]
    scores = {
        name: Score(
            metric=name,
            unit=unit,
            better=better,
            seeds=(1, 2),
            blocks=("a", "b"),
            values=values,
            weights=(1.0, 1.0),
            yardstick="y",
            settings={},
            facts={"1": facts, "2": facts},
        )
        for name, (unit, better) in sense.NAMED.items()
    }
    return replace(page, rounds=[first.model_copy(update={"scores": first.scores | scores}), *page.rounds[1:]])


def section(page: Page) -> str:
    text = texts(page)["report.html"]
    return text[text.index('<h3 id="sense"') : text.index('<h3 id="voices"')]


def test_the_table_shows_the_corpus_beside_each_model() -> None:
    facts = {
        "ceiling": 0.031,
        "documents": 80,
        "model": {"median": 12.0, "max": 40.0},
        "corpus": {"median": 9, "max": 30},
    }
    found = section(shown(facts))
    assert "20 of 160" not in found
    assert "12 ± " in found, "an interval where the share is not rare"
    assert "corpus 3 %" in found
    assert "12, 40" in found
    assert "corpus 9, 30" in found
    assert "Topic recall ↑" in found
    assert "Loops ↓" in found
    rare = section(shown(facts, ((0.0, 0.0125), (0.0, 0.0125))))
    assert "1 of 160" in rare
    assert "### Sense" in texts(shown(facts))["report.md"]


@pytest.mark.parametrize("facts", [{}, {"ceiling": None}, {"ceiling": HOSTILE, "documents": HOSTILE, "model": HOSTILE}])
def test_broken_or_hostile_facts_show_as_missing(facts: dict[str, Any]) -> None:
    found = section(shown({**facts, "corpus": {"median": HOSTILE, "max": None}}))
    assert "<script>" not in found
    assert "–" in found
    slope = shown(facts).rounds[0]
    strange = {
        s: {**f, "onset": {"thirds": [HOSTILE, None]}, "onset_corpus": HOSTILE}
        for s, f in slope.scores["dial.slope"].facts.items()
    }
    score = slope.scores["dial.slope"].model_copy(update={"facts": strange})
    page = replace(shown(facts), rounds=[slope.model_copy(update={"scores": slope.scores | {"dial.slope": score}})])
    assert "<script>" not in section(page)
