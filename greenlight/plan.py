"""What a round would do, before it does anything: its effective recipe, its size, what is done already, its minutes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from greenlight import effective, factors
from greenlight.nouns import Round
from greenlight.recipe import Recipe, VoicesCorpus
from greenlight.study import Study


@dataclass(frozen=True)
class Plan:
    """A round foreseen. ``minutes`` and ``steps`` are None where nothing in the study tells them yet."""

    number: int
    slug: str
    question: str
    fingerprint: str
    against: int | None
    factors: tuple[str, ...]
    predict: dict[str, Any]
    documents: int | None
    parameters: int
    steps: int | None
    seeds: int
    minutes: float | None
    minutes_from: str
    done: bool
    recipe: dict[str, Any]

    def data(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        """For a person, in 80 columns."""
        lines = [f"round {self.number} ({self.slug}): {self.question or 'no question stated'}"]
        if self.against is not None:
            changes = ", ".join(self.factors) or "nothing: a verdict would be refused"
            lines.append(f"  against round {self.against}; changes {changes}")
            if len(self.factors) > 1:
                lines.append(f"  a package of {len(self.factors)}: its verdict can name no single cause")
        size = "" if self.documents is None else f"{self.documents:,} documents, "
        steps = "" if self.steps is None else f"{self.steps:,} steps, "
        lines.append(f"  {size}{self.parameters / 1e6:.2f} M parameters, {steps}{self.seeds} seeds")
        cost = (
            f"about {self.minutes:.1f} min ({self.minutes_from})"
            if self.minutes is not None
            else f"minutes unknown: {self.minutes_from}"
        )
        lines.append("  done: the ledger has its verdict" if self.done else f"  {cost}")
        lines.append(f"  recipe {self.fingerprint[:12]}")
        lines += ["", *(f"  {line}" for line in _toml(_short(self.recipe)))]
        return "\n".join(lines)


def foresee(study: Study, number: int, sets: tuple[str, ...] = ()) -> Plan:
    """The plan of one round; nothing is written, nothing is asked of a voice."""
    from greenlight.gpt.model import parameters

    recipe = study.recipe(number, sets)
    rows = study.ledger.latest()
    against = recipe.against_number
    changed: tuple[str, ...] = ()
    if against is not None:
        changed = tuple(f.key for f in factors.written(study.recipe(against).data(), recipe.data()))
    # a character vocabulary is known only with the corpus; 256 bytes and about a hundred characters come near
    size = {"bpe": recipe.tokenizer.vocab, "byte": 258, "char": 358}[recipe.tokenizer.use]
    weights = parameters(recipe.model.resolve(size))
    documents = recipe.corpus.size if isinstance(recipe.corpus, VoicesCorpus) else None
    like = next((r for r in reversed(list(rows.values())) if r.status == "done"), None)
    steps = _steps(recipe, like)
    minutes, source = _minutes(recipe, weights, steps, like)
    row = rows.get(number)
    return Plan(
        number=number,
        slug=study.slug(number),
        question=recipe.question,
        fingerprint=recipe.hash,
        against=against,
        factors=changed,
        predict={name: p.data() for name, p in recipe.predict.items()},
        documents=documents,
        parameters=weights,
        steps=steps,
        seeds=len(recipe.seeds),
        minutes=minutes,
        minutes_from=source,
        done=row is not None and row.status == "done" and row.recipe_fingerprint == recipe.hash,
        recipe=recipe.data(),
    )


def _size(recipe: dict[str, Any]) -> float:
    corpus = recipe["corpus"]
    return float(corpus["size"] if corpus["use"] == "voices" else corpus["share"])


def _steps(recipe: Recipe, like: Round | None) -> int | None:
    """Stated, or from a round of the same study: steps in an epoch go with the size and the row's length."""
    if recipe.train.steps is not None:
        return recipe.train.steps
    if like is None or recipe.train.epochs is None:
        return None
    theirs = like.recipe
    rows: float = like.facts["steps"] / like.facts["epochs"] * theirs["train"]["batch"]
    grown: float = _size(recipe.data()) / _size(theirs) * theirs["model"]["context"] / recipe.model.context
    return max(1, round(rows * grown * recipe.train.epochs / recipe.train.batch))


def _minutes(recipe: Recipe, parameters: int, steps: int | None, like: Round | None) -> tuple[float | None, str]:
    """Wall minutes, from the seconds of the last round: training goes with parameters × tokens."""
    if like is None or steps is None:
        return None, "no round of this study has been run yet; the first one tells"
    theirs = like.recipe
    work = parameters * steps * recipe.train.batch * recipe.model.context * len(recipe.seeds)
    their_work = (
        like.facts["parameters"]
        * like.facts["steps"]
        * theirs["train"]["batch"]
        * theirs["model"]["context"]
        * len(like.seeds)
    )
    seconds = effective.worked(like)
    return seconds / 60 * work / their_work, f"from round {like.number}'s {seconds:.0f} s on this machine"


def _short(recipe: dict[str, Any]) -> dict[str, Any]:
    topics = recipe["corpus"].get("brief", {}).get("topics", [])
    if len(topics) > 4:
        brief = {**recipe["corpus"]["brief"], "topics": f"{len(topics)} topics: {topics[0]}, …"}
        return {**recipe, "corpus": {**recipe["corpus"], "brief": brief}}
    return recipe


def _toml(data: dict[str, Any], path: str = "") -> list[str]:
    """Readable key = value lines under their tables; what is unset is left out."""
    plain = {k: v for k, v in data.items() if not isinstance(v, dict) and v is not None}
    tables = {k: v for k, v in data.items() if isinstance(v, dict)}
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in plain.items()]
    if path and (lines or not tables):
        lines.insert(0, f"[{path}]")
    for name, table in tables.items():
        lines += _toml(table, f"{path}.{name}" if path else name)
    return lines
