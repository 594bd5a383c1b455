"""The demo study, for real: its corpora have the dial that they were built with, and a model learns it."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlight import blend
from greenlight.corpus import FILE, load
from greenlight.create import create
from greenlight.crew import Crew
from greenlight.dials import corpus_dial
from greenlight.recipe import VoicesCorpus
from greenlight.round import run_round
from greenlight.study import Study
from greenlight.write import write


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return create(tmp_path_factory.mktemp("demo") / "demo", "green-light")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_corpus_has_the_dial_of_its_grammars(study: Study, number: int) -> None:
    recipe = study.recipe(number)
    assert isinstance(recipe.corpus, VoicesCorpus)
    artifact = write(recipe.corpus, recipe.gates.each, blend.plan(recipe.corpus), study.store, study.store.watch)
    samples = load(study.store.path(artifact) / FILE)
    assert len(samples) == recipe.corpus.size
    dial = corpus_dial(samples, recipe.corpus.brief.pattern)
    for voice, levels in artifact.facts["truth"].items():
        true = (levels[-1] - levels[0]) / (len(levels) - 1)
        found = dial["slopes"][voice]
        assert found["low"] <= true <= found["high"], (voice, true, found)
    lengths = [sum(len(s.body) for s in samples if s.made.level == n) for n in range(1, 6)]
    assert max(lengths) < 1.05 * min(lengths), "length must not be the dial"


def test_a_model_learns_the_dial(study: Study, tmp_path: Path) -> None:
    with Crew() as crew:
        path = study.file(3)
        path.write_text(path.read_text().replace('against  = "round:1"\n', ""))
        row = run_round(3, study, crew, ("seeds=[1]",))
    assert row.status == "done", row.reason
    facts = row.scores["dial.slope"].facts["1"]
    assert facts["page_p"] < 0.01
    assert facts["truncation"] <= 0.05
    assert row.scores["dial.slope"].value >= 0.5 * row.facts["corpus_dial"]["slope"]["mean"]
    assert 300_000 <= row.facts["parameters"] <= 1_000_000
    assert len(row.scores["dial.slope"].blocks) >= 40
