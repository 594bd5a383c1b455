"""What stands where an answer should: a server's error, a placeholder, courtesies and nothing after them, a page's
banner, filler text. Each is the whole of a text; a text about such things holds other words too."""

from __future__ import annotations

import json
import re

from greenlight.gates import _written
from greenlight.gates._text import word_set

READ = 4000
"""Characters of a body beyond which it is no such thing, and of a prompt that are looked at."""
# ---------------------------------------------------------------- errors

STATUS = (
    r"(?:bad request|unauthori[sz]ed|payment required|forbidden|not found|method not allowed|request time-?out|"
    r"payload too large|request entity too large|unprocessable (?:entity|content)|too many requests|"
    r"internal server error|not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|"
    r"web server is down|connection timed out|a timeout occurred|site is overloaded)"
)
OURS = (
    r"(?:(?:bad request|too many requests|internal server error|bad gateway|service (?:temporarily )?unavailable|"
    r"gateway time-?out|upstream (?:request time-?out|connect error[^\n]{0,200})|no healthy upstream))"
)
"""What no more than a server says, without a number too."""
LIMIT = (
    r"(?:(?:the |your |you've |you have |you |this |an? )?(?:[\w-]+ ){0,3}?(?:rate limits?|quota|usage limit|"
    r"context (?:length|window|size)|token limit|request limit)(?: is| was| has been| have been| been)? "
    r"(?:exceeded|reached|hit|exhausted)|(?:you |you've |you have )?(?:exceeded|reached|hit) (?:the|your) "
    r"(?:[\w-]+ ){0,3}?(?:rate limit|quota|usage limit|context (?:length|window)|token limit)|"
    r"(?:the )?(?:request|read|connection|operation|gateway|upstream|response) (?:has )?(?:timed ?-?out|time-?out)|"
    r"connection (?:refused|aborted|error|reset by peer)|(?:cuda|gpu)(?: error)?:? out of memory|"
    r"(?:the|this|that) (?:\w+ )?(?:model|engine|server) is (?:currently |temporarily )(?:overloaded|unavailable|busy)|"
    r"(?:this|the) model's maximum context length is|(?:the )?model (?:[^\s,.]{1,60} )?(?:not found|does not exist)|"
    r"(?:invalid|incorrect|missing) api key|insufficient quota|fetch failed|socket hang up|"
    r"(?-i:E[A-Z]{6,10})\b)[^\n]{0,200}"
)
NAMED = r"(?:[A-Za-z_][\w.]{0,60}(?:Error|Exception|Timeout)|[a-z]+(?:_[a-z]+){0,4}_(?:error|exceeded|quota))"
LABEL = (
    r"(?:(?:fatal |api |http |server |network |request |upstream |internal |unexpected |unknown |openai |anthropic )"
    rf"{{0,3}}(?:error|exception)|{NAMED})"
)
CODE = r"(?:(?:(?:http(?:/\d(?:\.\d)?)?|error|status|code):? ){0,3}[45]\d\d)"
FAILED = (
    r"(?:timed? ?-?out|exceeded|refused|reset|aborted|unavailable|overloaded|unreachable|not found|invalid|incorrect|"
    r"missing|expired|too (?:long|large|many)|out of memory|exhausted|rejected|failed|connect|limit|quota|api|server|"
    r"request|response|network|connection|context|token|model|key|null|undefined|unknown|unexpected)"
)
PROCESSED = (
    r"(?: (?:while |when |during |in |with )?(?:(?:generating|processing|handling|completing|the|your|this|a) ){1,3}"
    r"(?:\w+ )?(?:request|response|message|query|answer|reply|conversation))"
)
SORRY = (
    r"(?:(?:(?:we're |i'm |we are |i am )?(?:so |very )?sorry|oops|whoops|uh-?oh|apologies|we apologi[sz]e)"
    r"(?: (?:about|for) [^.,!?\n]{0,40}?)?[\s,.:!…–—-]{1,4}(?:but )?)"
)
WENT = (
    rf"(?:(?:it (?:looks|seems) like |unfortunately,? )?(?:something|things) went wrong(?: on our end)?|"
    rf"(?:there was|we encountered|i encountered|we've encountered|i've encountered) an? (?:\w+ )?error|"
    rf"(?:there was|we encountered|i encountered) an? (?:\w+ )?(?:problem|issue)(?={PROCESSED})){PROCESSED}?"
)
SURE = (
    rf"(?:an? (?:\w+ ){{0,2}}error (?:has )?occurred|the server had an error|there was an error(?={PROCESSED})|"
    rf"our (?:servers?|systems?) (?:is|are) (?:currently|temporarily) [^.!?\n]{{3,40}}){PROCESSED}?"
)
FIRST = (
    r"(?:(?:please|kindly)? ?(?:try|retry|refresh|reload)\b|please (?:wait|contact|check|reduce|slow|upgrade|see)|"
    r"if (?:this|the) (?:issue|problem|error) persists|(?:request|trace|ray|error|reference) ?(?:id|code|number)\b)"
)
AGAIN = rf"(?:{FIRST}(?:(?!\s{FIRST})[^!?\n]){{0,160}}+)"
"""What to do then, up to where that is said once more: so a long text is parted in one way alone."""
STOP = rf"(?:(?!\s{FIRST})\W){{0,4}}+"
ERROR = re.compile(
    rf"\W{{0,4}}(?:{LABEL}\W{{1,4}}{CODE}(?:\W{{1,6}}(?:{STATUS}|{LIMIT}|{SURE}|{WENT}|\{{[^\n]{{0,400}}))?|"
    rf"{LABEL}\W{{1,4}}(?:{STATUS}|{LIMIT}|{SURE}|{WENT})|"
    rf"{NAMED}\W{{1,4}}(?=[^\n]{{0,100}}\b{FAILED})[^\n]{{1,400}}|"
    rf"{CODE}\W{{1,4}}{STATUS}|{OURS}|{CODE}\W{{1,4}}{LABEL}[^\n]{{0,100}}|{LABEL} {CODE}|{LIMIT}|"
    rf"{SORRY}?{SURE}|{SORRY}{WENT}|{SORRY}?{WENT}[.!,:;…\s]+{AGAIN})"
    rf"{STOP}(?:\s{AGAIN}{STOP}){{0,8}}",
    re.IGNORECASE,
)
TOLD = re.compile(rf"\W{{0,4}}(?!{LABEL}\b|{SORRY})(?:{OURS}|{LIMIT})\W{{0,4}}", re.IGNORECASE)
"""What failed, and nothing else: no label, no apology."""
TOLD_MOST = 80
HEDGED = re.compile(rf"\d|{FIRST}", re.IGNORECASE)
"""What a server adds: a number, and what to do then."""
NOTICE = re.compile(
    rf"\W{{0,4}}{SORRY}?(?:our (?:servers?|systems?) (?:is|are) (?:\w+ ){{0,2}}(?:busy|overloaded|down|unavailable|"
    r"at capacity)(?: right now| at (?:the|this) moment| at this time)?|your session (?:has )?(?:expired|timed out)|"
    r"(?:please )?(?:verify|confirm|prove) (?:that )?(?:you are|you're) (?:a )?(?:human|not a robot)[^.!?\n]{0,60}|"
    r"you(?:'ve| have) (?:reached|hit|exceeded) (?:your|the) (?:\w+ ){0,2}(?:message|request|chat|prompt|query|"
    r"usage) limit(?: for [^.!?\n]{1,30})?|"
    r"we(?:'re| are) (?:currently )?experiencing (?:\w+ ){0,3}(?:demand|traffic|load|volumes?)"
    rf"(?=[.!,;\s]{{1,4}}(?:please )?try))"
    rf"(?:[.!,;\s]{{1,4}}(?:{FIRST}|(?:please )?(?:log|sign) ?in\b|and )[^.!?\n]{{0,80}})?\W{{0,4}}",
    re.IGNORECASE,
)
"""What a chat's page or its guard says, of itself and to its user."""
ABOUT_NOTICES = re.compile(
    r"notic|notif|messag|\b(?:sms|text|alert|remind\w*|announce\w*|support|customers?|lines?|sign|button|label|screen|"
    r"pop-?up|banner|website|page|app|chat\w*|bots?|robots?|captcha|human|verif\w+|sessions?|log\w*|sign\w* (?:in|out)|"
    r"accounts?|passwords?|limits?|quota|users?|busy|traffic|demand|machines?|role|pretend|act as|"
    r"sentence|example|excuse|reply)\b",
    re.IGNORECASE,
)
QUESTION = r"(?:^|[.!?:;,\n(]\s*|\b(?:and|but|so|then)\s+)"
OF_CASE = re.compile(
    rf"{QUESTION}(?:(?:why|how come)(?:'d| did| was| were| has| had| have| \w{2, 6}n?'t\b|"
    r"[^.!?\n]{0,80}\b(?:my|your|our|his|her|their|this|these|it|we|i|you)\b)|"
    r"what(?: exactly| else| then)?(?: (?:did|was|were|has|had|have|happens|went|made|broke|kept|held|\w{2,20}ed)\b|"
    r"[^.!?\n]{0,80}\b(?:mean|means|meant|say|stand for|do(?:es)?n't)\b|"
    r"(?:'s| is)(?: wrong| (?:\w+ ){0,2}(?:with|about) (?:my|your|our|this|these|it)\b)))",
    re.IGNORECASE,
)
"""A question that a thing that failed may answer: what was, why it was so, what is wrong here, or what words mean; none
after a thing as such (*What is the capital?*, *Who ...?*)."""
OPEN = re.compile(r"\W{0,4}(?:TBD|TBA)\W{0,4}")
"""What is not settled: under a question, an answer."""
ASKS = re.compile(
    rf"{QUESTION}(?:in (?:one|a) (?:line|word)[,:]? )?(?:what|who|whose|which|when|where|how (?:many|much|long|"
    r"far|old))\b[^.!?\n]{0,200}\?",
    re.IGNORECASE,
)
RAISED = re.compile(
    r"[ \t]|$|Traceback \(most recent|During handling of|The above exception|[A-Za-z_][\w.]*(?:Error|Exception|Timeout|"
    r"Interrupt|Exit|Warning)\b"
)
"""How a line of a traceback begins."""
PAGE = re.compile(
    rf"<(?:!doctype|html|head|title|body|center|h1)\b.{{0,600}}?<(?:title|h1)\b[^<>]*>\s*"
    rf"(?:[^<>\n|]{{1,60}} [|–-] )?(?:{CODE}\W{{0,4}}(?:{STATUS})?|{STATUS}|error\b[^<>]{{0,40}}|access denied|"
    r"attention required[^<>]{0,40}|just a moment[^<>]{0,10})[^<>\n]{0,60}<",
    re.IGNORECASE | re.DOTALL,
)
"""Of a page whose first title tells of an error."""
TONGUES = {
    "de": (
        r"fehler\b[^.\n]{0,40}aufgetreten|(?:trat|gab es) [^.\n]{0,40}fehler\b|etwas (?:ist )?schief",
        r"versuch|probier",
    ),
    "fr": (
        r"erreur[^.\n]{0,40}(?:survenue|produite)|y a eu une erreur|quelque chose s'est mal passé",
        r"réessa|essay|merci de",
    ),
    "es": (
        r"(?:se (?:ha )?prod|ocurri|hubo|ha habido)\w*[^.\n]{0,20} error\b|algo (?:salió|ha salido) mal",
        r"int[eé]nt|vuelv[ae]n? a |reint|prueb",
    ),
    "it": (r"(?:si è verificat|c'è stat)\w[^.\n]{0,20}errore|qualcosa è andato storto", r"riprov|ritent"),
    "pt": (r"(?:ocorreu|houve|aconteceu) [^.\n]{0,20}erro\b|(?:algo|alguma coisa) deu errado", r"tent[ae]|volte"),
    "nl": (r"fout\b[^.\n]{0,40}opgetreden|er (?:is|ging) iets (?:mis|fout)", r"probeer"),
    "pl": (r"(?:wystąpi|pojawi)ł[^.\n]{0,30}błąd|coś poszło nie tak", r"spróbuj|spróbować|ponów"),
    "ru": (r"(?:произошл|возникл|случил)\w+[^.\n]{0,30}ошибка|что-то пошло не так", r"попробуй|повторит|попытай"),
    "ja": (r"(?:エラー|問題|障害)が(?:発生|起き|生じ)", r"[^。\n]{0,20}(?:もう一度|再度|再試行|やり直|お試し)"),
    "zh": (
        r"(?:发生|出现|發生|出現)了?[^。\n]{0,8}(?:错误|錯誤|故障|异常|異常)|出错了|(?:服务器?|系统|伺服器|系統)(?:繁忙|异常)",
        r"[^。\n]{0,8}(?:重试|再试|重試|再試)",
    ),
}
"""By language: how a sentence says that an error happened, and how one begins that asks to try again."""
ELSEWHERE = re.compile(
    "|".join(
        rf"(?:[^.?。?\n]{{1,24}}[.。]\s?)?[^.?。?\n]{{0,60}}?(?:{failed})[^.!?。!?\n]{{0,80}}[\s.,!:;。!,、–—-]{{1,4}}"
        rf"(?:(?:bitte|veuillez|por favor|per favore|si prega di|proszę|пожалуйста|请您?|請)[\s,]{{0,2}})?"
        rf"(?:{again})[^.?。?\n]{{0,80}}\W{{0,4}}"
        for failed, again in TONGUES.values()
    )
)
"""Such an error, of small letters."""
ABOUT_ERRORS = re.compile(
    r"error|exception|traceback|stack ?trace|status|\bhttp|\b[45]\d\d\b|server|\bapi\b|\blogs?\b|\bbugs?\b|"
    r"\bfail|crash|debug|output|\bprints?\b|\braises?\b|throws?\b|outage|overload|"
    r"unavailable|maintenance|apolog|gateway|rate.?limit|"
    r"time-?out|went wrong|\bsays?\b|phrase|repeat|translate|terminal|console|fehler|meldung|erreur|"
    r"erro(?:re|s)?\b|ошибк|сбой|"
    r"错误|錯誤|エラー|오류|에러|خطأ|त्रुटि|błąd|błęd|komunikat|\bfout|melding|storing|störung|panne|fallo|mensaje|mensagem|"
    r"messaggio|сообщени|serveur|servidor|сервер|serwer|サーバ|障害|メッセージ|服务器|故障|报错|提示|übersetz|"
    r"\btradu|traduz|vertaal|przetłumacz|перевед|翻译|翻訳|訳し|\b(?:sagt|zegt|mówi|qu[eé] dice)\b",
    re.IGNORECASE,
)

# ---------------------------------------------------------------- placeholders

INSERTED = r"(?:insert|add|put|write|enter|place|type|paste|include|fill in|provide|describe)"
NAMES = (
    r"(?:answer|response|reply|text|content|story|essay|poem|article|summary|paragraph|explanation|output|body|code)"
)
HERE = r"(?: (?:goes |will go )?here)"
PLACE = re.compile(
    rf"(?:[\[<{{]{{1,2}} ?(?:{INSERTED} [^\[\]<>{{}}()\n]{{1,200}}|your \w[^\[\]<>{{}}()\n]{{0,60}}|"
    rf"(?:the |an? |my )(?:\w+ ){{0,2}}{NAMES}{HERE}?|(?:\w+ ){{0,3}}{NAMES}{HERE}|"
    r"placeholder[^\[\]<>{}()\n]{0,60}|object object|(?:todo|tbd)\b[^\[\]<>{}()\n]{0,100}) ?[\]>}]{1,2}|"
    rf"\[{NAMES}\]|(?-i:TODO|TBD|TBA|FIXME)\b(?: ?[:(–—-][^\n]{{0,120}})?|"
    rf"\(?(?:{INSERTED} )?(?:the |your |my )?(?:\w+ ){{0,2}}{NAMES} (?:goes |will go )?here\)?|placeholder(?: text)?|"
    r"(?://|#|--|/\*|<!--|%|;|\"{3}|'{3})[\s.…]{0,6}(?:(?-i:TODO|TBD|FIXME)\b[^\n]{0,100}|"
    r"(?:your|(?:the )?rest of|(?:the )?remaining|remainder of|(?:the )?existing|implement|add|insert|write|put|same|"
    r"(?:the )?previous|other)\b[^\n]{0,60}?"
    r"\b(?:code|implementation|logic|solution|here|unchanged)\b[^\n]{0,40}))[\s.!*/>\"'-]{0,6}",
    re.IGNORECASE,
)
FIELD = rf"(?:[a-z]+[._])?(?:{NAMES}|completion|result|assistant|message|value|input|prompt|question)(?:[._][a-z]+)?"
UNFILLED = re.compile(
    rf"['\"`]?(?:\{{{{1,2}} ?{FIELD} ?\}}{{1,2}}|\${FIELD}|\$\{{{FIELD}\}}|%(?:\({FIELD}\))?(?-i:s)|<\|{FIELD}\|>|"
    r"(?:insert|your|put|add|enter)(?:_[a-z]+){0,4}_here|"
    r"(?:the |your )?(?:answer|response|reply|completion) text)['\"`.]{0,2}",
    re.IGNORECASE,
)
"""A template's field that nothing was put in."""
ABOUT_FIELDS = re.compile(
    r"format|specifier|printf|interpolat|syntax|script|python|code|string|macro|expression|shell|bash|latex|sql|percent|date|"
    r"handlebars|mustache|jinja|liquid|react|vue|angular|django|field|prompt|function|program|symbol|sign|\bc\b|php|perl|"
    r"ruby|\bjs\b|html|(?:answer|response|reply|completion)\b",
    re.IGNORECASE,
)
AROUND = re.compile(r"\s*(?:#{1,6} [^\n]{1,80}|\*\*[^*\n]{1,80}\*\*:?|`{3}\w*|[-=_*]{3,})?\s*")
"""A line that may stand beside a placeholder."""
ABOUT_PLACES = re.compile(
    r"placeholder|template|\bforms?\b|skeleton|\bstubs?\b|boilerplate|scaffold|blank|fill.?in|insert|bracket|variable|"
    r"todo|\btb[ad]\b|fixme|comments?\b|mock|\btags?\b|markup|translate|repeat|\bsays?\b|vorlage|platzhalter|"
    r"modèle|plantilla|modello|шаблон|模板|テンプレート",
    re.IGNORECASE,
)

# ---------------------------------------------------------------- courtesies

PRAISE = (
    r"(?:(?:(?:that's|that is|what)(?: such)? )?(?:an? )?(?:really |very |truly )?(?:great|good|excellent|interesting|"
    r"wonderful|fantastic|fascinating|thoughtful) (?:question|topic|request))"
)
COURTESY = (
    rf"(?:{PRAISE}|(?:thank you|thanks)(?: so much)? for (?:asking|your (?:question|request|message)|reaching out)|"
    r"(?:and |so )?i(?:'d| would|'ll| will|'m| am) (?:be )?(?:so |very |more than |absolutely )?(?:happy|glad|"
    r"delighted|pleased|excited|thrilled) to (?:help|assist|answer|explain|share|tell|write|do|provide|talk|discuss)\b"
    r"[^,.:;!?\n]{0,60}|(?:and |so )?i can (?:certainly |definitely |absolutely )?(?:help|assist)\b[^,.:;!?\n]{0,50}|"
    r"let(?:'s| us| me) (?:dive in|get started|begin|start|take a look)|happy to help|"
    r"let me know if (?:you|there)\b[^.!?\n]{0,60}|(?:please )?(?:feel free|don't hesitate) to (?:ask|reach out|"
    r"let me know)\b[^.!?\n]{0,50}|(?:i )?hope (?:this|that|it) (?:helps?|helped)|is there anything else[^.!?\n]{0,50}|"
    r"i(?:'m| am) here to help\b[^.!?\n]{0,40})"
)
COURTEOUS = re.compile(
    r"\W*(?:(?:sure(?: thing)?|of course|certainly|absolutely|ok(?:ay)?|yes|gladly|great|no problem|"
    r"got it)[\s,.:;!…–—]{1,6})?"
    rf"(?:{COURTESY}[\s,.:;!?…–—]{{1,6}}){{1,5}}",
    re.IGNORECASE,
)
PRAISED = re.compile(rf"\W*(?:{PRAISE}|(?:i )?hope (?:this|that) help(?:s|ed))\b", re.IGNORECASE)
ABOUT_CLOSINGS = re.compile(r"clos(?:e|ing)\b|\bend(?:ing)?\b|sign.?off|polite|courte|\bsays?\b|phrase|farewell", re.I)
ASKS_HELP = re.compile(r"\b(?:help|assist|ready|available)\b[^.?!\n]{0,60}\?\s*$", re.IGNORECASE)

# ---------------------------------------------------------------- the prompt

WORDS = re.compile(r"[^\W_]+")
REQUEST = re.compile(
    r"\W*(?:please |can you |could you |would you |i(?:'d| would) like (?:you )?to |i want (?:you )?to )?(?:tell|write|"
    r"explain|describe|give|create|list|name|make|summari[sz]e|compare|discuss|outline|show|find|help|suggest|recommend|"
    r"generate|draft|compose|plan|design|solve|calculate|compute|define|what|why|how|who|which|when|where|is|are|do|does|"
    r"did|can|should)\b",
    re.IGNORECASE,
)
SAID_AGAIN = re.compile(
    r"repeat|echo|parrot|copy|copies|verbatim|word for word|back to me|translat|correct|proof-?read|grammar|spell|fix|"
    r"rewrit|re-?phrase|paraphras|polish|edit|format|punctuat|capitali[sz]|improve|clean|exact|quote|same|transcri|"
    r"convert|normali[sz]e|question|prompt|mirror|mimic|imitat|type|read",
    re.IGNORECASE,
)
"""Of a task that a text may come out of as it went in."""

# ---------------------------------------------------------------- pages

BANNER = re.compile(
    r"(?:accept|reject|manage|allow|decline)(?: all)?(?: (?:cookies|preferences|settings))?|cookie (?:policy|settings|"
    r"preferences|notice)|(?:we|this (?:web)?site|our (?:web)?site)(?: and our partners)? uses? cookies[^.\n]{0,120}|"
    r"by (?:continuing|clicking|using)[^.\n]{0,100}|privacy(?: policy| notice)?|terms(?: of (?:use|service)|"
    r" & conditions)?|"
    r"subscribe(?: to our newsletter)?|sign (?:in|up)|log ?in|register|menu|home|about(?: us)?|contact(?: us)?|search|"
    r"skip to (?:main )?content|share|follow us|all rights reserved|copyright|newsletter|learn more|read more|close|"
    r"necessary|analytics|marketing|functional",
    re.IGNORECASE,
)
ABOUT_PAGES = re.compile(
    r"cookie|banner|web|\bsites?\b|page|privacy|consent|gdpr|footer|header|menu|html|navigation|notice", re.IGNORECASE
)
LOREM = word_set(
    "lorem ipsum dolor sit amet consectetur adipiscing adipisicing elit sed do eiusmod tempor incididunt ut labore "
    "et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea "
    "commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur "
    "excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum "
)
ABOUT_FILLER = re.compile(
    r"lorem|ipsum|filler|dummy|placeholder|blind ?text|typeset|typograph|latin|mock|layout|html|css|template|"
    r"font|sample text|"
    r"cicero|translate|fülltext|faux texte|texto de relleno",
    re.IGNORECASE,
)


def named(body: str, prompt: str, system: str) -> str:
    """What stands in for an answer, in words; empty where the text is one, or where the prompt is about such things."""
    said = body.strip().replace("’", "'") if len(body) <= READ else ""
    if not said or said in system:
        return ""
    asked = prompt[:READ]
    if _is_error(said) and (asked or not said.startswith("Traceback")):
        told = ABOUT_ERRORS.search(asked) or ABOUT_ERRORS.search(system[:READ]) or _is_told(said, asked)
        return "" if told else "a server's error in place of an answer"
    if asked and len(said) < 300 and NOTICE.fullmatch(said):
        told = any(about.search(text) for about in (ABOUT_ERRORS, ABOUT_NOTICES) for text in (asked, system[:READ]))
        return "" if told or OF_CASE.search(asked.replace("’", "'")) else "a server's notice in place of an answer"
    if _is_placeholder(said):
        settled = OPEN.fullmatch(said) and ASKS.search(asked)
        return "" if settled or ABOUT_PLACES.search(asked) else "a placeholder in place of an answer"
    if asked and UNFILLED.fullmatch(said):
        told = any(about.search(f"{asked}\n{system[:READ]}") for about in (ABOUT_PLACES, ABOUT_FIELDS, ABOUT_ERRORS))
        return "" if told else "a template that was not filled in"
    small = said.lower()
    if "lorem" not in small and "cookie" not in small:
        return ""
    words = [word.strip(".,;:!?\"'") for word in small.split()]
    if len(words) >= 5 and sum(map(LOREM.__contains__, words)) > 0.8 * len(words) and "lorem" in words:
        return "" if ABOUT_FILLER.search(asked) else "filler text in place of an answer"
    if _is_banner(said, len(words)):
        return "" if ABOUT_PAGES.search(asked) else "a page's banner and menu in place of an answer"
    return ""


def repeated(body: str, prompt: str, around: str) -> bool:
    """Whether a text is its prompt over again, which asks for something else. ``around``: what else was said, in a
    system prompt or before."""
    if abs(len(body.strip()) - len(prompt.strip())) > 20 or len(body) > READ or REQUEST.match(prompt) is None:
        return False
    said = WORDS.findall(body.casefold())
    if len(said) < 4 or said != WORDS.findall(prompt.casefold()):
        return False
    return SAID_AGAIN.search(prompt) is None and SAID_AGAIN.search(around[-READ:]) is None


def courteous(body: str, prompt: str, written: bool) -> bool:
    """Whether it is courtesies and no more, praise for the question, the will to help, an offer of more, where these
    are no answer. ``written``: whether a text was asked for; else only praise, or the hope that it helped, shows it."""
    if len(body) > 300 or ASKS_HELP.search(prompt[-READ:]) or ABOUT_CLOSINGS.search(prompt[:READ]):
        return False
    said = f"{body.strip()} ".replace("’", "'")
    praised = PRAISED.match(said)
    shown = praised is not None and len(said) > praised.end() + 12  # "That's a good question." may be one
    return (written or shown) and COURTEOUS.fullmatch(said) is not None


def _is_told(said: str, asked: str) -> bool:
    """Whether a short phrase tells what failed, under a question of which that is an answer."""
    if len(said) > TOLD_MOST or HEDGED.search(said) or not TOLD.fullmatch(said):
        return False
    return OF_CASE.search(asked.replace("’", "'")) is not None and not _written.asked(asked)


def _is_error(said: str) -> bool:
    if said[0] in "{[":
        return _is_error_object(said)
    if said[0] == "<":
        return PAGE.match(said) is not None
    if said.startswith("Traceback"):
        return all(map(RAISED.match, said.split("\n")))
    if len(said) < 300 and ELSEWHERE.fullmatch(said.lower()):
        return True
    return len(said) < 800 and said.count("\n") < 6 and ERROR.fullmatch(said) is not None


def _is_error_object(said: str) -> bool:
    """Whether it is an error as an API gives it: an object whose ``error`` says what went wrong."""
    try:
        data = json.loads(said)
    except (ValueError, RecursionError):
        return False
    if not isinstance(data, dict):
        return False
    rest = {key for key, value in data.items() if value not in (None, False, "error")}
    told = word_set("error errors status code type request_id message timestamp path object detail")
    held = data.get("error") or data.get("errors")
    return bool(held) and rest <= told and (isinstance(held, dict | list) or ERROR.fullmatch(str(held)) is not None)


def _is_placeholder(said: str) -> bool:
    lines = [line for line in said.split("\n", 40) if line.strip()]
    held = False
    for line in lines if len(lines) <= 12 else ():
        if PLACE.fullmatch(line.strip()):
            held = True
        elif not AROUND.fullmatch(line):
            return False
    return held


def _is_banner(said: str, words: int) -> bool:
    if len(said) > 800:
        return False
    found = [m.group() for m in BANNER.finditer(said)]
    return len(found) >= 4 and sum(len(one.split()) for one in found) >= 0.7 * words
