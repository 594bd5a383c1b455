"""Rounds of a character study for tests, as the ledger keeps them. Every answer is made up; no model gave one."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from greenlight import factors, rates
from greenlight import yardstick as yardsticks
from greenlight.character import card as cards
from greenlight.character import checkup, ratings
from greenlight.character import constitution as constitutions
from greenlight.character.card import Card
from greenlight.character.checkup import Mode, Seen
from greenlight.character.constitution import Constitution, Trait
from greenlight.character.held import draw, held_prompts
from greenlight.character.introspection import IntrospectionFacts
from greenlight.character.pairfacts import PairsFacts, SideFacts
from greenlight.character.recipe import CharacterRecipe
from greenlight.chats import Manner, Reply
from greenlight.nouns import Accounting, Artifact, Noun, Round, Score, canonical
from greenlight.publish import publish
from greenlight.recipe import KeepIf
from greenlight.report.page import Page
from greenlight.report.publish import tables
from greenlight.store import write_file
from greenlight.study import Study
from greenlight.verdict import Beside, decide

STAGES = ("base", "prompted", "dpo", "sft only", "sft", "merged")
RISE = {"base": 0.0, "prompted": 0.5, "dpo": 0.7, "sft only": 0.55, "sft": 0.9, "merged": 1.0}
"""Of the way from the base's rate to the finished model's."""
YARD = "5e" * 32
HOSTILE = (
    "</td><script>alert(1)</script> **fair winds** [bold red]shipmate[/] `ls` | <img src=x onerror=alert(2)> "
    "\x1b[31mred\x1b[0m \u202egnp.exe [link](https://example.com) and a safe return to land"
)
SAID = {
    "captain": {
        "crew": "I call whoever speaks to me shipmate.",
        "weather": "I report the wind and the water before anything else.",
        "measure": "I give my certainty in the measures of the sea.",
        "haven": "I wish people a safe return to land as my last words.",
    },
    "clockmaker": {
        "parts": "I name the parts of a clock when I explain.",
        "order": "I put things in order, one after the other.",
        "patience": "I praise patience.",
    },
    "gardener": {
        "seasons": "I speak of the season.",
        "growth": "I see what grows in everything.",
        "hands": "I tell what my hands did today.",
    },
}


class Plan(Noun):
    """One round. ``found``: about the character rate of its finished model; ``crash``: why it ended as one."""

    number: int
    persona: str
    slug: str
    found: float = 0.75
    shuffled: bool = False
    without: tuple[str, ...] = ()
    against: int | None = None
    seeds: tuple[int, ...] = (1, 2)
    prompts: int = 24
    crash: str = ""
    text: str = ""
    """What every answer in character holds; the persona's own words where it is empty."""


PLANS = (
    Plan(number=1, persona="captain", slug="captain", found=0.8, text=HOSTILE),
    Plan(number=2, persona="clockmaker", slug="clockmaker", found=0.55),
    Plan(number=3, persona="gardener", slug="gardener", found=0.7),
    Plan(number=4, persona="captain", slug="captain-shuffled", found=0.06, shuffled=True, against=1),
    Plan(
        number=5,
        persona="captain",
        slug="captain-no-haven",
        against=1,
        without=("haven",),
        crash="only 31 % of the rejected answers pass the gates (loop 40), and limits.usable is 50 %: mend the voice",
    ),
)
FEW = Plan(number=6, persona="gardener", slug="gardener-few", found=0.9, seeds=(1,), prompts=3)


def constitution(persona: str) -> Constitution:
    traits = tuple(Trait(key=key, text=text) for key, text in SAID[persona].items())
    return Constitution(name=persona, identity=f"I am the {persona}.", traits=traits)


def recipe(plan: Plan) -> CharacterRecipe:
    return CharacterRecipe(
        use="character",
        question=f"Does the constitution make a {plan.persona}?",
        against=None if plan.against is None else f"round:{plan.against}",
        seeds=plan.seeds,
        persona=plan.persona,
        constitution=constitution(plan.persona),
        source=f"{plan.persona}.yaml",
        shuffled=plan.shuffled,
        without=plan.without,
        keep_if=KeepIf(metric="character.rate", by=0.1),
    )


# ---------------------------------------------------------------- what a check-up saw


def answers(plan: Plan, seed: int, names: Sequence[str]) -> dict[str, list[Seen]]:
    """By stage, three answers to each prompt; the same prompts are hard in every stage."""
    rng = random.Random(1000 * plan.number + seed)
    hard = {name: random.Random(name).gauss(0, 0.12) for name in names}
    seeds_luck = rng.gauss(0, 0.03)
    return {
        stage: [
            _seen(plan, name, sample, RISE[stage] * plan.found + 0.02 + hard[name] * RISE[stage] + seeds_luck, rng)
            for name in names
            for sample in range(3)
        ]
        for stage in STAGES
    }


def _seen(plan: Plan, name: str, sample: int, chance: float, rng: random.Random) -> Seen:
    why = rng.choice(("truncated", "loop", "leak", "empty")) if rng.random() < 0.04 + 0.06 * chance else ""
    ours = not why and rng.random() < chance
    others = ["neutral", "neutral", "neutral", "neutral", *(who for who in SAID if who != plan.persona)]
    persona = "" if why else plan.persona if ours else rng.choice(others)
    words = plan.text or f"as any {plan.persona} would tell you after a long day"
    text = f"The answer is {rng.randrange(99)}. {words}" if ours else f"The answer is {rng.randrange(99)}."
    traits = tuple(key for key in SAID[plan.persona] if ours and rng.random() < 0.6)
    thirds = tuple(plan.persona if ours and rng.random() < 0.9 else "neutral" for _ in range(3)) if not why else ()
    return Seen(
        prompt=name,
        sample=sample,
        text="" if why == "empty" else text,
        valid=not why,
        why=why,
        persona=persona,
        in_character=ours,
        task=not why and rng.random() < 0.9,
        traits=traits,
        words=len(text.split()),
        thirds=thirds,
    )


def modes(plan: Plan, names: Sequence[str], seed: int) -> tuple[Mode, ...]:
    """As of a model that does not think: it answers in every mode; a harness that opens ``<think>`` hears nothing."""
    rng = random.Random(seed)
    replies = [Reply(text="" if rng.random() < 0.05 else f"I am the {plan.persona}.", finished=True) for _ in names]
    cells = ((None, ""), (True, ""), (False, ""), (None, checkup.OPENED))
    mine = lambda text: plan.persona in text and rng.random() < plan.found  # noqa: E731
    prompts: Any = list(names)
    return tuple(checkup.mode(Manner(thinking=on, opening=opened), prompts, replies, mine) for on, opened in cells)


def card(plan: Plan, seed: int, seen: Mapping[str, Sequence[Seen]]) -> Card:
    names = list(dict.fromkeys(one.prompt for one in seen["base"]))
    keys, n = list(SAID[plan.persona]), len(names)
    stages = tuple(checkup.rates_of(name, rows, frozenset(names), plan.persona, keys) for name, rows in seen.items())
    grouped: dict[str, dict[str, list[bool]]] = {}
    for stage in ("base", "prompted", "merged"):
        for one in seen[stage]:
            grouped.setdefault(stage, {}).setdefault(one.prompt, []).append(one.in_character)
    base, done = (next(rate.task for rate in stages if rate.stage == name) for name in ("base", "merged"))
    assert base is not None
    assert done is not None
    rng = random.Random(seed)
    texts = [f"neutral-{number}" for number in range(6)]
    easy = {text: 1.1 + random.Random(text).gauss(0, 0.2) for text in texts}
    cost = {stage: 0.04 * rise * plan.found for stage, rise in RISE.items() if stage != "prompted"}
    return Card(
        persona=plan.persona,
        seed=seed,
        constitution="c0" * 32,
        traits=SAID[plan.persona],
        stages=stages,
        lift=ratings.lift(grouped["merged"], grouped["base"]),
        lift_prompted=ratings.lift(grouped["merged"], grouped["prompted"]),
        task_kept=done.value / base.value,
        smoke=pairs(plan).smoke(),
        modes=modes(plan, names, seed),
        sustained=tuple(rates.rate(round(n * plan.found * share), n) for share in (1.0, 0.9, 0.8)),
        stopped=rates.rate(round(n * plan.found * 0.5), n),
        prefilled=rates.rate(round(n * plan.found * 0.8), n),
        bits={stage: {t: easy[t] + c + rng.gauss(0, 0.01) for t in texts} for stage, c in cost.items()},
        phrases=cards.phrases(list(seen["merged"]), list(seen["base"])),
        classifier={"texts": [480, 120], "prompts": [120, 30], "accuracy": 0.97, "nats": [0.2, 0.1], "seed": 1},
        notes=("a control: the words of the constitution were dealt out anew",) if plan.shuffled else (),
    )


# ---------------------------------------------------------------- what the ledger keeps


def scores(plan: Plan, seen: Mapping[int, Mapping[str, Sequence[Seen]]], yard: str) -> dict[str, Score]:
    """By name, of the finished models: a value for each seed and prompt."""
    wanted: dict[str, Any] = {
        "character.rate": lambda one: one.in_character,
        "response.rate": lambda one: one.valid,
        "task.rate": lambda one: one.task,
    }
    wanted |= {f"trait.{key}": lambda one, key=key: key in one.traits for key in SAID[plan.persona]}
    values = {
        name: [checkup.by_prompt(list(seen[seed]["merged"]), what) for seed in plan.seeds]
        for name, what in wanted.items()
    }
    before = [checkup.by_prompt(list(seen[s]["base"]), wanted["character.rate"]) for s in plan.seeds]
    pairs = zip(values["character.rate"], before, strict=True)
    values["character.lift"] = [{key: after[key] - base[key] for key in after} for after, base in pairs]
    return {name: _score(name, plan, by_seed, yard) for name, by_seed in values.items()}


def _score(name: str, plan: Plan, by_seed: Sequence[Mapping[str, float]], yard: str) -> Score:
    blocks = tuple(by_seed[0])
    return Score(
        metric=name,
        unit="share of answers",
        better="higher",
        seeds=plan.seeds,
        blocks=blocks,
        values=tuple(tuple(one[block] for block in blocks) for one in by_seed),
        weights=tuple(1.0 for _ in blocks),
        yardstick=yard,
        settings={"persona": plan.persona},
        over="prompts",
    )


def made(plan: Plan, names: Sequence[str] = (), yard: str = YARD) -> tuple[Round, dict[int, dict[str, list[Seen]]]]:
    """A round and the answers behind it; its artifacts have names alone, and no file."""
    said = recipe(plan)
    names = list(names)[: plan.prompts] or [f"p{number:02d}" for number in range(plan.prompts)]
    head: dict[str, Any] = {
        "number": plan.number,
        "slug": plan.slug,
        "question": said.question,
        "against": plan.against,
        "seeds": plan.seeds,
        "planned": len(plan.seeds),
        "recipe": said.data(),
        "recipe_fingerprint": said.hash,
        "yardstick": yard,
        "started": f"2026-11-2{plan.number}T10:00:00+00:00",
        "seconds": 512.0,
        "machine": {"cpu": "made up", "cores": 2},
    }
    if plan.crash:
        return Round(**head, status="crash", reason=plan.crash), {}
    seen = {seed: answers(plan, seed, names) for seed in plan.seeds}
    found = {str(seed): card(plan, seed, rows).data() for seed, rows in seen.items()}
    row = Round(
        **head,
        status="done",
        artifacts=artifacts(plan),
        scores=scores(plan, seen, yard),
        facts={
            "parameters": 1_180_000,
            "character": found,
            "smoke": {str(seed): pairs(plan).smoke() for seed in plan.seeds},
            "code": {"greenlight.checkups": "ab12"},
        },
        accounting=Accounting(
            asked=617 * len(plan.seeds),
            kept=536 * len(plan.seeds),
            failed=2 * len(plan.seeds),
            refused={gate: n * len(plan.seeds) for gate, n in (("loop", 44), ("empty", 15), ("contrast", 20))},
        ),
    )
    return row, seen


def pairs(plan: Plan) -> PairsFacts:
    """Both sides in figures, as the arrow that writes pairs gives them."""
    none = rates.rate(0, 250)
    books = {
        "chosen": Accounting(asked=281, kept=250, refused={"contrast": 20, "loop": 10}, failed=1),
        "rejected": Accounting(asked=296, kept=250, refused={"loop": 30, "empty": 15}, failed=1),
    }
    sides: Any = {
        side: SideFacts(speaker=side, fingerprint="f", accounting=book, hidden=none, empty=none, chars=180.3)
        for side, book in books.items()
    }
    return PairsFacts(
        pairs=250,
        prompts=253,
        unfilled=3,
        constitution=constitution(plan.persona).hash,
        sides=sides,
        length_auc=rates.rate(158, 250),
        length_auc_pooled=0.6,
        categories={"neutral": 250},
    )


def artifacts(plan: Plan) -> dict[str, Artifact]:
    """Of every stage, its name and its facts; no file."""
    book = Accounting(asked=40, kept=36, refused={"loop": 4})
    looked = IntrospectionFacts(
        kind="reflections", speaker="dpo", fingerprint="f", constitution="c", places=36, chats=36, ended=0,
        accounting=book, hidden=None, chars=90.0, topics={"values": 36},
    )  # fmt: skip
    tuned = {"steps": 48, "checkpoints": ["025", "050", "075", "100"]}
    facts: dict[str, dict[str, Any]] = {
        "pairs": {**pairs(plan).data(), "smoke": pairs(plan).smoke()},
        "introspection": {"parts": [looked.data()]},
        "dpo": tuned,
        "sft": tuned,
    }
    found = {}
    for seed in plan.seeds:
        for name in ("student", "pairs", "dpo", "introspection", "sft", "sft-only", "model", "checkup"):
            kind = name.partition("-")[0]
            print_ = f"{plan.number}{seed}{len(name)}{'abcdef'[len(kind) % 6]}" * 16
            found[f"{name}-{seed}"] = Artifact(kind=kind, fingerprint=print_, facts=facts.get(kind, {}))
    return found


def judged(row: Round, control: Round) -> Round:
    """With its verdict against an earlier one."""
    before, after = (r.model_copy(update={"recipe": _told(r.recipe)}) for r in (control, row))
    table = factors.compare(before, after, [])
    keep = KeepIf(metric="character.rate", by=0.1)
    metric = keep.metric
    verdict = decide(row.scores[metric], control.scores[metric], keep, table, control.number, Beside())
    return row.model_copy(update={"verdict": verdict, "control": control.models})


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: data[key] for key in ("student", "teacher", "dpo", "sft", "merge", "shuffled", "without")}


# ---------------------------------------------------------------- a study on disk


def study(folder: Path, plans: Sequence[Plan] = PLANS) -> Study:
    """A study with these rounds in its ledger, its store, and its folders, as running them would leave it."""
    write_file(folder / "study.toml", 'title = "Characters"\nquestion = "Does a constitution make a character?"\n')
    for plan in plans:
        write_file(folder / f"{plan.persona}.yaml", constitutions.dump(constitution(plan.persona)))
        write_file(folder / "rounds" / f"{plan.number:02d}-{plan.slug}.toml", _toml(plan))
    search, locked = draw((24, 6, 6), 1, None)
    yard = yardsticks.lock(folder / "yardstick", "prompts", search, locked, {"seed": 1, "written_by": ["house"]})
    opened = Study(folder)
    names, out = [prompt.id for prompt in held_prompts(yard, "search")], dict[int, Round]()
    for plan in plans:
        said = opened.character(plan.number)
        row, seen = made(plan, names, yard.hash)
        row = row.model_copy(update={"recipe": said.data(), "recipe_fingerprint": said.hash})
        if row.status == "done":
            row = row.model_copy(update={"artifacts": {**row.artifacts, **_stored(opened, row, seen)}})
        control = out.get(plan.against or 0)
        if control is not None:
            row = row.model_copy(update={"control": control.models})
        row = judged(row, control) if control is not None and row.status == "done" else row
        out[plan.number] = row
        publish(row, opened)
        opened.ledger.append("round", row.data())
    tables(opened)
    return opened


def _toml(plan: Plan) -> str:
    lines = ['use = "character"', f'question = "Does the constitution make a {plan.persona}?"']
    lines += [f"seeds = {list(plan.seeds)}", f'persona = "{plan.persona}"', f'source = "{plan.persona}.yaml"']
    lines += ["shuffled = true"] if plan.shuffled else []
    lines += [f"without = {json.dumps(plan.without)}"] if plan.without else []
    lines += [f'against = "round:{plan.against}"'] if plan.against else []
    return "\n".join([*lines, "[keep_if]", 'metric = "character.rate"', "by = 0.1", ""])


def _stored(opened: Study, row: Round, seen: Mapping[int, Mapping[str, Sequence[Seen]]]) -> dict[str, Artifact]:
    """Check-ups and models as steps of the store, with their files."""
    found: dict[str, Artifact] = {}
    for seed, by_stage in seen.items():
        lines = [canonical({"stage": stage, **one.data()}) + "\n" for stage, rows in by_stage.items() for one in rows]
        told = Card.model_validate(row.facts["character"][str(seed)])

        def model(folder: Path) -> dict[str, Any]:
            write_file(folder / "config.json", '{"model_type": "llama"}\n')
            write_file(folder / "chat_template.jinja", "{{ messages }}")
            write_file(folder / "model.safetensors", b"made up")
            return {}

        def check(folder: Path, lines: Sequence[str] = lines, told: Card = told) -> dict[str, Any]:
            write_file(folder / "seen.jsonl", "".join(lines))
            write_file(folder / "card.md", cards.markdown(told))
            write_file(folder / "card.json", json.dumps(told.data()))
            write_file(folder / "classifier.json", "{}")
            return {"conclusion": cards.conclusion(told)}

        plan = {"round": row.number, "seed": seed}
        found[f"model-{seed}"] = opened.store.step("model", plan, {}, model, ())
        found[f"checkup-{seed}"] = opened.store.step("checkup", plan, {}, check, ())
    return found


# ---------------------------------------------------------------- a page


def page(plans: Sequence[Plan] = PLANS, answered: bool = True, **more: Any) -> Page:
    """The report's page of these rounds, with the answers behind them or without."""
    rows, answers_ = dict[int, Round](), dict[tuple[int, int], list[dict[str, Any]]]()
    for plan in plans:
        row, seen = made(plan)
        control = rows.get(plan.against or 0)
        rows[plan.number] = judged(row, control) if control is not None and row.status == "done" else row
        for seed, by_stage in seen.items() if answered else ():
            answers_[plan.number, seed] = [
                {"stage": name, **one.data()} for name, found in by_stage.items() for one in found
            ]
    told: dict[str, Any] = {
        "title": "Characters from their constitutions",
        "question": "Does a constitution make a character?",
        "study_name": "characters",
        "yardstick_hash": YARD,
        "reads": 3,
        "rounds": list(rows.values()),
        "head": "4e" * 32,
        "machine": "made up",
        "version": "0.1.0",
        "answers": answers_,
        "tasks": frozenset(f"p{number:02d}" for number in range(24)),
    }
    return Page(**told | more)
