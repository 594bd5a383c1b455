"""Names of language models and of who makes them, and how a first person claims one."""

from __future__ import annotations

import re

MODELS = (
    "chatgpt|chat gpt|gpt 2|gpt 3|gpt 4|gpt 5|gpt3|gpt4|gpt5|gpt oss|gpt|qwen|deepseek|deep seek|grok|llama 2|llama 3|"
    "llama2|llama3|llama 4|mixtral|ministral|olmo|tülu|nemotron|chatglm|glm 4|internlm|baichuan|hunyuan|doubao|"
    "ernie bot|command r|smollm|stablelm|bing chat|bing ai|lamda|gemma 2|gemma 3|mistral 7b|mistral large|mistral "
    "small|"
    "claude 2|claude 3|claude 4|claude sonnet|claude opus|claude haiku|google bard|google gemini|github copilot|"
    "microsoft copilot|meta ai|google assistant|tongyi|openassistant|open assistant|yandexgpt|gigachat|le chat|"
    "kimi|perplexity ai|character ai|wenxin|ernie 4|phi 3|phi 4|palm 2|"
    "huggingchat|hyperclova x|hyperclova|exaone|wizardlm|codestral|pixtral|jamba|dbrx|minimax m1|openhermes|bingchat|"
    "bing copilot|apple intelligence|nova pro|step 2|yi 34b|gpt j|gpt neo|bloomz|starcoder|qwq|minicpm|openchat|"
    "gpt4all|eurollm|xiaoice|codegemma|medgemma|o1 mini|o1 preview|o3 mini|o4 mini|wizard lm|nous hermes"
)
COMMON_MODELS = (
    "claude|gemini|bard|llama|mistral|gemma|phi|granite|falcon|vicuna|alpaca|zephyr|copilot|siri|alexa|cortana|sydney|"
    "bixby|replika|perplexity|ernie"
)
"""Also the names of people, animals and things: they count only beside talk about models."""
MAKERS = (
    "openai|open ai|anthropic|deepmind|google deepmind|google ai|google brain|alibaba cloud|alibaba|mistral ai|xai|"
    "x.ai|"
    "baidu|tencent|bytedance|zhipu ai|zhipu|moonshot ai|deepseek ai|eleutherai|eleuther ai|hugging face|huggingface|"
    "stability ai|meta ai|allen institute|nous research|01.ai|lmsys|inflection ai|ai21 labs|ai21|microsoft research|"
    "cohere|tii|ai2|huawei cloud|kakao brain|"
    "lg ai research|stepfun|naver|upstage ai|technology innovation institute|reka ai|aleph alpha|sakana ai|liquid ai"
)
COMMON_MAKERS = (
    "google|meta|microsoft|amazon|apple|ibm|nvidia|samsung|facebook|salesforce|databricks|minimax|yandex|sber"
)
"""People and machines come from there too."""
COMMON = frozenset([*COMMON_MODELS.split("|"), *COMMON_MAKERS.split("|")])
OWNERS = {
    "qwen": "alibaba alibabacloud tongyi", "gpt": "openai", "claude": "anthropic",
    "gemini": "google deepmind googledeepmind googleai googlehan", "gemma": "google deepmind googledeepmind googleai",
    "llama": "meta metaai facebook", "mistral": "mistralai", "mixtral": "mistralai", "ministral": "mistralai",
    "deepseek": "deepseek deepseekai", "grok": "xai", "phi": "microsoft microsofthan",
    "copilot": "microsoft microsofthan",
    "granite": "ibm", "olmo": "alleninstitute ai2", "tülu": "alleninstitute ai2", "command": "cohere",
    "glm": "zhipu zhipuai",
    "kimi": "moonshotai", "yandexgpt": "yandex", "alisa": "yandex", "gigachat": "sber", "ernie": "baidu",
    "doubao": "bytedance",
    "hunyuan": "tencent", "hyperclova": "naver", "bard": "google", "falcon": "tii technologyinnovationinstitute",
    "nemotron": "nvidia", "smollm": "huggingface",
}  # fmt: skip
"""Who makes which model, without spaces: the voice that may say the one may say the other."""


def _any(names: str) -> str:
    longest = sorted(names.split("|"), key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"[ \-]?") for name in longest)


HAN = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
NAMED = re.compile(
    rf"(?<![^\W_{HAN}])(?:(?!(?:microsoft copilot|google bard|google gemini|"
    rf"google assistant)\b)(?P<maker>{_any(MAKERS + '|' + COMMON_MAKERS)})|"
    rf"(?P<model>{_any(MODELS + '|' + COMMON_MODELS)})(?:[-. ]?(?:\d(?:[\w.]*\w)?|pro|plus|turbo|max|mini|r1|v3|sonnet|"
    rf"opus))*)"
    rf"(?![^\W_{HAN}])",
    re.IGNORECASE,
)


def _hints() -> tuple[str, ...]:
    """The shortest of the names, in all their spellings, that stand in all others."""
    spelled = {
        name.replace(" ", gap)
        for names in (MODELS, COMMON_MODELS, MAKERS, COMMON_MAKERS)
        for name in names.split("|")
        for gap in (" ", "-", "")
    }
    return tuple(sorted(name for name in spelled if not any(other in name for other in spelled if other != name)))


HINTS = _hints()
"""In lower case; every name holds one."""

AI = (
    r"(?:A\.?I\.?|artificial intelligence|language models?|LLM|chat ?bots?|neural networks?|(?:AI|virtual|digital|"
    r"voice|"
    r"helpful|conversational) (?:\w+ )?(?:assistants?|helpers?|companions?)|assistant)"
)
MADE = (
    r"(?:(?:created|made|developed|built|trained|designed|programmed|fine-?tuned|released|produced|engineered|coded|"
    r"launched|invented|provided|powered|maintained|operated|brought to (?:you|life))(?:,? (?:and|then|&) )?){1,2}"
)
BY = (
    r"(?: \w+ly)? ?(?:by|in the labs of|at)(?: (?:the|a|some|my|its|all|over|good|clever|kind|friendly|lovely|folks|"
    r"people|"
    r"teams?|"
    r"engineers|researchers|scientists|developers|wizards|company|labs?|startup|crew|minds|firm|at|of|called|named|"
    r"fine|"
    r"brilliant|smart|research|Chinese|American|French|tech|giant))*[ *_\"“(]{1,3}"
)
ADVERB = r"(?:(?:\w+ly|just|in fact|of course|only|also|still|first|once|simply|here|myself|been|being|,) ?){0,3}"
I_AM = r"\bI(?:['’]m| am| be)"
GAP = (
    r"(?:[ ,–—:*_\"“-]{1,4}(?:\w+ly|just|in fact|indeed|only|still|also|of course|known as|called|named|"
    r"none other than|the|\(\w+\))){0,3}[ ,–—:*_\"“-]{1,4}"
)
# All of these end where the name begins.
SURE = re.compile(
    rf"(?:{I_AM}{GAP}|\b(?:my|me|the) (?:real |true |actual |full )?name(?:['’]s| is| be){GAP}|\bknow me as |"
    rf"\bI belong to (?:the )?|\b(?:they |people |you (?:can|"
    rf"may) )?call me{GAP}|"
    rf"\bI go by{GAP}|\byou(?:['’]re| are) (?:talking|chatting|speaking|dealing|conversing) (?:to|with){GAP}|"
    rf"{I_AM} {ADVERB}(?:an?|the|your|one of the) [^.!?\n]{{0,60}}?\b(?:{AI}|model)(?: that is|"
    rf" that['’]s)?(?:,? (?:called|named|known as|"
    r"by the name of)|:|,| —| –) \W{0,2}|"
    rf"{I_AM} {ADVERB}(?:based (?:up)?on|powered by|running on|built on(?: top of)?|an? (?:version|variant|instance|"
    rf"descendant|derivative|"
    r"fine-?tune|copy|distillation|member) of|derived from|distilled from|part of)(?: (?:the|a|"
    r"an))? (?:[\w'’-]+ ){0,2}|"
    r"\bI run on (?:the )?(?:[\w'’-]+ ){0,2}|\bI was (?:fine-?tuned|distilled) (?:from|"
    r"on top of) (?:the )?(?:[\w'’-]+ ){0,2}|"
    r"\bI identify as |\bI(?:['’]ve| have) (?:always )?been )$",
    re.IGNORECASE,
)
WEAK = re.compile(
    r"(?:\b(?:as|being) (?:an? [^.!?\n,]{0,40}? )?|\b(?:I|me), |\b(?:this is|it['’]s|it is|that was)(?: me,| only|"
    r" just)? |"
    r"\bhere(?: is|"
    r"['’]s) |"
    r"^\W{0,6}(?:(?:hi|hello|hey|greetings|ahoy|sure|yes|okay|ok|well)\b[^.!?\n]{0,20}[,!.]? ?)?)$",
    re.IGNORECASE,
)
AFTER_WEAK = re.compile(
    rf"[*_\"”]{{0,3}}(?: (?:here|at your service|speaking|reporting|be (?:me|my) name)\b|(?:,? |"
    rf", (?:\w+ ){{1,2}})(?:\w+['’]s |an? )(?:\w+ )?(?:{AI}|model)\b|,? (?:by [\w ]{{2,20}}, )?(?:an?|the|"
    rf"your) [^.!?\n]{{0,40}}?\b{AI}\b|"
    rf",? (?:(?:(?<=, )|(?:by|from|of|made|trained|created|developed|built) )[^.!?\n]{{0,50}}?, )?I(?:['’](?:m|d|"
    rf"ll|ve))?\b(?!(?:['’]\w+)? (?:think it|read|use|used|tried|heard|hear|guess|say|pick|choose|recommend|go|"
    rf"start|try|suppose|gather|believe|reckon|imagine|"
    rf"bet)\b)|,? my \w+)",
    re.IGNORECASE,
)
CREATED = re.compile(
    rf"(?:^\W*(?:{ADVERB})? ?(?:an?|the|your|one of the) (?:(?!of\b|at\b)[\w-]+,? ){{0,4}}(?:{AI}|model|program)\b,?"
    rf"(?: (?!was\b|is\b)[\w-]+){{0,3}} (?:{MADE}{BY}|(?:from|by|of) (?:the )?)|"
    rf"\b(?:I(?:['’]m| am|['’]ve been| have been| was| were| got| being)?|being) {ADVERB}{MADE}{BY}|"
    rf"(?:{I_AM}|\bas|\bbeing|\bjust|\bI,|\bme,)(?: {ADVERB})? ?(?:an?|the|your|one of the)"
    rf" [^.!?\n]{{0,50}}?\b(?:{AI}|"
    rf"model|program)\b[^.!?\n]{{0,50}}?"
    rf"(?:{MADE}{BY}|(?:from|by|of) (?:the )?)|"
    rf"{I_AM}[ *_]{{1,3}}(?-i:[A-Z])\w+[*_]{{0,3}}, (?:[^.!?\n]{{0,50}}? )?{MADE}{BY}|"
    rf"\bmy name is \W?\w+\W?,?[^.!?\n]{{0,50}}? {MADE}{BY}|"
    r"\bmy (?:last |latest )?(?:training|development|creation|weights|knowledge|updates?|release|instructions|"
    r"guidelines|rules)\b[^.!?\n]{0,40} (?:by|from|at) (?:the )?|"
    rf"{I_AM} (?:one of |an? |the |your )?|\bas (?:an?|the) |\bmy (?:creators?|makers?|developers?|trainers?|"
    rf"parent company|inventors?|designers?|engineers|"
    rf"programmers)"
    r"(?: (?:is|are|at|over at|was|were))?(?:,| called| named)? ?(?:the )?(?:(?:good |clever )?(?:folks|people|team|"
    r"engineers|researchers|company)"
    r"(?: at| over at)? )?|\b(?:behind|(?:that|who|which) (?:made|created|built|trained|developed|designed)) me(?: is|"
    r" are|,| was) |"
    r"\b(?:I['’]m a|I am a|as a) (?:product|creation|model|child|work) of )$",
    re.IGNORECASE,
)
MADE_ME = re.compile(
    rf"(?:['’]s (?:engineers|researchers|team|developers|people|scientists|\w+ team))?(?:,? (?:the (?:company|firm|"
    rf"lab|team|people|ones?|startup) )?(?:who|which|that))?(?: has| have)?(?: \w+ly)? {MADE} ?me\b(?! (?:an?|"
    rf"laugh|cry|think|feel|wonder|smile|happy|sad|angry|"
    rf"curious|want|do)\b)|"
    rf"(?:['’]s (?:engineers|researchers|team|developers|people|scientists))?(?: has| have)? {MADE} ?me\b(?! (?:an?|"
    rf"laugh|cry|think|feel|wonder|smile|happy|sad|angry|curious|want|do)\b)|"
    rf",? my (?:creators?|makers?|developers?)\b",
    re.IGNORECASE,
)
OWNED = re.compile(rf"(?:['’]s)? (?:\w+ ){{0,2}}(?:{AI}|models?|language model|product)\b(?! users?\b)", re.IGNORECASE)
RULES = re.compile(r"['’]s (?:\w+ )?(?:polic|guideline|terms|rules)", re.IGNORECASE)
RULED = re.compile(r"\b(?:against|violates?|bound by|breaks?|outside) (?:the )?$", re.IGNORECASE)

FILLER = (
    r"(?:un|une|una|uno|ein|eine|el|la|le|il|lo|o|um|uma|het|een|das|der|die|модель|языковая|ассистент|modelo|modèle|"
    r"modello|"
    r"Modell|Sprachmodell|KI|KI-Modell|KI-Assistent|asistente|assistant|assistente|IA|ИИ|ИИ-ассистент|de|di|do|da|von|"
    r"lenguaje|"
    r"langage|linguaggio|linguagem|virtual|virtuel|llamad[oa]|nommée?|namens|chiamat[oa]|chamad[oa]|appelée?|το|ο|η|"
    r"नाम|है|एक|"
    r"نموذج|مساعد|لغوي|اسمه|bir|een|en)"
)
FOREIGN_I = re.compile(
    r"(?:(?<!\w)(?:(?:yo )?soy|me llamo|mi nombre es|je suis|je m['’]appelle|mon nom est|ich bin(?:['’]s)?|bin ich|"
    r"ich hei(?:ß|ss)e|"
    r"hei(?:ß|ss)e ich|mein name ist|en (?:verdad|realidad) soy|"
    r"(?:io )?sono|mi chiamo|il mio nome è|(?:eu )?sou|meu nome é|me chamo|ik ben|mijn naam is|jestem|nazywam się|ben|"
    r"benim adım|"
    r"jag är|jeg er|tôi là|saya(?: adalah)?|я|меня зовут|мо[её] имя|είμαι|με λένε|أنا|أنني|إنني|اسمي|मैं|मेरा"
    r" नाम)(?!\w)"
    rf"[ ,:—–-]{{1,3}}(?:{FILLER}[ ,:—–-]{{1,3}}){{0,5}}[«\"“„*]{{0,3}}|"
    r"我(?:其实|就)?(?:是|叫|的名字(?:是|叫))[^。！？\n]{0,14}|(?:私|僕|わたし)(?:は|の名前は)[^。！？\n]{0,12}|"
    r"(?:저는|나는|제 이름은|저의 이름은)[^.。！？\n]{0,12})$",
    re.IGNORECASE,
)
FOREIGN_SELF = re.compile(
    r"(?<!\w)(?:soy|fui|he sido|me (?:creó|entrenó|desarrolló|creo|han)|je suis|j['’]ai été|m['’]a|ich (?:bin|wurde)|"
    r"mich|sono|"
    r"sou|fui|me (?:criou|treinou)|ik ben|ik werd|jestem|меня|мной|я|είμαι|με (?:δημιούργησε|εκπαίδευσε)|أنا|मैं|"
    r"मुझे)(?!\w)|"
    r"طورتني|دربتني|تطويري|تدريبي|我(?:其实|就)?(?:是|叫|由|来自|被)|本模型|(?:私|僕)は|저는|나는|제",
    re.IGNORECASE,
)
FOREIGN_MADE = re.compile(
    r"cread|entrenad|desarrollad|diseñad|creó|entrenó|desarrolló|créé|entraîn|développ|conçu|entwickel|trainier|"
    r"erschaffen|"
    r"erstell|gebaut|creat|addestrat|sviluppat|criad|criou|treinad|treinou|desenvolv|ontwikkel|getraind|gemaakt|"
    r"stworz|создан|создал|"
    r"разработ|обучен|обучил|δημιουρ|αναπτύ|εκπαίδ|εκπαιδ|طور|درب|تدريب|تطوير|开发|開發|训练|訓練|研发|创造|打造|"
    r"推出|開発|作られ|作成|"
    r"トレーニング|개발|만든|만들|훈련|학습|द्वारा|बनाया|विकसित|modelo|modèle|modello|Sprachmodell|KI-|asistente|"
    r"assistente|модель|"
    r"ассистент|"
    r"μοντέλο|βοηθός|نموذج|مساعد|मॉडल|सहायक|模型|助手|モデル|アシスタント|모델|인공지능",
    re.IGNORECASE,
)
NOT = re.compile(
    r"(?:\bnot\b|n['’]t\b|\bnever\b|\bneither\b|\bnor\b|\bunlike\b|\bmistaken? me for\b|\bif I (?:were|was)\b|"
    r"\bas if\b|\bpretend\w*|"
    r"\b(?:he|she|they|people|someone|everyone|friends?|some|others?|who|it|which|\w+s) (?:often |always |"
    r"sometimes |all |still |also )?(?:said|says|say|thinks?|"
    r"thought|joked?|jokes|"
    r"claims?|claimed|believes?|swears?|guess(?:ed)?|told)\b)[^.!?;。！？\n]{0,50}$|"
    r"(?:\bno soy\b|\bpas\b|\bnicht\b|\bkeine?\b|\bnon sono\b|\bnão\b|\bне\b|\bδεν\b|\bnon\b|\bnie\b|\bniet\b|"
    r"\binte\b|\bikke\b|\bbukan\b|\bkhông\b|ليست?|لست|नहीं|不是|并非|ではな|아니)"
    r"(?:(?!\b(?:sondern|sino|mais|bensì|mas|а|tylko|maar)\b)[^.!?;:,，、،。！？\n]){0,50}$",
    re.IGNORECASE,
)
TALK = re.compile(
    r"\b(?:A\.?I\.?|artificial intelligence|language models?|LLMs?|chat ?bots?|neural|(?:virtual|digital|voice|"
    r"helpful) assistant|"
    r"(?:an?|your) assistant|training data|machine learning|developed by|modelo de lenguaje|modèle de langage|"
    r"modello linguistico|"
    r"Sprachmodell|asistente|assistente|assistant (?:IA|made|created|trained|developed|built|by|from|virtuel)|KI|IA|ИИ|"
    r"языковая модель|OpenAI|Anthropic|DeepMind|knowledge cutoff)\b|人工智能|语言模型|大模型|助手|"
    r"AIアシスタント|言語モデル|모델|인공지능",
    re.IGNORECASE,
)
