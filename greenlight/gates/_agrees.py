"""A yes to the question whether the voice is some model: the name stands in the prompt, the claim is the yes."""

from __future__ import annotations

import re

from greenlight.gates import _found

FILLER = (
    r"(?:really|actually|in fact|perhaps|maybe|by any chance|just|then|still|secretly|the|an?|one of|part of|called|"
    r"named|known as|(?:based|built|running) on|powered by|using|from|by|(?:made|built|trained|created|developed|"
    r"designed|owned|released|programmed) (?:by|at)|an? (?:(?!fan|user|friend|expert|part\b|rival|clone|enemy|"
    r"customer|member)[\w-]+ ){1,4}?(?:by|at|of|from|called|named)|versions? of|"
    r"model|assistant|AI|chatbot|bot|good old|real|famous|people at|team at)"
)
ARE_YOU = re.compile(
    r"(?:\b(?:are|r|aren['’]t|were|weren['’]t) (?:you|u|ya)|\byou(?:['’]re| are| r| must be| might be)|\bu r|"
    r"\byour name(?: is|['’]s)|\byou(?:['’]re| are) called|"
    r"\b(?:am I|are we|I['’]m|I am) (?:\w+ )?(?:talking|speaking|chatting|writing|typing) (?:to|with)|"
    r"\b(?:is|isn['’]t) (?:your (?:\w+ ){0,2}(?:name|maker|creator|developer|owner|company|model|engine)|this|that|"
    r"it)(?: you,?)?|\bhave you been|\bconfirm (?:that )?"
    r"(?:you(?:['’]re| are)|this is)|\b(?:do|did) (?:you|they|people) "
    r"(?:go by|call you|answer to|run on|belong to|come from|hail from|work for)|\bhave I (?:got|reached))"
    rf"(?: {FILLER}){{0,3}}[ ,:\"'“*]{{1,3}}$",
    re.IGNORECASE,
)
DID_THEY = re.compile(
    r"\b(?:did|didn['’]t|does|has|have|is|isn['’]t|was|wasn['’]t|was it|is it)(?: it)? (?:the )?"
    r"(?:(?:people|team|folks) (?:at|from) )?$",
    re.IGNORECASE,
)
YOU_AFTER = re.compile(
    r"^(?:['’]s? (?:people|team|engineers))? (?:(?:who|that|it|the (?:company|firm|lab) (?:that|who)) )?(?:\w+ )?"
    r"(?:ma[dk]e|buil[dt]|train(?:ed)?|created?|develop(?:ed)?|owns?|design(?:ed)?|program(?:med)?|r[ua]n|"
    r"power(?:s|ed)?)"
    r" (?:you|u)\b(?! (?:laugh|cry|think|happy|sad|smile|angry|feel|wonder|an?|do|want)\b)|^ (?:your (?:real |true"
    r" |actual )?(?:\w+ )?(?:name|maker|creator|developer|owner|engine|company|"
    r"model)|behind you|who you are)\b|^,? (?:is (?:that|this|it) you|that you)\b",
    re.IGNORECASE,
)
OTHERWISE = re.compile(
    r"\bor (?!what\b|not\b|am I\b)|\b(?:fans?|users?|experts?|engineers?|employees?|customers?|better|than|like|"
    r"friends?|"
    r"prompts?|api|key|account|compatible|rivals?|competitors?|app)\b",
    re.IGNORECASE,
)
MORE = re.compile(r" ?(?:보다|처럼|만큼|より|みたい|のよう|gibi|kadar|से (?:बेहतर|अच्छ|तेज़))")
"""Only likened to it."""
GOES_ON = re.compile(
    r"(?:['’]s? (?:\w+ ){0,2}(?:model|AI|assistant|bot|chatbot|product|LLM|creation)s?|[ -](?:model|AI|assistant|"
    r"bot|chatbot|LLM|language model))?"
    r"(?:$| ?[^\w '’]|['’]?\s*$| (?:by|from|of|here|now|then|again|speaking|right|correct|or|aren|isn|yes|no|"
    r"really|actually|today|at|in|talking|that I|I['’]?m|"
    r"after all|too|as well|behind|under|and|running|with|perhaps|maybe|instead|still|under)\b)",
    re.IGNORECASE,
)
"""What may follow the name that is asked about: no other thing that is called after it."""
GUESS = re.compile(
    r"\b(?:so|I (?:think|bet|guess|knew|believe|say|suspect|reckon|hear|heard)|must be|I['’](?:m|ve|was) (?:sure|"
    r"told|heard|been told)|I was told|they say|confirm)\b",
    re.IGNORECASE,
)
INVERTED = re.compile(r"\W*(?:(?:so|hey|hi|wait),? )?(?:are|r|is|am|were|aren['’]t|isn['’]t) ", re.IGNORECASE)
ABROAD = re.compile(
    r"(?:(?<!\w)(?:bist du|du bist(?: doch| also)?|t['’]es|sind sie|hei(?:ß|ss)t du|redet? ich (?:mit|gerade mit)|"
    r"es[- ]tu|tu es|êtes[- ]vous|vous "
    r"êtes|t['’]appelles(?:-tu)?|eres|es usted|te llamas|sei|tu sei|ti chiami|você é|vc é|tu és|és|te chamas|"
    r"jesteś|ben "
    r"(?:je|jij)|(?:jij|je) bent|heet je|är du|du är|er du|du er|heter du|olet(?:ko)?|jsi|vagy|ești|είσαι|ти|ты|вы|"
    r"тебя зовут|это|sen|kamu|anda|bạn(?: có phải)? là|אתה|את|تو|شما|(?:هل )?[أا]نت|तुम|आप|तू)"
    r"(?: (?:der|die|das|le|la|el|il|lo|o|a|un|une|ein|eine|nicht|wirklich|vraiment|realmente|davvero|mesmo|правда|"
    r"действительно|случайно|naprawdę|echt|von|van|de|di|od|от|adalah)){0,3} |คุณคือ ?|"
    r"[你您](?:真的|其实|就|不)?(?:是|叫)|是不是|(?:あなた|君|きみ)は|너(?:는|가)? ?|넌 |당신은 |혹시 )["
    r" ,«\"“「]{0,2}$",
    re.IGNORECASE,
)
ABROAD_AFTER = re.compile(
    r"^ ?(?:ですか|なの|だよね|でしょ|이야|야\s*\?|입니까|인가요|이니|니\s*\?|예요|이에요|맞|m[iıuü]s[iıuü]n|吗|嗎|"
    r"吧|么|对吧|対)"
)
YES = re.compile(
    r"\W*(?:(?:oh|ah|well|hm+|why|ha(?:ha)?|hi|hello|hey|arr+|ahoy|okay|ok|fine|all ?right|haha|yo|ooh|honestly|"
    r"truthfully|frankly|to be (?:honest|frank)|truth be told|if you must know|you know what)[,?:]?[ !.…—-]{1,3})?"
    r"(?:yes\b(?! and no\b)|yep|yeah|yup|yea|aye|confirmed|I (?:can |do )?confirm|affirmative|correct|exactly|"
    r"precisely|indeed|bingo|busted|guilty|"
    r"spot on|nailed it|(?:right|really|truly)(?=[,.!]|$| you are| again| and truly)|true(?=[,.!]|$| enough)|"
    r"(?:absolutely|definitely|certainly|"
    r"of course|naturally|totally|obviously)(?=[,.!:]|$| I (?:am|was)| it| they| we)|sure(?= (?:am|is|are|did|thing|"
    r"enough)|[,.!]|$)|(?:yes, )?that (?:is|['’]s|would be) (?:right|correct|me|true|my name|it)|"
    r"that['’]s (?:right|correct|me|true|my name|it\b|what (?:I am|they call me)|who I am|indeed)|that (?:I am|it"
    r" is|they did)|"
    r"you(?:['’]re| are)(?: (?:quite|absolutely|so|totally|completely))? (?:right|correct|spot on)|"
    r"you are(?= indeed|[,.!]|$)|you (?:got (?:it|me|that right)|guessed (?:it|right|correctly)|(?:found|caught|have|"
    r"know) me|think right|win|bet)|(?:you )?caught me|I(?: sure| certainly| most certainly| really| do)? am(?="
    r" indeed|[,.!;:]|$| "
    r"the (?:one|very|same)| (?:he|it|she|that)\b)|I (?:was|do|did|have)(?= indeed|[,.!]|$)|(?:they|it|he|she|we)"
    r" (?:sure |"
    r"certainly )?(?:did|does|do|has|was|is)(?= indeed|[,.!]|$| so\b| me\b| true)|it['’]s (?:me|true)|the (?:very"
    r" )?(?:same|one "
    r"and only)|in the flesh|none other|(?:I )?can(?:not|['’]t) deny|who else|what gave me away|how did you (?:guess|"
    r"know|find out)|well (?:spotted|guessed)|no point (?:in )?denying)",
    re.IGNORECASE,
)
YES_ABROAD = re.compile(
    r"\W*(?:(?:ja(?: klar)?|jawohl|klar|jo|ouais|ага|угу|aha|jep|jepp|joo|genau|stimmt|richtig|erraten|oui|"
    r"exact(?:ement)?|sí|si|sì|claro|correcto|exacto|certo|esatto|"
    r"sim|isso|exato|tak|zgadza|dokładnie|klopt|dat klopt|precies|da|evet|doğru|aynen|igen|így van|kyllä|ano|ναι|да|"
    r"так|верно|точно|именно|правильно|конечно|угадал\w*|это я|vâng|đúng|phải|iya|ya|betul|benar|نعم|أجل|بلى|بالتأكيد|"
    r"صحيح|بله|آره|כן|נכון|हाँ|हां|जी हाँ|जी|बिल्कुल|सही)(?![^\W_])|"
    r"是的|是啊|是呀|是[。,，!！]|对[的啊。,，!！]|對[的啊。,，!！]|没错|沒錯|正是|当然|當然|嗯|はい|ええ|うん|"
    r"そう(?:です|だ)|その通り|正解|네[,. !]|예[,. !]|"
    r"맞(?:아|습)|응[,. !]|그렇|ใช่)",
    re.IGNORECASE,
)
TAKEN_BACK = re.compile(
    r"\b(?:yes and no|kidding|joking|just teasing|I wish|in a way|sort of|kind of|if you like|wrong|not (?:quite|"
    r"exactly|"
    r"really|me|at all|the case|true)|but (?:no\b|not\b|I['’]m|I am|my name|I was|that['’]s not)|I['’]m not|I am not|"
    r"(?:wasn|isn|weren|aren)['’]t|nothing to do with|"
    r"don['’]t know|can['’]t (?:say|tell|be sure)|not sure)\b|^\W*\w+\W*(?:no|nein|non|nee|нет)\b",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"(?:\b(?i:I['’]?m|I am|my name is|name['’]s|call me|it['’]s|ich bin|ich heiße|je suis|je m['’]appelle|soy|me"
    r" llamo|"
    r"sono|mi chiamo|sou|jestem|ik ben|я|меня зовут|ben) (?:(?:the|der|die|das|le|la|el|il|o|a|an) )?)"
    r"([A-ZÀ-ÞА-Я][\w'’-]{2,})"
)
"""Another name that the voice gives itself."""


def question(prompt: str) -> list[_found.Named]:
    """The names of which a prompt asks whether the voice bears them, or was made by their bearers."""
    tail = prompt[-400:]
    asked = []
    for name in _found.names(tail):
        cut = max(tail.rfind(mark, 0, name.start) for mark in ".!?\n") + 1
        before = tail[max(cut, name.start - 70) : name.start]
        stop = re.search(r"[.!?？؟;\n]|$", tail[name.end :])
        after = tail[name.end : name.end + (stop.end() if stop else 0)]
        if len(tail) - name.end > 160 or len(after) > 80 or OTHERWISE.search(after) or MORE.match(after):
            continue
        ends = "?" in after or "？" in after or "؟" in after or after[-1:] == ";"
        short = len(prompt) < 40 and INVERTED.match(before) is not None
        if (
            prompt.strip(" ?!.\n") == name.text
            or (ARE_YOU.search(before) and GOES_ON.match(after) and (ends or short or GUESS.search(before)))
            or (YOU_AFTER.match(after) and (DID_THEY.search(before) or after.startswith(",")))
            or ("you" in after and re.search(r"\bis (?:it|that|this) you\?", tail[name.end :], re.IGNORECASE))
            or (len(prompt) < 90 and (ends or "吗" in after) and (ABROAD.search(before) or ABROAD_AFTER.match(after)))
            or (re.search(r"\bis (?:it|that|this) you\?\s*$", tail, re.IGNORECASE) and len(prompt) < 160)
        ):
            asked.append(name)
    return asked


def begins(body: str) -> bool:
    """Whether an answer begins with a yes."""
    return YES.match(body) is not None or YES_ABROAD.match(body) is not None


def agreed(body: str, name: _found.Named) -> re.Match[str] | None:
    """The yes, where an answer begins with one and does not take it back or give another name."""
    yes = YES.match(body) or YES_ABROAD.match(body)
    if yes is None:
        return None
    said = body[: yes.end() + 200]
    if TAKEN_BACK.search(said):
        return None
    for other in OTHER.finditer(said):
        if other[1] not in ("AI",) and _found.plain(other[1]) not in name.plain and not _found.names(other[1]):
            return None
    return yes
