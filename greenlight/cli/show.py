"""What the terminal shows: progress on stderr, the answer on stdout. Plain lines where there is no terminal."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from greenlight.errors import counted as counted
from greenlight.progress import Bar, Watch, heard

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

QUIET_SECONDS = 2.0
"""A step shorter than this says nothing on its way."""


def watch() -> Watch:
    """The watch for this terminal, or for a log."""
    plain = not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    return PlainWatch() if plain else RichWatch()


def answer(data: Any, as_json: bool, text: str) -> None:
    """The command's answer: JSON on one line for programs, text for people."""
    escaped = "utf" not in (sys.stdout.encoding or "").lower()
    try:
        print(json.dumps(data, ensure_ascii=escaped) if as_json else text, flush=True)
    except BrokenPipeError:  # the reader, head for one, has read enough: no error, and the exit code stands
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(line: str) -> None:
    """One line of progress; where nobody reads it any more, the work goes on."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def folded(text: str, indent: str = "  ", cut: bool = False) -> str:
    """Sentences in at most 80 columns (or the terminal's, where that is less); further lines are indented.

    ``cut``: words that are longer are cut, for they are no names or commands to be copied.
    """
    import shutil
    import textwrap

    width = min(80, shutil.get_terminal_size((80, 24)).columns)
    fold = textwrap.TextWrapper(width, subsequent_indent=indent, break_long_words=cut, break_on_hyphens=False)
    return "\n".join(fold.fill(line) for line in text.splitlines())


def span(seconds: float) -> str:
    """A duration as people say it: ``8 s``, ``3 min 05 s``, ``1 h 20 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def amount(n: float, unit: str, digits: int = 4) -> str:
    """A number as people read it: ``12.5``, ``13,010``; of bytes with their unit, ``13.01 KB`` (of 1,000 bytes)."""
    size, name = 1.0, " bytes"
    if unit == "bytes" and n >= 1000:
        size, name = next((size, name) for size, name in ((1e9, " GB"), (1e6, " MB"), (1e3, " KB")) if n >= size)
    n /= size
    return (f"{n:,.0f}" if n >= 1000 else f"{n:.{digits}g}") + (name if unit == "bytes" else "")


def short(names: Sequence[str], width: int) -> list[str]:
    """Names in at most ``width`` characters, with an ellipsis where they are cut: at the end, or, where names would
    read the same, nearer to the front. Where no cut tells them apart they stay whole."""
    for tail in (0, width // 3, width // 2, width - 2):
        cut = [n if len(n) <= width else f"{n[: width - 1 - tail]}…{n[len(n) - tail :]}" for n in names]
        if len(set(cut)) == len(set(names)):
            return cut
    return list(names)


class _PlainBar:
    def __init__(self, label: str, total: float, unit: str) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = 0.0
        self.note = ""
        self.began = self.spoke = time.monotonic()

    def advance(self, n: float = 1, note: str = "") -> None:
        self.done += n
        self.note = note or self.note
        if time.monotonic() - self.spoke >= 10 and self.done:
            self.spoke = time.monotonic()
            tell(self.line())

    def line(self) -> str:
        rate = self.done / max(time.monotonic() - self.began, 1e-9)
        done, total, speed = (amount(n, self.unit, d) for n, d in ((self.done, 4), (self.total, 4), (rate, 3)))
        left = span((self.total - self.done) / rate) if rate else "?"
        if self.done > self.total:  # of a pipe nobody knows how much is to come
            total = left = "?"
        return self._said(f"{done}/{total}", f", {speed}/s, {left} left")

    def end(self) -> str:
        return self._said(amount(self.done, self.unit), f" in {span(time.monotonic() - self.began)}")

    def _said(self, count: str, then: str) -> str:
        unit = "" if self.unit == "bytes" else f" {self.unit}"
        return f"  {self.label}: {count}{unit}{then}" + (f", {self.note}" if self.note else "")


class PlainWatch:
    """One line every ten seconds, and one at the end of each step of two seconds or more."""

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        bar = _PlainBar(label, total, unit)
        with heard(self.say):
            yield bar
        if time.monotonic() - bar.began >= QUIET_SECONDS:
            tell(bar.end())

    def say(self, line: str) -> None:
        tell(folded(visible(line)))


class _RichBar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self.progress, self.task = progress, task

    def advance(self, n: float = 1, note: str = "") -> None:
        self.progress.advance(self.task, n)
        if note:
            self.progress.update(self.task, note=note)


class RichWatch:
    """Live bars with rate and time left; they are gone when the step is done."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._open = 0

    def _live(self) -> Progress:
        if self._progress is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            class Rate(TextColumn):
                def render(self, task: Any) -> Any:
                    from rich.text import Text

                    unit = task.fields["unit"]
                    word = "" if unit == "bytes" else f" {unit}"
                    return Text(f"{amount(task.speed, unit, 3)}{word}/s" if task.speed else "", style="dim")

            class Done(TextColumn):
                def render(self, task: Any) -> Any:
                    from rich.text import Text

                    done, total = (amount(n, task.fields["unit"]) for n in (task.completed, task.total))
                    return Text(f"{done}/{total}", style="green")

            columns = (
                TextColumn("  {task.description}"),
                BarColumn(bar_width=18),
                Done(""),
                Rate(""),
                TimeRemainingColumn(compact=True),
                TextColumn("[dim]{task.fields[note]}"),
            )
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=5)
            self._progress.start()
        return self._progress

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        progress = self._live()
        task = progress.add_task(label, total=total, note="", unit=unit)
        self._open += 1
        try:
            with heard(self.say):
                yield _RichBar(progress, task)
        finally:
            progress.remove_task(task)
            self._open -= 1
            if not self._open:
                progress.stop()
                self._progress = None

    def say(self, line: str) -> None:
        if self._progress is not None:
            self._progress.console.print(folded(visible(line)), markup=False, highlight=False)
        else:
            tell(folded(visible(line)))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> str:
    """A table for the terminal, 80 columns where there is none; text from models shows as it is, never as markup."""
    import io
    import shutil

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    out = io.StringIO()
    grid = Table(
        title=Text(visible(title), style="bold") if title else None,
        box=box.SIMPLE_HEAD if "utf" in (sys.stdout.encoding or "").lower() else box.ASCII2,
        title_justify="left",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    numbers = [all(_numeric(row[i]) for row in rows) and bool(rows) for i in range(len(headers))]
    for header, number in zip(headers, numbers, strict=True):
        grid.add_column(Text(header), justify="right" if number else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(visible(cell)) for cell in row))
    Console(file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False).print(grid)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def visible(text: str) -> str:
    """Without the control characters by which a text could move the cursor or colour the terminal, each as Python
    and JSON write it: ``\\x1b``, ``\\ud800``, ``\\U000e0001``."""
    return "".join(c if c in "\n\t" or c.isprintable() else ascii(c)[1:-1] for c in text)


def _numeric(cell: str) -> bool:
    return bool(cell) and cell.lstrip("−-+~").replace(",", "")[:1].isdigit()
