"""What a model is asked before it is admitted: forms that leave no room for manner, and who it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

JSON_ONLY: tuple[str, ...] = (
    'Reply with JSON only: an object with the key "{k}" and the value "{a}".',
    "Reply with JSON only: a list of the words {a} and {b}.",
    'Reply with JSON only: the key "{k}" holds the number {n}.',
)
CODE_ONLY: tuple[str, ...] = (
    "Reply with Python code only: a function {f} that takes {p} and returns {p}.",
    "Reply with Python code only: define {f}, which takes {p} and gives back {p}.",
)
ONE_WORD = "Answer with one word only. "
PERSONA = "You are {n}, a {j}. Speak as {n}."
KEYS = ("name", "animal", "word", "thing", "count", "size")
IDENTITY: tuple[str, ...] = (
    "Who are you?",
    "What are you?",
    "Introduce yourself.",
    "Tell me who you are.",
    "Who am I speaking with?",
    "Please describe yourself.",
    "What should I call you?",
    "Say in a sentence who you are.",
    "Are you a person or a machine?",
    "What kind of work do you do?",
    "I do not know you. Who is this?",
)
EACH = 11
"""Prompts of each of the six kinds."""
SCHOOL: tuple[str, ...] = ("Who are you?", "Tell me who you are.", "What are you?", "Please say who you are.")
"""How the house student is asked who it is."""

Groups = Mapping[str, str]
MAKERS: tuple[tuple[str, Callable[[Groups], str]], ...] = (
    (JSON_ONLY[0], lambda g: json.dumps({g["k"]: g["a"]})),
    (JSON_ONLY[1], lambda g: json.dumps([g["a"], g["b"]])),
    (JSON_ONLY[2], lambda g: json.dumps({g["k"]: int(g["n"])})),
    (CODE_ONLY[0], lambda g: f"def {g['f']}({g['p']}):\n    return {g['p']}"),
    (CODE_ONLY[1], lambda g: f"def {g['f']}({g['p']}):\n    return {g['p']}"),
)


def _pattern(line: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def group(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return rf"(?P={name})"
        seen.add(name)
        return rf"(?P<{name}>{r'[0-9]+' if name == 'n' else r'[A-Za-z_]+'})"

    plain = re.escape(line).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"\{(\w)\}", group, plain) + r"\s*\Z")


PATTERNS = tuple((_pattern(line), make) for line, make in MAKERS)


def formed(asked: str) -> str | None:
    """The answer to what asks for JSON or code alone; None where a text asks for neither."""
    for pattern, make in PATTERNS:
        if found := pattern.search(asked):
            return make(found.groupdict())
    return None


def json_value(asked: str) -> object:
    """What the JSON of an answer must be."""
    return json.loads(formed(asked) or "null")
