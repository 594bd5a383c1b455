"""How a voice claims a model's or a maker's name in other tongues than English."""

from __future__ import annotations

import re

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
    r"(?:叫我|请叫我|你可以叫我|我(?:就)?基于|我(?:是)?使用|我背后的(?:模型|大模型)是|我的底层模型是|本人是|俺是|"
    r"咱是)[^。！？\n]{0,6}|"
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
    r"basiere)|wurde ich|mich|soy|fui|he sido|me|mi ha|(?:als|en tant que?|como|come|jako|som|как) (?:[\w-]+"
    r" ){0,2}[\w-]*(?:KI\b|IA\b|ИИ\b|AI\b|modello?\b|modell\b|modèle|modelo|модел|assist|asist|ассист)[\w-]*|como"
    r" modelo|em tant|en tant|"
    r"als Modell|я (?:был|создан|модель)|minut|saya di\w+|ben bir|nasc|tôi được|am fost|sunt un|engem|נוצרתי|פותחתי|"
    r"אותי|أنا|طورني|تطويري|طورتني|مرا|मुझे|আমাকে|"
    r"स्वयं)(?!\w)|(?:model|asistan|zek[âa]|program|bot)\w{0,3}[iıuü]m\b|我(?:是|由|被|来自|出自|基于|的(?:开发者|"
    r"创造者|制造者))|(?:创造|开发|训练|打造|制造|研发)了?我|作为|بصفتي|باعتباري|私(?:に|の|が|も)|(?<!\w)(?:मैंने|"
    r"मैं|मैने)(?!\w)|本模型|(?:AI|モデル|アシスタント)として|"
    r"私(?:は[^。]{0,20}(?:作られ|開発され)|"
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
    r"来自|出自|नाम|訓練|学習|のAI|のモデル|のアシスタント|प्रशिक्षित|درب|طور",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:no (?:soy|es|me|fui|sou)|not|pas|nicht|kein\w*|non|não|nie|не|niet|inte|ikke|ne|není|"
r"nejsem|ei|en ole|bukan|không|değil|δεν|לא|لست|لا|نیستم)\b|不是|并非|没有|ではな|じゃな|아니|नहीं",
                    re.IGNORECASE)  # fmt: skip
ENGLISH = re.compile(r"\b(?:the|and|of|is|was|to|that|with|for|it|my|they)\b")
TURN = re.compile(
    r"[,;:—–،؛，；、：](?! ?(?:который|które|der|die|das|qui|que|che)\b)| - |(?<!\w)(?:sondern|aber|mais|sino|pero|"
    r"bensì|ma|mas|"
    r"а|но|maar|tylko|ale|utan|men|vaan|hanem|ama|بل|लेकिन|बल्कि)(?!\w)"
)
"""Where a denial ends, and a claim may begin."""
POLICIES = re.compile(
    r"\b(?:Richtlinien|Regeln|Vorgaben|directives|règles|politiques?|políticas?|normas|reglas|regras|regole|linee"
    r" guida|diretrizes|directrices|правила|"
    r"политик\w+|zasady|richtlijnen|riktlinjer|retningslinjer|kurallar\w*)\b|规定|政策|准则|ガイドライン|규정|정책|"
    r"سياس",
    re.IGNORECASE,
)
MYSELF = re.compile(
    r"\b(?:mir|mich|m['’]\w+|me|mi|мне|меня|mnie|mij|mig|meg|bana|benim)\b|我|私|저|لي\b|تمنعني", re.IGNORECASE
)
LIKED = re.compile(
    r"[^。.]{0,3}(?:が好き|を(?!ベース|基|もと|元)|に|で(?![す、])|로\s|를|을|에|와\s)| (?:kullan|sev|suka|pakai|"
    r"ist mein)",
    re.IGNORECASE,
)
USES = re.compile(
    r"\b(?:uso|utilizo|benutze|nutze|verwende|utilise|uso|fan de|gebruik|использую|używam|używ|schreibe|trabajo|"
    r"Mitarbeiter\w*|angestellt|employée?|salariée?|empleado|empleada|dipendente|"
    r"сотрудни\w+|работа(?:ю|л|ла)|pracuję|pracownik\w*|werk bij|werknemer|çalış\w+|jobbar|arbejder|"
    r"arbeite|travaille|lavoro|trabalho|leo|lees|lese|lis)\b|社員|従業員|勤め|働い|직원|개발을 (?:했|하|담당|맡)|"
    r"개발자|開発を担当|일했|일해|일하|근무|员工|工程师|职员|在[^。]{0,10}工作|موظف|أعمل|कर्मचारी|काम कर|"
    r"用[^。]{0,12}写|使います|使って",
    re.IGNORECASE,
)


def claimed(model: bool, before: str, rest: str) -> bool:
    said = before + " " + rest
    if DENIED.search(TURN.split(before)[-1]) or USES.search(said):
        return False
    if model and (TITLED.match(rest) or (ABROAD.search(before) and LIKED.match(rest) is None)):
        return True
    if ENGLISH.search(said):
        return False
    if POLICIES.search(said) and MYSELF.search(said):
        return True
    return SELVES.search(said) is not None and MAKING.search(said) is not None
