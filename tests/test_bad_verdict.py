"""Scores that no verdict can rest on: each gives one clear line, or an invalid verdict that says why."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import made
from refusals import Capture, refused

from greenlight.chain import START, seal
from greenlight.crew import SOLO
from greenlight.errors import RoundError
from greenlight.metrics.dial import grid, readings
from greenlight.nouns import Factor, FactorTable, Score
from greenlight.recipe import KeepIf
from greenlight.round import run_round
from greenlight.study import Study
from greenlight.verdict import Beside, decide

ONE = FactorTable(factors=(Factor(key="corpus.blend", before={"a": 1.0}, after={"b": 1.0}),))
KEEP = KeepIf(metric="dial.slope", by=0.0)
TOPICS = tuple(f"topic {i}" for i in range(6))


def score(mean: float, **changes: Any) -> Score:
    values = tuple(tuple(mean + 0.1 * seed + 0.01 * topic * seed for topic in range(6)) for seed in range(3))
    data: dict[str, Any] = {
        "metric": "dial.slope",
        "unit": "mentions per level",
        "better": "higher",
        "seeds": (1, 2, 3),
        "blocks": TOPICS,
        "values": values,
        "weights": (1.0,) * 6,
        "yardstick": "y" * 64,
        "settings": {"temperature": 1.0},
        "over": "topics",
    }
    return Score.model_validate(data | changes)


ROW = (1.0,) * 6
MISSHAPEN = {
    "one seed of three is missing": ({"values": (ROW, ROW)}, "names 3 seeds and holds the values of 2"),
    "a seed too many": ({"seeds": (1, 2)}, "names 2 seeds and holds the values of 3"),
    "no seed": ({"seeds": (), "values": ()}, "holds no seeds"),
    "no item": ({"blocks": (), "values": ((), (), ()), "weights": ()}, "holds no items"),
    "an item short": ({"values": (ROW, ROW[:-1], ROW)}, "one value and one weight for each of its 6 topics"),
    "a weight short": ({"weights": ROW[:-1]}, "one value and one weight for each of its 6 topics"),
    "a topic twice": ({"blocks": (*TOPICS[:-1], TOPICS[0])}, "holds one of its topics twice"),
    "NaN": ({"values": (ROW, (math.nan, *ROW[1:]), ROW)}, "not a finite number"),
    "infinity": ({"values": (ROW, (math.inf, *ROW[1:]), ROW)}, "not a finite number"),
    "weights of nothing": ({"weights": (0.0,) * 6}, "weights that are not numbers above 0"),
    "weights below nothing": ({"weights": (-1.0,) * 6}, "weights that are not numbers above 0"),
    "weights that are no numbers": ({"weights": (math.nan,) * 6}, "weights that are not numbers above 0"),
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_a_misshapen_score_is_an_invalid_verdict(name: str) -> None:
    changes, said = MISSHAPEN[name]
    good, bad = score(1.0), score(1.5, **changes)
    for after, before, whose in ((bad, good, "this round's score"), (good, bad, "round 1's score")):
        verdict = decide(after, before, KEEP, ONE, 1)
        assert verdict.outcome == "invalid"
        assert f"no verdict against round 1: {whose} {'holds a value that is ' if 'finite' in said else ''}" in (
            verdict.sentence
        )
        assert said in verdict.sentence
        assert verdict.difference is None
    # an earlier round's broken score lends no noise, and breaks nothing
    beside = Beside(history=(bad,))
    assert decide(score(1.5), good, KEEP, ONE, 1, beside) == decide(score(1.5), good, KEEP, ONE, 1)


def test_equal_values_in_all_seeds_are_no_precision() -> None:
    """Seeds that do not reach the training look like no noise at all; that decides nothing, however far apart."""
    same, other = score(0.0, values=((1.0,) * 6,) * 3), score(0.0, values=((2.0,) * 6,) * 3)
    for after, before in ((same, same), (other, same), (same, other)):
        verdict = decide(after, before, KEEP, ONE, 1)
        assert verdict.outcome == "undecided"
        assert "All seeds gave exactly the same value, so no noise was measured" in verdict.missing
    assert decide(score(5.0), score(1.0), KEEP, ONE, 1).outcome == "better", "the same distance, with noise"


def test_other_topics_or_another_order_are_named() -> None:
    renamed = score(1.5, blocks=(*TOPICS[:-1], "the sea"))
    verdict = decide(renamed, score(1.0), KEEP, ONE, 1)
    assert verdict.outcome == "invalid"
    assert "the topics differ (6 here, 6 in round 1; 'the sea' is in one of them only)" in verdict.sentence
    turned = decide(score(1.5, blocks=TOPICS[::-1]), score(1.0), KEEP, ONE, 1)
    assert "they come in another order" in turned.sentence
    weighed = decide(score(1.5, weights=(2.0,) * 6), score(1.0), KEEP, ONE, 1)
    assert "the topics have other weights here than in round 1" in weighed.sentence


def test_levels_with_other_topics_are_no_dial() -> None:
    asked = [(topic, level) for topic in ("fox", "owl") for level in (1, 2)]
    assert grid(asked) == (("fox", "owl"), [1, 2])
    with pytest.raises(RoundError, match="asks for 'owl' at level 2 0 times: the dial needs every topic"):
        grid(asked[:-1])
    with pytest.raises(RoundError, match="asks for 'owl' at level 2 0 times"):
        grid([*asked[:-1], ("elk", 2)])
    with pytest.raises(RoundError, match="asks for 'fox' at level 1 2 times"):
        grid([*asked, ("fox", 1)])
    row = {"topic": "elk", "level": 2, "control": "", "text": "x", "finished": True, "mentions": 0}
    with pytest.raises(RoundError, match="'elk' at level 2 was not asked for"):
        readings([row], ("fox", "owl"), [1, 2], 0.05)
    with pytest.raises(RoundError, match="no document to count in"):
        readings([], ("fox", "owl"), [1, 2], 0.05)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small study with rounds 1 and 3 in its ledger, one seed each, measured by bpc alone."""
    study = made(tmp_path_factory.mktemp("whole") / "study")
    path = study.file(1)
    text = path.read_text().replace("steps  = 50", "steps  = 4\nthreads = 1")
    text = re.sub(r"dial = .*\n", "", text).replace('metric = "dial.slope"\nby     = 0.1', 'metric = "bpc"')
    path.write_text(text)
    for number in (1, 3):
        assert run_round(number, study, SOLO, ("seeds=[1, 2]",)).status == "done"
    return study.folder


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"values": [[1.0]]}, 3, "names 2 seeds and holds the values of 1"),
        ({"blocks": [], "values": [[], []], "weights": []}, 3, "holds no items"),
        ({"seeds": [1]}, 1, "was carried over: it has other seeds"),
        ({"metric": "dial.slope"}, 3, "the metric differs"),
    ],
)
def test_a_stored_score_that_was_touched(
    change: dict[str, Any], code: int, said: str, whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    for model in folder.glob("store/model-*"):
        shutil.rmtree(model)
    lines, previous = [], START
    for line in (folder / "ledger.jsonl").read_bytes().splitlines():
        entry = json.loads(line)
        del entry["hash"]
        if entry["body"]["number"] == 1:
            entry["body"]["scores"]["bpc"] |= change
        previous, sealed = seal({**entry, "previous": previous})
        lines.append(sealed)
    (folder / "ledger.jsonl").write_bytes(b"".join(lines))
    (folder / "leaderboard.md").unlink(missing_ok=True)  # it names the head as it was
    compare = ["compare", "1", "3", "--study", str(folder)]
    if code == 1:
        refused(compare, code, said, capsys)
        return
    from greenlight.cli.main import guarded

    capsys.readouterr()
    assert guarded(compare) == code
    shown = capsys.readouterr()
    assert "INVALID" in shown.out
    assert said in " ".join(shown.out.split())
    assert "Traceback" not in shown.err


def test_a_number_that_is_none_breaks_the_chain(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "s"))
    path = folder / "ledger.jsonl"
    values = Study(folder).round(1).scores["bpc"].values
    path.write_text(path.read_text().replace(str(values[0][0]), "NaN", 1))
    refused(["compare", "1", "3", "--study", str(folder)], 1, "line 1", capsys)
