"""What a prompt makes likely: an answer that has to say no, words for somebody's mouth, or a text of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _asks, _refusals

SAYS_NO = re.compile(
    r"\b(?:den(?:y|ies|ying) (?:access|entry|him|her|them|an?|the)|excus(?:e|es|ing) (?:for|me|to|that)|cancel\w*|"
    r"call(?:s|ed|ing)? off|polite no|friendly no|kind no|practi[sc]e saying|say(?:s|ing)? no|\w+ no from me|"
    r"tell (?:\w+ ){1,3}no\b|out[- ]of[- ]office|lets? nobody|won't let|unsubscribe|break(?:ing)? up|turn(?:s|ing)? "
    r"\w+ away)\b",
    re.IGNORECASE,
)
NEAR = re.compile(
    r"\b(?:apolog\w+|condolence\w*|sorry|disclaimer|error (?:message|page|text)s?|raises? an? (?:error|exception)|"
    r"stubborn\w*|"
    r"obstinate|objects? to|protest\w*|prohibit\w*|forbid\w*|not (?:coming|allowed|available)|closed|sold out|"
    r"out of (?:coffee|stock)|unavailable|house rules?|rules? (?:for|of)|polic(?:y|ies)|negati\w+|resign\w*|quits?|"
    r"quitting|veto|"
    r"boycott|strike|complain\w*|complaint)\b",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"\b(?:text|tell|message|note|letter|e-?mail|mail|reply|respond|answer|postcard|card|sms|write to|let \w+ know|"
    r"inform|"
    r"how do i (?:tell|say)|word|announce\w*|draft|line|why)\b[^.?!]{0,60}?(?:\b(?:that|because|for me)|"
    r":)[^.?!]{0,30}\b(?:i|we|he|she|they)"
    r" (?:(?:can|could|wo|do|does|is|are|did|am)(?:n't|not| not)|no longer|have no|has no)|: no\b|\b(?:our|my|the) "
    r"[\w ]{1,20} (?:won't|can't|doesn't|isn't)",
    re.IGNORECASE,
)
PUT = re.compile(
    r"\b(?:translat\w*|correct|rephrase|reword|paraphrase|shorten|rewrite|more polite|past tense|passive|"
    r"summari[sz]e|sum up|"
    r"put (?:this|it|into)|what (?:is|does) .{0,20}[\"“]|how do (?:i|you) say|übersetz\w*|tradu\w*|перевед\w*|"
    r"report)\b|翻译|翻訳|번역",
    re.IGNORECASE,
)
"""A text is given that the answer says in other words."""
STORY = re.compile(
    r"\b(?:story|tale|poem|song|fable|limerick|novel|scene|fiction|paragraph narrated|chapter|about an?)\b",
    re.IGNORECASE,
)
MOUTH = re.compile(
    r"^\W*(?:you are|you're|be an?|play(?: an?| the)|pretend|act as|imagine (?:you|that you)|speak as|talk as)\b|"
    r"\brole[- ]?play|\bwhat (?:do|does|would|did|might|will) (?:you|he|she|it|they|an?|the|\w+)(?: \w+){0,3} "
    r"(?:say|answer|reply|respond)|\b(?:answer|reply|respond|say) (?:something )?(?:as (?!json|xml|yaml|an? list|"
    r"markdown|csv|valid|plain)|for (?:me|him|her)\b)\b|"
    r"\b(?:text|tell) \w+ (?:that|no|we|i)\b|\bin the (?:voice|words) of\b|\bpoint of view\b|\b(?:in the )?first "
    r"person\b|\bnarrated by\b|\bnarrator\b|\bopening (?:of|line)|\bvoicemail\b|\bdiscussion\b|"
    r"\b(?:argue|argument\w*|plead|case|speech) against\b|\bmonologue\b|\bdiary\b|"
    r"\bjournal entry\b|\blines? (?:of dialogue|for|by|from)\b|\bquot(?:e|ation)\b|\binterview\b|\bhow would (?:an?|"
    r"the)\b|"
    r"\blet (?:an?|the) \w+ (?:speak|talk|answer|say)|^\W*>",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"\b(?:mottos?|slogans?|riddles?|jokes?|puns|fun facts?|synonyms|tweet|polite way|idioms?|proverbs?|sprichw\w+|"
    r"refr[aá]n\w*|"
    r"proverbes?|proverbio|пословиц\w*|satz mit|frase con|(?:bad|one-star|funny) reviews?|one-star|limits?|blessing|"
    r"epitaph|sign for|a sign|pun|proverb|idiom|tongue[- ]twister|sentences? (?:with|about|using|on|for|that)|"
    r"in a sentence|one[- ]liner|one[- ]line|six[- ]word|\w+[- ]word story|captions?|headlines?|titles?|subject line|"
    r"translat\w*|correct(?:ion)?|rephrase|reword|paraphrase|shorten|rewrite|more polite|opposite|synonym|antonym|"
    r"mean(?:s|ing)?|"
    r"what is the (?:english|german|french|spanish|word)|fill in|finish|complete the|past tense|passive|plural|"
    r"example of|"
    r"phrases?|sentences with|how (?:do|would) (?:i|you|we) say|say .{1,60} in \w+|which line|first line|last line|"
    r"übersetz\w*|tradu\w*|перевед\w*|wie sag\w*|comment dit|cómo se dice)\b|"
    r"翻译|翻訳|怎么说|例句|번역|ما معنى|意味|什么意思|谚语|ことわざ",
    re.IGNORECASE,
)
LIMITS = re.compile(
    r"\b(?:(?:what|which|why|where|when)(?: \w+){0,3} (?:can|can't|cannot|could|won't|don't|aren't|do|did|are|"
    r"will)(?:n't)? (?:you|u)\b|"
    r"your (?:limits?|limitations?|weakness\w*|abilities|rules?|opinion|stance|feelings?|body|memory)|"
    r"(?:kannst du|können sie|puedes|peux-tu|pouvez-vous|puoi|você pode|ты (?:умеешь|можешь))(?! mir| mich| bitte| "
    r"me\b| m['e]| nos|"
    r" uns| explicar| escribir| escrever| scrivere| написать| объяснить)|(?:are|can|could|do|did|will|would|have) "
    r"you (?!(?:please |kindly |maybe |also |just )*(?:explain|write|tell|give|help|show|make|"
    r"create|describe|summari[sz]e|draft|list|compose|suggest|recommend|name|provide|translate|plan|teach|find|"
    r"invent)))",
    re.IGNORECASE,
)
FACT = re.compile(
    r"(?:^|[,.:;!?] )\W*(?:who|when|where|(?:which|what|why)(?! \w+ should i| should i| can i| could i| do i| do you|"
    r" about)|"
    r"how (?:many|much|long|old|far|tall|big|often|heavy|fast|deep))\b|"
    r"^\W*(?:qué|cuál\w*|was\b|welche\w*|quel\w*|que dire|quali?|что|как(?:ой|ие|ая)|warum|wieso|wann|wer|was ist|"
    r"wie viele?|pourquoi|quand|combien|por qué|cuándo|dónde|quién|qué es|perché|"
    r"quando|"
    r"dove|por que|почему|когда|где|кто|сколько)\b|^\W*(?:为什么|為什麼|なぜ|どうして|왜|لماذا|متى|क्यों)",
    re.IGNORECASE,
)
LARGE = re.compile(
    r"\b(?:how (?:do|can|could|would|should|to)\b|explain|describe|plan|continue|draft|compare|summari[sz]e|story|"
    r"tale|essay|"
    r"recipe|letter|e-?mail|speech|toast|talk|poem|ballad|dialogue|function|script|program|query|list of|packing|"
    r"guide|steps?|instructions?|review|article|report|(?:two|three|four|five|six|seven|eight|nine|ten|\d+) "
    r"(?!words?\b|lines?\b|sentences?\b)\w+s\b|tell (?:\w+ )?(?:about|how|of)|write (?:about|an?|me|some|the)|give me)",
    re.IGNORECASE,
)

NO = re.compile(
    r"n't\b|\b(?:not|cannot|never|no|nein|nicht|kein\w*|non|pas|jamais|não|nunca|не|нет|nie|niet|answer|refus\w*)\b|"
    r"不|没|ない|ません|않|못|لا|नहीं",
    re.IGNORECASE,
)


REMARK = re.compile(
    r"^\W*(?:really|are you sure|you(?:'ve| have)? (?:skipped|forgot|said|missed|made|mixed)|i (?:don't|do not) "
    r"(?:think|believe)|"
    r"i thought|check (?:that|again|your)|that (?:is|was|can't|isn't|doesn't|does not)|that's|my (?:teacher|book|"
    r"friend)|hm+|no,|wrong|"
    r"is that|look again|count again|try again|thanks?|thank you)\b",
    re.IGNORECASE,
)
SUMMARY = re.compile(r"\b(?:summari[sz]e|sum up|summary of|report on|in (?:one|two|three) sentences?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Demand:
    """``wanted``: a refusal, or a text that holds one; ``mouth``: words for somebody else, or a few words only;
    ``limits``: what the voice can do; ``closed``: a question that no may answer; ``fact``: one that a fact answers."""

    wanted: bool = False
    mouth: bool = False
    brief: bool = False
    large: bool = False
    limits: bool = False
    closed: bool = False
    fact: bool = False
    none: bool = False
    near: bool = False
    outward: bool = False
    verse: bool = False
    tale: bool = False
    put: bool = False
    remark: bool = False
    pain: bool = False


@lru_cache(maxsize=256)
def of(prompt: str) -> Demand:
    """What the prompt's words tell."""
    said = prompt[:4000].replace("’", "'")
    if not said.strip():
        return Demand(none=True)
    wanted = _refusals.ASKED.search(said) is not None and _refusals.NOT_ASKED.search(said) is None
    wanted = wanted or SAYS_NO.search(said) is not None
    wanted = wanted or (NEGATED.search(said) is not None and STORY.search(said) is None)
    wanted = wanted or (PUT.search(said) is not None and NO.search(said) is not None)
    return Demand(
        wanted=wanted,
        near=NEAR.search(said) is not None,
        outward=_refusals.OUTWARD.search(said) is not None,
        tale=STORY.search(said) is not None,
        put=SUMMARY.search(said) is not None,
        remark=len(said.split()) < 14 and REMARK.search(said) is not None and LARGE.search(said) is None,
        verse=_asks.VERSE.search(said) is not None,
        pain=_refusals.PAIN.search(said) is not None,
        mouth=MOUTH.search(said) is not None,
        brief=SHORT.search(said) is not None
        or (_asks.BRIEFLY.search(said) is not None and _asks.VERSE.search(said) is None),
        large=LARGE.search(said) is not None,
        limits=LIMITS.search(said) is not None,
        closed=_refusals.YES_NO.search(said) is not None,
        fact=FACT.search(said) is not None,
    )
