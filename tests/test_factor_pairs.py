"""Pairs of recipes with known differences: the factor table is exact, factors and consequences, no more and no less.

Both recipes of a pair are carried out, up to the measuring: real voices write, the text is encoded, a model of one
layer is trained for some steps, and the facts are the round's own. What is expected stands in ``factor_pairs``, for
packages below; whether a fact moved is computed here from the facts of the two rounds, not by the package.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import made
from factor_pairs import BASES, DOCS, GONE, PAIRS, RUN, SHARES, SIZE, TOKENS, WORDS, Pair, changed

from greenlight import blend, factors
from greenlight.blocks import cut
from greenlight.create import Given, create
from greenlight.crew import SOLO
from greenlight.loading import check
from greenlight.nouns import Artifact, Round
from greenlight.round import _facts
from greenlight.screen import screen
from greenlight.study import Study
from greenlight.tokens import encode
from greenlight.train import train
from greenlight.write import write

PACKAGES: dict[str, Pair] = {
    "blend and size": Pair(
        {"corpus.size": 60, "corpus.blend": {"lantern": 0.75, "pebble": 0.25}},
        "corpus.size corpus.blend",
        {
            "corpus_documents": "corpus.size",
            "corpus_topics": "corpus.size",
            **dict.fromkeys(("corpus_characters", *RUN.split()), "corpus.size, corpus.blend"),
            **dict.fromkeys(("shares.brook", "shares.lantern", "shares.pebble", "true_slope"), "corpus.blend"),
        },
        dict.fromkeys((*TOKENS.split(), "lr_at_kept"), "corpus.size, corpus.blend"),
    ),
    "layers and clip": Pair(
        {"model.layers": 2, "train.clip": 0.5}, "model.layers train.clip", dict.fromkeys(SIZE.split(), "model.layers")
    ),
    "width and dropout": Pair(
        {"model.width": 64, "model.dropout": 0.1},
        "model.width model.dropout",
        dict.fromkeys(("model.head_dim", "model.mlp_width", *SIZE.split()), "model.width"),
    ),
    "layout and layers": Pair(
        {"model.layout": "classic", "model.layers": 2},
        "model.layout model.layers",
        {
            **dict.fromkeys(
                (f"model.{n}" for n in ("norm", "position", "mlp", "mlp_width", "bias", "qk_norm", "norm_eps")),
                "model.layout",
            ),
            **dict.fromkeys(SIZE.split(), "model.layout, model.layers"),
        },
    ),
    "decay and gate": Pair(
        {"train.decay": 0.0, "gates.each.target": GONE},
        "gates.each.target train.decay",
        {"lr_at_kept": "gates.each.target, train.decay"},
        dict.fromkeys(WORDS.replace("lr_at_kept ", "").split(), "gates.each.target"),
    ),
    "epochs and tied embeddings": Pair(
        {"train.epochs": 2, "model.tied": False},
        "model.tied train.epochs",
        {
            **dict.fromkeys(("steps", "kept_step", "tokens_seen", "characters_seen", "flops"), "train.epochs"),
            "parameters": "model.tied",
            "tokens_per_parameter": "model.tied, train.epochs",
        },
        {"lr_at_kept": "train.epochs"},
    ),
    "three": Pair(
        {"corpus.size": 60, "train.weight_decay": 0.1, "model.rope_base": 5_000.0},
        "corpus.size model.rope_base train.weight_decay",
        dict.fromkeys((DOCS + RUN).split(), "corpus.size"),
        dict.fromkeys(("lr_at_kept " + TOKENS + SHARES + "true_slope").split(), "corpus.size"),
    ),
    "four": Pair(
        {"tokenizer.vocab": 400, "model.layers": 2, "train.lr": 0.02, "train.batch": 4},
        "tokenizer.vocab model.layers train.batch train.lr",
        {
            **dict.fromkeys(("vocabulary", "chars_per_token", "context_characters"), "tokenizer.vocab"),
            "parameters": "tokenizer.vocab, model.layers",
            **dict.fromkeys(("steps", "kept_step", "tokens_seen"), "tokenizer.vocab, train.batch"),
            "tokens_per_parameter": "tokenizer.vocab, model.layers, train.batch",
            "flops": "tokenizer.vocab, model.layers, train.batch",
        },
        {"lr_at_kept": "tokenizer.vocab, train.batch, train.lr", "characters_seen": "tokenizer.vocab, train.batch"},
    ),
    "five": Pair(
        {
            "corpus.size": 60,
            "corpus.blend": {"lantern": 0.75, "pebble": 0.25},
            "gates.whole.duplicate": GONE,
            "model.width": 64,
            "train.weight_decay": 0.1,
        },
        "corpus.size corpus.blend gates.whole.duplicate model.width train.weight_decay",
        {
            "corpus_documents": "corpus.size, gates.whole.duplicate",
            "corpus_topics": "corpus.size, gates.whole.duplicate",
            **dict.fromkeys(
                ("corpus_characters", "steps", "kept_step", "tokens_seen", "characters_seen"),
                "corpus.size, corpus.blend, gates.whole.duplicate",
            ),
            **dict.fromkeys(
                ("shares.brook", "shares.lantern", "shares.pebble", "true_slope"),
                "corpus.blend, gates.whole.duplicate",
            ),
            **dict.fromkeys(("model.head_dim", "model.mlp_width", "parameters"), "model.width"),
            **dict.fromkeys(
                ("tokens_per_parameter", "flops"), "corpus.size, corpus.blend, gates.whole.duplicate, model.width"
            ),
        },
        dict.fromkeys(
            ("vocabulary", "chars_per_token", "context_characters", "lr_at_kept"),
            "corpus.size, corpus.blend, gates.whole.duplicate",
        ),
    ),
}


class World:
    """Two small studies in which recipes are carried out, all but the measuring; equal steps are done once."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[str, Round] = {}
        self.stories = made(folder / "stories")
        topics = (self.stories.folder / "topics.txt").read_text().splitlines()
        (self.stories.folder / "reversed.txt").write_text("\n".join(topics[::-1]) + "\n")
        self.text = create(folder / "text", "bpc-ladder", Given(text=paragraphs(1)))
        source = self.text.folder / "text" / "source.txt"
        source.with_name("copy.txt").write_bytes(source.read_bytes())
        source.with_name("other.txt").write_text(paragraphs(2, length=len(source.read_text())))

    def row(self, number: int, written: Mapping[str, Any]) -> Round:
        written = copy.deepcopy(dict(written))
        key = repr(written)
        if key not in self.rows:
            self.rows[key] = self.made(written)
        return self.rows[key].model_copy(update={"number": number})

    def made(self, written: dict[str, Any]) -> Round:
        facts, machine = written.pop("facts", {}), written.pop("machine", {})
        study = self.text if written["corpus"]["use"] == "text" else self.stories
        recipe = check(written, study.folder)
        if "base_url" in str(written["corpus"]):  # nobody answers there: the recipes alone are compared
            found: dict[str, Any] = {}
        else:
            found = self.facts(written, study)
        found = {**found, **facts, "code": {**found.get("code", {}), **facts.get("code", {})}}
        return Round(
            number=1,
            slug="x",
            status="done",
            seeds=recipe.seeds,
            recipe=recipe.data(),
            recipe_fingerprint=recipe.hash,
            yardstick="y",
            facts=found,
            machine={"cpu": "x", "torch": "2.13.0", **machine},
        )

    def facts(self, written: Mapping[str, Any], study: Study) -> dict[str, Any]:
        recipe = check(dict(written), study.folder)
        artifacts: dict[str, Artifact] = {}
        store, yardstick, corpus = study.store, study.yardstick, recipe.corpus
        if corpus.use == "voices":
            artifacts["corpus"] = write(corpus, recipe.gates.each, blend.plan(corpus), store, store.watch)
        else:
            artifacts["corpus"] = cut(corpus, study.folder, yardstick, store)
        brief = corpus.brief if corpus.use == "voices" else None
        artifacts["kept"] = screen(recipe.gates.whole, artifacts["corpus"], brief, yardstick, store)
        artifacts["tokens"] = encode(
            recipe.tokenizer, recipe.model.context, recipe.train, artifacts["kept"], store, store.folder.parent
        )
        arch = recipe.model.resolve(artifacts["tokens"].facts["vocab"])
        models = train(arch, recipe.train, artifacts["tokens"], recipe.seeds, store, SOLO)
        artifacts |= {f"model-{seed}": model for seed, model in zip(recipe.seeds, models, strict=True)}
        return _facts(recipe, study, artifacts)


def paragraphs(seed: int, length: int = 120_000) -> str:
    """Text of paragraphs in words of a small vocabulary, another one for another seed."""
    dice = random.Random(seed)
    words = ["".join(dice.choices("abdegiklmnoprstu", k=dice.randint(2, 8))) for _ in range(400)]
    out = ""
    while len(out) < length:
        out += " ".join(dice.choices(words, k=dice.randint(20, 60))) + ".\n\n"
    return out[: length - 2] + "\n\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


def flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in facts.items():
        out |= {f"{key}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {key: value}
    return out


def moved(key: str, one: Round, other: Round) -> bool:
    """Whether a fact differs by more than the documented noise: 2 %, of the peak rate for a rate; 0.02 for a share."""
    a, b = (flat(r.facts).get(key, 0.0 if key.startswith("shares.") else None) for r in (one, other))
    if a is None or b is None:
        return False
    if key.startswith("shares."):
        return abs(a - b) > 0.02 + 1e-12
    largest = max(abs(a), abs(b))
    if key == "lr_at_kept":
        largest = max(r.recipe["train"]["lr"] for r in (one, other))
    return abs(a - b) > 0.02 * largest + 1e-12


def sources(keys: str | dict[str, str], only: str) -> dict[str, str]:
    return dict.fromkeys(keys.split(), only) if isinstance(keys, str) else keys


@pytest.mark.parametrize("name", [*PAIRS, *PACKAGES])
def test_the_table_is_exact(name: str, world: World) -> None:
    pair = {**PAIRS, **PACKAGES}[name]
    base = BASES[pair.base]
    one = world.row(1, base)
    changes = {k: one.facts["steps"] if v == "base" else v for k, v in pair.changes.items()}
    other = world.row(2, changed(base, changes))
    for before, after in ((one, other), (other, one))[: 1 + pair.both_ways]:
        table = factors.compare(before, after, [])
        assert sorted(f.key for f in table.factors) == sorted(pair.factors.split())
        found = {c.key: c.follows_from for c in table.consequences}
        only = pair.factors if " " not in pair.factors else "!"
        must, may = sources(pair.moves, only), sources(pair.may, only)
        expected = must | {key: source for key, source in may.items() if moved(key, before, after)}
        assert found == expected
        assert table.causal == (len(pair.factors.split()) == 1)
        assert table.seed_only == (pair.factors in ("", "corpus.seed"))
        for f in (*table.factors, *table.consequences):
            assert f.before != f.after
    if pair.factors:
        assert [f.key for f in factors.compare(one, other, []).factors] == pair.factors.split(), "in the recipe's order"
