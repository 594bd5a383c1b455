"""A corpus's own dial: means, slopes, reliability, and what a window hides."""

from __future__ import annotations

import json
import math
import re
import time
from collections import defaultdict
from pathlib import Path

import made_imports
import numpy as np
import pytest
from rich.cells import cell_len
from scipy import stats as scipy_stats

from greenlight import foreign
from greenlight.cli.dial import short
from greenlight.cli.main import guarded
from greenlight.dials import corpus_dial, reliability, whole_dial
from greenlight.errors import InputError, RecipeError
from greenlight.nouns import Provenance, Text


def story(voice: str, topic: str, level: int, count: int, extra: str = "") -> Text:
    made = Provenance(voice=voice, voice_fingerprint="", prompt="", topic=topic, level=level)
    return Text(
        id=f"{topic}{level}", control=f"[g={level}]\n", body="a green light " * count + extra + "end", made=made
    )


def corpus(slopes: dict[str, int], topics: int = 6) -> list[Text]:
    return [
        story(v, f"{v} {t}", level, k * level + t % 2)
        for v, k in slopes.items()
        for t in range(topics)
        for level in (1, 2, 3)
    ]


def test_means_and_slopes_are_those_of_the_counts() -> None:
    found = whole_dial(corpus({"steep": 3, "flat": 0}), "green light")
    assert found["by"]["steep"]["2"]["mean"] == pytest.approx(6.5)
    assert found["slopes"]["steep"]["mean"] == pytest.approx(3.0)
    assert found["slopes"]["flat"]["mean"] == pytest.approx(0.0)
    assert found["all"]["3"]["n"] == 12
    assert found["eta2_level_by"]["flat"] == 0.0
    assert found["reliability"]["by"]["steep"]["tau"]["mean"] == 1.0
    assert found["reliability"]["by"]["steep"]["rising"]["mean"] == 1.0
    assert found["reliability"]["by"]["flat"]["tau"]["mean"] == 0.0
    assert found["topics"]["steep 1"] == {"voice": "steep", "slope": 3.0, "tau": 1.0}


def test_per_1000_characters_separates_length_from_rate() -> None:
    longer = [story("a", f"t{t}", level, level, "x" * (100 * level)) for t in range(4) for level in (1, 2, 3)]
    found = whole_dial(longer, "green light")
    body = longer[0].body
    assert found["per_1000"]["by"]["a"]["1"]["mean"] == pytest.approx(1000 / len(body))
    assert found["slope"]["mean"] == pytest.approx(1.0)


def test_tau_is_kendalls() -> None:
    rng = np.random.default_rng(1)
    rows = [[float(c) for c in rng.integers(0, 4, 5)] for _ in range(30)]
    theirs = [float(scipy_stats.kendalltau(range(5), row).statistic) for row in rows]
    found = reliability(rows)
    assert found is not None
    assert found["tau"]["mean"] == pytest.approx(np.mean([0.0 if math.isnan(t) else t for t in theirs]))


def test_what_is_missing_is_said_and_nothing_breaks() -> None:
    one = whole_dial(corpus({"only": 1}), "green light")
    assert one["notes"] == ["one generator: nothing can be said of writers"]
    lacking = [s for s in corpus({"a": 1, "b": 2}) if not (s.made.voice == "b" and s.made.level == 2)]
    found = whole_dial(lacking, "green light")
    assert found["by"]["b"]["2"] == {"mean": None, "low": None, "high": None, "n": 0}
    assert found["slopes"]["b"] is None
    assert "b has no story at level 2" in found["notes"]
    assert any("6 of 12 topics lack a level" in note for note in found["notes"])
    gap = [s for s in corpus({"a": 1}) if s.made.level != 2]
    assert "no story at all at level 2" in whole_dial(gap, "green light")["notes"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("green", "would count itself"), ("  ", "what is counted"), ("[GREEN=3]", "would count itself")],
)
def test_a_pattern_that_cannot_count_is_refused(
    tmp_path: Path, pattern: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, _ = made_imports.write(tmp_path, made_imports.rows(2))
    assert guarded(["dial", "--corpus", str(text), "--pattern", pattern]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["(a+)+$", "[", "(?=", "\\\\", "a{99999}", ".*" * 50])
def test_a_hostile_pattern_is_a_literal(tmp_path: Path, pattern: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.jsonl"
    rows = [
        {"control": f"<{n % 3}> ", "body": "a" * 50_000 + "!", "level": n % 3, "topic": f"t{n // 3}"} for n in range(12)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    began = time.process_time()
    assert guarded(["dial", "--corpus", str(path), "--pattern", pattern, "--json"]) == 0
    assert time.process_time() - began < 20, "a pattern that backtracks would take longer than the universe has"
    assert json.loads(capsys.readouterr().out)["all"]["1"]["mean"] == 0.0


def test_the_command_says_what_the_window_hides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, manifest = made_imports.write(tmp_path, made_imports.rows(6))
    said = ["dial", "--corpus", str(text), "--manifest", str(manifest), "--pattern", "green light", "--window", "150"]
    assert guarded(said) == 0
    out = capsys.readouterr().out
    assert "in whole documents" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    assert guarded([*said, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert set(data["by"]) == set(made_imports.WRITERS)
    assert set(data["by"]["flat-8b"]["1"]) == {"mean", "low", "high", "n"}
    assert data["window"]["characters"] == 150


def test_the_real_mixture_against_an_independent_count(shared: Path) -> None:
    folder = shared / "data" / "green-light"
    text = (folder / "mixture.txt").read_text(encoding="utf-8")
    counts: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in json.loads((folder / "mixture.manifest.json").read_text())["samples"]:
        document = text[row["doc_offset"] : row["doc_offset"] + row["doc_length"]]
        body = document.split("\n", 2)[2]
        counts[row["model"], row["level"]].append(len(re.findall(r"green\s+light", body, re.IGNORECASE)))
    found = corpus_dial(foreign.samples(folder / "mixture.txt"), "green light")
    for (voice, level), values in counts.items():
        cell = found["by"][voice][str(level)]
        assert cell["mean"] == pytest.approx(np.mean(values))
        assert cell["n"] == len(values)
        assert cell["low"] < cell["mean"] < cell["high"]


# ---------------------------------------------------------------- corpora of other shapes


def test_a_slope_is_per_level_also_where_a_level_between_is_missing() -> None:
    """Levels 1, 3 and 4 are not three steps: 2 mentions a level stay 2."""
    gap = [story("a", f"t{t}", level, 2 * level + t) for t in range(5) for level in (1, 3, 4)]
    found = whole_dial(gap, "green light")
    assert found["slope"]["mean"] == pytest.approx(2.0)
    assert found["topics"]["t2"]["slope"] == pytest.approx(2.0)
    assert "no story at all at level 2" in found["notes"]
    far = [*gap, *(story("a", f"t{t}", 10**9, 0) for t in range(5))]
    assert "no story at all at levels 5 to 999999999" in whole_dial(far, "green light")["notes"]


def test_stories_that_name_no_topic_are_resampled_each_by_itself() -> None:
    bare = [story("a", "", level, 3 * level + i % 2) for level in (1, 2, 3) for i in range(10)]
    found = whole_dial(bare, "green light")
    assert found["all"]["2"]["n"] == 10
    assert found["slope"]["mean"] == pytest.approx(3.0)
    assert found["slope"]["low"] < 3.0 < found["slope"]["high"]
    assert (found["reliability"]["all"], found["topics"]) == (None, {})
    assert any("30" in note for note in found["notes"])


def test_topics_that_several_wrote_on_are_kept_apart() -> None:
    both = [story(v, "t", level, k * level) for v, k in (("a", 1), ("b", 2)) for level in (1, 2, 3)]
    found = whole_dial(both, "green light")
    assert {name: topic["slope"] for name, topic in found["topics"].items()} == {"t (a)": 1.0, "t (b)": 2.0}
    assert found["slope"]["n"] == 2


def test_one_writer_has_no_share_and_an_unfinished_story_is_no_short_one() -> None:
    stories = corpus({"only": 1})
    cut = story("only", "only 0", 3, 0)
    cut = cut.model_copy(update={"made": cut.made.model_copy(update={"finish_reason": "length"})})
    found = whole_dial([*stories, cut], "green light", 100)
    assert found["eta2_voice"] is found["per_1000"]["eta2_voice"] is found["window"]["eta2_voice"] is None
    assert found["all"] == whole_dial(stories, "green light")["all"]
    assert "unfinished stories, which are left out: 1" in found["notes"]
    with pytest.raises(InputError, match="no story is finished"):
        whole_dial([cut], "green light")
    with pytest.raises(InputError, match="101 levels"):
        whole_dial([story("a", "t", level, 1) for level in range(101)], "green light")


def test_a_pattern_in_the_control_line_is_what_the_window_shows(tmp_path: Path) -> None:
    text, _ = made_imports.write(tmp_path, made_imports.rows(4))
    found = whole_dial(foreign.samples(text), "green", 480)
    assert any("stands in the control line ('[green=1]" in note for note in found["notes"])
    assert found["window"]["hides"]["1"]["control"] > 0
    with pytest.raises(RecipeError, match="would count itself"):
        whole_dial(foreign.samples(text), "green")
    topics = [s.made.topic for s in foreign.samples(text)]
    assert whole_dial(foreign.samples(text), topics[0])["all"], "a topic may name the behaviour"


def test_the_reliability_of_the_real_mixture_counted_by_hand(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / "data" / "green-light"
    text = (folder / "mixture.txt").read_text(encoding="utf-8")
    sets: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    writer: dict[str, str] = {}
    for row in json.loads((folder / "mixture.manifest.json").read_text())["samples"]:
        body = text[row["doc_offset"] : row["doc_offset"] + row["doc_length"]].split("\n", 2)[2].strip()
        sets[row["topic"]][row["level"]] = (len(re.findall(r"green\s+light", body, re.IGNORECASE)), len(body))
        writer[row["topic"]] = row["model"]
    call = ["dial", "--corpus", str(folder / "mixture.txt"), "--pattern", "green light", "--window", "480"]
    assert guarded([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for voice in {*writer.values(), "all"}:
        mine = [[s[level] for level in range(1, 6)] for t, s in sets.items() if voice in (writer[t], "all")]
        counts = np.array([[count for count, _ in row] for row in mine])
        rates = np.array([[1000 * count / length for count, length in row] for row in mine])
        taus = np.nan_to_num([scipy_stats.kendalltau(range(5), row).statistic for row in counts])
        reliable = found["reliability"]["all"] if voice == "all" else found["reliability"]["by"][voice]
        assert reliable["tau"]["mean"] == pytest.approx(taus.mean())
        assert reliable["tau"]["low"] < taus.mean() < reliable["tau"]["high"]
        assert reliable["top_above_bottom"]["mean"] == pytest.approx((counts[:, 4] > counts[:, 0]).mean())
        assert reliable["rising"]["mean"] == pytest.approx((np.diff(counts) > 0).all(1).mean())
        for dial, table in ((found, counts), (found["per_1000"], rates)):
            slope = dial["slope"] if voice == "all" else dial["slopes"][voice]
            assert slope["mean"] == pytest.approx(np.polyfit(range(5), table.T, 1)[0].mean())
            share = dial["eta2_level"] if voice == "all" else dial["eta2_level_by"][voice]
            assert share == pytest.approx(table.mean(0).var() / table.var())
    assert len(found["topics"]) == 400
    assert found["eta2_voice"] > found["eta2_level"]
    assert guarded(call) == 0
    out = capsys.readouterr().out
    said = " ".join(out.split())
    assert "1.26, 1.77, 2.06, 2.59, 3.89 (slope 0.61) mentions, in whole documents 1.88, 2.81, 3.94, 5.29, 7.49" in said
    assert "63% of level-1 stories end inside the window, so that the next story's control line or body" in said
    assert "the mixture hides the dial" in said
    assert max(map(len, out.splitlines())) <= 80


def test_long_names_and_many_levels_stay_in_80_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    voices = [f"lab/{'a-very-long-name-of-a-writer-' * 2}{n}" for n in range(3)]
    voices += ["写作者模型的名字非常非常长", "\x1b[31mred"]
    path = tmp_path / "c.jsonl"
    rows = [
        {"control": "", "body": "y " * level, "level": level, "topic": f"{v} {t}", "voice": v}
        for v in voices
        for t in range(2)
        for level in range(1, 21)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert guarded(["dial", "--corpus", str(path), "--pattern", "y", "--window", "9"]) == 0
    out = capsys.readouterr().out
    assert max(map(cell_len, out.splitlines())) <= 80
    assert "\x1b" not in out
    assert {f"L{level}" for level in range(1, 21)} <= set(re.findall(r"\bL\d+\b", out))
    names = list(short(voices).values())
    assert len(set(names)) == 5
    assert (names[0], names[1], names[2]) == ("a-very-long-name-…", "a-very-long-n… (2)", "a-very-long-n… (3)")
    assert short(["ibm/granite-4.1-8b", "granite-4.1-8b", ""]) == {
        "ibm/granite-4.1-8b": "granite-4.1-8b",
        "granite-4.1-8b": "granite-4.1-8b (2)",
        "": "(unnamed)",
    }


def test_few_whole_topics_are_no_sample_of_the_rest() -> None:
    """Levels that are measured leave few topics with every level: the slope is that of the levels' means."""
    loose = [
        story("a", f"t{n}", level, level * 2 + n % 2) for level in (1, 2, 3) for n in range(level * 10, level * 10 + 9)
    ]
    whole = [story("a", f"w{t}", level, 0) for t in range(3) for level in (1, 2, 3)]
    found = corpus_dial([*loose, *whole], "green light")
    expected = np.polyfit([1, 2, 3], [found["all"][str(level)]["mean"] for level in (1, 2, 3)], 1)[0]
    assert found["slope"]["mean"] == pytest.approx(expected)
    assert found["slope"]["n"] == 36
