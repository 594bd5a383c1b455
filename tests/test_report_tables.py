"""The study's tables and the words and numbers in them: right, aligned, and safe against every string."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from report_pages import HOSTILE, green_page, hostile_page, many_page, text_page

from greenlight import stats
from greenlight.report.cells import half_width, score_cell
from greenlight.report.tables import leaderboard_md, leaderboard_text, models_md, results_tsv
from greenlight.report.text import (
    bracket,
    clean,
    compact,
    count,
    decimals,
    duration,
    fixed,
    highlight,
    md,
    moment,
    p_value,
    percent,
    plus_minus,
    short,
    short_float,
)

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def test_an_invalid_score_shows_no_number() -> None:
    page = text_page()
    broken = page.rounds[0].scores["bpc"].model_copy(update={"invalid": "1 character cannot be written"})
    rounds = [page.rounds[0].model_copy(update={"scores": {"bpc": broken}}), *page.rounds[1:]]
    board = leaderboard_md(replace(page, rounds=rounds))
    assert "| invalid |" in board
    assert f"{broken.value:.3f}" not in board
    assert "1 character cannot be written" in models_md(replace(page, rounds=rounds))
    assert results_tsv(replace(page, rounds=rounds)).splitlines()[1].endswith("\t\t")


def test_rare_things_do_not_look_certain() -> None:
    row = text_page().rounds[0]
    score, blocks = row.scores["bpc"], tuple(map(str, range(120)))

    def half(*hits: set[int]) -> float | None:
        values = tuple(tuple(float(i in hit) for i in range(120)) for hit in hits)
        changes = {"seeds": tuple(range(len(hits))), "blocks": blocks, "values": values, "weights": (1.0,) * 120}
        return half_width(score.model_copy(update=changes))

    apart, agreed = half({1}, {2}, set()), half({1}, {2}, {3})
    assert apart is not None
    assert agreed is not None
    by_chance = stats.t_interval([i < 3 for i in range(360)])  # three of 360 documents, all of them apart
    assert agreed >= (by_chance.high - by_chance.low) / 2
    assert agreed < 5 * apart
    assert half(set(), set(), set()) is None
    assert half({1}) is None
    spread = stats.one_arm(score.values, score.weights).interval
    assert half_width(score) == (spread.high - spread.low) / 2, "seeds that differ show their own noise"
    none = score.model_copy(update={"values": tuple((0.0,) * len(score.blocks) for _ in score.seeds)})
    assert score_cell(row.model_copy(update={"scores": {"bpc": none}}), "bpc", 3) == "0.000"


def test_a_models_table_reads_as_words() -> None:
    page = text_page()
    score = page.rounds[0].scores["bpc"]
    count = len(score.seeds)
    assert re.search(rf"\| BPC \| [0-9.]+ ± [0-9.]+ bits per character, {count} seeds \|", models_md(page))


def test_no_string_breaks_the_tables() -> None:
    page = hostile_page(HOSTILE)
    lines = results_tsv(page).splitlines()
    assert len(lines) == 1 + len(page.rounds)
    assert len({line.count("\t") for line in lines}) == 1
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line.split("\t"))
    rows = [line for line in leaderboard_md(page).splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(page.rounds)
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    for text in (models_md(page), leaderboard_md(page)):
        inner = [t for token in READER.parse(text) for t in [token, *(token.children or [])]]
        assert not [t for t in inner if t.type in ("html_inline", "html_block", "link_open", "fence", "s_open")]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("# heading", "\\# heading"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("−0.2 [a]", "−0.2 \\[a\\]"),
        ("a | b\nc", "a \\| b c"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("https://x.y", "https\\://x.y"),
        ("+0.4", "+0.4"),
        ("0.54 nats", "0.54 nats"),
        ("---", "\\---"),
    ],
)
def test_markdown_is_neutral(text: str, safe: str) -> None:
    assert md(text) == safe


def test_mentions_are_marked_as_they_are_counted() -> None:
    assert str(highlight("A Green\nlight & <b>", "green light")) == "A <mark>Green\nlight</mark> &amp; &lt;b&gt;"
    assert str(highlight("<i>", "")) == "&lt;i&gt;"
    assert clean("a\u200db\u202ec\x07") == "a\u200db⟨U+202E⟩c␇"


def test_tsv_has_the_known_columns_first() -> None:
    page = text_page()
    head, *rows = (line.split("\t") for line in results_tsv(page).splitlines())
    assert head[:5] == ["commit", "val_bpb", "memory_gb", "status", "description"]
    assert [row[3] for row in rows] == ["keep", "keep", "discard", "crash"]
    outcomes = [row[head.index("outcome")] for row in rows]
    assert outcomes == ["", "better", "equivalent", "crash"]
    assert rows[3][1] == ""  # unknown is never 0
    assert float(rows[0][head.index("bpc")]) == pytest.approx(page.rounds[0].scores["bpc"].value, rel=1e-5)
    assert [row[head.index("looks")] for row in rows] == ["", "1", "1", ""]
    assert [row[head.index("factors")] for row in rows] == ["", "1", "1", ""]
    assert rows[0][head.index("steps")] == "1200"


def test_what_stands_under_the_board_is_neutral_and_the_champion_is_marked() -> None:
    page = replace(
        text_page(), champion=2, marks=("Champion: <b>x</b> | y", "Luck"), equal=("At equal # cost", "- one")
    )
    text = leaderboard_md(page)
    assert "| ★ 2 all |" in text
    assert text.count("★") == 1
    assert "- Champion: &lt;b&gt;x&lt;/b&gt; \\| y\n- Luck\n\nAt equal # cost\n\n- \\- one\n" in text
    assert "★" not in leaderboard_md(text_page())


def test_leaderboard_fits_a_terminal() -> None:
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    for page in (green_page(), text_page(), many_page(8)):
        headers, cells = leaderboard_text(page.rounds)
        grid = Table(*headers, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in cells:
            assert len(row) == len(headers)
            grid.add_row(*map(Text, row))
        out = io.StringIO()
        Console(file=out, width=80).print(grid)
        assert sum("±" in line or "crashed" in line for line in out.getvalue().splitlines()) == len(page.rounds)


def test_models_name_what_makes_them_again() -> None:
    text = models_md(green_page())
    for r in green_page().rounds:
        assert f"greenlight run green-light {r.number}" in text
        assert r.recipe_fingerprint[:16] in text
    assert "Crashed" not in models_md(text_page())


def test_tables_load_no_charts() -> None:
    code = (
        "import sys; import greenlight.report.tables, greenlight.report.page\n"
        "print([m for m in ('altair', 'vl_convert', 'jinja2', 'scipy', 'torch', 'pandas') if m in sys.modules])\n"
        "import greenlight.report.build; print('torch' in sys.modules or 'altair' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


def test_numbers_read_well() -> None:
    assert plus_minus(1.92149, 0.0141, decimals(0.0141, 1.9)) == "1.921 ± 0.014"
    assert plus_minus(0.507, 0.058, decimals(0.058, 0.5)) == "0.51 ± 0.06"
    assert plus_minus(float("nan"), 0.1, 2) == "–"
    assert fixed(-0.0001, 2, signed=True) == "0.00"
    assert fixed(-0.25, 2) == "−0.25"
    assert bracket(-0.2, 0.18) == "[−0.20, +0.18]"
    assert bracket(0.0, 0.0) == "[0.00, 0.00]"
    assert (short(689_408), short(1_249_000), short(612), short(None)) == ("689 k", "1.25 M", "612", "–")
    assert (count(12_345), count(6.0), count("7")) == ("12,345", "6", "–")
    assert (percent(0.0174), percent(0.4), percent(None)) == ("1.7 %", "40 %", "–")
    assert (p_value(0.034), p_value(3e-7), p_value(0.0)) == ("p = 0.034", "p < 10⁻⁶", "p < 10⁻³⁰⁰")
    assert (duration(42), duration(200), duration(7500)) == ("42 s", "3 min 20 s", "2 h 5 min")
    assert (short_float(0.012344), short_float(1e-6), short_float(12345.6)) == ("0.01234", "1.00e−06", "12,346")
    assert compact({"a": 0.4, "b": 0.6}) == "a 40 % · b 60 %"
    assert compact({"use": "char", "vocab": 353}) == "use char · vocab 353"
    assert (compact(True), compact([1, 2]), compact(None), compact({})) == ("yes", "1, 2", "–", "none")
    assert (moment("2026-11-20T10:31:00+00:00"), moment("soon")) == ("2026-11-20 10:31", "soon")
