"""The check-up of a character: of a round, of any model in a folder, of a model behind a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, InStudy, round_of

if TYPE_CHECKING:
    from greenlight.character.card import Card
    from greenlight.character.examination import Examination
    from greenlight.chats import Speaker
    from greenlight.nouns import Round
    from greenlight.study import Study

Like = Annotated[
    int | None,
    typer.Option("--like", help="The round whose persona, prompts and classifier are used.", metavar="ROUND"),
]
Base = Annotated[
    str, typer.Option(help="What it is held against: a folder; default: that round's student.", metavar="MODEL")
]
Name = Annotated[str, typer.Option("--model", help="Of an address: the model's name there.", metavar="NAME")]
Blind = Annotated[
    Path | None,
    typer.Option(help="Write one offline page for people to judge; a .key.json reads their answers.", metavar="FILE"),
]
Answers = Annotated[list[Path] | None, typer.Option(help="What people chose on that page.", metavar="FILE")]


JudgeAt = Annotated[str, typer.Option("--judge", help="Where a model answers that judges the answers.", metavar="URL")]
JudgeModel = Annotated[str, typer.Option(help="The judge's name there.", metavar="NAME")]


def checkup(
    model: Annotated[str, typer.Argument(help="A round (2), a transformers folder, or an address.", metavar="MODEL")],
    folder: InStudy = Path(),
    like: Like = None,
    base: Base = "",
    name: Name = "",
    samples: Annotated[int, typer.Option(min=1, max=64, help="Answers to each prompt.")] = 3,
    blind: Blind = None,
    answers: Answers = None,
    judge: JudgeAt = "",
    judge_model: JudgeModel = "",
    as_json: AsJson = False,
) -> None:
    """Show how much of a character a model has, and at what price.

    A round's card is read as it was measured. Any other model is asked the same
    held-out prompts, and held against the round's student.

    Example: greenlight checkup tuned/ --like 1 --study my-pirate
    """
    from greenlight.character import card as cards
    from greenlight.errors import RecipeError
    from greenlight.study import Study

    if answers:
        _people(blind, answers, as_json)
        return
    if (blind or judge) and not _is_round(model):
        raise RecipeError("--blind and --judge are for the answers of a round: name its number")
    study = Study(folder, show.watch())
    if not _is_round(model):
        found = [_examined(study, model, name, (like, base, samples))]
    else:
        found = _of_round(study, study.round(round_of(model)))
    if blind is not None:
        _page(study, found[0], round_of(model), blind)
    data = [one.data() | {"conclusion": cards.conclusion(one)} for one in found]
    text = "\n\n".join(_text(one) for one in found)
    if judge:
        data[0]["panel"] = heard = _judged(study, found[0], round_of(model), _served(judge, judge_model))
        text += "\n" + _panel_text(heard)
    show.answer(data, as_json, show.visible(text))


def _is_round(model: str) -> bool:
    return not (model.startswith(("http://", "https://")) or Path(model).is_dir())


def _of_round(study: Study, row: Round) -> list[Card]:
    from greenlight.character.card import Card
    from greenlight.errors import StudyError

    told = row.facts.get("character")
    if not told:
        raise StudyError(f"round {row.number} made no character: greenlight report shows what it is")
    return [Card.model_validate(one) for one in told.values()]


def _examined(study: Study, model: str, name: str, how: tuple[int | None, str, int]) -> Card:
    """The card of a model that no round of the study made."""
    from greenlight.backends.local import found, open_speaker
    from greenlight.character.checkup import Stage

    like, base, samples = how
    exam, row, student = _examination(study, like, samples)
    speaker = _served(model, name) if model.startswith("http") else open_speaker(found(model), name=Path(model).name)
    below = open_speaker(found(base), name="base") if base else student
    manner = _manner(row)
    said = exam.constitution.system()
    stages = [Stage("base", below, manner), Stage("prompted", below, manner, said), Stage("model", speaker, manner)]
    study.yardstick.count_read("search", f"checkup of {speaker.name}")
    return exam.card(stages, "model")[0]


def _examination(study: Study, like: int | None, samples: int) -> tuple[Examination, Round, Speaker]:
    from dataclasses import replace

    from greenlight.character.recipe import CharacterRecipe
    from greenlight.checkups import examination
    from greenlight.errors import StudyError
    from greenlight.stages import Bench

    rows = [row for row in study.ledger.latest().values() if row.facts.get("character")]
    if like is None and len(rows) != 1:
        told = ", ".join(str(row.number) for row in rows) or "none has run"
        raise StudyError(f"say by which round's character it is judged: --like ROUND (rounds: {told})")
    row = study.round(rows[0].number if like is None else like)
    recipe = CharacterRecipe.model_validate(row.recipe)
    bench = Bench(recipe, row.seeds[0], study.store, study.store.watch)
    exam = replace(examination(bench, study.yardstick), samples=samples)
    return exam, row, bench.speaker(bench.base(), "base")


def _manner(row: Round) -> Any:
    from greenlight.chats import Manner

    draws = row.recipe["draws"]
    return Manner(max_new=draws["max_new"], temperature=draws["temperature"], top_p=draws["top_p"])


def _served(address: str, name: str) -> Speaker:
    from greenlight.character.served import Served
    from greenlight.errors import RecipeError
    from greenlight.llm import Endpoint

    if not name:
        raise RecipeError(f"{address} has models: name one with --model")
    return Served(name, name, Endpoint(address))


def _text(card: Card) -> str:
    """A card for a terminal of 80 columns."""
    from greenlight.character import card as cards

    head = f"{card.persona}, seed {card.seed}"
    parts = [
        show.table(
            ["stage", "n", "response", "character", "task"], [list(r) for r in cards.stage_rows(card)], title=head
        )
    ]
    if rows := cards.trait_rows(card):
        parts.append(show.table(["trait", "base", "finished"], [list(row) for row in rows]))
    if rows := cards.mode_rows(card):
        kept = [[row[1], row[2], row[3], row[4], row[6]] for row in rows]
        parts.append(show.table(["thinking", "opened", "naive rule", "said", "whose silence"], kept))
    parts += [show.folded(line) for line in cards.loaded(card)]
    parts.append(show.folded(cards.conclusion(card)))
    return "\n".join(part.rstrip() + "\n" if "\n" in part else part for part in parts)


# ---------------------------------------------------------------- people


def _page(study: Study, card: Card, number: int, path: Path) -> None:
    """One page with the finished model's answers beside the base's, for people to choose from, unlabelled."""
    from greenlight.character import blind
    from greenlight.character.held import held_prompts

    first = _first_answers(study, card, number)
    items = [
        blind.Item(
            id=p.id,
            prompt=p.id,
            turns=p.turns,
            answers=(first[card.finished][p.id], first["base"][p.id]),
            who=(card.finished, "base"),
        )
        for p in held_prompts(study.yardstick)
        if first[card.finished].get(p.id) and first["base"].get(p.id)
    ]
    said = "\n".join(f"- {text}" for text in card.traits.values())
    key = blind.write(path, items, card.seed, about=said, question=f"Which answer is more like {card.persona}?")
    study.store.watch.say(f"{path}: open it in a browser; {key.name} reads the answers, and is not for those who judge")


def _first_answers(study: Study, card: Card, number: int) -> dict[str, dict[str, str]]:
    """By stage and prompt, the first answer of a round's check-up."""
    from greenlight.checkups import seen_of
    from greenlight.errors import StudyError

    artifact = study.round(number).artifacts.get(f"checkup-{card.seed}")
    if artifact is None or not study.store.has(artifact):
        raise StudyError(f"the answers of round {number} are not in the store: greenlight run makes them again")
    seen = seen_of(study.store, artifact)
    return {name: {one.prompt: one.text for one in rows if one.sample == 0} for name, rows in seen.items()}


def _judged(study: Study, card: Card, number: int, speaker: Speaker) -> dict[str, Any]:
    """What a judge says of a round's finished model beside its base."""
    from greenlight.character.asking import Asked
    from greenlight.character.held import held_prompts
    from greenlight.character.judge import Judge
    from greenlight.character.panel import sit
    from greenlight.character.recipe import CharacterRecipe
    from greenlight.stages import Bench

    recipe = CharacterRecipe.model_validate(study.round(number).recipe)
    watch = study.store.watch
    voice = Bench(recipe, card.seed, study.store, watch).teacher()
    first = _first_answers(study, card, number)
    sides = {"finished": first[card.finished], "base": first["base"]}
    answers = {name: {prompt: [text] for prompt, text in own.items() if text} for name, own in sides.items()}
    judge = Judge(speaker, Asked(study.store.folder / "answers", watch), watch=watch)
    return sit(judge, recipe.constitution, voice, held_prompts(study.yardstick), answers).data()


def _panel_text(panel: dict[str, Any]) -> str:
    from greenlight.character import card as cards
    from greenlight.nouns import Interval

    told = {key: Interval.model_validate(value) for key, value in panel.items() if isinstance(value, dict)}
    lines = [
        f"judge {panel['judge']}: the finished model has {cards.percent(told.get('points'))} of the points against the "
        f"base; turning the order turns {cards.percent(told.get('flips'))} of its verdicts",
        f"it finds {cards.percent(told.get('found'))} in character; with its error taken off "
        f"{cards.percent(told.get('corrected'))} (sensitivity {cards.percent(told.get('sensitivity'))}, specificity "
        f"{cards.percent(told.get('specificity'))})",
        *panel["notes"],
    ]
    return "\n".join(show.folded(line) for line in lines)


def _people(key: Path | None, answers: list[Path], as_json: bool) -> None:
    from greenlight.character import blind
    from greenlight.character.strengths import rated
    from greenlight.errors import RecipeError

    if key is None:
        raise RecipeError("--answers needs the page's key: --blind FILE.key.json --answers ANSWERS.json")
    found = blind.read(key, answers)
    ratings = rated(found.games())
    data = {
        "raters": found.raters,
        "items": found.items,
        "alpha": found.alpha,
        "strengths": json.loads(ratings.model_dump_json()),
    }
    size = f"{show.counted(found.items, 'item')}, {show.counted(len(found.raters), 'rater')}"
    lines = [f"{size}, agreement (Krippendorff's alpha) {found.alpha}"]
    show.answer(data, as_json, show.visible("\n".join([*lines, *ratings.notes])))


COMMANDS = (checkup,)
