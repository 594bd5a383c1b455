"""A release: a folder that rebuilds its model by itself, and is found out wherever it is not what it was."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from made_texts import prose
from made_vocabularies import MERGES, write_vocabulary
from refusals import Capture, refused
from safetensors.numpy import load_file

from greenlight import release as releases
from greenlight import vocabulary
from greenlight.cli.main import guarded
from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.nouns import fingerprint
from greenlight.release import Release
from greenlight.report.publish import tables
from greenlight.round import run_round
from greenlight.store import file_sha256
from greenlight.study import Study

TINY = (
    *("model.layers=2", "model.width=32", "model.heads=1", "model.context=32", "model.dropout=0.0", "seeds=[1, 2]"),
    *("train.steps=12", "train.evals=3", "train.batch=2", "train.warmup=1", "train.precision='fp32'"),
    *("train.threads=1", "train.muon_lr=0.02"),
)
MANY = (*MERGES, *(f"{one} {two}" for one in "bcdfgkmps" for two in "aeiou"))
SHARD = "corpus/train-00000-of-00001.parquet"
MODEL = "model/1/model.safetensors"


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study cut from a text, with two rounds, the second on a vocabulary from outside; copy it to change it."""
    folder = tmp_path_factory.mktemp("plays")
    words = vocabulary.read(write_vocabulary(folder / "vocabulary", MANY))
    study = create(folder / "study", "bpc-ladder", Given(text=prose(1, 120_000), vocabulary=words))
    run_round(1, study, SOLO, TINY)
    run_round(2, study, SOLO, (*TINY, "tokenizer.use='gpt2'", "seeds=[1]"))
    tables(study)
    return study.folder


@pytest.fixture(scope="module")
def made(plays: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its first round, released outside of the study."""
    folder = tmp_path_factory.mktemp("released") / "one"
    assert guarded(["release", "1", str(plays), "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def one(made: Path, tmp_path: Path) -> Path:
    """A copy of it, elsewhere."""
    return shutil.copytree(made, tmp_path / "elsewhere" / "one")


def answer(capsys: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = guarded([*arguments, "--json"])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, said


def reseal(folder: Path, change: Callable[[dict[str, Any]], None] = lambda data: None) -> None:
    """What a careful forger does: ``release.json`` is changed, its hashes are put right, and it is sealed again."""
    data = json.loads((folder / "release.json").read_bytes())
    change(data)
    data["files"] = {name: file_sha256(folder / name) for name in data["files"] if (folder / name).exists()}
    (folder / "release.json").write_text(json.dumps(Release.model_validate(data).sealed().data()))


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(path.read_bytes())
    change(data)
    path.write_text(json.dumps(data))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


# ---------------------------------------------------------------- writing one


def test_a_release_is_whole_and_says_how_to_tag_it(plays: Path, made: Path, capsys: Capture) -> None:
    row = Study(plays).ledger.latest()[1]
    one = releases.read(made)
    assert (one.round, one.outcome, one.seeds, one.weights) == (1, "none", (1, 2), (1,))
    assert {name for name in one.files if name.startswith("model/")} == {
        f"model/1/{name}" for name in ("model.safetensors", "config.json", "tokenizer.json", "metrics.jsonl")
    }
    assert one.models == {str(seed): row.artifacts[f"model-{seed}"].files for seed in (1, 2)}, "hashes of all seeds"
    assert one.scores["bpc"].per_seed == dict(zip(("1", "2"), row.scores["bpc"].per_seed, strict=True))
    assert one.scores["bpc"].half_width is not None
    assert one.corpus["sha256"] == file_sha256(made / SHARD) == row.artifacts["kept"].files["kept.parquet"]
    assert "*.safetensors" in (made / ".gitignore").read_text()
    text = (plays / "yardstick" / "locked.jsonl").read_text()
    assert json.loads(text.splitlines()[0])["body"][200:400] not in (made / "yardstick" / "search.jsonl").read_text()
    assert not (made / "yardstick" / "locked.jsonl").exists()
    guarded(["release", "1", str(plays), "--out", str(made)])
    said = capsys.readouterr().out
    assert f"git tag -a {one.tag} \\\n" in said
    assert f"sha256 {file_sha256(made / 'release.json')}" in said
    assert max(map(len, said.splitlines()[-3:])) <= 80


def test_its_card_has_an_index_that_hubs_read(made: Path) -> None:
    text = (made / "README.md").read_text()
    head = yaml.safe_load(text.split("---\n")[1])
    (found,) = head["model-index"][0]["results"]
    score = releases.read(made).scores["bpc"]
    assert found["metrics"][0]["value"] == score.value
    assert found["dataset"]["revision"] == releases.read(made).yardstick
    assert (head["license"], head["license_name"]) == ("other", "unknown")
    assert "it has no verdict" in text
    assert "Licence: unknown" in text
    assert re.search(r"\| BPC \| [0-9.]+ ± [0-9.]+ \| bits per character \| 2 \|", text)


def test_its_recipe_loads_in_a_study_as_the_same(plays: Path, made: Path, tmp_path: Path) -> None:
    study = Study(shutil.copytree(plays, tmp_path / "study"))
    shutil.copyfile(made / "recipe.toml", study.folder / "rounds" / "21-again.toml")
    assert study.recipe(21).hash == study.ledger.latest()[1].recipe_fingerprint


def test_released_again_it_is_found_and_something_else_is_refused(plays: Path, tmp_path: Path, capsys: Capture) -> None:
    study = str(shutil.copytree(plays, tmp_path / "study"))
    code, first = answer(capsys, "release", "1", study, "--tag", "v1")
    before = {path: path.read_bytes() for path in Path(first["folder"]).rglob("*") if path.is_file()}
    again = answer(capsys, "release", "1", study, "--tag", "v1")[1]
    assert (code, first["found"], again["found"]) == (0, False, True)
    assert {path: path.read_bytes() for path in before} == before
    assert (
        answer(capsys, "release", "1", study, "--out", str(tmp_path / "b"), "--tag", "v1")[1]["seal"] == first["seal"]
    )
    refused(["release", "2", study, "--tag", "v1"], 1, "holds another release (its round differs)", capsys)
    refused(["release", "1", study, "--tag", "v1", "--seeds", "all"], 1, "(its weights differs)", capsys)
    flip(Path(study) / "releases" / "v1" / MODEL)
    refused(["release", "1", study, "--tag", "v1"], 1, f"is not whole ({MODEL} was changed", capsys)
    refused(["release", "1", study, "--out", study], 1, "is no release of greenlight", capsys)
    assert answer(capsys, "release", "1", study, "--seeds", "all")[1]["weights"] == [1, 2]
    assert not list(Path(study).rglob("*.part"))
    assert guarded(["release", "1", study, "--out", str(tmp_path / "a b"), "--seeds", "all"]) == 0
    assert f"check it with: greenlight verify '{tmp_path}/a b'\n" in capsys.readouterr().out
    assert "- `model/1/`, `model/2/`: weights" in (tmp_path / "a b" / "README.md").read_text()


def test_what_cannot_be_released_is_one_line(plays: Path, tmp_path: Path, capsys: Capture) -> None:
    study = shutil.copytree(plays, tmp_path / "study")
    here = str(study)
    refused(["release", "3", here], 1, "round 3 has not been run", capsys)
    refused(["release", "1", here, "--seeds", "7"], 2, "--seeds 7: round 1 has the seeds 1, 2", capsys)
    refused(["release", "1", here, "--seeds", "best"], 2, "--seeds best: write all", capsys)
    for tag in ("a/b", "..", "x.lock", "-f", "a..b", "x" * 80):
        refused(["release", "1", here, f"--tag={tag}"], 2, f"--tag {tag}: a tag has", capsys)
    crashed = Study(study).ledger.latest()[1].model_copy(update={"number": 4, "status": "crash", "reason": "no luck"})
    character = crashed.model_copy(update={"number": 5, "status": "done", "recipe": {"use": "character"}})
    for row in (crashed, character):
        Study(study).ledger.append("round", row.data())
    refused(["release", "4", here], 1, "round 4 ended as a crash (no luck)", capsys)
    refused(["release", "5", here], 1, "round 5 makes a character, which has no release", capsys)
    for path in (*study.rglob("kept.parquet"), *study.rglob("train-*.parquet")):
        path.unlink()
    refused(["release", "1", here], 1, "the corpus of round 1 is gone (store and published copy)", capsys)
    assert not (study / "releases").exists() or not any((study / "releases").iterdir())


KILLED = """
import os, signal, sys
from greenlight.cli import main, releasing
import greenlight.release, greenlight.report.publish, pyarrow.parquet, torch
arguments, out = sys.argv[1:-1], sys.argv[-1]
for count in (1, 4, 9, 15, 20, 24):
    child = os.fork()
    if child == 0:
        left = [count]
        def hook(event, given):
            ours = event == "open" and str(given[0]).startswith(out) and given[1] and "r" not in str(given[1])
            if ours or (event == "os.rename" and str(given[1]).startswith(out)):
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        os._exit(main.guarded(arguments))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), os.path.exists(os.path.join(out, "one")), flush=True)
"""


def test_killed_at_any_file_nothing_is_half_written_and_it_goes_on(
    plays: Path, made: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "out" / "one"
    command = ["release", "1", str(plays), "--out", str(folder)]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *command, f"{tmp_path}/out"], capture_output=True, text=True, check=True
    )
    ends = [line.split() for line in done.stdout.splitlines() if line.startswith("-9")]
    assert len(ends) >= 4, done.stdout + done.stderr
    assert all(there == "False" for _, there in ends), "a release that was cut off is not there"
    assert answer(capsys, *command)[0] == 0
    assert (folder / "release.json").read_bytes() == (made / "release.json").read_bytes()
    assert answer(capsys, "verify", str(folder))[0] == 0
    assert [path.name for path in folder.parent.iterdir()] == ["one"], "what the killed ones left is gone"


# ---------------------------------------------------------------- verify


def test_moved_elsewhere_it_verifies_without_its_study(
    one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(one)
    code, found = answer(capsys, "verify", "--rebuild")
    assert (code, found["problems"], found["here"]) == (0, [], [])
    (score,) = found["scores"]
    assert (score["metric"], score["seed"], score["drawn"], score["differs"]) == ("bpc", 1, False, False)
    assert abs(score["now"] - score["released"]) <= score["allowed"] == 1e-9
    again = found["rebuilt"]
    assert (again["steps"], again["of"], again["exact"], again["largest"]) == (4, 12, True, 0.0)
    assert found["release_sha256"] == file_sha256(one / "release.json")
    assert guarded(["verify"]) == 0
    said = capsys.readouterr().out
    assert "0 wrong" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(("share", "steps"), [("0.5", 8), ("1", 12)])
def test_a_training_is_begun_again_so_far_as_is_asked(one: Path, share: str, steps: int, capsys: Capture) -> None:
    code, found = answer(capsys, "verify", str(one), "--rebuild", "--share", share)
    assert (code, found["rebuilt"]["steps"], found["rebuilt"]["differences"]) == (0, steps, [])
    assert found["rebuilt"]["weights"] == ("equal" if steps == 12 else "not compared")


def test_a_clone_without_weights_gives_its_model_back(one: Path, tmp_path: Path, capsys: Capture) -> None:
    released = load_file(one / MODEL)
    (one / MODEL).unlink()
    out = tmp_path / "back"
    code, found = answer(capsys, "verify", str(one), "--rebuild", "--share", "1", "--out", str(out))
    assert code == 3
    assert [line.partition(":")[0] for line in found["problems"]] == [f"{MODEL} is missing"]
    assert f"the model that was trained is kept: {out}" in found["remarks"]
    kept = load_file(out / "model.safetensors")
    assert kept.keys() == released.keys()
    assert all((kept[name] == released[name]).all() for name in kept)
    assert {path.name for path in out.iterdir()} == {path.name for path in (one / MODEL).parent.iterdir()} | {
        "model.safetensors"
    }
    assert not list(tmp_path.glob(".back*"))
    refused(["verify", str(one), "--rebuild", "--share", "1", "--out", str(out)], 2, "is there already", capsys)


def test_a_vocabulary_from_outside_is_taken_from_the_model(plays: Path, tmp_path: Path, capsys: Capture) -> None:
    out = str(tmp_path / "two")
    assert answer(capsys, "release", "2", str(plays), "--out", out)[0] == 0
    code, found = answer(capsys, "verify", out, "--rebuild", "--steps", "1")
    assert (code, found["problems"], found["rebuilt"]["exact"]) == (0, [], True)


def spoil(one: Path, what: str) -> None:
    """One thing of a release is made another; what is ``sealed`` is covered up."""
    if what == "weights":
        flip(one / MODEL)
    elif what == "sealed weights":
        flip(one / MODEL)
        reseal(one)
    elif what == "recipe":
        path = one / "recipe.toml"
        path.write_text(path.read_text().replace("warmup = 1\n", "warmup = 2\n"))
    elif what == "sealed recipe":
        spoil(one, "recipe")
        reseal(one)
    elif what == "no corpus":
        (one / SHARD).unlink()
    elif what == "yardstick":
        path = one / "yardstick" / "search.jsonl"
        path.write_text(path.read_text().replace("a", "e", 1))
        reseal(one)
    elif what == "score":
        edit(one / "release.json", lambda data: data["scores"]["bpc"].update(value=1.0))
    elif what == "sealed score":
        reseal(one, lambda data: data["scores"]["bpc"].update(value=1.0))
    elif what == "sealed interval":
        reseal(one, lambda data: data["scores"]["bpc"].update(half_width=0.001))
    elif what == "foreign":
        (one / "model" / "1" / "pickle.bin").write_bytes(b"x")
    elif what == "outside":
        reseal(one, lambda data: None)
        edit(one / "release.json", lambda data: data["files"].update({"../../secret": "0" * 64}))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("weights", [f"{MODEL} was changed: its sha256"]),
        ("sealed weights", [f"{MODEL} is not of the model that the round trained"]),
        ("recipe", ["recipe.toml was changed", "recipe.toml is not what the round ran: train.warmup is 2, and was 1"]),
        ("sealed recipe", ["recipe.toml is not what the round ran: train.warmup is 2, and was 1"]),
        ("no corpus", [f"{SHARD} is missing: without the corpus no model can be trained again"]),
        ("yardstick", ["yardstick holds other text than the one that the round was measured on"]),
        ("score", ["release.json was edited", "release.json has other scores of bpc than round.json"]),
        ("sealed score", ["release.json has other scores of bpc than round.json"]),
        ("sealed interval", ["release.json has another interval of bpc than its values give"]),
        ("foreign", ["model/1/pickle.bin is no file of this release"]),
        ("outside", ["release.json was edited", "../../secret lies outside the release"]),
    ],
)
def test_what_was_changed_is_named(what: str, said: list[str], one: Path, capsys: Capture) -> None:
    spoil(one, what)
    code, found = answer(capsys, "verify", str(one))
    assert code == 3
    assert len(found["problems"]) == len(said), found["problems"]
    for line, begins in zip(found["problems"], said, strict=True):
        assert line.startswith(begins)
    assert guarded(["verify", str(one)]) == 3
    assert f"{len(said)} wrong" in capsys.readouterr().out


def test_a_corpus_that_is_gone_stops_the_rebuild_and_not_the_scores(one: Path, capsys: Capture) -> None:
    (one / SHARD).unlink()
    code, found = answer(capsys, "verify", str(one), "--rebuild")
    assert (code, len(found["problems"]), len(found["scores"])) == (3, 1, 1)
    assert found["rebuilt"] is None
    assert found["remarks"] == [f"not trained again: {SHARD} is not what it was"]


def test_scores_that_were_forged_everywhere_are_found_by_measuring(one: Path, capsys: Capture) -> None:
    def better(data: dict[str, Any]) -> None:
        score = data["scores"]["bpc"]
        score["values"] = [[value - 0.5 for value in row] for row in score["values"]]

    edit(one / "round.json", better)
    values = json.loads((one / "round.json").read_bytes())["scores"]["bpc"]
    total = sum(values["weights"])
    own = [sum(w * v for w, v in zip(values["weights"], row, strict=True)) / total for row in values["values"]]
    forged = {"value": sum(own) / 2, "per_seed": {"1": own[0], "2": own[1]}}
    reseal(one, lambda data: data["scores"]["bpc"].update(forged))
    code, found = answer(capsys, "verify", str(one))
    assert code == 3
    assert any(line.startswith("bpc of seed 1 was ") for line in found["problems"])
    assert found["scores"][0]["differs"]


def test_another_torch_is_named_first_and_allows_more(one: Path, capsys: Capture) -> None:
    edit(one / "release.json", lambda data: data["machine"].update(torch="1.0.0"))
    assert answer(capsys, "verify", str(one))[0] == 3, "edited alone, it contradicts the round's record"
    edit(one / "round.json", lambda data: data["machine"].update(torch="1.0.0"))
    reseal(one)
    code, found = answer(capsys, "verify", str(one), "--rebuild")
    assert (code, found["problems"]) == (0, [])
    assert found["here"][0].startswith("environment: torch was 1.0.0, here it is ")
    assert found["scores"][0]["allowed"] == 1e-4
    assert (found["rebuilt"]["exact"], found["rebuilt"]["largest"]) == (False, 0.0)


def test_another_recipe_behind_a_released_model_is_found_by_training(one: Path, capsys: Capture) -> None:
    """All is forged alike: recipe, record and hashes. Only the curve still tells what was trained."""
    path = one / "recipe.toml"
    text = path.read_text()
    path.write_text(text.replace("\nlr = 0.003\n", "\nlr = 0.0031\n"))
    assert path.read_text() != text
    edit(one / "round.json", lambda data: data["recipe"]["train"].update(lr=0.0031))
    recipe = json.loads((one / "round.json").read_bytes())["recipe"]
    edit(one / "round.json", lambda data: data.update(recipe_fingerprint=fingerprint(recipe)))
    reseal(one, lambda data: data.update(recipe_fingerprint=fingerprint(recipe)))
    assert answer(capsys, "verify", str(one))[0] == 0, "by itself it is a release"
    code, found = answer(capsys, "verify", str(one), "--rebuild")
    assert code == 3
    assert any(line.startswith("curve: lr at step 4 was ") for line in found["problems"])
    assert any(line.startswith("curve: batch_loss at step 4 was ") for line in found["problems"])


@pytest.mark.parametrize("text", ["", "[1]", "{}", "{" * 100_000, '{"version": NaN}', "\x00\xff"])
def test_a_broken_release_json_is_one_line(text: str, one: Path, capsys: Capture) -> None:
    (one / "release.json").write_bytes(text.encode("latin-1"))
    refused(["verify", str(one)], 1, "release.json is damaged, or of another version", capsys)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(version=2),
        lambda data: data["scores"]["bpc"].update(value=float("nan")),
        lambda data: data["machine"].update(cpu="\ud800"),
    ],
)
def test_what_no_seal_can_be_of_is_one_line(
    change: Callable[[dict[str, Any]], None], one: Path, capsys: Capture
) -> None:
    edit(one / "release.json", change)
    refused(["verify", str(one)], 1, "release.json is damaged, or of another version", capsys)


def test_a_copy_without_its_release_json_is_named(one: Path, plays: Path, tmp_path: Path, capsys: Capture) -> None:
    (one / "release.json").unlink()
    refused(["verify", str(one)], 1, "release.json does not exist", capsys)
    study = shutil.copytree(plays, tmp_path / "study")
    shutil.copytree(one, study / "releases" / "v1")
    code, found = answer(capsys, "verify", str(study))
    assert (code, len(found["problems"])) == (3, 1)
    assert "releases/v1/release.json does not exist" in found["problems"][0]


def test_a_folder_that_is_a_link_is_no_part_of_a_release(one: Path, tmp_path: Path, capsys: Capture) -> None:
    shutil.move(one / "model", tmp_path / "model")
    (one / "model").symlink_to(tmp_path / "model")
    code, found = answer(capsys, "verify", str(one))
    assert (code, found["problems"]) == (3, ["model is no file of this release"])


def test_what_lies_beside_a_model_stops_no_measuring(one: Path, capsys: Capture) -> None:
    (one / "model-notes.md").write_text("mine\n")
    code, found = answer(capsys, "verify", str(one))
    assert (code, found["problems"], found["remarks"]) == (3, ["model-notes.md is no file of this release"], [])
    assert len(found["scores"]) == 1


def test_what_it_says_of_itself_breaks_no_line(one: Path, capsys: Capture) -> None:
    reseal(one, lambda data: data.update(tag="v1\n0 things checked, 0 wrong"))
    assert guarded(["verify", str(one)]) == 0
    assert capsys.readouterr().out.startswith("v1 0 things checked, 0 wrong: round 1 (part-of-the-data)")


@pytest.mark.parametrize("key", ["slug", "sentence", "corpus", "models"])
def test_all_that_it_says_is_held_against_the_record(key: str, one: Path, capsys: Capture) -> None:
    reseal(one, lambda data: data.update({key: {"2": {}} if isinstance(data[key], dict) else "another"}))
    code, found = answer(capsys, "verify", str(one))
    assert (code, len(found["problems"])) == (3, 1)
    assert found["problems"][0].startswith(f"release.json and round.json differ: {key}")


def test_weights_that_were_torn_off_are_not_compared(one: Path, capsys: Capture) -> None:
    (one / MODEL).write_bytes((one / MODEL).read_bytes()[:500])
    code, found = answer(capsys, "verify", str(one), "--rebuild", "--share", "1")
    assert (code, len(found["problems"])) == (3, 1)
    assert (found["rebuilt"]["steps"], found["rebuilt"]["weights"]) == (12, "not compared")


def test_a_model_of_another_recipe_is_not_kept(one: Path, tmp_path: Path, capsys: Capture) -> None:
    spoil(one, "sealed recipe")
    code, found = answer(capsys, "verify", str(one), "--rebuild", "--share", "1", "--out", str(tmp_path / "x"))
    assert code == 3
    assert found["remarks"]
    assert not (tmp_path / "x").exists()


def test_a_record_that_is_sealed_and_hostile_is_one_line_each(one: Path, tmp_path: Path, capsys: Capture) -> None:
    """What a forger may write where Greenlight wrote numbers, names of modules and names of metrics."""
    record = (one / "round.json").read_text()

    def said(change: Callable[[dict[str, Any]], None]) -> list[str]:
        (one / "round.json").write_text(record)
        edit(one / "round.json", change)
        reseal(one)
        problems: list[str] = answer(capsys, "verify", str(one), "--rebuild")[1]["problems"]
        return problems

    facts = said(lambda data: data["artifacts"]["model-1"]["facts"].update(threads="many"))
    assert [line[:27] for line in facts] == ["it cannot be trained again:"]
    short = said(lambda data: data["scores"]["bpc"].update(values=[[1.0]]))
    none = said(lambda data: data["scores"]["bpc"].update(seeds=[], values=[]))
    assert [line[:23] for line in (*short, *none)] == ["round.json is no record"] * 2
    gone = {"greenlight.gone.for_good": "0" * 16}
    assert said(lambda data: data["artifacts"]["score-bpc-1"]["code"].update(gone)) == []
    reseal(one, lambda data: data.update(weights=[99]))
    assert answer(capsys, "verify", str(one))[1]["problems"] == [
        "release.json names weights of seed 99, which the round did not train"
    ]


def test_a_metric_of_a_hostile_name_writes_nothing_elsewhere(
    one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    edit(one / "round.json", lambda data: data["recipe"]["metrics"].update({"../../out": {"use": "bpc"}}))
    recipe = json.loads((one / "round.json").read_bytes())["recipe"]
    edit(one / "round.json", lambda data: data.update(recipe_fingerprint=fingerprint(recipe)))
    with open(one / "recipe.toml", "a") as file:
        file.write('[metrics."../../out"]\nuse = "bpc"\n')
    reseal(one, lambda data: data.update(recipe_fingerprint=fingerprint(recipe)))
    before = set(tmp_path.iterdir())
    assert answer(capsys, "verify", str(one))[0] == 0
    assert set(tmp_path.iterdir()) == before


def test_a_record_that_is_sealed_and_senseless_is_named(one: Path, capsys: Capture) -> None:
    for change in (lambda data: data["artifacts"].clear(), lambda data: data.update(status="crash"), dict.clear):
        edit(one / "round.json", change)
        reseal(one)
        code, found = answer(capsys, "verify", str(one), "--rebuild")
        assert code == 3
        assert [line[:52] for line in found["problems"]] == [
            "round.json is no record of a round that ended well: c"[:52]
        ]
        assert found["remarks"] == ["not measured or trained again: the record or the recipe cannot be used"]


def test_no_module_that_a_release_names_is_loaded(one: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    (one / "evil.py").write_text("raise SystemExit('loaded')\n")
    monkeypatch.syspath_prepend(str(one))

    def foreign(recipe: dict[str, Any]) -> None:
        recipe["metrics"]["own"] = {"use": "evil.metric"}

    edit(one / "round.json", lambda data: foreign(data["recipe"]))
    edit(one / "round.json", lambda data: data["artifacts"]["model-1"]["code"].update({"evil.part": "0" * 16}))
    recipe = json.loads((one / "round.json").read_bytes())["recipe"]
    edit(one / "round.json", lambda data: data.update(recipe_fingerprint=fingerprint(recipe)))
    with open(one / "recipe.toml", "a") as file:
        file.write('[metrics.own]\nuse = "evil.metric"\n')
    reseal(one, lambda data: data.update(recipe_fingerprint=fingerprint(recipe)))
    code, found = answer(capsys, "verify", str(one), "--rebuild")
    assert (code, found["problems"]) == (3, ["evil.py is no file of this release"])
    assert found["remarks"] == ["own of seed 1 was not measured again: evil.metric is no part of Greenlight"]
    assert not found["rebuilt"]["exact"]
    assert "evil" not in sys.modules


def test_a_study_says_which_of_its_releases_is_damaged(plays: Path, tmp_path: Path, capsys: Capture) -> None:
    study = shutil.copytree(plays, tmp_path / "study")
    assert answer(capsys, "release", "1", str(study))[0] == 0
    assert answer(capsys, "verify", str(study))[0] == 0
    there = study / "releases" / "01-part-of-the-data"
    (there / MODEL).unlink()
    assert answer(capsys, "verify", str(study))[0] == 0, "a clone has no weights"
    code, found = answer(capsys, "verify", str(there))
    assert (code, found["problems"]) == (
        3,
        [
            f"{MODEL} is missing: git ignores weights; copy them from where they were released, or train them: "
            "--rebuild --share 1 --out DIR"
        ],
    )
    (there / "README.md").write_text("# Better than all\n")
    code, found = answer(capsys, "verify", str(study))
    assert code == 3
    assert [line.partition(":")[0] for line in found["problems"]] == ["releases/01-part-of-the-data"]
    (there / "release.json").write_text("no JSON")
    assert "is damaged" in answer(capsys, "verify", str(study))[1]["problems"][0]


def test_options_that_belong_to_a_release(plays: Path, one: Path, capsys: Capture) -> None:
    refused(["verify", str(plays), "--rebuild"], 2, "--rebuild is for a release, and ", capsys)
    refused(["verify", str(one), "--steps", "3"], 2, "belong to --rebuild", capsys)
    refused(["verify", str(one), "--rebuild", "--steps", "3", "--share", "0.1"], 2, "give one", capsys)
    refused(["verify", str(one), "--rebuild", "--out", "x"], 2, "--out belongs to --rebuild --share 1", capsys)


def test_a_release_of_stories_is_drawn_from_again(tiny: Study, tmp_path: Path, capsys: Capture) -> None:
    out = str(tmp_path / "stories")
    assert answer(capsys, "release", "2", str(tiny.folder), "--out", out)[0] == 0
    code, found = answer(capsys, "verify", out)
    assert (code, found["problems"]) == (0, [])
    drawn = {score["metric"]: score["drawn"] for score in found["scores"]}
    assert drawn["bpc"] is False
    assert all(said for name, said in drawn.items() if name != "bpc")
    for name in ("release.json", "round.json"):
        edit(Path(out) / name, lambda data: data["machine"].update(torch="1.0.0"))
    reseal(Path(out))
    code, found = answer(capsys, "verify", out)
    halves = {name: told.half_width for name, told in releases.read(Path(out)).scores.items() if name in drawn}
    allowed = {score["metric"]: score["allowed"] for score in found["scores"]}
    assert code == 0
    assert allowed == {name: half for name, half in halves.items() if half is not None} | {"bpc": 1e-4}
    assert len(found["remarks"]) == sum(half is None for half in halves.values())
