"""Errors, named by the boundary that was crossed.

    GreenlightError
    ├── UserError            a person's mistake: one line, exit code 1
    │   ├── RecipeError      a recipe or an option is off (exit 2)
    │   ├── InputError       a file or a text from outside cannot be used
    │   ├── StudyError       the folder is not a study, or not in the state that was asked for
    │   ├── StoreError       the store cannot be read or written (a full disk, a damaged artifact)
    │   └── YardstickError   the fixed measure was changed, or cannot be read (exit 3: nothing it says is valid)
    ├── RoundError           this round broke; it ends in the ledger as a crash, and the loop goes on
    ├── WorkerError          a worker process died; nothing is recorded, and the same command goes on
    ├── BrokenOff            Ctrl-C or SIGTERM in a command that keeps no steps (exit 130)
    └── VoiceError           a voice gave no usable answer; the sample is dropped with the reason

``Stopped`` stands beside them: SIGTERM, a kind of KeyboardInterrupt, which no ``except Exception`` holds up.

Every message names the thing and the way out. Anything else that reaches the top is a bug of ours, and
prints its traceback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class GreenlightError(Exception):
    """The root; carries the exit code that the command line returns."""

    exit_code = 1


class UserError(GreenlightError):
    """A person can put it right."""


class RecipeError(UserError):
    """A recipe, a part's option or a ``--set`` is off."""

    exit_code = 2


class InputError(UserError):
    """A file or a text from outside cannot be used."""


class StudyError(UserError):
    """The folder is not a study, or not in the state that was asked for."""


class StoreError(UserError):
    """The store cannot be read or written."""


class YardstickError(UserError):
    """The fixed measure was changed or cannot be read; no score from it would be valid."""

    exit_code = 3


class RoundError(GreenlightError):
    """This round broke; the reason goes into the ledger."""


class WorkerError(GreenlightError):
    """A worker process died; what it was doing goes on with the same command."""


class VoiceError(GreenlightError):
    """A voice gave no usable answer."""


class Stopped(KeyboardInterrupt):
    """The process was asked to end (SIGTERM), and what it was doing is saved."""


def counted(n: int, noun: str) -> str:
    """A number and what is counted, as people say it: ``1 row``, ``1,200 rows``, ``2 stories``."""
    if n == 1:
        return f"1 {noun}"
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return f"{n:,} {many}"


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str:
    """The tail of an error line: the nearest known name, or all of them when none is near.

    Example: ``"unknown gate 'lenght'" + nearest("lenght", ["length", "empty"])``.
    """
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(sorted(known))}" if known else ""


class BrokenOff(GreenlightError):
    """A command was interrupted that keeps no steps to go on from."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted; nothing was written, and the same command begins again")


@contextmanager
def anew() -> Iterator[None]:
    """Where nothing of what is done is kept when it is interrupted: then raises BrokenOff."""
    try:
        yield
    except KeyboardInterrupt:
        raise BrokenOff from None
