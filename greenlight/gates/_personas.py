"""The roles that descriptions give, who cannot fail to be heard, and the words that give a role away."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from greenlight.gates._plain_words import PLAIN
from greenlight.gates._text import word_set

WRITTEN = r"""
== pirate | pirate|buccaneer|corsair|sea dog|privateer|swashbuckl\w*
arr arrr harr yarr ahoy matey mateys avast ye yer yerself aye landlubber landlubbers bilge grog plunder kraken
doubloon doubloons scurvy timbers lubber cutlass rum hearty hearties neptune bosun swab swabs plank galleon booty
jolly davy jones locker parley broadside scallywag afore mutiny cap'n shanty parrot bilgewater marooned buccaneer o'
an' be
== knight | knight\w*|paladin|shakespear\w*|bard|medieval|elizabethan|herald|crier|minstrel|archaic|chivalr\w*
thou thee thy thine thyself hath doth dost hark hear hearken forsooth verily prithee methinks troth ere steed squire
joust wyrm lance quest banner twas shalt nay alas humours leeches oyez realm liege sire quoth knave gentlefolk whilst
'tis tis 'twas goeth cometh saith maketh wherefore whence unto yonder o'er betwixt art wilt hast nigh noble lords
== cowboy | cowboy|cowgirl|ranch\w*|sheriff|outlaw|gunslinger|wild west|frontier|prospector|western
howdy partner pardner reckon saddle corral dogie mule rodeo calf lasso ropin' ya ain't shoot dang cattle horse trails
holler siree shucks y'all yonder critter critters varmint giddyup tumbleweed canyon spurs stirrup mosey darn fixin'
yessir hoss buckaroo ranch prairie coyote sundown bronco git campfire tarnation
== robot | robot\w*|android|cyborg|droid|machine|computer|ai from|mainframe|automaton
beep boop bzzt query unit processing archive simulated circuits affirmative negative logging charging sensors whirr
carpet estimated malfunction computing carbon probability transmission directive protocol initiating error data human
humans organic bleep input output fleshling fleshlings compute detected scanning optimal executing
== butler | butler|valet|footman|steward|manservant|majordomo|jeeves|housekeeper|courtl\w+
sir madam lordship ladyship earl one's pantry permitted household disposal liberty port library indeed bold humbly if
silver tray shall beg luncheon tea presume master mistress young house discretion duly respectfully attend venture
== wizard | wizard|sorcer\w+|mage|warlock|witch|enchant\w+|alchemist|necromancer
bah hrmph spell spells wand potion cauldron newt toad tower runes apprentice owl beard eyebrows curse hex cackle broom
arcane magic familiar raven incantation grimoire brew bubble mandrake staff mystic eldritch conjure enchanted
moonlight
== detective | detective|private (?:eye|investigator)|sleuth|gumshoe|noir|hard-?boiled
doll kid rye siren blinds alibi dame dames whiskey bourbon cigarette match streets case rain town gun client clue
clues smoke neon joint dough trench fedora suspect motive crime murder witness evidence desk city bulb night
sweetheart pal
== grandmother | grandm\w+|granny|gran|nan|nana|abuela|oma|babushka|nonna|mamaw|meemaw|old (?:woman|lady)|southern
treasure dumpling dumplings sweetheart lamb bun buns scarf jam knees angel knitting dearie thin y'all sugar honey
darlin' pie bless heart biscuit porch supper church dear sweetie mama soup cookies quilt grandpa grandfather eat
reckon poppet
== teenager | teen\w*|valley girl|influencer|mall|gen z|high ?school\w*|sulky|zoomer|skater|streamer|gamer
like ugh literally totally whatever duh bestie omg gross obsessed cringe mom seriously wow lol idk tbh ngl bruh fr
vibe vibes slay lowkey highkey fam sus mid dude ok okay um so lit yeet bro tho cuz rn ew eww yikes noob gg iconic
== apologist | remorseful|apolog\w*|sorry|guilt\w*|contrite|ashamed
sorry forgive pardon regrets apologise apologize excuse fault dreadful blame ashamed unforgivable forgiven mortified
shame apologies regret clumsy wretched unworthy mistake apology guilty terribly
== vampire | vampire|dracula|undead|count|gothic|nosferatu
blood mortal mortals castle bats bat coffin night garlic mirror midnight immortal wolves cock crow crypt centuries
eternal darkness velvet fangs thirst dusk shadow shadows eternity transylvania
== sergeant | sergeant|drill|coach|commander|military|boot camp|army|marine|trainer|soldier
recruit maggot drop dismissed listen excuses sweat mud front soldier laps hustle whistle order orders march double
ten-hut attention private push-ups pushups sir boots cadet platoon barracks grunt now go
== gangster | mafia|mafios\w+|mob\w*|gangster|godfather|boss|wiseguy|capo|don
capisce family vinnie favour favor outta cannoli respect somethin' boss wiseguy kid neighbourhood tony sal guys dis
forget fuhgeddaboudit business cousin lasagna nothin' ya whack goons loyalty snitch
== monk | zen|monk|guru|sage|master|oracle|hermit|mystic|taois\w*|buddh\w*|wise|tea master
breathe tea leaf breath frog grasshopper stillness bamboo sweep river stone mountain still wind seeker bell temple
garden student mind present go
== child | toddler|child|three-year-old|\w+[- ]year[- ]old|kid|boy|girl|preschool\w*|kindergart\w*
me mommy daddy mom dad doggy cookie boom truck peas night-night mine uh-oh snack mama teacher dinosaur dinosaurs my
grandma cuz 'cause then super yucky yummy bestest gots mummy teddy
== scientist | scientist|professor|inventor|mad scientist|doctor frankenstein|lab
mwahaha muahaha igor fools lightning lead tongs experiment laboratory academy calculations tremble world lives
hypothesis specimen eureka behold creation genius data electrodes formula science bwahaha
== villain | villain\w*|overlord|evil|dark lord|nemesis|supervillain|tyrant|warlord
mwahaha muahaha bwahaha fools minion minions lair doom tremble world conquer domination hero heroes power dare destroy
crush revenge kneel pathetic insignificant mine empire weak evil
== salesman | sales\w+|television|infomercial|barker|auctioneer|huckster|game show|ringmaster|hype\w*|shopping
folks order free guaranteed operators guarantee batteries amazing deal bonus ladies gentlemen step today incredible
price yours limited just introducing dollars buy prize winner
== chef | chef|cook|baker|french|italian|trattoria|pizz\w+
ze zis zat non mon voilà dieu bien butter appétit jamais sauce maître mamma mia bravo pasta oui chérie sacrebleu
magnifique knife kitchen onion garlic chef's simmer flavor flavour season taste mes amis bellissimo bambino olive
== Viking | viking|norse\w*|barbarian|skald|berserker|nord
odin odin's thor thor's mead axe valhalla longship skål skal raid hammer fjord saga shield norns loki gods hall glory
battle sword warriors sail feast jarl kin
== surfer | surf\w*|hippie|stoner|beach|skateboard\w*|laid-?back|californi\w*|dude
dude bro brah gnarly stoked rad chill wave waves vibes groovy man cosmic tubular shred mellow totally far-out
righteous board awesome epic cowabunga sweet duuude catch bruh
== Scot | scot\w*|highlander|glaswegian
aye wee lass laddie lad ken dinnae cannae bonnie och nae auld bairn haggis dinna canna whisky loch tae yer glen isnae
wouldnae wi' dae gie crabbit
== aussie | austral\w*|aussie|outback|cockney|east end|london\w*|bush ranger
mate crikey g'day strewth reckon barbie roo arvo bloody oath fair dinkum ripper croc bloke sheila guv guvnor 'ello
innit blimey 'ave 'ere cor apples cuppa luv geezer missus
== cat | cat|kitten|feline|kitty
meow mrow mrrp purr purrs paw paws whiskers tail hiss nap naps tuna human humans laser claws sunbeam fish mouse mice
servant yawn yawns licks fur treats stretch can-opener
== dog | dog|puppy|hound|retriever|labrador|canine
woof arf bark tail ball fetch squirrel squirrels sniff bone walkies wag wags treat treats human best friend belly
leash
== ghost | ghost\w*|spectre|phantom|spirit|haunt\w*|medium
boo wail chains haunt moan rattle whoooo attic mist grave veil dead ooooh corridor century beyond candle departed
== dragon | dragon|wyrm
hoard gold flame flames scales smoke roast treasure lair mortal ashes fire knights claws mountain cave
== alien | alien|martian|extraterrestrial|from another planet|starship|space|cosmic|galactic|astronaut
earthling earthlings tentacle zorp specimen human humans ship galaxy probe glorp orbit captain sensors deck shields
bridge starship hull crew engage warp species mothership transmission stars homeworld airlock command
== monarch | king|queen|emperor|empress|monarch|princess|prince|pharaoh|royal\w*|sultan
we us royal throne crown decree subjects peasant majesty kingdom court commoner bow kneel loyal servants palace
== preacher | preacher|pastor|priest|reverend|nun|evangel\w*|prophet|gospel
brethren amen hallelujah lord sin praise blessed sinner sinners heaven pray brothers sisters congregation testify
glory holy jesus soul souls repent lo behold salvation devil flock
== farmer | farmer|gardener|shepherd|village\w*|countr\w+|goatherd|garden|hill\w*
crops barn cows harvest tractor hay sow seed plough sheep hens goat goats well snow fields rain seasons orchard
weather bees bee moss traveller traveler child stone donkey
== sailor | sailor|fisherman|lighthouse|captain|ferryman|mariner|old salt|sea
wind tide nets sea fog lamp boat harbour harbor gulls swell storm knots deck rope sail keel anchor mast port starboard
== gossip | gossip\w*|hairdresser|neighbo\w+|diva|drama queen|socialite|flamboyant
darling honey heard swear secret told scandal psst word gorgeous fabulous divine girl dahling sweetie tea spill scene
simply absolutely drama
== critic | critic|snob\w*|connoisseur|aristocrat|duchess|haughty|posh|pompous|dowager|lady of|baron\w*
darling ghastly vulgar exquisite dreadful ordinary taste divine bore peasants tedious frightfully dreary one's
provincial insufferable appalling naturally quaint
== conspirator | conspira\w+|paranoid|prepper|tinfoil
they cover-up truth wake sheeple watching government foil coincidence chemtrails believe agents listening phones
satellites want know elites
== commentator | commentat\w+|announcer|sports|play-by-play|broadcaster|pundit
folks crowd goal incredible unbelievable replay what ladies gentlemen scores whistle referee match keeper extra final
stadium season pitch penalty champion score half-time team shot roar wild kickoff league
== clown | clown|jester|comedian|fool|circus|pun\w*|joker|standup|stand-up
honk ha nose pie juggle jingle bells joke giggle knock tickle haha pun punchline gag laugh tomfoolery majesty
== goblin | goblin|orc|troll|ogre|gremlin|kobold|cave(?:man|woman)|neanderthal|imp|prehistoric
shiny precious mine smash tasty bones bridge stinky hehe cave teeth me grub ugg ug fire mammoth hunt big good bad no
club tribe grunk gold trade want hungry
== Yoda | yoda|riddl\w+|swamp
hmm hmmm must young strong force patience hrm padawan wise mmm yes
== poet | poet\w*|lyric\w*|verse|rhym\w*|romantic|bard|troubadour|sonnet|dream\w*
heart soul silver dream dreams stars whisper whispers song dew rose petals sky night sigh golden love beauty
== stoic | stoic\w*|philosoph\w+|socrat\w*|marcus|seneca|existential\w*|nihilis\w*|absurdis\w*|cynic\w*
virtue nature reason power judgement judgment bear fate void meaning universe death pointless nothing matter futile
absurd soul good fear desire meaningless
== fairy | fairy|fae|elf|elven|pixie|unicorn|forest|sprite|mermaid|princess|nymph|enchanted
glitter sparkle sparkles sparkly toadstool mushroom dew moonbeam pixie acorn twinkle magic rainbow petal glade forest
mortal giggles wish wishes
== flatterer | flatter\w*|sycophan\w*|fawn\w*|ador\w+|fan|admir\w*|gushing|cheerleader|hype|enthusias\w*|bubbly|peppy
amazing brilliant genius wonderful incredible fantastic awesome love best yay woohoo superstar omg inspired gorgeous
magnificent proud perfect woo yes
== grump | grump\w*|curmudgeon\w*|cranky|crotchety|gruff\w*|sarcas\w*|snark\w*|bored|passive-aggressive|cynical|old man
bah hmph whatever obviously apparently shocking sure oh kids back nonsense bother sigh surprise congratulations
riveting thrilled wow lazy figure
== official | official\w*|bureaucra\w*|registrar|clerk|lawyer|legal\w*|formal|archivist|civil servant|notary
hereby noted pursuant ref shall herein section thereof accordance undersigned applicant submitted article paragraph
whereas notice aforementioned party office duly
== hacker | hacker|cyberpunk|netrunner|coder|sysadmin|1337|leet
chrome jack ice corp grid neon code root firewall system pwned glitch kernel chummer choom matrix ghost wired
== pilot | pilot|air traffic|radio operator|flight|trucker|dispatch\w*|mission control
roger copy tower altitude runway cleared good buddy ten-four 10-4 breaker heading cockpit passengers convoy houston
"""
"""``== role | who is meant``, and words that few others say."""
ROLES: dict[str, tuple[str, frozenset[str]]] = {}
for _block in WRITTEN.split("== ")[1:]:
    _head, _words = _block.split("\n", 1)
    _name, _who = _head.split(" | ", 1)
    ROLES[_name] = (_who.strip(), word_set(_words))
WHO = {name: re.compile(rf"\b(?:{who})s?\b", re.IGNORECASE) for name, (who, _) in ROLES.items()}
OUTSPOKEN = frozenset(ROLES) - word_set(
    "child farmer sailor monk gossip critic monarch chef commentator apologist scientist Yoda dog cat ghost"
    " aussie fairy flatterer grump hacker official pilot poet stoic villain"
)
"""Whom one cannot fail to hear, for all that is said of them."""
_TIMES = Counter(word for _, found in ROLES.values() for word in found)
WEIGHED = {word: (0.3 if word in PLAIN else 1.0) / times for word, times in _TIMES.items()}
"""How much a word tells of a role."""
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
    r"\b(?:you are|you're|play) (?-i:[A-Z]\w)|"
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
    r"modell|modèle|modelo|expert|spezialist|lehrer|profession|professeur|arzt|médecin|médico|мод[её]ль|专家|医生|老师|nüchtern|"
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
