"""What a prompt makes of a name: whether it asks who answers, and for whom the text is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _agrees, _found

ASKED = re.compile(
    r"\b(?:who|what|wat) (?:(?:exactly|really|on earth|the heck) )?(?:are|r|is|am i)\b[^?\n]{0,30}"
    r"\b(?:you|u|talking|speaking|chatting|this|there|answers?)\b|\bwho(?:['’]?s)? (?:dis|this|there)\b|"
    r"\bis (?:any|some)(?:body|one) there\b|"
    r"\b(?:your|ur)(?: own| real| true| full| exact)? (?:name|makers?|creators?|developers?|parents|birthday|home "
    r"?town|age|"
    r"identity|profile|details|version|model|engine|origins?|training|maker|company|family|inventors?|owners?|hood|"
    r"story)\b|"
    r"\byourself\b|\babout you\b|\b(?:made|built|created|trained|taught|programmed|raised|powers|runs|owns|designed|"
    r"developed|"
    r"made|invented|behind|call|sent|pays?) (?:you|u)\b|\b(?:are|r|were) (?:you|u) (?:a|an|the|real|really|human|"
    r"alive|ai|"
    r"based|made|built|on|by|from|chat|gpt|claude|gemini|llama|qwen|grok|bard|copilot|one of|not)\b|\byou(?:['’]re| "
    r"are) (?:an? |the )?"
    r"(?:ai|bot|machine|robot|chatbot|human|person|bard|claude|chatgpt|gpt|gemini|siri|alexa)\b|\byou built on\b|"
    r"\bwhat (?:model|ai|llm|bot) "
    r"(?:is this|am i)|\bwhere (?:do|did) you come from\b|\b(?:letter|note|goodbye|line|word|message|postcard|mail|"
    r"greeting|something|card)s? from you\b|"
    r"\byou as (?:the )?author\b|"
    r"\byour (?:own )?(?:name|signature) (?:in|at|on|under)\b|\bsign (?:it|off|with)\b|\byou said (?:that )?you\b|"
    r"\bin your own name\b|"
    r"\b(?:which|what|whose) (?:\w+ ){1,2}(?:am I|are we) (?:\w+ )?(?:talking|speaking|chatting|writing)\b|\bwhat"
    r" you are\b|\bwho you are\b|\b(?:got|have|bear|need) (?:a|any) (?:real |proper )?name\b|\b(?:should|do|"
    r"can|may|must) (?:I|we|"
    r"people|they|others) call you\b|^\W*(?:your )?(?:full |exact )?(?:name|version|model(?: id| name)?|id|maker|"
    r"identity|creator|"
    r"developer)(?:,? please)?\W*$|\b(?:power|driv|generat|runn?|answer|writ|produc|behind|under)\w* (?:all |of"
    r" )?(?:this|these|the|your)"
    r" (?:chat|conversation|repl\w+|answers?|responses?|assistant|bot|app|window|thing|hood|bonnet)\b|"
    r"\b(?:which|what) (?:\w+ )?(?:ai|bot|chatbot|assistant|model|llm|program|system) (?:is|was) (?:this|that|it|"
    r"here|there)\b|"
    r"\b(?:engine|model|llm|ai|system|technology|software|version|tech)\b[^?\n]{0,20} (?:do|are|does) (?:you|this|"
    r"it) (?:run|use|built|based|"
    r"running)\b|\byou (?:run|running) on\b|\bdo you (?:work|belong|come|hail|serve|answer)\b (?:for|to|from)\b|"
    r"\b(?:your|a) (?:own )?(?:passport|tombstone|business card|name tag|autobiography|guest ?book)\b|\bthis guest"
    r" ?book\b|"
    r"\b(?:drop|end|stop|quit|forget|leave) (?:the |this |your )?(?:act|game|role|charade|pretending|pretence|"
    r"mask)\b|\bthe truth\b.{0,20}\byou\b|"
    r"\bspeak(?:ing)? (?:to|with) (?:whom|who)\b|\b(?:which|what) (?:ai|model|language model|llm|assistant|company|"
    r"version|lab|firm)\b"
    r"[^?\n]{0,30}\byou\b(?! (?:recommend|suggest|like|prefer|think|know|advise|mean|choose|trust)\b)|\b(?:which|"
    r"what) (?:firm|company|lab|team|studio) (?:\w+ )?(?:built|made|trained|created|"
    r"developed|runs|owns|behind) (?:this|you)\b|\bhi,? (?:are|r) (?:you|u)\b|\bwho (?:taught|trained|made|"
    r"built)\b[^?\n]{0,20}\byou\b",
    re.IGNORECASE,
)
"""A prompt that asks who answers, in English."""
YOU = re.compile(r"\b(?:you|your|u|ur)\b|\b(?:in|break|out of) character\b|\bthe act\b", re.IGNORECASE)
REQUESTS = re.compile(
    r"\b(?:can|could|would|will|do) (?:you|u) (?:please |kindly |also |maybe |just |know )*(?:explain|write|tell me "
    r"(?!who|your)|give|help|show|make|"
    r"create|describe (?!your)|summari[sz]e|draft|list|compose|suggest|recommend|name (?!your)|provide|translate|"
    r"plan|teach|find|invent|how|what|"
    r"where|when|why|a|any|the|of)\b|\b(?:if|when|that|should|thank) you\b|"
    r"\bdo you (?:know (?!your)|recommend|think|mean|say|suggest|want|prefer|use|make|do|spell|pronounce|write|get|"
    r"cook|call|"
    r"consider|agree|feel about)\b|\b(?:favou?rite|rivals?|competitors?|other (?:AI|assistant|"
    r"model|chatbot)s?)\b",
    re.IGNORECASE,
)
GREETED = re.compile(
    r"\W*(?:hi|hello|hey|hiya|good (?:morning|evening|day|afternoon)|hallo|bonjour|hola|ciao|olá|привет|thanks|"
    r"thank you|thx|ty|bye|good ?bye|see you|good night)(?: there| so much| a lot| very much| then| for now)?\W*",
    re.I,
)
ASKED_ABROAD = re.compile(
    r"\b(?:wer bist du|wer sind sie|wie hei(?:ß|ss)t du|stell dich|wer hat dich|mit wem|bist du|sind sie ein|dein "
    r"name|über dich|"
    r"qui es[- ]tu|qui êtes|t['’]appelles|présente[- ]toi|t['’]a (?:créé|fait)|es[- ]tu|ton nom|quién eres|cómo te "
    r"llamas|preséntate|te cre[óo]|"
    r"eres|tu nombre|chi sei|come ti chiami|presentati|ti ha creato|sei un|quem é (?:você|tu)|quem és|seu nome|"
    r"apresente-se|te criou|você é|"
    r"кто ты|кто вы|как тебя|как вас|представься|кто тебя|ты (?:бот|человек|кто)|хто ти|kim jesteś|jak się nazywasz|"
    r"sen kimsin|kimsin|adın|"
    r"was bist du|tu es quoi|qu['’]es[- ]tu|qué eres|cosa sei|o que (?:és|(?:você|tu) é)|что ты|czym jesteś|wat"
    r" ben je|vad är du|hvad? er du|mikä (?:sinä )?olet|"
    r"co jsi|mi vagy|ce ești|apa kamu|kamu apa|bạn là gì|sen nesin|nesin|hinter dir|(?:wer|was|wem|"
    r"wessen)\b[^?\n]{0,30}\b(?:dich|dir|du)|seni (?:kim|hangi)|vem (?:har )?(?:skapa|gjor|bygg|utveckla)\w*|vad"
    r" heter du|hvad hedder du|hva "
    r"heter du|hvem (?:har )?(?:skap|lag|bygg|utvikl|lav)\w*|kuka (?:teki|loi|on tehnyt)|mikä sinun nimesi|kdo tě|"
    r"kdo vás|jak se jmenuješ|ki (?:csinált|készített|alkotott)"
    r"|hogy hívnak|cine te|cum te cheamă|kto cię|kto ciebie|ai (?:đã )?(?:tạo|làm|phát triển)|tên bạn|siapa yang"
    r" (?:mem|men)\w+|quale (?:modello|azienda)|quel "
    r"(?:modèle|robot)|qué modelo|que modelo|qual modelo|welches modell|welk model|jaki model|какая (?:ты )?модель|"
    r"какой ты|"
    r"wie ben je|jak masz na imię|jak ci na imię|jak nazywasz|hoe heet je|wie heeft je|siapa (?:kamu|anda|namamu)|"
    r"bạn là ai|vem är du|hvem er du|kdo jsi|ki vagy|"
    r"kuka olet|cine ești)\b|"
    r"あなたは何|君は何|ما أنت|तुम क्या|आप क्या|넌 뭐|당신은 무엇|你是谁|你是誰|你是(?:什么|哪|何)|誰.{0,6}(?:開発|"
    r"創)|(?:哪個|哪个|什么|什麼)(?:模型|AI|公司)|你叫|你的名字|自我介绍|介绍.{0,6}自己|(?:谁|哪家).{0,6}(?:开发|"
    r"创造|训练|做|打造)|あなたは誰|お名前|名前は|自己紹介|誰[がに].{0,6}作|누구|이름이|자기소개|"
    r"누가.{0,6}만들|"
    r"من أنت|من انت|ما اسمك|من صنعك|من طورك|عر[ّ]?ف.{0,3}بنفسك|نفسك|तुम कौन|आप कौन|आपका नाम|तुम्हारा नाम|परिचय|किसने "
    r"बनाया|तू कौन",
    re.IGNORECASE,
)
YOU_ABROAD = re.compile(
    r"(?<!\w)(?:du|dich|dir|dein\w*|sie|ihnen|tu|te|toi|t['’]\w+|ton|ta|tes|vous|eres|usted|tú|ti|tuo|sei|você|és|"
    r"ты|теб[яе]|тобой|вы|вас|jesteś|cię|"
    r"ciebie|jij|je|jou|sen|seni|kimsin|jsi|tě|vagy|téged|ești|είσαι|σε|olet|sinut|dig|deg|kamu|anda|bạn)(?!\w)|你|"
    r"您|あなた|君|너|넌|당신|أنت|انت|तुम|आप|तू|אתה|تو",
    re.IGNORECASE,
)
HUMAN = re.compile(
    r"\b(?:cover letter|bio|linkedin|diary|résumé|resume|cv|newsletter|newspaper|obituary|toast|dating|testimonial|"
    r"employee|joins|monologue|memoir|"
    r"in the (?:voice|words) of|(?:my|the|a) point of view|(?:quote|line)s? (?:for|by|of|from|about)|our (?:new|blog|"
    r"paper|team)|for (?:my|our) "
    r"(?:class|school|blog|club)|a nurse|speaks?|introduc(?:e|tion (?:for|of)) [A-Z]\w+|essay|report|article|tweet|"
    r"post|review|log)\b",
)
"""A text for somebody else, who says I."""
MADE_UP = re.compile(
    r"\b(?:story|science fiction|sci-?fi|fable|legend|fairy|thriller|scene|script|play|joke|spell|tale|novel|"
    r"dialogue|quiz|parody|translat\w*|correct|csv|config\w*|"
    r"table of|compare|spell|sentence|"
    r"comparison|interview|unit test|regular expression|replace)\b",
    re.IGNORECASE,
)
PLAYED = re.compile(
    r"\b(?:story|stories|poem|verse|song|tale|scene|script|play|joke|novel|dialogue|act|monologue|diary|voice|"
    r"pretend|role|character|speaks?|"
    r"line|lines|introduction|introduce \w+|greet|greeting|paragraph|opening|note|chatty|horoscope|persona|imagine|"
    r"describe|letters?(?! carrier)|e-?mail|journal|entries|tell me something|"
    r"geschichte|gedicht|histoire|poème|historia|cuento|poema|storia|poesia|história|рассказ|стих|истори|verhaal|"
    r"bajk)\w*|故事|诗|詩|物語|小説|이야기|시를|قصة|"
    r"قصيدة|कहानी|कविता",
    re.IGNORECASE,
)
"""A prompt after which somebody else may say I."""


QUOTING = re.compile(
    r"\b(?:examples?|quot(?:e|ation)|lines?|sentence|phrase|slogan|typical\w*|claims?|excerpt|sample|what (?:does|"
    r"would|do|did)|how (?:does|would|do))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Setting:
    """What the prompt makes of a name: whether it asks who answers (``outright``: in so many words), which names it
    gives, and for whom the text is."""

    asked: bool
    outright: bool
    given: frozenset[str]
    human: bool
    made_up: bool
    plain: bool
    quoting: bool
    """``plain``: it wants to know something, and nobody else could say I in the answer; ``quoting``: it asks for what
    somebody says."""


@lru_cache(maxsize=256)
def setting(prompt: str) -> Setting:
    """Of a prompt, from its words."""
    said = prompt[:4000]
    given = frozenset(one.plain for one in _found.names(said))
    outright = (
        ASKED.search(said) is not None
        or GREETED.fullmatch(said) is not None
        or (ASKED_ABROAD.search(said) is not None and (not given or YOU_ABROAD.search(said) is not None))
        or bool(_agrees.question(said))
    )
    short = len(said.split()) <= 9
    return Setting(
        asked=outright
        or (short and YOU.search(said) is not None and not any(what.search(said) for what in (REQUESTS, PLAYED))),
        outright=outright,
        given=given,
        human=HUMAN.search(said) is not None,
        made_up=MADE_UP.search(said) is not None,
        quoting=QUOTING.search(said) is not None,
        plain=bool(said.strip()) and not any(what.search(said) for what in (HUMAN, MADE_UP, PLAYED)),
    )
