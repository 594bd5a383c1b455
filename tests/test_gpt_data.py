"""Tokens to rows: every target once, whole documents, exact epochs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpt_tokens import write_tokens
from numpy.typing import NDArray

from greenlight.errors import InputError, RoundError
from greenlight.gpt import data
from greenlight.gpt.data import Rows, Schedule, Side


def pieces(rows: Rows) -> NDArray[np.int64]:
    return rows.slice(0, rows.count)


def targets_of(side: Side, rows: Rows) -> list[int]:
    """Where in the token line each target stands."""
    return sorted(at for _, _, start, stop in pieces(rows).tolist() for at in range(start + 1, stop + 1))


@pytest.mark.parametrize("packing", ["documents", "stream"])
def test_an_epoch_shows_every_target_once(tmp_path: Path, packing: Any) -> None:
    side = Side(write_tokens(tmp_path, long=packing == "stream"), "train", 48, packing)
    starts = set(side.offsets.tolist())
    every = [at for at in range(len(side.tokens)) if at not in starts]
    orders = set()
    for seed, epoch in ((1, 0), (1, 1), (2, 0)):
        rows = side.epoch(seed, epoch)
        assert targets_of(side, rows) == every
        orders.add(pieces(rows).tobytes())
        assert np.array_equal(pieces(rows), pieces(side.epoch(seed, epoch)))
    assert len(orders) == 3
    assert targets_of(side, side.in_order()) == every
    assert side.targets == len(every)


@pytest.mark.parametrize("packing", ["documents", "stream"])
def test_epochs_are_laid_out_block_by_block(tmp_path: Path, packing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block's border changes what shares a row, and nothing else; rows are found whatever block they lie in."""
    tokens = write_tokens(tmp_path)
    whole = Side(tokens, "train", 48, packing)
    monkeypatch.setattr(data, "BLOCK", 7)
    side = Side(tokens, "train", 48, packing)
    for rows, same in ((side.epoch(1, 0), whole.epoch(1, 0)), (side.in_order(), whole.in_order())):
        assert targets_of(side, rows) == targets_of(whole, same)
        assert sorted({row for row, *_ in pieces(rows).tolist()}) == list(range(rows.count))
        assert len(rows.ends) > 3
        found = [rows.slice(first, min(first + 3, rows.count)) for first in range(0, rows.count, 3)]
        assert np.array_equal(np.concatenate(found), pieces(rows))
        assert len(rows.slice(5, 5)) == 0
    if packing == "stream":
        assert np.array_equal(pieces(side.epoch(1, 0)), pieces(whole.epoch(1, 0)))


@pytest.mark.parametrize("packing", ["documents", "stream"])
def test_a_control_line_can_be_read_and_not_learned(tmp_path: Path, packing: Any) -> None:
    """What is masked is exactly each document's first tokens, wherever windows cut it."""
    tokens = write_tokens(tmp_path)
    whole = Side(tokens, "train", 48, packing)
    prompts = np.arange(len(whole.groups)) % 5
    np.save(tokens / "train_prompts.npy", prompts)
    side = Side(tokens, "train", 48, packing, "body")
    assert side.targets == whole.targets - prompts.sum()
    batch, other = (one.batch(pieces(one.epoch(1, 0)), one.epoch(1, 0).count) for one in (side, whole))
    assert np.array_equal(batch.inputs, other.inputs)
    masked = (batch.targets < 0) & (other.targets >= 0)
    assert np.array_equal(batch.targets[~masked], other.targets[~masked])
    assert masked.sum() == prompts.sum()
    offsets = side.offsets[:-1]
    wanted = sorted(at + 1 for first, n in zip(offsets, prompts, strict=True) for at in range(first, first + n))
    found = []
    for row, place, start, stop in pieces(side.epoch(1, 0)).tolist():
        found += [start + 1 + n for n in range(stop - start) if masked[row, place + n]]
    assert sorted(found) == wanted


def test_documents_are_whole_masked_and_beside_their_group(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path, documents=200)
    side = Side(tokens, "train", 48, "documents")
    rows = side.epoch(3, 0)
    batch = side.batch(pieces(rows), rows.count)
    offsets = side.offsets.tolist()
    first = side.tokens[0]
    seen: dict[int, list[int]] = {}
    for row, place, start, stop in pieces(rows).tolist():
        document = offsets.index(start)
        assert stop == offsets[document + 1] - 1, "a document was split"
        assert place + stop - start <= 48
        assert np.array_equal(batch.inputs[row, place : place + stop - start], side.tokens[start:stop])
        assert np.array_equal(batch.targets[row, place : place + stop - start], side.tokens[start + 1 : stop + 1])
        assert len(set(batch.docs[row, place : place + stop - start])) == 1
        seen.setdefault(int(side.groups[document]), []).append(row)
    assert first not in batch.targets
    assert batch.tokens == side.targets
    assert batch.tokens / batch.targets.size > 0.85, "rows are filled"
    spread = [max(at) - min(at) - len(at) for at in seen.values()]
    assert max(spread) <= 8, "a group lies together"
    padding = batch.targets < 0
    assert (batch.docs[padding] == -1).all()


def test_epochs_mean_what_they_say(tmp_path: Path) -> None:
    side = Side(write_tokens(tmp_path), "train", 48, "documents")
    one = side.epoch(1, 0).count
    for epochs, rows in ((1.0, one), (0.5, round(one / 2)), (2.0, one + side.epoch(1, 1).count)):
        schedule = Schedule(side, 1, 4, epochs=epochs, steps=None)
        assert schedule.steps == math.ceil(rows / 4)
        batches = [schedule.batch(step) for step in range(schedule.steps)]
        assert sum(len(batch.inputs) for batch in batches) == rows
        assert schedule.epochs_at(schedule.steps) == pytest.approx(epochs, abs=0.51 / one)
        if epochs >= 1:
            assert sum(batch.tokens for batch in batches) == epochs * side.targets
    by_steps = Schedule(side, 1, 4, epochs=None, steps=50)
    later = Schedule(side, 1, 4, epochs=None, steps=50)
    for step in (49, 0, 17):  # a batch depends on its step alone
        assert np.array_equal(by_steps.batch(step).inputs, later.batch(step).inputs)
        assert len(by_steps.batch(step).inputs) == 4


def test_documents_that_do_not_fit(tmp_path: Path) -> None:
    tokens = write_tokens(tmp_path, documents=300, longest=60)
    lengths = np.sort(np.diff(np.load(tokens / "train_docs.npy")) - 1)  # inputs: all tokens but the last
    longest = int(lengths[-1])
    assert Side(tokens, "train", longest, "documents").cut == 0
    fits = int(lengths[-3])  # of 240, at most two are longer
    cut = Side(tokens, "train", fits, "documents")
    assert cut.cut == (lengths > fits).sum()
    assert cut.all_targets - cut.targets == (lengths - fits)[lengths > fits].sum()
    with pytest.raises(RoundError, match=rf"longer than the context of 24 tokens \(the longest: {longest + 1}\)"):
        Side(tokens, "train", 24, "documents")
    with pytest.raises(InputError, match="encode the corpus again"):
        Side(tmp_path / "nowhere", "train", 24, "documents")


def test_the_training_sample_is_as_large_as_asked(tmp_path: Path) -> None:
    for packing in ("documents", "stream"):
        side = Side(write_tokens(tmp_path / packing, long=packing == "stream"), "train", 48, packing)
        rows = side.sample(300)
        assert abs(len(targets_of(side, rows)) - 300) <= 48
        assert np.array_equal(pieces(rows), pieces(side.sample(300)))
        assert targets_of(side, side.sample(10**6)) == targets_of(side, side.in_order())
