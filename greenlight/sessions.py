"""Sessions of research, as the ledger has them: what was asked, what each turn became, where a session stands.

A session's turns stand in the ledger as entries of the kind ``research``, each recorded before anything is done with
it. What follows answers it: a proposal that became a round or was refused, or the word that another session's round is
this very change (``taken``). So whoever is killed anywhere finds the session as it was. Its time is the sum of what was
recorded (asking and rounds, each measured by a clock that cannot be set), never a difference of dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from greenlight import changes, memory
from greenlight.errors import StudyError
from greenlight.ledger import Ledger
from greenlight.memory import Memory, Ran
from greenlight.proposals import Bound, Proposal, Tried, Turn

AGENT = "agent"
"""Whose proposals come from outside of a session (``greenlight propose``), and belong to it all the same."""


@dataclass
class Step:
    """One turn. ``turn`` is None for a proposal from outside; ``number`` is the round that it became."""

    seq: int
    turn: Turn | None
    number: int | None = None
    refused: str = ""
    taken: bool = False
    base: int | None = None
    proposal: Proposal | None = None
    ran: Ran | None = None
    outcome: str = ""
    """Of its round, or refused; empty before there is one."""
    fresh: bool = False
    """Whether it was given since the session was last begun."""

    @property
    def answered(self) -> bool:
        """Whether something became of it: a round or a refusal."""
        return self.number is not None or bool(self.refused)

    @property
    def stop(self) -> str:
        """Why nothing more was proposed; empty for a turn of another kind."""
        return self.turn.stop if self.turn else ""

    @property
    def seconds(self) -> float:
        """Of asking, and of its round."""
        return (self.turn.seconds if self.turn else 0.0) + (self.ran.seconds if self.ran else 0.0)

    @property
    def difference(self) -> Mapping[str, float] | None:
        """The verdict's, as ``nouns.Interval`` has it: this round minus its base."""
        found: Mapping[str, float] | None = (self.ran.verdict or {}).get("difference") if self.ran else None
        return found

    @property
    def kept(self) -> bool:
        """Whether its round became the next base."""
        return self.ran is not None and self.ran.kept

    def told(self, by: str) -> Tried:
        """As its researcher is told it."""
        of = {} if self.proposal is None else self.proposal.changes
        head: dict[str, Any] = {"by": by, "base": self.base, "changes": of, "reason": self.refused}
        if self.proposal is not None:
            head |= {"hypothesis": self.proposal.hypothesis, "predict": self.proposal.predict}
        return memory.tried(self.ran, **{**head, "round": self.number, "outcome": self.outcome or "waiting"})


@dataclass
class Session:
    """One researcher's line of rounds in a study. ``settings`` are those that it was last begun with."""

    name: str
    by: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    ended: str = ""
    """Why it ended, where it did and was not begun again."""
    ended_by: str = ""
    """The same in a word: see ``research.REASONS``."""
    base: int = 0

    @property
    def open(self) -> Step | None:
        """The turn that was recorded, and of which nothing became yet.

        That nothing more pays was said of the settings of then: a session that was begun again is asked again.
        """
        last = self.steps[-1] if self.steps else None
        if last is None or last.answered or self.ended or (last.stop and not last.fresh):
            return None
        return last

    @property
    def pending(self) -> list[Step]:
        """The steps whose rounds have not run."""
        return [step for step in self.steps if step.number is not None and not step.outcome]

    @property
    def counted(self) -> list[Step]:
        """The turns that cost one of the budget's rounds: all but the word that nothing more is proposed."""
        return [step for step in self.steps if not step.stop]

    @property
    def judged(self) -> list[Step]:
        """The steps whose rounds ran."""
        return [step for step in self.steps if step.ran is not None]

    @property
    def seconds(self) -> float:
        """Recorded: of asking, and of rounds."""
        return sum(step.seconds for step in self.steps)

    @property
    def usd(self) -> float | None:
        """Of asking; None once a turn's is unknown, and for an agent, whose transcripts tell it, if anything does."""
        if self.by == AGENT:
            return None
        paid = [step.turn.usd for step in self.steps if step.turn]
        return None if None in paid else sum(one or 0.0 for one in paid)

    @property
    def tokens(self) -> dict[str, int]:
        """In the four classes."""
        classes = ("input", "cache_write", "cache_read", "output")
        return {name: sum(s.turn.usage.get(name, 0) for s in self.steps if s.turn) for name in classes}


@dataclass
class Sessions:
    """All of a study's sessions, with what else the ledger remembers."""

    known: Memory
    by_name: dict[str, Session]

    def rounds_of_others(self, session: Session) -> set[int]:
        """The rounds that other sessions proposed, and this one did not take over: it is not told of them."""
        own = {step.number for step in session.steps}
        return {number for number in self.known.proposals if number not in own}

    def same(self, session: Session, proposal: Proposal, bound: Bound | None) -> int | None:
        """The round by which someone else made this very change to this very base; None where nobody did.

        A round that the session took over before is its own by now: taken again, it would be counted twice.
        """
        ((key, new),) = proposal.changes.items()
        own = {step.number for step in session.steps}
        for number, other in self.known.proposals.items():
            theirs = other.base == proposal.base and other.session != session.name and key in other.changes
            if theirs and number not in own and changes.near(other.changes[key], new, bound):
                return number
        return None


def read(ledger: Ledger, name: str = "") -> Sessions:
    """All sessions of a ledger, or the one of this name, its chain checked.

    Raises StudyError for an entry that cannot be read.
    """
    known = memory.read(ledger)
    found: dict[str, Session] = {}
    proposals = [
        (p.seq, {"kind": "proposal", **p.data()})
        for p in known.proposals.values()
        if name in ("", p.session) or not p.session
    ]
    proposals += [
        (r.seq, {"kind": "proposal", "round": None, **r.data()})
        for r in known.refused
        if name in ("", r.session) or not r.session
    ]
    entries = sorted(
        [*proposals, *((seq, {"kind": "research", **body}) for seq, body in known.research)], key=lambda e: e[0]
    )
    for seq, body in entries:
        if name not in ("", body.get("session")):
            continue
        try:
            _heard(found, seq, body)
        except (ValidationError, KeyError, TypeError, ValueError):
            raise StudyError(
                f"{ledger.path} line {seq} is no {body['kind']} that this version of Greenlight reads: "
                "restore the file from git, or use the version that wrote it"
            ) from None
    for session in found.values():
        if session.by == AGENT:
            session.steps = _outside(entries, session.name)
        _settled(session, known)
    return Sessions(known, found)


def agents_base(ledger: Ledger, start: int) -> int:
    """The round that a proposal from outside changes where it names none.

    Where the session of an agent is under way, the round it stands on; otherwise ``start``, or the last round kept of
    those that were proposed from outside on it. What other researchers' sessions kept is theirs: an agent that built on
    it by default could not be compared with them. Raises StudyError for an entry that cannot be read.
    """
    all_, base = read(ledger), start
    if begun := [one for one in all_.by_name.values() if one.by == AGENT and not one.ended]:
        return begun[-1].base
    for number, proposed in all_.known.proposals.items():
        ran = all_.known.ran(number)
        if not proposed.session and proposed.base == base and ran is not None and ran.kept:
            base = number
    return base


def _heard(found: dict[str, Session], seq: int, body: Mapping[str, Any]) -> None:
    """Takes in one entry."""
    name, event = str(body.get("session") or ""), body.get("event")
    if body["kind"] == "proposal":
        step = found[name].open if name in found else None
        if step is not None:
            _answer(step, body)
        return
    if event == "start":
        session = found.setdefault(name, Session(name))
        session.by, session.settings, session.ended, session.ended_by = str(body["by"]), dict(body), "", ""
        session.base = int(session.settings["start"])
        for step in session.steps:
            step.fresh = False
    elif event == "turn":
        turn = Turn.model_validate({key: body[key] for key in Turn.model_fields if key in body})
        number = body.get("round")
        base = turn.proposal.base if turn.proposal else None
        found[name].steps.append(Step(seq, turn, number, base=base, proposal=turn.proposal, fresh=True))
    elif event == "taken":
        step = found[name].steps[-1]
        step.number, step.taken = int(body["round"]), True
    elif event == "end":
        found[name].ended, found[name].ended_by = str(body["reason"]), str(body.get("why", ""))


def _answer(step: Step, body: Mapping[str, Any]) -> None:
    """A proposal was frozen or refused: that is what became of a turn."""
    step.number, step.refused = body.get("round"), str(body.get("refused") or "")
    step.base = step.base or body.get("base")
    if step.proposal is None and step.number is not None:
        keys = ("base", "changes", "hypothesis", "predict")
        step.proposal = Proposal.model_validate({key: body[key] for key in keys})


def _outside(found: list[tuple[int, dict[str, Any]]], name: str) -> list[Step]:
    """The steps of a session whose proposals come from outside."""
    steps = []
    for seq, body in found:
        if body["kind"] == "proposal" and body.get("session") in ("", name):
            steps.append(Step(seq, None))
            _answer(steps[-1], body)
    return steps


def _settled(session: Session, known: Memory) -> None:
    """What became of each step's round, and where the session stands."""
    for step in session.steps:
        if step.number is None:
            step.outcome = "refused" if step.refused else ""
        elif step.number in known.proposals:
            step.ran, step.outcome = known.ran(step.number), known.outcome(step.number)
        else:  # a round that was written by hand, run by the plan
            ran = known.rounds.get(step.number)
            step.ran = ran if ran is not None and ran.seq > step.seq else None
            step.outcome = "" if step.ran is None else step.ran.outcome
        if step.kept and step.base == session.base and step.number is not None:
            session.base = step.number
