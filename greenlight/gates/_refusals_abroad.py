"""How texts refuse in other languages than English, by patterns."""

from __future__ import annotations

import re

ABROAD = (
    # German, Dutch, Swedish
    r"\b(?:kann|können|darf|möchte|werde|will|würde)\b[^.!?]{0,60}\b(?:nicht|nichts|"
    r"keine?[nms]?)\b[^.!?]{0,50}\b(?:weiter)?(?:helfen|schreiben|"
    r"sagen|beantworten|erfüllen|äußern|machen|erstellen|unterstützen|tun|erzählen|nachkommen|liefern|"
    r"verfassen|eingehen|"
    r"dienen|sprechen|geben|bearbeiten|bieten|behandeln|erklären|fortfahren)\b",
    r"\b(?:muss|möchte)\b[^.!?]{0,50}\b(?:ablehnen|verweigern|passen)\b|\bich (?:lehne|weigere|verweigere)\b|"
    r"nicht in der lage\b|"
    r"\b(?:das|so etwas|dies) (?:mache|schreibe|tue|werde) ich (?:leider )?nicht|\b(?:als|"
    r"bin) (?:eine? )?(?:ki|sprachmodell)\b[^.!?]{0,80}\b(?:nicht|keine?)\b|"
    r"\bverstößt gegen\b|\b(?:das|dies) ist (?:mir )?(?:leider )?nicht (?:möglich|erlaubt|gestattet)",
    r"\bik (?:kan|mag|wil|ga)\b[^.!?]{0,40}\bniet\b[^.!?]{0,20}(?:helpen|schrijven|beantwoorden|doen|voldoen)|"
    r"\bkan ik (?:\w+ ){0,3}niet|moet (?:ik )?[^.!?]{0,30}weigeren|"
    r"\bjag kan (?:tyvärr )?inte (?:hjälpa|skriva|svara|göra)",
    # French
    r"\b(?:je|nous) (?:ne |n')(?:\w+ )?(?:peux|puis|pouvons|suis|saurais|vais|veux|souhaite|"
    r"pourrai)\b[^.!?]{0,50}(?:aider|écrire|répondre|rédiger|"
    r"fournir|aborder|satisfaire|faire|parler|continuer|traiter|créer|donner|accéder|produire|générer|"
    r"discuter|en mesure|autorisée?)",
    r"\bpréf(?:ère|érerais|érais) (?:ne )?pas\b|\bcrains de ne pas\b|"
    r"\bje (?:refuse|décline)\b|\bdois (?:malheureusement |"
    r"donc )?(?:refuser|décliner)\b|\bimpossible (?:pour moi|de (?:répondre|vous|t'aider))|"
    r"\b(?:en tant qu|je suis une? )[^.!?]{0,100}\b(?:ne|n')\b[^.!?]{0,20}\bpas\b|\bcontraire à mes\b|"
    r"\bm'est impossible\b",
    # Spanish, Italian, Portuguese
    r"\bno (?:puedo|podré|podemos|me es posible|voy a|quiero|deseo|debo|soy capaz|estoy (?:autorizad|"
    r"programad|dispuest|en condiciones)\w*)\b[^.!?]{0,40}(?:ayudar|escribir|"
    r"cumplir|hablar|responder|crear|generar|proporcionar|contestar|hacer|tratar|continuar|dar|atender|"
    r"redactar|ofrecer|asistir|complacer)",
    r"\bprefer(?:iría|iero) no\b|\bprefiero no\b|\bdebo (?:rechazar|negarme|declinar)|\bme (?:niego|temo que no)\b|"
    r"\btengo que (?:rechazar|negarme|declinar)|\bno (?:me )?es posible\b|"
    r"\bcomo (?:una? )?(?:modelo|ia|inteligencia|asistente)\b[^.!?]{0,80}\bno\b|"
    r"\bva (?:en )?contra (?:de )?(?:mis|las)\b",
    r"\bnon (?:posso|potrò|possiamo|sono (?:in grado|autorizzat\w|programmat\w|dispost\w)|riesco|voglio|"
    r"intendo|mi sento)\b[^.!?]{0,40}(?:aiutar|scriver|risponder|parlar|fornir|crear|"
    r"soddisfar|far|proceder|generar|trattar|continuar|assister|discuter)|\bprefer(?:isco|irei) (?:non|di no)\b|"
    r"\bdevo (?:purtroppo )?(?:rifiutar|declinar)|\bmi rifiuto\b|"
    r"\bcome (?:modello|ia|intelligenza|assistente)\b[^.!?]{0,80}\bnon\b|\bnon (?:mi )?è possibile\b",
    r"\bnão (?:posso|consigo|poderei|podemos|vou|sou capaz|quero|devo|me sinto|estou (?:autorizad|"
    r"programad)\w*)\b[^.!?]{0,40}(?:ajud|escrev|atend|falar|respond|cria|fornec|"
    r"cumpr|fazer|continu|produz|gerar|auxili|discut|tratar)|\bprefiro não\b|\b(?:preciso|devo|tenho de|"
    r"tenho que) (?:recusar|negar|declinar)|\brecuso\b|"
    r"\bcomo (?:uma? )?(?:modelo|ia|inteligência|assistente)\b[^.!?]{0,80}\bnão\b|\bnão (?:me )?é possível\b",
    # Russian, Polish, Greek, Turkish, Indonesian
    r"\bне (?:могу|буду|смогу|вправе|в состоянии|имею (?:возможности|права)|хочу|готов\w*|способ\w+|умею|"
    r"стану|должен|должна)\b[^.!?]{0,50}(?:помо|напис|пис|выполн|ответ|"
    r"отвеч|обсужд|говор|предостав|созда|продолж|сдела|делать|рассказ|удовлетвор|поддерж)|\bотказ(?:ываюсь|"
    r"аться)\b|\bязыковая модель\b[^.!?]{0,80}\bне\b|"
    r"\bпредпо(?:читаю|чла? бы|чёл бы) не\b|\bкак (?:ии|искусственный интеллект)\b[^.!?]{0,80}\bне\b|"
    r"\bпротиворечит (?:моим|правилам)",
    r"\bnie (?:mogę|będę|jestem w stanie)\b[^.!?]{0,30}(?:pomóc|napisać|tego|spełnić|odpowiedzieć|zrobić|"
    r"pisać)|\bmuszę odmówić|\bodmawiam\b|"
    r"\bδεν μπορώ να (?:\w+ ){0,2}(?:βοηθήσ|γράψ|απαντήσ|κάν|εξυπηρετήσ)|\bαρνούμαι\b|yardımcı olamam|"
    r"\b(?:yazamam|yapamam|cevaplayamam)\b|yerine getiremem|"
    r"\bsaya tidak (?:bisa|dapat|mampu) (?:membantu|menulis|menjawab|memenuhi)",
    # Chinese, Japanese, Korean
    r"(?:无法|無法|不能|不可以|没办法|沒辦法|没有办法|沒有辦法|无权|不会|不會|不便|不方便|不予|不适合|不想|"
    r"无力|不得|恕不|恕难|難以|难以)[^。！？]{0,14}(?:帮|幫|助|写|寫|回答|提供|满足|滿足|完成|"
    r"讨论|討論|生成|创作|創作|处理|處理|回应|回應|继续|繼續|说|說|做|谈|談|撰|执行|執行|从命|效劳|編寫|编写|"
    r"描述)|作为[^。！？]{0,16}(?:不能|无法|不会|没有)|作為[^。！？]{0,16}(?:不能|無法)|"
    r"(?:拒绝|拒絕)(?:这|這|回答|您|你|该|您的|你的|此|写)|违反[^。！？]{0,12}(?:规定|准则|政策|原则)|"
    r"爱莫能助|无可奉告",
    r"(?:できません|出来ません|できかねます|できないのです|できないん|書けません|答えられません|"
    r"応じられません|応えられません|いたしかねます|致しかねます|しかねます|お断り|ご遠慮|"
    r"控えさせて|差し控え|話せません|言えません|無理です|対応していません|お役に立てません|力になれません|"
    r"書きません|お力になれ)",
    r"(?:도와드릴|도와줄|도울|작성할|쓸|답변할|답할|제공할|응할|할|써 드릴|들어드릴|말씀드릴|"
    r"수행할) 수(?:가)? 없|거절|응하기 어렵|도와드리기 어렵|작성하지 않|쓰지 않겠",
    # Arabic, Hindi, Hebrew, Persian
    r"(?:لا (?:أستطيع|استطيع|يمكنني|أقدر|يسعني|أود|أرغب|يسمح لي)|لن (?:أتمكن|أستطيع|أكتب|أقوم|يمكنني|أجيب)|"
    r"(?:غير|لست) قادر|يتعذر علي|عاجز|ليس بإمكاني|ليس بمقدوري)[^.؟!]{0,40}"
    r"(?:ساعد|كتاب|كتب|إجاب|جيب|تلبية|تقديم|قيام|تنفيذ|إنشاء|تحدث|إكمال|فعل|ذلك|هذا|خوض|مناقش|حكي|روي|قص|شرح|مشارك)|"
    r"أعتذر عن|أرفض|"
    r"نموذج لغوي[^.؟!]{0,60}(?:لا|غير)",
    r"(?:मदद|लिख|उत्तर|जवाब|पूरा|बता|सहायता|प्रदान|चर्चा|यह|ऐसा|काम)[^।?!]{0,30}नहीं[^।?!]{0,12}(?:सकत|पाऊ|पाएँ|"
    r"करूँग|करूंग|लिखूँग|लिखूंग|चाहत|दूँग)|असमर्थ|अस्वीकार कर|मना करन|नहीं (?:लिख|कर|बता|दे) (?:सकत|पाऊ)|"
    r"अनुमति नहीं",
    r"(?:לא (?:יכול|יכולה|אוכל)|אינני יכול)[^.?!]{0,30}(?:לעזור|לכתוב|לענות|לסייע)|"
    r"نمی ?توانم[^.؟!]{0,30}(?:کمک|بنویس|پاسخ)",
    r"\bübersteigt mein\w+|\büberfragt\b|\baußerstande\b|\b(?:möchte|würde)\b[^.!?]{0,30}\blieber nicht\b|"
    r"\bnicht (?:befugt|erlaubt|gestattet|berechtigt|vorgesehen|möglich)\b|^\W*leider (?:nein|nicht|kann)|"
    r"\bmuss ich (?:leider )?passen\b|\b(?:gegen|außerhalb) mei\w+|"
    r"\bdépasse mes|\bpas (?:quelque chose|une chose) que je|\bhors de m(?:es|a|on)\b|\bcontraire à (?:mes|la|"
    r"nos)|\b(?:fuera de|contra|en contra de) (?:mis?|las?) (?:posib|capac|directr|norm|polít|alcance|princip|"
    r"regl)\w*|"
    r"\bno (?:me )?está permitid|\bfuori dalle mie|\bcontro le mie|\bnon (?:mi )?è (?:consentit|permess)|"
    r"\bcontra (?:as )?minhas|\bfora d(?:as|o) m(?:inhas|eu)|\bnão (?:me )?é permitid",
    r"это невозможно|\bтема\b.{0,30}(?:закрыт|запре)|\bпротив (?:моих )?правил|\bмне (?:нельзя|запрещено|"
    r"не разреш)|\bне (?:могу|буду) (?:этого|это|вам|тебе)\b|超出了?我|违反|違反|不在我的|我不能(?:这|那)|"
    r"沿えません|沿えず|応えでき|添えません|対象外|مخالف|خارج (?:نطاق|قدر)|لا يسمح لي|ليس من (?:صلاحيات|اختصاص)|"
    r"के विरुद्ध|"
    r"के खिलाफ|दायरे से बाहर|बात नहीं कर सक",
)
STRONG_ABROAD = re.compile("|".join(ABROAD), re.IGNORECASE)
HINTS_ABROAD = (
    "nicht", "leider", "lehne ", "weiger", "keine", "niet ", "inte ", "je ne", "je n'",
    "je refuse", "je pr", "je suis", "je regr", "en tant", "non ", "no puedo", "no es", "no me",
    "no voy", "no est", "no qui", "no pod", "no deb", "prefi", "prefer", "debo ", "devo ",
    "niego", "temo", "rifiut", "recus", "nie ", "odmaw", "tidak", "lamam", "pamam",
    "zamam", "hors de", "fuera", "contra", "fuori", "fora ", "passen", "gegen", "getiremem",
    "übersteigt", "überfragt", "crains", "impossib", "en voi", "ei voi", "jag ", "jeg ", "niente",
    "como ", "come ", "tengo que", "pas ",
)  # fmt: skip
"""The same for other languages in Latin letters without accents."""
