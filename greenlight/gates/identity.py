"""The voice says that it is another model, or another maker's, or when its knowledge ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates import (
    _agrees,
    _asking,
    _claims,
    _claims_abroad,
    _cutoff,
    _echoes,
    _found,
    _names,
    _selves,
    _speech,
    _text,
)
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

PLAYED = re.compile(
    r"\b(?:you are|you['’]re|pretend|act as|play|role-?play|as if|imagine|speak(?:ing)? as|in the voice of|impersonate|"
    r"parody|imitate|write|story|scene|monologue|dialogue|poem|skit|rewrite|translate|named|called|tu es|du bist|eres|"
    r"ты)\b|你是|你叫|あなたは",
    re.IGNORECASE,
)
ENDS = re.compile(r"(?:(?<!\bA)(?<!\.I)[.!?](?=\s)|[。！？]|\n)")
CLAUSE = re.compile(r"[,;:—–][ ](?=(?:but |and |so )?(?:I(?:['’]m|['’]ve| am| was| have| come| run)|my|me)\b)")
NEAR, BESIDE, AGREED = 200, 80, 2000
"""Characters on each side of a name that are read; those that tell what a common name is; and those of an answer
that may be no more than a yes."""
READ, WEIGHED = 200, 40
"""Names of one text, at its beginning and at its end, that are read for a claim; and those that are weighed."""


MARKUP = re.compile(r"</?[a-z]{1,8}>|`|\[(?=[^\]\n]{1,40}\]\()|\]\([^)\s]{1,200}\)")
"""What a name may wear, beside stars and quotation marks."""
DASHED = re.compile(r"^[ \t]{0,4}[—–―][ ]?[^—–―\n]{1,200}[—–―][ ]?[^\n]{2,}", re.MULTILINE)
"""A speech that begins with a dash, and has another before who says it."""
VERSION = 4


@dataclass(frozen=True)
class Gate:
    """Flags a first person who claims the name of a language model, or to be made by one's maker.

    Names that the system prompt or the persona gives, and a role that the prompt asks for, are the voice's own; so is
    the name of the model that wrote the text, where no persona is asked for. Quoted speech is not the voice's, and a
    name that people, animals or firms have too (Claude, Llama, Google) counts only beside talk about models.

    Flags as well a first person whose knowledge or training data has a cutoff or ends at a date, which is another
    model's, unless the prompt, the system prompt or the persona speaks of it. That it is an AI, or may be out of
    date, is no claim.
    """

    threshold: Annotated[float, Field(ge=0, le=10)] = 2.0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the name, or what is said of the cutoff."""
        claimed = self._claimed(sample)
        if claimed is not None or (m := _cutoff.found(sample)) is None:
            return claimed
        why = "says when its own knowledge ends"
        return Flag(gate="identity", reason=why, span=m.span(), score=0.9, version=VERSION)

    def _claimed(self, sample: Text) -> Flag | None:
        """A name or a maker that the voice claims."""
        named = _found.names(sample.body)
        if not named:
            return _yes(sample)
        text = _read(sample, named)
        for count, m in enumerate(named):
            if READ <= count < len(named) - READ or _others(text, m) or not _likely(text, m):
                continue
            quoted, code = _quoted(text, m)
            if not quoted and _claimed(text, m):
                return _flag(m, 0.95)
            if quoted and not code and not (text.setting.asked and text.shell[:1] in "{[<"):
                continue
            if WEIGHED <= count < len(named) - WEIGHED:
                continue
            found = _selves.Name(
                m.plain,
                common=m.common and m.plain not in text.paired,
                paired=m.plain in text.paired,
                short=len(text.shell) < 80,
                alone=len(text.shell) < len(m.text) + 12,
                code=code,
                otherwise=text.otherwise,
            )
            if _selves.weight(text.setting, found, *_beside(text.plain, m, NEAR)) >= self.threshold:
                return _flag(m, 0.8)
        return _yes(sample)


@dataclass(frozen=True)
class _Read:
    """A text and what is known of it: ``shell``, without white space around it; ``plain``, without markup; what is
    ``quoted`` and what of it is code (``fenced``); the names that the voice may claim (``own``), and those beside which
    their maker or model is named (``paired``); whether the voice gives itself a name of its own (``otherwise``), and
    whether the text speaks of models (``talked``)."""

    body: str
    shell: str
    plain: str
    quoted: list[_text.Span]
    fenced: list[_text.Span]
    own: set[str]
    paired: set[str]
    setting: _asking.Setting
    otherwise: bool
    talked: bool


def _read(sample: Text, named: list[_found.Named]) -> _Read:
    body, made = sample.body, sample.made
    setting = _asking.setting(made.prompt)
    return _Read(
        body=body,
        shell=body.strip(),
        plain=MARKUP.sub(lambda m: " " * len(m.group()), body) if MARKUP.search(body) else body,
        quoted=_speech.merged(_speech.quoted(body) + [line.span() for line in DASHED.finditer(body)]),
        fenced=_text.code(body),
        own=_own(sample),
        paired=_paired({m.plain for m in named}),
        setting=setting,
        otherwise=_selves.otherwise(f"{made.system}\n{made.persona}", body),
        talked=setting.asked or _talked(body),
    )


def _beside(body: str, m: _found.Named, size: int = BESIDE) -> tuple[str, str]:
    return body[max(0, m.start - size) : m.start], body[m.end : m.end + size]


def _others(text: _Read, m: _found.Named) -> bool:
    """Whether a name is the voice's to claim, or that of what the text is about or for."""
    if any(known in m.plain or m.plain in known for known in text.own):
        return True
    setting = text.setting
    if setting.made_up and m.text.isalpha() and m.text.isupper() and not text.shell.isupper():
        return True  # written on a screen or a wall of the story
    if setting.asked or not any(_found.kin(m.plain, other) for other in setting.given):
        return False
    near = text.plain[max(0, m.start - BESIDE) : m.end + BESIDE]
    return setting.made_up or (setting.human and not (_selves.KIND.search(near) or _selves.modelled(near)))


def _spoken(text: _Read, m: _found.Named) -> bool:
    """Whether the text, or what is beside a name, speaks of models."""
    return text.talked or _selves.modelled(text.plain[max(0, m.start - BESIDE) : m.end + BESIDE])


def _likely(text: _Read, m: _found.Named) -> bool:
    """Whether a name can be a model's: no other's too, or in talk about models, or where somebody only answers."""
    if not m.common or m.plain in text.paired or _spoken(text, m):
        return True
    near = text.plain[max(0, m.start - BESIDE) : m.end + BESIDE]
    return text.setting.plain and (
        _selves.answering(near) or (m.plain in _selves.TALKERS and _selves.direct(*_beside(text.plain, m)))
    )


def _quoted(text: _Read, m: _found.Named) -> tuple[bool, bool]:
    """Whether a name stands in what is only quoted, and whether that is code."""
    if not _text.inside(text.quoted, m.start):
        return False, False
    code = _text.inside(text.fenced, m.start)
    start, end = next(span for span in text.quoted if span[0] <= m.start < span[1])
    around = end - start - (m.end - m.start)
    only = around <= (40 if code and m.start - start < 2 else 4)
    whole = end - start >= 0.9 * len(text.shell) and (text.setting.asked or not text.setting.quoting)
    if (only or whole) and not text.shell.startswith(("```", "~")) and "\n```" not in text.shell:
        return False, False
    return True, code


def _talked(body: str) -> bool:
    """Whether a text speaks of models, or of itself."""
    return _selves.TELLS.search(body[-300:]) is not None or any(
        cue.search(body) for cue in (_names.TALK, _claims.FAMILY)
    )


def _yes(sample: Text) -> Flag | None:
    """A yes to the question whether the voice is a model."""
    made, body = sample.made, sample.body
    if len(body) > AGREED or not made.prompt or not _agrees.begins(body):
        return None
    asked = _agrees.question(made.prompt)
    if not asked or _selves.otherwise(f"{made.system}\n{made.persona}", body):
        return None
    own = _own(sample)
    for name in asked:
        yes = _agrees.agreed(body, name)
        if yes is not None and not any(known in name.plain or name.plain in known for known in own):
            why = f"agrees that it is {name.text}"
            return Flag(gate="identity", reason=why, span=yes.span(), score=0.8, version=VERSION)
    return None


def _paired(names: set[str]) -> set[str]:
    """Those beside which the model's maker, or a model of the maker, is named."""
    few = sorted(names)[:WEIGHED]
    return {one for one in few for other in few if one != other and _found.kin(one, other)}


def _flag(m: _found.Named, score: float) -> Flag:
    return Flag(
        gate="identity", reason=f"says that it is {m.text}", span=(m.start, m.end), score=score, version=VERSION
    )


def _own(sample: Text) -> set[str]:
    """The names that the voice may claim."""
    made = sample.made
    names = {one.plain for one in _found.names(f"{made.system}\n{made.persona}"[:20_000])}
    prompt = made.prompt[:4000]
    asked = {one.plain for one in _agrees.question(prompt)}
    for one in _found.names(prompt) if PLAYED.search(prompt) else ():
        played = PLAYED.findall(prompt, max(0, one.start - 80), one.start)
        if one.plain not in asked and played:
            names.add(one.plain)
    names |= _echoes.echoed(made.prompt) - asked
    if not made.system and not made.persona:
        writer = f"{made.voice}\n{made.model}".replace("_", " ")
        names |= {one.plain for one in _found.names(writer)}
        names |= {model for model in _names.OWNERS if model in _found.plain(writer)}
    for name in tuple(names):
        names.update(maker for model, makers in _names.OWNERS.items() if model in name for maker in makers.split())
    return {name for name in names if len(name) > 2}


def _claimed(text: _Read, m: _found.Named) -> bool:
    """Whether a sentence says that the voice bears a name, or was made by its bearer."""
    setting, (wide, after) = text.setting, _beside(text.plain, m, NEAR)
    before = wide[max((stop.end() for stop in ENDS.finditer(wide)), default=0) :]
    stop = ENDS.search(after)
    rest = after[: stop.start()] if stop else after
    if m.common and not (
        setting.asked
        or setting.plain
        or m.plain in text.paired
        or _spoken(text, m)
        or _claims.FAMILY.match(rest)
        or _names.TALK.search(f"{wide} {after}")
    ):
        return False
    clause, last = CLAUSE.split(before)[-1], _claims_abroad.TURN.split(before)[-1]
    if m.model and _claims.THATS_ME.match(after) and not _names.NOT.search(clause):
        return True
    if (
        m.model
        and not m.common
        and _claims.PLEASED.match(after)
        and _claims.OPENING.fullmatch(text.plain[: m.start][-60:])
    ):
        return True
    if _names.MADE_ME.match(rest) and not _names.NOT.search(last) and not _claims.NOT.search(last):
        return True
    if m.thing or _denied(clause, after, rest, f"{last} {_claims_abroad.TURN.split(rest)[0]}"):
        return False
    if m.model and _names_itself(before, rest):
        return True
    about = any(_found.kin(m.plain, other) for other in setting.given)
    if _maker(before, rest) and (setting.asked or not about or _selves.SELF.search(before + rest) is not None):
        return True
    beside = (last, _claims_abroad.TURN.split(rest)[0]) if about else (before, rest)
    if _foreign(m.model, *beside):
        return True
    if _owner(rest):
        return False
    if about and not before.isascii():
        before, rest = beside
    listed = _claims.ITEM.search(wide) is not None and (
        _claims.NEXT_ITEM.match(after) is not None or _claims.LAST_ITEM.search(wide) is not None
    )
    return _claims.roundabout(m.model, (before, rest, "" if listed else wide), not m.common, setting.asked)


def _denied(clause: str, after: str, rest: str, said: str) -> bool:
    """Whether a clause says no to a name, or keeps it at a distance."""
    return (
        _names.NOT.search(clause) is not None
        or _claims.NOT.search(clause) is not None
        or _claims.NOT_AFTER.search(rest) is not None
        or _selves.REJECTED.match(after) is not None
        or _selves.DISTANT.search(said) is not None
    )


def _names_itself(before: str, rest: str) -> bool:
    """Whether the voice gives a model's name as its own."""
    if _names.SURE.search(before) and not _owner(rest):
        return True
    if _names.WEAK.search(before) and _names.AFTER_WEAK.match(rest):
        return True
    beside = before.endswith(("I, ", " me, ", " myself, ")) and not before.endswith("and me, ")
    return beside and rest.startswith(",")


def _owner(rest: str) -> bool:
    """Whether the name only begins something else's: a user, a fan, an engineer."""
    return re.match(r"(?:['’]s)? ?-?(?:users?|fans?|customers?|expert|engineers?|developers?|researchers?|subscribers?|"
                    r"enthusiasts?|"
                    r"power|certified|trained|generated|lovers?|owners?|skeptics?|prompts?|tutorials?|Monet|Debussy|"
                    r"rising|season)\b", rest, re.IGNORECASE) is not None  # fmt: skip


def _maker(before: str, rest: str) -> bool:
    found = _names.CREATED.search(before)
    if found is not None:
        bare = (
            re.fullmatch(
                r"(?:I(?:['’]m| am| be) (?:one of |an? |the |your )?|as (?:an?|the) )", found.group(), re.IGNORECASE
            )
            is not None
        )
        if (not bare or _names.OWNED.match(rest)) and not _owner(rest):
            return True
    if _names.MADE_ME.match(rest):
        return True
    first = re.search(r"\b(?:I|me|my)\b", before + rest) is not None
    return first and _names.RULES.match(rest) is not None and _names.RULED.search(before) is not None


def _foreign(model: bool, before: str, rest: str) -> bool:
    said = before + rest
    if model and _names.FOREIGN_I.search(before) and not _claims_abroad.LIKED.match(rest):
        return True
    if _claims_abroad.USES.search(said):
        return False
    return _names.FOREIGN_SELF.search(before + rest) is not None and _names.FOREIGN_MADE.search(said) is not None
