"""Calibration: scorecards against what procedural voices are known to do, and the blend that is solved from them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_llm import KEY, Server, said, server  # noqa: F401  (a fixture)

from greenlight import blend, foreign, parts, weights
from greenlight.calibrate import Ask, calibrate, draws_of, foreseen, of_file
from greenlight.cli.main import guarded
from greenlight.create import create
from greenlight.errors import InputError, RecipeError, RoundError, StudyError
from greenlight.forecast import Wish, foretell, predicted
from greenlight.nouns import Score, Text
from greenlight.prices import Bounds
from greenlight.realised import _model_level, _model_slope, compare
from greenlight.recipe import Recipe, TextCorpus
from greenlight.report.publish import rendered
from greenlight.scorecard import Scorecard, load, path_of, save, stale
from greenlight.study import Study
from greenlight.write import write

VOICES = ("pebble", "brook", "meadow", "lantern")


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[Scorecard]]:
    """The green-light study with its four voices' scorecards; read it, do not change it."""
    study = create(tmp_path_factory.mktemp("calibrated") / "s", "green-light")
    return study, calibrate(study, study.recipe(1))


@pytest.fixture
def mine(calibrated: tuple[Study, list[Scorecard]], tmp_path: Path) -> Study:
    """A copy that may be changed."""
    return Study(Path(shutil.copytree(calibrated[0].folder, tmp_path / "s")))


def test_the_intervals_hold_what_the_voices_are_known_to_do(calibrated: tuple[Study, list[Scorecard]]) -> None:
    study, cards = calibrated
    corpus: Any = study.recipe(1).corpus
    truth = {name: parts.make("generators", name, {}).truth(corpus.brief) for name in VOICES}
    middle = np.mean([np.mean(truth[name]) for name in VOICES])
    assert [card.voice for card in cards] == list(VOICES)
    inside = []
    for card in cards:
        known, slope = truth[card.voice], (truth[card.voice][-1] - truth[card.voice][0]) / 4
        assert card.dial.slope.low <= slope <= card.dial.slope.high, card.voice  # type: ignore[operator]
        assert card.dial.offset.value == pytest.approx(np.mean(known) - middle, abs=0.25)
        inside += [f.low <= t <= f.high for f, t in zip(card.dial.means.values(), known, strict=True)]  # type: ignore[operator]
    assert sum(inside) >= 18, "of 20 intervals of 95 %"
    pebble, _, _, lantern = cards
    assert lantern.dial.auc.low > 0.9 > 0.75 > pebble.dial.auc.high > 0.5  # type: ignore[operator]
    assert lantern.dial.eta2.low > 0.8 > 0.3 > pebble.dial.eta2.high  # type: ignore[operator]


def test_a_card_tells_each_voices_own_faults(calibrated: tuple[Study, list[Scorecard]]) -> None:
    """``brook`` cuts stories off, ``meadow`` refuses, ``lantern`` writes markdown: by construction, now and then."""
    _, cards = calibrated
    pebble, brook, meadow, lantern = cards
    for card in cards:
        account = card.accounting
        assert account.asked == 60 == account.kept + sum(account.refused.values()) + account.failed
        assert card.form.words.n == 12
        assert card.money.asked == 0.0
        assert card.speed is not None
        assert card.speed.tokens_a_second is None
    assert (pebble.accounting.refused, brook.accounting.refused) == ({}, {"termination": 1})
    assert set(meadow.accounting.refused) == {"refusal"} <= set(meadow.screened.refuse)
    assert (lantern.form.artefacts["markdown"].value or 0) > 0.15 > 0.0 == pebble.form.artefacts["markdown"].value
    assert (meadow.form.outside_ascii.value or 0) > 0.0 == pebble.form.outside_ascii.value
    assert brook.form.cut.value == pytest.approx(1 / 60)
    assert min(card.sense["topic_recall"].low or 0 for card in cards) > 0.5


def test_nothing_is_asked_twice_and_a_round_takes_what_is_there(mine: Study) -> None:
    recipe = mine.recipe(1)
    corpus: Any = recipe.corpus
    before = {path.name: path.read_bytes() for path in (mine.store.folder / "answers").iterdir()}
    was = {name: load(mine.folder, name) for name in VOICES}
    again = calibrate(mine, recipe)
    assert {path.name: path.read_bytes() for path in (mine.store.folder / "answers").iterdir()} == before
    for card in again:
        assert card.model_copy(update={"date": ""}) == was[card.voice].model_copy(update={"date": ""})  # type: ignore[union-attr]
    assert all(one["requests"] == 0 for one in foreseen(mine, recipe, Ask()).values())
    more = foreseen(mine, recipe, Ask(topics=14, repeats=2, voices=("brook",)))
    assert more["brook"]["requests"] == 14 * 5 * 2 - 60, "fewer topics and repeats are among more"
    asked = {draw for card in again for draw in draws_of(card.grid, card.voice, 5)}
    planned = {draw for draw in blend.plan(corpus) if draw.topic in again[0].grid.topics}
    assert len(planned) >= 5
    assert planned <= asked


FAILING = '''
from dataclasses import dataclass
from greenlight.errors import VoiceError
from greenlight.nouns import Answer

@dataclass(frozen=True)
class Generator:
    """Refuses, or has no answer at every other level."""
    def say(self, draw, brief):
        if draw.level % 2:
            raise VoiceError("the line went dead")
        return Answer(text="I'm sorry, but I can't help with that request.", finish_reason="stop", model="m")

    def truth(self, brief):
        return
'''


def test_a_voice_that_only_fails_has_its_scorecard(
    mine: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calibration_voices").mkdir()
    (tmp_path / "calibration_voices" / "__init__.py").write_text("")
    (tmp_path / "calibration_voices" / "failing.py").write_text(FAILING)
    monkeypatch.syspath_prepend(str(tmp_path))
    sets = ('corpus.voices={brook={}, "a/b"={use="calibration_voices.failing"}}', "corpus.blend={brook=1.0}")
    brook, bad = calibrate(mine, mine.recipe(1, sets), Ask(topics=3))
    assert (brook.accounting.kept, bad.accounting.kept, bad.accounting.failed) == (15, 0, 9)
    assert bad.accounting.refused["refusal"] == 6
    assert bad.accepted.value == 0.0
    assert bad.dial.slope.value is bad.dial.auc.value is bad.form.words.value is bad.money.per_1000 is None
    assert "9 requests had no answer, the first: the line went dead" in bad.notes
    path = path_of(mine.folder, "a/b")
    assert path.parent == mine.folder / "scorecards"
    assert load(mine.folder, "a/b") == bad
    path.write_text(path.read_text()[:-40])
    with pytest.raises(StudyError, match="is no scorecard"):
        load(mine.folder, "a/b")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("corpus.voices={pebble={}, brook={high=5.0}, meadow={}, lantern={}}", "its settings changed: high"),
        ("corpus.brief.prompt='Write about {topic}.'", "the prompt changed"),
        ("corpus.clean=['ascii']", "the cleaning changed"),
        ("gates.each.length.min_chars=40", "the gates changed: length"),
        ("corpus.voices={pebble={}, brook={use='endpoint', model='m'}, meadow={}, lantern={}}", "the model is now m"),
        ("corpus.voices={brook={use='meadow'}, pebble={}, meadow={}, lantern={}}", "its code changed"),
    ],
)
def test_a_changed_voice_makes_its_card_stale(
    calibrated: tuple[Study, list[Scorecard]], monkeypatch: pytest.MonkeyPatch, change: str, why: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    study, cards = calibrated
    recipe = study.recipe(1, (change,))
    assert any(why in reason for reason in stale(cards[1], recipe)), stale(cards[1], recipe)
    assert stale(cards[1], study.recipe(1)) == stale(cards[1], study.recipe(1, ("corpus.size=500", "seeds=[9]"))) == []
    older = cards[0].model_copy(update={"made": cards[0].made.model_copy(update={"code": "0"})})
    assert stale(older, study.recipe(1)) == ["its code changed"]


def endpoint(study: Study, url: str, *more: str, **options: Any) -> Recipe:
    given = {"use": "endpoint", "model": "olmo-3-7b", "base_url": url, "parallel": 8, "retries": 0, "thinking": "leave"}
    given |= options
    table = ", ".join(f"{key}={json.dumps(value)}" for key, value in given.items())
    return study.recipe(1, (f"corpus.voices={{far={{{table}}}}}", "corpus.blend={far=1.0}", *more))


def test_a_voice_behind_a_server(mine: Study, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    story = (
        "Pia saw a green light by the gate. She ran to her mother and told her of it. They went to see it together. "
    )
    server.replies = [said("I can't help with that."), said(story * 2)]
    recipe = endpoint(mine, server.url, price_in=1.0, price_out=10.0)
    (card,) = calibrate(mine, recipe, Ask(topics=2))
    assert (card.accounting.asked, len(server.asked)) == (10, 10)
    assert card.answered_as == {"olmo-3-7b@q4": 10}
    assert (card.made.server, card.made.model) == (server.url, "olmo-3-7b")
    assert card.money.asked == pytest.approx(10 * (11 * 1 + 22 * 10) / 1e6)
    assert card.speed is not None
    assert card.speed.tokens_a_second == pytest.approx(220 / card.speed.seconds)
    assert "refusal" in card.accounting.refused
    assert card.form.duplicates.value == pytest.approx(1 - 1 / card.accounting.kept)
    assert KEY not in "".join(p.read_text() for p in mine.folder.rglob("*.json*"))
    assert stale(card, endpoint(mine, "http://127.0.0.1:9/v1", price_in=1.0, price_out=10.0)) == [
        f"the server is now http://127.0.0.1:9/v1, and was {server.url}"
    ]
    assert stale(card, endpoint(mine, server.url, price_in=1.0, price_out=10.0, model="other"))
    with pytest.raises(RoundError, match="the budget is used up"):
        calibrate(mine, recipe, Ask(topics=3, bounds=Bounds(usd=0.0)))
    unpriced = endpoint(mine, server.url)
    (card,) = calibrate(mine, unpriced, Ask(topics=2))
    assert card.money.asked is None
    assert "cost" not in json.dumps(foreseen(mine, unpriced, Ask(topics=2)))
    (ahead,) = foreseen(mine, recipe, Ask(topics=3)).values()
    assert (ahead["requests"], ahead["tokens"]) == (5, 5 * 33), "as those that are recorded"
    (ahead,) = foreseen(mine, endpoint(mine, server.url, max_tokens=50, price_out=1.0, price_in=0.0), Ask()).values()
    assert (ahead["tokens"], ahead["usd"]) == (None, None), "another voice, which has answered nothing"
    assert ahead["usd_most"] == pytest.approx((60 * 50) / 1e6)
    assert ahead["tokens_most"] > 60 * 50


# ---------------------------------------------------------------- the blend


def slowed(study: Study, **seconds: float) -> None:
    """Gives the cards speeds, in seconds a document."""
    for name, each in seconds.items():
        card = load(study.folder, name)
        assert card is not None
        assert card.speed is not None
        save(
            card.model_copy(
                update={"speed": card.speed.model_copy(update={"per_document": each, "per_1000": 4 * each})}
            ),
            study.folder,
        )


def test_the_blend_is_solved_within_the_hours_and_the_flat_voice_is_named(mine: Study) -> None:
    slowed(mine, pebble=1.0, brook=6.0, meadow=6.0, lantern=30.0)
    free = foretell(mine, 1, mine.recipe(1))
    assert max(free.solution.solved.weights, key=free.solution.solved.weights.__getitem__) == "lantern"
    assert free.solution.now.weights == {"pebble": 0.4, "brook": 0.25, "meadow": 0.25, "lantern": 0.1}
    (said,) = free.cautions
    assert (
        "pebble is the fastest (4 s for 1,000 accepted characters) and the cleanest (100% accepted), and flat" in said
    )
    assert free.forecast.blends["solved"].hours == pytest.approx((0.05 * (1 + 6 + 6) + 0.85 * 30) * 600 / 3600)
    hours = [point.hours or 0 for point in free.front]
    assert hours == sorted(hours)
    assert [point.aim for point in free.front] == sorted(point.aim for point in free.front)
    limited = foretell(mine, 1, mine.recipe(1), Wish(hours=4.0))
    assert limited.solution.solved.aim.value < free.solution.solved.aim.value
    assert 3.9 < (limited.forecast.blends["solved"].hours or 9) <= 4.0
    assert limited.forecast == predicted(mine)
    with pytest.raises(InputError, match="keeps the limits of time and money"):
        foretell(mine, 1, mine.recipe(1), Wish(hours=0.1))
    entries = [entry.body for entry in mine.ledger.entries("blend")]
    assert entries == [], "what the command keeps is kept by the command"


def test_no_mentions_below_none_are_foretold(mine: Study) -> None:
    found = foretell(mine, 1, mine.recipe(1), Wish(size=5)).forecast.blends["recipe"]
    lows = [level.low for level in found.corpus_dial]
    assert min(lows) == 0.0, "one topic is little: without the cut its lower end lies below"
    assert all(level.low <= level.value <= level.high for level in found.corpus_dial)


def test_no_blend_of_a_grid_within_limits_is_better() -> None:
    rng = np.random.default_rng(4)
    grid = np.array([row for row in np.indices((21,) * 4).reshape(4, -1).T if row.sum() == 20]) / 20
    for _ in range(40):
        costs, goal = rng.random((2, 4)) * 10, rng.normal(size=4)
        limits = [(cost, float(rng.uniform(cost.min() + 1, cost.max() + 1))) for cost in costs]
        corners = weights.vertices(4, 0.05, limits)
        here = grid[(grid.min(1) >= 0.05 - 1e-9) & np.all([grid @ cost <= most for cost, most in limits], axis=0)]
        assert np.allclose(corners.sum(1), 1)
        assert all((corners @ cost <= most + 1e-6).all() for cost, most in limits)
        if len(here):
            assert (corners @ goal).max() >= (here @ goal).max() - 1e-9
    assert len(weights.vertices(3, 0.1, [(np.ones(3), 0.5)])) == 0


def test_a_blend_needs_cards_that_hold(mine: Study) -> None:
    with pytest.raises(
        StudyError, match=r"pebble no longer holds: the gates changed: length: run greenlight calibrate"
    ):
        foretell(mine, 1, mine.recipe(1, ("gates.each.length.min_chars=40",)))
    path_of(mine.folder, "pebble").unlink()
    with pytest.raises(StudyError, match="the scorecard of pebble is missing"):
        foretell(mine, 1, mine.recipe(1))
    sets = ("corpus.blend={brook=0.5, meadow=0.5}",)
    found = foretell(mine, 1, mine.recipe(1, sets))
    assert any("pebble is left out: the scorecard of pebble is missing" in line for line in found.cautions)
    assert "lantern" in found.solution.solved.weights, "a voice of weight 0 may be chosen"
    for name in ("brook", "meadow"):
        card = load(mine.folder, name)
        assert card is not None
        save(card.model_copy(update={"speed": None}), mine.folder)
    with pytest.raises(RecipeError, match="--hours: how long brook, meadow takes is not known"):
        foretell(mine, 1, mine.recipe(1, sets), Wish(hours=1.0))
    shutil.rmtree(mine.store.folder / "answers")
    with pytest.raises(StudyError, match="are not all in the store"):
        foretell(mine, 1, mine.recipe(1, sets))


def test_the_prediction_is_compared_with_the_corpus_that_came(mine: Study, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StudyError, match="has no prediction"):
        compare(mine, 1)
    assert guarded(["blend", str(mine.folder), "1", "--calibrated", "--size", "200", "--floor", "0.2"]) == 0
    *page, last = capsys.readouterr().out.splitlines()
    assert max(map(len, page)) <= 80
    assert [entry.body["source"] for entry in mine.ledger.entries("blend")] == ["calibration"]
    lines = ["base = 'round:1'", "question = 'Does it hold?'", "[corpus]", last, "size = 200"]
    (mine.folder / "rounds" / "05-solved.toml").write_text("\n".join(lines))
    recipe = mine.recipe(5)
    corpus: Any = recipe.corpus
    with pytest.raises(StudyError, match="round 5 has written no corpus"):
        compare(mine, 5)
    write(corpus, recipe.gates.each, blend.plan(corpus), mine.store, mine.store.watch)
    found = compare(mine, 5)
    assert (found.blend, found.documents, found.size) == ("solved", 200, 200)
    assert [line.name for line in found.lines] == ["L1", "L2", "L3", "L4", "L5", "slope"]
    assert sum(bool(line.inside) for line in found.lines) >= 5
    assert found.cautions == ("the set gates have not seen this corpus yet",)
    with pytest.raises(RecipeError, match="round 2 has another blend than was foretold"):
        compare(mine, 2)
    assert guarded(["blend", str(mine.folder), "5", "--check"]) == 0
    out = capsys.readouterr().out
    assert "figures of the corpus (200 documents) lie inside what was foretold" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    assert guarded(["blend", str(mine.folder), "5", "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found.data()


def test_the_solved_blend_becomes_a_round_against_another(mine: Study, capsys: pytest.CaptureFixture[str]) -> None:
    before, folder = set(mine.files()), str(mine.folder)
    words = ["blend", folder, "1", "--calibrated", "--size", "200", "--floor", "0.2", "--json"]
    assert guarded([*words, "--against", "99"]) == 1
    assert "there is no round 99" in capsys.readouterr().err
    assert set(mine.files()) == before
    assert not list(mine.ledger.entries("blend"))
    assert guarded([*words, "--against", "1", "--against", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    first, second = (mine.recipe(number) for number in sorted(set(mine.files()) - before))
    assert [Path(path).name[3:] for path in told["wrote"]] == ["solved-against-1.toml", "solved-against-2.toml"]
    assert (first.against_number, second.against_number) == (1, 2)
    corpus: Any = first.corpus
    assert corpus.blend == {voice: share for voice, share in told["solved"]["weights"].items() if share}
    assert (corpus.size, first.train) == (200, mine.recipe(1).train)
    assert guarded([*words, "--against", "1"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["wrote"], again["already_there"]) == ([], told["wrote"][:1])
    assert guarded(["blend", folder, "1", "--check", "--against", "1"]) == 2
    assert guarded(["blend", "--corpus", "x.txt", "--against", "1"]) == 2


def test_the_models_dial_stands_beside_it() -> None:
    facts = {str(seed): {"levels": {"1": {"mean": 1.0 + seed}, "2": {"mean": None}}} for seed in (0, 1)}
    score = Score(
        metric="dial.slope",
        unit="mentions per level",
        better="higher",
        seeds=(0, 1),
        blocks=("a", "b", "c"),
        values=((1.0, 1.1, 1.2), (0.9, 1.2, 1.0)),
        weights=(1.0, 1.0, 1.0),
        yardstick="",
        settings={},
        facts=facts,
    )
    assert (_model_level(score, 1).value, _model_level(score, 2).value) == (1.5, None)
    slope = _model_slope(score)
    assert slope.value == pytest.approx(score.value)
    assert slope.low < score.value < slope.high  # type: ignore[operator]
    one = score.model_copy(update={"seeds": (0,), "values": score.values[:1]})
    assert _model_slope(one).low is not None
    assert _model_slope(None).value is None


# ---------------------------------------------------------------- the command, and real writers


def test_the_command(mine: Study, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["calibrate", str(mine.folder), "1"]
    before = sorted(mine.folder.rglob("*"))
    assert guarded([*call, "--dry-run", "--topics", "13"]) == 0
    assert "tokens" in capsys.readouterr().out
    assert guarded([*call, "--dry-run", "--topics", "13", "--json"]) == 0
    assert {one["requests"] for one in json.loads(capsys.readouterr().out)["expected"].values()} == {5}
    assert sorted(mine.folder.rglob("*")) == before
    assert guarded(call) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert all(name in out for name in VOICES)
    assert guarded([*call, "--voices", "brook,lantern", "--json"]) == 0
    assert [card["voice"] for card in json.loads(capsys.readouterr().out)["cards"]] == ["brook", "lantern"]
    for wrong, code, what in (
        ([*call, "--voices", "brok"], 2, "the round has no such voice; did you mean 'brook'?"),
        ([*call, "--pattern", "x"], 2, "belong to --corpus"),
        ([*call, "2"], 2, "name one"),
        (["calibrate", "--corpus", "x.txt"], 2, "with --pattern"),
        (["blend", str(mine.folder), "1"], 2, "stand with --calibrated"),
        (["blend", str(mine.folder), "1", "--check", "--calibrated"], 2, "each by itself"),
        (["blend", str(mine.folder), "9", "--calibrated"], 1, "there is no round 9"),
    ):
        assert guarded(wrong) == code
        error = capsys.readouterr().err
        assert what in error
        assert error.count("\n") == 1
    recipe = mine.recipe(1).model_copy(update={"corpus": TextCorpus()})
    with pytest.raises(RecipeError, match="which nobody wrote for it"):
        calibrate(mine, recipe)


def few(samples: Sequence[Text], topics: int) -> list[Text]:
    """The stories of some topics of each writer."""
    by_voice: dict[str, dict[str, None]] = {}
    for s in samples:
        by_voice.setdefault(s.made.voice, {})[s.made.topic] = None
    kept = {(voice, topic) for voice, own in by_voice.items() for topic in list(own)[:topics]}
    return [s for s in samples if (s.made.voice, s.made.topic) in kept]


def test_the_real_writers_have_scorecards(shared: Path) -> None:
    read = foreign.read(shared / "data/green-light/mixture.txt")
    cards = of_file(few(read.samples, 25), "green light", read.facts)
    slopes = {card.voice.rpartition("/")[2].partition("-")[0]: card.dial.slope for card in cards}
    assert list(slopes) == ["gemma", "granite", "ministral", "olmo"]
    assert slopes["granite"].high < 0.8 < slopes["olmo"].low < slopes["olmo"].high < slopes["gemma"].low  # type: ignore[operator]
    for card in cards:
        assert card.accounting.kept == card.accounting.asked == 125
        assert all(level.low < level.value < level.high for level in card.dial.means.values())  # type: ignore[operator]
        assert card.speed is card.money.asked is None
        assert (card.screened.clean.value or 0) > 0.95
    assert cards[0].dial.offset.low > 3  # type: ignore[operator]
    assert sum(card.dial.offset.value or 0 for card in cards) == pytest.approx(0, abs=1e-9)


def test_the_report_shows_the_cards_and_which_no_longer_hold(mine: Study) -> None:
    (mine.folder / "scorecards" / "torn.json").write_text("{")
    recipe = next((mine.folder / "rounds").glob("01-*.toml"))
    pages = rendered(Study(mine.folder))
    for name in ("reports/report.md", "reports/report.html"):
        for voice in mine.recipe(1).corpus.voices:  # type: ignore[union-attr]
            assert voice in pages[name].partition("Scorecards")[2]
        assert "is no scorecard" in pages[name]
    assert pages["reports/report.md"].count("| yes |") == len(mine.recipe(1).corpus.voices)  # type: ignore[union-attr]
    recipe.write_text(recipe.read_text().replace("[gates.each]", "[gates.each]\nchannel = {}", 1))
    assert "no: the gates changed: channel" in rendered(Study(mine.folder))["reports/report.md"]
    shutil.rmtree(mine.folder / "scorecards")
    assert "Scorecards" not in rendered(Study(mine.folder))["reports/report.md"]
