"""Proposals become rounds: checked, frozen into the ledger and a file, ruled on by a person, told to who proposes next.

The ledger's entry comes first, and holds the file's text: whoever is killed between the two leaves a number that the
next command of this module gives its file. All of it happens under one lock, so that two processes get two numbers.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from greenlight import bounds, changes, memory
from greenlight.bounds import Research
from greenlight.character.recipe import CharacterRecipe
from greenlight.errors import RecipeError, StudyError, UserError
from greenlight.memory import Memory, Proposed, Ran, Refused
from greenlight.nouns import Separation, fingerprint
from greenlight.proposals import Briefing, DeadEnd, Left, Name, Proposal, Tried, plain
from greenlight.recipe import Recipe
from greenlight.separate import separation_toml
from greenlight.store import locked, write_file
from greenlight.study import Study
from greenlight.vetting import base_recipe, checked

LOCK = "proposals.lock"
MOST_TRIED, MOST_REFUSED = 1_000, 20
"""Rounds, and refusals, that a briefing tells of: the newest."""
NO_LIMIT = Left()
LINE, WHY = 400, 200
"""Characters of a line of the diagnosis, and of what others wrote, in a briefing."""


@dataclass(frozen=True)
class Frozen:
    """A proposal that became a round: its number, its file, and the fingerprint of its effective recipe."""

    number: int
    path: Path
    fingerprint: str
    base: int
    by: str
    session: str
    changes: dict[str, Any]
    hypothesis: str
    oversight: bool


def freeze(study: Study, proposal: Proposal, by: str, session: str = "", oversight: bool = False) -> Frozen:
    """A proposal as the study's next round, in the ledger and as a file; nothing is run.

    The same proposal by the same hand, given again before it ran, is the round that it became. ``oversight`` asks for a
    person's approval also where ``research.toml`` does not. Raises RecipeError or StudyError with the reason, which
    the ledger keeps as a refusal.
    """
    by, session, research = name_of(by), plain(session, 100), bounds.read(study)
    allowed = bounds.of(research, study.recipe(research.start))
    with locked(study.folder / LOCK):
        known = memory.read(study.ledger)
        _settle_files(study, known)
        if (again := _again(known, proposal, by, session)) is not None:
            return _frozen(study, again)
        try:
            made = checked(study, proposal, allowed, known, session)
        except UserError as error:
            _refuse(study, by, session, str(error), {"base": proposal.base, "changes": proposal.changes})
            raise
        number = max((*study.files(), *known.proposals, *known.rounds), default=0) + 1
        text = separation_toml(Separation(factor=made.key, changes=made.tables, sentence=""), proposal.base)
        body = {
            "round": number,
            "slug": proposal.slug or _slug(made.key, made.value),
            "by": by,
            "session": session,
            "base": proposal.base,
            "changes": {made.key: made.value},
            "hypothesis": proposal.hypothesis,
            "predict": proposal.predict.data(),
            "recipe_fingerprint": made.recipe.hash,
            "file": f"# proposed by {by}, and frozen: changed, it does not run\n{text}",
            "oversight": oversight or research.oversight,
        }
        body["file_sha256"] = fingerprint(body["file"])
        entry = study.ledger.append("proposal", body)
        proposed = Proposed.model_validate({**body, "seq": entry.seq, "time": entry.time})
        write_file(study.folder / "rounds" / proposed.name, proposed.file)
    return _frozen(study, proposed)


def refuse(study: Study, by: str, session: str, why: str, answer: str | bytes = "") -> None:
    """Keeps in the ledger that an answer was no proposal: why, its hash, and its beginning as plain text."""
    data = answer.encode(errors="replace") if isinstance(answer, str) else answer
    told = {"answer_sha256": fingerprint(data), "text": plain(data[:8_000].decode(errors="replace"))} if data else {}
    _refuse(study, name_of(by), plain(session, 100), why, told)


def _refuse(study: Study, by: str, session: str, why: str, told: Mapping[str, Any]) -> None:
    study.ledger.append("proposal", {"round": None, "by": by, "session": session, "refused": plain(why), **told})


def name_of(by: str, option: str = "--by") -> str:
    """A name with single spaces, as the ledger has it: ``agent `` is ``agent``, who does not rule on his own proposal.

    Raises RecipeError for what is no name of a researcher, of a person or of a session.
    """
    try:
        return " ".join(str(TypeAdapter(Name).validate_python(by)).split())
    except ValidationError:
        raise RecipeError(
            f"{option} {plain(by, 60) or '(empty)'}: a name has 1 to 64 letters, digits, spaces, dots, - and _"
        ) from None


def _again(known: Memory, proposal: Proposal, by: str, session: str) -> Proposed | None:
    """The waiting round that this very proposal became."""
    same = (proposal.base, proposal.hypothesis, proposal.predict, by, session)
    for number, p in known.proposals.items():
        stands = (p.base, p.hypothesis, p.predict, p.by, p.session)
        if stands == same and p.changes == proposal.changes and not known.outcome(number):
            return p
    return None


def _settle_files(study: Study, known: Memory) -> None:
    """What a kill left undone: each proposal that may still run has its file, and one that was rejected has none."""
    files = study.files()
    for number, proposed in known.proposals.items():
        path = study.folder / "rounds" / proposed.name
        if not (outcome := known.outcome(number)) and number not in files:
            write_file(path, proposed.file)
        elif outcome == "rejected" and path.exists() and fingerprint(path.read_bytes()) == proposed.file_sha256:
            path.unlink()  # the ledger has its text


def _frozen(study: Study, p: Proposed) -> Frozen:
    path = study.files().get(p.round, study.folder / "rounds" / p.name)
    head = (p.round, path, p.recipe_fingerprint, p.base, p.by, p.session)
    return Frozen(*head, p.changes, p.hypothesis, p.oversight)


def _slug(key: str, new: Any) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{key} {new}".lower()).strip("-")[:60].strip("-")


# ---------------------------------------------------------------- who may run


def waiting(study: Study) -> list[Frozen]:
    """Proposals under oversight that nobody has ruled on, and that have not run."""
    known, always = memory.read(study.ledger), bounds.read(study).oversight
    found = [p for n, p in known.proposals.items() if not known.outcome(n) and known.ruling(n) is None]
    return [_frozen(study, p) for p in found if p.oversight or always]


def rule(study: Study, number: int, approved: bool, by: str, why: str = "") -> None:
    """A person's word on a proposal that has not run; the last one counts, and a rejected round has no file.

    Raises StudyError where there is nothing to rule on, and RecipeError for a name or a reason that is none.
    """
    by, why = name_of(by), plain(why)
    if not approved and not why:
        raise RecipeError("--why is missing: say what speaks against it, for whoever proposes next")
    with locked(study.folder / LOCK):
        known = memory.read(study.ledger)
        _settle_files(study, known)
        proposed = _to_rule(study, number, known)
        before = known.ruling(number)
        if before is not None and before.approved == approved:
            word = "approved" if approved else "rejected"
            raise StudyError(f"round {number} was {word} by {before.by} on {before.time[:10]} already")
        if by.casefold() == proposed.by.casefold():
            raise StudyError(f"round {number} was proposed by {by}: whoever proposes a round does not rule on it")
        path = study.folder / "rounds" / proposed.name
        if approved and number not in study.files():
            write_file(path, proposed.file)
        _as_frozen(study, proposed, study.any_recipe(number))
        body = {"round": number, "recipe_fingerprint": proposed.recipe_fingerprint, "approved": approved}
        study.ledger.append("ruling", {**body, "by": by, "why": why})
        if not approved:
            path.unlink(missing_ok=True)


def _to_rule(study: Study, number: int, known: Memory) -> Proposed:
    proposed = known.proposals.get(number)
    if proposed is None:
        if number in study.files():
            raise StudyError(
                f"round {number} was not proposed: it runs as it is, greenlight run {study.folder} {number}"
            )
        there = [n for n in known.proposals if not known.outcome(n)]
        raise StudyError(f"there is no round {number}; proposed and not run: {', '.join(map(str, there)) or 'none'}")
    if (ran := known.ran(number)) is not None:
        raise StudyError(f"round {number} has run ({ran.outcome}): a ruling comes before that")
    return proposed


def _as_frozen(study: Study, proposed: Proposed, recipe: Recipe | CharacterRecipe) -> None:
    if recipe.hash != proposed.recipe_fingerprint:
        raise StudyError(
            f"round {proposed.round} is no longer the recipe that {proposed.by} proposed: restore {proposed.name} and "
            f"round {proposed.base} as they were (git checkout), or propose the change"
        )


def may_run(study: Study, number: int, recipe: Recipe | CharacterRecipe) -> None:
    """Raises StudyError unless a round was never proposed, or is as it was frozen and nobody's word is missing.

    A round that has run may run again with more seeds: those of its recipe, and further ones.
    """
    known = memory.read(study.ledger)
    proposed = known.proposals.get(number)
    if proposed is None:
        return
    seeds = study.any_recipe(number).seeds
    if known.ran(number) is not None and recipe.seeds[: len(seeds)] == seeds:
        recipe = recipe.model_copy(update={"seeds": seeds})
    _as_frozen(study, proposed, recipe)
    ruling, there = known.ruling(number), shlex.quote(str(study.folder))
    if ruling is not None and not ruling.approved:
        raise StudyError(
            f"round {number} was rejected by {ruling.by}: {ruling.why}; if that no longer holds: "
            f"greenlight approve {number} {there} --by NAME"
        )
    if ruling is None and (proposed.oversight or bounds.read(study).oversight):
        raise StudyError(f"round {number} waits for approval: greenlight approve {number} {there} --by NAME")


# ---------------------------------------------------------------- what is told


def kept(study: Study, number: int) -> bool:
    """Whether a round's verdict is better with no guard broken, so that it is the next base."""
    ran = memory.read(study.ledger).rounds.get(number)
    return ran is not None and ran.kept


def dead_ends(study: Study) -> list[DeadEnd]:
    """The changes that were found not to pay, or were rejected, with what their base had for the keys of the bounds."""
    known = memory.read(study.ledger)
    return _dead_ends(known, memory.dead(known), bounds.read(study))


def _dead_ends(known: Memory, found: Sequence[tuple[Proposed, str]], research: Research) -> list[DeadEnd]:
    had: dict[int, dict[str, Any]] = {}
    for base in {proposed.base for proposed, _ in found}:
        recipe = Recipe.model_validate(known.rounds[base].data)
        had[base] = changes.values(recipe, research.bounds or bounds.default(recipe))
    ends = []
    for p, why in found:
        others = {key: value for key, value in had[p.base].items() if key not in p.changes}
        head = {"changes": p.changes, "round": p.round, "base": p.base, "reason": plain(why, WHY)}
        ends.append(DeadEnd.model_validate({**head, "holds_while": others}))
    return ends


def briefing(
    study: Study, session: str, base: int, left: Left = NO_LIMIT, diagnosis: Sequence[str] = (), seed: int = 1
) -> Briefing:
    """All that a researcher is told before it proposes on round ``base``.

    Numbers, keys, words of this program, and what researchers and those who rule wrote (cut, on one line). No word of
    a story, of a topic, of the study's title or of its question is in it. ``diagnosis``: see ``limits``. Raises
    StudyError or RecipeError for a base that cannot be built on.
    """
    known, research = memory.read(study.ledger, whole=base), bounds.read(study)
    recipe = base_recipe(study, base, known)
    allowed = bounds.usable(bounds.of(research, study.recipe(research.start)), recipe)
    metric, by = recipe.keep_if.metric, recipe.keep_if.by
    score = known.whole.scores.get(metric) if known.whole else None
    if score is None:
        raise StudyError(f"round {base} was not measured by '{metric}': choose another base")
    ends = memory.dead(known)
    open_again = _open_again(known, [p for p, _ in ends], base)
    margin = "" if by is None else f" by more than {by:g} {score.unit}"
    return Briefing(
        session=session,
        seed=seed,
        question=f"Which one change makes {metric} {score.better} than in round {base}{margin}?",
        metric=metric,
        unit=score.unit,
        better=score.better,
        margin=by,
        base=base,
        values=changes.values(recipe, allowed),
        bounds=allowed,
        proposal_schema=bounds.schema(allowed, base),
        tried=_tried(known, open_again),
        dead_ends=tuple(_dead_ends(known, [end for end in ends if end[0].round not in open_again], research)),
        diagnosis=tuple(plain(line, LINE) for line in diagnosis[:20]),
        left=left,
    )


def _open_again(known: Memory, ends: Sequence[Proposed], base: int) -> dict[int, str]:
    """The dead ends that may be tried again on this base, since it differs in another key from the one they had."""
    moved = {b: memory.differs(known.rounds[b], known.rounds[base]) for b in {p.base for p in ends}}
    found = {}
    for p in ends:
        own = memory.factor_of(next(iter(p.changes)))
        if others := [factor.key for factor in moved[p.base] if factor.key != own]:
            found[p.round] = f"open again: {others[0]} is another in round {base} than in round {p.base}"
    return found


def _tried(known: Memory, open_again: Mapping[int, str]) -> tuple[Tried, ...]:
    """Rounds and refusals, the oldest first, as far as a briefing goes."""
    by_hand = [ran for number, ran in known.rounds.items() if number not in known.proposals]
    every: list[Ran | Proposed | Refused] = [*by_hand, *known.proposals.values(), *known.refused[-MOST_REFUSED:]]
    newest = sorted(every, key=lambda one: one.seq)[-MOST_TRIED:]
    told = (_told(known, one, open_again) for one in newest)
    return tuple(one for one in told if one is not None)


def _told(known: Memory, one: Ran | Proposed | Refused, open_again: Mapping[int, str]) -> Tried | None:
    """None for a round that was compared with no other."""
    told: dict[str, Any]
    if isinstance(one, Refused):
        asked = {plain(key, 100): plain(new) if isinstance(new, str) else new for key, new in one.changes.items()}
        told = {"base": one.base, "changes": asked, "reason": plain(one.refused, WHY), "by": one.by}
        return memory.tried(None, outcome="refused", **told)
    if isinstance(one, Ran):
        if one.verdict is None:
            return None
        moved = {f["key"]: _bare(f["after"]) for f in one.verdict["factors"]["factors"]}
        return memory.tried(one, base=one.verdict["against"], changes=moved)
    ruling, outcome = known.ruling(one.round), known.outcome(one.round)
    why = f"rejected by {ruling.by}: {ruling.why}" if ruling and outcome == "rejected" else ""
    told = {"base": one.base, "changes": one.changes, "hypothesis": plain(one.hypothesis, LINE)}
    told |= {"by": one.by, "reason": plain("; ".join(filter(None, (why, open_again.get(one.round)))), LINE)}
    told |= {"round": one.round, "predict": one.predict, "outcome": outcome or "waiting"}
    return memory.tried(known.ran(one.round), **told)


def _bare(after: Any) -> Any:
    """A factor's value, where it is a number, a switch or a bare name: other text of a recipe may be anyone's."""
    if isinstance(after, Mapping):
        return {k: v for k, v in after.items() if changes.BARE.fullmatch(k) and changes.number(v)}
    bare = after is None or isinstance(after, (bool, int, float)) or bool(changes.BARE.fullmatch(str(after)))
    return after if bare else "(text)"


def limits(found: Mapping[str, Any], within: Container[str] | None = None) -> list[str]:
    """A diagnosis (``inquiry.diagnose``, as data) as lines for a briefing: names, strengths, keys, numbers.

    Of what it would try, only keys ``within`` the bounds are named, where those are given.
    """
    lines = []
    for limit in found["limits"]:
        tries = [key for change in limit["tries"] for key in change if within is None or key in within]
        tail = f"; try {' or '.join(tries)}" if tries else ""
        lines.append(f"{limit['name']}, strength {limit['strength']:.2f} of 1{tail}")
    numbers = {key: value for key, value in found["facts"].items() if changes.number(value)}
    return [*lines, *(f"{key} = {value:.4g}" for key, value in numbers.items())]
