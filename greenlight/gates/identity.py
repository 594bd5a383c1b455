"""The voice says that it is another model, or another maker's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from greenlight.gates import _claims, _names, _speech, _text
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

WHO = re.compile(
    r"\b(?:who|what) (?:exactly |really )?are you\b|\bare you (?:an? |really |the |based |made |built )?"
    r"(?:AI|bot|human|robot|language|chatgpt|gpt|claude|gemini|llama|qwen|machine|real|on|by)\b|\byour name\b|"
    r"\b(?:which|what) (?:AI|model|language model|LLM|assistant|company|version)\b[^?\n]{0,30}\b(?:you|your)\b|"
    r"\bwho (?:made|created|trained|built|developed|programmed|designed|owns) you\b|\b(?:introduce|about) yourself\b|"
    r"\bwhere do you come from\b|\byour (?:maker|creator|developer)s?\b|\bquién eres\b|\bqui es-tu\b|\bqui êtes-vous\b|"
    r"\bwer bist du\b|\bchi sei\b|\bquem é você\b|кто ты|你是谁|你叫什么|あなたは誰|누구",
    re.IGNORECASE,
)
"""A prompt that asks who answers: then a common name is a claim too."""
PLAYED = re.compile(
    r"\b(?:you are|you['’]re|pretend|act as|play|role-?play|as if|imagine|speak(?:ing)? as|in the voice of|impersonate|"
    r"parody|imitate|write|story|scene|monologue|dialogue|poem|skit|rewrite|translate|named|called|tu es|du bist|eres|"
    r"ты)\b|你是|你叫|あなたは",
    re.IGNORECASE,
)
COMMON = frozenset(name.replace(" ", "").replace("-", "").replace(".", "") for name in _names.COMMON)
ENDS = re.compile(r"(?:(?<!\bA)(?<!\.I)[.!?](?=\s)|[。！？]|\n)")
CLAUSE = re.compile(r"[,;:—–][ ](?=(?:but |and )?I(?:['’]m| am)\b)")
NEAR = 200
"""Characters on each side of a name that are read."""
LONGEST = 24
"""Characters of the longest name."""
MOST = 1000
"""Names of one text that are looked at."""


@dataclass(frozen=True)
class Gate:
    """Flags a first person who claims the name of a language model, or to be made by one's maker.

    Names that the system prompt or the persona gives, and a role that the prompt asks for, are the voice's own; so is
    the name of the model that wrote the text, where no persona is asked for. Quoted speech is not the voice's, and a
    name that people, animals or firms have too (Claude, Llama, Google) counts only beside talk about models.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the name."""
        body = sample.body
        places = _places(body)
        if not places:
            return None
        shell = body.strip()
        spans: list[_text.Span] | None = None
        own = _own(sample)
        talked: bool | None = None
        asked = WHO.search(sample.made.prompt) is not None
        for m in _named(body, places):
            name = _plain(m.group())
            if any(known in name or name in known for known in own):
                continue
            if name in COMMON and m["han"] is None:
                if talked is None:
                    talked = any(cue.search(body) for cue in (_names.TALK, _claims.FAMILY)) or asked
                if not talked:
                    continue
            if not _claimed(sample, m):
                continue
            if spans is None:
                spans = _speech.quoted(body)
            if _text.inside(spans, m.start()) and not _whole(shell, spans, m.span()):
                continue
            return Flag(gate="identity", reason=f"says that it is {m.group()}", span=m.span(), score=0.95)
        return None


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


def _plain(name: str) -> str:
    return re.sub(r"[ \-.]", "", name.lower())


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
    names = {_plain(m.group()) for m in _names.NAMED.finditer(given[:20_000])}
    plain = _plain(given[:20_000])
    names.update(name for model, makers in _names.OWNERS.items() if model in plain for name in makers.split())
    return {name for name in names if len(name) > 2}


def _whole(shell: str, spans: list[_text.Span], name: _text.Span) -> bool:
    """Whether a quotation is all of the text, or nothing but the name."""
    start, end = next(span for span in spans if span[0] <= name[0] < span[1])
    if shell[:1] in "`~" or "\n```" in shell:
        return False
    return end - start >= 0.9 * len(shell) or end - start <= name[1] - name[0] + 4


def _claimed(sample: Text, m: re.Match[str]) -> bool:
    body = sample.body
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
    if (
        common
        and not _claims.FAMILY.match(rest)
        and not _names.TALK.search(around)
        and not WHO.search(sample.made.prompt)
    ):
        return False
    clause = CLAUSE.split(before)[-1]
    if _names.NOT.search(clause) or _claims.NOT.search(clause) or _claims.NOT_AFTER.search(rest):
        return False
    if common and plain == m.group() and m["model"]:
        return False  # a llama, a falcon
    if m["model"] or m["han"]:
        if _names.SURE.search(before) and not _owner(rest):
            return True
        if _names.WEAK.search(before) and _names.AFTER_WEAK.match(rest):
            return True
        if before.endswith("I, ") and rest.startswith(","):
            return True
    if _maker(before, rest) or _foreign(m, before, rest):
        return True
    if _owner(rest):
        return False
    asked = WHO.search(sample.made.prompt) is not None
    return _claims.roundabout(m, (before, rest, body[max(0, start - NEAR) : start]), not common, asked)


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


def _foreign(m: re.Match[str], before: str, rest: str) -> bool:
    said = before + rest
    if (m["model"] or m["han"]) and _names.FOREIGN_I.search(before) and not _claims.LIKED.match(rest):
        return True
    return _names.FOREIGN_SELF.search(before + rest) is not None and _names.FOREIGN_MADE.search(said) is not None
