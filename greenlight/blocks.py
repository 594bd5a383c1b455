"""A corpus cut from the study's own text: random blocks, none of which belongs to the yardstick."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from greenlight import corpus as corpora
from greenlight.errors import RoundError
from greenlight.nouns import Accounting, Artifact, Provenance, Text, fingerprint
from greenlight.outside import read_text
from greenlight.recipe import TextCorpus
from greenlight.store import Store
from greenlight.yardstick import Yardstick


def cut(recipe: TextCorpus, study: Path, yardstick: Yardstick, store: Store) -> Artifact:
    """A corpus of random blocks of the study's text, none of which belongs to the yardstick.

    The training side is cut into blocks of ``block_chars``; ``share`` of them, drawn with ``seed`` over the whole
    side, are taken, and neighbours are joined. Never a prefix: the first part of a text is another text.
    """

    def make(folder: Path) -> dict[str, Any]:
        text = read_text(study / recipe.source)
        if fingerprint(text) != recipe.source_sha256:
            raise RoundError(f"{recipe.source} changed while the round was read: run it again")
        spans = blocks(yardstick.training_spans, recipe.block_chars)
        taken = sorted(random.Random(recipe.seed).sample(spans, max(1, round(recipe.share * len(spans)))))
        samples = [_piece(text, start, end, recipe) for start, end in joined(taken)]
        corpora.save(samples, folder / corpora.FILE)
        chars = sum(end - start for start, end in taken)
        return {
            "blocks": len(taken),
            "blocks_in_all": len(spans),
            "characters": chars,
            "accounting": Accounting(asked=len(samples), kept=len(samples)).data(),
        }

    plan = {"corpus": recipe.data(), "yardstick": yardstick.hash}
    return store.step("corpus", plan, {}, make, ("greenlight.blocks",))


def blocks(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Spans cut into pieces of ``size`` characters; a rest shorter than half a piece is joined to the one before."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        count = max(1, round((end - start) / size))
        edges = [start + i * size for i in range(count)] + [end]
        out += [(a, b) for a, b in itertools.pairwise(edges) if b > a]
    return out


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring spans become one, so that no border is made where the text has none."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _piece(text: str, start: int, end: int, recipe: TextCorpus) -> Text:
    made = Provenance(
        voice="text", voice_fingerprint=recipe.source_sha256, prompt="", seed=recipe.seed, model=recipe.source
    )
    return Text(id=f"{start}-{end}", control="", body=text[start:end], made=made)
