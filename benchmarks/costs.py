"""What counting costs takes: ``greenlight cost`` over many recorded rounds, and the reading of a large transcript.

Rounds: the ledger of ``benchmarks/ledger.py`` (3 seeds, scores over 48 to 125 blocks, facts, artifacts), then whole
processes of ``greenlight cost``: the first, which makes the cache, and later ones; beside them what sha256 alone takes
over the file, and the start of the command over a study of no rounds.

Transcripts: made files of a coding agent's rows. A response has two rows, the first with a part of its usage, and two
follow of what users and tools said, of 6 kB in the mean and at most 60. One file in ten is a copy of the one before.
The totals are known by construction, and must come out.

    python benchmarks/costs.py --rounds 10000 --mib 500 --json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger import hashing, ledger_of, shown

from greenlight.chain import walk
from greenlight.transcripts import read
from greenlight.usage import Tokens

MODELS = ("claude-sonnet-4-5", "claude-haiku-4-5", "a-model-nobody-knows")
FILE_MIB = 10


def process(folder: Path, options: Sequence[str] = ()) -> tuple[float, float]:
    """(wall, CPU) seconds of one whole ``greenlight cost``."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "greenlight", "cost", str(folder), *options], check=True, stdout=subprocess.DEVNULL
    )
    wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def rounds(folder: Path, count: int, times: int) -> dict[str, Any]:
    """Times the command over a ledger of ``count`` rounds: without its cache, then the best of ``times`` with it."""
    folder.mkdir()
    (folder / "study.toml").write_text('title = "A benchmark"\n')
    empty = folder / "empty"
    empty.mkdir()
    (empty / "study.toml").write_text('title = "Empty"\n')
    path = folder / "ledger.jsonl"
    size = ledger_of(path, count)
    start = min(process(empty) for _ in range(times))
    first = process(folder)
    later = min(process(folder) for _ in range(times))
    as_json = min(process(folder, ["--json"]) for _ in range(times))
    began = time.perf_counter()
    lines = sum(1 for _ in walk(path))
    checked = time.perf_counter() - began
    cache = folder / "store" / "costs.cache"
    return {
        "rounds": lines,
        "mib": round(size / 2**20, 1),
        "kb_a_round": round(size / count / 1000, 1),
        "sha256_alone_s": round(min(hashing(path) for _ in range(3)), 3),
        "chain_check_s": round(checked, 3),
        "start_wall_s": round(start[0], 3),
        "start_cpu_s": round(start[1], 3),
        "first_wall_s": round(first[0], 3),
        "first_cpu_s": round(first[1], 3),
        "later_wall_s": round(later[0], 3),
        "later_cpu_s": round(later[1], 3),
        "later_json_wall_s": round(as_json[0], 3),
        "later_json_cpu_s": round(as_json[1], 3),
        "cache_mib": round(cache.stat().st_size / 2**20, 1) if cache.exists() else 0,
    }


# ---------------------------------------------------------------- transcripts


def transcript(folder: Path, mib: int, seed: int = 1) -> tuple[int, Tokens]:
    """Writes files of ``FILE_MIB`` each; returns how many responses are in them, and their tokens."""
    rng, responses, total, size, place = random.Random(seed), 0, Tokens(), 0, 0
    filler = "".join(rng.choice("abcdefghij klmnop\n\"'{}[]:,") for _ in range(60_000))
    folder.mkdir()
    while size < mib << 20:
        path = folder / f"session-{place:04d}.jsonl"
        if place % 10 == 9:
            path.write_bytes((folder / f"session-{place - 1:04d}.jsonl").read_bytes())
        else:
            with open(path, "w", encoding="utf-8") as file:
                while file.tell() < FILE_MIB << 20:
                    tokens = Tokens(*(rng.randint(0, 50_000) for _ in range(4)))
                    file.writelines(f"{line}\n" for line in _rows(rng, f"m{responses}", tokens, filler))
                    responses, total = responses + 1, total.plus(tokens)
        size += path.stat().st_size
        place += 1
    return responses, total


def _rows(rng: random.Random, name: str, tokens: Tokens, filler: str) -> list[str]:
    """A response in two rows, the first of which lacks most of its output, and two rows of users and tools."""
    time_ = f"2026-11-20T{rng.randint(0, 23):02d}:00:00.000Z"
    rows = []
    for part, output in ((1, min(1, tokens.output)), (2, tokens.output)):
        usage = {
            "input_tokens": tokens.input,
            "cache_creation_input_tokens": tokens.cache_write,
            "cache_read_input_tokens": tokens.cache_read,
            "output_tokens": output,
        }
        text = {"type": "text", "text": filler[: rng.randint(100, 4_000)]}
        told = {"id": name, "model": MODELS[len(name) % 3], "role": "assistant", "usage": usage, "content": [text]}
        ids = {"uuid": f"{name}-{part}", "requestId": f"req-{name}", "sessionId": "s", "timestamp": time_}
        rows.append(json.dumps({"type": "assistant", **ids, "message": told}))
    for part in range(2):
        said = {"role": "user", "content": filler[: 500 + round(rng.expovariate(1 / 5_500))]}
        rows.append(json.dumps({"type": "user", "uuid": f"{name}-u{part}", "timestamp": time_, "message": said}))
    return rows


def transcripts(folder: Path, mib: int) -> dict[str, Any]:
    """Times the reading, and holds its totals to those that were written."""
    responses, total = transcript(folder, mib)
    study = folder.with_name("no-rounds")
    study.mkdir()
    (study / "study.toml").write_text('title = "Empty"\n')
    command = process(study, ["--transcripts", str(folder)])  # the first child of all, so the largest is its
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    found = read([folder])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    told = Tokens()
    for response in found.responses:
        told = told.plus(response.tokens)
    size = found.bytes / 2**20
    return {
        "mib": round(size, 1),
        "files": found.files,
        "responses": len(found.responses),
        "totals_as_written": (len(found.responses), told) == (responses, total),
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "mib_a_wall_second": round(size / wall, 1),
        "mib_a_cpu_second": round(size / cpu, 1),
        "command_wall_s": round(command[0], 3),
        "command_peak_mib": round(peak / 2**10, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10_000, help="of the ledger; 0 leaves it out")
    parser.add_argument("--mib", type=int, default=500, help="of transcripts; 0 leaves them out")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as name:
        if options.mib:
            found["transcripts"] = transcripts(Path(name) / "transcripts", options.mib)
        if options.rounds:
            found["cost"] = rounds(Path(name) / "study", options.rounds, options.times)
    shown(found, options.json)


if __name__ == "__main__":
    main()
