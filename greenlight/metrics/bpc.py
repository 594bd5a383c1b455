"""Bits per character: how well a model predicts held-out text, in a unit that outlives the tokenizer.

    bpc = total negative log-likelihood (nats) of the scored characters / their number / ln 2

Bits per byte stands beside it (UTF-8 bytes; the unit that lm-evaluation-harness calls ``bits_per_byte``). Every
character of the yardstick is scored, the first one too, so numerator and denominator cover the same text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from greenlight.errors import RoundError
from greenlight.nouns import Reading
from greenlight.parts import Setup
from greenlight.players import Floats, Player, Scorer, Spelling
from greenlight.progress import Watch
from greenlight.yardstick import BLOCK, Held

ROWS = 256
"""Windows that a player is given at a time."""


@dataclass(frozen=True)
class Metric:
    """How a text that is longer than the context is scored.

    ``block``: windows side by side, the context restarts in each; the first input of a window is the token before
    it, the document-start token for the first. ``strided``: windows advance by half a context, and each token
    sees at least half a window, or all that came before it. ``context`` is in tokens; default: all of the model's.
    """

    READINGS: ClassVar[tuple[str, ...]] = ("bpc",)
    LOADS: ClassVar[tuple[str, ...]] = ()

    rule: Literal["strided", "block"] = "strided"
    context: Annotated[int, Field(ge=2)] | None = None

    def settings(self) -> dict[str, Any]:
        return {"rule": self.rule, "context": self.context}

    def read(self, player: Player, setup: Setup) -> list[Reading]:
        """One reading: stories by topic, text by blocks of 2,000 characters; weights are characters.

        Of a story the body is scored, given its control line; the document's end is not.

        Raises RoundError when ``context`` is more than the model's, or when the model gives no finite number.
        """
        if self.context is not None and self.context > player.context:
            raise RoundError(
                f"metrics.bpc.context is {self.context} tokens, more than the model's {player.context}: leave it out"
            )
        yardstick, label = setup.yardstick, f"measure bpc seed {setup.seed}"
        return [self.score(player, yardstick.documents(), yardstick.kind, setup.watch, label)]

    def score(self, player: Scorer, documents: Sequence[Held], kind: str, watch: Watch, label: str) -> Reading:
        """The reading of any documents; ``kind`` is a yardstick's, ``stories`` or ``text``, ``label`` the bar's."""
        context = self.context or player.context
        tokens = [_tokens(held, player.tokenizer) for held in documents]
        nats = self._score(player, tokens, context, watch, label)
        blocks: dict[str, _Sum] = {}
        for held, made, values in zip(documents, tokens, nats, strict=True):
            _add(blocks, held, made, values, kind)
        facts = _facts(documents, tokens, nats)
        facts |= {**self.settings(), "context_tokens": context, "precision": player.facts.get("precision", "unknown")}
        facts["context_chars"] = context * facts["characters"] / max(1, facts["tokens"])
        facts["longer_than_context"] = sum(len(made.ids) - 1 > context for made in tokens)
        if lost := _lost(documents, player.tokenizer):
            facts["invalid"] = lost
        return Reading(
            metric="bpc",
            unit="bits per character",
            better="lower",
            blocks=tuple(blocks),
            values=tuple(block.nats / block.chars / math.log(2) for block in blocks.values()),
            weights=tuple(float(block.chars) for block in blocks.values()),
            over="topics" if kind == "stories" else f"blocks of {BLOCK:,} characters",
            facts=facts,
        )

    def _score(self, player: Scorer, tokens: Sequence[_Tokens], context: int, watch: Watch, label: str) -> list[Floats]:
        """The nats of each document's scored tokens, in order."""
        import numpy as np

        nats = [np.zeros(len(made.starts)) for made in tokens]
        windows = [w for number, made in enumerate(tokens) for w in self._windows(number, made, context)]
        # one width for all calls, so that no result depends on which windows share one
        width = max((window.end - window.start for window in windows), default=0)
        with watch.bar(label, len(windows), "windows") as bar:
            for first in range(0, len(windows), ROWS):
                rows = windows[first : first + ROWS]
                inputs_BT = np.zeros((len(rows), width), dtype=np.int64)
                targets_BT = np.full((len(rows), width), -1, dtype=np.int64)
                for row, w in enumerate(rows):
                    ids = tokens[w.document].ids
                    inputs_BT[row, : w.end - w.start] = ids[w.start : w.end]
                    targets_BT[row, w.scored - w.start : w.end - w.start] = ids[w.scored + 1 : w.end + 1]
                found_BT = player.nats(inputs_BT, targets_BT)
                for row, w in enumerate(rows):
                    skip = tokens[w.document].skip
                    nats[w.document][w.scored - skip : w.end - skip] = found_BT[
                        row, w.scored - w.start : w.end - w.start
                    ]
                bar.advance(len(rows))
        if not all(np.isfinite(values).all() for values in nats):
            raise RoundError(
                "the model gives some held-out text no finite probability: it has diverged; lower train.lr"
            )
        return nats

    def _windows(self, document: int, made: _Tokens, context: int) -> Iterator[_Window]:
        places = len(made.ids) - 1
        step = context if self.rule == "block" else context // 2
        scored = made.skip
        for start in range(0, places, step):
            end = min(start + context, places)
            if end > scored:
                yield _Window(document, start, end, max(start, scored))
                scored = end


def score_text(
    player: Scorer, text: str, rule: Literal["strided", "block"], watch: Watch, context: int | None = None
) -> dict[str, Any]:
    """BPC and BPB of one text, with the characters of context that a token could see.

    Where the tokenizer cannot write all of it, ``invalid`` says why, and the figures mean nothing.
    """
    reading = Metric(rule, context).score(player, [Held("text", "", text)], "text", watch, f"score {rule}")
    return {"bpc": reading.facts["nats_per_char"] / math.log(2), **reading.facts}


@dataclass(frozen=True)
class _Tokens:
    """A document: start, control line and body. The first ``skip`` targets, the control line's, are not scored.

    ``starts`` are the characters of the body in which each scored token begins.
    """

    ids: list[int]
    skip: int
    starts: list[int]


@dataclass(frozen=True)
class _Window:
    """Inputs ``start`` to ``end`` of a document; the targets of inputs ``scored`` to ``end`` count."""

    document: int
    start: int
    end: int
    scored: int


@dataclass
class _Sum:
    nats: float = 0.0
    chars: int = 0


def _tokens(held: Held, tokenizer: Spelling) -> _Tokens:
    control = tokenizer.encode(held.control)
    body, starts = tokenizer.encode_with_offsets(held.body)
    return _Tokens([tokenizer.bos, *control, *body], len(control), starts)


def _add(blocks: dict[str, _Sum], held: Held, made: _Tokens, values: Floats, kind: str) -> None:
    """Adds a document to its topic, or to its blocks of characters; a short last block belongs to the one before."""
    import numpy as np

    if kind == "stories":
        block = blocks.setdefault(held.topic or held.id, _Sum())
        block.nats += float(values.sum())
        block.chars += len(held.body)
        return
    count = max(1, len(held.body) // BLOCK)
    # a token belongs to the block in which it begins, so blocks are the same characters for every tokenizer
    of_token = np.minimum(np.array(made.starts, dtype=np.int64) // BLOCK, count - 1)
    sums = np.bincount(of_token, weights=values, minlength=count)
    for number in range(count):
        end = len(held.body) if number == count - 1 else (number + 1) * BLOCK
        blocks[f"{held.id}:{number}"] = _Sum(float(sums[number]), end - number * BLOCK)


def _facts(documents: Sequence[Held], tokens: Sequence[_Tokens], nats: Sequence[Floats]) -> dict[str, Any]:
    total = sum(float(values.sum()) for values in nats)
    chars = sum(len(held.body) for held in documents)
    size = sum(len(held.body.encode()) for held in documents)
    facts: dict[str, Any] = {"nats_per_char": total / chars, "bpb": total / size / math.log(2)}
    facts |= {"characters": chars, "bytes": size, "tokens": sum(len(made.starts) for made in tokens)}
    voices: dict[str, _Sum] = {}
    for held, values in zip(documents, nats, strict=True):
        if held.voice:
            voice = voices.setdefault(held.voice, _Sum())
            voice.nats += float(values.sum())
            voice.chars += len(held.body)
    if voices:
        facts["by_voice"] = {name: voice.nats / voice.chars / math.log(2) for name, voice in sorted(voices.items())}
    return facts


def _lost(documents: Sequence[Held], tokenizer: Spelling) -> str:
    """Why the tokenizer cannot score this yardstick; empty when it can write every character."""
    for held in documents:
        written = tokenizer.decode(tokenizer.encode(held.body))
        if written != held.body:
            char = next((c for c in dict.fromkeys(held.body) if tokenizer.decode(tokenizer.encode(c)) != c), "")
            name = f"U+{ord(char):04X}" if char else "some characters"
            return f"the tokenizer cannot write {name} of the held-out document '{held.id}', so not all of it is scored"
    return ""
