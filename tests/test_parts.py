"""One contract for every part in the folders: a file is all that it takes to add one."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import typing
from typing import Any

import pytest

from greenlight import parts
from greenlight.errors import RecipeError
from greenlight.generators._clean import clean
from greenlight.generators._topics import topics
from greenlight.nouns import Draw, Flag, Provenance, Text
from greenlight.recipe import Brief

ALL = [(folder, name) for folder in parts.KINDS for name in parts.names(folder)]
METHODS = {
    "generators": [{"say", "truth"}, {"say", "say_all", "truth"}, {"ask", "truth"}],
    "gates": [{"check"}, {"check_all"}, {"check_pair"}, {"check", "check_pair"}],
    "metrics": [{"settings", "read"}],
    "exports": [{"write"}],
    "researchers": [{"propose"}],
}
BRIEF = Brief(topics=tuple(topics(20, 1)), pattern="green light")


def kind(folder: str, name: str) -> Any:
    return getattr(importlib.import_module(f"greenlight.{folder}.{name}"), parts.KINDS[folder])


def test_the_folders_hold_parts() -> None:
    assert set(parts.names("generators")) >= {"brook", "endpoint", "lantern", "meadow", "pebble"}
    assert set(parts.names("gates")) >= {"duplicate", "empty", "length", "refusal", "target", "termination"}


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_a_part_is_one_documented_frozen_dataclass(folder: str, name: str) -> None:
    part = kind(folder, name)
    assert dataclasses.is_dataclass(part)
    assert part.__module__ == f"greenlight.{folder}.{name}"
    assert part.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert importlib.import_module(part.__module__).__doc__
    assert part.__doc__
    assert not part.__doc__.startswith(f"{parts.KINDS[folder]}("), "dataclasses writes one where there is none"
    hints = typing.get_type_hints(part, include_extras=True)
    for option in dataclasses.fields(part):
        has_default = option.default is not dataclasses.MISSING or option.default_factory is not dataclasses.MISSING
        assert has_default, f"{option.name} has no default"
        assert option.name in hints


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_a_part_has_the_methods_of_its_kind(folder: str, name: str) -> None:
    part = kind(folder, name)
    known = set().union(*METHODS[folder])
    has = {method for method in known if callable(getattr(part, method, None))}
    assert has in METHODS[folder]
    for method in has:
        assert inspect.signature(getattr(part, method)).return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_a_part_is_made_from_a_table(folder: str, name: str) -> None:
    part = kind(folder, name)
    made = parts.make(folder, name, {})
    assert isinstance(made, part)
    assert parts.make(folder, "another-name", {"use": name}) == made
    assert parts.make(folder, "x", {"use": f"greenlight.{folder}.{name}"}) == made
    with pytest.raises(RecipeError, match="unknown option 'no_such_option'"):
        parts.make(folder, name, {"no_such_option": 1})
    for option in dataclasses.fields(part):
        with pytest.raises(RecipeError, match=option.name):
            parts.make(folder, name, {option.name: object()})


def test_an_unknown_part_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match="did you mean 'length'"):
        parts.make("gates", "lenght", {})
    with pytest.raises(RecipeError, match="cannot be imported"):
        parts.make("gates", "x", {"use": "no.such.module"})


def draws(name: str) -> list[Draw]:
    return [Draw(voice=name, topic=t, level=i % 5 + 1, levels=5, seed=i) for i, t in enumerate(BRIEF.topics)]


@pytest.mark.parametrize("name", [n for n in parts.names("generators") if n not in ("endpoint", "trained")])
def test_procedural_voices_are_pure_functions(name: str) -> None:
    first, second = (parts.make("generators", name, {}) for _ in range(2))
    said = [first.say(draw, BRIEF) for draw in draws(name)]
    assert [second.say(draw, BRIEF) for draw in reversed(draws(name))][::-1] == said
    assert len({answer.text for answer in said}) > 15
    truth = first.truth(BRIEF)
    assert len(truth) == BRIEF.levels


@pytest.mark.parametrize("name", parts.names("gates"))
def test_gates_flag_the_same_each_time_and_edit_nothing(name: str) -> None:
    voice = parts.make("generators", "brook", {"truncate": 0.5})
    samples = []
    for i, draw in enumerate(draws("brook")):
        answer = voice.say(draw, BRIEF)
        made = Provenance(
            voice="brook",
            voice_fingerprint="",
            prompt="",
            topic=draw.topic,
            level=draw.level,
            finish_reason=answer.finish_reason,
        )
        body = clean(answer.text, ("markdown", "lines", "ascii"))[0]
        samples.append(Text(id=str(i), control=BRIEF.control_line(draw.topic, draw.level), body=body, made=made))
    before = [sample.model_copy(deep=True) for sample in samples]
    results = []
    for brief in (BRIEF, BRIEF, None):
        gate = parts.make("gates", name, {})
        if hasattr(gate, "check_all"):
            results.append(gate.check_all(samples, brief))
        elif hasattr(gate, "check"):
            results.append([gate.check(s, brief) for s in samples])
        else:
            results.append([gate.check_pair(s, t, brief) for s, t in zip(samples, reversed(samples), strict=True)])
    assert results[0] == results[1]
    assert samples == before
    for flags in results:
        assert len(flags) == len(samples)
        assert all(flag is None or (isinstance(flag, Flag) and flag.gate == name) for flag in flags)
