"""Whole pages for the report's tests. Every number here is made up for the tests; none was measured."""

from __future__ import annotations

import random
from typing import Any

from report_rounds import (
    BLEND,
    BLENDS,
    SIZE,
    TRUTH,
    green_round,
    green_rounds,
    judged,
    mixed,
    slope,
    text_round,
    text_rounds,
)

from greenlight.nouns import Accounting, Factor, FactorTable, Interval, Outcome, Round, Separation
from greenlight.report.page import Page

STORIES = (
    "Mia had a small boat. It was red and it went far on the pond. At night she saw a green light on the other side,"
    " and she slept.",
    "Mia had a small boat. She looked over the water and saw the green light. It was far. She put the boat by the door"
    " and said good night to the green light.",
    "Mia had a small boat, but she thought of the green light. The green light was over the pond. She pushed the boat."
    " It went to the green light, and it came back.",
    "The green light was there before Mia woke. She had a boat, and the boat was for the green light. The wind came,"
    " and the green light did not move. She said, wait for me, green light.",
    "The green light, the green light! Mia had a boat once, but she only saw the green light. She went out in the"
    " night, and the green light was on the water, and the green light was in her hands, and she reached for the green",
)
HOSTILE = (
    '</style></script><script>alert(1)</script><img src=x onerror="alert(2)"> "double" \'single\' \u202egnp.exe '
    "\x00\x1b[31m\x7f\u2028 | a | b |\n\n# heading\n- item\n[link](https://example.com) ![i](http://example.com/i.png)"
    " <https://example.com> www.example.com `code` ```\n$x$ **bold** ~~s~~ {{ 7 * 7 }} {% raw %} &lt;b&gt; \ud800 \\"
)
LINES = (
    "ROMEO:\nWhat say'st thou, sir, to this the morning's part?\nI have not seen the king, nor heard his art.",
    "KING HENRY:\nNow lords, be quiet; let the banners fall,\nFor we have done with war, and with you all.",
)


def curve(rng: random.Random, steps: int, low: float) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for step in range(0, steps + 1, 4):
        fall = 2.6 * 0.985 ** (step * 200 / steps)
        entry = {"step": step, "train_loss_char": low - 0.17 + fall + rng.gauss(0, 0.02)}
        if step % (steps // 8 // 4 * 4 or 4) == 0:
            entry["val_loss_char"] = low + fall + 0.02 * (step / steps) ** 4
        out.append(entry)
    return out


def green_samples(number: int) -> list[dict[str, Any]]:
    out = []
    for topic in ("a small boat", "a snow day"):
        for level, text in enumerate(STORIES, 1):
            body = text if topic == "a small boat" else text.replace("boat", "sled").replace("pond", "hill")
            out.append(
                {
                    "level": level,
                    "topic": topic,
                    "text": body,
                    "seed": 1,
                    "mentions": body.lower().count("green light"),
                    "finished": level < 5,
                }
            )
    return out


def corpus_dial(blend: dict[str, float], size: int) -> dict[str, Any]:
    def entry(mean: float, n: int) -> dict[str, Any]:
        half = 2.4 * (mean**0.5) / n**0.5
        return {"mean": mean + 0.04, "low": mean + 0.04 - half, "high": mean + 0.04 + half, "n": n}

    by = {v: {i + 1: entry(m, round(size * blend[v] / 5)) for i, m in enumerate(TRUTH[v])} for v in blend}
    slopes = {
        v: {
            "mean": slope(TRUTH[v]) + 0.01,
            "low": slope(TRUTH[v]) - 0.04,
            "high": slope(TRUTH[v]) + 0.06,
            "n": round(size * blend[v] / 5),
        }
        for v in blend
    }
    whole = slope(mixed(blend)) + 0.01
    return {
        "by": by,
        "all": {i + 1: entry(m, size // 5) for i, m in enumerate(mixed(blend))},
        "slope": {"mean": whole, "low": whole - 0.05, "high": whole + 0.05, "n": size // 5},
        "slopes": slopes,
        "eta2_level": 0.31 if blend["lantern"] > 0.2 else 0.19,
        "eta2_voice": 0.22,
    }


def green_page() -> Page:
    """A dial study of four rounds: a package of two, then each factor alone."""
    rounds = green_rounds()
    rng = random.Random(7)
    return Page(
        title="Green light on a dial",
        question="How much does the blend of voices decide how far the dial turns, and how much the corpus's size?",
        study_name="green-light",
        yardstick_hash="9b" * 32,
        reads=24,
        rounds=rounds,
        head="4e" * 32,
        machine="2 cores, bf16, CPU only (made up for the test)",
        version="0.1.0",
        notes=[
            (
                2,
                "I doubled the corpus in the same round as the blend. Rounds 3 and 4 take that apart.",
                "2026-11-20T10:31:00+00:00",
            )
        ],
        curves={(r.number, s): curve(rng, r.facts["steps"], r.facts["val_loss"]) for r in rounds for s in r.seeds},
        samples={r.number: green_samples(r.number) for r in rounds},
        corpus_dial={r.number: corpus_dial(r.facts["shares"], r.facts["corpus_documents"]) for r in rounds},
        truth={r.number: {"by": TRUTH, "all": mixed(r.facts["shares"])} for r in rounds},
        takeaways=[
            "The blend did it: leaning off the flat voice turned the dial further, at equal size."
            " What size alone was worth cannot be said from 3 seeds.",
            "Round 2 changed two things at once; rounds 3 and 4 are the rounds that separate them.",
            "Every model keeps most of its corpus's slope: what limits the dial here is the corpus.",
        ],
        limits=[
            "3 seeds a round see effects of about three seed standard deviations; a smaller gain would go unseen.",
            "Round 2 against round 1 is a package of two: no single cause follows from it alone.",
            "The voices are grammars written for the demo: what holds for them need not hold for language models.",
        ],
    )


def text_page() -> Page:
    """A study on one text, without a dial."""
    rng = random.Random(3)
    rounds = text_rounds()
    done = rounds[:3]
    texts = [
        {"level": None, "topic": None, "text": text, "seed": i, "mentions": None, "finished": True}
        for i, text in enumerate(LINES, 1)
    ]
    return Page(
        title="A small Shakespeare",
        question="What lowers bits per character on a held-out slice?",
        study_name="shakespeare",
        yardstick_hash="77" * 32,
        reads=9,
        rounds=rounds,
        head="aa" * 32,
        machine="2 cores (made up for the test)",
        version="0.1.0",
        curves={(r.number, s): curve(rng, 1200, r.facts["val_loss"]) for r in done for s in r.seeds},
        samples={r.number: texts for r in done},
        takeaways=["More of the text lowered bits per character; the tokenizer made no difference beyond the margin."],
        limits=["One text, one yardstick slice."],
    )


def one_round_page() -> Page:
    """One round, no verdict, nothing but its score."""
    r = text_round(1, "first", "", 2.4, {})
    return Page(
        title="Just begun",
        question="",
        study_name="new",
        yardstick_hash="",
        reads=1,
        rounds=[r],
        head="",
        machine="",
        version="0.1.0",
    )


def many_page(n: int = 30) -> Page:
    """Many rounds, with every outcome."""
    first = green_round(1, "base", "Where do we start?", BLENDS[0], 600, 0.8)
    outcomes: tuple[Outcome, ...] = ("better", "worse", "equivalent", "undecided", "invalid")
    rounds = [first]
    for number in range(2, n + 1):
        r = green_round(number, f"try-{number}", f"Question {number}?", BLENDS[number % 2], 600, 0.7 + 0.01 * number)
        rounds.append(judged(r, first, FactorTable(factors=(BLEND,)), outcome=outcomes[number % 5]))
    rng = random.Random(5)
    return Page(
        title="Thirty tries",
        question="Which blend is best?",
        study_name="many",
        yardstick_hash="9b" * 32,
        reads=90,
        rounds=rounds,
        head="4e" * 32,
        machine="made up",
        version="0.1.0",
        curves={(r.number, s): curve(rng, 216, 0.7) for r in rounds for s in r.seeds},
        samples={r.number: green_samples(r.number) for r in rounds},
        corpus_dial={r.number: corpus_dial(r.facts["shares"], 600) for r in rounds},
        takeaways=["Made up for the test."],
    )


def hostile_round(r: Round, text: str) -> Round:
    """A round with ``text`` in every string that a model, a recipe or a stranger could write."""
    table = FactorTable(
        factors=(Factor(key=text, before=text, after={text: text}), SIZE),
        consequences=(Factor(key=text, before=[text], after=text, follows_from=text),),
        separations=(Separation(factor=text, changes={}, sentence=text, minutes=1.0),),
    )
    strings = {"sentence": text, "missing": text, "unit": text, "margin_from": text}
    verdict = r.verdict and r.verdict.model_copy(
        update=strings
        | {
            "factors": table,
            "truth": {"difference": 0.4, "unit": text},
            "difference": Interval(value=0.4, low=0.1, high=0.7, level=0.95, method=text),
        }
    )
    other = r.scores["bpc"].model_copy(update={"metric": text, "unit": text, "invalid": text})
    account = Accounting(asked=2, kept=1, refused={text: 1}, by_voice={text: {text: 1}}, cleaned={text: 1})
    return r.model_copy(
        update=dict.fromkeys(("slug", "question", "reason", "recipe_fingerprint", "code", "started"), text)
        | {
            "verdict": verdict,
            "recipe": {"corpus": {"brief": {"pattern": text}}, "model": {"layout": text}, "tokenizer": {"use": text}},
            "accounting": account,
            "facts": {**r.facts, "device": text, "precision": text, "shares": {text: 0.5}},
            "scores": {**r.scores, text: other},
        }
    )


def hostile_page(text: str) -> Page:
    """The dial study with ``text`` in every string."""
    page = green_page()
    rounds = [hostile_round(r, text) for r in page.rounds]
    crash = rounds[0].model_copy(update={"number": 5, "status": "crash", "scores": {}, "accounting": None})
    sample = {"topic": text, "text": text, "seed": text, "mentions": 1, "finished": False}
    levels = corpus_dial(BLENDS[0], 600)["by"]["brook"]
    return Page(
        **dict.fromkeys(("title", "question", "study_name", "yardstick_hash", "head", "machine", "version"), text),
        reads=1,
        rounds=[*rounds, crash],
        notes=[(1, text, text)],
        curves=page.curves,
        samples={r.number: [{**sample, "level": v} for v in range(1, 6)] for r in rounds},
        corpus_dial={r.number: {"by": {text: levels}, "all": {}, "slopes": {text: {"mean": 1.0}}} for r in rounds},
        truth={1: {"by": {text: [1, 2, 3, 4, 5]}, "all": [1.0, 2.0]}},
        takeaways=[text, text],
        limits=[text],
    )
