"""The BPC ladder: every row loads and plans in both scales, changes what it says, and runs on a foreign vocabulary."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from made_texts import plain, prose
from made_vocabularies import MERGES, names, write_vocabulary
from refusals import Capture, refused

from greenlight import vocabulary
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.factors import compare
from greenlight.gpt.player import open_player
from greenlight.plan import foresee
from greenlight.round import run_round
from greenlight.study import Study

MODERN = ("model.norm", "model.position", "model.bias")
MANY = (*MERGES, *(f"{one} {two}" for one in "bcdfgkmps" for two in "aeiou"))
"""So many that the vocabulary is larger than that of the text's characters, as GPT-2's is."""
ROWS = {
    1: (None, ()),
    2: (1, ("corpus.share",)),
    3: (2, MODERN),
    4: (2, ("model.norm",)),
    5: (2, ("model.position",)),
    6: (2, ("model.bias",)),
    7: (3, ("model.layout",)),
    8: (3, ("tokenizer.use",)),
    9: (3, ("tokenizer.use",)),
    10: (3, ("tokenizer.use",)),
    11: (10, ("model.dropout", "train.steps")),
    12: (8, ("model.dropout",)),
    13: (12, ("train.muon_lr",)),
    14: (13, ("model.layout",)),
    15: (14, ("model.context", "train.batch")),
    16: (11, ("tokenizer.use", "model.layout", "model.dropout", "train.muon_lr")),
}
"""The round that each row is against, and what it changes."""
TINY = (
    *("model.layers=2", "model.width=32", "model.heads=1", "model.context=32", "model.dropout=0.0", "seeds=[1]"),
    *("train.steps=6", "train.evals=1", "train.batch=2", "train.warmup=1", "train.precision='fp32'", "train.threads=1"),
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("ladder")
    given = Given(text=prose(1, 120_000), vocabulary=vocabulary.read(write_vocabulary(folder / "vocabulary", MANY)))
    for scale in ("laptop", "paper"):
        create(folder / scale, "bpc-ladder", Given(text=given.text, scale=scale, vocabulary=given.vocabulary))
    return {scale: folder / scale for scale in ("laptop", "paper")}


@pytest.mark.parametrize("scale", ["laptop", "paper"])
def test_every_row_plans(folders: dict[str, Path], scale: str) -> None:
    study = Study(folders[scale])
    assert study.card.scale == scale
    plans = {number: foresee(study, number) for number in study.files()}
    assert {number: (p.against, p.factors) for number, p in plans.items()} == ROWS
    recipes = {number: study.recipe(number) for number in plans}
    assert all(r.train.keep == "best" and len(r.seeds) == 3 for r in recipes.values())
    assert {number for number, r in recipes.items() if r.train.muon_lr} == {13, 14, 15, 16}, (
        "the document's rows have none"
    )
    tokens = {n: (r.train.steps or 0) * r.train.batch * r.model.context for n, r in recipes.items()}
    assert set(tokens.values()) == {tokens[10], 2 * tokens[10]}
    assert {n for n in tokens if tokens[n] == tokens[11] == 2 * tokens[10]} == {11, 16}, (
        "the champion's, and its rival's"
    )
    assert (recipes[10].model.dropout, recipes[11].model.dropout) == (0.2, 0.3)
    assert [recipes[n].tokenizer.vocab for n in (8, 9, 10)] == [1024, 4096, len(names(MANY)) + 2]
    assert "a package of 3" in plans[3].text()
    assert all(len(line) <= 80 for line in plans[10].text().split("\n\n")[0].splitlines())


def test_the_papers_sizes(folders: dict[str, Path]) -> None:
    study = Study(folders["paper"])
    model, train = study.recipe(1).model, study.recipe(1).train
    assert (model.layers, model.heads, model.width, model.context) == (6, 6, 384, 256)
    assert (train.batch, train.steps, train.lr) == (64, 2000, 0.001)
    assert study.recipe(11).train.steps == 4000
    assert 10.6e6 < foresee(study, 2).parameters < 10.9e6, "about 10.7 M, as the document has"
    assert 1.3e6 < foresee(Study(folders["laptop"]), 2).parameters < 1.6e6, "minutes on two cores"


def test_a_vocabulary_from_outside_end_to_end(folders: dict[str, Path], tmp_path: Path) -> None:
    study = Study(Path(shutil.copytree(folders["laptop"], tmp_path / "s")))
    for number, base in ((21, 3), (22, 10)):
        against = '\nagainst = "round:21"' if number == 22 else ""
        (study.folder / "rounds" / f"{number}-tiny.toml").write_text(f'base = "round:{base}"{against}\n')
    control, row = (run_round(number, study, SOLO, TINY) for number in (21, 22))
    assert (control.status, row.status) == ("done", "done"), (control.reason, row.reason)
    assert row.facts["vocabulary"] == len(names(MANY)) + 2
    assert row.recipe["tokenizer"]["source_sha256"]
    assert not row.scores["bpc"].invalid
    assert row.verdict is not None
    assert [f.key for f in row.verdict.factors.factors] == ["tokenizer.use"]
    moved = {c.key: c.follows_from for c in row.verdict.factors.consequences}
    for key in ("parameters", "vocabulary", "context_characters", "epochs"):
        assert moved.get(key) == "tokenizer.use", moved
    player = open_player(study.folder / "runs" / "22-tiny" / "1")
    assert player.tokenizer.use == "gpt2"


def test_without_the_vocabulary_its_rounds_say_where_to_get_it(
    folders: dict[str, Path], tmp_path: Path, capsys: Capture
) -> None:
    text = folders["laptop"] / "text" / "source.txt"
    there = tmp_path / "s"
    assert guarded(["new", str(there), "--from", "bpc-ladder", "--text", str(text)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "needed by 10 and 11" in told
    assert "--tokenizer gpt2 (fetches them)" in told
    study = Study(there)
    (there / "rounds" / "21-tiny.toml").write_text('base = "round:10"\n')
    assert foresee(study, 10).parameters > 50_257 * study.recipe(10).model.width, "planned in GPT-2's size"
    row = run_round(21, study, SOLO, TINY)
    assert row.status == "crash"
    assert row.reason.startswith("the study has no tokenizer/vocab.json: put GPT-2's vocab.json and merges.txt there")
    assert 21 not in study.pending(), "the same would only break again"
    write_vocabulary(there / "tokenizer")
    assert 21 in Study(there).pending(), "now it would not"
    (there / "tokenizer" / "merges.txt").unlink()
    refused(["plan", str(there), "21"], 2, "21-tiny.toml: tokenizer.source: ", capsys)


def test_a_bad_tokenizer_makes_no_study(folders: dict[str, Path], tmp_path: Path, capsys: Capture) -> None:
    new = ["new", str(tmp_path / "s"), "--from", "bpc-ladder", "--text", str(folders["laptop"] / "text" / "source.txt")]
    refused([*new, "--tokenizer", str(tmp_path / "none")], 1, "is no folder with vocab.json and merges.txt", capsys)
    refused([*new, "--scale", "nope"], 2, "has no scale 'nope'; known: laptop, paper", capsys)
    refused(["new", str(tmp_path / "s"), "--scale", "paper"], 2, "the recipe 'green-light' has one scale", capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_tokenizer_that_changed_with_others_is_separated_whole(folders: dict[str, Path]) -> None:
    study = Study(folders["laptop"])
    rows = {number: plain(number, {}, study.recipe(number).data()) for number in (2, 9, 10)}
    alone = plain(14, {}, study.recipe(2, ("tokenizer.use='gpt2'",)).data())
    for number, said in ((9, {"use": "bpe", "vocab": 4096}), (10, {"use": "gpt2", "source": "tokenizer"})):
        table = compare(rows[2], rows[number], [*rows.values(), alone])
        found = {s.factor: s for s in table.separations}
        assert set(found) == {*MODERN, "tokenizer.use"}
        assert found["tokenizer.use"].changes == {"tokenizer": said}
        assert found["tokenizer.use"].done_by == (14 if number == 10 else None)
