"""The client against the stub: its overhead, how it follows a server that becomes slower, kills, and a long run.

    python benchmarks/voices.py [overhead] [pace] [kills] [long] [--json]

``overhead``: requests a second of a bare loop over the same ``openai`` client with a semaphore, and of the writer with
everything recorded; 64 in flight, pairs interleaved, median of 5. ``pace``: slots of 100 ms, whose number falls to a
tenth after half of the requests, without 429: answers until the limit has followed, and the throughput against that of
the best fixed limit of a sweep, before and after. ``kills``: ``kill -9`` at 50 random moments of 2,000 samples: how
many requests were asked twice, and whether the corpus is that of the unbroken run. ``long``: the peak memory of 100,000
samples, and the seconds until a resumed run asks its next request. The stub runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from greenlight import blend, llm, parts
from greenlight.llm import Desk, Endpoint
from greenlight.nouns import Draw
from greenlight.pace import Line, Pace
from greenlight.progress import SILENT
from greenlight.recipe import Brief, VoicesCorpus
from greenlight.store import Store
from greenlight.write import Writer, write

TOGETHER = 64


@contextlib.contextmanager
def stub(**options: Any) -> Iterator[str]:
    """``greenlight stub`` on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    child = subprocess.Popen(
        [sys.executable, "-m", "greenlight", "stub", f"--port={port}", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/v1"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/models", timeout=1):
                break
            time.sleep(0.05)
        else:
            raise SystemExit("the stub does not answer")
        yield address
    finally:
        child.terminate()
        child.wait()


def recipe(address: str, size: int, **options: Any) -> VoicesCorpus:
    voice = {"use": "endpoint", "model": "stub-plain", "base_url": address, "thinking": "leave", **options}
    brief = Brief(topics=tuple(f"a kite, number {n}" for n in range(size // 5)), pattern="green light")
    return VoicesCorpus(size=size, blend={"v": 1.0}, voices={"v": voice}, brief=brief, most_refused=1.0)


class Silent:
    """A bar of progress that nobody sees."""

    def advance(self, n: float = 1, note: str = "") -> None:
        return


def ours(made: VoicesCorpus, folder: Path, fixed: bool = True) -> tuple[float, float]:
    """Requests a second of the writer, and its CPU seconds a request.

    ``fixed``: with as many in flight as the bare loop has; else it searches for its limit, as in use.
    """
    voices = {"v": parts.make("generators", "v", made.voices["v"])}
    draws = blend.plan(made)
    if fixed:
        llm.Pace = lambda most: Fixed(most, most)  # type: ignore[misc,assignment]
    try:
        with Writer(made, voices, {}, folder / "answers", judges="what decides") as writer:
            begun, spent = time.perf_counter(), time.process_time()
            writer.fill(draws, Silent())
            return len(draws) / (time.perf_counter() - begun), (time.process_time() - spent) / len(draws)
    finally:
        llm.Pace = Pace  # type: ignore[misc]


def bare(made: VoicesCorpus) -> tuple[float, float]:
    """The same of a loop that keeps nothing."""
    import openai

    draws = blend.plan(made)

    async def all_of_them() -> tuple[float, float]:
        client = openai.AsyncOpenAI(base_url=made.voices["v"]["base_url"], api_key="none", max_retries=0)
        room = asyncio.Semaphore(TOGETHER)

        async def one(draw: Draw) -> str:
            async with room:
                reply = await client.chat.completions.create(
                    model=made.voices["v"]["model"],
                    messages=[{"role": "user", "content": made.brief.asked(draw)}],
                    seed=draw.seed % 2**31,
                )
                return reply.choices[0].message.content or ""

        begun, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one(draw) for draw in draws))
        took, spent = time.perf_counter() - begun, time.process_time() - spent
        await client.close()
        return len(draws) / took, spent / len(draws)

    return asyncio.run(all_of_them())


def overhead(size: int = 3_000) -> dict[str, Any]:
    them, us, searching = [], [], []
    with stub(personality="plain", slots=TOGETHER, ms=20) as address, tempfile.TemporaryDirectory() as scratch:
        for n in range(5):
            made = recipe(address, size, parallel=TOGETHER)
            them.append(bare(made))
            us.append(ours(made, Path(scratch) / str(n)))
            searching.append(ours(made, Path(scratch) / f"{n}-searching", fixed=False))
    pairs = list(zip(them, us, strict=True))
    return {
        "bare, requests/s": statistics.median(rate for rate, _ in them),
        "ours, requests/s": statistics.median(rate for rate, _ in us),
        "ratio of rates": statistics.median(b[0] / a[0] for a, b in pairs),
        "ratios of rates": [round(b[0] / a[0], 3) for a, b in pairs],
        "ours, searching for its limit, requests/s": statistics.median(rate for rate, _ in searching),
        "ratio of rates, searching": statistics.median(s[0] / b[0] for b, s in zip(them, searching, strict=True)),
        "ratios of rates, searching": [round(s[0] / b[0], 3) for b, s in zip(them, searching, strict=True)],
        "bare, CPU ms a request": 1000 * statistics.median(cpu for _, cpu in them),
        "ours, CPU ms a request": 1000 * statistics.median(cpu for _, cpu in us),
        "ratio of CPU": statistics.median(b[1] / a[1] for a, b in pairs),
    }


class Fixed(Pace):
    """A limit that never moves."""

    def end(self, number: int, work: float = 1.0) -> None:
        self.begun.pop(number)


async def asked(address: str, pace: Pace, count: int) -> list[tuple[float, int, int]]:
    """When each answer came, and the limit and the requests in flight then."""
    endpoint = Endpoint(address, retries=0, parallel=pace.most)
    seen: list[tuple[float, int, int]] = []
    async with Desk() as desk:
        desk.lines[endpoint.name] = Line(pace)
        waiting = iter(range(count))

        async def worker() -> None:
            for n in waiting:
                message = {"role": "user", "content": f"Write about kite {n}."}
                await desk.chat(endpoint, "stub-slow-down", [message], {"seed": n})
                seen.append((time.perf_counter(), pace.limit, len(pace.begun)))

        await asyncio.gather(*(worker() for _ in range(pace.most)))
    return seen


def rate(seen: list[tuple[float, int, int]], first: int, last: int) -> float:
    return (last - first) / (seen[last - 1][0] - seen[first][0])


def pace(slots: int = 20, count: int = 800, ms: int = 100) -> dict[str, Any]:
    fall = count // 2
    options = {"personality": "slow-down", "slots": slots, "ms": ms, "after": fall}
    best: dict[str, float] = {"before": 0.0, "after": 0.0}
    for limit in (slots // 10, slots // 5, slots, 2 * slots):
        with stub(**options) as address:
            seen = asyncio.run(asked(address, Fixed(limit, limit), count))
        best["before"] = max(best["before"], rate(seen, fall // 2, fall))
        best["after"] = max(best["after"], rate(seen, fall + 3 * slots, count))
    with stub(**options) as address:
        ours = asyncio.run(asked(address, Pace(TOGETHER), count))
    few = slots // 10
    followed = next((n - fall for n in range(fall, count) if ours[n][1] <= 2 * few + 1), -1)
    drained = next((n - fall for n in range(fall, count) if ours[n][2] <= 2 * few + 1), -1)
    return {
        "slots": slots,
        "fall to": few,
        "limit before": ours[fall - 1][1],
        "in flight before": ours[fall - 1][2],
        "answers until the limit followed": followed,
        "answers until those in flight did": drained,
        "throughput before, of the best": rate(ours, fall // 2, fall) / best["before"],
        "throughput after, of the best": rate(ours, fall + 3 * slots, count) / best["after"],
        "lost": count - len(ours),
    }


def child(folder: str, address: str, size: int, gates: bool) -> None:
    """The run that is killed: a corpus in a store."""
    made = recipe(address, size, parallel=32, retries=2)
    write(made, {"empty": {}, "length": {}} if gates else {}, blend.plan(made), Store(Path(folder)), SILENT)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def begin(folder: Path, address: str, size: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, __file__, "child", str(folder), address, str(size)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def recorded(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("answers/*.jsonl"))


def served(address: str) -> int:
    with urllib.request.urlopen(f"{address.removesuffix('/v1')}/stub", timeout=5) as reply:
        return int(json.loads(reply.read())["asked"])


def kills(moments: int = 50, size: int = 2_000) -> dict[str, Any]:
    dice = random.Random(3)
    twice: list[int] = []
    same = 0
    with stub(personality="plain", slots=32, ms=30) as address, tempfile.TemporaryDirectory() as scratch:
        whole = begin(Path(scratch) / "whole", address, size)
        begun = time.monotonic()
        assert whole.wait() == 0, whole.communicate()[1].decode()
        length = time.monotonic() - begun
        expected = _corpus(Path(scratch) / "whole")
        for moment in range(moments):
            folder, before = Path(scratch) / str(moment), served(address)
            run = begin(folder, address, size)
            time.sleep(dice.uniform(0.2, 0.95) * length)
            with contextlib.suppress(ProcessLookupError):
                os.kill(run.pid, signal.SIGKILL)
            run.wait()
            again = begin(folder, address, size)
            _, errors = again.communicate()
            assert again.returncode == 0, errors.decode()
            twice.append(served(address) - before - recorded(folder))
            same += _corpus(folder) == expected
    return {"kills": moments, "same corpus": same, "asked twice, most": max(twice), "asked twice, median":
            statistics.median(twice), "in flight": 32}  # fmt: skip


def _corpus(folder: Path) -> list[tuple[str, str]]:
    import pyarrow.parquet as pq

    (found,) = folder.glob("corpus-*/samples.parquet")
    table = pq.read_table(found, columns=["id", "sha256"])
    return list(zip(table["id"].to_pylist(), table["sha256"].to_pylist(), strict=True))


def long(size: int = 100_000) -> dict[str, Any]:
    with stub(personality="plain", slots=64, ms=0) as address, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "long"
        run = begin(folder, address, size)
        while run.poll() is None and recorded(folder) < 0.9 * size:
            time.sleep(2)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        there, before, begun = recorded(folder), served(address), time.monotonic()
        again = begin(folder, address, size)
        while served(address) == before and again.poll() is None:
            time.sleep(0.02)
        waited = time.monotonic() - begun
        said, errors = again.communicate()
        assert again.returncode == 0, errors.decode()
    return {"samples": size, "recorded before the resume": there, "resume_s": waited, "peak_MB": int(said)}


def main() -> None:
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]), gates=True)
        return
    parts_of = {"overhead": overhead, "pace": pace, "kills": kills, "long": long}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[*parts_of, []], help="default: all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    for name in options.what or parts_of:
        found[name] = parts_of[name]()
        if not options.json:
            print(name)
            for key, value in found[name].items():
                print(f"  {key:<36} {value:.3f}" if isinstance(value, float) else f"  {key:<36} {value}")
    if options.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
