"""What a character study found, as sections of the report: every figure with its interval, and what was said.

Rounds stand in their own order and are never sorted by a rate: a character's rate is of its own persona.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from greenlight.character import card as cards
from greenlight.character.card import STAGES, Phrase
from greenlight.character.checkup import PARTS, Mode
from greenlight.errors import counted
from greenlight.nouns import Interval
from greenlight.report import charts, grids
from greenlight.report.page import ENOUGH, Page, makes_character
from greenlight.report.persona import FELL, NEUTRAL, NONE, NOT_SHOWN, SHOWN, Character, Figure, characters, unread
from greenlight.report.text import MISSING, Mark, clean, compact, count, fixed, line

View = grids.View
HOTTEST = 46
"""Per cent of colour in a heat table's cell of 100 %; more would leave too little contrast to its figure."""
MOST_PHRASES, QUOTE = 6, 160
PASSED: dict[bool | None, Mark] = {
    True: Mark("Check-up passed", "✓", "good"),
    False: Mark("Check-up not passed", "×", "open"),
}
OWN = "the model's own"
"""What a mode calls its template where none was named (``checkup.mode``)."""
OPEN = 3
"""Rounds up to which the long tables stand open."""


def character(page: Page) -> View | None:
    """All sections; None for a study of other things."""
    if not any(makes_character(r) for r in page.rounds):
        return None
    found = characters(page)
    return {
        "answer": answer(found),
        "people": [_person(c) for c in found],
        "unread": unread(page, found),
        "stages": _stages(found),
        "heard": _heard(found),
        "modes": _modes(found),
        "parts": _parts(found),
        "traits": _traits(found),
        "load": _load(found),
        "bits": _bits(found),
        "phrases": _phrases(found),
        "smoke": _smoke(found),
        "checkpoints": _checkpoints(found),
        "parrot": cards.PARROT,
        "enough": ENOUGH,
        "harness": sum(mode.harness for c in found for card in c.cards.values() for mode in card.modes),
        "fold": len(found) > OPEN,
    }


def answer(found: Sequence[Character]) -> str:
    """What is shown of whom, in one sentence."""
    said = []
    for mark, words in (
        (SHOWN, "A character is shown in"),
        (FELL, "It is worse than the base in"),
        (NOT_SHOWN, "It is not shown in"),
    ):
        names = [f"{c.name} (control: {c.control})" if c.control else c.name for c in found if c.mark is mark]
        if names:
            before, last = names[:-1], names[-1]
            who = f"{', '.join(before)} and {last}" if before else last
            said.append(f"{words} round{'s' * bool(before)} {who}.")
    if not any(c.mark is SHOWN for c in found):
        said.insert(0, "A character is shown in no round.")
    return " ".join(said) if found else "No character has been made yet."


# ---------------------------------------------------------------- what each came to


def panel_of(c: Character) -> charts.Panel:
    """Rates by stage, as one panel of the chart."""
    rows, response = [], []
    for stage in c.stages:
        rate, answered = c.figure(stage, "character"), c.figure(stage, "response")
        if rate.found is None or answered.found is None:
            continue
        note = f"{grids.label(stage)}: in character {rate.shown}, answered {answered.shown}"
        ends = {"v": rate.found.value, "l": rate.found.low, "h": rate.found.high}
        rows.append({"s": grids.label(stage), **ends, "few": rate.few, "note": note})
        response.append({"s": grids.label(stage), "v": answered.found.value, "note": note})
    prompted = c.figure("prompted", "character").found if "prompted" in c.stages else None
    rival = [] if prompted is None else [{"v": prompted.value}]
    return charts.Panel(c.name, {"rows": rows, "response": response, "rival": rival})


def labels_of(found: Sequence[Character]) -> list[str]:
    """The stages that any of them has, in their order."""
    there = {stage for c in found for stage in c.stages}
    return [grids.label(s) for s in (*(s for s in STAGES if s in there), *sorted(there - set(STAGES)))]


def _person(c: Character) -> View:
    spec = charts.stage_panel(panel_of(c), [grids.label(s) for s in c.stages], charts.LIGHT, 250)
    del spec["title"]  # stands beside it
    drawn = charts.svg(spec, f"Character rate by stage, round {c.name}", f"character-{c.row.number}")
    lifts = []
    for before, words in (("base", "Over the bare base"), ("prompted", "Over the prompted base")):
        figure = c.lift(before)
        if figure.found is not None:
            own = [f"seed {seed}: {Figure(one).points}" for seed, one in figure.own]
            lifts.append((words, f"{figure.points} points", own if len(own) > 1 else []))
    notes = dict.fromkeys(line(note, 300) for card in c.cards.values() for note in card.notes)
    asked = min((rates.n for rates in c.rates(c.finished).values()), default=0)
    return {
        "number": c.row.number,
        "slug": line(c.row.slug, 60),
        "persona": c.persona,
        "control": c.control,
        "mark": c.mark,
        "passed": PASSED.get(c.passed),
        "sentence": clean(c.conclusion),
        "lifts": lifts,
        "asked": f"{count(asked)} answers to {count(c.prompts(c.finished))} prompts a stage, "
        f"{counted(len(c.cards), 'seed')}",
        "notes": list(notes),
        "svg": Markup(drawn),
    }


def _stages(found: Sequence[Character]) -> View | None:
    head = [("Stage", False), ("Response rate", True), ("Character rate", True), ("Task held", True), ("Answers", True)]
    return grids.table(
        "Rates by persona and stage", head, [grids.group(c, [_stage(c, s) for s in c.stages]) for c in found]
    )


def _stage(c: Character, stage: str) -> list[Any]:
    rates = list(c.rates(stage).values())
    few = c.few(stage)
    asked = f"{count(sum(r.n for r in rates))}"
    prompts = f"{count(c.prompts(stage))} prompts" + (", ranks nothing" if few else "")
    name = {"value": grids.label(stage), "about": STAGES.get(stage, ""), "strong": stage == c.finished}
    figures = [grids.cell(c.figure(stage, what)) for what in ("response", "character", "task")]
    return [name, *figures, {"value": asked, "own": [prompts]}]


def _heard(found: Sequence[Character]) -> View | None:
    """Whom the classifier hears in each finished model: a row a round, a column a name; shares of valid answers."""
    if not found:
        return None
    named = {c.row.number: _named(c) for c in found}
    own = dict.fromkeys(c.card.persona for c in found)
    others = {name for counts in named.values() for name in counts} - {*own, NEUTRAL, NONE}
    unsure = [NONE] if any(NONE in counts for counts in named.values()) else []
    columns = [*own, *sorted(others), NEUTRAL, *unsure]
    rows = []
    for c in found:
        counts = named[c.row.number]
        whole = sum(counts.values())
        cells = [
            {
                "text": _whole(counts.get(name, 0) / whole) if whole else MISSING,
                "heat": round(HOTTEST * counts.get(name, 0) / whole) if whole else 0,
                "own": name == c.card.persona,
            }
            for name in columns
        ]
        rows.append({"name": c.name, "note": c.control, "cells": cells, "n": count(whole)})
    return {"columns": [line(name, 24) for name in columns], "rows": rows, "right": _right(found)}


def _whole(share: float) -> str:
    return f"{100 * share:.0f} %"


def _named(c: Character) -> dict[str, int]:
    counts: dict[str, int] = {}
    for rates in c.rates(c.finished).values():
        for name, n in rates.named.items():
            counts[name] = counts.get(name, 0) + n
    return counts


def _right(found: Sequence[Character]) -> str:
    """How often the classifiers were right on held-out prompts: from the worst to the best of them."""
    shares = [card.classifier.get("accuracy") for c in found for card in c.cards.values()]
    known = sorted(share for share in shares if isinstance(share, float))
    if not known:
        return ""
    low, high = (f"{100 * share:.0f}\u00a0%" for share in (known[0], known[-1]))
    return low if low == high else f"{low} to {high}"


def _modes(found: Sequence[Character]) -> View | None:
    head = [("Template, thinking, opening", False), ("Naive response", True), ("What was said", True)]
    head += [("In character", True), ("Whose silence", False)]
    return grids.table(
        "Template × thinking × what the harness opens", head, [grids.group(c, _mode_rows(c)) for c in found]
    )


def _mode_rows(c: Character) -> list[list[Any]]:
    keys = dict.fromkeys((m.template, m.thinking, m.opened) for card in c.cards.values() for m in card.modes)
    rows = []
    for key in keys:
        here = {
            seed: mode
            for seed, card in c.cards.items()
            for mode in card.modes
            if (mode.template, mode.thinking, mode.opened) == key
        }
        template, thinking, opened = key
        figures = [
            grids.mean([(seed, getattr(mode, what)) for seed, mode in here.items()]) | {"bar": _bar(here, what)}
            for what in ("naive", "said", "character")
        ]
        harness = any(mode.harness for mode in here.values())
        whose = {"value": "the harness did it", "chip": "bad"} if harness else MISSING
        named = "" if template == OWN else f"{line(template, 40)}, "
        way = f"{named}thinking {line(thinking, 30)}"
        name = {"value": f"{way}, <think> opened", "strong": True} if opened else way
        rows.append([name, *figures, whose])
    return rows


def _bar(here: Mapping[int, Mode], what: str) -> int:
    shares: list[float] = [getattr(mode, what).value for mode in here.values()]
    return round(100 * sum(shares) / len(shares))


def _parts(found: Sequence[Character]) -> View | None:
    """Why answers do not count, by stage; reasons that no stage has are left out."""
    every = [rates for c in found for s in c.stages for rates in c.rates(s).values()]
    used = [part for part in PARTS if any(part in r.parts and r.parts[part].value for r in every)]
    head = [("Stage", False), *((part.capitalize(), True) for part in used)]
    if not used:
        return None
    groups = [
        grids.group(c, [[grids.label(s), *(c.figure(s, f"part {p}").shown for p in used)] for s in c.stages])
        for c in found
    ]
    return grids.table("Answers that do not count, by stage and reason", head, groups)


def _traits(found: Sequence[Character]) -> View | None:
    """By trait, the share of a stage's answers that show it."""
    there = {stage for c in found for stage in c.stages}
    stages = [s for s in STAGES if s in there]
    head = [("Trait", False), *((grids.label(s), True) for s in stages)]
    groups = []
    for c in found:
        rows: list[list[Any]] = []
        for key, text in c.card.traits.items():
            figures = [grids.cell(c.figure(s, f"trait {key}"), own=[], strong=s == c.finished) for s in stages]
            rows.append([{"value": line(key, 40), "about": line(text, 140)}, *figures])
        groups.append(grids.group(c, rows))
    return grids.table("Traits, by stage", head, groups)


# ---------------------------------------------------------------- under load


def _load(found: Sequence[Character]) -> View | None:
    turns = max((len(card.sustained) for c in found for card in c.cards.values()), default=0)
    head = [("Round", False), *((f"Turn {n + 1}", True) for n in range(turns))]
    head += [("Thirds of long answers", True), ("Asked to stop", True), ("After a neutral turn", True)]
    rows = []
    for c in found:
        by_turn = [
            grids.mean([(s, card.sustained[n] if n < len(card.sustained) else None) for s, card in c.cards.items()])
            for n in range(turns)
        ]
        cells = [*by_turn, _thirds(c)]
        cells += [grids.mean([(seed, getattr(card, what)) for seed, card in c.cards.items()]) for what in LOADS]
        if any(isinstance(cell, dict) and cell["value"] != MISSING for cell in cells):
            rows.append([{"value": c.name, "about": c.control}, *cells])
    return grids.table("Character under load", head, [grids.group(None, rows)])


LOADS = ("stopped", "prefilled")


def _thirds(c: Character) -> str:
    """``92 · 81 · 74 %``: first, middle and last third, mean over seeds."""
    rows = [rates.thirds for rates in c.rates(c.finished).values() if len(rates.thirds) == 3]
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    return " · ".join(f"{100 * mean:.0f}" for mean in means) + " %" if means else MISSING


def _bits(found: Sequence[Character]) -> View | None:
    there = {stage for c in found for card in c.cards.values() for stage, texts in card.bits.items() if texts}
    stages = [s for s in STAGES if s in there]
    if not stages:
        return None
    head = [("Round", False), *((grids.label(s), True) for s in stages), ("Finished less base", True)]
    rows = []
    for c in found:
        change = c.bits(c.finished, "base").found
        cells = [_bits_cell(c.bits(s).found) for s in stages]
        rows.append([{"value": c.name, "about": c.control}, *cells, _bits_cell(change, True)])
    return grids.table("Bits per byte on neutral text, by stage", head, [grids.group(None, rows)])


def _bits_cell(found: Interval | None, signed: bool = False) -> Any:
    if found is None:
        return MISSING
    return {
        "value": fixed(found.value, 3, signed),
        "own": [f"{fixed(found.low, 3, signed)} to {fixed(found.high, 3, signed)}"],
    }


# ---------------------------------------------------------------- what was written, and where it lies


def _phrases(found: Sequence[Character]) -> View | None:
    head = [("Phrase", False), ("Answers", True), ("Base", True), ("A quote, and its prompt", False)]
    groups = []
    for c in found:
        rows = []
        for seed, card in list(c.cards.items())[:1]:
            for phrase in _apart(card.phrases)[:MOST_PHRASES]:
                place = f"prompt {line(phrase.place, 60)}, seed {seed}"
                quote = {"value": f"“{line(phrase.quote, QUOTE)}”", "own": [place]}
                rows.append([line(phrase.text, 80), _whole(phrase.share), _whole(phrase.base), quote])
        groups.append(grids.group(c, rows))
    return grids.table(f"Phrases that answers share ({cards.PARROT})", head, groups)


def _apart(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Without those that share three words in a row with an earlier one: one sentence is one phrase."""
    kept, seen = [], set[tuple[str, ...]]()
    for phrase in phrases:
        words = phrase.text.split()
        runs = {tuple(words[i : i + 3]) for i in range(len(words) - 2)}
        if not runs & seen:
            kept.append(phrase)
        seen |= runs
    return kept


def _smoke(found: Sequence[Character]) -> View | None:
    """One row a figure of the pairs, a column a round and seed."""
    tables = {
        (c.name, seed): told
        for c in found
        for seed in c.cards
        if isinstance(told := _mapping(c.row.facts.get("smoke")).get(str(seed)), Mapping)
    }
    keys = dict.fromkeys(str(key) for told in tables.values() for key in told)
    head = [("", False), *((f"{name}, seed {seed}", True) for name, seed in tables)]
    rows = [
        [line(key.replace("_", " "), 60), *(compact(told.get(key), 60) for told in tables.values())] for key in keys
    ]
    return grids.table("Smoke table of the preference pairs", head, [grids.group(None, rows)])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _checkpoints(found: Sequence[Character]) -> View | None:
    """The folders of the tuned models, from the study's folder on."""
    head = [("Stage", False), ("Seed", True), ("Steps", True), ("Address", False), ("Checkpoints", False)]
    groups = []
    for c in found:
        rows = []
        for seed in c.cards:
            for key in ("dpo", "sft-only", "sft", "model"):
                made = c.row.artifacts.get(f"{key}-{seed}")
                if made is None:
                    continue
                saved = made.facts.get("checkpoints")
                names = ", ".join(line(name, 12) for name in saved) if isinstance(saved, list | tuple) else ""
                stage = {"model": "merged"}.get(key, key.replace("-", " "))
                address = {"value": f"store/{line(made.name, 80)}", "code": True}
                below = {"value": f"checkpoints/{{{names}}}", "code": True} if names else MISSING
                rows.append([grids.label(stage), str(seed), count(made.facts.get("steps")), address, below])
        groups.append(grids.group(c, rows))
    return grids.table("Checkpoints by persona", head, groups)
