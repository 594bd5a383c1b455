"""The command admit: what a teacher or a student does with a battery of prompts, before anything is paid for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, InStudy

if TYPE_CHECKING:
    from greenlight.character.admission import Admission, Ask
    from greenlight.character.constitution import Constitution
    from greenlight.character.prompts import Prompt

HOUSE = "house"
ABREAST = 3
"""Modes beside each other in 80 columns."""
SWITCHES = {"template": (None,), "on": (True,), "off": (False,), "both": (True, False)}
CHARS_A_TOKEN = 3
"""Fewer than any tokenizer needs for English: a bound on the price errs above."""

Models = Annotated[
    list[str],
    typer.Argument(
        help="An address such as http://localhost:1234/v1, a transformers folder, or house.", metavar="MODEL…"
    ),
]


Names = Annotated[
    list[str] | None, typer.Option("--model", help="Of an address: the model's name; once for each.", metavar="NAME")
]
Templates = Annotated[
    list[str] | None, typer.Option(help="A chat template beside or in place of the model's own.", metavar="NAME")
]
Price = Annotated[float | None, typer.Option(min=0.0, help="USD a million tokens, of prompts or of answers.")]


def admit(
    models: Models,
    model: Names = None,
    constitution: Annotated[Path | None, typer.Option(help="Whose character it must speak in.", metavar="FILE")] = None,
    student: Annotated[bool, typer.Option("--student", help="By a student's limits: it must answer, no more.")] = False,
    samples: Annotated[int, typer.Option(min=1, max=64, help="Answers to each prompt.")] = 1,
    thinking: Annotated[str, typer.Option(help="template, on, off, or both.", metavar="SWITCH")] = "template",
    template: Templates = None,
    max_new: Annotated[int, typer.Option(min=1, max=32_768, help="Tokens of an answer, at most.")] = 256,
    temperature: Annotated[float, typer.Option(min=0.0, max=5.0)] = 0.7,
    price_in: Price = None,
    price_out: Price = None,
    study: InStudy = Path(),
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the comparison as markdown.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked, and ask nobody.")] = False,
    as_json: AsJson = False,
) -> int:
    """Try teachers and students on a battery of prompts, and compare them.

    Where thought goes, what is empty, cut off, refused or looping, which tasks
    are done, speed and price. Answers and records stand in the study's folder
    admissions. The exit code is 3 when one is not admitted.

    Example: greenlight admit house http://localhost:1234/v1 --model qwen3-8b
    """
    from greenlight.character import admission
    from greenlight.character.asking import Asked
    from greenlight.character.modes import Mode
    from greenlight.character.prompts import battery
    from greenlight.chats import Manner
    from greenlight.errors import RecipeError, nearest

    if thinking not in SWITCHES:
        raise RecipeError(f"--thinking {thinking}: no such switch{nearest(thinking, list(SWITCHES))}")
    read = _constitution(constitution)
    named = _named(models, model or [])
    ask = admission.Ask(
        role="student" if student else "teacher",
        samples=samples,
        manner=Manner(max_new=max_new, temperature=temperature),
        modes=tuple(Mode(name, switch) for name in template or [""] for switch in SWITCHES[thinking]),
        constitution=read,
        in_character=_marks(read),
        price_in=price_in,
        price_out=price_out,
    )
    prompts = battery()
    if dry_run:
        return _planned(named, prompts, ask, as_json)
    watch = show.watch()
    if read is not None and ask.in_character is None:
        watch.say(f"in character is not measured: the house knows no mark of a trait of {read.name}")
    asked = Asked(study / admission.FOLDER / "answers", watch)
    found = []
    for name, of in named:
        one = admission.admit(_opened(name, of, read), prompts, asked, ask)
        found.append((one, admission.store(one, study)))
    _answer(found, markdown, as_json)
    return 0 if all(one.admitted for one, _ in found) else 3


def _named(models: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Each model with the name that an address goes with."""
    from greenlight.errors import RecipeError

    away = [one for one in models if one.startswith(("http://", "https://"))]
    if len(names) != len(away):
        raise RecipeError(f"{len(away)} addresses and {len(names)} names: give --model once for each address, in order")
    if len(set(zip(away, names, strict=True))) + len(set(models) - set(away)) < len(models):
        raise RecipeError("the same model is named twice")
    rest = iter(names)
    return [(one, next(rest) if one in away else "") for one in models]


def _opened(name: str, of: str, constitution: Constitution | None) -> Any:
    """The speaker. Raises InputError for what is none."""
    from importlib import import_module

    from greenlight.errors import InputError

    if of:
        from greenlight.llm import Endpoint

        served: Any = import_module("greenlight.character.served")
        return served.Served(of, of, Endpoint(name))
    if name == HOUSE:
        house: Any = import_module("greenlight.character.house")
        return house.Teacher(constitution)
    if Path(name).is_dir():
        local: Any = import_module("greenlight.backends.local")
        return local.open_speaker(Path(name))
    raise InputError(f"{name} is no folder and no address: give a transformers folder, http://…/v1, or house")


def _constitution(path: Path | None) -> Constitution | None:
    from greenlight.character.constitution import read

    return None if path is None else read(path)


def _marks(constitution: Constitution | None) -> Callable[[str], bool] | None:
    """In character: at least half of the traits that have marks show. None where no trait has."""
    if constitution is None:
        return None
    from greenlight.character.house import known_traits, marks

    known = known_traits(constitution)
    shows = [marks(trait) for trait in constitution.traits if known[trait.key]]
    return (lambda text: 2 * sum(mark(text) for mark in shows) >= len(shows)) if shows else None


def _planned(named: Sequence[tuple[str, str]], prompts: Sequence[Prompt], ask: Ask, as_json: bool) -> int:
    """What would be asked, and what it costs at most."""
    from greenlight.character.admission import in_character_prompts

    speaks = in_character_prompts(prompts, ask.constitution) if ask.constitution and ask.in_character else []
    times = ask.samples * len(ask.modes)
    count = times * (len(prompts) + len(speaks))
    system = len(ask.constitution.system()) if ask.constitution else 0
    chars = sum(len(t.content) for p in [*prompts, *speaks] for t in p.turns) + system * len(speaks)
    tokens = {"in": times * chars // CHARS_A_TOKEN, "out": count * ask.manner.max_new}
    usd = None
    if ask.price_in is not None and ask.price_out is not None:
        usd = (tokens["in"] * ask.price_in + tokens["out"] * ask.price_out) / 1e6
    rows = []
    for name, of in named:
        cost = ("unknown: give --price-in and --price-out" if usd is None else f"{usd:.2f} at most") if of else "0"
        rows.append([of or name, f"{count:,}", f"{tokens['in']:,}", f"{tokens['out']:,}", cost])
    text = show.table(["model", "answers", "tokens in, about", "tokens out, at most", "USD"], rows)
    data = {
        "answers": count,
        "prompts": len(prompts) + len(speaks),
        "modes": [mode.name for mode in ask.modes],
        "tokens": tokens,
        "models": [{"model": name, "name": of, "usd_at_most": usd if of else 0.0} for name, of in named],
    }
    show.answer(data, as_json, text)
    return 0


def _answer(found: Sequence[tuple[Admission, Path]], markdown: bool, as_json: bool) -> None:
    from greenlight.character import admission

    all_ = [one for one, _ in found]
    data = [{**one.data(), "admitted": one.admitted, "why_not": one.why_not, "file": str(path)} for one, path in found]
    show.answer({"admissions": data}, as_json, admission.markdown(all_).rstrip("\n") if markdown else _told(found))


def _told(found: Sequence[tuple[Admission, Path]]) -> str:
    from greenlight.character import admission

    head, rows = admission.comparison([one for one, _ in found])
    pieces = []
    for start in range(1, len(head), ABREAST):
        columns = [0, *range(start, min(start + ABREAST, len(head)))]
        pieces.append(show.table([head[k] for k in columns], [[row[k] for k in columns] for row in rows]))
    for one, path in found:
        said = one.why_not or f"{one.name} is admitted as a {one.role}"
        pieces.append(show.folded(show.visible(f"{said}; kept in {path}")))
    return "\n".join(pieces)


COMMANDS = (admit,)
