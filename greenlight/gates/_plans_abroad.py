"""The same as ``_plans`` in other languages: by classes of words, all languages at once."""

from __future__ import annotations

import re

from greenlight.gates import _text
from greenlight.gates._beside import Beside

USER = re.compile(
    r"用户|用戶|使用者|提问者|ユーザー?|利用者|質問者|사용자|유저|질문자|"
    r"\b(?:nutzer|benutzer|anwender|fragesteller)(?:in|s)?\b(?! (?:eine[sr]|des|der|von|dieser) )|\b(?:der|dem|den|"
    r"des|die) users?\b|\butilisat(?:eur|rice)\b|"
    r"\busuari[oa]\b|\busuári[oa]\b|\butilizador[a]?\b|\butente\b|\bgebruiker\b|\bużytkownik\w*|\bkullanıcı\w*"
    r"|\bпользовател\w*|\bюзер\w*|"
    r"\bкористувач\w*|\banvändaren?\b|\bbrugeren?\b|\bbrukeren?\b|\bkäyttäjä\w*|\buživatel\w*|\bfelhasználó\w*|"
    r"\butilizator\w*|\bpengguna\b|người dùng|المستخدمة?|مستخدم|کاربر|המשתמש|उपयोगकर्ता|यूज़र|χρήστη\w*|ผู้ใช้|"
    r"ব্যবহারকারী",
    re.IGNORECASE,
)
TASK = re.compile(
    r"系统提示|系統提示|提示词|提示里|提示中|提示要求|提示说|提示没有|根据提示|人设|角色设定|指令|システムプロンプト|"
    r"プロンプト|"
    r"システムの(?:指示|メッセージ)|指示(?:に|では|は|が|通り|どおり)|ペルソナ|キャラ設定|시스템 ?프롬프트|시스템 "
    r"(?:지시|메시지)|프롬프트|지시(?:에|문|사항|는|대로)|페르소나|"
    r"\bsystem-?prompts?\b|\bprompt(?:et|en|u|ie|ul|a|ta|issa|ben)?\b|\bsystem(?:anweisung|nachricht|vorgabe)\w*|"
    r"\b(?:laut|gemäß|nach|"
    r"die|den|der|meine[rn]?) (?:\w+ )?(?:anweisung|vorgabe|instruktion|richtlinie|verfassung|leitlinie)\w*|"
    r"\baufgabenstellung\b|"
    r"\b(?:consignes?|instructions?|invite|message) (?:du )?système\b|\b(?:les|mes|la|selon|ma) (?:consignes?|"
    r"instructions?|"
    r"constitution|directives?)\b|\b(?:las|mis|según|la|mi) (?:instrucciones|consigna|constitución|directrices|"
    r"petición|indicaciones)\b|"
    r"\b(?:instrucciones|mensaje|indicación|indicaciones) del sistema\b|\b(?:le|mie|secondo|la) (?:istruzioni|"
    r"consegna|richiesta|"
    r"costituzione|direttive)\b|\b(?:as|minhas|segundo|conforme) (?:as )?(?:instruções|diretrizes)\b|\bsystemprompt\w*|"
    r"\bсистемн\w+ (?:промпт|инструкци|сообщени|подсказк|запрос)\w*|\bпромпт\w*|\b(?:мои|моя|моим|моей|согласно|по|"
    r"в) (?:\w+ )?"
    r"(?:инструкци|запрос|задани|правил|указани|конституци)\w*|\bзапрос\w*|\binstructies\b|\bopdracht\b|"
    r"\b(?:polecenie|instrukcj\w+|talimat\w*|istem\w*|instruksi)\b|"
    r"تعليمات|توجيهات|الموجّ?ه|البرومبت|نص الطلب|निर्देश|प्रॉम्प्ट|सिस्टम|οδηγίες|προτροπή|הנחיות|ההנחיה|คำสั่ง|chỉ "
    r"dẫn|hướng dẫn hệ thống",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"(?:verraten|erwähnen|révéler|mentionner|revelar|mencionar|rivelare|раскрывать|упоминать|透露|暴露|"
    r"提到)[^.!?。\n]{0,30}(?:KI|IA|AI|ИИ|人工智能|instruc|"
    r"consign|Anweisung|инструкц|指令)|mes instructions|"
    r"保持人设|不出戏|人设|入戏|扮演好|キャラ(?:クター)?を(?:崩|保)|役に?(?:なり|徹)|設定(?:を守|どおり|通り)|"
    r"캐릭터를? ?(?:유지|지켜)|설정대로|역할에 맞게|"
    r"\b(?:in (?:der|meiner) rolle|meine rolle|im charakter|aus der rolle|(?:dans|de) mon (?:personnage|rôle)|rester "
    r"en personnage|"
    r"mi personaje|en (?:el )?personaje|no salirme del|nel personaggio|il mio personaggio|no personagem|meu "
    r"personagem|из (?:роли|образа)|"
    r"в (?:роли|образе)|моя роль|in mijn rol|uit mijn rol|w roli|rolümde|karakterde|i min roll|i rollen)\b",
    re.IGNORECASE,
)
MEANT = re.compile(
    r"\b(?:on me demande|on attend de moi|me piden|se me pide|lo que quieren|mi si chiede|mi chiedono|pedem-me|me "
    r"pedem|man fragt mich|"
    r"von mir (?:wird|erwartet)|ich werde gebeten|ich soll(?:te)? (?:laut|also)|was will die person|die person "
    r"(?:will|möchte|fragt)|"
    r"la personne (?:veut|demande)|la persona (?:quiere|pide)|от меня (?:хотят|ждут|требу\w+)|меня просят|меня "
    r"спрашивают|"
    r"er wordt mij gevraagd|prosz[ąa] mnie|benden (?:isteniyor|\w+ isten\w+))\b|对方(?:想|要|问)|被要求|让我(?:写|"
    r"回答)|"
    r"求められて(?:いる|る)|頼まれ|요청받|"
    r"이 (?:질문|요청)|这个(?:请求|问题|要求)|这道题|この(?:質問|依頼|要望|リクエスト)|(?:يُطلب|مطلوب) مني|मुझसे "
    r"(?:पूछा|कहा)",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"(?:\A|[.!?:] |\n)\W*(?:(?:also|so|gut|okay|bon|bien|vale|так|итак)[,:]? )?(?:die (?:anfrage|bitte|frage|"
    r"aufgabe)|la (?:demande|requête|question|tâche|"
    r"petición|solicitud|tarea|richiesta|pergunta|domanda)|o pedido|a (?:pergunta|tarefa)|(?:этот )?запрос|задача|"
    r"задание|de vraag|het verzoek|"
    r"prośba|istek|soru|förfrågan|frågan)\b(?=[^.!?\n]{0,30}(?:\b(?:ist|lautet|est|es|è|é|is|jest|är|:)|:| прост| "
    r"понят|"
    r" яс))|먼저 요청|요청(?:은|을 정리)|请求(?:很|是)|要求(?:很|是)|依頼は|質問は",
    re.IGNORECASE,
)
YOU = re.compile(
    r"\b(?:du (?:bist|hast|kannst|willst|sollst|musst|wirst)|dir|dich|dein\w*|ihnen|euch|tu|toi|vous|votre|tú|usted|"
    r"você|vocês|lhe|ты|тебе|тебя|твой|твоё|твоя|"
    r"вы|вам|вас|ваш\w*|jij|jou|cię|sana|sen|dig|deg|dere)\b|你|您|あなた|さん、|당신|أنت|لك|आप|तुम|σου|εσύ",
    re.IGNORECASE,
)
WANTS = re.compile(
    r"好像|似乎|看起来|着急|困惑|难过|急いで|らしい|ようだ|困って|것 같|급한|급해|\b(?:похоже|кажется|спешит|"
    r"видимо)\b|يبدو|مستعجل|लगता|\ba l['’]air\b|"
    r"\b(?:chce|prosi|wydaje|szuka|görünüyor|acele|lijkt|zoekt|verkar|letar|virker)\b|"
    r"想要?|要求|希望|请求|让我|問|问|说|需要|意图|意圖|想知道|求め|欲し|ほしい|望ん|尋ね|聞い|言って|頼[みんま]|(?:知り|もらい)たい|意図|"
    r"依頼|質問|要望|満足|원하|원한|요청|물어|물었|부탁|달라고|말했|의도|만족|"
    r"\b(?:möchte|will|wollen|wünscht|fragt|gefragt|bittet|gebeten|braucht|erwartet|verlangt|hat|sucht|nennt|sagt|"
    r"meint|scheint|wohl|"
    r"genügen|zufrieden|helfen|wirklich|gern)\b|"
    r"\b(?:veut|voudrait|souhaite|demande|demandé|cherche|attend|précise|dit|semble|suffire|satisf\w+|besoin|"
    r"vraiment|pose|exige)\b|"
    r"\b(?:quiere|pide|pedido|pregunta|desea|busca|espera|necesita|indica|dice|parece|satisfech[oa]|exactamente|"
    r"solicita|querrá)\b|"
    r"\b(?:vuole|chiede|chiesto|desidera|cerca|sembra|dice|quer|pede|pediu|deseja|parece|precisa)\b|"
    r"\b(?:хочет|хотел|просит|попросил|спрашивает|спросил|ищет|желает|ожидает|указан\w*|говорит|требует|нужно|хватит|"
    r"кажется|именно|"
    r"понравится|просьб\w+)\b|\b(?:wil|vraagt|heeft|lijkt|chce|prosi|pyta|istiyor|soruyor|vill|frågar|vil|spørger|"
    r"haluaa|chce|kér|"
    r"vrea|ingin|meminta|muốn)\b|"
    r"يريد|تريد|يطلب|طلب|يسأل|سأل|يرغب|يقصد|بالضبط|सवाल|चाहत|माँग|मांग|पूछ|अनुरोध|इच्छा|संतुष्ट|θέλει|ζητ|ρωτ",
    re.IGNORECASE,
)
SELF = re.compile(
    r"要求我|叫我|最好|简单(?:回答|地)|方がいい|のがいい|게 좋|الأفضل|ठीक रहेगा|\b(?:mieux vaut|suffira|restons|"
    r"meglio|basterà|"
    r"mejor|bastará|melhor|bastará|am besten|"
    r"lieber|besser|reicht|лучше|достаточно|lepiej|napiszę|odpowiem|ik houd|beter|bäst)\b|"
    r"我(?:需要|应该|應該|得|要|必须|可以|想|會|会|用|先|来|将|把|该)|先(?:想|考虑|弄清)|让我|接下来|"
    r"然后(?:再)?(?:写|回答)|再写|"
    r"(?:べき|必要がある|なければ|ことにする|よう(?:。|、|か|$)|考える|答える|書く|でいこう|にしよう|する。|(?:書こ|話そ|作ろ|返そ)う)|"
    r"(?:야 ?(?:한다|겠다|해|할|지)|하자|겠다|해 ?보자|쓰자|답하자|생각해)|"
    r"\b(?:ich|lass mich|lasst uns|überlegen wir)\b|\b(?:je|j['’]|voyons|réfléchissons|laisse-moi|commençons)|"
    r"\b(?:debo|debería|tengo que|necesito|podría|voy a|primero|redacto|escribo|respondo|contesto|pienso|veamos|a "
    r"ver|vamos a|"
    r"empiezo)\b|"
    r"\b(?:devo|dovrei|potrei|preciso|deveria|tenho que|poderia|vou|rispondo|scrivo|vediamo|respondo|escrevo)\b|"
    r"\b(?:я|мне|отвечу|напишу|пишу|подумаю|нужно|надо|следует|начну|сделаю|давайте|давай)\b|"
    r"\b(?:ik|moet|laat me|muszę|powinienem|napiszę|yazmalıyım|cevap vereceğim|jag|jeg|minun|halte|schreibe|beginne|"
    r"garde|réponds|mantendré|responderé|empiezo|scriverò|буду|vou|musím|kell|trebuie|saya|tôi)\b|"
    r"(?:سأ|يجب|ينبغي|علي|عليّ|أحتاج|أفكر|أكتب|أجيب|أبدأ|دعني)|(?:मैं|मुझे|चाहिए|होगा|सोचता|लिखता|दूँगा|दूंगा|करूँ|"
    r"लिखूँ)|"
    r"(?:πρέπει|θα |ας |χρειάζεται)",
    re.IGNORECASE | re.MULTILINE,
)
TEXT = re.compile(
    r"回答|答案|回复|回覆|语气|語氣|简洁|简短|字数|风格|故事|诗|信|长度|篇幅|中文|表达|口吻|扮演|写作|措辞|"
    r"答え|回答|返答|口調|文字数|長さ|簡潔|短く|物語|詩|手紙|日本語|書き方|トーン|役|キャラ|文体|대답|답변|답|말투|"
    r"어조|글자|길이|간결|짧게|이야기|시를|편지|한국어|문체|역할|"
    r"\b(?:antwort\w*|ton|tonfall|rolle|wörter\w*|länge|knapp|kurz\w*|geschichte|gedicht|brief|stil|formulier\w*|"
    r"deutsch|schreib\w*|"
    r"freundlich|abschweif\w*|charakter|figur|persona|höflich|absätze)\b|"
    r"\b(?:réponse|réponds|répondre|ton|longueur|bref|brève|courte?|histoire|poème|lettre|style|français|formuler|"
    r"écri\w+|mots|"
    r"personnage|rôle|phrases?|rédiger|rédige|registre)\b|"
    r"\b(?:respuesta|responder|contestar|tono|extensión|longitud|breve|corta|cuento|historia|poema|carta|estilo|"
    r"español|palabras|"
    r"personaje|papel|redact\w+|escrib\w+|amable|párrafos)\b|"
    r"\b(?:risposta|rispondere|tono|lunghezza|breve|storia|poesia|lettera|stile|italiano|parole|scrivere|personaggio|"
    r"resposta|"
    r"tom|extensão|conto|história|poema|carta|estilo|português|palavras|escrever|personagem)\b|"
    r"\b(?:ответ\w*|тон\w*|длин\w+|объ[её]м\w*|кратк\w+|коротк\w+|рассказ\w*|стих\w*|письм\w+|стил\w+|по-русски|"
    r"слов\w*|писать|"
    r"роли|роль|образ\w*|персонаж\w*|сформулировать|напис\w+)\b|"
    r"\b(?:vänligt|svara|uprzejmie|krótko|odpowiedzieć|sıcak|kısa|yanıt\w*|antwoord\w*|toon|verhaal|odpowied\w+|ton|"
    r"cevap|hikaye|svar\w*|vastaus|odpověď|válasz|jawaban)\b|"
    r"جواب|الإجابة|إجابة|رد |النبرة|أسلوب|قصة|قصير|مختصر|بالعربية|كلمة|الشخصية|صياغة|जवाब|उत्तर|लहज|शैली|कहानी|कविता|"
    r"छोटा|संक्षेप|हिंदी|शब्द|किरदार|लिख|"
    r"απάντηση|τόνο|ιστορία|ποίημα|λέξεις|ύφος",
    re.IGNORECASE,
)
OPENER = re.compile(
    r"\W*(?:okay|ok|gut|also|hm+|zuerst|nun|na gut|alles klar|vale|bueno|bien|a ver|entonces|d['’]accord|alors|"
    r"voyons|donc|tout d['’]abord|"
    r"d['’]abord|хорошо|итак|так|ладно|сначала|allora|va bene|então|certo|oké|dobrze|tamam|さて|よし|まず|では|"
    r"うーん|ふむ|자|좋아|음|"
    r"우선|"
    r"好的?|嗯|首先|那么|那麼|حسنا|حسنًا|أولا|तो|ठीक है|अच्छा|पहले|λοιπόν|εντάξει)[,，、 .。!…:]|好的|首先|嗯",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"(?:如果|若|当用|當用|要是)|場合|とき|たら|すれば|경우|(?:으)?면 |\b(?:wenn|falls|sobald|möchte der|will der|si|"
    r"lorsque|quand|cuando|"
    r"se|quando|"
    r"если|когда|als|wanneer|jeśli|gdy|eğer|om|hvis|jos|pokud|ha|dacă|jika|nếu)\b|\bs['’]|(?:إذا|عندما|لو)|(?:यदि|"
    r"अगर|जब)|(?:αν|όταν) ",
    re.IGNORECASE,
)
DEVICE = re.compile(
    r"Passwort|Kennwort|contraseña|mot de passe|bouton|botón|Schaltfläche|Konto|cuenta|compte|Anwendung|aplicación|"
    r"Gerät|Akku|Knopf|Taste|"
    r"appareil|touche|dispositiv|aparato|pulsa|intentos|парол|кнопк|прибор|устройств|приложени|аккаунт|密码|按钮|"
    r"登录|点击|"
    r"设备|按住|打印|"
    r"パスワード|ボタン|ログイン|電源|機器|비밀번호|버튼|기기|로그인|كلمة المرور|الزر|الجهاز|पासवर्ड|बटन|उपकरण|"
    r"Papier|papel|feuille|Toner|bibliot|"
    r"clique|clic\b|выбирает|нажима|вводит|файл|открыть|dosya|düğme|\bbasar\b|\bseçer\b|menüy?|menú|ekran|fichier|"
    r"archivo|ficheiro|Menü|Datei|réglages|ajustes|courriel|设置|文件|登录|修改|설정|파일|ファイル|押し|画面|قائمة|الملف|يضغط|"
    r"फ़ाइल|दबात|मेनू|"
    r"Website|App\b|Software|logiciel|Drucker|imprimante|impresora|принтер|Verfassung|Präsident|Congreso",
    re.IGNORECASE,
)
HINTS = tuple(
    re.split(
        r"\|",
        "用户|用戶|使用者|提问者|ユーザ|利用者|質問者|사용자|유저|질문자|nutzer|anwender|fragesteller|utilisat|"
        "usuari|usuári|utente|gebruiker|użytkow|kullanıcı|пользоват|юзер|користув|använd|brugere|brukere|käyttäjä|"
        "uživatel|felhasz|utiliz|pengguna|người dùng|مستخدم|کاربر|המשתמש|उपयोगकर्ता|यूज़र|χρήστη|ผู้ใช้|ব্যবহার|"
        "提示|人设|角色设定|指令|システム|プロンプト|指示|ペルソナ|キャラ設定|시스템|프롬프트|지시|페르소나|"
        "system-prompt|systemprompt|systemanw|systemnach|systemvor|anweisung|vorgabe|instruktion|richtlinie|"
        "aufgabenstellung|consigne|du système|instrucciones|consigna|del sistema|petición|indicaciones|directrices|"
        "istruzioni|consegna|direttive|instruções|diretrizes|системн|промпт|инструкци|запрос|указани|instructies|"
        "opdracht|polecenie|instrukcj|talimat|تعليمات|توجيهات|البرومبت|निर्देश|प्रॉम्प्ट|सिस्टम|οδηγίες|προτροπή|"
        "הנחיות|ich sollte|ich muss|ich soll|ich antworte|überlege ich|je dois|je devrais|je vais répondre|debo|"
        "debería|voy a responder|devo|dovrei|мне нужно|я должен|отвечу|我需要|我应该|我得|让我|べき|必要がある|"
        "야 한|야겠|يجب|سأ|मुझे|मैं|πρέπει|le prompt|on me demande|me piden|mi chied|me pedem|von mir|die person|"
        "la personne|la persona|от меня|меня прос|对方|这个请求|这个问题|这个要求|请求|求められ|この質問|この依頼|"
        "질문|요청|anfrage|la demande|la richiesta|pedido|pergunta|de vraag|rolle|personnage|personaje|personaggio|"
        "personagem|роли|образ|in mijn rol|キャラ|設定|캐릭터|설정|voy a|je vais|ich halte|ich werde|буду|"
        "vou escrever|ik moet|powinienem|yazmalı|ska svara|mantendré|scriverò|schreibe ich|je réponds|je garde|"
        "der user|den user|me pregunt|İstek|İstem|la question|gefragt|beste antwort|im prompt|die frage"
        "|utilizador|вопрос|soru|istek|istem|السؤال|الطلب|"
        "सवाल|अनुरोध|प्रॉम्प्ट|题目|質問|依頼|tengo que|je répond|нужен|отвеч|"
        "respondo|überlegung|el prompt|der prompt|il prompt|o prompt|de prompt",
    )
)
"""In lower case: one of them is in every sentence that counts."""
LATIN_HINTS = tuple(hint for hint in HINTS if max(hint) < "\u0370")
NATIVE = re.compile("[\u0370-\u1fff\u3040-\uffef]")
"""Letters of other scripts."""
SMALL = _text.word_set(
    "der die das den dem und ich ist le les la el los que de del het een il di os um uma je une des och att jag bir "
    "się nie jest chce jak istiyor bu ve da em vou num mi yo en por para con pas pour est avec nicht ist "
    "auf von zu im ein eine av till det "
    "som van voor niet un una l na o lo gli per con een ik en på og"
)
"""Words of which one is in any sentence of these languages in Latin letters."""


def weigh(piece: str, place: int, side: Beside) -> float:
    """What a sentence adds, by the classes of its words."""
    users, talks = side.users, side.talks
    user, task = USER.search(piece) is not None, TASK.search(piece) is not None
    own, text = SELF.search(piece) is not None, TEXT.search(piece) is not None
    role, meant, asked = (found.search(piece) is not None for found in (ROLE, MEANT, ASKED))
    if not user:
        talks *= max(side.plans, 0.5)  # one who thinks, where thinking was asked for
    if not user and not task:
        weight = 0.4 if own and text else 0.0
        if weight and len(TEXT.findall(piece)) > 1:
            weight += 0.15
        weight += (0.4 if role else 0.0) + (0.45 if meant else 0.0) + (0.4 if asked else 0.0)
        if weight and place <= 250:
            weight += 0.15
        if weight and YOU.search(piece):
            weight -= 0.5
        if DEVICE.search(piece):
            weight -= 0.6
        return max(0.0, weight + (0.1 if weight and OPENER.match(piece) else 0.0)) * talks
    wants = WANTS.search(piece) is not None
    weight = (0.3 if role else 0.0) + (0.2 if meant or asked else 0.0)
    if user and wants and place == 0:
        weight += 0.1
    if user:
        weight += 0.5 + (0.35 if wants else 0.0) + (0.2 if own else 0.0) + (0.15 if text else 0.0)
        if CONDITION.search(piece):
            weight -= 0.5
        weight *= users
    if task:
        weight += (0.4 + (0.25 if own else 0.0) + (0.3 if text else 0.0) + (0.1 if wants else 0.0)) * talks
    if OPENER.match(piece):
        weight += 0.2
    if place <= 250:
        weight += (0.2 if place == 0 else 0.1) * min(users, talks)
    if DEVICE.search(piece):
        weight -= 0.6
    return max(0.0, weight)


def hints(low: str, words: frozenset[str]) -> list[str]:
    """The hints that a text has; ``words``: its words."""
    if not low.isascii() and NATIVE.search(low):
        signs = set(low)
        return [hint for hint in HINTS if hint[0] in signs and hint in low]
    return [] if words.isdisjoint(SMALL) else [hint for hint in LATIN_HINTS if hint in low]
