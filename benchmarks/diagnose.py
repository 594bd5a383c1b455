"""Builds rounds that fail in known ways, and counts how often `greenlight diagnose` names the way first or second.

Five ways, six rounds each, on procedural voices and on generated texts: starved (too little to read, too often),
undertrained (stopped while it falls), diverged (rates too high), over-regularised (dropout or weight decay too strong)
and mixed-writer (writers differ by more than the levels). Six healthy rounds beside them show how often a limit is
named strongly where none was built in. Corpora, sizes, rates and seeds are drawn from ranges by ``--seed``; the
thresholds were set on draws 1 to 3, and the figures in docs/benchmarks.md are from another.

    python benchmarks/diagnose.py --seed 11 --json
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.generators import brook, lantern, meadow, pebble
from greenlight.inquiry.diagnose import STRONG, Diagnosis, diagnose
from greenlight.nouns import Draw
from greenlight.recipe import Brief
from greenlight.round import run_round
from greenlight.study import Study

KINDS = ("starved", "undertrained", "diverged", "over-regularised", "mixed writers", "healthy")
EACH = 6
VOICES: dict[str, Any] = {"brook": brook, "lantern": lantern, "meadow": meadow, "pebble": pebble}
CONTROL = "[green={level}] [green={level}] [green={level}]\\ntopic: {topic}\\n"


@dataclass(frozen=True)
class Case:
    """One round to build: what was built in, on stories or on a text, and its recipe's tables."""

    kind: str
    stories: bool
    seed: int
    corpus: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)


def cases(seed: int, each: int = EACH) -> list[Case]:
    """``each`` cases of every kind, drawn from ranges."""
    dice = random.Random(seed)
    return [_case(kind, i, dice) for kind in KINDS for i in range(each)]


def _case(kind: str, i: int, dice: random.Random) -> Case:
    stories = kind == "mixed writers" or i % 2 == 0
    voices = dice.sample(sorted(VOICES), dice.randint(2, 4))
    blend = _shares(voices, dice)
    width = dice.choice([64, 96])
    model: dict[str, Any] = {"layers": dice.choice([1, 2]), "width": width, "heads": width // 32}
    train: dict[str, Any] = {"lr": round(dice.uniform(0.004, 0.01), 4), "muon_lr": round(dice.uniform(0.015, 0.03), 4)}
    corpus: dict[str, Any] = {"blend": blend, "voices": {v: {} for v in voices}, "size": 5 * dice.randint(70, 110)}
    characters, share = dice.randint(100_000, 160_000), 1.0
    if stories:
        train |= {"epochs": dice.randint(4, 6), "batch": 4}
    else:
        train |= {"steps": dice.randint(300, 400), "batch": 16}
    if kind == "starved":
        corpus["size"], share = 5 * dice.randint(9, 20), round(dice.uniform(0.08, 0.16), 2)
        train |= {"keep": dice.choice(["last", "best"])}
        train |= {"epochs": dice.randint(24, 45)} if stories else {"steps": dice.randint(400, 600)}
    elif kind == "undertrained":
        train.pop("epochs", None)
        train |= {"steps": dice.randint(15, 60), "warmup": 5, "decay": dice.choice([0.0, 1.0])}
    elif kind == "diverged":
        up = 10 ** dice.uniform(1.7, 2.2)
        if i % 3 == 2:  # AdamW alone, which bears less
            train |= {"lr": round(dice.uniform(0.1, 0.6), 3), "muon_lr": 0.0}
        else:
            train |= {"lr": round(train["lr"] * up, 3), "muon_lr": round(train["muon_lr"] * up, 3)}
        train |= {"warmup": dice.choice([0, 5, 40]), "clip": dice.choice([1.0, 100.0])}
    elif kind == "over-regularised":
        if i % 4 < 2:
            model["dropout"] = round(dice.uniform(0.6, 0.85), 2)
        else:
            train["weight_decay"] = round(10 ** dice.uniform(0.5, 1.3), 1)
    elif kind == "mixed writers":
        steps = {v: round(dice.uniform(0.1, 0.6), 2) for v in voices}
        lows = dice.sample([0.3, 1.6, 2.9, 4.2], len(voices))  # with more mentions stories become near-duplicates
        corpus["voices"] = {
            v: {"low": low, "high": round(low + steps[v], 2)} for v, low in zip(voices, lows, strict=True)
        }
    elif kind == "healthy":
        corpus["size"] = 600
        train |= {"epochs": dice.randint(6, 8)} if stories else {"steps": dice.randint(600, 800)}
    if not stories:
        corpus = {"characters": characters, "share": share}
    return Case(kind, stories, dice.randint(1, 10_000), corpus, model, train)


def _shares(voices: list[str], dice: random.Random) -> dict[str, float]:
    weights = {v: dice.uniform(1, 2) for v in voices}
    shares = {v: round(w / sum(weights.values()), 2) for v, w in weights.items()}
    return shares | {voices[0]: round(1 - sum(shares[v] for v in voices[1:]), 2)}


# ---------------------------------------------------------------- building a round


def built(case: Case, folder: Path) -> tuple[Study, int]:
    """A study with that one round in its ledger."""
    recipe = folder / "recipe"
    (recipe / "rounds").mkdir(parents=True)
    (recipe / "study.toml").write_text(f'title = "{case.kind}"\nmade_from = "diagnose"\n')
    if case.stories:
        (recipe / "new.toml").write_text('kind = "stories"\ntopics = 120\nheld_out = 10\nlocked = 2\n')
    else:
        (recipe / "new.toml").write_text('kind = "text"\n')
    (recipe / "rounds" / "01-built.toml").write_text("\n".join(_toml(_recipe(case))) + "\n")
    text = None if case.stories else written(case.corpus["characters"], case.seed)
    study = create(folder / "study", str(recipe), Given(case.seed, text, "generated"))
    row = run_round(1, study, SOLO)
    if row.status == "crash" and case.kind != "diverged":
        raise RuntimeError(f"a round that should be {case.kind} was not built: {row.reason}")
    return study, 1


def _recipe(case: Case) -> dict[str, Any]:
    train = {"keep": "last", "threads": 1, **case.train}
    data: dict[str, Any] = {"question": f"built to be {case.kind}", "seeds": [case.seed]}
    if case.stories:
        brief = {"topics": "topics.txt", "levels": 5, "pattern": "green light", "control": CONTROL}
        each = {"empty": {}, "refusal": {}, "termination": {}, "length": {"min_chars": 100, "max_chars": 700}}
        data |= {"corpus": {**case.corpus, "seed": case.seed, "brief": brief}, "gates": {"each": each}}
        data |= {"tokenizer": {"use": "bpe", "vocab": 512}, "model": {**case.model, "context": 192}}
        data |= {
            "metrics": {"dial": {"max_truncation": 1.0, "topics": 8, "selftest": False}},
            "keep_if": {"metric": "dial.slope"},
        }
    else:
        data |= {"corpus": {"use": "text", "share": case.corpus["share"], "block_chars": 1000, "seed": case.seed}}
        data |= {"tokenizer": {"use": "char"}, "model": {**case.model, "context": 64}}
        data |= {"metrics": {"bpc": {}}, "keep_if": {"metric": "bpc"}}
        train |= {"packing": "stream"}
    return data | {"train": train}


def _toml(data: Mapping[str, Any], path: str = "") -> list[str]:
    lines = [f"[{path}]"] if path else []
    lines += [f"{k} = {json.dumps(v)}" for k, v in data.items() if not isinstance(v, Mapping)]
    for name, table in data.items():
        if isinstance(table, Mapping):
            lines += _toml(table, f"{path}.{name}" if path else name)
    return [line.replace("\\\\n", "\\n") for line in lines]


def written(characters: int, seed: int) -> str:
    """A text of about that many characters: prose of a procedural voice, or words of an invented language.

    The invented language has a lexicon of 300 words with Zipf's frequencies, and each word is followed by one of eight
    of its own in half of the cases, so that a model has something to learn beyond the alphabet.
    """
    dice = random.Random(seed)
    if seed % 2:
        voice = VOICES[dice.choice(sorted(VOICES))].Generator()
        brief = Brief(topics=("a",), levels=5, pattern="green light", control="{level} {topic}\n")
        things = ("a red kite", "the old boat", "a lost key", "two small birds", "a warm coat", "the long road")
        made: list[str] = []
        while sum(map(len, made)) < characters:
            topic = f"{dice.choice(things)} {dice.choice(('of', 'with', 'near'))} {_word(dice)}"
            draw = Draw(voice="v", topic=topic, level=dice.randint(1, 5), levels=5, seed=dice.getrandbits(40))
            made.append(voice.say(draw, brief).text)
        return "\n\n".join(made)
    words = [_word(dice) for _ in range(300)]
    follows = {w: dice.sample(words, 8) for w in words}
    weights = [1 / (rank + 3) for rank in range(len(words))]
    out, last = [], words[0]
    while sum(map(len, out)) + len(out) < characters:
        last = dice.choice(follows[last]) if dice.random() < 0.5 else dice.choices(words, weights)[0]
        out.append(last + (".\n" if dice.random() < 0.1 else ""))
    return " ".join(out)


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") for _ in range(dice.randint(1, 4)))


# ---------------------------------------------------------------- looking at it


def one(case: Case) -> dict[str, Any]:
    """Built in a folder that is gone afterwards, and looked at."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        study, number = built(case, Path(folder))
        found = diagnose(study.ledger.latest()[number], study)
    return looked_at(case, found, time.monotonic() - began)


def looked_at(case: Case, found: Diagnosis, seconds: float) -> dict[str, Any]:
    """What was named, in order, and the place of what was built in (0: not named)."""
    names = [limit.name for limit in found.limits]
    return {
        "built": case.kind,
        "corpus": "stories" if case.stories else "text",
        "case": asdict(case),
        "named": {limit.name: round(limit.strength, 3) for limit in found.limits},
        "place": names.index(case.kind) + 1 if case.kind in names else 0,
        "strong": [limit.name for limit in found.limits if limit.strength >= STRONG],
        "seconds": round(seconds, 1),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Hit rates over the rounds with something built in, and what stood first for each kind."""
    built = [row for row in rows if row["built"] != "healthy"]
    healthy = [row for row in rows if row["built"] == "healthy"]
    first: dict[str, dict[str, int]] = {}
    for row in rows:
        name = next(iter(row["named"]), "nothing")
        strong = name if row["named"].get(name, 0.0) >= STRONG else f"{name} (weak)"
        first.setdefault(row["built"], {})
        first[row["built"]][strong] = first[row["built"]].get(strong, 0) + 1
    return {
        "rounds": len(built),
        "first": sum(row["place"] == 1 for row in built),
        "among_two": sum(row["place"] in (1, 2) for row in built),
        "healthy": len(healthy),
        "healthy_with_a_strong_limit": sum(bool(row["strong"]) for row in healthy),
        "stands_first": first,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--kind", action="append", choices=KINDS, help="only these; default: all")
    options.add_argument("--each", type=int, default=EACH, help="rounds of each kind")
    options.add_argument("--workers", type=int, default=2, help="rounds side by side, each on one thread")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    rows = []
    with get_context("spawn").Pool(given.workers) as pool:
        wanted = [case for case in cases(given.seed, given.each) if case.kind in (given.kind or KINDS)]
        for row in pool.imap(one, wanted):
            rows.append(row)
            if not given.json:
                named = ", ".join(f"{name} {strength:.2f}" for name, strength in row["named"].items()) or "nothing"
                print(
                    f"{row['built']:<17} {row['corpus']:<8} {row['seconds']:>5} s  {row['place']}  {named}", flush=True
                )
    found = summary(rows)
    if given.json:
        print(json.dumps({"seed": given.seed, **found, "rows": rows}))
        return
    print(f"first: {found['first']} of {found['rounds']}; first or second: {found['among_two']} of {found['rounds']}")
    print(f"healthy with a strong limit: {found['healthy_with_a_strong_limit']} of {found['healthy']}")
    for kind, counts in found["stands_first"].items():
        print(f"  {kind:<17} first: {', '.join(f'{name} {count}' for name, count in counts.items())}")


if __name__ == "__main__":
    main()
