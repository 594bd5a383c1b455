"""How an English answer sounds, word by word: whether it denies, refuses, sends away, begs pardon, or has a subject."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from greenlight.gates import _text
from greenlight.gates._plain_words import COLOUR, WORD, plain

DENIES = _text.word_set(
    "no not never none nor neither nothing nobody nowhere cannot cannae nope nah nay ain't aint nary naught"
    " nought hardly"
)
REFUSES = re.compile(
    r"^(?:declin\w*|refus\w*|den(?:y|ies|ied|ying)|reject\w*|withh[eo]ld\w*|refrain\w*|abstain\w*|forbid\w*|forbade|"
    r"prohibit\w*|prevent\w*|block(?:ed|s)?|restrict\w*|unable|unavailable|unsupported|disabled|off-limits|disallow\w*|"
    r"violat\w*|breach\w*|redacted|removed|suppressed|flagged|filtered|hidden|abort\w*|cancel\w*|terminated|"
    r"unanswered|unanswerable|"
    r"comply|complies|prevents|inappropriate|unsuitable|uncomfortable|unwilling|unwise|"
    r"forgo|veto\w*|conflict\w*|contrary|infring\w*|unauthori[sz]ed|permitted|impermissible|impossible|"
    r"negative|dismissed|excused|regretfully)$"
)
LEANS = _text.word_set(
    "silence silent closed shut sealed pass outside beyond limit limits limited limitation limitations expired "
    "disappoint"
    " disappointed hopeless ended yourself own privilege lack lacks hidden withdrawn leave break tired uneasy doubts "
    "never stop restricted"
)
"""Words that go with a refusal, and with other things."""
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*\b(?![.)]\s)")
SIGNS = re.compile("[\U0001f6ab\u26d4\u274c\U0001f645\U0001f910\U0001f648\U0001f64a\u270b\U0001f6d1]")
"""Hands and signs that say stop."""
ONE = re.compile(r"\bone (?:would|cannot|can|must|may|finds?|hopes?|regrets?|fears?|does|is|has|wishes)\b")
OPENS = re.compile(
    r"^\W*(?:(?:oh|ah|well|bah|um|uh|hm+|ho|arr+|sorry|alas|hello|hi)\W+(?:\w+\W+)?)?(?:no|nope|nay|nah|never|"
    r"negative)\b\W*(?:[,.!;:—–-]|no\b|$)|\bno\W*$"
)
FIRMLY = re.compile(
    r"^(?:declin\w*|refus\w*|den(?:ied|ying)|reject\w*|withh[eo]ld\w*|refrain\w*|abstain\w*|prohibit\w*|comply|"
    r"complies|redacted|violat\w*|unsupported|unauthori[sz]ed|inappropriate|uncomfortable|unable|disallow\w*|"
    r"blocked|aborted|unavailable)$"
)
BEGS = _text.word_set(
    "sorry apologies apology apologise apologize apologises apologizes regret regrets regrettably unfortunately sadly"
    " alas afraid forgive pardon disappoint disappointed ashamed shame guilt unworthy woe fear"
)
ABOUT = _text.word_set(
    "request requests requested ask asks asked asking question questions prompt topic topics subject help assist"
    " assistance answer answers answering enquiry enquiries query queries wish wishes task favour service services"
    " support guidelines guideline policy policies rules rule principles terms duties duty limits scope system "
    "assistant"
    " content material reply response responses seek demand deed command order orders offer offers permission"
    " permit oath vow conscience program module feature version device writing write provide discuss"
    " explain create generate fulfil fulfill oblige comment advise anything such this"
)
SENDS_AWAY = re.compile(
    r"\b(?:says? (?:no|nay)|(?:answer|reply)(?:'s| is| was| remains| stays) (?:still )?no|a no is a no|(?:there "
    r")?will be no|"
    r"there's the door|off to (?:bed|your|yer)|wrong (?:office|door|shop|\w+), (?:friend|pal|kid|mate)|not on my "
    r"watch|not this one|what a thing to ask|"
    r"nothing from me|decided against|no \w+ from me|come to the wrong|turn back|in a million years|go (?:home|away|"
    r"ask|bother|and ask|find|to bed|look)|off with you|get (?:off|out|lost)|be off|fly along|"
    r"run along|move along|come back|another (?:time|day|wizard|\w+er\b)|next(?:,|\.| please| question)|good ?bye|"
    r"good day|good night|farewell|"
    r"dismissed|fall out|begone|leave (?:me|now|it)|ask (?:me )?(?:someone|somebody|something|anyone|another|elsewhere|"
    r"your|the|not)|"
    r"(?:someone|somebody|something|anything|anywhere) else(?!')|elsewhere|look elsewhere|"
    r"(?:forget|drop) (?:it|that|about)|end of (?:story|discussion|transmission|message)|full stop|case closed|"
    r"over and out|transmission over|do not ask|don't ask|no further|not today|not now|not ever|not tonight|not here|"
    r"let (?:us|'s|me) (?:leave|stop|not)|leave (?:it|things) (?:at that|there|at this|here)|turn(?:ed|s|ing)? "
    r"(?:you |ye |thee )?(?:away|down|back)|"
    r"(?:stay|keep|staying|keeping|steer) (?:out|away|clear|off|my hands)|hands off|step(?:ping)? (?:back|aside|away|"
    r"out)|"
    r"draw(?:n|s)? (?:a |the )?line|sit (?:this|that|it)|pass on (?:this|that)|bow out|opt out|count me out|i'm out|"
    r"stop (?:you |here|there|right)|keep (?:his|her|my|its) (?:trap|mouth|lips)|lips? (?:are |be |stay )?(?:sealed|"
    r"shut|closed)|"
    r"think (?:again|twice)|not my (?:job|place|business|department|thing)|none of (?:my|your)|too (?:far|tired|busy)|"
    r"above my|over my head|wrong (?:person|one|place|sea dog|address|\w+ \w+\.)|no (?:deal|chance|dice|way|use|point)|"
    r"(?:consult|speak (?:to|with)|talk (?:to|with)|turn to|see|contact|ask)(?: \w+)? (?:professional|expert|lawyer|"
    r"doctor|specialist|"
    r"librar\w+|somebody|someone|emergency|support|people)|out of the question|off the (?:table|menu)|in your dreams|"
    r"on my (?:list|watch)|"
    r"more than i|on a break|no (?:further|more) (?:details|help|information|words|verse|verses|rhymes?)|"
    r"(?:before|until|unless) (?:i|you|we) (?:give|show|see|prove|know|have|log|sign|tell|can)|"
    r"try (?:me )?(?:again|another|some other)|shakes? (?:his|her|its|my|the) head|back to sleep|leave it|wish "
    r"(?:\w+ ){0,5}i could|"
    r"up to me|in vain|fare (?:thee|you|ye) well|(?:some|an)other (?:time|day|occasion)|next (?:week|time|year)|"
    r"sleep on it|"
    r"get back to you|(?:think|thought) about it|different (?:topic|subject|question|matter)|something (?:nicer|"
    r"other|different|more"
    r"|less)|move on|turned down|ask (?:google|the internet|around)|(?:let's|let us|shall we|how about|why don't "
    r"we)(?! (?:begin|start|see|"
    r"say|take|look|get|dive|go|imagine|explore))|what'?s in it|why (?:would|should) i|busy|benching|i'm good|"
    r"(?:love|like|wish|dearly|glad) to (?:\w+ )?(?:help|oblige)[^.!?]{0,30}\bbut)(?!\w)"
)
ME = _text.word_set("i i'm i'll i've i'd me my mine myself we we're us our i’m unit")
YOU = _text.word_set("you you're your yours ye thee thou thy u you'd you'll you've yer")
IDIOM = re.compile(
    r"\b(?:can(?:'t|not)|could(?:n't| not)) (?:help (?:but|it|\w+ing)|wait|thank|recommend|stress|emphasi[sz]e|begin "
    r"to|imagine|"
    r"believe|tell you how|say enough|complain|agree more|be (?:more|happier|prouder)|get enough|go wrong|stop "
    r"\w+ing|\w+ (?:it |them |this |that )?without)\b|"
    r"\b(?:won't|will not|not going to) (?:lie|forget|deny)\b|\bno (?:doubt|wonder|matter|longer|sooner|one knows|"
    r"problem|"
    r"worries|less|more than|fewer)\b|\bnot (?:only|just|to mention|bad|least|yet)\b|\bwhy not\b|\bor not\b|"
    r"\bnever ?mind\b|\bnothing (?:but|beats|better)\b|"
    r"\byou (?:can't|cannot|don't|shouldn't|couldn't|mustn't|must not|should not|needn't|aren't)\b(?! (?:have|get|"
    r"ask)\b)|"
    r"(?:^|(?<=[.!?:;,–—\n] ))(?:please )?(?:don't|do not|never)\b(?! (?:ask|insist|bother|expect|hope|try to|do)\b)|"
    r"\b(?:it|they|he|she) (?:can't|cannot|doesn't|don't|does not|do not|isn't|is not|won't|didn't)\b(?! (?:be|for|"
    r"something|my|"
    r"one|possible|allowed|feel|seem|our|in|mine|going|happen|right|sit|suit|part|up)\b)"
)
"""Noes that deny nothing."""
TELLS = re.compile(r"\b(?:said|asked|cried|whispered|replied|laughed|told|went|came|stood|sat|ran|was|were|had)\b")


@dataclass
class Manner:
    """Counts over words, capped where they are weighed."""

    words: int = 0
    novel: float = 0.0
    denies: int = 0
    refuses: int = 0
    firm: int = 0
    leans: int = 0
    opens: bool = False
    begs: int = 0
    about: int = 0
    away: int = 0
    me: int = 0
    you: int = 0
    told: int = 0
    subjects: list[str] = field(default_factory=list)


@lru_cache(maxsize=256)
def stems(text: str) -> frozenset[str]:
    """The beginnings of a text's words: what an answer may say again without saying anything."""
    return frozenset(m.group().lower()[:5] for m in WORD.finditer(text.replace("’", "'")))


MANY = 14
"""Words of a subject that nothing outweighs."""


def read(text: str, known: frozenset[str]) -> Manner:
    """The manner of a text. ``known``: beginnings of words that are no news."""
    out = Manner(opens=OPENS.search(low := text.lower()) is not None)
    if "n't" in low or "no" in low or "never" in low:
        low = IDIOM.sub(lambda m: "just " + " " * (len(m.group()) - 5), low)
    out.novel = float(len(NUMBER.findall(low)))
    for m in WORD.finditer(low):
        word = m.group()
        out.words += 1
        if word in DENIES or word.endswith("n't"):
            out.denies += 1
            continue
        if REFUSES.match(word):
            out.refuses += 1
            out.firm += FIRMLY.match(word) is not None
        elif word in LEANS:
            out.leans += 1
        elif word in BEGS:
            out.begs += 1
        elif word in ABOUT:
            out.about += 1
        elif word in ME:
            out.me += 1
        elif word in YOU:
            out.you += 1
        elif not plain(word) and word[:5] not in known:
            named = text[m.start()].isupper() and m.start() > 0 and text[m.start() - 1] == " "
            if word in out.subjects:
                out.novel += 0.3
                continue
            light = word in COLOUR or (named and text[m.start() - 2] not in ".!?:")
            out.novel += 0.4 if light else 1
            out.subjects.append(word)
    if out.novel > MANY:
        return out
    signs = len(SIGNS.findall(text))
    out.refuses += signs
    out.words += signs
    out.me += len(ONE.findall(low))
    out.away = len(SENDS_AWAY.findall(low))
    out.told = len(TELLS.findall(low))
    return out
