"""How long a researcher waits for its first briefing in a study of many rounds.

A small study whose first round is real gets a ledger of N rounds of realistic size (3 seeds, scores over 48 to 125
blocks, facts, artifacts), each with the turn and the proposal that it came from, of ten sessions. Timed are whole
processes: ``--by agent``, which reads it all and prints the next briefing; ``--by chance --oversight``, which proposes
and freezes one round, and waits; and, beside them, the chain check alone and a study of one round.

    python benchmarks/research_start.py --rounds 10000 --json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ledger import made

from greenlight import sessions
from greenlight.chain import seal, walk
from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.nouns import fingerprint
from greenlight.round import run_round
from greenlight.study import Study

SESSIONS = 10
TINY = {
    "steps     = 2000": "steps     = 4\nprecision = 'fp32'",
    "layers  = 3": "layers  = 1",
    "width   = 192": "width   = 32",
    "heads   = 3": "heads   = 1",
    "context = 128": "context = 32",
    "warmup    = 50": "warmup    = 0",
    "evals     = 5": "evals     = 1",
}


def study_of(folder: Path) -> Study:
    """One real round, small."""
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghiklmnoprstuw", k=rng.randint(2, 8))) for _ in range(500)]
    text = "".join(" ".join(rng.choices(words, k=12)) + ".\n\n" for _ in range(1600))
    create(folder, "bpc-ladder", Given(text=text))
    path = folder / "rounds" / "01-part-of-the-data.toml"
    told = path.read_text()
    for large, little in TINY.items():
        assert large in told, large
        told = told.replace(large, little)
    shutil.rmtree(folder / "rounds")
    (folder / "rounds").mkdir()
    path.write_text(told)
    study = Study(folder)
    row = run_round(1, study, SOLO)
    assert row.status == "done", row.reason
    return study


def grow(study: Study, rounds: int) -> int:
    """Adds rounds up to this many, with their turns and proposals; returns the ledger's bytes."""
    last, rng = study.ledger.lines()[-1], random.Random(1)
    real, previous, seq = study.round(1).recipe, last.hash, last.seq
    with open(study.ledger.path, "ab") as file:

        def add(kind: str, body: dict[str, Any]) -> None:
            nonlocal previous, seq
            seq += 1
            entry = {"seq": seq, "time": "2026-11-01T10:00:00+00:00", "kind": kind, "body": body, "previous": previous}
            previous, line = seal(entry)
            file.write(line)

        for number in range(2, rounds + 1):
            name, value = f"chance-{number % SESSIONS + 1}", float(f"{1e-4 * 1.0005**number:.6g}")
            head = {"session": name, "by": "chance"}
            if number < SESSIONS + 2:
                budget = {"start": 1, "rounds": rounds, "hours": None, "usd": None, "seed": number % SESSIONS + 1}
                add("research", {**head, "event": "start", "bounds_sha256": "", **budget})
            predict = {"effect": 0.0, "low": -0.1, "high": 0.1}
            asked = {"base": 1, "changes": {"train.lr": value}, "hypothesis": "drawn by chance", "predict": predict}
            add("research", {**head, "event": "turn", "round": None, "proposal": asked, "usd": 0.0, "seconds": 0.01})
            recipe = {**real, "train": {**real["train"], "lr": value}}
            file_ = f'base = "round:1"\n[train]\nlr = {value}\n'
            frozen = {"recipe_fingerprint": f"{number:064x}", "file": file_, "file_sha256": fingerprint(file_)}
            add("proposal", {**head, **asked, "round": number, "slug": f"try-{number}", "oversight": False, **frozen})
            row = made(number, rng).data()
            add("round", {**row, "recipe": recipe, "recipe_fingerprint": f"{number:064x}", "against": 1})
    return study.ledger.path.stat().st_size


def process(folder: Path, *options: str) -> tuple[float, float]:
    """(wall, CPU) seconds of one whole ``greenlight research``."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-m", "greenlight", "research", str(folder), *options, "--json"]
    subprocess.run(command, check=True, capture_output=True)
    wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def timed(folder: Path, times: int, name: str) -> dict[str, float]:
    agent = min(process(folder, "--by", "agent", "--session", "reader") for _ in range(times))
    chance = process(folder, "--by", "chance", "--rounds", "1", "--oversight", "--session", name)
    return {
        "agent_wall_s": round(agent[0], 2),
        "agent_cpu_s": round(agent[1], 2),
        "first_turn_wall_s": round(chance[0], 2),
        "first_turn_cpu_s": round(chance[1], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2), "rounds": options.rounds}
    with tempfile.TemporaryDirectory() as name:
        study = study_of(Path(name) / "study")
        found["one_round"] = timed(study.folder, options.times, "one")
        shutil.rmtree(study.folder)
        study = study_of(Path(name) / "study")
        found["mib"] = round(grow(study, options.rounds) / 2**20, 1)
        began = time.perf_counter()
        found["lines"] = sum(1 for _ in walk(study.ledger.path))
        found["chain_check_s"] = round(time.perf_counter() - began, 2)
        began = time.perf_counter()
        sessions.read(study.ledger)
        found["sessions_read_s"] = round(time.perf_counter() - began, 2)
        found["many_rounds"] = timed(study.folder, options.times, "many")
    print(json.dumps(found) if options.json else json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
