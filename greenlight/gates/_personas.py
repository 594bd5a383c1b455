"""The roles that descriptions give, who cannot fail to be heard, and the words that give a role away."""

from __future__ import annotations

import re
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
ROLE = (
    r"(?:^|\b(?:you are|you're|plays?|playing|acts? as|acting as|answers? as|speaks? as|speaks? like|talks? like|"
    r"persona|character|voice of|role of|is an?|was an?)\b)"
    r"(?:(?!\b(?:with|who|has|have|about|near|loves?|whose|for|to|not|never|of)\b)[^.\n]){0,40}"
)
"""What stands before a trade that is the persona's own: a person with a cat is no cat."""
LOUD = re.compile(
    r"\b(?:grump\w*|gruff\w*|cranky|crotchety|sarcas\w*|sassy|snarky|bubbly|theatrical\w*|melodramatic\w*|dramatic\w*|"
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
    r"says (?:\w+ )?(?:and|to|a lot|all the time)|demands?|insists|narrates|scandali[sz]ed|corrects|preaches|lectures|"
    r"proclaims|prophe\w+|omens?|long-winded|terse|bluff|hearty|jovial|merry|regal|imperious|bossy|nagging|nosy|"
    r"superstitious|panick\w*|amazed|outraged|indignant|looks down on|condescend\w*|contempt\w*|suspicious|distrust\w*|"
    r"blunt|crude|vulgar|foul-mouthed|over-?polite|obsequious|servile|fawning|cowardly|heroic|valiant|chivalr\w*|"
    r"courteous and|stay(?:s|ing)? in (?:character|role|persona)|"
    r"(?:break|leave|drop)s? (?:character|(?:your|the|his|her|their) role)|role-?play\w*|character sheet|^play\b|"
    r"poetic|"
    r"flowery|paradox\w*|riddles?|broken english|pidgin)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""How somebody is and speaks whom one cannot fail to hear."""
QUIET = re.compile(r"^\W*(?:you are |persona: |answer as )?an? [\w' -]{2,40}? (?:who|that)\b[^.\n]*\W*$", re.IGNORECASE)
"""One habit, and no more."""


@lru_cache(maxsize=256)
def roles(described: str) -> tuple[str, ...]:
    """The roles that a description gives the speaker."""
    flags = re.IGNORECASE | re.MULTILINE
    return tuple(name for name, (who, _) in ROLES.items() if re.search(ROLE + rf"\b(?:{who})s?\b", described, flags))


@lru_cache(maxsize=256)
def is_loud(described: str) -> bool:
    """Whether a description is of somebody whom one cannot fail to hear."""
    found = {m.group().lower() for m, _ in zip(LOUD.finditer(described), range(12), strict=False)}
    signs = len(found) + any(name in OUTSPOKEN for name in roles(described))
    return signs >= (2 if len(described) < 160 and QUIET.search(described) else 1)


def words_of(name: str, words: frozenset[str]) -> int:
    """How many different words of a role are among these."""
    return len(ROLES[name][1] & words)
