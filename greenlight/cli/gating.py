"""What the gates are: all of them with what they were measured to find, or one of them told in full: gates."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import typing
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

SHARES = ("recall", "recall_low", "precision", "precision_low")
JUDGED = {
    "check": ("each", "each text by itself"),
    "check_pair": ("pair", "the two sides of a pair together"),
    "check_all": ("whole", "all texts of a set together"),
}
"""A gate's methods: the recipe's table that it stands in, and what it is given."""
OTHERS = {
    "brief": "is no gate: it warns of a row whose brief or level cannot be judged by, and cannot be left out; mend "
    "what its reason names, or take the field out of the row",
    "unreadable": "is no gate: it refuses a row that is no JSON, or of no form that is read, and cannot be left out; "
    "its reason says what is missing",
}
"""What a screening tells beside the gates."""
BOUNDS = (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<"))


def gates(
    name: Annotated[str, typer.Argument(help="Of one gate: what it finds, reads and may be told.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the gates, with what each was measured to find and to flag wrongly.

    With a name: what that gate looks for, what it is given, its options with
    their defaults, what becomes of a row, and how to change or leave it out.

    Example: greenlight gates garbage
    """
    from greenlight.gates import _measured as measured

    if name:
        told = _about(name)
        return show.answer(told, as_json, _in_full(told))
    data = measured.read()
    rows = [
        [gate, one["action"], *(f"{one[key]:.1%}" for key in SHARES), f"{one['failures']:,}", f"{one['clean']:,}"]
        for gate, one in data.items()
    ]
    head = (
        "low: the lower end of the 95 % interval. On rows that no detector was developed with: failures, and clean "
        "rows of which more than half look like failures"
    )
    columns = ["gate", "action", "recall", "low", "precision", "low", "failures", "clean"]
    text = "\n".join((show.table(columns, rows, "gates"), show.folded(head), "one in full: greenlight gates NAME"))
    show.answer(data, as_json, text)


def _about(name: str) -> dict[str, Any]:
    """What a gate's own module says of it, and what a screening does with it. Raises RecipeError: no such gate."""
    from greenlight import parts, sift
    from greenlight.gates import _measured as measured

    refuse_others([name], "")
    kind = type(parts.make("gates", name, {"use": name}, where="greenlight gates"))
    choice = next((one for one in sift.DEFAULT if one.name == name), None)
    screened = json.loads(choice.options) if choice else {}
    hints = typing.get_type_hints(kind, include_extras=True)
    options = {
        field.name: {
            "default": field.default if field.default is not dataclasses.MISSING else None,
            "in_screen": screened.get(field.name, field.default),
            "allowed": _allowed(hints[field.name]),
        }
        for field in dataclasses.fields(kind)
    }
    methods = [method for method in JUDGED if hasattr(kind, method)]
    return {
        "gate": name,
        "summary": _plain(sys.modules[kind.__module__].__doc__),
        "finds": _plain(kind.__doc__),
        "span": [_plain(getattr(kind, method).__doc__).partition("\n\n")[0] for method in methods],
        "judges": [JUDGED[method][1] for method in methods],
        "tables": [JUDGED[method][0] for method in methods],
        "both_sides": name in sift.READABLE,
        "last_turn": name in sift.LATER,
        "action": choice.action if choice else None,
        "refuses_from": choice.certain if choice and math.isfinite(choice.certain) else None,
        "options": options,
        "measured": measured.read().get(name),
    }


def refuse_others(names: Iterable[str], where: str) -> None:
    """Raises RecipeError for a name that stands in summaries, and is no gate's; ``where``: what the error begins with.

    A ``-`` before a name changes nothing.
    """
    from greenlight.errors import RecipeError

    for name in names:
        if said := OTHERS.get(name.strip().removeprefix("-")):
            raise RecipeError(f"{where}{name.strip().removeprefix('-')} {said}")


def _plain(said: str | None) -> str:
    """A docstring's paragraphs, each on one line, with names in the quotation marks of these pages."""
    paragraphs = cleandoc(said or "").replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _allowed(hint: Any) -> str:
    """An option's bounds as its field has them: ``> 0, <= 1``; its type where it has none."""
    kind, *notes = typing.get_args(hint) if typing.get_origin(hint) is Annotated else (hint,)
    bounds = [one for note in notes for one in (note, *getattr(note, "metadata", ()))]
    said = [f"{sign} {getattr(one, key):g}" for one in bounds for key, sign in BOUNDS if hasattr(one, key)]
    return ", ".join(said) or str(getattr(kind, "__name__", kind) if isinstance(kind, type) else kind)


def _in_full(told: Mapping[str, Any]) -> str:
    """One gate for a person, in a screenful."""
    pieces = [show.folded(f"{told['gate']}: {told['summary']}"), "", show.folded(told["finds"], ""), ""]
    pieces += [show.folded(f"reads: {reads}. {span}") for reads, span in zip(_reads(told), told["span"], strict=True)]
    if told["options"]:
        same = all(one["default"] == one["in_screen"] for one in told["options"].values())
        head = ["option", "default", "allowed"] if same else ["option", "default", "in screen", "allowed"]
        keys = ["default"] if same else ["default", "in_screen"]
        rows = [
            [option, *(_value(one[key]) for key in keys), one["allowed"]] for option, one in told["options"].items()
        ]
        pieces.append(show.table(head, rows).rstrip())
    pieces += [show.folded(line) for line in (_screened(told), _changed(told))]
    if one := told["measured"]:
        pieces.append(
            show.folded(
                f"measured: recall {one['recall']:.1%} (at least {one['recall_low']:.1%}), precision "
                f"{one['precision']:.1%} (at least {one['precision_low']:.1%}), on {one['failures']:,} failures and "
                f"{one['clean']:,} clean rows"
            )
        )
    return "\n".join(pieces)


def _reads(told: Mapping[str, Any]) -> list[str]:
    """What each of its methods is given."""
    sides = "both sides" if told["both_sides"] else "the chosen side"
    chats = "; of a chat every turn of the assistant, but it fires only if it finds the last one so"
    each = f", of a pair {sides}{chats * told['last_turn']}"
    return [judged + each * (table == "each") for table, judged in zip(told["tables"], told["judges"], strict=True)]


def _screened(told: Mapping[str, Any]) -> str:
    """What a screening does with it, and how to leave it out there."""
    from greenlight import near, sift

    name = told["gate"]
    if told["action"] is None:
        return "in screen: never, for it judges no row by itself"
    does = "refuses the row" if told["action"] == "refuse" else "warns, and keeps the row"
    if told["refuses_from"] is not None:
        does += f", but refuses it at a score of {told['refuses_from']:g}"
    said = f"in screen: {does}, by default; off: --gates default,-{name}; alone: --gates {name}"
    if name == sift.DUPLICATE:
        said += f"; alike there is a Jaccard index of {near.ALIKE} or more, estimated as the rows come"
    return said + ("; its options are changed in a recipe alone" if told["options"] else "")


def _changed(told: Mapping[str, Any]) -> str:
    """How a recipe has it, with its first option as an example."""
    named = [f"{option} = {_value(one['default'])}" for option, one in told["options"].items()]
    set_to = f"{{ {named[0]} }}" if named else "{}"
    tables = " or, of a character, ".join(f"[gates.{table}]" for table in told["tables"])
    tables = f"a character's {tables}" if told["tables"] == ["pair"] else tables
    return f"in a recipe: {told['gate']} = {set_to} under {tables}; what it flags is refused; off: leave the line out"


def _value(value: Any) -> str:
    """An option's value as a recipe has it."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1 << 40:
        return "any"
    return "[]" if value == () else json.dumps(value) if isinstance(value, bool | str) else str(value)


COMMANDS = (gates,)
