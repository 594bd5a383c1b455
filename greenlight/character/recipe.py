"""A round of a character study, as closed data: one character, from its constitution to its report card."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from greenlight import loading, parts
from greenlight.character.constitution import Constitution
from greenlight.character.settings import Dpo, Sft
from greenlight.errors import RecipeError
from greenlight.nouns import Noun, fingerprint
from greenlight.recipe import Count, Fraction, KeepIf, Number, PartTable, Prediction, Seed, Whole, round_number

Positive = Annotated[Number, Field(gt=0)]
Words = Annotated[str, Field(max_length=2_000)]
Persona = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
SCORES = ("character.rate", "character.lift", "response.rate", "task.rate", "neutral.bpb")
"""Of every round, beside one for each trait."""
NO_PERSONA = ("neutral", "none")
"""What a classifier calls text of no character."""


class HouseStudent(Noun):
    """A small model that is trained here from nothing, on neutral conversations. ``lessons``: how many of them."""

    use: Literal["house"] = "house"
    lessons: Count = 16_000
    layers: Annotated[Count, Field(le=64)] = 3
    width: Annotated[Count, Field(le=4_096)] = 144
    heads: Annotated[Count, Field(le=64)] = 4
    context: Annotated[Whole, Field(ge=64, le=8_192)] = Field(default=384, description="tokens")
    vocab: Annotated[Whole, Field(ge=258, le=65_536)] = 2_048
    epochs: Positive = 3.0
    batch: Count = 3
    lr: Positive = 0.003
    muon_lr: Annotated[Number, Field(ge=0)] = 0.02


class HubStudent(Noun):
    """A causal language model that ``transformers`` opens."""

    use: Literal["transformers"]
    model: str = Field(description="a folder, or a name on the hub, whose safetensors are fetched")
    template: str = Field(default="", description="plain, or a chat template's file; default: the model's own")
    fingerprint: str = Field(default="", description="filled in when the recipe is loaded; empty without the folder")


class HouseTeacher(Noun):
    """The procedural teacher: it does the task of a prompt, and speaks by the traits that it knows."""

    use: Literal["house"] = "house"


class ServedTeacher(Noun):
    """A model behind an OpenAI-compatible server. An empty address is that of OPENAI_BASE_URL."""

    use: Literal["endpoint"]
    model: str
    base_url: str = ""
    temperature: Annotated[Number, Field(ge=0, le=5)] = 0.7
    top_p: Annotated[Number, Field(gt=0, le=1)] = 0.95
    thinking: str = Field(default="auto", description="as for a voice: auto, leave, or the name of a switch")
    timeout_s: Positive = 600.0
    parallel: Annotated[Count, Field(le=4_096)] = 16
    price_in: Annotated[Number, Field(ge=0)] | None = Field(default=None, description="USD per million tokens")
    price_out: Annotated[Number, Field(ge=0)] | None = None


class Draws(Noun):
    """How answers are drawn wherever a model writes. ``max_new`` in tokens."""

    max_new: Annotated[Count, Field(le=32_768)] = 96
    temperature: Annotated[Number, Field(ge=0, le=5)] = 0.7
    top_p: Annotated[Number, Field(gt=0, le=1)] = 0.95


class Pairs(Noun):
    """Preference pairs: the teacher in character against the student as it is."""

    size: Count = 250
    samples: Annotated[Count, Field(le=64)] = Field(default=1, description="answers of either side to a prompt")
    match_length: bool = Field(default=False, description="of the samples, the two closest in length are the pair")
    attempts: Annotated[Count, Field(le=100)] = 8


class Introspection(Noun):
    """What the DPO model writes about itself, with its constitution in the prompt; it learns it without."""

    reflections: Annotated[Whole, Field(ge=0)] = 1_500
    conversations: Annotated[Whole, Field(ge=0)] = 150
    turns: Annotated[Whole, Field(ge=2, le=64)] = 6
    attempts: Annotated[Count, Field(le=100)] = 8


class Merge(Noun):
    """The finished model: the base, with the two stages' changes in these shares."""

    dpo: Annotated[Number, Field(ge=0, le=4)] = 1.0
    sft: Annotated[Number, Field(ge=0, le=4)] = 1.0

    @property
    def weights(self) -> tuple[float, float]:
        """Of the folded models: that of DPO holds DPO's change, and that of SFT both."""
        return (self.dpo - self.sft, self.sft)


class Limits(Noun):
    """What stops a run: a smoke run goes first, and none of these may break in it, nor afterwards."""

    usable: Fraction = Field(default=0.5, description="least share of answers that pass the gates, of either side")
    hidden: Fraction = Field(default=0.02, description="most of them with text in a hidden channel")
    length_tells: Annotated[Number, Field(ge=0.5, le=1)] = Field(
        default=0.95, description="the most that length alone may predict the choice (AUC)"
    )
    smoke: bool = Field(default=True, description="a smoke run goes before")


class CheckUp(Noun):
    """The report card: every held-out prompt, ``samples`` answers each, of every stage."""

    samples: Annotated[Whole, Field(ge=1, le=64)] = 3
    sft_only: bool = Field(default=True, description="the control without DPO")
    sustained: Annotated[Whole, Field(ge=0)] = Field(default=20, description="prompts that are followed over turns")


class Rival(Noun):
    """Another character, whom the classifier must tell apart from this one."""

    source: str
    said: Constitution


class CharacterGates(Noun):
    """Checks on an answer (``each``), and on the two answers of a pair (``pair``)."""

    each: PartTable = {}
    pair: PartTable = {}


class CharacterRecipe(Noun):
    """All that decides a round of a character study."""

    use: Literal["character"]
    question: str = ""
    against: str | None = Field(default=None, description="round:N, the earlier round it is compared with")
    seeds: tuple[Seed, ...] = Field(default=(1, 2), min_length=1, max_length=1_000)
    persona: Persona
    constitution: Constitution
    source: str = Field(default="constitution.yaml", description="the constitution's file inside the study")
    without: tuple[str, ...] = Field(default=(), description="keys of traits that are deleted")
    shuffled: bool = Field(default=False, description="the control: the words of its traits dealt out anew")
    rivals: dict[Persona, Rival] = Field(default={}, description="other characters, by persona")
    student: Annotated[HouseStudent | HubStudent, Field(discriminator="use")] = HouseStudent()
    teacher: Annotated[HouseTeacher | ServedTeacher, Field(discriminator="use")] = HouseTeacher()
    draws: Draws = Draws()
    pairs: Pairs = Pairs()
    dpo: Dpo = Dpo()
    introspection: Introspection = Introspection()
    sft: Sft = Sft()
    merge: Merge = Merge()
    gates: CharacterGates = CharacterGates()
    limits: Limits = Limits()
    checkup: CheckUp = CheckUp()
    keep_if: KeepIf
    predict: dict[str, Prediction] = {}

    @model_validator(mode="after")
    def _usable(self) -> CharacterRecipe:
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds occur twice")
        if self.persona in NO_PERSONA:
            raise ValueError(f"persona = '{self.persona}' is the name of having none")
        if self.persona in self.rivals:
            raise ValueError(f"rivals names '{self.persona}', the round's own persona: take it out")
        known = {trait.key for trait in self.constitution.traits}
        for key in self.without:
            if key not in known:
                raise ValueError(f"without names '{key}', which is no trait; known: {', '.join(sorted(known))}")
        if len(set(self.without)) == len(known):
            raise ValueError("without takes all traits away: a character needs one")
        return self

    @property
    def spoken(self) -> Constitution:
        """The constitution that is given to the teacher, and to the model when it looks at itself."""
        said = self.constitution
        for key in dict.fromkeys(self.without):
            said = said.without(key)
        return said.shuffled(1) if self.shuffled else said

    @property
    def hash(self) -> str:
        return fingerprint(self.data())

    @property
    def against_number(self) -> int | None:
        return None if self.against is None else round_number(self.against)


# ---------------------------------------------------------------- from TOML

OVERRIDES = {
    "CHARACTER_TEACHER_MODEL": ("teacher", "model"),
    "CHARACTER_TEACHER_URL": ("teacher", "base_url"),
    "CHARACTER_STUDENT_MODEL": ("student", "model"),
}
"""What the environment may put in the place of a recipe's: honoured, printed, and stored with the round."""
HOUSE = "house"


def is_character(data: Mapping[str, Any]) -> bool:
    """Whether a recipe's data are those of a character."""
    return data.get("use") == "character"


def overridden(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The data with what the environment says, and a line for each thing that it says.

    ``house`` as a model takes the procedural teacher, or the student that is trained here.
    """
    out, said = dict(data), []
    for name, (table, key) in OVERRIDES.items():
        value = os.environ.get(name, "").strip()
        if not value:
            continue
        had = out.get(table)
        there = dict(had) if isinstance(had, Mapping) else {}
        use = "endpoint" if table == "teacher" else "transformers"
        if value == HOUSE:
            there = there if there.get("use") == HOUSE else {"use": HOUSE}
        else:
            kept = there if there.get("use") == use else {}
            there = {**kept, "use": use, key: value}
        out[table] = there
        said.append(f"{name} = {value}: in the place of the recipe's {table}")
    return out, said


def check(data: Mapping[str, Any], study: Path, name: str) -> CharacterRecipe:
    """Data to a whole recipe: its constitutions read in, parts found and their options checked.

    Raises RecipeError with one line that names the key, its value and the way out; InputError for a constitution.
    """
    from greenlight.character.constitution import read

    data, _ = overridden(data)
    teacher = data.get("teacher")
    if isinstance(teacher, Mapping) and teacher.get("use") == "endpoint" and "model" not in teacher:
        raise RecipeError(
            f"{name}: the teacher's server has no model named: set CHARACTER_TEACHER_MODEL, or teacher.model"
        )
    source = data.get("source", CharacterRecipe.model_fields["source"].default)
    if not isinstance(source, str):
        raise RecipeError(f"{name}: source must be the name of a file inside the study, not {source!r}")
    data["constitution"] = read(inside(study, source, name)).data()
    rivals = data.get("rivals", {})
    if isinstance(rivals, Mapping):
        files = {str(key): value for key, value in rivals.items()}
        if wrong := [key for key, value in files.items() if not isinstance(value, str)]:
            raise RecipeError(f"{name}: rivals.{wrong[0]} must be the name of a file inside the study")
        data["rivals"] = {
            key: {"source": file, "said": read(inside(study, file, name)).data()} for key, file in files.items()
        }
    try:
        recipe = CharacterRecipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{name}: {loading.explain(error, CharacterRecipe)}") from None
    for table, method in ((recipe.gates.each, "check"), (recipe.gates.pair, "check_pair")):
        for key, options in table.items():
            if not hasattr(parts.make("gates", key, options, where=name), method):
                raise RecipeError(f"{name}: the gate {key} has no {method}: move it to the other of each and pair")
    known = readings(recipe)
    for metric in (recipe.keep_if.metric, *recipe.keep_if.guards):
        if metric not in known:
            raise RecipeError(f"{name}: keep_if names '{metric}', which is not measured; known: {', '.join(known)}")
    return recipe


def readings(recipe: CharacterRecipe) -> list[str]:
    """The names of all scores that a round has."""
    return [*SCORES, *(f"trait.{trait.key}" for trait in recipe.constitution.traits)]


def inside(study: Path, file: str, name: str) -> Path:
    """A file of a study. Raises RecipeError when it lies elsewhere."""
    path = (study / file).resolve()
    if not path.is_relative_to(study.resolve()):
        raise RecipeError(f"{name}: '{file}' lies outside the study; copy it in")
    return path
