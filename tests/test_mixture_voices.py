"""The study in which models of writers are voices: trained, asked in process and behind a server that is not ours,
calibrated, blended as it was solved, and compared with what was foretold."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import made_imports
import pytest

from greenlight import corpus, foreign
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.study import Study

READY = Path(__file__).parents[1] / "recipes" / "mixture-voices"
WIDE, _, FLAT = made_imports.WRITERS
SMALL = (
    ("layers  = 4", "layers  = 2"),
    ("width   = 144", "width   = 64"),
    ("heads   = 4", "heads   = 2"),
    ("vocab = 1024", "vocab = 512"),
    ("epochs = 12", "epochs = 30"),
    ("topics = 60, max_truncation = 0.2", "topics = 6, max_truncation = 1.0, selftest = false"),
    ("size  = 350", "size  = 80"),
    ("granite-4.1-8b", WIDE),
)


def small(folder: Path) -> Path:
    """The ready study for two made-up writers, small: two models, and what they write."""
    (folder / "rounds").mkdir(parents=True)
    (folder / "new.toml").write_text('kind = "import"\nheld_out = 6\nlocked = 2\n')
    (folder / "study.toml").write_text((READY / "study.toml").read_text())
    first = (READY / "rounds" / "01-granite.toml").read_text()
    for old, new in SMALL:
        assert old in first, old
        first = first.replace(old, new)
    (folder / "rounds" / "01-wide.toml").write_text(first)
    second = (READY / "rounds" / "02-gemma.toml").read_text().replace("google/gemma-4-26b-a4b-qat", FLAT)
    (folder / "rounds" / "02-flat.toml").write_text(second.replace("350", "80"))
    arm = (READY / "rounds" / "05-document-one.toml").read_text()
    head, _, rest = arm.partition("blend        =")
    _, _, rest = rest.partition("\n\n[corpus.voices]")
    _, _, rest = rest.partition("\n\n[corpus.brief]")
    voices = '[corpus.voices]\nwide = { use = "trained", round = 1 }\nflat = { use = "trained", round = 2 }'
    arm = f"{head}blend        = {{ wide = 0.5, flat = 0.5 }}\n\n{voices}\n\n[corpus.brief]{rest}"
    arm = arm.replace("size         = 500", "size         = 60").replace("min_chars = 200", "min_chars = 20")
    arm = arm.replace("most_refused = 0.6", "most_refused = 1.0").replace("attempts     = 12", "attempts     = 40")
    (folder / "rounds" / "03-half-and-half.toml").write_text(arm.replace("seeds    = [1, 2, 3]", "seeds    = [1, 2]"))
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("mixture-voices")
    text, manifest = made_imports.write(folder / "import", made_imports.rows(22, (WIDE, FLAT)))
    made = create(folder / "study", str(small(folder / "ready")), Given(stories=foreign.read(text, manifest)))
    assert guarded(["run", str(made.folder), "1", "2", "3"]) == 0
    return made


def answered(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert guarded([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_ready_study_asks_four_models_of_rounds() -> None:
    arms = [path.read_text() for path in sorted((READY / "rounds").glob("0[567]*.toml"))]
    assert len(arms) == 3
    assert arms[0].count('use = "trained"') == 4
    assert [arm.count('base     = "round:5"') for arm in arms] == [0, 1, 1]


def test_what_models_wrote_was_trained_on_and_none_of_it_is_held_out(study: Study) -> None:
    row = study.round(3)
    assert row.accounting is not None
    samples = corpus.load(study.store.path(row.artifacts["kept"]) / corpus.KEPT)
    assert {s.made.voice for s in samples} == {"wide", "flat"}
    models = {study.round(n).artifacts["model-1"].name for n in (1, 2)}
    assert {s.made.model for s in samples} == models
    held = {topic for topic, _, _ in study.yardstick.prompts()}
    assert not held & {s.made.topic for s in samples}
    mean = {v: sum(s.body.count("green light") for s in samples if s.made.voice == v) / 30 for v in ("wide", "flat")}
    assert mean["wide"] > mean["flat"], "each model has its writer's dial"


def test_models_have_scorecards_and_another_blend_takes_what_they_wrote(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(study.folder)
    answered(["calibrate", folder, "3", "--topics", "6"], capsys)
    cards = {path.stem: json.loads(path.read_text()) for path in (study.folder / "scorecards").glob("*.json")}
    assert {"wide", "flat"} <= cards.keys()
    arm = 'base = "round:3"\nagainst = "round:3"\n[corpus]\nblend = { wide = 0.75, flat = 0.25 }\n'
    (study.folder / "rounds" / "04-more-of-the-wide-one.toml").write_text(arm)
    expected = answered(["write", folder, "4", "--dry-run"], capsys)["expected"]
    assert 0 < sum(one["places"] for one in expected.values()) < 60, "some is there from round 3 and the calibration"
    written = answered(["write", folder, "4"], capsys)
    assert written["documents"] + sum(written["dropped"].values()) == 60


@contextmanager
def served(folder: Path, logs: Path) -> Iterator[str]:
    """``transformers serve`` on loopback; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (logs / "hub").mkdir()
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder), "--port", str(port)]
    env = {**os.environ, "HF_HOME": str(logs), "HF_HUB_OFFLINE": "1"}
    with open(logs / "log", "wb") as log:
        child = subprocess.Popen([*command, "--host", "127.0.0.1"], env=env, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 90
        while time.monotonic() < until and child.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        else:
            pytest.fail((logs / "log").read_text()[-2000:])
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        child.terminate()
        child.wait(20)


def test_a_model_writes_behind_a_server_that_is_not_ours(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "hf"
    assert guarded(["export", "1", "--to", "hf", "--study", str(study.folder), "--out", str(out)]) == 0
    with served(out, tmp_path) as address:
        voice = f'use = "endpoint", api = "completions", model = "{out}", base_url = "{address}"'
        arm = f"""
base  = "round:3"
gates = {{ each = {{ termination = false, length = false, loop = false }} }}
[corpus]
size   = 10
blend  = {{ far = 1.0 }}
voices = {{ far = {{ {voice}, max_tokens = 120, parallel = 4 }} }}
"""
        (study.folder / "rounds" / "05-behind-a-server.toml").write_text(arm)
        written = answered(["write", str(study.folder), "5"], capsys)
        seen = answered(["probe", address, "--model", str(out), "--api", "completions"], capsys)
    assert seen["fields"]["seed"]["state"] == "honoured"
    assert seen["fields"]["max_tokens"]["state"] == "honoured"
    assert written["accounting"]["kept"] == 10
    assert written["bill"]["far"]["completion_tokens"] > 100
    again = answered(["replay", str(study.folder), "5"], capsys)
    assert again["same"], "and it is there again without the server"
