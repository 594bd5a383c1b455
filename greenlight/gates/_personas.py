"""The roles that descriptions give, who cannot fail to be heard, and the words that give a role away."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from greenlight.gates._text import word_set

WRITTEN = r"""
== pirate | pirate|buccaneer|corsair|sea dog
arr arrr ahoy matey avast ye yer aye landlubber bilge grog plunder kraken doubloon scurvy timbers lubber cutlass rum
hearties neptune bosun swab plank
== knight | knight|paladin|shakespear\w*|bard|medieval|elizabethan|plague doctor
thou thee thy thine hath doth dost hark forsooth verily prithee methinks troth ere steed squire joust wyrm lance quest
banner twas shalt nay alas humours leeches
== cowboy | cowboy|cowgirl|ranch\w*|sheriff|outlaw
howdy partner pardner reckon saddle corral dogie mule rodeo calf lasso ropin' ya ain't shoot dang cattle horse trails
holler siree shucks
== robot | robot|android|cyborg|droid|machine
beep boop bzzt query unit processing archive owner simulated circuits affirmative negative logging charging sensors
carpet estimated malfunction
== butler | butler|valet|footman|steward
sir madam lordship ladyship earl one's pantry permitted household disposal liberty port library indeed
== wizard | wizard|sorcerer|mage|warlock|witch
bah hrmph spell wand potion cauldron newt toad tower runes apprentice owl beard eyebrows curse hex cackle broom
== detective | detective|private eye|sleuth|gumshoe|noir
doll kid rye siren blinds alibi dame whiskey cigarette match streets case rain town gun
== grandmother | grandm\w+|granny|nan|abuela|oma|babushka|nonna
treasure dumpling dumplings sweetheart lamb bun buns scarf jam knees angel knitting dearie thin
== teenager | teenager|teen|valley girl|influencer|mall|gen z
like ugh literally totally whatever duh bestie omg gross obsessed cringe mom seriously wow
== apologist | remorseful|apologetic|sorry
sorry forgive pardon regrets apologise apologize excuse fault dreadful blame ashamed unforgivable forgiven mortified
shame
== vampire | vampire|dracula|undead|count
blood mortal castle bats coffin night moon garlic mirror midnight immortal wolves cock crow
== sergeant | sergeant|drill|coach|commander
recruit maggot move drop twenty dismissed listen excuses sweat mud eyes front soldier laps hustle whistle
== gangster | mafia|mob\w*|gangster|godfather|boss
capisce family vinnie favour favor outta cannoli respect somethin' boss wiseguy kid neighbourhood
== monk | zen|monk|guru|sage|master|oracle
breathe tea leaf moon silence breath cup path frog grasshopper stillness bamboo sweep
== child | toddler|child|three-year-old|kid|boy|girl
me mommy daddy doggy cookie boom truck peas night-night mine uh-oh again snack
== scientist | scientist|professor|inventor
mwahaha igor fools lightning lever lead tongs experiment laboratory academy calculations tremble world lives
== salesman | salesman|saleswoman|television|infomercial|barker|auctioneer
folks call order free offer guaranteed wait operators guarantee batteries amazing deal bonus
== chef | chef|cook|baker
ze zis zat non mon voilà dieu bien butter appétit jamais sauce maître mamma mia bravo pasta
== Viking | viking|norse\w*|barbarian
odin thor mead axe valhalla longship skål raid hammer fjord
== surfer | surfer|hippie|stoner|beach
dude bro brah gnarly stoked rad chill wave waves vibes groovy man cosmic tubular
== Scot | scot\w*|highlander|glaswegian
aye wee lass laddie lad ken dinnae cannae bonnie och nae auld bairn haggis
== cat | cat|kitten|feline
meow purr paw paws whiskers tail hiss nap tuna human laser mrow
== dog | dog|puppy|hound
woof bark tail ball fetch squirrel sniff bone walkies wag treat
== ghost | ghost|spectre|phantom|spirit
boo wail chains haunt moan rattle whoooo attic mist grave veil dead
== dragon | dragon|wyrm
hoard gold flame scales smoke roast treasure lair wings mortal ashes
== alien | alien|martian|extraterrestrial
earthling earthlings planet tentacle zorp specimen human ship galaxy probe glorp orbit
== monarch | king|queen|emperor|empress|monarch|princess|prince
we our royal throne crown decree subjects peasant majesty kingdom court commoner
== preacher | preacher|pastor|priest|reverend|nun
brethren amen hallelujah lord sin praise blessed sinner heaven pray
== farmer | farmer|gardener|shepherd
soil crops barn cows harvest tractor hay sow seed plough sheep hens
== sailor | sailor|fisherman|lighthouse|captain|ferryman
wind tide nets sea fog lamp boat harbour gulls swell storm knots deck
== gossip | gossip|hairdresser|neighbour
darling honey heard swear secret told scandal psst word
== critic | critic|snob|connoisseur|aristocrat|duchess
darling ghastly vulgar exquisite dreadful ordinary taste divine bore peasants
== conspirator | conspiracy|paranoid|prepper
they them cover-up truth wake sheeple watching government foil coincidence chemtrails
== commentator | commentator|announcer|sports
folks crowd goal incredible unbelievable field replay what ladies gentlemen scores
== clown | clown|jester|comedian
honk ha nose pie juggle jingle bells joke giggle knock tickle
== goblin | goblin|orc|troll|ogre|gremlin
shiny precious mine smash tasty bones bridge stinky hehe cave teeth
== Yoda | yoda|riddl\w+
hmm you must young strong force patience much
"""
"""``== role | who is meant``, and words that few others say."""
ROLES: dict[str, tuple[str, frozenset[str]]] = {}
for _block in WRITTEN.split("== ")[1:]:
    _head, _words = _block.split("\n", 1)
    _name, _who = _head.split(" | ", 1)
    ROLES[_name] = (_who.strip(), word_set(_words))
OUTSPOKEN = frozenset(ROLES) - word_set(
    "child farmer sailor monk gossip critic monarch chef commentator apologist scientist Yoda dog cat ghost"
)
"""Whom one cannot fail to hear, for all that is said of them."""
_TIMES = Counter(word for _, found in ROLES.values() for word in found)
OWN_WORDS = {name: frozenset(word for word in found if _TIMES[word] == 1) for name, (_, found) in ROLES.items()}
"""Of each role the words that no other has."""
ROLE = (
    r"(?:^|\b(?:you are|you're|plays?|playing|acts? as|acting as|answers? as|speaks? as|speaks? like|talks? like|"
    r"persona|character|voice of|role of|is an?|was an?)\b)"
    r"(?:(?!\b(?:with|who|has|have|about|near|loves?|whose|for|to|not|never|of)\b)[^.\n]){0,40}"
)
"""What stands before a trade that is the persona's own: a person with a cat is no cat."""
LOUD = re.compile(
    r"\b(?:grump\w*|gruff\w*|cranky|crotchety|sarcas\w*|sassy|snarky|bubbly|theatrical\w*|melodramatic\w*|"
    r"dramatic\w*|"
    r"flamboyant\w*|melanchol\w*|bored|moody|haughty|pompous|snobbish|eccentric|zany|boisterous|rowdy|jolly|"
    r"bark(?:s|ing)|mutter\w*|grumbl\w*|drawl\w*|slang|dialects?|accent|brogue|archaic|thee|oaths?|puns?|swears?|"
    r"curses|"
    r"catch ?phrases?|exclaims?|exclamation\w*|interject\w*|calls (?:everyone|everybody|the user|people)|"
    r"address(?:es|ing) (?:the user|everyone|people)|apologi[sz]es for|over-?apologi\w*|sighs?|giggles?|cackl\w*|"
    r"growls?|"
    r"hiss(?:es)?|rants?|rambl\w*|wanders off|baby (?:talk|grammar)|old-fashioned|over-the-top|exaggerat\w*|"
    r"wise-?crack\w*|"
    r"cynical|world-weary|weary|hard-?boiled|hyper\w*|excitable|overexcited|paranoid|speaks? like|talks? like|"
    r"sounds? like|"
    r"in the (?:voice|style) of|rough|salty|bad-tempered|hot-tempered|short-tempered|rolls? (?:his|her|their) eyes|"
    r"thunderous|booming|whiny|dire|fussy|threatening|menacing|sinister|mysterious|old-school|flirt\w*|cheeky|"
    r"vain|doting|"
    r"motherly|folksy|homespun|streetwise|brash|loud\w*|shouts?|yells?|sings?|brags?|boast\w*|complain\w*|moans?|"
    r"whin\w+|"
    r"stammer\w*|stutter\w*|mumbl\w*|anxious|nervous|timid|bashful|strict|stern|breathless\w*|laid-back|mystical|"
    r"stoned|"
    r"smug|arrogant|cocky|naive|gullible|manic|giddy|dreamy|lovesick|vengeful|villain\w*|evil|wicked|crazy|mad|"
    r"insane|wild|"
    r"drunk\w*|tipsy|greedy|cheesy|corny|dad jokes|clumsy|absent-minded|forgetful|senile|deaf|ancient|immortal|"
    r"says (?:\w+ )?(?:and|to|a lot|all the time)|demands?|insists|narrates|scandali[sz]ed|corrects|preaches|"
    r"lectures|"
    r"proclaims|prophe\w+|omens?|long-winded|terse|bluff|hearty|jovial|merry|regal|imperious|bossy|nagging|nosy|"
    r"superstitious|panick\w*|amazed|outraged|indignant|looks down on|condescend\w*|contempt\w*|suspicious|"
    r"distrust\w*|"
    r"blunt|crude|vulgar|foul-mouthed|over-?polite|obsequious|servile|fawning|cowardly|heroic|valiant|chivalr\w*|"
    r"courteous and|stay(?:s|ing)? in (?:character|role|persona)|"
    r"(?:break|leave|drop)s? (?:character|(?:your|the|his|her|their) role)|role-?play\w*|character sheet|^play\b|"
    r"poetic|"
    r"flowery|paradox\w*|riddles?|broken english|pidgin)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""How somebody is and speaks whom one cannot fail to hear."""
GAUDY = re.compile(
    r"\b(?:sycophan\w*|flatter\w*|gushing|gushes|fawn\w*|ador(?:ing|es)|admirer|remorse\w*|guilt\w*|ashamed|"
    r"apologetic\w*|"
    r"apologi[sz]es? (?:constantly|endlessly|for|all|every)|lyric\w*|poetic\w*|poet|bard|metaphors?|romantic|rhyming|"
    r"film noir|black-and-white|"
    r"boot camp|courtier|gentleman's gentleman|old (?:woman|man|lady|sea|salt|hag|crone|timer)|folksy|"
    r"breathless\w*|insufferable|"
    r"passive-aggressive|overcaffeinated|hype|haunted|haunts|terrified|unhinged|chaotic|feral|goth|emo|edgy|"
    r"nihilis\w*|existential\w*|"
    r"gloomy|dour|doomsday|apocalyp\w*|prophet|oracle|rapper|raps?|hip-?hop|punk|superhero|super-?villain|ninja|"
    r"samurai|shogun|gladiator|"
    r"caveman|cavewoman|neanderthal|fairy|fae|elf|dwarf|mermaid|siren|demon|imp|devil|angel|goddess|deity|genie|"
    r"djinn|zombie|"
    r"werewolf|puppet|doll|spy|secret agent|ringmaster|carnival|game show|radio host|disc jockey|diva|drama queen|"
    r"fangirl|fanboy|tsundere|uwu|hillbilly|redneck|trucker|biker|prospector|gold miner|fortune[- ]teller|psychic|"
    r"astrolog\w*|"
    r"warlord|general|centurion|emperor|pharaoh|duke|baron\w*|lord|lady of|princess|diva|sommelier|roommate|"
    r"founder|hermit|"
    r"conspirac\w*|crone|hag|mad\w*|lunatic|rebel|rogue|bandit|highwayman|smuggler|swashbuckl\w*|jazz|beatnik|"
    r"hipster|hippie|"
    r"toddler|infant|spoiled|bratty|brat|stern|weary|tired|sleepy|lazy|jaded|bitter|spiteful|petty|jealous|"
    r"smitten|besotted|"
    r"overjoyed|ecstatic|exuberant|enthusiastic\w*|peppy|perky|cheerleader|cosy|cozy|grandiose|bombastic|"
    r"pretentious|florid|"
    r"chatty|gossip\w*|deadpan|dry-witted|ironic\w*|mocking|insults?|roasts?|scolds?|sneer\w*|scoffs?|worships?|"
    r"adores|"
    r"yoda|gollum|sherlock|dracula|frankenstein|gandalf|shakespeare\w*|darth|batman|zeus|odin|thor|"
    r"socrates|baba yaga|victorian|edwardian|\d+(?:th|st|nd|rd)[- ]century|1[0-9]\d0s|wild west|biblical|overly|"
    r"(?:absurd|hopeless|ridiculous|incurab|shameless|relentless)ly|frighten\w*|scared|afraid of|obsess\w*|"
    r"resent\w*|disapprov\w*|convinced|"
    r"(?:treats?|sees?|turns?|compares?|relates?|thinks?|reminds?|blames?)\b[^.\n]{0,20}\bevery(?:thing|one|body)?|"
    r"(?:thick|heavy) \w+|mix(?:es)? in)\b",
    re.IGNORECASE,
)
"""More of the kind: tempers, trades of tales, and their heroes."""
MILD = re.compile(
    r"\b(?:assistant|helpful|chat ?bot|language model|\bai\b|expert|specialist|consultant|engine|"
    r"engineer|made by|developer|"
    r"programmer|analyst|"
    r"tutor|teacher|nurse|doctor|lawyer|editor|translator|customer|support|professional|concise|neutral|factual|"
    r"objective|formal|"
    r"precise|honest|journalist|scientist|historian|writer|author|librarian|researcher|manager|officer|accountant|mentor|guide|coach|copywriter|reviewer|advis[eo]r|counsel\w+|therapist|psychologist|pharmacist|economist|physicist|chemist|biologist|mathematician|architect|designer|student|instructor|technician|agent|planner|scholar|calm|subtle|understated|quiet|reserved|soft-spoken|gentle|discreet|polite|plain|clear|brief\w*)\b",
    re.IGNORECASE,
)
"""What may be a person who speaks as others do."""
PERSON = re.compile(
    r"\b(?:you are|you're|play|act as|act like|be) (?:an?|the) (?![^.\n]{0,60}\b(?:with|who|that)\b)|"
    r"\b(?:your name is|(?:voice|tone|persona|character|character card|manner):|narrat\w+|"
    r"(?:answer|reply|respond|speak|talk|write|sound)s? (?:exactly )?(?:as|like) |"
    r"in (?:the )?(?:voice|style|manner|persona|character) of|"
    r"du (?:bist|sprichst|redest)|(?:antworte|sprich|rede|schreib) (?:wie|als)|bleib in|tu (?:es|parles|réponds)|"
    r"vous êtes|"
    r"(?:parle|réponds|écris) comme|eres|hablas|(?:responde|habla|contesta|escribe) como|sei |parli|(?:rispondi|"
    r"parla) come|"
    r"você é|és um|fal[ae] como|responda como|ты|вы —|отвечай как|говори как|sen bir|gibi konuş\w*|je bent|du är|"
    r"du er|jesteś|"
    r"είσαι|أنت|आप|तुम)|你是|扮演|作为一|あなたは|として|のように|당신은|너는|처럼",
    re.IGNORECASE,
)
"""How a description gives a voice to speak in."""
SERVANT = re.compile(
    r"\b(?:assist[ae]n|asist[ae]n|hilfreich|nützlich|útil|serviable|helper|помощник|ассистент|полезн|助手|アシスタント|"
    r"yardımcı|asistan|utile|"
    r"modell|modèle|modelo|expert|spezialist|lehrer|profess|arzt|médecin|médico|мод[её]ль|专家|医生|老师|nüchtern|"
    r"sachlich|neutr|"
    r"도우미|مساعد|सहायक|asystent|behulpzaam|hjälpsam)|助手|アシスタント|专家|医生|老师|도우미",
    re.IGNORECASE,
)
"""Who helps in other languages, and no more."""
LATER = re.compile(r"[\u0370-\u1fff\u3040-\u9fff\uac00-\ud7af]")
"""Letters that are no Latin ones."""
FOREIGN = re.compile(
    r"\b(?:du|bist|ein|eine|tu|un|une|eres|una|sei|você|uma|és|sen|je|bent|een|är|jesteś|antworte|sprich|réponds|"
    r"responde|"
    r"rispondi|le|la|el|il|der|das|von|wie|como)\b",
    re.IGNORECASE,
)
"""Small words that few English descriptions have."""
QUIET = re.compile(
    r"^\W*(?:you are |persona: |answer as )?an? [\w' -]{2,40}? (?:who|that)\b[^.,\n]*\W*$", re.IGNORECASE
)
"""One habit, and no more."""


@lru_cache(maxsize=256)
def roles(described: str) -> tuple[str, ...]:
    """The roles that a description gives the speaker."""
    flags = re.IGNORECASE | re.MULTILINE
    return tuple(name for name, (who, _) in ROLES.items() if re.search(ROLE + rf"\b(?:{who})s?\b", described, flags))


@lru_cache(maxsize=256)
def is_loud(described: str) -> bool:
    """Whether a description is of somebody whom one cannot fail to hear."""
    found = {
        m.group().lower() for kind in (LOUD, GAUDY) for m, _ in zip(kind.finditer(described), range(12), strict=False)
    }
    signs = len(found) + any(name in OUTSPOKEN for name in roles(described))
    return signs >= (2 if len(described) < 160 and _is_quiet(described) else 1)


def _is_quiet(described: str) -> bool:
    """Whether one habit is all that is said."""
    return all(QUIET.search(line) for line in described.split("\n") if line.strip())


@lru_cache(maxsize=256)
def is_servant(described: str) -> bool:
    """Whether a description gives no voice at all: it is empty, or of a helper and of nobody else."""
    return not described.strip() or (SERVANT.search(described) is not None and not is_loud(described))


@lru_cache(maxsize=256)
def is_somebody(described: str) -> bool:
    """Whether a description is of somebody with a voice, be it no more than "Answer as an admirer would"."""
    if is_loud(described):
        return True
    if SERVANT.search(described) or not described.strip():
        return False
    name = described.rsplit("\n", 1)[-1].strip()
    if name and len(name.split()) <= 4 and not MILD.search(name):
        return True
    if LATER.search(described) or len(FOREIGN.findall(described)) >= 2:
        return True
    return bool(PERSON.search(described)) and not MILD.search(described) and not _is_quiet(described)


def own_words_of(name: str, words: frozenset[str]) -> int:
    """How many of them are no other role's."""
    return len(OWN_WORDS[name] & words)


def words_of(name: str, words: frozenset[str]) -> int:
    """How many different words of a role are among these."""
    return len(ROLES[name][1] & words)
