"""Prompt templates in Jinja2, in a sandbox: no attribute of Python is reached, and no loop runs on for ever."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

MARKS = ("{{", "{%")
MOST_STEPS = 20_000
"""Lines of a compiled template that one rendering may run: a prompt of 100 lines runs some 300."""
LONGEST = 200_000
"""Characters of a rendered prompt."""
FILTERS = frozenset(
    {"lower", "upper", "capitalize", "title", "trim", "length", "first", "last", "default", "int", "round"}
)
"""Those that give no more than they are given. Calls there are none."""


def is_template(text: str) -> bool:
    """Whether a text is Jinja2, not a plain one with ``{fields}``."""
    return any(mark in text for mark in MARKS)


def check(text: str, known: Collection[str]) -> None:
    """Raises ValueError for what is no template, or names what it is not given."""
    from jinja2 import TemplateError, meta, nodes

    try:
        tree = _environment().parse(text)
        unknown = meta.find_undeclared_variables(tree) - set(known)
    except TemplateError as error:
        raise ValueError(f"is no template: {str(error).splitlines()[0]}") from None
    if next(
        tree.find_all((nodes.Call, nodes.Macro, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)), None
    ):
        raise ValueError("calls something: a prompt has values, conditions and loops over what it is given")
    if unknown:
        raise ValueError(f"names {', '.join(sorted(unknown))}, which it is not given; it may use {', '.join(known)}")


def render(text: str, values: Mapping[str, Any]) -> str:
    """The text with its values. Raises ValueError where it fails, runs on, or becomes too long."""
    from jinja2 import TemplateError

    try:
        with stepped(MOST_STEPS):
            said = _compiled(text).render(values)
    except (TemplateError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(f"fails: {str(error).splitlines()[0]}") from None
    if len(said) > LONGEST:
        raise ValueError(f"gives {len(said):,} characters, more than {LONGEST:,}")
    return said


@contextmanager
def stepped(most: int) -> Iterator[None]:
    """Inside, ValueError once compiled templates have run ``most`` lines."""
    steps = 0

    def count(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != "<template>":
            return None
        steps += event == "line"
        if steps > most:
            raise ValueError(f"runs on: stopped after {most:,} steps, look at its loops")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        """Arithmetic of small numbers alone: no ``'x' * 10**9``, no ``'%999999999d' % 3``."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if not all(isinstance(x, (int, float)) and abs(x) <= 1000 for x in (left, right)):
                raise ValueError(f"may not compute {str(left)[:20]} {operator} {str(right)[:20]}")
            return super().call_binop(context, operator, left, right)

    made = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.clear()
    for name in set(made.filters) - FILTERS:
        del made.filters[name]
    return made


@lru_cache(maxsize=64)
def _compiled(text: str) -> Template:
    found: Template = _environment().from_string(text)
    return found
