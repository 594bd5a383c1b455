"""What a round would do, before it does anything: its recipe, its size, what is done, its minutes, what it can see."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from greenlight import checkups, effective, factors, stages
from greenlight.character import foreseen, held, outlay, speeds
from greenlight.character.outlay import Outlay
from greenlight.character.recipe import CharacterRecipe
from greenlight.errors import StudyError, counted
from greenlight.inquiry import outlook
from greenlight.nouns import Round
from greenlight.recipe import Recipe, TextCorpus
from greenlight.study import Study, same_recipe


@dataclass(frozen=True)
class Plan:
    """A round foreseen. ``minutes`` and ``steps`` are None where nothing in the study tells them yet.

    ``sees``: the smallest gain that its verdict would call better in 4 of 5 cases, in closed form;
    ``noise`` says it in words, or why it is unknown.
    """

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
    sees: float | None
    noise: str
    done: bool
    recipe: dict[str, Any]

    def data(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        """For a person, in 80 columns."""
        lines = _heading(self)
        size = "" if self.documents is None else f"{counted(self.documents, 'document')}, "
        steps = "" if self.steps is None else f"{counted(self.steps, 'step')}, "
        lines.append(f"  {size}{self.parameters / 1e6:.2f} M parameters, {steps}{counted(self.seeds, 'seed')}")
        cost = (
            f"about {self.minutes:.1f} min ({self.minutes_from})"
            if self.minutes is not None
            else f"minutes unknown: {self.minutes_from}"
        )
        if self.done:
            took = "" if self.minutes is None else f" in {self.minutes:.1f} min"
            cost = f"done{took}: the ledger has it" + ("" if self.against is None else ", with its verdict")
        lines += _fold(cost) + _fold(self.noise)
        lines.append(f"  recipe {self.fingerprint[:12]}")
        lines += ["", *(f"  {line}" for line in _toml(_short(self.recipe)))]
        return "\n".join(lines)


@dataclass(frozen=True)
class CharacterPlan:
    """A round of a character foreseen. ``minutes``: those that it took, where it is done."""

    number: int
    slug: str
    question: str
    fingerprint: str
    against: int | None
    factors: tuple[str, ...]
    predict: dict[str, Any]
    outlay: Outlay
    done: bool
    minutes: float | None
    recipe: CharacterRecipe

    def data(self) -> dict[str, Any]:
        flat = {key: value for key, value in vars(self).items() if key not in ("outlay", "recipe")}
        return {**flat, "outlay": self.outlay.data(), "recipe": self.recipe.data()}

    def text(self) -> str:
        """For a person, in 80 columns."""
        lines = _heading(self)
        if self.done:
            took = "" if self.minutes is None else f" in {self.minutes:.1f} min"
            lines += _fold(f"done{took}: the ledger has it")
        if said := stages.speechless(self.recipe):
            lines += _fold(f"it cannot run: {said}")
        for line in foreseen.lines(self.recipe, self.outlay):
            lines += _fold(line) if len(line) > 78 else [f"  {line}".rstrip()]
        who = self.recipe.constitution
        brief = {
            **self.recipe.data(),
            "constitution": f"{who.name}, {counted(len(who.traits), 'trait')}, {who.hash[:12]}",
        }
        brief["rivals"] = {name: rival.source for name, rival in self.recipe.rivals.items()}
        lines += ["", f"  recipe {self.fingerprint[:12]}", "", *(f"  {line}" for line in _toml(brief))]
        return "\n".join(lines)


def _heading(plan: Plan | CharacterPlan) -> list[str]:
    lines = _fold(f"round {plan.number} ({plan.slug}): {plan.question or 'no question stated'}", "")
    if plan.against is not None:
        changes = ", ".join(plan.factors) or "nothing: a verdict would be refused"
        lines += _fold(f"against round {plan.against}; changes {changes}")
        if len(plan.factors) > 1:
            lines.append(f"  a package of {len(plan.factors)}: its verdict can name no single cause")
    return lines


def _fold(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, 80, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def foresee(study: Study, number: int, sets: tuple[str, ...] = (), rates: Path | None = None) -> Plan | CharacterPlan:
    """The plan of one round; nothing is written, nothing is asked of a voice.

    ``rates``: the file that states speeds and prices of a round of a character; default: the study's ``rates.toml``.
    """
    if study.makes_character(number):
        return _character(study, number, sets, rates)
    recipe = study.recipe(number, sets)
    rows = study.ledger.latest()
    against = recipe.against_number
    changed: tuple[str, ...] = ()
    if against is not None:
        changed = tuple(f.key for f in factors.written(study.recipe(against).data(), recipe.data()))
    row = _done(recipe, rows.get(number))
    cost = _cost(recipe, rows, row)
    sees, noise = _sight(study, recipe, number, cost)
    return Plan(
        number=number,
        slug=study.slug(number),
        question=recipe.question,
        fingerprint=recipe.hash,
        against=against,
        factors=changed,
        predict={name: p.data() for name, p in recipe.predict.items()},
        documents=None if isinstance(recipe.corpus, TextCorpus) else recipe.corpus.size,
        parameters=cost.parameters,
        steps=cost.steps,
        seeds=len(recipe.seeds),
        minutes=cost.minutes,
        minutes_from=cost.minutes_from,
        sees=sees,
        noise=noise,
        done=row is not None,
        recipe=recipe.data(),
    )


def _character(study: Study, number: int, sets: tuple[str, ...], rates: Path | None) -> CharacterPlan:
    """Of a round that makes a character. Raises StudyError where the yardstick has no prompts."""
    recipe, yard = study.character(number, sets), study.yardstick
    if yard.kind != "prompts":
        raise StudyError("the yardstick is no set of prompts: make a new study --from character")
    asked = outlay.Yard.of(held.held_prompts(yard), list(held.neutral_chats(yard).values()))
    rows = [row for row in study.ledger.latest().values() if row.status == "done"]
    said = speeds.stated(rates or study.folder / speeds.FILE, needed=rates is not None)
    made = [row for row in rows if row.recipe.get("use") == "character"]
    figures = foreseen.figures(recipe, made, said, asked, stages.SMOKE, study.store.folder / "answers")
    changed: tuple[str, ...] = ()
    if (against := recipe.against_number) is not None:
        both = (checkups.essence(one.data()) for one in (study.character(against), recipe))
        changed = tuple(f.key for f in factors.written(*both))
    own = _done(recipe, study.ledger.latest().get(number))
    return CharacterPlan(
        number=number,
        slug=study.slug(number),
        question=recipe.question,
        fingerprint=recipe.hash,
        against=against,
        factors=changed,
        predict={name: p.data() for name, p in recipe.predict.items()},
        outlay=outlay.count(recipe, figures, asked, stages.SMOKE),
        done=own is not None,
        minutes=None if own is None else effective.worked(own) / 60,
        recipe=recipe,
    )


def ahead_of(study: Study, number: int, sets: tuple[str, ...], question: outlook.Question) -> outlook.Outlook:
    """What the comparison of a round can see, with the prices of this machine."""
    recipe = study.recipe(number, sets)
    rows = study.ledger.latest()
    return _ahead(study, recipe, number, _cost(recipe, rows, _done(recipe, rows.get(number))), question)


def _done(recipe: Recipe | CharacterRecipe, row: Round | None) -> Round | None:
    """The round's own record, where it ran this very recipe."""
    return row if row is not None and row.status == "done" and same_recipe(row, recipe) else None


@dataclass(frozen=True)
class _Cost:
    parameters: int
    steps: int | None
    characters: float | None
    minutes: float | None
    minutes_from: str


def _cost(recipe: Recipe, rows: dict[int, Round], own: Round | None) -> _Cost:
    """From ``own``, the round's record, where it has run; else from the last round that has."""
    from greenlight.gpt.model import parameters

    if own is not None and {"parameters", "steps", "characters_seen"} <= own.facts.keys():
        facts, took = own.facts, effective.worked(own) / 60
        return _Cost(facts["parameters"], facts["steps"], facts["characters_seen"], took, "from its own record")
    # a character vocabulary is known only with the corpus; 256 bytes and about a hundred characters come near
    size = {"byte": 258, "char": 358}.get(recipe.tokenizer.use, recipe.tokenizer.vocab)
    weights = parameters(recipe.model.resolve(size))
    like = next((r for r in reversed(list(rows.values())) if r.status == "done"), None)
    steps = _steps(recipe, like)
    minutes, source = _minutes(recipe, weights, steps, like)
    characters = None
    if like is not None and steps is not None:
        characters = (
            like.facts["characters_seen"] * _tokens(recipe.data(), steps) / _tokens(like.recipe, like.facts["steps"])
        )
    return _Cost(weights, steps, characters, minutes, source)


def _tokens(recipe: dict[str, Any], steps: int) -> int:
    """Places for tokens in all rows of a run."""
    return int(steps * recipe["train"]["batch"] * recipe["model"]["context"])


def _ahead(study: Study, recipe: Recipe, number: int, cost: _Cost, question: outlook.Question) -> outlook.Outlook:
    size = {"parameters": float(cost.parameters)}
    if cost.characters is not None:
        size["characters_seen"] = cost.characters
    each = None if cost.minutes is None else cost.minutes / len(recipe.seeds)
    return outlook.look_ahead(study, recipe, number, size, each, question)


def _sight(study: Study, recipe: Recipe, number: int, cost: _Cost) -> tuple[float | None, str]:
    """The smallest gain that the plan sees, and a line about it and where the noise comes from."""
    if recipe.against_number is None:
        return None, f"compared with no round; greenlight power {number} says what a later one could see against it"
    try:
        ahead = _ahead(study, recipe, number, cost, outlook.Question())
    except StudyError as error:
        return None, f"what it can see is unknown: {error}"
    smallest = outlook.sees(ahead)
    if ahead.noise is None:
        return None, f"what it can see is unknown, for no round has shown its noise: see greenlight power {number}"
    if smallest is None:
        return None, f"{counted(ahead.seeds[1], 'seed')} against {ahead.seeds[0]} can decide nothing: take 3 or more"
    sd = ahead.noise.sd
    lent = "" if ahead.noise.earlier else "; more seeds of the control would tell it better: see greenlight power"
    return smallest, (
        f"sees a true change of {smallest:.3g} {ahead.unit} in 4 of 5 cases ({ahead.seeds[1]} against {ahead.seeds[0]} "
        f"seeds, margin {ahead.floor():.3g}; noise of one seed {sd.sd:.2g}, {sd.df} df{lent})"
    )


def _size(recipe: dict[str, Any], like: Round) -> float:
    """Of the corpus, in documents or as a share of a text; all of an import is taken for as much as ``like`` had."""
    corpus = recipe["corpus"]
    size = corpus["share"] if corpus["use"] == "text" else corpus["size"]
    return float(like.facts["corpus_documents"] if size is None else size)


def _steps(recipe: Recipe, like: Round | None) -> int | None:
    """Stated, or from a round of the same study: steps in an epoch go with the size and the row's length."""
    if recipe.train.steps is not None:
        return recipe.train.steps
    if like is None or recipe.train.epochs is None:
        return None
    theirs = like.recipe
    rows: float = like.facts["steps"] / like.facts["epochs"] * theirs["train"]["batch"]
    grown: float = _size(recipe.data(), like) / _size(theirs, like) * theirs["model"]["context"] / recipe.model.context
    return max(1, round(rows * grown * recipe.train.epochs / recipe.train.batch))


def _minutes(recipe: Recipe, parameters: int, steps: int | None, like: Round | None) -> tuple[float | None, str]:
    """Wall minutes, from the seconds of the last round: training goes with parameters × tokens."""
    if like is None or steps is None:
        return None, "no round of this study has been run yet; the first one tells"
    work = parameters * _tokens(recipe.data(), steps) * len(recipe.seeds)
    their_work = like.facts["parameters"] * _tokens(like.recipe, like.facts["steps"]) * len(like.seeds)
    seconds = effective.worked(like)
    return seconds / 60 * work / their_work, f"from round {like.number}'s {seconds:.0f} s on this machine"


def _short(recipe: dict[str, Any]) -> dict[str, Any]:
    topics = recipe["corpus"].get("brief", {}).get("topics", [])
    if len(topics) > 4:
        brief = {**recipe["corpus"]["brief"], "topics": f"{counted(len(topics), 'topic')}: {topics[0]}, …"}
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
