"""Everything that is read from outside: files, addresses, the environment. Hostile or broken sooner or later."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from greenlight.errors import InputError, RecipeError

LIMIT_BYTES = 1_000_000_000
"""Of a file that is read whole; what goes on for longer (a device, a pipe) is not read to its end."""


def read_bytes(path: Path, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """The bytes of a file or a pipe.

    Raises InputError when it is missing, a folder, larger than ``limit_bytes``, or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(limit_bytes + 1)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the name") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, not a file: name a file in it") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise InputError(f"{_short(str(path))} cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(data) > limit_bytes:
        raise InputError(f"{path} is larger than {limit_bytes:,} bytes: give a part of it")
    return data


def read_text(path: Path) -> str:
    """A text file from outside; see ``as_text``. Raises InputError when it cannot be read, or is no text."""
    return as_text(read_bytes(path), str(path))


def as_text(data: bytes, name: str) -> str:
    """Bytes from outside as UTF-8 without a byte-order mark, with ``\\n`` line ends.

    Raises InputError, naming ``name``, when they are empty, not UTF-8 or binary.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 (byte {error.start}): convert it, for example with iconv -t UTF-8"
        ) from None
    if (nul := text.find("\0")) >= 0:
        raise InputError(f"{name} is no text: it has a NUL at character {nul}; give plain text, as UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{name} is empty: give a file with text in it")
    return text


def read_toml(path: Path) -> dict[str, Any]:
    """Raises InputError or RecipeError, each with the file's name and the way out."""
    try:
        return tomllib.loads(read_bytes(path).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from None
    except ValueError:  # thousands of digits
        raise RecipeError(f"{path}: a number in it has too many digits: write a shorter one") from None
    except RecursionError:
        raise RecipeError(f"{path}: its tables or lists are nested too deeply: write them flat") from None


def environment(name: str, default: str = "") -> str:
    """A variable of the environment, else of the file ``.env`` in the current folder, else the default.

    The one place that reads them, so that precedence stays visible. Lines are ``NAME=value``, quotes allowed.
    """
    if name in os.environ:
        return os.environ[name]
    try:
        lines = Path(".env").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return default
    for line in lines:
        key, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and key.strip() == name:
            return value.strip().strip("'\"")
    return default


def fetch(address: str, limit_bytes: int = 200_000_000, instead: str = "save the text and give the file") -> bytes:
    """The bytes at an http(s) address.

    Raises InputError with the reason, and what to do ``instead``: no such host, a status that is not 200, a reply that
    breaks off or hangs for a minute, or more than ``limit_bytes``.
    """
    import http.client
    import urllib.error
    import urllib.request

    if not address.startswith(("http://", "https://")):
        raise InputError(f"{_short(address)} is no http or https address: {instead}")
    try:
        with urllib.request.urlopen(address, timeout=60) as reply:
            if reply.status != 200:
                raise OSError(f"it answers {reply.status} {reply.reason}")
            promised = reply.headers.get("Content-Length", "")
            data: bytes = reply.read(limit_bytes + 1)
            if promised.isdecimal() and len(data) < min(int(promised), limit_bytes):
                raise OSError(f"it broke off after {len(data):,} of {int(promised):,} bytes")
    except urllib.error.HTTPError as error:
        raise InputError(f"{address} answers {error.code} {error.reason}: check the address, or {instead}") from None
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", error) or type(error).__name__
        raise InputError(f"{_short(address)} cannot be fetched ({reason}): {instead}") from None
    if len(data) > limit_bytes:
        raise InputError(f"{address} is larger than {limit_bytes:,} bytes: cut it, and give the file")
    return data


def _short(name: str) -> str:
    return name if len(name) <= 200 else f"{name[:200]}…"
