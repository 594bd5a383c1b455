"""Bad texts, addresses, recipes and words: one line that names the thing and the way out, nothing half-written."""

from __future__ import annotations

import hashlib
import http.server
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import made
from refusals import Capture, refused

from greenlight import outside
from greenlight.cli.main import guarded
from greenlight.errors import InputError
from greenlight.study import Study

WORDS = ("boat", "saw", "green", "light", "on", "the", "lake", "went", "home", "in", "evening", "with", "friends")


def plays(characters: int) -> str:
    """Text in paragraphs, no two alike."""
    dice = random.Random(1)
    lines: list[str] = []
    size = 0
    while size < characters:
        lines.append(" ".join(dice.choices(WORDS, k=12)) + ("\n" if len(lines) % 5 else "\n\n"))
        size += len(lines[-1])
    return "".join(lines)[:characters]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small study in which nothing was run; tests copy it."""
    return made(tmp_path_factory.mktemp("empty") / "study")


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        ("déjà".encode("latin-1") * 50_000, "is not UTF-8 (byte 1)"),
        (plays(90_000).encode("utf-16"), "is not UTF-8 (byte 0)"),
        (plays(90_000).encode().replace(b"boat", b"bo\0t"), "is no text: it has a NUL"),
        (plays(50_000).encode(), "needs 80,000: use a longer text"),
    ],
)
def test_a_text_that_cannot_be_used(data: bytes | None, said: str, tmp_path: Path, capsys: Capture) -> None:
    text = tmp_path / "in.txt"
    if data is not None:
        text.write_bytes(data)
    refused(["new", str(tmp_path / "s"), "--from", "bpc-ladder", "--text", str(text)], 1, said, capsys)
    assert [path.name for path in tmp_path.iterdir() if path != text] == []
    text.write_bytes(b"\xef\xbb\xbf" + plays(90_000).replace("\n", "\r\n").encode())  # a mark and CRLF are no harm
    assert guarded(["new", str(tmp_path / "s"), "--from", "bpc-ladder", "--text", str(text)]) == 0
    assert "\r" not in (tmp_path / "s" / "text" / "source.txt").read_bytes().decode()


def test_what_never_ends_is_not_read_to_its_end() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    with pytest.raises(InputError, match="larger than 1,000 bytes"):
        outside.read_bytes(Path("/dev/zero"), 1000)


class Server(http.server.BaseHTTPRequestHandler):
    """Answers in as many wrong ways as it has paths."""

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        body = plays(90_000).encode()
        if self.path == "/404":
            self.send_error(404)
            return
        if self.path == "/garbage":
            self.wfile.write(b"\0\1garbage\r\n\r\n")
            return
        self.send_response(206 if self.path == "/part" else 200)
        if self.path == "/broken":
            self.send_header("Content-Length", str(10 * len(body)))
        if self.path == "/chunks":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(bytes(range(256)) * 400 if self.path == "/binary" else body)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/404", "answers 404 Not Found"),
        ("/garbage", "cannot be fetched"),
        ("/part", "206"),
        ("/broken", "broke off after 90,000 of 900,000 bytes"),
        ("/chunks", "cannot be fetched"),
        ("/binary", "is not UTF-8"),
    ],
)
def test_an_address_that_answers_badly(path: str, said: str, address: str, tmp_path: Path, capsys: Capture) -> None:
    line = refused(["new", str(tmp_path / "s"), "--from", "bpc-ladder", "--text", address + path], 1, said, capsys)
    assert address + path in line
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_sha256_and_a_right_one(address: str, tmp_path: Path, capsys: Capture) -> None:
    call = ["new", str(tmp_path / "s"), "--from", "bpc-ladder", "--text", address + "/ok", "--sha256"]
    refused([*call, "ab" * 32], 1, "it is another file, or it was damaged", capsys)
    assert guarded([*call, hashlib.sha256(plays(90_000).encode()).hexdigest().upper()]) == 0


# ---------------------------------------------------------------- recipes

SETS = [
    ("question=3", "question = 3: must be text"),
    ("seeds=[true]", "seeds.0 = True: must be a whole number"),
    ("seeds=[-1]", "seeds.0 = -1"),
    ("seeds=[99999999999999999999]", "seeds.0"),
    ('against="round:²"', "is not a round"),
    ("corpus=3", "corpus = 3: must be a table"),
    ("corpus.size=true", "corpus.size = True: must be a whole number"),
    ("corpus.size=1000000000000", "add topics, or set corpus.size lower"),
    ("corpus.blend={pebble=nan}", "corpus.blend.pebble = nan: must be a finite number"),
    ("corpus.voices=3", "corpus.voices = 3: must be a table"),
    ("corpus.voices.pebble=3", "corpus.voices.pebble = 3: must be a table"),
    ('corpus.brief.pattern="  "', "the pattern is blank"),
    ('corpus.brief.control="{level:999999999}"', "it may use {level}"),
    ('corpus.brief.control="{level.__class__}"', "it may use {level}"),
    ("gates.each.lenght={}", "did you mean 'length'?"),
    ("gates.each.duplicate={}", "move it to gates.whole"),
    ("gates.each.length={min_chars=true}", "min_chars = true: must not be true or false"),
    ("tokenizer.vocab=1000000000", "tokenizer.vocab = 1000000000"),
    ("model.width=1000000000", "model.width = 1000000000"),
    ("model.layers=1000000000", "model.layers = 1000000000"),
    ("model.context=1000000000", "model.context = 1000000000"),
    ("model.heads=3", "is not a multiple of model.heads 3"),
    ("model.kv_heads=3", "heads (2) must be a multiple of kv_heads (3)"),
    ("model.bias=1", "model.bias = 1: must be true or false"),
    ("train=3", "train = 3: must be a table"),
    ("train.lr=nan", "train.lr = nan: must be a finite number"),
    ("train.lr=inf", "train.lr = inf: must be a finite number"),
    ("train.lr=true", "train.lr = True: must be a number"),
    ('train.lr="0.1"', "train.lr = '0.1': must be a number"),
    ("train.epochs=1e300", "train.epochs = 1e+300"),
    ("train.evals=1000000000000", "train.evals = 1000000000000"),
    ("train.lernrate=1", "unknown key 'train.lernrate'"),
    ("metrics.dial={temperature=nan}", "metrics.dial.temperature = nan: must be a finite number"),
    ("metrics.dial={topics=0}", "metrics.dial.topics = 0"),
    ("keep_if.by=inf", "keep_if.by = inf: must be a finite number"),
    ("predict.bpc={effect=inf,low=0,high=inf}", "predict.bpc.effect = inf"),
    ("corpus", "write it as table.key=value"),
    ("seeds=" + "[" * 5000, "nested too deeply"),
]


@pytest.mark.parametrize(("change", "said"), SETS, ids=[change[:40] for change, _ in SETS])
def test_a_recipe_that_is_off(change: str, said: str, empty: Study, capsys: Capture) -> None:
    refused(["run", str(empty.folder), "1", "--set", change], 2, said, capsys)
    assert empty.ledger.entries() == []


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"01-flat-blend.toml": b""}, 2, "the key 'corpus' is missing"),
        ({"01-flat-blend.toml": b"= ="}, 2, "01-flat-blend.toml: not valid TOML"),
        ({"01-flat-blend.toml": b"a = '\xff'"}, 1, "01-flat-blend.toml is not UTF-8 (byte 5)"),
        ({"01-flat-blend.toml": b"a = " + b"[" * 50_000}, 2, "nested too deeply"),
        ({"01-again.toml": b""}, 1, "have the same number: rename one"),
        ({"05 five.toml": b""}, 1, "name it like 02-rebalanced.toml"),
        ({"00-zero.toml": b""}, 1, "rounds are counted from 1"),
        (
            {"01-flat-blend.toml": b'base = "round:2"', "02-rebalanced-and-doubled.toml": b'base = "round:1"'},
            2,
            "1 → 2 → 1",
        ),
        ({"01-flat-blend.toml": b'base = "round:77"'}, 2, "base = 'round:77', but there is no such round"),
    ],
)
def test_a_recipe_file_that_is_off(
    files: dict[str, bytes], code: int, said: str, empty: Study, tmp_path: Path, capsys: Capture
) -> None:
    folder = Path(shutil.copytree(empty.folder, tmp_path / "s"))
    for name, data in files.items():
        (folder / "rounds" / name).write_bytes(data)
    refused(["run", str(folder), "1"], code, said, capsys)
    assert not (folder / "ledger.jsonl").exists()


def test_a_study_without_rounds_says_what_to_write(empty: Study, tmp_path: Path, capsys: Capture) -> None:
    folder = Path(shutil.copytree(empty.folder, tmp_path / "s"))
    shutil.rmtree(folder / "rounds")
    for command in ("run", "plan"):
        refused([command, str(folder)], 1, "holds no recipe: write one", capsys)


def test_what_does_not_fit_memory_takes_none(empty: Study, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(empty.folder, tmp_path / "s"))
    for change in ("model.width=65536", "model.context=1048576", "train.batch=1000000"):
        assert guarded(["run", str(folder), "1", "--seeds", "1", "--set", change]) == 1
        row = Study(folder).ledger.rounds()[-1]
        assert row.status == "crash"
        assert "GB of memory, this machine has" in row.reason
        assert change.partition("=")[0] in row.reason


@pytest.mark.parametrize("word", ["0", "²", "9" * 5000, "-1", "1e9"])
def test_what_is_no_round(word: str, empty: Study, capsys: Capture) -> None:
    refused(["run", str(empty.folder), word], 2, "", capsys)
