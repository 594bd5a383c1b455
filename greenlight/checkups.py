"""A round of a character study: its stages for every seed, the check-up of each, its scores, and its verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight import factors, parts, stages
from greenlight.character import card as cards
from greenlight.character import checkup
from greenlight.character.card import FINISHED, Card
from greenlight.character.checkup import Seen, Stage
from greenlight.character.classify import NEUTRAL
from greenlight.character.constitution import Constitution
from greenlight.character.examination import Examination, heard, marks_of
from greenlight.character.filtering import EACH
from greenlight.character.held import held_prompts, neutral_chats
from greenlight.character.recipe import CharacterRecipe, HouseStudent, HouseTeacher
from greenlight.chats import Turns
from greenlight.crew import Crew, cores
from greenlight.errors import RecipeError, RoundError
from greenlight.judge import Evidence
from greenlight.nouns import Accounting, Artifact, Round, Score, Verdict, canonical
from greenlight.progress import Watch
from greenlight.recipe import KeepIf
from greenlight.stages import FOLDED, Bench
from greenlight.store import Store, write_file
from greenlight.study import Study
from greenlight.verdict import Beside, decide
from greenlight.yardstick import Yardstick

CARD, SEEN, CARD_TEXT, CLASSIFIER = "card.json", "seen.jsonl", "card.md", "classifier.json"
CODE = ("greenlight.checkups", "greenlight.backends.local")
UNITS = {
    "character.rate": "share of answers",
    "character.lift": "share of answers",
    "response.rate": "share of answers",
    "task.rate": "share of answers",
    "neutral.bpb": "bits per byte",
}


# ---------------------------------------------------------------- the round


def run(
    recipe: CharacterRecipe, study: Study, crew: Crew, artifacts: dict[str, Artifact]
) -> tuple[dict[str, Score], dict[str, Any], Accounting]:
    """Every seed's stages and check-up; the artifacts are added as they come.

    Raises RoundError where a stage breaks or a limit of the recipe does.
    """
    if study.yardstick.kind != "prompts":
        raise RoundError("the yardstick is no set of prompts: make a new study --from character")
    base, store, small = study.yardstick, study.store, isinstance(recipe.student, HouseStudent)
    threads = crew.threads(len(recipe.seeds)) if small else [cores()] * len(recipe.seeds)
    jobs = [
        (recipe, seed, base.folder, store.folder, store.keep, count)
        for seed, count in zip(recipe.seeds, threads, strict=True)
    ]
    # Seeds of somebody's model go one after the other: two of billions of parameters do not fit where one does.
    done = crew.run(one, jobs, store.watch) if small else [one(*job, store.watch) for job in jobs]
    for seed, made in zip(recipe.seeds, done, strict=True):
        artifacts.update({f"{name}-{seed}": artifact for name, artifact in made.items()})
    found = {seed: _card(store, artifacts[f"checkup-{seed}"]) for seed in recipe.seeds}
    seen = {seed: seen_of(store, artifacts[f"checkup-{seed}"]) for seed in recipe.seeds}
    scores = _scores(recipe, seen, found, study)
    return scores, _facts(recipe, found, artifacts), _accounting(recipe, artifacts)


def one(
    recipe: CharacterRecipe, seed: int, yard: Path, folder: Path, keep: bool, threads: int, watch: Watch
) -> dict[str, Artifact]:
    """One seed, from its student to its report card."""
    bench = Bench(recipe, seed, Store(folder, watch, keep), watch, threads)
    made = stages.bring_up(bench)
    return made | {"checkup": examine(bench, made, Yardstick.open(yard))}


# ---------------------------------------------------------------- one check-up


def examine(bench: Bench, made: Mapping[str, Artifact], yardstick: Yardstick) -> Artifact:
    """The report card of one seed's models: ``card.json``, ``card.md``, and every answer in ``seen.jsonl``."""
    recipe = bench.recipe
    gates = recipe.gates.each or EACH
    plan = {
        "persona": recipe.persona,
        "constitution": recipe.constitution.hash,
        "rivals": {name: rival.said.hash for name, rival in recipe.rivals.items()},
        "draws": recipe.draws.data(),
        "checkup": recipe.checkup.data(),
        "gates": gates,
        "teacher": bench.teacher().fingerprint,
        "yardstick": yardstick.hash,
        "seed": bench.seed,
    }
    inputs = {name: made[name] for name in ("student", "dpo", "sft", "sft-only", "model") if name in made}

    def make(folder: Path) -> dict[str, Any]:
        yardstick.count_read(yardstick.slice, f"checkup of {made['model'].name}")
        exam, neutral = examination(bench, yardstick), neutral_chats(yardstick)
        found, rows = exam.card(stages_of(bench, made), FINISHED, lambda speaker: bits_per_byte(speaker, neutral))
        more = {"smoke": dict(made["pairs"].facts["smoke"]), "notes": (*_notes(recipe), *found.notes)}
        found = found.model_copy(update=more)
        exam.classifier.save(folder / CLASSIFIER)
        lines = [canonical({"stage": name, **seen.data()}) for name, all_seen in rows.items() for seen in all_seen]
        write_file(folder / SEEN, "".join(line + "\n" for line in lines))
        write_file(folder / CARD_TEXT, cards.markdown(found))
        write_file(folder / CARD, json.dumps(found.data(), indent=1, ensure_ascii=False) + "\n")
        return {"conclusion": cards.conclusion(found)}

    gate_code = tuple(sorted(parts.module_of("gates", name, options) for name, options in gates.items()))
    return bench.store.step("checkup", plan, inputs, make, (*CODE, *gate_code))


def examination(bench: Bench, yardstick: Yardstick) -> Examination:
    """The check-up that a recipe asks for. The procedural teacher is heard in its second grammar."""
    recipe = bench.recipe
    spoken: dict[str, Constitution | None] = {recipe.persona: recipe.constitution, NEUTRAL: None}
    spoken |= {name: rival.said for name, rival in recipe.rivals.items()}
    voice = bench.teacher(grammar=2) if isinstance(recipe.teacher, HouseTeacher) else bench.teacher()
    return Examination(
        persona=recipe.persona,
        constitution=recipe.constitution,
        classifier=heard(voice, spoken, bench.manner, bench.asked, bench.watch),
        gates={n: parts.make("gates", n, o) for n, o in (recipe.gates.each or EACH).items()},
        prompts=held_prompts(yardstick),
        asked=bench.asked,
        watch=bench.watch,
        samples=recipe.checkup.samples,
        sustained=recipe.checkup.sustained,
        seed=bench.seed,
    )


def stages_of(bench: Bench, made: Mapping[str, Artifact]) -> list[Stage]:
    """Every stage's model, and the base with the constitution in its prompt."""
    folders = {"base": bench.base(), "prompted": bench.base(), "dpo": bench.store.path(made["dpo"]) / FOLDED}
    if "sft-only" in made:
        folders["sft only"] = bench.store.path(made["sft-only"]) / FOLDED
    folders |= {"sft": bench.store.path(made["sft"]) / FOLDED, FINISHED: bench.store.path(made["model"])}
    said = bench.recipe.constitution.system()
    return [
        Stage(name, bench.speaker(folder, name), bench.manner, said if name == "prompted" else "")
        for name, folder in folders.items()
    ]


def bits_per_byte(speaker: Any, chats: Mapping[str, Turns]) -> dict[str, float]:
    """Of what the assistant says in each conversation, given all before it: nats of its tokens, the end token among
    them, over ln 2 and the bytes of its text in UTF-8. Empty for a speaker that scores nothing, a server for one."""
    if not hasattr(speaker, "nats"):
        return {}
    scored = speaker.nats([speaker.renderer.whole(turns) for turns in chats.values()])
    sizes = [sum(len(t.content.encode()) for t in turns if t.role == "assistant") for turns in chats.values()]
    return {n: sum(nats) / math.log(2) / size for n, nats, size in zip(chats, scored, sizes, strict=True)}


def _notes(recipe: CharacterRecipe) -> tuple[str, ...]:
    notes = []
    if recipe.shuffled:
        notes.append("a control: the words of the constitution were dealt out anew before anything was written")
    if recipe.without:
        notes.append(f"without the traits {', '.join(recipe.without)}")
    return tuple(notes)


def _card(store: Store, artifact: Artifact) -> Card:
    return Card.model_validate_json((store.path(artifact) / CARD).read_bytes())


def seen_of(store: Store, artifact: Artifact) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = {}
    for line in (store.path(artifact) / SEEN).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row.pop("stage"), []).append(Seen.model_validate(row))
    return found


# ---------------------------------------------------------------- what the ledger keeps


def _scores(
    recipe: CharacterRecipe, seen: Mapping[int, Mapping[str, Sequence[Seen]]], found: Mapping[int, Card], study: Study
) -> dict[str, Score]:
    """By name, of the finished models: a value for each seed and prompt."""
    tasks = {p.id for p in held_prompts(study.yardstick) if p.task is not None}
    wanted: dict[str, Callable[[Seen], bool]] = {
        "character.rate": lambda one: one.in_character,
        "response.rate": lambda one: one.valid,
        "task.rate": lambda one: one.task,
    }
    wanted |= {f"trait.{key}": lambda one, key=key: key in one.traits for key in marks_of(recipe.constitution)}  # type: ignore[misc]
    values: dict[str, list[dict[str, float]]] = {}
    for seed in recipe.seeds:
        done, base = seen[seed][FINISHED], seen[seed]["base"]
        for name, what in wanted.items():
            rows = [one for one in done if name != "task.rate" or one.prompt in tasks]
            values.setdefault(name, []).append(checkup.by_prompt(rows, what))
        after, before = (checkup.by_prompt(rows, wanted["character.rate"]) for rows in (done, base))
        values.setdefault("character.lift", []).append({key: after[key] - before[key] for key in after})
        values.setdefault("neutral.bpb", []).append(found[seed].bits[FINISHED])
    settings = {"draws": recipe.draws.data(), "checkup": recipe.checkup.data(), "gates": recipe.gates.data()["each"]}
    return {
        name: Score(
            metric=name,
            unit=UNITS.get(name, "share of answers"),
            better="lower" if name == "neutral.bpb" else "higher",
            seeds=recipe.seeds,
            blocks=tuple(by_seed[0]),
            values=tuple(tuple(one[block] for block in by_seed[0]) for one in by_seed),
            weights=tuple(1.0 for _ in by_seed[0]),
            yardstick=study.yardstick.hash,
            settings={**settings, "persona": recipe.persona},
            over="prompts" if name != "neutral.bpb" else "texts",
        )
        for name, by_seed in values.items()
    }


def _facts(recipe: CharacterRecipe, found: Mapping[int, Card], artifacts: Mapping[str, Artifact]) -> dict[str, Any]:
    first, kinds = artifacts[f"student-{recipe.seeds[0]}"].facts, ("pairs", "dpo", "checkup")
    return {
        "parameters": first.get("parameters"),
        "character": {str(seed): card.data() for seed, card in found.items()},
        "smoke": {str(seed): artifacts[f"pairs-{seed}"].facts["smoke"] for seed in recipe.seeds},
        "code": dict(pair for kind in kinds for pair in artifacts[f"{kind}-{recipe.seeds[0]}"].code.items()),
    }


def _accounting(recipe: CharacterRecipe, artifacts: Mapping[str, Artifact]) -> Accounting:
    """Of all answers that were asked for, of both sides of the pairs and of the introspection, over all seeds."""
    books = []
    for seed in recipe.seeds:
        books += [side["accounting"] for side in artifacts[f"pairs-{seed}"].facts["sides"].values()]
        books += [part["accounting"] for part in artifacts[f"introspection-{seed}"].facts["parts"]]
    refused: dict[str, int] = {}
    for book in books:
        for gate, count in book["refused"].items():
            refused[gate] = refused.get(gate, 0) + count
    return Accounting(
        asked=sum(b["asked"] for b in books), kept=sum(b["kept"] for b in books), refused=refused,
        failed=sum(b["failed"] for b in books),
    )  # fmt: skip


def judge(row: Round, control: Round, recipe: CharacterRecipe, study: Study) -> Verdict:
    """The verdict of a round against an earlier one of the study, by its own scores; raises as ``evidence``."""
    e = evidence(row, control, recipe.keep_if, study)
    return decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)


def evidence(row: Round, control: Round, keep_if: KeepIf, study: Study) -> Evidence:
    """What such a verdict rests on: the scores that the ledger has, for nothing is asked again.

    Raises RoundError when the metric was not measured in both.
    """
    for one_of in (row, control):
        if keep_if.metric not in one_of.scores:
            raise RoundError(f"round {one_of.number} was not measured by '{keep_if.metric}'")
    rounds = [other for other in study.ledger.latest().values() if other.status == "done"]
    guards = {
        name: (control.scores[name], row.scores[name])
        for name in keep_if.guards
        if name in control.scores and name in row.scores
    }
    beside = Beside(history=factors.poolable(rounds, row, keep_if.metric), planned=row.planned, guards=guards)
    table = factors.compare(plainly(control), plainly(row), [])
    return Evidence(row.scores[keep_if.metric], control.scores[keep_if.metric], keep_if, table, control.number, beside)


def plainly(row: Round) -> Round:
    """The round as a factor table reads it; one of another version is told key by key."""
    if row.recipe.get("use") != "character":
        return row
    try:
        return row.model_copy(update={"recipe": essence(row.recipe)})
    except (ValidationError, RecipeError):
        return row


def essence(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe for the factor table: a constitution is one thing, told by its hash, whatever file it came from."""
    left = {"source", "rivals", "checkup", "limits", "persona"}
    said = CharacterRecipe.model_validate(recipe).constitution.hash[:12]
    return {key: value for key, value in recipe.items() if key not in left} | {"constitution": f"sha {said}"}
