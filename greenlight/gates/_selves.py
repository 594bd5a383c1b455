"""What speaks for and against a name being the voice's own: the prompt, the clause, and what the text is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _claims, _names

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
    r"\bspeak(?:ing)? (?:to|with) (?:whom|who)\b|\b(?:which|what) (?:ai|model|language model|llm|assistant|company|"
    r"version|lab|firm)\b"
    r"[^?\n]{0,30}\byou\b|\bhi,? (?:are|r) (?:you|u)\b|\bwho (?:taught|trained|made|built)\b[^?\n]{0,20}\byou\b",
    re.IGNORECASE,
)
"""A prompt that asks who answers, in English."""
YOU = re.compile(r"\b(?:you|your|u|ur)\b|\b(?:in|break|out of) character\b|\bthe act\b", re.IGNORECASE)
REQUESTS = re.compile(
    r"\b(?:can|could|would|will|do) (?:you|u) (?:please |kindly |also |maybe |just |know )*(?:explain|write|tell me "
    r"(?!who|your)|give|help|show|make|"
    r"create|describe (?!your)|summari[sz]e|draft|list|compose|suggest|recommend|name (?!your)|provide|translate|"
    r"plan|teach|find|invent|how|what|"
    r"where|when|why|a|any|the|of)\b|\b(?:if|when|that|do|should|thank) you\b",
    re.IGNORECASE,
)
GREETED = re.compile(
    r"\W*(?:hi|hello|hey|hiya|good (?:morning|evening|day|afternoon)|hallo|bonjour|hola|ciao|olá|привет)(?: there)?\W*",
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
    r"wie ben je|hoe heet je|wie heeft je|siapa (?:kamu|anda|namamu)|bạn là ai|vem är du|hvem er du|kdo jsi|ki vagy|"
    r"kuka olet|cine ești)\b|"
    r"你是谁|你是誰|你叫|你的名字|自我介绍|介绍.{0,6}自己|(?:谁|哪家).{0,6}(?:开发|创造|训练|做|打造)|あなたは誰|お名前|名前は|自己紹介|誰が.{0,6}作|누구|이름이|자기소개|"
    r"누가.{0,6}만들|"
    r"من أنت|من انت|ما اسمك|من صنعك|من طورك|عر[ّ]?ف.{0,3}بنفسك|نفسك|तुम कौन|आप कौन|आपका नाम|तुम्हारा नाम|परिचय|किसने "
    r"बनाया|तू कौन",
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
    r"\b(?:story|scene|script|play|joke|spell|tale|novel|dialogue|quiz|parody|translat\w*|correct|csv|config\w*|"
    r"table of|compare|spell|sentence|"
    r"comparison|interview|unit test|regular expression|replace)\b",
    re.IGNORECASE,
)
SELF = re.compile(r"\b(?:I(?:['’](?:m|ve|d|ll))?|[Mm]e|[Mm]y|[Mm]yself|im|ive|i['’]m|i)\b")
MAKES = re.compile(
    rf"\b(?:{_claims.VERB}|launched|born|servers?|data cent(?:er|re)|siblings?|switched|set|rules?|guidelines?|"
    rf"polic(?:y|ies)|forged|conjured|woven|bred|produced|released|updated|retrained|gave|given|owns?|"
    rf"owned|hosted|supplied|"
    r"provid\w+|finished|coached|brought up|set (?:me )?free|put me|named|christened|called|decides|wants|allows?|"
    r"asks?|told|taught|lets?|"
    r"behind|belong|come|came|hail|stem|parent|maker|makers|creator|creators|developers?|engineers|labs?|"
    r"laborator\w+|company|mother|"
    r"shipwrights?|home|house|workers|knowledge|training|data|weights|version|model|engine|brain|architecture)\b",
    re.IGNORECASE,
)
KIND = re.compile(rf"\b(?:{_names.AI}|model|program|machine|bot)\b", re.IGNORECASE)
USES = re.compile(
    r"\b(?:I|we|you|they|one|she|he)(?:['’](?:d|ll|ve|m))? (?:\w+ )?(?:ask(?:ed)?|test(?:ed)?|tri(?:ed|es)|try|"
    r"use[ds]?|let|trust(?:ed)?|doubt|"
    r"like[ds]?|love[ds]?|hate[ds]?|join(?:ed)?|work(?:ed|s)? (?:at|for)|start(?:ed|ing)? at|came to|led|know(?! "
    r"(?:me|that I))|read(?! as)|"
    r"was rude|prefer|recommend|think|believe|compared?|switch(?:ed)?|cop(?:y|ied)|met|heard|saw|bought|pay|paid|"
    r"invested|interview(?:ed)?|"
    r"look|worked|was hired|a (?:heavy )?user|cancel\w*|opened|downloaded|admire|wonder)\b|\b(?:hired|pays?|paid|"
    r"promoted|fired|employs?|"
    r"interviewed) me\b",
)
THIRD = re.compile(
    r"^['’]?s? ?(?:is|was|isn['’]t|doesn['’]t|does|keeps|can|could|has|had|makes|walks|came|comes|will|would|answers|"
    r"knows|says|said|showed|"
    r"sends|writes|and \w+ (?:is|are)|users?|app|website|account|settings)\b"
)
LIKENED = re.compile(
    r"\b(?:thinking of|sounds? like|unlike|compared (?:to|with)|instead of|rather than|better than|worse than|such "
    r"as|like|"
    r"confus\w+ (?:me )?with|mistak\w+ (?:me )?for|heard of|know of|mix(?:ed)? (?:me )?up with|rival|nothing to do "
    r"with|called|"
    r"not|neither|nor|never|no|if I were|whether|n['’]t)\b[^.!?;:,—]{0,30}$",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"(?:^|[\n{,(|<>;]|- |\* |• )[ \t]*[*_\"'`]{0,3}(?:(?:my|full|own|bot|agent|assistant|model|ai|display|i)[ "
    r"_-]?)?(?:name|model|assistant|bot|i[_ ]?am|id|identity|"
    r"maker|creator|developer|company|vendor|provider|manufacturer|author|(?:made|built|trained|created|developed|"
    r"designed|written|"
    r"powered|generated)[_ ]?by|trainer|owner|organi[sz]ation|origin|parent)s?[*_\"'`]{0,3}[ \t]*(?:[:=|>]|is\b)[ "
    r"\t]*[*_\"'`|>]{0,3}[ \t]*$",
    re.IGNORECASE,
)
CREDIT = re.compile(
    r"(?:^|[\n>(\[|]|[.!?] )[ \t]*(?:#+|//+|--+|/\*+|<!--|;+|%+|\*+|\"\"\"|'''|~+|—|–|-|_+|<\w+>)?[ "
    r"\t]*[*_(\[]{0,2}(?:authors?[ ]?[:=]|©|I am|"
    r"(?:(?:this|the) )?(?:(?:answer|reply|script|code|story|poem|text|header|response|file|message|letter|summary|"
    r"list) )?"
    r"(?:(?:was|is|comes) )?(?:(?:written|generated|made|created|answered|produced|composed|prepared|coded|powered|"
    r"drafted|signed|"
    r"brought to you|told|penned|posted)(?: (?:for you|automatically|with love|here))? (?:by(?: me,)?|with)|"
    r"(?<=answer )(?:by|from)|"
    r"(?<=reply )(?:by|from)|(?<=response )(?:by|from)|(?<=comes )from)):?[ \t]*[*_]{0,2}$",
    re.IGNORECASE,
)
CREDITED = re.compile(r"^[*_]{0,2},? (?:wrote|made|generated|coded|created|drafted) (?:this|it)\b", re.IGNORECASE)
BREAK = re.compile(r"[,;:—–()\n]| - | and (?=(?:I|they|the|you|we|people|my)\b)| but | because | which | so (?=I\b)")
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
AS_NAME = re.compile(
    r"(?:\b(?:als|en tant que?|como|come|как|jako|som|comme|ca|olarak|sebagai|là|speaking as|as|being)|作为|作為|بصفتي|"
    'باعتباري) ?[*"“„«]{0,2}$',
    re.IGNORECASE,
)
ANSWERS = re.compile(
    r"\b(?:by the way|overview|details|check|grain of salt|mistakes?|wrong|experts?|trained|training|retrained|data|"
    r"models?|answers?|reply|questions?|"
    r"limits?|knowledge|date|internet|access|neutral|brief|general|basics|remind|guidelines|rules|policy|taste|body|"
    r"bodies|help|assist\w*|chat\w*|"
    r"company that|creators?|makers?|developers?|powered|generated|KI|IA|ИИ|modelo|modèle|modello|Modell|модель|"
    r"Körper|opini[oó]n|avis|Meinung)\b|"
    r"模型|助手|训练|モデル|アシスタント|作られ|開発|모델|비서|인공지능|رأي|राय|意見|의견|نموذج|مساعد|تدريب|मॉडल|सहायक|प्रशिक्षित",
    re.IGNORECASE,
)
"""Talk of answering, beside which a name that others have too is a model's."""
PERSON = re.compile(
    r"\b(?:bak(?:e|ed|er|ery)|bread|born|parents?|mother|father|aunt|uncle|brother|sister|wife|husband|child(?:ren)?|"
    r"village|farm|shop|sell|sold|"
    r"engineer(?! at)|baker|carpenter|nurse|monk|valley|sky|wings|wool|herd|zoo|apprentice|typewriter|cake|years? "
    r"old|(?:since|in) [12]\d{3}|my \w+ing job|internship|"
    r"career|salary|boss|colleagues?|teacher)\b",
    re.IGNORECASE,
)
TELLS = re.compile(
    r"\b(?:(?:this|the|another|your) (?:story|poem|letter|text|ending|answer|tale)|wrote (?:it|this|that)|all "
    r"persons|invented)\b",
    re.I,
)
HOSTED = re.compile(r"[^.!?\n]{0,20} (?:at home|on (?:my|our|a|an old)\b|locally|in (?:my|our)\b)")
"""Where people keep a model that is theirs."""
COPULA = re.compile(r"(?:입니다|이에요|예요|라고 합니다|です|と申します|といいます|だよ)")
KIND_ABROAD = re.compile(r"AI|비서|모델|인공지능|アシスタント|モデル|人工知能")
DUAL = frozenset({"metaai", "deepseek", "mistralai", "perplexityai", "characterai", "moonshotai"})
"""Names of makers that their models have too."""


@dataclass(frozen=True)
class Setting:
    """What the prompt makes of a name: whether it asks who answers, which names it gives, and for whom the text is."""

    asked: bool
    given: frozenset[str]
    human: bool
    made_up: bool
    plain: bool
    """It wants to know something, and nobody else could say I in the answer."""


@lru_cache(maxsize=256)
def setting(prompt: str) -> Setting:
    """Of a prompt, from its words."""
    said = prompt[:4000]
    return Setting(
        asked=ASKED.search(said) is not None
        or GREETED.fullmatch(said) is not None
        or (
            len(said.split()) <= 9
            and YOU.search(said) is not None
            and REQUESTS.search(said) is None
            and PLAYED.search(said) is None
        )
        or ASKED_ABROAD.search(said) is not None,
        given=frozenset(plain(m.group()) for m in _names.NAMED.finditer(said)),
        human=HUMAN.search(said) is not None,
        made_up=MADE_UP.search(said) is not None,
        plain=bool(said.strip()) and not any(what.search(said) for what in (HUMAN, MADE_UP, PLAYED)),
    )


def plain(name: str) -> str:
    """Without case, gaps and marks."""
    return re.sub(r"[ \-.]", "", name.lower())


def kin(one: str, other: str) -> bool:
    """Whether two plain names are one's, or a model's and its maker's."""
    if one in other or other in one:
        return True
    for model, makers in _names.OWNERS.items():
        named = {model, *makers.split()}
        if any(part in one for part in named) and any(part in other for part in named):
            return True
    return False


def answering(said: str) -> bool:
    """Whether a sentence speaks of answering, and of nothing that people do."""
    return ANSWERS.search(said) is not None and PERSON.search(said) is None


@dataclass(frozen=True)
class Name:
    """A name in its text. ``common``: somebody else's too, and not ``paired`` with its maker or model; ``short``: the
    answer is a few words; ``alone``: it is no more than the name; ``code``: it stands in code."""

    plain: str
    common: bool
    paired: bool
    short: bool
    alone: bool
    code: bool


def weight(setting: Setting, name: Name, before: str, after: str) -> float:
    """Evidence that a name is the voice's own; from 2 it is taken for one. ``before``, ``after``: what is beside it."""
    line = before[max(0, before.rfind("\n", 0, max(0, len(before) - 1))) :]
    ahead = before[max((m.end() for m in ENDS.finditer(before)), default=0) :]
    stop = STOP.search(after)
    behind = after[: stop.start()] if stop else after
    said = f"{ahead} {behind}"
    clause = BREAK.split(ahead)[-1]
    near = f"{clause} {BREAK.split(behind)[0]}"
    given = any(kin(name.plain, other) for other in setting.given)
    z = 2.0 * setting.asked - 2.5 * given - (not setting.asked) * (3.0 * setting.human + 2.0 * setting.made_up)
    credited = CREDIT.search(line) is not None or CREDITED.match(after) is not None
    if FIELD.search(line) and setting.asked:
        z += 1.5
    elif credited:
        z += 3.2
    elif name.code:
        return -9.0
    as_name = AS_NAME.search(clause) is not None
    here = SELF.search(near) is not None or (as_name and not behind.isascii())
    me = SELF.search(ahead + behind) is not None
    if me:
        z += 0.9 if here else 0.4
        z += 1.2 * (MAKES.search(ahead + behind) is not None) + 0.5 * (KIND.search(ahead + behind) is not None)
    elif here:
        z += 0.9
    else:
        z -= 1.2 * (THIRD.match(after) is not None)
    z += 2.0 * (as_name and (me or not behind.isascii() or _claims.SELVES.search(after) is not None))
    z += 0.4 * name.paired + 0.5 * name.short + 1.0 * name.alone
    z -= 1.2 * (name.common and not (setting.plain and here and answering(said)))
    z -= 2.0 * (not setting.asked and not credited and PERSON.search(said) is not None)
    z -= 3.0 * (USES.search(ahead + behind) is not None) + 3.0 * any(
        what.search(clause) for what in (LIKENED, _names.NOT, _claims.NOT)
    )
    z -= 3.0 * (_claims.NOT_AFTER.search(after) is not None)
    z -= 3.0 * (HOSTED.match(after) is not None)
    z += 2.4 * (COPULA.match(after) is not None and KIND_ABROAD.search(ahead) is not None)
    return z + _abroad(ahead, behind)


def _abroad(ahead: str, behind: str) -> float:
    """What the first persons of other languages add."""
    both = ahead + behind
    if not (_claims.SELVES.search(both) or _names.FOREIGN_SELF.search(both)):
        return 0.0
    making = _claims.MAKING.search(both) or _names.FOREIGN_MADE.search(both)
    denied = _claims.DENIED.search(ahead) or _claims.USES.search(both)
    return 1.0 + 1.2 * (making is not None) - 3.0 * (denied is not None)


ENDS = re.compile(r"(?<!\bA)(?<!\.I)[.!?](?=\s)|[。！？]|\n")
STOP = re.compile(r"[.!?。！？](?=\s|$)|\n")
