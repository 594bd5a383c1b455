"""THE MAIN PATH: recipe in, verdict out. Every round ends in the ledger; one that breaks ends there as a crash."""

from __future__ import annotations

import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greenlight import blend, factors, kinship, parts, selftest
from greenlight.corpus import load
from greenlight.crew import Crew, cores
from greenlight.effective import written
from greenlight.errors import RoundError, nearest
from greenlight.measure import Trained, carried_over, measure
from greenlight.metrics.dial import corpus_dial
from greenlight.nouns import Accounting, Artifact, FactorTable, Round, Score, Text, Verdict
from greenlight.publish import publish
from greenlight.recipe import Brief, KeepIf, Recipe, TextCorpus, VoicesCorpus
from greenlight.screen import KEPT, screen
from greenlight.study import Study
from greenlight.tokens import encode
from greenlight.train import train
from greenlight.verdict import Beside, decide
from greenlight.write import cut, write
from greenlight.yardstick import PARTS, Yardstick

MODEL_MEANS = {
    "train_loss": "kept_train_loss_char",
    "val_loss": "kept_val_loss_char",
    "best_step": "best_step",
    "kept_step": "kept_step",
    "lr_at_kept": "kept_lr",
}
"""Facts of a round that are means over its seeds; losses in nats per character, at the kept checkpoint."""

CHOSEN_OF = 3
"""Rounds measured so far, from which on the best of them counts as chosen by its record."""


def run_round(number: int, study: Study, crew: Crew, sets: tuple[str, ...] = ()) -> Round:
    """Runs one round and returns its row of the ledger; steps that were done before are found, not done again.

    ``sets`` change its recipe (``a.b=c``), and are kept with it.
    """
    recipe = study.recipe(number, sets)
    began, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    head: dict[str, Any] = {
        "number": number,
        "slug": study.slug(number),
        "question": recipe.question,
        "against": recipe.against_number,
        "seeds": recipe.seeds,
        "planned": len(study.recipe(number).seeds),
        "sets": sets,
        "recipe": recipe.data(),
        "recipe_fingerprint": recipe.hash,
        "yardstick": study.yardstick.hash,
        "machine": machine(),
        "code": commit(),
        "started": started,
    }
    artifacts: dict[str, Artifact] = {}
    control = _control(recipe, study)
    if control is not None:
        head["control"] = control.models
    _predict(number, recipe, study)
    try:
        if control is not None and control.status == "crash":
            raise RoundError(f"round {control.number}, which it is compared with, ended as a crash: {control.reason}")
        done, seen = _steps(recipe, study, crew, artifacts)
        facts = _facts(recipe, study, artifacts) | seen
        row = Round(
            **head, status="done", artifacts=artifacts, scores=done, facts=facts, accounting=_accounting(artifacts)
        )
        if control is not None:
            row = row.model_copy(update={"verdict": judge(row, control, recipe, study, crew)})
    except RoundError as error:
        row = Round(**head, status="crash", reason=str(error), artifacts=artifacts)
    row = row.model_copy(update={"seconds": round(time.monotonic() - began, 2)})
    publish(row, study)
    study.ledger.append("round", row.data())
    return row


def _control(recipe: Recipe, study: Study) -> Round | None:
    """The ledger's row of the round that this one is compared with; raises StudyError when it has not been run."""
    number = recipe.against_number
    if number is None:
        return None
    row = study.ledger.latest().get(number)
    return study.round(number) if row is None else row


def _predict(number: int, recipe: Recipe, study: Study) -> None:
    """A prediction is in the ledger before anything runs."""
    body = {"round": number, "recipe_fingerprint": recipe.hash, "predict": recipe.data()["predict"]}
    if recipe.predict and not any(e.kind == "plan" and e.body == body for e in study.ledger.entries()):
        study.ledger.append("plan", body)


def _fits(recipe: Recipe, yardstick: Yardstick) -> None:
    """The corpus and the yardstick must belong together: a model is asked only what it could have learned.

    Raises RoundError when the yardstick is of another kind or text, when the counted pattern, the levels or the
    control line differ, or when a topic of the corpus is held out.
    """
    corpus = recipe.corpus
    if isinstance(corpus, TextCorpus):
        if yardstick.kind != "text" or yardstick.facts.get("source_sha256") != corpus.source_sha256:
            raise RoundError(
                f"the yardstick was not cut from {corpus.source} as it now is, so nothing says what may be trained on: "
                "restore the file, or make a new study from it"
            )
        return
    if yardstick.kind != "stories":
        raise RoundError("the yardstick is a text, and the corpus has levels: make a new study --from green-light")
    brief = corpus.brief
    held = {d.topic for part in PARTS for d in yardstick.documents(part)}
    if both := sorted(held & set(brief.topics)):
        raise RoundError(f"the topic '{both[0]}' is held out by the yardstick: take it out of corpus.brief.topics")
    same = (brief.pattern, brief.levels) == (yardstick.pattern, yardstick.levels)
    if not same or any(brief.control_line(t, level) != control for t, level, control in yardstick.prompts()):
        raise RoundError(
            "corpus.brief has another pattern, levels or control line than the yardstick, which would ask the model "
            "what it never saw: a change of the brief is a new study"
        )


def _sees(recipe: Recipe, brief: Brief, samples: list[Text], yardstick: Yardstick) -> dict[str, Any]:
    """A metric that cannot see the corpus's own dial is refused before a model is trained for it.

    Returns what the self-test found, for the round's facts. Raises RoundError with the reason; a metric whose
    ``selftest`` is false is measured all the same.
    """
    topics = len({topic for topic, _, _ in yardstick.prompts()})
    metric = recipe.keep_if.metric if recipe.keep_if.metric in selftest.SEEN else next(iter(selftest.SEEN))
    for name, options in recipe.metrics.items():
        if getattr(parts.make("metrics", name, options), "selftest", False):
            levels = range(1, brief.levels + 1)
            found = selftest.check(samples, brief.pattern, topics, levels, selftest.Rule(metric))
            if reason := selftest.refusal(found):
                raise RoundError(reason)
            return {"selftest": found.data()}
    return {}


def _steps(
    recipe: Recipe, study: Study, crew: Crew, artifacts: dict[str, Artifact]
) -> tuple[dict[str, Score], dict[str, Any]]:
    """Every arrow in order; returns the scores, and what was found out on the way for the round's facts."""
    store, yardstick = study.store, study.yardstick
    _fits(recipe, yardstick)
    if isinstance(recipe.corpus, VoicesCorpus):
        brief: Brief | None = recipe.corpus.brief
        corpus = write(recipe.corpus, recipe.gates.each, blend.plan(recipe.corpus), store, store.watch)
    else:
        brief = None
        corpus = cut(recipe.corpus, study.folder, yardstick, store)
    artifacts["corpus"] = corpus
    artifacts["kept"] = kept = screen(recipe.gates.whole, corpus, brief, yardstick, store)
    seen = {} if brief is None else _sees(recipe, brief, load(store.path(kept) / KEPT), yardstick)
    artifacts["tokens"] = tokens = encode(recipe.tokenizer, recipe.model.context, recipe.train, kept, store)
    kinship.warn(recipe, study, kept)
    arch = recipe.model.resolve(tokens.facts["vocab"])
    models = train(arch, recipe.train, tokens, recipe.seeds, store, crew)
    artifacts |= {f"model-{seed}": model for seed, model in zip(recipe.seeds, models, strict=True)}
    trained = Trained(tuple(models), recipe.seeds, kept)
    scores, readings = measure(recipe.metrics, trained, yardstick, store, crew)
    artifacts |= {f"score-{a.plan['metric']}-{a.plan['seed']}": a for a in readings}
    return scores, seen


@dataclass(frozen=True)
class Evidence:
    """All that ``verdict.decide`` is given, in its order; ``explain`` decides again on parts of it."""

    after: Score
    before: Score
    keep_if: KeepIf
    factors: FactorTable
    against: int
    beside: Beside


def judge(row: Round, control: Round, recipe: Recipe, study: Study, crew: Crew) -> Verdict:
    """The verdict of a round against its control, both measured by this code and by the round's settings."""
    e = evidence(row, control, recipe, study, crew)
    verdict = decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)
    return verdict.model_copy(update={"truth": true_difference(row, control)})


def evidence(row: Round, control: Round, recipe: Recipe, study: Study, crew: Crew) -> Evidence:
    """What a verdict rests on. Raises RoundError when the metric was not measured."""
    metric = recipe.keep_if.metric
    if metric not in row.scores:
        raise RoundError(
            f"keep_if.metric = '{metric}' was not measured; this round has {', '.join(row.scores)}"
            + nearest(metric, list(row.scores))
        )
    rounds = study.ledger.rounds()
    latest = dict(sorted({r.number: r for r in rounds}.items()))
    table = factors.compare(control, row, list(latest.values()))
    guarded = [m for m in row.scores if m in recipe.keep_if.guards or m.startswith("sense.")]
    wanted = [metric, *(m for m in guarded if m != metric and m in control.scores)]
    made_by = parts_of(row)
    before, after = (remeasure(r, wanted, made_by, recipe, study, crew) for r in (control, row))
    planned, earlier = looked(row, rounds)
    beside = Beside(
        history=factors.poolable(latest.values(), row, metric),
        minutes_per_seed=row.facts["train_seconds"] / len(row.seeds) / 60,
        planned=planned,
        earlier=earlier,
        guards={m: (before[m], after[m]) for m in wanted[1:]},
        cautions=(*cautions(control, metric, rounds), *factors.cautions(control, row, table)),
    )
    return Evidence(after[metric], before[metric], recipe.keep_if, table, control.number, beside)


def looked(row: Round, rounds: Sequence[Round]) -> tuple[int, tuple[int, ...]]:
    """The seeds that a round was planned with, and how many it had at each earlier look.

    A look is another set of models of the same recipe (seeds apart), judged against the same earlier round: judging
    the same models again is the same look, and another recipe is another round. The plan is the file's, as it was at
    the first look: it cannot grow with what was seen.
    """
    seen: dict[str, Round] = {}
    for other in rounds:
        if other.number != row.number:
            continue
        if other.models == row.models:
            break
        if other.verdict is not None and other.against == row.against and not written(other.recipe, row.recipe):
            seen.setdefault(other.models, other)
    first = next(iter(seen.values()), row)
    return first.planned or len(first.seeds), tuple(len(r.seeds) for r in seen.values())


def cautions(control: Round, metric: str, rounds: Sequence[Round]) -> tuple[str, ...]:
    """What choosing the control did to its record: the best of several rounds is, in part, the luckiest."""
    others = {r.number: r.scores[metric] for r in rounds if r.status == "done" and metric in r.scores}
    usable = {n: s for n, s in others.items() if not s.invalid and s.yardstick == control.yardstick}
    mine = usable.get(control.number)
    if mine is None or len(usable) < CHOSEN_OF or control.number == min(usable):
        return ()
    sign = -1 if mine.better == "lower" else 1
    if any(sign * s.value > sign * mine.value for n, s in usable.items() if n != control.number):
        return ()
    return (
        f"round {control.number} is the best of {len(usable)} rounds, so part of its record is luck, and a change is "
        "held against that luck too: run its recipe as a round of its own with seeds that were not in the choice",
    )


def parts_of(row: Round) -> dict[str, str]:
    """The metric part that each of a round's scores comes from: ``dial`` for ``dial.slope``."""
    made = [a for a in row.artifacts.values() if a.kind == "score"]
    return {name: a.plan["metric"] for a in made for name in a.facts["metrics"]}


def remeasure(
    row: Round, metrics: Sequence[str], made_by: Mapping[str, str], recipe: Recipe, study: Study, crew: Crew
) -> dict[str, Score]:
    """A round's scores under the recipe's settings, found where they were just made; nothing is trained again.

    ``made_by`` names the part of each metric (``parts_of``). Without the round's weights or corpus its stored scores
    stand, and the verdict checks that their settings are the same.
    """
    trained = Trained.of(row)
    if row.yardstick == study.yardstick.hash and trained.there(study.store):
        needed = {made_by[metric]: recipe.metrics[made_by[metric]] for metric in metrics}
        scores, _ = measure(needed, trained, study.yardstick, study.store, crew)
        return {metric: scores[metric] for metric in metrics}
    for metric in metrics:
        if metric not in row.scores:
            raise RoundError(f"round {row.number} was not measured by {metric}, and its weights are gone: run it again")
        if why := carried_over(row, metric):
            raise RoundError(f"round {row.number}'s score of {metric} was carried over: {why}; run the round again")
    return {metric: row.scores[metric] for metric in metrics}


def true_difference(row: Round, control: Round) -> dict[str, Any]:
    """For procedural voices: the slope of each corpus by construction, and their difference."""
    slopes = [r.facts.get("true_slope") for r in (control, row)]
    if slopes[0] is None or slopes[1] is None:
        return {}
    return {
        "before": slopes[0],
        "after": slopes[1],
        "difference": slopes[1] - slopes[0],
        "unit": "mentions per level in the corpus",
    }


def _accounting(artifacts: dict[str, Artifact]) -> Accounting | None:
    """What was asked for, with what the set gates dropped afterwards taken from what was kept."""
    asked = Accounting.model_validate(artifacts["corpus"].facts["accounting"])
    dropped: dict[str, dict[str, int]] = artifacts["kept"].facts["dropped_by_voice"]
    refused, by_voice, gone = {**asked.refused}, {v: {**counts} for v, counts in asked.by_voice.items()}, 0
    for voice, gates in dropped.items():
        mine = by_voice.setdefault(voice, {})
        for gate, count in gates.items():
            refused[gate] = refused.get(gate, 0) + count
            mine[gate] = mine.get(gate, 0) + count
            mine["kept"] = mine.get("kept", 0) - count
            gone += count
    return asked.model_copy(update={"kept": asked.kept - gone, "refused": refused, "by_voice": by_voice})


def _facts(recipe: Recipe, study: Study, artifacts: dict[str, Artifact]) -> dict[str, Any]:
    """Resolved values: what the factor table sets beside the written recipe."""
    kept, tokens = artifacts["kept"].facts, artifacts["tokens"].facts
    models = [artifacts[f"model-{seed}"].facts for seed in recipe.seeds]
    facts: dict[str, Any] = {f"corpus_{key}": kept[key] for key in ("documents", "characters", "topics")}
    facts |= {
        "shares": kept["shares"],
        "largest_overlap": kept["largest_overlap"],
        "overlap_floor": kept["overlap_floor"],
    }
    facts |= {
        "vocabulary": tokens["vocab"],
        "context_characters": tokens["context_chars"],
        "chars_per_token": tokens["chars_per_token"],
    }
    for key in ("parameters", "steps", "epochs", "tokens_seen", "characters_seen", "flops"):
        facts[key] = models[0][key]
    for key in ("precision", "device"):  # every seed's, so that one that fell back is seen
        facts[key] = " and ".join(sorted({str(m[key]) for m in models}))
    facts["threads"] = [m["threads"] for m in models]
    for name, key in MODEL_MEANS.items():
        facts[name] = _mean([m[key] for m in models])
    facts["peak_memory_bytes"] = max(m["peak_memory_bytes"] for m in models)
    facts["train_seconds"] = sum(m["seconds"] for m in models)
    facts["tokens_per_parameter"] = facts["tokens_seen"] / facts["parameters"]
    facts |= kinship.facts(recipe, study, artifacts["kept"])
    for kind in ("corpus", "kept", "tokens", f"model-{recipe.seeds[0]}"):
        facts.setdefault("code", {}).update(artifacts[kind].code)
    if isinstance(recipe.corpus, VoicesCorpus):
        dial = corpus_dial(load(study.store.path(artifacts["kept"]) / KEPT), recipe.corpus.brief.pattern)
        facts["corpus_dial"] = dial
        facts["balance"] = blend.balance(blend.plan(recipe.corpus), recipe.corpus.blend)
        facts |= _truth(artifacts["corpus"].facts["truth"], kept["shares"], recipe.corpus.brief.levels)
    return facts


def _truth(truth: dict[str, list[float]], shares: dict[str, float], levels: int) -> dict[str, Any]:
    """Expected mentions by level and the slope, of the corpus that came out; nothing when one voice does not know."""
    if not set(shares) <= set(truth):
        return {}
    mixed = [sum(shares[v] * truth[v][i] for v in shares) for i in range(levels)]
    middle = (levels - 1) / 2
    slope = sum((i - middle) * m for i, m in enumerate(mixed)) / sum((i - middle) ** 2 for i in range(levels))
    return {"truth": {"by": truth, "all": mixed}, "true_slope": slope}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def machine() -> dict[str, Any]:
    """What the round ran on, without names of people or hosts."""
    from greenlight.gpt.machine import gpu_name

    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = lines[0] if lines else name
    return {
        "cpu": name,
        "cores": cores(),
        "gpu": gpu_name(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": version("torch"),
    }


def commit() -> str:
    """The commit of the code that runs, with a plus sign when its tree was changed; empty outside a checkout."""
    root = Path(__file__).parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        rev = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "-uno"], cwd=root, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return rev + ("+" if changed else "")
