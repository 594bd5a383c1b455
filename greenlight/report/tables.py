"""The study as tables: ``leaderboard.md``, ``results.tsv``, ``MODELS.md`` and the terminal. No chart is drawn here."""

from __future__ import annotations

import math
import shlex
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from greenlight.errors import counted
from greenlight.nouns import Round
from greenlight.report.cells import (
    PLUS_MINUS,
    change_of,
    difference_cell,
    half_width,
    mark_of,
    metric_name,
    metrics_of,
    model_facts,
    places_of,
    rows,
    score_cell,
    shown_metrics,
)
from greenlight.report.page import Page, Released, noted
from greenlight.report.text import (
    MISSING,
    clean,
    compact,
    line,
    md,
    number,
)

LEADS = "★ "
"""Before the number of the round that leads."""
FORMULA = '=+-@−"＝＋－＠'
"""First signs of a cell that a spreadsheet runs as a formula, or a reader of TSV takes for an open quotation."""
TSV_FIRST = ("commit", "val_bpb", "memory_gb", "status", "description")


def table_md(headers: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A GitHub table; every cell is neutralised. ``right`` are the columns aligned to the right."""
    rule = ["--:" if i in right else "---" for i in range(len(headers))]
    lines = [[md(h) for h in headers], rule, *[[md(c) for c in row] for row in cells]]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


def leaderboard_table(rounds: Sequence[Round], champion: int | None = None) -> str:
    """The rounds as a GitHub table, the champion with a star; columns that no round fills are left out."""
    metrics = shown_metrics(rounds)
    headers = [
        "Round",
        "Question",
        "Change",
        "Documents",
        "Characters",
        "Parameters",
        "Train loss",
        "Val loss",
        "Best step",
        "Epochs",
    ]
    headers += [metric_name(m) for m in metrics] + ["Truncated", "Verdict"]
    cells = []
    for r in rows(rounds):
        verdict = f"{r.mark.sign} {r.mark.word} {r.difference}".strip()
        corpus, loss = (r.documents, r.characters, r.parameters), (r.train_loss, r.val_loss, r.best_step, r.epochs)
        scores = (r.scores[m] for m in metrics)
        cells.append(
            [
                f"{LEADS * (r.number == champion)}{r.number} {r.slug}",
                r.question or MISSING,
                r.change,
                *corpus,
                *loss,
                *scores,
                r.truncation,
                verdict,
            ]
        )
    used = [i for i in range(len(headers)) if i in (0, len(headers) - 1) or any(c[i] != MISSING for c in cells)]
    last = len(headers) - 1
    right = [place for place, i in enumerate(used) if 3 <= i < last]
    return table_md([headers[i] for i in used], [[c[i] for i in used] for c in cells], right)


def leaderboard_md(page: Page) -> str:
    """``leaderboard.md``: the rounds, and the hashes that tie it to its ledger and yardstick."""
    parts = [
        f"# {md(page.title)}",
        md(page.question),
        leaderboard_table(page.rounds, page.champion) if page.rounds else "No round has been run yet.",
    ]
    parts += [_list(page.marks), *(md(text) for text in page.equal[:1]), _list(page.equal[1:])]
    if page.rounds:
        parts.append(
            PLUS_MINUS + " Losses are in nats per character at the kept checkpoint;"
            " rounds with other corpora cannot be compared by them."
        )
    parts.append(
        f"Yardstick `{_hash(page.yardstick_hash)}` · ledger head `{_hash(page.head)}` · greenlight {md(page.version)}"
    )
    return "\n\n".join(p for p in parts if p) + "\n"


def _list(texts: Sequence[str]) -> str:
    return "\n".join(f"- {md(text)}" for text in texts)


def _hash(text: str) -> str:
    return "".join(c for c in text if c.isalnum()) or "none"


def results_tsv(page: Page) -> str:
    """``results.tsv``: one line a round, the five columns first that other tools read; unknown is empty, never 0."""
    metrics = metrics_of(page.rounds)
    spread = [(f"{m}", f"{m}_half_width") for m in metrics]
    rest = [
        "round",
        "slug",
        "outcome",
        "against",
        "change",
        "difference",
        "low",
        "high",
        "seeds",
        "documents",
        "characters",
    ]
    rest += [
        "parameters",
        "vocabulary",
        "train_loss",
        "val_loss",
        "best_step",
        "epochs",
        "seconds",
        "device",
        "precision",
        "recipe",
        "yardstick",
        "looks",
        "factors",
        "steps",
        "characters_seen",
        "flops",
        "train_seconds",
    ]
    header = [*TSV_FIRST, *rest, *(name for pair in spread for name in pair)]
    lines = [[_cell(v) for v in _result(r, metrics)] for r in page.rounds]
    return "\n".join("\t".join(row) for row in [[_cell(h) for h in header], *lines]) + "\n"


def _result(r: Round, metrics: Sequence[str]) -> list[Any]:
    facts, verdict = r.facts, r.verdict
    difference = verdict.difference if verdict else None
    status = "crash" if r.status == "crash" else "keep" if verdict is None or verdict.outcome == "better" else "discard"
    memory = number(facts.get("peak_memory_bytes"))
    first = [
        r.code[:12],
        _bpb(r),
        None if memory is None else round(memory / 2**30, 3),
        status,
        line(r.question or r.slug, 200),
    ]
    if r.status == "crash":
        first[4] = line(f"{r.slug}: {r.reason}", 200)
    rest: list[Any] = [
        r.number,
        r.slug,
        "crash" if r.status == "crash" else verdict.outcome if verdict else "",
        r.against,
    ]
    rest += [
        "" if verdict is None else change_of(r),
        *((difference.value, difference.low, difference.high) if difference else ("", "", "")),
    ]
    rest += [
        len(r.seeds),
        *(facts.get(k) for k in ("corpus_documents", "corpus_characters", "parameters", "vocabulary", "train_loss")),
    ]
    rest += [
        facts.get("val_loss"),
        facts.get("best_step"),
        facts.get("epochs"),
        round(r.seconds, 1),
        facts.get("device"),
        facts.get("precision"),
    ]
    rest += [r.recipe_fingerprint[:16], r.yardstick[:16]]
    rest += [verdict.looks, len(verdict.factors.factors)] if verdict else [None, None]
    rest += [facts.get(k) for k in ("steps", "characters_seen", "flops", "train_seconds")]
    for name in metrics:
        score = r.scores.get(name)
        usable = score is not None and not score.invalid
        rest += [score.value, half_width(score)] if usable and score is not None else [None, None]
    return first + rest


def _bpb(r: Round) -> float | None:
    """Bits per byte: a score of its own, or what the bpc metric noted beside it, averaged over seeds."""
    score = r.scores.get("bpb")
    if score is not None and not score.invalid:
        return score.value
    found = noted(r, "bpc", "bpb")
    return statistics.mean(found) if found else None


def _cell(value: Any) -> str:
    """One field: no tab or line end, and no first sign that runs as a formula or opens a quotation over tabs."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, (int, float)):
        return (f"{value:.6g}" if isinstance(value, float) else str(value)) if math.isfinite(value) else ""
    text = line(value) if not isinstance(value, (Mapping, list, tuple)) else compact(value)
    return "'" + text if text[:1] and text[0] in FORMULA else text


def models_md(page: Page) -> str:
    """``MODELS.md``: the models that are kept or released, their scores, and how they are made again; then the rest.

    Kept are those of rounds that are better than what they were compared with, or were compared with nothing.
    """
    done = [r for r in page.rounds if r.status == "done"]
    places = {metric: places_of(page.rounds, metric) for metric in metrics_of(page.rounds)}
    released: dict[int, list[Released]] = {}
    for one in page.releases:
        released.setdefault(one.round, []).append(one)
    told = {r.number for r in done if kept(r) or r.number in released or r.number == page.champion}
    rest = [r for r in done if r.number not in told]
    parts = [
        f"# Models of {md(page.title)}",
        "Weights are not kept in git: the recipe, the ledger and the yardstick make them again.",
    ]
    parts += [_model(r, page, places, released.get(r.number, [])) for r in done if r.number in told]
    parts += [_others(rest, page, places)] if rest else []
    return "\n\n".join(parts if done else [*parts, "No model has been trained yet."]) + "\n"


def kept(r: Round) -> bool:
    """Whether the study keeps a finished round: it is better than its control, or has none."""
    return r.verdict is None or r.verdict.outcome == "better"


def _model(r: Round, page: Page, places: Mapping[str, int], released: Sequence[Released]) -> str:
    folder = f"runs/{r.number:02d}-{r.slug}"
    cells = [[name, value] for name, value in model_facts(r) if value not in ("", MISSING)]
    for metric in metrics_of([r]):
        score = r.scores[metric]
        cell = score_cell(r, metric, places[metric])
        seeds = counted(len(score.seeds), "seed")
        said = f"{cell} {score.unit}, {seeds}" if not score.invalid else f"{cell}: {score.invalid}"
        cells.append([metric_name(metric), line(said, 200)])
    mark = mark_of(r)
    cells.append(["Verdict", f"{mark.sign} {mark.word} {difference_cell(r)}".strip()])
    cells.append(["Files", f"{folder}/" + "{" + ",".join(map(str, r.seeds)) + "}"])
    cells.append(["Recipe", r.recipe_fingerprint[:16]])
    for one in released:
        seeds = ", ".join(map(str, one.weights))
        cells.append(["Released", f"{one.folder}, tag {one.tag}, weights of seed {seeds}"])
        cells.append(["release.json", f"sha256 {one.sha256}"])
    star = LEADS * (r.number == page.champion)
    parts = [f"## {star}Round {r.number}: {md(r.slug)}", table_md(["", ""], cells), "Made again by", _again(r, page)]
    checks = [f"    greenlight verify {shell(f'{page.study_name}/{one.folder}')} --rebuild" for one in released]
    return "\n\n".join([*parts, *(["and checked by", "\n".join(checks)] if checks else [])])


def _again(r: Round, page: Page) -> str:
    return f"    greenlight run {shell(page.study_name)} {r.number}"


def _others(rest: Sequence[Round], page: Page, places: Mapping[str, int]) -> str:
    """Models of rounds that are neither kept nor released: one line each."""
    cells = []
    for r in rest:
        mark, metric = mark_of(r), r.verdict.metric if r.verdict else ""
        score = f"{metric_name(metric)} {score_cell(r, metric, places[metric])}" if metric in places else MISSING
        said = f"{mark.sign} {mark.word} {difference_cell(r)}".strip()
        cells.append([f"{r.number} {r.slug}", score, said, r.recipe_fingerprint[:16], _again(r, page).strip()])
    table = table_md(["Round", "Score", "Verdict", "Recipe", "Made again by"], cells, (1,))
    return f"## Models that are not kept\n\n{table}"


def shell(name: str) -> str:
    """A word for a shell line, with nothing hidden in it."""
    return shlex.quote(" ".join(clean(name).split()) or ".")


def leaderboard_text(
    rounds: Sequence[Round], champion: int | None = None, metric: str = ""
) -> tuple[list[str], list[list[str]]]:
    """Headers and cells for a terminal of 80 columns; at most two metrics: ``metric``, then those of the verdicts."""
    judged = {r.verdict.metric: None for r in rounds if r.verdict}
    shown = sorted(shown_metrics(rounds, metric), key=lambda m: (m != metric, m not in judged))[:2]
    shown = shown if metric else [m for m in shown_metrics(rounds) if m in shown]
    headers = ["", "round", "change", *(metric_name(m) for m in shown), "verdict"]
    cells = [
        [
            f"{LEADS * (r.number == champion)}{r.number}",
            line(r.slug, 14),
            line(r.change.partition(":")[0], 16),
            *(r.scores[m] for m in shown),
            f"{r.mark.sign} {r.mark.word.lower()}{f', {r.looks} looks' * (r.looks > 1)}",
        ]
        for r in rows(rounds, metric)
    ]
    return headers, cells
