"""What a study keeps for other tools and for people: results.tsv, MODELS.md, leaderboard.md, always from the ledger."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import made
from markdown_it import MarkdownIt
from refusals import Capture
from report_pages import green_page, text_page

from greenlight.cli.main import guarded
from greenlight.report.page import Page, Released
from greenlight.report.publish import table_texts, tables
from greenlight.report.tables import kept, leaderboard_md, models_md, results_tsv
from greenlight.study import Study

NAMES = ("leaderboard.md", "results.tsv", "MODELS.md")
READER = MarkdownIt("commonmark").enable("table")


def asked(question: str) -> Page:
    """The text study, its first round with this question."""
    page = text_page()
    first = page.rounds[0].model_copy(update={"question": question})
    return replace(page, rounds=[first, *page.rounds[1:]])


def read(text: str, quoting: int) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter="\t", quoting=quoting))  # type: ignore[arg-type]


# ---------------------------------------------------------------- results.tsv


def test_the_first_columns_are_those_that_other_tools_read() -> None:
    head, *rows = read(results_tsv(text_page()), csv.QUOTE_NONE)
    assert head[:5] == ["commit", "val_bpb", "memory_gb", "status", "description"]
    assert {row[3] for row in rows} <= {"keep", "discard", "crash"}
    by_round = {row[head.index("round")]: row for row in rows}
    page = text_page()
    for r in page.rounds:
        wanted = "crash" if r.status == "crash" else "keep" if kept(r) else "discard"
        assert by_round[str(r.number)][3] == wanted
    assert {"keep", "discard", "crash"} == {row[3] for row in rows}, "the page has one of each"
    assert by_round["4"][1] == "", "what is not known is empty, and never 0"


@pytest.mark.parametrize(
    "question",
    [
        '"an open quotation',
        '=HYPERLINK("http://example.com","x")',
        "+1",
        "-2+3",
        "@SUM(A1)",
        "＝1+1",
        " \t=1",
        "a\tb\nc\r\nd\x0be\u2028f\x00g",
        "\u202e=1",
    ],
)
def test_no_question_becomes_a_formula_a_column_or_a_row(question: str) -> None:
    text = results_tsv(asked(question))
    plain = read(results_tsv(asked("a plain question")), csv.QUOTE_NONE)
    for quoting in (csv.QUOTE_NONE, csv.QUOTE_MINIMAL):  # pandas and spreadsheets take quotations, awk does not
        rows = read(text, quoting)
        assert [len(row) for row in rows] == [len(row) for row in plain]
        assert rows[2:] == plain[2:], "no other round is touched"
        assert [cell for i, cell in enumerate(rows[1]) if i != 4] == [cell for i, cell in enumerate(plain[1]) if i != 4]
        assert rows[1][4][:1] not in ("=", "+", "-", "@", '"', "＝", "\t")


# ---------------------------------------------------------------- MODELS.md


def test_models_that_are_kept_come_whole_and_the_others_in_a_line() -> None:
    page = green_page()
    text = models_md(page)
    first, _, rest = text.partition("## Models that are not kept")
    for r in page.rounds:
        assert (f"Round {r.number}: " in first) == kept(r)
        assert (f"| {r.number} {r.slug} |" in rest) != kept(r)
        assert f"greenlight run green-light {r.number}" in (first if kept(r) else rest)
    assert any(map(kept, page.rounds))
    assert not all(map(kept, page.rounds))


def test_a_release_stands_with_its_model_whatever_its_verdict() -> None:
    page = green_page()
    (dropped, *_) = [r for r in page.rounds if not kept(r)]
    name = "releases/x | <b>y</b>"
    one = Released(dropped.number, "v1 | [a](b)", name, (1, 3), "ab" * 32)
    text = models_md(replace(page, releases=[one]))
    head, _, rest = text.partition("## Models that are not kept")
    section = head.partition(f"Round {dropped.number}: ")[2].partition("\n## ")[0]
    assert f"| release.json | sha256 {'ab' * 32} |" in section
    assert "weights of seed 1, 3" in section
    assert f"| {dropped.number} {dropped.slug} |" not in rest
    rows = [line for line in section.splitlines() if line.startswith("| Released")]
    assert len(rows) == 1
    kinds = {t.type for token in READER.parse(text) for t in [token, *(token.children or [])]}
    assert not kinds & {"html_inline", "html_block", "link_open"}
    assert "greenlight verify 'green-light/releases/x | <b>y</b>' --rebuild" in section, "quoted, as code"


# ---------------------------------------------------------------- the same ledger, the same bytes


def test_the_same_ledger_gives_the_same_bytes(tiny: Study, tmp_path: Path, capsys: Capture) -> None:
    before = {name: (tiny.folder / name).read_bytes() for name in NAMES}
    study = Study(shutil.copytree(tiny.folder, tmp_path / tiny.folder.name, ignore=shutil.ignore_patterns("*.jsonl.*")))
    for name in NAMES:
        (study.folder / name).unlink()
    shutil.rmtree(study.folder / "store" / "locks", ignore_errors=True)
    for path in (study.folder / "store").glob("leaderboard*"):
        path.unlink()  # what is remembered of the rounds
    tables(study)
    assert {name: (study.folder / name).read_bytes() for name in NAMES} == before
    stamps = {name: (study.folder / name).stat().st_mtime_ns for name in NAMES}
    tables(study)
    assert {name: (study.folder / name).stat().st_mtime_ns for name in NAMES} == stamps, "nothing new is not written"
    assert guarded(["release", "1", str(study.folder), "--tag", "one"]) == 0
    capsys.readouterr()
    text = (study.folder / "MODELS.md").read_text()
    assert "| Released | releases/one, tag one, weights of seed " in text
    shutil.rmtree(study.folder / "releases")
    tables(study)
    assert {name: (study.folder / name).read_bytes() for name in NAMES} == before


def test_report_writes_the_tables_anew(tmp_path: Path, capsys: Capture) -> None:
    study = made(tmp_path / "study")
    assert guarded(["report", str(study.folder)]) == 0
    (study.folder / "results.tsv").write_text("by hand\n")
    assert guarded(["report", str(study.folder)]) == 0
    found = {name: (study.folder / name).read_text() for name in NAMES}
    assert found["results.tsv"].startswith("commit\tval_bpb\t")
    assert "No round has been run yet" in found["leaderboard.md"]
    assert "No model has been trained yet" in found["MODELS.md"]


def test_tables_of_one_page_are_the_same_each_time() -> None:
    assert table_texts(green_page()) == table_texts(green_page())
    assert leaderboard_md(text_page()) == leaderboard_md(text_page())
