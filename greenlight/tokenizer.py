"""Text to tokens and back: characters with byte fallback, bytes, a byte-level BPE of the corpus, or GPT-2's.

Every text can be written in each of the four, so the number of characters scored never depends on the tokenizer.
The file is a ``tokenizers`` ``tokenizer.json``, which other tools load as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from greenlight.errors import InputError
from greenlight.store import write_file
from greenlight.vocabulary import END as END
from greenlight.vocabulary import SPECIALS as SPECIALS
from greenlight.vocabulary import START as START
from greenlight.vocabulary import Vocabulary

Use = Literal["char", "byte", "bpe"]
"""Tokenizers that are made of the corpus. A fourth, ``gpt2``, comes from outside (see ``Tokenizer.of``)."""
BYTE_TOKEN = re.compile("<0x[0-9A-F]{2}>")
"""The names of the character tokenizer's bytes."""
BATCH, BATCH_CHARS = 256, 500_000
"""Texts, and characters, that go into the library at a time: they bound the memory of encoding a corpus."""


class Tokenizer:
    """A trained tokenizer. ``vocab`` counts all tokens, the two specials included."""

    use: Use | Literal["gpt2"]

    def __init__(self, core: Any) -> None:
        """``core`` is a ``tokenizers.Tokenizer`` that holds both specials; use ``train`` or ``open``."""
        # Text from outside may hold the specials' literal strings: they are then spelled out as any other text.
        core.encode_special_tokens = True
        self._core = core
        self.vocab: int = core.get_vocab_size(with_added_tokens=True)
        self.bos: int = core.token_to_id(START)
        self.eos: int = core.token_to_id(END)
        self.use = _use(json.loads(core.to_str()))

    @classmethod
    def train(cls, use: Use, texts: Iterable[str], vocab: int) -> Self:
        """From the texts of the training side, read once.

        ``vocab`` is for ``bpe`` alone: the number of tokens, specials and the 256 bytes included. A corpus with
        fewer pairs that occur twice gives fewer. ``char`` has one token per character that occurs, plus 256 bytes.
        The same texts in the same order give the same tokenizer.

        Raises InputError when a text holds a lone surrogate, or when ``vocab`` cannot hold the bytes.
        """
        if use == "char":
            return cls(_characters({char for text in texts for char in _writable(text)}))
        core = _byte_level(regex=use == "bpe")
        if use == "bpe":
            least = 256 + len(SPECIALS)
            if vocab < least:
                raise InputError(
                    f"a BPE of {vocab} tokens cannot hold the 256 bytes and 2 specials: use {least} or more"
                )
            _merge(core, texts, vocab)
        return cls(core)

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Self:
        """A vocabulary from outside, under its own ids; the two specials come after them.

        A special of its own (GPT-2's ``<|endoftext|>``) is a token that no text gives: its literal string is spelled
        out as any other text.
        """
        return cls(_byte_level(True, vocabulary.ids, vocabulary.merges))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Reads a ``tokenizer.json`` that ``save`` wrote.

        Raises InputError when it is missing, damaged, or has no document-start and document-end tokens.
        """
        import tokenizers

        try:
            core = tokenizers.Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError(f"{path} does not exist") from None
        except Exception as error:  # the library raises bare Exception for every kind of damage
            raise InputError(f"{path} cannot be read as a tokenizer.json: {error}") from None
        for special in SPECIALS:
            if core.token_to_id(special) is None:
                raise InputError(f"{path} has no token {special}: it was not made by greenlight")
        held = set(core.get_vocab(with_added_tokens=True).values())
        hole = next((number for number in range(max(held)) if number not in held), None)
        if hole is not None:  # a model has a row for each number below the vocabulary's size
            raise InputError(
                f"{path} has a hole: its last token is {max(held)}, and none is number {hole}: make it again"
            )
        return cls(core)

    def save(self, path: Path) -> None:
        """Writes ``tokenizer.json``: whole, or not at all."""
        write_file(path, self._core.to_str(pretty=True))

    def encode(self, text: str) -> list[int]:
        """Token ids of the text as it stands, without specials, even where it spells one out.

        Raises InputError when it holds a lone surrogate, which no encoding can write.
        """
        return list(self._core.encode(_writable(text), add_special_tokens=False).ids)

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """As ``encode``, for many texts, on all cores."""
        return list(self.encode_each(texts))

    def encode_each(self, texts: Iterable[str]) -> Iterator[list[int]]:
        """As ``encode_batch``, lazily: about ``BATCH_CHARS`` characters are held at a time."""
        batch: list[str] = []
        chars = 0
        for text in texts:
            batch.append(_writable(text))
            chars += len(text)
            if len(batch) >= BATCH or chars >= BATCH_CHARS:
                yield from self._encode_now(batch)
                batch, chars = [], 0
        yield from self._encode_now(batch)

    def _encode_now(self, batch: list[str]) -> list[list[int]]:
        return [list(encoding.ids) for encoding in self._core.encode_batch_fast(batch, add_special_tokens=False)]

    def encode_with_offsets(self, text: str) -> tuple[list[int], list[int]]:
        """Ids, and for each the index of the character of ``text`` in which it starts.

        Tokens that are bytes of one character share its index; the indices never fall.
        """
        encoding = self._core.encode(_writable(text), add_special_tokens=False)
        return list(encoding.ids), [start for start, _ in encoding.offsets]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the tokens; specials are left out, and bytes that are no UTF-8 become U+FFFD."""
        text: str = self._core.decode(list(ids), skip_special_tokens=True)
        return text

    def settled(self, ids: Sequence[int]) -> bool:
        """Whether the text of these tokens stays as it is, whatever tokens follow: none of its characters is open."""
        if self.use == "char" and ids and BYTE_TOKEN.fullmatch(self._core.id_to_token(ids[-1]) or ""):
            return False  # a run of bytes that is no UTF-8 is U+FFFD from its first one on
        return not self.decode(ids).endswith("\ufffd")


def _writable(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"character {error.start} of a text is the lone surrogate U+{ord(text[error.start]):04X}, "
            "which UTF-8 cannot write: remove it"
        ) from None
    return text


def _finish(core: Any) -> Any:
    from tokenizers import AddedToken

    core.add_special_tokens([AddedToken(special, special=True, normalized=False) for special in SPECIALS])
    return core


def _characters(characters: set[str]) -> Any:
    from tokenizers import Tokenizer as Core
    from tokenizers import decoders, models

    names = [*SPECIALS, *(f"<0x{byte:02X}>" for byte in range(256)), *sorted(characters)]
    vocab = {name: number for number, name in enumerate(names)}
    core = Core(models.BPE(vocab=vocab, merges=[], byte_fallback=True))
    core.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return _finish(core)


def _byte_level(regex: bool, vocab: Mapping[str, int] | None = None, merges: Iterable[tuple[str, str]] = ()) -> Any:
    """By default the specials and the 256 bytes under their byte-level names; ``regex`` is GPT-2's split into words."""
    from tokenizers import Tokenizer as Core
    from tokenizers import decoders, models, pre_tokenizers

    names = [*SPECIALS, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    ids = vocab or {name: number for number, name in enumerate(names)}
    core = Core(models.BPE(vocab=dict(ids), merges=list(merges)))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex)
    core.decoder = decoders.ByteLevel()
    return _finish(core)


def _merge(core: Any, texts: Iterable[str], vocab: int) -> None:
    from tokenizers import pre_tokenizers, trainers

    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        min_frequency=2,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator((_writable(text) for text in texts), trainer=trainer)


def _use(data: dict[str, Any]) -> Use | Literal["gpt2"]:
    if data["model"].get("byte_fallback"):
        return "char"
    split = data.get("pre_tokenizer") or {}
    if not split.get("use_regex", True):
        return "byte"
    # the specials are the first tokens of what is made here, and come after those of a vocabulary from outside
    return "bpe" if min(token["id"] for token in data["added_tokens"]) == 0 else "gpt2"
