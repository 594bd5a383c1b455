"""What a prompt asks for, beside which talk of users, prompts or plans says less (``reasoning_leak``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _text

WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*'?")
STOP = _text.word_set(
    "this that with from have about what which your their them they would could should there please write tell give "
    "make some into more very just user wants asked asks request"
)
ABOUT_USERS = re.compile(
    r"\busers?\b|\bapps?\b|software|website|\bu[ix]\b|interface|\bapi\b|usability|\blogin|\btickets?\b|\bmanual\b|"
    r"clause|"
    r"\bterms (?:of|and)\b|\bportal|\bsigns? in|\bdevice|(?:ticket|vending|washing|coffee|copy) machine|printer|"
    r"\binstructions? for|"
    r"documentation|bug report|error message|this error|design notes|\b(?:a|the|our|this) form\b|dialogs\b|\bdocs\b|"
    r"\bdashboard|\bhelp cent(?:er|re)\b|\bproduct (?:text|page|copy)\b|\bbacklog\b|\bsprint\b|\bacceptance criteria|"
    r"\bdesign doc(?:ument)?s?\b|\b(?:tech(?:nical)?|design) (?:proposal|spec(?:ification)?|document)s?\b|"
    r"\breadme\b|\bcli\b|command[- ]line|\boptions section|"
    r"vacuum|appliance|\bweb ?(?:page|site)|(?:payment|checkout|landing) page|\bdevelopers\b|help ?desk|"
    r"pull request|commit message|changelog|release notes|\bhelp (?:page|text)|manuel d|\b(?:du|le|pour le)"
    r" manuel\b|del manual|do manual|manuale|kılavuz|руководств|handleiding|"
    r"nutzer|handbuch|anleitung|utilisateur|mode d['’]emploi|usuari|utente|пользовател|инструкци|"
    r"\baplica(?:ción|tivo)|applica(?:tion|zione)\b|\banwendung|\b(?:notre|le|un) site\b|приложени|软件|アプリ|앱|"
    r"用户|用戶|说明书|ユーザ|説明書|사용자|설명서|المستخدم|دليل|उपयोगकर्ता|निर्देश|χρήστη",
)
ABOUT_PROMPTS = re.compile(
    r"\bprompt(?:s|ed|ing)?\b|\bconstitution|language model|\bllms?\b|\bpersonas?\b|role-?play|system message"
    r"|\bacting\b|"
    r"\bactors?\b|"
    r"chain of thought|\brlhf\b|fine-?tun|\balignment\b|"
    r"</?think\w{0,5}>[\"'`]? (?=\w)|model output|\b(?:about|of|with|between) an (?:\w+ )?ai\b|"
    r"chat ?bot|\binstructions\b|guidelines|\bchat program|\bai (?:model|assistant)|task sheet|(?:this|the)"
    r" (?:task|assignment|question) (?:want|mean|ask)|exam question|rubric|\bgrading\b|\bexam\b|\b(?:the|a|in|high"
    r"|supreme|law) courts?\b|parliament|"
    r"my essay|an essay\b.{0,20}\?|"
    r"\b(?:i'm|i am|i|we) (?:supposed to |going to |to |have to |must |will )?(?:be )?play(?:ing)? "
    r"(?:an?|the|[a-z]+ (?:in|on|at|next))\b|\bmy (?:role|part)\b|\bauditions?\b|\bcasting\b|\brehears|\blarp\b|"
    r"\b(?:creative|design|project|product|marketing|content|campaign|agency) briefs?\b|\bbrief for\b|"
    r"\bgrad(?:e|es|er|ers) (?:this|my|the|essays?|papers?|exams?)\b|\btask: |\bpolicy\b|\bpolicies\b|requirements?\b|"
    r"\b(?:ais|reasoning models?)\b|\b(?:an?|our|the) assistant (?:on|in|for)\b|\bassistant\b.{0,20}\bwebsite|"
    r"verfassung|constituci|提示词|プロンプト",
)
ANALYSED = re.compile(
    r"\b(?:classif\w+|categori[sz]e|label|tag|triage|analy[sz]e|summari[sz]e|sum up|condense|extract|identify|route|"
    r"read|what (?:is|does|did)|what's|which|intent(?:ion)?s?(?: of| in| behind)?)\b.{0,40}?\b(?:messages?|threads?"
    r"|tickets?|"
    r"conversations?|chats?|transcripts?|e-?mails?|quer(?:y|ies)|requests?|intents?|calls?|complaints?|reviews?"
    r"|utterances?)\b"
)
"""Prompts on what somebody else wrote, whose wishes are the answer."""
LESSON = re.compile(
    r"\b(?:verbs?|grammar|tenses?|vocabulary|conjugat\w+|example sentences?|glossary|glossaries|definitions?|"
    r"(?:use|say|between|with|mean|means) ['\"“‘]\w+(?: \w+)?['\"”’]|user stor(?:y|ies)|use cases?|requirements|"
    r"specifications?|historias de usuario|requisitos|需求|用户故事|(?:dental|personal|shop"
    r"|sales) assistant)\b|需求|要件"
)
"""Prompts that ask for examples, terms or points in which users and rules may stand."""
QUOTED = re.compile(r"(?<!\w)['\"“‘„«][^\n]{12,}['\"”’»](?!\w)")
ALOUD = re.compile(
    r"\b(?:(?:train|chain)s? of thought|dead ends|"
    r"think(?:ing|s)? (?:out loud|aloud|through)|stream of consciousness|inner monologue|internal monologue|"
    r"monologue|(?:show|see) (?:me )?(?:how you think|your (?:work|reasoning|thinking|thoughts?|steps))|(?:of"
    r"|aloud) your thinking|"
    r"explain (?:your|why you|how you)|why you (?:chose|picked|wrote|prefer)|"
    r"reason(?:ing)?|analysis|walk me|say your thoughts|outline|"
    r"plan(?:s|ning)?(?! (?:an?|my|our) (?!essay|speech|talk|story|lesson|text|letter|presentation|"
    r"article|post|blog|chapter|novel|poem|course|campaign|reply))|brainstorm|diary|journal|"
    r"thought process|thoughts|writer|author|novelist|rationale|scenes?|(?:of|write|opening of) a play|"
    r"screenplay|stage|agenda|interview"
    r"|reflection|summari[sz]e the meeting|what (?:do|does|did) [\w ]{2,30}(?:want|mean)\w*|"
    r"pentameter|syllables?|rhymes? (?:with|for)|what rhymes|character (?:sheet|card|profile)|lab report|template|"
    r"(?:what is|explain|what makes|how (?:do|can|to|does)) .{0,24}(?:haiku|sonnet|limerick|poem|verse|tanka|ballad)|"
    r"how many (?:words|syllables|lines|letters|pages)\b.{0,20}\b(?:in|should|does|do|has|have|are|is)|"
    r"feedback|critique|proofread|look at my|writing\b.{0,30}\?|how (?:do|can|should|would) (?:i|you|my) (?:write"
    r"|start|begin|"
    r"structure|phrase|approach|essay|letter|story)|"
    r"(?:creative|design|project|product|marketing|content) brief|\babout (?:writing|poetry|poets?|poems|rhymes)|"
    r"is my \w+|my (?:poem|haiku|essay|story|text)|what (?:\w+ ){1,3}thinks|"
    r"tagebuch\w*|diario|diário|monólogo|monolog\w*|gedanken\w*|pensées?|raisonne\w*|rechenweg|laut|paso a paso"
    r"|passo a "
    r"passo|adım adım|düşün\w*|iç ses\w*|günlük|дневник\w*|монолог\w*|рассужда\w*)\b|(?:\A|the |my |into |write "
    r"|of |meeting )"
    r"minutes\b|日记|日記|独白|思考|考え方|心の声|خطوة|حوارا داخليا|يوميات|विचार|독백|일기"
)
"""Prompts that ask for thinking, or for one who thinks."""
ON_WRITING = re.compile(
    r"\b(?:step[- ]by[- ]step|drafts?|revisions?|checklist|versions?|options?|compare|weigh|analy[sz]e|"
    r"review|edit|improve|rewrite|revise|approach|headings|pros and cons|label|count|my (?:code|draft)|"
    r"why (?:did|does|is) my|how (?:do|can|should) i (?:\w+ )?(?:apologi[sz]e|reply|respond|ask|say|tell|thank"
    r"|decline|speak)|tips|advice|json|yaml|xml|schema)\b"
)
"""Prompts that ask for advice, for a choice, or for talk about writing."""
TRADE = re.compile(
    r"\b(?:how (?:do|does|should|would|can|did)|(?:what|why|which) (?:do|does|is|are|should|makes)|describe|"
    r"day in the life|explain (?:how|what|why|the)|duties|job)\b"
    r".{0,60}?\b(?:\w{0,8}writers?|editors?|journalists?|translators?|"
    r"designers?|teachers?|examiners?|agenc(?:y|ies)|freelancers?|actors?|directors?|point of view|casting|comedians)\b"
)
"""Prompts on people who are given briefs, tasks and texts, or give them."""
JUDGED = re.compile(
    r"\bwhat do you think\b|\bfeedback\b|\bcritique\b|\bproofread\b|\b(?:look|go) (?:at|over) my\b|"
    r"\breflect on (?:what|your)\b|\bhow (?:good|bad|clear|well) (?:was|is|did)\b|\bbe critical\b|"
    r"\b(?:does|is|did) (?:my|your) \w+"
)
"""Prompts that ask for a verdict on a text: what its task was, and what should become of it, is the answer."""


@dataclass(frozen=True)
class Beside:
    """What stands beside a sentence: how much talk counts beside this prompt, and the words that the prompt has."""

    users: float
    talks: float
    plans: float
    asked: frozenset[str]
    apart: float = 1.0
    """As ``plans``, for a paragraph that thinks by itself: advice is not given in such."""
    tale: bool = False
    """Whether the text tells of somebody: in it a prompt may be one that somebody else was given."""


@lru_cache(maxsize=512)
def beside(prompt: str) -> Beside:
    """The factors of a prompt. Talk of users is weighed less where it asks for such talk, and so on."""
    low = prompt[:4000].lower()
    about = ABOUT_PROMPTS.search(low) is not None
    users = ABOUT_USERS.search(low) is not None
    aloud, on_writing = ALOUD.search(low) is not None, ON_WRITING.search(low) is not None
    trade = TRADE.search(low) is not None
    judged = JUDGED.search(low) is not None
    analysed, lesson = ANALYSED.search(low) is not None, LESSON.search(low) is not None
    if analysed:
        low = QUOTED.sub(" ", low)  # what somebody else asks for is not what is asked for here
    return Beside(
        users=0.3 if users or about or analysed or lesson else 1.0,
        talks=0.35 if about else 0.4 if judged or analysed or lesson else 0.6 if users or trade else 1.0,
        plans=0.4 if about or aloud or judged or on_writing else 1.0,
        asked=stems(low),
        apart=0.4 if about or aloud or judged else 0.85 if on_writing else 1.0,
    )


def stems(low: str) -> frozenset[str]:
    """Beginnings of the words that carry what is asked."""
    return frozenset(w[:5] for w in WORD.findall(low) if len(w) >= 4 and w not in STOP)
