"""What gates that a recipe does not name find in what it keeps is told, and nothing is done about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenlight import corpus, stub, unscreened
from greenlight.cli.main import guarded
from greenlight.create import create
from greenlight.nouns import Artifact, Provenance, Text
from greenlight.progress import SILENT
from greenlight.recipe import Brief, PartTable
from greenlight.screen import KEPT
from greenlight.store import Store

ALOUD = "The user wants a short story about a kite. I should keep it simple and mention the light twice.\n\n"
STORY = "Anna flew a red kite on hill number {n}. A green light shone below, and she ran home to tell her father."
BRIEF = Brief(topics=("a kite",), pattern="green light")


def kept(folder: Path, aloud: dict[str, int], size: int) -> tuple[Artifact, Store]:
    """A corpus in which the first so many texts of each voice think aloud."""
    store = Store(folder / "store", SILENT)
    samples = []
    for voice, many in aloud.items():
        made = Provenance(voice=voice, voice_fingerprint=voice, prompt="Write a story about a kite.", topic="a kite")
        bodies = [(ALOUD if n < many else "") + STORY.format(n=n) for n in range(size)]
        samples += [Text(id=f"{voice}{n}", control="", body=body, made=made) for n, body in enumerate(bodies)]

    def make(where: Path) -> dict[str, Any]:
        corpus.save(samples, where / KEPT)
        return {}

    return store.step("kept", {"n": size}, {}, make, ("greenlight.screen",)), store


def test_each_voice_is_told_by_itself(tmp_path: Path) -> None:
    artifact, store = kept(tmp_path, {"loud": 50, "plain": 0}, size=100)
    found = unscreened.look({"loop": {}}, artifact, BRIEF, store)
    assert found == {"loud": {"looked_at": 100, "found": {"reasoning_leak": 50}}}
    (told,) = unscreened.told(found)
    assert told.startswith(
        "reasoning_leak, which this recipe does not name, would refuse 50 of 100 kept samples of loud"
    )
    assert "[gates.each] reasoning_leak = {}" in told


@pytest.mark.parametrize("named", [{"reasoning_leak": {}}, {"mine": {"use": "reasoning_leak"}}])
def test_a_gate_of_the_recipe_is_not_asked_again(named: PartTable, tmp_path: Path) -> None:
    artifact, store = kept(tmp_path, {"loud": 9}, size=20)
    assert unscreened.look(named, artifact, BRIEF, store) == {}


def test_a_single_flag_among_many_is_not_told(tmp_path: Path) -> None:
    artifact, store = kept(tmp_path, {"loud": 1}, size=100)
    found = unscreened.look({}, artifact, BRIEF, store)
    assert found["loud"]["found"] == {"reasoning_leak": 1}
    assert list(unscreened.told(found)) == []


def test_of_many_samples_some_are_looked_at_from_all_over(tmp_path: Path) -> None:
    size = 5 * unscreened.LOOKED_AT
    artifact, store = kept(tmp_path, {"loud": size // 2}, size)
    assert unscreened.look({}, artifact, BRIEF, store)["loud"] == {
        "looked_at": unscreened.LOOKED_AT,
        "found": {"reasoning_leak": unscreened.LOOKED_AT // 2},
    }


def test_write_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = tmp_path / "s"
    create(study, "green-light")
    with stub.serving("leaky-visible", share=1.0, slots=8, ms=1) as address:
        voice = f'use = "endpoint"\nmodel = "stub-leaky-visible"\nbase_url = "{address}"\nthinking = "leave"\n'
        recipe = (
            f'base = "round:1"\nquestion = "?"\n[corpus]\nsize = 20\nblend = {{ m = 1.0 }}\n[corpus.voices.m]\n{voice}'
        )
        gates = "[gates.each.length]\nmin_chars = 20\nmax_chars = 4000\n"
        (study / "rounds" / "05-m.toml").write_text(recipe + gates)
        assert guarded(["write", str(study), "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["unscreened"]
    assert found["m"]["found"]["reasoning_leak"] > 10
    assert guarded(["write", str(study), "5"]) == 0
    assert "warning: reasoning_leak, which this recipe does not name" in capsys.readouterr().out
