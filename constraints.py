"""Writes ``constraints.txt``: every version of the whole set-up, with torch as users can install it.

``uv pip compile --universal`` pins about fifteen CUDA packages beside torch and may write a local version such as
``+cpu``, neither of which every user can install; both are cut here. ``--check`` compiles into a copy seeded with the
present file, so that a release elsewhere changes nothing, and fails only when pyproject.toml and the file disagree.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent
FILE = ROOT / "constraints.txt"
TORCH = "torch==2.13.0"
# what torch's CUDA builds bring along
CUDA = re.compile(r"(nvidia|cuda|triton)[a-z0-9-]*(\[[a-z0-9,-]*\])?==")
HEAD = "# Made by `make constraints` from pyproject.toml; torch is installed first, by itself.\n"


def compiled(seed: str) -> str:
    """The constraints that pyproject.toml leads to, preferring the versions that ``seed`` has."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "constraints.txt"
        out.write_text(seed)
        pinned = Path(folder) / "torch.txt"
        pinned.write_text(TORCH + "\n")
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            "3.11",
            "--extra",
            "demo",
        ]
        command += ["--extra", "dev", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        command += ["-c", str(pinned), "pyproject.toml", "-o", str(out)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"uv could not compile the constraints:\n{done.stderr}")
        lines = out.read_text().splitlines()
    kept = [re.sub(r"\+cpu", "", line) for line in lines if not CUDA.match(line) and not line.startswith(("-", "#"))]
    return HEAD + "\n".join(TORCH if line.startswith("torch==") else line for line in kept) + "\n"


def main() -> None:
    seed = FILE.read_text() if FILE.exists() else ""
    if sys.argv[1:] == ["--check"]:
        if compiled(seed) != seed:
            raise SystemExit("constraints.txt does not follow from pyproject.toml: run `make constraints`")
        print("constraints.txt follows from pyproject.toml")
    else:
        FILE.write_text(compiled(seed))


if __name__ == "__main__":
    main()
