"""The blend solver: against a brute-force grid, with a voice that falls, on broken input, and on the real mixture."""

from __future__ import annotations

import itertools
import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import foreign, mentions, trends
from greenlight import weights as at
from greenlight.cli.blend import sentences, written
from greenlight.cli.main import guarded
from greenlight.errors import InputError, RecipeError
from greenlight.nouns import Provenance, Text
from greenlight.solve import Ask, Solution, solve

PATTERN = "green light"
CLEAN, WIDE, FLAT, FALLS = (1, 2, 3, 4, 5), (5, 6, 9, 12, 17), (2, 2, 2, 2, 3), (5, 4, 3, 2, 1)


def story(voice: str, topic: str, level: int, found: int, **more: Any) -> Text:
    made = Provenance(voice=voice, voice_fingerprint="", prompt="", topic=topic, level=level, **more)
    body = " ".join(["The green light shone."] * found or ["A hill."])
    return Text(id=f"{voice}/{topic}/{level}", control=f"[{level}]\n", body=body, made=made)


def corpus(seed: int = 1, **voices: tuple[tuple[float, ...], int]) -> list[Text]:
    """Poisson counts around each voice's means, on so many topics of its own."""
    rng = np.random.default_rng(seed)
    return [
        story(voice, f"{voice} {t}", level, int(rng.poisson(mean)))
        for voice, (means, topics) in voices.items()
        for t in range(topics)
        for level, mean in enumerate(means, 1)
    ]


def grid(voices: int, floor: float, step: float = 0.05) -> np.ndarray:
    whole = round(1 / step)
    rows = (p for p in itertools.product(range(whole + 1), repeat=voices) if sum(p) == whole)
    return np.array([row for row in np.array(list(rows)) * step if row.min() >= floor - 1e-9])


GRID = {floor: grid(4, floor) for floor in (0.0, 0.05, 0.1)}


def small(samples: list[Text], **ask: Any) -> Solution:
    return solve(samples, PATTERN, Ask(draws=200, **ask))


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(GRID)), st.floats(0.05, 3.0))
@settings(max_examples=150, deadline=None)
def test_no_point_of_a_grid_is_better(seed: int, floor: float, wild: float) -> None:
    rng = np.random.default_rng(seed)
    values = np.sort(rng.choice(40, 7, replace=False)).astype(float)
    lean = np.linspace(-1, 1, 5)[:, None] * np.linspace(-1, 1, 7) * rng.normal(wild, wild, (4, 1, 1))
    shares = np.exp(lean + rng.normal(0, wild, (4, 5, 7)))
    seen = at.Seen((shares / shares.sum(-1, keepdims=True))[None], values, np.full((4, 5), 1e12))
    rises = GRID[floor] @ at.slopes(seen.means)[0] >= 0
    for aim in ("eta2", "mi"):
        weights, value = at.best(seen, floor, aim)  # type: ignore[arg-type]
        if np.isnan(value[0]):
            assert not rises.any()
            continue
        assert weights.sum() == pytest.approx(1)
        assert weights.min() >= floor - 1e-9
        assert weights[0] @ at.slopes(seen.means)[0] >= -1e-9
        if rises.any():
            best = at.score(seen, GRID[floor][rises][None], aim).max()  # type: ignore[arg-type]
            assert value[0] >= best - 1e-6
            if at.slopes(seen.means).min() >= 0:  # the best corner is on the grid
                assert value[0] == pytest.approx(best, abs=1e-6)


def test_the_aims_are_those_of_the_rows() -> None:
    samples = corpus(a=(CLEAN, 20), b=(WIDE, 30))
    found = [mentions.count(s.body, PATTERN) for s in samples]
    levels = [s.made.level for s in samples]
    counts, notes = at.count(samples, PATTERN)
    seen, now = counts.seen(np.ones((1, 50))), np.array([[[0.4, 0.6]]])
    assert notes == ()
    assert at.eta2(seen, now)[0, 0] == pytest.approx(trends.eta_squared(found, levels))
    assert small(samples).now.eta2 == pytest.approx(trends.eta_squared(found, levels))
    joint = np.zeros((5, max(found) + 1))
    np.add.at(joint, (np.array(levels) - 1, found), 1 / len(found))
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    plain = (joint[joint > 0] * np.log2(joint[joint > 0] / apart[joint > 0])).sum()
    assert at.mi(seen, now, corrected=False)[0, 0] == pytest.approx(plain)
    one = at.Seen(seen.shares[:, :1], seen.values, seen.stories[:1])
    k, n = one.shares[0, 0] > 0, 20
    miller = (k.sum(-1) - 1).mean() / 2 / n
    q = one.shares[0, 0].mean(0)
    top = (one.shares[0, 0] * (1 - one.shares[0, 0]) / n).mean(0) / 5
    bias = miller - (top[q > 0] / q[q > 0]).sum() / 2
    lone = np.ones((1, 1, 1))
    assert at.mi(one, lone, False)[0, 0] - at.mi(one, lone)[0, 0] == pytest.approx(bias / np.log(2))


def test_the_intervals_cover_and_optimism_is_that_of_choosing() -> None:
    shapes = {"a": ((1.0, 2.0, 3.0), 25), "b": ((1.0, 1.5, 2.0), 25), "c": ((3.0, 4.0, 5.5), 25)}
    big, _ = at.count(corpus(0, **{v: (m, 4000) for v, (m, _) in shapes.items()}), PATTERN)
    truth = big.seen(np.ones((1, 12_000)))
    inside, gains, over = 0, 0, []
    for seed in range(60):
        found = small(corpus(seed + 1, **shapes), floor=0.1)
        real = [at.eta2(truth, np.array([[list(m.weights.values())]]))[0, 0] for m in (found.now, found.solved)]
        inside += found.solved.aim.low <= real[1] <= found.solved.aim.high
        gains += found.gain.low <= real[1] - real[0] <= found.gain.high
        over.append((found.solved.aim.value - real[1], found.optimism))
    assert min(inside, gains) >= 51  # 57 on average
    seen, said = np.mean(over, axis=0)
    assert said == pytest.approx(seen, abs=0.02)


def test_a_gain_within_noise_is_said_to_be_none() -> None:
    same = corpus(a=(CLEAN, 30), b=(CLEAN, 30), c=(CLEAN, 30))
    found = small(same)
    assert found.gain.low <= 0
    assert "not shown to be better than the blend that is there" in sentences(found)[0]
    assert max(v.taken for v in found.voices) < 0.95
    assert any("Another voice may well be the best" in line for line in sentences(found))
    assert found == small(same)
    clear = small(corpus(a=(CLEAN, 60), b=(FLAT, 60)))
    assert clear.gain.low > 0
    assert clear.solved.weights == {"a": 0.95, "b": 0.05}
    assert any(line.startswith("b flattens the dial") for line in sentences(clear))


def test_an_inverted_dial_is_never_maximised() -> None:
    found = small(corpus(down=(tuple(3 * n for n in FALLS), 40), up=(FLAT, 40)), floor=0.0)
    assert found.solved.slope.value >= 0
    assert found.solved.weights == {"down": 0.0, "up": 1.0}
    assert "down" not in written(found)
    assert any("down has a dial that falls" in note for note in found.notes)
    with pytest.raises(InputError, match=r"at a floor of 0.4 the dial of every blend falls .*set the floor lower"):
        small(corpus(down=(tuple(3 * n for n in FALLS), 40), up=(FLAT, 40)), floor=0.4)
    with pytest.raises(InputError, match="none of these voices can be used"):
        small(corpus(a=(FALLS, 20), b=(FALLS, 20)))


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=20), st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_rounded_weights_are_whole_and_keep_the_floor(raw: list[float], part: float) -> None:
    floor = part / len(raw)
    weights = [floor + (1 - floor * len(raw)) * w / sum(raw) for w in raw]
    found, step = at.rounded(weights, floor)
    assert sum(found) == pytest.approx(1, abs=1e-9)
    assert min(found) >= floor - 1.1e-6
    assert max(abs(a - b) for a, b in zip(found, weights, strict=True)) <= len(raw) * step + 1e-9
    assert step == 0.01 or step < 0.01 < floor * len(raw) + 0.01 * len(raw)


def test_the_stock_is_counted_in_whole_topics() -> None:
    samples = corpus(a=(CLEAN, 60), b=(FLAT, 60))
    found = small(samples, floor=0.25, size=500)
    assert (found.solved.weights, found.reach, found.limited_by) == ({"a": 0.75, "b": 0.25}, 400, "a")
    assert found.short == {"a": 75}  # 75 of 100 topics, and 60 are there
    assert small(samples, floor=0.25, size=400).short == {}
    with pytest.raises(RecipeError, match="size 401 is no multiple of the 5 levels"):
        small(samples, size=401)


def test_one_voice_has_nothing_to_choose() -> None:
    found = small(corpus(only=(CLEAN, 20)))
    assert (found.solved.weights, found.gain.value, found.voices[0].without) == ({"only": 1.0}, 0.0, None)
    assert sentences(found)[0].startswith("One voice wrote all of it, so its weight is 1")


def test_what_cannot_be_weighed_is_named() -> None:
    samples = corpus(a=(CLEAN, 20), b=(FLAT, 20))
    lacks = [s for s in samples if s.made.voice == "a" or s.made.level != 3]
    assert small(lacks).notes[0] == "left out: b has no story at level 3 (80 in all)"
    more = [*samples, story("", "t", 1, 1), story("a", "a 0", 1, 9, finish_reason="length"), story("c", "t", 1, 1)]
    more += [story("d", "t", level, 1) for level in range(1, 6)]
    notes = small(more).notes
    assert notes[:2] == ("left out: 1 story without an end", "left out: 1 story without a voice's name")
    assert any("c has no story at level 2, 3, 4, 5" in note for note in notes)
    assert any("d has a single topic" in note for note in notes)
    shared = [
        story(v, f"t{t}", level, level * m) for v, m in (("a", 1), ("b", 2)) for t in range(9) for level in (1, 2)
    ]
    assert any("written on by several voices" in note for note in small(shared).notes)
    assert any("few topics" in note for note in small(shared).notes)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ({"floor": 0.6}, "a floor of 0.6 for each of 2 voices is more than the whole: 0.5 is the most"),
        ({"floor": -0.1}, "a floor of -0.1 is no share"),
        ({"floor": float("nan")}, "a floor of nan is no share"),
        ({"aim": "eta"}, "unknown aim 'eta'; did you mean 'eta2'"),
    ],
)
def test_what_cannot_be_asked_is_named(ask: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError, match=said.replace(".", r"\.")):
        small(corpus(a=(CLEAN, 5), b=(FLAT, 5)), **ask)


def test_stories_that_leave_nothing_to_choose_are_refused() -> None:
    samples = corpus(a=(CLEAN, 5), b=(FLAT, 5))
    for pattern in (" ", "\t"):
        with pytest.raises(RecipeError, match="the pattern is blank"):
            solve(samples, pattern)
    with pytest.raises(InputError, match=r"no story holds '\(a\+\)\+\$\|'"):
        solve(samples, "(a+)+$|")
    with pytest.raises(InputError, match="names its voice: give a --manifest"):
        small([s.model_copy(update={"made": s.made.model_copy(update={"voice": ""})}) for s in samples])
    with pytest.raises(InputError, match="every story has 2 of 'green light': nothing varies"):
        small([story(v, f"{v}{t}", level, 2) for v in "ab" for t in range(4) for level in (1, 2)])
    with pytest.raises(InputError, match="have 1 level"):
        small([s for s in samples if s.made.level == 1])
    with pytest.raises(InputError, match="no voice can be used: a has no story at level 2"):
        small([story("a", "x", 1, 1), story("b", "x", 2, 1)])
    with pytest.raises(InputError, match="no story is whole"):
        small([story("a", "x", 1, 1, finish_reason="length")])
    assert any("control line" in note for note in solve(samples, "A hill").notes) is False
    named = [s.model_copy(update={"control": "green light: "}) for s in samples]
    assert any("also stands in the control line" in note for note in small(named).notes)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.jsonl"
    rows = corpus(**{'lab/a "wide" voice with a very long name': (WIDE, 20), "b": (FLAT, 20), "c": (CLEAN, 20)})
    lines = (
        {"body": s.body, "control": s.control, "level": s.made.level, "topic": s.made.topic, "voice": s.made.voice}
        for s in rows
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    call = ["blend", "--corpus", str(path), "--pattern", PATTERN]
    assert guarded([*call, "--size", "200"]) == 0
    page = capsys.readouterr().out
    *shown, last = page.rstrip().splitlines()
    assert all(len(line) <= 80 for line in shown)
    assert "cannot be made" in page
    assert guarded([*call, "--json", "--aim", "mi"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert tomllib.loads(data["written"])["blend"] == pytest.approx(data["solved"]["weights"])
    assert sum(tomllib.loads(last)["blend"].values()) == pytest.approx(1)
    assert data["solved"]["aim"]["value"] == data["solved"]["mi"]
    assert guarded([*call, "--floor", "0.5"]) == 2
    assert "0.3333 is the most" in capsys.readouterr().err


def test_the_real_mixture(shared: Path) -> None:
    samples = foreign.samples(shared / "data/green-light/mixture.txt")
    found = solve(samples, PATTERN)
    counts, _ = at.count(samples, PATTERN)
    seen = counts.seen(np.ones((1, 400)))
    best = at.eta2(seen, GRID[0.05][None]).max()
    assert found.exact >= best - 1e-6
    assert found.exact == pytest.approx(best, abs=0.01)
    assert found.now.eta2 == pytest.approx(0.2426, abs=1e-4)
    assert found.even.eta2 == pytest.approx(0.2357, abs=1e-4)
    assert found.solved.eta2 == pytest.approx(0.5708, abs=1e-4)
    assert found.gain.low > 0.3
    assert (found.reach, found.limited_by) == (470, "google/gemma-4-26b-a4b-qat")
