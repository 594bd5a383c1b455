"""A byte-level BPE from outside, as GPT-2's: ``vocab.json`` and ``merges.txt``, read and checked whole.

Both files are checked against each other before anything is trained with them: a vocabulary with a hole, or a merge
that leads nowhere, gives ids that no embedding has, or text that cannot be written, hours later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from greenlight.errors import InputError
from greenlight.nouns import fingerprint
from greenlight.outside import as_text, fetch, read_text

VOCAB, MERGES = "vocab.json", "merges.txt"
NAME = "gpt2"
GPT2_TOKENS = 50_257
HUB = "https://huggingface.co/openai-community/gpt2/resolve/main/"
SHA256 = {
    VOCAB: "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
    MERGES: "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
}
"""Of GPT-2's own two files."""
START, END = "<|start|>", "<|end|>"
SPECIALS = (START, END)
"""Greenlight's tokens for where a document begins and ends; every tokenizer here has them."""
MISSING = (
    f"put GPT-2's {VOCAB} and {MERGES} there, or make the study with greenlight new … --tokenizer {NAME} (fetches "
    "them), or --tokenizer FOLDER"
)


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by their byte-level names, and the merges in their order.

    ``files`` are the two texts that were read, with ``\\n`` line ends, and ``sha256`` is of both.
    """

    ids: Mapping[str, int]
    merges: tuple[tuple[str, str], ...]
    files: Mapping[str, str]
    sha256: str

    @property
    def tokens(self) -> int:
        """What a model's embedding must hold: these, and the two specials that Greenlight appends."""
        return len(self.ids) + len(SPECIALS)


def read(folder: Path) -> Vocabulary:
    """The vocabulary in a folder. Raises InputError, with the file and the place, when it cannot be used."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder with {VOCAB} and {MERGES}: {MISSING.partition(', or ')[2]}")
    return _checked(*(read_text(folder / name) for name in (VOCAB, MERGES)), str(folder))


def gpt2() -> Vocabulary:
    """GPT-2's own, from the model hub. Raises InputError without a network, or when it is not the known one."""
    instead = f"save {VOCAB} and {MERGES} of GPT-2 in a folder, and give --tokenizer FOLDER"
    texts = []
    for name in (VOCAB, MERGES):
        data = fetch(HUB + name, instead=instead)
        found = hashlib.sha256(data).hexdigest()
        if found != SHA256[name]:
            raise InputError(f"{HUB}{name} has sha256 {found}, not GPT-2's {SHA256[name]}: {instead}")
        texts.append(as_text(data, name))
    return _checked(texts[0], texts[1], HUB.rstrip("/"))


@lru_cache(maxsize=4)
def _checked(vocab: str, merges: str, where: str) -> Vocabulary:
    ids = _ids(vocab, f"{where}/{VOCAB}")
    files = {VOCAB: vocab, MERGES: merges}
    return Vocabulary(ids, _merges(merges, ids, f"{where}/{MERGES}"), files, fingerprint(files))


def _ids(text: str, name: str) -> dict[str, int]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is no JSON ({str(error)[:80]}): take GPT-2's file as it is") from None
    if not isinstance(data, dict) or not data:
        raise InputError(f"{name} is no table of tokens and their numbers: take GPT-2's file as it is")
    by_id: dict[int, str] = {}
    for token, number in data.items():
        if type(number) is not int or number < 0:
            raise InputError(f"{name}: the token {token[:40]!r} has the number {str(number)[:40]}: it must be 0, 1, …")
        if number in by_id:
            raise InputError(
                f"{name}: {by_id[number][:40]!r} and {token[:40]!r} are both token {number}: take GPT-2's file as it is"
            )
        if token in SPECIALS:
            raise InputError(f"{name} has a token {token} of its own, which Greenlight appends: rename it")
        if not token.isascii() and any("\ud800" <= char <= "\udfff" for char in token):
            raise InputError(f"{name}: token {number} holds a lone surrogate, which UTF-8 cannot write: remove it")
        by_id[number] = token
    hole = next((number for number in range(len(by_id)) if number not in by_id), None)
    if hole is not None:
        raise InputError(
            f"{name} has a hole: {len(by_id):,} tokens, the last is {max(by_id):,}, and none is {hole:,}: take GPT-2's "
            "file as it is"
        )
    if missing := sorted(set(_alphabet()) - data.keys()):
        raise InputError(
            f"{name} lacks {len(missing)} of the 256 bytes ({missing[0]!r} first), so some text could not be written: "
            "it is no byte-level vocabulary such as GPT-2's"
        )
    return data


def _merges(text: str, ids: Mapping[str, int], name: str) -> tuple[tuple[str, str], ...]:
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or (number == 1 and line.startswith("#version")):
            continue
        left, _, right = line.partition(" ")
        if not left or not right or " " in right:
            raise InputError(f"{name}: line {number} is no merge ({line[:60]!r}): two tokens with a space between")
        if lost := next((token for token in (left, right, left + right) if token not in ids), None):
            raise InputError(
                f"{name}: line {number} merges {left[:40]!r} and {right[:40]!r}, and {VOCAB} has no token "
                f"{lost[:80]!r}: the two files do not belong together"
            )
        if (left, right) in seen:
            raise InputError(f"{name}: line {number} repeats line {seen[left, right]} ({line[:60]!r}): remove one")
        seen[left, right] = number
    return tuple(seen)


def _alphabet() -> list[str]:
    """The names of the 256 bytes in GPT-2's files: printable Latin-1 as itself, the rest from U+0100 on, in order.

    Source: ``bytes_to_unicode`` of GPT-2's encoder.
    """
    plain = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    return [chr(byte) for byte in sorted(plain)] + [chr(0x100 + n) for n in range(256 - len(plain))]
