"""Token ids for tuning: rendered once, checked, split and put into batches that no library renders again."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from greenlight.chats import Chat, Manner, Pair, Turn, Turns
from greenlight.errors import InputError
from greenlight.nouns import fingerprint

IGNORED = -100
"""The label of a token that is not learned, in every library here."""


class Rendered(Protocol):
    """A conversation as ids, and 1 in the mask for each that is learned."""

    @property
    def ids(self) -> list[int]: ...
    @property
    def mask(self) -> list[int]: ...


class Renderer(Protocol):
    """What tuning asks of a chat renderer (``greenlight.character.render``)."""

    @property
    def bos(self) -> int | None: ...
    @property
    def ends(self) -> frozenset[int]: ...
    @property
    def hash(self) -> str: ...
    def prompt(self, turns: Turns, manner: Manner) -> list[int]: ...
    def whole(self, turns: Turns, learned: Sequence[int] | None = None) -> Rendered: ...
    def each(self, turns: Turns, learned: Sequence[int] | None = None) -> Sequence[Rendered]: ...
    def write(self, folder: Path, **more: str) -> None: ...


@dataclass(frozen=True)
class Row:
    """One sequence: ``mask`` is 1 where the token is learned, and ends with the last one that is."""

    ids: tuple[int, ...]
    mask: tuple[int, ...]

    @property
    def learned(self) -> int:
        return sum(self.mask)


@dataclass(frozen=True)
class PairRow:
    """Two answers to one prompt. ``prompt`` is the fingerprint that keeps a prompt on one side of the split."""

    id: str
    prompt: str
    chosen: Row
    rejected: Row

    @property
    def length(self) -> int:
        return max(len(self.chosen.ids), len(self.rejected.ids))


@dataclass(frozen=True)
class ChatRow:
    """One conversation to learn."""

    id: str
    prompt: str
    row: Row

    @property
    def length(self) -> int:
        return len(self.row.ids)


R = TypeVar("R", PairRow, ChatRow)


@dataclass
class Encoded(Generic[R]):
    """What is trained, what is held out, and what was left out, by reason."""

    train: list[R] = field(default_factory=list)
    held: list[R] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Of the ids and masks, in their order."""
        return fingerprint([[repr(row) for row in rows] for rows in (self.train, self.held)])


# ---------------------------------------------------------------- ids


def pair_row(pair: Pair, renderer: Renderer) -> PairRow:
    """Both answers after the very ids that the student is given when it answers.

    Raises InputError when the template renders the prompt otherwise with an answer than without, or the ids are off
    (see ``_row``).
    """
    prompt = renderer.prompt(pair.prompt, Manner())
    sides = []
    for side, text in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        turns = (*pair.prompt, Turn(role="assistant", content=text))
        name = f"pair {pair.id}, {side}"
        row = _row(renderer.whole(turns, (len(pair.prompt),)), renderer, name)
        if (at := _parts(prompt, row.ids)) is not None or any(row.mask[: len(prompt)]):
            raise InputError(
                f"{name}: the template writes the prompt otherwise when an answer follows (token {at or 0} of "
                f"{len(prompt)}), so what is trained is not what is sampled: use a template that does not"
            )
        sides.append(row)
    return PairRow(pair.id, fingerprint([turn.data() for turn in pair.prompt]), *sides)


def chat_rows(chat: Chat, renderer: Renderer) -> list[ChatRow]:
    """A conversation's ids: one row, or one for each learned answer where the template shows earlier ones otherwise.

    Raises InputError as ``_row`` does.
    """
    opening = fingerprint(next((turn.content for turn in chat.turns if turn.role == "user"), ""))
    made = renderer.each(chat.turns, chat.learned)
    names = [chat.id] if len(made) == 1 else [f"{chat.id}/{number}" for number in range(1, len(made) + 1)]
    return [
        ChatRow(name, opening, _row(one, renderer, f"conversation {name}"))
        for name, one in zip(names, made, strict=True)
    ]


def _parts(start: Sequence[int], whole: Sequence[int]) -> int | None:
    """The first place where ``whole`` does not go as ``start`` does; None when it begins with all of it."""
    if list(whole[: len(start)]) == list(start) and len(whole) > len(start):
        return None
    return next((n for n, (a, b) in enumerate(zip(start, whole, strict=False)) if a != b), min(len(start), len(whole)))


def _row(rendered: Rendered, renderer: Renderer, name: str) -> Row:
    """Checked: one token to begin with, something learned, and the end token learned last.

    What follows the last learned token (a template's line break) is left out: nothing is learned from it.
    """
    ids, mask = list(rendered.ids), [int(bool(bit)) for bit in rendered.mask]
    if len(ids) != len(mask):
        raise InputError(f"{name}: {len(ids)} tokens and {len(mask)} places in the mask: the renderer is broken")
    if renderer.bos is not None and (found := ids.count(renderer.bos)) != 1:
        raise InputError(f"{name}: the token that begins a text is there {found} times, and should be there once")
    if 1 not in mask:
        raise InputError(f"{name}: nothing in it is learned: leave it out, or give its assistant something to say")
    last = len(mask) - mask[::-1].index(1)
    if ids[last - 1] not in renderer.ends:
        raise InputError(f"{name}: the end token is not learned, so the model would never stop: mend the template")
    if mask[0]:
        raise InputError(f"{name}: its first token is learned, and nothing stands before it: the template is broken")
    return Row(tuple(ids[:last]), tuple(mask[:last]))


def encode(
    rows: Iterable[R], limit: int, too_long: Literal["drop", "refuse"], share: float, seed: int, vocab: int
) -> Encoded[R]:
    """Rows that fit, split by prompt; ``limit`` is in tokens, ``vocab`` the model's embeddings.

    A row that is too long is left out and counted, and never cut; so is a pair whose answers are the same ids.
    Raises InputError when a row is too long and ``too_long`` refuses, an id has no embedding, or nothing is left.
    """
    kept: list[R] = []
    out = {"too_long": 0, "alike": 0}
    for row in rows:
        if row.length > limit:
            if too_long == "refuse":
                raise InputError(f"{row.id} has {row.length} tokens, and {limit} is the most: raise max_length")
            out["too_long"] += 1
        elif isinstance(row, PairRow) and row.chosen == row.rejected:
            out["alike"] += 1
        else:
            _embedded(row, vocab)
            kept.append(row)
    if not kept:
        raise InputError(
            f"nothing is left to train on: {out['too_long']} examples are longer than {limit} tokens, {out['alike']} "
            "pairs have two equal answers"
        )
    held = _held(kept, share, seed)
    return Encoded([r for r in kept if r.prompt not in held], [r for r in kept if r.prompt in held], out)


def _embedded(row: PairRow | ChatRow, vocab: int) -> None:
    ids = (row.chosen.ids + row.rejected.ids) if isinstance(row, PairRow) else row.row.ids
    if min(ids) < 0 or max(ids) >= vocab:
        raise InputError(f"{row.id} has the token {max(ids)}, and the model knows {vocab}: the renderer is another's")


def _held(rows: Sequence[R], share: float, seed: int) -> set[str]:
    """Prompts whose rows make up at most ``share`` of all (at least one row), in an order by hash and seed."""
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row.prompt] = sizes.get(row.prompt, 0) + 1
    room = max(1, round(share * len(rows))) if share else 0
    taken: set[str] = set()
    for prompt in sorted(sizes, key=lambda p: hashlib.sha256(f"{seed}:{p}".encode()).digest()):
        if sizes[prompt] <= room and len(taken) + 1 < len(sizes):
            taken.add(prompt)
            room -= sizes[prompt]
    return taken


def order(rows: int, epochs: int, seed: int) -> list[int]:
    """Indices of rows as they are trained, epoch after epoch, each shuffled anew by the seed."""
    whole: list[int] = []
    for epoch in range(epochs):
        one = list(range(rows))
        random.Random(f"{seed}:{epoch}").shuffle(one)
        whole += one
    return whole


# ---------------------------------------------------------------- batches


def padded(rows: Sequence[Row], pad: int) -> dict[str, Any]:
    """``input_ids``, ``attention_mask`` and ``completion_mask`` of shape (rows, longest), padded on the right."""
    import torch

    width = max(len(row.ids) for row in rows)

    def filled(lists: Iterable[Sequence[int]], value: int) -> torch.Tensor:
        return torch.tensor([[*one, *[value] * (width - len(one))] for one in lists], dtype=torch.long)

    return {
        "input_ids": filled((row.ids for row in rows), pad),
        "attention_mask": filled(([1] * len(row.ids) for row in rows), 0),
        "completion_mask": filled((row.mask for row in rows), 0),
    }


def pair_batch(rows: Sequence[PairRow], pad: int) -> dict[str, Any]:
    """As trl's DPO reads it: the chosen answers, then the rejected ones, prompts before each."""
    return padded([*(row.chosen for row in rows), *(row.rejected for row in rows)], pad)


def chat_batch(rows: Sequence[ChatRow], pad: int) -> dict[str, Any]:
    """As trl's SFT reads it: labels are the ids where they are learned, ``IGNORED`` elsewhere."""
    batch = padded([row.row for row in rows], pad)
    learned = batch.pop("completion_mask")
    return {**batch, "labels": batch["input_ids"].masked_fill(learned == 0, IGNORED)}


@dataclass(frozen=True)
class Collator(Generic[R]):
    """Batches of rows that a data set names by their numbers, so that no library touches the ids."""

    rows: Sequence[R]
    batch: Callable[[Sequence[R], int], dict[str, Any]]
    pad: int

    def __call__(self, examples: Sequence[dict[str, int]]) -> dict[str, Any]:
        return self.batch([self.rows[example["row"]] for example in examples], self.pad)
