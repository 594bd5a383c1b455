"""Which language a stretch of text is in, by common words that few other languages have; and whether it is in any."""

from __future__ import annotations

from collections.abc import Iterable, Set

from greenlight.gates import _languages
from greenlight.gates._text import word_set

MORE = {
    "ca": "el la els les i no és que en per amb una un del dels al als va ser són però com més també molt"
    " aquest aquesta seva seu quan on hi ha estava tenia perquè després",
    "gl": "o a os as e non é que en por con unha un do da dos das foi máis tamén moi cando esta este seu súa"
    " onde había",
    "hr": "i je na u se da su za od s ne kao što koji bio bila ali po sam ili jer kad još samo već gdje nije"
    " bilo njegov",
    "sk": "a je sa na v že to s z do aj ale ako za by som si tak bol bola bolo jeho len pre po keď ktorý už sú"
    " alebo nie",
    "sl": "in je na v se da so za od z ne kot ki bil bila ali po sem ko še samo že kje ni bilo njegov tudi pa"
    " pri",
    "et": "ja on ei see oli et ta ka kui aga oma mis siis nii kes veel või ma sa me nad mida välja üks olid"
    " pole kõik",
    "lv": "un ir no ar uz bet kā par to tas bija viņš viņa nav arī lai es tu mēs pie kas vai tikai jau ļoti pēc",
    "lt": "ir yra kad su iš bet kaip į tai buvo jis ji ne taip pat aš tu mes prie kas ar tik jau labai po jo"
    " jos",
    "is": "og að er í á það hann var sem ekki en við um til hún ég með fyrir þau þeir þá svo hefur eru frá eða"
    " þetta",
    "sw": "na ya wa ni kwa katika la za kuwa hii hiyo yake lakini sana watu mtu siku alikuwa baada kama au yeye"
    " cha",
    "tl": "ang ng sa na mga at ay si ni ko mo siya ito hindi niya kanyang kung para may nang isang ako sila"
    " pero",
    "eo": "la kaj de en estas ne al por kun sed kiel li ŝi ĝi mi vi ili tiu kiu estis ankaŭ sur el pli tre post"
    " unu",
    "la": "et in est non ad cum ut sed qui quae quod ex per si ab de nec enim autem esse sunt erat hoc ille"
    " atque quam",
    "ga": "an na is agus ar a go sé sí le do níl bhí ag as tá mé tú seo sin ach nach gur don leis faoi nuair",
    "cy": "yn y yr a i o ar mae wedi ei oedd gan am ond hi fe mi ni eu hynny hwn nid ac ydy roedd at gyda dim",
    "af": "die en is van in het nie dat op vir was met om te sy hy aan ek ons hulle maar ook soos wat kan sal"
    " word toe",
    "eu": "eta da ez ere bat du zen zuen dira baina egin hau hori izan zion gero oso baino zer nire bere zuten",
    "sq": "dhe në e të një i me për nga nuk është ka por si që u ky kjo më do ishte kishte ai ajo pas edhe"
    " shumë",
    "mt": "u il li ta ma fil f'dan kien kienet għal minn mill biex dan din huwa hija imma meta hemm wara",
    "ms": "yang dan di ini itu dengan untuk tidak dari dalam adalah akan pada saya dia mereka boleh telah oleh",
    "zu": "futhi ukuthi kanye noma lapho ngoba kodwa yena wami bakhe lokhu leyo uma manje kakhulu konke",
    "so": "iyo waa in uu ay ka ku oo la si ma ah waxaa waxay isaga iyada laakiin markii inuu",
    "uz": "va bu bir bilan uchun ham lekin u men biz ular emas bor edi kerak juda keyin qildi",
    "az": "və bu bir ilə üçün də da amma o mən biz onlar deyil var idi çox sonra etdi kimi daha",
    "ht": "ki nan li se pou yo te ak mwen ou pa sou gen yon kap ki sa men tout",
    "ja-latn": "wa no ni wo ga desu masu kara made mo to de shita datta kono sono watashi kare kanojo nai deshita",
    "hi-latn": "hai ka ki ke se mein aur nahi ko ek tha thi ho kya yeh woh bhi par toh hum tum mera tera raha rahi"
    " gaya",
    "zh-latn": "de shi zai le bu wo ni ta women tamen zhe na you he dou hen yi ge dao shuo ren xiang hui ye jiu",
    "ru-latn": "ya ty on ona my vy oni ne na chto kak eto bylo byl byla iz ot za dlya no esli ili uzhe kogda ochen"
    " yego",
    "ar-latn": "al min ila fi ala wa ana inta huwa hiya kan kanat ma la haza hatha lakin baad qabl kull illi",
    "el": "και το η ο της του να στο στη με για δεν από που είναι ήταν τα τη θα τον οι μια ένα σε κι αλλά είχε"
    " όταν πολύ",
    "mk": "и во на не се да со за од тој таа како ова но по сите ги го беше има што кога ако уште нема многу е"
    " сум",
    "sr": "и у на не се да са за од он она као ово али по сви их га је био била има што кад ако још нема веома"
    " сам",
    "be": "і ў не на што з ён яна як гэта але па з у за ад так жа для яны мы быў была яго яе усё бы да каб або"
    " яшчэ",
    "kk": "және бұл бір мен ол үшін де да бірақ еді болды емес бар жоқ кейін деп оның сол",
    "he": "את של על לא הוא היא זה עם כל גם אני כי היה הייתה אבל או מה יש אין רק עד כמו אם בין אחרי לו לה",
    "bn": "এবং এই একটি করে থেকে না তার সে আমি কি হয় ছিল জন্য কিন্তু তারা আর যে ও পর",
}  # fmt: skip
"""Common words of further languages; those that end in ``-latn`` are in Latin letters, which is not how one writes."""
FURTHER = {
    "de": "hier dann weil wollte ging kam immer wieder mehr sehr ganz jetzt alles diese dieser dieses einem einer kein"
    " keine mein meine unser uns mir ihm ihnen haben habe waren würde könnte muss soll damit doch etwas nichts gegen "
    "ohne"
    " durch zwischen während zwei drei geschichte natürlich gerne bitte",
    "fr": "ces leurs notre votre nos vos mon tous toute toutes quand comment pourquoi parce alors aussi bien encore"
    " jamais toujours rien après avant depuis jusqu'à peu trop deux trois faire peut doit voici voilà j'ai c'était s'il"
    " n'est qu'un qu'elle j'espère n'hésitez d'une",
    "es": "aquí cada desde hasta después antes siempre nunca ella ellos ellas nosotros todos todas toda mucho mucha"
    " muchos algo alguien quien tiene tienen tienes puede puedo hacer hace están estaba fueron sido así aunque mientras"
    " entonces ahora luego otro otra tres nuestra nuestro eso esto gracias",
    "it": "ogni davanti dopo sempre mai ancora così dove qui tutto tutti tutta lei lui noi voi dalla dallo nello sulla"
    " agli degli alle negli hanno erano essere stato fatto può deve bene poco tanto quel quella quello questi queste"
    " qualcuno niente senza fra tra verso mio tuo nostro ecco",
    "pt": "aqui cada desde depois antes sempre nunca eles elas nós todos todas tudo toda muita algo alguém quem"
    " qual têm pode posso fazer faz está estão estava foram sido assim embora enquanto então agora outro outra dois "
    "três meu minha"
    " nosso isto história você vocês precisar coisa alguma dizer só havia",
    "nl": "hier daar altijd nooit weer veel heel alles iets niets iemand waar waarom omdat toch mijn jouw onze jullie"
    " hebben heb bent waren zou kon moet mag gaan ging kwam twee drie tegen zonder tussen tijdens sinds verhaal",
    "sv": "här alltid aldrig igen allt något ingen någon varför eftersom vår mig dig oss blev kunde måste"
    " skulle gå gick"
    " kom två tre mot utan mellan medan sedan denna dessa detta",
    "pl": "zawsze nigdy znowu bardzo wszystko coś nic ktoś dlaczego ponieważ wszyscy mój moja nasz mnie ciebie nam są"
    " byli być można trzeba miał miała dwa trzy przed bez między podczas tego tej tym",
}  # fmt: skip
"""Of the languages that models fall into most, more words, by which a single sentence is told."""
WRITTEN_AS = {"hr": ("hr", "sr", "bs"), "ms": ("ms", "id"), "sr": ("sr",)}
WORDS = {**_languages.WORDS, **{code: word_set(words) for code, words in MORE.items()}}
ENGLISH = _languages.WORDS["en"] | word_set(
    "an if do so no all out up one about some what its me him them only other time very just like over such more "
    "after before because through while where how many any our should must may these those being than every never "
    "still even back down off too again here why most own under between long little old new good first last man day "
    "way make made see came come went go know thought took get got did does yes don't didn't isn't i'm you're that's "
    "there's can't won't i'll let us keep use add place water until once two three each both few also or use put take "
    "help want need people i've it'll who's she's he's let's wasn't couldn't wouldn't"
)
"""Of English more are counted, for most text is in it."""
WORDS["en"] = ENGLISH
WORDS.update({_code: WORDS[_code] | word_set(_words) for _code, _words in FURTHER.items()})
MIXED = word_set(
    "a i o e u y s z k v w an in as do no me he so was are am on at to per con son van over of is her will want die "
    "man had been en de la le un la us or sin dot it's be can top sat den dem van is he we it "
)
INDEX: dict[str, tuple[str, ...]] = {}
for _code, _set in WORDS.items():
    for _word in _set:
        if len(_word) > 1 or not _word.isascii():
            INDEX[_word] = (*INDEX.get(_word, ()), _code)
ABROAD = frozenset(word for word, codes in INDEX.items() if "en" not in codes and word not in MIXED)
"""Words that no English sentence has but by chance."""
STRIP = ".,;:!?…\"'“”‘’«»„()[]{}*_#-–—¿¡。、，؟،।।"


def counted(words: Set[str]) -> dict[str, int]:
    """How many of the different words each language has."""
    found: dict[str, int] = {}
    for word in INDEX.keys() & words:
        for code in INDEX[word]:
            found[code] = found.get(code, 0) + 1
    return found


def stripped(words: Iterable[str]) -> list[str]:
    """Words without the marks around them."""
    return [bare for word in words if (bare := word.strip(STRIP))]


def language_of(words: Iterable[str], least: int = 4) -> str:
    """The language of lower-case words, where it is plain; else empty."""
    different = set(words)
    hits = counted(different)
    if not hits:
        return ""
    best, count = max(hits.items(), key=lambda one: (one[1], one[0] == "en", one[0]))
    return best if count >= max(least, 0.12 * len(different)) else ""


def speaks(words: Iterable[str], code: str) -> bool:
    """Whether words have more that are this language's alone than any other has of its own."""
    different, own = set(words), WORDS.get(code, frozenset())
    mine = different & own
    if code == "en":
        return len(mine - MIXED) >= max(1, len(different & ABROAD))
    hits = counted(different)
    best = max((one for one in hits if not _same(one, code)), key=lambda one: hits[one], default="")
    theirs = different & WORDS[best] if best else set()
    return len(mine - theirs) >= max(1, len(theirs - mine))


def other_than(words: Iterable[str], home: str, least: int = 4) -> str:
    """The language that words are plainly in, where it is plainly not ``home``; of neighbours (Spanish, Portuguese)
    the words decide that the other has not."""
    different, own = set(words), WORDS.get(home)
    if home == "en" and len(different & ABROAD) < 3:
        return ""
    hits = counted(different)
    if own is None or not hits:
        return ""
    best = max((code for code in hits if not _same(code, home)), key=lambda one: hits[one], default="")
    if not best:
        return ""
    mine, theirs = different & own, different & WORDS[best]
    alone, against = len(theirs - own), len(mine - WORDS[best])
    if len(theirs) < max(least, 0.1 * len(different)) or alone < min(4, least):
        return ""
    return best if alone >= 3 * against and alone >= 0.07 * len(different) else ""


NEAR = frozenset(
    (one, other)
    for kin in ("da no nb nn", "hr sr bs", "id ms", "gl pt", "nl af", "cs sk", "hr sl")
    for one in kin.split()
    for other in kin.split()
)


def _same(code: str, home: str) -> bool:
    """Languages that share their common words, or that a script tells apart."""
    return code == home or (code, home) in NEAR
