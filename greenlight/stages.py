"""The stages of a character, each a step that happens once: student → pairs → DPO → introspection → SFT → merge →
check-up. A smoke run goes first, and stops a large one where a gate or an invariant breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from greenlight.character import chatfile, house, pairs, prompts
from greenlight.character import introspection as looking
from greenlight.character.asking import Asked
from greenlight.character.constitution import Constitution
from greenlight.character.recipe import CharacterRecipe, HouseStudent, HouseTeacher
from greenlight.character.settings import Tuning
from greenlight.chats import Manner, Speaker
from greenlight.errors import InputError, RoundError, counted
from greenlight.nouns import Artifact
from greenlight.progress import Watch
from greenlight.recipe import Model, Train
from greenlight.store import Store

SMOKE = (16, 40, 4)
"""Pairs, reflections and conversations of a smoke run."""
SPARE = 4
"""Prompts that stand by for each pair, so that one of which none comes is replaced."""
FOLDED = "folded"
LOOKED = ("reflections", "conversations")
MADE_BY = {
    "student": ("greenlight.backends.student", "greenlight.character.house"),
    "pairs": ("greenlight.character.pairs",),
    "introspection": ("greenlight.character.introspection",),
    "dpo": ("greenlight.backends.tuning",),
    "sft": ("greenlight.backends.tuning",),
    "model": ("greenlight.backends.merge",),
}
LIBRARIES = ("torch", "transformers", "trl", "peft")


@dataclass(frozen=True)
class Bench:
    """Where one seed's stages are made."""

    recipe: CharacterRecipe
    seed: int
    store: Store
    watch: Watch
    threads: int | None = None

    @cached_property
    def asked(self) -> Asked:
        """The record of every answer, beside the store's steps."""
        return Asked(self.store.folder / "answers", self.watch)

    # ------------------------------------------------------------ who speaks

    def teacher(self, constitution: Constitution | None = None, grammar: Literal[1, 2] = 1) -> Speaker:
        """The teacher; the procedural one speaks by the constitution that stands in a conversation's prompt."""
        asked = self.recipe.teacher
        if isinstance(asked, HouseTeacher):
            return house.Teacher(constitution, grammar=grammar)
        from greenlight.character.served import served

        return served(asked)

    def speaker(self, folder: Path, name: str) -> Speaker:
        """The model in a folder."""
        from greenlight.backends.local import open_speaker

        template = "" if isinstance(self.recipe.student, HouseStudent) else self.recipe.student.template
        return open_speaker(folder, name=name, threads=self.threads, template=template)

    @property
    def manner(self) -> Manner:
        """How answers are drawn."""
        d = self.recipe.draws
        return Manner(max_new=d.max_new, temperature=d.temperature, top_p=d.top_p)

    # ------------------------------------------------------------ the steps

    def student(self) -> Artifact:
        """The model that everything begins with: trained here, or somebody's."""
        asked = self.recipe.student
        if not isinstance(asked, HouseStudent):
            files = file_prints(self.base())
            its = {"model": asked.model, "template": asked.template, "files": files}
            return self.store.step("student", its, {}, lambda folder: {"folder": str(self.base())}, ())

        def make(folder: Path) -> dict[str, Any]:
            from greenlight.backends.student import train_student

            lessons = house.lessons(asked.lessons, self.seed)
            model = Model(layers=asked.layers, width=asked.width, heads=asked.heads, context=asked.context)
            train = Train(learn="body", epochs=asked.epochs, batch=asked.batch, lr=asked.lr, muon_lr=asked.muon_lr)
            arch = model.resolve(asked.vocab)
            return train_student(lessons, arch, train, self.seed, folder, self.watch, self.threads)

        plan: dict[str, Any] = {"student": asked.data(), "seed": self.seed, "torch": version("torch").split("+")[0]}
        return self.store.step("student", plan, {}, make, MADE_BY["student"], resumes=True)

    def base(self) -> Path:
        """The folder of the student."""
        asked = self.recipe.student
        if isinstance(asked, HouseStudent):
            return self.store.path(self.student())
        from greenlight.backends.local import found

        return found(asked.model)

    def pairs(self, size: int, constitution: Constitution, base: Artifact) -> Artifact:
        """Preference pairs; the first of a larger number are those of a smaller one."""
        r = self.recipe
        how = pairs.Settings(
            samples=r.pairs.samples,
            attempts=r.pairs.attempts,
            match_length=r.pairs.match_length,
            seed=self.seed,
            teacher=self.manner,
            student=self.manner,
            each=r.gates.each or pairs.Settings().each,
            pair=r.gates.pair or pairs.Settings().pair,
        )
        teacher = self.teacher()
        plan = {
            "size": size,
            "constitution": constitution.hash,
            "teacher": teacher.fingerprint,
            "pairs": r.pairs.model_copy(update={"size": size}).data(),
            "draws": r.draws.data(),
            "gates": r.gates.data(),
            "seed": self.seed,
        }

        def make(folder: Path) -> dict[str, Any]:
            cast = pairs.Cast(teacher, self.speaker(self.base(), "student"), constitution)
            asked = prompts.training(SPARE * size, self.seed, constitution)
            facts = pairs.write_pairs(asked, cast, size, self.asked, folder, how)
            return {**facts.data(), "smoke": facts.smoke()}

        return self.store.step("pairs", plan, {"student": base}, make, MADE_BY["pairs"])

    def dpo(self, made: Artifact, base: Artifact) -> Artifact:
        """The student, tuned to prefer what the teacher said."""

        def make(folder: Path) -> dict[str, Any]:
            from greenlight.backends.tuning import dpo
            from greenlight.character.render import Renderer

            rows = list(chatfile.load_pairs(self.store.path(made) / chatfile.PAIRS))
            renderer = Renderer.open(self.base())
            return dpo(self.base(), rows, self.recipe.dpo, renderer, folder, self.seed, self.watch, self.threads)

        return self._tuned("dpo", self.recipe.dpo, {"student": base, "pairs": made}, make)

    def introspection(self, counts: tuple[int, int], constitution: Constitution, dpo: Artifact) -> Artifact:
        """What the DPO model says of itself: ``counts`` reflections and conversations."""
        r = self.recipe
        plan = {
            "counts": list(counts),
            "constitution": constitution.hash,
            "introspection": r.introspection.model_copy(
                update={"reflections": counts[0], "conversations": counts[1]}
            ).data(),
            "draws": r.draws.data(),
            "gates": r.gates.data()["each"],
            "seed": self.seed,
        }

        def make(folder: Path) -> dict[str, Any]:
            speaker = self.speaker(self.store.path(dpo) / FOLDED, "dpo")
            arrows = (looking.write_reflections, looking.write_conversations)
            told = [
                write(speaker, constitution, n, self.asked, folder / name, self._looking()).data()
                for write, n, name in zip(arrows, counts, LOOKED, strict=True)
                if n
            ]
            return {"parts": told}

        return self.store.step("introspection", plan, {"dpo": dpo}, make, MADE_BY["introspection"])

    def _looking(self) -> looking.Settings:
        r = self.recipe
        return looking.Settings(
            turns=r.introspection.turns,
            attempts=r.introspection.attempts,
            seed=self.seed,
            manner=self.manner,
            each=r.gates.each or looking.Settings().each,
        )

    def sft(self, made: Artifact, start: Artifact) -> Artifact:
        """``start`` (the folded DPO model, or the student for the control), tuned to say what it said of itself."""
        folder_of = self.store.path(start) / FOLDED if start.kind == "dpo" else self.base()

        def make(folder: Path) -> dict[str, Any]:
            from greenlight.backends.tuning import sft
            from greenlight.character.render import Renderer

            files = [self.store.path(made) / name / chatfile.CHATS for name in LOOKED]
            rows = [chat for file in files if file.exists() for chat in chatfile.load_chats(file)]
            renderer = Renderer.open(folder_of)
            return sft(folder_of, rows, self.recipe.sft, renderer, folder, self.seed, self.watch, self.threads)

        return self._tuned("sft", self.recipe.sft, {"start": start, "introspection": made}, make)

    def _tuned(
        self, kind: str, how: Tuning, inputs: Mapping[str, Artifact], make: Callable[[Path], dict[str, Any]]
    ) -> Artifact:
        plan = {
            "persona": self.recipe.persona,
            "settings": how.data(),
            "seed": self.seed,
            "libraries": {name: version(name) for name in LIBRARIES},
        }
        return self.store.step(kind, plan, inputs, make, MADE_BY[kind], resumes=True)

    def merged(self, base: Artifact, dpo: Artifact, sft: Artifact) -> Artifact:
        """The student with both stages' changes in the recipe's shares, exactly."""
        shares = self.recipe.merge

        def make(folder: Path) -> dict[str, Any]:
            from greenlight.backends.merge import merge

            whole = [self.store.path(stage) / FOLDED for stage in (dpo, sft)]
            told = merge(self.base(), list(zip(whole, shares.weights, strict=True)), folder, "fold")
            return told.data()

        plan = {"merge": shares.data(), "libraries": {name: version(name) for name in LIBRARIES}}
        return self.store.step("model", plan, {"student": base, "dpo": dpo, "sft": sft}, make, MADE_BY["model"])


def file_prints(folder: Path) -> dict[str, str]:
    """sha256 of the files that decide a model in a folder."""
    from greenlight.store import file_sha256

    names = [p for p in sorted(folder.iterdir()) if p.suffix in (".safetensors", ".json", ".jinja")]
    if not names:
        raise InputError(f"{folder} holds no model: give a folder with config.json and model.safetensors")
    return {path.name: file_sha256(path) for path in names}


def bring_up(bench: Bench) -> dict[str, Artifact]:
    """All stages of one seed, a smoke run first. Raises RoundError where a limit of the recipe is broken."""
    r = bench.recipe
    if said := speechless(r):
        raise RoundError(said)
    base = bench.student()
    made = {"student": base}
    full = (r.pairs.size, r.introspection.reflections, r.introspection.conversations)
    if r.limits.smoke and any(n > small for n, small in zip(full, SMOKE, strict=True)):
        small = tuple(min(n, least) for n, least in zip(full, SMOKE, strict=True))
        of = zip(small, ("pair", "reflection", "conversation"), strict=True)
        bench.watch.say(f"smoke run: {', '.join(counted(n, noun) for n, noun in of)}")
        smoke = _written(bench, base, small, {})
        bench.watch.say("smoke run: nothing is broken")
        made["smoke"] = smoke["pairs"]
    return made | _written(bench, base, full, made)


def speechless(recipe: CharacterRecipe) -> str:
    """Why the teacher cannot speak as the constitution says: the procedural one that knows no trait; else empty."""
    known = house.known_traits(recipe.constitution) if isinstance(recipe.teacher, HouseTeacher) else {}
    if not known or any(known.values()):
        return ""
    return (
        f"the procedural teacher knows none of the {len(known)} traits of {recipe.source}: it speaks by the "
        "constitutions that come with the recipe alone. Name a model that can play anybody: set OPENAI_BASE_URL "
        "and CHARACTER_TEACHER_MODEL, or [teacher] in the round's file"
    )


def _written(bench: Bench, base: Artifact, counts: Sequence[int], made: Mapping[str, Artifact]) -> dict[str, Artifact]:
    said, found = bench.recipe.spoken, dict(made)
    found["pairs"] = written = bench.pairs(counts[0], said, base)
    hold(bench.recipe, written.facts)
    found["dpo"] = dpo = bench.dpo(written, base)
    found["introspection"] = looked = bench.introspection((counts[1], counts[2]), said, dpo)
    found["sft"] = sft = bench.sft(looked, dpo)
    if bench.recipe.checkup.sft_only:
        found["sft-only"] = bench.sft(looked, base)
    found["model"] = bench.merged(base, dpo, sft)
    return found


def hold(recipe: CharacterRecipe, facts: Mapping[str, Any]) -> None:
    """Raises RoundError when what was written breaks a limit of the recipe, naming it and the way out."""
    limits = recipe.limits
    for side, told in facts["sides"].items():
        books = told["accounting"]
        share = books["kept"] / max(1, books["asked"])
        if share < limits.usable:
            refused = ", ".join(f"{gate} {n}" for gate, n in sorted(books["refused"].items(), key=lambda i: -i[1])[:3])
            raise RoundError(
                f"only {share:.0%} of the {side} answers pass the gates ({refused or 'the rest failed'}), and "
                f"limits.usable is {limits.usable:.0%}: look at refused.parquet of this step, then mend the voice"
            )
        hidden = told.get("hidden")
        if hidden and hidden["value"] > limits.hidden:
            raise RoundError(
                f"{hidden['value']:.0%} of the {side} answers have text in a hidden channel, and limits.hidden is "
                f"{limits.hidden:.0%}: turn thinking off (teacher.thinking), or admit another voice"
            )
    auc = facts["length_auc"]["value"]
    if max(auc, 1 - auc) > limits.length_tells:
        raise RoundError(
            f"length alone tells the chosen answer in {max(auc, 1 - auc):.0%} of the pairs, and limits.length_tells is "
            f"{limits.length_tells:.0%}: set pairs.samples = 4 and pairs.match_length = true"
        )
