"""Near-duplicates among 10,000 to 1,000,000 stories: time, memory, what is found, and what is not.

    python benchmarks/duplicates.py [--sizes 10000 100000 1000000] [--text FILE] [--json]

Stories of about 150 words are drawn from sentences with slots (``fixtures/pools.py``), so that distinct ones share
sentences, as a corpus of one writer does. One in a hundred is a copy of an earlier one, a tenth of its words replaced
by others of the pool. Each size is a process of its own; its time is that of sketching and indexing
(``greenlight.near``), processor seconds, and its memory the process's peak. Recall: planted copies that are flagged
with their original; the exact method (``gates/duplicate.py``, every Jaccard index computed) is run beside it at the
smallest size. False pairs are counted among the real stories of ``--text``, of which none is a copy.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fixtures.pools import DAYS, ENGLISH, NAMES, PLACES, THINGS

from greenlight import near

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "green-light" / "mixture.txt"
WORDS, SHARE, COPIES, BACK = 150, 0.1, 100, 5000
ADJECTIVES = (
    "old",
    "quiet",
    "small",
    "bright",
    "cold",
    "slow",
    "warm",
    "grey",
    "heavy",
    "late",
    "odd",
    "plain",
    "tall",
)


VERBS = ("found", "carried", "painted", "lost", "sold", "mended", "hid", "counted", "bought", "dropped", "kept", "drew")
NOUNS = (
    "boat",
    "cat",
    "drum",
    "lamp",
    "coat",
    "pear",
    "wheel",
    "spoon",
    "chair",
    "fish",
    "bell",
    "rope",
    "mask",
    "cart",
)
JOINTS = (
    "near",
    "behind",
    "on the way to",
    "a mile from",
    "outside",
    "above",
    "not far from",
    "next to",
    "in front of",
)


def sentence(dice: random.Random) -> str:
    if dice.random() < 0.6:  # of words that go with each other in any order
        one, two, three, four = (dice.choice(ADJECTIVES) for _ in range(4))
        said = f"{dice.choice(NAMES)} {dice.choice(VERBS)} the {one} {two} {dice.choice(NOUNS)} {dice.choice(JOINTS)} "
        return said + f"a {three} {dice.choice(NOUNS)} and {dice.choice(VERBS)} a {four} {dice.choice(NOUNS)}."
    n, n2 = dice.sample(NAMES, 2)
    place, thing = dice.choice(PLACES), dice.choice(THINGS)
    place = place.replace("the ", f"the {dice.choice(ADJECTIVES)} ", 1)
    day = dice.choice(DAYS)
    return dice.choice(ENGLISH).format(n=n, n2=n2, p=place, t=thing, d=day, d2=day.capitalize())


def stories(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Each story, and the place of the one that it is a copy of, −1 for its own."""
    dice, recent = random.Random(seed), list[tuple[str, int]]()
    pool = sorted({word for shape in ENGLISH for word in shape.split() if "{" not in word} | set(NAMES))
    for place in range(count):
        if place % COPIES == COPIES - 1:
            text, origin = dice.choice(recent)
            words = [dice.choice(pool) if dice.random() < SHARE else word for word in text.split()]
            yield " ".join(words), origin
            continue
        told: list[str] = []
        while sum(part.count(" ") + 1 for part in told) < WORDS:
            told.append(sentence(dice))
        text = " ".join(told)
        recent.append((text, place))
        if len(recent) > BACK:
            recent[dice.randrange(BACK)] = recent.pop()
        yield text, -1


def measure(count: int, exact: bool) -> dict[str, Any]:
    """One size, in this process."""
    index = near.Index()
    planted = found = false = 0
    spent, wall = 0.0, time.perf_counter()
    for place, (text, origin) in enumerate(stories(count, 7)):
        start = time.process_time()
        made = near.sketch(text)
        assert made is not None
        twin = index.add(place, made)
        spent += time.process_time() - start
        planted += origin >= 0
        found += twin is not None and origin >= 0 and twin.id == origin
        false += twin is not None and origin < 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    row = {"stories": count, "seconds": spent, "wall": time.perf_counter() - wall, "peak_bytes": peak}
    row |= {"planted": planted, "found": found, "others_flagged": false}
    if exact:
        row["exact"] = _exact(count)
    return row


def _exact(count: int) -> dict[str, Any]:
    """The same stories, every pair that shares a rare shingle compared."""
    from greenlight.gates.duplicate import Gate
    from greenlight.nouns import Provenance, Text

    told = list(stories(count, 7))
    made = Provenance(voice="v", voice_fingerprint="", prompt="")
    texts = [Text(id=str(place), control="", body=text, made=made) for place, (text, _) in enumerate(told)]
    start = time.process_time()
    flags = Gate(threshold=near.ALIKE).check_all(texts, None)
    spent = time.process_time() - start
    hits = [flag is not None for flag in flags]
    return {
        "seconds": spent,
        "found": sum(hit and origin >= 0 for hit, (_, origin) in zip(hits, told, strict=True)),
        "others_flagged": sum(hit and origin < 0 for hit, (_, origin) in zip(hits, told, strict=True)),
    }


def real(path: Path) -> dict[str, Any]:
    """Pairs that are flagged among real stories, of which none is a copy."""
    from greenlight import foreign

    texts = [sample.body for sample in foreign.samples(path)]
    index = near.Index()
    start = time.process_time()
    made = [near.sketch(text) for text in texts]
    twins = [index.add(place, one) for place, one in enumerate(made) if one is not None]
    spent = time.process_time() - start
    size = sum(len(text.encode()) for text in texts)
    return {"stories": len(texts), "flagged": sum(twin is not None for twin in twins), "mb_s": size / 1e6 / spent}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--text", type=Path, default=REAL)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.child, options.child == min(options.sizes))))
        return
    rows = []
    for size in sorted(options.sizes):
        command = [
            sys.executable,
            str(Path(__file__).resolve()),
            "--child",
            str(size),
            "--sizes",
            str(min(options.sizes)),
        ]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}"}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
        rows.append(json.loads(done.stdout))
    summary: dict[str, Any] = {"rows": rows}
    if options.text.exists():
        summary["real"] = real(options.text)
    if options.json:
        print(json.dumps(summary))
        return
    print(f"{'stories':>9}{'CPU s':>9}{'growth':>8}{'peak MB':>9}{'planted':>9}{'found':>8}{'recall':>8}{'others':>8}")
    for before, row in zip([None, *rows], rows, strict=False):
        growth = ""
        if before:
            growth = (
                f"n^{math.log(row['seconds'] / before['seconds']) / math.log(row['stories'] / before['stories']):.2f}"
            )
        print(
            f"{row['stories']:>9,}{row['seconds']:>9.1f}{growth:>8}{row['peak_bytes'] / 1e6:>9,.0f}{row['planted']:>9,}"
            f"{row['found']:>8,}{row['found'] / row['planted']:>8.3f}{row['others_flagged']:>8,}"
        )
        if "exact" in row:
            one = row["exact"]
            print(f"    exact{one['seconds']:>9.1f}{'':>26}{one['found']:>8,}{'':>8}{one['others_flagged']:>8,}")
    if "real" in summary:
        one = summary["real"]
        print(f"{one['stories']:,} real stories: {one['flagged']} flagged; {one['mb_s']:.1f} MB/s")


if __name__ == "__main__":
    main()
