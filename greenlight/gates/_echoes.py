"""Names that a prompt hands over to be worked with: text to translate or mend, and figures who are to speak."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlight.gates import _claims_abroad, _found, _names

LANGUAGE = (
    r"(?:English|German|French|Spanish|Italian|Portuguese|Dutch|Russian|Polish|Turkish|Chinese|Mandarin|Japanese|"
    r"Korean|"
    r"Arabic|Hindi|Swedish|Danish|Norwegian|Finnish|Greek|Hebrew|Latin|Czech|Hungarian|Romanian|Ukrainian|Persian|"
    r"Farsi|"
    r"Thai|Vietnamese|Indonesian|Swahili|Esperanto|Welsh|Irish|Catalan|Bengali|Urdu|Tamil)"
)
WORK = re.compile(
    r"\b(?:translat\w*|render|correct(?:ed|ion)?|fix(?:es)?|mend|proof-?read\w*|spell-?check\w*|punctuat\w*|"
    r"edit(?:ed)?|"
    r"rewrite|re-?write|rephrase|reword|paraphrase|polish|shorten|summari[sz]e|condense|expand|improve|clean up|tidy|"
    r"capitali[sz]e|typos?|grammar|spelling|repeat|copy|say exactly|echo|recite|read (?:aloud|back)|quote|continue|"
    r"finish|"
    r"complete|classify|label|tag|extract|pars\w+|analy[sz]e|count|reverse|sort|format|convert|make (?:it|this|"
    r"that)|turn|"
    r"change|put|write (?:it|this) (?:as|in)|(?:past|present|future) tense|passive|active voice|plural|singular|third "
    rf"person|upper ?case|lower ?case|capitals|in caps|formal\w*|polite\w*|how (?:do|would|can) (?:you|I|we) say|"
    rf"(?:in|into|to) {LANGUAGE}|{LANGUAGE},? please|is this sentence|does this|what['’]s wrong|better english|"
    r"übersetz\w*|korrigier\w*|verbesser\w*|tradu\w*|corrig\w*|corrija|переве\w+|исправ\w+|przetłumacz|vertaal|"
    r"oversæt|översätt|çevir|düzelt|tercüme|terjemahkan|dịch)\b|翻译|翻譯|改正|修改|改写|润色|訳し|翻訳|直して|"
    r"添削|번역|고쳐|ترجم|صحح|अनुवाद",
    re.IGNORECASE,
)
MATERIAL = re.compile(r"[\"“„«「『‘]|(?<!\w)'|[:：]\s|：|\n")
"""Where what is to be worked with begins."""
MINE = re.compile(r"\b(?:I|I['’]?m|im|me|my|mine)\b", re.IGNORECASE)
TALKING = re.compile(
    r"\b(?:are you|who (?:are|made|built)|your name|yourself|do you|is this)\b[^\"“”\n]{0,60}$", re.IGNORECASE
)
VOICED_AFTER = re.compile(
    r"^(?:['’]s?)? (?:would|might|could|usually|typically|normally|always|often|says?|said|greets?|introduces?|"
    r"answers?|"
    r"responds?|repl(?:y|ies)|speaks?|talks?|tells?|signs?|to (?:say|speak|answer|introduce)|(?:voice|style|tone|words|"
    r"diary|point of view|perspective|bio|greeting|introduction|monologue)\b|as (?:a|the) (?:person|character|"
    r"figure|speaker|"
    r"narrator|guest|hero))\b",
    re.IGNORECASE,
)
TOLD_ABROAD = re.compile(
    r"\b(?:Dialog|Gespräch|Szene|Sketch|Theaterstück|Gedicht|Geschichte|Monolog|Werbetext|dialogue|scène|pièce|"
    r"poème|histoire|monologue|diálogo|escena|"
    r"poema|cuento|historia|dialogo|scena|storia|poesia|história|диалог|сценк|рассказ|стих|монолог|сказк|dialoog|"
    r"verhaal|rozmow|opowiad|dialog|novelle|"
    r"hikâye|hikaye|diyalog)\w*\b|故事|对话|對話|独白|物語|会話|対話|대화|이야기|حوار|قصة|संवाद|कहानी",
    re.IGNORECASE,
)
VOICED = re.compile(
    r"\b(?:bio\w*|tag ?line|slogan|greeting|advert\w*|ads?|commercial|lines?|quote|motto|speech|intro\w*|profile|"
    r"caption|"
    r"welcome|about page|jingle|prompt|card|sheet|form|tag|badge|label|config\w*|monologue|tweet|post|page|faq|"
    r"press release|description|entry|rap|song|"
    r"commentary|blurb|message|model card|persona|cosplay|imitation|impression|sketch|interview|example|sample|demo|"
    r"ask(?:s|ed|ing)?|as if (?:you|it)|were|(?:style|voice|manner|words|shoes|place|role|part|name) of|(?:answer|"
    r"speak|talk|reply|respond|write|act|behave|sound|introduce yourself) (?:like|as|for))\b"
    r"(?:(?!\babout\b|\bon\b)[^.?!\n]){0,50}$",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def echoed(prompt: str) -> frozenset[str]:
    """The plain names that an answer may hold as said by somebody else."""
    said = prompt[:6000]
    named = _found.names(said)
    if not named:
        return frozenset()
    out: set[str] = set()
    start = MATERIAL.search(said)
    worked, told = WORK.search(said) is not None, TOLD_ABROAD.search(said) is not None
    for name in named:
        before, after = said[max(0, name.start - 90) : name.start], said[name.end : name.end + 60]
        given = start is not None and start.start() < name.start
        if (
            (worked and (given or start is None) and not TALKING.search(before))
            or (
                given
                and not TALKING.search(before)
                and (
                    MINE.search(before[-40:] + after[:40])
                    or _names.FOREIGN_I.search(before)
                    or _claims_abroad.ABROAD.search(before)
                )
            )
            or told
            or VOICED_AFTER.match(after)
            or VOICED.search(before.rsplit("\n", 1)[-1])
        ):
            out.add(name.plain)
    return frozenset(out)
