"""Sizes asked for in further languages of words set apart: Slavic, Nordic with Finnish and Hungarian, and others."""

from __future__ import annotations

from greenlight.gates._sizes_scripts import Script, script

TONGUES: tuple[Script, ...] = (
    script(
        r"\b(?:napi[sš]\w*|opowiedz|stre[sś]\w+|podaj\w*|wymie[nń]\w*|odpow\w+|odpov\w+|wyja[sś]nij|opisz|stwórz|"
        r"u[lł]óż|zaproponuj|daj|dej|chc\w+|potrzebuj\w+|potřebuj\w+|poprosz\w+|proszę|prosím|tekst|esej|"
        r"vysvětli\w*|popiš\w*|"
        r"uveď\w*|vyjmenuj\w*|shrň\w*|vymysli\w*|navrhni\w*|vytvoř\w*|temat|jednym|jednou|jedním|напиши\w*|"
        r"опиши\w*|поясни\w*|"
        r"назв\w+|дай\w*|відпові\w+|склади\w*|запропонуй\w*|наведи\w*|назови\w*|перечисли\w*|приведи\w*|"
        r"предложи\w*|придумай\w*)\b",
        {"jednym": 1, "jedno": 1, "jednej": 1, "jednou": 1, "jednom": 1, "одне": 1, "одним": 1, "dwa": 2, "dwóch": 2,
         "dwie": 2, "dvě": 2, "dvou": 2, "два": 2, "дві": 2, "двох": 2, "trzy": 3, "trzech": 3, "tři": 3, "třech": 3,
         "три": 3, "трьох": 3, "cztery": 4, "čtyři": 4, "четыре": 4, "чотири": 4, "pięć": 5, "pięciu": 5, "pět": 5,
         "пять": 5, "п'ять": 5, "sześć": 6, "šest": 6, "шість": 6, "siedem": 7, "sedm": 7, "семь": 7, "сім": 7,
         "osiem": 8, "osm": 8, "вісім": 8, "dziesięć": 10, "deset": 10, "десять": 10, "sto": 100, "сто": 100},
        {"words": r"(?:słów|słowa(?:mi|ch)?|wyraz(?:ów|ach|y)|slov(?:a|y|ech|ách)?|слів|слова(?:ми|х)?)",
         "sentences": r"(?:zda(?:ń|ni\w{1,4})|vět(?:y|ách|ou|a|u|ami)?|viet|vety|vetách|речен(?:ь|ня|нях|ням))",
         "paragraphs": r"(?:akapit\w{0,3}|odstav\w{1,4}|odsek\w{0,3})", "lines": r"(?:wers\w{0,3}|lini\w{1,4}|"
         r"řád\w{1,4}|рядк\w{1,2})",
         "chars": r"(?:znak(?:ów|ach|ů|y|ov)|знак(?:ів|и))", "stanzas": r"(?:strof\w{0,3}|zwrot(?:ek|ki|kach)|"
         r"slok\w{1,2})",
         "items": r"(?:punkt(?:ów|y)|przykład(?:ów|y)|powod(?:ów|y)|porady?|rady?|wskazów(?:ek|ki)|pomysł(?:ów|"
         r"y)|pyta(?:ń|nia)|"
         r"krok(?:ów|i|ů|y)|tytuł(?:ów|y)|zalety?|sposob(?:ów|y)|fakt(?:ów|y|ů)|bod(?:ů|y)|příklad(?:ů|y)|"
         r"důvod(?:ů|y)|tip(?:ů|y)|"
         r"nápad(?:ů|y)|otáz(?:ek|ky)|причини?|порад|іде[йї]|приклад(?:ів|и)|способ(?:ів|и|ов|а)|питан(?:ь|ня)|"
         r"причины|иде[йи]|"
         r"факт(?:ов|а)|вариант(?:ов|а)|названи[йя])"},
        "do|až|lub|nebo|или|або|до|-|–", end=r"(?!\w)",
        most=r"maks|najwyżej|nie więcej|nejvýše|nejvíce?|max|не більше|\bdo\s*…|poniżej", about=r"około|\bok\.|"
        r"asi|přibližně|"
        r"zhruba|cca|приблизно|близько", least=r"co najmniej|minim|przynajmniej|min\.|alespoň|nejméně|щонайменше|"
        r"не менше",
        other=r"(?:\b(?:t[eoy]|tym|tych|těch|ta|każd\w+|každ\w+|кожн\w+|po|jeśli|gdy|pokud|якщо|pierwsz\w+|"
        r"ostatn\w+|prvn\w+|"
        r"posledn\w+)\b[^.,\n]{0,12}|\b(?:moj\w+|mój|moim|m[ůé]j|můj|má|мій|моя|моє|mam|mám|napisał\w+|pisał\w+|"
        r"przeczytał\w+|napsal\w*|написа[вл]\w*)\b[^.\n]{0,24})$",
        each=r"\s*(?:dziennie|denně|na (?:dzień|stronę|minutę)|każd|každ|кожн|щодня)",
    ),
    script(
        r"\b(?:skriv\w*|ge|gi|giv|nämn|nevn|nævn|lista|förklara|forklar|beskriv|berätta|fortell|fortæl|svara?|"
        r"sammanfatta|"
        r"opp?summer|före?slå|foreslå|lag|lav|vill?|trenger|behöver|kirjoita|kerro|anna|luettele|selitä|kuvaile|"
        r"vastaa|tiivistä|"
        r"ehdota|mainitse|keksi|haluan|írj\w*|mondj\w*|adj\w*|sorolj\w*|magyarázd\w*|foglald\w*|válaszolj\w*|"
        r"javasolj\w*|kérek)\b",
        {"en": 1, "ett": 1, "én": 1, "två": 2, "to": 2, "tre": 3, "fyra": 4, "fire": 4, "fem": 5, "sex": 6, "seks": 6,
         "sju": 7, "syv": 7, "åtta": 8, "åtte": 8, "otte": 8, "nio": 9, "tio": 10, "ti": 10, "hundra": 100,
         "hundre": 100,
         "yhden": 1, "yhdellä": 1, "kaksi": 2, "kahden": 2, "kolme": 3, "kolmen": 3, "neljä": 4, "viisi": 5,
         "kuusi": 6,
         "seitsemän": 7, "kahdeksan": 8, "kymmenen": 10, "sata": 100, "egy": 1, "egyetlen": 1, "két": 2, "három": 3,
         "négy": 4, "öt": 5, "hat": 6, "hét": 7, "nyolc": 8, "tíz": 10, "száz": 100},
        {"words": r"(?:ord|sana(?:a|n|lla|ssa|inen)|szó(?:ban|s|ból|val)?|szav(?:as|ban|al))",
         "sentences": r"(?:mening(?:ar|er)?|sætning(?:er)?|setning(?:er)?|virk\w{3,8}|lause(?:tta|en|ella|essa)|"
         r"mondat\w{0,4})",
         "paragraphs": r"(?:stycken?|afsnit|avsnitt?|kappale(?:tta|en|een|essa)|bekezdés\w{0,4})",
         "lines": r"(?:rader|linjer|rivi(?:ä|n|in|llä)|soros|sorban|sort)", "chars": r"(?:tecken|tegn|"
         r"merkk?i\w{1,2}|karakter\w{0,3})",
         "stanzas": r"(?:strofer?|säkeistö\w|versszak\w{0,3})",
         "items": r"(?:punkter|tips|exempel|eksempler|skäl|grunde|grunner|idéer|ideer|förslag|forslag|frågor|"
         r"spørgsmål|spørsmål|"
         r"steg|trin|råd|sätt|måder|måter|saker|ting|fakta|vinkkiä|syytä|esimerkkiä|ideaa|kysymystä|asiaa|keinoa|"
         r"tapaa|neuvoa|"
         r"tippet|ötletet|példát|okot|érvet|tanácsot|kérdést|lépést)"},
        "till|til|tai|vagy|eller|och|og|-|–", end=r"(?!\w)",
        most=r"högst|höjst|højst|maks|max|under|ikke mere?|inte mer|enintään|korkeintaan|alle|legfeljebb|nem több",
        least=r"minst|mindst|vähintään|legalább|minim|over|över", about=r"ungefär|cirka|\bca\b|omkring|omtrent|"
        r"noin|körülbelül|\bkb\b",
        other=r"(?:\b(?:mina?|mitt?|de|dessa|disse|den|det|hver|hvert|varje|om|hvis|första|første|sista|siste|"
        r"joka|minden|ez|az|ha|"
        r"jos)\b[^.,\n]{0,8}|\b(?:mitt?|min|minun|az én|har|hade|hadde|havde|skrev|írtam|kirjoitin)\b[^.,\n]{0,24})$",
        each=r"\s*(?:per|om dagen|i veckan|varje|hver|var|päivässä|naponta|som (?:är|er|var))",
    ),
    script(
        r"\b(?:scrie\w*|dă\b|spune|explic\w+|descrie|răspunde|rezum|enumeră|vreau|tuli\w+|buat|beri|sebut|"
        r"jelaskan|ceritakan|jawab|ringkas|tolong|viết|kể|cho tôi|hãy|liệt kê|giải thích|trả lời|tóm tắt|"
        r"mô tả|nêu|đưa ra|gợi ý)|"
        r"(?=[\u0370-\u03ff\u0590-\u06ff])(?:γράψ|δώσ|πες|απάντησ|εξήγησ|περίγραψ|ανάφερε|θέλω|φτιάξε|πρότεινε|"
        r"כתו?ב|תן|תני|ספר|הסבר|תאר|ענה|"
        r"סכם|רשום|הצע|אני רוצה|بنویس|بده|بگو|توضیح|شرح|خلاصه|نام ببر|پاسخ|جواب|معرفی|پیشنهاد)",
        {"μία": 1, "μια": 1, "δύο": 2, "τρεις": 3, "τρία": 3, "τέσσερις": 4, "πέντε": 5, "έξι": 6, "επτά": 7,
        "οκτώ": 8,
         "δέκα": 10, "εκατό": 100, "o": 1, "două": 2, "trei": 3, "patru": 4, "cinci": 5, "șase": 6, "șapte": 7,
         "opt": 8,
         "zece": 10, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
         "sepuluh": 10, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "mười": 10,
         "שתי": 2, "שני": 2, "שלוש": 3, "שלושה": 3, "ארבע": 4, "חמש": 5, "חמישה": 5, "עשר": 10, "עשרה": 10, "מאה": 100,
         "یک": 1, "دو": 2, "سه": 3, "چهار": 4, "پنج": 5, "شش": 6, "هفت": 7, "هشت": 8, "ده": 10, "صد": 100,
         "دویست": 200},
        {"words": r"(?:λέξ(?:εις|εων|η)|(?:de )?cuvinte|kata|từ|chữ|מילים|(?:کلمه|واژه)(?:[\u200c ]?ای)?)",
         "sentences": r"(?:προτ[αά]σ(?:εις|εων)|πρόταση|(?:de )?(?:propoziți(?:i|e)|fraz[eă])|kalimat|"
         r"câu(?! (?:hỏi|chuyện|đố|nói))|משפטים|משפט|جمله(?:[\u200c ]?ای)?)",
         "paragraphs": r"(?:παρ[αά]γρ[αά]φ(?:ους|ων|ο|οι)|(?:de )?paragrafe?|đoạn(?: văn)?|פסקאות|פסקה|"
         r"(?:پاراگراف|بند)ی?)",
         "lines": r"(?:γραμμές|στίχ(?:ους|ων|οι)|(?:de )?(?:rânduri|versuri)|baris|dòng|שורות|(?:خط|سطر|مصراع)ی?)",
         "chars": r"(?:χαρακτήρ(?:ες|ων)|(?:de )?caractere|karakter|[ký]+ tự|תווים)", "stanzas": r"(?:στροφές|"
         r"strofe|bait|khổ(?: thơ)?|בתים)",
         "items": r"(?:λόγους|παραδείγματα|συμβουλές|ιδέες|ερωτήσεις|βήματα|τρόπους|(?:de )?(?:motive|idei|"
         r"sfaturi|exemple|întrebări|pași|"
         r"puncte)|alasan|contoh|tips|ide|pertanyaan|langkah|poin|cara|saran|lý do|ví dụ|mẹo|ý tưởng|câu hỏi|"
         r"bước|điểm|cách|"
         r"סיבות|דוגמאות|טיפים|רעיונות|שאלות|צעדים|עצות|נקודות|דרכים|دلیل|مثال|نکته|ایده|سوال|راه|توصیه|مورد)"},
        "έως|με|până la|la|sampai|hingga|đến|עד|تا|یا|או|sau|atau|hoặc|ή|-|–", end=r"(?!\w)",
        most=r"το πολύ|μέχρι|έως|κάτω από|cel mult|maxim|sub|paling banyak|maksimal|tidak lebih|kurang dari|"
        r"tối đa|không quá|dưới|לא יותר|לכל היותר|עד|פחות|حداکثر|کمتر از",
        least=r"τουλάχιστον|πάνω από|cel puțin|peste|minim|setidaknya|paling sedikit|ít nhất|tối thiểu|trên|"
        r"לפחות|حداقل",
        about=r"περίπου|γύρω στις|aproximativ|circa|cam|sekitar|kira-kira|khoảng|בערך|כ-|حدود|تقریبا",
        other=r"(?:(?:^|[\s\W])(?:μου|αυτ\w+|κάθε|πρώτ\w+|τελευταί\w+|οι|meu|mea|mele|aceste?a?|fiecare|prim\w+|"
        r"ultim\w+|ini|itu|saya|"
        r"setiap|mỗi|tôi|האלה|כל|שלי|این|آن|هر|αν|dacă|jika|kalau|nếu|אם|اگر)\b[^.,\n]{0,10}|(?:έγραψα|έχει|"
        r"am scris|are|כתבתי|نوشتم|menulis|tôi viết|tôi có)[^.,\n]{0,16})$",
        each=r"\s*(?:την ημέρα|κάθε|pe zi|fiecare|per|setiap|mỗi|ביום|לכל|בכל|در روز|برای هر|yang ada|ini|itu|"
        r"này|đó|μου|האלה|شما)",
    ),
)  # fmt: skip
