"""THE MAIN PATH: recipe in, verdict out. Every round ends in the ledger; one that breaks ends there as a crash."""

from __future__ import annotations

import platform
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greenlight import blend, blocks, checkups, imported, kinship, parts, propose, selftest, unscreened
from greenlight.character.recipe import CharacterRecipe
from greenlight.corpus import load
from greenlight.crew import Crew, cores
from greenlight.dials import corpus_dial
from greenlight.errors import RoundError
from greenlight.judge import judge
from greenlight.measure import Trained, measure
from greenlight.nouns import Accounting, Artifact, Round, Score, Text, Verdict
from greenlight.publish import publish
from greenlight.recipe import Brief, ImportedCorpus, Recipe, TextCorpus, VoicesCorpus
from greenlight.screen import KEPT, moved, screen
from greenlight.study import Study
from greenlight.tokens import encode
from greenlight.train import train
from greenlight.write import write
from greenlight.yardstick import PARTS, Asking, Yardstick

MODEL_MEANS = {
    "train_loss": "kept_train_loss_char",
    "val_loss": "kept_val_loss_char",
    "best_step": "best_step",
    "kept_step": "kept_step",
    "lr_at_kept": "kept_lr",
}
"""Facts of a round that are means over its seeds; losses in nats per character, at the kept checkpoint."""


def run_round(number: int, study: Study, crew: Crew, sets: tuple[str, ...] = ()) -> Round:
    """Runs one round and returns its row of the ledger; steps that were done before are found, not done again.

    ``sets`` change its recipe (``a.b=c``), and are kept with it.
    """
    recipe = study.any_recipe(number, sets)
    propose.may_run(study, number, recipe)
    began, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    head: dict[str, Any] = {
        "number": number,
        "slug": study.slug(number),
        "question": recipe.question,
        "against": recipe.against_number,
        "seeds": recipe.seeds,
        "planned": len(study.any_recipe(number).seeds),
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
        account: Accounting | None
        if isinstance(recipe, CharacterRecipe):
            done, facts, account = checkups.run(recipe, study, crew, artifacts)
        else:
            done, seen = _steps(recipe, study, crew, artifacts)
            facts, account = _facts(recipe, study, artifacts) | seen, _accounting(artifacts)
        row = Round(**head, status="done", artifacts=artifacts, scores=done, facts=facts, accounting=account)
        if control is not None:
            row = row.model_copy(update={"verdict": _judged(row, control, recipe, study, crew)})
    except RoundError as error:
        row = Round(**head, status="crash", reason=str(error), artifacts=artifacts)
    row = row.model_copy(update={"seconds": round(time.monotonic() - began, 2)})
    publish(row, study)
    study.ledger.append("round", row.data())
    return row


def _judged(row: Round, control: Round, recipe: Recipe | CharacterRecipe, study: Study, crew: Crew) -> Verdict:
    if isinstance(recipe, CharacterRecipe):
        return checkups.judge(row, control, recipe, study)
    return judge(row, control, recipe, study, crew)


def _control(recipe: Recipe | CharacterRecipe, study: Study) -> Round | None:
    """The ledger's row of the round that this one is compared with; raises StudyError when it has not been run."""
    number = recipe.against_number
    if number is None:
        return None
    row = study.ledger.latest().get(number)
    return study.round(number) if row is None else row


def _predict(number: int, recipe: Recipe | CharacterRecipe, study: Study) -> None:
    """A prediction is in the ledger before anything runs."""
    body = {"round": number, "recipe_fingerprint": recipe.hash, "predict": recipe.data()["predict"]}
    if recipe.predict and not any(e.body == body for e in study.ledger.entries("plan")):
        study.ledger.append("plan", body)


def _fits(recipe: Recipe, yardstick: Yardstick) -> None:
    """The corpus and the yardstick must belong together: a model is asked only what it could have learned.

    Raises RoundError when the yardstick is of another kind or text, when the counted pattern or the levels differ, or
    when a topic of the corpus is held out. The control line is the round's own: prompts are written by it.
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
    if both := sorted(_held(yardstick) & set(brief.topics)):
        raise RoundError(f"the topic '{both[0]}' is held out by the yardstick: take it out of corpus.brief.topics")
    if (brief.pattern, brief.levels) != (yardstick.pattern, yardstick.levels):
        raise RoundError(
            f"corpus.brief counts '{brief.pattern}' at {brief.levels} levels and the yardstick '{yardstick.pattern}' "
            f"at {yardstick.levels}: what is measured cannot change within a study; make a new one"
        )


def _held(yardstick: Yardstick) -> set[str]:
    return {held.topic for part in PARTS for held in yardstick.documents(part)}


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
    brief = None if isinstance(recipe.corpus, TextCorpus) else recipe.corpus.brief
    if isinstance(recipe.corpus, VoicesCorpus):
        corpus = write(recipe.corpus, recipe.gates.each, blend.plan(recipe.corpus), store, store.watch)
    elif isinstance(recipe.corpus, ImportedCorpus):
        corpus = imported.take(recipe.corpus, recipe.gates.each, _held(yardstick), study.folder, store)
    else:
        corpus = blocks.cut(recipe.corpus, study.folder, yardstick, store)
    artifacts["corpus"] = corpus
    artifacts["kept"] = kept = screen(recipe.gates.whole, corpus, brief, yardstick, store)
    seen: dict[str, Any] = {}
    if brief is not None:
        seen = _unscreened(recipe, brief, kept, study) | _moved(recipe, kept, study)
        seen |= _sees(recipe, brief, load(store.path(kept) / KEPT), yardstick)
    artifacts["tokens"] = tokens = encode(
        recipe.tokenizer, recipe.model.context, recipe.train, kept, store, study.folder
    )
    kinship.warn(recipe, study, kept)
    arch = recipe.model.resolve(tokens.facts["vocab"])
    models = train(arch, recipe.train, tokens, recipe.seeds, store, crew)
    artifacts |= {f"model-{seed}": model for seed, model in zip(recipe.seeds, models, strict=True)}
    asking = Asking.of(recipe, corpus.facts, kept.facts)
    trained = Trained(tuple(models), recipe.seeds, kept, asking)
    scores, readings = measure(recipe.metrics, trained, yardstick, store, crew)
    artifacts |= {f"score-{a.plan['metric']}-{a.plan['seed']}": a for a in readings}
    return scores, seen


def _unscreened(recipe: Recipe, brief: Brief, kept: Artifact, study: Study) -> dict[str, Any]:
    """Says, before anything is trained, what gates find in the corpus that the recipe does not name."""
    found = unscreened.look(recipe.gates.each, kept, brief, study.store)
    for warning in unscreened.told(found):
        study.store.watch.say(f"  warning: {warning}")
    return {"unscreened": found} if found else {}


def _moved(recipe: Recipe, kept: Artifact, study: Study) -> dict[str, Any]:
    """Says, before anything is trained, that set gates left another blend than was asked for."""
    if not isinstance(recipe.corpus, VoicesCorpus) or not (told := moved(kept.facts, recipe.corpus.blend)):
        return {}
    study.store.watch.say(f"  warning: {told}")
    return {"blend_moved": told}


def _accounting(artifacts: dict[str, Artifact]) -> Accounting | None:
    """What was asked for, with what the set gates dropped afterwards taken from what was kept."""
    asked = Accounting.model_validate(artifacts["corpus"].facts["accounting"])
    dropped: dict[str, dict[str, int]] = artifacts["kept"].facts["dropped_by_voice"]
    refused, by_voice, gone = {**asked.refused}, {v: {**counts} for v, counts in asked.by_voice.items()}, 0
    for voice, gates in dropped.items():
        for gate, count in gates.items():
            refused[gate] = refused.get(gate, 0) + count
            gone += count
            if voice in by_voice:  # a text has no voices, only what was cut from it
                mine = by_voice[voice]
                mine[gate] = mine.get(gate, 0) + count
                mine["kept"] = mine.get("kept", 0) - count
    whole = {**asked.data(), "kept": asked.kept - gone, "refused": refused, "by_voice": by_voice}
    return Accounting.model_validate(whole)


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
    if not isinstance(recipe.corpus, TextCorpus):
        dial = corpus_dial(load(study.store.path(artifacts["kept"]) / KEPT), recipe.corpus.brief.pattern)
        facts["corpus_dial"] = dial
        facts |= _truth(artifacts["corpus"].facts["truth"], kept["shares"], recipe.corpus.brief.levels)
    if isinstance(recipe.corpus, VoicesCorpus):
        facts["balance"] = blend.balance(blend.plan(recipe.corpus), recipe.corpus.blend)
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
