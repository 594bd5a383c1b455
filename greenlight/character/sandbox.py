"""Runs a chat template from outside: the names that such templates expect, and a bound on what it may do.

A template stands in a model's folder, and whoever wrote the model wrote it. It gets plain text and numbers; every loop,
every text that it builds and every method that it calls is bounded, so that none can hang a training or fill memory.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from greenlight.templates import stepped

if TYPE_CHECKING:
    from jinja2 import Template


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


MOST_STEPS = 200_000
"""Lines of a compiled template that one rendering may run; a conversation of 100 turns runs some 5,000."""
LONGEST = 1_000_000
"""Characters that a rendering may write, and of a text that it may build on its way."""
LARGEST = 1_000_000
"""Of a number that it may multiply."""
DAY = (2025, 1, 1)
"""What a template is told when it asks for the date: the same ids today and tomorrow."""
FILTERS = _names(
    "abs capitalize count d default dictsort first float int items last length list lower map max min reject "
    "rejectattr reverse round safe select selectattr sort string title trim unique upper"
)
METHODS = _names(
    "capitalize count endswith find index isalnum isalpha isdigit islower isspace istitle isupper join lower lstrip "
    "partition removeprefix removesuffix replace rfind rindex rpartition rsplit rstrip split splitlines startswith "
    "strip title upper"
)
"""Methods of text that a template may call: none gives more than it is given, but those that are measured first."""
_spent = threading.local()


def render(source: str, values: Mapping[str, Any]) -> str:
    """The text with its values. Raises ValueError, in one line, where it fails, runs on, or becomes too long."""
    from jinja2 import TemplateError

    template = compiled(source)
    _spent.chars = 0
    try:
        with stepped(MOST_STEPS):
            said = template.render(values)
    except (TemplateError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(f"fails: {_line(error)}") from None
    return _bounded(said)


@lru_cache(maxsize=64)
def compiled(source: str) -> Template:
    """Raises ValueError for what is no template."""
    from jinja2 import TemplateError

    _bounded(source)
    try:
        found: Template = _environment().from_string(source)
    except (TemplateError, RecursionError, SyntaxError) as error:
        raise ValueError(f"is no template: {_line(error)}") from None
    return found


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"gives {len(text):,} characters, more than {LONGEST:,}")
    return text


def _written(value: Any) -> Any:
    """Counts what is put out anywhere, also into a variable: a text that doubles itself is stopped."""
    if isinstance(value, str):
        _spent.chars = getattr(_spent, "chars", 0) + len(value)
        if _spent.chars > LONGEST:
            raise ValueError(f"writes more than {LONGEST:,} characters")
    return value


# ---------------------------------------------------------------- what a template may use


def _tojson(
    x: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: Any = False
) -> str:
    if isinstance(indent, str) or (indent or 0) > 16:
        raise ValueError("may not indent JSON by more than 16")
    return _bounded(
        json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=bool(sort_keys))
    )


def _join(values: Any, d: str = "", attribute: str | None = None) -> str:
    parts = [str(one[attribute] if attribute is not None else one) for one in values]
    if sum(map(len, parts)) + len(d) * len(parts) > LONGEST:
        raise ValueError(f"joins more than {LONGEST:,} characters")
    return d.join(parts)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:
    whole = str(text)
    if len(whole) + len(new) * (whole.count(old) if count < 0 else count) > LONGEST:
        raise ValueError(f"replaces into more than {LONGEST:,} characters")
    return whole.replace(old, new, count)


def _indent(text: Any, width: int = 4, first: bool = False, blank: bool = False) -> str:
    whole, pad = str(text), " " * min(max(int(width), 0), 64)
    lines = _bounded(whole).split("\n")
    out = [
        line if (number == 0 and not first) or not (line or blank) else pad + line for number, line in enumerate(lines)
    ]
    return _bounded("\n".join(out))


def _raise(message: Any) -> None:
    from jinja2 import TemplateError

    raise TemplateError(str(message))


def _now(form: str) -> str:
    from datetime import datetime

    if len(form) > 100:
        raise ValueError("asks for a date in a form that is too long")
    return datetime(*DAY).strftime(form)


def _operated(operator: str, left: Any, right: Any) -> None:
    """Raises ValueError for what could become too large."""
    if operator == "+":
        if (
            isinstance(left, (str, list, tuple))
            and isinstance(right, (str, list, tuple))
            and len(left) + len(right) > LONGEST
        ):
            raise ValueError(f"adds up to more than {LONGEST:,}")
        return
    numbers = all(isinstance(x, (int, float)) and abs(x) <= LARGEST for x in (left, right))
    if operator == "**" and numbers and abs(right) > 16:
        numbers = False
    repeated = operator == "*" and isinstance(left, str) and isinstance(right, int) and len(left) * right <= 10_000
    if not numbers and not repeated:
        raise ValueError(f"may not compute {str(left)[:20]} {operator} {str(right)[:20]}")


def _called(method: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """A text's method on these arguments, measured first where it could give much. Raises ValueError for others."""
    owner, name = method.__self__, method.__name__
    if name not in METHODS:
        raise ValueError(f"may not call .{name} of a text")
    if name == "join":
        return _join(args[0] if args else (), owner)
    if name == "replace":
        return _replace(owner, *args, **named)
    return method(*args, **named)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2.ext import loopcontrols
    from jinja2.utils import Namespace

    class Plain(Namespace):
        """No name that begins with an underscore."""

        def __setitem__(self, name: str, value: Any) -> None:
            if str(name).startswith("_"):
                raise ValueError(f"may not set {str(name)[:40]}")
            super().__setitem__(name, value)

    extensions = [_generation(), loopcontrols]
    made = _kind()(trim_blocks=True, lstrip_blocks=True, finalize=_written, extensions=extensions, cache_size=0)
    given: dict[str, Any] = {
        "raise_exception": _raise,
        "strftime_now": _now,
        "namespace": Plain,
        "dict": lambda *args, **kwargs: dict(*args, **kwargs),
        "range": made.globals["range"],
    }
    made.globals.clear()
    made.globals.update(given)
    for name in set(made.filters) - FILTERS:
        del made.filters[name]
    made.filters.update(tojson=_tojson, join=_join, replace=_replace, indent=_indent)
    return made


def _kind() -> Any:
    """The sandbox, with what it computes and calls measured."""
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from jinja2.visitor import NodeTransformer

    class Concats(NodeTransformer):
        """``a ~ b`` goes through the bounded ``join``."""

        def visit_Concat(self, node: Any) -> Any:
            self.generic_visit(node)
            return nodes.Filter(nodes.List(node.nodes), "join", [], [], None, None, lineno=node.lineno)

    class Environment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "*", "**", "%"})

        def _parse(self, *args: Any) -> Any:
            return Concats().visit(super()._parse(*args))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            _operated(operator, left, right)
            return super().call_binop(context, operator, left, right)

        def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(getattr(__obj, "__self__", None), str):
                named = {name: value for name, value in kwargs.items() if not name.startswith("_")}  # jinja's own do
                return _called(__obj, args, named)
            return super().call(__context, __obj, *args, **kwargs)

    return Environment


def _generation() -> Any:
    """``{% generation %}`` marks an answer for other software; here it is what stands in it."""
    from jinja2.ext import Extension

    class Generation(Extension):
        tags = {"generation"}

        def parse(self, parser: Any) -> Any:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    return Generation
