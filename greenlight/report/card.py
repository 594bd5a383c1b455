"""What a model card says of one model of a round: from the ledger's row alone, with everything neutralised."""

from __future__ import annotations

import json
from typing import Any

from greenlight.nouns import Round, Score
from greenlight.recipe import Brief
from greenlight.report.cells import metric_name
from greenlight.report.publish import limits
from greenlight.report.tables import table_md
from greenlight.report.text import bracket, clean, count, line, md, short, short_float
from greenlight.study import Card

TOPIC = "a small boat on the lake"
MADE = {
    "voices": "written by machines for this round",
    "import": "stories by machines that another tool wrote",
    "text": "cut from one text",
}


def synthetic(row: Round) -> bool:
    """Whether machines wrote the corpus."""
    return bool(row.recipe["corpus"]["use"] != "text")


def about(study: Card, row: Round, seed: int) -> str:
    """Markdown: what was asked, what the model is, its corpus, its scores, the verdict, and what none of it shows."""
    parts = [f"# {md(study.title)}: {row.number:02d}-{md(row.slug)}, seed {seed}"]
    parts += [md(question) for question in dict.fromkeys((study.question, row.question)) if question.strip()]
    parts += ["## The model", _model(row, seed), "## The corpus", _corpus(row)]
    parts += ["## Measured", _measured(row, seed), "## The verdict", _verdict(row)]
    return "\n\n".join([*parts, "## What this does not show", _limits(row)])


def bare(name: str) -> str:
    """The same for a folder of which nothing is recorded."""
    return (
        f"# {md(name)}\n\nA small language model trained with Greenlight. It was exported from a bare folder, so "
        "nothing is recorded here about its corpus, its training or its scores: for that, export its round."
    )


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {text}" for text in lines)


def _model(row: Round, seed: int) -> str:
    made = row.artifacts[f"model-{seed}"]
    facts, arch = made.facts, made.plan["architecture"]
    lines = [
        f"{count(facts['parameters'])} parameters: {arch['layers']} layers of width {arch['width']}; context "
        f"{arch['context']:,} tokens, about {count(round(row.facts['context_characters']))} characters; "
        f"{count(row.facts['vocabulary'])} tokens ({md(row.recipe['tokenizer']['use'])})",
        f"trained on {count(facts['tokens_seen'])} tokens ({count(facts['characters_seen'])} characters, "
        f"{facts['epochs']:.1f} epochs) in {count(facts['steps'])} steps, {md(facts['precision'])} on "
        f"{md(facts['device'])}, {short(facts['flops'])}FLOP",
        f"kept at step {count(facts['kept_step'])}: {facts['kept_val_loss_char']:.3f} nats per character on "
        f"validation, {facts['kept_train_loss_char']:.3f} in training",
    ]
    return _list(lines)


def _corpus(row: Round) -> str:
    facts, use = row.facts, row.recipe["corpus"]["use"]
    size = f"{count(facts['corpus_documents'])} documents, {count(facts['corpus_characters'])} characters"
    shares = ", ".join(f"{md(voice)} {share:.0%}" for voice, share in facts["shares"].items())
    lines = [f"{MADE[use]}: {size}, {count(facts['corpus_topics'])} topics"]
    if use != "text":
        lines.append(f"by {shares}")
    if prompt := _prompt(row):
        return f"{_list(lines)}\n\nA document begins with its control line; prompt the model with one:\n\n    {prompt}"
    return _list(lines)


def _prompt(row: Round) -> str:
    """A control line of the round, on one line of code; empty where documents have none."""
    brief = row.recipe["corpus"].get("brief")
    if brief is None:
        return ""
    asked = Brief.model_validate(brief)
    shares: dict[str, float] = row.facts["shares"]
    writer = max(sorted(shares), key=shares.__getitem__, default="")
    return f"write({json.dumps(clean(asked.control_line(TOPIC, asked.levels, writer)), ensure_ascii=False)})"


def _measured(row: Round, seed: int) -> str:
    cells = []
    for name, score in sorted(row.scores.items()):
        mine, mean = ("invalid", "") if score.invalid else _values(score, seed)
        cells.append([metric_name(name), line(score.unit, 80), score.better, mine, mean, line(score.invalid, 200)])
    head = ["Metric", "Unit", "Better", "This model", f"Mean of {len(row.seeds)} seeds", "Why not"]
    keep = [i for i in range(len(head)) if i < 5 or any(c[5] for c in cells)]
    table = table_md([head[i] for i in keep], [[c[i] for i in keep] for c in cells], (3, 4))
    return (
        f"{table}\n\nOn the study's own yardstick, held-out text that was never trained on "
        f"(`{md(row.yardstick[:16])}`). Seeds {', '.join(map(str, row.seeds))} were trained; this is seed {seed}."
    )


def _values(score: Score, seed: int) -> tuple[str, str]:
    return short_float(score.per_seed[score.seeds.index(seed)]), short_float(score.value)


def _verdict(row: Round) -> str:
    verdict = row.verdict
    if verdict is None:
        return "None: this round was compared with no other."
    lines = [md(verdict.sentence)]
    if verdict.difference is not None:
        d = verdict.difference
        lines.append(
            f"{md(metric_name(verdict.metric))}, round {row.number} minus round {verdict.against}: "
            f"{short_float(d.value)} {md(verdict.unit)}, {d.level:.0%} interval {bracket(d.low, d.high)}; "
            f"{verdict.seeds[0]} against {verdict.seeds[1]} seeds, {verdict.blocks} {md(verdict.over)}"
        )
    return _list(lines)


def _limits(row: Round) -> str:
    own: list[Any] = [
        *limits([row]),
        "A model of this size writes text like its corpus and nothing else: it knows no facts and follows no "
        "instructions.",
        "Nobody has read its output for harm, bias or text that it repeats from its corpus.",
        "The licence is as open as that of its corpus, which is for whoever publishes it to say.",
    ]
    return _list([md(text) for text in own])
