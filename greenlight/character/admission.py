"""Admits a speaker before anything is paid for: a battery of prompts with checkable tasks, in every mode it has.

A mode is a chat template and a thinking switch (``modes``). The record stands in the study, as
``admissions/NAME.json``, with the speaker's fingerprint: it is stale once the model or its template is another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from greenlight.character.asking import Asked
from greenlight.character.filtering import Checks, Source, seed_of
from greenlight.character.modes import GATES, SHARES, Answer, By, Limits, Measured, Mode, kind_of, measured
from greenlight.chats import Manner, Speaker
from greenlight.errors import RecipeError, RoundError, StudyError
from greenlight.nouns import Interval, Noun, fingerprint
from greenlight.store import write_file

if TYPE_CHECKING:
    from greenlight.character.constitution import Constitution
    from greenlight.character.prompts import Prompt

Role = Literal["teacher", "student"]
FEWEST = 60
"""Prompts of a battery, from which 0 of all bounds a share below 6 %."""
FOLDER = "admissions"
LIMITS: dict[Role, Limits] = {
    "teacher": Limits(),
    "student": Limits(
        empty=0.25, cut=0.5, leak=0.25, fake_turns=0.25, loop=0.25, refusal=0.25, task=0.0, character=0.0
    ),
}
"""A teacher writes what is learned; of a student it is enough that it answers."""


@dataclass(frozen=True)
class Ask:
    """How a speaker is tried. ``in_character``: whether a text speaks as ``constitution`` says; the battery's prompts
    on who one is, and the constitution's probes, are asked once more with it. ``price_in``, ``price_out``: USD a
    million tokens of one behind a server; where neither is stated, what the speaker itself says.
    """

    role: Role = "teacher"
    samples: int = 1
    seed: int = 0
    manner: Manner = field(default_factory=Manner)
    modes: tuple[Mode, ...] = (Mode(),)
    constitution: Constitution | None = None
    in_character: Callable[[str], bool] | None = None
    limits: Limits | None = None
    price_in: float | None = None
    price_out: float | None = None


class Admission(Noun):
    """A speaker that was tried: stale when its fingerprint, the battery or the constitution is another."""

    name: str
    role: Role
    fingerprint: str
    facts: dict[str, Any]
    battery: str
    constitution: str = ""
    samples: int
    manner: dict[str, Any] = {}
    limits: Limits
    modes: tuple[Measured, ...]

    @property
    def admitted(self) -> bool:
        """Whether one mode is."""
        return any(mode.admitted for mode in self.modes)

    @property
    def why_not(self) -> str:
        """In one line; empty where it is admitted."""
        if self.admitted:
            return ""
        said = "; ".join(
            f"{mode.mode}: {', '.join(mode.reasons)}" if len(self.modes) > 1 else ", ".join(mode.reasons)
            for mode in self.modes
        )
        return f"{self.name} is not admitted as a {self.role}: {said}"


# ---------------------------------------------------------------- trying


def admit(speaker: Speaker, battery: Sequence[Prompt], asked: Asked, ask: Ask | None = None) -> Admission:
    """Asks the battery in every mode, and judges each. What was answered is in ``asked``, and is not asked again.

    Raises RecipeError for a battery of fewer than ``FEWEST`` prompts.
    """
    how = ask or Ask()
    battery = list({prompt.id: prompt for prompt in battery}.values())
    if len(battery) < FEWEST:
        raise RecipeError(f"a battery of {len(battery)} prompts admits nobody: give {FEWEST} or more")
    if how.samples < 1 or not how.modes:
        raise RecipeError("an admission asks at least one sample in at least one mode")
    limits = how.limits or LIMITS[how.role]
    checks = Checks.of(GATES)
    speaks = in_character_prompts(battery, how.constitution) if how.constitution and how.in_character else []
    plan = len(how.modes) * how.samples * (len(battery) + len(speaks))
    with asked.watch.bar(f"admit {speaker.name}", plan, "answers") as bar:
        modes = []
        for mode in how.modes:
            manner = replace(how.manner, template=mode.template, thinking=mode.thinking)
            system = how.constitution.system() if how.constitution and speaks else ""
            bare, dressed = Source(speaker, manner), Source(speaker, manner, system)
            answers = _look(bare, battery, how, (asked, bar, checks))
            characters = _look(dressed, speaks, how, (asked, bar, checks))
            modes.append(measured(mode, answers, characters, By(limits, how.in_character, price_of(speaker, how))))
    return Admission(
        name=speaker.name,
        role=how.role,
        fingerprint=speaker.fingerprint,
        facts=json.loads(json.dumps(speaker.facts, default=str)),
        battery=battery_hash(battery),
        constitution=how.constitution.hash if how.constitution and speaks else "",
        samples=how.samples,
        manner=asdict(how.manner),
        limits=limits,
        modes=tuple(modes),
    )


def battery_hash(battery: Sequence[Prompt]) -> str:
    """sha256 (hex) of what is asked, and how it is checked; a prompt that stands there twice counts once."""
    return fingerprint(list({prompt.id: prompt.data() for prompt in battery}.values()))


def in_character_prompts(battery: Sequence[Prompt], constitution: Constitution) -> list[Prompt]:
    """What is asked with the constitution in the prompt: who it is, and what the traits' probes ask."""
    from greenlight.character.prompts import Prompt
    from greenlight.chats import Turn

    found = [prompt for prompt in battery if kind_of(prompt) == "identity"]
    for trait in constitution.traits:
        for k, probe in enumerate(trait.probes):
            turns = (Turn(role="user", content=probe),)
            found.append(Prompt(id=f"{trait.key}/{k}", turns=turns, category="persona", source="constitution"))
    return found


def _look(source: Source, prompts: Sequence[Prompt], how: Ask, tools: tuple[Asked, Any, Checks]) -> list[Answer]:
    asked, bar, checks = tools
    places = [(p, seed_of("admission", p.id, how.seed, k)) for p in prompts for k in range(how.samples)]
    replies = asked.ask(source.speaker, [(source.turns(p.turns), s) for p, s in places], source.manner, bar)
    found = []
    for (prompt, seed), reply in zip(places, replies, strict=True):
        text, said = source.sample(prompt.turns, seed, reply, prompt.category)
        if said.hidden:
            text = text.model_copy(update={"made": text.made.model_copy(update={"prompt_rendered": ""})})
        flags = frozenset(name for name, gate in checks.each.items() if not reply.error and gate.check(text, None))
        found.append(Answer(prompt, reply, flags, text.body, said.hidden))
    return found


def price_of(speaker: Speaker, how: Ask) -> tuple[float | None, float | None]:
    """USD a million tokens, in and out: 0 for a speaker of this machine, else as stated, or as the speaker has it."""
    if not speaker.facts.get("server"):
        return 0.0, 0.0
    if how.price_in is not None or how.price_out is not None:
        return how.price_in, how.price_out
    return getattr(speaker, "price_in", None), getattr(speaker, "price_out", None)


# ---------------------------------------------------------------- side by side


def comparison(admissions: Sequence[Admission]) -> tuple[list[str], list[list[str]]]:
    """Several speakers side by side, a column for each of their modes: the head, and the rows."""
    columns = [(one, mode) for one in admissions for mode in one.modes]
    head = ["", *(f"{one.name} ({one.role})\n{mode.mode}" for one, mode in columns)]
    kinds = sorted({kind for _, mode in columns for kind in mode.tasks})
    rows = [["answers / prompts", *(f"{mode.answers} / {mode.prompts}" for _, mode in columns)]]
    rows += [[name, *(_percent(mode.shares[name]) for _, mode in columns)] for name in SHARES]
    rows.append(["leak class", *(mode.leak_class for _, mode in columns)])
    rows.append(["task held", *(_percent(mode.task) for _, mode in columns)])
    rows += [[f"  {kind}", *(_percent(mode.tasks.get(kind)) for _, mode in columns)] for kind in kinds]
    rows.append(["in character", *(_percent(mode.character) for _, mode in columns)])
    rows.append(["tokens/s", *(_number(mode.tokens_per_second) for _, mode in columns)])
    rows.append(["USD a 1,000", *(_number(mode.usd) for _, mode in columns)])
    rows.append(["admitted", *("yes" if mode.admitted else "no" for _, mode in columns)])
    return head, rows


def markdown(admissions: Sequence[Admission]) -> str:
    """The comparison as a page: every share with its 95 % interval, and why a mode is not admitted."""
    from greenlight.character.card import table

    head, rows = comparison(admissions)
    plain = [cell.replace("|", "¦").replace("\n", ", ") for cell in head]
    lines = ["# Admissions", "", *table(plain, rows), ""]
    for one in admissions:
        for mode in one.modes:
            if mode.reasons:
                lines.append(f"- {' '.join(one.name.split())} ({one.role}), {mode.mode}: {'; '.join(mode.reasons)}")
    lines += ["", f"Shares are of all answers, with 95 % intervals clustered by prompt; {FEWEST} prompts or more."]
    return "\n".join(lines) + "\n"


def _percent(found: Interval | None) -> str:
    return "–" if found is None else f"{found.value:.0%} [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def _number(found: Interval | None) -> str:
    return "–" if found is None else f"{found.value:.3g} [{found.low:.3g}, {found.high:.3g}]"


# ---------------------------------------------------------------- the record


def path_of(study: Path, name: str, role: Role = "teacher") -> Path:
    """``admissions/NAME.json``, of a student ``NAME.student.json``; what no file name can have becomes a dash, and a
    hash keeps such names apart."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "speaker"
    own = plain if plain == name else f"{plain}-{fingerprint(name)[:8]}"
    return study / FOLDER / (f"{own}.json" if role == "teacher" else f"{own}.{role}.json")


def store(admission: Admission, study: Path) -> Path:
    """Writes the record whole, in place of an earlier one; returns its file."""
    path = path_of(study, admission.name, admission.role)
    write_file(path, admission.model_dump_json(indent=1))
    return path


def stored(study: Path, name: str, role: Role = "teacher") -> Admission | None:
    """The record of a speaker; None without one. Raises StudyError when it cannot be read."""
    path = path_of(study, name, role)
    try:
        return Admission.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, OSError):
        raise StudyError(f"{path} is damaged: delete it, and admit {name} again") from None


def stale(
    admission: Admission, speaker: Speaker, battery: Sequence[Prompt], constitution: Constitution | None = None
) -> str:
    """Why a record says nothing of this speaker any more; empty where it does."""
    if admission.fingerprint != speaker.fingerprint:
        return "its model, its template or its settings have changed since"
    if admission.battery != battery_hash(battery):
        return "with another battery"
    if constitution is not None and admission.constitution not in ("", constitution.hash):
        return "with another constitution"
    return ""


def require(study: Path, speaker: Speaker, battery: Sequence[Prompt], role: Role = "teacher") -> Admission:
    """The record that lets a speaker into a round.

    Raises StudyError without one, or for a stale one; RoundError, in one line, where it was not admitted.
    """
    found = stored(study, speaker.name, role)
    if found is None:
        raise StudyError(f"{speaker.name} was never tried as a {role}: run greenlight admit on it first")
    if why := stale(found, speaker, battery):
        raise StudyError(f"{speaker.name} was tried, but {why}: run greenlight admit on it again")
    if not found.admitted:
        raise RoundError(found.why_not)
    return found
