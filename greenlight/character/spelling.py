"""A model's ``tokenizer.json`` as a chat needs it: marks of the template become tokens, what people say stays text.

The ids are those that ``transformers`` gives for the same text where nobody spells a mark out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from greenlight.errors import InputError
from greenlight.nouns import fingerprint

Span = tuple[int, int]
WRAPPED = re.compile(r"<\S.*>|\[\S.*\]", re.DOTALL)
"""A token that reads like a mark: what people say never becomes one, special or not in the file."""


@dataclass(frozen=True)
class Spelled:
    """The ids of a text, and at which of them the characters of its marks and cuts begin."""

    ids: list[int]
    at: dict[int, int]
    """Index of the first id at a cut, or at a mark, by the place of its first character."""
    marks: list[tuple[int, int]]
    """Each mark of the template: the place of its first character, and its id."""

    def index(self, place: int) -> int:
        """The index of the first id at a place, or after it."""
        return self.at[min(one for one in self.at if one >= place)]


class Spelling:
    """``control`` are the marks by their text: special tokens, and those that read like ``<mark>`` or ``[MARK]``."""

    def __init__(self, text: str, where: str) -> None:
        """``text`` of a ``tokenizer.json``; ``where`` names it. Raises InputError when it cannot be used."""
        self._core = _opened(text, where)
        data = json.loads(text)
        added = data.get("added_tokens") or []
        self.special = {one["content"]: int(one["id"]) for one in added if one.get("special")}
        plain = {one["content"]: int(one["id"]) for one in added if WRAPPED.fullmatch(one["content"])}
        self.control = {mark: number for mark, number in {**plain, **self.special}.items() if mark}
        self._eats = {one["content"]: (bool(one.get("lstrip")), bool(one.get("rstrip"))) for one in added}
        self.marks = re.compile(
            "|".join(re.escape(one) for one in sorted(self.control, key=len, reverse=True)) or "(?!)"
        )
        self._ids = frozenset(self.control.values())
        self.vocab = max(self._core.get_vocab(with_added_tokens=True).values()) + 1
        kept = {name: data.get(name) for name in ("added_tokens", "normalizer", "pre_tokenizer", "model", "decoder")}
        self.hash = fingerprint(kept)
        first = self._core.encode("a", add_special_tokens=True).ids
        self.prefix = first[0] if first and first[0] in self._ids else None
        """What the file's own post-processor puts before a text."""
        self._anchor = self._anchored(text, where)

    def id(self, token: str) -> int | None:
        found: int | None = self._core.token_to_id(token)
        return found

    def name(self, number: int) -> str:
        found: str | None = self._core.id_to_token(number)
        return found or f"<{number}>"

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, marks spelled out."""
        text: str = self._core.decode(list(ids), skip_special_tokens=False)
        return text

    def spell(self, text: str, said: Sequence[Span], cuts: Sequence[int]) -> Spelled:
        """The ids of a text. ``said`` are the spans that people wrote, in which no mark is read.

        No token lies across a place of ``cuts``, and the ids before it do not depend on what follows it. Raises
        InputError when a text of people's can only be written with a mark's id.
        """
        ids: list[int] = []
        at: dict[int, int] = {}
        marks: list[tuple[int, int]] = []
        begin = 0
        for start, stop, mark in self._found(text, said):
            self._run(text, (begin, start), cuts, ids, at)
            marks.append((start, self.control[mark]))
            at[start] = len(ids)
            ids.append(self.control[mark])
            begin = stop
            at[stop] = len(ids)
        self._run(text, (begin, len(text)), cuts, ids, at)
        at.setdefault(len(text), len(ids))
        return Spelled(ids, at, marks)

    def _found(self, text: str, said: Sequence[Span]) -> list[tuple[int, int, str]]:
        """The template's own marks: where each begins and ends, with the white space that it takes in."""
        found: list[tuple[int, int, str]] = []
        edges = [0, *(edge for span in sorted(said) for edge in span), len(text)]
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            for mark in self.marks.finditer(text, start, stop):
                left, right = self._eats[mark[0]]
                a, b = mark.span()
                least = found[-1][1] if found else 0
                while left and a > max(start, least) and text[a - 1].isspace():
                    a -= 1
                while right and b < stop and text[b].isspace():
                    b += 1
                found.append((a, b, mark[0]))
        return found

    def _run(self, text: str, span: Span, cuts: Sequence[int], ids: list[int], at: dict[int, int]) -> None:
        """Appends the ids of a stretch without marks of the template."""
        start, stop = span
        own = sorted({cut for cut in cuts if start <= cut < stop})
        head: list[int] = []
        begun = start
        for cut in [*own, stop]:
            if cut == start:
                at[cut] = len(ids)
                continue
            # what people spell out is looked for on each side of a cut: the ids before it stand already
            broken = self._broken(text, begun, cut)
            if broken or (begun > start and self._broken(text, start, begun)):
                head += self._pieces(text, [begun, *broken, cut])
            else:
                whole = self._encode(text[start:cut], start == 0)
                same = whole[: len(head)] == head
                head = whole if same else head + self._encode(text[begun:cut], False)
            begun = cut
            if cut != stop:
                at[cut] = len(ids) + len(head)
        if odd := next((one for one in head if one in self._ids), None):
            raise InputError(
                f"a text spells {self.name(odd)} out, and the tokenizer has no other ids for that: remove it"
            )
        ids += head

    def _broken(self, text: str, start: int, stop: int) -> list[int]:
        """Where a spelled-out mark is broken in two, for marks that the library would read in any text."""
        return [
            one.start() + 1
            for one in self.marks.finditer(text, start, stop)
            if len(one[0]) > 1 and (self._anchor is not None or one[0] not in self.special)
        ]

    def _pieces(self, text: str, edges: Sequence[int]) -> list[int]:
        return [one for start, stop in pairwise(edges) for one in self._encode(text[start:stop], start == 0)]

    def _encode(self, text: str, first: bool) -> list[int]:
        """The ids of a piece; ``first``: nothing stands before it."""
        if not text:
            return []
        if self._anchor is None or first:
            return list(self._core.encode(text, add_special_tokens=False).ids)
        core, mark, skip = self._anchor
        return list(core.encode(mark + text, add_special_tokens=False).ids)[skip:]

    def _anchored(self, text: str, where: str) -> tuple[Any, str, int] | None:
        """What to put before a piece that is not the first, where the tokenizer writes a first one differently.

        Tokenizers of the SentencePiece family put a space before a text, and may put none after a mark.
        """
        mark = next((one for one in self.special if self._eats[one] == (False, False)), None)
        if mark is None:
            return None
        core = _opened(text, where)
        core.encode_special_tokens = False
        alone = list(core.encode(mark, add_special_tokens=False).ids)
        after = list(core.encode(mark + "a", add_special_tokens=False).ids)
        if after == alone + list(self._core.encode("a", add_special_tokens=False).ids) or after[: len(alone)] != alone:
            return None
        return core, mark, len(alone)


def _opened(text: str, where: str) -> Any:
    import tokenizers

    try:
        core = tokenizers.Tokenizer.from_str(text)
    except Exception as error:  # the library raises bare Exception for every kind of damage
        raise InputError(f"{where} cannot be read as a tokenizer.json: {str(error)[:200]}") from None
    core.no_truncation()
    core.no_padding()
    core.encode_special_tokens = True
    return core
