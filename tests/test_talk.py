"""What a model says in a terminal: piece by piece, whole characters only, and the same as at once."""

from __future__ import annotations

import io
import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_models import folder
from refusals import refused

from greenlight.cli import show
from greenlight.cli.main import guarded
from greenlight.cli.stream import Stream
from greenlight.tokenizer import Tokenizer, Use

Capture = pytest.CaptureFixture[str]
USES: tuple[Use, ...] = ("char", "byte", "bpe")
TEXT = "a naïve café, 漢字 and 🙂 for the 🙂.\n"


class Terminal(io.StringIO):
    """Standard output that says it is a terminal, and keeps what was written at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return super().write(text)


@pytest.mark.parametrize("use", USES)
def test_pieces_are_whole_characters_and_together_the_text(use: Use) -> None:
    tokenizer = Tokenizer.train(use, ["a naïve café\n"], 300)  # 漢字 and 🙂 are written in bytes by each
    stream = Stream(tokenizer)
    pieces = [stream.add(token) for token in tokenizer.encode(TEXT)] + [stream.end()]
    assert "".join(pieces) == TEXT
    assert sum(map(bool, pieces)) > 10
    assert not any("\ufffd" in piece for piece in pieces)
    dice = random.Random(use)
    for _ in range(200):  # anything that a model may draw, broken characters too
        ids = [dice.randrange(2, tokenizer.vocab) for _ in range(30)]
        stream = Stream(tokenizer)
        shown = ""
        whole = tokenizer.decode(ids)
        for token in ids:
            shown += stream.add(token)
            assert whole.startswith(shown)
        assert shown + stream.end() == whole


@pytest.mark.parametrize("use", USES)
def test_a_terminal_sees_the_same_text_sooner(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    model = folder(tmp_path, use, TEXT)
    for options in ([], ["--draw", "7", "--min-p", "0.02", "--top-k", "50", "--top-p", "0.9"], ["--max-new", "5"]):
        command = ["talk", str(model), "\x1b[31mA naïve", "--temperature", "2", *options]
        assert guarded(command) == 0
        at_once = capsys.readouterr().out
        assert guarded([*command, "--json"]) == 0
        [said] = json.loads(capsys.readouterr().out)
        assert at_once == show.visible(said["prompt"] + said["text"]) + ("" if said["finished"] else " …") + "\n"
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            assert guarded(command) == 0
        assert terminal.getvalue() == at_once
        assert len(terminal.pieces) > 4
        assert "\x1b" not in at_once
        # several texts, and JSON, come whole
        for more in (["-n", "2"], ["--json"]):
            terminal = Terminal()
            with monkeypatch.context() as patch:
                patch.setattr(sys, "stdout", terminal)
                assert guarded([*command, *more]) == 0
            assert len([piece for piece in terminal.pieces if piece.strip()]) == 1


def test_the_options_reach_the_sampler(tmp_path: Path, capsys: Capture) -> None:
    model = folder(tmp_path)

    def said(*options: str) -> str:
        assert guarded(["talk", str(model), "the", "--json", *options]) == 0
        [one] = json.loads(capsys.readouterr().out)
        return str(one["text"])

    free = said("--temperature", "3")
    greedy = said("--temperature", "0")
    assert said("--temperature", "3", "--top-k", "1") == greedy
    assert said("--temperature", "3", "--top-p", "0.001") == greedy
    assert said("--temperature", "3", "--min-p", "1") == greedy
    assert len({free, greedy, said("--temperature", "3", "--draw", "1")}) == 3
    assert len(said("--temperature", "0", "--max-new", "3")) <= 3 < len(greedy)  # tokens are bytes


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--top-k", "-1"),
        ("--top-p", "0"),
        ("--top-p", "1.1"),
        ("--top-p", "nan"),
        ("--min-p", "-0.1"),
        ("--min-p", "1.5"),
        ("--min-p", "nan"),
        ("--max-new", "0"),
        ("--temperature", "-1"),
    ],
)
def test_options_out_of_range_are_refused(option: str, value: str, tmp_path: Path, capsys: Capture) -> None:
    refused(["talk", str(tmp_path), "x", option, value], 2, option, capsys)


def test_an_interrupt_ends_the_line(tmp_path: Path) -> None:
    """In a real terminal, in the midst of a long text."""
    model = folder(tmp_path, layers=2, width=128, heads=4, context=8192)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "greenlight", "talk", str(model), "the"]
    running = subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    shown = b""
    while len(shown) < 30:
        shown += os.read(ours, 4096)
    running.send_signal(signal.SIGINT)
    time.sleep(0.01)
    error = running.communicate(timeout=60)[1].decode()
    with open(ours, "rb", buffering=0) as rest:
        try:
            while more := rest.read(4096):
                shown += more
        except OSError:  # how Linux says that the other end is closed
            pass
    assert running.returncode == 130
    assert shown.endswith(b"\n")
    assert shown.count(b"\n") >= 1
    assert "Traceback" not in error
    assert error.startswith("greenlight: ")
    assert error.count("\n") == 1
