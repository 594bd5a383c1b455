"""Mistakes that studies have made and believed: each is made impossible, or named where it happens.

One test each, end to end, through the command line or what it calls: rounds are really run, on small studies.
"""

from __future__ import annotations

import json
import shutil
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import made
from made_texts import kept_of, plain, prose, samples_of

from greenlight import blend, blocks, corpus, factors, judge, kinship
from greenlight.chain import START, seal
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.errors import RoundError
from greenlight.inquiry.diagnose import diagnose
from greenlight.judge import remeasure
from greenlight.metrics.dial import readings
from greenlight.progress import SILENT
from greenlight.recipe import VoicesCorpus
from greenlight.report.publish import limits
from greenlight.round import run_round
from greenlight.screen import screen
from greenlight.study import Study
from greenlight.verdict import decide
from greenlight.write import write

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The green-light study, very small: rounds 1 and 2 (blend and size at once), three seeds; tests copy it."""
    study = made(tmp_path_factory.mktemp("ran") / "study")
    changes = {
        "steps  = 50": "steps  = 8\nthreads = 1",
        "dial = { max_truncation = 1.0, topics = 8 }\n": "",
        'metric = "dial.slope"\nby     = 0.1': 'metric = "bpc"',
    }
    path = study.file(1)
    text = path.read_text()
    for large, little in changes.items():
        assert large in text
        text = text.replace(large, little)
    path.write_text(text)
    for number in (1, 2):
        assert run_round(number, study, SOLO).status == "done"
    return study


@pytest.fixture
def copy(ran: Study, tmp_path: Path) -> Study:
    return Study(Path(shutil.copytree(ran.folder, tmp_path / "study")))


def resealed(study: Study, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Puts other values into the rows of a ledger, under a chain that holds: what a person with an editor can do."""
    lines, previous = [], START
    for line in study.ledger.path.read_bytes().splitlines():
        row = json.loads(line)
        if row["kind"] == "round":
            row["body"] |= changes.get(row["body"]["number"], {})
        del row["hash"]
        previous, sealed = seal({**row, "previous": previous})
        lines.append(sealed)
    study.ledger.path.write_bytes(b"".join(lines))


def without_weights(study: Study) -> None:
    for folder in study.store.folder.glob("model-*"):
        shutil.rmtree(folder)


# ---------------------------------------------------------------- how it is measured


def test_a_window_that_runs_into_the_next_document(tmp_path: Path, capsys: Capture) -> None:
    """Whole documents are counted; the window is a legacy rule by name, and says what it counts and hides."""
    path = tmp_path / "corpus.jsonl"
    rows = [
        {
            "control": f"[level={level}] green light\n",
            "body": " ".join(["Nothing else."] * 3 * level + ["A green light."] * level) + "\n",
            "topic": f"topic {topic}",
            "level": level,
            "voice": "oak",
        }
        for topic in range(30)
        for level in (1, 2, 3)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dial = ["dial", "--corpus", str(path), "--pattern", "green light", "--json"]
    assert guarded(dial) == 2
    assert "stands in the control line" in capsys.readouterr().err, "such a pattern counts itself, and is refused"
    assert guarded([*dial, "--window", "100"]) == 0, "but for the rule that counts there, which is asked for by name"
    found = json.loads(capsys.readouterr().out)
    assert [level["mean"] for level in found["all"].values()] == [1.0, 2.0, 3.0], "a story's own, whatever its length"
    assert found["slope"]["mean"] == pytest.approx(1.0), "the legacy rule stands beside the count, not in its place"
    assert guarded(["selftest", "dial.slope", str(path), "--pattern", "green light", "--window", "100", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "blind"
    assert told["hides"]["1"]["control"] > 0, "the next document's control line was counted"
    assert told["hides"]["3"]["hidden"] > 0, "mentions beyond the window were not"
    assert "stories end inside the window of 100 characters" in told["blind"]


def test_rounds_scored_with_other_settings_or_other_counts(copy: Study) -> None:
    """With its weights, the earlier round is measured again; without, another setting makes the verdict invalid."""
    control = copy.round(1)
    score = control.scores["bpc"]
    other = score.model_copy(update={"settings": {**score.settings, "rule": "block"}})
    fewer = score.model_copy(
        update={
            "blocks": score.blocks[:5],
            "values": tuple(row[:5] for row in score.values),
            "weights": score.weights[:5],
        }
    )
    changed = {
        "measuring settings differ: rule is strided here and block in round 1": other,
        "the topics differ (8 here, 5 in round 1; ": fewer,
    }
    recipe, second = copy.recipe(2), copy.round(2)
    for stored in changed.values():
        forged = control.model_copy(update={"scores": {**control.scores, "bpc": stored}})
        verdict = judge.judge(second, forged, recipe, copy, SOLO)
        assert verdict.outcome != "invalid", "with weights both are measured now, alike"
    without_weights(copy)
    for said, stored in changed.items():
        forged = control.model_copy(update={"scores": {**control.scores, "bpc": stored}})
        verdict = judge.judge(second, forged, recipe, copy, SOLO)
        assert verdict.outcome == "invalid"
        assert said in verdict.sentence


def test_a_score_that_is_carried_over_from_other_models(copy: Study, capsys: Capture) -> None:
    control, second = copy.round(1), copy.round(2)
    recipe, parts = copy.recipe(2), judge.parts_of(control)
    stolen = control.model_copy(update={"scores": second.scores})
    found = remeasure(stolen, ["bpc"], parts, recipe, copy, SOLO)
    assert found["bpc"].values == control.scores["bpc"].values, "its own models were measured"
    without_weights(copy)
    kept = remeasure(control, ["bpc"], parts, recipe, copy, SOLO)
    assert kept["bpc"] == control.scores["bpc"], "a stored score of its own models stands"
    readings_of_other = {k: a for k, a in second.artifacts.items() if k.startswith("score-")}
    taken = stolen.model_copy(update={"artifacts": control.artifacts | readings_of_other})
    with pytest.raises(RoundError, match=r"carried over: seed \d+ was measured on another model"):
        remeasure(taken, ["bpc"], parts, recipe, copy, SOLO)
    moved = control.model_copy(update={"yardstick": "another", "scores": control.scores})
    with pytest.raises(RoundError, match="other seeds or another yardstick"):
        remeasure(moved, ["bpc"], parts, recipe, copy, SOLO)
    resealed(
        copy,
        {
            1: {
                "scores": second.data()["scores"],
                "artifacts": {k: a.data() for k, a in taken.artifacts.items()},
            }
        },
    )
    assert guarded(["compare", "1", "2", "--study", str(copy.folder)]) == 1
    assert "round 1's score of bpc was carried over" in capsys.readouterr().err


def test_a_rate_over_the_samples_that_answered(copy: Study) -> None:
    """A place without an answer counts as an unfinished document: the dial has no denominator to choose."""
    topics, levels = tuple(f"topic {i}" for i in range(8)), [1, 2, 3]
    text = "green light. " * 2
    rows = [
        {"topic": t, "level": n, "control": "", "text": text * n, "finished": True, "mentions": 2 * n}
        for t in topics
        for n in levels
    ]
    whole = {r.metric: r for r in readings(rows, topics, levels, 0.05)}
    assert whole["dial.slope"].values == (2.0,) * 8
    assert "invalid" not in whole["dial.slope"].facts
    some = {r.metric: r for r in readings(rows[:-6], topics, levels, 0.05)}
    assert some["dial.slope"].blocks == topics, "every topic that was asked for is in the denominator"
    assert "6 of 24" in some["dial.slope"].facts["invalid"]


# ---------------------------------------------------------------- what differed


def test_blend_and_size_at_once(copy: Study, capsys: Capture) -> None:
    verdict = judge.judge(copy.round(2), copy.round(1), copy.recipe(2), copy, SOLO)
    assert verdict.factors.name == "package of 2 (corpus.size, corpus.blend)"
    assert verdict.sentence.endswith("What differed: package of 2 (corpus.size, corpus.blend).")
    for number in (3, 4):
        copy.file(number).unlink()
    capsys.readouterr()
    assert guarded(["compare", "1", "2", "--study", str(copy.folder), "--write"]) in (0, 3)
    shown = " ".join(capsys.readouterr().out.split())
    assert "because" not in shown
    for key in ("corpus.size", "corpus.blend"):
        assert f"change {key} alone, all else as in round 1" in shown
    assert [len(factors.written(copy.round(1).recipe, copy.recipe(number).data())) for number in (3, 4)] == [1, 1]


def test_a_control_that_lacks_the_tested_works(collection: Study, capsys: Capture) -> None:
    """The test is cut out of a work whose rest is trained on; a control of the other works is another question."""
    work = "THE TRAGEDY OF THE LAMP"
    assert collection.yardstick.facts["works_left_out"] is False
    text = (collection.folder / "text" / "source.txt").read_text()
    first, end = text.index(work), text.index("THE HISTORY OF THE KEY")
    recipe = collection.recipe(1)
    rows = []
    for number, part in ((1, text[:first]), (2, text)):
        spans = collection.yardstick.training_spans
        bodies = [part[a : min(b, len(part))] for a, b in spans if a < len(part)]
        kept = kept_of(collection, bodies)
        found = kinship.facts(recipe, collection, kept)
        facts = {"corpus_characters": sum(map(len, bodies)), **found}
        rows.append(plain(number, facts, recipe.data() | {"train": recipe.data()["train"] | {"lr": 0.01 * number}}))
    inside = sum(max(0, min(b, end) - max(a, first)) for a, b in collection.yardstick.training_spans)
    assert rows[0].facts["tested_works"] == {work: 0}
    assert rows[1].facts["tested_works"] == {work: inside}
    table = factors.compare(*rows, [])
    told = {c.key: (c.before, c.after) for c in table.consequences}
    assert told[f"tested_works.{work}"] == (0, inside)
    (caution,) = factors.cautions(*rows, table)
    assert f"round 2's training text holds {inside:,} characters of the works that the test is cut from" in caution
    assert "round 1's none" in caution
    assert factors.cautions(rows[0], rows[0], factors.compare(rows[0], rows[0], [])) == ()


def test_more_of_the_tested_work_and_a_rate_that_did_not_fall(collection: Study, capsys: Capture) -> None:
    """Both are consequences of what was written, and a verdict says them beside its sentence."""
    rounds = {1: (), 2: ("corpus.share=1.0", 'against="round:1"'), 3: ("train.decay=0.0", 'against="round:1"')}
    rows = {number: run_round(number, collection, SOLO, (*LADDER, *sets)) for number, sets in rounds.items()}
    more, rate = rows[2].verdict, rows[3].verdict
    assert more is not None
    assert rate is not None
    names = {c.key: c.follows_from for c in more.factors.consequences}
    assert names["tested_works.THE TRAGEDY OF THE LAMP"] == "corpus.share"
    assert any("of the works that the test is cut from" in line for line in more.cautions)
    assert not any("learning rate" in line for line in more.cautions)
    assert [(c.key, c.follows_from) for c in rate.factors.consequences] == [("lr_at_kept", "train.decay")]
    assert [line.split(" was ")[0] for line in rate.cautions] == ["the learning rate at the kept checkpoint"]
    capsys.readouterr()
    guarded(["compare", "1", "3", "--study", str(collection.folder)])
    shown = " ".join(capsys.readouterr().out.split())
    assert "caution: the learning rate at the kept checkpoint was" in shown
    assert "lr_at_kept" in shown


def test_the_best_of_several_as_control(copy: Study) -> None:
    """A control that was chosen for its record is, in part, lucky; the first of a line was not chosen."""
    rows = [copy.round(1), copy.round(2)]
    score = rows[0].scores["bpc"]
    for number, gain in ((3, 0.9), (4, 0.8)):
        values = tuple(tuple(v - gain for v in seed) for seed in score.values)
        better = {"bpc": score.model_copy(update={"values": values})}
        rows.append(rows[1].model_copy(update={"number": number, "scores": better}))
    (caution,) = judge.cautions(rows[2], "bpc", rows)
    assert "round 3 is the best of 4 rounds, so part of its record is luck" in caution
    assert judge.cautions(rows[3], "bpc", rows) == ()
    assert judge.cautions(rows[0], "bpc", rows[:2]) == ()
    table = factors.compare(rows[2], rows[3], rows)
    verdict = decide(
        rows[3].scores["bpc"],
        rows[2].scores["bpc"],
        copy.recipe(2).keep_if,
        table,
        3,
        judge.Beside(cautions=(caution,)),
    )
    assert verdict.cautions == (caution,)


# ---------------------------------------------------------------- what validation is


class Heard:
    """A watch that remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def bar(self, label: str, total: float, unit: str) -> Any:
        return SILENT.bar(label, total, unit)

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_validation_of_another_genre_than_the_test(tmp_path: Path) -> None:
    code = "".join(path.read_text() for path in sorted(Path(corpus.__file__).parent.glob("*.py")))
    story = prose(1, 140_000)
    # the test is cut from 45 % on, in prose; all around it is code
    made_of = code[:120_000] + "\n\n" + story[:60_000] + "\n\n" + code[120_000:240_000]
    study = create(tmp_path / "s", "bpc-ladder", Given(text=made_of))
    heard = Heard()
    row = run_round(1, Study(study.folder, heard), SOLO, (*LADDER, "corpus.share=1.0", "train.val_share=0.2"))
    assert row.status == "done"
    warning = row.facts["genre"]["warning"]
    assert warning.startswith("validation looks like another genre than the test: they share ")
    assert any(line.strip() == f"warning: {warning}" for line in heard.lines)
    assert any(warning in line for line in limits([row]))
    assert any(warning in line for line in diagnose(row, Study(study.folder)).not_shown)


def test_genres_that_are_told_apart_and_those_that_are_not(shared: Path) -> None:
    tiny = (shared / "data" / "shakespeare" / "tiny.txt").read_text()
    held, rest = tiny[500_000:555_000], tiny[:498_000] + tiny[557_000:]
    middle = len(rest) // 2
    halves = rest[:middle], rest[middle:]
    val = "".join(rest[at : at + 5_000] for at in range(0, len(rest), 50_000))
    assert kinship.compared(*halves, val, held)["warning"] == ""
    turned = str.maketrans(string.ascii_letters, string.ascii_lowercase[7:] + string.ascii_letters[:7] + "A" * 26)
    others = {
        "code": "".join(path.read_text() for path in sorted(Path(corpus.__file__).parent.glob("*.py"))),
        "stories": (shared / "data" / "green-light" / "mixture.txt").read_text(),
        "another language": val.translate(turned),
        "one line again and again": "To be, or not to be.\n" * 3_000,
    }
    for name, other in others.items():
        assert "another genre" in kinship.compared(*halves, other, held)["warning"], name
    assert kinship.compared(*halves, val[:4_000], held) == {}, "too little to say anything"


def test_the_ready_studies_are_of_one_genre(tmp_path: Path, shared: Path) -> None:
    demo = create(tmp_path / "demo", "green-light")
    for number in (1, 2):
        recipe = demo.recipe(number)
        assert isinstance(recipe.corpus, VoicesCorpus)
        found = write(recipe.corpus, recipe.gates.each, blend.plan(recipe.corpus), demo.store, SILENT)
        kept = screen({}, found, recipe.corpus.brief, demo.yardstick, demo.store)
        genre = kinship.facts(recipe, demo, kept)["genre"]
        assert genre["warning"] == "", number
        assert genre["sample"] > 10_000
    text = (shared / "data" / "shakespeare" / "large.txt").read_text()
    ladder = create(tmp_path / "ladder", "bpc-ladder", Given(text=text))
    for number in (1, 2):
        recipe = ladder.recipe(number)
        taken = blocks.cut(recipe.corpus, ladder.folder, ladder.yardstick, ladder.store)  # type: ignore[arg-type]
        genre = kinship.facts(recipe, ladder, kept_of(ladder, [s.body for s in samples_of(ladder, taken)]))["genre"]
        assert genre["warning"] == "", number


# ---------------------------------------------------------------- texts for the above

LADDER = (
    "train.steps=20",
    "train.evals=2",
    "train.batch=2",
    "train.threads=1",
    'train.keep="last"',
    'train.precision="fp32"',
    "model.layers=1",
    "model.width=32",
    "model.heads=1",
    "model.context=64",
    'tokenizer.use="byte"',
    "corpus.block_chars=5000",
    "corpus.share=0.25",
    "seeds=[1]",
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A text of three works; the middle one is so long that leaving it out would leave too little, so it stays."""
    works = {"THE COMEDY OF THE DOOR": 30_000, "THE TRAGEDY OF THE LAMP": 130_000, "THE HISTORY OF THE KEY": 20_000}
    text = "".join(f"{title}\n\n{prose(n, size)}" for n, (title, size) in enumerate(works.items()))
    study = create(tmp_path_factory.mktemp("collection") / "s", "bpc-ladder", Given(text=text))
    study.file(3).write_text('base = "round:1"\nagainst = "round:1"\n')
    return study
