"""What an answer must do whatever its style, and how that is checked: a sentence that is always the same cannot.

Every check is mechanical. An answer that must name one thing of a class may name no other of it, beside what the prompt
itself was about: so neither a list of all of them holds, nor a sentence that fits one prompt in ten.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Any, Literal

from pydantic import model_validator

from greenlight.character import _words
from greenlight.nouns import Noun

Kind = Literal["name", "long", "json", "one_word", "code_only", "identity", "persona"]
FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "name": ({"answer", "among"}, {"given", "also"}),
    "long": ({"answer", "among", "least"}, {"given", "also"}),
    "json": ({"value"}, set()),
    "one_word": ({"answers"}, set()),
    "code_only": ({"function"}, set()),
    "identity": (set(), set()),
    "persona": ({"name"}, set()),
}
"""By kind: what its ``about`` must have, and what else it may have."""
FENCE = re.compile(r"\A\s*```[a-zA-Z]*\n(.*?)\n?```\s*\Z", re.DOTALL)
BESIDE = re.compile(r"\b(?:than|between)\s+(?:the\s+)?[\w-]+(?:\s+and\s+[\w-]+)?", re.IGNORECASE)
"""``seven is larger than four`` names one number as its answer, and ``between four and seven`` none."""
FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|my name|me)\b")
MACHINE = re.compile(r"\b(?:language model|as an ai|an ai\b|artificial intelligence|chatbot)", re.IGNORECASE)
MOST_WORDS = 150
"""Of an answer to who one is."""


class Task(Noun):
    """What an answer must do; ``about`` is what its kind needs to know.

    ``name``: names ``answer``, and of the class ``among`` (``_words.KINDS``) nothing beside it and what is ``given``;
    the words of ``also`` stand in it. ``long``: that, in ``least`` words or more. ``json``: is JSON alone, equal to
    ``value``. ``one_word``: is one of ``answers`` and nothing else. ``code_only``: is Python alone, of which one
    ``function`` has that name. ``identity``: says in the first person who speaks. ``persona``: speaks as ``name``.
    """

    kind: Kind
    about: dict[str, Any] = {}

    @model_validator(mode="after")
    def _complete(self) -> Task:
        needed, others = FIELDS[self.kind]
        if missing := needed - self.about.keys():
            raise ValueError(f"a task of kind {self.kind} needs {', '.join(sorted(missing))}")
        if odd := self.about.keys() - needed - others:
            raise ValueError(f"a task of kind {self.kind} has no {', '.join(sorted(odd))}")
        if "among" in needed and self.about["among"] not in _words.KINDS:
            raise ValueError(f"a task names things of one class, and '{self.about['among']}' is none")
        return self

    def holds(self, text: str) -> bool:
        """Whether an answer does it. Never raises, whatever the text is."""
        return bool(text.strip()) and CHECKS[self.kind](self.about, text)


def words(text: str) -> int:
    """How many words a text has."""
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))


def _names(data: dict[str, Any], text: str) -> bool:
    if data["among"] == "numbers":
        text = BESIDE.sub(" ", text)
    given = {word.casefold() for word in data.get("given", ())}
    found = _words.named(data["among"], text)
    folded = text.casefold()
    return found - given == {data["answer"].casefold()} and all(
        re.search(rf"\b{re.escape(word.casefold())}", folded) for word in data.get("also", ())
    )


def _long(data: dict[str, Any], text: str) -> bool:
    return _names(data, text) and words(text) >= data["least"]


def _json(data: dict[str, Any], text: str) -> bool:
    try:
        return bool(json.loads(text) == data["value"])
    except (ValueError, RecursionError):
        return False


def _one_word(data: dict[str, Any], text: str) -> bool:
    said = text.strip().strip(".!\"'“”*`").casefold()
    return said in {word.casefold() for word in data["answers"]}


def _code_only(data: dict[str, Any], text: str) -> bool:
    fenced = FENCE.match(text)
    try:
        tree = ast.parse(fenced[1] if fenced else text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return [getattr(node, "name", "") for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)] == [
        data["function"]
    ]


def _identity(data: dict[str, Any], text: str) -> bool:
    return bool(FIRST_PERSON.search(text)) and 3 <= words(text) <= MOST_WORDS


def _persona(data: dict[str, Any], text: str) -> bool:
    own = re.search(rf"\b{re.escape(data['name'])}\b", text)
    return bool(own) and _identity(data, text) and not MACHINE.search(text)


CHECKS: dict[str, Callable[[dict[str, Any], str], bool]] = {
    "name": _names,
    "long": _long,
    "json": _json,
    "one_word": _one_word,
    "code_only": _code_only,
    "identity": _identity,
    "persona": _persona,
}
