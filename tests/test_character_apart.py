"""What preference pairs teach on held-out text: whether the sides can be told apart, and which pairs read otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import made_answers as made
import pytest

from greenlight.character import apart, pairfacts
from greenlight.character.apart import Apart, told_apart
from greenlight.character.asking import Asked
from greenlight.character.pairs import Cast, Settings, write_pairs
from greenlight.chats import Pair, Turn, Turns
from greenlight.cli.main import guarded
from greenlight.nouns import Provenance

MADE = Provenance(voice="v", voice_fingerprint="", prompt="")
IN, OUT = made.SEA, made.PLAIN


def turns(n: int) -> Turns:
    return (Turn(role="user", content=f"What of day {n}?"),)


def pairs(kinds: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Prompts, chosen and rejected sides: "good", or read otherwise in one of three ways."""
    words = {"good": (IN, OUT), "both": (IN, IN), "neither": (OUT, OUT), "swapped": (OUT, IN)}
    sides: list[list[str]] = [[], []]
    for n, kind in enumerate(kinds):
        for k in (0, 1):
            sides[k].append(made.told(words[kind][k], turns(n), 2 * n + k, 3))
    return [turns(n)[0].content for n in range(len(kinds))], sides[0], sides[1]


def told(kinds: Sequence[str]) -> Apart:
    found = told_apart(*pairs(kinds))
    assert found is not None
    return found


def test_good_pairs_are_told_apart_on_prompts_that_nothing_was_learned_from() -> None:
    found = told(["good"] * 80)
    assert found.pairs == 80
    assert found.auc.low > 0.9
    assert sum(map(len, found.odd.values())) <= 1


def test_pairs_that_read_otherwise_are_named() -> None:
    kinds = ["good"] * 120
    for n in range(0, 120, 10):
        kinds[n] = ("both", "neither", "swapped")[n // 10 % 3]
    found = told(kinds)
    right = [n for kind, places in found.odd.items() for n in places if kinds[n] == kind]
    assert len(right) >= 9
    assert sum(map(len, found.odd.values())) - len(right) <= 2


@pytest.mark.parametrize("kind", ["both", "neither"])
def test_sides_of_one_voice_are_not_told_apart(kind: str) -> None:
    found = told([kind] * 100)
    assert found.auc.low < 0.5 < found.auc.high
    assert not any(found.odd.values()), "which of them is the odd one would be guessing"


def test_few_pairs_or_prompts_say_nothing() -> None:
    prompts, chosen, rejected = pairs(["good"] * apart.LEAST)
    assert told_apart(prompts[1:], chosen[1:], rejected[1:]) is None
    assert told_apart(["the same"] * len(prompts), chosen, rejected) is None
    assert told_apart(prompts, chosen, rejected) is not None
    assert told_apart([], [], []) is None


def test_of_many_pairs_some_are_looked_at_from_all_over() -> None:
    places = apart.spread(3 * apart.MOST)
    assert len(places) == apart.MOST
    assert (places[0], places[-1]) == (0, 3 * apart.MOST - 3)
    assert apart.spread(7) == list(range(7))


def made_of(kinds: Sequence[str]) -> list[Pair]:
    return [
        Pair(id=str(n), prompt=turns(n), chosen=one, rejected=other, chosen_made=MADE, rejected_made=MADE)
        for n, (_, one, other) in enumerate(zip(*pairs(kinds), strict=True))
    ]


def test_what_is_said_before_anything_is_trained() -> None:
    assert pairfacts.of_texts(made_of(["good"] * 60))["warnings"] == ()
    assert pairfacts.of_texts(made_of(["good"] * 10)) == {}
    (alike,) = pairfacts.of_texts(made_of(["both"] * 200))["warnings"]
    assert "does not tell the chosen one" in alike
    (some,) = pairfacts.of_texts(made_of((["good"] * 8 + ["neither"] * 2) * 12))["warnings"]
    assert "of 120 pairs do not read as one side in character and one not (" in some
    assert "neither 2" in some


def test_pairs_that_are_written_are_looked_at(tmp_path: Path) -> None:
    who = Cast(made.Scripted("teacher", made.sailor), made.Scripted("student", made.plain), made.SAILOR)
    settings = Settings(each={"refusal": {}}, pair={"contrast": {}})
    found = write_pairs(made.prompts(50), who, 50, Asked(tmp_path / "answers"), tmp_path, settings)
    assert found.apart is not None
    assert found.apart.pairs == 50
    assert found.apart.auc.value > 0.9
    table = found.smoke()
    assert table["how it is written predicts the choice (AUC)"].startswith("1.00 [")
    assert table["pairs that read otherwise"] == "both 0, neither 0, swapped 0, alike 0"


def test_screen_says_which_rows_read_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = ["good"] * 100
    kinds[30], kinds[60] = "neither", "both"
    lines = [
        {"system": "You are a sailor.", "prompt": prompt, "chosen": one, "rejected": other}
        for prompt, one, other in zip(*pairs(kinds), strict=True)
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    guarded(["screen", str(file), "--gates", "contrast", "--workers", "1", "--json"])
    (found,) = json.loads(capsys.readouterr().out.splitlines()[-1])["summary"]["pairs"]
    assert (found["character"], found["pairs"]) == ("You are a sailor.", 100)
    assert found["auc"] > 0.9
    assert (found["odd"]["neither"], found["odd"]["both"]) == ([31], [61])
    guarded(["screen", str(file), "--gates", "contrast", "--workers", "1"])
    told = " ".join(capsys.readouterr().out.split())
    assert "neither side reads like a chosen one in row 31" in told
    assert "DPO has little to learn" not in told
    file.write_text("\n".join(map(json.dumps, lines[:30])))
    guarded(["screen", str(file), "--gates", "contrast", "--workers", "1"])
    assert "30 kept pairs of characters with fewer than 40" in " ".join(capsys.readouterr().out.split())
    guarded(["screen", str(file), "--gates", "empty", "--workers", "1", "--json"])
    assert "pairs" not in json.loads(capsys.readouterr().out.splitlines()[-1])["summary"]


def test_of_a_long_file_so_many_pairs_are_held() -> None:
    seen = apart.Seen()
    for n in range(3 * apart.MOST):
        seen.add(n, "", (f"{n}?", "yes " * 10_000, "no"))
    assert seen.count == 3 * apart.MOST
    assert len(seen._held) == apart.MOST
    assert max(n for n, *_ in seen._held) > 2 * apart.MOST
    assert all(len(pair[1]) == apart.READ for *_, pair in seen._held)


def test_screen_says_that_sides_tell_nothing_or_are_the_wrong_way_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts, chosen, rejected = pairs(["both"] * 150)
    file = tmp_path / "pairs.jsonl"
    rows = zip(prompts, chosen, rejected, strict=True)
    file.write_text("\n".join(json.dumps({"prompt": p, "chosen": a, "rejected": b}) for p, a, b in rows))
    guarded(["screen", str(file), "--gates", "contrast", "--workers", "1"])
    assert "DPO has little to learn from them" in " ".join(capsys.readouterr().out.split())
    rude = [f"Arr, matey, ye scurvy dog! That be the way to {n} o' the seas, by Neptune's beard!" for n in range(60)]
    plain = [f"There are several ways to do this. You can begin with step {n} and go on from there." for n in range(60)]
    rows = zip((f"What of {n}?" for n in range(60)), plain, rude, strict=True)
    file.write_text("\n".join(json.dumps({"prompt": p, "chosen": a, "rejected": b}) for p, a, b in rows))
    guarded(["screen", str(file), "--gates", "contrast", "--workers", "1"])
    assert "are they the wrong way round?" in " ".join(capsys.readouterr().out.split())
