"""Many rounds: propose, freeze, run, judge, keep or not, until nothing is proposed, the budget is spent, or no gain is
to be expected.

Each session is one researcher's line of rounds from one start; where it stands is read from the ledger at every step
(``sessions``), so that it goes on from wherever it was interrupted. A turn is recorded before anything is done with it.
"""

from __future__ import annotations

import contextlib
import math
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from greenlight import bounds, memory, parts, propose, sessions, vetting
from greenlight.crew import Crew
from greenlight.errors import RecipeError, StudyError, UserError, VoiceError
from greenlight.inquiry.diagnose import diagnose
from greenlight.memory import Proposed
from greenlight.nouns import Round, fingerprint
from greenlight.proposals import Bound, Briefing, Left, Proposal, Turn
from greenlight.sessions import Session, Sessions, Step
from greenlight.store import locked, write_file
from greenlight.study import Study

LOCK = "research.lock"
PATIENCE = 8
"""Rounds in a row without a kept one, after which a session ends where research.toml states no other number."""
WINDOW = 5
"""Rounds over which the expected gain is the mean."""
TRIES = 5
"""Turns in a row that are no round, after which a session ends."""
REASONS = ("rounds", "hours", "usd", "tries", "patience", "gain", "stop")
"""Why a session ends: a budget is spent, nothing usable is answered, no gain is to be expected, nothing is proposed."""
SPENT = ("hours", "usd")


@dataclass(frozen=True)
class Settings:
    """What a session is begun with; what is None is taken from ``research.toml``.

    ``by``: a researcher of ``greenlight/researchers/``. ``session``: its name; default: by and seed. ``rounds``: turns
    in all, a refused one included. ``hours``: recorded, of asking and of rounds. ``usd``: of asking.
    """

    by: str
    session: str = ""
    seed: int = 1
    start: int | None = None
    rounds: int | None = None
    hours: float | None = None
    usd: float | None = None
    oversight: bool = False

    @property
    def name(self) -> str:
        stated = self.session
        return propose.name_of(stated, "--session") if stated else propose.name_of(f"{self.by}-{self.seed}")


@dataclass(frozen=True)
class Outcome:
    """Where a session stands when the loop gives the word back.

    ``why`` is one of ``REASONS``, or empty where it only pauses; ``waiting``: rounds that need a person's approval.
    """

    session: Session
    reason: str
    why: str = ""
    waiting: tuple[int, ...] = ()
    briefing: Briefing | None = None


def research(
    study: Study, crew: Crew, settings: Settings, after: Callable[[Round], None] = lambda row: None
) -> Outcome:
    """Goes on with a session, or begins it; ``after`` is called with each round that was run.

    Raises StudyError when another researcher is at work on this study, or the session is someone else's; RecipeError
    for settings that cannot be kept; UserError or VoiceError where a researcher cannot be asked.
    """
    with alone(study):
        return _Loop(study, crew, settings, after).run()


@contextlib.contextmanager
def alone(study: Study) -> Iterator[None]:
    """Holds the study's lock; raises StudyError when another process does."""

    def busy() -> None:
        raise StudyError(
            f"another researcher is at work on {study.folder}: wait until it has ended, or stop it; "
            "the same command then goes on"
        )

    with locked(study.store.folder / "locks" / LOCK, busy):
        yield


class _Loop:
    def __init__(self, study: Study, crew: Crew, settings: Settings, after: Callable[[Round], None]) -> None:
        self.study, self.crew, self.after = study, crew, after
        self.toml = bounds.read(study)
        options = self.toml.llm if settings.by == "llm" else {}
        self.researcher = parts.make("researchers", settings.by, options, bounds.FILE if options else "--by")
        self.waits_for = getattr(self.researcher, "WAITING", "")
        stop, name = self.toml.stop, settings.name
        paid = None if self.waits_for else stop.usd  # who is not asked spends nothing that is counted here
        self.settings = replace(
            settings,
            session=name,
            start=settings.start or self.toml.start,
            rounds=stop.rounds if settings.rounds is None else settings.rounds,
            hours=stop.hours if settings.hours is None else settings.hours,
            usd=paid if settings.usd is None else settings.usd,
        )
        self.given_start, self.over = settings.start, False
        self.bounds: dict[str, Bound] = bounds.of(self.toml, study.recipe(self.toml.start)) if not self.planned else {}
        self._checked()

    def _checked(self) -> None:
        """Raises RecipeError for a budget that cannot be kept."""
        for option, most in (("--max-hours", self.settings.hours), ("--budget-usd", self.settings.usd)):
            if most is not None and not math.isfinite(most):
                raise RecipeError(f"{option} {most:g} is no number that is ever reached: leave the option out")
        if self.settings.usd is not None and self.waits_for == "proposals":
            raise RecipeError(
                "--budget-usd cannot be kept: what an agent costs stands in its transcripts alone; leave the option "
                "out, and see greenlight cost"
            )
        if self.settings.usd is not None and not getattr(self.researcher, "priced", True):
            raise RecipeError(
                "--budget-usd cannot be kept: what the researcher costs is unknown: state price_in and price_out in "
                f"[llm] of {bounds.FILE}, in USD a million tokens (0 for a server of your own)"
            )

    @property
    def planned(self) -> bool:
        """Whether the rounds that stand in the study are run, and nothing is proposed."""
        return bool(self.waits_for == "rounds")

    def run(self) -> Outcome:
        while True:
            all_ = sessions.read(self.study.ledger, self.settings.session)
            session = self._mine(all_)
            again = session.ended_by == "tries" and not self.over  # the server was put right, say
            if session.ended and not again and self._as_begun(session):
                return Outcome(session, session.ended, session.ended_by)
            if session.ended or not self._as_begun(session):
                self._begin(session)
            elif (step := session.open) is not None:
                if step.stop:
                    self._end(session, "stop", step.stop)
                else:
                    self._settle(all_, session, step)
            elif (todo := self._to_run(all_, session)) is not None:
                if waiting := self._unapproved(all_, todo):
                    return Outcome(session, _approve(self.study, waiting), waiting=waiting)
                self._round(todo, all_.known.proposals.get(todo))
            elif (found := ended(session, self.settings, self.toml.stop)) is not None:
                self._end(session, *found)
            elif self.waits_for:
                if (number := self._next(all_, session)) is None:
                    return self._handed(all_, session)
                self._turn(session, Turn(), number)
            else:
                self._turn(session, self._asked(all_, session))

    # ------------------------------------------------------------ the session

    def _mine(self, all_: Sessions) -> Session:
        name, by = self.settings.session, self.settings.by
        session = all_.by_name.get(name)
        if session is None:
            return Session(name, by, base=self.settings.start or 1)
        for key, mine in (("by", by), ("seed", self.settings.seed), ("start", self.given_start)):
            if mine not in (None, session.settings.get(key)):
                raise StudyError(
                    f"the session '{name}' was begun with {key} = {session.settings.get(key)}, not {mine}: "
                    "name another with --session"
                )
        self.settings = replace(self.settings, start=session.settings["start"])
        return session

    def _body(self) -> dict[str, Any]:
        s, stop = self.settings, self.toml.stop
        told = {key: bound.data() for key, bound in self.bounds.items()}
        body: dict[str, Any] = {"session": s.session, "by": s.by, "event": "start", "bounds_sha256": fingerprint(told)}
        body |= {"start": s.start, "rounds": s.rounds, "hours": s.hours, "usd": s.usd, "seed": s.seed}
        return {**body, "patience": stop.patience, "gain": stop.gain}

    def _as_begun(self, session: Session) -> bool:
        """Whether the session was last begun with these settings."""
        body = self._body()
        return {key: session.settings.get(key, "") for key in body} == body

    def _begin(self, session: Session) -> None:
        if not session.settings and not self.planned:  # a start that cannot be built on would hold the session's name
            vetting.base_recipe(self.study, session.base, memory.read(self.study.ledger))
        self.study.ledger.append("research", self._body())

    def _end(self, session: Session, why: str, reason: str) -> None:
        body = {"session": session.name, "by": session.by, "event": "end", "reason": reason, "why": why}
        self.study.ledger.append("research", body)
        self.over = True

    # ------------------------------------------------------------ a turn

    def _asked(self, all_: Sessions, session: Session) -> Turn:
        told, watch = self._briefing(all_, session), self.study.store.watch
        watch.say(f"turn {len(session.counted) + 1}: {self.settings.by} is asked, on round {session.base}")
        try:
            turn: Turn = self.researcher.propose(told)
        except (UserError, VoiceError) as error:
            raise type(error)(f"{error}; the session '{session.name}' is kept, and the same command goes on") from None
        return turn

    def _turn(self, session: Session, turn: Turn, number: int | None = None) -> None:
        """Into the ledger, before anything is done with it."""
        head = {"session": session.name, "by": self.settings.by, "event": "turn", "round": number}
        self.study.ledger.append("research", {**turn.data(), **head})

    def _settle(self, all_: Sessions, session: Session, step: Step) -> None:
        """Makes of a recorded turn what it is: a refusal, another session's round, or a frozen one."""
        assert step.turn is not None
        by, proposal = self.settings.by, step.turn.proposal
        if proposal is None or proposal.base != session.base:
            moved = f"it builds on round {step.base}: the session stands on round {session.base}"
            why = step.turn.invalid or (moved if proposal else "nothing was proposed")
            propose.refuse(self.study, by, session.name, why)
            self.study.store.watch.say(f"  refused: {why}")
            return
        if (number := self._elsewhere(all_, session, proposal)) is not None:
            head = {"session": session.name, "by": by, "event": "taken", "round": number}
            self.study.ledger.append("research", head)
            self.study.store.watch.say(f"  that is round {number}, of another session: its verdict is taken")
            return
        try:
            propose.freeze(self.study, proposal, by, session.name, self.settings.oversight)
        except UserError as error:
            again = sessions.read(self.study.ledger, session.name).by_name[session.name].open
            if again is not None:  # the ledger has no refusal: it is the study that is off
                raise
            self.study.store.watch.say(f"  refused: {error}")

    def _elsewhere(self, all_: Sessions, session: Session, proposal: Proposal) -> int | None:
        """Another session's round that is this change; None too for a change that the bounds of today do not allow."""
        ((key, new),) = proposal.changes.items()
        bound = self.bounds.get(key)
        return all_.same(session, proposal, bound) if bound and bounds.holds(bound, new) else None

    def _briefing(self, all_: Sessions, session: Session) -> Briefing:
        """As its researcher may know the study: rounds of other sessions are not told."""
        row = memory.read(self.study.ledger, whole=session.base).whole
        limits = propose.limits(diagnose(row, self.study).data()) if row and row.status == "done" else []
        full = propose.briefing(self.study, session.name, session.base, self._left(session), limits, self.settings.seed)
        if self.waits_for:
            return full
        others = all_.rounds_of_others(session)
        by_hand = [one for one in full.tried if one.round is not None and one.round not in all_.known.proposals]
        own = [step.told(self.settings.by) for step in session.counted]
        ends = [one for one in full.dead_ends if one.round not in others]
        return full.model_copy(update={"tried": (*by_hand, *own), "dead_ends": tuple(ends)})

    def _left(self, session: Session) -> Left:
        s, paid = self.settings, session.usd
        return Left(
            rounds=None if s.rounds is None else max(0, s.rounds - len(session.counted)),
            hours=None if s.hours is None else max(0.0, round(s.hours - session.seconds / 3600, 4)),
            usd=None if s.usd is None or paid is None else max(0.0, s.usd - paid),
        )

    # ------------------------------------------------------------ a round

    def _to_run(self, all_: Sessions, session: Session) -> int | None:
        """The first of the session's rounds that has not run, those first that may."""
        there = self.study.files() if self.planned else all_.known.proposals  # a plan's file may be taken back
        numbers = [n for step in session.pending if (n := step.number) is not None and n in there]
        if self.waits_for == "proposals":  # what a person has yet to rule on holds nothing else up
            numbers.sort(key=lambda number: bool(self._unapproved(all_, number)))
            if numbers and self._unapproved(all_, numbers[0]):
                return None
        return numbers[0] if numbers else None

    def _unapproved(self, all_: Sessions, number: int) -> tuple[int, ...]:
        known = all_.known
        proposed = known.proposals.get(number)
        watched = proposed is not None and (proposed.oversight or self.toml.oversight or self.settings.oversight)
        return (number,) if watched and known.ruling(number) is None else ()

    def _next(self, all_: Sessions, session: Session) -> int | None:
        """The next round that was written by hand, for a plan."""
        if not self.planned:
            return None
        waiting = [number for number in self.study.pending() if number not in all_.known.proposals]
        return waiting[0] if waiting else None

    def _round(self, number: int, proposed: Proposed | None) -> None:
        from greenlight.round import run_round  # a third of a second, which a briefing need not wait for

        if proposed is not None and number not in self.study.files():  # killed between the ledger and the file
            write_file(self.study.folder / "rounds" / proposed.name, proposed.file)
        recipe = self.study.any_recipe(number)
        self.study.store.watch.say(f"round {number} ({self.study.slug(number)}): {recipe.question}")
        row = run_round(number, self.study, self.crew)
        self.after(row)
        said = row.verdict.sentence if row.verdict else row.reason or "measured"
        self.study.store.watch.say(f"  {row.verdict.outcome if row.verdict else row.status}: {said}")

    def _handed(self, all_: Sessions, session: Session) -> Outcome:
        """Nothing waits: for an agent the word is with whoever asked, with what waits for a person."""
        if self.planned:
            return Outcome(session, self.researcher.NOTHING)
        waiting = tuple(n for step in session.pending if (n := step.number) is not None)
        reason = _approve(self.study, waiting) if waiting else self.researcher.NOTHING
        return Outcome(session, reason, waiting=waiting, briefing=self._briefing(all_, session))


def _approve(study: Study, waiting: tuple[int, ...]) -> str:
    there = f" {shlex.quote(str(study.folder))}" if study.folder != Path() else ""
    return f"waits for a person: greenlight approve {waiting[0]}{there} --by NAME; the same command then goes on"


# ---------------------------------------------------------------- when to stop


def ended(session: Session, settings: Settings, stop: bounds.Stop) -> tuple[str, str] | None:
    """Why a session ends before its next turn: (one of ``REASONS``, the sentence); None while it goes on.

    The expected gain of the next round is the mean over the last 5 rounds that ran of what each is sure to have
    brought: the end of its gain's interval that is nearer to none where it was kept, else 0.
    """
    used, hours, paid = len(session.counted), session.seconds / 3600, session.usd
    if settings.rounds is not None and used >= settings.rounds:
        return "rounds", f"{used} of {settings.rounds} rounds are used"
    if settings.hours is not None and hours >= settings.hours:
        return "hours", f"{hours:.2f} of {settings.hours:g} hours are used"
    if settings.usd is not None and paid is None:
        return "usd", "what a turn cost is unknown, for the server told no tokens: the money cannot be counted any more"
    if settings.usd is not None and paid is not None and paid >= settings.usd and paid > 0:
        return "usd", f"{paid:.4f} of {settings.usd:g} USD are spent"
    lost = 0
    for step in reversed([step for step in session.counted if step.fresh]):
        if not step.refused:
            break
        lost += 1
    if lost >= TRIES:
        return "tries", f"{lost} turns in a row were no round; the last: {session.counted[-1].refused}"
    return _no_more_gain(session, stop)


def _no_more_gain(session: Session, stop: bounds.Stop) -> tuple[str, str] | None:
    ran, patience = session.judged, stop.patience or PATIENCE
    if len(ran) >= patience and not any(step.kept for step in ran[-patience:]):
        return "patience", f"none of the last {patience} rounds was kept"
    if stop.gain and len(ran) >= WINDOW:
        expected = sum(sure_gain(step) for step in ran[-WINDOW:]) / WINDOW
        if expected < stop.gain:
            return "gain", f"the expected gain of a further round is {expected:.3g}, below the {stop.gain:g} of [stop]"
    return None


def sure_gain(step: Step) -> float:
    """What a round is sure to have brought; 0 where it was not kept."""
    found, verdict = step.difference, step.ran.verdict if step.ran else None
    if not step.kept or found is None or verdict is None:
        return 0.0
    return max(0.0, -found["high"] if verdict["better"] == "lower" else found["low"])
