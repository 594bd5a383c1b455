"""The command line. Commands are light to list: what a command needs is loaded when it runs."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import sys
from typing import Any

import typer

from greenlight import errors
from greenlight.cli import (
    admitting,
    audit,
    blend,
    calibrating,
    checkups,
    constitutions,
    costing,
    diagnose,
    dial,
    export,
    gating,
    judging,
    leaderboard,
    merging,
    models,
    proposing,
    provenance,
    quarantining,
    reading,
    releasing,
    rendering,
    researching,
    screening,
    selftest,
    servers,
    studies,
    writing,
)

app = typer.Typer(
    name="greenlight",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    help="""A studio for small language models whose behaviour comes from their data.

A study is a folder with one question, one yardstick and a ledger of rounds.

\b
  greenlight demo                          see it all once, in minutes
  greenlight new shakespeare --from bpc-ladder --text plays.txt
  greenlight run shakespeare --all         run its rounds, get verdicts
  greenlight report shakespeare            one page with what was found
""",
)

CLICK_ERROR: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""The root of what click raises for a wrong call; typer brings a click of its own, under a private name."""

INTERRUPTED = "interrupted; the same command goes on from the last whole step"


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version and end.")) -> None:
    if version:
        from importlib.metadata import version as installed

        print(installed("greenlight-studio"))
        raise typer.Exit


for module in (
    studies,
    judging,
    leaderboard,
    reading,
    dial,
    models,
    export,
    selftest,
    blend,
    audit,
    diagnose,
    quarantining,
    screening,
    gating,
    provenance,
    writing,
    servers,
    calibrating,
    rendering,
    admitting,
    merging,
    checkups,
    proposing,
    researching,
    releasing,
    costing,
):
    for command in module.COMMANDS:
        app.command(no_args_is_help=False)(command)
app.add_typer(constitutions.app)


FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_WORDS = ("No space left", "Disk quota exceeded", "requested and")
"""How libraries that lose the number say it; the last is numpy's short write."""


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who called us
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115 (for the whole process)
        elif name != "stdin":  # a locale that lacks a character of ours, or a file name that is no text
            with contextlib.suppress(AttributeError):
                stream.reconfigure(errors="backslashreplace")
    terms: list[int] = []

    def term(number: int, _: object) -> None:
        terms.append(number)
        raise errors.Stopped

    signal.signal(signal.SIGTERM, term)
    code = guarded()
    if code == 130 and terms:
        code = 128 + signal.SIGTERM
    if code >= 128:  # threads that wait for a server's answer would hold the process for minutes
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    gc.disable()  # else the interpreter looks for cycles in all that it is about to drop: a tenth of a short command
    sys.exit(code)


def guarded(arguments: list[str] | None = None) -> int:
    """The exit code of one command; a person's mistake is one line on stderr, a bug of ours is a traceback."""
    try:
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()
        if code == 130:  # typer turns Ctrl-C into this code by itself, and says nothing
            return _line(INTERRUPTED, 130)
        return code if isinstance(code, int) else 0
    except errors.GreenlightError as error:
        return _line(str(error), error.exit_code)
    except typer.Exit as exit_:
        return exit_.exit_code
    except CLICK_ERROR as error:
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            return 2
        return _line(f"{error.format_message()} (see {context.command_path if context else 'greenlight'} --help)", 2)
    except (KeyboardInterrupt, typer.Abort):
        return _line(INTERRUPTED, 130)
    except BrokenPipeError:
        # the reader has gone, head for one: nothing is left to say, and no one to say it to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _line(_outside(error), 1)
    except UnicodeEncodeError as error:
        return _line(f"{error.object[:60]!a} is not UTF-8: give it another name", 1)
    except MemoryError:
        return _line("out of memory: set train.batch, model.context or model.width lower, or free some", 1)


def _outside(error: OSError) -> str:
    """What the system refused, and the way out."""
    name = error.filename or "a file"
    if error.errno in FULL or any(words in str(error) for words in FULL_WORDS):
        return "the disk is full: free some space, then run the same command again (nothing is lost)"
    if error.errno == errno.EROFS:
        return f"{name} cannot be written: its disk is read-only; copy the study to one that is not"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{name} cannot be read or written: no permission; change its owner or mode, or copy the study"
    said = error.strerror or str(error) or type(error).__name__
    return f"{name}: {said}; put that right, then run the same command again"


def _line(text: str, code: int) -> int:
    one = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))
    with contextlib.suppress(OSError):
        print(f"greenlight: {one}", file=sys.stderr, flush=True)
    return code
