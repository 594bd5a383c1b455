"""What each gate decided of an accepted sample, and in which version: one JSON text that all rows alike share.

``{"loop": {"version": "2+3f2a", "decision": "keep"}, …}``. A version is the one that a gate's findings carry, and the
hash of its code with all that it imports; its options stand in the recipe. ``released``: the gate refused the sample,
and a person let it through (``reason``).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from greenlight.nouns import Flag, canonical
from greenlight.store import code_of

KEEP, RELEASED, UNASKED = "keep", "released", "not asked"


def version(module: str) -> str:
    """A part's version: the number that its findings carry, and 12 digits of the hash of its code."""
    return f"{getattr(sys.modules.get(module), 'VERSION', 1)}+{code_of(module)[:12]}"


def decided(gates: Mapping[str, Any], released: Flag | None = None, before: str = "", rest: str = KEEP) -> str:
    """The decisions of ``gates`` (the parts, by name) on what they let pass, after those that stand in ``before``.

    ``released`` is what one of them found in a sample that a person let through; ``rest`` what those after it decided.
    """
    found, decision = read(before), KEEP
    for name, gate in gates.items():
        module = type(gate).__module__
        found[name] = {"version": version(module), "decision": decision}
        if released is not None and released.gate in (name, module.rpartition(".")[2]):
            found[name] |= {"decision": RELEASED, "reason": released.reason}
            decision = rest
    return canonical(found)


def passed(module: str, name: str, before: str) -> str:
    """The same with one more check, which is no part."""
    return canonical({**read(before), name: {"version": version(module), "decision": KEEP}})


def read(gates: str) -> dict[str, Any]:
    """By gate; empty where nothing was decided, or what stands there is no such text."""
    try:
        found = json.loads(gates or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
