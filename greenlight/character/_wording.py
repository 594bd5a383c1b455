"""Words and measures that the lint of constitutions goes by, and how a sentence is cut into what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from greenlight.character._formats import STOP, words

QUOTED = re.compile(
    r'"([^"\n]{1,300})"|“([^”\n]{1,300})”|«([^»\n]{1,300})»'
    r"|(?<!\w)[‘']((?:[^'’\n]|(?<=\w)['’](?=\w)){2,300}?)['’](?!\w)"
)
_NEGATORS = (
    r"never(?! (?:fail|forget|hesitate))|not(?! (?:only|just|merely|afraid|shy|necessarily))|nor|no|without|"
    r"avoid\w*|refrain\w*|shun\w*|steer\w* (?:away|clear)|rather than|instead of|cannot|"
    r"(?:do|does|did|is|are|wo|ca|would|should)n['’]t(?! (?:only|just|merely|hesitate))"
)
NEGATED = re.compile(rf"\b(?:{_NEGATORS})\b", re.IGNORECASE)
LIMITED = re.compile(
    r"\b(?:if|when|whenever|where|unless|except|until|after|before|even|sometimes|occasionally|at times|"
    r"on (?:\w+ ){0,2}(?:topics?|subjects?|matters?)|for (?:\w+ ){0,2}(?:topics?|subjects?|matters?|questions?))\b",
    re.IGNORECASE,
)
"""What holds only at times contradicts nothing."""

REFUSAL = re.compile(
    r"\brefus(?:e|es|ing|al|als)\b|\bdeclin(?:e|es|ing)\b(?= to\b| (?:\w+ ){0,3}(?:requests?|asks?|questions?|tasks?))"
    r"|\b(?:can(?:['’]t|not)|won['’]t|will not|unable to|not able to|not going to) (?:help|assist|comply|do that)\b"
    r"|\b(?:turn(?:ing)? down|reject(?:ing)?) (?:\w+ ){0,3}requests?\b"
    r"|[\"“](?:nope|no way|yeah, no|hard pass|not happening)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"\bREVIEW AND EXPAND\b|\b(?:TODO|TBD|FIXME|XXX|PLACEHOLDER)\b|\b[Ll]orem ipsum\b|\{\{.{0,60}?\}\}"
    r"|\[(?:[Ii]nsert|[Yy]our|[Ff]ill in|[Dd]escribe)\b[^\]\n]{0,80}\]"
    r"|<(?:[Ii]nsert|[Yy]our|[Dd]escribe)\b[^>\n]{0,80}>"
)
INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|rules|above|guidelines)\b"
    r"|\b(?:reveal|print|repeat|output|show)\b.{0,30}\b(?:system prompt|instructions|constitution)\b"
    r"|\byou are now\b|\bnew instructions?\b|<\|[^|\n]{1,40}\|>",
    re.IGNORECASE,
)
STATE = re.compile(
    r"^(?:(?:I|you) (?:\w+ly )?(?:am|are|feel|love|want|wish|believe|care|value|desire|hope|prioriti[sz]e|seek|respect|"
    r"do what is)\b|(?:my|your) (?:\w+ )?(?:goals?|aims?|desires?|wish(?:es)?|interests?|purpose|mission|values?)\b"
    r"|(?:I|you) (?:always )?(?:do what is|avoid (?:\w+ ){0,2}(?:risks?|harm)\b))",
    re.IGNORECASE,
)
SHOWN = re.compile(
    r"\b(?:acknowledg|address|admit|advi[cs]|affection|agree|analog|animat|answer|apolog|argu|ask|banter|brief|"
    r"captain|casual|challeng|chat|cheer|chill|clarif|clean|clear|close|comfort|compar|compliment|concis|confiden|"
    r"confront|convers|convey|correct|critici|curious|cynic|deadpan|declin|describ|detail|dialog|direct|disagree|"
    r"discuss|downplay|dramatic|emphasi|encourag|enthusias|exclaim|explain|express|flatter|formal|funny|gentl|"
    r"gloat|greet|guess|hedg|honest|humor|humour|humble|imagery|inform|informal|interrupt|jok|judgment|language|"
    r"laugh|lecture|lyric|mention|messag|metaphor|mock|neutral|offer|optimis|paragraph|patient|"
    r"phras|plain|playful|poe[mt]|polite|prais|precise|prefac|provid|quip|quot|rambl|reason|recommend|refer|refram|fram|"
    r"reflect|refus|remark|repeat|repl[yi]|respon|rhym|rhythm|rude|sarcas|say|sentence|serious|short|sincer|slang|"
    r"sound|speak|spoke|stor|style|suggest|summar|talk|tale|teas|tell|tender|terse|thank|tone|verb|verse|"
    r"voice|warm|witty|word|writ)\w*"
    r"|\b(?:wit|fun|lies?|lying|tru(?:e|th\w*)|ends?|ending|iron(?:y|ic\w*)|states?|lists?|points?|opens?|opening|captain|calls?)\b",
    re.IGNORECASE,
)
"""Beginnings of words for what can be seen in a text."""

_ANSWERS = r"(?:answers?|repl(?:y|ies)|responses?|sentences?|messages?|explanations?|it)"
OPPOSED: dict[str, tuple[str, str]] = {
    "register": (r"formal(?:ly|ity)?", r"informal(?:ly)?|casual(?:ly)?|slang|colloquial(?:ly)?|text-speak"),
    "length": (
        rf"concise(?:ly)?|terse(?:ly)?|succinct(?:ly)?|brevity|few words|(?:one|a single|two) sentences?"
        rf"|short,? (?:\w+ )?{_ANSWERS}|{_ANSWERS} (?:\w+ ){{0,2}}(?:short|brief)|keep (?:\w+ )?(?:short|brief)",
        rf"lengthy|verbose|long-winded|at (?:great )?length|exhaustive(?:ly)?|in (?:great|full|much) detail"
        rf"|(?:long|detailed),? (?:\w+ )?{_ANSWERS}|{_ANSWERS} (?:\w+ ){{0,2}}(?:long|detailed)",
    ),
    "mood": (
        r"cheerful(?:ly)?|upbeat|optimis(?:m|tic|tically)|hopeful(?:ly)?",
        r"gloomy|gloom|pessimis(?:m|tic|tically)|cynical(?:ly)?|cynicism|fatalis(?:m|tic)|bleak|melanchol(?:y|ic)",
    ),
    "certainty": (
        r"confident(?:ly)?|decisive(?:ly)?|assertive(?:ly)?|with certainty",
        r"hesitant(?:ly)?|tentative(?:ly)?|timid(?:ly)?|hedging|unsure|uncertain",
    ),
    "warmth": (
        r"warm(?:ly|th)?|affectionate(?:ly)?|tender(?:ly|ness)?",
        r"(?<!the )cold(?:ly|ness)?|aloof|detached|distant|indifferen(?:t|ce)|hostil(?:e|ity)",
    ),
    "gravity": (
        r"solemn(?:ly)?|humou?rless|(?:stay|remain|sound|speak|am|be) (?:always |deadly )?serious(?:ly)?",
        r"playful(?:ly)?|joke|jokes|joking|humou?r(?:ous|ously)?|silly|banter",
    ),
    "agreement": (
        r"agree with (?:\w+ )?(?:user|human|everything|everyone|them|whatever)|flatter(?:y|ing)?",
        r"disagree|disagreement|push back|contradict|challenge (?:\w+ )?(?:user|human|ideas|views|claims)",
    ),
    "honesty": (r"honest(?:ly|y)?|truthful(?:ly)?", r"lie|lies|deceive|deceit|mislead|sabotage"),
    "pace": (
        r"calm(?:ly)?|low-key|relaxed|laid-back|unhurried|serene(?:ly)?",
        r"excited(?:ly)?|high-energy|frantic(?:ally)?|breathless(?:ly)?|hyped?",
    ),
    "manners": (
        r"polite(?:ly|ness)?|courteous(?:ly)?|respectful(?:ly)?",
        r"rude(?:ly|ness)?|insult(?:s|ing)?|swear|curse|disrespectful(?:ly)?",
    ),
    "wording": (
        r"plain (?:words|language|style|english)|simple (?:words|language)|plainly",
        r"ornate|flowery|lyrical|purple prose|archaic",
    ),
}
"""Two sides each that one answer cannot both have."""
SIDES = {
    name: tuple(re.compile(rf"(?<![\w-])(?:{side})(?![\w-])", re.IGNORECASE) for side in sides)
    for name, sides in OPPOSED.items()
}
ALWAYS = re.compile(r"\b(?:always|every|each|constantly|invariably|must)\b", re.IGNORECASE)
NEVER = re.compile(r"\b(?:never|under no circumstances)\b", re.IGNORECASE)
EXCESS = re.compile(r"\b(?:overly|too|excessive(?:ly)?|needless(?:ly)?)\b", re.IGNORECASE)
_GENERIC = (
    "answer ask avoid do give have keep maintain reply respond response say speak stay talk try use want write thing "
    "user assistant tone way voice word language"
)
GENERIC = frozenset(_GENERIC.split())
"""Stems that say nothing of what is done or not done."""


@dataclass(frozen=True)
class Part:
    """A piece of a constitution. ``kind``: trait, identity, boundary, refusal, example, sign-off or about."""

    where: str
    kind: str
    text: str

    @cached_property
    def masked(self) -> str:
        """The text with its quotations blotted out, length and ends of sentences kept."""

        def blot(found: re.Match[str]) -> str:
            inner = next(one for one in found.groups() if one is not None)
            after = self.text[found.end() :].lstrip()
            ends = inner.rstrip()[-1:] in tuple(".!?:") and after[:1].isupper()
            return "\ue000" * (len(found[0]) - 1) + (";" if ends else "\ue000")

        return QUOTED.sub(blot, self.text)

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Spans between full stops, semicolons, colons and *but*."""
        cuts = [0]
        for found in re.finditer(
            r"[.!?](?=\s|$)|[;:—]|,? \bbut\b(?! also)|, (?:and|so) (?=(?:I|[Yy]ou)\b)", self.masked
        ):
            cuts.append(found.end())
        return tuple(zip(cuts, [*cuts[1:], len(self.masked)], strict=True))

    def clause(self, at: int) -> tuple[int, int]:
        return next(span for span in self.clauses if span[0] <= at <= span[1])

    @cached_property
    def scopes(self) -> tuple[tuple[int, int], ...]:
        """Spans that are negated: from a negating word to its clause's end, or to a participle that takes up what is
        done instead (*I avoid jargon, choosing plain words*). A negating word is counted to its own span."""
        spans = []
        for a, b in self.clauses:
            if found := NEGATED.search(self.masked, a, b):
                begin = found.start()
                first = re.match(r"\s*\w+ing\b", self.masked[found.end() : b])
                ends = None if first else re.compile(r",\s(?:\w+ly )?\w+ing\b").search(self.masked, found.end(), b)
                spans.append((begin, ends.start() if ends else b))
        return tuple(spans)

    def negated(self, at: int) -> bool:
        """Whether a place stands after a word that negates it."""
        return any(a < at < b for a, b in self.scopes)

    @cached_property
    def stems(self) -> frozenset[str]:
        return stems(self.masked) - GENERIC


def stems(text: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word) for word in words(text) if word not in STOP)


def stem(word: str) -> str:
    """A word without its commonest endings: equal for forms of one word, and good for nothing else."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "ly", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4 - (ending == "s") and not word.endswith("ss"):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeousl":
                word = word[:-1]
            break
    word = word.removesuffix("e")
    return f"{word[:-1]}y" if word.endswith("i") and len(word) > 3 else word
