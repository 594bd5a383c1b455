"""No dead fields: every key of a recipe changes its fingerprint, and something that is run."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from made_vocabularies import MERGES, write_vocabulary
from pydantic import BaseModel

from greenlight import blend, factors, parts
from greenlight.loading import apply_sets, check
from greenlight.nouns import Noun
from greenlight.recipe import (
    Brief,
    Gates,
    ImportedCorpus,
    KeepIf,
    Model,
    Recipe,
    TextCorpus,
    Tokenizer,
    Train,
    VoicesCorpus,
)

ROOT = Path(__file__).parents[1] / "recipes"

CHANGES: dict[type[Noun], dict[str, str]] = {
    Recipe: {
        "question": "'other'",
        "against": "'round:7'",
        "seeds": "[4, 5, 6]",
        "predict": "{'bpc' = {effect=0.0, low=-1.0, high=1.0}}",
    },
    Brief: {
        "topics": "['a blue bird', 'a red kite']",
        "levels": "4",
        "words": "['faint', 'soft', 'strong', 'heavy', 'total']",
        "control": "'<{level}> {topic}: '",
        "prompt": "'Write about {topic}.'",
        "pattern": "'golden bell'",
        "slots": "{child = ['Ada', 'Bo']}",
    },
    VoicesCorpus: {
        "size": "300",
        "seed": "9",
        "blend": "{brook = 0.5, meadow = 0.5}",
        "voices": "{brook = {high = 5.0}, pebble = {}, meadow = {}, lantern = {}}",
        "clean": "['markdown']",
        "attempts": "3",
        "most_refused": "0.5",
    },
    ImportedCorpus: {
        "source": "'imported/other.parquet'",
        "size": "500",
        "seed": "9",
        "blend": "{'someone' = 1.0}",
        "labels": "'measured'",
        "writer": "'someone'",
    },
    TextCorpus: {"source": "'text/other.txt'", "share": "0.5", "block_chars": "5000", "seed": "9"},
    Gates: {"each": "{length = {min_chars = 10}}", "whole": "{duplicate = {threshold = 0.9}}"},
    Tokenizer: {"use": "'byte'", "vocab": "512", "source": "'other'"},
    Model: {
        "layout": "'classic'",
        "depth": "2",
        "layers": "2",
        "width": "192",
        "heads": "2",
        "kv_heads": "1",
        "head_dim": "64",
        "mlp_width": "96",
        "context": "160",
        "norm": "'layer'",
        "position": "'learned'",
        "mlp": "'relu2'",
        "bias": "true",
        "qk_norm": "false",
        "tied": "false",
        "dropout": "0.1",
        "rope_base": "500.0",
    },
    Train: {
        "epochs": "3",
        "steps": "7",
        "batch": "2",
        "packing": "'stream'",
        "lr": "0.02",
        "muon_lr": "0.05",
        "weight_decay": "0.5",
        "warmup": "2",
        "decay": "0.5",
        "clip": "0.01",
        "val_share": "0.3",
        "evals": "3",
        "keep": "'best'",
        "precision": "'fp32'",
        "device": "'cpu'",
        "threads": "1",
        "patience": "1",
        "learn": "'body'",
        "compile": "'off'",
        "ema": "0.9",
        "save_every": "2",
        "max_minutes": "0.0001",
        "init_seed": "77",
        "order_seed": "77",
        "dropout_seed": "77",
    },
    KeepIf: {"metric": "'bpc'", "by": "0.5", "guards": "{ bpc = 0.5 }"},
}
TABLES: dict[type[Noun], str] = {
    Recipe: "",
    Brief: "corpus.brief.",
    VoicesCorpus: "corpus.",
    TextCorpus: "corpus.",
    ImportedCorpus: "corpus.",
    Gates: "gates.",
    Tokenizer: "tokenizer.",
    Model: "model.",
    Train: "train.",
    KeepIf: "keep_if.",
}
SKIPPED = {
    "Recipe": {"corpus", "gates", "tokenizer", "model", "train", "metrics", "keep_if"},  # tables, field by field below
    "VoicesCorpus": {"use", "brief"},
    "ImportedCorpus": {"use", "brief", "source_sha256"},
    "TextCorpus": {"use", "source_sha256"},  # the tag; filled in from the file
    "Tokenizer": {"source_sha256"},
}
CASES = [
    (noun, field) for noun in CHANGES for field in noun.model_fields if field not in SKIPPED.get(noun.__name__, ())
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "topics.txt").write_text("\n".join(f"a red kite {i}" for i in range(240)))
    (folder / "text").mkdir()
    (folder / "text" / "source.txt").write_text("one text\n" * 50)
    (folder / "text" / "other.txt").write_text("another text\n" * 50)
    (folder / "imported").mkdir()
    for name in ("samples", "other"):
        (folder / "imported" / f"{name}.parquet").write_text(name)
    for name, merges in (("tokenizer", MERGES), ("other", MERGES[:-1])):
        write_vocabulary(folder / name, merges)
    return folder


def data(noun: type[Noun]) -> dict[str, Any]:
    names = {TextCorpus: "bpc-ladder/rounds/01-part-of-the-data", ImportedCorpus: "mixture/rounds/01-all-of-it"}
    name = names.get(noun, "green-light/rounds/01-flat-blend") + ".toml"
    found = tomllib.loads((ROOT / name).read_text())
    if noun is ImportedCorpus:  # a control line that names the writer, whom corpus.writer asks for
        found["corpus"]["brief"]["control"] = "[{level}] {word} {writer} {topic}\n"
    if noun is Brief:
        found["corpus"]["size"] = 5
        found["corpus"]["blend"] = {"brook": 1.0}
    return found


def changed(noun: type[Noun], field: str, folder: Path) -> tuple[Recipe, Recipe]:
    before = data(noun)
    sets = [f"{TABLES[noun]}{field}={CHANGES[noun][field]}"]
    if field == "patience":  # it needs keep = best on both sides, so that patience alone differs
        before = apply_sets(before, ("train.keep='best'",))
    if (noun, field) == (Tokenizer, "source"):
        before["tokenizer"] = {"use": "gpt2"}
    if (noun, field) == (Brief, "levels"):
        sets.append("corpus.size=4")
    if (noun, field) == (Brief, "words"):
        before["corpus"]["brief"]["control"] = "{word} {topic}\n"
        before["corpus"]["brief"]["words"] = list("abcde")
    if (noun, field) == (Brief, "levels"):
        before["corpus"]["brief"].pop("words", None)
    if (noun, field) == (Brief, "slots"):
        before["corpus"]["brief"] |= {"prompt": "{{ topic }} for {{ child }}", "slots": {"child": ["Mia", "Tom"]}}
    if (noun, field) == (Brief, "topics"):
        before["corpus"]["brief"]["topics"] = ["a red kite", "a green bird"]
    return check(before, folder), check(apply_sets(before, tuple(sets)), folder)


@pytest.mark.parametrize(("noun", "field"), CASES, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_a_changed_field_changes_the_plan(noun: type[Noun], field: str, folder: Path) -> None:
    before, after = changed(noun, field, folder)
    assert before.hash != after.hash
    if noun in (Recipe, KeepIf) or field == "save_every":
        # read by the verdict and the report, or saved beside the model: no factors
        return
    assert factors.written(before.data(), after.data()), "the factor table must see it"


@pytest.mark.parametrize(
    "field",
    list(Brief.model_fields) + [f for f in VoicesCorpus.model_fields if f in ("size", "seed", "blend", "voices")],
)
def test_what_is_asked_of_the_voices_changes(field: str, folder: Path) -> None:
    noun = Brief if field in Brief.model_fields else VoicesCorpus
    before, after = changed(noun, field, folder)

    def asked(recipe: Recipe) -> list[Any]:
        corpus = recipe.corpus
        assert isinstance(corpus, VoicesCorpus)
        voices = {name: parts.make("generators", name, options) for name, options in corpus.voices.items()}
        return [
            (
                corpus.brief.asked(d),
                corpus.brief.control_line(d.topic, d.level),
                voices[d.voice].say(d, corpus.brief).text,
            )
            for d in blend.plan(corpus)[:60]
        ] + [len(blend.plan(corpus))]

    assert asked(before) != asked(after)


def test_every_field_has_a_change() -> None:
    for noun, changes in CHANGES.items():
        missing = set(noun.model_fields) - set(changes) - SKIPPED.get(noun.__name__, set())
        assert not missing, f"{noun.__name__}: say how {missing} is changed"
        assert issubclass(noun, BaseModel)
