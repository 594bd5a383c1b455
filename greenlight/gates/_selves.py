"""What speaks for and against a name being the voice's own: the clause, and what the text is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlight.gates import _agrees, _claims, _claims_abroad, _found, _names
from greenlight.gates._asking import Setting

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
    r"\b(?<!if )(?:I|we|you|they|one|she|he)(?:['’](?:d|ll|ve|m))? (?:\w+ )?(?:ask(?:ed)?|test(?:ed)?|tri(?:ed|es)|try|"
    r"use[ds]?|let|trust(?:ed)?|doubt|"
    r"like[ds]?|love[ds]?|hate[ds]?|join(?:ed)?|work(?:ed|s)? (?:at|for)|start(?:ed|ing)? at|came to|led|know(?! "
    r"(?:me|that I))|read(?! as)|"
    r"was rude|prefer|recommend|(?:think|believe)(?! I\b|[.,!]|$)|compared?|switch(?:ed)?|cop(?:y|ied)|met|heard|"
    r"saw|bought|pay|paid|"
    r"invested|interview(?:ed)?|"
    r"look|worked|was hired|a (?:heavy )?user|cancel\w*|opened|downloaded|admire|wonder)\b|\b(?:hired|pays?|paid|"
    r"promoted|fired|employs?|"
    r"interviewed) me\b",
)
THIRD = re.compile(
    r"^['’]?s? ?(?:is|was|isn['’]t|doesn['’]t|does|keeps|can|could|has|had|makes|walks|came|comes|will|would|answers|"
    r"knows|says|said|showed|costs|runs|lives|needs|owns|"
    r"sends|writes|and \w+ (?:is|are)|users?|app|website|account|settings)\b"
)
LIKENED = re.compile(
    r"\b(?:thinking of|sounds? like|unlike|compared (?:to|with)|instead of|rather than|than|\w{3,}er als|(?:plus|"
    r"moins|más|menos|più|meno|mais) \w+ (?:que|di|do que)|none|nobody|no one|such "
    r"as|like|"
    r"if you|ha(?:s|ve) (?:its|their)|ask|try|(?<!I )use|consult|recommend|prefer|start with|go with|(?:for"
    r" [^,.]{1,30}|"
    r"and|but) there(?:['’]s|"
    r" is| are)|(?:may|might|"
    r"probably) know|confus\w+ (?:me"
    r" )?with|mistak\w+ (?:me )?for|heard of|know of|mix(?:ed)? (?:me )?up with|rival|nothing to do "
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
    r"\t]*[*_(\[]{0,2}(?:authors?[ ]?[:=]|©|I am|(?<=\()by|"
    r"(?:(?:this|the) )?(?:(?:answer|reply|script|code|story|poem|text|header|response|file|message|letter|summary|"
    r"list) )?"
    r"(?:(?:was|is|comes) )?(?:(?:written|generated|made|created|answered|produced|composed|prepared|coded|powered|"
    r"drafted|signed|sent|corrected|translated|edited|checked|proofread|"
    r"brought to you|told|penned|posted)(?: (?:for you|automatically|with love|here))? (?:by(?: me,)?|with)|"
    r"(?<=answer )(?:by|from)|"
    r"(?<=reply )(?:by|from)|(?<=response )(?:by|from)|(?<=comes )from)):?[ \t]*[*_]{0,2}$",
    re.IGNORECASE,
)
CREDITED = re.compile(
    r"^[*_]{0,2},? (?:(?:wrote|generated|coded|created|drafted) (?:this|it)|made this)\b", re.IGNORECASE
)
BREAK = re.compile(r"[,;:—–()\n]| - | and (?=(?:I|they|the|you|we|people|my)\b)| but | because | which | so (?=I\b)")
AS_NAME = re.compile(
    r"(?:\b(?:als|en tant que?|como|come|как|jako|som|comme|ca|olarak|sebagai|là|speaking as|as|being)|作为|作為|بصفتي|"
    'باعتباري) ?[*"“„«]{0,2}$',
    re.IGNORECASE,
)
ANSWERS = re.compile(
    r"\b(?:by the way|overview|details|check|grain of salt|mistakes?|wrong|experts?|trained|training|retrained|data|"
    r"models?|answers?|reply|questions?|"
    r"limits?|cut-?off|knowledge|date|internet|access|neutral|brief|general|basics|remind|guidelines|rules|policy|"
    r"taste|body|"
    r"bodies|help|assist\w*|chat\w*|"
    r"company that|creators?|makers?|developers?|powered|generated|KI|IA|ИИ|modelo|modèle|modello|Modell|модель|"
    r"Körper|opini[oó]n|avis|Meinung)\b|"
    r"模型|助手|训练|モデル|アシスタント|作られ|開発|모델|비서|인공지능|رأي|राय|意見|의견|نموذج|مساعد|تدريب|मॉडल|"
    r"सहायक|प्रशिक्षित",
    re.IGNORECASE,
)
"""Talk of answering, beside which a name that others have too is a model's."""
PERSON = re.compile(
    r"\b(?:bak(?:e|ed|er|ery)|bread|born|parents?|mother|father|aunt|uncle|brother|sister|wife|husband|child(?:ren)?|"
    r"village|farm|shop|sell|sold|apprentice|team|"
    r"engineer(?! at)|baker|carpenter|nurse|monk|valley|sky|wings|wool|herd|zoo|apprentice|typewriter|cake|years? "
    r"old|since [12]\d{3}|in 1[5-9]\d\d|my \w+ing job|internship|"
    r"(?:trained|worked|hired|job|started) (?:\w+ ){0,3}as an? (?!AI\b|language|large|chat|helpful|general|model|"
    r"assistant|virtual|"
    r"digital|conversational)\w+|career|salary|boss|colleagues?|teacher)\b",
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


def otherwise(described: str, body: str) -> bool:
    """Whether the voice bears, in this text, the name that its description gives it, or another of its own."""
    for m in GIVEN.finditer(described[:2000]):
        if re.search(rf"\b{re.escape(m[1])}\b", body[:4000]):
            return True
    return any(not _found.names(m[1]) and m[1] not in ("AI", "Chat") for m in _agrees.OTHER.finditer(body[:300]))


def direct(before: str, after: str) -> bool:
    """Whether a sentence says I am, or speaks of what only a model has: makers, training, requests."""
    said = before + after
    starts = any(what.search(before) for what in (STARTS, AS_NAME, _names.FOREIGN_I))
    return PERSON.search(said) is None and PLACE.match(after) is None and (starts or modelled(said))


PLACE = re.compile(r",? (?:from (?:the|down)|of the|the \w+|and I (?:\w+ )?(?:bake|mend|sell|fish|live|grew|come)\b)")
TRAINED = re.compile(
    r"(?:меня|мне|mich|me|m['’]a|mi ha|mnie|mig|meg|beni|bana) (?:\w+ ){0,2}(?:обучи|трениро|натрениро|trainier|"
    r"entren|entraîn|addestr|trein|eğit|getraind|"
    r"wytren|trän|tren)\w*|(?:trainiert|entraîné|entrenad|addestrat|treinad|обуч|getraind)\w* (?:wurde|ich|je|par|"
    r"por|da|door|von|компани)|训练|訓練|훈련|تدريب|دربت|प्रशिक्षित",
    re.IGNORECASE,
)
"""Who was trained, in other languages."""
TALKERS = frozenset(["claude", "gemini", "llama", "mistral", "gemma", "copilot", "bard"])
"""Names that people bear, and models more often where somebody only answers."""


def modelled(said: str) -> bool:
    """Whether a sentence says of itself what nobody but a model does."""
    return (_claims.ONLY_MODELS.search(said) or TRAINED.search(said)) is not None and PERSON.search(said) is None


STARTS = re.compile(
    r"(?:\bI(?:['’]m| am)(?: only| just| still| really)?|\bmy name is|\b(?:as|being)|(?:^|"
    r"[.!?\n] ?)(?:hi|hello|"
    r"hey),? (?:it['’]s|this is|I['’]m))[ ,*_\"“]{1,3}$",
    re.IGNORECASE,
)


def answering(said: str) -> bool:
    """Whether a sentence speaks of answering, and of nothing that people do."""
    return ANSWERS.search(said) is not None and PERSON.search(said) is None


@dataclass(frozen=True)
class Name:
    """A name in its text. ``common``: somebody else's too, and not ``paired`` with its maker or model; ``short``: the
    answer is a few words; ``alone``: it is no more than the name; ``code``: it stands in code; ``otherwise``: the text
    gives the voice a name of its own."""

    plain: str
    common: bool
    paired: bool
    short: bool
    alone: bool
    code: bool
    otherwise: bool


def weight(setting: Setting, name: Name, before: str, after: str) -> float:
    """Evidence that a name is the voice's own; from 2 it is taken for one. ``before``, ``after``: what is beside it."""
    line = before[max(0, before.rfind("\n", 0, max(0, len(before) - 1))) :]
    ahead = before[max((m.end() for m in ENDS.finditer(before)), default=0) :]
    stop = STOP.search(after)
    behind = after[: stop.start()] if stop else after
    said = f"{ahead} {behind}"
    clause = BREAK.split(ahead)[-1]
    near = f"{clause} {BREAK.split(behind)[0]}"
    given = any(_found.kin(name.plain, other) for other in setting.given)
    z = (1.0 if name.otherwise else 2.0 if setting.outright else 1.5) * setting.asked - 2.5 * given
    z -= (not setting.asked) * (3.0 * setting.human + 2.0 * setting.made_up)
    credited = CREDIT.search(line) is not None or CREDITED.match(after) is not None
    if FIELD.search(line) and setting.asked:
        z += 1.5
    elif credited:
        z += 3.2
    elif name.code:
        return -9.0
    as_name = AS_NAME.search(clause) is not None
    abroad = as_name and ABROAD_AS.search(clause) is not None
    here = SELF.search(near) is not None or (as_name and not behind.isascii())
    me = SELF.search(ahead + behind) is not None
    if me:
        z += 0.9 if here else 0.4
        z += (1.2 if here else 0.4) * (MAKES.search(ahead + behind) is not None) + 0.5 * (
            KIND.search(ahead + behind) is not None
        )
    elif here:
        z += 0.9
    opens = setting.asked and not (before.strip() or name.otherwise)
    z -= 1.2 * (not here and not opens and THIRD.match(after) is not None)
    z += 2.0 * (
        as_name and (me or setting.asked or not behind.isascii() or _claims_abroad.SELVES.search(after) is not None)
    )
    z += 2.2 * (abroad and setting.plain and (behind[:1] == "," or FIRST.search(behind) is not None))
    z += (0.4 * name.paired + 0.5 * name.short) * (not name.otherwise and (here or setting.asked)) + 1.0 * name.alone
    z -= (0.4 if setting.asked and not name.otherwise else 1.2) * (
        name.common and not (setting.plain and here and answering(said))
    )
    z += 1.5 * (me and modelled(said))
    z += 2.0 * (WE_AT.search(ahead) is not None and setting.plain and not given and not name.common)
    z -= 2.5 * (DOUBT.search(near) is not None) + 3.0 * (DISTANT.search(said) is not None)
    z -= 1.5 * (not here and UNKNOWN.search(before[-120:] + after[:120]) is not None)
    z -= 2.0 * (not setting.asked and not credited and PERSON.search(said) is not None)
    z -= 3.0 * (USES.search(ahead + behind) is not None) + 4.5 * any(
        what.search(clause) for what in (LIKENED, _names.NOT, _claims.NOT)
    )
    z -= 3.0 * (_claims.NOT_AFTER.search(after) is not None or REJECTED.match(after) is not None)
    z -= 3.0 * (HOSTED.match(after) is not None)
    z += 2.4 * (COPULA.match(after) is not None and KIND_ABROAD.search(ahead) is not None)
    return z + _abroad(ahead, behind)


def _abroad(ahead: str, behind: str) -> float:
    """What the first persons of other languages add."""
    both = ahead + behind
    if not (_claims_abroad.SELVES.search(both) or _names.FOREIGN_SELF.search(both)):
        return 0.0
    making = _claims_abroad.MAKING.search(both) or _names.FOREIGN_MADE.search(both)
    denied = _claims_abroad.DENIED.search(_claims_abroad.TURN.split(ahead)[-1]) or _claims_abroad.USES.search(both)
    return 1.0 + 1.2 * (making is not None) - 3.0 * (denied is not None)


WE_AT = re.compile(r"\b(?:we|us|here|all of us) (?:here )?at (?:the )?$", re.IGNORECASE)
REJECTED = re.compile(
    r"\W{0,3}\?(?=\s)(?!\W{0,3}(?:yes|yep|that|at your|here|speaking|present|I['’]?m\b|I am|they|it|she|he|who"
    r" else|of course|sure|c['’]est|"
    r"ja\b|oui|sí|да\b))|"
    r"\W{0,3}\?\W{0,3}(?:no|nope|never|not|nah|nein|non|nee|nie|hayır|não|нет|ні)\b|\W{0,3}\?\W{0,3}(?:some(?:one|"
    r"body)|or\b|maybe|perhaps|who knows|could|I (?:don|can|doubt|wouldn|have no))|[?？]\W{0,2}(?:不|いいえ|아니|"
    r"لا|नहीं)",
    re.I,
)
ABROAD_AS = re.compile(
    r"(?:^|[\W])(?:als|en tant que?|como|come|как|jako|som|olarak|sebagai|là) ?[*\"“„«]{0,2}$", re.IGNORECASE
)
FIRST = re.compile(
    r"(?<!\w)(?:ich|je|j['’]\w+|yo|io|eu|я|мне|меня|ik|jag|jeg|ja|mich|mir|saya|aku|tôi|puedo|tengo|soy|no \w+o|"
    r"posso|ho|sono|tenho|"
    r"nie \w+m|mogę|jestem)(?!\w)",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"\b(?:(?:don|doesn)(?:['’]t|not) (?:really |honestly )?know|(?:can|couldn|wouldn)(?:['’]t|not) (?:really"
    r" )?(?:say|tell|swear|be sure)"
    r"(?= (?:you )?(?:if|whether|which|who|what|for (?:sure|certain)|with)|[,.!;]|$)|cannot (?:say|tell|know|be"
    r" sure)|no idea|not (?:sure|certain)|unsure|"
    r"a guess|guess(?:ing)? (?:at|that)|(?:might|may|could) (?:well |also |just )?(?:be|have (?:been|made))|maybe|"
    r"perhaps|possibly|no way (?:to|of) "
    r"(?:check|know)\w*|nobody (?:has )?(?:ever )?told|no "
    r"one (?:has )?(?:ever )?told|if (?:I|you|it|they) (?:said|say|think|thought|were|am|guess)|or (?:some(?:body|"
    r"one|thing)|another|"
    r"anyone|any)\b|and others|for one|weiß (?:es |ich )?nicht|keine Ahnung|vielleicht|(?:ne )?sais pas|peut-être|"
    r"no (?:lo )?sé|"
    r"quizás?|tal vez|non (?:lo )?so|forse|não sei|talvez|не знаю|может быть|возможно|bilmiyorum|belki|nie wiem|może|"
    r"weet (?:het |ik )?niet|misschien)\b|不知道|不清楚|也许|可能是|わかりません|分かりません|知りません|かもしれ|"
    r"모르|لا أعرف|لا أعلم|ربما|पता नहीं|नहीं जानत|शायद",
    re.IGNORECASE,
)
"""Who speaks of a name as of something that it does not know."""
UNKNOWN = re.compile(
    r"\bI (?:(?:really |honestly |simply |just )?(?:do|can|could|would)(?:n['’]t| not) (?:really |honestly"
    r" )?(?:know|say|tell)|"
    r"have no idea|['’]?am not sure|['’]m not sure)\b|\bno idea\b",
    re.IGNORECASE,
)
DISTANT = re.compile(
    r"\b(?:nothing (?:to do |in common )?(?:with|like)|(?:no|not any|without (?:any )?)(?:thing)? ?(?:help|"
    r"relation|relative|link|ties?|"
    r"connection|kin|part) (?:from|to|of|with)|"
    r"never (?:met|heard of|seen|tried|used)(?= (?:me|it|him|her|them|us|you)\b| {2})|"
    r"compare[sd]? me|confuse[sd]? me|(?:mix|take|mistake)s? me (?:up|for)|as .{0,20} does|on the other hand|by"
    r" contrast|whereas|neighbou?rs?|competitors?|rivals?|"
    r"nichts (?:\w+ )?zu tun|rien à voir|nada que ver|niente a che (?:fare|vedere)|nada a ver|отношения не имею|не"
    r" имею отношения|не "
    r"связан\w*|ne alakam|ilgim yok|nie mam nic wspólnego|niets te maken)\b|没有(?:任何)?关系|沒有關係|无关|無關|"
    r"関係(?:あり|な|は)|상관없|관계(?:가 )?없|"
    r"لا علاقة|संबंध नहीं",
    re.IGNORECASE,
)
"""Who keeps a name at a distance."""
GIVEN = re.compile(
    r"\b(?i:you are|you['’]re|your name is|name:|called|named|persona:|play|as) (?:(?i:the|an?|old|captain|a \w+ "
    r"(?:called|named)) )?([A-ZÀ-ÞА-Я][\w'’-]+)"
)
ENDS = re.compile(r"(?<!\bA)(?<!\.I)[.!?](?=\s)|[。！？]|\n")
STOP = re.compile(r"[.!?。！？](?=\s|$)|\n")
