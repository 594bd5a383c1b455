"""The roles of a conversation by their names, and the marks that stand for them (``fake_turns``)."""

from __future__ import annotations

import re

from greenlight.gates import _turns

USERS = (
    r"human|user|(?:the )?human user|end[- ]?user|prompter|nutzer(?:in)?|benutzer(?:in)?|anwender|mensch|utilisateur|"
    r"utilisatrice|humain|usuari[oa]|usuário|humano|utente|umano|gebruiker|użytkownik|kullanıcı|người dùng|brugger|"
    r"användare|пользователь|человек|користувач|用户|用戶|使用者|人类|人類|ユーザー|ユーザ|人間|사용자|인간|유저|"
    r"المستخدم|مستخدم|الإنسان|उपयोगकर्ता|मानव|χρήστης|άνθρωπος|משתמש|bruger|bruker|käyttäjä|uživatel|používateľ|"
    r"felhasználó|utilizator|pengguna|ผู้ใช้|کاربر|صارف|ব্যবহারকারী|mtumiaji|korisnik|потребител|юзер|利用者|यूज़र|"
    r"uporabnik|"
    r"naudotojas|lietotājs|kasutaja|usuari|பயனர்|提问者"
)
SURE_BOTS = (
    r"(?:the )?(?:ai |virtual |digital |ai[- ])?assistant|ai(?: model| chatbot| response)|chat ?gpt|"
    r"gpt(?:-?[345][\w.]*)?|"
    r"chatbot|assistent(?:in)?|ki-assistent|assistente|asistente|assistant ia|ассистент|помощник|助手|ai助手|助理|"
    r"アシスタント|어시스턴트|المساعد|مساعد|सहायक|βοηθός|asystent|asistan|trợ lý|עוזר|"
    r"avustaja|asszisztens|asisten|ผู้ช่วย|"
    r"دستیار|معاون|সহকারী|msaidizi|помічник|асистент|asistente ia|智能助手|도우미|असिस्टेंट|pembantu"
)
BOTS = r"ai|bot|(?-i:A)|model|llm|claude|gemini|llama|qwen|response|ki|ia|ии|бот|人工智能|机器人|ボット|봇"
ASKS = r"(?-i:H)|prompt|instruction"
"""Users only beside an answer."""
ROLE = (
    rf"(?P<user>{USERS})|(?P<ask>{ASKS})|(?P<sure>{SURE_BOTS})|(?P<bot>{BOTS})|"
    r"(?P<system>system(?: prompt| message)?)"
)
DRESS = r"[ \t>*_#\-–—•+~=\[(<{|/@「【〈《👤🤖🧑💬🙂💻🗣🙋🙍👩👨🦾🧠💁\u200d\ufe0f\U0001f3fb-\U0001f3ff]"
SAID = (
    r"(?P<worded>(?:['’]s)?[ ](?:(?:next|new|last) )?(?:message|question|query|prompt|input|turn|reply|response|asks|"
    r"says|said|asked|wrote|writes|replies|replied|continues|responds))"
)
LEAD = (
    r"(?P<lead>(?:(?:turn|message|round) \d{1,3}[ :(,–-]{1,3})|(?:the |(?:an?)?other |next |new |second |"
    r"follow[- ]?up |(?:[\w-]{3,9} )?(?:message|question|prompt|input|reply) (?:from|by|of) (?:the )?){1,2})"
)
LINE = re.compile(
    rf"^(?=[^\w\n]{{0,40}}\w)(?P<pre>(?:\\n){{0,3}}{DRESS}{{0,12}}(?:\d{{1,2}}[.)][ \t])?(?P<stamp>"
    rf"{_turns.STAMP}[ \t]?[-–—|]?[ \t]?[*_\[(]{{0,3}})?)"
    rf"{LEAD}?(?:{ROLE})(?:[ \t]?#?\d{{1,2}}(?!\d|:\d))?(?![^\W_]){SAID}?"
    rf"(?P<time>[ \t]{{0,3}}[,•·|–-]?[ \t]{{0,3}}{_turns.STAMP})?"
    r"(?P<note>[ \t]{0,3}[(\[][^()\[\]\n]{0,30}[)\]])?(?P<close>[ ]?[-=]{2,6}|[\])}>*_|」】〉》~=/]{0,6})"
    r"(?:[ \t]{0,9}(?:(?P<colon>[:：；]{1,2})|(?P<arrow>>{1,3}|→|[-=]{1,2}>|[-–—|]{1,3}(?=[ \t]))|"
    r"(?:says|asks|writes)[:：])[*_]{0,3}|"
    r"(?P<bare>[ \t]{0,99}$)|(?P<held>(?<=[\])])[ \t]|(?<=[】」])(?=[^\s:：])))",
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
    r"<start_of_turn>|<end_of_turn>(?=\s*\S)|<｜(?:User|Assistant)｜>|<\|start\|>(?:user|assistant(?!<\|channel\|>)|"
    r"system|developer)|"
    r"<\|(?:start_of_role|end_of_role|START_OF_TURN_TOKEN|USER_TOKEN|CHATBOT_TOKEN|HUMAN|turn|begin_of_text|im_user|"
    r"im_assistant|im_middle)\|?>|<(?:seed:)?bos>(?:user|assistant)|<\|endoftext\|>(?=\s*\S)|"
    r"(?:</s>|<s>)\s*(?:\[INST\]|(?:USER|ASSISTANT|Human|User|Assistant)[:：]|<\|)|"
    r"^[ \t]*#{2,3} ?(?:Instruction|Human|User|Assistant|Question from (?:the )?user)[ \t]*[:：]|"
    r"^[ \t]*#{2,3} ?(?:Instruction|Response|Input)[ \t]*[:：]?[ \t]*\n"
    r"(?=[\s\S]{0,400}^[ \t]*#{2,3} ?(?:Response|Instruction))|"
    r"\[\|(?:Human|AI|User|Assistant|HUMAN|USER|ASSISTANT)\|\]|\[(?:USER|ASSISTANT|HUMAN|AI)_[A-Z]{2,12}\]|"
    r"<<(?:HUMAN|USER|AI|ASSISTANT|Human|User|Assistant)>>|"
    r"\{\s{0,9}[\"']role[\"']\s{0,9}:\s{0,9}[\"'](?:user|assistant|human)[\"']|"
    r"^[ \t]*</?(?:user|assistant|human|user_message|assistant_response|human_turn)>[ \t]*$",
    re.MULTILINE,
)
SPECIAL_HINTS = ("<|", "[|", "[USER_", "[ASSISTANT_", "[HUMAN_", "<<",
                 "[INST]", "[/INST]", "<<SYS", "<start_of", "<end_of", "<｜", "</s>", "<s>", "bos>",
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
        "مساعد", "सहायक", "βοηθός", "trợ", "bruger", "bruker", "käyttäjä", "uživatel", "používa", "felhaszn",
        "utiliz", "pengguna", "ผู้ใช้", "ผู้ช่วย", "کاربر", "دستیار", "صارف", "معاون", "ব্যবহার", "সহকারী",
        "mtumiaji", "msaidizi", "korisnik", "потреб", "юзер", "利用", "यूज़र", "uporabnik", "naudotoj", "lietotāj",
        "kasutaja", "பயனர்", "提问", "avustaja", "asszisz", "asystent", "asyst",
        "помічник", "асист", "도우미", "असिस्ट", "pembantu", "עוזר",
    })
)  # fmt: skip
"""In lower case; one of them is in every turn that counts."""
PLAIN_HINTS = tuple(hint for hint in HINTS if hint.isascii())
