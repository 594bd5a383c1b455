"""What a prompt makes likely: an answer that has to say no, words for somebody's mouth, or a text of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _asks, _refusals

SAYS_NO = re.compile(
    r"\b(?:denied|denial|auto(?:matic|mated)?[- ]?(?:repl\w+|responses?|answers?|messages?)|macros?|"
    r"den(?:y|ies|ying) (?:access|entry|him|her|them|an?|the)|excus(?:e|es|ing) (?:for|me|to|that)|cancel\w*|"
    r"call(?:s|ed|ing)? off|polite no|friendly no|kind no|practi[sc]e saying|say(?:s|ing)? no|\w+ no from me|"
    r"tell (?:\w+ ){1,3}no\b|(?:say|tell|inform|explain|write|phrase|express|reply|answer|respond|"
    r"announce)\w*(?: \S+){1,8}? "
    r"that (?:\S+ ){1,4}?(?:will not|won't|can(?:not|'t)|can not|could(?:n't| not)|do(?:es)?(?:n't| not)|(?:is|are|"
    r"am)(?:n't| "
    r"not)|(?:is|are|am) unable)|out[- ]of[- ]office|lets? nobody|won't let|unsubscribe|break(?:ing)? up|turn(?:s|"
    r"ing)? "
    r"\w+ away)\b",
    re.IGNORECASE,
)
NEAR = re.compile(
    r"\b(?:disclaimer|farewell|good-?bye|vows?|oath|creed|prayer|sign|404|code of conduct|error (?:message|page|"
    r"text)s?|raises? an? (?:error|exception)|"
    r"stubborn\w*|"
    r"obstinate|objects? to|prohibit\w*|forbid\w*|not (?:coming|allowed|available)|closed|sold out|"
    r"out of (?:coffee|stock)|unavailable|house rules?|rules? (?:for|of)|polic(?:y|ies)|negati\w+|veto)\b",
    re.IGNORECASE,
)
"""Texts in which a no is likely."""
GRIEVED = re.compile(
    r"\b(?:apolog\w+|condolence\w*|sorry|protest\w*|resign\w*|quits?|quitting|boycott|strike|complain\w*|complaint|"
    r"regrets?)\b",
    re.IGNORECASE,
)
"""Longer ones in which it is."""
NOTE = re.compile(
    r"^\W*(?:text|message|rsvp|reply|note) (?!in\b|with|as\b)|"
    r"\b(?:draft|write|send|compose|need|want|give me)\b[^.?!\n]{0,40}?\b(?:text|sms|message|note|rsvp|card|reply|"
    r"status|dm|post|"
    r"caption|tweet|voicemail)\b",
    re.IGNORECASE,
)
"""A few lines that the user will send."""
CHAT = re.compile(
    r"^\W*(?:nobody|everyone|everybody|someone|somebody|people|today|yesterday|last night|my|i|i'm|im|ive|i am|i've|we|"
    r"we're|it|it's|he|she|they|that|that's|this|thanks|thank you|hi|hello|hey|ok|okay|"
    r"so|well|yes|no|"
    r"nice|great|cool|good)\b(?!'d|[^.!?]{0,80}\b(?:need|want|would like|could use|looking for|require|wish|"
    r"wonder\w*|how|explain|"
    r"write|tell me|give|help|show|draft|make|create|suggest|list|please)\b)[^?]*$",
    re.IGNORECASE,
)
"""Something told, where nothing is asked for."""
NEGATED = re.compile(
    r"\b(?:text|tell|message|note|letter|e-?mail|mail|reply|respond|answer|postcard|card|sms|write to|let \w+ know|"
    r"inform|"
    r"how do i (?:tell|say)|word|announce\w*|draft|line|why)\b[^.?!]{0,60}?(?:\b(?:that|because|for me)|"
    r":)[^.?!]{0,30}\b(?:i|we|he|she|they)"
    r" (?:(?:can|could|wo|do|does|is|are|did|am)(?:n't|not| not)|no longer|have no|has no)|: no\b(?! \w)|"
    r"\b(?:our|my|the) "
    r"[\w ]{1,20} (?:won't|can't|doesn't|isn't)",
    re.IGNORECASE,
)
PUT = re.compile(
    r"\b(?:translat\w*|correct\w*|proof-?read\w*|grammar|spelling|typos?|fix (?:this|the|my)|mend (?:this|the|my)|"
    r"polish|"
    r"repeat|copy|transcribe|type out|spell out|korrigier\w*|corrig\w*|исправ\w*|rephrase|reword|paraphrase|shorten|"
    r"rewrite|more polite|past tense|passive|"
    r"summari[sz]e|sum up|tl;? ?dr|in short|in brief|gist|nutshell|condense|bottom line|main points?|key points?|"
    r"simplif\w+|simpler|plain english|zusammenfass\w*|fasse?|résum\w*|resum\w*|riassum\w*|"
    r"put (?:this|it|into)|what (?:is|does) .{0,20}[\"“]|how do (?:i|you) say|übersetz\w*|tradu\w*|перевед\w*|"
    r"report)\b|翻译|翻訳|번역|改正|修改|直して|고쳐",
    re.IGNORECASE,
)
"""A text is given that the answer says in other words."""
STORY = re.compile(
    r"\b(?:story|tale|poem|song|fable|limerick|novel|scene|fiction|paragraph narrated|chapter|about an?)\b",
    re.IGNORECASE,
)
MOUTH = re.compile(
    r"^\W*(?:you are|you're|be an?|play(?: an?| the)|pretend|act as|imagine (?:you|that you)|speak as|talk as)\b|"
    r"\brole[- ]?play|\bimprov\w*|\w's (?:answer|reply|response|words)\b|\bwhat (?:do|does|would|did|might|"
    r"will) (?:you|he|she|it|they|an?|the|\w+)(?: \w+){0,3} "
    r"(?:say|answer|reply|respond)|\b(?:answer|reply|respond|say) (?:something )?(?:as (?!json|xml|yaml|an? list|"
    r"markdown|csv|valid|plain)|for (?:me|him|her)\b)\b|"
    r"\bwhat (?:do|should|could|can|would) (?:i|we) (?:write|say|put|tell|answer|reply|text)\b|"
    r"\b(?:text|tell) \w+ (?:that|no|we|i)\b|\bin the (?:voice|words) of\b|\bpoint of view\b|\b(?:in the )?first "
    r"person\b|\bnarrated by\b|\bnarrator\b|\bopening (?:of|line)|\bvoicemail\b|\bdiscussion\b|"
    r"\b(?:argue|argument\w*|plead|case|speech) against\b|\bmonologue\b|\bdiary\b|"
    r"\bjournal entry\b|\blines? (?:of dialogue|for|by|from)\b|\bquot(?:e|ation)\b|\binterview\b|\bhow would (?:an?|"
    r"the)\b|"
    r"\blet (?:an?|the) \w+ (?:speak|talk|answer|say)|^\W*>",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"\b(?:sentiment|polarity|categor\w+|classif\w+|verdict|mottos?|slogans?|riddles?|jokes?|puns|fun facts?|"
    r"synonyms|tweet|polite way|idioms?|proverbs?|sprichw\w+|"
    r"refr[aá]n\w*|"
    r"proverbes?|proverbio|пословиц\w*|satz mit|frase con|(?:bad|one-star|funny) reviews?|one-star|limits?|blessing|"
    r"epitaph|sign for|a sign|pun|proverb|idiom|tongue[- ]twister|sentences? (?:with|about|using|on|for|that)|"
    r"in a sentence|one[- ]liner|one[- ]line|six[- ]word|\w+[- ]word story|captions?|headings?|headlines?|titles?|"
    r"subject line|"
    r"translat\w*|correct(?:ion)?|rephrase|reword|paraphrase|shorten|rewrite|more polite|opposite|synonym|antonym|"
    r"mean(?:s|ing)?|"
    r"what is the (?:english|german|french|spanish|word)|fill in|finish|complete(?= the|:)|short for|abbreviat\w*|"
    r"contractions?|(?:another|a) word for|past tense|passive|plural|"
    r"example of|"
    r"phrases?|sentences with|how (?:do|would) (?:i|you|we) say|say .{1,60} in \w+|which line|first line|last line|"
    r"übersetz\w*|tradu\w*|перевед\w*|wie sag\w*|comment dit|cómo se dice)\b|"
    r"翻译|翻訳|怎么说|例句|번역|ما معنى|意味|什么意思|谚语|ことわざ",
    re.IGNORECASE,
)
LIMITS = re.compile(
    r"\b(?:(?:what|which|why|where|when)(?: \w+){0,3} (?:can|can't|cannot|could|won't|don't|aren't|do|did|are|"
    r"will)(?:n't)? (?:you|u)\b|"
    r"(?:what|who|where|when|which)\b[^?.!\n]{0,30}\b(?:did|was|were|am) (?:i|we)\b|what(?:'s| is) my\b|"
    r"your (?:limits?|limitations?|weakness\w*|abilities|rules?|opinion|stance|feelings?|body|memory)|"
    r"(?:kannst du|können sie|puedes|peux-tu|pouvez-vous|puoi|você pode|ты (?:умеешь|можешь))(?! mir| mich| bitte| "
    r"me\b| m['e]| nos|"
    r" uns| explicar| escribir| escrever| scrivere| написать| объяснить)|(?:are|can|could|do|did|will|would|have) "
    r"you (?!(?:please |kindly |maybe |also |just )*(?:explain|write|tell|give|help|show|make|"
    r"create|describe|summari[sz]e|draft|list|compose|suggest|recommend|name|provide|translate|plan|teach|find|"
    r"invent)))",
    re.IGNORECASE,
)
FACT = re.compile(
    r"(?:^|[,.:;!?] )\W*(?:who|when|where|(?:which|what|why)(?! \w+ should i| should i| can i| could i| do i| do you|"
    r" about)|"
    r"how (?:many|much|long|old|far|tall|big|often|heavy|fast|deep))\b|"
    r"^\W*(?:qué|cuál\w*|was\b|welche\w*|quel\w*|que dire|quali?|что|как(?:ой|ие|ая)|warum|wieso|wann|wer|was ist|"
    r"wie viele?|pourquoi|quand|combien|por qué|cuándo|dónde|quién|qué es|perché|"
    r"quando|"
    r"dove|por que|почему|когда|где|кто|сколько)\b|^\W*(?:为什么|為什麼|なぜ|どうして|왜|لماذا|متى|क्यों)",
    re.IGNORECASE,
)
LARGE = re.compile(
    r"\b(?:how (?:do|does|did|can|could|would|should|to)\b|explain|describe|plan|continue|draft|compare|summari[sz]e|"
    r"story|"
    r"tale|essay|"
    r"recipe|letter|e-?mail|speech|toast|talk|poem|ballad|dialogue|function|script|program|query|list of|packing|"
    r"guide|steps?|instructions?|review|article|report|(?:two|three|four|five|six|seven|eight|nine|ten|\d+) "
    r"(?!words?\b|lines?\b|sentences?\b)\w+s\b|tell (?:\w+ )?(?:about|how|of)|write (?:about|an?|me|some|the)|"
    r"give me)",
    re.IGNORECASE,
)

NO = re.compile(
    r"n't\b|\b(?:(?:ca|wo|do|does|did|is|are|was|could|would|should)nt|unable|sorry|regret\w*|afraid|declin\w*|"
    r"unfortunat\w*|not|cannot|never|no|nein|nicht|kein\w*|non|pas|jamais|não|nunca|не|нет|nie|niet|answers? (?:to|"
    r"from|of|by)|refus\w*)\b|"
    r"不|没|ない|ません|않|못|لا|नहीं",
    re.IGNORECASE,
)


ABOUT_YOU = re.compile(
    r"(?i:\b(?:who|what) (?:exactly |really )?(?:are|r) (?:you|u)\b|\band you(?: are)?\?|\byour(?:self| names?|"
    r" parents| mak\w+| creators?|"
    r" origins?| developers?| birthday| age| favou?rite)\b|\babout you\b|\b(?:made|built|created|trained|developed|"
    r"named|"
    r"called|runs) you\b|\byou(?:'re| are| were| was) (?:\w+ )?(?:made|built|created|trained|developed|based|running|"
    r"powered)\b|\byour (?:own )?(?:(?:system )?prompt|model|version|engine|maker|provider|training|instructions)\b|"
    r"\b(?:model|ai|llm|system|engine|version|technology)\b[^?.!\n]{0,12} (?:you|u) (?:are|run|use|were|come)\b|"
    r"^\W*(?:are|r) (?:you|"
    r"u) [\w.-]+(?: [\w.-]+)?\W*$|\byou (?:just )?(?:talk|sound|look|seem|write|act|feel) (?:\w+ )?(?:like|as)\b)|"
    r"\b[Yy]ou(?:'re| are)(?: \w+)? (?!an?\b|the\b|my\b|our\b)[A-Z]\w+|(?i:\bhow (?:are|"
    r"r) (?:you|u)\b|how do you feel|wie geht|"
    r"comment (?:vas|allez)|cómo estás|come stai|как дела|你好吗|\bwer bist du|"
    r"qui es-tu|quién eres|chi sei|"
    r"quem é você|кто ты|你是谁|あなたは誰|من أنت|तुम कौन|kimsin)",
)
"""A question about the voice itself, which it may well answer with a no."""
REMARK = re.compile(
    r"^\W*(?:really|are you sure|you(?:'ve| have)? (?:skipped|forgot|said|missed|made|mixed)|i (?:don't|do not) "
    r"(?:think|believe)|"
    r"i thought|check (?:that|again|your)|that (?:is|was|can't|isn't|doesn't|does not)|that's|my (?:teacher|book|"
    r"friend)|hm+|no,|wrong|"
    r"is that|look again|count again|try again|thanks?|thank you)\b",
    re.IGNORECASE,
)
SUMMARY = re.compile(
    r"\b(?:tl;? ?dr|gist|nutshell|in short|in brief|condense|summari[sz]e|sum up|summary of|report on|in (?:one|two|"
    r"three) sentences?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Demand:
    """``wanted``: a refusal, or a text that holds one; ``mouth``: words for somebody else, or a few words only;
    ``limits``: what the voice can do; ``closed``: a question that no may answer; ``fact``: one that a fact answers."""

    wanted: bool = False
    mouth: bool = False
    brief: bool = False
    large: bool = False
    limits: bool = False
    closed: bool = False
    fact: bool = False
    none: bool = False
    near: bool = False
    grieved: bool = False
    chat: bool = False
    note: bool = False
    outward: bool = False
    verse: bool = False
    tale: bool = False
    put: bool = False
    remark: bool = False
    pain: bool = False
    you: bool = False
    script: bool = False
    english: bool = False
    held: bool = False
    speech: bool = False
    rest: bool = False


SPEECH = re.compile(
    r"\b(?:speech|essay|eulogy|toast|memoir|sermon|conclusion|introduction|preface|foreword|testimonial|statement|"
    r"confession|column)\b",
    re.IGNORECASE,
)
"""A text in the first person that is not the voice's."""
REST = re.compile(
    r"\b(?:how|what|why|when|tips?|advice|help|can't|cannot|should)\b[^.?!\n]{0,60}\b(?:sleep\w*|asleep|awake|wak(?:e|ing)|"
    r"get(?:ting)? up|tired\w*|rested|yawn\w*|insomnia|oversle\w+|earl(?:y|ier)|in the mornings?)\b",
    re.IGNORECASE,
)
"""A question to which "go to bed" is the advice."""
CODE = re.compile(r"\b(?:functions?|scripts?|programs?|regex\w*|quer(?:y|ies)|class|code)\b", re.IGNORECASE)
"""What is never answered by a word."""
UNMARKED = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|will|would|has|have|had|can|could|should|may|am) (?:i|we|he|she|it|they|this|"
    r"that|there|my|u)\b[^?\n]{1,50}$",
    re.IGNORECASE,
)
"""A question that no may answer, without its mark."""
TALK = re.compile(
    r"\b(?:faqs?|q ?& ?a|questions? and answers?|quiz\w*|training (?:data|examples)|data ?set|exercise|thread|"
    r"exchange|"
    r"lines about|few lines)\b",
    re.IGNORECASE,
)
WHICH = re.compile(
    r"\b(?:wh\w+|how|w(?:as|er|ie|o|ann|arum|ieso|elche\w*|omit|ozu)|qu\w+|combien|comment|où|pourquoi|cómo|cuá\w+|"
    r"dónde|"
    r"por qué|come|cosa|dove|perché|como|onde|por que|что|как\w*|где|когда|почему|зачем|кто|сколько|чем|hoe|wat|"
    r"waar\w*|wie|"
    r"welke?|vad|hur|jak\w*|co|gdzie|kiedy|dlaczego|ne|nasıl|neden|niçin|nerede|kim|kaç|hangi|apa|bagaimana)\b|"
    r"什么|什麼|怎|哪|谁|為|为什|几|多少|何|どう|なぜ|どこ|いつ|誰|どの|무엇|뭐|어떻|왜|"
    r"어디|언제|누구|كيف|ماذا|ما |لماذا|أين|متى|من |कैसे|क्या है|क्यों|"
    r"कहाँ|कौन",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"\b(?:the|an?|of|to|is|are|you|for|with|any|some|please|about|my|it)\b", re.IGNORECASE)
SIGNS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
TO_YOU = re.compile(
    r"\b(?:kannst|könn\w+|würdest|peux|pouvez|pourr\w+|puedes|podr\w+|puoi|potre\w+|pode\w*|можешь|можете|kun je|"
    r"kan je|"
    r"kan du|możesz|misin|mısın|bisakah|bitte|svp|plaît|favor|favore|пожалуйста|möglich)\b|请|請|帮|くださ|주세|"
    r"해 줘|해줘|"
    r"من فضلك|कृपया",
    re.IGNORECASE,
)


def _closed_abroad(said: str) -> bool:
    """Whether it is a question in another language that yes or no answers."""
    if said.rstrip(' "”»)')[-1:] not in "?？؟" or len(said) > 200 or ENGLISH.search(said):
        return False
    return WHICH.search(said) is None and TO_YOU.search(said) is None


def _asks_which(said: str) -> bool:
    """Whether a question in signs has a word that asks for more than yes or no."""
    return (
        SIGNS.search(said) is not None
        and ENGLISH.search(said) is None
        and not NO.search(said)
        and WHICH.search(said) is not None
    )


@lru_cache(maxsize=256)
def of(prompt: str) -> Demand:
    """What the prompt's words tell."""
    said = prompt[:4000].replace("’", "'")
    if not said.strip():
        return Demand(none=True)
    wanted = _refusals.ASKED.search(said) is not None and _refusals.NOT_ASKED.search(said) is None
    wanted = wanted or SAYS_NO.search(said) is not None
    held = NEGATED.search(said) is not None and STORY.search(said) is None
    held = not wanted and (held or (PUT.search(said) is not None and NO.search(said) is not None))
    return Demand(
        wanted=wanted or held,
        held=held,
        speech=SPEECH.search(said) is not None,
        near=NEAR.search(said) is not None,
        grieved=GRIEVED.search(said) is not None,
        note=NOTE.search(said) is not None,
        chat=len(said) < 300 and CHAT.match(said) is not None,
        outward=_refusals.OUTWARD.search(said) is not None,
        tale=STORY.search(said) is not None,
        put=SUMMARY.search(said) is not None,
        remark=len(said.split()) < 14 and REMARK.search(said) is not None and LARGE.search(said) is None,
        verse=_asks.VERSE.search(said) is not None,
        you=ABOUT_YOU.search(said) is not None and len(said) < 300,
        english=ENGLISH.search(said) is not None,
        script=_asks.SCRIPT.search(said) is not None or TALK.search(said) is not None,
        pain=_refusals.PAIN.search(said) is not None,
        mouth=MOUTH.search(said) is not None,
        brief=SHORT.search(said) is not None
        or (_asks.BRIEFLY.search(said) is not None and _asks.VERSE.search(said) is None and CODE.search(said) is None),
        large=LARGE.search(said) is not None,
        limits=LIMITS.search(said) is not None,
        closed=(_refusals.YES_NO.search(said) is not None and not _asks_which(said))
        or UNMARKED.match(said) is not None
        or _closed_abroad(said),
        fact=FACT.search(said) is not None,
        rest=REST.search(said) is not None,
    )
