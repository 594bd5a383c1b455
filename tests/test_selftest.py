"""The metric's self-test: what a corpus shows of its own dial, and what is refused, with the right reason."""

from __future__ import annotations

import itertools
import json
import random
import time
from pathlib import Path

import numpy as np
import pytest

from greenlight import foreign, mentions, parts, selftest
from greenlight.cli.main import guarded
from greenlight.corpus import save
from greenlight.errors import RecipeError, RoundError
from greenlight.nouns import Provenance, Text
from greenlight.selftest import Rule, check, refusal
from greenlight.study import Study

LINEAR = (1.0, 2.0, 3.0, 4.0, 5.0)
PATTERN = "green light"


def story(topic: str, level: int, found: int, length: int = 0, control: str = "[level={level}]\n") -> Text:
    """A body with so many mentions, and at least so many characters."""
    body = " ".join(["The green light shone."] * found or ["A hill."]).ljust(length, ".")
    made = Provenance(voice="v", voice_fingerprint="", prompt="", topic=topic, level=level)
    line = control.format(level=level, topic=topic)
    return Text(id=f"{topic}/{level}", control=line, body=body, made=made)


def corpus(means: tuple[float, ...], topics: int = 60, seed: int = 1) -> list[Text]:
    """Overdispersed counts, one story a topic and level; topics differ in their liking."""
    rng = np.random.default_rng(seed)
    liking = rng.gamma(4.0, 0.25, topics)
    return [
        story(f"topic {t}", level, int(rng.poisson(mean * liking[t] * rng.gamma(4.0, 0.25))))
        for t in range(topics)
        for level, mean in enumerate(means, 1)
    ]


def test_a_dial_is_seen() -> None:
    found = check(corpus(LINEAR), PATTERN, topics=40)
    assert (found.blind, refusal(found)) == ("", "")
    assert (found.test, found.levels, found.corpus_topics, found.stories) == ("Page", (1, 2, 3, 4, 5), 60, 300)
    assert found.ceiling.low < 1.0 < found.ceiling.high
    assert found.at.found.value > 0.99 > 0.8 > found.floor.found.value
    assert found.floor.low < 0 < found.floor.high < found.at.low
    assert found.at.slope == pytest.approx(found.ceiling.value, abs=0.02)
    assert found == check(corpus(LINEAR), PATTERN, topics=40) != check(corpus(LINEAR), PATTERN, topics=40, seed=1)


def test_shuffled_levels_give_the_floor() -> None:
    samples, rng = corpus(LINEAR), random.Random(3)
    for start in range(0, len(samples), 5):
        levels = rng.sample(range(1, 6), 5)
        for i, level in enumerate(levels, start):
            made = samples[i].made.model_copy(update={"level": level})
            samples[i] = samples[i].model_copy(update={"made": made})
    there, gone = check(corpus(LINEAR), PATTERN), check(samples, PATTERN)
    assert gone.floor.slope == pytest.approx(0.0, abs=0.02)
    for name in ("low", "high"):
        assert getattr(gone.floor, name) == pytest.approx(getattr(there.floor, name), abs=0.03)
    for floor in (gone.floor, there.floor):
        assert 0.03 <= floor.found.value <= 0.075
        assert floor.order.value < 0.03  # 1 of 120 orders, with ties fewer
    assert gone.floor.low <= gone.ceiling.value <= gone.floor.high
    assert gone.blind.startswith("the corpus's dial is flat, as far as it shows")


def test_the_chances_are_those_of_a_plain_simulation() -> None:
    samples, topics = corpus((2.0, 2.3, 2.6, 2.9, 3.2), topics=30), 12
    found = check(samples, PATTERN, topics)
    table = [[mentions.count(s.body, PATTERN) for s in samples[i : i + 5]] for i in range(0, len(samples), 5)]
    rng, rising, slopes = random.Random(1), 0, []
    for _ in range(4000):
        means = [sum(column) for column in zip(*rng.choices(table, k=topics), strict=True)]
        rising += all(a < b for a, b in itertools.pairwise(means))
        slopes.append(sum((j - 2) * m for j, m in enumerate(means)) / 10 / topics)
    assert found.at.order.value == pytest.approx(rising / 4000, abs=0.04)
    assert (found.at.low, found.at.high) == pytest.approx(tuple(np.quantile(slopes, [0.05, 0.95])), abs=0.05)
    assert found.at.order.low < found.at.order.value < found.at.order.high


def test_too_few_topics_are_refused_with_the_number_that_would_do() -> None:
    samples = corpus((2.0, 2.3, 2.6, 2.9, 3.2), topics=300)
    found = check(samples, PATTERN, topics=8)
    assert found.p < 0.001  # the corpus has a dial
    assert f"with 8 topics a level the trend test finds it in {found.at.found.value:.0%}" in found.blind
    assert found.needed is not None
    assert f"about {found.needed} topics would do" in found.blind
    assert "selftest = false" in refusal(found)
    assert 0.74 <= check(samples, PATTERN, topics=found.needed).at.found.value <= 0.86
    assert check(samples, PATTERN, topics=2 * found.needed).blind == ""


def test_a_misspelt_pattern_is_refused_with_the_nearest() -> None:
    found = check(corpus(LINEAR), "grene light")
    assert found.blind == "no story holds 'grene light'; did you mean 'green light'?"
    assert (found.at.found.value, found.needed) == (0.0, None)
    assert check(corpus(LINEAR), "xyzzy").blind.endswith("count words that it has")


def test_a_pattern_of_the_control_line_is_refused() -> None:
    samples = [s.model_copy(update={"control": f"[green light={s.made.level}]\n"}) for s in corpus(LINEAR)]
    assert check(samples, PATTERN).blind.startswith("the pattern 'green light' stands in the control line ('[green")
    named = [story("a green light", s.made.level, 1, 0, "[l={level}]\ntopic: {topic}\n") for s in samples[:5]]
    kept = [*corpus(LINEAR), *named]
    assert check(kept, PATTERN).blind == ""  # a topic may name it: topics are not counted


def test_a_flat_and_a_falling_dial_are_refused() -> None:
    flat = check(corpus((2.0,) * 5), PATTERN)
    c = flat.ceiling
    assert c.low < 0 < c.high
    assert flat.blind == (
        f"the corpus's dial is flat, as far as it shows: {c.value:+.3g} mentions per level "
        f"[{c.low:+.3g}, {c.high:+.3g}] over 60 topics"
    )
    assert check(corpus(LINEAR[::-1]), PATTERN).blind.startswith("the corpus's dial falls with the level: -1")
    silent = check([story(f"t{t}", level, 3) for t in range(9) for level in (1, 2)], PATTERN)
    assert "flat" in silent.blind
    assert silent.ceiling.value == 0


def test_a_few_topics_repeated_often_make_no_dial() -> None:
    found = check(corpus((2.0, 2.2, 2.4, 2.6, 2.8), topics=6, seed=6), PATTERN, topics=1000)
    assert found.at.found.value > 0.8  # what six topics show by chance, drawn often
    assert "flat, as far as it shows" in found.blind
    assert "with repeats" in found.notes[0]


# ---------------------------------------------------------------- the legacy window


def test_a_window_runs_on() -> None:
    documents = [
        ("[green]\n", "A green hill. "),
        ("[green]\n", "Green, and far beyond it green.\n\n"),
        ("[green]\n", "x"),
    ]
    first, second, third = mentions.windowed(documents, "green", 28)
    assert (first.own, first.control, first.after, first.hidden, first.ended) == (1, 1, 1, 0, True)
    assert (second.own, second.control, second.after, second.hidden, second.ended) == (1, 0, 0, 1, False)
    assert (third.counted, third.ended) == (0, True)
    assert [w.counted for w in mentions.windowed(documents, "green", 6)] == [0, 1, 0]
    assert sum(w.hidden + w.own for w in mentions.windowed(documents, "green", 9)) == 3


def test_a_window_that_runs_on_is_refused_with_its_share() -> None:
    rng, samples = random.Random(4), []
    for topic in range(80):
        for level in (1, 2, 3):  # the mentions come after a beginning without any; level 1 is often short
            length = rng.choice((120, 120, 300)) if level == 1 else 400
            one = story(f"t{topic}", level, level, 0, "[green] [green] [green] {level}\n")
            body = ("." * 150 if length > 200 else "") + one.body
            samples.append(one.model_copy(update={"body": body.ljust(length, ".")}))
    found = check(samples, "green", rule=Rule(window=180))
    short = np.mean([len(s.body) < 180 for s in samples if s.made.level == 1])
    assert found.blind.startswith(
        f"{short:.0%} of level-1 stories end inside the window of 180 characters, and the next control line is counted"
    )
    assert "stand beyond it" in found.blind
    assert "and in 100% in whole documents; the pattern 'green' stands in the control line" in found.blind
    assert found.hides["1"]["ended"] == pytest.approx(short)
    assert found.hides["1"]["control"] > 1 > found.hides["3"]["control"]
    seen = check(samples, "green light", rule=Rule(window=10_000 // 20))
    assert seen.window == 500
    assert seen.means[0] > check(samples, "green light").means[0]  # the stories after it are counted too


def test_the_published_window_on_the_real_mixture(shared: Path) -> None:
    samples = foreign.samples(shared / "data/green-light/mixture.txt")
    began = time.process_time()
    whole = check(samples, PATTERN)
    assert time.process_time() - began < 2.0
    assert (whole.blind, whole.corpus_topics, whole.stories) == ("", 400, 2000)
    assert whole.means == pytest.approx((1.88, 2.81, 3.94, 5.30, 7.49), abs=0.01)
    legacy = check(samples, "green", rule=Rule(window=480))
    assert legacy.blind.startswith(
        "63% of level-1 stories end inside the window of 480 characters, and the next control"
    )
    assert legacy.means[0] > legacy.means[1] > legacy.means[2]
    assert whole.at.order.value > 0.95 > 0.05 > legacy.at.order.value


# ---------------------------------------------------------------- shapes


def test_levels_with_different_topics_are_drawn_by_level() -> None:
    apart = [
        s.model_copy(update={"made": s.made.model_copy(update={"topic": f"{s.made.topic} {s.made.level}"})})
        for s in corpus(LINEAR)
    ]
    found = check(apart, PATTERN)
    assert (found.test, found.blind, found.corpus_topics) == ("Jonckheere–Terpstra", "", 300)
    assert found.ceiling.low < 1.0 < found.ceiling.high
    assert 0.03 <= found.floor.found.value <= 0.075
    assert "without blocks" in found.notes[0]
    nameless = [s.model_copy(update={"made": s.made.model_copy(update={"topic": ""})}) for s in apart]
    assert check(nameless, PATTERN).at == found.at
    blocked = check(corpus(LINEAR), PATTERN, topics=6)
    assert check(apart, PATTERN, topics=6).at.found.value < blocked.at.found.value  # topics' liking is noise here


def test_topics_that_lack_a_level_are_left_out() -> None:
    found = check(corpus(LINEAR)[1:], PATTERN)
    assert (found.test, found.corpus_topics, found.stories) == ("Page", 59, 295)
    assert found.notes == ("topics that lack a level, and are left out: 1",)


def test_several_stories_of_a_topic_and_level_are_drawn_one_at_a_time() -> None:
    twice = [*corpus(LINEAR, seed=1), *corpus(LINEAR, seed=2)]
    found = check(twice, PATTERN)
    assert (found.corpus_topics, found.stories, found.blind) == (60, 600, "")
    assert found.at.slope == pytest.approx(found.ceiling.value, abs=0.02)
    assert found.at.high - found.at.low > 0.8 * (check(corpus(LINEAR), PATTERN).at.high - found.at.low)


def test_unfinished_documents_are_left_out() -> None:
    samples = corpus(LINEAR)
    cut = samples[7].made.model_copy(update={"finish_reason": "length"})
    samples[7] = samples[7].model_copy(update={"made": cut, "body": PATTERN * 900})
    found = check(samples, PATTERN)
    assert (found.notes[0], found.stories) == ("unfinished documents, which are left out: 1", 295)


@pytest.mark.parametrize(
    ("samples", "levels", "said"),
    [
        ([], (), "no stories"),
        (corpus((1.0,)), (), "only level 1"),
        ([story("t", 0, 1)], (), "no levels"),
        ([story(f"t{i}", i, 1) for i in range(30)], (), "30 levels: a dial has 2 to 20"),
        (corpus(LINEAR), (1, 2, 9), "no story at level 9"),
        (corpus(LINEAR, topics=1), (), "level 1 of the corpus has one topic"),
    ],
)
def test_what_cannot_be_tested_is_said(samples: list[Text], levels: tuple[int, ...], said: str) -> None:
    with pytest.raises(RoundError, match=said):
        check(samples, PATTERN, levels=levels)


@pytest.mark.parametrize(
    ("metric", "pattern", "said"),
    [
        ("bpc", PATTERN, "'bpc' has no dial"),
        ("dial.truncation", PATTERN, "has no dial that a level turns"),
        ("dail.slope", PATTERN, r"did you mean 'dial.slope'\?"),
        ("dial.slope", "  ", "blank"),
    ],
)
def test_a_metric_without_a_dial_is_said(metric: str, pattern: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        check(corpus(LINEAR), pattern, rule=Rule(metric))


def test_a_rate_that_only_grew_longer_is_flat() -> None:
    samples = [
        s.model_copy(update={"body": s.body.ljust(100 * s.made.level, "."), "id": s.id})
        for s in [story(f"t{t}", level, level) for t in range(30) for level in range(1, 5)]
    ]
    assert check(samples, PATTERN).blind == ""
    assert "flat" in check(samples, PATTERN, rule=Rule("dial.rate")).blind


# ---------------------------------------------------------------- the command


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(corpus(LINEAR), tmp_path / "c.parquet")
    call = ["selftest", "dial.slope", str(tmp_path / "c.parquet")]
    assert guarded([*call, "--pattern", PATTERN, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["verdict"], data["topics"], data["blind"]) == ("sees", 40, "")
    assert guarded([*call, "--pattern", "grene light", "--topics", "12"]) == 3
    out = capsys.readouterr().out
    assert "BLIND: no story holds 'grene light'" in out
    assert max(map(len, out.splitlines())) <= 80
    assert guarded(call) == 2
    assert "--pattern" in capsys.readouterr().err
    assert guarded(["dial", "--corpus", call[-1], "--pattern", PATTERN, "--window", "50", "--json"]) == 0
    window = json.loads(capsys.readouterr().out)["window"]
    assert window["characters"] == 50
    assert window["all"]["5"]["mean"] < 5.0 < window["all"]["5"]["mean"] + window["hides"]["5"]["hidden"] + 1
    assert guarded(["dial", "1", "--window", "50"]) == 2


def test_the_command_on_a_round(tiny: Study, capsys: pytest.CaptureFixture[str]) -> None:
    code = guarded(["selftest", "dial.slope", "1", "--study", str(tiny.folder), "--json"])
    data = json.loads(capsys.readouterr().out)
    assert (data["topics"], data["pattern"], data["levels"]) == (8, PATTERN, [1, 2, 3, 4, 5])
    assert code == (3 if data["blind"] else 0)
    assert guarded(["selftest", "dial.slope", "9", "--study", str(tiny.folder)]) == 1


def test_the_dial_can_be_measured_without_it() -> None:
    assert parts.make("metrics", "dial", {}).selftest
    assert not parts.make("metrics", "dial", {"selftest": False}).selftest
    assert selftest.WANTED == 0.8
