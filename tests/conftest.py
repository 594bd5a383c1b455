"""What several tests share: a small study with real voices and a tiny model, run once for all of them."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from kill import small

from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.report.publish import tables
from greenlight.round import run_round
from greenlight.study import Study

SHARED = Path(__file__).parents[2] / "shared"

# a shell that runs the tests in the background has Ctrl-C ignored, and every process below would inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)


def made(folder: Path, seed: int = 3) -> Study:
    """A green-light study small enough for a test: one layer, a dozen steps, eight held-out topics."""
    return create(folder, str(small(folder.parent / "small-recipe")), Given(seed=seed))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real corpora is not here")
    return SHARED


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A green-light study with all four rounds in its ledger, tiny; read it, do not change it."""
    study = made(tmp_path_factory.mktemp("tiny") / "study")
    for number in study.files():
        run_round(number, study, SOLO)
    tables(study)
    return study
