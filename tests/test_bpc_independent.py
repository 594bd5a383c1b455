"""Bits per character against scorers that share no code with Greenlight.

A run's folder in the modern layout is a model of Hugging Face's: ``transformers`` opens its weights, ``tokenizers`` its
tokenizer, and both context rules are written out here once more, token by token.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
import torch

from greenlight import recipe
from greenlight.gpt.fit import fit
from greenlight.gpt.player import open_player
from greenlight.metrics.bpc import Metric, score_text
from greenlight.nouns import Reading
from greenlight.progress import SILENT
from greenlight.tokenizer import Use
from greenlight.tokens import encode_corpus
from greenlight.yardstick import Held

USES: tuple[Use, ...] = ("char", "byte", "bpe")
RULES: tuple[Literal["strided", "block"], ...] = ("strided", "block")
CONTEXT = 47
"""Odd, so that half a window is no whole number."""
CONTROL = "[level=3]\ntopic: é\n"


def prose(seed: int, length: int) -> str:
    """Words, lines and a few characters of several bytes, of which the training side may lack some."""
    dice = random.Random(seed)
    words = ["the", "green", "light", "boat", "harbour", "naïve", "lamp", "of", "漢字", "and", "café", "it's", "—"]
    text = ""
    while len(text) < length:
        text += " ".join(dice.choices(words, k=dice.randint(4, 12))) + dice.choice([".\n", "!\n\n", ", "])
    return text[:length]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The models are so small that more threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=USES)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder: a small model that has learned something, in Qwen3's layout."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp(str(request.param))
    rows = [{"topic": f"t{i}", "control": CONTROL, "body": prose(i, 300)} for i in range(20)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "kept.parquet")
    train = recipe.Train(
        steps=60, batch=4, lr=0.01, evals=1, packing="stream", precision="fp32", device="cpu", threads=1
    )
    (folder / "tokens").mkdir()
    facts = encode_corpus(
        recipe.Tokenizer(use=request.param, vocab=300), CONTEXT, train, folder, folder / "tokens", SILENT
    )
    arch = recipe.Model(layers=2, width=64, heads=2, context=CONTEXT).resolve(facts["vocab"])
    fit(arch, train, folder / "tokens", folder / "model", 1, SILENT, 1)
    return folder / "model"


class ByHand:
    """Scores documents with ``transformers`` and ``tokenizers`` alone."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer
        from transformers import AutoModelForCausalLM

        self.model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        self.tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.bos: int = self.tokenizer.token_to_id("<|start|>")

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    @torch.no_grad()
    def window(self, inputs: Sequence[int]) -> torch.Tensor:
        """Log-probabilities (T, vocab) after each place of one window, computed alone."""
        logits = self.model(torch.tensor([list(inputs)])).logits[0]
        return torch.log_softmax(logits.double(), -1)

    def nats(self, control: str, body: str, rule: str) -> float:
        given = self.ids(control)
        line = [self.bos, *given, *self.ids(body)]
        total = 0.0
        cache: dict[int, torch.Tensor] = {}
        for place in range(len(given), len(line) - 1):  # the token at place + 1 is scored
            if rule == "block":
                start = place // CONTEXT * CONTEXT
            else:
                half = CONTEXT // 2
                start = 0 if place < CONTEXT else half * math.ceil((place - CONTEXT + 1) / half)
                assert place - start + 1 >= min(place + 1, CONTEXT / 2), "at least half a window, or all before it"
            if start not in cache:
                cache[start] = self.window(line[start : start + CONTEXT])
            total -= float(cache[start][place - start, line[place + 1]])
        return total


def value(reading: Reading) -> float:
    return sum(w * v for w, v in zip(reading.weights, reading.values, strict=True)) / sum(reading.weights)


@pytest.mark.parametrize("rule", RULES)
def test_a_text_scores_as_transformers_scores_it(model: Path, rule: Literal["strided", "block"]) -> None:
    body = prose(99, 500)
    found = score_text(open_player(model, threads=1), body, rule, SILENT)
    nats = ByHand(model).nats("", body, rule)
    assert found["bpc"] == pytest.approx(nats / len(body) / math.log(2), abs=1e-4)
    assert found["bpb"] == pytest.approx(nats / len(body.encode()) / math.log(2), abs=1e-4)
    assert found["bpc"] > found["bpb"] * 1.01, "the text has characters of several bytes, so the two units differ"


@pytest.mark.parametrize("rule", RULES)
def test_documents_of_both_kinds_score_as_transformers_scores_them(
    model: Path, rule: Literal["strided", "block"]
) -> None:
    stories = [Held(f"s{i}", CONTROL, prose(200 + i, 90), f"topic {i // 2}", i % 2 + 1) for i in range(4)]
    texts = [Held(f"t{i}", "", prose(300 + i, 250)) for i in range(2)]
    player, hand = open_player(model, threads=1), ByHand(model)
    for kind, documents in (("stories", stories), ("text", texts)):
        reading = Metric(rule=rule).score(player, documents, kind, SILENT, "score")
        nats = sum(hand.nats(held.control, held.body, rule) for held in documents)
        chars = sum(len(held.body) for held in documents)
        assert value(reading) == pytest.approx(nats / chars / math.log(2), abs=1e-4)
        assert reading.facts["characters"] == chars


def test_the_two_rules_and_a_blind_guess_are_told_apart(model: Path) -> None:
    """The equality above would be worth little if every way to score gave the same figure."""
    body, hand = prose(99, 500), ByHand(model)
    block, strided = (hand.nats("", body, rule) / len(body) / math.log(2) for rule in ("block", "strided"))
    blind = len(hand.ids(body)) * math.log2(hand.model.config.vocab_size) / len(body)
    assert abs(block - strided) > 3e-4, "three times what the equality may be off"
    assert blind > block + 0.5
