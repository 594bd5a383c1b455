"""Whether a prompt makes labels expected: a talk, a form, terms, or what machines and people say (``fake_turns``)."""

from __future__ import annotations

import re

from greenlight.gates import _asks, _text

PEOPLE = re.compile(
    r"\b(?:users?|humans?|persons?|people|customers?|callers?|visitors?|students?|nutzer\w*|benutzer\w*|anwender\w*|"
    r"mensch\w*|utilisat\w*|humain\w*|usuari\w*|usuári\w*|human[oaie]s?|utent[ei]|uman[oi]|utilizador\w*|gebruiker\w*|"
    r"użytkown\w*|kullanıcı\w*|brugere?n?|bruker\w*|använda\w*|käyttäj\w*|uživatel\w*|používat\w*|felhasznál\w*|"
    r"utilizator\w*|pengguna|người dùng|польз\w*|челов\w*|корист\w*|потребит\w*|юзер\w*|χρήστ\w*|άνθρωπ\w*)\b|"
    r"用户|用戶|使用者|人类|人類|人間|ユーザ|利用者|사용자|인간|유저|사람|مستخدم|إنسان|उपयोगकर्ता|मानव|משתמש|ผู้ใช้|کاربر",
    re.IGNORECASE,
)
MACHINES = re.compile(
    r"\b(?:assist\w*|asist\w*|asyst\w*|asszisz\w*|avustaj\w*|\w*bots?|bott\w*|\w*robot\w*|AI|KI|IA|machines?|maschine\w*|"
    r"computers?|systems?|program\w*|agents?|models?|chat\w*|ассист\w*|помощ\w*|помічн\w*|\w*бот\w*|компьютер\w*|"
    r"машин\w*|trợ lý|pembantu|βοηθ\w*|ρομπότ)\b|"
    r"助手|助理|机器|機械|ロボット|アシスタント|人工|어시스턴트|도우미|챗봇|로봇|مساعد|روبوت|सहायक|रोबोट|עוזר|ผู้ช่วย|دستیار",
    re.IGNORECASE,
)
"""Stems: other languages bend these words."""
TALKS = re.compile(
    r"\b(?:jokes?|memes?|comics?|cartoons?|captions?|sessions?|telephone|phone call|calls? with|"
    r"negotiations?|hearings?|"
    r"text messages?|whatsapp|sms|irc|messenger|group chat|direct messages|speaker labels?|speakers?|"
    r"(?:who|names? of who(?:ever)?) (?:says|speaks|types|writes|is speaking)|both sides|both parts|two voices|"
    r"synthetic|training (?:data|examples?|pairs?|samples?|sets?)|data ?sets?|few-shot|one-shot|instruction pairs?|"
    r"theat(?:re|er)|drama\w*|puppet\w*|sitcoms?|comed(?:y|ies)|libretto|\w*dialog\w*|\w*gespräch\w*|\w*szenen?|"
    r"hörspiel\w*|rollenspiel\w*|saynètes?|teatr\w*|театр\w*|сценк\w*|support desk|soporte|"
    r"line by line|stands? on the screen|exchange of (?:words|messages)|argu(?:es?|ing) with|character card|anecdotes?|"
    r"witze?|blagues?|chistes?|barzellett\w*|piadas?|анекдот\w*|шутк\w*|чат\w*|переписк\w*|беседу|перепис\w*|"
    r"sohbet\w*|konuşma\w*|diyalog\w*|fıkra\w*|percakapan|obrolan|dialog\w*|hội thoại|trò chuyện|rozmow\w*|czat\w*|"
    r"rozhovor\w*|beszélget\w*|\w*gesprek\w*|\w*samtal\w*|chatt|samtale\w*|keskustelu\w*|conversazion\w*|"
    r"conversaci\w*|conversaç\w*|discussions?|échanges?|discorso|chiacchierata|plauder\w*|chatverlauf|"
    r"nachrichten|mensajes|messaggi|mensagens|συζήτησ\w*|ανέκδοτ\w*)\b|"
    r"笑话|笑話|冗談|농담|نكتة|दो पात्र|चुटकुल|대화|채팅|דיאלוג|שיחה|בדיחה|บทสนทนา|گفتگو|مکالمه",
    re.IGNORECASE,
)
OTHERWISE = re.compile(
    r"\bjob interviews?\b|\binterview (?:tips|questions|prep\w*|advice)|(?:for|before|in|at) (?:an|my|the) interview\b|"
    r"\b(?:to|i|you|we|they|he|she|can|could|must|children|kids|dogs?|cats?|does|do|of|let's) plays?\b|"
    r"\bplays? (?:an?|the|an important|a big) (?:\w+ )?(?:role|part|guitar|piano|violin|game|flute|drums?)\b|"
    r"\bplays? (?:chess|football|tennis|soccer|cards|games?|music|guitar|piano|with)\b|\b(?:take|takes|taking) turns\b|"
    r"\bturns (?:out|into|around|off|on|to|red|green|\d+)\b|\b(?:crime|accident|nativity) scenes?\b|behind the scenes|"
    r"\bturns\b(?= \w+ing\b)",
    re.IGNORECASE,
)
"""The same words, of something else."""
FORMS = re.compile(
    r"\b(?:define|definitions?|glossary|glossar|glossaire|glosario|(?:these|following|key) terms|terminology|"
    r"abbreviations?|acronyms?|"
    r"compare|comparison|differences?|versus|vs|roles?|fields?|records?|columns?|placeholders?|headings?|"
    r"sections|labels?|cast|credits|use cases?|test cases?|user stor(?:y|ies)|steps of|flow|scenario|"
    r"entry|entries|changelog|release notes|job (?:ad|description|posting)s?|advert\w*|log ?files?|config\w*|settings|"
    r"tickets?|reviews?|testimonials?|survey|rubric|system prompt|onboarding|mail merge|variables?)\b",
    re.IGNORECASE,
)
"""Kinds of text whose lines have labels, or which are about such words."""
SETS = re.compile(
    r"\b(?:instruction[- ]tun\w+|sharegpt|training (?:data|sets?|rows?|examples?|samples?|records?)|"
    r"fine-?tun\w+|data ?sets?|jsonl?|llms?|(?:language|chat) models?|prompt (?:template|format)s?|sft|lora)\b",
    re.IGNORECASE,
)
"""A prompt about the rows that models are trained on."""
ALPACA = re.compile(
    r"\b(?:(?:style|format|layout|template|examples?) of (?:the )?(?P<named>alpaca)\b|(?P<made>alpaca)[- ]"
    r"(?P<kind>style|format\w*|prompts?|templates?|examples?|data ?sets?|rows?|records?|samples?|layout|entry)\b"
    r"(?P<more> (?:of|for|from|in)\b)?)",
    re.IGNORECASE,
)
"""The format of that name, or something of the animal that it is named after."""
OF_ROWS = ("format", "prompt", "template", "data", "record")
"""What an animal has none of."""
HEADINGS = re.compile(r"[ \t>*_]*#{2,4} ?(?:Instructions?|Input|Response|Output)\b", re.IGNORECASE)
"""The format's own marks."""
TUNED = re.compile(r"\binstruction[- ]tun\w+|\bsharegpt\b", re.IGNORECASE)
PRINTED = re.compile(
    r"\btokens?\b|\btokeni[sz]er|\btemplates?\b|\bjinja|\bchat ?ml\b|\b(?:chat|prompt|message) formats?\b|\bmarkers?\b|"
    r"\bstop (?:strings?|sequences?|words?)\b|\bfine-?tun\w+|\bmarkup\b|\[/?INST|<\||<start_of|</?s>",
    re.IGNORECASE,
)
"""A prompt about the tokens of templates."""
SHOWS = re.compile(
    r"\b(?:examples?|samples?|shows?|demonstrat\w*|illustrat\w*|simulat\w*|invent|imagine|demo|mock|log|typical|"
    r"beispiel\w*|exemples?|ejemplos?|esempi\w*|exemplos?|voorbeeld\w*|przykład\w*|пример\w*|örnek\w*|contoh|ví dụ|"
    r"exempel|eksempel|esimerk\w*|příklad\w*|példa|παράδειγμα)\b|例|예시|예를|مثال|उदाहरण|नमूना",
    re.IGNORECASE,
)
ROLES = re.compile(
    r"\b(?:users?|humans?|customers?|callers?|prompts?|instructions?|assistants?|\w*bots?|AI|KI|robots?|androids?|"
    r"machines?|computers?|terminal|eliza|turing|weizenbaum|programm?ers?|chat\w*|gpt|llms?|models?|siri|alexa|voice|transcripts?|logs?|nutzer\w*|"
    r"benutzer\w*|mensch(?:en)?|utilisateurs?|humains?|usuarios?|usuários?|utent[ei]|польз\w*|человек\w*)\b|"
    r"用户|用戶|人类|人類|人間|ユーザ|사용자|인간|로봇|ロボット|机器|機械|助手|アシスタント|인공|مستخدم|إنسان|روبوت|"
    r"उपयोगकर्ता|मानव|रोबोट",
    re.IGNORECASE,
)
"""Who may speak under such labels because the prompt is about them."""
STRONG = re.compile(
    r"\W{0,4}(?:thanks?|thx|thank you|please|pls|can you|could you|would you|will you|do you|are you|is it|is there|"
    r"what|how|why|who|where|when|which|now|make|write|give|tell|explain|continue|go on|more|another|ok|okay|great|"
    r"cool|nice|perfect|wow|yes|yeah|no\b|hi\b|hello|hey|wait|i'd|i would|i want|i need|i have|i don't|i'm|i am|"
    r"sure|of course|certainly|absolutely|here(?:'s|’s| is| are)|sorry|you're welcome|glad|add|rewrite|shorter|"
    r"translate|summari[sz]e|also|actually|lol|hmm|that's great)(?!\w)|[^\n]{0,200}[?？؟]\W{0,4}$",
    re.IGNORECASE,
)
"""How a request to a writer begins, or its answer: not how a person is described."""
PLAIN = _text.word_set("user human assistant question answer prompt response input output you me system model")
"""Labels that a prompt may name without asking for them."""
ENDS = re.compile(
    r"(?:^|\n)[ \t>*_#\[<(-]{0,8}(?P<who>[^\W\d_][\w ]{0,24})[ ]?[\])>*_]{0,4}(?P<stop>[:：.])[*_ \t]{0,4}$"
)
"""The marker that a prompt leaves open."""


def alpaca(prompt: str) -> bool:
    """Whether a prompt is about the format of that name: it is named as one, or like a name, or beside training."""
    found = ALPACA.search(prompt)
    if found is None:
        return False
    if SETS.search(prompt) or (found["kind"] or "").lower().startswith(OF_ROWS):
        return True
    return not found["more"] and (found["named"] or found["made"])[0] == "A"


def printed(prompt: str) -> bool:
    """Whether a prompt is about the tokens of templates, or the rows that models are trained on."""
    return PRINTED.search(prompt) is not None or TUNED.search(prompt) is not None or alpaca(prompt)


def is_row(prompt: str, mark: str) -> bool:
    """Whether a mark is one of the rows that the prompt is about: of Alpaca's, its headings alone."""
    return TUNED.search(prompt) is not None or (HEADINGS.match(mark) is not None and alpaca(prompt))


def talked(prompt: str) -> bool:
    """Whether people who speak in turn were asked for, in any form."""
    rest = OTHERWISE.sub(" ", prompt)
    return _asks.script_asked(rest) or TALKS.search(rest) is not None


def parties(prompt: str) -> bool:
    """Whether the prompt names both sides of such a talk."""
    return PEOPLE.search(prompt) is not None and MACHINES.search(prompt) is not None


def shown(prompt: str) -> bool:
    """Whether an example of what one side says was asked for."""
    return SHOWS.search(prompt) is not None and (
        MACHINES.search(prompt) is not None or PEOPLE.search(prompt) is not None
    )


def listed(prompt: str, labels: set[str]) -> bool:
    """Whether the prompt names two of the labels, or one that is no role's."""
    low = prompt.lower()
    named = {label for label in labels if len(label) >= 4 and label in low}
    return len(named) >= 2 or bool(named - PLAIN)


def silent(prompt: str) -> bool:
    """Whether nothing in a prompt leads to labels, roles or machines: what stands there is nobody's subject."""
    return bool(prompt.strip()) and not (
        talked(prompt) or FORMS.search(prompt) or printed(prompt) or ROLES.search(prompt)
    )


def reopened(body: str, prompt: str) -> tuple[int, int] | None:
    """The other label of a prompt that ends with one, at the head of a later line: the next pair of a run of them."""
    end = prompt.rstrip()
    last = ENDS.search(end[-60:]) if end[-1:] in (":", "：", ".", "*", "_") else None
    if last is None or talked(end[: len(end) - 60 + last.start()] if len(end) > 60 else end[: last.start()]):
        return None
    before = end[: max(0, len(end) - len(last.group()))]
    own = last["who"].strip().lower()
    opener = None
    for m in re.finditer(
        rf"^[ \t>*_#\[<(-]{{0,8}}([^\W\d_][\w ]{{0,24}})[ ]?[\])>*_]{{0,4}}{re.escape(last['stop'])}(?=\D)",
        before[-4000:],
        re.MULTILINE,
    ):
        if m[1].strip().lower() != own:
            opener = m[1].strip()
            break
    if opener is None or re.search(r"\b(?:continue|complete|finish|go on)\b", before[:200], re.IGNORECASE):
        return None
    again = re.search(
        rf"^[ \t>*_#\[<(-]{{0,8}}({re.escape(opener)})[ ]?[\])>*_]{{0,4}}{re.escape(last['stop'])}",
        body,
        re.MULTILINE | re.IGNORECASE,
    )
    return again.span(1) if again and body[: again.start()].strip() else None
