"""What a round of a character is foreseen to ask, train and cost, and the scales of the ready study."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from greenlight import stages
from greenlight.character import foreseen, outlay, speeds
from greenlight.character import recipe as recipes
from greenlight.character.constitution import read
from greenlight.character.examination import LISTENED, MODES, TURNS
from greenlight.character.outlay import Outlay, Yard
from greenlight.character.settings import Dpo, Sft
from greenlight.create import Given, create, ready
from greenlight.errors import InputError, RecipeError, UserError
from greenlight.nouns import Artifact, Round, fingerprint
from greenlight.plan import CharacterPlan, foresee
from greenlight.study import Study

SCALES = {
    "smoke": (16, 40, 4),
    "laptop": (1_200, 500, 60),
    "mini": (250, 1_500, 150),
    "quarter": (375, 3_000, 300),
    "half": (750, 5_000, 1_000),
    "paper": (1_500, 10_000, 2_000),
    "oct": (9_150, 10_000, 2_000),
}
CAPTAIN = ready()["character"] / "constitutions" / "captain.yaml"
SERVER = "http://127.0.0.1:9/v1"
RATES = """
[teacher]
tokens_per_second = 700
price_in  = 0.2
price_out = 0.9
[student]
parameters        = 4e9
lora_per_rank     = 2e6
tokens_per_second = 1000
[training]
flops_per_second = 1e15
utilisation      = 0.25
[machine]
usd_per_hour = 3
"""


@pytest.fixture(scope="module", autouse=True)
def _no_server() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in (*recipes.OVERRIDES, "OPENAI_BASE_URL", "OPENAI_API_KEY"):
            patch.delenv(name, raising=False)
        yield


def made(folder: Path, scale: str) -> Study:
    return create(folder / scale, "character", Given(1, scale=scale, constitution=read(CAPTAIN)))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """At the scale laptop: nothing in it needs a server. Read it, do not change it."""
    return made(tmp_path_factory.mktemp("house"), "laptop")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """At the scale paper, with the models of a server and of the hub, and with all rates stated."""
    monkeypatch.setenv("CHARACTER_TEACHER_URL", SERVER)
    study = made(tmp_path, "paper")
    (study.folder / speeds.FILE).write_text(RATES)
    return study


DOC = Path(__file__).parents[1] / "docs" / "character-at-scale.md"


def doc_row(scale: str, folder: Path) -> str:
    """A scale's row of the page's table, from the rates and the command that stand in the page."""
    page = DOC.read_text(encoding="utf-8")
    study = made(folder, scale)
    (study.folder / speeds.FILE).write_text(page.split("```toml\n")[1].split("```")[0])
    command = next(line for line in page.splitlines() if line.startswith("greenlight plan --set"))
    all_of = total(study, *re.findall(r"--set (\S+)", command))
    teacher, student, trained = all_of["teacher"], all_of["student"], all_of["training"]
    cells = [scale, *(foreseen.short(teacher[key]) for key in ("requests", "tokens_in", "tokens_out"))]
    cells += [foreseen.short(value) for value in (student["requests"], student["tokens_out"], trained["tokens"])]
    cells += [foreseen.short(trained["flops"])]
    cells += [f"{all_of['hours'][who]:.1f}" for who in ("teacher", "student", "training")]
    cells += [f"{all_of['usd'][who]:.2f}" for who in ("teacher", "machine", "all")]
    return f"| {' | '.join(cells)} |"


def planned(study: Study, *sets: str) -> CharacterPlan:
    plan = foresee(study, 1, sets)
    assert isinstance(plan, CharacterPlan)
    return plan


def total(study: Study, *sets: str) -> dict[str, Any]:
    return planned(study, *sets).outlay.total


# ---------------------------------------------------------------- scales


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_has_its_sizes(tmp_path: Path, scale: str) -> None:
    study = made(tmp_path, scale)
    recipe = study.character(1)
    asked = recipe.introspection
    assert study.card.scale == scale
    assert list(study.files()) == [1]
    assert (recipe.pairs.size, asked.reflections, asked.conversations) == SCALES[scale]
    assert recipe.persona == "captain"
    assert recipe.constitution.hash == read(CAPTAIN).hash


@pytest.mark.parametrize("scale", ["paper", "oct"])
def test_the_large_scales_have_the_papers_settings(tmp_path: Path, scale: str) -> None:
    recipe = made(tmp_path, scale).character(1)
    assert recipe.dpo == Dpo(beta=0.1, rank=64, alpha=128, lr=5e-5, warmup=0.1, batch=32, epochs=1, nll=0.1, kl=0.001)
    assert recipe.sft == Sft(rank=64, alpha=128, lr=5e-5, warmup=0.1, batch=32, epochs=1, max_length=4_096)


def test_smaller_scales_have_as_many_steps_as_paper(tmp_path: Path) -> None:
    steps = {
        scale: {one.stage: one.steps for one in planned(made(tmp_path, scale)).outlay.passes}
        for scale in ("quarter", "half", "paper")
    }
    assert steps["quarter"]["dpo"] == steps["half"]["dpo"] == steps["paper"]["dpo"] == 43
    assert abs(steps["quarter"]["sft"] / steps["paper"]["sft"] - 1) < 0.05


def test_every_scale_of_the_ready_study_loads_whole(tmp_path: Path) -> None:
    """With its own characters and all of its rounds, which are built on the first."""
    for scale in SCALES:
        study = create(tmp_path / scale, "character", Given(2, scale=scale))
        assert len(study.files()) == len(list((ready()["character"] / "rounds").glob("*.toml")))
        for number in study.files():
            assert study.character(number).pairs.size == SCALES[scale][0]


def test_a_server_gives_the_models_of_the_large_scales(served: Study) -> None:
    recipe = served.character(1)
    assert (recipe.teacher.use, recipe.student.use) == ("endpoint", "transformers")
    assert recipe.pairs.size == 1_500


def test_a_large_student_is_not_given_the_rates_of_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, house: Study
) -> None:
    small = house.character(1)
    monkeypatch.setenv("CHARACTER_TEACHER_URL", SERVER)
    large = made(tmp_path, "laptop").character(1)
    assert small.dpo.lr > 5e-5 == large.dpo.lr == large.sft.lr
    assert (small.draws.max_new, large.draws.max_new) == (96, 512)
    assert set(large.gates.each) == {*small.gates.each, "termination"}
    assert large.pairs == small.pairs


def test_a_server_without_a_model_is_named(house: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARACTER_TEACHER_URL", SERVER)
    with pytest.raises(RecipeError, match="set CHARACTER_TEACHER_MODEL"):
        house.character(1)


# ---------------------------------------------------------------- counts


def by_stage(told: Outlay) -> dict[tuple[str, str], float]:
    return {(one.stage, one.who): one.requests for one in told.asks}


def test_requests_are_those_of_the_recipe(served: Study) -> None:
    told = planned(served, "pairs.samples=2").outlay
    prompts, requests = 120, by_stage(planned(served, "pairs.samples=2").outlay)
    assert requests["smoke: pairs", "teacher"] + requests["pairs", "teacher"] == 2 * 1_500
    assert requests["smoke: pairs", "student"] + requests["pairs", "student"] == 2 * 1_500
    assert requests["smoke: reflections", "student"] == 40
    assert requests["smoke: conversations", "student"] == 4 * 6
    assert requests["reflections", "student"] == 10_000
    assert requests["conversations", "student"] == 2_000 * 6
    assert requests["check-up: base", "student"] == requests["check-up: prompted", "student"] == 3 * prompts
    assert requests["check-up: 3 tuned", "student"] == 3 * 3 * prompts, "merged in whole shares is SFT's model"
    assert requests["check-up: modes", "student"] == len(MODES) * prompts
    assert requests["check-up: turns, load", "student"] == 20 * (TURNS + 2)
    assert requests["check-up: classifier", "teacher"] == 2 * LISTENED
    assert told.total["judge"]["requests"] == 0


def test_sums_are_of_all_seeds_and_the_classifier_is_heard_once(served: Study) -> None:
    told = planned(served, "seeds=[1,2,3]").outlay
    once = sum(one.requests for one in told.asks if one.once)
    for who in ("teacher", "student"):
        mine = [one for one in told.asks if one.who == who]
        for key in ("requests", "tokens_in", "tokens_out", "at_most"):
            each = math.fsum(getattr(one, key) for one in mine if not one.once)
            whole = 3 * each + math.fsum(getattr(one, key) for one in mine if one.once)
            assert told.total[who][key] == pytest.approx(whole)
    assert once == 2 * LISTENED
    assert told.total["training"]["tokens"] == pytest.approx(3 * sum(one.tokens for one in told.passes))
    assert told.total["training"]["steps"] == 3 * sum(one.steps for one in told.passes)


def test_money_and_hours_add_up(served: Study) -> None:
    all_of = total(served)
    teacher, hours, usd = all_of["teacher"], all_of["hours"], all_of["usd"]
    assert teacher["hours"] == pytest.approx(teacher["tokens_out"] / 700 / 3_600)
    assert all_of["student"]["hours"] == pytest.approx(all_of["student"]["tokens_out"] / 1_000 / 3_600)
    assert all_of["training"]["hours"] == pytest.approx(all_of["training"]["flops"] / 0.25e15 / 3_600)
    assert hours["all"] == pytest.approx(hours["teacher"] + hours["student"] + hours["training"])
    assert usd["teacher"] == pytest.approx((teacher["tokens_in"] * 0.2 + teacher["tokens_out"] * 0.9) / 1e6)
    assert usd["machine"] == pytest.approx(3 * hours["all"])
    assert usd["all"] == pytest.approx(usd["teacher"] + usd["machine"])


def test_pairs_of_training_and_their_steps(served: Study) -> None:
    passes = {one.stage: one for one in planned(served).outlay.passes}
    dpo, sft = passes["dpo"], passes["sft"]
    assert (dpo.examples, dpo.held_out, dpo.steps) == (1_500, 150, math.ceil(1_350 / 32))
    assert (sft.examples, sft.held_out, sft.steps) == (14_000, 1_400, math.ceil(12_600 / 32)), "two views each"
    assert replace(passes["sft only"], stage="sft") == sft, "the control learns the same"
    assert "the student's lessons" not in passes, "somebody else's student is not trained from nothing"


@pytest.mark.parametrize(
    "change",
    [
        "pairs.size=1400",
        "pairs.samples=2",
        "introspection.reflections=9000",
        "introspection.conversations=1900",
        "introspection.turns=4",
        "draws.max_new=256",
        "checkup.samples=4",
        "checkup.sft_only=false",
        "checkup.sustained=10",
        "limits.smoke=false",
        "merge.dpo=0.5",
        "seeds=[1]",
        "dpo.epochs=2",
        "dpo.batch=16",
        "dpo.rank=0",
        "dpo.rank=8",
        "dpo.held_out=0.2",
        "dpo.recompute=true",
        "sft.epochs=2",
        "sft.batch=16",
        "sft.rank=0",
        "sft.held_out=0.2",
        "sft.recompute=true",
    ],
)
def test_every_count_of_the_recipe_changes_the_plan(served: Study, change: str) -> None:
    assert total(served, change) != total(served)


def test_a_study_that_is_as_small_as_a_smoke_run_has_none(tmp_path: Path) -> None:
    told = planned(made(tmp_path, "smoke")).outlay
    assert not any(one.stage.startswith("smoke") for one in (*told.asks, *told.passes))
    assert by_stage(told)["pairs", "teacher"] == 16


def test_operations_by_hand() -> None:
    n, a = 1_000.0, 10.0
    assert outlay.per_token(Sft(rank=0), n, a) == (6 * n, 2 * n)
    assert outlay.per_token(Sft(rank=4), n, a) == (4 * n + 6 * a, 2 * (n + a))
    assert outlay.per_token(Sft(rank=4, recompute=True), n, a)[0] == 4 * n + 6 * a + 2 * (n + a)
    assert outlay.per_token(Dpo(rank=4), n, a) == (4 * n + 6 * a + 2 * n, 2 * (n + a) + 2 * n)
    assert outlay.per_token(Dpo(rank=0), n, a) == (8 * n, 4 * n)


def test_longer_examples_than_fit_are_told(served: Study) -> None:
    assert planned(served).outlay.notes == ()
    (told,) = planned(served, "sft.max_length=1024").outlay.notes
    assert "raise sft.max_length" in told


# ---------------------------------------------------------------- what is known


def test_unknown_prices_stay_unknown(served: Study) -> None:
    (served.folder / speeds.FILE).write_text("[machine]\nusd_per_hour = 3\n")
    all_of = total(served)
    assert all_of["usd"] == {"teacher": None, "machine": None, "all": None}
    assert all_of["hours"] == {"teacher": None, "student": None, "training": None, "all": None}
    assert all_of["training"]["flops"] is None, "the size of a model that is not here is not guessed"
    text = planned(served).text()
    assert "USD: unknown (teacher unknown, machine unknown)" in text
    assert "FLOP unknown" in text


def test_one_price_alone_is_no_price(served: Study) -> None:
    (served.folder / speeds.FILE).write_text("[teacher]\nprice_in = 1\n")
    assert total(served)["usd"]["teacher"] is None


def test_the_recipes_price_goes_before_the_stated_one(served: Study) -> None:
    usd = total(served, "teacher.price_in=2", "teacher.price_out=9")["usd"]["teacher"]
    assert usd == pytest.approx(10 * total(served)["usd"]["teacher"])


def test_a_teacher_that_is_paid_by_the_hour(served: Study) -> None:
    rates = RATES.replace("price_in  = 0.2\nprice_out = 0.9", "usd_per_hour = 24")
    (served.folder / speeds.FILE).write_text(rates)
    all_of = total(served)
    assert all_of["usd"]["teacher"] == pytest.approx(24 * all_of["teacher"]["hours"])


def test_a_house_costs_no_money_but_its_hours(house: Study) -> None:
    all_of = total(house)
    assert all_of["usd"]["teacher"] == 0.0
    assert all_of["hours"]["teacher"] == 0.0
    assert all_of["hours"]["student"] is None
    passes = {one.stage: one for one in planned(house).outlay.passes}
    lessons = passes["the student's lessons"]
    assert lessons.flops == pytest.approx(
        6 * planned(house).outlay.figures["student.parameters"].value * lessons.tokens
    )


def test_training_by_tokens_a_second(served: Study) -> None:
    rates = RATES.replace("flops_per_second = 1e15\nutilisation      = 0.25", "tokens_per_second = 5000")
    (served.folder / speeds.FILE).write_text(rates)
    passes = {one.stage: one for one in planned(served).outlay.passes}
    each = outlay.per_token(Sft(), 4e9, 64 * 2e6)[0]
    assert passes["sft"].hours == pytest.approx(passes["sft"].flops / each / 5_000 / 3_600)
    assert passes["dpo"].hours > passes["dpo"].tokens / 5_000 / 3_600, "a reference pass takes time too"


def test_lengths_and_refusals_that_are_stated(served: Study) -> None:
    before = planned(served).outlay
    (served.folder / speeds.FILE).write_text(
        RATES.replace("[student]", "answer = 128\nusable = 0.5\n[student]") + "[text]\nshare = 0.25\n"
    )
    after = planned(served).outlay
    assert by_stage(after)["pairs", "teacher"] == 2 * by_stage(before)["pairs", "teacher"]
    assert after.figures["teacher.answer"].value == 128
    assert after.figures["turn.answer"].value == 0.25 * 512
    assert after.figures["turn.answer"].source.startswith("stated in rates.toml")
    assert before.figures["turn.answer"].source == "assumed: 50% of draws.max_new = 512"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[teacher]\nprice = 1", "unknown key 'teacher.price'; did you mean 'price_in'?"),
        ("[machines]\nusd_per_hour = 1", "unknown key 'machines'; did you mean 'machine'?"),
        ("[teacher]\nprice_in = -1", "teacher.price_in = -1"),
        ("[student]\nusable = 1.5", "student.usable = 1.5"),
        ("[student]\ntokens_per_second = 0", "student.tokens_per_second = 0"),
        ('[machine]\nusd_per_hour = "3 USD"', "machine.usd_per_hour = '3 USD'"),
        ("[machine]\nusd_per_hour = nan", "machine.usd_per_hour = nan"),
        ("[training]\nutilisation = 0.3", "flops_per_second and utilisation go together"),
        (
            "[training]\nutilisation = 0.3\nflops_per_second = 1e15\ntokens_per_second = 3",
            "state tokens_per_second, or flops_per_second with utilisation: not both",
        ),
        ("machine = 3", "machine = 3"),
        ("[teacher", "not valid TOML"),
    ],
)
def test_broken_rates_are_one_line(served: Study, text: str, said: str) -> None:
    (served.folder / speeds.FILE).write_text(text)
    with pytest.raises(RecipeError) as error:
        foresee(served, 1)
    assert said in str(error.value)
    assert "rates.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_rates_that_are_no_text_are_one_line(served: Study) -> None:
    (served.folder / speeds.FILE).write_bytes(b"\xff\xfe[teacher]")
    with pytest.raises(InputError, match=r"rates\.toml is not UTF-8"):
        foresee(served, 1)


def test_rates_of_another_file(served: Study, tmp_path: Path) -> None:
    other = tmp_path / "dear.toml"
    other.write_text(RATES.replace("usd_per_hour = 3", "usd_per_hour = 30"))
    plan = foresee(served, 1, (), other)
    assert isinstance(plan, CharacterPlan)
    assert plan.outlay.total["usd"]["machine"] == pytest.approx(10 * total(served)["usd"]["machine"])
    assert plan.outlay.figures["machine.usd_per_hour"].source == "stated in dear.toml"
    with pytest.raises(UserError, match="does not exist"):
        foresee(served, 1, (), tmp_path / "none.toml")


def test_a_students_folder_tells_its_size(served: Study, tmp_path: Path) -> None:
    folder = tmp_path / "student"
    folder.mkdir()
    tensors = {
        "model.embed_tokens.weight": (50, 8),
        "model.layers.0.self_attn.q_proj.weight": (16, 8),
        "model.layers.0.mlp.down_proj.weight": (8, 24),
        "model.norm.weight": (8,),
    }
    save_file({name: np.zeros(shape, np.float32) for name, shape in tensors.items()}, folder / "model.safetensors")
    (served.folder / speeds.FILE).unlink()
    figures = planned(served, f"student.model='{folder}'").outlay.figures
    assert figures["student.parameters"].value == 50 * 8 + 16 * 8 + 8 * 24 + 8
    assert figures["student.lora_per_rank"].value == (16 + 8) + (8 + 24)
    (folder / "model.safetensors").write_bytes(b"no model")
    assert planned(served, f"student.model='{folder}'").outlay.figures["student.parameters"].value is None


# ---------------------------------------------------------------- measured

YARD = Yard(120, (80.0, 1.5), 133, (160.0, 2.0))


def artifact(kind: str, **facts: Any) -> Artifact:
    return Artifact(kind=kind, fingerprint=fingerprint(kind), facts=facts)


def row(recipe: recipes.CharacterRecipe, voice: str = "the teacher") -> Round:
    """A round that ended well, with the facts that its stages write."""

    def side(chars: float, asked: int) -> dict[str, Any]:
        return {"chars": chars, "accounting": {"asked": asked}, "fingerprint": fingerprint(voice)}

    def part(kind: str, places: int, asked: int, chars: float) -> dict[str, Any]:
        return {"kind": kind, "places": places, "accounting": {"asked": asked}, "chars": chars}

    artifacts = {}
    for seed in recipe.seeds:
        artifacts |= {
            f"student-{seed}": artifact("student", seconds=100.0, parameters=900_000),
            f"pairs-{seed}": artifact("pairs", pairs=250, sides={"chosen": side(145, 500), "rejected": side(58, 250)}),
            f"introspection-{seed}": artifact(
                "introspection",
                parts=[part("reflections", 1_500, 2_000, 290), part("conversations", 150, 1_200, 174)],
            ),
            f"dpo-{seed}": artifact("dpo", seconds=50.0, resumed=None),
            f"sft-{seed}": artifact("sft", seconds=80.0, resumed=None),
            f"sft-only-{seed}": artifact("sft", seconds=70.0, resumed=None),
        }
    return Round(
        number=1,
        slug="x",
        status="done",
        seeds=recipe.seeds,
        recipe=recipe.data(),
        recipe_fingerprint=recipe.hash,
        yardstick="y",
        artifacts=artifacts,
        facts={"parameters": 900_000},
        machine={"cores": 2},
        seconds=900.0,
    )


def figures(recipe: recipes.CharacterRecipe, rows: list[Round], folder: Path) -> dict[str, speeds.Figure]:
    return foreseen.figures(recipe, rows, speeds.Stated().figures(""), YARD, stages.SMOKE, folder)


def test_what_a_round_measured_is_taken(house: Study, tmp_path: Path) -> None:
    recipe = house.character(1)
    found = figures(recipe, [row(recipe)], tmp_path)
    said = {name: figure.value for name, figure in found.items()}
    assert said["teacher.answer"] == pytest.approx(145 / 3.2)
    assert said["student.answer"] == pytest.approx(58 / 3.2)
    assert (said["teacher.usable"], said["student.usable"], said["reflection.usable"]) == (0.5, 1.0, 0.75)
    assert said["turn.usable"] == pytest.approx(150 * recipe.introspection.turns / 1_200)
    assert found["teacher.answer"].source == "measured in round 1"
    told = outlay.count(recipe, found, YARD, stages.SMOKE)
    flops = sum(one.flops or 0 for one in told.passes if one.stage in ("dpo", "sft", "sft only"))
    assert said["training.flops_per_second"] == pytest.approx(flops / 200)
    # two seeds side by side: 1,800 process seconds, of which 600 are training
    assert said["student.tokens_per_second"] == pytest.approx(told.total["student"]["tokens_out"] / 1_200)
    assert told.total["hours"]["all"] is not None


def test_what_was_measured_goes_before_what_is_stated(house: Study, tmp_path: Path) -> None:
    recipe = house.character(1)
    said = speeds.Stated.model_validate({"student": {"answer": 7, "tokens_per_second": 9}}).figures("r")
    assert foreseen.figures(recipe, [], said, YARD, stages.SMOKE, tmp_path)["student.answer"].value == 7
    found = foreseen.figures(recipe, [row(recipe)], said, YARD, stages.SMOKE, tmp_path)
    assert found["student.answer"].source == found["student.tokens_per_second"].source[:19] == "measured in round 1"


@pytest.mark.parametrize("change", ["student.layers=5", "draws.max_new=80"])
def test_another_student_or_other_draws_measured_nothing_of_this_ones_answers(
    house: Study, tmp_path: Path, change: str
) -> None:
    recipe = house.character(1)
    found = figures(house.character(1, (change,)), [row(recipe)], tmp_path)
    assert found["student.answer"].source.startswith("assumed")
    if change.startswith("student"):
        assert found["student.tokens_per_second"].value is None
        assert found["training.flops_per_second"].value is None


def test_a_run_that_went_on_tells_no_speed(house: Study, tmp_path: Path) -> None:
    recipe = house.character(1)
    before = row(recipe)
    facts = {"seconds": 5.0, "resumed": 40}
    after = {
        name: one.model_copy(update={"facts": facts}) if one.kind in ("dpo", "sft") else one
        for name, one in before.artifacts.items()
    }
    found = figures(recipe, [before.model_copy(update={"artifacts": after})], tmp_path)
    assert found["training.flops_per_second"].value is None


def test_a_servers_own_counts_and_speed(served: Study, tmp_path: Path) -> None:
    recipe = served.character(1)
    answers = [{"usage": {"completion_tokens": 200, "prompt_tokens": 90}, "seconds": 8.0} for _ in range(10)]
    lines = [
        json.dumps({"speaker": "t"}),
        *(json.dumps({"answer": one, "key": "k"}) for one in answers),
        '{"answer": {',
    ]
    name = fingerprint(fingerprint("the teacher"))[:16]
    (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    found = figures(recipe, [row(recipe)], tmp_path)
    assert found["teacher.answer"].value == 200
    assert found["teacher.tokens_per_second"].value == pytest.approx(200 / 8 * 16)
    assert found["student.answer"].source == "measured in round 1"
    other = replace(found["teacher.answer"], value=145 / 4.0, source="measured in round 1")
    assert figures(recipe, [row(recipe, "another")], tmp_path)["teacher.answer"] == other, "no record: characters"


def test_a_round_of_the_ledger_is_read_by_the_plan(tmp_path: Path) -> None:
    study = made(tmp_path, "mini")
    recipe = study.character(1)
    study.ledger.append("round", row(recipe).data())
    plan = planned(study)
    assert plan.done
    assert plan.minutes == pytest.approx(15)
    assert "done in 15.0 min" in plan.text()
    assert plan.outlay.figures["teacher.usable"].source == "measured in round 1"


# ---------------------------------------------------------------- what a person sees


@pytest.mark.parametrize("which", ["served", "house"])
def test_the_text_has_80_columns_and_the_data_are_whole(which: str, request: pytest.FixtureRequest) -> None:
    study = request.getfixturevalue(which)
    plan = planned(study)
    assert max(map(len, plan.text().splitlines())) <= 80
    data = json.loads(json.dumps(plan.data(), allow_nan=False))
    assert set(data["outlay"]) == {"seeds", "asks", "passes", "total", "figures", "notes"}
    assert data["recipe"] == study.character(1).data()
    for name, figure in data["outlay"]["figures"].items():
        assert figure["source"], name


def test_the_text_says_who_is_asked_and_what_is_assumed(served: Study) -> None:
    text = " ".join(planned(served).text().split())
    assert "teacher: Qwen/Qwen3-235B-A22B-Instruct-2507 behind a server; judge: none is asked" in text
    assert "assumed: 50% of draws.max_new = 512" in text
    assert "(4 G parameters)" in text


def test_a_control_says_what_changes(tmp_path: Path) -> None:
    study = create(tmp_path / "s", "character", Given(1))
    (study.folder / "rounds" / "09-more.toml").write_text('base = "round:1"\nagainst = "round:1"\npairs.size = 300\n')
    plan = foresee(study, 9)
    assert isinstance(plan, CharacterPlan)
    assert plan.factors == ("pairs.size",)
    assert "against round 1; changes pairs.size" in plan.text()


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "?"), (0, "0"), (7, "7"), (999.0, "999"), (1_000, "1 k"), (999_600, "1 M"), (4.022e9, "4.02 G")],
)
def test_numbers_in_short(value: float | None, said: str) -> None:
    assert foreseen.short(value) == said


@pytest.mark.parametrize("scale", ["quarter", "half", "paper", "oct"])
def test_the_page_has_what_plan_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scale: str) -> None:
    monkeypatch.setenv("CHARACTER_TEACHER_URL", SERVER)
    assert doc_row(scale, tmp_path) in DOC.read_text(encoding="utf-8")


def test_a_teacher_that_cannot_say_the_constitution_is_told_of_before_it_runs(tmp_path: Path) -> None:
    (tmp_path / "judge.txt").write_text("I weigh every word.\nI never raise my voice.\nI quote the law.\n")
    study = create(tmp_path / "s", "character", Given(1, scale="smoke", constitution=read(tmp_path / "judge.txt")))
    assert "it cannot run: the procedural teacher knows none of the 3 traits" in planned(study).text()
    served = planned(study, "teacher={ use = 'endpoint', model = 'm', base_url = 'http://127.0.0.1:9/v1' }")
    assert not stages.speechless(served.recipe)
    assert not stages.speechless(planned(made(tmp_path, "smoke")).recipe)
