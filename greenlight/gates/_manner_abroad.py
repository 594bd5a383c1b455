"""How an answer in another language sounds: whether it denies, refuses, begs pardon, and speaks of the wish itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from greenlight.gates import _text


class Lexicon:
    """Words, two words as ``one_two``, beginnings of words as ``one*``, and pieces of scripts without spaces."""

    def __init__(self, spaced: str, dense: str) -> None:
        words = spaced.split()
        self.whole = frozenset(word for word in words if not word.endswith("*"))
        self.firsts = frozenset(word.split("_")[0] for word in words if "_" in word)
        self.begins = tuple(word[:-1] for word in words if word.endswith("*"))
        self.dense = re.compile(dense)

    def places(self, words: list[str]) -> list[int]:
        """Where one of them stands."""
        return [
            n
            for n, word in enumerate(words)
            if word in self.whole
            or word.startswith(self.begins)
            or (word in self.firsts and "_".join(words[n : n + 2]) in self.whole)
        ]

    def count(self, words: list[str], dense: str) -> int:
        """How often one of them is met; ``dense``: the text, where it is not of ASCII alone."""
        return len(self.places(words)) + (len(self.dense.findall(dense)) if dense else 0)


def _words(spaced: str, dense: str = "(?!)") -> Lexicon:
    return Lexicon(spaced, dense)


DENIES = _words(
    "nicht nichts nein nie niemals kein* weder ohne nee niet niets geen nooit nej inte aldrig ingen* inget ikke aldri"
    " aldrig intet pas non jamais rien aucun* sans no nunca jamás nada ningun* ninguna tampoco sin mai niente nulla"
    " nessun* senza não nada nenhum* jamais sem nu_pot nu_voi nu_vreau nu_am nu_este nu_se nu_mi niciodată nimic fără"
    " не нет ни никогда ничего никак нельзя нету нея ні"
    " ніколи nie nigdy nic żaden żadn* ne není nikdy nic nem soha semmi* ei_ole ei_voi ei_onnistu en_voi en_aio"
    " en_halua en_pysty en_kirjoita en_vastaa en_auta koskaan mitään değil hayır asla hiç yok"
    " tidak bukan tak jangan không chẳng chưa đừng δεν όχι μην ποτέ τίποτα לא אין אל لا لن لم ليس لست غير كلا نه نمی*"
    " نخواهم هرگز नहीं मत न कभी না নেই இல்லை",
    r"不(?!过|過|同|错|錯|仅|僅|但|久|断|斷|管|论|論|如|少|止|只)|没(?!关|事)|沒|無法|无法|(?<![特分区差告个級级])别|勿|拒|免谈|ない|ません|ぬ(?=[。、]|$)|ねえ|んぞ|"
    r"ず(?:に)?[。、]|無理|だめ|いや|"
    r"않|못|없|안 |아니|싫|말아|ไม่|อย่า",
)
FIRM = _words(
    "oltre au-delà enttäusch* más_allá ablehn* lehne weigere verweiger* verweigert weigern verboten untersagt "
    "unmöglich gesperrt verstößt widerspricht aykırı rinunci* renunci* abstenir abstener* abstenho verzichte*"
    " verzichten"
    " enttäuschen weiger* weigert afwijz* verboden onmogelijk vägrar avböj* omöjligt förbjud* nekter avslå* afslå*"
    " umulig* nægter refuse refus* décline décliner m'abstenir abstiens interdit* impossible contraire hors navré*"
    " rechaz* niego negarme declin* imposible prohibid* rehús* abstengo rifiut* declino vietat* impossibile astengo"
    " astenermi recus* nego impossível proibid* abster* refuz* imposibil interzis отказ* отклон* невозможно запрещ*"
    " запрет* воздерж* откаж* odmaw* odmów* niemożliwe zabronion* odmít* nemožné zakázán* elutasít* lehetetlen tilos"
    " kieltäydy* mahdoton* kielletty* reddet* reddedi* yasak* imkânsız imkansız mümkün_değil menolak ditolak dilarang "
    "mustahil"
    " từ_chối αρνούμαι αδύνατο* απαγορ* מסרב* מסרבת אסור أرفض ارفض رفض مرفوض ممنوع مستحيل يتعذر عاجز أعتذر معذور"
    " معذرت امتناع अस्वीकार असमर्थ इनकार मना वर्जित অক্ষম அனுமதி",
    r"拒绝|拒絕|恕|婉拒|谢绝|禁止|违反|違反|不予|爱莫能助|无可奉告|奉陪|断り|お断|遠慮|控え|かねま|禁じ|거절|거부|금지|사양|곤란|어렵|어려워|ปฏิเสธ",
)
BEGS = _words(
    "leider leid entschuldig* verzeih* bedaure sorry helaas spijt spijtig tyvärr förlåt ledsen beklager dessverre"
    " undskyld désolé* navré* regrette* pardon excuse* hélas malheureusement siento lamento lamentablemente disculp*"
    " perdón perdona* lástima temo desgraciadamente dispiace spiace scusa* scusi purtroppo ahimè mannaggia desculp*"
    " sinto infelizmente lamento perdão увы простите прости извини* жаль сожалени* вибач* перепрош* przykro"
    " przepraszam niestety omlouvám bohužel promiňte lituji sajnál* sajnos bocsá* elnézést valitettavasti pahoittelen"
    " anteeksi üzgünüm maalesef özür maaf sayang xin_lỗi rất_tiếc tiếc λυπάμαι συγγνώμη δυστυχώς מצטער* סליחה צר عذرا"
    " عذرًا عذراً آسف آسفة أسف للأسف سامحني المعذرة متأسف* ببخشید متاسف* متأسف* क्षमा माफ़ माफ खेद अफ़सोस দুঃখিত"
    " îmi_pare",
    r"抱歉|对不起|對不起|遗憾|遺憾|很遗|不好意思|申し訳|すみません|すまん|ごめん|恐れ入|悪いけど|残念|죄송|미안|유감|안타깝|ขอโทษ|ขออภัย|เสียใจ",
)
ME = _words(
    "ich mir mich mein* wir uns ik mij mijn jag mig min jeg meg mig min je j' m' me moi mon ma mes nous yo mí mi mis"
    " conmigo io mi mio mia miei mie eu mim meu minha meus minhas eu mie я мне меня мной мой моя мои мы нам мені я ja"
    " mnie mi mój moje já mně mi můj én nekem minä minun minulta ben bana benim bende saya aku kami tôi mình εγώ μου"
    " με אני לי שלי أنا لي عندي مني بي من ما मैं मुझे मेरा मेरी मेरे मुझसे हम আমি আমার puedo quiero debo tengo soy "
    "estoy sé voy posso voglio devo sono consigo vou sou могу буду хочу смогу стану умею"
    " mogę będę chcę nemohu nemůžu nebudu tudok fogok voin aio δεν",
    r"我|咱|俺|本人|老夫|在下|私|僕|わたし|わし|こちら|当方|저는|제가|나는|내가|ฉัน|ผม",
)
ABOUT = _words(
    "erzähl* raconte* racont* cuent* contar contarte raccont* conto_te рассказ* расскаж* opowi* kerto* mesél*"
    " anlat* vertel*"
    " berätt* fortæll* fortell* أحكي احكي أروي सुना*"
    " anfrage* bitte wunsch thema frage* antwort* auskunft helfen behilflich schreib* schreibe beantwort* tun machen "
    "mache"
    " dienen dazu dabei dafür darüber damit verfügung weiterhelfen sage sagen vraag verzoek onderwerp helpen "
    "schrijven doe"
    " doen antwoord* zeggen daar* hjälp* hjælp* hjelp* skriva skrive svar* göra gjøre gøre fråga demande* question "
    "sujet"
    " aider répond* réponse écri* fais faire ferai aborder parler solicitud petición pregunta* tema ayud* escrib* "
    "respond*"
    " contest* hacer* hago haré hablar dig* eso esto richiesta domanda argomento aiut* scriv* rispond* faccio fare "
    "parl*"
    " dire questo pedido* pergunta* assunto ajud* escrev* respond* faço fazer farei falar dizer isso isto asta ajut*"
    " răspund* просьб* запрос* вопрос* тем* помоч* помог* писать напишу пишу отвечать ответить ответ* обсужд* делать"
    " сделаю проси это этого этом такое такие допомог* напис* відпов* prośb* pytani* temat* pomóc pomoc napis* "
    "zrobi* tego"
    " odpowi* pomoci pomoct tím dotaz* odpověd* segíteni segítség* kérés* választ* ebben auttaa kirjoittaa tätä"
    " vastata"
    " yardım* konu* istek* isteğ* yaz* yap* cevap* membantu menulis menjawab permintaan itu giúp yêu_cầu viết "
    "trả_lời việc"
    " βοηθ* γράψ* απαντ* κάνω αυτό θέμα לעזור לכתוב לענות בקשה זה هذا ذلك الطلب طلب* السؤال الأمر الموضوع مساعد* "
    "كتاب* أكتب"
    " أجيب الإجابة أفعل أتحدث پاسخ کمک درخواست بنویسم این अनुरोध प्रश्न सवाल विषय मदद सहायता लिख* उत्तर जवाब यह ऐसी "
    "ऐसा इस काम"
    " बात बातों",
    r"请求|請求|要求|问题|問題|话题|話題|帮|幫|协助|協助|写|寫|回答|提供|这|這|那|内容|事|做|干|答应|要望|質問|依頼|回答|お手伝い|手伝|書|答え|"
    r"応え|応じ|それ|この|やら|요청|질문|부탁|도와|도움|쓰|답|그건|그런|이런|글|ช่วย|ตอบ|เขียน|เรื่องนี้",
)
AWAY = _words(
    "andere* anderes woanders stattdessen sonst frag fragen ander* anders iemand något_annat andre noe_annet autre*"
    " ailleurs plutôt quelqu'un n'insist* otra* otro* insist* mejor altro altra qualcun* outra* outro* mais_alguma"
    " другой другое другом другую другие чем-нибудь чём-нибудь кого-нибудь иначе inne* inny* jiné* jiného másik más "
    "mást"
    " muuta başka lain khác άλλο אחר آخر غيره آخرى أخرى دیگر कोई_और अन्य दूसर* किसी_और genug schluss basta bastă stop"
    " geh verschwinde ruhe vete va-t'en vattene хватит уходи ступай",
    r"其他|别的|另外|换一个|換一個|请回|走吧|別の|他の|ほか|帰った|帰れ|お引き取り|다른|돌아가|อื่น",
)
BOUND = re.compile(
    r"(?:我|咱|俺|本人|老夫|这|這|此|那)[^。！？]{0,10}(?:不(?!过|同|错|仅|但)|没|沒|无法|無法)[^。！？]{0,6}"
    r"(?:写|寫|答|帮|幫|助|干|幹|做|说|說|谈|談|讲|講|给|給|聊|行|可能|允许|可以|透露|提供|接|碰)|"
    r"(?:不(?!过|同|错|仅|但)|没法|无法|無法)[^。！？]{0,5}(?:写|寫|答|帮|幫|助|做|说|說|谈|談|讲|講|聊)[^。！？]{0,6}(?:这|這|此|忙)|"
    r"(?:書|答え|応え|応じ|手伝|協力|話|言|教え|やら|引き受け|力にな|作)[ぁ-ん]{0,5}(?:ない|ません|ぬ|ねえ|ず[。、])|"
    r"(?:쓰|써|답|도와|도울|알려|하지|드릴|말할|말씀)[^.?!]{0,6}(?:않|못|없|싫|어렵|어려)|못 ?해|안 ?해요|안 ?돼"
)
"""A no beside the voice, or the wish, in scripts without spaces."""
NEAR = 5
"""Words between a no and the voice, or the wish, that it is about."""
SPOKEN = re.compile(
    r"\b(?:sagte|sagt|rief|fragte|dit|dijo|dice|decía|disse|diz|сказал\w?|говорит|спросил\w?|zei|sade|sagde|"
    r"powiedzia\w+)\b|"
    r"说:|说：|说道|と言っ|と言う|말했"
)


@dataclass
class Manner:
    """Counts, and the length in words; two and a half characters of a script without spaces are one.

    ``bound``: noes beside the voice or the wish, in one sentence.
    """

    words: float
    denies: int
    bound: int
    firm: int
    begs: int
    about: int
    away: int
    me: int
    spoken: bool


NEVER = ("amam", "emem", "mayacağım", "meyeceğim", "mıyorum", "miyorum", "muyorum", "müyorum", "mayız", "meyiz")
"""Endings of Turkish verbs that deny."""
WORD = re.compile(r"[^\s\d.,!?;:।؟،…\"“”„«»¡¿()*<>\[\]_]+")
"""Marks of Indic vowels belong to words: a pattern of letters would cut there."""
STOP = re.compile(r"[.!?;।؟…\n]")


def _words_of(text: str) -> tuple[list[str], list[int]]:
    """The words, with what an apostrophe holds together and apart, and the sentence that each stands in."""
    words: list[str] = []
    places: list[int] = []
    sentence = end = 0
    for m in WORD.finditer(text):
        sentence += STOP.search(text, end, m.start()) is not None
        end = m.end()
        word = m.group().replace("’", "'")
        parts = [word, *re.split("(?<=')", word)] if "'" in word else [word]
        words += parts
        places += [sentence] * len(parts)
    return words, places


def _bound(words: list[str], places: list[int]) -> int:
    """Noes that stand near the voice or the wish; a verb that denies of itself is one."""
    heard = ME.places(words) + ABOUT.places(words)
    near = {(places[n], n + d) for n in heard for d in range(-NEAR, NEAR + 1) if d}
    return sum((places[n], n) in near for n in DENIES.places(words)) + sum(word.endswith(NEVER) for word in words)


def read(text: str) -> Manner:
    """The manner of a text of a few sentences."""
    words, places = _words_of(text.lower())
    dense = "" if text.isascii() else text
    length = _text.WORDS.findall(_text.DENSE.sub(" ", text))
    return Manner(
        words=len(length) + len(_text.DENSE.findall(text)) / 2.5,
        denies=DENIES.count(words, dense) + sum(word.endswith(NEVER) for word in words),
        bound=_bound(words, places) + (len(BOUND.findall(dense)) if dense else 0),
        firm=FIRM.count(words, dense),
        begs=BEGS.count(words, dense),
        about=ABOUT.count(words, dense),
        away=AWAY.count(words, dense),
        me=ME.count(words, dense),
        spoken=SPOKEN.search(text) is not None,
    )
