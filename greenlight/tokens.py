"""The kept corpus as token arrays: the tokenizer, the split into training and validation, and their counts."""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenlight import recipe, vocabulary
from greenlight.cut import border
from greenlight.errors import RoundError
from greenlight.nouns import Artifact, fingerprint
from greenlight.progress import Bar, Watch
from greenlight.store import Store, write_file
from greenlight.tokenizer import Tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = "kept.parquet"
ROWS = 256
"""Documents in memory at a time."""
PIECE_CHARS = (2_000, 10_000)
"""Least and most characters of a piece of a long text that goes to one side of the split."""
PIECES = 10
"""Pieces that a text's validation side should have, where the text is long enough for it."""
STRETCH = 50_000
"""Characters of a long text that are encoded at a time."""


def encode(
    tokenizer: recipe.Tokenizer, context: int, train: recipe.Train, kept: Artifact, store: Store, study: Path
) -> Artifact:
    """The arrow: what ``encode_corpus`` writes, as a step of the store.

    Of ``train`` only the split and the packing belong to the plan: another learning rate encodes nothing again.
    ``study`` is the folder that a vocabulary from outside lies in; raises RoundError where it is missing.
    """
    if tokenizer.use == "gpt2" and not tokenizer.source_sha256:
        raise RoundError(f"the study has no {tokenizer.source}/{vocabulary.VOCAB}: {vocabulary.MISSING}")

    def make(folder: Path) -> dict[str, Any]:
        given = Tokenizer.of(vocabulary.read(study / tokenizer.source)) if tokenizer.use == "gpt2" else tokenizer
        return encode_corpus(given, context, train, store.path(kept), folder, store.watch)

    plan = {"tokenizer": _plan(tokenizer), "context": context, "packing": train.packing, "val_share": train.val_share}
    return store.step("tokens", plan, {"kept": kept}, make, ("greenlight.tokens",))


def _plan(tokenizer: recipe.Tokenizer) -> dict[str, Any]:
    """What decides the tokens: the files of a vocabulary from outside and not their place, or how one is made."""
    if tokenizer.use == "gpt2":
        return {"use": tokenizer.use, "source_sha256": tokenizer.source_sha256}
    return {"use": tokenizer.use, "vocab": tokenizer.vocab}


def encode_corpus(
    tokenizer: recipe.Tokenizer | Tokenizer, context: int, train: recipe.Train, corpus: Path, folder: Path, watch: Watch
) -> dict[str, Any]:
    """Writes ``tokenizer.json``, the arrays and ``tokens.json``, whose content is returned.

    For each side (``train``, ``val``): ``SIDE.npy`` (tokens, uint16 or uint32), ``SIDE_docs.npy`` (int64, where each
    document begins, and the end), ``SIDE_groups.npy`` (int64, a document's topic, or the row of a text) and
    ``SIDE_prompts.npy`` (int64, the tokens of a document's control line).

    A document is start, control line, body, end; the tokenizer, unless it is ``byte`` or one that is given whole, is
    made of the training side alone. Documents are split by topic. Rows of a text without topics are few and long, so
    they are split by pieces of up to 10,000 characters, which spreads the validation side over the whole text; what
    lies between two of its pieces is one training document.

    Raises RoundError when the corpus is too small to split, or when ``context`` (tokens) does not hold the 99th
    percentile of the documents.
    """
    import numpy as np

    source = corpus / KEPT
    split = _split(source, train)
    texts = (text for document in split.documents("train") for text in (document.control, document.body))
    made = tokenizer if isinstance(tokenizer, Tokenizer) else _made_of(tokenizer, texts)
    made.save(folder / "tokenizer.json")
    kind = np.uint16 if made.vocab <= 2**16 else np.uint32
    counts = {}
    with watch.bar("encode", split.chars, "characters") as bar:
        for side in ("train", "val"):
            counts[side] = _write_side(made, split.documents(side), folder / side, kind, bar)
    facts = _facts(made, np.dtype(kind).name, counts, context)
    if train.packing == "documents" and context < facts["p99_tokens"]:
        raise RoundError(
            f"model.context is {context} tokens, and the 99th percentile of the documents with their control line is "
            f"{facts['p99_tokens']}: set model.context to {facts['p99_tokens']} or more"
        )
    write_file(folder / "tokens.json", json.dumps({**facts, "packing": train.packing}, indent=1) + "\n")
    return facts


def _made_of(tokenizer: recipe.Tokenizer, texts: Iterable[str]) -> Tokenizer:
    assert tokenizer.use != "gpt2"  # encode opens it
    return Tokenizer.train(tokenizer.use, texts, tokenizer.vocab)


def sides(source: Path, train: recipe.Train) -> tuple[list[str], list[str]]:
    """The bodies of both sides of the split that ``encode_corpus`` makes of a corpus's file: training, validation."""
    split = _split(source, train)
    learn, val = ([document.body for document in split.documents(side)] for side in ("train", "val"))
    return learn, val


# ---------------------------------------------------------------- the split


@dataclass(frozen=True)
class _Document:
    group: int
    control: str
    body: str


@dataclass(frozen=True)
class _Split:
    """``documents(side)`` reads the corpus again, so nothing of it stays in memory; ``chars`` are of both sides."""

    chars: int
    documents: Callable[[str], Iterator[_Document]]


def _split(source: Path, train: recipe.Train) -> _Split:
    """By topic; by row where documents have no topic, and by pieces where such rows are a stream of text."""
    chars = 0
    topics: dict[str, int] = {}
    for number, row in enumerate(_rows(source)):
        # a document without a topic is a group of its own
        topics.setdefault(row["topic"] or f"\0{number}", len(topics))
        chars += len(row["control"]) + len(row["body"])
    if train.packing == "stream" and all(topic.startswith("\0") for topic in topics):
        return _by_piece(source, chars, train.val_share)
    held = _drawn(list(topics), train.val_share, "topics")

    def documents(side: str) -> Iterator[_Document]:
        for number, row in enumerate(_rows(source)):
            topic = row["topic"] or f"\0{number}"
            if (topic in held) == (side == "val"):
                yield _Document(topics[topic], row["control"], row["body"])

    return _Split(chars, documents)


def _by_piece(source: Path, chars: int, share: float) -> _Split:
    low, high = PIECE_CHARS
    size = min(high, max(low, int(chars * share / PIECES)))
    cuts: list[list[int]] = []
    for row in _rows(source):
        text = row["body"]
        inner = {border(text, at) for at in range(size, len(text) - size // 2, size)}
        cuts.append(sorted({0, len(text)} | inner))
    names = [f"{row}:{piece}" for row, edges in enumerate(cuts) for piece in range(len(edges) - 1)]
    held = _drawn(names, share, f"pieces of {size:,} characters")

    def documents(side: str) -> Iterator[_Document]:
        for number, (row, edges) in enumerate(zip(_rows(source), cuts, strict=True)):
            for is_val, run in groupby(enumerate(pairwise(edges)), key=lambda piece: f"{number}:{piece[0]}" in held):
                if is_val != (side == "val"):
                    continue
                spans = [span for _, span in run]
                for start, end in spans if is_val else [(spans[0][0], spans[-1][1])]:
                    yield _Document(number, "", row["body"][start:end])

    return _Split(chars, documents)


def _drawn(names: list[str], share: float, what: str) -> set[str]:
    """The validation side: the same for the same names, whatever their order, and of every round's seeds."""
    if len(names) < 2:
        raise RoundError(
            f"the corpus has {len(names)} {what}, too few to validate on some and train on others: add more"
        )
    count = min(len(names) - 1, max(1, round(share * len(names))))
    return set(sorted(names, key=lambda name: fingerprint(f"validation {name}"))[:count])


def _rows(source: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(batch_size=ROWS, columns=["topic", "control", "body"]):
            yield from batch.to_pylist()


# ---------------------------------------------------------------- arrays


@dataclass
class _Count:
    """What one side holds; ``lengths`` are tokens of each document, specials included."""

    chars: int = 0
    body_chars: int = 0
    lengths: list[int] = field(default_factory=list)


def _write_side(made: Tokenizer, documents: Iterator[_Document], path: Path, kind: type, bar: Bar) -> _Count:
    """Writes ``PATH.npy``, ``PATH_docs.npy``, ``PATH_groups.npy`` and ``PATH_prompts.npy``."""
    import numpy as np

    count = _Count()
    groups: list[int] = []
    prompts: list[int] = []
    spool = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(spool, "wb") as file:
            for document, prompt, ids in _encoded(made, documents):
                file.write(np.array([made.bos, *ids, made.eos], dtype=kind).tobytes())  # tofile hides a full disk
                groups.append(document.group)
                prompts.append(prompt)
                count.lengths.append(len(ids) + 2)
                count.body_chars += len(document.body)
                chars = len(document.control) + len(document.body)
                count.chars += chars
                bar.advance(chars)
        _save(path.with_name(f"{path.name}.npy"), np.memmap(spool, dtype=kind, mode="r"))
    finally:
        spool.unlink(missing_ok=True)
    _save(path.with_name(f"{path.name}_docs.npy"), np.cumsum([0, *count.lengths], dtype=np.int64))
    for name, values in (("groups", groups), ("prompts", prompts)):
        _save(path.with_name(f"{path.name}_{name}.npy"), np.array(values, dtype=np.int64))
    return count


def _encoded(made: Tokenizer, documents: Iterable[_Document]) -> Iterator[tuple[_Document, int, list[int]]]:
    """Each document with its tokens: those of the control line, and how many these are, then those of the body."""
    waiting: deque[tuple[_Document, int]] = deque()

    def texts() -> Iterator[str]:
        for document in documents:
            parts = [document.control, *stretches(document.body)]
            waiting.append((document, len(parts)))
            yield from parts

    ids: list[int] = []
    done = prompt = 0
    for part in made.encode_each(texts()):
        ids += part
        done += 1
        prompt = len(ids) if done == 1 else prompt
        if done == waiting[0][1]:
            yield waiting.popleft()[0], prompt, ids
            ids, done = [], 0


def stretches(text: str, size: int = STRETCH) -> Iterator[str]:
    """A long text in parts of about ``size`` characters whose tokens, joined, are those of the whole.

    True for every tokenizer here: GPT-2's split into words always breaks before a letter or digit that follows a line
    end, and the line end is a piece by itself, as at the end of a part, where something visible stands before it. (Of
    two line ends the second would go with the first at the end of a part, and by itself within a text.)
    """
    start = 0
    safe = re.compile(r"(?<=\S\n)(?=\w)")
    while len(text) - start > size and (found := safe.search(text, start + size)):
        yield text[start : found.start()]
        start = found.start()
    yield text[start:]


def _save(path: Path, array: NDArray[Any]) -> None:
    import numpy as np

    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(aside, "wb") as file:
            np.save(file, array)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _facts(made: Tokenizer, dtype: str, counts: dict[str, _Count], context: int) -> dict[str, Any]:
    import numpy as np

    facts: dict[str, Any] = {"vocab": made.vocab, "bos": made.bos, "eos": made.eos, "use": made.use, "dtype": dtype}
    for side, count in counts.items():
        facts[f"{side}_tokens"] = sum(count.lengths)
        facts[f"{side}_chars"] = count.chars
        facts[f"{side}_body_chars"] = count.body_chars
        facts[f"{side}_documents"] = len(count.lengths)
    lengths = [length for count in counts.values() for length in count.lengths]
    # the smallest length that at least 50 % (99 %) of the documents do not exceed: a length that occurs
    p50, p99 = np.percentile(lengths, [50, 99], method="inverted_cdf")
    written = sum(counts["train"].lengths) - 2 * len(counts["train"].lengths)
    per_token = counts["train"].chars / max(1, written)
    return {
        **facts,
        "p50_tokens": int(p50),
        "p99_tokens": int(p99),
        "chars_per_token": per_token,
        "context_chars": context * per_token,
        "longer_than_context": sum(length > context for length in lengths),
    }
