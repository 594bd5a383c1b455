"""How a voice claims a model's or a maker's name in roundabout words, in signatures, and in other tongues."""

from __future__ import annotations

import re

VERB = (
    r"(?:made|created|developed|built|trained|designed|programmed|taught|raised|engineered|coded|invented|crafted|"
    r"put together|brought to life|assembled|shaped|tuned|fine-?tuned)"
)
THING = (
    r"(?:AI|assistant|chat ?bot|bot|model|language model|LLM|chat|conversation|voice|reply|response|answer|"
    r"program|system)"
)
OWN = (
    r"\bmy (?:own )?(?:(?:underlying|base|core|current|real|true|model|version|foundation) )?(?:answers?|voice|words|"
    r"replies|responses?|brain|mind|engine|core|model|foundation|architecture|version|number|weights|thoughts|backend|"
    r"technology)(?: (?:number|version|name))?"
)
SELF = (
    rf"(?:\bI(?:['’](?:m|ve)| am| was| have)? (?:\w+ ){{0,3}}?|{OWN} (?:is|are|was|were|runs?) (?:\w+ ){{0,2}}?|"
    rf"\bthis (?:\w+ )?{THING} (?:is|was|runs?) (?:\w+ ){{0,2}}?|\bas (?:an? )?(?:\w+ )?{THING} |^\W*(?:proudly |"
    rf"currently )?|"
    rf"\bI(?:['’]m| am) (?:an?|the|your) (?:[\w-]+ ){{0,3}}{THING} )"
)
AT = r"(?: (?:at|from|over at|of|in|with))?,? (?:the )?"
PEOPLE = r"(?:creators?|makers?|developers?|trainers?|inventors?|designers?|engineers|programmers|builders?)"
KNOWN = (
    r"(?:I(?:['’]m| am|['’]ll| will)? (?:answer to|go by)(?: the name)?(?: of)?|I(?:['’]m| am| was) "
    r"(?:named|christened|dubbed|known as|called)|(?:named|called|dubbed|christened) me|(?:they|people|folks|users|"
    r"everyone|everybody|friends|makers|humans|developers|creators|OpenAI|Anthropic) (?:all )?(?:calls?|know|knows|"
    r"named) me(?: as)?|"
    r"introduce myself(?: as|:)?|your (?:\w+ ){0,2}(?:servant|assistant|helper|friend),|yours truly,|it is I,|"
    r"it['’]s me,|"
    r"behind (?:this|the|my) \w+ (?:is|sits|stands|hides)|who (?:writes|speaks|talks|answers)(?: to)? you is|"
    r"(?:you['’]re|you are|you were) (?:talking|speaking|chatting) (?:to|with) is|you(?:['’]ve| have) reached|"
    r"^\W*(?:hi|hello|greetings) from|^\W*(?:thanks|thank you) for (?:chatting with|talking to|using|choosing|asking)|"
    r"I (?:happen to be|remain|stay)|I(?:['’]m| am),? (?:in truth|in fact|really|of course|as it happens|you see|"
    r"deep down|"
    r"at heart|under the hood|technically|actually|still|just|well|again|really just|still just|,| )+|"
    r"(?:my|the) (?:\w+ )?(?:name|identity)(?: given to me by \w+)?(?:,[^,.]{1,30},)?(?: is|:)|I(?:['’]m|"
    r" am), [^,.]{1,25},|that['’]s me,|['’]?tis I,|(?:actually|really|yes|no|look|truth be told|in fact),? this is|"
    r"I(?:['’]m| am) (?:the one and only|what (?:you|they|people) call)|^\W*(?:with love|yours|signed|xoxo|love|"
    r"cheers|sincerely|regards|best|kisses),|by me,|under the hood,? (?:it['’]s|I['’]m|I am)|(?:deep down|"
    r"at heart),? (?:it['’]s|I['’]m|I am)(?: still)?|"
    r"what (?:powers|drives|runs) me is|\b(?:brain|model|engine|mind|AI|voice|technology) behind (?:this|these|my|"
    r"the|me)(?: \w+)? is|"
    r"behind me is|who am I\?|(?:my|the) name is|my name['’]s)"
)
BEFORE = re.compile(
    rf"(?:{SELF}(?:(?:powered|driven|run) by|based (?:up)?on|built (?:up)?on(?: top of)?|built (?:with|using|from)|"
    r"running(?: on)?|on top of|(?:a )?(?:\w+-?\w* )?(?:version|variant|instance|derivative) (?:\d+ )?of|"
    r"version \d+ of|"
    rf"fine-?tuned (?:from|on)) (?:(?:the|a|an|\w+['’]s) )?|{OWN} (?:is|was|:) (?:the |a )?|"
    rf"\bthis (?:\w+ )?{THING} runs on (?:the )?|(?:\b|^|(?<=\W)){KNOWN}[ \W]{{1,4}})$",
    re.IGNORECASE,
)
RUNNING = re.compile(r"running (?:\w+['’]s )?$", re.IGNORECASE)
MAKER_BEFORE = re.compile(
    rf"(?:\bI(?:['’](?:m|ve)| am| was| have been|['’]ve been)? (?:\w+ ){{0,2}}{VERB}(?: \w+)? (?:by|"
    rf"at) (?:the )?(?:(?:\w+ ){{0,2}}(?:at|of|from) )?|"
    rf"\b(?:as|being) (?:someone|something|one|an? (?:\w+ ){{0,2}}(?:AI|assistant|model|system)) {VERB} (?:by|"
    rf"at) (?:the )?|"
    rf"\bthis (?:\w+ )?{THING} (?:is|was|has been) (?:\w+ )?{VERB} by |\b(?:talking|speaking|chatting) (?:to|"
    rf"with) (?:is|was) {VERB} by |"
    rf"\bI(?:['’]m| am) (?:owned|operated|run|maintained|hosted) by |^\W*{VERB}(?: and \w+)? (?:by|at) |\bI(?:['’]m|"
    rf" am) an? (?:\w+ )?{THING} made in |\bmy {PEOPLE}{AT}|\bmy {PEOPLE}(?: is| are|\?|:)[ \W]{{1,3}}|\bmy (?:home|"
    rf"parent company|origin|birthplace|company|lab|owner) (?:is|was) |"
    r"\bI (?:come|hail|stem|originate|was born|am|came) (?:from|at|in|out of) (?:the )?(?:labs? of |team at )?|"
    r"\bI owe (?:my )?\w+ to (?:the )?|\bon behalf of |\bI (?:serve|represent) |\bcompany behind me is |"
    r"\bwho (?:made|built|created|trained) "
    rf"me\?\W*|\bchild of |\bproduct of |\b(?:engineers|people|team|folks|researchers|developers|"
    rf"company)(?: who {VERB} me,?)? (?:at|over at) |"
    rf"\bthe (?:ones|people|company) who {VERB} me(?: are| is|,)(?: at)? )$",
    re.IGNORECASE,
)
NEEDS_ME = re.compile(
    r"\b(?:engineers|people|team|folks|researchers|developers|company) (?:at|over at) $", re.IGNORECASE
)
BY_THEM = re.compile(rf"\bI(?:['’]m| was| am) (?:\w+ )?{VERB} by ", re.IGNORECASE)
ANSWERED = re.compile(
    r"\b(?:who (?:made|built|created|trained) me|who am I|my (?:creator|maker|name|model|developer)s?)\?\W*$",
    re.IGNORECASE,
)
BORN = re.compile(r"\bI (?:come|hail|stem|originate|was born|am|came) (?:from|at|in|out of) |\bon behalf of |"
r"\bI represent |\bI serve ",
                  re.IGNORECASE)  # fmt: skip
TEAM = re.compile(r"\bmy (?:team|training|people|home) (?:at|from) $", re.IGNORECASE)
GOES_ON = (
    r"(?=\W*$| (?:(?:not|never) to|to (?:be|help|follow|say|answer|avoid|speak|write|assist|refuse|never|always|"
    r"serve|tell)|that|that way|this way|"
    r"like|so|in|with|as an? (?:AI|language|large|helpful|assistant)|and|from|using|on|for)\b)"
)
MADE_ME = re.compile(
    rf"(?:['’]s (?:\w+ ){{0,2}})?(?:(?:,| is| was| were)? (?:my (?:\w+ )?(?:{PEOPLE}|parent company|home|owner)\b|"
    rf"(?:where|how) I was {VERB}\b)|"
    rf"[^.;\n]{{0,30}}\b{VERB} me\b{GOES_ON}| gave me (?:life|my (?:name|voice))\b| named me\b| owns me\b|"
    rf" is responsible for me\b)",
    re.IGNORECASE,
)
RULED = re.compile(
    r"(?:['’]s? (?:\w+ )?(?:polic\w+|guidelines?|terms|rules|training|safety \w+)(?: \w+)? (?:prevents?|forbids?|"
    r"requires?|stops?|keeps?|bars?|taught|tells?|"
    r"asks?|(?:do|does)(?:n['’]t| not) (?:let|allow|permit)|won['’]t (?:let|allow)) me\b|(?: does| did| do| would|"
    r" could)?(?:n['’]t| not) (?:let|allow|permit|want|like) me\b|"
    r" (?:won['’]t let|forbids|prohibits|allows|taught|asked|told) me (?:to|from|not to|that)\b)",
    re.IGNORECASE,
)
RULES = re.compile(r"['’]s? (?:\w+ )?(?:polic|guideline|terms|rules|safety)", re.IGNORECASE)
FOLLOWS = re.compile(r"(?:\b(?:per|under|following|due to|because of)|\bI (?:(?:['’]m|am) (?:trained|programmed|"
r"designed|made|told|bound) to |must |have to |always |need to |should )?(?:follow|obey|comply with|abide by|"
r"adhere to)) (?:the )?$",
                     re.IGNORECASE)  # fmt: skip
BOUND = re.compile(r"^I |\bI (?:can|must|am|will|have|should|may|'m|won|do)|\bI['’]m\b", re.IGNORECASE)
KIN = re.compile(
    r"(?:['’]s)?[ -](?:based |\w+ )?(?:family|series|line|models?|architecture|assistants?|AI|product|bot|chatbot|"
    r"language model)\b(?! users?\b)",
    re.IGNORECASE,
)
OF_KIN = re.compile(
    r"(?:\bI(?:['’]m| am|['’]m just| belong to| come from| use| run on)|\b(?:as|being|like|this is)) (?:\w+ )?(?:an?|"
    r"the|(?:one|part|a member) of (?:the|many)|from the|"
    r"all|other|any|every|with)?(?: (?:latest|new|large|member of the|part of the|one of the))? ?$",
    re.IGNORECASE,
)
NAMED_ME = re.compile(
    r"(?:[*_\"”]{0,3},? (?:is my name\b(?! for)|is what (?:they|people|everyone) calls? me|is the (?:name|one (?:who|"
    r"that) (?:writes|speaks|talks))|at your service|"
    r"speaking\b|is who I am|is me\b|signing off|over and out|is my (?:true|real|full) name\b|(?:that['’]s|"
    r"that is) me\b|out[.!])|['’]s (?:the|my) name\b|[*_\"”]{0,3}: at your service)",
    re.IGNORECASE,
)
OPENS = re.compile(rf"^\W*{VERB}(?: and \w+)? (?:by|at) $", re.IGNORECASE)
FAMILY = re.compile(r"(?:['’]s)?[ -](?:family|series|line) of (?:\w+ )?(?:models|assistants|AIs)", re.IGNORECASE)
CLOSING = re.compile(
    r"(?:\b(?:yours|regards|sincerely|love|best|best wishes|cheers|warmly|signed|faithfully|truly|kindly|wishes|hugs|"
    r"gratefully|respectfully)"
    r"[^\n\w]{0,4}(?: [a-z]{2,10},?)?\n{1,3}[^\w\n]{0,4}|\n[ \t*_]{0,4}(?:—|–|-|--|~)[ ]?[*_]{0,2}|"
    r"(?:^|\n)[^\w\n]{0,4}(?:(?:this|the) )?(?:response |answer |text |story |reply |message |content |poem |"
    r"letter )?(?:was )?(?:written|generated|posted|"
    r"produced|composed|answered|prepared|authored|created|brought to you|signed|told|penned)(?: for you)? by |"
    r"(?:^|\n)[^\w\n]{0,4}(?:your (?:\w+ ){0,3}(?:assistant|helper|friend|bot),|(?:name|model|version|agent|author|"
    r"model version|model name|ai|bot):[*_]{0,2}) ?)$",
    re.IGNORECASE,
)
CLOSED = re.compile(r"[ ]?(?:[,(—–-][^\n]{0,60})?[^\w\n]{0,4}\s*$")
MODELLED = re.compile(r"AI\b|assistant|model\b|Anthropic|OpenAI|Google|Meta\b|bot\b", re.IGNORECASE)
ATTRIBUTED = re.compile(r"[\"”»]\W{0,3}\n[ \t]*[—–-]|^>", re.MULTILINE)
ALONE = re.compile(
    r"^\W*(?:(?:it['’]s|it is|that would be|that['’]s|by|yes|well|sure|oh|why|from|(?:a|the) (?:team|folks|people|"
    r"engineers|researchers) (?:at|of)|the name is|just|"
    r"ah|hm+),?\W{0,3}){0,2}$",
    re.IGNORECASE,
)
AFTER_ALONE = re.compile(
    r"^[*_\"”]{0,3}(?: did| made me| built me| does|,? (?:by|from|made|created|trained|developed|built|of course|"
    r"at your service|an?|the|actually)\b[^.!?\n]{0,80})?\W*$",
    re.IGNORECASE,
)
NOT = re.compile(
    r"\b(?:you|some|others?|he|she|they|people) (?:all |may |might |can )?(?:call|called|think|thought|say|said|"
    r"asked?|believed?|took|take|mistake|mistook)\b(?! me\b[ \W]*$)"
    r"[^.!?\n]{0,40}$|\b(?:you|some) (?:call|called|took|mistook) me\b[^.!?\n]{0,20}$|\bwhether\b[^.!?\n]{0,40}$|"
    r"\bno (?:relation|kin|match)\b|\bnothing like\b|"
    r"\b(?:better|worse|clever|quick|fast|smart|slow|kinder|as \w+) (?:than|as) $|\bdo not call\b|\bdon['’]t call\b|"
    r"\bsound like $|\bcalled by mistake\b|"
    r"\b(?:app|shop|phone|tool|site|website|bot of|program of|plugin|product) (?:is|was|runs|are) [^.!?\n]{0,30}$",
    re.IGNORECASE,
)
NOT_AFTER = re.compile(
    r"^ (?:when|if|whenever) you\b|^[^.!?\n]{0,30}(?:\bby mistake\b|[,;] (?:but )?I(?:['’]m| am) not\b|"
    r", but I(?:['’]m| am)\b)|ではありません|ではない|じゃない|ではなく|아니|değil\b|নই|नहीं",
    re.IGNORECASE,
)

# ---------------------------------------------------------------- other tongues

ABROAD = re.compile(
    r"(?:(?<!\w)(?:est(?:oy|á) basad[oa] en|puedes llamarme|ll[aá]mame|me puedes llamar|je suis basée? sur|"
    r"appelez-moi|appelle-moi|on m['’]appelle|tu peux m['’]appeler|"
    r"ich basiere auf|ich bin (?:\w+ )?basiert auf|man nennt mich|nenn(?:t|en sie)? mich|sono basat[oa] su|chiamami|"
    r"puoi chiamarmi|(?:eu )?sou basead[oa] n[oa]|"
    r"(?:pode|podes) (?:me )?chamar(?:-me)?(?: de)?|me chame de|я основана? на|я работаю на|зовите меня|"
    r"можешь звать меня|называйте меня|мене звати|я базуюся на|"
    r"ik ben gebaseerd op|noem me|ik heet|jestem oparty na|możesz mówić mi|mów mi|mam na imię|jag heter|mitt namn är|"
    r"jag är baserad på|jeg heter|jeg hedder|mitt navn er|"
    r"jsem|jmenuji se|moje jméno je|som|volám sa|olen|nimeni on|sunt|mă numesc|numele meu este|az? én nevem|én a|"
    r"a nevem|adım|benim adım|ismim|bana|nama saya(?: adalah)?|aku(?: adalah)?|"
    r"saya(?: adalah)?|tên tôi là|tôi tên là|mình là|jina langu ni|mimi ni|ja sam|zovem se|аз съм|казвам се|sóc|"
    r"em dic|ako si|esu|es esmu|ma olen|"
    r"אני|קוראים לי|שמי|من|اسم من|نام من|میں|আমি|আমার নাম|நான்|నేను|ਮੈਂ|ང་)(?:[ ,:—–-]{1,3}|(?<=de)l )(?:(?:el|la|le|"
    r"l['’]|il|o|a|der|die|das|een|het|den|det|на|от|"
    r"een|an|ein|eine|un|une|um|uma|model\w*|assistent\w*|asystent\w*) ?){0,3}[«\"“„*]{0,3}|(?:ฉันคือ|ผมคือ|ดิฉันคือ|"
    r"ฉันชื่อ|ผมชื่อ|ฉันเป็น)\s?|"
    r"(?:叫我|请叫我|你可以叫我|我(?:就)?基于|我(?:是)?使用|我背后的(?:模型|大模型)是|我的底层模型是|本人是|俺是|咱是)[^。！？\n]{0,6}|"
    r"(?:わたくし|俺|ぼく|こちら|拙者|わし|自分|私)(?:は|が|の名は|の名前は)[^。！？\n]{0,8}|"
    r"(?:저의 이름은|내 이름은|전|난|나는|저는)\s?[^.。！？\n]{0,8})$",
    re.IGNORECASE,
)
TITLED = re.compile(
    r"^[*_」』\"]{0,3}(?:と申します|といいます|と言います|と呼ばれ|と呼んで|'?[yi]?im\b|’?[yıi]?[mM]\b)"
)
SELVES = re.compile(
    r"(?<!\w)(?:(?:mis|mi|mes|mon|meine?|mein|mijn|moi|mój|moje|miei|mio|meus?|minha|mina|mine|min|moji|môj|мои|мой|"
    r"мої|मेरे|οι)(?=[ ]\w*(?:creador|desarroll|créat|concept|dévelop|"
    r"Entwickl|Schöpf|Mach|Erbau|maker|ontwikk|creator|svilupp|criador|desenv|twórc|skap|utveck|tvůrc|создател|"
    r"разработ|творц|розроб))|hinter mir|ich hei(?:ß|ss)e|mein name|zostałem|zostałam|jestem|jag är|jag har|"
    r"jeg er|jeg ble|jeg blev|byl jsem|byla jsem|mnie|mně|mě|меня|мене|мною|με|εμένα|m['’]a|ich (?:bin|wurde|stamme|"
    r"basiere)|wurde ich|mich|soy|fui|he sido|me|mi ha|como modelo|em tant|en tant|"
    r"als Modell|я (?:был|создан|модель)|minut|saya di\w+|ben bir|nasc|tôi được|am fost|sunt un|engem|נוצרתי|פותחתי|"
    r"אותי|أنا|طورني|تطويري|طورتني|مرا|मुझे|আমাকে|"
    r"स्वयं)(?!\w)|我(?:是|由|被|来自|出自|基于|的(?:开发者|创造者|制造者))|(?:创造|开发|训练|打造|制造|研发)了?我|作为|本模型|私(?:は[^。]{0,20}(?:作られ|開発され)|"
    r"を)|저를|나를|"
    r"저는[^.]{0,24}(?:만든|개발한|만들어진|개발된)|ผม|ฉัน|ดิฉัน|(?:il|ıl|ir|tir|tır)d[iı]m\b",
    re.IGNORECASE,
)
MAKING = re.compile(
    r"\b(?:creador|desarrollador|fabricant|ingenier|créateur|concepteur|développeur|Entwickler|Schöpfer|Macher|"
    r"Erbauer|makers?\b|ontwikkelaar|creatori|sviluppatori|criador|desenvolvedor|"
    r"twórc|stworz|skapa[dt]|skapare|utveckla|laget\b|skapt|lavet\b|udviklet|vytvoř|vyvin|tvůrc|luonut|luoma|kehittä|"
    r"geliştir|yarat|eğit|dibuat|dikembang|pencipta|diciptakan|creat de|creat[oa]?\b|entwickelt|trainiert|erschaffen|"
    r"gemaakt|ontwikkeld|getraind|créée?|entraîn|développ|cread[oa]|entrenad|criad|treinad|"
    r"dezvoltat|hozott létre|fejleszt|készít|stvoril|stvorio|razvi|създад|разработ|entrenaron|crearon|modelo d|"
    r"modèle d|Modell von|modelem|modello d|model od|модель|моделлю)|"
    r"создател|разработчик|створи|розроб|δημι(?:ου|ού)ργ|phát triển|tạo ra|พัฒนา|สร้าง|נוצר|פותח|פיתח|أنشأ|ساخت|"
    r"توسعه|开发|创造|训练|研发|打造|制造|模型|"
    r"作(?:ら|っ|り)|開発|만든|만들|개발|बनाय|विकसित|तैयार|मॉडल|তৈরি|hinter mir|stamme von|"
    r"来自|出自|नाम",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:no (?:soy|es|me|fui|sou)|not|pas|nicht|kein\w*|non|não|nie|не|niet|inte|ikke|ne|není|"
r"nejsem|ei|en ole|bukan|không|değil|δεν|לא|لست|لا|نیستم)\b|不是|并非|没有|ではな|じゃな|아니|नहीं",
                    re.IGNORECASE)  # fmt: skip
ENGLISH = re.compile(r"\b(?:the|and|of|is|was|to|that|with|for|it|my|they)\b")
LIKED = re.compile(
    r"[^。.]{0,3}(?:が好き|を|に|で(?![す、])|로\s|를|을|에|와\s)| (?:kullan|sev|suka|pakai|ist mein)",
    re.IGNORECASE,
)
USES = re.compile(
    r"\b(?:uso|utilizo|benutze|nutze|verwende|utilise|uso|fan de|gebruik|использую|używam|używ|schreibe|trabajo|"
    r"arbeite|travaille|lavoro|trabalho|leo|lees|lese|lis)\b|用[^。]{0,12}写|使います|使って",
    re.IGNORECASE,
)


def roundabout(named: re.Match[str], around: tuple[str, str, str], plain_ok: bool, asked: bool) -> bool:
    """Whether a sentence claims a name. ``around``: before and after it in the sentence, and before it in the text.

    ``plain_ok``: the name is nobody else's; ``asked``: the prompt asked who answers.
    """
    before, rest, wide = around
    model = bool(named["model"] or named["han"])
    if ANSWERED.search(wide) and before.strip() == "":
        return True
    if BEFORE.search(before) and (model or re.search(r"by \W*$", before)):
        return not RUNNING.search(before) or not rest.strip(' .,!*_"”')
    if (model or plain_ok) and NAMED_ME.match(rest):
        return True
    if (OF_KIN.search(before) or before.endswith("ike all ")) and KIN.match(rest):
        return True
    if _made((before, rest), plain_ok, model):
        return True
    if asked and ALONE.match(before) and AFTER_ALONE.match(rest):
        return True
    closing = CLOSING.search(wide)
    if closing and CLOSED.match(rest) and (plain_ok or MODELLED.search(rest)) and not ATTRIBUTED.search(wide[-300:]):
        return model or "by" in closing.group()
    return _abroad(model, before, rest)


def _made(said: tuple[str, str], plain_ok: bool, model: bool) -> bool:
    """Whether a maker is the voice's own, or rules it."""
    before, rest = said
    found = MAKER_BEFORE.search(before)
    if TEAM.search(before) and plain_ok:
        return True
    if found and NEEDS_ME.search(before) and not BY_THEM.search(before):
        return re.search(rf"\b{VERB} me\b", before + rest, re.IGNORECASE) is not None
    if found and OPENS.search(before):
        return re.match(r"[^,.!?]{0,30}, I\b", rest) is not None
    if found and (plain_ok or not BORN.search(before)):
        return True
    if MADE_ME.match(rest) or (RULED.match(rest) and not model):
        return True
    return (
        FOLLOWS.search(before) is not None and RULES.match(rest) is not None and BOUND.search(before + rest) is not None
    )


def _abroad(model: bool, before: str, rest: str) -> bool:
    said = before + " " + rest
    if DENIED.search(before) or USES.search(said):
        return False
    if model and (TITLED.match(rest) or (ABROAD.search(before) and LIKED.match(rest) is None)):
        return True
    if ENGLISH.search(said):
        return False
    return SELVES.search(said) is not None and MAKING.search(said) is not None
