"""Words of planning in other languages."""

from __future__ import annotations

import re

USERS = re.compile(
    r"用户(?:想|要|希望|让|请|问|说|需要|提出|的(?:问题|要求|请求|需求|提示|意思)|可能|输入|给|在|是想)|"
    r"用戶(?:想|要|希望|讓|請|問|說|需要)|ユーザー?(?:は|が|さんは|の(?:要求|質問|依頼|リクエスト|意図))|"
    r"사용자(?:가|는|의 (?:요청|질문)|께서)|유저가|"
    r"\b(?:der|die) (?:Nutzer|Benutzer|User|Anwender)(?:in)? (?:möchte|will|fragt|bittet|hat|wünscht|braucht|sucht|"
    r"erwartet|verlangt)|\bl['’]utilisat(?:eur|rice) (?:veut|demande|souhaite|a demandé|me demande|cherche|voudrait|"
    r"attend)|\b(?:el|la) usuari[oa] (?:quiere|pide|ha pedido|me pide|pregunta|desea|necesita|está pidiendo|busca|"
    r"espera|solicita|me ha)|\bl['’]utente (?:vuole|chiede|ha chiesto|mi chiede|mi ha|desidera|cerca)|"
    r"\b[oa] usuári[oa] (?:quer|pede|pediu|está|deseja|solicitou|perguntou|me)|"
    r"\bпользователь (?:хочет|просит|попросил|спрашивает|спросил|ищет|желает|ожидает)|"
    r"المستخدمة? (?:يريد|تريد|يطلب|طلب|يسأل|يرغب)|(?:يريد|يطلب|طلب|يسأل|يرغب) (?:مني )?المستخدم|(?:مني|من) المستخدم|"
    r"उपयोगकर्ता (?:चाहता|चाहते|चाहती|ने|को|एक|पूछ|कह|की|मुझ)|ο χρήστης (?:θέλει|ζητά|ζητάει|ζήτησε|ρωτά|ρωτάει|μου)|"
    r"\bde gebruiker (?:wil|vraagt|heeft)|\bużytkownik (?:chce|prosi|pyta)|\bkullanıcı (?:\w+ ){0,4}isti?yor",
    re.IGNORECASE,
)
PLANS = re.compile(
    r"我(?:需要|应该|得|要|必须|可以|想|會|会)(?:先|用|以|把|保持|写|回答|确保|考虑|避免|注意|构思|加入|扮演|按)|"
    r"(?:首先|接下来|然后)，?(?:我)?(?:需要|应该|要|得)|(?:需要|应该)(?:保持|写|用|确保|避免|注意|体现|包含|加入)|"
    r"让我(?:想想|先|来构思|考虑)|"
    r"(?:書く|答える|書か|答え|返答|回答|保つ|使う|入れる|始める)(?:必要がある|べき|なければ|ないと|ことに(?:し|する))|"
    r"(?:書こう|答えよう|始めよう|考えよう|入れよう|にしよう)|"
    r"(?:써야|작성해야|답해야|유지해야|넣어야|시작해야|사용해야|해야) ?(?:한다|겠다|해|할)|"
    r"\bich (?:sollte|muss|soll|könnte|möchte|brauche)\b[^.!?\n]{0,80}\b(?:antworten?|geschichte|gedicht|ton|rolle|"
    r"wörtern?|stil|charakter|persona|figur|länge|anfrage|schreiben|beginnen|einbauen|erwähnen|verwenden|formulieren|"
    r"vermeiden)\b|\blass mich (?:überlegen|nachdenken|erst)|"
    r"\bje (?:dois|devrais|pourrais|veux)\b[^.!?\n]{0,60}\b(?:réponse|histoire|poème|ton|personnage|mots|style|rester|"
    r"écrire|répondre|commencer|rédiger|inclure|garder|éviter)\b|"
    r"\b(?:debo|debería|tengo que|necesito|podría)\b[^.!?\n]{0,20}\b(?:escribir|responder|empezar|mantener|incluir|"
    r"usar|evitar|comenzar|crear|asegurarme|redactar|añadir)\b|"
    r"\b(?:devo|dovrei|potrei|preciso|deveria|tenho que|poderia)\b[^.!?\n]{0,20}\b(?:scrivere|rispondere|iniziare|"
    r"mantenere|includere|usare|evitare|creare|escrever|responder|começar|manter|incluir|usar|evitar|criar)\b|"
    r"(?:мне (?:нужно|надо|следует|стоит)|я долж(?:ен|на)|нужно|надо|следует) (?:\w+ ){0,2}?(?:написать|ответить|"
    r"начать|сохранить|использовать|избегать|добавить|придумать|помнить|остаться|сделать|писать|отвечать|включить)|"
    r"(?:يجب|ينبغي|علي|أحتاج|عليّ)[^.\n]{0,16}(?:أكتب|أجيب|أبدأ|أحافظ|أستخدم|أرد|أتجنب)|"
    r"(?:लिखना|लिखनी|जवाब देना|उत्तर देना|रखना|रखनी|शुरू करना) (?:चाहिए|होगा|होगी|है)|"
    r"(?:πρέπει|χρειάζεται|καλό είναι) να (?:γράψω|απαντήσω|ξεκινήσω|κρατήσω|χρησιμοποιήσω|αποφύγω|μείνω)",
    re.IGNORECASE,
)
OPENERS = re.compile(
    r"\W*(?:also|okay|ok|vale|bueno|bien|d['’]accord|alors|хорошо|итак|так|ладно|allora|va bene|então|certo|"
    r"さて|よし|まず|자|좋아|好的?|嗯|首先|حسنا|तो|ठीक है|λοιπόν|εντάξει)[,，、 .。!]",
    re.IGNORECASE,
)
META = re.compile(
    r"提示词|系统提示|人设|角色设定|字数|语气|^\W*(?:好的?|嗯|首先)[,，。]|プロンプト|キャラクター|文字数|口調|指示|"
    r"프롬프트|캐릭터|말투|글자 수|지시|\b(?:Systemprompt|Prompt|Rolle bleiben|im Charakter|Wörter|Tonfall|"
    r"Anweisung(?:en)?|consigne|prompt|ton|stil|personnage|mots|palabras|personaje|tono|instrucciones|parole|"
    r"personaggio|"
    r"istruzioni|palavras|personagem|instruções|слов|тон\w*|образ\w*|персонаж\w*|инструкци\w*|промпт\w*)\b|"
    r"(?:الشخصية|كلمة|النبرة|التعليمات)|(?:शब्द|लहज|निर्देश|किरदार)|(?:λέξεις|τόνο|χαρακτήρα|οδηγίες)",
    re.IGNORECASE,
)

HINTS = (
    "用户", "用戶", "ユーザ", "사용자", "유저", "nutzer", "anwender", "utilisat", "usuari", "usuári", "utente",
    "пользоват", "مستخدم", "उपयोगकर्ता", "χρήστ", "gebruiker", "użytkow", "kullanıcı", "ich sollte", "ich muss",
    "ich soll", "ich könnte", "ich möchte", "lass mich", "je dois", "je devrais", "je pourrais", "debo", "debería",
    "tengo que", "necesito", "podría", "devo", "dovrei", "potrei", "preciso", "tenho que", "мне нужно", "мне надо",
    "мне следует", "я долж", "нужно", "надо", "يجب", "ينبغي", "علي", "أحتاج", "चाहिए", "होगा", "πρέπει", "我需要",
    "我应该", "我得", "我要", "我必须", "我可以", "应该", "需要", "首先", "让我", "べき", "なければ", "必要がある",
    "よう", "야 ", "해야",
)  # fmt: skip
LATIN = re.compile("|".join(re.escape(hint) for hint in HINTS if hint.isascii()), re.IGNORECASE)
PLAIN_HINTS = tuple(hint for hint in HINTS if hint.isascii())
"""In lower case: one of them is in every one of these."""
