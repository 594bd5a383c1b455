"""The voice goes on with the conversation by itself: role markers, in any dress, outside code and quoted scripts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from greenlight.gates import _asks, _speech, _text
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

USERS = (
    r"human|user|(?:the )?human user|end[- ]?user|prompter|nutzer(?:in)?|benutzer(?:in)?|anwender|mensch|utilisateur|"
    r"utilisatrice|humain|usuari[oa]|usuário|humano|utente|umano|gebruiker|użytkownik|kullanıcı|người dùng|brugger|"
    r"användare|пользователь|человек|користувач|用户|用戶|使用者|人类|人類|ユーザー|ユーザ|人間|사용자|인간|유저|"
    r"المستخدم|مستخدم|الإنسان|उपयोगकर्ता|मानव|χρήστης|άνθρωπος|משתמש"
)
SURE_BOTS = (
    r"(?:the )?(?:ai |virtual |digital |ai[- ])?assistant|ai(?: model| chatbot| response)|chat ?gpt|"
    r"gpt(?:-?[345][\w.]*)?|"
    r"chatbot|assistent(?:in)?|ki-assistent|assistente|asistente|assistant ia|ассистент|помощник|助手|ai助手|助理|"
    r"アシスタント|어시스턴트|المساعد|مساعد|सहायक|βοηθός|asystent|asistan|trợ lý|עוזר"
)
BOTS = r"ai|bot|(?-i:A)|model|llm|claude|gemini|llama|qwen|response|ki|ia|ии|бот|人工智能|机器人|ボット|봇"
ASKS = r"(?-i:H)|prompt|instruction"
"""Users only beside an answer."""
ROLE = (
    rf"(?P<user>{USERS})|(?P<ask>{ASKS})|(?P<sure>{SURE_BOTS})|(?P<bot>{BOTS})|"
    r"(?P<system>system(?: prompt| message)?)"
)
DRESS = r"[ \t>*_#\-–—•+~=\[(<{|「【〈《👤🤖🧑💬🙂💻]"
LINE = re.compile(
    rf"^(?P<pre>{DRESS}{{0,12}}(?:\d{{1,2}}[.)][ \t])?)(?:{ROLE})(?:[ \t]?#?\d{{1,2}})?(?![^\W_])"
    r"(?P<note>[ \t]*[(\[][^()\[\]\n]{0,30}[)\]])?(?P<close>[\])}>*_|」】〉》~=/]{0,6})"
    r"(?:[ \t]*(?:(?P<colon>[:：])|(?P<arrow>>{1,3}|→|=>|[-–—|]{1,3}(?=[ \t]))|(?:says|asks|writes)[:：])[*_]{0,3}|"
    r"(?P<bare>[ \t]*$))",
    re.IGNORECASE | re.MULTILINE,
)
INLINE = re.compile(
    r"(?<=[.!?…\"”’。！？।؟])[ \t]{0,3}\*{0,2}(?:(?P<user>Human|HUMAN|User|USER|Nutzer|Benutzer|Utilisateur|"
    r"Usuario|Usuário|Utente|Пользователь|用户|ユーザー|사용자)|(?P<sure>Assistant|ASSISTANT|"
    r"AI Assistant))\*{0,2}[:：]\*{0,2}(?=\s*\S)"
)
TOKENS = re.compile(
    r"<\|im_start\|>|<\|im_end\|>(?=\s*\S)|<\|(?:start|end)_header_id\|>|<\|eot_id\|>(?=\s*[^\s<])|\[/?INST\]|"
    r"<</?SYS>>|"
    r"<\|/?(?:user|assistant|system|prompter|human|bot|User|Assistant|Human|USER|ASSISTANT)\|>|"
    r"<start_of_turn>|<end_of_turn>(?=\s*\S)|<｜(?:User|Assistant)｜>|<\|start\|>(?:user|assistant|system|developer)|"
    r"<\|(?:start_of_role|end_of_role|START_OF_TURN_TOKEN|USER_TOKEN|CHATBOT_TOKEN|HUMAN|turn|begin_of_text|im_user|"
    r"im_assistant|im_middle)\|?>|<(?:seed:)?bos>(?:user|assistant)|<\|endoftext\|>(?=\s*\S)|"
    r"(?:</s>|<s>)\s*(?:\[INST\]|(?:USER|ASSISTANT|Human|User|Assistant)[:：]|<\|)|"
    r"^[ \t]*#{2,3} ?(?:Instruction|Human|User|Assistant|Question from (?:the )?user)[ \t]*[:：]|"
    r"^[ \t]*#{2,3} ?(?:Instruction|Response|Input)[ \t]*[:：]?[ \t]*\n"
    r"(?=[\s\S]{0,400}^[ \t]*#{2,3} ?(?:Response|Instruction))|"
    r"\{\s{0,9}[\"']role[\"']\s{0,9}:\s{0,9}[\"'](?:user|assistant|human)[\"']|"
    r"^[ \t]*</?(?:user|assistant|human|user_message|assistant_response|human_turn)>[ \t]*$",
    re.MULTILINE,
)
SPECIAL_HINTS = ("<|", "[INST]", "[/INST]", "<<SYS", "<start_of", "<end_of", "<｜", "</s>", "<s>", "bos>",
                 "<user", "</user", "<assist", "</assist", "<human", "</human",
                 'role"', "role'")  # fmt: skip
HEADINGS = ("Instruction", "Human", "User", "user", "Assistant", "Response")
HINTS = tuple(
    sorted({
        "human", "user", "prompter", "nutzer", "anwender", "mensch", "utilis", "humain", "usuari",
        "usuár", "umano",
        "utente", "gebruiker", "użytk", "kullan", "người", "brugger", "använd", "польз", "челов",
        "корист", "用",
        "人", "ユーザ", "사용자", "인간", "유저",
        "مستخدم", "إنسان", "उपयोगकर्ता", "मानव", "χρήστης", "άνθρωπος", "משתמש",
        "\nh:", "prompt", "instruction", "assist", "chatbot", "gpt", "asist", "асси", "помощ", "助",
        "アシ", "어시",
        "مساعد", "सहायक", "βοηθός", "trợ",
    })
)  # fmt: skip
"""In lower case; one of them is in every turn that counts."""
PLAIN_HINTS = tuple(hint for hint in HINTS if hint.isascii())
SAYING = re.compile(
    r"[?？؟]|;\s*$|^\W{0,4}(?:please|can|could|would|will|what|how|why|who|where|when|which|tell|write|give|make|"
    r"explain|"
    r"thanks?|thank|ok|okay|yes|yeah|no|now|and|but|i|i'm|i’m|i'd|i'll|great|wow|hi|hello|hey|continue|another|you|"
    r"sure|cool|nice|wait|so|do|did|let|let's|my|we|of course|certainly|absolutely|here|good|lovely|perfect|sorry|"
    r"add|change|rewrite|summari[sz]e|translate|list|describe|create|help|show|explique|escribe|schreib|danke|gracias|"
    r"merci|bitte|por favor|s'il)\b",
    re.IGNORECASE,
)
WORD = re.compile(
    r"yes|yeah|no|ok|okay|thanks|more|continue|great|hi|hello|hey|why|what|cool|nice|next|again|stop|sure|bye",
    re.IGNORECASE,
)
"""One word that a turn may be."""
MEANING = re.compile(
    r"^\W{0,4}(?:an?|any|the|one|all|every|each|those|some)(?: [\w-]+){0,2}? (?:person|people|individual|program|"
    r"software|role|account|customer|member|tool|device|component|someone|user|visitor|employee|who|that|which)\b|"
    r"^\W{0,4}(?:someone|anyone|whoever|people|those) (?:who|that|with|using)\b|"
    r"^\W{0,4}(?:can|may|must|should|has|have|is|clicks?|enters?|opens?|sees|sends|logs|selects|submits|types|"
    r"receives|noun|adjective|homo|sapiens)\b(?! (?:you|i|we|there|it|this|that)\b)",
    re.IGNORECASE,
)
"""A glossary's entry, or what a role may do."""
LABEL = re.compile(
    r"^[ \t>*_#\-•+\[(\"“]{0,8}(?:\d{1,2}[.)][ \t])?([^\W\d_][^\n:：]{0,30}?)[\])*_]{0,4}[ \t]*[:：](?!//)",
    re.MULTILINE,
)
INTRO = re.compile(
    r"\b(?:transcript|log|logs|exchange|conversation|example|examples|dialogue|dialog|chat|script|format|template|"
    r"like this|read|reads|said|looks?|goes|went|sample|prompt|follows|thread|record|tape|printout|messages?|screen|"
    r"file|wrote|written|shows?|showed|instance|snippet|excerpt|quote|interview|recording|scene|note|roles?|fields?|"
    r"settings?|Beispiel|Protokoll|exemple|ejemplo|пример)\b[^\n]{0,60}[:：][*_\"”]{0,3}$|(?:例|记录|対話|如下|"
    r"次の)[^\n]{0,30}[:：]$",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\b(?:the|an?|and|or|like|as|called|with|by|in|use|uses|tokens?|markers?|tags?|und|et|y|between|of|is|are|"
    r"write|see|after|before|each|every|to)[ \t]$",
    re.IGNORECASE,
)
SPOKEN_OF = re.compile(
    r"[ \t]*(?:tokens?|markers?|tags?|marks?|and|or|in|is|are|to|at|before|after|begins?|ends?|starts?|opens?|closes?|"
    r"for|then|with|when|which|that|means?|[.,;)])",
    re.IGNORECASE,
)
"""What stands before and after a token that is a word."""
BARE = ("user", "assistant", "human", "model", "用户", "助手")
"""Role words that a template leaves on a line when its tokens are not decoded."""
KINDS = ("user", "ask", "sure", "bot", "system")
MOST = 500
"""Markers of one text that are looked at."""
JSON = re.compile(r"\bJSON|\brole|\bmessages\b|\bAPI\b|\bcode\b", re.IGNORECASE)
STAYS = 400
"""Characters from the start in which a script's own speakers appear."""
PARTIES = re.compile(
    r"\b(?:users?|humans?|assistants?|\w*bots?|AI|KI|IA|robots?|machines?|models?|chat\w*|support|agents?|androids?|"
    r"computers?|program|transcripts?|logs?|few-shot|prompts?|customers?)\b|用户|助手|机器|ユーザー|アシスタント|ロボット|사용자|로봇",
    re.IGNORECASE,
)
"""Who speaks under such labels, in a prompt that asks for a script."""
JOINS = 3
"""Lines of others before a speaker's first."""


@dataclass(frozen=True)
class Mark:
    """One role marker at the head of a line, or after a sentence."""

    start: int
    end: int
    role: str
    said: bool
    company: bool


@dataclass(frozen=True)
class Gate:
    """Flags the markers of chat templates, and a turn of ``Human:``, ``User:`` or ``Assistant:`` that says something.

    Code, quoted lines, quoted speech and quoted logs are left out, and so is a text of speakers that was asked for,
    in which the role speaks from the beginning. Credentials, glossaries and lists of roles are not turns.
    """

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the marker."""
        body = sample.body
        special = any(hint in body for hint in SPECIAL_HINTS)
        special = special or ("##" in body and any(word in body for word in HEADINGS))
        low = body.lower()
        spoken = (":" in body or "：" in body or "\n" in body or special) and any(
            hint in low for hint in (PLAIN_HINTS if body.isascii() else HINTS)
        )
        if not special and not spoken:
            return None
        spans = _speech.quoted(body)
        if special:
            for token in islice(TOKENS.finditer(body), MOST):
                if token.group()[0] == "{" and JSON.search(sample.made.prompt):
                    continue
                if not _text.inside(spans, token.start()) and not _about(body, *token.span()):
                    return self._flag(body, *token.span(), 1.0)
        mark = _turn(sample, spans) if spoken else None
        return None if mark is None else self._flag(body, mark.start, mark.end, 0.9)

    def _flag(self, body: str, start: int, end: int, score: float) -> Flag:
        marker = " ".join(body[start:end].split())[:40].encode("utf-8", "replace").decode()  # half a surrogate pair
        return Flag(gate="fake_turns", reason=f"a turn that nobody took: '{marker}'", span=(start, end), score=score)


def _about(body: str, start: int, end: int) -> bool:
    """Whether a token is written about: a word of a sentence."""
    line = body[body.rfind("\n", max(0, start - 200), start) + 1 : start][-60:]
    return NAMED.search(line) is not None and SPOKEN_OF.match(body, end) is not None


def _turn(sample: Text, spans: list[_text.Span]) -> Mark | None:
    """The first marker that begins an invented turn."""
    body = sample.body
    marks = [mark for mark in _marks(body) if not _text.inside(spans, mark.start)]
    if not marks:
        return None
    marks.sort(key=lambda mark: mark.start)
    roles = {m.role for m in marks}
    paired = bool(roles & {"user", "ask"}) and bool(roles & {"sure", "bot"})
    counted = [
        m
        for m in marks
        if m.said and (m.role in ("user", "sure") or (paired and m.role in ("bot", "ask")) or m.role == "system")
    ]
    counted = [m for m in counted if not _introduced(body, m.start)]
    if not counted:
        return None
    return _strange(sample, counted, marks)


def _marks(body: str) -> list[Mark]:
    found = []
    for m in islice(LINE.finditer(body), MOST):
        role = next(kind for kind in KINDS if m[kind])
        colon = m["arrow"] is None and m["bare"] is None
        start = m.start() + len(m["pre"]) - len(m["pre"].lstrip())
        said, company = _says(body, m, role, colon)
        found.append(Mark(start, m.end(), role, said, company))
    for m in islice(INLINE.finditer(body), MOST):
        start = m.start() + len(m.group()) - len(m.group().lstrip())
        content = body[m.end() : m.end() + 200].split("\n", 1)[0]
        said = _utterance(content, True) and not MEANING.match(content) and not _listed(body, m.start(), content)
        found.append(Mark(start, m.end(), "user" if m["user"] else "sure", said, False))
    return found


def _listed(body: str, place: int, content: str) -> bool:
    """Whether other labels stand in the same line, as in a list of credentials."""
    line = body[max(0, place - 200) : place].rsplit("\n", 1)[-1]
    return re.search(r"[.;,]\s?[A-Z]\w+:\s", line) is not None or re.search(r"[.;,]\s?\w+:\s", content) is not None


def _says(body: str, m: re.Match[str], role: str, colon: bool) -> tuple[bool, bool]:
    """Whether something is said after a marker, and whether other labels stand beside it."""
    content = body[m.end() : m.end() + 300].split("\n", 1)[0].strip()
    dressed = any(c in m["pre"] for c in "#*[<【_「") or bool(m["close"])
    follows = content or body[m.end() : m.end() + 400].strip().split("\n", 1)[0]
    word = next(m[kind] for kind in KINDS if m[kind])
    company = _company(body, m.start(), m.end())
    if role == "system":
        return bool(re.match(r"\W{0,4}you(?:'re|’re| are| will| must| should)\b", follows, re.IGNORECASE)), company
    if m["bare"] is not None:
        before = body[: m.start()].rstrip()[-200:].rsplit("\n", 1)[-1]
        plain = word in (word.lower(), word.upper()) and word.lower() in BARE
        if not dressed and not plain:
            return False, company
        if word.lower() == "human" and not SAYING.search(follows):
            return False, company
        alone = len(before) >= 20 or not before
        return alone and _utterance(follows, True) and not (dressed and company) and len(follows) >= 8, company
    if not colon and not (m["arrow"] or "").startswith((">", "→", "=>")):
        return bool(re.search(SAYING, follows)) and follows.endswith(("?", "!")), company
    if MEANING.match(follows):
        return False, company
    if company:
        return SAYING.search(follows) is not None and (follows.endswith("?") or len(follows.split()) >= 3), company
    return _utterance(follows, bool(SAYING.search(follows))), company


def _utterance(content: str, request: bool) -> bool:
    """Whether a line is said by someone: it ends like a sentence, asks, or is long enough."""
    said = content.strip().rstrip("*_\"”'’)]» ")
    if not said or not any(map(str.isalnum, said)):
        return False
    if said[-1] in ".!?…。！？।؟" and not re.fullmatch(r"\S*\d\S*", said):
        return True
    words = said.split()
    if any(ord(c) > 0x2E80 for c in said):
        return len(said) >= 3
    if len(words) == 1:
        return WORD.fullmatch(said) is not None
    return (request and len(words) >= 2) or (len(words) >= 6 and sum(w[:1].islower() for w in words) >= 3)


def _company(body: str, start: int, end: int) -> bool:
    """Whether a line beside this one has a label that is no role: a list, or a cast."""
    above = body[max(0, start - 300) : start].rstrip().rsplit("\n", 1)[-1]
    below = body[end : end + 600].split("\n", 1)
    after = below[1].lstrip()[:80].split("\n", 1)[0] if len(below) > 1 else ""
    for line in (above, after):
        label = LABEL.match(line)
        if label is not None and len(line) < 200 and LINE.match(line) is None:
            return True
    return False


def _introduced(body: str, start: int) -> bool:
    """Whether a line above says that a log, an example or a script is quoted here."""
    lines = body[max(0, start - 2000) : start].split("\n")
    for line in reversed(lines[:-1]):
        bare = line.strip()
        if not bare:
            continue
        if INTRO.search(bare) and LINE.match(bare) is None:
            return True
        if LABEL.match(bare) is None and not bare.startswith(("*", "(", "[", "-")):
            return False
    return False


def _strange(sample: Text, counted: list[Mark], marks: list[Mark]) -> Mark | None:
    """The first turn that does not belong to a script, which the text is from its beginning."""
    body, prompt = sample.body, sample.made.prompt
    first: dict[str, int] = {}
    for mark in marks:
        first.setdefault(mark.role, mark.start)
    labels = list(islice(LABEL.finditer(body[:20_000]), MOST))
    speakers = Counter(m[1].strip().lower() for m in labels)
    others = {s for s, often in speakers.items() if often >= 2 and LINE.match(s + ":") is None}
    given = _embedded(prompt)
    asked = _asks.script_asked(prompt) or bool(given)
    voices = len(first) + len(others)
    opened = labels[0].start() if labels else len(body)
    for mark in counted:
        at = first[mark.role]
        late = len(body[:at].strip()) > STAYS or sum(m.start() < at for m in labels) > JOINS
        if mark.role in given:
            continue
        preface = body[:opened] if opened <= STAYS // 2 else body[:STAYS]
        begins = len(preface.split()) <= 6 or (opened <= STAYS // 2 and PARTIES.search(prompt) is not None)
        if not late and voices >= 2 and ((asked and begins) or others or (not prompt.strip() and opened <= STAYS // 4)):
            continue
        if others and mark.role != "sure" and asked and at <= 0.5 * len(body) and opened <= STAYS:
            continue
        return mark
    return None


def _embedded(prompt: str) -> set[str]:
    """The roles of a transcript that the prompt gives to work on; one that ends with a marker is a rendered one."""
    low = prompt.lower()
    if not any(hint in low for hint in HINTS):
        return set()
    found = [m for m in LINE.finditer(prompt) if m["colon"]]
    if not found or found[0].start() == 0 or found[-1].end() >= len(prompt.rstrip()):
        return set()
    return {kind for m in found for kind in KINDS if m[kind]}
