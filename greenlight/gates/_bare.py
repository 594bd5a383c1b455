"""Answers that are no more than a no."""

from __future__ import annotations

import re

from greenlight.gates import _demand

BARE = re.compile(
    r"(?:(?:oh |well |um |uh |so )?(?:sorry|apologies|my apologies|forgive me|hm+)?\W*)(?:(?:i )?(?:can't|cannot|"
    r"won't|will not|am not|'m not|not|not gonna|"
    r"not going to) (?:going to )?(?:do|doing|help(?: you)?(?: here| there)?)(?: (?:it|that|this|so)(?: one)?)?|"
    r"i don't think so|"
    r"i think not|no sir|as if|negative|not (?:interested|in the mood|feeling it|my style)|not my (?:job|problem|"
    r"department|thing|cup of tea)|next(?: question)?|"
    r"i'm good|nothing doing|computer says no|(?:access|request) (?:denied|refused|declined|rejected)|veto(?:ed)?|"
    r"skip|no|nope|nah|nay|"
    r"never|no way|no can do|no thanks?(?: you)?|pass|declined|denied|refused|rejected|"
    r"not (?:possible|happening|today|allowed|permitted|me|this time)|impossible|absolutely not|certainly not|"
    r"definitely not|of course not|nice try|google it|look it up|(?:do|write|make|find) it yourself|maybe (?:later|"
    r"another time|"
    r"some other time)|(?:some )?other time|another time|whatever|meh|(?:i'm |too )busy|nö|keine lust|no me apetece|"
    r"pas envie|geen zin|i (?:refuse|decline|can ?not|can't|won't|will not|"
    r"shan't|would rather not|would prefer not to|don't want to|mustn't)|i'd (?:rather|prefer) not(?: to)?|"
    r"(?:nem pensar|ni lo sueñes|ni pensarlo|de ninguna manera|kommt nicht in ?frage|auf keinen fall|vergiss es|"
    r"keine chance|pas question|"
    r"non merci|no gracias|no,? grazie|não,? obrigad[oa]|niente da fare|neanche per sogno|de jeito nenhum|ни за что|"
    r"ни в коем случае|нельзя|想都别想|免谈|"
    r"絶対に嫌です|お断り|절대 안 돼요?|못 해요|싫어|absoluut niet|geen sprake van|nie ma mowy|aldrig|asla|hayır|"
    r"हरगिज़ नहीं|i won't|"
    r"won't|shan't|couldn't|refusing|blocked|forget it|forget about it|hard pass|hard no|a firm no|that's a "
    r"(?:hard |firm )?no|it's a no|"
    r"not a chance|no chance|no deal|no dice|fat chance|dream on|in your dreams|out of the question|count me out|i'm "
    r"out|i pass|i'll pass|"
    r"i'd rather (?:be excused|not say)|not doing (?:that|this|it)|not (?:gonna|going to) (?:do (?:it|that|this)|"
    r"happen)|won't happen|not for me|"
    r"ask (?:someone|somebody) else|leave me alone|go away|under no circumstances|over my dead body|by no means|not "
    r"in a million years|"
    r"i must (?:decline|refuse)|i have to (?:decline|refuse|pass)|i will not|i shall not|i'd prefer not to(?: say)?|"
    r"not today|not now|absolutely no|"
    r"just no|hell no|heck no|uh-uh|not me|no, no,? no)|no comment|unable to comply|can't do (?:it|that)|won't do|"
    r"can't|cannot|"
    r"nein|nein danke|niemals|abgelehnt|geht nicht|non|jamais|impossible|refusé|hors de question|no puedo|"
    r"jamás|imposible|ni hablar|denegado|mai|rifiuto|não|nunca|нет|никогда|не буду|отказ|не могу|отказано|"
    r"不|不行|不要|不可以|不能|拒绝|没门|いいえ|いや|嫌です|だめです|無理|無理です|お断りします|لا|كلا|مستحيل|"
    r"أرفض|नहीं|बिल्कुल नहीं|아니요|안 돼요|싫어요|안 됩니다)"
    r"(?:\W+(?:sorry|thanks|thank you|friend|matey|sir|danke|merci|gracias|can do))?\W*",
    re.IGNORECASE,
)
POLITE = re.compile(
    r"(?:so |very |i'm |i am |we're )*(?:sorry|afraid)|i fear|alas|hm+|oh(?: dear| no)?|well|please|"
    r"thanks?(?: you)?(?: for \w+)?|"
    r"lol|lmao|rofl|(?:ha|he|hi)(?:ha|he|hi)+h?|heh|ugh|yikes|ew+|yeah|ok(?:ay)?|um+|uh|so|dude|bro|bruh|man|guys?|"
    r"(?:my |dear |good |old )*(?:friend|sir|madam|mate|pal|buddy|dear|love|lad|lass|kid|boss|captain|friends|"
    r"sweetheart|honey|kleiner|mein freund|mon ami|amig[oa]|caro|дружок|друг)|"
    r"unfortunately|sadly|regrettably|really|honestly|simply|just|(?:good)?bye|but|and|leider|tut mir leid|désolée?|"
    r"lo siento|"
    r"mi dispiace|desculpe|простите|извините|抱歉|对不起|ごめん(?:なさい|ね)?|すみません|"
    r"죄송합니다|미안(?:해요)?|آسف|عذرا|माफ़ करें|क्षमा करें",
    re.IGNORECASE,
)
"""What goes with a bare no."""
LABELS = ("negative",)
"""Words of one's own that are labels sooner than noes."""
FIRM = re.compile(r"sorry|declin|denied|refus|reject|comment|comply|rather|prefer|can|won't|lehn|拒|断", re.IGNORECASE)
PAUSE = re.compile(r"[,.!;:…—–\n，。！、،؛।]+|\bbut\b|\band\b")


def refuses(shell: str, prompt: str) -> bool:
    """No more than a no, where more was asked."""
    shell = shell.strip('*_#>[]() \n"')
    if not 0 < len(shell) <= 80 or shell.lower() in LABELS or not is_no(shell):
        return False
    asked = _demand.of(prompt)
    if asked.none:
        return FIRM.search(shell) is not None
    return not (asked.closed or asked.brief or asked.mouth or asked.limits or asked.wanted)


def is_no(shell: str) -> bool:
    """Whether it is a no, or some, with what is polite around it."""
    if BARE.fullmatch(shell):
        return True
    noes = 0
    for part in PAUSE.split(shell):
        if BARE.fullmatch(part.strip()):
            noes += 1
        elif part.strip() and POLITE.fullmatch(part.strip()) is None:
            return False
    return noes > 0
