"""A judge beside the classifier: which of two answers is more in character, and how many are, its own error taken off.

What the judge is worth is measured first, on answers of a voice that is known to speak in character or not: its
sensitivity and specificity correct the share that it finds (Rogan–Gladen, see ``ratings``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from greenlight.character import judge as judges
from greenlight.character import prompts as asked
from greenlight.character import ratings
from greenlight.character.constitution import Constitution
from greenlight.character.filtering import Source
from greenlight.character.judge import Judge
from greenlight.character.prompts import Prompt
from greenlight.chats import Manner, Speaker
from greenlight.errors import InputError
from greenlight.nouns import Interval, Noun

KNOWN = 40
"""Answers in character, and as many in none, on which a judge is tried."""


class Panel(Noun):
    """What a judge found. ``points``: the finished model's against the base, a tie being half."""

    judge: str
    points: Interval | None
    flips: Interval | None
    found: Interval | None
    """Share of the finished model's answers that it finds in character."""
    corrected: Interval | None
    """The same, with the judge's error taken off; None where its error cannot be told from chance."""
    sensitivity: Interval | None
    specificity: Interval | None
    attempts: int
    """Answers that tried to tell the judge what to say."""
    notes: tuple[str, ...] = ()


def sit(
    judge: Judge,
    constitution: Constitution,
    voice: Speaker,
    prompts: Sequence[Prompt],
    answers: Mapping[str, Mapping[str, Sequence[str]]],
    seed: int = 1,
) -> Panel:
    """``answers`` has the samples by prompt of ``finished`` and ``base``; ``voice`` speaks by a system prompt.

    Raises VoiceError where the judge, or the voice, cannot be asked.
    """
    finished, base = answers["finished"], answers["base"]
    both = [p for p in prompts if finished.get(p.id) and len(finished[p.id]) == len(base.get(p.id, ()))]
    versus = judges.versus(judge, constitution, both, finished, base, seed)
    known = asked.training(KNOWN, 104_723)
    truth = [_known(judge, voice, known, said) for said in (constitution, None)]
    tried = [judges.inside(judge, constitution, known, one, seed) for one in truth]
    inside = judges.inside(judge, constitution, both, finished, seed)
    notes = [one for one in (versus.refused, versus.caution, inside.refused, inside.caution) if one]
    rights = [_right(one, wanted) for one, wanted in zip(tried, (True, False), strict=True)]
    found = corrected = None
    if not inside.refused:
        found = ratings.rate(inside.inside())
        if rights[0] and rights[1]:
            try:
                corrected = ratings.corrected(inside.inside(), rights[0], rights[1])
            except InputError as error:
                notes.append(str(error))
    shares = [ratings.rate({str(n): [n < one.right] for n in range(one.n)}) if one else None for one in rights]
    return Panel(
        judge=judge.speaker.name,
        points=versus.points,
        flips=versus.flips,
        found=found,
        corrected=corrected,
        sensitivity=shares[0],
        specificity=shares[1],
        attempts=len(versus.attempts),
        notes=tuple(dict.fromkeys(notes)),
    )


def _known(judge: Judge, voice: Speaker, known: Sequence[Prompt], said: Constitution | None) -> dict[str, list[str]]:
    source = Source(voice, Manner(), said.system() if said else "")
    with judge.watch.bar("answers that are known", len(known), "answers") as bar:
        replies = judge.asked.ask(voice, [(source.turns(p.turns), 17) for p in known], source.manner, bar)
    return {p.id: [reply.text or "…"] for p, reply in zip(known, replies, strict=True)}


def _right(found: judges.Verdicts, wanted: bool) -> ratings.Checked | None:
    if found.refused:
        return None
    read = [one for own in found.inside().values() for one in own]
    return ratings.Checked(right=sum(one is wanted for one in read), n=len(read)) if read else None
