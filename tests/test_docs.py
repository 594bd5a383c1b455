"""The pages that say what was found: every figure of theirs stands in the ledger that is kept beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from greenlight.inquiry import handwritten
from greenlight.study import Study

DOCS = Path(__file__).parents[1] / "docs"
KEPT = sorted(path.parent.name for path in (DOCS / "studies").glob("*/ledger.jsonl"))
"""Studies whose ledger is kept; each has a page of its name."""


def figures(page: str, study: Study) -> list[handwritten.Figure]:
    return handwritten.written(page, handwritten.sources(study, [page]))


def judged(study: Study) -> bool:
    """Whether anything was held against anything: without a verdict there is little to say."""
    return any(row.verdict is not None for row in study.ledger.latest().values())


@pytest.mark.parametrize("name", KEPT)
def test_every_figure_of_a_page_is_in_its_ledger(name: str) -> None:
    page, study = (DOCS / f"{name}.md").read_text(), Study(DOCS / "studies" / name)
    found = figures(page, study)
    wrong = [f"line {f.line}: {f.text} [{f.mark}] {f.source}" for f in found if f.state in ("wrong", "unmarked")]
    assert not wrong, "\n".join(wrong)
    assert sum(f.state == "traced" for f in found) >= (20 if judged(study) else 10)
    head = study.ledger.head
    assert head[:12] in page, f"the page names another ledger head than {head[:12]}"
    assert head in (study.folder / "leaderboard.md").read_text()


@pytest.mark.parametrize("name", KEPT)
def test_a_figure_that_was_changed_is_found(name: str) -> None:
    page, study = (DOCS / f"{name}.md").read_text(), Study(DOCS / "studies" / name)
    differences = r"[+−]\d\.\d\d(?= \[[+−])" if judged(study) else r"\d\.\d\d(?= \[r)"
    sign = re.search(differences, page)
    assert sign is not None, "a page has differences with their intervals"
    changed = page[: sign.start()] + "+7.77" + page[sign.end() :]
    assert any(f.state == "wrong" and "7.77" in f.text for f in figures(changed, study))
