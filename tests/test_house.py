"""The house rules that a count can hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "greenlight").rglob("*.py"))
ALL_APART = {"decide", "one", "fit", "dpo", "sft", "train_student"}
"""What a step is made of, each named by itself."""
LONG_LOOP = {"_fit"}
"""The training loop may be read from top to bottom: up to 120 lines."""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_sizes(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= (120 if node.name in LONG_LOOP else 60), f"{node.name} has {lines} lines"
            if path.parts[-2] != "cli":  # a command's parameters are its options
                named = [a for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")]
                assert len(named) <= 6 or node.name in ALL_APART, f"{node.name} takes {len(named)}"


def test_inner_packages_re_export_nothing() -> None:
    for path in (ROOT / "greenlight").glob("*/__init__.py"):
        assert path.read_text() == "", path


def test_nothing_of_this_machine_is_in_the_tree() -> None:
    bad = re.compile(r"/(home|Users|root)/[a-z]|wor" + r"k/main|py" + r"pi\.org|debian\.o" + r"rg")
    for folder in ("greenlight", "tests", "benchmarks", "docs", "recipes"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".toml", ".txt", ".json", ".j2", ".css"):
                assert not bad.search(path.read_text(encoding="utf-8")), path


def test_the_readme_shows_both_commands_and_no_missing_room() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme
    tree = re.search(r"```text\ngreenlight/\n(.*?)```", readme, re.DOTALL)
    assert tree is not None
    named = set(re.findall(r"\b([a-z_]+\.py|[a-z]+/)", tree[1]))
    there = {p.name for p in (ROOT / "greenlight").glob("*.py") if not p.name.startswith("__")}
    there |= {f"{p.name}/" for p in (ROOT / "greenlight").iterdir() if (p / "__init__.py").exists()}
    assert named == there
