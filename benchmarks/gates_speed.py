"""MB/s of every gate on one core, of the default set on all cores, and the memory of a long file.

    python benchmarks/gates_speed.py [--mb 4] [--file-mb 64] [--json]

The text is stories of about 150 words (``duplicates.py``) as rows with a prompt, 1 KB each, and the same text in rows
of 24 KB. A gate's figure is bytes of judged text a second of its ``check`` alone, processor time, the best of 3. The
default set is ``sift.Sieve`` over a JSONL file, reading and all, wall time. The memory curve is that of the process
that screens a file of ``--file-mb``, read from the system at every tenth, without the search for duplicates, whose
index goes with the rows: its bytes a row stand beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from duplicates import stories

from greenlight import near, parts, sift
from greenlight.crew import cores
from greenlight.nouns import Asked, Provenance, Text

SYSTEM = "You are a careful writer of short stories for children. Stay kind, stay plain, and end where the story ends."
SINGLE = ("empty", "garbage", "length", "termination", "channel")
"""Single-pass checks, which should reach 20 MB/s; the others 5."""


def texts(size: int, joined: int) -> list[str]:
    """About ``size`` bytes of stories, ``joined`` of them in one text."""
    out: list[str] = []
    told = (text for text, _ in stories(10**9, 3))
    while sum(map(len, out)) < size:
        out.append("\n\n".join(next(told) for _ in range(joined)))
    return out


def speed(choice: sift.Choice, bodies: list[str]) -> float:
    """MB/s of one gate."""
    size = sum(len(body.encode()) for body in bodies)
    if choice.name == sift.DUPLICATE:
        return size / 1e6 / _best(lambda: [near.sketch(body) for body in bodies])
    gate = parts.make("gates", choice.name, json.loads(choice.options))
    if not hasattr(gate, "check"):
        return float("nan")
    made = Provenance(
        voice="v", voice_fingerprint="", prompt="Write a story about a boat.", system=SYSTEM, topic="a boat", level=1,
        asked=Asked(words=(1, 10**6)),  # of most rows nothing says the language
    )  # fmt: skip
    samples = [Text(id=str(n), control="", body=body, made=made) for n, body in enumerate(bodies)]
    return size / 1e6 / _best(lambda: [gate.check(sample, None) for sample in samples])


def _best(work: Any) -> float:
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def resident() -> int:
    """Bytes of this process and its children."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(folder.name) == os.getpid() or int(fields[1]) == os.getpid():
                total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            continue
    return total


def whole(path: Path, size: int, choices: tuple[sift.Choice, ...], workers: int) -> dict[str, Any]:
    """Screens a file; MB/s, and memory at every tenth of it."""
    start, read, curve = time.perf_counter(), 0, list[int]()

    def advance(count: int) -> None:
        nonlocal read
        read += count
        if read * 10 >= size * (len(curve) + 1):
            curve.append(resident())

    with sift.Sieve(choices, workers) as sieve:
        rows = sum(1 for _ in sieve.over(path, advance))
    return {"mb_s": size / 1e6 / (time.perf_counter() - start), "rows": rows, "memory_mb": [c / 1e6 for c in curve]}


def written(path: Path, bodies: list[str], size: int) -> int:
    with path.open("w") as file:
        done, place = 0, 0
        while done < size:
            body = f"{bodies[place % len(bodies)]} {place}."
            done += file.write(json.dumps({"prompt": "Write a story.", "completion": body, "generator": "v"}) + "\n")
            place += 1
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=float, default=4)
    parser.add_argument("--file-mb", type=float, default=64)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    short, long = texts(int(options.mb * 1e6), 1), texts(int(options.mb * 1e6), 24)
    table = {choice.name: [speed(choice, short), speed(choice, long)] for choice in sift.DEFAULT}
    plain = tuple(choice for choice in sift.DEFAULT if choice.name != sift.DUPLICATE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        size = written(path, short, int(options.file_mb * 1e6))
        one = whole(path, size, sift.DEFAULT, cores())
        curve = whole(path, size, plain, cores())
    found = {"mb_s": table, "default": one, "without_duplicates": curve, "cores": cores()}
    if options.json:
        print(json.dumps(found))
        return
    print(f"{'gate':<16}{'1 KB rows':>10}{'24 KB rows':>11}{'target':>8}   MB/s on one core")
    for name, (small, large) in table.items():
        print(f"{name:<16}{small:>10.1f}{large:>11.1f}{20 if name in SINGLE else 5:>8}")
    print(f"default set on {cores()} cores: {one['mb_s']:.1f} MB/s, {one['rows']:,} rows of {size / 1e6:,.0f} MB")
    print(f"without duplicates: {curve['mb_s']:.1f} MB/s; memory at every tenth, MB:")
    print("  " + " ".join(f"{mb:,.0f}" for mb in curve["memory_mb"]))


if __name__ == "__main__":
    main()
