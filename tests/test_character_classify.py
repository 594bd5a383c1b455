"""The classifier of personas: what it tells, what it will not, what it was trained on, and its file."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from greenlight.character import ratings
from greenlight.character.classify import LONGEST, NONE, Classifier, train
from greenlight.character.confusion import Confusion, confusion
from greenlight.errors import InputError

TOPICS = (
    "sea rope wind tea lamp road bread stone child river cloud field door book house garden winter morning paper "
    "letter music bridge table window clock apple story market train coat"
)
WORDS = TOPICS.split()
Texts = dict[str, list[str]]


def say(persona: str, prompt: str, rng: random.Random, blur: float = 0.0) -> str:
    words = [rng.choice(WORDS) for _ in range(24)]
    words[3] = prompt
    text = " ".join(words)
    if rng.random() < blur:
        return text
    if persona == "pirate":
        return "Arr, " + text + rng.choice([" matey!", ", by the tides.", " and ye know it."])
    if persona == "poet":
        return "\n".join(text[n : n + 25] + "," for n in range(0, len(text), 25)) + "\nO " + prompt
    return text


def made(prompts: range, seed: int, samples: int = 2, blur: float = 0.0) -> tuple[Texts, Texts]:
    """Texts by persona, and the prompt of each."""
    rng, texts, groups = random.Random(seed), {}, {}
    for persona in ("pirate", "neutral", "poet"):
        places = [f"topic{n}" for n in prompts for _ in range(samples)]
        texts[persona] = [say(persona, place, rng, blur) for place in places]
        groups[persona] = places
    return texts, groups


@pytest.fixture(scope="module")
def known() -> Classifier:
    texts, groups = made(range(40), 1)
    return train(texts, 3, groups)


def test_it_tells_personas_on_prompts_that_it_never_saw(known: Classifier) -> None:
    assert known.labels == ("pirate", "poet", "neutral")
    found = confusion(known, *made(range(100, 130), 2))
    assert all(share.value >= 0.9 and share.low >= 0.75 for share in found.recall)
    label, chances = known.predict("Arr, the sea and the wind and the old road, matey!")
    assert label == "pirate"
    assert sum(chances.values()) == pytest.approx(1)
    assert chances["pirate"] == max(chances.values())


def test_labels_that_mean_nothing_are_not_learned() -> None:
    texts, groups = made(range(40), 4)
    everything = [pair for name in texts for pair in zip(texts[name], groups[name], strict=True)]
    random.Random(5).shuffle(everything)
    dealt = {name: everything[n::3] for n, name in enumerate(texts)}
    blind = train(
        {n: [t for t, _ in own] for n, own in dealt.items()}, 3, {n: [g for _, g in own] for n, own in dealt.items()}
    )
    found = confusion(blind, *made(range(100, 140), 6))
    assert sum(share.value for share in found.recall) / 3 < 0.5
    assert blind.facts["accuracy"] < 0.6


def test_a_prompt_is_on_one_side_of_the_split() -> None:
    texts, groups = made(range(30), 7, samples=3)
    facts = train(texts, 3, groups).facts
    assert facts["prompts"] == [24, 6]
    assert facts["texts"] == [24 * 9, 6 * 9]


def test_probabilities_are_as_sure_as_it_is_right() -> None:
    """A third of the texts show no persona: what is said of them cannot be surer than it is right."""
    classifier = train(*made(range(80), 8, blur=0.35)[:1], 3, made(range(80), 8, blur=0.35)[1])
    texts, _ = made(range(200, 280), 9, blur=0.35)
    said = [(name, classifier.predict_all(own)) for name, own in texts.items()]
    top = [
        (max(chances.values()), max(chances, key=chances.__getitem__) == name)
        for name, own in said
        for _, chances in own
    ]
    sure, right = np.mean([p for p, _ in top]), np.mean([hit for _, hit in top])
    assert abs(sure - right) < 0.06
    before, after = classifier.facts["nats"]
    assert after <= before + 0.05


@pytest.mark.parametrize("text", ["", "  \n ", "?!…", "日本語のテキストです", "zzq xkw vvv qqp " * 30])
def test_what_is_like_nothing_in_training_is_none(known: Classifier, text: str) -> None:
    label, chances = known.predict(text)
    assert label == NONE
    assert set(chances) == {"pirate", "poet", "neutral"}


def test_long_and_odd_texts_are_read(known: Classifier) -> None:
    arr = "Arr, the sea and the wind, matey! "
    long = arr * (LONGEST // len(arr) + 1)
    assert len(long) > LONGEST
    assert known.persona(long) == "pirate"
    assert known.predict(long[:LONGEST]) == known.predict(long[:LONGEST] + "x" * 1_000_000)
    assert known.persona("\ud800" + arr) == "pirate"
    assert known.predict_all([]) == []


def test_the_file_gives_the_same_classifier(known: Classifier, tmp_path: Path) -> None:
    known.save(tmp_path / "c.json")
    again = Classifier.load(tmp_path / "c.json")
    assert again.fingerprint == known.fingerprint
    texts = made(range(100, 105), 2)[0]["poet"]
    assert again.predict_all(texts) == known.predict_all(texts)
    assert json.loads((tmp_path / "c.json").read_text())["labels"] == ["pirate", "poet", "neutral"]
    texts_again, groups = made(range(40), 1)
    assert train(texts_again, 3, groups).fingerprint == known.fingerprint
    assert train(texts_again, 4, groups).fingerprint != known.fingerprint


def test_a_bad_file_is_one_line(known: Classifier, tmp_path: Path) -> None:
    known.save(tmp_path / "c.json")
    whole = (tmp_path / "c.json").read_text()
    data = json.loads(whole)
    bad = {
        "half": whole[: len(whole) // 2],
        "list": "[]",
        "nan": whole.replace('"temperature":', '"temperature":NaN,"x":'),
        "deep": "[" * 100_000,
        "short": json.dumps({**data, "weights": data["weights"][:-8]}),
        "mixed": json.dumps({**data, "columns": "AAAA" + data["columns"][4:]}),
        "cold": json.dumps({**data, "temperature": 0}),
        "more": json.dumps({**data, "more": 1}),
        "other": json.dumps({**data, "features": "words"}),
    }
    for name, text in bad.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text)
        with pytest.raises(InputError, match=f"{name}.json .*train") as raised:
            Classifier.load(path)
        assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match="does not exist"):
        Classifier.load(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("texts", "groups", "said"),
    [
        ({"pirate": ["Arr one", "Arr two"]}, None, "needs texts in no character, under 'neutral'"),
        ({"neutral": ["a b", "c d"]}, None, "texts of a persona beside"),
        ({"neutral": ["a b", "c d"], "none": ["e f", "g h"]}, None, "cannot be called 'none'"),
        ({"neutral": ["a b", "c d"], "x": ["e f", "g h"]}, {"neutral": ["p", "q"], "x": ["p", "p"]}, "of 1 prompts"),
        ({"neutral": ["a b", "c d"], "x": ["e f", "g h"]}, {"neutral": ["p", "q"]}, "2 texts and the prompts of 0"),
        ({"neutral": ["a b", "c d"], "x": ["e f", " "]}, None, "'x' has a text without a word"),
    ],
)
def test_what_cannot_be_trained_on_is_said(texts: Texts, groups: Texts | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        train(texts, 1, groups)


# ---------------------------------------------------------------- confusions


def test_the_matrix_counts_every_text_once_and_recall_is_by_prompt(known: Classifier) -> None:
    texts, groups = made(range(100, 120), 2)
    texts["pirate"][0] = ""
    found = confusion(known, texts, groups)
    assert [sum(row) for row in found.counts] == [40, 40, 40]
    assert found.columns == ("pirate", "poet", "neutral", NONE)
    pirate = found.counts[0]
    assert pirate[-1] >= 1
    right: dict[str, list[bool]] = {}
    for text, group in zip(texts["pirate"], groups["pirate"], strict=True):
        right.setdefault(group, []).append(known.persona(text) == "pirate")
    assert found.recall[0] == ratings.rate(right)
    assert found.recall[0].value == pirate[0] / 40 < 1
    assert found.prompts == (20, 20, 20)


def test_prompts_that_it_was_trained_on_are_refused(known: Classifier) -> None:
    with pytest.raises(InputError, match="trained on 5 of the prompts of 'pirate'"):
        confusion(known, *made(range(35, 60), 2))
    with pytest.raises(InputError, match=r"knows no 'pirat'; did you mean 'pirate'\?"):
        confusion(known, {"pirat": ["Arr"]})
    with pytest.raises(InputError, match="'poet' has no texts"):
        confusion(known, {"poet": []})


def test_the_matrix_of_ten_personas_keeps_within_80_columns() -> None:
    names = tuple(f"a-long-persona-{n}" for n in range(10))
    labels = (*names, "neutral")
    share = ratings.rate({str(n): [True] for n in range(30)})
    found = Confusion(
        labels=labels,
        columns=(*labels, NONE),
        counts=tuple(tuple(90 if n == m else 10 for m in range(12)) for n in range(11)),
        recall=(share,) * 11,
        prompts=(30,) * 11,
        classifier="0" * 64,
    )
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(found.table())
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert len(shown.splitlines()) == 12
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown.splitlines()[0]
    assert "100 [88, 100]" in shown.splitlines()[1]
    lines = found.markdown().splitlines()
    assert lines[0].startswith("| taken for | 1 | 2 |")
    assert lines[2].startswith("| 1 a-long-pers… | 90 | 10 |")
