"""How a long step tells how far it is. Steps get a ``Watch``; what it looks like is the door's business."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol


class Bar(Protocol):
    """One running step."""

    def advance(self, n: float = 1, note: str = "") -> None:
        """Adds ``n`` units; ``note`` is a short state such as ``loss 1.83``."""


class Watch(Protocol):
    """Opens bars. The real ones live in ``cli/``; ``SILENT`` is for libraries and tests."""

    def bar(self, label: str, total: float, unit: str) -> AbstractContextManager[Bar]:
        """A context manager around one step of ``total`` units."""

    def say(self, line: str) -> None:
        """One line of news, on stderr."""


class _SilentBar:
    def advance(self, n: float = 1, note: str = "") -> None:
        return


class Silent:
    """Says nothing."""

    @contextmanager
    def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
        yield _SilentBar()

    def say(self, line: str) -> None:
        return


SILENT = Silent()

_listener: ContextVar[Callable[[str], None]] = ContextVar("listener", default=SILENT.say)


@contextmanager
def heard(say: Callable[[str], None]) -> Iterator[None]:
    """While it is open, ``news`` goes there: a watch does this for each bar, so that deep steps need none handed on."""
    before = _listener.get()
    _listener.set(say)
    try:
        yield
    finally:
        _listener.set(before)


def news(line: str) -> None:
    """One line of news to whoever watches the step that runs; nobody hears it where nobody does."""
    _listener.get()(line)
