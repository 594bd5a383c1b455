"""The ledger under load: many writers at once, some of them killed; and the time of a leaderboard over many rounds.

Writers: N processes append rounds to one ledger for a while, each keeping its own list of what it was told is written;
half-way some are killed with SIGKILL, and new ones take their place. After that every entry that any of them was told
of must be there once, the chain whole, and no line torn.

Leaderboard: a ledger of realistic rounds (3 seeds, scores over 48 to 125 blocks, facts, artifacts), then whole
processes of ``greenlight leaderboard`` with and without its cache, beside the earlier way of reading a ledger (every
line parsed and hashed again as a noun), on a part of it, all in one run.

    python benchmarks/ledger.py --seconds 60 --writers 32 --rounds 10000 --json
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from greenlight import stats
from greenlight.chain import START, seal, walk
from greenlight.ledger import Ledger
from greenlight.nouns import Artifact, Factor, FactorTable, Round, Score, Verdict, fingerprint
from greenlight.store import write_file

METRICS = (("bpc", "lower", 1.4, 0.01), ("dial.slope", "higher", 0.6, 0.05), ("dial.rate", "higher", 2.0, 0.2))
SEEDS = (1, 2, 3)
EARLIER_SAMPLE = 300
"""Rounds of the same ledger on which the earlier way of reading is timed; its time grows in proportion."""


# ---------------------------------------------------------------- rounds as large as real ones


def _score(rng: random.Random, metric: str, better: str, centre: float, spread: float) -> Score:
    blocks = 125 if metric == "bpc" else 48
    base = [rng.gauss(0, 5 * spread) for _ in range(blocks)]
    shifts = [rng.gauss(0, spread) for _ in SEEDS]
    return Score.model_validate(
        {
            "metric": metric,
            "unit": "bits per character" if metric == "bpc" else "mentions per level",
            "better": better,
            "seeds": SEEDS,
            "blocks": [f"the held-out topic number {i}" for i in range(blocks)],
            "values": [[centre + b + shift + rng.gauss(0, spread) for b in base] for shift in shifts],
            "weights": [float(rng.randint(1500, 2000)) if metric == "bpc" else 1.0 for _ in range(blocks)],
            "yardstick": "9b" * 32,
            "settings": {"rule": "strided", "precision": "fp32", "code": "c0de" * 8},
            "facts": {
                str(s): {"bpb": centre, "levels": {str(i): {"mean": rng.random()} for i in range(5)}} for s in SEEDS
            },
        }
    )


def _artifacts(rng: random.Random) -> dict[str, Artifact]:
    names = ["corpus", "kept", "tokens", *(f"model-{s}" for s in SEEDS)]
    names += [f"score-{m}-{s}" for m in ("bpc", "dial") for s in SEEDS]
    code = {f"greenlight.module{i}": f"{rng.getrandbits(64):016x}" for i in range(12)}
    return {
        name: Artifact(
            kind=name.partition("-")[0],
            fingerprint=f"{rng.getrandbits(256):064x}",
            made_from={"kept": f"{rng.getrandbits(256):064x}"},
            plan={"topics": [f"topic {rng.getrandbits(20)}" for _ in range(40)]},
            code=code,
            files={f: f"{rng.getrandbits(256):064x}" for f in ("a.parquet", "b.json", "c.safetensors")},
            facts={"seconds": rng.random(), "by": {str(i): rng.random() for i in range(12)}},
        )
        for name in names
    }


def made(number: int, rng: random.Random) -> Round:
    """A round of about the size of a real one; every tenth is a crash, every second was judged against round 1."""
    steps = rng.choice([200, 400, 800])
    facts = {
        "parameters": 406_368, "vocabulary": 768, "steps": steps, "characters_seen": 2_200 * steps,
        "flops": 2.1e9 * steps, "train_seconds": 0.1 * steps, "corpus_documents": 599, "corpus_characters": 188_049,
        "epochs": 7.0, "train_loss": 0.1 + rng.random(), "val_loss": 0.2 + rng.random(), "best_step": float(steps),
        "precision": "bf16", "device": "cpu", "peak_memory_bytes": 513_777_664,
        "corpus_dial": {"by": {v: {str(i): {k: rng.random() for k in ("mean", "low", "high", "n")} for i in range(5)}
                               for v in ("brook", "lantern", "meadow", "pebble")}},
    }  # fmt: skip
    crash = number % 10 == 0
    scores = {m: _score(rng, m, b, centre, sd) for m, b, centre, sd in METRICS}
    row = Round(
        number=number,
        slug=f"try-{number}",
        question="Does another draw of the same recipe move anything?",
        status="crash" if crash else "done",
        reason="the loss became infinite at step 40" if crash else "",
        against=1 if number > 1 else None,
        seeds=SEEDS,
        planned=3,
        recipe={
            "keep_if": {"metric": "dial.slope", "by": None, "guards": {}},
            "model": {"layout": "modern", "layers": 3, "width": 96},
            "tokenizer": {"use": "bpe"},
            "predict": {},
            "corpus": {"use": "voices", "topics": [f"the topic number {i}" for i in range(240)]},
        },
        recipe_fingerprint=f"{rng.getrandbits(256):064x}",
        yardstick="9b" * 32,
        artifacts=_artifacts(rng),
        scores={} if crash else scores,
        facts={} if crash else facts,
        code="3f2c9a1b7d40",
        started="2026-11-20T10:00:00+00:00",
        seconds=60.0,
    )
    return row if crash or number % 2 or number == 1 else row.model_copy(update={"verdict": _verdict(row, rng)})


def _verdict(row: Round, rng: random.Random) -> Verdict:
    control = _score(rng, *METRICS[1])
    interval = stats.crossed(control.values, row.scores["dial.slope"].values).interval
    keys = ("corpus.size", "corpus.blend")[: rng.choice([1, 2])]
    table = FactorTable(factors=tuple(Factor(key=key, before=600, after=1200) for key in keys))
    return Verdict(
        outcome="better" if interval.low > 0 else "worse" if interval.high < 0 else "undecided",
        metric="dial.slope",
        unit="mentions per level",
        better="higher",
        against=1,
        difference=interval,
        seeds=(3, 3),
        noise_floor=0.05,
        noise_df=4,
        per_seed=(control.per_seed, row.scores["dial.slope"].per_seed),
        factors=table,
        sentence="dial.slope changed; this round is undecided against round 1. What differed: corpus.size.",
    )


def ledger_of(path: Path, rounds: int, seed: int = 1) -> int:
    """Writes a whole ledger of made rounds; returns its bytes. One flush at the end, so that it takes minutes less."""
    rng, previous = random.Random(seed), START
    with open(path, "wb") as file:
        for number in range(1, rounds + 1):
            body = made(number, rng).data()
            time_ = f"2026-11-{1 + number // 1440 % 28:02d}T{number // 60 % 24:02d}:{number % 60:02d}:00+00:00"
            entry = {"seq": number, "time": time_, "kind": "round", "body": body, "previous": previous}
            previous, line = seal(entry)
            file.write(line)
    return path.stat().st_size


# ---------------------------------------------------------------- many writers


WRITER = """
import os, random, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from ledger import made
from greenlight.ledger import Ledger

go, body = Path(sys.argv[3]), made(1, random.Random(os.getpid())).data()
told = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
while not go.exists():
    time.sleep(0.01)
ledger, until, number = Ledger(Path(sys.argv[1])), float(go.read_text()), 0
while time.time() < until:
    number += 1
    entry = ledger.append("round", {**body, "number": number})
    os.write(told, (entry.hash + "\\n").encode())
"""


def writers(folder: Path, count: int, seconds: float, killed: int) -> dict[str, Any]:
    """``count`` processes append for ``seconds``; half-way ``killed`` of them die by SIGKILL and others start."""
    path, here, go = folder / "ledger.jsonl", str(Path(__file__).parent), folder / "go"

    def start(name: int) -> subprocess.Popen[bytes]:
        told = folder / f"told-{name}"
        return subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(told), str(go), here])

    running = [start(name) for name in range(count)]
    while len(list(folder.glob("told-*"))) < count:
        if any(process.poll() is not None for process in running):
            raise RuntimeError("a writer ended before it began")
        time.sleep(0.02)
    write_file(go, str(time.time() + seconds))
    time.sleep(seconds / 2)
    for process in running[:killed]:
        process.send_signal(signal.SIGKILL)
        process.wait()
    read_midway = len(Ledger(path).lines())  # a reader among the writers sees a whole chain
    late = [start(count + name) for name in range(killed)]
    codes = [process.wait(timeout=seconds + 120) for process in (*running[killed:], *late)]
    told = [line for log in folder.glob("told-*") for line in log.read_text().split()]
    there = [line.hash for line in Ledger(path).lines()]
    torn = folder / "ledger.torn"
    return {
        "writers": count,
        "seconds": seconds,
        "killed": killed,
        "failed": sum(code != 0 for code in codes),
        "told": len(told),
        "there": len(there),
        "lost": len(set(told) - set(there)),
        "twice": len(there) - len(set(there)),
        "untold": len(set(there) - set(told)),
        "torn_set_aside": torn.read_bytes().count(b"\n") if torn.exists() else 0,
        "torn_bytes_left": Ledger(path).torn(),
        "read_midway": read_midway,
        "mib": round(path.stat().st_size / 2**20, 1),
    }


# ---------------------------------------------------------------- the leaderboard


def earlier(path: Path, rounds: int) -> float:
    """Seconds a round of the reading that Greenlight 0.1.0 had: each line parsed, dumped and hashed again as a noun."""
    from typing import Literal

    from greenlight.nouns import Noun

    class Entry(Noun):
        seq: int
        time: str
        kind: Literal["round", "note", "plan"]
        body: dict[str, Any]
        previous: str
        hash: str = ""

    began, previous = time.perf_counter(), START
    with open(path, "rb") as file:
        for place, raw in enumerate(file):
            if place == rounds:
                break
            entry = Entry.model_validate(json.loads(raw))
            sealed = fingerprint(entry.model_dump(mode="json", exclude={"hash"}))
            assert (entry.previous, sealed) == (previous, entry.hash)
            Round.model_validate(entry.body)
            previous = entry.hash
    return (time.perf_counter() - began) / rounds


def process(folder: Path, *options: str) -> tuple[float, float]:
    """(wall, CPU) seconds of one whole ``greenlight leaderboard``."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-m", "greenlight", "leaderboard", str(folder), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def hashing(path: Path) -> float:
    """Seconds that sha256 alone takes over the file, in blocks: what no checked reading can be faster than."""
    began = time.perf_counter()
    with open(path, "rb") as file:
        hashlib.file_digest(file, "sha256")
    return time.perf_counter() - began


def leaderboard(folder: Path, rounds: int, times: int) -> dict[str, Any]:
    """Times whole processes over a ledger of ``rounds``; best of ``times`` with the cache, one without."""
    (folder / "study.toml").write_text('title = "A benchmark"\n')
    path = folder / "ledger.jsonl"
    size = ledger_of(path, rounds)
    per_round = earlier(path, min(rounds, EARLIER_SAMPLE))
    cold = process(folder)
    warm = [process(folder) for _ in range(times)]
    equal = process(folder, "--equal", "characters")
    began = time.perf_counter()
    lines = sum(1 for _ in walk(path))
    checked = time.perf_counter() - began
    return {
        "rounds": lines,
        "mib": round(size / 2**20, 1),
        "kb_a_round": round(size / rounds / 1000, 1),
        "earlier_ms_a_round": round(1000 * per_round, 3),
        "earlier_s": round(per_round * rounds, 2),
        "sha256_alone_s": round(min(hashing(path) for _ in range(3)), 3),
        "chain_check_s": round(checked, 3),
        "first_s": round(cold[0], 3),
        "warm_wall_s": round(min(wall for wall, _ in warm), 3),
        "warm_cpu_s": round(min(cpu for _, cpu in warm), 3),
        "equal_wall_s": round(equal[0], 3),
        "start_wall_s": round(min(_empty() for _ in range(3)), 3),
        "cache_mib": round((folder / "store" / "leaderboard.cache").stat().st_size / 2**20, 1) if rounds >= 50 else 0,
    }


def _empty() -> float:
    """The seconds of ``greenlight leaderboard`` over a study of no rounds: the interpreter and its imports."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "study.toml").write_text('title = "Empty"\n')
        return process(Path(name))[0]


def shown(found: dict[str, Any], as_json: bool) -> None:
    """Prints figures, those of one part under its name."""
    if as_json:
        print(json.dumps(found))
        return
    for part, numbers in found.items():
        if isinstance(numbers, dict):
            print(part)
            for key, value in numbers.items():
                print(f"  {key:<20} {value:>12,}")
        else:
            print(f"{part:<22} {numbers:>12}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="of appending; 0 leaves it out")
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--killed", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=10_000, help="of the leaderboard's ledger; 0 leaves it out")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as name:
        if options.seconds:
            (Path(name) / "writers").mkdir()
            found["append"] = writers(Path(name) / "writers", options.writers, options.seconds, options.killed)
        if options.rounds:
            (Path(name) / "board").mkdir()
            found["leaderboard"] = leaderboard(Path(name) / "board", options.rounds, options.times)
    shown(found, options.json)


if __name__ == "__main__":
    main()
