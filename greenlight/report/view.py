"""What the templates show, section by section: text and drawings, ready to be placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from greenlight.nouns import Factor, Guard, Round, Verdict
from greenlight.report import behaviour, bill, calibrated, charts, figures
from greenlight.report.cells import (
    PLUS_MINUS,
    change_of,
    difference_cell,
    mark_of,
    metric_name,
    model_facts,
    rows,
    shown_metrics,
)
from greenlight.report.character import character
from greenlight.report.page import Page, by_seed
from greenlight.report.tables import leaderboard_table, shell
from greenlight.report.text import (
    MARKS,
    MISSING,
    clean,
    compact,
    count,
    duration,
    fixed,
    line,
    moment,
    number,
    short_float,
)
from greenlight.report.worth import HEADERS as SESSION_HEADERS

View = dict[str, Any]
COLUMNS = ("documents", "parameters", "val_loss", "best_step")
"""Of the leaderboard; one that no round fills is left out."""
LONG = 200
"""Characters from which on the answer is set smaller."""
MANY = 6
"""From this many rounds on, what belongs to one round is folded away but for the newest."""


def view_of(page: Page) -> View:
    """All sections of the report."""
    drawn = [r for r in page.rounds if r.status == "done"]
    board = rows(page.rounds)
    view: View = {
        "page": page,
        "header": header(page),
        "tally": tally(page.rounds),
        "verdicts": verdicts(page.rounds),
        "board": board,
        "has": {name: any(getattr(row, name) != MISSING for row in board) for name in COLUMNS},
        "board_md": Markup(leaderboard_table(page.rounds, page.champion)),
        "metrics": [(m, metric_name(m)) for m in shown_metrics(page.rounds)],
        "plus_minus": PLUS_MINUS,
        "dial": behaviour.dial(page),
        "sense": behaviour.sense(page),
        "voices": behaviour.voices(page),
        "losses": behaviour.losses(page),
        "loss_unit": figures.loss_unit(page),
        "factors": [f for f in (factors(r) for r in page.rounds) if f],
        "accounting": accounting(page.rounds),
        "samples": [s for s in (behaviour.samples(page, r) for r in drawn) if s],
        "notes": [{"round": n, "text": clean(text), "time": moment(time)} for n, text, time in page.notes],
        "commands": commands(page),
        "models": [
            {
                "number": r.number,
                "slug": line(r.slug, 60),
                "facts": [f for f in model_facts(r) if f[1] not in ("", MISSING)],
                "recipe": r.recipe_fingerprint,
                "code": r.code,
            }
            for r in drawn
        ],
        "method": method(page.rounds),
        "many": len(page.rounds) > MANY,
        "spent": spent(page),
        "scorecards": {"headers": calibrated.HEADERS, "rows": page.scorecards},
    }
    view["characters"] = made = character(page)
    if made is not None:
        view["header"] |= {"answer": made["answer"], "long": len(made["answer"]) > LONG}
    view["sections"] = sections(view)
    return view


SECTIONS = {
    "verdicts": "Verdicts",
    "leaderboard": "Leaderboard",
    "characters": "Characters",
    "heard": "Who is heard",
    "harness": "The harness",
    "invalid": "Invalid answers",
    "traits": "Traits",
    "load": "Under load",
    "phrases": "Phrases",
    "written": "Pairs and checkpoints",
    "dial": "Dial",
    "learning": "Learning",
    "differed": "What differed",
    "corpus": "Corpus",
    "scorecards": "Scorecards",
    "samples": "Samples",
    "cost": "Cost",
    "takeaways": "Takeaways and limits",
    "again": "Do it again",
}
"""All that a page can have, in order, with what the list at its top calls them."""
OF_TEXT = {"dial": "dial", "learning": "losses", "samples": "samples"}
"""What a study of characters leaves out where it has none of it."""
OF_CHARACTERS = ("heard", "harness", "invalid", "traits", "load", "phrases", "written")


def sections(view: View) -> dict[str, str]:
    """The sections of a page: what was not measured is said to be absent, what makes no sense is left out."""
    made = view["characters"]
    if made is None:
        left_out = {"characters", *OF_CHARACTERS}
    else:
        left_out = {name for name, key in OF_TEXT.items() if not view[key]}
        left_out |= set() if made["people"] else set(OF_CHARACTERS)
    left_out |= set() if view["spent"] else {"cost"}
    left_out |= set() if view["scorecards"]["rows"] else {"scorecards"}
    found = {name: words for name, words in SECTIONS.items() if name not in left_out}
    return found if made is None else found | {"corpus": "Answers"}


def spent(page: Page) -> View | None:
    """What the rounds cost and what came of it; None before a round was judged or a session took a turn."""
    if page.returns is None and not page.worths:
        return None
    drawn = ""  # a session can spend without any round that was judged
    if page.returns is not None:
        drawn = charts.svg(bill.chart(page.returns, charts.LIGHT), "Value by cost, and the best so far", "returns")
    headers, rows = page.bill
    return {
        "svg": Markup(drawn),
        "headers": headers,
        "rows": rows,
        "sessions": page.worths,
        "lifts": page.lifts,
        "session_headers": SESSION_HEADERS,
    }


def header(page: Page) -> View:
    """The study in a few facts, and its answer: the first takeaway, or that there is none yet."""
    seeds = sorted({len(r.seeds) for r in page.rounds})
    started = max((line(r.started, 40) for r in page.rounds if r.started), default="")
    facts = [
        ("Rounds", count(len(page.rounds))),
        ("Seeds a round", "–".join(map(str, [seeds[0], seeds[-1]][: len(seeds)])) if seeds else MISSING),
    ]
    facts += [
        ("Yardstick", f"{line(page.yardstick_hash)[:12] or MISSING} · read {count(page.reads)} ×"),
        ("Ledger head", line(page.head)[:12] or MISSING),
    ]
    facts += [
        ("Machine", line(page.machine, 90) or MISSING),
        ("Last round", started[:10] or MISSING),
        ("Greenlight", line(page.version, 30) or MISSING),
    ]
    first = page.takeaways[0] if page.takeaways else ""
    rest = (
        "A verdict needs a second round to compare with."
        if len(page.rounds) < 2
        else "No takeaway follows from these rounds."
    )
    answer = clean(first) or (rest if page.rounds else "No round has been run yet.")
    return {"facts": facts, "answer": answer, "long": len(answer) > LONG}


def tally(rounds: Sequence[Round]) -> list[View]:
    """How many rounds ended in each way, in the order of the outcomes."""
    found = [mark_of(r) for r in rounds]
    return [{"mark": mark, "n": found.count(mark)} for mark in MARKS.values() if mark in found]


# ---------------------------------------------------------------- verdicts


def verdicts(rounds: Sequence[Round]) -> list[View]:
    """One entry a round: its drawing, its sentence, and what must be said beside them."""
    domains = figures.domains(rounds)
    return [_verdict(r, domains) for r in rounds]


def _verdict(r: Round, domains: Mapping[str, tuple[float, float]]) -> View:
    shown: View = {
        "number": r.number,
        "slug": line(r.slug, 60),
        "question": line(r.question, 300),
        "mark": mark_of(r),
        "against": r.against,
        "change": change_of(r, 200).partition(": ")[2] or change_of(r, 200),
        "difference": difference_cell(r),
        "sentence": "Measured, and compared with no earlier round.",
    }
    shown |= {
        "metric": "",
        "unit": "",
        "better": "",
        "package": "",
        "missing": "",
        "truth": "",
        "detail": [],
        "svg": None,
    }
    verdict = r.verdict
    if r.status == "crash":
        shown["sentence"] = clean(r.reason) or "The ledger holds no reason."
    elif verdict is not None:
        factors_ = len(verdict.factors.factors)
        shown |= {
            "against": verdict.against,
            "sentence": clean(verdict.sentence),
            "metric": metric_name(verdict.metric),
            "unit": line(verdict.unit, 60),
            "better": verdict.better,
            "package": f"Package of {factors_}: no single cause" if factors_ > 1 else "",
            "missing": clean(verdict.missing),
            "truth": _truth(verdict),
            "detail": _detail(verdict),
            "svg": _strip(r, verdict, domains),
        }
    return shown


def _strip(r: Round, verdict: Verdict, domains: Mapping[str, tuple[float, float]]) -> Markup | None:
    strip = figures.strip_of(r)
    if strip is None:
        return None
    label = f"Round {r.number} against {verdict.against}: {mark_of(r).word}, {metric_name(verdict.metric)} {strip.note}"
    spec = charts.forest([strip], domains[verdict.metric], charts.LIGHT)
    return Markup(charts.svg(spec, f"{label} {verdict.unit}", f"verdict-{r.number}"))


def _truth(verdict: Verdict) -> str:
    truth = verdict.truth
    before, after, difference = (number(truth.get(k)) for k in ("before", "after", "difference"))
    if difference is None:
        return ""
    unit = line(truth.get("unit", ""), 60)
    change = "" if before is None or after is None else f" ({short_float(before)} → {short_float(after)})"
    return f"{fixed(difference, 2, True)} {unit}{change}"


def _detail(verdict: Verdict) -> list[tuple[str, str]]:
    """The numbers behind a verdict, for those who ask."""
    difference, out = verdict.difference, []
    if difference is not None:
        df = "" if difference.df is None else f", {short_float(difference.df)} degrees of freedom"
        pooled = ", seed variance pooled over earlier rounds" if verdict.pooled else ""
        out.append(("Interval", f"{100 * difference.level:g} %, {line(difference.method, 60)}{df}{pooled}"))
    out.append(("Measured on", f"{verdict.seeds[0]} and {verdict.seeds[1]} seeds, {count(verdict.blocks)} blocks"))
    source = f" ({line(verdict.margin_from, 80)})" if verdict.margin_from else ""
    out.append(("Margin", f"±{short_float(verdict.margin)}{source}"))
    if verdict.noise_floor is not None:
        out.append(("Noise floor", f"{short_float(verdict.noise_floor)} a seed, {verdict.noise_df} degrees of freedom"))
    earlier, later = (" ".join(short_float(v) for v in values) for values in verdict.per_seed)
    if earlier and later:
        out.append(("By seed", f"{later} · against {earlier}"))
    if verdict.looks > 1 or verdict.alpha < 0.05:
        planned = f", {verdict.planned} seeds planned" if verdict.planned else ""
        spent = f"α {short_float(verdict.alpha)}, {short_float(verdict.spent)} spent so far"
        out.append(("Look", f"number {verdict.looks}{planned}: {spent}"))
    out += [(f"Guard {line(g.metric, 60)}", _guarded(g)) for g in verdict.guards if g.named or g.state != "kept"]
    return out


def _guarded(guard: Guard) -> str:
    d = guard.difference
    moved = f"{fixed(d.value, 3, True)} {line(guard.unit, 40)} [{fixed(d.low, 3, True)}, {fixed(d.high, 3, True)}]"
    return f"{guard.state}: {moved}, margin {short_float(guard.margin)}"


# ---------------------------------------------------------------- what differed, what was written


def factors(r: Round) -> View | None:
    """What differed from the control, what follows from what, and what would separate a package."""
    if r.verdict is None:
        return None
    table = r.verdict.factors
    written = [_factor(f, "Written") for f in table.factors]
    follows = [_factor(f, f"Follows from {line(f.follows_from, 60)}") for f in table.consequences]
    separations = []
    for s in table.separations:
        price = "" if s.minutes is None else f"about {duration(60 * s.minutes)} here"
        separations.append({"sentence": clean(s.sentence), "done": s.done_by, "price": price})
    name = "Seeds only: no verdict can rest on it" if table.seed_only else change_of(r, 200)
    head = {"number": r.number, "slug": line(r.slug, 60), "against": r.verdict.against, "name": name}
    return {**head, "written": written, "follows": follows, "separations": separations}


def _factor(f: Factor, kind: str) -> View:
    return {
        "key": line(f.key, 80),
        "before": compact(f.before),
        "after": compact(f.after),
        "kind": kind,
        "written": kind == "Written",
    }


def accounting(rounds: Sequence[Round]) -> View | None:
    """What was asked for and what became of it, in all and by voice."""
    known = [(r, r.accounting) for r in rounds if r.accounting is not None]
    if not known:
        return None
    gates = sorted({gate for _, a in known for gate in a.refused})
    rules = sorted({rule for _, a in known for rule in a.cleaned})
    table, by_voice = [], []
    for r, a in known:
        name = f"{r.number} {line(r.slug, 40)}"
        cells = [count(a.refused.get(g, 0)) for g in gates]
        cleaned = [count(a.cleaned.get(rule, 0)) for rule in rules]
        table.append(
            {
                "round": name,
                "asked": count(a.asked),
                "kept": count(a.kept),
                "refused": cells,
                "failed": count(a.failed),
                "cleaned": cleaned,
            }
        )
        keys = sorted(
            {k for cells_ in a.by_voice.values() for k in cells_}, key=lambda k: ({"asked": 0, "kept": 1}.get(k, 2), k)
        )
        lines = [
            {"voice": line(v, 60), "cells": [count(cells_.get(k, 0)) for k in keys]}
            for v, cells_ in sorted(a.by_voice.items())
        ]
        if lines:
            by_voice.append({"round": name, "keys": [line(k, 40) for k in keys], "rows": lines})
    return {
        "gates": [line(g, 40) for g in gates],
        "rules": [line(rule, 40) for rule in rules],
        "table": table,
        "by_voice": by_voice,
    }


# ---------------------------------------------------------------- reproduction, method


def commands(page: Page) -> list[str]:
    """The lines that check and repeat the study."""
    study = shell(page.study_name)
    return [f"greenlight verify {study}", f"greenlight run {study}", f"greenlight report {study}"]


def method(rounds: Sequence[Round]) -> View:
    """What the interval's footnote needs: its level, its method, and whether any seeds were pooled."""
    found = [r.verdict.difference for r in rounds if r.verdict and r.verdict.difference]
    pooled = any(r.verdict.pooled for r in rounds if r.verdict)
    seeds = any(len(by_seed(r, figures.DIAL)) > 0 for r in rounds)
    names = sorted({line(d.method, 60) for d in found})
    return {"level": f"{100 * found[0].level:g} %" if found else "", "names": names, "pooled": pooled, "dial": seeds}
