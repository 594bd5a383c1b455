"""Every text can be written, specials are never produced by text, and other tools read the file the same way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight.errors import InputError
from greenlight.tokenizer import END, SPECIALS, START, Tokenizer, Use

CORPUS = [
    "the green light blinked.\n",
    "a fox saw the green light in the night",
    "Ünïcode ☂ too, and the 😀 light",
] * 20
USES: tuple[Use, ...] = ("char", "byte", "bpe")
MADE = {use: Tokenizer.train(use, CORPUS, 300) for use in USES}
ALPHABET = st.one_of(st.sampled_from([*"the gren\n", "\r\n", "\x00", "�", "<0x41>", "😀", "é", *SPECIALS]), st.text())
TEXTS = st.lists(ALPHABET, max_size=12).map("".join)


@pytest.mark.parametrize("use", USES)
@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back(use: Use, text: str) -> None:
    made = MADE[use]
    ids, starts = made.encode_with_offsets(text)
    assert made.decode(ids) == text
    assert ids == made.encode(text) == made.encode_batch([text])[0]
    assert not {made.bos, made.eos} & set(ids)
    assert all(0 <= i < made.vocab for i in ids)
    assert starts == _starts_from_bytes(made, text, ids)


def _starts_from_bytes(made: Tokenizer, text: str, ids: list[int]) -> list[int]:
    """An independent count: the bytes that each token stands for, laid along the text's UTF-8."""
    char_of_byte = [index for index, char in enumerate(text) for _ in char.encode()]
    names = {i: made._core.id_to_token(i) for i in ids}
    starts, place = [], 0
    for i in ids:
        starts.append(char_of_byte[place])
        name = names[i]
        if made.use == "char":
            place += 1 if len(name) == 6 and name.startswith("<0x") else len(name.encode())
        else:
            place += len(name)
    assert place == len(char_of_byte)
    return starts


@pytest.mark.parametrize("use", USES)
def test_the_specials_literal_strings_are_only_text(use: Use) -> None:
    hostile = f"once {START} upon{END}{END} a time {START}"
    trained_on_it = Tokenizer.train(use, [hostile] * 50, 400)
    for made in (MADE[use], trained_on_it):
        ids = made.encode(hostile)
        assert made.bos not in ids
        assert made.eos not in ids
        assert made.decode([made.bos, *ids, made.eos]) == hostile


@pytest.mark.parametrize("use", USES)
def test_the_file_opens_to_the_same_tokenizer(use: Use, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    MADE[use].save(path)
    again = Tokenizer.open(path)
    assert [p.name for p in tmp_path.iterdir()] == ["tokenizer.json"]
    assert (again.use, again.vocab, again.bos, again.eos) == (use, MADE[use].vocab, MADE[use].bos, MADE[use].eos)
    for text in [*CORPUS, f"{START} ☃ new"]:
        assert again.encode(text) == MADE[use].encode(text)


@pytest.mark.parametrize("use", USES)
def test_transformers_reads_the_same_ids(use: Use, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    path = tmp_path / "tokenizer.json"
    MADE[use].save(path)
    theirs = transformers.PreTrainedTokenizerFast(tokenizer_file=str(path), bos_token=START, eos_token=END)
    assert len(theirs) == MADE[use].vocab
    assert (theirs.bos_token_id, theirs.eos_token_id) == (MADE[use].bos, MADE[use].eos)
    for text in ["the green light\n\n  blinked . It 's", "not in the corpus: ☃ ñ 漢字 \x00\r\n", "Ünï 😀"]:
        ids = theirs(text, add_special_tokens=False)["input_ids"]
        assert ids == MADE[use].encode(text)
        assert theirs.decode(ids, clean_up_tokenization_spaces=False) == text


def test_sizes() -> None:
    characters = {char for text in CORPUS for char in text}
    assert MADE["char"].vocab == 2 + 256 + len(characters)
    assert MADE["byte"].vocab == 258
    assert MADE["bpe"].vocab == 300
    assert len(MADE["char"].encode("green")) == 5
    assert len(MADE["char"].encode("漢")) == 3
    assert len(MADE["bpe"].encode(" green light")) < len(MADE["byte"].encode(" green light")) == 12


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("one.json", "two.json"):
        Tokenizer.train("bpe", iter(CORPUS), 300).save(tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_a_small_corpus_gives_fewer_tokens_than_asked() -> None:
    assert Tokenizer.train("bpe", ["abab"], 1000).vocab < 270


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="D800"):
        MADE["char"].encode("a\ud800")
    with pytest.raises(InputError, match="D800"):
        Tokenizer.train("bpe", ["a\ud800"], 300)
    with pytest.raises(InputError, match="258 or more"):
        Tokenizer.train("bpe", CORPUS, 200)
    with pytest.raises(InputError, match="does not exist"):
        Tokenizer.open(tmp_path / "none.json")
    (tmp_path / "torn.json").write_text('{"version": "1.0", "mod')
    with pytest.raises(InputError, match="cannot be read"):
        Tokenizer.open(tmp_path / "torn.json")
