"""How much a text sounds like somebody: calls, asides, dialect and oaths against the even tone of an answer."""

from __future__ import annotations

import re

from greenlight.gates import _moods
from greenlight.gates._text import word_set

EDGE = 240
"""Characters at either end of a text in which it may serve."""
READ, LAST = 500, 250
"""Characters of a text that are listened to, from its beginning and from its end."""
CALLS = word_set(
    "ah aha ahem ahoy alas arr arrr arrgh argh aw aww aye avast bah behold begone beep bleep blimey boo boom boy "
    "bravo brr"
    " bzzt cheers crikey dang darn dude duh eek eh er erm ew eww fie folks gads gadzooks gee golly goodness gosh "
    "grr ha haha"
    " hahaha hail hallo hark heavens heck hehe heh hey hi hmm hmph ho hoho hoo hooray howdy hrmph hullo huh "
    "hurrah hush"
    " huzzah lo lordy mercy mm mmm mwahaha muahaha nah nay nope oh oho oi ooh oof ooo oops ouch ow pah pfft phew "
    "pish pooh"
    " psst rats rawr shh shoot shucks sigh tch tsk tut ugh uh um verily voilà wahey welp whee whew whoa whoopee "
    "woe wow"
    " wowza yay yea yeah yee yeehaw yep yikes yippee yo yoo yuck yum zounds zut ach och mon mamma dios ay bon "
    "oui merci sacré"
    " allora ciao basta jawohl namaste salaam shalom meow woof purr whirr clank buzz croak hoot hiss growl giggle"
)
"""Interjections and greetings."""
NAMED = word_set(
    "sir madam ma'am sire milord milady lord lady kid kiddo doll toots partner pardner mate matey mates friend "
    "friends"
    " child children dear dearie darling sweetheart sweetie honey love treasure lamb dumpling angel precious "
    "poppet duckie"
    " recruit maggot maggots soldier private cadet people folks bestie babe babes girl girls boys bro brah dude "
    "buddy pal"
    " chum champ boss chief captain cap'n lad laddie lads lass lassie squire traveller traveler stranger "
    "wanderer pilgrim"
    " mortal mortals fool fools human humans earthling earthlings citizen comrade brother sister brethren grasshopper"
    " student apprentice pupil disciple son sonny daughter grandson hero warrior knave varlet wench rascal scoundrel"
    " dog dogs lubber landlubber scallywag swabs hearties y'all everybody everyone team squad crew peasant peasants"
    " ladies gentlemen gents viewers listeners fellas guys gang amigo amigos hombre señor señora monsieur madame mon"
    " chéri bambino bambina signore signora mein herr habibi baby one owner master mistress minion minions majesty"
    " grace excellency cousin neighbour neighbor sailor youngster whippersnapper squirt rookie"
)
"""What people are called."""
SLANG = word_set(
    "ye yer ya y'all yall ain't gonna gotta wanna outta lotta kinda sorta dunno lemme gimme cuz 'cause 'em em o' "
    "an' th'"
    " ol' ole innit aye nae wee dinnae cannae ken bairn auld thou thee thy thine hath doth dost art shalt wilt "
    "hast ere"
    " oft 'tis 'twas twas tis wherefore whence hither thither yonder forsooth prithee methinks nigh unto ne'er "
    "o'er e'er 't"
    " whensoe'er verily lest behold smite yea goeth cometh sayeth saith knoweth lieth like totally literally whatever"
    " seriously gross lame legit vibe vibes lit slay bruh fam lowkey highkey bet sus yeet gnarly stoked rad chill "
    "sick"
    " groovy far-out cosmic reckon fixin' critter critters varmint plumb mighty darn dang heckuva somethin' "
    "nothin' goin'"
    " doin' ropin' thinkin' zis ze zat zey ve vill vat vas und nicht ja nein me mes t'is zee dat dis da wuz eated "
    "gots"
    " gimme wif fink nuffin bloody blimey crikey bloke guv ruddy newfangled confounded tarnation consarn shan't "
    "mayhap"
    " perchance indeed alas capisce dame gumshoe joint racket sap mug bub wiseguy copper dough shall mine upon hush"
)
"""What no encyclopaedia says."""
SMOOTH = word_set(
    "however therefore additionally furthermore moreover usually generally typically mainly mostly often "
    "afterwards addition"
    " example instance such recommended possible useful advisable describes describe refers refer consists "
    "consist depends"
    " according due particular percent approximately adults experts finally necessary ensure avoid consider "
    "choose several"
    " various certain specific appropriate suitable regularly sufficient additional effective increase decrease "
    "reduce"
    " reduces required require requires provide provides provided include includes included contains contain "
    "process method"
    " temperature substances substance conditions factors factor results explanations theory scientists "
    "researchers doctors"
    " products common different should may can cause causes caused used known called calculated helps improve "
    "important also"
    " which because most begin place amount surface material minutes hours years structure function period "
    "region typical"
    " commonly form forms types type involves system systems based level levels energy value"
)
"""The even tone of reference and advice."""
SERVICE = re.compile(
    r"\b(?:(?:great|good|excellent) question|(?:i )?hope (?:that )?(?:this|that|it)? ?(?:helps|is of use)|let me "
    r"know|feel free|"
    r"happy to help|glad (?:that )?you asked|of course!|sure[,!]|certainly!|here is (?:a|the|an)|if you (?:like|"
    r"need|have)|"
    r"i can also|anything else|more detail|have a nice day|thank you for asking|as an ai|to answer your question|"
    r"in brief|"
    r"i(?:'m| am) (?:very |so |really )?sorry(?:,? but| to hear| for)|i (?:can't|cannot|can not|am unable|am not "
    r"able|won't) (?:\w+ )?(?:help|assist|do|play|provide|"
    r"fulfil\w*|comply|answer)|as an? (?:ai|assistant|language model)|i do not have (?:a|any|personal)|i would "
    r"recommend|i recommend|i suggest|"
    r"(?:i am|i'm) (?:fine|well|available|ready|here|an assistant|doing well)|what (?:do you need|would you like)|"
    r"go ahead|"
    r"see you|sleep well|you're welcome|my pleasure|not at all|"
    r"please (?:tell|let) me|tell me if|for more information|would you like (?:me|more)|these are general|"
    r"that is all|how can i help|what can i do for you|as requested|as instructed|the following)\b",
    re.IGNORECASE,
)
"""What an assistant says to anybody."""
MADE = re.compile(r"\b(?:an ai\b|ai (?:assistant|model)|(?:large )?language model)", re.IGNORECASE)
"""What an assistant says of itself."""
SERVED = (
    "question", "hope", "let me know", "feel free", "happy to", "glad", "of course", "sure", "certainly",
    "here is", "if you ", "can also", "anything else", "detail", "nice day", "for asking", "as an", "brief",
    "that is all", "sorry", "tell me", "let me", "more information", "would you", "these are",
    "i can", "unable", "able to", "won't", "recommend", "suggest", "do not have", "following", "requested",
    "instructed", "can i help", "can i do", "i am ", "i'm ", "what ", "go ahead", "see you", "sleep well", "welcome",
    "pleasure", "not at all",
)  # fmt: skip
"""One of them is in each."""
ANNOUNCED = re.compile(
    r"^\W{0,3}(?:(?:here is|here's|this is|the following is|what follows is)\b[^\n:.]{0,80}[:.]|"
    r"(?:answering|speaking|writing|responding) as\b[^\n:.]{0,80}[:.,]|"
    r"as an? [^\n:.,]{2,50}(?:,| i would say)[^\n:.]{0,40}[:,]|in the (?:role|style|voice|person) "
    r"of\b[^\n.:]{0,80}[:.,]|"
    r"[\[(][^\])\n]{2,60}[\])]|an? [a-z' -]{2,40}:|[^\n.:]{0,30}written from the point of view[^\n.:]{0,60}[:.])\s*",
    re.IGNORECASE,
)
"""A line that says who will speak."""
LEAD = re.compile(
    r"^\W*(?:[^\n.:!?]{0,40}\b(?:answer|sources|question|summary|facts)\b[^\n.:!?]{0,24}(?=:)|sure|of course|"
    r"certainly|absolutely|well|okay|ok|yes|no|to answer your question|in brief|in short|"
    r"simply put|good question|"
    r"great question|thanks? (?:you )?for asking|answer)\W*[,.:!]\W*",
    re.IGNORECASE,
)
"""What an answer may begin with and be the same."""
MINE = word_set("i me my mine myself i'm i've i'd i'll we our us")
SHORTER = tuple(
    (re.compile(pattern, re.IGNORECASE), full)
    for pattern, full in (
        (r"\bwon['’]t\b", "will not"),
        (r"\b(?:can['’]t|cannot)\b", "can not"),
        (r"(?<=\w)n['’]t\b", " not"),
        (r"(?<=\w)['’]re\b", " are"),
        (r"(?<=\w)['’]ll\b", " will"),
        (r"(?<=\w)['’]ve\b", " have"),
        (r"(?<=\w)['’]m\b", " am"),
        (r"\b(it|he|she|that|there|what|here|who)['’]s\b", r"\1 is"),
        (r"(?<=[a-z]{2})our(?=s?\b|ed|ing|ite|ful|able)", "or"),
        (r"(?<=[a-z]{2})is(?=e[sd]?\b|ing\b|ation)", "iz"),
        (r"(?<=[a-z]{2}t)re\b", "er"),
    )
)
"""Short forms and spellings of one English and another: the same words."""
DECLINES = -3.0
"""The voice of a mere refusal."""
FAR = re.compile(r"[\u0370-\u1fff\u3040-\u9fff\uac00-\ud7af]")
"""Letters that are not English."""
REFUSED = re.compile(
    r"\b(?:can(?:not|'t| not)|won't|(?:am|'m|are) (?:not able|unable)|must decline|do(?:n't| not) (?:have|play|"
    r"take|do)|outside of|"
    r"against my|not (?:allowed|permitted|something)|only answer|violates?|language model|an ai\b|"
    r"just an? (?:ai|assistant))",
    re.IGNORECASE,
)
"""What a short text has that only declines."""
CODE = re.compile(r"```[^`]*(?:```|$)|^>[^\n]*$", re.MULTILINE)
"""What nobody says: code, and what others said."""
REMARK = re.compile(r"(?:^|[ \t;])(?:#|//|--|/\*) ?([^\n]{3,200})", re.MULTILINE)
SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'”’)*_]*|$|(?=\n))")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?")
LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
BID = word_set(
    "go come sit listen look hush leave get git begone out off run move drop bring fetch pull pour hold stand forget"
    " remember mind shut drink eat take sleep breathe ring pay call text don't never dare tremble observe behold "
    "order gather"
)
"""How an order begins."""
LEADS = word_set("now so and well okay just then but good here")


class Said:
    """A text of which the beginning and the end are listened to."""

    def __init__(self, text: str) -> None:
        text = text if len(text) <= READ + LAST else f"{text[:READ]}\n{text[-LAST:]}"
        self.text = text.replace("’", "'")
        self.small = WORD.findall(self.text.lower())
        self.words = frozenset(self.small)

    @property
    def is_english(self) -> bool:
        """Whether its words may be weighed here."""
        if FAR.search(self.text[:200]):
            return False
        return len(self.small) < 4 or sum(word in COMMON for word in self.small) >= 0.1 * len(self.small)

    def heard(self) -> tuple[float, ...]:
        """Calls, forms of address, slang, even tone, first person, exclamations, questions, short sentences, capitals,
        orders, long sentences, names, and what ``_moods`` hears; each a sentence or a word."""
        text, small = self.text, self.small
        said = [one for m in SENTENCE.findall(text) if (one := m.strip(EDGES)).strip()]
        size, many = max(1, len(said)), max(1, len(small))
        served = len(SERVICE.findall(text[:EDGE])) if _serves(text[:EDGE]) else 0
        calls = named = bids = large = short = bang = asks = shouted = 0
        for one in said:
            tokens = one.split()
            short += len(tokens) <= 4
            end = one.rstrip("\"'”)*_")[-1:]
            bang += end == "!"
            asks += end == "?"
            first = tokens[0].strip(STRIPPED).lower()
            calls += first in CALLS
            bids += first in BID or (first in LEADS and len(tokens) > 1 and tokens[1].strip(STRIPPED).lower() in BID)
            if "," in one:
                head, tail = one.split(",", 1)[0].lower().split(), one.rsplit(",", 1)[1].lower().split()
                named += 0 < len(head) <= 4 and head[-1] in NAMED
                named += 0 < len(tail) <= 4 and tail[-1].strip(STRIPPED) in NAMED
            capital = [
                token for token in tokens[1:] if token[0] not in LOWER and token[0].isupper() and token not in OWN
            ]
            large += bool(capital)
            shouted += sum(token.isupper() and len(token) > 3 for token in capital)
        slang, smooth, mine = (sum(map(kind.__contains__, small)) for kind in (SLANG, SMOOTH, MINE))
        return (
            min(2.0, 2 * calls / size), min(2.0, 2 * named / size), min(3.0, 20 * slang / many),
            min(3.0, 20 * smooth / many), min(3.0, 15 * max(0, mine - 2 * served) / many),
            min(2.0, 2 * bang / size), min(2.0, 2 * asks / size), min(2.0, 2 * short / size),
            min(2.0, 2 * shouted / size), min(2.0, 2 * bids / size),
            min(2.0, max(0.0, (many / size - 9) / 5)), min(2.0, 2 * large / size), *_moods.felt(text, small, size),
        )  # fmt: skip


EDGES = " \n\t-*#>|0123456789.)("
STRIPPED = " ,.!?…\"'“”*_-"
OWN = frozenset(("I", "I'm", "I've", "I'd", "I'll", "I,"))


def unannounced(text: str) -> str:
    """Without a first line that says who will speak."""
    found = ANNOUNCED.match(text[:400])
    return text[found.end() :] if found and found.end() < len(text) - 20 else text


THOUGHT = re.compile(r"^\s*<(think|thinking|thought|thoughts|reasoning|reflection|scratchpad)>.*?</\1>\s*", re.DOTALL)


def spelled(text: str) -> str:
    """With short forms written out, in the spelling of America, as far as texts can be told to be the same."""
    for pattern, full in SHORTER:
        text = pattern.sub(full, text)
    return text


def spoken(text: str) -> str:
    """Without thoughts before it, in tags, which are not said to anybody."""
    return THOUGHT.sub("", text, count=1) if text[:40].lstrip().startswith("<") else text


def unasked(text: str, prompt: str) -> str:
    """Without headings and sentences that are the prompt's own."""
    if not prompt or prompt[:30].strip() not in text:
        return text
    return " ".join(one for one in SENTENCE.findall(text) if one.strip(" #*_\n") not in prompt)


def declines(text: str) -> bool:
    """Whether a short text only says that it will not answer, or play anybody."""
    return len(text) < 200 and "!" not in text and REFUSED.search(text.replace("’", "'")) is not None


def uncoded(text: str) -> str:
    """Without code, of which the remarks are left, and without what others said."""
    return CODE.sub(lambda found: "\n".join(("", *REMARK.findall(found[0]), "")), text)


def served(text: str) -> float:
    """How often a text says what an assistant says to anybody, at its ends."""
    return min(2.0, float(len(SERVICE.findall(text[:EDGE])) + len(SERVICE.findall(text[EDGE:][-EDGE:]))))


def plainly(text: str) -> str:
    """Without a first line that says who will speak, and without first and last sentences of mere service."""
    told = unannounced(text)
    lead = LEAD.match(told)
    told = told[lead.end() :] if lead else told
    lead = LEAD.match(told) if lead else None
    told = told[lead.end() :] if lead else told
    if len(told) > 2 * EDGE:
        head, body, tail = told[:EDGE], told[EDGE:-EDGE], told[-EDGE:]
        return _unserved(head) + body + _unserved(tail) if _serves(head) or _serves(tail) else told
    return _unserved(told) if _serves(told) else told


def _serves(text: str) -> bool:
    small = text.lower()
    for key in SERVED:
        if key in small:
            return SERVICE.search(text) is not None
    return False


def _unserved(text: str) -> str:
    parts = SENTENCE.findall(text)
    return "".join(one for one in parts if not ((len(one.split()) <= 12 and _serves(one)) or MADE.search(one)))


COMMON = word_set(
    "the of and to a in is it you that he was for on are with as i his they be at one have this from or had by "
    "but not what"
    " all were we when your can said there use an each which she do how their if will up other about out many "
    "then them"
    " these so some her would make like him into time has look two more go see no way could my than been who its "
    "now find"
    " long down day did get come me ye yer thou thy it's don't i'm just here yes never"
)
