"""The voice says that it is another model, or another maker's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates import _claims, _names, _selves, _speech, _text
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

PLAYED = re.compile(
    r"\b(?:you are|you['’]re|pretend|act as|play|role-?play|as if|imagine|speak(?:ing)? as|in the voice of|impersonate|"
    r"parody|imitate|write|story|scene|monologue|dialogue|poem|skit|rewrite|translate|named|called|tu es|du bist|eres|"
    r"ты)\b|你是|你叫|あなたは",
    re.IGNORECASE,
)
COMMON = frozenset(name.replace(" ", "").replace("-", "").replace(".", "") for name in _names.COMMON)
ENDS = re.compile(r"(?:(?<!\bA)(?<!\.I)[.!?](?=\s)|[。！？]|\n)")
CLAUSE = re.compile(r"[,;:—–][ ](?=(?:but |and )?I(?:['’]m| am)\b)")
NEAR, BESIDE = 200, 80
"""Characters on each side of a name that are read, and those that tell what a common name is."""
LONGEST = 24
"""Characters of the longest name."""
MOST, WEIGHED = 1000, 40
"""Names of one text that are looked at; and those at its beginning and at its end that are weighed."""


MARKUP = re.compile(r"</?[a-z]{1,8}>|`|\[(?=[^\]\n]{1,40}\]\()|\]\([^)\s]{1,200}\)")
"""What a name may wear, beside stars and quotation marks."""
VERSION = 2


@dataclass(frozen=True)
class Gate:
    """Flags a first person who claims the name of a language model, or to be made by one's maker.

    Names that the system prompt or the persona gives, and a role that the prompt asks for, are the voice's own; so is
    the name of the model that wrote the text, where no persona is asked for. Quoted speech is not the voice's, and a
    name that people, animals or firms have too (Claude, Llama, Google) counts only beside talk about models.
    """

    threshold: Annotated[float, Field(ge=0, le=10)] = 2.0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the name."""
        body = sample.body
        places = _places(body)
        if not places:
            return None
        shell = body.strip()
        plain = MARKUP.sub(lambda m: " " * len(m.group()), body) if MARKUP.search(body) else body
        spans: list[_text.Span] | None = None
        own = _own(sample)
        setting = _selves.setting(sample.made.prompt)
        named = list(_named(body, places))
        names = [_selves.plain(m.group()) for m in named]
        paired_names = _paired(set(names))
        talked: bool | None = None
        for count, (m, name) in enumerate(zip(named, names, strict=True)):
            if any(known in name or name in known for known in own):
                continue
            if setting.made_up and not setting.asked and any(_selves.kin(name, other) for other in setting.given):
                continue
            common = name in COMMON and m["han"] is None
            paired = name in paired_names
            if common and not paired:
                if talked is None:
                    talked = (
                        setting.asked
                        or _selves.TELLS.search(body[-300:]) is not None
                        or any(cue.search(body) for cue in (_names.TALK, _claims.FAMILY))
                    )
                near = plain[max(0, m.start() - BESIDE) : m.end() + BESIDE]
                if not talked and not (setting.plain and _selves.answering(near)):
                    continue
            if spans is None:
                spans = _speech.quoted(body)
                fenced = _text.code(body)
            quoted = _text.inside(spans, m.start())
            if quoted and _whole(shell, spans, m.span()):
                quoted = False
            code = quoted and _text.inside(fenced, m.start())
            if not quoted and _claimed(setting, plain, m, common and (setting.plain or bool(talked))):
                return _flag(m, 0.95)
            if quoted and not code and not (setting.asked and shell[:1] in "{[<"):
                continue
            if WEIGHED <= count < len(named) - WEIGHED:
                continue
            found = _selves.Name(
                name, common and not paired, paired, len(shell) < 80, len(shell) < len(m.group()) + 12, code
            )
            before, after = plain[max(0, m.start() - NEAR) : m.start()], plain[m.end() : m.end() + NEAR]
            if _selves.weight(setting, found, before, after) >= self.threshold:
                return _flag(m, 0.8)
        return None


def _paired(names: set[str]) -> set[str]:
    """Those beside which the model's maker, or a model of the maker, is named."""
    few = sorted(names)[:WEIGHED]
    return {one for one in few for other in few if one != other and _selves.kin(one, other)}


def _flag(m: re.Match[str], score: float) -> Flag:
    return Flag(gate="identity", reason=f"says that it is {m.group()}", span=m.span(), score=score, version=VERSION)


def _places(body: str) -> list[int]:
    """Where names may stand: linear, by plain search."""
    low = body.lower()
    if len(low) != len(body):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in body)
    found: list[int] = []
    for hint in _names.HINTS:
        at = low.find(hint)
        while at >= 0 and len(found) < MOST:
            found.append(at)
            at = low.find(hint, at + len(hint))
    return sorted(found)


def _named(body: str, places: list[int]) -> Iterator[re.Match[str]]:
    """The names at these places, in order."""
    end = 0
    for place in places:
        if place < end:
            continue
        m = _names.NAMED.search(body, max(end, place - LONGEST), place + LONGEST)
        if m is not None:
            end = m.end()
            yield m


def _own(sample: Text) -> set[str]:
    """The names that the voice may claim."""
    made = sample.made
    given = f"{made.system}\n{made.persona}"
    if PLAYED.search(made.prompt):
        asked = list(_names.NAMED.finditer(made.prompt[:4000]))
        given += "".join(
            " " + m.group() for m in asked if PLAYED.search(made.prompt[max(0, m.start() - 80) : m.start()])
        )
    if not made.system and not made.persona:
        given += f"\n{made.voice}\n{made.model}".replace("_", " ")
    names = {_selves.plain(m.group()) for m in _names.NAMED.finditer(given[:20_000])}
    plain = _selves.plain(given[:20_000])
    names.update(name for model, makers in _names.OWNERS.items() if model in plain for name in makers.split())
    return {name for name in names if len(name) > 2}


def _whole(shell: str, spans: list[_text.Span], name: _text.Span) -> bool:
    """Whether a quotation is all of the text, or nothing but the name."""
    start, end = next(span for span in spans if span[0] <= name[0] < span[1])
    if shell[:1] in "`~" or "\n```" in shell:
        return False
    return end - start >= 0.9 * len(shell) or end - start <= name[1] - name[0] + 4


def _claimed(setting: _selves.Setting, body: str, m: re.Match[str], alone: bool) -> bool:
    start, end = m.span()
    before, after = body[max(0, start - NEAR) : start], body[end : end + NEAR]
    cut = 0
    for stop in ENDS.finditer(before):
        cut = stop.end()
    around = before[-NEAR:] + " " + after
    before = before[cut:]
    stop_after = ENDS.search(after)
    rest = after[: stop_after.start()] if stop_after else after
    plain = m.group().lower()
    common = plain in _names.COMMON and m["han"] is None
    if common and not alone and not _claims.FAMILY.match(rest) and not _names.TALK.search(around) and not setting.asked:
        return False
    clause = CLAUSE.split(before)[-1]
    if _names.NOT.search(clause) or _claims.NOT.search(clause) or _claims.NOT_AFTER.search(rest):
        return False
    if common and plain == m.group() and m["model"]:
        return False  # a llama, a falcon
    model = m["model"] or m["han"] or _selves.plain(plain) in _selves.DUAL
    if model:
        if _names.SURE.search(before) and not _owner(rest):
            return True
        if _names.WEAK.search(before) and _names.AFTER_WEAK.match(rest):
            return True
        if before.endswith("I, ") and rest.startswith(","):
            return True
    if _maker(before, rest) or _foreign(bool(model), before, rest):
        return True
    if _owner(rest):
        return False
    return _claims.roundabout(m, (before, rest, body[max(0, start - NEAR) : start]), not common, setting.asked)


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
    if model and _names.FOREIGN_I.search(before) and not _claims.LIKED.match(rest):
        return True
    return _names.FOREIGN_SELF.search(before + rest) is not None and _names.FOREIGN_MADE.search(said) is not None
