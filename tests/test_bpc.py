"""Bits per character against sources whose true probabilities are known."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from greenlight import parts, yardstick
from greenlight.errors import RecipeError, RoundError
from greenlight.metrics.bpc import Metric
from greenlight.nouns import Reading
from greenlight.parts import Setup
from greenlight.players import Floats, Ints, Said, Sampling
from greenlight.progress import Bar
from greenlight.tokenizer import Tokenizer, Use
from greenlight.yardstick import Held, Yardstick

USES: tuple[Use, ...] = ("char", "byte", "bpe")
RULES: tuple[Literal["strided", "block"], ...] = ("strided", "block")


def byte_of_name() -> dict[str, int]:
    """GPT-2's names of the bytes: printable ones stand for themselves, the others follow from U+0100."""
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in own]
    return {chr(byte): byte for byte in own} | {chr(256 + i): byte for i, byte in enumerate(rest)}


BYTE_OF = byte_of_name()


class Markov:
    """A source of order 1: the first character is drawn evenly, each other one from the row of the one before."""

    def __init__(self, alphabet: str, seed: int) -> None:
        self.alphabet = alphabet
        rng = np.random.default_rng(seed)
        self.rows = rng.dirichlet(np.full(len(alphabet), 0.5), size=len(alphabet)) * 0.9 + 0.1 / len(alphabet)
        self.place = {char: i for i, char in enumerate(alphabet)}

    def text(self, length: int, seed: int) -> str:
        rng = random.Random(seed)
        chars = [rng.choice(self.alphabet)]
        while len(chars) < length:
            chars += rng.choices(self.alphabet, weights=self.rows[self.place[chars[-1]]])
        return "".join(chars)

    def nats(self, char: str, before: str | None) -> float:
        if before is None:
            return math.log(len(self.alphabet))
        return -math.log(self.rows[self.place[before], self.place[char]])

    def total(self, text: str) -> float:
        return math.fsum(self.nats(c, b) for c, b in zip(text, [None, *text], strict=False))


@dataclass
class Oracle:
    """Assigns each token the true probability of its characters, given what its window shows it.

    Of the bytes of one character, the last carries all of it. Fails where a window does not show the character
    before: the source's memory does not fit.
    """

    source: Markov
    tokenizer: Tokenizer
    context: int
    controls: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=lambda: {"precision": "fp64"})
    shapes: list[tuple[int, int]] = field(default_factory=list)

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        self.shapes.append(inputs_BT.shape)
        out = np.zeros(inputs_BT.shape)
        for row in range(len(inputs_BT)):
            for t in np.flatnonzero(targets_BT[row] >= 0):
                out[row, t] = self._token(list(inputs_BT[row, : t + 1]), int(targets_BT[row, t]))
        return out

    def _token(self, seen: list[int], target: int) -> float:
        shown, new = b"".join(map(self._bytes, seen)), self._bytes(target)
        for control in self.controls:
            shown = shown.removeprefix(control.encode())
        # continuation bytes at the window's edge belong to a character that it does not show whole
        before = shown.lstrip(bytes(range(0x80, 0xC0))).decode(errors="ignore")
        after = (shown + new).lstrip(bytes(range(0x80, 0xC0))).decode(errors="ignore")
        finished = after[len(before) :]
        last = before[-1] if before else None
        assert last is not None or seen[0] == self.tokenizer.bos
        return math.fsum(self.source.nats(c, b) for c, b in zip(finished, [last, *finished], strict=False))

    def _bytes(self, token: int) -> bytes:
        name = self.tokenizer._core.id_to_token(token)
        if token in (self.tokenizer.bos, self.tokenizer.eos):
            return b""
        if self.tokenizer.use != "char":
            return bytes(BYTE_OF[char] for char in name)
        return bytes([int(name[3:5], 16)]) if name.startswith("<0x") else bytes(name.encode())

    def say(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int], sampling: Sampling, bar: Bar) -> list[Said]:
        raise AssertionError("bits per character need no samples")


def made_text(folder: Path, *bodies: str) -> Yardstick:
    return yardstick.lock(
        folder, "text", [Held(f"t{i}", "", body) for i, body in enumerate(bodies)], [Held("x", "", "x")], {}
    )


class Filling:
    """A watch that sees whether its one bar is filled."""

    full = total = 0.0

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        self.total = total
        yield self

    def advance(self, n: float = 1, note: str = "") -> None:
        self.full += n

    def say(self, line: str) -> None:
        raise AssertionError(line)


def read(metric: Metric, player: Oracle, yard: Yardstick) -> Reading:
    watch = Filling()
    [reading] = metric.read(player, Setup(yard, 1, yard.folder, watch, list))
    assert watch.full == watch.total > 0
    return reading


def total(reading: Reading) -> float:
    return math.log(2) * math.fsum(w * v for w, v in zip(reading.weights, reading.values, strict=True))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("use", USES)
def test_an_oracle_scores_the_true_total(use: Use, rule: Literal["strided", "block"], tmp_path: Path) -> None:
    source = Markov("abcdefgh \n", 1)
    first, second = source.text(5_300, 2), source.text(700, 3)
    tokenizer = Tokenizer.train(use, [source.text(5_000, 4)], 320)
    reading = read(Metric(rule=rule), Oracle(source, tokenizer, 16), made_text(tmp_path / "y", first, second))
    true = source.total(first) + source.total(second)
    assert total(reading) == pytest.approx(true, rel=1e-9)
    assert reading.blocks == ("t0:0", "t0:1", "t1:0")
    assert reading.weights == (2_000.0, 3_300.0, 700.0)
    assert sum(w * v for w, v in zip(reading.weights, reading.values, strict=True)) / 6_000 == pytest.approx(
        true / 6_000 / math.log(2), abs=1e-6
    )
    assert reading.facts["nats_per_char"] == pytest.approx(true / 6_000)
    assert reading.facts["bpb"] == pytest.approx(true / 6_000 / math.log(2))
    assert reading.facts["precision"] == "fp64"
    assert reading.facts["context_chars"] == pytest.approx(16 * 6_000 / reading.facts["tokens"])
    assert "invalid" not in reading.facts


@pytest.mark.parametrize("use", USES)
def test_characters_of_several_bytes_count_once(use: Use, tmp_path: Path) -> None:
    source = Markov("aé漢😀", 5)
    body = source.text(3_000, 6)
    # the character tokenizer has never seen 漢 and 😀: it writes their bytes
    corpus = [source.text(4_000, 7)] if use == "bpe" else ["aé"]
    tokenizer = Tokenizer.train(use, corpus, 300)
    reading = read(Metric(), Oracle(source, tokenizer, 24), made_text(tmp_path / "y", body))
    assert total(reading) == pytest.approx(source.total(body), rel=1e-9)
    assert reading.facts["characters"] == 3_000
    assert reading.facts["bytes"] == len(body.encode())
    assert reading.facts["bpb"] == pytest.approx(source.total(body) / len(body.encode()) / math.log(2))


def test_blocks_are_equal_for_character_and_byte_tokens(tmp_path: Path) -> None:
    source = Markov("abcd ", 8)
    yard = made_text(tmp_path / "y", source.text(6_500, 9))
    found = [read(Metric(), Oracle(source, Tokenizer.train(use, [], 0), 32), yard) for use in USES[:2]]
    assert found[0].values == pytest.approx(found[1].values, rel=1e-9)
    assert found[0].weights == found[1].weights


def test_an_even_source_costs_its_entropy(tmp_path: Path) -> None:
    source = Markov("abcd", 0)
    source.rows[:] = 0.25
    reading = read(
        Metric(),
        Oracle(source, Tokenizer.train("char", ["abcd"], 0), 10),
        made_text(tmp_path / "y", source.text(4_100, 1)),
    )
    assert reading.values == pytest.approx((2.0, 2.0), abs=1e-9)


def test_a_story_is_its_body_given_the_control_line_by_topic(tmp_path: Path) -> None:
    source = Markov("abc .", 11)
    controls = ("[level=1]\n", "[level=2]\n")
    held = [
        Held(f"{topic}{level}", controls[level - 1], source.text(90 + 10 * level, level * 7 + n), topic, level, voice)
        for n, (topic, voice) in enumerate([("fox", "oak"), ("owl", "elm")])
        for level in (1, 2)
    ]
    yard = yardstick.lock(
        tmp_path / "y", "stories", held, [Held("x", "", "x", "later")], {"pattern": "green", "levels": 2}
    )
    for use in USES:
        tokenizer = Tokenizer.train(use, [*controls, source.text(3_000, 5)], 300)
        player = Oracle(source, tokenizer, 64, controls)
        for rule in RULES:
            reading = read(Metric(rule=rule), player, yard)
            by_topic = [math.fsum(source.total(h.body) for h in held if h.topic == t) for t in ("fox", "owl")]
            assert reading.blocks == ("fox", "owl")
            assert reading.weights == (210.0, 210.0)
            assert [v * 210 * math.log(2) for v in reading.values] == pytest.approx(by_topic, rel=1e-9)
            assert list(reading.facts["by_voice"]) == ["elm", "oak"]
            assert reading.facts["by_voice"]["oak"] == pytest.approx(reading.values[0])


@dataclass
class Counting(Oracle):
    """Costs of a token: how many tokens its window shows before it."""

    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        seen = np.broadcast_to(np.arange(inputs_BT.shape[1]) + 1.0, inputs_BT.shape)
        return np.where(targets_BT >= 0, seen, 0.0)


@pytest.mark.parametrize("context", [8, 9])
def test_what_each_rule_shows_a_token(context: int, tmp_path: Path) -> None:
    source = Markov("ab", 1)
    player = Counting(source, Tokenizer.train("char", ["ab"], 0), context)
    yard = made_text(tmp_path / "y", source.text(40, 1))
    yard_total = {rule: total(read(Metric(rule=rule), player, yard)) for rule in RULES}
    in_block = [i % context + 1 for i in range(40)]
    half = context // 2
    in_stride = [i + 1 if i < context else context - half + (i - context) % half + 1 for i in range(40)]
    assert min(in_stride[context:]) >= context / 2
    assert yard_total["block"] == pytest.approx(sum(in_block))
    assert yard_total["strided"] == pytest.approx(sum(in_stride))


def test_a_narrower_context_may_be_asked_for_and_a_wider_may_not(tmp_path: Path) -> None:
    source = Markov("ab", 1)
    player = Oracle(source, Tokenizer.train("char", ["ab"], 0), 32)
    yard = made_text(tmp_path / "y", source.text(3_000, 1))
    reading = read(Metric(rule="block", context=8), player, yard)
    assert {width for _, width in player.shapes} == {8}
    assert reading.facts["context_tokens"] == 8
    assert Metric(rule="block", context=8).settings() == {"rule": "block", "context": 8}
    with pytest.raises(RoundError, match="more than the model's 32"):
        read(Metric(context=64), player, yard)
    with pytest.raises(RecipeError, match="context"):
        parts.make("metrics", "bpc", {"context": 1})


def test_a_tokenizer_that_drops_a_character_makes_the_score_invalid(tmp_path: Path) -> None:
    import tokenizers
    from tokenizers import decoders, models

    core = tokenizers.Tokenizer(models.BPE(vocab={"<|start|>": 0, "<|end|>": 1, "a": 2, "b": 3}, merges=[]))
    core.decoder = decoders.Fuse()
    core.add_special_tokens(["<|start|>", "<|end|>"])
    source = Markov("ab", 1)
    reading = read(Metric(), Oracle(source, Tokenizer(core), 8), made_text(tmp_path / "y", "abc" + source.text(500, 1)))
    assert "U+0063" in reading.facts["invalid"]
    assert reading.weights == (503.0,)


class Diverged(Oracle):
    def nats(self, inputs_BT: Ints, targets_BT: Ints) -> Floats:
        return np.full(inputs_BT.shape, np.nan)


def test_a_diverged_model_breaks_the_round(tmp_path: Path) -> None:
    source = Markov("ab", 1)
    yard = made_text(tmp_path / "y", source.text(500, 1))
    with pytest.raises(RoundError, match="diverged"):
        read(Metric(), Diverged(source, Tokenizer.train("char", ["ab"], 0), 8), yard)
