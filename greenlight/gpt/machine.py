"""What the machine can do: device, precision, threads, memory."""

from __future__ import annotations

import contextlib
import ctypes
import platform
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

import torch

from greenlight.errors import RecipeError, Stopped

T = TypeVar("T")
R = TypeVar("R")
Precision = Literal["bf16", "fp32"]
DTYPES: dict[Precision, torch.dtype] = {"bf16": torch.bfloat16, "fp32": torch.float32}

NATIVE = ("avx512_bf16", "amx_bf16")
"""Instruction sets that multiply in bf16. Without one it is emulated, and slower than fp32; Arm's are not measured."""


def device(wanted: str) -> torch.device:
    """``auto`` is the first of cuda, mps and cpu that is there.

    Raises RecipeError when the wanted device is absent.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, there in present.items() if there))
    if not present.get(wanted, False):
        here = ", ".join(name for name, there in present.items() if there)
        raise RecipeError(f"train.device = '{wanted}' is not on this machine, which has: {here}; or write 'auto'")
    return torch.device(wanted)


def precision(where: torch.device) -> Precision:
    """bf16 where the machine multiplies in it by itself, else fp32.

    Asked of the processor and never timed: beside other work a trial could say fp32 for one seed of a round and bf16
    for the next, and a round whose seeds differ in precision measures that too.
    """
    if where.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    able = torch.cpu.get_capabilities() if where.type == "cpu" else {}
    return "bf16" if any(able.get(name) for name in NATIVE) else "fp32"


@contextlib.contextmanager
def threads(count: int | None) -> Iterator[int]:
    """PyTorch works on ``count`` threads inside, and on as many as before afterwards; gives the number in effect."""
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


class Team:
    """Workers that each do whole pieces of work on one core.

    A small model's operations are too short to be cut in two: at 0.7 M parameters, two threads inside every operation
    take as long as one on a busy machine, and twice its processor time, while two workers with half of the rows each
    take about half. So the rows are divided, not the operations.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        # a thread learns how many threads PyTorch may use when it first asks; a compiled function looks before that
        self._pool = ThreadPoolExecutor(workers, initializer=torch.get_num_threads) if workers > 1 else None

    def map(self, work: Callable[[T], R], pieces: Sequence[T]) -> list[R]:
        """``work`` on every piece; results in the order of the pieces."""
        if self._pool is None or len(pieces) < 2:
            return [work(piece) for piece in pieces]
        return list(self._pool.map(work, pieces))

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def team(where: torch.device, count: int | None) -> Iterator[Team]:
    """On a CPU ``count`` workers of one thread each (default: PyTorch's number of threads); elsewhere one."""
    workers = count or torch.get_num_threads()
    with threads(1 if where.type == "cpu" else count):
        made = Team(workers if where.type == "cpu" else 1)
        try:
            yield made
        finally:
            made.close()


def keep_freed_memory() -> None:
    """Tells glibc to keep freed blocks instead of giving each back to the system and asking for it again.

    A training step frees and takes the same large blocks over and over; mapping them anew costs up to a third of
    a large layer's time. All threads share one arena, because those that glibc gives to further threads hold blocks of
    64 MB at most, and map the larger ones: two workers with 100 MB of logits each took 1.6 times as long. Elsewhere
    than on glibc nothing happens.
    """
    if not sys.platform.startswith("linux") or platform.libc_ver()[0] != "glibc":
        return
    trim_threshold, mmap_threshold, arena_max = -1, -3, -8
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_threshold, 1 << 30)
    libc.mallopt(trim_threshold, 1 << 30)
    libc.mallopt(arena_max, 1)


def is_out_of_memory(error: Exception) -> bool:
    """PyTorch has an error of its own for a GPU; on a CPU it says so in the words of a RuntimeError."""
    words = ("can't allocate memory", "not enough memory", "out of memory")
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(word in str(error) for word in words)


class Interrupt:
    """Whether the process was asked to end, and by which signal."""

    by: int | None = None

    def obey(self) -> None:
        """Raises KeyboardInterrupt if it was; for SIGTERM, Stopped."""
        if self.by is not None:
            raise Stopped if self.by == signal.SIGTERM else KeyboardInterrupt


@contextlib.contextmanager
def interrupts() -> Iterator[Interrupt]:
    """Inside, SIGTERM and the first Ctrl-C only leave word, so that the work can be saved first; a second Ctrl-C ends
    it at once. Signals reach the main thread alone."""
    asked = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def hear(number: int, _: object) -> None:
        if asked.by == signal.SIGINT == number:
            raise KeyboardInterrupt
        asked.by = number

    ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN  # by a worker whose parent decides, or a shell's "&"
    heard = [signal.SIGTERM] if ignored else [signal.SIGTERM, signal.SIGINT]
    before = {number: signal.signal(number, hear) for number in heard}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    asked.obey()


def peak_memory(where: torch.device) -> int:
    """Bytes: of the device for cuda, else the largest size that this process has had."""
    if where.type == "cuda":
        return int(torch.cuda.max_memory_allocated(where))
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def gpu_name() -> str:
    """The first CUDA device's name; empty without one."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else ""
