"""Which verdicts are looks at one change, and what choosing a control does to its record."""

from __future__ import annotations

from typing import Any

import pytest

from greenlight.judge import cautions, looked, moved_margin
from greenlight.nouns import Artifact, Round
from greenlight.study import Study


@pytest.fixture
def rounds(tiny: Study) -> list[Round]:
    """The tiny study's rows, as if its dial could be judged (its models end no document)."""
    rows = tiny.ledger.rounds()
    verdicts = [r.verdict and r.verdict.model_copy(update={"outcome": "undecided"}) for r in rows]
    return [r.model_copy(update={"verdict": v}) for r, v in zip(rows, verdicts, strict=True)]


def again(row: Round, seeds: tuple[int, ...], control: str | None = None, **changes: Any) -> Round:
    """The row as it would be with models of other seeds, or judged against other models of its control."""
    kept = {k: a for k, a in row.artifacts.items() if not k.startswith("model-")}
    models = {f"model-{s}": Artifact(kind="model", fingerprint=f"{row.number}{s}") for s in seeds}
    made = {"artifacts": kept | models, "seeds": seeds, "control": row.control if control is None else control}
    return row.model_copy(update=made | changes)


def test_the_first_verdict_on_a_change_is_the_first_look(rounds: list[Round]) -> None:
    one, two, three, _ = rounds
    assert looked(two, one, "dial.slope", rounds) == (3, ())
    assert looked(three, one, "dial.slope", rounds) == (3, ()), "other changes are other questions"
    assert looked(three, two, "dial.slope", rounds) == (3, ()), "and so is another round to compare with"


def test_every_further_verdict_on_it_is_a_further_look(rounds: list[Round]) -> None:
    one, _, three, _ = rounds
    paths = {
        "other seeds": (again(three, (11, 12, 13)), one, "dial.slope"),
        "more seeds": (again(three, (7, 8, 9, 10)), one, "dial.slope"),
        "under another number": (again(three, (11, 12, 13), number=9, slug="copy"), one, "dial.slope"),
        "another draw of the corpus": (
            again(three, (7, 8, 9), recipe={**three.recipe, "corpus": {**three.recipe["corpus"], "seed": 99}}),
            one,
            "dial.slope",
        ),
        "the control run again": (three, again(one, (21, 22, 23)), "dial.slope"),
        "another metric": (three, one, "bpc"),
    }
    for name, (row, control, metric) in paths.items():
        assert looked(row, control, metric, rounds) == (3, (3,)), name
    both = [*rounds, again(three, (7, 8, 9, 10))]
    assert looked(again(three, (7, 8, 9, 10, 11)), one, "dial.slope", both) == (3, (3, 4))


def test_an_invalid_verdict_was_no_look(rounds: list[Round]) -> None:
    one, _, three, _ = rounds
    assert three.verdict is not None
    broken = three.model_copy(update={"verdict": three.verdict.model_copy(update={"outcome": "invalid"})})
    assert looked(again(three, (11, 12)), one, "dial.slope", [one, broken])[1] == ()


def scored(rounds: list[Round], values: list[float]) -> list[Round]:
    out = []
    for row, value in zip(rounds, values, strict=True):
        score = row.scores["bpc"]
        same = score.model_copy(update={"values": tuple((value,) * len(score.blocks) for _ in score.seeds)})
        out.append(row.model_copy(update={"scores": {**row.scores, "bpc": same}}))
    return out


def test_the_best_and_the_worst_of_several_are_named_as_controls(rounds: list[Round]) -> None:
    rows = scored(rounds, [2.0, 1.9, 2.1, 2.05])
    said = [cautions(row, "bpc", rows) for row in rows]
    assert said[0] == ()
    assert said[1][0].startswith("round 2 is the best of 4 rounds, so part of its record is luck")
    assert said[2][0].startswith("round 3 is the worst of 4 rounds, so a gain over it is in part its bad luck")
    assert said[3] == ()


def test_a_margin_that_moved_after_the_models_were_judged_is_said(rounds: list[Round]) -> None:
    three = rounds[2]
    from greenlight.recipe import KeepIf

    keep = KeepIf.model_validate(three.recipe["keep_if"])
    assert moved_margin(three, keep, rounds) == ()
    said = moved_margin(three, keep.model_copy(update={"by": 0.001}), rounds)
    assert said == (f"the margin was {keep.by:g} when these models were first judged",)
    assert moved_margin(again(three, (11,)), keep.model_copy(update={"by": 0.001}), rounds) == ()
