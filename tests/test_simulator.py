"""The simulator that judges the verdicts: apart from what it judges, null where it says so, and fed by real scores."""

from __future__ import annotations

import ast
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rivals
import simulator
import verdicts

NAMES = simulator.committed()


def test_it_uses_nothing_of_the_tool() -> None:
    tree = ast.parse(Path(simulator.__file__).read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "." * n.level for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in names}
    assert "numpy" in roots
    assert roots - {"numpy"} <= sys.stdlib_module_names


def test_scores_of_real_models_are_committed() -> None:
    assert {"bpc-stories", "bpc-text", "dial-slope"} <= set(NAMES)
    for name in NAMES:
        real = simulator.load(name)
        assert len(real.values) >= 8
        assert np.isfinite(real.values).all()
        assert len({*real.values.mean(1).tolist()}) >= 8, "so many different models"
    assert sum(path.stat().st_size for path in simulator.SCORES.iterdir()) < 300_000


def test_scores_that_cannot_be_drawn_again_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "SCORES", tmp_path)
    rows = '{"better": "lower", "unit": "x", "weights": [1, 1], "values": [%s]}'
    (tmp_path / "few.json").write_text(rows % ", ".join(["[1, 2]"] * 7), encoding="utf-8")
    with pytest.raises(ValueError, match="at least 8 seeds"):
        simulator.load("few")
    (tmp_path / "broken.json").write_text(rows % ", ".join(["[1, NaN]"] * 8), encoding="utf-8")
    with pytest.raises(ValueError, match="must be finite"):
        simulator.load("broken")


@pytest.mark.parametrize("name", NAMES)
def test_null_rounds_differ_by_nothing_on_the_mean(name: str) -> None:
    real, rng = simulator.load(name), np.random.default_rng(1)
    for source in (real, replace(real, arm_sd=1.0)):
        found = []
        for _ in range(1500):
            study = source.study(rng, (3, 3))
            a, b = (float((y @ study.weights).mean() / study.weights.sum()) for y in study.rounds)
            found.append(b - a)
        error = float(np.std(found) / np.sqrt(len(found)))
        assert abs(float(np.mean(found))) < 4 * error
        assert error > 0


@pytest.mark.parametrize("name", NAMES)
def test_new_models_have_the_spread_of_the_committed_ones_and_no_ties(name: str) -> None:
    real = simulator.load(name)
    values = real.mixed(np.random.default_rng(2), 20_000)
    assert len(np.unique(values)) > 19_000
    assert values.mean() == pytest.approx(real.truth, abs=0.05 * real.seed_sd)
    assert values.std() == pytest.approx(real.seed_sd, rel=0.1)


def test_an_uneven_effect_is_the_effect_on_the_mean() -> None:
    rng, zero = np.random.default_rng(3), np.zeros((3, 40))
    changed = np.stack([simulator.uneven(rng, zero, 2.0) for _ in range(2000)])
    assert changed.mean() == pytest.approx(2.0, abs=0.05)
    assert changed.mean((0, 1)).std() < 0.1, "no block is favoured over all draws"
    assert changed[0].std(0).max() > 0.1
    assert changed[0].std(1).max() > 0.1


def test_verdicts_on_null_rounds_are_seldom_wrong_and_not_never() -> None:
    found = verdicts.false_row(simulator.load("dial-slope"), 300)
    assert 0 < found["verdict"] < 0.1
    assert 0 < found["verdict, 2 earlier rounds"] < 0.1
    assert 0 < found["6 pooled"] < 1


def test_looking_at_a_round_as_often_as_one_likes_is_wrong_more_often() -> None:
    found = verdicts.looks_row(simulator.load("dial-slope"), 150)
    assert found["then at 4, 5, 6"] < found["5 % at each of 2 … 6"]


def test_records_of_null_rounds_come_as_theory_says() -> None:
    """The n-th of equal and continuous values is a record with chance 1/n: 1/2 + … + 1/101 = 4.197 false ones."""
    real, rng = simulator.load("bpc-text"), np.random.default_rng(4)
    found = [rivals.greedy(-real.mixed(rng, 101)) for _ in range(3000)]
    assert np.mean([records for records, _ in found]) == pytest.approx(4.197, abs=0.15)
    assert np.mean([gain for _, gain in found]) > 1.5 * real.seed_sd, "and add up to a gain that is none"


def test_scores_are_kept_without_names_or_text(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    score = {"metric": "bpc", "unit": "bits", "better": "lower", "over": "blocks", "seeds": [1, 2]}
    score |= {"blocks": ["secret name", "other"], "weights": [2000, 1999.5], "values": [[1.23456789, 2], [1, 2]]}
    row = {"number": 1, "recipe_fingerprint": "f", "machine": {}, "started": "2026-11-20T10:00:00", "scores": {}}
    rows = [{"kind": "note", "body": {"round": 1}}, {"kind": "round", "body": row | {"scores": {"bpc": score}}}]
    ledger.write_text("".join(f"{json.dumps(r)}\n" for r in rows), encoding="utf-8")
    out = tmp_path / "kept.json"
    data = simulator.keep(ledger, "bpc", out)
    assert data == json.loads(out.read_text(encoding="utf-8"))
    assert data["values"] == [[1.23457, 2.0], [1.0, 2.0]]
    assert (data["blocks"], data["date"]) == (2, "2026-11-20")
    assert "secret" not in out.read_text(encoding="utf-8")
