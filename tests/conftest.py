"""What several tests share: a small study with real voices and a tiny model, run once for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlight.create import create
from greenlight.crew import SOLO
from greenlight.round import run_round
from greenlight.study import Study

SHARED = Path(__file__).parents[2] / "shared"

SMALLER = {
    "size = 600": "size = 60",
    "size = 1200": "size = 120",
    "layers  = 3": "layers  = 1",
    "width   = 128": "width   = 64",
    "heads   = 4": "heads   = 2",
    "context = 192": "context = 144",
    "vocab = 768": "vocab = 640",
    "epochs = 6": "steps  = 12\nevals  = 2",
    "dial = {}": "dial = { max_truncation = 1.0 }",
}
"""What makes a round of the green-light study a matter of seconds; nothing is learned, everything is run."""


def smaller(study: Study) -> Study:
    """Rewrites the study's recipes so that a test can run them."""
    for path in study.files().values():
        text = path.read_text()
        for large, small in SMALLER.items():
            text = text.replace(large, small)
        path.write_text(text)
    return study


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real corpora beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real corpora is not here")
    return SHARED


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A green-light study with all four rounds in its ledger, tiny; read it, do not change it."""
    study = smaller(create(tmp_path_factory.mktemp("tiny") / "study", "green-light", seed=3))
    for number in study.files():
        run_round(number, study.recipe(number), study, SOLO)
    return study
