"""Kills a running study with SIGKILL at random moments and proves that nothing is lost, half-written or different.

A study of four small rounds (``--of character``: of one that makes a character, from its student to its report card) is
run once unbroken. Then a copy of it is started again and again and killed at a random
moment each time; after every kill the ledger's chain must hold and every finished artifact must be undamaged. At
last it is run to its end: corpora, weights (bit for bit), scores and verdicts must equal the unbroken run's.

    python benchmarks/kill.py --moments 20 --json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from greenlight.create import Given, create
from greenlight.study import Study
from greenlight.verify import problems

READY = Path(__file__).parents[1] / "recipes" / "green-light"
SMALLER = {
    "topics   = 240": "topics   = 30",
    "held_out = 48": "held_out = 8",
    "locked   = 12": "locked   = 2",
    "size = 600": "size = 60",
    "size = 1200": "size = 120",
    "layers  = 3": "layers  = 1",
    "width   = 96": "width   = 64",
    "heads   = 3": "heads   = 2",
    "vocab = 768": "vocab = 700",
    "dial = {}": "dial = { max_truncation = 1.0, topics = 8 }",
    'guards = { "sense.topic_recall" = 0.2 }': "",
}
"""What makes a round of the green-light study a matter of seconds; nothing is learned, everything is run."""


def small(folder: Path, **more: str) -> Path:
    """A copy of the ready study, made small; ``more`` are further changes. Returns its folder."""
    if not folder.exists():
        shutil.copytree(READY, folder)
        for path in folder.rglob("*.toml"):
            text = path.read_text()
            for large, little in {**SMALLER, "epochs = 7": "steps  = 50\nevals  = 2", **more}.items():
                text = text.replace(large, little)
            path.write_text(text)
    return folder


def made(folder: Path, seed: int) -> Path:
    """A fresh small study that trains long enough to be killed in the middle, with dropout."""
    longer = {"epochs = 7": "steps  = 60\nevals  = 6", "layout  =": "dropout = 0.1\nlayout  ="}
    create(folder, str(small(folder.parent / "recipe", **longer)), Given(seed=seed))
    return folder


LITTLE = {
    "lessons = 600": "lessons = 600\nepochs = 1.0\nlayers = 2\nwidth = 64\nheads = 2\nbatch = 8",
    "max_new = 96": "max_new = 24",
    "conversations = 4": "conversations = 0",
    "samples   = 1\nsustained = 4": "samples   = 1\nsustained = 2",
    "length_tells = 1.0": "length_tells = 1.0\nsmoke = false\nusable = 0.0",
}
"""The same for a character: its student has hardly learned to speak, so no gate but ``empty`` is asked."""


def character(folder: Path, seed: int) -> Path:
    """A fresh study of one small character."""
    create(folder, "character", Given(seed=seed, scale="smoke"))
    path, *others = sorted((folder / "rounds").glob("*.toml"))
    for other in others:
        other.unlink()
    text = path.read_text()
    for large, little in LITTLE.items():
        assert large in text, large
        text = text.replace(large, little)
    text = re.sub(r"^seeds = .*$", f"seeds = [{seed}]", text, flags=re.MULTILINE)
    each = text.index("[gates.each]")
    path.write_text(text[:each] + "[gates.each]\nempty = {}\n\n" + text[text.index("[gates.pair]") :])
    return folder


STUDIES = {"green-light": (made, 4), "character": (character, 1)}
"""How each is made, and its rounds."""


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "greenlight", "run", str(folder), "--all"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, start_new_session=True, **quiet)


def outcome(folder: Path) -> dict[str, Any]:
    """What must be equal: every file of the finished steps by content, every score, every verdict's sentence."""
    rows = Study(folder).ledger.latest()
    return {
        "weights": {
            f"{n} {k}": a.files for n, r in rows.items() for k, a in r.artifacts.items() if k.startswith("model")
        },
        "fingerprints": {f"{n} {k}": a.fingerprint for n, r in rows.items() for k, a in r.artifacts.items()},
        "scores": {f"{n} {k}": s.values for n, r in rows.items() for k, s in r.scores.items()},
        "verdicts": {n: r.verdict.outcome if r.verdict else None for n, r in rows.items()},
        "accounting": {n: r.accounting.data() if r.accounting else None for n, r in rows.items()},
    }


def stripped(found: dict[str, Any]) -> dict[str, Any]:
    """Without the training log, whose seconds differ from run to run."""
    weights = {k: {n: h for n, h in files.items() if n != "metrics.jsonl"} for k, files in found["weights"].items()}
    return {**found, "weights": weights}


def campaign(folder: Path, moments: int, seed: int, of: str = "green-light") -> dict[str, Any]:
    """Runs it all in ``folder``; raises AssertionError at the first thing that is wrong."""
    make, whole = STUDIES[of]
    fresh = make(folder / "fresh", seed)
    shutil.copytree(fresh, folder / "unbroken")
    began = time.monotonic()
    process = start(folder / "unbroken")
    _, errors = process.communicate()
    length = time.monotonic() - began
    assert process.returncode in (0, 3), errors.decode()
    expected = stripped(outcome(folder / "unbroken"))

    broken = fresh
    dice = random.Random(seed)
    killed: list[dict[str, Any]] = []
    for _ in range(moments):
        wait = dice.uniform(0.2, 0.9 * length)
        process = start(broken)
        try:
            process.wait(timeout=wait)
            ended = True
        except subprocess.TimeoutExpired:
            ended = False
            os.kill(process.pid, signal.SIGKILL)  # the parent alone: its workers must follow by themselves
            process.wait()
        assert process.stderr is not None
        process.stderr.close()
        study = Study(broken)
        rounds = len(study.ledger.latest())
        state = "ended" if ended else what_was_running(broken)
        killed.append({"after": round(wait, 2), "state": state, "rounds": rounds})
        _, bad = problems(study)
        bad = [
            line for line in bad if "leaderboard.md" not in line
        ]  # tables are written after the ledger, by the next run
        assert not bad, bad
        if rounds == whole:  # all that could be killed is done: begin anew
            shutil.rmtree(broken)
            broken = make(folder / "fresh", seed)
    process = start(broken)
    _, errors = process.communicate()
    assert process.returncode in (0, 3), errors.decode()
    found = stripped(outcome(broken))
    for name, value in expected.items():
        assert found[name] == value, f"{name} differ from the unbroken run"
    left = [str(p) for p in broken.rglob("*.part")]
    checked, bad = problems(Study(broken))
    assert not bad, bad
    return {
        "moments": moments,
        "unbroken_seconds": round(length, 1),
        "killed": killed,
        "checked": checked,
        "left_aside": left,
    }


def what_was_running(folder: Path) -> str:
    """The unfinished steps, by kind, that a kill left behind."""
    kinds = [p.name.partition("-")[0] for p in (folder / "store").glob("*-*") if not (p / "artifact.json").exists()]
    return ", ".join(sorted(kinds)) or "between steps"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--moments", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--of", choices=list(STUDIES), default="green-light", help="which study is killed")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = campaign(Path(folder), given.moments, given.seed, given.of)
    if given.json:
        print(json.dumps(found))
        return
    print(f"unbroken: {found['unbroken_seconds']} s; {found['moments']} kills")
    print(f"{'after (s)':>10}  {'rounds done':>11}  unfinished steps")
    for one in found["killed"]:
        print(f"{one['after']:>10}  {one['rounds']:>11}  {one['state']}")
    print(f"at the end: equal to the unbroken run, bit for bit; {found['checked']} things verified")


if __name__ == "__main__":
    main()
