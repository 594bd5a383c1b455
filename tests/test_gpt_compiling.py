"""When a run is compiled: a function of the recipe. Compiling takes a compiler and half a minute: it is tried once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from gpt_tokens import arch, train, write_tokens

from greenlight.errors import RecipeError
from greenlight.gpt import compiling
from greenlight.gpt.compiling import COST, WORTH, saved_seconds, wanted
from greenlight.gpt.fit import fit
from greenlight.gpt.model import Decoder
from greenlight.progress import SILENT


def model(**options: Any) -> Decoder:
    return Decoder(arch(**options))


def test_a_run_is_compiled_where_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/g++")
    least = 1.0
    while not wanted(train(), model(), least, 2):
        least *= 2
    seconds = compiling.eager_seconds(least, train(), "cpu", 2)
    assert (
        saved_seconds(seconds / 2, "cpu", torch.float32) <= WORTH * COST < saved_seconds(seconds, "cpu", torch.float32)
    )
    assert not wanted(train(), model(), least, 8), "on more cores it is done sooner"
    assert not wanted(train(max_minutes=5.0), model(), 1e30, 2), "it is over before that"
    assert not wanted(train(), Decoder(arch(), dtype=torch.bfloat16), 1e30, 2), "nothing is gained there"
    assert not wanted(train(compile="off"), model(), 1e30, 2)
    assert wanted(train(compile="on"), model(), 1.0, 2)


def test_what_stands_in_its_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecipeError, match=r"set model\.dropout = 0, or leave it to 'auto'"):
        wanted(train(compile="on"), model(dropout=0.1), 1.0, 1)
    assert not wanted(train(), model(dropout=0.1), 1e30, 1)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(RecipeError, match=r"install g\+\+, or leave it to 'auto'"):
        wanted(train(compile="on"), model(), 1.0, 1)
    assert not wanted(train(), model(), 1e30, 1)


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs g++")
def test_a_compiled_run_learns_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers, and a last batch of another shape; losses agree with the eager run's to rounding."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "cache"))
    tokens = write_tokens(tmp_path / "tokens")
    found = {
        how: fit(arch(layers=1), train(epochs=1.5, compile=how), tokens, tmp_path / how, 1, SILENT, 2)
        for how in ("off", "on")
    }
    assert found["on"]["compiled"] is True
    assert found["off"]["compiled"] is False
    assert found["on"]["last_val_loss"] == pytest.approx(found["off"]["last_val_loss"], rel=1e-4)
    assert compiling.Compiled(model()).run is None
