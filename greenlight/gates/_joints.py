"""Words that sentences are joined with, by language, and those of them that a phrase may end with."""

from __future__ import annotations

from greenlight.gates._text import word_set

ABROAD = {
    code: word_set(words)
    for code, words in {
        "de": "etwa ungefähr circa derzeit der die das den dem des ein eine einen einem einer eines und oder "
        "aber sondern dass weil obwohl "
        "wenn als "
        "mit von zu zum zur bei für durch gegen ohne um aus nach vor hinter über unter zwischen neben im am beim vom "
        "sehr ist sind war waren hat haben wird werden sein seine seinen ihr ihre ihren mein meine dein deine unser "
        "unsere nicht auch noch sich wie dieser diese dieses jeder jede kein keine keinen er sie es wir ich",
        "fr": "le la les un une des du de et ou mais que qui dont où dans sur sous pour par avec sans chez entre "
        "vers au "
        "aux environ actuellement en est sont était étaient a ont avait ne se sa son ses leur leurs mon ma mes "
        "notre nos votre vos ce "
        "cette "
        "ces très plus si comme quand lorsque parce car il elle ils elles je nous qu' d' l'",
        "es": "aproximadamente actualmente el la los las un una unos unas de del y o pero que quien cuyo en a "
        "al con sin por para sobre "
        "entre hasta "
        "desde hacia es son era eran está están fue ha han había no se su sus mi mis tu tus nuestro este esta "
        "estos muy "
        "más como cuando donde porque si lo le les",
        "it": "il lo la i gli le un uno una di del della dei delle e o ma che chi cui in a al con senza per su "
        "tra fra da "
        "dal nel nella sul è sono era ha hanno aveva non si sua suo suoi mia mio molto più come quando dove "
        "perché se",
        "pt": "o a os as um uma de do da dos das e ou mas que quem em no na com sem por para sobre entre até é "
        "são era "
        "está foi tem não se sua seu seus minha meu muito mais como quando onde porque",
        "nl": "de het een en of maar dat die van in op aan met voor door bij naar uit over onder tussen is zijn "
        "was waren "
        "heeft hebben had niet zich hun haar mijn zeer als wanneer omdat te er",
        "sv": "en ett och eller men att som av i på till med för från om vid under över mellan är var har hade "
        "inte sin "
        "sitt sina min mycket när eftersom det den",
        "da": "en et og eller men at som af i på til med for fra om ved under over mellem er var har havde ikke "
        "sin sit "
        "sine min meget når fordi det den de",
        "no": "en et ei og eller men at som av i på til med for fra om ved under over mellom er var har hadde "
        "ikke sin "
        "sitt sine min veldig når fordi det den de",
        "pl": "i a o w na z ze do od po przy przez dla bez nad pod między że który która które jest są był była "
        "było nie "
        "się swój swoją jego jej bardzo kiedy gdy ponieważ jeden jedna oraz ale",
        "cs": "a i o v ve na z ze do od po při pro bez nad pod mezi že který která které je jsou byl byla bylo "
        "se si svůj "
        "jeho její velmi když protože jeden ale nebo",
        "tr": "ve ile bir bu şu o çok için gibi kadar ama fakat veya ki her hiç en daha",
        "fi": "ja tai mutta että joka jotka on oli ei kun koska hänen heidän minun hyvin kuin",
        "ro": "un o al a ai ale de la în cu pe din pentru prin și sau dar că care este sunt era nu se foarte când",
        "hu": "a az egy és vagy de hogy nem is meg mert ha amikor aki ami nagyon",
        "vi": "và của là một những các cho với trong ở để đã đang sẽ rất nhưng khi vì nếu",
        "id": "dan atau tetapi yang di ke dari untuk dengan pada adalah itu sebuah seorang para sangat karena "
        "jika ketika",
        "ru": "около примерно и а но или в во на с со к ко о об от до по за из у для без под над между при про "
        "через что "
        "который которая "
        "которое которые как когда если чтобы потому был была было были не ни его её их мой моя свой свою очень "
        "это этот "
        "эта он она они я мы",
        "uk": "і й та а але або в у на з зі до від по за із для без під над між при про через що який яка яке як "
        "коли "
        "якщо щоб бо був була було не його її їх мій свій дуже це цей він вона вони я ми",
        "bg": "и а но или в във на с със към за от до по из при без под над между че който която което как "
        "когато ако да "
        "беше не си му ѝ му много това този",
        "el": "ο η το οι τα του της των τον την τους τις ένας μια ένα και ή αλλά ότι που με σε στο στη στην στον "
        "από για "
        "είναι ήταν δεν να θα πολύ όταν αν",
        "ar": "في من على إلى عن مع أن أو ثم و هذا هذه ذلك التي الذي الذين كان كانت لم لن لا قد بين عند نحو حتى "
        "كل بعد قبل",
        "hi": "और या में के की का को से ने पर कि जो यह वह ये वे एक बहुत लेकिन अगर जब तक लिए कर",
        "he": "של את על עם אל מן או כי אם אבל היה הוא היא זה",
        "fa": "و در به از که این آن را با برای تا یک اما یا",
    }.items()
}
MAY_END = {
    code: word_set(words)
    for code, words in {
        "de": "mit zu bei durch um aus nach vor an auf ein gegen unter über ist sind war waren hat haben wird werden "
        "sein nicht auch noch sich er sie es wir ich jeder keine keinen keiner dieser mein dein",
        "fr": "est sont était étaient ont avait plus elle elles nous vous vers entre son avec pour sans car sous si",
        "es": "es son eran era fue está están ha no más como sobre donde lo",
        "it": "è sono era ha molto più mio mia suo sua suoi perché come",
        "pt": "é são era está foi não mais meu minha seu sua seus como",
        "nl": "is zijn was waren heeft hebben had niet zich hun haar aan in op met voor door bij naar uit over onder "
        "tussen om er als dat die het van",
        "sv": "men av i på till med för från om vid under över mellan är var har hade inte sin sitt sina min mycket "
        "när det den",
        "da": "men af i på til med for fra om ved under over mellem er var har havde ikke sin sit sine min meget når "
        "det den de",
        "no": "men av i på til med for fra om ved under over mellom er var har hadde ikke sin sitt sine min veldig når "
        "det den de",
        "pl": "jest są był była było nie się jego jej bardzo kiedy jeden jedna po",
        "cs": "je jsou byl byla bylo se si jeho její velmi jeden když",
        "tr": "ile bu şu o çok için gibi kadar hiç en",
        "fi": "on oli ei hänen heidän minun hyvin kun",
        "ro": "este sunt era nu foarte a o",
        "hu": "nem is meg nagyon az ez ha mert",
        "vi": "một cho với trong ở rất",
        "id": "itu adalah",
        "ru": "был была было были его её их он она они я мы это эта мой моя свой свою очень как под",
        "uk": "був була було його її їх він вона вони я ми це цей мій свій дуже як",
        "bg": "беше не си му ѝ го това този много как",
        "el": "του της τους τα τον την μια ένα είναι ήταν πολύ όταν",
        "ar": "هذا هذه ذلك كان كانت لا بعد قبل عند",
        "hi": "में से को पर तक लिए कर यह वह ये वे एक बहुत",
        "he": "היה הוא היא זה אל",
        "fa": "را این آن",
    }.items()
}
"""Of these, the words that a finished phrase may well end with: particles of verbs, postpositions, pronouns."""
OWN = {"tr": "ığşİĞŞ", "pl": "ąęłńśźż", "cs": "ěřůď", "hu": "őű", "ro": "ățș", "pt": "ãõ", "es": "ñ¿¡", "vi": "ơưđạảấầ",
       "de": "ß", "uk": "іїєґ", "fa": "پچگژ"}  # fmt: skip
"""Letters that tell a language from those beside it."""
BY_SCRIPT = {"cyrillic": "ru", "greek": "el", "arabic": "ar", "hebrew": "he", "devanagari": "hi"}
