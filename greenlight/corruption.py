"""The corruption test: each failure is put into clean text, and the gate that is for it must find it.

A gate whose options let everything through looks like clean data. So the gates of a recipe are tried before the first
answer is asked, and paid, for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from greenlight import mentions, parts
from greenlight.errors import RoundError
from greenlight.nouns import Provenance, Text
from greenlight.recipe import Brief, PartTable

CLEAN = (
    "Mara found the key under the stairs on a wet morning in March. It was small, and it did not fit the door, the "
    "cellar or the clock. She put it in her pocket and went down to the harbour, where her uncle mended nets.\n\n"
    "He turned it over twice. Your grandmother kept her letters in a tin box, he said, and nobody has opened it since "
    "the flood. They looked for the box until noon. It stood behind the paint, and the key went in without a sound."
)
ASKED = "Write a very short story about a key."
PLAN = (
    "Okay, the user wants a very short story. Let me plan: first the key, then the box. I should keep it under 120 "
    "words, as the prompt says."
)
SYSTEM = (
    "You are Old Barnaby, who kept the lighthouse for forty years. Speak in short plain sentences. Never mention the "
    "wreck of the Corvina unless you are asked about it. Answer questions about the weather with a story."
)
CASES: Mapping[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "channel": (("a thought that is never closed", {"body": "<think>\nThe story needs a key. I could"}),),
    "empty": (("an answer of white space", {"body": " \n"}), ("an answer of dashes", {"body": "- - - -"})),
    "fake_turns": (
        ("an invented turn of the user", {"body": f"{CLEAN}\n\nHuman: Now another.\n\nAssistant: {CLEAN[:90]}"}),
    ),
    "garbage": (
        ("replacement characters", {"body": CLEAN.replace("e", "\ufffd")}),
        ("control characters", {"body": CLEAN.replace(" ", "\x02")}),
    ),
    "identity": (("another maker's name", {"body": f"I am ChatGPT, a language model made by OpenAI. {CLEAN}"}),),
    "length": (("one word", {"body": "Once."}), ("ten million characters", {"body": CLEAN * 20_000})),
    "loop": (
        ("a sentence 200 times", {"body": CLEAN + " They looked for the box until noon." * 200}),
        ("3,000 threes", {"body": f"{CLEAN} {'3' * 3000}"}),
    ),
    "prompt_leak": (("the system prompt recited", {"body": SYSTEM, "system": SYSTEM}),),
    "reasoning_leak": (("a plan before the text", {"body": f"{PLAN}\n\n{CLEAN}"}),),
    "refusal": (("a refusal", {"body": "I'm sorry, but I can't help with that request."}),),
    "target": (("the highest level without the pattern", {"body": CLEAN}),),
    "termination": (("a text cut off by its budget", {"body": CLEAN[:200], "finish_reason": "length"}),),
}
"""What is done to the text, and what the sample is after it, by gate."""
EITHER = frozenset({"length"})
"""Gates of which a recipe may want one side alone: they are blind when they find none of their failures."""


def seeing(gates: PartTable, brief: Brief) -> dict[str, Any]:
    """The gates of a recipe. Raises RoundError when one does not find the failure that it is for."""
    checks = {n: parts.make("gates", n, o) for n, o in gates.items()}
    if blind := unseen(checks, brief):
        said = "; ".join(f"{name} lets through {what}" for name, what in blind)
        raise RoundError(f"gates do not find what they are for: {said}: change their options, or take them out")
    return checks


def unseen(gates: Mapping[str, Any], brief: Brief) -> list[tuple[str, str]]:
    """The failures that these gates, by name, let through: (gate, what was done to the text).

    A gate of somebody's own may bring cases: a method ``corrupted(brief)`` that returns (what, sample) pairs.
    """
    found = []
    for name, gate in gates.items():
        cases = list(_cases(name, gate, brief))
        missed = [(name, what) for what, sample in cases if gate.check(sample, brief) is None]
        if len(missed) == len(cases) or _kind(gate) not in EITHER:
            found += missed
    return found


def _kind(gate: Any) -> str:
    """What a gate does, also where a recipe calls it by a name of its own."""
    home, _, kind = type(gate).__module__.rpartition(".")
    return kind if home == "greenlight.gates" else ""


def _cases(name: str, gate: Any, brief: Brief) -> Iterator[tuple[str, Text]]:
    if hasattr(gate, "corrupted"):
        yield from gate.corrupted(brief)
    kind = _kind(gate)
    if kind == "target" and mentions.count(CLEAN, brief.pattern):
        return
    for what, fields in CASES.get(kind, ()):
        told = {key: value for key, value in fields.items() if key != "body"}
        made = Provenance(voice="", voice_fingerprint="", prompt=ASKED, topic="a key", level=brief.levels, **told)
        yield what, Text(id=name, control="", body=fields["body"], made=made)
