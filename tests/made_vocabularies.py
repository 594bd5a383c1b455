"""Byte-level vocabularies in GPT-2's two files, made on the spot: the 256 bytes, a few merges, and a special."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tokenizers import pre_tokenizers

MERGES = (
    *("t h", "th e", "Ġ the", "i n", "in g", "a n", "an d", "Ġ and", "Ġ a", "e r", "o n", "l i", "li ght", "Ġ b"),
    *("g h", "gh t", "r e", "e n", "g re", "gre en", "Ġ green", "Ċ Ċ", "Ċ ĊĊ", "Ġ Ġ", "' s", "Ã ©", "ð Ł", "1 2"),
)
"""In their order; ``li ght`` stands before ``ght`` is made, as it may in a real file."""


def names(merges: Sequence[str] = MERGES) -> dict[str, int]:
    """Token ids as GPT-2 has them: the bytes, what the merges make, then its one special."""
    tokens = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *(merge.replace(" ", "") for merge in merges)]
    return {token: number for number, token in enumerate([*tokens, "<|endoftext|>"])}


def write_vocabulary(
    folder: Path, merges: Sequence[str] = MERGES, vocab: Mapping[str, object] | str | None = None, end: str = "\n"
) -> Path:
    """``vocab.json`` and ``merges.txt`` in ``folder``; ``vocab`` stands in for what the merges give."""
    folder.mkdir(parents=True, exist_ok=True)
    text = vocab if isinstance(vocab, str) else json.dumps(dict(vocab or names(merges)))
    (folder / "vocab.json").write_bytes(text.encode())
    (folder / "merges.txt").write_bytes(end.join(["#version: 0.2", *merges, ""]).encode())
    return folder
