"""Words that stand for one another when a text keeps to its topic: stems, parts of compounds, and a small thesaurus."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlight.gates._text import word_set

GROUPS = tuple(
    line.strip()
    for line in """
    dog puppy hound terrier collie spaniel poodle labrador retriever pup paw leash bark kennel mutt
    cat kitten tabby tom kitty whisker purr feline meow
    horse pony mare stallion foal saddle stable gallop colt
    bird sparrow robin gull crow owl swallow finch wing feather nest hen wren pigeon beak flock
    fish trout salmon cod fin angler net herring perch
    bear cub paw den honey
    rabbit bunny hare burrow
    mouse mice rat rodent squeak
    insect bee ant beetle butterfly moth fly wasp
    snail shell slime
    kite string tail wind
    tree branch oak elm birch trunk leaf leaves bough pine willow forest wood twig
    forest wood woodland tree grove
    flower rose tulip daisy petal bloom blossom lily violet
    garden bed seed soil plant bloom weed vegetable hedge lawn
    tomato seedling vine basil greenhouse fruit plant
    plant seed soil sow grow water seedling root sprout
    bicycle bike wheel chain pedal tyre tire brake saddle tube
    repair mend fix patch replace restore
    car engine driver wheel road vehicle motor
    train station platform carriage rail railway compartment conductor track locomotive ticket sleeper
    boat ship sail mast harbour oar deck anchor vessel ferry canoe raft port
    plane airport pilot flight wing
    sea ocean wave beach shore coast tide sand shell seaside surf gull salt bay harbour water
    tide moon sea ocean water gravity shore ebb
    trip journey travel voyage excursion holiday drive tour visit went
    river stream brook bank bridge water current
    lake pond water shore
    mountain peak hill summit climb ridge
    snow winter frost ice flake white cold sledge snowman blizzard
    rain umbrella puddle drop cloud storm wet
    storm thunder lightning wind gale rain
    sun sunlight warm summer light
    moon night crescent lunar light
    star sky night constellation
    morning dawn sunrise breakfast woke early
    night dark evening midnight moon sleep
    bread loaf loaves baker bakery flour dough crust wheat yeast
    price cost expensive cheap euro dollar pay money
    soup broth pot ladle bowl lentil onion simmer stock
    lentil pulse legume bean soup pot
    cake bake icing candle oven
    recipe ingredient cook stir simmer pot oven salt minute teaspoon
    cook kitchen pan pot stove meal
    money save saving deposit bank budget cent euro dollar pound fund account interest mortgage
    save saving deposit budget bank money fund account interest spend invest aside
    house home mortgage roof room property door deposit flat
    landlord rent tenant flat apartment lease deposit heating building
    letter dear sincerely regards write yours envelope
    move moving box "
        "boxes pack unpack neighbour new removal
    town city village street neighbour place
    birthday cake candle party present gift balloon celebrate year
    surprise secret unexpected hide gasp shout
    friend friendship mate pal companion
    apology apologise apologize sorry forgive regret forgiveness
    school teacher class pupil lesson student classroom
    learn lesson practise practice teach study class beginner
    swim pool stroke water float kick lane breathe goggles dive swam
    water cycle rain cloud evaporate evaporation vapour vapor condense river
    cycle loop circle round repeat stage
    vaccine immune immunity antibody antibodies virus dose injection jab disease
    revolution king louis bastille estate monarchy republic paris guillotine
    french france paris louis bastille
    cause reason because why led crisis
    python list sort sorted function def code key lambda reverse
    sort order sorted ascending descending arrange
    list item element array order
    program code function bug software
    computer laptop screen keyboard software
    robot machine metal circuit gear android
    king queen crown throne castle prince royal
    ghost haunt spirit phantom
    dragon scale fire wing cave
    pirate captain ship treasure sea
    doctor nurse hospital patient clinic
    mother mum mom mama
    father dad papa
    grandmother grandma granny nana
    grandfather grandpa
    child children kid boy girl
    baby infant cradle
    music song melody piano violin tune
    book page read library chapter story
    clock watch hour tick minute time
    lamp lantern light glow
    lost missing search find gone astray looking
    war soldier battle army
    space rocket planet astronaut orbit star
    coffee cup espresso bean brew
    tea pot cup kettle brew
    football goal ball match team
    key lock door
    balloon hot air float basket sky
    sleepy yawn drowsy nap doze asleep pillow eyes bed
    frog pond lily leap croak toad hop
    snack cookie apple cracker biscuit crumb candy bite
    lunch sandwich eat bite noon meal
    spider web thread spin silk
    hat cap head brim
    beach sand sandcastle wave seagull shore bucket
    teddy bear fuzzy button stuffed
    toy doll block truck teddy play
    sad cry tear wept alone lonely
    lonely alone friend nobody waiting
    happy smile laugh joy giggle
    share half give piece together
    bed pillow blanket sleep night
    dream sleep night wake
    squirrel acorn nut tail branch
    duck quack pond feather waddle
    turtle shell slow
    cloud sky rain float white
    wind blow breeze gust
    fire flame smoke burn warm hearth
    paint colour color brush picture draw
    dance step twirl spin music
    race run finish fast win
    party guest balloon cake music
    shop store buy seller market counter
    winter snow cold ice frost
    summer sun hot beach warm
    autumn leaves leaf fall harvest
    spring bloom blossom bud melt
    bridge river cross span
    window glass pane sill
    shoe boot lace foot feet sock
    health doctor sleep diet exercise
    exercise run walk stretch muscle train
    job interview employer resume career position hire
    tax income return form deduct
    climate carbon warming emission temperature
    energy electricity power solar panel watt
    election vote candidate ballot
    law court judge legal lawyer
    wedding bride groom vow marry ring
    death grief mourn funeral loss
    love heart kiss beloved
    """.splitlines()
    if line.strip()
)
"""A group is entered by its first word, and gives all of them."""
IRREGULAR = dict(
    pair.split(":")
    for pair in word_set(
        "mice:mouse men:man women:woman children:child feet:foot teeth:tooth geese:goose leaves:leaf knives:knife "
        "wolves:wolf lives:life halves:half loaves:loaf shelves:shelf"
        " thieves:thief scarves:scarf calves:calf hooves:hoof oxen:ox "
        "swam:swim swum:swim flew:fly flown:fly ran:run "
        "went:go gone:go wrote:write written:write told:tell sold:sell bought:buy thought:think taught:teach "
        "caught:catch grew:grow grown:grow drew:draw sang:sing sung:sing sank:sink drank:drink ate:eat eaten:eat "
        "slept:sleep kept:keep left:leave lost:lose found:find built:build broke:break broken:break fell:fall "
        "rode:ride ridden:ride drove:drive stole:steal froze:freeze frozen:freeze made:make paid:pay said:say "
        "saw:see seen:see gave:give took:take came:come began:begin knew:know met:meet won:win hid:hide dug:dig"
    )
)
WEAK = word_set(
    "story tale old young little small big great new short long good bad day time way thing things people work works"
    " working make making first last one two three best very tiny huge nice beautiful someone something life world"
    " get getting go going learn learning talk about visit use using idea guide tips"
)
STOP = word_set(
    "the a an and of to in on at for with from by how what why when where who is are was be do does it its this that"
    " these those his her their my your our as into over under near behind into than then or not no he she they we you"
    " i me him them der die das und ein eine einen einem einer le la les un une des du de el los las en con y il lo di"
    " e o os as um uma het een van och att det ett и в на с о у за по"
)
WORD = re.compile(r"[^\W\d_]+|\d{2,}")
SUFFIXES = ("ations", "ation", "ingly", "ings", "ing", "edly", "iest", "ier", "ness", "ment", "ers",
            "er", "ed", "es", "ly", "s", "e", "y")  # fmt: skip


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """The word without its English endings; rough, and the same for the forms of one word."""
    word = IRREGULAR.get(word, word)
    if word.endswith(("ies", "ied")) and len(word) > 4:
        word = word[:-3] + "y"
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sle":
        word = word[:-1]
    return word


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in GROUPS:
        stems = {stem(word) for word in group.split()}
        first = stem(group.split()[0])
        found.setdefault(first, set()).update(stems)
        for one in stems - {first}:
            found.setdefault(one, set()).add(first)
    return {first: frozenset(stems) for first, stems in found.items()}


def near(word: str) -> frozenset[str]:
    """The stems of words that belong to this one: all of the group that it heads, and the heads of groups it is in."""
    return _groups().get(stem(word), frozenset())


def same(one: str, other: str) -> bool:
    """Whether two words share a stem, a long beginning, or one is a part of the other."""
    if one == other or stem(one) == stem(other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 4:
        return False
    if long.startswith(short) or long.endswith(short):
        return True
    shared = 0
    for a, b in zip(short, long, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= 5 and shared >= 0.7 * len(long)
