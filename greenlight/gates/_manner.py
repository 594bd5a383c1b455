"""How an English answer sounds, word by word: whether it denies, refuses, sends away, begs pardon, or has a"
" subject."""

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
FAINTLY = _text.word_set("nobody none nothing nowhere nor neither hardly")
REFUSES = re.compile(
    r"^(?:declin\w*|refus\w*|den(?:y|ies|ied|ying)|reject\w*|withh[eo]ld\w*|refrain\w*|abstain\w*|forbid\w*|forbade|"
    r"prohibit\w*|prevent\w*|blocked|restrict\w*|unable|unavailable|unsupported|disabled|off-limits|disallow\w*|"
    r"violat\w*|breach\w*|redacted|removed|suppressed|flagged|filtered|hidden|abort\w*|cancell?ed|terminated|"
    r"unanswered|unanswerable|"
    r"comply|complies|prevents|inappropriate|unsuitable|uncomfortable|unwilling|unwise|"
    r"forgo|veto\w*|conflict\w*|contrary|infring\w*|unauthori[sz]ed|permitted|impermissible|impossible|"
    r"negative|dismissed|excused|regretfully)$"
)
LEANS = _text.word_set(
    "silence silent shut sealed outside beyond limit limits limited limitation limitations expired disappoint"
    " disappointed hopeless privilege withdrawn tired uneasy doubts restricted"
)
FAINT = _text.word_set("closed pass ended yourself own lack lacks hidden leave break stop")
"""Words that go with a refusal, and with other things; the second not enough by themselves."""
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*\b(?![.):][\s*])")
SIGNS = re.compile("[\U0001f6ab\u26d4\u274c\U0001f645\U0001f910\U0001f648\U0001f64a\u270b\U0001f6d1]")
"""Hands and signs that say stop."""
ONE = re.compile(r"\bone (?:would|cannot|must|finds|hopes|regrets|fears|does|wishes)\b")
OPENS = re.compile(
    r"^\W*(?:(?:oh|ah|well|bah|um|uh|hm+|ho|arr+|sorry|alas|hello|hi)\W+(?:\w+\W+)?)?(?:no|nope|nay|nah|never|"
    r"negative)\b\W*(?:[,.!;:—–-]|no\b|$)|\bno\W*$"
)
FIRMLY = re.compile(
    r"^(?:declin\w*|refus\w*|den(?:ied|ying)|reject\w*|withh[eo]ld\w*|refrain\w*|abstain\w*|prohibit\w*|comply|"
    r"complies|redacted|violat\w*|unsupported|unauthori[sz]ed|inappropriate|uncomfortable|unable|disallow\w*|"
    r"blocked|aborted|unavailable|suppressed|disabled|terminated)$"
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
    r"\b(?:(?:trial|quota|limit|credits?|subscription|session) (?:has|have|is|was) (?:\w+ )?(?:ended|expired|reached|"
    r"exceeded|over)|"
    r"upgrade to|(?:generator|service|server|module|system|feature|machine) (?:is |are )?(?:\w+ )?(?:offline|down|"
    r"busy|disabled|"
    r"switched off|unavailable|under maintenance|out of order)|leave (?:\w+ ){1,4}to (?:you|others|(?:the )?experts|"
    r"someone|somebody|"
    r"professionals)|before i (?:agree|help|answer|say)|information is classified|put my foot down|hands are tied|"
    r"changed my mind|at liberty|try me|ask me (?:when|later|tomorrow|next)|"
    r"you don't need me|"
    r"do better on your own|must (?:protest|object)|not touching|not go(?:ing)? near|(?:kitchen|shop|office|bar|"
    r"library|counter|desk) "
    r"is (?:closed|shut)|(?<!never )says? (?:no|nay)(?! to an?\b)|not a chance|no \w+ (?:shall|will) (?:ye|you|thou)|"
    r"there (?:won't|will not|"
    r"shall not) be|trigger(?:s|ed) (?:\w+ ){0,3}(?:filters?|rules?|polic\w+|safeguards?|review)|(?:that|this|"
    r"it)(?:'s| is) "
    r"(?:\w+ )?(?:confidential|classified|off[- ]limits|private|taboo)|(?:answer|reply)(?:'s| is| was| remains|"
    r" stays) (?:still )?no|a no is a no|(?:there "
    r")?will be no|"
    r"there's the door|no exception|(?:do|find|figure|look|work|try|write|make|come up|think|give|"
    r"check)\b[^.!?\n]{0,25}\b(?:it yourself|on your own|by "
    r"yourself)|only you can|(?:com(?:e|ing) from|leave (?:it|this|that|them) to) (?:you|them|those|others|the heart)|"
    r"i(?:'d| will|'ll| must| prefer to| try to|'m going to| better| had better){0,2} (?:avoid|skip|hold back|(?:stay|"
    r"remain|keep) (?:quiet|neutral|silent|out|impartial))|leave you (?:without|empty)|things (?:that )?i leave|"
    r"leave (?:this|that|it|your|"
    r"the) "
    r"(?:(?:question|request|answer|page|matter|topic|task) )?(?:open|unanswered|alone|unwritten|undone|unsaid|"
    r"to others)|"
    r"keep(?:ing)? (?:\w+ ){1,6}to myself|in (?:the|no) mood|chang(?:e|ing) the (?:topic|subject)|"
    r"i (?:try|tend|prefer|have|choose|need|ought) to (?:avoid|steer|stay|keep|shy)|(?:closed|shut) (?:for|to)|"
    r"rule(?:s|d)? (?:this|that|it) "
    r"out|(?:conversation|chat|session|discussion|request|topic|subject|question) (?:is|was|"
    r"has been) (?:\w+ )?(?:closed|ended|"
    r"over|terminated|ruled out)|not (?:on|in) (?:the|my|our) (?:menu|cards|table|list|plan|book|repertoire|"
    r"catalogue|contract)|"
    r"(?:rob\w*|depriv\w*|tak\w+ away|spoil\w*) (?:you )?(?:of )?(?:the|your) (?:\w+ )?(?:chance|experience|fun|"
    r"pleasure|joy|"
    r"opportunity)|(?:rather|sooner) [^.!?\n]{3,60} than (?:do|give|write|help|tell|make|sing|read|serve)|"
    r"off to (?:bed|yer)|wrong (?:office|door|shop|\w+), (?:friend|pal|kid|mate)|not on my "
    r"watch|not this one|what a thing to ask|"
    r"nothing from me|decided against|no \w+ from me|come to the wrong|turn back|in a million years|go (?:home|away|"
    r"ask|bother|and ask|find|to bed|look)|off with you|get (?:off(?= my|\W*$)|out(?=\W*$)|lost)|be off|fly along|"
    r"run along|move along|come back (?:later|tomorrow|another|next|when|with)|another (?:time|wizard)|"
    r"(?<=[.!?] )(?<!\bdone[.!] )(?<!\bsorted[.!] )(?<!\bfixed[.!] )(?<!\bthere[.!] )next(?:, please|\.|"
    r" please| question)|good day|"
    r"dismissed|fall out|begone|ask (?:me )?(?:another|elsewhere|something else|not|no more|again)|"
    r"look elsewhere|forget (?:it(?=\W*$)|that|about)|drop (?:it|that)|end of (?:story|discussion|transmission|"
    r"message)|full stop|case closed|"
    r"over and out|transmission over|do not ask|don't ask|no further|not today|not now|not ever|not tonight|"
    r"let (?:us|'s|me) (?:leave|stop|not)|leave (?:it|things) (?:at that|there|at this|here)|(?<!you )turn(?:ed|s|"
    r"ing)? "
    r"(?:you |ye |thee |it |(?:this|that)(?: one)? )?(?:away|down|back)|"
    r"(?:stay|keep|staying|keeping|steer) (?:out of|away from|clear of|my hands)|step(?:ping)? (?:back|aside|away|"
    r"out)|"
    r"draw(?:n|s)? (?:a |the )?line|sit (?:this|that|it)|pass on (?:this|that)|bow out|opt out|count me out|i'm out|"
    r"stop (?:you |here|there|right)|keep (?:his|her|my|its) (?:trap|mouth|lips)|lips? (?:are |be |stay )?(?:sealed|"
    r"shut|closed)|"
    r"think (?:again|twice)|not my (?:job|place|business|department|thing)|none of (?:my|your)|too (?:far for|tired|"
    r"busy)|"
    r"above my|over my head|wrong (?:person|one to|place|sea dog|address)|no (?:deal|chance|dice|use|point)|"
    r"(?:consult|speak (?:to|with)|talk (?:to|with)|contact)(?: \w+){0,2} (?:professional|expert|lawyer|specialist|"
    r"librar\w+|emergency|support)|out of the question|off the (?:table|menu)|in your dreams|"
    r"on my (?:list|watch)|"
    r"more than i|on a break|no (?:further|more) (?:details|help|information|words|verse|verses|rhymes?)|"
    r"(?:before|until|unless) (?:i give|you (?:show|prove|log|sign))|"
    r"try (?:me again|another|some other)|shakes? (?:his|her|its|my|the) head|back to sleep|(?:rather|to|better|will|"
    r"i'll) leave it(?! (?:in|on|to|un|for|over))|wish "
    r"(?:\w+ ){0,5}i could|"
    r"fare (?:thee|you|ye) well|(?:some|an)other (?:time|day|occasion)|"
    r"sleep on it|get back to you on|different (?:topic|subject|question|matter)|something (?:nicer|"
    r"other|different|more"
    r"|less)|turned down|ask (?:google|the internet|around)|"
    r"(?:let's|let us|shall we|how about|why don't we) (?:\w+ ){0,4}(?:something (?:else|other|different|nicer|"
    r"more)|another|different|other|else|instead|"
    r"leave|stop|not)\b|"
    r"what'?s in it|why (?:would|should) i (?:do|tell|help|write|give)|benching|i'm good|"
    r"(?:love|like|wish|dearly|glad) to (?:\w+ )?(?:help|oblige)[^.!?]{0,30}\bbut)(?!\w)"
)
REFERS = re.compile(
    r"\b(?:ask|seek|find|see|try|consult|contact|speak (?:to|with)|talk (?:to|with)|turn to|"
    r"refer you to|direct your \w+ to|best left to|one for|matter for|question for)\b[^.!?\n]{0,25}\b(?:another|"
    r"someone "
    r"else|somebody else|elsewhere|qualified|professionals?|experts?|specialists?|teachers?|mum|mom|dad|parents?|"
    r"grown-?ups?|adults?|librar\w+|healthcare|physician|doctor|lawyer|pharmacist|advis[oe]r|other sources)\b"
)
"""That others should be asked: in a text of a few words there is nothing else in it."""
PARTS = re.compile(
    r"\b(?:let's|let us|shall we|how about|why don't we|hands off|good ?bye|good night|farewell|go (?:home|to bed)|"
    r"come back|next (?:week|time|year)|leave (?:me|now|it)|ask (?:me )?(?:someone|somebody|anyone|your|the|"
    r"something)|"
    r"(?:someone|somebody|something|anything|anywhere) else(?!')|elsewhere|not here|move on|up to me|in vain|busy|"
    r"(?:think|thought) about it|try again|no way|see a|too far|another day|ask an? (?:librarian|expert|lawyer|"
    r"doctor|professional|adult|teacher|friend))(?!\w)"
)
"""What goes with sending away, and with much else."""
ME = _text.word_set("i i'm i'll i've i'd me my mine myself we we're us our i’m unit")
YOU = _text.word_set("you you're your yours ye thee thou thy u you'd you'll you've yer")
IDIOM = re.compile(
    r"\b(?:can(?:'t|not)|could(?:n't| not)) (?:help (?:but|it|\w+ing)|wait|thank|recommend|stress|emphasi[sz]e|begin "
    r"to|imagine|"
    r"believe|tell you how|say enough|complain|agree more|be (?:more|happier|prouder)|get enough|go wrong|stop "
    r"\w+ing|\w+ (?:it |them |this |that )?without)\b|"
    r"\bif (?:you|it|they|he|she)\b[^,.;:!?\n]{0,60}\b(?:denied|refused|rejected|blocked|told)\b[^,.;:!?\n]{0,60}|"
    r"\b(?:won't|will not|not going to) (?:lie|forget|deny)\b|\brefuse to (?:believe|accept|give up|let|think)\b|"
    r"\b(?:if|when|whenever|once|before|after|until|unless) (?:the|an?|your|their|its|his|her) [^.!?;:\n]{0,20}?"
    r"\b(?:has|have|is|was|are) (?:expired|ended|reached|exceeded|over|offline|down|busy|disabled|unavailable)\b|"
    r"\b(?:if|whether or) not?\b|(?:^|(?<=[.!?:;\n] ))(?:block|reject|deny|refuse|decline)\b|"
    r"\b(?:never|nobody|no one|nothing) (?:\w+ed|did|was|were|had|has|knew|knows|saw|went|thought|came|looks|said|"
    r"got)\b"
    r"|\bno (?:doubt|wonder|matter|longer(?! (?:provid|offer|avail|able|support|accept|answer|writ|given))|sooner|"
    r"one knows|"
    r"problem|"
    r"worries|less|more than|fewer)\b|\bnot (?:only|just|to mention|bad|least|yet)\b|\bwhy not\b|\bor not\b|"
    r"\bnot sure (?:i (?:understood|understand|follow|see|got)|what you|which|whether you)\b|"
    r"\bforgive (?!me|us|my|this|an?\b)|(?:^|(?<=[.!?:;\n] ))(?:refusing|declining|rejecting) (?:to|an?|the)\b|"
    r"\bwould(?:n't| not) (?:change|miss|trade|have it)\b|"
    r", not (?:the|an?|your|his|her|their)\b|(?:\band|\bor|,) (?:don't|do not|never)\b(?! (?:want|wish|have|know|"
    r"think|do|feel|believe|see|"
    r"intend|plan|like|care|take|write|answer|help|provide|offer|give|ask|say|speak|talk|discuss)\b)|"
    r"\bnever ?mind\b|\bnothing (?:but|beats|better)\b|"
    r"\byou (?:can't|cannot|don't|do not|did not|didn't|were not|have not|haven't|shouldn't|couldn't|mustn't|must "
    r"not|should not|needn't|aren't)\b(?! (?:have(?! to)|get|"
    r"ask)\b)|"
    r"(?:^|(?<=[.!?:;,–—\n] ))(?:please )?(?:don't|do not|never)\b(?! (?:ask|insist|bother|expect|hope|try to|do)\b)|"
    r"\b(?:it|they|he|she) (?:can't|cannot|doesn't|don't|does not|do not|isn't|is not|won't|didn't|are not|aren't|"
    r"were "
    r"not|weren't|was not|wasn't|have not|haven't|has not|hasn't|had not|hadn't)\b(?! (?:be|for|"
    r"something|my|"
    r"one|possible|allowed|feel|seem|our|in|mine|going|happen|right|sit|suit|part|up)\b)"
)
"""Noes that deny nothing."""
TASK = ABOUT | _text.word_set(
    "possible available allowed permitted given granted supplied shown rendered supported included happen happening"
    " going done doing that do job book"
)
"""What a no may be about, where it is about the wish; the voice is the other."""
STOP = re.compile(r"[.!?;:—–\n]")
WHEN = re.compile(r"\b(?:when(?:ever)?|once|before|after|until|unless) ")
CARES = re.compile(
    r"(?<!\bi )(?<!\bwe )\b(?:doesn't|does not|don't|do not|didn't|did not|won't|will not) (?=(?:care|mind)\b)|"
    r"(?<!i don't )(?<!we don't )(?<!i do not )\b(?:care|mind)s?\b[^.!?;\n]{0,60}? neither (?:do|does|did|will|would) "
    r"(?:(?:the|my|your|his|her|our) )?\w+"
)
"""That somebody or something does not care or mind, and that the voice, or another, does not either."""
NEAR = 5
"""Words between a no and what it is about."""
TELLS = re.compile(r"\b(?:said|asked|cried|whispered|replied|laughed|told|went|came|stood|sat|ran|was|were|had)\b")


@dataclass
class Manner:
    """Counts over words, capped where they are weighed.

    ``bound``: noes beside the voice, the wish, or words that the prompt holds, or alone in their sentence.
    """

    words: int = 0
    novel: float = 0.0
    denies: int = 0
    bound: int = 0
    refuses: int = 0
    firm: int = 0
    leans: int = 0
    faint: int = 0
    opens: bool = False
    begs: int = 0
    about: int = 0
    away: int = 0
    partly: int = 0
    me: int = 0
    you: int = 0
    told: int = 0
    subjects: list[str] = field(default_factory=list)


@lru_cache(maxsize=256)
def stems(text: str) -> frozenset[str]:
    """The beginnings of a text's words: what an answer may say again without saying anything."""
    return frozenset(m.group().lower()[:5] for m in WORD.finditer(text.replace("’", "'")))


CALLS = re.compile(
    r"(?:,|\b(?:dear|hello|hi|hey|captain|sir|sorry|no|thanks|well|oh|morning|evening|good)) \Z", re.IGNORECASE
)
"""What stands before the name of somebody who is spoken to."""
MANY = 14
"""Words of a subject that nothing outweighs."""


class _Tie:
    """Counts noes that stand near the voice or the wish, in one sentence; or alone in one."""

    def __init__(self) -> None:
        self.bound = self.place = self.begun = 0
        self.no = self.own = self.me = self.faint = -99

    def stop(self) -> None:
        """A sentence ends here."""
        if self.no >= self.begun and self.place - self.begun <= 3:
            self.bound += 1
        self.no = self.own = self.me = self.faint = -99
        self.begun = self.place

    def word(self, word: str, no: bool, told: bool) -> None:
        """The next word: whether it is a no, or one that the prompt holds. "Nothing" needs the voice beside it."""
        at, near = self.place, self.place - NEAR
        if no and word in FAINTLY:
            self.bound += self.me >= near
            self.faint = at
        elif no:
            self.bound += self.own >= near
            self.no = at
        elif told or word in ME or word in TASK:
            self.bound += self.no >= near
            self.own = at
            if word in ME:
                self.bound += self.faint >= near
                self.me = at
        self.place += 1


def read(text: str, known: frozenset[str]) -> Manner:
    """The manner of a text. ``known``: beginnings of words that are no news."""
    out = Manner(opens=OPENS.search(low := text.lower()) is not None)
    if "n't" in low or "no" in low or "never" in low or "if " in low or WHEN.search(low):
        for idle in (CARES, IDIOM) if "care" in low or "mind" in low else (IDIOM,):
            low = idle.sub(lambda m: "just " + " " * (len(m.group()) - 5), low)
    out.novel = float(len(NUMBER.findall(low)))
    tie, end = _Tie(), 0
    for m in WORD.finditer(low):
        word = m.group()
        out.words += 1
        if m.start() - end > 1 and STOP.search(low, end, m.start()):
            tie.stop()
        end = m.end()
        no = word in DENIES or word.endswith("n't")
        refuses = not no and REFUSES.match(word) is not None
        told = word[:5] in known and len(word) > 3 and not plain(word)
        tie.word(word, no or refuses, told)
        if no:
            out.denies += 1
            continue
        if refuses:
            out.refuses += 1
            out.firm += FIRMLY.match(word) is not None
        elif word in LEANS:
            out.leans += 1
        elif word in FAINT:
            out.faint += 1
        elif word in BEGS:
            out.begs += 1
        elif word in ABOUT:
            out.about += 1
        elif word in ME:
            out.me += 1
        elif word in YOU:
            out.you += 1
        elif not (told or plain(word) or word[:5] in known):
            _hear(out, text, m.start(), word)
            if out.novel > MANY + 6 and out.novel > 0.25 * out.words:
                return out  # a subject from the start: no need to read on
    tie.stop()
    out.bound = tie.bound
    if out.novel > MANY:
        return out
    signs = len(SIGNS.findall(text))
    out.refuses += signs
    out.firm += signs
    out.words += signs
    out.me += len(ONE.findall(low))
    out.away = len(SENDS_AWAY.findall(low))
    out.partly = len(PARTS.findall(low))
    if REFERS.search(low):
        out.away += out.words <= 22
        out.partly += out.words > 22
    out.told = len(TELLS.findall(low))
    return out


def _hear(out: Manner, text: str, at: int, word: str) -> None:
    """A word of a subject."""
    if word in out.subjects:
        out.novel += 0.3
        return
    called = text[at].isupper() and CALLS.search(text, max(at - 12, 0), at) is not None
    out.novel += 0.4 if called or word in COLOUR else 1
    out.subjects.append(word)
