"""Lengths, speeds and prices before a character round runs: measured in the study, else stated, else assumed.

``rates.toml`` in the study's folder states them. Every key may be left out; each table is closed::

    [teacher]     answer (mean tokens), usable (share), tokens_per_second, price_in, price_out, usd_per_hour
    [student]     answer, usable, tokens_per_second, parameters, lora_per_rank
    [reflection]  answer, usable
    [turn]        answer, usable
    [training]    flops_per_second and utilisation, or tokens_per_second
    [machine]     usd_per_hour
    [text]        chars_per_token, share

Tokens a second are of answers, all that are in flight together, with the time that their prompts take. Prices are USD
a million tokens. ``usable``: places that are filled ÷ answers that are asked for. ``lora_per_rank``: inputs and outputs
of the matrices that LoRA changes, added up. ``flops_per_second``: the most that the machine can; ``utilisation``: the
share of it that training reaches. ``share``: a mean answer as a share of ``draws.max_new``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from greenlight import loading
from greenlight.character.recipe import CharacterRecipe, HouseStudent, HouseTeacher, HubStudent, ServedTeacher
from greenlight.errors import RecipeError
from greenlight.nouns import Noun, Round, fingerprint
from greenlight.outside import read_toml
from greenlight.recipe import Number

FILE = "rates.toml"
SHARE = 0.5
CHARS_A_TOKEN = 4.0
HOUSE_CHARS_A_TOKEN = 3.2
"""Of a BPE of 1,024 tokens, measured on the lessons; the house student has 1,536."""
HEARD = 5_000
"""Recorded answers of a teacher that are read, the first ones."""

Above = Annotated[Number, Field(gt=0)]
Paid = Annotated[Number, Field(ge=0)]
Part = Annotated[Number, Field(gt=0, le=1)]


@dataclass(frozen=True)
class Figure:
    """A number, or None where nobody knows it, and where it is from."""

    value: float | None
    source: str


Figures = Mapping[str, Figure]
"""By ``table.key``, as ``rates.toml`` has them."""


# ---------------------------------------------------------------- stated


class Spoken(Noun):
    """Answers of one kind. ``answer`` in tokens."""

    answer: Above | None = None
    usable: Part | None = None


class TeacherRates(Spoken):
    """``usd_per_hour``: of the machine that serves it, where that is paid by the hour and not by tokens."""

    tokens_per_second: Above | None = None
    price_in: Paid | None = None
    price_out: Paid | None = None
    usd_per_hour: Paid | None = None


class StudentRates(Spoken):
    """Of the student's sampling, by any of its stages."""

    tokens_per_second: Above | None = None
    parameters: Above | None = None
    lora_per_rank: Above | None = None


class TrainingRates(Noun):
    """``tokens_per_second``: of the examples of SFT; DPO and whole training follow by their operations."""

    flops_per_second: Above | None = None
    utilisation: Part | None = None
    tokens_per_second: Above | None = None

    @model_validator(mode="after")
    def _one_way(self) -> TrainingRates:
        both = (self.flops_per_second is None) + (self.utilisation is None)
        if both == 1:
            raise ValueError("flops_per_second and utilisation go together: state both, or tokens_per_second")
        if both == 0 and self.tokens_per_second is not None:
            raise ValueError("state tokens_per_second, or flops_per_second with utilisation: not both")
        return self


class MachineRates(Noun):
    """Of the machine that trains the student and samples it."""

    usd_per_hour: Paid | None = None


class TextRates(Noun):
    """How text becomes tokens."""

    chars_per_token: Above | None = None
    share: Part | None = None


class Stated(Noun):
    """``rates.toml``."""

    teacher: TeacherRates = TeacherRates()
    student: StudentRates = StudentRates()
    reflection: Spoken = Spoken()
    turn: Spoken = Spoken()
    training: TrainingRates = TrainingRates()
    machine: MachineRates = MachineRates()
    text: TextRates = TextRates()

    def figures(self, name: str) -> dict[str, Figure]:
        """What is stated in the file ``name``."""
        tables = self.model_dump()
        return {
            f"{table}.{key}": Figure(float(value), f"stated in {name}")
            for table, keys in tables.items()
            for key, value in keys.items()
            if value is not None
        }


NAMES = tuple(
    f"{table}.{key}" for table, field in Stated.model_fields.items() for key in type(field.default).model_fields
)


def stated(path: Path, needed: bool = False) -> dict[str, Figure]:
    """What a file states; nothing where there is none and none is ``needed``.

    Raises RecipeError or InputError with one line that names the file, the key and the way out.
    """
    if not needed and not path.exists():
        return {}
    data = read_toml(path)
    try:
        return Stated.model_validate(data).figures(path.name)
    except ValidationError as error:
        raise RecipeError(f"{path.name}: {loading.explain(error, Stated)}") from None


# ---------------------------------------------------------------- all that is known


def known(recipe: CharacterRecipe, said: Figures, measured: Figures) -> dict[str, Figure]:
    """Every figure of ``NAMES``: measured, else stated, else of the recipe or the model, else assumed, else None."""
    sure = {**_own(recipe), **said, **_prices(recipe), **measured}
    share = sure.get("text.share", Figure(SHARE, "assumed"))
    chars = CHARS_A_TOKEN if isinstance(recipe.student, HubStudent) else HOUSE_CHARS_A_TOKEN
    found: dict[str, Figure] = {"text.share": share, "text.chars_per_token": Figure(chars, "assumed")}
    assert share.value is not None
    mean = share.value * recipe.draws.max_new
    why = f"{share.source}: {share.value:.0%} of draws.max_new = {recipe.draws.max_new}"
    for table in ("teacher", "student", "reflection", "turn"):
        found[f"{table}.answer"] = Figure(mean, why)
        found[f"{table}.usable"] = Figure(1.0, "assumed: no answer is refused")
    unknown = Figure(None, "not stated")
    return {name: sure.get(name) or found.get(name) or unknown for name in NAMES}


def _prices(recipe: CharacterRecipe) -> dict[str, Figure]:
    teacher = recipe.teacher
    if isinstance(teacher, HouseTeacher):
        free = Figure(0.0, "runs here")
        return {"teacher.price_in": free, "teacher.price_out": free}
    found = {"teacher.price_in": teacher.price_in, "teacher.price_out": teacher.price_out}
    return {name: Figure(price, "of the recipe") for name, price in found.items() if price is not None}


def _own(recipe: CharacterRecipe) -> dict[str, Figure]:
    """What the student's size is, where its architecture or its folder is here."""
    student = recipe.student
    if isinstance(student, HouseStudent):
        from greenlight.gpt.model import layout, parameters
        from greenlight.recipe import Model

        size = Model(layers=student.layers, width=student.width, heads=student.heads, context=student.context)
        arch = size.resolve(student.vocab)
        per_rank = sum(sum(shape) for piece in layout(arch)["matrices"] for _, shape in piece.rows)
        sizes = (parameters(arch), per_rank)
        source = "of its architecture"
    elif (folder := Path(student.model)).is_dir():
        sizes, source = _weighed(folder), "of its folder"
    else:
        return {}
    names = ("student.parameters", "student.lora_per_rank")
    return {name: Figure(float(size), source) for name, size in zip(names, sizes, strict=True) if size}


def _weighed(folder: Path) -> tuple[int, int]:
    """Numbers in a folder's safetensors, and inputs + outputs of its matrices but embeddings and output head."""
    from safetensors import SafetensorError, safe_open

    whole = per_rank = 0
    try:
        for path in sorted(folder.glob("*.safetensors")):
            with safe_open(path, "np") as file:
                for name in file.keys():  # noqa: SIM118 (no mapping)
                    shape = file.get_slice(name).get_shape()
                    size = 1
                    for side in shape:
                        size *= side
                    whole += size
                    if len(shape) == 2 and not any(part in name for part in ("embed", "lm_head", "wte", "wpe")):
                        per_rank += sum(shape)
    except (SafetensorError, OSError):
        return 0, 0
    return whole, per_rank


# ---------------------------------------------------------------- measured


def same(row: Round, recipe: CharacterRecipe, who: str) -> bool:
    """Whether a round had this teacher or this student; prices and addresses make no other one."""
    was, now = row.recipe.get(who), recipe.data()[who]
    if not isinstance(was, Mapping):
        return False
    if who == "teacher":
        return all(was.get(key) == now.get(key) for key in ("use", "model", "thinking"))
    return {**was, "fingerprint": ""} == {**now, "fingerprint": ""}


def heard(rows: Sequence[Round], recipe: CharacterRecipe, answers: Path, chars_per_token: float) -> dict[str, Figure]:
    """What the newest rounds with the same teacher or student, and the same draws, tell of their answers.

    ``rows``: rounds of characters that ended well, in order. ``answers``: the folder of recorded answers.
    """
    found: dict[str, Figure] = {}
    for row in rows:
        if row.recipe.get("draws") != recipe.draws.data():
            continue
        source = f"measured in round {row.number}"
        for table, (chars, usable) in _answers_of(row).items():
            if same(row, recipe, "teacher" if table == "teacher" else "student"):
                found[f"{table}.answer"] = Figure(chars / chars_per_token, source)
                found[f"{table}.usable"] = Figure(min(1.0, usable), source)
        if same(row, recipe, "teacher") and isinstance(recipe.teacher, ServedTeacher):
            found |= _served(row, recipe.teacher, answers, source)
    return found


def _answers_of(row: Round) -> dict[str, tuple[float, float]]:
    """By table: mean characters of an answer, and filled places ÷ asked, over the round's seeds."""
    told: dict[str, list[tuple[float, float]]] = {}
    samples, turns = row.recipe["pairs"]["samples"], row.recipe["introspection"]["turns"]
    for seed in row.seeds:
        pairs, inward = (row.artifacts.get(f"{kind}-{seed}") for kind in ("pairs", "introspection"))
        sides = {} if pairs is None else pairs.facts.get("sides", {})
        for table, side in (("teacher", "chosen"), ("student", "rejected")):
            if pairs is not None and side in sides:
                asked = sides[side]["accounting"]["asked"]
                told.setdefault(table, []).append((sides[side]["chars"], pairs.facts["pairs"] * samples / asked))
        for part in [] if inward is None else inward.facts.get("parts", []):
            table, each = ("reflection", 1) if part["kind"] == "reflections" else ("turn", turns)
            share = part["places"] * each / part["accounting"]["asked"]
            told.setdefault(table, []).append((part["chars"], share))
    return {
        table: (sum(chars for chars, _ in both) / len(both), sum(share for _, share in both) / len(both))
        for table, both in told.items()
    }


def _served(row: Round, teacher: ServedTeacher, answers: Path, source: str) -> dict[str, Figure]:
    """A served teacher's tokens, as its server counted them, and its speed with ``parallel`` requests in flight."""
    sides = (row.artifacts[name].facts.get("sides", {}) for name in row.artifacts if name.startswith("pairs-"))
    print_ = next((side["chosen"]["fingerprint"] for side in sides if "chosen" in side), "")
    path = answers / f"{fingerprint(print_)[:16]}.jsonl"
    count, tokens, seconds = 0, 0.0, 0.0
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file):
                if number > HEARD:
                    break
                out, took = _usage(line)
                count, tokens, seconds = count + bool(out), tokens + out, seconds + (took if out else 0.0)
    except OSError:
        return {}
    if not tokens or not seconds:
        return {}
    speed = tokens / seconds * teacher.parallel
    return {
        "teacher.answer": Figure(tokens / count, f"{source}, as its server counts"),
        "teacher.tokens_per_second": Figure(speed, f"{source}, with parallel = {teacher.parallel} all in flight"),
    }


def _usage(line: str) -> tuple[float, float]:
    """Tokens of a recorded answer, and its seconds; zeros for a line that is none."""
    try:
        said: Any = json.loads(line)["answer"]
        return float(said["usage"]["completion_tokens"]), float(said["seconds"])
    except (ValueError, KeyError, TypeError):
        return 0.0, 0.0
