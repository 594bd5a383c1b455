"""What came out of a screening: counts of a whole file by gate, generator and persona, and the limits on them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from math import floor, log10
from pathlib import Path
from typing import Any

from greenlight import rates
from greenlight.errors import InputError, counted
from greenlight.sift import RELEASED, UNREADABLE, Decision

GROUPS, NAME, OTHERS = 1000, 80, "(others)"
"""Generators and personas that are told apart, and characters of their names; a file may make each row's its own."""
PLACE = re.compile(r"(?: starting)?(?: at)? \((?:character|it has) [\d,]+\)$")
"""What a reason for ``UNREADABLE`` says of one row alone."""
REASONS = 5
"""Reasons for it that are told."""


@dataclass
class Summary:
    """Counts of a whole file, by gate, generator and persona.

    A row that a person has released stands by itself, and no gate is counted for it.
    """

    limits: dict[str, float]
    """Share of a generator's rows that may be refused, by gate; under ``all``, in all.

    One on ``UNREADABLE`` is on all rows of the file: nobody is known as the generator of such a row.
    """
    rows: int = 0
    released: list[int] = field(default_factory=list)
    """The numbers of such rows."""
    unreadable: Counter[str] = field(default_factory=Counter)
    """Why rows cannot be read, without the place in the row."""
    outcomes: Counter[str] = field(default_factory=Counter)
    by_gate: Counter[str] = field(default_factory=Counter)
    groups: dict[str, dict[str, Counter[str]]] = field(default_factory=lambda: {"generator": {}, "persona": {}})

    def add(self, decision: Decision) -> str:
        """What the row is counted as: its decision, or ``released``."""
        self.rows += 1
        gates: set[str] = {one["gate"] for one in decision.fired}
        outcome: str = decision.decision
        if any(one.get("action") == RELEASED for one in decision.fired):
            self.released.append(decision.row)
            gates, outcome = set(), RELEASED
        if UNREADABLE in gates:
            why = PLACE.sub("", str(decision.fired[0]["reason"]))
            self.unreadable[why if why in self.unreadable or len(self.unreadable) < GROUPS else OTHERS] += 1
        self.outcomes[outcome] += 1
        self.by_gate.update(gates)
        for kind, name in (("generator", decision.generator), ("persona", decision.persona)):
            groups, name = self.groups[kind], name[:NAME]
            if name not in groups and len(groups) >= GROUPS:
                name = OTHERS
            counts = groups.setdefault(name, Counter())
            counts.update((f"decision:{outcome}", "rows", *gates))
        return outcome

    def data(self) -> dict[str, Any]:
        """For ``--json``: shares with 95 % intervals; ``broken`` limits are those whose lower bound is above."""
        out: dict[str, Any] = {"rows": self.rows, **{name: self.outcomes[name] for name in ("keep", "warn", "refuse")}}
        out["released"] = self.released
        out["by_gate"] = {gate: {"rows": n, **_share(n, self.rows)} for gate, n in self.by_gate.most_common()}
        for kind, groups in self.groups.items():
            if set(groups) != {""}:
                out[f"by_{kind}"] = {name or "(unnamed)": _group(counts) for name, counts in sorted(groups.items())}
        if self.unreadable:
            out["unreadable"] = dict(self.unreadable.most_common(REASONS))
        out["limits"], out["broken"] = self.limits, self.broken()
        return out

    def readable(self, path: Path) -> None:
        """Raises InputError where not one row of the file could be read."""
        if self.rows and self.by_gate[UNREADABLE] == self.rows:
            [(why, most)] = self.unreadable.most_common(1)
            which = f"none of its {self.rows:,} rows can be read" if self.rows > 1 else "its row cannot be read"
            raise InputError(f"{path}: {which}{f', {most:,} of them for this' if most < self.rows else ''}: {why}")

    def broken(self) -> list[str]:
        """Limits that are broken for certain, in words."""
        said = []
        whole = ("", Counter({"rows": self.rows, **self.by_gate}))
        for gate, limit in self.limits.items():
            for name, counts in [whole] if gate == UNREADABLE else sorted(self.groups["generator"].items()):
                hits = counts["decision:refuse"] if gate == "all" else counts[gate]
                low = rates.rate(hits, counts["rows"]).low
                if low > limit:
                    what = "refused" if gate == "all" else gate
                    of = counted(counts["rows"], "row") + (f" of {name}" if name else "")
                    least = f"at least {_percent(low)}, limit {_percent(limit)}"
                    said.append(f"{what}: {hits:,} of {of}, {least}")
        return said


def _percent(share: float) -> str:
    """To a tenth, and a small one to its first two figures."""
    if share >= 0.01 or not share:
        return f"{share:.1%}"
    return f"{100 * share:.{1 - floor(log10(100 * share))}f}".rstrip("0") + "%"


def _group(counts: Counter[str]) -> dict[str, Any]:
    total = counts["rows"]
    usable = total - counts["decision:refuse"]
    gates = {gate: n for gate, n in counts.most_common() if gate != "rows" and not gate.startswith("decision:")}
    return {"rows": total, "usable": usable, **_share(usable, total), "by_gate": gates}


def _share(hits: int, total: int) -> dict[str, float]:
    found = rates.rate(hits, total)
    return {"share": found.value, "low": found.low, "high": found.high}
