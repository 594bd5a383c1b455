"""Whether the lines of a ledger have the hashes that they state; as a script, ahead of the process that reads them.

A thread that hashes line by line gets the interpreter back too seldom to gain anything beside one that reads; a second
process does not wait for it. So this file needs the standard library alone, and starts in a moment.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself is dearer than all that this file needs
    from pathlib import Path

HEAD = b'{"body":'
TAIL = re.compile(
    rb',("hash":"([0-9a-f]{64})",)"kind":"([a-z]{1,20})","previous":"([0-9a-f]{64})","seq":([0-9]{1,15}),'
    rb'"time":"([^"\\]{0,40})"(?:,"version":([0-9]{1,9}))?}\Z'
)
TAIL_BYTES = 400
"""More than all of a line that comes after its body."""
LARGE = 1 << 25
"""Bytes that are hashed sooner here than a second process would start."""
STEP = 1 << 20
"""Bytes after which the second process says how far it is."""


def tail(raw: bytes | memoryview) -> re.Match[bytes] | None:
    """What stands behind the body of a canonical line (without its end); None for a line in another form."""
    return TAIL.search(bytes(raw[-TAIL_BYTES:])) if raw[: len(HEAD)] == HEAD else None


def holds(raw: bytes | memoryview, match: re.Match[bytes]) -> bool:
    """Whether the hash in this tail is that of the line without it."""
    past = max(0, len(raw) - TAIL_BYTES)
    digest = hashlib.sha256(raw[: past + match.start(1)])
    digest.update(raw[past + match.end(1) :])
    return digest.hexdigest() == str(match[2], "ascii")


class Ahead:
    """A process that hashes the whole lines of a file from the byte ``at`` on; to be closed."""

    def __init__(self, path: Path, at: int) -> None:
        import subprocess

        command = [sys.executable, "-I", "-S", __file__, str(path), str(at)]
        nothing = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing)
        self._past = at
        self._odd: set[int] = set()

    def odd(self, end: int) -> set[int] | None:
        """Where those lines begin, of all that end by the byte ``end``, whose hash is not the one that they state.

        None where it did not come so far: the file has grown since, or the process is gone.
        """
        assert self._process.stdout is not None
        while self._past < end:
            told = self._process.stdout.readline().split()
            if not told:
                return None
            self._past = int(told[0])
            self._odd.update(map(int, told[1:]))
        return self._odd

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def ahead(path: Path, at: int) -> Ahead | None:
    """Such a process, where the file is large and there is a second core; else None."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if path.stat().st_size - at < LARGE or cores < 2 or not sys.executable:
        return None
    try:
        return Ahead(path, at)
    except OSError:  # no room for another process: the reader hashes, too
        return None


def _say(path: str, at: int) -> None:
    with open(path, "rb", buffering=STEP) as file:
        said, odd = file.seek(at), []
        for line in file:
            if not line.endswith(b"\n"):
                break
            raw = memoryview(line)[:-1]
            match = tail(raw)
            if match is None or not holds(raw, match):
                odd.append(at)
            at += len(line)
            if at - said >= STEP:
                print(at, *odd, flush=True)
                said, odd = at, []
    print(at, *odd, flush=True)


if __name__ == "__main__":
    _say(sys.argv[1], int(sys.argv[2]))
