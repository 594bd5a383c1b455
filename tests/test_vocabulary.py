"""A vocabulary from outside: the same ids as other tools give, every text comes back, and bad files are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_vocabularies import MERGES, names, write_vocabulary

from greenlight import vocabulary
from greenlight.errors import InputError
from greenlight.tokenizer import END, SPECIALS, START, Tokenizer
from greenlight.tokens import stretches

TEXTS = [
    "ROMEO:\nThou hadst to do it.\n\n\nCORIOLANUS:\n  That art sure to my husband, and I'll\tam",
    "the green light and the night 1234 it's we'll THEY'VE the12",
    "Ünïcode — naïve café, 漢字かな, Ελληνικά, русский, العربية, עברית",
    "😀👩‍👩‍👧‍👦🏳️‍🌈 flags 🇩🇪 and ☃︎",
    "\x00\x01\x1f\x7f\x80\x85\xa0\u2028\u2029\ufeff\ufffd\r\n\r \t \n \n\n",
    "é (composed) é (decomposed) ﬁ ½ ²",
    " leading, trailing  and   many    spaces   ",
    "<|start|> <|end|> <| end of text |> Ġ Ċ",
    "",
]
ALPHABET = st.one_of(st.sampled_from([*"the gren\n12'sé", "\n\n", " the", "\x00", "😀", *SPECIALS]), st.text())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_vocabulary(tmp_path_factory.mktemp("vocabulary"))


@pytest.fixture(scope="module")
def gpt2(shared: Path) -> Path:
    folder = shared / "data" / "gpt2"
    if not folder.is_dir():
        pytest.skip("GPT-2's own vocabulary is not in ../shared/data/gpt2")
    return folder


def theirs(folder: Path) -> object:
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    core = tokenizers.ByteLevelBPETokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    return transformers.GPT2TokenizerFast(tokenizer_object=core._tokenizer)


@pytest.mark.parametrize("which", ["small", "gpt2"])
def test_the_ids_are_those_of_other_tools(which: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(which)
    made, other = Tokenizer.of(vocabulary.read(folder)), theirs(folder)
    for text in TEXTS:
        assert made.encode(text) == other(text, add_special_tokens=False)["input_ids"], text  # type: ignore[operator]
        assert made.decode(made.encode(text)) == text


def test_gpt2_itself(gpt2: Path, shared: Path) -> None:
    found = vocabulary.read(gpt2)
    made = Tokenizer.of(found)
    assert (len(found.ids), found.tokens, made.vocab, made.bos, made.eos) == (50_257, 50_259, 50_259, 50_257, 50_258)
    assert made.encode("Hello world") == [15496, 995], "as everywhere else"
    assert made.encode("<|endoftext|>") != [50_256], "the text's own characters are never a special"
    text = (shared / "data" / "shakespeare" / "tiny.txt").read_text()[:300_000]
    ids = made.encode(text)
    assert made.decode(ids) == text
    assert 3.0 < len(text) / len(ids) < 3.6
    assert [i for part in stretches(text, 2_000) for i in made.encode(part)] == ids


@given(text=st.lists(ALPHABET, max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_whole_and_in_stretches(text: str) -> None:
    made = MADE
    ids, starts = made.encode_with_offsets(text)
    assert made.decode(ids) == text
    assert ids == made.encode_batch([text])[0]
    assert not {made.bos, made.eos} & set(ids)
    assert len(starts) == len(ids)
    assert starts == sorted(starts)
    assert not text or (starts[0] == 0 and starts[-1] < len(text))
    assert [i for part in stretches(text, 5) for i in made.encode(part)] == ids


@pytest.fixture(scope="module", autouse=True)
def _made(small: Path) -> None:
    global MADE
    MADE = Tokenizer.of(vocabulary.read(small))


def test_two_line_ends_are_the_same_tokens_at_the_end_of_a_stretch() -> None:
    text = "the green light.\n\nthe end\n\nthe night\nthe end" * 3
    parts = list(stretches(text, 8))
    assert len(parts) > 2
    assert [i for part in parts for i in MADE.encode(part)] == MADE.encode(text)
    assert len(MADE.encode("\n\n")) == 1, "or there would be nothing to see"


def test_its_file_opens_again(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    MADE.save(path)
    again = Tokenizer.open(path)
    assert (again.use, again.vocab) == ("gpt2", len(names()) + 2)
    assert (again.bos, again.eos) == (len(names()), len(names()) + 1), "appended, so GPT-2's ids stay as they are"
    for text in TEXTS:
        assert again.encode(text) == MADE.encode(text)
    assert again.decode([again.bos, *again.encode(START), again.eos]) == START


def test_windows_line_ends_are_the_same_vocabulary(small: Path, tmp_path: Path) -> None:
    windows = vocabulary.read(write_vocabulary(tmp_path / "w", end="\r\n"))
    assert windows == vocabulary.read(small)


def test_another_file_is_another_plan(small: Path, tmp_path: Path) -> None:
    other = vocabulary.read(write_vocabulary(tmp_path / "o", MERGES[:-1]))
    assert other.sha256 != vocabulary.read(small).sha256


def shifted(past: int) -> dict[str, int]:
    return {token: number + (number >= past) for token, number in names().items()}


@pytest.mark.parametrize(
    ("vocab", "merges", "said"),
    [
        ("{", MERGES, "vocab.json is no JSON"),
        ("[" * 100_000, MERGES, "vocab.json is no JSON"),
        ("[1, 2]", MERGES, "no table of tokens"),
        ("{}", MERGES, "no table of tokens"),
        (" \n", MERGES, "vocab.json is empty"),
        (shifted(0), MERGES, "has a hole: 285 tokens, the last is 285, and none is 0"),
        (shifted(270), MERGES, "has a hole: 285 tokens, the last is 285, and none is 270"),
        ({**names(), "twice": 3}, MERGES, r"'\$' and 'twice' are both token 3"),
        ({**names(), "x": True}, MERGES, "'x' has the number True"),
        ({**names(), "x": -1}, MERGES, "'x' has the number -1"),
        ({**names(), "x": 1.0}, MERGES, "'x' has the number 1.0"),
        ({**names(), START: 285}, MERGES, f"a token {START.replace('|', '.')} of its own"),
        ({**names(), END: 285}, MERGES, f"a token {END.replace('|', '.')} of its own"),
        ({**names(), "\ud800": 285}, MERGES, "token 285 holds a lone surrogate"),
        ({token: number for token, number in names().items() if number < 255}, (), "lacks 1 of the 256 bytes"),
        (names(), (*MERGES, "x"), r"line 30 is no merge \('x'\)"),
        (names(), (*MERGES, "x  y"), r"line 30 is no merge \('x  y'\)"),
        (names(), (*MERGES, "z z"), "line 30 merges 'z' and 'z', and vocab.json has no token 'zz'"),
        (names(), (*MERGES, "zz z"), "vocab.json has no token 'zz'"),
        (names(), (*MERGES, MERGES[0]), "line 30 repeats line 2"),
    ],
)
def test_bad_files_are_named(
    tmp_path: Path, vocab: dict[str, object] | str | None, merges: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said) as error:
        vocabulary.read(write_vocabulary(tmp_path, merges, vocab))
    assert "\n" not in str(error.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no folder with vocab\.json and merges\.txt"):
        vocabulary.read(tmp_path / "none")
    write_vocabulary(tmp_path)
    (tmp_path / "merges.txt").unlink()
    with pytest.raises(InputError, match=r"merges\.txt does not exist"):
        vocabulary.read(tmp_path)
    (tmp_path / "merges.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not UTF-8"):
        vocabulary.read(tmp_path)


def test_what_is_fetched_must_be_gpt2s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "HUB", "http://127.0.0.1:9/")
    with pytest.raises(InputError, match=r"cannot be fetched .*: save vocab\.json and merges\.txt of GPT-2"):
        vocabulary.gpt2()


def test_the_known_sums_are_gpt2s(gpt2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = {vocabulary.HUB + name: (gpt2 / name).read_bytes() for name in (vocabulary.VOCAB, vocabulary.MERGES)}
    monkeypatch.setattr(vocabulary, "fetch", lambda address, instead: served[address])
    assert vocabulary.gpt2().sha256 == vocabulary.read(gpt2).sha256
    served[vocabulary.HUB + vocabulary.MERGES] += b"a b\n"
    with pytest.raises(InputError, match="not GPT-2's 1ce16647"):
        vocabulary.gpt2()


def test_its_256_bytes_are_the_librarys() -> None:
    from tokenizers import pre_tokenizers

    assert sorted(vocabulary._alphabet()) == sorted(pre_tokenizers.ByteLevel.alphabet())
    assert json.loads(json.dumps(names()))["Ā"] == sorted(vocabulary._alphabet()).index("Ā")
