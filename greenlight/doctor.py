"""What this machine has for Greenlight, and what to do where something is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from greenlight import parts
from greenlight.crew import cores
from greenlight.errors import counted
from greenlight.outside import environment

LEAST_DISK_GB = 2.0
OPTIONAL = (
    ("transformers", ("transformers",), "transformers", "optional: opens trained models elsewhere"),
    (
        "transformers serve",
        ("transformers", "fastapi", "uvicorn", "accelerate"),
        "transformers",
        "optional, a server for exported models: pip install 'transformers[serving]'",
    ),
    (
        "llama-cpp-python",
        ("llama_cpp",),
        "llama-cpp-python",
        "optional, a server for GGUF, 9 minutes to build: pip install 'llama-cpp-python[server]'",
    ),
    (
        "starlette, uvicorn",
        ("starlette", "uvicorn"),
        "uvicorn",
        "optional, a server with faults: pip install 'greenlight-studio[stub]'",
    ),
)
"""By name: the modules that must be there, the package whose version is told, and what it is for."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    way_out: str = ""


def examine(folder: Path) -> list[Finding]:
    """Everything that the main job needs, checked by doing it where that is cheap."""
    return [
        _python(),
        *_packages(),
        _device(),
        _precision(),
        _memory(),
        _disk(folder),
        _writable(folder),
        _locks(),
        _fast_kernels(),
        _endpoint(),
        _parts(),
    ]


def _python() -> Finding:
    ok = sys.version_info >= (3, 11)
    return Finding("python", ok, sys.version.split()[0], "" if ok else "install Python 3.11 or later")


def _packages() -> list[Finding]:
    out = []
    for name in ("torch", "tokenizers", "pyarrow", "scipy", "altair", "vl-convert-python", "openai"):
        try:
            out.append(Finding(name, True, version(name)))
        except PackageNotFoundError:
            out.append(Finding(name, False, "missing", "pip install -c constraints.txt -e ."))
    for name, modules, package, what in OPTIONAL:
        there = all(importlib.util.find_spec(module) is not None for module in modules)
        out.append(Finding(name, True, _version(package) if there else "not installed", "" if there else what))
    return out


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # importable, and not by a package of that name
        return "installed"


def _device() -> Finding:
    from greenlight.gpt import machine

    where = machine.device("auto")
    untested = "mps has not been tested: set train.device = 'cpu' if it fails" if where.type == "mps" else ""
    return Finding("device", True, f"{where.type}, {counted(cores(), 'core')}", untested)


def _precision() -> Finding:
    from greenlight.gpt import machine

    found = machine.precision(machine.device("auto"))
    return Finding("precision", True, found, "" if found == "bf16" else "bf16 gains nothing here; auto trains in fp32")


def _memory() -> Finding:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return Finding("memory", True, "unknown")
    gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return Finding(
        "memory", gb >= 4, f"{gb:.0f} GB", "" if gb >= 4 else "the demo needs about 4 GB: set train.batch lower"
    )


def _disk(folder: Path) -> Finding:
    gb = shutil.disk_usage(folder).free / 1e9
    ok = gb >= LEAST_DISK_GB
    return Finding(
        "disk", ok, f"{gb:.0f} GB free", "" if ok else f"free {LEAST_DISK_GB:.0f} GB: a study keeps its weights"
    )


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("this folder", True, "can be written")
    except OSError as error:
        return Finding("this folder", False, str(error.strerror), "go to a folder that is yours")


def _locks() -> Finding:
    there = importlib.util.find_spec("fcntl") is not None
    return Finding(
        "file locks", there, "flock" if there else "none", "" if there else "Windows is not supported: use WSL"
    )


def _fast_kernels() -> Finding:
    compiler = shutil.which("g++") or shutil.which("clang++")
    return Finding(
        "C++ compiler", True, compiler or "none", "" if compiler else "not needed: nothing is compiled by default"
    )


def _endpoint() -> Finding:
    base = environment("OPENAI_BASE_URL")
    key = "with a key" if environment("OPENAI_API_KEY") else "no key"
    return Finding(
        "endpoint",
        True,
        f"{base}, {key}" if base else "none set",
        "" if base else "set OPENAI_BASE_URL for voices behind a server",
    )


def _parts() -> Finding:
    found = ", ".join(f"{len(parts.names(folder))} {folder}" for folder in parts.KINDS)
    return Finding("parts", True, found)
