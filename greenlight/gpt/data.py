"""Tokens on disk to rows of one context, as a pure function of the seed and the epoch.

A tokens folder holds, for ``train`` and ``val``: ``NAME.npy`` (all tokens in one line, uint16 or uint32),
``NAME_docs.npy`` (int64 offsets, one more than there are documents) and ``NAME_groups.npy`` (int64, one a document:
documents of one group are laid side by side), with ``tokens.json`` beside them.

A row is a list of inputs and a list of targets, each ``context`` long. The target of a place is the next token of the
same document, so the end of a document is learned and the start of the next one is never a target; −1 is no target.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from greenlight.errors import InputError, RoundError

Ints = NDArray[np.int64]
Packing = Literal["documents", "stream"]

OPEN_ROWS = 8
"""Rows that are filled at a time: enough to fit whole documents well, few enough to keep a group together."""

LONGER = 0.01
"""Share of the documents that may be longer than the context (they are cut)."""


@dataclass(frozen=True)
class Rows:
    """Where each row's tokens lie: pieces ``(row, place, start, stop)`` of the token line, inputs only.

    A piece covers the inputs ``start … stop`` and the targets one further; a row's pieces are different documents.
    """

    count: int
    pieces: Ints

    def slice(self, first: int, last: int) -> Ints:
        """The pieces of rows ``first`` … ``last``, which are in order of their row."""
        low, high = np.searchsorted(self.pieces[:, 0], [first, last])
        return self.pieces[low:high]


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
    """The training or the validation side of a tokens folder."""

    def __init__(self, folder: Path, name: str, context: int, packing: Packing) -> None:
        self.context, self.packing = context, packing
        try:
            self.tokens = np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))
            self.offsets: Ints = np.load(folder / f"{name}_docs.npy")
            self.groups: Ints = np.load(folder / f"{name}_groups.npy")
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: the tokens cannot be read ({error}); encode the corpus again") from None
        self.name = name
        lengths = np.diff(self.offsets) - 1  # inputs of each document: all its tokens but the last
        if not len(lengths) or lengths.max() < 1:
            raise RoundError(f"the {name} side of the corpus has no document of two tokens or more: make it larger")
        self.all_targets = int(np.maximum(lengths, 0).sum())
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
        self.targets = int(self.lengths.sum())

    def epoch(self, seed: int, epoch: int) -> Rows:
        """Every target of the side exactly once, in an order of this seed and epoch."""
        rng = np.random.default_rng([seed, epoch])
        if self.packing == "documents":
            return self._pack(_group_order(self.groups, rng))
        rows = self._windows(rng.integers(0, self.context, len(self.lengths)))
        order = rng.permutation(rows.count)
        pieces = rows.pieces[order]
        pieces[:, 0] = np.arange(rows.count)
        return Rows(rows.count, pieces)

    def in_order(self) -> Rows:
        """Every target once, as it lies on disk: for a deterministic full pass. Windows restart at each document."""
        if self.packing == "documents":
            return self._pack(np.arange(len(self.lengths)))
        return self._windows(np.zeros(len(self.lengths), dtype=np.int64))

    def sample(self, targets: int) -> Rows:
        """About ``targets`` targets, always the same: documents or windows drawn evenly over the side."""
        if self.packing == "documents":
            order = np.random.default_rng(0).permutation(len(self.lengths))
            enough = int(np.searchsorted(np.cumsum(self.lengths[order]), targets)) + 1
            return self._pack(np.sort(order[:enough]))
        rows = self.in_order()
        wanted = max(1, round(min(1.0, targets / self.targets) * rows.count))
        chosen = ((np.arange(wanted) + 0.5) * rows.count / wanted).astype(np.int64)
        pieces = rows.pieces[chosen]
        pieces[:, 0] = np.arange(len(chosen))
        return Rows(len(chosen), pieces)

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
        targets.reshape(-1)[where] = self.tokens[source + 1]
        docs.reshape(-1)[where] = np.repeat(np.arange(len(pieces)), lengths)
        return Batch(inputs, targets, docs)

    def _pack(self, order: Ints) -> Rows:
        """Whole documents into rows: each into the fullest of the open rows that has room for it."""
        room: list[list[int]] = []  # open rows: [free places, row]
        pieces: list[tuple[int, int, int, int]] = []
        count = 0
        for document in order.tolist():
            length = int(self.lengths[document])
            if length == 0:
                continue
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
        return Rows(count, np.array(sorted(pieces), dtype=np.int64).reshape(-1, 4))

    def _windows(self, shifts: Ints) -> Rows:
        """Windows of one context over each document, the first of them ``shift`` long (0: a whole one)."""
        found: list[Ints] = []
        for start, length, shift in zip(self.offsets[:-1], self.lengths, shifts, strict=True):
            edges = np.unique(np.concatenate(([0], np.arange(shift, length, self.context), [length])))
            if length:
                found.append(np.stack((edges[:-1], edges[1:]), 1) + start)
        spans = np.concatenate(found)
        return Rows(len(spans), np.column_stack((np.arange(len(spans)), np.zeros(len(spans), np.int64), spans)))


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
