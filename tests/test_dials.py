"""The dials benchmark: its simulator stands alone, and its theory and its draws agree."""

from __future__ import annotations

import ast
from pathlib import Path

import dials
import numpy as np
import pytest


def test_the_simulator_draws_with_numpy_alone() -> None:
    tree = ast.parse(Path(dials.__file__).read_text())
    draws = {"blocked", "unblocked"}
    for node in ast.walk(tree):
        if (isinstance(node, ast.FunctionDef) and node.name in draws) or isinstance(node, ast.ClassDef):
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            assert not used & {"stats", "trends"}, node.name
            draws.discard(node.name)
    assert not draws


def test_the_draws_have_the_spread_that_is_said() -> None:
    y = dials.blocked(np.random.default_rng(1), (5.0, 5.0), 200, 200)
    assert y.mean() == pytest.approx(5.0, abs=0.05)
    beyond = (1 + 1 / dials.TOPIC) * (1 + 1 / dials.DOCUMENT) - 1
    assert (y.var() - 5.0) / 25 == pytest.approx(beyond, abs=0.02)
    together = np.mean((y[..., 0] - 5) * (y[..., 1] - 5)) / 25
    assert together == pytest.approx(1 / dials.TOPIC, abs=0.01)


@pytest.mark.parametrize("name", ["flat", "linear", "ends only"])
def test_theory_and_draws_agree(name: str) -> None:
    dial = dials.DIALS[name]
    said = dials.Theory(dial)
    names = ("Page, normal", "Jonckheere, unblocked", "slope, t", "rising means")
    found = dials.rates(dial, 40, 800, names)
    assert found["Page, normal"] == pytest.approx(said.page(40), abs=0.035)
    assert found["Jonckheere, unblocked"] == pytest.approx(said.jonckheere(40), abs=0.035)
    assert found["slope, t"] == pytest.approx(said.slope(40), abs=0.035)
    assert (found["rising means"] < 0.05) == (name == "flat")
    if name == "flat":
        assert (said.page(40), said.slope(40)) == (pytest.approx(0.05), pytest.approx(0.025))
