"""Everything that is read from outside: files, addresses, the environment. Hostile or broken sooner or later."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from greenlight.errors import InputError, RecipeError


def read_text(path: Path) -> str:
    """A text file from outside, as UTF-8 without a byte-order mark, with ``\\n`` line ends.

    Raises InputError when it is missing, a folder, empty or not UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, not a file") from None
    except PermissionError:
        raise InputError(f"{path} cannot be read: no permission") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start}): convert it, for example with iconv -t UTF-8"
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{path} is empty")
    return text


def read_toml(path: Path) -> dict[str, Any]:
    """Raises InputError or RecipeError, each with the file's name and the way out."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from None


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


def fetch(address: str, limit_bytes: int = 200_000_000) -> bytes:
    """The bytes at an http(s) address.

    Raises InputError with the reason: no such host, a status that is not 200, or more than ``limit_bytes``.
    """
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=60) as reply:
            data: bytes = reply.read(limit_bytes + 1)
    except urllib.error.HTTPError as error:
        raise InputError(
            f"{address} answers {error.code} {error.reason}: check the address, or save the text and give the file"
        ) from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise InputError(
            f"{address} cannot be fetched ({getattr(error, 'reason', error)}): save the text and give the file"
        ) from None
    if len(data) > limit_bytes:
        raise InputError(f"{address} is larger than {limit_bytes:,} bytes: cut it, and give the file")
    return data
