"""Tokens on disk to rows of one context, as a pure function of the seed and the epoch.

A tokens folder holds, for ``train`` and ``val``: ``NAME.npy`` (all tokens in one line, uint16 or uint32),
``NAME_docs.npy`` (int64 offsets, one more than there are documents) and ``NAME_groups.npy`` (int64, one a document:
documents of one group are laid side by side) and ``NAME_prompts.npy`` (int64, the tokens of a document's control line,
read where they are not to be learned), with ``tokens.json`` beside them. Tokens are mapped, not read: beside them an
epoch takes 8 bytes a window or document.

A row is a list of inputs and a list of targets, each ``context`` long. The target of a place is the next token of the
same document, so the end of a document is learned and the start of the next one is never a target; −1 is no target.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from greenlight.errors import InputError, RoundError

Ints = NDArray[np.int64]
Packing = Literal["documents", "stream"]
Learn = Literal["all", "body"]

OPEN_ROWS = 8
"""Rows that are filled at a time: enough to fit whole documents well, few enough to keep a group together."""

BLOCK = 65_536
"""Documents that are packed, or windows that are laid out, at a time."""

LONGER = 0.01
"""Share of the documents that may be longer than the context (they are cut)."""


class Rows:
    """Where each row's tokens lie: pieces ``(row, place, start, stop)`` of the token line, inputs only.

    A piece covers the inputs ``start … stop`` and the targets one further; a row's pieces are different documents.
    Pieces are made as they are asked for, a block of rows at a time: those of a whole epoch may be larger than memory.
    """

    def __init__(self, counts: Sequence[int], block: Callable[[int], Ints]) -> None:
        """``counts`` are the rows of each block; ``block(n)`` makes the pieces of one, its first row being 0."""
        self.ends, self._block = np.cumsum(counts, dtype=np.int64), block
        self.count = int(self.ends[-1])

    def slice(self, first: int, last: int) -> Ints:
        """The pieces of rows ``first`` … ``last``, in order of their row."""
        parts: list[Ints] = []
        for number in range(np.searchsorted(self.ends, first, side="right"), len(self.ends)):
            begin = int(self.ends[number - 1]) if number else 0
            if begin >= last:
                break
            pieces = self._block(number)
            low, high = np.searchsorted(pieces[:, 0], [first - begin, last - begin])
            parts.append(pieces[low:high] + np.array([begin, 0, 0, 0]))
        return np.concatenate(parts) if parts else np.zeros((0, 4), dtype=np.int64)


@dataclass(frozen=True)
class Batch:
    """Arrays of ``(rows, context)``: inputs, targets (−1: none) and document ids (unique within the batch)."""

    inputs: Ints
    targets: Ints
    docs: Ints

    @property
    def tokens(self) -> int:
        """Places with a target."""
        return int((self.targets >= 0).sum())

    def split(self, parts: int) -> list[Batch]:
        """The rows in up to ``parts`` batches of about equal size, none of them empty."""
        edges = np.linspace(0, len(self.inputs), min(parts, len(self.inputs)) + 1).astype(int).tolist()
        return [Batch(self.inputs[a:b], self.targets[a:b], self.docs[a:b]) for a, b in pairwise(edges)]


class Side:
    """The training or the validation side of a tokens folder.

    ``learn`` says what is a target: ``all`` of a document, or its ``body`` alone, given its control line.
    """

    def __init__(self, folder: Path, name: str, context: int, packing: Packing, learn: Learn = "all") -> None:
        self.context, self.packing = context, packing
        try:
            self.tokens = np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))
            self.offsets: Ints = np.load(folder / f"{name}_docs.npy")
            self.groups: Ints = np.load(folder / f"{name}_groups.npy")
            prompts = np.load(folder / f"{name}_prompts.npy") if learn == "body" else 0
            self.prompts: Ints = np.broadcast_to(np.asarray(prompts, np.int64), self.groups.shape)
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: the tokens cannot be read ({error}); encode the corpus again") from None
        self.name = name
        lengths = np.diff(self.offsets) - 1  # inputs of each document: all its tokens but the last
        if not len(lengths) or lengths.max() < 1:
            raise RoundError(f"the {name} side of the corpus has no document of two tokens or more: make it larger")
        self.all_targets = int(self.learned(lengths).sum())
        self.cut = 0
        if packing == "documents":
            self.cut = int((lengths > context).sum())
            if name == "train" and self.cut > math.ceil(LONGER * len(lengths)):
                raise RoundError(
                    f"{self.cut} of {len(lengths)} {name} documents are longer than the context of {context} tokens "
                    f"(the longest: {lengths.max() + 1}): set model.context higher, or make documents shorter"
                )
            lengths = np.minimum(lengths, context)
        self.lengths: Ints = np.maximum(lengths, 0)
        self.targets = int(self.learned(self.lengths).sum())

    def learned(self, lengths: Ints) -> Ints:
        """Targets among the first ``lengths`` places of each document."""
        learned: Ints = np.maximum(lengths - self.prompts, 0)
        return learned

    def epoch(self, seed: int, epoch: int) -> Rows:
        """Every target of the side exactly once, in an order of this seed and epoch."""
        rng = np.random.default_rng([seed, epoch])
        if self.packing == "documents":
            return self._pack(_group_order(self.groups, rng))
        windows = _Windows(self, rng.integers(0, self.context, len(self.lengths)))
        return windows.rows(rng.permutation(windows.count))

    def in_order(self) -> Rows:
        """Every target once, as it lies on disk: for a deterministic full pass. Windows restart at each document."""
        if self.packing == "documents":
            return self._pack(np.arange(len(self.lengths)))
        windows = _Windows(self, np.zeros(len(self.lengths), dtype=np.int64))
        return windows.rows(np.arange(windows.count))

    def sample(self, targets: int) -> Rows:
        """About ``targets`` targets, always the same: documents or windows drawn evenly over the side."""
        if self.packing == "documents":
            order = np.random.default_rng(0).permutation(len(self.lengths))
            enough = int(np.searchsorted(np.cumsum(self.learned(self.lengths)[order]), targets)) + 1
            return self._pack(np.sort(order[:enough]))
        windows = _Windows(self, np.zeros(len(self.lengths), dtype=np.int64))
        wanted = max(1, round(min(1.0, targets / self.targets) * windows.count))
        return windows.rows(((np.arange(wanted) + 0.5) * windows.count / wanted).astype(np.int64))

    def batch(self, pieces: Ints, rows: int) -> Batch:
        """The arrays of ``rows`` rows, the first of which is the first piece's."""
        inputs = np.zeros((rows, self.context), dtype=np.int64)
        targets = np.full((rows, self.context), -1, dtype=np.int64)
        docs = np.full((rows, self.context), -1, dtype=np.int64)
        row, place, start, stop = pieces.T
        lengths = stop - start
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        where = np.repeat((row - row[0]) * self.context + place, lengths) + within
        source = np.repeat(start, lengths) + within
        inputs.reshape(-1)[where] = self.tokens[source]
        first = self._first_learned(start)
        targets.reshape(-1)[where] = np.where(
            source < np.repeat(first, lengths), -1, self.tokens[source + 1].astype(np.int64)
        )
        docs.reshape(-1)[where] = np.repeat(np.arange(len(pieces)), lengths)
        return Batch(inputs, targets, docs)

    def _first_learned(self, starts: Ints) -> Ints:
        """Of the documents that hold these tokens: the place whose target is the first to be learned."""
        document = np.searchsorted(self.offsets, starts, side="right") - 1
        return self.offsets[document] + self.prompts[document]

    def _pack(self, order: Ints) -> Rows:
        """Whole documents into rows, block by block."""
        order = order[self.lengths[order] > 0]
        parts = [order[first : first + BLOCK] for first in range(0, len(order), BLOCK)]
        packed = lru_cache(maxsize=1)(lambda number: self._pack_block(parts[number]))
        # the first block is counted last, so that it is at hand when the epoch begins
        counts = [int(packed(number)[-1, 0]) + 1 for number in reversed(range(len(parts)))]
        return Rows(counts[::-1], packed)

    def _pack_block(self, order: Ints) -> Ints:
        """Each document into the fullest of the open rows that has room for it."""
        room: list[list[int]] = []  # open rows: [free places, row]
        pieces: list[tuple[int, int, int, int]] = []
        count = 0
        for document in order.tolist():
            length = int(self.lengths[document])
            fitting = [row for row in room if row[0] >= length]
            if fitting:
                row = min(fitting)
            else:
                row = [self.context, count]
                count += 1
                room.append(row)
                if len(room) > OPEN_ROWS:
                    room.remove(min(room[:-1]))
            start = int(self.offsets[document])
            pieces.append((row[1], self.context - row[0], start, start + length))
            row[0] -= length
        return np.array(sorted(pieces), dtype=np.int64)


class _Windows:
    """Windows of one context over each document of a side, the first of them ``shift`` long (0: a whole one)."""

    def __init__(self, side: Side, shifts: Ints) -> None:
        self.side = side
        self.shifts = np.minimum(shifts, side.lengths)
        counts = (self.shifts > 0) - (self.shifts - side.lengths) // side.context  # the rest, rounded up
        self.ends = np.cumsum(counts)
        self.begins = self.ends - counts
        self.count = int(self.ends[-1])

    def rows(self, order: Ints) -> Rows:
        """The windows of these numbers, one a row."""
        parts = [order[first : first + BLOCK] for first in range(0, len(order), BLOCK)]
        return Rows([len(part) for part in parts], lru_cache(maxsize=1)(lambda number: self._spans(parts[number])))

    def _spans(self, windows: Ints) -> Ints:
        document = np.searchsorted(self.ends, windows, side="right")
        shift, context = self.shifts[document], self.side.context
        start = shift + (windows - self.begins[document] - (shift > 0)) * context
        stop = np.minimum(start + context, self.side.lengths[document])
        place = np.arange(len(windows))
        spans = (np.maximum(start, 0) + self.side.offsets[document], stop + self.side.offsets[document])
        return np.column_stack((place, np.zeros_like(place), *spans))


def _group_order(groups: Ints, rng: np.random.Generator) -> Ints:
    """Documents with their groups shuffled, and shuffled within each group."""
    _, group = np.unique(groups, return_inverse=True)
    place = rng.permutation(int(group.max()) + 1)[group]
    order: Ints = np.lexsort((rng.random(len(groups)), place))
    return order


class Schedule:
    """Which rows each step trains on: the epochs' rows in one line, cut into batches; only the last may be short.

    With ``epochs`` the line ends after that many epochs (a part of the last one where it is no whole number).
    """

    def __init__(self, side: Side, seed: int, batch: int, *, epochs: float | None, steps: int | None) -> None:
        self.side, self.seed, self.size = side, seed, batch
        self.starts = [0]  # first row of each epoch in the line
        self._rows: tuple[int, Rows] | None = None
        if epochs is not None:
            whole, part = int(epochs), epochs - int(epochs)
            total = self._start(whole)
            if part > 0:
                total += max(1, round(part * (self._start(whole + 1) - self._start(whole))))
            self.total = total
            self.steps = -(-self.total // batch)
        else:
            self.steps = steps or 0
            self.total = self.steps * batch

    def batch(self, step: int) -> Batch:
        """The rows of ``step`` (from 0)."""
        first, last = step * self.size, min((step + 1) * self.size, self.total)
        parts: list[Ints] = []
        row = first
        while row < last:
            epoch = self._epoch_of(row)
            begin, end = self._start(epoch), min(last, self._start(epoch + 1))
            pieces = self._epoch(epoch).slice(row - begin, end - begin).copy()
            pieces[:, 0] += begin - first
            parts.append(pieces)
            row = end
        return self.side.batch(np.concatenate(parts), last - first)

    def epochs_at(self, step: int) -> float:
        """Epochs seen after ``step`` steps."""
        row = min(step * self.size, self.total)
        epoch = self._epoch_of(row)
        return epoch + (row - self._start(epoch)) / (self._start(epoch + 1) - self._start(epoch))

    def _epoch_of(self, row: int) -> int:
        while self.starts[-1] <= row:
            self._start(len(self.starts))
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def _start(self, epoch: int) -> int:
        while len(self.starts) <= epoch:
            self.starts.append(self.starts[-1] + self._epoch(len(self.starts) - 1).count)
        return self.starts[epoch]

    def _epoch(self, epoch: int) -> Rows:
        if self._rows is None or self._rows[0] != epoch:
            self._rows = (epoch, self.side.epoch(self.seed, epoch))
        return self._rows[1]


def facts(folder: Path) -> dict[str, Any]:
    """``tokens.json``. Raises InputError when it is missing or damaged."""
    try:
        found: dict[str, Any] = json.loads((folder / "tokens.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / 'tokens.json'} cannot be read ({error}); encode the corpus again") from None
    return found
