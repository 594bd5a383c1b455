"""Words that a text does not stop after, and words that a sentence starts with, in many languages."""

from __future__ import annotations

import re

from greenlight.gates import _languages
from greenlight.gates._joints import ABROAD, BY_SCRIPT, MAY_END, OWN
from greenlight.gates._text import word_set

ENGLISH = word_set(
    "the a an and or nor of my your our their its whose because than from into onto every although unless "
    "whereas via "
    "upon toward towards among amongst between during against despite regarding concerning until"
)
QUERY = word_set("AND OR FROM WHERE SELECT JOIN ON BY SET VALUES INTO LIMIT NOT")
SOFT = word_set(
    "but so to in on at by for with as if while when who which that is was were are be am been being had has "
    "have his "
    "her this these those very not about through without he she they we i it's i'm you're we're they're there's "
    "that's "
    "i've we've don't doesn't didn't isn't wasn't can't couldn't won't wouldn't shouldn't can could "
    "will would should must may might shall do does did where how what why whether since "
    "freshly finely roughly approximately several many few another other such extremely quite really almost "
    "nearly about "
    "neither beneath within"
)
"""Words of English that a finished phrase seldom ends with."""
STRANDED = re.compile(
    r"\b(?:where|what|who|whom|which|whose|that|you|we|they|one|nowhere|somewhere|something|nothing|anything|everything|to)\b[^.!?]{0,60}"
    r"\b(?:come|comes|came|coming|get|got|look|walk|run|crawl|fit|grow|turn|made|dream\w*|think\w*|thought|speak\w*|spoke\w*|talk\w*|hear|heard|afraid|proud|tired|"
    r"fond|full|know|knew|known|built|are|am|is|was|were|you|me|him|them|they|we|i) (?:of|from|into|against)$",
    re.IGNORECASE,
)
"""A preposition that its noun stands before: "where the river comes from"."""
BORROWED = frozenset(word for code in ("de", "fr", "es", "ru") for word in ABROAD[code]) & word_set(
    "und oder der dem eine einen einem einer zum zur les une aux dans avec et los las una del и или но weil dass "
    "sehr "
    "которые который чтобы если потому cuyo porque desde hacia parce lorsque"
)
"""Words that hang in a text whose language is not known, since English has none like them."""

STARTS = word_set(
    "the a an then she he it they we i you there this that these those so now but and in on at one after as his her "
    "my our their its when while if because although once to for with by from since before during every each "
    "some all "
    "no however it's der die das ein eine dann er sie es und aber als wenn im am le la les un une il elle et "
    "mais alors "
    "el los las una entonces ella y pero cuando он она они и но когда потом в на "
    "across down far can could deep high would should does did do is are "
    "another additionally afterward afterwards again almost along already also alternatively altogether among "
    "another "
    "any anyone anything around away back basically behind below beneath besides between beyond both briefly "
    "certainly "
    "clearly consequently curiously despite due eight either enough especially even eventually ever everyone "
    "everything "
    "everybody few finally first firstly five following four fortunately four further furthermore generally "
    "gradually "
    "had has have having hence here how i'm i've i'll if imagine immediately in indeed initially inside instead just "
    "last lastly later let let's like likewise long many maybe meanwhile more moreover most much naturally near "
    "nearby neither never nevertheless next nine nobody none nonetheless nor not nothing obviously often only or "
    "other "
    "others otherwise out outside over overall perhaps please plus possibly probably quickly quietly quite rather "
    "recently remember second secondly seven several shall should similarly simply six slowly someday somebody "
    "someone "
    "something sometimes somewhere soon still such suddenly surely ten thankfully that's their theirs them "
    "themselves "
    "there's therefore they're they've thirdly three through throughout thus till today together tomorrow "
    "tonight too "
    "toward towards two ultimately under unfortunately unless unlike until up upon usually very was we're we've well "
    "were what whatever whenever where whereas wherever whether which whichever who whoever whose why with "
    "within "
    "without would yesterday yet you're you've your yours zwar jedoch deshalb danach außerdem schließlich plötzlich "
    "zuerst später heute gestern morgen nach vor seit bei für mit ohne weil obwohl während dieser diese dieses jeder "
    "cependant ensuite enfin puis ainsi donc après avant depuis pendant pour dans sur avec sans ce cette ces quand "
    "soudain sin embargo además luego después antes desde durante para por con este esta estos aunque así finalmente "
    "poi quindi inoltre infine dopo prima quando mentre questo questa depois então além finalmente antes durante "
    "este "
    "однако затем наконец после перед этот эта это вдруг поэтому если хотя каждый так"
)
"""Words that sentences begin with, and names or signatures do not."""
NAMES_IN_LY = word_set(
    "emily kelly sally molly lily billy polly holly milly beverly kimberly carly elly july italy sicily tilly willy "
    "dolly family assembly butterfly monopoly reply supply ally bully jelly belly kelly shelly charly"
)
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

NEEDS_A_NAME = word_set(
    "Mr Mrs Ms Mx Dr Prof Capt Sgt Lt Col Gen Maj Cpl Rev Hon Sen Gov Pres Supt Insp Messrs Mme Mlle Frl Sra "
    "Srta Dott "
    "St Mt Ft Ste"
)
NEEDS_A_NUMBER = word_set("Fig Figs Eq Eqs Sec Sect Vol Vols Op Nr Chap Bd fig figs eq sec vol nr chap p pp")
NEEDS_MORE = re.compile(
    r"(?:^|[\s(\[,;])(?:e\. ?g|i\. ?e|approx|ca|cf|viz|vs|incl|esp|a\.k\.a|z\. ?B|d\. ?h|u\. ?a|bzw|sog|evtl|vgl|"
    r"p\. ?ex|c\.-à-d|p\. ?ej|т\. ?е|напр|т\. ?к|np|tzn|např|tj|bv|d\.w\.z|t\. ?ex|f\. ?eks|örn)\.$"
)
AFTER_THESE = word_set(
    "in see under from and of by with per to at no on the also or siehe nach laut gemäß for bus line room house number"
)


def stops_short(tail: str) -> str:
    """The abbreviation at the end of a text that wants a name, a number or an example after it; empty without one."""
    if not tail.endswith(".") or len(tail) - 1 - max(tail.rfind(" "), tail.rfind("("), tail.rfind("\n")) > 8:
        return ""
    if len(tail.split(None, 4)) < 4:
        return ""
    more = NEEDS_MORE.search(tail[-16:])
    if more:
        return more.group().strip(" \t\n([,;")
    rest, _, short = tail[:-1].rpartition(" ")
    if not short.isalpha() or len(short) > 6:
        return ""
    before = rest.split()[-1]
    if short in ("St", "Mt", "Ft", "Ste", "No", "Art", "Ch", "Tab"):
        return f"{short}." if before in AFTER_THESE else ""
    if short in NEEDS_A_NAME:
        return "" if before[0].isupper() and before.lower() not in STARTS else f"{short}."
    if short in NEEDS_A_NUMBER:
        return f"{short}." if before[0].islower() or before[-1] in ",(" else ""
    return ""


SMALL = word_set(
    "ab ad ah am an as at aw ax ay be by cm co da de do dr eh el em en er et ex fa fi fm ft go ha he hi hm ho hp "
    "ie if in "
    "io is it jr kb kg km la lb lo ma mb me mi ml mm mr ms mu my nd ne no nu of oh ok on or ow ox oz pa pi pm pp "
    "ps re rd "
    "sh so sr st ta tb th ti to tv ty uh uk um un up us vs we xi ya ye yo id gb hz kw mw ii iv vi ix xx lp cd pc "
    "hq uv ph"
)
"""English of two letters, units among it."""
NO_END = re.compile(
    r"(?:[bcdfghkpstvwz][lr]|[bdfgklmnrstuvwyzaeio]j|[a-z]q|[^aeiou\W]v|[bcdfgklmnprstvz]w|(?<!e)wh|kn|wr|thr|"
    r"sch|[^aeiouyl]hl)$"
)
"""What no English word ends with."""
INFLECTED = re.compile(
    r"(?:'?s|es|e?d|ing|e?rs?|ly|n|y|e|est|al|ed|ful|less|ness|ment|ish|like|man|men|ward|wards|time|book|"
    r"s?(?:fall|light|shine|storm|house|place|coat|drops?|set|rise|flowers?|side|ship|berr(?:y|ies)|cakes?|pot|shop|room|"
    r"yard|balls?|works?|board|walk|way|land|line|paper|birds?|fish|stone|wood|fly|bow|mill|wheel|keepers?|port|step|"
    r"bread|maker|making|hood|ship|some|able|self|where|thing|one|body|ever|over|out|up|in|on))$"
)
CAMEL = re.compile(r"\b[A-Za-z][a-z]+[A-Z]\w*")
"""Names of programs, of which a word of a sentence is no part."""
SPELT = re.compile(
    r"(?:option|point|part|letter|vitamin|plan|step|line|answer|grade|team|type|class|and|or|room|gate|row|is|=)$",
    re.IGNORECASE,
)


def fragment(line: str, text: str, english: bool, loud: bool = False) -> bool:
    """Whether the last word is a part of one: no such word ends so, or the text has the whole of it elsewhere.

    ``text``: what stands around the line; ``loud``: all of it is in capitals.
    """
    found = re.search(r"(?:(\S+)\s+)?([^\W\d_]+)$", line)
    if found is None or line[: found.start(2)].endswith(("#", "@", "/", ".", "'", "’", "-", "_", "=")):
        return False
    before, word = found[1] or "", found[2]
    small = word.lower()
    if english and word.isascii() and (word.islower() or loud):
        if len(word) == 1 and small not in "aiox" and before.isalpha() and not SPELT.search(before):
            return before.islower() or loud
        if len(word) == 2 and small not in SMALL and before[-1:].isalpha() and not loud and before.lower() != small:
            return True
        if len(word) >= 4 and NO_END.search(small):
            return True
    if len(word) < (4 if english and word.isascii() else 3) or not before:
        return False
    around = CAMEL.sub(" ", f"{text} {line[: found.start(2)]}")
    others = WORD.findall(around.lower())
    if small in others:
        return False
    longer = {other for other in others if len(other) > len(small) and other.startswith(small)}
    return bool(longer) and not any(INFLECTED.fullmatch(other[len(small) :]) for other in longer)


def is_english(text: str) -> bool:
    hits, _ = _languages.known(text)
    return hits["en"] >= 2 and hits["en"] >= max(hits.values())


def language(text: str) -> str:
    """The language that most of the common words in the text are of; empty where English or nothing is."""
    hits, words = _languages.known(text)
    for code, own in OWN.items():
        if hits["en"] <= hits.get(code, 0) + 1 and any(letter in text for letter in own):
            return code
    best = max(hits, key=lambda code: hits[code])
    if best != "en" and hits[best] >= max(2, 0.15 * words) and hits[best] > hits["en"]:
        return best
    first = next((letter for letter in text if letter.isalpha() and not letter.isascii()), "")
    return BY_SCRIPT.get(_languages.script(first), "") if first else ""


def last_word(text: str) -> str:
    """Without marks around it."""
    found = None
    for found in WORD.finditer(text, max(0, len(text) - 60)):  # noqa: B007
        pass
    return found.group() if found else ""


def hangs(text: str, around: str = "", soft: bool = False) -> bool:
    """Whether a line ends with a word that wants another after it; ``soft``: also with one that nearly always does.

    ``around``: more of the text, which tells the language.
    """
    word = last_word(text)
    small = word.lower().replace("’", "'")
    if word in QUERY or small in BORROWED or (soft and small in SOFT and not word.istitle()):
        return True
    if soft and WANTS.search(text[-60:]):
        return True
    if small in ENGLISH:
        if small in ("of", "from", "into", "against") and STRANDED.search(text[-120:]):
            return soft
        return (len(word) > 1 or word.islower()) and not (word.istitle() and _titled(text))
    if not any(small in words for words in ABROAD.values()):
        return False
    code = language(f"{around[-400:]} {text}")
    return code in ABROAD and small in ABROAD[code] and (soft or small not in MAY_END.get(code, ()))


WANTS = re.compile(
    r"(?:\b(?:whether|because|although|unless|until) (?:i|you|he|she|it|we|they)|"
    r"\b(?:is|are|was|were|be|been|being) (?:called|named|titled|entitled|known as)|"
    r"\b(?:calling|naming|call) (?:him|her|it|them)|\b(?:is|to|of|on|up|climbed) Mount|(?<!now )\band then|"
    r"\bwould have to say|\b(?:was|were|is|are|be|i'm|he's|she's) like|"
    r"(?:^|[.!?] )(?:It|This|They|He|She|You|That) (?:costs?|means?|includes?|involves?|requires?|contains?|consists?|"
    r"takes?|needs?|seems|becomes|depends|refers))$"
)
"""Words that together want another."""
LOOSE = word_set(
    "can will must may might do does did being who what where how when why so in on by about through without be have "
    "had another not this these she he we it don't doesn't didn't isn't wasn't can't couldn't won't wouldn't "
    "shouldn't could would should beneath within"
)
POINTED = re.compile(
    r"\b(?:what|who|where|how|which|when|why|as|than|whatever|whoever|wherever|all)\b[^.!?]{1,60}"
    r"\b(?:is|are|was|were|am|has|does|could|would|should|go|seems|means|takes|costs)$|"
    r"\b(?:what|who|whom|where|which|whose|how|nowhere|somewhere|someone|something|nothing|nobody|anything|everything|"
    r"one|place|things?|all|that|to \w+)\b[^.!?,;]{1,40}\b(?:to|for|with|about|at|on|in|by|through|without|from|"
    r"of|into|"
    r"against)$|\bto (?:do|be)$|^(?:because|if|when|unless|as|only)\b[^.!?]{3,40} to$",
    re.IGNORECASE,
)
"""A verb or a preposition that what it goes with stands before: "what your goals are", "something to hold on to"."""


PARTICLE = re.compile(
    r"\b(?:come|came|go|goes|hold|carry|move|log|drop|stand|turn|sign|check|get|keep|rock|dream|shine|live|play|press|"
    r"hang|read|walk|ride|passing|lights?|game|power|switch\w*|right|step|tune|head|stay|sleep|push|marche?s?) "
    r"(?:in|on|by|about|through)$",
    re.IGNORECASE,
)
JOINING = word_set("in on by about through without es est ist è é är er jest este είναι")


def dangles(text: str, around: str = "", lone: bool = False) -> bool:
    """``hangs``, softly, where a line needs no full stop: without words that such lines end with at times.

    ``lone``: the line is the whole text, which a preposition or a copula seldom ends.
    """
    small = last_word(text).lower().replace("’", "'")
    if POINTED.search(text[-120:]):
        return False
    if lone and small in JOINING and len(text.split()) > 2 and text[:1].isupper():
        return PARTICLE.search(text[-40:]) is None
    if small in LOOSE or small not in SOFT:
        return hangs(text, around) or WANTS.search(text[-60:]) is not None
    return hangs(text, around, soft=True)


def _titled(text: str) -> bool:
    """Whether every word of a line is written as in a title."""
    words = re.findall(r"[^\W\d_][^\s]*", text[-200:])
    return len(words) > 2 and all(word[0].isupper() for word in words if len(word) > 3)


def begins(word: str, longer: frozenset[str]) -> bool:
    """Whether it is the first part of one of these words, and none of them."""
    small = word.lower().strip(",.")
    return len(small) >= 2 and small not in longer and any(one.startswith(small) for one in longer)


def opens(word: str) -> bool:
    """Whether sentences begin with it, and hardly ever a name, a title or a signature."""
    small = word.lower().replace("’", "'").strip("'\"“”«»„(*_,;:")
    return small in STARTS or (small.endswith("ly") and len(small) > 4 and small not in NAMES_IN_LY)
