"""The audit: what the locked slice says of a claim, and whether every sum and every number still stands."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import made
from made_rounds import data
from made_rounds import row as made_row

from greenlight.cli.audit import claim_of
from greenlight.cli.main import guarded
from greenlight.crew import SOLO
from greenlight.inquiry import accounts, audit, handwritten, trace
from greenlight.nouns import Score
from greenlight.report.publish import rendered, tables
from greenlight.study import Study
from greenlight.yardstick import Yardstick


@pytest.fixture(autouse=True)
def one_core() -> Iterator[None]:
    """Commands measure in this process: starting workers would take longer than all that they do here."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


@pytest.fixture
def copy(tiny: Study, tmp_path: Path) -> Study:
    """The tiny study, to change."""
    shutil.copytree(tiny.folder, tmp_path / "study")
    return Study(tmp_path / "study")


def run(capsys: pytest.CaptureFixture[str], study: Study, *more: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the data of one audit."""
    code = guarded(["audit", str(study.folder), "--json", *more])
    out = capsys.readouterr()
    assert "greenlight:" not in out.err, out.err
    found: dict[str, Any] = json.loads(out.out)
    return code, found


def edit(path: Path, old: str, new: str) -> int:
    """Changes the first ``old`` of a file, and returns its line."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


# ---------------------------------------------------------------- the locked slice


def test_each_look_is_counted_and_written_down(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    code, first = run(capsys, copy, "--metric", "bpc", "--top", "2")
    assert code == 0
    assert copy.yardstick.reads["locked"]["audit"] == 1
    (entry,) = copy.ledger.entries("audit")
    assert entry.body == first["locked"]
    assert first["locked"]["look"] == 1
    assert first["looks"]["audits"] == 1
    rounds = {r["round"]: r for r in first["locked"]["rounds"]}
    assert [r["role"] for r in first["locked"]["rounds"]] == ["champion", "runner-up", "baseline"]
    assert all(r["search"]["value"] != r["locked"]["value"] for r in rounds.values())
    stored = copy.ledger.latest()
    assert all(r["search"]["value"] == pytest.approx(stored[n].scores["bpc"].value) for n, r in rounds.items())
    assert "use" not in " ".join(first["notes"]), "the first look used up nothing"

    code, second = run(capsys, copy, "--metric", "bpc", "--top", "2")
    assert code == 0, "the tables were written after the first audit"
    assert copy.yardstick.reads["locked"]["audit"] == 2
    assert second["looks"]["audits"] == second["locked"]["look"] == 2
    assert any("looked at once before" in note for note in second["notes"])
    assert [r["locked"] for r in second["locked"]["rounds"]] == [r["locked"] for r in first["locked"]["rounds"]]


def test_without_a_look_nothing_is_read_or_written(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    before = copy.ledger.path.read_bytes(), (copy.folder / "yardstick" / "LOCK").read_bytes()
    code, found = run(capsys, copy, "--no-locked")
    assert code == 0
    assert found["locked"] is None
    assert found["looks"]["reads"]["locked"] == 0
    assert found["looks"]["experiments"] == 4
    assert (copy.ledger.path.read_bytes(), (copy.folder / "yardstick" / "LOCK").read_bytes()) == before


def test_a_search_score_is_never_taken_for_a_locked_one(copy: Study) -> None:
    search, locked = copy.yardstick, copy.yardstick.part("locked")
    assert locked.hash != search.hash
    assert locked.part("search").hash == search.hash
    assert not {d.id for d in locked.documents()} & {d.id for d in search.documents()}
    assert {topic for topic, _, _ in locked.prompts()} == {d.topic for d in locked.documents("locked")}
    assert Yardstick.open(search.folder, "locked").hash == locked.hash
    result = audit.look(copy, SOLO, claim_of(copy, "bpc")[0], 1)
    for measured in result.rounds:
        assert measured.search is not None
        assert measured.locked is not None
        assert measured.locked.yardstick == locked.hash
        assert measured.search.yardstick == search.hash
        assert set(measured.locked.blocks) == {d.topic for d in locked.documents()}
    steps = [json.loads(p.read_bytes())["plan"]["yardstick"] for p in copy.folder.glob("store/score-*/artifact.json")]
    assert steps.count(locked.hash) == 6, "two rounds of three seeds, under fingerprints of their own"
    best, base = result.rounds[0], result.rounds[-1]
    assert audit._gain(best.locked, base.search) is None


def test_the_dial_needs_fewer_topics_there_and_says_so(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = run(capsys, copy, "--top", "1")
    assert found["locked"]["metric"] == "dial.slope"
    assert found["locked"]["blocks"]["locked"] in (0, 2)
    assert any("asks for 8; lowered to the 2" in note for note in found["notes"])


def test_rounds_whose_weights_are_gone_are_named(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    gone = copy.ledger.latest()[claim_of(copy, "bpc")[0].order[1]]
    shutil.rmtree(copy.store.path(gone.artifacts[f"model-{gone.seeds[0]}"]))
    code, found = run(capsys, copy, "--metric", "bpc", "--top", "2")
    assert code == 0
    named = {r["round"]: r["why"] for r in found["locked"]["rounds"] if r["why"]}
    assert list(named) == [gone.number]
    assert f"greenlight run {copy.folder} {gone.number}" in named[gone.number]
    for folder in copy.folder.glob("store/model-*"):
        shutil.rmtree(folder)
    _, found = run(capsys, copy, "--metric", "bpc")
    assert found["locked"]["state"] == "not measured"
    assert copy.yardstick.reads["locked"]["audit"] == 1, "where nothing can be measured, no look is spent"


def score(values: list[list[float]], yardstick: str = "y") -> Score:
    blocks = tuple(f"t{i}" for i in range(len(values[0])))
    return Score.model_validate(
        {"metric": "m", "unit": "u", "better": "higher", "seeds": (1, 2, 3), "blocks": blocks, "values": values}
        | {"weights": (1.0,) * len(blocks), "yardstick": yardstick, "settings": {}}
    )


def shifted(by: float, yardstick: str = "y") -> Score:
    """Three seeds that differ by little, on four blocks."""
    return score([[by + 0.01 * seed + 0.1 * block for block in range(4)] for seed in range(3)], yardstick)


@pytest.mark.parametrize(
    ("search", "locked", "state"),
    [(1.0, 0.5, "holds"), (1.0, 0.0, "not shown"), (1.0, -0.5, "reversed"), (0.0, 0.5, "no claim")],
)
def test_what_the_locked_gain_says_of_the_claim(search: float, locked: float, state: str) -> None:
    recipe = data()
    best = made_row(2, recipe, scores={"m": shifted(search).data()}, against=1)
    base = made_row(1, recipe, scores={"m": shifted(0.0).data()})
    found = [
        audit.Measured(best, "champion", shifted(search), shifted(locked, "z")),
        audit.Measured(base, "baseline", shifted(0.0), shifted(0.0, "z")),
    ]
    result = audit._judged(found, (best, base), "m", above=True)
    assert result.state == state
    assert ("the same models were scored" in result.sentence) == (state == "holds")
    assert result.gains["locked"].value == pytest.approx(locked)
    if search:
        assert result.shrinkage == pytest.approx(1 - locked / search)


@pytest.mark.parametrize(
    ("above", "state", "said"),
    [
        (True, "holds", "is shown on the locked slice too, and above the luck line"),
        (False, "within luck", "is shown on the locked slice too, but not above the luck line"),
        (None, "holds", "no luck line could be drawn"),
    ],
)
def test_a_gain_holds_only_above_the_luck_line(above: bool | None, state: str, said: str) -> None:
    best, base = (made_row(n, data(), scores={"m": shifted(n).data()}, against=1) for n in (2, 1))
    found = [
        audit.Measured(best, "champion", shifted(1.0), shifted(0.5, "z")),
        audit.Measured(base, "baseline", shifted(0.0), shifted(0.0, "z")),
    ]
    result = audit._judged(found, (best, base), "m", above)
    assert (result.state, result.data()["state"]) == (state, state)
    assert result.sentence.startswith(f"{state}: round 2's gain over round 1 is shown")
    assert said in result.sentence
    assert "the same models were scored, so the luck of their seeds is not gone" in result.sentence


def test_the_baseline_is_the_first_usable_round(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever round the champion was compared with, and whatever the first one's number is."""
    champion = claim_of(copy, "bpc")[0].order[0]
    worst = max((n for n in copy.ledger.latest() if n != 1), key=lambda n: copy.ledger.latest()[n].scores["bpc"].value)
    rewritten(copy, champion, lambda body: body.update(against=worst))
    assert claim_of(copy, "bpc")[0].baseline == 1
    rewritten(copy, 1, lambda body: body.update(status="crash", reason="broke", scores={}, verdict=None))
    claim, _ = claim_of(copy, "bpc")
    tables(copy)
    _, found = run(capsys, copy, "--metric", "bpc", "--top", "1")
    roles = {r["role"]: r["round"] for r in found["locked"]["rounds"]}
    usable = sorted(n for n in copy.ledger.latest() if n != 1)
    assert claim.baseline == usable[0]
    assert roles.get("baseline", roles.get("champion, baseline")) == usable[0]


def test_seeds_alone_are_no_experiment() -> None:
    rows = [made_row(1, data()), made_row(1, data() | {"seeds": [4, 5, 6]}), made_row(2, data(corpus__size=1000))]
    assert audit.experiments(rows) == 2


# ---------------------------------------------------------------- the accounting


def test_a_sound_accounting_adds_up(tiny: Study) -> None:
    found = accounts.sums(tiny)
    assert found.broken == ()
    assert found.unseen == ()
    assert found.checked > 80


def rewritten(study: Study, number: int, change: Any) -> None:
    """A new row of a round, with the body that ``change`` makes of its old one; the chain stays whole."""
    body = next(e.body for e in reversed(study.ledger.entries("round")) if e.body["number"] == number)
    change(body)
    study.ledger.append("round", body)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b["accounting"].update(asked=1_000), "asked = kept + refused + failed: 1000 is not"),
        (lambda b: b["accounting"]["by_voice"]["brook"].update(failed=3), "voice brook, asked = kept + refused"),
        (lambda b: b["recipe"]["corpus"].update(size=65), "kept + dropped from the whole = corpus.size: 60 is not 65"),
        (lambda b: b["facts"].update(corpus_documents=1), "the documents that were trained on"),
    ],
)
def test_a_broken_sum_is_named(copy: Study, change: Any, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(copy, 1, change)
    code, found = run(capsys, copy, "--no-locked")
    assert code == 3
    assert any(line.startswith("round 1: ") and said in line for line in found["problems"]["accounting"])


def test_a_text_has_no_voices_to_add_up(copy: Study) -> None:
    def cut(body: dict[str, Any]) -> None:
        body["artifacts"]["corpus"]["facts"]["accounting"]["by_voice"] = {}
        body["accounting"]["by_voice"] = {"text": {"leak": 2, "kept": -2}}

    rewritten(copy, 1, cut)
    assert not [line for line in accounts.sums(copy).broken if "voice" in line and "round 1" in line]


def test_rows_and_reasons_are_counted(copy: Study) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = copy.folder / "corpora" / "01-flat-blend"
    whole = pq.read_table(folder / "train-00000-of-00001.parquet")
    (folder / "train-00000-of-00001.parquet").unlink()
    pq.write_table(whole.slice(1), folder / "train-00000-of-00001.parquet")
    row = copy.ledger.latest()[2]
    refused = copy.store.path(row.artifacts["corpus"]) / "refused.parquet"
    table = pq.read_table(refused)
    assert len(table), "the tiny study's gates refuse something"
    flags = [json.dumps({"gate": "termination", "reason": " "}), *table["gate_flags"].to_pylist()[1:]]
    pq.write_table(table.set_column(table.schema.get_field_index("gate_flags"), "gate_flags", pa.array(flags)), refused)
    (copy.folder / "corpora" / "04-size-alone" / "manifest.json").write_text("{")
    broken = accounts.sums(copy).broken
    assert any(re.match(r"round 1: kept = rows of the corpus: \d+ is not \d+", line) for line in broken)
    assert f"round 2: 1 of {len(table)} refused samples carry no reason" in broken
    assert any(line.startswith("round 4: corpora/04-size-alone cannot be read") for line in broken)


# ---------------------------------------------------------------- numbers


@pytest.fixture(scope="module")
def reported(tiny: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny study with the texts of its report (its pictures hold no text)."""
    folder = tmp_path_factory.mktemp("reported") / "study"
    shutil.copytree(tiny.folder, folder, ignore=shutil.ignore_patterns("store"))
    shutil.copytree(tiny.folder / "store", folder / "store")
    study = Study(folder)
    for name, text in rendered(study).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def test_an_edited_number_is_named_with_its_line(
    reported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(reported, tmp_path / "study")
    study = Study(tmp_path / "study")
    code, found = run(capsys, study, "--no-locked")
    assert (code, found["problems"]) == (0, {}), "a report that was moved to another folder is the same report"
    assert len(found["numbers"]["files"]) == 5
    row = study.ledger.latest()[1]
    documents = f"{row.facts['corpus_documents']}"
    changed = {
        "leaderboard.md": (f"| {documents} |", "| 777 |"),
        "results.tsv": (f"\t{documents}\t", "\t777\t"),
        "reports/report.md": (f"| {documents} |", "| 777 |"),
        "reports/report.html": (f">{documents}<", ">777<"),
        "MODELS.md": (f"| {documents} documents", "| 777 documents"),
    }
    lines = {name: edit(study.folder / name, *pair) for name, pair in changed.items()}
    code, found = run(capsys, study, "--no-locked")
    assert code == 3
    for name, line in lines.items():
        (said,) = found["problems"][name]
        assert said.startswith(f"{name}:{line}: 777 stands there, the ledger says {documents}"), said


def test_words_that_were_turned_round_and_files_that_are_gone_are_named(
    reported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(reported, tmp_path / "study")
    study = Study(tmp_path / "study")
    line = edit(study.folder / "leaderboard.md", "names no cause", "names its cause")
    (study.folder / "results.tsv").unlink()
    (study.folder / "reports" / "report.md").unlink()
    code, found = run(capsys, study, "--no-locked")
    assert code == 3
    (said,) = found["problems"]["leaderboard.md"]
    assert said.startswith(f"leaderboard.md:{line}: “")
    assert found["problems"]["numbers"] == ["results.tsv is missing: greenlight run writes it anew"]
    assert "reports/report.md is missing: greenlight report writes it anew" in found["notes"]


def test_an_outcome_a_foreign_and_a_missing_number_are_named(reported: Path, tmp_path: Path) -> None:
    text = (reported / "leaderboard.md").read_text()
    word = re.search(r"Undecided|Better|Worse|Equivalent|Invalid", text)
    assert word is not None
    other = "Better" if word[0] != "Better" else "Worse"
    (said,) = trace.differing("leaderboard.md", text.replace(word[0], other, 1), text)
    assert f"{other} stands there, the ledger says {word[0]}" in said
    (said,) = trace.differing("leaderboard.md", text.replace("# ", "# 41.5 ", 1), text)
    assert said.startswith("leaderboard.md:1: 41.5 stands there, and nothing in the ledger says so")
    (said,) = trace.differing("leaderboard.md", text, text.replace("# ", "# 41.5 ", 1))
    assert "the ledger's 41.5 missing there" in said
    (said,) = trace.differing("x.md", "another page 3\nwith other words 4\n", text)
    assert "not laid out" in said


def test_a_report_of_an_older_ledger_is_stale_in_one_line(
    reported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(reported, tmp_path / "study")
    study = Study(tmp_path / "study")
    study.ledger.append("note", {"round": 2, "text": "a note"})
    tables(study)
    code, found = run(capsys, study, "--no-locked")
    assert code == 0, "its figures are those of the ledger as it was"
    assert found["notes"] == [
        f"reports/report.{kind} is stale: it was made when the ledger had 4 of its 5 entries; "
        "greenlight report writes it anew"
        for kind in ("md", "html")
    ]
    (study.folder / "reports" / "report.html").unlink()
    line = edit(
        study.folder / "reports" / "report.md", "| 2 rebalanced-and-doubled | ", "| 2 rebalanced-and-doubled 99 | "
    )
    code, found = run(capsys, study, "--no-locked")
    assert code == 3, "an edit does not hide behind an older head"
    assert found["problems"]["reports/report.md"][0].startswith(f"reports/report.md:{line}: 99 stands there")
    text = (study.folder / "leaderboard.md").read_text()
    (study.folder / "leaderboard.md").write_text(text.replace(study.ledger.head, "ab" * 32))
    code, found = run(capsys, study, "--no-locked")
    assert code == 3
    assert "leaderboard.md names its entry abababababab" in found["problems"]["chain and hashes"][0]


def sources() -> dict[str, dict[str, float]]:
    return {"r2": {"dial.slope.value": 0.8944, "verdict.difference.value": -0.4899, "facts.corpus_documents": 1199.0}}


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("It is 0.89 [r2].", ["traced"]),
        ("It is 0.90 [r2].", ["wrong"]),
        ("It is 0.9 [round 2], of 1,199 documents [r2].", ["traced", "traced"]),
        ("It is 89 % [r2].", ["traced"]),
        ("It fell by 0.49, or −0.49, and not by +0.49 [r2].", ["traced", "traced", "wrong"]),
        ("about 1,200 documents [r2], not 1,200 [r2]", ["traced", "wrong"]),
        ("1.2 k documents [r2]", ["traced"]),
        ("- [r2] It is 0.89 of 1,199", ["traced", "traced"]),
        ("| [r2] | 0.89 | 7 |", ["traced", "wrong"]),
        ("It is 0.89 [r2] and 0.5 for others.", ["traced", "unmarked"]),
        ("It is 0.89. [r2] Then 0.5 came.", ["traced", "unmarked"]),
        ("It is 0.89 [r9].", ["wrong"]),
        ("It is 0.89 [r2 difference], 0.89 [r2 slope].", ["wrong", "traced"]),
        ("Others had 1.47 [cited: their paper].", ["cited"]),
        ("| run | dial |\n| --- | --- |\n| 2 | 0.89 [r2] |\n| 2 x | 0.49 |\n", ["traced", "unmarked"]),
        (
            "# 3. On 2026-11-20, at 10:31\n\n1. `0.5`, v1.2, 0.1.0, Python 3.11, GPT-2, L5, round 2, seeds 1, 2 and 3",
            [],
        ),
        ("```\n0.5 [r2]\n```\nhttps://example.org/12 <b id=4> [x](y/3.html) the 2nd, a 95 % interval", []),
    ],
)
def test_a_figure_of_hand_written_text_names_its_round(text: str, states: list[str]) -> None:
    assert [f.state for f in handwritten.written(text, sources())] == states


def test_documents_and_notes_are_traced(copy: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = copy.ledger.latest()[1]
    bpc = f"{row.scores['bpc'].value:.4f}"
    doc = tmp_path / "found.md"
    doc.write_text(f"BPC was {bpc} [r1], dial.slope\n9.8765 [r1]; and 7.125 is nobody's.\n")
    copy.ledger.append("note", {"round": 1, "text": f"BPC of {bpc}, and a loss of 9.8765"})
    tables(copy)
    code, found = run(capsys, copy, "--no-locked", "--doc", str(doc))
    assert code == 3
    (said,) = found["problems"][str(doc)]
    assert said.startswith(f"{doc}:2: 9.8765 [r1]: nearest: r1 ")
    assert f"{doc}:2: 7.125 carries no mark" in found["notes"]
    assert any("on round 1: 9.8765" in note for note in found["notes"])
    assert not any(bpc in note for note in found["notes"])
    (copy.folder / "more.md").write_text(
        f"{copy.ledger.latest()[2].scores['bpc'].value:.5f} [ledger 2], 0.5 [ledger 77]"
    )
    _, found = run(capsys, copy, "--no-locked", "--doc", str(copy.folder / "more.md"))
    (said,) = found["problems"][str(copy.folder / "more.md")]
    assert "not in the ledger: ledger 77" in said


def test_values_by_block_are_no_source(tiny: Study) -> None:
    row = tiny.ledger.latest()[1]
    found = handwritten.values_of(row)
    assert found["bpc.value"] == row.scores["bpc"].value
    assert found["bpc.high"] - found["bpc.low"] == pytest.approx(2 * found["bpc.half width"])
    assert row.scores["bpc"].values[0][0] not in found.values()
    assert found["accounting.kept"] == row.facts["corpus_documents"]


# ---------------------------------------------------------------- studies that cannot be audited


def test_a_study_without_rounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = made(tmp_path / "s")
    code, found = run(capsys, study)
    assert code == 0
    assert found["locked"] is None
    assert study.yardstick.reads["locked"] == {}
    assert any("no round has been finished yet" in note for note in found["notes"])


def test_a_damaged_ledger_or_yardstick_stops_the_audit(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    whole = copy.ledger.path.read_text()
    copy.ledger.path.write_text(whole.replace('"kept":', '"Kept":', 1))
    code, found = run(capsys, copy)
    assert code == 3
    (said,) = found["problems"]["chain and hashes"]
    assert "line 1 " in said
    copy.ledger.path.write_text(whole)
    path = copy.folder / "yardstick" / "locked.jsonl"
    path.write_text(path.read_text().replace("a", "b", 1))
    code, found = run(capsys, copy)
    assert code == 3
    assert any("was changed after locking" in line for line in found["problems"]["chain and hashes"])
    assert copy.ledger.entries("audit") == []


def test_a_damaged_study_wastes_no_look(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    row = copy.ledger.latest()[3]
    weights = copy.store.path(row.artifacts[f"model-{row.seeds[0]}"]) / "model.safetensors"
    blob = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(blob[:-4] + b"oops")
    code, found = run(capsys, copy, "--metric", "bpc")
    assert code == 3
    assert found["locked"] is None
    assert copy.yardstick.reads["locked"] == {}
    assert any("only waste the look" in note for note in found["notes"])


def test_the_answer_fits_80_columns(copy: Study, capsys: pytest.CaptureFixture[str]) -> None:
    edit(copy.folder / "leaderboard.md", "± ", "± 12345.678 ")
    code = guarded(["audit", str(copy.folder), "--metric", "bpc", "--top", "2"])
    out = capsys.readouterr().out
    assert code == 3
    assert "champion" in out.split("\n\n")[1], "the rounds come first"
    assert max(map(len, out.splitlines())) <= 80
    assert guarded(["audit", str(copy.folder), "--metric", "bcp"]) == 2
    assert "did you mean 'bpc'?" in capsys.readouterr().err


def test_the_claim_is_the_leaderboards(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    claim, luck = claim_of(tiny, "bpc")
    scores = {n: r.scores["bpc"].value for n, r in tiny.ledger.latest().items()}
    assert list(claim.order) == sorted(scores, key=lambda n: scores[n])
    assert luck is not None
    assert luck["tried"] == 3
    assert luck["gain"] == pytest.approx(scores[1] - scores[claim.order[0]])
    assert luck["above"] == (luck["gain"] > luck["line"])
