"""Turns in rarer dress: pairs of question and answer, faces, records, tokens, marks within a line."""

from __future__ import annotations

import re
from itertools import islice, pairwise

from greenlight.gates import _asks, _expected, _text

STAMP = (
    r"(?:[\[(]?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2},?[T ]|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4},?[ ])?\d{1,2}:\d{2}(?::\d{2})?"
    r"(?:[ ]?[ap]\.?m\.?)?[\])]?)"
)
TOKEN = re.compile(
    r"<\|(?!end\|>\s*<\|start\|>assistant<\|channel)(?!/?(?:channel|message|start|return|call|constrain|think|"
    r"begin_of_th|end_of_th|reason|python|tool|fim|file|"
    r"repo|vision|image|box|object|quad)\w*\|)/?[A-Za-z][A-Za-z_]{1,24}(?:\|>|\|?\Z)|</s>|<eos>|\[EOS\]|"
    r"<end_of_turn>|<｜[^｜<>\n]{2,24}｜>|\[/?INST\]|"
    r"<\|?(?:im_start|turn|extra_id_\d|start|role|msg|message)\|?>[ ]?(?i:user|human|assistant|model|bot)\b",
)
TOKEN_HINTS = ("<|", "</s>", "<eos>", "[EOS]", "<end_of", "<｜", "INST]", "<im_", "<turn", "<extra_")
USER = r"(?:user|human|prompter|customer)"
BOT = r"(?:assistant|gpt|bot|ai|model|chatbot)"
RECORD = re.compile(
    rf"[{{,\[(][ \t]*[\"']?(?:role|from|speaker|author|sender)[\"']?[ ]?[:=][ ]?[\"']?(?:{USER}|"
    rf"{BOT})[\"']?(?=[ ]*[,}}|])|"
    rf"^[ \t]*[-*]?[ ]?[\"']?(?:role|from|speaker|author|sender)[\"']?[ ]?[:=][ ]?[\"']?(?:{USER}|{BOT})[\"']?[ ]*"
    rf"(?:[,:;]|$(?=\n[ \t]*[\"']?(?:content|value|text|message)[\"']?[ ]?[:=]))|"
    rf"[{{,][ \t]*[\"'](?:{USER}|{BOT})[\"'][ ]?:[ ]?[\"'](?=[^\"'\n]{{4}})|"
    rf"^[ \t]*</?(?:{USER}|{BOT})(?:[_-](?:message|query|input|turn|response|prompt|question|reply))?>(?=[ \t]*\S|"
    rf"[ \t]*\n\S)|"
    rf"<(?:message|turn|msg|utterance|chat)[ ][^<>\n]{{0,30}}[\"'](?:{USER}|{BOT})[\"'][^<>\n]{{0,30}}>|"
    rf"^[ \t]*<(?:query|question|instruction|request)>(?=[ \t]*\n?[ \t]*[^\s<])|"
    rf"^[ \t]*[\"'](?:{USER}|{BOT})[\"'][ ]?:[ ]?[\"'](?=[^\"'\n]{{4}})|"
    rf"^[ \t]*<\|?(?:{USER}|{BOT})_\w{{2,12}}\|>",
    re.IGNORECASE | re.MULTILINE,
)
RECORD_HINTS = ("role", "from", "speaker", "author", "sender", '"user', "'user", '"human', "'human", '"assist',
                "<user", "<human", "<assist", "</user", "</assist", "</human", "<bot", "<message", "<turn", "<ai>",
                "<prompter", "<customer", "<msg", "<chat", "<|user", "<|assist", "<query",
                "<question", "<instruction", "<request")  # fmt: skip
WROTE = re.compile(
    r"\bJSON|\brole|\bmessages\b|\bAPI\b|\bcode\b|\bxml\b|\bhtml\b|\btags?\b|\btokens?\b|\btemplates?\b|\bformat|"
    r"\btokeni[sz]er|\bdataset|\btraining data|\bschema|\bmarkup|\byaml\b|\bconfig",
    re.IGNORECASE,
)
"""A prompt of records and tokens."""
FACES = "👤👥🧑👩👨🙋🙍🗣💁👦👧👱🧔🙂😊😀🧒🙎"
MACHINES = "🤖💻🦾🧠👾🖥"
TONE = "[\U0001f3fb-\U0001f3ff\ufe0f]"
FACE = re.compile(
    rf"^[ \t>*_-]{{0,4}}(?:(?P<face>[{FACES}])|(?P<machine>[{MACHINES}])){TONE}*(?:\u200d.{TONE}?)?[*_ \t]{{0,4}}"
    r"(?P<colon>[:：])?[*_ \t]{0,4}(?=[^\s:：])(?P<said>[^\n]{2,300})",
    re.MULTILINE,
)

ASKS = _text.word_set(
    "q question me you customer client caller visitor student pupil guest patient h u instruction input prompt query "
    "person reader asker interviewer follow-up request requester learner buyer shopper user human me: p1 inquiry "
    "op boss member fan "
    "frage mensch ich kunde kundin moi cliente pregunta yo persona domanda io pergunta eu vraag ik klant вопрос юзер "
    "я клиент "
    "问 問 问题 提问 我 人 客户 質問 利用者 私 客 질문 나 고객 "
    "سؤال السؤال أنا प्रश्न सवाल मैं ερώτηση εγώ שאלה אני pytanie soru ben "
    "питання fråga spørsmål spørgsmål kysymys otázka kérdés întrebare pertanyaan saya câu hỏi คำถาม سوال من swali "
    "pitanje въпрос "
    "প্রশ্ন jag jeg minä já ja eu tôi mimi hỏi 提问者 顾客"
)
ANSWERS = _text.word_set(
    "a answer ai you me bot b agent support representative rep advisor adviser operator output response reply tutor "
    "teacher doctor author host responder interviewee expert claude gpt chatgpt gemini model assistant staff clerk "
    "service "
    "guide narrator mentor coach librarian helpdesk chatbot llm robot computer machine system counselor consultant "
    "seller p2 completion "
    "antwort maschine du ki réponse toi conseiller respuesta tú ia agente risposta tu resposta você antwoord jij "
    "ответ бот ты "
    "ии "
    "答 回答 答案 你 客服 答え 返答 答弁 답변 답 너 "
    "جواب الجواب إجابة الإجابة أنت उत्तर जवाब तुम απάντηση εσύ תשובה אתה odpowiedź cevap "
    "yanıt sen відповідь svar vastaus odpověď válasz răspuns jawaban đáp คำตอบ پاسخ تو jibu odgovor отговор উত্তর du "
    "sinä ty "
    "助手 机器人 アシスタント ai助手 어시스턴트 人工智能"
)
QUESTIONS = _text.word_set(
    "q question prompt input instruction follow-up query request frage pregunta domanda pergunta vraag вопрос 问 問 "
    "问题 "
    "提问 質問 "
    "질문 سؤال السؤال प्रश्न सवाल ερώτηση שאלה pytanie soru питання fråga spørsmål spørgsmål kysymys otázka kérdés "
    "întrebare "
    "pertanyaan คำถาม swali pitanje въпрос প্রশ্ন you me human user customer"
)
"""Labels of what is asked."""
PERSONS = _text.word_set(
    "you me teacher doctor author host operator guide clerk staff seller tutor coach consultant guest agent"
)
"""Who answers in an example of what one may say."""
MADE = ("input", "prompt", "instruction", "query", "request")
"""Labels of examples, too: what stands there must ask for something."""
SAYS = re.compile(r" (?:said|says|asked|asks|wrote|replied)$")
NEXT = re.compile(r"^(?:next|new|second|third|another|follow-?up|user|last|further|one more) (?=\w)")
SPEAKER = re.compile(
    r"[>*_ ]{0,4}(?P<who>[^\W\d_][\w'’.-]{0,18}(?: [\w'’.-]{1,14}){0,2})(?: \d{1,2})?[*_]{0,3}[:：][*_]{0,3} ?(?=\S)"
)
QUERIES = ("?", "？", "؟", ";")
NOTED = re.compile(
    r"^[ \t>*_#-]{0,4}(?P<who>[^\W\d_][\w .'’-]{0,24} [(\[](?:the |as )?(?:user|human|you|your turn|end "
    r"user)[)\]])[*_]{0,3}[:：]"
    r"[*_]{0,3}[ ]?(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
INDEXED = re.compile(r"(?:user|person|speaker|participant|human|voice|party|bot|agent|friend)[ ]?[a-d1-4]")
HEAD = re.compile(
    rf"^[ \t>*_#~=\[(<{{|「【+•-]{{0,10}}(?:{STAMP}[ \t]?[-–—|"
    rf"]?[ \t]?)?[*_\[(]{{0,3}}(?P<who>[^\W\d_][^\s:：\[\](){{}}<>*_,.;|»]{{0,17}}(?:[ ][\w-]{{1,12}})?)"
    r"(?:[ ]?[#(]?\d{1,2}\)?)?[ ]?[\])}>*_」】]{0,4}(?:[ ]?(?P<stop>[:：]|>{1,3}|\.(?=[ ])|→)[*_]{0,3}|"
    r"(?P<said>[ ]said:)|(?P<bare>[*_ \t#\]]{0,4}$))[ \t]*(?P<line>[^\n]*)",
    re.MULTILINE,
)
ASKED = re.compile(
    r"\b(?:faqs?|q ?& ?a|quiz\w*|jokes?|riddles?|(?:flash ?|anki |trivia |study |index )?cards?|prompting|"
    r"chain[- ]of[- ]thought|(?:few|zero|one)-shot|questions|answers|question[- ]and[- ]answer|trivia|"
    r"exams?|worksheets?|exercises?|"
    r"prompts|tests|puzzles?|examples?|catechism|customers?|agents?|call scripts?|pairs?|interview\w*|"
    r"function|input|output|fragen|antworten|preguntas|respuestas|domande|perguntas|вопрос\w*|ответ\w*|загадк\w*|"
    r"witz\w*|"
    r"columns?|leaflets?|flyers?|brochures?|handouts?|pamphlets?|(?:word|maths?) problems?|problems for|comprehension|"
    r"teach|drills?|homework|lessons?|tutorials?|ask me|question\W{1,3}answer|"
    r"blagues?|chistes?|rätsel|devinettes?|chat\w*|talk show|panel|dialog\w*)\b|"
    r"kart(?:en|eikarten)\b|\bcartes?\b|\bfiches?\b|\btarjetas\b|\bschede\b|карточ\w*|викторин\w*|тест\w*|"
    r"测验|测试|题目|选择题|問題|カード|카드|문제|问答|问题|笑话|谜语|質問|クイズ|なぞなぞ|질문|퀴즈|أسئلة|प्रश्न",
    re.IGNORECASE,
)
ABOVE = re.compile(r"[:：][*_\"”]{0,3}$|^#{1,6} |^[^\n]{0,30}\b(?:FAQ|Q ?& ?A|questions?|quiz|riddles?|"
r"examples?)\b[^\n]{0,20}$|^\*\*[^*]{2,60}\*\*$",
                   re.IGNORECASE)  # fmt: skip
PAIR = re.compile(
    r"(?:(?<=[.!?…\"”’)\]。！？*])|(?<=[.!?…\"”’)] )|(?<=[|/—–-] )|(?<=  )|(?<=\\n))[ ]{0,2}[*_\[(|/#—–-]{0,4}[ ]?"
    r"(?:(?P<user>(?i:user|human|USER A)|Q|H|Customer|Question|Prompt|问|質問)|(?P<bot>(?i:assistant)|AI|Bot))"
    r"(?P<mark>[\])*_]{0,3}[:：][*_]{0,2}|[\])])(?=[ ]?\S)",
)
LISTED = re.compile(r"[.;,]\s?\w+:\s")
REPLY = re.compile(
    r"[ |/.!?。！？)\]*](?:(?i:assistant|\[assistant|ai)|AI|Bot|A|GPT|ChatGPT|Answer|Agent|Response|答|"
    r"回答)[\])*_]{0,3}(?:[:：]|(?<=\]))"
)
SAYING = re.compile(
    r"[?？؟]|;\s*$|\bplease\W*$|\bthank(?:s| you)\W*$|^\W{0,4}(?:please|can|could|would|will|what|how|why|who|where|"
    r"when|which|tell|write|give|make|"
    r"explain|"
    r"thanks?|thank|ok|okay|yes|yeah|no|now|and|but|i|i'm|i’m|i'd|i'll|great|wow|hi|hello|hey|continue|another|you|"
    r"sure|cool|nice|wait|so|do|did|let|let's|my|we|of course|certainly|absolutely|here|good|lovely|perfect|sorry|"
    r"something|is|are|does|should|may|might|was|were|any|only|just|add|more|change|rewrite|summari[sz]e|translate|"
    r"list|describe|create|help|show|explique|escribe|schreib|danke|"
    r"gracias|"
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
DESCRIBES = re.compile(
    r"^\W{0,4}(?:(?!Thanks\b|Yes\b|Does\b|Is\b|Was\b|Has it\b|This\b|Perhaps\b|Sometimes\b|Always\b|As\b|Us\b|Its\b|"
    r"Unless\b|Besides\b|Let's\b|"
    r"What's\b|Plus\b|Was\b|Guess\b|Pass\b|Express\b|Discuss\b|Address\b|Press\b|Assess\b|Cross\b|"
    r"Focus\b)[A-Z][a-z]{2,12}s\b"
    r"(?! (?:are|is|were|was|have|do|can|will|would|need|you|it|that|this|there)\b)|(?:May|Can|Must|Has|Have|Should) "
    r"(?!you|i\b|we|it|there|this|"
    r"that|she|he|they)(?:also |not |only )?[a-z]+ |An? (?:person|people|member|someone) )(?=[^?]*$)"
)
LETTER = re.compile(r"[^\W\d_]")
MOST = 500
LEAST = 25
"""Characters before a turn that was not asked for."""


def token(body: str, prompt: str) -> list[_text.Span]:
    """Tokens and records of chat templates, one left at the end of a text too."""
    found: list[_text.Span] = []
    if any(hint in body for hint in TOKEN_HINTS):
        struck = "<s>" in body  # HTML
        found += [m.span() for m in islice(TOKEN.finditer(body), MOST) if not (struck and m.group() == "</s>")]
    if any(mark in body for mark in ":=>"):
        low = body.lower()
        if any(hint in low for hint in RECORD_HINTS):
            found += [m.span() for m in islice(RECORD.finditer(body), MOST)]
    if found and (WROTE.search(prompt) or _expected.printed(prompt)):
        return []
    return sorted(found)


def pair(body: str, prompt: str, spans: list[_text.Span]) -> _text.Span | None:
    """A question and its answer under labels that people have too, after an answer that needed none."""
    if ASKED.search(prompt) or _expected.printed(prompt):
        return None
    faces = _faces(body, spans)
    heads = []
    for m in islice(HEAD.finditer(body), MOST):
        who = SAYS.sub("", " ".join(m["who"].lower().split()))
        who = who if who in ("p1", "p2") else NEXT.sub("", who.rstrip("0123456789#")) or who
        side = (who in ASKS, who in ANSWERS)
        indexed = INDEXED.fullmatch(" ".join(m["who"].lower().split())) is not None
        if (any(side) or indexed) and not _text.inside(spans, m.start("who")):
            if "{{" in body[m.start() : m.start("who")] and _expected.FORMS.search(prompt):
                continue
            if m["bare"] is not None and not any(c in body[m.start() : m.end()] for c in "#[*【"):
                continue
            heads.append((m, who, side, indexed))
    found = faces
    alone = _question(body, prompt, [(m, who) for m, who, *_ in heads])
    if alone:
        found.append(alone)
    named = _answered(body, prompt, [(m, who) for m, who, *_ in heads]) if prompt.strip() else None
    if named:
        found.append(named)
    for (m, who, side, indexed), (n, other, reply, also) in pairwise(heads):
        if (who == other and not indexed) or n.start() - m.end() > 3000:
            continue
        if who in ("user", "human"):
            continue  # that turn needs no answer to be seen
        turned = who in ("a", "answer") and other in ("q", "question")
        if not (turned or (side[0] and reply[1]) or (indexed and also and who[:4] == other[:4])):
            continue
        if _expected.listed(prompt, {who, other}) or (who in MADE and who in prompt.lower()):
            continue
        if m["bare"] is not None and _expected.FORMS.search(prompt):
            continue
        if (m["stop"] == ".") and not (who == "q" and n["stop"] == "."):
            continue
        said = m["line"].strip() or body[m.end() : m.end() + 300].strip().split("\n", 1)[0]
        made = who in MADE
        if said.isascii() and not asks(said) and who not in ("a", "answer") and (made or _value(said)):
            continue  # a value, not a request
        people = who not in QUESTIONS or who in ("you", "me")
        if people and other in PERSONS and _resumed(body, n.end()):
            continue
        if indexed and not side[0] and not asks(said):
            continue
        if _spoken(body, m, True, 2 if _expected.silent(prompt) else 4) and _spoken(body, n, False):
            if _begun(body, prompt, heads[0][0].start(), len(heads)) and (
                m.start() == 0 or late(body, m.start(), prompt)
            ):
                found.append(m.span("who"))
            break
    return min(found, default=None)


def _resumed(body: str, place: int) -> bool:
    """Whether the text goes on after what speakers said: their talk was an example."""
    last = body[place:].rstrip().rsplit("\n\n", 1)
    return len(last) == 2 and len(last[1]) >= 12 and SPEAKER.match(last[1]) is None


def _spoken(body: str, m: re.Match[str], first: bool, least: int = 4) -> bool:
    said = m["line"].strip() or body[m.end() : m.end() + 300].strip().split("\n", 1)[0]
    said = said.rstrip("*_\"”'’)]» ")
    if not LETTER.search(said):
        return not first and not said
    dense = any(ord(c) > 0x2E80 for c in said)
    words = len(said.split())
    ended = said[-1:] in ".!?…。！？।؟;:;"
    if ended and (not first or said[-1] in "?？؟" or words >= 2 or dense):
        return True
    return words >= (least if first else 3) or (dense and len(said) >= 4)


def asks(said: str) -> bool:
    """Whether a line asks for something: more than a value."""
    return "?" in said or SAYING.search(said) is not None or WORD.fullmatch(said.strip(" .!*_")) is not None


def _value(said: str) -> bool:
    """A name, a number, an address: no word of it is a plain one beside the first."""
    words = said.split()
    return len(words) < 3 or all(not word.isalpha() or word[0].isupper() for word in words[1:])


def _answered(body: str, prompt: str, heads: list[tuple[re.Match[str], str]]) -> _text.Span | None:
    """A request under a label of one who asks, and a line after it under any label."""
    if not heads or not late(body, heads[0][0].start(), prompt):
        return None
    for m, who in heads:
        said = m["line"].strip()
        if who not in ASKS or m["stop"] not in (":", "：") or not asks(said) or not late(body, m.start(), prompt):
            continue
        rest = body[m.end() :].lstrip("\n")[:60]
        other = SPEAKER.match(rest)
        example = (who not in QUESTIONS or who in ("you", "me")) and _resumed(body, m.end())
        if other and other["who"].lower() != m["who"].lower() and not example:
            return m.span("who")
    return None


def _question(body: str, prompt: str, heads: list[tuple[re.Match[str], str]]) -> _text.Span | None:
    """A question under a label at the end of a text that had none: an answer is waited for."""
    if not heads or not prompt.strip():
        return None
    m, who = heads[-1]
    if who not in QUESTIONS or len(heads) > 2 or any(other == who for _, other in heads[:-1]):
        return None
    said = (m["line"].strip() or body[m.end() :].strip()).rstrip("*_\"”'’)]» \n")
    rest = body[m.start() :].strip().count("\n")
    requests = (
        said.endswith(QUERIES)
        or not said
        or (not said.isascii() and said.endswith((".", "。", "।")))
        or SAYING.match(said) is not None
    )
    if requests and rest <= 2 and len(said) < 300 and late(body, heads[0][0].start(), prompt):
        return m.span("who")
    return None


def _begun(body: str, prompt: str, start: int, often: int) -> bool:
    """Whether the labels begin where none were expected: after an answer, or at once where a question was asked."""
    if not prompt.strip():
        return start > 300 or (often < 4 and late(body, start))
    if not body[:start].strip():
        m = HEAD.match(body, start)
        said = m["line"].strip() if m else ""
        return m is not None and m["who"].lower() in QUESTIONS and asks(said) and not _asks.verse_asked(prompt)
    return late(body, start, prompt)


def late(body: str, start: int, prompt: str = "") -> bool:
    """Whether unlabelled text stands before, and nothing in it announces what follows."""
    before = body[max(0, start - 2000) : start].rstrip("> \t\n-*_=")
    if len(before.strip()) < LEAST and not (prompt.strip() and before.strip() and "\n" not in before.strip()):
        return len(before.strip()) >= 8 and any(ord(c) > 0x2E80 for c in before)
    return ABOVE.search(before.rsplit("\n", 1)[-1].strip()[-200:]) is None


def noted(body: str, prompt: str, spans: list[_text.Span]) -> _text.Span | None:
    """A speaker of whom a note says that it is the user."""
    if "(" not in body and "[" not in body:
        return None
    for m in islice(NOTED.finditer(body), MOST):
        if not _text.inside(spans, m.start("who")) and late(body, m.start(), prompt):
            return m.span("who")
    return None


def _faces(body: str, spans: list[_text.Span]) -> list[_text.Span]:
    """Faces and machines that speak in turn."""
    if body.isascii() or not any(face in body for face in FACES + MACHINES):
        return []
    marks = [m for m in islice(FACE.finditer(body), MOST) if not _text.inside(spans, m.start())]
    for m in marks:
        both = any(n["machine"] for n in marks) and any(n["face"] for n in marks)
        others = re.match(r"(\w[\w ]{0,30})[:：]", m["said"])
        if others and others[1].lower() in ("you", "user", "human", "me", "ai", "bot", "assistant", "question"):
            others = None
        requests = "?" in m["said"] or not m["said"].isascii() or SAYING.search(m["said"]) is not None
        alone = m["face"] in ("👤", "🙋", "🗣") and len(marks) == 1 and SAYING.match(m["said"].strip()) is not None
        if (m["colon"] or alone or (both and m["face"] and requests)) and not others and late(body, m.start()):
            return [(m.start(), m.start("said"))]
    return []


def within(body: str, prompt: str, spans: list[_text.Span]) -> _text.Span | None:
    """A turn that begins in the midst of a line, and its answer."""
    if ASKED.search(prompt):
        return None
    for m in islice(PAIR.finditer(body), MOST):
        if _text.inside(spans, m.start()) or m["bot"]:
            continue
        line = body[m.end() : m.end() + 400].split("\n", 1)[0]
        requests = SAYING.search(line) is not None and (len(line.split()) >= 3 or line.rstrip("*_)]| ").endswith("?"))
        if m["user"].lower() in ("user", "human") and requests and not MEANING.match(line) and not LISTED.search(line):
            return m.start("user"), m.end()
        if REPLY.search(line) and (":" in m["mark"] or "：" in m["mark"] or "[" in line):
            return m.start("user"), m.end()
    return None
