"""Rounds for the report's tests. Every number here is made up for the tests; none was measured."""

from __future__ import annotations

import random
from typing import Any

from greenlight import stats
from greenlight.nouns import Accounting, Factor, FactorTable, Interval, Outcome, Round, Score, Separation, Verdict

TRUTH = {
    "lantern": [0.6, 1.7, 3.0, 4.4, 6.1],
    "brook": [0.8, 1.5, 2.3, 3.1, 4.0],
    "meadow": [0.7, 1.4, 2.2, 3.2, 4.1],
    "pebble": [1.2, 1.4, 1.5, 1.7, 1.8],
}
BLENDS = (
    {"pebble": 0.40, "brook": 0.25, "meadow": 0.25, "lantern": 0.10},
    {"pebble": 0.10, "brook": 0.25, "meadow": 0.25, "lantern": 0.40},
)
TOPICS = tuple(f"topic {i:02d}" for i in range(40))
UNIT = "mentions per level"


def slope(means: list[float]) -> float:
    return sum((i - 2) * m for i, m in enumerate(means)) / 10


def mixed(blend: dict[str, float]) -> list[float]:
    return [sum(share * TRUTH[v][i] for v, share in blend.items()) for i in range(5)]


def bpc_score(rng: random.Random, centre: float, seeds: tuple[int, ...], blocks: int = 60) -> Score:
    base = [rng.gauss(0, 0.12) for _ in range(blocks)]
    values = []
    for _ in seeds:
        shift = rng.gauss(0, 0.006)
        values.append(tuple(centre + b + shift + rng.gauss(0, 0.02) for b in base))
    names = tuple(f"block {i}" for i in range(blocks))
    return Score(
        metric="bpc",
        unit="bits per character",
        better="lower",
        seeds=seeds,
        blocks=names,
        values=tuple(values),
        weights=(1.0,) * blocks,
        yardstick="9b" * 32,
        settings={"rule": "strided"},
        facts={str(s): {"bpb": centre * 0.99} for s in seeds},
    )


def dial_score(rng: random.Random, means: list[float], share: float, seeds: tuple[int, ...]) -> Score:
    values, facts = [], {}
    for seed in seeds:
        factor = share + rng.gauss(0, 0.03)
        middle = sum(means) / 5
        levels = {}
        for i, m in enumerate(means):
            v = max(0.1, middle * 0.95 + factor * (m - middle) + rng.gauss(0, 0.07))
            half = 0.22 + 0.05 * v
            levels[str(i + 1)] = {"mean": v, "low": v - half, "high": v + half}
        line = slope([levels[str(i)]["mean"] for i in range(1, 6)])
        noise = [rng.gauss(0, 0.25) for _ in TOPICS]
        values.append(tuple(line + n - sum(noise) / len(noise) for n in noise))
        facts[str(seed)] = {
            "levels": levels,
            "page_p": 10 ** -(4 + 9 * rng.random()),
            "truncation": 0.01 + 0.02 * rng.random(),
            "eta2_level": 0.2 + 0.2 * factor,
            "ceiling_ratio": line / slope(means),
            "corpus_slope": slope(means),
        }
    return Score(
        metric="dial.slope",
        unit=UNIT,
        better="higher",
        seeds=seeds,
        blocks=TOPICS,
        values=tuple(values),
        weights=(1.0,) * 40,
        yardstick="9b" * 32,
        settings={"temperature": 1.0},
        facts=facts,
    )


def green_round(number: int, slug: str, question: str, blend: dict[str, float], size: int, share: float) -> Round:
    rng = random.Random(number)
    means, seeds = mixed(blend), (1, 2, 3)
    by_voice = {
        v: {"asked": round(size * w * 1.06), "kept": round(size * w), "refused": round(size * w * 0.05), "failed": 0}
        for v, w in blend.items()
    }
    refused = {"refusal": round(size * 0.021), "termination": round(size * 0.034), "duplicate": 2}
    facts = {
        "parameters": 689_408,
        "vocabulary": 768,
        "corpus_documents": size,
        "corpus_characters": size * 247,
        "characters_seen": size * 247 * 6,
        "epochs": 6.0,
        "steps": round(size * 0.36),
        "best_step": size * 0.33,
        "train_loss": 0.61 - size / 9000,
        "val_loss": 0.79 - size / 8000,
        "context_characters": 512.4,
        "precision": "bf16",
        "device": "cpu",
        "seconds": 44.0,
        "shares": blend,
        "true_slope": slope(means),
        "peak_memory_bytes": 812_000_000,
    }
    recipe = {
        "corpus": {"use": "voices", "size": size, "blend": blend, "brief": {"pattern": "green light", "levels": 5}},
        "tokenizer": {"use": "bpe", "vocab": 768},
        "model": {"layout": "modern", "layers": 3, "width": 128},
    }
    scores = {"bpc": bpc_score(rng, 1.32 - size / 12000, seeds), "dial.slope": dial_score(rng, means, share, seeds)}
    account = Accounting(
        asked=size + sum(refused.values()) + 3,
        kept=size,
        refused=refused,
        failed=3,
        by_voice=by_voice,
        cleaned={"markdown": round(size * 0.24), "lines": 11, "ascii": 3},
    )
    return Round(
        number=number,
        slug=slug,
        question=question,
        status="done",
        seeds=seeds,
        recipe=recipe,
        recipe_fingerprint=f"{number:x}c" * 32,
        yardstick="9b" * 32,
        scores=scores,
        facts=facts,
        accounting=account,
        against=1 if number > 1 else None,
        machine={"cpu": "made up"},
        code="3f2c9a1b7d40",
        started=f"2026-11-20T10:0{number % 10}:00+00:00",
        seconds=58.3,
    )


def outcome_of(difference: Interval, margin: float, lower: bool) -> Outcome:
    if difference.within(margin):
        return "equivalent"
    if difference.low > margin or difference.high < -margin:
        return "better" if (difference.value < 0) == lower else "worse"
    return "undecided"


def judged(r: Round, control: Round, table: FactorTable, outcome: Outcome | None = None, **more: Any) -> Round:
    metric = more.pop("metric", "dial.slope")
    a, b = control.scores[metric], r.scores[metric]
    d = stats.crossed(a.values, b.values).interval
    margin = more.pop("margin", 0.1)
    outcome = outcome or outcome_of(d, margin, b.better == "lower")
    numbers = f"{d.value:+.2f} {b.unit} [{d.low:+.2f}, {d.high:+.2f}]".replace("-", "−")
    cause = f"Because of {table.name}, round" if table.causal and outcome in ("better", "worse") else "Round"
    words = {"equivalent": "is the same as", "undecided": "cannot be told from"}.get(outcome, f"is {outcome} than")
    tail = "" if table.causal else " Two things changed together, so neither can be named as the cause."
    sentence = f"{cause} {r.number} {words} round {control.number}: {numbers}.{tail}"
    verdict = Verdict(
        outcome=outcome,
        metric=metric,
        unit=b.unit,
        better=b.better,
        against=control.number,
        difference=d,
        margin=margin,
        margin_from="keep_if.by",
        seeds=(len(a.seeds), len(b.seeds)),
        blocks=len(a.blocks),
        seed_sd=0.06,
        noise_floor=0.061,
        noise_df=4,
        per_seed=(a.per_seed, b.per_seed),
        factors=table,
        sentence=sentence,
        **more,
    )
    return r.model_copy(update={"verdict": verdict})


BLEND = Factor(key="corpus.blend", before=BLENDS[0], after=BLENDS[1])
SIZE = Factor(key="corpus.size", before=600, after=1200)
FOLLOWS = (
    Factor(key="corpus_characters", before=148_200, after=296_400, follows_from="corpus.size"),
    Factor(key="steps", before=216, after=432, follows_from="corpus.size"),
)


def truth_between(a: Round, b: Round) -> dict[str, Any]:
    before, after = a.facts["true_slope"], b.facts["true_slope"]
    return {"before": before, "after": after, "difference": after - before, "unit": "mentions per level in the corpus"}


def green_rounds() -> list[Round]:
    one = green_round(
        1, "lean-on-flat", "Does a corpus that leans on the fast, clean voice hold the dial?", BLENDS[0], 600, 0.80
    )
    two = green_round(
        2,
        "rebalanced",
        "Does leaning off the flat voice, with twice the stories, bring the dial back?",
        BLENDS[1],
        1200,
        0.92,
    )
    three = green_round(3, "blend-alone", "Was it the blend?", BLENDS[1], 600, 0.84)
    four = green_round(4, "size-alone", "Was it the size?", BLENDS[0], 1200, 0.84)
    separations = (
        Separation(
            factor="corpus.blend",
            changes={"corpus": {"size": 600}},
            sentence="Round 2's blend at round 1's size (corpus.size = 600) would show what corpus.blend was worth.",
            minutes=1.2,
            done_by=3,
        ),
        Separation(
            factor="corpus.size",
            changes={"corpus": {"blend": BLENDS[0]}},
            sentence="Round 1's blend at round 2's size (corpus.size = 1200) would show what corpus.size was worth.",
            minutes=2.3,
            done_by=4,
        ),
    )
    package = FactorTable(factors=(BLEND, SIZE), consequences=FOLLOWS, separations=separations)
    missing = "5 more seeds a round would narrow it by half, about 9 minutes here."
    return [
        one,
        judged(two, one, package, truth=truth_between(one, two)),
        judged(three, one, FactorTable(factors=(BLEND,)), truth=truth_between(one, three)),
        judged(
            four,
            one,
            FactorTable(factors=(SIZE,), consequences=FOLLOWS),
            margin=0.05,
            missing=missing,
            truth=truth_between(one, four),
        ),
    ]


def text_round(number: int, slug: str, question: str, bpc: float, facts: dict[str, Any]) -> Round:
    rng = random.Random(100 + number)
    score = bpc_score(rng, bpc, (1, 2, 3))
    return Round(
        number=number,
        slug=slug,
        question=question,
        status="done",
        seeds=(1, 2, 3),
        recipe={
            "corpus": {"use": "text"},
            "tokenizer": {"use": "char"},
            "model": {"layout": "modern", "layers": 4, "width": 128},
        },
        recipe_fingerprint=f"{number:x}a" * 32,
        yardstick="77" * 32,
        scores={"bpc": score},
        facts=facts,
        seconds=212.0,
        started="2026-11-20T11:00:00+00:00",
        code="3f2c9a1b7d40",
    )


def text_rounds() -> list[Round]:
    """Part of a text, all of it, another tokenizer, and a round that crashed; no dial."""
    base = {
        "parameters": 812_032,
        "vocabulary": 353,
        "corpus_documents": 28,
        "corpus_characters": 248_117,
        "epochs": 8.0,
        "steps": 1200,
        "best_step": 640,
        "train_loss": 1.21,
        "val_loss": 1.66,
        "precision": "fp32",
        "device": "cpu",
    }
    full = {**base, "corpus_characters": 995_402, "corpus_documents": 102, "epochs": 2.0, "best_step": 1180}
    full |= {"train_loss": 1.36, "val_loss": 1.49}
    more = {**full, "vocabulary": 1024, "parameters": 901_000}
    one = text_round(1, "part", "How far does a quarter of the text go?", 2.395, base)
    two = text_round(2, "all", "What is the rest of the text worth?", 2.201, full)
    three = text_round(3, "bpe", "Does a corpus BPE read further ahead?", 2.193, more)
    reason = "the loss became infinite at step 40: lower train.muon_lr"
    crash = three.model_copy(
        update={"number": 4, "slug": "too-wide", "question": "Is a wider model better?", "status": "crash"}
        | {"reason": reason, "against": 2, "scores": {}, "facts": {}}
    )
    share = FactorTable(
        factors=(Factor(key="corpus.share", before=0.25, after=1.0),),
        consequences=(Factor(key="epochs", before=8.0, after=2.0, follows_from="corpus.share"),),
    )
    bpe = FactorTable(
        factors=(Factor(key="tokenizer.use", before="char", after="bpe"),),
        consequences=(Factor(key="vocabulary", before=353, after=1024, follows_from="tokenizer.use"),),
    )
    two = judged(two, one, share, metric="bpc", margin=0.02)
    return [one, two, judged(three, two, bpe, metric="bpc", margin=0.1), crash]
