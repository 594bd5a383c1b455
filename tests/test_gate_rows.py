"""The rows that gates are scored on: enough of them, in enough shapes, and the same ones every time."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import gates as benchmark
import pytest
from fixtures.vary import Row, digest

from greenlight import forms, sift
from greenlight.gates import _measured

DOCS = Path(__file__).parents[1] / "docs"
NAMES = sorted({*(choice.name for choice in sift.DEFAULT), "collapse"})


@lru_cache(maxsize=1)
def plain() -> tuple[Row, ...]:
    return tuple(benchmark.written("plain"))


@pytest.mark.parametrize("name", NAMES)
def test_a_gate_has_enough_rows_in_enough_shapes(name: str) -> None:
    own = benchmark.written(name)
    shapes = benchmark.shapes(name)
    assert len(shapes.failures) >= 25
    assert sum(hard for _, hard in shapes.cleans.values()) >= 25
    clean = [row for row in own if not row.fails] + ([] if name in benchmark.ALONE else list(plain()))
    assert sum(row.fails for row in own) >= 300
    assert len(clean) >= 600
    assert sum(row.hard for row in clean) >= 300
    # the figures that `greenlight gates` shows are of these rows
    one = _measured.read()[name]
    assert one["rows"] == digest(own)[:16]
    assert benchmark.line(name, one) in (DOCS / "gates.md").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in benchmark.TEXTS])
def test_every_row_can_be_read_as_screen_reads_it(name: str) -> None:
    for row in benchmark.written(name)[::7]:
        found = forms.of_data(1, json.loads(json.dumps(row.data)))
        assert found.is_pair == ("chosen" in row.data)


def test_no_ordinary_row_is_a_copy_of_another() -> None:
    assert not any(benchmark.twins(plain()))
    assert len({row.shape for row in plain()}) == len(benchmark.shapes("plain").cleans)
