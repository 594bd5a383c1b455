"""Tables of a character study: plain data that a page and its markdown twin both set.

A table is ``{"label", "head": [(text, whether it is of numbers)], "groups": [{"name", "note", "rows": [[cell]]}]}``.
A cell is a text, or ``{"value"}`` with ``about`` or ``own`` (each seed's figure) under it, and on the page a ``bar`` in
per cent, a ``chip``, ``strong`` or ``code``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from greenlight.character import card as cards
from greenlight.nouns import Interval
from greenlight.report.persona import Character, Figure
from greenlight.report.tables import table_md
from greenlight.report.text import MISSING, line

View = dict[str, Any]
LABELS = {
    "base": "Base",
    "prompted": "Prompted",
    "dpo": "DPO",
    "sft only": "SFT only",
    "sft": "SFT",
    "merged": "Merged",
}


def label(stage: str) -> str:
    """A stage as a heading."""
    return LABELS.get(stage, line(stage, 30))


def table(name: str, head: Sequence[tuple[str, bool]], groups: Sequence[View]) -> View | None:
    """None where no group has a row."""
    kept = [group for group in groups if group["rows"]]
    return {"label": name, "head": list(head), "groups": kept} if kept else None


def group(c: Character | None, rows: Sequence[Sequence[Any]]) -> View:
    """The rows of one round, or of all."""
    name, note = ("", "") if c is None else (c.name, c.control)
    return {"name": name, "note": note, "rows": [list(row) for row in rows]}


def cell(figure: Figure, **more: Any) -> Any:
    """A rate with its interval, and each seed's under it."""
    if figure.found is None:
        return MISSING
    return {"value": figure.shown, "own": own(figure.own), **more}


def own(found: Sequence[tuple[int, Interval]]) -> list[str]:
    """``seed 1: 61 (53–69)`` of each; nothing for one seed, whose figure it is."""
    said = [f"seed {seed}: {100 * f.value:.0f} ({100 * f.low:.0f}–{100 * f.high:.0f})" for seed, f in found]
    return said if len(said) > 1 else []


def mean(found: Sequence[tuple[int, Interval | None]]) -> View:
    """Seeds' own intervals, of which over the seeds only the mean is known."""
    known = [(seed, one) for seed, one in found if one is not None]
    if not known:
        return {"value": MISSING, "own": []}
    if len(known) == 1:
        return {"value": cards.percent(known[0][1]), "own": []}
    middle = sum(one.value for _, one in known) / len(known)
    return {"value": f"{100 * middle:.0f} %", "own": own(known)}


# ---------------------------------------------------------------- as markdown


def markdown(found: View, own: bool = False) -> Markup:
    """A table of a character study, its groups in a column of their own; ``own``: with what stands under a cell."""

    def text(one: Any) -> str:
        if not isinstance(one, dict):
            return str(one)
        under = f" ({' · '.join(one['own'])})" if own and one.get("own") else ""
        return f"{one['value']}{under}"

    named = any(group["name"] for group in found["groups"])
    head = [*(["Round"] if named else []), *(words for words, _ in found["head"])]
    right = [place + named for place, (_, number) in enumerate(found["head"]) if number]
    rows = [
        [*([f"{g['name']} ({g['note']})" if g["note"] else g["name"]] if named else []), *map(text, row)]
        for g in found["groups"]
        for row in g["rows"]
    ]
    return Markup(table_md(head, rows, right))


def heat(found: View) -> Markup:
    """The confusion matrix."""
    head = ["Finished model", *found["columns"], "Valid answers"]
    rows = [
        [f"{r['name']} ({r['note']})" if r["note"] else r["name"], *(c["text"] for c in r["cells"]), r["n"]]
        for r in found["rows"]
    ]
    return Markup(table_md(head, rows, range(1, len(head))))
