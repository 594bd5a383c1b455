"""The arrays hold the corpus, whole and in order; the split is by topic, or by pieces spread over a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import recipe
from greenlight.errors import RoundError
from greenlight.nouns import Artifact
from greenlight.progress import SILENT
from greenlight.store import Store
from greenlight.tokenizer import Tokenizer, Use
from greenlight.tokens import encode, encode_corpus, stretches

Row = tuple[str, str, str]


def write(folder: Path, rows: Sequence[Row]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    names = ("topic", "control", "body")
    table = [
        dict(zip(names, row, strict=True)) | {"id": str(n), "voice": "oak", "level": 1} for n, row in enumerate(rows)
    ]
    pq.write_table(pa.Table.from_pylist(table), folder / "kept.parquet")
    return folder


def stories(topics: int, levels: int = 3) -> list[Row]:
    return [
        (f"topic {t}", f"[level={level}]\ntopic {t}\n", f"Once the {'green light ' * level}blinked at {t}. The end.")
        for t in range(topics)
        for level in range(1, levels + 1)
    ]


def run(
    corpus: Path,
    folder: Path,
    use: Use = "bpe",
    packing: Literal["documents", "stream"] = "documents",
    context: int = 200,
    share: float = 0.1,
) -> dict[str, Any]:
    folder.mkdir()
    train = recipe.Train(epochs=1, packing=packing, val_share=share)
    return encode_corpus(recipe.Tokenizer(use=use, vocab=300), context, train, corpus, folder, SILENT)


def documents(folder: Path, side: str) -> list[list[int]]:
    tokens, bounds = np.load(folder / f"{side}.npy"), np.load(folder / f"{side}_docs.npy")
    assert bounds[0] == 0
    assert bounds[-1] == len(tokens)
    assert bounds.dtype == np.int64
    return [tokens[a:b].tolist() for a, b in pairwise(bounds)]


@pytest.mark.parametrize("use", ["char", "byte", "bpe"])
def test_every_document_is_there_once_whole_and_in_order(use: Use, tmp_path: Path) -> None:
    rows = stories(40)
    facts = run(write(tmp_path / "corpus", rows), tmp_path / "out", use)
    made = Tokenizer.open(tmp_path / "out" / "tokenizer.json")
    found: dict[str, list[str]] = {}
    for side in ("train", "val"):
        texts = documents(tmp_path / "out", side)
        prompts = np.load(tmp_path / "out" / f"{side}_prompts.npy").tolist()
        assert [made.decode(ids[1 : 1 + n]) for n, ids in zip(prompts, texts, strict=True)] == [
            made.decode(ids[1:-1]).partition("Once")[0] for ids in texts
        ]
        assert all(ids[0] == made.bos and ids[-1] == made.eos for ids in texts)
        found[side] = [made.decode(ids) for ids in texts]
        assert sum(map(len, texts)) == facts[f"{side}_tokens"]
        assert len(texts) == facts[f"{side}_documents"]
        assert sum(map(len, found[side])) == facts[f"{side}_chars"]
    written = [control + body for _, control, body in rows]
    assert [text for text in written if text in set(found["train"])] == found["train"]
    assert [text for text in written if text in set(found["val"])] == found["val"]
    assert sorted(found["train"] + found["val"]) == sorted(written)
    assert facts["train_body_chars"] + facts["val_body_chars"] == sum(len(body) for _, _, body in rows)
    first = documents(tmp_path / "out", "train")[0]
    control, body = next((c, b) for _, c, b in rows if c + b == found["train"][0])
    assert first == [made.bos, *made.encode(control), *made.encode(body), made.eos]


def test_topics_are_whole_on_one_side(tmp_path: Path) -> None:
    rows = stories(40)
    facts = run(write(tmp_path / "corpus", rows), tmp_path / "out")
    made = Tokenizer.open(tmp_path / "out" / "tokenizer.json")
    topics: dict[str, set[int]] = {}
    for side in ("train", "val"):
        groups = np.load(tmp_path / "out" / f"{side}_groups.npy")
        for group, ids in zip(groups, documents(tmp_path / "out", side), strict=True):
            assert f"topic {group}\n" in made.decode(ids)
        topics[side] = set(groups.tolist())
    assert not topics["train"] & topics["val"]
    assert len(topics["val"]) == 4
    assert facts["val_documents"] == 12


def test_the_split_does_not_depend_on_the_order(tmp_path: Path) -> None:
    rows = stories(20)
    sides = []
    for name, order in (("a", rows), ("b", rows[::-1])):
        run(write(tmp_path / name, order), tmp_path / f"out {name}")
        made = Tokenizer.open(tmp_path / f"out {name}" / "tokenizer.json")
        sides.append({made.decode(ids) for ids in documents(tmp_path / f"out {name}", "val")})
    assert sides[0] == sides[1]


def test_the_tokenizer_never_sees_the_validation_side(tmp_path: Path) -> None:
    rows = [(topic, control, body + chr(0x4E00 + n)) for n, (topic, control, body) in enumerate(stories(20))]
    run(write(tmp_path / "corpus", rows), tmp_path / "out", "char")
    made = Tokenizer.open(tmp_path / "out" / "tokenizer.json")
    written = {side: {made.decode(ids)[-1] for ids in documents(tmp_path / "out", side)} for side in ("train", "val")}
    assert all(len(made.encode(char)) == 1 for char in written["train"])
    assert all(len(made.encode(char)) == 3 for char in written["val"])


def test_the_facts(tmp_path: Path) -> None:
    rows = [(f"t{n}", "", "x" * (n + 1)) for n in range(200)]
    facts = run(write(tmp_path / "corpus", rows), tmp_path / "out", "byte", context=200)
    assert (facts["p50_tokens"], facts["p99_tokens"]) == (102, 200)
    assert facts["longer_than_context"] == 2
    assert facts["chars_per_token"] == 1.0
    assert facts["context_chars"] == 200.0
    assert (facts["vocab"], facts["dtype"], facts["use"]) == (258, "uint16", "byte")
    assert json.loads((tmp_path / "out" / "tokens.json").read_text()) == {**facts, "packing": "documents"}
    names = ["tokenizer.json", "tokens.json", "train.npy", "train_docs.npy", "train_groups.npy", "train_prompts.npy"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        [*names, "val.npy", "val_docs.npy", "val_groups.npy", "val_prompts.npy"]
    )


def test_many_characters_need_wide_tokens(tmp_path: Path) -> None:
    every = "".join(chr(n) for n in range(0x20, 0x20000) if not 0xD800 <= n < 0xE000)
    rows = [(f"t{n}", "", every[n::2]) for n in range(2)] + [("t2", "", every), ("t3", "", every)]
    facts = run(write(tmp_path / "corpus", rows), tmp_path / "out", "char", context=200_000)
    assert facts["dtype"] == "uint32"
    assert max(map(max, documents(tmp_path / "out", "train"))) > 2**16


def test_a_context_below_the_99th_percentile_is_refused_with_the_number(tmp_path: Path) -> None:
    rows = [(f"t{n}", "", "x" * (n + 1)) for n in range(200)]
    with pytest.raises(RoundError, match=r"model\.context is 199 .* is 200: set model\.context to 200"):
        run(write(tmp_path / "corpus", rows), tmp_path / "out", "byte", context=199)


def test_one_topic_cannot_be_split(tmp_path: Path) -> None:
    with pytest.raises(RoundError, match="1 topics, too few"):
        run(write(tmp_path / "corpus", stories(1)), tmp_path / "out")


def test_two_topics_are_one_for_each_side(tmp_path: Path) -> None:
    facts = run(write(tmp_path / "corpus", stories(2)), tmp_path / "out")
    assert (facts["train_documents"], facts["val_documents"]) == (3, 3)


# ---------------------------------------------------------------- streams

LINES = [f"line {n} of a long text with words\n" + ("\n" if n % 7 == 0 else "") for n in range(6_000)]
TEXT = "".join(LINES)


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_a_text_is_split_into_pieces_that_are_spread(rows: int, tmp_path: Path) -> None:
    size = -(-len(TEXT) // rows)
    bodies = [TEXT[i : i + size] for i in range(0, len(TEXT), size)]
    facts = run(
        write(tmp_path / "corpus", [("", "", body) for body in bodies]), tmp_path / "out", packing="stream", context=64
    )
    made = Tokenizer.open(tmp_path / "out" / "tokenizer.json")
    sides = {side: [made.decode(ids) for ids in documents(tmp_path / "out", side)] for side in ("train", "val")}
    groups = {side: np.load(tmp_path / "out" / f"{side}_groups.npy").tolist() for side in ("train", "val")}
    for row, body in enumerate(bodies):
        mine = [text for side in sides for text, group in zip(sides[side], groups[side], strict=True) if group == row]
        assert sum(map(len, mine)) == len(body)
        assert all(text in body for text in mine)
    assert facts["train_chars"] + facts["val_chars"] == len(TEXT)
    assert 0.05 < facts["val_chars"] / len(TEXT) < 0.2
    assert len(sides["val"]) >= 4
    places = sorted(TEXT.index(text[:200]) / len(TEXT) for text in sides["val"])
    assert places[-1] - places[0] > 0.4
    assert all(text.endswith("\n") for text in sides["val"] if len(text) > 100 and rows < 40)


def test_a_text_is_the_same_tokens_in_stretches(tmp_path: Path) -> None:
    facts = run(
        write(tmp_path / "corpus", [("", "", TEXT)]), tmp_path / "out", packing="stream", context=64, share=0.01
    )
    made = Tokenizer.open(tmp_path / "out" / "tokenizer.json")
    longest = max(documents(tmp_path / "out", "train"), key=len)
    assert len(made.decode(longest)) > 50_000
    assert longest[1:-1] == made.encode(made.decode(longest))
    assert facts["longer_than_context"] > 0


@pytest.mark.parametrize("use", ["char", "byte", "bpe"])
@given(text=st.text(alphabet="ab1 \n\t\r'sé.\u2028\x1c\x85\u180e\u00a0漢", max_size=80))
@settings(max_examples=150, deadline=None)
def test_stretches_never_change_the_tokens(use: Use, text: str) -> None:
    made = MADE[use]
    parts = list(stretches(text, 5))
    assert "".join(parts) == text
    assert [i for part in parts for i in made.encode(part)] == made.encode(text)


CORPUS = ["ab ab\nab 's\n\na 1 ab\t\té.\n 漢 a\nb ab\n"] * 30
MADE = {use: Tokenizer.train(use, CORPUS, 300) for use in ("char", "byte", "bpe")}


def test_stories_in_a_stream_are_still_split_by_topic(tmp_path: Path) -> None:
    run(write(tmp_path / "corpus", stories(30)), tmp_path / "out", packing="stream", context=32)
    groups = [set(np.load(tmp_path / "out" / f"{side}_groups.npy").tolist()) for side in ("train", "val")]
    assert not groups[0] & groups[1]
    assert len(documents(tmp_path / "out", "val")) == 9


def test_the_step_is_found_again_unless_its_plan_changes(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    kept = store.step("kept", {}, {}, lambda folder: {"wrote": str(write(folder, stories(20)).name)}, ())
    train = recipe.Train(epochs=1)

    def again(context: int = 200, **changes: Any) -> Artifact:
        return encode(recipe.Tokenizer(vocab=300), context, train.model_copy(update=changes), kept, store, tmp_path)

    first = again()
    assert again() == again(lr=0.1) == first
    assert first.facts["vocab"] == 300
    assert {"train.npy", "val_docs.npy", "tokens.json"} <= set(first.files)
    others = [again(context=201), again(val_share=0.2), again(packing="stream")]
    assert len({a.fingerprint for a in [first, *others]}) == 4
