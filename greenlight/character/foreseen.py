"""What is foreseen of a character round, from what its study knows, and as lines of 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight.character import outlay, speeds
from greenlight.character.outlay import Outlay, Yard
from greenlight.character.recipe import CharacterRecipe, HouseStudent, HouseTeacher
from greenlight.character.speeds import Figure, Figures
from greenlight.errors import counted
from greenlight.nouns import Round

ASKED = ("asked, of one seed", "who", "requests", "tokens in", "out", "at most", "hours")
TRAINED = ("trained, of one seed", "examples", "held out", "steps", "tokens", "FLOP", "hours")
OF_SERVERS = ("teacher.tokens_per_second", "teacher.price_in", "teacher.price_out", "teacher.usd_per_hour")
"""Figures that the procedural teacher has none of."""
PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z")


def figures(
    recipe: CharacterRecipe,
    rows: Sequence[Round],
    said: Figures,
    yard: Yard,
    smoke: tuple[int, int, int],
    answers: Path,
) -> dict[str, Figure]:
    """All that is known for a recipe: measured in ``rows`` (rounds of characters that ended well), or ``said``.

    ``answers``: the folder of recorded answers.
    """
    chars = speeds.known(recipe, said, {})["text.chars_per_token"].value or 1.0
    measured = speeds.heard(rows, recipe, answers, chars)
    for row in rows:
        if not speeds.same(row, recipe, "student"):
            continue
        try:
            was = CharacterRecipe.model_validate(row.recipe)
        except ValidationError:  # of another version: its counts are not known
            continue
        sizes: dict[str, Figure] = {}
        if parameters := row.facts.get("parameters"):
            sizes["student.parameters"] = Figure(float(parameters), f"of round {row.number}")
        then = speeds.known(was, said, {**speeds.heard([row], was, answers, chars), **sizes})
        measured |= {**sizes, **outlay.clocked(row, was, then, yard, smoke)}
    return speeds.known(recipe, said, measured)


# ---------------------------------------------------------------- for a person


def lines(recipe: CharacterRecipe, told: Outlay) -> list[str]:
    """The tables of an outlay, its sums, and where its figures are from."""
    once = any(one.once for one in told.asks)
    asked = [
        (f"{one.stage}{' *' if one.once else ''}", one.who, short(one.requests), short(one.tokens_in),
         short(one.tokens_out), short(one.at_most), _hours(one.hours))
        for one in told.asks
    ]  # fmt: skip
    trained = [
        (one.stage, f"{one.examples:,}", f"{one.held_out:,}", f"{one.steps:,}" if one.steps else "–", short(one.tokens),
         short(one.flops), _hours(one.hours))
        for one in told.passes
    ]  # fmt: skip
    out = [_who(recipe, told), f"{counted(told.seeds, 'seed')}, each with pairs, models and a check-up of its own", ""]
    out += [_row(ASKED), *map(_row, asked), *(["* once, for all seeds"] if once else []), ""]
    out += [_row(TRAINED), *map(_row, trained), "", *_sums(told), *told.notes, "", "figures, and where they are from"]
    house = isinstance(recipe.teacher, HouseTeacher)
    for name, figure in told.figures.items():
        if not (house and name in OF_SERVERS):
            out.append(f"  {name:<27}{'–' if figure.value is None else short(figure.value):>8}  {figure.source}")
    return out


def _who(recipe: CharacterRecipe, told: Outlay) -> str:
    student, teacher = recipe.student, recipe.teacher
    size = told.figures["student.parameters"].value
    weighed = "size unknown" if size is None else f"{short(size)} parameters"
    one = "the house student, trained here" if isinstance(student, HouseStudent) else student.model
    other = "the procedural one" if isinstance(teacher, HouseTeacher) else f"{teacher.model} behind a server"
    return f"student: {one} ({weighed}); teacher: {other}; judge: none is asked"


def _sums(told: Outlay) -> list[str]:
    total: Mapping[str, Any] = told.total
    out = [f"in all, {told.seeds} seeds one after the other" if told.seeds > 1 else "in all"]
    for who in ("teacher", "student"):
        one = total[who]
        out.append(
            f"  {who}: {short(one['requests'])} requests, {short(one['tokens_in'])} tokens in, "
            f"{short(one['tokens_out'])} out (at most {short(one['at_most'])})"
        )
    trained = total["training"]
    work = "FLOP unknown" if trained["flops"] is None else f"{short(trained['flops'])}FLOP"
    out.append(f"  training: {counted(trained['steps'], 'step')}, {short(trained['tokens'])} tokens, {work}")
    hours, usd = total["hours"], total["usd"]
    parts = ", ".join(f"{who} {_hours(hours[who])}" for who in ("teacher", "student", "training"))
    out.append(f"  hours: {_hours(hours['all'])} ({parts})")
    out.append(f"  USD: {_usd(usd['all'])} (teacher {_usd(usd['teacher'])}, machine {_usd(usd['machine'])})")
    if usd["all"] is None or hours["all"] is None:
        out.append(f"  what is unknown can be stated in {speeds.FILE}")
    return out


def _row(cells: Sequence[str]) -> str:
    first, second, *rest = cells
    widths = (10, 10, 9, 10, 8)
    return f"{first:<22}{second:>9}" + "".join(f"{cell:>{width}}" for cell, width in zip(rest, widths, strict=True))


def short(value: float | None) -> str:
    """Three digits, with k, M, G, T, P, E; a question mark for what is unknown."""
    if value is None:
        return "?"
    size = 0
    while abs(value) >= 999.5 and size < len(PREFIXES) - 1:
        value, size = value / 1000, size + 1
    digits = f"{value:.3g}" if value % 1 or size else f"{value:.0f}"
    return f"{digits} {PREFIXES[size]}".strip()


def _hours(value: float | None) -> str:
    """``12.30``, ``0.31``, ``0.0042``."""
    if value is None:
        return "?"
    return f"{value:.2g}" if 0 < value < 0.1 else f"{value:,.2f}"


def _usd(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"
